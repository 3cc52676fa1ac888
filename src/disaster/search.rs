//! Finding a person who carries no card: by name or kana, birth date, sex and address.
//!
//! Local matching differs from the official one, whose rules are not public (field.md A31): every candidate is shown with
//! every difference, and none may be picked without a second fact (field.md A32, closing list 13 and 14).

use crate::domain::{
    check::CheckError,
    insured::match_form,
    kana,
    names::{self, NameMatch},
    person::{PersonRecord, Sex, Standing},
    wareki,
};
use jiff::civil::Date;
use serde::Serialize;

/// What is known of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// 氏名, kanji or kana, as heard or read; at least one character.
    pub name: String,
    /// 生年月日, as far as known.
    pub birth: BirthClue,
    /// 性別, where known.
    pub sex: Sex,
    /// 住所 or a part of it, where known.
    pub address: Option<String>,
}

/// What is known of a birth date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BirthClue {
    /// The day.
    Day(Date),
    /// The year only.
    Year(i16),
    /// Nothing: then the whole name in kana must do.
    Unknown,
}

impl BirthClue {
    /// Reads a day in any form, or a year alone (1950, 昭和25年, S25); nothing written is nothing known.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(text: &str) -> Result<Self, CheckError> {
        if text.trim().is_empty() {
            return Ok(Self::Unknown);
        }
        match wareki::parse_year(text) {
            Some(year) => Ok(Self::Year(year)),
            None => wareki::parse(text).map(|day| Self::Day(day.value)),
        }
    }

    fn fits(self, birth: Date) -> bool {
        match self {
            Self::Day(day) => birth == day,
            Self::Year(year) => birth.year() == year,
            Self::Unknown => true,
        }
    }
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

/// All who may be meant among those the index gave, fewest differences first. Suspended records are not shown.
#[must_use]
pub fn candidates(people: Vec<PersonRecord>, query: &SearchQuery) -> Vec<Candidate> {
    let mut found: Vec<_> = people
        .into_iter()
        .filter(|record| record.standing == Standing::Usable && query.birth.fits(record.birth))
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
            names::compare(part, given) != NameMatch::Different
                && !given.contains(names::is_wildcard)
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
    /// The insured number, its last four digits or more, or symbol and number together.
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

/// Words that stand in most insurers' names and tell nobody from anybody.
const GENERIC_INSURER_WORDS: &[&str] = &[
    "国民健康保険",
    "健康保険",
    "後期高齢者医療",
    "広域連合",
    "共済",
    "組合",
    "協会",
    "連合会",
    "支部",
    "全国",
    "県",
    "市",
    "町",
    "村",
    "株式会社",
];

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
            let own = GENERIC_INSURER_WORDS
                .iter()
                .fold(told.clone(), |rest, word| rest.replace(word, ""));
            // The name of the patient's own town or prefecture fits every neighbour.
            let local = names::fold_variants(&record.address).contains(&own);
            own.chars().count() >= 2
                && !local
                && names::fold_variants(&record.insurer_name).contains(&told)
        }
        SecondFactKind::Number => {
            let told = match_form(&fact.value);
            let number = match_form(&record.identity.number);
            let symbol_and_number = match_form(&record.identity.symbol) + &number;
            // A short number counts only whole and with its symbol: "18" alone is anybody's.
            told.chars().count() >= 4 && (number.ends_with(&told) || symbol_and_number == told)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        insured::Identity,
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
    };
    use jiff::civil::date;

    fn record(insurer_name: &str, number: &str) -> PersonRecord {
        let insurer = InsurerNumber::from_value(6_130_488).unwrap();
        PersonRecord {
            identity: Identity {
                insurer,
                symbol: "12".into(),
                number: number.into(),
                branch: None,
            },
            insurer_name: insurer_name.into(),
            name: "髙﨑　德江".into(),
            kana: "タカサキ　トクエ".into(),
            alias: None,
            birth: date(1958, 2, 3),
            sex: Sex::Female,
            address: "石川県輪島市架空町1-2".into(),
            municipality: 172_049,
            relation: Relation::Insured,
            burden: None,
            limit_class: None,
            valid_from: date(2020, 4, 1),
            lost_on: None,
            loss_reason: None,
            standing: Standing::Usable,
            origin: None,
        }
    }

    fn fits(record: &PersonRecord, kind: SecondFactKind, value: &str) -> bool {
        second_fact_fits(record, &SecondFact { kind, value: value.into() })
    }

    #[test]
    fn an_insurer_named_in_words_that_fit_every_neighbour_is_no_second_fact() {
        let society = record("架空製作所健康保険組合", "345");
        assert!(fits(&society, SecondFactKind::InsurerName, "架空製作所"));
        for generic in ["健康保険", "健康保険組合", "所"] {
            assert!(!fits(&society, SecondFactKind::InsurerName, generic), "{generic}");
        }
        let town = record("輪島市国民健康保険", "345");
        assert!(!fits(&town, SecondFactKind::InsurerName, "輪島市国民健康保険"));
    }

    #[test]
    fn a_short_number_counts_only_whole_and_with_its_symbol() {
        let short = record("架空製作所健康保険組合", "34");
        assert!(fits(&short, SecondFactKind::Number, "１２ ３４"));
        assert!(!fits(&short, SecondFactKind::Number, "34"));
        let long = record("架空製作所健康保険組合", "38971160");
        assert!(
            fits(&long, SecondFactKind::Number, "1160")
                && !fits(&long, SecondFactKind::Number, "160")
        );
    }
}
