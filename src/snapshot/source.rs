//! Where a release comes from: a directory, a stick, a download. All the same to the reader.

use super::{MANIFEST_NAME, SnapshotError};
use crate::{limits, sys::Disk};
use std::{
    io::Read,
    path::{Path, PathBuf},
};

/// What is being done, for the person who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bytes of the publisher's column files read.
    Reading,
    /// People taken in by the publisher.
    Encoding,
    /// Bytes of block files written.
    Writing,
    /// Bytes checked against the manifest.
    Verifying,
    /// Bytes checked and stored in the cache.
    Importing,
    /// Blocks opened to see whether the new store answers.
    SelfCheck,
}

/// How far a long piece of work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
}

/// A place that holds the files of one release.
pub trait ReleaseSource {
    /// Opens one file to be read from its beginning. What it holds is believed only as far as the manifest's hashes go.
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError>;
}

/// A release in a directory, as a publisher writes it.
pub struct DirSource<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
}

impl<'a> DirSource<'a> {
    /// The release in `dir`.
    #[must_use]
    pub fn new(disk: &'a dyn Disk, dir: &Path) -> Self {
        Self { disk, dir: dir.to_path_buf() }
    }
}

impl ReleaseSource for DirSource<'_> {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError> {
        Ok(self.disk.open_read(&self.dir.join(name))?)
    }
}

/// Reads the signed manifest, up to its ceiling.
pub fn read_manifest(source: &dyn ReleaseSource) -> Result<Vec<u8>, SnapshotError> {
    let mut bytes = vec![];
    source
        .open(MANIFEST_NAME)?
        .take(limits::MANIFEST_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| SnapshotError::Read { file: MANIFEST_NAME, source })?;
    if bytes.len() as u64 > limits::MANIFEST_BYTES_MAX {
        return Err(SnapshotError::TooLong { file: MANIFEST_NAME });
    }
    Ok(bytes)
}
