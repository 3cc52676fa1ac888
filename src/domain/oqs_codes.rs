//! Codes of online verification (オンライン資格確認, 業務コード OQSCD…): code and Japanese name, and nothing lost of what is new.

use serde::{Deserialize, Serialize, Serializer};

/// Longest code of these tables, with room for later ones.
const CODE_CHARS_MAX: usize = 8;

/// A table of codes.
pub trait Code: Copy + PartialEq + 'static {
    /// Every entry, in the table's order.
    const ALL: &'static [Self];

    /// The code as it is sent.
    fn code(self) -> &'static str;

    /// Japanese name.
    fn ja(self) -> &'static str;
}

/// A code as it came: one of the table, or one that this program does not know and hands on as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coded<T> {
    /// In the table.
    Known(T),
    /// The form of a code, but not in the table: of a later version, or wrong.
    Unknown(String),
}

impl<T: Code> Coded<T> {
    /// Reads one code exactly as sent. `None` where it has not even the form of one: one to eight ASCII letters and digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(known) = T::ALL.iter().find(|entry| entry.code() == text) {
            return Some(Self::Known(*known));
        }
        let plain = text.bytes().all(|c| c.is_ascii_alphanumeric());
        (plain && (1..=CODE_CHARS_MAX).contains(&text.len()))
            .then(|| Self::Unknown(text.to_owned()))
    }

    /// The code as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(entry) => entry.code(),
            Self::Unknown(raw) => raw,
        }
    }

    /// The entry, where the table has it.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(entry) => Some(*entry),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: Code> Serialize for Coded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($entry:ident $code:literal $ja:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $ja] #[serde(rename = $code)] $entry,)*
        }

        impl Code for $name {
            const ALL: &'static [Self] = &[$(Self::$entry),*];

            fn code(self) -> &'static str {
                match self { $(Self::$entry => $code),* }
            }

            fn ja(self) -> &'static str {
                match self { $(Self::$entry => $ja),* }
            }
        }
    };
}

table! {
    /// 資格有効性 (OQSCD006).
    QualificationValidity {
        Valid "1" "有効",
        Invalid "2" "無効",
        InvalidWithNewer "3" "無効（新しい資格あり）",
        NoneFound "4" "該当資格なし",
        SeveralFound "5" "複数該当",
        ValidUnregistered "6" "有効（資格確認対象者未登録、医療扶助）",
    }
}

table! {
    /// 資格喪失事由 (OQSCD008).
    LossReason {
        Death "01" "死亡",
        PublicAssistance "02" "生活保護受給開始",
        OtherQualification "03" "他の資格取得",
        Other "99" "その他",
    }
}

table! {
    /// 被保険者証区分 (OQSCD010).
    CardClass {
        General "01" "一般",
        Retired "02" "退職",
        ShortTermGeneral "03" "短期（一般）",
        ShortTermRetired "04" "短期（退職）",
        SpecialBenefit "05" "特別療養費支給対象者（旧 資格証明書）",
        SpecialRetired "06" "特例退職",
        SelfDefense "07" "自衛官",
        MedicalAssistance "A1" "医療扶助",
    }
}

table! {
    /// 限度額適用認定証の区分 (OQSCD011).
    LimitCertificate {
        Limit "01" "限度額適用認定証",
        LimitAndMeals "02" "限度額適用・標準負担額減額認定証",
        Meals "03" "標準負担額減額認定証",
    }
}

table! {
    /// 限度額適用区分 (OQSCD012).
    LimitClass {
        A01 "A01" "ア",
        A02 "A02" "イ",
        A03 "A03" "ウ",
        A04 "A04" "エ",
        A05 "A05" "オ",
        A06 "A06" "オ（境界層）",
        B01 "B01" "現役並みⅢ",
        B02 "B02" "現役並みⅡ",
        B03 "B03" "現役並みⅠ",
        B04 "B04" "一般",
        B05 "B05" "低所得Ⅱ",
        B06 "B06" "低所得Ⅰ",
        B07 "B07" "低所得Ⅰ（老福）",
        B08 "B08" "低所得Ⅰ（境界層）",
        B09 "B09" "一般Ⅱ",
        B10 "B10" "一般Ⅰ",
    }
}

table! {
    /// 特定疾病の区分 (OQSCD013), the diseases of マル長.
    SpecifiedDisease {
        Dialysis "1" "人工腎臓を実施している慢性腎不全",
        Haemophilia "2" "先天性血液凝固因子障害",
        HivByBloodProducts "3" "血液製剤による HIV 感染",
    }
}

/// Whom a limit class is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitAges {
    /// Below 70.
    Under70,
    /// From 70 on, in either scheme.
    From70,
    /// The 70 to 74 alone.
    From70To74,
    /// 後期高齢者 alone.
    LateStage,
}

impl LimitClass {
    /// Whom the class is for.
    #[must_use]
    pub fn ages(self) -> LimitAges {
        match self {
            Self::A01 | Self::A02 | Self::A03 | Self::A04 | Self::A05 | Self::A06 => {
                LimitAges::Under70
            }
            Self::B04 => LimitAges::From70To74,
            Self::B09 | Self::B10 => LimitAges::LateStage,
            Self::B01 | Self::B02 | Self::B03 | Self::B05 | Self::B06 | Self::B07 | Self::B08 => {
                LimitAges::From70
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn is_a_table<T: Code + std::fmt::Debug>(entries: usize) {
        let codes: BTreeSet<_> = T::ALL.iter().map(|entry| entry.code()).collect();
        assert_eq!((codes.len(), T::ALL.len()), (entries, entries));
        for entry in T::ALL {
            assert_eq!(Coded::<T>::parse(entry.code()), Some(Coded::Known(*entry)));
            assert!(!entry.ja().is_empty());
        }
    }

    #[test]
    fn every_code_is_read_back_as_itself() {
        is_a_table::<QualificationValidity>(6);
        is_a_table::<LossReason>(4);
        is_a_table::<CardClass>(8);
        is_a_table::<LimitCertificate>(3);
        is_a_table::<LimitClass>(16);
        is_a_table::<SpecifiedDisease>(3);
        assert_eq!(CardClass::MedicalAssistance.code(), "A1");
        assert_eq!((LimitClass::A03.ja(), LimitClass::B09.ja()), ("ウ", "一般Ⅱ"));
    }

    #[test]
    fn a_later_code_is_kept_and_what_is_no_code_is_not() {
        let later = Coded::<LimitClass>::parse("A11").unwrap();
        assert_eq!((later.as_str(), later.known()), ("A11", None));
        assert_eq!(serde_json::to_string(&later).unwrap(), "\"A11\"");
        for text in ["", " A01", "ウ", "Ａ０１", "123456789", "A0\u{0}"] {
            assert_eq!(Coded::<LimitClass>::parse(text), None, "{text:?}");
        }
        assert_eq!(Coded::<LossReason>::parse("1").unwrap().known(), None, "01, not 1");
    }

    #[test]
    fn a_class_is_for_its_ages() {
        let of = |ages| LimitClass::ALL.iter().filter(|class| class.ages() == ages).count();
        assert_eq!(of(LimitAges::Under70), 6);
        assert_eq!([LimitAges::From70To74, LimitAges::LateStage].map(of), [1, 2]);
        assert_eq!(of(LimitAges::From70), 7);
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in ".{0,12}") {
            let _ = Coded::<CardClass>::parse(&text);
        }
    }
}
