//! What the counter saw or heard without a signature: it never makes anybody eligible, but it says how well the visit was
//! checked, and whether the patient may be received under insurance meanwhile.
//!
//! Nothing in here is ever serialised, and [`std::fmt::Debug`] keeps what a person said of themselves to itself.

use crate::domain::{burden::Percent, evidence::DocumentKind, insured::Identity};
use jiff::civil::Date;
use std::fmt;

/// One thing seen or heard at the counter. A visit may have several.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// A certificate or notice without a code: its text was typed in.
    TypedPaper(TypedPaper),
    /// マイナポータルの資格情報画面, or the PDF saved from it. Counts only together with the マイナ保険証.
    PortalScreen {
        /// Live or saved.
        form: PortalForm,
        /// 一部負担金割合, where it is shown.
        burden: Option<Percent>,
    },
    /// An old 健康保険証. None is valid any more.
    OldCard,
    /// The patient came before and was asked whether the insurance is still the same.
    PastVisit {
        /// When they came last, where known.
        last_visit: Option<Date>,
        /// What they said.
        insurance: SaidInsurance,
    },
    /// 被保険者資格申立書.
    Declaration(Declaration),
    /// The four items asked in a disaster of somebody who has nothing with them.
    DisasterOral(DisasterOral),
}

/// A paper whose text was typed in. Nobody vouches for it.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedPaper {
    /// Certificate or notice.
    pub kind: DocumentKind,
    /// Insurer, symbol, number, branch.
    pub identity: Identity,
    /// 生年月日.
    pub birth: Option<Date>,
    /// 一部負担金割合, where printed; a `*` is not printed.
    pub burden: Option<StatedShare>,
    /// 有効期限, the last valid day; many notices have none.
    pub valid_to: Option<Date>,
}

/// A share as papers print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedShare {
    /// A number.
    Percent(Percent),
    /// 「法定負担割合のとおり」: what the law gives by age.
    Statutory,
}

/// How the portal's page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalForm {
    /// On the patient's phone, logged in.
    LiveScreen,
    /// A PDF saved beforehand.
    SavedPdf,
}

/// What a patient who came before said about the insurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidInsurance {
    /// Nothing changed since.
    Unchanged,
    /// It changed, or they do not know.
    Changed,
}

/// What the decision needs of a 被保険者資格申立書; the form itself stays on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The share declared: 30, before school 20, from 70 on 10 to 30.
    pub burden: Option<Percent>,
    /// 生年月日, as on the card's face.
    pub birth: Option<Date>,
    /// What is known of the insurer; the form may leave it open.
    pub insurer: Option<InsurerClue>,
}

/// 氏名, 生年月日, 連絡先 and what leads to the insurer.
#[derive(Clone, PartialEq, Eq)]
pub struct DisasterOral {
    /// 氏名.
    pub name: String,
    /// 生年月日.
    pub birth: Date,
    /// 連絡先, such as a telephone number.
    pub contact: String,
    /// What leads to the insurer.
    pub insurer: InsurerClue,
}

/// What leads to the insurer, by its kind as asked since 2019 (<https://www.pref.fukushima.lg.jp/sec/21005b/iryoukikan-yakkyoku.html>).
#[derive(Clone, PartialEq, Eq)]
pub enum InsurerClue {
    /// 被用者保険.
    Employees {
        /// 事業所名.
        employer: String,
        /// 住所, where it was asked too.
        address: Option<String>,
    },
    /// 国民健康保険.
    National {
        /// 住所.
        address: String,
        /// 組合名, of a 国保組合.
        union: Option<String>,
    },
    /// 後期高齢者医療.
    LateStage {
        /// 住所.
        address: String,
    },
}

impl Shown {
    /// Its kind, without anything personal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TypedPaper(TypedPaper { kind: DocumentKind::Certificate, .. }) => {
                "typed_certificate"
            }
            Self::TypedPaper(TypedPaper { kind: DocumentKind::Notice, .. }) => "typed_notice",
            Self::PortalScreen { form: PortalForm::LiveScreen, .. } => "portal_screen",
            Self::PortalScreen { form: PortalForm::SavedPdf, .. } => "portal_pdf",
            Self::OldCard => "old_card",
            Self::PastVisit { .. } => "past_visit",
            Self::Declaration(_) => "declaration",
            Self::DisasterOral(_) => "disaster_oral",
        }
    }
}

/// The kind alone: what a log may hold.
impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_somebody_said_of_themselves_does_not_show_in_a_log() {
        let told = Shown::DisasterOral(DisasterOral {
            name: "山田　太郎".into(),
            birth: date(1960, 1, 2),
            contact: "000-0000-0000".into(),
            insurer: InsurerClue::LateStage { address: "輪島市".into() },
        });
        assert_eq!(format!("{told:?}"), "disaster_oral");
    }
}
