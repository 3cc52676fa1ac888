//! Promise 4: what was acknowledged is never lost, wherever the power fails.

use crate::{
    bent::Bend,
    house_fixture::{
        House, ask_by, ask_for, cast, code, consented, doctor, events, find, import, open_disaster,
        second_fact, world,
    },
};
use sonae::{
    app::DisasterState,
    domain::answer::Verdict,
    journal::{ConsentKind, Event, verify_bytes},
};

fn answers_in(journal: &[Event]) -> usize {
    journal.iter().filter(|event| matches!(event, Event::Answered { .. })).count()
}

#[test]
fn every_acknowledged_act_is_there_after_the_power_fails_right_after_it() {
    let house = House::ready();
    let (employee, elder) = (cast().employee.0, cast().late_elder.0);
    let mut appliance = house.open();

    let entry = ask_for(&appliance, &employee).journal_entry;
    appliance = house.restart(appliance);
    let kept = appliance.journal().read(entry, entry).unwrap().remove(0);
    assert!(matches!(kept.event, Event::Answered { ref verdict, .. } if verdict == "eligible"));

    open_disaster(&appliance);
    appliance = house.restart(appliance);
    assert_eq!(appliance.disaster_status().state, DisasterState::Open);

    let before = consented(&appliance, &elder);
    appliance = house.restart(appliance);
    assert_eq!(code(appliance.drugs(&doctor(), &before)), "candidate_gone", "handles do not live");
    let handle = find(&appliance, &elder);
    let view = appliance.drugs(&doctor(), &handle).unwrap(); // the consent does
    assert!(!view.dispensings.is_empty());

    let waiting = appliance.status().outbox_waiting;
    appliance = house.restart(appliance);
    assert_eq!(appliance.status().outbox_waiting, waiting);
    assert!(events(&appliance).iter().any(|event| matches!(event, Event::DrugsRead { .. })));

    appliance.close_disaster("能登　太郎").unwrap();
    appliance = house.restart(appliance);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
}

#[test]
fn an_answer_that_could_not_be_written_down_is_not_given() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0;
    let question = ask_by(&employee.identity, Some(employee.birth));
    appliance.verify(&question).unwrap();
    house.disk.bend(Bend::FailsAt("journal"));
    assert_eq!(code(appliance.verify(&question)), "disk_read");
    house.disk.mend();
    assert_eq!(code(appliance.verify(&question)), "journal_stopped", "nothing until a restart");
    let appliance = house.restart(appliance);
    assert_eq!(answers_in(&events(&appliance)), 1);
    assert_eq!(appliance.verify(&question).unwrap().answer.verdict, Verdict::Eligible);
}

#[test]
fn a_full_disk_stops_answers_by_name_and_loses_nothing() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0;
    let entry = ask_for(&appliance, &employee).journal_entry;
    house.disk.bend(Bend::FullAt("journal"));
    let question = ask_by(&employee.identity, None);
    assert_eq!(code(appliance.verify(&question)), "disk_full");
    let appliance = house.restart(appliance);
    assert!(appliance.journal().ask(|past| past.entries()) > entry);
    assert_eq!(answers_in(&events(&appliance)), 1);
}

#[test]
fn a_half_written_last_entry_is_cut_off_kept_aside_and_told() {
    let house = House::ready();
    let appliance = house.open();
    let entry = ask_for(&appliance, &cast().employee.0).journal_entry;
    drop(appliance);
    let journal = house.box_dir().join("journal/journal.log");
    let whole = std::fs::read(&journal).unwrap();
    let torn = [&whole[..], &whole[..40]].concat();
    std::fs::write(&journal, torn).unwrap();
    let appliance = house.open();
    let written = events(&appliance);
    assert_eq!(answers_in(&written), 1);
    let cut = written.iter().any(|event| matches!(event, Event::TailCut { bytes: 40 }));
    assert!(cut && appliance.journal().ask(|past| past.entries()) > entry);
    let kept = std::fs::read_dir(house.box_dir().join("journal")).unwrap().count();
    assert_eq!(kept, 2, "the torn bytes lie beside the journal");
}

#[test]
fn a_journal_altered_in_the_middle_is_damage_and_never_passed_over() {
    let house = House::ready();
    let appliance = house.open();
    let id = appliance.identity().id;
    let _ = ask_for(&appliance, &cast().employee.0);
    drop(appliance);
    let journal = house.box_dir().join("journal/journal.log");
    let mut bytes = std::fs::read(&journal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&journal, &bytes).unwrap();
    assert!(verify_bytes(&bytes, &id).damage.is_some());
    assert_eq!(code(house.try_open(crate::house_fixture::PASSPHRASE)), "journal_damaged");
    assert_eq!(std::fs::read(&journal).unwrap(), bytes, "nothing was touched");
}

#[test]
fn wherever_the_disk_gives_up_no_acknowledged_act_is_lost_and_the_box_wakes_again() {
    let elder = cast().late_elder.0;
    let newer = world().small_release("release-11-lost", 11).unwrap();
    let order = world().order(1, sonae::domain::area::Area::Prefecture(17), "石川県").unwrap();
    let house = House::ready();
    let mut appliance = house.open();
    for changes in 0..24 {
        house.disk.bend(Bend::FailsAfter(changes));
        let mut done = vec![];
        if appliance.verify(&ask_by(&elder.identity, None)).is_ok() {
            done.push("answered");
        }
        if appliance.take_order(&order.digits).is_ok() {
            done.push("opened");
        }
        let _ = import(&appliance, &newer);
        let held = appliance.status().snapshot.unwrap().source.version;
        let before = answers_in(&events_of_box(&house, appliance));
        appliance = house.open();
        let after = events(&appliance);
        assert_eq!(answers_in(&after), before);
        let opened = after.iter().filter(|e| matches!(e, Event::OrderAccepted { .. })).count();
        assert!(opened >= usize::from(done.contains(&"opened")));
        let version = appliance.status().snapshot.unwrap().source.version;
        assert!(version >= held, "{held} answered before the failure, {version} after it");
        assert_eq!(ask_for(&appliance, &elder).answer.verdict, Verdict::Eligible);
        if version == 11 {
            return;
        }
    }
    panic!("the import never came to its end");
}

/// What the journal acknowledged, as the running box knew it; then the box is dropped and the disk mended.
fn events_of_box(house: &House, appliance: sonae::app::Appliance) -> Vec<Event> {
    let known = events(&appliance);
    drop(appliance);
    house.disk.mend();
    known
}

#[test]
fn a_consent_that_could_not_be_written_down_opens_nothing() {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    let elder = cast().late_elder.0;
    let handle = find(&appliance, &elder);
    house.disk.bend(Bend::FailsAt("journal"));
    let fact = second_fact(&elder);
    let refused = appliance.consent(&doctor(), &handle, &fact, ConsentKind::Oral);
    assert_eq!(code(refused), "disk_read");
    let appliance = house.restart(appliance);
    let handle = find(&appliance, &elder);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
}

#[test]
fn an_opening_secret_whose_order_was_never_written_down_does_not_stay_on_the_box() {
    let house = House::ready();
    let appliance = house.open();
    let order = world().order(1, sonae::domain::area::Area::Prefecture(17), "石川県").unwrap();
    house.disk.bend(Bend::FailsAt("journal"));
    assert_eq!(code(appliance.take_order(&order.digits)), "disk_read");
    let appliance = house.restart(appliance);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
    let left = std::fs::read_dir(house.box_dir().join("openings")).unwrap().count();
    assert_eq!(left, 0, "a key without a door");
}
