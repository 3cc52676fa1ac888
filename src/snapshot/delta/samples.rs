//! An invented region that changes, for tests: its base, and deltas between any two states of it.

use super::{DeltaBuilder, DeltaSpec, DeltaSummary, ReleaseSecrets};
use crate::{
    domain::{medication::Dispensing, person::PersonRecord},
    snapshot::{
        Manifest, SnapshotError,
        samples::{self, MADE, MapSource, publisher},
    },
    sys::sim::{SeedDice, SimDisk},
};
use std::path::Path;

/// People with their histories.
pub(crate) type Region = Vec<(PersonRecord, Vec<Dispensing>)>;

/// A whole release whose publisher kept its secrets.
pub(crate) struct Root {
    pub(crate) release: MapSource,
    pub(crate) secrets: ReleaseSecrets,
}

/// A whole release of these people.
pub(crate) fn root(version: u64, seed: u64, people: &Region) -> Root {
    let (disk, dir) = (SimDisk::new(), Path::new("/release"));
    let people = people.iter().cloned();
    let (_, secrets) = samples::publish_keeping_secrets(&disk, dir, version, seed, people).unwrap();
    Root { release: samples::from_disk(&disk, dir), secrets }
}

/// A delta on top of `follows`, from one state of the region to another.
pub(crate) fn delta(
    root: &Root,
    follows: &Manifest,
    version: u64,
    before: &Region,
    after: &Region,
) -> MapSource {
    try_delta(root, follows, version, before, after).unwrap().0
}

pub(crate) fn try_delta(
    root: &Root,
    follows: &Manifest,
    version: u64,
    before: &Region,
    after: &Region,
) -> Result<(MapSource, DeltaSummary), SnapshotError> {
    let (disk, dir) = (SimDisk::new(), Path::new("/delta"));
    let manifest = root.release.manifest();
    let mut builder = DeltaBuilder::new(&root.secrets, &manifest, &root.release)?;
    for (person, history) in before {
        builder.before(person);
        builder.before_history(person, history);
    }
    let mut changes = builder.then();
    for (person, history) in after {
        changes.after(person);
        changes.after_history(person, history);
    }
    let all =
        blake3::hash(format!("{version} {} {before:?} {after:?}", follows.release_id()).as_bytes());
    let seed = all.as_bytes().iter().take(7).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let made_at = MADE.plus_days(i64::try_from(version).unwrap());
    let spec = DeltaSpec {
        root: &manifest,
        follows,
        version,
        made_at,
        as_of: made_at,
        next_due: made_at.plus_days(1),
        publisher: &publisher(),
        dice: &SeedDice::new(seed),
    };
    let summary = changes.write(&disk, dir, &spec)?;
    Ok((samples::from_disk(&disk, dir), summary))
}

/// The region of [`samples::release`], some of it changed: one corrected, one moved to another family, one gone, one come, and
/// one with another history.
pub(crate) fn changed(mut region: Region) -> Region {
    region[1].0.name = "能登谷0　花江".into();
    region[6].0.identity.number = "00030".into();
    region[9].1 = samples::history(2);
    region[14].1.clear();
    region.remove(77);
    region.push((samples::person(900), samples::history(903)));
    region
}
