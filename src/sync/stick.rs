//! Whether it is time to exchange with a USB stick. Decides only; who waits and who exchanges is elsewhere.

use super::{DirLink, Link, LinkError, names};
use crate::{limits::INDEX_BYTES_MAX, sys::Disk};
use std::{path::Path, sync::Arc};

/// What a look at the stick's folder found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StickSight {
    /// No folder, or nothing at all in it: a mount point without its stick. Normal life.
    #[default]
    Absent,
    /// Something, but no index: it offers nothing.
    Bare,
    /// Something that cannot be read.
    Unreadable,
    /// An index, by the BLAKE3 hash of its bytes.
    Index([u8; 32]),
}

impl StickSight {
    /// Looks now. Reads the index and nothing else.
    pub fn look(disk: &Arc<dyn Disk>, folder: &Path) -> Self {
        match disk.list(folder) {
            Ok(names) if names.is_empty() => return Self::Absent,
            Ok(_) => {}
            Err(_) => return Self::Unreadable,
        }
        let link = DirLink::new(Arc::clone(disk), folder);
        match link.and_then(|link| link.read(names::INDEX, INDEX_BYTES_MAX)) {
            Ok(index) => Self::Index(*blake3::hash(&index).as_bytes()),
            Err(LinkError::NoFolder(_)) => Self::Absent, // taken out meanwhile
            Err(LinkError::Missing) => Self::Bare,
            Err(_) => Self::Unreadable,
        }
    }
}

/// What is remembered from look to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StickWatch {
    seen: StickSight,
    asked: u64,
}

impl StickWatch {
    /// Whether an exchange is due: an index came or changed, what came cannot be read (the exchange tells why), or somebody
    /// asked. `asked` counts how often, ever. What turns unreadable while it is there waits: a dying stick would be
    /// exchanged with for ever.
    #[must_use]
    pub fn is_due(&self, sight: StickSight, asked: u64) -> bool {
        let came = match sight {
            StickSight::Absent => return false,
            StickSight::Bare => false,
            StickSight::Unreadable => matches!(self.seen, StickSight::Absent | StickSight::Bare),
            StickSight::Index(_) => self.seen != sight,
        };
        came || self.asked != asked
    }

    /// Remembers what was seen and asked for, once nothing was due or the exchange has ended, however it ended: the same
    /// stick is not tried again unasked.
    pub fn note(&mut self, sight: StickSight, asked: u64) {
        *self = Self { seen: sight, asked };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SimDisk;

    const STICK: &str = "/media/sonae";

    /// A stick on a simulated disk, looked at again and again.
    struct Watched {
        disk: Arc<SimDisk>,
        watch: StickWatch,
        asked: u64,
    }

    impl Watched {
        fn new() -> Self {
            Self { disk: Arc::new(SimDisk::new()), watch: StickWatch::default(), asked: 0 }
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            self.disk.replace(&Path::new(STICK).join(name), bytes).unwrap();
        }

        fn take_out(&self) {
            self.disk.remove(Path::new(STICK)).unwrap();
        }

        /// One look, and the exchange where it is due.
        fn turn(&mut self) -> bool {
            let disk: Arc<dyn Disk> = self.disk.clone();
            let sight = StickSight::look(&disk, Path::new(STICK));
            let due = self.watch.is_due(sight, self.asked);
            self.watch.note(sight, self.asked);
            due
        }
    }

    #[test]
    fn a_stick_is_exchanged_with_when_it_comes_and_when_its_index_changes_and_no_more() {
        let mut stick = Watched::new();
        assert!(!stick.turn(), "no stick is normal life");
        stick.put(names::INDEX, b"one");
        assert!(stick.turn());
        assert!(!stick.turn());
        stick.put("inbox/00/a.batch", b"laid by the box itself");
        assert!(!stick.turn(), "the index is the same");
        stick.put(names::INDEX, b"two");
        assert!(stick.turn());
        stick.take_out();
        assert!(!stick.turn());
        stick.put(names::INDEX, b"two");
        assert!(stick.turn(), "it was away, and may bring receipts");
    }

    #[test]
    fn whoever_asks_gets_one_exchange_with_what_is_there_and_none_with_nothing() {
        let mut stick = Watched::new();
        stick.asked = 1;
        assert!(!stick.turn());
        stick.put("System Volume Information", b"");
        assert!(!stick.turn(), "it was asked for when no stick was there");
        stick.asked = 2;
        assert!(stick.turn(), "a stick without an index still takes what waits");
        assert!(!stick.turn());
        stick.put(names::INDEX, b"one");
        assert!(stick.turn());
        stick.asked = 3;
        assert!(stick.turn());
        assert!(!stick.turn());
    }

    #[test]
    fn a_stick_that_cannot_be_read_is_told_once_and_tried_again_when_it_can() {
        let mut stick = Watched::new();
        stick.put(names::INDEX, &vec![0; INDEX_BYTES_MAX as usize + 1]);
        assert!(stick.turn());
        assert!(!stick.turn());
        stick.put(names::INDEX, b"one");
        assert!(stick.turn());
        stick.put(names::INDEX, &vec![0; INDEX_BYTES_MAX as usize + 1]);
        assert!(!stick.turn(), "a dying stick is not tried for ever");
    }
}
