//! The regional hub: offers what publishers and authorities signed, takes in the boxes' batches, answers with receipts.
//!
//! What it knows of a box is a fold of the batches it stored, so nothing else has to survive a power cut. Batches stay
//! sealed to the hub's key on its disk, as they came.

mod card;
mod intake;
mod keys;
mod ledger;
mod publish;
mod serve;
mod stick;
#[cfg(test)]
mod tests;

pub use card::BoxCard;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub use card::probe;
pub use keys::{HubKeys, HubPublic};
pub use ledger::{Warning, WarningKind};
pub use publish::Part;
pub use serve::serve;
pub use stick::StickReport;

use crate::{
    messages::{self, Message, Trouble},
    seal::SealError,
    sync::{BoxIdBytes, LinkError, SyncError},
    sys::{Clock, Disk, DiskError},
};
use ledger::Ledger;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Why the hub said no.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The batch itself, or the box that sent it.
    #[error("exchange")]
    Sync(#[from] SyncError),
    /// The content is not what the name says.
    #[error("batch does not hash to its name")]
    BatchMisnamed,
    /// A true batch in another box's place.
    #[error("batch of another box")]
    BatchElsewhere,
    /// Not a box card.
    #[error("box card malformed: {0}")]
    CardMalformed(&'static str),
    /// The name is enrolled with other keys.
    #[error("box is enrolled with other keys")]
    BoxTaken,
    /// Not a name of the public tree.
    #[error("name not public")]
    NameNotPublic,
    /// A newer one is published.
    #[error("published {published}, offered {offered}")]
    PublicationOlder {
        /// Number now published.
        published: u64,
        /// Number offered.
        offered: u64,
    },
    /// Its number cannot be read.
    #[error("publication malformed: {0}")]
    PublicationMalformed(&'static str),
    /// A published release is never changed.
    #[error("release {version} is published with another manifest")]
    ReleaseChanged {
        /// Its version.
        version: u64,
    },
    /// Another root document of this version is published.
    #[error("another root document of this version is published")]
    RootChanged,
    /// A published order is never changed.
    #[error("another order of this number and revision is published")]
    OrderChanged,
    /// No key file.
    #[error("no hub keys")]
    KeysMissing,
    /// There is a key file.
    #[error("hub keys exist")]
    KeysExist,
    /// Not a key file.
    #[error("hub keys malformed")]
    KeysMalformed,
    /// The keys said no.
    #[error("hub seal")]
    Seal(#[from] SealError),
    /// The stick said no.
    #[error("stick")]
    Stick(#[source] LinkError),
    /// The disk said no.
    #[error("hub disk")]
    Disk(#[from] DiskError),
}

impl Trouble for HubError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Sync(e) => e.message(),
            Self::BatchMisnamed => &messages::HUB_BATCH_MISNAMED,
            Self::BatchElsewhere => &messages::HUB_BATCH_ELSEWHERE,
            Self::CardMalformed(_) => &messages::HUB_CARD_MALFORMED,
            Self::BoxTaken => &messages::HUB_BOX_TAKEN,
            Self::NameNotPublic => &messages::HUB_NAME_NOT_PUBLIC,
            Self::PublicationOlder { .. } => &messages::HUB_PUBLICATION_OLDER,
            Self::PublicationMalformed(_) => &messages::HUB_PUBLICATION_MALFORMED,
            Self::ReleaseChanged { .. } => &messages::HUB_RELEASE_CHANGED,
            Self::RootChanged => &messages::HUB_ROOT_CHANGED,
            Self::OrderChanged => &messages::HUB_ORDER_CHANGED,
            Self::KeysMissing => &messages::HUB_KEYS_MISSING,
            Self::KeysExist => &messages::HUB_KEYS_EXIST,
            Self::KeysMalformed => &messages::HUB_KEYS_MALFORMED,
            Self::Seal(e) => e.message(),
            Self::Stick(e) => e.message(),
            Self::Disk(e) => e.message(),
        }
    }
}

struct Enrolled {
    card: BoxCard,
    ledger: Ledger,
}

/// One region's hub. Every call blocks on the disk.
pub struct Hub {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    root: PathBuf,
    keys: HubKeys,
    // One lock for all boxes: intake is short and rare, and the order of arrival must be one.
    boxes: Mutex<BTreeMap<BoxIdBytes, Enrolled>>,
    publishing: Mutex<()>,
    damaged_cards: Vec<BoxIdBytes>,
}

impl Hub {
    /// Opens the hub below `root` and folds what it has stored.
    pub fn open(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        root: &Path,
        keys: HubKeys,
    ) -> Result<Self, HubError> {
        let mut hub = Self {
            disk,
            clock,
            root: root.into(),
            keys,
            boxes: Mutex::new(BTreeMap::new()),
            publishing: Mutex::new(()),
            damaged_cards: vec![],
        };
        for folder in ["public", "boxes", "batches", "receipts"] {
            hub.disk.make_dir(&hub.root.join(folder))?;
        }
        let mut boxes = BTreeMap::new();
        let (cards, damaged) = hub.stored_cards()?;
        hub.damaged_cards = damaged;
        for card in cards {
            let ledger = hub.fold(&card)?;
            boxes.insert(card.id, Enrolled { card, ledger });
        }
        *hub.boxes() = boxes;
        Ok(hub)
    }

    /// The hub's public keys, for the trust list.
    pub fn public_keys(&self) -> Result<HubPublic, HubError> {
        self.keys.public()
    }

    fn boxes(&self) -> MutexGuard<'_, BTreeMap<BoxIdBytes, Enrolled>> {
        // A panic while the lock was held leaves what was folded before; the disk is the truth.
        self.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn public_dir(&self) -> PathBuf {
        self.root.join("public")
    }
}
