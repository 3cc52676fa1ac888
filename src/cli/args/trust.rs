//! Words of `sonae trust`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `sonae trust`.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: TrustTask,
}

/// The tasks of `sonae trust`.
#[derive(Debug, Subcommand)]
pub enum TrustTask {
    /// Root documents: who signs trust lists, and how many of them together.
    Root {
        /// What to do.
        #[command(subcommand)]
        task: RootTask,
    },
    /// Trust lists: which key may sign what, where, until when.
    List {
        /// What to do.
        #[command(subcommand)]
        task: ListTask,
    },
    /// Put the signatures of copies that were signed apart under one.
    Join {
        /// The copies.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// File to write; must not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Tell what a root document or trust list says and under which ids it is signed. Vouches for nothing.
    Inspect {
        /// The file.
        file: PathBuf,
    },
    /// Walk a chain of root documents, and check a trust list by it, as a box does.
    Verify {
        /// Root documents in order; the first is taken at its word.
        #[arg(long = "root", required = true)]
        roots: Vec<PathBuf>,
        /// The trust list.
        #[arg(long)]
        list: Option<PathBuf>,
    },
}

/// The tasks of `sonae trust root`.
#[derive(Debug, Subcommand)]
pub enum RootTask {
    /// Draft version 1, which boxes are born with.
    New(HoldersArgs),
    /// Draft the version after a document: enough of its holders and of the new ones must sign.
    Rotate {
        /// The document in force.
        #[arg(long)]
        from: PathBuf,
        /// The new holders.
        #[command(flatten)]
        holders: HoldersArgs,
    },
    /// Add one holder's signature.
    Sign(SignArgs),
}

/// The tasks of `sonae trust list`.
#[derive(Debug, Subcommand)]
pub enum ListTask {
    /// Draft a list from a TOML file (`docs/contract.md`).
    Draft {
        /// The TOML file.
        file: PathBuf,
        /// A table of dated rules for the list to carry (`docs/rules.md`); without it boxes go by their own.
        #[arg(long)]
        rules: Option<PathBuf>,
        /// File to write; must not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// Add one holder's signature.
    Sign(SignArgs),
}

/// Who holds the root keys.
#[derive(Debug, Args)]
pub struct HoldersArgs {
    /// A holder's public key file, `NAME=FILE` or `FILE`; once for each holder.
    #[arg(long = "key", required = true)]
    pub keys: Vec<String>,
    /// How many of them must sign.
    #[arg(long)]
    pub threshold: u8,
    /// File to write; must not exist.
    #[arg(long)]
    pub out: PathBuf,
}

/// One signature.
#[derive(Debug, Args)]
pub struct SignArgs {
    /// The draft, or what others have signed already.
    pub file: PathBuf,
    /// The holder's key file, or as many of its share files as it needs.
    #[arg(long, required = true)]
    pub key: Vec<PathBuf>,
    /// File to write; must not exist.
    #[arg(long)]
    pub out: PathBuf,
}

/// `sonae rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Look over this table instead of the one in the binary.
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// Write the page `docs/rules.md` instead of the document.
    #[arg(long)]
    pub markdown: bool,
}
