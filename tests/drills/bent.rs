//! A disk that breaks where it is told to, and links that lie.

use crate::house_fixture::world;
use sonae::{
    hub::Hub,
    sync::{Link, LinkError, names},
    sys::{Disk, DiskError, RealDisk},
};
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// How the disk is bent.
#[derive(Clone)]
pub enum Bend {
    /// Not at all.
    Sound,
    /// The n-th change from now on fails, and every one after it: the power is gone.
    FailsAfter(u64),
    /// Every change of a path that holds these words fails.
    FailsAt(&'static str),
    /// Every change of a path that holds these words finds the disk full.
    FullAt(&'static str),
    /// So many bytes are said to be free.
    Free(u64),
}

/// The real disk, bent.
pub struct BentDisk(Mutex<Bend>);

impl BentDisk {
    pub fn sound() -> Self {
        Self(Mutex::new(Bend::Sound))
    }

    pub fn bend(&self, bend: Bend) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bend;
    }

    pub fn mend(&self) {
        self.bend(Bend::Sound);
    }

    fn change(&self, path: &Path) -> Result<(), DiskError> {
        let mut bend = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = path.to_string_lossy();
        let broken = || {
            let source = io::Error::from(io::ErrorKind::BrokenPipe);
            Err(DiskError::Io { path: path.into(), source })
        };
        match &mut *bend {
            Bend::FailsAfter(0) => broken(),
            Bend::FailsAfter(left) => {
                *left -= 1;
                Ok(())
            }
            Bend::FailsAt(words) if text.contains(*words) => broken(),
            Bend::FullAt(words) if text.contains(*words) => Err(DiskError::Full(path.into())),
            _ => Ok(()),
        }
    }
}

impl Disk for BentDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        RealDisk.read(path, bytes_max)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.replace(path, bytes)
    }
    fn replace_private(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.replace_private(path, bytes)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.append(path, bytes)
    }
    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.append_scratch(path, bytes)
    }
    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.truncate(path, length)
    }
    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        RealDisk.length(path)
    }
    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        RealDisk.list(dir)
    }
    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        self.change(dir)?;
        RealDisk.make_dir(dir)
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.change(to)?;
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.remove(path)
    }
    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        self.change(dir)?;
        RealDisk.sync_tree(dir)
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Bend::Free(bytes) => Ok(bytes),
            _ => RealDisk.free_bytes(path),
        }
    }
    fn write_new(
        &self,
        path: &Path,
        pieces: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<(), DiskError> {
        self.change(path)?;
        RealDisk.write_new(path, pieces)
    }
    fn open_read(&self, path: &Path) -> Result<Box<dyn Read + Send>, DiskError> {
        RealDisk.open_read(path)
    }
}

/// What happens to an item on its way, by its name.
pub type Twist<'a> = dyn Fn(&str, Vec<u8>) -> Result<Vec<u8>, LinkError> + Send + Sync + 'a;

/// A line to a hub that is up: what HTTPS does, without the network.
pub struct Line<'a> {
    pub hub: &'a Hub,
    /// What the line does to it.
    pub bend: Box<Twist<'a>>,
}

impl<'a> Line<'a> {
    pub fn straight(hub: &'a Hub) -> Self {
        Self { hub, bend: Box::new(|_, bytes| Ok(bytes)) }
    }

    /// Every item whose name begins with one of these is garbage.
    pub fn garbling(hub: &'a Hub, beginnings: &'static [&'static str]) -> Self {
        let bad = move |name: &str| beginnings.iter().any(|beginning| name.starts_with(beginning));
        Self {
            hub,
            bend: Box::new(move |name, bytes| {
                Ok(if bad(name) { b"\x84 this is no item of ours".to_vec() } else { bytes })
            }),
        }
    }
}

impl Link for Line<'_> {
    fn read(&self, name: &str, bytes_max: u64) -> Result<Vec<u8>, LinkError> {
        let mut bytes = vec![];
        let mut reader = self.open(name)?;
        reader.read_to_end(&mut bytes).map_err(|e| LinkError::Unreachable(Box::new(e)))?;
        if bytes.len() as u64 > bytes_max {
            return Err(LinkError::TooLarge { bytes_max });
        }
        Ok(bytes)
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, LinkError> {
        let mut reader = self.hub.offered(name).ok().flatten().ok_or(LinkError::Missing)?;
        let mut bytes = vec![];
        reader.read_to_end(&mut bytes).map_err(|e| LinkError::Unreachable(Box::new(e)))?;
        Ok(Box::new(io::Cursor::new((self.bend)(name, bytes)?)))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LinkError> {
        let parts: Vec<_> = name.split('/').collect();
        let [names::INBOX, box_hex, file] = parts[..] else { return Err(LinkError::BadName) };
        let digest = file.strip_suffix(".batch").ok_or(LinkError::BadName)?;
        let taken = self.hub.take_in_named(box_hex, digest, bytes);
        taken.map(drop).map_err(|e| LinkError::Unreachable(Box::new(e)))
    }

    fn describe(&self) -> String {
        format!("a line to the hub of {}", world().region.name())
    }
}

/// A line that is dead, or whose hub hangs until the link itself gives up: to the box it is the same.
pub struct DeadLine;

impl DeadLine {
    fn away<T>() -> Result<T, LinkError> {
        Err(LinkError::Unreachable(Box::new(io::Error::from(io::ErrorKind::TimedOut))))
    }
}

impl Link for DeadLine {
    fn read(&self, _name: &str, _bytes_max: u64) -> Result<Vec<u8>, LinkError> {
        Self::away()
    }
    fn open(&self, _name: &str) -> Result<Box<dyn Read + '_>, LinkError> {
        Self::away()
    }
    fn write(&self, _name: &str, _bytes: &[u8]) -> Result<(), LinkError> {
        Self::away()
    }
    fn describe(&self) -> String {
        "a dead line".into()
    }
}
