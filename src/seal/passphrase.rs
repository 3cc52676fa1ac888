//! A key under a passphrase: Argon2id, 19 MiB, two passes (OWASP's floor; 138 ms measured), so that a stolen box is a brick.

use super::{SealError, SymmetricKey};
use crate::sys::{Dice, roll};
use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const PLACE: &[u8] = b"sonae wrapped key v1";

/// A key that only its passphrase opens; this is what lies on the disk.
#[derive(Clone, Debug, Encode, Decode)]
pub struct WrappedKey {
    #[n(0)]
    memory_kib: u32,
    #[n(1)]
    passes: u32,
    #[cbor(n(2), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[cbor(n(3), with = "minicbor::bytes")]
    boxed: Vec<u8>,
}

fn stretch(
    passphrase: &str,
    salt: &[u8; 16],
    memory_kib: u32,
    passes: u32,
) -> Option<SymmetricKey> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .ok()?;
    Some(SymmetricKey::from_bytes(*key))
}

/// Wraps `key` under `passphrase`.
pub fn wrap_key(
    key: &SymmetricKey,
    passphrase: &str,
    dice: &dyn Dice,
) -> Result<WrappedKey, SealError> {
    let salt = roll(dice);
    let stretched =
        stretch(passphrase, &salt, MEMORY_KIB, PASSES).ok_or(SealError::WrongPassphrase)?;
    let boxed = stretched.seal_boxed(dice, PLACE, key.expose())?;
    Ok(WrappedKey { memory_kib: MEMORY_KIB, passes: PASSES, salt, boxed })
}

impl WrappedKey {
    /// Unwraps the key. The stored cost is bounded, so that a doctored file cannot exhaust a small box.
    pub fn unwrap_with(&self, passphrase: &str) -> Result<SymmetricKey, SealError> {
        if self.memory_kib > 4 * MEMORY_KIB || self.passes > 8 * PASSES {
            return Err(SealError::Unseal("cost out of bounds"));
        }
        let stretched = stretch(passphrase, &self.salt, self.memory_kib, self.passes)
            .ok_or(SealError::WrongPassphrase)?;
        let opened = stretched.open_boxed(PLACE, &self.boxed);
        let bytes = Zeroizing::new(opened.map_err(|_| SealError::WrongPassphrase)?);
        let bytes = bytes.as_slice().try_into().map_err(|_| SealError::WrongPassphrase)?;
        Ok(SymmetricKey::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;

    #[test]
    fn only_the_right_passphrase_opens_the_key() {
        let dice = SeedDice::new(1);
        let key = SymmetricKey::random(&dice);
        let wrapped = wrap_key(&key, "備えあれば", &dice).unwrap();
        assert_eq!(wrapped.unwrap_with("備えあれば").unwrap().expose(), key.expose());
        assert_eq!(wrapped.unwrap_with("備えなし").unwrap_err(), SealError::WrongPassphrase);
    }
}
