//! Promises of a damaged overlay: it is found, the base under it answers and says how old it is, and the deltas come again.

use super::{
    mending::{at_seven, like_a_whole_release, rebuild, version},
    tests::import_delta,
};
use crate::{
    cache::{
        Cache, CacheState, Delivered, Past,
        pointer::{Held, Pointer},
        store::{Share, Store, sled_dir},
        tests::{activate, cache_in, code, import},
    },
    snapshot::{
        MANIFEST_NAME, Tree,
        delta_samples::{Region, root},
        samples::{MapSource, region},
    },
    sys::{Disk, RealDisk},
};
use std::path::{Path, PathBuf};

/// The overlay's directory; the one before it is swept by the next import.
fn overlay_dir(dir: &Path) -> PathBuf {
    let dirs = RealDisk.list(&dir.join("releases")).unwrap();
    dirs.into_iter().filter(|dir| dir.to_str().unwrap().contains('+')).max().unwrap()
}

/// Bends the first block of one tree of a closed cache's overlay.
fn bend(dir: &Path, tree: Tree) {
    let store = Store::open(&RealDisk, &sled_dir(&overlay_dir(dir)), Share::Region).unwrap();
    let mut block = store.get(tree, 0).unwrap().unwrap().to_vec();
    *block.last_mut().unwrap() ^= 1;
    store.swap(tree, 0, &block);
    store.close().unwrap();
}

fn break_it(dir: &Path) {
    RealDisk.replace(&sled_dir(&overlay_dir(dir)).join("conf"), &[0x5a; 64]).unwrap();
}

fn reopened(dir: &Path, delivered: Delivered) -> Cache {
    let cache = cache_in(dir);
    cache.keep_delivered(delivered);
    cache
}

fn base_of(release: &MapSource) -> Held {
    Held::of(&release.manifest())
}

#[test]
fn damage_in_any_tree_of_the_overlay_is_found_by_the_slow_reader_and_mended() {
    for tree in [Tree::Person, Tree::Birth, Tree::Kana, Tree::Drug, Tree::Checkup, Tree::Visit] {
        let (dir, cache, _, _, last) = at_seven(Delivered::Keep);
        drop(cache);
        bend(dir.path(), tree);
        let cache = reopened(dir.path(), Delivered::Keep);
        activate(&cache).unwrap();
        let mut turns = (0..200).map(|_| cache.scrub_turn());
        let damage = turns.find_map(Result::err).expect("found in one round");
        assert_eq!(code(&damage), "cache_damaged", "{tree:?}");
        assert_eq!((version(&cache), cache.state()), (7, CacheState::Damaged), "it goes on");
        drop(cache);
        let cache = reopened(dir.path(), Delivered::Keep);
        activate(&cache).unwrap();
        assert_eq!(cache.state(), CacheState::Damaged, "a restart does not forget");
        rebuild(&cache).unwrap();
        assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
        like_a_whole_release(&cache, &last);
        (0..200).for_each(|_| assert!(cache.scrub_turn().is_ok()));
    }
}

#[test]
fn under_a_broken_overlay_the_base_answers_says_how_old_it_is_and_takes_its_deltas_again() {
    let (dir, cache, release, deltas, last) = at_seven(Delivered::Drop);
    drop(cache);
    break_it(dir.path());
    for start in 0..2 {
        let cache = cache_in(dir.path());
        let told = activate(&cache).map_err(|trouble| code(&trouble));
        assert_eq!(told, if start == 0 { Err("cache_changes_damaged") } else { Ok(5) });
        let source = cache.active().unwrap().source();
        assert_eq!((source.version, source.as_of), (5, release.manifest().as_of()));
        assert_eq!(cache.state(), CacheState::Behind);
        for older in [root(5, 1, &region(200)), root(6, 1, &region(200))] {
            assert!(
                ["release_older", "release_conflicts"]
                    .contains(&code(&import(&cache, &older.release).unwrap_err()))
            );
        }
    }
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    deltas.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
    assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
    like_a_whole_release(&cache, &last);
}

#[test]
fn a_broken_overlay_is_merged_again_from_what_was_kept_and_the_base_is_not_touched() {
    let (dir, cache, release, _, last) = at_seven(Delivered::Keep);
    drop(cache);
    break_it(dir.path());
    let cache = reopened(dir.path(), Delivered::Keep);
    activate(&cache).unwrap_err();
    let base = cache.dir_of(&Pointer::whole(base_of(&release)));
    RealDisk.replace(&base.join("untouched"), b"mark").unwrap();
    rebuild(&cache).unwrap();
    assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
    like_a_whole_release(&cache, &last);
    assert!(RealDisk.length(&base.join("untouched")).unwrap().is_some());
}

#[test]
fn an_unreadable_overlay_refuses_the_next_delta_once_and_then_gives_way_to_its_chain() {
    for tree in [Tree::Person, Tree::Drug] {
        let (dir, cache, deltas, last) = at_six();
        drop(cache);
        bend(dir.path(), tree);
        let cache = cache_in(dir.path());
        activate(&cache).unwrap();
        let refusal = import_delta(&cache, &deltas[1]).unwrap_err();
        assert_eq!(code(&refusal), "cache_changes_damaged", "{tree:?}");
        assert_eq!((version(&cache), cache.state()), (6, CacheState::Damaged));
        assert_eq!(cache.sound_base_version(), Some(5), "its deltas are asked for again");
        deltas.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
        assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
        like_a_whole_release(&cache, &last);
    }
}

#[test]
fn rot_under_a_history_at_hand_does_not_become_part_of_the_next_overlay() {
    let (_dir, cache, deltas, _) = at_six();
    let release = cache.active().unwrap();
    let store = release.overlay().unwrap().store();
    let asked = store.get(Tree::Drug, 0).unwrap().unwrap().to_vec();
    store.rot(Tree::Drug, 0, &vec![0; asked.len()]);
    assert_eq!(*store.get(Tree::Drug, 0).unwrap().unwrap(), asked, "from memory");
    let refusal = import_delta(&cache, &deltas[1]).unwrap_err();
    assert_eq!(code(&refusal), "cache_changes_damaged");
}

/// As `at_seven`, before the seventh came.
fn at_six() -> (tempfile::TempDir, Cache, Vec<MapSource>, Region) {
    let (_dir, _, release, deltas, last) = at_seven(Delivered::Drop);
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &release).unwrap();
    import_delta(&cache, &deltas[0]).unwrap();
    (dir, cache, deltas, last)
}

#[test]
fn a_rotten_manifest_is_told_as_damage_wherever_a_bit_fell() {
    let (dir, cache, release, _, _) = at_seven(Delivered::Keep);
    drop(cache);
    let base = dir.path().join("releases").join(base_of(&release).dir_name()).join(MANIFEST_NAME);
    let delta = RealDisk.list(&overlay_dir(dir.path())).unwrap();
    let delta = delta.into_iter().find(|path| path.extension().is_some()).unwrap();
    for (path, told) in [(base, "cache_damaged"), (delta, "cache_changes_damaged")] {
        let sound = RealDisk.read(&path, u64::MAX).unwrap();
        for at in [2, 8, sound.len() / 2, sound.len() - 1] {
            let mut rotten = sound.clone();
            rotten[at] ^= 1;
            let here = tempfile::tempdir().unwrap();
            copy(dir.path(), here.path());
            let path = here.path().join(path.strip_prefix(dir.path()).unwrap());
            let reader = reopened(here.path(), Delivered::Keep);
            activate(&reader).unwrap();
            RealDisk.replace(&path, &rotten).unwrap();
            let mut turns = (0..200).map(|_| reader.scrub_turn());
            assert!(turns.any(|turn| turn.is_err()), "the slow reader finds it, too");
            drop(reader);
            let cache = reopened(here.path(), Delivered::Keep);
            assert_eq!(code(&activate(&cache).unwrap_err()), told, "byte {at}");
            if told == "cache_damaged" {
                cache.set_aside().unwrap();
            }
            rebuild(&cache).unwrap();
            assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    RealDisk.make_dir(to).unwrap();
    for path in RealDisk.list(from).unwrap() {
        let target = to.join(path.file_name().unwrap());
        match RealDisk.read(&path, u64::MAX) {
            Ok(bytes) => RealDisk.replace(&target, &bytes).unwrap(),
            Err(_) => copy(&path, &target),
        }
    }
}

#[test]
fn of_the_damaged_stores_only_the_newest_are_kept() {
    let (dir, cache, release, deltas, _) = at_seven(Delivered::Drop);
    for _ in 0..5 {
        cache.set_aside().unwrap();
        import(&cache, &release).unwrap();
        deltas.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
    }
    let aside = RealDisk.list(&dir.path().join("damaged")).unwrap();
    let mut names: Vec<_> = aside.iter().map(|dir| dir.file_name().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["4", "5"]);
}

#[test]
fn a_damaged_floor_follows_from_what_is_known_elsewhere() {
    let (dir, cache, release, _, _) = at_seven(Delivered::Drop);
    cache.set_aside().unwrap();
    drop(cache);
    RealDisk.replace(&dir.path().join("floor"), b"nonsense").unwrap();
    let cache = cache_in(dir.path());
    assert_eq!(code(&import(&cache, &release).unwrap_err()), "cache_pointer_damaged");
    cache.believe(Past { version: 7, root: Some(base_of(&release)) });
    let other = root(5, 1, &region(200)).release;
    assert_eq!(code(&import(&cache, &other).unwrap_err()), "release_older");
    import(&cache, &release).unwrap();
    assert_eq!((version(&cache), cache.state()), (5, CacheState::Behind));
}

#[test]
fn no_file_of_the_cache_lets_an_older_whole_release_return() {
    let (dir, cache, release, deltas, _) = at_seven(Delivered::Keep);
    let past = Past { version: 7, root: Some(base_of(&release)) };
    drop(cache);
    let old = root(4, 1, &region(200)).release;
    let (other, seven) = (base_of(&old), Held::of(&deltas[1].manifest()));
    let forged = [
        ("floor", crate::cache::pointer::Floor { version: 7, root: Some(other) }.line()),
        ("current", Pointer { base: other, overlay: Some(seven) }.line()),
        ("current", Pointer::whole(other).line()),
    ];
    for (file, line) in forged {
        RealDisk.replace(&dir.path().join(file), &line).unwrap();
        RealDisk.replace(&dir.path().join("unsound"), &Pointer::whole(other).line()).unwrap();
        let cache = reopened(dir.path(), Delivered::Keep);
        cache.believe(past);
        let _ = activate(&cache);
        let _ = cache.set_aside();
        assert_ne!(cache.may_return().unwrap(), Some(other), "{file}");
        assert_eq!(code(&import(&cache, &old).unwrap_err()), "release_older", "{file}");
    }
    // All that lay there at an earlier time, put back.
    let before = tempfile::tempdir().unwrap();
    import(&cache_in(before.path()), &old).unwrap();
    let cache = cache_in(before.path());
    assert_eq!(activate(&cache).unwrap(), 4);
    drop(cache);
    let cache = cache_in(before.path());
    cache.believe(past);
    assert_eq!(code(&activate(&cache).unwrap_err()), "release_older");
    assert!(cache.active().is_none());
}
