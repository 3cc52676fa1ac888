//! Words of `sonae own`.

use super::DataArg;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sonae own`.
#[derive(Debug, Args)]
pub struct OwnArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: OwnTask,
}

/// The tasks of `sonae own`.
#[derive(Debug, Subcommand)]
pub enum OwnTask {
    /// Take in eligibility results that this facility received.
    Add(OwnAddArgs),
    /// How many people, and as of when.
    Status(DataArg),
}

/// `sonae own add`.
#[derive(Debug, Args)]
pub struct OwnAddArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// Column file: the people's columns, and `received_at` where each row bears its own moment.
    pub file: PathBuf,
    /// From whom, as every answer says it, such as "オンライン資格確認".
    #[arg(long)]
    pub source: String,
    /// When it was received, for rows that do not say so: a day, or a day and a Japanese time.
    #[arg(long)]
    pub received_at: Option<String>,
    /// Where rows that cannot be read are listed; `own-bad-rows.csv` beside the file where it is not given.
    #[arg(long)]
    pub bad_rows: Option<PathBuf>,
}
