//! A signing key held by several people: each a file under a passphrase of their own, joined in memory only.

use super::{
    error::{AppError, rule},
    key_file::{KeyFile, KeyRole, KeyUse, SharePlace, wrapped},
};
use crate::{
    messages,
    seal::{self, Share, ShareKind, ShareSet, SigningKeypair, SymmetricKey},
    sys::{Dice, Disk},
};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const KIND: ShareKind = ShareKind(2);

/// Where a passphrase comes from: that of a share by its number, that of a whole key without.
pub type PassphraseOf<'a> = dyn FnMut(Option<u8>) -> Result<Zeroizing<String>, AppError> + 'a;

/// Splits the signing key in `path` into files `share-1.key`, `share-2.key`, … of `out`, each under its own passphrase.
///
/// The whole key stays where it is; whoever splits it removes it once the shares have signed something.
pub fn split_signing_key(
    disk: &dyn Disk,
    dice: &dyn Dice,
    (path, out): (&Path, &Path),
    sizes: (u8, u8),
    passphrase_of: &mut PassphraseOf<'_>,
) -> Result<Vec<PathBuf>, AppError> {
    let file = KeyFile::read(disk, path)?.wants(KeyUse::Signing)?;
    let secret = file.wrapped.unwrap_with(&passphrase_of(None)?)?;
    let public = SigningKeypair::from_bytes(secret.expose()).public();
    let shares = seal::deal(KIND, public.commitment(), &secret, sizes, dice)?;
    if !disk.list(out)?.is_empty() {
        return Err(rule(&messages::OUTPUT_EXISTS));
    }
    let passphrases: Vec<_> =
        shares.iter().map(|share| passphrase_of(Some(share.index()))).collect::<Result<_, _>>()?;
    if passphrases
        .iter()
        .enumerate()
        .any(|(at, one)| passphrases.iter().skip(at + 1).any(|o| o == one))
    {
        return Err(rule(&messages::PASSPHRASES_ALIKE)); // one person could open them all
    }
    disk.make_dir(out)?;
    let write = |(share, passphrase): (&Share, &Zeroizing<String>)| {
        let wrapped = wrapped(share.value().expose(), passphrase, dice)?;
        let ShareSet { commitment, deal, threshold, count, .. } = share.set();
        let sealed = KeyFile {
            role: file.role,
            public: Some(*public.as_bytes()),
            share: Some(SharePlace { index: share.index(), threshold, count, deal }),
            ..KeyFile::new(KeyUse::SigningShare, &commitment, wrapped)
        };
        let path = out.join(format!("share-{}.key", share.index()));
        sealed.write_new(disk, &path)?;
        Ok(path)
    };
    shares.iter().zip(&passphrases).map(write).collect()
}

/// Reads a signing key: one whole file, or as many share files as it needs.
///
/// # Errors
/// A key that was made for another role than the one wanted, told before a passphrase is asked for; a wrong passphrase;
/// shares too few or of different keys; the disk.
pub fn read_signing_keys(
    disk: &dyn Disk,
    (wanted, paths): (KeyRole, &[PathBuf]),
    passphrase_of: &mut PassphraseOf<'_>,
) -> Result<SigningKeypair, AppError> {
    for path in paths {
        KeyFile::read(disk, path)?.made_for(wanted)?;
    }
    if let [path] = paths
        && let Ok(file) = KeyFile::read(disk, path)?.wants(KeyUse::Signing)
    {
        let secret = file.wrapped.unwrap_with(&passphrase_of(None)?)?;
        return Ok(SigningKeypair::from_bytes(secret.expose()));
    }
    let shares: Vec<Share> =
        paths.iter().map(|path| read_share(disk, path, passphrase_of)).collect::<Result<_, _>>()?;
    let public_of = |secret: &SymmetricKey| SigningKeypair::from_bytes(secret.expose()).public();
    let joined = seal::join(&shares, |secret| public_of(secret).commitment())?;
    Ok(SigningKeypair::from_bytes(joined.secret.expose()))
}

fn read_share(
    disk: &dyn Disk,
    path: &Path,
    passphrase_of: &mut PassphraseOf<'_>,
) -> Result<Share, AppError> {
    let unreadable = || rule(&messages::KEY_FILE_UNREADABLE);
    let file = KeyFile::read(disk, path)?.wants(KeyUse::SigningShare)?;
    let place = file.share.ok_or_else(unreadable)?;
    let value = file.wrapped.unwrap_with(&passphrase_of(Some(place.index))?)?;
    let set = ShareSet {
        kind: KIND,
        commitment: file.id.try_into().map_err(|_| unreadable())?,
        deal: place.deal,
        threshold: place.threshold,
        count: place.count,
    };
    Ok(Share::from_parts(set, place.index, &value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{inspect_key_file, write_signing_key},
        messages::Trouble,
        sys::sim::{SeedDice, SimDisk},
    };

    const WHOLE: &str = "keys/root.key";

    fn of(index: Option<u8>) -> Result<Zeroizing<String>, AppError> {
        Ok(Zeroizing::new(format!("kumo no ue no mori {index:?}")))
    }

    fn split() -> (SimDisk, SigningKeypair, Vec<PathBuf>) {
        let (disk, dice) = (SimDisk::new(), SeedDice::new(1));
        let key = SigningKeypair::random(&dice);
        let path = Path::new(WHOLE);
        let passphrase = of(None).unwrap();
        write_signing_key(&disk, &dice, path, &key, KeyRole::Root, &passphrase).unwrap();
        let out = Path::new("shares");
        let files = split_signing_key(&disk, &dice, (path, out), (2, 3), &mut of).unwrap();
        (disk, key, files)
    }

    fn code<T>(outcome: Result<T, AppError>) -> &'static str {
        outcome.err().map_or("ok", |refusal| refusal.message().code)
    }

    #[test]
    fn two_of_three_files_sign_as_the_whole_key_does_and_one_does_not() {
        let (disk, key, files) = split();
        for two in [[0, 1], [2, 0], [1, 2]] {
            let paths = two.map(|at: usize| files[at].clone());
            let joined = read_signing_keys(&disk, (KeyRole::Root, &paths), &mut of).unwrap();
            assert_eq!(joined.public(), key.public());
        }
        let whole = read_signing_keys(&disk, (KeyRole::Root, &[WHOLE.into()]), &mut of).unwrap();
        assert_eq!(whole.public(), key.public());
        let refusal =
            |paths: &[PathBuf]| code(read_signing_keys(&disk, (KeyRole::Root, paths), &mut of));
        assert_eq!(refusal(&files[..1]), "shares_too_few");
        assert_eq!(refusal(&[files[0].clone(), files[0].clone()]), "share_twice");
    }

    #[test]
    fn a_key_of_another_role_signs_nothing_whole_or_in_shares_and_both_roles_are_named() {
        let (disk, key, files) = split();
        for paths in [vec![WHOLE.into()], files[..2].to_vec()] {
            for role in [KeyRole::Publisher, KeyRole::Issuer, KeyRole::Authority] {
                let mut asked = |_| -> Result<Zeroizing<String>, AppError> {
                    panic!("a passphrase was asked for that would not help")
                };
                let refusal = read_signing_keys(&disk, (role, &paths), &mut asked).unwrap_err();
                assert_eq!(refusal.message().code, "key_file_other_role");
                let told = refusal.to_string();
                assert!(told.contains(role.label()) && told.contains("root"), "{told}");
            }
        }
        // A file of an earlier make bears no role: the trust list alone judges it, as ever.
        let mut old = KeyFile::read(&disk, Path::new(WHOLE)).unwrap();
        old.role = None;
        old.write_new(&disk, Path::new("keys/old.key")).unwrap();
        let paths = ["keys/old.key".into()];
        let read = read_signing_keys(&disk, (KeyRole::Publisher, &paths), &mut of).unwrap();
        assert_eq!(read.public(), key.public());
    }

    #[test]
    fn each_share_opens_with_its_own_passphrase_only() {
        let (disk, _, files) = split();
        let mut first_for_all = |_| of(Some(1));
        let refused = read_signing_keys(&disk, (KeyRole::Root, &files[..2]), &mut first_for_all);
        assert_eq!(code(refused), "passphrase_wrong");
        let out = Path::new("others");
        let mut alike = |_| of(None);
        let refused = split_signing_key(
            &disk,
            &SeedDice::new(2),
            (Path::new(WHOLE), out),
            (2, 3),
            &mut alike,
        );
        assert_eq!(code(refused), "passphrases_alike");
        assert!(disk.list(out).unwrap().is_empty(), "nothing was written");
    }

    #[test]
    fn a_share_file_tells_what_it_is_and_holds_no_share_in_the_clear() {
        let (disk, key, files) = split();
        let facts = inspect_key_file(&disk, &files[1]).unwrap();
        assert_eq!((facts.kind, facts.role), (KeyUse::SigningShare, Some(KeyRole::Root)));
        assert_eq!(facts.share.map(|s| (s.index, s.threshold, s.count)), Some((2, 2, 3)));
        let share = read_share(&disk, &files[1], &mut of).unwrap();
        for path in files.iter().chain([&PathBuf::from(WHOLE)]) {
            let bytes = disk.read(path, 9999).unwrap();
            for secret in [key.expose(), share.value().expose()] {
                assert!(!bytes.windows(32).any(|window| window == secret));
            }
        }
    }

    #[test]
    fn a_share_is_no_whole_key_and_an_opening_is_neither() {
        let (disk, _, files) = split();
        let passphrase = of(None).unwrap();
        let refused = crate::app::read_signing_key(&disk, &files[0], &passphrase);
        assert_eq!(code(refused), "key_file_other_kind");
        let mixed = [files[0].clone(), WHOLE.into()];
        let refused = read_signing_keys(&disk, (KeyRole::Root, &mixed), &mut of);
        assert_eq!(code(refused), "key_file_other_kind");
    }
}
