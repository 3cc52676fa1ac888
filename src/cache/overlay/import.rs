//! Taking a delta in: decide whether it may come, merge it with those held into a fresh store, try it, and only then switch.

use super::{Chain, MANIFEST_ENDING, Overlay, may_extend, merge};
use crate::{
    cache::{
        Cache, CacheError, OpenRelease,
        pointer::{Held, POINTER_NAME},
        release::{Trial, sealed_block},
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
        let deltas = active.overlay().map_or(0, |overlay| overlay.chain().len());
        let chain = Chain { held: active.pointer(), deltas };
        let floor = self.version_floor()?;
        let chain = may_extend(Some(chain), floor, Held::of(manifest), follows)?;
        self.sweep(held);
        self.need_space(active.manifests().skip(1).chain([manifest]))?;

        let dir = self.dir_of(&chain.held);
        let draft = dir.with_extension("part");
        let filled = self.fill_overlay(&draft, &active, source, manifest, on_progress);
        let release = filled
            .and_then(|()| Ok(self.disk.rename(&draft, &dir)?))
            .and_then(|()| {
                let deltas = chain_with(&active, manifest);
                Overlay::open(&*self.disk, &dir, active.base(), deltas, Trial::Sampled)
            })
            .and_then(|overlay| {
                self.disk.sync_tree(&dir)?; // sled may have written on opening
                Ok(Arc::new(OpenRelease::new(active.base().clone(), Some(overlay))))
            })
            .inspect_err(|_| self.clear(&[&draft, &dir]))?;

        // If this fails the pointer may name either, and both are whole; so nothing is removed here.
        self.disk.replace(&self.root.join(POINTER_NAME), &chain.held.line())?;
        self.set_active(Some(release.clone()));
        on_progress(Progress { step: Step::SelfCheck, done: 1, total: Some(1) });
        Ok(release)
    }

    fn fill_overlay(
        &self,
        draft: &Path,
        active: &OpenRelease,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), CacheError> {
        self.disk.make_dir(draft)?;
        let store = Store::create(&*self.disk, &sled_dir(draft))?;
        let (base, former) = (&**active.base(), active.overlay());
        let chain = chain_with(active, manifest);
        let keys = base.keys().overlay(&chain);
        let offered =
            (BlockStream::open(source, manifest, Tree::Person)?, base.keys().delta(manifest)?);
        let records = merge::families(base, former, offered, &store, &keys)?;
        merge::birth_index(base, &store, &keys, records)?;
        let total = Some(manifest.bytes());
        on_progress(Progress { step: Step::Importing, done: 0, total });
        copy_histories(former, source, manifest, &store)?;
        on_progress(Progress { step: Step::Importing, done: manifest.bytes(), total });
        store.close()?;
        for delta in &chain {
            let name = format!("{:020}.{MANIFEST_ENDING}", delta.version());
            self.disk.replace(&draft.join(name), delta.signed_bytes())?;
        }
        Ok(self.disk.sync_tree(draft)?)
    }
}

fn chain_with(active: &OpenRelease, manifest: &Manifest) -> Vec<Manifest> {
    active.manifests().skip(1).chain([manifest]).cloned().collect()
}

/// The blocks held, then the delta's: none is opened, for their key is elsewhere.
fn copy_histories(
    former: Option<&Overlay>,
    source: &dyn ReleaseSource,
    manifest: &Manifest,
    store: &Store,
) -> Result<(), CacheError> {
    let mut batch = vec![];
    let mut put = |bucket, block, last: bool| {
        batch.push((bucket, block));
        let full = batch.len() == BATCH_BLOCKS || last;
        if full { store.put(Tree::Drug, std::mem::take(&mut batch)) } else { Ok(()) }
    };
    let first = former.map_or(0, Overlay::history_blocks);
    for bucket in 0..first {
        let Some(former) = former else { break };
        put(bucket, sealed_block(&former.store, Tree::Drug, bucket)?.to_vec(), false)?;
    }
    let mut blocks = BlockStream::open(source, manifest, Tree::Drug)?;
    let last = manifest.buckets(Tree::Drug) - 1;
    while let Some((bucket, block)) = blocks.next_block()? {
        let place = first.checked_add(bucket).ok_or(SnapshotError::Malformed("too many blocks"))?;
        put(place, block, bucket == last)?;
    }
    Ok(())
}
