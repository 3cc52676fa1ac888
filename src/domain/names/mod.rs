//! Names (氏名): one form for the many variants, and comparisons that say how sure they are.

mod same;
mod variants;
mod written;

pub use same::{DifferenceKind, NameComparison, NameDifference, Tier, same_name};
pub use written::{Variant, WrittenName};

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// What systems put where they have no letter: ● in answers of insurers, ■ in JAHIS codes. It may stand for any one.
#[must_use]
pub fn is_wildcard(c: char) -> bool {
    matches!(c, '●' | '■')
}

/// How two names agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameMatch {
    /// Letter by letter, spaces and width aside.
    Same,
    /// The same but for variant forms (髙 and 高).
    SameButVariants,
    /// The same where letters are known; a ● hides the others. Never enough alone.
    WildcardsOnly,
    /// Not the same, or nothing to compare.
    Different,
}

/// One form for all variants of a name's letters: NFKC, the first letter of each variant row, no variation selectors, no
/// spaces.
#[must_use]
pub fn fold_variants(name: &str) -> String {
    letters(name).filter(|c| !is_variation_selector(*c)).map(variants::leading_form).collect()
}

/// Compares two names. A wildcard ([`is_wildcard`]) in either stands for exactly one letter.
#[must_use]
pub fn compare(a: &str, b: &str) -> NameMatch {
    let (plain_a, plain_b): (Vec<char>, Vec<char>) = (letters(a).collect(), letters(b).collect());
    let shown = |plain: &[char]| -> Vec<char> {
        plain.iter().copied().filter(|c| !is_variation_selector(*c)).collect()
    };
    let (shown_a, shown_b) = (shown(&plain_a), shown(&plain_b));
    let fit =
        |(a, b): (&char, &char)| is_wildcard(*a) || is_wildcard(*b) || variants::alike(*a, *b);
    if shown_a.is_empty()
        || shown_a.len() != shown_b.len()
        || !shown_a.iter().zip(&shown_b).all(fit)
    {
        return NameMatch::Different;
    }
    let hidden = shown_a.iter().chain(&shown_b).any(|c| is_wildcard(*c));
    match (hidden, plain_a == plain_b) {
        (true, _) => NameMatch::WildcardsOnly, // also two equal names: what both hide may differ
        (false, true) => NameMatch::Same,
        (false, false) => NameMatch::SameButVariants,
    }
}

/// The letters of a name: width folded, compatibility ideographs united, spaces dropped.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let dense: String = name.nfkc().filter(|c| !c.is_whitespace()).collect();
    let joined: Vec<char> = dense.nfc().collect();
    joined.into_iter()
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_variants_of_a_name_have_one_form() {
        let families = [
            ["渡辺", "渡邊", "渡邉"],
            ["斎藤", "齋藤", "齋 藤"],
            ["高崎", "髙﨑", "髙嵜"],
            ["浜田", "濱田", "濵田"],
            ["吉沢", "𠮷澤", "吉澤"],
            ["神谷", "\u{FA19}谷", "神\u{E0100}谷"],
        ];
        for family in families {
            let forms: BTreeSet<String> = family.into_iter().map(fold_variants).collect();
            assert_eq!(forms.len(), 1, "{family:?}");
        }
        assert_ne!(fold_variants("斎藤"), fold_variants("斉藤"));
    }

    #[test]
    fn a_comparison_says_how_sure_it_is() {
        assert_eq!(compare("山田　太郎", "山田 太郎"), NameMatch::Same);
        assert_eq!(compare("髙橋一郎", "高橋　一郎"), NameMatch::SameButVariants);
        assert_eq!(compare("葛\u{E0100}西", "葛西"), NameMatch::SameButVariants);
        assert_eq!(compare("●橋一郎", "髙橋一郎"), NameMatch::WildcardsOnly);
        assert_eq!(compare("●橋", "●橋"), NameMatch::WildcardsOnly);
        assert_eq!(compare("■橋一郎", "髙橋一郎"), NameMatch::WildcardsOnly);
        assert_eq!(compare("斎藤", "斉藤"), NameMatch::SameButVariants);
        assert_eq!(compare("鐡男", "鉄男"), NameMatch::SameButVariants);
        assert_eq!(compare("●橋一郎", "高橋二郎"), NameMatch::Different);
        assert_eq!(compare("●", "高橋"), NameMatch::Different);
        assert_eq!(compare("", " "), NameMatch::Different);
    }

    proptest! {
        #[test]
        fn the_folded_form_is_its_own_and_the_comparison_has_no_sides(a in "[髙高﨑崎●邉 辺山]{0,4}|.{0,6}", b in "[髙高﨑崎●邉 辺山]{0,4}|.{0,6}") {
            let folded = fold_variants(&a);
            prop_assert_eq!(fold_variants(&folded), folded.clone());
            prop_assert_eq!(compare(&a, &b), compare(&b, &a));
            prop_assert!(folded.is_empty() || compare(&a, &a) != NameMatch::Different);
        }
    }
}
