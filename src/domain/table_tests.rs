//! Promises of the whole table, over every kind of evidence.

use super::{
    evidence_samples::*,
    own_record_tests::lost,
    tests::{TODAY, claims, clear, found, now, paper, record, source},
    *,
};
use crate::domain::{
    answer::{BurdenSource, SourcedShare},
    burden::Percent,
    evidence::{CardSeen, DocumentKind, LiveWord, OwnFinding, SnapshotFinding},
    person::{PersonRecord, Standing},
    shown::{SaidInsurance, Shown, TypedPaper},
    table::{Condition, LiveSet, PaperSet, RegisterSet, ShownCase},
};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn all_evidence() -> Vec<Evidence> {
    let mut all = vec![];
    let mut papers = documents();
    papers.push(aged_paper());
    for snapshot in snapshots().into_iter().chain(others()) {
        for document in &papers {
            for card in [CardSeen::NotSeen, CardSeen::Seen] {
                let evidence = Evidence {
                    snapshot: snapshot.clone(),
                    own: OwnFinding::NothingKept,
                    document: document.clone(),
                    card,
                    live: None,
                    shown: vec![],
                };
                let own = |own| Evidence { own, ..evidence.clone() };
                let live = |live| Evidence { live, ..evidence.clone() };
                let sight = |sight| Evidence { shown: vec![sight], ..evidence.clone() };
                all.extend(owns().into_iter().map(own));
                all.extend(lives().into_iter().map(live));
                all.extend(sights().into_iter().map(sight));
            }
        }
    }
    all
}

#[test]
fn every_row_reason_and_step_is_reached() {
    let unsure = Reading { clock: ClockState::BehindRecords, ..now() };
    let in_grace = date(2026, 7, 31);
    let (mut rows, mut reasons, mut steps) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for evidence in all_evidence() {
        for (on, now) in [(TODAY, now()), (TODAY, unsure), (in_grace, now())] {
            let cases = Cases::of(&evidence, on, now, &Policy::default());
            rows.insert(table::verified(cases.live, cases.paper, cases.register).code);
            let seen = seen_rows(&evidence, on, &Policy::default());
            rows.extend(seen.into_iter().map(|row| row.code));
            let told = decide(&evidence, on, now, &Policy::default());
            reasons.extend(told.reasons);
            steps.extend(told.next_steps);
        }
    }
    let unreached: Vec<_> =
        table::rows().map(|row| row.code).filter(|c| !rows.contains(c)).collect();
    assert!(unreached.is_empty(), "{unreached:?}");
    // The trust list's age is told by the appliance, which alone knows it.
    reasons.insert(Reason::TrustListOld);
    let unreached: Vec<_> = Reason::ALL.iter().filter(|r| !reasons.contains(r)).collect();
    assert!(unreached.is_empty(), "{unreached:?}");
    let unreached: Vec<_> = NextStep::ALL.iter().filter(|s| !steps.contains(s)).collect();
    assert!(unreached.is_empty(), "{unreached:?}");
}

#[test]
fn no_row_says_eligible_without_something_verified_that_says_so() {
    use table::{LiveCase as L, PaperCase as P, RegisterCase as R};
    for row in table::rows() {
        let eligible = row.verdict == Verdict::Eligible;
        assert_eq!(eligible, row.reception == Reception::Settled, "{}", row.code);
        assert_eq!(row.verdict == Verdict::CannotTell, row.basis == Basis::Nothing, "{}", row.code);
        let Condition::Verified { live, paper, register } = row.condition else {
            assert!(!eligible, "{}", row.code);
            continue;
        };
        let says = |row: &Row| match row.basis {
            Basis::Live => L::ALL.iter().all(|l| !live.has(*l) || *l == L::InForce),
            Basis::Certificate => P::ALL.iter().all(|p| !paper.has(*p) || *p == P::Certificate),
            Basis::NoticeWithCard => {
                P::ALL.iter().all(|p| !paper.has(*p) || *p == P::NoticeWithCard)
            }
            Basis::Snapshot => R::ALL.iter().all(|r| !register.has(*r) || *r == R::InForce),
            Basis::OwnRecord => R::ALL.iter().all(|r| !register.has(*r) || *r == R::OwnInForce),
            Basis::Nothing => false,
        };
        assert!(!eligible || says(row), "{}", row.code);
        assert!(!eligible || !register.has(R::Suspended), "{}", row.code);
    }
}

#[test]
fn every_row_reads_as_a_line_of_a_page() {
    let codes: BTreeSet<_> = table::rows().map(|row| row.code).collect();
    assert_eq!(codes.len(), table::rows().count(), "a code stands twice");
    for row in table::rows() {
        assert!(!row.when_ja().is_empty() && row.when_en().is_ascii(), "{}", row.code);
        assert!(!row.reasons.is_empty() && !row.next_steps.is_empty(), "{}", row.code);
        assert!(!row.source.is_empty() && !row.source.contains(".md"), "{}", row.code);
    }
    let whole = Condition::Verified {
        live: LiveSet::ANY,
        paper: PaperSet::ANY,
        register: RegisterSet::ANY,
    };
    let row = Row { condition: whole, ..*table::seen(ShownCase::PortalAlone) };
    assert_eq!(row.when_en(), "", "what may be anything is not named");
}

#[test]
fn an_old_card_counted_once_checked_online_until_the_end_of_july() {
    let card = |live| Evidence {
        snapshot: SnapshotFinding::NoSnapshot,
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live,
        shown: vec![Shown::OldCard],
    };
    let on = |day| decide(&card(None), day, now(), &Policy::default());
    let last = on(date(2026, 7, 31));
    assert_eq!((last.verdict, last.level), (Verdict::CannotTell, Level::GracePeriod));
    assert_eq!(last.next_steps[0], NextStep::CheckOnline);
    assert!(!last.next_steps.contains(&NextStep::TreatAsInsured));
    let after = on(date(2026, 8, 1));
    assert_eq!((after.verdict, after.level), (Verdict::CannotTell, Level::Nothing));
    assert!(after.reasons.contains(&Reason::OldCardEnded));
    let checked = told(&card(live(LiveWord::InForce(record()))));
    assert_eq!((checked.verdict, checked.level), (Verdict::Eligible, Level::Online));
}

#[test]
fn a_past_visit_counts_as_the_statement_unless_something_contradicts_it() {
    let says = |snapshot| Evidence {
        snapshot,
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![came_before(SaidInsurance::Unchanged)],
    };
    let unknown = told(&says(SnapshotFinding::NotInSnapshot(source(1))));
    assert_eq!((unknown.verdict, unknown.level), (Verdict::CannotTell, Level::PastVisit));
    assert_eq!(unknown.next_steps[..2], [NextStep::CompareIdentity, NextStep::TreatAsInsured]);
    let ended = told(&says(found(lost(), 1)));
    assert_eq!(ended.verdict, Verdict::NotEligible);
    assert_eq!(ended.reasons, [Reason::CoverageEnded, Reason::NotEnoughHere]);
}

#[test]
fn a_statement_with_the_card_receives_at_the_declared_share_even_where_the_register_has_an_end() {
    let evidence = Evidence {
        snapshot: found(lost(), 1),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::Seen,
        live: None,
        shown: vec![statement()],
    };
    let answer = told(&evidence);
    assert_eq!((answer.verdict, answer.basis), (Verdict::CannotTell, Basis::Nothing));
    assert_eq!((answer.level, answer.as_of), (Level::Declaration, None));
    assert_eq!(answer.burden_ratio.percent, share(20));
    assert_eq!(answer.burden_ratio.source, Some(BurdenSource::Declared));
    assert!(answer.next_steps.contains(&NextStep::BringNumberLater));
    let alone = told(&Evidence { card: CardSeen::NotSeen, ..evidence });
    assert_eq!((alone.verdict, alone.burden_ratio.percent), (Verdict::NotEligible, None));
    assert!(alone.reasons.contains(&Reason::StatementNeedsCard));
}

#[test]
fn a_live_result_that_is_suspended_is_not_shown_either() {
    let evidence = Evidence {
        snapshot: found(record(), 1),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::Seen,
        live: live(LiveWord::InForce(suspended())),
        shown: vec![],
    };
    let answer = told(&evidence);
    assert_eq!((answer.verdict, answer.burden_ratio.percent), (Verdict::CannotTell, None));
    assert_eq!(answer.reasons, [Reason::RecordSuspended]);
}

#[test]
fn of_two_shares_the_first_in_rank_counts_and_both_are_shown() {
    let other = |percent| PersonRecord { burden: share(percent), ..record() };
    let mut evidence = Evidence {
        snapshot: found(other(20), 1),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::Seen,
        live: None,
        shown: vec![statement(), portal()],
    };
    let said = |evidence: &Evidence| {
        let ratio = told(evidence).burden_ratio;
        (ratio.percent.map(Percent::value), ratio.source, ratio.also)
    };
    let also = |percent, source| SourcedShare { percent: share(percent).unwrap(), source };
    let seen = also(30, BurdenSource::Seen);
    assert_eq!(said(&evidence), (Some(20), Some(BurdenSource::Snapshot), vec![seen]));
    evidence.document = paper(claims(DocumentKind::Certificate), clear());
    let beside = vec![also(20, BurdenSource::Snapshot), also(20, BurdenSource::Declared)];
    assert_eq!(said(&evidence), (Some(30), Some(BurdenSource::Document), beside));
    evidence.live = live(LiveWord::InForce(other(10)));
    let (percent, source, also) = said(&evidence);
    assert_eq!((percent, source, also.len()), (Some(10), Some(BurdenSource::Live), 4));
    let unknown = Evidence {
        snapshot: SnapshotFinding::NoSnapshot,
        document: None,
        live: None,
        ..evidence.clone()
    };
    let (percent, source, _) = said(&unknown);
    assert_eq!((percent, source), (Some(30), Some(BurdenSource::Seen)));
    let oral = told(&Evidence { shown: vec![four_items()], ..unknown });
    assert_eq!(oral.burden_ratio.source, Some(BurdenSource::AgeRule));
    assert!(oral.reasons.contains(&Reason::BurdenByAgeRule));
}

#[test]
fn a_statutory_share_is_the_laws_by_age_and_says_so() {
    let evidence = Evidence {
        snapshot: SnapshotFinding::NoSnapshot,
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![typed_paper(DocumentKind::Certificate)],
    };
    let answer = told(&evidence);
    assert_eq!((answer.verdict, answer.level), (Verdict::CannotTell, Level::TypedCertificate));
    assert_eq!(answer.burden_ratio.percent, share(30));
    assert_eq!(answer.burden_ratio.source, Some(BurdenSource::Statutory));
}

#[test]
fn a_typed_paper_of_somebody_now_75_is_told_as_left_for_the_late_stage_scheme_not_as_expired() {
    let told_of = |valid_to| {
        let paper = TypedPaper {
            birth: Some(date(1951, 11, 22)),
            valid_to,
            ..typed(DocumentKind::Certificate)
        };
        told(&Evidence {
            snapshot: SnapshotFinding::NoSnapshot,
            own: OwnFinding::NothingKept,
            document: None,
            card: CardSeen::NotSeen,
            live: None,
            shown: vec![Shown::TypedPaper(paper)],
        })
    };
    let left = told_of(Some(date(2029, 7, 31)));
    assert!(left.reasons.contains(&Reason::MovedToLateStage), "{:?}", left.reasons);
    assert!(!left.reasons.contains(&Reason::CertificateExpired));
    assert_eq!(left.next_steps[0], NextStep::AskForNewCertificate);
    let expired = told_of(TODAY.yesterday().ok());
    assert!(expired.reasons.contains(&Reason::CertificateExpired));
}

/// The same with one more, or a fresher, supporting piece.
fn supported(evidence: &Evidence) -> Vec<Evidence> {
    let with = |change: fn(&mut Evidence)| {
        let mut more = evidence.clone();
        change(&mut more);
        more
    };
    let mut more = vec![
        with(|e| e.card = CardSeen::Seen),
        with(|e| e.live = live(LiveWord::InForce(record()))),
    ];
    // A suspension that is lifted is no support of its own: it lets the others speak again.
    let is_suspended = matches!(&evidence.snapshot, SnapshotFinding::Found { record, .. }
        if record.get().standing == Standing::Suspended);
    if !is_suspended {
        more.push(with(|e| e.snapshot = found(record(), 0)));
    }
    if evidence.document.is_none() {
        more.push(with(|e| e.document = paper(claims(DocumentKind::Certificate), clear())));
    }
    let sights = sights().into_iter().map(|sight| {
        let mut more = evidence.clone();
        more.shown.push(sight);
        more
    });
    more.extend(sights);
    more
}

fn nobody_is_registered(evidence: &Evidence) -> bool {
    let live = evidence.live.as_ref().map(|live| live.get());
    !matches!(evidence.snapshot, SnapshotFinding::Found { .. })
        && !matches!(evidence.own, OwnFinding::Found(_))
        && live.is_none_or(|live| live.record().is_none())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn more_or_fresher_supporting_evidence_never_makes_an_answer_worse(evidence in any_evidence()) {
        let before = worth(&told(&evidence));
        for more in supported(&evidence) {
            let answer = told(&more);
            prop_assert!(worth(&answer) >= before, "{:?} from {:?}", answer, before);
        }
    }

    #[test]
    fn what_was_only_seen_or_heard_never_makes_anybody_eligible(evidence in any_evidence()) {
        let without = told(&Evidence { shown: vec![], ..evidence.clone() });
        prop_assert_eq!(
            told(&evidence).verdict == Verdict::Eligible,
            without.verdict == Verdict::Eligible
        );
    }

    #[test]
    fn an_unregistered_person_is_never_not_eligible(evidence in any_evidence()) {
        if nobody_is_registered(&evidence) {
            prop_assert_ne!(told(&evidence).verdict, Verdict::NotEligible);
        }
    }

    #[test]
    fn an_end_newer_than_the_papers_issue_is_a_conflict(evidence in any_evidence()) {
        let document = paper(claims(DocumentKind::Certificate), clear());
        let (snapshot, own) = (found(lost(), 1), OwnFinding::NothingKept);
        let answer = told(&Evidence { snapshot, own, document, live: None, ..evidence });
        prop_assert_eq!(answer.verdict, Verdict::CannotTell);
        prop_assert!(answer.reasons.contains(&Reason::EvidenceConflicts));
    }

    #[test]
    fn a_notice_alone_receives_nobody(evidence in any_evidence(), scanned in any::<bool>()) {
        let notice = || paper(claims(DocumentKind::Notice), clear());
        let alone = Evidence {
            document: scanned.then(notice).flatten(),
            shown: vec![typed_paper(DocumentKind::Notice)],
            card: CardSeen::NotSeen,
            live: None,
            ..evidence
        };
        let answer = told(&alone);
        let registered = answer.basis != Basis::Nothing && !scanned;
        prop_assert!(registered || !answer.next_steps.contains(&NextStep::TreatAsInsured));
        prop_assert!(registered || answer.verdict != Verdict::Eligible);
    }

    #[test]
    fn a_suspended_record_is_named_and_nothing_of_it_is_told(evidence in any_evidence()) {
        let evidence = Evidence { snapshot: found(suspended(), 1), ..evidence };
        let answer = told(&evidence);
        prop_assert_eq!((answer.verdict, answer.reasons[0]), (Verdict::CannotTell, Reason::RecordSuspended));
        prop_assert_eq!((answer.as_of, answer.received), (None, None));
        let told_by = answer.burden_ratio.source;
        prop_assert!(!matches!(
            told_by,
            Some(BurdenSource::Snapshot | BurdenSource::OwnRecord | BurdenSource::Live)
        ));
    }

    #[test]
    fn an_unsure_clock_is_told_whatever_the_evidence(evidence in any_evidence()) {
        let unsure = Reading { clock: ClockState::BehindRecords, ..now() };
        let answer = decide(&evidence, TODAY, unsure, &Policy::default());
        prop_assert!(answer.reasons.contains(&Reason::ClockUnsure));
        prop_assert!(answer.next_steps.contains(&NextStep::SetClock));
    }

    #[test]
    fn nothing_is_said_or_asked_twice(evidence in any_evidence()) {
        let answer = told(&evidence);
        let reasons: BTreeSet<_> = answer.reasons.iter().collect();
        let steps: BTreeSet<_> = answer.next_steps.iter().collect();
        prop_assert_eq!((reasons.len(), steps.len()), (answer.reasons.len(), answer.next_steps.len()));
    }
}
