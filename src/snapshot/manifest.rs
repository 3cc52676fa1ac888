//! The manifest: what the publisher signed about a release, and the keys wrapped for each enrolled box.

use super::wraps::{DRUG_KEK, ELIGIBILITY_WRAP, SHARE_WRAP, WireWrap, drug_place, secret_key};
use super::{Base, OpeningId, OpeningSecret, RegionKeys, ReleaseId, SnapshotError, Tree};
use crate::{
    domain::{area::Area, evidence::SnapshotSource, keys::BoxId, time::Stamp},
    limits,
    seal::{self, Kid, Purpose, SealingKey, SigningKeypair, SymmetricKey, VerifyingKey},
    trust::compact::area,
};
use minicbor::{Decode, Encode};
use serde::Serialize;
use std::sync::Arc;

/// The file in a release directory.
pub const MANIFEST_NAME: &str = "manifest.cose";
pub(super) const FORMAT: u32 = 1;
pub(super) const PURPOSE: Purpose = Purpose("sonae release manifest v1");
/// A box's own: a purpose no publisher's signature has, and no box signs a publisher's.
const OWN_PURPOSE: Purpose = Purpose("sonae facility snapshot v1");
const HASH_BYTES: usize = 32;

/// What is read before anything else, so that a newer format is called newer and not malformed.
#[derive(Decode)]
#[cbor(map)]
struct FormatOnly {
    #[n(0)]
    format: u32,
}

/// The manifest as written. Keys unknown to this program are passed over.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Wire {
    #[n(0)]
    pub(super) format: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) release: [u8; 16],
    /// A prefecture's number or a municipality's code.
    #[n(2)]
    pub(super) region: u32,
    #[n(3)]
    pub(super) region_name: String,
    #[n(4)]
    pub(super) version: u64,
    #[n(5)]
    pub(super) made_at: i64,
    #[n(6)]
    pub(super) as_of: i64,
    #[n(7)]
    pub(super) next_due: i64,
    #[n(8)]
    pub(super) people: u64,
    #[n(9)]
    pub(super) dispensings: u64,
    #[n(10)]
    pub(super) files: Vec<WireFile>,
    #[cbor(n(11), with = "minicbor::bytes")]
    pub(super) opening: [u8; 8],
    #[n(12)]
    pub(super) wraps: Vec<WireWrap>,
    /// [`Scope`]'s number.
    #[n(13)]
    pub(super) scope: u8,
    #[n(14)]
    pub(super) publisher_name: String,
    #[n(15)]
    pub(super) checkups: u64,
    #[n(16)]
    pub(super) visits: u64,
    /// A delta only.
    #[n(17)]
    pub(super) base: Option<Base>,
}

/// Whose signature a release bears. Neither passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// A publisher of the trust list: the region's word.
    Publisher,
    /// The box it was made on, over what its facility received: nobody else's word.
    ThisBox,
}

impl SignedBy {
    fn purpose(self) -> Purpose {
        match self {
            Self::Publisher => PURPOSE,
            Self::ThisBox => OWN_PURPOSE,
        }
    }
}

/// How much of its region a release covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One facility's own patients.
    Facility,
    /// Everybody of a municipality.
    Municipality,
    /// Everybody of a prefecture.
    Prefecture,
}

impl Scope {
    /// All of them, in the order of their numbers.
    const ALL: [Self; 3] = [Self::Facility, Self::Municipality, Self::Prefecture];

    /// Everybody of an area.
    #[must_use]
    pub fn of(area: Area) -> Self {
        match area {
            Area::Prefecture(_) => Self::Prefecture,
            Area::Municipality(_) => Self::Municipality,
        }
    }

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    pub(super) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// One block file.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct WireFile {
    /// [`Tree`]'s number.
    #[n(0)]
    pub(super) tree: u8,
    #[n(1)]
    pub(super) buckets: u32,
    #[n(2)]
    pub(super) bytes: u64,
    /// BLAKE3 of each chunk, one after the other.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) chunk_hashes: Vec<u8>,
}

/// One block file as signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileEntry<'a> {
    pub(super) tree: Tree,
    pub(super) buckets: u32,
    pub(super) bytes: u64,
    pub(super) chunk_hashes: &'a [[u8; HASH_BYTES]],
}

#[derive(Debug)]
struct Signed {
    bytes: Vec<u8>,
    signer: VerifyingKey,
    signed_by: SignedBy,
    region: Area,
    scope: Scope,
    wire: Wire,
}

/// A release's manifest whose signature was verified. [`Manifest::open`] and, for a box's own, [`Manifest::open_as`] are the
/// only ways to one.
#[derive(Clone, Debug)]
pub struct Manifest(Arc<Signed>);

impl Manifest {
    /// Verifies the signature, then reads. `publisher_keys` are those the trust list names for the signer's id.
    pub fn open(
        bytes: &[u8],
        publisher_keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Self, SnapshotError> {
        Self::open_as(SignedBy::Publisher, bytes, publisher_keys)
    }

    /// As [`Manifest::open`], for a release that must be signed by a publisher or must be a box's own. `keys` are those
    /// believed of the signer: the trust list's, or this box's.
    pub fn open_as(
        signed_by: SignedBy,
        bytes: &[u8],
        keys: impl FnOnce(Kid) -> Vec<VerifyingKey>,
    ) -> Result<Self, SnapshotError> {
        if bytes.len() as u64 > limits::MANIFEST_BYTES_MAX {
            return Err(SnapshotError::TooLong { file: MANIFEST_NAME });
        }
        let opened = seal::open(signed_by.purpose(), bytes, keys)?;
        let wire = read(opened.payload())?;
        let region = area(wire.region).ok_or(SnapshotError::Malformed("region"))?;
        let scope = Scope::of_number(wire.scope).ok_or(SnapshotError::Malformed("scope"))?;
        if scope != Scope::Facility && scope != Scope::of(region) {
            return Err(SnapshotError::Malformed("scope and region differ"));
        }
        if signed_by == SignedBy::ThisBox && scope != Scope::Facility {
            return Err(SnapshotError::Malformed("a box speaks for its facility alone"));
        }
        check(&wire)?;
        // A facility's own was held to this box's clock when each record was received; to refuse it here would only lose them.
        if signed_by == SignedBy::Publisher {
            made_of_what_was(&wire)?;
        }
        let (bytes, signer) = (bytes.to_vec(), opened.signer());
        Ok(Self(Arc::new(Signed { bytes, signer, signed_by, region, scope, wire })))
    }

    /// The bytes as they were signed, for keeping.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Who signed; whether they may publish for this region is the trust list's word.
    #[must_use]
    pub fn signer(&self) -> VerifyingKey {
        self.0.signer
    }

    /// Whose signature it bears.
    #[must_use]
    pub fn signed_by(&self) -> SignedBy {
        self.0.signed_by
    }

    /// The release's name.
    #[must_use]
    pub fn release_id(&self) -> ReleaseId {
        ReleaseId(self.0.wire.release)
    }

    /// The region covered.
    #[must_use]
    pub fn region(&self) -> Area {
        self.0.region
    }

    /// The region's name, such as "石川県".
    #[must_use]
    pub fn region_name(&self) -> &str {
        &self.0.wire.region_name
    }

    /// Counts up with every release of the region.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.wire.version
    }

    /// When it was made.
    #[must_use]
    pub fn made_at(&self) -> Stamp {
        Stamp(self.0.wire.made_at)
    }

    /// The moment the records describe.
    #[must_use]
    pub fn as_of(&self) -> Stamp {
        Stamp(self.0.wire.as_of)
    }

    /// When the publisher promises the next one.
    #[must_use]
    pub fn next_due(&self) -> Stamp {
        Stamp(self.0.wire.next_due)
    }

    /// Eligibility records in it.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.0.wire.people
    }

    /// Drug records in it.
    #[must_use]
    pub fn dispensings(&self) -> u64 {
        self.0.wire.dispensings
    }

    /// Check-up items in it.
    #[must_use]
    pub fn checkups(&self) -> u64 {
        self.0.wire.checkups
    }

    /// Acts of visits in it.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.0.wire.visits
    }

    /// How much of its region it covers.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.0.scope
    }

    /// Who publishes, in words.
    #[must_use]
    pub fn publisher_name(&self) -> &str {
        &self.0.wire.publisher_name
    }

    /// How many boxes may open it.
    #[must_use]
    pub fn boxes(&self) -> usize {
        self.0.wire.wraps.len()
    }

    /// Which opening secret unlocks the drugs.
    #[must_use]
    pub fn opening_id(&self) -> OpeningId {
        OpeningId(self.0.wire.opening)
    }

    /// What it builds on; `None` for a whole release.
    #[must_use]
    pub fn base(&self) -> Option<Base> {
        self.0.wire.base
    }

    /// The trees it has a file of.
    #[must_use]
    pub fn trees(&self) -> &'static [Tree] {
        trees_of(&self.0.wire)
    }

    /// Bytes of all block files together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.trees().iter().map(|tree| self.file(*tree).bytes).sum()
    }

    /// Blocks in one tree.
    #[must_use]
    pub fn buckets(&self, tree: Tree) -> u32 {
        self.file(tree).buckets
    }

    /// How the release is named in an answer.
    #[must_use]
    pub fn source(&self) -> SnapshotSource {
        SnapshotSource {
            region: self.region_name().to_owned(),
            version: self.version(),
            as_of: self.as_of(),
        }
    }

    pub(super) fn file(&self, tree: Tree) -> FileEntry<'_> {
        let found = self.0.wire.files.iter().find(|file| file.tree == tree.number());
        let (buckets, bytes, hashes) =
            found.map_or((0, 0, &[][..]), |f| (f.buckets, f.bytes, &f.chunk_hashes[..]));
        FileEntry { tree, buckets, bytes, chunk_hashes: hashes.as_chunks().0 }
    }

    fn wrap(&self, box_id: &BoxId) -> Result<&WireWrap, SnapshotError> {
        let mut wraps = self.0.wire.wraps.iter();
        wraps.find(|wrap| wrap.box_id == box_id.0).ok_or(SnapshotError::NotForThisBox)
    }

    /// Opens what was wrapped for this box.
    pub fn unseal_for(
        &self,
        box_id: &BoxId,
        key: &SealingKey,
    ) -> Result<RegionKeys, SnapshotError> {
        let wrap = self.wrap(box_id)?;
        let open = |purpose, sealed: &[u8]| {
            key.open(purpose, &self.0.wire.release, sealed).map_err(SnapshotError::from).and_then(
                |secret| {
                    secret_key(secret).ok_or(SnapshotError::Malformed("a wrapped key's length"))
                },
            )
        };
        let eligibility = open(ELIGIBILITY_WRAP, &wrap.eligibility)?;
        let share = open(SHARE_WRAP, &wrap.share)?;
        Ok(RegionKeys::new(self, *box_id, &eligibility, share))
    }

    pub(super) fn open_drug_key(
        &self,
        box_id: &BoxId,
        share: &SymmetricKey,
        opening: &OpeningSecret,
    ) -> Result<SymmetricKey, SnapshotError> {
        let wrap = self.wrap(box_id)?;
        let kek = SymmetricKey::derive(DRUG_KEK, &[share.expose(), opening.expose()]);
        kek.open_boxed(&drug_place(self.release_id(), *box_id), &wrap.drug)
            .ok()
            .and_then(secret_key)
            .ok_or(SnapshotError::OpeningWrong)
    }
}

/// Whether this program knows the format, asked before anything else is read.
pub(super) fn check_format(payload: &[u8]) -> Result<(), SnapshotError> {
    let malformed = |_| SnapshotError::Malformed("manifest");
    let format = minicbor::decode::<FormatOnly>(payload).map_err(malformed)?.format;
    if format > FORMAT {
        return Err(SnapshotError::NewerFormat { found: format, known: FORMAT });
    }
    Ok(())
}

fn read(payload: &[u8]) -> Result<Wire, SnapshotError> {
    let malformed = |_| SnapshotError::Malformed("manifest");
    check_format(payload)?;
    let mut decoder = minicbor::Decoder::new(payload);
    let wire = decoder.decode().map_err(malformed)?;
    if decoder.position() != payload.len() {
        return Err(SnapshotError::Malformed("bytes after the manifest"));
    }
    Ok(wire)
}

/// What a publisher may have signed, whatever it is.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(payload: &[u8]) {
    let _ = read(payload).and_then(|wire| check(&wire));
}

#[cfg(test)]
pub(super) fn payload_of(signed: &[u8]) -> Vec<u8> {
    let opened = seal::open(PURPOSE, signed, |_| vec![super::samples::publisher().public()]);
    opened.unwrap().payload().to_vec()
}

/// A delta brings no words and no index of its own.
fn trees_of(wire: &Wire) -> &'static [Tree] {
    if wire.base.is_some() { &Tree::DELTA } else { &Tree::ALL }
}

/// The parts must fit one another before a reader sizes anything by them.
fn check(wire: &Wire) -> Result<(), SnapshotError> {
    if wire.version == u64::MAX {
        return Err(SnapshotError::Malformed("no release could follow this version"));
    }
    if wire.base.is_some_and(|base| !base.fits(wire.version) || !wire.wraps.is_empty()) {
        return Err(SnapshotError::Malformed("a delta's base"));
    }
    for tree in trees_of(wire) {
        let mut files = wire.files.iter().filter(|file| file.tree == tree.number());
        let (Some(file), None) = (files.next(), files.next()) else {
            return Err(SnapshotError::Malformed("each tree has one file"));
        };
        let chunks = file.bytes.div_ceil(limits::CHUNK_BYTES as u64);
        let hashes = file.chunk_hashes.len();
        if hashes % HASH_BYTES != 0 || (hashes / HASH_BYTES) as u64 != chunks {
            return Err(SnapshotError::Malformed("chunk hashes and file length differ"));
        }
        let block_bytes_min = (size_of::<u32>() + seal::TAG_BYTES) as u64;
        if file.buckets > limits::BUCKETS_MAX {
            return Err(SnapshotError::Malformed("more buckets than the whole country needs"));
        }
        if file.buckets == 0 || u64::from(file.buckets) * block_bytes_min > file.bytes {
            return Err(SnapshotError::Malformed("bucket count and file length differ"));
        }
    }
    Ok(())
}

/// Records of next year are fresh for a year, and a box that believed them would take its clock to be behind.
fn made_of_what_was(wire: &Wire) -> Result<(), SnapshotError> {
    let (made_at, as_of) = (Stamp(wire.made_at), Stamp(wire.as_of));
    if as_of > made_at.plus_days(limits::AS_OF_AHEAD_DAYS_MAX) {
        return Err(SnapshotError::AsOfAfterMade { as_of, made_at });
    }
    Ok(())
}

/// Signs a publisher's manifest or a box's own.
pub(super) fn sign(
    signed_by: SignedBy,
    wire: &Wire,
    key: &SigningKeypair,
) -> Result<Vec<u8>, SnapshotError> {
    let mut payload = vec![];
    // Writing into a `Vec` cannot fail; minicbor's error type for it is `Infallible`.
    let _ = minicbor::encode(wire, &mut payload);
    let signed = seal::sign(signed_by.purpose(), key, &payload);
    if signed.len() as u64 > limits::MANIFEST_BYTES_MAX {
        return Err(SnapshotError::TooLong { file: MANIFEST_NAME });
    }
    Ok(signed)
}
