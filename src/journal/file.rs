//! The journal on the disk: appended under a lock, durable before anything is shown, opened only by the box's key.

use super::{
    chain::{ChainHead, Damage, frame_bytes, genesis, walk},
    event::{Entry, Event, OutboxItem, decode_event, encode_event},
    projection::Projection,
};
use crate::{
    domain::time::Reading,
    limits::{JOURNAL_BYTES_MAX, JOURNAL_ENTRY_BYTES_MAX},
    messages::{self, Message, Trouble},
    seal::{SealError, SymmetricKey},
    sys::{Dice, Disk, DiskError},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Why the journal said no.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The chain does not hold from here on.
    #[error("journal altered at entry {sequence}")]
    Damaged {
        /// First entry that does not fit.
        sequence: u64,
    },
    /// An append failed before: the disk's state is unknown, so nothing more is written until a restart.
    #[error("journal stopped after a failed append")]
    Stopped,
    /// One entry over the ceiling.
    #[error("journal entry of {bytes} bytes")]
    EntryTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The file is at its ceiling.
    #[error("journal at its ceiling")]
    Full,
    /// The chain holds, the key does not fit.
    #[error("journal key does not open entry {sequence}")]
    WrongKey {
        /// The entry.
        sequence: u64,
    },
    /// The disk said no.
    #[error("journal disk")]
    Disk(#[from] DiskError),
    /// Sealing failed.
    #[error("journal seal")]
    Seal(#[from] SealError),
}

impl Trouble for JournalError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Damaged { .. } => &messages::JOURNAL_DAMAGED,
            Self::Stopped => &messages::JOURNAL_STOPPED,
            Self::EntryTooLarge { .. } => &messages::JOURNAL_ENTRY_TOO_LARGE,
            Self::Full => &messages::JOURNAL_FULL,
            Self::WrongKey { .. } => &messages::JOURNAL_KEY_WRONG,
            Self::Disk(e) => e.message(),
            Self::Seal(e) => e.message(),
        }
    }
}

/// What a check of the chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Whole entries.
    pub entries: u64,
    /// Head after the last whole entry.
    pub head: ChainHead,
    /// What follows it, if anything.
    pub damage: Option<Damage>,
}

/// Checks a journal's chain without its key: nothing can be changed or taken from the middle unseen.
#[must_use]
pub fn verify_bytes(bytes: &[u8], box_id: &[u8; 16]) -> Verification {
    let found = walk(bytes, genesis(box_id));
    Verification { entries: found.head.sequence, head: found.head, damage: found.damage }
}

struct Inner {
    head: ChainHead,
    file_bytes: u64,
    stopped: bool,
    projection: Projection,
}

/// The open journal of one box.
pub struct Journal {
    disk: Arc<dyn Disk>,
    dice: Arc<dyn Dice>,
    path: PathBuf,
    key: SymmetricKey,
    box_id: [u8; 16],
    inner: Mutex<Inner>,
}

impl Journal {
    /// Opens the journal, creating it if there is none. Returns also how many bytes of an unfinished append were cut off;
    /// they are kept beside the journal, not deleted.
    pub fn open(
        disk: Arc<dyn Disk>,
        dice: Arc<dyn Dice>,
        path: &Path,
        box_id: [u8; 16],
        key: SymmetricKey,
    ) -> Result<(Self, u64), JournalError> {
        let bytes = match disk.read(path, JOURNAL_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(DiskError::Missing(_)) => vec![],
            Err(DiskError::TooLarge { .. }) => return Err(JournalError::Full),
            Err(e) => return Err(e.into()),
        };
        let found = walk(&bytes, genesis(&box_id));
        let whole_bytes = match found.damage {
            None => bytes.len(),
            Some(Damage::TornTail { whole_bytes }) => whole_bytes,
            Some(Damage::Altered { sequence }) => return Err(JournalError::Damaged { sequence }),
        };
        let mut projection = Projection::default();
        let mut before = genesis(&box_id);
        for frame in &found.frames {
            let plain = unseal(&key, &before, frame.sequence, frame.sealed)?;
            projection.take(&entry_of(frame.sequence, &plain)?);
            before = ChainHead { sequence: frame.sequence, hash: frame.hash };
        }
        let torn = bytes.get(whole_bytes..).unwrap_or_default();
        if !torn.is_empty() {
            disk.replace(&path.with_extension(format!("cut-{}", before.sequence + 1)), torn)?;
            disk.truncate(path, whole_bytes as u64)?;
        }
        let inner =
            Inner { head: found.head, file_bytes: whole_bytes as u64, stopped: false, projection };
        let cut_bytes = torn.len() as u64;
        Ok((
            Self { disk, dice, path: path.into(), key, box_id, inner: Mutex::new(inner) },
            cut_bytes,
        ))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock was held leaves the state as the last whole append left it.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one entry and waits for the disk. When this returns `Ok`, the entry survives a power cut.
    pub fn append(&self, reading: Reading, event: &Event) -> Result<Entry, JournalError> {
        Ok(self.append_marked(reading, event)?.0)
    }

    /// As [`Journal::append`], with the entry's mark for paper: the first eight hexadecimal digits of its own hash.
    pub fn append_marked(
        &self,
        reading: Reading,
        event: &Event,
    ) -> Result<(Entry, String), JournalError> {
        let mut inner = self.lock();
        if inner.stopped {
            return Err(JournalError::Stopped);
        }
        let plain = encode_event(reading, event);
        let sealed = self.key.seal_boxed(self.dice.as_ref(), &place(&inner.head), &plain)?;
        if sealed.len() > JOURNAL_ENTRY_BYTES_MAX {
            return Err(JournalError::EntryTooLarge { bytes: sealed.len() });
        }
        let head = inner.head.next(&sealed);
        let frame = frame_bytes(&head, &sealed);
        let file_bytes = inner.file_bytes + frame.len() as u64;
        if file_bytes > JOURNAL_BYTES_MAX {
            return Err(JournalError::Full);
        }
        if let Err(e) = self.disk.append(&self.path, &frame) {
            inner.stopped = true; // after a failed sync nobody knows what is on the disk: never retry
            return Err(e.into());
        }
        let entry = Entry {
            sequence: head.sequence,
            at: reading.at,
            clock: reading.clock,
            event: event.clone(),
        };
        inner.head = head;
        inner.file_bytes = file_bytes;
        inner.projection.take(&entry);
        let mark = head.hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Ok((entry, mark))
    }

    /// Whether an append has failed: nothing more is written, and so nothing more is answered, until a restart.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// What the entries come down to.
    #[must_use]
    pub fn projection(&self) -> Projection {
        self.lock().projection.clone()
    }

    /// Asks the projection one thing without copying it.
    pub fn ask<T>(&self, question: impl FnOnce(&Projection) -> T) -> T {
        question(&self.lock().projection)
    }

    /// Where the chain stands.
    #[must_use]
    pub fn head(&self) -> ChainHead {
        self.lock().head
    }

    /// All entries with sequence numbers from `first` to `last`, read back from the disk and checked again.
    pub fn read(&self, first: u64, last: u64) -> Result<Vec<Entry>, JournalError> {
        let items = self.plain_items(|sequence| (first..=last).contains(&sequence))?;
        items.iter().map(|item| entry_of(item.sequence, &item.entry)).collect()
    }

    /// Entries on their way to the hub, as written.
    pub fn outbox_items(&self, sequences: &[u64]) -> Result<Vec<OutboxItem>, JournalError> {
        self.plain_items(|sequence| sequences.binary_search(&sequence).is_ok())
    }

    /// Walks the chain on the disk and compares its end with what was acknowledged: a running box also sees entries
    /// taken from the end.
    pub fn verify(&self) -> Result<Verification, JournalError> {
        let (bytes, acknowledged) = self.acknowledged()?;
        let found = walk(&bytes, genesis(&self.box_id));
        let held = match acknowledged.sequence.checked_sub(1) {
            None => true,
            Some(before) => usize::try_from(before)
                .ok()
                .and_then(|at| found.frames.get(at))
                .is_some_and(|frame| {
                    (frame.sequence, frame.hash) == (acknowledged.sequence, acknowledged.hash)
                }),
        };
        let damage = match found.damage {
            Some(altered @ Damage::Altered { .. }) => Some(altered),
            _ if !held => {
                let sequence = (found.head.sequence + 1).min(acknowledged.sequence);
                Some(Damage::Altered { sequence })
            }
            other => other,
        };
        Ok(Verification { entries: found.head.sequence, head: found.head, damage })
    }

    fn bytes(&self) -> Result<Vec<u8>, JournalError> {
        match self.disk.read(&self.path, JOURNAL_BYTES_MAX) {
            Err(DiskError::Missing(_)) => Ok(vec![]),
            other => Ok(other?),
        }
    }

    /// The file as far as it was acknowledged when asked, and the head there. Read without the lock: a file of a hundred
    /// megabytes must not keep the counter waiting, and what was acknowledged never changes.
    fn acknowledged(&self) -> Result<(Vec<u8>, ChainHead), JournalError> {
        let (head, whole_bytes) = {
            let inner = self.lock();
            (inner.head, inner.file_bytes)
        };
        let mut bytes = self.bytes()?;
        // What was appended meanwhile is cut off. What nobody here has appended stays, to be told as damage.
        if bytes.len() as u64 <= self.lock().file_bytes {
            bytes.truncate(usize::try_from(whole_bytes).unwrap_or(usize::MAX));
        }
        Ok((bytes, head))
    }

    fn plain_items(&self, wanted: impl Fn(u64) -> bool) -> Result<Vec<OutboxItem>, JournalError> {
        let (bytes, _) = self.acknowledged()?;
        let found = walk(&bytes, genesis(&self.box_id));
        if let Some(Damage::Altered { sequence }) = found.damage {
            return Err(JournalError::Damaged { sequence });
        }
        let mut before = genesis(&self.box_id);
        let mut items = vec![];
        for frame in &found.frames {
            if wanted(frame.sequence) {
                let entry = unseal(&self.key, &before, frame.sequence, frame.sealed)?;
                items.push(OutboxItem { sequence: frame.sequence, entry });
            }
            before = ChainHead { sequence: frame.sequence, hash: frame.hash };
        }
        Ok(items)
    }
}

fn place(before: &ChainHead) -> Vec<u8> {
    [b"sonae journal entry v1".as_slice(), &before.hash, &(before.sequence + 1).to_be_bytes()]
        .concat()
}

fn unseal(
    key: &SymmetricKey,
    before: &ChainHead,
    sequence: u64,
    sealed: &[u8],
) -> Result<Vec<u8>, JournalError> {
    key.open_boxed(&place(before), sealed).map_err(|_| JournalError::WrongKey { sequence })
}

fn entry_of(sequence: u64, plain: &[u8]) -> Result<Entry, JournalError> {
    let (reading, event) = decode_event(plain).ok_or(JournalError::Damaged { sequence })?;
    Ok(Entry { sequence, at: reading.at, clock: reading.clock, event })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::time::{ClockState, Stamp},
        sys::sim::{SeedDice, SimDisk},
    };

    const BOX: [u8; 16] = [7; 16];
    const PATH: &str = "journal.log";

    fn reading(second: i64) -> Reading {
        Reading { at: Stamp(second), clock: ClockState::Sure }
    }

    fn event(n: usize) -> Event {
        Event::Refused { what: "release".into(), code: format!("code_{n}") }
    }

    fn open(disk: &Arc<SimDisk>) -> Result<(Journal, u64), JournalError> {
        let key = SymmetricKey::from_bytes([9; 32]);
        Journal::open(disk.clone(), Arc::new(SeedDice::new(1)), Path::new(PATH), BOX, key)
    }

    #[test]
    fn a_power_cut_at_any_step_keeps_every_acknowledged_entry() {
        for cut_after in 0..6 {
            for torn_bytes in [0, 1, 15, 16, 47, 48, 60, 9999] {
                let disk = Arc::new(SimDisk::new());
                let (journal, _) = open(&disk).unwrap();
                disk.cut_power_after(cut_after, torn_bytes);
                let acknowledged: Vec<_> = (0..6)
                    .map_while(|n| journal.append(reading(n), &event(n as usize)).ok())
                    .collect();
                drop(journal);
                disk.power_back();

                let (journal, _) = open(&disk).unwrap();
                let kept = journal.read(1, 99).unwrap();
                assert!(kept.starts_with(&acknowledged), "cut {cut_after}, torn {torn_bytes}");
                journal.append(reading(99), &event(99)).unwrap();
                assert_eq!(open(&disk).unwrap().1, 0, "the tail was mended for good");
            }
        }
    }

    #[test]
    fn a_torn_tail_is_cut_back_and_kept_aside() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        journal.append(reading(1), &event(1)).unwrap();
        disk.cut_power_after(0, 20);
        assert!(journal.append(reading(2), &event(2)).is_err());
        disk.power_back();
        let (journal, cut_bytes) = open(&disk).unwrap();
        assert_eq!((cut_bytes, journal.head().sequence), (20, 1));
        assert_eq!(disk.read(Path::new("journal.cut-2"), 99).unwrap().len(), 20);
    }

    #[test]
    fn after_a_failed_append_nothing_more_is_written() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        disk.fill_up_after(10);
        let full = journal.append(reading(1), &event(1)).unwrap_err();
        assert_eq!(full.message().code, "disk_full");
        assert!(matches!(journal.append(reading(2), &event(2)), Err(JournalError::Stopped)));
    }

    #[test]
    fn a_journal_altered_in_the_middle_is_not_opened_and_not_touched() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        for n in 0..3 {
            journal.append(reading(n), &event(n as usize)).unwrap();
        }
        disk.tamper(Path::new(PATH), |bytes| bytes[60] ^= 1);
        let before = disk.read(Path::new(PATH), 9999).unwrap();
        assert!(matches!(open(&disk), Err(JournalError::Damaged { sequence: 1 })));
        assert_eq!(disk.read(Path::new(PATH), 9999).unwrap(), before);
        assert!(verify_bytes(&before, &BOX).damage.is_some());
    }

    #[test]
    fn an_entry_is_written_while_the_journal_is_read_through() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        journal.append(reading(1), &event(1)).unwrap();
        let read = journal.plain_items(|_| {
            assert!(journal.inner.try_lock().is_ok(), "the counter waits for the reader");
            journal.append(reading(2), &event(2)).unwrap();
            true
        });
        assert_eq!(read.unwrap().len(), 1, "what was there when it was asked");
        assert_eq!(journal.read(1, 99).unwrap().len(), 2);
    }

    #[test]
    fn what_nobody_here_appended_is_told_as_damage() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        journal.append(reading(1), &event(1)).unwrap();
        disk.tamper(Path::new(PATH), |bytes| bytes.extend([7; 9]));
        assert!(matches!(journal.verify().unwrap().damage, Some(Damage::TornTail { .. })));
    }

    #[test]
    fn a_running_box_sees_every_entry_changed_or_taken_from_the_end() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        assert_eq!(journal.verify().unwrap().damage, None, "an empty journal is whole");
        for n in 0..3 {
            journal.append(reading(n), &event(n as usize)).unwrap();
        }
        let whole = disk.read(Path::new(PATH), 9999).unwrap();
        let sound = journal.verify().unwrap();
        assert_eq!(sound, verify_bytes(&whole, &BOX));
        assert_eq!((sound.entries, sound.damage), (3, None));

        let second = walk(&whole, genesis(&BOX)).frames[1].offset;
        disk.tamper(Path::new(PATH), |bytes| bytes.truncate(second));
        let cut = journal.verify().unwrap();
        assert_eq!(cut.damage, Some(Damage::Altered { sequence: 2 }));
        disk.tamper(Path::new(PATH), |bytes| *bytes = whole.clone());
        disk.tamper(Path::new(PATH), |bytes| bytes[60] ^= 1);
        assert_eq!(journal.verify().unwrap().damage, Some(Damage::Altered { sequence: 1 }));
    }

    #[test]
    fn a_walk_beside_appends_never_sees_half_an_entry() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..200 {
                    journal.append(reading(n), &event(n as usize)).unwrap();
                }
            });
            for _ in 0..50 {
                assert_eq!(journal.verify().unwrap().damage, None);
            }
        });
    }

    #[test]
    fn nothing_is_on_the_disk_in_the_clear_and_another_key_opens_nothing() {
        let disk = Arc::new(SimDisk::new());
        let (journal, _) = open(&disk).unwrap();
        journal
            .append(reading(1), &Event::Refused { what: "髙橋".into(), code: "x".into() })
            .unwrap();
        let bytes = disk.read(Path::new(PATH), 9999).unwrap();
        assert!(!bytes.windows(6).any(|w| w == "髙橋".as_bytes()));
        let other = SymmetricKey::from_bytes([8; 32]);
        let opened = Journal::open(disk, Arc::new(SeedDice::new(1)), Path::new(PATH), BOX, other);
        assert!(matches!(opened, Err(JournalError::WrongKey { sequence: 1 })));
    }
}
