//! All deltas held, merged: a store beside the base's, written once and never changed, that a lookup sees the base through.
//!
//! Changed families lie in blocks sealed by this box, and every bucket has one: a block that is gone is damage, never "nothing
//! changed". Histories are copied as they came, for their key is elsewhere; the blocks of the second delta follow those of
//! the first, and so on. The deltas' signed manifests lie beside the store and are verified anew at every start.

mod chain;
mod import;
mod merge;

pub(super) use chain::{Chain, may_extend};

use super::{
    CacheError,
    pointer::{Held, Pointer},
    release::{BaseRelease, Trial, sampled, sealed_block},
    store::{Store, sled_dir},
};
use crate::{
    domain::medication::Dispensing,
    limits,
    seal::{Kid, VerifyingKey},
    snapshot::{Blind, Change, DrugKey, Family, Manifest, OverlayKeys, SnapshotError, Tree, Words},
    sys::Disk,
};
use std::path::Path;

const MANIFEST_ENDING: &str = "cose";

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
        let overlay = Self { chain, newest, keys, store: Store::open(disk, &sled_dir(dir))? };
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
        let signed =
            |path: &&std::path::PathBuf| path.extension().is_some_and(|e| e == MANIFEST_ENDING);
        for path in files.iter().filter(signed) {
            let bytes = disk.read(path, limits::MANIFEST_BYTES_MAX)?;
            let delta = Manifest::open(&bytes, publisher_keys)?;
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
        for bucket in sampled(self.keys.birth_buckets()) {
            let sealed = sealed_block(&self.store, Tree::Birth, bucket)?;
            self.keys.open_index(bucket, &sealed, &Blind::default())?;
        }
        for bucket in sampled(self.history_blocks()) {
            sealed_block(&self.store, Tree::Drug, bucket)?;
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

    fn history_blocks(&self) -> u32 {
        self.chain.iter().map(|delta| delta.buckets(Tree::Drug)).sum()
    }

    /// The changed families of one block.
    fn families(&self, bucket: u32) -> Result<Vec<Family>, CacheError> {
        let sealed = sealed_block(&self.store, Tree::Person, bucket)?;
        Ok(self.keys.open_families(bucket, &sealed)?)
    }

    /// What changed in a family since the base; `None` if nothing did.
    pub(super) fn change(&self, family: &Blind) -> Result<Option<Change>, CacheError> {
        let families = self.families(self.keys.family_bucket(family))?;
        let found = families.into_iter().find(|changed| changed.blind == *family);
        Ok(found.map(|changed| changed.change))
    }

    /// Changed families with somebody born on a blinded day.
    pub(super) fn families_born_on(&self, day: &Blind) -> Result<Vec<Blind>, CacheError> {
        let bucket = self.keys.birth_bucket(day);
        let sealed = sealed_block(&self.store, Tree::Birth, bucket)?;
        Ok(self.keys.open_index(bucket, &sealed, day)?)
    }

    /// A person's history as the newest delta that speaks of them has it; `None` if none does.
    pub(super) fn history(
        &self,
        key: &DrugKey,
        words: &Words,
        person: &Blind,
    ) -> Result<Option<Vec<Dispensing>>, CacheError> {
        let mut first = self.history_blocks();
        for delta in self.chain.iter().rev() {
            first = first.saturating_sub(delta.buckets(Tree::Drug));
            let bucket = key.delta_bucket(delta, person);
            let damaged = |_| SnapshotError::BlockDamaged { tree: Tree::Drug, bucket };
            let place = first.checked_add(bucket).ok_or(()).map_err(damaged)?;
            let sealed = sealed_block(&self.store, Tree::Drug, place)?;
            let history = key.open_delta_history(delta, words, bucket, &sealed, person)?;
            if history.is_some() {
                return Ok(history);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod tests;
