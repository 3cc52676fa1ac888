//! What comes in signed: trust list, revocation lists, releases. Each is checked whole before anything is replaced.

use super::{
    Appliance,
    error::{AppError, rule},
};
use crate::{
    cache::{CacheError, Held, Past},
    credential::{RevocationError, RevocationList, Revocations},
    domain::{
        keys::BoxId,
        time::{ClockState, Reading, Stamp},
    },
    journal::Event,
    limits::{REVOCATION_BYTES_MAX, SIGNED_AHEAD_DAYS_MAX, TRUST_LIST_BYTES_MAX},
    messages::{self, Message, Trouble},
    seal::{self, SealError},
    snapshot::{Manifest, Progress, ReleaseSource, read_manifest},
    sys::DiskError,
    trust::{HeldList, KeyStatus, Role, TrustList},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError},
};

impl Appliance {
    pub(super) fn load_trust(&self) -> Result<(), AppError> {
        let bytes = match self.disk.read(&self.layout.trust_list(), TRUST_LIST_BYTES_MAX) {
            Err(DiskError::Missing(_)) => return Ok(()),
            read => read.map_err(AppError::from),
        };
        match bytes.and_then(|bytes| self.open_trust(&bytes)) {
            Ok(list) => {
                let named = (list.root_version(), list.sequence());
                // The power failed between the file and the journal: a list that counts bars those before it.
                // The file itself may not be on the disk yet: a journal that names it before would bar the one that is.
                let untold = self.remembered_list().is_none_or(|known| known < named);
                if untold && self.trust_lasts() {
                    self.write_down(&list)?;
                }
                self.set_trust(list);
                Ok(())
            }
            // A list damaged or put back must not keep the box from starting; it then counts as having none.
            Err(refusal) => self.note_refusal(self.now(), "trust_list", refusal.message().code),
        }
    }

    /// Waits until the trust list and the root documents are on the disk; a disk that refuses is asked again next time.
    pub(super) fn trust_lasts(&self) -> bool {
        let list = self.layout.trust_list();
        list.parent().is_some_and(|trust| self.disk.sync_tree(trust).is_ok())
    }

    fn open_trust(&self, bytes: &[u8]) -> Result<TrustList, AppError> {
        let held = self.journal.ask(|past| past.trust().clone());
        let list = TrustList::open(bytes, &*self.roots()?, &held)?;
        not_ahead(list.made_at(), self.now(), &messages::TRUST_LIST_FROM_THE_FUTURE)?;
        Ok(list)
    }

    /// Root version and number of the list that the journal knows.
    fn remembered_list(&self) -> Option<(u64, u64)> {
        let order = |held: &HeldList| (held.root_version, held.sequence);
        self.journal.ask(|past| past.trust().list.as_ref().map(order))
    }

    fn write_down(&self, list: &TrustList) -> Result<(), AppError> {
        let event = Event::TrustUpdated {
            sequence: list.sequence(),
            made_at: list.made_at().0,
            root_version: Some(list.root_version()),
            payload_hash: Some(list.payload_hash().to_owned()),
        };
        self.journal.append(self.now(), &event)?;
        Ok(())
    }

    fn set_trust(&self, list: TrustList) {
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(list));
    }

    /// Takes over a newer trust list; an older one is refused and the one held stays.
    pub fn take_trust_list(&self, bytes: &[u8]) -> Result<(), AppError> {
        let now = self.now();
        let remembered = self.remembered_list();
        let list = match self.open_trust(bytes) {
            Ok(list) => list,
            Err(refusal) => {
                self.note_refusal(now, "trust_list", refusal.message().code)?;
                return Err(refusal);
            }
        };
        let named = (list.root_version(), list.sequence());
        if remembered == Some(named) && self.held_trust().is_some() {
            return Ok(());
        }
        self.disk.replace(&self.layout.trust_list(), bytes)?;
        self.write_down(&list)?;
        self.set_trust(list);
        self.load_revocations()?; // judged by the keys now listed
        match self.release() {
            Some(_) => self.drop_stolen_release(),
            None => self.wake_cache(), // one may lie here that nobody could vouch for until now
        }
    }

    fn revocation_path(&self, issuer: &str) -> PathBuf {
        self.layout.revocations().join(format!("{issuer}.cose"))
    }

    pub(super) fn load_revocations(&self) -> Result<(), AppError> {
        let Some(trust) = self.held_trust() else { return Ok(()) };
        let mut all = Revocations::new();
        // A folder full of scrap is one line in the journal for each reason, not one for each file.
        let mut refused = BTreeSet::new();
        let listed = self.disk.list(&self.layout.revocations());
        let paths = listed.unwrap_or_else(|unreadable| {
            refused.insert(unreadable.message().code);
            vec![]
        });
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "cose")) {
            // One bad list must not keep the box from starting; its issuer then counts as having none.
            if let Err(refusal) = self.load_revocation_list(path, &trust, &mut all) {
                refused.insert(refusal.message().code);
            }
        }
        *self.revocations.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        refused.into_iter().try_for_each(|code| self.note_refusal(self.now(), "revocations", code))
    }

    fn load_revocation_list(
        &self,
        path: &Path,
        trust: &TrustList,
        all: &mut Revocations,
    ) -> Result<(), AppError> {
        let bytes = self.disk.read(path, REVOCATION_BYTES_MAX)?;
        self.open_revocations(&bytes, trust)?;
        all.accept(&bytes, trust)?;
        Ok(())
    }

    fn open_revocations(
        &self,
        bytes: &[u8],
        trust: &TrustList,
    ) -> Result<RevocationList, AppError> {
        // What the journal remembers counts too: a removed or replaced file must not open the way back.
        let issuer = seal::peek_kid(bytes).map_err(RevocationError::from)?.to_string();
        let held = self.journal.ask(|past| past.revocation_sequence(&issuer));
        let list = RevocationList::open(bytes, trust, held)?;
        not_ahead(list.made_at(), self.now(), &messages::REVOCATIONS_FROM_THE_FUTURE)?;
        Ok(list)
    }

    /// Takes over a newer revocation list of one issuer.
    pub fn take_revocations(&self, bytes: &[u8]) -> Result<(), AppError> {
        let (now, trust) = (self.now(), self.trust()?);
        let mut all = Revocations::clone(&self.revocations());
        let opened = self.open_revocations(bytes, &trust).and_then(|list| {
            all.accept(bytes, &trust)?;
            Ok(list)
        });
        let list = match opened {
            Ok(list) => list,
            Err(refusal) => {
                self.note_refusal(now, "revocations", refusal.message().code)?;
                return Err(refusal);
            }
        };
        let issuer = list.issuer().to_string();
        self.disk.replace(&self.revocation_path(&issuer), bytes)?;
        let event = Event::RevocationsUpdated {
            issuer,
            sequence: list.sequence(),
            made_at: list.made_at().0,
        };
        self.journal.append(now, &event)?;
        *self.revocations.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        Ok(())
    }

    /// Imports a whole release or a delta. The former one answers until the new one has passed its self-check; any refusal changes nothing.
    pub fn import_release(
        &self,
        source: &dyn ReleaseSource,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AppError> {
        let now = self.now();
        match self.try_import(source, on_progress) {
            Ok(manifest) => self.note_imported(&manifest),
            Err(held @ AppError::Cache(CacheError::AlreadyHeld(_))) => Err(held), // nothing to write down
            Err(refusal) => {
                self.note_refusal(now, "release", refusal.message().code)?;
                if matches!(refusal, AppError::Cache(CacheError::ChangesDamaged(_))) {
                    let _ = self.mend_cache(); // it writes down itself why it cannot; the refusal is this one
                }
                Err(refusal)
            }
        }
    }

    /// Writes down what answers now, and which whole release it is or builds on: no file of the cache's own decides what may
    /// come back.
    pub(super) fn note_imported(&self, manifest: &Manifest) -> Result<(), AppError> {
        let root = manifest.base().map_or_else(
            || Held { version: manifest.version(), release: manifest.release_id() },
            |base| Held { version: base.root_version(), release: base.root() },
        );
        let event = Event::ReleaseImported {
            region: manifest.region_name().to_owned(),
            version: manifest.version(),
            as_of: manifest.as_of().0,
            root: Some(root.dir_name()),
        };
        self.journal.append(self.now(), &event)?;
        self.tell_cache_its_past();
        Ok(())
    }

    /// What the journal knows of releases counts more than what lies beside them.
    pub(super) fn tell_cache_its_past(&self) {
        let past = self.journal.ask(|past| {
            past.newest_release().map(|newest| Past {
                version: newest.version,
                root: newest.root.as_deref().and_then(Held::from_dir_name),
            })
        });
        self.cache.believe(past.unwrap_or_default());
    }

    /// Reads a release's manifest and checks that its publisher may speak for the region.
    pub fn open_manifest(&self, source: &dyn ReleaseSource) -> Result<Manifest, AppError> {
        let trust = self.trust()?;
        let bytes = read_manifest(source)?;
        let manifest = Manifest::open(&bytes, |kid| trust.keys_for(Role::Publisher, kid))?;
        let now = self.now();
        publisher_vouches(&trust, &manifest, now)?;
        self.not_by_retired(&trust, &manifest)?;
        let newest = manifest.made_at().max(manifest.as_of());
        not_ahead(newest, now, &messages::RELEASE_FROM_THE_FUTURE)?;
        Ok(manifest)
    }

    /// A retired publisher's key signs nothing new, whatever moment it writes on it. What this box has held stands: the same
    /// release may be fetched again, and so may a root and its deltas that are to come back.
    fn not_by_retired(&self, trust: &TrustList, manifest: &Manifest) -> Result<(), AppError> {
        let signer = trust.entry(Role::Publisher, &manifest.signer()).map(|entry| entry.status);
        let held = self.journal.ask(|past| past.release_version());
        let newer = held.is_none_or(|held| manifest.version() > held);
        if newer && signer == Some(KeyStatus::Retired) {
            return Err(rule(&messages::KEY_RETIRED));
        }
        Ok(())
    }

    fn try_import(
        &self,
        source: &dyn ReleaseSource,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Manifest, AppError> {
        let manifest = self.open_manifest(source)?;
        // The journal remembers what an emptied cache forgot: the way back stays shut.
        let ever_held = self.journal.ask(|past| past.release_version());
        if let Some(held) = ever_held.filter(|held| *held > manifest.version())
            && !self.may_return(&manifest)?
        {
            return Err(CacheError::Rollback { held, offered: manifest.version() }.into());
        }
        if manifest.base().is_some() {
            self.cache.import_delta(source, &manifest, on_progress)?;
            return Ok(manifest);
        }
        let keys = manifest.unseal_for(&BoxId(self.keys.identity.id), &self.keys.sealing)?;
        self.cache.import(source, &manifest, &keys, on_progress)?;
        Ok(manifest)
    }

    /// Whether a release older than one ever held may come: the whole one whose deltas were merged over it, and these deltas,
    /// where what this box made of them is lost. Its answers tell how old they are until the deltas have come again.
    fn may_return(&self, manifest: &Manifest) -> Result<bool, AppError> {
        let root = manifest.base().map_or(manifest.release_id(), |base| base.root());
        Ok(self.cache.may_return()?.is_some_and(|held| held.release == root))
    }

    /// What somebody made who stole the publisher's key before is nobody's record. A key that has merely ended stops
    /// nothing: what it signed in its time stays good, and a box in a disaster must not fall silent by the calendar.
    pub(super) fn drop_stolen_release(&self) -> Result<(), AppError> {
        let (Some(trust), Some(release)) = (self.held_trust(), self.release()) else {
            return Ok(());
        };
        // One stolen delta is enough: what it changed cannot be told from what was so before.
        let stolen = release.manifests().any(|manifest| {
            let signer = trust.entry(Role::Publisher, &manifest.signer()).map(|entry| entry.status);
            matches!(signer, Some(KeyStatus::CompromisedSince(since)) if since <= manifest.made_at())
        });
        if stolen {
            self.cache.deactivate();
            self.note_refusal(self.now(), "release", messages::KEY_COMPROMISED.code)?;
        }
        Ok(())
    }

    /// Opens the release that the pointer names. A damaged cache is told in the journal and moved aside, so that the same
    /// release may come again; the counter still works. Where the deltas alone are damaged, the whole release under them
    /// answers.
    pub(super) fn wake_cache(&self) -> Result<(), AppError> {
        let Some(trust) = self.held_trust() else { return Ok(()) };
        let woken = self.cache.activate(
            |kid| trust.keys_for(Role::Publisher, kid),
            &BoxId(self.keys.identity.id),
            &self.keys.sealing,
        );
        if let Err(trouble) = woken {
            self.note_refusal(self.now(), "cache", trouble.message().code)?;
            if let Some(Err(stuck)) = trouble.is_damage().then(|| self.cache.set_aside()) {
                self.note_refusal(self.now(), "cache", stuck.message().code)?;
            }
        }
        // The power failed between the switch and the journal.
        let told = self.journal.ask(|past| past.release_version());
        if let Some(untold) = self.release().filter(|r| Some(r.newest().version()) > told) {
            self.note_imported(untold.newest())?;
        }
        self.drop_stolen_release()
    }
}

/// A box may have slept for months. Years ahead is a mistake or a trick: what is taken over once bars everything made
/// before it. A clock that is not sure refuses nothing.
fn not_ahead(signed: Stamp, now: Reading, refusal: &'static Message) -> Result<(), AppError> {
    match now.clock {
        ClockState::Sure if signed > now.at.plus_days(SIGNED_AHEAD_DAYS_MAX) => Err(rule(refusal)),
        _ => Ok(()),
    }
}

/// Whether the signer was in its time and speaks for this region.
fn publisher_vouches(trust: &TrustList, manifest: &Manifest, now: Reading) -> Result<(), AppError> {
    let entry = trust.entry(Role::Publisher, &manifest.signer());
    let entry = entry.ok_or(SealError::UnknownKey(manifest.signer().kid()))?;
    trust.vouches(entry, manifest.made_at().day(), now)?;
    // A box whose clock is behind must not take in what it would drop as a thief's at its next start.
    entry.usable_on(manifest.made_at().day(), manifest.made_at())?;
    if entry.covers(manifest.region()) {
        Ok(())
    } else {
        Err(rule(&messages::PUBLISHER_OUT_OF_AREA))
    }
}
