//! What was done for a person in a hospital, clinic or dental office (診療情報).

use jiff::civil::Date;
use serde::Serialize;
use smol_str::SmolStr;

/// 入外の別, as receipts tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CareSetting {
    /// 入院.
    Inpatient,
    /// 入院外.
    Outpatient,
}

/// One act on one day (診療行為一行).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// 診療年月日.
    pub on: Date,
    /// 医療機関名.
    pub facility: SmolStr,
    /// Inpatient or outpatient.
    pub setting: CareSetting,
    /// 診療行為コード of the receipt computer system, nine digits.
    pub act_code: SmolStr,
    /// 診療行為名.
    pub act_name: SmolStr,
    /// How often on that day (回数).
    pub count: u16,
}
