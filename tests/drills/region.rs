//! Releases on bad days: damaged, half there, no room, twice. The former one answers until the newer has proven itself.

use crate::{
    bent::{Bend, Line},
    house_fixture::{
        House, PASSPHRASE, ask_by, ask_for, cast, code, files_below, import, provision, reasons,
        refusals, world,
    },
};
use sonae::{
    app::Appliance,
    domain::{
        answer::{NextStep, Verdict},
        person::{PersonRecord, Standing},
    },
};
use std::{fs, path::PathBuf};

/// Where sled keeps the release that answers.
fn sled_of(house: &House) -> PathBuf {
    let releases = house.box_dir().join("cache/releases");
    let release = fs::read_dir(releases).unwrap().next().unwrap().unwrap().path();
    let db = files_below(&release).into_iter().find(|path| path.ends_with("db")).unwrap();
    db.parent().unwrap().to_path_buf()
}

/// Flips a byte in every third block of people, the first among them, behind the box's back.
fn damage_every_third_block(house: &House) -> usize {
    let db = sled::Config::new().path(sled_of(house)).flush_every_ms(None).open().unwrap();
    let tree = db.open_tree("person.blk").unwrap();
    let buckets = tree.len() as u64;
    let mut damaged = 0;
    for bucket in (0..buckets).step_by(3) {
        let key = u32::try_from(bucket).unwrap().to_be_bytes();
        let mut block = tree.get(key).unwrap().unwrap().to_vec();
        let middle = block.len() / 2;
        block[middle] ^= 1;
        tree.insert(key, block).unwrap();
        damaged += 1;
    }
    db.flush().unwrap();
    damaged
}

fn usable() -> Vec<PersonRecord> {
    let people = world().region.people().map(|(record, _)| record);
    people.filter(|r| r.standing == Standing::Usable && r.in_force(world().now.day())).collect()
}

#[test]
fn a_damaged_block_is_told_as_damage_and_the_blocks_beside_it_answer() {
    let house = House::ready();
    assert!(damage_every_third_block(&house) > 0, "the region is too small for damage to hide");
    let appliance = house.open();
    let (mut damaged, mut fine) = (0, 0);
    for record in usable().into_iter().step_by(3) {
        let checked = ask_for(&appliance, &record);
        match checked.answer.verdict {
            Verdict::Eligible => fine += 1,
            _ => {
                assert_eq!(checked.answer.verdict, Verdict::CannotTell);
                assert_eq!(reasons(&checked), ["snapshot_damaged"]);
                assert!(checked.answer.next_steps.contains(&NextStep::RenewSnapshot));
                assert!(checked.subject.is_none());
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0 && fine > damaged, "{damaged} damaged, {fine} fine");
}

#[test]
fn the_five_ways_of_not_finding_somebody_are_five_reasons() {
    let (house, bare) = (House::ready(), House::new());
    damage_every_third_block(&house);
    let appliance = house.open();
    let mut told = vec![];
    told.extend(reasons(&ask_for(&bare.open(), &cast().employee.0)));
    let answers = usable().into_iter().map(|record| ask_for(&appliance, &record));
    let damaged = answers.into_iter().find(|c| c.answer.verdict == Verdict::CannotTell).unwrap();
    told.extend(reasons(&damaged));
    drop(appliance);
    let whole = House::ready();
    let appliance = whole.open();
    let twin = cast().family[2].0.clone();
    let mut several = twin.identity.clone();
    several.branch = None;
    told.extend(reasons(&appliance.verify(&ask_by(&several, None)).unwrap()));
    let born_later = Some(twin.birth.tomorrow().unwrap());
    told.extend(reasons(&appliance.verify(&ask_by(&twin.identity, born_later)).unwrap()));
    told.extend(reasons(&ask_for(&appliance, &world().region.unregistered()[0])));
    assert_eq!(
        told,
        [
            "no_snapshot",
            "snapshot_damaged",
            "several_match",
            "birth_date_differs",
            "not_in_snapshot"
        ]
    );
}

#[test]
fn the_same_release_twice_is_told_as_held_and_costs_no_line_in_the_journal() {
    let house = House::ready();
    let appliance = house.open();
    let entries = appliance.journal().ask(|past| past.entries());
    assert_eq!(code(import(&appliance, &world().dir.join("release"))), "release_already_held");
    assert_eq!(appliance.journal().ask(|past| past.entries()), entries);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

fn copy_of(house: &House, release: &std::path::Path) -> PathBuf {
    let copy = house.root().join("copy");
    fs::create_dir(&copy).unwrap();
    for path in files_below(release) {
        fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    copy
}

fn still_ten(appliance: &Appliance) {
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 10);
    assert_eq!(ask_for(appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn without_room_a_release_is_refused_before_anything_is_written_and_the_old_one_answers() {
    let house = House::ready();
    let appliance = house.open();
    let newer = world().small_release("release-11-room", 11).unwrap();
    house.disk.bend(Bend::Free(sonae::limits::FREE_DISK_BYTES_MIN));
    assert_eq!(code(import(&appliance, &newer)), "cache_no_space");
    house.disk.mend();
    still_ten(&appliance);
    assert_eq!(refusals(&appliance), [("release".into(), "cache_no_space".into())]);
    import(&appliance, &newer).unwrap();
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 11);
}

#[test]
fn a_disk_that_fills_up_during_the_import_leaves_the_old_release_answering() {
    let house = House::ready();
    let appliance = house.open();
    let newer = world().small_release("release-11-full", 11).unwrap();
    for place in ["manifest.cose", "cache/current"] {
        house.disk.bend(Bend::FullAt(place));
        assert_eq!(code(import(&appliance, &newer)), "disk_full");
        house.disk.mend();
        still_ten(&appliance);
    }
    let appliance = house.restart(appliance);
    still_ten(&appliance);
    import(&appliance, &newer).unwrap();
}

#[test]
fn a_release_altered_cut_short_or_signed_by_nobody_known_changes_nothing() {
    let house = House::ready();
    let appliance = house.open();
    let copy = copy_of(&house, &world().small_release("release-11-bent", 11).unwrap());
    type Way = fn(&mut Vec<u8>);
    let bend: [(&str, Way, &str); 5] = [
        ("person.blk", |bytes| bytes[100] ^= 1, "release_altered"),
        ("drug.blk", |bytes| bytes.truncate(bytes.len() - 1), "release_truncated"),
        ("birth.blk", |bytes| bytes.push(0), "release_too_long"),
        ("manifest.cose", |bytes| *bytes.last_mut().unwrap() ^= 1, "signature_forged"),
        ("manifest.cose", Vec::clear, "signature_malformed"),
    ];
    for (file, way, expected) in bend {
        let path = copy.join(file);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        way(&mut bytes);
        fs::write(&path, bytes).unwrap();
        assert_eq!(code(import(&appliance, &copy)), expected, "{file}");
        fs::write(&path, whole).unwrap();
        still_ten(&appliance);
    }
    fs::remove_file(copy.join("birth.blk")).unwrap();
    assert_eq!(code(import(&appliance, &copy)), "file_missing");
    still_ten(&appliance);
    let appliance = house.restart(appliance);
    still_ten(&appliance);
}

#[test]
fn a_box_without_a_trust_list_takes_no_release() {
    let house = House::new();
    let appliance = house.open();
    assert_eq!(code(import(&appliance, &world().dir.join("release"))), "no_trust_list");
    provision(&appliance, &world().dir);
    still_ten(&appliance);
}

#[test]
fn a_broken_cache_keeps_no_box_from_starting_and_the_same_release_mends_it() {
    type Way = fn(&House);
    let ways: [(Way, &str); 4] = [
        (|house| fs::remove_dir_all(sled_of(house)).unwrap(), "cache_damaged"),
        (|house| fs::write(sled_of(house).join("conf"), [0x5a; 64]).unwrap(), "cache_damaged"),
        (
            |house| fs::remove_dir_all(house.box_dir().join("cache/releases")).unwrap(),
            "cache_missing",
        ),
        (
            |house| fs::write(house.box_dir().join("cache/current"), "scrap").unwrap(),
            "cache_pointer_damaged",
        ),
    ];
    for (way, expected) in ways {
        let house = House::ready();
        way(&house);
        let appliance = house.try_open(PASSPHRASE).unwrap();
        assert_eq!(refusals(&appliance), [("cache".into(), expected.into())]);
        assert_eq!(reasons(&ask_for(&appliance, &cast().employee.0)), ["no_snapshot"]);
        let older = world().small_release(&format!("release-9-{expected}"), 9);
        if let Ok(older) = older {
            assert_eq!(code(import(&appliance, &older)), "release_older");
        }
        import(&appliance, &world().dir.join("release")).unwrap();
        still_ten(&appliance);
        let appliance = house.restart(appliance);
        still_ten(&appliance);
    }
}

#[test]
fn a_box_whose_cache_was_lost_fetches_the_same_release_again_by_itself() {
    let house = House::ready();
    fs::remove_dir_all(house.box_dir().join("cache")).unwrap();
    let hub = house.hub();
    let appliance = house.open();
    let settled = appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    assert!(settled.steps.iter().any(|step| step.what == "release" && step.ok), "{settled:?}");
    still_ten(&appliance);
}
