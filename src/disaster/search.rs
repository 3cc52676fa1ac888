//! Finding a person who carries no card: by name or kana, birth date, sex and address.
//!
//! Local matching differs from the official one, whose rules are not public (field.md A31): every candidate is shown with
//! every difference, and none may be picked without a second fact (field.md A32, closing list 13 and 14).

use crate::domain::{
    kana,
    names::{self, NameMatch},
    person::{PersonRecord, Sex, Standing},
};
use jiff::civil::Date;
use serde::Serialize;

/// What is known of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// 氏名, kanji or kana, as heard or read; at least one character.
    pub name: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別, where known.
    pub sex: Sex,
    /// 住所 or a part of it, where known.
    pub address: Option<String>,
}

/// How one candidate differs from what was asked. No difference is not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// 異体字: the same but for variant characters (髙 for 高).
    VariantKanji,
    /// Only through ●, which stands for any character.
    UnreadableCharacter,
    /// Found by an alias (通称).
    Alias,
    /// The kana agree only without voicing marks and long vowels.
    KanaLoose,
    /// Only the family name or only the given name agrees.
    PartOfName,
    /// Sex differs.
    Sex,
    /// The address does not contain what was asked.
    Address,
}

/// One person who may be meant.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The record.
    pub record: PersonRecord,
    /// How it differs, gravest last.
    pub differences: Vec<Difference>,
}

/// All who may be meant among those born on the day, fewest differences first. Suspended records are not shown.
#[must_use]
pub fn candidates(born_that_day: Vec<PersonRecord>, query: &SearchQuery) -> Vec<Candidate> {
    let mut found: Vec<_> = born_that_day
        .into_iter()
        .filter(|record| record.standing == Standing::Usable && record.birth == query.birth)
        .filter_map(|record| {
            let differences = differences(&record, query)?;
            Some(Candidate { record, differences })
        })
        .collect();
    found.sort_by(|a, b| {
        (a.differences.len(), &a.differences).cmp(&(b.differences.len(), &b.differences))
    });
    found
}

fn differences(record: &PersonRecord, query: &SearchQuery) -> Option<Vec<Difference>> {
    let mut differences = name_differences(record, &query.name)?;
    if query.sex != Sex::Unstated && record.sex != Sex::Unstated && query.sex != record.sex {
        differences.push(Difference::Sex);
    }
    if query.address.as_deref().is_some_and(|address| !address_contains(&record.address, address)) {
        differences.push(Difference::Address);
    }
    Some(differences)
}

/// `None` if no part of the name fits.
fn name_differences(record: &PersonRecord, asked: &str) -> Option<Vec<Difference>> {
    let own = one_name(&record.name, &record.kana, asked);
    let alias = record.alias.as_ref().and_then(|alias| one_name(&alias.name, &alias.kana, asked));
    let alias = alias.map(|alias| [vec![Difference::Alias], alias].concat());
    // The way of fitting whose gravest difference is the lighter: a whole alias outweighs a part of the registered name.
    let gravity = |found: &Vec<Difference>| (found.iter().max().copied(), found.len());
    [own, alias].into_iter().flatten().min_by_key(gravity)
}

fn one_name(name: &str, reading: &str, asked: &str) -> Option<Vec<Difference>> {
    match names::compare(name, asked) {
        NameMatch::Same => return Some(vec![]),
        NameMatch::SameButVariants => return Some(vec![Difference::VariantKanji]),
        NameMatch::WildcardsOnly => return Some(vec![Difference::UnreadableCharacter]),
        NameMatch::Different => {}
    }
    if kana::strict(reading) == kana::strict(asked) {
        return Some(vec![]);
    }
    if kana::loose(reading) == kana::loose(asked) {
        return Some(vec![Difference::KanaLoose]);
    }
    let asked_parts: Vec<_> = asked.split_whitespace().collect();
    let same_part = |part: &str| {
        asked_parts.iter().any(|given| {
            names::compare(part, given) != NameMatch::Different && !given.contains('●')
                || kana::strict(part) == kana::strict(given)
        })
    };
    let parts = name.split_whitespace().chain(reading.split_whitespace());
    parts.into_iter().any(same_part).then(|| vec![Difference::PartOfName])
}

fn address_contains(address: &str, part: &str) -> bool {
    let (address, part) = (names::fold_variants(address), names::fold_variants(part));
    !part.is_empty() && address.contains(&part)
}

/// Whether the folded words lie in the address and do not end before its municipality does. Where a municipality's own
/// name holds 市, 区, 町 or 村 (市川市) its end is sought too early: lenient, never strict towards a true fact.
fn reaches_beyond_town(address: &str, told: &str) -> bool {
    let address = names::fold_variants(address);
    let end = |start: usize, places: std::ops::Range<usize>, ends: [char; 4]| {
        let rest = address.get(start..).unwrap_or_default().char_indices();
        let mut here = rest.skip(places.start).take(places.len());
        here.find(|(_, c)| ends.contains(c)).map_or(start, |(at, c)| start + at + c.len_utf8())
    };
    let prefecture = end(0, 2..4, ['都', '道', '府', '県']); // the third letter or the fourth
    let town = end(prefecture, 1..12, ['市', '区', '町', '村']);
    address.match_indices(told).any(|(at, words)| at + words.len() > town)
}

/// A second fact, told by the patient or a companion, that tells this person from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFact {
    /// What it is about.
    pub kind: SecondFactKind,
    /// As told.
    pub value: String,
}

/// What a second fact may be about: what a person without any paper still knows (field.md A22, B1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactKind {
    /// Part of the address.
    Address,
    /// The insurer's name or, for employees, part of it.
    InsurerName,
    /// The insured number or its last four digits or more.
    Number,
}

impl SecondFactKind {
    /// The kind's name in JSON and in the journal.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::InsurerName => "insurer_name",
            Self::Number => "number",
        }
    }
}

/// Whether the second fact fits the record. Two characters at least, and an address must reach beyond the municipality:
/// "市" fits everybody, "輪島市" everybody in the shelter.
#[must_use]
pub fn second_fact_fits(record: &PersonRecord, fact: &SecondFact) -> bool {
    let told = names::fold_variants(&fact.value);
    match fact.kind {
        SecondFactKind::Address => {
            told.chars().count() >= 2 && reaches_beyond_town(&record.address, &told)
        }
        SecondFactKind::InsurerName => {
            told.chars().count() >= 2 && names::fold_variants(&record.insurer_name).contains(&told)
        }
        SecondFactKind::Number => {
            let told = crate::domain::insured::match_form(&fact.value);
            told.chars().count() >= 4
                && crate::domain::insured::match_form(&record.identity.number).ends_with(&told)
        }
    }
}
