//! A cache that is looked after: damage found at the start or by the slow reader is told, mended and written down.

use crate::{
    bent::Line,
    house_fixture::{
        House, ask_for, cast, code, events, files_below, provision, reasons, refusals, world,
    },
};
use sonae::{
    app::Appliance,
    cache::{CacheState, Scrubbed},
    config::Profile,
    health::{Grade, examine},
    journal::Event,
};
use std::{fs, path::PathBuf};

fn keeping(appliance: &Appliance) {
    appliance.suit_disk(&Profile::named("generic").unwrap());
}

/// A box that took the release in and kept what was delivered.
fn house_that_keeps() -> House {
    let house = House::new();
    let appliance = house.open();
    keeping(&appliance);
    provision(&appliance, &world().dir);
    house
}

fn sled_of(house: &House) -> PathBuf {
    let found = files_below(&house.box_dir().join("cache/releases"));
    found.iter().find(|path| path.ends_with("sled/db")).unwrap().parent().unwrap().into()
}

/// Flips a byte in a block of the drug tree, which the box cannot open.
fn damage_drugs(house: &House) {
    let db = sled::Config::new().path(sled_of(house)).flush_every_ms(None).open().unwrap();
    let tree = db.open_tree("drug.blk").unwrap();
    let (key, block) = tree.first().unwrap().unwrap();
    let mut block = block.to_vec();
    block[0] ^= 1;
    tree.insert(key, block).unwrap();
    db.flush().unwrap();
}

fn scrub_round(appliance: &Appliance) {
    for _ in 0..2_000 {
        let _ = appliance.scrub_cache().unwrap();
    }
}

fn imports(appliance: &Appliance) -> usize {
    let imported = |event: &Event| matches!(event, Event::ReleaseImported { version: 10, .. });
    events(appliance).iter().filter(|event| imported(event)).count()
}

fn answers(appliance: &Appliance) {
    let checked = ask_for(appliance, &cast().employee.0);
    assert!(!reasons(&checked).contains(&"no_snapshot"), "{checked:?}");
    assert_eq!(appliance.status().cache, CacheState::Healthy);
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 10);
}

fn doctors_word(appliance: &Appliance) -> Grade {
    let found = examine(&appliance.probe(&Profile::named("generic").unwrap()));
    found.checks.into_iter().find(|check| check.name == "cache").unwrap().grade
}

#[test]
fn a_store_found_broken_at_the_start_is_rebuilt_from_what_was_delivered_without_any_link() {
    let house = house_that_keeps();
    fs::write(sled_of(&house).join("conf"), [0x5a; 64]).unwrap();
    let appliance = house.open();
    assert_eq!(appliance.status().cache, CacheState::Damaged);
    assert_eq!(doctors_word(&appliance), Grade::Bad);
    assert!(appliance.mend_cache().unwrap());
    answers(&appliance);
    assert_eq!(doctors_word(&appliance), Grade::Ok);
    assert_eq!(refusals(&appliance), [("cache".into(), "cache_damaged".into())]);
    assert_eq!(imports(&appliance), 2, "that it answers again is written down");
    assert!(!appliance.mend_cache().unwrap(), "nothing is left to mend");
    answers(&house.restart(appliance));
}

#[test]
fn damage_where_the_box_itself_cannot_look_is_found_by_the_slow_reader_and_mended_at_once() {
    let house = house_that_keeps();
    damage_drugs(&house);
    let appliance = house.open();
    assert_eq!(appliance.status().cache, CacheState::Healthy, "nobody knows yet");
    scrub_round(&appliance);
    assert_eq!(refusals(&appliance), [("cache".into(), "cache_damaged".into())]);
    answers(&appliance);
    assert_eq!(imports(&appliance), 2);
}

#[test]
fn damage_on_a_box_that_keeps_no_release_is_told_and_the_next_exchange_brings_it_again() {
    let house = House::ready();
    damage_drugs(&house);
    let appliance = house.open();
    scrub_round(&appliance);
    assert_eq!(appliance.status().cache, CacheState::Damaged);
    assert_eq!(doctors_word(&appliance), Grade::Bad);
    assert!(appliance.status().snapshot.is_some(), "what is sound goes on answering");
    assert_eq!(refusals(&appliance).len(), 1, "told once, not every minute");
    assert_eq!(code(appliance.rebuild_cache(&mut |_| {})), "cache_not_delivered");

    let appliance = house.restart(appliance);
    assert_eq!(appliance.status().cache, CacheState::Damaged, "a restart does not forget");
    let settled = appliance.settle(&Line::straight(&house.hub()), &mut |_| {}).unwrap();
    assert!(settled.steps.iter().any(|step| step.what == "release" && step.ok), "{settled:?}");
    answers(&appliance);
}

#[test]
fn a_rebuild_on_request_answers_as_before_and_an_empty_box_has_nothing_to_read() {
    let house = house_that_keeps();
    let appliance = house.open();
    appliance.rebuild_cache(&mut |_| {}).unwrap();
    answers(&appliance);
    let empty = House::new();
    let appliance = empty.open();
    assert_eq!(appliance.status().cache, CacheState::Empty);
    assert_eq!(appliance.scrub_cache().unwrap(), Scrubbed::Idle);
    assert_eq!(code(appliance.rebuild_cache(&mut |_| {})), "no_trust_list");
}
