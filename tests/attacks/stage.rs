//! One box that holds version 10, and one stick as it meets it: index, trust, lists, orders and a release on a real disk.

use crate::publisher::Release;
use sonae::{
    app::{AppError, Appliance, Ask, Checked, Machine, Question},
    demo::world::{RELEASE_VERSION, World},
    domain::{area::Area, keys::BoxId, time::Stamp},
    journal::Event,
    messages::Trouble,
    seal::{SealingKey, SigningKeypair},
    snapshot::{
        DeltaBuilder, DeltaSpec, DirSource, EnrolledBox, Manifest, ReleaseBuilder, ReleaseSecrets,
        ReleaseSpec, Scope, State, read_manifest,
    },
    sync::{DirLink, Index, OfferedDelta, OfferedRelease, names},
    sys::{
        RealDisk,
        sim::{SeedDice, SetClock},
    },
    trust::TrustDraft,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};
use tempfile::TempDir;

/// 2026-11-22 12:00 in Japan.
pub const NOON: i64 = 1_795_316_400;
pub const DAY: i64 = 86_400;
/// The version the box holds.
pub const HELD: u64 = RELEASE_VERSION;
/// The version on the stick.
pub const OFFERED: u64 = HELD + 1;
/// The good one afterwards.
pub const GOOD: u64 = HELD + 2;
const PASSPHRASE: &str = "kumo no ue no mori 2026";
const PEOPLE: u32 = 60;

/// A second box, whose key lies open here: through it the bending hand knows a release's keys, as its publisher does.
pub const BENCH_BOX: [u8; 16] = [0x77; 16];

pub fn bench_key() -> SealingKey {
    SealingKey::random(&SeedDice::new(77))
}

struct Template {
    world: World,
    dir: TempDir,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    // Here, and not while other lanes work: until it starts its program, a child holds every lock of this process, also
    // those that a box has just let go of.
    assert!(Command::new("mkfifo").arg(dir.path().join("pipe")).status().unwrap().success());
    let machine = Machine {
        disk: Arc::new(RealDisk),
        clock: Arc::new(SetClock::at(NOON)),
        dice: Arc::new(SeedDice::new(1)),
    };
    let world =
        World::make(machine, &dir.path().join("world"), PASSPHRASE, (7, PEOPLE), &mut |_| {})
            .unwrap();
    let public = world.dir.join("hub/public");
    let ready = world.open_box().unwrap();
    ready.take_trust_list(&fs::read(public.join(names::TRUST_LIST)).unwrap()).unwrap();
    for list in fs::read_dir(public.join(names::REVOCATIONS)).unwrap() {
        ready.take_revocations(&fs::read(list.unwrap().path()).unwrap()).unwrap();
    }
    let release = dir.path().join("held");
    let secrets = publish(&world, &release, HELD, Area::Prefecture(17));
    ready.import_release(&DirSource::new(&RealDisk, &release), &mut |_| {}).unwrap();
    drop(ready);
    for (name, version, region) in [
        ("older", HELD - 1, Area::Prefecture(17)),
        ("conflicting", HELD, Area::Prefecture(17)),
        ("offered", OFFERED, Area::Prefecture(17)),
        ("other", OFFERED, Area::Prefecture(17)),
        ("good", GOOD, Area::Prefecture(17)),
        ("town", OFFERED, Area::Municipality(172_049)),
    ] {
        publish(&world, &dir.path().join(name), version, region);
    }
    publish_delta(&world, &dir.path().join("delta"), &release, &secrets, 0);
    publish_delta(&world, &dir.path().join("delta-of-nobody"), &release, &secrets, 1);
    Template { world, dir }
});

fn publish(world: &World, dir: &Path, version: u64, region: Area) -> ReleaseSecrets {
    let boxes = [
        EnrolledBox { id: BoxId(world.card.id), sealing: world.card.sealing },
        EnrolledBox { id: BoxId(BENCH_BOX), sealing: bench_key().public().unwrap() },
    ];
    let made_at = Stamp(NOON);
    let spec = ReleaseSpec {
        region,
        region_name: "石川県",
        scope: Scope::of(region),
        publisher_name: "架空広域連合 情報センター",
        version,
        made_at,
        as_of: made_at.plus_days(-1),
        next_due: made_at.plus_days(1),
        boxes: &boxes,
        opening: &world.keys.opening,
        publisher: &world.keys.publisher,
        dice: world.machine.dice.as_ref(),
    };
    let mut builder = ReleaseBuilder::new(&RealDisk, dir, &spec).unwrap();
    for (person, history) in world.region.people() {
        builder.person(&person).unwrap();
        let row = |drug| builder.dispensing(&person.identity, person.birth, drug);
        history.iter().try_for_each(row).unwrap();
    }
    let secrets = builder.secrets();
    builder.finish(&mut |_| {}).unwrap();
    secrets
}

/// A delta on the release held: somebody moved house. `strangers` more are taken away who were never there.
fn publish_delta(
    world: &World,
    dir: &Path,
    root: &Path,
    secrets: &ReleaseSecrets,
    strangers: usize,
) {
    let source = DirSource::new(&RealDisk, root);
    let signed = read_manifest(&source).unwrap();
    let base = Manifest::open(&signed, |_| vec![world.keys.publisher.public()]).unwrap();
    let spec = DeltaSpec {
        root: &base,
        follows: &base,
        version: OFFERED,
        made_at: Stamp(NOON),
        as_of: Stamp(NOON),
        next_due: Stamp(NOON).plus_days(1),
        publisher: &world.keys.publisher,
        dice: world.machine.dice.as_ref(),
    };
    let mut builder = DeltaBuilder::new(&RealDisk, dir, &spec, secrets, &source).unwrap();
    let people: Vec<_> = world.region.people().map(|(person, _)| person).collect();
    for person in &people {
        builder.person(State::Before, person).unwrap();
        let mut after = person.clone();
        after.address.push_str("２号室");
        builder.person(State::After, &after).unwrap();
    }
    for person in people.iter().take(strangers) {
        let mut stranger = person.clone();
        stranger.name.push('某');
        builder.person(State::Before, &stranger).unwrap();
    }
    builder.finish(&mut |_| {}).unwrap();
}

pub fn world() -> &'static World {
    &TEMPLATE.world
}

/// A release as its publisher left it: "older", "conflicting", "offered", "other", "good" or "town"; or a named "pipe".
pub fn published(name: &str) -> PathBuf {
    TEMPLATE.dir.path().join(name)
}

/// Somebody's key, on no list.
pub fn stranger(n: u64) -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(5_000 + n))
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_dir(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

static HOUSES: AtomicU64 = AtomicU64::new(100);

pub struct Stage {
    dir: TempDir,
    pub clock: Arc<SetClock>,
    dice: Arc<SeedDice>,
    /// What the index on the stick says; a hint that any hand may change.
    pub index: Index,
    /// Who signs the trust list afterwards: the root document in force, and its holders.
    pub recovery: (u64, Vec<SigningKeypair>),
}

impl Stage {
    /// The stick holds what the box holds already, and the release of [`OFFERED`].
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(&world().box_dir(), &dir.path().join("box"));
        let stage = Self {
            dir,
            clock: Arc::new(SetClock::at(NOON)),
            dice: Arc::new(SeedDice::new(HOUSES.fetch_add(1, SeqCst))),
            index: Index::default(),
            recovery: (1, vec![]),
        };
        let public = world().dir.join("hub/public");
        for folder in ["trust", "revocations"] {
            copy_dir(&public.join(folder), &stage.stick().join(folder));
        }
        stage
    }

    pub fn stick(&self) -> PathBuf {
        self.dir.path().join("stick")
    }

    /// Beside the stick: what nothing on it may reach.
    pub fn beside(&self) -> &Path {
        self.dir.path()
    }

    /// Lays an item on the stick.
    pub fn lay(&self, name: &str, bytes: &[u8]) {
        let path = self.stick().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Lays a release on the stick as the version [`OFFERED`], whatever it says itself.
    pub fn offer(&mut self, release: &str) -> Release {
        self.offer_as(release, OFFERED)
    }

    pub fn offer_as(&mut self, release: &str, version: u64) -> Release {
        let to = self.stick().join(format!("{}/{version}", names::RELEASES));
        copy_dir(&published(release), &to);
        self.index.release = Some(OfferedRelease { version, release_id: [0; 16], bytes: 0 });
        Release::at(&to)
    }

    /// Lays a delta on the stick as the one that leads from the version held to [`OFFERED`], whatever it says itself.
    pub fn offer_delta(&mut self, delta: &str) -> Release {
        let to = self.stick().join(format!("{}/{HELD}-{OFFERED}", names::DELTAS));
        copy_dir(&published(delta), &to);
        self.index.deltas =
            vec![OfferedDelta { version: OFFERED, follows: HELD, root: HELD, bytes: 1 }];
        Release::at(&to)
    }

    /// Lays a trust list on the stick and says so in the index.
    pub fn offer_list(&mut self, bytes: &[u8], root_version: u64, sequence: u64) {
        self.lay(names::TRUST_LIST, bytes);
        self.index.trust_root = Some(root_version);
        self.index.trust_sequence = Some(sequence);
    }

    fn write_index(&self) {
        if !self.stick().join(names::INDEX).exists() {
            self.lay(names::INDEX, &self.index.to_bytes());
        }
    }

    pub fn open(&self) -> Appliance {
        let machine = Machine {
            disk: Arc::new(RealDisk),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
        };
        Appliance::open(&machine, &self.dir.path().join("box"), PASSPHRASE).unwrap()
    }

    /// Hands the stick to the box: what failed, and how.
    pub fn settle(&self, appliance: &Appliance) -> Vec<(&'static str, &'static str)> {
        self.write_index();
        let link = DirLink::new(Arc::new(RealDisk), &self.stick()).unwrap();
        match appliance.settle(&link, &mut |_| {}) {
            Ok(settled) => settled
                .steps
                .iter()
                .filter(|step| !step.ok)
                .map(|step| (step.what, step.code.unwrap_or("")))
                .collect(),
            Err(refusal) => vec![("exchange", refusal.message().code)],
        }
    }

    /// Hands the release's folder to the box, without the rest.
    pub fn import(&self, appliance: &Appliance) -> &'static str {
        let offered = self.index.release.map_or(OFFERED, |release| release.version);
        let dir = self.stick().join(format!("{}/{offered}", names::RELEASES));
        code(appliance.import_release(&DirSource::new(&RealDisk, &dir), &mut |_| {}))
    }

    /// A sound stick takes the place of the bent one.
    pub fn mend(&mut self) {
        let _ = fs::remove_dir_all(self.stick());
        self.clock.set(NOON);
        self.index = Index::default();
        self.offer_as("good", GOOD);
        let (root_version, holders) = &self.recovery;
        let held = TrustDraft::read(&world_list()).unwrap();
        let draft = TrustDraft { root_version: *root_version, sequence: 1_000, ..held };
        let list = match holders.as_slice() {
            [] => world().keys.sign_list(&draft),
            some => draft.sign(&some.iter().collect::<Vec<_>>()),
        };
        self.lay(names::TRUST_LIST, &list);
        self.index.trust_root = Some(*root_version);
        self.index.trust_sequence = Some(1_000);
    }
}

pub fn world_list() -> Vec<u8> {
    fs::read(world().dir.join("hub/public").join(names::TRUST_LIST)).unwrap()
}

pub fn code<T>(outcome: Result<T, AppError>) -> &'static str {
    outcome.map_or_else(|refusal| refusal.message().code, |_| "ok")
}

/// A family of the region is asked for by number and birth date.
pub fn ask(appliance: &Appliance) -> Checked {
    let record = world().region.cast().employee.0;
    let ask = Ask::Numbers { identity: record.identity, birth: Some(record.birth) };
    appliance.verify(&Question::first(ask)).unwrap()
}

/// What was refused, in the order of the journal.
pub fn refusals(appliance: &Appliance) -> Vec<(String, String)> {
    let entries = appliance.journal().ask(|past| past.entries());
    let told = |event| match event {
        Event::Refused { what, code } => Some((what, code)),
        _ => None,
    };
    let read = appliance.journal().read(1, entries).unwrap();
    read.into_iter().filter_map(|entry| told(entry.event)).collect()
}
