//! What the box knows of its own past: folded from the entries, never stored.

use super::event::{ConsentKind, Entry, Event, PersonRef, Viewer};
use crate::{
    domain::time::{ClockFloors, ClockState, Stamp},
    messages,
    trust::{Held, HeldList},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A consent lives 24 hours from its registration (field.md A30).
const CONSENT_SECONDS: i64 = 24 * 3600;

/// What [`Event::Refused`] calls the facility's own records.
pub const OWN_RECORDS: &str = "own_records";

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
    /// Key id of the authority, hexadecimal; with the number it names the order.
    pub authority_key: String,
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
    /// Whether it brought the secret that opens the drug records.
    pub opens_drugs: bool,
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

/// The newest release ever imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestRelease {
    /// Its version.
    pub version: u64,
    /// The whole release it is, or builds on, as `<version>-<release id>`; `None` where an early version of the program wrote it down.
    pub root: Option<String>,
}

/// The fold of all entries.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    recorded: i64,
    signed: i64,
    entries: u64,
    trust: Held,
    revocation_sequences: BTreeMap<String, u64>,
    release: Option<NewestRelease>,
    own_sequence: u64,
    own_lost: bool,
    orders: BTreeMap<(String, u32), OrderState>,
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
            self.recorded = self.recorded.max(entry.at.0);
        }
        if entry.event.for_hub() {
            self.waiting.insert(entry.sequence, entry.at);
        }
        match &entry.event {
            Event::TrustUpdated { sequence, made_at, root_version, payload_hash } => {
                let root_version = root_version.unwrap_or(0);
                self.trust.root_version = self.trust.root_version.max(root_version);
                self.trust.list = Some(HeldList {
                    root_version,
                    sequence: *sequence,
                    payload_hash: payload_hash.clone(),
                });
                self.signed = self.signed.max(*made_at);
            }
            Event::RootTaken { version, payload_hash } => {
                self.trust.root_version = self.trust.root_version.max(*version);
                if let Some(hash) = payload_hash {
                    self.trust.root_hashes.entry(*version).or_insert_with(|| hash.clone());
                }
            }
            // One of many issuers must not be able to move every box's clock: its moment is no floor.
            Event::RevocationsUpdated { issuer, sequence, .. } => {
                self.revocation_sequences.insert(issuer.clone(), *sequence);
            }
            Event::ReleaseImported { version, as_of, root, .. } => {
                // A root may come back below its deltas: that opens no way further back.
                if self.release.as_ref().is_none_or(|newest| newest.version <= *version) {
                    self.release = Some(NewestRelease { version: *version, root: root.clone() });
                }
                self.signed = self.signed.max(*as_of);
            }
            Event::OwnReceived { sequence, .. } | Event::OwnRewritten { sequence, .. } => {
                self.own_sequence = self.own_sequence.max(*sequence);
                // Made anew of what is left brings nobody back; received once more does.
                self.own_lost &= matches!(entry.event, Event::OwnRewritten { .. });
            }
            Event::Refused { what, code } if what == OWN_RECORDS => {
                self.own_lost |= *code == messages::OWN_RECORDS_LOST.code;
            }
            Event::OrderAccepted { number, revision, authority_key, issued_at, .. } => {
                self.signed = self.signed.max(*issued_at);
                let state = OrderState { revision: *revision, window: window_of(&entry.event) };
                self.orders.insert((authority_key.clone(), *number), state);
            }
            Event::DisasterClosed { number, revision, authority_key, .. } => {
                let state = OrderState { revision: *revision, window: None };
                self.orders.insert((authority_key.clone(), *number), state);
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

    /// The newest moments signed by others and recorded here.
    #[must_use]
    pub fn clock_floors(&self) -> ClockFloors {
        ClockFloors { signed: Stamp(self.signed), recorded: Stamp(self.recorded) }
    }

    /// Number of entries.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Sequence number of the last frame of the facility's own records that was acknowledged.
    #[must_use]
    pub fn own_sequence(&self) -> u64 {
        self.own_sequence
    }

    /// Whether some of the facility's own records were lost, and none received since.
    #[must_use]
    pub fn own_lost(&self) -> bool {
        self.own_lost
    }

    /// The newest root and trust list ever taken over.
    #[must_use]
    pub fn trust(&self) -> &Held {
        &self.trust
    }

    /// Sequence of an issuer's revocation list (issuer's key id in hexadecimal).
    #[must_use]
    pub fn revocation_sequence(&self, issuer: &str) -> Option<u64> {
        self.revocation_sequences.get(issuer).copied()
    }

    /// Version of the newest release ever imported.
    #[must_use]
    pub fn release_version(&self) -> Option<u64> {
        self.release.as_ref().map(|newest| newest.version)
    }

    /// The newest release ever imported.
    #[must_use]
    pub fn newest_release(&self) -> Option<&NewestRelease> {
        self.release.as_ref()
    }

    /// Revision of an authority's order seen before, opened or closed.
    #[must_use]
    pub fn order_revision(&self, authority_key: &str, number: u32) -> Option<u16> {
        self.orders.get(&(authority_key.to_owned(), number)).map(|state| state.revision)
    }

    /// The window that is open on a day, if any. Where several are, one that opens drug records, then the one that lasts
    /// longest.
    #[must_use]
    pub fn open_window(&self, today: Date) -> Option<&OpenWindow> {
        let windows = self.orders.values().filter_map(|state| state.window.as_ref());
        windows
            .filter(|w| w.from <= today && today <= w.until)
            .max_by_key(|w| (w.opens_drugs, w.until))
    }

    /// All windows that no order and no person has closed, past ones too.
    pub fn windows(&self) -> impl Iterator<Item = &OpenWindow> {
        self.orders.values().filter_map(|state| state.window.as_ref())
    }

    /// This patient's consent if it is live: not older than 24 hours and given under the order now open.
    #[must_use]
    pub fn live_consent(&self, person: &PersonRef, order: u32, now: Stamp) -> Option<&Consent> {
        let live = |c: &&Consent| (0..CONSENT_SECONDS).contains(&now.seconds_since(c.at));
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
        self.orders.iter().map(|((_, number), state)| (*number, state.revision))
    }

    /// Sequences that wait for a receipt, in order.
    #[must_use]
    pub fn waiting(&self) -> Vec<u64> {
        self.waiting.keys().copied().collect()
    }
}

/// The window that an accepted order opened; `None` if its dates cannot be read.
fn window_of(accepted: &Event) -> Option<OpenWindow> {
    let Event::OrderAccepted {
        number,
        revision,
        authority,
        from,
        until,
        authority_key,
        opens_drugs,
        ..
    } = accepted
    else {
        return None;
    };
    Some(OpenWindow {
        authority_key: authority_key.clone(),
        number: *number,
        revision: *revision,
        authority: authority.clone(),
        from: from.parse().ok()?,
        until: until.parse().ok()?,
        opens_drugs: *opens_drugs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const DAY: Date = date(2026, 11, 22);

    enum Brings {
        Secret,
        Nothing,
    }

    fn accepted(authority_key: &str, revision: u16, until: Date, brings: Brings) -> Event {
        Event::OrderAccepted {
            number: 1,
            revision,
            authority: "架空県".into(),
            from: DAY.to_string(),
            until: until.to_string(),
            authority_key: authority_key.into(),
            issued_at: 0,
            opens_drugs: matches!(brings, Brings::Secret),
        }
    }

    fn fold(events: &[Event]) -> Projection {
        let mut past = Projection::default();
        for (event, sequence) in events.iter().zip(1..) {
            let entry =
                Entry { sequence, at: Stamp(9), clock: ClockState::Sure, event: event.clone() };
            past.take(&entry);
        }
        past
    }

    #[test]
    fn an_order_of_another_authority_with_the_same_number_closes_nothing() {
        let close = Event::DisasterClosed {
            number: 1,
            revision: 9,
            by: "order".into(),
            authority_key: "bb".into(),
        };
        let past = fold(&[accepted("aa", 1, DAY, Brings::Secret), close]);
        assert!(past.open_window(DAY).is_some());
        assert_eq!(
            (past.order_revision("aa", 1), past.order_revision("bb", 1)),
            (Some(1), Some(9))
        );
    }

    #[test]
    fn the_highest_root_is_remembered_and_the_list_taken_last() {
        let list = |root_version, sequence| Event::TrustUpdated {
            sequence,
            made_at: 0,
            root_version,
            payload_hash: None,
        };
        let past = fold(&[list(None, 7)]);
        assert_eq!(past.trust().root_version, 0);
        assert_eq!(past.trust().list.as_ref().map(|held| held.sequence), Some(7));
        let root = |version| Event::RootTaken { version, payload_hash: None };
        let past = fold(&[list(Some(1), 9), root(3), root(2), list(Some(3), 1)]);
        assert_eq!(past.trust().root_version, 3);
        let held = past.trust().list.as_ref().map(|held| (held.root_version, held.sequence));
        assert_eq!(held, Some((3, 1)));
    }

    #[test]
    fn a_root_version_stays_the_document_it_first_was() {
        let root = |hash: Option<&str>| Event::RootTaken {
            version: 2,
            payload_hash: hash.map(str::to_owned),
        };
        let past = fold(&[root(None), root(Some("aa")), root(Some("bb"))]);
        assert_eq!(past.trust().root_hashes, [(2, "aa".to_owned())].into());
    }

    #[test]
    fn a_root_that_came_back_leaves_the_newest_release_and_its_root_as_they_were() {
        let imported = |version| Event::ReleaseImported {
            region: "石川県".into(),
            version,
            as_of: 0,
            root: Some(format!("11-of-{version}")),
        };
        let past = fold(&[imported(11), imported(13), imported(11)]);
        let newest = NewestRelease { version: 13, root: Some("11-of-13".into()) };
        assert_eq!(past.newest_release(), Some(&newest));
    }

    #[test]
    fn of_two_windows_the_one_that_opens_drug_records_counts() {
        let longer = date(2026, 12, 20);
        let past = fold(&[
            accepted("aa", 1, longer, Brings::Nothing),
            accepted("bb", 1, DAY, Brings::Secret),
        ]);
        assert_eq!(past.open_window(DAY).map(|w| w.opens_drugs), Some(true));
    }

    #[test]
    fn an_hour_with_a_clock_far_ahead_and_one_issuers_list_move_no_floor() {
        let mut past = Projection::default();
        let far = Stamp(4_102_444_800);
        let event = Event::Started { version: "0".into() };
        past.take(&Entry { sequence: 1, at: far, clock: ClockState::FarAhead, event });
        let event = Event::RevocationsUpdated { issuer: "aa".into(), sequence: 1, made_at: far.0 };
        past.take(&Entry { sequence: 2, at: Stamp(9), clock: ClockState::Sure, event });
        assert_eq!(past.clock_floors(), ClockFloors { signed: Stamp(0), recorded: Stamp(9) });
    }
}
