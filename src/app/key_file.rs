//! Keys that publishers, issuers and authorities keep in files: each under a passphrase, none in the clear.

use super::error::{AppError, rule};
use crate::{
    messages,
    seal::{SigningKeypair, SymmetricKey, WrappedKey, wrap_key},
    snapshot::{OpeningId, OpeningSecret},
    sys::{Dice, Disk},
};
use minicbor::{Decode, Encode};
use std::path::Path;

const KEY_FILE_BYTES_MAX: u64 = 4 << 10;

/// What a key file is for; a signing key never passes for an opening secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum Use {
    #[n(0)]
    Signing,
    #[n(1)]
    Opening,
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
