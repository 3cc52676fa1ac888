//! Who opens what: the region's key, the box's share, the opening secret, and the blinded keys records are found by.

use super::{
    ReleaseId, SnapshotError, Tree,
    block::{self, Fragment},
    delta::DeltaRoot,
    drug_key::DrugKey,
    layout::{TreeSeal, bucket_of},
    manifest::Manifest,
    names_index::{self, NameFilter, PartMark, Pointer, ReadAs},
    record,
    words::{Words, WordsLoader},
};
use crate::{
    domain::{digits::push_digits, insured::Identity, keys::BoxId, person::PersonRecord},
    seal::SymmetricKey,
    sys::Dice,
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
        let secret = SymmetricKey::random(dice);
        Self::new(OpeningId::of(&secret), secret)
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

/// A date as blinded keys take it in: `1950-01-31`.
pub(super) fn spelled(date: Date) -> String {
    let Ok(year @ 0..) = u64::try_from(date.year()) else { return date.to_string() };
    let mut text = String::with_capacity(10);
    push_digits(&mut text, year, 4);
    for part in [date.month(), date.day()] {
        text.push('-');
        push_digits(&mut text, part.unsigned_abs().into(), 2);
    }
    text
}

/// Blinds families, birth dates and readings.
#[derive(Clone, Debug)]
pub(super) struct EligibilityBlinds {
    family: SymmetricKey,
    birth: SymmetricKey,
    kana: SymmetricKey,
    kana_part: SymmetricKey,
}

impl EligibilityBlinds {
    pub(super) fn new(eligibility: &SymmetricKey) -> Self {
        let secrets = [eligibility.expose()];
        Self {
            family: SymmetricKey::derive("sonae release v1 blind family", &secrets),
            birth: SymmetricKey::derive("sonae release v1 blind birth", &secrets),
            kana: SymmetricKey::derive("sonae release v1 blind kana", &secrets),
            kana_part: SymmetricKey::derive("sonae release v1 blind kana part", &secrets),
        }
    }

    /// Without the branch, so that a search without one finds the whole family.
    pub(super) fn family(&self, identity: &Identity) -> Blind {
        blinded(&self.family, &[identity.family_key().as_bytes()])
    }

    pub(super) fn birth(&self, date: Date) -> Blind {
        blinded(&self.birth, &[spelled(date).as_bytes()])
    }

    /// A whole reading, however it is spelled and divided.
    pub(super) fn reading(&self, reading: &str) -> Blind {
        blinded(&self.kana, &[names_index::whole(reading).as_bytes()])
    }

    /// One part of a reading, already in its loose form.
    pub(super) fn part(&self, loose: &str) -> PartMark {
        let [first, second, ..] = blinded(&self.kana_part, &[loose.as_bytes()]);
        [first, second]
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
    kana: TreeSeal,
    words: WordsKey,
    pub(super) blinds: EligibilityBlinds,
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
            kana: seal(Tree::Kana),
            words: WordsKey(seal(Tree::PersonWords)),
            blinds: EligibilityBlinds::new(eligibility),
            share,
            deltas: DeltaRoot::new(manifest.release_id(), eligibility),
        }
    }

    /// The box they were unsealed for.
    pub(super) fn box_id(&self) -> BoxId {
        self.box_id
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

    /// Which block of [`Tree::Birth`] tells of a birth date.
    #[must_use]
    pub fn birth_bucket(&self, date: Date) -> u32 {
        bucket_of(&self.blinds.birth(date), self.birth.buckets)
    }

    /// What a whole reading is called in this release, and which block of [`Tree::Kana`] tells of it.
    #[must_use]
    pub fn reading(&self, reading: &str) -> (Blind, u32) {
        let blind = self.blinds.reading(reading);
        (blind, bucket_of(&blind, self.kana.buckets))
    }

    /// Whether a whole reading is one of a person's.
    #[must_use]
    pub fn reads_as(&self, person: &PersonRecord, reading: &Blind) -> bool {
        names_index::readings(person).into_iter().any(|own| self.blinds.reading(own) == *reading)
    }

    /// Which entries of the birth index may bear the name asked for; the records decide.
    #[must_use]
    pub fn name_filter(&self, asked: &str) -> NameFilter {
        NameFilter::of(asked, |part| self.blinds.part(part))
    }

    /// Opens a block of [`Tree::Person`] and reads the members of one family.
    pub fn open_family(
        &self,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
        (family, asked): (&Blind, Option<&Identity>),
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        let words = words.of(&self.words)?;
        let plain = self.person.open(bucket, sealed)?;
        let damaged = || self.person.damaged(bucket);
        match block::find(Fragment::Short, &plain, family).ok_or_else(damaged)? {
            None => Ok(vec![]),
            Some(body) => {
                let members = record::read_members(words, body).ok_or_else(damaged)?;
                // Six bytes may agree by chance; the whole key may not.
                let same = members.iter().all(|member| self.is_of(family, member, asked));
                Ok(if same { members } else { vec![] })
            }
        }
    }

    /// Whether somebody is of a family: written as it was asked for, or blinded again.
    fn is_of(&self, family: &Blind, member: &PersonRecord, asked: Option<&Identity>) -> bool {
        let alike = asked.is_some_and(|asked| {
            asked.insurer == member.identity.insurer
                && asked.symbol == member.identity.symbol
                && asked.number == member.identity.number
        });
        alike || self.blinds.family(&member.identity) == *family
    }

    /// Opens a block of [`Tree::Person`] and reads everybody in it.
    pub fn open_everybody(
        &self,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        let words = words.of(&self.words)?;
        let plain = self.person.open(bucket, sealed)?;
        let damaged = || self.person.damaged(bucket);
        let mut people = vec![];
        for (_, body) in block::entries(Fragment::Short, &plain).ok_or_else(damaged)? {
            people.extend(record::read_members(words, body).ok_or_else(damaged)?);
        }
        Ok(people)
    }

    /// Opens a block of [`Tree::Person`] and reads the families an index points to: of these, where a day is given, whoever
    /// was born on it.
    pub fn open_pointed(
        &self,
        words: &Words,
        (pointer, day): (Pointer, Option<Date>),
        sealed: &[u8],
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        let words = words.of(&self.words)?;
        let plain = self.person.open(pointer.bucket, sealed)?;
        let damaged = || self.person.damaged(pointer.bucket);
        let mut people = vec![];
        for (fragment, body) in block::entries(Fragment::Short, &plain).ok_or_else(damaged)? {
            if fragment.first() == Some(&pointer.hint) {
                let members = record::read_born(words, body, day).ok_or_else(damaged)?;
                let family = members.first().map(|member| self.blinds.family(&member.identity));
                let here = family.is_some_and(|f| Pointer::to(&f, self.person.buckets) == pointer);
                people.extend(members.into_iter().filter(|_| here));
            }
        }
        Ok(people)
    }

    /// Opens a block of [`Tree::Birth`]: where those born on one day lie whose name may fit.
    pub fn open_birth(
        &self,
        bucket: u32,
        sealed: &[u8],
        day: Date,
        filter: &NameFilter,
    ) -> Result<Vec<Pointer>, SnapshotError> {
        let plain = self.birth.open(bucket, sealed)?;
        names_index::find_births(&plain, day, filter).ok_or_else(|| self.birth.damaged(bucket))
    }

    /// Opens a block of [`Tree::Kana`]: where those with one whole reading lie.
    pub fn open_reading(
        &self,
        bucket: u32,
        sealed: &[u8],
        reading: &Blind,
    ) -> Result<ReadAs, SnapshotError> {
        let plain = self.kana.open(bucket, sealed)?;
        names_index::find_readings(&plain, reading).ok_or_else(|| self.kana.damaged(bucket))
    }

    /// Opens a whole eligibility block and reads all that is in it, for the self-check. Other trees are not these keys'.
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
            Tree::Kana => &self.kana,
            Tree::PersonWords => &self.words.0,
            Tree::Drug | Tree::MedicalWords | Tree::Checkup | Tree::Visit => return Ok(()),
        };
        let words = words.of(&self.words)?;
        let plain = seal.open(bucket, sealed)?;
        let sound = match tree {
            Tree::Person => block::entries(Fragment::Short, &plain).and_then(|mut entries| {
                entries.try_for_each(|(_, body)| record::read_members(words, body).map(drop))
            }),
            Tree::Birth => names_index::find_births(&plain, Date::ZERO, &NameFilter::ANY).map(drop),
            Tree::Kana => names_index::find_readings(&plain, &[0; 16]).map(drop),
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

#[cfg(test)]
impl RegionKeys {
    /// Seals a block as only the publisher could, to drill what a faulty publisher would do.
    pub(crate) fn seal_person_block(&self, bucket: u32, plain: &[u8]) -> Vec<u8> {
        self.person.seal(bucket, plain).unwrap()
    }
}
