//! The lists people are made from; their sources are in `assets/SOURCES.md`.

use crate::domain::person::Sex;

const SURNAMES: &str = include_str!("../../../assets/names/surnames.tsv");
const GIVEN_NAMES: &str = include_str!("../../../assets/names/given-names.tsv");
const FOREIGN_NAMES: &str = include_str!("../../../assets/names/foreign.tsv");
const MUNICIPALITIES: &str = include_str!("../../../assets/municipalities.csv");

/// A family name.
#[derive(Debug)]
pub(super) struct Surname {
    pub(super) kanji: &'static str,
    pub(super) kana: &'static str,
    pub(super) weight: u32,
}

/// A given name, and for whom and when parents chose it.
#[derive(Debug)]
pub(super) struct GivenName {
    pub(super) kanji: &'static str,
    pub(super) kana: &'static str,
    pub(super) sex: Sex,
    pub(super) born_from: i16,
    pub(super) born_to: i16,
    pub(super) weight: u32,
}

/// A name from elsewhere, Latin or katakana, some with a 通称.
#[derive(Debug)]
pub(super) struct ForeignName {
    pub(super) name: String,
    pub(super) kana: String,
    pub(super) sex: Sex,
    pub(super) born_from: i16,
    pub(super) born_to: i16,
    pub(super) alias: Option<(&'static str, &'static str)>,
}

/// A real municipality of the region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Municipality {
    pub(super) code: u32,
    pub(super) prefecture: &'static str,
    pub(super) name: &'static str,
    pub(super) weight: u32,
}

/// All lists, read once.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) surnames: Vec<Surname>,
    pub(super) given_names: Vec<GivenName>,
    pub(super) foreign_names: Vec<ForeignName>,
    pub(super) municipalities: Vec<Municipality>,
}

/// Lines below the heading; a line that cannot be read is left out, and a test counts that none is.
fn rows<T>(text: &'static str, comma: char, read: impl Fn(&[&'static str]) -> Option<T>) -> Vec<T> {
    let lines = text.lines().skip(1);
    lines.filter_map(|line| read(&line.split(comma).collect::<Vec<_>>())).collect()
}

fn sex(letter: &str) -> Option<Sex> {
    match letter {
        "M" => Some(Sex::Male),
        "F" => Some(Sex::Female),
        _ => None,
    }
}

fn foreign_name(row: &[&'static str]) -> Option<ForeignName> {
    let [family, given, family_kana, given_kana, letter, from, to, alias, alias_kana] = *row else {
        return None;
    };
    Some(ForeignName {
        name: format!("{family}　{given}"),
        kana: format!("{family_kana}　{given_kana}"),
        sex: sex(letter)?,
        born_from: from.parse().ok()?,
        born_to: to.parse().ok()?,
        alias: (!alias.is_empty()).then_some((alias, alias_kana)),
    })
}

impl Lists {
    /// Reads the lists compiled into the program.
    pub(super) fn read() -> Self {
        let surname = |row: &[&'static str]| match *row {
            [kanji, kana, weight] => Some(Surname { kanji, kana, weight: weight.parse().ok()? }),
            _ => None,
        };
        let given_name = |row: &[&'static str]| match *row {
            [kanji, kana, letter, from, to, weight] => Some(GivenName {
                kanji,
                kana,
                sex: sex(letter)?,
                born_from: from.parse().ok()?,
                born_to: to.parse().ok()?,
                weight: weight.parse().ok()?,
            }),
            _ => None,
        };
        let municipality = |row: &[&'static str]| match *row {
            [code, prefecture, name, _kana, weight] => Some(Municipality {
                code: code.parse().ok()?,
                prefecture,
                name,
                weight: weight.parse().ok()?,
            }),
            _ => None,
        };
        Self {
            surnames: rows(SURNAMES, '\t', surname),
            given_names: rows(GIVEN_NAMES, '\t', given_name),
            foreign_names: rows(FOREIGN_NAMES, '\t', foreign_name),
            municipalities: rows(MUNICIPALITIES, ',', municipality),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::Area;

    fn lines(text: &str) -> usize {
        text.lines().count() - 1
    }

    #[test]
    fn no_line_of_a_list_is_lost_and_the_lists_are_long_enough() {
        let lists = Lists::read();
        assert_eq!(lists.surnames.len(), lines(SURNAMES));
        assert_eq!(lists.given_names.len(), lines(GIVEN_NAMES));
        assert_eq!(lists.foreign_names.len(), lines(FOREIGN_NAMES));
        assert_eq!(lists.municipalities.len(), 19);
        assert!(lists.surnames.len() >= 300 && lists.given_names.len() >= 300);
    }

    #[test]
    fn every_municipality_is_a_real_code() {
        for place in Lists::read().municipalities {
            assert!(Area::municipality(place.code).is_some(), "{place:?}");
            assert_eq!(place.prefecture, "石川県");
        }
    }
}
