//! `sonae region`: build, verify and import releases.

use super::{
    appliance,
    args::{RegionArgs, RegionBuildArgs, RegionTask},
    output::{CliError, Reply},
    progress::Bars,
};
use crate::{
    app::{AppError, read_opening, read_signing_key, write_opening, write_release_secrets},
    domain::{area::Area, keys::BoxId, time::Stamp},
    hub::BoxCard,
    limits::CONFIG_BYTES_MAX,
    messages,
    seal::{SealError, VerifyingKey},
    snapshot::{
        self, DirSource, EnrolledBox, Manifest, OpeningSecret, ReleaseSpec, build_keeping_secrets,
        csv, read_manifest,
    },
    sync::names,
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock},
};
use serde_json::json;
use std::path::Path;

/// Does one task.
pub fn run(args: RegionArgs) -> Result<Reply, CliError> {
    match args.task {
        RegionTask::Build(args) => build(&args),
        RegionTask::Delta(args) => super::region_delta::run(&args),
        RegionTask::Verify { dir, data, publisher } => {
            verify(&dir, data.as_deref(), publisher.as_deref())
        }
        RegionTask::Import { dir, data } => import(&dir, &data),
    }
}

fn import(dir: &Path, data: &Path) -> Result<Reply, CliError> {
    let house = appliance::open_box(data)?;
    let mut bars = Bars::new();
    house.import_release(&DirSource::new(&RealDisk, dir), &mut |progress| bars.show(progress))?;
    Reply::done(&house.status().snapshot)
}

fn verify(dir: &Path, data: Option<&Path>, publisher: Option<&str>) -> Result<Reply, CliError> {
    let source = DirSource::new(&RealDisk, dir);
    let manifest = match (data, publisher) {
        (_, Some(hex)) => {
            let bytes =
                names::from_hex::<32>(hex).ok_or(CliError::rule(&messages::VALUE_UNREADABLE))?;
            let key = VerifyingKey::from_bytes(&bytes).map_err(AppError::from)?;
            let signed = read_manifest(&source).map_err(AppError::from)?;
            let keys = |kid| if key.kid() == kid { vec![key] } else { vec![] };
            Manifest::open(&signed, keys).map_err(AppError::from)?
        }
        (Some(data), None) => appliance::open_box(data)?.open_manifest(&source)?,
        (None, None) => return Err(CliError::rule(&messages::VALUE_UNREADABLE)),
    };
    let mut bars = Bars::new();
    snapshot::verify(&source, &manifest, &mut |progress| bars.show(progress))
        .map_err(AppError::from)?;
    Reply::done(&json!({
        "ok": true,
        "region": manifest.region_name(),
        "version": manifest.version(),
        "as_of": manifest.as_of(),
        "people": manifest.people(),
        "dispensings": manifest.dispensings(),
        "bytes": manifest.bytes(),
        "publisher": manifest.signer().kid().to_string(),
    }))
}

fn build(args: &RegionBuildArgs) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let kept = args.secrets.as_deref().map(|path| RealDisk.length(path)).transpose()?.flatten();
    if !RealDisk.list(&args.out)?.is_empty() || kept.is_some() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let region = Area::parse(&args.region).ok_or_else(unreadable)?;
    let as_of = Stamp::start_of(appliance::date(&args.as_of)?);
    let boxes = args.boxes.iter().map(|path| enrolled(path)).collect::<Result<Vec<_>, _>>()?;
    let people = csv::read_people(RealDisk.open_read(&args.people)?).map_err(AppError::from)?;
    if people.people.is_empty() {
        return Err(CliError::rule(&messages::CSV_NOBODY)); // such a release would make everybody unknown
    }
    let histories = match &args.dispensings {
        Some(path) => csv::read_dispensings(RealDisk.open_read(path)?).map_err(AppError::from)?,
        None => csv::Histories::default(),
    };
    let passphrase = appliance::passphrase()?;
    let publisher = read_signing_key(&RealDisk, &args.key, &passphrase)?;
    let opening = opening(&args.opening, &passphrase)?;
    let now = Stamp(WallClock.unix_seconds());
    let spec = ReleaseSpec {
        region,
        region_name: &args.name,
        version: args.release_version,
        made_at: now,
        as_of,
        next_due: now.plus_days(1),
        boxes: &boxes,
        opening: &opening,
        publisher: &publisher,
        dice: &KernelDice,
    };
    let refused = json!({
        "people": bad_rows(&people.bad),
        "dispensings": bad_rows(&histories.bad),
        "dispensings_of_nobody": histories.belonging_to_nobody(&people.people),
    });
    let mut bars = Bars::new();
    let rows = histories.join(people.people);
    let built = build_keeping_secrets(&RealDisk, &args.out, &spec, rows, &mut |now| bars.show(now));
    let (summary, secrets) = built.map_err(AppError::from)?;
    if let Some(path) = &args.secrets {
        write_release_secrets(&RealDisk, &KernelDice, path, &secrets, &passphrase)?;
    }
    Reply::done(&json!({
        "version": summary.version,
        "people": summary.people,
        "dispensings": summary.dispensings,
        "bytes": summary.bytes,
        "refused": refused,
    }))
}

pub(super) fn bad_rows(bad: &csv::BadRows) -> serde_json::Value {
    let reason = |fault| match fault {
        csv::RowFault::NotUtf8 => "not_utf8",
        csv::RowFault::Column(column) => column,
    };
    let first: Vec<_> = bad
        .first
        .iter()
        .map(|row| json!({ "line": row.line, "column": reason(row.fault) }))
        .collect();
    json!({ "count": bad.count, "first": first })
}

fn enrolled(path: &Path) -> Result<EnrolledBox, CliError> {
    let card = BoxCard::parse(&RealDisk.read(path, CONFIG_BYTES_MAX)?).map_err(AppError::from)?;
    Ok(EnrolledBox { id: BoxId(card.id), sealing: card.sealing })
}

fn opening(path: &Path, passphrase: &str) -> Result<OpeningSecret, CliError> {
    if RealDisk.length(path)?.is_some() {
        return Ok(read_opening(&RealDisk, path, passphrase)?);
    }
    let fresh = OpeningSecret::random(&KernelDice);
    write_opening(&RealDisk, &KernelDice, path, &fresh, passphrase)?;
    Ok(fresh)
}

impl From<SealError> for CliError {
    fn from(e: SealError) -> Self {
        Self::App(e.into())
    }
}
