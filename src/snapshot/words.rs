//! Words that many records share: surnames, towns, drugs. Records hold their numbers, so that blocks stay small.
//!
//! Each kind of word is numbered on its own, from 1; 0 announces a word that stands in the record itself. Parts that
//! belong together (a name and its kana, a drug's code and name) are one word.

use super::{
    ReleaseId, SnapshotError, Tree,
    keys::WordsKey,
    wire::{Reader, put_number, put_text},
};
use crate::limits;
use std::collections::HashMap;

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

    fn parts(self) -> usize {
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
struct Table {
    text: String,
    ends: Vec<u32>,
}

impl Table {
    fn push(&mut self, part: &str) {
        self.text.push_str(part);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    fn part(&self, place: usize) -> Option<&str> {
        let start = if place == 0 { 0 } else { *self.ends.get(place - 1)? };
        self.text.get(start as usize..*self.ends.get(place)? as usize)
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
pub(super) struct Tables([Table; Kind::ALL.len()]);

impl Tables {
    fn of(&self, kind: Kind) -> &Table {
        &self.0[kind as usize]
    }

    /// Reads a word: its number, or 0 and its parts.
    pub(super) fn read<'w, const PARTS: usize>(
        &'w self,
        reader: &mut Reader<'w>,
        kind: Kind,
    ) -> Option<[&'w str; PARTS]> {
        debug_assert_eq!(PARTS, kind.parts());
        match usize::try_from(reader.number()?).ok()? {
            0 => {
                let mut parts = [""; PARTS];
                for part in &mut parts {
                    *part = reader.text()?;
                }
                Some(parts)
            }
            number => self.of(kind).word(number),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Seen {
    Times(u8),
    Number(u32),
}

/// Gives a number to every word that comes often enough, until the shelf is full.
#[derive(Debug)]
pub(super) struct Shelf {
    seen: [HashMap<Box<[u8]>, Seen>; Kind::ALL.len()],
    tables: Tables,
    bytes: usize,
    /// Words seen too seldom so far; forgotten when they grow too many.
    waiting: usize,
    grows: bool,
}

impl Default for Shelf {
    fn default() -> Self {
        let seen = std::array::from_fn(|_| HashMap::new());
        Self { seen, tables: Tables::default(), bytes: 0, waiting: 0, grows: true }
    }
}

impl Shelf {
    /// A shelf with a release's words that takes no more: new ones stand where they are used.
    pub(super) fn fixed(tables: &Tables) -> Self {
        let mut shelf = Self { grows: false, ..Self::default() };
        for kind in Kind::ALL {
            let ends = tables.of(kind).ends.len();
            for (number, first) in (1..).zip((0..ends).step_by(kind.parts())) {
                let parts = (first..first + kind.parts()).filter_map(|p| tables.of(kind).part(p));
                let word = spelled(parts);
                shelf.seen[kind as usize].insert(word.into(), Seen::Number(number));
            }
        }
        shelf
    }

    /// Writes a word: its number if it has one, else 0 and its parts.
    pub(super) fn put<const PARTS: usize>(
        &mut self,
        out: &mut Vec<u8>,
        kind: Kind,
        parts: [&str; PARTS],
    ) {
        debug_assert_eq!(PARTS, kind.parts());
        let word = spelled(parts);
        match self.number(kind, &word, &parts) {
            Some(number) => put_number(out, number.into()),
            None => {
                put_number(out, 0);
                out.extend_from_slice(&word);
            }
        }
    }

    fn number(&mut self, kind: Kind, word: &[u8], parts: &[&str]) -> Option<u32> {
        let seen = &mut self.seen[kind as usize];
        let times = match seen.get(word) {
            Some(Seen::Number(number)) => return Some(*number),
            _ if !self.grows || word.len() > limits::WORD_BYTES_MAX => return None,
            Some(Seen::Times(times)) => times + 1,
            None => {
                seen.insert(word.into(), Seen::Times(1));
                self.waiting += 1;
                self.forget_the_seldom();
                return None;
            }
        };
        if times < limits::WORD_TIMES_MIN || self.bytes + word.len() > limits::WORDS_BYTES_MAX {
            seen.insert(word.into(), Seen::Times(times.min(limits::WORD_TIMES_MIN)));
            return None;
        }
        let table = &mut self.tables.0[kind as usize];
        parts.iter().for_each(|part| table.push(part));
        let number = u32::try_from(table.ends.len() / parts.len()).ok()?;
        seen.insert(word.into(), Seen::Number(number));
        self.waiting -= 1;
        self.bytes += word.len();
        Some(number)
    }

    fn forget_the_seldom(&mut self) {
        if self.waiting > limits::WORDS_WAITING_MAX {
            for seen in &mut self.seen {
                seen.retain(|_, seen| matches!(seen, Seen::Number(_)));
            }
            self.waiting = 0;
        }
    }

    /// The words of one tree in the order of their numbers, packed into plain blocks of one kind each; at least one block.
    pub(super) fn blocks(&self, tree: Tree) -> Vec<Vec<u8>> {
        let mut blocks = vec![];
        for kind in Kind::ALL.into_iter().filter(|kind| kind.tree() == tree) {
            let table = self.tables.of(kind);
            let mut block = vec![];
            for first in (0..table.ends.len()).step_by(kind.parts()) {
                if block.is_empty() {
                    block.push(kind.number());
                }
                let parts = (first..first + kind.parts()).filter_map(|place| table.part(place));
                parts.for_each(|part| put_text(&mut block, part));
                if block.len() >= limits::WORDS_BLOCK_BYTES_AIM {
                    blocks.push(std::mem::take(&mut block));
                }
            }
            blocks.extend((!block.is_empty()).then_some(block));
        }
        if blocks.is_empty() {
            blocks.push(vec![]);
        }
        blocks
    }

    /// The words numbered so far.
    #[cfg(test)]
    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }
}

fn spelled<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut word = Vec::with_capacity(64);
    parts.into_iter().for_each(|part| put_text(&mut word, part));
    word
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
    next: u32,
}

impl<'a> WordsLoader<'a> {
    pub(super) fn new(key: &'a WordsKey) -> Self {
        Self { key, tables: Tables::default(), bytes: 0, next: 0 }
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
        let table = &mut self.tables.0[kind as usize];
        let mut reader = Reader::new(words);
        while !reader.is_empty() {
            table.push(reader.text()?);
        }
        table.ends.len().is_multiple_of(kind.parts()).then_some(())
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

/// The words of one block of a tree, as if it had been opened.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(tree: Tree, plain: &[u8]) -> Option<Tables> {
    use super::layout::TreeSeal;
    let secret = crate::seal::SymmetricKey::from_bytes([0; 32]);
    let key = WordsKey(TreeSeal::new(&secret, ReleaseId([0; 16]), tree, 1));
    let mut loader = WordsLoader::new(&key);
    loader.take_plain(plain)?;
    Some(loader.tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shelf: &mut Shelf, name: [&str; 2]) -> Vec<u8> {
        let mut out = vec![];
        shelf.put(&mut out, Kind::FamilyName, name);
        out
    }

    #[test]
    fn a_word_gets_a_number_when_it_comes_often_and_reads_back_either_way() {
        let mut shelf = Shelf::default();
        let mut lengths = vec![];
        for _ in 0..=limits::WORD_TIMES_MIN {
            let out = written(&mut shelf, ["能登谷", "ノトヤ"]);
            lengths.push(out.len());
            let read = shelf.tables().read(&mut Reader::new(&out), Kind::FamilyName);
            assert_eq!(read, Some(["能登谷", "ノトヤ"]));
        }
        assert_eq!(lengths.last(), Some(&1));
        assert!(lengths[0] > 10);
    }

    #[test]
    fn a_fixed_shelf_knows_the_releases_words_and_takes_no_more() {
        let mut shelf = Shelf::default();
        for _ in 0..9 {
            written(&mut shelf, ["能登谷", "ノトヤ"]);
            written(&mut shelf, ["髙﨑", "タカサキ"]);
        }
        let mut fixed = Shelf::fixed(shelf.tables());
        assert_eq!(
            written(&mut fixed, ["髙﨑", "タカサキ"]),
            written(&mut shelf, ["髙﨑", "タカサキ"])
        );
        for _ in 0..9 {
            assert!(written(&mut fixed, ["架空", "カクウ"]).len() > 10);
        }
    }

    #[test]
    fn a_number_nobody_gave_is_no_word() {
        let mut out = vec![];
        put_number(&mut out, 7);
        let tables = Tables::default();
        assert_eq!(tables.read::<2>(&mut Reader::new(&out), Kind::FamilyName), None);
    }

    #[test]
    fn words_that_come_once_are_forgotten_before_they_fill_the_memory() {
        let mut shelf = Shelf { waiting: limits::WORDS_WAITING_MAX, ..Shelf::default() };
        written(&mut shelf, ["一度", "イチド"]);
        assert_eq!(shelf.waiting, 0);
        assert!(shelf.seen.iter().all(HashMap::is_empty));
    }
}
