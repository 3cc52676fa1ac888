//! What a block holds once it is open: entries under blinded keys. Malformed bytes are `None`, never a panic.

use super::{Blind, record::Reader};

/// Adds one entry to a plain block.
pub(super) fn put_entry(block: &mut Vec<u8>, blind: &Blind, body: &[u8]) {
    block.extend_from_slice(blind);
    super::record::put_bytes(block, body);
}

/// Every entry of a plain block; `None` if it does not read to its very end.
pub(super) fn entries(plain: &[u8]) -> Option<Vec<(Blind, &[u8])>> {
    let mut reader = Reader::new(plain);
    let mut entries = vec![];
    while !reader.is_empty() {
        entries.push((reader.array()?, reader.bytes()?));
    }
    Some(entries)
}

/// The bodies under one blinded key; none is an empty list, a malformed block is `None`.
pub(super) fn find<'a>(plain: &'a [u8], blind: &Blind) -> Option<Vec<&'a [u8]>> {
    let found = entries(plain)?.into_iter().filter(|(key, _)| key == blind);
    Some(found.map(|(_, body)| body).collect())
}

/// A row of blinded keys, the body of an entry in the birth index.
pub(super) fn blinds(body: &[u8]) -> Option<Vec<Blind>> {
    let (rows, rest) = body.as_chunks::<16>();
    rest.is_empty().then(|| rows.to_vec())
}
