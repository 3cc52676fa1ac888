//! One process at a time in one data directory.

use super::DiskError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// A lock that is held until it is dropped or the process ends.
#[derive(Debug)]
pub struct DirLock(#[expect(dead_code, reason = "held for its drop")] File);

impl DirLock {
    /// Takes the lock, or returns `None` if another process holds it.
    pub fn take(path: &Path) -> Result<Option<Self>, DiskError> {
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = opened.map_err(|e| DiskError::from_io(path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(DiskError::from_io(path, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_turned_away_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = DirLock::take(&path).unwrap();
        assert!(first.is_some() && DirLock::take(&path).unwrap().is_none());
        drop(first);
        assert!(DirLock::take(&path).unwrap().is_some());
    }
}
