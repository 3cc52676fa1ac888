//! What looks wrong about a value that could still be read. A warning never stops the counter: real papers break rules.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A value, and what looked wrong while reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was read.
    pub value: T,
    /// What to look at twice; empty for a value without a flaw.
    pub warnings: Vec<Warning>,
}

impl<T> Parsed<T> {
    /// A value without a flaw.
    pub fn clean(value: T) -> Self {
        Self { value, warnings: vec![] }
    }

    /// Keeps the warnings, changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed { value: change(self.value), warnings: self.warnings }
    }
}

/// What looked wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// The check digit (検証番号) of an insurer, payer, recipient or facility number does not fit.
    CheckDigit,
    /// The check digit of a drug price listing (YJ) code does not fit.
    DrugCheckDigit,
    /// The check digit of a HOT code does not fit.
    HotCheckDigit,
    /// No scheme is known under this law code (法別番号).
    UnknownScheme,
    /// The prefecture is not 01–47.
    Prefecture,
    /// Four digits, as 政府管掌健康保険 used before October 2008.
    LegacyFourDigits,
    /// The fee table (点数表) digit of a facility code is not one in use.
    FeeTable,
    /// A recipient number of a municipal scheme, longer than the national seven digits.
    MunicipalRecipient,
    /// A stand-in code that names no drug.
    PlaceholderCode,
    /// The day lies on or after the era's end (昭和100年, 平成31年5月1日).
    EraOverflow,
    /// The day lies before the era began (平成元年1月7日).
    EraNotBegun,
    /// The era year is missing (令和年5月1日) and was read as the first.
    FirstYearAssumed,
    /// Month or day are missing; the first of them was put in their place.
    PartialDate,
    /// Before 1873 Japan used another calendar.
    BeforeGregorian,
    /// Letters that are not kana stand in a kana reading.
    NotKana,
}

const SETTING_RULES: &str = "厚生労働省「保険者番号等の設定要領」(保険者番号、公費負担者番号、受給者番号並びに医療機関コード及び薬局コード設定要領)";
const PRICE_LIST: &str =
    "薬価基準収載医薬品コード: 令和7年7月16日薬価基準の全12,434件で確認した規則";
const HOT_LIST: &str = "MEDIS 標準医薬品マスター HOT7: 公開19,558件で確認した規則";
const ERA_LAW: &str = "元号法・改元の政令(明治・大正は登極の詔書)";

impl Warning {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CheckDigit | Self::DrugCheckDigit | Self::HotCheckDigit => "check_digit",
            Self::UnknownScheme => "unknown_scheme",
            Self::Prefecture => "prefecture",
            Self::LegacyFourDigits => "legacy_four_digits",
            Self::FeeTable => "fee_table",
            Self::MunicipalRecipient => "municipal_recipient",
            Self::PlaceholderCode => "placeholder_code",
            Self::EraOverflow => "era_overflow",
            Self::EraNotBegun => "era_not_begun",
            Self::FirstYearAssumed => "first_year_assumed",
            Self::PartialDate => "partial_date",
            Self::BeforeGregorian => "before_gregorian",
            Self::NotKana => "not_kana",
        }
    }

    /// What to look at, Japanese.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::CheckDigit | Self::DrugCheckDigit | Self::HotCheckDigit => {
                "検証番号が合いません。写し間違いがないか確かめてください。"
            }
            Self::UnknownScheme => "知られていない法別番号です。番号はそのまま使えます。",
            Self::Prefecture => "都道府県番号が01から47の間にありません。",
            Self::LegacyFourDigits => "2008年9月までの政府管掌健康保険の4桁の番号です。",
            Self::FeeTable => "点数表番号が医科・歯科・調剤・訪問看護のどれでもありません。",
            Self::MunicipalRecipient => {
                "7桁より長い、地方単独事業の受給者番号です。検証番号は確かめていません。"
            }
            Self::PlaceholderCode => "薬を指さない仮のコードです。",
            Self::EraOverflow => "その元号が終わった後の日付です。続けて数えて読みました。",
            Self::EraNotBegun => "その元号が始まる前の日付です。さかのぼって読みました。",
            Self::FirstYearAssumed => "年が書かれていないので、元年と読みました。",
            Self::PartialDate => "月または日が書かれていないので、最初の日を当てました。",
            Self::BeforeGregorian => "1873年より前の日付です。旧暦なら日がずれています。",
            Self::NotKana => "仮名でない文字が混ざっています。",
        }
    }

    /// What to look at, English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::CheckDigit | Self::DrugCheckDigit | Self::HotCheckDigit => {
                "The check digit does not fit. Look for a copying mistake."
            }
            Self::UnknownScheme => {
                "No scheme is known under this law code. The number can be used."
            }
            Self::Prefecture => "The prefecture is not between 01 and 47.",
            Self::LegacyFourDigits => {
                "A four-digit number of the government scheme that ended in September 2008."
            }
            Self::FeeTable => {
                "The fee table digit is not medical, dental, pharmacy or home nursing."
            }
            Self::MunicipalRecipient => {
                "A municipal recipient number, longer than seven digits; its check digit was not tested."
            }
            Self::PlaceholderCode => "A stand-in code that names no drug.",
            Self::EraOverflow => {
                "The day lies after the end of that era. It was read by counting on."
            }
            Self::EraNotBegun => {
                "The day lies before that era began. It was read by counting back."
            }
            Self::FirstYearAssumed => "The year is missing and was read as the first of the era.",
            Self::PartialDate => "Month or day are missing; the first of them was used.",
            Self::BeforeGregorian => {
                "The day lies before 1873; in the old calendar it would be another day."
            }
            Self::NotKana => "Letters that are not kana stand in the reading.",
        }
    }

    /// The rule that was broken, and where it is written.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::CheckDigit
            | Self::UnknownScheme
            | Self::Prefecture
            | Self::LegacyFourDigits
            | Self::FeeTable => SETTING_RULES,
            Self::MunicipalRecipient => "デジタル庁 PMH 医療費助成 API 仕様(受給者番号は30桁まで)",
            Self::DrugCheckDigit => PRICE_LIST,
            Self::HotCheckDigit => HOT_LIST,
            Self::PlaceholderCode => "社会保険診療報酬支払基金 レセプト電算処理マスター",
            Self::EraOverflow | Self::EraNotBegun | Self::FirstYearAssumed => ERA_LAW,
            Self::PartialDate => "JAHIS 院外処方箋2次元シンボル記録条件規約 Ver.1.10 レコードNo.13",
            Self::BeforeGregorian => "明治5年太政官布告第337号(改暦ノ布告)",
            Self::NotKana => "オンライン資格確認等システム 外部インターフェイス仕様 氏名カナ",
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Warning", 4)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("ja", self.ja())?;
        object.serialize_field("en", self.en())?;
        object.serialize_field("source", self.source())?;
        object.end()
    }
}
