//! What to fetch and what to send, in which order. Decides only; `app` carries it out.
//!
//! Small before large, trust before what it vouches for, and the outbox before the release: a line that holds for one
//! minute moves what matters most.

use super::{Index, ways::cheapest};
use crate::{
    limits::{BATCH_ENTRIES_MAX, RECEIPTS_ASKED_MAX, ROOT_VERSIONS_MAX, ROOTS_ASKED_MAX},
    seal::Kid,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// What the box holds, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The newest root document; `None` for a box that was made without one and can use none.
    pub root_version: Option<u64>,
    /// The trust list's root version and number.
    pub trust: Option<(u64, u64)>,
    /// Each issuer's revocation list's.
    pub revocations: BTreeMap<Kid, u64>,
    /// Each order's highest revision seen, open or closed.
    pub orders: BTreeMap<u32, u16>,
    /// The newest release ever imported.
    pub release_version: Option<u64>,
    /// The whole release that answers now, alone or under its deltas; `None` where none does.
    pub whole_release: Option<u64>,
}

/// A batch that was handed to a link and has no receipt yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentBatch {
    /// BLAKE3 of its bytes, computed when it was sealed.
    pub batch: [u8; 32],
    /// First entry in it.
    pub from: u64,
    /// Last entry in it.
    pub to: u64,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next root document. Each follows the one before: where one does not come, leave out those after it.
    FetchRoot {
        /// Its version.
        version: u64,
    },
    /// A newer trust list.
    FetchTrustList,
    /// A newer revocation list.
    FetchRevocations {
        /// Whose.
        issuer: Kid,
    },
    /// A new order, or a newer revision.
    FetchOrder {
        /// The authority's number.
        number: u32,
        /// The revision offered.
        revision: u16,
    },
    /// The receipt for a batch that was sent before.
    FetchReceipt {
        /// Which.
        batch: SentBatch,
    },
    /// Seal and send these entries. Leave out those that a receipt fetched just before has covered, and send nothing if
    /// none are left.
    SendBatch {
        /// Sequence numbers, ascending.
        sequences: Vec<u64>,
    },
    /// A delta on top of what is held, or of what the step before brings.
    FetchDelta {
        /// The version of the whole release at the root.
        root: u64,
        /// Its own.
        version: u64,
    },
    /// A newer release, the largest thing there is.
    FetchRelease {
        /// Its version.
        version: u64,
    },
}

/// Plans one exchange. `waiting` are the entries without a receipt, `unreceipted` the batches sent so far.
#[must_use]
pub fn plan(held: &Held, offered: &Index, waiting: &[u64], unreceipted: &[SentBatch]) -> Vec<Step> {
    let waiting: BTreeSet<u64> = waiting.iter().copied().collect();
    let mut steps = vec![];
    steps.extend(roots(held, offered));
    steps.extend(trust_is_newer(held, offered).then_some(Step::FetchTrustList));
    steps.extend(revocations(held, offered));
    steps.extend(orders(held, offered));
    steps.extend(receipts(&waiting, unreceipted));
    steps.extend(batches(&waiting));
    steps.extend(cheapest(held, offered));
    steps
}

fn newer<T: Ord>(offered: &T, held: Option<&T>) -> bool {
    held.is_none_or(|held| offered > held)
}

/// In order, and only so many at once: the index is unsigned and may name any number.
fn roots(held: &Held, offered: &Index) -> impl Iterator<Item = Step> {
    let (from, to) = held.root_version.zip(offered.root_version).unwrap_or_default();
    let to = to.min(from.saturating_add(ROOTS_ASKED_MAX)).min(ROOT_VERSIONS_MAX);
    (from.saturating_add(1)..=to).map(|version| Step::FetchRoot { version })
}

/// Numbers begin anew under each root. A hub that names none is older than they are: then the number alone is the hint.
fn trust_is_newer(held: &Held, offered: &Index) -> bool {
    match (offered.trust_root, offered.trust_sequence, held.trust) {
        (_, None, _) => false,
        (_, Some(_), None) => true,
        (Some(root), Some(sequence), Some(held)) => (root, sequence) > held,
        (None, Some(sequence), Some((_, held))) => sequence > held,
    }
}

fn revocations(held: &Held, offered: &Index) -> Vec<Step> {
    let wanted: BTreeSet<Kid> = offered
        .revocations
        .iter()
        .filter(|offer| newer(&offer.sequence, held.revocations.get(&offer.issuer)))
        .map(|offer| offer.issuer)
        .collect();
    wanted.into_iter().map(|issuer| Step::FetchRevocations { issuer }).collect()
}

/// Of each order only the highest revision: the ones below it no longer hold.
fn orders(held: &Held, offered: &Index) -> Vec<Step> {
    let mut highest: BTreeMap<u32, u16> = BTreeMap::new();
    for offer in &offered.orders {
        let known = highest.entry(offer.number).or_insert(offer.revision);
        *known = offer.revision.max(*known);
    }
    highest.retain(|number, revision| newer(revision, held.orders.get(number)));
    highest.into_iter().map(|(number, revision)| Step::FetchOrder { number, revision }).collect()
}

/// Only receipts that would settle something are asked for, else a link would be asked for ever; and of these the newest,
/// for what was sent again and again without an answer piles up.
fn receipts(waiting: &BTreeSet<u64>, unreceipted: &[SentBatch]) -> Vec<Step> {
    let settles = |sent: &&SentBatch| {
        sent.from <= sent.to && waiting.range(sent.from..=sent.to).next().is_some()
    };
    let mut asked: Vec<SentBatch> = unreceipted.iter().filter(settles).copied().collect();
    asked.sort_by_key(|sent| (Reverse(sent.to), Reverse(sent.from), sent.batch));
    asked.dedup();
    asked.truncate(RECEIPTS_ASKED_MAX);
    asked.sort();
    asked.into_iter().map(|batch| Step::FetchReceipt { batch }).collect()
}

/// Neighbours stay together. A receipt settles a *range*, so no waiting entry may lie between two of a batch.
fn batches(waiting: &BTreeSet<u64>) -> Vec<Step> {
    let all: Vec<u64> = waiting.iter().copied().collect();
    all.chunks(BATCH_ENTRIES_MAX)
        .map(|sequences| Step::SendBatch { sequences: sequences.to_vec() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{OfferedOrder, OfferedRelease, OfferedRevocations};
    use proptest::prelude::*;

    const KID: Kid = Kid([1; 4]);

    fn offer(trust: u64, revocations: u64, order: (u32, u16), version: u64) -> Index {
        Index {
            trust_sequence: Some(trust),
            trust_root: Some(1),
            root_version: Some(1),
            revocations: vec![OfferedRevocations { issuer: KID, sequence: revocations }],
            orders: vec![OfferedOrder { number: order.0, revision: order.1 }],
            release: Some(OfferedRelease { version, release_id: [0; 16], bytes: 1 }),
            deltas: vec![],
        }
    }

    fn holding(trust: u64, revocations: u64, order: (u32, u16), version: u64) -> Held {
        Held {
            root_version: Some(1),
            trust: Some((1, trust)),
            revocations: [(KID, revocations)].into(),
            orders: [order].into(),
            release_version: Some(version),
            whole_release: Some(version),
        }
    }

    #[test]
    fn trust_comes_first_and_the_release_last() {
        let sent = SentBatch { batch: [9; 32], from: 1, to: 2 };
        assert_eq!(
            plan(&Held::default(), &offer(1, 1, (7, 1), 5), &[2, 1, 3], &[sent]),
            [
                Step::FetchTrustList,
                Step::FetchRevocations { issuer: KID },
                Step::FetchOrder { number: 7, revision: 1 },
                Step::FetchReceipt { batch: sent },
                Step::SendBatch { sequences: vec![1, 2, 3] },
                Step::FetchRelease { version: 5 },
            ]
        );
    }

    #[test]
    fn root_documents_come_in_order_before_the_list_and_only_so_many_at_once() {
        let roots = |held: Option<u64>, offered: Option<u64>| -> Vec<u64> {
            let held = Held { root_version: held, ..Held::default() };
            let offered =
                Index { root_version: offered, trust_sequence: Some(1), ..Index::default() };
            let mut steps = plan(&held, &offered, &[], &[]);
            assert_eq!(steps.pop(), Some(Step::FetchTrustList));
            let version = |step| match step {
                Step::FetchRoot { version } => version,
                other => panic!("{other:?}"),
            };
            steps.into_iter().map(version).collect()
        };
        assert_eq!(roots(Some(1), Some(4)), [2, 3, 4]);
        for (held, offered) in [(4, 4), (5, 4), (u64::MAX, u64::MAX)] {
            assert_eq!(roots(Some(held), Some(offered)), [0_u64; 0]);
        }
        assert_eq!(roots(None, Some(4)), [0_u64; 0], "a box without a root can use none");
        assert_eq!(roots(Some(1), None), [0_u64; 0]);
        let lie = roots(Some(1), Some(u64::MAX));
        assert_eq!((lie.len() as u64, lie.first()), (ROOTS_ASKED_MAX, Some(&2)));
        assert_eq!(roots(Some(ROOT_VERSIONS_MAX - 1), Some(u64::MAX)), [ROOT_VERSIONS_MAX]);
    }

    #[test]
    fn of_two_lists_the_one_under_the_newer_root_is_newer_whatever_its_number() {
        let fetches = |root: Option<u64>, sequence, held| {
            let held = Held { trust: Some(held), ..Held::default() };
            let offered =
                Index { trust_root: root, trust_sequence: Some(sequence), ..Index::default() };
            plan(&held, &offered, &[], &[]) == [Step::FetchTrustList]
        };
        assert!(fetches(Some(2), 1, (1, u64::MAX - 1)));
        assert!(!fetches(Some(1), u64::MAX - 1, (2, 1)));
        assert!(fetches(Some(2), 2, (2, 1)) && !fetches(Some(2), 1, (2, 1)));
        assert!(fetches(None, 2, (2, 1)) && !fetches(None, 1, (2, 1)));
    }

    #[test]
    fn nothing_new_and_nothing_waiting_is_nothing_to_do() {
        let (held, offered) = (holding(3, 3, (7, 2), 5), offer(3, 3, (7, 2), 5));
        assert_eq!(plan(&held, &offered, &[], &[]), []);
        assert_eq!(plan(&held, &Index::default(), &[], &[]), []);
    }

    #[test]
    fn of_an_orders_revisions_only_the_highest_is_fetched() {
        let orders = [2, 4, 3].map(|revision| OfferedOrder { number: 7, revision }).into();
        let offered = Index { orders, ..Index::default() };
        let held = Held { orders: [(7, 1)].into(), ..Held::default() };
        assert_eq!(plan(&held, &offered, &[], &[]), [Step::FetchOrder { number: 7, revision: 4 }]);
    }

    #[test]
    fn a_receipt_that_would_settle_nothing_is_not_asked_for() {
        let settled = SentBatch { batch: [9; 32], from: 1, to: 4 };
        let steps = plan(&Held::default(), &Index::default(), &[5], &[settled]);
        assert_eq!(steps, [Step::SendBatch { sequences: vec![5] }]);
    }

    #[test]
    fn of_receipts_that_piled_up_only_the_newest_are_asked_for() {
        let sent = |n: u8| SentBatch { batch: [255 - n; 32], from: n.into(), to: n.into() };
        let (piled, waiting): (Vec<_>, Vec<u64>) =
            ((1..=99).map(sent).collect(), (1..=99).collect());
        let steps = plan(&Held::default(), &Index::default(), &waiting, &piled);
        let asked: BTreeSet<u64> = steps
            .iter()
            .filter_map(|step| match step {
                Step::FetchReceipt { batch } => Some(batch.to),
                _ => None,
            })
            .collect();
        assert_eq!(asked, (99 - RECEIPTS_ASKED_MAX as u64 + 1..=99).collect());
    }

    proptest! {
        #[test]
        fn nothing_is_fetched_that_is_not_newer(
            held in (0_u64..4, 0_u64..4, (0_u32..3, 0_u16..4), 0_u64..4),
            offered in (0_u64..4, 0_u64..4, (0_u32..3, 0_u16..4), 0_u64..4),
        ) {
            let steps = plan(
                &holding(held.0, held.1, held.2, held.3),
                &offer(offered.0, offered.1, offered.2, offered.3),
                &[], &[],
            );
            let new_order = offered.2.0 != held.2.0 || offered.2.1 > held.2.1;
            prop_assert_eq!(steps.contains(&Step::FetchTrustList), offered.0 > held.0);
            prop_assert_eq!(steps.contains(&Step::FetchRevocations { issuer: KID }), offered.1 > held.1);
            prop_assert_eq!(
                steps.contains(&Step::FetchOrder { number: offered.2.0, revision: offered.2.1 }),
                new_order
            );
            prop_assert_eq!(
                steps.contains(&Step::FetchRelease { version: offered.3 }),
                offered.3 > held.3
            );
        }

        #[test]
        fn every_waiting_entry_is_in_exactly_one_batch_and_no_batch_skips_one(
            waiting in proptest::collection::vec(1_u64..2000, 0..900),
        ) {
            let steps = plan(&Held::default(), &Index::default(), &waiting, &[]);
            let mut seen = vec![];
            for step in steps {
                let Step::SendBatch { sequences } = step else { panic!("{step:?}") };
                prop_assert!(!sequences.is_empty() && sequences.len() <= BATCH_ENTRIES_MAX);
                seen.extend(sequences);
            }
            let each_once: BTreeSet<u64> = waiting.into_iter().collect();
            prop_assert_eq!(seen, each_once.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn a_batch_without_receipt_is_asked_for_before_its_entries_are_sent_again(
            from in 1_u64..50, length in 0_u64..50,
        ) {
            let sent = SentBatch { batch: [9; 32], from, to: from + length };
            let waiting: Vec<u64> = (from..=from + length).collect();
            let steps = plan(&Held::default(), &Index::default(), &waiting, &[sent]);
            prop_assert_eq!(&steps[..1], &[Step::FetchReceipt { batch: sent }]);
            prop_assert_eq!(&steps[1..], &[Step::SendBatch { sequences: waiting }]);
        }
    }
}
