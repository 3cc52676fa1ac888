//! The signed trust list: which key may sign what, where, and until when.
//!
//! A [`TrustList`] comes only out of a root's signature, and never goes back to an older one. Its age alone stops nothing
//! (credentials 7.2): what ages is told, only keys past their last day stop vouching.

pub mod compact;
#[cfg(test)]
pub(crate) mod drill;
mod key;
#[cfg(test)]
mod tests;
mod wire;

pub use key::{KeyProblem, KeyStatus, Role, TrustedKey};

use crate::{
    domain::{
        policy::Policy,
        time::{ClockState, Reading, Stamp},
    },
    limits::TRUST_LIST_BYTES_MAX,
    messages::{self, Message, Trouble},
    seal::{self, Kid, Purpose, SealError, SigningKeypair, VerifyingKey},
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use wire::ListWire;

const PURPOSE: Purpose = Purpose("sonae trust list v1");
/// Key ids are hints and may collide; more than this many tries for one signature would be an attack on the box's time.
const SAME_KID_MAX: usize = 4;

/// Why a trust list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Over the ceiling; not even the signature was looked at.
    #[error("trust list of {bytes} bytes")]
    TooLarge {
        /// What was offered.
        bytes: usize,
    },
    /// Signed, but not a list; or not even a signed thing.
    #[error("not a trust list: {0}")]
    Malformed(&'static str),
    /// Signed by a root this box does not hold.
    #[error("no root with id {0}")]
    Stranger(Kid),
    /// The root is known, the signature is wrong.
    #[error("signature by root {0} does not verify")]
    Forged(Kid),
    /// A small-order key on the list.
    #[error("a weak key on the list")]
    WeakKey,
    /// Truly signed, but older than the one held: a rollback.
    #[error("trust list {offered} is older than {held}")]
    Rollback {
        /// The sequence this box holds.
        held: u64,
        /// The sequence offered.
        offered: u64,
    },
}

impl Trouble for TrustError {
    fn message(&self) -> &'static Message {
        match self {
            Self::TooLarge { .. } => &messages::TRUST_LIST_TOO_LARGE,
            Self::Malformed(_) => &messages::TRUST_LIST_MALFORMED,
            Self::Stranger(_) => &messages::TRUST_LIST_STRANGER,
            Self::Forged(_) => &messages::TRUST_LIST_FORGED,
            Self::WeakKey => &messages::KEY_WEAK,
            Self::Rollback { .. } => &messages::TRUST_LIST_OLDER,
        }
    }
}

impl From<SealError> for TrustError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Malformed(what) | SealError::Unseal(what) => Self::Malformed(what),
            SealError::UnknownKey(kid) => Self::Stranger(kid),
            SealError::Forged(kid) => Self::Forged(kid),
            SealError::WeakKey => Self::WeakKey,
            SealError::WrongPassphrase => Self::Malformed("locked"),
        }
    }
}

/// What a publisher is about to sign.
#[derive(Clone, Debug)]
pub struct TrustDraft {
    /// Higher than any list before.
    pub sequence: u64,
    /// When it was made.
    pub made_at: Stamp,
    /// When the next one is due.
    pub next_due: Stamp,
    /// What boxes may do with ageing data.
    pub policy: Policy,
    /// The keys.
    pub keys: Vec<TrustedKey>,
}

impl TrustDraft {
    /// The signed list. Read it back with [`TrustList::open`] before it leaves the house.
    #[must_use]
    pub fn sign(&self, root: &SigningKeypair) -> Vec<u8> {
        let mut payload = vec![];
        // Writing into a `Vec` cannot fail.
        let _ = minicbor::encode(ListWire::of(self), &mut payload);
        seal::sign(PURPOSE, root, &payload)
    }
}

/// The trust list, verified. [`TrustList::open`] is its only door.
#[derive(Clone, Debug)]
pub struct TrustList {
    sequence: u64,
    made_at: Stamp,
    next_due: Stamp,
    policy: Policy,
    keys: Vec<TrustedKey>,
    by_kid: BTreeMap<(Role, Kid), Vec<usize>>,
}

impl TrustList {
    /// Signature first, then meaning, then age: unsigned bytes never reach the parser, and an old list truly signed is
    /// still a rollback. The list already held may be opened again.
    pub fn open(
        bytes: &[u8],
        roots: &[VerifyingKey],
        held: Option<u64>,
    ) -> Result<Self, TrustError> {
        if bytes.len() as u64 > TRUST_LIST_BYTES_MAX {
            return Err(TrustError::TooLarge { bytes: bytes.len() });
        }
        let opened = seal::open(PURPOSE, bytes, |kid| {
            roots.iter().filter(|root| root.kid() == kid).copied().collect()
        })?;
        let wire = ListWire::parse(opened.payload())?;
        if wire.sequence == u64::MAX {
            return Err(TrustError::Malformed("no list could follow this number"));
        }
        if let Some(held) = held.filter(|held| wire.sequence < *held) {
            return Err(TrustError::Rollback { held, offered: wire.sequence });
        }
        let (sequence, policy) = (wire.sequence, wire.policy()?);
        let (made_at, next_due) = (Stamp(wire.made_at), Stamp(wire.next_due));
        let keys = wire.keys()?;
        let by_kid = index(&keys)?;
        Ok(Self { sequence, made_at, next_due, policy, keys, by_kid })
    }

    /// The keys that may have signed in this role under this id; at most four.
    #[must_use]
    pub fn keys_for(&self, role: Role, kid: Kid) -> Vec<VerifyingKey> {
        self.entries(role, kid).map(|entry| entry.key).take(SAME_KID_MAX).collect()
    }

    /// What the list says about a key in a role.
    #[must_use]
    pub fn entry(&self, role: Role, key: &VerifyingKey) -> Option<&TrustedKey> {
        self.entries(role, key.kid()).find(|entry| entry.key == *key)
    }

    /// Whether a key of this list vouches for a paper that is first seen now and says it was signed on `signed_on`.
    ///
    /// The key must have been valid on that day, not be over today, and not be stolen. A wrong clock ends no key and makes none
    /// too young: one that runs absurdly ahead is replaced by the list's own moment, which is surely past.
    pub fn vouches(
        &self,
        entry: &TrustedKey,
        signed_on: Date,
        now: Reading,
    ) -> Result<(), KeyProblem> {
        entry.usable_on(signed_on, now.at.max(self.made_at))?;
        self.stands(entry, now)
    }

    /// Whether a key of this list is good today: not stolen and not over. A retired one is.
    pub fn stands(&self, entry: &TrustedKey, now: Reading) -> Result<(), KeyProblem> {
        let seen = now.at.max(self.made_at);
        let today = match now.clock {
            ClockState::FarAhead => self.made_at.day(),
            ClockState::Sure | ClockState::BehindRecords => seen.day(),
        };
        entry.usable_on(today.max(entry.not_before), seen)
    }

    /// The keys under this id that are good today in a role. Empty if none is listed; a problem if none of those listed is
    /// good any more.
    pub fn standing_keys(
        &self,
        role: Role,
        kid: Kid,
        now: Reading,
    ) -> Result<Vec<VerifyingKey>, KeyProblem> {
        let (mut standing, mut problem) = (vec![], Ok(()));
        for entry in self.entries(role, kid) {
            match self.stands(entry, now) {
                Ok(()) => standing.push(entry.key),
                Err(found) => problem = Err(found),
            }
        }
        if standing.is_empty() { problem.map(|()| standing) } else { Ok(standing) }
    }

    /// Where batches go: a hub that can open them and whose receipts count today; one in use before one that is retired.
    #[must_use]
    pub fn hub(&self, now: Reading) -> Option<&TrustedKey> {
        let hubs = self.keys.iter().filter(|key| {
            key.role == Role::Hub && key.sealing.is_some() && self.stands(key, now).is_ok()
        });
        hubs.min_by_key(|key| key.status != KeyStatus::Active)
    }

    /// What this box may do with ageing data.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The list's number; only ever higher.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was made; no clock may show less.
    #[must_use]
    pub fn made_at(&self) -> Stamp {
        self.made_at
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_due(&self) -> Stamp {
        self.next_due
    }

    fn entries(&self, role: Role, kid: Kid) -> impl Iterator<Item = &TrustedKey> {
        let places = self.by_kid.get(&(role, kid)).into_iter().flatten();
        places.filter_map(|place| self.keys.get(*place))
    }
}

/// One entry for each key and role, lest a clean entry hide a compromised one.
fn index(keys: &[TrustedKey]) -> Result<BTreeMap<(Role, Kid), Vec<usize>>, TrustError> {
    let mut by_kid: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, key) in keys.iter().enumerate() {
        let same_kid = by_kid.entry((key.role, key.key.kid())).or_default();
        let twice =
            same_kid.iter().filter_map(|other| keys.get(*other)).any(|other| other.key == key.key);
        if twice {
            return Err(TrustError::Malformed("a key listed twice"));
        }
        // Revocation lists are held by the issuer's key id: two keys with one id would share a list that is only one's.
        if key.role == Role::Issuer && !same_kid.is_empty() {
            return Err(TrustError::Malformed("two issuers' keys with one id"));
        }
        same_kid.push(place);
    }
    Ok(by_kid)
}
