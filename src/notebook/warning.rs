//! What looked wrong about a notebook text that could still be read.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Position;

/// A flaw and where it was seen first. The place is a record or part number, never what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotebookWarning {
    /// What looked wrong.
    pub flaw: Flaw,
    /// Record number or part numbers; empty where the whole text is meant.
    pub place: String,
    /// The first line with it, where it is a line's.
    pub at: Option<Position>,
}

impl From<Flaw> for NotebookWarning {
    fn from(flaw: Flaw) -> Self {
        Self { flaw, place: String::new(), at: None }
    }
}

/// What looked wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Parts of a split were not handed in; the place says which, of how many (`2/3`).
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
    /// A record of a visit before any visit began, or behind a part that is missing.
    NoVisit,
    /// A record that is not as specified; it is kept raw.
    MalformedRecord,
    /// A record number that is not in the tables; it is kept raw.
    UnknownRecord,
    /// A supplement to a drug or a patient that is not there; it is kept raw.
    NoOwner,
    /// A field longer than specified; it was taken whole.
    FieldTooLong,
    /// A code of somebody else was on the picture; it is kept as text, unless it looks like a 個人番号.
    ForeignCode,
    /// 外字: letters that only the writer's machine can show.
    PrivateLetters,
    /// A drug code that has the form of no numbering.
    DrugCodeShape,
    /// A drug code of another numbering than declared.
    DrugCodeKind,
    /// A drug code whose check digit does not fit, or one that stands for no drug.
    DrugCodeCheck,
    /// A record with fields in other places than the specification says; read all the same.
    ShiftedFields,
}

impl Flaw {
    /// The flaw together with its place.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> NotebookWarning {
        NotebookWarning { flaw: self, place: place.into(), at: None }
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
            Self::UnknownRecord => "unknown_record",
            Self::NoOwner => "no_owner",
            Self::FieldTooLong => "field_too_long",
            Self::ForeignCode => "foreign_code",
            Self::PrivateLetters => "private_letters",
            Self::DrugCodeShape => "drug_code_shape",
            Self::DrugCodeKind => "drug_code_kind",
            Self::DrugCodeCheck => "drug_code_check",
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
            Self::NoVisit => "どの調剤日のものか分からない記録があります。",
            Self::MalformedRecord => "項目が規約と違う記録があります。そのまま残しました。",
            Self::UnknownRecord => "知られていない種類の記録があります。そのまま残しました。",
            Self::NoOwner => "どの薬やどの人のものか分からない補足があります。そのまま残しました。",
            Self::FieldTooLong => "規約より長い項目があります。全部読みました。",
            Self::ForeignCode => "お薬手帳や処方箋でないQRコードも写っています。",
            Self::PrivateLetters => "外字があります。ここでは正しく表示できません。",
            Self::DrugCodeShape => "薬のコードの形が正しくありません。名前で確かめてください。",
            Self::DrugCodeKind => {
                "薬のコードが、書かれた種類のものではありません。名前で確かめてください。"
            }
            Self::DrugCodeCheck => {
                "薬のコードの検査数字が合わないか、仮のコードです。名前で確かめてください。"
            }
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
            Self::NoVisit => "Nobody can say to which visit a record belongs.",
            Self::MalformedRecord => "A record is not as specified. It was kept as it is.",
            Self::UnknownRecord => "A record is of an unknown kind. It was kept as it is.",
            Self::NoOwner => "A supplement belongs to no drug or person. It was kept as it is.",
            Self::FieldTooLong => "A field is longer than specified. It was read whole.",
            Self::ForeignCode => "There is also a code that is no notebook and no prescription.",
            Self::PrivateLetters => {
                "There are letters of the writer's own (gaiji) that cannot be shown."
            }
            Self::DrugCodeShape => "A drug code has no known form. Go by the name.",
            Self::DrugCodeKind => "A drug code is not of the kind stated. Go by the name.",
            Self::DrugCodeCheck => {
                "A drug code fails its check digit or stands for no drug. Go by the name."
            }
            Self::ShiftedFields => "A record has its fields in other places than specified.",
        }
    }
}

impl Serialize for NotebookWarning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("NotebookWarning", 6)?;
        object.serialize_field("code", self.flaw.code())?;
        object.serialize_field("ja", self.flaw.ja())?;
        object.serialize_field("en", self.flaw.en())?;
        object.serialize_field("place", &self.place)?;
        object.serialize_field("part", &self.at.map(|at| at.part))?;
        object.serialize_field("line", &self.at.map(|at| at.line))?;
        object.end()
    }
}
