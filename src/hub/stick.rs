//! The hub's side of a USB stick: takes in what boxes left, lays receipts and the public tree on it.

use super::{Hub, HubError};
use crate::{
    limits::{BATCH_BYTES_MAX, REVOCATION_BYTES_MAX, STICK_BATCHES_MAX},
    messages::{Message, Trouble},
    sync::{DirLink, Link, LinkError, names},
};
use std::{path::Path, sync::Arc};

/// What one visit of a stick came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StickReport {
    /// Batches with a receipt on the stick now, whether new or known.
    pub taken: usize,
    /// Files that were not taken, each with the reason; the others went on.
    pub refused: Vec<(String, &'static Message)>,
    /// Public files written; what was on the stick already is not written again.
    pub laid: usize,
}

impl Hub {
    /// Processes a stick. One bad file never blocks the rest; only a stick that is not there does.
    pub fn take_stick(&self, dir: &Path) -> Result<StickReport, HubError> {
        let link = DirLink::new(Arc::clone(&self.disk), dir).map_err(HubError::Stick)?;
        let mut report = StickReport::default();
        for (box_hex, digest_hex) in self.inbox(dir)? {
            match self.take_from(&link, &box_hex, &digest_hex) {
                Ok(()) => report.taken += 1,
                Err(e) => report.refused.push((format!("{box_hex}/{digest_hex}"), e.message())),
            }
        }
        report.laid = self.lay_public(&link, dir)?;
        Ok(report)
    }

    /// Batches on the stick whose names could be ours: 32 and 64 hexadecimal digits.
    fn inbox(&self, dir: &Path) -> Result<Vec<(String, String)>, HubError> {
        let mut found = vec![];
        for folder in self.disk.list(&dir.join(names::INBOX))? {
            let Some(box_hex) = text_of(&folder).filter(|t| names::from_hex::<16>(t).is_some())
            else {
                continue;
            };
            let batches = self.disk.list(&folder).unwrap_or_default();
            let digests = batches.iter().filter_map(|file| {
                let digest = text_of(file)?.strip_suffix(".batch")?;
                names::from_hex::<32>(digest).map(|_| (box_hex.to_owned(), digest.to_owned()))
            });
            found.extend(digests);
        }
        found.truncate(STICK_BATCHES_MAX);
        Ok(found)
    }

    fn take_from(&self, link: &DirLink, box_hex: &str, digest_hex: &str) -> Result<(), HubError> {
        let name = format!("{}/{box_hex}/{digest_hex}.batch", names::INBOX);
        let bytes = link.read(&name, BATCH_BYTES_MAX).map_err(HubError::Stick)?;
        let receipt = self.take_in_named(box_hex, digest_hex, &bytes)?;
        let name = format!("{}/{box_hex}/{digest_hex}.cose", names::RECEIPTS);
        link.write(&name, &receipt).map_err(HubError::Stick)
    }

    /// The small lists, the newest release, and last the index that names them.
    fn lay_public(&self, link: &DirLink, dir: &Path) -> Result<usize, HubError> {
        let mut laid = 0;
        for folder in ["trust", names::REVOCATIONS, names::ORDERS] {
            for name in self.names_in(folder)? {
                laid += self.lay(link, &name)?;
            }
        }
        if let Some(release) = self.newest_release()? {
            laid += self.lay_release(link, dir, release.version)?;
        }
        Ok(laid + self.lay(link, names::INDEX)?)
    }

    /// Blocks first, the manifest last: where that is the same already, the blocks are there.
    fn lay_release(&self, link: &DirLink, dir: &Path, version: u64) -> Result<usize, HubError> {
        let manifest = names::release_file(version, names::MANIFEST);
        if self.is_laid(link, &manifest)? {
            return Ok(0);
        }
        let folder = format!("{}/{version}", names::RELEASES);
        self.disk.make_dir(&dir.join(&folder))?;
        let mut laid = 0;
        for name in self.names_in(&folder)? {
            if name.ends_with(".blk") {
                self.copy(&self.public_dir().join(&name), &dir.join(&name))?;
                laid += 1;
            }
        }
        Ok(laid + self.lay(link, &manifest)?)
    }

    fn names_in(&self, folder: &str) -> Result<Vec<String>, HubError> {
        let files = self.disk.list(&self.public_dir().join(folder))?;
        let names = files.iter().filter_map(|file| Some(format!("{folder}/{}", text_of(file)?)));
        Ok(names.filter(|name| matches!(self.locate(name), Ok(Some(_)))).collect())
    }

    fn lay(&self, link: &DirLink, name: &str) -> Result<usize, HubError> {
        let ours = self.read_if_any(&self.public_dir().join(name), REVOCATION_BYTES_MAX)?;
        let Some(bytes) = ours else { return Ok(0) };
        if self.is_laid(link, name)? {
            return Ok(0);
        }
        link.write(name, &bytes).map_err(HubError::Stick)?;
        Ok(1)
    }

    fn is_laid(&self, link: &DirLink, name: &str) -> Result<bool, HubError> {
        let theirs = match link.read(name, REVOCATION_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(LinkError::Missing | LinkError::TooLarge { .. }) => return Ok(false),
            Err(e) => return Err(HubError::Stick(e)),
        };
        let ours = self.read_if_any(&self.public_dir().join(name), REVOCATION_BYTES_MAX)?;
        Ok(ours.is_some_and(|ours| ours == theirs))
    }
}

fn text_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
