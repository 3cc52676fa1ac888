//! Every way a day is written, and the edge days of the eras.

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
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("㍻元年1月8日", date(1989, 1, 8)),
        ("㍼64年1月7日", date(1989, 1, 7)),
        ("㍽15年12月24日", date(1926, 12, 24)),
        ("㍾45年7月29日", date(1912, 7, 29)),
        ("昭33.3.3", date(1958, 3, 3)),
        ("3330303", date(1958, 3, 3)),
        ("2010730", date(1912, 7, 30)),
        ("1450729", date(1912, 7, 29)),
        ("5080401", date(2026, 4, 1)),
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
fn both_names_of_a_change_day_are_read_and_the_new_one_is_printed() {
    let days = [
        ("明治45年7月30日", "大正元年7月30日"),
        ("大正15年12月25日", "昭和元年12月25日"),
        ("昭和64年1月8日", "平成元年1月8日"),
        ("平成31年5月1日", "令和元年5月1日"),
    ];
    for (old, new) in days {
        let read = parse(old).unwrap();
        assert_eq!((format(read.value).as_str(), read.warnings), (new, vec![Warning::EraOverflow]));
        assert_eq!(parse(new), Ok(Parsed::clean(read.value)));
    }
}

#[test]
fn the_eras_as_a_machine_misreads_them_are_mended_with_a_warning() {
    for text in ["合和6年1月2日", "令?和6年1月2日", "令？和6年1月2日"] {
        let read = parse(text).unwrap();
        assert_eq!((read.value, read.warnings), (date(2024, 1, 2), vec![Warning::EraMisread]));
    }
}

#[test]
fn a_missing_first_year_is_put_in() {
    let read = parse("令和年5月1日").unwrap();
    assert_eq!((read.value, read.warnings), (date(2019, 5, 1), vec![Warning::FirstYearAssumed]));
}

#[test]
fn partial_birth_dates_are_read_with_a_warning() {
    let parts = [
        ("196006", date(1960, 6, 1)),
        ("33506", date(1960, 6, 1)),
        ("1960", date(1960, 1, 1)),
        ("S3506", date(1960, 6, 1)),
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
        "8年合和1月2日",
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
