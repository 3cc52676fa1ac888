//! Column files of a publisher, read row by row: a file is never held, however long it is.
//!
//! CSV (RFC 4180) with a heading row, in UTF-8 or CP932; told apart by the file's beginning where nobody says which.
//! Columns come in any order; further ones are passed over. Headings are ours, or those of a [`ColumnMap`]. A row that
//! cannot be read is named with its line and [`Reason`] and left out; it never stops the rest, and nothing is guessed
//! into it. Of a quotation mark that is never closed only the row it stands in is lost.
//!
//! Dates are `2026-11-22` or `20261122`. A column that may be empty is marked `?`. Spaces around a field do not count. A
//! field with a control character in it, a line break for one, or with a character that is broken, makes its row a bad one.
//!
//! | people | |
//! |---|---|
//! | `insurer_number` | 保険者番号, six or eight digits |
//! | `symbol`?, `number`, `branch`? | 記号, 番号, 枝番 |
//! | `insurer_name`, `name`, `kana` | 保険者名, 氏名, カナ |
//! | `alias_name`?, `alias_kana`? | 通称名 and its kana |
//! | `birth_date`, `sex`? | 生年月日; 1 male, 2 female, 3 or empty: not stated |
//! | `address`, `municipality` | 住所; 全国地方公共団体コード, six digits |
//! | `relation` | 1 本人, 2 家族 |
//! | `burden_percent`?, `limit_class`? | 一部負担金割合; 限度額適用区分 |
//! | `valid_from`, `lost_on`?, `loss_reason`? | 資格取得日, 資格喪失日, 01 02 03 99 |
//! | `suspended`? | empty or 0: usable; 1: never shown |
//!
//! What a facility received has the people's columns and `received_at`?: a day, or a day and a time (Japanese).
//!
//! Each row of the other files begins with whose it is, as in the people's file: `insurer_number`, `symbol`?, `number`,
//! `branch`?, `birth_date`.
//!
//! | dispensings | |
//! |---|---|
//! | `dispensed_on`, `drug_code`?, `drug_name`, `ingredient`? | 調剤年月日, 医薬品コード, 品名, 成分名 |
//! | `dose`?, `unit`?, `usage`?, `days` | 用量, 単位, 用法, 日数 |
//! | `facility`?, `setting` | 施設名; 1 院内, 2 薬局 |
//!
//! | checkups | |
//! |---|---|
//! | `examined_on`, `item_code`?, `item_name` | 健診実施年月日; 項目コード (JLAC10, 17 characters), 項目名 |
//! | `value`, `unit`?, `facility`? | 結果, 単位, 健診機関名 |
//!
//! | visits | |
//! |---|---|
//! | `treated_on`, `facility`?, `setting` | 診療年月日, 医療機関名; 1 入院, 2 入院外 |
//! | `act_code`?, `act_name`, `count` | 診療行為コード (nine digits), 診療行為名, 回数 |
//!
//! | papers to be issued | |
//! |---|---|
//! | `insurer_number`, `symbol`?, `number`, `branch`?, `name`, `kana`?, `birth_date`, `sex`?, `relation` | as above; also 男 女 本人 家族 |
//! | `ratio`?, `ratio_from`? | 負担割合 (`2割`, `20`, `法定負担割合のとおり`, `*`), its 発効期日 |
//! | `limit_class`?, `limit_from`? | 限度額適用区分 (`ウ`, `A03`, `*`), its 発効期日 |
//! | `valid_from`, `valid_to`? | 資格取得日, 有効期限 |

mod columns;
mod encoding;
mod medical;
mod papers;
mod people;
mod records;
mod rows;

pub use columns::{Column, ColumnMap};
pub use encoding::Encoding;
pub use medical::Of;
pub use papers::PaperRow;
pub use people::ReceivedRow;
pub use rows::{BadRow, FieldFault, Reason, Row, moment};

use crate::{
    domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit},
    limits,
    snapshot::SnapshotError,
};
use records::{Next, Record, Records};
use rows::Place;
use std::{
    io::{Chain, Cursor, Read},
    marker::PhantomData,
};

/// Every kind of column file with its columns.
const TABLES: &[(&str, &[Column])] = &[
    (PersonRecord::TABLE, PersonRecord::COLUMNS),
    (ReceivedRow::TABLE, ReceivedRow::COLUMNS),
    (PaperRow::TABLE, PaperRow::COLUMNS),
    (<Of<Dispensing>>::TABLE, <Of<Dispensing>>::COLUMNS),
    (<Of<Checkup>>::TABLE, <Of<Checkup>>::COLUMNS),
    (<Of<Visit>>::TABLE, <Of<Visit>>::COLUMNS),
];

/// What a row of a column file says.
pub trait Entry: Sized {
    /// What its table is called in a [`ColumnMap`].
    const TABLE: &'static str;
    /// The columns it is read from.
    const COLUMNS: &'static [Column];
    /// Reads one row.
    ///
    /// # Errors
    /// The first field that is not as described.
    fn read(row: &Row<'_>) -> Result<Self, FieldFault>;
}

/// A column file whose headings were understood.
pub struct ColumnFile<T, R> {
    records: Records<Chain<Cursor<Vec<u8>>, R>>,
    places: Vec<Place>,
    entry: PhantomData<T>,
}

impl<T: Entry, R: Read> ColumnFile<T, R> {
    /// Reads the headings; `encoding` is guessed where it is not given.
    ///
    /// # Errors
    /// A column missing or there twice, or a source that cannot be read.
    pub fn open(
        mut reader: R,
        map: &ColumnMap,
        encoding: Option<Encoding>,
    ) -> Result<Self, SnapshotError> {
        let mut sample = vec![];
        let sample_bytes = limits::CSV_SAMPLE_BYTES as u64;
        reader
            .by_ref()
            .take(sample_bytes)
            .read_to_end(&mut sample)
            .map_err(SnapshotError::CsvUnreadable)?;
        let encoding =
            encoding.unwrap_or_else(|| Encoding::guess(&sample, limits::CSV_SAMPLE_BYTES));
        let text = encoding::without_mark(&sample).to_vec();
        let mut records = Records::new(Cursor::new(text).chain(reader), encoding);
        let mut record = Record::default();
        let headings = match records.next(&mut record).map_err(SnapshotError::CsvUnreadable)? {
            Next::Row => record.fields().map(str::trim).collect(),
            Next::Bad(..) | Next::End => vec![],
        };
        let places = map.places(T::TABLE, T::COLUMNS, &headings)?;
        Ok(Self { records, places, entry: PhantomData })
    }

    /// Reads every row: hands it to `take`, or names it to `bad`.
    ///
    /// # Errors
    /// Those of `take` and `bad`, or a source that cannot be read on; never a row.
    pub fn read<E: From<SnapshotError>>(
        mut self,
        mut take: impl FnMut(T) -> Result<(), E>,
        mut bad: impl FnMut(BadRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut record = Record::default();
        loop {
            match self.records.next(&mut record).map_err(SnapshotError::CsvUnreadable)? {
                Next::End => return Ok(()),
                Next::Bad(line, reason) => bad(BadRow { line, column: None, reason })?,
                Next::Row => match T::read(&Row { places: &self.places, record: &record }) {
                    Ok(entry) => take(entry)?,
                    Err(FieldFault { column, reason }) => {
                        bad(BadRow { line: record.line, column: Some(column), reason })?;
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests;
