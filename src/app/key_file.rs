//! Keys that publishers, issuers and authorities keep in files: each under a passphrase, none in the clear.

use super::error::{AppError, rule};
use crate::{
    messages,
    seal::{SigningKeypair, SymmetricKey, VerifyingKey, WrappedKey, wrap_key},
    snapshot::{OpeningId, OpeningSecret, ReleaseId, ReleaseSecrets},
    sync::names,
    sys::{Dice, Disk},
};
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::path::Path;
use zeroize::Zeroizing;

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
    /// The keys of a whole release, for deltas on top of it.
    #[n(3)]
    Release,
}

/// What a signing key was made for. It signs nothing else: one key, one purpose. Whose word it is, the trust list says.
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

impl KeyRole {
    /// As on the command line and in what `inspect` tells.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Publisher => "publisher",
            Self::Issuer => "issuer",
            Self::Authority => "authority",
        }
    }
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
        Self::parse(&disk.read(path, KEY_FILE_BYTES_MAX)?)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, AppError> {
        let file: Self =
            minicbor::decode(bytes).map_err(|_| rule(&messages::KEY_FILE_UNREADABLE))?;
        if file.magic != MAGIC { Err(rule(&messages::KEY_FILE_UNREADABLE)) } else { Ok(file) }
    }

    pub(super) fn facts(self) -> KeyFacts {
        KeyFacts {
            kind: self.purpose,
            role: self.role,
            id: names::hex(self.name()),
            public: self.public.map(|public| names::hex(&public)),
            share: self.share,
            printed: self.printed.unwrap_or_default(),
        }
    }

    /// A release's sealed keys follow its name.
    fn name(&self) -> &[u8] {
        match self.purpose {
            KeyUse::Release => self.id.get(..16).unwrap_or_default(),
            KeyUse::Signing | KeyUse::Opening | KeyUse::SigningShare => &self.id,
        }
    }

    pub(super) fn wants(self, purpose: KeyUse) -> Result<Self, AppError> {
        if self.purpose == purpose { Ok(self) } else { Err(rule(&messages::KEY_FILE_OTHER_KIND)) }
    }

    /// Refuses a key that was made for another role. Files of an earlier make bear none, and secrets never do.
    pub(super) fn made_for(&self, wanted: KeyRole) -> Result<(), AppError> {
        match self.role {
            Some(given) if given != wanted => Err(AppError::KeyOfOtherRole { wanted, given }),
            _ => Ok(()),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
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
    KeyFile::read(disk, path).map(KeyFile::facts)
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
    let wrapped = wrapped(key.expose(), passphrase, dice)?;
    KeyFile::new(KeyUse::Release, &id, wrapped).write_new(disk, path)
}

/// Reads the keys of a whole release.
pub fn read_release_secrets(
    disk: &dyn Disk,
    path: &Path,
    passphrase: &str,
) -> Result<ReleaseSecrets, AppError> {
    let file = KeyFile::read(disk, path)?.wants(KeyUse::Release)?;
    let key = file.wrapped.unwrap_with(passphrase)?;
    let opened = || {
        let (_, sealed) = file.id.split_first_chunk::<16>()?;
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
        assert_eq!(other.message().code, "key_file_other_kind");
        let bytes = disk.read(path, KEY_FILE_BYTES_MAX).unwrap();
        assert!(!bytes.windows(32).any(|window| window == keys[0].expose()));
        let again = write_release_secrets(&disk, &dice, path, &secrets, "ひみつ").unwrap_err();
        assert_eq!(again.message().code, "output_exists");
    }
}
