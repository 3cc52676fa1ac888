//! The digits by which both texts name things, as words. A digit that is not listed is no word: its record is kept raw.

use serde::Serialize;

/// An enum out of a column of digits, with the way from one to the other.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $digits:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl Word for $name {
            fn of(digits: &str) -> Option<Self> {
                match digits {
                    $($digits => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

/// What stands for a word in a record.
pub(super) trait Word: Sized {
    /// The word of these digits, if the tables know one.
    fn of(digits: &str) -> Option<Self>;
}

impl Word for crate::domain::person::Sex {
    fn of(digits: &str) -> Option<Self> {
        match digits {
            "1" => Some(Self::Male),
            "2" => Some(Self::Female),
            _ => None,
        }
    }
}

impl Word for crate::domain::person::Relation {
    fn of(digits: &str) -> Option<Self> {
        match digits {
            "1" => Some(Self::Insured),
            "2" => Some(Self::Family),
            _ => None,
        }
    }
}

words! {
    /// 出力区分: who wrote the text for whom.
    Direction {
        /// A facility for the patient.
        ToPatient = "1",
        /// The patient for a facility; fewer fields are required.
        FromPatient = "2",
    }

    /// レコード作成者: who says so.
    Author {
        /// 医療関係者.
        MedicalStaff = "1",
        /// 患者等.
        Patient = "2",
        /// その他.
        Other = "8",
        /// 不明.
        Unknown = "9",
    }

    /// 患者特記種別 (notebook record 2).
    RemarkKind {
        /// アレルギー歴.
        Allergy = "1",
        /// 副作用歴.
        SideEffect = "2",
        /// 既往歴.
        History = "3",
        /// その他.
        Other = "9",
    }

    /// 提供情報種別 (notebook record 411).
    ProvidedKind {
        /// 入院中の副作用.
        SideEffectInHospital = "30",
        /// 退院後の服薬.
        MedicationAfterDischarge = "31",
        /// その他.
        Other = "99",
    }

    /// 剤形コード of a notebook.
    DosageForm {
        /// 内服.
        Internal = "1",
        /// 内滴.
        Drops = "2",
        /// 屯服.
        AsNeeded = "3",
        /// 注射.
        Injection = "4",
        /// 外用.
        External = "5",
        /// 浸煎.
        Infusion = "6",
        /// 湯.
        Decoction = "7",
        /// 材料.
        Material = "9",
        /// その他.
        Other = "10",
    }

    /// 剤形区分 of a prescription: the same digits mean other forms than in a notebook.
    PrescribedForm {
        /// 内服.
        Internal = "1",
        /// 頓服.
        AsNeeded = "2",
        /// 外用.
        External = "3",
        /// 内滴.
        Drops = "4",
        /// 注射.
        Injection = "5",
        /// 材料.
        Material = "6",
        /// 不明.
        Unknown = "9",
    }

    /// 用法コード種別.
    UsageCodeKind {
        /// コードなし.
        None = "1",
        /// JAMI 標準用法.
        Jami = "2",
    }

    /// 成分コード種別 (notebook record 31).
    IngredientCodeKind {
        /// コードなし.
        None = "1",
        /// 成分名コード (SMDC).
        Smdc = "2",
    }

    /// 一般名コード種別 (notebook record 201).
    GenericCodeKind {
        /// コードなし.
        None = "1",
        /// 一般名コード.
        Generic = "2",
    }

    /// 点数表 of a facility, 医療機関コード種別 of a prescription.
    FeeTable {
        /// 医科.
        Medical = "1",
        /// 歯科.
        Dental = "3",
        /// 調剤.
        Pharmacy = "4",
        /// 訪問看護.
        HomeNursing = "6",
    }

    /// 情報区分 (prescription record 201).
    ItemKind {
        /// 医薬品.
        Drug = "1",
        /// 医療材料.
        Material = "2",
        /// 保険適用外の医薬品.
        Uninsured = "3",
    }

    /// 力価フラグ: what the dose counts.
    DoseMeaning {
        /// 薬価単位.
        PriceUnit = "1",
        /// 力価.
        Potency = "2",
    }

    /// 用法補足区分 (prescription record 181).
    UsageNoteKind {
        /// 漸減.
        Tapering = "1",
        /// 一包化.
        OneDosePackage = "2",
        /// 隔日.
        AlternateDays = "3",
        /// 粉砕.
        Crushed = "4",
        /// 用法の続き.
        Continued = "5",
        /// 部位.
        Site = "6",
        /// 1回使用量.
        PerUse = "7",
        /// JAMI 補足用法.
        JamiSupplement = "8",
        /// JAMI 部位.
        JamiSite = "9",
    }

    /// 薬品補足区分 (prescription record 281).
    DrugNoteKind {
        /// 一包化.
        OneDosePackage = "1",
        /// 粉砕.
        Crushed = "2",
        /// 後発品変更不可.
        NoGeneric = "3",
        /// 剤形変更不可.
        NoOtherForm = "4",
        /// 含量規格変更不可.
        NoOtherStrength = "5",
        /// 剤形・含量規格とも変更不可.
        NoOtherFormOrStrength = "6",
        /// JAMI 補足用法.
        JamiSupplement = "7",
        /// 先発医薬品患者希望.
        BrandWished = "8",
    }

    /// 備考種別 (prescription record 81).
    OrderRemarkKind {
        /// 一包化.
        OneDosePackage = "1",
        /// 粉砕.
        Crushed = "2",
        /// 分割.
        Split = "3",
    }

    /// 処方箋番号種別 (prescription record 82).
    NumberKind {
        /// 引換番号 of an electronic prescription.
        VoucherNumber = "1",
    }

    /// 残薬確認 (prescription record 62).
    LeftoverCheck {
        /// 疑義照会した上で調剤.
        AskFirst = "1",
        /// 情報提供.
        Report = "2",
    }

    /// 保険種別 (prescription record 21).
    InsuranceKind {
        /// 医保・公費.
        Employees = "1",
        /// 国保.
        National = "2",
        /// 労災.
        WorkAccident = "3",
        /// 自賠責.
        TrafficAccident = "4",
        /// 公害.
        Pollution = "5",
        /// 自費.
        Private = "6",
        /// 後期高齢.
        LateStage = "7",
    }

    /// 患者一部負担区分 (prescription record 14). Digit 4 was once another name of 1.
    BurdenClass {
        /// 高齢者一般.
        ElderlyUsual = "1",
        /// 高齢者7割給付.
        ElderlySevenTenths = "2",
        /// 6歳未満.
        UnderSix = "3",
        /// 高齢者一般, as digit 4.
        ElderlyUsualFormer = "4",
        /// 高齢者8割給付 (後期高齢, from October 2022).
        ElderlyEightTenths = "5",
    }
}

/// 薬品コード種別 of both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeKind {
    /// 1 コードなし.
    None,
    /// 2 レセプト電算コード.
    Receipt,
    /// 3 厚生労働省コード (薬価基準収載医薬品コード).
    PriceList,
    /// 4 YJコード.
    Yj,
    /// 6 HOTコード.
    Hot,
    /// 7 一般名コード (prescriptions).
    Generic,
    /// Any other digit, or none.
    Unknown,
}

impl Word for CodeKind {
    fn of(digits: &str) -> Option<Self> {
        match digits {
            "1" => Some(Self::None),
            "2" => Some(Self::Receipt),
            "3" => Some(Self::PriceList),
            "4" => Some(Self::Yj),
            "6" => Some(Self::Hot),
            "7" => Some(Self::Generic),
            _ => None,
        }
    }
}
