//! The decision: evidence in, answer out. Pure; nothing here can say "eligible" on a type that was not verified.

use crate::domain::{
    answer::{
        Answer, Basis, BurdenRatio, BurdenSource, Freshness, Level, NextStep, Reason, Verdict,
    },
    burden,
    evidence::{CardSeen, DocumentClaims, DocumentFinding, DocumentKind, Evidence, Revocation},
    person::PersonRecord,
    policy::Policy,
    register::{self, Heard, Register, Word, has_moved_to_late_stage},
    time::{ClockState, Reading, Stamp},
};
use jiff::civil::Date;

/// What the paper's word comes down to.
enum Paper<'a> {
    Absent,
    Revoked(Stamp),
    NotInForce(&'a DocumentClaims, Reason),
    NeedsCard,
    Good(&'a DocumentClaims, Basis, Revocation),
}

/// The outcome before burden and clock are added.
struct Outcome {
    verdict: Verdict,
    basis: Basis,
    as_of: Option<Stamp>,
    freshness: Freshness,
    reasons: Vec<Reason>,
    next_steps: Vec<NextStep>,
}

/// Decides for the day `on`, standing at `now`.
#[must_use]
pub fn decide(evidence: &Evidence, on: Date, now: Reading, policy: &Policy) -> Answer {
    let judged_at = register::judged_at(on, now);
    let Heard { register, beside } = register::hear(evidence, on, now, policy);
    let paper = read_paper(evidence.document.as_ref(), evidence.card, on);
    let mut outcome = weigh(&paper, &register, on, judged_at, policy);
    outcome.add_beside(&register, beside);
    let burden_ratio = match outcome.verdict {
        Verdict::Eligible => burden_of(&paper, &register, on, &mut outcome),
        Verdict::NotEligible | Verdict::CannotTell => BurdenRatio::default(),
    };
    if now.clock != ClockState::Sure {
        outcome.reasons.push(Reason::ClockUnsure);
        outcome.next_steps.push(NextStep::SetClock);
    }
    let Outcome { verdict, basis, as_of, freshness, reasons, next_steps } = outcome;
    let received = match (basis, &register) {
        (Basis::OwnRecord, Register::InForce(word) | Register::NotInForce(word)) => {
            word.record.origin.clone()
        }
        _ => None,
    };
    let clock = now.clock;
    Answer {
        verdict,
        basis,
        as_of,
        freshness,
        clock,
        burden_ratio,
        level: level_of(basis),
        received,
        reasons,
        next_steps,
    }
}

fn level_of(basis: Basis) -> Level {
    match basis {
        Basis::Live => Level::Online,
        Basis::Certificate => Level::Certificate,
        Basis::NoticeWithCard => Level::NoticeWithCard,
        Basis::Snapshot => Level::Snapshot,
        Basis::OwnRecord => Level::OwnRecord,
        Basis::Nothing => Level::Nothing,
    }
}

fn read_paper(finding: Option<&DocumentFinding>, card: CardSeen, on: Date) -> Paper<'_> {
    let Some(DocumentFinding { claims, revocation }) = finding else { return Paper::Absent };
    let claims = claims.get();
    if let Revocation::Listed { as_of } = *revocation {
        return Paper::Revoked(as_of);
    }
    if claims.valid_to.is_some_and(|last_day| last_day < on) {
        return Paper::NotInForce(claims, Reason::CertificateExpired);
    }
    if on < claims.valid_from {
        return Paper::NotInForce(claims, Reason::CoverageNotBegun);
    }
    if has_moved_to_late_stage(&claims.identity, claims.birth, on) {
        return Paper::NotInForce(claims, Reason::MovedToLateStage);
    }
    match (claims.kind, card) {
        (DocumentKind::Certificate, _) => Paper::Good(claims, Basis::Certificate, *revocation),
        (DocumentKind::Notice, CardSeen::Seen) => {
            Paper::Good(claims, Basis::NoticeWithCard, *revocation)
        }
        (DocumentKind::Notice, CardSeen::NotSeen) => Paper::NeedsCard,
    }
}

/// The table. Every pair has its row; there is no default.
fn weigh(
    paper: &Paper<'_>,
    register: &Register<'_>,
    on: Date,
    now: Reading,
    policy: &Policy,
) -> Outcome {
    use NextStep::{
        AskForCard, AskForNewCertificate, AskForNoticeAndCard, AskForPortalScreen, CallInsurer,
        CompareIdentity,
    };
    match (paper, register) {
        (Paper::Revoked(as_of), _) => Outcome {
            as_of: Some(*as_of),
            ..cannot_tell(
                vec![Reason::CertificateRevoked],
                vec![CompareIdentity, AskForPortalScreen, CallInsurer],
            )
        },
        (_, Register::Suspended) => {
            cannot_tell(vec![Reason::RecordSuspended], vec![AskForPortalScreen, CallInsurer])
        }
        (Paper::NeedsCard, _) => {
            cannot_tell(vec![Reason::NoticeNeedsCard], vec![AskForCard, AskForPortalScreen])
        }
        (Paper::Good(claims, ..) | Paper::NotInForce(claims, _), Register::InForce(word))
            if !same_person(claims, word.record) =>
        {
            another_person()
        }
        (Paper::Good(..), Register::Silent(Reason::BirthDateDiffers)) => another_person(),
        // The register is the newer word, and it says "not in force"; losses are reported late and dated back, so the day
        // of loss proves nothing. Only a paper issued after the register was made outweighs it.
        (Paper::Good(claims, ..), Register::NotInForce(word))
            if word.as_of.day() >= claims.issued_on =>
        {
            cannot_tell(
                vec![Reason::EvidenceConflicts],
                vec![AskForPortalScreen, AskForNewCertificate, CallInsurer],
            )
        }
        (Paper::Good(claims, basis, revocation), _) => {
            on_paper(claims, *basis, *revocation, now, policy)
        }
        (Paper::NotInForce(_, reason), Register::InForce(word)) => {
            let mut outcome = on_register(word);
            outcome.reasons.push(*reason);
            outcome
        }
        (Paper::NotInForce(_, reason), Register::Silent(_)) => cannot_tell(
            vec![*reason],
            vec![AskForNewCertificate, AskForPortalScreen, AskForNoticeAndCard],
        ),
        (Paper::Absent, Register::InForce(word)) => on_register(word),
        (Paper::Absent | Paper::NotInForce(..), Register::NotInForce(word)) => {
            not_in_force(word, on)
        }
        (Paper::Absent, Register::Silent(reason)) => silent(*reason),
    }
}

fn cannot_tell(reasons: Vec<Reason>, next_steps: Vec<NextStep>) -> Outcome {
    Outcome {
        verdict: Verdict::CannotTell,
        basis: Basis::Nothing,
        as_of: None,
        freshness: Freshness::Unknown,
        reasons,
        next_steps,
    }
}

fn another_person() -> Outcome {
    let steps =
        vec![NextStep::CompareIdentity, NextStep::AskForPortalScreen, NextStep::CallInsurer];
    cannot_tell(vec![Reason::PersonDiffers], steps)
}

fn silent(reason: Reason) -> Outcome {
    use NextStep::{
        AskBranchOrBirth, AskForCertificate, AskForNewCertificate, AskForNoticeAndCard,
        AskForPortalScreen, AskPastVisit, CheckTypedNumber, ReadAgain, RenewSnapshot,
        TakeStatement,
    };
    let first = match reason {
        Reason::SeveralMatch => vec![AskBranchOrBirth],
        Reason::BirthDateDiffers => vec![CheckTypedNumber],
        Reason::NothingToAskBy => vec![ReadAgain],
        Reason::MovedToLateStage => vec![AskForNewCertificate],
        _ => vec![],
    };
    // The ladder of field.md C-14: portal screen and card, notice and card, past visit, statement. What only an
    // administrator can do comes last.
    let ladder =
        [AskForCertificate, AskForPortalScreen, AskForNoticeAndCard, AskPastVisit, TakeStatement];
    let stale = [Reason::SnapshotTooOld, Reason::NoSnapshot, Reason::SnapshotDamaged];
    let last = stale.contains(&reason).then_some(RenewSnapshot);
    let mut outcome = cannot_tell(vec![reason], first);
    outcome.next_steps.extend(ladder.into_iter().chain(last));
    outcome
}

fn on_register(word: &Word<'_>) -> Outcome {
    let old = word.old();
    let reasons = [Some(word.in_force()), old];
    let next_steps = [
        Some(NextStep::CompareIdentity),
        old.map(|_| NextStep::AskForPortalScreen),
        Some(NextStep::TreatAsInsured),
    ];
    Outcome {
        verdict: Verdict::Eligible,
        basis: word.basis,
        as_of: Some(word.as_of),
        freshness: word.grade,
        reasons: reasons.into_iter().flatten().collect(),
        next_steps: next_steps.into_iter().flatten().collect(),
    }
}

fn not_in_force(word: &Word<'_>, on: Date) -> Outcome {
    let ended = word.record.lost_on.is_some_and(|lost| lost <= on);
    let why = if ended { Reason::CoverageEnded } else { Reason::CoverageNotBegun };
    Outcome {
        verdict: Verdict::NotEligible,
        basis: word.basis,
        as_of: Some(word.as_of),
        freshness: word.grade,
        reasons: [Some(why), word.old()].into_iter().flatten().collect(),
        next_steps: vec![
            NextStep::AskForNewCertificate,
            NextStep::AskForPortalScreen,
            NextStep::TakeStatement,
        ],
    }
}

fn on_paper(
    claims: &DocumentClaims,
    basis: Basis,
    revocation: Revocation,
    now: Reading,
    policy: &Policy,
) -> Outcome {
    let good = match basis {
        Basis::NoticeWithCard => Reason::NoticeWithCard,
        _ => Reason::CertificateInForce,
    };
    let (as_of, freshness, remark) = match revocation {
        Revocation::ClearAsOf { as_of } | Revocation::Listed { as_of } => {
            let grade = policy.revocation.grade(now.at.days_since(as_of));
            (as_of, grade, (grade > Freshness::Fresh).then_some(Reason::RevocationStale))
        }
        Revocation::NoList => {
            (Stamp::start_of(claims.issued_on), Freshness::Unknown, Some(Reason::RevocationUnknown))
        }
    };
    // Without a list, or with an old one, nobody can say that the paper still stands: one more look is asked for.
    let look = matches!(freshness, Freshness::Confirm | Freshness::Refuse | Freshness::Unknown);
    let next_steps = [
        Some(NextStep::CompareIdentity),
        look.then_some(NextStep::AskForPortalScreen),
        Some(NextStep::TreatAsInsured),
    ];
    Outcome {
        verdict: Verdict::Eligible,
        basis,
        as_of: Some(as_of),
        freshness,
        reasons: [Some(good), remark].into_iter().flatten().collect(),
        next_steps: next_steps.into_iter().flatten().collect(),
    }
}

/// Birth date and kana decide; a paper without kana is compared by name. Kanji variants are not a difference.
fn same_person(claims: &DocumentClaims, record: &PersonRecord) -> bool {
    use crate::domain::{kana, names};
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

fn burden_of(
    paper: &Paper<'_>,
    register: &Register<'_>,
    on: Date,
    outcome: &mut Outcome,
) -> BurdenRatio {
    let (printed, birth_on_paper) = match paper {
        Paper::Good(claims, ..) => {
            (claims.burden.map(|percent| (percent, claims.issued_on)), Some(claims.birth))
        }
        _ => (None, None),
    };
    let (registered, birth_registered) = match register {
        Register::InForce(Word { record, as_of, .. }) => {
            (record.burden.map(|percent| (percent, as_of.day())), Some(record.birth))
        }
        _ => (None, None),
    };
    if let (Some((a, _)), Some((b, _))) = (printed, registered)
        && a != b
    {
        outcome.confirm_burden(Reason::BurdensDiffer);
    }
    let birth = birth_on_paper.or(birth_registered);
    let stated = printed.map(|stated| (stated, BurdenSource::Document));
    let stated = stated.or(registered.map(|stated| (stated, register.burden_source())));
    if let Some(((percent, stated_on), source)) = stated {
        let class_on = |day| birth.map(|birth| burden::age_class(birth, day).class);
        if class_on(stated_on) != class_on(on) {
            outcome.confirm_burden(Reason::BurdenMayHaveChanged);
        }
        return BurdenRatio { percent: Some(percent), source: Some(source), also: vec![] };
    }
    let by_age = birth.and_then(|birth| burden::age_class(birth, on).percent);
    outcome.confirm_burden(match by_age {
        Some(_) => Reason::BurdenByAgeRule,
        None => Reason::BurdenUnknown,
    });
    BurdenRatio { percent: by_age, source: by_age.map(|_| BurdenSource::AgeRule), also: vec![] }
}

impl Outcome {
    /// What else was heard, where the register's word is part of the outcome.
    fn add_beside(&mut self, register: &Register<'_>, beside: Option<Reason>) {
        let Some(beside) = beside else { return };
        match register {
            Register::Silent(reason) if self.reasons.contains(reason) => self.reasons.push(beside),
            Register::InForce(word) | Register::NotInForce(word) if self.basis == word.basis => {
                self.reasons.push(beside);
                if !self.next_steps.contains(&NextStep::AskForPortalScreen) {
                    // Before "treat as insured", which comes last.
                    let place = self.next_steps.len().saturating_sub(1);
                    self.next_steps.insert(place, NextStep::AskForPortalScreen);
                }
            }
            _ => {}
        }
    }

    /// The share needs a word with the patient, for this reason; the step is asked for once.
    fn confirm_burden(&mut self, reason: Reason) {
        self.reasons.push(reason);
        if !self.next_steps.contains(&NextStep::ConfirmBurden) {
            self.next_steps.push(NextStep::ConfirmBurden);
        }
    }
}

#[cfg(test)]
#[path = "own_record_tests.rs"]
mod own_record_tests;
#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
