//! Every kind of evidence, for the tests of the table and of the ladder.

use super::{
    own_record_tests::{lost, received},
    tests::{TODAY, claims, clear, found, identity, now, paper, record, source},
    *,
};
use crate::domain::{
    burden::Percent,
    evidence::{CardSeen, DocumentFinding, DocumentKind, LiveWord, OwnFinding, SnapshotFinding},
    person::{PersonRecord, Standing},
    shown::{
        Declaration, DisasterOral, InsurerClue, PortalForm, SaidInsurance, Shown, StatedShare,
        TypedPaper,
    },
    verified::Verified,
};
use jiff::civil::date;
use proptest::prelude::*;

pub(in crate::domain) type Live = Option<Box<Verified<LiveResult>>>;

pub(in crate::domain) fn told(evidence: &Evidence) -> Answer {
    decide(evidence, TODAY, now(), &Policy::default())
}

/// What an answer is worth: the verdict first, then the level.
pub(in crate::domain) fn worth(answer: &Answer) -> (u8, Level) {
    let verdict = match answer.verdict {
        Verdict::NotEligible => 0,
        Verdict::CannotTell => 1,
        Verdict::Eligible => 2,
    };
    (verdict, answer.level)
}

pub(in crate::domain) fn live(word: LiveWord) -> Live {
    let answered_at = now().at.plus_days(0);
    Some(Box::new(Verified::attest(LiveResult { answered_at, word })))
}

pub(in crate::domain) fn share(percent: u8) -> Option<Percent> {
    Percent::new(percent)
}

pub(in crate::domain) fn suspended() -> PersonRecord {
    PersonRecord { standing: Standing::Suspended, ..record() }
}

pub(in crate::domain) fn later() -> PersonRecord {
    PersonRecord { valid_from: date(2027, 4, 1), ..record() }
}

/// Of the same person, or of nobody.
pub(in crate::domain) fn snapshots() -> Vec<SnapshotFinding> {
    vec![
        SnapshotFinding::NotInSnapshot(source(1)),
        SnapshotFinding::NoSnapshot,
        SnapshotFinding::Damaged(source(1)),
        SnapshotFinding::SeveralMatch(source(1)),
        SnapshotFinding::NotAsked,
        found(record(), 1),
        found(record(), 20),
        found(record(), 40),
        found(record(), 400),
        found(PersonRecord { burden: None, ..record() }, 1),
        found(PersonRecord { burden: share(20), ..record() }, 1),
        found(lost(), 1),
        found(lost(), 500),
        found(later(), 2),
        found(suspended(), 1),
    ]
}

/// Of somebody else, or of somebody whom age has moved on.
pub(in crate::domain) fn others() -> Vec<SnapshotFinding> {
    vec![
        SnapshotFinding::BirthDateDiffers(source(1)),
        found(PersonRecord { birth: date(1980, 5, 7), ..record() }, 1),
        found(PersonRecord { birth: date(1951, 11, 22), ..record() }, 1),
        found(PersonRecord { birth: date(1954, 1, 2), burden: None, ..record() }, 1),
        found(PersonRecord { birth: date(1956, 10, 2), ..record() }, 30),
    ]
}

pub(in crate::domain) fn owns() -> Vec<OwnFinding> {
    vec![
        OwnFinding::NothingKept,
        OwnFinding::NotReceived,
        OwnFinding::Damaged,
        OwnFinding::SeveralMatch,
        received(record(), 0),
        received(record(), 40),
        received(record(), 400),
        received(lost(), 3),
        received(later(), 3),
        received(suspended(), 3),
    ]
}

pub(in crate::domain) fn documents() -> Vec<Option<DocumentFinding>> {
    let certificate = || claims(DocumentKind::Certificate);
    let of = |claims, revocation| paper(claims, revocation);
    let aged = |days: i64| Revocation::ClearAsOf { as_of: now().at.plus_days(-days) };
    vec![
        None,
        of(certificate(), clear()),
        of(certificate(), aged(10)),
        of(certificate(), aged(40)),
        of(certificate(), Revocation::NoList),
        of(certificate(), Revocation::Listed { as_of: now().at }),
        of(DocumentClaims { valid_to: TODAY.yesterday().ok(), ..certificate() }, clear()),
        of(DocumentClaims { valid_from: date(2027, 4, 1), ..certificate() }, clear()),
        of(DocumentClaims { issued_on: TODAY, ..certificate() }, clear()),
        of(DocumentClaims { issued_on: date(2026, 12, 1), ..certificate() }, clear()),
        of(claims(DocumentKind::Notice), clear()),
        of(DocumentClaims { issued_on: TODAY, ..claims(DocumentKind::Notice) }, clear()),
    ]
}

pub(in crate::domain) fn aged_paper() -> Option<DocumentFinding> {
    let birth = date(1951, 11, 22);
    paper(DocumentClaims { birth, ..claims(DocumentKind::Certificate) }, clear())
}

pub(in crate::domain) fn lives() -> Vec<Live> {
    let yesterday =
        LiveResult { answered_at: now().at.plus_days(-1), word: LiveWord::InForce(record()) };
    vec![
        None,
        live(LiveWord::InForce(record())),
        live(LiveWord::Ended(lost())),
        live(LiveWord::Replaced(lost())),
        live(LiveWord::NotRegistered),
        live(LiveWord::SeveralMatch),
        live(LiveWord::InForce(suspended())),
        Some(Box::new(Verified::attest(yesterday))),
    ]
}

pub(in crate::domain) fn typed(kind: DocumentKind) -> TypedPaper {
    let (birth, burden) = (Some(date(1980, 5, 6)), Some(StatedShare::Statutory));
    TypedPaper { kind, identity: identity(), birth, burden, valid_to: None }
}

pub(in crate::domain) fn portal() -> Shown {
    Shown::PortalScreen { form: PortalForm::SavedPdf, burden: share(30) }
}

pub(in crate::domain) fn typed_paper(kind: DocumentKind) -> Shown {
    Shown::TypedPaper(typed(kind))
}

pub(in crate::domain) fn came_before(insurance: SaidInsurance) -> Shown {
    Shown::PastVisit { last_visit: Some(date(2026, 9, 1)), insurance }
}

pub(in crate::domain) fn statement() -> Shown {
    Shown::Declaration(Declaration { burden: share(20), birth: None, insurer: None })
}

pub(in crate::domain) fn four_items() -> Shown {
    Shown::DisasterOral(DisasterOral {
        name: "髙橋　花子".into(),
        birth: date(1980, 5, 6),
        contact: "000-0000-0000".into(),
        insurer: InsurerClue::Employees { employer: "輪島漆器".into(), address: None },
    })
}

/// One of each kind; the last four of them count for nothing.
pub(in crate::domain) fn sights() -> Vec<Shown> {
    let expired =
        TypedPaper { valid_to: TODAY.yesterday().ok(), ..typed(DocumentKind::Certificate) };
    let left = TypedPaper { birth: Some(date(1951, 11, 22)), ..typed(DocumentKind::Certificate) };
    vec![
        portal(),
        typed_paper(DocumentKind::Certificate),
        typed_paper(DocumentKind::Notice),
        came_before(SaidInsurance::Unchanged),
        statement(),
        four_items(),
        came_before(SaidInsurance::Changed),
        Shown::OldCard,
        Shown::TypedPaper(expired),
        Shown::TypedPaper(left),
    ]
}

prop_compose! {
    /// About one person: nothing in it is of somebody else.
    pub(in crate::domain) fn any_evidence()(
        snapshot in prop::sample::select(snapshots()),
        own in prop::sample::select(owns()),
        document in prop::sample::select(documents()),
        live in prop::sample::select(lives()),
        seen in any::<bool>(),
        shown in prop::sample::subsequence(sights(), 0..3),
    ) -> Evidence {
        let card = if seen { CardSeen::Seen } else { CardSeen::NotSeen };
        Evidence { snapshot, own, document, card, live, shown }
    }
}
