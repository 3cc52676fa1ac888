//! `sonae region delta`: what changed between two states of a region's column files, as a release of its own.

use super::{
    appliance,
    args::RegionDeltaArgs,
    output::{CliError, Reply},
    region::bad_rows,
};
use crate::{
    app::{AppError, read_release_secrets, read_signing_key},
    domain::{medication::Dispensing, person::PersonRecord, time::Stamp},
    messages,
    seal::VerifyingKey,
    snapshot::{DeltaBuilder, DeltaSpec, DirSource, Manifest, SnapshotError, csv, read_manifest},
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock},
};
use serde_json::{Value, json};
use std::path::Path;

/// Does it.
pub(super) fn run(args: &RegionDeltaArgs) -> Result<Reply, CliError> {
    if !RealDisk.list(&args.out)?.is_empty() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let as_of = Stamp::start_of(appliance::date(&args.as_of)?);
    let passphrase = appliance::passphrase()?;
    let publisher = read_signing_key(&RealDisk, &args.key, &passphrase)?;
    let secrets = read_release_secrets(&RealDisk, &args.secrets, &passphrase)?;
    let source = DirSource::new(&RealDisk, &args.root);
    let root = manifest_in(&args.root, publisher.public())?;
    let follows = match &args.follows {
        Some(dir) => manifest_in(dir, publisher.public())?,
        None => root.clone(),
    };
    let mut builder = DeltaBuilder::new(&secrets, &root, &source).map_err(AppError::from)?;
    let before = (&*args.people_before, args.dispensings_before.as_deref());
    let refused_before = each(before, |person, history| {
        builder.before(person);
        builder.before_history(person, history);
    })?;
    let mut changes = builder.then();
    let after = (&*args.people, args.dispensings.as_deref());
    let refused = each(after, |person, history| {
        changes.after(person);
        changes.after_history(person, history);
    })?;
    let now = Stamp(WallClock.unix_seconds());
    let spec = DeltaSpec {
        root: &root,
        follows: &follows,
        version: args.release_version,
        made_at: now,
        as_of,
        next_due: now.plus_days(1),
        publisher: &publisher,
        dice: &KernelDice,
    };
    let summary = changes.write(&RealDisk, &args.out, &spec).map_err(AppError::from)?;
    Reply::done(&json!({
        "version": summary.version,
        "follows": follows.version(),
        "root": root.version(),
        "families": summary.families,
        "histories": summary.histories,
        "people": summary.people,
        "dispensings": summary.dispensings,
        "bytes": summary.bytes,
        "refused_before": refused_before,
        "refused": refused,
    }))
}

/// The publisher's own manifest: signed with the key that is to sign the delta.
fn manifest_in(dir: &Path, key: VerifyingKey) -> Result<Manifest, CliError> {
    let open = || -> Result<Manifest, SnapshotError> {
        let signed = read_manifest(&DirSource::new(&RealDisk, dir))?;
        Manifest::open(&signed, |kid| if key.kid() == kid { vec![key] } else { vec![] })
    };
    Ok(open().map_err(AppError::from)?)
}

/// Hands over one state of the region, person by person; what could not be read.
fn each(
    (people, dispensings): (&Path, Option<&Path>),
    mut take: impl FnMut(&PersonRecord, &[Dispensing]),
) -> Result<Value, CliError> {
    let people = csv::read_people(RealDisk.open_read(people)?).map_err(AppError::from)?;
    if people.people.is_empty() {
        return Err(CliError::rule(&messages::CSV_NOBODY)); // such a delta would take everybody away
    }
    let histories = match dispensings {
        Some(path) => csv::read_dispensings(RealDisk.open_read(path)?).map_err(AppError::from)?,
        None => csv::Histories::default(),
    };
    let refused = json!({
        "people": bad_rows(&people.bad),
        "dispensings": bad_rows(&histories.bad),
        "dispensings_of_nobody": histories.belonging_to_nobody(&people.people),
    });
    histories.join(people.people).for_each(|(person, history)| take(&person, &history));
    Ok(refused)
}
