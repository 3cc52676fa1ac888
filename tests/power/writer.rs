//! The process that is cut off: works on the box and says each acknowledgement, one a line, on a pipe.

use super::{
    aftermath::{keep_deliveries, own_record},
    ready_box::{machine, question},
    scenes::{LIAR, SCENES},
    telling::TellingDisk,
};
use sonae::{
    app::{Appliance, Received},
    demo::people::Region,
    domain::{
        person::{Origin, PersonRecord},
        time::Stamp,
    },
    journal::Event,
    snapshot::DirSource,
    sys::RealDisk,
};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

const SCENE: &str = "SONAE_POWER_SCENE";
const BOX_DIR: &str = "SONAE_POWER_BOX";
const RELEASE: &str = "SONAE_POWER_RELEASE";
const SEED: &str = "SONAE_POWER_SEED";
const MARK: &str = "ack ";

/// What a writer has at hand.
pub struct Desk {
    pub appliance: Appliance,
    pub release: PathBuf,
    pub seed: u64,
    pub asked: PersonRecord,
}

/// Says one acknowledgement: a word and a number.
pub fn tell(word: &str, number: u64) {
    let line = format!("\n{MARK}{word} {number}\n");
    if std::io::stdout().lock().write_all(line.as_bytes()).is_err() {
        std::process::exit(0); // nobody listens any more
    }
}

/// What one line says, if it is one of ours.
pub fn heard(line: &str) -> Option<(String, u64)> {
    let (word, number) = line.strip_prefix(MARK)?.split_once(' ')?;
    Some((word.into(), number.parse().ok()?))
}

/// Starts the writer of a scene.
pub fn start(scene: &str, box_dir: &Path, release: &Path, seed: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["the_writer", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(SCENE, scene)
        .env(BOX_DIR, box_dir)
        .env(RELEASE, release)
        .env(SEED, seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null()) // after the cut it panics as it likes
        .spawn()
        .unwrap()
}

pub fn write_if_asked() {
    let Ok(name) = std::env::var(SCENE) else { return };
    let scene = SCENES.iter().chain([&LIAR]).find(|scene| scene.name == name).unwrap();
    let disk = if name == LIAR.name { TellingDisk::Liar } else { TellingDisk::Honest };
    let path = |name| PathBuf::from(std::env::var(name).unwrap());
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    let machine = machine(Arc::new(disk), seed);
    let appliance =
        Appliance::open(&machine, &path(BOX_DIR), super::ready_box::PASSPHRASE).unwrap();
    tell("entry", appliance.journal().head().sequence);
    let now = Stamp(machine.clock.unix_seconds());
    let asked = Region::invent(7, 1, now.day()).people().next().unwrap().0;
    (scene.write)(&Desk { appliance, release: path(RELEASE), seed, asked });
}

impl Desk {
    /// Answers at the counter, and says each answer's entry.
    pub fn answer(&self, times: u32) {
        for _ in 0..times {
            let checked = self.appliance.verify(&question(&self.asked)).unwrap();
            tell("entry", checked.journal_entry);
        }
    }

    /// Fills the journal with entries of many sizes.
    pub fn note(&self, times: u64) {
        for n in 0..times {
            let what = "x".repeat(((self.seed + n) * 37 % 1_900) as usize);
            let event = Event::Refused { what, code: "drill".into() };
            let entry = self.appliance.journal().append(self.appliance.now(), &event).unwrap();
            tell("entry", entry.sequence);
        }
    }

    /// Imports the next release, and says its version.
    pub fn import(&self) {
        tell("importing", 0);
        let source = DirSource::new(&RealDisk, &self.release);
        self.appliance.import_release(&source, &mut |_| {}).unwrap();
        let held = self.appliance.status().snapshot.unwrap();
        tell("version", held.source.version);
        tell("entry", self.appliance.journal().head().sequence);
    }

    /// What was delivered stays, as on a box whose disk is large.
    pub fn keep_deliveries(&self) {
        keep_deliveries(&self.appliance);
    }

    /// Takes in the next of the facility's own records, and says its number. Now and then so many of one person come that
    /// the file is written anew.
    pub fn receive(&self, times: u64) {
        let first = self.appliance.own_status().map_or(0, |own| own.people);
        for number in first..first + times {
            let person = own_record(&self.asked, number);
            let origin =
                Origin { source: "架空の窓口".into(), received_at: self.appliance.now().at };
            let copies = if (self.seed + number).is_multiple_of(3) { 5 * (number + 1) } else { 1 };
            let received =
                (0..copies).map(|_| Received { person: person.clone(), origin: origin.clone() });
            tell("receiving", number);
            self.appliance.receive(received.collect()).unwrap();
            tell("own", number);
        }
    }
}
