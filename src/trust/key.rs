//! One key of the trust list: whose, for what, where, and until when.

use crate::{
    domain::{area::Area, evidence::DocumentKind, insurer_number::InsurerNumber, time::Stamp},
    messages::{self, Message, Trouble},
    seal::{SealingPublicKey, VerifyingKey},
};
use jiff::civil::Date;

/// What a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Releases of the regional snapshot.
    Publisher,
    /// Certificates, notices and revocation lists of an insurer (保険者).
    Issuer,
    /// Disaster orders (災害時モード開設の指示).
    Authority,
    /// Receipts and reconciliation results.
    Hub,
}

/// Whether the holder still stands by the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// In use.
    Active,
    /// Signs no more, but is clean: what it signed stays good until the key's last day. No list says when that was, so what
    /// may only just have been signed is judged by its kind. A paper or an order is in somebody's hand and cannot be signed
    /// anew: it stays good. Revocation lists must go on, lest the papers of the key could not be taken back. A release is
    /// good where the box has held it; a newer one is refused, for the publisher's next key makes another the same day.
    Retired,
    /// Somebody else may sign with it since that moment.
    CompromisedSince(Stamp),
}

/// One key with its scope. Trustworthy only as [`crate::trust::TrustList`] hands it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// What it may sign.
    pub role: Role,
    /// The key; never a weak one.
    pub key: VerifyingKey,
    /// Its holder, as shown to people.
    pub name: String,
    /// Issuers: ranges of [`InsurerNumber`] values, both ends included.
    pub insurers: Vec<(u32, u32)>,
    /// Issuers: which papers.
    pub documents: Vec<DocumentKind>,
    /// Publishers and authorities: where.
    pub areas: Vec<Area>,
    /// First day.
    pub not_before: Date,
    /// Last day.
    pub not_after: Date,
    /// Whether the holder still stands by it.
    pub status: KeyStatus,
    /// Hubs: where batches are sealed to.
    pub sealing: Option<SealingPublicKey>,
}

/// Why a key that is on the list cannot vouch now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Its first day is still to come.
    #[error("key is valid from {from}")]
    NotYetValid {
        /// The first day.
        from: Date,
    },
    /// Its last day is over.
    #[error("key was valid until {last_day}")]
    Ended {
        /// The last day.
        last_day: Date,
    },
    /// Somebody else may hold it.
    #[error("key is compromised since {since}")]
    Compromised {
        /// As reported by the holder.
        since: Stamp,
    },
}

impl Trouble for KeyProblem {
    fn message(&self) -> &'static Message {
        match self {
            Self::NotYetValid { .. } => &messages::KEY_NOT_YET_VALID,
            Self::Ended { .. } => &messages::KEY_ENDED,
            Self::Compromised { .. } => &messages::KEY_COMPROMISED,
        }
    }
}

impl TrustedKey {
    /// Whether the key vouches on a day for a signature that existed at `signed_by`.
    ///
    /// `signed_by` must be a moment somebody *else* vouches for: when a thing was first seen here, so usually now. A date
    /// that the thing itself bears proves nothing once the key is stolen, for the thief writes that date.
    /// A retired key passes: it is clean, and what it signed earlier stays good (credentials 1.2).
    pub fn usable_on(&self, day: Date, signed_by: Stamp) -> Result<(), KeyProblem> {
        match self.status {
            KeyStatus::CompromisedSince(since) if since <= signed_by => {
                Err(KeyProblem::Compromised { since })
            }
            _ if day < self.not_before => Err(KeyProblem::NotYetValid { from: self.not_before }),
            _ if day > self.not_after => Err(KeyProblem::Ended { last_day: self.not_after }),
            _ => Ok(()),
        }
    }

    /// Whether the key may speak for this insurer.
    #[must_use]
    pub fn speaks_for(&self, insurer: InsurerNumber) -> bool {
        self.insurers.iter().any(|(first, last)| (*first..=*last).contains(&insurer.value()))
    }

    /// Whether the key may sign this kind of paper.
    #[must_use]
    pub fn may_issue(&self, kind: DocumentKind) -> bool {
        self.documents.contains(&kind)
    }

    /// Whether the key's areas hold all of `area`. A municipality's key does not speak for its prefecture.
    #[must_use]
    pub fn covers(&self, area: Area) -> bool {
        self.areas.iter().any(|ours| match area {
            Area::Prefecture(_) => *ours == area,
            Area::Municipality(code) => ours.covers(code),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::drill;
    use jiff::civil::date;

    #[test]
    fn a_key_vouches_from_its_first_day_to_its_last() {
        let key = drill::issuer(&drill::keypair(1));
        let now = drill::NOW;
        assert_eq!(key.usable_on(key.not_before, now), Ok(()));
        assert_eq!(key.usable_on(key.not_after, now), Ok(()));
        assert!(matches!(
            key.usable_on(key.not_before.yesterday().unwrap(), now),
            Err(KeyProblem::NotYetValid { .. })
        ));
        assert!(matches!(
            key.usable_on(key.not_after.tomorrow().unwrap(), now),
            Err(KeyProblem::Ended { .. })
        ));
    }

    #[test]
    fn a_retired_key_still_vouches_and_a_stolen_one_only_for_what_was_seen_before() {
        let mut key = drill::issuer(&drill::keypair(1));
        let (day, now) = (drill::NOW.day(), drill::NOW);
        key.status = KeyStatus::Retired;
        assert_eq!(key.usable_on(day, now), Ok(()));
        key.status = KeyStatus::CompromisedSince(now);
        assert_eq!(key.usable_on(day, now), Err(KeyProblem::Compromised { since: now }));
        assert_eq!(key.usable_on(day, now.plus_days(-1)), Ok(()));
    }

    #[test]
    fn a_towns_key_does_not_speak_for_the_prefecture_around_it() {
        let mut key = drill::authority(&drill::keypair(1));
        key.areas = vec![Area::Municipality(172_049)];
        assert!(key.covers(Area::Municipality(172_049)));
        assert!(!key.covers(Area::Prefecture(17)) && !key.covers(Area::Municipality(172_022)));
        key.areas = vec![Area::Prefecture(17)];
        assert!(key.covers(Area::Municipality(172_049)) && key.covers(Area::Prefecture(17)));
        assert!(!key.covers(Area::Prefecture(18)));
    }

    #[test]
    fn dates_of_the_key_do_not_matter_to_a_thief() {
        let mut key = drill::issuer(&drill::keypair(1));
        key.status = KeyStatus::CompromisedSince(drill::NOW);
        assert!(matches!(
            key.usable_on(date(1999, 1, 1), drill::NOW),
            Err(KeyProblem::Compromised { .. })
        ));
    }
}
