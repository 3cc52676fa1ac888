//! Slips of a publisher at the command line: a year, a file forgotten, another's key. Nothing is made of them.

use super::{
    columns::{Bench, GOOD_ROW, HEADER, key},
    ground::{Ground, PASSPHRASE, document, sonae},
};
use sonae::snapshot::{MANIFEST_NAME, claims};
use std::fs;

const DRUGS: &str = "insurer_number,symbol,number,branch,birth_date,dispensed_on,drug_code,drug_name,ingredient,dose,unit,usage,days,facility,setting\n";
const DRUG_ROW: &str = "01170018,10000000,18,00,1956-11-01,2026-11-01,2171022F1029,架空ジピン錠,架空ジピン,1,錠,分1 朝食後,28,架空薬局,2\n";

fn people() -> String {
    format!("{HEADER}\n{GOOD_ROW}\n")
}

/// A release with one row of drugs, its secrets kept, and the words of a delta on top of it.
fn built() -> (Bench, Vec<String>) {
    let bench = Bench::new();
    let drugs = bench.ground.file("drugs.csv", format!("{DRUGS}{DRUG_ROW}").as_bytes());
    let secrets = bench.path("secrets.key").to_str().unwrap().to_owned();
    let told = bench.builds(
        people().as_bytes(),
        &["--dispensings", &drugs, "--secrets", &secrets, "--next-due-days", "7"],
    );
    assert_eq!((told["people"].as_u64(), told["dispensings"].as_u64()), (Some(1), Some(1)));
    let file = |name: &str| bench.path(name).to_str().unwrap().to_owned();
    let people = file("people.csv");
    let words = [
        ("--root", &file("release")),
        ("--secrets", &secrets),
        ("--people-before", &people),
        ("--people", &people),
        ("--out", &file("delta")),
        ("--key", &bench.keys[0]),
    ];
    let words = words.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).clone()]);
    let fixed = ["region", "delta", "--release-version", "12"].map(str::to_owned);
    let words = fixed.into_iter().chain(words).collect();
    (bench, words)
}

fn with<'w>(words: &'w [String], more: &[&'w str]) -> Vec<&'w str> {
    words.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[test]
fn a_day_still_to_come_builds_neither_release_nor_delta() {
    let (bench, words) = built();
    let drugs = bench.path("drugs.csv");
    for day in ["2099-11-20", "2999-01-01"] {
        bench.ground.refuses("as_of_in_the_future", &with(&words, &["--as-of", day]));
        // Before anything is read: not even the file that is not there is missed.
        let other = Bench { ground: Ground::empty(), keys: [key("none.key"), key("none.card")] };
        let build = ["region", "build", "--region", "17", "--name", "石川県", "--release-version"];
        let drugs = drugs.to_str().unwrap();
        let rest = ["11", "--as-of", day, "--people", "none.csv", "--key", &other.keys[0], "--out"];
        let last = [drugs, "--opening", "none.key", "--box", "none.card"];
        other.ground.refuses("as_of_in_the_future", &[&build[..], &rest, &last].concat());
    }
}

#[test]
fn a_kind_of_which_one_state_alone_is_told_makes_no_delta_and_one_left_out_keeps_its_rows() {
    let (bench, words) = built();
    let words = [words, vec!["--as-of".into(), "2026-11-20".into()]].concat();
    let drugs = bench.path("drugs.csv");
    let drugs = drugs.to_str().unwrap();
    for kind in ["dispensings", "checkups", "visits"] {
        for flag in [format!("--{kind}"), format!("--{kind}-before")] {
            bench.ground.refuses("delta_one_sided", &with(&words, &[&flag, drugs]));
        }
    }
    let told = sonae(PASSPHRASE, &[&["--json"], &with(&words, &[])[..]].concat());
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert_eq!(document(&told)["dispensings"], 1);
    let signed = fs::read(bench.path("delta").join(MANIFEST_NAME)).unwrap();
    assert_eq!(claims(&signed).unwrap().dispensings, 1);
    // Where all rows really go, a file of headings alone says so.
    fs::remove_dir_all(bench.path("delta")).unwrap();
    let none = bench.ground.file("none.csv", DRUGS.as_bytes());
    let gone = with(&words, &["--dispensings-before", drugs, "--dispensings", &none]);
    let told = document(&sonae(PASSPHRASE, &[&["--json"], &gone[..]].concat()));
    assert_eq!((&told["dispensings"], &told["histories"]["dispensings"]), (&0.into(), &1.into()));
}

#[test]
fn a_weekly_publisher_promises_the_next_one_in_a_week_and_nobody_in_a_year() {
    let (bench, words) = built();
    let promised = |dir: &str| {
        let signed = fs::read(bench.path(dir).join(MANIFEST_NAME)).unwrap();
        let claims = claims(&signed).unwrap();
        claims.next_due.0 - claims.made_at.0
    };
    assert_eq!(promised("release"), 7 * 86_400);
    let words = with(&words, &["--as-of", "2026-11-20"]);
    for days in ["0", "32", "365"] {
        let late = [&["--json"], &words[..], &["--next-due-days", days]].concat();
        assert_eq!(sonae(PASSPHRASE, &late).status.code(), Some(2), "{days}");
    }
    assert_eq!(sonae(PASSPHRASE, &words).status.code(), Some(0));
    assert_eq!(promised("delta"), 86_400, "a day where nothing is said");
}

#[test]
fn a_key_signs_for_its_own_role_alone() {
    let (mut bench, words) = built();
    let ground = Ground::with_box();
    let (publisher, issuer) = (key("publisher.key"), key("issuer-kyokai.key"));
    let out = ground.path("list").to_str().unwrap().to_owned();
    let revoke =
        ["credential", "revoke", "0011223344ff", "--sequence", "2", "--out", &out, "--key"];
    ground.refuses("key_file_other_role", &[&revoke[..], &[&publisher]].concat());
    let delta = words
        .iter()
        .map(|word| if *word == bench.keys[0] { issuer.as_str() } else { word.as_str() });
    let delta: Vec<_> = delta.chain(["--as-of", "2026-11-20"]).collect();
    bench.ground.refuses("key_file_other_role", &delta);
    bench.keys[0] = issuer;
    let people = bench.ground.file("people.csv", people().as_bytes());
    let path = bench.path("elsewhere");
    fs::create_dir(&path).unwrap();
    fs::remove_dir_all(bench.path("release")).unwrap();
    fs::remove_file(bench.path("opening.key")).unwrap();
    bench.refuses("key_file_other_role", &people, &[]);
    let told = sonae(PASSPHRASE, &[&["--json"], &revoke[..], &[&publisher]].concat());
    let detail = document(&told)["error"]["detail"].take();
    assert_eq!(detail, "needed: issuer, given: publisher");
}

#[test]
fn records_received_leave_the_list_of_a_build_in_the_same_folder_alone() {
    let ground = Ground::with_box();
    let people = ground.file("people.csv", format!("{HEADER}\n{GOOD_ROW}\nx,y\n").as_bytes());
    let list = ground.file("bad-rows.csv", b"file,line,column,reason\nbuilt,2,,row_too_long\n");
    let words = ["--json", "own", "add", "--data", ground.data(), &people, "--source", "架空端末"];
    let told = sonae(PASSPHRASE, &[&words[..], &["--received-at", "2026-11-20"]].concat());
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    let own = ground.path("own-bad-rows.csv");
    assert_eq!(document(&told)["refused"]["list"], own.to_str().unwrap());
    assert!(fs::read_to_string(own).unwrap().contains(",3,"));
    assert!(fs::read_to_string(list).unwrap().contains("row_too_long"), "the build's own list");
}
