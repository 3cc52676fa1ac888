//! Why a table of rules was not taken.

use crate::messages::{self, Message, Trouble};

/// What is wrong with a table, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulebookFault {
    /// Over the ceiling; not read.
    TooLarge,
    /// Not TOML, an unknown key, a rule missing, or a value of another shape.
    Unreadable,
    /// A rule without a source.
    SourceMissing,
    /// Two periods of one rule that share a day or stand in the wrong order.
    PeriodsOverlap,
    /// A value that cannot be meant, or one that the list around it contradicts.
    Contradicts,
}

impl RulebookFault {
    /// The catalogue's words.
    #[must_use]
    pub fn message(self) -> &'static Message {
        match self {
            Self::TooLarge => &messages::RULEBOOK_TOO_LARGE,
            Self::Unreadable => &messages::RULEBOOK_UNREADABLE,
            Self::SourceMissing => &messages::RULEBOOK_SOURCE_MISSING,
            Self::PeriodsOverlap => &messages::RULEBOOK_PERIODS_OVERLAP,
            Self::Contradicts => &messages::RULEBOOK_CONTRADICTS,
        }
    }
}

/// Why a table of rules was not taken; `place` is the rule, or the line as the reader of TOML tells it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {place}", fault.message().code)]
pub struct RulebookError {
    /// What is wrong.
    pub fault: RulebookFault,
    /// Where.
    pub place: String,
}

impl RulebookError {
    pub(super) fn at(fault: RulebookFault, place: impl Into<String>) -> Self {
        Self { fault, place: place.into() }
    }
}

impl Trouble for RulebookError {
    fn message(&self) -> &'static Message {
        self.fault.message()
    }
}
