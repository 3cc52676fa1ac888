//! Areas that orders and keys speak of: prefectures and municipalities.

use crate::domain::{
    check::{CheckError, plain_digits},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::Serialize;
use std::{fmt, sync::LazyLock};

/// A prefecture or a municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// 都道府県番号 (JIS X 0401), 1–47.
    Prefecture(u8),
    /// 全国地方公共団体コード (JIS X 0402), six digits with check digit.
    Municipality(u32),
}

impl Area {
    /// One or two digits are a prefecture, six with a valid check digit a municipality.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value: u32 = text.parse().ok()?;
        match text.len() {
            1 | 2 => Self::prefecture(u8::try_from(value).ok()?),
            6 => Self::municipality(value),
            _ => None,
        }
    }

    /// A prefecture from 1 to 47.
    #[must_use]
    pub fn prefecture(number: u8) -> Option<Self> {
        prefecture_name(number).map(|_| Self::Prefecture(number))
    }

    /// A municipality whose check digit fits.
    #[must_use]
    pub fn municipality(code: u32) -> Option<Self> {
        let fits = check_digit::municipality(code / 10) == code % 10;
        (fits && (1..=47).contains(&(code / 10_000))).then_some(Self::Municipality(code))
    }

    /// Whether the municipality with this code lies in the area.
    #[must_use]
    pub fn covers(self, municipality: u32) -> bool {
        match self {
            Self::Prefecture(number) => municipality / 10_000 == u32::from(number),
            Self::Municipality(code) => municipality == code,
        }
    }
}

/// The prefectures in the order of their numbers (JIS X 0401).
#[rustfmt::skip]
const PREFECTURES: [&str; 47] = [
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
    "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
];

/// The name of a prefecture by its number (都道府県番号), 1–47.
#[must_use]
pub fn prefecture_name(number: u8) -> Option<&'static str> {
    PREFECTURES.get(usize::from(number).checked_sub(1)?).copied()
}

/// 全国地方公共団体コード as somebody wrote it: six digits, sound or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MunicipalityCode(u32);

impl MunicipalityCode {
    /// Reads six digits in any width, or five without the check digit, which is put behind them (JIS X 0402).
    ///
    /// # Errors
    /// When the text is not five or six digits.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let digits = plain_digits(text)?;
        let value: u32 = digits.parse().map_err(|_| CheckError::NotDigits)?;
        let code = match digits.len() {
            5 => Self(value * 10 + check_digit::municipality(value)),
            6 => Self(value),
            found => return Err(CheckError::WrongLength { expected: "6, 5", found }),
        };
        Ok(Parsed { value: code, warnings: code.warnings() })
    }

    /// 都道府県番号; 1–47 in a code without a flaw.
    #[must_use]
    pub fn prefecture(self) -> u8 {
        u8::try_from(self.0 / 10_000).unwrap_or_default()
    }

    /// The municipality's name, or the prefecture's for its own code; `None` off the list of July 2026.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        if (self.0 / 10).is_multiple_of(1000) {
            return prefecture_name(self.prefecture());
        }
        let place = MUNICIPALITIES.binary_search_by_key(&self.0, |(code, _)| *code).ok()?;
        MUNICIPALITIES.get(place).map(|(_, name)| *name)
    }

    fn warnings(self) -> Vec<Warning> {
        let sound = check_digit::municipality(self.0 / 10) == self.0 % 10;
        let known_prefecture = prefecture_name(self.prefecture()).is_some();
        let flaws = [
            (!sound, Warning::MunicipalityCheckDigit),
            (!known_prefecture, Warning::Prefecture),
            (sound && known_prefecture && self.name().is_none(), Warning::UnknownMunicipality),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }
}

impl fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// Codes in order with their names; wards stand behind their city.
static MUNICIPALITIES: LazyLock<Vec<(u32, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/municipality-codes.tsv").lines();
    let row = |line: &'static str| {
        let (code, name) = line.split_once('\t')?;
        Some((code.parse().ok()?, name))
    };
    lines.filter_map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_municipality_is_not_an_area() {
        assert_eq!(Area::parse("131016"), Some(Area::Municipality(131_016)));
        assert_eq!(Area::parse("131017"), None);
        assert_eq!(Area::parse("17"), Some(Area::Prefecture(17)));
        for number in ["0", "00", "48"] {
            assert_eq!(Area::parse(number), None);
        }
    }

    #[test]
    fn a_prefecture_covers_its_own_municipalities_only() {
        let ishikawa = Area::Prefecture(17);
        assert!(ishikawa.covers(172_049) && !ishikawa.covers(131_016));
        assert!(
            Area::Municipality(172_049).covers(172_049)
                && !Area::Municipality(172_049).covers(172_022)
        );
    }

    #[test]
    fn a_municipality_is_known_by_its_code_with_or_without_the_check_digit() {
        for text in ["131016", "１３１０１６", "13101", "13-101"] {
            let read = MunicipalityCode::parse(text).unwrap();
            assert_eq!((read.value.to_string().as_str(), read.warnings), ("131016", vec![]));
            assert_eq!(read.value.name(), Some("千代田区"));
        }
        assert_eq!(MunicipalityCode::parse("01100").unwrap().value.name(), Some("札幌市"));
        assert_eq!(MunicipalityCode::parse("130001").unwrap().value.name(), Some("東京都"));
    }

    #[test]
    fn a_national_health_insurers_number_is_no_municipality() {
        let read = MunicipalityCode::parse("138016").unwrap();
        assert_eq!(read.warnings, [Warning::MunicipalityCheckDigit]);
        assert_eq!(
            MunicipalityCode::parse("131996").unwrap().warnings,
            [Warning::MunicipalityCheckDigit]
        );
        let gone = MunicipalityCode::parse("13199").unwrap();
        assert_eq!((gone.value.name(), gone.warnings), (None, vec![Warning::UnknownMunicipality]));
        let nowhere = MunicipalityCode::parse("99101").unwrap();
        assert_eq!(nowhere.warnings, [Warning::Prefecture]);
    }

    #[test]
    fn the_list_is_in_order_and_every_name_is_found() {
        assert!(MUNICIPALITIES.is_sorted());
        assert_eq!(MUNICIPALITIES.len(), 1_916);
        for (code, name) in MUNICIPALITIES.iter() {
            let read = MunicipalityCode::parse(&format!("{code:06}")).unwrap();
            assert_eq!((read.value.name(), read.warnings), (Some(*name), vec![]));
        }
    }
}
