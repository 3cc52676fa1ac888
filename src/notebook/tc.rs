//! 電子版お薬手帳 (JAHISTC): records 1, 5, 11, 51, 201 and 301 are understood, the others kept raw.

use std::collections::{HashMap, HashSet};

use super::{
    CodeKind, Content, Drug, Flaw, NotebookError, Patient, Visit, merge::Placed, sex_of,
    text::Record,
};

/// A visit being read.
struct OpenVisit<'a> {
    visit: Visit,
    opened_by: &'a Placed,
    /// The part that repeated this visit's head; its lines may repeat what is known.
    repeated_in: Option<usize>,
    records: HashSet<&'a Record>,
}

struct Reader<'a> {
    content: Content,
    open: Option<OpenVisit<'a>>,
    /// Which part said it first.
    told_in: HashMap<&'a Record, usize>,
}

/// Reads the records in order.
pub(super) fn understand(records: &[Placed]) -> Result<Content, NotebookError> {
    let mut reader = Reader { content: Content::default(), open: None, told_in: HashMap::new() };
    for (at, placed) in records.iter().enumerate() {
        let next = records.get(at + 1).map(|next| &next.record);
        match placed.record.number() {
            "1" => reader.patient(&placed.record)?,
            "5" => reader.begin_visit(placed, next),
            "11" | "51" | "201" | "301" => reader.within_visit(placed),
            _ => reader.keep_raw(placed),
        }
    }
    reader.close_visit();
    Ok(reader.content)
}

impl<'a> Reader<'a> {
    fn patient(&mut self, record: &Record) -> Result<(), NotebookError> {
        let patient = Patient {
            name: record.field(1).to_owned(),
            kana: record.field(10).to_owned(),
            birth: self.content.day(record.field(3), "1"),
            sex: sex_of(record.field(2)),
        };
        self.content.meet(patient)
    }

    fn begin_visit(&mut self, placed: &'a Placed, next: Option<&Record>) {
        if let Some(open) = &mut self.open {
            // Two visits of one day begin alike; only what follows the date tells that it is said again.
            let repeats = open.opened_by.part != placed.part
                && open.opened_by.record == placed.record
                && next.is_some_and(|next| open.records.contains(next));
            if repeats {
                open.repeated_in = Some(placed.part);
                return;
            }
        }
        self.close_visit();
        let date = self.content.day(placed.record.field(1), "5");
        self.open(placed, Visit { date, ..Visit::default() });
    }

    fn open(&mut self, placed: &'a Placed, visit: Visit) -> &mut OpenVisit<'a> {
        self.open.insert(OpenVisit {
            visit,
            opened_by: placed,
            repeated_in: None,
            records: HashSet::new(),
        })
    }

    fn close_visit(&mut self) {
        self.content.visits.extend(self.open.take().map(|open| open.visit));
    }

    fn within_visit(&mut self, placed: &'a Placed) {
        let record = &placed.record;
        if self.open.is_none() {
            self.content.warnings.push(Flaw::NoVisit.at(record.number()));
            self.open(placed, Visit::default());
        }
        let Some(open) = &mut self.open else { return };
        if open.repeated_in == Some(placed.part) && open.records.contains(&record) {
            return;
        }
        let taken = match record.number() {
            "11" => name_once(&mut open.visit.facility, record.field(1)),
            "51" => name_once(&mut open.visit.prescriber, record.field(1)),
            "201" => drug(&mut open.visit, record),
            _ => usage(&mut open.visit, record),
        };
        open.records.insert(record);
        if !taken {
            self.content.warnings.push(Flaw::MalformedRecord.at(record.number()));
            self.keep_raw(placed);
        }
    }

    /// Keeps a record as written; what an earlier part already said is not said again.
    fn keep_raw(&mut self, placed: &'a Placed) {
        let first = *self.told_in.entry(&placed.record).or_insert(placed.part);
        if first == placed.part {
            self.content.raw.push(placed.record.line());
        }
    }
}

/// Takes a name if none was taken; `false` keeps the record raw.
fn name_once(place: &mut Option<String>, name: &str) -> bool {
    if place.is_some() || name.is_empty() {
        return false;
    }
    *place = Some(name.to_owned());
    true
}

fn drug(visit: &mut Visit, record: &Record) -> bool {
    let name = record.field(2);
    if name.is_empty() {
        return false;
    }
    let code = record.field(6);
    let Some(prescription) = visit.rp(record.field(1)) else { return false };
    prescription.drugs.push(Drug {
        name: name.to_owned(),
        code: (!code.is_empty()).then(|| code.to_owned()),
        code_kind: CodeKind::of(record.field(5)),
        dose: record.field(3).to_owned(),
        unit: record.field(4).to_owned(),
    });
    true
}

/// One usage to an RP; a second one is kept raw.
fn usage(visit: &mut Visit, record: &Record) -> bool {
    let Some(prescription) = visit.rp(record.field(1)) else { return false };
    if prescription.usage.is_some() || prescription.days.is_some() {
        return false;
    }
    let text = record.field(2);
    prescription.usage = (!text.is_empty()).then(|| text.to_owned());
    prescription.days = record.field(3).parse().ok();
    prescription.usage.is_some() || prescription.days.is_some()
}
