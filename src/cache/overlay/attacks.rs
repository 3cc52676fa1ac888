//! Every attack on a delta and every failing disk: refused under its own name, while what is held goes on answering.

use super::{
    merge::with_lanes,
    tests::{chain, import_delta, same_answers},
};
use crate::{
    cache::{
        Cache, CacheError,
        attacks::FailingDisk,
        store::{Share, Store, sled_dir},
        tests::{activate, cache_in, code, import},
    },
    limits,
    messages::Trouble,
    snapshot::{
        BlockStream, MANIFEST_NAME, Manifest, SnapshotError, Tree,
        delta_samples::{Region, changed, delta, root},
        samples::{BOX, MapSource, box_key, join_blocks, publisher, region},
    },
    sys::{Disk, RealDisk},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::SeqCst},
};

/// Base 5, then 6 and 7; people of each.
fn three() -> ([Region; 3], MapSource, [MapSource; 2]) {
    let people = region(200);
    let six = changed(people.clone());
    let mut seven = six.clone();
    seven[1].0.name = "能登谷0　花枝".into();
    seven[9].1.clear();
    let states = [people, six, seven];
    let (root, deltas) = chain(&states);
    let Ok(deltas) = <[MapSource; 2]>::try_from(deltas) else { panic!() };
    (states, root.release, deltas)
}

fn name_of(cache: &Cache) -> (u64, String) {
    let release = cache.active().expect("something answers");
    let people = region(2);
    let family = release.family(&people[1].0.identity).unwrap();
    let second = family.iter().find(|record| record.get().birth == people[1].0.birth);
    (release.source().version, second.unwrap().get().name.clone())
}

fn still_six(dir: &Path, cache: Cache) {
    let expected = (6, "能登谷0　花江".to_owned());
    assert_eq!(name_of(&cache), expected);
    drop(cache);
    assert_eq!(RealDisk.list(&dir.join("releases")).unwrap().len(), 2, "no leftovers");
    let cache = cache_in(dir);
    activate(&cache).unwrap();
    assert_eq!(name_of(&cache), expected);
}

fn box_with_six() -> (tempfile::TempDir, Cache) {
    let (_, release, [six, _]) = three();
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &release).unwrap();
    import_delta(&cache, &six).unwrap();
    (dir, cache)
}

fn seven() -> MapSource {
    let (_, _, [_, seven]) = three();
    seven
}

fn refused(delta: &MapSource, expected: &str) {
    let (dir, cache) = box_with_six();
    let keys = |_| vec![publisher().public()];
    let refusal = Manifest::open(&delta.0[MANIFEST_NAME], keys)
        .map_err(CacheError::from)
        .and_then(|manifest| cache.import_delta(delta, &manifest, &mut |_| {}).map(drop));
    assert_eq!(code(&refusal.unwrap_err()), expected);
    still_six(dir.path(), cache);
}

fn bent(bend: impl FnOnce(&mut MapSource)) -> MapSource {
    let mut delta = seven();
    bend(&mut delta);
    delta
}

#[test]
fn each_delta_that_may_not_come_is_refused_under_its_own_name() {
    let people = region(200);
    let (_, release, [six, seven]) = three();
    let root_five = root(5, 0, &people);
    let other = root(5, 1, &people);
    let on = |follows: &MapSource, version| {
        delta(&root_five, &follows.manifest(), version, &people, &people)
    };
    refused(&six, "release_already_held");
    refused(&on(&seven, 8), "delta_out_of_order");
    refused(&on(&release, 6), "release_conflicts");
    refused(&on(&release, 7), "delta_wrong_base");
    refused(&delta(&other, &other.release.manifest(), 7, &people, &people), "delta_other_root");
    refused(&bent(|delta| delta.sign_for_region(16)), "release_other_region");
    refused(&release, "release_malformed");
    refused(&bent(|delta| delta.file(MANIFEST_NAME)[60] ^= 1), "signature_forged");
}

#[test]
fn an_older_delta_is_refused_also_where_the_newer_ones_were_set_aside() {
    let (_, release, [six, seven]) = three();
    let (dir, cache) = box_with_six();
    import_delta(&cache, &seven).unwrap();
    assert_eq!(code(&import_delta(&cache, &six).unwrap_err()), "release_older");
    assert_eq!(code(&import(&cache, &release).unwrap_err()), "release_older");
    cache.set_aside().unwrap();
    let other = root(5, 1, &region(200)).release;
    let shut = [import(&cache, &other), import_delta(&cache, &six)].map(|r| code(&r.unwrap_err()));
    assert_eq!(shut, ["release_older", "delta_without_base"]);
    drop(cache);
    assert_eq!(code(&import(&cache_in(dir.path()), &other).unwrap_err()), "release_older");
}

#[test]
fn a_delta_without_a_base_is_refused() {
    let (_, _, [six, _]) = three();
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    assert_eq!(code(&import_delta(&cache, &six).unwrap_err()), "delta_without_base");
    let (dir, cache) = box_with_six();
    cache.deactivate();
    assert_eq!(code(&import_delta(&cache, &seven()).unwrap_err()), "delta_without_base");
    activate(&cache).unwrap_or_else(|_| panic!("the store is let go"));
    still_six(dir.path(), cache);
}

#[test]
fn a_bent_file_of_a_delta_is_refused_under_its_own_name() {
    refused(&bent(|d| d.file("drug.blk").truncate(20)), "release_truncated");
    refused(&bent(|d| d.file("person.blk").push(0)), "release_too_long");
    refused(&bent(|d| d.file("person.blk")[9] ^= 1), "release_altered");
    refused(&bent(|d| drop(d.0.remove("drug.blk"))), "file_missing");
    let swapped = bent(|delta| {
        *delta.file("person.blk") = join_blocks(&[vec![7; 60]]);
        delta.sign_again();
    });
    refused(&swapped, "snapshot_block_damaged");
}

#[test]
fn a_delta_that_takes_away_who_is_not_there_is_refused_wherever_that_one_stands() {
    let root_people = region(5 * limits::MARKS_TOGETHER as u32 / 2);
    let people = changed(root_people.clone());
    let (root, deltas) = chain(&[root_people, people.clone()]);
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &root.release).unwrap();
    import_delta(&cache, &deltas[0]).unwrap();
    let mut moved = people.clone();
    moved.iter_mut().for_each(|(person, _)| person.address.push_str("の隣"));
    let seven = |before: &Region| delta(&root, &deltas[0].manifest(), 7, before, &moved);
    let mut invented = people.clone();
    invented[3].0.name = "居ない　人".into();
    let alone = delta(&root, &deltas[0].manifest(), 7, &invented, &people);
    assert_eq!(code(&import_delta(&cache, &alone).unwrap_err()), "delta_wrong_base");
    for at in (1..people.len()).step_by(60) {
        let mut invented = people.clone();
        invented[at].0.name = "居ない　人".into();
        let refusal = import_delta(&cache, &seven(&invented)).unwrap_err();
        assert_eq!(code(&refusal), "delta_wrong_base", "{at}");
        assert_eq!(cache.active().unwrap().source().version, 6);
    }
    import_delta(&cache, &seven(&people)).unwrap();
    assert_eq!(cache.active().unwrap().source().version, 7);
}

#[test]
fn after_one_refusal_no_lane_is_given_more() {
    let (_, release, [six, _]) = three();
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &release).unwrap();
    let active = cache.active().unwrap();
    let (base, manifest) = (active.base(), six.manifest());
    let mut blocks = BlockStream::open(&six, &manifest, Tree::Person).unwrap();
    let (bucket, block) = blocks.next_block().unwrap().unwrap();
    let keys = base.keys().delta(&manifest).unwrap();
    let families = keys.open_families(base.words(), bucket, &block).unwrap();
    let taken: Vec<_> = families.iter().filter_map(|f| f.change.taken_alone()).collect();
    let wrong = vec![(families[0].blind, taken[1].clone()), (families[1].blind, taken[0].clone())];
    let mut stopped = false;
    let refused = with_lanes(base, |lanes| {
        lanes.send(wrong).unwrap();
        stopped = (0..1_000_000).any(|_| lanes.send(vec![]).is_err());
        Ok(())
    });
    assert_eq!(code(&refused.unwrap_err()), "delta_wrong_base");
    assert!(stopped);
}

#[test]
fn a_delta_passes_for_no_whole_release() {
    let (dir, cache) = box_with_six();
    let seven = seven();
    let unsealed = seven.manifest().unseal_for(&BOX, &box_key()).unwrap_err();
    assert_eq!(unsealed.message().code, "release_not_for_this_box");
    still_six(dir.path(), cache);
}

fn overlay_dir(dir: &Path) -> PathBuf {
    let dirs = RealDisk.list(&dir.join("releases")).unwrap();
    dirs.into_iter().find(|dir| dir.to_str().unwrap().contains('+')).unwrap()
}

#[test]
fn damage_in_the_overlay_is_damage_and_never_the_old_record() {
    for tree in [Tree::Person, Tree::Birth, Tree::Drug] {
        let (dir, cache) = box_with_six();
        drop(cache);
        let store =
            Store::open(&RealDisk, &sled_dir(&overlay_dir(dir.path())), Share::Region).unwrap();
        let blocks = (0..).map_while(|bucket| store.get(tree, bucket).unwrap().map(|_| bucket));
        blocks.collect::<Vec<_>>().into_iter().for_each(|bucket| store.take_away(tree, bucket));
        store.close().unwrap();
        let cache = cache_in(dir.path());
        activate(&cache).unwrap();
        let release = cache.active().unwrap();
        let people = region(200);
        let key =
            release.keys().unlock_drugs(release.manifest(), &crate::snapshot::samples::opening());
        let damaged = |found: Result<(), CacheError>| {
            assert_eq!(code(&found.unwrap_err()), "snapshot_block_damaged");
        };
        match tree {
            Tree::Person => {
                damaged(release.family(&people[1].0.identity).map(drop));
                let born = release.born_on(people[1].0.birth, "").unwrap();
                assert!(born.people.is_empty() && born.unreadable > 0);
            }
            Tree::Birth => damaged(release.born_on(people[1].0.birth, "").map(drop)),
            _ => damaged(release.dispensings(&people[9].0, &key.unwrap()).map(drop)),
        }
    }
}

#[test]
fn a_stored_chain_that_was_bent_does_not_answer_and_its_base_does() {
    let ways: [fn(&Path); 5] = [
        |dir| RealDisk.remove(dir).unwrap(),
        |dir| RealDisk.remove(&sled_dir(dir)).unwrap(),
        |dir| RealDisk.remove(&dir.join(format!("{:020}.cose", 6))).unwrap(),
        |dir| RealDisk.remove(&dir.join(format!("{:020}.cose", 7))).unwrap(),
        |dir| {
            let path = dir.join(format!("{:020}.cose", 6));
            let mut bytes = RealDisk.read(&path, limits::MANIFEST_BYTES_MAX).unwrap();
            bytes[60] ^= 1;
            RealDisk.replace(&path, &bytes).unwrap();
        },
    ];
    for way in ways {
        let (dir, cache) = box_with_six();
        import_delta(&cache, &seven()).unwrap();
        drop(cache);
        let newest = RealDisk.list(&dir.path().join("releases")).unwrap();
        way(newest.iter().rfind(|dir| dir.to_str().unwrap().contains("+7-")).unwrap());
        let cache = cache_in(dir.path());
        assert_eq!(code(&activate(&cache).unwrap_err()), "cache_changes_damaged");
        assert_eq!(cache.active().unwrap().source().version, 5);
    }
}

#[test]
fn whichever_operation_of_the_disk_fails_during_a_delta_old_or_new_answers_whole() {
    let (states, release, [six, seven]) = three();
    let whole = tempfile::tempdir().unwrap();
    let expected = cache_in(whole.path());
    import(&expected, &root(90, 1, &states[2]).release).unwrap();
    let mut failures = 0;
    for operations in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let cache = cache_in(dir.path());
        import(&cache, &release).unwrap();
        import_delta(&cache, &six).unwrap();
        drop(cache);
        let disk = Arc::new(FailingDisk::after(u64::MAX));
        let cache = Cache::open(disk.clone(), dir.path().to_path_buf()).unwrap();
        activate(&cache).unwrap();

        disk.left.store(operations, SeqCst);
        let imported = import_delta(&cache, &seven);
        let done = imported.is_ok();
        if !done {
            failures += 1;
            assert_eq!(name_of(&cache).0, 6);
        }
        drop((cache, imported));
        let cache = cache_in(dir.path());
        activate(&cache).unwrap();
        if !done {
            assert_eq!(
                name_of(&cache),
                (6, "能登谷0　花江".into()),
                "after a restart, {operations}"
            );
            import_delta(&cache, &seven).unwrap();
        }
        if done || operations % 5 == 0 {
            same_answers(&cache.active().unwrap(), &expected.active().unwrap(), &states.concat());
        }
        if done {
            break;
        }
    }
    assert!(failures >= 12, "{failures} steps of the disk were tried");
}

#[test]
fn without_room_no_delta_is_begun() {
    let (_, release, [six, _]) = three();
    let dir = tempfile::tempdir().unwrap();
    import(&cache_in(dir.path()), &release).unwrap();
    let mut disk = FailingDisk::after(u64::MAX);
    disk.free_bytes = limits::FREE_DISK_BYTES_MIN;
    let cache = Cache::open(Arc::new(disk), dir.path().to_path_buf()).unwrap();
    activate(&cache).unwrap();
    assert_eq!(code(&import_delta(&cache, &six).unwrap_err()), "cache_no_space");
}

#[test]
fn a_malformed_delta_is_an_error_of_its_own() {
    let (_, release, _) = three();
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &release).unwrap();
    let whole = cache.import_delta(&release, &release.manifest(), &mut |_| {}).unwrap_err();
    assert!(matches!(whole, CacheError::Snapshot(SnapshotError::Malformed(_))));
}
