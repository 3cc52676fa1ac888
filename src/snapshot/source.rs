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
    /// Bytes checked and laid down beside the cache, to be filled from there.
    Delivering,
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

/// How dear it is to read a source again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// A directory of this machine.
    Near,
    /// Behind a link that may break: what came over is kept until the release is whole.
    Far,
}

/// A place that holds the files of one release. Two files may be read at the same time.
pub trait ReleaseSource: Sync {
    /// Opens one file to be read from its beginning. What it holds is believed only as far as the manifest's hashes go.
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError>;

    /// Opens one file to be read from its `offset_bytes`th byte on, for a delivery that was interrupted there.
    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, SnapshotError> {
        let mut reader = self.open(name)?;
        // A file that ends before has nothing to give; whoever reads on will say "truncated".
        std::io::copy(&mut (&mut reader).take(offset_bytes), &mut std::io::sink())
            .map_err(|source| SnapshotError::Read { file: "release", source })?;
        Ok(reader)
    }

    /// How dear it is to read it again.
    fn distance(&self) -> Distance {
        Distance::Near
    }
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
        self.disk.lies_within(&self.dir, Path::new(name))?;
        Ok(self.disk.open_read(&self.dir.join(name))?)
    }

    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, SnapshotError> {
        self.disk.lies_within(&self.dir, Path::new(name))?;
        Ok(self.disk.open_read_at(&self.dir.join(name), offset_bytes)?)
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
