//! The lowest version still taken: what the disk remembers of it, and what is known elsewhere and counts more.

use super::{
    Cache, CacheError, Held, Past, RELEASES,
    pointer::{self, FLOOR_NAME, Floor, Pointer},
};
use crate::sys::DiskError;
use std::sync::PoisonError;

impl Cache {
    /// Tells the cache what the journal says of the newest release ever held. From then on no file in the cache's directory
    /// names another release that may come back.
    pub fn believe(&self, past: Past) {
        *self.past.lock().unwrap_or_else(PoisonError::into_inner) = Some(past);
    }

    fn past(&self) -> Option<Past> {
        *self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The highest version ever switched to: no release below it is taken, but the one its deltas were merged over.
    pub(super) fn floor(&self) -> Result<Floor, CacheError> {
        let past = self.past();
        let noted = match (past, self.noted_floor()) {
            (Some(Past { version, root: Some(root) }), _) => {
                Ok(Floor { version, root: Some(root) })
            }
            (Some(_), Err(CacheError::PointerDamaged)) => Ok(Floor::default()),
            (_, noted) => noted,
        };
        let floor = match self.pointer() {
            Ok(held) => noted?.raised_to(held.filter(|held| self.may_stand(held.base))),
            // The pointer is unreadable; the directories still bear their versions.
            Err(CacheError::PointerDamaged) => {
                let held = self.highest_dir()?.filter(|held| self.may_stand(held.base));
                noted.unwrap_or_default().raised_to(held)
            }
            Err(other) => return Err(other),
        };
        let known = past.map_or(0, |past| past.version);
        Ok(Floor { version: floor.version.max(known), ..floor })
    }

    /// Whether a whole release is the one known elsewhere to be held, or newer than all known there: switched to, and the
    /// power failed before it was written down.
    fn may_stand(&self, base: Held) -> bool {
        match self.past() {
            Some(Past { version, root: Some(root) }) => base == root || base.version > version,
            _ => true,
        }
    }

    fn noted_floor(&self) -> Result<Floor, CacheError> {
        match self.disk.read(&self.root.join(FLOOR_NAME), pointer::BYTES_MAX) {
            Ok(bytes) => Floor::parse(&bytes).ok_or(CacheError::PointerDamaged),
            Err(DiskError::Missing(_)) => Ok(Floor::default()),
            Err(DiskError::TooLarge { .. }) => Err(CacheError::PointerDamaged),
            Err(other) => Err(other.into()),
        }
    }

    pub(super) fn note_floor(&self, floor: Floor) -> Result<(), CacheError> {
        Ok(self.disk.replace(&self.root.join(FLOOR_NAME), &floor.line())?)
    }

    fn highest_dir(&self) -> Result<Option<Pointer>, CacheError> {
        let dirs = self.disk.list(&self.root.join(RELEASES))?;
        let names = dirs.iter().filter_map(|dir| dir.file_name()?.to_str());
        Ok(names.filter_map(Pointer::from_dir_name).max_by_key(|held| held.tip().version))
    }

    /// Refuses what lies here and is older than what was ever held, unless it is the root of that: files put back open no
    /// way back.
    pub(super) fn refuse_way_back(&self, held: Pointer) -> Result<(), CacheError> {
        let (floor, tip) = (self.floor()?, held.tip().version);
        let older = tip < floor.version && !floor.lets_return(held.base);
        if older || !self.may_stand(held.base) {
            return Err(CacheError::Rollback { held: floor.version, offered: tip });
        }
        Ok(())
    }

    /// The version of the whole release that is sound under damaged deltas: they may come again over it.
    #[must_use]
    pub fn sound_base_version(&self) -> Option<u64> {
        let active = self.active().filter(|_| self.overlay_is_unsound())?;
        Some(active.manifest().version())
    }

    /// The whole release that may come although newer ones were held: its deltas were merged over it, and it, or what it
    /// would be refetched for, is lost or damaged.
    pub fn may_return(&self) -> Result<Option<Held>, CacheError> {
        let floor = self.floor()?;
        match self.pointer() {
            Ok(Some(held)) if self.is_unsound() && self.refuse_way_back(held).is_ok() => {
                Ok(Some(held.base))
            }
            Ok(Some(held)) => Ok(floor.root.filter(|root| *root == held.base)),
            Ok(None) | Err(CacheError::PointerDamaged) => Ok(floor.root),
            Err(other) => Err(other),
        }
    }
}
