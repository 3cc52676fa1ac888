//! Promises of the share.

use crate::domain::{
    answer::{Answer, BurdenSource, Reason, SourcedShare},
    decide::{
        decide,
        evidence_samples::{portal, share, told, typed},
        tests::{TODAY, claims, identity, paper, record},
    },
    evidence::{
        CardSeen, DocumentClaims, DocumentKind, Evidence, OwnFinding, Revocation, SnapshotFinding,
        SnapshotSource,
    },
    insured::Identity,
    insurer_number::InsurerNumber,
    person::PersonRecord,
    policy::Policy,
    shown::{Declaration, InsurerClue, Shown, StatedShare, TypedPaper},
    time::{ClockState, Reading, Stamp},
    verified::Verified,
};
use jiff::civil::{Date, date};

fn shown(card: CardSeen, shown: Vec<Shown>) -> Evidence {
    let (snapshot, own) = (SnapshotFinding::NoSnapshot, OwnFinding::NothingKept);
    Evidence { snapshot, own, document: None, card, live: None, shown }
}

fn certificate(percent: u8, valid_to: Option<Date>) -> Shown {
    let burden = share(percent).map(StatedShare::Percent);
    Shown::TypedPaper(TypedPaper { burden, valid_to, ..typed(DocumentKind::Certificate) })
}

fn declared(percent: u8, birth: Option<Date>) -> Shown {
    Shown::Declaration(Declaration { burden: share(percent), birth, insurer: None })
}

fn late_stage() -> Identity {
    Identity { insurer: InsurerNumber::parse("39131008").unwrap().value, ..identity() }
}

/// Asked on 3 August 2026 of data of another day.
fn registered(record: PersonRecord, as_of: Date) -> Answer {
    let on = date(2026, 8, 3);
    let source =
        SnapshotSource { region: "石川県".into(), version: 3, as_of: Stamp::start_of(as_of) };
    let snapshot = SnapshotFinding::Found { record: Box::new(Verified::attest(record)), source };
    let evidence = Evidence { snapshot, ..shown(CardSeen::NotSeen, vec![]) };
    let now = Reading { at: Stamp::start_of(on), clock: ClockState::Sure };
    decide(&evidence, on, now, &Policy::default())
}

#[test]
fn a_paper_or_screen_that_is_not_enough_says_nothing_about_the_share() {
    let expired = certificate(20, TODAY.yesterday().ok());
    let ratio = told(&shown(CardSeen::Seen, vec![expired, declared(30, None)])).burden_ratio;
    assert_eq!((ratio.percent, ratio.source), (share(30), Some(BurdenSource::Declared)));
    assert_eq!(ratio.also, []);
    let notice = Shown::TypedPaper(TypedPaper {
        burden: share(10).map(StatedShare::Percent),
        ..typed(DocumentKind::Notice)
    });
    let without_card = shown(CardSeen::NotSeen, vec![notice, portal(), certificate(20, None)]);
    let ratio = told(&without_card).burden_ratio;
    assert_eq!((ratio.percent, ratio.source), (share(20), Some(BurdenSource::Seen)));
    assert_eq!(ratio.also, []);
}

#[test]
fn a_share_of_the_assessment_year_before_is_marked() {
    let changed = |birth, identity, as_of| {
        let record = PersonRecord { birth, identity, burden: share(20), ..record() };
        let answer = registered(record, as_of);
        assert_eq!(answer.burden_ratio.percent, share(20));
        answer.reasons.contains(&Reason::BurdenMayHaveChanged)
    };
    let (july, august) = (date(2026, 7, 31), date(2026, 8, 1));
    let (aged_76, aged_72, aged_68) = (date(1950, 3, 3), date(1954, 3, 3), date(1958, 3, 3));
    assert!(changed(aged_76, late_stage(), july));
    assert!(!changed(aged_76, late_stage(), august));
    assert!(changed(aged_72, identity(), july));
    assert!(changed(aged_68, late_stage(), july), "in the late-stage scheme by disability");
    assert!(!changed(aged_68, identity(), july), "below 70 income does not decide");
}

#[test]
fn a_certificate_sent_in_july_for_the_year_from_august_is_not_marked() {
    let on = date(2026, 8, 3);
    let changed = |issued_on| {
        let certificate = DocumentClaims {
            birth: date(1950, 3, 3),
            identity: late_stage(),
            burden: share(10),
            issued_on,
            valid_to: Some(date(2027, 7, 31)),
            ..claims(DocumentKind::Certificate)
        };
        let document = paper(certificate, Revocation::NoList);
        let evidence = Evidence { document, ..shown(CardSeen::NotSeen, vec![]) };
        let now = Reading { at: Stamp::start_of(on), clock: ClockState::Sure };
        let answer = decide(&evidence, on, now, &Policy::default());
        assert_eq!(answer.burden_ratio.source, Some(BurdenSource::Document));
        answer.reasons.contains(&Reason::BurdenMayHaveChanged)
    };
    assert!(!changed(date(2026, 7, 20)));
    assert!(changed(date(2025, 7, 20)));
}

#[test]
fn in_the_late_stage_scheme_by_disability_age_does_not_say_the_share() {
    let birth = date(1958, 3, 3);
    let record = PersonRecord { birth, identity: late_stage(), burden: None, ..record() };
    let answer = registered(record, date(2026, 8, 1));
    assert_eq!((answer.burden_ratio.percent, answer.burden_ratio.source), (None, None));
    assert!(answer.reasons.contains(&Reason::BurdenUnknown));
    let clue = Some(InsurerClue::LateStage { address: "輪島市".into() });
    let statement = Declaration { burden: None, birth: Some(birth), insurer: clue };
    let statement = Shown::Declaration(statement);
    let paper = Shown::TypedPaper(TypedPaper {
        identity: late_stage(),
        birth: Some(birth),
        ..typed(DocumentKind::Certificate)
    });
    for sight in [statement, paper] {
        let answer = told(&shown(CardSeen::Seen, vec![sight]));
        assert_eq!((answer.burden_ratio.percent, answer.burden_ratio.source), (None, None));
    }
}

#[test]
fn a_declared_share_that_there_is_not_at_that_age_is_marked() {
    let (aged_40, aged_4) = (date(1986, 5, 5), date(2022, 5, 5));
    let (aged_72, aged_80) = (date(1954, 5, 5), date(1946, 5, 5));
    for (birth, percent, marked, by_law) in [
        (aged_40, 30, false, None),
        (aged_40, 10, true, share(30)),
        (aged_4, 20, false, None),
        (aged_4, 30, true, share(20)),
        (aged_72, 20, false, None),
        (aged_72, 10, false, None), // as by disability in the late-stage scheme; the form offers 1 to 3割 from 70 on
        (aged_80, 10, false, None),
        (aged_80, 0, true, None),
    ] {
        let answer = told(&shown(CardSeen::Seen, vec![declared(percent, Some(birth))]));
        let ratio = answer.burden_ratio;
        assert_eq!((ratio.percent, ratio.source), (share(percent), Some(BurdenSource::Declared)));
        let differ = answer.reasons.contains(&Reason::BurdensDiffer);
        assert_eq!(differ, marked, "{percent} % of somebody born on {birth}");
        let source = BurdenSource::AgeRule;
        let by_law: Vec<_> =
            by_law.map(|percent| SourcedShare { percent, source }).into_iter().collect();
        assert_eq!(ratio.also, by_law);
    }
    let unknown_age = told(&shown(CardSeen::Seen, vec![declared(10, None)]));
    assert!(!unknown_age.reasons.contains(&Reason::BurdensDiffer));
}
