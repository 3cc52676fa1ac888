//! Whether two names may belong to one person: how sure that is, and in what they differ. Nobody is joined by it.

use super::{WrittenName, is_variation_selector, is_wildcard, letters, variants};
use crate::domain::{check::CheckError, kana};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// How far two names agree (codes-and-formats 5.2). With birth date and sex beside it, `Strong` is enough for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The same name, also where small kana, width or capitals differ.
    Strong,
    /// Perhaps the same: a human decides. ● alone never gives more than this.
    Candidate,
    /// Not the same name.
    Different,
}

/// What two names differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Small kana, hiragana, old kana or capitals.
    Spelling,
    /// Two forms of one letter (髙 and 高), or letters taken for one another (斎 and 斉).
    VariantKanji,
    /// ● or ■ hides the letter.
    HiddenLetter,
    /// Long vowels or voicing of a reading (オノ and オーノ, ヤマザキ and ヤマサキ).
    LooseReading,
    /// Other letters.
    Letters,
    /// More or fewer letters.
    Length,
    /// So many letters are hidden that nothing is left to compare.
    TooManyHidden,
}

impl DifferenceKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::Spelling,
        Self::VariantKanji,
        Self::HiddenLetter,
        Self::LooseReading,
        Self::Letters,
        Self::Length,
        Self::TooManyHidden,
    ];

    /// Stable name for machines, then Japanese and English words.
    #[must_use]
    pub fn words(self) -> [&'static str; 3] {
        match self {
            Self::Spelling => ["spelling", "仮名の大小や書き方", "spelling in kana or capitals"],
            Self::VariantKanji => ["variant_kanji", "異体字", "variant kanji"],
            Self::HiddenLetter => ["hidden_letter", "●・■で隠れた文字", "a hidden letter"],
            Self::LooseReading => ["loose_reading", "長音・濁点", "long vowels or voicing"],
            Self::Letters => ["letters", "違う文字", "other letters"],
            Self::Length => ["length", "文字の数", "number of letters"],
            Self::TooManyHidden => {
                ["too_many_hidden", "隠れた文字が多すぎる", "too many hidden letters"]
            }
        }
    }

    fn tier(self) -> Tier {
        match self {
            Self::Spelling => Tier::Strong,
            Self::VariantKanji | Self::HiddenLetter | Self::LooseReading => Tier::Candidate,
            Self::Letters | Self::Length | Self::TooManyHidden => Tier::Different,
        }
    }
}

/// One difference, and the letters on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameDifference {
    /// What kind of difference.
    pub kind: DifferenceKind,
    /// In the first name.
    pub a: String,
    /// In the second name.
    pub b: String,
}

impl Serialize for NameDifference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [kind, ja, en] = self.kind.words();
        let mut object = serializer.serialize_struct("NameDifference", 5)?;
        for (key, value) in [("kind", kind), ("ja", ja), ("en", en), ("a", &self.a), ("b", &self.b)]
        {
            object.serialize_field(key, value)?;
        }
        object.end()
    }
}

/// How far two names agree, and in what they do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameComparison {
    /// The gravest of the differences decides.
    pub tier: Tier,
    /// In the order of the letters; empty for two equal names.
    pub differences: Vec<NameDifference>,
    /// It is the alias (通称) of the first that agrees better.
    pub by_alias: bool,
}

impl NameComparison {
    fn of(differences: Vec<NameDifference>) -> Self {
        let tier = differences.iter().map(|difference| difference.kind.tier()).max();
        Self { tier: tier.unwrap_or(Tier::Strong), differences, by_alias: false }
    }
}

/// More hidden letters than these, and what is left tells nobody from anybody.
const HIDDEN_MAX: usize = 2;

/// Compares two names, both in kanji (or Latin letters) or both in kana; of `a` and its alias (通称) the one that agrees
/// better is told.
///
/// # Errors
/// When one of them cannot be read, or one is a reading and the other is not: those cannot be compared.
pub fn same_name(a: &str, b: &str, alias: Option<&str>) -> Result<NameComparison, CheckError> {
    let own = one_name(a, b);
    let Some(alias) = alias else { return own };
    let by_alias = one_name(alias, b).map(|found| NameComparison { by_alias: true, ..found });
    match (own, by_alias) {
        (Ok(own), Ok(by_alias)) if by_alias.tier < own.tier => Ok(by_alias),
        (Err(CheckError::NotComparable), by_alias) => by_alias,
        (own, Ok(_) | Err(CheckError::NotComparable)) => own,
        (_, Err(unreadable)) => Err(unreadable),
    }
}

fn one_name(a: &str, b: &str) -> Result<NameComparison, CheckError> {
    WrittenName::parse(a)?;
    WrittenName::parse(b)?;
    match (kana::is_kana(a), kana::is_kana(b)) {
        (true, true) => Ok(readings(a, b)),
        (false, false) => Ok(by_letters(a, b)),
        _ => Err(CheckError::NotComparable),
    }
}

fn readings(a: &str, b: &str) -> NameComparison {
    let plain = |text: &str| letters(text).collect::<String>();
    let (plain_a, plain_b) = (plain(a), plain(b));
    let kind = if plain_a == plain_b {
        return NameComparison::of(vec![]);
    } else if kana::strict(a) == kana::strict(b) {
        DifferenceKind::Spelling
    } else if kana::loose(a) == kana::loose(b) {
        DifferenceKind::LooseReading
    } else {
        DifferenceKind::Letters
    };
    NameComparison::of(vec![NameDifference { kind, a: plain_a, b: plain_b }])
}

fn by_letters(a: &str, b: &str) -> NameComparison {
    let (letters_a, letters_b) = (drawn_letters(a), drawn_letters(b));
    let whole = |kind| {
        let joined = |letters: &[String]| letters.concat();
        let (a, b) = (joined(&letters_a), joined(&letters_b));
        NameComparison::of(vec![NameDifference { kind, a, b }])
    };
    if letters_a.len() != letters_b.len() {
        return whole(DifferenceKind::Length);
    }
    let pairs = letters_a.iter().zip(&letters_b);
    let differences: Vec<NameDifference> = pairs
        .filter_map(|(a, b)| {
            let kind = difference(a, b)?;
            Some(NameDifference { kind, a: a.clone(), b: b.clone() })
        })
        .collect();
    let hidden = differences.iter().filter(|d| d.kind == DifferenceKind::HiddenLetter).count();
    if hidden > HIDDEN_MAX || hidden == letters_a.len() {
        return whole(DifferenceKind::TooManyHidden);
    }
    NameComparison::of(differences)
}

/// The letters of a name, each with the selector that asks for its drawing.
fn drawn_letters(name: &str) -> Vec<String> {
    let mut drawn: Vec<String> = vec![];
    for c in letters(name) {
        match drawn.last_mut().filter(|_| is_variation_selector(c)) {
            Some(letter) => letter.push(c),
            None => drawn.push(c.into()),
        }
    }
    drawn
}

/// What two letters in one place differ in; two hidden ones may hide different letters.
fn difference(a: &str, b: &str) -> Option<DifferenceKind> {
    let first = |text: &str| text.chars().next();
    let (Some(letter_a), Some(letter_b)) = (first(a), first(b)) else { return None };
    if is_wildcard(letter_a) || is_wildcard(letter_b) {
        Some(DifferenceKind::HiddenLetter)
    } else if a == b {
        None
    } else if variants::alike(letter_a, letter_b) {
        Some(DifferenceKind::VariantKanji)
    } else if kana::strict(a) == kana::strict(b) {
        Some(DifferenceKind::Spelling)
    } else {
        Some(DifferenceKind::Letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(a: &str, b: &str) -> (Tier, Vec<&'static str>) {
        let found = same_name(a, b, None).unwrap();
        (found.tier, found.differences.iter().map(|d| d.kind.words()[0]).collect())
    }

    #[test]
    fn a_comparison_names_its_tier_and_every_difference() {
        let cases = [
            ("山田 太郎", "山田　太郎", Tier::Strong, &[][..]),
            ("ｼｮｳｲﾁ", "シヨウイチ", Tier::Strong, &["spelling"]),
            ("しょういち", "ショウイチ", Tier::Strong, &["spelling"]),
            ("山田みゆき", "山田ミユキ", Tier::Strong, &["spelling"; 3]),
            ("Smith", "SMITH", Tier::Strong, &["spelling"; 4]),
            ("髙橋一郎", "高橋一郎", Tier::Candidate, &["variant_kanji"]),
            ("渡邉惠", "渡辺恵", Tier::Candidate, &["variant_kanji"; 2]),
            ("斎藤", "斉藤", Tier::Candidate, &["variant_kanji"]),
            ("葛\u{E0100}西", "葛西", Tier::Candidate, &["variant_kanji"]),
            ("●橋一郎", "髙橋一郎", Tier::Candidate, &["hidden_letter"]),
            ("■橋一郎", "●橋一郎", Tier::Candidate, &["hidden_letter"]),
            ("オーノ", "オノ", Tier::Candidate, &["loose_reading"]),
            ("ヤマザキ", "ヤマサキ", Tier::Candidate, &["loose_reading"]),
            ("●橋一郎", "高橋二郎", Tier::Different, &["hidden_letter", "letters"]),
            ("山田太郎", "山田一太郎", Tier::Different, &["length"]),
            ("ヤマダ", "ヤマモト", Tier::Different, &["letters"]),
            ("●●●郎", "山田太郎", Tier::Different, &["too_many_hidden"]),
        ];
        for (a, b, tier, differences) in cases {
            assert_eq!(told(a, b), (tier, differences.to_vec()), "{a} {b}");
            assert_eq!(told(b, a).0, tier, "{b} {a}");
        }
    }

    #[test]
    fn the_letters_on_both_sides_are_shown() {
        let found = same_name("髙橋", "高橋", None).unwrap();
        let expected = serde_json::json!({
            "tier": "candidate",
            "differences": [{"kind": "variant_kanji", "ja": "異体字", "en": "variant kanji", "a": "髙", "b": "高"}],
            "by_alias": false
        });
        assert_eq!(serde_json::to_value(found).unwrap(), expected);
    }

    #[test]
    fn the_name_somebody_goes_by_counts_where_it_agrees_better() {
        let found = same_name("金　美英", "金田美英", Some("金田　美英")).unwrap();
        assert_eq!((found.tier, found.by_alias), (Tier::Strong, true));
        let own = same_name("金　美英", "金美英", Some("金田　美英")).unwrap();
        assert_eq!((own.tier, own.by_alias), (Tier::Strong, false));
        let reading = same_name("金　美英", "カネダ ミエ", Some("カネダ　ミエ")).unwrap();
        assert_eq!((reading.tier, reading.by_alias), (Tier::Strong, true));
        assert_eq!(same_name("金　美英", "金美英", Some("●")), Err(CheckError::NotAName));
    }

    #[test]
    fn a_reading_and_a_name_in_kanji_are_not_compared() {
        assert_eq!(same_name("山田", "ヤマダ", None), Err(CheckError::NotComparable));
        assert_eq!(same_name("●●", "山田", None), Err(CheckError::NotAName));
    }

    #[test]
    fn every_kind_of_difference_has_its_own_words() {
        let words: std::collections::BTreeSet<_> =
            DifferenceKind::ALL.into_iter().flat_map(DifferenceKind::words).collect();
        assert_eq!(words.len(), 3 * DifferenceKind::ALL.len());
    }

    proptest! {
        #[test]
        fn hidden_letters_alone_never_make_one_person(name in "[高橋山田一郎太ヤマ]{1,6}", hide in prop::collection::vec(any::<bool>(), 6)) {
            let hidden: String = name.chars().zip(&hide).map(|(c, h)| if *h { '●' } else { c }).collect();
            if let (true, Ok(found)) = (hidden != name, same_name(&hidden, &name, None)) {
                prop_assert_ne!(found.tier, Tier::Strong);
            }
        }

        #[test]
        fn the_tier_has_no_sides_and_a_whole_name_is_itself(a in "[髙高﨑崎●邉ヤャー 辺山]{0,4}|.{0,6}", b in "[髙高﨑崎●邉ヤャー 辺山]{0,4}|.{0,6}") {
            let tier = |a, b| same_name(a, b, None).map(|found| found.tier);
            if let Ok(found) = tier(&a, &b) {
                prop_assert_eq!(tier(&b, &a), Ok(found));
            }
            if !a.contains(['●', '■']) && let Ok(found) = tier(&a, &a) {
                prop_assert_eq!(found, Tier::Strong);
            }
        }
    }
}
