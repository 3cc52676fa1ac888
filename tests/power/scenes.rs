//! What the box is doing when the power fails, and what must be true afterwards. One more scene is a few lines here.

use super::{
    aftermath::{self, After},
    ground::{Ground, Switch},
    ready_box::{NOON, PASSPHRASE, ReadyBox, copy_dir, is_whole, machine, question},
    writer::{self, Desk},
};
use sonae::{
    app::Appliance,
    demo::world::RELEASE_VERSION,
    domain::answer::Verdict,
    journal::Event,
    sys::{RealDisk, sim::SeedDice},
};
use std::{
    fmt,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

/// One scene.
pub struct Scene {
    pub name: &'static str,
    /// How often the power is cut in it.
    cuts: u32,
    /// What the writer does.
    pub write: fn(&Desk),
    /// What is offered next.
    offers: fn(&ReadyBox, u64) -> PathBuf,
    /// The word after which a cut may come, and after how many of them at most.
    after: (&'static str, u64),
    /// How long after it at most.
    within: Within,
    /// What must be true besides; how many acknowledged things are lost.
    also: fn(&After<'_>) -> Result<u64, String>,
}

/// A writer that was to come to its end and has not by now hangs.
const UNDISTURBED: Duration = Duration::from_secs(60);

/// How long after the word the cut may come.
enum Within {
    /// At once: what was acknowledged a moment ago is what is asked for.
    AtOnce,
    Micros(u64),
    /// Anywhere in the time the work took when nobody disturbed it.
    TheWholeWork,
}

pub const SCENES: &[Scene] = &[
    Scene {
        name: "answers",
        cuts: 40,
        write: |desk| desk.answer(200),
        offers: ReadyBox::release,
        after: ("entry", 30),
        within: Within::Micros(4_000),
        also: aftermath::nothing,
    },
    Scene {
        name: "notes",
        cuts: 30,
        write: |desk| desk.note(400),
        offers: ReadyBox::release,
        after: ("entry", 90),
        within: Within::Micros(2_000),
        also: aftermath::nothing,
    },
    Scene {
        name: "import",
        cuts: 40,
        write: |desk| desk.import(),
        offers: ReadyBox::release,
        after: ("importing", 1),
        within: Within::TheWholeWork,
        also: aftermath::nothing,
    },
    Scene {
        name: "switch",
        cuts: 35,
        write: |desk| desk.import(),
        offers: ReadyBox::release,
        after: ("switching", 1),
        within: Within::Micros(800),
        also: aftermath::nothing,
    },
    Scene {
        name: "delta",
        cuts: 30,
        write: |desk| desk.import(),
        offers: ReadyBox::delta,
        after: ("importing", 1),
        within: Within::TheWholeWork,
        also: aftermath::nothing,
    },
    Scene {
        name: "kept",
        cuts: 25,
        write: |desk| {
            desk.keep_deliveries();
            desk.import();
        },
        offers: ReadyBox::release,
        after: ("importing", 1),
        within: Within::TheWholeWork,
        also: aftermath::kept_deliveries,
    },
    Scene {
        name: "own",
        cuts: 30,
        write: |desk| desk.receive(60),
        offers: ReadyBox::release,
        after: ("receiving", 4),
        within: Within::Micros(60_000),
        also: aftermath::own_records,
    },
    Scene {
        name: "acknowledged",
        cuts: 15,
        write: |desk| {
            desk.import();
            desk.answer(1);
        },
        offers: ReadyBox::release,
        after: ("version", 1),
        within: Within::AtOnce,
        also: aftermath::nothing,
    },
];

/// The control: its disk syncs nothing it appends, so it must be caught losing what it acknowledged.
pub const LIAR: Scene = Scene {
    name: "liar",
    cuts: 10,
    write: |desk| desk.note(400),
    offers: ReadyBox::release,
    after: ("entry", 90),
    within: Within::Micros(2_000),
    also: aftermath::nothing,
};

/// What came of some cuts.
#[derive(Default)]
pub struct Tally {
    pub cuts: u32,
    acknowledged: u64,
    pub lost: u64,
    unopened: u32,
    /// Cuts under an import after which the release before, or the one being brought, answered.
    pub old: u32,
    pub new: u32,
    pub faults: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.cuts += other.cuts;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.unopened += other.unopened;
        self.old += other.old;
        self.new += other.new;
        self.faults.extend(other.faults);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cuts, acknowledged, lost, unopened, old, new, .. } = self;
        write!(f, "{cuts} cuts, {acknowledged} acknowledged, {lost} lost, {unopened} unopened")?;
        write!(f, "; of cut imports {old} left the old release, {new} the new")
    }
}

/// What was said before the cut.
#[derive(Default)]
pub struct Heard {
    entries: Vec<u64>,
    version: Option<u64>,
    /// Numbers of the facility's own records.
    pub own: Vec<u64>,
}

impl Heard {
    fn take(&mut self, (word, number): (String, u64)) {
        match word.as_str() {
            "entry" => self.entries.push(number),
            "version" => self.version = Some(number),
            "own" => self.own.push(number),
            _ => {}
        }
    }
}

impl Scene {
    fn brings_a_release(&self) -> bool {
        !["entry", "receiving"].contains(&self.after.0)
    }

    /// Cuts the power again and again under the same box.
    pub fn play(&self, ground: &Ground, ready: &ReadyBox, dice: &SeedDice) -> Tally {
        copy_dir(&ready.world.box_dir(), &ground.box_dir());
        ground.sync();
        let (mut tally, mut held) = (Tally::default(), RELEASE_VERSION);
        let mut usual = None;
        while tally.cuts < self.cuts {
            let release = (self.offers)(ready, held + 1);
            let (heard, took) = self.cut_once(ground, &release, dice, usual);
            usual = usual.or(Some(took)); // the first round may come to its end, and shows how long the work takes
            tally.cuts += 1;
            tally.acknowledged += (heard.entries.len() + heard.own.len()) as u64;
            match self.after_the_cut(ground, ready, &heard, held, &mut tally) {
                Ok(now) => {
                    tally.old += u32::from(self.brings_a_release() && now == held);
                    tally.new += u32::from(now != held);
                    held = now;
                }
                Err(fault) => {
                    tally.faults.push(format!("{} cut {}: {fault}", self.name, tally.cuts));
                    return tally; // what follows would say the same again
                }
            }
        }
        tally
    }

    /// One writer, one cut. Returns what it said before the cut, and how long after the scene's word that came.
    fn cut_once(
        &self,
        ground: &Ground,
        release: &Path,
        dice: &SeedDice,
        usual: Option<Duration>,
    ) -> (Heard, Duration) {
        let switch = Switch::ready(ground);
        let mut child = writer::start(self.name, &ground.box_dir(), release, dice.below(1 << 40));
        let (send, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let said = out.lines().map_while(Result::ok).filter_map(|line| writer::heard(&line));
            said.map(|word| send.send(word)).all(|sent| sent.is_ok())
        });
        let mut heard = Heard::default();
        let mut words_left = 1 + dice.below(self.after.1);
        while words_left > 0 {
            let Ok(word) = lines.recv() else { break };
            words_left -= u64::from(word.0 == self.after.0);
            heard.take(word);
        }
        let took = heard.listen(&lines, self.wait(dice, usual));
        switch.cut(); // whatever is said from here on does not count
        let _ = child.kill();
        child.wait().unwrap();
        drop(lines);
        let _ = reader.join();
        (heard, took)
    }

    fn wait(&self, dice: &SeedDice, usual: Option<Duration>) -> Duration {
        match (&self.within, usual) {
            (Within::AtOnce, _) => Duration::ZERO,
            (Within::Micros(most), _) => Duration::from_micros(dice.below(*most)),
            (Within::TheWholeWork, None) => UNDISTURBED,
            (Within::TheWholeWork, Some(usual)) => {
                usual.mul_f64(dice.below(1_050) as f64 / 1_000.0)
            }
        }
    }
}

impl Heard {
    /// Takes down everything said until the moment of the cut, or until there is no more.
    fn listen(&mut self, lines: &mpsc::Receiver<(String, u64)>, wait: Duration) -> Duration {
        let began = Instant::now();
        while let Some(left) = wait.checked_sub(began.elapsed()) {
            match lines.recv_timeout(left) {
                Ok(word) => self.take(word),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        began.elapsed()
    }
}

fn lost(appliance: &Appliance, heard: &Heard) -> Result<u64, String> {
    let journal = appliance.journal();
    let chain = journal.verify().map_err(|e| format!("{e:?}"))?;
    if let Some(damage) = chain.damage {
        return Err(format!("the chain does not hold: {damage:?}"));
    }
    let there = journal.read(1, u64::MAX).map_err(|e| format!("{e:?}"))?;
    let kept = |said: &&u64| there.iter().any(|entry| entry.sequence == **said);
    let missing = heard.entries.iter().filter(|said| !kept(said)).count();
    // The number alone might be another entry's: this start wrote its own behind what was there.
    let own_start = there.iter().rposition(|e| matches!(e.event, Event::Started { .. }));
    let before = there.get(..own_start.unwrap_or(0)).unwrap_or_default();
    let own_cut = matches!(before.last().map(|e| &e.event), Some(Event::TailCut { .. }));
    let before = before.len() as u64 - u64::from(own_cut);
    let taken = heard.entries.iter().filter(|said| **said > before).count();
    Ok(missing.max(taken) as u64)
}

fn answers(appliance: &Appliance, ready: &ReadyBox) -> Result<u64, String> {
    let status = appliance.status();
    let held = status.snapshot.ok_or("no release answers")?;
    let checked = appliance.verify(&question(ready.asked())).map_err(|e| format!("{e:?}"))?;
    match checked.answer.verdict {
        Verdict::Eligible => Ok(held.source.version),
        other => Err(format!("the answer is {other:?}")),
    }
}

impl Scene {
    /// Brings the power back and looks. Returns the version that answers.
    fn after_the_cut(
        &self,
        ground: &Ground,
        ready: &ReadyBox,
        heard: &Heard,
        held: u64,
        tally: &mut Tally,
    ) -> Result<u64, String> {
        ground.power_back();
        let opened = Appliance::open(
            &machine(Arc::new(RealDisk), u64::from(tally.cuts) + NOON as u64),
            &ground.box_dir(),
            PASSPHRASE,
        );
        let appliance = opened.map_err(|e| {
            tally.unopened += 1;
            format!("the box does not open: {e:?}")
        })?;
        tally.lost += lost(&appliance, heard)?;
        if tally.lost > 0 {
            return Err(format!("{} acknowledged entries are lost", tally.lost));
        }
        let version = answers(&appliance, ready).inspect_err(|_| tally.unopened += 1)?;
        let after = After { appliance: &appliance, box_dir: &ground.box_dir(), heard };
        tally.lost += (self.also)(&after)?;
        if tally.lost > 0 {
            return Err(format!("{} acknowledged records are lost", tally.lost));
        }
        drop(appliance);
        is_whole(ready, &ground.box_dir(), version).inspect_err(|_| tally.unopened += 1)?;
        right_version(heard, held, version).inspect_err(|_| tally.lost += 1)?;
        Ok(version)
    }
}

fn right_version(heard: &Heard, held: u64, version: u64) -> Result<(), String> {
    if version != held && version != held + 1 {
        return Err(format!("{held} was held, {version} answers"));
    }
    match heard.version.filter(|said| *said != version) {
        Some(said) => Err(format!("{said} was acknowledged, {version} answers")),
        None => Ok(()),
    }
}
