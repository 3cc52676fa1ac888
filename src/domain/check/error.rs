//! Why a value is nothing of what it was claimed to be.

use crate::{
    limits::CHECK_CHARS_MAX,
    messages::{self, Message, Trouble},
};

/// Why a value is no number, date or reading of its kind at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// Nothing but spaces.
    #[error("the value is empty")]
    Empty,
    /// More than [`CHECK_CHARS_MAX`] characters.
    #[error("the value has more than {CHECK_CHARS_MAX} characters")]
    TooLong,
    /// Something other than digits, spaces and hyphens.
    #[error("the value is not made of digits")]
    NotDigits,
    /// Digits, but no number of this kind has so many.
    #[error("{found} digits where {expected} are expected")]
    WrongLength {
        /// The lengths there are.
        expected: &'static str,
        /// The length given.
        found: usize,
    },
    /// No calendar day, in no way of writing one.
    #[error("the value is not a date")]
    NotADate,
    /// A date without month or day where the day decides.
    #[error("month or day are missing")]
    DateIncomplete,
    /// Born after the day asked about.
    #[error("born after the day asked about")]
    BornLater,
    /// No code of a drug.
    #[error("the value does not have the form of a drug code")]
    NotADrugCode,
    /// Not one kana.
    #[error("the value holds no kana")]
    NoKana,
    /// Not one letter of a name.
    #[error("the value holds no letter of a name")]
    NotAName,
    /// One name in kana, the other not.
    #[error("a reading and a name in kanji cannot be compared")]
    NotComparable,
    /// No 番号, or a branch that is none.
    #[error("the value is not a symbol, number and branch")]
    NotInsured,
    /// No way of writing a sex.
    #[error("the value is no sex")]
    NotASex,
    /// No way of writing a share.
    #[error("the value is no share")]
    NotARatio,
}

impl Trouble for CheckError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Empty => &messages::VALUE_EMPTY,
            Self::TooLong => &messages::VALUE_TOO_LONG,
            Self::NotDigits => &messages::VALUE_NOT_DIGITS,
            Self::WrongLength { .. } => &messages::VALUE_WRONG_LENGTH,
            Self::NotADate => &messages::VALUE_NOT_A_DATE,
            Self::DateIncomplete => &messages::VALUE_DATE_INCOMPLETE,
            Self::BornLater => &messages::VALUE_BORN_LATER,
            Self::NotADrugCode => &messages::VALUE_NOT_A_DRUG_CODE,
            Self::NoKana => &messages::VALUE_NOT_KANA,
            Self::NotAName => &messages::VALUE_NOT_A_NAME,
            Self::NotComparable => &messages::NAMES_NOT_COMPARABLE,
            Self::NotInsured => &messages::VALUE_NOT_INSURED,
            Self::NotASex => &messages::VALUE_NOT_A_SEX,
            Self::NotARatio => &messages::VALUE_NOT_A_RATIO,
        }
    }
}
