//! `sonae own`: what this facility itself received.

use super::{
    appliance,
    args::{OwnAddArgs, OwnArgs, OwnTask},
    bad_rows::BadRows,
    output::{CliError, Reply},
};
use crate::{
    app::{Hint, Received},
    domain::{person::Origin, time::Stamp},
    limits::OWN_RECORDS_MAX,
    messages,
    snapshot::{
        SnapshotError,
        csv::{ColumnFile, ColumnMap, ReceivedRow, moment},
    },
    sys::{Disk, RealDisk},
};
use serde_json::json;
use std::{io::Read, path::Path};

/// Beside the file that was read. A name of its own: the list of a release built from the same folder stays.
const BAD_ROWS_NAME: &str = "own-bad-rows.csv";
/// For a file without the column that only this command knows.
const WITHOUT_MOMENT: &str = "[received]\nreceived_at = \"\"";

/// Does one task.
pub fn run(args: OwnArgs) -> Result<Reply, CliError> {
    match args.task {
        OwnTask::Add(args) => add(&args),
        OwnTask::Status(args) => {
            let status = appliance::open_box(&args.data)?.status();
            let hint = match (&status.own, status.own_lost) {
                (_, true) => Some(Hint::from(&messages::OWN_RECORDS_LOST)),
                (None, false) => Some(Hint::from(&messages::OWN_NOTHING_YET)),
                (Some(_), false) => None,
            };
            Reply::done(&json!({ "own": status.own, "hint": hint }))
        }
    }
}

fn add(args: &OwnAddArgs) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let given = args.received_at.as_deref();
    let given = given.map(|text| moment(text).ok_or_else(unreadable)).transpose()?;
    let list = args.bad_rows.clone().unwrap_or_else(|| args.file.with_file_name(BAD_ROWS_NAME));
    let mut bad_rows = BadRows::at(&list)?;
    let (mut received, mut refused) = (vec![], 0_u64);
    sheet(&args.file)?.read(
        |row: ReceivedRow| {
            if received.len() == OWN_RECORDS_MAX {
                return Err(SnapshotError::Crowded.into());
            }
            received.push(with_origin(row, &args.source, given)?);
            Ok::<_, CliError>(())
        },
        |row| {
            refused += 1;
            bad_rows.add(&args.file, &row)
        },
    )?;
    let list = bad_rows.finish()?;
    let house = appliance::open_box(&args.data).map_err(|refusal| {
        // The page of the one that runs takes no such file.
        let runs = refusal.message().code == messages::STORE_IN_USE.code;
        if runs { CliError::rule(&messages::OWN_WHILE_RUNNING) } else { refusal }
    })?;
    let taken = received.len();
    let own = house.receive(received)?;
    Reply::done(
        &json!({ "taken": taken, "refused": { "rows": refused, "list": list }, "own": own }),
    )
}

/// Nobody guesses when a record was received: an old one must not pass for today's.
fn with_origin(row: ReceivedRow, source: &str, given: Option<Stamp>) -> Result<Received, CliError> {
    let received_at = row.received_at.or(given);
    let received_at = received_at.ok_or(CliError::rule(&messages::OWN_MOMENT_MISSING))?;
    Ok(Received { person: row.person, origin: Origin { source: source.to_owned(), received_at } })
}

fn sheet(path: &Path) -> Result<ColumnFile<ReceivedRow, Box<dyn Read + Send>>, CliError> {
    let open = |map: &ColumnMap| ColumnFile::open(RealDisk.open_read(path)?, map, None);
    match open(&ColumnMap::default()) {
        Err(SnapshotError::CsvColumnMissing("received_at")) => {
            Ok(open(&ColumnMap::parse(WITHOUT_MOMENT)?)?)
        }
        other => Ok(other?),
    }
}
