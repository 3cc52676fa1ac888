//! Papers that are read well: typical, long, bare, rare.

use super::{
    Made, expect,
    world::{Context, Paper, hex, listed_key, typical_claims},
};
use jiff::civil::date;
use serde_json::{Value, json};
use sonae::{
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        insured::Branch,
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
    },
    seal::SigningKeypair,
    sys::sim::SeedDice,
};

fn read(
    name: &str,
    about: &str,
    expected: Value,
    change: impl FnOnce(&mut DocumentClaims),
) -> Made {
    let mut claims = typical_claims();
    change(&mut claims);
    let paper = Paper::issued(&claims);
    Made {
        name: name.into(),
        about: about.into(),
        stage: "judged",
        text: paper.text(),
        stages: paper.stages(),
        context: Context::usual(),
        expected,
    }
}

/// A paper of a change, green.
fn green(name: &str, about: &str, change: impl FnOnce(&mut DocumentClaims)) -> Made {
    read(name, about, expect::green(), change)
}

fn open_ended() -> Value {
    expect::judged("green", ["open_ended", "clear", "alone"], &[])
}

pub fn cases() -> Vec<Made> {
    [people(), numbers(), names(), deliveries()].into_iter().flatten().collect()
}

fn people() -> Vec<Made> {
    let mut sexless = open_ended();
    sexless["compare"] = json!(["name", "birth_date", "photo"]);
    vec![
        green("certificate-typical", "Person A: an employee's certificate, four kanji. The vector on the page.", |_| {}),
        green("certificate-late-stage", "Person B: later-stage elderly, no symbol and no branch, share and limit class printed.", |c| {
            c.identity.insurer = InsurerNumber::from_value(39_170_003).unwrap();
            (c.identity.symbol, c.identity.number) = (String::new(), "00012345".into());
            c.identity.branch = None;
            (c.name, c.kana) = ("珠洲　太郎".into(), "スズ　タロウ".into());
            (c.birth, c.sex) = (date(1944, 1, 5), Sex::Male);
            (c.burden, c.limit_class) = (Percent::new(10), Some("低Ⅱ".into()));
            c.valid_to = Some(date(2027, 7, 31));
        })
        .with_range(39_170_003),
        green("certificate-long", "Person C: kanji symbol, a katakana name of 28 characters.", |c| {
            (c.identity.symbol, c.identity.number) = ("石川建設・能登".into(), "１２３".into());
            c.name = "アレクサンドラ　マリアフェルナンデスデラクルスロペス".into();
            c.kana = "アレクサンドラ　マリアフェルナンデスデラクルスロペス".into();
            (c.relation, c.limit_class) = (Relation::Family, Some("限Ⅱ（長期）".into()));
        }),
        read("certificate-bare", "No symbol, branch, kana, sex, share, limit class or last day.", sexless, |c| {
            (c.identity.symbol, c.identity.branch, c.kana) = (String::new(), None, String::new());
            (c.sex, c.burden, c.valid_to) = (Sex::Unstated, None, None);
        }),
        read("certificate-open-ended", "No last day.", open_ended(), |c| c.valid_to = None),
        green("certificate-family", "A dependant of the insured.", |c| c.relation = Relation::Family),
        green("certificate-last-day-today", "The last valid day is today: it is a valid day.", |c| {
            c.valid_to = Some(date(2026, 11, 22));
        }),
        green("certificate-begins-today", "Coverage begins and the paper is issued today.", |c| {
            (c.valid_from, c.issued_on) = (date(2026, 11, 22), date(2026, 11, 22));
        }),
        green("certificate-born-before-1900", "Day numbers below zero.", |c| c.birth = date(1899, 12, 31)),
        green("certificate-share-zero", "A share of nothing is a share, not a missing one.", |c| c.burden = Percent::new(0)),
        read("notice-alone", "A notice never counts without the My Number card.", expect::judged("amber", ["in_force", "clear", "needs_my_number_card"], &["notice_needs_card"]), |c| {
            c.kind = DocumentKind::Notice;
        }),
        read("notice-open-ended", "The usual notice: no last day, and not enough alone.", expect::judged("amber", ["open_ended", "clear", "needs_my_number_card"], &["notice_needs_card"]), |c| {
            (c.kind, c.valid_to, c.burden) = (DocumentKind::Notice, None, None);
        }),
    ]
}

fn numbers() -> Vec<Made> {
    vec![
        green("number-one-zero", "A number of one zero keeps it.", |c| {
            c.identity.number = "0".into()
        }),
        green("number-leading-zeros", "All zeros but one.", |c| {
            c.identity.number = "000001".into()
        }),
        green("number-seventeen-digits", "The longest number written as an integer.", |c| {
            c.identity.number = "00000000000000017".into();
        }),
        green("number-eighteen-digits", "One digit more, and it is text.", |c| {
            c.identity.number = "000000000000000018".into();
        }),
        green("number-with-hyphen", "Not only digits: text.", |c| {
            c.identity.number = "12-3".into()
        }),
        green("number-full-width", "Full-width digits are text, and stay full width.", |c| {
            c.identity.number = "００１２".into();
        }),
        green("branch-zero", "Branch 00 is a branch.", |c| {
            c.identity.branch = Branch::from_value(0)
        }),
        green("branch-99", "The highest branch.", |c| c.identity.branch = Branch::from_value(99)),
        green("insurer-first-of-range", "The first number of the key's range.", |c| {
            c.identity.insurer = InsurerNumber::from_value(1_170_000).unwrap();
        }),
        green("insurer-last-of-range", "The last number of the key's range.", |c| {
            c.identity.insurer = InsurerNumber::from_value(1_179_999).unwrap();
        }),
    ]
}

fn names() -> Vec<Made> {
    vec![
        green(
            "name-variation-selector",
            "A form of a kanji that its variation selector names.",
            |c| {
                c.name = "葛\u{e0100}城　花子".into();
            },
        ),
        green("name-beyond-the-basic-plane", "A kanji outside the basic plane.", |c| {
            c.name = "𠮷田　花子".into()
        }),
        green("name-latin", "A name in Latin letters, composed.", |c| {
            c.name = "\u{c5}nna M\u{fc}ller".into()
        }),
        green("name-sixty-characters", "The longest name.", |c| c.name = "名".repeat(60)),
        green("kana-as-text", "ヰ has no byte in JIS X 0201: the whole reading is text.", |c| {
            c.kana = "ヰノウエ　ハナコ".into();
        }),
        green("kana-sound-marks", "Sound marks follow their kana as bytes of their own.", |c| {
            c.kana = "ガッパ　ヴェロニカ".into();
        }),
        green("limit-class-eight", "The longest limit class.", |c| {
            c.limit_class = Some("アイウエオカキク".into())
        }),
    ]
}

/// How the same digits arrive, and under which lists.
fn deliveries() -> Vec<Made> {
    let with_text = |name, about, change: fn(&str) -> String| {
        let mut made = green(name, about, |_| {});
        made.text = change(&made.text);
        made
    };
    let mut retired =
        green("issuer-retired", "A retired key is clean: what it signed stays good.", |_| {});
    retired.context = Context::with_issuer(json!({ "status": "retired" }));
    retired.expected["issuer"] = json!("retired");
    vec![
        with_text("text-full-width", "What a Japanese input method makes of the digits.", |text| {
            text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect()
        }),
        with_text("text-spaced", "Spaces and line ends in between.", |text| {
            let lines =
                text.as_bytes().chunks(40).map(|line| String::from_utf8_lossy(line).into_owned());
            format!(" {}\t\r\n", lines.collect::<Vec<_>>().join("\r\n\u{3000}"))
        }),
        retired,
        same_kid_in_another_role(),
    ]
}

/// Two keys whose ids are the same, found by search: the id is a hint, the role decides.
fn same_kid_in_another_role() -> Made {
    let mut made = green(
        "kid-shared-with-an-authority",
        "An authority's key has the same id; it is no issuer.",
        |_| {},
    );
    let issuer = SigningKeypair::random(&SeedDice::new(4759));
    let authority = SigningKeypair::random(&SeedDice::new(98_695));
    let paper = Paper::issued_by(&typical_claims(), issuer.expose());
    (made.text, made.stages) = (paper.text(), paper.stages());
    made.context.keys[0] =
        listed_key("issuer", issuer.public().as_bytes(), "全国健康保険協会 石川支部（架空）");
    made.context.keys[1]["public_key"] = json!(hex(authority.public().as_bytes()));
    made.context.lists.clear();
    made.expected =
        expect::judged("amber", ["in_force", "no_list", "alone"], &["revocation_unknown"]);
    made
}

impl Made {
    /// The issuer speaks for this number too.
    fn with_range(mut self, insurer: u32) -> Self {
        self.context.keys[0]["insurers"] = json!([[1_170_000, 1_179_999], [insurer, insurer]]);
        self
    }
}
