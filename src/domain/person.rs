//! A person as an insurer's record describes them.

use crate::domain::{burden::Percent, insured::Identity, time::Stamp};
use jiff::civil::Date;
use serde::Serialize;

/// 性別. Some papers do not print it; nobody guesses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Not stated.
    Unstated,
}

/// 本人・家族の別.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// 被保険者本人.
    Insured,
    /// 被扶養者.
    Family,
}

/// 資格喪失事由 (OQSCD008).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossReason {
    /// 01 死亡.
    Death,
    /// 02 生活保護開始.
    PublicAssistance,
    /// 03 他資格取得.
    OtherInsurance,
    /// 99 その他.
    Other,
}

/// Whether a record may be shown at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// An ordinary record.
    Usable,
    /// Suspended by the insurer (for one, a wrongly linked number): never shown, only named as suspended.
    Suspended,
}

/// A second name a person goes by (通称名), with kana.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alias {
    /// 通称名.
    pub name: String,
    /// Its kana.
    pub kana: String,
}

/// Where a facility's own record came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Who answered, in words, such as "オンライン資格確認".
    pub source: String,
    /// When the facility received it.
    pub received_at: Stamp,
}

impl Origin {
    /// `この施設が 2026-11-20 に受け取った資格情報（オンライン資格確認）による`.
    #[must_use]
    pub fn ja(&self) -> String {
        let (day, source) = (self.received_at.day(), &self.source);
        format!("この施設が {day} に受け取った資格情報（{source}）による（今はオンラインで未確認）")
    }

    /// English words.
    #[must_use]
    pub fn en(&self) -> String {
        let (day, source) = (self.received_at.day(), &self.source);
        format!("received by this facility on {day} ({source}), not verified online now")
    }
}

/// One record of the eligibility register (資格情報): one person in one insurance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonRecord {
    /// Insurer, symbol, number, branch.
    pub identity: Identity,
    /// 保険者名.
    pub insurer_name: String,
    /// 氏名 as registered, family and given name divided by one full-width space.
    pub name: String,
    /// Full-width katakana, divided likewise.
    pub kana: String,
    /// 通称.
    pub alias: Option<Alias>,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// 住所, municipality first.
    pub address: String,
    /// 全国地方公共団体コード of the address, six digits with check digit.
    pub municipality: u32,
    /// 本人・家族.
    pub relation: Relation,
    /// 一部負担金割合 as registered.
    pub burden: Option<Percent>,
    /// 限度額適用区分 (OQSCD012), such as `B04`.
    pub limit_class: Option<String>,
    /// 資格取得日.
    pub valid_from: Date,
    /// 資格喪失日: the first day without this insurance.
    pub lost_on: Option<Date>,
    /// 喪失事由.
    pub loss_reason: Option<LossReason>,
    /// Whether the record may be shown.
    pub standing: Standing,
    /// In a facility's own record: from whom and when. Nothing in a publisher's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl PersonRecord {
    /// Whether the insurance is in force on a day.
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        self.valid_from <= on && self.lost_on.is_none_or(|lost| on < lost)
    }
}
