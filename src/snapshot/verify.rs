//! Reading a release's files: no byte is used before the chunk it lies in has proven to be the signed one.

use super::{Manifest, Progress, ReleaseSource, SnapshotError, Step, Tree, manifest::FileEntry};
use crate::{limits, seal::TAG_BYTES};
use std::io::{ErrorKind, Read};

const LENGTH_BYTES: usize = size_of::<u32>();

/// The sealed blocks of one file in bucket order, each chunk checked before its blocks come out.
pub struct BlockStream<'a> {
    reader: Box<dyn Read + 'a>,
    file: FileEntry<'a>,
    next_chunk: usize,
    /// Checked bytes; those before `used` were handed out.
    checked: Vec<u8>,
    used: usize,
    next_bucket: u32,
}

impl<'a> BlockStream<'a> {
    /// Starts at the beginning of one tree's file.
    pub fn open(
        source: &'a dyn ReleaseSource,
        manifest: &'a Manifest,
        tree: Tree,
    ) -> Result<Self, SnapshotError> {
        let file = manifest.file(tree);
        let reader = source.open(tree.file_name())?;
        Ok(Self { reader, file, next_chunk: 0, checked: vec![], used: 0, next_bucket: 0 })
    }

    fn name(&self) -> &'static str {
        self.file.tree.file_name()
    }

    /// Bytes of this file checked so far.
    #[must_use]
    pub fn checked_bytes(&self) -> u64 {
        (self.next_chunk as u64 * limits::CHUNK_BYTES as u64).min(self.file.bytes)
    }

    /// The next bucket and its sealed block; `None` after the last, when the file has ended where it should.
    pub fn next_block(&mut self) -> Result<Option<(u32, Vec<u8>)>, SnapshotError> {
        if self.next_bucket == self.file.buckets {
            return self.finish().map(|()| None);
        }
        let length = self.take(LENGTH_BYTES)?;
        let length = length.try_into().map_or(0, u32::from_be_bytes) as usize;
        if !(TAG_BYTES..=limits::BLOCK_BYTES_MAX).contains(&length) {
            return Err(SnapshotError::Malformed("block length"));
        }
        let block = self.take(length)?;
        let bucket = self.next_bucket;
        self.next_bucket += 1;
        Ok(Some((bucket, block)))
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, SnapshotError> {
        while self.checked.len() - self.used < length {
            self.check_next_chunk()?;
        }
        let end = self.used + length;
        let taken = self.checked.get(self.used..end).unwrap_or_default().to_vec();
        self.used = end;
        Ok(taken)
    }

    fn check_next_chunk(&mut self) -> Result<(), SnapshotError> {
        let chunk = self.next_chunk;
        let Some(expected) = self.file.chunk_hashes.get(chunk) else {
            return Err(SnapshotError::Malformed("blocks run past the end of their file"));
        };
        self.checked.drain(..self.used);
        self.used = 0;
        let before = chunk as u64 * limits::CHUNK_BYTES as u64;
        let length = (self.file.bytes - before).min(limits::CHUNK_BYTES as u64);
        let start = self.checked.len();
        let name = self.name();
        let read = (&mut self.reader)
            .take(length)
            .read_to_end(&mut self.checked)
            .map_err(|source| SnapshotError::Read { file: name, source })?;
        if read as u64 != length {
            return Err(SnapshotError::Truncated { file: name, chunk });
        }
        let fresh = self.checked.get(start..).unwrap_or_default();
        if blake3::hash(fresh) != *expected {
            return Err(SnapshotError::Altered { file: name, chunk });
        }
        self.next_chunk += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SnapshotError> {
        if self.used != self.checked.len() || self.next_chunk != self.file.chunk_hashes.len() {
            return Err(SnapshotError::Malformed("bytes after the last block"));
        }
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

/// Reads the whole release and holds it against its manifest. Changes nothing.
pub fn verify(
    source: &dyn ReleaseSource,
    manifest: &Manifest,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(), SnapshotError> {
    let total = Some(manifest.bytes());
    let mut before = 0;
    for &tree in manifest.trees() {
        let mut blocks = BlockStream::open(source, manifest, tree)?;
        let mut seen = 0;
        while blocks.next_block()?.is_some() {
            if blocks.checked_bytes() != seen {
                seen = blocks.checked_bytes();
                on_progress(Progress { step: Step::Verifying, done: before + seen, total });
            }
        }
        before += manifest.file(tree).bytes;
    }
    Ok(())
}
