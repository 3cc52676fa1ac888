//! An invented world with its box open and its papers at hand, and the programs of others that look at them.

mod programs;

pub use programs::found;
use sonae::{
    app::{Appliance, Machine},
    demo::world::World,
    domain::{area::Area, medication::Dispensing, person::PersonRecord},
    journal::{Viewer, ViewerRole},
    snapshot::DirSource,
    sys::{Disk, KernelDice, RealDisk, WallClock},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct-horse-battery";

/// A world, its box with everything taken in, and disaster mode not yet open.
pub struct Invented {
    pub world: World,
    pub house: Arc<Appliance>,
    dir: TempDir,
}

impl Invented {
    pub fn of(people: u32) -> Self {
        let machine = Machine {
            disk: Arc::new(RealDisk),
            clock: Arc::new(WallClock),
            dice: Arc::new(KernelDice),
        };
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("world");
        let world = World::make(machine, &place, PASSPHRASE, (1, people), &mut |_| {}).unwrap();
        let house = world.open_box().unwrap();
        let offered = place.join("hub/public");
        house.take_trust_list(&fs::read(offered.join("trust/list.cose")).unwrap()).unwrap();
        for list in RealDisk.list(&offered.join("revocations")).unwrap() {
            house.take_revocations(&fs::read(list).unwrap()).unwrap();
        }
        let release = place.join("release");
        house.import_release(&DirSource::new(&RealDisk, &release), &mut |_| {}).unwrap();
        Self { world, house: Arc::new(house), dir }
    }

    /// A place for what a drill makes; goes away with the world.
    pub fn place(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn open_disaster(&self) {
        self.house.take_order(&self.order_digits()).unwrap();
    }

    pub fn order_digits(&self) -> String {
        self.world.order(1, Area::Prefecture(17), "石川県").unwrap().digits
    }

    /// Somebody with a long drug history and a name of rare characters.
    pub fn patient(&self) -> (PersonRecord, Vec<Dispensing>) {
        self.world.region.cast().variant
    }
}

pub fn doctor() -> Viewer {
    Viewer { name: "架空 医師".into(), role: ViewerRole::Doctor }
}

/// What a program says on standard output; it must succeed.
pub fn output(program: &str, words: &[&str]) -> Vec<u8> {
    let told = Command::new(program).args(words).stdin(Stdio::null()).output().unwrap();
    assert!(
        told.status.success(),
        "{program} {words:?}: {}",
        String::from_utf8_lossy(&told.stderr)
    );
    told.stdout
}

pub fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}
