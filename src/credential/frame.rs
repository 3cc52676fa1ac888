//! The text of a QR code: digits only, because digits alone pass every keyboard layout, CapsLock and IME unharmed.
//!
//! `MMMM V LLL` (magic, version, length of the body in bytes), then the body, seven bytes to seventeen digits. The body ends
//! with a CRC-32, so that a misread code is called misread and not forged.

use crate::{
    limits::{QR_BODY_BYTES_MAX, QR_TEXT_CHARS_MAX},
    messages::{self, Message, Trouble},
};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER_DIGITS: usize = 8;
const CRC_BYTES: usize = 4;
const BLOCK_BYTES: usize = 7;
/// Digits for 0 to 7 bytes: the fewest that hold every value.
const DIGITS_FOR: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

/// What kind of thing the digits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Magic {
    /// 5173: a certificate or a notice.
    Credential,
    /// 5174: a disaster order.
    DisasterOrder,
    /// 5175: a share of a secret, out of an envelope.
    Share,
}

impl Magic {
    /// The four digits the text begins with.
    #[must_use]
    pub fn digits(self) -> &'static str {
        match self {
            Self::Credential => "5173",
            Self::DisasterOrder => "5174",
            Self::Share => "5175",
        }
    }

    fn of(digits: &str) -> Option<Self> {
        let all = [Self::Credential, Self::DisasterOrder, Self::Share];
        all.into_iter().find(|magic| magic.digits() == digits)
    }
}

/// Why a text holds no body. None of them says anything about forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Fewer digits than a header has.
    #[error("only {found} digits")]
    NotDigits {
        /// Digits found in the text.
        found: usize,
    },
    /// Digits, but of another system.
    #[error("the header is not ours")]
    NotOurs,
    /// Ours, from a later version.
    #[error("version {0} is newer than this reader")]
    NewerVersion(u8),
    /// The end is missing.
    #[error("{found} of {expected} digits")]
    Truncated {
        /// Digits announced by the header.
        expected: usize,
        /// Digits read.
        found: usize,
    },
    /// More than announced, or more than a code of ours ever holds.
    #[error("more digits than a code holds")]
    TooLong,
    /// A block out of range, or the CRC does not fit.
    #[error("misread: {0}")]
    Garbled(&'static str),
}

impl Trouble for FrameError {
    fn message(&self) -> &'static Message {
        match self {
            Self::NotDigits { .. } => &messages::CODE_EMPTY,
            Self::NotOurs => &messages::CODE_NOT_OURS,
            Self::NewerVersion(_) => &messages::CODE_NEWER_VERSION,
            Self::Truncated { .. } => &messages::CODE_TRUNCATED,
            Self::TooLong => &messages::CODE_TOO_LONG,
            Self::Garbled(_) => &messages::CODE_GARBLED,
        }
    }
}

/// Puts a body behind its header as digits; refuses what would not fit one QR code.
pub fn encode(magic: Magic, body: &[u8]) -> Result<String, FrameError> {
    let checked = Zeroizing::new([body, &crc32fast::hash(body).to_be_bytes()].concat());
    if checked.len() > QR_BODY_BYTES_MAX {
        return Err(FrameError::TooLong);
    }
    // Room for all of it at once: a string that grows leaves its former self behind in memory.
    let mut text = String::with_capacity(HEADER_DIGITS + checked.len() * 3);
    // Writing into a `String` cannot fail.
    let _ = write!(text, "{}{VERSION}{:03}", magic.digits(), checked.len());
    for block in checked.chunks(BLOCK_BYTES) {
        let value = block.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let _ = write!(text, "{value:0width$}", width = digits_for(block.len()));
    }
    Ok(text)
}

/// The body behind the digits of a text as any reader may deliver it: full-width, spaced, with line ends.
pub fn decode(text: &str) -> Result<(Magic, Vec<u8>), FrameError> {
    let digits = digits_of(text)?;
    if digits.len() < HEADER_DIGITS && text.chars().any(char::is_alphabetic) {
        return Err(FrameError::NotOurs); // a link or a word was scanned, not a piece of our code
    }
    let header = header_of(&digits)?;
    let found = digits.len();
    if found < header.digits {
        return Err(FrameError::Truncated { expected: header.digits, found });
    }
    if found > header.digits {
        return Err(FrameError::TooLong);
    }
    let checked = bytes_of(digits.get(HEADER_DIGITS..).unwrap_or_default(), header.bytes)?;
    let (body, crc) = checked.split_last_chunk::<CRC_BYTES>().ok_or(NO_BODY)?;
    if crc32fast::hash(body).to_be_bytes() != *crc {
        return Err(FrameError::Garbled("checksum"));
    }
    Ok((header.magic, body.to_vec()))
}

/// How many digits a text that has begun will have, once its header is there: a scan ends when they are.
#[must_use]
pub fn announced_digits(text: &str) -> Option<usize> {
    Some(header_of(&digits_of(text).ok()?).ok()?.digits)
}

const NO_BODY: FrameError = FrameError::Garbled("length");

struct Header {
    magic: Magic,
    bytes: usize,
    digits: usize,
}

fn digits_of(text: &str) -> Result<Zeroizing<String>, FrameError> {
    // Counted before folding, which may make a character several.
    if text.chars().nth(QR_TEXT_CHARS_MAX).is_some() {
        return Err(FrameError::TooLong);
    }
    // Room for all of it at once: a buffer that grows leaves its former self behind in memory.
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    if text.is_ascii() {
        // Folding would change nothing, and takes time.
        text.split(|c: char| !c.is_ascii_digit()).for_each(|run| digits.push_str(run));
    } else {
        digits.extend(text.nfkc().filter(char::is_ascii_digit));
    }
    Ok(digits)
}

fn header_of(digits: &str) -> Result<Header, FrameError> {
    let short = FrameError::NotDigits { found: digits.len() };
    let magic = Magic::of(digits.get(..4).ok_or(short)?).ok_or(FrameError::NotOurs)?;
    match number(digits.get(4..5).ok_or(short)?) {
        Some(1) => {}
        Some(newer @ 2..) => return Err(FrameError::NewerVersion(newer)),
        _ => return Err(FrameError::NotOurs), // there never was a version 0
    }
    let bytes: usize = number(digits.get(5..HEADER_DIGITS).ok_or(short)?).ok_or(NO_BODY)?;
    if bytes > QR_BODY_BYTES_MAX {
        return Err(FrameError::TooLong);
    }
    if bytes <= CRC_BYTES {
        return Err(NO_BODY);
    }
    let whole = bytes / BLOCK_BYTES * digits_for(BLOCK_BYTES);
    let digits = HEADER_DIGITS + whole + digits_for(bytes % BLOCK_BYTES);
    Ok(Header { magic, bytes, digits })
}

/// The count of digits was checked against `bytes` before.
fn bytes_of(digits: &str, bytes: usize) -> Result<Zeroizing<Vec<u8>>, FrameError> {
    let (mut out, mut rest) = (Zeroizing::new(Vec::with_capacity(bytes)), digits);
    while out.len() < bytes {
        let width = BLOCK_BYTES.min(bytes - out.len());
        let (block, after) = rest.split_at_checked(digits_for(width)).ok_or(NO_BODY)?;
        let value: u64 = number(block).ok_or(NO_BODY)?;
        let [unused @ .., a, b, c, d, e, f, g] = value.to_be_bytes();
        let low = [a, b, c, d, e, f, g];
        let (above, kept) = low.split_at_checked(BLOCK_BYTES - width).ok_or(NO_BODY)?;
        if unused != [0] || above.iter().any(|byte| *byte != 0) {
            return Err(FrameError::Garbled("block out of range"));
        }
        out.extend_from_slice(kept);
        rest = after;
    }
    Ok(out)
}

fn digits_for(bytes: usize) -> usize {
    DIGITS_FOR.get(bytes).copied().unwrap_or_default()
}

fn number<N: std::str::FromStr>(digits: &str) -> Option<N> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> String {
        encode(Magic::Credential, &std::array::from_fn::<u8, 153, _>(|at| (at * 37) as u8)).unwrap()
    }

    fn code(text: &str) -> &'static str {
        decode(text).unwrap_err().message().code
    }

    #[test]
    fn full_width_digits_spaces_and_line_ends_do_no_harm() {
        let wide: String = sample()
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .flat_map(|c| [c, ' '])
            .collect();
        assert_eq!(decode(&sample()), decode(&format!("{}\t\r\n", sample())));
        assert_eq!(decode(&sample()), decode(&wide));
    }

    #[test]
    fn every_way_of_failing_has_its_own_name() {
        let text = sample();
        assert_eq!(code(""), "code_empty");
        assert_eq!(code("\u{3000}---\r\n"), "code_empty");
        assert_eq!(code("https://example.jp/"), "code_not_ours");
        assert_eq!(code("HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE"), "code_not_ours");
        assert_eq!(code(&text.replacen("5173", "5170", 1)), "code_not_ours");
        assert_eq!(code(&text.replacen("51731", "51732", 1)), "code_newer_version");
        assert_eq!(code(&text.replacen("51731", "51730", 1)), "code_not_ours");
        assert_eq!(code(&text[..text.len() - 1]), "code_truncated");
        assert_eq!(code(&text[..9]), "code_truncated");
        assert_eq!(code(&text[..7]), "code_empty");
        assert_eq!(code(&format!("{text}0")), "code_too_long");
        assert_eq!(code(&format!("{text}{text}")), "code_too_long");
        assert_eq!(code(&" ".repeat(QR_TEXT_CHARS_MAX + 1)), "code_too_long");
        assert_eq!(code("51731999"), "code_too_long");
        assert_eq!(code("51731004000000000000"), "code_garbled");
        assert_eq!(code(&format!("51731007{}", "9".repeat(17))), "code_garbled");
        assert_eq!(
            decode(&text[..100]),
            Err(FrameError::Truncated { expected: text.len(), found: 100 })
        );
    }

    #[test]
    fn no_single_wrong_digit_and_no_swap_of_neighbours_passes() {
        let text = sample();
        for at in 0..text.len() {
            for digit in b'0'..=b'9' {
                let mut bent = text.clone().into_bytes();
                if std::mem::replace(&mut bent[at], digit) != digit {
                    let bent = decode(std::str::from_utf8(&bent).unwrap());
                    assert!(
                        bent.is_err() || bent.unwrap().0 != Magic::Credential,
                        "digit {at} as {digit}"
                    );
                }
            }
            let mut swapped = text.clone().into_bytes();
            if at + 1 < text.len() && swapped[at] != swapped[at + 1] {
                swapped.swap(at, at + 1);
                assert!(decode(std::str::from_utf8(&swapped).unwrap()).is_err(), "swap at {at}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_one_code_is_not_encoded() {
        assert_eq!(encode(Magic::Credential, &[0; 477]), Err(FrameError::TooLong));
        let longest = encode(Magic::Credential, &[255; 476]).unwrap();
        assert!(longest.len() <= QR_TEXT_CHARS_MAX && decode(&longest).is_ok());
    }

    #[test]
    fn a_scan_knows_from_the_header_how_many_digits_will_come() {
        let text = sample();
        assert_eq!(announced_digits(&text[..8]), Some(text.len()));
        assert_eq!(announced_digits(&text[..7]), None);
        assert_eq!(announced_digits("12345678"), None);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(body in proptest::collection::vec(any::<u8>(), 1..=476)) {
            let text = encode(Magic::DisasterOrder, &body).unwrap();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert_eq!(decode(&text), Ok((Magic::DisasterOrder, body)));
        }

        #[test]
        fn no_text_makes_the_reader_fall(text in ".{0,80}", digits in "5173[1-2][0-9]{0,60}") {
            let _ = (decode(&text), decode(&digits), announced_digits(&text));
        }
    }
}
