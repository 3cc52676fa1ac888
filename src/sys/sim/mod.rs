//! A clock, a disk and dice for drills: time stands where it is put, the power fails where it is told to.

mod disk;
mod platter;

pub use disk::{SimDisk, Stop};
pub use platter::Wounds;

use super::{Clock, Dice, roll};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};

/// A clock that shows what it was set to.
#[derive(Debug, Default)]
pub struct SetClock(AtomicI64);

impl SetClock {
    /// A clock that stands at `unix_seconds`.
    #[must_use]
    pub fn at(unix_seconds: i64) -> Self {
        Self(AtomicI64::new(unix_seconds))
    }

    /// Moves the hands.
    pub fn set(&self, unix_seconds: i64) {
        self.0.store(unix_seconds, SeqCst);
    }
}

impl Clock for SetClock {
    fn unix_seconds(&self) -> i64 {
        self.0.load(SeqCst)
    }
}

/// Dice that fall the same way for the same seed. Never for a key that leaves a drill.
#[derive(Debug)]
pub struct SeedDice {
    seed: u64,
    rolls: AtomicU64,
}

impl SeedDice {
    /// Dice for one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, rolls: AtomicU64::new(0) }
    }

    /// A number below `bound`; 0 where there is none.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        u64::from_be_bytes(roll(self)).checked_rem(bound).unwrap_or(0)
    }
}

impl Dice for SeedDice {
    fn fill(&self, bytes: &mut [u8]) {
        let mut hasher = blake3::Hasher::new_derive_key("sonae drill dice v1");
        hasher.update(&self.seed.to_be_bytes());
        hasher.update(&self.rolls.fetch_add(1, SeqCst).to_be_bytes());
        hasher.finalize_xof().fill(bytes);
    }
}

#[cfg(test)]
mod tests;
