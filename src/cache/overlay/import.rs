//! Taking a delta in: decide whether it may come, merge it with those held into a fresh store, try it, and only then switch.

use super::{Chain, INDEXES, MANIFEST_ENDING, Overlay, may_extend, merge};
use crate::{
    cache::{
        Cache, CacheError, Delivered, OpenRelease,
        pointer::{Held, Pointer},
        release::{BaseRelease, Trial, sealed_block},
        store::{BATCH_BLOCKS, Store, sled_dir},
    },
    snapshot::{BlockStream, Manifest, Progress, ReleaseSource, SnapshotError, Step, Tree},
};
use std::{path::Path, sync::Arc};

impl Cache {
    /// Imports a delta whose manifest was verified. Until the last step what is held answers, and if any step fails it goes
    /// on answering. The keys follow from those of the base that answers.
    pub fn import_delta(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<OpenRelease>, CacheError> {
        let _alone = self.turn()?;
        let follows = manifest.base().ok_or(SnapshotError::Malformed("no delta"))?;
        let held = self.pointer()?;
        let active = self.active().filter(|active| Some(active.pointer()) == held);
        let active = active.ok_or(CacheError::DeltaWithoutBase)?;
        if active.manifest().region() != manifest.region() {
            return Err(CacheError::OtherRegion);
        }
        let offered = Held::of(manifest);
        let deltas = active.overlay().map_or(0, |overlay| overlay.chain().len());
        let chain = Chain { held: active.pointer(), deltas };
        let floor = self.floor()?.over(chain.held.base);
        may_extend(Some(chain), floor, offered, follows)?;
        self.sweep(held)?;
        let mut kept = self.held_deliveries();
        kept.push(offered);
        self.sweep_delivered(&kept);
        let undelivered_bytes = self.undelivered_bytes(source, manifest)?;
        self.need_space(active.manifests().skip(1).chain([manifest]), undelivered_bytes)?;

        let (base, former) = (active.base(), active.overlay().map(|overlay| &**overlay));
        let overlay =
            self.delivered_first(source, manifest, on_progress, |source, on_progress| {
                self.merge_in(base, former, source, manifest, on_progress)
            })?;
        let release = self.switch(OpenRelease::new(base.clone(), Some(overlay)), on_progress)?;
        self.sweep_delivered(&match self.delivered() {
            Delivered::Keep => self.held_deliveries(),
            Delivered::Drop => vec![],
        });
        Ok(release)
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
        let store = Store::create(&*self.disk, &sled_dir(draft))?;
        let keys = base.keys().overlay(chain);
        let offered =
            (BlockStream::open(source, manifest, Tree::Person)?, base.keys().delta(manifest)?);
        let records = merge::families(base, former, offered, &store, &keys)?;
        for tree in INDEXES {
            merge::index(tree, base, &store, &keys, records)?;
        }
        let total = Some(manifest.bytes());
        on_progress(Progress { step: Step::Importing, done: 0, total });
        for tree in Tree::MEDICAL {
            copy_medical(tree, former, source, manifest, &store)?;
        }
        on_progress(Progress { step: Step::Importing, done: manifest.bytes(), total });
        store.close()?;
        for delta in chain {
            let name = format!("{:020}.{MANIFEST_ENDING}", delta.version());
            self.disk.replace(&draft.join(name), delta.signed_bytes())?;
        }
        Ok(self.disk.sync_tree(draft)?)
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

/// The blocks held, then the delta's: none is opened, for their key is elsewhere.
fn copy_medical(
    tree: Tree,
    former: Option<&Overlay>,
    source: &dyn ReleaseSource,
    manifest: &Manifest,
    store: &Store,
) -> Result<(), CacheError> {
    let mut batch = vec![];
    let mut put = |bucket, block, last: bool| {
        batch.push((bucket, block));
        let full = batch.len() == BATCH_BLOCKS || last;
        if full { store.put(tree, std::mem::take(&mut batch)) } else { Ok(()) }
    };
    let first = former.map_or(0, |former| former.medical_blocks(tree));
    for bucket in 0..first {
        let Some(former) = former else { break };
        put(bucket, sealed_block(&former.store, tree, bucket)?.to_vec(), false)?;
    }
    let mut blocks = BlockStream::open(source, manifest, tree)?;
    let last = manifest.buckets(tree) - 1;
    while let Some((bucket, block)) = blocks.next_block()? {
        let place = first.checked_add(bucket).ok_or(SnapshotError::Malformed("too many blocks"))?;
        put(place, block, bucket == last)?;
    }
    Ok(())
}
