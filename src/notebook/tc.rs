//! 電子版お薬手帳 (JAHISTC): every record of Ver.2.6 (JAHIS技術文書 24-104); what is not in its tables is kept raw.

use super::{
    Content, Drug, FamilyPharmacist, Flaw, Ingredient, Note, NoteKind, NotebookError, OwnDrug,
    Patient, Place, Prescription, Staff, Visit,
    fields::{Fields, Record},
    rp_number,
    words::{Author, ProvidedKind, RemarkKind},
};
use crate::domain::person::Sex;
use std::collections::BTreeSet;

/// Reads the records in order. A visit ends with its group.
pub(super) fn understand(groups: &[Vec<Record<'_>>]) -> Result<Content, NotebookError> {
    let mut reader = Reader::default();
    for group in groups {
        reader.in_visit = false;
        for record in group {
            let mut fields = record.fields();
            if reader.take(record.number(), &mut fields)? {
                reader.content.close(record, fields);
            } else {
                reader.content.refuse(record, fields);
            }
        }
    }
    Ok(reader.content)
}

/// The records between one date (5) and the next.
const OF_A_VISIT: &[&str] = &[
    "11", "15", "51", "55", "201", "281", "291", "301", "311", "391", "401", "411", "421", "501",
    "601",
];

#[derive(Default)]
struct Reader {
    content: Content,
    /// Whether the last visit is still open.
    in_visit: bool,
    /// The doctor (55) whose prescriptions follow.
    doctor: Option<usize>,
    /// RP of this visit whose last drug (201) was refused: what follows speaks of that one.
    refused: BTreeSet<u16>,
}

impl Reader {
    /// `false` keeps the record raw.
    fn take(&mut self, number: &str, f: &mut Fields<'_>) -> Result<bool, NotebookError> {
        let content = &mut self.content;
        Ok(match number {
            "1" => content.meet(patient(f))?,
            "2" => {
                let kind = f.word::<RemarkKind>(1).map(NoteKind::Remark);
                told(&mut content.patient_remarks, Note { kind, ..f.note(2, 120, 3) })
            }
            "3" => own_drug(content, f),
            "31" => ingredient(content, f),
            "4" => {
                let on = f.day(2);
                told(&mut content.memos, Note { on, ..f.note(1, 400, 3) })
            }
            "701" => family_pharmacist(content, f),
            "5" => {
                let date = f.needed_day(1);
                self.open(Visit { date, by: f.word(2), ..Visit::default() });
                true
            }
            _ if OF_A_VISIT.contains(&number) => self.within_visit(number, f),
            "911" => false, // told while the parts were put in order
            _ => {
                f.flaw(Flaw::UnknownRecord);
                false
            }
        })
    }

    fn open(&mut self, visit: Visit) {
        self.content.visits.push(visit);
        (self.in_visit, self.doctor) = (true, None);
        self.refused.clear();
    }

    fn within_visit(&mut self, number: &str, f: &mut Fields<'_>) -> bool {
        if !self.in_visit {
            f.flaw(Flaw::NoVisit);
            self.open(Visit::default());
        }
        let Some(visit) = self.content.visits.last_mut() else { return false };
        match number {
            "11" => place(&mut visit.facility, &mut visit.facility_details, f, Reach::Told),
            "51" => place(&mut visit.prescriber, &mut visit.prescriber_details, f, Reach::NoFields),
            "15" => {
                let (name, contact) = (f.text(1, 40), f.maybe(2, 800));
                let by = f.word(3);
                named(&mut visit.dispensed_by, Staff { name, contact, by, ..Staff::default() })
            }
            "55" => {
                let (name, department) = (f.text(1, 40), f.maybe(2, 80));
                let by = f.word(3);
                self.doctor = Some(visit.doctors.len()).filter(|_| !name.is_empty());
                named(&mut visit.doctors, Staff { name, department, by, ..Staff::default() })
            }
            "201" => drug_in_turn(visit, f, self.doctor, &mut self.refused),
            "281" => about_drug(visit, f, &self.refused, 100, |drug| &mut drug.notes),
            "291" => about_drug(visit, f, &self.refused, 400, |drug| &mut drug.cautions),
            "301" => usage(visit, f, self.doctor),
            "311" => about_rp(visit, f, 100, |rp| &mut rp.usage_notes),
            "391" => about_rp(visit, f, 400, |rp| &mut rp.cautions),
            "411" => told(&mut visit.provided, provided(f)),
            "401" => told(&mut visit.cautions, f.note(1, 400, 2)),
            "421" => told(&mut visit.leftovers, f.note(1, 400, 2)),
            "501" => told(&mut visit.remarks, f.note(1, 400, 2)),
            _ => {
                let on = f.day(2);
                told(
                    &mut visit.patient_entries,
                    Note { text: f.text(1, 400), on, ..Note::default() },
                )
            }
        }
    }
}

/// Keeps a remark that says something.
fn told(notes: &mut Vec<Note>, note: Note) -> bool {
    let says = !note.text.is_empty();
    if says {
        notes.push(note);
    }
    says
}

fn named(staff: &mut Vec<Staff>, one: Staff) -> bool {
    let says = !one.name.is_empty();
    if says {
        staff.push(one);
    }
    says
}

fn patient(f: &mut Fields<'_>) -> Patient {
    Patient {
        name: f.text(1, 40),
        sex: f.word(2).unwrap_or(Sex::Unstated),
        birth: f.needed_day(3),
        postal_code: f.maybe(4, 8),
        address: f.maybe(5, 800),
        phone: f.maybe(6, 13),
        emergency_contact: f.maybe(7, 800),
        blood_type: f.maybe(8, 20),
        weight_kg: f.maybe(9, 7),
        kana: f.text(10, 40),
        code: None,
    }
}

fn own_drug(content: &mut Content, f: &mut Fields<'_>) -> bool {
    let drug = OwnDrug {
        name: f.text(1, 120),
        from: f.day(2),
        until: f.day(3),
        by: f.word(4),
        number: f.number(5),
        jan: f.maybe(6, 13),
        ingredients: vec![],
    };
    let says = !drug.name.is_empty();
    if says {
        content.own_drugs.push(drug);
    }
    says
}

/// 31 belongs to the 3 with its number; without such a one nobody can say to which.
fn ingredient(content: &mut Content, f: &mut Fields<'_>) -> bool {
    let ingredient = Ingredient {
        name: f.text(2, 256),
        code_kind: f.word(3),
        code: f.maybe(4, 20),
        by: f.word(5),
    };
    let Some(number) = f.number(1) else { return false };
    let owner = content.own_drugs.iter_mut().rev().find(|drug| drug.number == Some(number));
    match owner {
        Some(drug) if !ingredient.name.is_empty() => {
            drug.ingredients.push(ingredient);
            true
        }
        _ => {
            f.flaw(Flaw::NoOwner);
            false
        }
    }
}

fn family_pharmacist(content: &mut Content, f: &mut Fields<'_>) -> bool {
    let one = FamilyPharmacist {
        name: f.text(1, 40),
        pharmacy: f.maybe(2, 120),
        contact: f.maybe(3, 800),
        from: f.day(4),
        until: f.day(5),
        by: f.word(6),
    };
    let says = !one.name.is_empty();
    if says {
        content.family_pharmacists.push(one);
    }
    says
}

/// Whether a record has fields for address and telephone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Told,
    NoFields,
}

/// 11 and 51, one each to a visit; 51 has no address.
fn place(
    name: &mut Option<String>,
    details: &mut Option<Place>,
    f: &mut Fields<'_>,
    reach: Reach,
) -> bool {
    if name.is_some() || f.peek(1).is_empty() {
        return false;
    }
    *name = f.maybe(1, 120);
    let mut found = Place {
        prefecture: f.maybe(2, 2),
        fee_table: f.word(3),
        code: f.maybe(4, 7),
        ..Place::default()
    };
    let author = if reach == Reach::Told {
        (found.postal_code, found.address, found.phone) =
            (f.maybe(5, 8), f.maybe(6, 800), f.maybe(7, 13));
        8
    } else {
        5
    };
    found.by = f.word(author);
    *details = (found != Place::default()).then_some(found);
    true
}

fn drug(visit: &mut Visit, f: &mut Fields<'_>, doctor: Option<usize>) -> bool {
    if f.peek(2).is_empty() {
        return false;
    }
    let Some(rp) = visit.rp(f) else { return false };
    rp.doctor = rp.doctor.or(doctor);
    let (code_kind, code) = f.drug_code(Some(5), 6);
    rp.drugs.push(Drug {
        name: f.text(2, 120),
        dose: f.text(3, 12),
        unit: f.text(4, 12),
        code,
        code_kind,
        generic_name: f.maybe(8, 120),
        generic_code_kind: f.word(9),
        generic_code: f.maybe(10, 12),
        by: f.word(7),
        number: None,
        item: None,
        dose_meaning: None,
        notes: vec![],
        cautions: vec![],
        dosing: None,
    });
    true
}

/// 201, and whether what follows may be hung on the last drug of its RP.
fn drug_in_turn(
    visit: &mut Visit,
    f: &mut Fields<'_>,
    doctor: Option<usize>,
    refused: &mut BTreeSet<u16>,
) -> bool {
    let taken = drug(visit, f, doctor);
    match rp_number(f) {
        Some(rp) if taken => {
            refused.remove(&rp);
        }
        Some(rp) => {
            refused.insert(rp);
        }
        // It may be of any.
        None => refused.extend(visit.prescriptions.iter().map(|rp| rp.rp)),
    }
    taken
}

/// 281 and 291 follow the drug they speak of; behind one that was refused they are nobody's.
fn about_drug(
    visit: &mut Visit,
    f: &mut Fields<'_>,
    refused: &BTreeSet<u16>,
    bytes_max: usize,
    notes: fn(&mut Drug) -> &mut Vec<Note>,
) -> bool {
    let rp = visit.known_rp(f).filter(|rp| !refused.contains(&rp.rp));
    let Some(drug) = rp.and_then(|rp| rp.drugs.last_mut()) else {
        f.flaw(Flaw::NoOwner);
        return false;
    };
    told(notes(drug), f.note(2, bytes_max, 3))
}

fn about_rp(
    visit: &mut Visit,
    f: &mut Fields<'_>,
    bytes_max: usize,
    notes: fn(&mut Prescription) -> &mut Vec<Note>,
) -> bool {
    let Some(rp) = visit.rp(f) else { return false };
    told(notes(rp), f.note(2, bytes_max, 3))
}

/// One usage to an RP; a second one is kept raw.
fn usage(visit: &mut Visit, f: &mut Fields<'_>, doctor: Option<usize>) -> bool {
    let Some(rp) = visit.rp(f) else { return false };
    if rp.usage.is_some() || rp.days.is_some() {
        return false;
    }
    rp.doctor = rp.doctor.or(doctor);
    rp.usage = f.maybe(2, 100);
    rp.days = f.number(3);
    rp.amount_unit = f.maybe(4, 100);
    rp.form = f.word(5);
    rp.usage_code_kind = f.word(6);
    rp.usage_code = f.maybe(7, 16);
    rp.by = f.word(8);
    rp.usage.is_some() || rp.days.is_some()
}

/// 411. The specification's own sample leaves the kind or the author out; the kinds have two digits, the authors one.
fn provided(f: &mut Fields<'_>) -> Note {
    let kind = f.word::<ProvidedKind>(2).map(NoteKind::Provided);
    let by = if kind.is_some() || f.len() > 3 { 3 } else { 2 };
    Note { text: f.text(1, 400), kind, by: f.word::<Author>(by), ..Note::default() }
}
