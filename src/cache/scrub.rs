//! The slow reader: goes through every block that answers, a few at a time, so that a dying card is found before somebody
//! stands at the counter. First the base, then the overlay on it, and their manifests at the beginning of each round.
//!
//! Blocks of the medical trees cannot be opened here, their key is elsewhere. So while a store is filled from verified
//! chunks, one checksum is kept for each *stretch* of buckets of every tree; the scrub holds what sled gives back against
//! them.

use super::{Cache, CacheError, OpenRelease, overlay::stored_name, pointer::Pointer, store::Store};
use crate::{
    limits,
    seal::SealError,
    snapshot::{SnapshotError, Tree},
    sys::{Disk, DiskError},
};
use std::{path::Path, sync::PoisonError};

/// The checksums' file in a release's or an overlay's directory.
pub(super) const HASHES_NAME: &str = "scrub.hashes";
const HASHES_HEAD: &[u8] = b"sonae scrub hashes v2\n";

/// Checksums of the stored manifests, and of all stretches of all trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretches {
    manifests: [u8; 32],
    trees: Vec<(Tree, Vec<[u8; 32]>)>,
}

impl Stretches {
    pub(super) fn set(&mut self, tree: Tree, hashes: Vec<[u8; 32]>) {
        self.trees.push((tree, hashes));
        self.trees.sort_by_key(|(tree, _)| *tree);
    }

    /// The manifests that lie beside, in the order of their versions.
    pub(super) fn of_manifests<'a>(mut self, signed: impl IntoIterator<Item = &'a [u8]>) -> Self {
        self.manifests = hash_of_manifests(signed);
        self
    }

    /// `head · hash of the manifests · for each tree: name's length u8, name, stretches u32, stretches × 32 bytes · BLAKE3 of
    /// all that`, big-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = HASHES_HEAD.to_vec();
        bytes.extend_from_slice(&self.manifests);
        for (tree, hashes) in &self.trees {
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
        let (manifests, mut rest) = body.strip_prefix(HASHES_HEAD)?.split_first_chunk()?;
        let mut trees = vec![];
        while let Some((length, after)) = rest.split_first() {
            let (name, after) = after.split_at_checked(usize::from(*length))?;
            let (count, after) = after.split_first_chunk::<4>()?;
            let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
            let (hashes, after) = after.split_at_checked(count.checked_mul(32)?)?;
            let tree = Tree::ALL.into_iter().find(|tree| tree.file_name().as_bytes() == name)?;
            trees.push((tree, hashes.as_chunks().0.to_vec()));
            rest = after;
        }
        Some(Self { manifests: *manifests, trees })
    }

    /// Reads those in a store's directory. Missing or bent, they are damage.
    pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        let damaged = || CacheError::damaged(dir, "the scrub's checksums");
        match disk.read(&dir.join(HASHES_NAME), limits::SCRUB_BYTES_MAX) {
            Ok(bytes) => Self::parse(&bytes).ok_or_else(damaged),
            Err(DiskError::Missing(_) | DiskError::TooLarge { .. }) => Err(damaged()),
            Err(other) => Err(other.into()),
        }
    }

    fn total(&self) -> usize {
        self.trees.iter().map(|(_, hashes)| hashes.len()).sum()
    }

    /// The stretch at a place counted through all trees.
    fn at(&self, mut place: usize) -> Option<Stretch> {
        for (tree, hashes) in &self.trees {
            if let Some(expected) = hashes.get(place) {
                let first =
                    u32::try_from(place).ok()?.checked_mul(limits::SCRUB_STRETCH_BUCKETS)?;
                return Some(Stretch { tree: *tree, first, expected: *expected });
            }
            place -= hashes.len();
        }
        None
    }

    /// The checksum of one tree's stretch.
    pub(super) fn of(&self, tree: Tree, stretch: usize) -> Option<[u8; 32]> {
        let (_, hashes) = self.trees.iter().find(|(of, _)| *of == tree)?;
        hashes.get(stretch).copied()
    }

    /// Whether they speak of every bucket there is.
    fn fit(&self, buckets: impl Fn(Tree) -> u32) -> bool {
        let stretches = |tree: Tree| buckets(tree).div_ceil(limits::SCRUB_STRETCH_BUCKETS) as usize;
        self.trees
            .iter()
            .map(|(tree, hashes)| (*tree, hashes.len()))
            .eq(sorted_trees().into_iter().map(|tree| (tree, stretches(tree))))
    }
}

fn hash_of_manifests<'a>(signed: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    signed.into_iter().for_each(|bytes| hash_block(&mut hasher, bytes));
    *hasher.finalize().as_bytes()
}

/// What it means that a stored manifest is refused: that nobody vouches for it today, or that it is not what was stored.
pub(super) fn rot_or<'a>(
    disk: &dyn Disk,
    dir: &Path,
    stored: impl IntoIterator<Item = &'a [u8]>,
    refusal: SnapshotError,
) -> CacheError {
    let noted = Stretches::read(disk, dir).ok().map(|noted| noted.manifests);
    let altered = noted.is_some_and(|noted| noted != hash_of_manifests(stored));
    match refusal {
        // Its signature held when it was stored.
        SnapshotError::Seal(SealError::Malformed(_) | SealError::Forged(_)) => {
            CacheError::damaged(dir, "the manifest")
        }
        _ if altered => CacheError::damaged(dir, "the manifest"),
        other => other.into(),
    }
}

fn sorted_trees() -> Vec<Tree> {
    let mut trees = Tree::ALL.to_vec();
    trees.sort_unstable();
    trees
}

/// Stretches due in one turn, so that all are read once in the days they may take.
fn due(total: usize) -> usize {
    let turns = limits::SCRUB_DAYS * 86_400 / limits::SCRUB_EVERY_SECONDS;
    total.div_ceil(usize::try_from(turns).unwrap_or(usize::MAX))
}

struct Stretch {
    tree: Tree,
    first: u32,
    expected: [u8; 32],
}

/// Makes the checksums of one tree from its blocks in bucket order.
#[derive(Default)]
pub(super) struct StretchHasher {
    hasher: blake3::Hasher,
    /// Not hashed yet: many blocks at once are hashed several times as fast as one by one.
    pending: Vec<u8>,
    blocks: u32,
    hashes: Vec<[u8; 32]>,
}

impl StretchHasher {
    pub(super) fn take(&mut self, block: &[u8]) {
        self.pending.extend_from_slice(&length_head(block));
        self.pending.extend_from_slice(block);
        self.blocks += 1;
        if self.pending.len() >= limits::HASHED_TOGETHER_BYTES {
            self.hash_pending();
        }
        if self.blocks == limits::SCRUB_STRETCH_BUCKETS {
            self.end_stretch();
        }
    }

    fn hash_pending(&mut self) {
        self.hasher.update(&self.pending);
        self.pending.clear();
    }

    fn end_stretch(&mut self) {
        self.hash_pending();
        self.hashes.push(*self.hasher.finalize().as_bytes());
        self.hasher.reset();
        self.blocks = 0;
    }

    pub(super) fn finish(mut self) -> Vec<[u8; 32]> {
        if self.blocks > 0 {
            self.end_stretch();
        }
        self.hashes
    }
}

/// With its length, so that bytes cannot move from one block to the next.
fn hash_block(hasher: &mut blake3::Hasher, block: &[u8]) {
    hasher.update(&length_head(block));
    hasher.update(block);
}

fn length_head(block: &[u8]) -> [u8; 8] {
    (block.len() as u64).to_be_bytes()
}

/// Where the scrub is. Kept in memory alone: after a restart it begins anew.
pub(super) struct Scrub {
    held: Pointer,
    base: Stretches,
    overlay: Stretches,
    place: usize,
}

impl Scrub {
    fn total(&self) -> usize {
        self.base.total() + self.overlay.total()
    }
}

/// What one turn of the scrub did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    /// Nothing answers, or an import runs: the disk is left to it.
    Idle,
    /// So many stretches were read and are sound.
    Sound(usize),
}

/// A store that answers, and what it is called when it is damaged.
#[derive(Clone, Copy)]
struct Side<'a> {
    named: Pointer,
    store: &'a Store,
    buckets: &'a dyn Fn(Tree) -> u32,
}

/// Damage found, and in which of the two stores.
type Damage = (Pointer, CacheError);

impl Cache {
    /// Reads the next few stretches of what answers. A block that is not as it was stored, or cannot be read, is damage: it
    /// is noted, also for the next start, and told in the error. The release goes on answering from its sound blocks until
    /// it is rebuilt.
    pub fn scrub_turn(&self) -> Result<Scrubbed, CacheError> {
        match self.turn() {
            Ok(turn) => drop(turn), // looked at, not held: an import must not find the door shut because of this
            Err(CacheError::Busy) => return Ok(Scrubbed::Idle),
            Err(other) => return Err(other),
        }
        let Some(release) = self.active().filter(|_| !self.is_unsound()) else {
            return Ok(Scrubbed::Idle);
        };
        self.scrub(&release).map_err(|(damaged, why)| {
            // An import may have switched to another meanwhile: that one is not meant.
            if self.active().is_some_and(|now| now.pointer() == release.pointer()) {
                self.note_unsound(damaged);
            }
            why
        })
    }

    fn scrub(&self, release: &OpenRelease) -> Result<Scrubbed, Damage> {
        let held = release.pointer();
        let in_base = |tree| release.manifest().buckets(tree);
        let in_overlay = |tree| release.overlay().map_or(0, |overlay| overlay.buckets(tree));
        let base = Side {
            named: Pointer::whole(held.base),
            store: release.base().store(),
            buckets: &in_base,
        };
        let overlay = release.overlay().map(|overlay| Side {
            named: held,
            store: overlay.store(),
            buckets: &in_overlay,
        });
        let mut scrub = self.scrub.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = match scrub.take().filter(|scrub| scrub.held == held) {
            Some(scrub) => scrub,
            None => Scrub {
                held,
                base: self.stretches(base)?,
                overlay: overlay.map_or(Ok(Stretches::default()), |side| self.stretches(side))?,
                place: 0,
            },
        };
        if now.place == 0 {
            self.check_manifests(release)?;
        }
        let turn = due(now.total());
        for _ in 0..turn {
            match (now.base.at(now.place), overlay) {
                (Some(stretch), _) => self.check(base, &stretch)?,
                (None, Some(side)) => {
                    let stretch = now.overlay.at(now.place - now.base.total());
                    stretch.map_or(Ok(()), |stretch| self.check(side, &stretch))?;
                }
                (None, None) => {}
            }
            now.place = (now.place + 1) % now.total();
            std::thread::yield_now(); // the counter first
        }
        *scrub = Some(now);
        Ok(Scrubbed::Sound(turn))
    }

    fn stretches(&self, side: Side<'_>) -> Result<Stretches, Damage> {
        let dir = self.dir_of(&side.named);
        let read = Stretches::read(&*self.disk, &dir).and_then(|stretches| {
            let fit = stretches.fit(side.buckets);
            let damaged = || CacheError::damaged(&dir, "the scrub's checksums");
            fit.then_some(stretches).ok_or_else(damaged)
        });
        read.map_err(|why| (side.named, why))
    }

    /// The stored manifests are those that answer: a rotten one is found before the next start needs it.
    fn check_manifests(&self, release: &OpenRelease) -> Result<(), Damage> {
        let held = release.pointer();
        for manifest in release.manifests() {
            let named = if manifest.base().is_some() { held } else { Pointer::whole(held.base) };
            let path = self.dir_of(&named).join(stored_name(manifest));
            let read = self.disk.read(&path, limits::MANIFEST_BYTES_MAX);
            if !read.is_ok_and(|bytes| bytes == manifest.signed_bytes()) {
                return Err((named, CacheError::damaged(&path, "the manifest")));
            }
        }
        Ok(())
    }

    fn check(&self, side: Side<'_>, stretch: &Stretch) -> Result<(), Damage> {
        let end = (side.buckets)(stretch.tree).min(stretch.first + limits::SCRUB_STRETCH_BUCKETS);
        let damaged = || {
            let what = format!("{}, buckets {} to {end}", stretch.tree.file_name(), stretch.first);
            (side.named, CacheError::damaged(&self.dir_of(&side.named), what))
        };
        let mut hasher = blake3::Hasher::new();
        for bucket in stretch.first..end {
            // What the card cannot read is lost as surely as what it reads wrong.
            let block = side.store.get_stored(stretch.tree, bucket).ok().flatten();
            let block = block.ok_or_else(damaged)?;
            hash_block(&mut hasher, &block);
        }
        if hasher.finalize() == stretch.expected { Ok(()) } else { Err(damaged()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stretches() -> Stretches {
        let mut stretches = Stretches::default().of_manifests([&b"signed"[..]]);
        for (n, tree) in (0_u8..).zip(Tree::ALL) {
            stretches.set(tree, vec![[n; 32]; usize::from(n) + 1]);
        }
        stretches
    }

    #[test]
    fn the_checksums_read_back_and_not_with_one_byte_changed_or_cut() {
        let bytes = stretches().to_bytes();
        assert_eq!(Stretches::parse(&bytes), Some(stretches()));
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 1;
            assert_eq!(Stretches::parse(&bent), None, "byte {at}");
            assert_eq!(Stretches::parse(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn a_checksum_is_the_same_whatever_is_hashed_together() {
        let block = |n: usize| vec![n as u8; n * 371 % 3_000];
        let mut gathered = StretchHasher::default();
        (0..600).for_each(|n| gathered.take(&block(n)));
        let one_by_one = |first: usize| {
            let mut hasher = blake3::Hasher::new();
            (first..600).take(256).for_each(|n| hash_block(&mut hasher, &block(n)));
            *hasher.finalize().as_bytes()
        };
        let bytes: usize = (0..256).map(|n| block(n).len()).sum();
        assert!(bytes > 4 * limits::HASHED_TOGETHER_BYTES);
        assert_eq!(gathered.finish(), [0, 256, 512].map(one_by_one));
    }

    #[test]
    fn a_round_of_the_plan_meets_every_stretch_of_every_tree_once() {
        let stretches = stretches();
        let met: Vec<_> = (0..stretches.total()).filter_map(|n| stretches.at(n)).collect();
        assert_eq!(met.len(), (1..=Tree::ALL.len()).sum::<usize>());
        for (tree, hashes) in &stretches.trees {
            let firsts: Vec<u32> = met
                .iter()
                .filter(|stretch| stretch.tree == *tree)
                .map(|stretch| stretch.first)
                .collect();
            let expected: Vec<u32> = (0..).map(|n| n * 256).take(hashes.len()).collect();
            assert_eq!(firsts, expected);
        }
        assert!(stretches.at(stretches.total()).is_none());
    }

    #[test]
    fn all_stretches_come_in_the_days_they_may_take_and_none_is_hurried() {
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
            prop_assert!(Stretches::parse(&[&bytes[..], whole.as_bytes()].concat()).is_none());
            let headed = [HASHES_HEAD, &bytes].concat();
            let _ = Stretches::parse(&[&headed[..], blake3::hash(&headed).as_bytes()].concat());
        }
    }
}
