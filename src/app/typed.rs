//! Numbers typed into the one field: `insurer symbol number branch birth`, divided by spaces.
//!
//! What may be left out is what papers leave out: the branch and the birth date at the end, and the symbol where the
//! scheme has none (後期高齢). Two parts behind the insurer are symbol and number, never number and branch: a number of two
//! digits is common, and a guess would ask about somebody else.

use super::error::{AppError, rule};
use crate::{
    credential::frame::Magic,
    domain::{
        insured::{Branch, Identity},
        insurer_number::{InsurerNumber, Scheme},
        wareki,
        warning::Warning,
    },
    messages,
};
use jiff::civil::Date;

/// Longest symbol or number there is (codes-and-formats 2: 38 bytes).
const PART_CHARS_MAX: usize = 40;

/// The identity and birth date that were typed; `None` if the text is a scanned code and no such list.
pub fn numbers_in(text: &str) -> Result<Option<(Identity, Option<Date>)>, AppError> {
    let mut parts: Vec<&str> = text.split_whitespace().collect();
    if !starts_with_an_insurer(text, &parts) {
        return Ok(None);
    }
    if parts.iter().any(|part| part.chars().count() > PART_CHARS_MAX) {
        return Err(rule(&messages::QUESTION_INCOMPLETE));
    }
    let insurer = InsurerNumber::parse(parts.remove(0))?.value;
    let without_symbol = insurer.scheme() == Scheme::LateStage;
    let birth = birth_at_the_end(&mut parts, if without_symbol { 1 } else { 2 });
    let (symbol, number, branch) = match parts.as_slice() {
        [number] => ("", *number, None),
        [number, branch] if without_symbol => ("", *number, Some(*branch)),
        [symbol, number] => (*symbol, *number, None),
        [symbol, number, branch] => (*symbol, *number, Some(*branch)),
        _ => return Err(rule(&messages::QUESTION_INCOMPLETE)),
    };
    let branch = branch.map(|text| Branch::parse(text).ok_or(rule(&messages::QUESTION_INCOMPLETE)));
    let branch = branch.transpose()?;
    Ok(Some((Identity { insurer, symbol: symbol.into(), number: number.into(), branch }, birth)))
}

fn starts_with_an_insurer(text: &str, parts: &[&str]) -> bool {
    let ours = [Magic::Credential.digits(), Magic::DisasterOrder.digits()];
    let spaced_code = ours.iter().any(|magic| text.starts_with(magic)) && parts.len() > 5;
    let first_is_number = parts.first().is_some_and(|first| {
        (4..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit())
    });
    parts.len() >= 2 && first_is_number && !spaced_code
}

/// Takes a whole birth date off the end. Digits alone count only where enough parts stand before them: a number may look
/// like a date.
fn birth_at_the_end(parts: &mut Vec<&str>, parts_before: usize) -> Option<Date> {
    let last = parts.last()?;
    let digits_alone = last.bytes().all(|b| b.is_ascii_digit());
    if parts.len() < 2 || digits_alone && (last.len() != 8 || parts.len() <= parts_before) {
        return None;
    }
    let parsed =
        wareki::parse(last).ok().filter(|date| !date.warnings.contains(&Warning::PartialDate))?;
    parts.pop();
    Some(parsed.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn read(text: &str) -> (String, String, Option<String>, Option<Date>) {
        let (identity, birth) = numbers_in(text).unwrap().unwrap();
        (identity.symbol, identity.number, identity.branch.map(|b| b.to_string()), birth)
    }

    #[test]
    fn a_number_of_two_digits_is_not_taken_for_a_branch() {
        let born = Some(date(1982, 8, 14));
        let whole = ("10000000".into(), "18".into(), Some("00".into()), born);
        assert_eq!(read("01170018 10000000 18 00 1982-08-14"), whole);
        assert_eq!(
            read("01170018 10000000 18 S57.8.14"),
            ("10000000".into(), "18".into(), None, born)
        );
        assert_eq!(read("01170018 10000000 18"), ("10000000".into(), "18".into(), None, None));
    }

    #[test]
    fn a_number_that_looks_like_a_date_stays_a_number() {
        assert_eq!(
            read("01170018 10000000 19820814"),
            ("10000000".into(), "19820814".into(), None, None)
        );
        assert_eq!(read("01170018 10000000 1960"), ("10000000".into(), "1960".into(), None, None));
        assert_eq!(read("39172044 19430824"), ("".into(), "19430824".into(), None, None));
        let elder = ("".into(), "38971160".into(), None, Some(date(1943, 8, 24)));
        assert_eq!(read("39172044 38971160 19430824"), elder);
        assert_eq!(read("39172044 38971160 1943-08-24"), elder);
    }

    #[test]
    fn a_scanned_code_is_no_list_of_numbers_even_with_spaces() {
        assert!(numbers_in("51731161012345").unwrap().is_none());
        assert!(numbers_in("5173 1161 0123 4567 8901 2345 6789").unwrap().is_none());
        assert!(numbers_in("https://example.invalid/ 1").unwrap().is_none());
    }

    #[test]
    fn too_many_parts_are_told_and_not_guessed() {
        assert!(numbers_in("01170018 a b c d e").is_err());
        assert!(numbers_in("01170018 10000000 18 xx").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in ".{0,120}") {
            let _ = numbers_in(&text);
        }
    }
}
