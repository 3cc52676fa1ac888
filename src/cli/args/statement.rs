//! Words of `sonae statement` and `sonae stand-in`.

use super::{DataArg, SexArg};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sonae statement`.
#[derive(Debug, Args)]
pub struct StatementArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: StatementTask,
}

/// The tasks of `sonae statement`.
#[derive(Debug, Subcommand)]
pub enum StatementTask {
    /// Keep a statement (申立書) and print its form, known fields filled in.
    New(Box<StatementNewArgs>),
    /// Which are kept, and which are due to be destroyed.
    List(DataArg),
    /// Print the form of a kept one once more.
    Form {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Its number.
        number: u64,
        /// Where to write the PDF.
        #[arg(long)]
        pdf: PathBuf,
    },
    /// Destroy one whose claim was paid.
    Destroy {
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
        /// Its number.
        number: u64,
        /// Who destroys it.
        #[arg(long)]
        by: String,
    },
}

/// What the patient told besides a number.
#[derive(Debug, Args)]
pub struct ContactArgs {
    /// 住所.
    #[arg(long, default_value = "")]
    pub address: String,
    /// 連絡先.
    #[arg(long, default_value = "")]
    pub phone: String,
    /// 勤務先.
    #[arg(long, default_value = "")]
    pub employer: String,
    /// 国保組合の名称.
    #[arg(long, default_value = "")]
    pub union: String,
}

/// `sonae statement new`.
#[derive(Debug, Args)]
pub struct StatementNewArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// 氏名, as on the card's face.
    #[arg(long)]
    pub name: String,
    /// フリガナ.
    #[arg(long, default_value = "")]
    pub kana: String,
    /// 生年月日, in any written form.
    #[arg(long)]
    pub birthdate: Option<String>,
    /// 性別.
    #[arg(long, value_enum, default_value = "unstated")]
    pub sex: SexArg,
    #[command(flatten)]
    pub contact: ContactArgs,
    /// 保険の種類: employees, national, national_union, late_stage, unknown.
    #[arg(long)]
    pub kind: Option<String>,
    /// 保険者名.
    #[arg(long, default_value = "")]
    pub insurer_name: String,
    /// 一部負担金割合 in percent, as the patient declares it.
    #[arg(long)]
    pub share: Option<u8>,
    /// Journal entry of the answer it belongs to.
    #[arg(long)]
    pub visit: Option<u64>,
    /// Where to write the PDF.
    #[arg(long)]
    pub pdf: PathBuf,
}

/// Why a number is not known.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum CauseArg {
    /// 災害.
    Disaster,
    /// オンライン資格確認の障害など.
    SystemFault,
}

/// `sonae stand-in`.
#[derive(Debug, Args)]
pub struct StandInArgs {
    /// Why it is not known; decides the family of codes.
    #[arg(long, value_enum)]
    pub cause: CauseArg,
    /// 保険者番号, where it is known.
    #[arg(long)]
    pub insurer: Option<String>,
    /// 記号.
    #[arg(long, default_value = "", requires = "number")]
    pub symbol: String,
    /// 番号.
    #[arg(long, requires = "insurer")]
    pub number: Option<String>,
    /// The number is that of the insurance before.
    #[arg(long, requires = "number")]
    pub former: bool,
    #[command(flatten)]
    pub contact: ContactArgs,
    /// Data directory of the box whose rules count; those of this program where it is not given.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Day of the visit; today if not given.
    #[arg(long)]
    pub on: Option<String>,
}
