//! Drills: old, foreign, bent and odd trust lists.

use super::{drill, *};
use crate::domain::policy::Ages;
use minicbor::Encoder;
use proptest::prelude::*;

fn roots() -> Vec<VerifyingKey> {
    vec![drill::keypair(drill::ROOT).public()]
}

fn signed(payload: &[u8]) -> Vec<u8> {
    seal::sign(PURPOSE, &drill::keypair(drill::ROOT), payload)
}

fn refusal(draft: &TrustDraft) -> TrustError {
    TrustList::open(&draft.sign(&drill::keypair(drill::ROOT)), &roots(), None).unwrap_err()
}

#[test]
fn what_the_publisher_signed_is_what_the_box_holds() {
    let (pair, hub) = (drill::keypair(1), drill::keypair(2));
    let mut stolen = drill::authority(&pair);
    stolen.status = KeyStatus::CompromisedSince(drill::NOW);
    let keys = vec![drill::issuer(&pair), stolen.clone(), drill::hub(&hub)];
    let draft = drill::draft(9, keys.clone());
    let list =
        TrustList::open(&draft.sign(&drill::keypair(drill::ROOT)), &roots(), Some(9)).unwrap();
    assert_eq!((list.sequence(), list.made_at()), (9, draft.made_at));
    assert_eq!((list.next_due(), list.policy()), (draft.next_due, draft.policy));
    assert_eq!(list.keys, keys);
    assert_eq!(list.entry(Role::Authority, &pair.public()), Some(&stolen));
    assert_eq!(list.entry(Role::Publisher, &pair.public()), None);
    assert_eq!(list.keys_for(Role::Issuer, pair.public().kid()), [pair.public()]);
    assert_eq!(list.keys_for(Role::Hub, pair.public().kid()), []);
    assert_eq!(list.hub(sure_now()).map(|entry| entry.key), Some(hub.public()));
}

#[test]
fn a_trust_list_older_than_the_one_held_is_refused() {
    let old = drill::draft(4, vec![]).sign(&drill::keypair(drill::ROOT));
    let refused = TrustList::open(&old, &roots(), Some(5)).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { held: 5, offered: 4 });
    assert_eq!(refused.message().code, "trust_list_older");
    assert!(TrustList::open(&old, &roots(), Some(4)).is_ok());
}

#[test]
fn a_list_signed_by_a_stranger_or_for_another_purpose_is_refused() {
    let stranger = drill::draft(4, vec![]).sign(&drill::keypair(1));
    let refused = TrustList::open(&stranger, &roots(), None).unwrap_err();
    assert_eq!(refused.message().code, "trust_list_stranger");
    let other = seal::sign(Purpose("other"), &drill::keypair(drill::ROOT), b"\xa0");
    assert_eq!(
        TrustList::open(&other, &roots(), None).unwrap_err().message().code,
        "trust_list_forged"
    );
}

#[test]
fn a_second_root_may_sign_in_the_first_ones_place() {
    let both = [drill::keypair(drill::ROOT).public(), drill::keypair(101).public()];
    let list = drill::draft(1, vec![]).sign(&drill::keypair(101));
    assert!(TrustList::open(&list, &both, None).is_ok());
}

#[test]
fn a_weak_key_spoils_the_list() {
    let mut wire = vec![];
    let good = drill::issuer(&drill::keypair(1));
    minicbor::encode(ListWire::of(&drill::draft(1, vec![good.clone()])), &mut wire).unwrap();
    let at = wire.windows(32).position(|w| w == good.key.as_bytes()).unwrap();
    wire[at..at + 32].fill(0);
    wire[at] = 1; // the identity point
    let refused = TrustList::open(&signed(&wire), &roots(), None).unwrap_err();
    assert_eq!((refused, refused.message().code), (TrustError::WeakKey, "key_weak"));
}

#[test]
fn a_list_that_contradicts_itself_is_refused() {
    let good = drill::issuer(&drill::keypair(1));
    let bend = |change: fn(&mut TrustedKey)| {
        let mut key = good.clone();
        change(&mut key);
        refusal(&drill::draft(1, vec![key]))
    };
    for refused in [
        bend(|key| key.insurers = vec![(2, 1)]),
        bend(|key| key.insurers = vec![(0, 100_000_000)]),
        bend(|key| key.insurers = vec![(1, 1); 129]),
        bend(|key| key.not_after = key.not_before.yesterday().unwrap()),
        bend(|key| key.name = String::new()),
        bend(|key| key.name = "あ".repeat(81)),
        bend(|key| key.areas = vec![crate::domain::area::Area::Prefecture(48)]),
        refusal(&drill::draft(1, vec![good.clone(), good.clone()])),
    ] {
        assert_eq!(refused.message().code, "trust_list_malformed", "{refused}");
    }
    let mut cliff = drill::draft(1, vec![]);
    cliff.policy.snapshot = Ages { warn_days: 9, confirm_days: 8, refuse_days: 10 };
    assert!(matches!(refusal(&cliff), TrustError::Malformed(_)));
}

#[test]
fn an_older_box_reads_a_newer_list() {
    let mut wire = vec![];
    let mut e = Encoder::new(&mut wire);
    e.map(6).unwrap().u8(0).unwrap().u8(3).unwrap();
    e.u8(1).unwrap().u8(10).unwrap().u8(2).unwrap().u8(20).unwrap();
    e.u8(3).unwrap().map(2).unwrap();
    e.u8(0).unwrap().encode([7_u16, 31, 180]).unwrap();
    e.u8(1).unwrap().encode([7_u16, 30, 65535]).unwrap();
    e.u8(4).unwrap().array(0).unwrap();
    e.u8(77).unwrap().array(2).unwrap().str("later").unwrap().map(0).unwrap();
    let list = TrustList::open(&signed(&wire), &roots(), None).unwrap();
    assert_eq!((list.sequence(), list.policy()), (3, Policy::default()));
    wire.push(0);
    assert!(TrustList::open(&signed(&wire), &roots(), None).is_err());
}

#[test]
fn a_list_too_large_is_not_even_read() {
    let bytes = vec![0; usize::try_from(TRUST_LIST_BYTES_MAX).unwrap() + 1];
    let refused = TrustList::open(&bytes, &roots(), None).unwrap_err();
    assert_eq!(refused.message().code, "trust_list_too_large");
}

#[test]
fn a_wrong_clock_neither_ends_a_key_nor_makes_it_too_young() {
    let mut key = drill::issuer(&drill::keypair(1));
    let list = drill::list(vec![]); // made the day before NOW
    let young = drill::NOW.day();
    (key.not_before, key.not_after) = (young, young.tomorrow().unwrap());
    let vouches = |at, clock| list.vouches(&key, young, Reading { at, clock });
    assert_eq!(vouches(Stamp(0), ClockState::BehindRecords), Ok(()));
    assert_eq!(vouches(drill::NOW.plus_days(999), ClockState::FarAhead), Ok(()));
    assert_eq!(vouches(drill::NOW.plus_days(1), ClockState::Sure), Ok(()));
    let over = vouches(drill::NOW.plus_days(2), ClockState::Sure);
    assert_eq!(over, Err(KeyProblem::Ended { last_day: key.not_after }));
    let too_early = list.vouches(
        &key,
        young.yesterday().unwrap(),
        Reading { at: drill::NOW, clock: ClockState::Sure },
    );
    assert_eq!(too_early, Err(KeyProblem::NotYetValid { from: young }));
}

#[test]
fn a_compromised_hub_is_passed_over() {
    let mut stolen = drill::hub(&drill::keypair(1));
    stolen.status = KeyStatus::CompromisedSince(drill::NOW);
    let list = drill::list(vec![stolen, drill::hub(&drill::keypair(2))]);
    assert_eq!(list.hub(sure_now()).unwrap().key, drill::keypair(2).public());
}

fn sure_now() -> Reading {
    Reading { at: drill::NOW, clock: ClockState::Sure }
}

#[test]
fn batches_go_to_a_hub_in_use_before_a_retired_one_and_never_to_one_that_is_over_or_cannot_open() {
    let [mut retired, mut over, mut mute, active] =
        [1, 2, 3, 4].map(|n| drill::hub(&drill::keypair(n)));
    retired.status = KeyStatus::Retired;
    over.not_after = drill::NOW.day().yesterday().unwrap();
    mute.sealing = None;
    let chosen = |keys: &[&TrustedKey]| {
        let list = drill::list(keys.iter().map(|key| (*key).clone()).collect());
        list.hub(sure_now()).map(|key| key.key)
    };
    assert_eq!(chosen(&[&retired, &over, &mute, &active]), Some(active.key));
    assert_eq!(chosen(&[&over, &mute, &retired]), Some(retired.key));
    assert_eq!(chosen(&[&over, &mute]), None);
}

#[test]
fn a_key_that_no_longer_stands_vouches_for_no_receipt_and_says_why() {
    let mut stolen = drill::hub(&drill::keypair(1));
    stolen.status = KeyStatus::CompromisedSince(drill::NOW);
    let mut retired = drill::hub(&drill::keypair(2));
    retired.status = KeyStatus::Retired;
    let list = drill::list(vec![stolen.clone(), retired.clone()]);
    let standing = |key: &TrustedKey| list.standing_keys(Role::Hub, key.key.kid(), sure_now());
    assert_eq!(standing(&stolen), Err(KeyProblem::Compromised { since: drill::NOW }));
    assert_eq!(standing(&retired), Ok(vec![retired.key]));
    assert_eq!(standing(&drill::hub(&drill::keypair(3))), Ok(vec![]));
}

#[test]
fn a_list_with_the_last_number_there_is_is_refused() {
    let refused = refusal(&drill::draft(u64::MAX, vec![]));
    assert_eq!(refused.message().code, "trust_list_malformed");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(TrustList::open(&payload, &roots(), None).is_err());
        let _ = TrustList::open(&signed(&payload), &roots(), None);
    }
}

#[test]
fn two_issuers_keys_with_one_id_spoil_the_list_for_revocations_are_held_by_id() {
    let (one, other) =
        (drill::issuer(&drill::keypair(4759)), drill::issuer(&drill::keypair(98_695)));
    assert_eq!(one.key.kid(), other.key.kid(), "found by search");
    let refused = refusal(&drill::draft(1, vec![one.clone(), other]));
    assert_eq!(refused.message().code, "trust_list_malformed");
    let authority = drill::authority(&drill::keypair(98_695));
    assert_eq!(drill::list(vec![one, authority]).keys.len(), 2, "another role is another matter");
}
