//! Promises of the decision.

use super::*;
use crate::domain::{
    answer::{BurdenRatio, BurdenSource, SourcedShare},
    burden::Percent,
    evidence::{
        CardSeen, DocumentFinding, DocumentKind, OwnFinding, SnapshotFinding, SnapshotSource,
    },
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    person::{PersonRecord, Relation, Sex, Standing},
    verified::Verified,
};
use jiff::civil::date;
use proptest::prelude::*;

pub(in crate::domain) const TODAY: Date = date(2026, 11, 22);

pub(in crate::domain) fn now() -> Reading {
    Reading { at: Stamp::start_of(TODAY).plus_days(0), clock: ClockState::Sure }
}

pub(in crate::domain) fn identity() -> Identity {
    Identity {
        insurer: InsurerNumber::from_value(1_130_012).unwrap(),
        symbol: "12345678".into(),
        number: "42".into(),
        branch: Branch::parse("01"),
    }
}

pub(in crate::domain) fn record() -> PersonRecord {
    PersonRecord {
        identity: identity(),
        insurer_name: "全国健康保険協会 東京支部".into(),
        name: "髙橋　花子".into(),
        kana: "タカハシ　ハナコ".into(),
        alias: None,
        birth: date(1980, 5, 6),
        sex: Sex::Female,
        address: "石川県輪島市".into(),
        municipality: 172_049,
        relation: Relation::Insured,
        burden: Percent::new(30),
        limit_class: None,
        valid_from: date(2020, 4, 1),
        lost_on: None,
        loss_reason: None,
        standing: Standing::Usable,
        origin: None,
    }
}

pub(in crate::domain) fn claims(kind: DocumentKind) -> DocumentClaims {
    DocumentClaims {
        kind,
        identity: identity(),
        name: "高橋　花子".into(),
        kana: "タカハシ　ハナコ".into(),
        birth: date(1980, 5, 6),
        sex: Sex::Female,
        relation: Relation::Insured,
        burden: Percent::new(30),
        limit_class: None,
        valid_from: date(2020, 4, 1),
        issued_on: date(2025, 12, 1),
        valid_to: Some(date(2027, 11, 30)),
        serial: [1; 6],
    }
}

pub(in crate::domain) fn source(age_days: i64) -> SnapshotSource {
    SnapshotSource { region: "石川県".into(), version: 3, as_of: now().at.plus_days(-age_days) }
}

pub(in crate::domain) fn found(record: PersonRecord, age_days: i64) -> SnapshotFinding {
    SnapshotFinding::Found { record: Box::new(Verified::attest(record)), source: source(age_days) }
}

pub(in crate::domain) fn paper(
    claims: DocumentClaims,
    revocation: Revocation,
) -> Option<DocumentFinding> {
    Some(DocumentFinding { claims: Box::new(Verified::attest(claims)), revocation })
}

pub(in crate::domain) fn clear() -> Revocation {
    Revocation::ClearAsOf { as_of: now().at.plus_days(-1) }
}

fn answer(snapshot: SnapshotFinding, document: Option<DocumentFinding>, card: CardSeen) -> Answer {
    decide(
        &Evidence {
            snapshot,
            own: OwnFinding::NothingKept,
            document,
            card,
            live: None,
            shown: vec![],
        },
        TODAY,
        now(),
        &Policy::default(),
    )
}

#[test]
fn a_person_in_force_in_the_snapshot_is_eligible_with_basis_age_and_share() {
    let told = answer(found(record(), 3), None, CardSeen::NotSeen);
    assert_eq!(
        (told.verdict, told.basis, told.freshness),
        (Verdict::Eligible, Basis::Snapshot, Freshness::Fresh)
    );
    assert_eq!(told.as_of, Some(now().at.plus_days(-3)));
    assert_eq!(told.burden_ratio.source, Some(BurdenSource::Snapshot));
}

#[test]
fn missing_from_the_snapshot_is_never_not_eligible() {
    let told = answer(SnapshotFinding::NotInSnapshot(source(1)), None, CardSeen::NotSeen);
    assert_eq!((told.verdict, told.reasons), (Verdict::CannotTell, vec![Reason::NotInSnapshot]));
    assert!(!told.next_steps.is_empty());
}

#[test]
fn each_way_of_not_knowing_has_its_own_reason() {
    let ways = [
        SnapshotFinding::NotInSnapshot(source(1)),
        SnapshotFinding::SeveralMatch(source(1)),
        SnapshotFinding::BirthDateDiffers(source(1)),
        SnapshotFinding::Damaged(source(1)),
        SnapshotFinding::NoSnapshot,
        SnapshotFinding::NotAsked,
        found(record(), 180),
    ];
    let reasons: std::collections::BTreeSet<_> = ways
        .into_iter()
        .map(|way| answer(way, None, CardSeen::NotSeen))
        .map(|told| {
            assert_eq!(told.verdict, Verdict::CannotTell);
            told.reasons[0]
        })
        .collect();
    assert_eq!(reasons.len(), 7);
}

#[test]
fn ended_insurance_is_not_eligible_from_the_day_it_was_lost() {
    let lost = |day| PersonRecord { lost_on: Some(day), ..record() };
    assert_eq!(
        answer(found(lost(TODAY), 1), None, CardSeen::NotSeen).verdict,
        Verdict::NotEligible
    );
    let tomorrow = TODAY.tomorrow().unwrap();
    assert_eq!(
        answer(found(lost(tomorrow), 1), None, CardSeen::NotSeen).verdict,
        Verdict::Eligible
    );
}

#[test]
fn a_notice_alone_is_never_enough_and_with_the_card_it_is() {
    let notice = || paper(claims(DocumentKind::Notice), clear());
    for snapshot in [found(record(), 1), SnapshotFinding::NoSnapshot] {
        let told = answer(snapshot, notice(), CardSeen::NotSeen);
        assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::NoticeNeedsCard));
        assert_eq!(told.next_steps[0], NextStep::AskForCard);
    }
    let told = answer(SnapshotFinding::NoSnapshot, notice(), CardSeen::Seen);
    assert_eq!((told.verdict, told.basis), (Verdict::Eligible, Basis::NoticeWithCard));
}

#[test]
fn a_revoked_certificate_is_refused_whatever_the_snapshot_says() {
    let listed = Revocation::Listed { as_of: now().at };
    for snapshot in [found(record(), 1), SnapshotFinding::NoSnapshot] {
        let told =
            answer(snapshot, paper(claims(DocumentKind::Certificate), listed), CardSeen::NotSeen);
        assert_eq!(
            (told.verdict, told.reasons[0]),
            (Verdict::CannotTell, Reason::CertificateRevoked)
        );
    }
}

#[test]
fn an_expired_certificate_is_not_enough_but_does_not_hide_a_record_in_force() {
    let expired =
        || DocumentClaims { valid_to: TODAY.yesterday().ok(), ..claims(DocumentKind::Certificate) };
    let alone = answer(SnapshotFinding::NoSnapshot, paper(expired(), clear()), CardSeen::NotSeen);
    assert_eq!(
        (alone.verdict, alone.reasons[0]),
        (Verdict::CannotTell, Reason::CertificateExpired)
    );
    let with_record = answer(found(record(), 1), paper(expired(), clear()), CardSeen::NotSeen);
    assert_eq!((with_record.verdict, with_record.basis), (Verdict::Eligible, Basis::Snapshot));
    assert!(with_record.reasons.contains(&Reason::CertificateExpired));
}

#[test]
fn insurance_lost_after_the_certificate_was_issued_is_a_conflict_not_a_guess() {
    let lost = PersonRecord { lost_on: Some(date(2026, 9, 1)), ..record() };
    let told = answer(
        found(lost, 1),
        paper(claims(DocumentKind::Certificate), clear()),
        CardSeen::NotSeen,
    );
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::EvidenceConflicts));
    let backdated = PersonRecord { lost_on: Some(date(2025, 11, 1)), ..record() };
    let certificate = || paper(claims(DocumentKind::Certificate), clear());
    let told = answer(found(backdated.clone(), 1), certificate(), CardSeen::NotSeen);
    assert_eq!(told.reasons[0], Reason::EvidenceConflicts, "losses are reported late");
    let newer = DocumentClaims { issued_on: TODAY, ..claims(DocumentKind::Certificate) };
    let told = answer(found(backdated, 1), paper(newer, clear()), CardSeen::NotSeen);
    assert_eq!(told.verdict, Verdict::Eligible, "the paper is the newer word");
}

#[test]
fn a_suspended_record_is_named_and_nothing_else() {
    let suspended = || PersonRecord { standing: Standing::Suspended, ..record() };
    for document in [None, paper(claims(DocumentKind::Certificate), clear())] {
        let told = answer(found(suspended(), 1), document, CardSeen::Seen);
        assert_eq!(
            (told.verdict, told.reasons),
            (Verdict::CannotTell, vec![Reason::RecordSuspended])
        );
        assert_eq!(told.burden_ratio.percent, None);
    }
}

#[test]
fn variant_kanji_are_the_same_person_and_another_birth_date_is_not() {
    let certificate = paper(claims(DocumentKind::Certificate), clear());
    assert_eq!(
        answer(found(record(), 1), certificate.clone(), CardSeen::NotSeen).verdict,
        Verdict::Eligible
    );
    let twin = PersonRecord { birth: date(1980, 5, 7), ..record() };
    let told = answer(found(twin, 1), certificate, CardSeen::NotSeen);
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::PersonDiffers));
}

#[test]
fn shares_that_differ_are_both_told_and_an_unknown_share_is_marked() {
    let other = PersonRecord { burden: Percent::new(20), ..record() };
    let told = answer(
        found(other, 1),
        paper(claims(DocumentKind::Certificate), clear()),
        CardSeen::NotSeen,
    );
    assert_eq!(
        told.burden_ratio,
        BurdenRatio {
            percent: Percent::new(30),
            source: Some(BurdenSource::Document),
            also: vec![SourcedShare {
                percent: Percent::new(20).unwrap(),
                source: BurdenSource::Snapshot
            }],
        }
    );
    assert!(told.reasons.contains(&Reason::BurdensDiffer));
    let unsaid = PersonRecord { burden: None, ..record() };
    let told = answer(found(unsaid, 1), None, CardSeen::NotSeen);
    assert_eq!(told.burden_ratio.source, Some(BurdenSource::AgeRule));
    assert!(
        told.reasons.contains(&Reason::BurdenByAgeRule)
            && told.next_steps.contains(&NextStep::ConfirmBurden)
    );
}

#[test]
fn a_clock_far_ahead_asks_for_confirmation_and_does_not_stop_the_clinic() {
    let unsure = Reading { at: now().at.plus_days(2_000), clock: ClockState::FarAhead };
    let evidence = Evidence {
        snapshot: found(record(), 1),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    };
    let told = decide(&evidence, unsure.at.day(), unsure, &Policy::default());
    assert_eq!((told.verdict, told.freshness), (Verdict::Eligible, Freshness::Confirm));
    assert!(told.reasons.contains(&Reason::ClockUnsure));
}

#[test]
fn a_paper_whose_number_is_registered_for_another_birth_date_is_another_person() {
    let certificate = paper(claims(DocumentKind::Certificate), clear());
    let told = answer(SnapshotFinding::BirthDateDiffers(source(1)), certificate, CardSeen::NotSeen);
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::PersonDiffers));
}

#[test]
fn an_expired_paper_of_somebody_else_does_not_borrow_the_record() {
    let expired = DocumentClaims {
        valid_to: TODAY.yesterday().ok(),
        kana: "タカハシ　ハナエ".into(),
        ..claims(DocumentKind::Certificate)
    };
    let told = answer(found(record(), 1), paper(expired, clear()), CardSeen::NotSeen);
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::PersonDiffers));
}

#[test]
fn from_the_75th_birthday_on_the_former_insurance_is_no_answer() {
    let turned = PersonRecord { birth: date(1951, 11, 22), ..record() };
    let told = answer(found(turned, 1), None, CardSeen::NotSeen);
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::MovedToLateStage));
    assert_eq!(told.next_steps[0], NextStep::AskForNewCertificate);
    let eve = PersonRecord { birth: date(1951, 11, 23), ..record() };
    assert_eq!(answer(found(eve, 1), None, CardSeen::NotSeen).verdict, Verdict::Eligible);
}

#[test]
fn a_share_registered_before_an_age_limit_is_marked() {
    // 70 on 2026-10-02: the share changes on 1 November, after the data of 2026-10-23.
    let elder = PersonRecord { birth: date(1956, 10, 2), burden: Percent::new(30), ..record() };
    let told = answer(found(elder.clone(), 30), None, CardSeen::NotSeen);
    assert!(told.reasons.contains(&Reason::BurdenMayHaveChanged), "{:?}", told.reasons);
    assert!(told.next_steps.contains(&NextStep::ConfirmBurden));
    let told = answer(found(elder, 3), None, CardSeen::NotSeen);
    assert!(!told.reasons.contains(&Reason::BurdenMayHaveChanged));
}

#[test]
fn without_a_revocation_list_one_more_look_is_asked_for() {
    let certificate = paper(claims(DocumentKind::Certificate), Revocation::NoList);
    let told = answer(SnapshotFinding::NoSnapshot, certificate, CardSeen::NotSeen);
    let steps = [NextStep::CompareIdentity, NextStep::AskForPortalScreen, NextStep::TreatAsInsured];
    assert_eq!((told.verdict, told.next_steps), (Verdict::Eligible, steps.to_vec()));
}

#[test]
fn a_day_far_ahead_is_judged_by_the_age_the_data_will_have_then() {
    let evidence = Evidence {
        snapshot: found(record(), 1),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    };
    let told = decide(&evidence, date(2028, 1, 1), now(), &Policy::default());
    assert_eq!((told.verdict, told.reasons[0]), (Verdict::CannotTell, Reason::SnapshotTooOld));
}

fn any_snapshot() -> impl Strategy<Value = SnapshotFinding> {
    let loss = prop_oneof![
        Just(None),
        Just(Some(TODAY)),
        Just(Some(date(2025, 1, 1))),
        Just(Some(date(2027, 1, 1)))
    ];
    let standing = prop_oneof![Just(Standing::Usable), Just(Standing::Suspended)];
    prop_oneof![
        (loss, standing, 0_i64..400).prop_map(|(lost_on, standing, age)| {
            found(PersonRecord { lost_on, standing, ..record() }, age)
        }),
        (0_i64..400).prop_map(|age| SnapshotFinding::NotInSnapshot(source(age))),
        Just(SnapshotFinding::NoSnapshot),
        Just(SnapshotFinding::Damaged(source(1))),
        Just(SnapshotFinding::SeveralMatch(source(1))),
        Just(SnapshotFinding::BirthDateDiffers(source(1))),
        Just(SnapshotFinding::NotAsked),
    ]
}

fn any_document() -> impl Strategy<Value = Option<DocumentFinding>> {
    let kind = prop_oneof![Just(DocumentKind::Certificate), Just(DocumentKind::Notice)];
    let valid_to = prop_oneof![Just(None), Just(Some(TODAY)), Just(TODAY.yesterday().ok())];
    let revocation = prop_oneof![
        Just(clear()),
        Just(Revocation::NoList),
        Just(Revocation::Listed { as_of: now().at })
    ];
    let some = (kind, valid_to, revocation).prop_map(|(kind, valid_to, revocation)| {
        paper(DocumentClaims { valid_to, ..claims(kind) }, revocation)
    });
    prop_oneof![Just(None), some]
}

proptest! {
    #[test]
    fn eligible_always_stands_on_something_verified_and_in_force(
        snapshot in any_snapshot(), document in any_document(), seen in any::<bool>(),
    ) {
        let card = if seen { CardSeen::Seen } else { CardSeen::NotSeen };
        let told = answer(snapshot.clone(), document.clone(), card);
        if told.verdict == Verdict::Eligible {
            let record_speaks = matches!(&snapshot, SnapshotFinding::Found { record, .. }
                if record.get().in_force(TODAY) && record.get().standing == Standing::Usable);
            let paper_speaks = document.as_ref().is_some_and(|d| {
                let c = d.claims.get();
                c.valid_to.is_none_or(|last| TODAY <= last)
                    && !matches!(d.revocation, Revocation::Listed { .. })
                    && (c.kind == DocumentKind::Certificate || card == CardSeen::Seen)
            });
            prop_assert!(record_speaks || paper_speaks);
            prop_assert!(told.basis != Basis::Nothing && told.as_of.is_some());
        } else {
            prop_assert_eq!(told.burden_ratio.percent, None);
        }
        prop_assert!(!told.reasons.is_empty() && !told.next_steps.is_empty());
    }

    #[test]
    fn an_unsure_clock_is_always_told(snapshot in any_snapshot(), document in any_document()) {
        let unsure = Reading { clock: ClockState::BehindRecords, ..now() };
        let evidence = Evidence { snapshot, own: OwnFinding::NothingKept, document, card: CardSeen::NotSeen, live: None, shown: vec![] };
        let told = decide(&evidence, TODAY, unsure, &Policy::default());
        prop_assert!(told.reasons.contains(&Reason::ClockUnsure) && told.clock == ClockState::BehindRecords);
    }
}
