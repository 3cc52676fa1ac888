//! Words that many records share: surnames, towns, drug names. Records hold their numbers, so that blocks stay small.

use super::{ReleaseId, SnapshotError, Tree, keys::WordsKey, record::Reader};
use crate::limits;
use std::collections::HashMap;

/// Gives each word a number, first come first numbered, until the shelf is full.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    numbers: HashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    bytes: usize,
}

impl Shelf {
    /// The words of a release that is out: it never grows, and a new word is written where it stands.
    pub(super) fn fixed(words: &Words) -> Self {
        let numbered = words.words.iter().cloned().zip(0..);
        let bytes = limits::WORDS_BYTES_MAX + 1; // full
        Self { numbers: numbered.collect(), words: vec![], bytes }
    }

    /// The word's number; `None` if it must be written where it stands.
    pub(super) fn number(&mut self, word: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(word) {
            return Some(*number);
        }
        let bytes = self.bytes + word.len();
        if word.len() > limits::WORD_BYTES_MAX || bytes > limits::WORDS_BYTES_MAX {
            return None;
        }
        let number = u32::try_from(self.words.len()).ok()?;
        self.bytes = bytes;
        self.words.push(word.into());
        self.numbers.insert(word.into(), number);
        Some(number)
    }

    /// The words in the order of their numbers, packed into plain blocks; at least one.
    pub(super) fn into_blocks(self) -> Vec<Vec<u8>> {
        let mut blocks = vec![vec![]];
        for word in self.words {
            if blocks.last().is_none_or(|b: &Vec<u8>| b.len() >= limits::BLOCK_BYTES_AIM) {
                blocks.push(vec![]);
            }
            if let Some(block) = blocks.last_mut() {
                super::record::put_text(block, &word);
            }
        }
        blocks
    }

    /// The words while they are still being numbered.
    pub(super) fn so_far(&self) -> &[Box<str>] {
        &self.words
    }
}

/// The words of one release's tree, loaded once.
#[derive(Debug)]
pub struct Words {
    tree: Tree,
    release: ReleaseId,
    words: Vec<Box<str>>,
}

impl Words {
    /// The words, if they are those of `key`'s tree: another tree's would read as other names.
    pub(super) fn of(&self, key: &WordsKey) -> Result<&[Box<str>], SnapshotError> {
        if (self.tree, self.release) == (key.0.tree, key.0.release) {
            Ok(&self.words)
        } else {
            Err(SnapshotError::Malformed("words of another tree"))
        }
    }
}

/// Takes in the blocks of a word tree in bucket order and makes [`Words`] of them.
#[derive(Debug)]
pub struct WordsLoader<'a> {
    key: &'a WordsKey,
    words: Vec<Box<str>>,
    bytes: usize,
    next: u32,
}

impl<'a> WordsLoader<'a> {
    pub(super) fn new(key: &'a WordsKey) -> Self {
        Self { key, words: vec![], bytes: 0, next: 0 }
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
        let mut reader = Reader::new(&plain);
        while !reader.is_empty() {
            let word = reader.text().ok_or_else(|| self.key.0.damaged(bucket))?;
            self.bytes += word.len();
            if self.bytes > limits::WORDS_BYTES_MAX {
                return Err(self.key.0.damaged(bucket));
            }
            self.words.push(word.into());
        }
        self.next = bucket.saturating_add(1);
        Ok(())
    }

    /// All blocks were taken in.
    pub fn finish(self) -> Result<Words, SnapshotError> {
        if self.next == self.key.0.buckets {
            Ok(Words { tree: self.key.0.tree, release: self.key.0.release, words: self.words })
        } else {
            Err(self.key.0.damaged(self.next))
        }
    }
}
