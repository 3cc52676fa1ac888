//! Small numbers, texts and days as bytes. Reading is total: whatever is malformed is `None`, never a panic.

use crate::{
    domain::digits::push_digits,
    trust::compact::{day, day_number},
};
use jiff::civil::Date;

pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

/// Digits in a row: at most this many, so that number and length fit one word of 64 bits.
const DIGITS_MAX: usize = 15;

/// A row of ASCII digits as a number that remembers its length; `false` (and nothing written) if it is none.
pub(super) fn put_digits(out: &mut Vec<u8>, text: &str) -> bool {
    let fits = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let Some(value) = fits.then(|| text.parse::<u64>().ok()).flatten() else { return false };
    put_number(out, value << 4 | text.len() as u64);
    true
}

/// Announces a day before 1900 or after 2079: all others take two bytes.
const FAR_DAY: u16 = u16::MAX;

pub(super) fn zigzag(number: i32) -> u64 {
    u64::from(((number << 1) ^ (number >> 31)).cast_unsigned())
}

pub(super) fn unzigzag(number: u64) -> Option<i32> {
    let folded = u32::try_from(number).ok()?;
    Some((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()))
}

/// A day in two bytes, or in more where it is far.
pub(super) fn put_day(out: &mut Vec<u8>, date: Date) {
    let number = day_number(date);
    match u16::try_from(number).ok().filter(|near| *near != FAR_DAY) {
        Some(near) => out.extend_from_slice(&near.to_be_bytes()),
        None => {
            out.extend_from_slice(&FAR_DAY.to_be_bytes());
            put_number(out, zigzag(number));
        }
    }
}

/// Bytes read from the front, never past the end.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes left.
    pub(super) fn left(&self) -> usize {
        self.0.len()
    }

    /// All that is left.
    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.small::<usize>()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// Digits as [`put_digits`] wrote them into `text`; `Some(false)` where 0 announces something else.
    pub(super) fn digits(&mut self, text: &mut String) -> Option<bool> {
        let packed = self.number()?;
        let length = (packed & 0xf) as usize;
        if packed == 0 {
            return Some(false);
        }
        let before = text.len();
        push_digits(text, packed >> 4, length);
        (text.len() - before == length).then_some(true) // one spelling only
    }

    pub(super) fn day(&mut self) -> Option<Date> {
        match u16::from_be_bytes(self.array()?) {
            FAR_DAY => day(unzigzag(self.number()?)?),
            near => day(near.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_of_any_year_reads_back_and_usual_ones_take_two_bytes() {
        for date in [Date::MIN, Date::MAX, Date::ZERO, Date::constant(2026, 2, 28)] {
            let mut out = vec![];
            put_day(&mut out, date);
            assert_eq!(Reader::new(&out).day(), Some(date));
        }
        let mut out = vec![];
        put_day(&mut out, Date::constant(2026, 11, 22));
        assert_eq!(out.len(), 2);
    }

    proptest! {
        #[test]
        fn digits_keep_their_leading_zeros(text in "[0-9]{1,15}") {
            let (mut out, mut read) = (vec![], String::new());
            prop_assert!(put_digits(&mut out, &text));
            prop_assert_eq!(Reader::new(&out).digits(&mut read), Some(true));
            prop_assert_eq!(read, text);
        }

        #[test]
        fn what_is_no_row_of_digits_is_left_to_another_form(text in "\\PC{0,20}") {
            let mut out = vec![];
            let digits = !text.is_empty() && text.len() <= DIGITS_MAX && text.bytes().all(|b| b.is_ascii_digit());
            prop_assert_eq!(put_digits(&mut out, &text), digits);
            prop_assert_eq!(out.is_empty(), !digits);
        }

        #[test]
        fn numbers_of_either_sign_read_back(number: i32) {
            prop_assert_eq!(unzigzag(zigzag(number)), Some(number));
        }
    }
}
