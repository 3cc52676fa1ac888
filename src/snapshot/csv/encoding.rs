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
    /// By the majority of those lines of a file's beginning that hold more than ASCII; UTF-8 where there is none.
    ///
    /// Japanese in CP932 is next to never valid UTF-8. The other way round it often is, so that only whole lines that are
    /// no UTF-8 speak for CP932; counting broken characters instead once took half a UTF-8 file for CP932.
    pub(super) fn guess(sample: &[u8], sample_bytes_max: usize) -> Self {
        let mut lines: Vec<_> = sample.split(|byte| *byte == b'\n').collect();
        if sample.len() >= sample_bytes_max {
            lines.pop(); // may stop in the middle of a character
        }
        lines.retain(|line| !line.is_ascii());
        let utf8 = lines.iter().filter(|line| std::str::from_utf8(line).is_ok()).count();
        let cp932 = |line: &&&[u8]| {
            std::str::from_utf8(line).is_err() && !Self::Cp932.decode(line).contains(BROKEN)
        };
        if lines.iter().filter(cp932).count() > utf8 { Self::Cp932 } else { Self::Utf8 }
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
