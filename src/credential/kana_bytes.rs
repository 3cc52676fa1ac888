//! Full-width katakana as JIS X 0201 bytes and back: a third of the space, and every reader can print them.

use unicode_normalization::char::compose;

/// The katakana of JIS X 0201 from 0xA5 on, in their order.
const FROM_A5: &str = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
const FIRST: u8 = 0xa5;
const SPACE: u8 = 0x20;
const VOICED: u8 = 0xde;
const HALF_VOICED: u8 = 0xdf;

/// The bytes, or `None` if a character has none: such kana travel as text.
pub(super) fn to_bytes(kana: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    for c in kana.chars() {
        match plain_byte(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(voiced_bytes(c)?),
        }
    }
    Some(bytes)
}

/// The full-width katakana; `None` if a byte is no katakana, or a sound mark stands where it cannot.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<String> {
    let mut kana = String::new();
    for byte in bytes {
        let c = match combining_mark(*byte) {
            Some(mark) => compose(kana.pop()?, mark)?,
            None => plain_char(*byte)?,
        };
        kana.push(c);
    }
    Some(kana)
}

fn plain_byte(c: char) -> Option<u8> {
    if c == '\u{3000}' {
        return Some(SPACE);
    }
    let place = FROM_A5.chars().position(|other| other == c)?;
    u8::try_from(place).ok()?.checked_add(FIRST)
}

fn plain_char(byte: u8) -> Option<char> {
    match byte {
        SPACE => Some('\u{3000}'),
        _ => FROM_A5.chars().nth(byte.checked_sub(FIRST)?.into()),
    }
}

/// ガ is カ with a mark, in Unicode's decomposition as in JIS X 0201.
fn voiced_bytes(c: char) -> Option<[u8; 2]> {
    let (mut base, mut mark) = (None, None);
    unicode_normalization::char::decompose_canonical(c, |part| {
        if base.is_none() {
            base = Some(part);
        } else {
            mark = Some(part);
        }
    });
    let mark = match mark? {
        '\u{3099}' => VOICED,
        '\u{309a}' => HALF_VOICED,
        _ => return None,
    };
    Some([plain_byte(base?)?, mark])
}

fn combining_mark(byte: u8) -> Option<char> {
    match byte {
        VOICED => Some('\u{3099}'),
        HALF_VOICED => Some('\u{309a}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn katakana_come_back_as_they_went() {
        let all = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン・　ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ";
        assert_eq!(from_bytes(&to_bytes(all).unwrap()).unwrap(), all);
        assert_eq!(to_bytes("ガ　ッ").unwrap(), [0xb6, 0xde, 0x20, 0xaf]);
        assert_eq!(to_bytes("パン").unwrap(), [0xca, 0xdf, 0xdd]);
    }

    #[test]
    fn what_jis_x_0201_cannot_say_is_not_bent_into_it() {
        for kana in ["ヰ", "ヱ", "ヵ", "ヮ", "ガ\u{3099}", "カ゛", "ｶ", "あ", "A", " "] {
            assert_eq!(to_bytes(kana), None, "{kana}");
        }
    }

    #[test]
    fn a_sound_mark_in_the_wrong_place_is_no_kana() {
        for bytes in [&[0xde][..], &[0xb1, 0xde], &[0xb6, 0xdf], &[0x41], &[0xe0], &[0xa1], &[0xff]]
        {
            assert_eq!(from_bytes(bytes), None, "{bytes:x?}");
        }
    }
}
