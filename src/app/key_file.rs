//! Keys that publishers, issuers and authorities keep in files: each under a passphrase, none in the clear.

use super::error::{AppError, rule};
use crate::{
    messages,
    seal::{SigningKeypair, SymmetricKey, VerifyingKey, WrappedKey, wrap_key},
    snapshot::{OpeningId, OpeningSecret},
    sync::names,
    sys::{Dice, Disk},
};
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::path::Path;

const KEY_FILE_BYTES_MAX: u64 = 4 << 10;
const MAGIC: &str = "sonae key v1";

/// What a key file is for; a signing key never passes for an opening secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum KeyUse {
    /// A whole signing key.
    #[n(0)]
    Signing,
    /// An opening secret.
    #[n(1)]
    Opening,
    /// One share of a signing key.
    #[n(2)]
    SigningShare,
}

/// What a signing key was made for. A label for people; what it may sign is the trust list's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum KeyRole {
    /// Signs trust lists.
    #[n(0)]
    Root,
    /// Signs releases.
    #[n(1)]
    Publisher,
    /// Signs papers and revocation lists.
    #[n(2)]
    Issuer,
    /// Signs disaster orders.
    #[n(3)]
    Authority,
}

/// A set of envelopes that was printed of an opening secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct PrintedSet {
    /// The set's name, as on its sheets.
    #[n(0)]
    pub set: String,
    /// The day, ISO.
    #[n(1)]
    pub made_on: String,
    /// How many sheets open.
    #[n(2)]
    pub threshold: u8,
    /// How many sheets there are.
    #[n(3)]
    pub count: u8,
    /// Why it was printed although there was a set before; empty for the first.
    #[n(4)]
    pub reason: String,
}

/// Where a share belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct SharePlace {
    /// Its number, from 1.
    #[n(0)]
    pub index: u8,
    /// How many are needed.
    #[n(1)]
    pub threshold: u8,
    /// How many there are.
    #[n(2)]
    pub count: u8,
    /// Which deal: shares of two deals do not fit together.
    #[serde(skip)]
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) deal: [u8; 2],
}

/// What lies in the file. Fields from 4 on were added later and may be absent.
#[derive(Encode, Decode)]
pub(super) struct KeyFile {
    #[n(0)]
    pub(super) magic: String,
    #[n(1)]
    pub(super) purpose: KeyUse,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(super) id: Vec<u8>,
    #[n(3)]
    pub(super) wrapped: WrappedKey,
    #[n(4)]
    pub(super) role: Option<KeyRole>,
    #[cbor(n(5), with = "minicbor::bytes")]
    pub(super) public: Option<[u8; 32]>,
    #[n(6)]
    pub(super) share: Option<SharePlace>,
    #[n(7)]
    pub(super) printed: Option<Vec<PrintedSet>>,
}

/// What a key file says about itself without its passphrase. Nothing here is secret, and nothing is vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyFacts {
    /// What it is for.
    pub kind: KeyUse,
    /// What the key was made for, where it is known.
    pub role: Option<KeyRole>,
    /// Id of the key, of the opening secret, or of the set of shares, hexadecimal.
    pub id: String,
    /// The public half, hexadecimal.
    pub public: Option<String>,
    /// Of a share: where it belongs.
    pub share: Option<SharePlace>,
    /// Of an opening secret: the sets of envelopes printed of it.
    pub printed: Vec<PrintedSet>,
}

impl KeyFile {
    pub(super) fn new(purpose: KeyUse, id: &[u8], wrapped: WrappedKey) -> Self {
        let (magic, id) = (MAGIC.into(), id.to_vec());
        Self { magic, purpose, id, wrapped, role: None, public: None, share: None, printed: None }
    }

    pub(super) fn read(disk: &dyn Disk, path: &Path) -> Result<Self, AppError> {
        let bytes = disk.read(path, KEY_FILE_BYTES_MAX)?;
        let file: Self =
            minicbor::decode(&bytes).map_err(|_| rule(&messages::KEY_FILE_UNREADABLE))?;
        if file.magic != MAGIC { Err(rule(&messages::KEY_FILE_UNREADABLE)) } else { Ok(file) }
    }

    pub(super) fn wants(self, purpose: KeyUse) -> Result<Self, AppError> {
        if self.purpose == purpose { Ok(self) } else { Err(rule(&messages::KEY_FILE_OTHER_KIND)) }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![];
        let _ = minicbor::encode(self, &mut bytes); // writing into a `Vec` cannot fail
        bytes
    }

    /// Never overwrites: a key overwritten is a key lost.
    pub(super) fn write_new(&self, disk: &dyn Disk, path: &Path) -> Result<(), AppError> {
        if disk.length(path)?.is_some() {
            return Err(rule(&messages::OUTPUT_EXISTS));
        }
        Ok(disk.replace_private(path, &self.to_bytes())?)
    }
}

/// Tells what a key file is, without its passphrase.
pub fn inspect_key_file(disk: &dyn Disk, path: &Path) -> Result<KeyFacts, AppError> {
    let file = KeyFile::read(disk, path)?;
    Ok(KeyFacts {
        kind: file.purpose,
        role: file.role,
        id: names::hex(&file.id),
        public: file.public.map(|public| names::hex(&public)),
        share: file.share,
        printed: file.printed.unwrap_or_default(),
    })
}

pub(super) fn wrapped(
    secret: &[u8; 32],
    passphrase: &str,
    dice: &dyn Dice,
) -> Result<WrappedKey, AppError> {
    Ok(wrap_key(&SymmetricKey::from_bytes(*secret), passphrase, dice)?)
}

/// Writes a signing key under a passphrase. Never overwrites.
pub fn write_signing_key(
    disk: &dyn Disk,
    dice: &dyn Dice,
    path: &Path,
    key: &SigningKeypair,
    role: KeyRole,
    passphrase: &str,
) -> Result<(), AppError> {
    let wrapped = wrapped(key.expose(), passphrase, dice)?;
    let public: VerifyingKey = key.public();
    let file = KeyFile::new(KeyUse::Signing, &public.kid().0, wrapped);
    let file = KeyFile { role: Some(role), public: Some(*public.as_bytes()), ..file };
    file.write_new(disk, path)
}

/// Reads a whole signing key.
pub fn read_signing_key(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<SigningKeypair, AppError> {
    let file = KeyFile::read(disk, path)?.wants(KeyUse::Signing)?;
    Ok(SigningKeypair::from_bytes(file.wrapped.unwrap_with(passphrase)?.expose()))
}

/// Writes an opening secret under a passphrase. Never overwrites.
pub fn write_opening(
    disk: &dyn Disk,
    dice: &dyn Dice,
    path: &Path,
    opening: &OpeningSecret,
    passphrase: &str,
) -> Result<(), AppError> {
    let wrapped = wrapped(opening.expose(), passphrase, dice)?;
    KeyFile::new(KeyUse::Opening, &opening.id().0, wrapped).write_new(disk, path)
}

/// Reads an opening secret.
pub fn read_opening(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<OpeningSecret, AppError> {
    let file = KeyFile::read(disk, path)?.wants(KeyUse::Opening)?;
    let secret = file.wrapped.unwrap_with(passphrase)?;
    let id = file.id.try_into().map_err(|_| rule(&messages::KEY_FILE_UNREADABLE))?;
    Ok(OpeningSecret::new(OpeningId(id), secret))
}

/// Writes down in the opening secret's own file that a set of envelopes is being printed of it.
///
/// Before the sheets are written: the file then knows of every set there may be. A second set needs its reason.
pub fn note_printed_set(disk: &dyn Disk, path: &Path, set: PrintedSet) -> Result<(), AppError> {
    let mut file = KeyFile::read(disk, path)?.wants(KeyUse::Opening)?;
    let sets = file.printed.get_or_insert_default();
    if !sets.is_empty() && set.reason.trim().is_empty() {
        return Err(rule(&messages::ENVELOPES_PRINTED_BEFORE));
    }
    sets.push(set);
    let bytes = file.to_bytes();
    if bytes.len() as u64 > KEY_FILE_BYTES_MAX {
        return Err(rule(&messages::ENVELOPES_PRINTED_BEFORE)); // nobody prints one set thirty times
    }
    Ok(disk.replace_private(path, &bytes)?)
}
