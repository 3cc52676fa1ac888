//! Synthetic keys and lists for drills.

use super::{
    Held, KeyStatus, Role, RootDraft, RootHolder, Roots, TrustDraft, TrustList, TrustedKey,
};
use crate::{
    domain::{area::Area, evidence::DocumentKind, policy::Policy, time::Stamp},
    seal::{Cosigned, Purpose, SealingPublicKey, SigningKeypair},
    sys::sim::SeedDice,
};
use jiff::civil::date;

/// 2026-11-22 12:00 in Japan.
pub const NOW: Stamp = Stamp(1_795_316_400);
/// The seed of the first root key; the next two follow.
pub const ROOT: u64 = 100;
const ROOT_PURPOSE: Purpose = Purpose("sonae root v1");

/// The key pair of one seed.
pub fn keypair(seed: u64) -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(seed))
}

/// A key of this role, valid 2026-04-01 to 2027-03-31, with no scope.
pub fn key(role: Role, pair: &SigningKeypair) -> TrustedKey {
    TrustedKey {
        role,
        key: pair.public(),
        name: "能登町（架空）".into(),
        insurers: vec![],
        documents: vec![],
        areas: vec![],
        not_before: date(2026, 4, 1),
        not_after: date(2027, 3, 31),
        status: KeyStatus::Active,
        sealing: None,
    }
}

/// An issuer of both papers for insurers 01170000 to 01179999.
pub fn issuer(pair: &SigningKeypair) -> TrustedKey {
    TrustedKey {
        name: "全国健康保険協会 石川支部（架空）".into(),
        insurers: vec![(1_170_000, 1_179_999)],
        documents: vec![DocumentKind::Certificate, DocumentKind::Notice],
        ..key(Role::Issuer, pair)
    }
}

/// An authority for Ishikawa.
pub fn authority(pair: &SigningKeypair) -> TrustedKey {
    let (name, areas) = ("石川県（架空）".into(), vec![Area::Prefecture(17)]);
    TrustedKey { name, areas, ..key(Role::Authority, pair) }
}

/// A hub with a place to seal to.
pub fn hub(pair: &SigningKeypair) -> TrustedKey {
    TrustedKey { sealing: Some(SealingPublicKey([7; 32])), ..key(Role::Hub, pair) }
}

/// A root document held by these seeds, `threshold` of whom must sign.
pub fn root_draft(version: u64, threshold: u8, holders: &[u64]) -> RootDraft {
    let holder =
        |seed: &u64| RootHolder { key: keypair(*seed).public(), name: format!("鍵{seed}") };
    let holders = holders.iter().map(holder).collect();
    RootDraft { version, made_at: NOW.plus_days(-1), threshold, holders }
}

/// A root document with these seeds' signatures, whatever it says.
pub fn sign_root(draft: &RootDraft, seeds: &[u64]) -> Vec<u8> {
    let mut document = Cosigned::parse(&draft.unsigned()).unwrap();
    seeds.iter().for_each(|seed| document.sign(ROOT_PURPOSE, &keypair(*seed)).unwrap());
    document.to_bytes()
}

/// Root 1: two of the seeds 100, 101 and 102.
pub fn roots() -> Roots {
    Roots::born_with(&sign_root(&root_draft(1, 2, &[ROOT, ROOT + 1, ROOT + 2]), &[ROOT, ROOT + 1]))
        .unwrap()
}

/// A list as two of the root's holders sign it.
pub fn sign(draft: &TrustDraft) -> Vec<u8> {
    draft.sign(&[&keypair(ROOT), &keypair(ROOT + 1)])
}

/// A draft with these keys under root 1, made the day before [`NOW`].
pub fn draft(sequence: u64, keys: Vec<TrustedKey>) -> TrustDraft {
    TrustDraft {
        root_version: 1,
        sequence,
        made_at: NOW.plus_days(-1),
        next_due: NOW.plus_days(6),
        policy: Policy::default(),
        keys,
    }
}

/// A list with these keys, as a box holds it.
pub fn list(keys: Vec<TrustedKey>) -> TrustList {
    TrustList::open(&sign(&draft(1, keys)), &roots(), &Held::default()).unwrap()
}
