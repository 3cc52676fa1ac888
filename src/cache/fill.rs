//! Filling a fresh store: several trees at a time, each read, checked and stored as it comes, whatever the release's size.

use super::{
    Cache, CacheError,
    scrub::{HASHES_NAME, StretchHasher, Stretches},
    store::{Store, sled_dir},
};
use crate::{
    limits,
    snapshot::{BlockStream, MANIFEST_NAME, Manifest, Progress, ReleaseSource, Step, Tree},
};
use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
};

/// Bytes of a release in memory while it is filled: in each lane the chunk being checked (its buffer may have doubled
/// while it grew), a block's beginning left over from the one before, what waits for its checksum, and the run on its way
/// into sled.
pub(super) const BYTES_IN_FLIGHT_MAX: usize = limits::FILL_LANES
    * (2 * (limits::CHUNK_BYTES + limits::BLOCK_BYTES_MAX)
        + limits::HASHED_TOGETHER_BYTES
        + limits::BLOCK_BYTES_MAX
        + limits::RUN_BLOCKS_MAX as usize * limits::BLOCK_BYTES_MAX);
const _: () = assert!(BYTES_IN_FLIGHT_MAX < limits::IMPORT_MEMORY_BYTES_MAX);

impl Cache {
    /// Fills a fresh store in `draft`: checked blocks, the manifest, the scrub's checksums; all of it synced.
    pub(super) fn fill(
        &self,
        draft: &Path,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), CacheError> {
        self.disk.make_dir(draft)?;
        let store = Store::create_for(&*self.disk, &sled_dir(draft), manifest)?;
        let stretches = fill_trees(&store, source, manifest, on_progress)?;
        let stretches = stretches.of_manifests([manifest.signed_bytes()]);
        store.close()?;
        self.disk.replace(&draft.join(HASHES_NAME), &stretches.to_bytes())?;
        self.disk.replace(&draft.join(MANIFEST_NAME), manifest.signed_bytes())?;
        Ok(self.disk.sync_tree(draft)?)
    }
}

/// What the lanes share.
struct Work<'a> {
    store: &'a Store,
    source: &'a dyn ReleaseSource,
    manifest: &'a Manifest,
    /// Trees nobody has begun; a lane that failed empties it, so that the others end soon.
    left: Mutex<Vec<Tree>>,
    stretches: Mutex<Stretches>,
}

fn fill_trees(
    store: &Store,
    source: &dyn ReleaseSource,
    manifest: &Manifest,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Stretches, CacheError> {
    let mut left = Tree::ALL.to_vec();
    left.sort_by_key(|tree| manifest.file_bytes(*tree)); // taken from the end: the largest first, so that no lane ends late
    let work =
        Work { store, source, manifest, left: Mutex::new(left), stretches: Mutex::default() };
    // Without room of its own: a lane waits until it was heard, and no progress piles up.
    let (tell, told) = sync_channel(0);
    let mut done = 0;
    let filled = std::thread::scope(|scope| {
        let begin = |tell: SyncSender<u64>| {
            let work = &work;
            scope.spawn(move || work.lane(&tell))
        };
        let lanes: Vec<_> = (0..limits::FILL_LANES).map(|_| begin(tell.clone())).collect();
        drop(tell);
        for bytes in told {
            done += bytes;
            let total = Some(manifest.bytes());
            on_progress(Progress { step: Step::Importing, done, total });
        }
        let fallen = || CacheError::damaged(Path::new("release"), "a lane of the import fell");
        let ended = lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err(fallen())));
        ended.fold(Ok(()), Result::and)
    });
    filled?;
    Ok(work.stretches.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Work<'_> {
    fn lane(&self, tell: &SyncSender<u64>) -> Result<(), CacheError> {
        while let Some(tree) = self.next_tree() {
            let hashes = self.tree(tree, tell).inspect_err(|_| self.stop())?;
            self.stretches.lock().unwrap_or_else(PoisonError::into_inner).set(tree, hashes);
        }
        Ok(())
    }

    fn next_tree(&self) -> Option<Tree> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn stop(&self) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn tree(&self, tree: Tree, tell: &SyncSender<u64>) -> Result<Vec<[u8; 32]>, CacheError> {
        let mut blocks = BlockStream::open(self.source, self.manifest, tree)?;
        let (per_run, mut hashes) = (self.store.per_run(tree)?, StretchHasher::default());
        let (mut run, mut untold) = (vec![], 0);
        while let Some((bucket, block)) = blocks.next_block()? {
            hashes.take(&block);
            let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
            run.extend_from_slice(&length.to_be_bytes());
            run.extend_from_slice(&block);
            if (bucket + 1).is_multiple_of(per_run) || bucket + 1 == self.manifest.buckets(tree) {
                untold += run.len();
                self.store.put_run(tree, bucket / per_run, &run)?;
                run.clear();
                if untold >= limits::CHUNK_BYTES {
                    let _ = tell.send(std::mem::take(&mut untold) as u64); // nobody listens: nobody is told
                }
            }
        }
        let _ = tell.send(untold as u64);
        Ok(hashes.finish())
    }
}
