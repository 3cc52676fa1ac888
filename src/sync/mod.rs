//! Exchange with the hub over any link, HTTPS or a USB stick: what to fetch and send (decided first), the links, and the
//! sealed batches and signed receipts that cross them.
//!
//! Nothing read from a link is believed for having been there: the index only says what to ask for, and every item
//! carries its own signature.

mod batch;
mod http;
mod index;
mod link;
pub mod names;
pub mod peek;
mod plan;
mod receipt;
mod stick;
mod ways;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod probe;

pub use batch::{
    Batch, BoxIdBytes, SealedBatch, batch_digest, claimed_box, open_batch, seal_batch, split_items,
};
pub use http::{HttpLink, LinkTimes};
pub use index::{Index, OfferedDelta, OfferedOrder, OfferedRelease, OfferedRevocations};
pub use link::{DirLink, Link, LinkError, link_for};
pub use plan::{Held, SentBatch, Step, plan};
pub use receipt::{Receipt, open_receipt, sign_receipt};
pub use stick::{StickSight, StickWatch};
pub use ways::cheapest as ways;

use crate::{
    messages::{self, Message, Trouble},
    seal::SealError,
};

/// Why something that crossed a link, or was to cross it, is not used.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The link said no.
    #[error("link")]
    Link(#[from] LinkError),
    /// Signature or seal do not hold.
    #[error("seal")]
    Seal(#[from] SealError),
    /// Not an index of this protocol.
    #[error("index malformed: {0}")]
    IndexMalformed(&'static str),
    /// Not a batch of this protocol.
    #[error("batch malformed: {0}")]
    BatchMalformed(&'static str),
    /// More entries or bytes than one batch may hold.
    #[error("batch of {entries} entries, {bytes} bytes")]
    BatchTooLarge {
        /// Entries handed in.
        entries: usize,
        /// Their size.
        bytes: usize,
    },
    /// The batch comes from a box the hub has not enrolled.
    #[error("batch from a box that is not enrolled")]
    UnknownBox,
    /// Not a receipt of this protocol.
    #[error("receipt malformed: {0}")]
    ReceiptMalformed(&'static str),
    /// A true receipt, but for another box.
    #[error("receipt for another box")]
    ReceiptForOtherBox,
    /// A true receipt for this box, but not for this batch.
    #[error("receipt for another batch")]
    ReceiptForOtherBatch,
}

impl Trouble for SyncError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Link(e) => e.message(),
            Self::Seal(e) => e.message(),
            Self::IndexMalformed(_) => &messages::INDEX_MALFORMED,
            Self::BatchMalformed(_) => &messages::BATCH_MALFORMED,
            Self::BatchTooLarge { .. } => &messages::BATCH_TOO_LARGE,
            Self::UnknownBox => &messages::BOX_NOT_ENROLLED,
            Self::ReceiptMalformed(_) => &messages::RECEIPT_MALFORMED,
            Self::ReceiptForOtherBox => &messages::RECEIPT_FOR_OTHER_BOX,
            Self::ReceiptForOtherBatch => &messages::RECEIPT_FOR_OTHER_BATCH,
        }
    }
}
