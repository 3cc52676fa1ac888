//! Promises of the scrub and of rebuilding: damage is found in every tree, and what still answers goes on meanwhile.

use super::{
    Cache, CacheError, CacheState, Delivered, Held, Scrubbed,
    attacks::FailingDisk,
    store::{Share, Store, sled_dir},
    tests::{activate, answers, cache_in, code, import},
};
use crate::{
    limits::SCRUB_STRETCH_BUCKETS,
    snapshot::{
        MANIFEST_NAME, Tree,
        samples::{self, BOX, MapSource, box_key, publisher, quiet},
    },
    sys::{Disk, RealDisk},
};
use std::{path::Path, sync::Arc, sync::atomic::Ordering::SeqCst};

/// A box that holds version 5 and keeps what was delivered.
fn keeping_five() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    cache.keep_delivered(Delivered::Keep);
    import(&cache, &samples::release(5, 0)).unwrap();
    (dir, cache)
}

fn rebuild(cache: &Cache) -> Result<(), &'static str> {
    let rebuilt = cache.rebuild(|_| vec![publisher().public()], &BOX, &box_key(), &mut quiet);
    rebuilt.map(drop).map_err(|e| code(&e))
}

/// Where the store in use lies.
fn release_dir(dir: &Path) -> std::path::PathBuf {
    RealDisk.list(&dir.join("releases")).unwrap().remove(0)
}

fn aside(dir: &Path) -> usize {
    RealDisk.list(&dir.join("damaged")).unwrap().len()
}

/// One round of the scrub and a little more.
fn scrub_round(cache: &Cache) -> Result<(), CacheError> {
    (0..100).try_for_each(|_| cache.scrub_turn().map(drop))
}

/// Damages one block in the store of a closed cache.
fn damage(dir: &Path, tree: Tree, bucket: u32) {
    let store = Store::open(&RealDisk, &sled_dir(&release_dir(dir)), Share::Region).unwrap();
    let mut block = store.get(tree, bucket).unwrap().unwrap().to_vec();
    *block.last_mut().unwrap() ^= 1;
    store.swap(tree, bucket, &block);
    store.close().unwrap();
}

#[test]
fn a_sound_store_stays_sound_round_after_round() {
    let (_dir, cache) = keeping_five();
    for _ in 0..3 {
        scrub_round(&cache).unwrap();
    }
    assert_eq!(cache.scrub_turn().unwrap(), Scrubbed::Sound(1), "a run a minute is enough here");
    assert_eq!(cache.state(), CacheState::Healthy);
}

#[test]
fn damage_in_any_tree_is_found_noted_for_the_next_start_and_mended_from_the_delivered_release() {
    for tree in Tree::ALL {
        for last in [false, true] {
            let (dir, cache) = keeping_five();
            let buckets = cache.active().unwrap().manifest().buckets(tree);
            drop(cache);
            // The words of eligibility are read at the start: what is wrong there is found by whoever opens the store.
            damage(dir.path(), tree, if last { buckets - 1 } else { 0 });
            let cache = cache_in(dir.path());
            cache.keep_delivered(Delivered::Keep);
            if tree == Tree::PersonWords {
                assert_eq!(code(&activate(&cache).unwrap_err()), "snapshot_block_damaged");
                cache.set_aside().unwrap();
            } else {
                activate(&cache).unwrap();
                assert_eq!(cache.state(), CacheState::Healthy, "nobody knows yet");
                assert_eq!(code(&scrub_round(&cache).unwrap_err()), "cache_damaged", "{tree:?}");
                assert!(cache.active().is_some(), "what is sound goes on answering");
                assert_eq!(cache.scrub_turn().unwrap(), Scrubbed::Idle, "said once");
            }
            assert_eq!(cache.state(), CacheState::Damaged);
            drop(cache);

            let cache = cache_in(dir.path());
            let _ = activate(&cache);
            assert_eq!(cache.state(), CacheState::Damaged, "a restart does not forget");
            rebuild(&cache).unwrap();
            answers(&cache, 5);
            assert_eq!(cache.state(), CacheState::Healthy);
            assert_eq!(aside(dir.path()), 1, "the damaged one is kept aside");
            scrub_round(&cache).unwrap();
            drop(cache);
            let cache = cache_in(dir.path());
            assert_eq!(activate(&cache).unwrap(), 5);
            assert_eq!(cache.state(), CacheState::Healthy);
        }
    }
}

#[test]
fn the_slow_reader_finds_rot_under_a_block_that_the_counter_still_has_at_hand() {
    for tree in [Tree::Person, Tree::Drug] {
        let (_dir, cache) = keeping_five();
        let release = cache.active().unwrap();
        let store = release.base().store();
        let asked = store.get(tree, 0).unwrap().unwrap().to_vec();
        store.rot(tree, 0, &vec![0; asked.len()]);
        assert_eq!(*store.get(tree, 0).unwrap().unwrap(), asked, "from memory");
        assert_eq!(code(&scrub_round(&cache).unwrap_err()), "cache_damaged", "{tree:?}");
    }
}

#[test]
fn a_block_that_is_gone_and_checksums_that_are_gone_or_cut_are_damage() {
    type Way = fn(&Path);
    let ways: [Way; 3] = [
        |dir| {
            let store =
                Store::open(&RealDisk, &sled_dir(&release_dir(dir)), Share::Region).unwrap();
            store.take_away(Tree::Drug, 3);
            store.close().unwrap();
        },
        |dir| RealDisk.remove(&release_dir(dir).join("scrub.hashes")).unwrap(),
        |dir| RealDisk.truncate(&release_dir(dir).join("scrub.hashes"), 99).unwrap(),
    ];
    for way in ways {
        let (dir, cache) = keeping_five();
        drop(cache);
        way(dir.path());
        let cache = cache_in(dir.path());
        activate(&cache).unwrap();
        assert_eq!(code(&scrub_round(&cache).unwrap_err()), "cache_damaged");
    }
}

#[test]
fn the_scrub_reads_nothing_while_an_import_runs_and_keeps_none_out() {
    let (_dir, cache) = keeping_five();
    let turn = cache.turn().unwrap();
    assert_eq!(cache.scrub_turn().unwrap(), Scrubbed::Idle);
    drop(turn);
    let reading = cache.scrub.lock().unwrap();
    import(&cache, &samples::release(6, 0)).unwrap();
    drop(reading);
    assert_eq!(cache.scrub_turn().unwrap(), Scrubbed::Sound(1), "of the new one");
    answers(&cache, 6);
}

#[test]
fn runs_of_many_buckets_are_each_read_and_the_last_one_need_not_be_full() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release_of(5_000, 5, 0)).unwrap();
    let buckets = cache.active().unwrap().manifest().buckets(Tree::Person);
    assert!(buckets > SCRUB_STRETCH_BUCKETS && !buckets.is_multiple_of(SCRUB_STRETCH_BUCKETS));
    scrub_round(&cache).unwrap();
    drop(cache);
    damage(dir.path(), Tree::Person, buckets - 1);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    assert_eq!(code(&scrub_round(&cache).unwrap_err()), "cache_damaged");
}

#[test]
fn a_sound_store_rebuilt_on_request_answers_the_same_and_nothing_is_set_aside() {
    let (dir, cache) = keeping_five();
    rebuild(&cache).unwrap();
    answers(&cache, 5);
    assert_eq!(aside(dir.path()), 0);
    assert_eq!(RealDisk.list(&dir.path().join("releases")).unwrap().len(), 1);
    drop(cache);
    assert_eq!(activate(&cache_in(dir.path())).unwrap(), 5);
}

#[test]
fn without_a_delivered_release_rebuilding_says_so_and_the_same_release_may_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    assert_eq!(cache.state(), CacheState::Empty);
    assert_eq!(rebuild(&cache), Err("cache_not_delivered"));
    import(&cache, &samples::release(5, 0)).unwrap();
    drop(cache);
    damage(dir.path(), Tree::Drug, 1);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    assert_eq!(code(&import(&cache, &samples::release(5, 0)).unwrap_err()), "release_already_held");
    scrub_round(&cache).unwrap_err();
    assert_eq!(rebuild(&cache), Err("cache_not_delivered"));
    import(&cache, &samples::release(5, 0)).unwrap();
    answers(&cache, 5);
    assert_eq!((cache.state(), aside(dir.path())), (CacheState::Healthy, 1));
}

#[test]
fn a_store_lost_with_its_pointer_is_rebuilt_from_what_was_delivered_and_no_older_one() {
    let (dir, cache) = keeping_five();
    drop(cache);
    RealDisk.replace(&dir.path().join("current"), b"nonsense").unwrap();
    let cache = cache_in(dir.path());
    cache.keep_delivered(Delivered::Keep);
    assert_eq!(code(&activate(&cache).unwrap_err()), "cache_pointer_damaged");
    cache.set_aside().unwrap();
    assert_eq!(cache.state(), CacheState::Damaged);
    rebuild(&cache).unwrap();
    answers(&cache, 5);

    let delivered = RealDisk.list(&dir.path().join("delivered")).unwrap().remove(0);
    let stored = delivered.join(MANIFEST_NAME);
    RealDisk.replace(&stored, &samples::release(4, 0).0[MANIFEST_NAME]).unwrap();
    assert_eq!(rebuild(&cache), Err("cache_damaged"), "the manifest of another release");
    answers(&cache, 5);
}

#[test]
fn a_delivered_release_that_is_damaged_too_rebuilds_nothing_and_the_rest_answers() {
    let (dir, cache) = keeping_five();
    let delivered = RealDisk.list(&dir.path().join("delivered")).unwrap().remove(0);
    RealDisk.truncate(&delivered.join("birth.blk"), 40).unwrap();
    assert_eq!(rebuild(&cache), Err("release_truncated"));
    answers(&cache, 5);
    assert_eq!(rebuild(&cache), Err("cache_not_delivered"), "it is no longer believed whole");
    assert_eq!(RealDisk.list(&dir.path().join("releases")).unwrap().len(), 1, "no leftovers");
}

#[test]
fn whichever_operation_of_the_disk_fails_while_rebuilding_what_answered_answers_after_a_restart() {
    let mut failures = 0;
    for operations in 0.. {
        let (dir, cache) = keeping_five();
        drop(cache);
        let disk = Arc::new(FailingDisk::after(u64::MAX));
        let cache = Cache::open(disk.clone(), dir.path().to_path_buf()).unwrap();
        activate(&cache).unwrap();
        disk.left.store(operations, SeqCst);
        let rebuilt = rebuild(&cache);
        answers(&cache, 5);
        drop(cache);
        let cache = cache_in(dir.path());
        assert_eq!(activate(&cache).unwrap(), 5, "after a restart, {operations}");
        answers(&cache, 5);
        rebuild(&cache).unwrap();
        answers(&cache, 5);
        if rebuilt.is_ok() {
            break;
        }
        failures += 1;
    }
    assert!(failures >= 20, "{failures} steps of the disk were tried");
}

#[test]
fn whichever_operation_of_the_disk_fails_while_delivering_and_filling_the_former_release_answers() {
    let six = samples::release(6, 0);
    let mut failures = 0;
    for operations in 0.. {
        let (dir, cache) = keeping_five();
        drop(cache);
        let disk = Arc::new(FailingDisk::after(u64::MAX));
        let cache = Cache::open(disk.clone(), dir.path().to_path_buf()).unwrap();
        cache.keep_delivered(Delivered::Keep);
        activate(&cache).unwrap();
        disk.left.store(operations, SeqCst);
        let imported = import(&cache, &six);
        answers(&cache, if imported.is_ok() { 6 } else { 5 });
        drop(cache);
        let cache = cache_in(dir.path());
        cache.keep_delivered(Delivered::Keep);
        activate(&cache).unwrap();
        if imported.is_ok() {
            answers(&cache, 6);
            break;
        }
        failures += 1;
        answers(&cache, 5);
        import(&cache, &six).unwrap();
        answers(&cache, 6);
        assert_eq!(RealDisk.list(&dir.path().join("delivered")).unwrap().len(), 1, "{operations}");
    }
    assert!(failures >= 40, "{failures} steps of the disk were tried");
}

#[test]
fn what_the_slow_reader_read_is_not_at_hand_afterwards() {
    let (dir, cache) = keeping_five();
    drop(cache);
    let cache = cache_in(dir.path()); // its trial has left nothing at hand
    activate(&cache).unwrap();
    scrub_round(&cache).unwrap();
    let release = cache.active().unwrap();
    let store = release.base().store();
    store.rot(Tree::Visit, 0, b"rot");
    assert_eq!(*store.get(Tree::Visit, 0).unwrap().unwrap(), *b"rot", "from the store");
}

/// A directory beside the delivered releases that looks like a newer one's.
fn beside(dir: &Path, version: u64, files: &MapSource) -> std::path::PathBuf {
    let other = Held { version, ..Held::of(&samples::release(version, 1).manifest()) };
    let beside = dir.join("delivered").join(other.dir_name());
    RealDisk.make_dir(&beside).unwrap();
    files.0.iter().for_each(|(name, bytes)| RealDisk.replace(&beside.join(name), bytes).unwrap());
    beside
}

#[test]
fn a_delivered_release_under_anothers_name_keeps_no_sound_one_from_coming_back() {
    let (dir, cache) = keeping_five();
    let beside = beside(dir.path(), 6, &samples::release(5, 0));
    rebuild(&cache).unwrap();
    answers(&cache, 5);
    assert!(RealDisk.list(&beside).unwrap().is_empty(), "it is no longer believed whole");
}

#[test]
fn one_signed_by_nobody_known_today_keeps_no_sound_one_from_coming_back_and_stays() {
    let (dir, cache) = keeping_five();
    let six = samples::release(6, 1);
    let beside = beside(dir.path(), 6, &six);
    let signer = publisher().public();
    // Its first key is another's: as if the publisher's new one were not yet on the trust list.
    let known_for_five = |cache: &Cache| {
        let asked = std::cell::Cell::new(0);
        let keys = |_| {
            asked.set(asked.get() + 1);
            if asked.get() == 1 { vec![signer] } else { vec![] }
        };
        cache.rebuild(keys, &BOX, &box_key(), &mut quiet).map(drop).map_err(|e| code(&e))
    };
    assert_eq!(known_for_five(&cache), Ok(()));
    answers(&cache, 5);
    assert!(RealDisk.length(&beside.join(MANIFEST_NAME)).unwrap().is_some(), "not altered");
}
