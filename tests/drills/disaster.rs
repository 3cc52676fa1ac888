//! Promise 6: drug records stay shut unless an order is open here and now *and* this patient's consent is live.

use crate::{
    bent::Bend,
    house_fixture::{
        DAY, HOUR, House, NOON, cast, code, consented, doctor, events, find, open_disaster, world,
    },
    rollback::order,
};
use sonae::{
    app::{Appliance, DisasterState},
    disaster::order::OrderKind,
    domain::{area::Area, person::PersonRecord},
    journal::{Event, PersonRef, Viewer, ViewerRole},
};

fn elder() -> PersonRecord {
    cast().late_elder.0
}

fn openings(house: &House) -> usize {
    std::fs::read_dir(house.box_dir().join("openings")).unwrap().count()
}

fn readings(appliance: &Appliance) -> Vec<Event> {
    let mut read = events(appliance);
    read.retain(|event| matches!(event, Event::DrugsRead { .. }));
    read
}

/// A box in disaster mode with the elder found and consent given.
fn consented_house() -> (House, Appliance, String) {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    let handle = consented(&appliance, &elder());
    (house, appliance, handle)
}

#[test]
fn under_an_order_and_with_consent_the_history_is_read_whole_and_newest_first() {
    let (_house, appliance, handle) = consented_house();
    let view = appliance.drugs(&doctor(), &handle).unwrap();
    assert_eq!(view.dispensings.len(), cast().late_elder.1.len());
    assert!(view.dispensings.is_sorted_by(|a, b| a.on >= b.on));
    let expected = Event::DrugsRead {
        person: PersonRef::from(&elder()),
        viewer: doctor(),
        records: u32::try_from(view.dispensings.len()).unwrap(),
        order: 1,
    };
    assert_eq!(readings(&appliance), std::slice::from_ref(&expected));
    appliance.drugs(&doctor(), &handle).unwrap();
    assert_eq!(readings(&appliance), [expected.clone(), expected], "each view has its entry");
    assert!(appliance.drug_sheet(&handle).unwrap().pdf.starts_with(b"%PDF"));
}

#[test]
fn without_an_order_nobody_is_searched_for_and_nothing_is_read() {
    let house = House::ready();
    let appliance = house.open();
    let query = crate::house_fixture::query_for(&elder());
    assert_eq!(code(appliance.search(&doctor(), &query)), "disaster_not_open");
    assert_eq!(code(appliance.drugs(&doctor(), "0000")), "disaster_not_open");
    assert_eq!(code(appliance.drug_sheet("0000")), "disaster_not_open");
    assert!(readings(&appliance).is_empty());
}

#[test]
fn an_order_alone_opens_no_history() {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    let handle = find(&appliance, &elder());
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
    assert_eq!(code(appliance.drug_sheet(&handle)), "sheet_gone");
    assert!(readings(&appliance).is_empty());
}

#[test]
fn one_persons_consent_opens_nobody_elses_history() {
    let (_house, appliance, _) = consented_house();
    for other in [cast().early_elder.0, cast().employee.0, cast().variant.0] {
        let handle = find(&appliance, &other);
        assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
    }
    assert!(readings(&appliance).is_empty());
}

#[test]
fn one_twins_consent_does_not_open_the_others_history() {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    let family = cast().family;
    let (boy, girl) = (&family[2].0, &family[3].0);
    consented(&appliance, boy);
    let handle = find(&appliance, girl);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
}

#[test]
fn a_consent_lives_a_day_and_not_a_second_longer() {
    let (house, appliance, handle) = consented_house();
    house.advance(24 * HOUR - 1);
    appliance.drugs(&doctor(), &handle).unwrap();
    house.advance(1);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
}

#[test]
fn closing_by_hand_shuts_everything_and_takes_the_key_off_the_box() {
    let (house, appliance, handle) = consented_house();
    appliance.drugs(&doctor(), &handle).unwrap();
    assert_eq!(openings(&house), 1);
    assert_eq!(code(appliance.close_disaster("  ")), "viewer_missing");
    appliance.close_disaster("能登　太郎").unwrap();
    assert_eq!(openings(&house), 0);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "disaster_not_open");
    assert_eq!(code(appliance.drug_sheet(&handle)), "disaster_not_open");
    assert_eq!(code(appliance.close_disaster("能登　太郎")), "disaster_not_open");
}

#[test]
fn an_order_reopened_does_not_revive_handles_or_printed_views_of_before() {
    let (_house, appliance, handle) = consented_house();
    appliance.drugs(&doctor(), &handle).unwrap();
    appliance.close_disaster("能登　太郎").unwrap();
    open_disaster(&appliance);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "candidate_gone");
    assert_eq!(code(appliance.drug_sheet(&handle)), "sheet_gone");
}

#[test]
fn a_closing_order_shuts_everything_and_takes_the_key_off_the_box() {
    let (house, appliance, handle) = consented_house();
    let status = appliance.take_order(&order(2, OrderKind::Close, |_| {})).unwrap();
    assert_eq!(status.state, DisasterState::Closed);
    assert_eq!(openings(&house), 0);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "disaster_not_open");
}

#[test]
fn after_the_last_day_the_drugs_are_shut_and_the_key_is_gone() {
    let (house, appliance, handle) = consented_house();
    house.clock.set(NOON + 6 * DAY);
    assert_eq!(appliance.disaster_status().state, DisasterState::Open, "the last day counts");
    house.clock.set(NOON + 8 * DAY);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "disaster_not_open");
    assert_eq!(openings(&house), 0);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
}

#[test]
fn a_box_that_slept_through_the_last_day_wakes_without_the_key() {
    let (house, appliance, _) = consented_house();
    drop(appliance);
    house.clock.set(NOON + 8 * DAY);
    let appliance = house.open();
    assert_eq!(openings(&house), 0);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
}

#[test]
fn a_reading_that_cannot_be_written_down_shows_nothing() {
    let (house, appliance, handle) = consented_house();
    house.disk.bend(Bend::FailsAt("journal"));
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "disk_read");
    assert_eq!(code(appliance.drug_sheet(&handle)), "sheet_gone", "nothing was remembered");
    let appliance = house.restart(appliance);
    assert!(readings(&appliance).is_empty());
}

#[test]
fn a_sheet_that_cannot_be_written_down_is_not_printed() {
    let (house, appliance, handle) = consented_house();
    appliance.drugs(&doctor(), &handle).unwrap();
    house.disk.bend(Bend::FailsAt("journal"));
    assert_eq!(code(appliance.drug_sheet(&handle)), "disk_read");
}

#[test]
fn an_order_for_elsewhere_opens_nothing_here() {
    let house = House::ready();
    let appliance = house.open();
    let toyama = world().order(3, Area::Prefecture(16), "富山県").unwrap();
    assert_eq!(code(appliance.take_order(&toyama.digits)), "order_other_area");
    let kanazawa = order(1, OrderKind::Open, |facts| {
        facts.areas = vec![Area::municipality(172_014).unwrap()];
    });
    assert_eq!(code(appliance.take_order(&kanazawa)), "order_other_area");
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
    assert_eq!(openings(&house), 0);
}

#[test]
fn an_order_not_yet_begun_or_already_over_opens_nothing() {
    let house = House::ready();
    let appliance = house.open();
    let coming = order(1, OrderKind::Open, |facts| facts.from = facts.from.tomorrow().unwrap());
    assert_eq!(code(appliance.take_order(&coming)), "order_not_yet");
    let week = order(1, OrderKind::Open, |_| {});
    house.clock.set(NOON + 8 * DAY);
    assert_eq!(code(appliance.take_order(&week)), "order_ended");
    assert_eq!(openings(&house), 0);
}

#[test]
fn an_order_nobody_entitled_has_signed_opens_nothing() {
    use sonae::credential::frame::{Magic, decode, encode};
    let house = House::ready();
    let appliance = house.open();
    let digits = order(1, OrderKind::Open, |_| {});
    let (_, mut body) = decode(&digits).unwrap();
    let last = body.len() - 1;
    body[last] ^= 1;
    let forged = encode(Magic::DisasterOrder, &body).unwrap();
    assert_eq!(code(appliance.take_order(&forged)), "order_forged");
    let bare = House::new();
    assert_eq!(code(bare.open().take_order(&digits)), "no_trust_list");
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
}

#[test]
fn nobody_without_a_name_looks_at_anything() {
    let (_house, appliance, handle) = consented_house();
    let nobody = Viewer { name: "　 ".into(), role: ViewerRole::Doctor };
    let query = crate::house_fixture::query_for(&elder());
    assert_eq!(code(appliance.search(&nobody, &query)), "viewer_missing");
    assert_eq!(code(appliance.drugs(&nobody, &handle)), "viewer_missing");
    assert!(readings(&appliance).is_empty());
}

#[test]
fn a_sheet_is_not_printed_on_a_consent_that_has_ended() {
    let (house, appliance, handle) = consented_house();
    appliance.drugs(&doctor(), &handle).unwrap();
    house.advance(25 * HOUR);
    assert_eq!(code(appliance.drug_sheet(&handle)), "consent_missing");
}
