//! Wires the rooms into an appliance: one box, its keys, its journal, its snapshot.

mod claims;
mod counter;
mod envelopes;
mod error;
mod exchanges;
mod intake;
mod issue;
mod key_file;
mod key_shares;
mod keys;
mod ladder;
mod layout;
mod own;
mod papers;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod probe;
mod relief;
mod reports;
mod roots;
mod settle;
mod statements;
mod status;
mod tend;
mod typed;
mod views;

pub use counter::{Ask, Question};
pub use envelopes::{
    EnvelopeOrder, EnvelopeReport, Envelopes, ShareFault, ShareReport, make_envelopes,
    read_share_text,
};
pub use error::AppError;
pub use exchanges::{ExchangeStatus, found_another};
pub use issue::{BulkIssue, IssueOrder, Issued, REGISTER_NAME, RowRefused};
pub use key_file::{
    KeyFacts, KeyRole, KeyUse, PrintedSet, SharePlace, inspect_key_file, note_printed_set,
    read_opening, read_release_secrets, read_signing_key, write_opening, write_release_secrets,
    write_signing_key,
};
pub use key_shares::{PassphraseOf, read_signing_keys, split_signing_key};
pub use keys::{BoxIdentity, BoxKeys, read_box_id};
pub use ladder::{Told, ToldFields, settle as settle_told};
pub use layout::Layout;
pub use own::{OwnStatus, Received};
pub use reports::{
    JournalDamage, JournalReport, PaperReport, check_age_ratio, read_notebook, read_paper,
};
pub use settle::{Hint, Settled, SettledStep};
pub use statements::{StatementsStatus, TakenStatement};
pub use views::{
    CandidateView, Checked, ConsentView, DisasterState, DisasterStatus, DrugView, Found,
    OrderSummary, SnapshotStatus, Status, Subject, TrustStatus,
};

use crate::{
    cache::{Cache, OpenRelease},
    credential::Revocations,
    domain::{
        policy::Policy,
        time::{ClockFloors, ClockState, Reading, Stamp, judge_clock},
    },
    journal::{Event, Journal},
    messages,
    sys::{Clock, Dice, DirLock, Disk},
    trust::{Roots, TrustList},
};
use error::rule;
use exchanges::Exchanges;
use jiff::civil::Date;
use papers::Remembered;
use relief::Chosen;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

/// The machine as handed in.
#[derive(Clone)]
pub struct Machine {
    /// Its files.
    pub disk: Arc<dyn Disk>,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its randomness.
    pub dice: Arc<dyn Dice>,
}

/// One box, open.
pub struct Appliance {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    layout: Layout,
    keys: BoxKeys,
    journal: Journal,
    /// Nothing for a box made without a root document.
    roots: RwLock<Option<Arc<Roots>>>,
    trust: RwLock<Option<Arc<TrustList>>>,
    revocations: RwLock<Arc<Revocations>>,
    cache: Cache,
    own: own::OwnRecords,
    /// Held by whoever opens, closes or reads in disaster mode, so that no reading outlives its window.
    relief: Mutex<()>,
    chosen: Mutex<Chosen>,
    remembered: Mutex<Remembered>,
    exchanges: Exchanges,
    _lock: DirLock,
}

impl Appliance {
    /// Makes a new box in an empty directory.
    pub fn create(
        machine: &Machine,
        root: &Path,
        passphrase: &str,
        identity: BoxIdentity,
    ) -> Result<(), AppError> {
        let layout = Layout::at(root);
        let disk = machine.disk.as_ref();
        if disk.length(&layout.version())?.is_some() {
            layout.check(disk)?;
            return Err(rule(&messages::STORE_IN_USE));
        }
        if disk.length(&layout.journal())?.is_some() {
            // A box whose `version` file was lost: new keys would make its journal unreadable for ever.
            return Err(rule(&messages::STORE_DAMAGED));
        }
        BoxKeys::accept(passphrase)?; // before anything is made
        identity.root.as_deref().map(|root| Roots::born_with(root)).transpose()?;
        disk.make_dir(root)?;
        BoxKeys::create(disk, machine.dice.as_ref(), &layout, passphrase, identity)?;
        layout.prepare(disk) // last: a directory without a version is not yet a box
    }

    /// Opens a box. Answers from the release held, whatever else is out of order.
    pub fn open(machine: &Machine, root: &Path, passphrase: &str) -> Result<Self, AppError> {
        let layout = Layout::at(root);
        layout.check(machine.disk.as_ref())?;
        let lock = DirLock::take(&layout.lock())?.ok_or(rule(&messages::STORE_IN_USE))?;
        let keys = BoxKeys::open(machine.disk.as_ref(), &layout, passphrase)?;
        let (journal, cut_bytes) = Journal::open(
            machine.disk.clone(),
            machine.dice.clone(),
            &layout.journal(),
            keys.identity.id,
            keys.journal.clone(),
        )?;
        let cache = Cache::open(machine.disk.clone(), layout.cache())?;
        let own = own::OwnRecords::open(machine.disk.clone(), &layout, &keys)?;
        let appliance = Self {
            disk: machine.disk.clone(),
            clock: machine.clock.clone(),
            dice: machine.dice.clone(),
            layout,
            keys,
            journal,
            roots: RwLock::new(None),
            trust: RwLock::new(None),
            revocations: RwLock::new(Arc::default()),
            cache,
            own,
            relief: Mutex::default(),
            chosen: Mutex::default(),
            remembered: Mutex::default(),
            exchanges: Exchanges::default(),
            _lock: lock,
        };
        appliance.wake(cut_bytes)?;
        Ok(appliance)
    }

    fn wake(&self, cut_bytes: u64) -> Result<(), AppError> {
        self.tell_cache_its_past();
        self.load_roots()?;
        self.load_trust()?;
        self.load_revocations()?;
        if cut_bytes > 0 {
            self.journal.append(self.now(), &Event::TailCut { bytes: cut_bytes })?;
        }
        self.journal
            .append(self.now(), &Event::Started { version: env!("CARGO_PKG_VERSION").into() })?;
        self.forget_stray_openings()?;
        self.tidy_disaster()?;
        self.wake_own()?;
        self.wake_cache()
    }

    /// The moment to work with, and whether the clock is sure: judged by the newest moment signed or recorded here.
    #[must_use]
    pub fn now(&self) -> Reading {
        judge_clock(Stamp(self.clock.unix_seconds()), self.clock_floors())
    }

    fn clock_floors(&self) -> ClockFloors {
        let trust = self.held_trust().map_or(Stamp(0), |list| list.made_at());
        let release = self.release().map_or(Stamp(0), |release| release.source().as_of);
        let floors = self.journal.ask(|past| past.clock_floors());
        ClockFloors {
            signed: floors.signed.max(trust).max(release).max(Stamp(BUILT_AFTER)),
            ..floors
        }
    }

    /// The day to work with. A clock far ahead is not asked: the newest known moment is the better guess.
    fn today(&self) -> Date {
        let now = self.now();
        match now.clock {
            ClockState::FarAhead => self.clock_floors().newest().day(),
            ClockState::Sure | ClockState::BehindRecords => now.at.day(),
        }
    }

    /// The release that answers now.
    fn release(&self) -> Option<Arc<OpenRelease>> {
        self.cache.active()
    }

    fn held_trust(&self) -> Option<Arc<TrustList>> {
        self.trust.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn trust(&self) -> Result<Arc<TrustList>, AppError> {
        self.held_trust().ok_or(rule(&messages::NO_TRUST_LIST))
    }

    fn revocations(&self) -> Arc<Revocations> {
        self.revocations.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The signed policy, or the careful default until one arrives.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.held_trust().map(|list| list.policy()).unwrap_or_default()
    }

    fn chosen(&self) -> MutexGuard<'_, Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_refusal(&self, now: Reading, what: &str, code: &str) -> Result<(), AppError> {
        self.journal.append(now, &Event::Refused { what: what.into(), code: code.into() })?;
        Ok(())
    }

    /// Who this box is.
    #[must_use]
    pub fn identity(&self) -> &BoxIdentity {
        &self.keys.identity
    }

    /// The journal, to read and verify.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
}

/// 2026-11-01: no box runs before its program was written.
const BUILT_AFTER: i64 = 1_793_458_800;
