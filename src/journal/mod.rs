//! The append-only, hash-chained, encrypted record of everything this box did, and what can be read off it.
//!
//! The only thing on the box that cannot be fetched again: whatever the box knows of its own past is a projection of it.

mod chain;
mod event;
mod file;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod probe;
mod projection;

pub use chain::{ChainHead, Damage, Frame, FrameWalk, genesis, walk};
pub use event::{
    ConsentKind, Entry, Event, OutboxItem, PersonRef, ReceiptNote, Viewer, ViewerRole,
    decode_event, encode_event,
};
pub use file::{Journal, JournalError, Verification, verify_bytes};
pub use projection::{Consent, NewestRelease, OWN_RECORDS, OpenWindow, OutboxState, Projection};
