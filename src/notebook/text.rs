//! Bytes to records: rejoining, decoding, lines, fields. Knows no record but the header and 911.

use super::{Flaw, Format, NotebookError, NotebookWarning};
use crate::limits::NOTEBOOK_BYTES_MAX;
use encoding_rs::SHIFT_JIS;

/// 分割数 has three digits.
pub(super) const PARTS_MAX: usize = 999;
/// MS-DOS end of file, which some writers still put.
const END_OF_FILE: char = '\u{1A}';
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The newest header numbers whose records are known: JAHISTC08 (Ver.2.5 and 2.6), JAHIS10 (Ver.1.10).
const TC_KNOWN: u16 = 8;
const RX_KNOWN: u16 = 10;

/// The version record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub format: Format,
    pub version: u16,
}

impl Header {
    /// `JAHISTC` before `JAHIS`: the longer name begins with the shorter.
    fn parse(line: &str) -> Option<Self> {
        let name = line.split(',').next()?.trim();
        let of = |format, digits: &str| {
            let plain =
                (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten().map(|version| Self { format, version })
        };
        match name.strip_prefix("JAHISTC") {
            Some(digits) => of(Format::JahisTc, digits),
            None => of(Format::JahisRx, name.strip_prefix("JAHIS")?),
        }
    }

    fn is_known(self) -> bool {
        let newest = if self.format == Format::JahisTc { TC_KNOWN } else { RX_KNOWN };
        (1..=newest).contains(&self.version)
    }
}

/// One record: its fields, trimmed. The first is the record number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Record(Vec<String>);

impl Record {
    fn parse(line: &str) -> Self {
        Self(line.split(',').map(|field| field.trim().to_owned()).collect())
    }

    pub fn number(&self) -> &str {
        self.field(0)
    }

    /// The field at a place; an omitted one is empty.
    pub fn field(&self, place: usize) -> &str {
        self.0.get(place).map_or("", String::as_str)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn line(&self) -> String {
        self.0.join(",")
    }
}

/// 分割制御レコード (911).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SplitMark {
    pub id: String,
    pub total: u16,
    pub place: u16,
}

/// One part with its own version record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub header: Header,
    pub records: Vec<Record>,
    pub split: Option<SplitMark>,
}

/// Rejoins and decodes what was handed in.
pub(super) fn parts(
    handed_in: &[Vec<u8>],
) -> Result<(Vec<Part>, Vec<NotebookWarning>), NotebookError> {
    let bytes: u64 = handed_in.iter().map(|part| part.len() as u64).sum();
    if bytes > NOTEBOOK_BYTES_MAX {
        return Err(NotebookError::TooLarge);
    }
    let mut parts = vec![];
    let mut warnings = vec![];
    for text in rejoin(handed_in)? {
        let text = decode(&text, &mut warnings);
        cut(&text, &mut parts, &mut warnings)?;
    }
    if parts.iter().any(|part: &Part| !part.header.is_known()) {
        warnings.push(Flaw::UnknownVersion.into());
    }
    if parts.is_empty() { Err(NotebookError::NotJahis) } else { Ok((parts, warnings)) }
}

/// Puts bytes without a header behind those before them: QR structured append cuts where a symbol is full.
fn rejoin(handed_in: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, NotebookError> {
    let mut texts: Vec<Vec<u8>> = vec![];
    for part in handed_in.iter().filter(|part| !part.trim_ascii().is_empty()) {
        let bare = part.strip_prefix(BYTE_ORDER_MARK).unwrap_or(part);
        if bare.trim_ascii_start().starts_with(b"JAHIS") {
            texts.push(bare.to_vec());
        } else {
            texts.last_mut().ok_or(NotebookError::NotJahis)?.extend_from_slice(part);
        }
    }
    if texts.is_empty() { Err(NotebookError::Empty) } else { Ok(texts) }
}

/// UTF-8 if it is, else CP932, the Shift_JIS that pharmacies write.
///
/// Pairs of half-width kana can look like two-byte UTF-8, but Japanese in UTF-8 has three-byte letters.
fn decode(bytes: &[u8], warnings: &mut Vec<NotebookWarning>) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && (text.is_ascii() || text.chars().any(|c| c >= '\u{2000}'))
    {
        return text.to_owned();
    }
    let (text, damaged) = SHIFT_JIS.decode_without_bom_handling(bytes);
    if damaged {
        warnings.push(Flaw::Undecodable.into());
    }
    text.into_owned()
}

/// Cuts a text into parts at version records, and lines at CRLF, LF or CR.
fn cut(
    text: &str,
    parts: &mut Vec<Part>,
    warnings: &mut Vec<NotebookWarning>,
) -> Result<(), NotebookError> {
    let lines =
        text.split(['\r', '\n', END_OF_FILE]).map(str::trim).filter(|line| !line.is_empty());
    let first = parts.len();
    for line in lines {
        if let Some(header) = Header::parse(line) {
            if parts.len() == PARTS_MAX {
                return Err(NotebookError::TooLarge);
            }
            parts.push(Part { header, records: vec![], split: None });
            continue;
        }
        // Without a header of its own a record belongs to no text, not to the one before.
        let part =
            parts.get_mut(first..).and_then(<[_]>::last_mut).ok_or(NotebookError::NotJahis)?;
        let record = Record::parse(line);
        let mark = (record.number() == "911").then(|| split_mark(&record));
        match mark {
            Some(Some(mark)) => {
                part.split = Some(mark);
                continue;
            }
            Some(None) => warnings.push(Flaw::SplitMalformed.at("911")),
            None => {}
        }
        part.records.push(record);
    }
    Ok(())
}

fn split_mark(record: &Record) -> Option<SplitMark> {
    let number = |place| record.field(place).parse::<u16>().ok().filter(|n| (1..=999).contains(n));
    let mark = SplitMark { id: record.field(1).to_owned(), total: number(2)?, place: number(3)? };
    (!mark.id.is_empty() && mark.place <= mark.total).then_some(mark)
}
