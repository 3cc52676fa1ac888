//! Promises of the received records: nothing acknowledged is lost, and the order of receiving does not matter.

use super::*;
use crate::{
    domain::person::Origin,
    snapshot::samples,
    sys::sim::{SeedDice, SimDisk, Stop},
};
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 22);
const PATH: &str = "/box/own/received.log";

fn person(n: u32, received_at: i64) -> PersonRecord {
    let origin =
        Origin { source: "オンライン資格確認".into(), received_at: Stamp(received_at) };
    PersonRecord { origin: Some(origin), ..samples::person(n) }
}

fn recent(n: u32) -> PersonRecord {
    person(n, samples::MADE.0 - 86_400 + i64::from(n))
}

fn log() -> ReceivedLog {
    ReceivedLog::new(Path::new(PATH), SymmetricKey::from_bytes([7; 32]))
}

/// A file of three appends, and where the last of them begins.
fn three_appends() -> (SimDisk, Vec<PersonRecord>, usize) {
    let (disk, people) = (SimDisk::default(), (0..9).map(recent).collect::<Vec<_>>());
    let (mut after, mut last) = (0, 0);
    for batch in people.chunks(3) {
        last = disk.length(Path::new(PATH)).unwrap().unwrap_or(0) as usize;
        after = log().append(&disk, &SeedDice::new(after), after, batch).unwrap();
    }
    (disk, people, last)
}

#[test]
fn what_was_acknowledged_reads_back_with_its_origin() {
    let (disk, people, _) = three_appends();
    let state = log().read(&disk).unwrap();
    assert_eq!((state.people, state.sequence, state.cut_bytes, state.lost), (people, 3, 0, 0));
}

#[test]
fn what_a_killed_program_left_unsynced_lasts_before_it_is_built_upon() {
    // Steps of a first append: name given, bytes written, bytes synced, name synced. Of a later one: the middle two.
    for (killed_at, before) in [(1, 0), (2, 0), (3, 0), (1, 3)] {
        for seed in 0..20 {
            let disk = SimDisk::with_seed(seed);
            disk.make_dir(Path::new(PATH).parent().unwrap()).unwrap();
            let append = |n: u64| log().append(&disk, &SeedDice::new(n), n, &[recent(n as u32)]);
            assert!((0..before).all(|n| append(n).is_ok()));
            disk.stop_at_step(killed_at, Stop::Kill);
            assert!(append(before).is_err());
            disk.power_back();

            let shown = log().read(&disk).unwrap().people;
            disk.stop_at_step(1, Stop::PowerCut); // the next one is written and not yet synced
            assert!(append(before + 1).is_err());
            disk.power_back();
            let state = log().read(&disk).unwrap();
            assert!(state.people.starts_with(&shown), "killed at {killed_at}, seed {seed}");
            assert_eq!(state.lost, 0, "killed at {killed_at}, seed {seed}");
        }
    }
}

#[test]
fn of_the_torn_tails_kept_beside_only_the_newest_stay() {
    let disk = SimDisk::default();
    let beside = |n: u64| Path::new(PATH).with_extension(format!("cut-{n}"));
    for n in 1..=12 {
        log().append(&disk, &SeedDice::new(n), n - 1, &[recent(n as u32)]).unwrap();
        disk.append(Path::new(PATH), &[0; 9]).unwrap();
        assert_eq!(log().read(&disk).unwrap().cut_bytes, 9);
    }
    let left = |n: &u64| disk.length(&beside(*n)).unwrap().is_some();
    assert_eq!((1..=13).filter(left).collect::<Vec<_>>(), [12, 13]);
}

#[test]
fn a_torn_tail_of_any_length_is_cut_off_kept_aside_and_written_behind() {
    let (disk, people, last) = three_appends();
    let whole = disk.read(Path::new(PATH), u64::MAX).unwrap();
    for end in last + 1..whole.len() {
        disk.replace(Path::new(PATH), &whole[..end]).unwrap();
        let state = log().read(&disk).unwrap();
        assert_eq!((state.people.len(), state.sequence, state.lost), (6, 2, 0), "cut at {end}");
        assert_eq!(state.cut_bytes as usize, end - last);
        let aside = disk.read(&Path::new(PATH).with_extension("cut-3"), u64::MAX).unwrap();
        assert_eq!(aside, &whole[last..end]);
    }
    log().append(&disk, &SeedDice::new(9), 2, &people[6..]).unwrap();
    assert_eq!(log().read(&disk).unwrap().people, people);
}

#[test]
fn a_damaged_frame_takes_only_its_own_records_along_and_is_told() {
    let (disk, _, last) = three_appends();
    let whole = disk.read(Path::new(PATH), u64::MAX).unwrap();
    for at in [0, 5, 13, 40, last - 1] {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        disk.replace(Path::new(PATH), &bent).unwrap();
        let state = log().read(&disk).unwrap();
        assert_eq!((state.people.len(), state.sequence, state.lost), (6, 3, 1), "at {at}");
    }
}

#[test]
fn frames_of_another_box_or_put_in_twice_are_not_read() {
    let (disk, _, last) = three_appends();
    let other = ReceivedLog::new(Path::new(PATH), SymmetricKey::from_bytes([8; 32]));
    let whole = disk.read(Path::new(PATH), u64::MAX).unwrap();
    let twice = [&whole[..], &whole[..last]].concat();
    disk.replace(Path::new(PATH), &twice).unwrap();
    assert_eq!(log().read(&disk).unwrap().people.len(), 9);
    assert!(other.read(&disk).unwrap().people.is_empty());
}

#[test]
fn nothing_is_rewritten_into_a_lower_number() {
    let (disk, people, _) = three_appends();
    assert_eq!(log().rewrite(&disk, &SeedDice::new(4), 3, &people[..2]).unwrap(), 4);
    assert_eq!(log().rewrite(&disk, &SeedDice::new(5), 4, &[]).unwrap(), 5);
    assert!(log().read(&disk).unwrap().people.is_empty());
}

#[test]
fn what_was_received_long_ago_is_forgotten() {
    let old = person(1, samples::MADE.plus_days(-limits::OWN_RECORD_DAYS_MAX - 2).0);
    let kept = newest_of_each(vec![old, recent(2)], TODAY);
    assert_eq!(kept, [recent(2)]);
}

#[test]
fn a_new_name_replaces_the_old_one_and_twins_without_branches_stay_two() {
    let renamed = PersonRecord { name: "備前　花子".into(), ..person(1, samples::MADE.0) };
    assert_eq!(newest_of_each(vec![renamed.clone(), recent(1)], TODAY), [renamed]);
    let mut twins = [recent(1), recent(1)];
    twins.iter_mut().for_each(|twin| twin.identity.branch = None);
    twins[1].name = "能登谷　太郎".into();
    assert_eq!(newest_of_each(twins.to_vec(), TODAY).len(), 2);
}

proptest! {
    #[test]
    fn records_received_in_any_order_give_the_same_answers(
        rows in proptest::collection::vec((0_u32..6, 0_i64..4, 10_u8..40), 1..20).prop_shuffle(),
        seed in 0_usize..20,
    ) {
        let people: Vec<_> = rows
            .iter()
            .map(|(n, days, percent)| PersonRecord {
                burden: crate::domain::burden::Percent::new(*percent),
                ..person(*n, samples::MADE.plus_days(-days).0)
            })
            .collect();
        let mut other = people.clone();
        other.reverse();
        let at = seed % other.len();
        other.rotate_left(at);
        // Also in two goes, the first settled before the second came.
        let (first, second) = people.split_at(at);
        let mut settled = newest_of_each(first.to_vec(), TODAY);
        settled.extend_from_slice(second);
        let expected = newest_of_each(people.clone(), TODAY);
        prop_assert_eq!(&newest_of_each(other, TODAY), &expected);
        prop_assert_eq!(&newest_of_each(settled, TODAY), &expected);
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let disk = SimDisk::default();
        disk.replace(Path::new(PATH), &bytes).unwrap();
        prop_assert!(log().read(&disk).unwrap().people.is_empty());
    }
}

#[test]
fn no_seed_of_received_records_and_nothing_near_them_makes_reading_panic() {
    let (disk, people, _) = three_appends();
    let file = disk.read(Path::new(PATH), u64::MAX).unwrap();
    let plain = people.iter().take(2).flat_map(bytes_of).collect();
    crate::sys::corpus::replay("received", &[("file", file), ("opened", plain)], probe);
}
