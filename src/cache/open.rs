//! What answers at the counter: a whole release, seen through the deltas merged over it.

use super::{
    CacheError,
    overlay::Overlay,
    pointer::{Held, Pointer},
    release::{BaseRelease, Pointed},
};
use crate::{
    domain::{
        checkup::Checkup, evidence::SnapshotSource, insured::Identity, medication::Dispensing,
        person::PersonRecord, verified::Verified, visit::Visit,
    },
    limits::READING_FAMILIES_MAX,
    snapshot::{
        Blind, DeltaBlock, DrugKey, Manifest, NameFilter, RegionKeys, SnapshotError, Tree, Words,
    },
};
use jiff::{ToSpan, civil::Date};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// One release, opened. Whoever holds it keeps it answering, also after a newer one took over.
pub struct OpenRelease {
    base: Arc<BaseRelease>,
    overlay: Option<Arc<Overlay>>,
}

/// Who may be meant by a name, a birth date or both. The caller holds each record against the question.
#[derive(Debug, Default)]
pub struct Found {
    /// Those whose record can be read.
    pub people: Vec<Verified<PersonRecord>>,
    /// Blocks with somebody who may be meant that are damaged: one of them must not hide everybody, and must not pass for
    /// "nobody" either.
    pub unreadable: usize,
}

impl std::fmt::Debug for OpenRelease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenRelease({})", self.pointer().dir_name())
    }
}

impl OpenRelease {
    pub(super) fn new(base: Arc<BaseRelease>, overlay: Option<Arc<Overlay>>) -> Self {
        Self { base, overlay }
    }

    pub(super) fn base(&self) -> &Arc<BaseRelease> {
        &self.base
    }

    pub(super) fn overlay(&self) -> Option<&Arc<Overlay>> {
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
        self.overlay.as_ref().map_or(self.base.manifest(), |overlay| overlay.newest())
    }

    /// Everything signed that answers here: the whole release, then its deltas.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        let deltas = self.overlay.iter().flat_map(|overlay| overlay.chain());
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
        Ok(self.members(&family, Some(identity))?.into_iter().map(Verified::attest).collect())
    }

    fn members(
        &self,
        family: &Blind,
        asked: Option<&Identity>,
    ) -> Result<Vec<PersonRecord>, CacheError> {
        let members = self.base.members(family, asked)?;
        let Some(overlay) = &self.overlay else { return Ok(members) };
        let Some(change) = overlay.change(family)? else { return Ok(members) };
        // A change that does not fit its family is damage: the unchanged records would be stale, none would be absence.
        let bucket = self.keys().family_bucket(family);
        let changed = self.keys().changed(self.base.words(), members, &change);
        Ok(changed.map_err(|_| SnapshotError::BlockDamaged { tree: Tree::Person, bucket })?)
    }

    /// Everybody whose record can be read, for a store small enough to be made anew, and the number of blocks that cannot:
    /// whoever is in them is not "nobody". One that has no deltas.
    #[must_use]
    pub fn everybody(&self) -> (Vec<PersonRecord>, usize) {
        let Pointed { people, unreadable } = self.base.everybody();
        (people, unreadable)
    }

    /// Everybody born on a day whose name may be the one asked for; an empty name is any.
    pub fn born_on(&self, day: Date, name: &str) -> Result<Found, CacheError> {
        let mut found = Found::default();
        self.add_born(day, &self.keys().name_filter(name), &mut found)?;
        Ok(found)
    }

    /// Everybody born in a year whose name may be the one asked for.
    pub fn born_in(&self, year: i16, name: &str) -> Result<Found, CacheError> {
        let (mut found, filter) = (Found::default(), self.keys().name_filter(name));
        let first = Date::new(year, 1, 1).ok();
        let days = first.into_iter().flat_map(|first| first.series(1.day()));
        for day in days.take_while(|day| day.year() == year) {
            match self.add_born(day, &filter, &mut found) {
                Err(CacheError::Snapshot(SnapshotError::BlockDamaged { .. })) => {
                    found.unreadable += 1;
                }
                other => other?,
            }
        }
        Ok(found)
    }

    /// Everybody whose whole kana is the one asked for, in any spelling.
    pub fn read_as(&self, kana: &str) -> Result<Found, CacheError> {
        let (reading, bucket) = self.keys().reading(kana);
        let pointed = self.base.read_as((&reading, bucket))?;
        let changed = self.indexed(Tree::Kana, &reading)?;
        if changed.len() > READING_FAMILIES_MAX {
            return Err(CacheError::ReadingOfMany);
        }
        let mut found = Found::default();
        let meant = |person: &PersonRecord| self.keys().reads_as(person, &reading);
        self.add_pointed(pointed, changed, meant, &mut found);
        Ok(found)
    }

    fn add_born(
        &self,
        day: Date,
        filter: &NameFilter,
        found: &mut Found,
    ) -> Result<(), CacheError> {
        let pointed = self.base.born_on(day, filter)?;
        let changed = self.indexed(Tree::Birth, &self.keys().birth(day))?;
        self.add_pointed(pointed, changed, |person| person.birth == day, found);
        Ok(())
    }

    /// Changed families that an index of the overlay leads to.
    fn indexed(&self, tree: Tree, key: &Blind) -> Result<BTreeSet<Blind>, CacheError> {
        let Some(overlay) = &self.overlay else { return Ok(BTreeSet::new()) };
        overlay.indexed(tree, key)
    }

    /// Whoever the base points to, but for changed families: of these only what they are now counts.
    fn add_pointed(
        &self,
        pointed: Pointed,
        mut changed: BTreeSet<Blind>,
        meant: impl Fn(&PersonRecord) -> bool,
        found: &mut Found,
    ) {
        found.unreadable += pointed.unreadable;
        let mut people = pointed.people;
        if let Some(overlay) = &self.overlay {
            let mut unchanged = vec![];
            for (family, members) in self.by_family(people) {
                match overlay.change(&family) {
                    Ok(None) => unchanged.extend(members),
                    Ok(Some(_)) => drop(changed.insert(family)),
                    Err(_) => found.unreadable += 1,
                }
            }
            people = unchanged;
        }
        for family in changed {
            match self.members(&family, None) {
                Ok(members) => people.extend(members),
                Err(_) => found.unreadable += 1,
            }
        }
        people.retain(meant);
        found.people.extend(people.into_iter().map(Verified::attest));
    }

    fn by_family(&self, people: Vec<PersonRecord>) -> BTreeMap<Blind, Vec<PersonRecord>> {
        let mut families: BTreeMap<Blind, Vec<PersonRecord>> = BTreeMap::new();
        for person in people {
            families.entry(self.keys().family(&person.identity).0).or_default().push(person);
        }
        families
    }

    /// One person's drugs, newest first. Nothing is an empty list.
    pub fn dispensings(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Dispensing>, CacheError> {
        let (blind, words) = self.medical(person, key)?;
        let open = |block: DeltaBlock<'_>| key.open_delta_drugs(words, block, &blind);
        match self.changed_rows(Tree::Drug, &blind, open)? {
            Some(rows) => Ok(rows),
            None => {
                let sealed = self.base.medical(Tree::Drug, &blind, key)?;
                Ok(key.open_drugs(words, &sealed, &blind)?)
            }
        }
    }

    /// One person's check-ups (特定健診), newest first.
    pub fn checkups(
        &self,
        person: &PersonRecord,
        key: &DrugKey,
    ) -> Result<Vec<Checkup>, CacheError> {
        let (blind, words) = self.medical(person, key)?;
        let open = |block: DeltaBlock<'_>| key.open_delta_checkups(words, block, &blind);
        match self.changed_rows(Tree::Checkup, &blind, open)? {
            Some(rows) => Ok(rows),
            None => {
                let sealed = self.base.medical(Tree::Checkup, &blind, key)?;
                Ok(key.open_checkups(words, &sealed, &blind)?)
            }
        }
    }

    /// One person's visits (診療), newest first.
    pub fn visits(&self, person: &PersonRecord, key: &DrugKey) -> Result<Vec<Visit>, CacheError> {
        let (blind, words) = self.medical(person, key)?;
        let open = |block: DeltaBlock<'_>| key.open_delta_visits(words, block, &blind);
        match self.changed_rows(Tree::Visit, &blind, open)? {
            Some(rows) => Ok(rows),
            None => {
                let sealed = self.base.medical(Tree::Visit, &blind, key)?;
                Ok(key.open_visits(words, &sealed, &blind)?)
            }
        }
    }

    fn medical(&self, person: &PersonRecord, key: &DrugKey) -> Result<(Blind, &Words), CacheError> {
        let words = self.base.drug_words(key)?;
        Ok((key.person(person), words))
    }

    /// A person's rows as the newest delta that speaks of them has them; `None` if none does.
    fn changed_rows<R>(
        &self,
        tree: Tree,
        person: &Blind,
        open: impl Fn(DeltaBlock<'_>) -> Result<Option<Vec<R>>, SnapshotError>,
    ) -> Result<Option<Vec<R>>, CacheError> {
        self.overlay.as_ref().map_or(Ok(None), |overlay| overlay.rows(tree, person, open))
    }
}
