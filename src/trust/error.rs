//! Why a trust list was not taken.

use crate::{
    domain::rulebook::RulebookFault,
    messages::{self, Message, Trouble},
    seal::{Kid, SealError},
};

/// Why a trust list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Over the ceiling; not even the signatures were looked at.
    #[error("trust list of {bytes} bytes")]
    TooLarge {
        /// What was offered.
        bytes: usize,
    },
    /// Signed, but not a list; or not even a signed thing.
    #[error("not a trust list: {0}")]
    Malformed(&'static str),
    /// Signed by nobody who holds a key of the root it names.
    #[error("no root key with id {0}")]
    Stranger(Kid),
    /// The root key is known, the signature is wrong.
    #[error("signature by root key {0} does not verify")]
    Forged(Kid),
    /// Some holders signed, too few.
    #[error("{have} of {need} root holders signed")]
    Threshold {
        /// Good signatures of distinct keys.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// Signed under a root this box has not been handed yet.
    #[error("signed under root {named}, the newest here is {newest}")]
    RootUnknown {
        /// The version the list names.
        named: u64,
        /// The newest version held.
        newest: u64,
    },
    /// Signed by holders who have handed over since: perhaps because their keys were stolen.
    #[error("signed under root {named}, which {newest} has replaced")]
    RootReplaced {
        /// The version the list names.
        named: u64,
        /// The newest version held or remembered.
        newest: u64,
    },
    /// The table of dated rules it carries is not one.
    #[error("the list's table of rules: {}", .0.message().code)]
    Rules(RulebookFault),
    /// A small-order key on the list.
    #[error("a weak key on the list")]
    WeakKey,
    /// Truly signed, but older than the one held: a rollback.
    #[error("trust list {offered} is older than {held}")]
    Rollback {
        /// The sequence this box holds.
        held: u64,
        /// The sequence offered; perhaps a high one under an older root.
        offered: u64,
    },
    /// Truly signed, with the number of the one held and other content: somebody shows two boxes two lists.
    #[error("trust list {sequence} is held with other content")]
    Changed {
        /// The number of both.
        sequence: u64,
    },
}

impl Trouble for TrustError {
    fn message(&self) -> &'static Message {
        match self {
            Self::TooLarge { .. } => &messages::TRUST_LIST_TOO_LARGE,
            Self::Malformed(_) => &messages::TRUST_LIST_MALFORMED,
            Self::Stranger(_) => &messages::TRUST_LIST_STRANGER,
            Self::Forged(_) => &messages::TRUST_LIST_FORGED,
            Self::Threshold { .. } => &messages::TRUST_LIST_THRESHOLD,
            Self::RootUnknown { .. } => &messages::TRUST_LIST_ROOT_UNKNOWN,
            Self::RootReplaced { .. } => &messages::TRUST_LIST_ROOT_REPLACED,
            Self::Rules(fault) => fault.message(),
            Self::WeakKey => &messages::KEY_WEAK,
            Self::Rollback { .. } => &messages::TRUST_LIST_OLDER,
            Self::Changed { .. } => &messages::TRUST_LIST_CHANGED,
        }
    }
}

impl From<SealError> for TrustError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Malformed(what) | SealError::Unseal(what) => Self::Malformed(what),
            SealError::UnknownKey(kid) => Self::Stranger(kid),
            SealError::Forged(kid) => Self::Forged(kid),
            SealError::WeakKey => Self::WeakKey,
            SealError::WrongPassphrase => Self::Malformed("locked"),
        }
    }
}
