//! The slow reader: goes through every block of the release that answers, a few at a time, so that a dying card is found
//! before somebody stands at the counter.
//!
//! Blocks of the medical trees cannot be opened here, their key is elsewhere. So while a store is filled from verified
//! chunks, one checksum is kept for each run of buckets of every tree; the scrub holds what sled gives back against them.

use super::{Cache, CacheError, Held, OpenRelease, Pointer, release::BaseRelease};
use crate::{limits, snapshot::Tree, sys::DiskError};
use std::{
    path::Path,
    sync::{Arc, PoisonError},
};

/// The checksums' file in a release's directory.
pub(super) const RUNS_NAME: &str = "scrub.hashes";
const RUNS_HEAD: &[u8] = b"sonae scrub hashes v1\n";

/// Checksums of all runs of all trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Runs(Vec<(Tree, Vec<[u8; 32]>)>);

impl Runs {
    pub(super) fn set(&mut self, tree: Tree, hashes: Vec<[u8; 32]>) {
        self.0.push((tree, hashes));
        self.0.sort_by_key(|(tree, _)| *tree);
    }

    /// `head · for each tree: name's length u8, name, runs u32, runs × 32 bytes · BLAKE3 of all that`, big-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = RUNS_HEAD.to_vec();
        for (tree, hashes) in &self.0 {
            let name = tree.file_name();
            bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(&u32::try_from(hashes.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(hashes.iter().flatten());
        }
        let whole = blake3::hash(&bytes);
        bytes.extend_from_slice(whole.as_bytes());
        bytes
    }

    /// Reads them back; `None` if one byte is not as written.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (body, whole) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(body) != *whole {
            return None;
        }
        let mut rest = body.strip_prefix(RUNS_HEAD)?;
        let mut runs = vec![];
        while let Some((length, after)) = rest.split_first() {
            let (name, after) = after.split_at_checked(usize::from(*length))?;
            let (count, after) = after.split_first_chunk::<4>()?;
            let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
            let (hashes, after) = after.split_at_checked(count.checked_mul(32)?)?;
            let tree = Tree::ALL.into_iter().find(|tree| tree.file_name().as_bytes() == name)?;
            runs.push((tree, hashes.as_chunks().0.to_vec()));
            rest = after;
        }
        Some(Self(runs))
    }

    fn total(&self) -> usize {
        self.0.iter().map(|(_, hashes)| hashes.len()).sum()
    }

    /// The run at a place counted through all trees.
    fn at(&self, mut place: usize) -> Option<Run> {
        for (tree, hashes) in &self.0 {
            if let Some(expected) = hashes.get(place) {
                let first = u32::try_from(place).ok()?.checked_mul(limits::SCRUB_RUN_BUCKETS)?;
                return Some(Run { tree: *tree, first, expected: *expected });
            }
            place -= hashes.len();
        }
        None
    }

    /// Whether they speak of every bucket that was signed.
    fn fit(&self, buckets: impl Fn(Tree) -> u32) -> bool {
        let runs_of = |tree: Tree| buckets(tree).div_ceil(limits::SCRUB_RUN_BUCKETS) as usize;
        self.0
            .iter()
            .map(|(tree, hashes)| (*tree, hashes.len()))
            .eq(sorted_trees().into_iter().map(|tree| (tree, runs_of(tree))))
    }
}

fn sorted_trees() -> Vec<Tree> {
    let mut trees = Tree::ALL.to_vec();
    trees.sort_unstable();
    trees
}

/// Runs due in one turn, so that all are read once in the days they may take.
fn due(total: usize) -> usize {
    let turns = limits::SCRUB_DAYS * 86_400 / limits::SCRUB_EVERY_SECONDS;
    total.div_ceil(usize::try_from(turns).unwrap_or(usize::MAX))
}

struct Run {
    tree: Tree,
    first: u32,
    expected: [u8; 32],
}

/// Makes the checksums of one tree from its blocks in bucket order.
#[derive(Default)]
pub(super) struct RunHasher {
    hasher: blake3::Hasher,
    blocks: u32,
    hashes: Vec<[u8; 32]>,
}

impl RunHasher {
    pub(super) fn take(&mut self, block: &[u8]) {
        hash_block(&mut self.hasher, block);
        self.blocks += 1;
        if self.blocks == limits::SCRUB_RUN_BUCKETS {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        self.hashes.push(*self.hasher.finalize().as_bytes());
        self.hasher.reset();
        self.blocks = 0;
    }

    pub(super) fn finish(mut self) -> Vec<[u8; 32]> {
        if self.blocks > 0 {
            self.end_run();
        }
        self.hashes
    }
}

/// With its length, so that bytes cannot move from one block to the next.
fn hash_block(hasher: &mut blake3::Hasher, block: &[u8]) {
    hasher.update(&(block.len() as u64).to_be_bytes());
    hasher.update(block);
}

/// Where the scrub is. Kept in memory alone: after a restart it begins anew.
pub(super) struct Scrub {
    held: Held,
    runs: Arc<Runs>,
    place: usize,
}

/// What one turn of the scrub did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    /// Nothing answers, or an import runs: the disk is left to it.
    Idle,
    /// So many runs were read and are sound.
    Sound(usize),
}

impl Cache {
    /// Reads the next few runs of the release that answers. A block that is not as it was stored, or cannot be read, is
    /// damage: it is noted, also for the next start, and told in the error. The release goes on answering from its sound
    /// blocks until it is rebuilt.
    pub fn scrub_turn(&self) -> Result<Scrubbed, CacheError> {
        match self.turn() {
            Ok(turn) => drop(turn), // looked at, not held: an import must not find the door shut because of this
            Err(CacheError::Busy) => return Ok(Scrubbed::Idle),
            Err(other) => return Err(other),
        }
        let Some(release) = self.active().filter(|_| !self.is_unsound()) else {
            return Ok(Scrubbed::Idle);
        };
        self.scrub(&release).inspect_err(|_| {
            // An import may have switched to another meanwhile: that one is not meant.
            if self.active().is_some_and(|now| now.pointer() == release.pointer()) {
                self.note_unsound(release.manifest());
            }
        })
    }

    fn scrub(&self, release: &OpenRelease) -> Result<Scrubbed, CacheError> {
        let held = Held::of(release.manifest());
        let dir = self.dir_of(&Pointer::whole(held));
        let mut scrub = self.scrub.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = match scrub.take().filter(|scrub| scrub.held == held) {
            Some(scrub) => scrub,
            None => Scrub { held, runs: Arc::new(self.read_runs(&dir, release)?), place: 0 },
        };
        let turn = due(now.runs.total());
        for _ in 0..turn {
            let Some(run) = now.runs.at(now.place) else { break };
            check_run(release.base(), &run, &dir)?;
            now.place = (now.place + 1) % now.runs.total();
            std::thread::yield_now(); // the counter first
        }
        *scrub = Some(now);
        Ok(Scrubbed::Sound(turn))
    }

    fn read_runs(&self, dir: &Path, release: &OpenRelease) -> Result<Runs, CacheError> {
        let damaged = || CacheError::damaged(dir, "the scrub's checksums");
        let bytes = match self.disk.read(&dir.join(RUNS_NAME), limits::SCRUB_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(DiskError::Missing(_) | DiskError::TooLarge { .. }) => return Err(damaged()),
            Err(other) => return Err(other.into()),
        };
        let runs = Runs::parse(&bytes).ok_or_else(damaged)?;
        let fit = runs.fit(|tree| release.manifest().buckets(tree));
        if fit { Ok(runs) } else { Err(damaged()) }
    }
}

fn check_run(release: &BaseRelease, run: &Run, dir: &Path) -> Result<(), CacheError> {
    let end = release.manifest().buckets(run.tree).min(run.first + limits::SCRUB_RUN_BUCKETS);
    let damaged = || {
        let what = format!("{}, buckets {} to {end}", run.tree.file_name(), run.first);
        CacheError::damaged(dir, what)
    };
    let mut hasher = blake3::Hasher::new();
    for bucket in run.first..end {
        // What the card cannot read is lost as surely as what it reads wrong.
        let block = release.store().get(run.tree, bucket).ok().flatten().ok_or_else(damaged)?;
        hash_block(&mut hasher, &block);
    }
    if hasher.finalize() == run.expected { Ok(()) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs() -> Runs {
        let mut runs = Runs::default();
        for (n, tree) in (0_u8..).zip(Tree::ALL) {
            runs.set(tree, vec![[n; 32]; usize::from(n) + 1]);
        }
        runs
    }

    #[test]
    fn the_checksums_read_back_and_not_with_one_byte_changed_or_cut() {
        let bytes = runs().to_bytes();
        assert_eq!(Runs::parse(&bytes), Some(runs()));
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 1;
            assert_eq!(Runs::parse(&bent), None, "byte {at}");
            assert_eq!(Runs::parse(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn a_round_of_the_plan_meets_every_run_of_every_tree_once() {
        let runs = runs();
        let met: Vec<_> = (0..runs.total()).filter_map(|n| runs.at(n)).collect();
        assert_eq!(met.len(), (1..=Tree::ALL.len()).sum::<usize>());
        for (tree, hashes) in &runs.0 {
            let firsts: Vec<u32> =
                met.iter().filter(|run| run.tree == *tree).map(|run| run.first).collect();
            let expected: Vec<u32> = (0..).map(|n| n * 256).take(hashes.len()).collect();
            assert_eq!(firsts, expected);
        }
        assert!(runs.at(runs.total()).is_none());
    }

    #[test]
    fn all_runs_come_in_the_days_they_may_take_and_none_is_hurried() {
        let turns = 7 * 24 * 60;
        for total in [1, 2_000, turns, turns + 1, 31_000, 1_000_000] {
            let each = due(total);
            assert!(each * turns >= total && (each - 1) * turns < total, "{total}: {each}");
        }
        assert_eq!(due(0), 0);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_checksums_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let whole = blake3::hash(&bytes);
            prop_assert!(Runs::parse(&[&bytes[..], whole.as_bytes()].concat()).is_none());
            let headed = [RUNS_HEAD, &bytes].concat();
            let _ = Runs::parse(&[&headed[..], blake3::hash(&headed).as_bytes()].concat());
        }
    }
}
