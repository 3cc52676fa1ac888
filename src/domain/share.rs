//! Which source's share counts (一部負担金割合): live result, signed paper, register, unsigned paper or screen, declaration, age;
//! what the others say is told beside it.

use crate::domain::{
    answer::{BurdenRatio, BurdenSource, Reason, SourcedShare, Verdict},
    burden::{self, Percent},
    decide::{Cases, Outcome},
    evidence::Evidence,
    register::Word,
    rulebook::Rulebook,
    shown::{Shown, StatedShare, TypedPaper},
    table::{LiveCase, PaperCase, RegisterCase},
};
use jiff::civil::Date;

/// A share, who says it, and on which day it was true.
struct Stated {
    percent: Percent,
    source: BurdenSource,
    day: Date,
}

/// The share of an eligible patient by every source; of one received on what was seen or heard, by that alone.
pub(super) fn of(
    cases: &Cases<'_>,
    evidence: &Evidence,
    (on, rules): (Date, &Rulebook),
    outcome: &mut Outcome,
) -> BurdenRatio {
    let by_law = |birth: Option<Date>| {
        birth.and_then(|birth| burden::age_class_by(rules, birth, on).percent)
    };
    let eligible = outcome.verdict() == Verdict::Eligible;
    if !eligible && !outcome.is_received() {
        return BurdenRatio::default();
    }
    let births =
        [verified_birth(cases).filter(|_| eligible), evidence.shown.iter().find_map(birth_of)];
    let birth = births.into_iter().flatten().next();
    let mut stated = if eligible { verified(cases) } else { vec![] };
    stated.extend(seen(evidence, by_law(birth), on));
    let Some(first) = stated.first() else { return by_age(by_law(birth), outcome) };
    let also = others(&stated, first.percent);
    if !also.is_empty() {
        outcome.tell(Reason::BurdensDiffer);
    }
    let class_on = |day| birth.map(|birth| burden::age_class(birth, day).class);
    if class_on(first.day) != class_on(on) {
        outcome.tell(Reason::BurdenMayHaveChanged);
    }
    BurdenRatio { percent: Some(first.percent), source: Some(first.source), also }
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
fn verified(cases: &Cases<'_>) -> Vec<Stated> {
    let live = cases.result.filter(|_| cases.live == LiveCase::InForce).and_then(|result| {
        let percent = result.record()?.burden?;
        Some(Stated { percent, source: BurdenSource::Live, day: result.answered_at.day() })
    });
    let paper = cases.claims.filter(|_| is_good(cases.paper)).and_then(|claims| {
        let (percent, day) = (claims.burden?, claims.issued_on);
        Some(Stated { percent, source: BurdenSource::Document, day })
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

fn verified_birth(cases: &Cases<'_>) -> Option<Date> {
    let live = cases.result.filter(|_| cases.live == LiveCase::InForce);
    let live = live.and_then(|result| result.record()).map(|record| record.birth);
    let paper = cases.claims.filter(|_| is_good(cases.paper)).map(|claims| claims.birth);
    live.or(paper).or(speaking(cases).map(|word| word.record.birth))
}

/// What unsigned sources say, the first that counts first.
fn seen(evidence: &Evidence, by_law: Option<Percent>, on: Date) -> Vec<Stated> {
    let mut stated: Vec<_> = evidence
        .shown
        .iter()
        .filter_map(|shown| {
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
        })
        .collect();
    stated.sort_by_key(|stated| stated.source);
    stated
}

fn birth_of(shown: &Shown) -> Option<Date> {
    match shown {
        Shown::TypedPaper(paper) => paper.birth,
        Shown::Declaration(declared) => declared.birth,
        Shown::DisasterOral(told) => Some(told.birth),
        Shown::PortalScreen { .. } | Shown::OldCard | Shown::PastVisit { .. } => None,
    }
}
