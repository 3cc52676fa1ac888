//! The hub's signed word that it has a batch. Nothing leaves the outbox without one.

use super::{BoxIdBytes, SentBatch, SyncError};
use crate::{
    journal::ReceiptNote,
    limits::{BATCH_ENTRIES_MAX, RECEIPT_BYTES_MAX},
    seal::{self, Kid, Purpose, SigningKeypair, VerifyingKey},
};
use minicbor::{Decode, Encode};

const PURPOSE: Purpose = Purpose("sonae receipt v1");
const CODE_CHARS_MAX: usize = 64;

/// What the hub vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Whose batch.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub box_id: BoxIdBytes,
    /// BLAKE3 of the bytes the hub stored.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub batch: [u8; 32],
    /// First entry.
    #[n(2)]
    pub from: u64,
    /// Last entry.
    #[n(3)]
    pub to: u64,
    /// When, by the hub's clock.
    #[n(4)]
    pub received_at: i64,
    /// Entries it could not use, with the reason's code.
    #[n(5)]
    pub rejected: Vec<(u64, String)>,
}

/// Signs a receipt. The batch must be durable before this is called.
#[must_use]
pub fn sign_receipt(receipt: &Receipt, hub: &SigningKeypair) -> Vec<u8> {
    let mut payload = vec![];
    let _ = minicbor::encode(receipt, &mut payload); // writing into a `Vec` cannot fail
    seal::sign(PURPOSE, hub, &payload)
}

/// Verifies a receipt against what this box itself sent. Digest and range are compared with `sent`, never taken over
/// from the receipt: else one receipt, mixed up or too generous, would empty the outbox.
pub fn open_receipt(
    bytes: &[u8],
    hub_keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
    box_id: &BoxIdBytes,
    sent: &SentBatch,
) -> Result<ReceiptNote, SyncError> {
    if bytes.len() as u64 > RECEIPT_BYTES_MAX {
        return Err(SyncError::ReceiptMalformed("too large"));
    }
    read(seal::open(PURPOSE, bytes, hub_keys)?.payload(), box_id, sent)
}

/// What the hub signed, compared with what this box sent.
fn read(payload: &[u8], box_id: &BoxIdBytes, sent: &SentBatch) -> Result<ReceiptNote, SyncError> {
    let receipt: Receipt =
        minicbor::decode(payload).map_err(|_| SyncError::ReceiptMalformed("cbor"))?;
    if receipt.box_id != *box_id {
        return Err(SyncError::ReceiptForOtherBox);
    }
    if (receipt.batch, receipt.from, receipt.to) != (sent.batch, sent.from, sent.to) {
        return Err(SyncError::ReceiptForOtherBatch);
    }
    let in_range = |(sequence, code): &(u64, String)| {
        (sent.from..=sent.to).contains(sequence) && code.len() <= CODE_CHARS_MAX
    };
    if receipt.rejected.len() > BATCH_ENTRIES_MAX || !receipt.rejected.iter().all(in_range) {
        return Err(SyncError::ReceiptMalformed("rejected entries"));
    }
    Ok(ReceiptNote {
        batch: sent.batch,
        from: sent.from,
        to: sent.to,
        received_at: receipt.received_at,
        rejected: receipt.rejected,
    })
}

/// For the fuzz target: what a hub may have signed for one batch of one box.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(payload: &[u8]) {
    let _ = read(payload, &[7; 16], &SentBatch { batch: [4; 32], from: 3, to: 9 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{messages::Trouble, sys::sim::SeedDice};
    use proptest::prelude::*;

    const BOX: BoxIdBytes = [7; 16];
    const SENT: SentBatch = SentBatch { batch: [4; 32], from: 3, to: 9 };

    fn hub() -> SigningKeypair {
        SigningKeypair::random(&SeedDice::new(1))
    }

    fn receipt() -> Receipt {
        let rejected = vec![(4, "entry_unreadable".into())];
        Receipt {
            box_id: BOX,
            batch: SENT.batch,
            from: 3,
            to: 9,
            received_at: 1_795_316_400,
            rejected,
        }
    }

    fn open(bytes: &[u8]) -> Result<ReceiptNote, SyncError> {
        open_receipt(bytes, |_| vec![hub().public()], &BOX, &SENT)
    }

    fn code(receipt: &Receipt) -> &'static str {
        open(&sign_receipt(receipt, &hub())).unwrap_err().message().code
    }

    #[test]
    fn the_hubs_receipt_for_this_batch_becomes_a_note() {
        let note = open(&sign_receipt(&receipt(), &hub())).unwrap();
        assert_eq!((note.batch, note.from, note.to), (SENT.batch, 3, 9));
        assert_eq!(note.rejected, [(4, "entry_unreadable".to_owned())]);
    }

    #[test]
    fn a_forged_receipt_is_refused() {
        let forger = SigningKeypair::random(&SeedDice::new(2));
        let forged = open(&sign_receipt(&receipt(), &forger)).unwrap_err();
        assert_eq!(forged.message().code, "signature_forged");
        let strange = open_receipt(&sign_receipt(&receipt(), &hub()), |_| vec![], &BOX, &SENT);
        assert_eq!(strange.unwrap_err().message().code, "signer_unknown");
    }

    #[test]
    fn another_boxes_receipt_is_refused() {
        assert_eq!(code(&Receipt { box_id: [8; 16], ..receipt() }), "receipt_for_other_box");
    }

    #[test]
    fn a_receipt_for_another_batch_or_a_wider_range_is_refused() {
        for other in [
            Receipt { batch: [5; 32], ..receipt() },
            Receipt { from: 1, ..receipt() },
            Receipt { to: u64::MAX, ..receipt() },
        ] {
            assert_eq!(code(&other), "receipt_for_other_batch");
        }
    }

    #[test]
    fn a_rejection_outside_the_batch_is_refused() {
        for rejected in [vec![(10, String::new())], vec![(4, "x".repeat(65))]] {
            assert_eq!(code(&Receipt { rejected, ..receipt() }), "receipt_malformed");
        }
    }

    #[test]
    fn no_seed_of_a_receipt_and_nothing_near_it_makes_reading_panic() {
        let payload = |receipt| minicbor::to_vec(receipt).unwrap();
        let clean = Receipt { rejected: vec![], ..receipt() };
        let other = Receipt { to: u64::MAX, ..receipt() };
        let seeds = [("clean", clean), ("rejected", receipt()), ("other-range", other)];
        let seeds = seeds.map(|(name, receipt)| (name, payload(receipt)));
        crate::sys::corpus::replay("receipt", &seeds, probe);
    }

    proptest! {
        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(open(&bytes).is_err());
            let signed = seal::sign(PURPOSE, &hub(), &bytes);
            prop_assert!(open(&signed).is_err());
        }
    }
}
