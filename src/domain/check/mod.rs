//! Checks one value and reports on it: what the command line and the pages show for numbers, dates and names.

mod age;
mod error;
mod report;

#[cfg(any(test, feature = "fuzzing"))]
pub mod probe;
#[cfg(test)]
mod tests;

pub use age::{AgeRatioReport, check_age_ratio};
pub use error::CheckError;
pub use report::{CheckReport, Extras, check};

use crate::limits::CHECK_CHARS_MAX;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// Folds width, drops spaces, and refuses what is empty or longer than anything real.
pub(crate) fn compact(text: &str) -> Result<String, CheckError> {
    if text.chars().nth(CHECK_CHARS_MAX).is_some() {
        return Err(CheckError::TooLong);
    }
    let mut folded: String = if text.is_ascii() { text.into() } else { text.nfkc().collect() };
    folded.retain(|c| !c.is_whitespace());
    if folded.is_empty() { Err(CheckError::Empty) } else { Ok(folded) }
}

/// [`compact`], without hyphens, and nothing but digits.
pub(crate) fn plain_digits(text: &str) -> Result<String, CheckError> {
    let digits: String = compact(text)?.chars().filter(|&c| !is_dash(c)).collect();
    match digits.bytes().all(|b| b.is_ascii_digit()) {
        true if digits.is_empty() => Err(CheckError::Empty),
        true => Ok(digits),
        false => Err(CheckError::NotDigits),
    }
}

/// The lines that people type for a hyphen.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' | '－')
}

/// Declares the kinds once: what it is, variant, the word for it on the command line.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:literal)*) => {
        /// What a value is claimed to be.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum CheckKind {
            $($(#[doc = $doc])+ $kind,)*
        }

        impl CheckKind {
            /// Every kind, in the order they are offered.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The word for it on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
        }
    };
}

kinds! {
    /// 保険者番号.
    InsurerNumber "insurer-number"
    /// 医療機関コード・薬局コード.
    FacilityCode "facility-code"
    /// 公費負担者番号.
    PublicPayer "public-payer"
    /// 公費負担医療の受給者番号.
    Recipient "recipient"
    /// 医薬品コード.
    DrugCode "drug-code"
    /// 和暦 or any other way to write a day.
    Wareki "wareki"
    /// 氏名の読み.
    Kana "kana"
    /// 記号・番号・枝番.
    Insured "insured"
    /// 氏名.
    Name "name"
    /// 性別.
    Sex "sex"
    /// 全国地方公共団体コード.
    Municipality "municipality"
    /// 有効期限.
    Expiry "expiry"
    /// 負担割合.
    Ratio "ratio"
}

impl CheckKind {
    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
