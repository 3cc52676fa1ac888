//! A box's card: what the hub must know of a box before it takes anything from it.

use super::{Enrolled, Hub, HubError};
use crate::{
    limits::BOX_CARD_BYTES_MAX,
    seal::{SealingPublicKey, VerifyingKey},
    sync::{BoxIdBytes, names},
};
use minicbor::{Decode, Encode};
use std::path::PathBuf;

const NAME_CHARS_MAX: usize = 100;

/// The card a box shows when it is enrolled. Not secret; carried by a person who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxCard {
    /// The box's name.
    pub id: BoxIdBytes,
    /// It signs batches with the other half.
    pub verifying: VerifyingKey,
    /// Region keys are sealed to it.
    pub sealing: SealingPublicKey,
    /// Where it stands.
    pub facility: String,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: BoxIdBytes,
    #[cbor(n(1), with = "minicbor::bytes")]
    verifying: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    sealing: [u8; 32],
    #[n(3)]
    facility: String,
}

impl BoxCard {
    /// The bytes of a card file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let wire = Wire {
            id: self.id,
            verifying: *self.verifying.as_bytes(),
            sealing: self.sealing.0,
            facility: self.facility.clone(),
        };
        let mut bytes = vec![];
        let _ = minicbor::encode(wire, &mut bytes); // writing into a `Vec` cannot fail
        bytes
    }

    /// Reads a card file.
    pub fn parse(bytes: &[u8]) -> Result<Self, HubError> {
        let wire: Wire = minicbor::decode(bytes).map_err(|_| HubError::CardMalformed("cbor"))?;
        if wire.facility.chars().count() > NAME_CHARS_MAX
            || wire.facility.chars().any(char::is_control)
        {
            return Err(HubError::CardMalformed("facility name"));
        }
        Ok(Self {
            id: wire.id,
            verifying: VerifyingKey::from_bytes(&wire.verifying)?,
            sealing: SealingPublicKey(wire.sealing),
            facility: wire.facility,
        })
    }
}

/// For the fuzz target: a card as a person brings it.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let _ = BoxCard::parse(bytes).map(|card| card.to_bytes());
}

impl Hub {
    fn card_path(&self, id: &BoxIdBytes) -> PathBuf {
        self.root.join("boxes").join(format!("{}.card", names::hex(id)))
    }

    /// Enrols a box. The same card again changes nothing; the same name with other keys is refused.
    pub fn enrol(&self, card: BoxCard) -> Result<(), HubError> {
        let card = BoxCard::parse(&card.to_bytes())?; // what is stored must read back
        let mut boxes = self.boxes();
        if let Some(known) = boxes.get_mut(&card.id) {
            if (known.card.verifying, known.card.sealing) != (card.verifying, card.sealing) {
                return Err(HubError::BoxTaken);
            }
            self.disk.replace(&self.card_path(&card.id), &card.to_bytes())?;
            known.card = card;
            return Ok(());
        }
        self.disk.replace(&self.card_path(&card.id), &card.to_bytes())?;
        let ledger = self.fold(&card)?; // a card may come back after it was lost
        boxes.insert(card.id, Enrolled { card, ledger });
        Ok(())
    }

    /// The boxes enrolled.
    #[must_use]
    pub fn enrolled(&self) -> Vec<BoxCard> {
        self.boxes().values().map(|known| known.card.clone()).collect()
    }

    /// Cards that read back, and the names of those that do not: a damaged card must not keep the hub from the others.
    pub(super) fn stored_cards(&self) -> Result<(Vec<BoxCard>, Vec<BoxIdBytes>), HubError> {
        let (mut cards, mut damaged) = (vec![], vec![]);
        for file in self.disk.list(&self.root.join("boxes"))? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(id) = name.strip_suffix(".card").and_then(names::from_hex) else { continue };
            let bytes = self.disk.read(&file, BOX_CARD_BYTES_MAX).map_err(HubError::from);
            match bytes.and_then(|bytes| BoxCard::parse(&bytes)) {
                Ok(card) if card.id == id => cards.push(card),
                _ => damaged.push(id),
            }
        }
        Ok((cards, damaged))
    }
}

#[cfg(test)]
#[test]
fn no_seed_of_a_card_and_nothing_near_it_makes_reading_panic() {
    let dice = crate::sys::sim::SeedDice::new(1);
    let card = BoxCard {
        id: [7; 16],
        verifying: crate::seal::SigningKeypair::random(&dice).public(),
        sealing: SealingPublicKey([9; 32]),
        facility: "架空診療所".into(),
    };
    crate::sys::corpus::replay("card", &[("card", card.to_bytes())], probe);
}
