//! What looked wrong about a notebook text that could still be read.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A flaw and where it was seen. The place is a record or part number, never what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotebookWarning {
    /// What looked wrong.
    pub flaw: Flaw,
    /// Record number or part numbers; empty where the whole text is meant.
    pub place: String,
}

impl From<Flaw> for NotebookWarning {
    fn from(flaw: Flaw) -> Self {
        Self { flaw, place: String::new() }
    }
}

/// What looked wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Parts of a split were not handed in.
    MissingPart,
    /// A part was handed in twice, with different content.
    PartDiffers,
    /// A 911 record that cannot be: no numbers, or a part beyond the total.
    SplitMalformed,
    /// A version newer than known here.
    UnknownVersion,
    /// Bytes that are neither UTF-8 nor Shift_JIS.
    Undecodable,
    /// No patient record.
    NoPatient,
    /// A date that could not be read.
    UnreadableDate,
    /// A date that was read, but not as written: beyond its era, or without a day.
    OddDate,
    /// A drug or usage before any visit began.
    NoVisit,
    /// A record without what it must have; it is kept raw.
    MalformedRecord,
    /// A record with fields in other places than the specification says; read all the same.
    ShiftedFields,
}

impl Flaw {
    /// The flaw together with its place.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> NotebookWarning {
        NotebookWarning { flaw: self, place: place.into() }
    }

    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingPart => "missing_part",
            Self::PartDiffers => "part_differs",
            Self::SplitMalformed => "split_malformed",
            Self::UnknownVersion => "unknown_version",
            Self::Undecodable => "undecodable",
            Self::NoPatient => "no_patient",
            Self::UnreadableDate => "unreadable_date",
            Self::OddDate => "odd_date",
            Self::NoVisit => "no_visit",
            Self::MalformedRecord => "malformed_record",
            Self::ShiftedFields => "shifted_fields",
        }
    }

    /// What to look at, Japanese.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::MissingPart => {
                "分割されたQRコードのうち、読み取られていないものがあります。薬がほかにもあります。"
            }
            Self::PartDiffers => "同じ番号のQRコードに、違う内容のものがあります。",
            Self::SplitMalformed => "分割の番号が正しくありません。",
            Self::UnknownVersion => "知られていない版のデータです。読める所だけを読みました。",
            Self::Undecodable => "読めない文字があります。",
            Self::NoPatient => "患者の記録がありません。本人のものか確かめてください。",
            Self::UnreadableDate => "日付が読めません。",
            Self::OddDate => "日付が元号の期間の外か、日がありません。",
            Self::NoVisit => "調剤日の前に薬の記録があります。",
            Self::MalformedRecord => "項目の足りない記録があります。そのまま残しました。",
            Self::ShiftedFields => "項目の位置が規約と違う記録があります。",
        }
    }

    /// What to look at, English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::MissingPart => "Some codes of the split were not scanned. There are more drugs.",
            Self::PartDiffers => "Two codes with the same number differ.",
            Self::SplitMalformed => "The numbers of the split are wrong.",
            Self::UnknownVersion => "The version is not known here. What could be read was read.",
            Self::Undecodable => "There are letters that cannot be read.",
            Self::NoPatient => "There is no patient record. Make sure that it is this person's.",
            Self::UnreadableDate => "A date cannot be read.",
            Self::OddDate => "A date lies outside its era or has no day.",
            Self::NoVisit => "There is a drug before any visit.",
            Self::MalformedRecord => "A record lacks a field. It was kept as it is.",
            Self::ShiftedFields => "A record has its fields in other places than specified.",
        }
    }
}

impl Serialize for NotebookWarning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("NotebookWarning", 4)?;
        object.serialize_field("code", self.flaw.code())?;
        object.serialize_field("ja", self.flaw.ja())?;
        object.serialize_field("en", self.flaw.en())?;
        object.serialize_field("place", &self.place)?;
        object.end()
    }
}
