//! Evidence → the table's cases. Pure, and the only place that reads days, cards and names for the decision.

use super::{LiveCase, PaperCase, RegisterCase, ShownCase};
use crate::domain::{
    evidence::{
        CardSeen, DocumentClaims, DocumentFinding, DocumentKind, LiveResult, LiveWord, Revocation,
    },
    kana, names,
    person::{PersonRecord, Standing},
    policy::Policy,
    register::{Register, Silence, has_moved_to_late_stage},
    shown::{SaidInsurance, Shown, TypedPaper},
};
use jiff::civil::Date;

/// The signed paper on the day `on`.
pub(in crate::domain) fn paper(
    finding: Option<&DocumentFinding>,
    card: CardSeen,
    on: Date,
) -> PaperCase {
    let Some(DocumentFinding { claims, revocation }) = finding else { return PaperCase::Absent };
    let claims = claims.get();
    if matches!(revocation, Revocation::Listed { .. }) {
        return PaperCase::Revoked;
    }
    if claims.valid_to.is_some_and(|last_day| last_day < on) {
        return PaperCase::Expired;
    }
    if on < claims.valid_from {
        return PaperCase::NotBegun;
    }
    if has_moved_to_late_stage(&claims.identity, claims.birth, on) {
        return PaperCase::LateStage;
    }
    match (claims.kind, card) {
        (DocumentKind::Certificate, _) => PaperCase::Certificate,
        (DocumentKind::Notice, CardSeen::Seen) => PaperCase::NoticeWithCard,
        (DocumentKind::Notice, CardSeen::NotSeen) => PaperCase::NeedsCard,
    }
}

/// The register beside a paper. A revoked paper is nobody's word, so nothing is compared with it.
pub(in crate::domain) fn register(
    register: &Register<'_>,
    (paper, claims): (PaperCase, Option<&DocumentClaims>),
    on: Date,
) -> RegisterCase {
    let claims = claims.filter(|_| paper != PaperCase::Revoked);
    match register {
        Register::Suspended => RegisterCase::Suspended,
        Register::Silent(silence) => silent(*silence),
        Register::InForce(word) => {
            if claims.is_some_and(|claims| !same_person(claims, word.record)) {
                RegisterCase::AnotherPerson
            } else if word.is_own() {
                RegisterCase::OwnInForce
            } else {
                RegisterCase::InForce
            }
        }
        Register::NotInForce(word) => {
            let in_force = matches!(
                paper,
                PaperCase::Certificate | PaperCase::NoticeWithCard | PaperCase::NeedsCard
            );
            if in_force && claims.is_some_and(|claims| word.as_of.day() < claims.issued_on) {
                return RegisterCase::OlderThanPaper;
            }
            let has_ended = word.record.lost_on.is_some_and(|lost| lost <= on);
            match (has_ended, word.is_own()) {
                (true, false) => RegisterCase::Ended,
                (true, true) => RegisterCase::OwnEnded,
                (false, false) => RegisterCase::NotBegun,
                (false, true) => RegisterCase::OwnNotBegun,
            }
        }
    }
}

fn silent(silence: Silence) -> RegisterCase {
    match silence {
        Silence::NotInSnapshot => RegisterCase::NotInSnapshot,
        Silence::NoSnapshot => RegisterCase::NoSnapshot,
        Silence::TooOld => RegisterCase::TooOld,
        Silence::Damaged => RegisterCase::Damaged,
        Silence::SeveralMatch => RegisterCase::SeveralMatch,
        Silence::BirthDateDiffers => RegisterCase::BirthDateDiffers,
        Silence::MovedToLateStage => RegisterCase::MovedToLateStage,
        Silence::NothingToAskBy => RegisterCase::NothingToAskBy,
    }
}

/// The live result of the day asked beside a paper, or beside a record of the same numbers where there is no paper.
pub(in crate::domain) fn live(
    result: Option<&LiveResult>,
    (paper, claims): (PaperCase, Option<&DocumentClaims>),
    register: &Register<'_>,
) -> LiveCase {
    let Some(result) = result else { return LiveCase::Absent };
    let differs = |record: &PersonRecord| match claims.filter(|_| paper != PaperCase::Revoked) {
        Some(claims) => !same_person(claims, record),
        None => register.word().is_some_and(|word| word.record.birth != record.birth),
    };
    match &result.word {
        LiveWord::InForce(record) | LiveWord::Ended(record) | LiveWord::Replaced(record)
            if differs(record) =>
        {
            LiveCase::AnotherPerson
        }
        LiveWord::InForce(_) => LiveCase::InForce,
        LiveWord::Ended(_) => LiveCase::Ended,
        LiveWord::Replaced(_) => LiveCase::Replaced,
        LiveWord::NotRegistered => LiveCase::NotRegistered,
        LiveWord::SeveralMatch => LiveCase::SeveralMatch,
    }
}

/// Whether a live result names a record that must not be shown.
pub(in crate::domain) fn is_suspended(result: &LiveResult) -> bool {
    result.record().is_some_and(|record| record.standing == Standing::Suspended)
}

/// One thing seen or heard, on the day `on`.
pub(in crate::domain) fn shown(
    shown: &Shown,
    card: CardSeen,
    on: Date,
    policy: &Policy,
) -> ShownCase {
    match (shown, card) {
        (Shown::TypedPaper(paper), _) if is_expired(paper, on) => ShownCase::TypedPaperExpired,
        (Shown::TypedPaper(paper), _) if has_left(paper, on) => ShownCase::TypedPaperLateStage,
        (Shown::TypedPaper(TypedPaper { kind: DocumentKind::Certificate, .. }), _) => {
            ShownCase::TypedCertificate
        }
        (Shown::TypedPaper(_), CardSeen::Seen) => ShownCase::TypedNoticeWithCard,
        (Shown::TypedPaper(_), CardSeen::NotSeen) if policy.notice_alone_grace(on) => {
            ShownCase::PaperInGrace
        }
        (Shown::OldCard, _) if policy.old_card_grace(on) => ShownCase::PaperInGrace,
        (Shown::TypedPaper(_), CardSeen::NotSeen) => ShownCase::NoticeAlone,
        (Shown::OldCard, _) => ShownCase::OldCardEnded,
        (Shown::PortalScreen { .. }, CardSeen::Seen) => ShownCase::PortalWithCard,
        (Shown::PortalScreen { .. }, CardSeen::NotSeen) => ShownCase::PortalAlone,
        (Shown::PastVisit { insurance: SaidInsurance::Unchanged, .. }, _) => {
            ShownCase::PastVisitUnchanged
        }
        (Shown::PastVisit { insurance: SaidInsurance::Changed, .. }, _) => {
            ShownCase::PastVisitChanged
        }
        (Shown::Declaration(_), CardSeen::Seen) => ShownCase::StatementWithCard,
        (Shown::Declaration(_), CardSeen::NotSeen) => ShownCase::StatementAlone,
        (Shown::DisasterOral(_), _) => ShownCase::DisasterOral,
    }
}

fn is_expired(paper: &TypedPaper, on: Date) -> bool {
    paper.valid_to.is_some_and(|last_day| last_day < on)
}

/// Of a scheme that its holder has left by age.
fn has_left(paper: &TypedPaper, on: Date) -> bool {
    paper.birth.is_some_and(|birth| has_moved_to_late_stage(&paper.identity, birth, on))
}

/// Birth date and kana decide; a paper without kana is compared by name. Kanji variants are not a difference.
fn same_person(claims: &DocumentClaims, record: &PersonRecord) -> bool {
    let one_of = |given: &str, registered: &str, alias: Option<&str>, fold: fn(&str) -> String| {
        let given = fold(given);
        given == fold(registered) || alias.is_some_and(|other| given == fold(other))
    };
    let alias = record.alias.as_ref();
    let names_agree = if claims.kana.is_empty() {
        one_of(&claims.name, &record.name, alias.map(|a| a.name.as_str()), names::fold_variants)
    } else {
        one_of(&claims.kana, &record.kana, alias.map(|a| a.kana.as_str()), kana::strict)
    };
    claims.birth == record.birth && names_agree
}
