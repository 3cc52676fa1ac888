//! 不詳の請求: which numbers stand in where the insurer or the number is not known.
//!
//! There are two families of codes, and mixing them up brings the claim back: nines after a disaster, sevens where the
//! official system failed. Which one it is follows from why nobody knows; there is no way to ask for a code by itself.

use crate::domain::{
    insured::Identity,
    insurer_number::{InsurerNumber, Scheme},
    rulebook::{Dated, InsurerUnknown, Rulebook},
};
use jiff::civil::Date;
use serde::Serialize;

/// What is known all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The number of today's insurance.
    Present(Identity),
    /// The number of the insurance before (only where the official system failed).
    Former(Identity),
    /// The insurer alone, as after a disaster the employer or the municipality tells it.
    InsurerOnly(InsurerNumber),
    /// Nothing.
    Nothing,
}

/// What the patient told, for the remarks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// 住所.
    pub address: String,
    /// 勤務先.
    pub employer: String,
    /// 国保組合の名称.
    pub union: String,
    /// 連絡先.
    pub phone: String,
}

/// Where the claim goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// 社会保険診療報酬支払基金.
    PaymentFund,
    /// 国民健康保険団体連合会.
    Federation,
    /// Either of them, as the facility chooses: not even the kind of insurance is known.
    Either,
}

/// What to write onto the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandIn {
    /// 保険者番号.
    pub insurer_number: String,
    /// To be tried where the claim software refuses that number.
    pub if_refused: Option<String>,
    /// 記号.
    pub symbol: String,
    /// 番号.
    pub number: String,
    /// 摘要欄; empty where nothing needs to stand there.
    pub remarks: String,
    /// Whether the statement of eligibility (申立書) belongs to it.
    pub needs_statement: bool,
    /// Where the claim goes.
    pub desk: Desk,
    /// Where the rule of the codes is written.
    pub source: String,
}

/// The numbers and remarks for a claim of which something is not known; nothing where no confirmed rule speaks of the day.
#[must_use]
pub fn stand_in(
    cause: InsurerUnknown,
    known: &Known,
    contact: &Contact,
    (rules, on): (&Rulebook, Date),
) -> Option<StandIn> {
    let Dated::Known { value: codes, said } = rules.unknown_insurer_code(cause, on) else {
        return None;
    };
    let blank = StandIn {
        insurer_number: String::new(),
        if_refused: None,
        symbol: String::new(),
        number: String::new(),
        remarks: String::new(),
        needs_statement: false,
        desk: Desk::Either,
        source: said.source.to_owned(),
    };
    Some(match (cause, known) {
        (_, Known::Present(identity)) => as_known(blank, identity, String::new()),
        (InsurerUnknown::SystemFault, Known::Former(identity)) => {
            as_known(blank, identity, remarks("旧資格の番号", contact))
        }
        // A former number proves nothing after a disaster, but it names an insurer to be asked.
        (
            InsurerUnknown::Disaster,
            Known::Former(Identity { insurer, .. }) | Known::InsurerOnly(insurer),
        ) => StandIn {
            insurer_number: insurer.display_form(),
            number: codes.number.clone().unwrap_or_default(),
            remarks: remarks(codes.remark.as_deref().unwrap_or_default(), contact),
            desk: desk_of(*insurer),
            ..blank
        },
        (InsurerUnknown::Disaster, Known::Nothing) => StandIn {
            insurer_number: codes.insurer.clone(),
            if_refused: codes.if_refused.clone(),
            remarks: remarks("", contact),
            desk: desk_by(contact),
            ..blank
        },
        // Without a number the insurer helps nobody find the person: the stand-in and the statement.
        (InsurerUnknown::SystemFault, Known::InsurerOnly(_) | Known::Nothing) => StandIn {
            insurer_number: codes.insurer.clone(),
            if_refused: codes.if_refused.clone(),
            remarks: remarks("", contact),
            needs_statement: true,
            desk: match known {
                Known::InsurerOnly(insurer) => desk_of(*insurer),
                _ => desk_by(contact),
            },
            ..blank
        },
    })
}

fn as_known(blank: StandIn, identity: &Identity, remarks: String) -> StandIn {
    StandIn {
        insurer_number: identity.insurer.display_form(),
        symbol: identity.symbol.clone(),
        number: identity.number.clone(),
        desk: desk_of(identity.insurer),
        remarks,
        ..blank
    }
}

fn desk_of(insurer: InsurerNumber) -> Desk {
    match insurer.scheme() {
        Scheme::NationalHealth | Scheme::LateStage => Desk::Federation,
        Scheme::Unknown => Desk::Either,
        _ => Desk::PaymentFund,
    }
}

/// By the one clue that each kind of insurance has: an employer, or a union.
fn desk_by(contact: &Contact) -> Desk {
    match (contact.employer.is_empty(), contact.union.is_empty()) {
        (_, false) => Desk::Federation,
        (false, true) => Desk::PaymentFund,
        (true, true) => Desk::Either,
    }
}

/// One line for the 摘要欄: the head where there is one, then what the patient told.
fn remarks(head: &str, contact: &Contact) -> String {
    let told = [
        ("住所", &contact.address),
        ("勤務先", &contact.employer),
        ("国保組合", &contact.union),
        ("連絡先", &contact.phone),
    ];
    let told = told.iter().filter(|(_, text)| !text.trim().is_empty());
    let told = told.map(|(name, text)| format!("{name}：{}", text.trim()));
    let head = (!head.is_empty()).then(|| head.to_owned());
    head.into_iter().chain(told).collect::<Vec<_>>().join("　")
}
