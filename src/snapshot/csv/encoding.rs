//! The two encodings publishers' systems write, told apart where nobody says which.

use encoding_rs::SHIFT_JIS;
use std::borrow::Cow;

/// What a broken character is read as. A field that holds one is refused, whoever wrote it.
pub(super) const BROKEN: char = '\u{fffd}';
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a column file's text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-31J, which Japanese systems call Shift_JIS.
    Cp932,
}

impl Encoding {
    /// The encoding in which fewer characters of a file's beginning are broken; UTF-8 where neither has fewer.
    pub(super) fn guess(sample: &[u8], sample_bytes_max: usize) -> Self {
        // A sample that stops in the middle of a file may stop in the middle of a character: its last line says nothing.
        let whole_lines = sample.iter().rposition(|byte| *byte == b'\n').unwrap_or(sample.len());
        let cut = sample.len() >= sample_bytes_max;
        let sample = sample.get(..whole_lines).filter(|_| cut).unwrap_or(sample);
        let broken = |encoding: Self| encoding.decode(sample).matches(BROKEN).count();
        if broken(Self::Cp932) < broken(Self::Utf8) { Self::Cp932 } else { Self::Utf8 }
    }

    /// The text, [`BROKEN`] in place of what is no character. Neither encoding hides a comma, quotation mark or line end
    /// inside a character, so whole lines can be decoded one by one.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Cp932 => SHIFT_JIS.decode_without_bom_handling(bytes).0,
        }
    }
}

/// The bytes behind a byte order mark, if there is one.
pub(super) fn without_mark(sample: &[u8]) -> &[u8] {
    sample.strip_prefix(BYTE_ORDER_MARK).unwrap_or(sample)
}
