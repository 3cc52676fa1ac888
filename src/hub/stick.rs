//! The hub's side of a USB stick: takes in what boxes left, lays receipts and the public tree on it.

use super::{Hub, HubError};
use crate::{
    limits::{BATCH_BYTES_MAX, STICK_BATCHES_MAX, WHOLE_FILE_BYTES_MAX},
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
        report.laid = self.lay_public(&link)?;
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
    fn lay_public(&self, link: &DirLink) -> Result<usize, HubError> {
        let mut laid = 0;
        for folder in ["trust", names::REVOCATIONS, names::ORDERS] {
            laid += self.lay_folder(link, folder)?;
        }
        if let Some(release) = self.newest_release()? {
            let manifest = names::release_file(release.version, names::MANIFEST);
            // The manifest is laid last: where it is the same, the blocks are there.
            if !self.is_laid(link, &manifest)? {
                laid +=
                    self.lay_folder(link, &format!("{}/{}", names::RELEASES, release.version))?;
                laid += self.lay(link, &manifest)?;
            }
        }
        Ok(laid + self.lay(link, names::INDEX)?)
    }

    fn lay_folder(&self, link: &DirLink, folder: &str) -> Result<usize, HubError> {
        let mut laid = 0;
        for file in self.disk.list(&self.public_dir().join(folder))? {
            match text_of(&file) {
                Some(name) if name != names::MANIFEST && names::check(name).is_ok() => {
                    laid += self.lay(link, &format!("{folder}/{name}"))?;
                }
                _ => {}
            }
        }
        Ok(laid)
    }

    fn lay(&self, link: &DirLink, name: &str) -> Result<usize, HubError> {
        let Some(bytes) = self.offered(name)? else { return Ok(0) };
        if self.is_laid(link, name)? {
            return Ok(0);
        }
        link.write(name, &bytes).map_err(HubError::Stick)?;
        Ok(1)
    }

    fn is_laid(&self, link: &DirLink, name: &str) -> Result<bool, HubError> {
        match link.read(name, WHOLE_FILE_BYTES_MAX) {
            Ok(bytes) => Ok(self.offered(name)?.is_some_and(|ours| ours == bytes)),
            Err(LinkError::Missing | LinkError::TooLarge { .. }) => Ok(false),
            Err(e) => Err(HubError::Stick(e)),
        }
    }
}

fn text_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
