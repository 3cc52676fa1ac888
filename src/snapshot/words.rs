//! Words that many records share: surnames, towns, drugs. Records hold their numbers, so that blocks stay small.
//!
//! Each kind of word is numbered on its own, from 1; 0 announces a word that stands in the record itself. Parts that
//! belong together (a name and its kana, a drug's code and name) are one word.

use super::{ReleaseId, SnapshotError, Tree, keys::WordsKey, wire::Reader};
use crate::{domain::medication::Drug, limits};
use smol_str::SmolStr;
use std::{iter, mem, sync::Arc};

/// What a word is, which decides how many parts it has and who may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Insurer number and name.
    Insurer,
    /// 記号 that is not a row of digits.
    Symbol,
    /// Family name and its kana.
    FamilyName,
    /// The rest of a name and of its kana.
    GivenName,
    /// Municipality code and address up to its first digit.
    Town,
    /// The rest of an address, its numbers taken out.
    HouseForm,
    /// 限度額適用区分.
    LimitClass,
    /// Where and when a facility's own record was received: the source's name.
    Origin,
    /// Drug code, name, ingredient, unit.
    Drug,
    /// Dose and usage.
    Intake,
    /// Facility and how it is counted there (a number for [`crate::domain`]'s setting).
    Facility,
    /// Checkup item: code, name, unit.
    CheckupItem,
    /// Medical act: code, name.
    Act,
}

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::Insurer,
        Self::Symbol,
        Self::FamilyName,
        Self::GivenName,
        Self::Town,
        Self::HouseForm,
        Self::LimitClass,
        Self::Origin,
        Self::Drug,
        Self::Intake,
        Self::Facility,
        Self::CheckupItem,
        Self::Act,
    ];

    /// The number in a block of words.
    pub(super) fn number(self) -> u8 {
        self as u8 + 1
    }

    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The tree its words lie in, and with it the key that opens them.
    pub(super) fn tree(self) -> Tree {
        match self {
            Self::Insurer
            | Self::Symbol
            | Self::FamilyName
            | Self::GivenName
            | Self::Town
            | Self::HouseForm
            | Self::LimitClass
            | Self::Origin => Tree::PersonWords,
            Self::Drug | Self::Intake | Self::Facility | Self::CheckupItem | Self::Act => {
                Tree::MedicalWords
            }
        }
    }

    pub(super) fn parts(self) -> usize {
        match self {
            Self::Symbol | Self::HouseForm | Self::LimitClass | Self::Origin => 1,
            Self::Insurer
            | Self::FamilyName
            | Self::GivenName
            | Self::Town
            | Self::Intake
            | Self::Facility
            | Self::Act => 2,
            Self::CheckupItem => 3,
            Self::Drug => 4,
        }
    }
}

/// The words of one kind: all text in one piece, and where each part ends.
#[derive(Debug, Default)]
pub(super) struct Table {
    text: String,
    ends: Vec<u32>,
    /// The first parts once more, for rows to share; those of drugs only until they are put together.
    shared: Vec<SmolStr>,
}

impl Table {
    pub(super) fn push(&mut self, part: &str) {
        self.text.push_str(part);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// How many parts there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn part(&self, place: usize) -> Option<&str> {
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? };
        self.text.get(start as usize..*self.ends.get(place)? as usize)
    }

    fn shared<const PARTS: usize>(&self, number: usize) -> Option<&[SmolStr; PARTS]> {
        self.shared.get(number.checked_sub(1)?.checked_mul(PARTS)?..)?.first_chunk()
    }

    fn word<const PARTS: usize>(&self, number: usize) -> Option<[&str; PARTS]> {
        let first = number.checked_sub(1)?.checked_mul(PARTS)?;
        let ends = self.ends.get(first..first.checked_add(PARTS)?)?;
        let mut start = first.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        let mut parts = [""; PARTS];
        for (part, end) in parts.iter_mut().zip(ends) {
            *part = self.text.get(*start as usize..*end as usize)?;
            start = end;
        }
        Some(parts)
    }
}

/// The words of one tree, by kind.
#[derive(Debug, Default)]
pub(super) struct Tables {
    kinds: [Table; Kind::ALL.len()],
    /// The first drugs once more, each in one piece: rows that name a drug share it whole.
    drugs: Vec<Arc<Drug>>,
}

impl Tables {
    pub(super) fn of(&self, kind: Kind) -> &Table {
        &self.kinds[kind as usize]
    }

    pub(super) fn of_mut(&mut self, kind: Kind) -> &mut Table {
        &mut self.kinds[kind as usize]
    }

    /// Reads a word: its number, or 0 and its parts.
    pub(super) fn read<'w, const PARTS: usize>(
        &'w self,
        reader: &mut Reader<'w>,
        kind: Kind,
    ) -> Option<[&'w str; PARTS]> {
        debug_assert_eq!(PARTS, kind.parts());
        match reader.small()? {
            0 => spelled_out(reader),
            number => self.of(kind).word(number),
        }
    }

    /// Reads a word to keep. Its text is shared by all rows that were given its number.
    pub(super) fn share<const PARTS: usize>(
        &self,
        reader: &mut Reader<'_>,
        kind: Kind,
    ) -> Option<[SmolStr; PARTS]> {
        debug_assert_eq!(PARTS, kind.parts());
        let table = self.of(kind);
        match reader.small()? {
            0 => Some(spelled_out(reader)?.map(SmolStr::new)),
            number => match table.shared(number) {
                Some(parts) => Some(parts.clone()),
                None => Some(table.word(number)?.map(SmolStr::new)),
            },
        }
    }

    /// Reads a drug to keep, shared like the texts of [`Tables::share`].
    pub(super) fn share_drug(&self, reader: &mut Reader<'_>) -> Option<Arc<Drug>> {
        let parts = match reader.small()? {
            0 => spelled_out(reader)?,
            number => match self.drugs.get(usize::checked_sub(number, 1)?) {
                Some(drug) => return Some(drug.clone()),
                None => self.of(Kind::Drug).word(number)?,
            },
        };
        Some(drug(parts.map(SmolStr::new)))
    }

    /// What the last block brought of drugs, put together.
    fn put_drugs_together(&mut self) {
        let mut parts = mem::take(&mut self.of_mut(Kind::Drug).shared).into_iter();
        self.drugs.extend(iter::from_fn(|| {
            Some(drug([parts.next()?, parts.next()?, parts.next()?, parts.next()?]))
        }));
    }
}

fn drug([code, name, ingredient, unit]: [SmolStr; 4]) -> Arc<Drug> {
    Arc::new(Drug { code, name, ingredient, unit })
}

fn spelled_out<'a, const PARTS: usize>(reader: &mut Reader<'a>) -> Option<[&'a str; PARTS]> {
    let mut parts = [""; PARTS];
    for part in &mut parts {
        *part = reader.text()?;
    }
    Some(parts)
}

/// The words of one release's tree, loaded once.
#[derive(Debug)]
pub struct Words {
    tree: Tree,
    release: ReleaseId,
    tables: Tables,
}

impl Words {
    /// The words, if they are those of `key`'s tree: another tree's would read as other names.
    pub(super) fn of(&self, key: &WordsKey) -> Result<&Tables, SnapshotError> {
        if (self.tree, self.release) == (key.0.tree, key.0.release) {
            Ok(&self.tables)
        } else {
            Err(SnapshotError::Malformed("words of another tree"))
        }
    }
}

/// Takes in the blocks of a word tree in bucket order and makes [`Words`] of them.
#[derive(Debug)]
pub struct WordsLoader<'a> {
    key: &'a WordsKey,
    tables: Tables,
    bytes: usize,
    shared_bytes: usize,
    next: u32,
}

impl<'a> WordsLoader<'a> {
    pub(super) fn new(key: &'a WordsKey) -> Self {
        Self { key, tables: Tables::default(), bytes: 0, shared_bytes: 0, next: 0 }
    }

    /// Which tree the blocks come from.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.key.0.tree
    }

    /// How many blocks there are.
    #[must_use]
    pub fn buckets(&self) -> u32 {
        self.key.0.buckets
    }

    /// Takes in the next block.
    pub fn take(&mut self, sealed: &[u8]) -> Result<(), SnapshotError> {
        let bucket = self.next;
        let plain = self.key.0.open(bucket, sealed)?;
        self.take_plain(&plain).ok_or_else(|| self.key.0.damaged(bucket))?;
        self.next = bucket.saturating_add(1);
        Ok(())
    }

    fn take_plain(&mut self, plain: &[u8]) -> Option<()> {
        let Some((kind, words)) = plain.split_first() else { return Some(()) };
        let kind = Kind::of_number(*kind).filter(|kind| kind.tree() == self.tree())?;
        self.bytes += words.len();
        if self.bytes > limits::WORDS_READ_BYTES_MAX {
            return None;
        }
        let shares = self.tree() == Tree::MedicalWords;
        let table = self.tables.of_mut(kind);
        let mut reader = Reader::new(words);
        while !reader.is_empty() {
            let text = reader.text()?;
            table.push(text);
            // Once they are too many, no more are shared: what is shared stays the first of its table.
            let part_bytes = limits::WORD_SHARED_EXTRA_BYTES + text.len();
            self.shared_bytes = self.shared_bytes.saturating_add(part_bytes);
            if shares && self.shared_bytes <= limits::WORDS_SHARED_BYTES_MAX {
                table.shared.push(text.into());
            }
        }
        self.tables.put_drugs_together();
        self.tables.of(kind).count().is_multiple_of(kind.parts()).then_some(())
    }

    /// All blocks were taken in.
    pub fn finish(self) -> Result<Words, SnapshotError> {
        if self.next == self.key.0.buckets {
            Ok(Words { tree: self.key.0.tree, release: self.key.0.release, tables: self.tables })
        } else {
            Err(self.key.0.damaged(self.next))
        }
    }
}

/// The words of a tree's blocks, as if they had been opened.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn loaded<'a>(tree: Tree, blocks: impl IntoIterator<Item = &'a [u8]>) -> Option<Tables> {
    use super::layout::TreeSeal;
    let secret = crate::seal::SymmetricKey::from_bytes([0; 32]);
    let key = WordsKey(TreeSeal::new(&secret, ReleaseId([0; 16]), tree, 1));
    let mut loader = WordsLoader::new(&key);
    for plain in blocks {
        loader.take_plain(plain)?;
    }
    Some(loader.tables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::wire::{put_number, put_text};

    #[test]
    fn a_number_nobody_gave_is_no_word() {
        let mut out = vec![];
        put_number(&mut out, 7);
        let tables = Tables::default();
        assert_eq!(tables.read::<2>(&mut Reader::new(&out), Kind::FamilyName), None);
    }

    fn shared<const PARTS: usize>(
        tables: &Tables,
        kind: Kind,
        number: u64,
    ) -> Option<[SmolStr; PARTS]> {
        let mut out = vec![];
        put_number(&mut out, number);
        tables.share(&mut Reader::new(&out), kind)
    }

    #[test]
    fn words_read_the_same_whether_their_text_is_shared_or_not_and_no_more_is_shared_than_may_be() {
        let (extra, most) = (limits::WORD_SHARED_EXTRA_BYTES, limits::WORDS_SHARED_BYTES_MAX);
        let name = |n: u64| format!("架空薬局{n:0>180}");
        let (name_bytes, setting_bytes) = (extra + name(1).len(), extra + 1);
        let left = most % (name_bytes + setting_bytes);
        assert!((2 * setting_bytes..name_bytes).contains(&left), "settings fit, a name does not");
        let words = (most / (name_bytes + setting_bytes)) as u64 + 100;
        let mut facilities = vec![Kind::Facility.number()];
        for n in 1..=words {
            put_text(&mut facilities, &name(n));
            put_text(&mut facilities, "p");
        }
        let mut acts = vec![Kind::Act.number()];
        for part in ["140000610", "創傷処置（１００平方センチメートル未満）"] {
            put_text(&mut acts, part);
        }

        let tables = loaded(Tree::MedicalWords, [&facilities[..], &acts]).unwrap();
        let held = tables.of(Kind::Facility).shared.iter().map(|part| extra + part.len());
        assert!((most - name_bytes..=most).contains(&held.sum()));
        for n in 1..=words {
            let read = shared(&tables, Kind::Facility, n).unwrap();
            assert_eq!(read.each_ref().map(SmolStr::as_str), [&name(n), "p"]);
            let [again, _]: [SmolStr; 2] = shared(&tables, Kind::Facility, n).unwrap();
            assert_eq!(read[0].as_ptr() == again.as_ptr(), n <= words - 100, "word {n} of {words}");
        }
        let [code, _] = shared(&tables, Kind::Act, 1).unwrap();
        assert_eq!(code, "140000610");
        for none in [0, words + 1, u64::MAX >> 1] {
            assert_eq!(shared::<2>(&tables, Kind::Facility, none), None, "{none}");
            assert_eq!(shared_drug(&tables, none), None, "{none}");
        }
    }

    fn shared_drug(tables: &Tables, number: u64) -> Option<Arc<Drug>> {
        let mut out = vec![];
        put_number(&mut out, number);
        tables.share_drug(&mut Reader::new(&out))
    }

    #[test]
    fn drugs_read_the_same_whether_they_are_shared_or_not() {
        let most = limits::WORDS_SHARED_BYTES_MAX;
        let name = |n: u64| format!("架空錠{n:0>187}");
        let parts = |n: u64| ["2171022F1029".to_owned(), name(n), String::new(), "錠".to_owned()];
        let bytes = parts(1).map(|part| limits::WORD_SHARED_EXTRA_BYTES + part.len());
        let left = most % bytes.iter().sum::<usize>();
        assert!(left > bytes[0] + bytes[1], "the last of them is shared in part only");
        let shared = (most / bytes.iter().sum::<usize>()) as u64;
        let block = |numbers: std::ops::RangeInclusive<u64>| {
            let mut block = vec![Kind::Drug.number()];
            numbers.flat_map(parts).for_each(|part| put_text(&mut block, &part));
            block
        };

        let blocks = [block(1..=9), block(10..=shared + 50), block(shared + 51..=shared + 99)];
        let tables = loaded(Tree::MedicalWords, blocks.iter().map(Vec::as_slice)).unwrap();
        for n in 1..=shared + 99 {
            let [read, again] = [(); 2].map(|()| shared_drug(&tables, n).unwrap());
            assert_eq!([&read.code, &read.name, &read.ingredient, &read.unit], parts(n).each_ref());
            assert_eq!(Arc::ptr_eq(&read, &again), n <= shared, "drug {n}, {shared} shared");
        }
        assert_eq!(shared_drug(&tables, shared + 100), None);
    }
}
