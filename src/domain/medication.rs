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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// What was handed out; shared by rows read from one release, up to [`crate::limits::WORDS_SHARED_BYTES_MAX`].
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_in_json_is_flat() {
        let row = Dispensing {
            on: jiff::civil::date(2026, 11, 20),
            drug: Arc::new(Drug {
                code: "2171022F1029".into(),
                name: "架空ジピン錠５ｍｇ".into(),
                ingredient: "架空ジピンベシル酸塩".into(),
                unit: "錠".into(),
            }),
            dose: "1".into(),
            usage: "１日１回朝食後".into(),
            days: 28,
            facility: "架空薬局".into(),
            setting: Setting::Pharmacy,
        };
        let told = serde_json::json!({
            "on": "2026-11-20", "drug_code": "2171022F1029", "drug_name": "架空ジピン錠５ｍｇ",
            "ingredient": "架空ジピンベシル酸塩", "unit": "錠", "dose": "1", "usage": "１日１回朝食後",
            "days": 28, "facility": "架空薬局", "setting": "pharmacy",
        });
        assert_eq!(serde_json::to_value(row).unwrap(), told);
    }
}
