//! Runs of blocks asked for lately, at hand: most questions need no walk through sled's pages, and none through a run.

use super::store::{Block, nth_block};
use crate::{limits, snapshot::Tree};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which run of which tree.
type Place = (Tree, u32);

/// A run and where its blocks begin in it; 0 where there is none.
struct Kept {
    place: Place,
    run: sled::IVec,
    starts: [u16; limits::RUN_BLOCKS_MAX as usize],
}

/// One slot for each of so many runs: one that comes pushes out the one before. The bytes are sled's own, only held on to.
pub(super) struct Lately(Vec<Mutex<Option<Kept>>>);

impl Lately {
    pub(super) fn new(runs: usize) -> Self {
        Self((0..runs).map(|_| Mutex::new(None)).collect())
    }

    fn slot(&self, (tree, run): Place) -> Option<MutexGuard<'_, Option<Kept>>> {
        let shift = self.0.len() / Tree::ALL.len() * tree as usize; // all trees begin with run 0
        let at = (run as usize + shift).checked_rem(self.0.len())?;
        self.0.get(at).map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The n-th block of a run; `None` also where the run does not lie here.
    pub(super) fn block(&self, place: Place, n: u32) -> Option<Block> {
        let slot = self.slot(place)?;
        let kept = slot.as_ref().filter(|kept| kept.place == place)?;
        let start = *kept.starts.get(n as usize)?;
        let at = usize::from(start).checked_sub(size_of::<u32>())?;
        let block = nth_block(kept.run.get(at..)?, 0)?;
        Some(Block { run: kept.run.clone(), place: at + block.start..at + block.end })
    }

    /// Keeps a run, unless it is a large one.
    pub(super) fn keep(&self, place: Place, run: &sled::IVec) {
        let Some(mut slot) = self.slot(place).filter(|_| run.len() <= limits::RUN_KEPT_BYTES_MAX)
        else {
            return;
        };
        let mut starts = [0; limits::RUN_BLOCKS_MAX as usize];
        for (start, n) in starts.iter_mut().zip(0..) {
            let found = nth_block(run, n).map(|block| u16::try_from(block.start));
            *start = found.and_then(Result::ok).unwrap_or(0);
        }
        *slot = Some(Kept { place, run: run.clone(), starts });
    }

    /// A run was written anew.
    pub(super) fn forget(&self, place: Place) {
        if let Some(mut slot) = self.slot(place) {
            *slot = None;
        }
    }
}
