//! What lies on the simulated platter, what the machine believes to lie there, and what a power cut makes of the rest.
//!
//! A write is believed at once and lasts only after its file was synced; a name only after its folder was. At a cut every
//! change in between survives, vanishes or is torn at its sectors, as the dice fall. Names are undone newest first.

use super::SeedDice;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    path::{Component, Path},
};

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;
const TOP: Id = 0;

pub(super) type Id = u64;

/// A file's bytes, or a folder's names.
#[derive(Clone, Debug)]
pub(super) enum Node {
    File(Vec<u8>),
    Folder(BTreeMap<OsString, Id>),
}

/// One change that no sync has confirmed yet.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Write {
        file: Id,
        offset: usize,
        bytes: Vec<u8>,
    },
    Length {
        file: Id,
        length: usize,
    },
    /// Names given or taken in one stroke, as a rename does: folder, name, what it now names.
    Names(Vec<(Id, OsString, Option<Id>)>),
}

/// What power cuts did to changes that were not synced, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wounds {
    /// Writes that had reached the platter all the same.
    pub survived: u64,
    /// Writes of which nothing is left.
    pub vanished: u64,
    /// Writes of which some sectors are left.
    pub torn: u64,
    /// Files that are as long as they should be and hold nothing there.
    pub hollow: u64,
    /// Names given or taken that were undone.
    pub names_undone: u64,
}

/// The disk's two truths.
#[derive(Clone, Debug)]
pub(super) struct Platter {
    seen: BTreeMap<Id, Node>,
    lasting: BTreeMap<Id, Node>,
    unsynced: Vec<Change>,
    next: Id,
}

impl Default for Platter {
    fn default() -> Self {
        let empty = BTreeMap::from([(TOP, Node::Folder(BTreeMap::new()))]);
        Self { seen: empty.clone(), lasting: empty, unsynced: vec![], next: TOP + 1 }
    }
}

fn words(path: &Path) -> impl Iterator<Item = &OsStr> {
    path.components().filter_map(|part| match part {
        Component::Normal(word) => Some(word),
        _ => None,
    })
}

impl Platter {
    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.seen.get(&id)
    }

    pub(super) fn find(&self, path: &Path) -> Option<Id> {
        words(path).try_fold(TOP, |id, word| match self.node(id)? {
            Node::Folder(names) => names.get(word).copied(),
            Node::File(_) => None,
        })
    }

    /// The folder at `path`. Those a drill never made are there all the same, and last: drills name files at will.
    pub(super) fn folder(&mut self, path: &Path) -> Id {
        let mut id = TOP;
        for word in words(path) {
            let known = match self.seen.get(&id) {
                Some(Node::Folder(names)) => names.get(word).copied(),
                _ => None,
            };
            id = known.unwrap_or_else(|| {
                let fresh = self.fresh(Node::Folder(BTreeMap::new()));
                let given = Change::Names(vec![(id, word.to_owned(), Some(fresh))]);
                apply(&mut self.seen, &given);
                apply(&mut self.lasting, &given);
                fresh
            });
        }
        id
    }

    /// A node that has no name yet.
    pub(super) fn fresh(&mut self, node: Node) -> Id {
        let id = self.next;
        self.next += 1;
        self.seen.insert(id, node.clone());
        self.lasting.insert(id, node);
        id
    }

    /// Makes a change, without any sync.
    pub(super) fn change(&mut self, change: Change) {
        apply(&mut self.seen, &change);
        self.unsynced.push(change);
    }

    /// Everything written to one file lasts.
    pub(super) fn sync_file(&mut self, id: Id) {
        for change in std::mem::take(&mut self.unsynced) {
            match &change {
                Change::Write { file, .. } | Change::Length { file, .. } if *file == id => {
                    apply(&mut self.lasting, &change);
                }
                _ => self.unsynced.push(change),
            }
        }
    }

    /// Every name in one folder lasts, and so does what happened before it to the same names.
    pub(super) fn sync_folder(&mut self, id: Id) {
        let mut folders = BTreeSet::from([id]);
        let mut lasts = vec![false; self.unsynced.len()];
        for (change, lasts) in self.unsynced.iter().zip(&mut lasts).rev() {
            if let Change::Names(names) = change
                && names.iter().any(|(folder, ..)| folders.contains(folder))
            {
                folders.extend(names.iter().map(|(folder, ..)| *folder));
                *lasts = true;
            }
        }
        for (change, lasts) in std::mem::take(&mut self.unsynced).into_iter().zip(lasts) {
            if lasts {
                apply(&mut self.lasting, &change);
            } else {
                self.unsynced.push(change);
            }
        }
    }

    /// The power fails: what was not synced falls as the dice fall, and what is left is all there is.
    pub(super) fn cut(&mut self, dice: &SeedDice, wounds: &mut Wounds) {
        let unsynced = std::mem::take(&mut self.unsynced);
        let given = unsynced.iter().filter(|change| matches!(change, Change::Names(_))).count();
        let mut names_left = dice.below(given as u64 + 1);
        for change in unsynced {
            match &change {
                Change::Names(_) if names_left > 0 => {
                    names_left -= 1;
                    apply(&mut self.lasting, &change);
                }
                Change::Names(_) => wounds.names_undone += 1,
                Change::Length { .. } if dice.below(2) == 0 => apply(&mut self.lasting, &change),
                Change::Length { .. } => {}
                Change::Write { file, offset, bytes } => {
                    self.tear(*file, *offset, bytes, dice, wounds);
                }
            }
        }
        self.seen = self.lasting.clone();
    }

    fn tear(&mut self, file: Id, at: usize, bytes: &[u8], dice: &SeedDice, wounds: &mut Wounds) {
        let Some(Node::File(lasting)) = self.lasting.get_mut(&file) else { return };
        match dice.below(6) {
            0 => wounds.vanished += 1,
            1 => {
                wounds.survived += 1;
                write_at(lasting, at, bytes);
            }
            2 => {
                wounds.hollow += 1; // the new length was written down before the bytes
                lasting.resize(lasting.len().max(at + bytes.len()), 0);
            }
            _ => {
                wounds.torn += 1;
                let mut from = 0;
                while from < bytes.len() {
                    let sector = SECTOR_BYTES - (at + from) % SECTOR_BYTES;
                    let to = (from + sector).min(bytes.len());
                    if dice.below(2) == 0 {
                        write_at(lasting, at + from, bytes.get(from..to).unwrap_or_default());
                    }
                    from = to;
                }
            }
        }
    }

    /// Changes a file's bytes behind everybody's back.
    pub(super) fn tamper(&mut self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let Some(id) = self.find(path) else { return };
        self.sync_file(id);
        if let Some(Node::File(bytes)) = self.seen.get_mut(&id) {
            change(bytes);
            self.lasting.insert(id, Node::File(bytes.clone()));
        }
    }
}

fn apply(nodes: &mut BTreeMap<Id, Node>, change: &Change) {
    match change {
        Change::Write { file, offset, bytes } => {
            if let Some(Node::File(held)) = nodes.get_mut(file) {
                write_at(held, *offset, bytes);
            }
        }
        Change::Length { file, length } => {
            if let Some(Node::File(held)) = nodes.get_mut(file) {
                held.resize(*length, 0);
            }
        }
        Change::Names(names) => {
            for (folder, name, named) in names {
                let Some(Node::Folder(held)) = nodes.get_mut(folder) else { continue };
                match named {
                    Some(id) => drop(held.insert(name.clone(), *id)),
                    None => drop(held.remove(name)),
                }
            }
        }
    }
}

/// Bytes that were never written in between are zeros.
fn write_at(held: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    held.resize(held.len().max(at + bytes.len()), 0);
    if let Some(place) = held.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}
