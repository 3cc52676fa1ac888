//! The pointer file: one line, the base's directory or the overlay's on it, and a checksum. It is read closed: anything
//! else names nothing.

use crate::snapshot::{Manifest, ReleaseId};

/// Names the release that answers.
pub(super) const POINTER_NAME: &str = "current";
/// Remembers the version of a store that was set aside.
pub(super) const FLOOR_NAME: &str = "floor";
/// Two hundred bytes hold any line.
pub(super) const BYTES_MAX: u64 = 200;

/// Which release a directory or the pointer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its version.
    pub version: u64,
    /// Its name.
    pub release: ReleaseId,
}

impl Held {
    pub(super) fn of(manifest: &Manifest) -> Self {
        Self { version: manifest.version(), release: manifest.release_id() }
    }

    /// What it is called on the disk and in the journal: `<version>-<32 hex digits>`.
    #[must_use]
    pub fn dir_name(&self) -> String {
        format!("{}-{}", self.version, self.release)
    }

    /// Reads [`Held::dir_name`] back; `None` for any other spelling.
    #[must_use]
    pub fn from_dir_name(name: &str) -> Option<Self> {
        let (version, release) = name.split_once('-')?;
        let release = ReleaseId(u128::from_str_radix(release, 16).ok()?.to_be_bytes());
        let held = Self { version: version.parse().ok()?, release };
        (held.dir_name() == name).then_some(held) // one spelling only: no way out of the directory
    }
}

/// What answers: a whole release, and the newest of the deltas merged over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// The whole release.
    pub(super) base: Held,
    /// The newest delta.
    pub(super) overlay: Option<Held>,
}

impl Pointer {
    /// A whole release alone.
    pub(super) fn whole(base: Held) -> Self {
        Self { base, overlay: None }
    }

    /// The newest release of the two.
    pub(super) fn tip(&self) -> Held {
        self.overlay.unwrap_or(self.base)
    }

    /// The base's directory, or `<base>+<newest delta>`, the overlay's beside it.
    pub(super) fn dir_name(&self) -> String {
        let base = self.base.dir_name();
        self.overlay.map_or(base.clone(), |delta| format!("{base}+{}", delta.dir_name()))
    }

    pub(super) fn from_dir_name(name: &str) -> Option<Self> {
        let Some((base, delta)) = name.split_once('+') else {
            return Held::from_dir_name(name).map(Self::whole);
        };
        let (base, delta) = (Held::from_dir_name(base)?, Held::from_dir_name(delta)?);
        (base.version < delta.version).then_some(Self { base, overlay: Some(delta) })
    }

    /// The pointer's content.
    pub(super) fn line(&self) -> Vec<u8> {
        signed_off(&self.dir_name())
    }

    /// Reads the pointer's content; `None` if one byte is not as [`Pointer::line`] wrote it.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let pointer = Self::from_dir_name(first_word(bytes)?)?;
        (pointer.line() == bytes).then_some(pointer)
    }
}

/// What is known elsewhere, where nobody who writes into the cache can change it, of the newest release ever held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Its version; 0 where there was none.
    pub version: u64,
    /// The whole release it was, or built on; `None` where that was not written down.
    pub root: Option<Held>,
}

/// What is remembered beyond the pointer: the highest version held, and the whole release under it where it was a delta's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Floor {
    /// The highest version ever switched to.
    pub(super) version: u64,
    /// The whole release at the root of its chain.
    pub(super) root: Option<Held>,
}

impl Floor {
    /// The floor once this is held too.
    pub(super) fn raised_to(self, held: Option<Pointer>) -> Self {
        match held {
            Some(held) if held.tip().version >= self.version => {
                Self { version: held.tip().version, root: held.overlay.map(|_| held.base) }
            }
            _ => self,
        }
    }

    /// Whether something older than what was held may stand here, or come: only the root.
    pub(super) fn lets_return(&self, base: Held) -> bool {
        self.root == Some(base)
    }

    /// The lowest version that may come on top of a whole release: where the one at the root came back, its deltas may too.
    pub(super) fn over(self, base: Held) -> u64 {
        if self.lets_return(base) { 0 } else { self.version }
    }

    /// The note's content: the version, and `@` and the root where there is one.
    pub(super) fn line(&self) -> Vec<u8> {
        let version = self.version;
        signed_off(
            &self.root.map_or(version.to_string(), |root| format!("{version}@{}", root.dir_name())),
        )
    }

    /// Reads the note; `None` if one byte is not as [`Floor::line`] wrote it.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let word = first_word(bytes)?;
        let floor = match word.split_once('@') {
            None => Self { version: word.parse().ok()?, root: None },
            Some((version, root)) => {
                Self { version: version.parse().ok()?, root: Some(Held::from_dir_name(root)?) }
            }
        };
        (floor.line() == bytes).then_some(floor)
    }
}

fn first_word(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()?.split(' ').next()
}

fn signed_off(word: &str) -> Vec<u8> {
    format!("{word} {}\n", blake3::hash(word.as_bytes())).into_bytes()
}

/// For the fuzz target: the pointer, the note of the lowest version, and the names of folders that were delivered or lie there.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let _ = (Pointer::parse(bytes), Floor::parse(bytes));
    if let Ok(name) = std::str::from_utf8(bytes) {
        let found = Pointer::from_dir_name(name).map(|pointer| pointer.dir_name());
        assert!(found.is_none_or(|found| found == name), "one spelling only");
    }
}

#[cfg(test)]
#[test]
fn no_seed_of_a_pointer_and_nothing_near_it_makes_reading_panic() {
    let base = Held { version: 12, release: ReleaseId([0xab; 16]) };
    let delta = Held { version: 14, release: ReleaseId([0xcd; 16]) };
    let seeds = [
        ("folder", base.dir_name().into()),
        ("folder-with-overlay", Pointer { base, overlay: Some(delta) }.dir_name().into()),
        ("pointer", Pointer::whole(base).line()),
        ("pointer-with-overlay", Pointer { base, overlay: Some(delta) }.line()),
        ("floor", Floor { version: 12, root: None }.line()),
        ("floor-with-root", Floor { version: 14, root: Some(base) }.line()),
    ];
    crate::sys::corpus::replay("pointer", &seeds, probe);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HELD: Held = Held { version: 7, release: ReleaseId([0x0c; 16]) };
    const NEXT: Held = Held { version: u64::MAX, release: ReleaseId([0xfd; 16]) };
    const BOTH: [Pointer; 2] =
        [Pointer { base: HELD, overlay: None }, Pointer { base: HELD, overlay: Some(NEXT) }];

    #[test]
    fn the_pointer_reads_back() {
        for pointer in BOTH {
            assert_eq!(Pointer::parse(&pointer.line()), Some(pointer));
            assert!(pointer.line().len() as u64 <= BYTES_MAX);
        }
        assert_eq!(Pointer::parse(&signed_off(&HELD.dir_name())), Some(BOTH[0]), "no overlay");
        for root in [None, Some(HELD)] {
            let floor = Floor { version: 9, root };
            assert_eq!(Floor::parse(&floor.line()), Some(floor));
            assert!(floor.line().len() as u64 <= BYTES_MAX);
        }
    }

    #[test]
    fn no_pointer_with_a_changed_cut_or_added_byte_names_anything() {
        for line in BOTH.map(|pointer| pointer.line()) {
            for at in 0..line.len() {
                let mut bent = line.clone();
                bent[at] ^= 1;
                assert_eq!(Pointer::parse(&bent), None, "byte {at}");
                assert_eq!(Pointer::parse(&line[..at]), None, "cut at {at}");
            }
            assert_eq!(Pointer::parse(&[&line[..], b"\n"].concat()), None);
        }
    }

    #[test]
    fn a_pointer_out_of_the_directory_names_nothing() {
        let held = HELD.dir_name();
        let backwards = format!("{}+{held}", NEXT.dir_name());
        for word in ["../../etc", &format!("+{held}"), &format!("{held}+"), &backwards] {
            assert_eq!(Pointer::parse(&signed_off(word)), None, "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_pointer_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            prop_assert_eq!(Pointer::parse(&bytes), None);
            prop_assert_eq!(Floor::parse(&bytes), None);
        }
    }
}
