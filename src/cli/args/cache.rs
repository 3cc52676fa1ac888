//! Words of `sonae cache`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sonae cache`.
#[derive(Debug, Args)]
pub struct CacheArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: CacheTask,
}

/// The tasks of `sonae cache`.
#[derive(Debug, Subcommand)]
pub enum CacheTask {
    /// Fill the store anew from the delivered release kept on the box.
    Rebuild {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
    },
}
