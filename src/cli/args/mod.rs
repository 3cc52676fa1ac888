//! What may be said on the command line. These names are a promise (`docs/contract.md`).

mod cache;
mod counter;
mod disaster;
mod keys;
mod own;
mod papers;
mod region;
mod region_delta;
mod service;
mod settle;
mod statement;
mod trust;

pub use cache::*;
pub use counter::*;
pub use disaster::*;
pub use keys::*;
pub use own::*;
pub use papers::*;
pub use region::*;
pub use region_delta::*;
pub use service::*;
pub use settle::*;
pub use statement::*;
pub use trust::*;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// 備え: offline insurance eligibility and disaster drug histories.
#[derive(Debug, Parser)]
#[command(name = "sonae", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// Answer with one JSON document.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// An invented region, a hub and a box on this machine, to try everything.
    Demo(DemoArgs),
    /// Run the box: the page and the API on the loopback address.
    Serve(ServeArgs),
    /// Run the hub, or work off a stick.
    Hub(HubArgs),
    /// Build, verify or import a regional release.
    Region(RegionArgs),
    /// Look after the store of regional data.
    Cache(CacheArgs),
    /// What this facility itself received: take it in, or count it.
    Own(OwnArgs),
    /// Root documents and trust lists: draft, sign, check.
    Trust(TrustArgs),
    /// The rules answers go by, with days and sources.
    Rules(RulesArgs),
    /// Make, split or look at key files.
    Keys(KeysArgs),
    /// Print or try out the envelopes that open drug records without an order.
    Envelopes(EnvelopesArgs),
    /// Ask whether a person is insured.
    Verify(VerifyArgs),
    /// Issue, read or revoke a signed paper.
    Credential(CredentialArgs),
    /// 申立書: take, print, list and destroy statements of eligibility.
    Statement(StatementArgs),
    /// Which numbers stand on a claim whose insurer is not known.
    StandIn(StandInArgs),
    /// Check a number, a date or a name.
    Check(CheckArgs),
    /// Read お薬手帳 and prescription codes.
    Notebook(NotebookArgs),
    /// Disaster mode: orders, search, drug histories.
    Disaster(DisasterArgs),
    /// Fetch what is new and deliver the journal.
    Sync(SyncArgs),
    /// Verify or export the journal.
    Journal(JournalArgs),
    /// What the box can say about itself.
    Doctor(DataArg),
}

/// Where the box's data lie.
#[derive(Debug, Args)]
pub struct DataArg {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
}
