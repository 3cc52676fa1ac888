//! Looking after the cache: the slow reading, the noted damage, the rebuilding from the delivered release.

use super::{Appliance, error::AppError};
use crate::{
    cache::{CacheError, CacheState, Delivered, Scrubbed},
    config::{DeliveredRelease, Profile},
    domain::keys::BoxId,
    messages::Trouble,
    snapshot::Progress,
    trust::Role,
};

impl Appliance {
    /// Lives by what the profile says of the machine's disk: what becomes of delivered releases from now on.
    pub fn suit_disk(&self, profile: &Profile) {
        self.cache.keep_delivered(match profile.delivered {
            DeliveredRelease::Keep => Delivered::Keep,
            DeliveredRelease::Drop => Delivered::Drop,
        });
    }

    /// Fills the store anew from the delivered release. What answers goes on answering until the new store is proven.
    pub fn rebuild_cache(&self, on_progress: &mut dyn FnMut(Progress)) -> Result<(), AppError> {
        let trust = self.trust()?;
        let rebuilt = self.cache.rebuild(
            |kid| trust.keys_for(Role::Publisher, kid),
            &BoxId(self.keys.identity.id),
            &self.keys.sealing,
            on_progress,
        )?;
        self.note_imported(rebuilt.newest())?;
        self.drop_stolen_release()
    }

    /// Rebuilds a damaged store, or one whose deltas are, where what was delivered is kept; without it the next exchange
    /// fetches it again. Whether it was rebuilt.
    pub fn mend_cache(&self) -> Result<bool, AppError> {
        let ill = matches!(self.cache.state(), CacheState::Damaged | CacheState::Behind);
        if !ill || self.held_trust().is_none() {
            return Ok(false);
        }
        match self.rebuild_cache(&mut |_| {}) {
            Ok(()) => Ok(true),
            Err(AppError::Cache(CacheError::NotDelivered | CacheError::Busy)) => Ok(false),
            Err(trouble) => {
                self.note_refusal(self.now(), "cache", trouble.message().code)?;
                Err(trouble)
            }
        }
    }

    /// One turn of the slow reader. Damage is written into the journal once and mended at once where that is possible.
    pub fn scrub_cache(&self) -> Result<Scrubbed, AppError> {
        if let Err(trouble) = self.mend_own() {
            self.note_refusal(self.now(), "own_cache", trouble.message().code)?;
        }
        match self.cache.scrub_turn() {
            Ok(turn) => Ok(turn),
            Err(damage) => {
                self.note_refusal(self.now(), "cache", damage.message().code)?;
                self.mend_cache()?;
                Ok(Scrubbed::Idle)
            }
        }
    }
}
