//! Column files as the publisher's commands read them: opened with their headings, read row by row, watched.

use super::{args::EncodingArg, bad_rows::BadRows, output::CliError, progress::Bars};
use crate::{
    domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit},
    limits::CONFIG_BYTES_MAX,
    messages,
    snapshot::{
        Progress, SnapshotError, Step,
        csv::{ColumnFile, ColumnMap, Encoding, Entry, Of},
    },
    sys::{Disk, RealDisk},
};
use std::{
    cell::{Cell, RefCell},
    io::{self, Read},
    path::Path,
};

/// Where one state of a region lies.
pub(super) struct SheetPaths<'a> {
    pub(super) people: &'a Path,
    pub(super) dispensings: Option<&'a Path>,
    pub(super) checkups: Option<&'a Path>,
    pub(super) visits: Option<&'a Path>,
}

/// What the files' headings are, and how they are written.
pub(super) struct Writing {
    map: ColumnMap,
    encoding: Option<Encoding>,
}

impl Writing {
    pub(super) fn of(
        columns: Option<&Path>,
        encoding: Option<EncodingArg>,
    ) -> Result<Self, CliError> {
        let encoding = encoding.map(|encoding| match encoding {
            EncodingArg::Utf8 => Encoding::Utf8,
            EncodingArg::Cp932 => Encoding::Cp932,
        });
        Ok(Self { map: column_map(columns)?, encoding })
    }
}

fn column_map(path: Option<&Path>) -> Result<ColumnMap, CliError> {
    let Some(path) = path else { return Ok(ColumnMap::default()) };
    let bytes = RealDisk.read(path, CONFIG_BYTES_MAX)?;
    Ok(ColumnMap::parse(&String::from_utf8_lossy(&bytes))?)
}

/// Whoever takes the rows in.
pub(super) trait Taker {
    fn person(&mut self, person: &PersonRecord) -> Result<(), SnapshotError>;
    fn dispensing(&mut self, of: &Of<Dispensing>) -> Result<(), SnapshotError>;
    fn checkup(&mut self, of: &Of<Checkup>) -> Result<(), SnapshotError>;
    fn visit(&mut self, of: &Of<Visit>) -> Result<(), SnapshotError>;
}

/// Rows left out, by file.
#[derive(Default)]
pub(super) struct Refused {
    pub(super) people: u64,
    pub(super) dispensings: u64,
    pub(super) checkups: u64,
    pub(super) visits: u64,
}

/// The column files, their headings understood.
pub(super) struct Sheets<'a> {
    people: Sheet<'a, PersonRecord>,
    dispensings: Option<Sheet<'a, Of<Dispensing>>>,
    checkups: Option<Sheet<'a, Of<Checkup>>>,
    visits: Option<Sheet<'a, Of<Visit>>>,
}

impl<'a> Sheets<'a> {
    pub(super) fn open(
        paths: &SheetPaths<'a>,
        writing: &Writing,
        watch: &'a Watch,
    ) -> Result<Self, CliError> {
        Ok(Self {
            people: Sheet::open(paths.people, writing, watch)?,
            dispensings: Sheet::open_some(paths.dispensings, writing, watch)?,
            checkups: Sheet::open_some(paths.checkups, writing, watch)?,
            visits: Sheet::open_some(paths.visits, writing, watch)?,
        })
    }

    /// Hands every row over, people first.
    pub(super) fn read(
        self,
        bad_rows: &mut BadRows,
        taker: &mut dyn Taker,
    ) -> Result<Refused, CliError> {
        let people = self.people.read(bad_rows, |person| taker.person(&person))?;
        if people.taken == 0 {
            return Err(CliError::rule(&messages::CSV_NOBODY)); // such a release would make everybody unknown
        }
        let mut refused = Refused { people: people.refused, ..Refused::default() };
        if let Some(sheet) = self.dispensings {
            refused.dispensings = sheet.read(bad_rows, |of| taker.dispensing(&of))?.refused;
        }
        if let Some(sheet) = self.checkups {
            refused.checkups = sheet.read(bad_rows, |of| taker.checkup(&of))?.refused;
        }
        if let Some(sheet) = self.visits {
            refused.visits = sheet.read(bad_rows, |of| taker.visit(&of))?.refused;
        }
        Ok(refused)
    }
}

/// One column file, and what it is called in the list of bad rows.
struct Sheet<'a, T> {
    path: &'a Path,
    file: ColumnFile<T, Watched<'a>>,
}

/// A column file that tells the watch how far it was read.
pub(super) fn column_file<'a, T: Entry>(
    path: &Path,
    writing: &Writing,
    watch: &'a Watch,
) -> Result<ColumnFile<T, Watched<'a>>, CliError> {
    let reader = Watched { inner: RealDisk.open_read(path)?, watch };
    Ok(ColumnFile::open(reader, &writing.map, writing.encoding)?)
}

/// What came of a file.
struct Rows {
    taken: u64,
    refused: u64,
}

impl<'a, T: Entry> Sheet<'a, T> {
    fn open(path: &'a Path, writing: &Writing, watch: &'a Watch) -> Result<Self, CliError> {
        Ok(Self { path, file: column_file(path, writing, watch)? })
    }

    fn open_some(
        path: Option<&'a Path>,
        writing: &Writing,
        watch: &'a Watch,
    ) -> Result<Option<Self>, CliError> {
        path.map(|path| Self::open(path, writing, watch)).transpose()
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
pub(super) struct Watch {
    bars: RefCell<Bars>,
    done: Cell<u64>,
    total: u64,
}

impl Watch {
    pub(super) fn over(states: &[&SheetPaths<'_>]) -> Result<Self, CliError> {
        let mut total = 0;
        for paths in states {
            let medical = [paths.dispensings, paths.checkups, paths.visits];
            for path in medical.into_iter().flatten().chain([paths.people]) {
                total += RealDisk.length(path)?.unwrap_or_default();
            }
        }
        Ok(Self::of(total))
    }

    pub(super) fn over_file(path: &Path) -> Result<Self, CliError> {
        Ok(Self::of(RealDisk.length(path)?.unwrap_or_default()))
    }

    fn of(total: u64) -> Self {
        Self { bars: RefCell::new(Bars::new()), done: Cell::new(0), total }
    }

    pub(super) fn show(&self, progress: Progress) {
        self.bars.borrow_mut().show(progress);
    }
}

/// A file that tells the watch how far it was read.
pub(super) struct Watched<'a> {
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
