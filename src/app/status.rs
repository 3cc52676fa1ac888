//! What the box says of itself.

use super::{
    Appliance,
    views::{SnapshotStatus, Status, TrustStatus},
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
                    people: release.manifest().people(),
                    dispensings: release.manifest().dispensings(),
                    source,
                }
            }),
            trust: self.held_trust().map(|list| TrustStatus {
                sequence: list.sequence(),
                made_at: list.made_at(),
                next_due: list.next_due(),
            }),
            disaster: self.disaster_status(),
            journal_entries: self.journal.ask(|past| past.entries()),
            outbox_waiting: outbox.waiting,
            outbox_oldest: outbox.oldest,
            outbox_rejected: outbox.rejected.len(),
        }
    }
}
