//! In a disaster: an order opens the window, a person is found, consent is taken, and only then a record is read.

use super::{
    Appliance,
    error::{AppError, rule},
    views::{
        CandidateView, ConsentView, DisasterState, DisasterStatus, DrugView, Found, OrderSummary,
    },
};
use crate::{
    credential::frame::Magic,
    disaster::{
        order::{self, OpeningSecretBytes, Order, OrderError, OrderKind},
        search::{self, BirthClue, Candidate, SearchQuery, SecondFact},
    },
    domain::{
        kana::is_kana,
        person::{PersonRecord, Sex},
        time::ClockState,
    },
    journal::{ConsentKind, Event, OpenWindow, PersonRef, Viewer},
    limits::{CANDIDATES_MAX, CHOSEN_MAX, ORDER_DAYS_MAX, SECOND_FACT_MISSES_MAX},
    messages::{self, Trouble},
    scan,
    seal::SymmetricKey,
    snapshot::{OpeningId, OpeningSecret},
    sync::names,
    sys::{DiskError, roll},
};
use jiff::civil::Date;
use std::{
    collections::VecDeque,
    sync::{MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

const OPENING_BYTES_MAX: u64 = 256;
const OPENING_PLACE: &[u8] = b"sonae opening secret v1";

impl From<&OpenWindow> for OrderSummary {
    fn from(window: &OpenWindow) -> Self {
        Self {
            number: window.number,
            revision: window.revision,
            authority: window.authority.clone(),
            from: window.from,
            until: window.until,
        }
    }
}

/// One candidate that may still be chosen.
struct Choice {
    handle: String,
    record: PersonRecord,
    misses: u8,
}

/// Candidates that may be chosen for a while, by handle. Bounded; the oldest goes first.
#[derive(Default)]
pub struct Chosen(VecDeque<Choice>);

impl Chosen {
    fn keep(&mut self, handle: String, record: PersonRecord) {
        if self.0.len() >= CHOSEN_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Choice { handle, record, misses: 0 });
    }

    fn get(&self, handle: &str) -> Option<PersonRecord> {
        self.0.iter().find(|choice| choice.handle == handle).map(|choice| choice.record.clone())
    }

    /// A second fact did not fit. After a few misses the candidate can no longer be chosen: facts are told, not tried out.
    fn miss(&mut self, handle: &str) {
        let Some(choice) = self.0.iter_mut().find(|choice| choice.handle == handle) else { return };
        choice.misses += 1;
        if choice.misses >= SECOND_FACT_MISSES_MAX {
            self.0.retain(|choice| choice.handle != handle);
        }
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

impl Appliance {
    /// Whether disaster mode is open here and now.
    #[must_use]
    pub fn disaster_status(&self) -> DisasterStatus {
        let today = self.today();
        let order = self.journal.ask(|past| past.open_window(today).map(OrderSummary::from));
        let state = if order.is_some() { DisasterState::Open } else { DisasterState::Closed };
        DisasterStatus { state, order }
    }

    /// Takes a scanned order: opens, extends or closes disaster mode, or refuses by its own reason.
    pub fn take_order(&self, text: &str) -> Result<DisasterStatus, AppError> {
        let _alone = self.relief();
        let text = scan::normalise_keyboard(text);
        let code =
            scan::recognise(&text, &[Magic::DisasterOrder.digits(), Magic::Credential.digits()])
                .ours()?;
        let judged = self.judge_order(code.as_bytes());
        if let Err(refusal) = &judged {
            self.note_refusal(self.now(), "order", refusal.message().code)?;
        }
        self.obey(&judged?)?;
        Ok(self.disaster_status())
    }

    /// Takes an order that came over a link. Orders for elsewhere come that way every day: they are no event.
    pub fn take_order_file(&self, bytes: &[u8]) -> Result<(), AppError> {
        let _alone = self.relief();
        match self.judge_order(bytes) {
            Err(AppError::Order(
                OrderError::OtherArea | OrderError::Ended { .. } | OrderError::NotYet { .. },
            )) => Ok(()),
            Ok(order) => self.obey(&order),
            Err(refusal) => {
                self.note_refusal(self.now(), "order", refusal.message().code)?;
                Err(refusal)
            }
        }
    }

    fn judge_order(&self, bytes: &[u8]) -> Result<Order, AppError> {
        let trust = self.trust()?;
        let order = order::open_order(bytes, &trust, self.now())?;
        let authority = order.authority().to_string();
        let held = self.journal.ask(|past| past.order_revision(&authority, order.number()));
        let held = held.map(|revision| (order.number(), revision));
        order::judge(&order, self.keys.identity.municipality, self.day_told_by(&order), held)?;
        Ok(order)
    }

    /// Today, as far as this box can know. After a flat battery the order's own signed moment is the newest word on the
    /// time, unless it is absurdly far from everything known.
    fn day_told_by(&self, order: &Order) -> Date {
        let now = self.now();
        let ahead_days = order.issued_at().days_since(now.at);
        if now.clock == ClockState::BehindRecords && (0..=ORDER_DAYS_MAX).contains(&ahead_days) {
            return order.issued_at().day();
        }
        self.today()
    }

    fn obey(&self, order: &Order) -> Result<(), AppError> {
        let (number, revision) = (order.number(), order.revision());
        let authority_key = order.authority().to_string();
        if order.kind() == OrderKind::Close {
            return self.close_window(&authority_key, number, revision, "order");
        }
        self.keep_opening(&authority_key, number, order.opening())?;
        let event = Event::OrderAccepted {
            number,
            revision,
            authority: order.authority_name().to_owned(),
            from: order.from().to_string(),
            until: order.until().to_string(),
            authority_key,
            issued_at: order.issued_at().0,
            opens_drugs: order.opening().is_some(),
        };
        self.journal.append(self.now(), &event)?;
        Ok(())
    }

    /// The secret first: an order in the journal without its secret would be an open door without a key. An order that
    /// brings none opens the search alone, and takes away what an earlier revision brought.
    fn keep_opening(
        &self,
        authority_key: &str,
        number: u32,
        opening: Option<&OpeningSecretBytes>,
    ) -> Result<(), AppError> {
        let path = self.opening_path(authority_key, number);
        let Some(opening) = opening else { return Ok(self.disk.remove(&path)?) };
        let secret = Zeroizing::new([&opening.id()[..], &opening.expose()[..]].concat());
        let sealed = self.keys.openings.seal_boxed(self.dice.as_ref(), OPENING_PLACE, &secret)?;
        Ok(self.disk.replace(&path, &sealed)?)
    }

    /// Closes disaster mode by hand; the order can be scanned again while it runs.
    pub fn close_disaster(&self, by: &str) -> Result<DisasterStatus, AppError> {
        let _alone = self.relief();
        let by = by.trim();
        if by.is_empty() {
            return Err(rule(&messages::VIEWER_MISSING));
        }
        let window = self.window()?;
        self.close_window(&window.authority_key, window.number, window.revision, by)?;
        Ok(self.disaster_status())
    }

    fn close_window(
        &self,
        authority_key: &str,
        number: u32,
        revision: u16,
        by: &str,
    ) -> Result<(), AppError> {
        self.disk.remove(&self.opening_path(authority_key, number))?;
        self.forget_choices();
        let (by, authority_key) = (by.into(), authority_key.into());
        let event = Event::DisasterClosed { number, revision, by, authority_key };
        self.journal.append(self.now(), &event)?;
        Ok(())
    }

    fn forget_choices(&self) {
        self.chosen().clear();
        self.forget_views();
    }

    /// Takes away what a past window leaves: its opening secret, the candidates and views in memory. Called at the start,
    /// from time to time, and before every reading.
    pub fn tidy_disaster(&self) -> Result<(), AppError> {
        let _alone = self.relief();
        self.forget_past_openings()
    }

    fn forget_past_openings(&self) -> Result<(), AppError> {
        let (today, clock) = (self.today(), self.now().clock);
        let (past, open) = self.journal.ask(|p| {
            let past = p.windows().filter(|w| w.until < today);
            let paths = past.map(|w| self.opening_path(&w.authority_key, w.number));
            (paths.collect::<Vec<_>>(), p.open_window(today).is_some())
        });
        if !open {
            self.forget_choices();
        }
        // A secret can be brought again only by its paper: a clock that is not sure throws none away.
        let past = if clock == ClockState::Sure { past } else { vec![] };
        past.into_iter().try_for_each(|path| Ok(self.disk.remove(&path)?))
    }

    /// Removes every opening secret without a window: the power failed before its order was written down. At start only,
    /// for an order just being taken has its secret on the disk first.
    pub(super) fn forget_stray_openings(&self) -> Result<(), AppError> {
        let known: Vec<_> = self.journal.ask(|past| {
            past.windows().map(|w| self.opening_path(&w.authority_key, w.number)).collect()
        });
        let present = self.disk.list(&self.layout.openings())?;
        let strays = present.iter().filter(|path| !known.contains(path));
        strays.into_iter().try_for_each(|path| Ok(self.disk.remove(path)?))
    }

    fn opening_path(&self, authority_key: &str, number: u32) -> std::path::PathBuf {
        self.layout.openings().join(format!("{authority_key}-{number}.sealed"))
    }

    /// One at a time: what is read under a window must not come out after it was closed.
    pub(super) fn relief(&self) -> MutexGuard<'_, ()> {
        self.relief.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn window(&self) -> Result<OpenWindow, AppError> {
        self.forget_past_openings()?;
        let today = self.today();
        let window = self.journal.ask(|past| past.open_window(today).cloned());
        window.ok_or(rule(&messages::DISASTER_NOT_OPEN))
    }

    /// Searches by name, birth date, sex and address; shows all candidates with their differences.
    pub fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Found, AppError> {
        let _alone = self.relief();
        self.window()?;
        named(viewer)?;
        if query.name.trim().is_empty() {
            return Err(rule(&messages::NAME_MISSING));
        }
        let release = self.release().ok_or(rule(&messages::NO_SNAPSHOT))?;
        let born = match query.birth {
            BirthClue::Day(day) => release.born_on(day, &query.name)?,
            BirthClue::Year(year) => release.born_in(year, &query.name)?,
            BirthClue::Unknown if is_kana(&query.name) => release.read_as(&query.name)?,
            BirthClue::Unknown => return Err(rule(&messages::KANA_OR_BIRTH_NEEDED)),
        };
        let people = born.people.iter().map(|record| record.get().clone()).collect();
        let found = search::candidates(people, query);
        if found.len() > CANDIDATES_MAX {
            return Err(rule(&messages::TOO_MANY_CANDIDATES));
        }
        let mut by = vec!["name".to_owned()];
        by.extend(match query.birth {
            BirthClue::Day(_) => Some("birth".to_owned()),
            BirthClue::Year(_) => Some("birth_year".to_owned()),
            BirthClue::Unknown => None,
        });
        by.extend((query.sex != Sex::Unstated).then(|| "sex".to_owned()));
        by.extend(query.address.as_ref().map(|_| "address".to_owned()));
        let candidates = u32::try_from(found.len()).unwrap_or(u32::MAX);
        self.journal
            .append(self.now(), &Event::Searched { viewer: viewer.clone(), by, candidates })?;
        let mut chosen = self.chosen();
        let candidates =
            found.into_iter().map(|candidate| self.show(&mut chosen, candidate)).collect();
        Ok(Found { candidates, unreadable: born.unreadable })
    }

    fn show(&self, chosen: &mut Chosen, candidate: Candidate) -> CandidateView {
        let handle = names::hex(&roll::<16>(self.dice.as_ref()));
        let record = candidate.record;
        let view = CandidateView {
            handle: handle.clone(),
            name: record.name.clone(),
            kana: record.kana.clone(),
            alias: record.alias.as_ref().map(|alias| alias.name.clone()),
            birth: record.birth,
            sex: record.sex,
            differences: candidate.differences,
        };
        chosen.keep(handle, record);
        view
    }

    /// Records a consent for one candidate, after a second fact told this person from the others.
    pub fn consent(
        &self,
        viewer: &Viewer,
        handle: &str,
        fact: &SecondFact,
        kind: ConsentKind,
    ) -> Result<ConsentView, AppError> {
        let _alone = self.relief();
        let window = self.window()?;
        named(viewer)?;
        if matches!(&kind, ConsentKind::Unable { reason } if reason.trim().is_empty()) {
            return Err(rule(&messages::REASON_MISSING));
        }
        let record = self.chosen_person(handle)?;
        if !search::second_fact_fits(&record, fact) {
            self.chosen().miss(handle);
            self.note_refusal(self.now(), "second_fact", messages::SECOND_FACT_DIFFERS.code)?;
            return Err(rule(&messages::SECOND_FACT_DIFFERS));
        }
        let event = Event::Consented {
            person: PersonRef::from(&record),
            kind,
            viewer: viewer.clone(),
            second_fact: fact.kind.code().into(),
            order: window.number,
        };
        let entry = self.journal.append(self.now(), &event)?;
        Ok(ConsentView { handle: handle.into(), until: entry.at.plus_days(1) })
    }

    /// Reads a drug history. The reading is in the journal, on the disk, before this returns anything.
    pub fn drugs(&self, viewer: &Viewer, handle: &str) -> Result<DrugView, AppError> {
        let _alone = self.relief();
        let window = self.window()?;
        named(viewer)?;
        let now = self.now();
        let record = self.chosen_person(handle)?;
        let person = PersonRef::from(&record);
        self.need_consent(&record, &window)?;
        let release = self.release().ok_or(rule(&messages::NO_SNAPSHOT))?;
        let key =
            release.keys().unlock_drugs(release.manifest(), &self.opening_secret(&window)?)?;
        let mut dispensings = release.dispensings(&record, &key)?;
        dispensings.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| a.drug.name.cmp(&b.drug.name)));
        let records = u32::try_from(dispensings.len()).unwrap_or(u32::MAX);
        let event =
            Event::DrugsRead { person, viewer: viewer.clone(), records, order: window.number };
        self.journal.append(now, &event)?;
        let view = DrugView {
            name: record.name,
            kana: record.kana,
            birth: record.birth,
            sex: record.sex,
            dispensings,
            source: release.source(),
            order: window.number,
            viewer: viewer.clone(),
            read_at: now.at,
        };
        self.remember_view(handle, &view);
        Ok(view)
    }

    pub(super) fn chosen_person(&self, handle: &str) -> Result<PersonRecord, AppError> {
        self.chosen().get(handle).ok_or(rule(&messages::CANDIDATE_GONE))
    }

    pub(super) fn need_consent(
        &self,
        record: &PersonRecord,
        window: &OpenWindow,
    ) -> Result<(), AppError> {
        let (person, now) = (PersonRef::from(record), self.now().at);
        let live =
            self.journal.ask(|past| past.live_consent(&person, window.number, now).is_some());
        if live { Ok(()) } else { Err(rule(&messages::CONSENT_MISSING)) }
    }

    fn opening_secret(&self, window: &OpenWindow) -> Result<OpeningSecret, AppError> {
        let absent = || rule(&messages::OPENING_SECRET_ABSENT);
        let path = self.opening_path(&window.authority_key, window.number);
        let sealed = match self.disk.read(&path, OPENING_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Err(absent()),
            other => other?,
        };
        let opened = Zeroizing::new(self.keys.openings.open_boxed(OPENING_PLACE, &sealed)?);
        let (id, secret) = opened.split_first_chunk::<8>().ok_or_else(absent)?;
        let secret: [u8; 32] = secret.try_into().map_err(|_| absent())?;
        Ok(OpeningSecret::new(OpeningId(*id), SymmetricKey::from_bytes(secret)))
    }
}

fn named(viewer: &Viewer) -> Result<(), AppError> {
    if viewer.name.trim().is_empty() { Err(rule(&messages::VIEWER_MISSING)) } else { Ok(()) }
}
