//! A person as an insurer's record describes them.

use crate::domain::{
    burden::Percent,
    check::{CheckError, compact},
    insured::Identity,
    time::Stamp,
};
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

impl Sex {
    /// Reads 1, 2 or 3 (OQSCD007, JAHIS), 男 and 女 with or without 性, M and F, and nothing at all as not stated.
    ///
    /// # Errors
    /// When it is none of these: a sex is asked for, never guessed.
    pub fn parse(text: &str) -> Result<Self, CheckError> {
        let word = match compact(text) {
            Err(CheckError::Empty) => return Ok(Self::Unstated),
            other => other?.to_lowercase(),
        };
        match word.as_str() {
            "1" | "男" | "男性" | "m" | "male" => Ok(Self::Male),
            "2" | "女" | "女性" | "f" | "female" => Ok(Self::Female),
            "3" | "不明" | "未設定" | "記載なし" | "unstated" => Ok(Self::Unstated),
            _ => Err(CheckError::NotASex),
        }
    }

    /// Stable name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Unstated => "unstated",
        }
    }

    /// 性別コード of オンライン資格確認 (OQSCD007): 1, 2, 3.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
            Self::Unstated => 3,
        }
    }

    /// Japanese word.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
            Self::Unstated => "記載なし",
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sex_is_read_in_every_way_and_never_guessed() {
        let ways = [
            (Sex::Male, &["1", "１", "男", "男性", "M", "m", "Ｍ", "male"][..]),
            (Sex::Female, &["2", "女", " 女 ", "女性", "F", "female"][..]),
            (Sex::Unstated, &["3", "", "　", "未設定", "不明", "記載なし", "unstated"][..]),
        ];
        for (sex, texts) in ways {
            for text in texts {
                assert_eq!(Sex::parse(text), Ok(sex), "{text}");
            }
            assert_eq!((Sex::parse(sex.name()), Sex::parse(sex.ja())), (Ok(sex), Ok(sex)));
            assert_eq!(Sex::parse(&sex.code().to_string()), Ok(sex));
            assert_eq!(serde_json::to_value(sex).unwrap(), sex.name());
        }
        for text in ["0", "4", "男女", "X", "*"] {
            assert_eq!(Sex::parse(text), Err(CheckError::NotASex), "{text}");
        }
    }
}
