//! The release format: building, verifying, blocks, blinded keys. Bytes only; where they lie is the cache's matter.
//!
//! A release directory holds `manifest.cose` and one file per [`Tree`]: a row of sealed blocks, `[u32 BE length][sealed]`,
//! one per bucket and in bucket order. A bucket nobody falls into is sealed too, so that damage never reads as absence.
//!
//! Reading order: [`layout`](Tree) says where a block lies, `keys` who opens it, `block` and `record` what it holds,
//! `manifest` what the publisher signed, `build` and `verify` how a release comes to be and is believed.

mod block;
mod build;
pub mod csv;
mod delta;
mod error;
mod keys;
mod layout;
mod manifest;
mod record;
mod source;
mod verify;
mod words;

pub use build::{EnrolledBox, ReleaseSpec, ReleaseSummary, build, build_keeping_secrets};
pub use delta::{
    Base, Change, DeltaBuilder, DeltaChanges, DeltaKeys, DeltaSpec, DeltaSummary, Family,
    IndexEntry, OverlayKeys, ReleaseSecrets,
};
pub use error::SnapshotError;
pub use keys::{Blind, DrugKey, OpeningId, OpeningSecret, RegionKeys};
pub use layout::{ReleaseId, Tree};
pub use manifest::{MANIFEST_NAME, Manifest};
pub use source::{DirSource, Progress, ReleaseSource, Step, read_manifest};
pub use verify::{BlockStream, verify};
pub use words::{Words, WordsLoader};

#[cfg(test)]
pub(crate) use delta::samples as delta_samples;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
