//! The release format: building, verifying, blocks, blinded keys. Bytes only; where they lie is the cache's matter.
//!
//! A release directory holds `manifest.cose` and one file per [`Tree`]: a row of sealed blocks, `[u32 BE length][sealed]`,
//! one per bucket and in bucket order. A bucket nobody falls into is sealed too, so that damage never reads as absence.
//!
//! Reading order: [`layout`](Tree) says where a block lies, `keys` who opens it, `block` and `record` what it holds,
//! `manifest` what the publisher signed, `build` and `verify` how a release comes to be and is believed.

mod block;
mod build;
mod chunks;
pub mod csv;
mod delta;
mod drug_key;
mod error;
mod history;
mod inspect;
mod keys;
mod layout;
mod manifest;
mod names_index;
mod opening;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod probe;
mod received;
mod record;
mod shelf;
mod source;
mod spill;
mod verify;
mod wire;
mod words;
mod wraps;

pub use build::{EnrolledBox, ReleaseBuilder, ReleaseSpec, ReleaseSummary, build};
pub use chunks::ChunkStream;
pub use delta::{
    Base, Change, DeltaBlock, DeltaBuilder, DeltaKeys, DeltaSpec, DeltaSummary, Family, IndexEntry,
    OverlayKeys, ReleaseSecrets, State,
};
pub use drug_key::DrugKey;
pub use error::SnapshotError;
pub use inspect::{BaseClaim, Claims, FileClaim, claims};
pub use keys::{Blind, OpeningId, OpeningSecret, RegionKeys};
pub use layout::{ReleaseId, Tree};
pub use manifest::{MANIFEST_NAME, Manifest, Scope, SignedBy};
pub use names_index::{NameFilter, Pointer, ReadAs};
pub use opening::JoinedOpening;
pub use received::{ReceivedLog, ReceivedState, is_outdated, newest_of_each};
pub use source::{DirSource, Distance, Progress, ReleaseSource, Step, read_manifest};
pub use verify::{BlockStream, verify};
pub use words::{Words, WordsLoader};

#[cfg(test)]
pub(crate) use delta::samples as delta_samples;
#[cfg(test)]
mod page;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
