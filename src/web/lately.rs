//! An examination kept for a while, and only as long as what it judged has not plainly changed.

use crate::{
    app::Status,
    cache::CacheState,
    domain::time::{ClockState, Stamp},
    health::Probe,
    limits::EXAMINED_SECONDS_MAX,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What makes an examination stale at once: a page must not say "no snapshot" beside the snapshot it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    snapshot: Option<u64>,
    trust: Option<u64>,
    clock: ClockState,
    cache: CacheState,
}

impl Known {
    fn of(status: &Status) -> Self {
        Self {
            snapshot: status.snapshot.as_ref().map(|held| held.source.version),
            trust: status.trust.as_ref().map(|list| list.sequence),
            clock: status.clock,
            cache: status.cache,
        }
    }
}

/// The last examination.
#[derive(Default)]
pub(super) struct Lately(Mutex<Option<(Stamp, Known, Probe)>>);

impl Lately {
    fn lock(&self) -> MutexGuard<'_, Option<(Stamp, Known, Probe)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, status: &Status, probe: Probe) {
        *self.lock() = Some((status.now, Known::of(status), probe));
    }

    pub(super) fn get(&self, status: &Status) -> Option<Probe> {
        let (at, known, probe) = (*self.lock())?;
        // A clock set back makes it stale, too.
        let fresh = status.now.0.abs_diff(at.0) <= EXAMINED_SECONDS_MAX;
        (fresh && known == Known::of(status)).then_some(probe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::samples;

    #[test]
    fn an_examination_is_repeated_for_a_while_and_no_longer_once_something_changed() {
        let (lately, status, probe) = (Lately::default(), samples::status(), samples::probe());
        assert_eq!(lately.get(&status), None);
        lately.keep(&status, probe);
        assert_eq!(lately.get(&status), Some(probe));
        let after = |seconds: i64| Status { now: Stamp(status.now.0 + seconds), ..status.clone() };
        assert_eq!(lately.get(&after(300)), Some(probe));
        assert_eq!(lately.get(&after(301)), None);
        assert_eq!(lately.get(&after(-301)), None);
        assert_eq!(lately.get(&Status { snapshot: None, ..status.clone() }), None);
        assert_eq!(lately.get(&Status { clock: ClockState::FarAhead, ..status }), None);
    }
}
