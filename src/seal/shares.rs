//! A secret dealt out over several shares: any k of n give it back, fewer tell nothing about it (Shamir over GF(256)).
//!
//! What the secret is for is the caller's word ([`ShareKind`]), and so is its commitment: the eight bytes of the set's name
//! must follow from the secret alone, so that a joined secret is known to be the right one before anybody uses it.

use super::{SealError, SymmetricKey};
use crate::{
    limits::SHARES_MAX,
    messages::{self, Message, Trouble},
    sys::{Dice, roll},
};
use rand_core::{TryCryptoRng, TryRng};
use std::{collections::BTreeSet, convert::Infallible};
use vsss_rs::Gf256;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a share: version and kind 1, set 8, deal 2, threshold, count and index 1 each, value 32, always.
pub const SHARE_BYTES: usize = 46;
const VERSION: u8 = 1;
const SECRET_BYTES: usize = 32;
const FINGERPRINT: &str = "sonae share fingerprint v1";

/// What a dealt-out secret is for, 0 to 15; a share of one kind never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareKind(pub u8);

/// What all shares of one deal have in common. Not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareSet {
    /// What the secret is for.
    pub kind: ShareKind,
    /// The set's name, a commitment: it follows from the secret alone.
    pub commitment: [u8; 8],
    /// Drawn anew each time: shares of two deals of one secret do not fit together.
    pub deal: [u8; 2],
    /// How many are needed.
    pub threshold: u8,
    /// How many there are.
    pub count: u8,
}

/// One share; its value is wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    set: ShareSet,
    index: u8,
    value: Zeroizing<[u8; SECRET_BYTES]>,
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Share({} of {})", self.index, self.set.count)
    }
}

/// Why bytes are no share, or why shares give no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Not the bytes of a share.
    #[error("not a share: {0}")]
    Malformed(&'static str),
    /// A share of a later version.
    #[error("share version {0} is newer than this reader")]
    NewerVersion(u8),
    /// A threshold below two or above the count, or more shares than a set may have.
    #[error("{threshold} of {count} shares cannot be dealt")]
    Unfit {
        /// Wanted threshold.
        threshold: u8,
        /// Wanted count.
        count: u8,
    },
    /// Fewer different shares than are needed.
    #[error("{found} of {needed} shares")]
    TooFew {
        /// Different shares handed in.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The share at this place (from 0) is of another set or deal than the others.
    #[error("the share at place {place} is of another set")]
    OtherSet {
        /// Where it was handed in.
        place: usize,
    },
    /// The same share more than once.
    #[error("share {index} was handed in twice")]
    Twice {
        /// Its number.
        index: u8,
    },
    /// They belong together by name, and no choice among them gives the secret: at least one is false.
    #[error("the shares do not give the secret of their set")]
    False,
}

impl Trouble for ShareError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Malformed(_) => &messages::SHARE_UNREADABLE,
            Self::NewerVersion(_) => &messages::SHARE_NEWER_VERSION,
            Self::Unfit { .. } => &messages::SHARES_UNFIT,
            Self::TooFew { .. } => &messages::SHARES_TOO_FEW,
            Self::OtherSet { .. } => &messages::SHARES_OF_DIFFERENT_SETS,
            Self::Twice { .. } => &messages::SHARE_TWICE,
            Self::False => &messages::SHARES_FALSE,
        }
    }
}

/// The secret, and the numbers of shares handed in that do not belong to it although they say so.
#[derive(Debug)]
pub struct Joined {
    /// The secret of the set.
    pub secret: SymmetricKey,
    /// Numbers of false shares; empty where all fit.
    pub false_shares: Vec<u8>,
}

/// The house's dice as the crate wants them.
struct Rolled<'a>(&'a dyn Dice);

impl TryRng for Rolled<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(roll(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(roll(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Rolled<'_> {}

/// Deals `secret` out: `count` shares, any `threshold` of which give it back.
pub fn deal(
    kind: ShareKind,
    commitment: [u8; 8],
    secret: &SymmetricKey,
    (threshold, count): (u8, u8),
    dice: &dyn Dice,
) -> Result<Vec<Share>, ShareError> {
    let unfit = ShareError::Unfit { threshold, count };
    if threshold < 2 || threshold > count || count > SHARES_MAX || kind.0 > 0x0f {
        return Err(unfit);
    }
    let set = ShareSet { kind, commitment, deal: roll(dice), threshold, count };
    let (k, n) = (usize::from(threshold), usize::from(count));
    let rows = Gf256::split_bytes(k, n, secret.expose(), Rolled(dice)).map_err(|_| unfit)?;
    let rows = Zeroizing::new(rows);
    let share = |row: &Vec<u8>| {
        let (index, value) = row.split_first()?;
        let mut share = Share { set, index: *index, value: Zeroizing::new([0; SECRET_BYTES]) };
        share.value.copy_from_slice(value.get(..SECRET_BYTES)?);
        Some(share)
    };
    rows.iter().map(share).collect::<Option<_>>().ok_or(ShareError::Malformed("dealt row"))
}

impl Share {
    /// What it has in common with the others.
    #[must_use]
    pub fn set(&self) -> ShareSet {
        self.set
    }

    /// Its number, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// Its value, for sealing it under a passphrase.
    #[must_use]
    pub fn value(&self) -> SymmetricKey {
        SymmetricKey::from_bytes(*self.value)
    }

    /// Puts a share together again from what was kept apart.
    pub fn from_parts(set: ShareSet, index: u8, value: &SymmetricKey) -> Result<Self, ShareError> {
        let ShareSet { kind, threshold, count, .. } = set;
        let counted = (2..=count).contains(&threshold) && (1..=count).contains(&index);
        if !counted || count > SHARES_MAX || kind.0 > 0x0f {
            return Err(ShareError::Malformed("numbers"));
        }
        Ok(Self { set, index, value: Zeroizing::new(*value.expose()) })
    }

    /// As it is carried on paper.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let set = self.set;
        let mut bytes = Zeroizing::new(Vec::with_capacity(SHARE_BYTES));
        bytes.push(VERSION << 4 | set.kind.0);
        bytes.extend_from_slice(&set.commitment);
        bytes.extend_from_slice(&set.deal);
        bytes.extend_from_slice(&[set.threshold, set.count, self.index]);
        bytes.extend_from_slice(&*self.value);
        bytes
    }

    /// Reads what [`Share::to_bytes`] wrote; whoever carried the bytes owes a checksum.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShareError> {
        let (first, rest) = bytes.split_first().ok_or(ShareError::Malformed("empty"))?;
        if first >> 4 > VERSION {
            return Err(ShareError::NewerVersion(first >> 4));
        }
        let length = ShareError::Malformed("length");
        let (commitment, rest) = rest.split_first_chunk::<8>().ok_or(length.clone())?;
        let (deal, rest) = rest.split_first_chunk::<2>().ok_or(length.clone())?;
        let ([threshold, count, index], value) = rest.split_first_chunk().ok_or(length.clone())?;
        let value = Zeroizing::new(<[u8; SECRET_BYTES]>::try_from(value).map_err(|_| length)?);
        if first >> 4 != VERSION {
            return Err(ShareError::Malformed("version"));
        }
        let set = ShareSet {
            kind: ShareKind(first & 0x0f),
            commitment: *commitment,
            deal: *deal,
            threshold: *threshold,
            count: *count,
        };
        Self::from_parts(set, *index, &SymmetricKey::from_bytes(*value))
    }

    /// Eight hexadecimal digits for a register: they tell a false share by name and nothing about the secret.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key(FINGERPRINT);
        hasher.update(&self.to_bytes());
        let hash = hasher.finalize();
        hash.as_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Joins shares. `commit` names a secret; only the secret that the shares' own commitment names is given out.
///
/// More shares than needed are welcome: a false one among them is then told by its number.
pub fn join(
    shares: &[Share],
    commit: impl Fn(&SymmetricKey) -> [u8; 8],
) -> Result<Joined, ShareError> {
    let set = one_set(shares)?;
    let needed = usize::from(set.threshold);
    if shares.len() < needed {
        return Err(ShareError::TooFew { found: shares.len(), needed });
    }
    let fits =
        |chosen: &[&Share]| combine(chosen).ok().filter(|secret| commit(secret) == set.commitment);
    let all: Vec<&Share> = shares.iter().collect();
    let (true_ones, secret) = choices(&all, needed)
        .into_iter()
        .find_map(|chosen| fits(&chosen).map(|secret| (chosen, secret)))
        .ok_or(ShareError::False)?;
    // A share outside the choice is true if it can stand in for one inside.
    let stands_in = |share: &Share| {
        let swapped: Vec<_> =
            std::iter::once(share).chain(true_ones.iter().skip(1).copied()).collect();
        true_ones.iter().any(|one| one.index == share.index) || fits(&swapped).is_some()
    };
    let false_shares =
        shares.iter().filter(|share| !stands_in(share)).map(|share| share.index).collect();
    Ok(Joined { secret, false_shares })
}

/// All of one set, none twice.
fn one_set(shares: &[Share]) -> Result<ShareSet, ShareError> {
    let set = shares.first().ok_or(ShareError::TooFew { found: 0, needed: 2 })?.set;
    if let Some(place) = shares.iter().position(|share| share.set != set) {
        // Of three the odd one is meant, also where it came first.
        let others_agree = shares.len() > 2 && shares.iter().skip(2).all(|s| s.set != set);
        return Err(ShareError::OtherSet { place: if others_agree { 0 } else { place } });
    }
    let mut seen = BTreeSet::new();
    match shares.iter().find(|share| !seen.insert(share.index)) {
        Some(twice) => Err(ShareError::Twice { index: twice.index }),
        None => Ok(set),
    }
}

/// Every way to choose `wanted` of the shares; at most 126 of nine.
fn choices<'a>(shares: &[&'a Share], wanted: usize) -> Vec<Vec<&'a Share>> {
    let Some(rest_wanted) = wanted.checked_sub(1) else { return vec![vec![]] };
    let mut all = vec![];
    for (at, first) in shares.iter().enumerate() {
        let rest = shares.get(at + 1..).unwrap_or_default();
        for mut choice in choices(rest, rest_wanted) {
            choice.insert(0, first);
            all.push(choice);
        }
    }
    all
}

fn combine(chosen: &[&Share]) -> Result<SymmetricKey, SealError> {
    let rows = chosen.iter().map(|share| {
        let mut row = Vec::with_capacity(1 + SECRET_BYTES);
        row.push(share.index);
        row.extend_from_slice(&*share.value);
        row
    });
    let rows: Zeroizing<Vec<Vec<u8>>> = Zeroizing::new(rows.collect());
    let joined = Gf256::combine_bytes(&*rows).map_err(|_| SealError::Unseal("shares"))?;
    let joined = Zeroizing::new(joined);
    let mut bytes = [0; SECRET_BYTES];
    bytes.copy_from_slice(joined.get(..SECRET_BYTES).ok_or(SealError::Unseal("shares"))?);
    let secret = SymmetricKey::from_bytes(bytes);
    bytes.zeroize();
    Ok(secret)
}

#[cfg(test)]
#[path = "shares_tests.rs"]
mod tests;
