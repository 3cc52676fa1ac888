//! Folders made to hurt, one a case: each is handed to a box on a real disk, refused under its own code, and leaves no mark.
//! The list is `docs/attacks.md`; how a case is run is in `table.rs`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "an attack that cannot be laid out has failed"
)]
#![allow(clippy::disallowed_methods, reason = "whoever bends a folder asks no `Disk`")]

mod blocks;
mod deltas;
mod disk;
mod papers;
mod publisher;
mod releases;
mod stage;
mod sticks;
mod table;
mod trust;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    sync::{Mutex, PoisonError},
};
use table::Attack;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/attacks.md");
const LANES: usize = 4;

fn all() -> Vec<&'static Attack> {
    [
        trust::ATTACKS,
        papers::ATTACKS,
        sticks::ATTACKS,
        releases::ATTACKS,
        blocks::ATTACKS,
        deltas::ATTACKS,
    ]
    .concat_rows()
}

trait Rows {
    fn concat_rows(self) -> Vec<&'static Attack>;
}

impl<const N: usize> Rows for [&'static [Attack]; N] {
    fn concat_rows(self) -> Vec<&'static Attack> {
        self.into_iter().flatten().collect()
    }
}

/// All files below a directory.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![];
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn every_attack_is_refused_by_name_and_the_former_release_answers() {
    let attacks = all();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(attack) = attacks.get(next.fetch_add(1, SeqCst)) {
                    let outcome = std::panic::catch_unwind(|| attack.run());
                    let outcome =
                        outcome.unwrap_or_else(|_| Err(format!("{}: panic", attack.name)));
                    failed.lock().unwrap_or_else(PoisonError::into_inner).extend(outcome.err());
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    let figures = format!(
        "attacks: {} refused by name, {} accepted\n",
        attacks.len() - failed.len(),
        failed.len()
    );
    std::io::stdout().write_all(figures.as_bytes()).unwrap(); // past the test runner's capture: the figures are the point
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(attacks.len() >= 50);
}

#[test]
fn whoever_can_write_the_boxs_disk_brings_no_older_release_back() {
    disk::ATTACKS.iter().for_each(disk::OnDisk::run);
}

#[test]
fn the_page_lists_every_attack_and_every_shared_code_has_its_reason() {
    let page = table::page(&all());
    if std::env::var_os("SONAE_BLESS").is_some() {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "docs/attacks.md is stale: SONAE_BLESS=1 cargo test --test attacks");
}
