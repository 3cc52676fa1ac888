//! A box with a release in it, made to be broken, and newer releases to break it with.

use minicbor::{Decode, Encode};
use sonae::{
    app::{AppError, Appliance, Ask, BoxKeys, Layout, Machine, Question},
    cache::Cache,
    demo::world::{RELEASE_VERSION, World},
    domain::{keys::BoxId, person::PersonRecord},
    seal::{SymmetricKey, WrappedKey},
    snapshot::{DirSource, MANIFEST_NAME},
    sync::names,
    sys::{
        Dice, Disk, RealDisk, roll,
        sim::{SeedDice, SetClock},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// 2026-11-22 12:00 in Japan.
pub const NOON: i64 = 1_795_316_400;
pub const PASSPHRASE: &str = "umi no mieru oka 2026";
/// The cast stands first; the rest fills blocks.
pub const PEOPLE: u32 = 400;

/// Real disk, a clock that stands, dice that fall alike.
pub fn machine(disk: Arc<dyn Disk>, seed: u64) -> Machine {
    Machine { disk, clock: Arc::new(SetClock::at(NOON)), dice: Arc::new(SeedDice::new(seed)) }
}

/// A world with its box; the box holds the first release.
pub struct ReadyBox {
    pub world: World,
    everybody: Vec<PersonRecord>,
}

impl ReadyBox {
    pub fn make(dir: &Path) -> Self {
        Self::make_on(machine(Arc::new(RealDisk), 1), dir)
    }

    pub fn make_on(machine: Machine, dir: &Path) -> Self {
        let world =
            World::make(machine, &dir.join("world"), PASSPHRASE, (7, PEOPLE), &mut |_| {}).unwrap();
        cheapen(&RealDisk, &world.box_dir());
        let appliance = world.open_box().unwrap();
        let public = world.dir.join("hub/public");
        appliance.take_trust_list(&fs::read(public.join(names::TRUST_LIST)).unwrap()).unwrap();
        import(&appliance, &world.dir.join("release")).unwrap();
        let everybody = world.region.people().map(|entry| entry.0).collect();
        Self { world, everybody }
    }

    /// The release of this version, built the first time it is asked for. Each leaves out other people, so that no
    /// release passes for another.
    pub fn release(&self, version: u64) -> PathBuf {
        let name = release_name(version);
        let dir = self.world.dir.join(&name);
        if dir.join(MANIFEST_NAME).exists() {
            return dir;
        }
        self.world.release_of(&name, version, people_in(version)).unwrap()
    }

    /// The delta of this version, on top of the first release or of the delta before; it leads to the same people as the
    /// release of this version.
    pub fn delta(&self, version: u64) -> PathBuf {
        let name = format!("delta-{version}");
        let dir = self.world.dir.join(&name);
        if dir.join(MANIFEST_NAME).exists() {
            return dir;
        }
        let follows = match version - 1 {
            RELEASE_VERSION => self.release(RELEASE_VERSION),
            before => self.delta(before),
        };
        let people = [version - 1, version].map(people_in);
        self.world.delta_of(&name, version, &follows, people).unwrap()
    }

    /// Everybody in the release of this version, and everybody who is not.
    fn split(&self, version: u64) -> (&[PersonRecord], &[PersonRecord]) {
        self.everybody.split_at(people_in(version).min(self.everybody.len()))
    }

    /// Somebody who is in every release.
    pub fn asked(&self) -> &PersonRecord {
        &self.everybody[0]
    }
}

fn release_name(version: u64) -> String {
    if version == RELEASE_VERSION { "release".into() } else { format!("release-{version}") }
}

fn people_in(version: u64) -> usize {
    match version {
        RELEASE_VERSION => usize::MAX, // the world's own holds everybody
        later => PEOPLE as usize - 8 - (later % 16) as usize * 8,
    }
}

pub fn import(appliance: &Appliance, release: &Path) -> Result<(), AppError> {
    appliance.import_release(&DirSource::new(&RealDisk, release), &mut |_| {})
}

/// The question of the counter: number and birth date.
pub fn question(person: &PersonRecord) -> Question {
    let ask = Ask::Numbers { identity: person.identity.clone(), birth: Some(person.birth) };
    Question::first(ask)
}

/// Whether the release on the disk is whole: everybody of its version is in it, and the next person is not.
pub fn is_whole(ready: &ReadyBox, box_dir: &Path, version: u64) -> Result<(), String> {
    let told = |what: String| format!("version {version}: {what}");
    let layout = Layout::at(box_dir);
    let keys = BoxKeys::open(&RealDisk, &layout, PASSPHRASE).map_err(|e| told(e.to_string()))?;
    let cache = Cache::open(Arc::new(RealDisk), layout.cache()).map_err(|e| told(e.to_string()))?;
    let publisher = ready.world.keys.publisher.public();
    let release = cache
        .activate(|_| vec![publisher], &BoxId(keys.identity.id), &keys.sealing)
        .map_err(|e| told(format!("{e:?}")))?
        .ok_or_else(|| told("no release".into()))?;
    if release.source().version != version {
        return Err(told(format!("the pointer names {}", release.source().version)));
    }
    let (inside, outside) = ready.split(version);
    let found = |person: &PersonRecord| -> Result<bool, String> {
        let family = release.family(&person.identity).map_err(|e| told(format!("{e:?}")))?;
        Ok(family.iter().any(|found| found.get() == person))
    };
    for person in inside {
        if !found(person)? {
            return Err(told("somebody is missing".into()));
        }
    }
    match outside.first().map(found).transpose()? {
        Some(true) => Err(told("somebody of another release is in it".into())),
        _ => Ok(()),
    }
}

#[derive(Decode)]
struct BoxFile {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    wrapped: WrappedKey,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

#[derive(Encode)]
struct CheapBoxFile {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    wrapped: CheapKey,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

#[derive(Encode)]
struct CheapKey {
    #[n(0)]
    memory_kib: u32,
    #[n(1)]
    passes: u32,
    #[cbor(n(2), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[cbor(n(3), with = "minicbor::bytes")]
    boxed: Vec<u8>,
}

const CHEAP_KIB: u32 = 8;

/// Wraps the box's key anew at the least cost there is: a box opened hundreds of times must not stretch its passphrase
/// for a tenth of a second each time. Everything else in it stays as it was made.
pub fn cheapen(disk: &dyn Disk, box_dir: &Path) {
    let path = Layout::at(box_dir).box_file();
    let file: BoxFile = minicbor::decode(&disk.read(&path, 1 << 16).unwrap()).unwrap();
    let root = file.wrapped.unwrap_with(PASSPHRASE).unwrap();
    let dice: &dyn Dice = &SeedDice::new(3);
    let salt: [u8; 16] = roll(dice);
    let params = argon2::Params::new(CHEAP_KIB, 1, 1, Some(32)).unwrap();
    let mut stretched = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), &salt, &mut stretched)
        .unwrap();
    let boxed = SymmetricKey::from_bytes(stretched)
        .seal_boxed(dice, b"sonae wrapped key v1", root.expose())
        .unwrap();
    let wrapped = CheapKey { memory_kib: CHEAP_KIB, passes: 1, salt, boxed };
    let cheap = CheapBoxFile { id: file.id, wrapped, sealed: file.sealed };
    disk.replace(&path, &minicbor::to_vec(&cheap).unwrap()).unwrap();
}

/// Copies a folder, as a carer would with the box switched off.
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
