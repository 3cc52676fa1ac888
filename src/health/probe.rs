//! Facts about the machine and the house, collected and not yet judged.

use crate::{
    cache::{CacheState, Delivered},
    domain::{answer::Freshness, policy::Ages, time::Reading},
    sys::{Disk, DiskError},
};
use std::path::Path;

/// Name of the file written and removed to see whether the data directory takes writes.
const TRIAL_FILE: &str = ".doctor-trial";

/// Whether a battery keeps the clock while the power is off, by the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rtc {
    /// There is one.
    Fitted,
    /// The clock is wrong after each power cut until something sets it.
    Missing,
}

/// From where on the doctor warns: the profile's word for the machine, the signed policy's for the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Free disk space in bytes.
    pub free_disk_warn_bytes: u64,
    /// Free memory in bytes.
    pub memory_warn_bytes: u64,
    /// Processor temperature.
    pub temperature_warn_celsius: u16,
    /// Whether the clock survives a power cut.
    pub rtc: Rtc,
    /// Ages of a snapshot.
    pub snapshot: Ages,
}

/// Whether the data directory can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirAccess {
    /// Read and written.
    Writable,
    /// The system forbids it.
    Forbidden,
    /// Full, missing or failing.
    Failing,
}

/// What the machine says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Bytes free where the data lie.
    pub free_disk_bytes: Option<u64>,
    /// Memory to be had.
    pub memory_available_bytes: Option<u64>,
    /// Hottest sensor; many machines have none.
    pub temperature_celsius: Option<f32>,
    /// Whether the data directory takes writes.
    pub dir: DirAccess,
}

/// What the journal said when it was read through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journal {
    /// Every entry chained to the one before.
    Verified {
        /// How many.
        entries: u64,
    },
    /// The chain breaks.
    Broken {
        /// At which entry.
        entry: u64,
    },
    /// It could not be read, for one because no passphrase was given.
    Unread,
}

/// How old the trust list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustListAge {
    /// Whole days since it was made.
    pub age_days: i64,
    /// How overdue the next one is, by the list's own policy.
    pub freshness: Freshness,
}

/// What waits to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// Entries.
    pub entries: u64,
    /// Age of the oldest.
    pub oldest_days: u32,
}

/// How the regional data are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheFacts {
    /// How the store is.
    pub state: CacheState,
    /// What becomes of delivered releases.
    pub kept: Delivered,
    /// Bytes they take now.
    pub delivered_bytes: u64,
}

/// The facility's own records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnFacts {
    /// People in them.
    pub people: u64,
    /// Days since the newest of them was received.
    pub newest_days: i64,
}

/// What the house says: collected by `app`, which knows the stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseFacts {
    /// The time and whether to believe it.
    pub clock: Reading,
    /// Age of the snapshot in days; `None` if there is none.
    pub snapshot_age_days: Option<i64>,
    /// The trust list held, if any.
    pub trust_list: Option<TrustListAge>,
    /// What waits to be sent.
    pub outbox: Outbox,
    /// The journal's state.
    pub journal: Journal,
    /// How the regional data are stored.
    pub cache: CacheFacts,
    /// What the facility itself received and keeps, if anything.
    pub own: Option<OwnFacts>,
    /// Whether some of that is lost.
    pub own_lost: bool,
}

/// All facts, ready to be judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// What the machine says.
    pub machine: Machine,
    /// What the house says.
    pub house: HouseFacts,
    /// From where on to warn.
    pub thresholds: Thresholds,
}

/// Collects what the machine says and puts it beside what the house says.
#[must_use]
pub fn probe(disk: &dyn Disk, dir: &Path, house: HouseFacts, thresholds: Thresholds) -> Probe {
    Probe { machine: machine(disk, dir), house, thresholds }
}

/// Asks the machine. What it does not know stays `None`.
#[must_use]
pub fn machine(disk: &dyn Disk, dir: &Path) -> Machine {
    Machine {
        // A file system that cannot be measured reports the greatest number; that is no knowledge.
        free_disk_bytes: disk.free_bytes(dir).ok().filter(|bytes| *bytes != u64::MAX),
        memory_available_bytes: memory_available(),
        temperature_celsius: hottest(),
        dir: dir_access(disk, dir),
    }
}

fn memory_available() -> Option<u64> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_memory();
    Some(system.available_memory()).filter(|bytes| *bytes > 0)
}

fn hottest() -> Option<f32> {
    let components = sysinfo::Components::new_with_refreshed_list().ok()?;
    let readings = components.iter().filter_map(sysinfo::Component::temperature);
    readings.filter(|celsius| celsius.is_finite()).max_by(f32::total_cmp)
}

fn dir_access(disk: &dyn Disk, dir: &Path) -> DirAccess {
    let trial = dir.join(TRIAL_FILE);
    match disk.replace(&trial, b"").and_then(|()| disk.remove(&trial)) {
        Ok(()) => DirAccess::Writable,
        Err(DiskError::Forbidden(_)) => DirAccess::Forbidden,
        Err(_) => DirAccess::Failing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{RealDisk, sim::SimDisk};

    #[test]
    fn a_full_disk_is_told_as_failing_and_leaves_no_trial_file() {
        let disk = SimDisk::new();
        let dir = Path::new("/box");
        assert_eq!(machine(&disk, dir).dir, DirAccess::Writable);
        assert!(disk.list(dir).unwrap().is_empty());
        disk.cut_power_after(0, 0);
        assert_eq!(machine(&disk, dir).dir, DirAccess::Failing);
    }

    #[test]
    fn space_nobody_can_measure_is_unknown_not_endless() {
        let disk = SimDisk::new();
        assert_eq!(machine(&disk, Path::new("/box")).free_disk_bytes, None);
        disk.fill_up_after(5);
        assert_eq!(machine(&disk, Path::new("/box")).free_disk_bytes, Some(5));
    }

    #[test]
    fn this_very_machine_can_be_asked() {
        let dir = tempfile::tempdir().unwrap();
        let found = machine(&RealDisk, dir.path());
        assert_eq!(found.dir, DirAccess::Writable);
        assert!(found.memory_available_bytes.is_some());
    }
}
