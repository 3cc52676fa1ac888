//! A release that answers: every record it gives was in an authenticated block of a verified release.

use super::{
    CacheError,
    store::{Store, sled_dir},
};
use crate::{
    domain::{
        evidence::SnapshotSource, insured::Identity, medication::Dispensing, person::PersonRecord,
        verified::Verified,
    },
    limits,
    snapshot::{Blind, DrugKey, Manifest, RegionKeys, SnapshotError, Tree, Words, WordsLoader},
    sys::Disk,
};
use jiff::civil::Date;
use std::{
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// One release, opened. Whoever holds it keeps it answering, also after a newer one took over.
pub struct OpenRelease {
    manifest: Manifest,
    keys: RegionKeys,
    store: Store,
    words: Words,
    /// Loaded at the first reading of drugs; drug names, nobody's.
    drug_words: Mutex<Option<Arc<Words>>>,
}

/// Who was born on one day.
#[derive(Debug, Default)]
pub struct Born {
    /// Those whose record can be read.
    pub people: Vec<Verified<PersonRecord>>,
    /// Families with somebody born that day whose block is damaged.
    pub unreadable: usize,
}

impl std::fmt::Debug for OpenRelease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "OpenRelease({}, version {})",
            self.manifest.release_id(),
            self.manifest.version()
        )
    }
}

/// Whether a release still has to show that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Just imported: a sample of each tree is opened.
    Sampled,
    /// It has passed that trial before.
    Proven,
}

impl OpenRelease {
    /// Opens what lies in `dir`. A release just imported is tried before it may answer; one that has answered before is
    /// not: a block damaged since is told where it is asked for, and the blocks beside it go on answering.
    pub(super) fn open(
        disk: &dyn Disk,
        dir: &Path,
        manifest: Manifest,
        keys: RegionKeys,
        trial: Trial,
    ) -> Result<Self, CacheError> {
        let store = Store::open(disk, &sled_dir(dir))?;
        let words = load_words(&store, keys.words())?;
        let release = Self { manifest, keys, store, words, drug_words: Mutex::new(None) };
        match trial {
            Trial::Sampled => release.self_check()?,
            Trial::Proven => {}
        }
        Ok(release)
    }

    /// Opens a sample of each eligibility tree. Drug blocks are looked for, not into: their key is elsewhere.
    fn self_check(&self) -> Result<(), CacheError> {
        for tree in Tree::ALL {
            let buckets = self.manifest.buckets(tree);
            let samples = buckets.min(limits::SELF_CHECK_BLOCKS);
            let spread = |n: u32| {
                let place = u64::from(n) * u64::from(buckets - 1) / u64::from((samples - 1).max(1));
                u32::try_from(place).unwrap_or(0) // the first, the last, and evenly between
            };
            for bucket in (0..samples).map(spread) {
                let sealed = sealed_block(&self.store, tree, bucket)?;
                self.keys.check_block(tree, &self.words, bucket, &sealed)?;
            }
        }
        Ok(())
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// What the publisher signed about it.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What this box may open of it.
    #[must_use]
    pub fn keys(&self) -> &RegionKeys {
        &self.keys
    }

    /// How it is named in an answer.
    #[must_use]
    pub fn source(&self) -> SnapshotSource {
        self.manifest.source()
    }

    /// All records under the identity's insurer, symbol and number, whatever the branch: the caller narrows them down by
    /// branch and birth date. Nobody is an empty list; a block that does not open is an error and never "nobody".
    pub fn family(&self, identity: &Identity) -> Result<Vec<Verified<PersonRecord>>, CacheError> {
        let (family, bucket) = self.keys.family(identity);
        Ok(self.members(&family, bucket)?.into_iter().map(Verified::attest).collect())
    }

    fn members(&self, family: &Blind, bucket: u32) -> Result<Vec<PersonRecord>, CacheError> {
        let sealed = sealed_block(&self.store, Tree::Person, bucket)?;
        Ok(self.keys.open_family(&self.words, bucket, &sealed, family)?)
    }

    /// The same, and how many families could not be read: one damaged block must not hide everybody of that day, and
    /// must not pass for "nobody" either.
    pub fn born_on(&self, day: Date) -> Result<Born, CacheError> {
        let (blind, bucket) = self.keys.birth(day);
        let sealed = sealed_block(&self.store, Tree::Birth, bucket)?;
        let mut born = Born::default();
        for family in self.keys.open_birth(bucket, &sealed, &blind)? {
            let Ok(mut members) = self.members(&family, self.keys.family_bucket(&family)) else {
                born.unreadable += 1;
                continue;
            };
            members.retain(|person| person.birth == day);
            born.people.extend(members.into_iter().map(Verified::attest));
        }
        Ok(born)
    }

    /// One person's drug history, newest first. Nothing is an empty list.
    pub fn dispensings(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Dispensing>, CacheError> {
        if key.release_id() != self.manifest.release_id() {
            return Err(SnapshotError::DrugKeyOfOtherRelease.into());
        }
        let words = self.drug_words(key)?;
        let (blind, bucket) = key.person(person);
        let sealed = sealed_block(&self.store, Tree::Drug, bucket)?;
        Ok(key.open_history(&words, bucket, &sealed, &blind)?)
    }

    fn drug_words(&self, key: &DrugKey) -> Result<Arc<Words>, CacheError> {
        let mut loaded = self.drug_words.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(words) = &*loaded {
            return Ok(words.clone());
        }
        let words = Arc::new(load_words(&self.store, key.words())?);
        *loaded = Some(words.clone());
        Ok(words)
    }
}

fn load_words(store: &Store, mut loader: WordsLoader<'_>) -> Result<Words, CacheError> {
    for bucket in 0..loader.buckets() {
        loader.take(&sealed_block(store, loader.tree(), bucket)?)?;
    }
    Ok(loader.finish()?)
}

/// Every bucket has a block, also an empty one: a block that is not there is damage, never absence.
fn sealed_block(
    store: &Store,
    tree: Tree,
    bucket: u32,
) -> Result<impl Deref<Target = [u8]> + use<>, CacheError> {
    let found = store.get(tree, bucket)?;
    Ok(found.ok_or(SnapshotError::BlockDamaged { tree, bucket })?)
}
