//! Days as Japan writes them (和暦), and the other ways papers and files write a day.

mod end;

pub use end::{PeriodEnd, parse_end};

use crate::domain::{
    check::{CheckError, compact},
    warning::{Parsed, Warning},
};
use jiff::civil::{Date, date};

/// An era (元号): its names, its first day, and the day after its last.
struct Era {
    kanji: &'static str,
    letter: char,
    /// The era's digit in JAHIS prescriptions.
    digit: char,
    /// Western year of the era's year 1, minus one.
    year_zero: i16,
    from: Date,
    /// First day of the next era; the change day belongs to the new one.
    next: Date,
}

/// Newest first. Edge days: 登極の詔書 (1868, 1912, 1926), 元号を改める政令 (1989, 2019).
const ERAS: [Era; 5] = [
    Era {
        kanji: "令和",
        letter: 'R',
        digit: '5',
        year_zero: 2018,
        from: date(2019, 5, 1),
        next: Date::MAX,
    },
    Era {
        kanji: "平成",
        letter: 'H',
        digit: '4',
        year_zero: 1988,
        from: date(1989, 1, 8),
        next: date(2019, 5, 1),
    },
    Era {
        kanji: "昭和",
        letter: 'S',
        digit: '3',
        year_zero: 1925,
        from: date(1926, 12, 25),
        next: date(1989, 1, 8),
    },
    Era {
        kanji: "大正",
        letter: 'T',
        digit: '2',
        year_zero: 1911,
        from: date(1912, 7, 30),
        next: date(1926, 12, 25),
    },
    Era {
        kanji: "明治",
        letter: 'M',
        digit: '1',
        year_zero: 1867,
        from: date(1868, 10, 23),
        next: date(1912, 7, 30),
    },
];

/// The day Japan took the Gregorian calendar (明治6年1月1日).
const GREGORIAN_FROM: Date = date(1873, 1, 1);

/// Year, month and day as far as they were written.
struct Written {
    era: Option<&'static Era>,
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// Reads a day: 平成元年1月8日, H1.1.8, ㋿6年5月1日, R020410, 4160119, 2026-11-22, 20261122, or a year and month alone.
///
/// A day outside its era is counted on and warned about; missing parts become the first month or day, with a warning.
///
/// # Errors
/// When the text is no day of the calendar.
pub fn parse(text: &str) -> Result<Parsed<Date>, CheckError> {
    let mut warnings = vec![];
    let day = written(text, &mut warnings)?.and_then(|written| settle(&written, &mut warnings));
    day.map(|value| Parsed { value, warnings }).ok_or(CheckError::NotADate)
}

/// Reads a day of which year, month and day were written: what somebody is asked by, or signs, is never guessed.
///
/// # Errors
/// When the text is no day of the calendar, or a part of it is missing.
pub fn whole_day(text: &str) -> Result<Date, CheckError> {
    let read = parse(text)?;
    let guessed = [Warning::PartialDate, Warning::FirstYearAssumed];
    if guessed.iter().any(|guess| read.warnings.contains(guess)) {
        return Err(CheckError::DateIncomplete);
    }
    Ok(read.value)
}

/// The parts as far as they were written; `None` where they are those of no date.
fn written(text: &str, warnings: &mut Vec<Warning>) -> Result<Option<Written>, CheckError> {
    let mut text = compact(text)?;
    text.retain(|c| !is_variation_selector(c));
    text.make_ascii_uppercase();
    if let Some(rest) = MISREAD.iter().find_map(|misread| text.strip_prefix(misread)) {
        warnings.push(Warning::EraMisread);
        text = format!("令和{rest}");
    }
    let (era, rest) = split_era(&text);
    Ok(if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) {
        run_together(era, rest)
    } else {
        set_apart(era, rest, warnings)
    })
}

/// What machines that read cards make of 令和.
const MISREAD: [&str; 2] = ["合和", "令?和"];

/// Reads a year alone: 1950, 1950年, 昭和25年, S25, 平成元年. Anything more is a day and none of this function's.
#[must_use]
pub fn parse_year(text: &str) -> Option<i16> {
    let text = compact(text).ok()?.to_ascii_uppercase();
    let (era, rest) = split_era(&text);
    let digits = rest.strip_suffix('年').unwrap_or(rest);
    match era {
        None => digits.parse().ok().filter(|year| digits.len() == 4 && (1850..2200).contains(year)),
        Some(era) if digits == "元" => Some(era.year_zero + 1),
        Some(era) => {
            let of_era: i16 = digits.parse().ok().filter(|_| digits.len() <= 2)?;
            (1..=64).contains(&of_era).then_some(era.year_zero + of_era)
        }
    }
}

/// The day in Japanese eras, 令和8年11月22日; before 明治 in western years.
#[must_use]
pub fn format(day: Date) -> String {
    let (month, of_month) = (day.month(), day.day());
    let era = ERAS.iter().find(|era| era.from <= day);
    match era.map(|era| (era.kanji, day.year() - era.year_zero)) {
        Some((kanji, 1)) => format!("{kanji}元年{month}月{of_month}日"),
        Some((kanji, year)) => format!("{kanji}{year}年{month}月{of_month}日"),
        None => format!("{}年{month}月{of_month}日", day.year()),
    }
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Takes 令和, 令 or R, with a dot behind it, off the front.
fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    if let Some(rest) = text.strip_prefix("西暦") {
        return (None, rest);
    }
    for era in &ERAS {
        let short = era.kanji.chars().next();
        let rest = text
            .strip_prefix(era.kanji)
            .or_else(|| short.and_then(|kanji| text.strip_prefix(kanji)))
            .or_else(|| text.strip_prefix(era.letter));
        if let Some(rest) = rest {
            return (Some(era), rest.strip_prefix('.').unwrap_or(rest));
        }
    }
    (None, text)
}

/// Digits without anything between: the length tells the parts (JAHIS お薬手帳, JAHIS 院外処方箋 レコードNo.13).
fn run_together(era: Option<&'static Era>, digits: &str) -> Option<Written> {
    if era.is_none() && digits.len() % 2 == 1 {
        let (digit, rest) = digits.split_at_checked(1)?;
        let era = ERAS.iter().find(|era| digit.starts_with(era.digit))?;
        return run_together(Some(era), rest);
    }
    let year_digits = if era.is_some() { 2 } else { 4 };
    let (year, rest) = digits.split_at_checked(year_digits)?;
    let (month, day) = rest.split_at_checked(2).unwrap_or((rest, ""));
    let part = |text: &str| match text.len() {
        0 => Some(None),
        2 => text.parse::<i8>().ok().map(Some),
        _ => None,
    };
    Some(Written { era, year: year.parse().ok()?, month: part(month)?, day: part(day)? })
}

/// Numbers with 年月日, dots, slashes or hyphens between.
fn set_apart(
    era: Option<&'static Era>,
    text: &str,
    warnings: &mut Vec<Warning>,
) -> Option<Written> {
    let mut text = text.replace('元', "1");
    if era.is_some() && text.starts_with('年') {
        warnings.push(Warning::FirstYearAssumed);
        text.insert(0, '1');
    }
    let marks = ['年', '月', '日', '.', '-', '/'];
    let body = text.strip_suffix(&marks[..3]).unwrap_or(&text);
    let parts: Vec<&str> = body.split(marks).collect();
    let plain =
        |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(plain) || !in_order(&text) {
        return None;
    }
    let (&year, rest) = parts.split_first()?;
    if era.is_none() && year.len() != 4 {
        return None; // "26.11.22" could be anything
    }
    let small = |part: Option<&&str>| match part {
        None => Some(None),
        Some(text) if text.len() <= 2 => text.parse::<i8>().ok().map(Some),
        Some(_) => None,
    };
    if rest.len() > 2 {
        return None;
    }
    Some(Written {
        era,
        year: year.parse().ok()?,
        month: small(rest.first())?,
        day: small(rest.get(1))?,
    })
}

/// 年, 月 and 日 stand in this order or not at all.
fn in_order(text: &str) -> bool {
    let kanji: Vec<usize> =
        text.chars().filter_map(|c| "年月日".chars().position(|k| k == c)).collect();
    let mixed = text.contains(['.', '-', '/']) && !kanji.is_empty();
    !mixed && kanji.iter().enumerate().all(|(at, &found)| at == found)
}

fn settle(written: &Written, warnings: &mut Vec<Warning>) -> Option<Date> {
    if written.month.is_none() || written.day.is_none() {
        warnings.push(Warning::PartialDate);
    }
    let (month, day) = (written.month.unwrap_or(1), written.day.unwrap_or(1));
    let year = match written.era {
        Some(_) if written.year == 0 => return None,
        Some(era) => era.year_zero.checked_add(written.year)?,
        None => written.year,
    };
    let day = Date::new(year, month, day).ok()?;
    if let Some(era) = written.era {
        let last_written = written.month.map_or(day.last_of_year(), |_| day.last_of_month());
        let last_written = written.day.map_or(last_written, |_| day);
        if day >= era.next && era.next != Date::MAX {
            warnings.push(Warning::EraOverflow);
        } else if last_written < era.from {
            warnings.push(Warning::EraNotBegun);
        }
    }
    if day < GREGORIAN_FROM {
        warnings.push(Warning::BeforeGregorian);
    }
    Some(day)
}

#[cfg(test)]
mod tests;
