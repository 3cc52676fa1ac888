//! The second part of the table: what was only seen or heard. No row of it says "eligible".

use super::{
    Condition, LATE_STAGE_ACT, Reception, Row,
    ShownCase::{self, *},
};
use crate::domain::answer::{
    Basis, Level,
    NextStep::{self, *},
    Reason, Verdict,
};

const LADDER: &str =
    "日本歯科医師会「オンライン資格確認」 https://www.jda.or.jp/dentist/mynumber-online";
const ONE_CARD: &str =
    "マイナンバーカードと健康保険証の一体化に関する検討会 最終とりまとめ（令和5年8月8日）";
const GRACE: &str =
    "厚生労働大臣 2026年3月19日（7月末で終了） https://www.niigata-nippo.co.jp/articles/-/799360";
const DISASTER: &str =
    "福島県 https://www.pref.fukushima.lg.jp/sec/21005b/iryoukikan-yakkyoku.html";

const fn row(
    case: ShownCase,
    (level, reception): (Level, Reception),
    reasons: &'static [Reason],
    next_steps: &'static [NextStep],
    source: &'static str,
) -> Row {
    Row {
        code: case.code(),
        condition: Condition::Shown(case),
        verdict: Verdict::CannotTell,
        basis: Basis::Nothing,
        level,
        reasons,
        next_steps,
        reception,
        source,
    }
}

const RECEIVE: &[NextStep] = &[CompareIdentity, TreatAsInsured, ConfirmLater];
const NOT_ENOUGH: (Level, Reception) = (Level::Nothing, Reception::NotEnough);

/// In the order of the cases.
pub(super) const SHOWN: &[Row] = &[
    row(
        PortalWithCard,
        (Level::PortalWithCard, Reception::WithCard),
        &[Reason::PortalScreenSeen],
        RECEIVE,
        LADDER,
    ),
    row(PortalAlone, NOT_ENOUGH, &[Reason::PortalNeedsCard], &[AskForCard], LADDER),
    row(
        TypedNoticeWithCard,
        (Level::TypedNoticeWithCard, Reception::Open),
        &[Reason::TypedNoticeSeen],
        RECEIVE,
        LADDER,
    ),
    row(
        TypedCertificate,
        (Level::TypedCertificate, Reception::Open),
        &[Reason::TypedCertificateSeen],
        RECEIVE,
        ONE_CARD,
    ),
    row(
        TypedPaperExpired,
        NOT_ENOUGH,
        &[Reason::CertificateExpired],
        &[AskForNewCertificate],
        ONE_CARD,
    ),
    row(
        TypedPaperLateStage,
        NOT_ENOUGH,
        &[Reason::MovedToLateStage],
        &[AskForNewCertificate],
        LATE_STAGE_ACT,
    ),
    row(
        PaperInGrace,
        (Level::GracePeriod, Reception::NotEnough),
        &[Reason::GracePeriod],
        &[CheckOnline],
        GRACE,
    ),
    row(OldCardEnded, NOT_ENOUGH, &[Reason::OldCardEnded], &[AskForNewCertificate], GRACE),
    row(NoticeAlone, NOT_ENOUGH, &[Reason::NoticeNeedsCard], &[AskForCard], ONE_CARD),
    row(
        PastVisitUnchanged,
        (Level::PastVisit, Reception::Open),
        &[Reason::PastVisitUnchanged],
        RECEIVE,
        LADDER,
    ),
    row(PastVisitChanged, NOT_ENOUGH, &[Reason::InsuranceChanged], &[AskForNewCertificate], LADDER),
    row(
        StatementWithCard,
        (Level::Declaration, Reception::WithCard),
        &[Reason::StatementTaken],
        &[CompareIdentity, TreatAsInsured, BringNumberLater, ConfirmLater],
        LADDER,
    ),
    row(StatementAlone, NOT_ENOUGH, &[Reason::StatementNeedsCard], &[AskForCard], LADDER),
    row(
        ShownCase::DisasterOral,
        (Level::DisasterOral, Reception::WithCard),
        &[Reason::FourItemsTaken],
        &[TreatAsInsured, TellOfWaiver, ConfirmLater],
        DISASTER,
    ),
];
