//! A link: any way to the hub. Names go in, bytes come out; nobody asks whether there is a network.

use super::{http::HttpLink, names};
use crate::{
    messages::{self, Message, Trouble},
    snapshot::Distance,
    sys::{Disk, DiskError},
};
use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why a link did not give or take an item.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody there, or not in time. Normal life.
    #[error("hub away")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The link is there, the item is not.
    #[error("no such item")]
    Missing,
    /// More bytes than the caller can take.
    #[error("item over {bytes_max} bytes")]
    TooLarge {
        /// The caller's ceiling.
        bytes_max: u64,
    },
    /// The hub answered with another status than success.
    #[error("hub refused with status {status}, code {code:?}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The hub's code for it, empty where it gave none.
        code: String,
    },
    /// Plain http to another machine, or no address at all.
    #[error("address not allowed: {0}")]
    NotAllowedUrl(&'static str),
    /// The directory does not exist.
    #[error("no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// A name that could lead out of the link.
    #[error("name not allowed")]
    BadName,
    /// The disk said no.
    #[error("link disk")]
    Disk(#[source] DiskError),
}

impl Trouble for LinkError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Unreachable(_) => &messages::HUB_AWAY,
            Self::Missing => &messages::LINK_ITEM_MISSING,
            Self::TooLarge { .. } => &messages::LINK_ITEM_TOO_LARGE,
            Self::Refused { .. } => &messages::HUB_REFUSED,
            Self::NotAllowedUrl(_) => &messages::LINK_URL_NOT_ALLOWED,
            Self::NoFolder(_) => &messages::LINK_FOLDER_MISSING,
            Self::BadName => &messages::LINK_NAME_BAD,
            Self::Disk(e) => e.message(),
        }
    }
}

impl From<DiskError> for LinkError {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::Missing(_) => Self::Missing,
            DiskError::TooLarge { bytes_max, .. } => Self::TooLarge { bytes_max },
            other => Self::Disk(other),
        }
    }
}

/// Any way to the hub. Calls block: they belong in background work, never in front of the counter.
pub trait Link: Send + Sync {
    /// The whole item, or [`LinkError::TooLarge`] if it holds more than `bytes_max`.
    fn read(&self, name: &str, bytes_max: u64) -> Result<Vec<u8>, LinkError>;
    /// The item as a stream, for release files. The reader owes its own ceiling.
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, LinkError>;
    /// The same from its `offset_bytes`th byte on.
    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, LinkError> {
        passed_over(self.open(name)?, offset_bytes)
    }
    /// How dear it is to read an item again.
    fn distance(&self) -> Distance {
        Distance::Near
    }
    /// Leaves an item. `Ok` says that it was handed over, never that the hub has it: only a receipt says that.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LinkError>;
    /// Where it leads, for the operator.
    fn describe(&self) -> String;
}

/// Reads so many bytes and forgets them. An item that ends before has nothing to give.
pub(super) fn passed_over(
    mut reader: Box<dyn Read + '_>,
    bytes: u64,
) -> Result<Box<dyn Read + '_>, LinkError> {
    std::io::copy(&mut (&mut reader).take(bytes), &mut std::io::sink())
        .map_err(|e| LinkError::Unreachable(Box::new(e)))?;
    Ok(reader)
}

/// A directory, such as a USB stick.
pub struct DirLink {
    disk: Arc<dyn Disk>,
    root: PathBuf,
}

impl DirLink {
    /// Takes a directory that exists.
    pub fn new(disk: Arc<dyn Disk>, root: &Path) -> Result<Self, LinkError> {
        let exists = disk.length(root)?.is_some() || !disk.list(root)?.is_empty();
        if !exists {
            return Err(LinkError::NoFolder(root.into()));
        }
        Ok(Self { disk, root: root.into() })
    }

    /// Where an item lies. A stick is filled by others: nothing on it may lead out of it.
    fn path(&self, name: &str) -> Result<PathBuf, LinkError> {
        names::check(name)?;
        self.disk.lies_within(&self.root, Path::new(name))?;
        Ok(self.root.join(name))
    }
}

impl Link for DirLink {
    fn read(&self, name: &str, bytes_max: u64) -> Result<Vec<u8>, LinkError> {
        Ok(self.disk.read(&self.path(name)?, bytes_max)?)
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, LinkError> {
        Ok(self.disk.open_read(&self.path(name)?)?)
    }

    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, LinkError> {
        Ok(self.disk.open_read_at(&self.path(name)?, offset_bytes)?)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LinkError> {
        let path = self.path(name)?;
        if let Some(folder) = path.parent() {
            self.disk.make_dir(folder)?;
        }
        Ok(self.disk.replace(&path, bytes)?)
    }

    fn describe(&self) -> String {
        self.root.display().to_string()
    }
}

/// The link an operator named: `https://…`, `http://…` to this machine, else a directory that must exist.
pub fn link_for(text: &str, disk: Arc<dyn Disk>) -> Result<Box<dyn Link>, LinkError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(LinkError::NotAllowedUrl("empty"));
    }
    if text.contains("://") {
        return Ok(Box::new(HttpLink::new(text)?));
    }
    Ok(Box::new(DirLink::new(disk, Path::new(text))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{RealDisk, sim::SimDisk};

    #[test]
    fn a_stick_gives_back_what_was_left_on_it_and_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let link = DirLink::new(Arc::new(RealDisk), dir.path()).unwrap();
        link.write("inbox/00/a.batch", b"sealed").unwrap();
        assert_eq!(link.read("inbox/00/a.batch", 6).unwrap(), b"sealed");
        let mut streamed = vec![];
        link.open("inbox/00/a.batch").unwrap().read_to_end(&mut streamed).unwrap();
        assert_eq!(streamed, b"sealed");
        assert!(matches!(
            link.read("inbox/00/a.batch", 5),
            Err(LinkError::TooLarge { bytes_max: 5 })
        ));
        assert!(matches!(link.read("index.cbor", 5), Err(LinkError::Missing)));
        for trick in ["../secret", "/etc/hostname", "a/../../b"] {
            assert!(matches!(link.read(trick, 9), Err(LinkError::BadName)));
            assert!(matches!(link.open(trick).err(), Some(LinkError::BadName)));
            assert!(matches!(link.write(trick, b"x"), Err(LinkError::BadName)));
        }
    }

    #[test]
    fn a_folder_that_does_not_exist_is_told_before_anything_is_tried() {
        let link = link_for("/nonexistent/sonae", Arc::new(RealDisk));
        assert_eq!(link.err().unwrap().message().code, "link_folder_missing");
        let link = link_for("  ", Arc::new(RealDisk));
        assert_eq!(link.err().unwrap().message().code, "link_url_not_allowed");
    }

    #[test]
    fn a_full_stick_says_full() {
        let disk = Arc::new(SimDisk::new());
        disk.replace(Path::new("stick/x"), b"").unwrap();
        let link = link_for("stick", disk.clone()).unwrap();
        disk.fill_up_after(3);
        let full = link.write("inbox/00/a.batch", b"four").unwrap_err();
        assert_eq!(full.message().code, "disk_full");
    }
}
