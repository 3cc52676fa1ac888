//! `docs/contract.md` is a promise: its commands exist, its examples answer as shown, its tables are the program's own.

#![allow(
    clippy::disallowed_methods,
    reason = "files of an invented world need not survive a power cut"
)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a page that cannot be read has broken its promise"
)]

use serde_json::{Value, json};
use sonae::{
    domain::answer::{NextStep, Reason},
    messages::{self, Kind},
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/contract.md");
const PASSPHRASE: &str = "invented-for-the-contract";

fn page() -> String {
    fs::read_to_string(PAGE).unwrap()
}

/// A program that knows nothing of the machine it runs on.
fn sonae() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sonae"));
    for variable in ["SONAE_PASSPHRASE", "SONAE_LISTEN", "SONAE_DATA_DIR", "SONAE_CONFIG"] {
        command.env_remove(variable);
    }
    command.env_remove("CREDENTIALS_DIRECTORY").stdin(Stdio::null());
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// What `--json` wrote: exactly one document, or the test fails here.
fn document(args: &[String], passphrase: &str) -> (Value, i32) {
    let output = sonae().args(args).env("SONAE_PASSPHRASE", passphrase).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{args:?}: not one document ({e}):\n{text}\n{told}"));
    (value, output.status.code().unwrap())
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn help(path: &[String]) -> String {
    let output = sonae().args(path).arg("--help").output().unwrap();
    assert!(output.status.success(), "sonae {} is no command", path.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

fn subcommands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    listed.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command that can be given, with its help.
fn leaves(path: &[String]) -> Vec<(String, String)> {
    let text = help(path);
    let below = subcommands(&text);
    if below.is_empty() {
        return vec![(path.join(" "), text)];
    }
    below.into_iter().flat_map(|word| leaves(&[path, &[word]].concat())).collect()
}

fn options(help: &str) -> Vec<String> {
    let words = help.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    let options = words.filter(|word| word.strip_prefix("--").is_some_and(|name| name.len() > 1));
    let known = options.filter(|word| !["--json", "--help"].contains(word));
    known.map(str::to_owned).collect()
}

/// The part of the page under the heading of a command, or under that of the group it belongs to.
fn section<'a>(page: &'a str, command: &str) -> &'a str {
    let group = command.split(' ').next().unwrap_or_default();
    let at = [command, group].into_iter().find_map(|name| {
        let heading = format!("### sonae {name}\n");
        page.find(&heading).map(|at| at + heading.len())
    });
    let rest = &page[at.unwrap_or_else(|| panic!("the page has no heading for sonae {command}"))..];
    &rest[..rest.find("\n##").unwrap_or(rest.len())]
}

#[test]
fn every_command_and_option_of_the_program_is_on_the_page() {
    let page = page();
    for (command, help) in leaves(&[]) {
        let section = section(&page, &command);
        assert!(section.contains(&format!("sonae {command}")), "sonae {command}");
        for option in options(&help) {
            assert!(section.contains(&option), "sonae {command}: {option} is not on the page");
        }
    }
}

#[test]
fn every_command_on_the_page_is_one_of_the_programs() {
    let known: Vec<String> = leaves(&[]).into_iter().map(|(command, _)| command).collect();
    let page = page();
    let written = page.split(['`', '\n']).filter_map(|code| code.trim().strip_prefix("sonae "));
    let headings = page.lines().filter_map(|line| line.strip_prefix("### sonae "));
    let groups: Vec<&str> = known.iter().filter_map(|command| command.split(' ').next()).collect();
    for text in written.chain(headings) {
        let fits = |command: &&String| {
            text == command.as_str()
                || text.strip_prefix(command.as_str()).is_some_and(|rest| rest.starts_with(' '))
        };
        assert!(known.iter().any(|c| fits(&c)) || groups.contains(&text), "sonae {text}");
    }
}

#[test]
fn wrong_usage_is_one_json_document_and_exit_code_2() {
    for wrong in [
        "--json",
        "frobnicate --json",
        "--json verify --data /nowhere",
        "check wareki --json",
        "verify --data /nowhere --qr 1 --image a.png --json",
        "hub --data /nowhere --json",
        "sync --data /nowhere --json",
        "check age-ratio 1980-01-01 --on --json",
    ] {
        let (told, code) = document(&words(wrong), "");
        assert_eq!((told["error"]["code"].as_str(), code), (Some("usage"), 2), "{wrong}");
        assert!(told["error"]["detail"].as_str().is_some_and(|text| !text.is_empty()), "{wrong}");
    }
}

#[test]
fn every_refusal_has_code_message_and_advice_in_both_languages() {
    let place = tempfile::tempdir().unwrap();
    let nowhere = place.path().join("nowhere").display().to_string();
    for (asked, code) in [
        ("check insurer-number 12x".to_owned(), "not_digits"),
        ("check wareki tomorrow".to_owned(), "not_a_date"),
        (format!("verify --data {nowhere} --qr 1"), "data_absent"),
        (format!("journal verify --data {nowhere}"), "data_absent"),
        (format!("doctor --data {nowhere}"), "data_absent"),
        (format!("disaster status --data {nowhere}"), "data_absent"),
        (format!("notebook read {nowhere}"), "file_missing"),
        (format!("sync --once --data {nowhere}"), "no_link"),
        (format!("serve --data {nowhere}"), "facility_missing"),
        (format!("serve --data {nowhere} --listen 0.0.0.0:1"), "config_listen_not_local"),
        (format!("hub --data {nowhere} --listen 127.0.0.1:0"), "passphrase_missing"),
        (format!("region verify {nowhere} --publisher abc"), "value_unreadable"),
    ] {
        let (told, exit) = document(&words(&format!("{asked} --json")), "");
        assert_eq!((told["error"]["code"].as_str(), exit), (Some(code), 1), "{asked}: {told}");
        for field in ["message", "advice", "message_en", "advice_en"] {
            assert!(
                told["error"][field].as_str().is_some_and(|text| !text.is_empty()),
                "{asked}: {field}"
            );
        }
    }
    assert!(!Path::new(&nowhere).exists(), "a refusal leaves nothing behind");
}

#[test]
fn a_reader_that_stops_early_is_no_crash() {
    let mut child = sonae()
        .args(["check", "wareki", "S31.11.1", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!((child.wait().unwrap().code(), told.as_str()), (Some(0), ""));
}

/// One example of the page.
struct Example {
    command: String,
    exit: i32,
    expected: Value,
}

fn examples(page: &str) -> Vec<Example> {
    let blocks = page.split("\n```console check").skip(1);
    let read = |block: &str| {
        let (head, rest) = block.split_once('\n').unwrap();
        let exit = head.trim().strip_prefix("exit=").map_or(0, |code| code.parse().unwrap());
        let (command, rest) = rest.split_once('\n').unwrap();
        let body = rest.split("\n```").next().unwrap();
        let command = command.strip_prefix("$ sonae ").expect("a command").to_owned();
        let expected = serde_json::from_str(body).unwrap_or_else(|e| panic!("{command}: {e}"));
        Example { command, exit, expected }
    };
    blocks.map(read).collect()
}

/// Words of a command line; `'…'` holds spaces together.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words
}

/// An invented world on the disk, made by the demo itself.
struct World {
    root: tempfile::TempDir,
    birthdate: String,
}

impl World {
    fn make() -> Self {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("world").display().to_string();
        let asked = format!("demo --once --people 300 --dir {dir} --json");
        let (told, exit) = document(&words(&asked), PASSPHRASE);
        assert_eq!((told["ok"].as_bool(), exit), (Some(true), 0), "{told:#}");
        let out = root.path().join("out");
        fs::create_dir(&out).unwrap();
        for name in ["people.csv", "people-next.csv", "papers.csv"] {
            let csv = page().split_once(&format!("```csv {name}\n")).unwrap().1.to_owned();
            fs::write(out.join(name), csv.split("```").next().unwrap()).unwrap();
        }
        let mut world = Self { root, birthdate: String::new() };
        let asked = "verify --data DIR --insurer 01170018 --number 0 --json";
        let (told, _) = document(&world.settle(asked), PASSPHRASE);
        let year: i32 = told["on"].as_str().unwrap()[..4].parse().unwrap();
        world.birthdate = format!("{}-02-03", year - 68);
        world
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// The page's placeholders as places of this world.
    fn settle(&self, command: &str) -> Vec<String> {
        let place = |word: String| {
            let (first, rest) =
                word.split_once('/').map_or((word.as_str(), None), |(a, b)| (a, Some(b)));
            let at = match first {
                "DIR" => "world/box",
                "HUB" => "world/hub",
                "KEYS" => "world/keys",
                "RELEASE" => "world/release",
                "SAMPLES" => "world/samples",
                "OUT" => "out",
                "BIRTHDATE" => return self.birthdate.clone(),
                _ => return word,
            };
            let at = self.at(at);
            rest.map_or(at.clone(), |rest| at.join(rest)).display().to_string()
        };
        shell_words(command).into_iter().map(place).collect()
    }
}

/// Whether everything expected is in the answer. Of a list the items named must be there in their order; an empty list
/// means an empty list.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => expected
            .iter()
            .all(|(key, inner)| answer.get(key).is_some_and(|found| holds(found, inner))),
        (Value::Array(answer), Value::Array(expected)) if !expected.is_empty() => {
            let mut rest = answer.iter();
            expected.iter().all(|inner| rest.any(|found| holds(found, inner)))
        }
        _ => answer == expected,
    }
}

#[test]
fn what_the_page_shows_is_what_the_program_says_and_http_says_the_same() {
    let world = World::make();
    for example in examples(&page()) {
        let (answer, exit) = document(&world.settle(&example.command), PASSPHRASE);
        let told = format!("$ sonae {}\n{answer:#}", example.command);
        assert_eq!(exit, example.exit, "{told}");
        assert!(holds(&answer, &example.expected), "expected {:#}\n{told}", example.expected);
    }
    let asked =
        "verify --data DIR --insurer 01170018 --symbol 10000000 --number 18 --branch 00 --json";
    let (by_command, _) = document(&world.settle(asked), PASSPHRASE);
    let server = Server::start(&world);
    let question =
        json!({ "insurer": "01170018", "symbol": "10000000", "number": "18", "branch": "00" });
    let (status, by_http) = server.ask("POST", "/api/v1/verify", &question.to_string());
    assert_eq!(status, 200, "{by_http}");
    let fields = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&by_http), fields(&by_command));
    for field in ["verdict", "basis", "as_of", "burden_ratio", "reasons", "next_steps", "subject"] {
        assert_eq!(by_http[field], by_command[field], "{field}");
    }
    let (status, refusal) = server.ask("POST", "/api/v1/verify", "{}");
    assert_eq!((status, refusal["error"]["code"].as_str()), (400, Some("question_incomplete")));
    assert_eq!(server.ask("GET", "/healthz", ""), (200, json!({ "ok": true })));
    let (status, held) = server.ask("GET", "/api/v1/status", "");
    assert!(
        status == 200 && holds(&held, &json!({ "snapshot": { "version": 10, "age_days": 1 } })),
        "{held}"
    );
    let held_twice = "journal export --data DIR --json";
    let (told, exit) = document(&world.settle(held_twice), PASSPHRASE);
    assert_eq!((told["error"]["code"].as_str(), exit), (Some("data_in_use"), 1), "{told}");
}

/// The box, serving; ended with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(world: &World) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let args = world.settle(&format!("serve --data DIR --listen {address} --json"));
        let mut child = sonae()
            .args(args)
            .env("SONAE_PASSPHRASE", PASSPHRASE)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("http://")), "it ended before it served");
        Self { child, address }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, length) = (&self.address, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        let head =
            format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn turn(kind: Kind) -> (&'static str, u16) {
    match kind {
        Kind::BadInput => ("cannot be read", 400),
        Kind::Refused => ("refused by a rule", 403),
        Kind::NotFound => ("not here", 404),
        Kind::Conflict => ("place is taken", 409),
        Kind::TooLarge => ("too large", 413),
        Kind::Locked => ("locked", 423),
        Kind::Unavailable => ("not now", 503),
    }
}

fn tables() -> [(&'static str, String); 3] {
    let head = "| code | Japanese | English |\n|---|---|---|\n".to_owned();
    let row = |code: &str, ja: &str, en: &str| format!("| `{code}` | {ja} | {en} |\n");
    let reasons = Reason::ALL.iter().map(|r| row(r.code(), r.ja(), r.en())).collect::<String>();
    let steps = NextStep::ALL.iter().map(|s| row(s.code(), s.ja(), s.en())).collect::<String>();
    let mut all: Vec<_> = messages::all().collect();
    all.sort_by_key(|message| message.code);
    let codes = all.into_iter().map(|message| {
        let (turn, status) = turn(message.kind);
        format!("| `{}` | {turn} ({status}) | {} | {} |\n", message.code, message.ja, message.en)
    });
    let codes = codes.collect::<String>();
    [
        ("reasons", format!("{head}{reasons}")),
        ("next-steps", format!("{head}{steps}")),
        ("messages", format!("| code | turn | Japanese | English |\n|---|---|---|---|\n{codes}")),
    ]
}

/// `SONAE_BLESS=1 cargo test --test contract` writes the tables anew.
#[test]
fn the_tables_on_the_page_are_the_programs_own() {
    let page = page();
    let mut written = page.clone();
    for (name, table) in tables() {
        let mark = format!("<!-- generated: {name} -->\n");
        let (before, rest) = written.split_once(&mark).unwrap_or_else(|| panic!("no {mark}"));
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        written = format!("{before}{mark}{table}<!-- end -->{after}");
    }
    if std::env::var_os("SONAE_BLESS").is_some() {
        fs::write(PAGE, written).unwrap();
    } else {
        assert!(written == page, "out of date: SONAE_BLESS=1 cargo test --test contract");
    }
}

#[test]
fn every_code_named_on_the_page_exists() {
    let page = page();
    let prose = page.split("\n## Reasons").next().unwrap();
    let known: Vec<&str> = messages::all().map(|message| message.code).collect();
    for list in prose.split("Codes: ").skip(1) {
        let list = list.split(['\n', '.']).next().unwrap();
        for code in list.split('`').skip(1).step_by(2) {
            let family = code.strip_suffix('…');
            let fits =
                |have: &&&str| family.map_or(**have == code, |start| have.starts_with(start));
            assert!(known.iter().any(|have| fits(&have)), "{code} is no code of the program");
        }
    }
}

#[test]
fn every_test_named_in_the_readme_exists_and_every_page_it_points_to() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let table = readme.split_once("| invariant | guarded by |").unwrap().1;
    let rows: Vec<_> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let sources = all_sources(root);
    assert!(rows.len() > 10);
    for row in rows {
        let name = row.rsplit('`').nth(1).unwrap();
        assert!(sources.contains(&format!("fn {name}(")), "{name} is no test");
    }
    for target in readme.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
        let put_there_later = target.starts_with("docs/pictures/");
        assert!(put_there_later || root.join(target).exists(), "{target} is not there");
    }
}

fn all_sources(root: &Path) -> String {
    let (mut dirs, mut text) = (vec![root.join("src"), root.join("tests")], String::new());
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}
