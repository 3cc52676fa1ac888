//! JAHIS お薬手帳 (JAHISTC) and prescription symbols (院外処方箋2次元シンボル): bytes ↔ drug records.
//!
//! The reader takes what real pharmacies write, keeps what it does not understand in `raw`, and says what looked wrong.
//! Nothing in a notebook is signed: whoever shows it must show it as the patient's own paper.

mod fields;
mod merge;
mod model;
mod order;
mod rx;
mod rx_drugs;
mod tc;
mod text;
mod voucher;
mod warning;
mod words;
mod write;

pub use model::*;
pub use voucher::is_voucher;
pub use warning::{Flaw, NotebookWarning};
pub use words::*;
pub use write::{DrugSheet, SheetPatient, write_drug_sheet};

use crate::{
    domain::person::Sex,
    messages::{self, Message, Trouble},
};
use fields::{Fields, Record};
use std::{borrow::Cow, collections::HashSet};

/// Why a text could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotebookError {
    /// No bytes.
    #[error("no text was given")]
    Empty,
    /// Over [`crate::limits::NOTEBOOK_BYTES_MAX`], or more parts than a split may have.
    #[error("the text or the number of its parts is over the limit")]
    TooLarge,
    /// The first part does not begin with `JAHIS`.
    #[error("the text does not begin with a JAHIS version record")]
    NotJahis,
    /// Parts of different splits, or of different formats.
    #[error("parts of different texts are mixed")]
    MixedParts,
    /// Two patient records that do not name the same person.
    #[error("patient records of different people are mixed")]
    MixedPatients,
    /// A single record does not fit a part.
    #[error("a record does not fit a part of {bytes_max} bytes")]
    PartTooSmall {
        /// The size asked for.
        bytes_max: usize,
    },
}

impl Trouble for NotebookError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Empty => &messages::NOTEBOOK_EMPTY,
            Self::TooLarge => &messages::NOTEBOOK_TOO_LARGE,
            Self::NotJahis => &messages::NOTEBOOK_NOT_JAHIS,
            Self::MixedParts => &messages::NOTEBOOK_MIXED_PARTS,
            Self::MixedPatients => &messages::NOTEBOOK_MIXED_PATIENTS,
            Self::PartTooSmall { .. } => &messages::NOTEBOOK_PART_TOO_SMALL,
        }
    }
}

/// Reads the parts of one text, in any order: one file, a 911 split, or the symbols of a QR structured append.
///
/// A part without a version record continues the bytes of the part before it: structured append cuts inside characters.
/// What no type holds is in [`Notebook::raw`]: nothing that was written is lost but a second copy of what is there. Texts
/// without a split mark are read one after the other, and nothing of one is hung on another.
///
/// # Errors
/// When this is no JAHIS text, is over the limit, or mixes texts or people; flaws are warnings.
pub fn read(parts: &[Vec<u8>]) -> Result<Notebook, NotebookError> {
    if let Some(voucher) = alone(parts).and_then(|text| voucher::read(&text)) {
        return Ok(voucher);
    }
    let mut warnings = vec![];
    let joined = text::rejoin(parts)?;
    let texts: Vec<Cow<'_, str>> =
        joined.iter().map(|bytes| text::decode(bytes, &mut warnings)).collect();
    let merged = merge::merge(text::parts(&texts, &mut warnings)?)?;
    warnings.extend(merged.warnings);
    let content = match merged.header.format {
        Format::JahisTc => tc::understand(&merged.groups)?,
        Format::JahisRx | Format::Voucher => rx::understand(&merged.groups)?,
    };
    warnings.extend(content.warnings);
    if content.patient.is_none() {
        warnings.push(Flaw::NoPatient.into());
    }
    Ok(Notebook {
        format: merged.header.format,
        version: merged.header.version,
        direction: merged.header.direction,
        patient: content.patient,
        patient_remarks: content.patient_remarks,
        own_drugs: content.own_drugs,
        memos: content.memos,
        visits: content.visits,
        family_pharmacists: content.family_pharmacists,
        voucher: None,
        raw: merged.raw.into_iter().chain(content.raw).collect(),
        warnings: each_once(warnings),
    })
}

/// For the fuzz target: parts divided by a byte that no text holds, told as JSON where they are read.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let parts: Vec<_> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    let _ = read(&parts).map(|read| serde_json::to_string(&read));
}

/// The only part, if it is short enough for one line, and no JAHIS text.
fn alone(parts: &[Vec<u8>]) -> Option<Cow<'_, str>> {
    const LINE_BYTES_MAX: usize = 300;
    match parts {
        [one] if one.len() <= LINE_BYTES_MAX && !one.starts_with(b"JAHIS") => {
            Some(text::decode(one, &mut vec![]))
        }
        _ => None,
    }
}

/// A flaw that runs through a whole text is told once for its record, not a hundred thousand times.
fn each_once(warnings: Vec<NotebookWarning>) -> Vec<NotebookWarning> {
    let mut told = HashSet::new();
    let new = |warning: &NotebookWarning| told.insert((warning.flaw, warning.place.clone()));
    warnings.into_iter().filter(new).collect()
}

/// What the records of a text say, before header and merging are added.
#[derive(Default)]
struct Content {
    patient: Option<Patient>,
    patient_remarks: Vec<Note>,
    own_drugs: Vec<OwnDrug>,
    memos: Vec<Note>,
    visits: Vec<Visit>,
    family_pharmacists: Vec<FamilyPharmacist>,
    raw: Vec<RawRecord>,
    warnings: Vec<NotebookWarning>,
}

impl Content {
    /// Ends a record that was taken in: what is in no type stays raw.
    fn close(&mut self, record: &Record<'_>, fields: Fields<'_>) {
        if fields.is_lossy() {
            self.refuse(record, fields);
        } else {
            self.warnings.extend(fields.warnings(record));
        }
    }

    /// Ends a record that stays raw.
    fn refuse(&mut self, record: &Record<'_>, mut fields: Fields<'_>) {
        fields.explain(Flaw::MalformedRecord);
        self.raw.push(RawRecord { at: record.at, text: record.line.to_owned() });
        self.warnings.extend(fields.warnings(record));
    }

    /// Two records of one person complete each other; of two people, nothing may be merged. `false` if they differ in
    /// what makes nobody another person, such as the address.
    fn meet(&mut self, newcomer: Patient) -> Result<bool, NotebookError> {
        use crate::domain::names::{NameMatch, compare};
        let Some(known) = &mut self.patient else {
            self.patient = Some(newcomer);
            return Ok(true);
        };
        let births_clash = matches!((known.birth, newcomer.birth), (Some(a), Some(b)) if a != b);
        let same_name = known.name == newcomer.name
            || matches!(
                compare(&known.name, &newcomer.name),
                NameMatch::Same | NameMatch::SameButVariants
            );
        if births_clash || !same_name {
            return Err(NotebookError::MixedPatients);
        }
        known.birth = known.birth.or(newcomer.birth);
        let kana = Some(newcomer.kana).filter(|kana| !kana.is_empty() && *kana != known.kana);
        let same_kana = kana.is_none() || known.kana.is_empty();
        known.kana = kana.filter(|_| same_kana).unwrap_or_else(|| known.kana.clone());
        let same_sex = newcomer.sex == known.sex || newcomer.sex == Sex::Unstated;
        let texts = [
            (&mut known.code, newcomer.code),
            (&mut known.postal_code, newcomer.postal_code),
            (&mut known.address, newcomer.address),
            (&mut known.phone, newcomer.phone),
            (&mut known.emergency_contact, newcomer.emergency_contact),
            (&mut known.blood_type, newcomer.blood_type),
            (&mut known.weight_kg, newcomer.weight_kg),
        ];
        let same_texts = texts.into_iter().map(|(known, told)| completes(known, told));
        let same_texts = same_texts.fold(true, |all, same| all & same);
        Ok(same_texts && same_kana && same_sex && known.name == newcomer.name)
    }
}

fn completes(known: &mut Option<String>, told: Option<String>) -> bool {
    let same = told.is_none() || known.is_none() || *known == told;
    if known.is_none() {
        *known = told;
    }
    same
}

impl Visit {
    /// The RP that field 1 names, opened where it is new; `None` for what cannot be one (three digits at most).
    fn rp(&mut self, f: &mut Fields<'_>) -> Option<&mut Prescription> {
        let rp = rp_number(f)?;
        let place = self.prescriptions.iter().position(|open| open.rp == rp);
        let place = place.unwrap_or_else(|| {
            self.prescriptions.push(Prescription { rp, ..Prescription::default() });
            self.prescriptions.len() - 1
        });
        self.prescriptions.get_mut(place)
    }

    /// The RP that field 1 names, if it was opened before.
    fn known_rp(&mut self, f: &mut Fields<'_>) -> Option<&mut Prescription> {
        let rp = rp_number(f)?;
        self.prescriptions.iter_mut().find(|open| open.rp == rp)
    }
}

fn rp_number(f: &mut Fields<'_>) -> Option<u16> {
    const RP_MAX: u16 = 999;
    if f.peek(1).is_empty() { Some(0) } else { f.number(1).filter(|rp| *rp <= RP_MAX) }
}

#[cfg(test)]
mod tests;
