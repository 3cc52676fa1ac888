//! Bytes to records: rejoining, decoding, lines. Knows no record but the header and 911.

use super::{
    Direction, Flaw, Format, NotebookError, NotebookWarning, Position, RawRecord, fields::Record,
    words::Word,
};
use crate::limits::NOTEBOOK_BYTES_MAX;
use encoding_rs::SHIFT_JIS;
use std::borrow::Cow;

/// 分割数 has three digits.
pub(super) const PARTS_MAX: usize = 999;
/// MS-DOS end of file, which some writers still put.
const END_OF_FILE: u8 = 0x1A;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// First byte in UTF-8 of the private letters that CP932's 外字 become.
const PRIVATE_LETTER_LEAD: u8 = 0xEE;
/// The newest header numbers whose records are known: JAHISTC08 (Ver.2.5 and 2.6), JAHIS10 (Ver.1.10).
const TC_KNOWN: u16 = 8;
const RX_KNOWN: u16 = 10;

/// The version record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub format: Format,
    pub version: u16,
    pub direction: Option<Direction>,
}

impl Header {
    /// `JAHISTC` before `JAHIS`: the longer name begins with the shorter.
    fn parse(line: &str) -> Option<Self> {
        if !line.starts_with("JAHIS") {
            return None;
        }
        let (name, rest) = line.split_once(',').unwrap_or((line, ""));
        let name = name.trim();
        let (format, digits) = match name.strip_prefix("JAHISTC") {
            Some(digits) => (Format::JahisTc, digits),
            None => (Format::JahisRx, name.strip_prefix("JAHIS")?),
        };
        let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let version = plain.then(|| digits.parse().ok()).flatten()?;
        let direction = rest.split(',').next().and_then(|digit| Direction::of(digit.trim()));
        let direction = direction.filter(|_| format == Format::JahisTc);
        Some(Self { format, version, direction })
    }

    fn is_known(self) -> bool {
        let newest = if self.format == Format::JahisTc { TC_KNOWN } else { RX_KNOWN };
        (1..=newest).contains(&self.version)
    }

    /// Whether the line says more than name, version and direction.
    fn leaves_out(self, line: &str) -> bool {
        let typed = 1 + usize::from(self.direction.is_some());
        line.split(',').skip(typed).any(|field| !field.trim().is_empty())
    }
}

/// 分割制御レコード (911).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SplitMark<'t> {
    pub id: &'t str,
    pub total: u16,
    pub place: u16,
}

/// One part with its own version record.
#[derive(Clone, Debug)]
pub(super) struct Part<'t> {
    pub header: Header,
    pub records: Vec<Record<'t>>,
    pub split: Option<SplitMark<'t>>,
    /// Records without a meaning of their own: an odd header.
    pub raw: Vec<RawRecord>,
}

impl Part<'_> {
    /// Whether both say the same.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let lines =
            |part: &Self| part.records.iter().map(|r| r.line.to_owned()).collect::<Vec<_>>();
        (self.header, self.split) == (other.header, other.split)
            && self.records.len() == other.records.len()
            && lines(self) == lines(other)
    }
}

/// Puts bytes without a header behind those before them: QR structured append cuts where a symbol is full.
pub(super) fn rejoin(handed_in: &[Vec<u8>]) -> Result<Vec<Cow<'_, [u8]>>, NotebookError> {
    let bytes: u64 = handed_in.iter().map(|part| part.len() as u64).sum();
    if bytes > NOTEBOOK_BYTES_MAX {
        return Err(NotebookError::TooLarge);
    }
    let mut texts: Vec<Cow<'_, [u8]>> = vec![];
    for part in handed_in.iter().filter(|part| !part.trim_ascii().is_empty()) {
        let bare = part.strip_prefix(BYTE_ORDER_MARK).unwrap_or(part);
        if bare.trim_ascii_start().starts_with(b"JAHIS") {
            texts.push(Cow::Borrowed(bare));
        } else {
            texts.last_mut().ok_or(NotebookError::NotJahis)?.to_mut().extend_from_slice(part);
        }
    }
    if texts.is_empty() { Err(NotebookError::Empty) } else { Ok(texts) }
}

/// UTF-8 if it is, else CP932, the Shift_JIS that pharmacies write.
///
/// Pairs of half-width kana can look like two-byte UTF-8, but Japanese in UTF-8 has three-byte letters.
pub(super) fn decode<'b>(bytes: &'b [u8], warnings: &mut Vec<NotebookWarning>) -> Cow<'b, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && (text.is_ascii() || text.chars().any(|c| c >= '\u{2000}'))
    {
        return Cow::Borrowed(text);
    }
    let (text, damaged) = SHIFT_JIS.decode_without_bom_handling(bytes);
    if damaged {
        warnings.push(Flaw::Undecodable.into());
    }
    if text.as_bytes().contains(&PRIVATE_LETTER_LEAD) {
        warnings.push(Flaw::PrivateLetters.into());
    }
    text
}

/// Cuts the texts into parts at version records, and into records at line ends.
pub(super) fn parts<'t>(
    texts: &'t [Cow<'_, str>],
    warnings: &mut Vec<NotebookWarning>,
) -> Result<Vec<Part<'t>>, NotebookError> {
    let mut parts: Vec<Part<'t>> = vec![];
    for text in texts {
        cut(text, &mut parts, warnings)?;
    }
    if parts.iter().any(|part| !part.header.is_known()) {
        warnings.push(Flaw::UnknownVersion.into());
    }
    for (number, part) in (1..).zip(&mut parts) {
        let number = part.split.map_or(number, |mark| mark.place);
        part.records.iter_mut().for_each(|record| record.at.part = number);
        part.raw.iter_mut().for_each(|record| record.at.part = number);
    }
    if parts.is_empty() { Err(NotebookError::NotJahis) } else { Ok(parts) }
}

fn cut<'t>(
    text: &'t str,
    parts: &mut Vec<Part<'t>>,
    warnings: &mut Vec<NotebookWarning>,
) -> Result<(), NotebookError> {
    let first = parts.len();
    let mut number = 0;
    for line in lines(text) {
        number += 1;
        if line.is_empty() {
            continue;
        }
        if let Some(header) = Header::parse(line) {
            if parts.len() == PARTS_MAX {
                return Err(NotebookError::TooLarge);
            }
            number = 1;
            let at = Position { part: 0, line: 1 };
            let odd = header.leaves_out(line).then(|| RawRecord { at, text: line.to_owned() });
            let raw = odd.into_iter().collect();
            parts.push(Part { header, records: vec![], split: None, raw });
            continue;
        }
        // Without a header of its own a record belongs to no text, not to the one before.
        let part =
            parts.get_mut(first..).and_then(<[_]>::last_mut).ok_or(NotebookError::NotJahis)?;
        let record = Record { at: Position { part: 0, line: number }, line };
        if record.number() == "911" {
            if let Some(mark) = split_mark(line) {
                part.split = Some(mark);
                continue;
            }
            warnings.push(Flaw::SplitMalformed.at("911"));
        }
        part.records.push(record);
    }
    Ok(())
}

/// Lines ended by CR LF, LF, CR or the end of file, without the spaces around them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = |b: u8| matches!(b, b'\r' | b'\n' | END_OF_FILE);
        let Some(at) = text.bytes().position(ends) else {
            rest = None;
            return Some(text.trim());
        };
        let (line, end) = text.split_at(at);
        rest = end.strip_prefix("\r\n").or_else(|| end.get(1..));
        Some(line.trim())
    })
}

fn split_mark(line: &str) -> Option<SplitMark<'_>> {
    let mut fields = line.split(',').map(str::trim).skip(1);
    let id = fields.next()?;
    let mut number =
        || fields.next()?.parse::<u16>().ok().filter(|number| (1..=999).contains(number));
    let (total, place) = (number()?, number()?);
    let alone = fields.all(str::is_empty);
    (!id.is_empty() && place <= total && alone).then_some(SplitMark { id, total, place })
}
