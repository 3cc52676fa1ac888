//! The decision table as data: what speaks → verdict, basis, level, reasons, next steps. [`crate::domain::decide`] looks the
//! answer up in here, so that the table printed by [`rows`] and the decision are one.
//!
//! It has two parts. The first goes by what is verified: a live result, a signed paper, the register. Every combination of the
//! three has exactly one row; the compiler counts them. The second goes by what was only seen or heard: it says under what level
//! the patient may be received where the first part cannot tell, and never changes the first part's word to "eligible".

mod cases;
pub(super) mod classify;
mod shown;
mod verified;

use crate::domain::answer::{Basis, Level, NextStep, Reason, Verdict, worded};
pub use cases::{LiveCase, LiveSet, PaperCase, PaperSet, RegisterCase, RegisterSet, ShownCase};
use shown::SHOWN;
use verified::VERIFIED;

const LATE_STAGE_ACT: &str = "高齢者の医療の確保に関する法律 第50条";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Stable name.
    pub code: &'static str,
    /// When it applies.
    pub condition: Condition,
    /// What is answered.
    pub verdict: Verdict,
    /// On what.
    pub basis: Basis,
    /// The level recorded with the visit.
    pub level: Level,
    /// Why, most important first.
    pub reasons: &'static [Reason],
    /// What to do next, in order.
    pub next_steps: &'static [NextStep],
    /// In the first part: what may receive the patient nevertheless. In the second: where this counts.
    pub reception: Reception,
    /// The public source of the rule, or "house rule".
    pub source: &'static str,
}

/// When a row applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// By what is verified: any of each.
    Verified {
        /// The live result.
        live: LiveSet,
        /// The signed paper.
        paper: PaperSet,
        /// The region's snapshot and this facility's own records.
        register: RegisterSet,
    },
    /// By one thing seen or heard, where the first part does not say "eligible".
    Shown(ShownCase),
}

worded! {
    /// What was only seen or heard may let a patient be received under insurance, or not.
    Reception {
        Settled = "settled" "追加の確認は不要" "nothing more is needed"
        Open = "open" "食い違いがなければ受け付け可" "receives where nothing contradicts"
        WithCard = "with_card" "マイナ保険証を見た場合か災害時だけ受け付け可" "receives only with the card seen, or in a disaster"
        NotEnough = "not_enough" "これだけでは受け付けない" "not enough by itself"
    }
}

/// Something told beside a row's reasons, and the step it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What is told; its words say when.
    pub reason: Reason,
    /// What to do about it.
    pub next_step: Option<NextStep>,
}

/// What may be told beside any row. An eligible answer on a basis that is old or of unknown age asks for the portal's page, too.
pub const REMARKS: &[Remark] = &[
    remark(Reason::LiveOfAnotherDay, Some(NextStep::CheckOnline)),
    remark(Reason::LiveSeveralMatch, Some(NextStep::AskBranchOrBirth)),
    remark(Reason::LiveNotRegistered, Some(NextStep::AskForPortalScreen)),
    remark(Reason::LiveDiffers, None),
    remark(Reason::CertificateRevoked, None),
    remark(Reason::CertificateExpired, None),
    remark(Reason::IssuedAhead, Some(NextStep::AskForPortalScreen)),
    remark(Reason::CoverageNotBegun, None),
    remark(Reason::MovedToLateStage, None),
    remark(Reason::NoticeNeedsCard, Some(NextStep::AskForCard)),
    remark(Reason::RevocationUnknown, None),
    remark(Reason::RevocationStale, None),
    remark(Reason::SnapshotOld, None),
    remark(Reason::OwnRecordOld, None),
    remark(Reason::OwnRecordDiffers, Some(NextStep::AskForPortalScreen)),
    remark(Reason::NotInSnapshot, Some(NextStep::AskForPortalScreen)),
    remark(Reason::SnapshotDamaged, Some(NextStep::AskForPortalScreen)),
    remark(Reason::NotInOwnRecords, None),
    remark(Reason::OwnRecordDamaged, None),
    remark(Reason::OwnRecordTooOld, None),
    remark(Reason::NotEnoughHere, None),
    remark(Reason::BurdensDiffer, Some(NextStep::ConfirmBurden)),
    remark(Reason::BurdenMayHaveChanged, Some(NextStep::ConfirmBurden)),
    remark(Reason::BurdenByAgeRule, Some(NextStep::ConfirmBurden)),
    remark(Reason::BurdenUnknown, Some(NextStep::ConfirmBurden)),
    remark(Reason::TrustListOld, None),
    remark(Reason::ClockUnsure, Some(NextStep::SetClock)),
];

const fn remark(reason: Reason, next_step: Option<NextStep>) -> Remark {
    Remark { reason, next_step }
}

/// The step that a remark brings.
pub(super) fn step_of(reason: Reason) -> Option<NextStep> {
    REMARKS.iter().find(|remark| remark.reason == reason).and_then(|remark| remark.next_step)
}

/// The whole table in reading order: first by what is verified, then by what was seen or heard.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    VERIFIED.iter().chain(SHOWN)
}

/// The one row of a combination.
pub(super) fn verified(live: LiveCase, paper: PaperCase, register: RegisterCase) -> &'static Row {
    let place = PLACES[live as usize][paper as usize][register as usize];
    &VERIFIED[usize::from(place)]
}

/// The row of one thing seen or heard.
pub(super) fn seen(case: ShownCase) -> &'static Row {
    &SHOWN[case as usize]
}

const LIVE: usize = LiveCase::ALL.len();
const PAPER: usize = PaperCase::ALL.len();
const REGISTER: usize = RegisterCase::ALL.len();

/// The place of every combination's row. A combination without a row, or with two, does not compile.
const PLACES: [[[u8; REGISTER]; PAPER]; LIVE] = {
    let mut places = [[[0; REGISTER]; PAPER]; LIVE];
    let mut at = 0;
    while at < LIVE * PAPER * REGISTER {
        let (l, p, r) = (at / (PAPER * REGISTER), at / REGISTER % PAPER, at % REGISTER);
        let (live, paper, register) = (LiveCase::ALL[l], PaperCase::ALL[p], RegisterCase::ALL[r]);
        places[l][p][r] = the_one_row(live, paper, register);
        at += 1;
    }
    places
};

/// Likewise: each thing seen or heard has its row, in the order of the cases.
const _: () = {
    assert!(SHOWN.len() == ShownCase::ALL.len());
    let mut at = 0;
    while at < SHOWN.len() {
        let fits = matches!(SHOWN[at].condition, Condition::Shown(case) if case as usize == at);
        assert!(fits, "the rows of the second part stand in another order than the cases");
        at += 1;
    }
};

const fn the_one_row(live: LiveCase, paper: PaperCase, register: RegisterCase) -> u8 {
    let (mut row, mut place, mut fitting) = (0_u8, 0_u8, 0);
    while (row as usize) < VERIFIED.len() {
        if VERIFIED[row as usize].condition.fits(live, paper, register) {
            place = row;
            fitting += 1;
        }
        row += 1;
    }
    assert!(fitting == 1, "a combination has no row, or more than one");
    place
}

impl Condition {
    const fn fits(self, live: LiveCase, paper: PaperCase, register: RegisterCase) -> bool {
        match self {
            Self::Verified { live: lives, paper: papers, register: registers } => {
                lives.has(live) && papers.has(paper) && registers.has(register)
            }
            Self::Shown(_) => false,
        }
    }
}

impl Row {
    /// When it applies, in Japanese.
    #[must_use]
    pub fn when_ja(&self) -> String {
        match self.condition {
            Condition::Shown(case) => case.ja().into(),
            Condition::Verified { live, paper, register } => {
                let parts = [
                    live.ja().map(|text| format!("オンライン：{text}")),
                    paper.ja().map(|text| format!("署名された書類：{text}")),
                    register.ja().map(|text| format!("登録：{text}")),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join("／")
            }
        }
    }

    /// When it applies, in English.
    #[must_use]
    pub fn when_en(&self) -> String {
        match self.condition {
            Condition::Shown(case) => case.en().into(),
            Condition::Verified { live, paper, register } => {
                let parts = [
                    live.en().map(|text| format!("online: {text}")),
                    paper.en().map(|text| format!("signed paper: {text}")),
                    register.en().map(|text| format!("register: {text}")),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
            }
        }
    }
}
