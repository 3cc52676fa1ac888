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
            Ok(bytes) => {
                // A program killed before its sync leaves entries, even the file's name, in the machine's memory alone.
                // Built upon, they would be a gap in the middle after a power cut: what is read here lasts first.
                disk.sync_tree(folder_of(path))?;
                bytes
            }
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

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
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
#[path = "file_tests.rs"]
mod tests;
