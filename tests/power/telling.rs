//! The real disk, which says aloud when a name is about to be switched, so that a cut can fall there.

use super::writer::tell;
use sonae::sys::{Disk, DiskError, RealDisk};
use std::{
    fs::OpenOptions,
    io::{Read, Write},
    path::{Path, PathBuf},
};

pub enum TellingDisk {
    Honest,
    /// Says "done" before anything it appended is on the platter.
    Liar,
}

impl Disk for TellingDisk {
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        if path.ends_with("cache/current") {
            tell("switching", 0);
        }
        RealDisk.replace(path, bytes)
    }
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        RealDisk.read(path, bytes_max)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        match self {
            Self::Honest => RealDisk.append(path, bytes),
            Self::Liar => OpenOptions::new()
                .append(true)
                .open(path)
                .and_then(|mut file| file.write_all(bytes))
                .map_err(|e| DiskError::from_io(path, e)),
        }
    }
    // The trait's own would sync, and hide a sync that is missing elsewhere.
    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        RealDisk.append_scratch(path, bytes)
    }
    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        RealDisk.truncate(path, length)
    }
    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        RealDisk.length(path)
    }
    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        RealDisk.list(dir)
    }
    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        RealDisk.make_dir(dir)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        RealDisk.remove(path)
    }
    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        RealDisk.sync_tree(dir)
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError> {
        RealDisk.free_bytes(path)
    }
    fn write_new(
        &self,
        path: &Path,
        pieces: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<(), DiskError> {
        RealDisk.write_new(path, pieces)
    }
    fn open_read(&self, path: &Path) -> Result<Box<dyn Read + Send>, DiskError> {
        RealDisk.open_read(path)
    }
}
