//! Words of `sonae disaster`.

use super::counter::SexArg;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sonae disaster`.
#[derive(Debug, Args)]
pub struct DisasterArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: DisasterTask,
}

/// The tasks of `sonae disaster`.
#[derive(Debug, Subcommand)]
pub enum DisasterTask {
    /// Take a disaster order.
    Open {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Digits of the order's code.
        #[arg(required_unless_present = "image")]
        order: Option<String>,
        /// A picture or PDF of the order.
        #[arg(long, conflicts_with = "order")]
        image: Option<PathBuf>,
    },
    /// Close disaster mode by hand.
    Close {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Who closes it.
        #[arg(long)]
        by: String,
    },
    /// Whether it is open, until when, by whose order.
    Status {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
    },
    /// Find a person without a card.
    Search(SearchArgs),
    /// Find a person, record consent and read the drug history.
    Drugs {
        /// Whom to look for.
        #[command(flatten)]
        search: SearchArgs,
        /// Which candidate, counted from 1.
        #[arg(long, default_value_t = 1)]
        pick: usize,
        /// A second fact: `address=…`, `insurer_name=…` or `number=…`.
        #[arg(long)]
        second_fact: String,
        /// `oral`, or `unable=REASON`.
        #[arg(long)]
        consent: String,
        /// Where to write the drug sheet.
        #[arg(long)]
        pdf: Option<PathBuf>,
    },
}

/// Whom to look for, and who looks.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// Who looks.
    #[arg(long)]
    pub viewer: String,
    /// As what.
    #[arg(long, value_enum)]
    pub role: RoleArg,
    /// Name in kanji or kana.
    #[arg(long)]
    pub name: String,
    /// Birth date, or the year alone; without either, the whole name in kana.
    #[arg(long)]
    pub birthdate: Option<String>,
    /// Sex.
    #[arg(long, value_enum, default_value = "unstated")]
    pub sex: SexArg,
    /// Address or a part of it.
    #[arg(long)]
    pub address: Option<String>,
}

/// Who may look at drug records.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleArg {
    /// 医師.
    Doctor,
    /// 歯科医師.
    Dentist,
    /// 薬剤師.
    Pharmacist,
    /// 被選定者.
    Named,
}
