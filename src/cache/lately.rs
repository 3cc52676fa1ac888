//! Blocks asked for lately, at hand: most questions need no walk through sled's pages, and none through a run.
//!
//! Single blocks, not the runs they lie in: neighbours of a blinded key are strangers, whom nobody asks for next.

use crate::{limits, snapshot::Tree};
use quick_cache::{Weighter, sync::Cache};
use std::sync::Arc;

/// A sealed block, and which tree's it is.
pub(super) type Block = Arc<[u8]>;
type Place = (Tree, u32);

/// What a block at hand takes, with the cache's own note of it.
#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Block> for Bytes {
    fn weight(&self, _: &Place, block: &Block) -> u64 {
        (block.len() + limits::BLOCK_KEPT_EXTRA_BYTES) as u64
    }
}

/// Blocks of so many bytes altogether, what is asked for often above what came by once.
pub(super) struct Lately(Cache<Place, Block, Bytes>);

impl Lately {
    /// Nothing is kept where `bytes` is 0.
    pub(super) fn new(bytes: usize) -> Self {
        let blocks = bytes / limits::BLOCK_KEPT_BYTES_USUAL;
        Self(Cache::with_weighter(blocks, bytes as u64, Bytes))
    }

    pub(super) fn block(&self, place: Place) -> Option<Block> {
        self.0.get(&place)
    }

    pub(super) fn keep(&self, place: Place, block: &Block) {
        self.0.insert(place, block.clone());
    }
}

#[cfg(test)]
impl Lately {
    pub(super) fn forget(&self, place: Place) {
        self.0.remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_held(lately: &Lately) -> usize {
        lately.0.iter().map(|(_, block)| block.len()).sum()
    }

    #[test]
    fn a_block_at_hand_answers_for_its_own_place_only() {
        let lately = Lately::new(1 << 20);
        let places: Vec<Place> =
            Tree::ALL.into_iter().flat_map(|tree| (0..20).map(move |n| (tree, n))).collect();
        let block =
            |(tree, n): Place| Block::from([tree.file_name().as_bytes(), &[n as u8]].concat());
        for place in &places {
            assert_eq!(lately.block(*place), None);
            lately.keep(*place, &block(*place));
        }
        for place in places {
            assert_eq!(lately.block(place), Some(block(place)));
            lately.forget(place);
            assert_eq!(lately.block(place), None);
        }
    }

    #[test]
    fn what_is_at_hand_stays_within_its_bytes_however_large_its_blocks_are() {
        let most = 2 << 20;
        for block_bytes in [40, 600, 4 << 10, limits::BLOCK_BYTES_MAX] {
            let lately = Lately::new(most);
            let each = block_bytes + limits::BLOCK_KEPT_EXTRA_BYTES;
            for n in 0..4 * u32::try_from(most / each).unwrap() {
                lately.keep((Tree::Drug, n), &vec![0; block_bytes].into());
                assert!(lately.0.weight() <= most as u64, "{block_bytes} bytes a block");
            }
            let held = bytes_held(&lately) / block_bytes * each;
            assert!(held * 2 > most, "and it is made use of: {held} of {most}");
        }
    }

    #[test]
    fn asking_for_more_than_fits_over_and_over_still_finds_some_at_hand() {
        let lately = Lately::new(1 << 20);
        let mut found = 0;
        for n in (0..3_000).cycle().take(12_000) {
            let place = (Tree::Person, n);
            match lately.block(place) {
                Some(_) => found += 1,
                None => lately.keep(place, &vec![0; 600].into()),
            }
        }
        assert!(found > 1_000, "{found}");
    }

    #[test]
    fn without_bytes_nothing_is_kept() {
        let lately = Lately::new(0);
        lately.keep((Tree::Drug, 0), &Block::from(&b"small"[..]));
        assert_eq!(lately.block((Tree::Drug, 0)), None);
    }
}
