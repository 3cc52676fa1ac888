//! JAHIS お薬手帳 (JAHISTC) and prescription symbols (院外処方箋2次元シンボル): bytes ↔ drug records.
//!
//! The reader takes what real pharmacies write, keeps what it does not understand in `raw`, and says what looked wrong.
//! Nothing in a notebook is signed: whoever shows it must show it as the patient's own paper.

mod merge;
mod rx;
mod tc;
mod text;
mod warning;
mod write;

pub use warning::{Flaw, NotebookWarning};
pub use write::{DrugSheet, SheetPatient, write_drug_sheet};

use crate::{
    domain::person::Sex,
    messages::{self, Message, Trouble},
};
use jiff::civil::Date;
use serde::Serialize;

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

/// Which of the two JAHIS texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// 電子版お薬手帳データフォーマット, `JAHISTC`.
    JahisTc,
    /// 院外処方箋2次元シンボル記録条件規約, `JAHIS`.
    JahisRx,
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notebook {
    /// Which text.
    pub format: Format,
    /// The number behind `JAHISTC` or `JAHIS`.
    pub version: u16,
    /// The patient, where the text names one.
    pub patient: Option<Patient>,
    /// 調剤 (notebook) or 処方 (prescription), in the order written.
    pub visits: Vec<Visit>,
    /// Records that are not understood here, as written.
    pub raw: Vec<String>,
    /// What looked wrong.
    pub warnings: Vec<NotebookWarning>,
}

/// The patient as the text names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Patient {
    /// 氏名.
    pub name: String,
    /// Its reading, as written (either width).
    pub kana: String,
    /// 生年月日; `None` if it could not be read.
    pub birth: Option<Date>,
    /// 性別.
    pub sex: Sex,
}

/// One day at one facility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// 調剤年月日, of a prescription 交付年月日.
    pub date: Option<Date>,
    /// The pharmacy or clinic that handed out; of a prescription, the clinic that prescribed.
    pub facility: Option<String>,
    /// The clinic that prescribed, where a notebook names it.
    pub prescriber: Option<String>,
    /// The RP groups.
    pub prescriptions: Vec<Prescription>,
}

/// One RP: drugs taken in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prescription {
    /// RP番号 within the visit, 0 where none is written.
    #[serde(skip)]
    pub rp: u16,
    /// The drugs.
    pub drugs: Vec<Drug>,
    /// 用法.
    pub usage: Option<String>,
    /// 調剤数量: days or times.
    pub days: Option<u16>,
}

/// One drug line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drug {
    /// 薬品名.
    pub name: String,
    /// Its code, where given.
    pub code: Option<String>,
    /// The numbering of the code.
    pub code_kind: CodeKind,
    /// 用量 as written.
    pub dose: String,
    /// 単位.
    pub unit: String,
}

/// 薬品コード種別 of both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// 1 コードなし.
    None,
    /// 2 レセプト電算コード.
    Receipt,
    /// 3 厚生労働省コード (薬価基準収載医薬品コード).
    PriceList,
    /// 4 YJコード.
    Yj,
    /// 6 HOTコード.
    Hot,
    /// 7 一般名コード (prescriptions).
    Generic,
    /// Any other digit, or none.
    Unknown,
}

impl CodeKind {
    fn of(digit: &str) -> Self {
        match digit {
            "1" => Self::None,
            "2" => Self::Receipt,
            "3" => Self::PriceList,
            "4" => Self::Yj,
            "6" => Self::Hot,
            "7" => Self::Generic,
            _ => Self::Unknown,
        }
    }
}

/// Reads the parts of one text, in any order: one file, a 911 split, or the symbols of a QR structured append.
///
/// A part without a version record continues the bytes of the part before it: structured append cuts inside characters.
///
/// # Errors
/// When this is no JAHIS text, is over the limit, or mixes texts or people; flaws are warnings.
pub fn read(parts: &[Vec<u8>]) -> Result<Notebook, NotebookError> {
    let (parts, mut warnings) = text::parts(parts)?;
    let merged = merge::merge(parts)?;
    warnings.extend(merged.warnings);
    let content = match merged.header.format {
        Format::JahisTc => tc::understand(&merged.records)?,
        Format::JahisRx => rx::understand(&merged.records)?,
    };
    warnings.extend(content.warnings);
    if content.patient.is_none() {
        warnings.push(Flaw::NoPatient.into());
    }
    Ok(Notebook {
        format: merged.header.format,
        version: merged.header.version,
        patient: content.patient,
        visits: content.visits,
        raw: content.raw,
        warnings: each_once(warnings),
    })
}

/// A flaw that runs through a whole text is told once for its place, not a hundred thousand times.
fn each_once(warnings: Vec<NotebookWarning>) -> Vec<NotebookWarning> {
    let mut told = vec![];
    for warning in warnings {
        if !told.contains(&warning) {
            told.push(warning);
        }
    }
    told
}

/// What the records of a text say, before header and merging are added.
#[derive(Default)]
struct Content {
    patient: Option<Patient>,
    visits: Vec<Visit>,
    raw: Vec<String>,
    warnings: Vec<NotebookWarning>,
}

impl Content {
    /// Two records of one person complete each other; of two people, nothing may be merged.
    fn meet(&mut self, newcomer: Patient) -> Result<(), NotebookError> {
        use crate::domain::names::{NameMatch, compare};
        let Some(known) = &mut self.patient else {
            self.patient = Some(newcomer);
            return Ok(());
        };
        let births_clash = matches!((known.birth, newcomer.birth), (Some(a), Some(b)) if a != b);
        let same_name = known.name == newcomer.name
            || compare(&known.name, &newcomer.name) != NameMatch::Different;
        if births_clash || !same_name {
            return Err(NotebookError::MixedPatients);
        }
        known.birth = known.birth.or(newcomer.birth);
        if known.kana.is_empty() {
            known.kana = newcomer.kana;
        }
        Ok(())
    }

    fn day(&mut self, text: &str, record: &str) -> Option<Date> {
        match crate::domain::wareki::parse(text) {
            Ok(parsed) => {
                if !parsed.warnings.is_empty() {
                    self.warnings.push(Flaw::OddDate.at(record));
                }
                Some(parsed.value)
            }
            Err(_) => {
                self.warnings.push(Flaw::UnreadableDate.at(record));
                None
            }
        }
    }
}

impl Visit {
    /// The RP with this number, opened where it is new; `None` for what cannot be one (three digits at most).
    fn rp(&mut self, number: &str) -> Option<&mut Prescription> {
        let rp = match number {
            "" => 0,
            digits => digits.parse().ok().filter(|number| *number <= 999)?,
        };
        let place = self.prescriptions.iter().position(|open| open.rp == rp);
        let place = place.unwrap_or_else(|| {
            self.prescriptions.push(Prescription { rp, ..Prescription::default() });
            self.prescriptions.len() - 1
        });
        self.prescriptions.get_mut(place)
    }
}

fn sex_of(digit: &str) -> Sex {
    match digit {
        "1" => Sex::Male,
        "2" => Sex::Female,
        _ => Sex::Unstated,
    }
}

#[cfg(test)]
mod tests;
