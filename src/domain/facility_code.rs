//! Facility codes (医療機関コード, 薬局コード): ten digits.

use crate::domain::{
    check::{CheckError, plain_digits},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::{Serialize, Serializer};
use std::fmt;

/// 都道府県 2, 点数表 1, 郡市区 2, 機関番号 4, 検証番号 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacilityCode(u64);

/// Over which digits the check digit was taken.
///
/// Over all 97,024 medical facilities of August 2025: 埼玉, 千葉, 東京 and 神奈川 take the seven at the end, the others ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckFamily {
    /// All ten.
    TenDigits,
    /// The seven behind prefecture and fee table.
    SevenDigits,
    /// Both fit: prefecture and fee table add nothing.
    Both,
    /// Neither fits.
    Neither,
}

impl CheckFamily {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TenDigits => "ten_digits",
            Self::SevenDigits => "seven_digits",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}

const DIGITS: usize = 10;

impl FacilityCode {
    /// Reads ten digits in any width, with spaces or hyphens between.
    ///
    /// # Errors
    /// When the text is not ten digits.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let digits = plain_digits(text)?;
        if digits.len() != DIGITS {
            return Err(CheckError::WrongLength { expected: "10", found: digits.len() });
        }
        let code = Self(digits.parse().map_err(|_| CheckError::NotDigits)?);
        Ok(Parsed { value: code, warnings: code.warnings() })
    }

    /// 都道府県番号.
    #[must_use]
    pub fn prefecture(self) -> u8 {
        u8::try_from(self.0 / 100_000_000).unwrap_or_default()
    }

    /// 点数表: 1 医科, 3 歯科, 4 調剤, 6 訪問看護.
    #[must_use]
    pub fn fee_table(self) -> u8 {
        u8::try_from(self.0 / 10_000_000 % 10).unwrap_or_default()
    }

    /// The seven digits behind prefecture and fee table, as JAHIS records and signs show them.
    #[must_use]
    pub fn tail(self) -> u32 {
        u32::try_from(self.0 % 10_000_000).unwrap_or_default()
    }

    /// Over which digits the check digit was taken.
    #[must_use]
    pub fn check_family(self) -> CheckFamily {
        let fits =
            |text: String| check_digit::digits(&text).is_some_and(|d| check_digit::luhn_fits(&d));
        match (fits(self.to_string()), fits(format!("{:07}", self.tail()))) {
            (true, true) => CheckFamily::Both,
            (true, false) => CheckFamily::TenDigits,
            (false, true) => CheckFamily::SevenDigits,
            (false, false) => CheckFamily::Neither,
        }
    }

    fn warnings(self) -> Vec<Warning> {
        let flaws = [
            (self.check_family() == CheckFamily::Neither, Warning::CheckDigit),
            (!(1..=47).contains(&self.prefecture()), Warning::Prefecture),
            (!matches!(self.fee_table(), 1 | 3 | 4 | 6), Warning::FeeTable),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }
}

impl fmt::Display for FacilityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl Serialize for FacilityCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Parsed<FacilityCode> {
        FacilityCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_of_hokkaido_is_checked_over_ten_digits() {
        let code = read("01-1-0113719");
        assert_eq!((code.warnings, code.value.check_family()), (vec![], CheckFamily::TenDigits));
        assert_eq!((code.value.prefecture(), code.value.fee_table()), (1, 1));
        assert_eq!(code.value.tail(), 113_719);
    }

    #[test]
    fn a_code_of_tokyo_is_checked_over_its_last_seven() {
        // Seven made-up digits with a check digit of their own, behind 13 and 1.
        let code = read("1311234566");
        assert_eq!((code.warnings, code.value.check_family()), (vec![], CheckFamily::SevenDigits));
    }

    #[test]
    fn where_prefecture_and_table_add_nothing_both_fit() {
        let code = read("0811234566");
        assert_eq!((code.warnings, code.value.check_family()), (vec![], CheckFamily::Both));
    }

    #[test]
    fn flaws_are_named_and_the_code_is_kept() {
        let code = read("9921234567");
        let expected = [Warning::CheckDigit, Warning::Prefecture, Warning::FeeTable];
        assert_eq!(code.warnings, expected);
        assert_eq!(code.value.to_string(), "9921234567");
        let seven = CheckError::WrongLength { expected: "10", found: 7 };
        assert_eq!(FacilityCode::parse("0113719"), Err(seven));
    }

    #[test]
    fn the_machine_name_and_the_serialised_name_are_the_same() {
        use CheckFamily::{Both, Neither, SevenDigits, TenDigits};
        for family in [TenDigits, SevenDigits, Both, Neither] {
            assert_eq!(serde_json::to_value(family).unwrap(), family.code());
        }
    }
}
