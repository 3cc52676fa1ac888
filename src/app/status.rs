//! What the box says of itself.

use super::{
    Appliance,
    views::{SnapshotStatus, Status, TrustStatus},
};
use crate::{
    config::Profile,
    domain::time::Stamp,
    health::{
        self, CacheFacts, HouseFacts, Journal as JournalState, Outbox, OwnFacts, Probe, Rtc,
        Thresholds, TrustListAge,
    },
    journal::JournalError,
};

impl Appliance {
    /// The state of the box now.
    #[must_use]
    pub fn status(&self) -> Status {
        let now = self.now();
        let outbox = self.journal.ask(|past| past.outbox());
        Status {
            version: env!("CARGO_PKG_VERSION").into(),
            facility: self.keys.identity.facility_name.clone(),
            now: now.at,
            clock: now.clock,
            snapshot: self.release().map(|release| {
                let source = release.source();
                let age_days = now.at.days_since(source.as_of);
                SnapshotStatus {
                    age_days,
                    freshness: self.policy().snapshot.grade(age_days),
                    people: release.newest().people(),
                    dispensings: release.newest().dispensings(),
                    source,
                }
            }),
            own: self.own_status(),
            own_lost: self.journal.ask(|past| past.own_lost()),
            cache: self.cache.state(),
            trust: self.held_trust().map(|list| TrustStatus {
                root_version: list.root_version(),
                sequence: list.sequence(),
                made_at: list.made_at(),
                next_due: list.next_due(),
                freshness: list.freshness(now.at),
            }),
            disaster: self.disaster_status(),
            journal_entries: self.journal.ask(|past| past.entries()),
            outbox_waiting: outbox.waiting,
            outbox_oldest: outbox.oldest,
            outbox_rejected: outbox.rejected.len(),
            exchanges: self.last_exchanges(),
            statements: self.statements_status(),
        }
    }

    /// Everything the doctor judges: the machine's facts beside the house's. Reads the journal through.
    #[must_use]
    pub fn probe(&self, profile: &Profile) -> Probe {
        let status = self.status();
        let days_since =
            |stamp: Stamp| u32::try_from(status.now.days_since(stamp).max(0)).unwrap_or(u32::MAX);
        let journal = match self.journal.read(1, u64::MAX) {
            Ok(entries) => JournalState::Verified { entries: entries.len() as u64 },
            Err(JournalError::Damaged { sequence }) => JournalState::Broken { entry: sequence },
            Err(_) => JournalState::Unread,
        };
        let house = HouseFacts {
            clock: self.now(),
            snapshot_age_days: status.snapshot.as_ref().map(|snapshot| snapshot.age_days),
            trust_list: status.trust.as_ref().map(|list| TrustListAge {
                age_days: status.now.days_since(list.made_at),
                freshness: list.freshness,
            }),
            outbox: Outbox {
                entries: status.outbox_waiting as u64,
                oldest_days: status.outbox_oldest.map_or(0, days_since),
            },
            journal,
            own: status
                .own
                .as_ref()
                .map(|own| OwnFacts { people: own.people, newest_days: own.age_days }),
            own_lost: status.own_lost,
            cache: CacheFacts {
                state: status.cache,
                kept: self.cache.delivered(),
                delivered_bytes: self.cache.delivered_bytes(),
            },
        };
        let thresholds = Thresholds {
            free_disk_warn_bytes: profile.free_disk_warn_bytes,
            memory_warn_bytes: profile.memory_warn_bytes,
            temperature_warn_celsius: profile.temperature_warn_celsius,
            rtc: if profile.has_rtc { Rtc::Fitted } else { Rtc::Missing },
            snapshot: self.policy().snapshot,
        };
        health::probe(self.disk.as_ref(), self.layout.root(), house, thresholds)
    }
}
