//! Writes a drug history as a notebook text (JAHISTC08) that any pharmacy's reader takes.

use super::{NotebookError, text::PARTS_MAX};
use crate::{
    domain::{
        drug_code::{DrugCode, DrugCodeKind, Route},
        medication::{Dispensing, Drug},
        person::Sex,
    },
    limits::NOTEBOOK_BYTES_MAX,
};
use encoding_rs::SHIFT_JIS;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// 出力区分 2: from the patient to a facility. The other direction demands facility codes that a history does not hold.
const HEADER: &[u8] = b"JAHISTC08,2\r\n";
/// 作成者 1: the records come from medical staff.
const BY_STAFF: &[u8] = b"1";
/// 外字の代わり (text rules of the format).
const REPLACEMENT: char = '■';
/// `911,` a 14-digit id, `,999,999` and the line end.
const SPLIT_RECORD_BYTES_MAX: usize = 28;

/// Whose drugs they are.
#[derive(Clone, Copy)]
pub struct SheetPatient<'a> {
    /// 氏名.
    pub name: &'a str,
    /// Its reading.
    pub kana: &'a str,
    /// 性別.
    pub sex: Sex,
    /// 生年月日.
    pub birth: Date,
}

/// The text, ready for QR symbols.
#[derive(Clone, PartialEq, Eq)]
pub struct DrugSheet {
    /// One text, or the parts of a 911 split; CP932.
    pub parts: Vec<Vec<u8>>,
    /// Letters that CP932 does not have; a ■ stands for each.
    pub replaced: BTreeSet<char>,
    /// Fields that were longer than the format allows and were cut.
    pub shortened: usize,
}

/// Writes the dispensings, newest day first, in parts of at most `bytes_max`.
///
/// # Errors
/// When one record does not fit `bytes_max`, or the whole is over the limit.
pub fn write_drug_sheet(
    patient: &SheetPatient<'_>,
    dispensings: &[Dispensing],
    bytes_max: usize,
) -> Result<DrugSheet, NotebookError> {
    let mut scribe = Scribe::default();
    scribe.patient(patient);
    for visit in visits(dispensings) {
        scribe.visit(&visit);
    }
    let parts = split(&scribe.records, bytes_max)?;
    Ok(DrugSheet { parts, replaced: scribe.replaced, shortened: scribe.shortened })
}

/// What was dispensed on one day at one facility.
fn visits(dispensings: &[Dispensing]) -> Vec<Vec<&Dispensing>> {
    let mut sorted: Vec<&Dispensing> = dispensings.iter().collect();
    sorted.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| a.facility.cmp(&b.facility)));
    let same_visit = |a: &&Dispensing, b: &&Dispensing| a.on == b.on && a.facility == b.facility;
    sorted.chunk_by(same_visit).map(<[_]>::to_vec).collect()
}

/// 剤形 and 調剤単位, which a history does not state; the code's route and the usage tell.
#[derive(Clone, Copy, PartialEq, Eq)]
struct DosageForm {
    digits: &'static str,
    unit: &'static str,
}

fn form_of(dispensing: &Dispensing) -> DosageForm {
    let route = DrugCode::parse(&dispensing.drug.code).ok().and_then(|code| code.value.route());
    let on_demand = dispensing.usage.contains("頓") || dispensing.usage.contains("屯");
    let (digits, unit) = match route {
        Some(Route::Injection) => ("4", "調剤"),
        Some(Route::External) => ("5", "調剤"),
        _ if on_demand => ("3", "回分"),
        Some(Route::Oral) => ("1", "日分"),
        None => ("10", "日分"),
    };
    DosageForm { digits, unit }
}

const NO_CODE: &[u8] = b"1";
/// 一般名コード: a kind only prescriptions have.
const GENERIC: &[u8] = b"7";

/// 薬品コード種別. What has no known form passes as a price listing code, which most histories hold.
fn code_kind(code: &str) -> &'static [u8] {
    match DrugCode::parse(code).map(|code| code.value.kind()) {
        _ if code.trim().is_empty() => NO_CODE,
        Ok(DrugCodeKind::Receipt) => b"2",
        Ok(DrugCodeKind::Generic) => GENERIC,
        Ok(DrugCodeKind::Hot7 | DrugCodeKind::Hot9 | DrugCodeKind::Hot11 | DrugCodeKind::Hot13) => {
            b"6"
        }
        Ok(DrugCodeKind::Yj) | Err(_) => b"3",
    }
}

#[derive(Default)]
struct Scribe {
    records: Vec<Vec<u8>>,
    replaced: BTreeSet<char>,
    shortened: usize,
}

impl Scribe {
    fn patient(&mut self, patient: &SheetPatient<'_>) {
        let sex: &[u8] = match patient.sex {
            Sex::Male => b"1",
            Sex::Female => b"2",
            Sex::Unstated => b"",
        };
        let name = self.field(patient.name, 40);
        let kana = self.field(patient.kana, 40);
        let birth = eight_digits(patient.birth);
        let none: &[u8] = b"";
        self.record(&[b"1", &name, sex, &birth, none, none, none, none, none, none, &kana]);
    }

    fn visit(&mut self, visit: &[&Dispensing]) {
        let Some(first) = visit.first() else { return };
        self.record(&[b"5", &eight_digits(first.on), BY_STAFF]);
        let facility = self.field(&first.facility, 120);
        let none: &[u8] = b"";
        if !facility.is_empty() {
            self.record(&[b"11", &facility, none, none, none, none, none, none, BY_STAFF]);
        }
        let mut groups: Vec<(&Dispensing, DosageForm, Vec<&Dispensing>)> = vec![];
        for &drug in visit {
            let form = form_of(drug);
            let known = groups.iter_mut().find(|(head, head_form, _)| {
                head.usage == drug.usage && head.days == drug.days && *head_form == form
            });
            match known {
                Some((.., drugs)) => drugs.push(drug),
                None => groups.push((drug, form, vec![drug])),
            }
        }
        for (number, (head, form, drugs)) in groups.iter().enumerate() {
            let rp = (number + 1).to_string();
            for drug in drugs {
                self.drug(&rp, drug);
            }
            self.usage(&rp, head, *form);
        }
    }

    fn drug(&mut self, rp: &str, row: &Dispensing) {
        let name = self.drug_name(&row.drug);
        let dose = self.field(&row.dose, 12);
        let unit = self.field(&row.drug.unit, 12);
        let code = self.field(&row.drug.code, 13);
        let kind = code_kind(&row.drug.code);
        let mut fields =
            [b"201", rp.as_bytes(), &name, &dose, &unit, kind, &code, BY_STAFF].to_vec();
        if kind == GENERIC {
            // A generic code has fields of its own behind the author.
            fields.splice(5..7, [NO_CODE, b""]);
            fields.extend([&b""[..], b"2", &code]);
        }
        self.record(&fields);
    }

    /// A drug without a name would be dropped by readers; whatever else names it stands in.
    fn drug_name(&mut self, drug: &Drug) -> Vec<u8> {
        let names = [drug.name.as_str(), &drug.ingredient, &drug.code, "■"];
        let name = names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or("■");
        self.field(name, 120)
    }

    fn usage(&mut self, rp: &str, head: &Dispensing, form: DosageForm) {
        let text = self.field(&head.usage, 100);
        let days = head.days.to_string();
        let unit = self.field(form.unit, 100);
        let (form, code_kind, code): (_, &[u8], &[u8]) = (form.digits.as_bytes(), b"1", b"");
        self.record(&[
            b"301",
            rp.as_bytes(),
            &text,
            days.as_bytes(),
            &unit,
            form,
            code_kind,
            code,
            BY_STAFF,
        ]);
    }

    fn record(&mut self, fields: &[&[u8]]) {
        let mut record = fields.join(&b","[..]);
        record.extend_from_slice(b"\r\n");
        self.records.push(record);
    }

    /// Encodes a field: no commas, no control characters, no spaces at the ends, no letter cut in two.
    fn field(&mut self, text: &str, bytes_max: usize) -> Vec<u8> {
        let plain: String = text.chars().map(allowed).collect();
        let mut bytes = vec![];
        for c in plain.trim().chars() {
            let letter = self.letter(c);
            if bytes.len() + letter.len() > bytes_max {
                self.shortened += 1;
                break;
            }
            bytes.extend_from_slice(&letter);
        }
        bytes
    }

    fn letter(&mut self, c: char) -> Vec<u8> {
        let mut buffer = [0; 4];
        let (bytes, _, unmappable) = SHIFT_JIS.encode(c.encode_utf8(&mut buffer));
        if !unmappable {
            return bytes.into_owned();
        }
        self.replaced.insert(c);
        SHIFT_JIS.encode(REPLACEMENT.encode_utf8(&mut [0; 4])).0.into_owned()
    }
}

/// What may stand in a field. Some letters have a twin in CP932 under another code point.
fn allowed(c: char) -> char {
    match c {
        ',' => '，',
        '〜' => '～',
        '—' => '―',
        '‖' => '∥',
        '–' => '-',
        _ if c.is_control() => ' ',
        _ => c,
    }
}

fn eight_digits(day: Date) -> Vec<u8> {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()).into_bytes()
}

/// One text if it fits, else parts cut between records, each with the header before and a 911 record behind.
fn split(records: &[Vec<u8>], bytes_max: usize) -> Result<Vec<Vec<u8>>, NotebookError> {
    let whole: Vec<u8> = [HEADER, &records.concat()].concat();
    if whole.len() as u64 > NOTEBOOK_BYTES_MAX {
        return Err(NotebookError::TooLarge);
    }
    if whole.len() <= bytes_max {
        return Ok(vec![whole]);
    }
    let frame = HEADER.len() + SPLIT_RECORD_BYTES_MAX;
    let room = bytes_max.checked_sub(frame).ok_or(NotebookError::PartTooSmall { bytes_max })?;
    let mut bodies: Vec<Vec<u8>> = vec![vec![]];
    for record in records {
        if record.len() > room {
            return Err(NotebookError::PartTooSmall { bytes_max });
        }
        match bodies.last_mut() {
            Some(body) if body.len() + record.len() <= room => body.extend_from_slice(record),
            _ => bodies.push(record.clone()),
        }
    }
    if bodies.len() > PARTS_MAX {
        return Err(NotebookError::TooLarge);
    }
    let (id, total) = (split_id(&whole), bodies.len());
    let framed = bodies.iter().enumerate().map(|(at, body)| {
        let mark = format!("911,{id},{total},{}\r\n", at + 1);
        [HEADER, body, mark.as_bytes()].concat()
    });
    Ok(framed.collect())
}

/// データ固有ID: fourteen digits out of the text itself, so that the same sheet printed twice is the same split.
fn split_id(whole: &[u8]) -> u64 {
    const FOURTEEN_DIGITS: u64 = 10_000_000_000_000;
    let (first, _) = blake3::hash(whole)
        .as_bytes()
        .split_first_chunk()
        .map_or(([0; 8], &[][..]), |(a, b)| (*a, b));
    FOURTEEN_DIGITS + u64::from_le_bytes(first) % (9 * FOURTEEN_DIGITS)
}
