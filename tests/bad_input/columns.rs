//! Column files of a publisher that cannot be read, in part or at all: what is bad is listed, the rest becomes a release,
//! and where nothing can be built nothing is left behind.

use super::ground::{Ground, PASSPHRASE, changes, document, photograph, says, sonae, world};
use serde_json::Value;
use std::{fs, path::PathBuf};

pub const HEADER: &str = "insurer_number,symbol,number,branch,insurer_name,name,kana,alias_name,alias_kana,\
    birth_date,sex,address,municipality,relation,burden_percent,limit_class,valid_from,lost_on,loss_reason,suspended";
pub const GOOD_ROW: &str = "01170018,10000000,18,00,練習協会,練習 花子,レンシュウ ハナコ,,,1956-11-01,2,\
    石川県輪島市1,172049,1,30,,2020-04-01,,,";

pub fn key(name: &str) -> String {
    world().dir.join("keys").join(name).to_str().unwrap().to_owned()
}

fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// Publisher's key and box's card.
fn keys() -> [String; 2] {
    let card = world().box_dir().join("box-card.cbor");
    [key("publisher.key"), card.to_str().unwrap().to_owned()]
}

/// What a build is told, in a directory of its own.
pub struct Bench {
    pub ground: Ground,
    pub keys: [String; 2],
}

impl Bench {
    pub fn new() -> Self {
        Self { ground: Ground::empty(), keys: keys() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.ground.path(name)
    }

    fn words(&self, people: &str, more: &[&str]) -> Vec<String> {
        let path = |name| self.path(name).to_str().unwrap().to_owned();
        let fixed = ["region", "build", "--region", "17", "--name", "石川県", "--release-version"];
        let mut words: Vec<String> = fixed.iter().map(ToString::to_string).collect();
        let own = ["11", "--as-of", "2026-11-20", "--people", people, "--key", &self.keys[0]];
        words.extend(own.iter().map(ToString::to_string));
        words.extend(["--box".into(), self.keys[1].clone()]);
        words.extend(["--out".into(), path("release"), "--opening".into(), path("opening.key")]);
        words.extend(more.iter().map(ToString::to_string));
        words
    }

    /// Builds; the document it answers with.
    pub fn builds(&self, people: &[u8], more: &[&str]) -> Value {
        let people = self.ground.file("people.csv", people);
        let words = self.words(&people, more);
        let words: Vec<_> =
            ["--json"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let told = sonae(PASSPHRASE, &words);
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        document(&told)
    }

    pub fn refuses(&self, code: &str, people: &str, more: &[&str]) {
        let words = self.words(people, more);
        self.ground.refuses(code, &words.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// The bad rows listed: line, column, reason.
    fn listed(&self) -> Vec<String> {
        let list = fs::read_to_string(self.path("bad-rows.csv")).unwrap();
        let people = self.path("people.csv");
        let mut lines = list.lines();
        assert_eq!(lines.next(), Some("file,line,column,reason"));
        let own =
            |line: &str| line.strip_prefix(&format!("{},", people.display())).map(str::to_owned);
        lines.map(|line| own(line).unwrap_or_else(|| line.to_owned())).collect()
    }
}

#[test]
fn bad_rows_are_listed_with_line_and_reason_and_keep_nobody_else_out() {
    let bench = Bench::new();
    let rows = [
        HEADER,
        GOOD_ROW,
        &GOOD_ROW.replace("1956-11-01", "1956-13-01"),
        &GOOD_ROW.replace("01170018", "1"),
        "short,row",
        &GOOD_ROW.replace("花子", "花\0子"),
        &GOOD_ROW.replace("花子", "\u{202e}花子"),
        &GOOD_ROW.replace("練習 花子", "\"練習 花子"),
        &"x".repeat(10 << 20),
        &",".repeat(600),
        &GOOD_ROW.replace("10000000,18", "10000000,19"),
        "",
    ];
    let document = bench.builds(rows.join("\n").as_bytes(), &[]);
    assert_eq!((&document["people"], &document["refused"]["people"]), (&2.into(), &8.into()));
    let list = document["refused"]["list"].as_str().unwrap();
    assert_eq!(PathBuf::from(list), bench.path("bad-rows.csv"));
    let expected = [
        "3,birth_date,not_as_described",
        "4,insurer_number,not_as_described",
        "5,insurer_number,not_as_described",
        "6,name,control_character",
        "7,name,control_character",
        "8,,quote_open",
        "9,,row_too_long",
        "10,,too_many_columns",
    ];
    assert_eq!(bench.listed(), expected);
    let list = fs::read_to_string(bench.path("bad-rows.csv")).unwrap();
    assert!(!list.contains("花"), "what a row says is somebody's");
}

#[test]
fn a_cp932_file_builds_and_its_half_characters_are_listed() {
    let bench = Bench::new();
    let mut file = cp932(&format!("{HEADER}\n{GOOD_ROW}\n{GOOD_ROW}\n{GOOD_ROW}"));
    file.pop(); // the last row lacks its last column
    let at = file.windows(6).position(|run| run == b",,,195").unwrap();
    file.insert(at, 0x94);
    let document = bench.builds(&file, &[]);
    assert_eq!(document["people"], 1);
    assert_eq!(bench.listed(), ["2,kana,broken_character", "4,suspended,row_too_short"]);
}

#[test]
fn the_encoding_that_is_said_is_the_one_that_counts() {
    let bench = Bench::new();
    let file = cp932(&format!("{HEADER}\n{GOOD_ROW}\n"));
    let people = bench.ground.file("people.csv", &file);
    let told = bench.words(&people, &["--encoding", "utf-8"]);
    let told = sonae(PASSPHRASE, &told.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(bench.listed(), ["2,insurer_name,broken_character"]);
    assert_eq!(bench.builds(&file, &["--encoding", "cp932"])["people"], 1);
    assert!(!bench.path("bad-rows.csv").exists(), "an older list would be taken for this build's");
}

#[test]
fn headings_of_the_publishers_own_are_named_in_a_file() {
    let bench = Bench::new();
    let header = HEADER.replacen("insurer_number", "保険者番号", 1).replacen("alias_kana", "x", 1);
    let columns = "[people]\ninsurer_number = \"保険者番号\"\nalias_kana = \"\"\n";
    let columns = bench.ground.file("columns.toml", columns.as_bytes());
    let file = cp932(&format!("{header}\n{GOOD_ROW}\n"));
    assert_eq!(bench.builds(&file, &["--columns", &columns])["people"], 1);
}

#[test]
fn medical_rows_are_listed_under_their_own_file_and_those_of_nobody_are_counted() {
    let bench = Bench::new();
    let whose = "01170018,10000000,18,00,1956-11-01";
    let drug = "2026-10-20,2171022F0001,ソナエジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局";
    let stranger = whose.replace("10000000", "10000001");
    let rows = format!(
        "insurer_number,symbol,number,branch,birth_date,dispensed_on,drug_code,drug_name,ingredient,\
         dose,unit,usage,days,facility,setting\n{whose},{drug},2\n{whose},{drug},7\n{stranger},{drug},1\n"
    );
    let drugs = bench.ground.file("drugs, \"new\".csv", rows.as_bytes());
    let people = format!("{HEADER}\n{GOOD_ROW}\n");
    let document = bench.builds(people.as_bytes(), &["--dispensings", &drugs]);
    assert_eq!(document["dispensings"], 1);
    assert_eq!(document["refused"]["dispensings"], 1);
    assert_eq!(document["refused"]["of_nobody"], 1);
    let quoted = format!("\"{}\"", drugs.replace('"', "\"\""));
    assert_eq!(bench.listed(), [format!("{quoted},3,setting,not_as_described")]);
}

#[test]
fn an_opening_drawn_for_a_release_that_came_to_nothing_does_not_stay() {
    let bench = Bench::new();
    let people = bench.ground.file("good.csv", format!("{HEADER}\n{GOOD_ROW}\n").as_bytes());
    let nowhere = bench.path("no-such-folder/secrets.key");
    bench.refuses("file_missing", &people, &["--secrets", nowhere.to_str().unwrap()]);
    assert!(!bench.path("opening.key").exists());
    bench.builds(format!("{HEADER}\n{GOOD_ROW}\n").as_bytes(), &[]);
}

#[test]
fn a_column_file_of_another_make_builds_nothing_and_draws_no_secret() {
    let bench = Bench::new();
    let twice = HEADER.replacen("sex", "name", 1);
    for (name, bytes, code) in [
        ("cp932.csv", cp932("保険者番号,記号,番号\n01170018,1,2\n"), "csv_header_wrong"),
        ("empty.csv", vec![], "csv_header_wrong"),
        ("other.csv", b"a,b,c\n1,2,3\n".to_vec(), "csv_header_wrong"),
        ("headless.csv", format!("{GOOD_ROW}\n").into_bytes(), "csv_header_wrong"),
        ("endless.csv", vec![b'x'; 10 << 20], "csv_header_wrong"),
        ("open.csv", format!("\"{HEADER}\n{GOOD_ROW}\n").into_bytes(), "csv_header_wrong"),
        ("zeros.csv", vec![0; 1 << 20], "csv_header_wrong"),
        ("twice.csv", format!("{twice}\n{GOOD_ROW}\n").into_bytes(), "csv_column_twice"),
        ("nobody.csv", format!("{HEADER}\n").into_bytes(), "csv_nobody"),
    ] {
        bench.refuses(code, &bench.ground.file(name, &bytes), &[]);
    }
    bench.refuses("file_missing", bench.path("nowhere.csv").to_str().unwrap(), &[]);
    bench.refuses("file_other_kind", bench.ground.dir.path().to_str().unwrap(), &[]);
    let people = bench.ground.file("good.csv", format!("{HEADER}\n{GOOD_ROW}\n").as_bytes());
    bench.refuses("csv_header_wrong", &people, &["--dispensings", &people]);
    bench.refuses("output_exists", &people, &["--bad-rows", &people]);
    for columns in ["[people]\nnmae = \"氏名\"", "[people]\nname = \"\"", "people", "\0"] {
        let columns = bench.ground.file("columns.toml", columns.as_bytes());
        bench.refuses("csv_columns_unreadable", &people, &["--columns", &columns]);
    }
}

#[test]
fn a_key_or_card_of_another_kind_builds_nothing() {
    let mut bench = Bench::new();
    let people = bench.ground.file("good.csv", format!("{HEADER}\n{GOOD_ROW}\n").as_bytes());
    bench.keys = [key("opening.key"), keys()[1].clone()];
    bench.refuses("key_file_other_kind", &people, &[]);
    bench.keys = [keys()[0].clone(), key("publisher.key")];
    bench.refuses("hub_card_malformed", &people, &[]);
}

#[test]
fn where_every_row_is_bad_nothing_is_built_but_the_reasons_are_listed() {
    let bench = Bench::new();
    let people = bench.ground.file("people.csv", format!("{HEADER}\nx,y,z\n").as_bytes());
    let before = photograph(bench.ground.dir.path());
    let words = bench.words(&people, &[]);
    let words: Vec<_> = ["--json"].into_iter().chain(words.iter().map(String::as_str)).collect();
    says(&sonae(PASSPHRASE, &words), "csv_nobody", &words);
    let after = photograph(bench.ground.dir.path());
    assert_eq!(changes(&before, &after), [bench.path("bad-rows.csv")]);
    assert_eq!(bench.listed(), ["2,insurer_number,not_as_described"]);
}

#[test]
fn a_release_tells_what_it_claims_and_whether_that_was_verified() {
    let dir = world().dir.join("release");
    let dir = dir.to_str().unwrap();
    let ask = |more: &[&str]| {
        let told = sonae(PASSPHRASE, &[&["--json", "region", "inspect", dir], more].concat());
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        document(&told)
    };
    let stranger = ask(&[]);
    assert_eq!(stranger["signature"], "not_verified");
    assert_eq!(stranger["claims"]["scope"], "prefecture");
    let known = ask(&["--data", world().box_dir().to_str().unwrap()]);
    assert_eq!(known["signature"], "verified");
    assert_eq!(stranger["claims"], known["claims"]);
    assert_eq!(known["claims"]["version"], world().summary.version);
    assert_eq!(known["claims"]["people"], world().summary.people);
    assert_eq!(known["claims"]["region"]["prefecture"], 17);
    assert_eq!(known["claims"]["boxes"], 1);
    assert_eq!(known["claims"]["base"], Value::Null);
    let files = known["claims"]["files"].as_array().unwrap();
    let bytes: u64 = files.iter().map(|file| file["bytes"].as_u64().unwrap()).sum();
    assert_eq!(bytes, world().summary.bytes);
    assert!(
        files.iter().all(|file| file["name"].is_string() && file["buckets"].as_u64() > Some(0))
    );
}

#[test]
fn what_is_no_manifest_is_not_inspected_and_a_forged_one_is_not_called_verified() {
    let ground = Ground::with_box();
    let dir = ground.path("release");
    super::ground::copy_tree(&world().dir.join("release"), &dir);
    let manifest = dir.join("manifest.cose");
    let mut bytes = fs::read(&manifest).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&manifest, &bytes).unwrap();
    let dir = dir.to_str().unwrap();
    ground.refuses("signature_forged", &["region", "inspect", dir, "--data", ground.data()]);
    for scrap in [&b""[..], &[0x84, 0x43], &bytes[..bytes.len() / 2], &[0xff; 300]] {
        fs::write(&manifest, scrap).unwrap();
        ground.refuses("signature_malformed", &["region", "inspect", dir]);
    }
    fs::remove_file(&manifest).unwrap();
    ground.refuses("file_missing", &["region", "inspect", dir]);
}
