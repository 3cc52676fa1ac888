//! A house for one drill: a copy of an invented world made once, with its own clock, dice and bendable disk.

use crate::bent::BentDisk;
use sonae::{
    app::{AppError, Appliance, Ask, Checked, Machine, Question},
    demo::{people::Cast, world::World},
    disaster::search::{BirthClue, SearchQuery, SecondFact, SecondFactKind},
    domain::{
        insured::Identity,
        person::{PersonRecord, Sex},
    },
    hub::{Hub, HubKeys},
    journal::{ConsentKind, Event, Viewer, ViewerRole},
    limits,
    messages::Trouble,
    snapshot::DirSource,
    sync::names,
    sys::{
        RealDisk,
        sim::{SeedDice, SetClock},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};
use tempfile::TempDir;

/// 2026-11-22 12:00 in Japan.
pub const NOON: i64 = 1_795_316_400;
pub const DAY: i64 = 86_400;
pub const HOUR: i64 = 3_600;
pub const PASSPHRASE: &str = "kumo no ue no mori 2026";
/// Enough for more blocks than a waking box tries, so that damage can hide from it.
const PEOPLE: u32 = 900;

/// The world every drill copies: made once a process, then only read.
pub struct Template {
    pub world: World,
    _dir: TempDir,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let machine = Machine {
        disk: Arc::new(RealDisk),
        clock: Arc::new(SetClock::at(NOON)),
        dice: Arc::new(SeedDice::new(1)),
    };
    let root = dir.path().join("world");
    let world = World::make(machine, &root, PASSPHRASE, (7, PEOPLE), &mut |_| {}).unwrap();
    copy_dir(&root.join("box"), &root.join("box-new"));
    let ready = world.open_box().unwrap();
    provision(&ready, &root);
    drop(ready);
    Template { world, _dir: dir }
});

/// Gives a box what the hub offers: trust list, revocation lists, release.
pub fn provision(appliance: &Appliance, root: &Path) {
    let public = root.join("hub/public");
    appliance.take_trust_list(&fs::read(public.join(names::TRUST_LIST)).unwrap()).unwrap();
    for list in fs::read_dir(public.join(names::REVOCATIONS)).unwrap() {
        appliance.take_revocations(&fs::read(list.unwrap().path()).unwrap()).unwrap();
    }
    import(appliance, &root.join("release")).unwrap();
}

pub fn import(appliance: &Appliance, release: &Path) -> Result<(), AppError> {
    appliance.import_release(&DirSource::new(&RealDisk, release), &mut |_| {})
}

pub fn world() -> &'static World {
    &TEMPLATE.world
}

pub fn cast() -> Cast {
    world().region.cast()
}

fn copy_dir(from: &Path, to: &Path) {
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

/// One drill's own house.
pub struct House {
    dir: TempDir,
    pub clock: Arc<SetClock>,
    pub disk: Arc<BentDisk>,
    dice: Arc<SeedDice>,
}

static HOUSES: AtomicU64 = AtomicU64::new(100);

impl House {
    /// With a box that holds everything the hub offers.
    pub fn ready() -> Self {
        Self::with("box")
    }

    /// With a box that is enrolled and holds nothing yet.
    pub fn new() -> Self {
        Self::with("box-new")
    }

    fn with(box_name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(&world().dir.join(box_name), &dir.path().join("box"));
        Self {
            dir,
            clock: Arc::new(SetClock::at(NOON)),
            disk: Arc::new(BentDisk::sound()),
            dice: Arc::new(SeedDice::new(HOUSES.fetch_add(1, SeqCst))),
        }
    }

    pub fn machine(&self) -> Machine {
        Machine { disk: self.disk.clone(), clock: self.clock.clone(), dice: self.dice.clone() }
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    pub fn box_dir(&self) -> PathBuf {
        self.root().join("box")
    }

    pub fn try_open(&self, passphrase: &str) -> Result<Appliance, AppError> {
        Appliance::open(&self.machine(), &self.box_dir(), passphrase)
    }

    pub fn open(&self) -> Appliance {
        self.try_open(PASSPHRASE).unwrap()
    }

    /// The power fails and comes back.
    pub fn restart(&self, appliance: Appliance) -> Appliance {
        drop(appliance);
        self.disk.mend();
        self.open()
    }

    /// A copy of the hub, as it stands before any box has called.
    pub fn hub(&self) -> Hub {
        let root = self.root().join("hub");
        copy_dir(&world().dir.join("hub"), &root);
        let keys = HubKeys::load(&RealDisk, &root.join("hub.keys"), PASSPHRASE).unwrap();
        Hub::open(Arc::new(RealDisk), self.clock.clone(), &root, keys).unwrap()
    }

    /// An empty directory to be carried about.
    pub fn stick(&self) -> PathBuf {
        let stick = self.root().join("stick");
        fs::create_dir_all(&stick).unwrap();
        stick
    }

    pub fn advance(&self, seconds: i64) {
        use sonae::sys::Clock;
        self.clock.set(self.clock.unix_seconds() + seconds);
    }
}

/// The code a person reads out on the telephone.
pub fn code<T>(outcome: Result<T, AppError>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(refusal) => refusal.message().code,
    }
}

pub fn ask_by(identity: &Identity, birth: Option<jiff::civil::Date>) -> Question {
    let ask = Ask::Numbers { identity: identity.clone(), birth };
    Question::first(ask)
}

pub fn ask_text(text: &str) -> Question {
    Question::first(Ask::Text(text.into()))
}

/// Asks for somebody by number and birth date.
pub fn ask_for(appliance: &Appliance, record: &PersonRecord) -> Checked {
    appliance.verify(&ask_by(&record.identity, Some(record.birth))).unwrap()
}

pub fn reasons(checked: &Checked) -> Vec<&'static str> {
    checked.answer.reasons.iter().map(|reason| reason.code()).collect()
}

pub fn events(appliance: &Appliance) -> Vec<Event> {
    let entries = appliance.journal().ask(|past| past.entries());
    let read = appliance.journal().read(1, entries).unwrap();
    read.into_iter().map(|entry| entry.event).collect()
}

/// The codes under which things were refused, in the order of the journal.
pub fn refusals(appliance: &Appliance) -> Vec<(String, String)> {
    let told = |event| match event {
        Event::Refused { what, code } => Some((what, code)),
        _ => None,
    };
    events(appliance).into_iter().filter_map(told).collect()
}

pub fn doctor() -> Viewer {
    Viewer { name: "能登　医師".into(), role: ViewerRole::Doctor }
}

pub fn query_for(record: &PersonRecord) -> SearchQuery {
    SearchQuery {
        name: record.name.clone(),
        birth: BirthClue::Day(record.birth),
        sex: Sex::Unstated,
        address: None,
    }
}

/// Searches for somebody and returns the handle of the one candidate by that name.
pub fn find(appliance: &Appliance, record: &PersonRecord) -> String {
    let found = appliance.search(&doctor(), &query_for(record)).unwrap().candidates;
    let one = found.into_iter().find(|candidate| candidate.name == record.name);
    one.unwrap_or_else(|| panic!("{} is not found", record.name)).handle
}

/// What only this person is likely to know.
pub fn second_fact(record: &PersonRecord) -> SecondFact {
    assert!(record.address.contains("はまなす台2丁目"), "the cast lives there");
    SecondFact { kind: SecondFactKind::Address, value: "はまなす台２丁目".into() }
}

/// Finds somebody and records their consent.
pub fn consented(appliance: &Appliance, record: &PersonRecord) -> String {
    let handle = find(appliance, record);
    appliance.consent(&doctor(), &handle, &second_fact(record), ConsentKind::Oral).unwrap();
    handle
}

/// Opens disaster mode for Ishikawa for a week, by order number 1.
pub fn open_disaster(appliance: &Appliance) {
    let area = sonae::domain::area::Area::Prefecture(17);
    let order = world().order(1, area, "石川県").unwrap();
    appliance.take_order(&order.digits).unwrap();
}

/// All files below a directory.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = vec![];
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

pub fn trust_list_bytes() -> Vec<u8> {
    let path = world().dir.join("hub/public").join(names::TRUST_LIST);
    let bytes = fs::read(path).unwrap();
    assert!(bytes.len() as u64 <= limits::TRUST_LIST_BYTES_MAX);
    bytes
}
