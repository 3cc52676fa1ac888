//! sled itself, fenced in: opened by its known rules, and a panic inside it is an error outside.

use super::CacheError;
use crate::{limits, snapshot::Tree, sys::Disk};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Duration,
};

/// Blocks written in one batch.
pub(super) const BATCH_BLOCKS: usize = 256;

/// Five seconds in all: milliseconds were seen, on a busy machine tens of them.
const LOCK_TRIES: u32 = 1_000;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// sled's directory inside a release's.
pub(super) fn sled_dir(release_dir: &Path) -> PathBuf {
    release_dir.join("sled")
}

/// One sled database with a named tree for each of the release's.
pub(super) struct Store {
    dir: PathBuf,
    /// `None` once let go.
    db: Option<sled::Db>,
    trees: Vec<(Tree, sled::Tree)>,
}

impl Store {
    /// A fresh one, to be filled.
    pub(super) fn create(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        disk.make_dir(dir)?;
        Self::open_with(disk, dir)
    }

    /// One that was filled and closed. Anything missing is damage; nothing is made up for it.
    pub(super) fn open(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        // sled would make an empty database out of an empty directory and say nothing.
        if disk.length(&dir.join("db"))?.is_none() || disk.length(&dir.join("conf"))?.is_none() {
            return Err(CacheError::damaged(dir, "sled's files are missing"));
        }
        let store = Self::open_with(disk, dir).map_err(|error| match error {
            CacheError::Store { dir, what } => CacheError::Damaged { dir, what },
            other => other,
        })?;
        if !store.db.as_ref().is_some_and(sled::Db::was_recovered) {
            return Err(CacheError::damaged(dir, "sled recovered nothing"));
        }
        Ok(store)
    }

    fn open_with(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        clear_half_snapshots(disk, dir)?;
        guarded(dir, || {
            let db = open_patiently(dir)?;
            let open = |tree: Tree| db.open_tree(tree.file_name()).map(|opened| (tree, opened));
            let trees = Tree::ALL.into_iter().map(open).collect::<Result<_, _>>()?;
            Ok(Self { dir: dir.into(), db: Some(db), trees })
        })
    }

    fn tree(&self, tree: Tree) -> Result<&sled::Tree, CacheError> {
        let found = self.trees.iter().find(|(name, _)| *name == tree);
        found.map(|(_, opened)| opened).ok_or_else(|| CacheError::damaged(&self.dir, "no tree"))
    }

    /// Stores some blocks, in the order of their buckets. One by one: sled's own batch forgets the order, and keeps every
    /// other tree waiting until it is done.
    pub(super) fn put(&self, tree: Tree, blocks: Vec<(u32, Vec<u8>)>) -> Result<(), CacheError> {
        let opened = self.tree(tree)?;
        guarded(&self.dir, || {
            blocks.into_iter().try_for_each(|(bucket, block)| {
                opened.insert(bucket.to_be_bytes(), block).map(drop)
            })
        })
    }

    /// One block as it was sealed; `None` where there should be one is damage, and the caller says so.
    pub(super) fn get(&self, tree: Tree, bucket: u32) -> Result<Option<sled::IVec>, CacheError> {
        let opened = self.tree(tree)?;
        guarded(&self.dir, || opened.get(bucket.to_be_bytes()))
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
fn open_patiently(dir: &Path) -> sled::Result<sled::Db> {
    let config =
        sled::Config::new().path(dir).cache_capacity(limits::SLED_CACHE_BYTES).flush_every_ms(None); // its flusher swallows errors; we sync ourselves
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
    /// Removes a block behind the house's back.
    pub(super) fn take_away(&self, tree: Tree, bucket: u32) {
        self.tree(tree).unwrap().remove(bucket.to_be_bytes()).unwrap();
    }
}
