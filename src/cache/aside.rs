//! Stores that are moved: out of the way of a successor, and aside when they are damaged.

use super::{Cache, CacheError, POINTER_NAME, RELEASES, pointer::Pointer};
use crate::limits;
use std::path::{Path, PathBuf};

const ASIDE: &str = "damaged";

impl Cache {
    /// Moves the store of the same release out of the way of its successor; it goes on answering meanwhile.
    pub(super) fn make_way(&self, dir: &Path) -> Result<(), CacheError> {
        if self.disk.list(dir)?.is_empty() {
            return Ok(());
        }
        let former = former_of(dir);
        self.disk.remove(&former)?;
        Ok(self.disk.rename(dir, &former)?)
    }

    /// Puts a store back that was moved out of the way of one that never came: after a failure, and at the start after a
    /// power cut in between.
    pub(super) fn restore_former(&self, dir: &Path) -> Result<(), CacheError> {
        let former = former_of(dir);
        if self.disk.list(dir)?.is_empty() && !self.disk.list(&former)?.is_empty() {
            self.disk.rename(&former, dir)?;
        }
        Ok(())
    }

    /// After the switch: what is known to be damaged is kept aside for whoever wants to know why; what is sound was only
    /// replaced. Whatever stays is swept before the next import.
    pub(super) fn put_former_away(&self, dir: &Path) {
        let former = former_of(dir);
        match self.is_unsound() {
            true => self.lay_aside(&former, dir),
            false => self.clear(&[&former]),
        }
    }

    /// Moves one directory into a fresh place aside, under the name it had.
    fn lay_aside(&self, from: &Path, called: &Path) {
        let Ok(aside) = self.fresh_aside() else { return };
        let target = aside.join(RELEASES).join(called.file_name().unwrap_or_default());
        if self.disk.list(from).is_ok_and(|files| !files.is_empty()) {
            let moved = self.disk.make_dir(&aside.join(RELEASES));
            let _ = moved.and_then(|()| self.disk.rename(from, &target));
            self.sweep_aside(limits::SET_ASIDE_KEPT);
        }
    }

    /// Moves a damaged store to `damaged/`, pointer and all, so that a release can be imported anew, and remembers the
    /// version: the way back stays shut. Of what was set aside before only the newest is kept.
    pub fn set_aside(&self) -> Result<(), CacheError> {
        let _alone = self.turn()?;
        let floor = self.floor()?;
        self.set_active(None);
        self.note_floor(floor)?;
        let aside = self.fresh_aside()?;
        self.disk.make_dir(&aside)?;
        self.disk.rename(&self.root.join(RELEASES), &aside.join(RELEASES))?;
        let pointer = self.root.join(POINTER_NAME);
        if self.disk.length(&pointer)?.is_some() {
            self.disk.rename(&pointer, &aside.join(POINTER_NAME))?;
        }
        self.disk.make_dir(&self.root.join(RELEASES))?;
        self.note_sound(); // what was unsound lies aside now
        self.sweep_aside(limits::SET_ASIDE_KEPT);
        Ok(())
    }

    /// Lets the overlay go and keeps its base: the floor remembers how far the deltas led, so that they may come again over
    /// this base and nothing older does.
    pub(super) fn let_overlay_go(&self, held: Pointer) -> Result<(), CacheError> {
        let floor = self.floor()?;
        self.note_floor(floor)?;
        let dir = self.dir_of(&held);
        let base = Pointer::whole(held.base);
        self.disk.replace(&self.root.join(POINTER_NAME), &base.line())?;
        self.lay_aside(&dir, &dir);
        if self.overlay_is_unsound() {
            self.note_sound();
        }
        Ok(())
    }

    /// The stores set aside, oldest first.
    fn set_aside_before(&self) -> Result<Vec<(u64, PathBuf)>, CacheError> {
        let present = self.disk.list(&self.root.join(ASIDE))?.into_iter();
        let numbered =
            present.filter_map(|dir| Some((dir.file_name()?.to_str()?.parse().ok()?, dir)));
        let mut numbered: Vec<(u64, PathBuf)> = numbered.collect();
        numbered.sort();
        Ok(numbered)
    }

    fn fresh_aside(&self) -> Result<PathBuf, CacheError> {
        let newest = self.set_aside_before()?.last().map_or(0, |(number, _)| *number);
        Ok(self.root.join(ASIDE).join(newest.saturating_add(1).to_string()))
    }

    /// Keeps only so many of the stores that were set aside, the newest.
    pub(super) fn sweep_aside(&self, kept: usize) {
        let mut before = self.set_aside_before().unwrap_or_default();
        before.truncate(before.len().saturating_sub(kept));
        before.iter().for_each(|(_, dir)| self.clear(&[dir]));
    }
}

fn former_of(dir: &Path) -> PathBuf {
    dir.with_extension("former")
}
