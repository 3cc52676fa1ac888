//! What a command says and what HTTP says is one document: the same box, asked both ways.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that cannot make its world has failed; its files need not survive a power cut"
)]

use clap::Parser;
use serde_json::{Value, json};
use sonae::{
    app::{Appliance, Machine},
    cli::{self, Cli},
    config::{HubUrl, Profile},
    demo::{hub_server::HubServer, papers::CertificateState, world::World},
    sys::{KernelDice, RealDisk, WallClock},
    web::{self, Premises, Purpose},
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
    sync::{Arc, LazyLock},
};
use tempfile::TempDir;
use warp::{filters::BoxedFilter, reply::Response};

const PASSPHRASE: &str = "invented-for-both-doors";
const HOST: &str = "127.0.0.1:8790";
const JAHIS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/jahis");

/// What the program wrote with `--json`, and its exit code.
fn command(args: &[&str]) -> (Value, Option<i32>) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sonae"));
    for variable in ["SONAE_LISTEN", "SONAE_DATA_DIR", "SONAE_CONFIG", "CREDENTIALS_DIRECTORY"] {
        program.env_remove(variable);
    }
    program.env("SONAE_PASSPHRASE", PASSPHRASE).stdin(Stdio::null()).arg("--json").args(args);
    let output = program.output().unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

/// What a command that needs no box says, in this very process.
fn at_once(args: &[&str]) -> Value {
    let cli = Cli::try_parse_from([&["sonae"], args].concat()).unwrap();
    cli::run(cli.command).unwrap().document
}

struct Door(BoxedFilter<(Response,)>);

impl Door {
    fn of(house: Appliance, hub: Option<HubUrl>) -> Self {
        let profile = Profile::named("generic").unwrap();
        house.suit_disk(&profile);
        let premises = Premises { purpose: Purpose::Practice, profile, hub, stick: None };
        Self(web::routes(Arc::new(house), HOST.parse().unwrap(), premises))
    }

    async fn get(&self, path: &str) -> Value {
        let asked = warp::test::request().path(path).header("host", HOST);
        serde_json::from_slice(asked.reply(&self.0).await.body()).unwrap()
    }

    async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Value {
        let asked = warp::test::request().method("POST").path(path).header("host", HOST);
        serde_json::from_slice(asked.body(body).reply(&self.0).await.body()).unwrap()
    }
}

fn world() -> (TempDir, World) {
    let dir = tempfile::tempdir().unwrap();
    let machine = Machine {
        disk: Arc::new(RealDisk),
        clock: Arc::new(WallClock),
        dice: Arc::new(KernelDice),
    };
    let root = dir.path().join("world");
    let world = World::make(machine, &root, PASSPHRASE, (3, 40), &mut |_| {}).unwrap();
    (dir, world)
}

/// A box that holds nothing, for what needs no more.
static BARE: LazyLock<(TempDir, Door)> = LazyLock::new(|| {
    let (dir, world) = world();
    let house = world.open_box().unwrap();
    (dir, Door::of(house, None))
});

#[tokio::test]
async fn every_check_says_the_same_at_the_command_line_and_over_http() {
    let door = &BARE.1;
    for (kind, value) in [
        ("insurer-number", "０６１３－９９９３"),
        ("facility-code", "1711012342"),
        ("public-payer", "54016027"),
        ("recipient", "1234566"),
        ("drug-code", "2171022F1029"),
        ("wareki", "S31.11.1"),
        ("kana", "ｷｮｳｺ"),
    ] {
        let asked = json!({"kind": kind, "value": value}).to_string();
        assert_eq!(door.post("/api/v1/check", asked).await, at_once(&["check", kind, value]));
    }
    let asked = json!({"birthdate": "S31.11.1", "on": "R8.11.22"}).to_string();
    let told = at_once(&["check", "age-ratio", "S31.11.1", "--on", "R8.11.22"]);
    assert_eq!(door.post("/api/v1/check/age-ratio", asked).await, told);

    let refused = json!({"birthdate": "S31.11.1", "on": "soon"}).to_string();
    let (told, exit) = command(&["check", "age-ratio", "S31.11.1", "--on", "soon"]);
    assert_eq!(exit, Some(1));
    assert_eq!(door.post("/api/v1/check/age-ratio", refused).await, told, "refusals, too");
}

#[tokio::test]
async fn a_notebook_reads_the_same_at_the_command_line_and_over_http() {
    let door = &BARE.1;
    for entry in fs::read_dir(JAHIS).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "txt") {
            continue;
        }
        let told = door.post("/api/v1/notebook/read", fs::read(&path).unwrap()).await;
        let path = path.display().to_string();
        assert_eq!(told, command(&["notebook", "read", &path]).0, "{path}");
    }
}

/// Numbers of a machine that lives: they differ from one moment to the next.
fn without_numbers(mut examination: Value) -> Value {
    for check in examination["checks"].as_array_mut().unwrap() {
        for field in ["ja", "en"] {
            let text = check[field].as_str().unwrap();
            check[field] = text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().into();
        }
    }
    examination
}

#[test]
fn one_box_says_the_same_of_paper_journal_and_itself_through_both_doors() {
    let (_dir, world) = world();
    let hub = HubServer::start(world.hub.clone()).unwrap();
    let data = world.box_dir().display().to_string();
    fs::write(world.box_dir().join("sonae.toml"), format!("hub = \"{}\"\n", hub.url())).unwrap();

    let (by_command, exit) = command(&["sync", "--once", "--data", &data]);
    assert_eq!(exit, Some(0), "{by_command:#}");
    let paper = world.certificate(&world.region.cast().employee.0, CertificateState::Good).unwrap();
    let (read, exit) = command(&["credential", "read", "--data", &data, &paper.digits]);
    assert_eq!((exit, &read["claims"]["kind"]), (Some(0), &json!("certificate")), "{read:#}");
    let (doctor, _) = command(&["doctor", "--data", &data]);

    let door = Door::of(world.open_box().unwrap(), HubUrl::parse(&hub.url()).ok());
    let runtime = tokio::runtime::Runtime::new().unwrap(); // the hub has one of its own
    let get = |path| runtime.block_on(door.get(path));
    let post = |path, body: &str| runtime.block_on(door.post(path, body));
    let asked = json!({"text": paper.digits}).to_string();
    assert_eq!(post("/api/v1/credential/read", &asked), read);
    assert_eq!(without_numbers(get("/api/v1/doctor")), without_numbers(doctor));
    // Needs no key and takes no lock: asked while the box is open.
    let (walked, exit) = command(&["journal", "verify", "--data", &data]);
    assert_eq!((exit, &walked["ok"]), (Some(0), &json!(true)));
    assert_eq!(get("/api/v1/journal/verify"), walked);

    // The first exchange fetched everything; a second delivers what the box wrote since.
    let by_http = post("/api/v1/sync", "{}");
    let fields = |told: &Value| told.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&by_http), fields(&by_command));
    assert_eq!(by_http["via"], by_command["via"]);
    assert_eq!(by_http["steps"], json!([{"what": "batch", "ok": true, "code": null}]));
    assert_eq!(get("/api/v1/journal/verify")["ok"], true);
}

#[test]
fn a_running_box_says_codes_on_standard_error_and_nothing_that_was_typed() {
    let (_dir, world) = world();
    let mut program = Command::new(env!("CARGO_BIN_EXE_sonae"));
    program.env("SONAE_PASSPHRASE", PASSPHRASE).arg("serve").arg("--data").arg(world.box_dir());
    let mut child =
        program.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = told.find_map(|line| Some(line.split_once("http://")?.1.to_owned()));
    let address = address.unwrap_or_default();

    let mut stream = TcpStream::connect(&address).unwrap();
    let body = r#"{"kind": "insurer-number", "value": "himitsu 1980"}"#;
    let head = "POST /api/v1/check HTTP/1.1\r\nConnection: close\r\n";
    let length = body.len();
    let request = format!("{head}Host: {address}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let told = told.collect::<Vec<_>>().join("\n");
    assert!(answer.contains("not_digits"), "{answer}");
    assert!(told.contains("request refused") && told.contains("not_digits"), "{told}");
    assert!(!told.contains("himitsu") && !told.contains('\u{1b}'), "{told}");
}
