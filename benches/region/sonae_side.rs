//! The only file that knows how Sonae publishes, imports and answers.

use crate::{engine::Engine, people::Entry};
use jiff::civil::Date;
use sonae::{
    cache::{Cache, Delivered, OpenRelease},
    domain::{
        area::Area, insured::Identity, kana, keys::BoxId, medication::Dispensing,
        person::PersonRecord, time::Stamp, verified::Verified,
    },
    limits,
    seal::{SealingKey, SigningKeypair},
    snapshot::{
        DeltaBuilder, DeltaSpec, DirSource, DrugKey, EnrolledBox, Manifest, OpeningSecret,
        Progress, ReleaseBuilder, ReleaseSecrets, ReleaseSpec, Scope, State, read_manifest,
    },
    sys::{RealDisk, sim::SeedDice},
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const BOX: BoxId = BoxId([0xb0; 16]);
const NOW: Stamp = Stamp(1_795_316_400);

/// Memory for what was read, as the box sets it.
pub const CACHE_BYTES: u64 = limits::READ_CACHE_BYTES;

/// Everybody's keys, the same in every process of one run.
struct Keys {
    publisher: SigningKeypair,
    sealing: SealingKey,
    opening: OpeningSecret,
}

impl Keys {
    fn new() -> Self {
        let dice = SeedDice::new(1);
        Self {
            publisher: SigningKeypair::random(&dice),
            sealing: SealingKey::random(&dice),
            opening: OpeningSecret::random(&dice),
        }
    }
}

/// What the publisher spends and lays out.
pub struct Published {
    pub took: Duration,
    pub bytes: u64,
    pub people: u64,
    pub dispensings: u64,
}

/// Encodes, seals and signs a release into `dir`, as the publisher does once for all boxes.
pub fn publish(
    dir: &Path,
    version: u64,
    people: impl Iterator<Item = Entry>,
) -> (Published, ReleaseSecrets) {
    let keys = Keys::new();
    let boxes = [EnrolledBox { id: BOX, sealing: keys.sealing.public().unwrap() }];
    let spec = ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県（架空の住民）",
        scope: Scope::Prefecture,
        publisher_name: "架空広域連合",
        version,
        made_at: NOW,
        as_of: NOW,
        next_due: NOW.plus_days(1),
        boxes: &boxes,
        opening: &keys.opening,
        publisher: &keys.publisher,
        dice: &SeedDice::new(1_000 + version),
    };
    let began = Instant::now();
    let mut builder = ReleaseBuilder::new(&RealDisk, dir, &spec).unwrap();
    for (person, history) in people {
        builder.person(&person).unwrap();
        for row in &history {
            builder.dispensing(&person.identity, person.birth, row).unwrap();
        }
    }
    let secrets = builder.secrets();
    let summary = builder.finish(&mut |_: Progress| {}).unwrap();
    let published = Published {
        took: began.elapsed(),
        bytes: summary.bytes,
        people: summary.people,
        dispensings: summary.dispensings,
    };
    (published, secrets)
}

/// A day's delta on top of a release: some people as they were and as they are. Its size in bytes, manifest and all.
pub fn publish_delta(
    root: &Path,
    dir: &Path,
    secrets: &ReleaseSecrets,
    changed: impl Iterator<Item = (Entry, Entry)>,
) -> u64 {
    let keys = Keys::new();
    let source = DirSource::new(&RealDisk, root);
    let root = opened(&source, &keys);
    let spec = DeltaSpec {
        root: &root,
        follows: &root,
        version: root.version() + 1,
        made_at: NOW,
        as_of: NOW,
        next_due: NOW.plus_days(1),
        publisher: &keys.publisher,
        dice: &SeedDice::new(77),
    };
    let mut builder = DeltaBuilder::new(&RealDisk, dir, &spec, secrets, &source).unwrap();
    for (before, after) in changed {
        for (state, (person, history)) in [(State::Before, before), (State::After, after)] {
            builder.person(state, &person).unwrap();
            for row in &history {
                builder.dispensing(state, &person.identity, person.birth, row).unwrap();
            }
        }
    }
    builder.finish(&mut |_: Progress| {}).unwrap();
    std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

fn opened(source: &DirSource<'_>, keys: &Keys) -> Manifest {
    let signed = read_manifest(source).unwrap();
    Manifest::open(&signed, |_| vec![keys.publisher.public()]).unwrap()
}

/// A box with a release that answers.
pub struct Sonae {
    release: Arc<OpenRelease>,
    drug_key: DrugKey,
}

impl Sonae {
    /// Takes a release in as a box does: signature, every chunk's hash, a fresh sled directory, every file synced, opened and
    /// tried, pointer switched.
    pub fn import(release_dir: &Path, cache_dir: &Path) -> (Duration, Self) {
        Self::import_as(Delivered::Drop, release_dir, cache_dir)
    }

    /// The same, with what was delivered dropped or kept as a profile says.
    pub fn import_as(
        delivered: Delivered,
        release_dir: &Path,
        cache_dir: &Path,
    ) -> (Duration, Self) {
        let keys = Keys::new();
        let began = Instant::now();
        let source = DirSource::new(&RealDisk, release_dir);
        let manifest = opened(&source, &keys);
        let region_keys = manifest.unseal_for(&BOX, &keys.sealing).unwrap();
        let cache = Cache::open(Arc::new(RealDisk), cache_dir.to_path_buf()).unwrap();
        cache.keep_delivered(delivered);
        let release =
            cache.import(&source, &manifest, &region_keys, &mut |_: Progress| {}).unwrap();
        (began.elapsed(), Self::of(release, &keys))
    }

    /// Opens what an earlier import left, as after a start: until it could answer.
    pub fn reopen(cache_dir: &Path) -> (Duration, Self) {
        let keys = Keys::new();
        let began = Instant::now();
        let cache = Cache::open(Arc::new(RealDisk), cache_dir.to_path_buf()).unwrap();
        let release =
            cache.activate(|_| vec![keys.publisher.public()], &BOX, &keys.sealing).unwrap();
        (began.elapsed(), Self::of(release.unwrap(), &keys))
    }

    /// Takes a delta in on top of what an earlier import left.
    pub fn import_delta(delta_dir: &Path, cache_dir: &Path) -> Duration {
        let keys = Keys::new();
        let cache = Cache::open(Arc::new(RealDisk), cache_dir.to_path_buf()).unwrap();
        cache.activate(|_| vec![keys.publisher.public()], &BOX, &keys.sealing).unwrap();
        let began = Instant::now();
        let source = DirSource::new(&RealDisk, delta_dir);
        let manifest = opened(&source, &keys);
        cache.import_delta(&source, &manifest, &mut |_: Progress| {}).unwrap();
        began.elapsed()
    }

    fn of(release: Arc<OpenRelease>, keys: &Keys) -> Self {
        let drug_key = release.keys().unlock_drugs(release.manifest(), &keys.opening).unwrap();
        Self { release, drug_key }
    }
}

impl Engine for Sonae {
    type Found = Verified<PersonRecord>;

    fn name(&self) -> &'static str {
        "Sonae"
    }

    fn record(found: &Self::Found) -> &PersonRecord {
        found.get()
    }

    fn family(&self, identity: &Identity) -> Vec<Self::Found> {
        self.release.family(identity).unwrap()
    }

    fn history(&self, person: &PersonRecord) -> Vec<Dispensing> {
        self.release.dispensings(person, &self.drug_key).unwrap()
    }

    fn search(&self, birth: Date, asked: &str) -> Vec<Self::Found> {
        let mut found = self.release.born_on(birth, asked).unwrap().people;
        let asked = kana::loose(asked);
        found.retain(|person| kana::loose(&person.get().kana) == asked);
        found
    }
}
