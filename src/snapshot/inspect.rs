//! What a manifest claims about its release, read without its signature and without a key.

use super::{
    MANIFEST_NAME, OpeningId, ReleaseId, Scope, SnapshotError, Tree, manifest::check_format,
};
use crate::{
    domain::{area::Area, time::Stamp},
    limits,
    seal::{Kid, peek_kid},
    trust::compact::area,
};
use minicbor::{Decode, Decoder, decode};
use serde::{Serialize, Serializer};

/// What anybody may read in a manifest, in its own order. Claims, until the signature was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// The manifest's format.
    pub format: u32,
    /// The release's name.
    #[serde(serialize_with = "shown")]
    pub release: ReleaseId,
    /// The region covered.
    pub region: Option<Area>,
    /// The region's name.
    pub region_name: String,
    /// How much of it is covered, where this program knows the number.
    pub scope: Option<Scope>,
    /// Who signed, as a hint.
    #[serde(serialize_with = "shown")]
    pub publisher: Kid,
    /// The publisher's name, where the manifest says it.
    pub publisher_name: Option<String>,
    /// Its version.
    pub version: u64,
    /// When it was made.
    pub made_at: Stamp,
    /// The moment the records describe.
    pub as_of: Stamp,
    /// When the next one is promised.
    pub next_due: Stamp,
    /// Eligibility records.
    pub people: u64,
    /// Drug records.
    pub dispensings: u64,
    /// Check-up records.
    pub checkups: u64,
    /// Visit records.
    pub visits: u64,
    /// Which opening secret unlocks the medical part.
    #[serde(serialize_with = "shown")]
    pub opening: OpeningId,
    /// Boxes enrolled.
    pub boxes: u64,
    /// The block files.
    pub files: Vec<FileClaim>,
    /// What it is a delta to; a whole release has none.
    pub base: Option<BaseClaim>,
}

/// One block file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileClaim {
    /// Its name, where this program knows the tree.
    pub name: Option<&'static str>,
    /// The tree's number.
    pub tree: u8,
    /// Blocks in it.
    pub buckets: u32,
    /// Its length.
    pub bytes: u64,
}

/// What a delta follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaseClaim {
    /// The release it follows directly.
    #[serde(serialize_with = "shown")]
    pub follows: ReleaseId,
    /// That one's version.
    pub follows_version: u64,
    /// The whole release at the root of the chain.
    #[serde(serialize_with = "shown")]
    pub root: ReleaseId,
    /// That one's version.
    pub root_version: u64,
}

fn shown<S: Serializer>(name: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}

/// The manifest, as far as it concerns everybody. Keys of a later format are passed over.
#[derive(Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    format: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    release: [u8; 16],
    #[n(2)]
    region: u32,
    #[n(3)]
    region_name: String,
    #[n(4)]
    version: u64,
    #[n(5)]
    made_at: i64,
    #[n(6)]
    as_of: i64,
    #[n(7)]
    next_due: i64,
    #[n(8)]
    people: u64,
    #[n(9)]
    dispensings: u64,
    #[n(10)]
    files: Vec<WireFile>,
    #[cbor(n(11), with = "minicbor::bytes")]
    opening: [u8; 8],
    #[n(12)]
    wraps: Option<Counted>,
    #[n(13)]
    scope: Option<u8>,
    #[n(14)]
    publisher_name: Option<String>,
    #[n(15)]
    checkups: Option<u64>,
    #[n(16)]
    visits: Option<u64>,
    #[n(17)]
    base: Option<WireBase>,
}

#[derive(Decode)]
#[cbor(map)]
struct WireFile {
    #[n(0)]
    tree: u8,
    #[n(1)]
    buckets: u32,
    #[n(2)]
    bytes: u64,
}

#[derive(Decode)]
#[cbor(map)]
struct WireBase {
    #[cbor(n(0), with = "minicbor::bytes")]
    follows: [u8; 16],
    #[n(1)]
    follows_version: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    root: [u8; 16],
    #[n(3)]
    root_version: u64,
}

/// How many there are; what they are is not for everybody.
struct Counted(u64);

impl<C> Decode<'_, C> for Counted {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, decode::Error> {
        let count = decoder.array()?.unwrap_or_default();
        for _ in 0..count {
            decoder.skip()?;
        }
        Ok(Self(count))
    }
}

/// Reads what a signed manifest claims. Verifies nothing: [`super::Manifest::open`] does.
///
/// # Errors
/// Not a manifest, or one of a newer format than this program knows.
pub fn claims(signed: &[u8]) -> Result<Claims, SnapshotError> {
    if signed.len() as u64 > limits::MANIFEST_BYTES_MAX {
        return Err(SnapshotError::TooLong { file: MANIFEST_NAME });
    }
    let publisher = peek_kid(signed)?;
    let malformed = |_| SnapshotError::Malformed("manifest");
    let payload = payload(signed).map_err(malformed)?;
    check_format(payload)?; // what a later format says may not even read
    let wire = minicbor::decode::<Wire>(payload).map_err(malformed)?;
    Ok(Claims {
        format: wire.format,
        release: ReleaseId(wire.release),
        region: area(wire.region),
        region_name: wire.region_name,
        scope: wire.scope.and_then(Scope::of_number),
        publisher,
        publisher_name: wire.publisher_name,
        version: wire.version,
        made_at: Stamp(wire.made_at),
        as_of: Stamp(wire.as_of),
        next_due: Stamp(wire.next_due),
        people: wire.people,
        dispensings: wire.dispensings,
        checkups: wire.checkups.unwrap_or_default(),
        visits: wire.visits.unwrap_or_default(),
        opening: OpeningId(wire.opening),
        boxes: wire.wraps.map_or(0, |wraps| wraps.0),
        files: wire.files.iter().map(file).collect(),
        base: wire.base.map(base),
    })
}

/// COSE_Sign1 is protected header, unprotected header, payload, signature.
fn payload(signed: &[u8]) -> Result<&[u8], decode::Error> {
    let mut decoder = Decoder::new(signed);
    decoder.array()?;
    decoder.skip()?;
    decoder.skip()?;
    decoder.bytes()
}

fn file(wire: &WireFile) -> FileClaim {
    let tree = Tree::ALL.into_iter().find(|tree| tree.number() == wire.tree);
    let name = tree.map(Tree::file_name);
    FileClaim { name, tree: wire.tree, buckets: wire.buckets, bytes: wire.bytes }
}

fn base(wire: WireBase) -> BaseClaim {
    BaseClaim {
        follows: ReleaseId(wire.follows),
        follows_version: wire.follows_version,
        root: ReleaseId(wire.root),
        root_version: wire.root_version,
    }
}
