//! What columns are called: by us, and in a publisher's own files.

use super::rows::Place;
use crate::snapshot::SnapshotError;
use std::collections::BTreeMap;

/// One column of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub(super) name: &'static str,
    pub(super) content: Content,
}

/// Whether a column may say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Required,
    MayBeEmpty,
}

/// A column with something in every row.
pub(super) const fn required(name: &'static str) -> Column {
    Column { name, content: Content::Required }
}

/// A column that may be empty.
pub(super) const fn free(name: &'static str) -> Column {
    Column { name, content: Content::MayBeEmpty }
}

type Names = BTreeMap<String, String>;

/// Headings of a publisher's own files, by our columns' names: the file `--columns` names.
///
/// ```toml
/// [people]
/// insurer_number = "保険者番号"
/// alias_name = ""  # no such column: empty in every row
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap(BTreeMap<String, Names>);

impl ColumnMap {
    /// Reads a file of headings: a table for each kind of file, our names to theirs.
    ///
    /// # Errors
    /// Not TOML; a table or column that we do not have, which is a slip of the pen; a column that must be filled, named "".
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let unreadable = |reason: String| SnapshotError::ColumnMapUnreadable(reason);
        let tables: BTreeMap<String, Names> =
            toml::from_str(text).map_err(|e| unreadable(e.message().to_owned()))?;
        for (table, names) in &tables {
            let known = super::TABLES.iter().find(|(name, _)| name == table);
            let (_, columns) = known.ok_or_else(|| unreadable(format!("no table [{table}]")))?;
            for (ours, theirs) in names {
                let column = columns.iter().find(|column| column.name == ours);
                let column =
                    column.ok_or_else(|| unreadable(format!("[{table}] has no column {ours}")))?;
                if theirs.trim().is_empty() && column.content == Content::Required {
                    return Err(unreadable(format!("[{table}] {ours} must be filled")));
                }
            }
        }
        Ok(Self(tables))
    }

    /// What the column is called in the publisher's file; "" if the file has no such column.
    fn heading<'a>(&'a self, table: &str, column: &'a Column) -> &'a str {
        let theirs = self.0.get(table).and_then(|names| names.get(column.name));
        theirs.map_or(column.name, |name| name.trim())
    }

    /// Finds each column among a file's headings.
    pub(super) fn places(
        &self,
        table: &str,
        columns: &[Column],
        headings: &[&str],
    ) -> Result<Vec<Place>, SnapshotError> {
        let place = |column: &Column| {
            let heading = self.heading(table, column);
            if heading.is_empty() {
                return Ok((column.name, None));
            }
            let mut found = headings.iter().enumerate().filter(|(_, named)| **named == heading);
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok((column.name, Some(at))),
                (None, _) => Err(SnapshotError::CsvColumnMissing(column.name)),
                (Some(_), Some(_)) => Err(SnapshotError::CsvColumnTwice(column.name)),
            }
        };
        columns.iter().map(place).collect()
    }
}
