//! Words of the commands that run something: demo, box, hub.

use clap::Args;
use std::{net::SocketAddr, path::PathBuf};

/// `sonae demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where to make it; a fresh temporary directory if not given.
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// How many people to invent.
    #[arg(long, default_value_t = 20_000)]
    pub people: u32,
    /// Same seed, same region.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Run the scripted day and end.
    #[arg(long)]
    pub once: bool,
    /// Where the box listens (loopback).
    #[arg(long, default_value = "127.0.0.1:8790")]
    pub listen: SocketAddr,
    /// Do not open a browser.
    #[arg(long)]
    pub no_browser: bool,
}

/// `sonae serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Data directory of the box; made anew if it is empty.
    #[arg(long)]
    pub data: PathBuf,
    /// Configuration file; `sonae.toml` in the data directory if not given.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Where to listen (loopback).
    #[arg(long)]
    pub listen: Option<SocketAddr>,
}

/// `sonae hub`.
#[derive(Debug, Args)]
pub struct HubArgs {
    /// Data directory of the hub.
    #[arg(long)]
    pub data: PathBuf,
    /// Where to listen (loopback).
    #[arg(long, required_unless_present = "stick")]
    pub listen: Option<SocketAddr>,
    /// Take in the batches on this stick, lay receipts and news on it, and end.
    #[arg(long, conflicts_with = "listen")]
    pub stick: Option<PathBuf>,
}
