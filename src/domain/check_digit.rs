//! The check digits of the field: Luhn for numbers of people and places, two others for drugs.

/// The decimal digits of a text that holds nothing else.
#[must_use]
pub fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0')).collect()
}

/// The check digit (検証番号) that belongs behind these digits (設定要領 別添2: weights 2, 1, 2 … from the right).
///
/// Leading zeros change nothing, so padded and unpadded forms agree.
#[must_use]
pub fn luhn(payload: &[u8]) -> u8 {
    let sum: u32 = payload
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match place % 2 {
            0 => u32::from(digit) * 2 / 10 + u32::from(digit) * 2 % 10,
            _ => u32::from(digit),
        })
        .sum();
    closing_digit(sum)
}

/// Whether the last digit is the Luhn digit of those before it.
#[must_use]
pub fn luhn_fits(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(last, payload)| luhn(payload) == *last)
}

/// Whether the last digit is the one of JAN and HOT7: weights 3, 1, 3 … from the right.
#[must_use]
pub fn three_one_fits(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(last, payload)| {
        let weighted = payload.iter().rev().enumerate();
        let sum = weighted.map(|(at, &d)| u32::from(d) * if at % 2 == 0 { 3 } else { 1 }).sum();
        closing_digit(sum) == *last
    })
}

/// The check digit of a drug price listing code's first eleven characters: weights 6 5 4 3 2 7 6 5 4 3 2, modulo 11.
///
/// A letter counts as its low EBCDIC half byte. Found over, and true for, all 12,434 codes of the July 2025 list.
#[must_use]
pub fn drug_code(first_eleven: &str) -> Option<u8> {
    const WEIGHTS: [u32; 11] = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    if first_eleven.len() != WEIGHTS.len() {
        return None;
    }
    let values = first_eleven.bytes().map(ebcdic_low_half).zip(WEIGHTS);
    let sum: u32 = values.map(|(value, weight)| Some(value? * weight)).sum::<Option<u32>>()?;
    let rest = (11 - sum % 11) % 11;
    u8::try_from(rest % 10).ok() // 10 is written 0
}

/// The check digit of a municipality's code (全国地方公共団体コード): weights 6 5 4 3 2, (11 − S mod 11) mod 10.
///
/// True for all 1,916 codes of the list in `assets/municipality-codes.tsv`.
#[must_use]
pub fn municipality(first_five: u32) -> u32 {
    let sum: u32 = (0..5).map(|place| first_five / 10_u32.pow(place) % 10 * (place + 2)).sum();
    (11 - sum % 11) % 10
}

fn ebcdic_low_half(byte: u8) -> Option<u32> {
    let from = match byte {
        b'0'..=b'9' => return Some(u32::from(byte - b'0')),
        b'A'..=b'I' => b'A' - 1,
        b'J'..=b'R' => b'J' - 1,
        b'S'..=b'Z' => b'S' - 2,
        _ => return None,
    };
    Some(u32::from(byte - from))
}

fn closing_digit(sum: u32) -> u8 {
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ministrys_own_worked_example_holds() {
        assert_eq!(luhn(&digits("0613048").unwrap()), 8);
        assert!(!luhn_fits(&[]));
    }

    #[test]
    fn every_municipality_on_the_list_carries_its_check_digit() {
        assert_eq!(municipality(13_101), 6);
        let list = include_str!("../../assets/municipality-codes.tsv");
        let codes: Vec<u32> =
            list.lines().map(|line| line.split('\t').next().unwrap().parse().unwrap()).collect();
        assert_eq!(codes.len(), 1_916);
        assert!(codes.iter().all(|code| municipality(code / 10) == code % 10));
    }

    #[test]
    fn every_listed_drug_carries_its_check_digit() {
        let list = include_str!("../../assets/drugs.csv");
        let codes: Vec<&str> =
            list.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert!(codes.len() > 3_000);
        for code in codes {
            let (payload, last) = code.split_at(11);
            assert_eq!(
                drug_code(payload).map(|digit| digit.to_string()).as_deref(),
                Some(last),
                "{code}"
            );
        }
    }

    #[test]
    fn the_worked_examples_of_the_field_hold() {
        let worked = [
            ("0613048", 8),
            ("0113001", 2),
            ("0104001", 3),
            ("3312001", 5),
            ("13801", 6),
            ("3913100", 8),
            ("5401602", 7),
            ("011011371", 9),
        ];
        for (payload, digit) in worked {
            assert_eq!(luhn(&digits(payload).unwrap()), digit, "{payload}");
        }
    }

    #[test]
    fn listed_drug_codes_carry_their_check_digit() {
        assert_eq!(drug_code("2171022F102"), Some(9));
        assert_eq!(drug_code("1149019F156"), Some(0));
        assert_eq!(drug_code("1121001X101"), Some(8));
        assert_eq!(drug_code("1124001B103"), Some(9));
        assert_eq!(drug_code("117"), None);
        assert_eq!(drug_code("2171022f102"), None);
    }

    proptest! {
        #[test]
        fn a_single_wrong_digit_never_passes(payload in prop::collection::vec(0_u8..10, 1..12), at in 0_usize..12, by in 1_u8..10) {
            let mut number = payload.clone();
            number.push(luhn(&payload));
            prop_assert!(luhn_fits(&number));
            let at = at % number.len();
            number[at] = (number[at] + by) % 10;
            prop_assert!(!luhn_fits(&number));
        }

        #[test]
        fn leading_zeros_change_no_check_digit(payload in prop::collection::vec(0_u8..10, 1..12)) {
            let padded: Vec<u8> = [0, 0].into_iter().chain(payload.iter().copied()).collect();
            prop_assert_eq!(luhn(&payload), luhn(&padded));
        }
    }
}
