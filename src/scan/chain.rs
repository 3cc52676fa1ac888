//! From codes to notebook texts: chains of symbols (構造的連接) are joined as bytes, for writers cut inside letters.

use super::{
    Foreign, Recognised, ScanError, Scanned, StructuredAppend,
    kind::{recognise, shown, visible},
    symbol::text_of,
};
use crate::notebook::{self, Flaw, Notebook, NotebookError, Position, RawRecord};
use std::collections::BTreeMap;

/// Texts of one notebook, and what is to be said about how they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotebookTexts {
    texts: Vec<Vec<u8>>,
    /// Symbols of a chain that were not found, as `2/3`.
    missing: Vec<String>,
    /// Codes that are no notebook's, and bytes behind a gap, as text.
    left: Vec<String>,
    /// Whether a code of somebody else was among them.
    foreign: bool,
}

/// Sorts what was handed in: texts as they are, codes by what they hold.
///
/// Bytes behind a missing symbol are not typed, for nobody can say to which visit they belong, nor is the record that the
/// gap tears; they are kept raw.
///
/// # Errors
/// When no code is a notebook's (by what the first one is), a chain lacks its first symbol or holds no whole record before
/// its gap, or two chains cannot be told apart.
pub fn notebook_texts(
    texts: Vec<Vec<u8>>,
    codes: Vec<Scanned>,
) -> Result<NotebookTexts, ScanError> {
    let mut sorted = NotebookTexts { texts, ..NotebookTexts::default() };
    let mut stranger = None;
    for payload in joined(codes)? {
        match recognise(&payload.text(), &[]) {
            Recognised::JahisNotebook | Recognised::JahisPrescription => sorted.take(payload)?,
            Recognised::Foreign(Foreign::PrescriptionVoucher) => sorted.take(payload)?,
            // A personal number is kept nowhere, not even as what was left.
            Recognised::Foreign(Foreign::PersonalNumberLike) => {
                stranger = stranger.or(Some(Foreign::PersonalNumberLike));
                sorted.foreign = true;
            }
            other => {
                let kind =
                    if let Recognised::Foreign(kind) = other { kind } else { Foreign::Unknown };
                stranger = stranger.or(Some(kind));
                sorted.foreign = true;
                sorted.left.push(shown(&payload.text()));
            }
        }
    }
    match stranger {
        Some(kind) if sorted.texts.is_empty() => Err(ScanError::Foreign(kind)),
        _ => Ok(sorted),
    }
}

impl NotebookTexts {
    fn take(&mut self, mut payload: Payload) -> Result<(), ScanError> {
        if payload.missing.is_some() {
            let ends_line = |byte: &u8| matches!(byte, b'\r' | b'\n');
            let end = payload.bytes.iter().rposition(ends_line);
            let torn = payload.bytes.split_off(end.ok_or(ScanError::ChainWithoutFirst)? + 1);
            payload.behind_gap.insert(0, torn);
        }
        // A fragment may begin or end inside a letter; the whole lines tell its encoding.
        let utf8 = std::str::from_utf8(&payload.bytes).is_ok_and(|text| !text.is_ascii());
        let fragments = payload.behind_gap.iter().filter(|bytes| !bytes.is_empty());
        self.left.extend(fragments.map(|bytes| {
            let text = if utf8 { String::from_utf8_lossy(bytes).into() } else { text_of(bytes) };
            text.chars().map(visible).collect::<String>()
        }));
        self.missing.extend(payload.missing);
        self.texts.push(payload.bytes);
        Ok(())
    }

    /// Reads them as one notebook.
    ///
    /// # Errors
    /// As [`notebook::read`].
    pub fn read(self) -> Result<Notebook, NotebookError> {
        let mut read = notebook::read(&self.texts)?;
        read.warnings.extend(self.missing.into_iter().map(|place| Flaw::MissingPart.at(place)));
        if self.foreign {
            read.warnings.push(Flaw::ForeignCode.into());
        }
        let at = Position { part: 0, line: 0 };
        read.raw.extend(self.left.into_iter().map(|text| RawRecord { at, text }));
        Ok(read)
    }
}

/// One code, or a chain up to its first gap.
struct Payload {
    bytes: Vec<u8>,
    missing: Option<String>,
    behind_gap: Vec<Vec<u8>>,
}

impl Payload {
    fn text(&self) -> String {
        text_of(&self.bytes)
    }
}

/// Joins chains. Two chains of one length are told apart by their parity.
fn joined(codes: Vec<Scanned>) -> Result<Vec<Payload>, ScanError> {
    let mut payloads = vec![];
    let mut chains: BTreeMap<(u8, u8), BTreeMap<u8, Vec<u8>>> = BTreeMap::new();
    for code in codes {
        let Some(StructuredAppend { index, count, parity }) = code.structured_append else {
            payloads.push(Payload { bytes: code.raw, missing: None, behind_gap: vec![] });
            continue;
        };
        let chain = chains.entry((count, parity)).or_default();
        let known = chain.entry(index).or_insert_with(|| code.raw.clone());
        if *known != code.raw {
            return Err(ScanError::ChainsMixed);
        }
    }
    for ((count, _), symbols) in chains {
        payloads.push(chained(count, symbols)?);
    }
    Ok(payloads)
}

fn chained(count: u8, symbols: BTreeMap<u8, Vec<u8>>) -> Result<Payload, ScanError> {
    let absent: Vec<String> = (0..count)
        .filter(|index| !symbols.contains_key(index))
        .map(|index| (index + 1).to_string())
        .collect();
    let (mut bytes, mut behind_gap) = (vec![], vec![]);
    for (expected, (index, part)) in (0..).zip(symbols) {
        if expected == index {
            bytes.extend(part);
        } else {
            behind_gap.push(part);
        }
    }
    if bytes.is_empty() {
        return Err(ScanError::ChainWithoutFirst);
    }
    let missing = (!absent.is_empty()).then(|| format!("{}/{count}", absent.join(",")));
    Ok(Payload { bytes, missing, behind_gap })
}
