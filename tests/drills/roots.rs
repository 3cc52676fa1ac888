//! Promise 5 at its source: the root keys are handed over and never back, and a box that slept walks the whole way.

use crate::{
    bent::Line,
    house_fixture::{
        DAY, House, NOON, ask_for, cast, code, events, reasons, refusals, trust_list_bytes, world,
    },
};
use sonae::{
    app::{Appliance, Settled},
    domain::{
        answer::{Freshness, Verdict},
        policy::Policy,
        time::Stamp,
    },
    hub::Hub,
    journal::Event,
    seal::SigningKeypair,
    sync::{Link, names},
    sys::{Clock, sim::SeedDice},
    trust::{RootDraft, RootHolder, TrustDraft},
};
use std::fs;

fn key(seed: u64) -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(9_000 + seed))
}

fn sign<'a>(draft: &RootDraft, keys: impl IntoIterator<Item = &'a SigningKeypair>) -> Vec<u8> {
    keys.into_iter()
        .fold(draft.unsigned(), |document, key| RootDraft::add_signature(&document, key).unwrap())
}

/// Version `n`, held by the keys `n` and `n + 1`, both of whom must sign.
fn draft(n: u64) -> RootDraft {
    let holder = |seed| RootHolder { key: key(seed).public(), name: format!("鍵 {seed}") };
    RootDraft {
        version: n,
        made_at: Stamp(NOON).plus_days(i64::try_from(n).unwrap()),
        threshold: 2,
        holders: vec![holder(n), holder(n + 1)],
    }
}

/// Version `n`, handed over by the two holders before and taken by its own.
fn root(n: u64) -> Vec<u8> {
    let [first, second, _] = &world().keys.roots;
    match n {
        2 => sign(&draft(2), [first, second, &key(2), &key(3)]),
        _ => sign(&draft(n), [&key(n - 1), &key(n), &key(n + 1)]),
    }
}

/// The world's own list again, under root `n` with this number.
fn list(n: u64, sequence: u64, made_at: Stamp) -> TrustDraft {
    let held = TrustDraft::read(&trust_list_bytes()).unwrap();
    TrustDraft { root_version: n, sequence, made_at, next_due: made_at.plus_days(7), ..held }
}

fn signed(draft: &TrustDraft) -> Vec<u8> {
    match draft.root_version {
        1 => world().keys.sign_list(draft),
        n => draft.sign(&[&key(n), &key(n + 1)]),
    }
}

fn settle(appliance: &Appliance, link: &dyn Link) -> Settled {
    appliance.settle(link, &mut |_| {}).unwrap()
}

fn failed(settled: &Settled) -> Vec<(&'static str, Option<&'static str>)> {
    settled.steps.iter().filter(|step| !step.ok).map(|step| (step.what, step.code)).collect()
}

fn roots_taken(appliance: &Appliance) -> Vec<u64> {
    let version = |event| match event {
        Event::RootTaken { version, .. } => Some(version),
        _ => None,
    };
    events(appliance).into_iter().filter_map(version).collect()
}

fn told(what: &str, code: &str) -> (String, String) {
    (what.into(), code.into())
}

fn publish_roots(hub: &Hub, versions: std::ops::RangeInclusive<u64>) {
    versions.for_each(|n| hub.publish(&names::root(n), &root(n)).unwrap());
}

#[test]
fn a_box_that_slept_two_years_walks_thirty_handovers_in_one_exchange() {
    let house = House::ready();
    let appliance = house.open();
    let hub = house.hub();
    house.advance(730 * DAY);
    let now = Stamp(house.clock.unix_seconds());
    publish_roots(&hub, 2..=31);
    hub.publish(names::TRUST_LIST, &signed(&list(31, 1, now))).unwrap();
    let settled = settle(&appliance, &Line::straight(&hub));
    assert_eq!(failed(&settled), []);
    let trust = appliance.status().trust.unwrap();
    assert_eq!((trust.root_version, trust.sequence, trust.freshness), (31, 1, Freshness::Fresh));
    assert_eq!(roots_taken(&appliance), (2..=31).collect::<Vec<_>>());
    let appliance = house.restart(appliance);
    assert_eq!(appliance.status().trust.unwrap().root_version, 31, "walked anew from the disk");
    assert_eq!(refusals(&appliance), []);
}

#[test]
fn a_missing_handover_stops_the_walk_there_and_nothing_else() {
    let house = House::ready();
    let appliance = house.open();
    let hub = house.hub();
    publish_roots(&hub, 2..=3);
    publish_roots(&hub, 5..=9);
    hub.publish(names::TRUST_LIST, &signed(&list(9, 1, Stamp(NOON)))).unwrap();
    let settled = settle(&appliance, &Line::straight(&hub));
    let stopped =
        [("root", Some("link_item_missing")), ("trust_list", Some("trust_list_root_unknown"))];
    assert_eq!(failed(&settled), stopped, "one vain request, not five");
    assert_eq!(roots_taken(&appliance), [2, 3]);
    assert_eq!(appliance.status().trust.unwrap().root_version, 1);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn thieves_of_the_former_keys_lock_nobody_out_for_ever() {
    let house = House::ready();
    let appliance = house.open();
    let run_up = list(1, u64::MAX - 1, Stamp(NOON));
    appliance.take_trust_list(&signed(&run_up)).unwrap();
    let late = appliance.take_trust_list(&signed(&list(1, 2, Stamp(NOON))));
    assert_eq!(code(late), "trust_list_older");
    appliance.take_root(2, &root(2)).unwrap();
    assert!(appliance.status().trust.is_some(), "the list held goes on until the next");
    let appliance = house.restart(appliance);
    assert_eq!(appliance.status().trust.unwrap().root_version, 1);
    appliance.take_trust_list(&signed(&list(2, 1, Stamp(NOON)))).unwrap();
    let again = appliance.take_trust_list(&signed(&run_up));
    assert_eq!(code(again), "trust_list_older");
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn after_a_handover_the_former_holders_sign_nothing_new() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_root(2, &root(2)).unwrap();
    let refused = appliance.take_trust_list(&signed(&list(1, 2, Stamp(NOON))));
    assert_eq!(code(refused), "trust_list_root_replaced");
    let other = TrustDraft { policy: Policy::default(), keys: vec![], ..list(1, 1, Stamp(NOON)) };
    let refused = appliance.take_trust_list(&signed(&other));
    assert_eq!(code(refused), "trust_list_changed");
    assert_eq!(appliance.status().trust.unwrap().root_version, 1);
}

#[test]
fn roots_lost_from_the_disk_open_no_way_back_and_come_again() {
    let house = House::ready();
    let appliance = house.open();
    let hub = house.hub();
    publish_roots(&hub, 2..=3);
    settle(&appliance, &Line::straight(&hub));
    assert_eq!(roots_taken(&appliance), [2, 3]);
    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("trust/roots")).unwrap();
    let appliance = house.open();
    assert_eq!(refusals(&appliance), [told("root", "root_missing")]);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    let by_former = appliance.take_trust_list(&signed(&list(1, 2, Stamp(NOON))));
    assert_eq!(code(by_former), "trust_list_root_replaced");
    hub.publish(names::TRUST_LIST, &signed(&list(3, 1, Stamp(NOON)))).unwrap();
    assert_eq!(failed(&settle(&appliance, &Line::straight(&hub))), []);
    assert_eq!(appliance.status().trust.unwrap().root_version, 3);
    assert_eq!(roots_taken(&appliance), [2, 3], "written down once");
}

#[test]
fn stolen_keys_of_a_replaced_root_begin_no_other_chain_where_the_root_files_are_lost() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_root(2, &root(2)).unwrap();
    drop(appliance);
    let folder = house.box_dir().join("trust/roots");
    fs::remove_dir_all(&folder).unwrap();
    let [first, second, _] = &world().keys.roots;
    let holder = |seed| RootHolder { key: key(seed).public(), name: format!("鍵 {seed}") };
    let fork = RootDraft { holders: vec![holder(70), holder(71)], ..draft(2) };
    let fork = sign(&fork, [first, second, &key(70), &key(71)]);
    let appliance = house.open();
    assert_eq!(code(appliance.take_root(2, &fork)), "root_changed");
    drop(appliance);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("2.cose"), &fork).unwrap();
    let appliance = house.open();
    let expected = ["root_missing", "root_changed", "root_changed"];
    assert_eq!(refusals(&appliance), expected.map(|code| told("root", code)));
    appliance.take_root(2, &root(2)).unwrap();
    appliance.take_trust_list(&signed(&list(2, 1, Stamp(NOON)))).unwrap();
    assert_eq!(roots_taken(&appliance), [2], "written down once");
}

#[test]
fn a_list_that_cannot_be_checked_while_its_root_is_lost_speaks_again_with_it() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_root(2, &root(2)).unwrap();
    appliance.take_trust_list(&signed(&list(2, 1, Stamp(NOON)))).unwrap();
    drop(appliance);
    let file = house.box_dir().join("trust/roots/2.cose");
    fs::write(&file, "scrap").unwrap();
    let appliance = house.open();
    let expected = [told("root", "root_malformed"), told("trust_list", "trust_list_root_unknown")];
    assert_eq!(refusals(&appliance), expected);
    assert_eq!(reasons(&ask_for(&appliance, &cast().employee.0)), ["no_snapshot"]);
    let older = appliance.take_trust_list(&trust_list_bytes());
    assert_eq!(code(older), "trust_list_older");
    appliance.take_root(2, &root(2)).unwrap();
    assert_eq!(appliance.status().trust.unwrap().root_version, 2);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn a_root_whose_file_came_before_the_power_cut_is_written_down_at_the_next_start() {
    let house = House::ready();
    let folder = house.box_dir().join("trust/roots");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("2.cose"), root(2)).unwrap();
    let appliance = house.open();
    assert_eq!(roots_taken(&appliance), [2]);
    let appliance = house.restart(appliance);
    assert_eq!(roots_taken(&appliance), [2]);
}

#[test]
fn a_list_whose_file_came_before_the_power_cut_bars_the_lists_before_it() {
    let house = House::ready();
    let file = house.box_dir().join("trust/list.cose");
    assert_eq!(fs::read(&file).unwrap(), trust_list_bytes());
    fs::write(&file, signed(&list(1, 9, Stamp(NOON)))).unwrap();
    let appliance = house.open();
    assert_eq!(appliance.status().trust.unwrap().sequence, 9);
    let older = appliance.take_trust_list(&signed(&list(1, 5, Stamp(NOON))));
    assert_eq!(code(older), "trust_list_older");
    let lists = |appliance: &Appliance| {
        let known = events(appliance).into_iter().filter_map(|event| match event {
            Event::TrustUpdated { sequence, .. } => Some(sequence),
            _ => None,
        });
        known.collect::<Vec<_>>()
    };
    assert_eq!(lists(&appliance).last(), Some(&9));
    let once = lists(&appliance);
    let appliance = house.restart(appliance);
    assert_eq!(lists(&appliance), once, "written down once");
    assert_eq!(appliance.status().trust.unwrap().sequence, 9);
}

#[test]
fn a_root_in_the_place_of_another_is_refused_and_ends_no_start() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_root(2, &root(2)).unwrap();
    drop(appliance);
    fs::write(house.box_dir().join("trust/roots/3.cose"), root(2)).unwrap();
    let appliance = house.open();
    assert_eq!(refusals(&appliance), [told("root", "root_misplaced")]);
    assert_eq!(code(appliance.take_root(3, &root(2))), "root_misplaced");
    assert_eq!(code(appliance.take_root(4, &root(4))), "root_gap");
    appliance.take_root(3, &root(3)).unwrap();
}

#[test]
fn a_root_that_fits_on_no_disk_changes_nothing() {
    let house = House::ready();
    let appliance = house.open();
    let folder = house.box_dir().join("trust/roots");
    fs::write(&folder, "in the way").unwrap();
    assert!(appliance.take_root(2, &root(2)).is_err());
    assert_eq!(roots_taken(&appliance), [0_u64; 0]);
    appliance.take_trust_list(&signed(&list(1, 2, Stamp(NOON)))).unwrap();
}

#[test]
fn an_overdue_trust_list_is_told_beside_the_answer_and_stops_nobody() {
    let house = House::ready();
    let appliance = house.open();
    let ask = || ask_for(&appliance, &cast().employee.0);
    house.advance(15 * DAY);
    assert_eq!(appliance.status().trust.unwrap().freshness, Freshness::Warn);
    assert!(!reasons(&ask()).contains(&"trust_list_old"));
    house.advance(30 * DAY);
    assert_eq!(appliance.status().trust.unwrap().freshness, Freshness::Confirm);
    assert_eq!(ask().answer.verdict, Verdict::Eligible);
    assert!(reasons(&ask()).contains(&"trust_list_old"));
}

#[test]
fn a_box_made_without_a_root_says_so_and_takes_no_list() {
    let house = House::new();
    let bare = house.root().join("bare");
    let identity = sonae::app::BoxIdentity {
        id: [0; 16],
        facility_code: "1711012341".into(),
        facility_name: "わじま架空診療所".into(),
        municipality: 172_049,
        root: None,
    };
    let pass = crate::house_fixture::PASSPHRASE;
    Appliance::create(&house.machine(), &bare, pass, identity.clone()).unwrap();
    let appliance = Appliance::open(&house.machine(), &bare, pass).unwrap();
    assert_eq!(refusals(&appliance), [told("root", "root_absent")]);
    assert_eq!(code(appliance.take_trust_list(&trust_list_bytes())), "root_absent");
    let unsigned = draft(1).unsigned();
    let identity = sonae::app::BoxIdentity { root: Some(unsigned.into()), ..identity };
    let refused = Appliance::create(&house.machine(), &house.root().join("none"), pass, identity);
    assert_eq!(code(refused), "root_own_holders");
}
