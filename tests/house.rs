//! The house rules, checked by machine: who may call whom, what only one room may name, how long a file may be.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot read the house has failed"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const FOUNDATION: &[&str] = &["limits", "messages", "sys", "seal", "domain", "trust"];
const STORES: &[&str] = &["cache", "credential", "journal", "notebook", "snapshot"];
const SERVICES: &[&str] = &["disaster", "health", "hub", "print", "scan", "sync"];

/// Which rooms each room may call. Change a row only together with the map in `lib.rs`.
fn may_call(room: &str) -> Vec<&'static str> {
    let below = |groups: &[&[&'static str]]| groups.concat();
    match room {
        "limits" => vec![],
        "messages" => vec!["limits"],
        "sys" => vec!["limits", "messages"],
        "seal" => vec!["limits", "messages", "sys"],
        "domain" => vec!["limits", "messages"],
        "trust" => vec!["limits", "messages", "sys", "seal", "domain"],
        "cache" => below(&[FOUNDATION, &["snapshot"]]),
        "credential" | "journal" | "notebook" | "snapshot" => below(&[FOUNDATION]),
        "disaster" | "health" | "print" | "scan" | "sync" => below(&[FOUNDATION, STORES]),
        "hub" => below(&[FOUNDATION, STORES, &["sync"]]),
        "config" => below(&[FOUNDATION]),
        "app" => below(&[FOUNDATION, STORES, SERVICES, &["config"]]),
        "cli" => below(&[FOUNDATION, STORES, SERVICES, &["config", "app", "web", "demo"]]),
        "demo" => below(&[FOUNDATION, STORES, SERVICES, &["config", "app", "web"]]),
        "web" => below(&[FOUNDATION, STORES, SERVICES, &["config", "app"]]),
        other => panic!("the room {other} has no row"),
    }
}

/// Words that only the named rooms may write.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sled::", &["cache"]),
    ("std::fs", &["sys"]),
    ("SystemTime", &["sys"]),
    ("ed25519_dalek", &["seal"]),
    ("hpke::", &["seal"]),
    ("argon2::", &["seal"]),
    ("vsss_rs::", &["seal"]),
    ("::attest", &["credential", "cache", "domain"]),
    ("printpdf::", &["print"]),
    ("warp::", &["web", "hub"]),
];

const FILE_LINES_MAX: usize = 500;

#[test]
fn every_room_calls_only_the_rooms_it_may() {
    let mut trespasses = vec![];
    for room in rooms() {
        let allowed = may_call(&room);
        for file in files_of(&room) {
            let source = fs::read_to_string(&file).unwrap();
            for called in rooms_called_in(&source) {
                if called != room && !allowed.contains(&called.as_str()) {
                    trespasses.push(format!("{}: {room} may not call {called}", file.display()));
                }
            }
            if source.contains("super::super") {
                trespasses.push(format!("{}: name the room, not the way up", file.display()));
            }
        }
    }
    assert!(trespasses.is_empty(), "{trespasses:#?}");
}

#[test]
fn some_words_belong_to_one_room() {
    let mut trespasses = vec![];
    for room in rooms() {
        for file in files_of(&room) {
            let source = fs::read_to_string(&file).unwrap();
            let production = without_tests(&source);
            for (word, owners) in ONLY_IN {
                if production.contains(word) && !owners.contains(&room.as_str()) {
                    trespasses.push(format!("{}: {word} belongs to {owners:?}", file.display()));
                }
            }
        }
    }
    assert!(trespasses.is_empty(), "{trespasses:#?}");
}

#[test]
fn no_file_grows_past_reading() {
    let long: Vec<_> = rust_files(Path::new("src"))
        .into_iter()
        .chain(rust_files(Path::new("tests")))
        .map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file))
        .filter(|(lines, _)| *lines > FILE_LINES_MAX)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_room_and_file_says_what_it_is_for() {
    let silent: Vec<_> = rust_files(Path::new("src"))
        .into_iter()
        .filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_fuzz_target_has_a_corpus_that_the_tests_replay() {
    let names = |folder: &str| -> BTreeSet<String> {
        let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        entries(Path::new(folder)).iter().map(stem).collect()
    };
    let targets = names("fuzz/fuzz_targets");
    assert_eq!(targets, names("fuzz/corpus"));
    let sources: String =
        rust_files(Path::new("src")).iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let idle: Vec<_> =
        targets.iter().filter(|name| !sources.contains(&format!("replay(\"{name}\""))).collect();
    assert!(!targets.is_empty() && idle.is_empty(), "{idle:?}");
}

#[test]
fn every_fuzz_target_is_compiled_with_the_crates_that_are_shipped() {
    let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
    let unlisted: Vec<_> = entries(Path::new("fuzz/fuzz_targets"))
        .into_iter()
        .filter(|file| !manifest.contains(&format!("\"fuzz_targets/{}\"", file_name(file))))
        .collect();
    assert!(unlisted.is_empty(), "{unlisted:?} are not in fuzz/Cargo.toml");

    let the_fuzzers_own = ["arbitrary", "jobserver", "libfuzzer-sys", "sonae-fuzz"];
    let shipped = locked("Cargo.lock");
    let other: Vec<_> = locked("fuzz/Cargo.lock")
        .into_iter()
        .filter(|(name, version)| {
            !the_fuzzers_own.contains(&name.as_str())
                && !shipped.contains(&(name.clone(), version.clone()))
        })
        .collect();
    assert!(other.is_empty(), "not as in Cargo.lock, see fuzz/README.md: {other:?}");
}

/// Name and version of every package in a lock file.
fn locked(file: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(file).unwrap();
    let field = |package: &str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(&format!("{name} = ")));
        line.unwrap_or_default().to_owned()
    };
    let packages = text.split("[[package]]").skip(1);
    packages
        .map(|package| {
            let name = field(package, "name").trim_matches('"').to_owned();
            (name, field(package, "version"))
        })
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn grouped_imports_are_seen() {
    let source = "use crate::{app::{App, X}, store::Y};\ncrate::sys::z()";
    assert_eq!(rooms_called_in(source), ["app", "store", "sys"]);
}

#[test]
fn only_the_tests_at_the_end_of_a_file_are_left_out() {
    let source = "#[cfg(test)]\nmod drill;\nsled::open();\n#[cfg(test)]\nmod tests {\n    std::fs::x();\n}\n";
    assert!(without_tests(source).contains("sled::") && !without_tests(source).contains("std::fs"));
}

/// The source without its test module at the end; test modules declared at the top hide nothing.
fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

fn rooms() -> BTreeSet<String> {
    let doors = ["main", "lib"];
    entries(Path::new("src"))
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| !doors.contains(&stem.as_str()))
        .collect()
}

/// Names straight after `crate::`, also inside `use crate::{a::X, b::Y}`.
fn rooms_called_in(source: &str) -> Vec<String> {
    let mut rooms = vec![];
    for after in source.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => rooms.extend(top_level_items(group).into_iter().map(first_name)),
            None => rooms.push(first_name(after)),
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

fn first_name(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn top_level_items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0_usize, 0, vec![]);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            '}' => {
                items.push(&group[start..at]);
                return items;
            }
            _ => {}
        }
    }
    items
}

fn files_of(room: &str) -> Vec<PathBuf> {
    let folder = Path::new("src").join(room);
    let file = folder.with_extension("rs");
    let mut files = rust_files(&folder);
    files.extend(file.is_file().then_some(file));
    files
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|e| e.is_dir());
    let inner = folders.iter().flat_map(|f| rust_files(f));
    files
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "rs"))
        .cloned()
        .chain(inner)
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect()
}
