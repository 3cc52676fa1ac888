//! A paper an insurer wants printed: its own row, weighed against the layout that its papers follow.

use super::{
    expiry::ExpiryHabit,
    item::{Borne, Item, Part},
    profile::PartLayout,
    values::{PrintedLimitClass, PrintedRatio},
};
use crate::domain::{
    burden::{AgeClass, age_class},
    evidence::{DocumentClaims, DocumentKind},
    insured::Identity,
    oqs_codes::Code as _,
    person::{Relation, Sex},
};
use jiff::civil::Date;

/// What an insurer's file says of one paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperDraft {
    /// Insurer, symbol, number, branch.
    pub identity: Identity,
    /// 氏名.
    pub name: String,
    /// フリガナ; may be empty.
    pub kana: String,
    /// 生年月日.
    pub birth: Date,
    /// 性別.
    pub sex: Sex,
    /// 本人・家族.
    pub relation: Relation,
    /// 負担割合 and its 発効期日, and so on.
    pub values: PrintedValues,
    /// 資格取得日.
    pub valid_from: Date,
    /// 有効期限.
    pub valid_to: Option<Date>,
}

/// What a paper prints and its code does not carry in the same words: `*`, 「法定負担割合のとおり」, 発効期日.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrintedValues {
    /// 負担割合.
    pub ratio: PrintedRatio,
    /// Its 発効期日.
    pub ratio_from: Option<Date>,
    /// 限度額適用区分.
    pub limit_class: PrintedLimitClass,
    /// Its 発効期日.
    pub limit_from: Option<Date>,
}

/// A paper ready to be signed: nothing in it that the layout does not bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperToIssue {
    /// What is signed.
    pub claims: DocumentClaims,
    /// What is printed besides.
    pub values: PrintedValues,
}

/// Why a paper is not issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The item.
    pub item: Item,
    /// What about it.
    pub why: UnfitWhy,
}

/// What is wrong with an item of a paper to be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitWhy {
    /// This layout always bears it, and the row says nothing.
    Missing,
    /// The days contradict each other.
    OutOfOrder,
    /// Later than this insurer's papers hold.
    TooLate,
    /// A last day that papers of this layout do not bear: left out, the paper would hold longer than the insurer says.
    NotBorne,
}

impl UnfitWhy {
    /// Stable name for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "item_missing",
            Self::OutOfOrder => "days_out_of_order",
            Self::TooLate => "valid_too_long",
            Self::NotBorne => "item_not_borne",
        }
    }
}

impl PaperDraft {
    /// Weighs the row against the layout of the whole paper. What the layout does not bear is neither signed nor printed:
    /// a code must not tell more than its paper. A last day alone is never left out.
    ///
    /// # Errors
    /// The first item that a paper of this layout cannot go out with.
    pub fn settle(
        self,
        kind: DocumentKind,
        layout: &PartLayout,
        issued_on: Date,
        serial: [u8; 6],
    ) -> Result<PaperToIssue, Unfit> {
        let draft = self.only_what(layout);
        draft.is_complete(layout, issued_on)?;
        draft.days_in_order(layout, issued_on)?;
        let claims = DocumentClaims {
            kind,
            identity: draft.identity,
            name: draft.name,
            kana: draft.kana,
            birth: draft.birth,
            sex: draft.sex,
            relation: draft.relation,
            burden: draft.values.ratio.percent(),
            limit_class: draft.values.limit_class.class().map(|class| class.code().to_owned()),
            valid_from: draft.valid_from,
            issued_on,
            valid_to: draft.valid_to,
            serial,
        };
        Ok(PaperToIssue { claims, values: draft.values })
    }

    fn only_what(mut self, layout: &PartLayout) -> Self {
        let never = |item| layout.bears(item) == Borne::No;
        if never(Item::Symbol) {
            self.identity.symbol.clear();
        }
        if never(Item::Branch) {
            self.identity.branch = None;
        }
        if never(Item::Kana) {
            self.kana.clear();
        }
        if never(Item::Sex) {
            self.sex = Sex::Unstated;
        }
        if never(Item::Ratio) {
            (self.values.ratio, self.values.ratio_from) = (PrintedRatio::Absent, None);
        }
        if never(Item::LimitClass) {
            (self.values.limit_class, self.values.limit_from) = (PrintedLimitClass::Absent, None);
        }
        if never(Item::RatioFrom) {
            self.values.ratio_from = None;
        }
        if never(Item::LimitFrom) {
            self.values.limit_from = None;
        }
        self
    }

    fn is_complete(&self, layout: &PartLayout, issued_on: Date) -> Result<(), Unfit> {
        let elderly = age_class(self.birth, issued_on).class >= AgeClass::Elderly70;
        let values = &self.values;
        let lacking = [
            (Item::Kana, self.kana.is_empty()),
            (Item::Sex, self.sex == Sex::Unstated),
            (Item::Ratio, values.ratio == PrintedRatio::Absent),
            (Item::RatioFrom, elderly && values.ratio_from.is_none()),
            (Item::LimitClass, values.limit_class == PrintedLimitClass::Absent),
        ];
        let borne = |item| layout.bears(item) == Borne::Yes;
        let missing = lacking.into_iter().find(|(item, lacks)| *lacks && borne(*item));
        let wanted = borne(Item::ValidTo) || layout.expiry.wants_a_day(self.birth, issued_on);
        let missing =
            missing.or((wanted && self.valid_to.is_none()).then_some((Item::ValidTo, true)));
        match missing {
            Some((item, _)) => Err(Unfit { item, why: UnfitWhy::Missing }),
            None => Ok(()),
        }
    }

    fn days_in_order(&self, layout: &PartLayout, issued_on: Date) -> Result<(), Unfit> {
        let wrong = |item, why| Err(Unfit { item, why });
        if self.birth > issued_on || self.valid_from < self.birth {
            return wrong(Item::Birth, UnfitWhy::OutOfOrder);
        }
        let endless = match layout.expiry {
            ExpiryHabit::None => true,
            ExpiryHabit::NoneBelow70 => !self.may_bear_a_day(layout, issued_on),
            _ => layout.bears(Item::ValidTo) == Borne::No,
        };
        let latest = layout.expiry.latest(issued_on, self.values.ratio_from);
        match self.valid_to {
            Some(_) if endless => wrong(Item::ValidTo, UnfitWhy::NotBorne),
            Some(last) if last < issued_on || last < self.valid_from => {
                wrong(Item::ValidTo, UnfitWhy::OutOfOrder)
            }
            Some(last) if latest.is_some_and(|latest| last > latest) => {
                wrong(Item::ValidTo, UnfitWhy::TooLate)
            }
            _ => Ok(()),
        }
    }

    /// Papers go out ahead of the 70th birthday: one day in their time for which a last day is wanted is enough.
    fn may_bear_a_day(&self, layout: &PartLayout, issued_on: Date) -> bool {
        let days = [Some(issued_on), self.values.ratio_from, Some(self.valid_from), self.valid_to];
        let mut ahead = days.into_iter().flatten().filter(|day| *day >= issued_on);
        ahead.any(|day| layout.expiry.wants_a_day(self.birth, day))
    }
}

impl From<DocumentKind> for Part {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Certificate => Self::Certificate,
            DocumentKind::Notice => Self::Notice,
        }
    }
}

impl PrintedValues {
    /// What signed claims say in these words, where nothing else is known of the paper.
    #[must_use]
    pub fn of(claims: &DocumentClaims) -> Self {
        let class = claims.limit_class.as_deref().and_then(PrintedLimitClass::parse);
        Self {
            ratio: claims.burden.map_or(PrintedRatio::Absent, PrintedRatio::Percent),
            limit_class: class.unwrap_or_default(),
            ..Self::default()
        }
    }
}
