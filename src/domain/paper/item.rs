//! The items a paper may bear, and whether it does.

use serde::{Deserialize, Serialize};

/// Declares the items once: variant, machine name, Japanese, English.
macro_rules! items {
    ($($name:ident $code:literal $ja:literal $en:literal)*) => {
        /// One item of a certificate (資格確認書) or notice (資格情報のお知らせ), in the order papers print them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Item {
            $(#[doc = $ja] $name,)*
        }

        impl Item {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable name for machines.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Japanese name, as printed.
            #[must_use]
            pub fn ja(self) -> &'static str {
                match self { $(Self::$name => $ja,)* }
            }

            /// English name.
            #[must_use]
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

items! {
    InsurerNumber "insurer_number" "保険者番号" "insurer number"
    InsurerName "insurer_name" "保険者名" "insurer's name"
    Symbol "symbol" "記号" "symbol"
    Number "number" "番号" "number"
    Branch "branch" "枝番" "branch"
    Name "name" "氏名" "name"
    Kana "kana" "フリガナ" "kana"
    Birth "birth" "生年月日" "birth date"
    Sex "sex" "性別" "sex"
    Relation "relation" "本人・家族の別" "insured or family"
    Ratio "ratio" "負担割合" "share"
    RatioFrom "ratio_from" "負担割合の発効期日" "first day of the share"
    LimitClass "limit_class" "限度額適用区分" "limit class"
    LimitFrom "limit_from" "限度区分の発効期日" "first day of the limit class"
    LongStayFrom "long_stay_from" "長期入院該当日" "first day as a long-stay patient"
    SpecificDisease "specific_disease" "特定疾病区分" "specific disease class"
    ValidFrom "valid_from" "資格取得日" "first day insured"
    IssuedOn "issued_on" "交付日" "day of issue"
    ValidTo "valid_to" "有効期限" "last valid day"
    Address "address" "住所" "address"
}

/// Whether a paper bears an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Borne {
    /// On every such paper.
    Yes,
    /// On none.
    No,
    /// Where the insured asked for it (申請による任意記載事項).
    OnRequest,
    /// No page we know says.
    Unknown,
}

/// Which paper, or which part of it, somebody holds in the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 資格確認書.
    Certificate,
    /// The whole 資格情報のお知らせ.
    Notice,
    /// The card-size part cut out of it; as good as the whole, and it bears less (field D4, D5).
    CutOut,
}
