//! What the box knows of its own past: folded from the entries, never stored.

use super::event::{ConsentKind, Entry, Event, PersonRef, Viewer};
use crate::domain::time::{ClockState, Stamp};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A consent lives 24 hours from its registration (field.md A30).
const CONSENT_SECONDS: i64 = 24 * 3600;

/// Consent of one patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The patient.
    pub person: PersonRef,
    /// Oral, or unable with a reason.
    pub kind: ConsentKind,
    /// Who asked.
    pub viewer: Viewer,
    /// When.
    pub at: Stamp,
    /// Under which order.
    pub order: u32,
}

/// Disaster mode as the journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenWindow {
    /// The authority's order number.
    pub number: u32,
    /// Its revision.
    pub revision: u16,
    /// Who ordered it.
    pub authority: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// What waits for the hub's receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxState {
    /// Entries not yet covered by a receipt.
    pub waiting: usize,
    /// When the oldest of them was written.
    pub oldest: Option<Stamp>,
    /// Entries the hub could not use, with the reason's code.
    pub rejected: Vec<(u64, String)>,
    /// Receipts recorded.
    pub receipts: usize,
}

/// The fold of all entries.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    newest: i64,
    entries: u64,
    trust_sequence: Option<u64>,
    revocation_sequences: BTreeMap<String, u64>,
    release_version: Option<u64>,
    orders: BTreeMap<u32, OrderState>,
    consents: Vec<Consent>,
    waiting: BTreeMap<u64, Stamp>,
    rejected: Vec<(u64, String)>,
    receipts: usize,
    sent: BTreeMap<[u8; 32], (u64, u64)>,
}

#[derive(Clone, Debug)]
struct OrderState {
    revision: u16,
    window: Option<OpenWindow>,
}

impl Projection {
    /// Adds one entry.
    pub fn take(&mut self, entry: &Entry) {
        self.entries = entry.sequence;
        // An hour with a clock in 2100 must not age the box for ever.
        if entry.clock != ClockState::FarAhead {
            self.newest = self.newest.max(entry.at.0);
        }
        if entry.event.for_hub() {
            self.waiting.insert(entry.sequence, entry.at);
        }
        match &entry.event {
            Event::TrustUpdated { sequence, made_at } => {
                self.trust_sequence = Some(*sequence);
                self.newest = self.newest.max(*made_at);
            }
            Event::RevocationsUpdated { issuer, sequence, made_at } => {
                self.revocation_sequences.insert(issuer.clone(), *sequence);
                self.newest = self.newest.max(*made_at);
            }
            Event::ReleaseImported { version, .. } => self.release_version = Some(*version),
            Event::OrderAccepted { number, revision, authority, from, until } => {
                let days = from.parse().ok().zip(until.parse().ok());
                let window = days.map(|(from, until)| OpenWindow {
                    number: *number,
                    revision: *revision,
                    authority: authority.clone(),
                    from,
                    until,
                });
                self.orders.insert(*number, OrderState { revision: *revision, window });
            }
            Event::DisasterClosed { number, revision, .. } => {
                self.orders.insert(*number, OrderState { revision: *revision, window: None });
            }
            Event::Consented { person, kind, viewer, order, .. } => self.consents.push(Consent {
                person: person.clone(),
                kind: kind.clone(),
                viewer: viewer.clone(),
                at: entry.at,
                order: *order,
            }),
            Event::BatchSent { batch, from, to } => {
                self.sent.insert(*batch, (*from, *to));
            }
            Event::ReceiptRecorded { note } => {
                self.receipts += 1;
                self.rejected.extend(note.rejected.iter().cloned());
                self.waiting.retain(|sequence, _| !(note.from..=note.to).contains(sequence));
                self.sent.remove(&note.batch);
            }
            _ => {}
        }
    }

    /// The newest moment recorded or signed: the clock's floor.
    #[must_use]
    pub fn clock_floor(&self) -> Stamp {
        Stamp(self.newest)
    }

    /// Number of entries.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Sequence of the trust list held, if any was ever taken over.
    #[must_use]
    pub fn trust_sequence(&self) -> Option<u64> {
        self.trust_sequence
    }

    /// Sequence of an issuer's revocation list (issuer's key id in hexadecimal).
    #[must_use]
    pub fn revocation_sequence(&self, issuer: &str) -> Option<u64> {
        self.revocation_sequences.get(issuer).copied()
    }

    /// Version of the newest release ever imported.
    #[must_use]
    pub fn release_version(&self) -> Option<u64> {
        self.release_version
    }

    /// Revision of an order seen before, opened or closed.
    #[must_use]
    pub fn order_revision(&self, number: u32) -> Option<u16> {
        self.orders.get(&number).map(|state| state.revision)
    }

    /// The window that is open on a day, if any; the one that lasts longest where several are.
    #[must_use]
    pub fn open_window(&self, today: Date) -> Option<&OpenWindow> {
        let windows = self.orders.values().filter_map(|state| state.window.as_ref());
        windows.filter(|w| w.from <= today && today <= w.until).max_by_key(|w| w.until)
    }

    /// The windows whose last day is past: their opening secrets must go.
    pub fn windows(&self) -> impl Iterator<Item = &OpenWindow> {
        self.orders.values().filter_map(|state| state.window.as_ref())
    }

    /// This patient's consent if it is live: not older than 24 hours and given under the order now open.
    #[must_use]
    pub fn live_consent(&self, person: &PersonRef, order: u32, now: Stamp) -> Option<&Consent> {
        let live = |c: &&Consent| (0..CONSENT_SECONDS).contains(&(now.0 - c.at.0));
        self.consents.iter().rev().filter(live).find(|c| c.person == *person && c.order == order)
    }

    /// What waits for the hub.
    #[must_use]
    pub fn outbox(&self) -> OutboxState {
        OutboxState {
            waiting: self.waiting.len(),
            oldest: self.waiting.values().copied().min(),
            rejected: self.rejected.clone(),
            receipts: self.receipts,
        }
    }

    /// Batches that were handed to a link and have no receipt yet: digest, first and last entry.
    pub fn unreceipted(&self) -> impl Iterator<Item = ([u8; 32], u64, u64)> {
        self.sent.iter().map(|(batch, (from, to))| (*batch, *from, *to))
    }

    /// Every order seen, opened or closed, with its revision.
    pub fn orders(&self) -> impl Iterator<Item = (u32, u16)> {
        self.orders.iter().map(|(number, state)| (*number, state.revision))
    }

    /// Sequences that wait for a receipt, in order.
    #[must_use]
    pub fn waiting(&self) -> Vec<u64> {
        self.waiting.keys().copied().collect()
    }
}
