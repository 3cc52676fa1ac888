//! LMDB rows: a family or a history as one plain value under a 16-byte key, appended in order in one transaction.

#![expect(
    unsafe_code,
    reason = "opening a memory map is: the file must not change under it, and nobody else writes it"
)]

use crate::{
    engine::Engine,
    rows::{
        Client, DispensingRow, Key, PersonRow, RowFiles, birth_key, day, family_key, person_key,
    },
};
use heed::{Database, Env, EnvFlags, EnvOpenOptions, PutFlags, RoTxn, RwTxn, types::Bytes};
use jiff::civil::Date;
use sonae::domain::{insured::Identity, kana, medication::Dispensing, person::PersonRecord};
use std::{
    fs,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

type Rows = Database<Bytes, Bytes>;

const MAP_BYTES: usize = 64 << 30;
const NAMES: [&str; 3] = ["person", "dispensing", "birth"];

pub struct Lmdb {
    env: Env,
    people: Rows,
    drugs: Rows,
    births: Rows,
    client: Rc<Client>,
}

fn env(dir: &Path) -> Env {
    fs::create_dir_all(dir).unwrap();
    let mut options = EnvOpenOptions::new();
    options.map_size(MAP_BYTES).max_dbs(3);
    // Looking up at random: reading ahead would fill the memory with pages nobody asked for.
    unsafe { options.flags(EnvFlags::NO_READ_AHEAD).open(dir).unwrap() }
}

/// Appends rows, those of one key together as one value: how many they are follows from their bytes.
struct Together {
    rows: Rows,
    key: Option<Key>,
    value: Vec<u8>,
}

impl Together {
    fn of(rows: Rows) -> Self {
        Self { rows, key: None, value: vec![] }
    }

    fn take(&mut self, txn: &mut RwTxn<'_>, key: &Key, row: &[u8]) {
        if self.key.as_ref() != Some(key) {
            self.put(txn);
            self.key = Some(*key);
        }
        self.value.extend_from_slice(row);
    }

    fn put(&mut self, txn: &mut RwTxn<'_>) {
        if let Some(key) = &self.key {
            self.rows.put_with_flags(txn, PutFlags::APPEND, key, &self.value).unwrap();
        }
        self.value.clear();
    }
}

/// Fills a new environment; LMDB's own commit syncs it.
pub fn import(dir: &Path, rows: &RowFiles) -> Duration {
    let began = Instant::now();
    let env = env(dir);
    let mut txn = env.write_txn().unwrap();
    let [people, drugs, births] =
        NAMES.map(|name| env.create_database::<Bytes, Bytes>(&mut txn, Some(name)).unwrap());
    let mut families = Together::of(people);
    rows.people(|key, _, row| families.take(&mut txn, key, row));
    families.put(&mut txn);
    let mut histories = Together::of(drugs);
    rows.dispensings(|key, _, row| histories.take(&mut txn, key, row));
    histories.put(&mut txn);
    rows.births(|key| births.put_with_flags(&mut txn, PutFlags::APPEND, key, &[]).unwrap());
    txn.commit().unwrap();
    began.elapsed()
}

impl Lmdb {
    pub fn open(dir: &Path, client: Rc<Client>) -> Self {
        let env = env(dir);
        let txn = env.read_txn().unwrap();
        let [people, drugs, births] =
            NAMES.map(|name| env.open_database(&txn, Some(name)).unwrap().unwrap());
        txn.commit().unwrap();
        Self { env, people, drugs, births, client }
    }

    fn members(&self, txn: &RoTxn<'_>, family: &[u8]) -> Vec<PersonRecord> {
        let mut value = self.people.get(txn, family).unwrap().unwrap_or_default();
        let mut members = vec![];
        while !value.is_empty() {
            let (row, rest): (PersonRow<'_>, _) = postcard::take_from_bytes(value).unwrap();
            members.push(row.record());
            value = rest;
        }
        members
    }
}

impl Engine for Lmdb {
    type Found = PersonRecord;

    fn name(&self) -> &'static str {
        "LMDB"
    }

    fn record(found: &PersonRecord) -> &PersonRecord {
        found
    }

    fn family(&self, identity: &Identity) -> Vec<PersonRecord> {
        self.members(&self.env.read_txn().unwrap(), &family_key(identity))
    }

    fn history(&self, person: &PersonRecord) -> Vec<Dispensing> {
        let txn = self.env.read_txn().unwrap();
        let mut value = self.drugs.get(&txn, &person_key(person)).unwrap().unwrap_or_default();
        let mut history = vec![];
        while !value.is_empty() {
            let (row, rest): (DispensingRow<'_>, _) = postcard::take_from_bytes(value).unwrap();
            history.push(self.client.dispensing(&row));
            value = rest;
        }
        history
    }

    fn search(&self, birth: Date, asked: &str) -> Vec<PersonRecord> {
        let txn = self.env.read_txn().unwrap();
        let asked = kana::loose(asked);
        let spelled = birth_key(day(birth), &asked);
        let mut found = vec![];
        for key in self.births.prefix_iter(&txn, &spelled).unwrap() {
            let family = &key.unwrap().0[spelled.len()..];
            let alike = |p: &PersonRecord| p.birth == birth && kana::loose(&p.kana) == asked;
            found.extend(self.members(&txn, family).into_iter().filter(alike));
        }
        found
    }
}

pub fn version() -> String {
    let version = heed::lmdb_version();
    format!("{}.{}.{}", version.major, version.minor, version.patch)
}
