//! The real program imports a release, and then a delta, while the machine's calls fail, one at a time: EIO and ENOSPC at
//! every sync and rename, and at writes from the first to the last. It may refuse; it may not crash, lie, or leave half a
//! state, and afterwards the same import succeeds.
//!
//! Needs `strace` and the right to trace; elsewhere it says that it was skipped, and why.

#![allow(dead_code, reason = "the ready box serves three benches, each of which uses some of it")]
#![allow(missing_docs, reason = "a drill's name is its promise")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a drill that cannot be set up has failed")]

mod lasting;
#[path = "../invented/ready_box.rs"]
mod ready_box;

use ready_box::{PASSPHRASE, ReadyBox, copy_dir, import, is_whole};
use sonae::{
    app::{AppError, Appliance, Machine},
    cache::CacheError,
    demo::world::RELEASE_VERSION,
    sys::{KernelDice, RealDisk, WallClock},
};
use std::{
    collections::BTreeMap,
    fmt, fs,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::Arc,
};

/// Calls that fail, how, and at every how manieth, from the first to the last.
const INJECTIONS: &[(&str, &str, usize)] = &[
    ("fsync", "EIO", 1),
    ("fsync", "ENOSPC", 3),
    ("fdatasync", "EIO", 1),
    ("fdatasync", "ENOSPC", 1),
    ("rename", "EIO", 1),
    ("rename", "ENOSPC", 1),
    ("write", "ENOSPC", 1),
    ("write", "EIO", 2),
    ("pwrite64", "ENOSPC", 1),
    ("pwrite64", "EIO", 1),
    ("ftruncate", "ENOSPC", 1),
    ("mkdir", "ENOSPC", 2),
];
const TRACED: &str = "fsync,fdatasync,rename,write,pwrite64,ftruncate,mkdir";
const NEXT: u64 = RELEASE_VERSION + 1;
/// What a Rust program ends with when it panics on its main thread.
const PANICKED: i32 = 101;

/// Written past the macros, whose output a passing test swallows.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "\n{line}");
}

struct Bench {
    dir: tempfile::TempDir,
    ready: ReadyBox,
    /// What is imported.
    release: PathBuf,
}

#[derive(Default)]
struct Tally {
    by_call: BTreeMap<String, usize>,
    refused: usize,
    succeeded: usize,
    old: usize,
    new: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: usize = self.by_call.values().sum();
        let calls: Vec<_> = self.by_call.iter().map(|(call, n)| format!("{n} {call}")).collect();
        write!(f, "{all} failures injected ({}), ", calls.join(", "))?;
        write!(f, "{} imports refused, {} succeeded; ", self.refused, self.succeeded)?;
        write!(f, "the old release answered {} times, the new {}", self.old, self.new)
    }
}

fn machine() -> Machine {
    Machine { disk: Arc::new(RealDisk), clock: Arc::new(WallClock), dice: Arc::new(KernelDice) }
}

/// Why nothing can be traced here, if so.
fn cannot_trace() -> Option<String> {
    let everything_must_be_here = std::env::var("CI").is_ok_and(|value| value == "true");
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("no tracing: {}", String::from_utf8_lossy(&output.stderr))),
        Err(_) => {
            assert!(!everything_must_be_here, "strace is missing");
            Some("strace is missing".into())
        }
    }
}

impl Bench {
    fn make(offered: fn(&ReadyBox, u64) -> PathBuf) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let ready = ReadyBox::make_on(machine(), dir.path());
        let release = offered(&ready, NEXT);
        Self { dir, ready, release }
    }

    fn box_dir(&self) -> PathBuf {
        self.dir.path().join("box")
    }

    fn fresh_box(&self) {
        let _ = fs::remove_dir_all(self.box_dir());
        copy_dir(&self.ready.world.box_dir(), &self.box_dir());
    }

    /// The program under strace, importing. What strace saw lies in `seen`.
    fn import_traced(&self, words: &[&str], seen: &Path) -> (ExitStatus, String) {
        let told = Command::new("strace")
            .args(["-f", "--seccomp-bpf", "-qq", "-o"]) // stops at these calls only
            .arg(seen)
            .args(words)
            .arg(env!("CARGO_BIN_EXE_sonae"))
            .args(["region", "import"])
            .arg(&self.release)
            .arg("--data")
            .arg(self.box_dir())
            .env("SONAE_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (told.status, String::from_utf8_lossy(&told.stderr).into_owned())
    }

    /// How often each call is made in an import that nothing disturbs, by the thread that makes most: strace counts by
    /// thread.
    fn counts(&self) -> BTreeMap<String, usize> {
        self.fresh_box();
        let seen = self.dir.path().join("seen");
        let (status, told) = self.import_traced(&["-e", &format!("trace={TRACED}")], &seen);
        assert!(status.success(), "an undisturbed import: {status} {told}");
        let mut by_thread = BTreeMap::<(String, String), usize>::new();
        for line in fs::read_to_string(seen).unwrap().lines() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let Some((name, _)) = call.trim().split_once('(') else { continue };
            *by_thread.entry((name.into(), thread.into())).or_default() += 1;
        }
        let mut counts = BTreeMap::<String, usize>::new();
        for ((name, _), times) in by_thread {
            let most = counts.entry(name).or_default();
            *most = times.max(*most);
        }
        counts
    }

    /// One import with the n-th call failing, and everything that must be true afterwards.
    fn fail_at(
        &self,
        call: &str,
        error: &str,
        nth: usize,
        tally: &mut Tally,
    ) -> Result<(), String> {
        self.fresh_box();
        let (trace, inject) =
            (format!("trace={call}"), format!("inject={call}:error={error}:when={nth}"));
        let words = ["-e", trace.as_str(), "-e", inject.as_str()];
        let (status, told) = self.import_traced(&words, Path::new("/dev/null"));
        if let Some(signal) = status.signal() {
            return Err(format!("died of signal {signal}: {told}"));
        }
        if status.code() == Some(PANICKED) {
            return Err(format!("panicked: {told}"));
        }
        let version = self.look()?;
        match (status.success(), version) {
            (true, NEXT) => tally.succeeded += 1,
            (true, other) => return Err(format!("said done, and {other} answers")),
            (false, _) => tally.refused += 1,
        }
        tally.old += usize::from(version == RELEASE_VERSION);
        tally.new += usize::from(version == NEXT);
        self.import_in_peace()
    }

    fn look(&self) -> Result<u64, String> {
        let appliance = Appliance::open(&machine(), &self.box_dir(), PASSPHRASE)
            .map_err(|e| format!("the box does not open: {e:?}"))?;
        let chain = appliance.journal().verify().map_err(|e| format!("{e:?}"))?;
        if chain.damage.is_some() {
            return Err(format!("{chain:?}"));
        }
        let held = appliance.status().snapshot.ok_or("no release answers")?;
        drop(appliance);
        is_whole(&self.ready, &self.box_dir(), held.source.version)?;
        Ok(held.source.version)
    }

    fn import_in_peace(&self) -> Result<(), String> {
        let appliance = Appliance::open(&machine(), &self.box_dir(), PASSPHRASE)
            .map_err(|e| format!("the box does not open: {e:?}"))?;
        match import(&appliance, &self.release) {
            Ok(()) | Err(AppError::Cache(CacheError::AlreadyHeld(NEXT))) => {}
            Err(e) => return Err(format!("the next import in peace: {e:?}")),
        }
        drop(appliance);
        is_whole(&self.ready, &self.box_dir(), NEXT)
    }
}

/// Every n-th of so many, and the last; counted from 1.
fn places(count: usize, every: usize) -> impl Iterator<Item = usize> {
    (1..=count).filter(move |nth| nth % every == 1 % every || *nth == count)
}

/// Imports what is offered with each call failing in turn.
fn drill(what: &str, offered: fn(&ReadyBox, u64) -> PathBuf) {
    if let Some(reason) = cannot_trace() {
        return say(&format!("faults: skipped, because {reason}"));
    }
    let began = std::time::Instant::now();
    let bench = Bench::make(offered);
    let counts = bench.counts();
    say(&format!("faults/{what}: an undisturbed import makes {counts:?}"));
    let (mut tally, mut broken) = (Tally::default(), vec![]);
    for (call, error, every) in INJECTIONS {
        for nth in places(counts.get(*call).copied().unwrap_or(0), *every) {
            *tally.by_call.entry(format!("{call} {error}")).or_default() += 1;
            if let Err(fault) = bench.fail_at(call, error, nth, &mut tally) {
                broken.push(format!("{call} {error} at {nth}: {fault}"));
            }
        }
    }
    broken.iter().for_each(|line| say(line));
    let seconds = began.elapsed().as_secs();
    say(&format!("faults/{what}: {tally}; {} broken ({seconds} s)", broken.len()));
    assert!(broken.is_empty(), "{broken:#?}");
    for call in ["fsync", "fdatasync", "rename", "write", "pwrite64"] {
        for error in ["EIO", "ENOSPC"] {
            let name = format!("{call} {error}");
            assert!(tally.by_call.contains_key(&name), "{name} never came up");
        }
    }
    assert!(tally.old > 0 && tally.new > 0 && tally.refused > 0, "too tame: {tally}");
}

#[test]
fn whichever_call_fails_during_an_import_the_old_or_the_new_release_answers() {
    drill("release", ReadyBox::release);
}

#[test]
fn whichever_call_fails_during_a_deltas_import_what_was_held_or_the_delta_answers() {
    drill("delta", ReadyBox::delta);
}
