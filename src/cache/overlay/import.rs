//! Taking a delta in: decide whether it may come, merge it with those held into a fresh store, try it, and only then switch.

use super::{Chain, Overlay, draft::Draft, may_extend, merge, stored_name};
use crate::{
    cache::{
        Cache, CacheError, Delivered, OpenRelease,
        pointer::{Held, Pointer},
        release::{BaseRelease, Trial, stored_block},
        scrub::{HASHES_NAME, StretchHasher, Stretches},
        store::BATCH_BLOCKS,
    },
    limits::SCRUB_STRETCH_BUCKETS,
    snapshot::{BlockStream, Manifest, Progress, ReleaseSource, SnapshotError, Step, Tree},
};
use std::{path::Path, sync::Arc};

impl Cache {
    /// Imports a delta whose manifest was verified. Until the last step what is held answers, and if any step fails it goes
    /// on answering. The keys follow from those of the base that answers. Deltas that are known to be damaged give way to
    /// the first of their chain that comes again; where they only show it now, that is the error.
    pub fn import_delta(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let _alone = self.turn()?;
        let follows = manifest.base().ok_or(SnapshotError::Malformed("no delta"))?;
        let held = self.pointer()?.ok_or(CacheError::DeltaWithoutBase)?;
        let bare = Pointer::whole(held.base);
        let active = self.active().filter(|active| [held, bare].contains(&active.pointer()));
        let active = active.ok_or(CacheError::DeltaWithoutBase)?;
        if active.manifest().region() != manifest.region() {
            return Err(CacheError::OtherRegion);
        }
        let offered = Held::of(manifest);
        let (chain, former) = self.followed(held, &active);
        let floor = self.floor()?.over(chain.held.base);
        may_extend(Some(chain), floor, offered, follows)?;
        if chain.held != held {
            self.let_overlay_go(held)?;
            self.set_active(Some(Arc::new(OpenRelease::new(active.base().clone(), None))));
        }
        self.sweep(Some(chain.held))?;
        let mut kept = self.held_deliveries();
        kept.push(offered);
        self.sweep_delivered(&kept);
        let undelivered_bytes = self.undelivered_bytes(source, manifest)?;
        self.need_space(active.manifests().skip(1).chain([manifest]), undelivered_bytes)?;

        let base = active.base();
        let merged = self.delivered_first(source, manifest, on_progress, |source, on_progress| {
            self.merge_in(base, former.map(|former| &**former), source, manifest, on_progress)
        });
        let overlay = merged.inspect_err(|why| {
            if matches!(why, CacheError::ChangesDamaged(_)) {
                self.note_unsound(held);
            }
        })?;
        let release = self.switch(OpenRelease::new(base.clone(), Some(overlay)), on_progress)?;
        self.sweep_delivered(&match self.delivered() {
            Delivered::Keep => self.held_deliveries(),
            Delivered::Drop => vec![],
        });
        Ok(release)
    }

    /// What a delta may follow: what is held, or the base alone where the deltas over it are damaged or did not open.
    fn followed<'a>(
        &self,
        held: Pointer,
        active: &'a OpenRelease,
    ) -> (Chain, Option<&'a Arc<Overlay>>) {
        let gives_way = active.pointer() != held || self.overlay_is_unsound();
        let former = active.overlay().filter(|_| !gives_way);
        let deltas = former.map_or(0, |overlay| overlay.chain().len());
        let held = if gives_way { Pointer::whole(held.base) } else { held };
        (Chain { held, deltas }, former)
    }

    /// Merges a delta with those before it into a fresh store and tries it. The pointer does not name it yet.
    pub(in crate::cache) fn merge_in(
        &self,
        base: &BaseRelease,
        former: Option<&Overlay>,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<Overlay>, CacheError> {
        let before = former.map_or(&[][..], Overlay::chain);
        let chain: Vec<Manifest> = before.iter().chain([manifest]).cloned().collect();
        let held = Held::of(base.manifest());
        let dir = self.dir_of(&Pointer { base: held, overlay: Some(Held::of(manifest)) });
        let merge = Merge { base, former, chain: &chain, manifest };
        let fill = |draft: &Path| self.fill_overlay(draft, &merge, source, on_progress);
        let open =
            |dir: &Path| Overlay::open(&*self.disk, dir, base, chain.clone(), Trial::Sampled);
        self.put_in_place(&dir, fill, open).map(Arc::new)
    }

    fn fill_overlay(
        &self,
        draft: &Path,
        merge: &Merge<'_>,
        source: &dyn ReleaseSource,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), CacheError> {
        let Merge { base, former, chain, manifest } = *merge;
        self.disk.make_dir(draft)?;
        let store = Draft::create(&*self.disk, draft)?;
        let keys = base.keys().overlay(chain);
        let offered =
            (BlockStream::open(source, manifest, Tree::Person)?, base.keys().delta(manifest)?);
        let records = merge::families(base, former, offered, &store, &keys)?;
        merge::indexes(base, &store, &keys, records)?;
        let total = Some(manifest.bytes());
        on_progress(Progress { step: Step::Importing, done: 0, total });
        for tree in Tree::MEDICAL {
            if let Some(former) = former {
                let damaged = |why| CacheError::ChangesDamaged(Box::new(why));
                self.copy_medical(tree, (base, former), &store).map_err(damaged)?;
            }
            add_medical(tree, former, source, manifest, &store)?;
        }
        on_progress(Progress { step: Step::Importing, done: manifest.bytes(), total });
        let stretches = store.close()?.of_manifests(chain.iter().map(Manifest::signed_bytes));
        self.disk.replace(&draft.join(HASHES_NAME), &stretches.to_bytes())?;
        for delta in chain {
            self.disk.replace(&draft.join(stored_name(delta)), delta.signed_bytes())?;
        }
        Ok(self.disk.sync_tree(draft)?)
    }

    /// The blocks held, as they came. They cannot be opened, their key is elsewhere: so they are held against their
    /// checksums, for damage must not become part of the next overlay.
    fn copy_medical(
        &self,
        tree: Tree,
        (base, former): (&BaseRelease, &Overlay),
        store: &Draft,
    ) -> Result<(), CacheError> {
        let overlay = Some(Held::of(former.newest()));
        let dir = self.dir_of(&Pointer { base: Held::of(base.manifest()), overlay });
        let noted = Stretches::read(&*self.disk, &dir)?;
        let buckets: Vec<u32> = (0..former.medical_blocks(tree)).collect();
        for (n, stretch) in buckets.chunks(SCRUB_STRETCH_BUCKETS as usize).enumerate() {
            let mut blocks = vec![];
            let mut hasher = StretchHasher::default();
            for bucket in stretch {
                // Not from memory: that is what rot leaves sound.
                let block = stored_block(&former.store, tree, *bucket)?.to_vec();
                hasher.take(&block);
                blocks.push((*bucket, block));
            }
            if hasher.finish().first().copied() != noted.of(tree, n) {
                return Err(CacheError::damaged(&dir, tree.file_name()));
            }
            store.put(tree, blocks)?;
        }
        Ok(())
    }
}

/// What an overlay is made of.
#[derive(Clone, Copy)]
struct Merge<'a> {
    base: &'a BaseRelease,
    former: Option<&'a Overlay>,
    /// The deltas merged before, and the one that comes.
    chain: &'a [Manifest],
    manifest: &'a Manifest,
}

/// The delta's blocks, behind those held: none is opened.
fn add_medical(
    tree: Tree,
    former: Option<&Overlay>,
    source: &dyn ReleaseSource,
    manifest: &Manifest,
    store: &Draft,
) -> Result<(), CacheError> {
    let first = former.map_or(0, |former| former.medical_blocks(tree));
    let mut blocks = BlockStream::open(source, manifest, tree)?;
    let mut batch = vec![];
    while let Some((bucket, block)) = blocks.next_block()? {
        let place = first.checked_add(bucket).ok_or(SnapshotError::Malformed("too many blocks"))?;
        batch.push((place, block));
        if batch.len() == BATCH_BLOCKS {
            store.put(tree, std::mem::take(&mut batch))?;
        }
    }
    store.put(tree, batch)
}
