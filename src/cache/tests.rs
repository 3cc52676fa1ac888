//! Promises of the cache in ordinary use.

use super::{Cache, CacheError};
use crate::{
    messages::Trouble,
    snapshot::{
        SnapshotError,
        samples::{self, BOX, MapSource, box_key, opening, person, publisher, quiet},
    },
    sys::{Disk, RealDisk},
};

use std::{path::Path, sync::Arc};

pub(super) fn cache_in(dir: &Path) -> Cache {
    Cache::open(Arc::new(RealDisk), dir.to_path_buf()).unwrap()
}

pub(super) fn import(cache: &Cache, release: &MapSource) -> Result<(), CacheError> {
    cache.import(release, &release.manifest(), &release.keys(), &mut quiet).map(drop)
}

pub(super) fn activate(cache: &Cache) -> Result<u64, CacheError> {
    let active = cache.activate(|_| vec![publisher().public()], &BOX, &box_key())?;
    Ok(active.map_or(0, |active| active.manifest().version()))
}

pub(super) fn code(error: &CacheError) -> &'static str {
    error.message().code
}

/// Every person of the region is found, alone with the family, and nobody else.
pub(super) fn answers(cache: &Cache, version: u64) {
    let release = cache.active().expect("something answers");
    assert_eq!(release.source().version, version);
    for n in [0, 1, 77, 199] {
        let family = release.family(&person(n).identity).unwrap();
        assert!(family.iter().any(|found| *found.get() == person(n)));
        assert_eq!(family.len(), 4);
    }
}

#[test]
fn every_record_comes_back_as_it_was_published() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    assert!(cache.active().is_none() && cache.held().unwrap().is_none());
    let source = samples::release(1, 0);
    import(&cache, &source).unwrap();
    let release = cache.active().unwrap();
    let key = release.keys().unlock_drugs(release.manifest(), &opening()).unwrap();
    for (n, (person, history)) in samples::region(200).into_iter().enumerate() {
        let family = release.family(&person.identity).unwrap();
        assert_eq!(family.iter().filter(|found| *found.get() == person).count(), 1, "{n}");
        assert_eq!(release.dispensings(&person, &key).unwrap(), history, "{n}");
    }
}

#[test]
fn a_search_without_a_branch_finds_the_whole_family() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let mut asked = person(40).identity;
    asked.branch = None;
    asked.number = "０００１０".into(); // full width, as typed
    let found = cache.active().unwrap().family(&asked).unwrap();
    let found: Vec<_> = found.iter().map(|record| record.get().clone()).collect();
    assert_eq!(found, [person(40), person(41), person(42), person(43)]);
}

#[test]
fn somebody_who_is_not_in_the_region_is_nobody_and_not_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let release = cache.active().unwrap();
    assert!(release.family(&person(5_000).identity).unwrap().is_empty());
    assert!(release.born_on(jiff::civil::date(2001, 1, 1), "").unwrap().people.is_empty());
}

#[test]
fn everybody_born_on_a_day_is_found_and_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let release = cache.active().unwrap();
    let mut found: Vec<_> = release
        .born_on(person(3).birth, "")
        .unwrap()
        .people
        .iter()
        .map(|record| record.get().name.clone())
        .collect();
    found.sort();
    assert_eq!(found, [person(3).name, person(93).name, person(183).name]);
}

fn names(found: &crate::cache::Found) -> Vec<String> {
    assert_eq!(found.unreadable, 0);
    let mut names: Vec<_> = found.people.iter().map(|p| p.get().name.clone()).collect();
    names.sort();
    names
}

#[test]
fn somebody_is_found_by_birth_date_and_kana_by_year_and_by_kana_alone() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let release = cache.active().unwrap();
    let asked = person(3);
    let born = |name: &str| names(&release.born_on(asked.birth, name).unwrap());
    assert_eq!(born("のとや0　はなこ3"), [person(3).name, person(93).name, person(183).name]);
    assert_eq!(born("架空"), [person(3).name, person(93).name, person(183).name], "kanji: anybody");
    let year = names(&release.born_in(asked.birth.year(), "").unwrap());
    let same_year = |n: &u32| person(*n).birth.year() == asked.birth.year();
    assert_eq!(year.len(), (0..200).filter(same_year).count());
    assert!(names(&release.read_as("ヨソノ　ダレカ").unwrap()).is_empty());
}

#[test]
fn a_name_in_kana_opens_only_who_may_be_meant() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    let kana = ["ノトヤ　ハナコ", "タカサキ　トクエ", "ノトヤ　ジロウ"];
    let people = (0..300).map(|n| {
        let mut person = person(n);
        person.birth = person_born();
        person.kana = kana[n as usize / 4 % 3].into(); // a family reads alike
        (person, vec![])
    });
    import(&cache, &samples::release_of_people(people)).unwrap();
    let release = cache.active().unwrap();
    // A few more may come along: one byte of a family's key parts it from most others in its block, not from all.
    let born = |name: &str| names(&release.born_on(person_born(), name).unwrap()).len();
    assert!((100..130).contains(&born("たかさき とくえ")), "{}", born("たかさき とくえ"));
    assert!((200..230).contains(&born("ノトヤ")), "{}", born("ノトヤ"));
    assert_eq!(names(&release.read_as("ﾉﾄﾔ ﾊﾅｺ").unwrap()).len(), 100);
    assert_eq!(names(&release.read_as("ノドヤハナコ").unwrap()).len(), 100);
}

#[test]
fn a_name_of_a_crowd_is_asked_with_a_birth_date_and_does_not_stop_the_publisher() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    let people = (0..20_000).map(|n| {
        let mut person = person(n);
        person.identity.number = n.to_string(); // a family each
        person.kana = "ノトヤ　ハナコ".into();
        (person, vec![])
    });
    import(&cache, &samples::release_of_people(people)).unwrap();
    let release = cache.active().unwrap();
    let alone = release.read_as("ノトヤ　ハナコ");
    assert!(matches!(alone, Err(CacheError::ReadingOfMany)));
    let asked = person(3);
    let born = release.born_on(asked.birth, "ノトヤ　ハナコ").unwrap();
    assert!(names(&born).contains(&asked.name));
}

fn person_born() -> jiff::civil::Date {
    jiff::civil::date(1950, 5, 5)
}

#[test]
fn check_ups_and_visits_come_back_with_the_drug_key_only() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    let (checkup, visit) = (samples::checkup(1), samples::visit(2));
    import(&cache, &samples::release_with(&checkup, &visit)).unwrap();
    let release = cache.active().unwrap();
    assert_eq!((release.manifest().checkups(), release.manifest().visits()), (1, 1));
    let key = release.keys().unlock_drugs(release.manifest(), &opening()).unwrap();
    assert_eq!(release.checkups(&person(4), &key).unwrap(), [checkup]);
    assert_eq!(release.visits(&person(4), &key).unwrap(), [visit]);
    assert!(release.visits(&person(5), &key).unwrap().is_empty());
}

#[test]
fn after_a_restart_the_stored_release_is_verified_anew_and_answers() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    assert_eq!(activate(&cache).unwrap(), 0);
    import(&cache, &samples::release(1, 0)).unwrap();
    drop(cache);
    for _ in 0..3 {
        let cache = cache_in(dir.path());
        assert_eq!(activate(&cache).unwrap(), 1);
        assert_eq!(activate(&cache).unwrap(), 1, "asking twice is harmless");
        answers(&cache, 1);
    }
    let cache = cache_in(dir.path());
    let withdrawn = cache.activate(|_| vec![], &BOX, &box_key()).unwrap_err();
    assert_eq!(code(&withdrawn), "signer_unknown");
}

#[test]
fn a_newer_release_takes_over_and_only_the_former_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    for version in 1..=4 {
        let before = cache.active();
        import(&cache, &samples::release(version, 0)).unwrap();
        answers(&cache, version);
        if let Some(before) = before {
            assert_eq!(before.family(&person(9).identity).unwrap().len(), 4, "still readable");
        }
    }
    let kept = RealDisk.list(&dir.path().join("releases")).unwrap();
    let kept: Vec<_> = kept.iter().map(|d| d.file_name().unwrap().to_str().unwrap()).collect();
    assert!(kept.len() == 2 && kept[0].starts_with("3-") && kept[1].starts_with("4-"), "{kept:?}");
}

#[test]
fn a_drug_key_of_the_former_release_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let former = cache.active().unwrap();
    let key = former.keys().unlock_drugs(former.manifest(), &opening()).unwrap();
    import(&cache, &samples::release(2, 0)).unwrap();
    let refused = cache.active().unwrap().dispensings(&person(4), &key).unwrap_err();
    assert_eq!(code(&refused), "drug_key_other_release");
    assert!(matches!(refused, CacheError::Snapshot(SnapshotError::DrugKeyOfOtherRelease)));
    assert_eq!(former.dispensings(&person(4), &key).unwrap().len(), 4);
}

#[test]
fn nothing_personal_lies_on_the_disk_in_the_clear() {
    fn read_all(dir: &Path, into: &mut Vec<u8>) {
        for path in RealDisk.list(dir).unwrap() {
            if path.is_dir() {
                read_all(&path, into);
            } else {
                into.extend(RealDisk.read(&path, u64::MAX).unwrap());
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    import(&cache, &samples::release(1, 0)).unwrap();
    let mut bytes = vec![];
    read_all(dir.path(), &mut bytes);
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("石川県"), "the region's name in the manifest shows that this test can see");
    for word in ["能登谷", "ノトヤ", "花子", "海辺町", "国民健康保険", "ソナエジピン", "海辺薬局"]
    {
        assert!(!holds(word), "{word}");
    }
    assert!(!holds(&person(9).identity.family_key()));
}
