//! Keys and what is done with them: signing with a purpose, sealing to a box, sealing at rest, passphrases, shares.
//!
//! The only room that names ed25519, X25519, ChaCha20-Poly1305, Argon2 and Shamir. It knows no domain word: which key may sign
//! what is decided in `trust`.

mod aead;
mod cosign;
mod passphrase;
mod sealed_to;
mod shares;
mod sign;

pub use aead::{NONCE_BYTES, Nonce, SymmetricKey, TAG_BYTES};
pub use cosign::Cosigned;
pub use passphrase::{WrappedKey, wrap_key};
pub use sealed_to::{SealingKey, SealingPublicKey};
pub use shares::{Joined, SHARE_BYTES, Share, ShareError, ShareKind, ShareSet, deal, join};
pub use sign::{Kid, Opened, Purpose, SigningKeypair, VerifyingKey, open, peek_kid, sign};

use crate::messages::{self, Message, Trouble};

/// Why a signature or a seal did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not an untagged, definite-length COSE_Sign1 with exactly our headers.
    #[error("not a COSE_Sign1 of this profile: {0}")]
    Malformed(&'static str),
    /// The key id names nobody we know.
    #[error("no key with id {0}")]
    UnknownKey(Kid),
    /// The key is known, the signature does not verify for this purpose.
    #[error("signature by {0} does not verify")]
    Forged(Kid),
    /// A small-order public key, under which anything verifies.
    #[error("weak public key")]
    WeakKey,
    /// The AEAD tag does not fit: another key, another place, or damage.
    #[error("unseal failed: {0}")]
    Unseal(&'static str),
    /// The passphrase does not unwrap the key.
    #[error("passphrase does not unwrap the key")]
    WrongPassphrase,
}

impl Trouble for SealError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Malformed(_) => &messages::SIGNATURE_MALFORMED,
            Self::UnknownKey(_) => &messages::SIGNER_UNKNOWN,
            Self::Forged(_) => &messages::SIGNATURE_FORGED,
            Self::WeakKey => &messages::KEY_WEAK,
            Self::Unseal(_) => &messages::UNSEAL_FAILED,
            Self::WrongPassphrase => &messages::PASSPHRASE_WRONG,
        }
    }
}
