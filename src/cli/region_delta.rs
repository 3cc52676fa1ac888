//! `sonae region delta`: what changed between two states of a region's column files, as a release of its own.

use super::{
    appliance,
    args::RegionDeltaArgs,
    bad_rows::BadRows,
    moments::Moments,
    output::{CliError, Reply},
    region_build::{BAD_ROWS_NAME, or_nothing},
    sheets::{Refused, SheetPaths, Sheets, Taker, Watch, Writing},
};
use crate::{
    app::{KeyRole, read_release_secrets},
    domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit},
    messages,
    seal::VerifyingKey,
    snapshot::{
        DeltaBuilder, DeltaSpec, DeltaSummary, DirSource, Manifest, ReleaseSecrets, SnapshotError,
        State, csv::Of, read_manifest,
    },
    sys::{Disk, KernelDice, RealDisk},
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Does it. What fails leaves no half delta.
pub(super) fn run(args: &RegionDeltaArgs) -> Result<Reply, CliError> {
    let moments = Moments::now(&args.as_of, args.next_due_days)?;
    let (before, after) = paths(args)?;
    if !RealDisk.list(&args.out)?.is_empty() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let watch = Watch::over(&[&before, &after])?;
    let writing = Writing::of(args.columns.as_deref(), args.encoding)?;
    let sheets =
        (Sheets::open(&before, &writing, &watch)?, Sheets::open(&after, &writing, &watch)?);
    let passphrase = appliance::passphrase()?;
    let publisher = appliance::signing_key(KeyRole::Publisher, &args.key)?;
    let secrets = read_release_secrets(&RealDisk, &args.secrets, &passphrase)?;
    let root = manifest_in(&args.root, publisher.public())?;
    let follows = match &args.follows {
        Some(dir) => manifest_in(dir, publisher.public())?,
        None => root.clone(),
    };
    let list = args.bad_rows.clone().unwrap_or_else(|| args.out.with_file_name(BAD_ROWS_NAME));
    let mut bad_rows = BadRows::at(&list)?;
    let spec = DeltaSpec {
        root: &root,
        follows: &follows,
        version: args.release_version,
        made_at: moments.made_at,
        as_of: moments.as_of,
        next_due: moments.next_due,
        publisher: &publisher,
        dice: &KernelDice,
    };
    let made = or_nothing(&args.out, || fill(args, &spec, &secrets, sheets, &mut bad_rows, &watch));
    let list = bad_rows.finish();
    let (summary, refused) = made?;
    Reply::done(&document(&spec, &summary, &refused, list?))
}

/// Where both states lie. A kind of which one state alone is told would lose, or gain, everybody's rows at once: that is a
/// file forgotten, not what happened.
fn paths(args: &RegionDeltaArgs) -> Result<(SheetPaths<'_>, SheetPaths<'_>), CliError> {
    let before = SheetPaths {
        people: &args.people_before,
        dispensings: args.dispensings_before.as_deref(),
        checkups: args.checkups_before.as_deref(),
        visits: args.visits_before.as_deref(),
    };
    let after = SheetPaths {
        people: &args.people,
        dispensings: args.dispensings.as_deref(),
        checkups: args.checkups.as_deref(),
        visits: args.visits.as_deref(),
    };
    let told = |state: &SheetPaths<'_>| {
        [state.dispensings, state.checkups, state.visits].map(|path| path.is_some())
    };
    if told(&before) != told(&after) {
        return Err(CliError::rule(&messages::DELTA_ONE_SIDED));
    }
    Ok((before, after))
}

fn fill(
    args: &RegionDeltaArgs,
    spec: &DeltaSpec<'_>,
    secrets: &ReleaseSecrets,
    (before, after): (Sheets<'_>, Sheets<'_>),
    bad_rows: &mut BadRows,
    watch: &Watch,
) -> Result<(DeltaSummary, [Refused; 2]), CliError> {
    let source = DirSource::new(&RealDisk, &args.root);
    let mut builder = DeltaBuilder::new(&RealDisk, &args.out, spec, secrets, &source)?;
    let was = before.read(bad_rows, &mut Into { state: State::Before, builder: &mut builder })?;
    let is = after.read(bad_rows, &mut Into { state: State::After, builder: &mut builder })?;
    let summary = builder.finish(&mut |progress| watch.show(progress))?;
    Ok((summary, [was, is]))
}

/// One state of the region, on its way into the builder.
struct Into<'a, 'b> {
    state: State,
    builder: &'a mut DeltaBuilder<'b>,
}

impl Taker for Into<'_, '_> {
    fn person(&mut self, person: &PersonRecord) -> Result<(), SnapshotError> {
        self.builder.person(self.state, person)
    }

    fn dispensing(&mut self, of: &Of<Dispensing>) -> Result<(), SnapshotError> {
        self.builder.dispensing(self.state, &of.identity, of.birth, &of.what)
    }

    fn checkup(&mut self, of: &Of<Checkup>) -> Result<(), SnapshotError> {
        self.builder.checkup(self.state, &of.identity, of.birth, &of.what)
    }

    fn visit(&mut self, of: &Of<Visit>) -> Result<(), SnapshotError> {
        self.builder.visit(self.state, &of.identity, of.birth, &of.what)
    }
}

fn document(
    spec: &DeltaSpec<'_>,
    summary: &DeltaSummary,
    [was, is]: &[Refused; 2],
    list: Option<PathBuf>,
) -> Value {
    let by_file = |refused: &Refused| {
        json!({
            "people": refused.people,
            "dispensings": refused.dispensings,
            "checkups": refused.checkups,
            "visits": refused.visits,
        })
    };
    let by_tree = |[dispensings, checkups, visits]: [u64; 3]| json!({ "dispensings": dispensings, "checkups": checkups, "visits": visits });
    let [dispensings, checkups, visits] = summary.rows;
    json!({
        "version": summary.version,
        "follows": spec.follows.version(),
        "root": spec.root.version(),
        "families": summary.families,
        "histories": by_tree(summary.histories),
        "people": summary.people,
        "dispensings": dispensings,
        "checkups": checkups,
        "visits": visits,
        "bytes": summary.bytes,
        "refused": { "before": by_file(was), "after": by_file(is), "list": list },
    })
}

/// The publisher's own manifest: signed with the key that is to sign the delta.
fn manifest_in(dir: &Path, key: VerifyingKey) -> Result<Manifest, CliError> {
    let signed = read_manifest(&DirSource::new(&RealDisk, dir))?;
    Ok(Manifest::open(&signed, |kid| if key.kid() == kid { vec![key] } else { vec![] })?)
}
