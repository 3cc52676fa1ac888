//! 被保険者資格申立書: what a patient states where nothing could be verified.
//!
//! The form's fields: name, birth date, sex and address as on the card's face; contact; kind of insurance (which may be
//! "unknown"); insurer; employer; share. What is not known stays blank and is filled in by hand; nothing is guessed. The
//! facility keeps the form and may destroy it once the payment is confirmed.

use crate::domain::{answer::worded, burden::Percent, claim::Contact, person::Sex, time::Stamp};
use jiff::civil::Date;
use serde::Serialize;

worded! {
    /// 保険の種類, as the form asks for it.
    InsuranceKind {
        Employees = "employees" "被用者保険（協会けんぽ・健保組合・共済など）" "Employees' insurance"
        National = "national" "国民健康保険（市町村）" "National health insurance (municipality)"
        NationalUnion = "national_union" "国民健康保険組合" "National health insurance union"
        LateStage = "late_stage" "後期高齢者医療" "Late-stage elderly insurance"
        Unknown = "unknown" "分からない" "Not known"
    }
}

impl InsuranceKind {
    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// What the patient states. Empty text is "not told".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// 氏名.
    pub name: String,
    /// カナ.
    pub kana: String,
    /// 生年月日.
    pub birth: Option<Date>,
    /// 性別.
    pub sex: Sex,
    /// Address, employer, union and telephone.
    pub contact: Contact,
    /// 保険の種類; `None` where it was not asked yet.
    pub kind: Option<InsuranceKind>,
    /// 保険者名.
    pub insurer_name: String,
    /// 負担割合 as the patient declares it; never guessed from the age.
    pub share: Option<Percent>,
}

/// One kept form, without what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KeptStatement {
    /// Its number: that of its journal entry.
    pub number: u64,
    /// When it was taken; nothing where it cannot be read.
    pub taken_at: Option<Stamp>,
    /// Whether it is time to ask if the claim was paid, and to destroy the form.
    pub due: bool,
}
