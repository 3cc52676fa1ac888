//! Promises of the delta format.

use super::{
    DeltaBlock,
    change::{Change, Family, families},
    samples::{changed, delta, root, try_delta},
};
use crate::{
    messages::Trouble,
    snapshot::{
        Manifest, SnapshotError, Tree,
        layout::TreeSeal,
        samples::{self, STRANGER, box_key, opening, publisher, quiet, region},
        verify,
    },
};
use proptest::prelude::*;

fn code(error: &SnapshotError) -> &'static str {
    error.message().code
}

#[test]
fn a_delta_names_what_it_follows_and_the_root_of_its_chain() {
    let people = region(200);
    let root = root(5, 0, &people);
    let base = root.release.manifest();
    let six = delta(&root, &base, 6, &people, &changed(people.clone()));
    let six = six.manifest();
    let seven = delta(&root, &six, 7, &people, &people).manifest();
    let link = seven.base().unwrap();
    assert_eq!((link.follows(), link.follows_version()), (six.release_id(), 6));
    assert_eq!((link.root(), link.root_version()), (base.release_id(), 5));
    assert_eq!((six.people(), base.base()), (200, None));
    assert_eq!(seven.trees(), Tree::DELTA);
}

#[test]
fn a_delta_holds_what_changed_and_nothing_else() {
    let people = region(200);
    let root = root(5, 0, &people);
    let base = root.release.manifest();
    let (six, summary) = try_delta(&root, &base, 6, &people, &changed(people.clone())).unwrap();
    // The corrected one, the old and the new family of the moved one, the family somebody left, and the new one's.
    assert_eq!(summary.families, 5);
    // Two changed, two of the moved one's (the old and the new number), the gone one's and the new one's.
    assert_eq!(summary.histories[0], 6);
    assert!(summary.bytes * 10 < base.bytes(), "{} of {}", summary.bytes, base.bytes());
    verify(&six, &six.manifest(), &mut quiet).unwrap();
    let (_, nothing) = try_delta(&root, &base, 6, &people, &people).unwrap();
    assert_eq!((nothing.families, nothing.histories), (0, [0; 3]));
}

#[test]
fn of_a_kind_left_out_nothing_changes_not_even_its_count() {
    let people = region(200);
    let root = root(5, 0, &people);
    let base = root.release.manifest();
    let counts =
        |manifest: &Manifest| [manifest.dispensings(), manifest.checkups(), manifest.visits()];
    assert!(counts(&base).iter().all(|count| *count > 0));
    let bare = |people: &super::samples::Region| {
        people.iter().map(|(person, _)| (person.clone(), vec![])).collect::<Vec<_>>()
    };
    let after = changed(people.clone());
    let (six, summary) = try_delta(&root, &base, 6, &bare(&people), &bare(&after)).unwrap();
    assert_eq!((summary.families, summary.histories), (5, [0; 3]));
    assert_eq!((summary.rows, counts(&six.manifest())), (counts(&base), counts(&base)));
    // On top of a delta it is that delta's count, and a kind that is told is counted anew.
    let seven = delta(&root, &six.manifest(), 7, &people, &after).manifest();
    assert_ne!(counts(&seven), counts(&base));
    let eight = delta(&root, &seven, 8, &bare(&after), &bare(&after)).manifest();
    assert_eq!(counts(&eight), counts(&seven));
}

#[test]
fn writing_a_delta_tells_how_far_it_is_of_all_that_changed() {
    let people = region(200);
    let root = root(5, 0, &people);
    let told = super::samples::progress_of(&root, &people, &changed(people.clone()));
    let all = told.last().unwrap().done;
    assert!(all > 5 && told.iter().all(|progress| progress.total == Some(all)), "{told:?}");
}

#[test]
fn only_who_opens_the_root_opens_the_delta() {
    let people = region(40);
    let (ours, theirs) = (root(5, 0, &people), root(5, 1, &people));
    let six = delta(&ours, &ours.release.manifest(), 6, &people, &changed_small(people.clone()));
    let manifest = six.manifest();
    assert_eq!(
        code(&manifest.unseal_for(&STRANGER, &box_key()).unwrap_err()),
        "release_not_for_this_box"
    );
    let keys = theirs.release.keys();
    assert_eq!(code(&keys.delta(&manifest).unwrap_err()), "delta_other_root");

    // The seals themselves: the id of a delta is no secret, the root's keys are.
    let block = samples::split_blocks(&six.0["person.blk"]).remove(0);
    let opens = |release: &samples::MapSource| {
        let secret = release.keys().deltas.eligibility_key(manifest.release_id());
        let buckets = manifest.buckets(Tree::Person);
        TreeSeal::new(&secret, manifest.release_id(), Tree::Person, buckets).open(0, &block).is_ok()
    };
    assert!(opens(&ours.release) && !opens(&theirs.release));

    // Also with the check out of the way: the keys of another root open no block.
    let mut relabelled = six;
    let link = super::Base::on(&theirs.release.manifest());
    relabelled.sign_anew(|wire| wire.base = Some(link));
    let manifest = relabelled.manifest();
    let words = words_of(&theirs.release);
    let block = samples::split_blocks(relabelled.file("person.blk")).remove(0);
    let shut = keys.delta(&manifest).unwrap().open_families(&words, 0, &block).unwrap_err();
    assert_eq!(code(&shut), "snapshot_block_damaged");
    let drugs = keys.unlock_drugs(&theirs.release.manifest(), &opening()).unwrap();
    let block = samples::split_blocks(relabelled.file("drug.blk")).remove(0);
    let person = drugs.person(&samples::person(4));
    let block = DeltaBlock { delta: &manifest, bucket: 0, sealed: &block };
    let shut = drugs.open_delta_drugs(&words, block, &person);
    assert!(shut.is_err());
}

fn changed_small(mut people: super::samples::Region) -> super::samples::Region {
    people[3].0.name = "能登谷0　花江".into();
    people[4].1 = samples::history(2);
    people
}

fn words_of(release: &samples::MapSource) -> crate::snapshot::Words {
    let keys = release.keys();
    let mut words = keys.words();
    for block in samples::split_blocks(&release.0["person-words.blk"]) {
        words.take(&block).unwrap();
    }
    words.finish().unwrap()
}

#[test]
fn a_delta_that_fits_no_root_is_not_written() {
    let people = region(8);
    let (ours, theirs) = (root(5, 0, &people), root(4, 1, &people));
    let (base, other) = (ours.release.manifest(), theirs.release.manifest());
    let refused =
        |follows, version| code(&try_delta(&ours, follows, version, &people, &people).unwrap_err());
    assert_eq!(refused(&other, 6), "delta_other_root");
    assert_eq!(refused(&base, 5), "release_malformed");
}

#[test]
fn a_manifest_whose_base_does_not_fit_is_malformed() {
    let people = region(8);
    let root = root(5, 0, &people);
    let base = root.release.manifest();
    let fits = super::Base::on(&base);
    let bends: [fn(&mut super::Base); 4] = [
        |base| base.follows_version = 6,
        |base| base.follows_version = 4,
        |base| base.root_version = 4,
        |base| base.follows = [1; 16],
    ];
    for (n, bend) in bends.into_iter().enumerate() {
        let mut six = delta(&root, &base, 6, &people, &people);
        let mut link = fits;
        bend(&mut link);
        six.sign_anew(|wire| wire.base = Some(link));
        let keys = |_| vec![publisher().public()];
        let refused = Manifest::open(&six.0[crate::snapshot::MANIFEST_NAME], keys).unwrap_err();
        assert_eq!(code(&refused), "release_malformed", "bend {n}");
    }
    let mut six = delta(&root, &base, 6, &people, &people);
    six.sign_anew(|wire| wire.base = None);
    let keys = |_| vec![publisher().public()];
    let refused = Manifest::open(&six.0[crate::snapshot::MANIFEST_NAME], keys).unwrap_err();
    assert_eq!(code(&refused), "release_malformed", "a delta passes for no whole release");
}

fn family() -> impl Strategy<Value = Change> {
    let marks = proptest::collection::vec(any::<[u8; 8]>(), 0..4);
    let bodies = proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..4);
    (marks, bodies)
        .prop_map(|(taken, put)| Change { taken, put: put.into_iter().map(Into::into).collect() })
}

proptest! {
    #[test]
    fn changes_read_back_as_written_and_only_in_order(
        changes in proptest::collection::btree_map(any::<[u8; 16]>(), family(), 0..6),
    ) {
        let all: Vec<Family> = changes
            .into_iter()
            .filter(|(_, change)| !change.is_empty())
            .map(|(blind, change)| Family { blind, change })
            .collect();
        let written = |all: &[Family]| {
            let mut plain = vec![];
            all.iter().for_each(|family| family.write(&mut plain));
            plain
        };
        prop_assert_eq!(families(&written(&all)), Some(all.clone()));
        if all.len() > 1 {
            let backwards: Vec<_> = all.into_iter().rev().collect();
            prop_assert_eq!(families(&written(&backwards)), None);
        }
    }

    #[test]
    fn no_bytes_make_reading_changes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = families(&bytes);
    }
}
