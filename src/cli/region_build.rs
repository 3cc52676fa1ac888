//! `sonae region build`: column files in, one row at a time, a release out.

use super::{
    appliance,
    args::{EncodingArg, RegionBuildArgs},
    bad_rows::BadRows,
    output::{CliError, Reply},
    progress::Bars,
};
use crate::{
    app::{read_opening, write_opening},
    domain::{
        area::Area, checkup::Checkup, keys::BoxId, medication::Dispensing, person::PersonRecord,
        time::Stamp, visit::Visit,
    },
    hub::BoxCard,
    limits::CONFIG_BYTES_MAX,
    messages,
    snapshot::{
        EnrolledBox, OpeningSecret, Progress, ReleaseBuilder, ReleaseSpec,
        ReleaseSummary as Summary, Scope, SnapshotError, Step,
        csv::{ColumnFile, ColumnMap, Encoding, Entry, Of},
    },
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock},
};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    io::{self, Read},
    path::{Path, PathBuf},
};

const BAD_ROWS_NAME: &str = "bad-rows.csv";

/// Builds a release. What cannot be used is found before a secret is drawn; what fails later leaves no half release.
pub fn build(args: &RegionBuildArgs) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    if !RealDisk.list(&args.out)?.is_empty() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let region = Area::parse(&args.region).ok_or_else(unreadable)?;
    let as_of = Stamp::start_of(appliance::date(&args.as_of)?);
    let boxes = args.boxes.iter().map(|path| enrolled(path)).collect::<Result<Vec<_>, _>>()?;
    let watch = Watch::over(args)?;
    let sheets = Sheets::open(args, &watch)?;
    let passphrase = appliance::passphrase()?;
    let publisher = appliance::signing_key(&args.key)?;
    let opening = Opening::find(&args.opening, &passphrase)?;
    let list = args.bad_rows.clone().unwrap_or_else(|| args.out.with_file_name(BAD_ROWS_NAME));
    let mut bad_rows = BadRows::at(&list)?;
    let now = Stamp(WallClock.unix_seconds());
    let spec = ReleaseSpec {
        region,
        region_name: &args.name,
        scope: Scope::of(region),
        publisher_name: &args.publisher_name,
        version: args.release_version,
        made_at: now,
        as_of,
        next_due: now.plus_days(1),
        boxes: &boxes,
        opening: opening.secret(),
        publisher: &publisher,
        dice: &KernelDice,
    };
    let draw = || opening.keep(&args.opening, &passphrase);
    let built =
        or_nothing(&args.out, || fill(&spec, &args.out, sheets, &mut bad_rows, draw, &watch));
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
    draw_opening: impl FnOnce() -> Result<(), CliError>,
    watch: &Watch,
) -> Result<(Summary, Refused), CliError> {
    let mut builder = ReleaseBuilder::new(&RealDisk, out, spec)?;
    let people = sheets.people.read(bad_rows, |person| builder.person(&person))?;
    if people.taken == 0 {
        return Err(CliError::rule(&messages::CSV_NOBODY)); // such a release would make everybody unknown
    }
    let mut refused = Refused { people: people.refused, ..Refused::default() };
    if let Some(sheet) = sheets.dispensings {
        let rows =
            sheet.read(bad_rows, |of| builder.dispensing(&of.identity, of.birth, &of.what))?;
        refused.dispensings = rows.refused;
    }
    if let Some(sheet) = sheets.checkups {
        let rows = sheet.read(bad_rows, |of| builder.checkup(&of.identity, of.birth, &of.what))?;
        refused.checkups = rows.refused;
    }
    if let Some(sheet) = sheets.visits {
        let rows = sheet.read(bad_rows, |of| builder.visit(&of.identity, of.birth, &of.what))?;
        refused.visits = rows.refused;
    }
    draw_opening()?; // before the release that needs it, after everything that may still be refused
    let summary = builder.finish(&mut |progress| watch.show(progress))?;
    Ok((summary, refused))
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

/// Rows left out, by file.
#[derive(Default)]
struct Refused {
    people: u64,
    dispensings: u64,
    checkups: u64,
    visits: u64,
}

/// Does the work; if it fails, `out` is as it was.
fn or_nothing<T>(out: &Path, work: impl FnOnce() -> Result<T, CliError>) -> Result<T, CliError> {
    let was_there = RealDisk.length(out)?.is_some();
    let done = work();
    if done.is_err() {
        let made = if was_there { RealDisk.list(out)? } else { vec![out.to_owned()] };
        made.iter().try_for_each(|path| RealDisk.remove(path))?;
    }
    done
}

/// The column files, their headings understood.
struct Sheets<'a> {
    people: Sheet<'a, PersonRecord>,
    dispensings: Option<Sheet<'a, Of<Dispensing>>>,
    checkups: Option<Sheet<'a, Of<Checkup>>>,
    visits: Option<Sheet<'a, Of<Visit>>>,
}

impl<'a> Sheets<'a> {
    fn open(args: &'a RegionBuildArgs, watch: &'a Watch) -> Result<Self, CliError> {
        let map = column_map(args.columns.as_deref())?;
        let encoding = args.encoding.map(|encoding| match encoding {
            EncodingArg::Utf8 => Encoding::Utf8,
            EncodingArg::Cp932 => Encoding::Cp932,
        });
        let with = (&map, encoding);
        Ok(Self {
            people: Sheet::open(&args.people, with, watch)?,
            dispensings: Sheet::open_some(args.dispensings.as_deref(), with, watch)?,
            checkups: Sheet::open_some(args.checkups.as_deref(), with, watch)?,
            visits: Sheet::open_some(args.visits.as_deref(), with, watch)?,
        })
    }
}

fn column_map(path: Option<&Path>) -> Result<ColumnMap, CliError> {
    let Some(path) = path else { return Ok(ColumnMap::default()) };
    let bytes = RealDisk.read(path, CONFIG_BYTES_MAX)?;
    Ok(ColumnMap::parse(&String::from_utf8_lossy(&bytes))?)
}

/// One column file, and what it is called in the list of bad rows.
struct Sheet<'a, T> {
    path: &'a Path,
    file: ColumnFile<T, Watched<'a>>,
}

/// What came of a file.
struct Rows {
    taken: u64,
    refused: u64,
}

impl<'a, T: Entry> Sheet<'a, T> {
    fn open(
        path: &'a Path,
        (map, encoding): (&ColumnMap, Option<Encoding>),
        watch: &'a Watch,
    ) -> Result<Self, CliError> {
        let reader = Watched { inner: RealDisk.open_read(path)?, watch };
        Ok(Self { path, file: ColumnFile::open(reader, map, encoding)? })
    }

    fn open_some(
        path: Option<&'a Path>,
        with: (&ColumnMap, Option<Encoding>),
        watch: &'a Watch,
    ) -> Result<Option<Self>, CliError> {
        path.map(|path| Self::open(path, with, watch)).transpose()
    }

    fn read(
        self,
        bad_rows: &mut BadRows,
        mut take: impl FnMut(T) -> Result<(), SnapshotError>,
    ) -> Result<Rows, CliError> {
        let mut rows = Rows { taken: 0, refused: 0 };
        let (taken, refused) = (&mut rows.taken, &mut rows.refused);
        self.file.read(
            |entry| {
                *taken += 1;
                Ok(take(entry)?)
            },
            |row| {
                *refused += 1;
                bad_rows.add(self.path, &row)
            },
        )?;
        Ok(rows)
    }
}

/// How much of all the files has been read, for the person who waits.
struct Watch {
    bars: RefCell<Bars>,
    done: Cell<u64>,
    total: u64,
}

impl Watch {
    fn over(args: &RegionBuildArgs) -> Result<Self, CliError> {
        let medical = [&args.dispensings, &args.checkups, &args.visits];
        let mut total = 0;
        for path in medical.into_iter().flatten().chain([&args.people]) {
            total += RealDisk.length(path)?.unwrap_or_default();
        }
        Ok(Self { bars: RefCell::new(Bars::new()), done: Cell::new(0), total })
    }

    fn show(&self, progress: Progress) {
        self.bars.borrow_mut().show(progress);
    }
}

/// A file that tells the watch how far it was read.
struct Watched<'a> {
    inner: Box<dyn Read + Send>,
    watch: &'a Watch,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let done = self.watch.done.get() + count as u64;
        self.watch.done.set(done);
        let total = Some(self.watch.total);
        self.watch.show(Progress { step: Step::Reading, done, total });
        Ok(count)
    }
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

    fn keep(&self, path: &Path, passphrase: &str) -> Result<(), CliError> {
        match self {
            Self::Kept(_) => Ok(()),
            Self::Drawn(secret) => {
                Ok(write_opening(&RealDisk, &KernelDice, path, secret, passphrase)?)
            }
        }
    }
}
