//! 公費: in which order public payers stand on a claim.

/// The order of laws (法別番号), as one claims program has it; not compared with the official instructions (記載要領).
const ORDER: [u8; 27] = [
    13, 14, 18, 29, 30, 10, 11, 20, 21, 15, 16, 24, 22, 28, 17, 79, 19, 23, 52, 54, 51, 38, 53, 66,
    62, 25, 12,
];

/// Puts payers, told by their law, in the order of a claim. Local schemes and laws nobody has published come last, in the
/// order given.
pub fn sort_for_claim<T>(payers: &mut [T], law_of: impl Fn(&T) -> u8) {
    payers.sort_by_key(|payer| place(law_of(payer)));
}

fn place(law: u8) -> usize {
    ORDER.iter().position(|known| *known == law).unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{public_payer::PublicPayerNumber, rulebook::Rulebook};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn public_payers_stand_in_the_order_of_a_claim_and_local_schemes_last() {
        let mut numbers: Vec<_> =
            ["80137003", "12131017", "54016027", "21136015", "51136018", "19130012"]
                .map(|number| PublicPayerNumber::parse(number).unwrap().value)
                .into();
        sort_for_claim(&mut numbers, |number| number.law_code());
        let laws: Vec<_> = numbers.into_iter().map(PublicPayerNumber::law_code).collect();
        assert_eq!(laws, [21, 19, 54, 51, 12, 80]);
    }

    #[test]
    fn the_order_is_the_one_on_the_page_of_rules() {
        let laws: Vec<_> = ORDER.iter().map(u8::to_string).collect();
        let rules = Rulebook::built_in();
        let said = rules.rules().fixed.iter().find(|rule| rule.code == "order_of_public_expense");
        assert!(said.unwrap().ja.contains(&laws.join(",")));
        assert_eq!(ORDER.iter().collect::<BTreeSet<_>>().len(), ORDER.len());
    }

    proptest! {
        #[test]
        fn sorting_keeps_everybody_and_the_given_order_of_unknown_laws(mut laws in proptest::collection::vec(any::<u8>(), 0..8)) {
            let before = laws.clone();
            sort_for_claim(&mut laws, |law| *law);
            let unknown = |laws: &[u8]| -> Vec<u8> {
                laws.iter().copied().filter(|law| !ORDER.contains(law)).collect()
            };
            prop_assert_eq!(unknown(&laws), unknown(&before));
            prop_assert!(laws.iter().map(|law| place(*law)).is_sorted());
            prop_assert_eq!(laws.len(), before.len());
        }
    }
}
