//! Column files of a publisher: UTF-8 with a heading row. A row that cannot be read is set down with its line and left
//! out; it never stops the rest, and nothing is guessed into it.
//!
//! Dates are `2026-11-22` or `20261122`. A column of a person that may be empty is marked `?`.
//!
//! | people | |
//! |---|---|
//! | `insurer_number` | 保険者番号, six or eight digits |
//! | `symbol`?, `number`, `branch`? | 記号, 番号, 枝番 |
//! | `insurer_name`, `name`, `kana` | 保険者名, 氏名, カナ |
//! | `alias_name`?, `alias_kana`? | 通称名 and its kana |
//! | `birth_date`, `sex` | 生年月日; 1 male, 2 female, 3 or empty: not stated |
//! | `address`, `municipality` | 住所; 全国地方公共団体コード, six digits |
//! | `relation` | 1 本人, 2 家族 |
//! | `burden_percent`?, `limit_class`? | 一部負担金割合; 限度額適用区分 |
//! | `valid_from`, `lost_on`?, `loss_reason`? | 資格取得日, 資格喪失日, 01 02 03 99 |
//! | `suspended` | empty or 0: usable; 1: never shown |
//!
//! | dispensings | |
//! |---|---|
//! | `insurer_number`, `symbol`, `number`, `branch`, `birth_date` | whose, as in the people's file |
//! | `dispensed_on`, `drug_code`, `drug_name`, `ingredient` | 調剤年月日, 医薬品コード, 品名, 成分名 |
//! | `dose`, `unit`, `usage`, `days` | 用量, 単位, 用法, 日数 |
//! | `facility`, `setting` | 施設名; 1 院内, 2 薬局 |

mod dispensings;
mod people;
mod rows;

pub use dispensings::{Histories, read_dispensings};
pub use people::{People, read_people};
pub use rows::{BadRow, BadRows, RowFault};

#[cfg(test)]
mod tests;
