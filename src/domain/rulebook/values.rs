//! What the rules' values look like. Each can say what about itself cannot be meant.

use super::period::Value;
use crate::domain::{
    burden::Percent,
    high_cost::{MonthlyLimit, SpecifiedDiseaseCaps},
    oqs_codes::{Coded, LimitClass},
    policy::Ages,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

// Yes or no.
impl Value for bool {}

// An amount in yen.
impl Value for u32 {}

// An age in years.
impl Value for u8 {
    fn flaw(&self) -> Option<&'static str> {
        (*self > 130).then_some("an age nobody reaches")
    }
}

/// The shares an age class may have, in percent, rising. One alone needs no income; of several, income decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shares(Vec<u8>);

impl Shares {
    /// The share, where age alone decides it.
    #[must_use]
    pub fn only(&self) -> Option<Percent> {
        match self.0.as_slice() {
            [percent] => Percent::new(*percent),
            _ => None,
        }
    }

    /// Whether a stated share is among those there are.
    #[must_use]
    pub fn allows(&self, percent: Percent) -> bool {
        self.0.contains(&percent.value())
    }
}

impl Value for Shares {
    fn flaw(&self) -> Option<&'static str> {
        let rising = self.0.windows(2).all(|pair| pair.is_sorted_by(|a, b| a < b));
        let sound = !self.0.is_empty() && rising && self.0.iter().all(|percent| *percent <= 100);
        (!sound).then_some("shares that are not rising percentages")
    }
}

/// A day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 28, so that every year has it.
    pub day: i8,
}

impl Value for DayOfYear {
    fn flaw(&self) -> Option<&'static str> {
        let sound = (1..=12).contains(&self.month) && (1..=28).contains(&self.day);
        (!sound).then_some("a day that some years lack")
    }
}

/// The monthly limits of high-cost care by class. A class that is not there has no amount that is known.
///
/// Classes of a later version are passed over, whatever stands beside them (they are to be divided anew from 2027-08): an
/// older box must not refuse the whole table for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MonthlyLimits(BTreeMap<LimitClass, MonthlyLimit>);

impl<'de> Deserialize<'de> for MonthlyLimits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByClass)
    }
}

struct ByClass;

impl<'de> Visitor<'de> for ByClass {
    type Value = MonthlyLimits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("limits by class (OQSCD012)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MonthlyLimits, A::Error> {
        let (mut limits, mut is_empty) = (BTreeMap::new(), true);
        while let Some(class) = map.next_key::<String>()? {
            is_empty = false;
            match Coded::parse(&class) {
                Some(Coded::Known(class)) => {
                    limits.insert(class, map.next_value()?);
                }
                Some(Coded::Unknown(_)) => {
                    map.next_value::<IgnoredAny>()?;
                }
                None => return Err(A::Error::custom(format!("{class} is no code of a class"))),
            }
        }
        if is_empty {
            return Err(A::Error::custom("limits that are none"));
        }
        Ok(MonthlyLimits(limits))
    }
}

impl MonthlyLimits {
    pub(super) fn of(&self, class: LimitClass) -> Option<&MonthlyLimit> {
        self.0.get(&class)
    }
}

impl Value for MonthlyLimits {
    fn flaw(&self) -> Option<&'static str> {
        let odd = |limit: &MonthlyLimit| {
            limit.base_yen == 0 || limit.many_times_yen.is_some_and(|many| many > limit.base_yen)
        };
        self.0.values().any(odd).then_some("limits that are none")
    }
}

impl Value for SpecifiedDiseaseCaps {
    fn flaw(&self) -> Option<&'static str> {
        (self.general_yen > self.dialysis_high_income_yen).then_some("caps upside down")
    }
}

/// What stands on a claim in place of an insurer nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnknownInsurerCode {
    /// Eight digits in place of the insurer's number.
    pub insurer: String,
    /// The same, for software that refuses the first.
    pub if_refused: Option<String>,
    /// Digits in place of the person's number, where the insurer alone is known; the symbol stays empty.
    pub number: Option<String>,
    /// What then stands at the head of the remarks (摘要欄).
    pub remark: Option<String>,
}

impl Value for UnknownInsurerCode {
    fn flaw(&self) -> Option<&'static str> {
        let digits = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|c| c.is_ascii_digit())
        };
        let sound = digits(&self.insurer, 8)
            && self.if_refused.as_ref().is_none_or(|other| digits(other, 8))
            && self.number.as_ref().is_none_or(|number| digits(number, 9));
        (!sound).then_some("codes that no claim holds")
    }
}

/// How a claim of somebody exempted in a disaster is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisasterMarks {
    /// In red at the top right of a paper claim.
    pub paper: String,
    /// 特記事項 of an electronic claim.
    pub electronic: String,
}

impl Value for DisasterMarks {
    fn flaw(&self) -> Option<&'static str> {
        (self.paper.is_empty() || self.electronic.is_empty()).then_some("an empty mark")
    }
}

/// How late drug data come, and how far back they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugHistoryReach {
    /// Days after dispensing at the earliest.
    pub lag_days_min: u16,
    /// Days after dispensing at the latest, as a rule.
    pub lag_days_max: u16,
    /// Years that claims reach back.
    pub reach_years: u8,
    /// Days that electronic prescriptions reach back.
    pub prescription_days: u16,
}

impl Value for DrugHistoryReach {
    fn flaw(&self) -> Option<&'static str> {
        (self.lag_days_min > self.lag_days_max).then_some("a lag upside down")
    }
}

/// From which age in days each grade begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    warn_days: u16,
    confirm_days: u16,
    /// `None`: age alone never refuses.
    refuse_days: Option<u16>,
}

impl Grades {
    /// The thresholds.
    #[must_use]
    pub fn ages(self) -> Ages {
        let refuse_days = self.refuse_days.unwrap_or(u16::MAX);
        Ages { warn_days: self.warn_days, confirm_days: self.confirm_days, refuse_days }
    }
}

impl Value for Grades {
    fn flaw(&self) -> Option<&'static str> {
        let Ages { warn_days, confirm_days, refuse_days } = self.ages();
        (!(warn_days <= confirm_days && confirm_days <= refuse_days))
            .then_some("grades out of order")
    }
}
