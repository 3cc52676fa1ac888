//! The chain: frames on the disk, each bound to the one before it by hash. Readable without the key, and so verifiable.
//!
//! A frame is `length u32 · sequence u64 · CRC-32 of those twelve bytes · hash 32 · sealed bytes`, big-endian. The hash
//! is BLAKE3 over the former hash, the sequence and the sealed bytes.

use crate::limits::JOURNAL_ENTRY_BYTES_MAX;

const FIXED_BYTES: usize = 4 + 8 + 4;
const HASH_BYTES: usize = 32;
/// Bytes of a frame in front of the sealed entry.
pub const FRAME_HEADER_BYTES: usize = FIXED_BYTES + HASH_BYTES;

/// Where the chain stands: the last sequence number and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// Sequence number of the last entry; 0 before the first.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// The head of an empty journal. It names the box, so that no journal passes for another box's.
#[must_use]
pub fn genesis(box_id: &[u8; 16]) -> ChainHead {
    let hash = blake3::Hasher::new_derive_key("sonae journal genesis v1").update(box_id).finalize();
    ChainHead { sequence: 0, hash: *hash.as_bytes() }
}

/// One frame, as found.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its place in the chain, from 1.
    pub sequence: u64,
    /// Hash that binds it to all before it.
    pub hash: [u8; 32],
    /// Encrypted entry.
    pub sealed: &'a [u8],
    /// Where the frame starts in the file.
    pub offset: usize,
}

/// How a chain ends before the file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The last append did not finish: nothing acknowledged is in it, it may be cut off at this offset.
    TornTail {
        /// Length of the whole part.
        whole_bytes: usize,
    },
    /// Something in the middle, or a finished entry, was changed.
    Altered {
        /// First frame that does not fit.
        sequence: u64,
    },
}

/// All whole frames, and what stopped the walk.
#[derive(Debug)]
pub struct FrameWalk<'a> {
    /// Whole frames in order.
    pub frames: Vec<Frame<'a>>,
    /// Head after the last whole frame.
    pub head: ChainHead,
    /// What follows it, if anything.
    pub damage: Option<Damage>,
}

impl ChainHead {
    /// The head after one more sealed entry.
    #[must_use]
    pub fn next(&self, sealed: &[u8]) -> Self {
        let sequence = self.sequence + 1;
        let mut hasher = blake3::Hasher::new_derive_key("sonae journal chain v1");
        hasher.update(&self.hash).update(&sequence.to_be_bytes()).update(sealed);
        Self { sequence, hash: *hasher.finalize().as_bytes() }
    }
}

/// The frame that takes the chain to `head`.
#[must_use]
pub fn frame_bytes(head: &ChainHead, sealed: &[u8]) -> Vec<u8> {
    let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_be_bytes();
    let sequence = head.sequence.to_be_bytes();
    let fixed = [&length[..], &sequence[..]].concat();
    let crc = crc32fast::hash(&fixed).to_be_bytes();
    [&fixed[..], &crc, &head.hash, sealed].concat()
}

/// Walks a journal from its genesis.
#[must_use]
pub fn walk(bytes: &[u8], start: ChainHead) -> FrameWalk<'_> {
    let (mut frames, mut head, mut offset) = (vec![], start, 0);
    while offset < bytes.len() {
        let rest = bytes.get(offset..).unwrap_or_default();
        match whole_frame(rest, offset, &head) {
            Some(frame) => {
                offset += FRAME_HEADER_BYTES + frame.sealed.len();
                head = ChainHead { sequence: frame.sequence, hash: frame.hash };
                frames.push(frame);
            }
            None => {
                let damage = classify(rest, head.sequence + 1, offset);
                return FrameWalk { frames, head, damage: Some(damage) };
            }
        }
    }
    FrameWalk { frames, head, damage: None }
}

struct Header {
    sealed_bytes: usize,
    sequence: u64,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sequence, rest) = rest.split_first_chunk::<8>()?;
    let (crc, _) = rest.split_first_chunk::<4>()?;
    let fits = crc32fast::hash(bytes.get(..12)?).to_be_bytes() == *crc;
    let sealed_bytes = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    (fits && sealed_bytes <= JOURNAL_ENTRY_BYTES_MAX)
        .then(|| Header { sealed_bytes, sequence: u64::from_be_bytes(*sequence) })
}

fn whole_frame<'a>(bytes: &'a [u8], offset: usize, before: &ChainHead) -> Option<Frame<'a>> {
    let header = header(bytes)?;
    let hash: [u8; 32] = bytes.get(FIXED_BYTES..FRAME_HEADER_BYTES)?.try_into().ok()?;
    let sealed = bytes.get(FRAME_HEADER_BYTES..FRAME_HEADER_BYTES + header.sealed_bytes)?;
    let expected = before.next(sealed);
    (header.sequence == expected.sequence && hash == expected.hash).then_some(Frame {
        sequence: header.sequence,
        hash,
        sealed,
        offset,
    })
}

/// A torn append leaves at most one unfinished frame and nothing behind it. Everything else was done to the file.
///
/// A last frame that is complete in length but does not hash counts as torn too: its sectors may have reached the disk
/// out of order, and it was never acknowledged. `sonae journal verify` reports it all the same.
fn classify(rest: &[u8], sequence: u64, offset: usize) -> Damage {
    let one_frame_at_most = rest.len() <= FRAME_HEADER_BYTES + JOURNAL_ENTRY_BYTES_MAX;
    let later_frame =
        |at| rest.get(at..).and_then(header).is_some_and(|found| found.sequence > sequence);
    if one_frame_at_most && !(1..rest.len()).any(later_frame) {
        Damage::TornTail { whole_bytes: offset }
    } else {
        Damage::Altered { sequence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn journal(entries: &[&[u8]]) -> Vec<u8> {
        let mut head = genesis(&[1; 16]);
        let mut bytes = vec![];
        for sealed in entries {
            head = head.next(sealed);
            bytes.extend(frame_bytes(&head, sealed));
        }
        bytes
    }

    const THREE: [&[u8]; 3] = [b"first entry", b"second entry", b"third entry"];

    #[test]
    fn a_whole_chain_has_no_damage() {
        let bytes = journal(&THREE);
        let walk = walk(&bytes, genesis(&[1; 16]));
        assert_eq!(walk.damage, None);
        assert_eq!(walk.frames.iter().map(|f| f.sealed).collect::<Vec<_>>(), THREE);
    }

    #[test]
    fn every_cut_in_the_last_frame_is_a_torn_tail_and_costs_only_that_frame() {
        let bytes = journal(&THREE);
        let whole = journal(&THREE[..2]).len();
        for cut in whole + 1..bytes.len() {
            let walk = walk(&bytes[..cut], genesis(&[1; 16]));
            assert_eq!(walk.damage, Some(Damage::TornTail { whole_bytes: whole }), "cut at {cut}");
        }
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let bytes = journal(&THREE);
        let whole = journal(&THREE[..2]).len();
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 0x40;
            let damage = walk(&bent, genesis(&[1; 16])).damage.expect("found");
            if at < whole {
                assert!(matches!(damage, Damage::Altered { .. }), "byte {at}: {damage:?}");
            }
        }
    }

    #[test]
    fn a_journal_of_another_box_is_not_ours() {
        let bytes = journal(&THREE);
        assert_eq!(walk(&bytes, genesis(&[2; 16])).damage, Some(Damage::Altered { sequence: 1 }));
    }

    #[test]
    fn a_removed_entry_is_found() {
        let bytes = journal(&THREE);
        let first = journal(&THREE[..1]).len();
        let second = journal(&THREE[..2]).len();
        let without_second = [&bytes[..first], &bytes[second..]].concat();
        assert!(walk(&without_second, genesis(&[1; 16])).damage.is_some());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_walk_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = walk(&bytes, genesis(&[1; 16]));
        }
    }
}
