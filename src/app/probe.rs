//! What people, papers and other programs hand to the box as text, for the fuzz targets and the replay of their corpus. Not
//! in any shipped program.

use super::{ToldFields, key_file::KeyFile, read_share_text, settle_told, statements, typed};
use crate::{
    credential::frame::Magic,
    domain::{
        decide::decide,
        evidence::{CardSeen, Evidence, OwnFinding, SnapshotFinding},
        ladder::{self, Setting},
        paper::{Item, LayoutProfiles, Part, Reading as PaperReading, TypedItems},
        policy::Policy,
        rulebook::Rulebook,
        time::{ClockState, Reading, Stamp},
        wareki,
    },
    scan,
    seal::Share,
};
use jiff::civil::Date;
use std::sync::Arc;

/// The day everything is asked for that names no day itself.
const TODAY: Date = Date::constant(2026, 11, 22);

/// What was told at the counter: JSON, as a form or a caller sends it. What it settles into is weighed, and the next question looked for.
pub fn told(bytes: &[u8]) {
    let Ok(fields) = serde_json::from_slice::<Vec<ToldFields>>(bytes) else { return };
    let Ok(told) = settle_told(&fields) else { return };
    let mut evidence = nothing();
    for one in &told {
        ladder::add(&mut evidence, one.reply, one.shown.clone());
    }
    let answer = decide(&evidence, TODAY, noon(TODAY), &Policy::default());
    let asked: Vec<_> = told.iter().map(|one| one.rung).collect();
    for setting in [Setting::Ordinary, Setting::Disaster] {
        let _ = ladder::next(&answer, &asked, setting);
    }
    let _ = serde_json::to_string(&answer);
}

/// A table of rules, and an answer by it.
pub fn rules(bytes: &[u8]) {
    let Some(rules) = text(bytes).and_then(|text| Rulebook::parse(text).ok()) else { return };
    let policy = Policy::of(Arc::new(rules));
    for on in [TODAY, Date::MIN, Date::MAX] {
        let _ = decide(&nothing(), on, noon(TODAY), &policy);
    }
    let _ = serde_json::to_string(policy.rules.rules());
}

/// A file of layout profiles, and an empty paper read by each.
pub fn layouts(bytes: &[u8]) {
    let profiles = text(bytes).and_then(|text| LayoutProfiles::parse(text).ok());
    profiles.iter().for_each(|profiles| read_by(profiles, &TypedItems::default(), TODAY));
}

/// A paper as it was typed, a line an item, by every profile there is; the line behind the last item is the day.
pub fn paper(bytes: &[u8]) {
    let (Some(text), Ok(profiles)) = (text(bytes), LayoutProfiles::built_in()) else { return };
    let mut lines = text.lines();
    let items: TypedItems =
        Item::ALL.iter().copied().zip(lines.by_ref().map(str::to_owned)).collect();
    let on = lines.next().and_then(|day| wareki::parse(day).ok());
    read_by(profiles, &items, on.map_or(TODAY, |day| day.value));
}

/// What stands on an envelope's sheet, scanned or typed.
pub fn share(bytes: &[u8]) {
    let _ = text(bytes).map(|text| read_share_text(text).map(|share| share.fingerprint()));
    let _ = Share::from_bytes(bytes).map(|share| share.to_bytes());
}

/// A key file, as it tells what it is without its passphrase.
pub fn key_file(bytes: &[u8]) {
    let _ = KeyFile::parse(bytes).map(|file| (file.to_bytes(), file.facts()));
}

/// A kept statement.
pub fn statement(bytes: &[u8]) {
    statements::probe(bytes);
}

/// What a hand scanner types, or a person: numbers, one of our codes, or somebody else's.
pub fn scanned(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let plain = scan::normalise_keyboard(&text);
    let _ = typed::numbers_in(&plain);
    let _ = scan::recognise(&text, &[Magic::Credential.digits(), Magic::DisasterOrder.digits()]);
    let _ = scan::shown(&text);
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn read_by(profiles: &LayoutProfiles, items: &TypedItems, on: Date) {
    for profile in profiles.all() {
        for part in [Part::Certificate, Part::Notice, Part::CutOut] {
            let _ = profile.layout(part).map(|layout| PaperReading::of(items, part, layout, on));
        }
    }
}

fn nothing() -> Evidence {
    Evidence {
        snapshot: SnapshotFinding::NoSnapshot,
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    }
}

fn noon(day: Date) -> Reading {
    Reading { at: Stamp(Stamp::start_of(day).0 + 12 * 3_600), clock: ClockState::Sure }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{KeyUse, SharePlace},
        *,
    };
    use crate::{
        credential::{frame, groups},
        seal::{self, ShareKind, SymmetricKey},
        sys::{corpus::replay, sim::SeedDice},
    };

    const RULES: &str = include_str!("../../assets/rules.toml");
    const LAYOUTS: &str = include_str!("../../assets/papers.toml");

    /// A reply of each kind that brings something.
    const TOLD: [(&str, &str); 5] = [
        (
            "papers",
            r#"[{"rung":"certificate","reply":"type_certificate","insurer":"06130488","symbol":"12","number":"1","branch":"01","share":"statutory","birthdate":"昭和25年1月31日","valid_to":"2027-09-30"},{"rung":"notice","reply":"notice_only","insurer":"39171234","number":"00123456"}]"#,
        ),
        (
            "portal",
            r#"[{"rung":"portal","reply":"portal_and_card","form":"pdf","share":"30"},{"rung":"card","reply":"card_seen"}]"#,
        ),
        (
            "past-visit",
            r#"[{"rung":"certificate","reply":"old_card"},{"rung":"past_visit","reply":"unchanged","last_visit":"令和8年10月1日"}]"#,
        ),
        (
            "statement",
            r#"[{"rung":"statement","reply":"statement_and_card","share":"20","birthdate":"1950-01-31","clue":"employees","employer":"架空商店"}]"#,
        ),
        (
            "four-items",
            r#"[{"rung":"four_items","reply":"items_given","name":"架空 太郎","birthdate":"1950-01-31","contact":"000","clue":"national","address":"輪島市","union":"架空国保組合"}]"#,
        ),
    ];

    const PAPERS: [(&str, &str); 2] = [
        (
            "employee",
            "06130488\n架空健康保険組合\n１２－３４\n５６７８\n０１\n架空　花子\nカクウ　ハナコ\n昭和33年3月14日\n女\n本人\n3割\n令和8年8月1日\nウ\nR8.8.1\n\n\n令和2年4月1日\n令和8年10月1日\n令和9年9月30日\n輪島市\n2026-11-22",
        ),
        (
            "late-stage",
            "39171234\n架空広域連合\n\n00123456\n\n架空太郎\n\nS15.1.31\n男\n\n法定負担割合のとおり\n*\n*\n\n\n\n\n\nR9.7.31\n",
        ),
    ];

    const SCANNED: [(&str, &str); 4] = [
        ("typed", "06130488 １２ 5678 01 昭和33年3月14日"),
        ("late-stage", "39171234 00123456 19400131"),
        ("sealed-document", "DC04FR000001125E125F0001FR247500010MME/SPECIMEN"),
        ("visiting-card", "MECARD:N:架空;TEL:000;\u{2028}\u{202e};"),
    ];

    fn seeds(texts: &[(&'static str, &str)]) -> Vec<(&'static str, Vec<u8>)> {
        texts.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn no_seed_of_what_is_told_typed_or_scanned_and_nothing_near_it_panics() {
        TOLD.iter().for_each(|(name, json)| {
            assert!(settle_told(&serde_json::from_str::<Vec<_>>(json).unwrap()).is_ok(), "{name}");
        });
        replay("told", &seeds(&TOLD), told);
        replay("paper", &seeds(&PAPERS), paper);
        replay("scanned", &seeds(&SCANNED), scanned);
    }

    #[test]
    fn no_seed_of_an_envelope_or_a_key_file_and_nothing_near_it_makes_reading_panic() {
        let dice = SeedDice::new(1);
        let key = SymmetricKey::from_bytes([7; 32]);
        let shares = seal::deal(ShareKind(1), [3; 8], &key, (2, 3), &dice).unwrap();
        let bytes = shares[0].to_bytes().to_vec();
        let digits = frame::encode(Magic::Share, &bytes).unwrap();
        let grouped: Vec<String> = groups::grouped(&digits).iter().map(|g| g.to_string()).collect();
        let of_texts =
            [("digits", digits.into_bytes()), ("grouped", grouped.join(" ").into_bytes())];
        replay("share", &[&[("share", bytes)], &of_texts[..]].concat(), share);

        let wrapped = seal::wrap_key(&key, "架空の合言葉", &dice).unwrap();
        let plain = KeyFile::new(KeyUse::Opening, &[3; 8], wrapped.clone());
        let place = SharePlace { index: 1, threshold: 2, count: 3, deal: [1, 2] };
        let of_share = KeyFile::new(KeyUse::SigningShare, &[3; 4], wrapped);
        let of_share = KeyFile { public: Some([9; 32]), share: Some(place), ..of_share };
        let files = [("opening", plain.to_bytes()), ("share", of_share.to_bytes())];
        replay("key-file", &files, key_file);
    }

    #[test]
    fn no_seed_of_the_tables_and_nothing_near_it_makes_reading_panic() {
        replay("rules", &seeds(&[("built-in", RULES)]), rules);
        replay("layouts", &seeds(&[("built-in", LAYOUTS)]), layouts);
    }
}
