//! Promise 3: every answer says on what, as of when, how fresh, and whether the clock was sure. Promise 10: grades, no cliff.

use crate::house_fixture::{DAY, House, NOON, ask_for, ask_text, cast, reasons, world};
use sonae::{
    demo::papers::CertificateState,
    domain::{
        answer::{Basis, Freshness, Verdict},
        time::{ClockState, Stamp},
    },
};

/// The moment the snapshot describes: one day before the world was made.
const AS_OF: i64 = NOON - DAY;

fn at_age(house: &House, days: i64) {
    house.clock.set(AS_OF + days * DAY + 60);
}

#[test]
fn the_answer_ages_in_grades_and_is_refused_only_at_the_last() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0;
    let grades = [
        (1, Verdict::Eligible, Freshness::Fresh, vec!["in_force_in_snapshot"]),
        (10, Verdict::Eligible, Freshness::Warn, vec!["in_force_in_snapshot"]),
        (
            40,
            Verdict::Eligible,
            Freshness::Confirm,
            vec!["in_force_in_snapshot", "snapshot_old", "trust_list_old"],
        ),
        (200, Verdict::CannotTell, Freshness::Unknown, vec!["snapshot_too_old", "trust_list_old"]),
    ];
    for (days, verdict, freshness, why) in grades {
        at_age(&house, days);
        let checked = ask_for(&appliance, &employee);
        assert_eq!((checked.answer.verdict, checked.answer.freshness), (verdict, freshness));
        assert_eq!(reasons(&checked), why, "{days} days");
        assert_eq!(checked.answer.clock, ClockState::Sure);
        if verdict == Verdict::Eligible {
            assert_eq!(checked.answer.as_of, Some(Stamp(AS_OF)));
            assert_eq!(checked.answer.basis, Basis::Snapshot);
        }
    }
    assert_eq!(appliance.status().snapshot.unwrap().freshness, Freshness::Refuse);
}

#[test]
fn a_signed_paper_goes_on_vouching_when_the_snapshot_is_too_old() {
    let house = House::ready();
    let appliance = house.open();
    at_age(&house, 200);
    let paper = world().certificate(&cast().employee.0, CertificateState::Good).unwrap();
    let checked = appliance.verify(&ask_text(&paper.digits)).unwrap();
    assert_eq!(checked.answer.verdict, Verdict::Eligible);
    assert_eq!(checked.answer.basis, Basis::Certificate);
    assert_eq!(checked.answer.freshness, Freshness::Confirm);
    assert!(reasons(&checked).contains(&"revocation_stale"));
}

#[test]
fn a_clock_set_to_1970_marks_the_answer_and_the_clinic_goes_on() {
    let house = House::ready();
    house.clock.set(0);
    let appliance = house.open();
    let checked = ask_for(&appliance, &cast().employee.0);
    assert_eq!(checked.answer.verdict, Verdict::Eligible);
    assert_eq!(checked.answer.clock, ClockState::BehindRecords);
    assert_eq!(checked.answered_at, Stamp(NOON), "the newest moment on record stands in");
    assert!(reasons(&checked).contains(&"clock_unsure"));
    assert_eq!(appliance.status().clock, ClockState::BehindRecords);
}

#[test]
fn a_clock_far_ahead_marks_the_answer_and_a_paper_still_vouches() {
    let house = House::ready();
    let appliance = house.open();
    house.clock.set(NOON + 500 * DAY);
    let paper = world().certificate(&cast().employee.0, CertificateState::Good).unwrap();
    let checked = appliance.verify(&ask_text(&paper.digits)).unwrap();
    assert_eq!(checked.answer.clock, ClockState::FarAhead);
    assert_eq!(checked.answer.verdict, Verdict::Eligible);
}

#[test]
fn every_answer_carries_basis_age_and_clock_into_its_json_and_onto_paper() {
    let house = House::ready();
    let appliance = house.open();
    let cast = cast();
    let people = cast.records().cloned().chain(world().region.unregistered());
    for record in people.collect::<Vec<_>>() {
        let checked = ask_for(&appliance, &record);
        let json = serde_json::to_value(&checked).unwrap();
        for field in ["verdict", "basis", "as_of", "freshness", "clock", "on", "answered_at"] {
            assert!(json.get(field).is_some(), "{field} is missing");
        }
        let says_when = checked.answer.basis == Basis::Nothing || checked.answer.as_of.is_some();
        assert!(says_when, "{json}");
        assert!(!checked.answer.reasons.is_empty() && !checked.answer.next_steps.is_empty());
    }
}

#[test]
fn an_hour_with_a_clock_in_2100_does_not_age_the_box_for_ever() {
    let house = House::ready();
    let appliance = house.open();
    house.clock.set(4_102_444_800);
    let _ = ask_for(&appliance, &cast().employee.0);
    house.clock.set(NOON + 60); // somebody put it right
    let checked = ask_for(&appliance, &cast().employee.0);
    assert_eq!(checked.answer.verdict, Verdict::Eligible, "{:?}", reasons(&checked));
    assert_eq!(checked.answer.clock, ClockState::Sure);
}
