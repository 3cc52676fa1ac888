//! Thresholds that change with time and place; they arrive signed with the trust list.

use crate::domain::answer::Freshness;
use jiff::civil::{Date, date};

/// Ages in days at which a grade begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// From here on the age is pointed out.
    pub warn_days: u16,
    /// From here on another confirmation is asked for.
    pub confirm_days: u16,
    /// From here on it is not used.
    pub refuse_days: u16,
}

impl Ages {
    /// The grade of something `age_days` old. A negative age (the clock is behind) counts as fresh; the clock is told apart.
    #[must_use]
    pub fn grade(self, age_days: i64) -> Freshness {
        if age_days >= i64::from(self.refuse_days) {
            Freshness::Refuse
        } else if age_days >= i64::from(self.confirm_days) {
            Freshness::Confirm
        } else if age_days >= i64::from(self.warn_days) {
            Freshness::Warn
        } else {
            Freshness::Fresh
        }
    }
}

/// What the region's publisher lets its boxes do with ageing data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Age of the snapshot, counted from its as-of moment.
    pub snapshot: Ages,
    /// Age of a revocation list. Never refuses on its own: list age alone once stopped whole countries (credentials 7.2).
    pub revocation: Ages,
    /// Days past the moment the next trust list was due. Tells, and never refuses on its own: an overdue list is no wrong one.
    pub trust_list: Ages,
}

/// The last day of the grace rule for old cards and for notices without the card: 2026-07-31, as the minister of health said on
/// 2026-03-19 when it was extended for the last time.
const OLD_CARD_GRACE_UNTIL: Date = date(2026, 7, 31);

impl Policy {
    /// Whether an old card (従来の健康保険証), or a notice without the card, may still be taken on this day where the number is
    /// checked online.
    #[must_use]
    pub fn old_card_grace(&self, on: Date) -> bool {
        on <= OLD_CARD_GRACE_UNTIL
    }
}

impl Default for Policy {
    /// Until a signed policy arrives: snapshot 7, 31, 180 days; revocation list 7, 30 days; trust list 7, 30, 180 days
    /// overdue.
    fn default() -> Self {
        Self {
            snapshot: Ages { warn_days: 7, confirm_days: 31, refuse_days: 180 },
            revocation: Ages { warn_days: 7, confirm_days: 30, refuse_days: u16::MAX },
            trust_list: Ages { warn_days: 7, confirm_days: 30, refuse_days: 180 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ageing_goes_down_in_grades_without_a_cliff_or_a_way_back() {
        let ages = Policy::default().snapshot;
        let grades: Vec<_> =
            [-5, 0, 6, 7, 30, 31, 179, 180, 9999].map(|days| ages.grade(days)).into();
        assert!(grades.is_sorted());
        assert_eq!(grades.iter().filter(|g| **g == Freshness::Fresh).count(), 3);
        assert_eq!(grades.last(), Some(&Freshness::Refuse));
    }
}
