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
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

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
        // The power failed between the file and the journal, or a box of an earlier make remembered only numbers: what
        // counts from now on is written down.
        let untold = |n: &u64| !self.journal.ask(|past| past.trust().root_hashes.contains_key(n));
        let untold: Vec<u64> = (roots.first_version() + 1..=reached).filter(untold).collect();
        if !untold.is_empty() && self.trust_lasts() {
            untold.into_iter().try_for_each(|n| self.remember_root(&roots, n))?;
        }
        self.set_roots(roots);
        if let Err(refusal) = stopped {
            self.note_refusal(now, "root", refusal.message().code)?;
        } else if reached < remembered {
            self.note_refusal(now, "root", messages::ROOT_MISSING.code)?;
        }
        Ok(())
    }

    /// Writes down which document a version is, once.
    fn remember_root(&self, roots: &Roots, version: u64) -> Result<(), AppError> {
        if self.journal.ask(|past| past.trust().root_hashes.contains_key(&version)) {
            return Ok(());
        }
        let event = Event::RootTaken { version, payload_hash: roots.payload_hash(version) };
        self.journal.append(self.now(), &event)?;
        Ok(())
    }

    fn remembered_roots(&self) -> BTreeMap<u64, String> {
        self.journal.ask(|past| past.trust().root_hashes.clone())
    }

    fn walk(&self, roots: &mut Roots) -> Result<(), AppError> {
        let remembered = self.remembered_roots();
        while roots.version() < ROOT_VERSIONS_MAX {
            let next = roots.version() + 1;
            let path = self.layout.root_document(next);
            match self.disk.read(&path, ROOT_BYTES_MAX) {
                Err(DiskError::Missing(_)) => return Ok(()),
                read => roots.take_version(next, &read?, &remembered)?,
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
        if let Err(refusal) = roots.take_version(asked, bytes, &self.remembered_roots()) {
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
        self.remember_root(&roots, version)?;
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
