//! An invented region that changes, for tests: its base, and deltas between any two states of it.

use super::{Change, DeltaBuilder, DeltaSpec, DeltaSummary, Family, ReleaseSecrets, State};
use crate::{
    domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit},
    snapshot::{
        Manifest, Progress, ReleaseBuilder, SnapshotError,
        samples::{self, MADE, MapSource, publisher, quiet},
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

/// Check-ups and visits that follow from somebody's drugs, so that they change with them.
pub(crate) fn other_rows(drugs: &[Dispensing]) -> (Vec<Checkup>, Vec<Visit>) {
    let number = |drug: &Dispensing| (drug.days % 200) as u8;
    let checkups = drugs.iter().skip(1).map(|drug| samples::checkup(number(drug))).collect();
    (checkups, drugs.iter().map(|drug| samples::visit(number(drug))).collect())
}

/// A whole release of these people.
pub(crate) fn root(version: u64, seed: u64, people: &Region) -> Root {
    let (disk, dir) = (SimDisk::new(), Path::new("/release"));
    let secrets = samples::with_spec(version, seed, |spec| {
        let mut builder = ReleaseBuilder::new(&disk, dir, spec).unwrap();
        for (person, drugs) in people {
            builder.person(person).unwrap();
            let (identity, birth) = (&person.identity, person.birth);
            let (checkups, visits) = other_rows(drugs);
            drugs.iter().for_each(|row| builder.dispensing(identity, birth, row).unwrap());
            checkups.iter().for_each(|row| builder.checkup(identity, birth, row).unwrap());
            visits.iter().for_each(|row| builder.visit(identity, birth, row).unwrap());
        }
        let secrets = builder.secrets();
        builder.finish(&mut quiet).unwrap();
        secrets
    });
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
    watched_delta((root, follows), version, (before, after), &mut quiet)
}

/// What is told while a delta on the root itself is written.
pub(crate) fn progress_of(root: &Root, before: &Region, after: &Region) -> Vec<Progress> {
    let (mut told, base) = (vec![], root.release.manifest());
    let mut watch = |progress| told.push(progress);
    watched_delta((root, &base), base.version() + 1, (before, after), &mut watch).unwrap();
    told
}

fn watched_delta(
    (root, follows): (&Root, &Manifest),
    version: u64,
    (before, after): (&Region, &Region),
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(MapSource, DeltaSummary), SnapshotError> {
    let (disk, dir) = (SimDisk::new(), Path::new("/delta"));
    let manifest = root.release.manifest();
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
    let mut builder = DeltaBuilder::new(&disk, dir, &spec, &root.secrets, &root.release)?;
    // As it is first: the order in which the two come must not matter.
    for (state, people) in [(State::After, after), (State::Before, before)] {
        for (person, drugs) in people {
            take(&mut builder, state, person, drugs)?;
        }
    }
    let summary = builder.finish(on_progress)?;
    Ok((samples::from_disk(&disk, dir), summary))
}

fn take(
    builder: &mut DeltaBuilder<'_>,
    state: State,
    person: &PersonRecord,
    drugs: &[Dispensing],
) -> Result<(), SnapshotError> {
    builder.person(state, person)?;
    let (identity, birth) = (&person.identity, person.birth);
    let (checkups, visits) = other_rows(drugs);
    drugs.iter().try_for_each(|row| builder.dispensing(state, identity, birth, row))?;
    checkups.iter().try_for_each(|row| builder.checkup(state, identity, birth, row))?;
    visits.iter().try_for_each(|row| builder.visit(state, identity, birth, row))
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

/// A plain block of two families: of one somebody went and these came, of the other two went.
pub(crate) fn block_of_changes(put: [Vec<u8>; 2]) -> Vec<u8> {
    let came = Change { taken: vec![[1; 8]], put: put.map(Vec::into_boxed_slice).into() };
    let went = Change { taken: vec![[2; 8], [3; 8]], put: vec![] };
    let mut block = vec![];
    for (blind, change) in [([4; 16], came), ([5; 16], went)] {
        Family { blind, change }.write(&mut block);
    }
    block
}
