//! The box's state for a monitoring system: counts and ages, nothing of any person.

use crate::{
    app::{DisasterState, Status},
    domain::time::ClockState,
};
use std::fmt::Write;

/// Prometheus text, from the same struct as the status page.
pub(super) fn expose(status: &Status) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: i128| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP sonae_{name} {help}\n# TYPE sonae_{name} gauge\nsonae_{name} {value}");
    };
    gauge("clock_sure", "1 if the clock may be believed", i128::from(status.clock == ClockState::Sure));
    gauge("disaster_open", "1 while disaster mode is open", i128::from(status.disaster.state == DisasterState::Open));
    gauge("journal_entries", "entries in the journal", i128::from(status.journal_entries));
    gauge("outbox_waiting", "entries waiting for the hub's receipt", count(status.outbox_waiting));
    gauge("outbox_rejected", "entries the hub could not use", count(status.outbox_rejected));
    if let Some(snapshot) = &status.snapshot {
        gauge("snapshot_version", "version of the release that answers", i128::from(snapshot.source.version));
        gauge("snapshot_age_days", "whole days since its as-of moment", i128::from(snapshot.age_days));
        gauge("snapshot_people", "people in it", i128::from(snapshot.people));
    }
    if let Some(trust) = &status.trust {
        gauge("trust_list_sequence", "sequence number of the trust list", i128::from(trust.sequence));
        gauge("trust_list_due", "unix second when the next is due", i128::from(trust.next_due.0));
    }
    text
}

fn count(number: usize) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}
