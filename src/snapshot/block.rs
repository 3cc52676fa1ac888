//! What a keyed block holds once it is open: bodies under fragments of blinded keys. Malformed bytes are `None`, never a
//! panic.
//!
//! `count · count fragments · count lengths · bodies`: a reader scans the fragments and skips to the one body it wants.

use super::{
    Blind,
    wire::{Reader, put_number},
};

/// Where in a blinded key its fragment begins: the first half chose the bucket.
const FRAGMENT_START: usize = 8;

/// How many bytes of a blinded key stand in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    /// Six: the record found tells its own identity and is held against the key asked for.
    Short,
    /// Eight: a medical body tells nobody's name, so chance must not find it.
    Long,
}

impl Fragment {
    fn bytes(self) -> usize {
        match self {
            Self::Short => 6,
            Self::Long => 8,
        }
    }

    fn of(self, blind: &Blind) -> &[u8] {
        blind.get(FRAGMENT_START..FRAGMENT_START + self.bytes()).unwrap_or_default()
    }
}

/// The first byte of a family's fragment, which tells it from most others in its block.
pub(super) fn hint(blind: &Blind) -> u8 {
    blind[FRAGMENT_START]
}

/// Writes a block. Each key once; the caller has joined what belongs together.
pub(super) fn write(fragment: Fragment, entries: &[(Blind, Vec<u8>)]) -> Vec<u8> {
    let bodies: usize = entries.iter().map(|(_, body)| body.len()).sum();
    let mut block = Vec::with_capacity(bodies + entries.len() * 10 + 2);
    put_number(&mut block, entries.len() as u64);
    entries.iter().for_each(|(blind, _)| block.extend_from_slice(fragment.of(blind)));
    entries.iter().for_each(|(_, body)| put_number(&mut block, body.len() as u64));
    entries.iter().for_each(|(_, body)| block.extend_from_slice(body));
    block
}

/// The body under one blinded key: `None` is malformed, `Some(None)` nobody.
pub(super) fn find<'a>(
    fragment: Fragment,
    plain: &'a [u8],
    blind: &Blind,
) -> Option<Option<&'a [u8]>> {
    let wanted = fragment.of(blind);
    let mut found = None;
    for (key, body) in entries(fragment, plain)? {
        if key == wanted {
            found = Some(body);
            break;
        }
    }
    Some(found)
}

/// Every entry, if the block reads to its very end.
pub(super) fn entries(
    fragment: Fragment,
    plain: &[u8],
) -> Option<impl Iterator<Item = (&[u8], &[u8])>> {
    let mut reader = Reader::new(plain);
    let count: usize = reader.small()?;
    let keys = reader.take(count.checked_mul(fragment.bytes())?)?;
    let lengths = reader.rest();
    let mut reader = Reader::new(lengths);
    let mut total = 0_usize;
    for _ in 0..count {
        total = total.checked_add(reader.small()?)?;
    }
    let mut bodies = Reader::new(reader.rest());
    let mut lengths = Reader::new(lengths);
    if bodies.left() != total {
        return None;
    }
    Some(keys.chunks_exact(fragment.bytes()).map_while(move |key| {
        let length = lengths.small()?;
        Some((key, bodies.take(length)?))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_body_is_found_under_its_key_and_nothing_under_another(
            entries in proptest::collection::btree_map(any::<Blind>(), proptest::collection::vec(any::<u8>(), 0..40), 0..12),
            stranger: Blind,
        ) {
            let entries: Vec<_> = entries.into_iter().collect();
            for fragment in [Fragment::Short, Fragment::Long] {
                let block = write(fragment, &entries);
                for (blind, body) in &entries {
                    prop_assert_eq!(find(fragment, &block, blind), Some(Some(&body[..])));
                }
                prop_assert_eq!(find(fragment, &block, &stranger), Some(None));
                for cut in 0..block.len() {
                    prop_assert!(find(fragment, &block[..cut], &stranger).is_none(), "cut at {}", cut);
                }
                let longer = [&block[..], &[0]].concat();
                prop_assert!(find(fragment, &longer, &stranger).is_none());
            }
        }

        #[test]
        fn no_bytes_make_a_block_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), blind: Blind) {
            let _ = find(Fragment::Short, &bytes, &blind);
        }
    }

    #[test]
    fn a_count_no_block_could_hold_is_malformed() {
        let mut block = vec![];
        put_number(&mut block, u64::MAX >> 1);
        assert!(find(Fragment::Long, &block, &[0; 16]).is_none());
    }
}
