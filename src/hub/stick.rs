//! The hub's side of a USB stick: takes in what boxes left, lays receipts and the public tree on it.

use super::{Hub, HubError};
use crate::{
    limits::{
        BATCH_BYTES_MAX, RECEIPT_BYTES_MAX, REVOCATION_BYTES_MAX, STICK_BATCHES_MAX,
        STICK_BATCHES_OF_A_BOX_MAX,
    },
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
        let (known, inbox) = self.inbox(&link, dir)?;
        report.taken = known;
        for (box_hex, digest_hex) in inbox {
            match self.take_from(&link, &box_hex, &digest_hex) {
                Ok(()) => report.taken += 1,
                Err(e) => report.refused.push((format!("{box_hex}/{digest_hex}"), e.message())),
            }
        }
        // What was taken in stays taken in, and must be told, also where the stick has no room for the rest.
        if let Err(e) = self.lay_public(&link, dir, &mut report.laid) {
            report.refused.push(("public".to_owned(), e.message()));
        }
        Ok(report)
    }

    /// How many batches on the stick bear their receipt already, and those that do not: of each box only so many, and
    /// enrolled boxes first, so that a folder of scrap shuts nobody out. Names that could be ours are 32 and 64
    /// hexadecimal digits.
    fn inbox(
        &self,
        link: &DirLink,
        dir: &Path,
    ) -> Result<(usize, Vec<(String, String)>), HubError> {
        let (mut known, mut enrolled, mut strange) = (0, vec![], vec![]);
        for folder in self.disk.list(&dir.join(names::INBOX))? {
            let Some(box_hex) = text_of(&folder) else { continue };
            let Some(box_id) = names::from_hex(box_hex) else { continue };
            let files = self.disk.list(&folder).unwrap_or_default();
            let digests = files.iter().filter_map(|file| {
                let digest = text_of(file)?.strip_suffix(".batch")?;
                names::from_hex::<32>(digest).map(|_| digest)
            });
            let (answered, new): (Vec<_>, Vec<_>) =
                digests.partition(|digest| self.is_answered(link, box_hex, digest));
            known += answered.len();
            let place =
                if self.boxes().contains_key(&box_id) { &mut enrolled } else { &mut strange };
            let new = new.into_iter().take(STICK_BATCHES_OF_A_BOX_MAX);
            place.extend(new.map(|digest| (box_hex.to_owned(), digest.to_owned())));
        }
        enrolled.append(&mut strange);
        enrolled.truncate(STICK_BATCHES_MAX);
        Ok((known, enrolled))
    }

    /// Whether the very receipt this hub gave for the batch lies on the stick, whole.
    fn is_answered(&self, link: &DirLink, box_hex: &str, digest_hex: &str) -> bool {
        let name = receipt_name(box_hex, digest_hex);
        let ours = self.read_if_any(&self.root.join(&name), RECEIPT_BYTES_MAX).ok().flatten();
        ours.is_some() && ours == link.read(&name, RECEIPT_BYTES_MAX).ok()
    }

    fn take_from(&self, link: &DirLink, box_hex: &str, digest_hex: &str) -> Result<(), HubError> {
        let name = format!("{}/{box_hex}/{digest_hex}.batch", names::INBOX);
        let bytes = link.read(&name, BATCH_BYTES_MAX).map_err(HubError::Stick)?;
        let receipt = self.take_in_named(box_hex, digest_hex, &bytes)?;
        link.write(&receipt_name(box_hex, digest_hex), &receipt).map_err(HubError::Stick)
    }

    /// The small lists, the newest whole release, the deltas, and last the index that names them.
    fn lay_public(&self, link: &DirLink, dir: &Path, laid: &mut usize) -> Result<(), HubError> {
        for folder in [names::ROOTS, "trust", names::REVOCATIONS, names::ORDERS] {
            for name in self.names_in(folder)? {
                *laid += self.lay(link, &name)?;
            }
        }
        if let Some(release) = self.newest_release()? {
            *laid +=
                self.lay_release(link, dir, &format!("{}/{}", names::RELEASES, release.version))?;
        }
        for delta in self.deltas()? {
            let folder = format!("{}/{}-{}", names::DELTAS, delta.root, delta.version);
            *laid += self.lay_release(link, dir, &folder)?;
        }
        *laid += self.lay(link, names::INDEX)?;
        Ok(())
    }

    /// Blocks first, the manifest last: where that is the same already, the blocks are there.
    fn lay_release(&self, link: &DirLink, dir: &Path, folder: &str) -> Result<usize, HubError> {
        let manifest = format!("{folder}/{}", names::MANIFEST);
        if self.is_laid(link, &manifest)? {
            return Ok(0);
        }
        self.disk.make_dir(&dir.join(folder))?;
        let mut laid = 0;
        for name in self.names_in(folder)? {
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

fn receipt_name(box_hex: &str, digest_hex: &str) -> String {
    format!("{}/{box_hex}/{digest_hex}.cose", names::RECEIPTS)
}

fn text_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}
