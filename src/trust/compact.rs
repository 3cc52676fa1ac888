//! Days and areas as small whole numbers, the way every signed thing carries them.

use crate::domain::area::Area;
use jiff::{
    Span,
    civil::{Date, date},
};

/// Day number 0. Everybody who is insured today was born after it, so the numbers stay small and positive.
const DAY_ZERO: Date = date(1900, 1, 1);

/// Days since 1900-01-01; negative before.
#[must_use]
pub fn day_number(day: Date) -> i32 {
    let days = day.duration_since(DAY_ZERO).as_hours() / 24;
    i32::try_from(days).unwrap_or(i32::MAX) // the calendar ends in the year 9999: three million days
}

/// The day with this number, `None` outside the calendar.
#[must_use]
pub fn day(number: i32) -> Option<Date> {
    DAY_ZERO.checked_add(Span::new().try_days(number).ok()?).ok()
}

/// A prefecture's number, or a municipality's six digits.
#[must_use]
pub fn area_number(area: Area) -> u32 {
    match area {
        Area::Prefecture(number) => number.into(),
        Area::Municipality(code) => code,
    }
}

/// The area with this number; a wrong check digit is no area.
#[must_use]
pub fn area(number: u32) -> Option<Area> {
    match u8::try_from(number) {
        Ok(prefecture) => Area::prefecture(prefecture),
        Err(_) => Area::municipality(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_areas_come_back_as_they_went() {
        for day_there in [date(1900, 1, 1), date(1899, 12, 31), date(2026, 11, 22), Date::MAX] {
            assert_eq!(day(day_number(day_there)), Some(day_there));
        }
        assert_eq!((day_number(date(1900, 1, 2)), day(i32::MAX), day(i32::MIN)), (1, None, None));
        for there in [Area::Prefecture(47), Area::Municipality(11_002)] {
            assert_eq!(area(area_number(there)), Some(there));
        }
        assert_eq!((area(0), area(48), area(172_048)), (None, None, None));
    }
}
