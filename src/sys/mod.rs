//! The machine, handed in: the only room that names `std::fs` and `SystemTime`.
//!
//! Everything else takes a [`Clock`], a [`Disk`] and [`Dice`], so that a drill can stop, bend and break them.

#[cfg(test)]
pub(crate) mod corpus;
mod disk;
mod lock;
pub mod sim;

pub use disk::RealDisk;
pub use lock::DirLock;

use crate::messages::{self, Message, Trouble};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Tells the time as the machine believes it, in seconds since 1970-01-01 UTC.
pub trait Clock: Send + Sync {
    /// The machine's belief; whether to trust it is decided in `domain::time`.
    fn unix_seconds(&self) -> i64;
}

/// Gives bytes nobody can guess.
pub trait Dice: Send + Sync {
    /// Fills `bytes` whole.
    fn fill(&self, bytes: &mut [u8]);
}

/// Draws `N` random bytes.
pub fn roll<const N: usize>(dice: &dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}

/// Files as the house needs them. Every method that changes something has made it durable when it returns `Ok`, but for
/// [`Disk::append_scratch`].
pub trait Disk: Send + Sync {
    /// The whole file, or [`DiskError::TooLarge`] if it holds more than `bytes_max`.
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError>;
    /// Replaces the file whole: after a power cut it holds the old bytes or the new, never a mix.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError>;
    /// As [`Disk::replace`], and nobody but the owner may read the file: for keys and for what holds a secret in clear.
    fn replace_private(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.replace(path, bytes)
    }
    /// Adds bytes at the end and waits for the disk (`fdatasync`). Creates the file if need be.
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError>;
    /// Adds bytes at the end without waiting for the disk: for what can be made again. A power cut may take any of it until
    /// [`Disk::sync_tree`]. Creates the file if need be.
    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError>;
    /// Cuts the file back to `length` bytes.
    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError>;
    /// The file's length in bytes, `None` if there is none.
    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError>;
    /// Names in a directory, sorted; empty if there is no such directory.
    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError>;
    /// Makes a directory and those above it.
    fn make_dir(&self, dir: &Path) -> Result<(), DiskError>;
    /// Gives a file or directory another name on the same disk.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError>;
    /// Removes a file or a whole directory; nothing to remove is fine.
    fn remove(&self, path: &Path) -> Result<(), DiskError>;
    /// Waits until every file and directory below `dir`, and `dir` itself, is on the disk.
    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError>;
    /// Refuses a `name` below `root` that is no plain file of that folder: a shortcut (symbolic link) may lead out of it, and
    /// a pipe or device never ends. Nothing there is fine. For folders that others filled, before anything in them is opened.
    fn lies_within(&self, _root: &Path, _name: &Path) -> Result<(), DiskError> {
        Ok(())
    }
    /// Bytes free where `path` lies.
    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError>;

    /// Writes a file anew, piece by piece, and waits for the disk once at the end. For files too large to hold;
    /// after a power cut it may hold a part only, so a name that promises it is written afterwards.
    fn write_new(
        &self,
        path: &Path,
        pieces: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<(), DiskError> {
        self.remove(path)?;
        self.append(path, &[])?;
        for piece in pieces {
            self.append(path, &piece)?;
        }
        Ok(())
    }

    /// Opens a file to be read piece by piece. For files too large to hold.
    fn open_read(&self, path: &Path) -> Result<Box<dyn io::Read + Send>, DiskError> {
        Ok(Box::new(io::Cursor::new(self.read(path, u64::MAX)?)))
    }

    /// The same from the `offset_bytes`th byte on; nothing comes where the file ends before.
    fn open_read_at(
        &self,
        path: &Path,
        offset_bytes: u64,
    ) -> Result<Box<dyn io::Read + Send>, DiskError> {
        let mut reader = self.open_read(path)?;
        io::copy(&mut io::Read::take(&mut reader, offset_bytes), &mut io::sink())
            .map_err(|e| DiskError::from_io(path, e))?;
        Ok(reader)
    }
}

/// Why the disk said no.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// There is no such file.
    #[error("no such file: {}", .0.display())]
    Missing(PathBuf),
    /// More bytes than the caller can take.
    #[error("{} holds more than {bytes_max} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The caller's ceiling.
        bytes_max: u64,
    },
    /// No space left.
    #[error("no space left for {}", .0.display())]
    Full(PathBuf),
    /// The system forbids it.
    #[error("not permitted: {}", .0.display())]
    Forbidden(PathBuf),
    /// A folder where a file was meant, or a file where a folder was.
    #[error("file and folder confused: {}", .0.display())]
    OtherKind(PathBuf),
    /// A shortcut, pipe or device in a folder that somebody else filled.
    #[error("no plain file of its folder: {}", .0.display())]
    LeadsElsewhere(PathBuf),
    /// Anything else the system reports.
    #[error("disk error at {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

impl DiskError {
    /// Sorts a system error by what the person must do about it.
    #[must_use]
    pub fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing(path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(path),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Forbidden(path)
            }
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Self::OtherKind(path),
            _ => Self::Io { path, source },
        }
    }
}

impl Trouble for DiskError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Missing(_) => &messages::FILE_MISSING,
            Self::TooLarge { .. } => &messages::FILE_TOO_LARGE,
            Self::Full(_) => &messages::DISK_FULL,
            Self::Forbidden(_) => &messages::NOT_PERMITTED,
            Self::OtherKind(_) => &messages::FILE_OTHER_KIND,
            Self::LeadsElsewhere(_) => &messages::FILE_LEADS_ELSEWHERE,
            Self::Io { .. } => &messages::DISK_READ,
        }
    }
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's clock"
    )]
    fn unix_seconds(&self) -> i64 {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        }
    }
}

/// The kernel's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct KernelDice;

impl Dice for KernelDice {
    fn fill(&self, bytes: &mut [u8]) {
        // The kernel refuses random bytes only where no key could be made safely: better no answer than a guessable key.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
