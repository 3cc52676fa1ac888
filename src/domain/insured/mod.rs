//! Symbol (記号), number (番号) and branch (枝番) of an insured person, as printed and as compared.

mod text;

pub use text::InsuredText;

use crate::domain::{check::is_dash, digits::push_digits, insurer_number::InsurerNumber};
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

/// Divides the parts of a family's key; [`match_form`] never leaves it inside a symbol there.
const DIVIDER: char = '\u{1f}';

/// Folds a symbol or number for comparison: NFKC, every dash alike, no spaces, upper case (codes-and-formats 2).
///
/// Kana stay as they are: in a symbol ア and あ are two insurers' offices, not two spellings.
#[must_use]
pub fn match_form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    push_match_form(&mut form, text);
    form
}

/// Every lookup comes through here, so what most cards bear takes the short way, letter by letter; anything else the long one.
fn push_match_form(out: &mut String, text: &str) {
    if text.is_ascii() {
        let dense = text.bytes().map(char::from).filter(|c| !c.is_whitespace());
        out.extend(dense.map(|c| c.to_ascii_uppercase()));
        return;
    }
    let start = out.len();
    for c in text.chars() {
        match plain_letter(c) {
            Some(letter) => out.extend(letter),
            None => {
                out.truncate(start);
                out.push_str(&normalised(text));
                return;
            }
        }
    }
}

/// What becomes of a letter that keeps to itself whatever stands beside it (`Some(None)`: it is dropped); `None` for all
/// that might join its neighbour.
fn plain_letter(c: char) -> Option<Option<char>> {
    match c {
        '\u{3000}' => Some(None),
        '!'..='~' => Some(Some(c.to_ascii_uppercase())),
        _ if c.is_ascii() => Some((!c.is_whitespace()).then_some(c)),
        _ if is_dash(c) => Some(Some('-')),
        '！'..='～' => half_width(c).map(|c| Some(c.to_ascii_uppercase())),
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' => Some(Some(c)),
        _ => None,
    }
}

/// The long way, for any text.
fn normalised(text: &str) -> String {
    let dense: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    dense
        .nfkc() // without its spaces a mark may have met its letter
        .map(|c| if is_dash(c) { '-' } else { c.to_ascii_uppercase() })
        .collect()
}

/// A weaker form for finding candidates: middle dots (・ ･ ·) count as dashes, and brackets do not count, because claims
/// write a circled letter also as a bracketed one (field.md C23). Agreeing in it alone proves nothing.
#[must_use]
pub fn weak_match_form(text: &str) -> String {
    let form = match_form(text);
    let kept = form.chars().filter(|c| !matches!(c, '(' | ')'));
    let weak: String = kept.map(|c| if matches!(c, '・' | '·') { '-' } else { c }).collect();
    weak.nfkc().collect() // a mark may have met its letter
}

/// The 番号 as it is compared: [`match_form`] without leading zeros, which some systems write and others do not.
#[must_use]
pub fn number_match_form(text: &str) -> String {
    match_form(text).trim_start_matches('0').to_owned()
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

/// The same letter in ASCII: the printable ones stand in the same order from U+FF01 on.
fn half_width(c: char) -> Option<char> {
    char::from_u32(u32::from(c).checked_sub(0xFEE0)?)
}

impl Identity {
    /// What all members of one family share: insurer, symbol and number in match form, the number without leading zeros.
    ///
    /// The parts are divided by a control character that is never left inside the symbol.
    #[must_use]
    pub fn family_key(&self) -> String {
        let mut key = String::with_capacity(self.symbol.len() + self.number.len() + 10);
        push_digits(&mut key, self.insurer.value().into(), 8);
        key.push(DIVIDER);
        if self.symbol.contains(DIVIDER) {
            key.push_str(&match_form(&self.symbol).replace(DIVIDER, ""));
        } else {
            push_match_form(&mut key, &self.symbol);
        }
        key.push(DIVIDER);
        let start = key.len();
        push_match_form(&mut key, &self.number);
        let zeros = key.bytes().skip(start).take_while(|byte| *byte == b'0').count();
        key.drain(start..start + zeros);
        key
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
        for text in ["０１－２３", "01-23", "01ー23", "０１ − ２３", "01‑23", "01―23"]
        {
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
        fn the_short_way_and_the_long_way_lead_to_one_form(
            text in ".{0,12}|[０-９0-9A-zａ-ｚ！-～ー－‐ｰ−―･・·\\t\u{b}\u{1f} 　゛゜\u{3099}\u{309a}ｱ-ﾟあ-んァ-ヺ一-鿿㈱ﬀ]{0,12}",
        ) {
            prop_assert_eq!(match_form(&text), normalised(&text));
            let mut key = "前".to_owned();
            push_match_form(&mut key, &text);
            prop_assert_eq!(key, format!("前{}", normalised(&text)));
        }

        #[test]
        fn a_key_is_its_parts_in_their_forms(
            symbol in "[０-９0-9a-zー－‐\u{1f}か\u{3099} 　あ-ん]{0,8}",
            number in "[０-９0-9a-z\u{1f}－ 　]{0,8}",
        ) {
            let number_form = normalised(&number);
            let parts = [
                "06130488".to_owned(),
                normalised(&symbol).replace(DIVIDER, ""),
                number_form.trim_start_matches('0').to_owned(),
            ];
            prop_assert_eq!(identity(&symbol, &number).family_key(), parts.join("\u{1f}"));
        }

        #[test]
        fn a_printed_branch_reads_back(value in 0_u8..100) {
            let branch = Branch::from_value(value).unwrap();
            prop_assert_eq!(Branch::parse(&branch.to_string()), Some(branch));
        }
    }
}
