//! Whom a claim names: the verified record or paper that an answer rests on, never anything else.

use crate::domain::{
    answer::{Answer, Basis, Verdict},
    claim::Claimant,
    evidence::{Evidence, OwnFinding, SnapshotFinding},
};

/// The person to claim for; nobody where the answer shows nobody.
pub(super) fn claimant(evidence: &Evidence, answer: &Answer) -> Option<Claimant> {
    let live = evidence.live.as_ref().and_then(|live| live.get().record());
    let record = match (answer.basis, &evidence.snapshot, &evidence.own) {
        (Basis::Live, ..) => live,
        (Basis::OwnRecord, _, OwnFinding::Found(record)) => Some(record.get()),
        (Basis::Snapshot, SnapshotFinding::Found { record, .. }, _) => Some(record.get()),
        _ => None,
    };
    let claims = evidence.document.as_ref().map(|document| document.claims.get());
    match (answer.verdict, record, claims) {
        (Verdict::CannotTell, ..) => None,
        (_, Some(record), _) => Some(Claimant::from(record)),
        (_, None, claims) => claims.map(Claimant::from),
    }
}
