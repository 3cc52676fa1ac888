//! Reading a release's files: no byte is used before the chunk it lies in has proven to be the signed one.

use super::{ChunkStream, Manifest, Progress, ReleaseSource, SnapshotError, Step, Tree};
use crate::{limits, seal::TAG_BYTES};

const LENGTH_BYTES: usize = size_of::<u32>();

/// The sealed blocks of one file in bucket order, each chunk checked before its blocks come out.
pub struct BlockStream<'a> {
    chunks: ChunkStream<'a>,
    buckets: u32,
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
        let chunks = ChunkStream::open_at(source, manifest, tree, 0)?;
        let buckets = manifest.buckets(tree);
        Ok(Self { chunks, buckets, checked: vec![], used: 0, next_bucket: 0 })
    }

    /// Bytes of this file checked so far.
    #[must_use]
    pub fn checked_bytes(&self) -> u64 {
        self.chunks.bytes_before()
    }

    /// The next bucket and its sealed block; `None` after the last, when the file has ended where it should.
    pub fn next_block(&mut self) -> Result<Option<(u32, Vec<u8>)>, SnapshotError> {
        if self.next_bucket == self.buckets {
            return self.finish().map(|()| None);
        }
        let length = self.take(LENGTH_BYTES)?;
        let length = length.try_into().map_or(0, u32::from_be_bytes) as usize;
        if !(TAG_BYTES..=limits::BLOCK_BYTES_MAX).contains(&length) {
            return Err(SnapshotError::Malformed("block length"));
        }
        let block = self.take(length)?.to_vec();
        let bucket = self.next_bucket;
        self.next_bucket += 1;
        Ok(Some((bucket, block)))
    }

    fn take(&mut self, length: usize) -> Result<&[u8], SnapshotError> {
        while self.checked.len() - self.used < length {
            self.check_next_chunk()?;
        }
        let end = self.used + length;
        let start = std::mem::replace(&mut self.used, end);
        Ok(self.checked.get(start..end).unwrap_or_default())
    }

    fn check_next_chunk(&mut self) -> Result<(), SnapshotError> {
        self.checked.drain(..self.used);
        self.used = 0;
        if self.chunks.append_next(&mut self.checked)? {
            Ok(())
        } else {
            Err(SnapshotError::Malformed("blocks run past the end of their file"))
        }
    }

    fn finish(&mut self) -> Result<(), SnapshotError> {
        if self.used != self.checked.len() || !self.chunks.is_at_end() {
            return Err(SnapshotError::Malformed("bytes after the last block"));
        }
        self.chunks.finish()
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
        before += manifest.file_bytes(tree);
    }
    Ok(())
}
