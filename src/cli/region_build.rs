//! `sonae region build`: column files in, one row at a time, a release out.

use super::{
    appliance,
    args::RegionBuildArgs,
    bad_rows::BadRows,
    moments::Moments,
    output::{CliError, Reply},
    sheets::{Refused, SheetPaths, Sheets, Taker, Watch, Writing},
};
use crate::{
    app::{KeyRole, read_opening, write_opening, write_release_secrets},
    domain::{
        area::Area, checkup::Checkup, keys::BoxId, medication::Dispensing, person::PersonRecord,
        visit::Visit,
    },
    hub::BoxCard,
    limits::CONFIG_BYTES_MAX,
    messages,
    snapshot::{
        EnrolledBox, OpeningSecret, ReleaseBuilder, ReleaseSecrets, ReleaseSpec,
        ReleaseSummary as Summary, Scope, SnapshotError, csv::Of,
    },
    sys::{Disk, KernelDice, RealDisk},
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub(super) const BAD_ROWS_NAME: &str = "bad-rows.csv";

/// Builds a release. What cannot be used is found before a secret is drawn; what fails later leaves no half release.
pub fn build(args: &RegionBuildArgs) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let moments = Moments::now(&args.as_of, args.next_due_days)?;
    let kept = args.secrets.as_deref().map(|path| RealDisk.length(path)).transpose()?.flatten();
    if !RealDisk.list(&args.out)?.is_empty() || kept.is_some() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let region = Area::parse(&args.region).ok_or_else(unreadable)?;
    let boxes = args.boxes.iter().map(|path| enrolled(path)).collect::<Result<Vec<_>, _>>()?;
    let paths = SheetPaths {
        people: &args.people,
        dispensings: args.dispensings.as_deref(),
        checkups: args.checkups.as_deref(),
        visits: args.visits.as_deref(),
    };
    let watch = Watch::over(&[&paths])?;
    let sheets =
        Sheets::open(&paths, &Writing::of(args.columns.as_deref(), args.encoding)?, &watch)?;
    let passphrase = appliance::passphrase()?;
    let publisher = appliance::signing_key(KeyRole::Publisher, &args.key)?;
    let opening = Opening::find(&args.opening, &passphrase)?;
    let list = args.bad_rows.clone().unwrap_or_else(|| args.out.with_file_name(BAD_ROWS_NAME));
    let mut bad_rows = BadRows::at(&list)?;
    let spec = ReleaseSpec {
        region,
        region_name: &args.name,
        scope: Scope::of(region),
        publisher_name: &args.publisher_name,
        version: args.release_version,
        made_at: moments.made_at,
        as_of: moments.as_of,
        next_due: moments.next_due,
        boxes: &boxes,
        opening: opening.secret(),
        publisher: &publisher,
        dice: &KernelDice,
    };
    let mut made = Made::default();
    let keep = |secrets: &ReleaseSecrets| {
        made.file(&args.opening, opening.keep(&args.opening, &passphrase)?);
        let Some(path) = &args.secrets else { return Ok(()) };
        write_release_secrets(&RealDisk, &KernelDice, path, secrets, &passphrase)?;
        made.file(path, Keeping::Written);
        Ok(())
    };
    let built =
        or_nothing(&args.out, || fill(&spec, &args.out, sheets, &mut bad_rows, keep, &watch));
    if built.is_err() {
        made.withdraw(&args.out);
    }
    let list = bad_rows.finish();
    let (summary, refused) = built?;
    Reply::done(&document(&summary, &refused, list?))
}

/// The one place that knows how a release is filled.
fn fill(
    spec: &ReleaseSpec<'_>,
    out: &Path,
    sheets: Sheets<'_>,
    bad_rows: &mut BadRows,
    keep: impl FnOnce(&ReleaseSecrets) -> Result<(), CliError>,
    watch: &Watch,
) -> Result<(Summary, Refused), CliError> {
    let mut builder = ReleaseBuilder::new(&RealDisk, out, spec)?;
    let refused = sheets.read(bad_rows, &mut builder)?;
    // Before the release that needs them, after everything that may still be refused.
    keep(&builder.secrets())?;
    let summary = builder.finish(&mut |progress| watch.show(progress))?;
    Ok((summary, refused))
}

impl Taker for ReleaseBuilder<'_> {
    fn person(&mut self, person: &PersonRecord) -> Result<(), SnapshotError> {
        self.person(person)
    }

    fn dispensing(&mut self, of: &Of<Dispensing>) -> Result<(), SnapshotError> {
        self.dispensing(&of.identity, of.birth, &of.what)
    }

    fn checkup(&mut self, of: &Of<Checkup>) -> Result<(), SnapshotError> {
        self.checkup(&of.identity, of.birth, &of.what)
    }

    fn visit(&mut self, of: &Of<Visit>) -> Result<(), SnapshotError> {
        self.visit(&of.identity, of.birth, &of.what)
    }
}

fn document(summary: &Summary, refused: &Refused, list: Option<PathBuf>) -> Value {
    json!({
        "version": summary.version,
        "people": summary.people,
        "dispensings": summary.dispensings,
        "checkups": summary.checkups,
        "visits": summary.visits,
        "bytes": summary.bytes,
        "refused": {
            "people": refused.people,
            "dispensings": refused.dispensings,
            "checkups": refused.checkups,
            "visits": refused.visits,
            "of_nobody": summary.rows_of_nobody,
            "too_many": summary.rows_left_out,
            "list": list,
        },
    })
}

/// Does the work; if it fails, `out` is as it was.
pub(super) fn or_nothing<T>(
    out: &Path,
    work: impl FnOnce() -> Result<T, CliError>,
) -> Result<T, CliError> {
    let was_there = RealDisk.length(out)?.is_some();
    let done = work();
    if done.is_err() {
        let made = if was_there { RealDisk.list(out)? } else { vec![out.to_owned()] };
        made.iter().try_for_each(|path| RealDisk.remove(path))?;
    }
    done
}

fn enrolled(path: &Path) -> Result<EnrolledBox, CliError> {
    let card = BoxCard::parse(&RealDisk.read(path, CONFIG_BYTES_MAX)?)
        .map_err(crate::app::AppError::from)?;
    Ok(EnrolledBox { id: BoxId(card.id), sealing: card.sealing })
}

/// The opening secret: the one on file, or one drawn anew that is kept once it is needed.
enum Opening {
    Kept(OpeningSecret),
    Drawn(OpeningSecret),
}

impl Opening {
    fn find(path: &Path, passphrase: &str) -> Result<Self, CliError> {
        if RealDisk.length(path)?.is_some() {
            return Ok(Self::Kept(read_opening(&RealDisk, path, passphrase)?));
        }
        Ok(Self::Drawn(OpeningSecret::random(&KernelDice)))
    }

    fn secret(&self) -> &OpeningSecret {
        match self {
            Self::Kept(secret) | Self::Drawn(secret) => secret,
        }
    }

    fn keep(&self, path: &Path, passphrase: &str) -> Result<Keeping, CliError> {
        let Self::Drawn(secret) = self else { return Ok(Keeping::WasThere) };
        write_opening(&RealDisk, &KernelDice, path, secret, passphrase)?;
        Ok(Keeping::Written)
    }
}

/// How a secret came to lie on file.
enum Keeping {
    WasThere,
    Written,
}

/// The files of secrets that this very run wrote.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    fn file(&mut self, path: &Path, keeping: Keeping) {
        if let Keeping::Written = keeping {
            self.0.push(path.to_owned());
        }
    }

    /// Takes them back where no release came of them: they open nothing, and would stand in the way of the next try.
    fn withdraw(&self, out: &Path) {
        // Should anything of the release lie there after all, its secrets must too.
        if RealDisk.list(out).is_ok_and(|left| left.is_empty()) {
            for path in &self.0 {
                let _ = RealDisk.remove(path); // what failed before is the news
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(dir: &Path) -> Vec<String> {
        let names = RealDisk.list(dir).unwrap().into_iter();
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        names.map(name).collect()
    }

    #[test]
    fn secrets_of_a_release_that_came_to_nothing_go_and_an_opening_that_was_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        RealDisk.replace(&path("opening.key"), b"old").unwrap();
        RealDisk.replace(&path("secrets.key"), b"new").unwrap();
        let mut made = Made::default();
        made.file(&path("opening.key"), Keeping::WasThere);
        made.file(&path("secrets.key"), Keeping::Written);
        RealDisk.make_dir(&path("out")).unwrap();
        RealDisk.replace(&path("out/left"), b"over").unwrap();
        made.withdraw(&path("out"));
        assert_eq!(files(dir.path()), ["opening.key", "out", "secrets.key"]);
        RealDisk.remove(&path("out")).unwrap();
        made.withdraw(&path("out"));
        assert_eq!(files(dir.path()), ["opening.key"]);
    }
}
