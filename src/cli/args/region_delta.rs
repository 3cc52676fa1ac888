//! Words of `sonae region delta`.

use crate::limits::NEXT_DUE_DAYS_MAX;
use clap::Args;
use std::path::PathBuf;

/// `sonae region delta`.
#[derive(Debug, Args)]
pub struct RegionDeltaArgs {
    /// Directory of the whole release at the root of the chain.
    #[arg(long)]
    pub root: PathBuf,
    /// Directory of the release it follows directly, if that is a delta.
    #[arg(long)]
    pub follows: Option<PathBuf>,
    /// The root's secrets, as `region build --secrets` kept them.
    #[arg(long)]
    pub secrets: PathBuf,
    /// People as they were in the release it follows, CSV.
    #[arg(long)]
    pub people_before: PathBuf,
    /// Dispensings as they were.
    #[arg(long)]
    pub dispensings_before: Option<PathBuf>,
    /// Health check-ups as they were.
    #[arg(long)]
    pub checkups_before: Option<PathBuf>,
    /// Visits as they were.
    #[arg(long)]
    pub visits_before: Option<PathBuf>,
    /// People as they are.
    #[arg(long)]
    pub people: PathBuf,
    /// Dispensings as they are.
    #[arg(long)]
    pub dispensings: Option<PathBuf>,
    /// Health check-ups as they are.
    #[arg(long)]
    pub checkups: Option<PathBuf>,
    /// Visits as they are.
    #[arg(long)]
    pub visits: Option<PathBuf>,
    /// Headings of your own files, TOML (`docs/contract.md`).
    #[arg(long)]
    pub columns: Option<PathBuf>,
    /// How the CSV files are written; told by their beginnings where it is not given.
    #[arg(long)]
    pub encoding: Option<super::EncodingArg>,
    /// Where rows that cannot be read are listed; `bad-rows.csv` beside --out where it is not given.
    #[arg(long)]
    pub bad_rows: Option<PathBuf>,
    /// Directory to write the delta into; must not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Version; must be higher than the one before.
    #[arg(long)]
    pub release_version: u64,
    /// The day the data describe (ISO).
    #[arg(long)]
    pub as_of: String,
    /// In how many days the next release or delta is promised.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=NEXT_DUE_DAYS_MAX))]
    pub next_due_days: i64,
    /// The publisher's key file, or as many of its share files as it needs.
    #[arg(long, required = true)]
    pub key: Vec<PathBuf>,
}
