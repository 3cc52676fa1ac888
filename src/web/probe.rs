//! What browsers and machines send, for the fuzz target and the replay of its corpus. Not in any shipped program.

use super::{
    ask::{ConsentFields, SearchFields, VerifyFields},
    form,
    statement::StatementFields,
};
use serde::de::DeserializeOwned;

/// A form or JSON, read as each question there is and settled.
pub fn body(bytes: &[u8]) {
    both::<VerifyFields>(bytes, |fields| drop((fields.settle().is_ok(), fields.again())));
    both::<SearchFields>(bytes, |fields| drop(fields.settle()));
    both::<ConsentFields>(bytes, |fields| drop(fields.settle()));
    both::<StatementFields>(bytes, |fields| drop(fields.settle()));
}

fn both<T: DeserializeOwned>(bytes: &[u8], settle: impl Fn(T)) {
    [form::read(bytes), form::read_json(bytes)].into_iter().flatten().for_each(settle);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seed_of_a_question_and_nothing_near_it_makes_settling_panic() {
        let told = r#"{"insurer":"06130488","symbol":"12","number":"1","card_seen":"no","told":[{"rung":"notice","reply":"notice_only","insurer":"39171234","number":"00123456"}]}"#;
        let seeds = [
            (
                "verify",
                "insurer=06130488&symbol=%EF%BC%91&number=5678&branch=01&birthdate=S33.3.14",
            ),
            ("told", told),
            (
                "search",
                "viewer.name=%E6%9E%B6+%E7%A9%BA&viewer.role=doctor&name=%E3%83%8E%E3%83%88&birthdate=1950&sex=male",
            ),
            (
                "consent",
                "viewer.name=a&viewer.role=named&handle=1&second_fact.kind=number&second_fact.value=12&consent.kind=oral",
            ),
            (
                "statement",
                "name=%E6%9E%B6%E7%A9%BA&birthdate=S25.1.31&sex=female&address=x&kind=national",
            ),
        ];
        let seeds = seeds.map(|(name, text)| (name, text.as_bytes().to_vec()));
        crate::sys::corpus::replay("body", &seeds, body);
    }
}
