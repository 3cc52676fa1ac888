//! The box's own disk: whoever can write it, and compute a checksum as well as the box, brings no older release back.

use crate::stage::{GOOD, HELD, Stage, code, published, refusals, world};
use sonae::{
    app::Appliance,
    snapshot::{DirSource, Manifest, read_manifest},
    sys::RealDisk,
};
use std::{fs, path::PathBuf};

/// Files bent on the disk of a box that held version 10; version 9 is then handed to it.
pub struct OnDisk {
    pub name: &'static str,
    pub bent: &'static str,
    bend: fn(&Stage),
}

fn cache(stage: &Stage) -> PathBuf {
    stage.beside().join("box/cache")
}

/// A line as the cache signs it off: anybody can.
fn lay(stage: &Stage, file: &str, word: &str) {
    let line = format!("{word} {}\n", blake3::hash(word.as_bytes()));
    fs::write(cache(stage).join(file), line).unwrap();
}

/// What version 9 is called on the disk.
fn older() -> String {
    let signed = read_manifest(&DirSource::new(&RealDisk, &published("older"))).unwrap();
    let older = Manifest::open(&signed, |_| vec![world().keys.publisher.public()]).unwrap();
    format!("{}-{}", older.version(), older.release_id())
}

fn lose_the_store(stage: &Stage) {
    fs::remove_file(cache(stage).join("current")).unwrap();
    fs::remove_dir_all(cache(stage).join("releases")).unwrap();
}

pub const ATTACKS: &[OnDisk] = &[
    OnDisk {
        name: "floor of another root",
        bent: "the store is gone, and the note of the lowest version names version 9 as the release that may come back",
        bend: |stage| {
            lose_the_store(stage);
            lay(stage, "floor", &format!("{HELD}@{}", older()));
        },
    },
    OnDisk {
        name: "pointer to an older release",
        bent: "the pointer names version 9, and a note says that damage was found in it",
        bend: |stage| {
            lay(stage, "current", &older());
            lay(stage, "unsound", &older());
        },
    },
    OnDisk {
        name: "overlay on an older release",
        bent: "the pointer names version 9 under a delta that never was",
        bend: |stage| lay(stage, "current", &format!("{}+99-{:032x}", older(), 7)),
    },
    OnDisk {
        name: "note of the lowest version destroyed",
        bent: "the store is gone, and the note is nonsense",
        bend: |stage| {
            lose_the_store(stage);
            fs::write(cache(stage).join("floor"), "nonsense").unwrap();
        },
    },
];

impl OnDisk {
    /// Version 9 is refused, before and after a restart, and a sound newer release is taken.
    pub fn run(&self) {
        let mut stage = Stage::new();
        (self.bend)(&stage);
        stage.offer_as("older", HELD - 1);
        for start in 0..2 {
            let appliance = stage.open();
            let _ = stage.settle(&appliance); // the exchange need not even ask for it
            assert_eq!(stage.import(&appliance), "release_older", "{}, start {start}", self.name);
            assert_eq!(version(&appliance), None, "{}", self.name);
            let told = ("release".into(), "release_older".into());
            assert!(refusals(&appliance).contains(&told), "{}", self.name);
            assert_eq!(code(appliance.rebuild_cache(&mut |_| {})), "cache_not_delivered");
        }
        stage.mend();
        let appliance = stage.open();
        assert_eq!(stage.settle(&appliance), [], "{}", self.name);
        assert_eq!(version(&appliance), Some(GOOD), "{}", self.name);
    }
}

fn version(appliance: &Appliance) -> Option<u64> {
    appliance.status().snapshot.map(|snapshot| snapshot.source.version)
}
