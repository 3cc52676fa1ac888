//! Taking a release in: decide whether it may come, fill a fresh store beside the old, try it, and only then switch.

use super::{
    Cache, CacheError, Delivered, Held, OpenRelease, POINTER_NAME, RELEASES, rebuild::Flag,
    release::Trial,
};
use crate::{
    limits,
    snapshot::{DirSource, Manifest, Progress, RegionKeys, ReleaseSource, SnapshotError, Step},
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
        let held = self.held()?;
        let offered = Held::of(manifest);
        // Damage was found in it: the same release may come again, for that is the repair.
        let repair = held == Some(offered) && self.is_unsound();
        if !repair {
            may_follow(held, self.version_floor()?, offered)?;
        }
        self.same_region(held, manifest)?;
        if keys.release_id() != manifest.release_id() {
            return Err(SnapshotError::NotForThisBox.into());
        }
        self.sweep(held);
        self.sweep_delivered(&[held, Some(offered)].into_iter().flatten().collect::<Vec<_>>());
        self.need_space(manifest, self.undelivered_bytes(source, manifest)?)?;
        let _rebuilding = repair.then(|| Flag::raise(&self.rebuilding));

        let delivered = self.deliver(source, manifest, on_progress)?;
        let here = delivered.as_deref().map(|dir| DirSource::new(&*self.disk, dir));
        let source = here.as_ref().map_or(source, |here| here);
        let release = self
            .take_in(source, manifest, keys, on_progress)
            .inspect_err(|why| self.distrust_delivered(&offered, why))?;
        self.sweep_delivered(match self.delivered() {
            Delivered::Keep => std::slice::from_ref(&offered),
            Delivered::Drop => &[],
        });
        Ok(release)
    }

    /// Fills a fresh store beside what answers, tries it, and only then switches to it.
    pub(super) fn take_in(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        keys: &RegionKeys,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let offered = Held::of(manifest);
        let dir = self.dir_of(&offered);
        let draft = dir.with_extension("part");
        self.clear(&[&draft]);
        self.fill(&draft, source, manifest, on_progress)
            .and_then(|()| self.make_way(&dir))
            .inspect_err(|_| self.clear(&[&draft]))?;
        let release = self
            .disk
            .rename(&draft, &dir)
            .map_err(CacheError::from)
            .and_then(|()| {
                OpenRelease::open(&*self.disk, &dir, manifest.clone(), keys.clone(), Trial::Sampled)
            })
            .and_then(|release| {
                self.disk.sync_tree(&dir)?; // sled may have written on opening
                Ok(Arc::new(release))
            })
            .inspect_err(|_| {
                self.clear(&[&draft, &dir]);
                let _ = self.restore_former(&dir); // and if not now, at the next start
            })?;

        // If this fails the pointer may name either release, and both are whole; so nothing is removed here.
        self.disk.replace(&self.root.join(POINTER_NAME), &offered.line())?;
        self.set_active(Some(release.clone()));
        self.put_former_away(&dir);
        self.note_sound();
        on_progress(Progress { step: Step::SelfCheck, done: 1, total: Some(1) });
        Ok(release)
    }

    /// A release of another region would make everybody of this one "not in the snapshot".
    fn same_region(&self, held: Option<Held>, manifest: &Manifest) -> Result<(), CacheError> {
        let Some(held) = held else { return Ok(()) };
        let active = self.active().filter(|active| Held::of(active.manifest()) == held);
        let stored = match active {
            Some(active) => Some(active.manifest().clone()),
            // One that does not answer now is asked too, as far as the publisher who speaks now signed it.
            None => self.stored_manifest(&self.dir_of(&held), |_| vec![manifest.signer()]).ok(),
        };
        let differs = stored.is_some_and(|stored| stored.region() != manifest.region());
        if differs { Err(CacheError::OtherRegion) } else { Ok(()) }
    }

    /// Removes what no pointer names: half imports, and the release before the present one. What cannot be removed now is
    /// swept the next time; it must not keep a newer release out.
    fn sweep(&self, held: Option<Held>) {
        let keep = held.map(|held| self.dir_of(&held));
        let present = self.disk.list(&self.root.join(RELEASES)).unwrap_or_default();
        let garbage: Vec<PathBuf> =
            present.into_iter().filter(|dir| Some(dir) != keep.as_ref()).collect();
        self.clear(&garbage.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }

    pub(super) fn clear(&self, dirs: &[&Path]) {
        for dir in dirs {
            let _ = self.disk.remove(dir); // garbage; the next import sweeps again
        }
    }

    /// Room for the store, for what must be delivered before it, and for the journal beside.
    pub(super) fn need_space(
        &self,
        manifest: &Manifest,
        undelivered_bytes: u64,
    ) -> Result<(), CacheError> {
        let store = manifest.bytes().saturating_mul(limits::IMPORT_SPACE_TIMES);
        let needed =
            store.saturating_add(undelivered_bytes).saturating_add(limits::FREE_DISK_BYTES_MIN);
        let free = self.disk.free_bytes(&self.root)?;
        if free < needed { Err(CacheError::NoSpace { needed, free }) } else { Ok(()) }
    }
}

/// Whether the release offered may follow the one held. `floor` also remembers stores that were set aside: their own
/// version may come again, for that is the repair.
fn may_follow(held: Option<Held>, floor: u64, offered: Held) -> Result<(), CacheError> {
    if let Some(held) = held.filter(|held| held.version == offered.version) {
        return Err(if held.release == offered.release {
            CacheError::AlreadyHeld(held.version)
        } else {
            CacheError::SameVersionOtherContent(held.version)
        });
    }
    if offered.version < floor {
        return Err(CacheError::Rollback { held: floor, offered: offered.version });
    }
    Ok(())
}
