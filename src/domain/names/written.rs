//! A name as somebody wrote it: its canonical form, its key, and what other systems will not be able to write of it.

use super::{fold_variants, is_variation_selector, is_wildcard, variants::leading_form};
use crate::domain::{
    check::{CheckError, compact},
    warning::{Parsed, Warning},
};
use encoding_rs::SHIFT_JIS;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// A name (氏名) with at least one letter that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenName(String);

/// A letter of the name that has a more common form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// The letter as written.
    pub letter: char,
    /// The form that stands for it in the key.
    pub stands_for: char,
}

impl WrittenName {
    /// Reads a name in any width; its parts are divided by one full-width space, as registers and JAHIS do.
    ///
    /// # Errors
    /// When not one letter of it can be read: empty, or ● and signs alone.
    pub fn parse(text: &str) -> Result<Parsed<Self>, CheckError> {
        compact(text)?; // empty or too long
        let wide: String = text.nfkc().collect();
        let parts: Vec<&str> = wide.split_whitespace().collect();
        let name = Self(parts.join("\u{3000}"));
        if !name.0.chars().any(|c| c.is_alphabetic() || is_private(c)) {
            return Err(CheckError::NotAName);
        }
        let warnings = name.warnings();
        Ok(Parsed { value: name, warnings })
    }

    /// The name, divided by one full-width space; letters as written, no variant folded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key by which names in kanji are compared: no spaces, each variant as its leading form.
    #[must_use]
    pub fn key(&self) -> String {
        fold_variants(&self.0)
    }

    /// How many letters are hidden behind ● or ■.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.0.chars().filter(|c| is_wildcard(*c)).count()
    }

    /// The letters that have a more common form, in their order.
    #[must_use]
    pub fn variants(&self) -> Vec<Variant> {
        let folded =
            self.0.chars().map(|letter| Variant { letter, stands_for: leading_form(letter) });
        folded.filter(|variant| variant.letter != variant.stands_for).collect()
    }

    fn warnings(&self) -> Vec<Warning> {
        let letters = || self.0.chars().filter(|c| !is_variation_selector(*c));
        let private = letters().any(is_private);
        let outside_cp932 = letters().any(|c| !is_private(c) && cp932(c).is_none());
        let claims_refuse = |c| cp932(c).is_some_and(|bytes| !is_jis_x_0208(&bytes));
        let flaws = [
            (self.hidden() > 0, Warning::HiddenLetter),
            (outside_cp932 || letters().any(claims_refuse), Warning::OutsideJisX0208),
            (outside_cp932, Warning::OutsideCp932),
            (private, Warning::PrivateLetter),
        ];
        flaws.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
    }
}

/// 外字: every machine has its own letters there.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// The letter in CP932 (windows-31j), which files of claims, notebooks and prescriptions are written in.
fn cp932(c: char) -> Option<Vec<u8>> {
    let text = String::from(c);
    let (bytes, _, unmappable) = SHIFT_JIS.encode(&text);
    (!unmappable && !is_private(c)).then(|| bytes.into_owned())
}

/// Whether bytes of CP932 are one byte, or in the rows of JIS X 0208: not in those of NEC and IBM (13, 89–92, 115–119).
fn is_jis_x_0208(bytes: &[u8]) -> bool {
    !matches!(bytes, [0x87 | 0xED | 0xEE | 0xFA..=0xFC, _])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Parsed<WrittenName> {
        WrittenName::parse(text).unwrap()
    }

    #[test]
    fn a_name_is_divided_by_one_full_width_space_and_keeps_its_letters() {
        let name = read(" 髙橋  一郎 ");
        assert_eq!((name.value.as_str(), name.value.key().as_str()), ("髙橋　一郎", "高橋一郎"));
        let variant = Variant { letter: '髙', stands_for: '高' };
        assert_eq!(
            (name.value.variants(), name.warnings),
            (vec![variant], vec![Warning::OutsideJisX0208])
        );
        let plain = read("山田 太郎");
        assert_eq!((plain.value.variants(), plain.warnings), (vec![], vec![]));
        assert_eq!(read("ﾔﾏﾀﾞ ﾀﾛｳ").value.as_str(), "ヤマダ　タロウ");
        assert_eq!(read("ＳＭＩＴＨ　Ｊｏｈｎ").value.as_str(), "SMITH　John");
    }

    #[test]
    fn a_name_tells_which_of_its_letters_others_cannot_write() {
        for letter in "髙濵栁德﨑".chars() {
            assert_eq!(read(&letter.to_string()).warnings, [Warning::OutsideJisX0208], "{letter}");
        }
        for letter in "邉邊齋齊斎斉高崎辺徳".chars() {
            assert_eq!(read(&letter.to_string()).warnings, [], "{letter}");
        }
        let yoshi = read("𠮷田").warnings;
        assert_eq!(yoshi, [Warning::OutsideJisX0208, Warning::OutsideCp932]);
        assert_eq!(read("\u{E001}田").warnings, [Warning::PrivateLetter]);
        // a selector asks for another drawing of the same letter
        assert_eq!(read("葛\u{E0100}西").warnings, []);
    }

    #[test]
    fn hidden_letters_are_counted_and_a_name_of_nothing_else_is_none() {
        for (name, hidden) in [("●橋 一郎", 1), ("■■　花子", 2)] {
            let name = read(name);
            assert_eq!((name.value.hidden(), name.warnings), (hidden, vec![Warning::HiddenLetter]));
        }
        for text in ["●●", "123", "・"] {
            assert_eq!(WrittenName::parse(text), Err(CheckError::NotAName), "{text}");
        }
        assert_eq!(WrittenName::parse("　"), Err(CheckError::Empty));
    }

    proptest! {
        #[test]
        fn a_printed_name_reads_back_and_has_the_same_key(text in ".{0,12}|[髙高﨑●■ 　ｱ-ﾟ゛山田ａ-ｚ]{0,8}") {
            if let Ok(name) = WrittenName::parse(&text) {
                let again = read(name.value.as_str());
                prop_assert_eq!(&again, &name);
                prop_assert_eq!(fold_variants(&again.value.key()), name.value.key());
            }
        }
    }
}
