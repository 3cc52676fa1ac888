//! Days as Japan writes them (和暦), and the other ways papers and files write a day.

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
    let text: String = compact(text)?
        .chars()
        .filter(|&c| !is_variation_selector(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let (era, rest) = split_era(&text);
    let written = if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) {
        run_together(era, rest)
    } else {
        set_apart(era, rest, &mut warnings)
    };
    let day = written.and_then(|written| settle(&written, &mut warnings));
    day.map(|value| Parsed { value, warnings }).ok_or(CheckError::NotADate)
}

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
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_year_alone_is_a_year_and_a_day_is_not() {
        for (text, year) in [
            ("1950", 1950),
            ("１９５０年", 1950),
            ("昭和25年", 1950),
            ("S25", 1950),
            ("平成元年", 1989),
            ("令8", 2026),
        ] {
            assert_eq!(parse_year(text), Some(year), "{text}");
        }
        for text in
            ["", "19501101", "S25.1.1", "S250101", "昭和25年1月", "S65", "25", "1849", "3000", "年"]
        {
            assert_eq!(parse_year(text), None, "{text}");
        }
    }

    #[test]
    fn every_way_papers_write_a_day_is_read() {
        let ways = [
            ("平成元年1月8日", date(1989, 1, 8)),
            ("平成１年１月８日", date(1989, 1, 8)),
            ("H1.1.8", date(1989, 1, 8)),
            ("H01-01-08", date(1989, 1, 8)),
            ("H.1.1.8", date(1989, 1, 8)),
            ("h1/1/8", date(1989, 1, 8)),
            ("R06/1/2", date(2024, 1, 2)),
            ("令6.1.2", date(2024, 1, 2)),
            ("㍻31年4月30日", date(2019, 4, 30)),
            ("㋿6年1月2日", date(2024, 1, 2)),
            ("\u{F9A8}和6年1月2日", date(2024, 1, 2)),
            ("令\u{E0100}和6年1月2日", date(2024, 1, 2)),
            ("令和 8年 11月 22日", date(2026, 11, 22)),
            ("S330303", date(1958, 3, 3)),
            ("R020410", date(2020, 4, 10)),
            ("4160119", date(2004, 1, 19)),
            ("20261122", date(2026, 11, 22)),
            ("2026-11-22", date(2026, 11, 22)),
            ("２０２６年１１月２２日", date(2026, 11, 22)),
            ("西暦2026年11月22日", date(2026, 11, 22)),
            ("明治45年7月29日", date(1912, 7, 29)),
            ("T15.12.24", date(1926, 12, 24)),
            ("S64.1.7", date(1989, 1, 7)),
        ];
        for (text, day) in ways {
            let read = parse(text).unwrap();
            assert_eq!((read.value, read.warnings), (day, vec![]), "{text}");
        }
    }

    #[test]
    fn a_day_after_its_era_is_counted_on_and_flagged() {
        let days = [
            ("昭和100年1月1日", date(2025, 1, 1)),
            ("H31.5.1", date(2019, 5, 1)),
            ("S64.1.8", date(1989, 1, 8)),
            ("T15.12.25", date(1926, 12, 25)),
            ("M45.7.30", date(1912, 7, 30)),
            ("平成38年11月22日", date(2026, 11, 22)),
        ];
        for (text, day) in days {
            let read = parse(text).unwrap();
            assert_eq!((read.value, read.warnings), (day, vec![Warning::EraOverflow]), "{text}");
        }
    }

    #[test]
    fn a_day_before_its_era_is_flagged() {
        assert_eq!(parse("平成元年1月7日").unwrap().warnings, [Warning::EraNotBegun]);
        assert_eq!(parse("R1.4.30").unwrap().warnings, [Warning::EraNotBegun]);
        let old = parse("M5.12.1").unwrap();
        assert_eq!((old.value, old.warnings), (date(1872, 12, 1), vec![Warning::BeforeGregorian]));
    }

    #[test]
    fn a_missing_first_year_is_put_in() {
        let read = parse("令和年5月1日").unwrap();
        assert_eq!(
            (read.value, read.warnings),
            (date(2019, 5, 1), vec![Warning::FirstYearAssumed])
        );
    }

    #[test]
    fn partial_birth_dates_are_read_with_a_warning() {
        let parts = [
            ("196006", date(1960, 6, 1)),
            ("33506", date(1960, 6, 1)),
            ("1960", date(1960, 1, 1)),
            ("335", date(1960, 1, 1)),
            ("㋿6年", date(2024, 1, 1)),
            ("㍻31年", date(2019, 1, 1)),
            ("令和元年", date(2019, 1, 1)),
            ("S35.6", date(1960, 6, 1)),
        ];
        for (text, day) in parts {
            let read = parse(text).unwrap();
            assert_eq!((read.value, read.warnings), (day, vec![Warning::PartialDate]), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let texts = [
            "令和8年13月1日",
            "令和8年2月29日",
            "令和0年1月1日",
            "99999999",
            "26.11.22",
            "昭和",
            "R",
            "6160119",
            "8年11月22日",
            "令和8月1日",
            "令和8年11月22日23日",
            "合和6年1月2日",
            "R8..1",
            "月",
            "年1月1日",
            "1.1.1.1",
        ];
        for text in texts {
            assert_eq!(parse(text), Err(CheckError::NotADate), "{text}");
        }
        assert_eq!(parse("  "), Err(CheckError::Empty));
    }

    #[test]
    fn eras_change_on_their_first_day() {
        let edges = [
            (date(1868, 10, 22), "1868年10月22日"),
            (date(1868, 10, 23), "明治元年10月23日"),
            (date(1912, 7, 29), "明治45年7月29日"),
            (date(1912, 7, 30), "大正元年7月30日"),
            (date(1926, 12, 24), "大正15年12月24日"),
            (date(1926, 12, 25), "昭和元年12月25日"),
            (date(1989, 1, 7), "昭和64年1月7日"),
            (date(1989, 1, 8), "平成元年1月8日"),
            (date(2019, 4, 30), "平成31年4月30日"),
            (date(2019, 5, 1), "令和元年5月1日"),
            (date(2026, 11, 22), "令和8年11月22日"),
        ];
        for (day, text) in edges {
            assert_eq!(format(day), text);
        }
    }

    proptest! {
        #[test]
        fn a_day_written_is_the_day_read(year in 1873_i16..2200, ordinal in 1_i16..=365) {
            let day = date(year, 1, 1).with().day_of_year(ordinal).build().unwrap();
            prop_assert_eq!(parse(&format(day)), Ok(Parsed::clean(day)));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,12}|[0-9MTSHR年月日元./-]{0,12}") {
            let _ = parse(&text);
        }
    }
}
