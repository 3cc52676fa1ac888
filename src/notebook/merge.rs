//! Brings the parts of a split (911) into order and takes out what was said twice; texts of their own stay apart.

use super::{
    Flaw, Format, NotebookError, NotebookWarning, RawRecord,
    fields::Record,
    text::{Header, Part},
};
use std::collections::HashMap;

/// Visits of one day that are tried when a later part tells a visit again.
const SAME_DAY_MAX: usize = 64;

/// One text out of its parts.
pub(super) struct Merged<'t> {
    pub header: Header,
    /// What goes on from one record to the next: of a split notebook what concerns the patient, then visit after visit; of
    /// a split prescription all; else text after text.
    pub groups: Vec<Vec<Record<'t>>>,
    pub raw: Vec<RawRecord>,
    pub warnings: Vec<NotebookWarning>,
}

/// Merges the parts of one split, or one text after another where none is split.
pub(super) fn merge(mut parts: Vec<Part<'_>>) -> Result<Merged<'_>, NotebookError> {
    let header = parts.first().ok_or(NotebookError::Empty)?.header;
    let one_format = parts.iter().all(|part| part.header.format == header.format);
    if !one_format || mixes_splits(&parts) {
        return Err(NotebookError::MixedParts);
    }
    parts.sort_by_key(|part| part.split.map(|mark| mark.place));
    parts = without_copies(parts);
    let mut warnings = vec![];
    warnings.extend(twice_and_different(&parts));
    warnings.extend(missing(&parts));
    let raw = parts.iter().flat_map(|part| part.raw.clone()).collect();
    Ok(Merged { header, groups: in_sequence(parts), raw, warnings })
}

/// Different split ids, or a split together with a text that is none: nobody can say that they belong together.
fn mixes_splits(parts: &[Part<'_>]) -> bool {
    let id = |part: &Part<'_>| part.split.map(|mark| mark.id.to_owned());
    let first = parts.first().and_then(id);
    parts.iter().any(|part| id(part) != first)
}

/// The same symbol scanned twice is one symbol.
fn without_copies(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut kept: Vec<Part<'_>> = vec![];
    for part in parts {
        if !kept.iter().any(|known| known.is_copy_of(&part)) {
            kept.push(part);
        }
    }
    kept
}

fn twice_and_different(parts: &[Part<'_>]) -> Option<NotebookWarning> {
    let place = |part: &Part<'_>| part.split.map(|mark| mark.place);
    let clash = parts.windows(2).find_map(|pair| match pair {
        [a, b] if place(a) == place(b) => place(a),
        _ => None,
    });
    clash.map(|place| Flaw::PartDiffers.at(place.to_string()))
}

/// The parts not handed in, as `2/3` or `1,3/3`.
fn missing(parts: &[Part<'_>]) -> Option<NotebookWarning> {
    let marks: Vec<_> = parts.iter().filter_map(|part| part.split).collect();
    let total = marks.iter().map(|mark| mark.total).max()?;
    let absent: Vec<String> = (1..=total)
        .filter(|place| marks.iter().all(|mark| mark.place != *place))
        .map(|place| place.to_string())
        .collect();
    let told = || Flaw::MissingPart.at(format!("{}/{total}", absent.join(",")));
    (!absent.is_empty()).then(told)
}

/// A visit, or what stands before the first; each part may tell it again.
#[derive(Default)]
struct Group<'t> {
    records: Vec<Record<'t>>,
    /// How often each line stands here.
    told: HashMap<&'t str, usize>,
    /// The last part that told it.
    told_by: usize,
}

/// The groups of several parts, and where the next record goes.
#[derive(Default)]
struct Weaver<'t> {
    patient: Group<'t>,
    visits: Vec<Group<'t>>,
    /// Visits by the line that opens them.
    by_opening: HashMap<&'t str, Vec<usize>>,
    /// The visit that records fall into; `None` where nobody can say which.
    open: Option<usize>,
    /// Lines of the visit as the present part tells it again; `None` where the part goes on with it.
    again: Option<HashMap<&'t str, usize>>,
    patient_again: HashMap<&'t str, usize>,
    part: usize,
}

/// One part behind the other. Some writers repeat earlier records in each part of a split: a visit told again takes up only
/// what is new. Without a split mark a text is whole in itself, and nothing of it goes into another's visits.
fn in_sequence(parts: Vec<Part<'_>>) -> Vec<Vec<Record<'_>>> {
    let split = parts.iter().all(|part| part.split.is_some());
    if parts.len() == 1 || !split {
        return parts.into_iter().map(|part| part.records).collect();
    }
    if parts.first().is_some_and(|part| part.header.format == Format::JahisRx) {
        return vec![parts.into_iter().flat_map(|part| part.records).collect()];
    }
    let mut weaver = Weaver::default();
    let mut before = None;
    for (number, part) in (1..).zip(parts) {
        let place = part.split.map(|mark| mark.place);
        // Behind a part that is missing, a visit that is not opened is nobody's.
        let goes_on =
            before.zip(place).is_some_and(|(before, here): (u16, u16)| here <= before + 1);
        weaver.begin(number);
        if !goes_on {
            weaver.open = None;
        }
        before = place;
        let next = part.records.iter().skip(1).map(Some).chain([None]);
        part.records.iter().zip(next).for_each(|(record, next)| weaver.take(*record, next));
    }
    let groups = std::iter::once(weaver.patient).chain(weaver.visits);
    groups.map(|group| group.records).collect()
}

impl<'t> Weaver<'t> {
    fn begin(&mut self, part: usize) {
        self.part = part;
        self.again = None;
        self.patient_again.clear();
    }

    fn take(&mut self, record: Record<'t>, next: Option<&Record<'t>>) {
        match record.number() {
            "1" | "2" | "3" | "31" | "4" | "701" => {
                add_if_new(&mut self.patient, record, &mut self.patient_again);
            }
            "5" => self.open_visit(record, next),
            _ => self.put(record),
        }
    }

    /// Two visits of one day begin alike; what follows the date tells whether one of them is told again.
    fn open_visit(&mut self, record: Record<'t>, next: Option<&Record<'t>>) {
        let same_day = self.by_opening.entry(record.line).or_default();
        let visits = &self.visits;
        let told_again = same_day.iter().copied().take(SAME_DAY_MAX).find(|&at| {
            let known = visits.get(at);
            known.is_some_and(|visit| {
                visit.told_by != self.part
                    && next.is_some_and(|next| visit.told.contains_key(next.line))
            })
        });
        if let Some(visit) = told_again.and_then(|at| self.visits.get_mut(at)) {
            visit.told_by = self.part;
            self.open = told_again;
            self.again = Some(HashMap::new());
            return;
        }
        same_day.push(self.visits.len());
        self.new_visit();
        self.put(record);
    }

    fn new_visit(&mut self) {
        self.open = Some(self.visits.len());
        self.again = None;
        self.visits.push(Group { told_by: self.part, ..Group::default() });
    }

    fn put(&mut self, record: Record<'t>) {
        if self.open.is_none() {
            self.new_visit();
        }
        let Some(visit) = self.open.and_then(|at| self.visits.get_mut(at)) else { return };
        match &mut self.again {
            Some(again) => add_if_new(visit, record, again),
            None => add(visit, record),
        }
    }
}

fn add<'t>(group: &mut Group<'t>, record: Record<'t>) {
    *group.told.entry(record.line).or_default() += 1;
    group.records.push(record);
}

/// The third mention of a line in one part is new where the parts before had two.
fn add_if_new<'t>(group: &mut Group<'t>, record: Record<'t>, here: &mut HashMap<&'t str, usize>) {
    let mentions = here.entry(record.line).or_default();
    *mentions += 1;
    if *mentions > group.told.get(record.line).copied().unwrap_or(0) {
        add(group, record);
    }
}
