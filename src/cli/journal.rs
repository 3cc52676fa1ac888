//! `sonae journal`: verify the chain without any key, or write the entries out.

use super::{
    appliance,
    args::{JournalArgs, JournalTask},
    output::{CliError, Reply},
};
use crate::{
    app::{AppError, JournalReport, Layout, read_box_id},
    journal::verify_bytes,
    limits::JOURNAL_BYTES_MAX,
    sys::{Disk, DiskError, RealDisk},
};
use serde_json::json;
use std::path::Path;

/// Does one task.
pub fn run(args: JournalArgs) -> Result<Reply, CliError> {
    match args.task {
        JournalTask::Verify { data, file } => verify(&data, file.as_deref()),
        JournalTask::Export { data, out } => export(&data, out.as_deref()),
    }
}

fn verify(data: &Path, file: Option<&Path>) -> Result<Reply, CliError> {
    let layout = Layout::at(data);
    layout.check(&RealDisk)?;
    let box_id = read_box_id(&RealDisk, &layout)?;
    let path = file.map_or_else(|| layout.journal(), Path::to_path_buf);
    let bytes = match RealDisk.read(&path, JOURNAL_BYTES_MAX) {
        Err(DiskError::Missing(_)) if file.is_none() => vec![], // a box that never started
        other => other?,
    };
    let report = JournalReport::from(verify_bytes(&bytes, &box_id));
    if report.ok { Reply::done(&report) } else { Reply::found_wanting(&report) }
}

fn export(data: &Path, out: Option<&Path>) -> Result<Reply, CliError> {
    let house = appliance::open_box(data)?;
    let entries = house.journal().read(1, u64::MAX).map_err(AppError::from)?;
    let document = json!({ "entries": entries });
    match out {
        None => Reply::done(&document),
        Some(path) => {
            appliance::write_new(path, format!("{document:#}\n").as_bytes())?;
            Reply::done(&json!({ "written": entries.len() }))
        }
    }
}
