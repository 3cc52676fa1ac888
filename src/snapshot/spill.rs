//! Sorting more entries than memory holds, at the publisher's: by blinded key, one part of the whole at a time.
//!
//! Entries are parted by the first byte of their blind, so that parts follow one another in order and each fits into
//! memory. What overflows goes to scratch files, sealed under a key that nobody keeps: after a power cut they are noise.

use super::{Blind, SnapshotError};
use crate::{
    limits,
    seal::{NONCE_BYTES, Nonce, SymmetricKey, TAG_BYTES},
    sys::Disk,
};
use std::{
    io::Read,
    path::{Path, PathBuf},
};

/// One for each first byte of a blind.
const PARTS: usize = 256;
/// Bytes in front of an entry: its blind and its length.
const HEAD_BYTES: usize = size_of::<Blind>() + size_of::<u32>();
const SCRATCH_NAME: &str = "scratch";

/// Entries on their way in, in any order.
pub struct Spill<'a> {
    scratch: Scratch<'a>,
    parts: Vec<Part>,
    held_bytes: usize,
    entries: u64,
    entry_bytes: u64,
}

/// What has one first byte: pieces on the disk, oldest first, and the newest entries in memory.
#[derive(Default)]
struct Part {
    /// Entries one behind another: blind, length, bytes.
    held: Vec<u8>,
    /// Plain lengths of the pieces in its file.
    pieces: Vec<u32>,
    /// All its bytes, on the disk and in memory.
    bytes: u64,
}

impl<'a> Spill<'a> {
    /// Nothing yet. `dir` must be this spill's own: it is made when memory overflows, and removed with all it holds.
    #[must_use]
    pub fn new(disk: &'a dyn Disk, dir: PathBuf, key: &SymmetricKey) -> Self {
        // Bound to the directory, so that two spills of one key never seal under the same nonce.
        let place = blake3::hash(dir.as_os_str().as_encoded_bytes());
        let key = SymmetricKey::derive("sonae spill v1", &[key.expose(), place.as_bytes()]);
        let parts = std::iter::repeat_with(Part::default).take(PARTS).collect();
        let scratch = Scratch { disk, dir, key, made: false };
        Self { scratch, parts, held_bytes: 0, entries: 0, entry_bytes: 0 }
    }

    /// Takes one entry.
    ///
    /// # Errors
    /// When the disk refuses, or when one part outgrows memory: blinds fall evenly, so one of them has most of the entries.
    pub fn push(&mut self, blind: &Blind, bytes: &[u8]) -> Result<(), SnapshotError> {
        let length = u32::try_from(bytes.len()).map_err(|_| SnapshotError::Crowded)?;
        let grown = HEAD_BYTES + bytes.len();
        let part =
            self.parts.get_mut(usize::from(first_byte(blind))).ok_or(SnapshotError::Crowded)?;
        part.bytes += grown as u64;
        if part.bytes > limits::SPILL_PART_BYTES_MAX {
            return Err(SnapshotError::Crowded);
        }
        part.held.extend_from_slice(blind);
        part.held.extend_from_slice(&length.to_be_bytes());
        part.held.extend_from_slice(bytes);
        self.held_bytes += grown;
        self.entries += 1;
        self.entry_bytes += bytes.len() as u64;
        if self.held_bytes > limits::SPILL_HELD_BYTES { self.overflow() } else { Ok(()) }
    }

    /// Entries taken so far.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Their bytes, blinds not counted.
    #[must_use]
    pub fn entry_bytes(&self) -> u64 {
        self.entry_bytes
    }

    fn overflow(&mut self) -> Result<(), SnapshotError> {
        for (number, part) in self.parts.iter_mut().enumerate() {
            if !part.held.is_empty() {
                let length = u32::try_from(part.held.len()).map_err(|_| SnapshotError::Crowded)?;
                self.scratch.write(number, part.pieces.len(), &part.held)?;
                part.pieces.push(length);
                part.held.clear();
            }
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// Everything, parts in ascending order of blinds, one in memory at a time. Parts without an entry are left out.
    pub fn partitions(&self) -> impl Iterator<Item = Result<Partition, SnapshotError>> {
        let parts = self.parts.iter().enumerate().filter(|(_, part)| part.bytes > 0);
        parts.map(|(number, part)| self.scratch.load(number, part).map(Partition::sorted))
    }
}

fn first_byte(blind: &Blind) -> u8 {
    let [first, ..] = blind;
    *first
}

/// One part of the whole, sorted by blind; entries of one blind in the order they were pushed.
pub struct Partition {
    arena: Vec<u8>,
    /// Where entries begin in the arena.
    order: Vec<u32>,
}

impl Partition {
    fn sorted(arena: Vec<u8>) -> Self {
        let mut order = vec![];
        let mut at = 0;
        while let Some((_, bytes)) = entry_at(&arena, at) {
            order.push(at);
            // A part stays under its ceiling, and that under four gigabytes.
            at += u32::try_from(HEAD_BYTES + bytes.len()).unwrap_or(u32::MAX);
        }
        // Places ascend as entries were pushed: with them as the second key the fast sort is a stable one.
        order.sort_unstable_by_key(|at| (entry_at(&arena, *at).map(|(blind, _)| *blind), *at));
        Self { arena, order }
    }

    /// The entries: blind and bytes.
    pub fn entries(&self) -> impl Iterator<Item = (&Blind, &[u8])> {
        self.order.iter().filter_map(|at| entry_at(&self.arena, *at))
    }
}

fn entry_at(arena: &[u8], at: u32) -> Option<(&Blind, &[u8])> {
    let (blind, rest) = arena.get(at as usize..)?.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    Some((blind, rest.get(..u32::from_be_bytes(*length) as usize)?))
}

/// The scratch files: one a part, piece behind piece.
struct Scratch<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
    key: SymmetricKey,
    made: bool,
}

impl Scratch<'_> {
    fn path(&self, part: usize) -> PathBuf {
        self.dir.join(format!("part-{part:03}"))
    }

    fn write(&mut self, part: usize, piece: usize, plain: &[u8]) -> Result<(), SnapshotError> {
        if !self.made {
            self.disk.remove(&self.dir)?; // what a build left there that was cut short opens for nobody
            self.disk.make_dir(&self.dir)?;
            self.made = true;
        }
        let sealed = self.key.seal(nonce(part, piece), SCRATCH_NAME.as_bytes(), plain)?;
        Ok(self.disk.append_scratch(&self.path(part), &sealed)?)
    }

    /// A part's entries in the order they were pushed.
    fn load(&self, number: usize, part: &Part) -> Result<Vec<u8>, SnapshotError> {
        if part.pieces.is_empty() {
            return Ok(part.held.clone());
        }
        let mut arena = Vec::with_capacity(usize::try_from(part.bytes).unwrap_or_default());
        let mut file = self.disk.open_read(&self.path(number))?;
        for (piece, length) in part.pieces.iter().enumerate() {
            let mut sealed = vec![0; *length as usize + TAG_BYTES];
            file.read_exact(&mut sealed)
                .map_err(|source| SnapshotError::Read { file: SCRATCH_NAME, source })?;
            let plain = self.key.open(nonce(number, piece), SCRATCH_NAME.as_bytes(), &sealed)?;
            arena.extend_from_slice(&plain);
        }
        arena.extend_from_slice(&part.held);
        Ok(arena)
    }

    fn clear(dir: &Path, disk: &dyn Disk) {
        let _ = disk.remove(dir); // noise without its key; the next build in this place removes it too
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        if self.made {
            Self::clear(&self.dir, self.disk);
        }
    }
}

/// Part and piece: used once under a spill's key.
fn nonce(part: usize, piece: usize) -> Nonce {
    let mut nonce = [0; NONCE_BYTES];
    let number = ((part as u128) << 64) | piece as u128;
    for (byte, value) in nonce.iter_mut().rev().zip(number.to_le_bytes()) {
        *byte = value;
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{Disk, RealDisk, sim::SimDisk};
    use proptest::prelude::*;

    const DIR: &str = "/spill";

    fn key() -> SymmetricKey {
        SymmetricKey::from_bytes([7; 32])
    }

    fn spill(disk: &dyn Disk) -> Spill<'_> {
        Spill::new(disk, DIR.into(), &key())
    }

    fn blind(first: u8, last: u8) -> Blind {
        let mut blind = [0; 16];
        (blind[0], blind[15]) = (first, last);
        blind
    }

    type Entry = (Blind, Vec<u8>);

    fn all(spill: Spill<'_>) -> Vec<Entry> {
        let mut out = vec![];
        for partition in spill.partitions() {
            let partition = partition.unwrap();
            out.extend(partition.entries().map(|(blind, bytes)| (*blind, bytes.to_vec())));
        }
        out
    }

    fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
        entries.sort_by_key(|entry| entry.0); // stable
        entries
    }

    /// Entries of a good kilobyte, of few people, so that each has several and the order among them shows.
    fn long_entries(count: u32) -> Vec<Entry> {
        let entry = |number: u32| {
            let text = [number.to_be_bytes().as_slice(), &[number as u8; 1_100]].concat();
            (blind((number * 97 % 251) as u8, (number % 3) as u8), text)
        };
        (0..count).map(entry).collect()
    }

    fn overflowing() -> Vec<Entry> {
        long_entries(u32::try_from(limits::SPILL_HELD_BYTES / 1_100 * 2).unwrap())
    }

    fn pushed<'a>(disk: &'a dyn Disk, entries: &[Entry]) -> Spill<'a> {
        let mut spill = spill(disk);
        entries.iter().for_each(|(blind, bytes)| spill.push(blind, bytes).unwrap());
        spill
    }

    #[test]
    fn what_fits_into_memory_never_touches_the_disk() {
        let disk = SimDisk::new();
        disk.cut_power_after(0, 0); // every change would fail
        let entries = long_entries(2_000);
        let spill = pushed(&disk, &entries);
        assert_eq!(spill.entries(), 2_000);
        assert_eq!(spill.entry_bytes(), 2_000 * 1_104);
        assert_eq!(all(spill), sorted(entries));
    }

    #[test]
    fn what_overflows_comes_back_sorted_and_leaves_nothing() {
        let disk = SimDisk::new();
        let entries = overflowing();
        let spill = pushed(&disk, &entries);
        assert!(!disk.list(Path::new(DIR)).unwrap().is_empty());
        assert_eq!(all(spill), sorted(entries));
        assert!(disk.list(Path::new("/")).unwrap().is_empty());
    }

    #[test]
    fn the_real_disk_sorts_the_same_and_is_left_clean() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("spill");
        let entries = overflowing();
        let mut spill = Spill::new(&RealDisk, home.clone(), &key());
        entries.iter().for_each(|(blind, bytes)| spill.push(blind, bytes).unwrap());
        assert!(home.exists());
        assert_eq!(all(spill), sorted(entries));
        assert!(!home.exists());
    }

    #[test]
    fn an_abandoned_spill_leaves_no_file_and_older_scraps_are_not_read() {
        let disk = SimDisk::new();
        disk.append(&Path::new(DIR).join("part-000"), b"scraps of a build cut short").unwrap();
        let entries = overflowing();
        assert_eq!(all(pushed(&disk, &entries)), sorted(entries.clone()));
        drop(pushed(&disk, &entries));
        assert!(disk.list(Path::new("/")).unwrap().is_empty());
    }

    #[test]
    fn no_entry_lies_on_the_disk_in_the_clear_and_an_altered_file_is_refused() {
        let disk = SimDisk::new();
        let spill = pushed(&disk, &overflowing());
        let files = disk.list(Path::new(DIR)).unwrap();
        for file in &files {
            let bytes = disk.read(file, u64::MAX).unwrap();
            assert!(!bytes.windows(40).any(|run| run.iter().all(|byte| *byte == run[0])));
        }
        disk.tamper(&files[0], |bytes| bytes[100] ^= 1);
        assert!(spill.partitions().next().unwrap().is_err());
    }

    #[test]
    fn a_full_disk_is_told_and_cleared() {
        let disk = SimDisk::new();
        disk.fill_up_after(1 << 20);
        let mut spill = spill(&disk);
        let refused =
            overflowing().iter().find_map(|(blind, bytes)| spill.push(blind, bytes).err());
        assert!(matches!(refused, Some(SnapshotError::Disk(_))));
        drop(spill);
        assert!(disk.list(Path::new("/")).unwrap().is_empty());
    }

    #[test]
    fn nonces_never_repeat() {
        assert_ne!(nonce(0, 1), nonce(1, 0));
        assert_ne!(nonce(0, 256), nonce(1, 0));
        assert_eq!(nonce(255, 1), [0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    proptest! {
        #[test]
        fn what_comes_out_is_what_went_in_sorted(
            entries in proptest::collection::vec((any::<[u8; 2]>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..300),
            overflow_after in proptest::option::of(0..300_usize),
        ) {
            let disk = SimDisk::new();
            let entries: Vec<Entry> =
                entries.into_iter().map(|([a, b], bytes)| (blind(a, b % 4), bytes)).collect();
            let mut spill = spill(&disk);
            for (at, (blind, bytes)) in entries.iter().enumerate() {
                spill.push(blind, bytes).unwrap();
                if overflow_after == Some(at) || overflow_after == Some(at * 2) {
                    spill.overflow().unwrap();
                }
            }
            prop_assert_eq!(all(spill), sorted(entries));
            prop_assert!(disk.list(Path::new("/")).unwrap().is_empty());
        }
    }
}
