//! Words of `sonae keys` and `sonae envelopes`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sonae keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: KeysTask,
}

/// The tasks of `sonae keys`.
#[derive(Debug, Subcommand)]
pub enum KeysTask {
    /// Make a signing key under a passphrase; its public half goes into FILE.pub.
    New {
        /// What it will sign.
        #[arg(long, value_enum)]
        role: KeyRoleArg,
        /// The key file; must not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Split a signing key over several people, each share under its own passphrase.
    Split {
        /// The key file.
        file: PathBuf,
        /// How many shares sign together.
        #[arg(long)]
        threshold: u8,
        /// How many shares there are.
        #[arg(long)]
        shares: u8,
        /// Directory for the share files; must not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Tell what a key file is, without its passphrase.
    Inspect {
        /// The key file.
        file: PathBuf,
    },
}

/// What a signing key is for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeyRoleArg {
    /// Trust lists.
    Root,
    /// Releases.
    Publisher,
    /// Papers and revocation lists.
    Issuer,
    /// Disaster orders.
    Authority,
}

/// `sonae envelopes`.
#[derive(Debug, Args)]
pub struct EnvelopesArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: EnvelopesTask,
}

/// The tasks of `sonae envelopes`.
#[derive(Debug, Subcommand)]
pub enum EnvelopesTask {
    /// Lay an opening secret out over sheets, one for each holder's envelope, and a register.
    Print(EnvelopesPrintArgs),
    /// Tell whether envelopes would open the release held; opens nothing.
    Check {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Who tries them.
        #[arg(long)]
        by: String,
        /// A picture or PDF of a sheet, or a text file of its digits; `-` reads a line of digits a sheet from standard input.
        #[arg(long = "share", required = true)]
        shares: Vec<PathBuf>,
    },
}

/// `sonae envelopes print`.
#[derive(Debug, Args)]
pub struct EnvelopesPrintArgs {
    /// The opening secret's file.
    #[arg(long)]
    pub opening: PathBuf,
    /// The region's name.
    #[arg(long)]
    pub region: String,
    /// Who makes and registers the envelopes.
    #[arg(long)]
    pub publisher: String,
    /// Who keeps them, divided by commas.
    #[arg(long, value_delimiter = ',', required = true)]
    pub holders: Vec<String>,
    /// How many of them are needed.
    #[arg(long, default_value_t = 2)]
    pub threshold: u8,
    /// Directory for the sheets; must not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Why a set is printed although there is one.
    #[arg(long)]
    pub again: Option<String>,
}
