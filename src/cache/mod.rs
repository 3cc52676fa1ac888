//! The only room that names sled: one immutable directory per release, switched by a pointer file.
//!
//! sled's flush does not survive a power cut, and one half-written file of its own makes it refuse to open. Therefore a
//! release is filled into a fresh directory, closed, synced by us file by file, renamed, opened and tried; only then does
//! the pointer name it. After that nothing is written to it. Whatever goes wrong, the former release keeps answering.

mod aside;
mod delivery;
mod error;
mod fill;
mod floor;
mod import;
mod lately;
mod open;
mod overlay;
mod pointer;
mod rebuild;
mod release;
mod scrub;
mod store;

pub use delivery::Delivered;
pub use error::CacheError;
pub use open::{Found, OpenRelease};
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub use pointer::probe;
pub use pointer::{Held, Past};
pub use rebuild::CacheState;
pub use scrub::Scrubbed;

use crate::{
    domain::keys::BoxId,
    limits,
    seal::{Kid, SealingKey, VerifyingKey},
    snapshot::{MANIFEST_NAME, Manifest, SignedBy},
    sys::{Disk, DiskError},
};
use overlay::Overlay;
use pointer::{POINTER_NAME, Pointer};
use release::{BaseRelease, Trial};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError, atomic::AtomicBool},
};

const RELEASES: &str = "releases";

/// The regional data of this box. Everything in it can be fetched again; nothing in it is readable without the box's key.
pub struct Cache {
    disk: Arc<dyn Disk>,
    root: PathBuf,
    /// Whose releases it holds.
    signed_by: SignedBy,
    active: RwLock<Option<Arc<OpenRelease>>>,
    /// Held by whoever changes what lies on the disk.
    changing: Mutex<()>,
    keeps_delivered: AtomicBool,
    /// Where damage was found: in the base, or in the overlay on it.
    unsound: Mutex<Option<Pointer>>,
    /// What the journal says of the newest release ever held; `None` until somebody told.
    past: Mutex<Option<Past>>,
    rebuilding: AtomicBool,
    scrub: Mutex<Option<scrub::Scrub>>,
}

impl Cache {
    /// Takes the cache in `root`, or makes an empty one. Opens no release: see [`Cache::activate`].
    pub fn open(disk: Arc<dyn Disk>, root: PathBuf) -> Result<Self, CacheError> {
        Self::open_for(SignedBy::Publisher, disk, root)
    }

    /// As [`Cache::open`], for a publisher's releases or for those this box made of what its facility received.
    pub fn open_for(
        signed_by: SignedBy,
        disk: Arc<dyn Disk>,
        root: PathBuf,
    ) -> Result<Self, CacheError> {
        disk.make_dir(&root.join(RELEASES))?;
        let cache = Self {
            disk,
            root,
            signed_by,
            active: RwLock::new(None),
            changing: Mutex::new(()),
            keeps_delivered: AtomicBool::new(false),
            unsound: Mutex::default(),
            past: Mutex::default(),
            rebuilding: AtomicBool::new(false),
            scrub: Mutex::new(None),
        };
        cache.recall_unsound();
        Ok(cache)
    }

    /// Which release the pointer names, before anything of it is opened: the newest delta, or the whole release where there is
    /// none. A damaged pointer is an error, not "none".
    pub fn held(&self) -> Result<Option<Held>, CacheError> {
        Ok(self.pointer()?.map(|pointer| pointer.tip()))
    }

    fn pointer(&self) -> Result<Option<Pointer>, CacheError> {
        match self.disk.read(&self.root.join(POINTER_NAME), pointer::BYTES_MAX) {
            Ok(bytes) => Pointer::parse(&bytes).map(Some).ok_or(CacheError::PointerDamaged),
            Err(DiskError::Missing(_)) => Ok(None),
            Err(DiskError::TooLarge { .. }) => Err(CacheError::PointerDamaged),
            Err(other) => Err(other.into()),
        }
    }

    /// The release that answers now.
    #[must_use]
    pub fn active(&self) -> Option<Arc<OpenRelease>> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_active(&self, release: Option<Arc<OpenRelease>>) {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = release;
    }

    /// Takes the release out of use until the next [`Cache::activate`]. Nothing on the disk changes.
    pub fn deactivate(&self) {
        self.set_active(None);
    }

    /// The turn of whoever changes what lies on the disk. A panic while it was held spoils nothing: every change is made
    /// beside what answers.
    fn turn(&self) -> Result<MutexGuard<'_, ()>, CacheError> {
        match self.changing.try_lock() {
            Ok(turn) => Ok(turn),
            Err(TryLockError::Poisoned(turn)) => Ok(turn.into_inner()),
            Err(TryLockError::WouldBlock) => Err(CacheError::Busy),
        }
    }

    fn dir_of(&self, pointer: &Pointer) -> PathBuf {
        self.root.join(RELEASES).join(pointer.dir_name())
    }

    /// After a start: verifies the stored manifests anew, unseals the keys and opens the release the pointer names, and the
    /// deltas merged over it. `None` if this box never held one. Deltas that are damaged are moved aside and told in the
    /// error, and the whole release under them answers: see [`CacheState::Behind`].
    pub fn activate(
        &self,
        publisher_keys: impl Fn(Kid) -> Vec<VerifyingKey>,
        box_id: &BoxId,
        key: &SealingKey,
    ) -> Result<Option<Arc<OpenRelease>>, CacheError> {
        let _alone = self.turn()?;
        let Some(held) = self.pointer()? else { return Ok(None) };
        if let Some(active) = self.active().filter(|active| active.pointer() == held) {
            return Ok(Some(active)); // sled locks its directory: it cannot be opened twice
        }
        self.refuse_way_back(held)?;
        let base = Arc::new(self.open_base(held.base, &publisher_keys, box_id, key)?);
        let overlay = match held.overlay.map(|_| self.open_overlay(&base, held, &publisher_keys)) {
            Some(Err(damage)) if damage.is_damage() => {
                self.set_active(Some(Arc::new(OpenRelease::new(base, None))));
                self.let_overlay_go(held)?;
                return Err(CacheError::ChangesDamaged(Box::new(damage)));
            }
            other => other.transpose()?,
        };
        let release = Arc::new(OpenRelease::new(base, overlay.map(Arc::new)));
        self.set_active(Some(release.clone()));
        Ok(Some(release))
    }

    fn open_base(
        &self,
        held: Held,
        publisher_keys: &dyn Fn(Kid) -> Vec<VerifyingKey>,
        box_id: &BoxId,
        key: &SealingKey,
    ) -> Result<BaseRelease, CacheError> {
        let dir = self.dir_of(&Pointer::whole(held));
        self.restore_former(&dir)?;
        if self.disk.list(&dir)?.is_empty() {
            return Err(CacheError::Missing(dir));
        }
        let manifest = self.stored_manifest(&dir, publisher_keys)?;
        if held != Held::of(&manifest) {
            return Err(CacheError::damaged(&dir, "the manifest of another release"));
        }
        let keys = manifest.unseal_for(box_id, key)?;
        BaseRelease::open(&*self.disk, &dir, manifest, keys, Trial::Proven)
    }

    fn open_overlay(
        &self,
        base: &BaseRelease,
        held: Pointer,
        publisher_keys: &dyn Fn(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Overlay, CacheError> {
        let dir = self.dir_of(&held);
        self.restore_former(&dir)?;
        Overlay::reopen(&*self.disk, &dir, base, held, publisher_keys)
    }

    fn stored_manifest(
        &self,
        dir: &Path,
        publisher_keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Manifest, CacheError> {
        match self.disk.read(&dir.join(MANIFEST_NAME), limits::MANIFEST_BYTES_MAX) {
            Ok(bytes) => Manifest::open_as(self.signed_by, &bytes, publisher_keys)
                .map_err(|refusal| scrub::rot_or(&*self.disk, dir, [&bytes[..]], refusal)),
            Err(DiskError::Missing(_) | DiskError::TooLarge { .. }) => {
                Err(CacheError::damaged(dir, "no manifest"))
            }
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod mending;
#[cfg(test)]
mod tests;
