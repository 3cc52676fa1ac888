//! What answers at the counter: a whole release, seen through the deltas merged over it.

use super::{
    CacheError,
    overlay::Overlay,
    pointer::{Held, Pointer},
    release::BaseRelease,
};
use crate::{
    domain::{
        evidence::SnapshotSource, insured::Identity, medication::Dispensing, person::PersonRecord,
        verified::Verified,
    },
    snapshot::{Blind, DrugKey, Manifest, RegionKeys, SnapshotError, Tree},
};
use jiff::civil::Date;
use std::{collections::BTreeSet, sync::Arc};

/// One release, opened. Whoever holds it keeps it answering, also after a newer one took over.
pub struct OpenRelease {
    base: Arc<BaseRelease>,
    overlay: Option<Overlay>,
}

/// Who was born on one day.
#[derive(Debug, Default)]
pub struct Born {
    /// Those whose record can be read.
    pub people: Vec<Verified<PersonRecord>>,
    /// Families with somebody born that day whose block is damaged.
    pub unreadable: usize,
}

impl std::fmt::Debug for OpenRelease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenRelease({})", self.pointer().dir_name())
    }
}

impl OpenRelease {
    pub(super) fn new(base: Arc<BaseRelease>, overlay: Option<Overlay>) -> Self {
        Self { base, overlay }
    }

    pub(super) fn base(&self) -> &Arc<BaseRelease> {
        &self.base
    }

    pub(super) fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    pub(super) fn pointer(&self) -> Pointer {
        let overlay = self.overlay.as_ref().map(|overlay| Held::of(overlay.newest()));
        Pointer { base: Held::of(self.base.manifest()), overlay }
    }

    /// What the publisher signed about the whole release; its keys, and the opening it asks for, hold for the deltas too.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.base.manifest()
    }

    /// What the publisher signed last: about the newest delta, or about the whole release where there is none.
    #[must_use]
    pub fn newest(&self) -> &Manifest {
        self.overlay.as_ref().map_or(self.base.manifest(), Overlay::newest)
    }

    /// Everything signed that answers here: the whole release, then its deltas.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        let deltas = self.overlay.iter().flat_map(Overlay::chain);
        std::iter::once(self.base.manifest()).chain(deltas)
    }

    /// What this box may open of it.
    #[must_use]
    pub fn keys(&self) -> &RegionKeys {
        self.base.keys()
    }

    /// How it is named in an answer.
    #[must_use]
    pub fn source(&self) -> SnapshotSource {
        self.newest().source()
    }

    /// All records under the identity's insurer, symbol and number, whatever the branch: the caller narrows them down by
    /// branch and birth date. Nobody is an empty list; a block that does not open is an error and never "nobody".
    pub fn family(&self, identity: &Identity) -> Result<Vec<Verified<PersonRecord>>, CacheError> {
        let (family, _) = self.keys().family(identity);
        Ok(self.members(&family)?.into_iter().map(Verified::attest).collect())
    }

    fn members(&self, family: &Blind) -> Result<Vec<PersonRecord>, CacheError> {
        let bucket = self.keys().family_bucket(family);
        let members = self.base.members(family, bucket)?;
        let Some(overlay) = &self.overlay else { return Ok(members) };
        let Some(change) = overlay.change(family)? else { return Ok(members) };
        // A change that does not fit its family is damage: the unchanged records would be stale, none would be absence.
        let changed = self.keys().changed(self.base.words(), members, &change);
        Ok(changed.map_err(|_| SnapshotError::BlockDamaged { tree: Tree::Person, bucket })?)
    }

    /// The same, and how many families could not be read: one damaged block must not hide everybody of that day, and
    /// must not pass for "nobody" either.
    pub fn born_on(&self, day: Date) -> Result<Born, CacheError> {
        let mut families = self.base.families_born_on(day)?;
        if let Some(overlay) = &self.overlay {
            families.extend(overlay.families_born_on(&self.keys().birth(day).0)?);
        }
        let mut born = Born::default();
        for family in families.into_iter().collect::<BTreeSet<Blind>>() {
            let Ok(mut members) = self.members(&family) else {
                born.unreadable += 1;
                continue;
            };
            members.retain(|person| person.birth == day);
            born.people.extend(members.into_iter().map(Verified::attest));
        }
        Ok(born)
    }

    /// One person's drug history, newest first. Nothing is an empty list.
    pub fn dispensings(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Dispensing>, CacheError> {
        if let Some(overlay) = &self.overlay {
            let words = self.base.drug_words(key)?;
            if let Some(history) = overlay.history(key, &words, &key.person(person).0)? {
                return Ok(history);
            }
        }
        self.base.dispensings(person, key)
    }
}
