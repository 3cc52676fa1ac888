//! Drills: old, foreign, bent and odd trust lists.

use super::{drill, *};
use crate::{
    domain::{policy::Ages, rulebook::Rulebook},
    limits::RULEBOOK_BYTES_MAX,
    messages::Trouble,
};
use jiff::civil::date;
use minicbor::Encoder;
use proptest::prelude::*;
use std::sync::Arc;

fn open(bytes: &[u8]) -> Result<TrustList, TrustError> {
    TrustList::open(bytes, &drill::roots(), &Held::default())
}

fn signed(payload: &[u8]) -> Vec<u8> {
    let mut list = Cosigned::draft(payload.to_vec());
    [0, 1].into_iter().for_each(|n| list.sign(PURPOSE, &drill::keypair(drill::ROOT + n)).unwrap());
    list.to_bytes()
}

fn refusal(draft: &TrustDraft) -> TrustError {
    open(&drill::sign(draft)).unwrap_err()
}

fn code(opened: Result<TrustList, TrustError>) -> &'static str {
    opened.err().map_or("ok", |e| e.message().code)
}

/// A box that holds this list.
fn holding(root_version: u64, sequence: u64) -> Held {
    let list = Some(HeldList { root_version, sequence, payload_hash: None });
    Held { root_version, list, ..Held::default() }
}

#[test]
fn what_the_publisher_signed_is_what_the_box_holds() {
    let (pair, hub, thief) = (drill::keypair(1), drill::keypair(2), drill::keypair(3));
    let mut stolen = drill::authority(&thief);
    stolen.status = KeyStatus::CompromisedSince(drill::NOW);
    let keys = vec![drill::issuer(&pair), stolen.clone(), drill::hub(&hub)];
    let draft = drill::draft(9, keys.clone());
    let list = TrustList::open(&drill::sign(&draft), &drill::roots(), &holding(1, 9)).unwrap();
    assert_eq!((list.sequence(), list.made_at()), (9, draft.made_at));
    assert_eq!((list.next_due(), list.policy()), (draft.next_due, draft.policy));
    assert_eq!(list.keys(), keys);
    assert_eq!(list.root_version(), 1);
    assert_eq!(list.entry(Role::Authority, &thief.public()), Some(&stolen));
    assert_eq!(list.entry(Role::Publisher, &pair.public()), None);
    assert_eq!(list.keys_for(Role::Issuer, pair.public().kid()), [pair.public()]);
    assert_eq!(list.keys_for(Role::Hub, pair.public().kid()), []);
    assert_eq!(list.hub(sure_now()).map(|entry| entry.key), Some(hub.public()));
}

#[test]
fn a_key_stolen_in_one_role_is_stolen_in_every_role_since_the_earliest_moment() {
    let (pair, other) = (drill::keypair(1), drill::keypair(2));
    let (early, late) = (drill::NOW.plus_days(-9), drill::NOW.plus_days(-3));
    let with = |status, key: TrustedKey| TrustedKey { status, ..key };
    let list = drill::list(vec![
        drill::issuer(&pair),
        with(KeyStatus::CompromisedSince(late), drill::authority(&pair)),
        with(KeyStatus::CompromisedSince(early), drill::key(Role::Publisher, &pair)),
        with(KeyStatus::Retired, drill::hub(&pair)),
        drill::issuer(&other),
    ]);
    for role in [Role::Issuer, Role::Authority, Role::Publisher, Role::Hub] {
        let status = list.entry(role, &pair.public()).map(|entry| entry.status);
        assert_eq!(status, Some(KeyStatus::CompromisedSince(early)), "{role:?}");
    }
    let untouched = list.entry(Role::Issuer, &other.public()).map(|entry| entry.status);
    assert_eq!(untouched, Some(KeyStatus::Active));
}

#[test]
fn a_trust_list_older_than_the_one_held_is_refused() {
    let old = drill::sign(&drill::draft(4, vec![]));
    let open = |held| TrustList::open(&old, &drill::roots(), &held);
    let refused = open(holding(1, 5)).unwrap_err();
    assert_eq!(refused, TrustError::Rollback { held: 5, offered: 4 });
    assert_eq!(refused.message().code, "trust_list_older");
    assert_eq!(code(open(holding(1, 4))), "ok");
}

#[test]
fn a_list_with_the_number_of_the_one_held_and_another_content_is_refused() {
    let list = open(&drill::sign(&drill::draft(4, vec![]))).unwrap();
    let mut held = holding(1, 4);
    held.list.as_mut().unwrap().payload_hash = Some(list.payload_hash().to_owned());
    let other = drill::draft(4, vec![drill::issuer(&drill::keypair(1))]);
    let changed = TrustList::open(&drill::sign(&other), &drill::roots(), &held);
    assert_eq!(code(changed), "trust_list_changed");
    let by_others = drill::draft(4, vec![])
        .sign(&[&drill::keypair(drill::ROOT + 1), &drill::keypair(drill::ROOT + 2)]);
    let same = TrustList::open(&by_others, &drill::roots(), &held);
    assert_eq!(code(same), "ok", "the same list signed by other holders is the same list");
}

#[test]
fn a_list_signed_by_strangers_or_for_another_purpose_is_refused() {
    let stranger = drill::draft(4, vec![]).sign(&[&drill::keypair(1), &drill::keypair(2)]);
    assert_eq!(code(open(&stranger)), "trust_list_stranger");
    let mut other = Cosigned::parse(&drill::draft(4, vec![]).unsigned()).unwrap();
    [0, 1].into_iter().for_each(|n| {
        other.sign(Purpose("sonae root v1"), &drill::keypair(drill::ROOT + n)).unwrap()
    });
    assert_eq!(code(open(&other.to_bytes())), "trust_list_forged");
}

#[test]
fn too_few_holders_or_one_of_them_twice_make_no_list() {
    let (one, two) = (drill::keypair(drill::ROOT), drill::keypair(drill::ROOT + 2));
    let draft = drill::draft(4, vec![]);
    assert_eq!(code(open(&draft.unsigned())), "trust_list_threshold");
    assert_eq!(code(open(&draft.sign(&[&one]))), "trust_list_threshold");
    assert_eq!(code(open(&draft.sign(&[&one, &one]))), "trust_list_threshold");
    assert_eq!(code(open(&draft.sign(&[&one, &drill::keypair(1)]))), "trust_list_threshold");
    assert_eq!(code(open(&draft.sign(&[&one, &two]))), "ok");
    let mut bent = draft.sign(&[&one, &two]);
    *bent.last_mut().unwrap() ^= 1;
    assert_eq!(code(open(&bent)), "trust_list_forged", "a bent signature is told apart");
}

/// Roots handed over once: 1 is held by 100, 101, 102, and 2 by 102, 103, 104; two of each must sign.
fn handed_over() -> Roots {
    let mut roots = drill::roots();
    let holders = [drill::ROOT + 2, drill::ROOT + 3, drill::ROOT + 4];
    let next = drill::root_draft(2, 2, &holders);
    let signing = [drill::ROOT, drill::ROOT + 2, drill::ROOT + 3];
    roots.take(&drill::sign_root(&next, &signing)).unwrap();
    roots
}

fn under_root_2(sequence: u64) -> Vec<u8> {
    TrustDraft { root_version: 2, ..drill::draft(sequence, vec![]) }
        .sign(&[&drill::keypair(drill::ROOT + 3), &drill::keypair(drill::ROOT + 4)])
}

#[test]
fn a_number_run_up_with_stolen_roots_bars_nothing_once_the_roots_were_handed_over() {
    let run_up = holding(1, u64::MAX - 1);
    assert_eq!(code(TrustList::open(&under_root_2(1), &handed_over(), &run_up)), "ok");
    let back = drill::sign(&drill::draft(u64::MAX - 1, vec![]));
    let refused = TrustList::open(&back, &handed_over(), &holding(2, 1));
    assert_eq!(code(refused), "trust_list_older");
}

#[test]
fn what_the_former_holders_sign_after_handing_over_is_refused_and_what_was_held_goes_on() {
    let roots = handed_over();
    let by_former = |sequence| drill::sign(&drill::draft(sequence, vec![]));
    let held = Held { root_version: 2, ..holding(1, 4) };
    assert_eq!(code(TrustList::open(&by_former(5), &roots, &held)), "trust_list_root_replaced");
    assert_eq!(code(TrustList::open(&by_former(4), &roots, &held)), "ok");
    let fresh = TrustList::open(&by_former(4), &roots, &Held::default());
    assert_eq!(code(fresh), "trust_list_root_replaced");
    // Also where the new root was lost from the disk and only the journal remembers it.
    let lost = TrustList::open(&by_former(5), &drill::roots(), &held);
    assert_eq!(code(lost), "trust_list_root_replaced");
    assert_eq!(code(TrustList::open(&by_former(4), &drill::roots(), &held)), "ok");
}

#[test]
fn a_list_under_a_root_not_yet_handed_to_the_box_is_told_apart_from_a_forgery() {
    assert_eq!(code(open(&under_root_2(1))), "trust_list_root_unknown");
    let named_only = TrustDraft { root_version: 2, ..drill::draft(1, vec![]) };
    let by_former = drill::sign(&named_only); // 100 and 101 hold nothing of root 2
    let refused = TrustList::open(&by_former, &handed_over(), &Held::default());
    assert_eq!(code(refused), "trust_list_stranger");
}

#[test]
fn a_list_that_names_two_roots_is_refused() {
    let mut payload = vec![];
    minicbor::encode(ListWire::of(&drill::draft(1, vec![])), &mut payload).unwrap();
    payload[0] += 1; // one more entry in the map
    payload.extend([5, 2]); // root_version again
    assert_eq!(code(open(&signed(&payload))), "trust_list_malformed");
}

#[test]
fn an_overdue_list_ages_in_grades_and_still_speaks() {
    let list = drill::list(vec![drill::issuer(&drill::keypair(1))]);
    let due = list.next_due();
    let grade = |days| list.freshness(due.plus_days(days));
    assert_eq!(
        [-99, 0, 6, 7, 30, 180, 9999].map(grade),
        [
            Freshness::Fresh,
            Freshness::Fresh,
            Freshness::Fresh,
            Freshness::Warn,
            Freshness::Confirm,
            Freshness::Refuse,
            Freshness::Refuse
        ]
    );
    let key = &list.keys()[0];
    let late = Reading { at: due.plus_days(100), clock: ClockState::Sure };
    assert_eq!(list.vouches(key, drill::NOW.day(), late), Ok(()), "until its own last day");
}

#[test]
fn a_weak_key_spoils_the_list() {
    let mut wire = vec![];
    let good = drill::issuer(&drill::keypair(1));
    minicbor::encode(ListWire::of(&drill::draft(1, vec![good.clone()])), &mut wire).unwrap();
    let at = wire.windows(32).position(|w| w == good.key.as_bytes()).unwrap();
    wire[at..at + 32].fill(0);
    wire[at] = 1; // the identity point
    let refused = open(&signed(&wire)).unwrap_err();
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
    e.map(7).unwrap().u8(5).unwrap().u8(1).unwrap().u8(0).unwrap().u8(3).unwrap();
    e.u8(1).unwrap().u8(10).unwrap().u8(2).unwrap().u8(20).unwrap();
    e.u8(3).unwrap().map(2).unwrap();
    e.u8(0).unwrap().encode([7_u16, 31, 180]).unwrap();
    e.u8(1).unwrap().encode([7_u16, 30, 65535]).unwrap();
    e.u8(4).unwrap().array(0).unwrap();
    e.u8(77).unwrap().array(2).unwrap().str("later").unwrap().map(0).unwrap();
    let list = open(&signed(&wire)).unwrap();
    assert_eq!((list.sequence(), list.policy()), (3, Policy::default()));
    wire.push(0);
    assert!(open(&signed(&wire)).is_err());
}

#[test]
fn a_list_too_large_is_not_even_read() {
    let bytes = vec![0; usize::try_from(TRUST_LIST_BYTES_MAX).unwrap() + 1];
    let refused = open(&bytes).unwrap_err();
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

const RULES: &str = include_str!("../../assets/rules.toml");

/// A list that carries the table in the binary with one thing changed in it.
fn draft_with_rules(from: &str, to: &str) -> TrustDraft {
    assert!(RULES.contains(from));
    let rules = Rulebook::parse(&RULES.replace(from, to)).unwrap();
    TrustDraft { policy: Policy::of(Arc::new(rules)), ..drill::draft(2, vec![]) }
}

#[test]
fn a_list_with_a_table_of_rules_moves_the_end_of_the_grace_and_one_without_keeps_the_boxs_own() {
    let (last, next) = (date(2026, 7, 31), date(2026, 8, 1));
    let graces = |list: &TrustList| {
        let policy = list.policy();
        [last, next].map(|on| (policy.old_card_grace(on), policy.notice_alone_grace(on)))
    };
    let longer = draft_with_rules("2026-08-01\"\nvalue = false", "2026-08-01\"\nvalue = true");
    let list = open(&drill::sign(&longer)).unwrap();
    assert_eq!(graces(&list), [(true, true), (true, true)]);
    assert_eq!(list.policy(), longer.policy);
    let without = drill::list(vec![]);
    assert_eq!(graces(&without), [(true, true), (false, false)]);
    assert_eq!(without.policy().rules.text(), None);
}

#[test]
fn a_broken_table_of_rules_refuses_the_list_by_its_own_code_and_nothing_of_it_is_taken() {
    let draft = draft_with_rules("edition", "edition");
    let mut payload = vec![];
    minicbor::encode(ListWire::of(&draft), &mut payload).unwrap();
    assert_eq!(code(open(&signed(&payload))), "ok");
    let bent = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len(), "the length in front of the text stays true");
        let at = payload.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
        let mut payload = payload.clone();
        payload[at..at + to.len()].copy_from_slice(to.as_bytes());
        code(open(&signed(&payload)))
    };
    assert_eq!(bent("edition", "ed1tion"), "rulebook_unreadable");
    assert_eq!(bent("source = \"https://h", "source = \"\"#tps://h"), "rulebook_source_missing");
    assert_eq!(bent("from = \"2026-08-01\"", "from = \"2026-07-01\""), "rulebook_periods_overlap");
    assert_eq!(bent("value = [20]", "value = [0x]"), "rulebook_unreadable");
    assert_eq!(bent("value = 85", "value = 99"), "ok", "another rule, and a sound one");
    assert_eq!(bent("A01 = {", "C01 = {"), "ok", "a limit class of a later version is passed over");
    let mut other_grades = draft.clone();
    other_grades.policy.snapshot.warn_days += 1;
    assert_eq!(refusal(&other_grades).message().code, "rulebook_contradicts");
}

#[test]
fn a_table_of_rules_over_its_ceiling_is_not_read() {
    let mut draft = draft_with_rules("edition", "edition");
    let vast = format!("{RULES}#{}", "x".repeat(RULEBOOK_BYTES_MAX - RULES.len() - 1));
    draft.policy.rules = Arc::new(Rulebook::parse(&vast).unwrap());
    let mut payload = vec![];
    minicbor::encode(ListWire::of(&draft), &mut payload).unwrap();
    assert_eq!(code(open(&signed(&payload))), "ok");
    // One byte more: the length stands in four bytes in front of the text.
    let at = payload.windows(9).position(|part| part == &RULES.as_bytes()[..9]).unwrap();
    let length = u32::try_from(vast.len() + 1).unwrap().to_be_bytes();
    payload[at - 4..at].copy_from_slice(&length);
    payload.insert(at, b'#');
    assert_eq!(code(open(&signed(&payload))), "rulebook_too_large");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(open(&payload).is_err());
        let _ = open(&signed(&payload));
        let _ = TrustDraft::read(&signed(&payload));
    }

    /// Whoever signs, in any order and number: only two distinct holders make a list.
    #[test]
    fn fewer_than_enough_distinct_holders_never_make_a_list(
        signing in proptest::collection::vec(98_u64..106, 0..8),
    ) {
        let keys: Vec<_> = signing.iter().map(|seed| drill::keypair(*seed)).collect();
        let list = drill::draft(1, vec![]).sign(&keys.iter().collect::<Vec<_>>());
        let holders: std::collections::BTreeSet<_> =
            signing.iter().filter(|seed| (drill::ROOT..=drill::ROOT + 2).contains(seed)).collect();
        prop_assert_eq!(open(&list).is_ok(), holders.len() >= 2);
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
    assert_eq!(drill::list(vec![one, authority]).keys().len(), 2, "another role is another matter");
}

#[test]
fn no_seed_of_a_list_or_root_and_nothing_near_it_makes_reading_panic() {
    use crate::sys::corpus::replay;
    let list = drill::sign(&drill::draft(1, vec![drill::issuer(&drill::keypair(1))]));
    replay("trust-list", &[("signed", list)], |bytes| drop(TrustDraft::read(bytes)));
    let root = drill::sign_root(&drill::root_draft(1, 1, &[drill::ROOT]), &[drill::ROOT]);
    replay("root", &[("signed", root)], |bytes| drop(RootDraft::read(bytes)));
}
