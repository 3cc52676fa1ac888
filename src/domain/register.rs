//! What is registered about a person: the region's word, and what this facility itself received, weighed into one.
//!
//! The rule is short. A suspension counts whoever tells it. Where only one has a record, that one speaks, under its own name.
//! Where both have, the newer moment speaks, and a difference is told. Where neither has, both are named: to be in neither is
//! no proof of anything.

use crate::domain::{
    answer::{Basis, Freshness, Reason},
    burden::{self, AgeClass},
    evidence::{Evidence, OwnFinding, SnapshotFinding},
    insured::Identity,
    insurer_number::Scheme,
    person::{PersonRecord, Standing},
    policy::Policy,
    time::{ClockState, Reading, Stamp},
};
use crate::limits::OWN_AHEAD_DAYS_MAX;
use jiff::civil::Date;

/// What the registered word comes down to.
#[derive(Debug)]
pub(super) enum Register<'a> {
    /// It has nothing usable to say, and why.
    Silent(Silence),
    /// There is a record, but not for showing.
    Suspended,
    /// In force on the day asked.
    InForce(Word<'a>),
    /// Ended, or not begun yet.
    NotInForce(Word<'a>),
}

/// Why the register says nothing of anybody. None of these means that somebody is not insured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    NotInSnapshot,
    NoSnapshot,
    TooOld,
    Damaged,
    SeveralMatch,
    BirthDateDiffers,
    MovedToLateStage,
    NothingToAskBy,
}

/// What this facility's own records come down to.
enum Own<'a> {
    /// They speak, or ask for more before they name anybody.
    Heard(Register<'a>),
    /// They have nothing to say; that is told beside the region's silence.
    Beside(Reason),
}

/// A record, and whose word it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) record: &'a PersonRecord,
    /// The moment it describes: the release's, or that of receiving it.
    pub(super) as_of: Stamp,
    pub(super) grade: Freshness,
    /// [`Basis::Snapshot`] or [`Basis::OwnRecord`].
    pub(super) basis: Basis,
}

/// The weighed word, and what else is to be told with it.
pub(super) struct Heard<'a> {
    pub(super) register: Register<'a>,
    pub(super) beside: Option<Reason>,
    /// The older of two words in force.
    pub(super) other: Option<Word<'a>>,
}

impl<'a> Heard<'a> {
    fn alone(register: Register<'a>) -> Self {
        Self { register, beside: None, other: None }
    }
}

impl Word<'_> {
    pub(super) fn is_own(&self) -> bool {
        self.basis == Basis::OwnRecord
    }

    /// What is said of an age that asks for another look.
    pub(super) fn old(&self) -> Option<Reason> {
        let reason = if self.is_own() { Reason::OwnRecordOld } else { Reason::SnapshotOld };
        (self.grade == Freshness::Confirm).then_some(reason)
    }
}

impl<'a> Register<'a> {
    pub(super) fn word(&self) -> Option<&Word<'a>> {
        match self {
            Self::InForce(word) | Self::NotInForce(word) => Some(word),
            Self::Silent(_) | Self::Suspended => None,
        }
    }
}

impl Silence {
    /// As the counter is told.
    pub(super) fn reason(self) -> Reason {
        match self {
            Self::NotInSnapshot => Reason::NotInSnapshot,
            Self::NoSnapshot => Reason::NoSnapshot,
            Self::TooOld => Reason::SnapshotTooOld,
            Self::Damaged => Reason::SnapshotDamaged,
            Self::SeveralMatch => Reason::SeveralMatch,
            Self::BirthDateDiffers => Reason::BirthDateDiffers,
            Self::MovedToLateStage => Reason::MovedToLateStage,
            Self::NothingToAskBy => Reason::NothingToAskBy,
        }
    }

    /// Whether a record received by this facility may fill it. Else the region knows the number and asks for more.
    fn may_be_filled(self) -> bool {
        matches!(self, Self::NotInSnapshot | Self::NoSnapshot | Self::TooOld | Self::Damaged)
    }
}

/// A day in the future is judged by the age that today's data will have then.
pub(super) fn judged_at(on: Date, now: Reading) -> Reading {
    Reading { at: now.at.max(Stamp::start_of(on)), ..now }
}

/// Hears the region and the facility's own records for the day `on`.
pub(super) fn hear<'a>(
    evidence: &'a Evidence,
    on: Date,
    now: Reading,
    policy: &Policy,
) -> Heard<'a> {
    let judged_at = judged_at(on, now);
    let region = read_region(&evidence.snapshot, on, judged_at, policy);
    if is_of_the_future(&evidence.own, now) {
        return weigh(region, Own::Beside(Reason::OwnRecordDamaged));
    }
    match read_own(&evidence.own, on, judged_at, policy) {
        Some(own) => tell_of_region(weigh(region, own), &evidence.snapshot),
        None => Heard::alone(region),
    }
}

/// Whether a clock that is sure puts the moment of receiving ahead: such a record would be fresh for ever.
fn is_of_the_future(finding: &OwnFinding, now: Reading) -> bool {
    let OwnFinding::Found(record) = finding else { return false };
    let received_at = record.get().origin.as_ref().map(|origin| origin.received_at);
    let latest = now.at.plus_days(OWN_AHEAD_DAYS_MAX);
    now.clock == ClockState::Sure && received_at.is_some_and(|at| at > latest)
}

/// Where an own record speaks alone although the region would have had a say, that is told with it.
fn tell_of_region<'a>(heard: Heard<'a>, region: &SnapshotFinding) -> Heard<'a> {
    let Some(own) = heard.register.word().filter(|word| word.is_own()) else { return heard };
    let silence = match region {
        SnapshotFinding::Damaged(_) => Some(Reason::SnapshotDamaged),
        SnapshotFinding::NotInSnapshot(source) if source.as_of > own.as_of => {
            Some(Reason::NotInSnapshot)
        }
        _ => None,
    };
    Heard { beside: heard.beside.or(silence), ..heard }
}

fn read_region<'a>(
    finding: &'a SnapshotFinding,
    on: Date,
    now: Reading,
    policy: &Policy,
) -> Register<'a> {
    let (record, source) = match finding {
        SnapshotFinding::Found { record, source } => (record.get(), source),
        SnapshotFinding::NotInSnapshot(_) => return Register::Silent(Silence::NotInSnapshot),
        SnapshotFinding::SeveralMatch(_) => return Register::Silent(Silence::SeveralMatch),
        SnapshotFinding::BirthDateDiffers(_) => return Register::Silent(Silence::BirthDateDiffers),
        SnapshotFinding::Damaged(_) => return Register::Silent(Silence::Damaged),
        SnapshotFinding::NoSnapshot => return Register::Silent(Silence::NoSnapshot),
        SnapshotFinding::NotAsked => return Register::Silent(Silence::NothingToAskBy),
    };
    let grade = policy.snapshot.grade(now.at.days_since(source.as_of));
    read_record(Word { record, as_of: source.as_of, grade, basis: Basis::Snapshot }, on, now)
}

/// `None` where the facility keeps no records: then there is nothing to tell of them either.
fn read_own<'a>(
    finding: &'a OwnFinding,
    on: Date,
    now: Reading,
    policy: &Policy,
) -> Option<Own<'a>> {
    let asks = |silence| Some(Own::Heard(Register::Silent(silence)));
    let record = match finding {
        OwnFinding::Found(record) => record.get(),
        OwnFinding::NotReceived => return Some(Own::Beside(Reason::NotInOwnRecords)),
        OwnFinding::SeveralMatch => return asks(Silence::SeveralMatch),
        OwnFinding::BirthDateDiffers => return asks(Silence::BirthDateDiffers),
        OwnFinding::Damaged => return Some(Own::Beside(Reason::OwnRecordDamaged)),
        OwnFinding::NothingKept => return None,
    };
    // A record that does not say where it came from is nobody's word.
    let Some(origin) = &record.origin else {
        return Some(Own::Beside(Reason::OwnRecordDamaged));
    };
    let as_of = origin.received_at;
    let grade = policy.snapshot.grade(now.at.days_since(as_of));
    Some(match read_record(Word { record, as_of, grade, basis: Basis::OwnRecord }, on, now) {
        Register::Silent(Silence::TooOld) => Own::Beside(Reason::OwnRecordTooOld),
        register => Own::Heard(register),
    })
}

fn read_record(word: Word<'_>, on: Date, now: Reading) -> Register<'_> {
    let record = word.record;
    if record.standing == Standing::Suspended {
        return Register::Suspended;
    }
    if has_moved_to_late_stage(&record.identity, record.birth, on) {
        return Register::Silent(Silence::MovedToLateStage);
    }
    match word.grade {
        // A clock that nobody believes cannot make a record too old: it marks the answer, it does not stop the clinic.
        Freshness::Refuse if now.clock == ClockState::FarAhead && record.in_force(on) => {
            Register::InForce(Word { grade: Freshness::Confirm, ..word })
        }
        Freshness::Refuse => Register::Silent(Silence::TooOld),
        _ if record.in_force(on) => Register::InForce(word),
        _ => Register::NotInForce(word),
    }
}

/// The rule at the head of this file.
fn weigh<'a>(region: Register<'a>, own: Own<'a>) -> Heard<'a> {
    let own = match own {
        Own::Heard(own) => own,
        Own::Beside(reason) => {
            let fills = matches!(region, Register::Silent(silence) if silence.may_be_filled());
            return Heard { beside: fills.then_some(reason), ..Heard::alone(region) };
        }
    };
    if let (Some(one), Some(other)) = (region.word().copied(), own.word().copied()) {
        return weigh_words(region, own, one, other);
    }
    match (region, own) {
        (Register::Suspended, _) | (_, Register::Suspended) => Heard::alone(Register::Suspended),
        (Register::Silent(silence), own) if silence.may_be_filled() => Heard::alone(own),
        // Either the region speaks alone; or it knows the number and asks for more before it names anybody, and the few whom
        // this facility has seen must not make that look certain.
        (region, _) => Heard::alone(region),
    }
}

fn weigh_words<'a>(
    region: Register<'a>,
    own: Register<'a>,
    of_region: Word<'_>,
    of_own: Word<'_>,
) -> Heard<'a> {
    if of_region.record.birth != of_own.record.birth {
        return Heard::alone(Register::Silent(Silence::SeveralMatch));
    }
    let same = matches!(
        (&region, &own),
        (Register::InForce(_), Register::InForce(_))
            | (Register::NotInForce(_), Register::NotInForce(_))
    ) && of_region.record.burden == of_own.record.burden;
    let (register, other) =
        if of_own.as_of > of_region.as_of { (own, region) } else { (region, own) };
    let other = match other {
        Register::InForce(word) => Some(word),
        _ => None,
    };
    Heard { register, beside: (!same).then_some(Reason::OwnRecordDiffers), other }
}

/// From the 75th birthday on nobody is in any other scheme (codes-and-formats 3.2), whatever was registered before.
pub(super) fn has_moved_to_late_stage(identity: &Identity, birth: Date, on: Date) -> bool {
    burden::age_class(birth, on).class == AgeClass::LateStage75
        && identity.insurer.scheme() != Scheme::LateStage
}
