//! The box's own keys: made once, lying on the disk only under the passphrase.

use super::{
    error::{AppError, rule},
    layout::Layout,
};
use crate::{
    hub::BoxCard,
    messages,
    seal::{SealingKey, SigningKeypair, SymmetricKey, WrappedKey, wrap_key},
    sys::{Dice, Disk, DiskError, roll},
    trust::Roots,
};
use minicbor::{Decode, Encode, bytes::ByteVec};
use zeroize::{Zeroize, Zeroizing};

const BOX_FILE_BYTES_MAX: u64 = 64 << 10;
/// Thirteen characters need no periodic change (ministry's checklist FY2025, field.md F7).
const PASSPHRASE_CHARS_MIN: usize = 13;
const SECRETS_PLACE: &[u8] = b"sonae box secrets v1";

/// What the box is to the world.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BoxIdentity {
    /// Random, for life.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// Ten digits (医療機関コード・薬局コード).
    #[n(1)]
    pub facility_code: String,
    /// The facility's name, as printed on slips.
    #[n(2)]
    pub facility_name: String,
    /// 全国地方公共団体コード of the place where it stands: orders are judged by it (field.md A4).
    #[n(3)]
    pub municipality: u32,
    /// The signed root document it was born with: whose trust lists it accepts, and who may hand that over. A box without
    /// one accepts no list. (4 was a list of root keys of which any one signed.)
    #[n(5)]
    pub root: Option<ByteVec>,
}

/// The keys, opened.
pub struct BoxKeys {
    /// Who the box is.
    pub identity: BoxIdentity,
    /// Signs batches.
    pub signing: SigningKeypair,
    /// Receives region keys.
    pub sealing: SealingKey,
    /// Seals the journal.
    pub journal: SymmetricKey,
    /// Seals opening secrets while their window is open.
    pub openings: SymmetricKey,
    /// Seals what the facility received.
    pub received: SymmetricKey,
    /// Seals statements of eligibility.
    pub statements: SymmetricKey,
}

#[derive(Encode, Decode)]
struct BoxFile {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    wrapped: WrappedKey,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Secrets {
    #[n(0)]
    identity: BoxIdentity,
    #[cbor(n(1), with = "minicbor::bytes")]
    signing: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    sealing: [u8; 32],
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.signing.zeroize();
        self.sealing.zeroize();
    }
}

fn cbor(value: &impl Encode<()>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![]);
    // Writing into a `Vec` cannot fail.
    let _ = minicbor::encode(value, &mut *bytes);
    bytes
}

/// The box's id, which is no secret: enough to verify the journal's chain.
pub fn read_box_id(disk: &dyn Disk, layout: &Layout) -> Result<[u8; 16], AppError> {
    Ok(read_box_file(disk, layout)?.id)
}

fn read_box_file(disk: &dyn Disk, layout: &Layout) -> Result<BoxFile, AppError> {
    let bytes = match disk.read(&layout.box_file(), BOX_FILE_BYTES_MAX) {
        Err(DiskError::Missing(_)) => return Err(rule(&messages::STORE_ABSENT)),
        other => other?,
    };
    minicbor::decode(&bytes).map_err(|_| rule(&messages::STORE_DAMAGED))
}

/// Keys brought from another box would read this box's journal as altered; the public card beside them tells better.
fn belongs_here(disk: &dyn Disk, layout: &Layout, id: &[u8; 16]) -> Result<(), AppError> {
    let Ok(bytes) = disk.read(&layout.box_card(), BOX_FILE_BYTES_MAX) else { return Ok(()) };
    match BoxCard::parse(&bytes) {
        Ok(card) if card.id != *id => Err(rule(&messages::STORE_OF_ANOTHER_BOX)),
        _ => Ok(()), // the card is needed for nothing else here
    }
}

impl BoxKeys {
    /// Whether a new box may be made under this passphrase.
    pub fn accept(passphrase: &str) -> Result<(), AppError> {
        if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(rule(&messages::PASSPHRASE_SHORT));
        }
        Ok(())
    }

    /// Makes a new box: fresh keys, wrapped by the passphrase; writes the box file and the public card.
    pub fn create(
        disk: &dyn Disk,
        dice: &dyn Dice,
        layout: &Layout,
        passphrase: &str,
        mut identity: BoxIdentity,
    ) -> Result<(), AppError> {
        Self::accept(passphrase)?;
        identity.id = roll(dice);
        let root = SymmetricKey::random(dice);
        let (signing, sealing) = (SigningKeypair::random(dice), SealingKey::random(dice));
        let secrets = Secrets {
            identity: identity.clone(),
            signing: *signing.expose(),
            sealing: *sealing.expose(),
        };
        let file = BoxFile {
            id: identity.id,
            wrapped: wrap_key(&root, passphrase, dice)?,
            sealed: root.seal_boxed(dice, SECRETS_PLACE, &cbor(&secrets))?,
        };
        let card = BoxCard {
            id: identity.id,
            verifying: signing.public(),
            sealing: sealing.public()?,
            facility: identity.facility_name,
        };
        disk.replace(&layout.box_card(), &card.to_bytes())?;
        Ok(disk.replace_private(&layout.box_file(), &cbor(&file))?)
    }

    /// Opens the keys with the passphrase.
    pub fn open(disk: &dyn Disk, layout: &Layout, passphrase: &str) -> Result<Self, AppError> {
        let damaged = || rule(&messages::STORE_DAMAGED);
        let file = read_box_file(disk, layout)?;
        let root = file.wrapped.unwrap_with(passphrase)?;
        // The passphrase fitted, so what does not open now is damage and no other key.
        let opened = root.open_boxed(SECRETS_PLACE, &file.sealed).map_err(|_| damaged())?;
        let opened = Zeroizing::new(opened);
        let secrets: Secrets = minicbor::decode(&opened).map_err(|_| damaged())?;
        belongs_here(disk, layout, &file.id)?;
        Ok(Self {
            signing: SigningKeypair::from_bytes(&secrets.signing),
            sealing: SealingKey::from_bytes(secrets.sealing),
            journal: SymmetricKey::derive("sonae journal key v1", &[root.expose()]),
            openings: SymmetricKey::derive("sonae opening seal v1", &[root.expose()]),
            received: SymmetricKey::derive("sonae received records v1", &[root.expose()]),
            statements: SymmetricKey::derive("sonae statements v1", &[root.expose()]),
            identity: secrets.identity.clone(),
        })
    }

    /// The root this box was born with.
    ///
    /// # Errors
    /// The box was made without one.
    pub fn root(&self) -> Result<Roots, AppError> {
        let document = self.identity.root.as_deref().ok_or(rule(&messages::ROOT_ABSENT))?;
        Ok(Roots::born_with(document)?)
    }
}
