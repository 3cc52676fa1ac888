//! A batch: journal entries sealed to the hub and signed by the box. Whoever carries it sees neither what is in it nor,
//! but for steps of a kilobyte, how much.

use super::{SyncError, peek};
use crate::{
    journal::{ChainHead, OutboxItem},
    limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, BATCH_PLAIN_BYTES_MAX, JOURNAL_ENTRY_BYTES_MAX},
    seal::{self, Purpose, SealingKey, SealingPublicKey, SigningKeypair, VerifyingKey},
};
use minicbor::{Decode, Decoder, Encode};

const PURPOSE: Purpose = Purpose("sonae batch v1");
const BODY: &str = "sonae batch body v1";
const PADDED_TO_BYTES: usize = 1 << 10;
/// CBOR around one item: array, sequence, length.
const ITEM_OVERHEAD_BYTES: usize = 16;
const BODY_OVERHEAD_BYTES: usize = 128;

/// A box's name, as it stands on a link in hexadecimal.
pub type BoxIdBytes = [u8; 16];

/// A batch ready for a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// What to leave on the link.
    pub bytes: Vec<u8>,
    /// BLAKE3 of the bytes; the batch's name.
    pub digest: [u8; 32],
    /// First entry in it.
    pub from: u64,
    /// Last entry in it.
    pub to: u64,
}

/// A batch whose signature was verified and whose seal was opened. [`open_batch`] is its only door.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    box_id: BoxIdBytes,
    digest: [u8; 32],
    from: u64,
    to: u64,
    head: ChainHead,
    items: Vec<OutboxItem>,
}

impl Batch {
    /// Whose.
    #[must_use]
    pub fn box_id(&self) -> &BoxIdBytes {
        &self.box_id
    }

    /// BLAKE3 of the bytes that were opened.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// First entry in it.
    #[must_use]
    pub fn from(&self) -> u64 {
        self.from
    }

    /// Last entry in it.
    #[must_use]
    pub fn to(&self) -> u64 {
        self.to
    }

    /// Where the box's journal stood when it was sealed: the witness that it does not go back.
    #[must_use]
    pub fn head(&self) -> &ChainHead {
        &self.head
    }

    /// The entries, ascending.
    #[must_use]
    pub fn items(&self) -> &[OutboxItem] {
        &self.items
    }
}

#[derive(Encode, Decode)]
struct Body {
    #[cbor(n(0), with = "minicbor::bytes")]
    box_id: BoxIdBytes,
    #[n(1)]
    from: u64,
    #[n(2)]
    to: u64,
    #[n(3)]
    head_sequence: u64,
    #[cbor(n(4), with = "minicbor::bytes")]
    head_hash: [u8; 32],
    #[n(5)]
    items: Vec<OutboxItem>,
}

#[derive(Encode, Decode)]
struct Cover {
    #[cbor(n(0), with = "minicbor::bytes")]
    box_id: BoxIdBytes,
    #[cbor(n(1), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

/// The name of a batch: BLAKE3 of its bytes.
#[must_use]
pub fn batch_digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// Cuts entries into runs that each fit one batch, by count and by bytes. Neighbours stay together.
#[must_use]
pub fn split_items(items: &[OutboxItem]) -> Vec<&[OutboxItem]> {
    let (mut runs, mut rest) = (vec![], items);
    while !rest.is_empty() {
        let (mut bytes, mut count) = (BODY_OVERHEAD_BYTES, 0);
        for item in rest.iter().take(BATCH_ENTRIES_MAX) {
            bytes += item.entry.len() + ITEM_OVERHEAD_BYTES;
            if bytes > BATCH_PLAIN_BYTES_MAX && count > 0 {
                break;
            }
            count += 1;
        }
        let (run, after) = rest.split_at(count);
        runs.push(run);
        rest = after;
    }
    runs
}

/// Seals entries to the hub and signs them as this box. `items` are ascending and not empty; `head` is the journal's.
pub fn seal_batch(
    box_id: &BoxIdBytes,
    signing: &SigningKeypair,
    hub: &SealingPublicKey,
    head: &ChainHead,
    items: &[OutboxItem],
) -> Result<SealedBatch, SyncError> {
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Err(SyncError::BatchMalformed("no entries"));
    };
    let (from, to) = (first.sequence, last.sequence);
    let bytes: usize = items.iter().map(|item| item.entry.len() + ITEM_OVERHEAD_BYTES).sum();
    if items.len() > BATCH_ENTRIES_MAX || bytes + BODY_OVERHEAD_BYTES > BATCH_PLAIN_BYTES_MAX {
        return Err(SyncError::BatchTooLarge { entries: items.len(), bytes });
    }
    let body = Body {
        box_id: *box_id,
        from,
        to,
        head_sequence: head.sequence,
        head_hash: head.hash,
        items: items.to_vec(),
    };
    check(&body)?;
    let mut plain = vec![];
    let _ = minicbor::encode(body, &mut plain); // writing into a `Vec` cannot fail
    plain.resize(plain.len().next_multiple_of(PADDED_TO_BYTES), 0);
    let sealed = hub.seal(BODY, box_id, &plain)?;
    let mut cover = vec![];
    let _ = minicbor::encode(Cover { box_id: *box_id, sealed }, &mut cover);
    let bytes = seal::sign(PURPOSE, signing, &cover);
    Ok(SealedBatch { digest: batch_digest(&bytes), bytes, from, to })
}

/// Which box a batch claims to come from, before any check: to choose the key to check it with, and for nothing else.
pub fn claimed_box(bytes: &[u8]) -> Result<BoxIdBytes, SyncError> {
    let cover = peek::payload(bytes).and_then(|payload| minicbor::decode::<Cover>(payload).ok());
    cover.map(|cover| cover.box_id).ok_or(SyncError::BatchMalformed("cover"))
}

/// Verifies the signature by the enrolled box's key, then opens the seal. `box_keys` gives `None` for a stranger.
pub fn open_batch(
    bytes: &[u8],
    box_keys: impl FnOnce(&BoxIdBytes) -> Option<VerifyingKey>,
    hub_secret: &SealingKey,
) -> Result<Batch, SyncError> {
    if bytes.len() as u64 > BATCH_BYTES_MAX {
        return Err(SyncError::BatchTooLarge { entries: 0, bytes: bytes.len() });
    }
    let key = box_keys(&claimed_box(bytes)?).ok_or(SyncError::UnknownBox)?;
    let opened = seal::open(PURPOSE, bytes, |_| vec![key])?;
    let bad = |_| SyncError::BatchMalformed("cover");
    let cover: Cover = minicbor::decode(opened.payload()).map_err(bad)?;
    let plain = hub_secret.open(BODY, &cover.box_id, &cover.sealed)?;
    let body = read_body(&plain)?;
    if body.box_id != cover.box_id {
        return Err(SyncError::BatchMalformed("two box names"));
    }
    Ok(Batch {
        box_id: body.box_id,
        digest: batch_digest(bytes),
        from: body.from,
        to: body.to,
        head: ChainHead { sequence: body.head_sequence, hash: body.head_hash },
        items: body.items,
    })
}

fn read_body(plain: &[u8]) -> Result<Body, SyncError> {
    let mut d = Decoder::new(plain);
    let body: Body = d.decode().map_err(|_| SyncError::BatchMalformed("body"))?;
    if plain.get(d.position()..).unwrap_or_default().iter().any(|byte| *byte != 0) {
        return Err(SyncError::BatchMalformed("padding"));
    }
    check(&body)?;
    Ok(body)
}

/// The same rules at sealing and at opening.
fn check(body: &Body) -> Result<(), SyncError> {
    let bad = |what| Err(SyncError::BatchMalformed(what));
    let ends = body.items.first().zip(body.items.last());
    if ends.is_none_or(|(first, last)| (first.sequence, last.sequence) != (body.from, body.to)) {
        return bad("ends");
    }
    if body.items.len() > BATCH_ENTRIES_MAX {
        return bad("too many entries");
    }
    if !body.items.is_sorted_by(|one, next| one.sequence < next.sequence) {
        return bad("order");
    }
    if body.from == 0 || body.to > body.head_sequence {
        return bad("beyond the journal's head");
    }
    if body.items.iter().any(|item| item.entry.len() > JOURNAL_ENTRY_BYTES_MAX) {
        return bad("entry too large");
    }
    Ok(())
}

/// For the fuzz target: the cover before any check, and the body as it is read once its seal was opened.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(bytes: &[u8]) {
    let _ = claimed_box(bytes);
    let _ = read_body(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{messages::Trouble, sys::sim::SeedDice};
    use proptest::prelude::*;

    const BOX: BoxIdBytes = [7; 16];
    const HEAD: ChainHead = ChainHead { sequence: 99, hash: [3; 32] };

    fn items(sequences: &[u64]) -> Vec<OutboxItem> {
        sequences.iter().map(|n| OutboxItem { sequence: *n, entry: vec![1, 2, 3] }).collect()
    }

    fn keys() -> (SigningKeypair, SealingKey) {
        (SigningKeypair::random(&SeedDice::new(1)), SealingKey::random(&SeedDice::new(2)))
    }

    fn sealed(sequences: &[u64]) -> Result<SealedBatch, SyncError> {
        let (signing, hub) = keys();
        seal_batch(&BOX, &signing, &hub.public().unwrap(), &HEAD, &items(sequences))
    }

    fn open(bytes: &[u8]) -> Result<Batch, SyncError> {
        let (signing, hub) = keys();
        open_batch(bytes, |id| (*id == BOX).then(|| signing.public()), &hub)
    }

    #[test]
    fn a_batch_opens_at_the_hub_as_it_was_sealed() {
        let sent = sealed(&[3, 4, 9]).unwrap();
        let batch = open(&sent.bytes).unwrap();
        assert_eq!((batch.from(), batch.to(), batch.head()), (3, 9, &HEAD));
        assert_eq!(batch.items(), items(&[3, 4, 9]));
        assert_eq!(batch.digest(), &sent.digest);
        assert_eq!(claimed_box(&sent.bytes).unwrap(), BOX);
    }

    #[test]
    fn no_single_changed_byte_and_no_truncation_passes() {
        let sent = sealed(&[1]).unwrap();
        for at in (0..sent.bytes.len()).step_by(7) {
            let mut bent = sent.bytes.clone();
            bent[at] ^= 1;
            assert!(open(&bent).is_err(), "byte {at}");
            assert!(open(&sent.bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_stranger_a_forger_and_a_wrong_hub_are_told_apart() {
        let (signing, hub) = keys();
        let sent = sealed(&[1]).unwrap().bytes;
        let code = |found: Result<Batch, SyncError>| found.unwrap_err().message().code;
        assert_eq!(code(open_batch(&sent, |_| None, &hub)), "box_not_enrolled");
        let other = SigningKeypair::random(&SeedDice::new(9)).public();
        assert_eq!(code(open_batch(&sent, |_| Some(other), &hub)), "signature_forged");
        let other_hub = SealingKey::random(&SeedDice::new(9));
        assert_eq!(
            code(open_batch(&sent, |_| Some(signing.public()), &other_hub)),
            "unseal_failed"
        );
    }

    #[test]
    fn a_batch_that_contradicts_itself_is_neither_sealed_nor_opened() {
        for sequences in [&[][..], &[2, 1], &[1, 1], &[0, 1], &[98, 100]] {
            let code = sealed(sequences).unwrap_err().message().code;
            assert_eq!(code, "batch_malformed", "{sequences:?}");
        }
        let many: Vec<u64> = (1..=BATCH_ENTRIES_MAX as u64 + 1).collect();
        assert_eq!(sealed(&many).unwrap_err().message().code, "batch_too_large");
    }

    #[test]
    fn the_carrier_cannot_tell_one_entry_from_ten() {
        let (one, ten) = (sealed(&[1]).unwrap(), sealed(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).unwrap());
        assert_eq!(one.bytes.len(), ten.bytes.len());
    }

    #[test]
    fn entries_too_heavy_for_one_batch_are_cut_into_runs_that_fit() {
        let heavy: Vec<OutboxItem> = (1..=300)
            .map(|sequence| OutboxItem { sequence, entry: vec![0; JOURNAL_ENTRY_BYTES_MAX] })
            .collect();
        let runs = split_items(&heavy);
        assert_eq!(runs.concat(), heavy);
        let (signing, hub) = keys();
        let head = ChainHead { sequence: 300, ..HEAD };
        for run in runs {
            let batch = seal_batch(&BOX, &signing, &hub.public().unwrap(), &head, run).unwrap();
            assert!(batch.bytes.len() as u64 <= BATCH_BYTES_MAX);
        }
    }

    #[test]
    fn no_seed_of_a_batch_and_nothing_near_it_makes_reading_panic() {
        let sent = sealed(&[3, 4, 9]).unwrap();
        let body = Body {
            box_id: BOX,
            from: 3,
            to: 9,
            head_sequence: HEAD.sequence,
            head_hash: HEAD.hash,
            items: items(&[3, 4, 9]),
        };
        let mut plain = minicbor::to_vec(body).unwrap();
        plain.extend([0; 8]);
        crate::sys::corpus::replay("batch", &[("sealed", sent.bytes), ("body", plain)], probe);
    }

    proptest! {
        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(open(&bytes).is_err());
            let _ = read_body(&bytes);
        }
    }
}
