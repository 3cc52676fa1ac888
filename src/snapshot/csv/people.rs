//! The people's column file.

use super::rows::{BadRows, Row, RowFault, date, each_row};
use crate::{
    domain::{
        area::Area,
        burden::Percent,
        person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
    },
    snapshot::SnapshotError,
};
use std::io::Read;

const COLUMNS: &[&str] = &[
    "insurer_number",
    "symbol",
    "number",
    "branch",
    "insurer_name",
    "name",
    "kana",
    "alias_name",
    "alias_kana",
    "birth_date",
    "sex",
    "address",
    "municipality",
    "relation",
    "burden_percent",
    "limit_class",
    "valid_from",
    "lost_on",
    "loss_reason",
    "suspended",
];

/// The people of a column file.
#[derive(Debug, Default)]
pub struct People {
    /// Those whose rows could be read, in the file's order.
    pub people: Vec<PersonRecord>,
    /// The rows that could not.
    pub bad: BadRows,
}

/// Reads the people's column file.
pub fn read_people(reader: impl Read) -> Result<People, SnapshotError> {
    let mut people = vec![];
    let bad = each_row(reader, COLUMNS, |row| {
        people.push(person(row)?);
        Ok(())
    })?;
    Ok(People { people, bad })
}

fn person(row: &Row<'_>) -> Result<PersonRecord, RowFault> {
    Ok(PersonRecord {
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
    })
}

fn alias(row: &Row<'_>) -> Result<Option<Alias>, RowFault> {
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
