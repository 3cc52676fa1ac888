//! Where a block lies: trees, buckets, and the place it is sealed to.

use super::SnapshotError;
use crate::seal::{Nonce, SymmetricKey};
use std::fmt;

/// The name of one release: 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseId(pub [u8; 16]);

/// Lower-case hexadecimal.
impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReleaseId({self})")
    }
}

/// One family of blocks with a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// Eligibility records by blinded family key.
    Person,
    /// Birth dates to blocks of people.
    Birth,
    /// Drug histories by blinded person.
    Drug,
    /// Words that eligibility records share.
    PersonWords,
    /// Words that medical records share.
    MedicalWords,
    /// Whole readings (カナ) to blocks of people.
    Kana,
    /// Check-ups (特定健診) by blinded person.
    Checkup,
    /// Visits (診療) by blinded person.
    Visit,
}

impl Tree {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Person,
        Self::Birth,
        Self::Drug,
        Self::PersonWords,
        Self::MedicalWords,
        Self::Kana,
        Self::Checkup,
        Self::Visit,
    ];

    /// Whether its blocks open with the drug key only.
    #[must_use]
    pub fn is_medical(self) -> bool {
        match self {
            Self::Drug | Self::MedicalWords | Self::Checkup | Self::Visit => true,
            Self::Person | Self::Birth | Self::PersonWords | Self::Kana => false,
        }
    }

    /// Those a delta has files of.
    pub const DELTA: [Self; 4] = [Self::Person, Self::Drug, Self::Checkup, Self::Visit];

    /// Those with medical rows by blinded person.
    pub const MEDICAL: [Self; 3] = [Self::Drug, Self::Checkup, Self::Visit];

    /// The number in the manifest, the nonce and the place.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Person => 1,
            Self::Birth => 2,
            Self::Drug => 3,
            Self::PersonWords => 4,
            Self::MedicalWords => 5,
            Self::Kana => 6,
            Self::Checkup => 7,
            Self::Visit => 8,
        }
    }

    /// The file in a release directory.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Person => "person.blk",
            Self::Birth => "birth.blk",
            Self::Drug => "drug.blk",
            Self::PersonWords => "person-words.blk",
            Self::MedicalWords => "medical-words.blk",
            Self::Kana => "kana.blk",
            Self::Checkup => "checkup.blk",
            Self::Visit => "visit.blk",
        }
    }

    pub(super) fn key_context(self) -> &'static str {
        match self {
            Self::Person => "sonae release v1 tree person",
            Self::Birth => "sonae release v1 tree birth",
            Self::Drug => "sonae release v1 tree drug",
            Self::PersonWords => "sonae release v1 tree person words",
            Self::MedicalWords => "sonae release v1 tree medical words",
            Self::Kana => "sonae release v1 tree kana",
            Self::Checkup => "sonae release v1 tree checkup",
            Self::Visit => "sonae release v1 tree visit",
        }
    }
}

/// Seals and opens the blocks of one tree of one release, each in its own bucket only.
#[derive(Clone, Debug)]
pub(super) struct TreeSeal {
    key: SymmetricKey,
    pub(super) release: ReleaseId,
    pub(super) tree: Tree,
    pub(super) buckets: u32,
}

impl TreeSeal {
    /// `secret` is the eligibility or drug key of the release.
    pub(super) fn new(secret: &SymmetricKey, release: ReleaseId, tree: Tree, buckets: u32) -> Self {
        let key = SymmetricKey::derive(tree.key_context(), &[secret.expose()]);
        Self { key, release, tree, buckets }
    }

    /// A counter: the key is fresh for each release and tree, so no nonce comes twice under one key.
    fn nonce(&self, bucket: u32) -> Nonce {
        let mut nonce = [0; 12];
        nonce[0] = self.tree.number();
        nonce[8..].copy_from_slice(&bucket.to_be_bytes());
        nonce
    }

    fn place(&self, bucket: u32) -> [u8; 25] {
        let mut place = [0; 25];
        place[..16].copy_from_slice(&self.release.0);
        place[16] = self.tree.number();
        place[17..21].copy_from_slice(&bucket.to_be_bytes());
        place[21..].copy_from_slice(&self.buckets.to_be_bytes());
        place
    }

    pub(super) fn seal(&self, bucket: u32, plaintext: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        Ok(self.key.seal(self.nonce(bucket), &self.place(bucket), plaintext)?)
    }

    pub(super) fn open(&self, bucket: u32, sealed: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        self.key
            .open(self.nonce(bucket), &self.place(bucket), sealed)
            .map_err(|_| self.damaged(bucket))
    }

    pub(super) fn damaged(&self, bucket: u32) -> SnapshotError {
        SnapshotError::BlockDamaged { tree: self.tree, bucket }
    }
}

/// The bucket of a blinded key: its high half scaled by the count, so that key order is bucket order.
pub(super) fn bucket_of(blind: &[u8; 16], buckets: u32) -> u32 {
    let high = u128::from_be_bytes(*blind) >> 64;
    u32::try_from((high * u128::from(buckets)) >> 64).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;

    #[test]
    fn buckets_follow_the_order_of_the_blinded_keys() {
        assert_eq!(bucket_of(&[0; 16], 25), 0);
        assert_eq!(bucket_of(&[0xff; 16], 25), 24);
        assert_eq!(bucket_of(&[0x80; 16], 2), 1);
        assert_eq!(bucket_of(&[0x7f; 16], 2), 0);
    }

    #[test]
    fn a_block_opens_in_no_other_bucket_tree_release_or_count() {
        let secret = SymmetricKey::random(&SeedDice::new(1));
        let seal = |id, tree, buckets| TreeSeal::new(&secret, ReleaseId([id; 16]), tree, buckets);
        let ours = seal(1, Tree::Person, 9);
        let sealed = ours.seal(3, b"block").unwrap();
        assert_eq!(ours.open(3, &sealed).unwrap(), b"block");
        assert!(ours.open(4, &sealed).is_err());
        assert!(seal(1, Tree::Birth, 9).open(3, &sealed).is_err());
        assert!(seal(2, Tree::Person, 9).open(3, &sealed).is_err());
        assert!(seal(1, Tree::Person, 10).open(3, &sealed).is_err());
    }
}
