//! What every engine answers, in the same types, and how it is timed.

use crate::people::{Entry, ON};
use jiff::civil::Date;
use sonae::domain::{insured::Identity, medication::Dispensing, person::PersonRecord};
use std::{hint::black_box, time::Instant};

pub trait Engine {
    /// How this engine hands out a record.
    type Found;

    fn name(&self) -> &'static str;
    fn record(found: &Self::Found) -> &PersonRecord;
    /// All records under the identity's insurer, symbol and number.
    fn family(&self, identity: &Identity) -> Vec<Self::Found>;
    /// One person's drugs.
    fn history(&self, person: &PersonRecord) -> Vec<Dispensing>;
    /// Everybody born on the day whose kana agree loosely.
    fn search(&self, birth: Date, kana: &str) -> Vec<Self::Found>;
}

/// Whom every engine is asked for: one in twenty is in nobody's register.
pub struct Questions {
    step: usize,
    seen: usize,
    people: Vec<PersonRecord>,
}

const ABSENT_EVERY: usize = 20;

impl Questions {
    /// Takes `count` of so many people, evenly as they come by.
    pub fn new(count: usize, of: usize) -> Self {
        Self { step: (of / count).max(1), seen: 0, people: vec![] }
    }

    /// One of the people comes by.
    pub fn see(&mut self, entry: &Entry) {
        if self.seen.is_multiple_of(self.step) {
            self.people.push(entry.0.clone());
        }
        self.seen += 1;
    }

    /// Everybody came by: some become unknown, and the order becomes one that no store knows.
    pub fn settle(&mut self) {
        for person in self.people.iter_mut().step_by(ABSENT_EVERY) {
            person.identity.number.push('7');
            person.birth = ON;
        }
        self.people.sort_by_cached_key(|p| *blake3::hash(format!("{p:?}").as_bytes()).as_bytes());
    }

    pub fn count(&self) -> usize {
        self.people.len()
    }
}

/// Nanoseconds of each answer, sorted.
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// Microseconds within which `share` of the answers came.
    pub fn within(&self, share: f64) -> f64 {
        let at = (self.0.len().saturating_sub(1) as f64 * share) as usize;
        self.0.get(at).map_or(0.0, |nanos| *nanos as f64 / 1e3)
    }
}

/// The three questions of the bench.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Exact,
    Drugs,
    Name,
}

impl Question {
    pub const ALL: [Self; 3] = [Self::Exact, Self::Drugs, Self::Name];

    pub fn label(self) -> &'static str {
        match self {
            Self::Exact => "exact lookup, hot p50",
            Self::Drugs => "drug lookup, hot p50",
            Self::Name => "name search by birth date + kana, hot p50",
        }
    }

    /// A search reads a whole day; a quarter of the people are enough.
    fn asked(self, questions: &Questions) -> &[PersonRecord] {
        match self {
            Self::Name => &questions.people[..questions.people.len() / 4],
            Self::Exact | Self::Drugs => &questions.people,
        }
    }
}

/// An engine of any kind, asked the same.
pub trait Asked {
    fn called(&self) -> &'static str;
    /// A digest of every answer, whatever the order of people and drugs within one.
    fn digest(&self, question: Question, questions: &Questions) -> (u64, u64);
    /// Asks everything once to warm up, then once by the clock.
    fn time(&self, question: Question, questions: &Questions) -> Latencies;
}

impl<E: Engine> Asked for E {
    fn called(&self) -> &'static str {
        self.name()
    }

    fn digest(&self, question: Question, questions: &Questions) -> (u64, u64) {
        let (mut answers, mut digest) = (0, 0_u64);
        let mut take = |place: usize, told: String| {
            answers += 1;
            let hash = blake3::hash(format!("{place} {told}").as_bytes());
            let hash = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap());
            digest = digest.wrapping_add(hash);
        };
        let show = |found: &E::Found| format!("{:?}", E::record(found));
        for (place, person) in question.asked(questions).iter().enumerate() {
            let told: Vec<String> = match question {
                Question::Exact => self.family(&person.identity).iter().map(show).collect(),
                Question::Name => {
                    self.search(person.birth, &person.kana).iter().map(show).collect()
                }
                Question::Drugs => self.history(person).iter().map(|d| format!("{d:?}")).collect(),
            };
            told.into_iter().for_each(|told| take(place, told));
        }
        (answers, digest)
    }

    fn time(&self, question: Question, questions: &Questions) -> Latencies {
        let asked = question.asked(questions);
        let ask = |person: &PersonRecord| match question {
            Question::Exact => drop(black_box(self.family(&person.identity))),
            Question::Drugs => drop(black_box(self.history(person))),
            Question::Name => drop(black_box(self.search(person.birth, &person.kana))),
        };
        asked.iter().for_each(ask);
        let by_the_clock = |person| {
            let began = Instant::now();
            ask(person);
            began.elapsed().as_nanos() as u64
        };
        let mut nanos: Vec<u64> = asked.iter().map(by_the_clock).collect();
        nanos.sort_unstable();
        Latencies(nanos)
    }
}
