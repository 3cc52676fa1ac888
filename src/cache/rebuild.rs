//! A damaged store: noted, rebuilt from the delivered release beside what still answers, and only then moved aside.

use super::{
    Cache, CacheError, Held, OpenRelease,
    overlay::{Chain, Overlay, may_extend},
    pointer::{self, Floor, Pointer},
    release::BaseRelease,
};
use crate::{
    domain::keys::BoxId,
    seal::{Kid, SealingKey, VerifyingKey},
    snapshot::{DirSource, Manifest, Progress},
};
use std::sync::{
    Arc, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering::SeqCst},
};

/// Names the release, or the overlay on it, in which damage was found, until it was rebuilt: a restart must not forget it.
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
    /// A whole release answers, and the deltas that were merged over it are lost or damaged: each answer tells the older
    /// moment, and the deltas are asked for again.
    Behind,
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
            (Some(active), _) if self.is_behind(&active) => CacheState::Behind,
            (Some(_), _) => CacheState::Healthy,
            (None, Ok(Some(_))) => CacheState::Closed,
            // Set aside, and nothing came in its place: the floor remembers that there was one.
            (None, Ok(None)) if matches!(self.floor(), Ok(Floor { version: 0, .. })) => {
                CacheState::Empty
            }
            (None, Ok(None) | Err(_)) => CacheState::Damaged,
        }
    }

    fn is_behind(&self, active: &OpenRelease) -> bool {
        self.floor().is_ok_and(|floor| active.pointer().tip().version < floor.version)
    }

    fn unsound(&self) -> MutexGuard<'_, Option<Pointer>> {
        self.unsound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_unsound(&self) -> bool {
        self.unsound().is_some()
    }

    /// Whether damage is known in the base itself.
    pub(super) fn base_is_unsound(&self) -> bool {
        self.unsound().is_some_and(|noted| noted.overlay.is_none())
    }

    /// Whether the damage that is known lies in the overlay alone.
    pub(super) fn overlay_is_unsound(&self) -> bool {
        self.unsound().is_some_and(|noted| noted.overlay.is_some())
    }

    /// At a start: whether damage was noted in the release that the pointer names now. A note that cannot be read is none:
    /// the scrub comes by again.
    pub(super) fn recall_unsound(&self) {
        let noted = self.disk.read(&self.root.join(UNSOUND_NAME), pointer::BYTES_MAX).ok();
        let noted = noted.and_then(|bytes| Pointer::parse(&bytes));
        let held = self.pointer().ok().flatten();
        *self.unsound() = noted.filter(|noted| {
            held.is_some_and(|held| *noted == Pointer::whole(held.base) || *noted == held)
        });
    }

    /// Notes damage in a whole release, which a delta on top of it does not mend, or in the overlay on it: for this run and
    /// the next start. A disk that does not even take the note changes nothing: this run knows.
    pub(super) fn note_unsound(&self, damaged: Pointer) {
        *self.unsound() = Some(damaged);
        let _ = self.disk.replace(&self.root.join(UNSOUND_NAME), &damaged.line());
    }

    pub(super) fn note_sound(&self) {
        if self.unsound().take().is_some() {
            // Left behind, the note names a store that the scrub will find sound again after the next rebuild.
            let _ = self.disk.remove(&self.root.join(UNSOUND_NAME));
        }
    }

    /// Fills the store anew from the delivered release and merges its delivered deltas again, all verified from their
    /// signatures on; where the deltas alone were lost or damaged, over the whole release that answers. What answers goes on
    /// answering until the new store has passed its trial; a damaged one is then moved aside, a sound one removed. It ends
    /// where it began: what was held, or the newest that leads at least to the floor.
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
        let base = match self.sound_base(manifest) {
            Some(base) => base,
            None => self.refilled_delivered(manifest, |source| {
                self.take_in(source, manifest, &keys, on_progress)
            })?,
        };
        let overlay = self.merged_anew(&base, deltas, held, on_progress)?;
        let release = self.switch(OpenRelease::new(base, overlay), on_progress)?;
        self.note_sound();
        Ok(release)
    }

    /// The base that answers, where only the deltas over it are to be merged again.
    fn sound_base(&self, manifest: &Manifest) -> Option<Arc<BaseRelease>> {
        let active = self.active()?;
        let same = Held::of(active.manifest()) == Held::of(manifest);
        let wanting = self.overlay_is_unsound() || (!self.is_unsound() && self.is_behind(&active));
        (same && wanting).then(|| active.base().clone())
    }

    fn merged_anew(
        &self,
        base: &Arc<BaseRelease>,
        deltas: &[Manifest],
        held: Option<Pointer>,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<Arc<Overlay>>, CacheError> {
        let mut overlay = None;
        for delta in deltas {
            let merged = self.refilled_delivered(delta, |source| {
                self.merge_in(base, overlay.as_deref(), source, delta, on_progress)
            })?;
            let passed =
                overlay.replace(merged).map(|passed| OpenRelease::new(base.clone(), Some(passed)));
            if let Some(passed) = passed.map(|passed| passed.pointer()).filter(|p| Some(*p) != held)
            {
                self.clear(&[&self.dir_of(&passed)]); // each holds all before it: a long chain would fill the disk
            }
        }
        Ok(overlay)
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
        held.map_or(Ok(()), |held| self.refuse_way_back(held))?;
        let floor = self.floor()?;
        let mut delivered: Vec<Held> = self.delivered_whole()?;
        delivered.sort_unstable_by_key(|held| held.version);
        if let Some(held) = held {
            delivered.retain(|one| *one == held.base || one.version > held.base.version);
            if delivered.first() != Some(&held.base) {
                return Err(CacheError::NotDelivered);
            }
        }
        let (mut kept, mut refused) = (vec![], None);
        for one in delivered {
            match self.kept_manifest(&one, publisher_keys) {
                Ok(manifest) => kept.push(manifest),
                // The chain shows whether it was needed; if not, it is in nobody's way.
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        // Behind its deltas it goes as far as they were kept, and at least to the floor.
        let goal = held.filter(|held| held.tip().version >= floor.version);
        let chain = longest_chain(&kept, held, goal.map(|goal| goal.tip()));
        let tip = chain.last().map(Held::of);
        let reached = match goal {
            Some(goal) => tip == Some(goal.tip()),
            None => tip.is_some_and(|tip| tip.version >= floor.version),
        };
        if reached { Ok(chain) } else { Err(refused.unwrap_or(CacheError::NotDelivered)) }
    }

    /// The manifest of one delivered release. What is altered is no longer believed.
    fn kept_manifest(
        &self,
        one: &Held,
        publisher_keys: &dyn Fn(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Manifest, CacheError> {
        let dir = self.delivered_dir(one);
        let manifest = self.stored_manifest(&dir, publisher_keys).and_then(|manifest| {
            let named = Held::of(&manifest) == *one;
            let other = || CacheError::damaged(&dir, "the manifest of another release");
            named.then_some(manifest).ok_or_else(other)
        });
        manifest.inspect_err(|why| self.distrust_delivered(one, why))
    }
}

/// Of the whole releases the one held, or the newest; then each delta that follows, in the order of versions, up to the goal.
fn longest_chain(
    delivered: &[Manifest],
    held: Option<Pointer>,
    goal: Option<Held>,
) -> Vec<Manifest> {
    let root = delivered
        .iter()
        .rfind(|one| one.base().is_none() && held.is_none_or(|held| held.base == Held::of(one)));
    let Some(root) = root else { return vec![] };
    let mut reached = Chain { held: Pointer::whole(Held::of(root)), deltas: 0 };
    let mut chain = vec![root.clone()];
    for delta in delivered {
        if goal == Some(reached.held.tip()) {
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
