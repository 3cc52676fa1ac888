//! The decision: evidence in, answer out. Pure; nothing here can say "eligible" on a type that was not verified.
//!
//! The evidence is brought down to cases, the [`table`] is asked, and what the row leaves open is filled in: how old its basis
//! is, what else is told with it, what was seen or heard, and the share.

use crate::domain::{
    answer::{Answer, Basis, Freshness, Level, NextStep, Reason, Verdict},
    evidence::{DocumentClaims, Evidence, LiveResult, Revocation},
    policy::Policy,
    register::{self, Heard, Register},
    share,
    table::{self, LiveCase, PaperCase, Reception, RegisterCase, Row, classify},
    time::{ClockState, Reading, Stamp},
};
use jiff::civil::Date;

/// The steps that ask for evidence: needless once the patient is received, and before it otherwise.
const ASKS_FOR_EVIDENCE: &[NextStep] = &[
    NextStep::AskForCertificate,
    NextStep::AskForNewCertificate,
    NextStep::AskForPortalScreen,
    NextStep::AskForNoticeAndCard,
    NextStep::AskForCard,
    NextStep::AskPastVisit,
    NextStep::TakeStatement,
    NextStep::CheckOnline,
];

/// The evidence brought down to what the table asks, and the words behind it.
pub(super) struct Cases<'a> {
    pub(super) live: LiveCase,
    pub(super) paper: PaperCase,
    pub(super) register: RegisterCase,
    pub(super) result: Option<&'a LiveResult>,
    pub(super) claims: Option<&'a DocumentClaims>,
    pub(super) heard: Heard<'a>,
}

/// The outcome while it is put together.
pub(super) struct Outcome {
    verdict: Verdict,
    basis: Basis,
    level: Level,
    as_of: Option<Stamp>,
    freshness: Freshness,
    reasons: Vec<Reason>,
    next_steps: Vec<NextStep>,
}

/// Decides for the day `on`, standing at `now`.
#[must_use]
pub fn decide(evidence: &Evidence, on: Date, now: Reading, policy: &Policy) -> Answer {
    let cases = Cases::of(evidence, on, now, policy);
    let row = table::verified(cases.live, cases.paper, cases.register);
    let mut outcome = Outcome::of(row);
    outcome.date(&cases, evidence, register::judged_at(on, now), policy);
    if row.verdict != Verdict::Eligible {
        outcome.receive(row, &seen_rows(evidence, on, policy));
    }
    if cases.register != RegisterCase::Suspended {
        outcome.tell_beside(&cases, on);
        if evidence.live.is_some() && cases.result.is_none() {
            outcome.tell(Reason::LiveOfAnotherDay);
        }
    }
    let burden_ratio = share::of(&cases, evidence, (on, policy), &mut outcome);
    if now.clock != ClockState::Sure {
        outcome.tell(Reason::ClockUnsure);
    }
    let word = cases.heard.register.word().filter(|_| outcome.basis == Basis::OwnRecord);
    let received = word.and_then(|word| word.record.origin.clone());
    let Outcome { verdict, basis, level, as_of, freshness, reasons, next_steps } = outcome;
    let clock = now.clock;
    Answer {
        verdict,
        basis,
        as_of,
        freshness,
        clock,
        burden_ratio,
        level,
        received,
        reasons,
        next_steps,
    }
}

/// The rows of what was seen or heard. A signed notice without the card is one more paper that the grace rule may let in.
fn seen_rows(evidence: &Evidence, on: Date, policy: &Policy) -> Vec<&'static Row> {
    let case = |shown| classify::shown(shown, evidence.card, on, policy);
    let mut rows: Vec<_> = evidence.shown.iter().map(|shown| table::seen(case(shown))).collect();
    let paper = classify::paper(evidence.document.as_ref(), evidence.card, on);
    if paper == PaperCase::NeedsCard && policy.notice_alone_grace(on) {
        rows.push(table::seen(table::ShownCase::PaperInGrace));
    }
    rows
}

impl<'a> Cases<'a> {
    fn of(evidence: &'a Evidence, on: Date, now: Reading, policy: &Policy) -> Self {
        let mut heard = register::hear(evidence, on, now, policy);
        let paper = classify::paper(evidence.document.as_ref(), evidence.card, on);
        let claims = evidence.document.as_ref().map(|document| document.claims.get());
        // An online result speaks for the day on which it came.
        let result = evidence.live.as_ref().map(|live| live.get());
        let result = result.filter(|result| result.answered_at.day() == on);
        if result.is_some_and(classify::is_suspended) {
            heard.register = Register::Suspended;
        }
        Self {
            live: classify::live(result, (paper, claims), &heard.register),
            register: classify::register(&heard.register, (paper, claims), on),
            paper,
            result,
            claims,
            heard,
        }
    }

    /// What the paper has against it where something else answers.
    fn against_paper(&self) -> Option<Reason> {
        match self.paper {
            PaperCase::Revoked => Some(Reason::CertificateRevoked),
            PaperCase::Expired => Some(Reason::CertificateExpired),
            PaperCase::NotBegun => Some(Reason::CoverageNotBegun),
            PaperCase::LateStage => Some(Reason::MovedToLateStage),
            PaperCase::NeedsCard => Some(Reason::NoticeNeedsCard),
            PaperCase::Absent | PaperCase::Certificate | PaperCase::NoticeWithCard => None,
        }
    }

    /// What the online result brings beside an answer.
    fn beside_live(&self) -> Option<Reason> {
        let in_force = matches!(self.register, RegisterCase::InForce | RegisterCase::OwnInForce);
        let speaks = self.heard.register.word().is_some();
        match self.live {
            LiveCase::InForce if speaks && !in_force => Some(Reason::LiveDiffers),
            LiveCase::Ended | LiveCase::Replaced if in_force => Some(Reason::LiveDiffers),
            LiveCase::NotRegistered => Some(Reason::LiveNotRegistered),
            LiveCase::SeveralMatch => Some(Reason::LiveSeveralMatch),
            _ => None,
        }
    }
}

impl Outcome {
    fn of(row: &Row) -> Self {
        Self {
            verdict: row.verdict,
            basis: row.basis,
            level: row.level,
            as_of: None,
            freshness: Freshness::Unknown,
            reasons: row.reasons.to_vec(),
            next_steps: row.next_steps.to_vec(),
        }
    }

    /// As of when the basis speaks, and how fresh that is.
    fn date(&mut self, cases: &Cases<'_>, evidence: &Evidence, now: Reading, policy: &Policy) {
        let revocation = evidence.document.as_ref().map(|document| document.revocation);
        match (self.basis, &cases.heard.register) {
            (Basis::Live, _) => {
                self.as_of = cases.result.map(|result| result.answered_at);
                self.freshness = Freshness::Fresh;
            }
            (Basis::Certificate | Basis::NoticeWithCard, _) => match revocation {
                Some(Revocation::ClearAsOf { as_of } | Revocation::Listed { as_of }) => {
                    self.as_of = Some(as_of);
                    self.freshness = policy.revocation.grade(now.at.days_since(as_of));
                    if self.freshness > Freshness::Fresh {
                        self.tell(Reason::RevocationStale);
                    }
                }
                Some(Revocation::NoList) | None => {
                    self.as_of = cases.claims.map(|claims| Stamp::start_of(claims.issued_on));
                    self.tell(Reason::RevocationUnknown);
                }
            },
            (
                Basis::Snapshot | Basis::OwnRecord,
                Register::InForce(word) | Register::NotInForce(word),
            ) => {
                self.as_of = Some(word.as_of);
                self.freshness = word.grade;
                word.old().into_iter().for_each(|old| self.tell(old));
            }
            _ => {
                if let Some(Revocation::Listed { as_of }) = revocation
                    && self.reasons.contains(&Reason::CertificateRevoked)
                {
                    self.as_of = Some(as_of);
                }
            }
        }
        // What is old, or of unknown age, asks for one more look.
        let look =
            matches!(self.freshness, Freshness::Confirm | Freshness::Refuse | Freshness::Unknown);
        if self.verdict == Verdict::Eligible && look {
            self.ask(NextStep::AskForPortalScreen);
        }
    }

    /// What was seen or heard may receive the patient; it never makes them eligible.
    fn receive(&mut self, row: &Row, seen: &[&Row]) {
        let receives = |seen: &&&Row| match seen.reception {
            Reception::WithCard => true,
            Reception::Open => row.reception == Reception::Open,
            Reception::Settled | Reception::NotEnough => false,
        };
        let counts = |seen: &&&Row| receives(seen) || seen.reception == Reception::NotEnough;
        let level = seen.iter().filter(counts).map(|seen| seen.level).max();
        if let Some(best) = seen.iter().filter(receives).max_by_key(|seen| seen.level) {
            self.verdict = Verdict::CannotTell;
            self.basis = Basis::Nothing;
            self.level = level.unwrap_or(best.level);
            (self.as_of, self.freshness) = (None, Freshness::Unknown);
            self.add_reasons(best.reasons);
            self.next_steps.retain(|step| !ASKS_FOR_EVIDENCE.contains(step));
            let later = self.next_steps.iter().position(|step| *step == NextStep::RenewSnapshot);
            let later = later.map(|place| self.next_steps.remove(place));
            best.next_steps.iter().copied().chain(later).for_each(|step| self.ask(step));
            return;
        }
        self.level = self.level.max(level.unwrap_or(self.level));
        for seen in seen {
            if seen.reception == Reception::NotEnough {
                self.add_reasons(seen.reasons);
                self.ask_first(seen.next_steps);
            } else {
                self.tell(Reason::NotEnoughHere);
            }
        }
    }

    /// What else was heard, where it belongs to the outcome.
    fn tell_beside(&mut self, cases: &Cases<'_>, on: Date) {
        let eligible = self.verdict == Verdict::Eligible;
        let on_paper = matches!(self.basis, Basis::Certificate | Basis::NoticeWithCard);
        if on_paper && cases.claims.is_some_and(|claims| claims.issued_on > on) {
            self.tell(Reason::IssuedAhead);
        }
        cases.against_paper().filter(|_| eligible).into_iter().for_each(|why| self.tell(why));
        cases.beside_live().into_iter().for_each(|why| self.tell(why));
        let belongs = match &cases.heard.register {
            Register::Silent(silence) => self.reasons.contains(&silence.reason()),
            Register::InForce(word) | Register::NotInForce(word) => self.basis == word.basis,
            Register::Suspended => false,
        };
        cases.heard.beside.filter(|_| belongs).into_iter().for_each(|why| self.tell(why));
    }

    /// Tells one thing more, with the step it brings.
    pub(super) fn tell(&mut self, reason: Reason) {
        self.add_reasons(&[reason]);
        table::step_of(reason).into_iter().for_each(|step| self.ask(step));
    }

    fn add_reasons(&mut self, reasons: &[Reason]) {
        for reason in reasons {
            if !self.reasons.contains(reason) {
                self.reasons.push(*reason);
            }
        }
    }

    /// Asks once: for evidence before the patient is received, for anything else at the end.
    fn ask(&mut self, step: NextStep) {
        let is_for_evidence = ASKS_FOR_EVIDENCE.contains(&step);
        if self.next_steps.contains(&step) || (is_for_evidence && self.is_received()) {
            return;
        }
        let received = self.next_steps.iter().position(|step| *step == NextStep::TreatAsInsured);
        let place = received.filter(|_| is_for_evidence);
        self.next_steps.insert(place.unwrap_or(self.next_steps.len()), step);
    }

    /// Asks for this before anything else.
    fn ask_first(&mut self, steps: &[NextStep]) {
        self.next_steps.retain(|step| !steps.contains(step));
        self.next_steps.splice(0..0, steps.iter().copied());
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the patient may be received on what was seen or heard.
    pub(super) fn is_received(&self) -> bool {
        self.verdict == Verdict::CannotTell && self.next_steps.contains(&NextStep::TreatAsInsured)
    }
}

#[cfg(test)]
#[path = "evidence_samples.rs"]
pub(super) mod evidence_samples;
#[cfg(test)]
#[path = "own_record_tests.rs"]
mod own_record_tests;
#[cfg(test)]
#[path = "table_tests.rs"]
mod table_tests;
#[cfg(test)]
#[path = "decide_tests.rs"]
pub(super) mod tests;
