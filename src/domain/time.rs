//! Time as the house tells it: seconds, Japanese calendar days, and whether the clock can be believed.

use jiff::{Timestamp, civil::Date, tz};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub i64);

/// Japan has one offset and no summer time.
const JAPAN_HOURS: i8 = 9;
const DAY_SECONDS: i64 = 86_400;
/// A clock this far past everything signed is asked about, not believed (reference credentials 7.2).
const AHEAD_DAYS_MAX: i64 = 400;

impl Stamp {
    /// The calendar day in Japan.
    #[must_use]
    pub fn day(self) -> Date {
        let instant = Timestamp::from_second(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        tz::offset(JAPAN_HOURS).to_datetime(instant).date()
    }

    /// Whole days from `earlier` to `self`; negative if `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.seconds_since(earlier).div_euclid(DAY_SECONDS)
    }

    /// Seconds from `earlier` to `self`; negative if `earlier` is later. Files may name any moment: what is too far apart for
    /// the number stays on its side, or the oldest would pass for the newest.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment moved by whole days.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_SECONDS)))
    }

    /// The first second of a Japanese calendar day.
    #[must_use]
    pub fn start_of(day: Date) -> Self {
        let start =
            tz::offset(JAPAN_HOURS).to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
        Self(start.map_or(0, Timestamp::as_second))
    }
}

/// `2026-11-22T18:03+09:00`: Japanese time, to the minute.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = Timestamp::from_second(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let local = tz::offset(JAPAN_HOURS).to_datetime(instant);
        write!(f, "{}T{:02}:{:02}+09:00", local.date(), local.hour(), local.minute())
    }
}

impl Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether the clock may be believed. A wrong clock marks answers, it does not stop the clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Not below anything signed, not absurdly above it.
    Sure,
    /// Below the newest signed or recorded moment: the battery was flat. That moment is used instead.
    BehindRecords,
    /// More than 400 days past the newest signed or recorded moment.
    FarAhead,
}

/// A moment together with whether to believe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The moment to work with.
    pub at: Stamp,
    /// Whether the clock was sure.
    pub clock: ClockState,
}

/// What the clock is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockFloors {
    /// The newest moment that somebody else signed: no honest clock is below it.
    pub signed: Stamp,
    /// The newest moment this box itself wrote down. Its own clock may have run ahead then.
    pub recorded: Stamp,
}

impl ClockFloors {
    /// The later of the two.
    #[must_use]
    pub fn newest(self) -> Stamp {
        self.signed.max(self.recorded)
    }
}

/// Judges the machine's clock.
///
/// Below what was signed, the battery was flat: the newest known moment is the best guess. Between the signed and the
/// recorded, the clock was probably set right after it had run ahead: it is worked with, and marked.
#[must_use]
pub fn judge_clock(machine: Stamp, floors: ClockFloors) -> Reading {
    if machine < floors.signed {
        Reading { at: floors.newest(), clock: ClockState::BehindRecords }
    } else if machine < floors.recorded {
        Reading { at: machine, clock: ClockState::BehindRecords }
    } else if machine.days_since(floors.newest()) > AHEAD_DAYS_MAX {
        Reading { at: machine, clock: ClockState::FarAhead }
    } else {
        Reading { at: machine, clock: ClockState::Sure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const NOON: Stamp = Stamp(1_795_316_400); // 2026-11-22 12:00 in Japan

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        assert_eq!(NOON.day(), date(2026, 11, 22));
        assert_eq!(Stamp::start_of(date(2026, 11, 22)).0, NOON.0 - 12 * 3600);
        assert_eq!(Stamp(Stamp::start_of(date(2026, 11, 22)).0 - 1).day(), date(2026, 11, 21));
        assert_eq!(NOON.to_string(), "2026-11-22T12:00+09:00");
    }

    #[test]
    fn a_moment_before_or_after_all_time_is_long_past_or_to_come_and_never_the_other_way_round() {
        assert!(NOON.days_since(Stamp(i64::MIN)) > 1_000_000);
        assert!(Stamp(-1).days_since(Stamp(i64::MAX)) < -1_000_000);
        assert_eq!(Stamp(-2).seconds_since(Stamp(i64::MAX)), i64::MIN);
    }

    #[test]
    fn a_flat_battery_does_not_take_the_box_back_in_time() {
        let floors = ClockFloors { signed: NOON.plus_days(-9), recorded: NOON };
        let reading = judge_clock(Stamp(0), floors);
        assert_eq!(reading, Reading { at: NOON, clock: ClockState::BehindRecords });
    }

    #[test]
    fn a_clock_in_2100_is_asked_about() {
        let floors = ClockFloors { signed: NOON, recorded: NOON };
        assert_eq!(judge_clock(NOON.plus_days(401), floors).clock, ClockState::FarAhead);
        assert_eq!(judge_clock(NOON.plus_days(400), floors).clock, ClockState::Sure);
    }

    #[test]
    fn a_clock_set_right_after_it_ran_ahead_is_worked_with_and_marked() {
        let floors = ClockFloors { signed: NOON, recorded: NOON.plus_days(300) };
        let reading = judge_clock(NOON.plus_days(1), floors);
        assert_eq!(reading, Reading { at: NOON.plus_days(1), clock: ClockState::BehindRecords });
    }
}
