//! What must still be asked about a typed paper before the visit is closed.

use super::item::Item;
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// One thing to ask or to look at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// About which item.
    pub item: Item,
    /// What about it.
    pub ask: Ask,
}

/// Why something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// Needed, and this paper does not bear it: ask the person, or look at another paper.
    NotOnPaper,
    /// Needed, and nothing was typed.
    Missing,
    /// Typed, and not readable as such an item.
    Unreadable,
    /// Read, and something about it looks wrong.
    ToConfirm,
    /// Its first day is still to come.
    NotYet,
    /// Its last day is over.
    Over,
    /// Later than this insurer's papers ever hold.
    TooLate,
    /// Before a day that must lie before it.
    OutOfOrder,
    /// From 70 on, the law alone gives no share.
    StatutoryNotEnough,
    /// Not as the insurer's scheme has it.
    NotOfScheme,
    /// From 75 on, another insurer is to be expected (後期高齢者医療).
    LateStage,
}

impl Ask {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotOnPaper => "not_on_paper",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::ToConfirm => "to_confirm",
            Self::NotYet => "not_yet",
            Self::Over => "over",
            Self::TooLate => "too_late",
            Self::OutOfOrder => "out_of_order",
            Self::StatutoryNotEnough => "statutory_not_enough",
            Self::NotOfScheme => "not_of_scheme",
            Self::LateStage => "late_stage",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotOnPaper => (
                "この書類には印字されません。本人に尋ねるか、ほかの書類で確かめてください。",
                "is not on this paper. Ask the person, or look at another paper.",
            ),
            Self::Missing => (
                "入っていません。印字がなければ本人に尋ねてください。",
                "is missing. Ask the person if it is not printed.",
            ),
            Self::Unreadable => (
                "読めません。印字のとおりか見直してください。",
                "cannot be read. Compare it with the paper.",
            ),
            Self::ToConfirm => (
                "見直してください。写し間違いかもしれません。",
                "looks wrong. Compare it with the paper.",
            ),
            Self::NotYet => (
                "まだ来ていません。今日使える値をほかの書類で確かめてください。",
                "is still to come. Ask for what holds today.",
            ),
            Self::Over => (
                "過ぎています。新しい書類があるか尋ねてください。",
                "is over. Ask for a newer paper.",
            ),
            Self::TooLate => (
                "この保険者の書類にしては先すぎます。見直してください。",
                "is later than on this insurer's papers. Compare it.",
            ),
            Self::OutOfOrder => (
                "ほかの日付と前後が合いません。見直してください。",
                "does not fit the other dates. Compare them.",
            ),
            Self::StatutoryNotEnough => (
                "70歳以上は、この印字だけでは決まりません。割合を確かめてください。",
                "is not settled by these words from age 70 on. Ask for the share.",
            ),
            Self::NotOfScheme => (
                "この保険の制度の書き方と違います。見直してください。",
                "is not as this scheme writes it. Compare it.",
            ),
            Self::LateStage => (
                "75歳になると後期高齢者医療に変わります。新しい書類があるか尋ねてください。",
                "belongs to somebody of 75: ask for a late-stage paper.",
            ),
        }
    }
}

impl Question {
    /// Stable name for machines, such as `sex_not_on_paper`.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}_{}", self.item.code(), self.ask.code())
    }

    /// What to ask, Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        format!("{}：{}", self.item.ja(), self.ask.words().0)
    }

    /// What to ask, English.
    #[must_use]
    pub fn en(self) -> String {
        format!("The {} {}", self.item.en(), self.ask.words().1)
    }
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Question", 4)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("item", self.item.code())?;
        fields.serialize_field("ja", &self.ja())?;
        fields.serialize_field("en", &self.en())?;
        fields.end()
    }
}
