//! Taking a release in: decide whether it may come, fill a fresh store beside the old, try it, and only then switch.

use super::{
    Cache, CacheError, Held, OpenRelease, POINTER_NAME, RELEASES,
    pointer::Pointer,
    release::{BaseRelease, Trial},
    store::{BATCH_BLOCKS, Store, sled_dir},
};
use crate::{
    limits,
    snapshot::{
        BlockStream, MANIFEST_NAME, Manifest, Progress, RegionKeys, ReleaseSource, SnapshotError,
        Step, Tree,
    },
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
        let held = self.pointer()?;
        let offered = Held::of(manifest);
        may_follow(held, self.version_floor()?, offered)?;
        self.same_region(held, manifest)?;
        if keys.release_id() != manifest.release_id() {
            return Err(SnapshotError::NotForThisBox.into());
        }
        self.sweep(held);
        self.need_space([manifest])?;

        let pointer = Pointer::whole(offered);
        let dir = self.dir_of(&pointer);
        let draft = dir.with_extension("part");
        let filled = self.fill(&draft, source, manifest, on_progress);
        let release = filled
            .and_then(|()| Ok(self.disk.rename(&draft, &dir)?))
            .and_then(|()| {
                BaseRelease::open(&*self.disk, &dir, manifest.clone(), keys.clone(), Trial::Sampled)
            })
            .and_then(|base| {
                self.disk.sync_tree(&dir)?; // sled may have written on opening
                Ok(Arc::new(OpenRelease::new(Arc::new(base), None)))
            })
            .inspect_err(|_| self.clear(&[&draft, &dir]))?;

        // If this fails the pointer may name either release, and both are whole; so nothing is removed here.
        self.disk.replace(&self.root.join(POINTER_NAME), &pointer.line())?;
        self.set_active(Some(release.clone()));
        on_progress(Progress { step: Step::SelfCheck, done: 1, total: Some(1) });
        Ok(release)
    }

    /// A release of another region would make everybody of this one "not in the snapshot".
    fn same_region(&self, held: Option<Pointer>, manifest: &Manifest) -> Result<(), CacheError> {
        let Some(held) = held else { return Ok(()) };
        let active = self.active().filter(|active| active.pointer() == held);
        let stored = match active {
            Some(active) => Some(active.manifest().clone()),
            // One that does not answer now is asked too, as far as the publisher who speaks now signed it.
            None => self
                .stored_manifest(&self.dir_of(&Pointer::whole(held.base)), |_| {
                    vec![manifest.signer()]
                })
                .ok(),
        };
        let differs = stored.is_some_and(|stored| stored.region() != manifest.region());
        if differs { Err(CacheError::OtherRegion) } else { Ok(()) }
    }

    /// Removes what no pointer names: half imports, and the releases and overlays before the present pair. What cannot be removed now is
    /// swept the next time; it must not keep a newer release out.
    pub(super) fn sweep(&self, held: Option<Pointer>) {
        let pair = |held: Pointer| [self.dir_of(&Pointer::whole(held.base)), self.dir_of(&held)];
        let keep: Vec<PathBuf> = held.into_iter().flat_map(pair).collect();
        let present = self.disk.list(&self.root.join(RELEASES)).unwrap_or_default();
        let garbage: Vec<PathBuf> = present.into_iter().filter(|dir| !keep.contains(dir)).collect();
        self.clear(&garbage.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }

    pub(super) fn clear(&self, dirs: &[&Path]) {
        for dir in dirs {
            let _ = self.disk.remove(dir); // garbage; the next import sweeps again
        }
    }

    pub(super) fn need_space<'a>(
        &self,
        parts: impl IntoIterator<Item = &'a Manifest>,
    ) -> Result<(), CacheError> {
        let bytes: u64 = parts.into_iter().map(Manifest::bytes).fold(0, u64::saturating_add);
        let store = bytes.saturating_mul(limits::IMPORT_SPACE_TIMES);
        let needed = store.saturating_add(limits::FREE_DISK_BYTES_MIN);
        let free = self.disk.free_bytes(&self.root)?;
        if free < needed { Err(CacheError::NoSpace { needed, free }) } else { Ok(()) }
    }

    fn fill(
        &self,
        draft: &Path,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), CacheError> {
        self.disk.make_dir(draft)?;
        let store = Store::create(&*self.disk, &sled_dir(draft))?;
        let total = Some(manifest.bytes());
        let mut before = 0;
        for tree in Tree::ALL {
            let mut blocks = BlockStream::open(source, manifest, tree)?;
            let mut batch = vec![];
            while let Some(block) = blocks.next_block()? {
                batch.push(block);
                if batch.len() == BATCH_BLOCKS {
                    store.put(tree, std::mem::take(&mut batch))?;
                    let done = before + blocks.checked_bytes();
                    on_progress(Progress { step: Step::Importing, done, total });
                }
            }
            store.put(tree, batch)?;
            before += blocks.checked_bytes();
            on_progress(Progress { step: Step::Importing, done: before, total });
        }
        store.close()?;
        self.disk.replace(&draft.join(MANIFEST_NAME), manifest.signed_bytes())?;
        Ok(self.disk.sync_tree(draft)?)
    }
}

/// Whether the release offered may follow the one held. `floor` also remembers stores that were set aside: their own
/// version may come again, for that is the repair.
fn may_follow(held: Option<Pointer>, floor: u64, offered: Held) -> Result<(), CacheError> {
    if let Some(held) = held.filter(|held| held.tip().version == offered.version) {
        // A whole release and a delta may describe one state under one version.
        return Err(if held.tip() == offered || held.overlay.is_some() {
            CacheError::AlreadyHeld(offered.version)
        } else {
            CacheError::SameVersionOtherContent(offered.version)
        });
    }
    if offered.version < floor {
        return Err(CacheError::Rollback { held: floor, offered: offered.version });
    }
    Ok(())
}
