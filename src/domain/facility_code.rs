//! Facility codes (医療機関コード, 薬局コード): ten digits.

use crate::domain::{
    area::prefecture_name,
    check::{CheckError, compact, is_dash, plain_digits},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::{Serialize, Serializer};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

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

/// What a code of ten digits stands for (JP Core, JP_Organization「医療機関コード（１０桁）」).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FacilityForm {
    /// 保険医療機関, 保険薬局 or 訪問看護ステーション: prefecture, fee table, seven digits.
    Insurance,
    /// 健診等機関コード: prefecture, 2, seven digits.
    CheckupFacility,
    /// A workplace clinic (職域診療所) under the stand-in 9999999.
    WorkplaceClinic,
    /// A facility without any code: 9 and the last nine digits of its telephone number.
    Telephone,
}

impl FacilityForm {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Insurance => "insurance",
            Self::CheckupFacility => "checkup_facility",
            Self::WorkplaceClinic => "workplace_clinic",
            Self::Telephone => "telephone",
        }
    }
}

const DIGITS: usize = 10;
/// The tail that prescriptions of workplace clinics bear.
const WORKPLACE_TAIL: u32 = 9_999_999;
/// Telephone numbers fill this many digits of a stand-in.
const TELEPHONE_DIGITS: usize = 9;

impl FacilityCode {
    /// Reads ten digits in any width, with spaces or hyphens between; prefecture, fee table and the seven digits in any
    /// order with a comma, space or hyphen between (a missing fee table is 医科, JAHIS 院外処方箋 レコードNo.1); or
    /// `TEL` and a telephone number, for a facility without a code.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let upper = compact(text)?.to_uppercase();
        let telephone =
            ["TEL:", "TEL", "電話:", "電話"].iter().find_map(|word| upper.strip_prefix(word));
        let digits = match (telephone, parts(text)) {
            (Some(number), _) => from_telephone(number)?,
            (None, Some(joined)) => joined,
            (None, None) => plain_digits(text)?,
        };
        if digits.len() != DIGITS {
            return Err(CheckError::WrongLength { expected: "10", found: digits.len() });
        }
        let code = Self(digits.parse().map_err(|_| CheckError::NotDigits)?);
        Ok(Parsed { value: code, warnings: code.warnings() })
    }

    /// What the code stands for.
    #[must_use]
    pub fn form(self) -> FacilityForm {
        match (self.0 / 1_000_000_000, self.fee_table(), self.tail()) {
            (9, ..) => FacilityForm::Telephone,
            (_, _, WORKPLACE_TAIL) => FacilityForm::WorkplaceClinic,
            (_, 2, _) => FacilityForm::CheckupFacility,
            _ => FacilityForm::Insurance,
        }
    }

    /// 都道府県番号, 1–47 in a code without a flaw; `None` in a stand-in made of a telephone number.
    #[must_use]
    pub fn prefecture(self) -> Option<u8> {
        let number = u8::try_from(self.0 / 100_000_000).ok()?;
        (self.form() != FacilityForm::Telephone).then_some(number)
    }

    /// 点数表: 1 医科, 3 歯科, 4 調剤, 6 訪問看護; 2 in 健診等機関コード.
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

    /// No rule is known for the check digit of anything but an insurance facility.
    fn warnings(self) -> Vec<Warning> {
        let form = self.form();
        let insurance = form == FacilityForm::Insurance;
        let prefecture = self.prefecture();
        let flaws = [
            (form == FacilityForm::Telephone, Warning::TelephoneCode),
            (form == FacilityForm::WorkplaceClinic, Warning::WorkplaceClinic),
            (insurance && self.check_family() == CheckFamily::Neither, Warning::FacilityCheckDigit),
            (prefecture.is_some_and(|p| prefecture_name(p).is_none()), Warning::Prefecture),
            (insurance && !matches!(self.fee_table(), 1 | 3 | 4 | 6), Warning::FeeTable),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }
}

/// Prefecture (2), fee table (1, or none for 医科) and tail (7), told apart by their lengths, as ten digits in a row.
fn parts(text: &str) -> Option<String> {
    let dividers = |c: char| c.is_whitespace() || c == ',' || c == '/' || is_dash(c);
    let folded: String = text.nfkc().collect();
    let mut parts: Vec<&str> = folded.split(dividers).filter(|part| !part.is_empty()).collect();
    parts.sort_by_key(|part| part.len());
    let (table, prefecture, tail) = match parts[..] {
        [table, prefecture, tail] => (table, prefecture, tail),
        [prefecture, tail] => ("1", prefecture, tail),
        _ => return None,
    };
    let digits = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let lengths = (table.len(), prefecture.len(), tail.len());
    (digits && lengths == (1, 2, 7)).then(|| format!("{prefecture}{table}{tail}"))
}

fn from_telephone(number: &str) -> Result<String, CheckError> {
    let bare: String = number.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    let digits = plain_digits(&bare)?;
    let last = digits.len().checked_sub(TELEPHONE_DIGITS).and_then(|from| digits.get(from..));
    let found = digits.len();
    last.map(|last| format!("9{last}")).ok_or(CheckError::WrongLength { expected: "10, 11", found })
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
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed<FacilityCode> {
        FacilityCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_of_hokkaido_is_checked_over_ten_digits() {
        let code = read("01-1-0113719");
        assert_eq!((code.warnings, code.value.check_family()), (vec![], CheckFamily::TenDigits));
        assert_eq!((code.value.prefecture(), code.value.fee_table()), (Some(1), 1));
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
        let code = read("8991234567");
        let expected = [Warning::FacilityCheckDigit, Warning::Prefecture, Warning::FeeTable];
        assert_eq!(code.warnings, expected);
        assert_eq!(code.value.to_string(), "8991234567");
        let seven = CheckError::WrongLength { expected: "10", found: 7 };
        assert_eq!(FacilityCode::parse("0113719"), Err(seven));
    }

    #[test]
    fn either_family_is_accepted_in_every_prefecture() {
        for prefecture in 1..=47 {
            let ten = format!("{prefecture:02}101234");
            let ten = (0..10).map(|d| format!("{ten}5{d}")).find(|code| {
                !matches!(
                    read(code).value.check_family(),
                    CheckFamily::Neither | CheckFamily::SevenDigits
                )
            });
            assert_eq!(read(&ten.unwrap()).warnings, [], "{prefecture}");
            assert_eq!(read(&format!("{prefecture:02}11234566")).warnings, [], "{prefecture}");
        }
    }

    #[test]
    fn prefecture_table_and_tail_are_put_together_in_any_order() {
        for text in [
            "01,1,0113719",
            "0113719,01,1",
            "0113719,01",
            "01 1 0113719",
            "０１－１－０１１３７１９",
            "01,,0113719",
        ] {
            assert_eq!(read(text).value.to_string(), "0110113719", "{text}");
        }
        assert_eq!(read("13,4,1234566").value.to_string(), "1341234566");
        assert!(FacilityCode::parse("1,0113719").is_err());
    }

    #[test]
    fn a_facility_without_a_code_goes_by_its_telephone() {
        for text in ["TEL 03-1234-5678", "tel:0312345678", "電話 03（1234）5678", "9312345678"]
        {
            let code = read(text);
            assert_eq!(code.value.to_string(), "9312345678", "{text}");
            assert_eq!(
                (code.value.form(), code.value.prefecture()),
                (FacilityForm::Telephone, None)
            );
            assert_eq!(code.warnings, [Warning::TelephoneCode]);
        }
        assert!(FacilityCode::parse("TEL 1234-5678").is_err());
    }

    #[test]
    fn stand_ins_and_checkup_facilities_are_told_apart() {
        let clinic = read("1319999999");
        assert_eq!(clinic.value.form(), FacilityForm::WorkplaceClinic);
        assert_eq!(clinic.warnings, [Warning::WorkplaceClinic]);
        assert!(Warning::WorkplaceClinic.source().contains("unconfirmed"));
        let checkup = read("1321234567");
        assert_eq!(
            (checkup.value.form(), checkup.warnings),
            (FacilityForm::CheckupFacility, vec![])
        );
    }

    #[test]
    fn the_machine_name_and_the_serialised_name_are_the_same() {
        use CheckFamily::{Both, Neither, SevenDigits, TenDigits};
        for family in [TenDigits, SevenDigits, Both, Neither] {
            assert_eq!(serde_json::to_value(family).unwrap(), family.code());
        }
        use FacilityForm::{CheckupFacility, Insurance, Telephone, WorkplaceClinic};
        for form in [Insurance, CheckupFacility, WorkplaceClinic, Telephone] {
            assert_eq!(serde_json::to_value(form).unwrap(), form.code());
        }
    }

    proptest! {
        #[test]
        fn a_printed_code_reads_back(value in 0_u64..10_000_000_000) {
            let code = FacilityCode(value);
            prop_assert_eq!(read(&code.to_string()).value, code);
        }
    }
}
