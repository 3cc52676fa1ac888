//! A person's row.

use super::{
    Entry,
    columns::{Column, free, required},
    rows::{FieldFault, Row, date, moment},
};
use crate::domain::{
    area::Area,
    burden::Percent,
    person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
    time::Stamp,
};

impl Entry for PersonRecord {
    const TABLE: &'static str = "people";
    const COLUMNS: &'static [Column] = &[
        required("insurer_number"),
        free("symbol"),
        required("number"),
        free("branch"),
        required("insurer_name"),
        required("name"),
        required("kana"),
        free("alias_name"),
        free("alias_kana"),
        required("birth_date"),
        free("sex"),
        required("address"),
        required("municipality"),
        required("relation"),
        free("burden_percent"),
        free("limit_class"),
        required("valid_from"),
        free("lost_on"),
        free("loss_reason"),
        free("suspended"),
    ];

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        Ok(Self {
            identity: row.identity()?,
            insurer_name: row.filled("insurer_name")?.to_owned(),
            name: row.filled("name")?.to_owned(),
            kana: row.filled("kana")?.to_owned(),
            alias: alias(row)?,
            birth: row.field("birth_date", date)?,
            sex: row.field("sex", sex)?,
            address: row.filled("address")?.to_owned(),
            municipality: row.field("municipality", municipality)?,
            relation: row.field("relation", relation)?,
            burden: row.optional("burden_percent", |text| Percent::new(text.parse().ok()?))?,
            limit_class: row.optional("limit_class", |text| Some(text.to_owned()))?,
            valid_from: row.field("valid_from", date)?,
            lost_on: row.optional("lost_on", date)?,
            loss_reason: row.optional("loss_reason", loss_reason)?,
            standing: row.field("suspended", standing)?,
            origin: None,
        })
    }
}

/// A person's row in a facility's own file, and when the facility received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRow {
    /// The record, without its origin.
    pub person: PersonRecord,
    /// When it was received, where the row says so.
    pub received_at: Option<Stamp>,
}

const PEOPLE_COLUMNS: usize = PersonRecord::COLUMNS.len();

const fn with_moment() -> [Column; PEOPLE_COLUMNS + 1] {
    let mut columns = [free("received_at"); PEOPLE_COLUMNS + 1];
    let mut at = 0;
    while at < PEOPLE_COLUMNS {
        columns[at] = PersonRecord::COLUMNS[at];
        at += 1;
    }
    columns
}

impl Entry for ReceivedRow {
    const TABLE: &'static str = "received";
    const COLUMNS: &'static [Column] = &with_moment();

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        let person = PersonRecord::read(row)?;
        Ok(Self { person, received_at: row.optional("received_at", moment)? })
    }
}

fn alias(row: &Row<'_>) -> Result<Option<Alias>, FieldFault> {
    let kana = row.text("alias_kana")?.to_owned();
    row.optional("alias_name", |name| Some(Alias { name: name.to_owned(), kana }))
}

fn municipality(text: &str) -> Option<u32> {
    match Area::parse(text)? {
        Area::Municipality(code) => Some(code),
        Area::Prefecture(_) => None,
    }
}

fn sex(text: &str) -> Option<Sex> {
    match text {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        "3" | "" => Some(Sex::Unstated),
        _ => None,
    }
}

fn relation(text: &str) -> Option<Relation> {
    match text {
        "1" => Some(Relation::Insured),
        "2" => Some(Relation::Family),
        _ => None,
    }
}

fn loss_reason(text: &str) -> Option<LossReason> {
    match text {
        "01" => Some(LossReason::Death),
        "02" => Some(LossReason::PublicAssistance),
        "03" => Some(LossReason::OtherInsurance),
        "99" => Some(LossReason::Other),
        _ => None,
    }
}

fn standing(text: &str) -> Option<Standing> {
    match text {
        "" | "0" => Some(Standing::Usable),
        "1" => Some(Standing::Suspended),
        _ => None,
    }
}
