//! What a facility received about its own patients, as a row of sealed frames: the one copy from which its own release is
//! made, and made again when that is damaged.
//!
//! A file of its own and no entries of the journal: the journal never forgets, and what a patient's insurance was two years
//! ago must be forgotten. A frame is `length u32 · sequence u64 · CRC-32 of those twelve bytes · sealed bytes`, big-endian;
//! sealed inside are records of [`super::record`] back to back, every word in full. An append is on the disk before it is
//! acknowledged; what an unfinished one left at the end is cut off and kept beside.

use super::{
    SnapshotError,
    record::{read_members, write_person},
    shelf::Shelf,
    words::Tables,
};
use crate::{
    domain::{insurer_number::Scheme, person::PersonRecord, time::Stamp},
    limits,
    seal::SymmetricKey,
    sys::{Dice, Disk, DiskError},
};
use jiff::civil::Date;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const PLACE: &[u8] = b"sonae received records v1";
const FIXED_BYTES: usize = 4 + 8;
const HEADER_BYTES: usize = FIXED_BYTES + 4;
/// Records in one frame: what damage to one frame can take along.
const FRAME_RECORDS: usize = 200;

/// The file of received records of one box.
#[derive(Debug)]
pub struct ReceivedLog {
    path: PathBuf,
    key: SymmetricKey,
}

/// What the file holds.
#[derive(Debug, Default)]
pub struct ReceivedState {
    /// All records in it, also outdated ones.
    pub people: Vec<PersonRecord>,
    /// Each frame's sequence number, and how many of the records stand in it.
    pub frames: Vec<(u64, usize)>,
    /// Sequence number of the last frame; 0 before the first.
    pub sequence: u64,
    /// Bytes of an unfinished append that were cut off.
    pub cut_bytes: u64,
    /// Places in which something acknowledged cannot be read any more.
    pub lost: usize,
}

impl ReceivedLog {
    /// The file at `path`; `key` is this box's for this use.
    #[must_use]
    pub fn new(path: &Path, key: SymmetricKey) -> Self {
        Self { path: path.to_path_buf(), key }
    }

    /// Reads all of it and cuts off what an unfinished append left. What is read survives a power cut from here on.
    pub fn read(&self, disk: &dyn Disk) -> Result<ReceivedState, SnapshotError> {
        let bytes = match disk.read(&self.path, limits::OWN_RECEIVED_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Ok(ReceivedState::default()),
            other => other?,
        };
        let (mut state, whole_bytes) = self.walk(&bytes);
        let torn = bytes.get(whole_bytes..).unwrap_or_default();
        if !torn.is_empty() {
            disk.replace(&self.path.with_extension(format!("cut-{}", state.sequence + 1)), torn)?;
            self.sweep_torn(disk);
        }
        self.make_last(disk, whole_bytes as u64)?;
        state.cut_bytes = torn.len() as u64;
        Ok(state)
    }

    /// A program killed before its sync leaves frames, even the file's name, in the machine's memory alone. Built upon, they
    /// would be a gap in the middle after a power cut: what is read lasts first.
    fn make_last(&self, disk: &dyn Disk, whole_bytes: u64) -> Result<(), SnapshotError> {
        disk.truncate(&self.path, whole_bytes)?;
        Ok(self.path.parent().map_or(Ok(()), |folder| disk.make_dir(folder))?)
    }

    /// Of the torn tails kept beside, only the newest stay: nothing in them was ever acknowledged.
    fn sweep_torn(&self, disk: &dyn Disk) {
        let beside = self.path.parent().and_then(|dir| disk.list(dir).ok()).unwrap_or_default();
        let number = |path: &PathBuf| -> Option<u64> {
            let ending = path.extension()?.to_str()?.strip_prefix("cut-")?;
            (path.file_stem() == self.path.file_stem()).then(|| ending.parse().ok())?
        };
        let mut torn: Vec<_> =
            beside.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
        torn.sort();
        torn.truncate(torn.len().saturating_sub(limits::SET_ASIDE_KEPT));
        for (_, path) in torn {
            let _ = disk.remove(&path); // the next cut sweeps again
        }
    }

    /// Adds records behind the frame `after`. They survive a power cut once this returns; the new last sequence number.
    pub fn append(
        &self,
        disk: &dyn Disk,
        dice: &dyn Dice,
        after: u64,
        people: &[PersonRecord],
    ) -> Result<u64, SnapshotError> {
        let (frames, sequence) = self.frames(dice, after, people)?;
        let held_bytes = disk.length(&self.path)?.unwrap_or(0);
        if held_bytes + frames.len() as u64 > limits::OWN_RECEIVED_BYTES_MAX {
            return Err(SnapshotError::Crowded);
        }
        disk.append(&self.path, &frames)?;
        Ok(sequence)
    }

    /// Writes the file anew with these records alone, behind the frame `after`: at every moment the old or the new file.
    pub fn rewrite(
        &self,
        disk: &dyn Disk,
        dice: &dyn Dice,
        after: u64,
        people: &[PersonRecord],
    ) -> Result<u64, SnapshotError> {
        let (frames, sequence) = self.frames(dice, after, people)?;
        disk.replace(&self.path, &frames)?;
        Ok(sequence.max(after + 1)) // also of nobody at all: what is made of it is a newer state
    }

    fn frames(
        &self,
        dice: &dyn Dice,
        after: u64,
        people: &[PersonRecord],
    ) -> Result<(Vec<u8>, u64), SnapshotError> {
        let (mut out, mut sequence) = (vec![], after);
        for batch in people.chunks(FRAME_RECORDS) {
            sequence += 1;
            let plain: Vec<u8> = batch.iter().flat_map(bytes_of).collect();
            let sealed = self.key.seal_boxed(dice, &place(sequence), &plain)?;
            let length = u32::try_from(sealed.len()).map_err(|_| SnapshotError::Crowded)?;
            let fixed = [&length.to_be_bytes()[..], &sequence.to_be_bytes()].concat();
            out.extend_from_slice(&fixed);
            out.extend_from_slice(&crc32fast::hash(&fixed).to_be_bytes());
            out.extend_from_slice(&sealed);
        }
        Ok((out, sequence))
    }

    /// All frames that open, and where the last of them ends. What does not open between two that do is lost; what follows
    /// the last one never was acknowledged.
    fn walk(&self, bytes: &[u8]) -> (ReceivedState, usize) {
        let mut state = ReceivedState::default();
        let (mut offset, mut whole_bytes) = (0, 0);
        while offset < bytes.len() {
            let rest = bytes.get(offset..).unwrap_or_default();
            match self.frame(rest, state.sequence) {
                Some((sequence, people, frame_bytes)) => {
                    state.lost += usize::from(offset > whole_bytes);
                    state.sequence = sequence;
                    state.frames.push((sequence, people.len()));
                    state.people.extend(people);
                    offset += frame_bytes;
                    whole_bytes = offset;
                }
                None => offset += 1,
            }
        }
        (state, whole_bytes)
    }

    fn frame(&self, bytes: &[u8], after: u64) -> Option<(u64, Vec<PersonRecord>, usize)> {
        let (fixed, rest) = bytes.split_first_chunk::<FIXED_BYTES>()?;
        let (crc, rest) = rest.split_first_chunk::<4>()?;
        if crc32fast::hash(fixed).to_be_bytes() != *crc {
            return None;
        }
        let (length, sequence) = fixed.split_first_chunk::<4>()?;
        let sequence = u64::from_be_bytes(*sequence.as_array()?);
        let sealed = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        if sequence <= after {
            return None; // one put in twice
        }
        let plain = self.key.open_boxed(&place(sequence), sealed).ok()?;
        let people = read_members(&Tables::default(), &plain)?;
        Some((sequence, people, HEADER_BYTES + sealed.len()))
    }
}

fn place(sequence: u64) -> Vec<u8> {
    [PLACE, &sequence.to_be_bytes()].concat()
}

/// Every word in full: a frame is read without any other.
fn bytes_of(person: &PersonRecord) -> Vec<u8> {
    write_person(&mut Shelf::fixed(&Tables::default()), person)
}

/// The newest record of each person, in an order that does not depend on that of receiving. What was received long before
/// `today` is forgotten, in force or not: nothing can be answered from it, and a facility keeps no more than it needs.
#[must_use]
pub fn newest_of_each(people: Vec<PersonRecord>, today: Date) -> Vec<PersonRecord> {
    let mut newest = BTreeMap::new();
    for person in people.into_iter().filter(|person| !is_outdated(person, today)) {
        // Of two received in the same second either is as good; but always the same one.
        let rank = (received_at(&person), bytes_of(&person));
        let held = newest.entry(who(&person));
        let held = held.or_insert_with(|| (rank.clone(), person.clone()));
        if rank > held.0 {
            *held = (rank, person);
        }
    }
    newest.into_values().map(|(_, person)| person).collect()
}

fn received_at(person: &PersonRecord) -> Stamp {
    person.origin.as_ref().map_or(Stamp(0), |origin| origin.received_at)
}

/// Whether a record was received so long ago that it is to be forgotten.
#[must_use]
pub fn is_outdated(person: &PersonRecord, today: Date) -> bool {
    let days = Stamp::start_of(today).days_since(received_at(person));
    days > limits::OWN_RECORD_DAYS_MAX
}

/// Who a record is about. A number with a branch, or of the late-stage scheme, is one person's whatever the name is by now;
/// without one, twins share all but the name.
fn who(person: &PersonRecord) -> (String, Option<u8>, Date, String) {
    let identity = &person.identity;
    let ones_own = identity.branch.is_some() || identity.insurer.scheme() == Scheme::LateStage;
    let name = if ones_own { String::new() } else { person.name.clone() };
    (identity.family_key(), identity.branch.map(|branch| branch.value()), person.birth, name)
}

/// For the fuzz target: the file as it lies there, and records as they are once their frame was opened.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(bytes: &[u8]) {
    let log = ReceivedLog::new(Path::new("received.log"), SymmetricKey::from_bytes([7; 32]));
    let plain = read_members(&Tables::default(), bytes).unwrap_or_default();
    for people in [log.walk(bytes).0.people, plain] {
        let _ = newest_of_each(people, Date::constant(2026, 11, 22));
    }
}

#[cfg(test)]
#[path = "received_tests.rs"]
mod tests;
