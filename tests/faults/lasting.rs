//! What the real disk is asked for, in which order: real cuts on ext4 cannot tell a missing sync of a folder, for the next sync of
//! any file brings the name along.

use super::{Bench, cannot_trace, ready_box::ReadyBox, say};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const TRACED: &str = "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2";
/// The file that tells which release answers.
const POINTER: &str = "current";

#[derive(Debug)]
enum Call {
    Write(PathBuf),
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
}

/// `123 fsync(5</path>) = 0`, `123 rename("/from", "/to") = 0`; of other lines nothing.
fn call(line: &str) -> Option<Call> {
    let (name, arguments) = line.split_once(' ')?.1.trim_start().split_once('(')?;
    let path = || Some(arguments.split_once('<')?.1.split_once('>')?.0.into());
    match name {
        "write" | "pwrite64" => path().map(Call::Write),
        "fsync" | "fdatasync" => path().map(Call::Sync),
        "rename" | "renameat" | "renameat2" => {
            let mut quoted = arguments.split('"').skip(1).step_by(2).map(PathBuf::from);
            Some(Call::Rename(quoted.next()?, quoted.next()?))
        }
        _ => None,
    }
}

/// What was written and named, and is not yet known to last.
#[derive(Default)]
struct Unsure {
    written: BTreeSet<PathBuf>,
    /// Names whose folder was not synced since.
    named: BTreeSet<PathBuf>,
}

impl Unsure {
    /// Takes the next call; what it relies on though it may not last is an error.
    fn take(&mut self, call: Call, cache: &Path) -> Result<(), String> {
        match call {
            Call::Write(path) => drop(self.written.insert(path)),
            Call::Sync(path) => {
                self.written.remove(&path);
                self.named.retain(|name| name.parent() != Some(&path));
            }
            Call::Rename(from, to) => {
                if self.written.contains(&from) {
                    return Err(format!("{} got its name before its bytes", to.display()));
                }
                if let Some(name) = self.named.first() {
                    return Err(format!("{} was relied on unsynced", name.display()));
                }
                let lies_in = |path: &&PathBuf| path.starts_with(cache) && path.exists();
                if to == cache.join(POINTER)
                    && let Some(path) = self.written.iter().find(lies_in)
                {
                    return Err(format!("{} was pointed to unsynced", path.display()));
                }
                let moved = |path: PathBuf| match path.strip_prefix(&from) {
                    Ok(rest) => to.join(rest),
                    Err(_) => path,
                };
                self.written = std::mem::take(&mut self.written).into_iter().map(moved).collect();
                self.named.insert(to);
            }
        }
        Ok(())
    }
}

fn everything_lasts(offered: fn(&ReadyBox, u64) -> PathBuf) {
    if let Some(reason) = cannot_trace() {
        return say(&format!("faults/lasting: skipped, because {reason}"));
    }
    let bench = Bench::make(offered);
    bench.fresh_box();
    let (seen, cache) = (bench.dir.path().join("seen"), bench.box_dir().join("cache"));
    let (status, told) = bench.import_traced(&["-y", "-s", "0", "-e", TRACED], &seen);
    assert!(status.success(), "{status} {told}");
    // sled names its own files, and syncs them; they are synced whole once more before anything points to them.
    let by_sled = |call: &Call| match call {
        Call::Rename(_, to) => to.components().any(|part| part.as_os_str() == "sled"),
        Call::Write(_) | Call::Sync(_) => false,
    };
    let seen = fs::read_to_string(seen).unwrap();
    let calls: Vec<_> = seen.lines().filter_map(call).filter(|call| !by_sled(call)).collect();
    let names = calls.iter().filter(|call| matches!(call, Call::Rename(..))).count();
    let pointed = |call: &Call| matches!(call, Call::Rename(_, to) if *to == cache.join(POINTER));
    assert!(calls.iter().any(pointed) && names > 3, "{calls:?}");
    let (all, mut unsure) = (calls.len(), Unsure::default());
    let wrong = calls.into_iter().try_for_each(|call| unsure.take(call, &cache));
    assert_eq!(wrong, Ok(()));
    assert_eq!(unsure.named, BTreeSet::new(), "names at the end");
    say(&format!(
        "faults/lasting: {names} names in {all} calls, each synced before it was relied on"
    ));
}

#[test]
fn whatever_an_import_names_or_points_to_is_synced_before_the_next_step_relies_on_it() {
    everything_lasts(ReadyBox::release);
}

#[test]
fn whatever_a_deltas_import_names_or_points_to_is_synced_before_the_next_step_relies_on_it() {
    everything_lasts(ReadyBox::delta);
}
