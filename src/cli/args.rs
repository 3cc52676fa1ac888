//! What may be said on the command line. These names are a promise (`docs/contract.md`).

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

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
    /// Ask whether a person is insured.
    Verify(VerifyArgs),
    /// Issue, read or revoke a signed paper.
    Credential(CredentialArgs),
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

/// `sonae region`.
#[derive(Debug, Args)]
pub struct RegionArgs {
    /// What to do.
    #[command(subcommand)]
    pub task: RegionTask,
}

/// The tasks of `sonae region`.
#[derive(Debug, Subcommand)]
pub enum RegionTask {
    /// Build a release from column files.
    Build(RegionBuildArgs),
    /// Verify a release: signature, lengths, every chunk.
    Verify {
        /// The release's directory.
        dir: PathBuf,
        /// A box that holds the trust list.
        #[arg(long, required_unless_present = "publisher")]
        data: Option<PathBuf>,
        /// The publisher's public key in hexadecimal, instead of a trust list.
        #[arg(long)]
        publisher: Option<String>,
    },
    /// Import a release into a box.
    Import {
        /// The release's directory.
        dir: PathBuf,
        /// Data directory of the box.
        #[arg(long)]
        data: PathBuf,
    },
}

/// `sonae region build`.
#[derive(Debug, Args)]
pub struct RegionBuildArgs {
    /// People, UTF-8 CSV with a header line (`docs/contract.md`).
    #[arg(long)]
    pub people: PathBuf,
    /// Dispensings, UTF-8 CSV with a header line.
    #[arg(long)]
    pub dispensings: Option<PathBuf>,
    /// Directory to write the release into; must not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Prefecture (two digits) or municipality (six digits).
    #[arg(long)]
    pub region: String,
    /// The region's name.
    #[arg(long)]
    pub name: String,
    /// Version; must be higher than the one before.
    #[arg(long)]
    pub release_version: u64,
    /// The day the data describe (ISO).
    #[arg(long)]
    pub as_of: String,
    /// The publisher's key file.
    #[arg(long)]
    pub key: PathBuf,
    /// The opening secret's file; made anew if it does not exist.
    #[arg(long)]
    pub opening: PathBuf,
    /// Cards of the boxes that may read it.
    #[arg(long = "box", required = true)]
    pub boxes: Vec<PathBuf>,
}

/// `sonae verify`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("by").required(true).args(["insurer", "qr", "image"]))]
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
        /// The issuer's key file.
        #[arg(long)]
        key: PathBuf,
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
    /// The issuer's key file.
    #[arg(long)]
    pub key: PathBuf,
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
    /// Birth date.
    #[arg(long)]
    pub birthdate: String,
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

/// `sonae sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Data directory of the box.
    #[arg(long)]
    pub data: PathBuf,
    /// Once, then end.
    #[arg(long, required = true)]
    pub once: bool,
    /// A directory (stick) or a URL; the configured hub if not given.
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
