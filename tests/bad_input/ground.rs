//! The ground of every drill: one invented world, a box of its own for each drill, and how to ask the real program.

use serde_json::Value;
use sonae::{
    app::Machine,
    demo::{
        papers::CertificateState,
        world::{RELEASE_VERSION, World},
    },
    limits,
    snapshot::DirSource,
    sys::{Disk, KernelDice, RealDisk, WallClock},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, OnceLock, mpsc},
    thread,
    time::Duration,
};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "correct-horse-battery";
/// Enough for every part of the cast, few enough to be made at once.
const PEOPLE: u32 = 60;

pub fn machine() -> Machine {
    Machine { disk: Arc::new(RealDisk), clock: Arc::new(WallClock), dice: Arc::new(KernelDice) }
}

/// A world in a directory that this run alone uses; what a former run left there goes first.
pub fn make_world(name: &str, seed: u64) -> World {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad-input").join(name);
    RealDisk.remove(&dir).unwrap();
    World::make(machine(), &dir, PASSPHRASE, (seed, PEOPLE), &mut |_| {}).unwrap()
}

/// The one world. Nobody changes it: drills work on copies of its box.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let world = make_world("world", 1);
        let house = world.open_box().unwrap();
        let offered = world.dir.join("hub/public");
        let read = |name: &Path| fs::read(offered.join(name)).unwrap();
        house.take_trust_list(&read(Path::new("trust/list.cose"))).unwrap();
        for list in RealDisk.list(&offered.join("revocations")).unwrap() {
            house.take_revocations(&fs::read(list).unwrap()).unwrap();
        }
        copy_tree(&world.box_dir(), &world.dir.join("box-without-release"));
        let release = world.dir.join("release");
        house.import_release(&DirSource::new(&RealDisk, &release), &mut |_| {}).unwrap();
        drop(house);
        world
    })
}

/// The digits of a good certificate of the world's employee.
pub fn certificate() -> &'static str {
    static DIGITS: OnceLock<String> = OnceLock::new();
    DIGITS.get_or_init(|| {
        let cast = world().region.cast();
        world().certificate(&cast.employee.0, CertificateState::Good).unwrap().digits
    })
}

pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in RealDisk.list(from).unwrap() {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// One drill's own directory with a box in it.
pub struct Ground {
    pub dir: TempDir,
    pub data: PathBuf,
}

impl Ground {
    /// A box that holds trust list, revocation lists and release.
    pub fn with_box() -> Self {
        Self::holding(&world().box_dir())
    }

    /// A box that still lacks the release.
    pub fn with_box_without_release() -> Self {
        Self::holding(&world().dir.join("box-without-release"))
    }

    fn holding(from: &Path) -> Self {
        let ground = Self::empty();
        copy_tree(from, &ground.data);
        ground
    }

    /// No box at all.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("box");
        Self { dir, data }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    /// Changes one byte of a file of the box.
    pub fn bend(&self, name: &str, place: impl FnOnce(usize) -> usize) {
        let path = self.data.join(name);
        let mut bytes = fs::read(&path).unwrap();
        let at = place(bytes.len());
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    }

    /// The words must be refused under this code, both ways of asking, and leave everything as it was.
    pub fn refuses(&self, code: &str, words: &[&str]) {
        self.refuses_under(PASSPHRASE, code, words);
    }

    pub fn refuses_under(&self, passphrase: &str, code: &str, words: &[&str]) {
        let before = photograph(self.dir.path());
        let told = sonae(passphrase, &[&["--json"], words].concat());
        assert_eq!(told.status.code(), Some(1), "{words:?}: {told:?}");
        says(&told, code, words);
        spoken(passphrase, code, words);
        let after = photograph(self.dir.path());
        let changed: Vec<_> = changes(&before, &after);
        assert!(changed.is_empty(), "{words:?} changed {changed:?}");
    }
}

/// How long a refusal may take on a busy machine; a program that went on serving instead is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the real program to its end.
pub fn sonae(passphrase: &str, words: &[&str]) -> Output {
    let child = Command::new(env!("CARGO_BIN_EXE_sonae"))
        .args(words)
        .env("SONAE_PASSPHRASE", passphrase)
        .env_remove("CREDENTIALS_DIRECTORY")
        .env_remove("SONAE_LISTEN")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (id, (told, heard)) = (child.id(), mpsc::channel());
    thread::spawn(move || told.send(child.wait_with_output()));
    heard.recv_timeout(PATIENCE).map(Result::unwrap).unwrap_or_else(|_| {
        let _ = Command::new("kill").arg(id.to_string()).status();
        panic!("{words:?} did not end")
    })
}

/// Standard output is one JSON document.
pub fn document(told: &Output) -> Value {
    serde_json::from_slice(&told.stdout).unwrap_or_else(|e| panic!("{e}: {told:?}"))
}

/// The document is this refusal, with what happened and what to do next in both languages.
pub fn says(told: &Output, code: &str, words: &[&str]) {
    let document = document(told);
    let error = &document["error"];
    assert_eq!(error["code"], code, "{words:?}: {document:#}");
    for (field, japanese) in
        [("message", true), ("advice", true), ("message_en", false), ("advice_en", false)]
    {
        let text = error[field].as_str().unwrap();
        assert!(!text.is_empty() && text.is_ascii() != japanese, "{words:?}: {field} is {text:?}");
    }
}

/// The same without `--json`: the four sentences of the catalogue, on standard error.
fn spoken(passphrase: &str, code: &str, words: &[&str]) {
    let told = sonae(passphrase, words);
    let text = String::from_utf8(told.stderr).unwrap();
    let message = sonae::messages::all().find(|message| message.code == code).unwrap();
    assert!(told.stdout.is_empty() && told.status.code() == Some(1), "{words:?}: {text}");
    for sentence in [message.ja, message.en, message.next_ja, message.next_en] {
        assert!(text.contains(sentence), "{words:?}: {text}");
    }
}

type Photograph = BTreeMap<PathBuf, Vec<u8>>;

/// Everything in a directory, apart from the journal (refusals are written down), the lock, and sled's own housekeeping
/// inside a release's store, whose blocks are sealed and checked one by one.
pub fn photograph(dir: &Path) -> Photograph {
    let mut all = Photograph::new();
    walk(dir, &mut all);
    all
}

fn walk(dir: &Path, all: &mut Photograph) {
    for path in RealDisk.list(dir).unwrap() {
        let name = path.file_name().unwrap().to_owned();
        if name == "lock" || name == "journal.log" || name == "sled" {
            continue;
        }
        if path.is_dir() {
            all.insert(path.clone(), vec![]);
            walk(&path, all);
        } else {
            let bytes = RealDisk.read(&path, limits::JOURNAL_BYTES_MAX).unwrap();
            all.insert(path, blake3::hash(&bytes).as_bytes().to_vec());
        }
    }
}

pub fn changes(before: &Photograph, after: &Photograph) -> Vec<PathBuf> {
    let names = before.keys().chain(after.keys());
    let mut changed: Vec<_> =
        names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect();
    changed.dedup();
    changed
}

#[test]
fn the_box_of_the_drills_answers_when_asked_rightly() {
    let ground = Ground::with_box();
    let told =
        sonae(PASSPHRASE, &["--json", "verify", "--data", ground.data(), "--qr", certificate()]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert_eq!(document(&told)["verdict"], "eligible");
    assert_eq!(RELEASE_VERSION, world().summary.version);
}
