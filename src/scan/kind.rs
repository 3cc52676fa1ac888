//! What a scanned text is, before anybody tries to open it: ours, a drug symbol, or something foreign that is named.

use super::ScanError;
use crate::messages::{self, Message};
use unicode_normalization::UnicodeNormalization;

/// What a text looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Digits that begin with one of our magics, nothing else left in.
    OursDigits(String),
    /// JAHIS 電子版お薬手帳.
    JahisNotebook,
    /// JAHIS 院外処方箋2次元シンボル.
    JahisPrescription,
    /// Somebody else's.
    Foreign(Foreign),
}

/// Codes that are read well but are not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// An EU-style health certificate (`HC1:`).
    HealthCertificateHc1,
    /// A SMART Health Card (`shc:/`), such as Japan's vaccination certificate.
    SmartHealthCard,
    /// A web address.
    Url,
    /// Twelve digits with the check digit of a 個人番号: must not be collected here.
    PersonalNumberLike,
    /// Eight or six digits, as an insurer number has.
    InsurerNumberLike,
    /// A drug notebook or prescription symbol, where a certificate was asked for.
    DrugSymbol,
    /// Not a single letter or digit: an empty field, or a reader that read nothing.
    Nothing,
    /// Anything else.
    Unknown,
}

impl Foreign {
    /// What it is and what to do next.
    #[must_use]
    pub fn message(self) -> &'static Message {
        match self {
            Self::HealthCertificateHc1 => &messages::FOREIGN_HC1,
            Self::SmartHealthCard => &messages::FOREIGN_SHC,
            Self::Url => &messages::FOREIGN_URL,
            Self::PersonalNumberLike => &messages::FOREIGN_PERSONAL_NUMBER,
            Self::InsurerNumberLike => &messages::FOREIGN_INSURER_NUMBER,
            Self::DrugSymbol => &messages::FOREIGN_DRUG_SYMBOL,
            Self::Nothing => &messages::CODE_EMPTY,
            Self::Unknown => &messages::FOREIGN_UNKNOWN,
        }
    }
}

impl Recognised {
    /// Our digits, or the reason why this is none of ours; drug symbols go another way.
    pub fn ours(self) -> Result<String, ScanError> {
        match self {
            Self::OursDigits(digits) => Ok(digits),
            Self::Foreign(foreign) => Err(ScanError::Foreign(foreign)),
            Self::JahisNotebook | Self::JahisPrescription => {
                Err(ScanError::Foreign(Foreign::DrugSymbol))
            }
        }
    }
}

/// Makes one text of what keyboards and input methods make of a scan: NFKC (full-width digits become plain), no control
/// characters (credentials 3.4).
#[must_use]
pub fn normalise_keyboard(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

/// Says what a text is. `magics` are the digits our own codes begin with.
#[must_use]
pub fn recognise(text: &str, magics: &[&str]) -> Recognised {
    let plain = normalise_keyboard(text);
    let upper = plain.to_ascii_uppercase(); // CapsLock turns an HID scan upside down
    if upper.starts_with("JAHISTC") {
        return Recognised::JahisNotebook;
    }
    if upper
        .strip_prefix("JAHIS")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Recognised::JahisPrescription;
    }
    if upper.starts_with("HC1:") {
        return Recognised::Foreign(Foreign::HealthCertificateHc1);
    }
    if upper.starts_with("SHC:/") {
        return Recognised::Foreign(Foreign::SmartHealthCard);
    }
    if ["HTTP://", "HTTPS://", "WWW."].iter().any(|prefix| upper.starts_with(prefix)) {
        return Recognised::Foreign(Foreign::Url);
    }
    digits_or_foreign(&plain, magics)
}

fn digits_or_foreign(plain: &str, magics: &[&str]) -> Recognised {
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    // Letters are not noise of a keyboard: a text with letters is another kind of code that happens to hold digits.
    if plain.chars().any(char::is_alphabetic) {
        return Recognised::Foreign(Foreign::Unknown);
    }
    if magics.iter().any(|magic| !magic.is_empty() && digits.starts_with(magic)) {
        // A personal number may begin with a magic by chance; ours are never that short.
        if digits.len() != 12 || !is_personal_number(&digits) {
            return Recognised::OursDigits(digits);
        }
    }
    Recognised::Foreign(match digits.len() {
        0 => Foreign::Nothing,
        12 if is_personal_number(&digits) => Foreign::PersonalNumberLike,
        6 | 8 => Foreign::InsurerNumberLike,
        _ => Foreign::Unknown,
    })
}

/// 個人番号の検査用数字 (平成26年総務省令第85号 第5条): weights 2–7 then 2–6 from the right, modulo 11.
fn is_personal_number(digits: &str) -> bool {
    let values: Vec<u32> = digits.bytes().rev().map(|b| u32::from(b.wrapping_sub(b'0'))).collect();
    let Some((check, body)) = values.split_first() else { return false };
    let weights = (2..=7).chain(2..=6);
    let remainder =
        body.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11;
    body.len() == 11 && *check == if remainder <= 1 { 0 } else { 11 - remainder }
}
