//! A clock, a disk and dice for drills: time stands where it is put, the power fails where it is told to.

use super::{Clock, Dice, Disk, DiskError};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
};

/// A clock that shows what it was set to.
#[derive(Debug, Default)]
pub struct SetClock(AtomicI64);

impl SetClock {
    /// A clock that stands at `unix_seconds`.
    #[must_use]
    pub fn at(unix_seconds: i64) -> Self {
        Self(AtomicI64::new(unix_seconds))
    }

    /// Moves the hands.
    pub fn set(&self, unix_seconds: i64) {
        self.0.store(unix_seconds, SeqCst);
    }
}

impl Clock for SetClock {
    fn unix_seconds(&self) -> i64 {
        self.0.load(SeqCst)
    }
}

/// Dice that fall the same way for the same seed. Never for a key that leaves a drill.
#[derive(Debug)]
pub struct SeedDice {
    seed: u64,
    rolls: AtomicU64,
}

impl SeedDice {
    /// Dice for one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, rolls: AtomicU64::new(0) }
    }
}

impl Dice for SeedDice {
    fn fill(&self, bytes: &mut [u8]) {
        let mut hasher = blake3::Hasher::new_derive_key("sonae drill dice v1");
        hasher.update(&self.seed.to_be_bytes());
        hasher.update(&self.rolls.fetch_add(1, SeqCst).to_be_bytes());
        hasher.finalize_xof().fill(bytes);
    }
}

/// A disk in memory whose power fails after a number of operations, and that may fill up.
#[derive(Debug, Default)]
pub struct SimDisk {
    state: Mutex<SimState>,
}

#[derive(Debug, Default)]
struct SimState {
    files: BTreeMap<PathBuf, Vec<u8>>,
    operations_left: Option<u64>,
    bytes_left: Option<u64>,
    torn_bytes: usize,
}

impl SimDisk {
    /// A disk with power.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, SimState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the power at the n-th change from now; the append it falls into leaves its first `torn_bytes` bytes.
    pub fn cut_power_after(&self, operations: u64, torn_bytes: usize) {
        let mut state = self.state();
        state.operations_left = Some(operations);
        state.torn_bytes = torn_bytes;
    }

    /// Power is back; what was on the disk is on the disk.
    pub fn power_back(&self) {
        self.state().operations_left = None;
    }

    /// Leaves room for `bytes` more, then says "full".
    pub fn fill_up_after(&self, bytes: u64) {
        self.state().bytes_left = Some(bytes);
    }

    /// Changes a file behind the house's back, as a hostile hand or a dying card would.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        if let Some(bytes) = self.state().files.get_mut(path) {
            change(bytes);
        }
    }
}

impl SimState {
    fn step(&mut self, path: &Path, bytes: usize) -> Result<(), DiskError> {
        if let Some(left) = &mut self.operations_left {
            if *left == 0 {
                let source = io::Error::from(io::ErrorKind::BrokenPipe);
                return Err(DiskError::Io { path: path.into(), source });
            }
            *left -= 1;
        }
        if let Some(left) = &mut self.bytes_left {
            *left = left.checked_sub(bytes as u64).ok_or_else(|| DiskError::Full(path.into()))?;
        }
        Ok(())
    }
}

impl Disk for SimDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        let state = self.state();
        let bytes = state.files.get(path).ok_or_else(|| DiskError::Missing(path.into()))?;
        if bytes.len() as u64 > bytes_max {
            return Err(DiskError::TooLarge { path: path.into(), bytes_max });
        }
        Ok(bytes.clone())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut state = self.state();
        state.step(path, bytes.len())?;
        state.files.insert(path.into(), bytes.to_vec());
        Ok(())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut state = self.state();
        let step = state.step(path, bytes.len());
        let survives = if step.is_ok() { bytes.len() } else { state.torn_bytes.min(bytes.len()) };
        state.files.entry(path.into()).or_default().extend_from_slice(&bytes[..survives]);
        step
    }

    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        let mut state = self.state();
        state.step(path, 0)?;
        let bytes = state.files.get_mut(path).ok_or_else(|| DiskError::Missing(path.into()))?;
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }

    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        Ok(self.state().files.get(path).map(|bytes| bytes.len() as u64))
    }

    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let state = self.state();
        let below = state.files.keys().filter_map(|path| path.strip_prefix(dir).ok());
        let mut names: Vec<_> =
            below.filter_map(|rest| Some(dir.join(rest.components().next()?))).collect();
        names.dedup();
        Ok(names)
    }

    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        self.state().step(dir, 0)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.step(to, 0)?;
        let moved: Vec<_> = state.files.keys().filter(|p| p.starts_with(from)).cloned().collect();
        for path in moved {
            let target = match path.strip_prefix(from) {
                Ok(rest) if !rest.as_os_str().is_empty() => to.join(rest),
                _ => to.to_path_buf(),
            };
            if let Some(bytes) = state.files.remove(&path) {
                state.files.insert(target, bytes);
            }
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.step(path, 0)?;
        state.files.retain(|name, _| !name.starts_with(path));
        Ok(())
    }

    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        self.state().step(dir, 0)
    }

    fn free_bytes(&self, _path: &Path) -> Result<u64, DiskError> {
        Ok(self.state().bytes_left.unwrap_or(u64::MAX))
    }
}
