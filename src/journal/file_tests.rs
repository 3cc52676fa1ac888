//! Promises of the journal on a disk that fails.

use super::*;
use crate::{
    domain::time::{ClockState, Stamp},
    sys::sim::{SeedDice, SimDisk, Stop},
};

const BOX: [u8; 16] = [7; 16];
const PATH: &str = "journal.log";

fn reading(second: i64) -> Reading {
    Reading { at: Stamp(second), clock: ClockState::Sure }
}

fn event(n: usize) -> Event {
    Event::Refused { what: "release".into(), code: format!("code_{n}") }
}

fn open(disk: &Arc<SimDisk>) -> Result<(Journal, u64), JournalError> {
    let key = SymmetricKey::from_bytes([9; 32]);
    Journal::open(disk.clone(), Arc::new(SeedDice::new(1)), Path::new(PATH), BOX, key)
}

#[test]
fn a_power_cut_at_any_step_keeps_every_acknowledged_entry() {
    for cut_after in 0..6 {
        for torn_bytes in [0, 1, 15, 16, 47, 48, 60, 9999] {
            let disk = Arc::new(SimDisk::new());
            let (journal, _) = open(&disk).unwrap();
            disk.cut_power_after(cut_after, torn_bytes);
            let acknowledged: Vec<_> =
                (0..6).map_while(|n| journal.append(reading(n), &event(n as usize)).ok()).collect();
            drop(journal);
            disk.power_back();

            let (journal, _) = open(&disk).unwrap();
            let kept = journal.read(1, 99).unwrap();
            assert!(kept.starts_with(&acknowledged), "cut {cut_after}, torn {torn_bytes}");
            journal.append(reading(99), &event(99)).unwrap();
            assert_eq!(open(&disk).unwrap().1, 0, "the tail was mended for good");
        }
    }
}

#[test]
fn what_a_killed_program_left_unsynced_lasts_before_it_is_built_upon() {
    // Steps of a first append: name given, bytes written, bytes synced, name synced. Of a later one: the middle two.
    for (killed_at, entries_before) in [(1, 0), (2, 0), (3, 0), (1, 3)] {
        for seed in 0..20 {
            let disk = Arc::new(SimDisk::with_seed(seed));
            let (journal, _) = open(&disk).unwrap();
            for n in 0..entries_before {
                journal.append(reading(n), &event(n as usize)).unwrap();
            }
            disk.stop_at_step(killed_at, Stop::Kill);
            assert!(journal.append(reading(7), &event(7)).is_err());
            disk.power_back();

            let (journal, _) = open(&disk).unwrap();
            disk.stop_at_step(1, Stop::PowerCut); // the next one is written and not yet synced
            let shown = journal.head().sequence;
            assert!(journal.append(reading(8), &event(8)).is_err());
            disk.power_back();
            let (journal, _) = open(&disk).unwrap();
            assert!(journal.head().sequence >= shown, "killed at {killed_at}, seed {seed}");
        }
    }
}

#[test]
fn a_torn_tail_is_cut_back_and_kept_aside() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    journal.append(reading(1), &event(1)).unwrap();
    disk.cut_power_after(0, 20);
    assert!(journal.append(reading(2), &event(2)).is_err());
    disk.power_back();
    let (journal, cut_bytes) = open(&disk).unwrap();
    assert_eq!((cut_bytes, journal.head().sequence), (20, 1));
    assert_eq!(disk.read(Path::new("journal.cut-2"), 99).unwrap().len(), 20);
}

#[test]
fn after_a_failed_append_nothing_more_is_written() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    disk.fill_up_after(10);
    let full = journal.append(reading(1), &event(1)).unwrap_err();
    assert_eq!(full.message().code, "disk_full");
    assert!(matches!(journal.append(reading(2), &event(2)), Err(JournalError::Stopped)));
}

#[test]
fn a_journal_altered_in_the_middle_is_not_opened_and_not_touched() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    for n in 0..3 {
        journal.append(reading(n), &event(n as usize)).unwrap();
    }
    disk.tamper(Path::new(PATH), |bytes| bytes[60] ^= 1);
    let before = disk.read(Path::new(PATH), 9999).unwrap();
    assert!(matches!(open(&disk), Err(JournalError::Damaged { sequence: 1 })));
    assert_eq!(disk.read(Path::new(PATH), 9999).unwrap(), before);
    assert!(verify_bytes(&before, &BOX).damage.is_some());
}

#[test]
fn an_entry_is_written_while_the_journal_is_read_through() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    journal.append(reading(1), &event(1)).unwrap();
    let read = journal.plain_items(|_| {
        assert!(journal.inner.try_lock().is_ok(), "the counter waits for the reader");
        journal.append(reading(2), &event(2)).unwrap();
        true
    });
    assert_eq!(read.unwrap().len(), 1, "what was there when it was asked");
    assert_eq!(journal.read(1, 99).unwrap().len(), 2);
}

#[test]
fn what_nobody_here_appended_is_told_as_damage() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    journal.append(reading(1), &event(1)).unwrap();
    disk.tamper(Path::new(PATH), |bytes| bytes.extend([7; 9]));
    assert!(matches!(journal.verify().unwrap().damage, Some(Damage::TornTail { .. })));
}

#[test]
fn a_running_box_sees_every_entry_changed_or_taken_from_the_end() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    assert_eq!(journal.verify().unwrap().damage, None, "an empty journal is whole");
    for n in 0..3 {
        journal.append(reading(n), &event(n as usize)).unwrap();
    }
    let whole = disk.read(Path::new(PATH), 9999).unwrap();
    let sound = journal.verify().unwrap();
    assert_eq!(sound, verify_bytes(&whole, &BOX));
    assert_eq!((sound.entries, sound.damage), (3, None));

    let second = walk(&whole, genesis(&BOX)).frames[1].offset;
    disk.tamper(Path::new(PATH), |bytes| bytes.truncate(second));
    let cut = journal.verify().unwrap();
    assert_eq!(cut.damage, Some(Damage::Altered { sequence: 2 }));
    disk.tamper(Path::new(PATH), |bytes| *bytes = whole.clone());
    disk.tamper(Path::new(PATH), |bytes| bytes[60] ^= 1);
    assert_eq!(journal.verify().unwrap().damage, Some(Damage::Altered { sequence: 1 }));
}

#[test]
fn a_walk_beside_appends_never_sees_half_an_entry() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..200 {
                journal.append(reading(n), &event(n as usize)).unwrap();
            }
        });
        for _ in 0..50 {
            assert_eq!(journal.verify().unwrap().damage, None);
        }
    });
}

#[test]
fn nothing_is_on_the_disk_in_the_clear_and_another_key_opens_nothing() {
    let disk = Arc::new(SimDisk::new());
    let (journal, _) = open(&disk).unwrap();
    journal.append(reading(1), &Event::Refused { what: "髙橋".into(), code: "x".into() }).unwrap();
    let bytes = disk.read(Path::new(PATH), 9999).unwrap();
    assert!(!bytes.windows(6).any(|w| w == "髙橋".as_bytes()));
    let other = SymmetricKey::from_bytes([8; 32]);
    let opened = Journal::open(disk, Arc::new(SeedDice::new(1)), Path::new(PATH), BOX, other);
    assert!(matches!(opened, Err(JournalError::WrongKey { sequence: 1 })));
}
