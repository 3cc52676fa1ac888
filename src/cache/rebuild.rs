//! A damaged store: noted, rebuilt from the delivered release beside what still answers, and only then moved aside.

use super::{
    ASIDE, Cache, CacheError, Held, OpenRelease, POINTER_NAME, RELEASES, pointer,
    pointer::FLOOR_NAME,
};
use crate::{
    domain::keys::BoxId,
    limits,
    seal::{Kid, SealingKey, VerifyingKey},
    snapshot::{DirSource, Manifest, Progress},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

/// Names the release in which the scrub found damage, until it was rebuilt: a restart must not forget it.
pub(super) const UNSOUND_NAME: &str = "unsound";

/// How the cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheState {
    /// No release was ever taken in.
    Empty,
    /// One answers, and no damage was found in it.
    Healthy,
    /// One is held and not in use: nobody listed today vouches for it.
    Closed,
    /// The store is being filled anew.
    Rebuilding,
    /// Damage was found. What is sound of it answers, if anything does.
    Damaged,
}

impl Cache {
    /// How the cache is now.
    #[must_use]
    pub fn state(&self) -> CacheState {
        if self.rebuilding.load(SeqCst) {
            return CacheState::Rebuilding;
        }
        match (self.active(), self.held()) {
            _ if self.is_unsound() => CacheState::Damaged,
            (Some(_), _) => CacheState::Healthy,
            (None, Ok(Some(_))) => CacheState::Closed,
            // Set aside, and nothing came in its place: the floor remembers that there was one.
            (None, Ok(None)) if matches!(self.version_floor(), Ok(0)) => CacheState::Empty,
            (None, Ok(None) | Err(_)) => CacheState::Damaged,
        }
    }

    pub(super) fn is_unsound(&self) -> bool {
        self.unsound.load(SeqCst)
    }

    /// At a start: whether damage was noted in the release that the pointer names now. A note that cannot be read is none:
    /// the scrub comes by again.
    pub(super) fn recall_unsound(&self) {
        let noted = self.disk.read(&self.root.join(UNSOUND_NAME), pointer::BYTES_MAX).ok();
        let noted = noted.and_then(|bytes| Held::parse(&bytes));
        let same = noted.is_some() && noted == self.held().ok().flatten();
        self.unsound.store(same, SeqCst);
    }

    /// Notes damage, for this run and the next start. A disk that does not even take the note changes nothing: this run
    /// knows.
    pub(super) fn note_unsound(&self, manifest: &Manifest) {
        self.unsound.store(true, SeqCst);
        let _ = self.disk.replace(&self.root.join(UNSOUND_NAME), &Held::of(manifest).line());
    }

    pub(super) fn note_sound(&self) {
        if self.unsound.swap(false, SeqCst) {
            // Left behind, the note names a store that the scrub will find sound again after the next rebuild.
            let _ = self.disk.remove(&self.root.join(UNSOUND_NAME));
        }
    }

    /// Fills the store anew from the delivered release, verified again from its signature on. What answers goes on
    /// answering until the new store has passed its trial; a damaged one is then moved aside, a sound one removed.
    pub fn rebuild(
        &self,
        publisher_keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
        box_id: &BoxId,
        key: &SealingKey,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let _alone = self.turn()?;
        let held = self.rebuildable()?;
        let from = self.delivered_dir(&held);
        let manifest = self.stored_manifest(&from, publisher_keys)?;
        if Held::of(&manifest) != held {
            return Err(CacheError::damaged(&from, "the manifest of another release"));
        }
        let keys = manifest.unseal_for(box_id, key)?;
        self.need_space(&manifest, 0)?;
        let source = DirSource::new(&*self.disk, &from);
        let _rebuilding = Flag::raise(&self.rebuilding);
        self.take_in(&source, &manifest, &keys, on_progress)
            .inspect_err(|why| self.distrust_delivered(&held, why))
    }

    /// Which delivered release the store is rebuilt from: the one held, or the newest where that is no longer known.
    fn rebuildable(&self) -> Result<Held, CacheError> {
        let wanted = match self.held() {
            Ok(Some(held)) => Some(held),
            Ok(None) | Err(CacheError::PointerDamaged) => {
                let floor = self.version_floor()?;
                self.newest_delivered()?.filter(|held| held.version >= floor)
            }
            Err(other) => return Err(other),
        };
        match wanted {
            Some(held) if self.is_delivered(&held)? => Ok(held),
            _ => Err(CacheError::NotDelivered),
        }
    }

    /// Moves the store of the same release out of the way of its successor; it goes on answering meanwhile.
    pub(super) fn make_way(&self, dir: &Path) -> Result<(), CacheError> {
        if self.disk.list(dir)?.is_empty() {
            return Ok(());
        }
        let former = former_of(dir);
        self.disk.remove(&former)?;
        Ok(self.disk.rename(dir, &former)?)
    }

    /// Puts a store back that was moved out of the way of one that never came: after a failure, and at the start after a
    /// power cut in between.
    pub(super) fn restore_former(&self, dir: &Path) -> Result<(), CacheError> {
        let former = former_of(dir);
        if self.disk.list(dir)?.is_empty() && !self.disk.list(&former)?.is_empty() {
            self.disk.rename(&former, dir)?;
        }
        Ok(())
    }

    /// After the switch: what is known to be damaged is kept aside for whoever wants to know why, as long as there is
    /// room; what is sound was only replaced. Whatever stays is swept before the next import.
    pub(super) fn put_former_away(&self, dir: &Path) {
        let former = former_of(dir);
        let aside = match self.free_aside() {
            Ok(aside) if self.is_unsound() => aside.join(RELEASES),
            _ => return self.clear(&[&former]),
        };
        let target = aside.join(dir.file_name().unwrap_or_default());
        if self.disk.list(&former).is_ok_and(|files| !files.is_empty()) {
            let _ = self.disk.make_dir(&aside).and_then(|()| self.disk.rename(&former, &target));
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
        self.disk.make_dir(&self.root.join(RELEASES))?;
        self.note_sound(); // what was unsound lies aside now
        Ok(())
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
}

fn former_of(dir: &Path) -> PathBuf {
    dir.with_extension("former")
}

/// Up while a piece of work runs, however it ends.
pub(super) struct Flag<'a>(&'a AtomicBool);

impl<'a> Flag<'a> {
    pub(super) fn raise(flag: &'a AtomicBool) -> Self {
        flag.store(true, SeqCst);
        Self(flag)
    }
}

impl Drop for Flag<'_> {
    fn drop(&mut self) {
        self.0.store(false, SeqCst);
    }
}
