//! What goes on the drug sheet: what the patient takes now.

use crate::domain::medication::Dispensing;
use jiff::{ToSpan, civil::Date};

/// Days that the sheet covers, counted back from the newest dispensing: three monthly rounds and a reserve. The screen
/// shows everything; a sheet of five pages and ten codes helps nobody in a gym.
pub const SHEET_DAYS: i32 = 100;

/// The dispensings of the last [`SHEET_DAYS`] days and the first day they cover. `None` for an empty history.
#[must_use]
pub fn recent(history: &[Dispensing]) -> Option<(Date, Vec<Dispensing>)> {
    let newest = history.iter().map(|drug| drug.on).max()?;
    let since = newest.saturating_sub(SHEET_DAYS.days());
    Some((since, history.iter().filter(|drug| drug.on >= since).cloned().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::medication::{Drug, Setting};
    use jiff::civil::date;

    fn on(day: Date) -> Dispensing {
        Dispensing {
            on: day,
            drug: Drug {
                code: "2171022F1029".into(),
                name: "ノルバスク錠２．５ｍｇ".into(),
                ingredient: "アムロジピンベシル酸塩".into(),
                unit: "錠".into(),
            }
            .into(),
            dose: "1".into(),
            usage: "１日１回朝食後".into(),
            days: 28,
            facility: "架空薬局".into(),
            setting: Setting::Pharmacy,
        }
    }

    #[test]
    fn the_sheet_holds_the_last_hundred_days_with_both_ends() {
        let newest = date(2026, 10, 23);
        let edge = date(2026, 7, 15);
        let (since, kept) = recent(&[on(newest), on(edge), on(edge.yesterday().unwrap())]).unwrap();
        assert_eq!((since, kept.len()), (edge, 2));
        assert!(recent(&[]).is_none());
    }
}
