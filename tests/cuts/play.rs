//! How a scene is played: some work, a fault in the middle of it, the power back, perhaps a second cut, a look round.

use sonae::sys::sim::{SeedDice, SimDisk, Stop, Wounds};
use std::{fmt, sync::Arc};

/// How often one box is cut before a new one is taken.
const GENERATIONS: u32 = 5;
/// Steps of a recovery a second cut may fall into.
const RECOVERY_STEPS: u64 = 14;

/// One box in one scene.
pub trait Play {
    fn disk(&self) -> &Arc<SimDisk>;
    /// Works until it is done or something fails, and remembers what was acknowledged.
    fn work(&mut self, dice: &SeedDice);
    /// Opens what is there, as a start does, and compares it with what was acknowledged.
    fn look(&mut self) -> Result<(), String>;
    /// How many acknowledgements were checked so far.
    fn acknowledged(&self) -> u64;
}

pub struct Scene {
    pub name: &'static str,
    pub seeds: u64,
    /// Steps of its work a cut may fall into.
    pub steps: u64,
    pub set: fn(u64) -> Box<dyn Play>,
}

/// What kind of disk it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// Fails in every way a disk may.
    Honest,
    /// Says "synced" now and then, and has not.
    Lies,
}

/// What came of some seeds.
#[derive(Default)]
pub struct Tally {
    plain: u64,
    double: u64,
    killed: u64,
    full: u64,
    refused: u64,
    acknowledged: u64,
    wounds: Wounds,
    pub losses: Vec<String>,
}

impl Tally {
    pub fn cuts(&self) -> u64 {
        self.plain + self.double
    }

    pub fn add(&mut self, other: Self) {
        self.plain += other.plain;
        self.double += other.double;
        self.killed += other.killed;
        self.full += other.full;
        self.refused += other.refused;
        self.acknowledged += other.acknowledged;
        self.add_wounds(other.wounds);
        self.losses.extend(other.losses);
    }

    fn add_wounds(&mut self, wounds: Wounds) {
        self.wounds.survived += wounds.survived;
        self.wounds.vanished += wounds.vanished;
        self.wounds.torn += wounds.torn;
        self.wounds.hollow += wounds.hollow;
        self.wounds.names_undone += wounds.names_undone;
    }

    /// Faults that never came up: what is not exercised is not promised.
    pub fn never_seen(&self) -> Vec<&'static str> {
        let kinds = [
            ("a cut in recovery", self.double),
            ("a killed program", self.killed),
            ("a full disk", self.full),
            ("a refused sync", self.refused),
            ("a write that survived", self.wounds.survived),
            ("a write that vanished", self.wounds.vanished),
            ("a torn write", self.wounds.torn),
            ("a hollow file", self.wounds.hollow),
            ("a name undone", self.wounds.names_undone),
        ];
        kinds.into_iter().filter(|(_, times)| *times == 0).map(|(name, _)| name).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wounds { survived, vanished, torn, hollow, names_undone } = self.wounds;
        write!(f, "{} cuts ({} in recovery), ", self.cuts(), self.double)?;
        write!(f, "{} acknowledged, {} lost; ", self.acknowledged, self.losses.len())?;
        write!(f, "{} kills, {} disks full, ", self.killed, self.full)?;
        write!(f, "{} syncs refused; un-synced writes: {survived} survived, ", self.refused)?;
        write!(f, "{vanished} vanished, {torn} torn, {hollow} hollow; {names_undone} names undone")
    }
}

impl Scene {
    pub fn play(&self, seed: u64, tally: &mut Tally) {
        self.play_with(seed, Faults::Honest, tally);
    }

    pub fn play_with(&self, seed: u64, faults: Faults, tally: &mut Tally) {
        let dice = SeedDice::new(seed);
        let mut play = (self.set)(seed);
        let disk = play.disk().clone();
        for generation in 0..GENERATIONS {
            if faults == Faults::Lies {
                disk.lie_about_syncs(Some(3));
            }
            self.break_something(&mut *play, &dice, tally);
            disk.lie_about_syncs(None);
            if let Err(loss) = look_twice(&mut *play, &dice, tally) {
                let replay = format!("SONAE_CUT_SEED={seed} cargo test --test cuts");
                tally.losses.push(format!("{} {generation}: {loss}; {replay}", self.name));
                break;
            }
        }
        tally.acknowledged += play.acknowledged();
        tally.add_wounds(disk.wounds());
    }

    fn break_something(&self, play: &mut dyn Play, dice: &SeedDice, tally: &mut Tally) {
        let disk = play.disk().clone();
        match dice.below(10) {
            0 => {
                tally.killed += 1;
                disk.stop_at_step(dice.below(self.steps), Stop::Kill);
                play.work(dice);
                disk.power_back();
                return; // the machine still has what the dead program wrote; a later cut takes it
            }
            1 => {
                tally.full += 1;
                disk.fill_up_after(dice.below(6_000));
            }
            2 => {
                tally.refused += 1;
                disk.refuse_sync_after(dice.below(self.steps / 3));
                disk.stop_at_step(dice.below(2 * self.steps), Stop::PowerCut);
            }
            _ => disk.stop_at_step(dice.below(self.steps), Stop::PowerCut),
        }
        play.work(dice);
        disk.make_room();
        if !disk.has_stopped() {
            disk.stop_at_step(0, Stop::PowerCut); // right after the last acknowledgement
        }
        disk.power_back();
        tally.plain += 1;
    }
}

/// Looks round; now and then the power fails a second time while the house is still picking itself up.
fn look_twice(play: &mut dyn Play, dice: &SeedDice, tally: &mut Tally) -> Result<(), String> {
    let disk = play.disk().clone();
    if dice.below(3) == 0 {
        disk.stop_at_step(dice.below(RECOVERY_STEPS), Stop::PowerCut);
        let looked = play.look();
        let stopped = disk.has_stopped();
        if !stopped {
            looked?;
        }
        disk.power_back();
        tally.double += u64::from(stopped);
    }
    play.look()
}
