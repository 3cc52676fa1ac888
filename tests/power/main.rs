//! The power fails for real: an ext4 image on a loop device, shut down under a writing box by the file system's own
//! emergency stop, mounted again, opened again. What was acknowledged before the cut must be there, and a whole release
//! must answer.
//!
//! Needs root, loop devices, `mkfs.ext4`, `mount` and `perl`; elsewhere it says that it was skipped, and why.
//! The moments of the cuts differ from run to run; `SONAE_CUT_SEED=<n>` draws the same ones again, and
//! `SONAE_CUT_SCENE=<name>` plays one scene alone.

#![allow(missing_docs, reason = "a drill's name is its promise")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a drill that cannot be set up has failed")]

mod aftermath;
mod ground;
#[path = "../invented/ready_box.rs"]
mod ready_box;
mod scenes;
mod telling;
mod writer;

use ground::{Ground, Need};
use ready_box::ReadyBox;
use scenes::{LIAR, SCENES, Scene, Tally};
use sonae::sys::{KernelDice, roll, sim::SeedDice};
use std::io::Write;

/// Written past the macros, whose output a passing test swallows.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "\n{line}");
}

/// Whether there is power to cut here; says so where there is none.
fn can_cut() -> bool {
    let Err(need) = Ground::possible() else { return true };
    assert!(matches!(need, Need::Rights(_)) || !ground::everything_must_be_here(), "{need}");
    say(&format!("power: skipped, because {need}"));
    false
}

#[test]
fn wherever_the_power_fails_nothing_acknowledged_is_lost_and_a_whole_release_answers() {
    if !can_cut() {
        return;
    }
    let began = std::time::Instant::now();
    let given = std::env::var("SONAE_CUT_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from_be_bytes(roll(&KernelDice)) % 1_000_000);
    say(&format!("power: SONAE_CUT_SEED={seed} cargo test --test power"));
    let scratch = ground::scratch();
    let ready = ReadyBox::make(scratch.path());
    let mut all = Tally::default();
    let one = std::env::var("SONAE_CUT_SCENE").ok();
    let is_played = |scene: &&Scene| one.as_ref().is_none_or(|name| scene.name == name);
    for (number, scene) in SCENES.iter().filter(is_played).enumerate() {
        let dice = SeedDice::new(seed + number as u64);
        let ground = Ground::make(&scratch.path().join(scene.name));
        let tally = scene.play(&ground, &ready, &dice);
        say(&format!("power/{}: {tally}", scene.name));
        tally.faults.iter().for_each(|fault| say(fault));
        all.add(tally);
    }
    say(&format!("power: {all} ({} s)", began.elapsed().as_secs()));
    assert!(all.faults.is_empty(), "seed {seed}: {:#?}", all.faults);
    if one.is_none() {
        assert!(all.cuts >= 200, "only {} cuts", all.cuts);
        assert!(all.old > 0 && all.new > 0, "too tame: {all}");
    }
}

#[test]
fn a_box_whose_disk_only_says_that_it_syncs_is_caught_losing_entries() {
    if !can_cut() {
        return;
    }
    let scratch = ground::scratch();
    let ready = ReadyBox::make(scratch.path());
    let ground = Ground::make(&scratch.path().join(LIAR.name));
    let tally = LIAR.play(&ground, &ready, &SeedDice::new(1));
    assert!(tally.lost > 0 && tally.faults.len() == 1, "the drill is blind: {tally}");
}

/// The process that is cut off. Started by the drill above; does nothing else.
#[test]
#[ignore = "the drill starts it as a process of its own"]
fn the_writer() {
    writer::write_if_asked();
}
