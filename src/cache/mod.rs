//! The only room that names sled: one immutable directory per release, switched by a pointer file.
//!
//! sled's flush does not survive a power cut, and one half-written file of its own makes it refuse to open. Therefore a
//! release is filled into a fresh directory, closed, synced by us file by file, renamed, opened and tried; only then does
//! the pointer name it. After that nothing is written to it. Whatever goes wrong, the former release keeps answering.

mod error;
mod import;
mod open;
mod overlay;
mod pointer;
mod release;
mod store;

pub use error::CacheError;
pub use open::{Born, OpenRelease};
pub use pointer::Held;

use crate::{
    domain::keys::BoxId,
    limits,
    seal::{Kid, SealingKey, VerifyingKey},
    snapshot::{MANIFEST_NAME, Manifest},
    sys::{Disk, DiskError},
};
use overlay::Overlay;
use pointer::{FLOOR_NAME, POINTER_NAME, Pointer};
use release::{BaseRelease, Trial};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError},
};

const RELEASES: &str = "releases";
const ASIDE: &str = "damaged";

/// The regional data of this box. Everything in it can be fetched again; nothing in it is readable without the box's key.
pub struct Cache {
    disk: Arc<dyn Disk>,
    root: PathBuf,
    active: RwLock<Option<Arc<OpenRelease>>>,
    /// Held by whoever changes what lies on the disk.
    changing: Mutex<()>,
}

impl Cache {
    /// Takes the cache in `root`, or makes an empty one. Opens no release: see [`Cache::activate`].
    pub fn open(disk: Arc<dyn Disk>, root: PathBuf) -> Result<Self, CacheError> {
        disk.make_dir(&root.join(RELEASES))?;
        Ok(Self { disk, root, active: RwLock::new(None), changing: Mutex::new(()) })
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
    /// deltas merged over it. `None` if this box never held one.
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
        let dir = self.dir_of(&Pointer::whole(held.base));
        if self.disk.list(&dir)?.is_empty() {
            return Err(CacheError::Missing(dir));
        }
        let manifest = self.stored_manifest(&dir, &publisher_keys)?;
        if held.base != Held::of(&manifest) {
            return Err(CacheError::damaged(&dir, "the manifest of another release"));
        }
        let keys = manifest.unseal_for(box_id, key)?;
        let base = BaseRelease::open(&*self.disk, &dir, manifest, keys, Trial::Proven)?;
        let overlay = held.overlay.map(|_| {
            Overlay::reopen(&*self.disk, &self.dir_of(&held), &base, held, &publisher_keys)
        });
        let release = Arc::new(OpenRelease::new(Arc::new(base), overlay.transpose()?));
        self.set_active(Some(release.clone()));
        Ok(Some(release))
    }

    fn stored_manifest(
        &self,
        dir: &Path,
        publisher_keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Manifest, CacheError> {
        match self.disk.read(&dir.join(MANIFEST_NAME), limits::MANIFEST_BYTES_MAX) {
            Ok(bytes) => Ok(Manifest::open(&bytes, publisher_keys)?),
            Err(DiskError::Missing(_) | DiskError::TooLarge { .. }) => {
                Err(CacheError::damaged(dir, "no manifest"))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Moves a damaged store to `damaged/`, pointer and all, so that a release can be imported anew. Deletes nothing, and
    /// remembers the version: the way back stays shut.
    pub fn set_aside(&self) -> Result<(), CacheError> {
        let _alone = self.turn()?;
        let floor = self.version_floor()?;
        self.set_active(None);
        self.disk.replace(&self.root.join(FLOOR_NAME), &pointer::floor_line(floor))?;
        let aside = self.free_aside()?;
        self.disk.make_dir(&aside)?;
        self.disk.rename(&self.root.join(RELEASES), &aside.join(RELEASES))?;
        let pointer = self.root.join(POINTER_NAME);
        if self.disk.length(&pointer)?.is_some() {
            self.disk.rename(&pointer, &aside.join(POINTER_NAME))?;
        }
        Ok(self.disk.make_dir(&self.root.join(RELEASES))?)
    }

    fn free_aside(&self) -> Result<PathBuf, CacheError> {
        for number in 1..=limits::SET_ASIDE_MAX {
            let aside = self.root.join(ASIDE).join(number.to_string());
            if self.disk.list(&aside)?.is_empty() {
                return Ok(aside);
            }
        }
        Err(CacheError::AsideFull)
    }

    /// The highest version ever switched to, as far as the disk remembers: no release below it is taken.
    fn version_floor(&self) -> Result<u64, CacheError> {
        let noted = match self.disk.read(&self.root.join(FLOOR_NAME), pointer::BYTES_MAX) {
            Ok(bytes) => pointer::parse_floor(&bytes).ok_or(CacheError::PointerDamaged),
            Err(DiskError::Missing(_)) => Ok(0),
            Err(DiskError::TooLarge { .. }) => Err(CacheError::PointerDamaged),
            Err(other) => Err(other.into()),
        };
        match self.held() {
            Ok(held) => Ok(noted?.max(held.map_or(0, |held| held.version))),
            // The pointer is unreadable; the directories still bear their versions.
            Err(CacheError::PointerDamaged) => Ok(noted.unwrap_or(0).max(self.highest_dir()?)),
            Err(other) => Err(other),
        }
    }

    fn highest_dir(&self) -> Result<u64, CacheError> {
        let dirs = self.disk.list(&self.root.join(RELEASES))?;
        let names = dirs.iter().filter_map(|dir| dir.file_name()?.to_str());
        Ok(names
            .filter_map(Pointer::from_dir_name)
            .map(|held| held.tip().version)
            .max()
            .unwrap_or(0))
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
