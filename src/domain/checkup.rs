//! One item of a specific health check-up (特定健診情報).

use jiff::civil::Date;
use serde::Serialize;
use smol_str::SmolStr;

/// One item measured or asked on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// 健診実施年月日.
    pub on: Date,
    /// 項目コード: JLAC10, 17 characters, as `9A751000000000001`.
    pub item_code: SmolStr,
    /// 項目名.
    pub item_name: SmolStr,
    /// 結果 as printed: a number ("128"), a sign ("+"), or the meaning of a choice ("服薬あり").
    pub value: SmolStr,
    /// 単位 (mmHg, mg/dL …); empty where there is none.
    pub unit: SmolStr,
    /// 健診機関名.
    pub facility: SmolStr,
}
