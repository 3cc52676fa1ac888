//! A damaged store: noted, rebuilt from the delivered release beside what still answers, and only then moved aside.

use super::{
    ASIDE, Cache, CacheError, Held, OpenRelease, POINTER_NAME, RELEASES,
    overlay::{Chain, may_extend},
    pointer::{self, FLOOR_NAME, Floor, Pointer},
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
            (None, Ok(None)) if matches!(self.floor(), Ok(Floor { version: 0, .. })) => {
                CacheState::Empty
            }
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
        let noted = noted.and_then(|bytes| Pointer::parse(&bytes)).map(|noted| noted.base);
        let same = noted.is_some() && noted == self.pointer().ok().flatten().map(|held| held.base);
        self.unsound.store(same, SeqCst);
    }

    /// Notes damage in a whole release, for this run and the next start; a delta on top of it mends nothing. A disk that does not even take the note changes nothing: this run
    /// knows.
    pub(super) fn note_unsound(&self, manifest: &Manifest) {
        self.unsound.store(true, SeqCst);
        let _ = self
            .disk
            .replace(&self.root.join(UNSOUND_NAME), &Pointer::whole(Held::of(manifest)).line());
    }

    pub(super) fn note_sound(&self) {
        if self.unsound.swap(false, SeqCst) {
            // Left behind, the note names a store that the scrub will find sound again after the next rebuild.
            let _ = self.disk.remove(&self.root.join(UNSOUND_NAME));
        }
    }

    /// Fills the store anew from the delivered release and merges its delivered deltas again, all verified from their
    /// signatures on. What answers goes on answering until the new store has passed its trial; a damaged one is then moved
    /// aside, a sound one removed. It ends where it began: what was held, or the newest that leads at least to the floor.
    pub fn rebuild(
        &self,
        publisher_keys: impl Fn(Kid) -> Vec<VerifyingKey>,
        box_id: &BoxId,
        key: &SealingKey,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let _alone = self.turn()?;
        let (kept, held) = (self.rebuildable(&publisher_keys)?, self.pointer().ok().flatten());
        let Some((manifest, deltas)) = kept.split_first() else {
            return Err(CacheError::NotDelivered);
        };
        let keys = manifest.unseal_for(box_id, key)?;
        self.need_space(&kept, 0)?;
        let _rebuilding = Flag::raise(&self.rebuilding);
        let base = self.refilled_delivered(manifest, |source| {
            self.take_in(source, manifest, &keys, on_progress)
        })?;
        let mut overlay = None;
        for delta in deltas {
            let merged = self.refilled_delivered(delta, |source| {
                self.merge_in(&base, overlay.as_deref(), source, delta, on_progress)
            })?;
            let passed =
                overlay.replace(merged).map(|passed| OpenRelease::new(base.clone(), Some(passed)));
            if let Some(passed) = passed.map(|passed| passed.pointer()).filter(|p| Some(*p) != held)
            {
                self.clear(&[&self.dir_of(&passed)]); // each holds all before it: a long chain would fill the disk
            }
        }
        let release = self.switch(OpenRelease::new(base, overlay), on_progress)?;
        self.note_sound();
        Ok(release)
    }

    fn refilled_delivered<T>(
        &self,
        manifest: &Manifest,
        work: impl FnOnce(&DirSource<'_>) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let held = Held::of(manifest);
        let dir = self.delivered_dir(&held);
        work(&DirSource::new(&*self.disk, &dir))
            .inspect_err(|why| self.distrust_delivered(&held, why))
    }

    /// The delivered releases that the store is rebuilt from: a whole one and the deltas on top of it, up to the one held, or
    /// as far as they lead where that is no longer known.
    fn rebuildable(
        &self,
        publisher_keys: &dyn Fn(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Vec<Manifest>, CacheError> {
        let held = match self.pointer() {
            Ok(held) => held,
            Err(CacheError::PointerDamaged) => None,
            Err(other) => return Err(other),
        };
        let mut delivered: Vec<Held> = self.delivered_whole()?;
        delivered.sort_unstable_by_key(|held| held.version);
        if let Some(held) = held {
            delivered.retain(|one| *one == held.base || one.version > held.base.version);
            if delivered.first() != Some(&held.base) {
                return Err(CacheError::NotDelivered);
            }
        }
        let mut kept = vec![];
        for one in delivered {
            let dir = self.delivered_dir(&one);
            let manifest = self.stored_manifest(&dir, publisher_keys)?;
            if Held::of(&manifest) != one {
                return Err(CacheError::damaged(&dir, "the manifest of another release"));
            }
            kept.push(manifest);
        }
        let chain = longest_chain(&kept, held);
        let tip = chain.last().map(Held::of);
        let reached = match held {
            Some(held) => tip == Some(held.tip()),
            None => tip.is_some_and(|tip| self.floor().is_ok_and(|f| tip.version >= f.version)),
        };
        if reached { Ok(chain) } else { Err(CacheError::NotDelivered) }
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
        let floor = self.floor()?;
        self.set_active(None);
        self.disk.replace(&self.root.join(FLOOR_NAME), &floor.line())?;
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

/// Of the whole releases the one held, or the newest; then each delta that follows, in the order of versions.
fn longest_chain(delivered: &[Manifest], held: Option<Pointer>) -> Vec<Manifest> {
    let root = delivered
        .iter()
        .rfind(|one| one.base().is_none() && held.is_none_or(|held| held.base == Held::of(one)));
    let Some(root) = root else { return vec![] };
    let mut reached = Chain { held: Pointer::whole(Held::of(root)), deltas: 0 };
    let mut chain = vec![root.clone()];
    for delta in delivered {
        if held.is_some_and(|held| held.tip() == reached.held.tip()) {
            break;
        }
        let next = delta.base().map(|base| may_extend(Some(reached), 0, Held::of(delta), base));
        if let Some(Ok(next)) = next {
            reached = next;
            chain.push(delta.clone());
        }
    }
    chain
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
