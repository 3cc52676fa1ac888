//! Taking in a batch: verify, store durably, and only then sign the receipt.

use super::{
    BoxCard, Hub, HubError, Warning, WarningKind,
    ledger::{Ledger, entry_of},
};
use crate::{
    journal::Entry,
    limits::{BATCH_BYTES_MAX, RECEIPT_BYTES_MAX},
    sync::{
        Batch, BoxIdBytes, Receipt, SyncError, batch_digest, claimed_box, names, open_batch,
        sign_receipt,
    },
    sys::DiskError,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

impl Hub {
    /// Takes in a batch left in a box's place and returns the signed receipt. The same batch again gives the same receipt.
    pub fn take_in(&self, box_hex: &str, bytes: &[u8]) -> Result<Vec<u8>, HubError> {
        let place: BoxIdBytes = names::from_hex(box_hex).ok_or(SyncError::UnknownBox)?;
        if claimed_box(bytes)? != place {
            return Err(HubError::BatchElsewhere);
        }
        let mut boxes = self.boxes();
        let known = boxes.get_mut(&place).ok_or(SyncError::UnknownBox)?;
        let batch = self.open_from(&known.card, bytes)?;
        if known.ledger.rejections(batch.digest()).is_none() {
            let arrival = known.ledger.next_arrival();
            self.store(arrival, &batch, bytes)?;
            known.ledger.take(arrival, &batch);
        }
        self.receipt(&known.ledger, &batch)
    }

    /// The same for a batch that carries its digest in its name: a damaged copy is told apart from a forgery.
    pub fn take_in_named(
        &self,
        box_hex: &str,
        digest_hex: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, HubError> {
        if names::hex(&batch_digest(bytes)) != digest_hex {
            return Err(HubError::BatchMisnamed);
        }
        self.take_in(box_hex, bytes)
    }

    /// What a box delivered, each entry once, in the order of its journal.
    pub fn entries(&self, box_id: &BoxIdBytes) -> Result<Vec<Entry>, HubError> {
        let boxes = self.boxes();
        let known = boxes.get(box_id).ok_or(SyncError::UnknownBox)?;
        let mut entries = BTreeMap::new();
        for (_, path) in self.stored(box_id)? {
            // What does not open is in the warnings; it must not hide the rest.
            let Ok(batch) = self
                .disk
                .read(&path, BATCH_BYTES_MAX)
                .map_err(HubError::from)
                .and_then(|bytes| self.open_from(&known.card, &bytes))
            else {
                continue;
            };
            let held = batch.items().iter().filter(|item| known.ledger.holds(item));
            entries.extend(held.filter_map(entry_of).map(|entry| (entry.sequence, entry)));
        }
        Ok(entries.into_values().collect())
    }

    /// What a person should look into, box by box.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let card = |id: &BoxIdBytes| Warning { box_id: *id, kind: WarningKind::CardDamaged };
        let mut warnings: Vec<_> = self.damaged_cards.iter().map(card).collect();
        warnings.extend(self.boxes().iter().flat_map(|(id, known)| known.ledger.warnings(*id)));
        warnings
    }

    fn open_from(&self, card: &BoxCard, bytes: &[u8]) -> Result<Batch, HubError> {
        let key = |id: &BoxIdBytes| (*id == card.id).then_some(card.verifying);
        Ok(open_batch(bytes, key, &self.keys.sealing)?)
    }

    fn store(&self, arrival: u64, batch: &Batch, bytes: &[u8]) -> Result<(), HubError> {
        let folder = self.batch_dir(batch.box_id());
        self.disk.make_dir(&folder)?;
        let name = format!("{arrival:012}-{}.batch", names::hex(batch.digest()));
        Ok(self.disk.replace(&folder.join(name), bytes)?)
    }

    /// The receipt given before, else a new one; it is durable before anybody sees it, so that it stays the same.
    fn receipt(&self, ledger: &Ledger, batch: &Batch) -> Result<Vec<u8>, HubError> {
        let path = self.root.join(names::receipt(batch.box_id(), batch.digest()));
        match self.disk.read(&path, RECEIPT_BYTES_MAX) {
            Ok(bytes) => return Ok(bytes),
            Err(DiskError::Missing(_)) => {}
            Err(e) => return Err(e.into()),
        }
        let receipt = Receipt {
            box_id: *batch.box_id(),
            batch: *batch.digest(),
            from: batch.from(),
            to: batch.to(),
            received_at: self.clock.unix_seconds(),
            rejected: ledger.rejections(batch.digest()).cloned().unwrap_or_default(),
        };
        let bytes = sign_receipt(&receipt, &self.keys.signing);
        if let Some(folder) = path.parent() {
            self.disk.make_dir(folder)?;
        }
        self.disk.replace(&path, &bytes)?;
        Ok(bytes)
    }

    fn batch_dir(&self, box_id: &BoxIdBytes) -> PathBuf {
        self.root.join("batches").join(names::hex(box_id))
    }

    /// Stored batches in the order they arrived.
    fn stored(&self, box_id: &BoxIdBytes) -> Result<Vec<(u64, PathBuf)>, HubError> {
        let files = self.disk.list(&self.batch_dir(box_id))?;
        let mut stored: Vec<_> =
            files.into_iter().filter_map(|path| Some((arrival_of(&path)?, path))).collect();
        stored.sort();
        Ok(stored)
    }

    pub(super) fn fold(&self, card: &BoxCard) -> Result<Ledger, HubError> {
        let mut ledger = Ledger::default();
        for (arrival, path) in self.stored(&card.id)? {
            let bytes = self.disk.read(&path, BATCH_BYTES_MAX).map_err(HubError::from);
            match bytes.and_then(|bytes| self.open_from(card, &bytes)) {
                Ok(batch) => ledger.take(arrival, &batch),
                Err(_) => ledger.note_damaged(arrival),
            }
        }
        Ok(ledger)
    }
}

/// `None` for a draft that a power cut left behind.
fn arrival_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?.strip_suffix(".batch")?;
    name.split_once('-')?.0.parse().ok()
}
