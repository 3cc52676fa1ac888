//! sled itself, fenced in: opened by its known rules, and a panic inside it is an error outside.
//!
//! Blocks lie in *runs*: some neighbours in one value, as they stand in their file. And every run has its key before it has
//! its bytes: sled writes a page anew, with all that is in it, each time it fills up and splits. With the keys there first,
//! no page splits any more, and each byte is written once (measured: a third of the time, and 1.03 times the bytes instead
//! of 1.85).

use super::{
    CacheError,
    lately::{Block, Lately},
};
use crate::{
    limits,
    snapshot::{Manifest, Tree},
    sys::Disk,
};
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Duration,
};

/// Single blocks handed over at once.
pub(super) const BATCH_BLOCKS: usize = 256;

/// sled's own tree in which a store remembers how many blocks lie in a run.
const SHAPE: &str = "blocks in a run";

/// Five seconds in all: milliseconds were seen, on a busy machine tens of them.
const LOCK_TRIES: u32 = 1_000;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// sled's directory inside a release's.
pub(super) fn sled_dir(release_dir: &Path) -> PathBuf {
    release_dir.join("sled")
}

/// How much memory a store that answers may take for what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// The region's: [`limits::READ_CACHE_BYTES`].
    Region,
    /// One beside it: [`limits::BESIDE_CACHE_BYTES`].
    Beside,
}

impl Share {
    /// Bytes of sled's pages, and of blocks at hand.
    fn parts(self) -> (u64, usize) {
        match self {
            Self::Region => (limits::SLED_READ_CACHE_BYTES, limits::BLOCKS_KEPT_BYTES),
            Self::Beside => (limits::SLED_BESIDE_CACHE_BYTES, limits::BLOCKS_KEPT_BESIDE_BYTES),
        }
    }
}

/// One sled database with a named tree for each of the release's.
pub(super) struct Store {
    dir: PathBuf,
    /// `None` once let go.
    db: Option<sled::Db>,
    trees: Vec<Rows>,
    /// Empty while it is filled; what answers is never written again.
    lately: Lately,
}

/// One tree's runs of blocks.
struct Rows {
    tree: Tree,
    opened: sled::Tree,
    /// Blocks in a run.
    per_run: u32,
}

/// Where the n-th block lies in a run of `[u32 BE length][block]`; `None` if the run ends before.
fn nth_block(run: &[u8], n: u32) -> Option<Range<usize>> {
    let mut at = 0_usize;
    for skipped in 0..=n {
        let length = run.get(at..at.checked_add(size_of::<u32>())?)?;
        let start = at + size_of::<u32>();
        let end = start.checked_add(u32::from_be_bytes(length.try_into().ok()?) as usize)?;
        if skipped == n {
            return (end <= run.len()).then_some(start..end);
        }
        at = end;
    }
    None
}

/// Which block is asked for next.
#[derive(Clone, Copy)]
enum Asked {
    /// One of another page.
    Alone,
    /// The one behind it: their page is read by each of its blocks.
    InOrder,
}

/// How often a block's page is read for it. sled counts what it holds only after some readings of a shard and lets nothing
/// go before: with one reading a page it would hold 16,384 pages, half a gigabyte (measured). Runs of several blocks are of
/// the usual size by their making; the larger a single one is, the sooner its page must be counted.
fn readings(run_bytes: usize, per_run: u32, asked: Asked) -> u32 {
    let sizes = (run_bytes as u64).div_ceil(limits::RUN_BYTES_AIM).next_power_of_two();
    let sizes = if per_run > 1 { 1 } else { u32::try_from(sizes).unwrap_or(u32::MAX) };
    let a_page = limits::SLED_READINGS_A_PAGE.saturating_mul(sizes);
    let a_page = a_page.min(limits::SLED_SHARD_READINGS);
    match asked {
        Asked::Alone => a_page,
        Asked::InOrder => a_page.div_ceil(limits::SLED_PAGE_VALUES.saturating_mul(per_run)),
    }
}

/// How many blocks of a tree make a good run: about [`limits::RUN_BYTES_AIM`].
fn blocks_in_a_run(manifest: &Manifest, tree: Tree) -> u32 {
    let block_bytes = manifest.file_bytes(tree) / u64::from(manifest.buckets(tree).max(1));
    let aim = limits::RUN_BYTES_AIM / block_bytes.max(1);
    u32::try_from(aim).unwrap_or(u32::MAX).clamp(1, limits::RUN_BLOCKS_MAX)
}

impl Store {
    /// A fresh one, to be filled with single blocks in any order.
    pub(super) fn create(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        disk.make_dir(dir)?;
        Self::open_with(disk, dir, limits::SLED_CACHE_BYTES)
    }

    /// A fresh one, made ready for the runs of one release.
    pub(super) fn create_for(
        disk: &dyn Disk,
        dir: &Path,
        manifest: &Manifest,
    ) -> Result<Self, CacheError> {
        let mut store = Self::create(disk, dir)?;
        for rows in &mut store.trees {
            rows.per_run = blocks_in_a_run(manifest, rows.tree);
        }
        guarded(dir, || {
            let shape = store.db.as_ref().map(|db| db.open_tree(SHAPE)).transpose()?;
            for rows in &store.trees {
                if let Some(shape) = &shape {
                    shape.insert(rows.tree.file_name(), &rows.per_run.to_be_bytes())?;
                }
                for run in 0..manifest.buckets(rows.tree).div_ceil(rows.per_run) {
                    rows.opened.insert(run.to_be_bytes(), &[])?;
                }
            }
            Ok(())
        })?;
        Ok(store)
    }

    /// One that was filled and closed. Anything missing is damage; nothing is made up for it.
    pub(super) fn open(disk: &dyn Disk, dir: &Path, share: Share) -> Result<Self, CacheError> {
        let (sled_bytes, block_bytes) = share.parts();
        // sled would make an empty database out of an empty directory and say nothing.
        if disk.length(&dir.join("db"))?.is_none() || disk.length(&dir.join("conf"))?.is_none() {
            return Err(CacheError::damaged(dir, "sled's files are missing"));
        }
        let mut store = Self::open_with(disk, dir, sled_bytes).map_err(|error| match error {
            CacheError::Store { dir, what } => CacheError::Damaged { dir, what },
            other => other,
        })?;
        if !store.db.as_ref().is_some_and(sled::Db::was_recovered) {
            return Err(CacheError::damaged(dir, "sled recovered nothing"));
        }
        store.lately = Lately::new(block_bytes);
        Ok(store)
    }

    fn open_with(disk: &dyn Disk, dir: &Path, cache_bytes: u64) -> Result<Self, CacheError> {
        clear_half_snapshots(disk, dir)?;
        guarded(dir, || {
            let db = open_patiently(dir, cache_bytes)?;
            let shape = db.open_tree(SHAPE)?;
            let open = |tree: Tree| {
                let noted = shape.get(tree.file_name())?;
                let noted = noted.and_then(|bytes| bytes.as_ref().try_into().ok());
                let per_run = noted.map_or(1, u32::from_be_bytes).max(1);
                Ok(Rows { tree, opened: db.open_tree(tree.file_name())?, per_run })
            };
            let trees = Tree::ALL.into_iter().map(open).collect::<sled::Result<_>>()?;
            Ok(Self { dir: dir.into(), db: Some(db), trees, lately: Lately::new(0) })
        })
    }

    fn rows(&self, tree: Tree) -> Result<&Rows, CacheError> {
        let found = self.trees.iter().find(|rows| rows.tree == tree);
        found.ok_or_else(|| CacheError::damaged(&self.dir, "no tree"))
    }

    /// Blocks that lie together in one run of this tree.
    pub(super) fn per_run(&self, tree: Tree) -> Result<u32, CacheError> {
        Ok(self.rows(tree)?.per_run)
    }

    /// Stores a whole run, `[u32 BE length][block]` for each of its blocks.
    pub(super) fn put_run(&self, tree: Tree, run: u32, blocks: &[u8]) -> Result<(), CacheError> {
        let rows = self.rows(tree)?;
        guarded(&self.dir, || rows.opened.insert(run.to_be_bytes(), blocks).map(drop))
    }

    /// Stores some blocks, in the order of their buckets, where runs hold one. One by one: sled's own batch forgets the
    /// order, and keeps every other tree waiting until it is done.
    pub(super) fn put(&self, tree: Tree, blocks: Vec<(u32, Vec<u8>)>) -> Result<(), CacheError> {
        blocks.into_iter().try_for_each(|(bucket, block)| {
            let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
            self.put_run(tree, bucket, &[&length.to_be_bytes()[..], &block].concat())
        })
    }

    /// One block as it was sealed; `None` where there should be one is damage, and the caller says so.
    pub(super) fn get(&self, tree: Tree, bucket: u32) -> Result<Option<Block>, CacheError> {
        if let Some(block) = self.lately.block((tree, bucket)) {
            return Ok(Some(block));
        }
        let found = self.read(tree, bucket, Asked::Alone)?;
        if let Some(block) = &found {
            self.lately.keep((tree, bucket), block);
        }
        Ok(found)
    }

    /// The same from sled, whatever is at hand: for those who read block after block, be it to look for what rotted since.
    /// What they read is not kept, for nobody asked for it.
    pub(super) fn get_stored(&self, tree: Tree, bucket: u32) -> Result<Option<Block>, CacheError> {
        self.read(tree, bucket, Asked::InOrder)
    }

    /// One block, its page read as often as sled's count needs it.
    fn read(&self, tree: Tree, bucket: u32, asked: Asked) -> Result<Option<Block>, CacheError> {
        let rows = self.rows(tree)?;
        let (run, n) = (bucket / rows.per_run, bucket % rows.per_run);
        let found = guarded(&self.dir, || {
            let found = rows.opened.get(run.to_be_bytes())?;
            for _ in 1..found.as_ref().map_or(0, |run| readings(run.len(), rows.per_run, asked)) {
                rows.opened.contains_key(run.to_be_bytes())?;
            }
            Ok(found)
        })?;
        let Some(run) = found else { return Ok(None) };
        Ok(nth_block(&run, n).and_then(|place| run.get(place)).map(Block::from))
    }

    /// Pushes everything out of sled and closes it. Only the sync of the files afterwards makes it last.
    pub(super) fn close(mut self) -> Result<(), CacheError> {
        guarded(&self.dir, || self.db.as_ref().map_or(Ok(0), |db| db.flush()))?;
        self.let_go()
    }

    /// sled syncs once more when its last handle goes, and panics where that fails.
    fn let_go(&mut self) -> Result<(), CacheError> {
        let handles = (std::mem::take(&mut self.trees), self.db.take());
        guarded(&self.dir, || {
            drop(handles);
            Ok(())
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.let_go(); // nothing of a store that only answered can be lost
    }
}

/// sled lets go of its files a moment after the last handle is dropped, on a thread of its own; a directory just closed
/// is locked until then.
fn open_patiently(dir: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes).flush_every_ms(None); // its flusher swallows errors; we sync ourselves
    for _ in 0..LOCK_TRIES {
        match config.open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("acquire lock") => {
                std::thread::sleep(LOCK_PAUSE);
            }
            opened => return opened,
        }
    }
    config.open()
}

/// A half-written snapshot file of sled's own makes every later open fail; the finished one must never be touched
/// (dependencies 1.3: without it sled opens an empty database and says nothing).
fn clear_half_snapshots(disk: &dyn Disk, dir: &Path) -> Result<(), CacheError> {
    for path in disk.list(dir)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            disk.remove(&path)?;
        }
    }
    Ok(())
}

/// sled panics on some damage (measured); outside this room there are error values only.
fn guarded<T>(dir: &Path, work: impl FnOnce() -> sled::Result<T>) -> Result<T, CacheError> {
    let failed = |what: String| CacheError::Store { dir: dir.into(), what };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(source))) => Err(crate::sys::DiskError::from_io(dir, source).into()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("sled panicked".into())),
    }
}

#[cfg(test)]
impl Store {
    /// Puts a block in the place of another behind the house's back; an empty one takes it away.
    pub(super) fn swap(&self, tree: Tree, bucket: u32, block: &[u8]) {
        self.rot(tree, bucket, block);
        self.lately.forget((tree, bucket));
    }

    /// The same, and what is at hand of it stays.
    pub(super) fn rot(&self, tree: Tree, bucket: u32, block: &[u8]) {
        let rows = self.rows(tree).unwrap();
        let (run, n) = ((bucket / rows.per_run).to_be_bytes(), bucket % rows.per_run);
        let held = rows.opened.get(run).unwrap().unwrap();
        let place = nth_block(&held, n).unwrap();
        let length = u32::try_from(block.len()).unwrap().to_be_bytes();
        let bent = [&held[..place.start - 4], &length, block, &held[place.end..]].concat();
        rows.opened.insert(run, bent).unwrap();
    }

    /// Removes a block behind the house's back.
    pub(super) fn take_away(&self, tree: Tree, bucket: u32) {
        self.swap(tree, bucket, &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stores_two_caches_are_the_share_it_was_promised() {
        for (share, promised) in
            [(Share::Region, limits::READ_CACHE_BYTES), (Share::Beside, limits::BESIDE_CACHE_BYTES)]
        {
            let (sled_bytes, block_bytes) = share.parts();
            assert_eq!(sled_bytes + limits::SLED_UNCOUNTED_BYTES + block_bytes as u64, promised);
        }
    }

    #[test]
    fn however_large_values_are_and_in_whatever_order_sled_holds_no_more_uncounted_than_promised() {
        let usual = usize::try_from(limits::RUN_BYTES_AIM).unwrap();
        let single =
            [1, 600, usual, usual + 1, 2 * usual, 3 * usual, 4 * usual].map(|size| (size, 1));
        for (run_bytes, per_run) in single.into_iter().chain([(usual, 2), (usual, 8)]) {
            let in_order = limits::SLED_PAGE_VALUES * per_run;
            for (asked, of_a_page) in [(Asked::Alone, 1), (Asked::InOrder, in_order)] {
                let readings = of_a_page * readings(run_bytes, per_run, asked);
                let pages = u64::from(limits::SLED_SHARD_READINGS.div_ceil(readings));
                let page_bytes = u64::from(limits::SLED_PAGE_VALUES) * run_bytes as u64;
                let held = limits::SLED_SHARDS * pages * page_bytes;
                assert!(held <= limits::SLED_UNCOUNTED_BYTES, "{run_bytes} x {per_run}: {held}");
            }
        }
        assert_eq!(
            readings(4 << 10, 8, Asked::InOrder),
            1,
            "the region's pages count by themselves"
        );
        assert_eq!(readings(limits::BLOCK_BYTES_MAX, 1, Asked::Alone), limits::SLED_SHARD_READINGS);
        assert_eq!(readings(0, 1, Asked::InOrder), 2);
    }

    proptest! {
        #[test]
        fn every_block_of_a_run_is_found_and_none_behind_its_end(
            blocks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..9),
        ) {
            let run: Vec<u8> = blocks.iter().flat_map(|b| [&(b.len() as u32).to_be_bytes()[..], b].concat()).collect();
            for (n, block) in (0..).zip(&blocks) {
                prop_assert_eq!(&run[nth_block(&run, n).unwrap()], &block[..]);
            }
            prop_assert_eq!(nth_block(&run, blocks.len() as u32), None);
        }

        #[test]
        fn no_bytes_make_a_run_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), n in 0_u32..9) {
            let _ = nth_block(&bytes, n);
        }
    }
}
