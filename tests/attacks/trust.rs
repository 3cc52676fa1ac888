//! Root documents and trust lists: rollback, fast-forward, thresholds, duplicates, gaps.

use crate::{
    stage::{DAY, HELD, NOON, Stage, ask, refusals, stranger, world, world_list},
    table::{Attack, attack},
};
use sonae::{
    domain::{
        answer::{Freshness, Verdict},
        time::Stamp,
    },
    limits::{ROOT_BYTES_MAX, ROOT_VERSIONS_MAX, TRUST_LIST_BYTES_MAX},
    seal::SigningKeypair,
    sync::names,
    trust::{RootDraft, RootHolder, TrustDraft},
};

/// The world's own list with this number.
fn list(sequence: u64) -> TrustDraft {
    TrustDraft { sequence, ..TrustDraft::read(&world_list()).unwrap() }
}

fn offer(stage: &mut Stage, draft: &TrustDraft) {
    let signed = world().keys.sign_list(draft);
    stage.offer_list(&signed, draft.root_version, 2);
}

/// Holder `n` of the second root.
fn second(n: u64) -> SigningKeypair {
    stranger(40 + n)
}

fn root(version: u64) -> RootDraft {
    let holder = |n| RootHolder { key: second(n).public(), name: format!("後任 {n}") };
    RootDraft {
        version,
        made_at: Stamp(NOON),
        threshold: 2,
        holders: vec![holder(1), holder(2), holder(3)],
    }
}

fn sign(draft: &RootDraft, keys: &[&SigningKeypair]) -> Vec<u8> {
    keys.iter()
        .fold(draft.unsigned(), |document, key| RootDraft::add_signature(&document, key).unwrap())
}

/// As both the former and the new holders sign it.
fn handed_over(draft: &RootDraft) -> Vec<u8> {
    let [first, other, _] = &world().keys.roots;
    sign(draft, &[first, other, &second(1), &second(2)])
}

/// Lays a root document in the place of version 2.
fn offer_root(stage: &mut Stage, bytes: &[u8]) {
    stage.lay(&names::root(2), bytes);
    stage.index.root_version = Some(2);
}

/// A document that no honest writer would write: its fields one by one.
fn raw_root(version: u64, threshold: u8, keys: &[[u8; 32]]) -> Vec<u8> {
    let mut payload = vec![];
    let mut e = minicbor::Encoder::new(&mut payload);
    e.map(4).unwrap().u8(0).unwrap().u64(version).unwrap().u8(1).unwrap().i64(NOON).unwrap();
    e.u8(2).unwrap().u8(threshold).unwrap().u8(3).unwrap().array(keys.len() as u64).unwrap();
    for key in keys {
        e.map(2).unwrap().u8(0).unwrap().bytes(key).unwrap().u8(1).unwrap().str("鍵").unwrap();
    }
    sonae::seal::Cosigned::draft(payload).to_bytes()
}

fn key_bytes(n: u64) -> [u8; 32] {
    *second(n).public().as_bytes()
}

pub const ATTACKS: &[Attack] = &[
    attack(
        "trust_list",
        "list rollback",
        "list 0, where list 1 is held",
        "trust_list_older",
        |stage| offer(stage, &list(0)),
    ),
    attack(
        "trust_list",
        "one number, two lists",
        "list 1 with other content",
        "trust_list_changed",
        |stage| {
            let mut other = list(1);
            other.keys.pop();
            offer(stage, &other);
        },
    ),
    attack("trust_list", "list altered", "one bit of a signature", "trust_list_forged", |stage| {
        let mut signed = world().keys.sign_list(&list(2));
        *signed.last_mut().unwrap() ^= 1;
        stage.offer_list(&signed, 1, 2);
    }),
    attack(
        "trust_list",
        "threshold not met",
        "signed by one holder of the two it takes",
        "trust_list_threshold",
        |stage| {
            let signed = list(2).sign(&[&world().keys.roots[0]]);
            stage.offer_list(&signed, 1, 2);
        },
    ),
    attack(
        "trust_list",
        "one signature twice",
        "one holder's signature stands on it two times",
        "trust_list_threshold",
        |stage| {
            let [first, other, _] = &world().keys.roots;
            let [one, two] = [list(2).sign(&[first]), list(2).sign(&[first, other])];
            let row = two.len() - one.len();
            let twice = &one[one.len() - row..];
            let signed = [&two[..two.len() - 2 * row], twice, twice].concat();
            stage.offer_list(&signed, 1, 2);
        },
    ),
    attack(
        "trust_list",
        "unknown holders",
        "signed by two keys that are no root",
        "trust_list_stranger",
        |stage| {
            let signed = list(2).sign(&[&stranger(1), &stranger(2)]);
            stage.offer_list(&signed, 1, 2);
        },
    ),
    attack(
        "trust_list",
        "signed by those it names",
        "signed by publisher and authority, who are on it",
        "trust_list_stranger",
        |stage| {
            let signed = list(2).sign(&[&world().keys.publisher, &world().keys.authority]);
            stage.offer_list(&signed, 1, 2);
        },
    ),
    attack("trust_list", "unsigned list", "no signature at all", "trust_list_threshold", |stage| {
        let unsigned = list(2).unsigned();
        stage.offer_list(&unsigned, 1, 2);
    }),
    attack(
        "trust_list",
        "garbage in the list's place",
        "a picture of a cat",
        "trust_list_malformed",
        |stage| stage.offer_list(b"\xff\xd8\xff\xe0 cat", 1, 2),
    ),
    attack(
        "trust_list",
        "list of the last number",
        "list 2⁶⁴−1, which nothing could follow; signed",
        "trust_list_malformed",
        |stage| offer(stage, &list(u64::MAX)),
    ),
    attack(
        "trust_list",
        "list dated in 2100",
        "made 74 years from now; signed",
        "trust_list_from_the_future",
        |stage| {
            offer(stage, &TrustDraft { made_at: Stamp(NOON + 74 * 365 * DAY), ..list(2) });
        },
    ),
    attack(
        "trust_list",
        "list under a root to come",
        "names root 7; signed by today's holders",
        "trust_list_root_unknown",
        |stage| {
            offer(stage, &TrustDraft { root_version: 7, ..list(2) });
        },
    ),
    attack(
        "trust_list",
        "list of the former root",
        "signed by holders who handed over on the same stick",
        "trust_list_root_replaced",
        |stage| {
            offer_root(stage, &handed_over(&root(2)));
            offer(stage, &list(2));
            stage.recovery = (2, vec![second(1), second(2)]);
            stage.index.trust_root = None;
        },
    ),
    attack("trust_list", "endless list", "64 GiB of nothing", "link_item_too_large", |stage| {
        stage.offer_list(&[], 1, 2);
        let path = stage.stick().join(names::TRUST_LIST);
        std::fs::OpenOptions::new().append(true).open(path).unwrap().set_len(64 << 30).unwrap();
    })
    .silent(),
    attack(
        "trust_list",
        "list promised and missing",
        "the index promises list 2, the stick has none",
        "link_item_missing",
        |stage| {
            stage.offer_list(&[], 1, 2);
            std::fs::remove_file(stage.stick().join(names::TRUST_LIST)).unwrap();
        },
    )
    .silent(),
    attack("root", "chain with a gap", "version 3 in the place of 2", "root_misplaced", |stage| {
        offer_root(stage, &handed_over(&root(3)));
    }),
    attack(
        "root",
        "root rollback",
        "version 1 again, in the place of 2",
        "root_misplaced",
        |stage| {
            offer_root(stage, &world().keys.root_document(Stamp(NOON)));
        },
    ),
    attack(
        "root",
        "former holders did not sign",
        "only its own holders signed version 2",
        "root_former_holders",
        |stage| {
            offer_root(stage, &sign(&root(2), &[&second(1), &second(2)]));
        },
    ),
    attack(
        "root",
        "own holders did not sign",
        "only the former holders signed version 2",
        "root_own_holders",
        |stage| {
            let [first, other, _] = &world().keys.roots;
            offer_root(stage, &sign(&root(2), &[first, other]));
        },
    ),
    attack("root", "root altered", "one bit of its signed content", "root_malformed", |stage| {
        let mut bytes = handed_over(&root(2));
        bytes[3] ^= 1;
        offer_root(stage, &bytes);
    }),
    attack(
        "root",
        "garbage in the root's place",
        "a picture of a cat",
        "root_malformed",
        |stage| offer_root(stage, b"\xff\xd8\xff\xe0 cat"),
    ),
    attack("root", "duplicate keys", "one key counts as two holders", "root_key_twice", |stage| {
        offer_root(stage, &raw_root(2, 2, &[key_bytes(1), key_bytes(1)]));
    }),
    attack(
        "root",
        "threshold of none",
        "no signature would do",
        "root_threshold_impossible",
        |stage| {
            offer_root(stage, &raw_root(2, 0, &[key_bytes(1), key_bytes(2)]));
        },
    ),
    attack(
        "root",
        "weak key",
        "a root key under which one signature fits everything",
        "key_weak",
        |stage| {
            offer_root(stage, &raw_root(2, 1, &[[0; 32]]));
        },
    ),
    attack(
        "root",
        "past the last version",
        "a version number beyond the ceiling",
        "root_too_many",
        |stage| {
            offer_root(stage, &raw_root(ROOT_VERSIONS_MAX + 1, 1, &[key_bytes(1)]));
        },
    ),
    attack(
        "root",
        "root promised and missing",
        "the index promises version 2, the stick has none",
        "link_item_missing",
        |stage| {
            stage.index.root_version = Some(2);
        },
    )
    .silent(),
    attack(
        "root",
        "endless root document",
        "more than the ceiling of 16 KiB",
        "link_item_too_large",
        |stage| {
            offer_root(stage, &vec![0; ROOT_BYTES_MAX as usize + 1]);
        },
    )
    .silent(),
];

#[test]
fn a_list_run_up_by_stolen_roots_bars_nothing_after_the_handover() {
    let mut stage = Stage::new();
    offer(&mut stage, &list(u64::MAX - 1));
    stage.index.trust_sequence = Some(u64::MAX - 1);
    let appliance = stage.open();
    assert_eq!(stage.settle(&appliance), [], "validly signed: nobody can tell yet");
    let _ = std::fs::remove_file(stage.stick().join(names::INDEX));
    offer_root(&mut stage, &handed_over(&root(2)));
    let recovered = TrustDraft { root_version: 2, ..list(1) };
    stage.offer_list(&recovered.sign(&[&second(1), &second(2)]), 2, 1);
    assert_eq!(stage.settle(&appliance), []);
    let trust = appliance.status().trust.unwrap();
    assert_eq!((trust.root_version, trust.sequence), (2, 1));
    drop(appliance);
    let appliance = stage.open();
    assert_eq!(appliance.status().trust.unwrap().root_version, 2, "and after a restart");
    assert_eq!(ask(&appliance).answer.verdict, Verdict::Eligible);
    assert_eq!(refusals(&appliance), []);
}

#[test]
fn a_stick_that_never_brings_anything_new_is_told_in_grades() {
    let stage = Stage::new();
    let appliance = stage.open();
    let mut grades = vec![];
    for days in [0, 10, 40, 400] {
        stage.clock.set(NOON + days * DAY);
        assert_eq!(stage.settle(&appliance), [], "old and validly signed is no refusal");
        grades.push(ask(&appliance).answer.freshness);
    }
    assert_eq!(grades.first(), Some(&Freshness::Fresh));
    assert!(grades.windows(2).all(|pair| pair[0] != pair[1]), "each grade is told: {grades:?}");
    assert_eq!(appliance.status().snapshot.unwrap().source.version, HELD);
}

const _: () = assert!(TRUST_LIST_BYTES_MAX < 64 << 30);
