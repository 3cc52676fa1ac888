//! Words of `sonae region`.

use crate::limits::NEXT_DUE_DAYS_MAX;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sonae region`.
#[derive(Debug, Args)]
pub struct RegionArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: RegionTask,
}

/// The tasks of `sonae region`.
#[derive(Debug, Subcommand)]
pub enum RegionTask {
    /// Build a release from column files.
    Build(Box<RegionBuildArgs>),
    /// Build a delta: what changed since a release.
    Delta(Box<super::RegionDeltaArgs>),
    /// Show what a release's manifest says; verified only with --data or --publisher.
    Inspect {
        /// The release's directory.
        dir: PathBuf,
        /// A box that holds the trust list.
        #[arg(long)]
        data: Option<PathBuf>,
        /// The publisher's public key in hexadecimal, instead of a trust list.
        #[arg(long)]
        publisher: Option<String>,
    },
    /// Verify a release: signature, lengths, every chunk.
    Verify {
        /// The release's directory.
        dir: PathBuf,
        /// A box that holds the trust list.
        #[arg(long, required_unless_present = "publisher")]
        data: Option<PathBuf>,
        /// The publisher's public key in hexadecimal, instead of a trust list.
        #[arg(long)]
        publisher: Option<String>,
    },
    /// Import a whole release or a delta into a box.
    Import {
        /// The release's directory.
        dir: PathBuf,
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
    },
}

/// `sonae region build`.
#[derive(Debug, Args)]
pub struct RegionBuildArgs {
    /// People, CSV with a header line (`docs/contract.md`).
    #[arg(long)]
    pub people: PathBuf,
    /// Dispensings, CSV with a header line.
    #[arg(long)]
    pub dispensings: Option<PathBuf>,
    /// Health check-ups, CSV with a header line.
    #[arg(long)]
    pub checkups: Option<PathBuf>,
    /// Visits, CSV with a header line.
    #[arg(long)]
    pub visits: Option<PathBuf>,
    /// Headings of your own files, TOML (`docs/contract.md`).
    #[arg(long)]
    pub columns: Option<PathBuf>,
    /// How the CSV files are written; told by their beginnings where it is not given.
    #[arg(long)]
    pub encoding: Option<EncodingArg>,
    /// Where rows that cannot be read are listed; `bad-rows.csv` beside --out where it is not given.
    #[arg(long)]
    pub bad_rows: Option<PathBuf>,
    /// Directory to write the release into; must not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Prefecture (two digits) or municipality (six digits).
    #[arg(long)]
    pub region: String,
    /// The region's name.
    #[arg(long)]
    pub name: String,
    /// Who publishes, in words; shown by `inspect`.
    #[arg(long, default_value = "")]
    pub publisher_name: String,
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
    /// The opening secret's file; made anew if it does not exist.
    #[arg(long)]
    pub opening: PathBuf,
    /// Where to keep the release's own keys, under the passphrase, for deltas on top of it; must not exist.
    #[arg(long)]
    pub secrets: Option<PathBuf>,
    /// Cards of the boxes that may read it.
    #[arg(long = "box", required = true)]
    pub boxes: Vec<PathBuf>,
}

/// How a column file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EncodingArg {
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// CP932 (Windows-31J, Shift_JIS).
    Cp932,
}
