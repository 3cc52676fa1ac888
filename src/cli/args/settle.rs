//! Words of `sonae sync` and `sonae journal`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sonae sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// Once, then end.
    #[arg(long, required = true)]
    pub once: bool,
    /// A directory (stick) or a URL; the configured hub, else the configured stick, if not given.
    #[arg(long)]
    pub via: Option<String>,
}

/// `sonae journal`.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: JournalTask,
}

/// The tasks of `sonae journal`.
#[derive(Debug, Subcommand)]
pub enum JournalTask {
    /// Check the whole chain; needs no passphrase.
    Verify {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// A copy of the journal, instead of the box's own.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Write all entries out, decrypted; needs the passphrase.
    Export {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Where to write; standard output if not given.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}
