//! Promises of deltas in ordinary use: a base seen through them answers as a whole release of the same people would.

use super::{INDEXES, draft::Draft, may_extend, merge};
use crate::{
    cache::{
        Cache, CacheError, Found, OpenRelease,
        overlay::Chain,
        pointer::{Held, Pointer},
        release::stored_block,
        store::Store,
        tests::{activate, cache_in, code, import},
    },
    domain::{insured::Branch, medication::Dispensing, person::PersonRecord},
    limits,
    snapshot::{
        Base, ReleaseId, Tree,
        delta_samples::{Region, Root, changed, delta, root},
        samples::{self, MapSource, opening, quiet, region},
    },
    sys::{Disk, RealDisk},
};
use jiff::ToSpan;
use proptest::prelude::*;
use std::{collections::BTreeSet, path::Path};

pub(super) fn import_delta(cache: &Cache, delta: &MapSource) -> Result<(), CacheError> {
    cache.import_delta(delta, &delta.manifest(), &mut quiet).map(drop)
}

/// Each state of a region, and the deltas from one to the next on a base of version 5.
pub(super) fn chain(states: &[Region]) -> (Root, Vec<MapSource>) {
    let root = root(5, 0, &states[0]);
    let mut follows = root.release.manifest();
    let mut deltas = vec![];
    for (version, step) in (6..).zip(states.windows(2)) {
        let made = delta(&root, &follows, version, &step[0], &step[1]);
        follows = made.manifest();
        deltas.push(made);
    }
    (root, deltas)
}

fn sorted(records: impl IntoIterator<Item = PersonRecord>) -> Vec<String> {
    let mut all: Vec<_> = records.into_iter().map(|record| format!("{record:?}")).collect();
    all.sort();
    all
}

/// Whatever is asked about everybody who was ever there, by number, birth date, birth year, name or reading, has the same answer
/// in both, and so have their medical rows.
pub(super) fn same_answers(one: &OpenRelease, two: &OpenRelease, ever: &Region) {
    same_answers_about(one, two, ever);
    let year = |release: &OpenRelease| {
        let found = release.born_in(1_941, "").unwrap();
        assert_eq!(found.unreadable, 0);
        sorted(found.people.iter().map(|record| record.get().clone()))
    };
    assert_eq!(year(one), year(two));
}

/// The same without a whole birth year, for which each of its days is looked up.
pub(super) fn same_answers_about(one: &OpenRelease, two: &OpenRelease, ever: &Region) {
    let key = |release: &OpenRelease| {
        release.keys().unlock_drugs(release.manifest(), &opening()).unwrap()
    };
    let keys = (key(one), key(two));
    let mut asked = BTreeSet::new();
    for (person, _) in ever.iter().filter(|(person, _)| asked.insert(format!("{person:?}"))) {
        let family = |release: &OpenRelease| {
            sorted(release.family(&person.identity).unwrap().iter().map(|r| r.get().clone()))
        };
        assert_eq!(family(one), family(two));
        let all = |found: Found| {
            assert_eq!(found.unreadable, 0);
            found.people.iter().map(|record| record.get().clone()).collect::<Vec<_>>()
        };
        let named = |mut found: Vec<PersonRecord>| {
            found.retain(|other| other.kana == person.kana); // the caller's part
            sorted(found)
        };
        let born = |release: &OpenRelease| sorted(all(release.born_on(person.birth, "").unwrap()));
        assert_eq!(born(one), born(two));
        let born = |release: &OpenRelease| {
            named(all(release.born_on(person.birth, &person.kana).unwrap()))
        };
        assert_eq!(born(one), born(two));
        let read = |release: &OpenRelease| sorted(all(release.read_as(&person.kana).unwrap()));
        assert_eq!(read(one), read(two));
        let drugs = (one.dispensings(person, &keys.0), two.dispensings(person, &keys.1));
        assert_eq!(drugs.0.unwrap(), drugs.1.unwrap());
        let checkups = (one.checkups(person, &keys.0), two.checkups(person, &keys.1));
        assert_eq!(checkups.0.unwrap(), checkups.1.unwrap());
        let visits = (one.visits(person, &keys.0), two.visits(person, &keys.1));
        assert_eq!(visits.0.unwrap(), visits.1.unwrap());
    }
}

/// One change to a region: what, whose, and how.
fn edit(people: &mut Region, (what, whose, how): (u8, usize, u8)) {
    if people.is_empty() || what == 0 {
        let n = 1_000 + u32::from(how);
        people.push((samples::person(n), samples::history(n)));
        return;
    }
    let whose = whose % people.len();
    let other = usize::from(how) % people.len();
    match what {
        1 => drop(people.swap_remove(whose)),
        2 => people[whose].0.identity = people[other].0.identity.clone(),
        3 => people[whose].0.identity.branch = Branch::from_value(how % 100),
        4 => {
            people[whose].0.name = format!("能登谷　改{how}");
            people[whose].0.kana = format!("ノトヤ　カイ{}", how % 4);
        }
        5 => people[whose].0.birth = people[whose].0.birth.saturating_add(i64::from(how).days()),
        6 => people[whose].1 = samples::history(u32::from(how)),
        7 => people[whose].0.lost_on = Some(jiff::civil::date(2026, 1, 1 + (how % 28) as i8)),
        _ => {
            let twin = people[whose].0.clone(); // a second record of the same person
            people.push((twin, vec![]));
        }
    }
}

/// A history belongs to a person, not to a record: of twins only the first bears one.
fn one_history_each(people: &mut Region) {
    let mut seen = BTreeSet::new();
    for (person, history) in people {
        let branch = person.identity.branch;
        if !seen.insert(format!("{}/{branch:?}/{}", person.identity.family_key(), person.birth)) {
            *history = Vec::<Dispensing>::new();
        }
    }
}

fn states(people: u32, steps: &[Vec<(u8, usize, u8)>]) -> Vec<Region> {
    let mut states = vec![region(people)];
    for edits in steps {
        let mut next = states.last().unwrap().clone();
        edits.iter().for_each(|change| edit(&mut next, *change));
        one_history_each(&mut next);
        states.push(next);
    }
    states
}

fn opened(dir: &Path, root: &Root, deltas: &[MapSource]) -> Cache {
    let cache = cache_in(dir);
    import(&cache, &root.release).unwrap();
    deltas.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
    cache
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_base_and_any_chain_of_deltas_answer_as_a_whole_release_of_the_final_people(
        people in 1_u32..40,
        steps in proptest::collection::vec(
            proptest::collection::vec((0_u8..9, any::<usize>(), any::<u8>()), 0..12), 1..5),
    ) {
        let states = states(people, &steps);
        let (root, deltas) = chain(&states);
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let merged = opened(one.path(), &root, &deltas);
        let last = states.last().unwrap();
        let whole = cache_in(two.path());
        import(&whole, &samples_release(last)).unwrap();
        let ever = states.concat();
        same_answers(&merged.active().unwrap(), &whole.active().unwrap(), &ever);
        prop_assert_eq!(merged.active().unwrap().newest().people(), last.len() as u64);
        drop(merged);
        let merged = cache_in(one.path());
        prop_assert_eq!(activate(&merged).unwrap(), 5, "the root's version");
        same_answers(&merged.active().unwrap(), &whole.active().unwrap(), &ever);
    }
}

fn samples_release(people: &Region) -> MapSource {
    root(90, 9, people).release
}

#[test]
fn the_newest_delta_is_named_in_every_answer_and_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(200);
    let (root, deltas) = chain(&[people.clone(), changed(people.clone()), people.clone()]);
    let cache = opened(dir.path(), &root, &deltas);
    let source = cache.active().unwrap().source();
    assert_eq!((source.version, source.as_of), (7, deltas[1].manifest().as_of()));
    assert_eq!(cache.held().unwrap().map(|held| held.version), Some(7));
    drop(cache);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    assert_eq!(cache.active().unwrap().source().version, 7);
    assert_eq!(cache.active().unwrap().manifests().count(), 3);
}

#[test]
fn indexes_made_in_many_passes_are_those_made_in_one() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(2_000);
    let mut moved = people.clone();
    moved.iter_mut().for_each(|(person, _)| person.address.push_str("の隣"));
    let (root, deltas) = chain(&[people, moved]);
    let release = opened(dir.path(), &root, &deltas).active().unwrap();
    let (base, overlay) = (release.base(), release.overlay().unwrap());
    let draft = Draft::create(&RealDisk, &dir.path().join("again")).unwrap();
    let block = |store: &Store, tree, bucket| stored_block(store, tree, bucket).unwrap().to_vec();
    for bucket in 0..overlay.buckets(Tree::Person) {
        let families = block(overlay.store(), Tree::Person, bucket);
        draft.put(Tree::Person, vec![(bucket, families)]).unwrap();
    }
    let records = 5 * limits::OVERLAY_SORT_ENTRIES_MAX / 3;
    merge::indexes(base, &draft, &base.keys().overlay(overlay.chain()), records).unwrap();
    for tree in INDEXES {
        assert!(overlay.buckets(tree) >= 5, "{tree:?}: more buckets than passes");
        for bucket in 0..overlay.buckets(tree) {
            let [one, many] = [overlay.store(), draft.store()].map(|s| block(s, tree, bucket));
            assert_eq!(one, many, "{tree:?} {bucket}");
        }
    }
}

#[test]
fn whoever_holds_the_former_overlay_goes_on_reading_it() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(200);
    let (root, deltas) = chain(&[people.clone(), changed(people.clone()), people.clone()]);
    let cache = opened(dir.path(), &root, &deltas[..1]);
    let before = cache.active().unwrap();
    import_delta(&cache, &deltas[1]).unwrap();
    let found = |release: &OpenRelease| release.family(&people[77].0.identity).unwrap().len();
    assert_eq!((found(&before), found(&cache.active().unwrap())), (3, 4));
}

#[test]
fn only_the_present_pair_and_the_one_before_it_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(40);
    let states = vec![people.clone(); 4];
    let (root, deltas) = chain(&states);
    let cache = opened(dir.path(), &root, &deltas);
    let kept = || {
        let kept = RealDisk.list(&dir.path().join("releases")).unwrap();
        let version = |dir: &std::path::PathBuf| {
            let name = dir.file_name().unwrap().to_str().unwrap().to_owned();
            Pointer::from_dir_name(&name).unwrap().tip().version
        };
        kept.iter().map(version).collect::<BTreeSet<_>>()
    };
    assert_eq!(kept(), [5, 7, 8].into());
    import(&cache, &samples_release(&people)).unwrap();
    assert_eq!(kept(), [5, 8, 90].into());
    assert_eq!(cache.active().unwrap().source().version, 90, "a whole release drops the deltas");
}

#[test]
fn the_same_state_as_a_whole_release_is_held_already() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(40);
    let (root_five, deltas) = chain(&[people.clone(), people.clone()]);
    let cache = opened(dir.path(), &root_five, &deltas);
    let six = root(6, 3, &people).release;
    assert_eq!(code(&import(&cache, &six).unwrap_err()), "release_already_held");
}

#[test]
fn a_drug_key_opens_base_and_deltas_and_no_other_roots() {
    let dir = tempfile::tempdir().unwrap();
    let people = region(200);
    let (root_five, deltas) = chain(&[people.clone(), changed(people.clone())]);
    let cache = opened(dir.path(), &root_five, &deltas);
    let release = cache.active().unwrap();
    let key = release.keys().unlock_drugs(release.manifest(), &opening()).unwrap();
    assert_eq!(release.dispensings(&people[9].0, &key).unwrap(), samples::history(2));
    assert_eq!(release.dispensings(&people[14].0, &key).unwrap(), [], "none any more");
    let other = root(7, 1, &people).release;
    let other = other.keys().unlock_drugs(&other.manifest(), &opening()).unwrap();
    let refused = release.dispensings(&people[9].0, &other).unwrap_err();
    assert_eq!(code(&refused), "drug_key_other_release");
}

fn held(version: u64, id: u8) -> Held {
    Held { version, release: ReleaseId([id; 16]) }
}

#[test]
fn whether_a_delta_may_come_is_decided_by_what_it_names() {
    let people = region(4);
    let (root_five, deltas) =
        chain(&[people.clone(), people.clone(), people.clone(), people.clone()]);
    let manifests: Vec<_> = deltas.iter().map(MapSource::manifest).collect();
    let [six, seven, eight] = &manifests[..] else { panic!() };
    let base = Held::of(&root_five.release.manifest());
    let chain = |overlay, deltas| Some(Chain { held: Pointer { base, overlay }, deltas });
    let whole = chain(None, 0);
    let at_six = chain(Some(Held::of(six)), 1);
    let fork = chain(Some(held(6, 9)), 1);
    let other_root = Some(Chain { held: Pointer::whole(held(5, 8)), deltas: 0 });
    let many = chain(None, crate::limits::DELTAS_MAX);
    let may = |held: Option<Chain>, floor, offered: Held, link: Option<Base>| {
        may_extend(held, floor, offered, link.unwrap()).map_or_else(|e| code(&e), |_| "taken")
    };
    let table = [
        (None, 0, six, "delta_without_base"),
        (whole, 0, six, "taken"),
        (whole, 6, six, "taken"),
        (whole, 7, six, "release_older"),
        (whole, 0, seven, "delta_out_of_order"),
        (at_six, 0, six, "release_already_held"),
        (at_six, 0, seven, "taken"),
        (at_six, 0, eight, "delta_out_of_order"),
        (chain(Some(Held::of(seven)), 2), 0, six, "release_older"),
        (fork, 0, six, "release_conflicts"),
        (fork, 0, seven, "delta_wrong_base"),
        (chain(Some(held(7, 9)), 1), 0, eight, "delta_wrong_base"),
        (other_root, 0, six, "delta_other_root"),
        (
            Some(Chain { held: Pointer::whole(held(6, 8)), deltas: 0 }),
            0,
            six,
            "release_already_held",
        ),
        (many, 0, six, "deltas_too_many"),
    ];
    for (n, (chain, floor, offered, expected)) in table.into_iter().enumerate() {
        assert_eq!(may(chain, floor, Held::of(offered), offered.base()), expected, "row {n}");
    }
}
