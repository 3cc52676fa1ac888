//! The first part of the table: what is verified.
//!
//! A suspension is named and nothing else. Today's online result goes before what is held here. A signed paper that is older
//! than the register's word of an end conflicts with it. To be unknown is no proof of anything.

use super::{Condition, LATE_STAGE_ACT, LiveSet, PaperSet, Reception, RegisterSet, Row};
use super::{LiveCase as L, PaperCase as P, RegisterCase as R};
use crate::domain::answer::{
    Basis, Level,
    NextStep::{self, *},
    Reason::{self, *},
    Verdict,
};

const HOUSE: &str = "house rule";
const ONLINE: &str = "オンライン資格確認等システム 資格有効性（OQSCD006）";
const ONE_CARD: &str =
    "マイナンバーカードと健康保険証の一体化に関する検討会 最終とりまとめ（令和5年8月8日）";
const LADDER_OF: &str =
    "日本歯科医師会「オンライン資格確認」 https://www.jda.or.jp/dentist/mynumber-online";

const LIVE_UNOPPOSED: LiveSet = LiveSet::of(&[L::Absent, L::SeveralMatch]);
const LIVE_QUIET: LiveSet = LIVE_UNOPPOSED.and(live(L::NotRegistered));
const GOOD: PaperSet = PaperSet::of(&[P::Certificate, P::NoticeWithCard]);
const STALE: PaperSet = PaperSet::of(&[P::Expired, P::NotBegun, P::LateStage]);
const NO_GOOD: PaperSet = STALE.and(PaperSet::of(&[P::Absent]));
const NO_GOOD_AT_ALL: PaperSet = NO_GOOD.and(PaperSet::of(&[P::Revoked, P::NeedsCard]));
const IN_FORCE: RegisterSet = RegisterSet::of(&[R::InForce, R::OwnInForce]);
const OUT_OF_FORCE: RegisterSet =
    RegisterSet::of(&[R::Ended, R::OwnEnded, R::NotBegun, R::OwnNotBegun]);
const OTHERS: RegisterSet = RegisterSet::of(&[R::AnotherPerson, R::BirthDateDiffers]);
/// Nobody found, and nothing that speaks against a paper.
const SILENT: RegisterSet = RegisterSet::of(&[
    R::NotInSnapshot,
    R::NoSnapshot,
    R::TooOld,
    R::Damaged,
    R::SeveralMatch,
    R::MovedToLateStage,
    R::NothingToAskBy,
]);
const NOT_AGAINST_PAPER: RegisterSet =
    IN_FORCE.and(SILENT).and(RegisterSet::of(&[R::OlderThanPaper]));
const NOT_SUSPENDED: RegisterSet = NOT_AGAINST_PAPER.and(OUT_OF_FORCE).and(OTHERS);

const RECEIVE: &[NextStep] = &[CompareIdentity, TreatAsInsured];
const LADDER: &[NextStep] =
    &[AskForCertificate, AskForPortalScreen, AskForNoticeAndCard, AskPastVisit, TakeStatement];
const RENEW: &[NextStep] = &[
    AskForCertificate,
    AskForPortalScreen,
    AskForNoticeAndCard,
    AskPastVisit,
    TakeStatement,
    RenewSnapshot,
];
const ANOTHER_INSURANCE: &[NextStep] =
    &[AskForNewCertificate, AskForPortalScreen, AskForNoticeAndCard, TakeStatement];
const STALE_PAPER: &[NextStep] =
    &[AskForNewCertificate, AskForPortalScreen, AskForNoticeAndCard, AskPastVisit, TakeStatement];
const CONTRADICTION: &[NextStep] =
    &[AskForPortalScreen, AskForNewCertificate, AskForNoticeAndCard, TakeStatement, CallInsurer];
const WHO_IS_IT: &[NextStep] =
    &[CompareIdentity, AskForPortalScreen, AskForNoticeAndCard, TakeStatement, CallInsurer];

const fn when(live: LiveSet, paper: PaperSet, register: RegisterSet) -> Condition {
    Condition::Verified { live, paper, register }
}

/// What speaks: its basis, and the level that comes with it.
type Ground = (Basis, Level);
const ONLINE_RESULT: Ground = (Basis::Live, Level::Online);
const CERTIFICATE: Ground = (Basis::Certificate, Level::Certificate);
const NOTICE: Ground = (Basis::NoticeWithCard, Level::NoticeWithCard);
const SNAPSHOT: Ground = (Basis::Snapshot, Level::Snapshot);
const OWN: Ground = (Basis::OwnRecord, Level::OwnRecord);

const fn eligible(
    code: &'static str,
    condition: Condition,
    (basis, level): Ground,
    reasons: &'static [Reason],
    source: &'static str,
) -> Row {
    Row {
        code,
        condition,
        verdict: Verdict::Eligible,
        basis,
        level,
        reasons,
        next_steps: RECEIVE,
        reception: Reception::Settled,
        source,
    }
}

const fn not_eligible(
    code: &'static str,
    condition: Condition,
    (basis, level): Ground,
    reasons: &'static [Reason],
) -> Row {
    Row {
        code,
        condition,
        verdict: Verdict::NotEligible,
        basis,
        level,
        reasons,
        next_steps: ANOTHER_INSURANCE,
        reception: Reception::WithCard,
        source: if matches!(basis, Basis::Live) { ONLINE } else { HOUSE },
    }
}

/// Cannot tell, and nothing stands against the patient.
const fn open(
    code: &'static str,
    condition: Condition,
    reasons: &'static [Reason],
    next_steps: &'static [NextStep],
    source: &'static str,
) -> Row {
    Row {
        code,
        condition,
        verdict: Verdict::CannotTell,
        basis: Basis::Nothing,
        level: Level::Nothing,
        reasons,
        next_steps,
        reception: Reception::Open,
        source,
    }
}

/// Cannot tell, because something contradicts.
const fn doubtful(
    code: &'static str,
    condition: Condition,
    reasons: &'static [Reason],
    next_steps: &'static [NextStep],
    source: &'static str,
) -> Row {
    Row { reception: Reception::WithCard, ..open(code, condition, reasons, next_steps, source) }
}

const fn live(case: L) -> LiveSet {
    LiveSet::of(&[case])
}

const fn paper(case: P) -> PaperSet {
    PaperSet::of(&[case])
}

/// Without a paper, or with one that is not in force.
const fn registered(case: R) -> Condition {
    when(LIVE_QUIET, NO_GOOD, RegisterSet::of(&[case]))
}

const fn in_force(case: R) -> Condition {
    when(LIVE_UNOPPOSED, NO_GOOD, RegisterSet::of(&[case]))
}

/// Without a paper.
const fn alone(case: R) -> Condition {
    when(LIVE_QUIET, paper(P::Absent), RegisterSet::of(&[case]))
}

/// On a paper that is not in force alone.
const fn stale(case: P) -> Condition {
    when(LIVE_QUIET, paper(case), SILENT)
}

pub(super) const VERIFIED: &[Row] = &[
    doubtful(
        "suspended",
        when(LiveSet::ANY, PaperSet::ANY, RegisterSet::of(&[R::Suspended])),
        &[RecordSuspended],
        &[AskForPortalScreen, AskForNoticeAndCard, TakeStatement, CallInsurer],
        ONE_CARD,
    ),
    // Online.
    eligible(
        "live_in_force",
        when(live(L::InForce), PaperSet::ANY, NOT_SUSPENDED),
        ONLINE_RESULT,
        &[LiveInForce],
        ONLINE,
    ),
    doubtful(
        "live_another_person",
        when(live(L::AnotherPerson), PaperSet::ANY, NOT_SUSPENDED),
        &[PersonDiffers],
        WHO_IS_IT,
        HOUSE,
    ),
    doubtful(
        "live_against_paper",
        when(LiveSet::of(&[L::Ended, L::Replaced]), GOOD, NOT_SUSPENDED),
        &[EvidenceConflicts],
        CONTRADICTION,
        HOUSE,
    ),
    not_eligible(
        "live_ended",
        when(live(L::Ended), NO_GOOD_AT_ALL, NOT_SUSPENDED),
        ONLINE_RESULT,
        &[LiveEnded],
    ),
    not_eligible(
        "live_replaced",
        when(live(L::Replaced), NO_GOOD_AT_ALL, NOT_SUSPENDED),
        ONLINE_RESULT,
        &[LiveReplaced],
    ),
    open(
        "live_against_register",
        when(live(L::NotRegistered), NO_GOOD, IN_FORCE),
        &[EvidenceConflicts, LiveNotRegistered],
        LADDER,
        HOUSE,
    ),
    // A signed paper.
    doubtful(
        "revoked",
        when(LIVE_QUIET, paper(P::Revoked), NOT_SUSPENDED),
        &[CertificateRevoked],
        WHO_IS_IT,
        HOUSE,
    ),
    doubtful(
        "another_person",
        when(LIVE_QUIET, STALE.and(GOOD).and(paper(P::NeedsCard)), OTHERS),
        &[PersonDiffers],
        WHO_IS_IT,
        HOUSE,
    ),
    open(
        "notice_needs_card",
        when(LIVE_QUIET, paper(P::NeedsCard), NOT_AGAINST_PAPER),
        &[NoticeNeedsCard],
        &[AskForCard, AskForPortalScreen, AskPastVisit, TakeStatement],
        ONE_CARD,
    ),
    doubtful(
        "notice_against_register",
        when(LIVE_QUIET, paper(P::NeedsCard), OUT_OF_FORCE),
        &[NoticeNeedsCard, EvidenceConflicts],
        &[AskForCard, AskForPortalScreen, AskForNewCertificate, TakeStatement],
        ONE_CARD,
    ),
    // The register is the newer word, and it says "not in force"; losses are reported late and dated back, so the day of loss
    // proves nothing. Only a paper issued after the register was made outweighs it.
    doubtful(
        "paper_against_register",
        when(LIVE_QUIET, GOOD, OUT_OF_FORCE),
        &[EvidenceConflicts],
        CONTRADICTION,
        HOUSE,
    ),
    eligible(
        "certificate",
        when(LIVE_QUIET, paper(P::Certificate), NOT_AGAINST_PAPER),
        CERTIFICATE,
        &[CertificateInForce],
        ONE_CARD,
    ),
    eligible(
        "notice_with_card",
        when(LIVE_QUIET, paper(P::NoticeWithCard), NOT_AGAINST_PAPER),
        NOTICE,
        &[Reason::NoticeWithCard],
        ONE_CARD,
    ),
    open("expired_paper", stale(P::Expired), &[CertificateExpired], STALE_PAPER, ONE_CARD),
    open("paper_not_begun", stale(P::NotBegun), &[CoverageNotBegun], STALE_PAPER, ONE_CARD),
    doubtful(
        "late_stage_paper",
        stale(P::LateStage),
        &[MovedToLateStage],
        ANOTHER_INSURANCE,
        LATE_STAGE_ACT,
    ),
    // The register.
    eligible("snapshot", in_force(R::InForce), SNAPSHOT, &[InForceInSnapshot], HOUSE),
    eligible("own_record", in_force(R::OwnInForce), OWN, &[InForceInOwnRecord], HOUSE),
    not_eligible(
        "ended",
        when(LIVE_QUIET, NO_GOOD, RegisterSet::of(&[R::Ended, R::OlderThanPaper])),
        SNAPSHOT,
        &[CoverageEnded],
    ),
    not_eligible("own_ended", registered(R::OwnEnded), OWN, &[CoverageEnded]),
    not_eligible("not_begun", registered(R::NotBegun), SNAPSHOT, &[CoverageNotBegun]),
    not_eligible("own_not_begun", registered(R::OwnNotBegun), OWN, &[CoverageNotBegun]),
    // Nobody found: never a proof of anything.
    open("not_in_snapshot", alone(R::NotInSnapshot), &[Reason::NotInSnapshot], LADDER, LADDER_OF),
    open("no_snapshot", alone(R::NoSnapshot), &[Reason::NoSnapshot], RENEW, LADDER_OF),
    open("snapshot_too_old", alone(R::TooOld), &[SnapshotTooOld], RENEW, LADDER_OF),
    open("snapshot_damaged", alone(R::Damaged), &[SnapshotDamaged], RENEW, LADDER_OF),
    open(
        "several_match",
        alone(R::SeveralMatch),
        &[Reason::SeveralMatch],
        &[
            AskBranchOrBirth,
            AskForCertificate,
            AskForPortalScreen,
            AskForNoticeAndCard,
            AskPastVisit,
            TakeStatement,
        ],
        LADDER_OF,
    ),
    open(
        "birth_date_differs",
        when(LIVE_QUIET, paper(P::Absent), OTHERS),
        &[BirthDateDiffers],
        &[
            CheckTypedNumber,
            AskForCertificate,
            AskForPortalScreen,
            AskForNoticeAndCard,
            AskPastVisit,
            TakeStatement,
        ],
        LADDER_OF,
    ),
    doubtful(
        "moved_to_late_stage",
        alone(R::MovedToLateStage),
        &[MovedToLateStage],
        ANOTHER_INSURANCE,
        LATE_STAGE_ACT,
    ),
    open(
        "nothing_to_ask_by",
        alone(R::NothingToAskBy),
        &[NothingToAskBy],
        &[
            ReadAgain,
            AskForCertificate,
            AskForPortalScreen,
            AskForNoticeAndCard,
            AskPastVisit,
            TakeStatement,
        ],
        LADDER_OF,
    ),
];
