//! Age, share and 限度額 as the register would hold them (codes-and-formats 3). The counter's own fallback rule is in
//! `domain`; here the register's entries are invented.

use super::lot::Lot;
use crate::domain::burden::Percent;
use jiff::{ToSpan, civil::Date};

/// The birthday on which a person turns `years`.
pub(super) fn birthday(birth: Date, years: i16) -> Date {
    birth.saturating_add(years.years())
}

/// Full years on a day.
pub(super) fn age(birth: Date, on: Date) -> i16 {
    let years = on.year() - birth.year();
    if birthday(birth, years) <= on { years } else { years - 1 }
}

/// The eve of the birthday, on which the law says the age is reached.
fn reached(birth: Date, years: i16) -> Date {
    birthday(birth, years).saturating_sub(1.days())
}

/// Whether somebody is still before compulsory schooling: up to the first 31 March on or after turning six.
pub(super) fn is_preschool(birth: Date, on: Date) -> bool {
    let six = reached(birth, 6);
    let school_year = if (six.month(), six.day()) <= (3, 31) { six.year() } else { six.year() + 1 };
    (on.year(), on.month()) < (school_year, 4)
}

/// Whether the rules for 70 to 74 apply: from the first of the month after the one in which 70 is reached.
pub(super) fn is_early_elder(birth: Date, on: Date) -> bool {
    let first_day = reached(birth, 70).last_of_month().saturating_add(1.days());
    first_day <= on && birthday(birth, 75) > on
}

/// Share and 限度額適用区分 as registered.
pub(super) fn share(birth: Date, on: Date, lot: &mut Lot) -> (Option<Percent>, Option<String>) {
    let income = lot.below(1000);
    let (percent, class) = if age(birth, on) >= 75 {
        match income {
            0..80 => (30, Some("B03")),
            80..280 => (20, Some("B09")),
            280..640 => (10, Some("B10")),
            640..840 => (10, Some("B05")),
            _ => (10, Some("B06")),
        }
    } else if is_early_elder(birth, on) {
        match income {
            0..130 => (30, Some("B03")),
            130..760 => (20, Some("B04")),
            760..920 => (20, Some("B05")),
            _ => (20, Some("B06")),
        }
    } else {
        let percent = if is_preschool(birth, on) { 20 } else { 30 };
        let class = match income {
            0..15 => Some("A02"),
            15..70 => Some("A03"),
            70..130 => Some("A04"),
            130..170 => Some("A05"),
            _ => None, // most people have never asked for one
        };
        (percent, class)
    };
    (Percent::new(percent), class.map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_child_stays_preschool_until_the_31_march_after_turning_six() {
        for (birth, last) in [
            (date(2020, 4, 1), date(2026, 3, 31)),
            (date(2020, 4, 2), date(2027, 3, 31)),
            (date(2020, 2, 29), date(2026, 3, 31)),
        ] {
            assert!(is_preschool(birth, last), "{birth}");
            assert!(!is_preschool(birth, last.saturating_add(1.days())), "{birth}");
        }
    }

    #[test]
    fn the_share_of_70_begins_with_the_next_month_or_with_the_birthday_on_a_first() {
        for (birth, from) in [
            (date(1956, 11, 1), date(2026, 11, 1)),
            (date(1956, 11, 2), date(2026, 12, 1)),
            (date(1956, 12, 1), date(2026, 12, 1)),
            (date(1956, 3, 1), date(2026, 3, 1)),
        ] {
            assert!(is_early_elder(birth, from), "{birth}");
            assert!(!is_early_elder(birth, from.saturating_sub(1.days())), "{birth}");
        }
    }
}
