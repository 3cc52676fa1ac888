//! What a scanned text is, before anybody tries to open it: ours, a drug symbol, or something foreign that is named.

use super::ScanError;
use crate::{
    messages::{self, Message},
    notebook,
};
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
    /// A French sealed document (`DC…`, 2D-Doc).
    SealedDocument2dDoc,
    /// A W3C credential as a barcode (`VC1-`).
    CredentialBarcode,
    /// 電子処方箋 引換番号控え.
    PrescriptionVoucher,
    /// Thirteen digits with the check digit of a JAN code.
    ProductNumberLike,
    /// A visiting card (`BEGIN:VCARD`, `MECARD:`).
    ContactCard,
    /// A letter to be written (`mailto:`, `MATMSG:`).
    Mail,
    /// A telephone number or short message (`tel:`, `smsto:`).
    Telephone,
    /// Access to a wireless network (`WIFI:`).
    Wifi,
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
            Self::SealedDocument2dDoc => &messages::FOREIGN_2D_DOC,
            Self::CredentialBarcode => &messages::FOREIGN_CREDENTIAL_BARCODE,
            Self::PrescriptionVoucher => &messages::FOREIGN_PRESCRIPTION_VOUCHER,
            Self::ProductNumberLike => &messages::FOREIGN_PRODUCT_NUMBER,
            Self::ContactCard => &messages::FOREIGN_CONTACT_CARD,
            Self::Mail => &messages::FOREIGN_MAIL,
            Self::Telephone => &messages::FOREIGN_TELEPHONE,
            Self::Wifi => &messages::FOREIGN_WIFI,
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
    let mut plain: String = if text.is_ascii() { text.into() } else { text.nfkc().collect() };
    plain.retain(|c| !c.is_control());
    plain.trim().to_owned()
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
    let known = BEGINNINGS.iter().find(|(beginning, _)| upper.starts_with(beginning));
    if let Some((_, foreign)) = known {
        return Recognised::Foreign(*foreign);
    }
    if is_2d_doc(&upper) {
        return Recognised::Foreign(Foreign::SealedDocument2dDoc);
    }
    if notebook::is_voucher(text) || notebook::is_voucher(&plain) {
        return Recognised::Foreign(Foreign::PrescriptionVoucher);
    }
    digits_or_foreign(&plain, magics)
}

/// What texts of other systems begin with, in capitals.
const BEGINNINGS: &[(&str, Foreign)] = &[
    ("HC1:", Foreign::HealthCertificateHc1),
    ("SHC:/", Foreign::SmartHealthCard),
    ("HTTP://", Foreign::Url),
    ("HTTPS://", Foreign::Url),
    ("WWW.", Foreign::Url),
    ("VC1-", Foreign::CredentialBarcode),
    ("BEGIN:VCARD", Foreign::ContactCard),
    ("MECARD:", Foreign::ContactCard),
    ("MAILTO:", Foreign::Mail),
    ("MATMSG:", Foreign::Mail),
    ("TEL:", Foreign::Telephone),
    ("SMSTO:", Foreign::Telephone),
    ("SMS:", Foreign::Telephone),
    ("WIFI:", Foreign::Wifi),
];

/// `DC`, two digits of the version, then four letters or digits each of authority and certificate (2D-Doc).
fn is_2d_doc(upper: &str) -> bool {
    const HEADER_CHARS_MIN: usize = 22;
    let Some(rest) = upper.strip_prefix("DC") else { return false };
    let version = rest.get(..2).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    upper.len() >= HEADER_CHARS_MIN
        && version
        && rest.get(2..20).is_some_and(|head| head.bytes().all(plain))
}

/// Characters of somebody else's code that are shown.
const SHOWN_CHARS_MAX: usize = 200;

/// A payload to look at: cut to a line or two, control characters as their pictures (␍), letters that turn a line around
/// taken out.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS_MAX).map(visible).collect();
    if text.chars().nth(SHOWN_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// A letter to look at.
pub(super) fn visible(c: char) -> char {
    const CONTROL_PICTURES: u32 = 0x2400;
    match c {
        '\0'..='\u{1F}' => char::from_u32(CONTROL_PICTURES + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        '\u{80}'..='\u{9F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' => '\u{FFFD}',
        _ => c,
    }
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
        13 if is_product_number(&digits) => Foreign::ProductNumberLike,
        _ => Foreign::Unknown,
    })
}

/// JAN (GTIN-13): weights 1 and 3 in turn, the sum a multiple of ten.
fn is_product_number(digits: &str) -> bool {
    let weights = [1, 3].into_iter().cycle();
    let values = digits.bytes().map(|b| u32::from(b.wrapping_sub(b'0')));
    values.zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 10 == 0
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
