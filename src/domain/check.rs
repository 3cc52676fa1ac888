//! Checks one value and reports on it: what the command line and the pages show for numbers, dates and readings.

use crate::{
    domain::{
        burden::{AgeClass, age_class},
        drug_code::DrugCode,
        facility_code::FacilityCode,
        insurer_number::InsurerNumber,
        kana,
        public_payer::{PublicPayerNumber, RecipientNumber},
        wareki,
        warning::{Parsed, Warning},
    },
    limits::CHECK_CHARS_MAX,
    messages::{self, Message, Trouble},
};
use jiff::civil::Date;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// Why a value is no number, date or reading of its kind at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// Nothing but spaces.
    #[error("the value is empty")]
    Empty,
    /// More than [`CHECK_CHARS_MAX`] characters.
    #[error("the value has more than {CHECK_CHARS_MAX} characters")]
    TooLong,
    /// Something other than digits, spaces and hyphens.
    #[error("the value is not made of digits")]
    NotDigits,
    /// Digits, but no number of this kind has so many.
    #[error("{found} digits where {expected} are expected")]
    WrongLength {
        /// The lengths there are.
        expected: &'static str,
        /// The length given.
        found: usize,
    },
    /// No calendar day, in no way of writing one.
    #[error("the value is not a date")]
    NotADate,
    /// A date without month or day where the day decides.
    #[error("month or day are missing")]
    DateIncomplete,
    /// Born after the day asked about.
    #[error("born after the day asked about")]
    BornLater,
    /// No code of a drug.
    #[error("the value does not have the form of a drug code")]
    NotADrugCode,
    /// Not one kana.
    #[error("the value holds no kana")]
    NoKana,
}

impl Trouble for CheckError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Empty => &messages::VALUE_EMPTY,
            Self::TooLong => &messages::VALUE_TOO_LONG,
            Self::NotDigits => &messages::VALUE_NOT_DIGITS,
            Self::WrongLength { .. } => &messages::VALUE_WRONG_LENGTH,
            Self::NotADate => &messages::VALUE_NOT_A_DATE,
            Self::DateIncomplete => &messages::VALUE_DATE_INCOMPLETE,
            Self::BornLater => &messages::VALUE_BORN_LATER,
            Self::NotADrugCode => &messages::VALUE_NOT_A_DRUG_CODE,
            Self::NoKana => &messages::VALUE_NOT_KANA,
        }
    }
}

/// Folds width, drops spaces, and refuses what is empty or longer than anything real.
pub(crate) fn compact(text: &str) -> Result<String, CheckError> {
    if text.chars().nth(CHECK_CHARS_MAX).is_some() {
        return Err(CheckError::TooLong);
    }
    let folded: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if folded.is_empty() { Err(CheckError::Empty) } else { Ok(folded) }
}

/// [`compact`], without hyphens, and nothing but digits.
pub(crate) fn plain_digits(text: &str) -> Result<String, CheckError> {
    let digits: String = compact(text)?.chars().filter(|&c| !is_dash(c)).collect();
    match digits.bytes().all(|b| b.is_ascii_digit()) {
        true if digits.is_empty() => Err(CheckError::Empty),
        true => Ok(digits),
        false => Err(CheckError::NotDigits),
    }
}

/// The lines that people type for a hyphen.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' | '－')
}

/// What a value is claimed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// 保険者番号.
    InsurerNumber,
    /// 医療機関コード・薬局コード.
    FacilityCode,
    /// 公費負担者番号.
    PublicPayer,
    /// 公費負担医療の受給者番号.
    Recipient,
    /// 医薬品コード.
    DrugCode,
    /// 和暦 or any other way to write a day.
    Wareki,
    /// 氏名の読み.
    Kana,
}

impl CheckKind {
    /// Every kind, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::InsurerNumber,
        Self::FacilityCode,
        Self::PublicPayer,
        Self::Recipient,
        Self::DrugCode,
        Self::Wareki,
        Self::Kana,
    ];

    /// The word for it on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InsurerNumber => "insurer-number",
            Self::FacilityCode => "facility-code",
            Self::PublicPayer => "public-payer",
            Self::Recipient => "recipient",
            Self::DrugCode => "drug-code",
            Self::Wareki => "wareki",
            Self::Kana => "kana",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What was found about a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The value as handed in.
    pub input: String,
    /// What it was claimed to be.
    pub kind: CheckKind,
    /// The one way to write it.
    pub canonical: String,
    /// Read, and nothing looked wrong.
    pub ok: bool,
    /// What looked wrong.
    pub warnings: Vec<Warning>,
    /// What the kind tells besides.
    #[serde(flatten)]
    pub extras: Extras,
}

/// What a kind tells besides its canonical form; flattened into the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Extras {
    /// Of an insurer number or a public payer's.
    Insurer {
        /// 法別番号, two digits; `None` for 国保.
        law_code: Option<String>,
        /// Machine name of the scheme.
        scheme: &'static str,
        /// Japanese name of the scheme.
        scheme_name: &'static str,
        /// 都道府県番号.
        prefecture: u8,
    },
    /// Of a facility code.
    Facility {
        /// Over which digits the check digit was taken.
        check_family: &'static str,
        /// 都道府県番号.
        prefecture: u8,
    },
    /// Of a drug code.
    Drug {
        /// Which numbering it belongs to.
        code_kind: &'static str,
    },
    /// Of a day.
    Day {
        /// The same day in Japanese eras.
        wareki: String,
    },
    /// Of a reading.
    Reading {
        /// The key that keeps long vowels and voicing.
        strict: String,
        /// The key that drops both.
        loose: String,
    },
    /// Nothing more to tell.
    Nothing {},
}

/// Checks a value as what it is claimed to be.
///
/// # Errors
/// When the value is nothing of the kind; what merely looks wrong is a warning in the report.
pub fn check(kind: CheckKind, value: &str) -> Result<CheckReport, CheckError> {
    let report = |canonical: String, warnings: Vec<Warning>, extras: Extras| CheckReport {
        input: value.to_owned(),
        kind,
        canonical,
        ok: warnings.is_empty(),
        warnings,
        extras,
    };
    Ok(match kind {
        CheckKind::InsurerNumber => {
            let Parsed { value, warnings } = InsurerNumber::parse(value)?;
            report(value.to_string(), warnings, of_insurer(value))
        }
        CheckKind::FacilityCode => {
            let Parsed { value, warnings } = FacilityCode::parse(value)?;
            let check_family = value.check_family().code();
            let extras = Extras::Facility { check_family, prefecture: value.prefecture() };
            report(value.to_string(), warnings, extras)
        }
        CheckKind::PublicPayer => {
            let Parsed { value, warnings } = PublicPayerNumber::parse(value)?;
            report(value.to_string(), warnings, of_payer(value))
        }
        CheckKind::Recipient => {
            let Parsed { value, warnings } = RecipientNumber::parse(value)?;
            report(value.as_str().to_owned(), warnings, Extras::Nothing {})
        }
        CheckKind::DrugCode => {
            let Parsed { value, warnings } = DrugCode::parse(value)?;
            let code_kind = value.kind().code();
            report(value.as_str().to_owned(), warnings, Extras::Drug { code_kind })
        }
        CheckKind::Wareki => {
            let Parsed { value, warnings } = wareki::parse(value)?;
            report(value.to_string(), warnings, Extras::Day { wareki: wareki::format(value) })
        }
        CheckKind::Kana => {
            let Parsed { value: canonical, warnings } = kana::parse(value)?;
            let extras = Extras::Reading { strict: kana::strict(value), loose: kana::loose(value) };
            report(canonical, warnings, extras)
        }
    })
}

fn of_insurer(number: InsurerNumber) -> Extras {
    Extras::Insurer {
        law_code: number.law_code().map(|law| format!("{law:02}")),
        scheme: number.scheme().code(),
        scheme_name: number.scheme().ja(),
        prefecture: number.prefecture(),
    }
}

fn of_payer(number: PublicPayerNumber) -> Extras {
    Extras::Insurer {
        law_code: Some(format!("{:02}", number.law_code())),
        scheme: number.scheme().code(),
        scheme_name: number.scheme().ja(),
        prefecture: number.prefecture(),
    }
}

/// The share that goes with an age, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgeRatioReport {
    /// The date of birth as handed in.
    pub input: String,
    /// The day asked about.
    pub on: Date,
    /// Age class on that day.
    pub class: AgeClass,
    /// The share in percent; `None` where income decides.
    pub percent: Option<u8>,
    /// First day of the class.
    pub from: Date,
    /// Last day of the class; `None` for the last class.
    pub until: Option<Date>,
}

/// Tells the share by age on a day.
///
/// # Errors
/// When the date of birth cannot be read, lacks its day, or lies after `on`.
pub fn check_age_ratio(birth_text: &str, on: Date) -> Result<AgeRatioReport, CheckError> {
    let birth = wareki::parse(birth_text)?;
    if birth.warnings.contains(&Warning::PartialDate) {
        return Err(CheckError::DateIncomplete);
    }
    if birth.value > on {
        return Err(CheckError::BornLater);
    }
    let burden = age_class(birth.value, on);
    Ok(AgeRatioReport {
        input: birth_text.to_owned(),
        on,
        class: burden.class,
        percent: burden.percent.map(|share| share.value()),
        from: burden.from,
        until: burden.until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    fn told(kind: &str, value: &str) -> serde_json::Value {
        serde_json::to_value(check(CheckKind::from_name(kind).unwrap(), value).unwrap()).unwrap()
    }

    #[test]
    fn a_sound_insurer_number_is_reported_with_its_scheme() {
        let expected = json!({
            "input": "０６１３－０４８８", "kind": "insurer-number", "canonical": "06130488", "ok": true, "warnings": [],
            "law_code": "06", "scheme": "health_society", "scheme_name": "組合管掌健康保険", "prefecture": 13
        });
        assert_eq!(told("insurer-number", "０６１３－０４８８"), expected);
        let kokuho = told("insurer-number", "138016");
        assert_eq!((&kokuho["law_code"], &kokuho["canonical"]), (&json!(null), &json!("00138016")));
    }

    #[test]
    fn a_warning_says_what_is_wrong_in_two_languages_and_by_which_rule() {
        let report = told("insurer-number", "06012345");
        assert_eq!(report["ok"], false);
        let warning = &report["warnings"][0];
        assert_eq!(warning["code"], "check_digit");
        for key in ["ja", "en", "source"] {
            assert!(!warning[key].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn every_kind_reports_its_own_extras() {
        assert_eq!(told("facility-code", "0110113719")["check_family"], "ten_digits");
        assert_eq!(told("public-payer", "54016027")["scheme_name"], "難病法 特定医療(指定難病)");
        assert_eq!(told("recipient", "1234566")["canonical"], "1234566");
        assert_eq!(told("drug-code", "2171022F1029")["code_kind"], "yj");
        assert_eq!(told("wareki", "平成元年1月8日")["canonical"], "1989-01-08");
        let kana = told("kana", "ｷｮｳｺ");
        assert_eq!((&kana["canonical"], &kana["strict"]), (&json!("キョウコ"), &json!("キヨウコ")));
    }

    #[test]
    fn names_of_kinds_agree_with_their_serialised_form() {
        for kind in CheckKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(CheckKind::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn each_cause_has_its_own_words() {
        let causes = [
            (CheckKind::InsurerNumber, "", "empty"),
            (CheckKind::InsurerNumber, "abc", "not_digits"),
            (CheckKind::FacilityCode, "123", "wrong_length"),
            (CheckKind::Wareki, "令和8年13月1日", "not_a_date"),
            (CheckKind::DrugCode, "ASPIRIN", "not_a_drug_code"),
            (CheckKind::Kana, "山田", "no_kana_at_all"),
        ];
        for (kind, value, code) in causes {
            assert_eq!(check(kind, value).unwrap_err().message().code, code);
        }
        let long = "1".repeat(CHECK_CHARS_MAX + 1);
        for kind in CheckKind::ALL {
            assert_eq!(check(kind, &long), Err(CheckError::TooLong));
        }
    }

    #[test]
    fn the_share_by_age_is_told_with_its_window() {
        let report = check_age_ratio("昭和31年11月1日", date(2026, 11, 22)).unwrap();
        let expected = json!({
            "input": "昭和31年11月1日", "on": "2026-11-22", "class": "elderly_70", "percent": null,
            "from": "2026-11-01", "until": "2031-10-31"
        });
        assert_eq!(serde_json::to_value(report).unwrap(), expected);
        let late = check_age_ratio("1951-11-22", date(2026, 11, 22)).unwrap();
        assert_eq!(serde_json::to_value(late).unwrap()["class"], "late_stage_75");
    }

    #[test]
    fn an_incomplete_or_future_birth_gets_no_share() {
        let on = date(2026, 11, 22);
        assert_eq!(check_age_ratio("196006", on), Err(CheckError::DateIncomplete));
        assert_eq!(check_age_ratio("R8.11.23", on), Err(CheckError::BornLater));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_a_canonical_form_is_its_own(text in ".{0,20}|[0-9A-Z.年月日令和昭平ア-ン]{1,13}") {
            for kind in CheckKind::ALL {
                if let Ok(report) = check(kind, &text) {
                    let again = check(kind, &report.canonical).unwrap();
                    prop_assert_eq!(again.canonical, report.canonical, "{:?}", kind);
                }
            }
        }
    }
}
