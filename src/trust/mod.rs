//! The signed trust list: which key may sign what, where, and until when.
//!
//! A [`TrustList`] comes only out of enough holders' signatures of a root that [`Roots`] vouches for, and never goes back to
//! an older one. Its age alone stops nothing (credentials 7.2): what ages is told, only keys past their last day stop
//! vouching. Lists are ordered by root version first: a number that thieves of the old root keys ran up bars nothing once
//! the roots were handed over.

pub mod compact;
#[cfg(test)]
pub(crate) mod drill;
mod error;
mod key;
mod root;
#[cfg(test)]
mod root_tests;
#[cfg(test)]
mod tests;
mod wire;

pub use error::TrustError;
pub use key::{KeyProblem, KeyStatus, Role, TrustedKey};
pub use root::{RootDraft, RootError, RootHolder, Roots};

use crate::{
    domain::{
        answer::Freshness,
        policy::Policy,
        time::{ClockState, Reading, Stamp},
    },
    limits::TRUST_LIST_BYTES_MAX,
    seal::{Cosigned, Kid, Purpose, SigningKeypair, VerifyingKey},
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use wire::ListWire;

/// The first form bore one signature and named no root.
const PURPOSE: Purpose = Purpose("sonae trust list v2");
/// Key ids are hints and may collide; more than this many tries for one signature would be an attack on the box's time.
const SAME_KID_MAX: usize = 4;

/// What a box remembers of the newest root and list it ever took, also where the files are lost: the way back stays shut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The highest root version; 0 where none is remembered beside the one the box was born with.
    pub root_version: u64,
    /// BLAKE3 of what was signed, hexadecimal, by version: what a version was it stays. One line for each handover there
    /// ever was; versions taken by a box of an earlier make may be missing.
    pub root_hashes: BTreeMap<u64, String>,
    /// The list.
    pub list: Option<HeldList>,
}

/// The list a box remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldList {
    /// Under which root it was signed; 0 for lists of the first form.
    pub root_version: u64,
    /// Its number under that root.
    pub sequence: u64,
    /// BLAKE3 of what was signed, hexadecimal; lists of the first form were not remembered by it.
    pub payload_hash: Option<String>,
}

impl HeldList {
    fn order(&self) -> (u64, u64) {
        (self.root_version, self.sequence)
    }
}

/// What a publisher is about to sign.
#[derive(Clone, Debug)]
pub struct TrustDraft {
    /// The root version whose holders sign.
    pub root_version: u64,
    /// Higher than any list before under this root; may begin anew under the next.
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
    /// The list without signatures; each holder adds theirs with [`TrustDraft::add_signature`].
    #[must_use]
    pub fn unsigned(&self) -> Vec<u8> {
        Cosigned::draft(self.payload()).to_bytes()
    }

    fn payload(&self) -> Vec<u8> {
        let mut payload = vec![];
        let _ = minicbor::encode(ListWire::of(self), &mut payload); // writing into a `Vec` cannot fail
        payload
    }

    /// The list signed by these holders. Read it back with [`TrustList::open`] before it leaves the house.
    #[must_use]
    pub fn sign(&self, holders: &[&SigningKeypair]) -> Vec<u8> {
        let mut list = Cosigned::draft(self.payload());
        for key in holders {
            let _ = list.sign(PURPOSE, key); // more than have room are none of one list's holders
        }
        list.to_bytes()
    }

    /// One more holder's signature on a list or draft.
    ///
    /// # Errors
    /// What is no trust list is not signed.
    pub fn add_signature(bytes: &[u8], key: &SigningKeypair) -> Result<Vec<u8>, TrustError> {
        Self::read(bytes)?;
        let mut list = Cosigned::parse(bytes)?;
        list.sign(PURPOSE, key)?;
        Ok(list.to_bytes())
    }

    /// What a list says, whoever signed it: to show it, never to trust it.
    ///
    /// # Errors
    /// Not a list, or one that contradicts itself.
    pub fn read(bytes: &[u8]) -> Result<Self, TrustError> {
        let wire = ListWire::parse(parse(bytes)?.payload())?;
        wire.settle()
    }

    /// Which of these keys signed a list.
    #[must_use]
    pub fn signed_by(bytes: &[u8], keys: &[VerifyingKey]) -> Vec<VerifyingKey> {
        parse(bytes).map(|read| read.signers(PURPOSE, keys)).unwrap_or_default()
    }
}

/// The trust list, verified. [`TrustList::open`] is its only door.
#[derive(Clone, Debug)]
pub struct TrustList {
    said: TrustDraft,
    payload_hash: String,
    by_kid: BTreeMap<(Role, Kid), Vec<usize>>,
}

impl TrustList {
    /// Signatures first, then meaning, then age: unsigned bytes never reach the parser, and an old list truly signed is
    /// still a rollback. Only the number of the root it names is looked at before, to know whose signatures to count.
    ///
    /// The list already held may be opened again, also after the roots were handed over: until one signed by the new
    /// holders arrives, the box goes on with what it has.
    pub fn open(bytes: &[u8], roots: &Roots, held: &Held) -> Result<Self, TrustError> {
        let signed = parse(bytes)?;
        let named = wire::root_version(signed.payload());
        let named = named.ok_or(TrustError::Malformed("names no root"))?;
        let newest = roots.version().max(held.root_version);
        enough_signed(&signed, roots, named, newest)?;
        let said = ListWire::parse(signed.payload())?.settle()?;
        if said.root_version != named {
            return Err(TrustError::Malformed("names two roots"));
        }
        let payload_hash = blake3::hash(signed.payload()).to_hex().to_string();
        in_order(&said, &payload_hash, held)?;
        let again = held.list.as_ref().is_some_and(|list| list.order() == said.order());
        if named < newest && !again {
            return Err(TrustError::RootReplaced { named, newest });
        }
        let by_kid = index(&said.keys)?;
        Ok(Self { said, payload_hash, by_kid })
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
        entry.usable_on(signed_on, now.at.max(self.said.made_at))?;
        self.stands(entry, now)
    }

    /// Whether a key of this list is good today: not stolen and not over. A retired one is.
    pub fn stands(&self, entry: &TrustedKey, now: Reading) -> Result<(), KeyProblem> {
        let seen = now.at.max(self.said.made_at);
        let today = match now.clock {
            ClockState::FarAhead => self.said.made_at.day(),
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
        let hubs = self.said.keys.iter().filter(|key| {
            key.role == Role::Hub && key.sealing.is_some() && self.stands(key, now).is_ok()
        });
        hubs.min_by_key(|key| key.status != KeyStatus::Active)
    }

    /// What this box may do with ageing data.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.said.policy.clone()
    }

    /// The list's number; only ever higher under one root.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.said.sequence
    }

    /// The root version whose holders signed it.
    #[must_use]
    pub fn root_version(&self) -> u64 {
        self.said.root_version
    }

    /// BLAKE3 of what was signed, hexadecimal: the same for the same list, whoever of the holders signed it.
    #[must_use]
    pub fn payload_hash(&self) -> &str {
        &self.payload_hash
    }

    /// When it was made; no clock may show less.
    #[must_use]
    pub fn made_at(&self) -> Stamp {
        self.said.made_at
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_due(&self) -> Stamp {
        self.said.next_due
    }

    /// Every key on the list, in its order.
    #[must_use]
    pub fn keys(&self) -> &[TrustedKey] {
        &self.said.keys
    }

    /// How overdue the next list is, by this list's own policy. Only tells: what an overdue list says still holds.
    #[must_use]
    pub fn freshness(&self, now: Stamp) -> Freshness {
        self.said.policy.trust_list.grade(now.days_since(self.said.next_due))
    }

    fn entries(&self, role: Role, kid: Kid) -> impl Iterator<Item = &TrustedKey> {
        let places = self.by_kid.get(&(role, kid)).into_iter().flatten();
        places.filter_map(|place| self.said.keys.get(*place))
    }
}

impl TrustDraft {
    fn order(&self) -> (u64, u64) {
        (self.root_version, self.sequence)
    }
}

fn parse(bytes: &[u8]) -> Result<Cosigned, TrustError> {
    if bytes.len() as u64 > TRUST_LIST_BYTES_MAX {
        return Err(TrustError::TooLarge { bytes: bytes.len() });
    }
    Ok(Cosigned::parse(bytes)?)
}

/// Whether enough holders of the root that the list names have signed, and if not, why not.
fn enough_signed(
    signed: &Cosigned,
    roots: &Roots,
    named: u64,
    newest: u64,
) -> Result<(), TrustError> {
    let Some(root) = roots.at(named) else {
        return Err(if named > roots.version() {
            TrustError::RootUnknown { named, newest: roots.version() }
        } else {
            TrustError::RootReplaced { named, newest }
        });
    };
    let signers = signed.signers(PURPOSE, &root.keys());
    let (have, need) = (signers.len(), usize::from(root.threshold));
    if have >= need {
        return Ok(());
    }
    let mut without = root.keys().into_iter().filter(|key| !signers.contains(key));
    let forged = without.find(|key| signed.kids().any(|kid| kid == key.kid()));
    match (forged, signed.kids().next()) {
        (Some(key), _) => Err(TrustError::Forged(key.kid())),
        (None, Some(kid)) if have == 0 => Err(TrustError::Stranger(kid)),
        _ => Err(TrustError::Threshold { have, need }),
    }
}

/// Never back, and never another list under the number of the one held.
fn in_order(said: &TrustDraft, payload_hash: &str, held: &Held) -> Result<(), TrustError> {
    let Some(list) = &held.list else { return Ok(()) };
    match said.order().cmp(&list.order()) {
        std::cmp::Ordering::Less => {
            Err(TrustError::Rollback { held: list.sequence, offered: said.sequence })
        }
        std::cmp::Ordering::Equal
            if list.payload_hash.as_deref().is_some_and(|held| held != payload_hash) =>
        {
            Err(TrustError::Changed { sequence: said.sequence })
        }
        _ => Ok(()),
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
