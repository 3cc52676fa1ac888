//! The message catalogue: every sentence a person reads when something was refused or failed, in Japanese and English.
//!
//! One [`Message`] a cause. It says what happened and what to do next; the engineer's cause chain stays in the error.

mod app;
mod cache;
mod cli;
mod config;
mod credential;
mod disaster;
mod domain;
mod hub;
mod journal;
mod notebook;
mod print;
mod rulebook;
mod scan;
mod seal;
mod snapshot;
mod sync;
mod sys;
mod trust;
mod web;
pub mod words;

/// How grave a message is and whose turn it is. The web room alone turns this into an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was handed in cannot be read; nothing changed.
    BadInput,
    /// Read and understood, but a rule forbids it.
    Refused,
    /// The thing named does not exist here.
    NotFound,
    /// Something else holds the place: a port, a lock, a newer state.
    Conflict,
    /// Over a ceiling of [`crate::limits`].
    TooLarge,
    /// A key, a passphrase or a consent is missing.
    Locked,
    /// The machine cannot do it now: disk full, read error, hub away.
    Unavailable,
}

/// What one cause is called and what the person at the counter reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// Stable name for machines and for the telephone.
    pub code: &'static str,
    /// Whose turn it is.
    pub kind: Kind,
    /// What happened, Japanese.
    pub ja: &'static str,
    /// What happened, English.
    pub en: &'static str,
    /// What to do next, Japanese.
    pub next_ja: &'static str,
    /// What to do next, English.
    pub next_en: &'static str,
}

/// An error that can be told to the person at the counter. `Display` and `source` are for the engineer.
pub trait Trouble: std::error::Error + Send + Sync + 'static {
    /// The catalogue's words for this cause.
    fn message(&self) -> &'static Message;
}

/// Declares messages as constants, and lists them for the test that no code is used twice.
macro_rules! catalogue {
    ($($name:ident = $code:literal $kind:ident { $ja:literal $en:literal $next_ja:literal $next_en:literal })*) => {
        $(
            #[doc = $en]
            pub const $name: crate::messages::Message = crate::messages::Message {
                code: $code,
                kind: crate::messages::Kind::$kind,
                ja: $ja,
                en: $en,
                next_ja: $next_ja,
                next_en: $next_en,
            };
        )*
        pub(super) const ALL: &[&crate::messages::Message] = &[$(&$name),*];
    };
}
pub(crate) use catalogue;

pub use {
    app::*, cache::*, cli::*, config::*, credential::*, disaster::*, domain::*, hub::*, journal::*,
    notebook::*, print::*, rulebook::*, scan::*, seal::*, snapshot::*, sync::*, sys::*, trust::*,
    web::*,
};

/// Every message there is, for tests and for the generated list in the contract.
pub fn all() -> impl Iterator<Item = &'static Message> {
    [
        app::ALL,
        cache::ALL,
        cli::ALL,
        config::ALL,
        credential::ALL,
        disaster::ALL,
        domain::ALL,
        hub::ALL,
        journal::ALL,
        notebook::ALL,
        print::ALL,
        rulebook::ALL,
        scan::ALL,
        seal::ALL,
        snapshot::ALL,
        sync::ALL,
        sys::ALL,
        trust::ALL,
        web::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_message_has_its_own_code_and_speaks_both_languages() {
        let mut seen = BTreeSet::new();
        for message in all() {
            assert!(seen.insert(message.code), "{} is used twice", message.code);
            assert!(
                message
                    .code
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            );
            for text in [message.ja, message.en, message.next_ja, message.next_en] {
                assert!(!text.is_empty(), "{} is silent", message.code);
            }
            assert!(!message.ja.is_ascii() && message.en.is_ascii(), "{}", message.code);
        }
    }
}
