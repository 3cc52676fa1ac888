//! Deltas over a link: the box takes the cheapest way to the newest state, and the whole release where a delta is refused.

use crate::{
    bent::Line,
    house_fixture::{House, ask_for, cast, code, events, files_below, import, refusals, world},
};
use sonae::{
    app::Settled,
    cache::CacheState,
    config::Profile,
    domain::{
        answer::Verdict, area::Area, keys::BoxId, medication::Dispensing, person::PersonRecord,
    },
    health::{Grade, examine},
    hub::Hub,
    journal::Event,
    snapshot::{
        DeltaBuilder, DeltaSpec, DirSource, EnrolledBox, Manifest, ReleaseBuilder, ReleaseSecrets,
        ReleaseSpec, Scope, State, read_manifest,
    },
    sys::{KernelDice, RealDisk},
};
use std::path::{Path, PathBuf};

type Region = Vec<(PersonRecord, Vec<Dispensing>)>;

const PEOPLE: usize = 40;

fn region() -> Region {
    world().region.people().take(PEOPLE).collect() // the cast comes first
}

/// The region after the employee's insurance ended.
fn after_the_employee_left() -> Region {
    let (employee, mut people) = (cast().employee.0, region());
    let left = people.iter_mut().find(|(person, _)| *person == employee).unwrap();
    left.0.lost_on = Some(world().now.day().saturating_add(jiff::Span::new().days(-3)));
    people
}

fn whole(dir: PathBuf, version: u64, people: Region) -> (PathBuf, ReleaseSecrets) {
    let world = world();
    let boxes = [EnrolledBox { id: BoxId(world.card.id), sealing: world.card.sealing }];
    let spec = ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県",
        scope: Scope::Prefecture,
        publisher_name: "架空センター",
        version,
        made_at: world.now,
        as_of: world.now,
        next_due: world.now.plus_days(1),
        boxes: &boxes,
        opening: &world.keys.opening,
        publisher: &world.keys.publisher,
        dice: &KernelDice,
    };
    let mut builder = ReleaseBuilder::new(&RealDisk, &dir, &spec).unwrap();
    for (person, history) in &people {
        builder.person(person).unwrap();
        let row = |drug| builder.dispensing(&person.identity, person.birth, drug);
        history.iter().try_for_each(row).unwrap();
    }
    let secrets = builder.secrets();
    builder.finish(&mut |_| {}).unwrap();
    (dir, secrets)
}

fn manifest(dir: &Path) -> Manifest {
    let signed = read_manifest(&DirSource::new(&RealDisk, dir)).unwrap();
    Manifest::open(&signed, |_| vec![world().keys.publisher.public()]).unwrap()
}

fn delta(
    dir: PathBuf,
    (root, secrets): &(PathBuf, ReleaseSecrets),
    follows: &Path,
    version: u64,
    [before, after]: [&Region; 2],
) -> PathBuf {
    let base = manifest(root);
    let source = DirSource::new(&RealDisk, root);
    let spec = DeltaSpec {
        root: &base,
        follows: &manifest(follows),
        version,
        made_at: world().now,
        as_of: world().now,
        next_due: world().now.plus_days(1),
        publisher: &world().keys.publisher,
        dice: &KernelDice,
    };
    let mut builder = DeltaBuilder::new(&RealDisk, &dir, &spec, secrets, &source).unwrap();
    for (state, people) in [(State::Before, before), (State::After, after)] {
        for (person, history) in people {
            builder.person(state, person).unwrap();
            let row = |drug| builder.dispensing(state, &person.identity, person.birth, drug);
            history.iter().try_for_each(row).unwrap();
        }
    }
    builder.finish(&mut |_| {}).unwrap();
    dir
}

/// Release 11 and its deltas 12 and 13, published.
pub fn published(house: &House, hub: &Hub) -> (PathBuf, ReleaseSecrets) {
    let place = |name: &str| house.root().join(name);
    let (before, after) = (region(), after_the_employee_left());
    let root = whole(place("eleven"), 11, before.clone());
    let twelve = delta(place("twelve"), &root, &root.0, 12, [&before, &before]);
    let thirteen = delta(place("thirteen"), &root, &twelve, 13, [&before, &after]);
    for dir in [&root.0, &twelve, &thirteen] {
        hub.publish_release(dir).unwrap();
    }
    root
}

fn steps(settled: &Settled) -> Vec<(&'static str, bool)> {
    let regional = settled.steps.iter().filter(|s| ["release", "delta"].contains(&s.what));
    regional.map(|step| (step.what, step.ok)).collect()
}

#[test]
fn deltas_come_over_the_link_oldest_first_and_the_answer_names_the_newest() {
    let house = House::ready();
    let hub = house.hub();
    published(&house, &hub);
    let appliance = house.open();
    let settled = appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    assert_eq!(steps(&settled), [("release", true), ("delta", true), ("delta", true)]);
    let told: Vec<_> = events(&appliance)
        .into_iter()
        .filter_map(|event| match event {
            Event::ReleaseImported { version, .. } => Some(version),
            _ => None,
        })
        .collect();
    assert_eq!(told, [10, 11, 12, 13]);
    let appliance = house.restart(appliance);
    let answer = ask_for(&appliance, &cast().employee.0).answer;
    assert_eq!(answer.verdict, Verdict::NotEligible, "the employee has left");
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 13);
    let again = appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    assert_eq!(steps(&again), []);
}

#[test]
fn where_a_delta_is_refused_the_whole_release_comes_in_the_same_exchange() {
    let house = House::ready();
    let hub = house.hub();
    let root = published(&house, &hub);
    let appliance = house.open();
    appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    let place = |name: &str| house.root().join(name);
    let (before, after) = (after_the_employee_left(), region());
    hub.publish_release(&whole(place("fifteen"), 15, after.clone()).0).unwrap();
    // A delta that leads there too, and does not arrive whole.
    let mut wide = Line::garbling(&hub, &["deltas/11-15/person.blk"]);
    let thirteen = place("thirteen");
    let small = delta(place("fifteen-delta"), &root, &thirteen, 15, [&before, &after]);
    hub.publish_release(&small).unwrap();
    let settled = appliance.settle(&wide, &mut |_| {}).unwrap();
    assert_eq!(steps(&settled), [("delta", false), ("release", true)]);
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 15);
    assert!(refusals(&appliance).iter().any(|(what, _)| what == "release"));
    wide.bend = Box::new(|_, bytes| Ok(bytes));
    assert_eq!(steps(&appliance.settle(&wide, &mut |_| {}).unwrap()), []);
}

/// A box with release 11 and both deltas, closed.
fn house_at_thirteen() -> (House, Hub, (PathBuf, ReleaseSecrets)) {
    let house = House::ready();
    let hub = house.hub();
    let root = published(&house, &hub);
    house.open().settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    (house, hub, root)
}

#[test]
fn where_one_delta_is_refused_another_chain_is_taken_before_the_whole_release() {
    let (house, hub, root) = house_at_thirteen();
    let place = |name: &str| house.root().join(name);
    let (before, after) = (after_the_employee_left(), region());
    let thirteen = place("thirteen");
    for (name, version) in [("to-fourteen", 14), ("to-fifteen", 15)] {
        let made = delta(place(name), &root, &thirteen, version, [&before, &after]);
        hub.publish_release(&made).unwrap();
    }
    let appliance = house.open();
    let line = Line::garbling(&hub, &["deltas/11-15/person.blk"]);
    let settled = appliance.settle(&line, &mut |_| {}).unwrap();
    assert_eq!(steps(&settled), [("delta", false), ("delta", true)]);
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 14);
}

#[test]
fn under_broken_deltas_the_whole_release_answers_it_is_told_and_the_next_exchange_brings_them_again()
 {
    let (house, hub, _) = house_at_thirteen();
    let overlay = files_below(&house.box_dir().join("cache/releases"))
        .into_iter()
        .filter(|path| path.to_str().unwrap().contains('+') && path.ends_with("sled/conf"))
        .max(); // the one before it is swept by the next import
    std::fs::write(overlay.unwrap(), [0x5a; 64]).unwrap();
    let appliance = house.open();
    let status = appliance.status();
    assert_eq!((status.cache, status.snapshot.unwrap().source.version), (CacheState::Behind, 11));
    let told = ("cache".into(), "cache_changes_damaged".into());
    assert!(refusals(&appliance).contains(&told));
    let found = examine(&appliance.probe(&Profile::named("generic").unwrap()));
    let check = found.checks.into_iter().find(|check| check.name == "cache").unwrap();
    assert_eq!(check.grade, Grade::Bad);
    let answer = ask_for(&appliance, &cast().employee.0).answer;
    assert_eq!(answer.verdict, Verdict::Eligible, "as of release 11, and the answer says so");
    assert!(answer.as_of.is_some());
    let settled = appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    assert_eq!(steps(&settled), [("delta", true), ("delta", true)]);
    assert_eq!(appliance.status().cache, CacheState::Healthy);
    let appliance = house.restart(appliance);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::NotEligible);
}

#[test]
fn a_mending_that_fails_does_not_hide_that_the_delta_itself_is_sound() {
    let house = House::ready();
    let hub = house.hub();
    let root = published(&house, &hub);
    let appliance = house.open();
    appliance.suit_disk(&Profile::named("generic").unwrap());
    import(&appliance, &root.0).unwrap();
    import(&appliance, &house.root().join("twelve")).unwrap();
    drop(appliance);
    let held = files_below(&house.box_dir().join("cache"));
    let overlay =
        held.iter().find(|path| path.to_str().unwrap().contains('+') && path.ends_with("sled/db"));
    let db = sled::Config::new().path(overlay.unwrap().parent().unwrap());
    let db = db.flush_every_ms(None).open().unwrap();
    let people = db.open_tree("person.blk").unwrap();
    for (key, mut run) in people.iter().map(Result::unwrap).collect::<Vec<_>>() {
        run.iter_mut().skip(4).for_each(|byte| *byte ^= 1);
        people.insert(key, run).unwrap();
    }
    db.flush().unwrap();
    drop((people, db));
    for kept in held.iter().filter(|path| path.to_str().unwrap().contains("/delivered/")) {
        if kept.ends_with("person.blk") {
            std::fs::write(kept, b"cut").unwrap();
        }
    }
    let appliance = house.open();
    appliance.suit_disk(&Profile::named("generic").unwrap());
    let refused = import(&appliance, &house.root().join("thirteen"));
    assert_eq!(code(refused), "cache_changes_damaged");
    let told = refusals(&appliance);
    assert!(told.contains(&("cache".into(), "release_truncated".into())), "{told:?}");
}
