//! What the operator sees at a terminal: what a hub offers after its start, which secret is missing, which is never shown.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that cannot make its world has failed; its files need not survive a power cut"
)]

use serde_json::{Value, json};
use sonae::{
    app::Machine,
    demo::world::World,
    limits::INDEX_BYTES_MAX,
    sync::{HttpLink, Index, Link, names},
    sys::{KernelDice, RealDisk, WallClock},
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};
use tempfile::TempDir;

/// Far more than the box needs; only a box that never looks at its stick is asked so often.
const ASKS_MAX: usize = 20_000;
const PASSPHRASE: &str = "invented for the operator's terminal";

fn program(args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sonae"));
    for variable in ["SONAE_LISTEN", "SONAE_DATA_DIR", "SONAE_CONFIG", "CREDENTIALS_DIRECTORY"] {
        program.env_remove(variable);
    }
    program.env("SONAE_PASSPHRASE", PASSPHRASE).stdin(Stdio::null()).args(args);
    program
}

/// What the program wrote with `--json`, and its exit code.
fn command(args: &[&str]) -> (Value, Option<i32>) {
    let output = program(args).arg("--json").output().unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

/// What the program wrote for a person.
fn said(args: &[&str]) -> String {
    String::from_utf8(program(args).output().unwrap().stdout).unwrap()
}

/// A program that goes on until it is told; ended with the test. With it the lines it writes beside its answer.
struct Running(Child);

impl Running {
    fn start(mut program: Command) -> (Self, impl Iterator<Item = String>) {
        let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        (Self(child), lines)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
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

/// Lays a release into the hub's public folder, as somebody would who has no command for it.
fn laid_by_hand(world: &World, version: u64) {
    let made = world.release_of(&format!("release-{version}"), version, 40).unwrap();
    let place = world.dir.join(format!("hub/public/releases/{version}"));
    fs::rename(made, place).unwrap();
}

#[test]
fn what_was_laid_into_the_public_folder_by_hand_is_offered_after_the_hubs_next_start() {
    let (dir, world) = world();
    let path = |path: &Path| path.display().to_string();
    let (hub, stick) = (path(&world.dir.join("hub")), dir.path().join("stick"));
    fs::remove_file(world.dir.join("hub/public").join(names::INDEX)).unwrap();
    fs::create_dir(&stick).unwrap();
    laid_by_hand(&world, 11);
    let (told, exit) = command(&["hub", "--data", &hub, "--stick", &path(&stick)]);
    assert_eq!((exit, &told["refused"]), (Some(0), &json!([])), "{told}");
    let index = Index::parse(&fs::read(stick.join(names::INDEX)).unwrap()).unwrap();
    assert_eq!(index.release.map(|release| release.version), Some(11));
    assert!(index.trust_sequence.is_some());
    assert!(stick.join("releases/11").join(names::MANIFEST).exists());

    laid_by_hand(&world, 12);
    let listening = program(&["hub", "--data", &hub, "--listen", "127.0.0.1:0"]);
    let (_running, mut lines) = Running::start(listening);
    let address = lines.find_map(|line| Some(line.split_once("http://")?.1.to_owned())).unwrap();
    let link = HttpLink::new(&format!("http://{address}")).unwrap();
    let index = Index::parse(&link.read(names::INDEX, INDEX_BYTES_MAX).unwrap()).unwrap();
    assert_eq!(index.release.map(|release| release.version), Some(12));
}

/// What a box in service says of itself.
fn status_of(address: &str) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("GET /api/v1/status HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_box_in_service_takes_in_the_stick_that_its_configuration_names() {
    let (dir, world) = world();
    let (stick, data) = (dir.path().join("stick"), world.box_dir().display().to_string());
    fs::create_dir(&stick).unwrap();
    let entry = format!("stick = \"{}\"\n", stick.display());
    fs::write(world.box_dir().join("sonae.toml"), entry).unwrap();
    let (told, exit) = command(&["sync", "--once", "--data", &data]);
    assert_eq!((exit, &told["error"]["code"]), (Some(1), &json!("link_folder_missing")), "{told}");
    let hub = world.dir.join("hub").display().to_string();
    command(&["hub", "--data", &hub, "--stick", stick.to_str().unwrap()]);

    let serving = program(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    let (_running, mut lines) = Running::start(serving);
    let address = lines.find_map(|line| Some(line.split_once("http://")?.1.to_owned())).unwrap();
    let ended = |status: &Value| status["exchanges"][0]["running"] == json!(false);
    let status = (0..ASKS_MAX).map(|_| status_of(&address)).find(ended).unwrap();
    let exchange = &status["exchanges"][0];
    assert_eq!((&exchange["failed"], &exchange["code"]), (&json!(0), &json!(null)), "{exchange}");
    assert_eq!(exchange["via"], stick.display().to_string());
    assert_eq!(status["snapshot"]["version"], 10);
    // The command line is shut out meanwhile, and told what to do.
    let (told, _) = command(&["doctor", "--data", &data]);
    assert_eq!(told["error"]["code"], "data_in_use");
    assert!(told["error"]["advice"].as_str().unwrap().contains("sudo sonae-box doctor"), "{told}");
}

#[test]
fn of_a_split_key_the_passphrase_that_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (key, shares) = (at("root.key"), at("shares"));
    command(&["keys", "new", "--role", "root", "--out", &key]);
    let split = ["keys", "split", &key, "--threshold", "2", "--shares", "2", "--out", &shares];
    let mut asked = program(&split);
    let output = asked.arg("--json").env("SONAE_PASSPHRASE_1", "the first holder's").output();
    let told: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert_eq!(told["error"]["code"], "share_passphrase_missing", "{told}");
    assert_eq!(told["error"]["detail"], "SONAE_PASSPHRASE_2");
    let output = program(&split).env("SONAE_PASSPHRASE", "").arg("--json").output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["error"]["code"], "passphrase_missing", "the whole key has its own");
}

#[test]
fn the_demo_names_the_users_passphrase_and_never_shows_it() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("a place").display().to_string();
    let asked = ["demo", "--people", "40", "--no-browser", "--listen", "127.0.0.1:0", "--dir"];
    let (running, mut lines) = Running::start(program(&[&asked[..], &[&place]].concat()));
    let mut told = vec![];
    let export = lines.find(|line| {
        told.push(line.clone());
        line.contains("journal export")
    });
    drop(running);
    let export = export.unwrap();
    let expected =
        format!("SONAE_PASSPHRASE=\"$SONAE_PASSPHRASE\" sonae journal export --data '{place}/box'");
    assert_eq!(export.trim(), expected);
    assert!(told.iter().all(|line| !line.contains(PASSPHRASE)), "{told:?}");
}

#[test]
fn a_box_that_received_nothing_and_a_folder_that_offers_nothing_are_told_in_plain_text() {
    let (dir, world) = world();
    let data = world.box_dir().display().to_string();
    let own = said(&["own", "status", "--data", &data]);
    assert!(own.contains("まだ一件もありません") && own.contains("sonae own add"), "{own}");
    let bare = dir.path().join("bare");
    fs::create_dir(&bare).unwrap();
    fs::write(bare.join(names::MANIFEST), b"any").unwrap();
    let sync = ["sync", "--once", "--data", &data, "--via", bare.to_str().unwrap()];
    let told = said(&sync);
    assert!(told.contains("index.cbor") && told.contains("sonae region import"), "{told}");
}
