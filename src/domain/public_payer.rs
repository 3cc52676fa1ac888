//! Publicly funded care (公費負担医療): the payer's number (公費負担者番号) and the recipient's (受給者番号).

use crate::domain::{
    check::{CheckError, plain_digits},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::{Serialize, Serializer};
use std::fmt;

/// 公費負担者番号: 法別 2, 都道府県 2, 実施機関 3, 検証 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicPayerNumber(u32);

impl PublicPayerNumber {
    /// Reads eight digits in any width.
    ///
    /// # Errors
    /// When the text is not eight digits.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let digits = plain_digits(text)?;
        if digits.len() != 8 {
            return Err(CheckError::WrongLength { expected: "8", found: digits.len() });
        }
        let number = Self(digits.parse().map_err(|_| CheckError::NotDigits)?);
        Ok(Parsed { value: number, warnings: number.warnings() })
    }

    /// 法別番号.
    #[must_use]
    pub fn law_code(self) -> u8 {
        u8::try_from(self.0 / 1_000_000).unwrap_or_default()
    }

    /// 都道府県番号.
    #[must_use]
    pub fn prefecture(self) -> u8 {
        u8::try_from(self.0 / 10_000 % 100).unwrap_or_default()
    }

    /// The scheme behind the number.
    #[must_use]
    pub fn scheme(self) -> PublicScheme {
        PublicScheme::of_law(self.law_code())
    }

    /// What the place itself calls its scheme, where that is known; 法別 41–50 and 80–99 mean something else in each
    /// prefecture.
    #[must_use]
    pub fn local_name(self) -> Option<&'static str> {
        let (prefecture, law) = (self.prefecture(), self.law_code());
        LOCAL.iter().find(|row| (row.0, row.1) == (prefecture, law)).map(|row| row.2)
    }

    fn warnings(self) -> Vec<Warning> {
        let digits = check_digit::digits(&self.to_string()).unwrap_or_default();
        let flaws = [
            (!check_digit::luhn_fits(&digits), Warning::CheckDigit),
            (self.scheme() == PublicScheme::Unknown, Warning::UnknownScheme),
            (self.law_code() == OLD_AGE_FORMER, Warning::AbolishedScheme),
            (!(1..=47).contains(&self.prefecture()), Warning::Prefecture),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }
}

impl fmt::Display for PublicPayerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl Serialize for PublicPayerNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A scheme of publicly funded care, by 法別番号.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicScheme {
    /// A national law: 法別番号, machine name and Japanese name.
    National(&'static (u8, &'static str, &'static str)),
    /// A prefecture's or municipality's own scheme (地方単独事業): 41–50 and 80–99, different in each prefecture.
    Local,
    /// A law code nobody has published.
    Unknown,
}

impl PublicScheme {
    fn of_law(law: u8) -> Self {
        match NATIONAL.iter().find(|(code, ..)| *code == law) {
            Some(row) => Self::National(row),
            None if matches!(law, 41..=50 | 80..=99) => Self::Local,
            None => Self::Unknown,
        }
    }

    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::National((_, code, _)) => code,
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }

    /// Japanese name.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::National((.., ja)) => ja,
            Self::Local => "地方単独事業",
            Self::Unknown => "地方公費(不明)",
        }
    }
}

/// 老人保健, until March 2008.
const OLD_AGE_FORMER: u8 = 27;

/// Local schemes known by name: prefecture, law code, name (東京都's own; other prefectures are not collected yet).
const LOCAL: &[(u8, u8, &str)] = &[
    (13, 41, "マル福(東京都 老人医療費助成)"),
    (13, 80, "マル障(東京都 心身障害者医療費助成)"),
    (13, 81, "マル親(東京都 ひとり親家庭等医療費助成)"),
    (13, 88, "マル乳(東京都 乳幼児医療費助成)"),
];

/// The national schemes (設定要領 別表, by 法別番号).
const NATIONAL: &[(u8, &str, &str)] = &[
    (10, "tuberculosis_outpatient", "感染症法 結核患者の適正医療"),
    (11, "tuberculosis_inpatient", "感染症法 結核患者の入院"),
    (12, "public_assistance", "生活保護法 医療扶助"),
    (13, "war_wounded_care", "戦傷病者特別援護法 療養の給付"),
    (14, "war_wounded_rehabilitation", "戦傷病者特別援護法 更生医療"),
    (15, "independence_rehabilitation", "障害者総合支援法 更生医療"),
    (16, "independence_children", "障害者総合支援法 育成医療"),
    (17, "child_treatment", "児童福祉法 療育の給付"),
    (18, "atomic_bomb_certified", "原爆被爆者援護法 認定疾病医療"),
    (19, "atomic_bomb_general", "原爆被爆者援護法 一般疾病医療"),
    (20, "mental_involuntary", "精神保健福祉法 措置入院"),
    (21, "mental_outpatient", "障害者総合支援法 精神通院医療"),
    (22, "narcotics_involuntary", "麻薬及び向精神薬取締法 入院措置"),
    (23, "premature_infants", "母子保健法 養育医療"),
    (24, "nursing_care_medical", "障害者総合支援法 療養介護医療"),
    (25, "china_returnees", "中国残留邦人等支援法 医療支援給付"),
    (27, "old_age_former", "老人保健法(旧)"),
    (28, "infection_class_1_2", "感染症法 一類・二類感染症等の入院"),
    (29, "infection_new", "感染症法 新感染症の入院"),
    (30, "medical_observation", "心神喪失者等医療観察法"),
    (38, "hepatitis", "肝炎治療特別促進事業"),
    (51, "specified_disease_research", "特定疾患治療研究事業等"),
    (52, "chronic_child_disease", "児童福祉法 小児慢性特定疾病医療支援"),
    (53, "child_welfare_measures", "児童福祉法 措置等に係る医療"),
    (54, "intractable_disease", "難病法 特定医療(指定難病)"),
    (62, "hepatitis_b_relief", "特定B型肝炎ウイルス感染者給付金"),
    (66, "asbestos", "石綿健康被害救済法"),
    (79, "disabled_children_facility", "児童福祉法 障害児施設医療"),
];

/// 公費負担医療の受給者番号: seven digits with a check digit; municipal schemes may have more, without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientNumber(String);

const NATIONAL_DIGITS: usize = 7;
const MUNICIPAL_DIGITS_MAX: usize = 30;

impl RecipientNumber {
    /// Reads seven digits, or up to thirty of a municipal scheme, in any width.
    ///
    /// # Errors
    /// When the text is not seven to thirty digits.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let digits = plain_digits(text)?;
        let warnings = match digits.len() {
            NATIONAL_DIGITS
                if check_digit::digits(&digits).is_some_and(|d| check_digit::luhn_fits(&d)) =>
            {
                vec![]
            }
            NATIONAL_DIGITS => vec![Warning::CheckDigit],
            8..=MUNICIPAL_DIGITS_MAX => vec![Warning::MunicipalRecipient],
            found => return Err(CheckError::WrongLength { expected: "7", found }),
        };
        Ok(Parsed { value: Self(digits), warnings })
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sound_payer_numbers_pass_with_their_scheme() {
        let numbers = [
            ("54016027", "intractable_disease"),
            ("12131017", "public_assistance"),
            ("51136018", "specified_disease_research"),
            ("54136015", "intractable_disease"),
            ("15130016", "independence_rehabilitation"),
            ("21136015", "mental_outpatient"),
            ("80137003", "local"),
            ("19130012", "atomic_bomb_general"),
            ("28136018", "infection_class_1_2"),
            ("66130014", "asbestos"),
        ];
        for (number, scheme) in numbers {
            let read = PublicPayerNumber::parse(number).unwrap();
            assert_eq!((read.warnings, read.value.scheme().code()), (vec![], scheme), "{number}");
        }
    }

    #[test]
    fn the_samples_that_break_the_rule_are_warned_about() {
        for number in ["12123456", "51123456"] {
            assert_eq!(PublicPayerNumber::parse(number).unwrap().warnings, [Warning::CheckDigit]);
        }
        let odd = PublicPayerNumber::parse("00990000").unwrap();
        assert!(odd.warnings.contains(&Warning::UnknownScheme));
        assert!(odd.warnings.contains(&Warning::Prefecture));
    }

    #[test]
    fn every_law_code_has_a_scheme_by_table_or_by_rule() {
        let national = [
            10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 38, 51,
            52, 53, 54, 62, 66, 79,
        ];
        for law in 0_u8..=99 {
            let expected = match law {
                _ if national.contains(&law) => None,
                41..=50 | 80..=99 => Some("local"),
                _ => Some("unknown"),
            };
            let scheme =
                PublicPayerNumber::parse(&format!("{law:02}130000")).unwrap().value.scheme();
            match expected {
                Some(code) => assert_eq!(scheme.code(), code, "{law}"),
                None => assert!(matches!(scheme, PublicScheme::National(_)), "{law}"),
            }
        }
        let unknown = PublicPayerNumber::parse("60130000").unwrap().value;
        assert_eq!(
            (unknown.scheme().ja(), unknown.to_string().as_str()),
            ("地方公費(不明)", "60130000")
        );
    }

    #[test]
    fn a_local_scheme_has_the_name_of_its_prefecture() {
        let tokyo = PublicPayerNumber::parse("80137003").unwrap().value;
        assert!(tokyo.local_name().unwrap().starts_with("マル障"));
        assert_eq!(PublicPayerNumber::parse("80177009").unwrap().value.local_name(), None);
        assert!(
            PublicPayerNumber::parse("27130004")
                .unwrap()
                .warnings
                .contains(&Warning::AbolishedScheme)
        );
    }

    proptest! {
        #[test]
        fn printed_numbers_read_back(value in 0_u32..100_000_000, recipient in "[0-9]{7,30}") {
            let payer = PublicPayerNumber(value);
            prop_assert_eq!(PublicPayerNumber::parse(&payer.to_string()).unwrap().value, payer);
            let read = RecipientNumber::parse(&recipient).unwrap();
            prop_assert_eq!(read.value.as_str(), recipient);
        }
    }

    #[test]
    fn sound_recipient_numbers_pass() {
        for number in ["1234566", "0000018", "7654320", "0102038", "9999996"] {
            let read = RecipientNumber::parse(number).unwrap();
            assert_eq!((read.value.as_str(), read.warnings), (number, vec![]));
        }
        assert_eq!(RecipientNumber::parse("1234567").unwrap().warnings, [Warning::CheckDigit]);
    }

    #[test]
    fn a_municipal_recipient_is_kept_but_said_to_be_unchecked() {
        let read = RecipientNumber::parse("123456789012").unwrap();
        assert_eq!(read.warnings, [Warning::MunicipalRecipient]);
        let short = CheckError::WrongLength { expected: "7", found: 6 };
        assert_eq!(RecipientNumber::parse("123456"), Err(short));
        assert!(RecipientNumber::parse(&"1".repeat(31)).is_err());
    }
}
