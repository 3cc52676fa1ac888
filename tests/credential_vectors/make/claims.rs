//! Claims truly signed and yet not in their one spelling, or that nobody can mean.

use super::{
    Made, expect,
    world::{Context, Pairs, Paper, bstr, head, map, tstr, typical, uint},
};

pub fn cases() -> Vec<Made> {
    [maps(), missing(), types(), texts(), kana(), numbers(), days()].into_iter().flatten().collect()
}

fn signed(name: &str, about: &str, cbor: Vec<u8>) -> Made {
    let paper = Paper::signed(cbor);
    Made {
        name: format!("claims-{name}"),
        about: about.into(),
        stage: "claims",
        text: paper.text(),
        stages: paper.stages(),
        context: Context::usual(),
        expected: expect::claims(),
    }
}

/// The typical claims with the value of one key replaced or added, in the order of keys.
fn with(name: &str, about: &str, key: u8, value: Vec<u8>) -> Made {
    let mut pairs = typical();
    pairs.retain(|(other, _)| *other != key);
    let at = pairs.iter().take_while(|(other, _)| *other < key).count();
    pairs.insert(at, (key, value));
    signed(name, about, map(&pairs))
}

fn maps() -> Vec<Made> {
    let good = map(&typical());
    let pairs = |change: fn(&mut Pairs)| {
        let mut pairs = typical();
        change(&mut pairs);
        map(&pairs)
    };
    vec![
        signed("empty", "Nothing at all.", vec![]),
        signed("array", "An array in place of the map.", [&[0x8e][..], &good[1..]].concat()),
        signed(
            "indefinite-map",
            "A map without its length.",
            [&[0xbf][..], &good[1..], &[0xff]].concat(),
        ),
        signed(
            "map-head-longer",
            "The map's length in two bytes.",
            [&[0xb8, 14][..], &good[1..]].concat(),
        ),
        signed("trailing-byte", "A byte behind the map.", [&good[..], &[0]].concat()),
        signed(
            "count-too-high",
            "A pair more announced than there is.",
            [&[0xaf][..], &good[1..]].concat(),
        ),
        signed(
            "count-too-low",
            "A pair less announced than there is.",
            [&[0xad][..], &good[1..]].concat(),
        ),
        signed(
            "key-twice",
            "The name twice, the second time another.",
            pairs(|p| p.insert(6, (5, tstr("架空　花子")))),
        ),
        signed("keys-out-of-order", "Symbol before insurer.", pairs(|p| p.swap(1, 2))),
        signed(
            "key-unknown",
            "A key of a later version: nobody judged it.",
            pairs(|p| p.push((15, uint(1)))),
        ),
        signed(
            "key-longer",
            "The first key in two bytes.",
            [&good[..1], &[0x18, 0], &good[2..]].concat(),
        ),
        signed("key-as-text", "A key as text.", [&good[..1], &tstr("0"), &good[2..]].concat()),
        signed("key-negative", "A key below zero.", [&good[..1], &[0x20], &good[2..]].concat()),
    ]
}

fn missing() -> Vec<Made> {
    let needed = [
        (0, "kind"),
        (1, "insurer"),
        (3, "number"),
        (5, "name"),
        (7, "birth"),
        (8, "sex-and-relation"),
        (11, "valid-from"),
        (12, "issued"),
        (14, "serial"),
    ];
    let without = |(key, name): (u8, &str)| {
        let mut pairs = typical();
        pairs.retain(|(other, _)| *other != key);
        signed(&format!("no-{name}"), "A claim is missing that every paper has.", map(&pairs))
    };
    needed.into_iter().map(without).collect()
}

fn types() -> Vec<Made> {
    vec![
        with("insurer-as-text", "The insurer number as text.", 1, tstr("01170018")),
        with(
            "insurer-longer",
            "The insurer number in eight bytes.",
            1,
            [&[0x1b][..], &1_170_018_u64.to_be_bytes()].concat(),
        ),
        with("insurer-negative", "An insurer number below zero.", 1, vec![0x20]),
        with("insurer-nine-digits", "An insurer number of nine digits.", 1, uint(100_000_000)),
        with("name-as-bytes", "The name as bytes.", 5, bstr("能登".as_bytes())),
        with("date-as-text", "A date as text.", 7, tstr("1958-03-14")),
        with("date-tagged", "A date with a tag.", 7, [&[0xc1][..], &uint(21_256)].concat()),
        with("date-as-float", "A date as a floating number.", 7, vec![0xf9, 0x60, 0x00]),
        with(
            "share-as-float",
            "A share of 0.3: not in tenths.",
            9,
            [&[0xfb][..], &0.3_f64.to_be_bytes()].concat(),
        ),
        with("share-null", "A share that is null, and not left out.", 9, vec![0xf6]),
        with("share-true", "A share that is true.", 9, vec![0xf5]),
        with("kind-as-text", "The kind of paper by its name.", 0, tstr("certificate")),
        with("serial-as-number", "The serial as a number.", 14, uint(0x1032_5476_98ba)),
        with("serial-5-bytes", "A serial of five bytes.", 14, bstr(&[1; 5])),
        with("serial-8-bytes", "A serial of eight bytes.", 14, bstr(&[1; 8])),
        with(
            "name-in-pieces",
            "The name without its length.",
            5,
            [&[0x7f][..], &tstr("能登"), &tstr("花子"), &[0xff]].concat(),
        ),
        with("valid-to-null", "A last day that is null, and not left out.", 13, vec![0xf6]),
    ]
}

fn texts() -> Vec<Made> {
    let name =
        |name: &str, about: &str, text: &str| with(&format!("name-{name}"), about, 5, tstr(text));
    let invalid = [head(3, 2), vec![0xc3, 0x28]].concat();
    vec![
        name("empty", "An empty name.", ""),
        name("too-long", "Sixty-one characters.", &"名".repeat(61)),
        name("control-character", "A bell in the name.", "能登\u{7}花子"),
        name("line-end", "A line end in the name.", "能登\n花子"),
        name("line-separator", "A line separator in the name.", "能登\u{2028}花子"),
        name("turned-around", "A mark that turns the direction of writing.", "能登\u{202e}花子"),
        name("no-width", "A space of no width.", "能登\u{200b}花子"),
        name(
            "private-use",
            "A character of private use (外字): different in every house.",
            "\u{e000}田　花子",
        ),
        name("private-plane", "A character of the private planes.", "\u{f0000}田　花子"),
        name("replacement", "A character that stands for a lost one.", "\u{fffd}田　花子"),
        name("noncharacter", "A noncharacter.", "\u{fdd0}田　花子"),
        name("not-composed", "か and its sound mark apart.", "か\u{3099}　花子"),
        name(
            "compatibility-ideograph",
            "A compatibility ideograph, which NFC folds.",
            "\u{fa30}田　花子",
        ),
        with("name-not-utf-8", "Bytes that are no UTF-8.", 5, invalid),
        with(
            "name-surrogate",
            "A surrogate in UTF-8.",
            5,
            [head(3, 3), vec![0xed, 0xa0, 0x80]].concat(),
        ),
        with("symbol-empty", "An empty symbol, and not left out.", 2, tstr("")),
        with("symbol-control-character", "A unit separator in the symbol.", 2, tstr("1\u{1f}2")),
        with("limit-class-empty", "An empty limit class.", 10, tstr("")),
        with("limit-class-nine", "Nine characters of limit class.", 10, tstr("アイウエオカキクケ")),
        with("number-empty", "An empty number.", 3, tstr("")),
    ]
}

fn kana() -> Vec<Made> {
    let bytes =
        |name: &str, about: &str, kana: &[u8]| with(&format!("kana-{name}"), about, 6, bstr(kana));
    vec![
        bytes("empty", "An empty reading, and not left out.", &[]),
        bytes("latin", "A Latin letter among the bytes.", &[0xc9, 0x41]),
        bytes("punctuation", "Brackets of JIS X 0201, which are no kana.", &[0xa2, 0xc9, 0xa3]),
        bytes("beyond", "A byte above the table.", &[0xc9, 0xe0]),
        bytes("mark-first", "A sound mark with nothing before it.", &[0xde, 0xc9]),
        bytes("mark-misplaced", "A sound mark where no sound is: ア゛.", &[0xb1, 0xde]),
        bytes("mark-twice", "Two sound marks.", &[0xb6, 0xde, 0xde]),
        with("kana-as-needless-text", "Kana as text that has its bytes.", 6, tstr("ノト　ハナコ")),
        with("kana-too-long", "Sixty-one kana.", 6, bstr(&[0xb1; 61])),
        with(
            "kana-half-width-text",
            "Half-width kana as text holding a control character.",
            6,
            tstr("ﾉﾄ\u{1}"),
        ),
    ]
}

fn numbers() -> Vec<Made> {
    vec![
        with("number-needless-text", "Digits as text that fit an integer.", 3, tstr("0123456")),
        with(
            "number-without-its-one",
            "An integer that does not begin with 1.",
            3,
            uint(20_123_456),
        ),
        with("number-one-alone", "A 1 and no digit behind it.", 3, uint(1)),
        with("number-zero", "Zero.", 3, uint(0)),
        with(
            "number-too-long",
            "Eighteen digits as an integer.",
            3,
            uint(1_000_000_000_000_000_018),
        ),
        with(
            "number-longer",
            "A small number in eight bytes.",
            3,
            [&[0x1b][..], &10_123_456_u64.to_be_bytes()].concat(),
        ),
        with("kind-0", "No kind of paper.", 0, uint(0)),
        with("kind-3", "A kind of paper of a later version.", 0, uint(3)),
        with("sex-3", "A sex of nobody.", 8, uint(13)),
        with("relation-0", "A relation of nobody.", 8, uint(8)),
        with("relation-3", "A relation of a later version.", 8, uint(11)),
        with("sex-and-relation-256", "More than a byte.", 8, uint(256)),
        with("share-11", "Eleven tenths.", 9, uint(11)),
        with("share-in-percent", "Thirty: percent, not tenths.", 9, uint(30)),
        with("branch-100", "A branch of three digits.", 4, uint(100)),
        with("branch-as-text", "A branch as text.", 4, tstr("01")),
    ]
}

fn days() -> Vec<Made> {
    vec![
        with("date-outside-the-calendar", "A day in the year 10113.", 13, uint(3_000_000)),
        with("date-long-before", "A day ten thousand years ago.", 7, head(1, 4_400_000)),
        with(
            "date-in-milliseconds",
            "Milliseconds since 1970 in place of days.",
            12,
            uint(1_790_780_400_000),
        ),
        with("date-in-seconds", "Seconds since 1970 in place of days.", 12, uint(1_790_780_400)),
        with("date-yyyymmdd", "A date written as a number.", 7, uint(19_580_314)),
        with("born-after-issue", "Born after the day of issue.", 7, uint(46_295)),
        with("ends-before-it-begins", "The last day before the first.", 13, uint(43_919)),
        with("ends-before-issue", "The last day before the day of issue.", 13, uint(46_293)),
    ]
}
