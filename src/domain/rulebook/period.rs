//! A rule as periods of days, each with its value, its sentence and its source.

use super::error::{RulebookError, RulebookFault};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A value of a rule that can be looked over before it is believed.
pub trait Value {
    /// What about it cannot be meant.
    fn flaw(&self) -> Option<&'static str> {
        None
    }
}

/// One period of a rule: `from` and `until` are both included; absent they are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period<T> {
    /// First day; `None` where the beginning was not looked up.
    pub from: Option<Date>,
    /// Last day; `None` where no end is known.
    pub until: Option<Date>,
    /// What holds in it; `None` for an announced change nobody has confirmed: it must not be reckoned with.
    pub value: Option<T>,
    /// The rule as a sentence, Japanese.
    pub ja: String,
    /// The rule as a sentence, English.
    pub en: String,
    /// Where it is written.
    #[serde(default)]
    pub source: String,
    /// Whether a public source settles it.
    pub confirmed: bool,
}

impl<T> Period<T> {
    fn covers(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }

    fn said(&self) -> Said<'_> {
        Said {
            from: self.from,
            until: self.until,
            ja: &self.ja,
            en: &self.en,
            source: &self.source,
            confirmed: self.confirmed,
        }
    }
}

/// What a table says beside a value: since when, until when, in words, on what source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Said<'a> {
    /// First day.
    pub from: Option<Date>,
    /// Last day, included.
    pub until: Option<Date>,
    /// Japanese sentence.
    pub ja: &'a str,
    /// English sentence.
    pub en: &'a str,
    /// Source.
    pub source: &'a str,
    /// Whether the source settles it.
    pub confirmed: bool,
}

/// The answer of a rule for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated<'a, T> {
    /// There is a value; `said.confirmed` tells whether a public source settles it.
    Known {
        /// The value.
        value: &'a T,
        /// The period's own words.
        said: Said<'a>,
    },
    /// A change is announced and its value is not confirmed. `former` may be shown with that mark; nothing is reckoned with it.
    NotConfirmed {
        /// What held before.
        former: Option<&'a T>,
        /// The announcement's words.
        said: Said<'a>,
    },
    /// The table says nothing about that day.
    Silent,
}

impl<'a, T> Dated<'a, T> {
    /// The value that may be reckoned with.
    #[must_use]
    pub fn value(self) -> Option<&'a T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::NotConfirmed { .. } | Self::Silent => None,
        }
    }

    /// A part of the value. A table without that part is silent about it.
    pub(super) fn part<U>(self, part: impl Fn(&'a T) -> Option<&'a U>) -> Dated<'a, U> {
        match self {
            Self::Known { value, said } => {
                part(value).map_or(Dated::Silent, |value| Dated::Known { value, said })
            }
            Self::NotConfirmed { former, said } => {
                Dated::NotConfirmed { former: former.and_then(part), said }
            }
            Self::Silent => Dated::Silent,
        }
    }
}

/// A rule: its periods, oldest first, none sharing a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule<T>(Vec<Period<T>>);

impl<T> Default for Rule<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T> Rule<T> {
    /// What the rule says for a day.
    #[must_use]
    pub fn on(&self, on: Date) -> Dated<'_, T> {
        let Some(place) = self.0.iter().position(|period| period.covers(on)) else {
            return Dated::Silent;
        };
        let (before, from_here) = self.0.split_at(place);
        let Some(period) = from_here.first() else { return Dated::Silent };
        match &period.value {
            Some(value) => Dated::Known { value, said: period.said() },
            None => Dated::NotConfirmed {
                former: before.iter().rev().find_map(|former| former.value.as_ref()),
                said: period.said(),
            },
        }
    }

    /// The periods, oldest first.
    #[must_use]
    pub fn periods(&self) -> &[Period<T>] {
        &self.0
    }

    /// The one value of a rule that has a single period without end.
    pub(super) fn only(&self) -> Option<&T> {
        match self.0.as_slice() {
            [Period { from: None, until: None, value, .. }] => value.as_ref(),
            _ => None,
        }
    }
}

impl<T: Value> Rule<T> {
    /// What cannot be meant: sources first, for a rule without one is nobody's rule.
    pub(super) fn check(&self, code: &'static str) -> Result<(), RulebookError> {
        let refuse = |fault, why: &str| Err(RulebookError::at(fault, format!("{code}: {why}")));
        if self.0.is_empty() {
            return refuse(RulebookFault::Unreadable, "no period");
        }
        for period in &self.0 {
            if period.source.trim().is_empty() {
                return refuse(RulebookFault::SourceMissing, "source");
            }
            if let Some(why) = period.flaw() {
                return refuse(RulebookFault::Contradicts, why);
            }
        }
        let in_order = |pair: &[Period<T>]| match pair {
            [former, next] => former.until.zip(next.from).is_some_and(|(end, start)| end < start),
            _ => false,
        };
        if self.0.windows(2).all(in_order) {
            return Ok(());
        }
        refuse(RulebookFault::PeriodsOverlap, "from, until")
    }
}

impl<T: Value> Period<T> {
    fn flaw(&self) -> Option<&'static str> {
        if self.ja.trim().is_empty() || self.en.trim().is_empty() {
            return Some("a rule without words");
        }
        if self.from.zip(self.until).is_some_and(|(from, until)| until < from) {
            return Some("ends before it begins");
        }
        match &self.value {
            Some(value) => value.flaw(),
            None => self.confirmed.then_some("confirmed, but without a value"),
        }
    }
}
