//! The pointer file: one line, the release's directory and a checksum. It is read closed: anything else names nothing.

use crate::snapshot::{Manifest, ReleaseId};

/// Names the release that answers.
pub(super) const POINTER_NAME: &str = "current";
/// Remembers the version of a store that was set aside.
pub(super) const FLOOR_NAME: &str = "floor";
/// Two hundred bytes hold either line.
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

    /// `<version>-<32 hex digits>`.
    pub(super) fn dir_name(&self) -> String {
        format!("{}-{}", self.version, self.release)
    }

    pub(super) fn from_dir_name(name: &str) -> Option<Self> {
        let (version, release) = name.split_once('-')?;
        let release = ReleaseId(u128::from_str_radix(release, 16).ok()?.to_be_bytes());
        let held = Self { version: version.parse().ok()?, release };
        (held.dir_name() == name).then_some(held) // one spelling only: no way out of the directory
    }

    /// The pointer's content.
    pub(super) fn line(&self) -> Vec<u8> {
        signed_off(&self.dir_name())
    }

    /// Reads the pointer's content; `None` if one byte is not as [`Held::line`] wrote it.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let held = Self::from_dir_name(first_word(bytes)?)?;
        (held.line() == bytes).then_some(held)
    }
}

/// The content of the note of the lowest version.
pub(super) fn floor_line(version: u64) -> Vec<u8> {
    signed_off(&version.to_string())
}

/// Reads that note, as strictly.
pub(super) fn parse_floor(bytes: &[u8]) -> Option<u64> {
    let version = first_word(bytes)?.parse().ok()?;
    (floor_line(version) == bytes).then_some(version)
}

fn first_word(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()?.split(' ').next()
}

fn signed_off(word: &str) -> Vec<u8> {
    format!("{word} {}\n", blake3::hash(word.as_bytes())).into_bytes()
}

/// For the fuzz target: the pointer and the note of the lowest version.
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let _ = Held::parse(bytes);
    let _ = parse_floor(bytes);
}

#[cfg(test)]
#[test]
fn no_seed_of_a_pointer_and_nothing_near_it_makes_reading_panic() {
    let held = Held { version: 12, release: ReleaseId([0xab; 16]) };
    let seeds = [("pointer", held.line()), ("floor", floor_line(12))];
    crate::sys::corpus::replay("pointer", &seeds, probe);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HELD: Held = Held { version: 7, release: ReleaseId([0x0c; 16]) };

    #[test]
    fn the_pointer_reads_back() {
        assert_eq!(Held::parse(&HELD.line()), Some(HELD));
        assert!(HELD.line().len() as u64 <= BYTES_MAX);
        assert_eq!(parse_floor(&floor_line(7)), Some(7));
    }

    #[test]
    fn no_pointer_with_a_changed_cut_or_added_byte_names_anything() {
        let line = HELD.line();
        for at in 0..line.len() {
            let mut bent = line.clone();
            bent[at] ^= 1;
            assert_eq!(Held::parse(&bent), None, "byte {at}");
            assert_eq!(Held::parse(&line[..at]), None, "cut at {at}");
        }
        assert_eq!(Held::parse(&[&line[..], b"\n"].concat()), None);
    }

    #[test]
    fn a_pointer_out_of_the_directory_names_nothing() {
        assert_eq!(Held::parse(&signed_off("../../etc")), None);
        assert_eq!(Held::parse(&signed_off(&format!("+7-{}", HELD.release))), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_pointer_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            prop_assert_eq!(Held::parse(&bytes), None);
            prop_assert_eq!(parse_floor(&bytes), None);
        }
    }
}
