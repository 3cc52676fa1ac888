//! Promises of deliveries: resumed behind the last sound chunk, never a byte that was not signed, bounded in memory.

use super::{
    Cache, Delivered,
    fill::BYTES_IN_FLIGHT_MAX,
    tests::{activate, answers, cache_in, code, import},
};
use crate::{
    limits::{CHUNK_BYTES, FREE_DISK_BYTES_MIN, IMPORT_SPACE_TIMES},
    snapshot::{
        Distance, MANIFEST_NAME, ReleaseSource, SnapshotError, Tree,
        samples::{self, MapSource, quiet},
    },
    sys::{Disk, RealDisk},
};
use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

/// A release whose larger files have several chunks, made once.
fn large() -> &'static MapSource {
    static LARGE: OnceLock<MapSource> = OnceLock::new();
    LARGE.get_or_init(|| samples::release_of(40_000, 6, 0))
}

fn bytes_of(release: &MapSource) -> u64 {
    release.manifest().bytes()
}

/// A link that breaks after so many bytes, and counts what it is asked for.
struct BreakingLink<'a> {
    release: &'a MapSource,
    bytes_left: AtomicU64,
    bytes_read: AtomicU64,
    offsets: Mutex<Vec<(String, u64)>>,
}

impl<'a> BreakingLink<'a> {
    fn after(release: &'a MapSource, bytes: u64) -> Self {
        Self {
            release,
            bytes_left: AtomicU64::new(bytes),
            bytes_read: AtomicU64::new(0),
            offsets: Mutex::default(),
        }
    }
}

struct Breaking<'a>(Box<dyn Read + 'a>, &'a BreakingLink<'a>);

impl Read for Breaking<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.1.bytes_left.load(SeqCst);
        if left == 0 {
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
        let room = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.0.read(&mut into[..room])?;
        self.1.bytes_left.fetch_sub(read as u64, SeqCst);
        self.1.bytes_read.fetch_add(read as u64, SeqCst);
        Ok(read)
    }
}

impl ReleaseSource for BreakingLink<'_> {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError> {
        self.open_at(name, 0)
    }
    fn open_at(&self, name: &str, offset: u64) -> Result<Box<dyn Read + '_>, SnapshotError> {
        self.offsets.lock().unwrap().push((name.into(), offset));
        Ok(Box::new(Breaking(self.release.open_at(name, offset)?, self)))
    }
    fn distance(&self) -> Distance {
        Distance::Far
    }
}

fn import_from(
    cache: &Cache,
    source: &dyn ReleaseSource,
    of: &MapSource,
) -> Result<(), &'static str> {
    let imported = cache.import(source, &of.manifest(), &of.keys(), &mut quiet);
    imported.map(drop).map_err(|e| code(&e))
}

fn delivered(dir: &Path) -> Vec<PathBuf> {
    RealDisk.list(&dir.join("delivered")).unwrap()
}

fn files_in(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let files = RealDisk.list(dir).unwrap();
    files.iter().map(|path| (name(path), RealDisk.read(path, u64::MAX).unwrap())).collect()
}

fn keeping(dir: &Path) -> Cache {
    let cache = cache_in(dir);
    cache.keep_delivered(Delivered::Keep);
    cache
}

#[test]
fn a_delivery_broken_off_anywhere_goes_on_behind_the_last_whole_chunk_and_ends_in_the_same_bytes() {
    let release = large();
    let whole = bytes_of(release);
    let chunk = CHUNK_BYTES as u64;
    assert!(
        release.0.values().any(|file| file.len() as u64 > 2 * chunk),
        "{whole} bytes are too few for this test"
    );
    let cuts = (0..=whole / chunk).flat_map(|n| [n * chunk, n * chunk + 1, (n + 1) * chunk - 1]);
    let dir = tempfile::tempdir().unwrap();
    for cut in cuts.filter(|cut| *cut < whole) {
        RealDisk.remove(&dir.path().join("delivered")).unwrap();
        let cache = keeping(dir.path());
        let broken = BreakingLink::after(release, cut);
        let mut silent = quiet;
        let half = cache.deliver(&broken, &release.manifest(), &mut silent);
        assert!(half.is_err() && cache.active().is_none(), "cut at {cut}");

        let again = BreakingLink::after(release, u64::MAX);
        let lies = cache.deliver(&again, &release.manifest(), &mut silent).unwrap().unwrap();
        assert_eq!(files_in(&lies), release.0, "cut at {cut}");
        let files = Tree::ALL.len() as u64; // a file ends in a chunk that is not full
        let twice = again.bytes_read.load(SeqCst) + cut;
        assert!(twice <= whole + chunk + files, "cut at {cut}: {twice} bytes of {whole}");
    }
}

#[test]
fn a_release_broken_off_and_resumed_is_imported_and_answers() {
    let (dir, release) = (tempfile::tempdir().unwrap(), large());
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(5, 0)).unwrap();
    let broken = BreakingLink::after(release, bytes_of(release) / 2);
    assert_eq!(import_from(&cache, &broken, release), Err("release_read_failed"));
    answers(&cache, 5);
    import_from(&cache, &BreakingLink::after(release, u64::MAX), release).unwrap();
    answers(&cache, 6);
    assert!(delivered(dir.path()).is_empty(), "this box keeps none");
    drop(cache);
    assert_eq!(activate(&cache_in(dir.path())).unwrap(), 6);
}

#[test]
fn a_tail_that_was_torn_or_changed_while_it_lay_here_is_fetched_anew() {
    let (dir, release) = (tempfile::tempdir().unwrap(), large());
    let cache = keeping(dir.path());
    cache
        .deliver(
            &BreakingLink::after(release, bytes_of(release) * 2 / 3),
            &release.manifest(),
            &mut quiet,
        )
        .unwrap_err();
    let part = delivered(dir.path()).remove(0);
    for (name, mut bytes) in files_in(&part) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        RealDisk.replace(&part.join(name), &[&bytes[..], b"and more"].concat()).unwrap();
    }
    import_from(&cache, &BreakingLink::after(release, u64::MAX), release).unwrap();
    assert_eq!(files_in(&delivered(dir.path())[0]), release.0);
}

#[test]
fn a_link_that_changes_the_file_between_two_attempts_is_refused_by_the_chunk() {
    let (dir, release) = (tempfile::tempdir().unwrap(), large());
    let cache = keeping(dir.path());
    import(&cache, &samples::release(5, 0)).unwrap();
    import_from(&cache, &BreakingLink::after(release, bytes_of(release) / 2), release).unwrap_err();
    let mut other = MapSource(release.0.clone());
    other.0.values_mut().for_each(|bytes| *bytes.last_mut().unwrap() ^= 1);
    let changed = import_from(&cache, &BreakingLink::after(&other, u64::MAX), release);
    assert_eq!(changed, Err("release_altered"));
    answers(&cache, 5);
    import_from(&cache, &BreakingLink::after(release, u64::MAX), release).unwrap();
    answers(&cache, 6);
}

#[test]
fn what_was_half_delivered_of_another_release_is_swept_and_only_the_active_ones_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let cache = keeping(dir.path());
    let (five, six, seven) =
        (samples::release(5, 0), samples::release(6, 0), samples::release(7, 0));
    import(&cache, &five).unwrap();
    import_from(&cache, &BreakingLink::after(&six, 9), &six).unwrap_err();
    assert_eq!(delivered(dir.path()).len(), 2, "five whole, six half");
    import_from(&cache, &BreakingLink::after(&seven, 9), &seven).unwrap_err();
    assert_eq!(delivered(dir.path()).len(), 2, "five whole, seven half");
    import(&cache, &seven).unwrap();
    let left = delivered(dir.path());
    assert_eq!(left.len(), 1);
    assert_eq!(files_in(&left[0]), seven.0);
    let bytes: usize = seven.0.values().map(Vec::len).sum();
    assert_eq!(cache.delivered_bytes(), bytes as u64);
    cache.keep_delivered(Delivered::Drop);
    import(&cache, &samples::release(8, 0)).unwrap();
    assert!(delivered(dir.path()).is_empty());
}

#[test]
fn a_near_release_is_not_copied_where_none_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    import(&cache_in(dir.path()), &samples::release(5, 0)).unwrap();
    assert!(delivered(dir.path()).is_empty());
}

/// Counts the bytes that were read of it.
struct Counted<'a>(&'a MapSource, AtomicU64);

struct Counting<'a>(Box<dyn Read + 'a>, &'a AtomicU64);

impl Read for Counting<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1.fetch_add(read as u64, SeqCst);
        Ok(read)
    }
}

impl ReleaseSource for Counted<'_> {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError> {
        Ok(Box::new(Counting(self.0.open(name)?, &self.1)))
    }
}

#[test]
fn no_more_of_a_release_is_in_memory_than_was_promised_whatever_its_size() {
    let (dir, release) = (tempfile::tempdir().unwrap(), large());
    let cache = cache_in(dir.path());
    let counted = Counted(release, AtomicU64::new(0));
    let (mut most, mut last) = (0, 0);
    let watch = &mut |progress: crate::snapshot::Progress| {
        if progress.total != Some(1) {
            most = most.max(counted.1.load(SeqCst) - progress.done);
            last = progress.done;
        }
    };
    let manifest = release.manifest();
    cache.import(&counted, &manifest, &release.keys(), watch).unwrap();
    assert_eq!(last, manifest.bytes(), "all of it was told");
    assert!(most > 0 && most <= BYTES_IN_FLIGHT_MAX as u64, "{most} bytes at once");
    answers(&cache, 6);
}

#[test]
fn a_release_without_room_for_delivery_and_store_is_not_begun() {
    let dir = tempfile::tempdir().unwrap();
    let release = samples::release(6, 0);
    let needed = release.manifest().bytes() * IMPORT_SPACE_TIMES + FREE_DISK_BYTES_MIN;
    let disk = super::attacks::FailingDisk::with_free_bytes(needed); // enough for the store alone
    let cache = Cache::open(std::sync::Arc::new(disk), dir.path().to_path_buf()).unwrap();
    let far = BreakingLink::after(&release, u64::MAX);
    assert_eq!(import_from(&cache, &far, &release), Err("cache_no_space"));
    assert!(far.offsets.lock().unwrap().is_empty() && delivered(dir.path()).is_empty());
    import(&cache, &release).unwrap();
}

#[test]
fn a_delivered_file_that_was_spoiled_before_the_store_was_filled_is_fetched_again() {
    let (dir, release) = (tempfile::tempdir().unwrap(), samples::release(6, 0));
    let cache = keeping(dir.path());
    let far = BreakingLink::after(&release, u64::MAX);
    let lies = cache.deliver(&far, &release.manifest(), &mut quiet).unwrap().unwrap();
    RealDisk.replace(&lies.join("drug.blk"), b"spoiled").unwrap();
    assert_eq!(import_from(&cache, &far, &release), Err("release_truncated"));
    far.offsets.lock().unwrap().clear();
    import_from(&cache, &far, &release).unwrap();
    answers(&cache, 6);
    assert_eq!(*far.offsets.lock().unwrap(), [("drug.blk".to_owned(), 0)], "only what was spoiled");
    assert!(RealDisk.length(&delivered(dir.path())[0].join(MANIFEST_NAME)).unwrap().is_some());
}
