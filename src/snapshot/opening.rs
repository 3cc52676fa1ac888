//! The opening secret over envelopes: dealt out, and joined again from any two that fit.

use super::{OpeningId, OpeningSecret};
use crate::{
    seal::{self, Share, ShareError, ShareKind, SymmetricKey},
    sys::Dice,
};

const KIND: ShareKind = ShareKind(1);
const ID: &str = "sonae opening id v1";

impl OpeningId {
    /// The id of a secret: eight bytes that follow from it. A release signed for the id vouches for the secret.
    #[must_use]
    pub fn of(secret: &SymmetricKey) -> Self {
        let named = SymmetricKey::derive(ID, &[secret.expose()]);
        let [a, b, c, d, e, f, g, h, ..] = *named.expose();
        Self([a, b, c, d, e, f, g, h])
    }
}

/// An opening secret out of envelopes, and the numbers of envelopes that do not belong to it although they say so.
#[derive(Debug)]
pub struct JoinedOpening {
    /// The secret.
    pub secret: OpeningSecret,
    /// Numbers of false shares; empty where all fit.
    pub false_shares: Vec<u8>,
}

impl OpeningSecret {
    /// Deals the secret out over `count` envelopes, any `threshold` of which give it back.
    ///
    /// A secret whose id does not follow from it could not be told from a false one, and is not dealt.
    pub fn deal(&self, sizes: (u8, u8), dice: &dyn Dice) -> Result<Vec<Share>, ShareError> {
        let secret = SymmetricKey::from_bytes(*self.expose());
        if OpeningId::of(&secret) != self.id() {
            return Err(ShareError::Malformed("the opening's id is not its own"));
        }
        seal::deal(KIND, self.id().0, &secret, sizes, dice)
    }

    /// Joins envelopes. The secret that comes out is the one of the id on them, or none does.
    pub fn join(shares: &[Share]) -> Result<JoinedOpening, ShareError> {
        if shares.iter().any(|share| share.set().kind != KIND) {
            return Err(ShareError::Malformed("a share of another kind"));
        }
        let joined = seal::join(shares, |secret| OpeningId::of(secret).0)?;
        let id = OpeningId::of(&joined.secret);
        Ok(JoinedOpening {
            secret: Self::new(id, joined.secret),
            false_shares: joined.false_shares,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sim::SeedDice;

    #[test]
    fn two_envelopes_give_the_opening_secret_that_the_release_asks_for() {
        let dice = SeedDice::new(1);
        let opening = OpeningSecret::random(&dice);
        let shares = opening.deal((2, 3), &dice).unwrap();
        let joined = OpeningSecret::join(&shares[1..]).unwrap();
        assert_eq!(joined.secret.id(), opening.id());
        assert_eq!(joined.secret.expose(), opening.expose());
        assert!(matches!(OpeningSecret::join(&shares[..1]), Err(ShareError::TooFew { .. })));
    }

    #[test]
    fn a_share_of_a_signing_key_opens_nothing() {
        let dice = SeedDice::new(2);
        let secret = SymmetricKey::random(&dice);
        let id = OpeningId::of(&secret).0;
        let shares = seal::deal(ShareKind(2), id, &secret, (2, 3), &dice).unwrap();
        assert!(matches!(OpeningSecret::join(&shares), Err(ShareError::Malformed(_))));
    }

    #[test]
    fn a_secret_under_a_name_that_is_not_its_own_is_not_dealt() {
        let dice = SeedDice::new(3);
        let odd = OpeningSecret::new(OpeningId([7; 8]), SymmetricKey::random(&dice));
        assert!(odd.deal((2, 3), &dice).is_err());
    }
}
