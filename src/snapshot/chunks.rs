//! A release's files chunk by chunk: what comes out has proven to be what the publisher signed.

use super::{Manifest, ReleaseSource, SnapshotError, Tree, manifest::FileEntry};
use crate::limits;
use std::io::{ErrorKind, Read};

/// The chunks of one file, from any of them on, each checked against the manifest.
pub struct ChunkStream<'a> {
    reader: Box<dyn Read + 'a>,
    file: FileEntry<'a>,
    next: usize,
}

impl<'a> ChunkStream<'a> {
    /// Starts at the chunk of that number; 0 is the first.
    pub fn open_at(
        source: &'a dyn ReleaseSource,
        manifest: &'a Manifest,
        tree: Tree,
        first: usize,
    ) -> Result<Self, SnapshotError> {
        let file = manifest.file(tree);
        let reader = match first {
            0 => source.open(tree.file_name())?,
            _ => source.open_at(tree.file_name(), start_of(first).min(file.bytes))?,
        };
        Ok(Self { reader, file, next: first })
    }

    fn name(&self) -> &'static str {
        self.file.tree.file_name()
    }

    /// Number of the chunk that comes next: so many were checked or passed over.
    #[must_use]
    pub fn next_number(&self) -> usize {
        self.next
    }

    /// Bytes of the file before that chunk.
    #[must_use]
    pub fn bytes_before(&self) -> u64 {
        start_of(self.next).min(self.file.bytes)
    }

    /// Whether every chunk has come out.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.next >= self.file.chunk_hashes.len()
    }

    /// Puts the next chunk behind what `checked` holds; `false` when there is none left.
    pub fn append_next(&mut self, checked: &mut Vec<u8>) -> Result<bool, SnapshotError> {
        let (chunk, name) = (self.next, self.name());
        let Some(expected) = self.file.chunk_hashes.get(chunk) else { return Ok(false) };
        let length = (self.file.bytes - self.bytes_before()).min(limits::CHUNK_BYTES as u64);
        let start = checked.len();
        let read = (&mut self.reader)
            .take(length)
            .read_to_end(checked)
            .map_err(|source| SnapshotError::Read { file: name, source })?;
        if read as u64 != length {
            return Err(SnapshotError::Truncated { file: name, chunk });
        }
        if blake3::hash(checked.get(start..).unwrap_or_default()) != *expected {
            return Err(SnapshotError::Altered { file: name, chunk });
        }
        self.next += 1;
        Ok(true)
    }

    /// Makes sure that nothing follows the last chunk.
    pub fn finish(&mut self) -> Result<(), SnapshotError> {
        let mut byte = [0];
        loop {
            match self.reader.read(&mut byte) {
                Ok(0) => return Ok(()),
                Ok(_) => return Err(SnapshotError::TooLong { file: self.name() }),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(SnapshotError::Read { file: self.name(), source }),
            }
        }
    }
}

fn start_of(chunk: usize) -> u64 {
    chunk as u64 * limits::CHUNK_BYTES as u64
}

impl Manifest {
    /// How long one tree's file is.
    #[must_use]
    pub fn file_bytes(&self, tree: Tree) -> u64 {
        self.file(tree).bytes
    }
}
