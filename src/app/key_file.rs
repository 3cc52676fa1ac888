//! Keys that publishers, issuers and authorities keep in files: each under a passphrase, none in the clear.

use super::error::{AppError, rule};
use crate::{
    messages,
    seal::{SigningKeypair, SymmetricKey, WrappedKey, wrap_key},
    snapshot::{OpeningId, OpeningSecret, ReleaseId, ReleaseSecrets},
    sys::{Dice, Disk},
};
use minicbor::{Decode, Encode};
use std::path::Path;
use zeroize::Zeroizing;

const KEY_FILE_BYTES_MAX: u64 = 4 << 10;

/// What a key file is for; a signing key never passes for an opening secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum Use {
    #[n(0)]
    Signing,
    #[n(1)]
    Opening,
    #[n(2)]
    Release,
}

#[derive(Encode, Decode)]
struct KeyFile {
    #[n(0)]
    magic: String,
    #[n(1)]
    purpose: Use,
    #[cbor(n(2), with = "minicbor::bytes")]
    id: Vec<u8>,
    #[n(3)]
    wrapped: WrappedKey,
}

const MAGIC: &str = "sonae key v1";

fn write(disk: &dyn Disk, path: &Path, file: &KeyFile) -> Result<(), AppError> {
    if disk.length(path)?.is_some() {
        return Err(rule(&messages::OUTPUT_EXISTS)); // a key overwritten is a key lost
    }
    let mut bytes = vec![];
    let _ = minicbor::encode(file, &mut bytes); // writing into a `Vec` cannot fail
    Ok(disk.replace(path, &bytes)?)
}

fn read(
    disk: &dyn Disk,
    path: &Path,
    purpose: Use,
    passphrase: &str,
) -> Result<(Vec<u8>, SymmetricKey), AppError> {
    let bytes = disk.read(path, KEY_FILE_BYTES_MAX)?;
    let file: KeyFile =
        minicbor::decode(&bytes).map_err(|_| rule(&messages::KEY_FILE_UNREADABLE))?;
    if file.magic != MAGIC || file.purpose != purpose {
        return Err(rule(&messages::KEY_FILE_UNREADABLE));
    }
    Ok((file.id, file.wrapped.unwrap_with(passphrase)?))
}

/// Writes a signing key under a passphrase. Never overwrites.
pub fn write_signing_key(
    disk: &dyn Disk,
    dice: &dyn Dice,
    path: &Path,
    key: &SigningKeypair,
    passphrase: &str,
) -> Result<(), AppError> {
    let wrapped = wrap_key(&SymmetricKey::from_bytes(*key.expose()), passphrase, dice)?;
    let id = key.public().kid().0.to_vec();
    write(disk, path, &KeyFile { magic: MAGIC.into(), purpose: Use::Signing, id, wrapped })
}

/// Reads a signing key.
pub fn read_signing_key(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<SigningKeypair, AppError> {
    let (_, secret) = read(disk, path, Use::Signing, passphrase)?;
    Ok(SigningKeypair::from_bytes(secret.expose()))
}

/// Writes an opening secret under a passphrase. Never overwrites.
pub fn write_opening(
    disk: &dyn Disk,
    dice: &dyn Dice,
    path: &Path,
    opening: &OpeningSecret,
    passphrase: &str,
) -> Result<(), AppError> {
    let wrapped = wrap_key(&SymmetricKey::from_bytes(*opening.expose()), passphrase, dice)?;
    let id = opening.id().0.to_vec();
    write(disk, path, &KeyFile { magic: MAGIC.into(), purpose: Use::Opening, id, wrapped })
}

/// Reads an opening secret.
pub fn read_opening(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<OpeningSecret, AppError> {
    let (id, secret) = read(disk, path, Use::Opening, passphrase)?;
    let id = id.try_into().map_err(|_| rule(&messages::KEY_FILE_UNREADABLE))?;
    Ok(OpeningSecret::new(OpeningId(id), secret))
}

const RELEASE_PLACE: &[u8] = b"sonae release secrets v1";

/// Writes the keys of a whole release under a passphrase, for deltas on top of it. Never overwrites.
///
/// Beside the release's name lie its two keys, sealed by the key that is wrapped.
pub fn write_release_secrets(
    disk: &dyn Disk,
    dice: &dyn Dice,
    path: &Path,
    secrets: &ReleaseSecrets,
    passphrase: &str,
) -> Result<(), AppError> {
    let key = SymmetricKey::random(dice);
    let name = secrets.release_id().0;
    let [eligibility, medical] = secrets.expose();
    let plain = Zeroizing::new([&name[..], eligibility.expose(), medical.expose()].concat());
    let id = [&name[..], &key.seal_boxed(dice, RELEASE_PLACE, &plain)?].concat();
    let wrapped = wrap_key(&key, passphrase, dice)?;
    write(disk, path, &KeyFile { magic: MAGIC.into(), purpose: Use::Release, id, wrapped })
}

/// Reads the keys of a whole release.
pub fn read_release_secrets(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<ReleaseSecrets, AppError> {
    let (id, key) = read(disk, path, Use::Release, passphrase)?;
    let opened = || {
        let (_, sealed) = id.split_first_chunk::<16>()?;
        let plain = Zeroizing::new(key.open_boxed(RELEASE_PLACE, sealed).ok()?);
        let (name, keys) = plain.split_first_chunk::<16>()?;
        let (eligibility, medical) = keys.split_first_chunk::<32>()?;
        let medical = SymmetricKey::from_bytes(medical.try_into().ok()?);
        let eligibility = SymmetricKey::from_bytes(*eligibility);
        Some(ReleaseSecrets::new(ReleaseId(*name), eligibility, medical))
    };
    opened().ok_or(rule(&messages::KEY_FILE_UNREADABLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::Trouble,
        sys::sim::{SeedDice, SimDisk},
    };

    #[test]
    fn a_releases_secrets_read_back_under_their_passphrase_alone_and_pass_for_nothing_else() {
        let (disk, dice, path) = (SimDisk::new(), SeedDice::new(1), Path::new("/secrets.key"));
        let keys = [SymmetricKey::random(&dice), SymmetricKey::random(&dice)];
        let secrets = ReleaseSecrets::new(ReleaseId([7; 16]), keys[0].clone(), keys[1].clone());
        write_release_secrets(&disk, &dice, path, &secrets, "ひみつ").unwrap();
        let read = read_release_secrets(&disk, path, "ひみつ").unwrap();
        assert_eq!(read.release_id(), secrets.release_id());
        assert_eq!(read.expose().map(SymmetricKey::expose), keys.each_ref().map(|k| k.expose()));
        assert!(read_release_secrets(&disk, path, "ちがう").is_err());
        let other = read_opening(&disk, path, "ひみつ").unwrap_err();
        assert_eq!(other.message().code, "key_file_unreadable");
        let bytes = disk.read(path, KEY_FILE_BYTES_MAX).unwrap();
        assert!(!bytes.windows(32).any(|window| window == keys[0].expose()));
        let again = write_release_secrets(&disk, &dice, path, &secrets, "ひみつ").unwrap_err();
        assert_eq!(again.message().code, "output_exists");
    }
}
