//! Thresholds that change with time and place; they arrive signed with the trust list.

use crate::domain::{answer::Freshness, rulebook::Rulebook};
use jiff::civil::Date;
use std::sync::Arc;

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
    /// What is used where no table can be read: every age is refused.
    pub const NOTHING_IS_FRESH: Self = Self { warn_days: 0, confirm_days: 0, refuse_days: 0 };

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

/// What the region's publisher lets its boxes do: with ageing data, and on which day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Age of the snapshot, counted from its as-of moment.
    pub snapshot: Ages,
    /// Age of a revocation list. Never refuses on its own: list age alone once stopped whole countries (credentials 7.2).
    pub revocation: Ages,
    /// Days past the moment the next trust list was due. Tells, and never refuses on its own: an overdue list is no wrong one.
    pub trust_list: Ages,
    /// The dated rules: the table in the binary, or the one that a signed list carried.
    pub rules: Arc<Rulebook>,
}

impl Policy {
    /// The policy of a table, with its own grades.
    #[must_use]
    pub fn of(rules: Arc<Rulebook>) -> Self {
        let [snapshot, revocation, trust_list] = rules.grades();
        Self { snapshot, revocation, trust_list, rules }
    }

    /// Whether an insurance card (保険証) may be taken on a day, its number checked online: while cards were valid, and in the
    /// grace after. What is not known is no.
    #[must_use]
    pub fn old_card_grace(&self, on: Date) -> bool {
        let rules = self.rules.rules();
        [&rules.insurance_card, &rules.old_card_grace]
            .iter()
            .any(|rule| rule.on(on).value() == Some(&true))
    }

    /// Whether a notice alone, without the card, may be accepted on a day, its number checked online. What is not known is no.
    #[must_use]
    pub fn notice_alone_grace(&self, on: Date) -> bool {
        self.rules.notice_alone_grace(on).value() == Some(&true)
    }
}

/// Until a signed policy arrives: the table in the binary.
impl Default for Policy {
    fn default() -> Self {
        Self::of(Arc::clone(Rulebook::built_in()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_usual_grades_are_those_of_the_table_in_the_binary() {
        let policy = Policy::default();
        let days = |ages: Ages| [ages.warn_days, ages.confirm_days, ages.refuse_days];
        assert_eq!(days(policy.snapshot), [7, 31, 180]);
        assert_eq!(days(policy.revocation), [7, 30, u16::MAX]);
        assert_eq!(days(policy.trust_list), [7, 30, 180]);
    }

    #[test]
    fn both_graces_end_with_july_2026() {
        let policy = Policy::default();
        let days = [date(2025, 12, 1), date(2025, 12, 2), date(2026, 7, 31), date(2026, 8, 1)];
        assert_eq!(days.map(|on| policy.old_card_grace(on)), [true, true, true, false]);
        assert_eq!(days.map(|on| policy.notice_alone_grace(on)), [false, true, true, false]);
    }

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
