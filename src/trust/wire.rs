//! The trust list as CBOR: integer keys, unknown keys skipped, so that older boxes read newer lists.

use super::{
    TrustDraft, TrustError,
    compact::{area, area_number, day, day_number},
    key::{KeyStatus, Role, TrustedKey},
};
use crate::{
    domain::{
        evidence::DocumentKind,
        insurer_number::InsurerNumber,
        policy::{Ages, Policy},
        rulebook::{Rulebook, RulebookFault},
        time::Stamp,
    },
    limits::{KEY_NAME_CHARS_MAX, KEY_SCOPES_MAX, TRUST_KEYS_MAX},
    seal::{SealingPublicKey, VerifyingKey},
};
use minicbor::{Decode, Encode, bytes::ByteArray};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct ListWire {
    #[n(0)]
    sequence: u64,
    #[n(1)]
    made_at: i64,
    #[n(2)]
    next_due: i64,
    #[n(3)]
    policy: PolicyWire,
    #[n(4)]
    keys: Vec<KeyWire>,
    #[n(5)]
    root_version: u64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PolicyWire {
    #[n(0)]
    snapshot: [u16; 3],
    #[n(1)]
    revocation: [u16; 3],
    #[n(2)]
    trust_list: Option<[u16; 3]>,
    /// A table of dated rules, TOML (`docs/rules.md`); without it the box goes by its own.
    #[n(3)]
    rules: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct KeyWire {
    #[n(0)]
    role: u8,
    #[n(1)]
    key: ByteArray<32>,
    #[n(2)]
    name: String,
    #[n(3)]
    insurers: Vec<(u32, u32)>,
    #[n(4)]
    documents: Vec<u8>,
    #[n(5)]
    areas: Vec<u32>,
    #[n(6)]
    not_before: i32,
    #[n(7)]
    not_after: i32,
    #[n(8)]
    status: u8,
    #[n(9)]
    compromised_since: Option<i64>,
    #[n(10)]
    sealing: Option<ByteArray<32>>,
}

/// The root that a payload names, before anything else in it is read.
pub(super) fn root_version(payload: &[u8]) -> Option<u64> {
    const ROOT_VERSION: u64 = 5;
    let mut d = minicbor::Decoder::new(payload);
    for _ in 0..d.map().ok()?? {
        if d.u64().ok()? == ROOT_VERSION {
            return d.u64().ok();
        }
        d.skip().ok()?;
    }
    None
}

const BAD_DAY: TrustError = TrustError::Malformed("a day outside the calendar");

impl ListWire {
    pub(super) fn of(draft: &TrustDraft) -> Self {
        Self {
            sequence: draft.sequence,
            made_at: draft.made_at.0,
            next_due: draft.next_due.0,
            policy: PolicyWire {
                snapshot: thresholds(draft.policy.snapshot),
                revocation: thresholds(draft.policy.revocation),
                trust_list: Some(thresholds(draft.policy.trust_list)),
                rules: draft.policy.rules.text().map(str::to_owned),
            },
            keys: draft.keys.iter().map(KeyWire::of).collect(),
            root_version: draft.root_version,
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        let mut decoder = minicbor::Decoder::new(bytes);
        let wire = decoder.decode().map_err(|_| TrustError::Malformed("not the list's CBOR"))?;
        if decoder.position() != bytes.len() {
            return Err(TrustError::Malformed("bytes after the end"));
        }
        Ok(wire)
    }

    /// What is meant, or what contradicts itself.
    pub(super) fn settle(self) -> Result<TrustDraft, TrustError> {
        if self.sequence == u64::MAX {
            return Err(TrustError::Malformed("no list could follow this number"));
        }
        Ok(TrustDraft {
            root_version: self.root_version,
            sequence: self.sequence,
            made_at: Stamp(self.made_at),
            next_due: Stamp(self.next_due),
            policy: self.policy()?,
            keys: self.keys()?,
        })
    }

    fn policy(&self) -> Result<Policy, TrustError> {
        let said = &self.policy;
        let rules = match &said.rules {
            Some(text) => Arc::new(Rulebook::parse(text).map_err(|e| TrustError::Rules(e.fault))?),
            None => Arc::clone(Rulebook::built_in()),
        };
        let of_table = Policy::of(rules);
        let policy = Policy {
            snapshot: ages(said.snapshot)?,
            revocation: ages(said.revocation)?,
            trust_list: said.trust_list.map_or(Ok(of_table.trust_list), ages)?,
            rules: Arc::clone(&of_table.rules),
        };
        // Boxes that do not read tables go by the list's own grades: beside a table they must say the same.
        if said.rules.is_some() && policy != of_table {
            return Err(TrustError::Rules(RulebookFault::Contradicts));
        }
        Ok(policy)
    }

    /// The keys as meant. A role of a later version is passed over: this box has no use for it.
    fn keys(self) -> Result<Vec<TrustedKey>, TrustError> {
        if self.keys.len() > TRUST_KEYS_MAX {
            return Err(TrustError::Malformed("too many keys"));
        }
        let stolen = stolen(&self.keys);
        let known = self.keys.into_iter().filter_map(|wire| Some((role(wire.role)?, wire)));
        let mut keys =
            known.map(|(role, wire)| wire.settle(role)).collect::<Result<Vec<_>, _>>()?;
        for key in &mut keys {
            if let Some(since) = stolen.get(key.key.as_bytes()) {
                key.status = KeyStatus::CompromisedSince(*since);
            }
        }
        Ok(keys)
    }
}

/// Since when somebody else holds each key, the earliest that is said in any role, also in one of a later version: a
/// thief has the key, not the role. A list that forgets this in one place is not refused, for the clinic has no other.
fn stolen(keys: &[KeyWire]) -> BTreeMap<[u8; 32], Stamp> {
    let mut stolen = BTreeMap::new();
    for wire in keys {
        if let Ok(KeyStatus::CompromisedSince(since)) = status(wire.status, wire.compromised_since)
        {
            let earliest = stolen.entry(*wire.key).or_insert(since);
            *earliest = since.min(*earliest);
        }
    }
    stolen
}

impl KeyWire {
    fn of(key: &TrustedKey) -> Self {
        let (status, compromised_since) = match key.status {
            KeyStatus::Active => (0, None),
            KeyStatus::Retired => (1, None),
            KeyStatus::CompromisedSince(since) => (2, Some(since.0)),
        };
        Self {
            role: role_number(key.role),
            key: (*key.key.as_bytes()).into(),
            name: key.name.clone(),
            insurers: key.insurers.clone(),
            documents: key.documents.iter().copied().map(document_number).collect(),
            areas: key.areas.iter().copied().map(area_number).collect(),
            not_before: day_number(key.not_before),
            not_after: day_number(key.not_after),
            status,
            compromised_since,
            sealing: key.sealing.map(|sealing| sealing.0.into()),
        }
    }

    fn settle(self, role: Role) -> Result<TrustedKey, TrustError> {
        let bad = TrustError::Malformed;
        if self.insurers.len() > KEY_SCOPES_MAX || self.areas.len() > KEY_SCOPES_MAX {
            return Err(bad("a key with too wide a scope"));
        }
        let fits = |(first, last): &(u32, u32)| {
            first <= last && InsurerNumber::from_value(*last).is_some()
        };
        if !self.insurers.iter().all(fits) {
            return Err(bad("an insurer range upside down"));
        }
        let long = self.name.chars().count() > KEY_NAME_CHARS_MAX;
        if self.name.is_empty() || long || self.name.chars().any(char::is_control) {
            return Err(bad("a key without a usable name"));
        }
        let (not_before, not_after) =
            (day(self.not_before).ok_or(BAD_DAY)?, day(self.not_after).ok_or(BAD_DAY)?);
        if not_after < not_before {
            return Err(bad("a key that ends before it begins"));
        }
        let areas = self.areas.iter().map(|number| area(*number)).collect::<Option<_>>();
        Ok(TrustedKey {
            role,
            key: VerifyingKey::from_bytes(&self.key).map_err(|_| TrustError::WeakKey)?,
            status: status(self.status, self.compromised_since)?,
            insurers: self.insurers,
            documents: self.documents.into_iter().filter_map(document).collect(),
            areas: areas.ok_or(bad("an area that does not exist"))?,
            not_before,
            not_after,
            sealing: self.sealing.map(|bytes| SealingPublicKey(bytes.into())),
            name: self.name,
        })
    }
}

fn thresholds(ages: Ages) -> [u16; 3] {
    [ages.warn_days, ages.confirm_days, ages.refuse_days]
}

fn ages([warn_days, confirm_days, refuse_days]: [u16; 3]) -> Result<Ages, TrustError> {
    if warn_days > confirm_days || confirm_days > refuse_days {
        return Err(TrustError::Malformed("a policy whose grades are out of order"));
    }
    Ok(Ages { warn_days, confirm_days, refuse_days })
}

fn status(number: u8, since: Option<i64>) -> Result<KeyStatus, TrustError> {
    match (number, since) {
        (0, None) => Ok(KeyStatus::Active),
        (1, None) => Ok(KeyStatus::Retired),
        (2, Some(since)) => Ok(KeyStatus::CompromisedSince(Stamp(since))),
        _ => Err(TrustError::Malformed("a key status that is not known")),
    }
}

fn role_number(role: Role) -> u8 {
    match role {
        Role::Publisher => 0,
        Role::Issuer => 1,
        Role::Authority => 2,
        Role::Hub => 3,
    }
}

fn role(number: u8) -> Option<Role> {
    [Role::Publisher, Role::Issuer, Role::Authority, Role::Hub].get(usize::from(number)).copied()
}

fn document_number(kind: DocumentKind) -> u8 {
    match kind {
        DocumentKind::Certificate => 1,
        DocumentKind::Notice => 2,
    }
}

fn document(number: u8) -> Option<DocumentKind> {
    match number {
        1 => Some(DocumentKind::Certificate),
        2 => Some(DocumentKind::Notice),
        _ => None, // a paper of a later version: this box reads none of them
    }
}
