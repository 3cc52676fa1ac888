//! Promises of dealt-out secrets.

use super::*;
use crate::sys::sim::SeedDice;
use proptest::prelude::*;

const KIND: ShareKind = ShareKind(1);

fn commit(secret: &SymmetricKey) -> [u8; 8] {
    let hash = blake3::derive_key("test commitment", secret.expose());
    *hash.first_chunk().unwrap()
}

fn dealt(seed: u64, sizes: (u8, u8)) -> (SymmetricKey, Vec<Share>) {
    let dice = SeedDice::new(seed);
    let secret = SymmetricKey::random(&dice);
    let shares = deal(KIND, commit(&secret), &secret, sizes, &dice).unwrap();
    (secret, shares)
}

fn pick(shares: &[Share], indexes: &[usize]) -> Vec<Share> {
    indexes.iter().map(|at| shares[*at].clone()).collect()
}

/// The share with one bit of its value turned, as a forger or a bad memory would have it.
fn bent(share: &Share) -> Share {
    let mut bytes = share.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    Share::from_bytes(&bytes).unwrap()
}

#[test]
fn any_two_of_three_give_the_secret_back_and_one_gives_nothing() {
    let (secret, shares) = dealt(1, (2, 3));
    for two in [[0, 1], [1, 0], [0, 2], [2, 1]] {
        let joined = join(&pick(&shares, &two), commit).unwrap();
        assert_eq!(joined.secret.expose(), secret.expose());
        assert!(joined.false_shares.is_empty());
    }
    let alone = join(&shares[..1], commit).unwrap_err();
    assert_eq!(alone, ShareError::TooFew { found: 1, needed: 2 });
    assert_eq!(join(&[], commit).unwrap_err(), ShareError::TooFew { found: 0, needed: 2 });
}

#[test]
fn the_same_envelope_twice_is_one_envelope() {
    let (_, shares) = dealt(2, (2, 3));
    let twice = join(&pick(&shares, &[1, 1]), commit).unwrap_err();
    assert_eq!(twice, ShareError::Twice { index: 2 });
}

#[test]
fn shares_of_two_sets_and_of_two_deals_of_one_secret_do_not_fit_together() {
    let (secret, shares) = dealt(3, (2, 3));
    let (_, others) = dealt(4, (2, 3));
    let mixed = [shares[0].clone(), others[1].clone()];
    assert_eq!(join(&mixed, commit).unwrap_err(), ShareError::OtherSet { place: 1 });
    let again = deal(KIND, commit(&secret), &secret, (2, 3), &SeedDice::new(5)).unwrap();
    let mixed = [shares[0].clone(), again[1].clone()];
    assert_eq!(join(&mixed, commit).unwrap_err(), ShareError::OtherSet { place: 1 });
    let first_is_odd = [again[0].clone(), shares[1].clone(), shares[2].clone()];
    assert_eq!(join(&first_is_odd, commit).unwrap_err(), ShareError::OtherSet { place: 0 });
}

#[test]
fn a_false_share_gives_no_secret_and_among_enough_true_ones_it_is_named() {
    let (secret, shares) = dealt(6, (2, 3));
    let two = [bent(&shares[0]), shares[1].clone()];
    assert_eq!(join(&two, commit).unwrap_err(), ShareError::False);
    for at in 0..3 {
        let mut three = shares.clone();
        three[at] = bent(&three[at]);
        let joined = join(&three, commit).unwrap();
        assert_eq!(joined.secret.expose(), secret.expose());
        assert_eq!(joined.false_shares, [shares[at].index()]);
    }
    assert_ne!(bent(&shares[0]).fingerprint(), shares[0].fingerprint());
}

#[test]
fn fewer_than_two_and_more_than_a_set_holds_are_not_dealt() {
    let dice = SeedDice::new(7);
    let secret = SymmetricKey::random(&dice);
    for sizes in [(1, 3), (0, 0), (4, 3), (2, SHARES_MAX + 1)] {
        let refused = deal(KIND, [0; 8], &secret, sizes, &dice).unwrap_err();
        assert!(matches!(refused, ShareError::Unfit { .. }), "{sizes:?}");
    }
}

#[test]
fn a_share_says_nothing_of_its_value_when_printed() {
    let (_, shares) = dealt(8, (2, 3));
    assert_eq!(format!("{:?}", shares[0]), "Share(1 of 3)");
}

#[test]
fn coefficients_may_be_zero_as_they_must_be_for_nothing_to_leak() {
    // The fault of RUSTSEC-2024-0398: where zero is never drawn, many deals of one secret give it away.
    let secret = SymmetricKey::from_bytes([7; 32]);
    let mut seen = BTreeSet::new();
    for seed in 0..200 {
        let shares = deal(KIND, [0; 8], &secret, (2, 2), &SeedDice::new(seed)).unwrap();
        seen.extend(shares[0].value.iter().copied());
    }
    assert!(seen.contains(&7), "a share's byte may equal the secret's");
    assert_eq!(seen.len(), 256);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_k_of_n_join_and_survive_paper(
        seed in any::<u64>(), count in 2_u8..=9, threshold in 2_u8..=9, skip in 0_usize..9
    ) {
        prop_assume!(threshold <= count);
        let (secret, shares) = dealt(seed, (threshold, count));
        let mut read: Vec<Share> =
            shares.iter().map(|s| Share::from_bytes(&s.to_bytes()).unwrap()).collect();
        prop_assert_eq!(&read, &shares);
        read.rotate_left(skip % usize::from(count));
        read.truncate(usize::from(threshold));
        let joined = join(&read, commit).unwrap();
        prop_assert_eq!(joined.secret.expose(), secret.expose());
        read.pop();
        let few = join(&read, commit).unwrap_err();
        let is_few = matches!(few, ShareError::TooFew { .. });
        prop_assert!(is_few);
    }

    #[test]
    fn no_bytes_make_the_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = Share::from_bytes(&bytes);
    }
}
