//! Revocation lists: which papers an issuer has taken back. The serials themselves are not on the list, only their hashes.

use crate::{
    domain::{evidence::Revocation, time::Stamp},
    limits::REVOCATION_BYTES_MAX,
    messages::{self, Message, Trouble},
    seal::{self, Kid, Purpose, SealError, SigningKeypair},
    trust::{KeyStatus, Role, TrustList},
};
use minicbor::{Decoder, Encoder};
use std::collections::{BTreeMap, BTreeSet};

const PURPOSE: Purpose = Purpose("sonae revocations v1");
const HASH_BYTES: usize = 8;

type Hash = [u8; HASH_BYTES];

/// Why a revocation list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// Not a revocation list.
    #[error("not a revocation list: {0}")]
    Malformed(&'static str),
    /// Not signed by an issuer on the trust list, or with a key that is reported as compromised.
    #[error("revocation list by {kid}: {reason}")]
    Untrusted {
        /// The signer as claimed.
        kid: Kid,
        /// What is wrong with the signature.
        reason: &'static str,
    },
    /// Truly signed, but older than the one held: a rollback would bring revoked papers back.
    #[error("revocation list {offered} is older than {held}")]
    Rollback {
        /// The sequence this box holds.
        held: u64,
        /// The sequence offered.
        offered: u64,
    },
}

impl Trouble for RevocationError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Malformed(_) => &messages::REVOCATION_LIST_MALFORMED,
            Self::Untrusted { .. } => &messages::REVOCATION_LIST_UNTRUSTED,
            Self::Rollback { .. } => &messages::REVOCATION_LIST_OLDER,
        }
    }
}

impl From<SealError> for RevocationError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::UnknownKey(kid) => Self::Untrusted { kid, reason: "unknown issuer" },
            SealError::Forged(kid) => Self::Untrusted { kid, reason: "signature" },
            SealError::Malformed(what) | SealError::Unseal(what) => Self::Malformed(what),
            SealError::WeakKey | SealError::WrongPassphrase => Self::Malformed("key"),
        }
    }
}

/// What an issuer is about to sign.
#[derive(Clone, Debug)]
pub struct RevocationDraft {
    /// Higher than any list before.
    pub sequence: u64,
    /// When it was made.
    pub made_at: Stamp,
    /// Serials of the papers taken back, all of them, every time.
    pub serials: Vec<[u8; 6]>,
}

impl RevocationDraft {
    /// The signed list. It speaks for papers signed with the same key only.
    #[must_use]
    pub fn sign(&self, issuer: &SigningKeypair) -> Vec<u8> {
        let kid = issuer.public().kid();
        let sorted: BTreeSet<Hash> = self.serials.iter().map(|serial| hash(kid, serial)).collect();
        let hashes: Vec<u8> = sorted.into_iter().flatten().collect();
        let mut payload = vec![];
        let mut e = Encoder::new(&mut payload);
        // Writing into a `Vec` cannot fail.
        let _ = e.map(3).and_then(|e| e.u8(0)?.u64(self.sequence)?.u8(1)?.i64(self.made_at.0));
        let _ = e.u8(2).and_then(|e| e.bytes(&hashes));
        seal::sign(PURPOSE, issuer, &payload)
    }
}

/// One issuer's revocation list, verified. [`RevocationList::open`] is its only door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    issuer: Kid,
    sequence: u64,
    made_at: Stamp,
    /// Strictly ascending.
    hashes: Vec<Hash>,
}

impl RevocationList {
    /// Signature first, then meaning, then age. `held` is the sequence held of the same issuer.
    pub fn open(
        bytes: &[u8],
        trust: &TrustList,
        held: Option<u64>,
    ) -> Result<Self, RevocationError> {
        if bytes.len() as u64 > REVOCATION_BYTES_MAX {
            return Err(RevocationError::Malformed("too large"));
        }
        let opened = seal::open(PURPOSE, bytes, |kid| trust.keys_for(Role::Issuer, kid))?;
        let kid = opened.signer().kid();
        // A thief's empty list would bring every revoked paper back.
        let stands = trust
            .entry(Role::Issuer, &opened.signer())
            .is_some_and(|entry| !matches!(entry.status, KeyStatus::CompromisedSince(_)));
        if !stands {
            return Err(RevocationError::Untrusted { kid, reason: "compromised" });
        }
        let list = parse(kid, opened.payload()).map_err(RevocationError::Malformed)?;
        match held {
            Some(held) if list.sequence < held => {
                Err(RevocationError::Rollback { held, offered: list.sequence })
            }
            _ => Ok(list),
        }
    }

    /// Whose papers it speaks of.
    #[must_use]
    pub fn issuer(&self) -> Kid {
        self.issuer
    }

    /// The list's number; only ever higher.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was made.
    #[must_use]
    pub fn made_at(&self) -> Stamp {
        self.made_at
    }

    fn check(&self, serial: &[u8; 6]) -> Revocation {
        match self.hashes.binary_search(&hash(self.issuer, serial)) {
            Ok(_) => Revocation::Listed { as_of: self.made_at },
            Err(_) => Revocation::ClearAsOf { as_of: self.made_at },
        }
    }
}

/// The revocation lists this box holds, one an issuer's key.
#[derive(Clone, Debug, Default)]
pub struct Revocations(BTreeMap<Kid, RevocationList>);

impl Revocations {
    /// No lists yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a list and keeps it, unless a newer one of the same issuer is held.
    pub fn accept(&mut self, bytes: &[u8], trust: &TrustList) -> Result<Kid, RevocationError> {
        let held = self.held(seal::peek_kid(bytes)?);
        let list = RevocationList::open(bytes, trust, held)?;
        let issuer = list.issuer;
        self.0.insert(issuer, list);
        Ok(issuer)
    }

    /// The sequence held of an issuer.
    #[must_use]
    pub fn held(&self, issuer: Kid) -> Option<u64> {
        self.0.get(&issuer).map(RevocationList::sequence)
    }

    /// The lists, for telling their ages.
    pub fn lists(&self) -> impl Iterator<Item = &RevocationList> {
        self.0.values()
    }

    /// What is known about one paper. No list is its own answer, not "clear".
    #[must_use]
    pub fn check(&self, issuer: Kid, serial: &[u8; 6]) -> Revocation {
        self.0.get(&issuer).map_or(Revocation::NoList, |list| list.check(serial))
    }
}

fn hash(issuer: Kid, serial: &[u8; 6]) -> Hash {
    let whole = blake3::hash(&[&issuer.0[..], serial].concat());
    let [a, b, c, d, e, f, g, h, ..] = *whole.as_bytes();
    [a, b, c, d, e, f, g, h]
}

fn parse(issuer: Kid, payload: &[u8]) -> Result<RevocationList, &'static str> {
    let mut d = Decoder::new(payload);
    let (mut sequence, mut made_at, mut hashes) = (None, None, None);
    for _ in 0..d.map().ok().flatten().ok_or("map")? {
        match d.u8().map_err(|_| "key")? {
            0 => sequence = Some(d.u64().map_err(|_| "sequence")?),
            1 => made_at = Some(d.i64().map_err(|_| "made_at")?),
            2 => hashes = Some(d.bytes().map_err(|_| "hashes")?),
            _ => d.skip().map_err(|_| "unknown key")?,
        }
    }
    if d.position() != payload.len() {
        return Err("bytes after the end");
    }
    let (hashes, rest) = hashes.ok_or("hashes")?.as_chunks::<HASH_BYTES>();
    // Out of order, binary search would pass revoked papers by.
    if !rest.is_empty() || !hashes.is_sorted_by(|a, b| a < b) {
        return Err("hashes out of order");
    }
    Ok(RevocationList {
        issuer,
        // After the last number there is, no list could ever follow.
        sequence: sequence.filter(|number| *number != u64::MAX).ok_or("sequence")?,
        made_at: Stamp(made_at.ok_or("made_at")?),
        hashes: hashes.to_vec(),
    })
}

/// For the fuzz target: a list as it is read after its signature was verified.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(payload: &[u8]) {
    let _ = parse(Kid([1; 4]), payload).map(|list| list.check(&[1; 6]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::drill;
    use proptest::prelude::*;

    const TAKEN_BACK: [u8; 6] = [1; 6];
    const STANDING: [u8; 6] = [2; 6];

    fn draft(sequence: u64, serials: Vec<[u8; 6]>) -> RevocationDraft {
        RevocationDraft { sequence, made_at: drill::NOW, serials }
    }

    fn code(bytes: &[u8], trust: &TrustList, held: Option<u64>) -> &'static str {
        RevocationList::open(bytes, trust, held).unwrap_err().message().code
    }

    #[test]
    fn a_paper_taken_back_is_found_and_another_is_clear_as_of_the_lists_moment() {
        let issuer = drill::keypair(1);
        let (kid, trust) = (issuer.public().kid(), drill::list(vec![drill::issuer(&issuer)]));
        let mut revocations = Revocations::new();
        assert_eq!(revocations.check(kid, &TAKEN_BACK), Revocation::NoList);
        let serials = (0..=255).map(|n| [n, 9, 9, 9, 9, 9]).chain([TAKEN_BACK, TAKEN_BACK]);
        let accepted = revocations.accept(&draft(3, serials.collect()).sign(&issuer), &trust);
        assert_eq!((accepted, revocations.held(kid)), (Ok(kid), Some(3)));
        let as_of = drill::NOW;
        assert_eq!(revocations.check(kid, &TAKEN_BACK), Revocation::Listed { as_of });
        assert_eq!(revocations.check(kid, &STANDING), Revocation::ClearAsOf { as_of });
        assert_eq!(revocations.check(Kid([0; 4]), &STANDING), Revocation::NoList);
        assert_eq!(revocations.lists().map(RevocationList::made_at).collect::<Vec<_>>(), [as_of]);
    }

    #[test]
    fn a_revocation_list_older_than_the_one_held_is_refused() {
        let issuer = drill::keypair(1);
        let trust = drill::list(vec![drill::issuer(&issuer)]);
        let mut revocations = Revocations::new();
        revocations.accept(&draft(5, vec![TAKEN_BACK]).sign(&issuer), &trust).unwrap();
        let older = draft(4, vec![]).sign(&issuer);
        let refused = revocations.accept(&older, &trust).unwrap_err();
        assert_eq!(refused, RevocationError::Rollback { held: 5, offered: 4 });
        assert_eq!(refused.message().code, "revocation_list_older");
        let kid = issuer.public().kid();
        assert!(matches!(revocations.check(kid, &TAKEN_BACK), Revocation::Listed { .. }));
        assert!(revocations.accept(&draft(5, vec![]).sign(&issuer), &trust).is_ok());
    }

    #[test]
    fn a_list_by_a_stranger_or_a_thief_is_refused() {
        let issuer = drill::keypair(1);
        let list = draft(1, vec![]).sign(&issuer);
        assert_eq!(code(&list, &drill::list(vec![]), None), "revocation_list_untrusted");
        let mut stolen = drill::issuer(&issuer);
        stolen.status = KeyStatus::CompromisedSince(drill::NOW);
        assert_eq!(code(&list, &drill::list(vec![stolen]), None), "revocation_list_untrusted");
        let trust = drill::list(vec![drill::issuer(&issuer)]);
        let other = seal::sign(Purpose("jp-elig-qr/1"), &issuer, b"\xa0");
        assert_eq!(code(&other, &trust, None), "revocation_list_untrusted");
    }

    #[test]
    fn a_list_whose_hashes_are_out_of_order_is_refused() {
        let issuer = drill::keypair(1);
        let trust = drill::list(vec![drill::issuer(&issuer)]);
        let with = |hashes: &[u8]| {
            let mut payload = vec![];
            let mut e = Encoder::new(&mut payload);
            e.map(3).unwrap().u8(0).unwrap().u8(1).unwrap().u8(1).unwrap().u8(1).unwrap();
            e.u8(2).unwrap().bytes(hashes).unwrap();
            seal::sign(PURPOSE, &issuer, &payload)
        };
        assert!(RevocationList::open(&with(&[0; 8]), &trust, None).is_ok());
        for hashes in [&[0; 16][..], &[0; 9], &[1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9]] {
            assert_eq!(code(&with(hashes), &trust, None), "revocation_list_malformed");
        }
    }

    #[test]
    fn no_seed_of_a_revocation_list_and_nothing_near_it_makes_reading_panic() {
        let issuer = drill::keypair(1);
        let payload = |serials| {
            let signed = draft(3, serials).sign(&issuer);
            seal::open(PURPOSE, &signed, |_| vec![issuer.public()]).unwrap().payload().to_vec()
        };
        let seeds = [("empty", payload(vec![])), ("two", payload(vec![TAKEN_BACK, STANDING]))];
        crate::sys::corpus::replay("revocations", &seeds, probe);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..60)) {
            let issuer = drill::keypair(1);
            let trust = drill::list(vec![drill::issuer(&issuer)]);
            let _ = RevocationList::open(&payload, &trust, None);
            let _ = RevocationList::open(&seal::sign(PURPOSE, &issuer, &payload), &trust, None);
        }
    }
}
