//! The RP records of a prescription: 101–281.

use super::{
    Dosing, Drug, Flaw, Note, NoteKind, SplitAmount, Visit,
    fields::Fields,
    rx::{name_place, once},
    words::{DrugNoteKind, UsageNoteKind},
};
use crate::domain::drug_code::DrugCode;

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

/// Where the fields of a 201 stand.
struct DrugPlaces {
    code: usize,
    unit: usize,
    /// Nothing was left out before the code.
    whole: bool,
}

/// Where fields were left out, the code tells where the others stand: its kind before it, name and dose behind it, then
/// 力価フラグ and unit, or the unit alone. `None` where nothing tells.
fn drug_places(f: &Fields<'_>) -> Option<DrugPlaces> {
    let is_flag = |text: &str| matches!(text, "1" | "2");
    // With all its ten fields a record has none left out, whatever its code looks like.
    let without_code = f.peek(CODE_PLACE).is_empty() && f.len() >= 9;
    let all_there = is_flag(f.peek(8)) && !f.peek(9).is_empty();
    let by_code = (3..=CODE_PLACE).find(|&at| DrugCode::parse(f.peek(at)).is_ok());
    let code = by_code.or((without_code || all_there).then_some(CODE_PLACE))?;
    let whole = code == CODE_PLACE;
    let (behind_dose, last) = (f.peek(code + 3), f.peek(code + 4));
    let has_flag_place =
        behind_dose.is_empty() || is_flag(behind_dose) || whole && !last.is_empty();
    let name = f.peek(code + 1);
    let is_name = name.chars().any(|c| !c.is_ascii_digit() && c != '.');
    is_name.then_some(DrugPlaces { code, unit: code + if has_flag_place { 4 } else { 3 }, whole })
}

/// 201 薬品. A dose or a unit out of the wrong field would be believed: what cannot be placed stays raw.
fn drug(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let Some(DrugPlaces { code: at, unit, whole }) = drug_places(f) else { return false };
    let Some(rp) = visit.rp(f) else { return false };
    let flag = at + 3;
    if !whole || unit == flag {
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
        dose_meaning: if unit == flag { None } else { f.word(flag) },
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

/// The one drug that a supplement names by RP and number; without it nobody can say whose it is.
fn owner<'v>(visit: &'v mut Visit, f: &mut Fields<'_>) -> Option<&'v mut Drug> {
    let number = f.number(2);
    let of_rp = visit.known_rp(f).map(|rp| rp.drugs.as_mut_slice()).unwrap_or_default();
    let mut named = of_rp.iter_mut().filter(|drug| number.is_some() && drug.number == number);
    let drug = named.next().filter(|_| named.next().is_none());
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
