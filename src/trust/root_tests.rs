//! Drills: how root keys are handed over, and every way to hand them to the wrong one.

use super::{drill, root::*};
use crate::{
    domain::time::Stamp,
    limits::{ROOT_BYTES_MAX, ROOT_KEYS_MAX, ROOT_VERSIONS_MAX},
    messages::Trouble,
    seal::{self, Cosigned, Purpose, VerifyingKey},
};
use minicbor::Encoder;
use proptest::prelude::*;

fn code(refused: Result<(), RootError>) -> &'static str {
    refused.err().map_or("ok", |e| e.message().code)
}

/// A version held by these seeds, `threshold` of whom must sign.
fn version(version: u64, threshold: u8, holders: &[u64]) -> RootDraft {
    drill::root_draft(version, threshold, holders)
}

fn signed(draft: &RootDraft, seeds: &[u64]) -> Vec<u8> {
    drill::sign_root(draft, seeds)
}

/// Born with 2 of 1, 2, 3.
fn born() -> Roots {
    Roots::born_with(&signed(&version(1, 2, &[1, 2, 3]), &[1, 2])).unwrap()
}

#[test]
fn a_chain_of_thirty_handovers_is_walked_after_years_and_a_missing_link_stops_it() {
    // Each year's two holders hand over to one old and one new: nobody of the first year is left at the end.
    let documents: Vec<_> = (2..=31_u64)
        .map(|n| {
            let mut draft = version(n, 2, &[n, n + 1]);
            draft.made_at = Stamp(0); // no document on the way expires
            signed(&draft, &[n - 1, n, n + 1])
        })
        .collect();
    let start = || Roots::born_with(&signed(&version(1, 2, &[1, 2]), &[1, 2])).unwrap();
    let mut roots = start();
    for document in &documents {
        roots.take(document).unwrap();
    }
    assert_eq!((roots.version(), roots.first_version()), (31, 1));
    assert_eq!(roots.newest().keys(), version(31, 2, &[31, 32]).keys());
    assert_eq!(roots.at(17), Some(&RootDraft { made_at: Stamp(0), ..version(17, 2, &[17, 18]) }));
    let mut gap = start();
    gap.take(&documents[0]).unwrap();
    assert_eq!(code(gap.take(&documents[2])), "root_gap");
    assert_eq!(code(gap.take(&documents[29])), "root_gap");
    assert_eq!(gap.version(), 2, "a refusal changes nothing");
}

#[test]
fn without_enough_of_the_former_holders_nobody_hands_over() {
    let next = version(2, 2, &[4, 5, 6]);
    assert_eq!(code(born().take(&signed(&next, &[4, 5, 6]))), "root_former_holders");
    assert_eq!(code(born().take(&signed(&next, &[1, 4, 5, 6]))), "root_former_holders");
    assert_eq!(code(born().take(&signed(&next, &[1, 3, 4, 5]))), "ok");
}

#[test]
fn without_enough_of_the_new_holders_nobody_takes_over() {
    let next = version(2, 2, &[4, 5, 6]);
    assert_eq!(code(born().take(&signed(&next, &[1, 2, 3]))), "root_own_holders");
    assert_eq!(code(born().take(&signed(&next, &[1, 2, 6]))), "root_own_holders");
}

#[test]
fn an_unsigned_document_makes_no_box_and_hands_nothing_over() {
    let refused = Roots::born_with(&version(1, 1, &[1]).unsigned()).unwrap_err();
    assert_eq!(refused.message().code, "root_own_holders");
    assert_eq!(code(born().take(&version(2, 1, &[1]).unsigned())), "root_former_holders");
}

#[test]
fn one_holders_signature_twice_is_one() {
    let next = version(2, 1, &[1]);
    let once = Cosigned::parse(&signed(&next, &[1])).unwrap();
    let mut bytes = once.to_bytes();
    // The list of signatures with one entry becomes a list with the same entry twice.
    let entry = bytes.len() - (1 + 1 + 9 + 1 + 2 + 64);
    let tail = bytes[entry..].to_vec();
    assert_eq!(bytes[entry - 1], 0x81, "a list of one");
    bytes[entry - 1] = 0x82;
    bytes.extend(tail);
    assert_eq!(Cosigned::parse(&bytes).unwrap().kids().count(), 2);
    assert_eq!(code(born().take(&bytes)), "root_former_holders");
}

#[test]
fn one_key_on_a_document_twice_is_refused() {
    let twice = version(2, 2, &[4, 4]);
    assert_eq!(code(born().take(&signed(&twice, &[1, 2, 4]))), "root_key_twice");
}

#[test]
fn a_threshold_of_none_or_of_more_than_there_are_is_refused() {
    for threshold in [0, 3] {
        let next = version(2, threshold, &[4, 5]);
        assert_eq!(code(born().take(&signed(&next, &[1, 2, 4, 5]))), "root_threshold_impossible");
    }
}

#[test]
fn a_version_already_known_comes_again_but_never_with_other_content() {
    let mut roots = born();
    let second = version(2, 2, &[1, 2, 4]);
    roots.take(&signed(&second, &[1, 2, 4])).unwrap();
    assert_eq!(code(roots.take(&signed(&second, &[2, 4, 1, 3]))), "ok", "other signatures");
    let other = version(2, 2, &[1, 2, 5]);
    assert_eq!(code(roots.take(&signed(&other, &[1, 2, 5]))), "root_changed");
    let first = version(1, 1, &[1, 2, 3]);
    assert_eq!(code(roots.take(&signed(&first, &[1, 2, 3]))), "root_changed");
}

#[test]
fn a_version_older_than_the_box_is_refused() {
    let mut roots = Roots::born_with(&signed(&version(5, 2, &[1, 2, 3]), &[1, 2])).unwrap();
    let older = version(4, 2, &[1, 2, 3]);
    assert_eq!(code(roots.take(&signed(&older, &[1, 2, 3]))), "root_older");
}

#[test]
fn a_document_in_the_place_of_another_version_is_refused() {
    let first = signed(&version(1, 2, &[1, 2, 3]), &[1, 2]);
    let mut roots = born();
    assert_eq!(code(roots.take_version(2, &first, &Default::default())), "root_misplaced");
    assert_eq!(code(roots.take_version(1, &first, &Default::default())), "ok");
}

#[test]
fn after_the_last_version_there_is_none() {
    let last = version(ROOT_VERSIONS_MAX, 2, &[1, 2, 3]);
    let mut roots = Roots::born_with(&signed(&last, &[1, 2])).unwrap();
    for past in [ROOT_VERSIONS_MAX + 1, u64::MAX] {
        let next = version(past, 2, &[1, 2, 3]);
        assert_eq!(code(roots.take(&signed(&next, &[1, 2, 3]))), "root_too_many");
    }
    assert_eq!(code(born().take(&signed(&version(0, 1, &[1]), &[1]))), "root_malformed");
}

#[test]
fn what_is_too_large_is_not_even_read_and_too_many_keys_are_refused() {
    let bytes = vec![0; usize::try_from(ROOT_BYTES_MAX).unwrap() + 1];
    assert_eq!(code(born().take(&bytes)), "root_too_large");
    let seeds: Vec<u64> = (10..=10 + ROOT_KEYS_MAX as u64).collect();
    assert_eq!(code(born().take(&signed(&version(2, 1, &seeds), &[1, 2]))), "root_malformed");
}

#[test]
fn a_weak_root_key_spoils_the_document() {
    let next = version(2, 1, &[4]);
    let mut bytes = next.unsigned();
    let at = bytes.windows(32).position(|w| w == next.keys()[0].as_bytes()).unwrap();
    bytes[at..at + 32].fill(0);
    bytes[at] = 1; // the identity point
    let mut document = Cosigned::parse(&bytes).unwrap();
    [1, 2]
        .into_iter()
        .for_each(|seed| document.sign(Purpose("sonae root v1"), &drill::keypair(seed)).unwrap());
    assert_eq!(code(born().take(&document.to_bytes())), "key_weak");
}

#[test]
fn what_was_signed_for_another_purpose_hands_nothing_over() {
    let mut document = Cosigned::parse(&version(2, 2, &[1, 2, 3]).unsigned()).unwrap();
    for seed in [1, 2, 3] {
        document.sign(Purpose("sonae trust list v2"), &drill::keypair(seed)).unwrap();
    }
    assert_eq!(code(born().take(&document.to_bytes())), "root_former_holders");
    let one = seal::sign(Purpose("sonae root v1"), &drill::keypair(1), b"\xa0");
    assert_eq!(code(born().take(&one)), "root_malformed");
}

#[test]
fn an_older_box_reads_a_newer_document() {
    let mut payload = vec![];
    let mut e = Encoder::new(&mut payload);
    e.map(5).unwrap().u8(0).unwrap().u8(2).unwrap().u8(1).unwrap().u8(7).unwrap();
    e.u8(2).unwrap().u8(1).unwrap().u8(3).unwrap().array(1).unwrap();
    e.map(2).unwrap().u8(0).unwrap().bytes(drill::keypair(4).public().as_bytes()).unwrap();
    e.u8(1).unwrap().str("later").unwrap().u8(77).unwrap().str("more").unwrap();
    let mut document = Cosigned::draft(payload);
    [1, 2, 4]
        .into_iter()
        .for_each(|seed| document.sign(Purpose("sonae root v1"), &drill::keypair(seed)).unwrap());
    assert_eq!(code(born().take(&document.to_bytes())), "ok");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(born().take(&payload).is_err());
        let mut document = Cosigned::draft(payload);
        document.sign(Purpose("sonae root v1"), &drill::keypair(1)).unwrap();
        prop_assert!(born().take(&document.to_bytes()).is_err());
    }

    /// Whoever signs, in any order and number: only enough distinct holders of both versions hand over.
    #[test]
    fn fewer_than_enough_distinct_holders_never_hand_over(
        signing in proptest::collection::vec(0_u64..10, 0..10),
        (threshold, former_threshold) in (1_u8..4, 1_u8..4),
    ) {
        let former = version(1, former_threshold, &[1, 2, 3]);
        let mut roots = Roots::born_with(&signed(&former, &[1, 2, 3])).unwrap();
        let next = version(2, threshold, &[3, 4, 5, 6]);
        let taken = roots.take(&signed(&next, &signing)).is_ok();
        let distinct = |keys: Vec<VerifyingKey>| {
            keys.iter().filter(|key| signing.iter().any(|s| drill::keypair(*s).public() == **key)).count()
        };
        let enough = distinct(former.keys()) >= usize::from(former_threshold)
            && distinct(next.keys()) >= usize::from(threshold);
        prop_assert_eq!(taken, enough);
        prop_assert_eq!(roots.version(), if enough { 2 } else { 1 });
    }
}
