//! How answers are put into words for a page: pure, from the same structs that go out as JSON.

use crate::{
    app::{Checked, ExchangeStatus, StatementsStatus, Status},
    cache::CacheState,
    disaster::search::Difference,
    domain::{
        answer::{Answer, BurdenSource, Freshness, NextStep, SourcedShare, Verdict},
        evidence::{DocumentKind, SnapshotSource},
        person::{Relation, Sex},
        time::{ClockState, Stamp},
        wareki,
    },
    health::{self, Examination},
    journal::ViewerRole,
    messages::{
        self,
        words::{self, Phrase},
    },
};
use jiff::civil::Date;
use std::cmp::Reverse;

use super::html::Said;

/// How good a fact is, told by colour *and* word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    Plain,
    Good,
    Watch,
    Bad,
}

impl Grade {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
        }
    }

    pub(super) fn word(self) -> Phrase {
        match self {
            Self::Plain => words::WORD_PLAIN,
            Self::Good => words::WORD_GOOD,
            Self::Watch => words::WORD_WATCH,
            Self::Bad => words::WORD_BAD,
        }
    }
}

/// One line of facts: what it is, what it says, and how good that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) label: Phrase,
    pub(super) value: Said,
    pub(super) grade: Grade,
}

impl Fact {
    pub(super) fn new(label: Phrase, value: impl Into<Said>, grade: Grade) -> Self {
        Self { label, value: value.into(), grade }
    }
}

/// `昭和31年11月1日（1956-11-01）`: the papers print the first, machines the second.
pub(super) fn day(day: Date) -> Said {
    Said::new(wareki::format(day), day.to_string())
}

/// `令和8年11月1日〜令和8年12月22日（2026-11-01 to 2026-12-22）`.
pub(super) fn period(first: Date, last: Date) -> Said {
    let ja = format!("{}〜{}", wareki::format(first), wareki::format(last));
    Said::new(ja, format!("{first} to {last}"))
}

/// `2026-11-22 18:03`, Japanese time.
pub(super) fn moment(stamp: Stamp) -> String {
    let text = stamp.to_string();
    let minute = text.get(..16).unwrap_or(&text);
    minute.replace('T', " ")
}

/// How long ago, in whole days.
pub(super) fn age(days: i64) -> Said {
    match days {
        ..=-1 => Said::new("この箱の時計より先", "later than this box's clock"),
        0 => Said::new("24時間以内", "within a day"),
        1 => Said::new("1日前", "1 day ago"),
        _ => Said::new(format!("{days}日前"), format!("{days} days ago")),
    }
}

/// The moment with its age beside it.
pub(super) fn moment_with_age(stamp: Stamp, now: Stamp) -> Said {
    let age = age(now.days_since(stamp));
    Said::new(format!("{}（{}）", moment(stamp), age.ja), age.en)
}

/// `3割 30%（書類に記載）`.
pub(super) fn burden(answer: &Answer) -> Said {
    let source = answer.burden_ratio.source.map_or(words::BURDEN_NONE_KNOWN, from);
    let share = share(answer);
    let mut said = Said::new(format!("{}（{}）", share.ja, source.ja), source.en);
    // Two sources that differ are both shown.
    for SourcedShare { percent, source } in &answer.burden_ratio.also {
        let (percent, source) = (percent.value(), from(*source));
        said.ja += &format!("／{percent}%（{}）", source.ja);
        said.en += &format!(" / {percent}%, {}", source.en);
    }
    said
}

fn from(source: BurdenSource) -> Phrase {
    match source {
        BurdenSource::Live => words::FROM_LIVE,
        BurdenSource::Document => words::FROM_DOCUMENT,
        BurdenSource::Snapshot => words::FROM_SNAPSHOT,
        BurdenSource::OwnRecord => words::FROM_OWN_RECORD,
        BurdenSource::Seen => words::FROM_SIGHT,
        BurdenSource::Statutory => words::FROM_STATUTE,
        BurdenSource::Declared => words::FROM_DECLARATION,
        BurdenSource::AgeRule => words::FROM_AGE,
    }
}

/// The share alone, for the headline.
pub(super) fn share(answer: &Answer) -> Said {
    match answer.burden_ratio.percent.map(|percent| percent.value()) {
        None => words::BURDEN_UNKNOWN.into(),
        Some(percent) if percent % 10 == 0 => Said::plain(format!("{}割 {percent}%", percent / 10)),
        Some(percent) => Said::plain(format!("{percent}%")),
    }
}

pub(super) fn freshness_grade(freshness: Freshness) -> Grade {
    match freshness {
        Freshness::Fresh => Grade::Good,
        Freshness::Warn | Freshness::Confirm => Grade::Watch,
        Freshness::Refuse => Grade::Bad,
        Freshness::Unknown => Grade::Watch,
    }
}

pub(super) fn clock(state: ClockState) -> Fact {
    let (word, grade) = match state {
        ClockState::Sure => (words::CLOCK_SURE, Grade::Good),
        ClockState::BehindRecords => (words::CLOCK_BEHIND, Grade::Watch),
        ClockState::FarAhead => (words::CLOCK_AHEAD, Grade::Watch),
    };
    Fact::new(words::CLOCK, word, grade)
}

pub(super) fn freshness(freshness: Freshness) -> Fact {
    let words = Said::new(freshness.ja(), freshness.en());
    Fact::new(words::FRESHNESS, words, freshness_grade(freshness))
}

/// One class, one shape, one word a verdict.
pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Eligible => "eligible",
        Verdict::NotEligible => "not-eligible",
        Verdict::CannotTell => "cannot-tell",
    }
}

pub(super) fn step(step: NextStep) -> Said {
    Said::new(step.ja(), step.en())
}

/// On what. What the facility itself received says from whom and on which day.
fn basis(answer: &Answer) -> Said {
    match &answer.received {
        Some(origin) => Said::new(origin.ja(), origin.en()),
        None => Said::new(answer.basis.ja(), answer.basis.en()),
    }
}

/// What every answer says of itself: on what, as of when, how fresh, by which clock.
pub(super) fn answer_facts(checked: &Checked) -> Vec<Fact> {
    let answer = &checked.answer;
    let burden_grade = match answer.burden_ratio.source {
        Some(BurdenSource::AgeRule) | None => Grade::Watch,
        Some(_) => Grade::Plain,
    };
    let as_of = match answer.as_of {
        Some(stamp) => moment_with_age(stamp, checked.answered_at),
        None => words::AS_OF_NONE.into(),
    };
    vec![
        Fact::new(words::BURDEN, burden(answer), burden_grade),
        Fact::new(words::BASIS, basis(answer), Grade::Plain),
        Fact::new(words::AS_OF, as_of, freshness_grade(answer.freshness)),
        freshness(answer.freshness),
        clock(answer.clock),
        Fact::new(words::FOR_DAY, day(checked.on), Grade::Plain),
        Fact::new(words::LEVEL, Said::new(answer.level.ja(), answer.level.en()), Grade::Plain),
    ]
}

/// What is shown of the person, from signed or registered fields alone.
pub(super) fn subject_facts(checked: &Checked) -> Vec<Fact> {
    let Some(subject) = &checked.subject else { return vec![] };
    let numbers = [Some(&subject.symbol), Some(&subject.number), subject.branch.as_ref()];
    let numbers: Vec<&str> =
        numbers.into_iter().flatten().map(String::as_str).filter(|n| !n.is_empty()).collect();
    let insurer = match &subject.insurer_name {
        Some(name) => format!("{name}（{}）", subject.insurer_number),
        None => subject.insurer_number.clone(),
    };
    let until = subject.valid_to.map(|day| day.to_string()).unwrap_or_default();
    let mut facts = vec![
        Fact::new(words::NAME, Said::new(&subject.name, &subject.kana), Grade::Plain),
        Fact::new(words::BIRTH, day(subject.birth), Grade::Plain),
        Fact::new(words::SEX, sex(subject.sex), Grade::Plain),
        Fact::new(words::INSURER, Said::plain(insurer), Grade::Plain),
        Fact::new(words::SYMBOL_NUMBER, Said::plain(numbers.join("・")), Grade::Plain),
        Fact::new(words::RELATION, relation(subject.relation), Grade::Plain),
        Fact::new(
            words::VALID,
            Said::plain(format!("{} 〜 {until}", subject.valid_from)),
            Grade::Plain,
        ),
    ];
    facts.extend(
        subject
            .limit_class
            .as_ref()
            .map(|c| Fact::new(words::LIMIT_CLASS, Said::plain(c), Grade::Plain)),
    );
    facts.extend(
        checked.document.map(|kind| Fact::new(words::PAPER_READ, paper(kind), Grade::Plain)),
    );
    facts
}

fn paper(kind: DocumentKind) -> Phrase {
    match kind {
        DocumentKind::Certificate => words::CERTIFICATE,
        DocumentKind::Notice => words::NOTICE,
    }
}

pub(super) fn sex(sex: Sex) -> Phrase {
    match sex {
        Sex::Male => words::MALE,
        Sex::Female => words::FEMALE,
        Sex::Unstated => words::UNSTATED,
    }
}

fn relation(relation: Relation) -> Phrase {
    match relation {
        Relation::Insured => words::INSURED,
        Relation::Family => words::FAMILY,
    }
}

pub(super) fn role(role: ViewerRole) -> Phrase {
    match role {
        ViewerRole::Doctor => words::DOCTOR,
        ViewerRole::Dentist => words::DENTIST,
        ViewerRole::Pharmacist => words::PHARMACIST,
        ViewerRole::Named => words::NAMED,
    }
}

pub(super) fn difference(difference: Difference) -> Phrase {
    match difference {
        Difference::VariantKanji => words::DIFFERS_VARIANT,
        Difference::UnreadableCharacter => words::DIFFERS_UNREADABLE,
        Difference::Alias => words::DIFFERS_ALIAS,
        Difference::KanaLoose => words::DIFFERS_KANA,
        Difference::PartOfName => words::DIFFERS_PART,
        Difference::Sex => words::DIFFERS_SEX,
        Difference::Address => words::DIFFERS_ADDRESS,
    }
}

pub(super) fn source(source: &SnapshotSource, now: Stamp) -> Said {
    let as_of = moment_with_age(source.as_of, now);
    Said::new(
        format!("{} 第{}版 {}", source.region, source.version, as_of.ja),
        format!("release {}, {}", source.version, as_of.en),
    )
}

/// What the box says of itself, each line with a word.
pub(super) fn status_facts(status: &Status) -> Vec<Fact> {
    let mut facts = snapshot_facts(status);
    facts.extend(status.own.as_ref().map(|own| {
        let newest = moment_with_age(own.newest, status.now);
        let said = Said::new(
            format!("{}人分　最も新しいもの {}", own.people, newest.ja),
            format!("{} people, newest {}", own.people, newest.en),
        );
        Fact::new(words::OWN_RECORDS, said, freshness_grade(own.freshness))
    }));
    if status.own_lost {
        let lost = messages::OWN_RECORDS_LOST;
        let said = Said::new(lost.ja, lost.en);
        facts.push(Fact::new(words::OWN_RECORDS, said, Grade::Watch));
    }
    facts.push(store(status.cache));
    facts.extend([
        Fact::new(words::NOW, Said::plain(moment(status.now)), Grade::Plain),
        clock(status.clock),
        disaster_fact(status),
    ]);
    facts.extend(trust_facts(status));
    let waiting = match status.outbox_oldest {
        Some(oldest) => {
            let age = age(status.now.days_since(oldest));
            Said::new(
                format!("{}件（最も古いもの {}）", status.outbox_waiting, age.ja),
                format!("{}, oldest {}", status.outbox_waiting, age.en),
            )
        }
        None => Said::plain(format!("{}件", status.outbox_waiting)),
    };
    let rejected = if status.outbox_rejected == 0 { Grade::Good } else { Grade::Watch };
    facts.extend([
        Fact::new(words::JOURNAL, Said::plain(status.journal_entries.to_string()), Grade::Plain),
        Fact::new(words::OUTBOX, waiting, Grade::Plain),
        Fact::new(
            words::OUTBOX_REJECTED,
            Said::plain(format!("{}件", status.outbox_rejected)),
            rejected,
        ),
        statements(status.statements),
    ]);
    facts.extend(status.exchanges.iter().rev().map(|last| exchange(last, status.now)));
    facts.extend([
        Fact::new(words::FACILITY_NAME, Said::plain(&status.facility), Grade::Plain),
        Fact::new(words::VERSION, Said::plain(&status.version), Grade::Plain),
    ]);
    facts
}

/// Over which link, when, how many steps. A hub that is away is normal life, and still to be seen.
fn exchange(last: &ExchangeStatus, now: Stamp) -> Fact {
    let ExchangeStatus { via, at, reached_at, running, done, failed, code } = last;
    let via = via.split_once("://").map_or(via.as_str(), |(_, host)| host); // no page holds an address to follow
    if *running {
        let since = moment(*at);
        let said =
            Said::new(format!("{via} {since}から続いています"), format!("under way since {since}"));
        return Fact::new(words::LAST_EXCHANGE, said, Grade::Plain);
    }
    let when = moment_with_age(*at, now);
    let mut said = Said::new(
        format!("{via} {} 済んだもの{done}件・できなかったもの{failed}件", when.ja),
        format!("{}; {done} done, {failed} failed", when.en),
    );
    let why = messages::all().find(|message| Some(message.code) == *code);
    if let Some(why) = why {
        said.ja += &format!(" {}{}", why.ja, why.next_ja);
        said.en += &format!(". {} {}", why.en, why.next_en);
    }
    if let Some(reached) = reached_at.filter(|reached| reached != at) {
        let when = moment_with_age(reached, now);
        said.ja += &format!(" 最後につながったのは{}。", when.ja);
        said.en += &format!(" Last reached {}.", when.en);
    }
    Fact::new(words::LAST_EXCHANGE, said, if why.is_some() { Grade::Watch } else { Grade::Good })
}

/// Those whose claim must be paid by now are to be destroyed.
fn statements(status: StatementsStatus) -> Fact {
    let StatementsStatus { kept, due } = status;
    let said = match due {
        0 => Said::plain(format!("{kept}件")),
        due => Said::new(
            format!("{kept}件（うち{due}件は支払いを確かめて破棄してください）"),
            format!("{kept}, of them {due} to be destroyed once the payment is confirmed"),
        ),
    };
    Fact::new(words::STATEMENTS, said, if due == 0 { Grade::Good } else { Grade::Watch })
}

fn store(state: CacheState) -> Fact {
    let (said, grade) = match state {
        CacheState::Healthy => (words::STORE_HEALTHY, Grade::Good),
        CacheState::Empty => (words::STORE_EMPTY, Grade::Plain),
        CacheState::Closed => (words::STORE_CLOSED, Grade::Watch),
        CacheState::Rebuilding => (words::STORE_REBUILDING, Grade::Watch),
        CacheState::Behind => (words::STORE_BEHIND, Grade::Bad),
        CacheState::Damaged => (words::STORE_DAMAGED, Grade::Bad),
    };
    Fact::new(words::STORE, said, grade)
}

/// Everything that the doctor found amiss, worst first, each with what to do about it.
pub(super) fn examination(found: &Examination) -> Vec<Fact> {
    let mut amiss: Vec<_> =
        found.checks.iter().filter(|check| check.grade != health::Grade::Ok).collect();
    amiss.sort_by_key(|check| Reverse(check.grade));
    if amiss.is_empty() {
        return vec![Fact::new(words::EXAMINED, words::NOTHING_TO_FIX, Grade::Good)];
    }
    amiss.into_iter().map(finding).collect()
}

fn finding(check: &health::Check) -> Fact {
    let grade = match check.grade {
        health::Grade::Ok => Grade::Good,
        health::Grade::Warn => Grade::Watch,
        health::Grade::Bad => Grade::Bad,
    };
    let said = Said::new(
        format!("{}{}", check.ja, check.fix_ja),
        format!("{} {}", check.en, check.fix_en).trim_end(),
    );
    Fact::new(words::EXAMINED, said, grade)
}

fn snapshot_facts(status: &Status) -> Vec<Fact> {
    let Some(snapshot) = &status.snapshot else {
        return vec![Fact::new(words::SNAPSHOT, words::NONE_HELD, Grade::Bad)];
    };
    let grade = freshness_grade(snapshot.freshness);
    vec![
        Fact::new(words::SNAPSHOT, source(&snapshot.source, status.now), grade),
        freshness(snapshot.freshness),
        Fact::new(
            words::SNAPSHOT_PEOPLE,
            Said::plain(format!("{}人", snapshot.people)),
            Grade::Plain,
        ),
        Fact::new(
            words::SNAPSHOT_DISPENSINGS,
            Said::plain(format!("{}件", snapshot.dispensings)),
            Grade::Plain,
        ),
    ]
}

fn disaster_fact(status: &Status) -> Fact {
    match &status.disaster.order {
        Some(order) => {
            let value = Said::new(
                format!(
                    "{} {}{} {}",
                    words::OPENED.ja,
                    wareki::format(order.until),
                    words::UNTIL.ja,
                    order.authority
                ),
                format!("open until {}", order.until),
            );
            Fact::new(words::DISASTER, value, Grade::Watch)
        }
        None => Fact::new(words::DISASTER, words::NOT_OPENED, Grade::Plain),
    }
}

fn trust_facts(status: &Status) -> Vec<Fact> {
    let Some(trust) = &status.trust else {
        return vec![Fact::new(words::TRUST_LIST, words::NONE_HELD, Grade::Bad)];
    };
    let made = moment_with_age(trust.made_at, status.now);
    let due = if trust.next_due < status.now {
        let word = words::OVERDUE;
        Fact::new(
            words::TRUST_DUE,
            Said::new(format!("{} {}", moment(trust.next_due), word.ja), word.en),
            if trust.freshness == Freshness::Refuse { Grade::Bad } else { Grade::Watch },
        )
    } else {
        Fact::new(words::TRUST_DUE, Said::plain(moment(trust.next_due)), Grade::Good)
    };
    let list = Said::new(format!("第{}号 {}", trust.sequence, made.ja), made.en);
    vec![Fact::new(words::TRUST_LIST, list, Grade::Good), due]
}
