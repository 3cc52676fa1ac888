//! The drill's disk is itself drilled: it keeps what was synced, and may lose anything else.

use super::{SimDisk, Stop};
use crate::sys::Disk;
use std::path::Path;

const FILE: &str = "/box/file";

#[test]
fn what_was_synced_survives_every_cut() {
    for seed in 0..50 {
        let disk = SimDisk::with_seed(seed);
        disk.append(Path::new(FILE), &[1; 700]).unwrap();
        disk.append(Path::new(FILE), &[2; 700]).unwrap();
        disk.cut_now();
        assert_eq!(disk.length(Path::new(FILE)).unwrap(), Some(1_400), "seed {seed}");
    }
}

#[test]
fn what_was_not_synced_survives_vanishes_or_is_torn() {
    let (mut lengths, mut torn) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..200 {
        let disk = SimDisk::with_seed(seed);
        disk.append(Path::new(FILE), &[]).unwrap();
        disk.scribble(Path::new(FILE), &[7; 2_000]).unwrap();
        assert_eq!(disk.read(Path::new(FILE), 9_999).unwrap(), [7; 2_000], "seen at once");
        disk.cut_now();
        let left = disk.read(Path::new(FILE), 9_999).unwrap();
        torn += u32::from(left.contains(&0) && left.contains(&7));
        lengths.insert(left.len());
    }
    assert!(torn > 10 && lengths.contains(&0) && lengths.contains(&2_000), "{torn} {lengths:?}");
    assert!(lengths.iter().all(|length| length % 512 == 0 || *length == 2_000), "{lengths:?}");
}

#[test]
fn a_replaced_file_is_the_old_or_the_new_wherever_the_power_fails() {
    let mut seen = [0; 2];
    for (seed, step) in (0..40).flat_map(|seed| (0..6).map(move |step| (seed, step))) {
        let disk = SimDisk::with_seed(seed);
        disk.replace(Path::new(FILE), &[0; 900]).unwrap();
        disk.stop_at_step(step, Stop::PowerCut);
        let outcome = disk.replace(Path::new(FILE), &[1; 900]);
        disk.stop_at_step(0, Stop::PowerCut);
        disk.power_back();
        let left = disk.read(Path::new(FILE), 9_999).unwrap();
        assert!(left == [0; 900] || left == [1; 900], "seed {seed}, step {step}");
        assert!(outcome.is_err() || left == [1; 900], "acknowledged: seed {seed}, step {step}");
        seen[usize::from(left[0])] += 1;
    }
    assert!(seen.iter().all(|times| *times > 20), "{seen:?}");
}

#[test]
fn a_killed_program_loses_nothing_and_a_later_cut_may() {
    let mut lost = 0;
    for seed in 0..40 {
        let disk = SimDisk::with_seed(seed);
        disk.stop_at_step(2, Stop::Kill); // the name is given and the bytes are written, nothing is synced
        assert!(disk.append(Path::new(FILE), &[7; 9]).is_err());
        disk.power_back();
        assert_eq!(disk.read(Path::new(FILE), 99).unwrap(), [7; 9]);
        disk.cut_now();
        lost += u32::from(disk.length(Path::new(FILE)).unwrap() != Some(9));
    }
    assert!(lost > 10, "{lost}");
}

#[test]
fn a_full_disk_takes_the_part_that_fits() {
    let disk = SimDisk::new();
    disk.fill_up_after(5);
    assert!(disk.append(Path::new(FILE), &[7; 9]).is_err());
    assert_eq!(disk.length(Path::new(FILE)).unwrap(), Some(5));
}
