//! Words of `sonae region`.

use clap::{Args, Subcommand};
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
    Build(RegionBuildArgs),
    /// Build a delta: what changed since a release.
    Delta(super::RegionDeltaArgs),
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
    /// People, UTF-8 CSV with a header line (`docs/contract.md`).
    #[arg(long)]
    pub people: PathBuf,
    /// Dispensings, UTF-8 CSV with a header line.
    #[arg(long)]
    pub dispensings: Option<PathBuf>,
    /// Directory to write the release into; must not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Prefecture (two digits) or municipality (six digits).
    #[arg(long)]
    pub region: String,
    /// The region's name.
    #[arg(long)]
    pub name: String,
    /// Version; must be higher than the one before.
    #[arg(long)]
    pub release_version: u64,
    /// The day the data describe (ISO).
    #[arg(long)]
    pub as_of: String,
    /// The publisher's key file.
    #[arg(long)]
    pub key: PathBuf,
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
