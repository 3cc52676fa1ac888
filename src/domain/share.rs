//! Which source's share counts (一部負担金割合): live result, signed paper, register, unsigned paper or screen, declaration, age;
//! what the others say is told beside it.

use crate::domain::{
    answer::{BurdenRatio, BurdenSource, Reason, SourcedShare, Verdict},
    burden::{self, AgeClass, Percent},
    decide::{Cases, Outcome},
    elderly::{share_holds_until, share_stated_on},
    evidence::Evidence,
    insured::Identity,
    insurer_number::Scheme,
    policy::Policy,
    register::Word,
    rulebook::{Rulebook, Shares},
    shown::{InsurerClue, Shown, StatedShare, TypedPaper},
    table::{self, LiveCase, PaperCase, Reception, RegisterCase, classify},
};
use jiff::civil::Date;

/// A share, who says it, and on which day it was true.
struct Stated {
    percent: Percent,
    source: BurdenSource,
    day: Date,
}

/// What the law's share hangs on beside income.
type Insured = (Date, Scheme);

/// The share of an eligible patient by every source; of one received on what was seen or heard, by that alone.
pub(super) fn of(
    cases: &Cases<'_>,
    evidence: &Evidence,
    (on, policy): (Date, &Policy),
    outcome: &mut Outcome,
) -> BurdenRatio {
    let rules: &Rulebook = &policy.rules;
    let eligible = outcome.verdict() == Verdict::Eligible;
    if !eligible && !outcome.is_received() {
        return BurdenRatio::default();
    }
    let insured = verified_insured(cases).filter(|_| eligible).or_else(|| told_insured(evidence));
    let by_law = insured.and_then(|insured| by_law(insured, on, rules));
    let mut stated = if eligible { verified(cases, (on, rules)) } else { vec![] };
    stated.extend(seen(evidence, by_law, (on, policy)));
    let Some(first) = stated.first() else { return by_age(by_law, outcome) };
    let mut also = others(&stated, first.percent);
    let odd = insured.is_some_and(|insured| is_odd(first, insured, (on, rules)));
    if odd && let Some(percent) = by_law {
        also.push(SourcedShare { percent, source: BurdenSource::AgeRule });
    }
    if odd || !also.is_empty() {
        outcome.tell(Reason::BurdensDiffer);
    }
    if insured.is_some_and(|insured| may_have_changed(insured, first.day, (on, rules))) {
        outcome.tell(Reason::BurdenMayHaveChanged);
    }
    BurdenRatio { percent: Some(first.percent), source: Some(first.source), also }
}

/// The share where income does not decide.
fn by_law((birth, scheme): Insured, on: Date, rules: &Rulebook) -> Option<Percent> {
    let class = burden::class_in(scheme, birth, on);
    rules.shares(class, on).value().and_then(Shares::only)
}

/// Whether a share is declared that the law does not know for the age. The form (申立書) offers 3割, before school 2割, and
/// from 70 on 1 to 3割: before 75 somebody may be in the late-stage scheme by disability and not know its name.
fn is_odd(first: &Stated, (birth, scheme): Insured, (on, rules): (Date, &Rulebook)) -> bool {
    let class = burden::class_in(scheme, birth, on);
    let allows = |class| {
        let shares = rules.shares(class, on).value();
        shares.is_none_or(|shares| shares.allows(first.percent))
    };
    let by_disability = class == AgeClass::Elderly70 && allows(AgeClass::LateStage75);
    first.source == BurdenSource::Declared && !allows(class) && !by_disability
}

/// Whether an age limit or the yearly assessment lies between the day a share was true and the day asked.
fn may_have_changed(
    (birth, scheme): Insured,
    stated: Date,
    (on, rules): (Date, &Rulebook),
) -> bool {
    let class_on = |day| burden::class_in(scheme, birth, day);
    class_on(stated) != class_on(on)
        || share_holds_until((birth, scheme), stated, rules).is_some_and(|last_day| last_day < on)
}

fn others(stated: &[Stated], percent: Percent) -> Vec<SourcedShare> {
    let differing = stated.iter().filter(|other| other.percent != percent);
    differing.map(|other| SourcedShare { percent: other.percent, source: other.source }).collect()
}

fn by_age(percent: Option<Percent>, outcome: &mut Outcome) -> BurdenRatio {
    outcome.tell(match percent {
        Some(_) => Reason::BurdenByAgeRule,
        None => Reason::BurdenUnknown,
    });
    BurdenRatio { percent, source: percent.map(|_| BurdenSource::AgeRule), also: vec![] }
}

/// What verified sources say, the first that counts first. Of snapshot and own record the newer one comes first.
fn verified(cases: &Cases<'_>, (on, rules): (Date, &Rulebook)) -> Vec<Stated> {
    let live = cases.result.filter(|_| cases.live == LiveCase::InForce).and_then(|result| {
        let percent = result.record()?.burden?;
        Some(Stated { percent, source: BurdenSource::Live, day: result.answered_at.day() })
    });
    let paper = cases.claims.filter(|_| is_good(cases.paper)).and_then(|claims| {
        let day = share_stated_on((claims.issued_on, claims.valid_to), on, rules);
        Some(Stated { percent: claims.burden?, source: BurdenSource::Document, day })
    });
    let words = [speaking(cases), cases.heard.other.filter(|_| speaking(cases).is_some())];
    let registered = words.into_iter().flatten().filter_map(|word| {
        let source = if word.is_own() { BurdenSource::OwnRecord } else { BurdenSource::Snapshot };
        Some(Stated { percent: word.record.burden?, source, day: word.as_of.day() })
    });
    live.into_iter().chain(paper).chain(registered).collect()
}

fn is_good(paper: PaperCase) -> bool {
    matches!(paper, PaperCase::Certificate | PaperCase::NoticeWithCard)
}

/// The register's word, where it is of this person and in force.
fn speaking<'a>(cases: &Cases<'a>) -> Option<Word<'a>> {
    let in_force = matches!(cases.register, RegisterCase::InForce | RegisterCase::OwnInForce);
    cases.heard.register.word().copied().filter(|_| in_force)
}

fn verified_insured(cases: &Cases<'_>) -> Option<Insured> {
    let of = |birth: Date, identity: &Identity| (birth, identity.insurer.scheme());
    let live = cases.result.filter(|_| cases.live == LiveCase::InForce);
    let live = live.and_then(|result| result.record()).map(|told| of(told.birth, &told.identity));
    let paper = cases.claims.filter(|_| is_good(cases.paper));
    let paper = paper.map(|claims| of(claims.birth, &claims.identity));
    live.or(paper).or(speaking(cases).map(|word| of(word.record.birth, &word.record.identity)))
}

/// What unsigned sources say, the first that counts first. What is not enough to receive anybody says nothing here either.
fn seen(
    evidence: &Evidence,
    by_law: Option<Percent>,
    (on, policy): (Date, &Policy),
) -> Vec<Stated> {
    let counts = |shown: &&Shown| {
        let case = classify::shown(shown, evidence.card, on, policy);
        table::seen(case).reception != Reception::NotEnough
    };
    let stated = evidence.shown.iter().filter(counts).filter_map(|shown| {
        let (percent, source) = match shown {
            Shown::TypedPaper(TypedPaper { burden, .. }) => match (*burden)? {
                StatedShare::Percent(percent) => (percent, BurdenSource::Seen),
                StatedShare::Statutory => (by_law?, BurdenSource::Statutory),
            },
            Shown::PortalScreen { burden, .. } => ((*burden)?, BurdenSource::Seen),
            Shown::Declaration(declared) => (declared.burden?, BurdenSource::Declared),
            Shown::OldCard | Shown::PastVisit { .. } | Shown::DisasterOral(_) => return None,
        };
        Some(Stated { percent, source, day: on })
    });
    let mut stated: Vec<_> = stated.collect();
    stated.sort_by_key(|stated| stated.source);
    stated
}

/// The first birth date told, and the late-stage scheme where anything names it.
fn told_insured(evidence: &Evidence) -> Option<Insured> {
    let told = || evidence.shown.iter().map(insured_of);
    let birth = told().find_map(|(birth, _)| birth)?;
    let late_stage = told().any(|(_, scheme)| scheme == Scheme::LateStage);
    Some((birth, if late_stage { Scheme::LateStage } else { Scheme::Unknown }))
}

fn insured_of(shown: &Shown) -> (Option<Date>, Scheme) {
    let named = |clue: Option<&InsurerClue>| match clue {
        Some(InsurerClue::LateStage { .. }) => Scheme::LateStage,
        Some(InsurerClue::Employees { .. } | InsurerClue::National { .. }) | None => {
            Scheme::Unknown
        }
    };
    match shown {
        Shown::TypedPaper(paper) => (paper.birth, paper.identity.insurer.scheme()),
        Shown::Declaration(declared) => (declared.birth, named(declared.insurer.as_ref())),
        Shown::DisasterOral(told) => (Some(told.birth), named(Some(&told.insurer))),
        Shown::PortalScreen { .. } | Shown::OldCard | Shown::PastVisit { .. } => {
            (None, Scheme::Unknown)
        }
    }
}

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
