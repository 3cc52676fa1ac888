//! Who is exchanged with, one at a time, and what came of it last. Kept in memory: the journal tells what was taken.

use super::{
    Appliance,
    error::AppError,
    settle::{Settled, SettledStep},
};
use crate::{
    config::HubUrl,
    domain::time::Stamp,
    messages::{self, Trouble},
    snapshot::Progress,
    sync::{DirLink, HttpLink, Link, LinkError, StickSight, StickWatch},
};
use serde::Serialize;
use std::{
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
};

/// The last exchange over one link since the start, or the one under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangeStatus {
    /// Over which link: the hub's address or the stick's folder.
    pub via: String,
    /// When it ended; when it began, while it runs.
    pub at: Stamp,
    /// When one over this link last found what a hub offers, whatever became of its steps.
    pub reached_at: Option<Stamp>,
    /// Whether it is under way.
    pub running: bool,
    /// Steps done.
    pub done: usize,
    /// Steps that failed.
    pub failed: usize,
    /// Why nothing came about, else why the first step failed, else what is odd about what was offered: the catalogue's
    /// code.
    pub code: Option<&'static str>,
}

/// The exchanges of one box.
#[derive(Default)]
pub(super) struct Exchanges {
    /// Held by the one that runs.
    turn: Mutex<()>,
    last: Mutex<Vec<ExchangeStatus>>,
    hub_asked: AtomicU64,
    stick_asked: AtomicU64,
}

impl Exchanges {
    fn last(&self) -> MutexGuard<'_, Vec<ExchangeStatus>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One entry a link: the hub that is asked every few minutes must not hide what a stick brought.
    fn note(&self, mut status: ExchangeStatus) {
        let mut last = self.last();
        if let Some(former) = last.iter().position(|former| former.via == status.via) {
            let former = last.remove(former);
            status.reached_at = status.reached_at.or(former.reached_at);
        }
        last.push(status);
    }
}

impl Appliance {
    /// One exchange over a link, as soon as no other runs; the counter never waits for it.
    pub fn settle(
        &self,
        link: &dyn Link,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Settled, AppError> {
        let _turn = self.exchanges.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.exchange_noted(link, on_progress)
    }

    /// One exchange with the hub at this address, or a refusal while another runs: a release over a thin link takes
    /// hours, and whoever asks meanwhile must not be kept waiting for it.
    pub fn settle_with_hub(&self, hub: &HubUrl) -> Result<Settled, AppError> {
        let _turn = self.turn()?;
        self.exchange_noted(&HttpLink::new(hub.as_str())?, &mut |_| {})
    }

    /// One exchange with the stick that shows in this folder, or a refusal while another runs, or where no stick is.
    pub fn settle_with_stick(&self, folder: &Path) -> Result<Settled, AppError> {
        let _turn = self.turn()?;
        // An empty mount point lies on this machine's own disk: what would be left there reaches no hub.
        if StickSight::look(&self.disk, folder) == StickSight::Absent {
            return Err(LinkError::NoFolder(folder.into()).into());
        }
        self.exchange_noted(&DirLink::new(self.disk.clone(), folder)?, &mut |_| {})
    }

    /// One look at the stick's folder, and the exchange where it is due. What could not begin because another runs stays
    /// due.
    pub fn attend_stick(
        &self,
        folder: &Path,
        watch: &mut StickWatch,
    ) -> Option<Result<Settled, AppError>> {
        let sight = StickSight::look(&self.disk, folder);
        let asked = self.exchanges.stick_asked.load(Ordering::Relaxed);
        let outcome = watch.is_due(sight, asked).then(|| self.settle_with_stick(folder));
        if !outcome.as_ref().is_some_and(found_another) {
            watch.note(sight, asked);
        }
        outcome
    }

    /// Asks for an exchange with whichever of the two there is, to be made by whoever attends to it.
    ///
    /// # Errors
    /// `no_link` where there is neither; `link_folder_missing` where there is only the stick, and it is not there.
    pub fn ask_exchange(&self, hub: Option<&HubUrl>, stick: Option<&Path>) -> Result<(), AppError> {
        match (hub, stick) {
            (None, None) => return Err(AppError::Rule(&messages::NO_LINK)),
            (None, Some(folder)) if StickSight::look(&self.disk, folder) == StickSight::Absent => {
                return Err(LinkError::NoFolder(folder.into()).into());
            }
            _ => {}
        }
        self.exchanges.hub_asked.fetch_add(u64::from(hub.is_some()), Ordering::Relaxed);
        self.exchanges.stick_asked.fetch_add(u64::from(stick.is_some()), Ordering::Relaxed);
        Ok(())
    }

    /// How often an exchange with the hub was asked for since the start.
    #[must_use]
    pub fn hub_asked(&self) -> u64 {
        self.exchanges.hub_asked.load(Ordering::Relaxed)
    }

    /// The last exchange over each link since the start, the newest last.
    #[must_use]
    pub fn last_exchanges(&self) -> Vec<ExchangeStatus> {
        self.exchanges.last().clone()
    }

    fn turn(&self) -> Result<MutexGuard<'_, ()>, AppError> {
        match self.exchanges.turn.try_lock() {
            Ok(turn) => Ok(turn),
            Err(TryLockError::Poisoned(turn)) => Ok(turn.into_inner()),
            Err(TryLockError::WouldBlock) => Err(AppError::Rule(&messages::SYNC_RUNNING)),
        }
    }

    fn exchange_noted(
        &self,
        link: &dyn Link,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Settled, AppError> {
        let (via, begun) = (link.describe(), self.now().at);
        let status = ExchangeStatus {
            via,
            at: begun,
            reached_at: None,
            running: true,
            done: 0,
            failed: 0,
            code: None,
        };
        self.exchanges.note(status.clone());
        let outcome = self.exchange(link, on_progress);
        let steps = outcome.as_ref().map(|settled| settled.steps.as_slice()).unwrap_or_default();
        let failed: Vec<&SettledStep> = steps.iter().filter(|step| !step.ok).collect();
        let code = match &outcome {
            Err(trouble) => Some(trouble.message().code),
            Ok(settled) => {
                failed.first().and_then(|step| step.code).or(settled.hint.map(|hint| hint.code))
            }
        };
        let ended = self.now().at;
        self.exchanges.note(ExchangeStatus {
            at: ended,
            reached_at: outcome.as_ref().is_ok_and(Settled::found_index).then_some(ended),
            running: false,
            done: steps.len() - failed.len(),
            failed: failed.len(),
            code,
            ..status
        });
        outcome
    }
}

/// Whether it never began because another exchange runs.
#[must_use]
pub fn found_another(outcome: &Result<Settled, AppError>) -> bool {
    matches!(outcome, Err(AppError::Rule(message)) if **message == messages::SYNC_RUNNING)
}
