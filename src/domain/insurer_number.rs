//! Insurer numbers (保険者番号): eight digits, or six for 国民健康保険.

use crate::domain::{
    area::prefecture_name,
    check::{CheckError, plain_digits},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::Serialize;
use std::fmt;

/// An insurer number, held as its eight digits; the six digits of a 国保 insurer are padded with zeros in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber(u32);

const DIGITS_MAX: u32 = 99_999_999;
/// Values below this had six digits: no law code in front.
const SIX_DIGITS: u32 = 1_000_000;
/// Values below this had four digits: 政府管掌健康保険 until 2008.
const FOUR_DIGITS: u32 = 10_000;

impl InsurerNumber {
    /// Reads eight digits, the six of 国保 or the four of old 政管健保, in any width, with spaces or hyphens between.
    ///
    /// A wrong check digit, an unknown law code or prefecture are warnings: the specifications' own samples break them.
    ///
    /// # Errors
    /// When the text is no such number at all.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let digits = plain_digits(text)?;
        if !matches!(digits.len(), 4 | 6 | 8) {
            return Err(CheckError::WrongLength { expected: "8, 6, 4", found: digits.len() });
        }
        let number = Self(digits.parse().map_err(|_| CheckError::NotDigits)?);
        Ok(Parsed { value: number, warnings: number.warnings() })
    }

    /// Takes the number's value, `None` above eight digits.
    #[must_use]
    pub fn from_value(value: u32) -> Option<Self> {
        (value <= DIGITS_MAX).then_some(Self(value))
    }

    /// The number that begins with these seven digits (six without the check digit for 国保 are padded by their value).
    #[must_use]
    pub fn with_check_digit(first_seven: u32) -> Self {
        let payload = first_seven % (SIX_DIGITS * 10);
        let digits = check_digit::digits(&payload.to_string()).unwrap_or_default();
        Self(payload * 10 + u32::from(check_digit::luhn(&digits)))
    }

    /// The number as a value, for compact formats.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0
    }

    /// 法別番号, the two digits that name the law; `None` for 国保 (and old 政管健保), which have none.
    #[must_use]
    pub fn law_code(self) -> Option<u8> {
        u8::try_from(self.0 / SIX_DIGITS).ok().filter(|&law| law > 0)
    }

    /// Which scheme the number belongs to.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        match self.law_code() {
            None if self.0 < FOUR_DIGITS => Scheme::LegacyGovernment,
            None => Scheme::NationalHealth,
            Some(law) => Scheme::of_law(law),
        }
    }

    /// 都道府県番号; 1–47 in a number without a flaw.
    #[must_use]
    pub fn prefecture(self) -> u8 {
        u8::try_from(self.0 / FOUR_DIGITS % 100).unwrap_or_default()
    }

    /// As the insurer prints it: six digits for 国保, four for old 政管健保, else eight.
    #[must_use]
    pub fn display_form(self) -> String {
        match self.scheme() {
            Scheme::NationalHealth => format!("{:06}", self.0),
            Scheme::LegacyGovernment => format!("{:04}", self.0),
            _ => self.to_string(),
        }
    }

    fn warnings(self) -> Vec<Warning> {
        if self.scheme() == Scheme::LegacyGovernment {
            return vec![Warning::LegacyFourDigits]; // its layout had neither prefecture nor check digit in these places
        }
        let digits = check_digit::digits(&self.to_string()).unwrap_or_default();
        let mut warnings = vec![];
        if !check_digit::luhn_fits(&digits) {
            warnings.push(Warning::CheckDigit);
        }
        if self.scheme() == Scheme::Unknown {
            warnings.push(Warning::UnknownScheme);
        }
        if self.scheme() == Scheme::RetiredNationalHealth {
            warnings.push(Warning::AbolishedScheme);
        }
        if prefecture_name(self.prefecture()).is_none() {
            warnings.push(Warning::Prefecture);
        }
        warnings
    }
}

/// Eight digits, the canonical form.
impl fmt::Display for InsurerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl Serialize for InsurerNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Declares the schemes once: variant, law code, machine name, Japanese, English.
macro_rules! schemes {
    ($($name:ident $law:literal $code:literal $ja:literal $en:literal)*) => {
        /// The insurance scheme (制度) behind an insurer number, by 法別番号.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Scheme {
            /// 国民健康保険, municipal or guild; its numbers have no law code.
            NationalHealth,
            /// 政府管掌健康保険 with the four-digit numbers of before 2008.
            LegacyGovernment,
            $(#[doc = $ja] $name,)*
            /// A law code nobody has published.
            Unknown,
        }

        impl Scheme {
            fn of_law(law: u8) -> Self {
                match law {
                    $($law => Self::$name,)*
                    _ => Self::Unknown,
                }
            }

            /// Stable name for machines.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    Self::NationalHealth => "national_health",
                    Self::LegacyGovernment => "legacy_government",
                    $(Self::$name => $code,)*
                    Self::Unknown => "unknown",
                }
            }

            /// Japanese name.
            #[must_use]
            pub fn ja(self) -> &'static str {
                match self {
                    Self::NationalHealth => "国民健康保険",
                    Self::LegacyGovernment => "政府管掌健康保険(旧4桁)",
                    $(Self::$name => $ja,)*
                    Self::Unknown => "不明な制度",
                }
            }

            /// English name.
            #[must_use]
            pub fn en(self) -> &'static str {
                match self {
                    Self::NationalHealth => "National Health Insurance",
                    Self::LegacyGovernment => "government-managed insurance (old four digits)",
                    $(Self::$name => $en,)*
                    Self::Unknown => "unknown scheme",
                }
            }
        }
    };
}

schemes! {
    JapanHealth 1 "japan_health" "全国健康保険協会管掌健康保険" "Japan Health Insurance Association"
    Seamen 2 "seamen" "船員保険" "seamen's insurance"
    DayLabourGeneral 3 "day_labour_general" "日雇特例被保険者の保険(一般療養)" "day labourers, ordinary care"
    DayLabourSpecial 4 "day_labour_special" "日雇特例被保険者の保険(特別療養費)" "day labourers, special care"
    HealthSociety 6 "health_society" "組合管掌健康保険" "health insurance society"
    SelfDefence 7 "self_defence" "防衛省職員給与法による自衛官等の療養の給付" "Self-Defence Forces"
    NationalMutual 31 "national_mutual" "国家公務員共済組合" "national officials' mutual aid"
    LocalMutual 32 "local_mutual" "地方公務員等共済組合" "local officials' mutual aid"
    PoliceMutual 33 "police_mutual" "警察共済組合" "police mutual aid"
    SchoolMutual 34 "school_mutual" "公立学校共済組合・日本私立学校振興・共済事業団" "schools' mutual aid"
    LateStage 39 "late_stage" "後期高齢者医療" "late-stage elderly care"
    RetiredSociety 63 "retired_society" "特定健康保険組合の特例退職被保険者" "retired members of a designated society"
    RetiredNationalHealth 67 "retired_national_health" "国民健康保険の退職者医療" "National Health Insurance, retired"
    RetiredNationalMutual 72 "retired_national_mutual" "国家公務員特定共済組合の特例退職組合員" "national mutual aid, retired"
    RetiredLocalMutual 73 "retired_local_mutual" "地方公務員等特定共済組合の特例退職組合員" "local mutual aid, retired"
    RetiredPoliceMutual 74 "retired_police_mutual" "警察特定共済組合の特例退職組合員" "police mutual aid, retired"
    RetiredSchoolMutual 75 "retired_school_mutual" "公立学校・私立学校特定共済組合の特例退職組合員" "schools' mutual aid, retired"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed<InsurerNumber> {
        InsurerNumber::parse(text).unwrap()
    }

    #[test]
    fn published_numbers_pass_without_a_warning() {
        let worked = ["06130488", "01130012", "01040013", "33120015", "138016", "39131008"];
        let kyokai = "01010016 01020015 01030014 01040013 01050012 01060011 01070010 01080019 01090018 01100015 \
            01110014 01120013 01130012 01140011 01150010 01160019 01170018 01180017 01190016 01200013 01210012 \
            01220011 01230010 01240019 01250018 01260017 01270016 01280015 01290014 01300011 01310010 01320019 \
            01330018 01340017 01350016 01360015 01370014 01380013 01390012 01400019 01410018 01420017 01430016 \
            01440015 01450014 01460013 01470012";
        let wards = "138016 138024 138032 138040 138057 138065 138073 138081 138099 138107 138115 138123 138131 \
            138149 138156 138164 138172 138180 138198 138206 138214 138222 138230 140012 270017 133033 06139463 39101233";
        let all =
            worked.into_iter().chain(kyokai.split_whitespace()).chain(wards.split_whitespace());
        for number in all {
            assert_eq!(read(number).warnings, [], "{number}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_a_warning_never_a_refusal() {
        for number in ["01130013", "138017", "39270002", "06012345"] {
            assert_eq!(read(number).warnings, [Warning::CheckDigit], "{number}");
        }
    }

    #[test]
    fn six_digits_padded_or_not_are_one_kokuho_number() {
        let number = read("138016").value;
        assert_eq!(number, read("00138016").value);
        assert_eq!(number, read("  １３８０１６").value);
        assert_eq!(number, read("13-8016").value);
        assert_eq!(
            (number.to_string(), number.display_form()),
            ("00138016".into(), "138016".into())
        );
        assert_eq!((number.law_code(), number.prefecture()), (None, 13));
        assert_eq!(number.scheme().code(), "national_health");
    }

    #[test]
    fn the_law_code_names_the_scheme() {
        let schemes = [("06130488", 6, "組合管掌健康保険"), ("39131008", 39, "後期高齢者医療")];
        for (number, law, ja) in schemes {
            let number = read(number).value;
            assert_eq!((number.law_code(), number.scheme().ja()), (Some(law), ja));
            assert_eq!(number.display_form(), number.to_string());
        }
        assert_eq!(read("33120015").value.scheme(), Scheme::PoliceMutual);
    }

    #[test]
    fn every_law_code_of_the_table_has_its_scheme() {
        let laws = [1, 2, 3, 4, 6, 7, 31, 32, 33, 34, 39, 63, 67, 72, 73, 74, 75];
        for law in 1_u32..=99 {
            let scheme = InsurerNumber(law * SIX_DIGITS + 130_000).scheme();
            assert_eq!(scheme != Scheme::Unknown, laws.contains(&law), "{law}");
        }
        let retired = InsurerNumber::with_check_digit(6_713_801);
        assert_eq!(read(&retired.to_string()).warnings, [Warning::AbolishedScheme]);
        assert_eq!(read("67012345").value.scheme(), Scheme::RetiredNationalHealth);
    }

    #[test]
    fn unknown_law_and_prefecture_are_named() {
        let odd = InsurerNumber::with_check_digit(9_948_001);
        assert_eq!(read(&odd.to_string()).warnings, [Warning::UnknownScheme, Warning::Prefecture]);
    }

    #[test]
    fn the_four_digits_of_before_2008_are_taken_with_a_warning() {
        let old = read("0123");
        assert_eq!(old.warnings, [Warning::LegacyFourDigits]);
        assert_eq!(
            (old.value.display_form(), old.value.to_string()),
            ("0123".into(), "00000123".into())
        );
        assert_eq!((old.value.scheme(), old.value.law_code()), (Scheme::LegacyGovernment, None));
    }

    #[test]
    fn what_is_no_number_says_why() {
        assert_eq!(InsurerNumber::parse(" 　"), Err(CheckError::Empty));
        assert_eq!(InsurerNumber::parse("0613048A"), Err(CheckError::NotDigits));
        let wrong = Err(CheckError::WrongLength { expected: "8, 6, 4", found: 7 });
        assert_eq!(InsurerNumber::parse("6130488"), wrong);
    }

    #[test]
    fn the_machine_name_and_the_serialised_name_are_the_same() {
        for law in 0..=99_u32 {
            let scheme = InsurerNumber(law * SIX_DIGITS + 130_011).scheme();
            assert_eq!(serde_json::to_value(scheme).unwrap(), scheme.code());
        }
    }

    proptest! {
        #[test]
        fn a_generated_number_passes_its_own_check(first_seven in 0_u32..10_000_000) {
            let number = InsurerNumber::with_check_digit(first_seven);
            prop_assert!(!read(&number.to_string()).warnings.contains(&Warning::CheckDigit));
            prop_assert_eq!(number.value() / 10, first_seven);
            prop_assert_eq!(read(&number.display_form()).value, number);
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = InsurerNumber::parse(&text);
        }
    }
}
