//! Where things lie in a data directory, and which version of it this program understands.

use super::error::{AppError, rule};
use crate::{
    messages,
    sys::{Disk, DiskError},
};
use std::path::{Path, PathBuf};

/// The version of the directory's layout that this program writes.
const LAYOUT_VERSION: u32 = 1;
const VERSION_BYTES_MAX: u64 = 16;

/// The places inside one data directory.
#[derive(Clone, Debug)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The layout of a data directory.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Layout version, as text.
    #[must_use]
    pub fn version(&self) -> PathBuf {
        self.root.join("version")
    }

    /// Held while a process uses the directory.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// The box's identity and wrapped keys.
    #[must_use]
    pub fn box_file(&self) -> PathBuf {
        self.root.join("box.cbor")
    }

    /// The box's public card, to be carried to the hub and the publisher.
    #[must_use]
    pub fn box_card(&self) -> PathBuf {
        self.root.join("box-card.cbor")
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal").join("journal.log")
    }

    /// The trust list held.
    #[must_use]
    pub fn trust_list(&self) -> PathBuf {
        self.root.join("trust").join("list.cose")
    }

    /// A root document taken over since the box was made.
    #[must_use]
    pub fn root_document(&self, version: u64) -> PathBuf {
        self.root.join("trust").join("roots").join(format!("{version}.cose"))
    }

    /// Revocation lists held, one an issuer.
    #[must_use]
    pub fn revocations(&self) -> PathBuf {
        self.root.join("revocations")
    }

    /// The snapshot cache.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// The store of the facility's own records.
    #[must_use]
    pub fn own(&self) -> PathBuf {
        self.root.join("own")
    }

    /// Statements of eligibility kept, one file each.
    #[must_use]
    pub fn statements(&self) -> PathBuf {
        self.root.join("statements")
    }

    /// What the facility received, frame after frame; the store is made of it.
    #[must_use]
    pub fn own_received(&self) -> PathBuf {
        self.own().join("received.log")
    }

    /// Where the facility's own release is written before the store takes it.
    #[must_use]
    pub fn own_draft(&self) -> PathBuf {
        self.own().join("draft")
    }

    /// Sealed opening secrets of the orders now open; each is removed with its window.
    #[must_use]
    pub fn openings(&self) -> PathBuf {
        self.root.join("openings")
    }

    /// Makes an empty directory ready.
    pub fn prepare(&self, disk: &dyn Disk) -> Result<(), AppError> {
        let parent_of = |path: PathBuf| path.parent().map(Path::to_path_buf).unwrap_or_default();
        for dir in [
            parent_of(self.journal()),
            parent_of(self.trust_list()),
            self.revocations(),
            self.cache(),
            self.openings(),
        ] {
            disk.make_dir(&dir)?;
        }
        Ok(disk.replace(&self.version(), LAYOUT_VERSION.to_string().as_bytes())?)
    }

    /// Refuses a directory that is no data directory, or that a newer version wrote. Changes nothing.
    pub fn check(&self, disk: &dyn Disk) -> Result<(), AppError> {
        let bytes = match disk.read(&self.version(), VERSION_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Err(rule(&messages::STORE_ABSENT)),
            other => other?,
        };
        let version =
            std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse::<u32>().ok());
        match version {
            Some(1..=LAYOUT_VERSION) => Ok(()),
            Some(_) => Err(rule(&messages::STORE_NEWER)),
            None => Err(rule(&messages::STORE_DAMAGED)),
        }
    }
}
