//! The cheapest way from the release held to the newest state offered: deltas, a whole release, or one and then the others.
//! Decides only, on hints: what a way leads to proves itself when it arrives.

use super::{Held, Index, OfferedDelta, Step};
use std::{cmp::Reverse, collections::BTreeMap};

/// A way found: how far it leads, what it costs, and its steps.
struct Way {
    version: u64,
    bytes: u64,
    steps: Vec<Step>,
}

/// The steps to the newest state within reach, the cheapest way; nothing where nothing newer can be reached.
#[must_use]
pub fn cheapest(held: &Held, offered: &Index) -> Vec<Step> {
    let by_deltas = held.release_version.zip(held.whole_release).and_then(|(version, root)| {
        let way = along(Way { version, bytes: 0, steps: vec![] }, root, &offered.deltas);
        (way.version > version).then_some(way)
    });
    shortest([by_deltas, by_whole(held, offered)])
}

impl Index {
    /// The index without what one step would fetch, after that was refused: the other ways stay.
    #[must_use]
    pub fn without(mut self, refused: &Step) -> Self {
        match refused {
            Step::FetchDelta { root, version } => {
                self.deltas.retain(|delta| (delta.root, delta.version) != (*root, *version));
            }
            Step::FetchRelease { version } => {
                self.release = self.release.filter(|whole| whole.version != *version);
            }
            _ => {}
        }
        self
    }
}

fn by_whole(held: &Held, offered: &Index) -> Option<Way> {
    let newer = |version| held.release_version.is_none_or(|held| version > held);
    let whole = offered.release.filter(|whole| newer(whole.version))?;
    let steps = vec![Step::FetchRelease { version: whole.version }];
    let way = Way { version: whole.version, bytes: whole.bytes, steps };
    Some(along(way, whole.version, &offered.deltas))
}

fn shortest(ways: [Option<Way>; 2]) -> Vec<Step> {
    let best = ways.into_iter().flatten().max_by_key(|way| (way.version, Reverse(way.bytes)));
    best.map_or_else(Vec::new, |way| way.steps)
}

/// The way prolonged by the deltas of one root, as far and as cheaply as they lead.
fn along(start: Way, root: u64, deltas: &[OfferedDelta]) -> Way {
    let mut deltas: Vec<_> =
        deltas.iter().filter(|delta| delta.root == root && delta.follows < delta.version).collect();
    deltas.sort();
    // What reaching a version costs, and by which delta; a delta only leads upwards, so one pass is enough.
    let mut reached: BTreeMap<u64, (u64, Option<OfferedDelta>)> =
        [(start.version, (start.bytes, None))].into();
    for delta in deltas {
        let Some((bytes, _)) = reached.get(&delta.follows) else { continue };
        let bytes = bytes.saturating_add(delta.bytes);
        let known = reached.get(&delta.version);
        if delta.version > start.version && known.is_none_or(|(known, _)| bytes < *known) {
            reached.insert(delta.version, (bytes, Some(*delta)));
        }
    }
    let Some((&version, &(bytes, mut last))) = reached.last_key_value() else { return start };
    let mut fetched = vec![];
    while let Some(delta) = last {
        fetched.push(Step::FetchDelta { root, version: delta.version });
        last = reached.get(&delta.follows).and_then(|(_, before)| *before);
    }
    let steps = start.steps.into_iter().chain(fetched.into_iter().rev()).collect();
    Way { version, bytes, steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::OfferedRelease;
    use proptest::prelude::*;

    /// Version, follows, root, bytes.
    fn index(whole: Option<(u64, u64)>, deltas: &[(u64, u64, u64, u64)]) -> Index {
        let delta =
            |&(version, follows, root, bytes)| OfferedDelta { version, follows, root, bytes };
        Index {
            release: whole.map(|(version, bytes)| OfferedRelease {
                version,
                release_id: [0; 16],
                bytes,
            }),
            deltas: deltas.iter().map(delta).collect(),
            ..Index::default()
        }
    }

    fn held(root: Option<u64>, version: Option<u64>) -> Held {
        Held { release_version: version, whole_release: root, ..Held::default() }
    }

    fn words(steps: &[Step]) -> String {
        let word = |step: &Step| match step {
            Step::FetchRelease { version } => format!("whole {version}"),
            Step::FetchDelta { root, version } => format!("{root}+{version}"),
            other => format!("{other:?}"),
        };
        steps.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_cheapest_way_to_the_newest_state_is_taken() {
        let days = [(11, 10, 10, 5), (12, 11, 10, 5), (13, 12, 10, 5)];
        let gap = [(11, 10, 10, 5), (13, 12, 10, 5)];
        let table = [
            ("nothing is offered", held(Some(10), Some(10)), index(None, &[]), ""),
            (
                "a bare box",
                held(None, None),
                index(Some((10, 99)), &days),
                "whole 10, 10+11, 10+12, 10+13",
            ),
            ("one day", held(Some(10), Some(12)), index(Some((10, 99)), &days), "10+13"),
            (
                "all of them, oldest first",
                held(Some(10), Some(10)),
                index(Some((10, 99)), &days),
                "10+11, 10+12, 10+13",
            ),
            ("nothing newer", held(Some(10), Some(13)), index(Some((10, 99)), &days), ""),
            (
                "both lead there, deltas are smaller",
                held(Some(10), Some(12)),
                index(Some((13, 99)), &days),
                "10+13",
            ),
            (
                "both lead there, the whole is smaller",
                held(Some(10), Some(10)),
                index(Some((13, 14)), &days),
                "whole 13",
            ),
            (
                "a link is missing",
                held(Some(10), Some(11)),
                index(Some((13, 99)), &gap),
                "whole 13",
            ),
            (
                "a link is missing, no whole release",
                held(Some(10), Some(10)),
                index(None, &gap),
                "10+11",
            ),
        ];
        all_are(table);
    }

    #[test]
    fn a_way_of_deltas_stays_on_one_root_and_leads_upwards() {
        let days = [(11, 10, 10, 5), (12, 11, 10, 5), (13, 12, 10, 5)];
        let table = [
            (
                "the whole release leads further",
                held(Some(10), Some(12)),
                index(Some((14, 99)), &days),
                "whole 14",
            ),
            ("deltas of another root", held(Some(9), Some(10)), index(Some((10, 99)), &days), ""),
            (
                "another root, a new whole release",
                held(Some(9), Some(9)),
                index(Some((10, 99)), &days),
                "whole 10, 10+11, 10+12, 10+13",
            ),
            (
                "one delta over several days",
                held(Some(10), Some(10)),
                index(None, &[(11, 10, 10, 5), (12, 11, 10, 5), (13, 12, 10, 5), (13, 10, 10, 9)]),
                "10+13",
            ),
            (
                "one that leads back",
                held(Some(10), Some(10)),
                index(None, &[(10, 11, 10, 1), (10, 10, 10, 1)]),
                "",
            ),
            (
                "what is remembered and does not answer takes no delta",
                held(None, Some(12)),
                index(Some((10, 99)), &days),
                "",
            ),
        ];
        all_are(table);
    }

    fn all_are<const N: usize>(table: [(&str, Held, Index, &str); N]) {
        for (name, held, offered, expected) in table {
            assert_eq!(words(&cheapest(&held, &offered)), expected, "{name}");
        }
    }

    #[test]
    fn after_a_refused_delta_the_other_ways_are_tried_and_then_the_whole_release() {
        let chains = [(12, 11, 10, 5), (13, 12, 10, 5), (14, 11, 10, 1), (15, 13, 10, 5)];
        let offered = index(Some((13, 99)), &chains);
        let held = held(Some(10), Some(11));
        let refused = |root, version| Step::FetchDelta { root, version };
        assert_eq!(words(&cheapest(&held, &offered)), "10+12, 10+13, 10+15");
        let offered = offered.without(&refused(10, 15));
        assert_eq!(words(&cheapest(&held, &offered)), "10+14");
        let offered = offered.without(&refused(10, 14));
        assert_eq!(words(&cheapest(&held, &offered)), "10+12, 10+13");
        let offered = offered.without(&refused(10, 12));
        assert_eq!(words(&cheapest(&held, &offered)), "whole 13");
        let offered = offered.without(&Step::FetchRelease { version: 13 });
        assert_eq!(cheapest(&held, &offered), []);
    }

    proptest! {
        #[test]
        fn every_way_leads_upwards_from_what_is_held(
            root in proptest::option::of(0_u64..4),
            version in proptest::option::of(0_u64..6),
            whole in proptest::option::of((0_u64..9, 0_u64..50)),
            deltas in proptest::collection::vec((0_u64..9, 0_u64..9, 0_u64..9, 0_u64..9), 0..12),
        ) {
            let (mut at, mut on) = (version, root);
            for step in cheapest(&held(root, version), &index(whole, &deltas)) {
                let next = match step {
                    Step::FetchRelease { version } => { on = Some(version); version }
                    Step::FetchDelta { root, version } => {
                        prop_assert_eq!(on, Some(root));
                        let follows = |d: &&(u64, u64, u64, u64)| (d.0, Some(d.1), d.2) == (version, at, root);
                        prop_assert!(deltas.iter().any(|d| follows(&d)));
                        version
                    }
                    other => panic!("{other:?}"),
                };
                prop_assert!(at.is_none_or(|at| next > at));
                at = Some(next);
            }
        }
    }
}
