//! Promises of a damaged or lost base under deltas: mended without going back, or told how old it is.

use super::tests::{chain, import_delta, same_answers};
use crate::{
    cache::{
        Cache, CacheError, CacheState, Delivered,
        pointer::{Held, Pointer},
        store::{Share, Store, sled_dir},
        tests::{activate, cache_in, code, import},
    },
    snapshot::{
        Tree,
        delta_samples::{Region, changed, root},
        samples::{BOX, MapSource, box_key, publisher, quiet, region},
    },
    sys::RealDisk,
};
use std::path::Path;

/// A box with base 5 and the deltas 6 and 7, and the people of 7.
pub(super) fn at_seven(
    delivered: Delivered,
) -> (tempfile::TempDir, Cache, MapSource, Vec<MapSource>, Region) {
    let people = region(200);
    let last = changed(people.clone());
    let (root, deltas) = chain(&[people.clone(), people, last.clone()]);
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    cache.keep_delivered(delivered);
    import(&cache, &root.release).unwrap();
    deltas.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
    (dir, cache, root.release, deltas, last)
}

pub(super) fn version(cache: &Cache) -> u64 {
    cache.active().unwrap().source().version
}

pub(super) fn rebuild(cache: &Cache) -> Result<(), CacheError> {
    cache.rebuild(|_| vec![publisher().public()], &BOX, &box_key(), &mut quiet).map(drop)
}

/// Bends a block of the base in the store of a closed cache.
fn damage_base(dir: &Path, release: &MapSource) {
    let base = Pointer::whole(Held::of(&release.manifest())).dir_name();
    let store =
        Store::open(&RealDisk, &sled_dir(&dir.join("releases").join(base)), Share::Region).unwrap();
    let mut block = store.get(Tree::Drug, 0).unwrap().unwrap().to_vec();
    *block.last_mut().unwrap() ^= 1;
    store.put(Tree::Drug, vec![(0, block)]).unwrap();
    store.close().unwrap();
}

/// Damage in the base, found by the scrub.
fn unsound(delivered: Delivered) -> (tempfile::TempDir, Cache, MapSource, Vec<MapSource>, Region) {
    let (dir, cache, release, deltas, last) = at_seven(delivered);
    drop(cache);
    damage_base(dir.path(), &release);
    let cache = cache_in(dir.path());
    cache.keep_delivered(delivered);
    activate(&cache).unwrap();
    assert_eq!(cache.state(), CacheState::Healthy, "an overlay is no damage");
    assert!((0..100).any(|_| cache.scrub_turn().is_err()));
    assert_eq!(cache.state(), CacheState::Damaged);
    drop(cache);
    let cache = cache_in(dir.path());
    cache.keep_delivered(delivered);
    activate(&cache).unwrap();
    assert_eq!(cache.state(), CacheState::Damaged, "a restart does not forget");
    assert_eq!(version(&cache), 7);
    (dir, cache, release, deltas, last)
}

pub(super) fn like_a_whole_release(cache: &Cache, last: &Region) {
    let dir = tempfile::tempdir().unwrap();
    let whole = cache_in(dir.path());
    import(&whole, &root(90, 9, last).release).unwrap();
    same_answers(&cache.active().unwrap(), &whole.active().unwrap(), last);
}

#[test]
fn a_damaged_base_is_rebuilt_with_its_deltas_and_nothing_goes_back() {
    let (dir, cache, _, _, last) = unsound(Delivered::Keep);
    rebuild(&cache).unwrap();
    assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
    like_a_whole_release(&cache, &last);
    drop(cache);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
}

#[test]
fn a_lost_store_is_rebuilt_to_the_newest_delta_before_anything_answers() {
    let (_dir, cache, release, _, last) = at_seven(Delivered::Keep);
    cache.set_aside().unwrap();
    assert_eq!(cache.state(), CacheState::Damaged);
    rebuild(&cache).unwrap();
    assert_eq!(version(&cache), 7);
    like_a_whole_release(&cache, &last);
    assert_eq!(code(&import(&cache, &release).unwrap_err()), "release_older");
}

#[test]
fn a_chain_of_which_a_delta_was_not_kept_is_not_rebuilt_to_an_older_state() {
    let (dir, cache, _, deltas, _) = at_seven(Delivered::Keep);
    let seven = Held::of(&deltas[1].manifest()).dir_name();
    crate::sys::Disk::remove(&RealDisk, &dir.path().join("delivered").join(seven)).unwrap();
    assert_eq!(code(&rebuild(&cache).unwrap_err()), "cache_not_delivered");
    assert_eq!(version(&cache), 7);
    cache.set_aside().unwrap();
    assert_eq!(code(&rebuild(&cache).unwrap_err()), "cache_not_delivered");
}

#[test]
fn the_same_base_filled_anew_keeps_its_deltas() {
    let (dir, cache, release, _, last) = unsound(Delivered::Drop);
    import(&cache, &release).unwrap();
    assert_eq!((version(&cache), cache.state()), (7, CacheState::Healthy));
    like_a_whole_release(&cache, &last);
    drop(cache);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    assert_eq!(version(&cache), 7);
}

#[test]
fn a_lost_base_may_come_back_says_how_old_it_is_and_opens_the_way_to_its_deltas_alone() {
    let (dir, cache, release, deltas, last) = at_seven(Delivered::Drop);
    cache.set_aside().unwrap();
    drop(cache);
    let cache = cache_in(dir.path());
    let people = region(200);
    for other in [root(5, 1, &people), root(6, 1, &people)] {
        assert_eq!(code(&import(&cache, &other.release).unwrap_err()), "release_older");
    }
    import(&cache, &release).unwrap();
    let source = cache.active().unwrap().source();
    assert_eq!((source.version, source.as_of), (5, release.manifest().as_of()));
    let six = root(6, 1, &people).release;
    assert_eq!(code(&import(&cache, &six).unwrap_err()), "release_older");
    import_delta(&cache, &deltas[0]).unwrap();
    assert_eq!(code(&import(&cache, &release).unwrap_err()), "release_older");
    drop(cache);
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    import_delta(&cache, &deltas[1]).unwrap();
    assert_eq!(version(&cache), 7);
    like_a_whole_release(&cache, &last);
    assert_eq!(code(&import(&cache, &release).unwrap_err()), "release_older");
}
