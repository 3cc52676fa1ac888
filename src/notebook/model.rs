//! What a text says, record by record. Fields that a text may leave out are left out of the JSON too.

use super::{
    NotebookWarning,
    words::{
        Author, CodeKind, Direction, DosageForm, DoseMeaning, FeeTable, GenericCodeKind,
        IngredientCodeKind, ItemKind, PrescribedForm, UsageCodeKind,
    },
};
use crate::domain::person::Sex;
use jiff::civil::Date;
use serde::Serialize;

pub use super::order::{Insurance, Order, OrderRemark, Payer, PrescriptionNumber, Voucher};

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// 電子版お薬手帳データフォーマット, `JAHISTC`.
    JahisTc,
    /// 院外処方箋2次元シンボル記録条件規約, `JAHIS`.
    JahisRx,
    /// 電子処方箋 引換番号控え: one line that names an electronic prescription, without any drug.
    Voucher,
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notebook {
    /// Which text.
    pub format: Format,
    /// The number behind `JAHISTC` or `JAHIS`; 0 for a voucher.
    pub version: u16,
    /// 出力区分 of a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The patient, where the text names one.
    pub patient: Option<Patient>,
    /// 患者特記 (2): allergies, side effects, history.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patient_remarks: Vec<Note>,
    /// 要指導医薬品・一般用医薬品 (3): what the patient takes without a prescription.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_drugs: Vec<OwnDrug>,
    /// 手帳メモ (4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub memos: Vec<Note>,
    /// 調剤 (notebook) or 処方 (prescription), in the order written.
    pub visits: Vec<Visit>,
    /// かかりつけ薬剤師 (701).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub family_pharmacists: Vec<FamilyPharmacist>,
    /// What a 引換番号控え names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Voucher>,
    /// Records that are not understood here in whole or in part, as written.
    pub raw: Vec<RawRecord>,
    /// What looked wrong.
    pub warnings: Vec<NotebookWarning>,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Position {
    /// The part: its number in a split (911), else its place among what was handed in, from 1.
    pub part: u16,
    /// The line within the part, from 1, the version record being the first.
    pub line: u32,
}

/// A record kept as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RawRecord {
    /// Where it stands.
    #[serde(flatten)]
    pub at: Position,
    /// The line.
    pub text: String,
}

/// The patient as the text names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Patient {
    /// 氏名.
    pub name: String,
    /// Its reading, as written (either width).
    pub kana: String,
    /// 生年月日; `None` if it could not be read.
    pub birth: Option<Date>,
    /// 性別.
    pub sex: Sex,
    /// 患者コード of the clinic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 郵便番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// 住所.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 電話番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// 緊急連絡先.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency_contact: Option<String>,
    /// 血液型 as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blood_type: Option<String>,
    /// 体重 in kilograms, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_kg: Option<String>,
}

/// A remark of any record: text, and what the record adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Note {
    /// 内容.
    pub text: String,
    /// What kind of remark, by the words of its record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<NoteKind>,
    /// 入力日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// 補足用法コード or 薬品補足コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 部位コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_code: Option<String>,
    /// 連番 of the remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// The kinds of remarks; which one can stand depends on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum NoteKind {
    /// Notebook record 2.
    Remark(super::words::RemarkKind),
    /// Notebook record 411.
    Provided(super::words::ProvidedKind),
    /// Prescription record 181.
    Usage(super::words::UsageNoteKind),
    /// Prescription record 281.
    Drug(super::words::DrugNoteKind),
}

/// A drug bought without a prescription (3), with its ingredients (31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnDrug {
    /// 薬品名.
    pub name: String,
    /// 服用開始日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// 服用終了日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// 通番, by which ingredients name their drug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// JANコード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jan: Option<String>,
    /// 成分.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ingredients: Vec<Ingredient>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// One ingredient (31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ingredient {
    /// 成分名.
    pub name: String,
    /// The numbering of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_kind: Option<IngredientCodeKind>,
    /// 成分コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// かかりつけ薬剤師 (701).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyPharmacist {
    /// 氏名.
    pub name: String,
    /// 勤務先薬局.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pharmacy: Option<String>,
    /// 連絡先.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// 担当開始日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// 担当終了日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// One day at one facility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// 調剤年月日, of a prescription 交付年月日.
    pub date: Option<Date>,
    /// The pharmacy or clinic that handed out; of a prescription, the clinic that prescribed.
    pub facility: Option<String>,
    /// The clinic that prescribed, where a notebook names it; of a prescription, the doctor.
    pub prescriber: Option<String>,
    /// More about the facility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facility_details: Option<Place>,
    /// More about the clinic that prescribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prescriber_details: Option<Place>,
    /// 調剤した医師・薬剤師 (15).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dispensed_by: Vec<Staff>,
    /// 処方医 (notebook 55, prescription 5 and 4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doctors: Vec<Staff>,
    /// The RP groups.
    pub prescriptions: Vec<Prescription>,
    /// 服用注意 (401).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Note>,
    /// 医療機関等提供情報 (411).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provided: Vec<Note>,
    /// 残薬確認 (421).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<Note>,
    /// 備考 (501).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Note>,
    /// 患者等記入 (601).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patient_entries: Vec<Note>,
    /// What only a prescription states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<Order>>,
    /// レコード作成者 of the date (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// What identifies and reaches a facility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// 都道府県 as written, two digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<String>,
    /// 点数表.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee_table: Option<FeeTable>,
    /// 医療機関コード, seven digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 郵便番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// 所在地.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 電話番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// FAX番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// その他の連絡先.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// A doctor or pharmacist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// 氏名.
    pub name: String,
    /// Its reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 医師コード of the clinic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 診療科名.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// 診療科コード種別, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_code_kind: Option<String>,
    /// 診療科コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_code: Option<String>,
    /// 連絡先.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// One RP: drugs taken in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prescription {
    /// RP番号 within the visit, 0 where none is written.
    pub rp: u16,
    /// Which of the visit's doctors prescribed it (notebook 55), counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doctor: Option<usize>,
    /// The drugs.
    pub drugs: Vec<Drug>,
    /// 用法.
    pub usage: Option<String>,
    /// 調剤数量: days or times.
    pub days: Option<u16>,
    /// 調剤単位: what the amount counts (日分, 回分, 調剤).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_unit: Option<String>,
    /// 剤形 of a notebook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<DosageForm>,
    /// 剤形区分 of a prescription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prescribed_form: Option<PrescribedForm>,
    /// 剤形名称 of a prescription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_name: Option<String>,
    /// 用法コード種別.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_code_kind: Option<UsageCodeKind>,
    /// 用法コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_code: Option<String>,
    /// 1日回数.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_per_day: Option<u16>,
    /// 分割調剤: the amount each time, and in all (102).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitAmount>,
    /// 用法補足 (311, 181).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage_notes: Vec<Note>,
    /// 処方服用注意 (391).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Note>,
    /// レコード作成者 of the usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// 分割数量 (102).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SplitAmount {
    /// 分割回ごと.
    pub each: Option<u16>,
    /// 総数量.
    pub total: Option<u16>,
}

/// One drug line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drug {
    /// 薬品名.
    pub name: String,
    /// Its code, where given, as written.
    pub code: Option<String>,
    /// The numbering of the code, as declared; a code of another shape is warned about.
    pub code_kind: CodeKind,
    /// 用量 as written. 内服: a day's; 屯服: one use's; else the whole.
    pub dose: String,
    /// 単位.
    pub unit: String,
    /// 一般名.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generic_name: Option<String>,
    /// 一般名コード種別.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generic_code_kind: Option<GenericCodeKind>,
    /// 一般名コード.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generic_code: Option<String>,
    /// RP内連番 (prescriptions).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// 情報区分 (prescriptions).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemKind>,
    /// 力価フラグ (prescriptions).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose_meaning: Option<DoseMeaning>,
    /// 薬品補足 (281).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// 薬品服用注意 (291).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Note>,
    /// What prescriptions add about the dose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dosing: Option<Box<Dosing>>,
    /// レコード作成者.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
}

/// Supplements to the dose of a prescribed drug.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dosing {
    /// 単位変換係数 (211), as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_factor: Option<String>,
    /// 不均等服用 (221): the amounts of the first to fifth time, as written; empty where none is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uneven: Vec<String>,
    /// JAMI 不均等コード of the same times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uneven_codes: Vec<String>,
    /// 負担区分 (231) of 第一公費, 第二公費, 第三公費 and 特殊公費, digits as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payers: Vec<String>,
    /// 1回服用量 (241); may be a fraction such as `2/3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_use: Option<String>,
    /// 1日回数 (241).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_per_day: Option<u16>,
}
