//! A facility's own records: what it received while the line was up answers when it is down, under its own name.

use crate::{
    bent::Bend,
    house_fixture::{
        House, ask_by, ask_for, cast, code, events, files_below, reasons, refusals, world,
    },
};
use jiff::civil::Date;
use sonae::{
    app::{Appliance, Received},
    config::Profile,
    domain::{
        answer::{Basis, Verdict},
        insured::{Branch, Identity},
        person::{Origin, PersonRecord},
        time::Stamp,
    },
    health::{Grade, examine},
    journal::Event,
    seal::{SigningKeypair, VerifyingKey},
    snapshot::{Manifest, SignedBy},
    sys::{Clock, RealDisk, sim::SeedDice},
};
use std::fs;

const SOURCE: &str = "オンライン資格確認";

fn received(house: &House, people: impl IntoIterator<Item = PersonRecord>) -> Vec<Received> {
    let received_at = Stamp(house.clock.unix_seconds() - 3_600);
    let origin = Origin { source: SOURCE.into(), received_at };
    people.into_iter().map(|person| Received { person, origin: origin.clone() }).collect()
}

fn take_in(house: &House, appliance: &Appliance) {
    appliance.receive(received(house, [cast().employee.0])).unwrap();
}

fn answers(appliance: &Appliance) {
    let told = ask_for(appliance, &cast().employee.0);
    assert_eq!((told.answer.verdict, told.answer.basis), (Verdict::Eligible, Basis::OwnRecord));
}

#[test]
fn a_box_whose_region_publishes_nothing_answers_from_what_it_received_and_says_so() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    let told = ask_for(&appliance, &cast().employee.0);
    assert_eq!((told.answer.verdict, told.answer.basis), (Verdict::Eligible, Basis::OwnRecord));
    let origin = told.answer.received.clone().unwrap();
    assert_eq!(
        origin.ja(),
        format!(
            "この施設が 2026-11-22 に受け取った資格情報（{SOURCE}）による（今はオンラインで未確認）"
        )
    );
    assert_eq!(told.answer.as_of, Some(origin.received_at));
    assert_eq!(told.subject.unwrap().name, cast().employee.0.name);
    let status = appliance.status();
    assert!(status.snapshot.is_none());
    assert_eq!(status.own.unwrap().people, 1);
    let nobody = ask_for(&appliance, &cast().late_elder.0);
    assert_eq!(reasons(&nobody), ["no_snapshot", "not_in_own_records"]);
    answers(&house.restart(appliance));
}

#[test]
fn a_record_of_tomorrow_or_of_nobody_knows_whom_is_refused_and_changes_nothing() {
    let house = House::new();
    let appliance = house.open();
    let mut ahead = received(&house, [cast().employee.0]);
    ahead[0].origin.received_at = Stamp(house.clock.unix_seconds()).plus_days(3);
    assert_eq!(code(appliance.receive(ahead)), "own_record_from_the_future");
    let mut nameless = received(&house, [cast().employee.0]);
    nameless[0].origin.source = " \n".into();
    assert_eq!(code(appliance.receive(nameless)), "value_unreadable");
    assert_eq!(code(appliance.receive(vec![])), "own_nothing_read");
    assert!(appliance.own_status().is_none());
}

#[test]
fn a_record_of_the_future_is_refused_by_a_clock_that_is_not_sure_too() {
    let house = House::new();
    let appliance = house.open();
    house.advance(5_000 * 86_400);
    let ahead = received(&house, [cast().employee.0]);
    assert_eq!(code(appliance.receive(ahead)), "own_record_from_the_future");
}

#[test]
fn a_clock_that_runs_ahead_costs_no_record() {
    let house = House::new();
    let appliance = house.open();
    let mut old = received(&house, [cast().employee.0]);
    old[0].origin.received_at = old[0].origin.received_at.plus_days(-30);
    appliance.receive(old).unwrap();
    house.advance(395 * 86_400);
    let appliance = house.restart(appliance);
    assert_eq!(appliance.own_status().unwrap().people, 1);
}

fn ask(appliance: &Appliance, branch: Option<u8>, birth: Option<Date>) -> Vec<&'static str> {
    let branch = branch.and_then(Branch::from_value);
    let identity = Identity { branch, ..cast().employee.0.identity };
    reasons(&appliance.verify(&ask_by(&identity, birth)).unwrap())
}

#[test]
fn one_of_a_family_seen_here_is_named_only_by_birth_date_or_branch() {
    let house = House::new();
    let appliance = house.open();
    let person = cast().employee.0;
    let (birth, held) = (Some(person.birth), person.identity.branch.unwrap().value());
    let other = Some(held + 1);
    take_in(&house, &appliance);
    assert!(ask(&appliance, None, None).contains(&"several_match"));
    assert!(ask(&appliance, other, None).contains(&"not_in_own_records"));
    assert_eq!(ask(&appliance, Some(held), None), ["in_force_in_own_record"]);
    assert_eq!(ask(&appliance, None, birth), ["in_force_in_own_record"]);
}

#[test]
fn a_record_without_a_branch_needs_the_birth_date_and_one_with_it_takes_its_place() {
    let house = House::new();
    let appliance = house.open();
    let person = cast().employee.0;
    let (birth, held) = (Some(person.birth), person.identity.branch.map(Branch::value));
    let bare = Identity { branch: None, ..person.identity.clone() };
    let bare = PersonRecord { identity: bare, ..person.clone() };
    appliance.receive(received(&house, [bare])).unwrap();
    assert!(ask(&appliance, held, None).contains(&"several_match"));
    assert_eq!(ask(&appliance, held, birth), ["in_force_in_own_record"]);
    appliance.receive(received(&house, [person])).unwrap();
    assert_eq!(appliance.own_status().unwrap().people, 2);
    assert_eq!(ask(&appliance, held, birth), ["in_force_in_own_record"]);
    assert_eq!(ask(&appliance, None, birth), ["in_force_in_own_record"]);
}

#[test]
fn a_damaged_store_of_own_records_is_made_anew_from_what_was_received() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    for path in files_below(&house.box_dir().join("own/releases")) {
        fs::write(path, [0x5a; 64]).unwrap();
    }
    let appliance = house.open();
    assert!(refusals(&appliance).iter().any(|(what, _)| what == "own_cache"));
    answers(&appliance);
    appliance.receive(received(&house, [cast().late_elder.0])).unwrap();
    assert_eq!(appliance.own_status().unwrap().people, 2);
    answers(&house.restart(appliance));
}

#[test]
fn a_store_that_is_gone_is_made_anew_and_lost_frames_are_filled_from_the_store() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("own/releases")).unwrap();
    let appliance = house.open();
    answers(&appliance);
    drop(appliance);
    fs::remove_file(house.box_dir().join("own/received.log")).unwrap();
    let appliance = house.open();
    answers(&appliance);
    appliance.receive(received(&house, [cast().late_elder.0])).unwrap();
    assert_eq!(appliance.own_status().unwrap().people, 2);
    answers(&house.restart(appliance));
}

#[test]
fn a_torn_tail_is_cut_off_and_told_and_what_was_acknowledged_answers() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    let path = house.box_dir().join("own/received.log");
    let mut bytes = fs::read(&path).unwrap();
    let whole = bytes.len();
    bytes.extend_from_slice(&[0; 77]);
    fs::write(&path, bytes).unwrap();
    let appliance = house.open();
    assert_eq!(refusals(&appliance), [("own_records".into(), "own_records_cut".into())]);
    assert_eq!(fs::read(&path).unwrap().len(), whole);
    answers(&appliance);
}

#[test]
fn both_lost_is_told() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("own")).unwrap();
    let appliance = house.open();
    assert_eq!(refusals(&appliance), [("own_records".into(), "own_records_lost".into())]);
    take_in(&house, &appliance);
    answers(&house.restart(appliance));
}

fn own_manifest(house: &House) -> Vec<u8> {
    let found = files_below(&house.box_dir().join("own/releases"));
    fs::read(found.iter().find(|path| path.ends_with("manifest.cose")).unwrap()).unwrap()
}

#[test]
fn a_publishers_release_never_passes_for_the_facilitys_own_nor_the_other_way_round() {
    let house = House::ready();
    let appliance = house.open();
    take_in(&house, &appliance);
    let all = |signer: VerifyingKey| move |_| vec![signer];
    let own = own_manifest(&house);
    let keys = sonae::app::BoxKeys::open(
        &RealDisk,
        &sonae::app::Layout::at(&house.box_dir()),
        crate::house_fixture::PASSPHRASE,
    );
    let box_key = keys.unwrap().signing.public();
    assert!(Manifest::open_as(SignedBy::ThisBox, &own, all(box_key)).is_ok());
    assert!(Manifest::open(&own, all(box_key)).is_err());
    let other = SigningKeypair::random(&SeedDice::new(5)).public();
    assert!(Manifest::open_as(SignedBy::ThisBox, &own, all(other)).is_err());

    let regions = fs::read(world().dir.join("release/manifest.cose")).unwrap();
    let publisher = sonae::snapshot::claims(&regions).is_ok();
    assert!(publisher);
    let trust = sonae::seal::peek_kid(&regions).unwrap();
    assert_ne!(trust, box_key.kid());
    assert!(Manifest::open_as(SignedBy::ThisBox, &regions, all(box_key)).is_err());

    // And laid into each other's place on the disk, neither answers.
    drop(appliance);
    let (own, cache) = (house.box_dir().join("own"), house.box_dir().join("cache"));
    for name in ["current", "releases"] {
        let aside = house.root().join(name);
        fs::rename(own.join(name), &aside).unwrap();
        fs::rename(cache.join(name), own.join(name)).unwrap();
        fs::rename(&aside, cache.join(name)).unwrap();
    }
    let appliance = house.open();
    assert!(appliance.status().snapshot.is_none());
    answers(&appliance);
}

#[test]
fn the_own_records_stand_beside_the_region_and_the_newer_moment_speaks() {
    let house = House::ready();
    let appliance = house.open();
    let stranger = PersonRecord {
        identity: sonae::domain::insured::Identity {
            number: "99999".into(),
            ..cast().employee.0.identity
        },
        ..cast().employee.0
    };
    assert_eq!(reasons(&ask_for(&appliance, &stranger)), ["not_in_snapshot"]);
    appliance.receive(received(&house, [stranger.clone(), cast().employee.0])).unwrap();
    assert_eq!(ask_for(&appliance, &stranger).answer.basis, Basis::OwnRecord);
    answers(&appliance);
}

#[test]
fn a_disk_that_fails_while_receiving_leaves_what_answered_and_what_was_noted_comes_back() {
    for changes in 0..40 {
        let house = House::new();
        let appliance = house.open();
        take_in(&house, &appliance);
        house.disk.bend(Bend::FailsAfter(changes));
        let second = appliance.receive(received(&house, [cast().late_elder.0]));
        let appliance = house.restart(appliance);
        answers(&appliance);
        if second.is_ok() {
            let told = ask_for(&appliance, &cast().late_elder.0).answer;
            assert_eq!(told.basis, Basis::OwnRecord);
            return;
        }
        take_in(&house, &appliance);
        answers(&appliance);
    }
    panic!("it never came through");
}

fn own_events(appliance: &Appliance) -> Vec<Event> {
    let own =
        |event: &Event| matches!(event, Event::OwnReceived { .. } | Event::OwnRewritten { .. });
    events(appliance).into_iter().filter(own).collect()
}

#[test]
fn frames_that_the_journal_does_not_know_are_written_down_at_the_start_and_answer() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    let journal = house.box_dir().join("journal/journal.log");
    let noted = fs::read(&journal).unwrap();
    let appliance = house.open();
    appliance.receive(received(&house, [cast().late_elder.0])).unwrap();
    drop(appliance);
    fs::write(&journal, noted).unwrap(); // as if the power had failed in between
    let appliance = house.open();
    let sequences: Vec<u64> = own_events(&appliance)
        .iter()
        .map(|event| match event {
            Event::OwnReceived { sequence, source, records: 1 } if source == SOURCE => *sequence,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sequences, [1, 2]);
    assert_eq!(own_events(&house.restart(appliance)).len(), 2, "once");
}

#[test]
fn lost_frames_are_filled_from_the_store_at_the_start_and_that_is_told() {
    let house = House::new();
    let appliance = house.open();
    take_in(&house, &appliance);
    drop(appliance);
    fs::remove_file(house.box_dir().join("own/received.log")).unwrap();
    let appliance = house.open();
    let told = own_events(&appliance).pop().unwrap();
    assert_eq!(told, Event::OwnRewritten { records: 1, sequence: 2 });
    assert!(refusals(&appliance).is_empty(), "nothing is lost");
    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("own/releases")).unwrap();
    answers(&house.open()); // from the frames alone
}

/// Makes every block with somebody in it unreadable, and leaves the rest of the closed store as it is.
fn damage_people(house: &House) {
    // The store before this one is swept by the next import only.
    let found = files_below(&house.box_dir().join("own/releases"));
    for db in found.iter().filter(|path| path.ends_with("sled/db")) {
        let sled = sled::Config::new().path(db.parent().unwrap()).flush_every_ms(None);
        let db = sled.open().unwrap();
        let tree = db.open_tree("person.blk").unwrap();
        for (key, mut run) in tree.iter().map(Result::unwrap).collect::<Vec<_>>() {
            run.iter_mut().skip(4).for_each(|byte| *byte ^= 1);
            tree.insert(key, run).unwrap();
        }
        db.flush().unwrap();
    }
}

/// Two were received one after the other; then the first one's frame rots.
fn lose_the_first_frame(house: &House) {
    let log = house.box_dir().join("own/received.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes[60] ^= 1;
    fs::write(&log, bytes).unwrap();
}

fn two_received(house: &House) {
    let appliance = house.open();
    appliance.receive(received(house, [cast().late_elder.0])).unwrap();
    take_in(house, &appliance);
}

fn lost() -> (String, String) {
    ("own_records".into(), "own_records_lost".into())
}

fn doctor_warns(appliance: &Appliance) -> bool {
    let found = examine(&appliance.probe(&Profile::named("generic").unwrap()));
    found.checks.iter().any(|check| check.name == "own_records" && check.grade == Grade::Warn)
}

#[test]
fn people_whom_neither_frames_nor_store_have_any_more_are_told_lost_until_records_come_again() {
    let house = House::new();
    two_received(&house);
    damage_people(&house);
    lose_the_first_frame(&house);
    let appliance = house.open();
    assert!(refusals(&appliance).contains(&lost()), "{:?}", refusals(&appliance));
    answers(&appliance);
    assert_eq!(appliance.own_status().unwrap().people, 1);
    let appliance = house.restart(appliance);
    assert!(appliance.status().own_lost && doctor_warns(&appliance), "a restart does not forget");
    appliance.receive(received(&house, [cast().late_elder.0])).unwrap();
    assert!(!appliance.status().own_lost && !doctor_warns(&appliance));
}

#[test]
fn people_lost_while_the_box_runs_are_told_when_the_store_is_mended() {
    let house = House::new();
    two_received(&house);
    damage_people(&house);
    let appliance = house.open();
    assert!(!appliance.status().own_lost, "the frames have them all");
    lose_the_first_frame(&house);
    ask_for(&appliance, &cast().employee.0);
    let _ = appliance.scrub_cache().unwrap();
    assert!(refusals(&appliance).contains(&lost()), "{:?}", refusals(&appliance));
    assert!(appliance.status().own_lost);
    answers(&appliance);
}

#[test]
fn damage_in_the_store_alone_loses_nobody_and_says_so() {
    let house = House::new();
    two_received(&house);
    damage_people(&house);
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let _ = appliance.scrub_cache().unwrap();
    assert!(!appliance.status().own_lost);
    assert_eq!(appliance.own_status().unwrap().people, 2);
    answers(&appliance);
}
