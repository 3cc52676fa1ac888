//! The hub's own keys: one signs receipts, one opens batches. On the disk they lie wrapped under a passphrase.

use super::HubError;
use crate::{
    limits::HUB_KEYS_BYTES_MAX,
    seal::{
        SealingKey, SealingPublicKey, SigningKeypair, SymmetricKey, VerifyingKey, WrappedKey,
        wrap_key,
    },
    sys::{Dice, Disk, DiskError},
};
use minicbor::{Decode, Encode};
use std::path::Path;

const PLACE: &[u8] = b"sonae hub keys v1";
const KEY_BYTES: usize = 32;

/// The hub's secrets; wiped when dropped.
pub struct HubKeys {
    pub(super) signing: SigningKeypair,
    pub(super) sealing: SealingKey,
}

/// The halves that may be given away; they belong on the trust list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubPublic {
    /// Receipts verify under it.
    pub verifying: VerifyingKey,
    /// Batches are sealed to it.
    pub sealing: SealingPublicKey,
}

#[derive(Encode, Decode)]
struct Stored {
    #[n(0)]
    wrapped: WrappedKey,
    #[cbor(n(1), with = "minicbor::bytes")]
    secrets: Vec<u8>,
}

impl HubKeys {
    /// Takes keys as they are.
    #[must_use]
    pub fn new(signing: SigningKeypair, sealing: SealingKey) -> Self {
        Self { signing, sealing }
    }

    /// The public halves.
    pub fn public(&self) -> Result<HubPublic, HubError> {
        Ok(HubPublic { verifying: self.signing.public(), sealing: self.sealing.public()? })
    }

    /// Makes fresh keys and stores them. Never overwrites: with the old keys the delivered records would be lost.
    pub fn create(
        disk: &dyn Disk,
        path: &Path,
        passphrase: &str,
        dice: &dyn Dice,
    ) -> Result<Self, HubError> {
        if disk.length(path)?.is_some() {
            return Err(HubError::KeysExist);
        }
        let keys = Self::new(SigningKeypair::random(dice), SealingKey::random(dice));
        let wrapping = SymmetricKey::random(dice);
        let secrets = [&keys.signing.expose()[..], &keys.sealing.expose()[..]].concat();
        let secrets = zeroize::Zeroizing::new(secrets);
        let stored = Stored {
            wrapped: wrap_key(&wrapping, passphrase, dice)?,
            secrets: wrapping.seal_boxed(dice, PLACE, &secrets)?,
        };
        let mut bytes = vec![];
        let _ = minicbor::encode(stored, &mut bytes); // writing into a `Vec` cannot fail
        disk.replace_private(path, &bytes)?;
        Ok(keys)
    }

    /// Opens stored keys.
    pub fn load(disk: &dyn Disk, path: &Path, passphrase: &str) -> Result<Self, HubError> {
        let bytes = match disk.read(path, HUB_KEYS_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Err(HubError::KeysMissing),
            Err(DiskError::TooLarge { .. }) => return Err(HubError::KeysMalformed),
            other => other?,
        };
        let stored: Stored = minicbor::decode(&bytes).map_err(|_| HubError::KeysMalformed)?;
        let wrapping = stored.wrapped.unwrap_with(passphrase)?;
        let secrets = wrapping.open_boxed(PLACE, &stored.secrets);
        let secrets = zeroize::Zeroizing::new(secrets.map_err(|_| HubError::KeysMalformed)?);
        let (halves, rest) = secrets.as_chunks::<KEY_BYTES>();
        let ([signing, sealing], []) = (halves, rest) else {
            return Err(HubError::KeysMalformed);
        };
        Ok(Self::new(SigningKeypair::from_bytes(signing), SealingKey::from_bytes(*sealing)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::Trouble,
        sys::sim::{SeedDice, SimDisk},
    };

    #[test]
    fn the_hubs_keys_come_back_with_their_passphrase_and_with_no_other() {
        let (disk, path) = (SimDisk::new(), Path::new("hub/keys"));
        let made = HubKeys::create(&disk, path, "備えあれば", &SeedDice::new(1)).unwrap();
        let loaded = HubKeys::load(&disk, path, "備えあれば").unwrap();
        assert_eq!(loaded.public().unwrap(), made.public().unwrap());
        assert_eq!(loaded.signing.expose(), made.signing.expose());
        let code = |found: Result<HubKeys, HubError>| found.err().unwrap().message().code;
        assert_eq!(code(HubKeys::load(&disk, path, "備えなし")), "passphrase_wrong");
        let missing = Path::new("hub/other");
        assert_eq!(code(HubKeys::load(&disk, missing, "備えあれば")), "hub_keys_missing");
        let again = HubKeys::create(&disk, path, "備えあれば", &SeedDice::new(2));
        assert_eq!(code(again), "hub_keys_exist");
    }

    #[test]
    fn a_damaged_key_file_is_called_damaged_and_holds_no_secret_in_the_clear() {
        let (disk, path) = (SimDisk::new(), Path::new("hub/keys"));
        let made = HubKeys::create(&disk, path, "備えあれば", &SeedDice::new(1)).unwrap();
        let bytes = disk.read(path, 9999).unwrap();
        assert!(!bytes.windows(KEY_BYTES).any(|w| w == made.signing.expose()));
        disk.tamper(path, |bytes| bytes.truncate(20));
        let damaged = HubKeys::load(&disk, path, "備えあれば");
        assert_eq!(damaged.err().unwrap().message().code, "hub_keys_malformed");
    }
}
