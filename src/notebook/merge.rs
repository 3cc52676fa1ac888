//! Brings the parts of a split (911) into order and takes out what was said twice.

use super::{
    Flaw, NotebookError, NotebookWarning,
    text::{Header, Part, Record},
};

/// A record and which part it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub part: usize,
    pub record: Record,
}

/// One text out of its parts.
pub(super) struct Merged {
    pub header: Header,
    pub records: Vec<Placed>,
    pub warnings: Vec<NotebookWarning>,
}

/// Merges the parts of one split, or one text after another where none is split.
pub(super) fn merge(mut parts: Vec<Part>) -> Result<Merged, NotebookError> {
    let header = parts.first().ok_or(NotebookError::Empty)?.header;
    let one_format = parts.iter().all(|part| part.header.format == header.format);
    if !one_format || mixes_splits(&parts) {
        return Err(NotebookError::MixedParts);
    }
    let mut warnings = vec![];
    parts.sort_by_key(|part| part.split.as_ref().map(|mark| mark.place));
    parts = without_copies(parts);
    warnings.extend(twice_and_different(&parts));
    warnings.extend(missing(&parts));
    Ok(Merged { header, records: in_sequence(parts), warnings })
}

/// Different split ids, or a split together with a text that is none: nobody can say that they belong together.
fn mixes_splits(parts: &[Part]) -> bool {
    let id = |part: &Part| part.split.as_ref().map(|mark| mark.id.clone());
    let first = parts.first().and_then(id);
    parts.iter().any(|part| id(part) != first)
}

/// The same symbol scanned twice is one symbol.
fn without_copies(parts: Vec<Part>) -> Vec<Part> {
    let mut kept: Vec<Part> = vec![];
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept
}

fn twice_and_different(parts: &[Part]) -> Option<NotebookWarning> {
    let place = |part: &Part| part.split.as_ref().map(|mark| mark.place);
    let clash = parts.windows(2).find_map(|pair| match pair {
        [a, b] if place(a) == place(b) => place(a),
        _ => None,
    });
    clash.map(|place| Flaw::PartDiffers.at(place.to_string()))
}

fn missing(parts: &[Part]) -> Option<NotebookWarning> {
    let marks: Vec<_> = parts.iter().filter_map(|part| part.split.as_ref()).collect();
    let total = marks.iter().map(|mark| mark.total).max()?;
    let absent: Vec<String> = (1..=total)
        .filter(|place| marks.iter().all(|mark| mark.place != *place))
        .map(|place| place.to_string())
        .collect();
    (!absent.is_empty()).then(|| Flaw::MissingPart.at(absent.join(",")))
}

/// One part behind the other. Some writers repeat all earlier records in each part; such a prefix is taken once.
fn in_sequence(parts: Vec<Part>) -> Vec<Placed> {
    let mut merged: Vec<Placed> = vec![];
    for (place, part) in parts.into_iter().enumerate() {
        let repeats = part.records.len() >= merged.len()
            && merged.iter().zip(&part.records).all(|(known, record)| known.record == *record);
        let news = if repeats { merged.len() } else { 0 };
        merged.extend(
            part.records.into_iter().skip(news).map(|record| Placed { part: place, record }),
        );
    }
    merged
}
