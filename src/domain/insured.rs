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
#[must_use]
pub fn match_form(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| if "‐‑‒–—−ーｰ－".contains(c) { '-' } else { c.to_ascii_uppercase() })
        .collect()
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
