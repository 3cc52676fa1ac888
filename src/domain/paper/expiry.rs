//! How long an insurer's papers usually hold (field C12, D1, D5–D12; credentials 1.4).

use crate::domain::burden::{AgeClass, age_class};
use jiff::{ToSpan, civil::Date};

/// An insurer's habit with the last valid day (有効期限).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryHabit {
    /// No page says.
    Unknown,
    /// None is printed.
    None,
    /// None below 70; from 70 to 74 one within a year.
    NoneBelow70,
    /// At most five years from the day of issue: the ceiling for every certificate.
    WithinFiveYears,
    /// The next such day of the year, or earlier at 70 and 75.
    Yearly {
        /// Month, 1–12.
        month: i8,
        /// Day of the month.
        day: i8,
    },
    /// One day for everybody, or earlier.
    Until(Date),
}

impl ExpiryHabit {
    /// Reads `unknown`, `none`, `none_below_70`, `within_5_years`, `yearly 07-31`, `until 2029-11-30`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => match text {
                "unknown" => Some(Self::Unknown),
                "none" => Some(Self::None),
                "none_below_70" => Some(Self::NoneBelow70),
                "within_5_years" => Some(Self::WithinFiveYears),
                _ => None,
            },
            Some(("yearly", of_year)) => {
                // In a leap year, so that only days there are pass, and the 29th of February with them.
                let day: Date = format!("2028-{of_year}").parse().ok()?;
                Some(Self::Yearly { month: day.month(), day: day.day() })
            }
            Some(("until", day)) => day.parse().ok().map(Self::Until),
            Some(_) => None,
        }
    }

    /// Whether somebody born on `birth` must find a last day on a paper issued on `issued`.
    #[must_use]
    pub fn wants_a_day(self, birth: Date, issued: Date) -> bool {
        match self {
            Self::Unknown | Self::None => false,
            Self::NoneBelow70 => age_class(birth, issued).class == AgeClass::Elderly70,
            Self::WithinFiveYears | Self::Yearly { .. } | Self::Until(_) => true,
        }
    }

    /// The latest last day that is usual on a paper issued on `issued`; `None` where nothing is known of one. A year from 70
    /// on is that of the share, whose 発効期日 may lie ahead.
    #[must_use]
    pub fn latest(self, issued: Date, share_from: Option<Date>) -> Option<Date> {
        match self {
            Self::Unknown | Self::None => None,
            Self::NoneBelow70 => {
                Some(share_from.map_or(issued, |day| day.max(issued)).saturating_add(1.year()))
            }
            Self::WithinFiveYears => Some(issued.saturating_add(5.years())),
            Self::Yearly { month, day } => Some(next(issued, month, day)),
            Self::Until(day) => Some(day),
        }
    }
}

/// The end of the insurer's year. Papers for the next year go out months ahead, so it is that of the year after where the
/// nearest one is close.
fn next(issued: Date, month: i8, day: i8) -> Date {
    const AHEAD_MONTHS: i64 = 6;
    let from = issued.saturating_add(AHEAD_MONTHS.months());
    let in_year = |year: i16| {
        Date::new(year, month, day).or_else(|_| Date::new(year, month, 28)).unwrap_or(Date::MAX)
    };
    let this = in_year(from.year());
    if this >= from { this } else { in_year(from.year().saturating_add(1)) }
}
