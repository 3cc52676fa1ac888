//! The root documents a box walks along: from the one it was born with to the newest it was handed.

use super::{
    Appliance,
    error::{AppError, rule},
};
use crate::{
    journal::Event,
    limits::{ROOT_BYTES_MAX, ROOT_VERSIONS_MAX},
    messages::{self, Trouble},
    sys::DiskError,
    trust::Roots,
};
use std::sync::{Arc, PoisonError};

impl Appliance {
    /// Walks the chain anew at every start: the files on the disk vouch for nothing by lying there. A folder lost or
    /// damaged keeps no box from starting; it goes as far as it can be verified, and says so.
    pub(super) fn load_roots(&self) -> Result<(), AppError> {
        let now = self.now();
        let mut roots = match self.keys.root() {
            Ok(roots) => roots,
            Err(refusal) => return self.note_refusal(now, "root", refusal.message().code),
        };
        let stopped = self.walk(&mut roots);
        let (remembered, reached) =
            (self.journal.ask(|past| past.trust().root_version), roots.version());
        let first = roots.first_version();
        self.set_roots(roots);
        if let Err(refusal) = stopped {
            self.note_refusal(now, "root", refusal.message().code)?;
        } else if reached < remembered {
            self.note_refusal(now, "root", messages::ROOT_MISSING.code)?;
        }
        if reached > remembered.max(first) {
            // The power failed between the file and the journal: what counts from now on is written down.
            self.journal.append(now, &Event::RootTaken { version: reached })?;
        }
        Ok(())
    }

    fn walk(&self, roots: &mut Roots) -> Result<(), AppError> {
        while roots.version() < ROOT_VERSIONS_MAX {
            let next = roots.version() + 1;
            let path = self.layout.root_document(next);
            match self.disk.read(&path, ROOT_BYTES_MAX) {
                Err(DiskError::Missing(_)) => return Ok(()),
                read => roots.take_version(next, &read?)?,
            }
        }
        Ok(())
    }

    fn set_roots(&self, roots: Roots) {
        *self.roots.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(roots));
    }

    pub(super) fn held_roots(&self) -> Option<Arc<Roots>> {
        self.roots.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn roots(&self) -> Result<Arc<Roots>, AppError> {
        self.held_roots().ok_or(rule(&messages::ROOT_ABSENT))
    }

    /// Takes over the root document of a version. The trust list held goes on until the new holders have signed one.
    pub fn take_root(&self, asked: u64, bytes: &[u8]) -> Result<(), AppError> {
        let (now, held) = (self.now(), self.roots()?);
        let mut roots = Roots::clone(&held);
        if let Err(refusal) = roots.take_version(asked, bytes) {
            self.note_refusal(now, "root", refusal.message().code)?;
            return Err(refusal.into());
        }
        let version = roots.version();
        if version == held.version() {
            return Ok(());
        }
        let path = self.layout.root_document(version);
        if let Some(folder) = path.parent() {
            self.disk.make_dir(folder)?;
        }
        self.disk.replace(&path, bytes)?;
        if version > self.journal.ask(|past| past.trust().root_version) {
            self.journal.append(now, &Event::RootTaken { version })?;
        }
        self.set_roots(roots);
        self.speak_again()
    }

    /// A list that could not be checked while its root was lost may be checked now.
    fn speak_again(&self) -> Result<(), AppError> {
        if self.held_trust().is_some() {
            return Ok(());
        }
        self.load_trust()?;
        self.load_revocations()?;
        if self.release().is_none() { self.wake_cache() } else { Ok(()) }
    }
}
