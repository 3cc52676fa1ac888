//! A row of papers to be issued.

use super::{
    Entry,
    columns::{Column, free, required},
    rows::{FieldFault, Row, date},
};
use crate::domain::paper::{
    PaperDraft, PrintedLimitClass, PrintedRatio, PrintedValues, parse_printed_relation,
    parse_printed_sex,
};

/// One paper to be issued, and where its row begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// Line in the file, the heading being line 1.
    pub line: u64,
    /// What the row says.
    pub draft: PaperDraft,
}

impl Entry for PaperRow {
    const TABLE: &'static str = "papers";
    const COLUMNS: &'static [Column] = &[
        required("insurer_number"),
        free("symbol"),
        required("number"),
        free("branch"),
        required("name"),
        free("kana"),
        required("birth_date"),
        free("sex"),
        required("relation"),
        free("ratio"),
        free("ratio_from"),
        free("limit_class"),
        free("limit_from"),
        required("valid_from"),
        free("valid_to"),
    ];

    fn read(row: &Row<'_>) -> Result<Self, FieldFault> {
        let values = PrintedValues {
            ratio: row.field("ratio", PrintedRatio::parse)?,
            ratio_from: row.optional("ratio_from", date)?,
            limit_class: row.field("limit_class", PrintedLimitClass::parse)?,
            limit_from: row.optional("limit_from", date)?,
        };
        let draft = PaperDraft {
            identity: row.identity()?,
            name: row.filled("name")?.to_owned(),
            kana: row.text("kana")?.to_owned(),
            birth: row.field("birth_date", date)?,
            sex: row.field("sex", parse_printed_sex)?,
            relation: row.field("relation", parse_printed_relation)?,
            values,
            valid_from: row.field("valid_from", date)?,
            valid_to: row.optional("valid_to", date)?,
        };
        Ok(Self { line: row.record.line, draft })
    }
}
