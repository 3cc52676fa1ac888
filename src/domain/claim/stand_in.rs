//! 不詳の請求: which numbers stand in where the insurer or the number is not known.
//!
//! There are two families of codes, and mixing them up brings the claim back: nines after a disaster, sevens where the
//! official system failed. Which one it is follows from why nobody knows; there is no way to ask for a code by itself.

use crate::domain::{
    answer::worded,
    insured::Identity,
    insurer_number::{InsurerNumber, Scheme},
};
use serde::Serialize;

const DISASTER_RULE: &str = "中央社会保険医療協議会資料 2024年1月10日 (災害: 不詳の請求)";
const FAULT_RULE: &str =
    "厚生労働省 2023年9月請求分から (オンライン資格確認の障害など: 不詳の請求と申立書)";

/// Why the number is not known. Decides the family of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// 災害: the patient fled without papers.
    Disaster,
    /// オンライン資格確認の障害・資格情報なし: the official system gave no answer.
    SystemFault,
}

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

/// The codes in use; they come from the dated rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandInCodes {
    /// 災害: in place of the insurer's number, eight digits.
    pub disaster_insurer: String,
    /// 災害: in place of the insured person's number, nine digits.
    pub disaster_number: String,
    /// 障害: in place of the insurer's number, eight digits.
    pub fault_insurer: String,
    /// 障害: where the claim software refuses the first.
    pub fault_insurer_if_refused: String,
}

impl Default for StandInCodes {
    fn default() -> Self {
        Self {
            disaster_insurer: "99999999".into(),
            disaster_number: "999999999".into(),
            fault_insurer: "77777777".into(),
            fault_insurer_if_refused: "77777779".into(),
        }
    }
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
    /// Where the rule is written.
    pub source: &'static str,
}

/// The numbers and remarks for a claim of which something is not known.
#[must_use]
pub fn stand_in(cause: Cause, known: &Known, contact: &Contact, codes: &StandInCodes) -> StandIn {
    match (cause, known) {
        (cause, Known::Present(identity)) => as_known(cause, identity, String::new()),
        (Cause::SystemFault, Known::Former(identity)) => {
            as_known(cause, identity, remarks("旧資格の番号", contact))
        }
        // A former number proves nothing after a disaster, but it names an insurer to be asked.
        (
            Cause::Disaster,
            Known::Former(Identity { insurer, .. }) | Known::InsurerOnly(insurer),
        ) => StandIn {
            insurer_number: insurer.display_form(),
            number: codes.disaster_number.clone(),
            remarks: remarks("不詳", contact),
            desk: desk_of(*insurer),
            ..nothing(cause)
        },
        (Cause::Disaster, Known::Nothing) => StandIn {
            insurer_number: codes.disaster_insurer.clone(),
            remarks: remarks("", contact),
            desk: desk_by(contact),
            ..nothing(cause)
        },
        // Without its number the insurer helps nobody find the person: the sevens and the statement.
        (Cause::SystemFault, Known::InsurerOnly(_) | Known::Nothing) => StandIn {
            insurer_number: codes.fault_insurer.clone(),
            if_refused: Some(codes.fault_insurer_if_refused.clone()),
            remarks: remarks("", contact),
            needs_statement: true,
            desk: match known {
                Known::InsurerOnly(insurer) => desk_of(*insurer),
                _ => desk_by(contact),
            },
            ..nothing(cause)
        },
    }
}

fn nothing(cause: Cause) -> StandIn {
    StandIn {
        insurer_number: String::new(),
        if_refused: None,
        symbol: String::new(),
        number: String::new(),
        remarks: String::new(),
        needs_statement: false,
        desk: Desk::Either,
        source: match cause {
            Cause::Disaster => DISASTER_RULE,
            Cause::SystemFault => FAULT_RULE,
        },
    }
}

fn as_known(cause: Cause, identity: &Identity, remarks: String) -> StandIn {
    StandIn {
        insurer_number: identity.insurer.display_form(),
        symbol: identity.symbol.clone(),
        number: identity.number.clone(),
        desk: desk_of(identity.insurer),
        remarks,
        ..nothing(cause)
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

worded! {
    /// What a patient declares to be freed of the share after a disaster (一部負担金の免除・猶予の申告).
    Waiver {
        HomeLost = "home_lost" "住家の全半壊・全半焼・床上浸水、またはこれに準ずる被災" "Home destroyed, half destroyed, burned or flooded above the floor"
        BreadwinnerHurt = "breadwinner_hurt" "主たる生計維持者の死亡・重篤な傷病" "Breadwinner dead or gravely ill or injured"
        BreadwinnerMissing = "breadwinner_missing" "主たる生計維持者の行方不明" "Breadwinner missing"
        BusinessStopped = "business_stopped" "主たる生計維持者の事業の廃止・休止" "Breadwinner's business closed or suspended"
        WorkLost = "work_lost" "主たる生計維持者の失職（現在収入なし）" "Breadwinner without work and income"
    }
}

impl Waiver {
    /// Mark on a paper claim: red, outside the frame at the top right (国保連 2011年の例; today's use unconfirmed).
    pub const PAPER_MARK: &'static str = "災1";
    /// 特記事項 of an electronic claim (2011; today's use unconfirmed).
    pub const ELECTRONIC_NOTE: &'static str = "96";
    /// In place of the amount in the share's column.
    pub const SHARE_COLUMN: &'static str = "免除";
}
