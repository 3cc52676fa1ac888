//! All deltas held, merged: a store beside the base's, written once and never changed, that a lookup sees the base through.
//!
//! Changed families lie in blocks sealed by this box, and every bucket has one: a block that is gone is damage, never "nothing
//! changed". Medical blocks are copied as they came, for their key is elsewhere; the blocks of the second delta follow those
//! of the first, and so on. The deltas' signed manifests lie beside the store and are verified anew at every start.

mod chain;
mod draft;
mod import;
mod merge;

pub(super) use chain::{Chain, may_extend};

use super::{
    CacheError,
    pointer::{Held, Pointer},
    release::{BaseRelease, Trial, sampled, sealed_block, stored_block},
    scrub,
    store::{Share, Store, sled_dir},
};
use crate::{
    limits,
    seal::{Kid, VerifyingKey},
    snapshot::{
        Blind, Change, DeltaBlock, DrugKey, Family, MANIFEST_NAME, Manifest, OverlayKeys,
        SnapshotError, Tree,
    },
    sys::Disk,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const DELTA_ENDING: &str = "cose";
/// What this box makes of the changed records, to find people by.
const INDEXES: [Tree; 2] = [Tree::Birth, Tree::Kana];

/// What a signed manifest is called in its store's directory; deltas in the order of their versions.
pub(super) fn stored_name(manifest: &Manifest) -> String {
    match manifest.base() {
        None => MANIFEST_NAME.into(),
        Some(_) => format!("{:020}.{DELTA_ENDING}", manifest.version()),
    }
}

/// The deltas held on top of one base.
pub(super) struct Overlay {
    /// Oldest first, never empty.
    chain: Vec<Manifest>,
    newest: Manifest,
    keys: OverlayKeys,
    store: Store,
}

impl Overlay {
    /// Opens what lies in `dir` for a chain already verified.
    fn open(
        disk: &dyn Disk,
        dir: &Path,
        base: &BaseRelease,
        chain: Vec<Manifest>,
        trial: Trial,
    ) -> Result<Self, CacheError> {
        let newest = chain.last().ok_or_else(|| CacheError::damaged(dir, "no delta"))?.clone();
        let keys = base.keys().overlay(&chain);
        let store = Store::open(disk, &sled_dir(dir), Share::Beside)?;
        let overlay = Self { chain, newest, keys, store };
        match trial {
            Trial::Sampled => overlay.self_check()?,
            Trial::Proven => {}
        }
        Ok(overlay)
    }

    /// After a start: verifies every stored manifest and the chain anew, then opens the store.
    pub(super) fn reopen(
        disk: &dyn Disk,
        dir: &Path,
        base: &BaseRelease,
        held: Pointer,
        publisher_keys: &dyn Fn(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Self, CacheError> {
        let files = disk.list(dir)?;
        if files.is_empty() {
            return Err(CacheError::Missing(dir.into()));
        }
        let mut chain = Chain { held: Pointer::whole(held.base), deltas: 0 };
        let mut deltas = vec![];
        let signed = |path: &&PathBuf| path.extension().is_some_and(|e| e == DELTA_ENDING);
        let stored = files.iter().filter(signed);
        let stored = stored.map(|path| disk.read(path, limits::MANIFEST_BYTES_MAX));
        let stored = stored.collect::<Result<Vec<_>, _>>()?;
        let all = || stored.iter().map(Vec::as_slice);
        for bytes in &stored {
            let delta = Manifest::open(bytes, publisher_keys)
                .map_err(|refusal| scrub::rot_or(disk, dir, all(), refusal))?;
            let extended = delta
                .base()
                .filter(|_| delta.region() == base.manifest().region())
                .and_then(|base| may_extend(Some(chain), 0, Held::of(&delta), base).ok());
            chain = extended.ok_or_else(|| CacheError::damaged(dir, "a broken chain of deltas"))?;
            deltas.push(delta);
        }
        if chain.held != held {
            return Err(CacheError::damaged(dir, "the chain of another overlay"));
        }
        Self::open(disk, dir, base, deltas, Trial::Proven)
    }

    /// Opens a sample of what this box sealed. Histories are looked for, not into: their key is elsewhere.
    fn self_check(&self) -> Result<(), CacheError> {
        for bucket in sampled(self.keys.family_buckets()) {
            self.families(bucket)?;
        }
        for tree in INDEXES {
            for bucket in sampled(self.keys.index_buckets(tree)) {
                let sealed = sealed_block(&self.store, tree, bucket)?;
                self.keys.open_index(tree, bucket, &sealed, &Blind::default())?;
            }
        }
        for tree in Tree::MEDICAL {
            for bucket in sampled(self.medical_blocks(tree)) {
                sealed_block(&self.store, tree, bucket)?;
            }
        }
        Ok(())
    }

    /// The deltas, oldest first.
    pub(super) fn chain(&self) -> &[Manifest] {
        &self.chain
    }

    /// The newest delta.
    pub(super) fn newest(&self) -> &Manifest {
        &self.newest
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Blocks of one tree in its store.
    pub(super) fn buckets(&self, tree: Tree) -> u32 {
        match tree {
            Tree::Person => self.keys.family_buckets(),
            _ if INDEXES.contains(&tree) => self.keys.index_buckets(tree),
            _ if Tree::MEDICAL.contains(&tree) => self.medical_blocks(tree),
            _ => 0, // words stand where they are used
        }
    }

    fn medical_blocks(&self, tree: Tree) -> u32 {
        self.chain.iter().fold(0, |sum: u32, delta| sum.saturating_add(delta.buckets(tree)))
    }

    /// The changed families of one block.
    fn families(&self, bucket: u32) -> Result<Vec<Family>, CacheError> {
        let sealed = sealed_block(&self.store, Tree::Person, bucket)?;
        Ok(self.keys.open_families(bucket, &sealed)?)
    }

    /// The same for whoever reads block after block.
    fn next_families(&self, bucket: u32) -> Result<Vec<Family>, CacheError> {
        let sealed = stored_block(&self.store, Tree::Person, bucket)?;
        Ok(self.keys.open_families(bucket, &sealed)?)
    }

    /// What changed in a family since the base; `None` if nothing did.
    pub(super) fn change(&self, family: &Blind) -> Result<Option<Change>, CacheError> {
        let families = self.families(self.keys.family_bucket(family))?;
        let found = families.into_iter().find(|changed| changed.blind == *family);
        Ok(found.map(|changed| changed.change))
    }

    /// Changed families with somebody born on a blinded day ([`Tree::Birth`]) or of a blinded reading ([`Tree::Kana`]).
    pub(super) fn indexed(&self, tree: Tree, key: &Blind) -> Result<BTreeSet<Blind>, CacheError> {
        let bucket = self.keys.index_bucket(tree, key);
        let sealed = sealed_block(&self.store, tree, bucket)?;
        Ok(self.keys.open_index(tree, bucket, &sealed, key)?.into_iter().collect())
    }

    /// A person's rows of one medical tree as the newest delta that speaks of them has them; `None` if none does.
    pub(super) fn rows<R>(
        &self,
        tree: Tree,
        person: &Blind,
        open: impl Fn(DeltaBlock<'_>) -> Result<Option<Vec<R>>, SnapshotError>,
    ) -> Result<Option<Vec<R>>, CacheError> {
        let mut first = self.medical_blocks(tree);
        for delta in self.chain.iter().rev() {
            first = first.saturating_sub(delta.buckets(tree));
            let bucket = DrugKey::delta_bucket(delta, tree, person);
            let damaged = SnapshotError::BlockDamaged { tree, bucket };
            let place = first.checked_add(bucket).ok_or(damaged)?;
            let sealed = sealed_block(&self.store, tree, place)?;
            let rows = open(DeltaBlock { delta, bucket, sealed: &sealed })?;
            if rows.is_some() {
                return Ok(rows);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod mending;
#[cfg(test)]
mod tests;
