//! Thousands of power cuts on a disk in memory: at any step of any call, twice in a row, with the disk full, with a sync
//! refused, with the program killed first. What was acknowledged is there afterwards, and the house opens.
//!
//! The cache's sled writes real files and cannot lie on this disk: scene `release` goes the steps of an import with
//! files of its own in sled's place. The real import is cut by the drills in `tests/power`.
//!
//! `SONAE_CUT_SEED=<n> cargo test --test cuts` plays one seed again, in every scene.

#![allow(dead_code, reason = "the ready box serves three benches, each of which uses some of it")]
#![allow(missing_docs, reason = "a drill's name is its promise")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a drill that cannot be set up has failed")]

mod birth;
mod house;
mod journal;
mod own;
mod play;
#[path = "../invented/ready_box.rs"]
mod ready_box;
mod release;

use play::{Faults, Scene, Tally};
use sonae::sys::sim::SimDisk;
use std::{io::Write, sync::Arc};

/// One more scene is one more row: its name, how many seeds it is played with, how many steps its work has, its stage.
const SCENES: &[Scene] = &[
    Scene { name: "journal", seeds: 700, steps: 60, set: journal::set },
    Scene { name: "own", seeds: 240, steps: 30, set: own::set },
    Scene { name: "release", seeds: 500, steps: 110, set: release::set },
    Scene { name: "house", seeds: 120, steps: 90, set: house::set },
    Scene { name: "birth", seeds: 8, steps: 40, set: birth::set },
];

/// Written past the macros, whose output a passing test swallows.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "\n{line}");
}

#[test]
fn wherever_the_power_fails_on_any_disk_nothing_acknowledged_is_lost() {
    let began = std::time::Instant::now();
    let one = std::env::var("SONAE_CUT_SEED").ok().and_then(|text| text.parse::<u64>().ok());
    let mut all = Tally::default();
    for scene in SCENES {
        let seeds = one.map_or(0..scene.seeds, |seed| seed..seed + 1);
        let mut tally = Tally::default();
        for seed in seeds.clone() {
            scene.play(seed, &mut tally);
        }
        say(&format!("cuts/{} seeds {seeds:?}: {tally}", scene.name));
        tally.losses.iter().take(5).for_each(|loss| say(loss));
        all.add(tally);
    }
    say(&format!("cuts: {all} ({} s)", began.elapsed().as_secs()));
    assert!(all.losses.is_empty(), "{} seeds lost something: {:#?}", all.losses.len(), all.losses);
    if one.is_none() {
        assert!(all.cuts() >= 5_000, "only {} cuts", all.cuts());
        assert_eq!(all.never_seen(), Vec::<&str>::new(), "too tame");
    }
}

/// The control: on a disk that lies nothing can be promised, and the drill must see that.
#[test]
fn a_disk_that_lies_about_its_syncs_is_caught() {
    for scene in SCENES.iter().filter(|scene| ["journal", "own", "release"].contains(&scene.name)) {
        let mut tally = Tally::default();
        for seed in 0..60 {
            scene.play_with(seed, Faults::Lies, &mut tally);
        }
        say(&format!(
            "cuts/{} on a lying disk: caught in {} of 60 seeds",
            scene.name,
            tally.losses.len()
        ));
        assert!(tally.losses.len() >= 3, "{} is blind to a lying disk", scene.name);
    }
}

/// Every bit of what lies on the disk matters: one that turned is told, or the file is not believed.
#[test]
fn a_bit_that_turned_on_the_disk_is_never_believed() {
    let (mut turned, mut told) = (0, 0);
    for seed in 0..300 {
        let (n, seen) = journal::turn_a_bit(seed);
        turned += n;
        told += seen;
    }
    for seed in 0..200 {
        let (n, seen) = own::turn_a_bit(seed);
        turned += n;
        told += seen;
    }
    for seed in 0..120 {
        let (n, seen) = house::turn_a_bit(seed);
        turned += n;
        told += seen;
    }
    say(&format!("cuts: {turned} bits turned, {told} told"));
    assert!(turned >= 600 && told == turned, "{told} of {turned}");
}

fn disk(seed: u64) -> Arc<SimDisk> {
    Arc::new(SimDisk::with_seed(seed))
}
