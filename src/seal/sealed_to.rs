//! Sealing to one receiver: HPKE (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305.

use super::SealError;
use crate::sys::{Dice, roll};
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256 as Kem,
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const ENCAPPED_BYTES: usize = 32;

/// Where a box or a hub receives sealed things. Not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealingPublicKey(pub [u8; 32]);

/// The secret half of a [`SealingPublicKey`]; wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealingKey([u8; 32]);

impl SealingKey {
    /// A fresh pair.
    #[must_use]
    pub fn random(dice: &dyn Dice) -> Self {
        let seed = Zeroizing::new(roll::<32>(dice));
        let (secret, _) = Kem::derive_keypair(&*seed);
        let mut key = Self([0; 32]);
        key.0.copy_from_slice(&secret.to_bytes());
        key
    }

    /// Takes a stored secret.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret, for storing it under another key.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The half that may be given away.
    pub fn public(&self) -> Result<SealingPublicKey, SealError> {
        let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(&self.0)
            .map_err(|_| SealError::Unseal("key"))?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&Kem::sk_to_pk(&secret).to_bytes());
        Ok(SealingPublicKey(bytes))
    }

    /// Opens what was sealed to this key for the same purpose and place.
    pub fn open(&self, purpose: &str, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (encapped, body) =
            sealed.split_first_chunk::<ENCAPPED_BYTES>().ok_or(SealError::Unseal("too short"))?;
        let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(&self.0)
            .map_err(|_| SealError::Unseal("key"))?;
        let encapped = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapped)
            .map_err(|_| SealError::Unseal("encapsulated key"))?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &secret,
            &encapped,
            purpose.as_bytes(),
            body,
            place,
        )
        .map_err(|_| SealError::Unseal("tag"))
    }
}

impl SealingPublicKey {
    /// Seals `plaintext` so that only the holder of the secret half reads it.
    pub fn seal(
        &self,
        purpose: &str,
        place: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let public =
            <Kem as hpke::Kem>::PublicKey::from_bytes(&self.0).map_err(|_| SealError::WeakKey)?;
        let (encapped, body) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &public,
            purpose.as_bytes(),
            plaintext,
            place,
        )
        .map_err(|_| SealError::WeakKey)?;
        Ok([&encapped.to_bytes()[..], &body].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;

    #[test]
    fn only_the_box_it_was_sealed_to_opens_it_and_only_for_its_purpose() {
        let (ours, theirs) =
            (SealingKey::random(&SeedDice::new(1)), SealingKey::random(&SeedDice::new(2)));
        let sealed = ours.public().unwrap().seal("region key", b"release 1", b"secret").unwrap();
        assert_eq!(ours.open("region key", b"release 1", &sealed).unwrap(), b"secret");
        assert!(theirs.open("region key", b"release 1", &sealed).is_err());
        assert!(ours.open("batch", b"release 1", &sealed).is_err());
        assert!(ours.open("region key", b"release 2", &sealed).is_err());
        assert!(ours.open("region key", b"release 1", b"short").is_err());
    }
}
