//! What the facility itself received about its patients: kept, made into a release of its own, and answered from under its
//! own name.
//!
//! The frames of [`ReceivedLog`] are the one copy; the store is made of them. It is a release like a publisher's, so that
//! lookup, blocks and trial are the same, but signed by this box for a use no publisher has. Its version is the sequence
//! number of the last frame in it: that is how a start sees that a power cut came in between.

use super::{
    Appliance,
    error::{AppError, rule},
    keys::BoxKeys,
    layout::Layout,
};
use crate::{
    cache::{Cache, CacheError, OpenRelease, Past},
    domain::{
        answer::Freshness,
        area::Area,
        keys::BoxId,
        person::{Origin, PersonRecord},
        time::{ClockState, Stamp},
    },
    journal::{Event, OWN_RECORDS},
    limits::{OWN_AHEAD_DAYS_MAX, OWN_SOURCE_CHARS_MAX},
    messages::{self, Trouble},
    snapshot::{
        DirSource, EnrolledBox, Manifest, OpeningSecret, ReceivedLog, ReceivedState,
        ReleaseBuilder, ReleaseSpec, Scope, SignedBy, is_outdated, newest_of_each, read_manifest,
    },
    sys::Disk,
};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering::SeqCst},
};

/// A store of a few thousand people is made anew in a moment; rewriting the frames each time would wear the card out.
const OUTDATED_FRAMES_TIMES: usize = 4;

/// One eligibility result as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What it says.
    pub person: PersonRecord,
    /// From whom and when.
    pub origin: Origin,
}

/// What the facility keeps of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnStatus {
    /// People in it.
    pub people: u64,
    /// The newest moment of receiving.
    pub newest: Stamp,
    /// Whole days since then.
    pub age_days: i64,
    /// The grade of that age. Each answer is graded by its own record's.
    pub freshness: Freshness,
}

/// The two places where received records lie.
pub(super) struct OwnRecords {
    log: ReceivedLog,
    cache: Cache,
    /// Held by whoever changes them.
    turn: Mutex<()>,
    /// A block did not open: the store is made anew at the next occasion.
    damaged: AtomicBool,
}

impl OwnRecords {
    pub(super) fn open(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        keys: &BoxKeys,
    ) -> Result<Self, AppError> {
        Ok(Self {
            log: ReceivedLog::new(&layout.own_received(), keys.received.clone()),
            cache: Cache::open_for(SignedBy::ThisBox, disk, layout.own())?,
            turn: Mutex::default(),
            damaged: AtomicBool::new(false),
        })
    }

    /// The release that answers, if there is anybody in it.
    pub(super) fn release(&self) -> Option<Arc<OpenRelease>> {
        self.cache.active().filter(|release| release.manifest().people() > 0)
    }

    pub(super) fn note_damage(&self) {
        self.damaged.store(true, SeqCst);
    }

    fn version(&self) -> u64 {
        let held = self.cache.held().ok().flatten();
        held.map_or(0, |held| held.version)
    }
}

impl Appliance {
    /// Takes in eligibility results: all of them, or none. They are on the disk and in the journal before they answer.
    ///
    /// # Errors
    /// Nothing handed in; a source without a name; a moment of receiving in the future; the disk.
    pub fn receive(&self, received: Vec<Received>) -> Result<OwnStatus, AppError> {
        let now = self.now();
        let latest = self.latest_received();
        let Some(first) = received.first() else { return Err(rule(&messages::OWN_NOTHING_READ)) };
        let source = first.origin.source.clone();
        for Received { origin, .. } in &received {
            if !is_name(&origin.source) {
                return Err(rule(&messages::VALUE_UNREADABLE));
            }
            if origin.received_at > latest {
                return Err(rule(&messages::OWN_FROM_THE_FUTURE));
            }
        }
        let with_origin = |r: Received| PersonRecord { origin: Some(r.origin), ..r.person };
        let people: Vec<_> = received.into_iter().map(with_origin).collect();

        let _alone = self.own.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.read_own()?;
        let after = self.own_floor(&state);
        let sequence = self.own.log.append(&*self.disk, &*self.dice, after, &people)?;
        let records = people.len() as u64;
        self.journal.append(now, &Event::OwnReceived { source, records, sequence })?;
        self.make_own(self.read_own()?)?;
        self.own_status().ok_or(rule(&messages::OWN_NOTHING_READ)) // all of it long outdated
    }

    /// No record was received later than this. A clock that is not sure gives way to the newest known moment: a record of the
    /// future would be fresh for ever, and win against every other.
    fn latest_received(&self) -> Stamp {
        let now = self.now();
        let floor = self.clock_floors().newest();
        let latest = if now.clock == ClockState::Sure { floor.max(now.at) } else { floor };
        latest.plus_days(OWN_AHEAD_DAYS_MAX)
    }

    /// The day by which old records are forgotten. Only what others signed counts: a clock that ran ahead for an hour must not
    /// cost a year of records, and one kept too long is too old to answer anyway.
    fn day_to_forget_by(&self) -> Date {
        self.clock_floors().signed.day()
    }

    /// What the facility keeps of its own; `None` if nothing.
    #[must_use]
    pub fn own_status(&self) -> Option<OwnStatus> {
        let release = self.own.release()?;
        let newest = release.manifest().as_of();
        let age_days = self.now().at.days_since(newest);
        let freshness = self.policy().snapshot.grade(age_days);
        Some(OwnStatus { people: release.manifest().people(), newest, age_days, freshness })
    }

    /// Opens the store at a start, and makes it anew where it is damaged or lags behind the frames. Whatever is wrong is in
    /// the journal; the counter still works.
    pub(super) fn wake_own(&self) -> Result<(), AppError> {
        let _alone = self.own.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = match self.try_wake_own() {
            Err(AppError::Journal(stopped)) => return Err(stopped.into()),
            Err(trouble) => trouble.message().code,
            Ok(()) => return Ok(()),
        };
        self.note_refusal(self.now(), OWN_RECORDS, trouble)
    }

    fn try_wake_own(&self) -> Result<(), AppError> {
        let state = self.read_own()?;
        let keys = &self.keys;
        let own_key = |_| vec![keys.signing.public()];
        // Frames and journal know its version; a damaged note of its own must not keep it from being made anew.
        self.own.cache.believe(Past::default());
        match self.own.cache.activate(own_key, &BoxId(keys.identity.id), &keys.sealing) {
            Ok(_) => {}
            Err(trouble @ CacheError::Disk(_)) => return Err(trouble.into()), // it may be back tomorrow
            Err(trouble) => {
                self.note_refusal(self.now(), "own_cache", trouble.message().code)?;
                self.own.cache.set_aside()?;
            }
        }
        let held = self.own.cache.active().map_or(0, |release| release.manifest().version());
        let today = self.day_to_forget_by();
        let forgets = state.people.iter().any(|person| is_outdated(person, today));
        let noted = self.journal.ask(|past| past.own_sequence());
        self.note_untold(&state, noted)?;
        if lacks_frames(&state, noted) {
            if held < noted {
                self.note_own_lost()?;
            }
            return self.refill_own(state);
        }
        if forgets || state.sequence > held { self.make_own(state) } else { Ok(()) }
    }

    /// The power failed between the frames and the journal: they answer, so the journal says where they came from.
    fn note_untold(&self, state: &ReceivedState, noted: u64) -> Result<(), AppError> {
        let mut before = 0;
        for (sequence, records) in &state.frames {
            let origin = state.people.get(before).and_then(|person| person.origin.as_ref());
            before += records;
            if *sequence > noted {
                let source = origin.map_or_else(String::new, |origin| origin.source.clone());
                let (records, sequence) = (*records as u64, *sequence);
                self.journal
                    .append(self.now(), &Event::OwnReceived { source, records, sequence })?;
            }
        }
        Ok(())
    }

    /// Everything still readable, from the frames and from the store: what one lost the other may have. Where neither has all
    /// of it, some are lost, and that is told: what is made of the rest knows nothing of them.
    fn all_own(&self, state: &mut ReceivedState) -> Result<Vec<PersonRecord>, AppError> {
        let mut people = std::mem::take(&mut state.people);
        let Some(release) = self.own.release() else { return Ok(people) };
        let (stored, unreadable) = release.everybody();
        if unreadable > 0 && lacks_frames(state, self.journal.ask(|past| past.own_sequence())) {
            self.note_own_lost()?;
        }
        people.extend(stored);
        Ok(people)
    }

    fn note_own_lost(&self) -> Result<(), AppError> {
        self.note_refusal(self.now(), OWN_RECORDS, messages::OWN_RECORDS_LOST.code)
    }

    /// Writes the frames anew from all that is still readable, and makes the store of them.
    fn refill_own(&self, mut state: ReceivedState) -> Result<(), AppError> {
        let people = newest_of_each(self.all_own(&mut state)?, self.day_to_forget_by());
        if people.is_empty() {
            return Ok(()); // nothing is left of it: there is nothing to write
        }
        // A version of its own: no store that bears one name twice.
        state.sequence = self.rewrite_own(self.own_floor(&state), &people)?;
        (state.people, state.lost) = (people, 0);
        self.make_own(state)
    }

    fn rewrite_own(&self, after: u64, people: &[PersonRecord]) -> Result<u64, AppError> {
        let sequence = self.own.log.rewrite(&*self.disk, &*self.dice, after, people)?;
        let records = people.len() as u64;
        self.journal.append(self.now(), &Event::OwnRewritten { records, sequence })?;
        Ok(sequence)
    }

    /// Makes the store anew if a block of it did not open.
    pub(super) fn mend_own(&self) -> Result<(), AppError> {
        if !self.own.damaged.swap(false, SeqCst) {
            return Ok(());
        }
        let _alone = self.own.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.note_refusal(self.now(), "own_cache", messages::SNAPSHOT_BLOCK_DAMAGED.code)?;
        let state = self.read_own()?;
        self.refill_own(state)
    }

    fn read_own(&self) -> Result<ReceivedState, AppError> {
        let state = self.own.log.read(&*self.disk)?;
        if state.cut_bytes > 0 {
            self.note_refusal(self.now(), OWN_RECORDS, messages::OWN_RECORDS_CUT.code)?;
        }
        Ok(state)
    }

    /// The number behind which the next frame stands: also behind those that are lost.
    fn own_floor(&self, state: &ReceivedState) -> u64 {
        let noted = self.journal.ask(|past| past.own_sequence());
        state.sequence.max(self.own.version()).max(noted)
    }

    /// Makes the release of everything still known, and switches to it. What answers goes on answering until then.
    fn make_own(&self, mut state: ReceivedState) -> Result<(), AppError> {
        let today = self.day_to_forget_by();
        let in_frames = state.people.len();
        let forgets = state.people.iter().any(|person| is_outdated(person, today));
        let people = newest_of_each(self.all_own(&mut state)?, today);
        let rewrite = |after| self.rewrite_own(after, &people);
        if forgets || in_frames > OUTDATED_FRAMES_TIMES * people.len() {
            state.sequence = rewrite(state.sequence)?;
        }
        match self.import_own(&people, state.sequence) {
            // The frames fell behind a store that is gone or damaged: they go on behind its number.
            Err(AppError::Cache(CacheError::Rollback { held, .. })) => {
                self.import_own(&people, rewrite(held)?)
            }
            other => other,
        }
    }

    fn import_own(&self, people: &[PersonRecord], version: u64) -> Result<(), AppError> {
        let draft = self.layout.own_draft();
        self.disk.remove(&draft)?;
        let imported = self.write_own(people, version).and_then(|manifest| {
            let keys = manifest.unseal_for(&BoxId(self.keys.identity.id), &self.keys.sealing)?;
            let source = DirSource::new(&*self.disk, &draft);
            Ok(self.own.cache.import(&source, &manifest, &keys, &mut |_| {})?)
        });
        let _ = self.disk.remove(&draft); // sealed; the next one removes it
        imported.map(drop)
    }

    fn write_own(&self, people: &[PersonRecord], version: u64) -> Result<Manifest, AppError> {
        let moments = people.iter().filter_map(|person| person.origin.as_ref());
        let newest = moments.map(|origin| origin.received_at).max();
        let identity = &self.keys.identity;
        let municipality = Area::municipality(identity.municipality);
        let enrolled = EnrolledBox { id: BoxId(identity.id), sealing: self.keys.sealing.public()? };
        let now = self.now().at;
        let spec = ReleaseSpec {
            region: municipality.ok_or(rule(&messages::STORE_DAMAGED))?,
            region_name: &identity.facility_name,
            scope: Scope::Facility,
            publisher_name: &identity.facility_name,
            version,
            made_at: now,
            as_of: newest.unwrap_or(now),
            next_due: now,
            boxes: &[enrolled],
            // There is nothing medical in it, and nobody keeps this.
            opening: &OpeningSecret::random(&*self.dice),
            publisher: &self.keys.signing,
            dice: &*self.dice,
        };
        let draft = self.layout.own_draft();
        let mut builder = ReleaseBuilder::new(&*self.disk, &draft, &spec)?;
        people.iter().try_for_each(|person| builder.person(person))?;
        builder.finish_as(SignedBy::ThisBox, &mut |_| {})?;
        let bytes = read_manifest(&DirSource::new(&*self.disk, &draft))?;
        let own_key = |_| vec![self.keys.signing.public()];
        Ok(Manifest::open_as(SignedBy::ThisBox, &bytes, own_key)?)
    }
}

/// Whether something that was acknowledged is not in the frames any more.
fn lacks_frames(state: &ReceivedState, noted: u64) -> bool {
    state.lost > 0 || state.sequence < noted
}

/// A name that can be read aloud: every answer repeats it.
fn is_name(source: &str) -> bool {
    let chars = source.chars().count();
    !source.trim().is_empty()
        && chars <= OWN_SOURCE_CHARS_MAX
        && !source.chars().any(char::is_control)
}
