//! What the peers are fed: rows sorted by their keys, in files that were written before the clock starts.
//!
//! A peer would get its rows from somewhere too; sorted rows in a file are the best that an engine which indexes on the box can
//! be given.

use crate::people::Entry;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use sonae::domain::{
    burden::Percent,
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    kana,
    medication::{Dispensing, Drug, Setting},
    person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
};
use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Sixteen bytes that name a family or a person.
pub type Key = [u8; 16];

/// The key of all who share insurer, symbol and number: the form that is compared, hashed.
pub fn family_key(identity: &Identity) -> Key {
    shortened(blake3::hash(identity.family_key().as_bytes()))
}

/// The key of one person's drugs.
pub fn person_key(person: &PersonRecord) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(person.identity.family_key().as_bytes());
    hasher.update(&[0xff, person.identity.branch.map_or(0xff, Branch::value)]);
    hasher.update(&day(person.birth).to_be_bytes());
    shortened(hasher.finalize())
}

fn shortened(hash: blake3::Hash) -> Key {
    hash.as_bytes()[..16].try_into().unwrap()
}

/// A day as one number that sorts.
pub fn day(date: Date) -> i32 {
    i32::from(date.year()) * 512 + i32::from(date.month()) * 32 + i32::from(date.day())
}

pub fn date(day: i32) -> Date {
    Date::new((day >> 9) as i16, (day >> 5 & 15) as i8, (day & 31) as i8).unwrap()
}

/// A person as a row: numbers are numbers, texts are texts.
#[derive(Serialize, Deserialize)]
pub struct PersonRow<'a> {
    pub insurer: u32,
    pub symbol: &'a str,
    pub number: &'a str,
    pub branch: Option<u8>,
    pub insurer_name: &'a str,
    pub name: &'a str,
    pub kana: &'a str,
    pub alias: Option<(&'a str, &'a str)>,
    pub birth: i32,
    pub sex: u8,
    pub address: &'a str,
    pub municipality: u32,
    pub relation: u8,
    pub burden: Option<u8>,
    pub limit_class: Option<&'a str>,
    pub valid_from: i32,
    pub lost_on: Option<i32>,
    pub loss_reason: Option<u8>,
    pub standing: u8,
}

const SEXES: [Sex; 3] = [Sex::Male, Sex::Female, Sex::Unstated];
const RELATIONS: [Relation; 2] = [Relation::Insured, Relation::Family];
const STANDINGS: [Standing; 2] = [Standing::Usable, Standing::Suspended];
const SETTINGS: [Setting; 2] = [Setting::InHouse, Setting::Pharmacy];
const REASONS: [LossReason; 4] = [
    LossReason::Death,
    LossReason::PublicAssistance,
    LossReason::OtherInsurance,
    LossReason::Other,
];

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|each| each == one).unwrap() as u8
}

impl<'a> PersonRow<'a> {
    pub fn of(person: &'a PersonRecord) -> Self {
        Self {
            insurer: person.identity.insurer.value(),
            symbol: &person.identity.symbol,
            number: &person.identity.number,
            branch: person.identity.branch.map(Branch::value),
            insurer_name: &person.insurer_name,
            name: &person.name,
            kana: &person.kana,
            alias: person.alias.as_ref().map(|alias| (&*alias.name, &*alias.kana)),
            birth: day(person.birth),
            sex: place(&SEXES, &person.sex),
            address: &person.address,
            municipality: person.municipality,
            relation: place(&RELATIONS, &person.relation),
            burden: person.burden.map(Percent::value),
            limit_class: person.limit_class.as_deref(),
            valid_from: day(person.valid_from),
            lost_on: person.lost_on.map(day),
            loss_reason: person.loss_reason.as_ref().map(|reason| place(&REASONS, reason)),
            standing: place(&STANDINGS, &person.standing),
        }
    }

    pub fn record(&self) -> PersonRecord {
        PersonRecord {
            identity: Identity {
                insurer: InsurerNumber::from_value(self.insurer).unwrap(),
                symbol: self.symbol.into(),
                number: self.number.into(),
                branch: self.branch.and_then(Branch::from_value),
            },
            insurer_name: self.insurer_name.into(),
            name: self.name.into(),
            kana: self.kana.into(),
            alias: self.alias.map(|(name, kana)| Alias { name: name.into(), kana: kana.into() }),
            birth: date(self.birth),
            sex: SEXES[usize::from(self.sex)],
            address: self.address.into(),
            municipality: self.municipality,
            relation: RELATIONS[usize::from(self.relation)],
            burden: self.burden.and_then(Percent::new),
            limit_class: self.limit_class.map(Into::into),
            valid_from: date(self.valid_from),
            lost_on: self.lost_on.map(date),
            loss_reason: self.loss_reason.map(|reason| REASONS[usize::from(reason)]),
            standing: STANDINGS[usize::from(self.standing)],
            origin: None,
        }
    }
}

/// One dispensing as a row; drug, facility and the way to take it are numbers of small tables.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct DispensingRow<'a> {
    pub on: i32,
    pub drug: u32,
    pub dose: &'a str,
    pub usage: u32,
    pub days: u16,
    pub facility: u32,
    pub setting: u8,
}

/// Texts by their numbers.
#[derive(Default, Serialize, Deserialize)]
pub struct Numbered {
    pub texts: Vec<String>,
    #[serde(skip)]
    numbers: HashMap<String, u32>,
}

impl Numbered {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }
}

/// The small tables. A peer's client holds them in memory, as Sonae holds its words.
#[derive(Default, Serialize, Deserialize)]
pub struct SmallTables {
    /// Code, name, ingredient and unit, divided by a control character.
    pub drugs: Numbered,
    pub usages: Numbered,
    pub facilities: Numbered,
}

impl SmallTables {
    fn row<'a>(&mut self, row: &'a Dispensing) -> DispensingRow<'a> {
        let Drug { code, name, ingredient, unit } = &*row.drug;
        DispensingRow {
            on: day(row.on),
            drug: self.drugs.number(&[&**code, name, ingredient, unit].join("\u{1f}")),
            dose: &row.dose,
            usage: self.usages.number(&row.usage),
            days: row.days,
            facility: self.facilities.number(&row.facility),
            setting: place(&SETTINGS, &row.setting),
        }
    }
}

/// The small tables as a client reads with them.
pub struct Client {
    drugs: Vec<Arc<Drug>>,
    usages: Vec<SmolStr>,
    facilities: Vec<SmolStr>,
}

impl Client {
    pub fn of(tables: SmallTables) -> Self {
        let split = |text: &String| {
            let parts: Vec<SmolStr> = text.split('\u{1f}').map(Into::into).collect();
            let [code, name, ingredient, unit] = parts.try_into().unwrap();
            Arc::new(Drug { code, name, ingredient, unit })
        };
        let drugs = tables.drugs.texts.iter().map(split).collect();
        let all = |texts: &[String]| texts.iter().map(SmolStr::new).collect();
        Self { drugs, usages: all(&tables.usages.texts), facilities: all(&tables.facilities.texts) }
    }

    pub fn dispensing(&self, row: &DispensingRow<'_>) -> Dispensing {
        Dispensing {
            on: date(row.on),
            drug: self.drugs[row.drug as usize].clone(),
            dose: row.dose.into(),
            usage: self.usages[row.usage as usize].clone(),
            days: row.days,
            facility: self.facilities[row.facility as usize].clone(),
            setting: SETTINGS[usize::from(row.setting)],
        }
    }
}

/// The name index's key: birth date, then the kana in the loose form that is compared.
pub fn birth_key(birth: i32, loose: &str) -> Vec<u8> {
    [&birth.to_be_bytes()[..], loose.as_bytes(), &[0]].concat()
}

/// Three files of rows: people by family, histories by person, and the name index.
pub struct RowFiles {
    dir: PathBuf,
    pub tables: SmallTables,
}

type Rows = Vec<(Key, Box<[u8]>)>;

impl RowFiles {
    /// Writes the files of a region.
    pub fn write(dir: &Path, entries: impl Iterator<Item = Entry>) -> Self {
        let mut tables = SmallTables::default();
        let (mut people, mut drugs, mut births) = (Rows::new(), Rows::new(), vec![]);
        for (person, history) in entries {
            let family = family_key(&person.identity);
            people.push((family, postcard::to_stdvec(&PersonRow::of(&person)).unwrap().into()));
            let mut birth = birth_key(day(person.birth), &kana::loose(&person.kana));
            birth.extend_from_slice(&family);
            births.push(birth.into_boxed_slice());
            let key = person_key(&person);
            for dispensing in &history {
                let row = tables.row(dispensing);
                drugs.push((key, postcard::to_stdvec(&row).unwrap().into()));
            }
        }
        people.sort_by_key(|row| row.0); // stable: members and dispensings keep their order
        drugs.sort_by_key(|row| row.0);
        births.sort();
        births.dedup();
        write_rows(&dir.join("people.rows"), &people);
        write_rows(&dir.join("drugs.rows"), &drugs);
        let mut out = BufWriter::new(File::create(dir.join("births.rows")).unwrap());
        for birth in births {
            put(&mut out, &birth);
        }
        out.flush().unwrap();
        Self { dir: dir.into(), tables }
    }

    /// People row by row: family, number within it, the row.
    pub fn people(&self, mut each: impl FnMut(&Key, u32, &[u8])) {
        read_rows(&self.dir.join("people.rows"), &mut each);
    }

    /// Dispensings row by row: person, number within the history, the row.
    pub fn dispensings(&self, mut each: impl FnMut(&Key, u32, &[u8])) {
        read_rows(&self.dir.join("drugs.rows"), &mut each);
    }

    /// The name index, key by key.
    pub fn births(&self, mut each: impl FnMut(&[u8])) {
        let mut file =
            BufReader::with_capacity(1 << 20, File::open(self.dir.join("births.rows")).unwrap());
        let mut row = vec![];
        while take(&mut file, &mut row) {
            each(&row);
        }
    }
}

fn put(out: &mut impl Write, row: &[u8]) {
    out.write_all(&(row.len() as u32).to_le_bytes()).unwrap();
    out.write_all(row).unwrap();
}

fn take(file: &mut impl Read, row: &mut Vec<u8>) -> bool {
    let mut length = [0; 4];
    if file.read_exact(&mut length).is_err() {
        return false;
    }
    row.resize(u32::from_le_bytes(length) as usize, 0);
    file.read_exact(row).unwrap();
    true
}

fn write_rows(path: &Path, rows: &Rows) {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    for (key, row) in rows {
        out.write_all(key).unwrap();
        put(&mut out, row);
    }
    out.flush().unwrap();
}

fn read_rows(path: &Path, each: &mut impl FnMut(&Key, u32, &[u8])) {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).unwrap());
    let (mut key, mut former, mut number, mut row) = ([0; 16], None, 0, vec![]);
    while file.read_exact(&mut key).is_ok() && take(&mut file, &mut row) {
        number = if former == Some(key) { number + 1 } else { 0 };
        former = Some(key);
        each(&key, number, &row);
    }
}
