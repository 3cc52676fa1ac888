//! The names on a link, the same over HTTPS and on a stick, and the one rule that keeps them inside it.

use crate::{
    seal::Kid,
    sync::{BoxIdBytes, LinkError},
};

/// What is offered: hints only, unsigned.
pub const INDEX: &str = "index.cbor";
/// The signed trust list.
pub const TRUST_LIST: &str = "trust/list.cose";
/// Where the root documents lie, one file a version.
pub const ROOTS: &str = "trust/roots";
/// Where the revocation lists lie.
pub const REVOCATIONS: &str = "revocations";
/// Where the orders lie.
pub const ORDERS: &str = "orders";
/// Where the releases lie, one folder a version.
pub const RELEASES: &str = "releases";
/// Where the deltas lie, one folder a root and version.
pub const DELTAS: &str = "deltas";
/// Where boxes leave their batches.
pub const INBOX: &str = "inbox";
/// Where the hub leaves its receipts.
pub const RECEIPTS: &str = "receipts";
/// A release's signed manifest.
pub const MANIFEST: &str = "manifest.cose";

const SEGMENTS_MAX: usize = 4;
const SEGMENT_CHARS_MAX: usize = 96;

/// Lower-case hexadecimal digits, two a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads exactly `N` bytes of lower-case hexadecimal: one spelling only, because names are compared as text.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !odd.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// One version of the root document.
#[must_use]
pub fn root(version: u64) -> String {
    format!("{ROOTS}/{version}.cose")
}

/// An issuer's revocation list.
#[must_use]
pub fn revocations(issuer: Kid) -> String {
    format!("{REVOCATIONS}/{issuer}.cose")
}

/// One revision of an order.
#[must_use]
pub fn order(number: u32, revision: u16) -> String {
    format!("{ORDERS}/{number}-{revision}.cose")
}

/// One file of a release.
#[must_use]
pub fn release_file(version: u64, file: &str) -> String {
    format!("{RELEASES}/{version}/{file}")
}

/// One file of a delta.
#[must_use]
pub fn delta_file(root: u64, version: u64, file: &str) -> String {
    format!("{DELTAS}/{root}-{version}/{file}")
}

/// Where a box leaves a batch.
#[must_use]
pub fn batch(box_id: &BoxIdBytes, digest: &[u8; 32]) -> String {
    format!("{INBOX}/{}/{}.batch", hex(box_id), hex(digest))
}

/// Where the hub leaves the receipt for it.
#[must_use]
pub fn receipt(box_id: &BoxIdBytes, digest: &[u8; 32]) -> String {
    format!("{RECEIPTS}/{}/{}.cose", hex(box_id), hex(digest))
}

/// Lets through only names that stay below the link's root on every system: one to four segments of `a-z 0-9 . _ -`,
/// none of which begins with a dot.
pub fn check(name: &str) -> Result<(), LinkError> {
    let plain = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    let sound = |segment: &str| {
        (1..=SEGMENT_CHARS_MAX).contains(&segment.len())
            && !segment.starts_with('.')
            && segment.bytes().all(plain)
    };
    if name.split('/').count() <= SEGMENTS_MAX && name.split('/').all(sound) {
        Ok(())
    } else {
        Err(LinkError::BadName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn every_name_of_the_protocol_passes_and_path_tricks_do_not() {
        for name in [
            INDEX,
            TRUST_LIST,
            &root(31),
            &revocations(Kid([0xab, 1, 2, 3])),
            &order(7, 2),
            &release_file(3, "person.blk"),
            &delta_file(3, u64::MAX, "person.blk"),
            &batch(&[1; 16], &[2; 32]),
            &receipt(&[1; 16], &[2; 32]),
        ] {
            assert!(check(name).is_ok(), "{name}");
        }
        for trick in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            ".hidden",
            "a/.b",
            "a\\b",
            "A",
            "a%2fb",
            "a\0b",
            "c:",
            "a b",
            "a/b/c/d/e",
            "髙",
            "a?b",
            "a#b",
        ] {
            assert!(check(trick).is_err(), "{trick:?}");
        }
        assert!(check(&"a".repeat(97)).is_err());
    }

    #[test]
    fn hexadecimal_has_one_spelling() {
        assert_eq!(from_hex::<2>("00ff"), Some([0, 255]));
        for odd in ["00FF", "0ff", "00ff0", "00fg", "", "+0ff"] {
            assert_eq!(from_hex::<2>(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_passes_never_leaves_the_root(name in "[a-z./_-]{0,24}") {
            if check(&name).is_ok() {
                prop_assert!(Path::new(&name).components().all(|c| matches!(c, Component::Normal(_))));
            }
        }
    }
}
