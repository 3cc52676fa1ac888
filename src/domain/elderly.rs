//! 高齢受給者: the share of somebody from 70 to 74, as an insurer registers it, and the days it can hold.

use crate::domain::{
    burden::{AgeClass, Percent, age_class, class_in, elderly_from, late_stage_from, share_year},
    insurer_number::Scheme,
    rulebook::{DayOfYear, Rulebook},
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// What an insurer says about the share of somebody from 70 to 74 (高齢受給者証情報).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ElderlyShare {
    percent: Percent,
    valid_from: Date,
    valid_to: Date,
}

/// Why such a statement is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElderlyShareFlaw {
    /// It ends before it begins.
    Backwards,
    /// A day of it lies before the share of the 70 to 74 begins, or after the person left for the late-stage scheme.
    OutsideItsAges,
    /// A share that the rules of its first day do not know for these ages.
    NoSuchShare,
}

impl ElderlyShare {
    /// A statement that can be meant, for somebody born on `birth`; both days are included.
    ///
    /// # Errors
    /// Backwards, outside the ages, or a share there is not. A table that is silent about shares refuses none.
    pub fn new(
        percent: Percent,
        (valid_from, valid_to): (Date, Date),
        birth: Date,
        rules: &Rulebook,
    ) -> Result<Self, ElderlyShareFlaw> {
        if valid_to < valid_from {
            return Err(ElderlyShareFlaw::Backwards);
        }
        if valid_from < elderly_from(birth) || late_stage_from(birth) <= valid_to {
            return Err(ElderlyShareFlaw::OutsideItsAges);
        }
        let shares = rules.shares(AgeClass::Elderly70, valid_from).value();
        if shares.is_some_and(|shares| !shares.allows(percent)) {
            return Err(ElderlyShareFlaw::NoSuchShare);
        }
        Ok(Self { percent, valid_from, valid_to })
    }

    /// The share on a day; `None` outside its own days.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<Percent> {
        (self.valid_from <= day && day <= self.valid_to).then_some(self.percent)
    }
}

/// The last day for which a share stated on `on` can be relied on: the end of the age class or of the assessment year
/// (判定年度, from 70 on), whichever comes first. `None` where neither ends it.
#[must_use]
pub fn share_holds_until(
    (birth, scheme): (Date, Scheme),
    on: Date,
    rules: &Rulebook,
) -> Option<Date> {
    let class = class_in(scheme, birth, on);
    let class_ends = age_class(birth, on).until.filter(|_| class != AgeClass::LateStage75);
    if class < AgeClass::Elderly70 {
        return class_ends; // below 70 income does not decide
    }
    let start = rules.rules().share_year_start.on(on).value();
    let year_ends = start.map(|start| share_year(*start, on).1);
    [class_ends, year_ends].into_iter().flatten().min()
}

/// The day for which a paper states its share: that of issue. One that is renewed every year is sent before the assessment
/// year with whose last day it ends, and speaks of that year.
#[must_use]
pub fn share_stated_on(
    (issued_on, valid_to): (Date, Option<Date>),
    on: Date,
    rules: &Rulebook,
) -> Date {
    let renewed_for = |start: &DayOfYear| {
        let (first, last) = share_year(*start, on);
        let (year_before, _) = share_year(*start, first.saturating_sub(1.day()));
        let sent_before = year_before <= issued_on && issued_on < first;
        (valid_to == Some(last) && sent_before).then_some(first)
    };
    rules.rules().share_year_start.on(on).value().and_then(renewed_for).unwrap_or(issued_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const BIRTH: Date = date(1955, 3, 15); // 70 counts from 2025-04-01, 75 on 2030-03-15

    fn stated(percent: u8, from: Date, to: Date) -> Result<ElderlyShare, ElderlyShareFlaw> {
        ElderlyShare::new(Percent::new(percent).unwrap(), (from, to), BIRTH, Rulebook::built_in())
    }

    #[test]
    fn a_share_from_70_to_74_holds_on_its_own_days() {
        let share = stated(20, date(2026, 8, 1), date(2027, 7, 31)).unwrap();
        let on = |day| share.on(day).map(Percent::value);
        assert_eq!([date(2026, 8, 1), date(2027, 7, 31)].map(on), [Some(20), Some(20)]);
        assert_eq!([date(2026, 7, 31), date(2027, 8, 1)].map(on), [None, None]);
    }

    #[test]
    fn what_cannot_be_meant_is_not_believed() {
        let (first, last) = (date(2025, 4, 1), date(2030, 3, 14));
        assert!(stated(30, first, last).is_ok());
        assert_eq!(stated(30, last, first), Err(ElderlyShareFlaw::Backwards));
        let outside = Err(ElderlyShareFlaw::OutsideItsAges);
        assert_eq!(stated(30, date(2025, 3, 31), last), outside);
        assert_eq!(stated(30, first, date(2030, 3, 15)), outside);
        assert_eq!(stated(10, first, last), Err(ElderlyShareFlaw::NoSuchShare));
    }

    #[test]
    fn a_paper_sent_before_the_assessment_year_it_ends_with_speaks_of_that_year() {
        let (sent, on) = (date(2026, 7, 20), date(2026, 8, 3));
        let stated =
            |issued, valid_to| share_stated_on((issued, valid_to), on, Rulebook::built_in());
        let year_ends = Some(date(2027, 7, 31));
        assert_eq!(stated(sent, year_ends), date(2026, 8, 1));
        assert_eq!(stated(date(2026, 8, 2), year_ends), date(2026, 8, 2));
        assert_eq!(stated(date(2025, 7, 20), year_ends), date(2025, 7, 20), "for two years");
        assert_eq!(stated(sent, Some(date(2030, 7, 31))), sent);
        assert_eq!(stated(sent, None), sent);
    }

    #[test]
    fn a_stated_share_is_relied_on_until_the_next_turning_point() {
        let rules = Rulebook::built_in();
        let until = |birth, on| share_holds_until((birth, Scheme::NationalHealth), on, rules);
        assert_eq!(until(date(2020, 4, 1), date(2025, 5, 5)), Some(date(2026, 3, 31)));
        assert_eq!(until(date(1956, 11, 2), date(2026, 9, 1)), Some(date(2026, 11, 30)));
        assert_eq!(until(BIRTH, date(2026, 11, 22)), Some(date(2027, 7, 31)));
        assert_eq!(until(BIRTH, date(2029, 11, 22)), Some(date(2030, 3, 14)));
        assert_eq!(until(BIRTH, date(2031, 1, 1)), Some(date(2031, 7, 31)));
        let by_disability = (date(1958, 3, 3), Scheme::LateStage);
        let year_ends = Some(date(2027, 7, 31));
        assert_eq!(share_holds_until(by_disability, date(2026, 11, 22), rules), year_ends);
    }
}
