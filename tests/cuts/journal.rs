//! The journal alone, with entries of many sizes.

use super::{disk, play::Play};
use sonae::{
    domain::time::{ClockState, Reading, Stamp},
    journal::{Entry, Event, Journal, JournalError, verify_bytes},
    seal::SymmetricKey,
    sys::{
        Disk,
        sim::{SeedDice, SimDisk},
    },
};
use std::{path::Path, sync::Arc};

const BOX: [u8; 16] = [7; 16];
const PATH: &str = "/box/journal/journal.log";
const FILE_BYTES_MAX: u64 = 1 << 24;

struct Box_ {
    disk: Arc<SimDisk>,
    seed: u64,
    acknowledged: Vec<Entry>,
    attempted: u64,
}

pub fn set(seed: u64) -> Box<dyn Play> {
    let disk = disk(seed);
    disk.make_dir(Path::new(PATH).parent().unwrap()).unwrap();
    Box::new(Box_ { disk, seed, acknowledged: vec![], attempted: 0 })
}

impl Box_ {
    fn open(&self) -> Result<Journal, JournalError> {
        let dice = Arc::new(SeedDice::new(self.seed ^ self.attempted));
        let key = SymmetricKey::from_bytes([9; 32]);
        Ok(Journal::open(self.disk.clone(), dice, Path::new(PATH), BOX, key)?.0)
    }

    fn append(&mut self, journal: &Journal, dice: &SeedDice) -> Result<(), JournalError> {
        self.attempted += 1;
        let what = "x".repeat(dice.below(2_500) as usize);
        let event = Event::Refused { what, code: self.attempted.to_string() };
        let reading = Reading { at: Stamp(self.attempted as i64), clock: ClockState::Sure };
        self.acknowledged.push(journal.append(reading, &event)?);
        Ok(())
    }
}

impl Play for Box_ {
    fn disk(&self) -> &Arc<SimDisk> {
        &self.disk
    }

    fn work(&mut self, dice: &SeedDice) {
        let Ok(journal) = self.open() else { return };
        while self.append(&journal, dice).is_ok() && dice.below(40) > 0 {}
    }

    fn look(&mut self) -> Result<(), String> {
        let journal = self.open().map_err(|e| format!("does not open: {e:?}"))?;
        let there = journal.read(1, u64::MAX).map_err(|e| format!("{e:?}"))?;
        if !there.starts_with(&self.acknowledged) {
            let (said, found) = (self.acknowledged.len(), there.len());
            return Err(format!("{said} entries acknowledged, {found} there"));
        }
        let chain = journal.verify().map_err(|e| format!("{e:?}"))?;
        if chain.damage.is_some() || chain.entries != there.len() as u64 {
            return Err(format!("{chain:?}"));
        }
        // The start shows and builds on all it found, so from here on all of it is promised.
        self.acknowledged = there;
        self.append(&journal, &SeedDice::new(self.attempted)).map_err(|e| format!("{e:?}"))
    }

    fn acknowledged(&self) -> u64 {
        self.acknowledged.len() as u64
    }
}

/// Turns one bit of a whole journal. Returns how many were turned and how many were told of.
pub fn turn_a_bit(seed: u64) -> (u32, u32) {
    let dice = SeedDice::new(seed);
    let disk = disk(seed);
    let mut house = Box_ { disk: disk.clone(), seed, acknowledged: vec![], attempted: 0 };
    let journal = house.open().unwrap();
    for _ in 0..4 {
        house.append(&journal, &dice).unwrap();
    }
    drop(journal);
    disk.tamper(Path::new(PATH), |bytes| {
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
    });
    let bytes = disk.read(Path::new(PATH), FILE_BYTES_MAX).unwrap();
    let verified = verify_bytes(&bytes, &BOX).damage.is_some();
    let believed = match house.open() {
        Err(_) => vec![],
        Ok(journal) => journal.read(1, u64::MAX).unwrap(),
    };
    let shorter = believed.len() < 4 && house.acknowledged.starts_with(&believed);
    (1, u32::from(verified && shorter))
}
