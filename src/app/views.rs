//! What the appliance tells: one struct for page, paper and JSON, so that they cannot disagree.
//!
//! The names in here are a promise to all three (`docs/contract.md`).

use super::{exchanges::ExchangeStatus, own::OwnStatus, statements::StatementsStatus};
use crate::{
    cache::CacheState,
    disaster::search::Difference,
    domain::{
        answer::Answer,
        claim::ClaimHelp,
        evidence::{DocumentKind, SnapshotSource},
        ladder::LadderQuestion,
        medication::Dispensing,
        person::{Relation, Sex},
        time::{ClockState, Stamp},
    },
    journal::Viewer,
};
use jiff::civil::Date;
use serde::Serialize;

/// The person an answer is about: signed or registered fields only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// 氏名.
    pub name: String,
    /// カナ.
    pub kana: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// 保険者番号, as written on paper.
    pub insurer_number: String,
    /// 保険者名, where the snapshot knows it.
    pub insurer_name: Option<String>,
    /// 記号.
    pub symbol: String,
    /// 番号.
    pub number: String,
    /// 枝番.
    pub branch: Option<String>,
    /// 本人・家族.
    pub relation: Relation,
    /// 限度額適用区分.
    pub limit_class: Option<String>,
    /// 資格取得日.
    pub valid_from: Date,
    /// Last valid day, where known.
    pub valid_to: Option<Date>,
}

/// An answer with what it is about and where it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// For which day.
    pub on: Date,
    /// When it was given.
    pub answered_at: Stamp,
    /// The person; absent where nothing verified may be shown.
    pub subject: Option<Subject>,
    /// The one thing to ask next, and the replies there are; absent where nothing more would help.
    pub ask_next: Option<LadderQuestion>,
    /// The number under which the four items that were taken down are kept here, to be printed as a statement.
    pub statement: Option<u64>,
    /// The code that was read off a picture, so that it need not be photographed again. Never sent out.
    #[serde(skip)]
    pub code: Option<String>,
    /// What to write onto a paper claim, and what would bring it back; absent where nobody is shown.
    pub claim: Option<ClaimHelp>,
    /// Which paper was read, if one was.
    pub document: Option<DocumentKind>,
    /// The journal entry.
    pub journal_entry: u64,
    /// The chain's mark, for paper.
    pub journal_mark: String,
}

/// Whether disaster mode is open here, until when, and by whose order (field.md closing list 22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisasterStatus {
    /// `open` or `closed`.
    pub state: DisasterState,
    /// The order that opened it.
    pub order: Option<OrderSummary>,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisasterState {
    /// An order for this place is in its period.
    Open,
    /// No such order.
    Closed,
}

/// An order as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderSummary {
    /// The authority's number.
    pub number: u32,
    /// Its revision.
    pub revision: u16,
    /// Who ordered it.
    pub authority: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// A candidate as shown: enough to ask a second fact, not enough to answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CandidateView {
    /// Opaque, short-lived handle; holds no personal data.
    pub handle: String,
    /// 氏名.
    pub name: String,
    /// カナ.
    pub kana: String,
    /// 通称.
    pub alias: Option<String>,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// How the candidate differs from what was asked.
    pub differences: Vec<Difference>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// All who may be meant, fewest differences first.
    pub candidates: Vec<CandidateView>,
    /// Families born that day whose records cannot be read: the person sought may be among them.
    pub unreadable: usize,
}

/// What a patient's consent allows, as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentView {
    /// The candidate's handle.
    pub handle: String,
    /// Until when the consent lives.
    pub until: Stamp,
}

/// A drug history, read once and journalled before it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrugView {
    /// 氏名.
    pub name: String,
    /// カナ.
    pub kana: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// Newest first.
    pub dispensings: Vec<Dispensing>,
    /// The region's name and release the records come from.
    pub source: SnapshotSource,
    /// The order under which they were read.
    pub order: u32,
    /// Who looks.
    pub viewer: Viewer,
    /// When.
    pub read_at: Stamp,
}

/// What the box says of itself, on the status page and in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Program version.
    pub version: String,
    /// The facility's name.
    pub facility: String,
    /// Now, as the box believes.
    pub now: Stamp,
    /// Whether the clock is sure.
    pub clock: ClockState,
    /// The snapshot that answers, if any.
    pub snapshot: Option<SnapshotStatus>,
    /// What the facility itself received and keeps, if anything.
    pub own: Option<OwnStatus>,
    /// Some of it is lost, and nothing was received since.
    pub own_lost: bool,
    /// How the store of that snapshot is.
    pub cache: CacheState,
    /// The trust list held, if any.
    pub trust: Option<TrustStatus>,
    /// Disaster mode.
    pub disaster: DisasterStatus,
    /// Entries in the journal.
    pub journal_entries: u64,
    /// Entries waiting for the hub's receipt.
    pub outbox_waiting: usize,
    /// When the oldest of them was written.
    pub outbox_oldest: Option<Stamp>,
    /// Entries the hub could not use.
    pub outbox_rejected: usize,
    /// The last exchange over each link since the start, the newest last.
    pub exchanges: Vec<ExchangeStatus>,
    /// Statements of eligibility (申立書) kept here.
    pub statements: StatementsStatus,
}

/// The snapshot that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotStatus {
    /// Region, version, as-of.
    #[serde(flatten)]
    pub source: SnapshotSource,
    /// Whole days since the as-of moment.
    pub age_days: i64,
    /// The grade of that age.
    pub freshness: crate::domain::answer::Freshness,
    /// People in it.
    pub people: u64,
    /// Dispensings in it.
    pub dispensings: u64,
}

/// The trust list held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrustStatus {
    /// The root version whose holders signed it.
    pub root_version: u64,
    /// Its sequence number.
    pub sequence: u64,
    /// When it was made.
    pub made_at: Stamp,
    /// When the next is due.
    pub next_due: Stamp,
    /// The grade of how overdue the next one is. It only tells: what an overdue list says still holds.
    pub freshness: crate::domain::answer::Freshness,
}
