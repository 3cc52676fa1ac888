//! Who opens what: the region's key, the box's share, the opening secret, and the blinded keys records are found by.

use super::{
    ReleaseId, SnapshotError, Tree, block,
    delta::DeltaRoot,
    layout::{TreeSeal, bucket_of},
    manifest::Manifest,
    record,
    words::{Words, WordsLoader},
};
use crate::{
    domain::{insured::Identity, keys::BoxId, medication::Dispensing, person::PersonRecord},
    seal::SymmetricKey,
    sys::{Dice, roll},
};
use jiff::civil::Date;
use std::fmt;

/// What a family, a person or a birth date is called inside one release; tells nothing without the release's key.
pub type Blind = [u8; 16];

/// Which opening secret a release asks for. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpeningId(pub [u8; 8]);

/// Lower-case hexadecimal.
impl fmt::Display for OpeningId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for OpeningId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningId({self})")
    }
}

/// What, together with a box's own share, opens drug records; it comes in an order or out of two envelopes.
#[derive(Clone)]
pub struct OpeningSecret {
    id: OpeningId,
    secret: SymmetricKey,
}

impl fmt::Debug for OpeningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningSecret({})", self.id)
    }
}

impl OpeningSecret {
    /// A secret as an order or the envelopes carry it.
    #[must_use]
    pub fn new(id: OpeningId, secret: SymmetricKey) -> Self {
        Self { id, secret }
    }

    /// A fresh one.
    #[must_use]
    pub fn random(dice: &dyn Dice) -> Self {
        Self::new(OpeningId(roll(dice)), SymmetricKey::random(dice))
    }

    /// Which one it is.
    #[must_use]
    pub fn id(&self) -> OpeningId {
        self.id
    }

    /// The secret itself, for sealing it into an order or splitting it over envelopes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.secret.expose()
    }
}

pub(super) fn blinded(key: &SymmetricKey, parts: &[&[u8]]) -> Blind {
    let mut hasher = blake3::Hasher::new_keyed(key.expose());
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut blind = [0; 16];
    hasher.finalize_xof().fill(&mut blind);
    blind
}

/// Blinds families and birth dates.
#[derive(Clone, Debug)]
pub(super) struct EligibilityBlinds {
    family: SymmetricKey,
    birth: SymmetricKey,
}

impl EligibilityBlinds {
    pub(super) fn new(eligibility: &SymmetricKey) -> Self {
        let secrets = [eligibility.expose()];
        Self {
            family: SymmetricKey::derive("sonae release v1 blind family", &secrets),
            birth: SymmetricKey::derive("sonae release v1 blind birth", &secrets),
        }
    }

    /// Without the branch, so that a search without one finds the whole family.
    pub(super) fn family(&self, identity: &Identity) -> Blind {
        blinded(&self.family, &[identity.family_key().as_bytes()])
    }

    pub(super) fn birth(&self, date: Date) -> Blind {
        blinded(&self.birth, &[date.to_string().as_bytes()])
    }
}

/// Blinds persons for their drug histories.
#[derive(Clone, Debug)]
pub(super) struct DrugBlinds(SymmetricKey);

impl DrugBlinds {
    pub(super) fn new(drug: &SymmetricKey) -> Self {
        Self(SymmetricKey::derive("sonae release v1 blind drug", &[drug.expose()]))
    }

    /// With branch and birth date, so that nobody gets a sister's drugs.
    pub(super) fn person(&self, identity: &Identity, birth: Date) -> Blind {
        let branch = identity.branch.map_or_else(String::new, |b| b.to_string());
        let birth = birth.to_string();
        blinded(&self.0, &[identity.family_key().as_bytes(), branch.as_bytes(), birth.as_bytes()])
    }
}

/// Opens a word tree.
#[derive(Clone, Debug)]
pub struct WordsKey(pub(super) TreeSeal);

/// What this box may open of one release: eligibility, and its half of the way to the drugs.
///
/// Made by [`Manifest::unseal_for`] only.
#[derive(Clone, Debug)]
pub struct RegionKeys {
    release: ReleaseId,
    box_id: BoxId,
    person: TreeSeal,
    birth: TreeSeal,
    words: WordsKey,
    blinds: EligibilityBlinds,
    share: SymmetricKey,
    /// For the deltas that follow.
    pub(super) deltas: DeltaRoot,
}

impl RegionKeys {
    pub(super) fn new(
        manifest: &Manifest,
        box_id: BoxId,
        eligibility: &SymmetricKey,
        share: SymmetricKey,
    ) -> Self {
        let seal =
            |tree| TreeSeal::new(eligibility, manifest.release_id(), tree, manifest.buckets(tree));
        Self {
            release: manifest.release_id(),
            box_id,
            person: seal(Tree::Person),
            birth: seal(Tree::Birth),
            words: WordsKey(seal(Tree::PersonWords)),
            blinds: EligibilityBlinds::new(eligibility),
            share,
            deltas: DeltaRoot::new(manifest.release_id(), eligibility),
        }
    }

    /// The release these keys belong to.
    #[must_use]
    pub fn release_id(&self) -> ReleaseId {
        self.release
    }

    pub(super) fn words_key(&self) -> &WordsKey {
        &self.words
    }

    /// Loads the words that eligibility records share.
    #[must_use]
    pub fn words(&self) -> WordsLoader<'_> {
        WordsLoader::new(&self.words)
    }

    /// What the identity's family is called in this release, and which block of [`Tree::Person`] holds it.
    #[must_use]
    pub fn family(&self, identity: &Identity) -> (Blind, u32) {
        let blind = self.blinds.family(identity);
        (blind, self.family_bucket(&blind))
    }

    /// Which block of [`Tree::Person`] holds a blinded family.
    #[must_use]
    pub fn family_bucket(&self, family: &Blind) -> u32 {
        bucket_of(family, self.person.buckets)
    }

    /// What the birth date is called in this release, and which block of [`Tree::Birth`] holds it.
    #[must_use]
    pub fn birth(&self, date: Date) -> (Blind, u32) {
        let blind = self.blinds.birth(date);
        (blind, bucket_of(&blind, self.birth.buckets))
    }

    /// Opens a block of [`Tree::Person`] and reads the members of one family.
    pub fn open_family(
        &self,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
        family: &Blind,
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        let words = words.of(&self.words)?;
        let plain = self.person.open(bucket, sealed)?;
        let read = |body: &[u8]| record::read_person(words, body);
        block::find(&plain, family)
            .and_then(|found| found.into_iter().map(read).collect())
            .ok_or_else(|| self.person.damaged(bucket))
    }

    /// Opens a block of [`Tree::Birth`] and reads the blinded families with somebody born on one day.
    pub fn open_birth(
        &self,
        bucket: u32,
        sealed: &[u8],
        day: &Blind,
    ) -> Result<Vec<Blind>, SnapshotError> {
        let plain = self.birth.open(bucket, sealed)?;
        block::find(&plain, day)
            .and_then(|found| block::blinds(&found.concat()))
            .ok_or_else(|| self.birth.damaged(bucket))
    }

    /// Opens a whole eligibility block and reads every record in it, for the self-check. Other trees are not these keys'.
    pub fn check_block(
        &self,
        tree: Tree,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
    ) -> Result<(), SnapshotError> {
        let seal = match tree {
            Tree::Person => &self.person,
            Tree::Birth => &self.birth,
            Tree::PersonWords => &self.words.0,
            Tree::Drug | Tree::DrugWords => return Ok(()),
        };
        let words = words.of(&self.words)?;
        let plain = seal.open(bucket, sealed)?;
        let sound = match tree {
            Tree::Person => block::entries(&plain).and_then(|entries| {
                let mut bodies = entries.into_iter().map(|(_, body)| body);
                bodies.try_for_each(|body| record::read_person(words, body).map(drop))
            }),
            Tree::Birth => block::entries(&plain).and_then(|entries| {
                entries.into_iter().try_for_each(|(_, body)| block::blinds(body).map(drop))
            }),
            _ => Some(()),
        };
        sound.ok_or_else(|| seal.damaged(bucket))
    }

    /// Joins the box's share and the opening secret. Neither alone opens one drug record.
    pub fn unlock_drugs(
        &self,
        manifest: &Manifest,
        opening: &OpeningSecret,
    ) -> Result<DrugKey, SnapshotError> {
        if manifest.release_id() != self.release {
            return Err(SnapshotError::NotForThisBox);
        }
        if manifest.opening_id() != opening.id() {
            return Err(SnapshotError::OpeningOther {
                asked: manifest.opening_id(),
                offered: opening.id(),
            });
        }
        let drug = manifest.open_drug_key(&self.box_id, &self.share, opening)?;
        Ok(DrugKey::new(manifest, &drug))
    }
}

/// Opens the drug records of one release. Made by [`RegionKeys::unlock_drugs`] only.
#[derive(Clone, Debug)]
pub struct DrugKey {
    release: ReleaseId,
    drug: TreeSeal,
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
            words: WordsKey(seal(Tree::DrugWords)),
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

    /// Loads the words that drug histories share.
    #[must_use]
    pub fn words(&self) -> WordsLoader<'_> {
        WordsLoader::new(&self.words)
    }

    /// What one person is called among the drug records, and which block of [`Tree::Drug`] holds them.
    #[must_use]
    pub fn person(&self, person: &PersonRecord) -> (Blind, u32) {
        let blind = self.blinds.person(&person.identity, person.birth);
        (blind, bucket_of(&blind, self.drug.buckets))
    }

    /// Opens a block of [`Tree::Drug`] and reads one person's history, newest first.
    pub fn open_history(
        &self,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
        person: &Blind,
    ) -> Result<Vec<Dispensing>, SnapshotError> {
        let words = words.of(&self.words)?;
        let plain = self.drug.open(bucket, sealed)?;
        let read = |body: &[u8]| record::read_history(words, body);
        let found: Option<Vec<_>> =
            block::find(&plain, person).and_then(|found| found.into_iter().map(read).collect());
        let mut history = found.ok_or_else(|| self.drug.damaged(bucket))?.concat();
        history.sort_by_key(|dispensing| std::cmp::Reverse(dispensing.on));
        Ok(history)
    }
}

#[cfg(test)]
impl RegionKeys {
    /// Seals a block as only the publisher could, to drill what a faulty publisher would do.
    pub(crate) fn seal_person_block(&self, bucket: u32, plain: &[u8]) -> Vec<u8> {
        self.person.seal(bucket, plain).unwrap()
    }
}
