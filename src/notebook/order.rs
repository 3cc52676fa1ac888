//! What only a prescription (or the slip that names an electronic one) states: insurance, validity, numbers.

use super::words::{BurdenClass, InsuranceKind, LeftoverCheck, NumberKind, OrderRemarkKind};
use crate::domain::person::Relation;
use jiff::civil::Date;
use serde::Serialize;

/// Validity, insurance and instructions of a prescription.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Order {
    /// 使用期限 (52).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Insurance and payers (14, 21–31).
    pub insurance: Insurance,
    /// 麻薬施用者免許番号 (61).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narcotic_licence: Option<String>,
    /// 患者住所, which narcotics require (61).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_address: Option<String>,
    /// 患者電話番号 (61).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_phone: Option<String>,
    /// 残薬確認 (62).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leftover_check: Option<LeftoverCheck>,
    /// 分割指示: in how many times (63).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_times: Option<u16>,
    /// 分割指示: which of them this is (63).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_number: Option<u16>,
    /// リフィル総使用回数 (64).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refills: Option<u16>,
    /// 備考 (81).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<OrderRemark>,
    /// 処方箋番号 (82).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<PrescriptionNumber>,
}

/// 備考 (81).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRemark {
    /// 連番.
    pub number: Option<u16>,
    /// 備考種別.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<OrderRemarkKind>,
    /// 備考.
    pub text: String,
}

/// 処方箋番号 (82).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrescriptionNumber {
    /// 処方箋番号種別.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<NumberKind>,
    /// The number as written; sixteen digits.
    pub number: String,
}

/// Insurance and public payers, as written. Nothing here was verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Insurance {
    /// 保険種別 (21).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<InsuranceKind>,
    /// 保険者番号 (22), significant digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurer_number: Option<String>,
    /// 記号 (23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// 番号 (23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 本人・被扶養者 (23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// 枝番 (23).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// 患者一部負担区分 (14).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burden: Option<BurdenClass>,
    /// 患者負担率 in percent (24).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_percent: Option<u16>,
    /// 保険給付率 in percent (24).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurer_percent: Option<u16>,
    /// 職務上の事由 (25), digit as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_related: Option<String>,
    /// 第一公費 to 第三公費 and 特殊公費 (27–30).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payers: Vec<Payer>,
    /// レセプト種別 (31).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_kind: Option<String>,
}

/// One public payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payer {
    /// 1 to 3; 4 is 特殊公費.
    pub order: u8,
    /// 公費負担者番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    /// 受給者番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

/// 電子処方箋 引換番号控え: who may fetch which prescription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voucher {
    /// 保険者番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurer_number: Option<String>,
    /// 記号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// 番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// 枝番.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// 生年月日.
    pub birth: Option<Date>,
    /// 引換番号, sixteen digits.
    pub voucher_number: String,
}
