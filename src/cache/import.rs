//! Taking a release in: decide whether it may come, fill a fresh store beside the old, try it, and only then switch.

use super::{
    Cache, CacheError, Delivered, Held, OpenRelease, POINTER_NAME, RELEASES,
    pointer::{Floor, Pointer},
    rebuild::Flag,
    release::{BaseRelease, Trial},
};
use crate::{
    limits,
    snapshot::{Manifest, Progress, RegionKeys, ReleaseSource, SnapshotError, Step},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

impl Cache {
    /// Imports a release whose manifest was verified. Until the last step the former one answers, and if any step fails
    /// it goes on answering.
    pub fn import(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        keys: &RegionKeys,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let _alone = self.turn()?;
        if manifest.signed_by() != self.signed_by {
            return Err(SnapshotError::SignedForAnother.into());
        }
        let held = self.pointer()?;
        let offered = Held::of(manifest);
        // Damage was found in it: the same release may come again, for that is the repair.
        let repair = held.filter(|held| self.may_repair(*held, offered));
        match repair {
            Some(held) => self.refuse_way_back(held)?,
            None => may_follow(held, self.floor()?, offered)?,
        }
        self.same_region(held, manifest)?;
        if keys.release_id() != manifest.release_id() {
            return Err(SnapshotError::NotForThisBox.into());
        }
        self.sweep(held)?;
        let mut kept = self.held_deliveries();
        kept.push(offered);
        self.sweep_delivered(&kept);
        self.need_space([manifest], self.undelivered_bytes(source, manifest)?)?;
        let _rebuilding = repair.map(|_| Flag::raise(&self.rebuilding));

        let base = self.delivered_first(source, manifest, on_progress, |source, on_progress| {
            self.take_in(source, manifest, keys, on_progress)
        })?;
        // What this box merged of the deltas fits the same release filled anew.
        let overlay = repair.and_then(|_| self.active()?.overlay().cloned());
        let release = self.switch(OpenRelease::new(base, overlay), on_progress)?;
        self.note_sound();
        self.sweep_delivered(&match self.delivered() {
            Delivered::Keep => self.held_deliveries(),
            Delivered::Drop => vec![],
        });
        Ok(release)
    }

    /// Whether filling this release anew mends what is held, and gives nothing up: its deltas go on answering over it.
    fn may_repair(&self, held: Pointer, offered: Held) -> bool {
        let open = self.active().is_some_and(|active| active.pointer() == held);
        self.base_is_unsound() && held.base == offered && (held.overlay.is_none() || open)
    }

    /// Fills a fresh store beside what answers and tries it. The pointer does not name it yet.
    pub(super) fn take_in(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        keys: &RegionKeys,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<BaseRelease>, CacheError> {
        let dir = self.dir_of(&Pointer::whole(Held::of(manifest)));
        let fill = |draft: &Path| self.fill(draft, source, manifest, on_progress);
        let open = |dir: &Path| {
            BaseRelease::open(&*self.disk, dir, manifest.clone(), keys.clone(), Trial::Sampled)
        };
        self.put_in_place(&dir, fill, open).map(Arc::new)
    }

    /// Fills a draft, puts it where it belongs and opens it there. Whatever was there waits aside until the switch.
    pub(super) fn put_in_place<T>(
        &self,
        dir: &Path,
        fill: impl FnOnce(&Path) -> Result<(), CacheError>,
        open: impl FnOnce(&Path) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let draft = dir.with_extension("part");
        self.clear(&[&draft]);
        fill(&draft).and_then(|()| self.make_way(dir)).inspect_err(|_| self.clear(&[&draft]))?;
        self.disk
            .rename(&draft, dir)
            .map_err(CacheError::from)
            .and_then(|()| open(dir))
            .and_then(|opened| {
                self.disk.sync_tree(dir)?; // sled may have written on opening
                Ok(opened)
            })
            .inspect_err(|_| {
                self.clear(&[&draft, dir]);
                let _ = self.restore_former(dir); // and if not now, at the next start
            })
    }

    /// The one step after which the new release answers.
    pub(super) fn switch(
        &self,
        release: OpenRelease,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let pointer = release.pointer();
        let release = Arc::new(release);
        // If this fails the pointer may name either release, and both are whole; so nothing is removed here.
        self.disk.replace(&self.root.join(POINTER_NAME), &pointer.line())?;
        self.set_active(Some(release.clone()));
        self.put_former_away(&self.dir_of(&Pointer::whole(pointer.base)));
        if pointer.overlay.is_some() {
            self.put_former_away(&self.dir_of(&pointer));
        }
        on_progress(Progress { step: Step::SelfCheck, done: 1, total: Some(1) });
        Ok(release)
    }

    /// A release of another region would make everybody of this one "not in the snapshot".
    fn same_region(&self, held: Option<Pointer>, manifest: &Manifest) -> Result<(), CacheError> {
        let Some(held) = held else { return Ok(()) };
        let active = self.active().filter(|active| active.pointer() == held);
        let dir = self.dir_of(&Pointer::whole(held.base));
        let stored = match active {
            Some(active) => Some(active.manifest().clone()),
            // One that does not answer now is asked too, as far as the publisher who speaks now signed it.
            None => self.stored_manifest(&dir, |_| vec![manifest.signer()]).ok(),
        };
        let differs = stored.is_some_and(|stored| stored.region() != manifest.region());
        if differs { Err(CacheError::OtherRegion) } else { Ok(()) }
    }

    /// Removes what no pointer names: half imports, and the releases and overlays before the present pair. What cannot be
    /// removed now is swept the next time; it must not keep a newer release out.
    pub(super) fn sweep(&self, held: Option<Pointer>) -> Result<(), CacheError> {
        // A pointer whose last sync failed must not fall back to a release that was swept: its name lasts first.
        self.disk.make_dir(&self.root.join(RELEASES))?;
        let pair = |held: Pointer| [self.dir_of(&Pointer::whole(held.base)), self.dir_of(&held)];
        let keep: Vec<PathBuf> = held.into_iter().flat_map(pair).collect();
        let present = self.disk.list(&self.root.join(RELEASES)).unwrap_or_default();
        let garbage: Vec<PathBuf> = present.into_iter().filter(|dir| !keep.contains(dir)).collect();
        self.clear(&garbage.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        self.sweep_aside(limits::SET_ASIDE_KEPT);
        Ok(())
    }

    pub(super) fn clear(&self, dirs: &[&Path]) {
        for dir in dirs {
            let _ = self.disk.remove(dir); // garbage; the next import sweeps again
        }
    }

    /// Room for the store, for what must be delivered before it, and for the journal beside.
    pub(super) fn need_space<'a>(
        &self,
        parts: impl IntoIterator<Item = &'a Manifest>,
        undelivered_bytes: u64,
    ) -> Result<(), CacheError> {
        let bytes: u64 = parts.into_iter().map(Manifest::bytes).fold(0, u64::saturating_add);
        let store = bytes.saturating_mul(limits::IMPORT_SPACE_TIMES);
        let needed =
            store.saturating_add(undelivered_bytes).saturating_add(limits::FREE_DISK_BYTES_MIN);
        if self.disk.free_bytes(&self.root)? < needed {
            self.sweep_aside(0); // to answer is worth more than to know why something broke
        }
        let free = self.disk.free_bytes(&self.root)?;
        if free < needed { Err(CacheError::NoSpace { needed, free }) } else { Ok(()) }
    }
}

/// Whether the whole release offered may follow what is held. The floor also remembers stores that were set aside: their own
/// version may come again, and the release at the root of their chain, for that is the repair. Its answers tell how old it is.
fn may_follow(held: Option<Pointer>, floor: Floor, offered: Held) -> Result<(), CacheError> {
    if let Some(held) = held.filter(|held| held.tip().version == offered.version) {
        // A whole release and a delta may describe one state under one version.
        return Err(if held.tip() == offered || held.overlay.is_some() {
            CacheError::AlreadyHeld(offered.version)
        } else {
            CacheError::SameVersionOtherContent(offered.version)
        });
    }
    let comes_back = held.is_none() && floor.root == Some(offered);
    if offered.version < floor.version && !comes_back {
        return Err(CacheError::Rollback { held: floor.version, offered: offered.version });
    }
    Ok(())
}
