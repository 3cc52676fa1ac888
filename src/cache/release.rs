//! A release that answers: every record it gives was in an authenticated block of a verified release.

use super::{
    CacheError,
    store::{Store, sled_dir},
};
use crate::{
    domain::{
        checkup::Checkup, evidence::SnapshotSource, insured::Identity, medication::Dispensing,
        person::PersonRecord, verified::Verified, visit::Visit,
    },
    limits,
    snapshot::{
        Blind, DrugKey, Manifest, NameFilter, Pointer, RegionKeys, SnapshotError, Tree, Words,
        WordsLoader,
    },
    sys::Disk,
};
use jiff::{ToSpan, civil::Date};
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

/// Who may be meant by a name, a birth date or both. The caller holds each record against the question.
#[derive(Debug, Default)]
pub struct Found {
    /// Those whose record can be read.
    pub people: Vec<Verified<PersonRecord>>,
    /// Blocks with somebody who may be meant that are damaged: one of them must not hide everybody, and must not pass for
    /// "nobody" either.
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

    /// Everybody whose record can be read, for a release small enough to be made anew. Damaged blocks are passed over.
    #[must_use]
    pub fn everybody(&self) -> Vec<PersonRecord> {
        let readable = |bucket| {
            let sealed = sealed_block(&self.store, Tree::Person, bucket).ok()?;
            self.keys.open_everybody(&self.words, bucket, &sealed).ok()
        };
        (0..self.manifest.buckets(Tree::Person)).filter_map(readable).flatten().collect()
    }

    /// Everybody born on a day whose name may be the one asked for; an empty name is any.
    pub fn born_on(&self, day: Date, name: &str) -> Result<Found, CacheError> {
        let mut found = Found::default();
        self.add_born(day, &self.keys.name_filter(name), &mut found)?;
        Ok(found)
    }

    /// Everybody born in a year whose name may be the one asked for.
    pub fn born_in(&self, year: i16, name: &str) -> Result<Found, CacheError> {
        let (mut found, filter) = (Found::default(), self.keys.name_filter(name));
        let first = Date::new(year, 1, 1).ok();
        let days = first.into_iter().flat_map(|first| first.series(1.day()));
        for day in days.take_while(|day| day.year() == year) {
            match self.add_born(day, &filter, &mut found) {
                Err(CacheError::Snapshot(SnapshotError::BlockDamaged { .. })) => {
                    found.unreadable += 1;
                }
                other => other?,
            }
        }
        Ok(found)
    }

    /// Everybody whose whole kana is the one asked for, in any spelling.
    pub fn read_as(&self, kana: &str) -> Result<Found, CacheError> {
        let (reading, bucket) = self.keys.reading(kana);
        let sealed = sealed_block(&self.store, Tree::Kana, bucket)?;
        let mut found = Found::default();
        let pointers = self.keys.open_reading(bucket, &sealed, &reading)?;
        self.add_pointed(pointers, |person| self.keys.reads_as(person, &reading), &mut found);
        Ok(found)
    }

    fn add_born(
        &self,
        day: Date,
        filter: &NameFilter,
        found: &mut Found,
    ) -> Result<(), CacheError> {
        let bucket = self.keys.birth_bucket(day);
        let sealed = sealed_block(&self.store, Tree::Birth, bucket)?;
        let pointers = self.keys.open_birth(bucket, &sealed, day, filter)?;
        self.add_pointed(pointers, |person| person.birth == day, found);
        Ok(())
    }

    fn add_pointed(
        &self,
        pointers: Vec<Pointer>,
        meant: impl Fn(&PersonRecord) -> bool,
        found: &mut Found,
    ) {
        for pointer in pointers {
            let people = sealed_block(&self.store, Tree::Person, pointer.bucket)
                .and_then(|sealed| Ok(self.keys.open_pointed(&self.words, pointer, &sealed)?));
            match people {
                Ok(people) => {
                    let meant = people.into_iter().filter(&meant);
                    found.people.extend(meant.map(Verified::attest));
                }
                Err(_) => found.unreadable += 1,
            }
        }
    }

    /// One person's drugs, newest first. Nothing is an empty list.
    pub fn dispensings(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Dispensing>, CacheError> {
        let (words, blind, sealed) = self.medical(Tree::Drug, person, key)?;
        Ok(key.open_drugs(&words, &sealed, &blind)?)
    }

    /// One person's check-ups (特定健診), newest first.
    pub fn checkups(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Checkup>, CacheError> {
        let (words, blind, sealed) = self.medical(Tree::Checkup, person, key)?;
        Ok(key.open_checkups(&words, &sealed, &blind)?)
    }

    /// One person's visits (診療), newest first.
    pub fn visits(&self, person: &PersonRecord, key: &DrugKey) -> Result<Vec<Visit>, CacheError> {
        let (words, blind, sealed) = self.medical(Tree::Visit, person, key)?;
        Ok(key.open_visits(&words, &sealed, &blind)?)
    }

    fn medical(
        &self,
        tree: Tree,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<(Arc<Words>, Blind, impl Deref<Target = [u8]> + use<>), CacheError> {
        if key.release_id() != self.manifest.release_id() {
            return Err(SnapshotError::DrugKeyOfOtherRelease.into());
        }
        let blind = key.person(person);
        let sealed = sealed_block(&self.store, tree, key.bucket(tree, &blind))?;
        Ok((self.drug_words(key)?, blind, sealed))
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
