//! Rows of drugs, check-ups and visits, and whose they are.

use super::{
    Entry,
    columns::{Column, free, required},
    rows::{FieldFault, Row, date},
};
use crate::domain::{
    checkup::Checkup,
    insured::Identity,
    medication::{Dispensing, Drug, Setting},
    visit::{CareSetting, Visit},
};
use jiff::civil::Date;
use smol_str::SmolStr;

/// Something in somebody's medical history. The person's own row comes from another file, if at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of<T> {
    /// Whose, together with the birth date.
    pub identity: Identity,
    /// 生年月日.
    pub birth: Date,
    /// What.
    pub what: T,
}

impl<T> Of<T> {
    fn read(
        row: &Row<'_>,
        what: impl FnOnce(&Row<'_>) -> Result<T, FieldFault>,
    ) -> Result<Self, FieldFault> {
        let (identity, birth) = (row.identity()?, row.field("birth_date", date)?);
        Ok(Self { identity, birth, what: what(row)? })
    }
}

impl Entry for Of<Dispensing> {
    const TABLE: &'static str = "dispensings";
    const COLUMNS: &'static [Column] = &[
        required("insurer_number"),
        free("symbol"),
        required("number"),
        free("branch"),
        required("birth_date"),
        required("dispensed_on"),
        free("drug_code"),
        required("drug_name"),
        free("ingredient"),
        free("dose"),
        free("unit"),
        free("usage"),
        required("days"),
        free("facility"),
        required("setting"),
    ];

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        Self::read(row, dispensing)
    }
}

fn dispensing(row: &Row<'_>) -> Result<Dispensing, FieldFault> {
    let text = |column| row.text(column).map(SmolStr::new);
    Ok(Dispensing {
        on: row.field("dispensed_on", date)?,
        drug: Drug {
            code: text("drug_code")?,
            name: row.filled("drug_name")?.into(),
            ingredient: text("ingredient")?,
            unit: text("unit")?,
        }
        .into(),
        dose: text("dose")?,
        usage: text("usage")?,
        days: row.field("days", |text| text.parse().ok())?,
        facility: text("facility")?,
        setting: row.field("setting", |text| match text {
            "1" => Some(Setting::InHouse),
            "2" => Some(Setting::Pharmacy),
            _ => None,
        })?,
    })
}

impl Entry for Of<Checkup> {
    const TABLE: &'static str = "checkups";
    const COLUMNS: &'static [Column] = &[
        required("insurer_number"),
        free("symbol"),
        required("number"),
        free("branch"),
        required("birth_date"),
        required("examined_on"),
        free("item_code"),
        required("item_name"),
        required("value"),
        free("unit"),
        free("facility"),
    ];

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        Self::read(row, checkup)
    }
}

fn checkup(row: &Row<'_>) -> Result<Checkup, FieldFault> {
    Ok(Checkup {
        on: row.field("examined_on", date)?,
        item_code: row.optional("item_code", item_code)?.unwrap_or_default(),
        item_name: row.filled("item_name")?.into(),
        value: row.filled("value")?.into(),
        unit: row.text("unit")?.into(),
        facility: row.text("facility")?.into(),
    })
}

/// JLAC10: seventeen digits and capital letters.
fn item_code(text: &str) -> Option<SmolStr> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (plain && text.len() == 17).then(|| text.into())
}

impl Entry for Of<Visit> {
    const TABLE: &'static str = "visits";
    const COLUMNS: &'static [Column] = &[
        required("insurer_number"),
        free("symbol"),
        required("number"),
        free("branch"),
        required("birth_date"),
        required("treated_on"),
        free("facility"),
        required("setting"),
        free("act_code"),
        required("act_name"),
        required("count"),
    ];

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        Self::read(row, visit)
    }
}

fn visit(row: &Row<'_>) -> Result<Visit, FieldFault> {
    Ok(Visit {
        on: row.field("treated_on", date)?,
        facility: row.text("facility")?.into(),
        setting: row.field("setting", |text| match text {
            "1" => Some(CareSetting::Inpatient),
            "2" => Some(CareSetting::Outpatient),
            _ => None,
        })?,
        act_code: row.optional("act_code", act_code)?.unwrap_or_default(),
        act_name: row.filled("act_name")?.into(),
        count: row.field("count", |text| text.parse().ok())?,
    })
}

/// 診療行為コード: nine digits.
fn act_code(text: &str) -> Option<SmolStr> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && text.len() == 9).then(|| text.into())
}
