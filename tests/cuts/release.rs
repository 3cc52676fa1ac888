//! The steps of an import, of the pointer's switch and of setting a store aside. sled's place is taken by files that are
//! written as sled writes: without a sync of their own.

use super::{disk, play::Play};
use sonae::{
    cache::{Cache, CacheError},
    sys::{
        Disk, DiskError,
        sim::{SeedDice, SimDisk},
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const ROOT: &str = "/box/cache";
const FILE_BYTES_MAX: u64 = 1 << 16;

/// What the disk should say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Held(u64),
    Aside(u64),
}

struct Releases {
    disk: Arc<SimDisk>,
    acknowledged: Said,
    /// What was begun and may have come true all the same.
    begun: Vec<Said>,
    next: u64,
    count: u64,
}

pub fn set(seed: u64) -> Box<dyn Play> {
    let (disk, acknowledged, begun) = (disk(seed), Said::Nothing, vec![]);
    disk.make_dir(Path::new(ROOT)).unwrap(); // a box is made with it
    Box::new(Releases { disk, acknowledged, begun, next: 1, count: 0 })
}

fn word(version: u64) -> String {
    format!("{version}-{version:032x}")
}

fn signed_off(word: &str) -> Vec<u8> {
    format!("{word} {}\n", blake3::hash(word.as_bytes())).into_bytes()
}

fn dir_of(version: u64) -> PathBuf {
    Path::new(ROOT).join("releases").join(word(version))
}

/// The files of one release, by name and content: more than a sector each.
fn files(version: u64) -> Vec<(&'static str, Vec<u8>)> {
    let long = |n: usize| format!("{version:08} ").repeat(n).into_bytes();
    vec![("sled/db", long(150)), ("sled/conf", long(9)), ("manifest.cose", long(70))]
}

impl Releases {
    /// In the order of `cache::import`: sweep, fill, close, manifest, sync, rename, try, sync, and only then the pointer.
    fn import(&mut self, cache: &Cache) -> Result<(), CacheError> {
        let disk = self.disk.clone();
        let version = self.next;
        self.next += 1;
        let held = cache.held()?.map(|held| dir_of(held.version));
        disk.make_dir(&Path::new(ROOT).join("releases"))?;
        for dir in disk.list(&Path::new(ROOT).join("releases"))? {
            if Some(&dir) != held.as_ref() {
                let _ = disk.remove(&dir);
            }
        }
        let dir = dir_of(version);
        let draft = dir.with_extension("part");
        disk.make_dir(&draft)?;
        disk.make_dir(&draft.join("sled"))?;
        for (name, bytes) in files(version) {
            match name {
                "manifest.cose" => disk.replace(&draft.join(name), &bytes)?,
                _ => bytes.chunks(400).try_for_each(|c| disk.scribble(&draft.join(name), c))?,
            }
        }
        disk.sync_tree(&draft)?;
        disk.rename(&draft, &dir)?;
        disk.scribble(&dir.join("sled/opened"), b"sled writes when it is opened, too")?;
        disk.sync_tree(&dir)?;
        self.begun.push(Said::Held(version));
        disk.replace(&Path::new(ROOT).join("current"), &signed_off(&word(version)))?;
        self.acknowledge(Said::Held(version));
        Ok(())
    }

    fn set_aside(&mut self, cache: &Cache) -> Result<(), CacheError> {
        let Some(held) = cache.held()? else { return Ok(()) };
        self.begun.push(Said::Aside(held.version));
        cache.set_aside()?;
        self.acknowledge(Said::Aside(held.version));
        Ok(())
    }

    fn acknowledge(&mut self, said: Said) {
        self.acknowledged = said;
        self.begun.clear();
        self.count += 1;
    }

    fn open(&self) -> Result<Cache, CacheError> {
        Cache::open(self.disk.clone(), ROOT.into())
    }

    /// What the disk says, after a start has finished what a cut left half done.
    fn found(&self, cache: &Cache) -> Result<Said, String> {
        let told = |e: CacheError| format!("{e:?}");
        if let Some(held) = cache.held().map_err(told)? {
            if self.disk.list(&dir_of(held.version)).map_err(|e| format!("{e:?}"))?.is_empty() {
                cache.set_aside().map_err(told)?; // as the appliance does with what is missing
                return Ok(Said::Aside(held.version));
            }
            return Ok(Said::Held(held.version));
        }
        match self.disk.read(&Path::new(ROOT).join("floor"), FILE_BYTES_MAX) {
            Err(DiskError::Missing(_)) => Ok(Said::Nothing),
            Err(e) => Err(format!("{e:?}")),
            Ok(floor) => {
                let text = String::from_utf8(floor).map_err(|e| e.to_string())?;
                let version = text.split(' ').next().and_then(|word| word.parse().ok());
                let version: u64 = version.ok_or("a floor nobody can read")?;
                let whole = signed_off(&version.to_string()) == text.as_bytes();
                if whole { Ok(Said::Aside(version)) } else { Err("half a floor".into()) }
            }
        }
    }
}

impl Play for Releases {
    fn disk(&self) -> &Arc<SimDisk> {
        &self.disk
    }

    fn work(&mut self, dice: &SeedDice) {
        let Ok(cache) = self.open() else { return };
        for _ in 0..4 {
            // A failed import does not end the process: the next one comes to the same disk.
            let _ = self.import(&cache);
            if dice.below(4) == 0 {
                let _ = self.set_aside(&cache);
            }
        }
    }

    fn look(&mut self) -> Result<(), String> {
        let cache = self.open().map_err(|e| format!("{e:?}"))?;
        let found = self.found(&cache)?;
        if found != self.acknowledged && !self.begun.contains(&found) {
            return Err(format!("{:?} acknowledged, {found:?} found", self.acknowledged));
        }
        if let Said::Held(version) = found {
            for (name, bytes) in files(version) {
                let there = self.disk.read(&dir_of(version).join(name), FILE_BYTES_MAX);
                if there.as_ref().ok() != Some(&bytes) {
                    return Err(format!("{name} of version {version} is not whole: {there:?}"));
                }
            }
        }
        self.acknowledged = found;
        self.begun.clear();
        // There is room for so many only; a carer takes them away.
        self.disk.remove(&Path::new(ROOT).join("damaged")).map_err(|e| format!("{e:?}"))
    }

    fn acknowledged(&self) -> u64 {
        self.count
    }
}
