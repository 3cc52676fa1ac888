//! Who opens the medical records of a release: drugs, check-ups, visits.

use super::{
    Blind, ReleaseId, SnapshotError, Tree,
    block::{self, Fragment},
    history::{self, MedicalRow},
    keys::{WordsKey, blinded, spelled},
    layout::{TreeSeal, bucket_of},
    manifest::Manifest,
    words::{Words, WordsLoader},
};
use crate::{
    domain::{
        checkup::Checkup, digits::push_digits, insured::Identity, medication::Dispensing,
        person::PersonRecord, visit::Visit,
    },
    seal::SymmetricKey,
};
use jiff::civil::Date;

/// Blinds persons for their drug histories.
#[derive(Clone, Debug)]
pub(super) struct DrugBlinds(SymmetricKey);

impl DrugBlinds {
    pub(super) fn new(drug: &SymmetricKey) -> Self {
        Self(SymmetricKey::derive("sonae release v1 blind drug", &[drug.expose()]))
    }

    /// With branch and birth date, so that nobody gets a sister's drugs.
    pub(super) fn person(&self, identity: &Identity, birth: Date) -> Blind {
        let mut branch = String::new();
        if let Some(printed) = identity.branch {
            push_digits(&mut branch, printed.value().into(), 2);
        }
        let birth = spelled(birth);
        blinded(&self.0, &[identity.family_key().as_bytes(), branch.as_bytes(), birth.as_bytes()])
    }
}

/// Opens the medical records of one release: drugs, check-ups, visits. Made by [`RegionKeys::unlock_drugs`] only.
#[derive(Clone, Debug)]
pub struct DrugKey {
    release: ReleaseId,
    drug: TreeSeal,
    checkup: TreeSeal,
    visit: TreeSeal,
    words: WordsKey,
    blinds: DrugBlinds,
    /// For the deltas that follow.
    pub(super) secret: SymmetricKey,
}

impl DrugKey {
    pub(super) fn new(manifest: &Manifest, drug: &SymmetricKey) -> Self {
        let seal = |tree| TreeSeal::new(drug, manifest.release_id(), tree, manifest.buckets(tree));
        Self {
            release: manifest.release_id(),
            drug: seal(Tree::Drug),
            checkup: seal(Tree::Checkup),
            visit: seal(Tree::Visit),
            words: WordsKey(seal(Tree::MedicalWords)),
            blinds: DrugBlinds::new(drug),
            secret: drug.clone(),
        }
    }

    /// The release this key belongs to.
    #[must_use]
    pub fn release_id(&self) -> ReleaseId {
        self.release
    }

    pub(super) fn words_key(&self) -> &WordsKey {
        &self.words
    }

    /// Loads the words that medical records share.
    #[must_use]
    pub fn words(&self) -> WordsLoader<'_> {
        WordsLoader::new(&self.words)
    }

    /// What one person is called among the medical records.
    #[must_use]
    pub fn person(&self, person: &PersonRecord) -> Blind {
        self.blinds.person(&person.identity, person.birth)
    }

    /// Which block of [`Tree::Drug`], [`Tree::Checkup`] or [`Tree::Visit`] holds one person's rows.
    #[must_use]
    pub fn bucket(&self, tree: Tree, person: &Blind) -> u32 {
        bucket_of(person, self.seal(tree).buckets)
    }

    /// The seal of one medical tree; of the drugs', where no other is meant.
    fn seal(&self, tree: Tree) -> &TreeSeal {
        match tree {
            Tree::Checkup => &self.checkup,
            Tree::Visit => &self.visit,
            Tree::MedicalWords => &self.words.0,
            Tree::Drug | Tree::Person | Tree::Birth | Tree::PersonWords | Tree::Kana => &self.drug,
        }
    }

    fn open_rows<R: MedicalRow>(
        &self,
        tree: Tree,
        words: &Words,
        sealed: &[u8],
        person: &Blind,
    ) -> Result<Vec<R>, SnapshotError> {
        let words = words.of(&self.words)?;
        let (seal, bucket) = (self.seal(tree), self.bucket(tree, person));
        let plain = seal.open(bucket, sealed)?;
        let rows = match block::find(Fragment::Long, &plain, person) {
            Some(None) => Some(vec![]),
            Some(Some(body)) => history::read_history(words, body),
            None => None,
        };
        rows.ok_or_else(|| seal.damaged(bucket))
    }

    /// Opens a block of [`Tree::Drug`] and reads one person's drugs, newest first.
    pub fn open_drugs(
        &self,
        words: &Words,
        sealed: &[u8],
        person: &Blind,
    ) -> Result<Vec<Dispensing>, SnapshotError> {
        self.open_rows(Tree::Drug, words, sealed, person)
    }

    /// Opens a block of [`Tree::Checkup`] and reads one person's check-ups, newest first.
    pub fn open_checkups(
        &self,
        words: &Words,
        sealed: &[u8],
        person: &Blind,
    ) -> Result<Vec<Checkup>, SnapshotError> {
        self.open_rows(Tree::Checkup, words, sealed, person)
    }

    /// Opens a block of [`Tree::Visit`] and reads one person's visits, newest first.
    pub fn open_visits(
        &self,
        words: &Words,
        sealed: &[u8],
        person: &Blind,
    ) -> Result<Vec<Visit>, SnapshotError> {
        self.open_rows(Tree::Visit, words, sealed, person)
    }
}
