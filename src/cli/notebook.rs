//! `sonae notebook read`: お薬手帳 and prescription codes from files or pictures.

use super::{
    args::{NotebookArgs, NotebookTask},
    output::{CliError, Reply},
};
use crate::{
    app::read_notebook,
    limits::UPLOAD_BYTES_MAX,
    sys::{Disk, RealDisk},
};

/// Reads one notebook from all files together.
pub fn run(args: NotebookArgs) -> Result<Reply, CliError> {
    let NotebookTask::Read { files } = args.task;
    let read = files.iter().map(|file| RealDisk.read(file, UPLOAD_BYTES_MAX));
    Reply::done(&read_notebook(read.collect::<Result<_, _>>()?)?)
}
