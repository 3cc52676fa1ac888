//! The file of bad rows: which file, which line, which column, why. Never what the row says.

use super::output::CliError;
use crate::{
    limits, messages,
    snapshot::csv::BadRow,
    sys::{Disk, RealDisk},
};
use std::path::{Path, PathBuf};

const HEADING: &str = "file,line,column,reason\n";

/// Written as bad rows are met; there is no file where there was none.
pub struct BadRows {
    path: PathBuf,
    gathered: String,
    count: u64,
}

impl BadRows {
    /// Will be written to `path`. A list of an earlier build goes; any other file stays, and is refused.
    pub fn at(path: &Path) -> Result<Self, CliError> {
        if RealDisk.length(path)?.is_some() {
            let ours = limits::BAD_ROWS_BYTES_MAX;
            let is_ours = RealDisk.read(path, ours)?.starts_with(HEADING.as_bytes());
            if !is_ours {
                return Err(CliError::rule(&messages::OUTPUT_EXISTS));
            }
            RealDisk.remove(path)?;
        }
        Ok(Self { path: path.to_owned(), gathered: String::new(), count: 0 })
    }

    /// One more.
    pub fn add(&mut self, file: &Path, row: &BadRow) -> Result<(), CliError> {
        self.add_named(file, row.line, row.column, row.reason.code())
    }

    /// One more, of a row that could be read and not used.
    pub fn add_named(
        &mut self,
        file: &Path,
        line: u64,
        column: Option<&'static str>,
        reason: &'static str,
    ) -> Result<(), CliError> {
        if self.count == 0 {
            self.gathered.push_str(HEADING);
        }
        self.count += 1;
        let (file, column) = (quoted(&file.to_string_lossy()), column.unwrap_or_default());
        let line = format!("{file},{line},{column},{reason}\n");
        self.gathered.push_str(&line);
        if self.gathered.len() > limits::BAD_ROWS_HELD_BYTES {
            RealDisk.append_scratch(&self.path, self.gathered.as_bytes())?;
            self.gathered.clear();
        }
        Ok(())
    }

    /// All are written; where, if there is one.
    pub fn finish(mut self) -> Result<Option<PathBuf>, CliError> {
        if self.count == 0 {
            return Ok(None);
        }
        RealDisk.append(&self.path, std::mem::take(&mut self.gathered).as_bytes())?;
        Ok(Some(self.path))
    }
}

/// A file's name as a field.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
