//! The dated rules: everything that changes with time and is not computed, each with its days, its sentence and its source.
//!
//! One table lies in the binary (`assets/rules.toml`). A signed trust list may carry another, and it replaces this one
//! whole: every rule must be in it, so that nothing is half old and half new. A later form of the table would travel under
//! another key of the list; boxes that do not know it go on with what they have.

mod error;
mod period;
#[cfg(test)]
mod tests;
mod values;

pub use error::{RulebookError, RulebookFault};
pub use period::{Dated, Period, Rule, Said, Value};
pub use values::{
    DayOfYear, DisasterMarks, DrugHistoryReach, Grades, MonthlyLimits, Shares, UnknownInsurerCode,
};

use crate::{
    domain::{
        burden::AgeClass,
        high_cost::{MonthlyLimit, SpecifiedDiseaseCaps},
        oqs_codes::LimitClass,
        policy::Ages,
    },
    limits::RULEBOOK_BYTES_MAX,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

const BUILT_IN: &str = include_str!("../../../assets/rules.toml");

/// The rules of the table that are only told: no answer and no amount of this program goes by them.
pub const TOLD_ONLY: &[&str] = &[
    "late_stage_certificate_age",
    "outpatient_relief_yen",
    "monthly_limits",
    "limits_halved_at_75",
    "specified_disease_caps",
    "disaster_marks",
    "drug_history",
];

macro_rules! rules {
    ($($(#[$doc:meta])* $code:ident: $value:ty,)*) => {
        /// Every rule of the table, by its code there.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Rules {
            /// The day the table was put together.
            pub edition: Date,
            $($(#[$doc])* pub $code: Rule<$value>,)*
            /// What the program computes by itself: told here, not changed by a table.
            pub fixed: Vec<FixedRule>,
            /// What nobody has answered yet.
            pub open: Vec<OpenPoint>,
        }

        impl Rules {
            fn check(&self) -> Result<(), RulebookError> {
                $(self.$code.check(stringify!($code))?;)*
                Ok(())
            }
        }
    };
}

rules! {
    /// Whether a health insurance card (保険証) proves eligibility.
    insurance_card: bool,
    /// Whether an expired card may be accepted if its number is checked online.
    old_card_grace: bool,
    /// Whether a notice (資格情報のお知らせ) without the card may be accepted if its number is checked online.
    notice_alone_grace: bool,
    /// From which age everybody is given a certificate, card or not.
    late_stage_certificate_age: u8,
    /// 義務教育就学前.
    share_preschool: Shares,
    /// From school age to 69.
    share_general: Shares,
    /// 高齢受給者.
    share_elderly_70: Shares,
    /// 後期高齢者.
    share_late_stage_75: Shares,
    /// The day the assessment year (判定年度) begins.
    share_year_start: DayOfYear,
    /// 外来の配慮措置, yen a month.
    outpatient_relief_yen: u32,
    /// 高額療養費の自己負担限度額.
    monthly_limits: MonthlyLimits,
    /// Whether the limits are half in the month of the 75th birthday.
    limits_halved_at_75: bool,
    /// マル長.
    specified_disease_caps: SpecifiedDiseaseCaps,
    /// Insurer unknown in a disaster.
    claim_disaster: UnknownInsurerCode,
    /// Insurer unknown because online verification failed.
    claim_fault: UnknownInsurerCode,
    /// Marks on claims of exempted patients.
    disaster_marks: DisasterMarks,
    /// Lag and reach of drug data.
    drug_history: DrugHistoryReach,
    /// Age of the snapshot.
    grades_snapshot: Grades,
    /// Age of a revocation list.
    grades_revocation: Grades,
    /// Days by which the next trust list is overdue.
    grades_trust_list: Grades,
}

/// A rule that the program computes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedRule {
    /// Its name.
    pub code: String,
    /// Japanese sentence.
    pub ja: String,
    /// English sentence.
    pub en: String,
    /// Where it is written.
    #[serde(default)]
    pub source: String,
    /// Whether a public source settles it.
    pub confirmed: bool,
}

/// A question that no public source answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPoint {
    /// Japanese sentence.
    pub ja: String,
    /// English sentence.
    pub en: String,
    /// Where the answer should stand, or what raised the question.
    #[serde(default)]
    pub source: String,
}

/// Why the insurer is not known: the reason chooses the codes, never the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsurerUnknown {
    /// A disaster.
    Disaster,
    /// Online verification failed, and there is no disaster.
    SystemFault,
}

/// A table of rules that holds together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rulebook {
    /// As it was written, where it came with a trust list.
    text: Option<String>,
    rules: Rules,
}

impl Rulebook {
    /// The table in the binary. Were it broken (a test reads it), every rule would be silent: no grace, no amount, and
    /// nothing fresh.
    #[must_use]
    pub fn built_in() -> &'static Arc<Self> {
        static TABLE: LazyLock<Arc<Rulebook>> = LazyLock::new(|| {
            Arc::new(Rulebook { text: None, rules: read(BUILT_IN).unwrap_or_default() })
        });
        &TABLE
    }

    /// Reads a table that came with a list.
    ///
    /// # Errors
    /// Too large, not TOML, an unknown key, a rule missing, without a source, with overlapping periods, or one that cannot
    /// be meant. Nothing of such a table is taken.
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        Ok(Self { rules: read(text)?, text: Some(text.to_owned()) })
    }

    /// The table as it was written; `None` for the one in the binary.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Every rule, to be shown.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether an expired insurance card may be accepted, its number checked online.
    #[must_use]
    pub fn old_card_grace(&self, on: Date) -> Dated<'_, bool> {
        self.rules.old_card_grace.on(on)
    }

    /// Whether a notice alone may be accepted, its number checked online.
    #[must_use]
    pub fn notice_alone_grace(&self, on: Date) -> Dated<'_, bool> {
        self.rules.notice_alone_grace.on(on)
    }

    /// The shares an age class may have.
    #[must_use]
    pub fn shares(&self, class: AgeClass, on: Date) -> Dated<'_, Shares> {
        let rule = match class {
            AgeClass::Preschool => &self.rules.share_preschool,
            AgeClass::General => &self.rules.share_general,
            AgeClass::Elderly70 => &self.rules.share_elderly_70,
            AgeClass::LateStage75 => &self.rules.share_late_stage_75,
        };
        rule.on(on)
    }

    /// The monthly limit of a class of high-cost care.
    #[must_use]
    pub fn limit(&self, class: LimitClass, on: Date) -> Dated<'_, MonthlyLimit> {
        self.rules.monthly_limits.on(on).part(|limits| limits.of(class))
    }

    /// The caps of specified diseases (マル長).
    #[must_use]
    pub fn specified_disease_caps(&self, on: Date) -> Dated<'_, SpecifiedDiseaseCaps> {
        self.rules.specified_disease_caps.on(on)
    }

    /// What stands on a claim in place of an insurer nobody knows.
    #[must_use]
    pub fn unknown_insurer_code(
        &self,
        reason: InsurerUnknown,
        on: Date,
    ) -> Dated<'_, UnknownInsurerCode> {
        match reason {
            InsurerUnknown::Disaster => self.rules.claim_disaster.on(on),
            InsurerUnknown::SystemFault => self.rules.claim_fault.on(on),
        }
    }

    /// Age of the snapshot, of a revocation list, and days by which a trust list is overdue: the grades of each.
    #[must_use]
    pub fn grades(&self) -> [Ages; 3] {
        let Rules { grades_snapshot, grades_revocation, grades_trust_list, .. } = &self.rules;
        [grades_snapshot, grades_revocation, grades_trust_list]
            .map(|rule| rule.only().map_or(Ages::NOTHING_IS_FRESH, |grades| grades.ages()))
    }
}

fn read(text: &str) -> Result<Rules, RulebookError> {
    if text.len() > RULEBOOK_BYTES_MAX {
        return Err(RulebookError::at(RulebookFault::TooLarge, format!("{} bytes", text.len())));
    }
    let rules: Rules = toml::from_str(text)
        .map_err(|e| RulebookError::at(RulebookFault::Unreadable, e.to_string()))?;
    rules.check()?;
    let grades = [&rules.grades_snapshot, &rules.grades_revocation, &rules.grades_trust_list];
    if grades.iter().any(|rule| rule.only().is_none()) {
        let why = "grades: one period without from and until";
        return Err(RulebookError::at(RulebookFault::Contradicts, why));
    }
    let sources = rules.fixed.iter().map(|rule| &rule.source);
    let mut sources = sources.chain(rules.open.iter().map(|point| &point.source));
    if sources.any(|source| source.trim().is_empty()) {
        return Err(RulebookError::at(RulebookFault::SourceMissing, "fixed, open"));
    }
    Ok(rules)
}
