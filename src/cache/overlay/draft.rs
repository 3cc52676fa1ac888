//! An overlay's store while it is filled, with the checksums that the slow reader will hold it against.

use crate::{
    cache::{
        CacheError,
        scrub::{StretchHasher, Stretches},
        store::{Store, sled_dir},
    },
    snapshot::Tree,
    sys::Disk,
};
use std::{cell::RefCell, collections::BTreeMap, path::Path};

/// Filled by tree, each in the order of its buckets.
pub(super) struct Draft {
    store: Store,
    hashers: RefCell<BTreeMap<Tree, StretchHasher>>,
}

impl Draft {
    pub(super) fn create(disk: &dyn Disk, dir: &Path) -> Result<Self, CacheError> {
        let hashers = Tree::ALL.map(|tree| (tree, StretchHasher::default()));
        let store = Store::create(disk, &sled_dir(dir))?;
        Ok(Self { store, hashers: RefCell::new(hashers.into()) })
    }

    /// What lies in it so far.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Adds a tree's next blocks.
    pub(super) fn put(&self, tree: Tree, blocks: Vec<(u32, Vec<u8>)>) -> Result<(), CacheError> {
        if let Some(hasher) = self.hashers.borrow_mut().get_mut(&tree) {
            blocks.iter().for_each(|(_, block)| hasher.take(block));
        }
        self.store.put(tree, blocks)
    }

    /// Pushes everything out of sled and closes it.
    pub(super) fn close(self) -> Result<Stretches, CacheError> {
        let mut stretches = Stretches::default();
        for (tree, hasher) in self.hashers.into_inner() {
            stretches.set(tree, hasher.finish());
        }
        self.store.close()?;
        Ok(stretches)
    }
}
