//! What is asked while a release, a delta or a rebuilt store is on its way in: at every step somebody answers, and it is the
//! old one, whole, until the switch, and the new one from then on.

use super::tests::{chain, import_delta, same_answers_about};
use crate::{
    cache::{
        Cache, CacheState, Delivered, OpenRelease,
        store::{Share, Store, sled_dir},
        tests::{activate, cache_in, code, import},
    },
    snapshot::{
        Progress, Step, Tree,
        delta_samples::{Region, changed, root},
        samples::{BOX, box_key, opening, publisher, region},
    },
    sys::{Disk, DiskError, RealDisk},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, Weak},
};
use tempfile::TempDir;

type Asking = Arc<Mutex<Counter>>;

/// The real disk, with somebody who asks before each change.
#[derive(Default)]
struct AskedDisk(Mutex<Option<Asking>>);

impl AskedDisk {
    fn change<T>(&self, work: impl FnOnce() -> Result<T, DiskError>) -> Result<T, DiskError> {
        let asking = self.0.lock().unwrap().clone();
        asking.iter().for_each(|counter| counter.lock().unwrap().ask());
        work()
    }
}

impl Disk for AskedDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        RealDisk.read(path, bytes_max)
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(|| RealDisk.replace(path, bytes))
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(|| RealDisk.append(path, bytes))
    }
    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(|| RealDisk.append_scratch(path, bytes))
    }
    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        self.change(|| RealDisk.truncate(path, length))
    }
    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        RealDisk.length(path)
    }
    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        RealDisk.list(dir)
    }
    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        self.change(|| RealDisk.make_dir(dir))
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.change(|| RealDisk.rename(from, to))
    }
    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.change(|| RealDisk.remove(path))
    }
    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        self.change(|| RealDisk.sync_tree(dir))
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError> {
        RealDisk.free_bytes(path)
    }
}

/// A whole release of these people in a box of its own: what must be answered.
struct Truth {
    release: Arc<OpenRelease>,
    _dir: TempDir,
}

impl Truth {
    fn of(people: &Region) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cache = cache_in(dir.path());
        import(&cache, &root(90, 9, people).release).unwrap();
        Self { release: cache.active().unwrap(), _dir: dir }
    }
}

/// Asks by number, birth date, name and reading, and for drugs, check-ups and visits.
struct Counter {
    cache: Weak<Cache>,
    /// What answered in the beginning. Not held: nobody but the cache keeps it answering.
    first: Weak<OpenRelease>,
    old: Truth,
    new: Truth,
    ever: Region,
    /// How often the old one answered, and the new one.
    heard: (usize, usize),
}

impl Counter {
    fn ask(&mut self) {
        let cache = self.cache.upgrade().unwrap();
        let answering = cache.active().expect("something answers at every step");
        let is_old = std::ptr::eq(Arc::as_ptr(&answering), self.first.as_ptr());
        let (times, truth) =
            if is_old { (&mut self.heard.0, &self.old) } else { (&mut self.heard.1, &self.new) };
        *times += 1;
        assert!(!is_old || self.heard.1 == 0, "back to the old one after the new one answered");
        if !is_old {
            let named = cache.held().unwrap().map(|held| held.version);
            assert_eq!(named, Some(answering.source().version), "it answers before it is named");
        }
        // Those who changed, and a few others each time: what was asked for before is at hand without the disk.
        let turn = (self.heard.0 + self.heard.1) * 3;
        let others = (turn..turn + 3).map(|n| n % self.ever.len());
        let asked = [1, 6, 9, 14, 77, self.ever.len() - 1].into_iter().chain(others);
        same_answers_about(
            &answering,
            &truth.release,
            &asked.map(|n| self.ever[n].clone()).collect(),
        );
    }
}

/// A box that keeps what is delivered, and whom it is asked by.
struct Asked {
    cache: Arc<Cache>,
    disk: Arc<AskedDisk>,
    asking: Asking,
    _dir: TempDir,
}

impl Asked {
    /// Opens the box in `dir`, which answers with the people of `old`, before it is brought to those of `new`.
    fn at(dir: TempDir, old: &Region, new: &Region) -> Self {
        let disk = Arc::new(AskedDisk::default());
        let cache = Arc::new(Cache::open(disk.clone(), dir.path().to_path_buf()).unwrap());
        cache.keep_delivered(Delivered::Keep);
        activate(&cache).unwrap();
        let asking = Arc::new(Mutex::new(Counter {
            cache: Arc::downgrade(&cache),
            first: Arc::downgrade(&cache.active().unwrap()),
            old: Truth::of(old),
            new: Truth::of(new),
            ever: [old.clone(), new.clone()].concat(),
            heard: (0, 0),
        }));
        *disk.0.lock().unwrap() = Some(asking.clone());
        Self { cache, disk, asking, _dir: dir }
    }

    /// Changes what answers. Whoever asks at a step of its progress is told what was before, but for the last step.
    fn change(&self, state: CacheState, work: impl FnOnce(&Cache, &mut dyn FnMut(Progress))) {
        let mut steps = (0, 0);
        work(&self.cache, &mut |progress| {
            let mut counter = self.asking.lock().unwrap();
            counter.ask();
            match progress.step {
                Step::SelfCheck => {
                    steps.1 += 1;
                    assert!(counter.heard.1 > 0, "the new one answers");
                }
                _ => {
                    steps.0 += 1;
                    assert_eq!(counter.heard.1, 0, "the old one answers");
                    assert_eq!(self.cache.state(), state);
                }
            }
        });
        self.disk.0.lock().unwrap().take(); // it knows the box, which knows it
        let mut counter = self.asking.lock().unwrap();
        assert!(steps.0 >= 2 && steps.1 == 1, "{steps:?} steps of progress");
        assert!(counter.heard.0 >= 15, "asked {:?} times", counter.heard);
        counter.ask();
        assert!(counter.heard.1 > 0, "the new one answers in the end");
    }
}

/// People whose names are kana alone, so that a whole reading finds them: ten or so bear each.
fn everybody() -> Region {
    let mut people = region(100);
    for (n, (person, _)) in people.iter_mut().enumerate() {
        person.kana =
            format!("ノトヤ　ハナ{}", "アイウエオカキクケコ".chars().nth(n / 4 % 10).unwrap());
    }
    people
}

/// A box with version 5 of these people, closed.
fn box_with(people: &Region) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache_in(dir.path());
    cache.keep_delivered(Delivered::Keep);
    import(&cache, &root(5, 0, people).release).unwrap();
    dir
}

fn rebuild(cache: &Cache, on_progress: &mut dyn FnMut(Progress)) {
    cache.rebuild(|_| vec![publisher().public()], &BOX, &box_key(), on_progress).unwrap();
}

#[test]
fn while_a_release_is_imported_the_old_one_answers_everything_at_every_step() {
    let (old, new) = (everybody(), changed(everybody()));
    let asked = Asked::at(box_with(&old), &old, &new);
    let next = root(6, 1, &new).release;
    asked.change(CacheState::Healthy, |cache, on_progress| {
        cache.import(&next, &next.manifest(), &next.keys(), on_progress).unwrap();
    });
}

#[test]
fn while_a_delta_is_imported_what_was_held_answers_everything_at_every_step() {
    let (old, new) = (everybody(), changed(everybody()));
    // Over the whole release alone, and over a delta before.
    for before in [vec![old.clone()], vec![new.clone(), old.clone()]] {
        let states = [&before[..], std::slice::from_ref(&new)].concat();
        let (root, deltas) = chain(&states);
        let (last, held) = deltas.split_last().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let cache = cache_in(dir.path());
        cache.keep_delivered(Delivered::Keep);
        import(&cache, &root.release).unwrap();
        held.iter().for_each(|delta| import_delta(&cache, delta).unwrap());
        drop(cache);
        let asked = Asked::at(dir, &old, &new);
        asked.change(CacheState::Healthy, |cache, on_progress| {
            cache.import_delta(last, &last.manifest(), on_progress).unwrap();
        });
    }
}

#[test]
fn while_a_sound_store_is_rebuilt_it_answers_everything_at_every_step() {
    let people = everybody();
    let asked = Asked::at(box_with(&people), &people, &people);
    asked.change(CacheState::Rebuilding, rebuild);
    assert_eq!(asked.cache.state(), CacheState::Healthy);
}

#[test]
fn while_a_damaged_store_is_rebuilt_all_that_is_sound_of_it_answers_at_every_step() {
    let people = everybody();
    let dir = box_with(&people);
    let release = RealDisk.list(&dir.path().join("releases")).unwrap().remove(0);
    let store = Store::open(&RealDisk, &sled_dir(&release), Share::Region).unwrap();
    store.swap(Tree::MedicalWords, 0, &[0; 40]); // nobody's drugs can be told
    store.close().unwrap();
    let cache = cache_in(dir.path());
    cache.keep_delivered(Delivered::Keep);
    activate(&cache).unwrap();
    let found = (0..100).find_map(|_| cache.scrub_turn().err()).unwrap();
    assert_eq!(code(&found), "cache_damaged");
    let (former, mut told) = (Arc::downgrade(&cache.active().unwrap()), 0);
    rebuild(&cache, &mut |progress| {
        let answering = cache.active().unwrap();
        let key = answering.keys().unlock_drugs(answering.manifest(), &opening());
        let drugs = answering.dispensings(&people[told].0, &key.unwrap());
        if progress.step == Step::SelfCheck {
            assert_eq!(drugs.unwrap(), people[told].1);
        } else {
            assert!(std::ptr::eq(Arc::as_ptr(&answering), former.as_ptr()));
            assert_eq!(code(&drugs.unwrap_err()), "snapshot_block_damaged");
        }
        let family = answering.family(&people[told].0.identity).unwrap();
        assert!(family.iter().any(|found| *found.get() == people[told].0));
        let read = answering.read_as(&people[told].0.kana).unwrap();
        assert!(read.people.iter().any(|found| *found.get() == people[told].0), "by name");
        told += 1;
    });
    assert!(told > 8, "{told} steps");
}
