//! What a hostile hand puts on the disk or an erring institution signs: refused by its own name, and the box goes on.

use crate::{
    bent::Line,
    house_fixture::{
        DAY, House, NOON, ask_for, ask_text, cast, code, import, reasons, refusals,
        trust_list_bytes, world,
    },
};
use sonae::{
    credential::RevocationDraft,
    demo::papers::CertificateState,
    domain::{answer::Verdict, area::Area, policy::Policy, time::Stamp},
    limits::REVOCATION_BYTES_MAX,
    sync::DirLink,
    sys::RealDisk,
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};
use std::{fs, path::PathBuf, sync::Arc};

fn kyokai_list(sequence: u64, made_at: i64) -> Vec<u8> {
    let draft = RevocationDraft { sequence, made_at: Stamp(made_at), serials: vec![] };
    draft.sign(&world().keys.kyokai)
}

fn kyokai_file(house: &House) -> PathBuf {
    let kid = world().keys.kyokai.public().kid();
    house.box_dir().join(format!("revocations/{kid}.cose"))
}

fn told(what: &str, code: &str) -> (String, String) {
    (what.into(), code.into())
}

fn key(role: Role, key: sonae::seal::VerifyingKey, status: KeyStatus) -> TrustedKey {
    let today = world().now.day();
    TrustedKey {
        role,
        key,
        name: "架空の機関".into(),
        insurers: vec![],
        documents: vec![],
        areas: vec![Area::Prefecture(17)],
        not_before: today,
        not_after: today.saturating_add(jiff::Span::new().days(30)),
        status,
        sealing: None,
    }
}

fn list(sequence: u64, made_at: i64, keys: Vec<TrustedKey>) -> Vec<u8> {
    let draft = TrustDraft {
        root_version: 1,
        sequence,
        made_at: Stamp(made_at),
        next_due: Stamp(made_at).plus_days(7),
        policy: Policy::default(),
        keys,
    };
    world().keys.sign_list(&draft)
}

#[test]
fn an_old_revocation_list_put_back_on_the_disk_speaks_no_more() {
    let house = House::ready();
    let older = fs::read(kyokai_file(&house)).unwrap();
    let appliance = house.open();
    appliance.take_revocations(&kyokai_list(7, NOON)).unwrap();
    drop(appliance);
    fs::write(kyokai_file(&house), older).unwrap();
    let appliance = house.open();
    assert_eq!(refusals(&appliance), [told("revocations", "revocation_list_older")]);
    appliance.take_revocations(&kyokai_list(7, NOON)).unwrap();
}

#[test]
fn no_file_in_the_place_of_a_list_keeps_the_box_from_starting() {
    type Way = fn(&House);
    let ways: [(Way, &str, &str); 4] = [
        (
            |house| {
                let file = house.box_dir().join("trust/list.cose");
                fs::remove_file(&file).unwrap();
                fs::create_dir(file).unwrap();
            },
            "trust_list",
            "file_other_kind",
        ),
        (
            |house| {
                let file = fs::File::create(house.box_dir().join("trust/list.cose")).unwrap();
                file.set_len(sonae::limits::TRUST_LIST_BYTES_MAX + 1).unwrap();
            },
            "trust_list",
            "file_too_large",
        ),
        (
            |house| {
                let file = fs::File::create(kyokai_file(house)).unwrap();
                file.set_len(REVOCATION_BYTES_MAX + 1).unwrap();
            },
            "revocations",
            "file_too_large",
        ),
        (
            |house| fs::create_dir(house.box_dir().join("revocations/0.cose")).unwrap(),
            "revocations",
            "file_other_kind",
        ),
    ];
    for (way, what, expected) in ways {
        let house = House::ready();
        way(&house);
        let appliance = house.open();
        assert_eq!(refusals(&appliance), [told(what, expected)]);
        let _ = fs::remove_dir(house.box_dir().join("trust/list.cose")); // a hand that mends
        appliance.take_trust_list(&trust_list_bytes()).unwrap();
        assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
        let revoked = world().certificate(&cast().employee.0, CertificateState::Revoked).unwrap();
        if what == "trust_list" {
            let checked = appliance.verify(&ask_text(&revoked.digits)).unwrap();
            assert_eq!(reasons(&checked), ["certificate_revoked"]);
        }
    }
}

#[test]
fn what_is_not_called_a_list_is_not_read_as_one() {
    let house = House::ready();
    fs::write(house.box_dir().join("revocations/.DS_Store"), "scrap").unwrap();
    fs::create_dir(house.box_dir().join("revocations/lost+found")).unwrap();
    assert_eq!(refusals(&house.open()), []);
}

#[test]
fn a_receipt_under_a_hub_key_that_was_stolen_lets_nothing_out_of_the_outbox() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let stick = house.stick();
    let link = DirLink::new(Arc::new(RealDisk), &stick).unwrap();
    let settle = || appliance.settle(&link, &mut |_| {}).unwrap();
    settle();
    settle();
    hub.take_stick(&stick).unwrap();
    let hub_key = hub.public_keys().unwrap().verifying;
    let stolen = key(Role::Hub, hub_key, KeyStatus::CompromisedSince(Stamp(NOON)));
    appliance.take_trust_list(&list(2, NOON, vec![stolen])).unwrap();
    let settled = settle();
    assert_eq!(settled.receipts, 0, "{settled:?}");
    assert!(settled.steps.iter().any(|step| step.code == Some("key_compromised")));
    let told_once = [told("receipt", "key_compromised")];
    let mut receipts = refusals(&appliance);
    receipts.retain(|(what, _)| what == "receipt");
    assert_eq!(receipts, told_once, "two receipts, one line");
    let retired = key(Role::Hub, hub_key, KeyStatus::Retired);
    appliance.take_trust_list(&list(3, NOON, vec![retired])).unwrap();
    assert!(settle().receipts > 0, "what a retired hub signed stays good");
}

#[test]
fn a_list_from_the_future_is_refused_and_the_clock_is_not_raised_by_it() {
    let house = House::ready();
    let appliance = house.open();
    let late = NOON + 401 * DAY;
    let refused = appliance.take_trust_list(&list(2, late, vec![]));
    assert_eq!(code(refused), "trust_list_from_the_future");
    let refused = appliance.take_revocations(&kyokai_list(7, late));
    assert_eq!(code(refused), "revocations_from_the_future");
    assert_eq!(appliance.now().at, Stamp(NOON));
    assert_eq!(appliance.status().trust.unwrap().sequence, 1);
    let expected = [
        told("trust_list", "trust_list_from_the_future"),
        told("revocations", "revocations_from_the_future"),
    ];
    assert_eq!(refusals(&appliance), expected);
    appliance.take_revocations(&kyokai_list(7, NOON + 400 * DAY)).unwrap();
}

#[test]
fn a_box_that_slept_for_weeks_takes_what_is_new() {
    let house = House::new();
    house.clock.set(NOON - 15 * DAY); // no clock chip: it goes on from where it fell asleep
    let appliance = house.open();
    let publisher = key(Role::Publisher, world().keys.publisher.public(), KeyStatus::Active);
    appliance.take_trust_list(&list(1, NOON, vec![publisher])).unwrap();
    import(&appliance, &world().dir.join("release")).unwrap();
    assert_eq!(appliance.now().at, Stamp(NOON), "and learns the time from what was signed");
}

#[test]
fn a_clock_that_went_back_refuses_nothing_for_its_moment() {
    let house = House::ready();
    let appliance = house.open();
    house.clock.set(NOON - 3 * DAY);
    let newer = world().small_release("release-11-early", 11).unwrap();
    import(&appliance, &newer).unwrap();
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 11);
}

#[test]
fn a_list_placed_on_the_disk_with_a_moment_in_the_future_does_not_speak() {
    let house = House::ready();
    let keys = vec![key(Role::Publisher, world().keys.publisher.public(), KeyStatus::Active)];
    let file = house.box_dir().join("trust/list.cose");
    fs::write(file, list(9, NOON + 900 * DAY, keys)).unwrap();
    let appliance = house.open();
    assert!(appliance.status().trust.is_none());
    assert_eq!(refusals(&appliance), [told("trust_list", "trust_list_from_the_future")]);
    assert_eq!(appliance.now().at, Stamp(NOON));
}

#[test]
fn the_last_number_there_is_would_shut_every_later_list_out_and_is_no_number() {
    let house = House::ready();
    let appliance = house.open();
    let refused = appliance.take_trust_list(&list(u64::MAX, NOON, vec![]));
    assert_eq!(code(refused), "trust_list_malformed");
    let refused = appliance.take_revocations(&kyokai_list(u64::MAX, NOON));
    assert_eq!(code(refused), "revocation_list_malformed");
}

#[test]
fn a_release_by_a_publisher_stolen_before_it_was_made_stops_answering() {
    let house = House::ready();
    let appliance = house.open();
    let publisher = |status| key(Role::Publisher, world().keys.publisher.public(), status);
    let after = KeyStatus::CompromisedSince(Stamp(NOON + DAY));
    appliance.take_trust_list(&list(2, NOON, vec![publisher(after)])).unwrap();
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    let before = KeyStatus::CompromisedSince(Stamp(NOON - 90 * DAY));
    appliance.take_trust_list(&list(3, NOON, vec![publisher(before)])).unwrap();
    assert_eq!(reasons(&ask_for(&appliance, &cast().employee.0)), ["no_snapshot"]);
    let stolen = told("release", "key_compromised");
    assert_eq!(refusals(&appliance).iter().filter(|line| **line == stolen).count(), 1);
    let appliance = house.restart(appliance);
    assert_eq!(reasons(&ask_for(&appliance, &cast().employee.0)), ["no_snapshot"]);
    let mut ended = publisher(KeyStatus::Active);
    ended.not_after = ended.not_before;
    appliance.take_trust_list(&list(4, NOON, vec![ended])).unwrap();
    house.advance(2 * DAY);
    let appliance = house.restart(appliance);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn a_retired_publishers_release_that_was_held_may_come_again_and_nothing_newer_of_the_key() {
    let house = House::ready();
    let newer = world().small_release("release-11-retired", 11).unwrap();
    let delta = world().delta_of("delta-11-retired", 11, &world().dir.join("release"), [9, 9]);
    let appliance = house.open();
    let retired = key(Role::Publisher, world().keys.publisher.public(), KeyStatus::Retired);
    appliance.take_trust_list(&list(2, NOON, vec![retired])).unwrap();
    for offered in [&newer, &delta.unwrap()] {
        assert_eq!(code(import(&appliance, offered)), "key_retired");
    }
    let refused = refusals(&appliance);
    assert_eq!(refused[refused.len() - 2..], [(); 2].map(|()| told("release", "key_retired")));
    let appliance = house.restart(appliance);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("cache")).unwrap();
    let appliance = house.open();
    assert_eq!(code(import(&appliance, &newer)), "key_retired");
    import(&appliance, &world().dir.join("release")).unwrap();
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    let active = key(Role::Publisher, world().keys.publisher.public(), KeyStatus::Active);
    appliance.take_trust_list(&list(3, NOON, vec![active])).unwrap();
    import(&appliance, &newer).unwrap();
}

#[test]
fn a_retired_issuer_goes_on_taking_papers_back() {
    let house = House::ready();
    let appliance = house.open();
    let mut issuer = key(Role::Issuer, world().keys.kyokai.public(), KeyStatus::Retired);
    issuer.areas = vec![];
    issuer.insurers = vec![(1_000_000, 1_999_999)];
    appliance.take_trust_list(&list(2, NOON, vec![issuer])).unwrap();
    appliance.take_revocations(&kyokai_list(7, NOON)).unwrap();
}

#[test]
fn one_garbage_line_of_receipts_is_one_line_in_the_journal() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let stick = house.stick();
    let link = DirLink::new(Arc::new(RealDisk), &stick).unwrap();
    for _ in 0..3 {
        appliance.settle(&link, &mut |_| {}).unwrap();
    }
    hub.take_stick(&stick).unwrap();
    appliance.settle(&Line::garbling(&hub, &["receipts/"]), &mut |_| {}).unwrap();
    assert_eq!(refusals(&appliance), [told("receipt", "signature_malformed")]);
}

#[test]
fn with_a_flat_battery_todays_order_opens_and_tells_the_time() {
    let house = House::new();
    house.clock.set(NOON - 10 * DAY);
    let appliance = house.open();
    let authority = key(Role::Authority, world().keys.authority.public(), KeyStatus::Active);
    appliance.take_trust_list(&list(1, NOON - 10 * DAY, vec![authority])).unwrap();
    house.clock.set(0);
    let paper = world().order(1, Area::Prefecture(17), "石川県").unwrap();
    let status = appliance.take_order(&paper.digits).unwrap();
    assert!(status.order.is_some(), "open under an order signed today");
    assert_eq!(
        appliance.now().at,
        world().now,
        "the order's moment is the newest word on the time"
    );
}
