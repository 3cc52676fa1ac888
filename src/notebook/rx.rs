//! 院外処方箋2次元シンボル (JAHIS): records 1, 5, 11, 12, 13, 51, 101, 111 and 201 are understood, the others kept raw.
//!
//! The numbers mean other things than in a notebook, and systems in the field leave fields out without a comma; a name
//! is then looked for where it stands.

use super::{
    CodeKind, Content, Drug, Flaw, NotebookError, Patient, Visit, merge::Placed, sex_of,
    text::Record,
};

/// Reads the records in order.
pub(super) fn understand(records: &[Placed]) -> Result<Content, NotebookError> {
    let mut content = Content::default();
    let mut visit: Option<Visit> = None;
    for placed in records {
        let record = &placed.record;
        let open = visit.get_or_insert_default();
        let taken = match record.number() {
            "1" => {
                if !open.prescriptions.is_empty() {
                    content.visits.extend(visit.replace(Visit::default()));
                }
                name_into(visit.as_mut().map(|open| &mut open.facility), &named(record, 4))
            }
            "5" => name_into(Some(&mut open.prescriber), &named(record, 3)),
            "11" => patient(&mut content, record)?,
            "12" | "13" => about_patient(&mut content, record),
            "51" => {
                open.date = open.date.or(content.day(record.field(1), "51"));
                open.date.is_some()
            }
            "101" => amount(open, record),
            "111" => usage(open, record),
            "201" => drug(open, record, &mut content),
            _ => {
                content.raw.push(record.line());
                continue;
            }
        };
        if !taken {
            content.warnings.push(Flaw::MalformedRecord.at(record.number()));
            content.raw.push(record.line());
        }
    }
    content.visits.extend(visit);
    Ok(content)
}

/// The text at its specified place, or else the last field that is more than digits and Latin letters.
fn named(record: &Record, place: usize) -> String {
    let told = record.field(place);
    if !told.is_empty() && !told.bytes().all(|b| b.is_ascii_digit()) {
        return told.to_owned();
    }
    let elsewhere =
        (1..record.len()).rev().map(|at| record.field(at)).find(|text| !text.is_ascii());
    elsewhere.unwrap_or_default().to_owned()
}

fn name_into(place: Option<&mut Option<String>>, name: &str) -> bool {
    match place {
        Some(place @ None) if !name.is_empty() => {
            *place = Some(name.to_owned());
            true
        }
        _ => false,
    }
}

fn patient(content: &mut Content, record: &Record) -> Result<bool, NotebookError> {
    let name = record.field(2).to_owned();
    let kana = record.field(3).to_owned();
    let told = !name.is_empty() || !kana.is_empty();
    content.meet(Patient { name, kana, birth: None, sex: sex_of("") })?;
    Ok(told)
}

/// 12 性別 and 13 生年月日 belong to the 11 before them.
fn about_patient(content: &mut Content, record: &Record) -> bool {
    let told = record.field(1);
    let birth = if record.number() == "13" { content.day(told, "13") } else { None };
    let Some(patient) = &mut content.patient else { return false };
    match record.number() {
        "13" => {
            patient.birth = patient.birth.or(birth);
            birth.is_some()
        }
        _ => {
            patient.sex = sex_of(told);
            matches!(told, "1" | "2")
        }
    }
}

/// 101 剤形: the amount dispensed belongs to the RP. A second record for one RP is kept raw.
fn amount(visit: &mut Visit, record: &Record) -> bool {
    let Some(prescription) = visit.rp(record.field(1)) else { return false };
    let first = prescription.days.is_none();
    if first {
        prescription.days = record.field(4).parse().ok();
    }
    first
}

fn usage(visit: &mut Visit, record: &Record) -> bool {
    let text = named(record, 4);
    name_into(visit.rp(record.field(1)).map(|rp| &mut rp.usage), &text)
}

const SPECIFIED_CODE_PLACE: usize = 5;
const CODE_CHARS_MIN: usize = 7;

/// 201 薬品. The code tells where the other fields stand: name and dose behind it, its kind before it.
fn drug(visit: &mut Visit, record: &Record, content: &mut Content) -> bool {
    let is_code = |text: &str| {
        text.len() >= CODE_CHARS_MIN && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let specified = is_code(record.field(SPECIFIED_CODE_PLACE))
        || !record.field(6).is_empty() && record.len() >= 9;
    let found = (3..SPECIFIED_CODE_PLACE).find(|&at| is_code(record.field(at)));
    let at = match found {
        _ if specified => SPECIFIED_CODE_PLACE,
        Some(at) => at,
        None => return false,
    };
    let unit_at = if specified { 9 } else { at + 3 };
    let name = record.field(at + 1);
    if name.is_empty() {
        return false;
    }
    if !specified {
        content.warnings.push(Flaw::ShiftedFields.at("201"));
    }
    let code = record.field(at);
    let Some(prescription) = visit.rp(record.field(1)) else { return false };
    prescription.drugs.push(Drug {
        name: name.to_owned(),
        code: (!code.is_empty()).then(|| code.to_owned()),
        code_kind: if at > 3 { CodeKind::of(record.field(at - 1)) } else { CodeKind::Unknown },
        dose: record.field(at + 2).to_owned(),
        unit: record.field(unit_at).to_owned(),
    });
    true
}
