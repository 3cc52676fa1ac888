//! 請求の手助け: what a clinic that claims on paper writes down from an answer, what would bring the claim back, and which
//! numbers stand in where nobody knows the insurer.
//!
//! All of it is pure: an answer, a person and a day go in. Nothing here decides about eligibility.

mod risk;
mod stand_in;
mod transcription;

pub use risk::ReturnRisk;
pub use stand_in::{Contact, Desk, Known, StandIn, stand_in};
pub use transcription::{ClaimField, Line};

use crate::domain::{
    answer::{Answer, Verdict},
    evidence::DocumentClaims,
    insured::Identity,
    person::{PersonRecord, Relation, Sex},
};
use jiff::civil::Date;
use serde::Serialize;

/// The person as a claim names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimant {
    /// Insurer, symbol, number, branch.
    pub identity: Identity,
    /// 氏名.
    pub name: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// 本人・家族.
    pub relation: Relation,
    /// 限度額適用区分 (OQSCD012), where one was shown.
    pub limit_class: Option<String>,
    /// 資格取得日.
    pub valid_from: Date,
    /// Last valid day, where known.
    pub valid_to: Option<Date>,
}

impl From<&PersonRecord> for Claimant {
    fn from(record: &PersonRecord) -> Self {
        Self {
            identity: record.identity.clone(),
            name: record.name.clone(),
            birth: record.birth,
            sex: record.sex,
            relation: record.relation,
            limit_class: record.limit_class.clone(),
            valid_from: record.valid_from,
            valid_to: record.lost_on.and_then(|lost| lost.yesterday().ok()),
        }
    }
}

impl From<&DocumentClaims> for Claimant {
    fn from(claims: &DocumentClaims) -> Self {
        Self {
            identity: claims.identity.clone(),
            name: claims.name.clone(),
            birth: claims.birth,
            sex: claims.sex,
            relation: claims.relation,
            limit_class: claims.limit_class.clone(),
            valid_from: claims.valid_from,
            valid_to: claims.valid_to,
        }
    }
}

/// What helps with one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimHelp {
    /// What to write onto the form, field by field, in the form's order; nothing where the number must not be claimed.
    pub transcribe: Vec<Line>,
    /// What would bring the claim back, the likeliest first.
    pub risks: Vec<ReturnRisk>,
}

/// Helps with the claim of an outpatient's visit on the day `on`.
#[must_use]
pub fn help(claimant: &Claimant, answer: &Answer, on: Date) -> ClaimHelp {
    let transcribe = match answer.verdict {
        Verdict::NotEligible => vec![],
        Verdict::Eligible | Verdict::CannotTell => {
            transcription::lines(claimant, answer.burden_ratio.percent, on)
        }
    };
    ClaimHelp { transcribe, risks: risk::risks(claimant, answer, on) }
}

#[cfg(test)]
mod tests;
