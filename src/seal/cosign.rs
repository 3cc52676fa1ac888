//! Several signatures under one payload: one profile of COSE_Sign (RFC 9052, section 4.1) with Ed25519.
//!
//! Untagged `[h'', {}, payload, [[{1: -8, 4: kid}, {}, signature], …]]`, definite lengths, one spelling. Each signature
//! covers the purpose, as in [`super::sign`](fn@super::sign); none covers the others, so holders sign one after another or apart, in
//! any order. A thing with no signature yet is a draft of the same form.

use super::{
    Kid, Purpose, SealError, SigningKeypair, VerifyingKey,
    sign::{cbor, kid_of, protected_header},
};
use crate::limits::COSIGNATURES_MAX;
use minicbor::Decoder;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    kid: Kid,
    bytes: [u8; 64],
}

/// A payload with signatures that nobody has looked at yet. [`Cosigned::signers`] tells whose are good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

fn to_be_signed(purpose: Purpose, kid: Kid, payload: &[u8]) -> Vec<u8> {
    cbor(|e| {
        e.array(5)?
            .str("Signature")?
            .bytes(&[])?
            .bytes(&protected_header(kid))?
            .bytes(purpose.0.as_bytes())?
            .bytes(payload)?
            .ok()
    })
}

impl Cosigned {
    /// A draft that nobody has signed.
    #[must_use]
    pub fn draft(payload: Vec<u8>) -> Self {
        Self { payload, signatures: vec![] }
    }

    /// Reads the form; checks no signature.
    ///
    /// # Errors
    /// [`SealError::Malformed`] for any other form, and for more signatures than [`COSIGNATURES_MAX`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let bad = SealError::Malformed;
        let mut d = Decoder::new(bytes);
        let body = (d.array().ok().flatten() == Some(4)).then(|| d.bytes().ok()).flatten();
        if body != Some(&[]) || d.map().ok().flatten() != Some(0) {
            return Err(bad("head of a thing with several signatures"));
        }
        let payload = d.bytes().map_err(|_| bad("payload"))?;
        let count = d.array().ok().flatten().ok_or(bad("list of signatures"))?;
        if count > COSIGNATURES_MAX as u64 {
            return Err(bad("too many signatures"));
        }
        let signatures = (0..count).map(|_| signature(&mut d).ok_or(bad("a signature")));
        let signatures = signatures.collect::<Result<_, _>>()?;
        let read = Self { payload: payload.to_vec(), signatures };
        // One spelling only: this also refuses bytes after the end.
        if read.to_bytes() == bytes { Ok(read) } else { Err(bad("another spelling")) }
    }

    /// The signed form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor(|e| {
            e.array(4)?.bytes(&[])?.map(0)?.bytes(&self.payload)?;
            e.array(self.signatures.len() as u64)?;
            for signature in &self.signatures {
                e.array(3)?.bytes(&protected_header(signature.kid))?.map(0)?;
                e.bytes(&signature.bytes)?;
            }
            e.ok()
        })
    }

    /// Adds one holder's signature. Signing twice adds nothing.
    ///
    /// # Errors
    /// [`SealError::Malformed`] where no more signatures have room.
    pub fn sign(&mut self, purpose: Purpose, key: &SigningKeypair) -> Result<(), SealError> {
        let kid = key.public().kid();
        let bytes = key.sign_bytes(&to_be_signed(purpose, kid, &self.payload));
        self.add(Signature { kid, bytes })
    }

    /// Takes over the signatures of another copy that was signed elsewhere.
    ///
    /// # Errors
    /// [`SealError::Malformed`] where the other copy is of something else, or where no more signatures have room.
    pub fn join(&mut self, other: &Self) -> Result<(), SealError> {
        if other.payload != self.payload {
            return Err(SealError::Malformed("copies of two different things"));
        }
        other.signatures.iter().try_for_each(|signature| self.add(signature.clone()))
    }

    fn add(&mut self, signature: Signature) -> Result<(), SealError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= COSIGNATURES_MAX {
            return Err(SealError::Malformed("too many signatures"));
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// What is signed. Means nothing before enough of [`Cosigned::signers`] are known.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The ids under the signatures, as claimed and in their order.
    pub fn kids(&self) -> impl Iterator<Item = Kid> {
        self.signatures.iter().map(|signature| signature.kid)
    }

    /// Those of `keys` that truly signed this for the purpose. Each key is named once, however often it signed and however
    /// often it stands in `keys`; signatures of others count for nothing.
    #[must_use]
    pub fn signers(&self, purpose: Purpose, keys: &[VerifyingKey]) -> Vec<VerifyingKey> {
        let mut signers: Vec<VerifyingKey> = vec![];
        for key in keys {
            if !signers.contains(key) && self.signed_by(purpose, key) {
                signers.push(*key);
            }
        }
        signers
    }

    fn signed_by(&self, purpose: Purpose, key: &VerifyingKey) -> bool {
        let kid = key.kid();
        let mut theirs = self.signatures.iter().filter(|signature| signature.kid == kid).peekable();
        if theirs.peek().is_none() {
            return false;
        }
        let message = to_be_signed(purpose, kid, &self.payload);
        theirs.any(|signature| key.verifies(&message, &signature.bytes))
    }
}

fn signature(d: &mut Decoder<'_>) -> Option<Signature> {
    if d.array().ok()?? != 3 {
        return None;
    }
    let kid = kid_of(d.bytes().ok()?)?;
    if d.map().ok()?? != 0 {
        return None;
    }
    Some(Signature { kid, bytes: d.bytes().ok()?.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;
    use proptest::prelude::*;

    const ROOT: Purpose = Purpose("test root");

    fn key(seed: u64) -> SigningKeypair {
        SigningKeypair::random(&SeedDice::new(seed))
    }

    fn signed(seeds: &[u64]) -> Cosigned {
        let mut draft = Cosigned::draft(b"body".to_vec());
        seeds.iter().for_each(|seed| draft.sign(ROOT, &key(*seed)).unwrap());
        draft
    }

    #[test]
    fn each_holder_signs_on_their_own_machine_and_the_copies_are_joined() {
        let (one, two) = (signed(&[1]), Cosigned::parse(&signed(&[2]).to_bytes()).unwrap());
        let mut both = one.clone();
        both.join(&two).unwrap();
        both.join(&one).unwrap();
        let keys = [key(1).public(), key(2).public(), key(3).public()];
        assert_eq!(both.signers(ROOT, &keys), keys[..2]);
        assert_eq!(both.kids().count(), 2);
        assert!(both.join(&Cosigned::draft(b"other".to_vec())).is_err());
    }

    #[test]
    fn one_key_counts_once_however_often_it_signed() {
        let mut twice = signed(&[1, 1]);
        assert_eq!(twice.kids().count(), 1);
        twice.signatures.push(twice.signatures[0].clone());
        let read = Cosigned::parse(&twice.to_bytes()).unwrap();
        let ours = key(1).public();
        assert_eq!(read.signers(ROOT, &[ours, ours]), [ours]);
    }

    #[test]
    fn a_signature_for_another_purpose_or_another_body_counts_for_nothing() {
        let ours = [key(1).public()];
        assert_eq!(signed(&[1]).signers(Purpose("test list"), &ours), []);
        let mut bent = signed(&[1]);
        bent.payload = b"bodz".to_vec();
        assert_eq!(bent.signers(ROOT, &ours), []);
        // Nor does a signature of the profile for one signer: the structure signed says which of the two it is.
        let single = crate::seal::sign(ROOT, &key(1), b"body");
        assert!(Cosigned::parse(&single).is_err());
    }

    #[test]
    fn more_signatures_than_there_can_be_holders_are_refused() {
        let seeds: Vec<u64> = (0..COSIGNATURES_MAX as u64).collect();
        let mut full = signed(&seeds);
        assert!(Cosigned::parse(&full.to_bytes()).is_ok());
        assert!(full.sign(ROOT, &key(99)).is_err());
        full.signatures.push(full.signatures[0].clone());
        assert_eq!(
            Cosigned::parse(&full.to_bytes()).unwrap_err(),
            SealError::Malformed("too many signatures")
        );
    }

    #[test]
    fn no_single_changed_byte_and_no_truncation_keeps_both_signers() {
        let whole = signed(&[1, 2]).to_bytes();
        let keys = [key(1).public(), key(2).public()];
        let both = |bytes: &[u8]| {
            Cosigned::parse(bytes).is_ok_and(|read| read.signers(ROOT, &keys).len() == 2)
        };
        assert!(both(&whole));
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 1;
            assert!(!both(&bent), "byte {at}");
            assert!(Cosigned::parse(&whole[..at]).is_err(), "cut at {at}");
        }
        assert!(Cosigned::parse(&[&whole[..], &[0]].concat()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(read) = Cosigned::parse(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}
