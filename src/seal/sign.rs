//! Signing: one profile of COSE_Sign1 (RFC 9052) with Ed25519 for everything Sonae signs.
//!
//! Untagged, definite lengths, protected header exactly `{1: -8, 4: kid}`, unprotected header empty. The purpose is the
//! external AAD: it costs no byte on paper, and no signed thing can pass for another kind.

use super::SealError;
use crate::sys::{Dice, roll};
use ed25519_dalek::{Signature, Signer, SigningKey};
use minicbor::{Decoder, Encoder};
use std::fmt;
use zeroize::Zeroizing;

/// What a signature is for. Signed along, never sent along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(pub &'static str);

/// The first four bytes of BLAKE3 of a public key: a hint which key signed, not a proof.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(pub [u8; 4]);

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}

/// A public key that is not weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Refuses bytes that are no point, and small-order points, under which one signature fits every message.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SealError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| SealError::WeakKey)?;
        if key.is_weak() { Err(SealError::WeakKey) } else { Ok(Self(key)) }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether this key made the signature; strictly, so that one signature has one meaning.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }

    /// Eight bytes that follow from the key, longer than its id: the name of a set of shares of its secret half.
    #[must_use]
    pub fn commitment(&self) -> [u8; 8] {
        let hash = blake3::hash(self.as_bytes());
        let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
        [a, b, c, d, e, f, g, h]
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> Kid {
        let hash = blake3::hash(self.as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        Kid([a, b, c, d])
    }
}

/// A secret key with its public half; zeroed when dropped.
pub struct SigningKeypair(SigningKey);

impl fmt::Debug for SigningKeypair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeypair({})", self.public().kid())
    }
}

impl SigningKeypair {
    /// A fresh key.
    #[must_use]
    pub fn random(dice: &dyn Dice) -> Self {
        Self(SigningKey::from_bytes(&Zeroizing::new(roll(dice))))
    }

    /// A stored key.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, for storing it under another key.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The half that may be given away.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }
}

/// A payload whose signature was verified for its purpose. Only [`open`] makes one.
#[derive(Debug)]
pub struct Opened {
    signer: VerifyingKey,
    /// A person's details, or the secret that opens drug records: not left in freed memory.
    payload: Zeroizing<Vec<u8>>,
}

impl Opened {
    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> VerifyingKey {
        self.signer
    }

    /// What was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

struct Parts<'a> {
    protected: &'a [u8],
    kid: Kid,
    payload: &'a [u8],
    signature: [u8; 64],
}

// Writing into a `Vec` cannot fail; minicbor's error type for it is `Infallible`.
pub(super) fn cbor(
    build: impl FnOnce(
        &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>>,
) -> Vec<u8> {
    let mut bytes = vec![];
    let _ = build(&mut Encoder::new(&mut bytes));
    bytes
}

pub(super) fn protected_header(kid: Kid) -> Vec<u8> {
    cbor(|e| e.map(2)?.u8(1)?.i8(-8)?.u8(4)?.bytes(&kid.0)?.ok())
}

fn to_be_signed(purpose: Purpose, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor(|e| {
        e.array(4)?
            .str("Signature1")?
            .bytes(protected)?
            .bytes(purpose.0.as_bytes())?
            .bytes(payload)?
            .ok()
    })
}

/// Signs `payload` for one purpose.
#[must_use]
pub fn sign(purpose: Purpose, key: &SigningKeypair, payload: &[u8]) -> Vec<u8> {
    let protected = protected_header(key.public().kid());
    let signature = key.sign_bytes(&to_be_signed(purpose, &protected, payload));
    cbor(|e| e.array(4)?.bytes(&protected)?.map(0)?.bytes(payload)?.bytes(&signature)?.ok())
}

/// The signer's id as claimed, before any check: to say *which* key is unknown.
pub fn peek_kid(bytes: &[u8]) -> Result<Kid, SealError> {
    parts(bytes).map(|parts| parts.kid)
}

/// Verifies strictly against every key that `candidates` offers for the id (ids are hints and may collide; at most four).
pub fn open(
    purpose: Purpose,
    bytes: &[u8],
    candidates: impl FnOnce(Kid) -> Vec<VerifyingKey>,
) -> Result<Opened, SealError> {
    let parts = parts(bytes)?;
    let keys = candidates(parts.kid);
    if keys.is_empty() {
        return Err(SealError::UnknownKey(parts.kid));
    }
    let message = to_be_signed(purpose, parts.protected, parts.payload);
    let signer = keys.into_iter().take(4).find(|key| key.verifies(&message, &parts.signature));
    let signer = signer.ok_or(SealError::Forged(parts.kid))?;
    Ok(Opened { signer, payload: parts.payload.to_vec().into() })
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, SealError> {
    let bad = SealError::Malformed;
    let mut d = Decoder::new(bytes);
    if d.array().ok().flatten() != Some(4) {
        return Err(bad("array of four"));
    }
    let protected = d.bytes().map_err(|_| bad("protected header"))?;
    if d.map().ok().flatten() != Some(0) {
        return Err(bad("unprotected header must be empty"));
    }
    let payload = d.bytes().map_err(|_| bad("payload"))?;
    let signature = d.bytes().map_err(|_| bad("signature"))?;
    let signature: [u8; 64] = signature.try_into().map_err(|_| bad("signature length"))?;
    if d.position() != bytes.len() {
        return Err(bad("bytes after the end"));
    }
    // The only freedom left is how the lengths are written; written longer, the same signature would have a second form.
    if bytes.len() != 2 + held_in(protected) + held_in(payload) + held_in(&signature) {
        return Err(bad("a length not in its shortest form"));
    }
    let kid = kid_of(protected).ok_or(bad("protected header"))?;
    Ok(Parts { protected, kid, payload, signature })
}

/// A byte string's place in CBOR, its length in the shortest form.
fn held_in(bytes: &[u8]) -> usize {
    bytes.len() + minicbor::len(bytes.len() as u64)
}

pub(super) fn kid_of(protected: &[u8]) -> Option<Kid> {
    let tail = protected.len().checked_sub(4)?;
    let kid = Kid(protected.get(tail..)?.try_into().ok()?);
    (protected_header(kid) == protected).then_some(kid) // one spelling only
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;

    const RELEASE: Purpose = Purpose("test release");
    const ORDER: Purpose = Purpose("test order");

    fn key(seed: u64) -> SigningKeypair {
        SigningKeypair::random(&SeedDice::new(seed))
    }

    #[test]
    fn what_was_signed_for_one_purpose_is_refused_for_another() {
        let ours = key(1);
        let signed = sign(RELEASE, &ours, b"body");
        assert_eq!(open(RELEASE, &signed, |_| vec![ours.public()]).unwrap().payload(), b"body");
        let refused = open(ORDER, &signed, |_| vec![ours.public()]).unwrap_err();
        assert_eq!(refused, SealError::Forged(ours.public().kid()));
    }

    #[test]
    fn an_unknown_signer_is_not_called_a_forger() {
        let signed = sign(RELEASE, &key(1), b"body");
        assert_eq!(
            open(RELEASE, &signed, |_| vec![]).unwrap_err(),
            SealError::UnknownKey(key(1).public().kid())
        );
        assert_eq!(
            open(RELEASE, &signed, |_| vec![key(2).public()]).unwrap_err(),
            SealError::Forged(key(1).public().kid())
        );
    }

    #[test]
    fn no_single_changed_byte_and_no_truncation_passes() {
        let ours = key(1);
        let signed = sign(RELEASE, &ours, b"body");
        for at in 0..signed.len() {
            let mut bent = signed.clone();
            bent[at] ^= 1;
            assert!(open(RELEASE, &bent, |_| vec![ours.public()]).is_err(), "byte {at}");
            assert!(open(RELEASE, &signed[..at], |_| vec![ours.public()]).is_err(), "cut at {at}");
        }
        let longer = [&signed[..], &[0]].concat();
        assert_eq!(
            open(RELEASE, &longer, |_| vec![ours.public()]).unwrap_err(),
            SealError::Malformed("bytes after the end")
        );
    }

    #[test]
    fn a_length_written_longer_than_it_must_be_gives_no_second_form() {
        let ours = key(1);
        let good = sign(RELEASE, &ours, b"body");
        // [h'…9 bytes…', {}, h'body', …]
        let with = |at: usize, longer: &[u8]| [&good[..at], longer, &good[at + 1..]].concat();
        for (at, head, longer) in [
            (0, 0x84, [0x98, 4]),
            (1, 0x49, [0x58, 9]),
            (11, 0xa0, [0xb8, 0]),
            (12, 0x44, [0x58, 4]),
        ] {
            assert_eq!(good[at], head);
            let bent = with(at, &longer);
            let refused = open(RELEASE, &bent, |_| vec![ours.public()]).unwrap_err();
            assert_eq!(refused, SealError::Malformed("a length not in its shortest form"));
        }
    }

    /// Its bytes are refused at import; should one ever slip in, strict verification is the second door.
    #[test]
    fn a_small_order_key_verifies_nothing_even_where_it_was_let_in() {
        let identity_point: [u8; 32] = std::array::from_fn(|at| u8::from(at == 0));
        let weak = VerifyingKey(ed25519_dalek::VerifyingKey::from_bytes(&identity_point).unwrap());
        let fits_everything: [u8; 64] = std::array::from_fn(|at| u8::from(at == 0));
        assert!(!weak.verifies(b"any message", &fits_everything));
    }

    #[test]
    fn a_small_order_key_is_refused_before_it_can_vouch_for_anything() {
        let identity_point = {
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        };
        assert_eq!(VerifyingKey::from_bytes(&identity_point), Err(SealError::WeakKey));
    }
}
