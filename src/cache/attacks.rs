//! Every attack and every failing disk: refused under its own name, while the former release goes on answering.

use super::{
    Cache,
    store::{Share, Store, sled_dir},
    tests::{activate, answers, cache_in, code, import},
};
use crate::{
    limits,
    snapshot::{
        MANIFEST_NAME, Tree,
        samples::{self, MapSource, box_key, join_blocks, opening, person, split_blocks},
    },
    sys::{Disk, DiskError, RealDisk},
};
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

/// A box that holds version 5.
fn box_with_five() -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(5, 0)).unwrap();
    (dir, cache)
}

/// The release is refused under `expected`, nothing is left of it, and version 5 answers, now and after a restart.
fn refused(release: &MapSource, expected: &str) {
    let (dir, cache) = box_with_five();
    assert_eq!(code(&import(&cache, release).unwrap_err()), expected);
    still_five(dir.path(), cache);
}

fn still_five(dir: &Path, cache: Cache) {
    answers(&cache, 5);
    drop(cache);
    assert_eq!(RealDisk.list(&dir.join("releases")).unwrap().len(), 1, "no leftovers");
    let cache = cache_in(dir);
    assert_eq!(activate(&cache).unwrap(), 5);
    answers(&cache, 5);
}

fn bent(bend: impl FnOnce(&mut MapSource)) -> MapSource {
    let mut release = samples::release(6, 0);
    bend(&mut release);
    release
}

#[test]
fn a_release_older_than_the_one_held_is_refused() {
    refused(&samples::release(4, 0), "release_older");
}

#[test]
fn the_release_held_is_not_taken_twice() {
    refused(&samples::release(5, 0), "release_already_held");
}

#[test]
fn the_version_held_with_other_content_is_refused() {
    refused(&samples::release(5, 1), "release_conflicts");
}

#[test]
fn another_regions_release_is_refused() {
    let other = bent(|release| release.sign_for_region(16));
    refused(&other, "release_other_region");
}

#[test]
fn another_regions_release_is_refused_also_where_the_one_held_does_not_answer() {
    let (_dir, cache) = box_with_five();
    cache.deactivate();
    let other = bent(|release| release.sign_for_region(16));
    assert_eq!(code(&import(&cache, &other).unwrap_err()), "release_other_region");
}

#[test]
fn a_truncated_file_is_refused() {
    refused(&bent(|r| r.file("drug.blk").truncate(100)), "release_truncated");
}

#[test]
fn a_lengthened_file_is_refused() {
    refused(&bent(|r| r.file("birth.blk").push(0)), "release_too_long");
}

#[test]
fn an_altered_chunk_is_refused() {
    refused(&bent(|r| r.file("medical-words.blk")[9] ^= 1), "release_altered");
}

#[test]
fn a_missing_file_is_refused() {
    refused(&bent(|r| drop(r.0.remove("person.blk"))), "file_missing");
}

#[test]
fn blocks_swapped_between_buckets_are_refused_though_signed() {
    let swapped = bent(|release| {
        let mut blocks = split_blocks(release.file("person.blk"));
        blocks.swap(3, 4);
        *release.file("person.blk") = join_blocks(&blocks);
        release.sign_again();
    });
    refused(&swapped, "snapshot_block_damaged");
}

#[test]
fn blocks_of_another_release_are_refused_though_signed() {
    let mixed = bent(|release| {
        *release.file("birth.blk") = samples::release(4, 0).file("birth.blk").clone();
        release.sign_again();
    });
    refused(&mixed, "snapshot_block_damaged");
}

#[test]
fn a_malformed_block_is_refused_though_sealed_and_signed() {
    let malformed = bent(|release| {
        let sealed = release.keys().seal_person_block(2, &[0xff; 40]);
        let mut blocks = split_blocks(release.file("person.blk"));
        blocks[2] = sealed;
        *release.file("person.blk") = join_blocks(&blocks);
        release.sign_again();
    });
    refused(&malformed, "snapshot_block_damaged");
}

#[test]
fn keys_of_another_release_do_not_pass_for_this_ones() {
    let (dir, cache) = box_with_five();
    let (six, seven) = (samples::release(6, 0), samples::release(7, 0));
    let mixed = cache.import(&six, &six.manifest(), &seven.keys(), &mut samples::quiet);
    assert_eq!(code(&mixed.unwrap_err()), "release_not_for_this_box");
    still_five(dir.path(), cache);
}

#[test]
fn what_one_box_may_open_is_shut_to_another() {
    let (dir, cache) = box_with_five();
    drop(cache);
    let cache = cache_in(dir.path());
    let keys = |_| vec![samples::publisher().public()];
    let stranger = cache.activate(keys, &samples::STRANGER, &box_key()).unwrap_err();
    assert_eq!(code(&stranger), "release_not_for_this_box");
    assert!(cache.active().is_none());
}

#[test]
fn the_eligibility_key_opens_no_drug_block() {
    let (_dir, cache) = box_with_five();
    let release = samples::release(5, 0);
    let active = cache.active().unwrap();
    let key = active.keys().unlock_drugs(active.manifest(), &opening()).unwrap();
    let blind = key.person(&person(4));
    let bucket = key.bucket(Tree::Drug, &blind);
    let sealed = split_blocks(&release.0["drug.blk"]).swap_remove(bucket as usize);
    let mut words = active.keys().words();
    for block in split_blocks(&release.0["person-words.blk"]) {
        words.take(&block).unwrap();
    }
    let words = words.finish().unwrap();
    assert!(active.keys().open_family(&words, bucket, &sealed, (&blind, None)).is_err());
    assert!(key.open_drugs(&words, &sealed, &blind).is_err(), "words of another tree");
    assert_eq!(active.dispensings(&person(4), &key).unwrap().len(), 4);
}

/// Where version 5's sled lies.
fn five(dir: &Path) -> PathBuf {
    sled_dir(&RealDisk.list(&dir.join("releases")).unwrap()[0])
}

#[test]
fn a_block_changed_or_taken_away_on_the_disk_is_damage_and_never_nobody() {
    let (dir, cache) = box_with_five();
    let bucket = cache.active().unwrap().keys().family(&person(9).identity).1;
    drop(cache);
    let release = samples::release(5, 0);
    for bend in
        [Some(split_blocks(&release.0["person.blk"])[(bucket as usize + 1) % 25].clone()), None]
    {
        let store = Store::open(&RealDisk, &five(dir.path()), Share::Region).unwrap();
        match bend {
            Some(block) => store.swap(Tree::Person, bucket, &block),
            None => store.take_away(Tree::Person, bucket),
        }
        store.close().unwrap();
        let cache = cache_in(dir.path());
        activate(&cache).unwrap();
        let active = cache.active().unwrap();
        let family = active.family(&person(9).identity);
        assert_eq!(code(&family.unwrap_err()), "snapshot_block_damaged");
    }
}

#[test]
fn one_damaged_block_does_not_hide_everybody_born_that_day() {
    let (dir, cache) = box_with_five();
    let bucket = cache.active().unwrap().keys().family(&person(93).identity).1;
    drop(cache);
    let store = Store::open(&RealDisk, &five(dir.path()), Share::Region).unwrap();
    store.take_away(Tree::Person, bucket);
    store.close().unwrap();
    let cache = cache_in(dir.path());
    activate(&cache).unwrap();
    let release = cache.active().unwrap();
    let born = release.born_on(person(3).birth, "").unwrap();
    let names: Vec<_> = born.people.iter().map(|record| record.get().name.clone()).collect();
    assert!(!names.contains(&person(93).name) && !names.is_empty(), "{names:?}");
    assert_eq!(names.len() + born.unreadable, 3, "three families have somebody born that day");
    assert_eq!(release.born_on(person(3).birth, "").unwrap().people.len(), names.len());
}

#[test]
fn a_panic_while_the_cache_was_changed_does_not_keep_it_busy_for_ever() {
    let (_dir, cache) = box_with_five();
    let panicked = std::thread::scope(|scope| {
        let fall = || {
            let _turn = cache.turn().unwrap();
            panic!("a bug in an import");
        };
        scope.spawn(fall).join()
    });
    assert!(panicked.is_err());
    import(&cache, &samples::release(6, 0)).unwrap();
    answers(&cache, 6);
}

#[test]
fn a_store_that_is_gone_or_broken_is_named_kept_and_can_be_set_aside() {
    type Way = fn(&Path);
    let ways: [(Way, &str); 4] = [
        (|dir| RealDisk.remove(&dir.join("releases")).unwrap(), "cache_missing"),
        (|dir| RealDisk.remove(&five(dir)).unwrap(), "cache_damaged"),
        (|dir| RealDisk.replace(&five(dir).join("conf"), &[0x5a; 64]).unwrap(), "cache_damaged"),
        (
            |dir| RealDisk.replace(&dir.join("current"), b"5-00 00\n").unwrap(),
            "cache_pointer_damaged",
        ),
    ];
    for (way, expected) in ways {
        let (dir, cache) = box_with_five();
        drop(cache);
        way(dir.path());
        let cache = cache_in(dir.path());
        assert_eq!(code(&activate(&cache).unwrap_err()), expected);
        assert!(cache.active().is_none());

        cache.set_aside().unwrap();
        assert!(!RealDisk.list(&dir.path().join("damaged/1")).unwrap().is_empty());
        assert_eq!(activate(&cache).unwrap(), 0);
        if expected != "cache_pointer_damaged" {
            let older = import(&cache, &samples::release(4, 0)).unwrap_err();
            assert_eq!(code(&older), "release_older", "the way back stays shut");
        }
        import(&cache, &samples::release(5, 0)).unwrap();
        answers(&cache, 5);
    }
}

#[test]
fn a_half_written_file_of_sleds_own_does_not_keep_the_release_shut() {
    let (dir, cache) = box_with_five();
    drop(cache);
    let half = five(dir.path()).join("snap.FFFFFFFFFFFFFFFF.generating");
    RealDisk.replace(&half, b"").unwrap();
    let cache = cache_in(dir.path());
    assert_eq!(activate(&cache).unwrap(), 5);
    answers(&cache, 5);
}

#[test]
fn a_stored_manifest_of_another_release_does_not_answer() {
    let (dir, cache) = box_with_five();
    drop(cache);
    let stored = five(dir.path()).with_file_name(MANIFEST_NAME);
    RealDisk.replace(&stored, &samples::release(4, 0).0[MANIFEST_NAME]).unwrap();
    assert_eq!(code(&activate(&cache_in(dir.path())).unwrap_err()), "cache_damaged");
}

/// A disk that fails at its n-th operation, and at every one after it: the power is gone.
pub(super) struct FailingDisk {
    pub(super) left: AtomicU64,
    pub(super) free_bytes: u64,
}

impl FailingDisk {
    pub(super) fn after(operations: u64) -> Self {
        Self { left: AtomicU64::new(operations), free_bytes: u64::MAX }
    }

    pub(super) fn with_free_bytes(free_bytes: u64) -> Self {
        Self { left: AtomicU64::new(u64::MAX), free_bytes }
    }

    fn step(&self, path: &Path) -> Result<(), DiskError> {
        match self.left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Ok(()),
            Err(_) => Err(DiskError::Io {
                path: path.into(),
                source: io::Error::from(io::ErrorKind::BrokenPipe),
            }),
        }
    }
}

impl Disk for FailingDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        self.step(path)?;
        RealDisk.read(path, bytes_max)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.step(path)?;
        RealDisk.replace(path, bytes)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.step(path)?;
        RealDisk.append(path, bytes)
    }
    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.step(path)?;
        RealDisk.append_scratch(path, bytes)
    }
    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        self.step(path)?;
        RealDisk.truncate(path, length)
    }
    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        self.step(path)?;
        RealDisk.length(path)
    }
    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        self.step(dir)?;
        RealDisk.list(dir)
    }
    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        self.step(dir)?;
        RealDisk.make_dir(dir)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.step(to)?;
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.step(path)?;
        RealDisk.remove(path)
    }
    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        self.step(dir)?;
        RealDisk.sync_tree(dir)
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError> {
        self.step(path)?;
        Ok(self.free_bytes)
    }
    fn open_read(&self, path: &Path) -> Result<Box<dyn Read + Send>, DiskError> {
        self.step(path)?;
        RealDisk.open_read(path)
    }
}

#[test]
fn whichever_operation_of_the_disk_fails_the_former_release_answers() {
    let (five, six) = (samples::release(5, 0), samples::release(6, 0));
    let mut failures = 0;
    for operations in 0.. {
        let dir = tempfile::tempdir().unwrap();
        import(&cache_in(dir.path()), &five).unwrap();
        let disk = Arc::new(FailingDisk::after(u64::MAX));
        let cache = Cache::open(disk.clone(), dir.path().to_path_buf()).unwrap();
        assert_eq!(activate(&cache).unwrap(), 5);

        disk.left.store(operations, SeqCst);
        let imported = import(&cache, &six);
        if imported.is_ok() {
            answers(&cache, 6);
            break;
        }
        failures += 1;
        answers(&cache, 5);
        drop((cache, imported));
        let cache = cache_in(dir.path());
        assert_eq!(activate(&cache).unwrap(), 5, "after a restart, {operations}");
        import(&cache, &six).unwrap();
        answers(&cache, 6);
    }
    assert!(failures >= 12, "{failures} steps of the disk were tried");
}

#[test]
fn without_room_nothing_is_begun() {
    let dir = tempfile::tempdir().unwrap();
    let mut disk = FailingDisk::after(u64::MAX);
    disk.free_bytes = limits::FREE_DISK_BYTES_MIN;
    let cache = Cache::open(Arc::new(disk), dir.path().to_path_buf()).unwrap();
    assert_eq!(code(&import(&cache, &samples::release(1, 0)).unwrap_err()), "cache_no_space");
    assert!(RealDisk.list(&dir.path().join("releases")).unwrap().is_empty());
}
