//! SQLite, and SQLCipher, which is the same library with a key. Settings as a careful engineer would choose for this use:
//! bulk load into a new file without a journal, then read only; a cache as large as what Sonae's engine really takes.

use crate::{
    engine::Engine,
    files,
    rows::{Client, DispensingRow, Key, PersonRow, RowFiles, day, family_key, person_key},
    sonae_side,
};
use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, Row, Statement, params};
use sonae::domain::{insured::Identity, kana, medication::Dispensing, person::PersonRecord};
use std::{
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

/// A raw key: no passphrase is stretched when the file is opened.
const RAW_KEY: &str =
    "PRAGMA key = \"x'2DD29CA851E7B56E4697B0E1F08507293D761A05CE4D1B628663F411A8086D99'\";";

/// Memory for pages that were read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PageCache {
    /// As much as Sonae takes. SQLCipher then holds every page that was asked for decrypted, and decrypts no more.
    AsOurs,
    /// SQLite's own choice where nobody sets one: pages are read, and decrypted, again and again.
    Default,
}

impl PageCache {
    fn kib(self) -> u64 {
        match self {
            Self::AsOurs => sonae_side::CACHE_BYTES / 1024,
            Self::Default => 2_000,
        }
    }
}

/// Everything of a record as columns; people of one family beside each other; the index holds all that a search compares.
const SCHEMA: &str = "
CREATE TABLE person(
  family BLOB, member INT, insurer INT, symbol TEXT, number TEXT, branch INT, insurer_name TEXT, name TEXT, kana TEXT,
  alias_name TEXT, alias_kana TEXT, birth INT, sex INT, address TEXT, municipality INT, relation INT, burden INT,
  limit_class TEXT, valid_from INT, lost_on INT, loss_reason INT, standing INT, kana_loose TEXT,
  PRIMARY KEY(family, member)) WITHOUT ROWID;
CREATE TABLE dispensing(
  person BLOB, seq INT, day INT, drug INT, dose TEXT, usage INT, days INT, facility INT, setting INT,
  PRIMARY KEY(person, seq)) WITHOUT ROWID;
CREATE TABLE drug(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE usage(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE facility(id INTEGER PRIMARY KEY, text TEXT);";

const COLUMNS: &str = "insurer, symbol, number, branch, insurer_name, name, kana, alias_name, alias_kana, birth, sex, \
    address, municipality, relation, burden, limit_class, valid_from, lost_on, loss_reason, standing";

/// With or without a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Cipher,
}

impl Kind {
    fn unlock(self, connection: &Connection) {
        match self {
            Self::Plain => {}
            Self::Cipher => connection.execute_batch(RAW_KEY).unwrap(),
        }
    }
}

pub fn version() -> String {
    let connection = Connection::open_in_memory().unwrap();
    let ask = |sql| connection.query_row(sql, [], |row| row.get::<_, String>(0));
    let cipher = ask("PRAGMA cipher_version").unwrap_or_default();
    format!("SQLite {}, SQLCipher {cipher}", rusqlite::version())
}

/// How a search finds its candidates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// All of the day from the covering index, compared in Rust: also finds who agrees in one part of the name only.
    Day,
    /// The one spelling, by the index: the fastest SQLite can be, and all it finds is the whole name.
    Spelling,
}

pub struct Sqlite {
    connection: Connection,
    client: Rc<Client>,
    kind: Kind,
    search: Search,
    cache: PageCache,
    by_family: String,
    by_member: String,
}

/// Fills a new file in one transaction, sorted rows through prepared statements, and makes it last.
pub fn import(kind: Kind, path: &Path, rows: &RowFiles) -> Duration {
    let began = Instant::now();
    let connection = Connection::open(path).unwrap();
    kind.unlock(&connection);
    connection
        .execute_batch(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY;",
        )
        .unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    insert_people(&connection, rows);
    insert_dispensings(&connection, rows);
    for (table, texts) in [
        ("drug", &rows.tables.drugs.texts),
        ("usage", &rows.tables.usages.texts),
        ("facility", &rows.tables.facilities.texts),
    ] {
        let mut insert = connection.prepare(&format!("INSERT INTO {table} VALUES(?, ?)")).unwrap();
        for (number, text) in texts.iter().enumerate() {
            insert.execute(params![number as i64, text]).unwrap();
        }
    }
    connection
        .execute_batch("CREATE INDEX birth ON person(birth, kana_loose, family, member); COMMIT")
        .unwrap();
    drop(connection);
    files::sync_file(path);
    let took = began.elapsed();
    let readable = std::fs::read(path).unwrap().starts_with(b"SQLite format 3");
    assert_eq!(readable, kind == Kind::Plain, "a key that does nothing would flatter the peer");
    took
}

fn insert_people(connection: &Connection, rows: &RowFiles) {
    let marks = vec!["?"; 23].join(",");
    let mut insert = connection.prepare(&format!("INSERT INTO person VALUES({marks})")).unwrap();
    rows.people(|family, member, row| {
        let p: PersonRow<'_> = postcard::from_bytes(row).unwrap();
        let (alias_name, alias_kana) = p.alias.unzip();
        insert
            .execute(params![
                family,
                member,
                p.insurer,
                p.symbol,
                p.number,
                p.branch,
                p.insurer_name,
                p.name,
                p.kana,
                alias_name,
                alias_kana,
                p.birth,
                p.sex,
                p.address,
                p.municipality,
                p.relation,
                p.burden,
                p.limit_class,
                p.valid_from,
                p.lost_on,
                p.loss_reason,
                p.standing,
                kana::loose(p.kana)
            ])
            .unwrap();
    });
}

fn insert_dispensings(connection: &Connection, rows: &RowFiles) {
    let mut insert =
        connection.prepare("INSERT INTO dispensing VALUES(?,?,?,?,?,?,?,?,?)").unwrap();
    rows.dispensings(|person, seq, row| {
        let d: DispensingRow<'_> = postcard::from_bytes(row).unwrap();
        insert
            .execute(params![
                person, seq, d.on, d.drug, d.dose, d.usage, d.days, d.facility, d.setting
            ])
            .unwrap();
    });
}

impl Sqlite {
    pub fn open(
        kind: Kind,
        search: Search,
        cache: PageCache,
        path: &Path,
        client: Rc<Client>,
    ) -> Self {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .unwrap();
        kind.unlock(&connection);
        connection
            .execute_batch(&format!(
                "PRAGMA mmap_size = 0; PRAGMA cache_size = -{}; PRAGMA locking_mode = EXCLUSIVE;",
                cache.kib()
            ))
            .unwrap();
        connection.set_prepared_statement_cache_capacity(16);
        Self {
            connection,
            client,
            kind,
            search,
            cache,
            by_family: format!("SELECT {COLUMNS} FROM person WHERE family = ?"),
            by_member: format!("SELECT {COLUMNS} FROM person WHERE family = ? AND member = ?"),
        }
    }

    fn people(
        &self,
        statement: &mut Statement<'_>,
        of: impl rusqlite::Params,
    ) -> Vec<PersonRecord> {
        let mut rows = statement.query(of).unwrap();
        let mut people = vec![];
        while let Some(row) = rows.next().unwrap() {
            people.push(record(row));
        }
        people
    }

    /// Families and members born that day under that reading, from the index alone.
    fn candidates(&self, birth: i32, asked: &str) -> Vec<(Key, u32)> {
        let sql = match self.search {
            Search::Day => "SELECT family, member, kana_loose FROM person WHERE birth = ?",
            Search::Spelling => {
                "SELECT family, member, kana_loose FROM person WHERE birth = ? AND kana_loose = ?"
            }
        };
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let mut rows = match self.search {
            Search::Day => statement.query(params![birth]),
            Search::Spelling => statement.query(params![birth, asked]),
        }
        .unwrap();
        let mut found = vec![];
        while let Some(row) = rows.next().unwrap() {
            if row.get_ref(2).unwrap().as_str().unwrap() == asked {
                let family = row.get_ref(0).unwrap().as_blob().unwrap();
                found.push((family.try_into().unwrap(), row.get(1).unwrap()));
            }
        }
        found
    }
}

fn record(row: &Row<'_>) -> PersonRecord {
    let text = |at: usize| row.get_ref(at).unwrap().as_str().unwrap();
    let text_or_none = |at: usize| row.get_ref(at).unwrap().as_str_or_null().unwrap();
    PersonRow {
        insurer: row.get(0).unwrap(),
        symbol: text(1),
        number: text(2),
        branch: row.get(3).unwrap(),
        insurer_name: text(4),
        name: text(5),
        kana: text(6),
        alias: text_or_none(7).zip(text_or_none(8)),
        birth: row.get(9).unwrap(),
        sex: row.get(10).unwrap(),
        address: text(11),
        municipality: row.get(12).unwrap(),
        relation: row.get(13).unwrap(),
        burden: row.get(14).unwrap(),
        limit_class: text_or_none(15),
        valid_from: row.get(16).unwrap(),
        lost_on: row.get(17).unwrap(),
        loss_reason: row.get(18).unwrap(),
        standing: row.get(19).unwrap(),
    }
    .record()
}

impl Engine for Sqlite {
    type Found = PersonRecord;

    fn name(&self) -> &'static str {
        match (self.kind, self.search, self.cache) {
            (Kind::Plain, Search::Day, _) => "SQLite",
            (Kind::Plain, Search::Spelling, _) => "SQLite, one spelling by index",
            (Kind::Cipher, _, PageCache::AsOurs) => "SQLCipher, pages held decrypted",
            (Kind::Cipher, _, PageCache::Default) => "SQLCipher",
        }
    }

    fn record(found: &PersonRecord) -> &PersonRecord {
        found
    }

    fn family(&self, identity: &Identity) -> Vec<PersonRecord> {
        let mut statement = self.connection.prepare_cached(&self.by_family).unwrap();
        self.people(&mut statement, [&family_key(identity)[..]])
    }

    fn history(&self, person: &PersonRecord) -> Vec<Dispensing> {
        let sql = "SELECT day, drug, dose, usage, days, facility, setting FROM dispensing WHERE person = ?";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let mut rows = statement.query([&person_key(person)[..]]).unwrap();
        let mut history = vec![];
        while let Some(row) = rows.next().unwrap() {
            history.push(self.client.dispensing(&DispensingRow {
                on: row.get(0).unwrap(),
                drug: row.get(1).unwrap(),
                dose: row.get_ref(2).unwrap().as_str().unwrap(),
                usage: row.get(3).unwrap(),
                days: row.get(4).unwrap(),
                facility: row.get(5).unwrap(),
                setting: row.get(6).unwrap(),
            }));
        }
        history
    }

    fn search(&self, birth: Date, kana: &str) -> Vec<PersonRecord> {
        let mut statement = self.connection.prepare_cached(&self.by_member).unwrap();
        let candidates = self.candidates(day(birth), &kana::loose(kana));
        let fetch =
            |(family, member): (Key, u32)| self.people(&mut statement, params![family, member]);
        candidates.into_iter().flat_map(fetch).collect()
    }
}
