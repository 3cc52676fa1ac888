//! `sonae region`: inspect, verify and import releases; `region_build` builds them.

use super::{
    appliance,
    args::{RegionArgs, RegionTask},
    output::{CliError, Reply},
    progress::Bars,
    region_build,
};
use crate::{
    messages,
    seal::{SealError, VerifyingKey},
    snapshot::{self, DirSource, Manifest, SnapshotError, read_manifest},
    sync::names,
    sys::RealDisk,
};
use serde_json::json;
use std::path::Path;

/// Does one task.
pub fn run(args: RegionArgs) -> Result<Reply, CliError> {
    match args.task {
        RegionTask::Build(args) => region_build::build(&args),
        RegionTask::Delta(args) => super::region_delta::run(&args),
        RegionTask::Inspect { dir, data, publisher } => {
            inspect(&dir, data.as_deref(), publisher.as_deref())
        }
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
    let manifest = open_manifest(&source, data, publisher)?;
    let mut bars = Bars::new();
    snapshot::verify(&source, &manifest, &mut |progress| bars.show(progress))?;
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

/// The manifest, its signature verified by the trust list of a box or by one public key.
fn open_manifest(
    source: &DirSource<'_>,
    data: Option<&Path>,
    publisher: Option<&str>,
) -> Result<Manifest, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    match (data, publisher) {
        (_, Some(hex)) => {
            let key =
                VerifyingKey::from_bytes(&names::from_hex::<32>(hex).ok_or_else(unreadable)?)?;
            let keys = |kid| if key.kid() == kid { vec![key] } else { vec![] };
            Ok(Manifest::open(&read_manifest(source)?, keys)?)
        }
        (Some(data), None) => Ok(appliance::open_box(data)?.open_manifest(source)?),
        (None, None) => Err(unreadable()),
    }
}

/// What the manifest claims; with a box or a key to verify it by, whether it may be believed.
fn inspect(dir: &Path, data: Option<&Path>, publisher: Option<&str>) -> Result<Reply, CliError> {
    let source = DirSource::new(&RealDisk, dir);
    let claims = snapshot::claims(&read_manifest(&source)?)?;
    let signature = if data.is_some() || publisher.is_some() {
        open_manifest(&source, data, publisher)?;
        "verified"
    } else {
        "not_verified"
    };
    Reply::done(&json!({ "signature": signature, "claims": claims }))
}

impl From<SealError> for CliError {
    fn from(e: SealError) -> Self {
        Self::App(e.into())
    }
}

impl From<SnapshotError> for CliError {
    fn from(e: SnapshotError) -> Self {
        Self::App(e.into())
    }
}
