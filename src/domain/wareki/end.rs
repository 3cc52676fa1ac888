//! The end of a period (有効期限): a day, the last day of a month written as 99, or no end at all.

use super::{settle, written};
use crate::domain::{
    check::CheckError,
    warning::{Parsed, Warning},
};
use jiff::civil::Date;
use std::fmt;

/// When a period ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodEnd {
    /// On this day, inclusive.
    Day(Date),
    /// Never: master files write 99999999, receipt computers year 99.
    Open,
}

impl PeriodEnd {
    /// The last day; `None` without an end.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Open => None,
        }
    }
}

/// The ISO day, or 99999999 as the master files of claims write it.
impl fmt::Display for PeriodEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Open => f.write_str("99999999"),
        }
    }
}

/// In the year, month or day: no such thing.
const NONE: i8 = 99;
/// The year 9999 of eight digits, and the year 99 of an era.
const NEVER: [i16; 2] = [9999, 99];

/// Reads the end of a period: a whole day in any way [`super::parse`] knows, 令和8年3月99日 for its last day, or 99999999,
/// R99.99.99 and other days of a year 99 for no end (codes-and-formats 4).
///
/// # Errors
/// When it is none of these; a month without a day is no end.
pub fn parse_end(text: &str) -> Result<Parsed<PeriodEnd>, CheckError> {
    let mut warnings = vec![];
    let mut parts = written(text, &mut warnings)?.ok_or(CheckError::NotADate)?;
    let never = if parts.era.is_some() { NEVER[1] } else { NEVER[0] };
    if parts.year == never {
        return Ok(Parsed { value: PeriodEnd::Open, warnings });
    }
    let to_the_end = parts.day == Some(NONE);
    if to_the_end {
        parts.day = Some(1);
    }
    if parts.month.is_none() || parts.day.is_none() {
        return Err(CheckError::NotADate);
    }
    let mut day = settle(&parts, &mut warnings).ok_or(CheckError::NotADate)?;
    if to_the_end {
        warnings.push(Warning::MonthEnd);
        day = day.last_of_month();
    }
    Ok(Parsed { value: PeriodEnd::Day(day), warnings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn no_end_is_written_with_nines() {
        for text in [
            "99999999",
            "９９９９９９９９",
            "R99.99.99",
            "令和99年99月99日",
            "5999999",
            "R999999",
            "99991231",
            "9999-12-31",
        ] {
            let read = parse_end(text).unwrap();
            assert_eq!((read.value, read.warnings), (PeriodEnd::Open, vec![]), "{text}");
        }
        assert_eq!(parse_end("R99.99.99").unwrap().value.to_string(), "99999999");
    }

    #[test]
    fn day_99_is_the_last_of_its_month() {
        let ends = [
            ("20260299", date(2026, 2, 28)),
            ("20280299", date(2028, 2, 29)),
            ("令和8年3月99日", date(2026, 3, 31)),
            ("R081199", date(2026, 11, 30)),
            ("5081199", date(2026, 11, 30)),
        ];
        for (text, day) in ends {
            let read = parse_end(text).unwrap();
            assert_eq!(
                (read.value, read.warnings),
                (PeriodEnd::Day(day), vec![Warning::MonthEnd]),
                "{text}"
            );
        }
    }

    #[test]
    fn an_ordinary_end_is_a_day_and_half_a_date_is_none() {
        assert_eq!(
            parse_end("令和8年11月30日").unwrap(),
            Parsed::clean(PeriodEnd::Day(date(2026, 11, 30)))
        );
        for text in ["令和8年11月", "2026", "20261399", "99", "R8.99.1", "20260230"] {
            assert_eq!(parse_end(text), Err(CheckError::NotADate), "{text}");
        }
        let late = parse_end("平成38年11月99日").unwrap();
        assert_eq!(late.warnings, [Warning::EraOverflow, Warning::MonthEnd]);
    }

    proptest! {
        #[test]
        fn a_printed_end_reads_back(days in 0_i32..150_000) {
            let end = PeriodEnd::Day(date(1873, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap());
            prop_assert_eq!(parse_end(&end.to_string()), Ok(Parsed::clean(end)));
        }
    }
}
