//! Who may open a data directory: one process, of this version or a newer one, with a long passphrase.

use crate::house_fixture::{House, PASSPHRASE, ask_for, cast, code, files_below, world};
use sonae::{
    app::{Appliance, BoxIdentity},
    domain::answer::Verdict,
};
use std::fs;

fn identity() -> BoxIdentity {
    BoxIdentity {
        id: [0; 16],
        facility_code: "1711012341".into(),
        facility_name: "わじま架空診療所".into(),
        municipality: 172_049,
        root: Some(world().keys.root_document(world().now).into()),
    }
}

#[test]
fn a_passphrase_of_twelve_characters_makes_no_box() {
    let house = House::new();
    let fresh = house.root().join("fresh");
    let create = |words: &str| Appliance::create(&house.machine(), &fresh, words, identity());
    for short in ["", "twelve chars", "十二文字の合言葉であります"[..36].into()] {
        assert_eq!(code(create(short)), "passphrase_short");
        assert!(files_below(&fresh).is_empty(), "nothing was made");
    }
    assert_eq!(code(create("thirteen char")), "ok");
}

#[test]
fn a_box_is_not_made_over_another() {
    let house = House::ready();
    let before = fs::read(house.box_dir().join("box.cbor")).unwrap();
    let again = Appliance::create(&house.machine(), &house.box_dir(), PASSPHRASE, identity());
    assert_eq!(code(again), "data_in_use");
    assert_eq!(fs::read(house.box_dir().join("box.cbor")).unwrap(), before);
}

#[test]
fn of_two_on_one_directory_the_second_is_refused_and_the_first_goes_on() {
    let house = House::ready();
    let first = house.open();
    assert_eq!(code(house.try_open(PASSPHRASE)), "data_in_use");
    assert_eq!(ask_for(&first, &cast().employee.0).answer.verdict, Verdict::Eligible);
    drop(first);
    house.open();
}

#[test]
fn a_directory_of_a_newer_version_is_left_as_it_is() {
    let house = House::ready();
    let version = house.box_dir().join("version");
    let state = || -> Vec<_> {
        let files = files_below(&house.box_dir());
        files.into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect()
    };
    fs::write(&version, "2").unwrap();
    let before = state();
    assert_eq!(code(house.try_open(PASSPHRASE)), "data_newer_version");
    let again = Appliance::create(&house.machine(), &house.box_dir(), PASSPHRASE, identity());
    assert_eq!(code(again), "data_newer_version");
    assert!(state() == before, "nothing was changed");
    for broken in ["", "one", "-1", "0"] {
        fs::write(&version, broken).unwrap();
        let refused = code(house.try_open(PASSPHRASE));
        assert!(refused.starts_with("data_"), "{broken:?}: {refused}");
    }
    fs::remove_file(&version).unwrap();
    assert_eq!(code(house.try_open(PASSPHRASE)), "data_absent");
    let anew = Appliance::create(&house.machine(), &house.box_dir(), PASSPHRASE, identity());
    assert_eq!(code(anew), "data_damaged", "a box with a journal is never made over");
}

#[test]
fn a_damaged_box_file_is_told_and_left_as_it_is() {
    let house = House::ready();
    let path = house.box_dir().join("box.cbor");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(code(house.try_open(PASSPHRASE)), "data_damaged");
    let mut bent = whole.clone();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    fs::write(&path, &bent).unwrap();
    assert_eq!(code(house.try_open(PASSPHRASE)), "data_damaged");
    assert_eq!(fs::read(&path).unwrap(), bent);
    fs::write(&path, whole).unwrap();
    house.open();
}
