//! The moments of a release that is about to be made, held against each other before anything is read.

use super::{appliance, output::CliError};
use crate::{
    domain::time::Stamp,
    limits::AS_OF_AHEAD_DAYS_MAX,
    messages,
    sys::{Clock, WallClock},
};

/// Of when a release is.
pub(super) struct Moments {
    /// Now.
    pub(super) made_at: Stamp,
    /// The first second of the day its records describe.
    pub(super) as_of: Stamp,
    /// When the next one is promised.
    pub(super) next_due: Stamp,
}

impl Moments {
    /// A release made now, of records as of this day, the next one promised in so many days.
    ///
    /// # Errors
    /// A day that is not whole, or still to come: no box would believe such a release.
    pub(super) fn now(as_of: &str, next_due_days: i64) -> Result<Self, CliError> {
        Self::at(Stamp(WallClock.unix_seconds()), as_of, next_due_days)
    }

    fn at(now: Stamp, as_of: &str, next_due_days: i64) -> Result<Self, CliError> {
        let as_of = Stamp::start_of(appliance::date_to_sign(as_of)?);
        if as_of > now.plus_days(AS_OF_AHEAD_DAYS_MAX) {
            return Err(CliError::rule(&messages::AS_OF_IN_THE_FUTURE));
        }
        Ok(Self { made_at: now, as_of, next_due: now.plus_days(next_due_days) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 12:00 in Japan.
    const NOON: Stamp = Stamp(1_795_316_400);

    fn code(as_of: &str) -> &'static str {
        Moments::at(NOON, as_of, 1).map_or_else(|refusal| refusal.message().code, |_| "ok")
    }

    #[test]
    fn a_day_that_is_still_to_come_is_refused_but_for_the_difference_of_two_clocks() {
        for as_of in ["2020-01-01", "2026-11-22", "2026-11-23"] {
            assert_eq!(code(as_of), "ok", "{as_of}");
        }
        for as_of in ["2026-11-24", "2027-11-22", "2062-11-22"] {
            assert_eq!(code(as_of), "as_of_in_the_future", "{as_of}");
        }
    }

    #[test]
    fn the_next_one_is_promised_for_the_day_that_is_said() {
        let weekly = Moments::at(NOON, "2026-11-22", 7).unwrap();
        assert_eq!((weekly.made_at, weekly.next_due), (NOON, NOON.plus_days(7)));
    }
}
