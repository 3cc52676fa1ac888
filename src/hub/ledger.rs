//! What the hub knows of one box: folded from its batches in the order they arrived, never stored.

use crate::{
    domain::time::Stamp,
    journal::{ChainHead, Entry, OutboxItem, decode_event},
    sync::{Batch, BoxIdBytes},
};
use std::collections::BTreeMap;

/// The entry's bytes are no journal entry.
pub(super) const ENTRY_UNREADABLE: &str = "entry_unreadable";
/// Another entry of this number was delivered before.
pub(super) const ENTRY_CONFLICTS: &str = "entry_conflicts";

/// What a person at the hub should look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WarningKind {
    /// The box came with a lower head than before: its journal went back (a restored disk image, a copy), or a stick
    /// arrived late.
    JournalWentBack {
        /// The highest head seen.
        seen: u64,
        /// The head it came with.
        came: u64,
    },
    /// The same number, another hash: two journals under one name.
    JournalForked {
        /// Where.
        sequence: u64,
    },
    /// An entry that was delivered before came with another content.
    EntryConflicts {
        /// Which.
        sequence: u64,
    },
    /// A stored batch no longer opens: the hub's disk is failing, or its keys changed.
    StoredBatchDamaged,
    /// The stored card does not read: the box must be enrolled again before it can deliver.
    CardDamaged,
}

/// A warning about one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which box.
    pub box_id: BoxIdBytes,
    /// What.
    pub kind: WarningKind,
}

/// One box's deliveries.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Stored batches by digest, with what was rejected in each.
    batches: BTreeMap<[u8; 32], Vec<(u64, String)>>,
    /// Number the next batch is stored under.
    next_arrival: u64,
    /// Entries by sequence, as a hash of their bytes.
    delivered: BTreeMap<u64, [u8; 32]>,
    /// Heads seen.
    heads: BTreeMap<u64, [u8; 32]>,
    warnings: Vec<WarningKind>,
}

impl Ledger {
    /// The rejections noted for a batch that is stored already.
    pub fn rejections(&self, digest: &[u8; 32]) -> Option<&Vec<(u64, String)>> {
        self.batches.get(digest)
    }

    /// The number the next batch is stored under: the order of arrival decides which of two conflicting entries stands.
    pub fn next_arrival(&self) -> u64 {
        self.next_arrival
    }

    /// Folds a stored batch.
    pub fn take(&mut self, arrival: u64, batch: &Batch) {
        self.next_arrival = self.next_arrival.max(arrival.saturating_add(1));
        if self.batches.contains_key(batch.digest()) {
            return;
        }
        self.witness(batch.head());
        let rejected = batch.items().iter().filter_map(|item| self.accept(item)).collect();
        self.batches.insert(*batch.digest(), rejected);
    }

    /// Notes that a stored batch does not open; the others still do.
    pub fn note_damaged(&mut self, arrival: u64) {
        self.next_arrival = self.next_arrival.max(arrival.saturating_add(1));
        self.warnings.push(WarningKind::StoredBatchDamaged);
    }

    fn witness(&mut self, head: &ChainHead) {
        let seen = self.heads.last_key_value().map_or(0, |(sequence, _)| *sequence);
        if head.sequence < seen {
            let came = head.sequence;
            self.warnings.push(WarningKind::JournalWentBack { seen, came });
        }
        let known = self.heads.entry(head.sequence).or_insert(head.hash);
        if *known != head.hash {
            self.warnings.push(WarningKind::JournalForked { sequence: head.sequence });
        }
    }

    /// `None` if the entry counts as delivered, else why not.
    fn accept(&mut self, item: &OutboxItem) -> Option<(u64, String)> {
        let hash = *blake3::hash(&item.entry).as_bytes();
        match self.delivered.get(&item.sequence) {
            Some(known) if *known == hash => None,
            Some(_) => {
                self.warnings.push(WarningKind::EntryConflicts { sequence: item.sequence });
                Some((item.sequence, ENTRY_CONFLICTS.to_owned()))
            }
            None if decode_event(&item.entry).is_none() => {
                Some((item.sequence, ENTRY_UNREADABLE.to_owned()))
            }
            None => {
                self.delivered.insert(item.sequence, hash);
                None
            }
        }
    }

    /// Whether this very entry is the one that was delivered under its number.
    pub fn holds(&self, item: &OutboxItem) -> bool {
        self.delivered.get(&item.sequence) == Some(blake3::hash(&item.entry).as_bytes())
    }

    pub fn warnings(&self, box_id: BoxIdBytes) -> impl Iterator<Item = Warning> {
        self.warnings.iter().map(move |kind| Warning { box_id, kind: *kind })
    }
}

/// An item as the box wrote it.
pub(super) fn entry_of(item: &OutboxItem) -> Option<Entry> {
    let (reading, event) = decode_event(&item.entry)?;
    let at: Stamp = reading.at;
    Some(Entry { sequence: item.sequence, at, clock: reading.clock, event })
}
