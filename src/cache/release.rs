//! A whole release that answers: every record it gives was in an authenticated block of a verified release.

use super::{
    CacheError,
    store::{Share, Store, sled_dir},
};
use crate::{
    domain::{insured::Identity, person::PersonRecord},
    limits,
    snapshot::{
        Blind, DrugKey, Manifest, NameFilter, Pointer, ReadAs, RegionKeys, SignedBy, SnapshotError,
        Tree, Words, WordsLoader,
    },
    sys::Disk,
};
use jiff::civil::Date;
use std::{ops::Deref, path::Path, sync::OnceLock};

/// One whole release, opened.
pub(super) struct BaseRelease {
    manifest: Manifest,
    keys: RegionKeys,
    store: Store,
    words: Words,
    /// Loaded at the first reading of drugs; drug names, nobody's.
    drug_words: OnceLock<Words>,
}

/// Who lies where an index points, and how many blocks of them are damaged.
#[derive(Default)]
pub(super) struct Pointed {
    pub(super) people: Vec<PersonRecord>,
    pub(super) unreadable: usize,
}

/// Whether a release still has to show that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Just imported: a sample of each tree is opened.
    Sampled,
    /// It has passed that trial before.
    Proven,
}

impl BaseRelease {
    /// Opens what lies in `dir`. A release just imported is tried before it may answer; one that has answered before is
    /// not: a block damaged since is told where it is asked for, and the blocks beside it go on answering.
    pub(super) fn open(
        disk: &dyn Disk,
        dir: &Path,
        manifest: Manifest,
        keys: RegionKeys,
        trial: Trial,
    ) -> Result<Self, CacheError> {
        let share = match manifest.signed_by() {
            SignedBy::Publisher => Share::Region,
            SignedBy::ThisBox => Share::Beside,
        };
        let store = Store::open(disk, &sled_dir(dir), share)?;
        let words = load_words(&store, keys.words())?;
        let release = Self { manifest, keys, store, words, drug_words: OnceLock::new() };
        match trial {
            Trial::Sampled => release.self_check()?,
            Trial::Proven => {}
        }
        Ok(release)
    }

    /// Opens a sample of each eligibility tree. Drug blocks are looked for, not into: their key is elsewhere.
    fn self_check(&self) -> Result<(), CacheError> {
        for tree in Tree::ALL {
            for bucket in sampled(self.manifest.buckets(tree)) {
                let sealed = sealed_block(&self.store, tree, bucket)?;
                self.keys.check_block(tree, &self.words, bucket, &sealed)?;
            }
        }
        Ok(())
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn keys(&self) -> &RegionKeys {
        &self.keys
    }

    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// The records of one family; none is an empty list. `asked` is the identity that was asked for, if one was.
    pub(super) fn members(
        &self,
        family: &Blind,
        asked: Option<&Identity>,
    ) -> Result<Vec<PersonRecord>, CacheError> {
        let bucket = self.keys.family_bucket(family);
        let sealed = sealed_block(&self.store, Tree::Person, bucket)?;
        Ok(self.keys.open_family(&self.words, bucket, &sealed, (family, asked))?)
    }

    /// Everybody whose record can be read, for a release small enough to be made anew, and how many blocks cannot.
    pub(super) fn everybody(&self) -> Pointed {
        let mut found = Pointed::default();
        for bucket in 0..self.manifest.buckets(Tree::Person) {
            let people = stored_block(&self.store, Tree::Person, bucket)
                .and_then(|sealed| Ok(self.keys.open_everybody(&self.words, bucket, &sealed)?));
            match people {
                Ok(people) => found.people.extend(people),
                Err(_) => found.unreadable += 1,
            }
        }
        found
    }

    /// Who may be born on a day and bear a name that fits; others too, where blinds agree by chance.
    pub(super) fn born_on(&self, day: Date, filter: &NameFilter) -> Result<Pointed, CacheError> {
        let bucket = self.keys.birth_bucket(day);
        let sealed = sealed_block(&self.store, Tree::Birth, bucket)?;
        Ok(self.pointed(self.keys.open_birth(bucket, &sealed, day, filter)?, Some(day)))
    }

    /// Who may be read so; others too, where blinds agree by chance.
    pub(super) fn read_as(&self, (reading, bucket): (&Blind, u32)) -> Result<Pointed, CacheError> {
        let sealed = sealed_block(&self.store, Tree::Kana, bucket)?;
        match self.keys.open_reading(bucket, &sealed, reading)? {
            ReadAs::Families(pointers) => Ok(self.pointed(pointers, None)),
            ReadAs::TooMany => Err(CacheError::ReadingOfMany),
        }
    }

    /// Everybody in the families pointed to; where a day is given, whoever was born on it.
    fn pointed(&self, pointers: Vec<Pointer>, day: Option<Date>) -> Pointed {
        let mut pointed = Pointed::default();
        for pointer in pointers {
            let people =
                sealed_block(&self.store, Tree::Person, pointer.bucket).and_then(|sealed| {
                    Ok(self.keys.open_pointed(&self.words, (pointer, day), &sealed)?)
                });
            match people {
                Ok(people) => pointed.people.extend(people),
                Err(_) => pointed.unreadable += 1,
            }
        }
        pointed
    }

    /// The block of a medical tree that holds one person.
    pub(super) fn medical(
        &self,
        tree: Tree,
        person: &Blind,
        key: &DrugKey,
    ) -> Result<impl Deref<Target = [u8]> + use<>, CacheError> {
        sealed_block(&self.store, tree, key.bucket(tree, person))
    }

    pub(super) fn drug_words(&self, key: &DrugKey) -> Result<&Words, CacheError> {
        if key.release_id() != self.manifest.release_id() {
            return Err(SnapshotError::DrugKeyOfOtherRelease.into());
        }
        if let Some(words) = self.drug_words.get() {
            return Ok(words);
        }
        let words = load_words(&self.store, key.words())?;
        Ok(self.drug_words.get_or_init(|| words))
    }
}

/// Buckets to try: the first, the last, and evenly between.
pub(super) fn sampled(buckets: u32) -> impl Iterator<Item = u32> {
    let samples = buckets.min(limits::SELF_CHECK_BLOCKS);
    let last = u64::from(buckets.saturating_sub(1));
    (0..samples).map(move |n| {
        u32::try_from(u64::from(n) * last / u64::from((samples - 1).max(1))).unwrap_or(0)
    })
}

fn load_words(store: &Store, mut loader: WordsLoader<'_>) -> Result<Words, CacheError> {
    for bucket in 0..loader.buckets() {
        loader.take(&stored_block(store, loader.tree(), bucket)?)?;
    }
    Ok(loader.finish()?)
}

/// Every bucket has a block, also an empty one: a block that is not there is damage, never absence.
pub(super) fn sealed_block(
    store: &Store,
    tree: Tree,
    bucket: u32,
) -> Result<impl Deref<Target = [u8]> + use<>, CacheError> {
    let found = store.get(tree, bucket)?;
    Ok(found.ok_or(SnapshotError::BlockDamaged { tree, bucket })?)
}

/// The same for whoever reads block after block, from sled itself.
pub(super) fn stored_block(
    store: &Store,
    tree: Tree,
    bucket: u32,
) -> Result<impl Deref<Target = [u8]> + use<>, CacheError> {
    let found = store.get_stored(tree, bucket)?;
    Ok(found.ok_or(SnapshotError::BlockDamaged { tree, bucket })?)
}
