//! Numbers in ASCII digits, without the machinery of formatting: every key and every record has several.

/// Digits of the largest number.
const DIGITS_MAX: usize = 20;

/// Appends a number in ASCII digits, with zeros in front up to `width` (20 at most).
pub fn push_digits(text: &mut String, mut number: u64, width: usize) {
    let mut digits = [b'0'; DIGITS_MAX];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        if number == 0 && count >= width.max(1) {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
    }
    let written = digits.get(DIGITS_MAX - count..).unwrap_or_default();
    text.push_str(std::str::from_utf8(written).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(number: u64, shift in 0_u32..64, width in 0_usize..=20) {
            let number = number >> shift;
            let mut text = String::from("-");
            push_digits(&mut text, number, width);
            prop_assert_eq!(text, format!("-{number:0width$}"));
        }
    }
}
