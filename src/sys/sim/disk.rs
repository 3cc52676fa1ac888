//! The disk for drills: every call goes the real disk's steps, and the power, the room or the honesty may end at any.

use super::{
    SeedDice,
    platter::{Change, Id, Node, Platter, Wounds},
};
use crate::sys::{Disk, DiskError};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A disk in memory whose power fails where it is told to, that may fill up, refuse a sync or lie about one.
///
/// [`SimDisk::cut_power_after`] counts whole calls and loses nothing that a call has done: for drills of what the house
/// does between calls. [`SimDisk::stop_at_step`] counts the steps inside them and loses whatever no sync has confirmed.
#[derive(Debug, Default)]
pub struct SimDisk {
    state: Mutex<SimState>,
}

/// How a machine stops between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The power fails: what was not synced is in the hands of the dice.
    PowerCut,
    /// The program dies alone: the machine still has everything it wrote, and will lose it at a later power cut.
    Kill,
}

#[derive(Debug)]
struct SimState {
    platter: Platter,
    dice: SeedDice,
    wounds: Wounds,
    calls_left: Option<u64>,
    torn_bytes: usize,
    steps: u64,
    stop: Option<(u64, Stop)>,
    bytes_left: Option<u64>,
    syncs: u64,
    sync_refused_at: Option<u64>,
    sync_lie_every: Option<u64>,
}

impl Default for SimState {
    fn default() -> Self {
        Self {
            platter: Platter::default(),
            dice: SeedDice::new(0),
            wounds: Wounds::default(),
            calls_left: None,
            torn_bytes: 0,
            steps: 0,
            stop: None,
            bytes_left: None,
            syncs: 0,
            sync_refused_at: None,
            sync_lie_every: None,
        }
    }
}

impl SimDisk {
    /// A disk with power.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk whose wounds fall the same way for the same seed.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        let disk = Self::new();
        disk.state().dice = SeedDice::new(seed);
        disk
    }

    /// Another disk with the same on it, sound, whose wounds fall by its own seed.
    #[must_use]
    pub fn copied(&self, seed: u64) -> Self {
        let copy = Self::with_seed(seed);
        copy.state().platter = self.state().platter.clone();
        copy
    }

    fn state(&self) -> MutexGuard<'_, SimState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the power at the n-th change from now; the append it falls into leaves its first `torn_bytes` bytes.
    pub fn cut_power_after(&self, operations: u64, torn_bytes: usize) {
        let mut state = self.state();
        state.calls_left = Some(operations);
        state.torn_bytes = torn_bytes;
    }

    /// Stops the machine `steps` steps from now. A replaced file alone takes five: draft made, written, synced, renamed,
    /// folder synced.
    pub fn stop_at_step(&self, steps: u64, stop: Stop) {
        let mut state = self.state();
        state.stop = Some((state.steps + steps, stop));
    }

    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Whether the stop that was ordered has come.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.state().has_stopped()
    }

    /// Power is back; what was on the disk is on the disk, and no sync is refused any more.
    pub fn power_back(&self) {
        let state = &mut *self.state();
        if state.has_stopped() && matches!(state.stop, Some((_, Stop::PowerCut))) {
            state.platter.cut(&state.dice, &mut state.wounds);
        }
        state.calls_left = None;
        state.sync_refused_at = None;
        state.stop = None;
    }

    /// Cuts the power here and now, and brings it back.
    pub fn cut_now(&self) {
        self.stop_at_step(0, Stop::PowerCut);
        self.power_back();
    }

    /// Leaves room for `bytes` more, then says "full". A write into the last of it leaves the part that fits.
    pub fn fill_up_after(&self, bytes: u64) {
        self.state().bytes_left = Some(bytes);
    }

    /// There is room again.
    pub fn make_room(&self) {
        self.state().bytes_left = None;
    }

    /// Answers the n-th sync from now with an error, and leaves in the dark what it has written.
    pub fn refuse_sync_after(&self, syncs: u64) {
        let mut state = self.state();
        state.sync_refused_at = Some(state.syncs + syncs);
    }

    /// Every n-th sync says it is done and does nothing: a disk on which nothing can be promised. `None` is honest again.
    pub fn lie_about_syncs(&self, every: Option<u64>) {
        self.state().sync_lie_every = every;
    }

    /// What power cuts have done so far.
    #[must_use]
    pub fn wounds(&self) -> Wounds {
        self.state().wounds
    }

    /// Adds bytes and syncs nothing, as a program does that knows nothing of power cuts.
    pub fn scribble(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut state = self.state();
        let file = state.file_for_append(path)?;
        state.write(path, file, bytes)
    }

    /// Changes a file behind the house's back, as a hostile hand or a dying card would.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        self.state().platter.tamper(path, change);
    }
}

fn no_power(path: &Path) -> DiskError {
    DiskError::Io { path: path.into(), source: io::Error::from(io::ErrorKind::BrokenPipe) }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn name(path: &Path) -> OsString {
    path.file_name().unwrap_or_default().to_owned()
}

impl SimState {
    fn has_stopped(&self) -> bool {
        self.stop.is_some_and(|(at, _)| self.steps >= at)
    }

    /// One call of the house.
    fn call(&mut self, path: &Path) -> Result<(), DiskError> {
        match &mut self.calls_left {
            Some(0) => Err(no_power(path)),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// One step inside it.
    fn step(&mut self, path: &Path) -> Result<(), DiskError> {
        if self.has_stopped() {
            return Err(no_power(path));
        }
        self.steps += 1;
        Ok(())
    }

    fn bytes(&self, path: &Path) -> Result<&Vec<u8>, DiskError> {
        if self.has_stopped() {
            return Err(no_power(path));
        }
        match self.platter.find(path).and_then(|id| self.platter.node(id)) {
            Some(Node::File(bytes)) => Ok(bytes),
            Some(Node::Folder(_)) => Err(DiskError::OtherKind(path.into())),
            None => Err(DiskError::Missing(path.into())),
        }
    }

    fn length_of(&self, file: Id) -> usize {
        match self.platter.node(file) {
            Some(Node::File(bytes)) => bytes.len(),
            _ => 0,
        }
    }

    fn file(&self, path: &Path) -> Option<Id> {
        let id = self.platter.find(path)?;
        matches!(self.platter.node(id), Some(Node::File(_))).then_some(id)
    }

    fn give_name(&mut self, path: &Path, node: Node) -> Result<Id, DiskError> {
        self.step(path)?;
        let folder = self.platter.folder(parent(path));
        let id = self.platter.fresh(node);
        self.platter.change(Change::Names(vec![(folder, name(path), Some(id))]));
        Ok(id)
    }

    fn file_for_append(&mut self, path: &Path) -> Result<Id, DiskError> {
        match self.file(path) {
            Some(file) => Ok(file),
            None => self.give_name(path, Node::File(vec![])),
        }
    }

    /// An empty file: a new one, or the one there is with nothing in it.
    fn empty_file(&mut self, path: &Path) -> Result<Id, DiskError> {
        let Some(file) = self.file(path) else { return self.give_name(path, Node::File(vec![])) };
        self.step(path)?;
        self.platter.change(Change::Length { file, length: 0 });
        Ok(file)
    }

    fn write(&mut self, path: &Path, file: Id, bytes: &[u8]) -> Result<(), DiskError> {
        self.step(path)?;
        let left = self.bytes_left.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let (fits, rest) = bytes.split_at(left.min(bytes.len()));
        if let Some(left) = &mut self.bytes_left {
            *left -= fits.len() as u64;
        }
        let offset = self.length_of(file);
        self.platter.change(Change::Write { file, offset, bytes: fits.into() });
        if rest.is_empty() { Ok(()) } else { Err(DiskError::Full(path.into())) }
    }

    /// Whether this sync does what it says.
    fn sync_step(&mut self, path: &Path) -> Result<bool, DiskError> {
        self.step(path)?;
        self.syncs += 1;
        if self.sync_refused_at.is_some_and(|at| self.syncs > at) {
            self.sync_refused_at = None;
            return Err(DiskError::Io { path: path.into(), source: io::Error::other("no sync") });
        }
        Ok(self.sync_lie_every.is_none_or(|every| !self.syncs.is_multiple_of(every)))
    }

    fn sync_file(&mut self, path: &Path, file: Id) -> Result<(), DiskError> {
        if self.sync_step(path)? {
            self.platter.sync_file(file);
        }
        Ok(())
    }

    fn sync_folder(&mut self, path: &Path) -> Result<(), DiskError> {
        if self.sync_step(path)? {
            let folder = self.platter.folder(path);
            self.platter.sync_folder(folder);
        }
        Ok(())
    }

    fn move_name(&mut self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.step(to)?;
        let id = self.platter.find(from).ok_or_else(|| DiskError::Missing(from.into()))?;
        let (old, new) = (self.platter.folder(parent(from)), self.platter.folder(parent(to)));
        let names = vec![(old, name(from), None), (new, name(to), Some(id))];
        self.platter.change(Change::Names(names));
        Ok(())
    }

    fn take_name(&mut self, path: &Path) -> Result<(), DiskError> {
        self.step(path)?;
        let folder = self.platter.folder(parent(path));
        self.platter.change(Change::Names(vec![(folder, name(path), None)]));
        Ok(())
    }

    fn names_in(&self, dir: &Path) -> Vec<PathBuf> {
        match self.platter.find(dir).and_then(|id| self.platter.node(id)) {
            Some(Node::Folder(names)) => names.keys().map(|name| dir.join(name)).collect(),
            _ => vec![],
        }
    }

    /// What lies inside goes first, one name at a time.
    fn remove_all(&mut self, path: &Path) -> Result<(), DiskError> {
        for inside in self.names_in(path) {
            self.remove_all(&inside)?;
        }
        self.take_name(path)
    }

    fn sync_all(&mut self, dir: &Path) -> Result<(), DiskError> {
        for path in self.names_in(dir) {
            match self.file(&path) {
                Some(file) => self.sync_file(&path, file)?,
                None => self.sync_all(&path)?,
            }
        }
        self.sync_folder(dir)
    }

    fn put_in_place(&mut self, draft: &Path, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let file = self.empty_file(draft)?;
        self.write(path, file, bytes)?;
        self.sync_file(path, file)?;
        self.move_name(draft, path)
    }
}

impl Disk for SimDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        let state = self.state();
        let bytes = state.bytes(path)?;
        if bytes.len() as u64 > bytes_max {
            return Err(DiskError::TooLarge { path: path.into(), bytes_max });
        }
        Ok(bytes.clone())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(path)?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(".draft");
        let draft = PathBuf::from(draft);
        if let Err(e) = state.put_in_place(&draft, path, bytes) {
            let _ = state.take_name(&draft);
            return Err(e);
        }
        state.sync_folder(parent(path))
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let state = &mut *self.state();
        if let Err(cut) = state.call(path) {
            let torn = state.torn_bytes.min(bytes.len());
            let file = state.file_for_append(path)?;
            state.write(path, file, bytes.get(..torn).unwrap_or_default())?;
            state.platter.sync_file(file);
            return Err(cut);
        }
        let is_new = state.file(path).is_none();
        let file = state.file_for_append(path)?;
        state.write(path, file, bytes)?;
        state.sync_file(path, file)?;
        if is_new { state.sync_folder(parent(path)) } else { Ok(()) }
    }

    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let state = &mut *self.state();
        state.call(path)?;
        let file = state.file_for_append(path)?;
        state.write(path, file, bytes)
    }

    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(path)?;
        state.bytes(path)?;
        let file = state.file_for_append(path)?;
        state.step(path)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(state.length_of(file));
        state.platter.change(Change::Length { file, length });
        state.sync_file(path, file)
    }

    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        match self.state().bytes(path) {
            Ok(bytes) => Ok(Some(bytes.len() as u64)),
            Err(DiskError::Missing(_) | DiskError::OtherKind(_)) => Ok(None),
            Err(stopped) => Err(stopped),
        }
    }

    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let state = self.state();
        if state.has_stopped() { Err(no_power(dir)) } else { Ok(state.names_in(dir)) }
    }

    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(dir)?;
        let missing = |path: &&Path| state.platter.find(path).is_none();
        let made: Vec<_> = dir.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        for path in made.iter().rev() {
            state.give_name(path, Node::Folder([].into()))?;
        }
        state.sync_folder(dir)?;
        dir.ancestors().take(made.len().max(1)).try_for_each(|d| state.sync_folder(parent(d)))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(to)?;
        state.move_name(from, to)?;
        state.sync_folder(parent(to))?;
        state.sync_folder(parent(from))
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(path)?;
        if state.platter.find(path).is_none() {
            return if state.has_stopped() { Err(no_power(path)) } else { Ok(()) };
        }
        state.remove_all(path)?;
        state.sync_folder(parent(path))
    }

    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        let mut state = self.state();
        state.call(dir)?;
        state.sync_all(dir)
    }

    fn free_bytes(&self, _path: &Path) -> Result<u64, DiskError> {
        Ok(self.state().bytes_left.unwrap_or(u64::MAX))
    }

    fn write_new(
        &self,
        path: &Path,
        pieces: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<(), DiskError> {
        self.state().call(path)?;
        let file = self.state().empty_file(path)?;
        for piece in pieces {
            self.state().write(path, file, &piece)?; // the pieces may themselves come off this disk
        }
        let mut state = self.state();
        state.sync_file(path, file)?;
        state.sync_folder(parent(path))
    }
}
