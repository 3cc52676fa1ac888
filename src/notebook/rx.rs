//! 院外処方箋2次元シンボル (JAHIS): every record of Ver.1.10 (JAHIS技術文書 24-103); what is not in its tables is kept raw.
//!
//! The numbers mean other things than in a notebook, and systems in the field leave fields out without a comma; a name
//! is then looked for where it stands.

use super::{
    Content, Flaw, NotebookError, Patient, Payer, Place, Staff, Visit,
    fields::{Fields, Record},
    order::{Insurance, Order, OrderRemark, PrescriptionNumber},
    rx_drugs,
};
use crate::domain::person::Sex;

/// Reads the records in order. A prescription ends with its group.
pub(super) fn understand(groups: &[Vec<Record<'_>>]) -> Result<Content, NotebookError> {
    let mut content = Content::default();
    for group in groups {
        let mut visit: Option<Visit> = None;
        for record in group {
            let mut fields = record.fields();
            let number = record.number();
            // A clinic behind drugs begins the next prescription.
            if number == "1" && visit.as_ref().is_some_and(|open| !open.prescriptions.is_empty()) {
                content.visits.extend(visit.take());
            }
            let open = visit.get_or_insert_default();
            if take(&mut content, open, number, &mut fields)? {
                content.close(record, fields);
            } else {
                content.refuse(record, fields);
            }
        }
        content.visits.extend(visit);
    }
    Ok(content)
}

/// `false` keeps the record raw.
fn take(
    content: &mut Content,
    visit: &mut Visit,
    number: &str,
    f: &mut Fields<'_>,
) -> Result<bool, NotebookError> {
    Ok(match number {
        "1" => clinic(visit, f),
        "2" | "3" => clinic_reached(visit, number, f),
        "4" | "5" => doctor(visit, number, f),
        "11" => {
            let newcomer = patient(f);
            content.meet(newcomer)?
        }
        "12" | "13" => about_patient(content, number, f)?,
        "14" | "21" | "22" | "23" | "24" | "25" | "27" | "28" | "29" | "30" | "31" => {
            insurance(&mut order(visit).insurance, number, f)
        }
        "51" => once(&mut visit.date, f.needed_day(1)),
        "52" | "61" | "62" | "63" | "64" | "81" | "82" => about_order(order(visit), number, f),
        _ => match rx_drugs::take(visit, number, f) {
            Some(taken) => taken,
            None => {
                f.flaw(Flaw::UnknownRecord);
                false
            }
        },
    })
}

/// Fills an empty place. What comes second stays raw; what says nothing is no loss.
pub(super) fn once<T>(place: &mut Option<T>, told: Option<T>) -> bool {
    match (&place, told) {
        (_, None) => true,
        (Some(_), Some(_)) => false,
        (None, told) => {
            *place = told;
            true
        }
    }
}

/// Where a name stands: at its specified place, or else in the last field that is more than digits and Latin letters.
pub(super) fn name_place(f: &mut Fields<'_>, specified: usize) -> usize {
    let told = f.peek(specified);
    if !told.is_empty() && !told.bytes().all(|b| b.is_ascii_digit()) {
        return specified;
    }
    let elsewhere = (1..f.len()).rev().find(|&at| !f.peek(at).is_ascii());
    match elsewhere {
        Some(at) if at != specified => {
            f.flaw(Flaw::ShiftedFields);
            at
        }
        _ => specified,
    }
}

fn order(visit: &mut Visit) -> &mut Order {
    visit.order.get_or_insert_default()
}

const FACILITY_CODE_DIGITS: usize = 7;

fn clinic(visit: &mut Visit, f: &mut Fields<'_>) -> bool {
    let at = name_place(f, 4);
    if visit.facility.is_some() || f.peek(at).is_empty() {
        return false;
    }
    visit.facility = f.maybe(at, 120);
    let place = visit.facility_details.get_or_insert_default();
    if at == 4 {
        place.fee_table = f.word(1);
        place.code = f.maybe(2, 7);
        place.prefecture = f.maybe(3, 2);
        return true;
    }
    let is_code =
        |text: &str| text.len() == FACILITY_CODE_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(code) = (1..at).find(|&at| is_code(f.peek(at))) {
        place.code = f.maybe(code, 7);
    }
    true
}

/// 2 所在地 and 3 電話.
fn clinic_reached(visit: &mut Visit, number: &str, f: &mut Fields<'_>) -> bool {
    let place: &mut Place = visit.facility_details.get_or_insert_default();
    if number == "3" {
        return once(&mut place.phone, f.maybe(1, 13))
            & once(&mut place.fax, f.maybe(2, 13))
            & once(&mut place.contact, f.maybe(3, 100));
    }
    let at = name_place(f, 2);
    let postal_code = if at == 2 { f.maybe(1, 8) } else { None };
    once(&mut place.address, f.maybe(at, 100)) & once(&mut place.postal_code, postal_code)
}

/// 4 診療科 and 5 医師, one each.
fn doctor(visit: &mut Visit, number: &str, f: &mut Fields<'_>) -> bool {
    if visit.doctors.is_empty() {
        visit.doctors.push(Staff::default());
    }
    let Some(doctor) = visit.doctors.last_mut() else { return false };
    if number == "4" {
        let at = name_place(f, 3);
        let named = once(&mut doctor.department, f.maybe(at, 80));
        return named
            & (at != 3
                || once(&mut doctor.department_code_kind, f.maybe(1, 1))
                    & once(&mut doctor.department_code, f.maybe(2, 6)));
    }
    if !doctor.name.is_empty() {
        return false;
    }
    let at = name_place(f, 3);
    doctor.name = f.text(at, 40);
    (doctor.code, doctor.kana) = (f.maybe(1, 15), if at == 3 { f.maybe(2, 40) } else { None });
    visit.prescriber = Some(doctor.name.clone()).filter(|name| !name.is_empty());
    visit.prescriber.is_some()
}

/// 11. 12 性別 and 13 生年月日 follow.
fn patient(f: &mut Fields<'_>) -> Patient {
    Patient {
        code: f.maybe(1, 15),
        name: f.text(2, 40),
        kana: f.text(3, 40),
        birth: None,
        sex: Sex::Unstated,
        postal_code: None,
        address: None,
        phone: None,
        emergency_contact: None,
        blood_type: None,
        weight_kg: None,
    }
}

/// 12 and 13 belong to the 11 before them. A second birth date is a second person's.
fn about_patient(
    content: &mut Content,
    number: &str,
    f: &mut Fields<'_>,
) -> Result<bool, NotebookError> {
    let Some(patient) = &mut content.patient else {
        f.flaw(Flaw::NoOwner);
        return Ok(false);
    };
    if number == "13" {
        let birth = f.needed_day(1);
        patient.birth = patient.birth.or(birth);
        let same = birth.is_none() || patient.birth == birth;
        return if same { Ok(true) } else { Err(NotebookError::MixedPatients) };
    }
    let Some(sex) = f.word::<Sex>(1) else { return Ok(false) };
    let same = patient.sex == Sex::Unstated || patient.sex == sex;
    if same {
        patient.sex = sex;
    }
    Ok(same)
}

fn insurance(told: &mut Insurance, number: &str, f: &mut Fields<'_>) -> bool {
    match number {
        "14" => once(&mut told.burden, f.word(1)),
        "21" => once(&mut told.kind, f.word(1)),
        "22" => once(&mut told.insurer_number, f.maybe(1, 14)),
        "23" => {
            once(&mut told.symbol, f.maybe(1, 40))
                & once(&mut told.number, f.maybe(2, 40))
                & once(&mut told.relation, f.word(3))
                & once(&mut told.branch, f.maybe(4, 2))
        }
        "24" => {
            once(&mut told.patient_percent, f.number(1))
                & once(&mut told.insurer_percent, f.number(2))
        }
        "25" => once(&mut told.work_related, f.maybe(1, 1)),
        "31" => once(&mut told.claim_kind, f.maybe(1, 4)),
        _ => payer(told, number, f),
    }
}

/// 27–29 第一〜第三公費, 30 特殊公費.
fn payer(told: &mut Insurance, number: &str, f: &mut Fields<'_>) -> bool {
    let (order, payer_bytes, recipient_bytes) = match number {
        "27" => (1, 8, 7),
        "28" => (2, 8, 7),
        "29" => (3, 8, 7),
        _ => (4, 40, 40),
    };
    if told.payers.iter().any(|known| known.order == order) {
        return false;
    }
    let (payer, recipient) = (f.maybe(1, payer_bytes), f.maybe(2, recipient_bytes));
    if payer.is_some() || recipient.is_some() {
        told.payers.push(Payer { order, payer, recipient });
    }
    true
}

fn about_order(order: &mut Order, number: &str, f: &mut Fields<'_>) -> bool {
    match number {
        "52" => once(&mut order.valid_until, f.day(1)),
        "61" => {
            once(&mut order.narcotic_licence, f.maybe(1, 20))
                & once(&mut order.patient_address, f.maybe(2, 100))
                & once(&mut order.patient_phone, f.maybe(3, 13))
        }
        "62" => once(&mut order.leftover_check, f.word(1)),
        "63" => {
            once(&mut order.split_times, f.number(1)) & once(&mut order.split_number, f.number(2))
        }
        "64" => once(&mut order.refills, f.number(1)),
        "81" => {
            let remark = OrderRemark { number: f.number(1), kind: f.word(2), text: f.text(3, 200) };
            let says = !remark.text.is_empty();
            if says {
                order.remarks.push(remark);
            }
            says
        }
        _ => {
            let told = PrescriptionNumber { kind: f.word(1), number: f.text(2, 16) };
            let says = !told.number.is_empty();
            if says {
                order.numbers.push(told);
            }
            says
        }
    }
}
