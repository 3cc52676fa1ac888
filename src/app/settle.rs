//! Settling up with the hub: carries out what `sync::plan` decided. One step that fails never blocks the next.

use super::{Appliance, error::AppError};
use crate::{
    cache::{CacheError, CacheState},
    journal::{Event, OutboxItem, ReceiptNote},
    limits::{
        INDEX_BYTES_MAX, MANIFEST_BYTES_MAX, ORDER_BYTES_MAX, RECEIPT_BYTES_MAX,
        REVOCATION_BYTES_MAX, ROOT_BYTES_MAX, TRUST_LIST_BYTES_MAX, WAYS_TRIED_MAX,
    },
    messages::{self, Message, Trouble},
    seal::{self, SealingPublicKey},
    snapshot::{Distance, Progress, ReleaseSource, SnapshotError},
    sync::{self, Held, Index, Link, LinkError, SentBatch, Step, names, open_receipt, seal_batch},
    sys::DiskError,
    trust::Role,
};
use serde::Serialize;
use std::{collections::BTreeSet, io::Read};

/// What one exchange did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// Over which link.
    pub via: String,
    /// Step by step.
    pub steps: Vec<SettledStep>,
    /// Entries still waiting for a receipt.
    pub outbox_waiting: usize,
    /// Receipts recorded so far, ever.
    pub receipts: usize,
    /// What is odd about what was offered, and what to do; nothing failed for it.
    pub hint: Option<Hint>,
}

impl Settled {
    /// Whether the link showed a hub's index. A stick without one still takes what the box has.
    #[must_use]
    pub fn found_index(&self) -> bool {
        self.hint.is_none() && self.steps.iter().all(|step| step.what != "index")
    }
}

/// Something to be told with a reply that is no refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// The catalogue's code.
    pub code: &'static str,
    /// What it is, Japanese.
    pub ja: &'static str,
    /// The same, English.
    pub en: &'static str,
    /// What to do, Japanese.
    pub fix_ja: &'static str,
    /// The same, English.
    pub fix_en: &'static str,
}

impl From<&'static Message> for Hint {
    fn from(message: &'static Message) -> Self {
        let Message { code, ja, en, next_ja, next_en, .. } = message;
        Self { code, ja, en, fix_ja: next_ja, fix_en: next_en }
    }
}

impl Settled {
    /// Whether no step failed.
    #[must_use]
    pub fn all_done(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }
}

/// One step and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettledStep {
    /// "index" (only where it is garbage), "root", "trust_list", "revocations", "order", "receipt", "batch", "delta" or
    /// "release".
    pub what: &'static str,
    /// Whether it was done.
    pub ok: bool,
    /// The catalogue's code where it was not.
    pub code: Option<&'static str>,
}

/// An index nobody can read is one bad item, and blocks nothing.
fn no_index(done: &mut Vec<SettledStep>, garbage: &dyn Trouble) -> Index {
    done.push(SettledStep { what: "index", ok: false, code: Some(garbage.message().code) });
    Index::default()
}

/// Why there was no index: a folder that is a release is taken in by another command.
fn why_nothing(link: &dyn Link) -> Hint {
    let bare =
        link.distance() == Distance::Near && link.read(names::MANIFEST, MANIFEST_BYTES_MAX).is_ok();
    Hint::from(if bare { &messages::LINK_BARE_RELEASE } else { &messages::LINK_OFFERS_NOTHING })
}

/// What one exchange remembers from step to step.
#[derive(Default)]
struct Turn {
    /// What waits, read from the journal once: a batch at a time would read the whole file for each.
    outbox: Option<Vec<OutboxItem>>,
    /// A hundred bad receipts are one line in the journal.
    refused_receipts: BTreeSet<&'static str>,
    /// A root document did not come: those after it follow nothing, and are not asked for.
    chain: Chain,
    /// A delta or a whole release did not come: those after it have nothing to follow.
    releases: Chain,
    /// Which one that was, where it may be its own fault.
    refused: Option<Step>,
}

/// Whether a chain of root documents or of deltas can still go on in this exchange.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Chain {
    #[default]
    Whole,
    Broken,
}

impl Turn {
    /// Held already is no refusal: another import was quicker. And what is damaged here is no fault of what was offered.
    fn after_release(&mut self, step: &Step, fetched: &Result<(), AppError>) {
        (self.releases, self.refused) = match fetched {
            Ok(()) | Err(AppError::Cache(CacheError::AlreadyHeld(_))) => (Chain::Whole, None),
            Err(AppError::Cache(CacheError::ChangesDamaged(_))) => (Chain::Broken, None),
            Err(_) => (Chain::Broken, Some(step.clone())),
        };
    }
}

/// A release as it lies on a link.
struct LinkSource<'a> {
    link: &'a dyn Link,
    lies: Lies,
}

/// Where on the link a release lies.
#[derive(Clone, Copy)]
enum Lies {
    Whole(u64),
    Delta { root: u64, version: u64 },
}

impl Lies {
    fn file(self, name: &str) -> String {
        match self {
            Self::Whole(version) => names::release_file(version, name),
            Self::Delta { root, version } => names::delta_file(root, version, name),
        }
    }
}

/// The same word as for a release in a folder, wherever there is one: the next step is the same.
fn unread(error: LinkError) -> SnapshotError {
    match error {
        LinkError::Missing => DiskError::Missing("release".into()).into(),
        LinkError::Disk(e) => e.into(),
        other => read_failed(other),
    }
}

fn read_failed(error: LinkError) -> SnapshotError {
    SnapshotError::Read { file: "release", source: std::io::Error::other(error) }
}

impl ReleaseSource for LinkSource<'_> {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError> {
        self.link.open(&self.lies.file(name)).map_err(unread)
    }

    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, SnapshotError> {
        self.link.open_at(&self.lies.file(name), offset_bytes).map_err(unread)
    }

    fn distance(&self) -> Distance {
        self.link.distance()
    }
}

impl Appliance {
    /// Whoever calls holds the turn.
    pub(super) fn exchange(
        &self,
        link: &dyn Link,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Settled, AppError> {
        let (mut done, mut turn, mut hint) = (vec![], Turn::default(), None);
        let mut index = match link.read(names::INDEX, INDEX_BYTES_MAX) {
            // An empty stick offers nothing and takes everything.
            Err(LinkError::Missing) => {
                hint = Some(why_nothing(link));
                Index::default()
            }
            // Only hints are lost with it: what waits for the hub can still be sent.
            Err(garbage @ LinkError::TooLarge { .. }) => no_index(&mut done, &garbage),
            read => Index::parse(&read?).unwrap_or_else(|garbage| no_index(&mut done, &garbage)),
        };
        let steps = sync::plan(&self.held(), &index, &self.waiting(), &self.unreceipted());
        for step in &steps {
            done.extend(self.step(link, step, &mut turn, on_progress));
        }
        for tried in 1..WAYS_TRIED_MAX {
            if std::mem::take(&mut turn.releases) == Chain::Whole {
                break;
            }
            index = match turn.refused.take() {
                Some(refused) => index.without(&refused),
                None => index,
            };
            if tried + 1 == WAYS_TRIED_MAX {
                index.deltas.clear(); // the surest way last: it builds on nothing
            }
            for step in &sync::ways(&self.held(), &index) {
                done.extend(self.step(link, step, &mut turn, on_progress));
            }
        }
        let outbox = self.journal.ask(|past| past.outbox());
        Ok(Settled {
            via: link.describe(),
            steps: done,
            outbox_waiting: outbox.waiting,
            receipts: outbox.receipts,
            hint,
        })
    }

    fn held(&self) -> Held {
        let revocations = self.revocations();
        // What speaks now, not what the journal remembers: a list lost from the disk must be fetched again.
        let trust = self.held_trust().map(|list| (list.root_version(), list.sequence()));
        let root_version = self.held_roots().map(|roots| roots.version());
        // One that was found damaged may come again, too: that is the repair.
        let state = self.cache.state();
        let sound =
            matches!(state, CacheState::Healthy | CacheState::Rebuilding | CacheState::Behind);
        let answers = self.release().filter(|_| sound);
        let whole_release = answers.as_ref().map(|release| release.manifest().version());
        // Lost or damaged: the whole release that its deltas were merged over may come again.
        let damaged = state == CacheState::Damaged;
        let base = self.cache.sound_base_version().filter(|_| damaged);
        let comes_back = self.cache.may_return().ok().flatten().filter(|_| damaged);
        let comes_back = comes_back.map(|root| root.version);
        self.journal.ask(|past| Held {
            root_version,
            trust,
            revocations: revocations.lists().map(|list| (list.issuer(), list.sequence())).collect(),
            orders: past.orders().collect(),
            // Where none answers, the one that did may come again.
            release_version: past.release_version().and_then(|held| match &answers {
                // Less than was ever held, where the whole release came back and its deltas are still to come.
                Some(release) => Some(held.min(release.newest().version())),
                None if sound => Some(held),
                // The deltas alone are damaged: they may come again over their base.
                None if base.is_some() => base,
                None => comes_back.unwrap_or(held).checked_sub(1),
            }),
            whole_release: whole_release.or(base),
        })
    }

    fn answers_as_of(&self, version: u64) -> bool {
        let sound = self.cache.state() != CacheState::Damaged;
        sound && self.release().is_some_and(|release| release.newest().version() >= version)
    }

    fn waiting(&self) -> Vec<u64> {
        self.journal.ask(|past| past.waiting())
    }

    fn unreceipted(&self) -> Vec<SentBatch> {
        self.journal.ask(|past| {
            past.unreceipted().map(|(batch, from, to)| SentBatch { batch, from, to }).collect()
        })
    }

    fn step(
        &self,
        link: &dyn Link,
        step: &Step,
        turn: &mut Turn,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Option<SettledStep> {
        let (what, outcome) = match step {
            Step::FetchRoot { .. } if turn.chain == Chain::Broken => return None,
            Step::FetchRoot { version } => {
                let fetched = self.fetch_root(link, *version);
                if fetched.is_err() {
                    turn.chain = Chain::Broken;
                }
                ("root", fetched)
            }
            Step::FetchTrustList => ("trust_list", self.fetch_trust(link)),
            Step::FetchRevocations { issuer } => ("revocations", {
                let fetched = link.read(&names::revocations(*issuer), REVOCATION_BYTES_MAX);
                fetched.map_err(AppError::from).and_then(|bytes| self.take_revocations(&bytes))
            }),
            Step::FetchOrder { number, revision } => ("order", {
                let fetched = link.read(&names::order(*number, *revision), ORDER_BYTES_MAX);
                fetched.map_err(AppError::from).and_then(|bytes| self.take_order_file(&bytes))
            }),
            Step::FetchReceipt { batch } => ("receipt", self.fetch_receipt(link, batch, turn)),
            Step::SendBatch { sequences } => ("batch", self.send_batch(link, sequences, turn)),
            Step::FetchDelta { .. } if turn.releases == Chain::Broken => return None,
            // Its whole release was only filled anew under it.
            Step::FetchDelta { version, .. } if self.answers_as_of(*version) => return None,
            Step::FetchDelta { root, version } => ("delta", {
                let lies = Lies::Delta { root: *root, version: *version };
                let fetched = self.import_release(&LinkSource { link, lies }, on_progress);
                turn.after_release(step, &fetched);
                fetched
            }),
            Step::FetchRelease { version } => ("release", {
                let lies = Lies::Whole(*version);
                let fetched = self.import_release(&LinkSource { link, lies }, on_progress);
                turn.after_release(step, &fetched);
                fetched
            }),
        };
        match outcome {
            Ok(()) => Some(SettledStep { what, ok: true, code: None }),
            // The hub has not been there yet: the item stays in the outbox, and that is all.
            Err(AppError::Link(LinkError::Missing)) if what == "receipt" => None,
            // The trust list that came just before has opened it.
            Err(AppError::Cache(CacheError::AlreadyHeld(_))) => None,
            Err(e) => {
                tracing::warn!(what, code = e.message().code, "sync step");
                Some(SettledStep { what, ok: false, code: Some(e.message().code) })
            }
        }
    }

    fn fetch_trust(&self, link: &dyn Link) -> Result<(), AppError> {
        let bytes = link.read(names::TRUST_LIST, TRUST_LIST_BYTES_MAX)?;
        self.take_trust_list(&bytes)
    }

    fn fetch_root(&self, link: &dyn Link, version: u64) -> Result<(), AppError> {
        self.take_root(version, &link.read(&names::root(version), ROOT_BYTES_MAX)?)
    }

    fn hub_sealing(&self) -> Result<SealingPublicKey, AppError> {
        let trust = self.trust()?;
        let hub = trust.hub(self.now()).and_then(|entry| entry.sealing);
        hub.ok_or(AppError::Rule(&messages::HUB_UNKNOWN))
    }

    fn send_batch(
        &self,
        link: &dyn Link,
        sequences: &[u64],
        turn: &mut Turn,
    ) -> Result<(), AppError> {
        let waiting = self.waiting();
        if turn.outbox.is_none() {
            turn.outbox = Some(self.journal.outbox_items(&waiting)?);
        }
        let left = |item: &&OutboxItem| {
            sequences.contains(&item.sequence) && waiting.binary_search(&item.sequence).is_ok()
        };
        let items: Vec<_> = turn.outbox.iter().flatten().filter(left).cloned().collect();
        for run in sync::split_items(&items) {
            let id = self.keys.identity.id;
            let head = self.journal.head();
            let sealed = seal_batch(&id, &self.keys.signing, &self.hub_sealing()?, &head, run)?;
            let sent = SentBatch { batch: sealed.digest, from: sealed.from, to: sealed.to };
            // Written down first: a receipt must find its batch even if the power fails right after the hand-over.
            let event = Event::BatchSent { batch: sent.batch, from: sent.from, to: sent.to };
            self.journal.append(self.now(), &event)?;
            link.write(&names::batch(&id, &sent.batch), &sealed.bytes)?;
            match self.fetch_receipt(link, &sent, turn) {
                Err(AppError::Link(LinkError::Missing)) => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Nothing leaves the outbox before the hub's signed receipt for it.
    fn fetch_receipt(
        &self,
        link: &dyn Link,
        sent: &SentBatch,
        turn: &mut Turn,
    ) -> Result<(), AppError> {
        let id = self.keys.identity.id;
        let bytes = link.read(&names::receipt(&id, &sent.batch), RECEIPT_BYTES_MAX)?;
        match self.open_receipt(&bytes, sent) {
            Ok(note) => {
                self.journal.append(self.now(), &Event::ReceiptRecorded { note })?;
                Ok(())
            }
            Err(refusal) => {
                let code = refusal.message().code;
                if turn.refused_receipts.insert(code) {
                    self.note_refusal(self.now(), "receipt", code)?;
                }
                Err(refusal)
            }
        }
    }

    /// A thief of the hub's key could empty the outbox with receipts for what no hub has.
    fn open_receipt(&self, bytes: &[u8], sent: &SentBatch) -> Result<ReceiptNote, AppError> {
        let kid = seal::peek_kid(bytes)?;
        let keys = self.trust()?.standing_keys(Role::Hub, kid, self.now())?;
        Ok(open_receipt(bytes, |_| keys, &self.keys.identity.id, sent)?)
    }
}
