//! A drug as it was dispensed (薬剤情報).

use jiff::civil::Date;
use serde::Serialize;
use smol_str::SmolStr;
use std::sync::Arc;

/// Where a drug was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// 院内処方.
    InHouse,
    /// 薬局での調剤.
    Pharmacy,
}

/// A drug of the price list (薬価基準収載医薬品), as the register names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Drug {
    /// 薬価基準収載医薬品コード (YJ-shaped, 12 characters).
    #[serde(rename = "drug_code")]
    pub code: SmolStr,
    /// 品名.
    #[serde(rename = "drug_name")]
    pub name: SmolStr,
    /// 成分名.
    pub ingredient: SmolStr,
    /// 単位 (錠, mL, 枚 …).
    pub unit: SmolStr,
}

/// One drug on one day (調剤一行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dispensing {
    /// 調剤年月日.
    pub on: Date,
    /// What was handed out; shared by all rows of a release that name it.
    #[serde(flatten)]
    pub drug: Arc<Drug>,
    /// 用量: per day for 内服, per dose for 頓服, in all for 外用, as printed ("3", "0.5").
    pub dose: SmolStr,
    /// 用法.
    pub usage: SmolStr,
    /// Days or times dispensed.
    pub days: u16,
    /// 調剤した施設名.
    pub facility: SmolStr,
    /// In-house or pharmacy.
    pub setting: Setting,
}
