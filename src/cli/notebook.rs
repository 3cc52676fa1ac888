//! `sonae notebook read`: お薬手帳 and prescription codes from files or pictures.

use super::{
    args::{NotebookArgs, NotebookTask},
    output::{CliError, Reply},
};
use crate::{
    app::AppError,
    limits::UPLOAD_BYTES_MAX,
    notebook, scan,
    sys::{Disk, RealDisk},
};

/// Reads one notebook from all files together.
pub fn run(args: NotebookArgs) -> Result<Reply, CliError> {
    let NotebookTask::Read { files } = args.task;
    let mut parts = vec![];
    for file in &files {
        let bytes = RealDisk.read(file, UPLOAD_BYTES_MAX)?;
        if is_text(&bytes) {
            parts.push(bytes);
        } else {
            let codes = scan::read_upload(&bytes).map_err(AppError::from)?;
            parts.extend(codes.into_iter().map(|code| code.raw));
        }
    }
    Reply::done(&notebook::read(&parts).map_err(AppError::from)?)
}

/// A notebook text begins with its name; everything else is taken for a picture.
fn is_text(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    start.trim_ascii_start().starts_with(b"JAHIS") || start.first().is_some_and(u8::is_ascii_digit)
}
