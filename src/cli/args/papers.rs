//! Words of the insurers' commands: `sonae credential issue-batch`, `sonae credential profiles`.

use super::{EncodingArg, PaperKind};
use clap::Args;
use std::path::PathBuf;

/// `sonae credential issue-batch`.
#[derive(Debug, Args)]
pub struct IssueBatchArgs {
    /// The issuer's key file, or as many of its share files as it needs.
    #[arg(long, required = true)]
    pub key: Vec<PathBuf>,
    /// The issuer's name, as printed.
    #[arg(long)]
    pub issuer_name: String,
    /// Certificate (資格確認書) or notice (資格情報のお知らせ).
    #[arg(long, value_enum)]
    pub kind: PaperKind,
    /// Which items the papers bear, and their form (`sonae credential profiles`).
    #[arg(long)]
    pub profile: String,
    /// Layout profiles of your own, in the form of assets/papers.toml.
    #[arg(long)]
    pub layouts: Option<PathBuf>,
    /// The insured, CSV with a header line (`docs/contract.md`).
    #[arg(long)]
    pub people: PathBuf,
    /// Headings of your own file, TOML (`docs/contract.md`).
    #[arg(long)]
    pub columns: Option<PathBuf>,
    /// How the CSV file is written; told by its beginning where it is not given.
    #[arg(long)]
    pub encoding: Option<EncodingArg>,
    /// 交付日; today if not given.
    #[arg(long)]
    pub issued_on: Option<String>,
    /// Papers in one document.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub per_file: u16,
    /// Where rows without a paper are listed; `bad-rows.csv` beside --out where it is not given.
    #[arg(long)]
    pub bad_rows: Option<PathBuf>,
    /// Directory for the documents and the register; must not exist.
    #[arg(long)]
    pub out: PathBuf,
}

/// `sonae credential profiles`.
#[derive(Debug, Args)]
pub struct ProfilesArgs {
    /// Only those that this 保険者番号 may follow.
    #[arg(long)]
    pub insurer: Option<String>,
    /// Layout profiles of your own, in the form of assets/papers.toml.
    #[arg(long)]
    pub layouts: Option<PathBuf>,
}
