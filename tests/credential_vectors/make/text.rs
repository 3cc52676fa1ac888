//! What goes wrong on the way from the paper to the box, and what was never ours.

use super::{
    Made, expect,
    world::{Context, Paper, digits, framed},
};
use serde_json::{Value, json};

fn made(name: &str, about: &str, stage: &'static str, text: String, expected: Value) -> Made {
    Made {
        name: name.into(),
        about: about.into(),
        stage,
        text,
        stages: json!({}),
        context: Context::usual(),
        expected,
    }
}

/// The typical paper with its text bent; its sound stages beside it.
fn bent(name: &str, about: &str, code: &str, change: impl FnOnce(&str) -> String) -> Made {
    let paper = Paper::typical();
    let found = match code {
        "code_truncated" | "code_empty" => "truncated",
        "code_not_ours" | "code_other_kind" | "foreign_unknown" => "not_ours",
        _ => "garbled",
    };
    let stage = match code {
        "foreign_unknown" | "code_empty" => "text",
        _ => "frame",
    };
    let expected = expect::transport(found, code);
    Made { stages: paper.stages(), ..made(name, about, stage, change(&paper.text()), expected) }
}

pub fn cases() -> Vec<Made> {
    [headers(), lengths(), misread(), foreign()].into_iter().flatten().collect()
}

fn headers() -> Vec<Made> {
    let mut newer = bent(
        "version-newer",
        "Version 2: to be called newer, not forged.",
        "code_garbled",
        |text| text.replacen("51731", "51732", 1),
    );
    newer.expected = expect::newer();
    vec![
        newer,
        bent("version-zero", "There never was a version 0.", "code_not_ours", |text| {
            text.replacen("51731", "51730", 1)
        }),
        bent("magic-wrong", "Another magic.", "foreign_unknown", |text| {
            text.replacen("5173", "9173", 1)
        }),
        bent("magic-misread", "One digit of the magic misread.", "foreign_unknown", |text| {
            text.replacen("5173", "5113", 1)
        }),
        bent(
            "magic-order",
            "A disaster order's magic: another kind of ours.",
            "code_other_kind",
            |text| text.replacen("5173", "5174", 1),
        ),
        bent(
            "magic-share",
            "The magic of a share of a secret, which is never read here.",
            "foreign_unknown",
            |text| text.replacen("5173", "5175", 1),
        ),
        bent(
            "letter-among-digits",
            "A letter O for a zero: not a text of digits.",
            "foreign_unknown",
            |text| text.replacen('0', "O", 1),
        ),
    ]
}

fn lengths() -> Vec<Made> {
    let announced = |length: &'static str| move |text: &str| format!("51731{length}{}", &text[8..]);
    vec![
        bent(
            "length-one-less",
            "A byte less announced than there is.",
            "code_too_long",
            announced("163"),
        ),
        bent(
            "length-one-more",
            "A byte more announced than there is.",
            "code_truncated",
            announced("165"),
        ),
        bent("length-none", "No bytes announced.", "code_garbled", |_| "51731000".into()),
        bent(
            "length-only-a-checksum",
            "Four bytes announced: a checksum of nothing.",
            "code_garbled",
            |_| "517310040000000000".into(),
        ),
        bent(
            "length-above-the-ceiling",
            "More bytes announced than a code ever holds.",
            "code_too_long",
            |_| "51731481".into(),
        ),
        bent("header-alone", "The header and nothing behind it.", "code_truncated", |text| {
            text[..8].into()
        }),
        bent("header-cut", "Seven digits: not even a header.", "code_empty", |text| {
            text[..7].into()
        }),
        bent("cut-in-half", "Half of the digits.", "code_truncated", |text| text[..200].into()),
        bent("cut-by-one", "The last digit is missing.", "code_truncated", |text| {
            text[..text.len() - 1].into()
        }),
        bent("one-digit-more", "A digit typed after the scan.", "code_too_long", |text| {
            format!("{text}7")
        }),
        bent("read-twice", "The same code twice in one field.", "code_too_long", |text| {
            text.repeat(2)
        }),
        bent(
            "above-the-ceiling",
            "More characters than a text may have.",
            "code_too_long",
            |text| text.repeat(3)[..1_201].into(),
        ),
    ]
}

/// The place of the first two neighbours that fit, behind the header.
fn neighbours(text: &str, fit: fn(u8, u8) -> bool) -> usize {
    8 + text.as_bytes()[8..].windows(2).position(|two| fit(two[0], two[1])).unwrap()
}

fn misread() -> Vec<Made> {
    let paper = Paper::typical();
    let garbled = |name, about, cose: &[u8], crc: [u8; 4]| {
        let text = framed(&[cose, &crc].concat());
        made(name, about, "frame", text, expect::transport("garbled", "code_garbled"))
    };
    let mut altered = paper.cose();
    altered[40] ^= 1;
    let crc = crc32fast::hash(&paper.cose()).to_be_bytes();
    let checksum = garbled(
        "checksum-wrong",
        "Sound digits, and a checksum of something else.",
        &paper.cose(),
        [1, 2, 3, 4],
    );
    let kept = garbled(
        "checksum-kept-content-altered",
        "One bit of the claims altered, the checksum kept: misread, for all anybody knows.",
        &altered,
        crc,
    );
    vec![
        bent(
            "digit-dropped-from-a-pair",
            "One of two like neighbours lost, as over remote desktops.",
            "code_truncated",
            |text| {
                let at = neighbours(text, |a, b| a == b);
                format!("{}{}", &text[..at], &text[at + 1..])
            },
        ),
        bent("digit-doubled", "One digit typed twice.", "code_too_long", |text| {
            format!("{}{}", &text[..101], &text[100..])
        }),
        bent(
            "neighbours-swapped",
            "Two different neighbours in each other's place.",
            "code_garbled",
            |text| {
                let at = neighbours(text, |a, b| a != b);
                format!(
                    "{}{}{}{}",
                    &text[..at],
                    &text[at + 1..at + 2],
                    &text[at..at + 1],
                    &text[at + 2..]
                )
            },
        ),
        bent("digit-misread", "One digit read as another.", "code_garbled", |text| {
            let other = if &text[60..61] == "4" { "7" } else { "4" };
            format!("{}{other}{}", &text[..60], &text[61..])
        }),
        bent(
            "block-out-of-range",
            "Seventeen digits that say more than seven bytes hold.",
            "code_garbled",
            |text| format!("{}{}{}", &text[..8], "9".repeat(17), &text[25..]),
        ),
        bent(
            "tail-out-of-range",
            "Eight digits of the last block that say more than three bytes hold.",
            "code_garbled",
            |text| format!("{}99999999", &text[..text.len() - 8]),
        ),
        checksum,
        kept,
    ]
}

fn foreign() -> Vec<Made> {
    let named = |name: &str, about: &str, text: &str| {
        made(&format!("foreign-{name}"), about, "text", text.into(), expect::foreign())
    };
    let empty = |name: &str, about: &str, text: &str| {
        made(name, about, "text", text.into(), expect::transport("truncated", "code_empty"))
    };
    let random_digits = digits(b"not ours").replacen("5173", "8273", 1);
    vec![
        empty("empty", "Nothing was read.", ""),
        empty("blank", "Spaces and line ends.", "\u{3000} \t\r\n"),
        empty("binary", "Bytes that are no text.", "\u{0}\u{1}\u{7f}\u{fffd}\u{fffd}\u{10}"),
        named("hc1", "An EU-style health certificate.", "HC1:NCFOXN%TSMAHN-H3ZSUZK+.V0ET9%6-AH"),
        named(
            "shc",
            "A SMART Health Card.",
            "shc:/567629095243206034602924374044603122295953265460346029254077280433602870286471",
        ),
        named(
            "jahis-notebook",
            "A medicine notebook (お薬手帳).",
            "JAHISTC08,1\r\n1,練習 花子,2,19561101\r\n",
        ),
        named(
            "jahis-prescription",
            "A prescription (院外処方箋).",
            "JAHIS10\r\n1,1,1312345,13\r\n",
        ),
        named("2d-doc", "A French 2D-Doc.", "DC04FR0000001E3F1E3F0101FR01SAMPLE\u{1d}"),
        named("vc1", "A W3C credential barcode.", "VC1-RSRNR.K5+3/5T0AH$4O3:6FZTHP5M2F-B"),
        named("url", "A web address.", "https://example.jp/?q=5173"),
        named(
            "my-number-app",
            "A link of the card's app.",
            "https://myna.example.jp/card?token=51731161",
        ),
        named(
            "personal-number",
            "Twelve digits with the check digit of a My Number.",
            "123456789018",
        ),
        named("driver-licence", "A driving licence's number.", "302612345670"),
        named("insurer-number", "An insurer number alone.", "01170018"),
        named("jan-13", "A product's code.", "4901234567894"),
        named("jan-8", "A short product's code.", "49123456"),
        named(
            "boarding-pass",
            "An airline's pass.",
            "M1YAMADA/TARO MR      EABC123 HNDNTQJL 0321 326Y001A0001 100",
        ),
        named("wifi", "A network's name and word.", "WIFI:T:WPA;S=clinic;P:guest;;"),
        named(
            "visiting-card",
            "A visiting card.",
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:架空;花子\r\nEND:VCARD",
        ),
        named("json", "A JSON text.", "{\"insurer\":\"01170018\"}"),
        named("digits", "Digits of nobody known.", &random_digits),
        named("words", "A sentence.", "本日は晴天なり"),
    ]
}
