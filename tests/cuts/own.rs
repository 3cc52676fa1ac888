//! The file of the facility's own records: appended frame by frame, and now and then written anew.

use super::{disk, play::Play};
use sonae::{
    demo::people::Region,
    domain::{
        person::{Origin, PersonRecord},
        time::Stamp,
    },
    seal::SymmetricKey,
    snapshot::{ReceivedLog, ReceivedState, SnapshotError},
    sys::{
        Disk,
        sim::{SeedDice, SimDisk},
    },
};
use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

const PATH: &str = "/box/own/received.log";
/// More than one frame takes.
const RECORDS_MAX: u64 = 201;

static SOMEBODY: LazyLock<PersonRecord> = LazyLock::new(|| {
    let day = Stamp(super::ready_box::NOON).day();
    Region::invent(7, 1, day).people().next().unwrap().0
});

struct Records {
    disk: Arc<SimDisk>,
    seed: u64,
    acknowledged: Vec<PersonRecord>,
    sequence: u64,
    /// What was begun last and not acknowledged.
    begun: Option<Begun>,
    /// Of an append of two frames the second alone is whole: a place is unreadable in which nothing was acknowledged, until
    /// the file is written anew.
    has_hole: bool,
    count: u64,
}

enum Begun {
    Appended(Vec<PersonRecord>),
    Rewritten(Vec<PersonRecord>),
}

pub fn set(seed: u64) -> Box<dyn Play> {
    let disk = disk(seed);
    disk.make_dir(Path::new(PATH).parent().unwrap()).unwrap(); // a box is made with it
    Box::new(Records {
        disk,
        seed,
        acknowledged: vec![],
        sequence: 0,
        begun: None,
        has_hole: false,
        count: 0,
    })
}

fn log() -> ReceivedLog {
    ReceivedLog::new(Path::new(PATH), SymmetricKey::from_bytes([9; 32]))
}

impl Records {
    fn somebody(&mut self) -> PersonRecord {
        self.count += 1;
        let origin =
            Origin { source: "架空の窓口".into(), received_at: Stamp(self.count as i64) };
        let mut person = SOMEBODY.clone();
        person.identity.number = self.count.to_string();
        PersonRecord { origin: Some(origin), ..person }
    }

    /// As the appliance does it: read, then append or rewrite behind the last frame.
    fn receive(&mut self, dice: &SeedDice) -> Result<(), SnapshotError> {
        let own_dice = SeedDice::new(self.seed << 32 ^ self.count);
        let state = log().read(&*self.disk)?;
        let after = state.sequence.max(self.sequence);
        if dice.below(6) == 0 && !state.people.is_empty() {
            let kept = state.people.into_iter().filter(|_| dice.below(3) > 0).collect::<Vec<_>>();
            self.begun = Some(Begun::Rewritten(kept.clone()));
            self.sequence = log().rewrite(&*self.disk, &own_dice, after, &kept)?;
            self.acknowledged = kept;
        } else {
            let records = if dice.below(20) == 0 { RECORDS_MAX } else { 1 + dice.below(3) };
            let new: Vec<_> = (0..records).map(|_| self.somebody()).collect();
            self.begun = Some(Begun::Appended(new.clone()));
            self.sequence = log().append(&*self.disk, &own_dice, after, &new)?;
            self.acknowledged.extend(new);
        }
        self.begun = None;
        Ok(())
    }

    fn is_right(&self, found: &ReceivedState) -> bool {
        match &self.begun {
            Some(Begun::Rewritten(kept)) if found.people == *kept => true,
            Some(Begun::Appended(new)) => found
                .people
                .strip_prefix(&self.acknowledged[..])
                .is_some_and(|behind| behind.iter().all(|person| new.contains(person))),
            _ => found.people == self.acknowledged,
        }
    }

    fn may_have_a_hole(&self) -> bool {
        let is_long = |new: &Vec<_>| new.len() as u64 == RECORDS_MAX;
        self.has_hole || matches!(&self.begun, Some(Begun::Appended(new)) if is_long(new))
    }

    /// As a start does where a place cannot be read.
    fn mend(&mut self) -> Result<(), SnapshotError> {
        self.has_hole = true;
        let (dice, after) = (SeedDice::new(self.seed << 32 ^ self.count), self.sequence);
        self.sequence = log().rewrite(&*self.disk, &dice, after, &self.acknowledged)?;
        self.has_hole = false;
        Ok(())
    }
}

impl Play for Records {
    fn disk(&self) -> &Arc<SimDisk> {
        &self.disk
    }

    fn work(&mut self, dice: &SeedDice) {
        while self.receive(dice).is_ok() && dice.below(12) > 0 {}
    }

    fn look(&mut self) -> Result<(), String> {
        let found = log().read(&*self.disk).map_err(|e| format!("does not open: {e:?}"))?;
        if found.lost > 0 && !self.may_have_a_hole() {
            return Err(format!("{} places cannot be read", found.lost));
        }
        if !self.is_right(&found) {
            let (said, there) = (self.acknowledged.len(), found.people.len());
            return Err(format!("{said} records acknowledged, {there} there or others"));
        }
        // The start answers from all it found, so from here on all of it is promised.
        self.acknowledged = found.people;
        self.begun = None;
        self.sequence = self.sequence.max(found.sequence);
        if found.lost > 0 { self.mend().map_err(|e| format!("{e:?}")) } else { Ok(()) }
    }

    fn acknowledged(&self) -> u64 {
        self.count
    }
}

/// Turns one bit of a file of four frames. Returns how many were turned and how many were told of.
pub fn turn_a_bit(seed: u64) -> (u32, u32) {
    let dice = SeedDice::new(seed);
    let (disk, mut noted) = (disk(seed), 0);
    for n in 0..4_u64 {
        let origin = Origin { source: "架空の窓口".into(), received_at: Stamp(n as i64) };
        let person = PersonRecord { origin: Some(origin), ..SOMEBODY.clone() };
        noted = log().append(&*disk, &SeedDice::new(seed + n), noted, &[person]).unwrap();
    }
    disk.tamper(Path::new(PATH), |bytes| {
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
    });
    let state = log().read(&*disk).unwrap();
    // The journal knows the number of the last frame: one that is gone from the end is missed too.
    let told = state.lost > 0 || state.sequence < noted;
    (1, u32::from(told && state.people.len() == 3))
}
