//! Words as a publisher numbers them, those that come often.

use super::{
    Tree,
    wire::{put_number, put_text},
    words::{Kind, Tables},
};
use crate::limits;
use std::collections::HashMap;

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
            let table = tables.of(kind);
            let firsts = (0..table.count()).step_by(kind.parts());
            for (number, first) in (1..).zip(firsts) {
                let parts = (first..first + kind.parts()).filter_map(|place| table.part(place));
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
        let table = self.tables.of_mut(kind);
        parts.iter().for_each(|part| table.push(part));
        let number = u32::try_from(table.count() / parts.len()).ok()?;
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
            for first in (0..table.count()).step_by(kind.parts()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::wire::Reader;

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
    fn words_that_come_once_are_forgotten_before_they_fill_the_memory() {
        let mut shelf = Shelf { waiting: limits::WORDS_WAITING_MAX, ..Shelf::default() };
        written(&mut shelf, ["一度", "イチド"]);
        assert_eq!(shelf.waiting, 0);
        assert!(shelf.seen.iter().all(HashMap::is_empty));
    }
}
