//! Why a release was not taken into the cache, or why the cache cannot answer.

use crate::{
    messages::{self, Message, Trouble},
    snapshot::SnapshotError,
    sys::DiskError,
};
use std::path::{Path, PathBuf};

/// Why a release was not taken in, or why the cache cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The release itself, a key or a block.
    #[error("the release does not hold")]
    Snapshot(#[from] SnapshotError),
    /// The box's disk.
    #[error("the cache cannot be read or written")]
    Disk(#[from] DiskError),
    /// Rollback: older than what is or was held.
    #[error("version {offered} was offered, {held} is held")]
    Rollback {
        /// The version held.
        held: u64,
        /// The version offered.
        offered: u64,
    },
    /// Exactly this release is held.
    #[error("version {0} is already held")]
    AlreadyHeld(u64),
    /// Two releases bear one version: one of them should not exist.
    #[error("version {0} was offered with other content than the one held")]
    SameVersionOtherContent(u64),
    /// Mix-and-match: another region's release.
    #[error("the release covers another region than the one held")]
    OtherRegion,
    /// A delta for a box whose base does not answer, or that has none.
    #[error("no release answers that the delta could build on")]
    DeltaWithoutBase,
    /// A delta that follows something else than what is held.
    #[error("the delta does not follow the release held")]
    DeltaWrongBase,
    /// A delta whose turn has not come: one before it is missing.
    #[error("the delta follows version {follows}, {held} is held")]
    DeltaOutOfOrder {
        /// The version held.
        held: u64,
        /// The version the delta follows.
        follows: u64,
    },
    /// As many deltas are held as may be.
    #[error("too many deltas are held")]
    DeltasTooMany,
    /// Not enough room.
    #[error("{needed} bytes are needed, {free} are free")]
    NoSpace {
        /// Bytes the import may take.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// Another import is under way.
    #[error("another import is under way")]
    Busy,
    /// The pointer names a directory that is not there.
    #[error("the release directory {} is missing", .0.display())]
    Missing(PathBuf),
    /// The directory is there and does not answer.
    #[error("the release directory {} is damaged: {what}", dir.display())]
    Damaged {
        /// Which directory.
        dir: PathBuf,
        /// What was found.
        what: String,
    },
    /// The pointer file, or the note of the lowest version, is not as we wrote it.
    #[error("the pointer file is damaged")]
    PointerDamaged,
    /// sled could not take the release in.
    #[error("the store at {} failed: {what}", dir.display())]
    Store {
        /// Which directory.
        dir: PathBuf,
        /// sled's word.
        what: String,
    },
    /// The store cannot be rebuilt: the release's files were not kept.
    #[error("no delivered release is kept")]
    NotDelivered,
    /// More people are read so than anybody could choose from.
    #[error("too many people have this reading")]
    ReadingOfMany,
    /// The deltas held are damaged, or what was merged of them. The whole release under them answers.
    #[error("the deltas held are damaged")]
    ChangesDamaged(#[source] Box<CacheError>),
}

impl CacheError {
    /// Whether only another import can help. A key that is missing today, or a disk that cannot be read, may be back tomorrow.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Missing(_)
                | Self::Damaged { .. }
                | Self::PointerDamaged
                | Self::Store { .. }
                | Self::Rollback { .. }
                | Self::Snapshot(SnapshotError::BlockDamaged { .. })
        )
    }

    pub(super) fn damaged(dir: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { dir: dir.into(), what: what.into() }
    }
}

impl Trouble for CacheError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Snapshot(e) => e.message(),
            Self::Disk(e) => e.message(),
            Self::Rollback { .. } => &messages::RELEASE_OLDER,
            Self::AlreadyHeld(_) => &messages::RELEASE_ALREADY_HELD,
            Self::SameVersionOtherContent(_) => &messages::RELEASE_CONFLICTS,
            Self::OtherRegion => &messages::RELEASE_OTHER_REGION,
            Self::DeltaWithoutBase => &messages::DELTA_WITHOUT_BASE,
            Self::DeltaWrongBase => &messages::DELTA_WRONG_BASE,
            Self::DeltaOutOfOrder { .. } => &messages::DELTA_OUT_OF_ORDER,
            Self::DeltasTooMany => &messages::DELTAS_TOO_MANY,
            Self::NoSpace { .. } => &messages::CACHE_NO_SPACE,
            Self::Busy => &messages::CACHE_BUSY,
            Self::Missing(_) => &messages::CACHE_MISSING,
            Self::Damaged { .. } => &messages::CACHE_DAMAGED,
            Self::PointerDamaged => &messages::CACHE_POINTER_DAMAGED,
            Self::Store { .. } => &messages::CACHE_STORE_FAILED,
            Self::NotDelivered => &messages::CACHE_NOT_DELIVERED,
            Self::ReadingOfMany => &messages::READING_OF_MANY,
            Self::ChangesDamaged(_) => &messages::CACHE_CHANGES_DAMAGED,
        }
    }
}
