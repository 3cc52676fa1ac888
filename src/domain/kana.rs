//! Readings (カナ): keys for comparing names, and the one-byte kana of JIS X 0201 that compact formats carry.

use crate::domain::{
    check::{CheckError, compact, is_dash},
    warning::{Parsed, Warning},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A reading in full-width katakana, its parts divided by one full-width space.
///
/// # Errors
/// When there is no kana in it.
pub fn parse(text: &str) -> Result<Parsed<String>, CheckError> {
    compact(text)?; // empty or too long
    let words: Vec<String> = to_katakana(text).split_whitespace().map(str::to_owned).collect();
    let reading = words.join("\u{3000}");
    if !reading.chars().any(is_katakana) {
        return Err(CheckError::NoKana);
    }
    let foreign = |c: char| !(is_katakana(c) || c == '\u{3000}' || c == '・');
    let warnings = if reading.chars().any(foreign) { vec![Warning::NotKana] } else { vec![] };
    Ok(Parsed { value: reading, warnings })
}

/// Whether a text is kana of any kind and nothing else but spaces and lines.
#[must_use]
pub fn is_kana(text: &str) -> bool {
    let letter = |c: char| matches!(c, 'ぁ'..='ゟ' | '゠'..='ヿ' | '\u{ff65}'..='\u{ff9f}');
    let line = |c: char| matches!(c, '-' | '－' | '‐' | '―' | '−');
    let mut any = false;
    let mut fits = |c: char| {
        let kana = letter(c) || line(c);
        any |= kana;
        kana || c.is_whitespace()
    };
    text.chars().all(&mut fits) && any
}

/// The strict key: one reading for all widths, hiragana, missing small kana and old spellings; long vowels and voicing kept.
///
/// Insurers' registers often hold only large kana (ショウイチ as シヨウイチ), so small kana must not count.
#[must_use]
pub fn strict(text: &str) -> String {
    strict_katakana(text).unwrap_or_else(|| strict_by_rule(text))
}

fn strict_by_rule(text: &str) -> String {
    let compact: String =
        to_katakana(text).chars().filter(|c| !is_filler(*c)).map(enlarge).collect();
    let mut key = String::with_capacity(compact.len());
    for c in compact.nfkc() {
        let after_v = key.ends_with('ヴ');
        let labial = match c {
            'ア' => 'バ',
            'イ' => 'ビ',
            'エ' => 'ベ',
            'オ' => 'ボ',
            _ => c,
        };
        if after_v {
            key.pop();
            if labial == c {
                key.push('ブ');
            }
        }
        key.push(modern(if after_v { labial } else { c }));
    }
    if key.ends_with('ヴ') {
        key.pop();
        key.push('ブ');
    }
    key
}

/// The loose key: the strict one without long vowel marks, voicing (゛) and half-voicing (゜). Finds candidates, proves nothing.
#[must_use]
pub fn loose(text: &str) -> String {
    loose_katakana(text).unwrap_or_else(|| loose_by_rule(text))
}

fn loose_by_rule(text: &str) -> String {
    let bare: String =
        strict(text).nfd().filter(|c| !matches!(c, 'ー' | '\u{3099}' | '\u{309A}')).collect();
    bare.nfc().collect()
}

/// The short way for what registers hold: full-width katakana, letter by letter. `None` for anything else.
fn strict_katakana(text: &str) -> Option<String> {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '　' | ' ' | '・' => {}
            'ー' => key.push(c),
            'ァ'..='ン' => key.push(modern(enlarge(c))),
            _ => return None,
        }
    }
    Some(key)
}

/// The same for the loose key.
fn loose_katakana(text: &str) -> Option<String> {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '　' | ' ' | 'ー' | '・' => {}
            _ => key.push(loose_letter(c)?),
        }
    }
    Some(key)
}

/// The key of one katakana; `None` for `ヴ`, where what follows counts, and for all others.
fn loose_letter(c: char) -> Option<char> {
    let large = modern(enlarge(c));
    // Voiced letters stand straight after their plain ones, half-voiced ones after these.
    let (first, spellings) = match large {
        'カ'..='ヂ' => ('カ', 2),
        'ツ'..='ド' => ('ツ', 2),
        'ハ'..='ポ' => ('ハ', 3),
        'ア'..='ン' => return Some(large),
        _ => return None,
    };
    let place = u32::from(large) - u32::from(first);
    char::from_u32(u32::from(large) - place % spellings)
}

/// Widens half-width kana, joins voicing marks, turns hiragana into katakana and any line after a kana into ー.
fn to_katakana(text: &str) -> String {
    // U+309B and U+309C are a space and a mark to NFKC; here they belong to the kana before them.
    let marks = text.chars().map(|c| match c {
        '゛' | 'ﾞ' => '\u{3099}',
        '゜' | 'ﾟ' => '\u{309A}',
        other => other,
    });
    let mut katakana = String::with_capacity(text.len());
    let wide: String = marks.nfkc().collect();
    for c in wide.chars() {
        let c = match c {
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            line if is_dash(line) && katakana.ends_with(is_katakana) => 'ー',
            other => other.to_ascii_uppercase(),
        };
        katakana.push(c);
    }
    katakana.nfc().collect()
}

fn is_katakana(c: char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ')
}

fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '・' | '.' | '\'' | '’' | '-' | '●')
        || (c != 'ー' && is_dash(c))
}

fn enlarge(c: char) -> char {
    match c {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        other => other,
    }
}

fn modern(c: char) -> char {
    match c {
        'ヂ' => 'ジ',
        'ヅ' => 'ズ',
        'ヲ' => 'オ',
        'ヰ' => 'イ',
        'ヱ' => 'エ',
        'ヷ' => 'バ',
        'ヸ' => 'ビ',
        'ヹ' => 'ベ',
        'ヺ' => 'ボ',
        other => other,
    }
}

/// JIS X 0201 from 0xA1 on, in order; the last two are the voicing marks as Unicode joins them.
const ONE_BYTE_KANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309A}";
const FIRST_KANA: u8 = 0xA1;
const YEN_AND_OVERLINE: [char; 2] = ['\\', '~'];

/// A reading in one-byte kana, a space for the full-width one; `None` where JIS X 0201 has no such letter (hiragana, ヰ, ヵ).
#[must_use]
pub fn to_half_width_jis_x_0201(text: &str) -> Option<Vec<u8>> {
    let joined: String = text.nfkc().collect();
    if joined.chars().any(is_combining_mark) {
        return None; // a mark that joins nothing
    }
    joined.nfd().map(one_byte).collect()
}

fn one_byte(c: char) -> Option<u8> {
    match c {
        ' '..='~' if !YEN_AND_OVERLINE.contains(&c) => u8::try_from(c).ok(),
        _ => {
            let place = ONE_BYTE_KANA.chars().position(|kana| kana == c)?;
            u8::try_from(place).ok()?.checked_add(FIRST_KANA)
        }
    }
}

/// The full-width reading of one-byte kana; `None` for a byte that JIS X 0201 does not give to a letter.
#[must_use]
pub fn from_jis_x_0201(bytes: &[u8]) -> Option<String> {
    let letters: String = bytes.iter().map(|&byte| wide(byte)).collect::<Option<_>>()?;
    let joined: String = letters.nfc().collect();
    (!joined.chars().any(is_combining_mark)).then_some(joined)
}

fn wide(byte: u8) -> Option<char> {
    match byte {
        b' ' => Some('\u{3000}'),
        b'!'..=b'~' => Some(char::from(byte)).filter(|c| !YEN_AND_OVERLINE.contains(c)),
        _ => ONE_BYTE_KANA.chars().nth(usize::from(byte.checked_sub(FIRST_KANA)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_one_reading_has_one_strict_key() {
        for text in
            ["ｼｮｳｲﾁ", "ショウイチ", "シヨウイチ", "しょういち", " ショウ　イチ", "ショウ・イチ"]
        {
            assert_eq!(strict(text), "シヨウイチ", "{text}");
        }
        assert_eq!(strict("ｶﾞｯｺｳ"), "ガツコウ");
        assert_eq!(strict("カ゛ッコウ"), "ガツコウ");
        assert_eq!(strict("ミヅホ ヰヱヲ チヂミ"), "ミズホイエオチジミ");
        assert_eq!(strict("アベ●"), "アベ");
        assert_eq!(strict("smith"), strict("ＳＭＩＴＨ"));
    }

    proptest! {
        #[test]
        fn the_short_way_to_the_loose_key_leads_to_the_same_place(text in "[ァ-ヺー・　 ]{0,12}") {
            prop_assert_eq!(loose(&text), loose_by_rule(&text));
        }

        #[test]
        fn the_short_way_to_the_strict_key_leads_to_the_same_place(text in "[ァ-ヺー・　 ]{0,12}") {
            prop_assert_eq!(strict(&text), strict_by_rule(&text));
        }
    }

    #[test]
    fn every_katakana_has_the_same_keys_both_ways() {
        for c in '゠'..='ヿ' {
            let text = c.to_string();
            assert_eq!(loose(&text), loose_by_rule(&text), "{text}");
            assert_eq!(strict(&text), strict_by_rule(&text), "{text}");
        }
    }

    #[test]
    fn v_sounds_are_b_sounds() {
        for text in ["ヴァヴィヴヴェヴォ", "ｳﾞｧｳﾞｨｳﾞｳﾞｪｳﾞｫ", "ヴアヴイヴヴエヴオ"]
        {
            assert_eq!(strict(text), "バビブベボ", "{text}");
        }
        assert_eq!(strict("ヴ"), "ブ");
    }

    #[test]
    fn long_vowels_and_voicing_count_only_for_the_strict_key() {
        assert_eq!(strict("ｵ-ﾉ"), "オーノ");
        assert_eq!(strict("オ－ノ"), strict("オーノ"));
        assert_ne!(strict("オノ"), strict("オーノ"));
        assert_eq!(loose("オノ"), loose("オーノ"));
        assert_eq!(loose("ヤマザキ"), loose("ヤマサキ"));
        assert_eq!(loose("バン"), loose("パン"));
    }

    #[test]
    fn a_reading_becomes_full_width_katakana() {
        let read = parse(" ﾔﾏﾀﾞ  たろう ").unwrap();
        assert_eq!((read.value.as_str(), read.warnings), ("ヤマダ　タロウ", vec![]));
        assert_eq!(parse("ヤマダ太郎").unwrap().warnings, [Warning::NotKana]);
        assert_eq!(parse("山田"), Err(CheckError::NoKana));
        assert_eq!(parse("　"), Err(CheckError::Empty));
    }

    #[test]
    fn one_byte_kana_go_there_and_back() {
        let bytes = to_half_width_jis_x_0201("ヤマダ　パンヴ").unwrap();
        assert_eq!(bytes, [0xD4, 0xCF, 0xC0, 0xDE, 0x20, 0xCA, 0xDF, 0xDD, 0xB3, 0xDE]);
        assert_eq!(from_jis_x_0201(&bytes).unwrap(), "ヤマダ　パンヴ");
        assert_eq!(to_half_width_jis_x_0201("ﾔﾏﾀﾞ ﾊﾟﾝｳﾞ").unwrap(), bytes);
    }

    #[test]
    fn what_has_no_one_byte_form_is_refused() {
        for text in ["ひらがな", "ヰ", "ヵ", "山", "A~", "゛ア", "ア\u{3099}"] {
            assert_eq!(to_half_width_jis_x_0201(text), None, "{text}");
        }
        for bytes in [&[0xDE][..], &[0xB1, 0xDE], &[0x80], &[0xE0], &[0x5C], &[0x0A]] {
            assert_eq!(from_jis_x_0201(bytes), None, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn keys_are_their_own_keys(text in ".{0,12}|[ァ-ヺー゛゜ｦ-ﾟぁ-ゖ\u{3099}・ -]{0,12}") {
            let key = strict(&text);
            prop_assert_eq!(strict(&key), key.clone());
            let key = loose(&text);
            prop_assert_eq!(loose(&key), key);
        }

        #[test]
        fn bytes_that_read_are_written_back_the_same(bytes in prop::collection::vec(prop_oneof![0x20_u8..0x7F, 0xA1_u8..0xE0, any::<u8>()], 0..20)) {
            if let Some(text) = from_jis_x_0201(&bytes) {
                prop_assert_eq!(to_half_width_jis_x_0201(&text), Some(bytes));
            }
        }
    }
}
