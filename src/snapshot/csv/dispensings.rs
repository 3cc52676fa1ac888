//! The dispensings' column file, and whose they are.

use super::rows::{BadRows, Row, RowFault, date, each_row};
use crate::{
    domain::{
        insured::Identity,
        medication::{Dispensing, Setting},
        person::PersonRecord,
    },
    snapshot::SnapshotError,
};
use jiff::civil::Date;
use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

const COLUMNS: &[&str] = &[
    "insurer_number",
    "symbol",
    "number",
    "branch",
    "birth_date",
    "dispensed_on",
    "drug_code",
    "drug_name",
    "ingredient",
    "dose",
    "unit",
    "usage",
    "days",
    "facility",
    "setting",
];

/// A person, for grouping: number, branch and birth date, hashed so that millions fit.
type PersonKey = [u8; 32];

fn person_key(identity: &Identity, birth: Date) -> PersonKey {
    let branch = identity.branch.map_or_else(String::new, |branch| branch.to_string());
    let text = format!("{}\u{1e}{branch}\u{1e}{birth}", identity.family_key());
    *blake3::hash(text.as_bytes()).as_bytes()
}

/// Drug histories by person, packed: two million take a tenth of what they would take as records.
#[derive(Debug, Default)]
pub struct Histories {
    rows: HashMap<PersonKey, Vec<Dispensing>>,
    /// Rows that could be read.
    pub count: u64,
    /// The rows that could not.
    pub bad: BadRows,
}

/// Reads the dispensings' column file.
pub fn read_dispensings(reader: impl Read) -> Result<Histories, SnapshotError> {
    let mut histories = Histories::default();
    let bad = each_row(reader, COLUMNS, |row| {
        let key = person_key(&row.identity()?, row.field("birth_date", date)?);
        histories.rows.entry(key).or_default().push(dispensing(row)?);
        histories.count += 1;
        Ok(())
    })?;
    histories.bad = bad;
    Ok(histories)
}

fn dispensing(row: &Row<'_>) -> Result<Dispensing, RowFault> {
    let text = |column| row.text(column).map(str::to_owned);
    Ok(Dispensing {
        on: row.field("dispensed_on", date)?,
        drug_code: text("drug_code")?,
        drug_name: row.filled("drug_name")?.to_owned(),
        ingredient: text("ingredient")?,
        dose: text("dose")?,
        unit: text("unit")?,
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

impl Histories {
    /// Rows that belong to nobody among `people`: they would be left out of the release.
    #[must_use]
    pub fn belonging_to_nobody(&self, people: &[PersonRecord]) -> u64 {
        let known: HashSet<_> =
            people.iter().map(|person| person_key(&person.identity, person.birth)).collect();
        let strangers = self.rows.iter().filter(|(key, _)| !known.contains(*key));
        strangers.map(|(_, history)| history.len() as u64).sum()
    }

    /// Everybody with their history, unpacked when their turn comes. Somebody in the file twice gets it once: lookups go by
    /// the same number, branch and birth date, and find it for both.
    pub fn join(
        mut self,
        people: Vec<PersonRecord>,
    ) -> impl Iterator<Item = (PersonRecord, Vec<Dispensing>)> {
        people.into_iter().map(move |person| {
            let rows = self.rows.remove(&person_key(&person.identity, person.birth));
            (person, rows.unwrap_or_default())
        })
    }
}
