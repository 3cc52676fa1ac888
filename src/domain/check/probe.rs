//! What must hold for any bytes, for the fuzz target and the replay of its corpus. Not in any shipped program.

use super::{CheckKind, check};
use crate::{domain::names::same_name, limits::CHECK_CHARS_MAX};

/// Any text is answered as every kind; what is read has a canonical form that reads as itself.
pub fn values(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for &kind in CheckKind::ALL {
        let Ok(report) = check(kind, &text) else { continue };
        if report.canonical.chars().count() <= CHECK_CHARS_MAX {
            let again = check(kind, &report.canonical).map(|again| again.canonical);
            assert_eq!(again, Ok(report.canonical), "{kind:?}");
        }
    }
    let (a, b) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let tier = |a, b| same_name(a, b, None).map(|found| found.tier).ok();
    assert_eq!(tier(a, b), tier(b, a));
}
