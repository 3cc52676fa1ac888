//! Sorted entries into sealed blocks, one a bucket, drawn as they are written: a region never lies in memory whole.

use crate::{
    limits,
    seal::TAG_BYTES,
    snapshot::{
        Blind, Progress, SnapshotError, Step, Tree,
        layout::{TreeSeal, bucket_of},
        manifest::WireFile,
        spill::{Partition, Spill},
    },
    sys::Disk,
};
use std::{collections::VecDeque, path::Path};

/// What belongs to one blinded key.
pub(in crate::snapshot) type Entry = (Blind, Vec<u8>);
/// The plain blocks of a tree, in bucket order.
pub(in crate::snapshot) type Blocks<'s> =
    Box<dyn Iterator<Item = Result<Vec<u8>, SnapshotError>> + 's>;
/// Rows counted by number of their keys, until the guess is good.
const COUNTED_ROWS_MIN: u64 = 50_000;

/// Joins what was pushed under one key into one body; `None` leaves the key out.
pub(in crate::snapshot) type Join<'s> =
    Box<dyn FnMut(&Blind, Vec<&[u8]>) -> Result<Option<Vec<u8>>, SnapshotError> + 's>;

/// One body behind another.
pub(in crate::snapshot) fn concatenated<'s>() -> Join<'s> {
    Box::new(|_, rows| Ok(Some(rows.concat())))
}

fn joined(partition: &Partition, join: &mut Join<'_>) -> Result<VecDeque<Entry>, SnapshotError> {
    let mut entries = VecDeque::new();
    let mut rows = partition.entries().peekable();
    while let Some((blind, first)) = rows.next() {
        let mut own = vec![first];
        while let Some((_, next)) = rows.next_if(|(other, _)| *other == blind) {
            own.push(next);
        }
        entries.extend(join(blind, own)?.map(|body| (*blind, body)));
    }
    Ok(entries)
}

/// How many keys a sort holds; of many rows, judged by the first parts, which are as random as the rest.
pub(in crate::snapshot) fn distinct_keys(spill: &Spill<'_>) -> Result<u64, SnapshotError> {
    let (mut keys, mut rows) = (0_u64, 0_u64);
    for partition in spill.partitions() {
        let partition = partition?;
        let mut before = None;
        for (blind, _) in partition.entries() {
            keys += u64::from(before != Some(*blind));
            rows += 1;
            before = Some(*blind);
        }
        if rows >= COUNTED_ROWS_MIN {
            break;
        }
    }
    let scaled = u128::from(keys) * u128::from(spill.entries()) / u128::from(rows.max(1));
    Ok(u64::try_from(scaled).unwrap_or(u64::MAX))
}

/// How many buckets share so many records and bytes.
pub(in crate::snapshot) fn buckets_for(records: u64, per_block: u64, bytes: u64) -> u32 {
    let aim = records.div_ceil(per_block).max(bytes.div_ceil(limits::BLOCK_BYTES_AIM as u64));
    u32::try_from(aim.max(1)).unwrap_or(u32::MAX)
}

/// The blocks of a tree: entries of one bucket after another, packed.
pub(in crate::snapshot) fn blocks_of<'s>(
    spill: &'s Spill<'_>,
    buckets: u32,
    mut join: Join<'s>,
    pack: impl Fn(Vec<Entry>) -> Vec<u8> + 's,
) -> Blocks<'s> {
    let mut partitions = spill.partitions();
    let mut ready: VecDeque<Entry> = VecDeque::new();
    let next_block = move |bucket: u32| {
        let mut own = vec![];
        loop {
            while let Some(entry) =
                ready.pop_front_if(|(blind, _)| bucket_of(blind, buckets) == bucket)
            {
                own.push(entry);
            }
            if !ready.is_empty() {
                break;
            }
            match partitions.next() {
                None => break,
                Some(partition) => ready = joined(&partition?, &mut join)?,
            }
        }
        Ok(pack(own))
    };
    Box::new((0..buckets).map(next_block))
}

/// How far the writing has come, in entries of all trees together: they are counted before the first block is packed, while
/// the blocks of a tree are known only when its turn comes.
pub(in crate::snapshot) struct Written<'p> {
    done: u64,
    total: u64,
    on_progress: &'p mut dyn FnMut(Progress),
}

impl<'p> Written<'p> {
    /// Nothing yet, of so many entries.
    pub(in crate::snapshot) fn of(total: u64, on_progress: &'p mut dyn FnMut(Progress)) -> Self {
        Self { done: 0, total, on_progress }
    }

    /// Of a tree with so many entries, this share of its buckets is sealed.
    fn tell(&mut self, entries: u64, (sealed, buckets): (u32, u32)) {
        let share = u128::from(entries) * u128::from(sealed) / u128::from(buckets.max(1));
        let done = self.done + u64::try_from(share).unwrap_or(entries);
        (self.on_progress)(Progress { step: Step::Writing, done, total: Some(self.total) });
    }
}

/// Seals a tree's blocks, which hold so many entries, into its file.
pub(in crate::snapshot) fn write_file(
    disk: &dyn Disk,
    dir: &Path,
    seal: TreeSeal,
    (entries, blocks): (u64, Blocks<'_>),
    written: &mut Written<'_>,
) -> Result<WireFile, SnapshotError> {
    let path = dir.join(seal.tree.file_name());
    let buckets = seal.buckets;
    let mut pieces = Pieces::new(seal, blocks, |sealed| written.tell(entries, (sealed, buckets)));
    disk.write_new(&path, &mut pieces)?;
    let file = pieces.finish()?;
    written.done += entries;
    Ok(file)
}

/// A block file in chunk-sized pieces, sealed and hashed as it is drawn.
struct Pieces<'s, F> {
    seal: TreeSeal,
    blocks: Blocks<'s>,
    next_bucket: u32,
    ready: Vec<u8>,
    file: WireFile,
    trouble: Option<SnapshotError>,
    /// Told how many buckets are sealed.
    on_piece: F,
}

impl<'s, F: FnMut(u32)> Pieces<'s, F> {
    fn new(seal: TreeSeal, blocks: Blocks<'s>, on_piece: F) -> Self {
        let file = WireFile {
            tree: seal.tree.number(),
            buckets: seal.buckets,
            bytes: 0,
            chunk_hashes: vec![],
        };
        Self { seal, blocks, next_bucket: 0, ready: vec![], file, trouble: None, on_piece }
    }

    fn seal_next(&mut self, plain: &[u8]) -> Result<(), SnapshotError> {
        let (tree, bucket) = (self.seal.tree, self.next_bucket);
        let length = plain.len() + TAG_BYTES;
        if length > limits::BLOCK_BYTES_MAX {
            return Err(SnapshotError::BlockTooLarge { tree, bucket });
        }
        let sealed = self.seal.seal(bucket, plain)?;
        self.ready.extend_from_slice(&(length as u32).to_be_bytes());
        self.ready.extend_from_slice(&sealed);
        self.next_bucket += 1;
        Ok(())
    }

    fn finish(self) -> Result<WireFile, SnapshotError> {
        self.trouble.map_or(Ok(self.file), Err)
    }
}

impl<F: FnMut(u32)> Iterator for Pieces<'_, F> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        while self.ready.len() < limits::CHUNK_BYTES && self.trouble.is_none() {
            let Some(plain) = self.blocks.next() else { break };
            self.trouble = plain.and_then(|plain| self.seal_next(&plain)).err();
        }
        if self.ready.is_empty() || self.trouble.is_some() {
            return None;
        }
        let rest = self.ready.split_off(self.ready.len().min(limits::CHUNK_BYTES));
        let piece = std::mem::replace(&mut self.ready, rest);
        self.file.bytes += piece.len() as u64;
        self.file.chunk_hashes.extend_from_slice(blake3::hash(&piece).as_bytes());
        (self.on_piece)(self.next_bucket);
        Some(piece)
    }
}

/// The plain blocks of a word tree.
pub(in crate::snapshot) fn word_blocks<'s>(
    shelf: &crate::snapshot::shelf::Shelf,
    tree: Tree,
) -> (u32, Blocks<'s>) {
    let blocks = shelf.blocks(tree);
    let buckets = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    (buckets, Box::new(blocks.into_iter().map(Ok)))
}
