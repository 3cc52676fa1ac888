//! Rows and fields by their columns' names, and what is wrong with those that cannot be read.

use super::{encoding::BROKEN, records::Record};
use crate::domain::{
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    time::Stamp,
};
use jiff::civil::{Date, Time};

/// Why a row is left out. Never the content: it is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A field is not as the column's description says, or empty where it must not be.
    NotAsDescribed,
    /// The row ends before this column.
    RowTooShort,
    /// A character that is none in the file's encoding.
    BrokenCharacter,
    /// A character nobody can see: a control character, or one that turns the direction of writing.
    ControlCharacter,
    /// More bytes than [`crate::limits::CSV_LINE_BYTES_MAX`].
    RowTooLong,
    /// More columns than [`crate::limits::CSV_COLUMNS_MAX`].
    TooManyColumns,
    /// A quotation mark that is never closed.
    QuoteOpen,
}

impl Reason {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAsDescribed => "not_as_described",
            Self::RowTooShort => "row_too_short",
            Self::BrokenCharacter => "broken_character",
            Self::ControlCharacter => "control_character",
            Self::RowTooLong => "row_too_long",
            Self::TooManyColumns => "too_many_columns",
            Self::QuoteOpen => "quote_open",
        }
    }
}

/// A row that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line in the file in which the row begins, the heading being line 1.
    pub line: u64,
    /// Our name of the column; `None` where the row as a whole cannot be read.
    pub column: Option<&'static str>,
    /// Why.
    pub reason: Reason,
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldFault {
    pub(super) column: &'static str,
    pub(super) reason: Reason,
}

/// Where a column lies in a file; `None` where the publisher has no such column.
pub(super) type Place = (&'static str, Option<usize>);

/// One row by its columns' names.
pub struct Row<'a> {
    pub(super) places: &'a [Place],
    pub(super) record: &'a Record,
}

impl<'a> Row<'a> {
    /// The field, without the spaces around it.
    pub(super) fn text(&self, column: &'static str) -> Result<&'a str, FieldFault> {
        let fault = |reason| FieldFault { column, reason };
        let place = self.places.iter().find(|(name, _)| *name == column);
        let Some((_, Some(at))) = place else { return Ok("") };
        let text = self.record.field(*at).ok_or(fault(Reason::RowTooShort))?.trim();
        match text.chars().find_map(unwanted) {
            Some(reason) => Err(fault(reason)),
            None => Ok(text),
        }
    }

    /// The field, which must not be empty.
    pub(super) fn filled(&self, column: &'static str) -> Result<&'a str, FieldFault> {
        let text = self.text(column)?;
        if text.is_empty() { Err(not_as_described(column)) } else { Ok(text) }
    }

    /// The field as `read` understands it.
    pub(super) fn field<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, FieldFault> {
        read(self.text(column)?).ok_or(not_as_described(column))
    }

    /// The field as `read` understands it; `None` if empty.
    pub(super) fn optional<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, FieldFault> {
        match self.text(column)? {
            "" => Ok(None),
            _ => self.field(column, read).map(Some),
        }
    }

    pub(super) fn identity(&self) -> Result<Identity, FieldFault> {
        Ok(Identity {
            insurer: self.field("insurer_number", insurer)?,
            symbol: self.text("symbol")?.to_owned(),
            number: self.filled("number")?.to_owned(),
            branch: self.optional("branch", Branch::parse)?,
        })
    }
}

fn not_as_described(column: &'static str) -> FieldFault {
    FieldFault { column, reason: Reason::NotAsDescribed }
}

fn unwanted(character: char) -> Option<Reason> {
    match character {
        BROKEN => Some(Reason::BrokenCharacter),
        // Turning marks and line separators: what is read aloud would not be what is written.
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(Reason::ControlCharacter)
        }
        other => other.is_control().then_some(Reason::ControlCharacter),
    }
}

fn insurer(text: &str) -> Option<InsurerNumber> {
    let plain = matches!(text.len(), 6 | 8) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| InsurerNumber::from_value(text.parse().ok()?)).flatten()
}

/// A day, or a day and a Japanese time of day: `2026-11-22`, `2026-11-22 18:03`, `2026-11-22T18:03:59+09:00`.
#[must_use]
pub fn moment(text: &str) -> Option<Stamp> {
    let text = text.strip_suffix("+09:00").unwrap_or(text);
    let Some((day, time)) = text.split_once(['T', ' ']) else {
        return date(text).map(Stamp::start_of);
    };
    let format = if time.len() > "18:03".len() { "%H:%M:%S" } else { "%H:%M" };
    let time = Time::strptime(format, time).ok()?;
    let seconds = time.duration_since(Time::midnight()).as_secs();
    Some(Stamp(Stamp::start_of(date(day)?).0 + seconds))
}

/// `2026-11-22` or `20261122`.
pub(super) fn date(text: &str) -> Option<Date> {
    let format = if text.contains('-') { "%Y-%m-%d" } else { "%Y%m%d" };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits == 8).then(|| Date::strptime(format, text).ok()).flatten()
}
