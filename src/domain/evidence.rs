//! What speaks about a person's eligibility, as the decision receives it.

use crate::domain::{
    burden::Percent,
    insured::Identity,
    person::{PersonRecord, Relation, Sex},
    shown::Shown,
    time::Stamp,
    verified::Verified,
};
use jiff::civil::Date;
use serde::Serialize;

/// Everything that was gathered before deciding.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What the regional snapshot says.
    pub snapshot: SnapshotFinding,
    /// What this facility itself received earlier.
    pub own: OwnFinding,
    /// A signed certificate or notice that was scanned.
    pub document: Option<DocumentFinding>,
    /// Whether the マイナ保険証 was seen.
    pub card: CardSeen,
    /// A result of オンライン資格確認, received today through the official terminal.
    ///
    /// Verified like everything else that may say "eligible". The interface to the terminal does not exist yet, so nothing
    /// outside the tests makes one.
    pub live: Option<Box<Verified<LiveResult>>>,
    /// What was seen or heard at the counter, in the order of asking. Not verified.
    pub shown: Vec<Shown>,
}

/// One answer of オンライン資格確認.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveResult {
    /// When the service answered. It speaks for that day only.
    pub answered_at: Stamp,
    /// What it said.
    pub word: LiveWord,
}

impl LiveResult {
    /// The record it names; nothing where it names nobody.
    #[must_use]
    pub fn record(&self) -> Option<&PersonRecord> {
        match &self.word {
            LiveWord::InForce(record) | LiveWord::Ended(record) | LiveWord::Replaced(record) => {
                Some(record)
            }
            LiveWord::NotRegistered | LiveWord::SeveralMatch => None,
        }
    }
}

/// 資格有効性 (OQSCD006) with the record it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveWord {
    /// 1 有効, or 6 有効（未登録）.
    InForce(PersonRecord),
    /// 2 無効.
    Ended(PersonRecord),
    /// 3 無効（新しい資格あり）.
    Replaced(PersonRecord),
    /// 4 該当資格なし: the insurer may not have registered it yet, so it proves nothing.
    NotRegistered,
    /// 5 複数該当.
    SeveralMatch,
}

/// The outcome of one lookup in the snapshot. Each way of not finding is its own.
#[derive(Clone, Debug)]
pub enum SnapshotFinding {
    /// Exactly one record fits.
    Found {
        /// The record, from an authenticated block of a verified release.
        record: Box<Verified<PersonRecord>>,
        /// Of which release and when.
        source: SnapshotSource,
    },
    /// Nobody with this number is in the snapshot. Not the same as ineligible.
    NotInSnapshot(SnapshotSource),
    /// Several members of the family fit; a branch or a birth date is missing.
    SeveralMatch(SnapshotSource),
    /// The number is there, but the birth date is another person's.
    BirthDateDiffers(SnapshotSource),
    /// The block cannot be opened or read.
    Damaged(SnapshotSource),
    /// This box holds no snapshot.
    NoSnapshot,
    /// Nothing was asked, because nothing to ask by was given.
    NotAsked,
}

/// The outcome of one lookup among the records this facility received. None of them is the region's word.
#[derive(Clone, Debug)]
pub enum OwnFinding {
    /// Exactly one record fits; its origin says from whom and when.
    Found(Box<Verified<PersonRecord>>),
    /// Nobody with this number is among them. Not the same as ineligible.
    NotReceived,
    /// Several fit; a branch or a birth date is missing.
    SeveralMatch,
    /// The number is there, but the birth date is another person's.
    BirthDateDiffers,
    /// The block cannot be opened or read.
    Damaged,
    /// This facility keeps none, or nothing was asked.
    NothingKept,
}

/// Which release answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotSource {
    /// Region's name, such as "石川県".
    pub region: String,
    /// The release's version number.
    pub version: u64,
    /// The moment the data describe.
    pub as_of: Stamp,
}

/// Which paper it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 資格確認書.
    Certificate,
    /// 資格情報のお知らせ: never enough alone, the マイナ保険証 must have been seen with it.
    Notice,
}

/// What a signed paper claims; exactly the signed fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentClaims {
    /// Certificate or notice.
    pub kind: DocumentKind,
    /// Insurer, symbol, number, branch.
    pub identity: Identity,
    /// 氏名.
    pub name: String,
    /// フリガナ, full width; empty if the paper bears none.
    pub kana: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別; some papers bear none.
    pub sex: Sex,
    /// 本人・家族.
    pub relation: Relation,
    /// 一部負担金割合, where printed.
    pub burden: Option<Percent>,
    /// 限度額適用区分, where printed.
    pub limit_class: Option<String>,
    /// 資格取得日.
    pub valid_from: Date,
    /// 交付日.
    pub issued_on: Date,
    /// 有効期限, the last valid day; many notices have none.
    pub valid_to: Option<Date>,
    /// Random serial, for revocation. Whoever shows it shows it in hexadecimal, not as six numbers.
    #[serde(skip)]
    pub serial: [u8; 6],
}

/// A signed paper whose signature, issuer and scope are in order. Papers that fail there never become evidence.
#[derive(Clone, Debug)]
pub struct DocumentFinding {
    /// The signed claims.
    pub claims: Box<Verified<DocumentClaims>>,
    /// Revoked or not, and as of when.
    pub revocation: Revocation,
}

/// What is known about a document's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Revocation {
    /// Not on the list.
    ClearAsOf {
        /// When the list was made.
        as_of: Stamp,
    },
    /// On the list.
    Listed {
        /// When the list was made.
        as_of: Stamp,
    },
    /// This box has no list of this issuer.
    NoList,
}

/// Whether the マイナ保険証 was seen with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardSeen {
    /// The person at the counter saw it.
    Seen,
    /// Not seen, or not asked yet.
    NotSeen,
}
