//! Promise 7, taken at its word: after a full day the whole data directory is searched for everybody of the region, in every
//! encoding a thief may think of, and for every secret.

use crate::{
    bent::Line,
    house_fixture::{
        House, NOON, PASSPHRASE, ask_for, ask_text, cast, consented, doctor, files_below,
        open_disaster, world,
    },
};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use sonae::{
    app::{BoxKeys, Layout, Received},
    demo::papers::CertificateState,
    domain::{
        kana,
        medication::Dispensing,
        person::{Origin, PersonRecord},
        time::Stamp,
    },
    sync::names,
    sys::RealDisk,
};
use std::{collections::BTreeMap, path::Path};

/// What may lie in the clear, and why. Everything else that tells of a person may not.
const ALLOWED: &[(&str, &str)] = &[
    ("石川県", "the region's name in the release's manifest, which any box may fetch"),
    ("架空省 災害対策室", "an authority's name on the signed trust list"),
    ("わじま架空診療所", "the facility's own name on its public card"),
];

/// Shorter ones are found in a few megabytes of ciphertext by chance.
const TRACE_BYTES_MIN: usize = 6;

type Spelling = (&'static str, Vec<u8>);

/// A word as bytes, in every encoding that Japanese systems write.
fn spellings(word: &str) -> Vec<Spelling> {
    let mut all = vec![
        ("UTF-8", word.as_bytes().to_vec()),
        ("UTF-16LE", word.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", word.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ];
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(word);
    all.extend((!lossy && !word.is_ascii()).then(|| ("CP932", cp932.into_owned())));
    if let Some(half) = kana::to_half_width_jis_x_0201(word).filter(|_| !word.is_ascii()) {
        let wide = |byte: &u8| match byte {
            0xa1..=0xdf => char::from_u32(0xff61 + u32::from(*byte) - 0xa1).unwrap(),
            ascii => char::from(*ascii),
        };
        let text: String = half.iter().map(wide).collect();
        all.push(("half-width UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        all.push(("half-width UTF-8", text.into_bytes()));
        all.push(("half-width CP932", half));
    }
    all
}

/// A name or address whole, without its spaces, and in its parts.
fn forms(text: &str) -> Vec<String> {
    let parts = text.split(['　', ' ']).map(str::to_owned);
    let town = text.split_inclusive(['県', '郡', '市', '町', '村']).next_back().map(str::to_owned);
    let mut forms = vec![text.to_owned(), text.replace(['　', ' '], ""), text.replace('　', " ")];
    forms.extend(parts.chain(town).filter(|part| part.chars().count() >= 3));
    forms
}

fn words_of(record: &PersonRecord) -> Vec<String> {
    let mut words = forms(&record.name);
    words.extend([&record.kana, &record.address].into_iter().flat_map(|text| forms(text)));
    let alias = record.alias.iter().flat_map(|a| [&a.name, &a.kana]);
    words.extend(alias.flat_map(|text| forms(text)));
    let identity = &record.identity;
    words.extend([&identity.symbol, &identity.number].map(Clone::clone));
    words.push(format!("{}{}", identity.symbol, identity.number));
    words.extend([record.birth.to_string(), record.birth.strftime("%Y%m%d").to_string()]);
    words
}

fn words_of_history(row: &Dispensing) -> Vec<String> {
    [&row.drug.name, &row.drug.code, &row.usage, &row.facility].map(ToString::to_string).to_vec()
}

/// Every trace to look for, with what it is.
struct Traces {
    names: Vec<String>,
    search: AhoCorasick,
}

impl Traces {
    fn of(words: impl Iterator<Item = String>, secrets: &[(&str, [u8; 32])]) -> Self {
        let mut traces = BTreeMap::new();
        for word in words.filter(|word| ALLOWED.iter().all(|(allowed, _)| word != allowed)) {
            for (encoding, bytes) in spellings(&word) {
                if bytes.len() >= TRACE_BYTES_MIN {
                    traces.insert(bytes, format!("{word} ({encoding})"));
                }
            }
        }
        for (name, secret) in secrets {
            traces.insert(secret.to_vec(), (*name).into());
            traces.insert(names::hex(secret).into_bytes(), format!("{name} (hexadecimal)"));
        }
        let (patterns, names): (Vec<_>, Vec<_>) = traces.into_iter().unzip();
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        Self { names, search: AhoCorasick::builder().kind(kind).build(patterns).unwrap() }
    }

    /// Every trace in any file below a directory or in a file's name.
    fn found_in(&self, dir: &Path) -> Vec<String> {
        let mut found = vec![];
        for path in files_below(dir) {
            let within = path.strip_prefix(dir).unwrap();
            let mut hay = within.to_string_lossy().into_owned().into_bytes();
            hay.push(0);
            hay.extend(std::fs::read(&path).unwrap());
            let hits = self.search.find_iter(&hay).take(20);
            found.extend(hits.map(|hit| {
                format!("{}: {}", within.display(), self.names[hit.pattern().as_usize()])
            }));
        }
        found
    }
}

/// Everything that must never lie on the disk unwrapped.
fn secrets(house: &House) -> Vec<(&'static str, [u8; 32])> {
    let keys = BoxKeys::open(&RealDisk, &Layout::at(&house.box_dir()), PASSPHRASE).unwrap();
    let theirs = &world().keys;
    vec![
        ("the box's signing key", *keys.signing.expose()),
        ("the box's sealing key", *keys.sealing.expose()),
        ("the journal's key", *keys.journal.expose()),
        ("the openings' key", *keys.openings.expose()),
        ("the received records' key", *keys.received.expose()),
        ("the opening secret", *theirs.opening.expose()),
        ("a root's key", *theirs.roots[0].expose()),
        ("the publisher's key", *theirs.publisher.expose()),
        ("the authority's key", *theirs.authority.expose()),
    ]
}

/// One box's full day: questions, papers, slips, a disaster, drug histories, sheets, a delivery.
fn full_day(house: &House) -> sonae::app::Appliance {
    let hub = house.hub();
    let appliance = house.open();
    for (record, _) in world().region.people().take(60) {
        let checked = ask_for(&appliance, &record);
        appliance.answer_slip(checked.journal_entry).unwrap();
    }
    let people = cast();
    let paper = world().certificate(&people.employee.0, CertificateState::Good).unwrap();
    let checked = appliance.verify(&ask_text(&paper.digits)).unwrap();
    appliance.answer_slip(checked.journal_entry).unwrap();
    open_disaster(&appliance);
    for record in [&people.late_elder.0, &people.variant.0, &people.foreign.0] {
        let handle = consented(&appliance, record);
        assert!(!appliance.drugs(&doctor(), &handle).unwrap().dispensings.is_empty());
        appliance.drug_sheet(&handle).unwrap();
    }
    let origin = Origin { source: "オンライン資格確認".into(), received_at: Stamp(NOON) };
    let received =
        world().region.people().map(|(person, _)| Received { person, origin: origin.clone() });
    appliance.receive(received.collect()).unwrap();
    assert_eq!(appliance.own_status().unwrap().newest, Stamp(NOON));
    appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    appliance
}

#[test]
fn nobody_of_the_region_and_no_secret_is_on_the_disk_in_any_encoding() {
    let house = House::ready();
    let secrets = secrets(&house);
    let mut words = vec![PASSPHRASE.to_owned(), doctor().name];
    for (record, history) in world().region.people() {
        words.extend(words_of(&record));
        words.extend(history.iter().flat_map(words_of_history));
    }
    let traces = Traces::of(words.into_iter(), &secrets);
    assert!(traces.names.len() > 20_000, "{} traces of 900 people", traces.names.len());
    let appliance = full_day(&house);
    assert!(files_below(&house.box_dir()).len() > 10);
    assert_eq!(traces.found_in(&house.box_dir()), Vec::<String>::new(), "open");
    drop(appliance);
    assert_eq!(traces.found_in(&house.box_dir()), Vec::<String>::new(), "closed");
}

#[test]
fn the_search_sees_a_name_in_every_encoding_and_a_secret() {
    let house = House::new();
    let planted = house.root().join("planted");
    std::fs::create_dir(&planted).unwrap();
    let (record, _) = cast().employee;
    let secret = [("a planted secret", [0x5a_u8; 32])];
    let traces = Traces::of(words_of(&record).into_iter(), &secret);
    let kana = record.kana.replace('　', "");
    for word in [&record.name, &record.kana, &kana, &record.address, &record.identity.number] {
        for (encoding, bytes) in spellings(word) {
            if bytes.len() < TRACE_BYTES_MIN {
                continue;
            }
            let noise = [0x91_u8, 0x0e, 0xe3];
            std::fs::write(planted.join("x"), [&noise[..], &bytes, &noise].concat()).unwrap();
            assert_ne!(traces.found_in(&planted), Vec::<String>::new(), "{word} {encoding}");
        }
    }
    assert_eq!(spellings(&record.kana).len(), 7, "kana have every spelling");
    std::fs::write(planted.join("x"), [0x5a; 40]).unwrap();
    assert_eq!(traces.found_in(&planted), ["x: a planted secret"]);
    std::fs::write(planted.join("x"), "nothing").unwrap();
    std::fs::write(planted.join(&record.name), "in a file's name").unwrap();
    assert_eq!(traces.found_in(&planted).len(), 1);
}

#[test]
fn what_may_lie_in_the_clear_does_lie_there_so_that_the_list_stays_true() {
    let house = House::ready();
    for (word, reason) in ALLOWED {
        let lies = files_below(&house.box_dir()).into_iter().any(|path| {
            let bytes = std::fs::read(&path).unwrap();
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        });
        assert!(lies, "{word}: {reason}");
    }
}
