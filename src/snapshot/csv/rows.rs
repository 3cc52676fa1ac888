//! Rows and fields of a column file, read with a ceiling on everything.

use crate::{
    domain::{
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
    },
    limits,
    snapshot::SnapshotError,
};
use csv::StringRecord;
use jiff::civil::Date;
use std::io::{self, Read};

/// What is wrong with a row. Never the content: it is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// Not UTF-8.
    NotUtf8,
    /// This column is missing, empty or not as described.
    Column(&'static str),
}

/// A row that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line in the file, the heading being line 1.
    pub line: u64,
    /// Why.
    pub fault: RowFault,
}

/// The rows that were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BadRows {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<BadRow>,
}

impl BadRows {
    fn add(&mut self, line: u64, fault: RowFault) {
        self.count += 1;
        if self.first.len() < limits::CSV_FAULTS_LISTED {
            self.first.push(BadRow { line, fault });
        }
    }
}

/// One row by its column names.
pub(super) struct Row<'a> {
    columns: &'a [(&'static str, usize)],
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// The field, without the spaces around it; a short row lacks it.
    pub(super) fn text(&self, column: &'static str) -> Result<&'a str, RowFault> {
        let found = self.columns.iter().find(|(name, _)| *name == column);
        let field = found.and_then(|(_, at)| self.record.get(*at));
        field.map(str::trim).ok_or(RowFault::Column(column))
    }

    /// The field, which must not be empty.
    pub(super) fn filled(&self, column: &'static str) -> Result<&'a str, RowFault> {
        self.text(column)
            .and_then(|text| if text.is_empty() { Err(RowFault::Column(column)) } else { Ok(text) })
    }

    /// The field as `read` understands it.
    pub(super) fn field<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, RowFault> {
        read(self.text(column)?).ok_or(RowFault::Column(column))
    }

    /// The field as `read` understands it; `None` if empty.
    pub(super) fn optional<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, RowFault> {
        match self.text(column)? {
            "" => Ok(None),
            _ => self.field(column, read).map(Some),
        }
    }

    pub(super) fn identity(&self) -> Result<Identity, RowFault> {
        Ok(Identity {
            insurer: self.field("insurer_number", insurer)?,
            symbol: self.text("symbol")?.to_owned(),
            number: self.filled("number")?.to_owned(),
            branch: self.optional("branch", Branch::parse)?,
        })
    }
}

fn insurer(text: &str) -> Option<InsurerNumber> {
    let plain = matches!(text.len(), 6 | 8) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| InsurerNumber::from_value(text.parse().ok()?)).flatten()
}

pub(super) fn date(text: &str) -> Option<Date> {
    let format = if text.contains('-') { "%Y-%m-%d" } else { "%Y%m%d" };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits == 8).then(|| Date::strptime(format, text).ok()).flatten()
}

/// Calls `take` with every row; a row it refuses is set down and left out.
pub(super) fn each_row(
    reader: impl Read,
    columns: &[&'static str],
    mut take: impl FnMut(&Row<'_>) -> Result<(), RowFault>,
) -> Result<BadRows, SnapshotError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(RowCeiling::new(reader));
    let headings = match reader.headers() {
        Ok(headings) => headings.clone(),
        // Shift_JIS, most likely: the advice that helps is the one about headings and encoding.
        Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
            return Err(SnapshotError::CsvColumnMissing(
                columns.first().copied().unwrap_or_default(),
            ));
        }
        Err(error) => return Err(SnapshotError::CsvUnreadable(error)),
    };
    let place = |column: &&'static str| {
        let at = headings.iter().position(|heading| heading.trim() == *column);
        at.map(|at| (*column, at)).ok_or(SnapshotError::CsvColumnMissing(column))
    };
    let columns: Vec<_> = columns.iter().map(place).collect::<Result<_, _>>()?;
    let mut bad = BadRows::default();
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(bad),
            Ok(true) => {
                if let Err(fault) = take(&Row { columns: &columns, record: &record }) {
                    bad.add(record.position().map_or(line, csv::Position::line), fault);
                }
            }
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                bad.add(error.position().map_or(line, csv::Position::line), RowFault::NotUtf8);
            }
            Err(error) => return Err(SnapshotError::CsvUnreadable(error)),
        }
    }
}

/// Stops at a row beyond the ceiling, for one: a quotation mark that is never closed makes one row of a whole file.
struct RowCeiling<R> {
    inner: R,
    row_bytes: usize,
    quoted: bool,
}

impl<R> RowCeiling<R> {
    fn new(inner: R) -> Self {
        Self { inner, row_bytes: 0, quoted: false }
    }
}

impl<R: Read> Read for RowCeiling<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        for byte in buffer.iter().take(count) {
            self.row_bytes += 1;
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' if !self.quoted => self.row_bytes = 0,
                _ if self.row_bytes > limits::CSV_LINE_BYTES_MAX => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "row too long"));
                }
                _ => {}
            }
        }
        Ok(count)
    }
}
