//! The RP records of a prescription: 101–281.

use super::{
    Dosing, Drug, Flaw, Note, NoteKind, SplitAmount, Visit,
    fields::Fields,
    rx::{name_place, once},
    words::{DrugNoteKind, UsageNoteKind},
};

/// Takes a record of an RP; `None` for a number that is none of them.
pub(super) fn take(visit: &mut Visit, number: &str, f: &mut Fields<'_>) -> Option<bool> {
    Some(match number {
        "101" => form(visit, f),
        "102" => split(visit, f),
        "111" => usage(visit, f),
        "181" => usage_note(visit, f),
        "201" => drug(visit, f),
        "211" | "221" | "231" | "241" => dosing(visit, number, f),
        "281" => drug_note(visit, f),
        _ => return None,
    })
}

/// 101 剤形 with the amount dispensed. A second record for one RP is kept raw.
fn form(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let Some(rp) = visit.rp(f) else { return false };
    once(&mut rp.prescribed_form, f.word(2))
        & once(&mut rp.form_name, f.maybe(3, 4))
        & once(&mut rp.days, f.number(4))
}

fn split(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let Some(rp) = visit.rp(f) else { return false };
    let told = SplitAmount { each: f.number(2), total: f.number(3) };
    once(&mut rp.split, Some(told))
}

fn usage(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let at = name_place(f, 4);
    let Some(rp) = visit.rp(f) else { return false };
    once(&mut rp.usage, f.maybe(at, 100))
        & once(&mut rp.usage_code_kind, f.word(2))
        & (at == 3 || once(&mut rp.usage_code, f.maybe(3, 16)))
        & once(&mut rp.times_per_day, f.number(5))
}

fn usage_note(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let Some(rp) = visit.rp(f) else { return false };
    let note = Note {
        number: f.number(2),
        kind: f.word::<UsageNoteKind>(3).map(NoteKind::Usage),
        text: f.text(4, 100),
        code: f.maybe(5, 8),
        site_code: f.maybe(6, 3),
        ..Note::default()
    };
    // A supplement read from the wrong fields would change what is taken: all of it or nothing.
    let whole = !f.is_lossy();
    if whole {
        rp.usage_notes.push(note);
    }
    whole
}

const CODE_PLACE: usize = 5;
const CODE_CHARS_MIN: usize = 7;

/// 201 薬品. Where fields were left out, the code tells where the others stand: name and dose behind it, its kind before it.
fn drug(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let is_code = |text: &str| {
        text.len() >= CODE_CHARS_MIN && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let whole = is_code(f.peek(CODE_PLACE)) || !f.peek(6).is_empty() && f.len() >= 9;
    let found = (3..CODE_PLACE).find(|&at| is_code(f.peek(at)));
    let (at, unit) = match found {
        _ if whole => (CODE_PLACE, 9),
        Some(at) => (at, at + 3),
        None => return false,
    };
    if f.peek(at + 1).is_empty() {
        return false;
    }
    let Some(rp) = visit.rp(f) else { return false };
    if !whole {
        f.flaw(Flaw::ShiftedFields);
    }
    let (code_kind, code) = f.drug_code((at > 3).then(|| at - 1), at);
    rp.drugs.push(Drug {
        name: f.text(at + 1, 80),
        code,
        code_kind,
        dose: f.text(at + 2, 12),
        unit: f.text(unit, 12),
        number: f.number(2),
        item: if whole { f.word(3) } else { None },
        dose_meaning: if whole { f.word(8) } else { None },
        generic_name: None,
        generic_code_kind: None,
        generic_code: None,
        notes: vec![],
        cautions: vec![],
        dosing: None,
        by: None,
    });
    true
}

/// The drug that a supplement names by RP and number; without one nobody can say whose it is.
fn owner<'v>(visit: &'v mut Visit, f: &mut Fields<'_>) -> Option<&'v mut Drug> {
    let rp = visit.known_rp(f);
    let number = f.number(2);
    let drug = rp.and_then(|rp| rp.drugs.iter_mut().find(|drug| drug.number == number));
    if drug.is_none() {
        f.flaw(Flaw::NoOwner);
    }
    drug
}

/// 211 単位変換, 221 不均等服用, 231 負担区分, 241 1回服用量.
fn dosing(visit: &mut Visit, number: &str, f: &mut Fields<'_>) -> bool {
    let Some(drug) = owner(visit, f) else { return false };
    let mut told = drug.dosing.as_deref().cloned().unwrap_or_default();
    let fresh = match number {
        "211" => once(&mut told.unit_factor, f.maybe(3, 12)),
        "221" => {
            let fresh = told.uneven.is_empty() && told.uneven_codes.is_empty();
            told.uneven = row(f, 3..8, 12);
            told.uneven_codes = row(f, 8..13, 8);
            fresh
        }
        "231" => {
            let fresh = told.payers.is_empty();
            told.payers = row(f, 3..7, 1);
            fresh
        }
        _ => once(&mut told.per_use, f.maybe(3, 12)) & once(&mut told.uses_per_day, f.number(4)),
    };
    let whole = fresh && !f.is_lossy();
    if whole && told != Dosing::default() {
        drug.dosing = Some(Box::new(told));
    }
    whole
}

/// Fields side by side up to the last that says something.
fn row(f: &mut Fields<'_>, places: std::ops::Range<usize>, bytes_max: usize) -> Vec<String> {
    let mut row: Vec<String> = places.map(|place| f.text(place, bytes_max)).collect();
    let end = row.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
    row.truncate(end);
    row
}

fn drug_note(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let Some(drug) = owner(visit, f) else { return false };
    let note = Note {
        number: f.number(3),
        kind: f.word::<DrugNoteKind>(4).map(NoteKind::Drug),
        text: f.text(5, 100),
        code: f.maybe(6, 8),
        ..Note::default()
    };
    let whole = !f.is_lossy();
    if whole {
        drug.notes.push(note);
    }
    whole
}
