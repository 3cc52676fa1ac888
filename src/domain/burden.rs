//! The patient's share (一部負担金割合), and what age alone says about it.

use crate::domain::{
    insurer_number::Scheme,
    rulebook::{DayOfYear, Rulebook, Shares},
};
use jiff::civil::Date;
use serde::Serialize;

/// A share in percent: 0, 10, 20, 30 or 100 are the ones in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(u8);

impl Percent {
    /// A whole percentage up to 100.
    #[must_use]
    pub fn new(value: u8) -> Option<Self> {
        (value <= 100).then_some(Self(value))
    }

    /// The percentage.
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }
}

/// The age classes of the share, youngest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeClass {
    /// 義務教育就学前.
    Preschool,
    /// From school age until the month after the 70th year is completed.
    General,
    /// 高齢受給者, 70 to 74.
    #[serde(rename = "elderly_70")]
    Elderly70,
    /// 後期高齢者, from the 75th birthday.
    #[serde(rename = "late_stage_75")]
    LateStage75,
}

/// What age alone says about the share on a day. The registered share goes before this; this one only fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AgeBurden {
    /// The class on that day.
    pub class: AgeClass,
    /// The share; `None` where income decides.
    pub percent: Option<Percent>,
    /// First day of the class.
    pub from: Date,
    /// Last day of the class, inclusive; `None` for the last class.
    pub until: Option<Date>,
}

/// The last day of compulsory schooling's waiting year.
const SCHOOL_YEAR_END: (i8, i8) = (3, 31);

/// What age says by the table in the binary; see [`age_class_by`].
#[must_use]
pub fn age_class(birth: Date, on: Date) -> AgeBurden {
    age_class_by(Rulebook::built_in(), birth, on)
}

/// The age class on a day (健康保険法74条, 高齢者の医療の確保に関する法律50条), and its share by a table of dated rules.
/// A day before birth counts as the first.
#[must_use]
pub fn age_class_by(rules: &Rulebook, birth: Date, on: Date) -> AgeBurden {
    let school = day_after(last_preschool_day(birth));
    let elderly = elderly_from(birth);
    let late = late_stage_from(birth);
    let (class, from, next) = if on < school {
        (AgeClass::Preschool, birth, Some(school))
    } else if on < elderly {
        (AgeClass::General, school, Some(elderly))
    } else if on < late {
        (AgeClass::Elderly70, elderly, Some(late))
    } else {
        (AgeClass::LateStage75, late, None)
    };
    let percent = rules.shares(class, on).value().and_then(Shares::only);
    AgeBurden { class, percent, from, until: next.map(day_before) }
}

/// The class of somebody insured in a scheme: who is in the late-stage scheme is of its class before 75 too, admitted by
/// disability from 65 on (高齢者の医療の確保に関する法律50条2号). In any other scheme age decides.
#[must_use]
pub fn class_in(scheme: Scheme, birth: Date, on: Date) -> AgeClass {
    match scheme {
        Scheme::LateStage => AgeClass::LateStage75,
        _ => age_class(birth, on).class,
    }
}

/// The first day of the share of the 70 to 74 (高齢受給者): the first of the month after 70 years are completed.
#[must_use]
pub fn elderly_from(birth: Date) -> Date {
    first_of_next_month(completes_age(birth, 70))
}

/// The first day in the late-stage scheme (後期高齢者医療): the 75th birthday.
#[must_use]
pub fn late_stage_from(birth: Date) -> Date {
    day_after(completes_age(birth, 75))
}

/// The year for which share and limit class are assessed (判定年度): first and last day of the one that `on` lies in.
#[must_use]
pub fn share_year(start: DayOfYear, on: Date) -> (Date, Date) {
    let begins = |year| Date::new(year, start.month, start.day).unwrap_or(Date::MAX);
    let this_year = begins(on.year());
    let from = if on < this_year { begins(on.year().saturating_sub(1)) } else { this_year };
    let next = if on < this_year { this_year } else { begins(on.year().saturating_add(1)) };
    (from, day_before(next))
}

/// The day at whose end an age is completed: the eve of the birthday (年齢計算ニ関スル法律, 民法143条).
///
/// Born on 29 February, the eve is 28 February in any year: without a 29th, the term ends with the month.
fn completes_age(birth: Date, years: i16) -> Date {
    let year = birth.year().saturating_add(years);
    if (birth.month(), birth.day()) == (2, 29) {
        return Date::new(year, 2, 28).unwrap_or(Date::MAX);
    }
    let birthday = Date::new(year, birth.month(), birth.day());
    birthday.map_or(Date::MAX, day_before)
}

/// 31 March on or after the day six years are completed: born on 1 April goes to school a year before born on the 2nd.
fn last_preschool_day(birth: Date) -> Date {
    let six = completes_age(birth, 6);
    let (month, day) = SCHOOL_YEAR_END;
    let year_end = |year| Date::new(year, month, day).unwrap_or(Date::MAX);
    let this_year = year_end(six.year());
    if six <= this_year { this_year } else { year_end(six.year().saturating_add(1)) }
}

fn first_of_next_month(day: Date) -> Date {
    day_after(day.last_of_month())
}

fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

fn day_before(day: Date) -> Date {
    day.yesterday().unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    type Ymd = (i16, i8, i8);

    const ELDERLY_FROM: &[(Ymd, Ymd)] = &[
        ((1956, 11, 1), (2026, 11, 1)),
        ((1956, 11, 2), (2026, 12, 1)),
        ((1956, 11, 30), (2026, 12, 1)),
        ((1956, 12, 1), (2026, 12, 1)),
        ((1957, 1, 1), (2027, 1, 1)),
        ((1956, 2, 29), (2026, 3, 1)),
        ((1956, 3, 1), (2026, 3, 1)),
    ];
    const LATE_FROM: &[(Ymd, Ymd)] =
        &[((1951, 11, 22), (2026, 11, 22)), ((1952, 2, 29), (2027, 3, 1))];
    const PRESCHOOL_UNTIL: &[(Ymd, Ymd)] = &[
        ((2020, 4, 1), (2026, 3, 31)),
        ((2020, 4, 2), (2027, 3, 31)),
        ((2020, 2, 29), (2026, 3, 31)),
        ((2020, 3, 31), (2026, 3, 31)),
    ];

    fn day((year, month, day): Ymd) -> Date {
        date(year, month, day)
    }

    #[test]
    fn seventy_counts_from_the_month_after_it_is_completed() {
        for &(birth, from) in ELDERLY_FROM {
            let (birth, from) = (day(birth), day(from));
            let first = age_class(birth, from);
            assert_eq!((first.class, first.percent, first.from), (AgeClass::Elderly70, None, from));
            let eve = age_class(birth, from.yesterday().unwrap());
            assert_eq!(
                (eve.class, eve.until),
                (AgeClass::General, Some(from.yesterday().unwrap()))
            );
        }
    }

    #[test]
    fn seventy_five_counts_from_the_birthday_itself() {
        for &(birth, from) in LATE_FROM {
            let (birth, from) = (day(birth), day(from));
            let first = age_class(birth, from);
            assert_eq!(first.class, AgeClass::LateStage75);
            assert_eq!((first.from, first.until, first.percent), (from, None, None));
            assert_eq!(age_class(birth, from.yesterday().unwrap()).class, AgeClass::Elderly70);
        }
    }

    #[test]
    fn preschool_ends_with_the_school_year_of_six() {
        for &(birth, until) in PRESCHOOL_UNTIL {
            let (birth, until) = (day(birth), day(until));
            let last = age_class(birth, until);
            assert_eq!((last.class, last.percent), (AgeClass::Preschool, Percent::new(20)));
            assert_eq!((last.from, last.until), (birth, Some(until)));
            let school = age_class(birth, until.tomorrow().unwrap());
            assert_eq!((school.class, school.percent), (AgeClass::General, Percent::new(30)));
        }
    }

    #[test]
    fn dates_at_the_end_of_the_calendar_are_answered() {
        assert_eq!(age_class(Date::MAX, Date::MAX).from, Date::MAX);
        assert_eq!(age_class(Date::MIN, Date::MAX).class, AgeClass::LateStage75);
    }

    /// Every birth date of people alive, and of those to come: four windows that meet, each beginning where the law says.
    #[test]
    fn for_every_birth_date_from_1900_to_2030_the_windows_meet_without_gap_or_overlap() {
        let births = date(1900, 1, 1).series(1.day()).take_while(|birth| birth.year() <= 2030);
        for birth in births {
            let school = age_class(birth, birth).until.unwrap().tomorrow().unwrap();
            let (elderly, late) = (elderly_from(birth), late_stage_from(birth));
            let starts = [birth, school, elderly, late];
            let classes = [
                AgeClass::Preschool,
                AgeClass::General,
                AgeClass::Elderly70,
                AgeClass::LateStage75,
            ];
            for (place, (from, class)) in starts.into_iter().zip(classes).enumerate() {
                let window = age_class(birth, from);
                assert_eq!((window.class, window.from), (class, from), "{birth}");
                let next = starts.get(place + 1).map(|next| next.yesterday().unwrap());
                assert_eq!(window.until, next, "{birth}");
            }
            assert_eq!((school.month(), school.day()), (4, 1), "{birth}");
            assert!((6..=7).contains(&(school.year() - birth.year())), "{birth}");
            assert_eq!(elderly.day(), 1, "{birth}");
            let months = (elderly.year() - birth.year() - 70) * 12
                + i16::from(elderly.month() - birth.month());
            assert_eq!(
                months,
                i16::from(birth.day() != 1),
                "{birth}: the 1st, and only it, at once"
            );
            let birthday = Date::new(birth.year() + 75, birth.month(), birth.day());
            let first_of_march = |_| Date::new(birth.year() + 75, 3, 1);
            assert_eq!(late, birthday.or_else(first_of_march).unwrap(), "{birth}");
        }
    }

    #[test]
    fn shares_are_assessed_from_august_to_july() {
        let start = DayOfYear { month: 8, day: 1 };
        for (on, from) in [
            (date(2026, 7, 31), 2025),
            (date(2026, 8, 1), 2026),
            (date(2026, 12, 31), 2026),
            (date(2027, 1, 1), 2026),
        ] {
            let year = (date(from, 8, 1), date(from + 1, 7, 31));
            assert_eq!(share_year(start, on), year, "{on}");
        }
        assert_eq!(share_year(start, Date::MAX).1.year(), Date::MAX.year());
    }

    #[test]
    fn a_table_with_another_share_is_what_age_says() {
        let text =
            include_str!("../../assets/rules.toml").replacen("value = [20]", "value = [10]", 1);
        let rules = Rulebook::parse(&text).unwrap();
        let (birth, on) = (date(2022, 5, 5), date(2026, 11, 22));
        assert_eq!(age_class_by(&rules, birth, on).percent, Percent::new(10));
        assert_eq!(age_class(birth, on).percent, Percent::new(20));
    }

    prop_compose! {
        fn any_day()(year in 1873_i16..2200, ordinal in 0_i32..366) -> Date {
            date(year, 1, 1).saturating_add(ordinal.days())
        }
    }

    proptest! {
        #[test]
        fn nobody_grows_younger(birth in any_day(), earlier in any_day(), later in any_day()) {
            let (earlier, later) = (earlier.min(later), earlier.max(later));
            prop_assert!(age_class(birth, earlier).class <= age_class(birth, later).class);
        }

        #[test]
        fn windows_follow_each_other_without_a_gap(birth in any_day(), after in 0_i32..36_500) {
            let on = birth.saturating_add(after.days());
            let now = age_class(birth, on);
            prop_assert!(now.from <= on && now.until.is_none_or(|until| on <= until));
            prop_assert_eq!(age_class(birth, now.from), now);
            if let Some(until) = now.until {
                prop_assert_eq!(age_class(birth, until), now);
                let next = age_class(birth, until.tomorrow().unwrap());
                prop_assert_eq!(next.from, until.tomorrow().unwrap());
                prop_assert!(next.class > now.class);
            }
        }
    }
}
