//! Digits for people to type: groups of five with a check digit each, so that a slip is told by its group.
//!
//! The check is ISO 7064 MOD 11,10 over the group's number and its five digits. It sees every single wrong digit, nearly
//! every swap of neighbours, and two groups typed in each other's place.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Digits of the code in one group.
const PAYLOAD_DIGITS: usize = 5;
/// Digits of one group as printed, its check digit at the end.
pub const GROUP_DIGITS: usize = PAYLOAD_DIGITS + 1;

/// The group that is mistyped, missing or too much, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongGroup(pub usize);

fn check_digit(group: usize, digits: &str) -> char {
    let number = format!("{group:02}");
    let sum = number.bytes().chain(digits.bytes()).fold(10, |product, byte| {
        let sum = (product + u32::from(byte - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    char::from_digit((11 - sum) % 10, 10).unwrap_or('0') // always below ten
}

/// The groups of a code; its length must be a multiple of five, as that of every code typed by hand is.
#[must_use]
pub fn grouped(digits: &str) -> Vec<Zeroizing<String>> {
    let groups = digits.as_bytes().chunks(PAYLOAD_DIGITS).enumerate();
    let group = |(at, chunk): (usize, &[u8])| {
        let mut text = Zeroizing::new(String::with_capacity(GROUP_DIGITS));
        text.extend(chunk.iter().copied().filter(u8::is_ascii_digit).map(char::from));
        let check = check_digit(at + 1, &text);
        text.push(check);
        text
    };
    groups.map(group).collect()
}

/// The code out of its typed groups, however they are written: full-width, with other spaces or none.
pub fn ungrouped(typed: &str) -> Result<Zeroizing<String>, WrongGroup> {
    let mut plain = Zeroizing::new(String::with_capacity(3 * typed.len()));
    plain.extend(typed.nfkc());
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()).collect();
    let mut run = Zeroizing::new(String::with_capacity(plain.len()));
    words.iter().for_each(|word| run.push_str(word));
    // Spaces tell best where a digit was left out; but not everybody types them.
    let spaced = words.iter().filter(|word| word.len() == GROUP_DIGITS).count() * 2 > words.len();
    let groups: Vec<&str> = if spaced && words.len() > 1 {
        words
    } else {
        (0..run.len())
            .step_by(GROUP_DIGITS)
            .filter_map(|at| run.get(at..(at + GROUP_DIGITS).min(run.len())))
            .collect()
    };
    let mut digits = Zeroizing::new(String::with_capacity(run.len()));
    for (at, group) in groups.iter().enumerate() {
        let wrong = WrongGroup(at + 1);
        let (payload, check) = group.split_at_checked(PAYLOAD_DIGITS).ok_or(wrong)?;
        if check.chars().ne([check_digit(at + 1, payload)]) {
            return Err(wrong);
        }
        digits.push_str(payload);
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODE: &str = "51751050123456789012345678901234567890";

    fn code() -> String {
        format!("{CODE}{CODE}{CODE}0123456789012345")
    }

    fn typed() -> Vec<String> {
        grouped(&code()).iter().map(|group| group.to_string()).collect()
    }

    #[test]
    fn groups_come_back_however_they_are_written() {
        assert_eq!(typed().len(), 26);
        for separator in ["", " ", "-", "　", "\n", ". "] {
            let text = typed().join(separator);
            assert_eq!(*ungrouped(&text).unwrap(), code(), "{separator:?}");
        }
        let wide: String =
            typed().concat().chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
        assert_eq!(*ungrouped(&wide).unwrap(), code());
    }

    #[test]
    fn every_wrong_digit_is_told_by_its_group() {
        for at in 0..26 {
            for place in 0..GROUP_DIGITS {
                let mut groups = typed();
                let old = groups[at].as_bytes()[place];
                let new = (old - b'0' + 3) % 10 + b'0';
                groups[at].replace_range(place..=place, &char::from(new).to_string());
                assert_eq!(ungrouped(&groups.join(" ")), Err(WrongGroup(at + 1)));
                assert_eq!(ungrouped(&groups.concat()), Err(WrongGroup(at + 1)));
            }
        }
    }

    #[test]
    fn a_digit_left_out_and_two_groups_in_each_others_place_are_told() {
        let mut groups = typed();
        groups[3].pop();
        assert_eq!(ungrouped(&groups.join(" ")), Err(WrongGroup(4)));
        let mut groups = typed();
        groups.swap(6, 7);
        assert_eq!(ungrouped(&groups.join(" ")), Err(WrongGroup(7)));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fall(text in ".{0,80}", digits in "[0-9 ]{0,200}") {
            let _ = (ungrouped(&text), ungrouped(&digits));
        }

        #[test]
        fn what_was_grouped_is_read(groups in 1_usize..40, digit in 0_u8..10) {
            let code = digit.to_string().repeat(groups * PAYLOAD_DIGITS);
            let typed: Vec<String> = grouped(&code).iter().map(|g| g.to_string()).collect();
            prop_assert_eq!(&*ungrouped(&typed.join(" ")).unwrap(), &code);
        }
    }
}
