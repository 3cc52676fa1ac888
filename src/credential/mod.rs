//! QR credentials: digits → bytes → verified claims; revocation lists.
//!
//! The wire format is described in `docs/credential-format.md`. A refusal always names its axis: that a code was misread,
//! or that its issuer is not known here, never means that it is forged.

mod claims;
pub mod finding;
#[cfg(test)]
mod finding_tests;
pub mod frame;
pub mod groups;
mod kana_bytes;
mod revocation;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub use claims::probe;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub use revocation::probe as probe_revocations;
pub use revocation::{RevocationDraft, RevocationError, RevocationList, Revocations};

use crate::{
    domain::{
        evidence::{DocumentClaims, DocumentFinding, Revocation},
        time::Reading,
        verified::Verified,
    },
    messages::{self, Message, Trouble},
    seal::{self, Kid, Purpose, SealError, SigningKeypair},
    trust::{KeyProblem, KeyStatus, Role, TrustList, TrustedKey},
};
use frame::{FrameError, Magic};

const PURPOSE: Purpose = Purpose("jp-elig-qr/1");

/// Why a text gave no verified claims, or claims gave no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The digits themselves.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Well read, but a disaster order.
    #[error("not a credential but another code of ours")]
    OtherKind,
    /// Well read, but not in this profile.
    #[error("not a credential: {0}")]
    Malformed(&'static str),
    /// Nobody on the trust list has this key.
    #[error("no issuer with key id {0}")]
    IssuerUnknown(Kid),
    /// The issuer is known, the signature is wrong.
    #[error("signature by {0} does not verify")]
    Forged(Kid),
    /// Truly signed, but what was signed is not in their one spelling, or cannot be meant.
    #[error("claims signed by {issuer}: {what}")]
    ClaimsMalformed {
        /// The signer.
        issuer: Kid,
        /// What is wrong with them.
        what: &'static str,
    },
    /// Truly signed, but this key may not sign this.
    #[error("{issuer} may not issue this: {what}")]
    OutOfScope {
        /// The signer.
        issuer: Kid,
        /// What its scope does not hold.
        what: &'static str,
    },
    /// Truly signed, but the key cannot vouch.
    #[error("issuer {issuer}")]
    IssuerKey {
        /// The signer.
        issuer: Kid,
        /// Why not.
        #[source]
        source: KeyProblem,
    },
    /// Nothing was issued: the format cannot say this.
    #[error("cannot be issued: {0}")]
    Unfit(&'static str),
    /// Nothing was issued: more than one code holds.
    #[error("more than one code holds")]
    TooLong,
}

/// Which question a refusal answers; the others stay open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Did the text arrive whole?
    Transport,
    /// Is it in the agreed form?
    Format,
    /// Is the issuer known, and its key good?
    Issuer,
    /// Does the signature fit?
    Signature,
    /// May this issuer sign this?
    Scope,
}

impl CredentialError {
    /// Which question the refusal answers.
    #[must_use]
    pub fn axis(&self) -> Axis {
        match self {
            Self::Frame(FrameError::NewerVersion(_)) => Axis::Format,
            Self::Frame(_) | Self::OtherKind => Axis::Transport,
            Self::Malformed(_) | Self::ClaimsMalformed { .. } | Self::Unfit(_) | Self::TooLong => {
                Axis::Format
            }
            Self::IssuerUnknown(_) | Self::IssuerKey { .. } => Axis::Issuer,
            Self::Forged(_) => Axis::Signature,
            Self::OutOfScope { .. } => Axis::Scope,
        }
    }
}

impl Trouble for CredentialError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Frame(error) => error.message(),
            Self::OtherKind => &messages::CODE_OTHER_KIND,
            Self::Malformed(_) => &messages::CERTIFICATE_MALFORMED,
            Self::ClaimsMalformed { .. } => &messages::CLAIMS_MALFORMED,
            Self::IssuerUnknown(_) => &messages::ISSUER_UNKNOWN,
            Self::Forged(_) => &messages::CERTIFICATE_FORGED,
            Self::OutOfScope { .. } => &messages::ISSUER_OUT_OF_SCOPE,
            Self::IssuerKey { source, .. } => match source {
                KeyProblem::NotYetValid { .. } => &messages::ISSUER_KEY_NOT_YET,
                KeyProblem::Ended { .. } => &messages::ISSUER_KEY_ENDED,
                KeyProblem::Compromised { .. } => &messages::ISSUER_COMPROMISED,
            },
            Self::Unfit(_) => &messages::CLAIMS_UNFIT,
            Self::TooLong => &messages::CLAIMS_TOO_LONG,
        }
    }
}

impl From<SealError> for CredentialError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Malformed(what) | SealError::Unseal(what) => Self::Malformed(what),
            SealError::UnknownKey(kid) => Self::IssuerUnknown(kid),
            SealError::Forged(kid) => Self::Forged(kid),
            SealError::WeakKey | SealError::WrongPassphrase => Self::Malformed("key"),
        }
    }
}

/// A paper whose signature, issuer and scope are in order. Dates and revocation are for the decision to judge.
#[derive(Clone, Debug)]
pub struct Genuine {
    /// What it says.
    pub claims: Verified<DocumentClaims>,
    /// Whether it was taken back.
    pub revocation: Revocation,
    /// The issuer's name on the trust list.
    pub issuer_name: String,
    /// The issuer's key.
    pub issuer: Kid,
    /// In use or retired; one that is reported as stolen vouches for nothing.
    pub issuer_status: KeyStatus,
}

impl From<Genuine> for DocumentFinding {
    fn from(genuine: Genuine) -> Self {
        Self { claims: Box::new(genuine.claims), revocation: genuine.revocation }
    }
}

/// The digits of a signed paper. Whether the key may sign this is told by [`open`], as every reader will.
pub fn issue(claims: &DocumentClaims, issuer: &SigningKeypair) -> Result<String, CredentialError> {
    let payload = claims::encode(claims).map_err(CredentialError::Unfit)?;
    let signed = seal::sign(PURPOSE, issuer, &payload);
    frame::encode(Magic::Credential, &signed).map_err(|_| CredentialError::TooLong)
}

/// From what a reader typed to verified claims, in the one order that never parses an unsigned byte (credentials 7.1):
/// digits, length, CRC, COSE shape, key id, signature, claims in their one spelling, scope, key, revocation.
pub fn open(
    text: &str,
    trust: &TrustList,
    revocations: &Revocations,
    now: Reading,
) -> Result<Genuine, CredentialError> {
    let (magic, body) = frame::decode(text)?;
    let body = zeroize::Zeroizing::new(body);
    if magic != Magic::Credential {
        return Err(CredentialError::OtherKind);
    }
    let opened = seal::open(PURPOSE, &body, |kid| trust.keys_for(Role::Issuer, kid))?;
    let signer = opened.signer();
    let issuer = signer.kid();
    let claims = claims::decode(opened.payload())
        .map_err(|what| CredentialError::ClaimsMalformed { issuer, what })?;
    let entry = trust.entry(Role::Issuer, &signer).ok_or(CredentialError::IssuerUnknown(issuer))?;
    in_scope(entry, &claims)?;
    trust
        .vouches(entry, claims.issued_on, now)
        .map_err(|source| CredentialError::IssuerKey { issuer, source })?;
    let revocation = revocations.check(issuer, &claims.serial);
    Ok(Genuine {
        claims: Verified::attest(claims),
        revocation,
        issuer_name: entry.name.clone(),
        issuer,
        issuer_status: entry.status,
    })
}

/// Without this, one careless small insurer could mint papers for all (credentials 1.2).
fn in_scope(entry: &TrustedKey, claims: &DocumentClaims) -> Result<(), CredentialError> {
    let refuse = |what| Err(CredentialError::OutOfScope { issuer: entry.key.kid(), what });
    if !entry.speaks_for(claims.identity.insurer) {
        return refuse("insurer number");
    }
    if !entry.may_issue(claims.kind) {
        return refuse("kind of paper");
    }
    Ok(())
}
