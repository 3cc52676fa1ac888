//! Drug codes: YJ (個別医薬品コード) and price listing codes, receipt codes, HOT, and generic prescription codes.

use crate::domain::{
    check::{CheckError, compact, is_dash},
    check_digit,
    warning::{Parsed, Warning},
};
use serde::Serialize;

/// A drug code in half-width upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrugCode {
    kind: DrugCodeKind,
    text: String,
}

/// Which numbering a drug code belongs to. Price listing (薬価基準収載医薬品コード) and YJ codes look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrugCodeKind {
    /// 個別医薬品コード or 薬価基準収載医薬品コード, 12 characters.
    Yj,
    /// 一般名処方コード: nine characters and `ZZZ`; a letter in the ninth place makes it an exception (例外コード), used
    /// where nine characters of the products do not tell them apart (一般名処方マスタ).
    Generic,
    /// レセプト電算処理コード, nine digits beginning with 6 (or 7 for a stand-in).
    Receipt,
    /// HOT, the 7 digits for prescribing.
    Hot7,
    /// HOT with the company.
    Hot9,
    /// HOT with the dispensing unit.
    Hot11,
    /// HOT with the package.
    Hot13,
}

impl DrugCodeKind {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Yj => "yj",
            Self::Generic => "generic",
            Self::Receipt => "receipt",
            Self::Hot7 => "hot7",
            Self::Hot9 => "hot9",
            Self::Hot11 => "hot11",
            Self::Hot13 => "hot13",
        }
    }
}

/// How a drug is given, as the fifth to seventh characters of a YJ code say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 内服, 001–399.
    Oral,
    /// 注射, 400–699.
    Injection,
    /// 外用, 700–999.
    External,
}

impl Route {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Oral => "oral",
            Self::Injection => "injection",
            Self::External => "external",
        }
    }
}

/// Receipt codes that stand for no drug in master files and samples.
const PLACEHOLDERS: &[&str] = &["666666666", "777770000"];

impl DrugCode {
    /// Reads a code of any numbering, told apart by length and form, in any width.
    ///
    /// # Errors
    /// When the text has the form of none of them.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        let mut text = compact(text)?;
        text.retain(|c| !is_dash(c));
        text.make_ascii_uppercase();
        let kind = kind_of(&text).ok_or(CheckError::NotADrugCode)?;
        let warnings = flaw(kind, &text).into_iter().collect();
        Ok(Parsed { value: Self { kind, text }, warnings })
    }

    /// The numbering.
    #[must_use]
    pub fn kind(&self) -> DrugCodeKind {
        self.kind
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the drug is given, where the code tells.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        let speaks = matches!(self.kind, DrugCodeKind::Yj | DrugCodeKind::Generic);
        match self.text.get(4..7).filter(|_| speaks)?.parse::<u16>().ok()? {
            0..=399 => Some(Route::Oral),
            400..=699 => Some(Route::Injection),
            _ => Some(Route::External),
        }
    }

    /// The seven characters that same drug class, route and ingredient share: for finding duplicates.
    #[must_use]
    pub fn ingredient_key(&self) -> Option<&str> {
        self.route().and_then(|_| self.text.get(..7))
    }

    /// The nine characters that same ingredient, route, form and strength share; `None` for an exception, which names no
    /// nine characters of any product.
    #[must_use]
    pub fn strength_key(&self) -> Option<&str> {
        self.route().filter(|_| !self.is_generic_exception()).and_then(|_| self.text.get(..9))
    }

    /// Whether it is an exception (例外コード) among the generic codes.
    #[must_use]
    pub fn is_generic_exception(&self) -> bool {
        let ninth = self.text.as_bytes().get(8);
        self.kind == DrugCodeKind::Generic && ninth.is_some_and(u8::is_ascii_uppercase)
    }
}

fn kind_of(text: &str) -> Option<DrugCodeKind> {
    let all_digits = text.bytes().all(|b| b.is_ascii_digit());
    match (text.len(), all_digits) {
        (7, true) => Some(DrugCodeKind::Hot7),
        (9, true) if text.starts_with(['6', '7']) => Some(DrugCodeKind::Receipt),
        (9, true) => Some(DrugCodeKind::Hot9),
        (11, true) => Some(DrugCodeKind::Hot11),
        (13, true) => Some(DrugCodeKind::Hot13),
        (12, false) => twelve(text.as_bytes()),
        _ => None,
    }
}

/// Seven digits, the letter of the dosage form, then strength, brand and check digit, or the `ZZZ` of a generic name.
fn twelve(text: &[u8]) -> Option<DrugCodeKind> {
    let (class, rest) = text.split_at_checked(7)?;
    let (form, rest) = rest.split_first()?;
    if !class.iter().all(u8::is_ascii_digit) || !form.is_ascii_uppercase() {
        return None;
    }
    match rest {
        [strength, b'Z', b'Z', b'Z'] if strength.is_ascii_alphanumeric() => {
            Some(DrugCodeKind::Generic)
        }
        [_, _, _, _] if rest.iter().all(u8::is_ascii_digit) => Some(DrugCodeKind::Yj),
        _ => None,
    }
}

fn flaw(kind: DrugCodeKind, text: &str) -> Option<Warning> {
    match kind {
        DrugCodeKind::Generic => None, // ends in ZZZ, no check digit
        DrugCodeKind::Receipt => PLACEHOLDERS.contains(&text).then_some(Warning::PlaceholderCode),
        DrugCodeKind::Yj => {
            let (payload, last) = text.split_at_checked(11)?;
            let fits =
                check_digit::drug_code(payload).is_some_and(|d| last.as_bytes() == [b'0' + d]);
            (!fits).then_some(Warning::DrugCheckDigit)
        }
        DrugCodeKind::Hot7 | DrugCodeKind::Hot9 | DrugCodeKind::Hot11 | DrugCodeKind::Hot13 => {
            let fits = check_digit::digits(text.get(..7)?)
                .is_some_and(|digits| check_digit::three_one_fits(&digits));
            (!fits).then_some(Warning::HotCheckDigit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Parsed<DrugCode> {
        DrugCode::parse(text).unwrap()
    }

    #[test]
    fn listed_codes_pass_their_check_digit() {
        for code in ["2171022F1029", "1149019F1560", "1121001X1018", "1123001X1012", "2412403G3022"]
        {
            let read = read(code);
            assert_eq!((read.value.kind(), read.warnings), (DrugCodeKind::Yj, vec![]), "{code}");
        }
        assert_eq!(read("2171022F1028").warnings, [Warning::DrugCheckDigit]);
    }

    #[test]
    fn a_generic_code_has_no_check_digit() {
        let generic = read("２１７１０１４ｍ２ｚｚｚ");
        assert_eq!((generic.value.as_str(), generic.warnings), ("2171014M2ZZZ", vec![]));
        assert_eq!(generic.value.kind(), DrugCodeKind::Generic);
    }

    #[test]
    fn an_exception_among_the_generic_codes_has_no_strength_key() {
        for code in ["2649731SAZZZ", "2649731SBZZZ", "2649735SCZZZ", "2649735SDZZZ", "2649732SBZZZ"]
        {
            let read = read(code);
            assert_eq!((read.value.kind(), read.warnings), (DrugCodeKind::Generic, vec![]));
            assert!(read.value.is_generic_exception() && read.value.strength_key().is_none());
            assert_eq!(read.value.route(), Some(Route::External));
        }
        let plain = read("1124001F2ZZZ").value;
        assert_eq!(
            (plain.is_generic_exception(), plain.strength_key()),
            (false, Some("1124001F2"))
        );
    }

    #[test]
    fn products_of_one_generic_share_their_first_nine_characters() {
        // プレドニゾロン: two products, and the code under which the price list has them
        for code in ["2456001F1353", "2456001F1310", "2456001F1019"] {
            let read = read(code);
            assert_eq!(
                (read.value.strength_key(), read.warnings),
                (Some("2456001F1"), vec![]),
                "{code}"
            );
        }
        // ロラゼパム by mouth and by needle are two ingredients to the code
        let (oral, needle) = (read("1124022F1ZZZ").value, read("1139403A1ZZZ").value);
        assert_ne!(oral.ingredient_key(), needle.ingredient_key());
        assert_eq!((oral.route(), needle.route()), (Some(Route::Oral), Some(Route::Injection)));
    }

    #[test]
    fn length_and_form_tell_the_numbering() {
        assert_eq!(read("612170709").value.kind(), DrugCodeKind::Receipt);
        assert_eq!(read("666666666").warnings, [Warning::PlaceholderCode]);
        // 1·3 + 0 + 0·3 + 0 + 0·3 + 1 = 4, so the check digit is 6
        let hot = [
            ("1000016", "hot7"),
            ("100001601", "hot9"),
            ("10000160101", "hot11"),
            ("1000016010102", "hot13"),
        ];
        for (code, kind) in hot {
            let read = read(code);
            assert_eq!((read.value.kind().code(), read.warnings), (kind, vec![]));
        }
        assert_eq!(read("1000017").warnings, [Warning::HotCheckDigit]);
    }

    #[test]
    fn the_middle_of_a_yj_code_tells_the_route() {
        assert_eq!(read("2171022F1029").value.route(), Some(Route::Oral));
        assert_eq!(read("2412403G3022").value.route(), Some(Route::Injection));
        assert_eq!(read("612170709").value.route(), None);
        assert_eq!(read("2171022F1029").value.ingredient_key(), Some("2171022"));
    }

    #[test]
    fn other_shapes_are_no_drug_codes() {
        for text in ["123", "217102211029", "21710A2F1029", "2171022F10Z9", "4987107609229X"] {
            assert_eq!(DrugCode::parse(text), Err(CheckError::NotADrugCode), "{text}");
        }
        assert_eq!(DrugCode::parse(""), Err(CheckError::Empty));
    }
}
