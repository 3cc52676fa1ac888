//! Small words for paper: dates in both calendars, sex, relation, share.

use crate::domain::{
    burden::Percent,
    person::{Relation, Sex},
    time::{ClockState, Stamp},
};
use jiff::civil::Date;

pub(super) use crate::domain::wareki::format as wareki;

/// Both calendars: `令和8年11月22日（2026-11-22）`.
pub(super) fn day(date: Date) -> String {
    format!("{}（{date}）", wareki(date))
}

/// The time of day in Japan, `18:03`.
fn clock_time(stamp: Stamp) -> String {
    let text = stamp.to_string();
    text.split_once('T').and_then(|(_, time)| time.get(..5)).unwrap_or_default().to_owned()
}

/// Both calendars with the time of day: `令和8年11月22日 18:03（2026-11-22）`.
pub(super) fn moment(stamp: Stamp) -> String {
    format!("{} {}（{}）", wareki(stamp.day()), clock_time(stamp), stamp.day())
}

/// 性別, both languages.
pub(super) fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "男 male",
        Sex::Female => "女 female",
        Sex::Unstated => "記載なし not stated",
    }
}

/// 本人・家族, both languages.
pub(super) fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Insured => "本人 insured",
        Relation::Family => "家族 family",
    }
}

/// A share as the counter says it: `3割 (30%)`.
pub(super) fn share(percent: Percent) -> String {
    match percent.value() {
        value if value % 10 == 0 => format!("{}割（{value}%）", value / 10),
        value => format!("{value}%"),
    }
}

/// Whether the clock was sure, both languages.
pub(super) fn clock(state: ClockState) -> (&'static str, &'static str) {
    match state {
        ClockState::Sure => ("確か", "sure"),
        ClockState::BehindRecords => ("遅れています（要確認）", "behind: confirm the date"),
        ClockState::FarAhead => ("進みすぎています（要確認）", "far ahead: confirm the date"),
    }
}

/// The last three bytes of a serial in clear, for the telephone (credentials 7.4).
pub(super) fn serial_tail(serial: &[u8; 6]) -> String {
    let [_, _, _, a, b, c] = serial;
    format!("{a:02X}{b:02X}{c:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn eras_change_on_their_first_day() {
        for (day, words) in [
            (date(2019, 4, 30), "平成31年4月30日"),
            (date(2019, 5, 1), "令和元年5月1日"),
            (date(1989, 1, 7), "昭和64年1月7日"),
            (date(1989, 1, 8), "平成元年1月8日"),
            (date(1926, 12, 24), "大正15年12月24日"),
            (date(1912, 7, 29), "明治45年7月29日"),
            (date(1850, 1, 2), "1850年1月2日"),
        ] {
            assert_eq!(wareki(day), words);
        }
    }

    #[test]
    fn a_moment_is_told_in_japanese_time_and_both_calendars() {
        assert_eq!(moment(Stamp(1_795_316_400)), "令和8年11月22日 12:00（2026-11-22）");
    }
}
