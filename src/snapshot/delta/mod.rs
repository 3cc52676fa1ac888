//! Deltas: the people and histories that changed since a base or an earlier delta, as a small release of its own.
//!
//! A delta names two releases: the one it follows directly, and the whole release at the root of its chain. Its keys are
//! derived from the root's and its own name: who may open the root may open the delta, and no key seals two things.
//!
//! `person.blk` is a row of blocks with what changed in each family, in the order of the root's blinds: marks of records
//! that went, and the records that came, written with the root's words. The medical files hold blocks like the root's; an entry
//! is all a person's rows, an empty one says that there are none any more. Index entries are the reader's work.
//!
//! A record is taken away by a **mark**, a keyed hash of all it said. So a delta takes away exactly what was there, also
//! where two records of one person differ in one field only; and a mark that hits nothing is damage, never silence.

mod change;
mod keys;
mod write;

pub use change::{Change, Family};
pub use keys::{DeltaBlock, DeltaKeys, IndexEntry, OverlayKeys};
pub use write::{DeltaBuilder, DeltaSpec, DeltaSummary, ReleaseSecrets, State};

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use change::probe;
pub(super) use keys::DeltaRoot;

use super::{Manifest, ReleaseId};
use minicbor::{Decode, Encode};

/// What a delta builds on, as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Base {
    #[cbor(n(0), with = "minicbor::bytes")]
    follows: [u8; 16],
    #[n(1)]
    follows_version: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    root: [u8; 16],
    #[n(3)]
    root_version: u64,
}

impl Base {
    /// A base on `follows`, which is the whole release at the root or a delta of its chain.
    #[must_use]
    pub fn on(follows: &Manifest) -> Self {
        let (id, version) = (follows.release_id().0, follows.version());
        let (root, root_version) =
            follows.base().map_or((id, version), |base| (base.root, base.root_version));
        Self { follows: id, follows_version: version, root, root_version }
    }

    /// The release it follows directly.
    #[must_use]
    pub fn follows(&self) -> ReleaseId {
        ReleaseId(self.follows)
    }

    /// That release's version.
    #[must_use]
    pub fn follows_version(&self) -> u64 {
        self.follows_version
    }

    /// The whole release at the root of the chain.
    #[must_use]
    pub fn root(&self) -> ReleaseId {
        ReleaseId(self.root)
    }

    /// That release's version.
    #[must_use]
    pub fn root_version(&self) -> u64 {
        self.root_version
    }

    /// Whether versions go up from root to delta, and one version is one release.
    pub(super) fn fits(&self, version: u64) -> bool {
        let same_version = self.follows_version == self.root_version;
        version > self.follows_version
            && self.follows_version >= self.root_version
            && same_version == (self.follows == self.root)
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
