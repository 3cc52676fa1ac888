//! Promises of what a facility itself received: it speaks under its own name, and never for the region.

use super::{
    tests::{TODAY, claims, clear, found, now, paper, record, source},
    *,
};
use crate::domain::{
    answer::BurdenSource,
    burden::Percent,
    evidence::{CardSeen, DocumentKind, OwnFinding, SnapshotFinding},
    person::{Origin, PersonRecord, Standing},
    verified::Verified,
};
use jiff::civil::date;
use proptest::prelude::*;

pub(super) fn received(record: PersonRecord, age_days: i64) -> OwnFinding {
    let received_at = now().at.plus_days(-age_days);
    let origin = Some(Origin { source: "オンライン資格確認".into(), received_at });
    OwnFinding::Found(Box::new(Verified::attest(PersonRecord { origin, ..record })))
}

fn answer(snapshot: SnapshotFinding, own: OwnFinding) -> Answer {
    let evidence = Evidence {
        snapshot,
        own,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    };
    decide(&evidence, TODAY, now(), &Policy::default())
}

fn absent() -> SnapshotFinding {
    SnapshotFinding::NotInSnapshot(source(1))
}

pub(super) fn lost() -> PersonRecord {
    PersonRecord { lost_on: Some(date(2026, 9, 1)), ..record() }
}

#[test]
fn where_the_region_has_nobody_the_own_record_speaks_under_its_own_name() {
    let silences = [
        SnapshotFinding::NotInSnapshot(source(3)),
        SnapshotFinding::NoSnapshot,
        found(record(), 200),
    ];
    for silence in silences {
        let told = answer(silence, received(record(), 2));
        assert_eq!((told.verdict, told.basis), (Verdict::Eligible, Basis::OwnRecord));
        assert_eq!(told.as_of, Some(now().at.plus_days(-2)));
        assert_eq!(told.received.unwrap().source, "オンライン資格確認");
        assert_eq!(told.reasons, [Reason::InForceInOwnRecord]);
        assert_eq!(told.burden_ratio.source, Some(BurdenSource::OwnRecord));
    }
}

#[test]
fn a_damaged_region_or_a_newer_one_without_the_person_is_told_beside_the_own_record() {
    let in_force = Reason::InForceInOwnRecord;
    let damaged = answer(SnapshotFinding::Damaged(source(1)), received(record(), 2));
    assert_eq!((damaged.verdict, damaged.basis), (Verdict::Eligible, Basis::OwnRecord));
    assert_eq!(damaged.reasons, [in_force, Reason::SnapshotDamaged]);
    let newer = answer(absent(), received(record(), 2));
    assert_eq!((newer.verdict, newer.basis), (Verdict::Eligible, Basis::OwnRecord));
    assert_eq!(newer.reasons, [in_force, Reason::NotInSnapshot]);
    assert!(newer.next_steps.contains(&NextStep::AskForPortalScreen));
}

#[test]
fn an_own_record_of_the_future_does_not_speak() {
    assert_eq!(answer(absent(), received(record(), -1)).verdict, Verdict::Eligible);
    for region in [absent(), SnapshotFinding::NoSnapshot] {
        let told = answer(region, received(record(), -2));
        assert_eq!(told.verdict, Verdict::CannotTell);
        assert!(told.reasons.contains(&Reason::OwnRecordDamaged));
    }
    let told = answer(found(lost(), 5), received(record(), -2));
    assert_eq!((told.verdict, told.basis), (Verdict::NotEligible, Basis::Snapshot));
    // Nor for a day on which it would no longer be ahead.
    let own = received(record(), -20);
    let evidence = Evidence {
        snapshot: absent(),
        own,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    };
    let later = now().at.plus_days(30).day();
    let told = decide(&evidence, later, now(), &Policy::default());
    assert_eq!(told.verdict, Verdict::CannotTell);
}

#[test]
fn an_own_record_is_graded_by_its_own_age_and_refused_like_any_other() {
    let old = answer(absent(), received(record(), 40));
    assert_eq!((old.verdict, old.freshness), (Verdict::Eligible, Freshness::Confirm));
    assert!(old.reasons.contains(&Reason::OwnRecordOld));
    let too_old = answer(absent(), received(record(), 180));
    assert_eq!(too_old.verdict, Verdict::CannotTell);
    assert_eq!(too_old.reasons, [Reason::NotInSnapshot, Reason::OwnRecordTooOld]);
    let ended_and_too_old = answer(absent(), received(lost(), 180));
    assert_eq!(ended_and_too_old.verdict, Verdict::CannotTell);
    assert_eq!(answer(absent(), received(lost(), 3)).verdict, Verdict::NotEligible);
}

#[test]
fn to_be_in_neither_names_both_and_to_be_missing_here_never_reads_as_missing_there() {
    let told = answer(absent(), OwnFinding::NotReceived);
    assert_eq!(told.verdict, Verdict::CannotTell);
    assert_eq!(told.reasons, [Reason::NotInSnapshot, Reason::NotInOwnRecords]);
    let told = answer(SnapshotFinding::NoSnapshot, OwnFinding::NotReceived);
    assert_eq!(told.reasons, [Reason::NoSnapshot, Reason::NotInOwnRecords]);
    let told = answer(absent(), OwnFinding::Damaged);
    assert_eq!(told.reasons, [Reason::NotInSnapshot, Reason::OwnRecordDamaged]);
    let told = answer(absent(), OwnFinding::NothingKept);
    assert_eq!(told.reasons, [Reason::NotInSnapshot]);
}

#[test]
fn of_two_records_the_newer_speaks_and_a_difference_is_told() {
    let newer = answer(found(lost(), 5), received(record(), 1));
    assert_eq!((newer.verdict, newer.basis), (Verdict::Eligible, Basis::OwnRecord));
    assert!(newer.reasons.contains(&Reason::OwnRecordDiffers));
    let steps = [NextStep::CompareIdentity, NextStep::AskForPortalScreen, NextStep::TreatAsInsured];
    assert_eq!(newer.next_steps, steps);
    let older = answer(found(lost(), 1), received(record(), 5));
    assert_eq!((older.verdict, older.basis), (Verdict::NotEligible, Basis::Snapshot));
    assert!(older.received.is_none() && older.reasons.contains(&Reason::OwnRecordDiffers));
    let share = PersonRecord { burden: Percent::new(20), ..record() };
    let share = answer(found(record(), 5), received(share, 1));
    assert_eq!(share.burden_ratio.percent, Percent::new(20));
    assert!(share.reasons.contains(&Reason::OwnRecordDiffers));
    let same = answer(found(record(), 5), received(record(), 1));
    assert!(!same.reasons.contains(&Reason::OwnRecordDiffers));
}

#[test]
fn one_number_with_two_birth_dates_is_several_people() {
    let twin = PersonRecord { birth: date(1980, 5, 7), ..record() };
    let told = answer(found(record(), 5), received(twin, 1));
    assert_eq!((told.verdict, told.reasons), (Verdict::CannotTell, vec![Reason::SeveralMatch]));
}

#[test]
fn what_the_region_asks_about_first_is_not_guessed_from_the_few_this_facility_saw() {
    for asks in
        [SnapshotFinding::SeveralMatch(source(1)), SnapshotFinding::BirthDateDiffers(source(1))]
    {
        assert_eq!(answer(asks, received(record(), 0)).verdict, Verdict::CannotTell);
    }
}

#[test]
fn a_suspension_counts_whoever_tells_it() {
    let suspended = || PersonRecord { standing: Standing::Suspended, ..record() };
    for told in [
        answer(found(suspended(), 30), received(record(), 0)),
        answer(found(record(), 1), received(suspended(), 30)),
        answer(absent(), received(suspended(), 1)),
    ] {
        assert_eq!(told.reasons, [Reason::RecordSuspended]);
    }
}

#[test]
fn a_newer_own_word_of_an_end_stands_against_a_paper_as_the_regions_does() {
    let document = paper(claims(DocumentKind::Certificate), clear());
    let own = received(lost(), 1);
    let evidence = Evidence {
        snapshot: SnapshotFinding::NoSnapshot,
        own,
        document,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    };
    let told = decide(&evidence, TODAY, now(), &Policy::default());
    assert_eq!(told.reasons, [Reason::EvidenceConflicts]);
}

#[test]
fn a_record_that_does_not_say_where_it_came_from_is_nobodys_word() {
    let told = answer(absent(), OwnFinding::Found(Box::new(Verified::attest(record()))));
    assert_eq!(told.verdict, Verdict::CannotTell);
}

fn any_own() -> impl Strategy<Value = OwnFinding> {
    let loss = prop_oneof![Just(None), Just(Some(TODAY)), Just(Some(date(2025, 1, 1)))];
    prop_oneof![
        (loss, 0_i64..400)
            .prop_map(|(lost_on, age)| received(PersonRecord { lost_on, ..record() }, age)),
        Just(OwnFinding::NotReceived),
        Just(OwnFinding::SeveralMatch),
        Just(OwnFinding::BirthDateDiffers),
        Just(OwnFinding::Damaged),
        Just(OwnFinding::NothingKept),
    ]
}

proptest! {
    #[test]
    fn an_answer_never_borrows_the_regions_name_for_an_own_record(
        own in any_own(), age in 0_i64..400, held in any::<bool>(),
    ) {
        let snapshot = if held { found(record(), age) } else { SnapshotFinding::NotInSnapshot(source(age)) };
        let told = answer(snapshot, own.clone());
        prop_assert_eq!(told.received.is_some(), told.basis == Basis::OwnRecord);
        match told.basis {
            Basis::OwnRecord => {
                let OwnFinding::Found(record) = own else { return Err(TestCaseError::fail("nobody")) };
                prop_assert_eq!(told.as_of, record.get().origin.as_ref().map(|o| o.received_at));
                prop_assert!(!told.reasons.contains(&Reason::InForceInSnapshot));
            }
            Basis::Snapshot => prop_assert_eq!(told.as_of, Some(source(age).as_of)),
            _ => prop_assert_eq!(told.verdict, Verdict::CannotTell),
        }
    }
}
