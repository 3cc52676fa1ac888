//! Symbol (記号), number (番号) and branch (枝番) of an insured person, as printed and as compared.

use crate::domain::insurer_number::InsurerNumber;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// What identifies an insured person to the insurers: raw as printed; compare by [`Identity::family_key`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// 保険者番号.
    pub insurer: InsurerNumber,
    /// 記号 as printed; empty where the card has none (後期高齢, 番号 only).
    pub symbol: String,
    /// 番号 as printed.
    pub number: String,
    /// 枝番, two digits; `None` where not printed (never "00" instead).
    pub branch: Option<Branch>,
}

/// 枝番: two half-width digits, 00–99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(u8);

impl Branch {
    /// One or two digits, half or full width; one digit is padded.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
        let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok().map(Self)).flatten()
    }

    /// A value below 100.
    #[must_use]
    pub fn from_value(value: u8) -> Option<Self> {
        (value < 100).then_some(Self(value))
    }

    /// The branch as a value.
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }
}

impl std::fmt::Display for Branch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl Serialize for Branch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Folds a symbol or number for comparison: NFKC, every dash alike, no spaces, upper case (codes-and-formats 2).
///
/// Kana stay as they are: in a symbol ア and あ are two insurers' offices, not two spellings.
#[must_use]
pub fn match_form(text: &str) -> String {
    let dense: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    dense
        .nfkc() // without its spaces a mark may have met its letter
        .map(|c| if "‐‑‒–—−ーｰ－".contains(c) { '-' } else { c.to_ascii_uppercase() })
        .collect()
}

/// A weaker form for finding candidates: middle dots (・ ･ ·) count as dashes. Agreeing in it alone proves nothing.
#[must_use]
pub fn weak_match_form(text: &str) -> String {
    match_form(text).chars().map(|c| if matches!(c, '・' | '·') { '-' } else { c }).collect()
}

/// The width rule for sending (JP Core, JP_Coverage): all half-width if only letters and digits, else all full-width.
///
/// Spaces are dropped: a full-width one is not allowed and a half-width one would mix.
#[must_use]
pub fn send_form(text: &str) -> String {
    let dense: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let dense: String = dense.nfkc().collect();
    if dense.chars().all(|c| c.is_ascii_alphanumeric()) {
        return dense;
    }
    dense.chars().map(full_width).collect()
}

/// The printable ASCII letters stand in the same order from U+FF01 on.
fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

impl Identity {
    /// What all members of one family share: insurer, symbol and number in match form, the number without leading zeros.
    ///
    /// The parts are divided by a control character that [`match_form`] never leaves inside one.
    #[must_use]
    pub fn family_key(&self) -> String {
        let number = match_form(&self.number);
        let number = number.trim_start_matches('0');
        format!(
            "{}\u{1f}{}\u{1f}{number}",
            self.insurer,
            match_form(&self.symbol).replace('\u{1f}', "")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn identity(symbol: &str, number: &str) -> Identity {
        let insurer = InsurerNumber::from_value(6_130_488).unwrap();
        Identity { insurer, symbol: symbol.into(), number: number.into(), branch: None }
    }

    #[test]
    fn width_dashes_spaces_and_case_do_not_count() {
        for text in ["０１－２３", "01-23", "01ー23", "０１ − ２３", "01‑23"] {
            assert_eq!(match_form(text), "01-23", "{text}");
        }
        assert_eq!(match_form("ａＢ　1"), "AB1");
    }

    #[test]
    fn kana_in_a_symbol_are_identity() {
        assert_ne!(match_form("あいう"), match_form("アイウ"));
        assert_ne!(match_form("か"), match_form("が"));
        assert_eq!(match_form("ｱｲｳ"), match_form("アイウ"));
    }

    #[test]
    fn one_family_has_one_key_whatever_was_printed() {
        let key = identity("０１－２３", "０００４５６").family_key();
        assert_eq!(key, identity("01-23", "456").family_key());
        assert_ne!(key, identity("01", "23456").family_key());
        assert_ne!(key, identity("0123", "456").family_key());
        // leading zeros of a symbol are part of it
        assert_ne!(key, identity("1-23", "456").family_key());
    }

    #[test]
    fn the_parts_of_a_key_cannot_run_into_each_other() {
        assert_ne!(identity("1\u{1f}2", "3").family_key(), identity("1", "2\u{1f}3").family_key());
    }

    #[test]
    fn a_branch_is_two_digits_and_never_made_up() {
        for text in ["1", "01", "０１", " 1 "] {
            assert_eq!(Branch::parse(text).unwrap().to_string(), "01");
        }
        for text in ["", " ", "001", "A", "-1", "一"] {
            assert_eq!(Branch::parse(text), None, "{text}");
        }
        assert_eq!(Branch::from_value(100), None);
    }

    #[test]
    fn middle_dots_agree_only_weakly() {
        assert_ne!(match_form("あ・１"), match_form("あ-1"));
        for text in ["あ・１", "あ･1", "あ·1", "あ－１"] {
            assert_eq!(weak_match_form(text), "あ-1", "{text}");
        }
    }

    #[test]
    fn a_symbol_is_sent_in_one_width() {
        assert_eq!(send_form("ＡＢ １２３"), "AB123");
        assert_eq!(send_form("12-34"), "１２－３４");
        assert_eq!(send_form("ｱ 12"), "ア１２");
        assert_eq!(send_form(""), "");
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(text in ".{0,12}|[０-９0-9A-zａ-ｚー－‐･・· 　゛゜ｱ-ﾟあ-ん]{0,12}") {
            for form in [match_form, weak_match_form, send_form] {
                let once = form(&text);
                prop_assert_eq!(form(&once), once);
            }
            prop_assert_eq!(match_form(&send_form(&text)), match_form(&text));
        }

        #[test]
        fn a_printed_branch_reads_back(value in 0_u8..100) {
            let branch = Branch::from_value(value).unwrap();
            prop_assert_eq!(Branch::parse(&branch.to_string()), Some(branch));
        }
    }
}
