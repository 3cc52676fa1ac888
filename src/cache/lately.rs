//! Runs of blocks asked for lately, at hand: most questions need no walk through sled's pages, and none through a run.

use super::store::{Block, nth_block};
use crate::{limits, snapshot::Tree};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Which run of which tree.
type Place = (Tree, u32);

/// A run and where its blocks begin in it; 0 where there is none.
struct Kept {
    place: Place,
    run: sled::IVec,
    starts: [u16; limits::RUN_BLOCKS_MAX as usize],
}

type Slot = Mutex<Option<Kept>>;

/// One slot for each of so many runs: one that comes pushes out the one before. The bytes are sled's own, only held on to,
/// and all of them together stay below [`limits::RUN_BYTES_AIM`] a slot.
pub(super) struct Lately {
    slots: Vec<Slot>,
    bytes_left: AtomicUsize,
}

impl Lately {
    pub(super) fn new(runs: usize) -> Self {
        let slots = (0..runs).map(|_| Mutex::new(None)).collect();
        // Small enough for any machine; a slot takes room itself.
        let each = usize::try_from(limits::RUN_BYTES_AIM).unwrap_or(0) - size_of::<Slot>();
        Self { slots, bytes_left: AtomicUsize::new(runs * each) }
    }

    fn slot(&self, (tree, run): Place) -> Option<MutexGuard<'_, Option<Kept>>> {
        let shift = self.slots.len() / Tree::ALL.len() * tree as usize; // all trees begin with run 0
        let at = (run as usize + shift).checked_rem(self.slots.len())?;
        self.slots.get(at).map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner))
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

    /// Empties a slot.
    fn push_out(&self, slot: &mut Option<Kept>) {
        if let Some(former) = slot.take() {
            self.bytes_left.fetch_add(former.run.len(), Relaxed);
        }
    }

    /// Keeps a run, unless it is a large one or there are no bytes left for it even without the one it pushes out.
    pub(super) fn keep(&self, place: Place, run: &sled::IVec) {
        let Some(mut slot) = self.slot(place).filter(|_| run.len() <= limits::RUN_KEPT_BYTES_MAX)
        else {
            return;
        };
        self.push_out(&mut slot);
        let without = |left: usize| left.checked_sub(run.len());
        if self.bytes_left.fetch_update(Relaxed, Relaxed, without).is_err() {
            return;
        }
        let mut starts = [0; limits::RUN_BLOCKS_MAX as usize];
        for (start, n) in starts.iter_mut().zip(0..) {
            let found = nth_block(run, n).map(|block| u16::try_from(block.start));
            *start = found.and_then(Result::ok).unwrap_or(0);
        }
        *slot = Some(Kept { place, run: run.clone(), starts });
    }

    /// Bytes of all that lies here.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        let bytes = |slot: &Slot| slot.lock().unwrap().as_ref().map_or(0, |kept| kept.run.len());
        self.slots.iter().map(bytes).sum()
    }

    /// A run was written anew.
    pub(super) fn forget(&self, place: Place) {
        if let Some(mut slot) = self.slot(place) {
            self.push_out(&mut slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(blocks: &[&[u8]]) -> sled::IVec {
        let length = |block: &[u8]| u32::try_from(block.len()).unwrap().to_be_bytes();
        let run: Vec<u8> = blocks.iter().flat_map(|b| [&length(b)[..], b].concat()).collect();
        run.into()
    }

    fn at_hand(lately: &Lately, place: Place, n: u32) -> Option<Vec<u8>> {
        lately.block(place, n).map(|block| block.to_vec())
    }

    #[test]
    fn a_run_at_hand_gives_its_own_blocks_and_nothing_behind_its_end() {
        let lately = Lately::new(8);
        let run = run_of(&[b"first", b"", b"third"]);
        lately.keep((Tree::Person, 3), &run);
        let blocks: Vec<_> = (0..9).map(|n| at_hand(&lately, (Tree::Person, 3), n)).collect();
        assert_eq!(blocks[..3], [&b"first"[..], b"", b"third"].map(|block| Some(block.to_vec())));
        assert!(blocks[3..].iter().all(Option::is_none));
    }

    #[test]
    fn no_run_answers_for_another_whichever_pushed_it_out() {
        let lately = Lately::new(8); // a slot for each tree: runs and trees meet in all of them
        let places: Vec<Place> =
            Tree::ALL.into_iter().flat_map(|tree| (0..20).map(move |run| (tree, run))).collect();
        for kept in &places {
            lately.keep(*kept, &run_of(&[kept.0.file_name().as_bytes(), &kept.1.to_be_bytes()]));
            for place in &places {
                let tree = place.0.file_name().as_bytes();
                assert!(lately.block(*place, 0).is_none_or(|block| *block == *tree));
                let run = place.1.to_be_bytes();
                assert!(lately.block(*place, 1).is_none_or(|block| *block == run));
            }
            assert!(lately.block(*kept, 0).is_some());
            lately.forget(*kept);
            assert!(lately.block(*kept, 0).is_none());
        }
    }

    #[test]
    fn large_runs_are_left_to_sled_and_without_slots_nothing_is_kept() {
        let large = vec![0; limits::RUN_KEPT_BYTES_MAX];
        for (slots, block) in [(8, &large[..]), (0, b"small")] {
            let lately = Lately::new(slots);
            lately.keep((Tree::Drug, 0), &run_of(&[block]));
            assert!(lately.block((Tree::Drug, 0), 0).is_none());
        }
    }
}
