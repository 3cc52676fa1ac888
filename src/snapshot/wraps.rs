//! The keys of a release, wrapped for each enrolled box.

use super::{EnrolledBox, OpeningSecret, ReleaseId, SnapshotError};
use crate::{domain::keys::BoxId, seal::SymmetricKey, sys::Dice};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

pub(super) const ELIGIBILITY_WRAP: &str = "sonae release v1 eligibility key";
pub(super) const SHARE_WRAP: &str = "sonae release v1 drug share";
pub(super) const DRUG_KEK: &str = "sonae drug kek v1";

/// The keys for one box.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct WireWrap {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub(super) box_id: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) eligibility: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(super) share: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) drug: Vec<u8>,
}

/// Where a box's medical key is sealed to.
pub(super) fn drug_place(release: ReleaseId, box_id: BoxId) -> Vec<u8> {
    [release.0, box_id.0].concat()
}

/// The two keys of a release, fresh each time: that is what makes counters safe as nonces.
pub(super) struct ReleaseKeys {
    pub(super) eligibility: SymmetricKey,
    pub(super) drug: SymmetricKey,
}

impl WireWrap {
    /// Wraps the release's keys for one box: eligibility to the box alone, drugs to the box *and* the opening secret.
    pub(super) fn for_box(
        release: ReleaseId,
        keys: &ReleaseKeys,
        enrolled: &EnrolledBox,
        opening: &OpeningSecret,
        dice: &dyn Dice,
    ) -> Result<Self, SnapshotError> {
        let share = SymmetricKey::random(dice);
        let kek = SymmetricKey::derive(DRUG_KEK, &[share.expose(), opening.expose()]);
        let seal =
            |purpose, key: &SymmetricKey| enrolled.sealing.seal(purpose, &release.0, key.expose());
        Ok(Self {
            box_id: enrolled.id.0,
            eligibility: seal(ELIGIBILITY_WRAP, &keys.eligibility)?,
            share: seal(SHARE_WRAP, &share)?,
            drug: kek.seal_boxed(dice, &drug_place(release, enrolled.id), keys.drug.expose())?,
        })
    }
}

/// A key as it came out of its wrap.
pub(super) fn secret_key(secret: Vec<u8>) -> Option<SymmetricKey> {
    let secret = Zeroizing::new(secret);
    Some(SymmetricKey::from_bytes(secret.as_slice().try_into().ok()?))
}
