//! Words of the counter's commands: verify, credential, check, notebook.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `sonae verify`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("by").required(true).args(["insurer", "qr", "image", "nothing"]))]
pub struct VerifyArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// 保険者番号.
    #[arg(long, requires = "number")]
    pub insurer: Option<String>,
    /// 記号.
    #[arg(long, default_value = "")]
    pub symbol: String,
    /// 番号.
    #[arg(long)]
    pub number: Option<String>,
    /// 枝番.
    #[arg(long)]
    pub branch: Option<String>,
    /// 生年月日, in any written form.
    #[arg(long)]
    pub birthdate: Option<String>,
    /// Digits of a scanned code.
    #[arg(long)]
    pub qr: Option<String>,
    /// A picture or PDF with a code on it.
    #[arg(long)]
    pub image: Option<PathBuf>,
    /// The マイナ保険証 was seen.
    #[arg(long)]
    pub card_seen: bool,
    /// There is no paper and no number.
    #[arg(long)]
    pub nothing: bool,
    /// What the ladder's questions brought, as JSON: `[{"rung": "portal", "reply": "no"}]`.
    #[arg(long)]
    pub told: Option<String>,
    /// The patient comes from a disaster.
    #[arg(long)]
    pub disaster: bool,
    /// For which day; today if not given.
    #[arg(long)]
    pub on: Option<String>,
}

/// `sonae credential`.
#[derive(Debug, Args)]
pub struct CredentialArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: CredentialTask,
}

/// The tasks of `sonae credential`.
#[derive(Debug, Subcommand)]
pub enum CredentialTask {
    /// Sign a certificate or notice.
    Issue(Box<CredentialIssueArgs>),
    /// Sign certificates or notices for all rows of a file, and print them on sheets.
    IssueBatch(Box<super::IssueBatchArgs>),
    /// Layout profiles: which items an insurer's papers bear.
    Profiles(super::ProfilesArgs),
    /// Read a signed paper without deciding anything.
    Read {
        /// Data directory of the box that holds the trust list.
        #[arg(long)]
        data: PathBuf,
        /// Digits of the code.
        #[arg(required_unless_present = "image")]
        text: Option<String>,
        /// A picture or PDF with the code on it.
        #[arg(long, conflicts_with = "text")]
        image: Option<PathBuf>,
    },
    /// Sign a revocation list.
    Revoke {
        /// The issuer's key file, or as many of its share files as it needs.
        #[arg(long, required = true)]
        key: Vec<PathBuf>,
        /// Serials to revoke, twelve hexadecimal digits each.
        #[arg(required = true)]
        serials: Vec<String>,
        /// Sequence number; must be higher than the one before.
        #[arg(long)]
        sequence: u64,
        /// Where to write the list.
        #[arg(long)]
        out: PathBuf,
    },
}

/// `sonae credential issue`.
#[derive(Debug, Args)]
pub struct CredentialIssueArgs {
    /// The issuer's key file, or as many of its share files as it needs.
    #[arg(long, required = true)]
    pub key: Vec<PathBuf>,
    /// The issuer's name, as printed.
    #[arg(long)]
    pub issuer_name: String,
    /// Certificate (資格確認書) or notice (資格情報のお知らせ).
    #[arg(long, value_enum)]
    pub kind: PaperKind,
    /// 保険者番号.
    #[arg(long)]
    pub insurer: String,
    /// 記号.
    #[arg(long, default_value = "")]
    pub symbol: String,
    /// 番号.
    #[arg(long)]
    pub number: String,
    /// 枝番.
    #[arg(long)]
    pub branch: Option<String>,
    /// 氏名.
    #[arg(long)]
    pub name: String,
    /// フリガナ.
    #[arg(long, default_value = "")]
    pub kana: String,
    /// 生年月日.
    #[arg(long)]
    pub birthdate: String,
    /// 性別.
    #[arg(long, value_enum, default_value = "unstated")]
    pub sex: SexArg,
    /// 被扶養者 rather than 被保険者本人.
    #[arg(long)]
    pub family: bool,
    /// 一部負担金割合 in percent.
    #[arg(long)]
    pub burden: Option<u8>,
    /// 限度額適用区分.
    #[arg(long)]
    pub limit_class: Option<String>,
    /// 資格取得日.
    #[arg(long)]
    pub valid_from: String,
    /// 有効期限, the last valid day.
    #[arg(long)]
    pub valid_to: Option<String>,
    /// Where to write the printed sheet.
    #[arg(long)]
    pub pdf: Option<PathBuf>,
}

/// Certificate or notice.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PaperKind {
    /// 資格確認書.
    Certificate,
    /// 資格情報のお知らせ.
    Notice,
}

/// Sex on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SexArg {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Not stated.
    Unstated,
}

/// `sonae check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What to check.
    #[command(subcommand)]
    pub task: CheckTask,
}

/// The tasks of `sonae check`.
#[derive(Debug, Subcommand)]
pub enum CheckTask {
    /// 保険者番号.
    InsurerNumber {
        /// The value.
        value: String,
    },
    /// 医療機関コード・薬局コード.
    FacilityCode {
        /// The value.
        value: String,
    },
    /// 公費負担者番号.
    PublicPayer {
        /// The value.
        value: String,
    },
    /// 公費受給者番号.
    Recipient {
        /// The value.
        value: String,
    },
    /// 記号・番号・枝番, with or without the insurer: `保険者番号:記号:番号:枝番`, or with spaces between.
    Insured {
        /// The value.
        value: String,
    },
    /// 氏名: its key, and the letters that others cannot write.
    Name {
        /// The value.
        value: String,
    },
    /// Whether two names may be one person's. Nobody is joined by it.
    SameName {
        /// One name, in kanji or kana.
        a: String,
        /// The other, likewise.
        b: String,
        /// 通称 of the first: the better of both agreements is told.
        #[arg(long)]
        alias: Option<String>,
    },
    /// 性別: 1, 2, 3, 男, 女, M, F, or nothing.
    Sex {
        /// The value.
        value: String,
    },
    /// 全国地方公共団体コード, five or six digits.
    Municipality {
        /// The value.
        value: String,
    },
    /// The end of a period (有効期限): 99999999 for none, day 99 for the last of the month.
    Expiry {
        /// The value.
        value: String,
    },
    /// 負担割合: 3割, 30%, 030.
    Ratio {
        /// The value.
        value: String,
    },
    /// 薬価基準コード, YJ, HOT, receipt or generic-name code.
    DrugCode {
        /// The value.
        value: String,
    },
    /// A Japanese or ISO date.
    Wareki {
        /// The value.
        value: String,
    },
    /// A name in kana: its strict and loose keys.
    Kana {
        /// The value.
        value: String,
    },
    /// The share that the age gives.
    AgeRatio {
        /// 生年月日.
        birthdate: String,
        /// On which day.
        #[arg(long)]
        on: String,
    },
}

/// `sonae notebook`.
#[derive(Debug, Args)]
pub struct NotebookArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: NotebookTask,
}

/// The tasks of `sonae notebook`.
#[derive(Debug, Subcommand)]
pub enum NotebookTask {
    /// Read one notebook from one or more files.
    Read {
        /// Text files or pictures, in any order.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}
