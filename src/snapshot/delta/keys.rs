//! Who opens a delta and the box's own overlay, and what marks a record. All of it follows from the root's keys.

use super::change::{self, Change, Family, Mark};
use crate::{
    domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit},
    limits,
    seal::SymmetricKey,
    snapshot::{
        Blind, DrugKey, Manifest, RegionKeys, ReleaseId, SnapshotError, Tree, Words,
        block::{self, Fragment},
        history::{self, MedicalRow},
        keys::{blinded, spelled},
        layout::{TreeSeal, bucket_of},
        names_index, record,
    },
};
use jiff::civil::Date;
use std::borrow::Cow;

const INDEX_BLIND_BYTES: usize = 8;
/// A short record; the index is sized by it.
const RECORD_BYTES: u64 = 64;

/// What the deltas of one root are opened with.
#[derive(Clone, Debug)]
pub(in crate::snapshot) struct DeltaRoot {
    root: ReleaseId,
    eligibility: SymmetricKey,
    marks: SymmetricKey,
}

fn named(id: ReleaseId) -> [u8; 32] {
    let mut name = [0; 32];
    name[..16].copy_from_slice(&id.0);
    name
}

pub(super) fn medical_key(root: &SymmetricKey, delta: ReleaseId) -> SymmetricKey {
    SymmetricKey::derive("sonae delta v1 medical", &[root.expose(), &named(delta)])
}

impl DeltaRoot {
    pub(in crate::snapshot) fn new(root: ReleaseId, eligibility: &SymmetricKey) -> Self {
        let marks = SymmetricKey::derive("sonae delta v1 marks", &[eligibility.expose()]);
        Self { root, eligibility: eligibility.clone(), marks }
    }

    pub(super) fn eligibility_key(&self, delta: ReleaseId) -> SymmetricKey {
        let secrets = [self.eligibility.expose(), &named(delta)];
        SymmetricKey::derive("sonae delta v1 eligibility", &secrets)
    }

    /// Part of the format: publisher and box must mark alike, however records are coded in blocks.
    pub(super) fn mark(&self, record: &PersonRecord) -> Mark {
        let said = said(record);
        let parts = said.each_ref().map(|part| part.as_bytes());
        let mut mark = Mark::default();
        mark.copy_from_slice(blinded(&self.marks, &parts).split_at(size_of::<Mark>()).0);
        mark
    }
}

/// Raised whenever an overlay's blocks, entries or sizes are laid out in another way.
const OVERLAY_FORM: u32 = 1;

/// Everything a record says, one text a field. Taken apart by name, so that a new field cannot be forgotten here.
fn said(record: &PersonRecord) -> [Cow<'_, str>; 20] {
    let PersonRecord {
        identity,
        insurer_name,
        name,
        kana,
        alias,
        birth,
        sex,
        address,
        municipality,
        relation,
        burden,
        limit_class,
        valid_from,
        lost_on,
        loss_reason,
        standing,
        origin: _, // only in a facility's own store, which has no deltas
    } = record;
    let told = |text: Option<String>| Cow::from(text.unwrap_or_default());
    let text = |text: Option<&String>| told(text.map(|text| format!("+{text}")));
    let number = |number: u32| Cow::from(number.to_string());
    [
        identity.insurer.to_string().into(),
        (&identity.symbol).into(),
        (&identity.number).into(),
        told(identity.branch.map(|branch| branch.to_string())),
        insurer_name.into(),
        name.into(),
        kana.into(),
        text(alias.as_ref().map(|alias| &alias.name)),
        text(alias.as_ref().map(|alias| &alias.kana)),
        spelled(*birth).into(),
        number(*sex as u32),
        address.into(),
        number(*municipality),
        number(*relation as u32),
        told(burden.map(|burden| burden.value().to_string())),
        text(limit_class.as_ref()),
        spelled(*valid_from).into(),
        told(lost_on.map(spelled)),
        told(loss_reason.map(|reason| (reason as u8).to_string())),
        number(*standing as u32),
    ]
}

/// Opens the changes of one delta. Made by [`RegionKeys::delta`] only.
#[derive(Clone, Debug)]
pub struct DeltaKeys<'a> {
    root: &'a RegionKeys,
    person: TreeSeal,
}

impl DeltaKeys<'_> {
    /// Opens a block of the delta's [`Tree::Person`]: families in the order of their blinds, each record readable and in its
    /// family.
    pub fn open_families(
        &self,
        words: &Words,
        bucket: u32,
        sealed: &[u8],
    ) -> Result<Vec<Family>, SnapshotError> {
        let plain = self.person.open(bucket, sealed)?;
        let families = change::families(&plain).ok_or_else(|| self.person.damaged(bucket))?;
        for family in &families {
            let at_home =
                |record: &PersonRecord| self.root.family(&record.identity).0 == family.blind;
            if !self.root.records(words, &family.change)?.iter().all(at_home) {
                return Err(self.person.damaged(bucket));
            }
        }
        Ok(families)
    }
}

impl RegionKeys {
    /// What opens a delta of this root.
    pub fn delta(&self, delta: &Manifest) -> Result<DeltaKeys<'_>, SnapshotError> {
        if delta.base().is_none_or(|base| base.root() != self.deltas.root) {
            return Err(SnapshotError::DeltaOtherRoot);
        }
        let secret = self.deltas.eligibility_key(delta.release_id());
        let buckets = delta.buckets(Tree::Person);
        let person = TreeSeal::new(&secret, delta.release_id(), Tree::Person, buckets);
        Ok(DeltaKeys { root: self, person })
    }

    /// What seals the changes of a whole chain merged on this box. Its key binds the chain's signed bytes, the box and the
    /// layout, so that no key ever seals two different things.
    #[must_use]
    pub fn overlay(&self, chain: &[Manifest]) -> OverlayKeys {
        let mut hasher = blake3::Hasher::new();
        let mut bytes = 0;
        for delta in chain {
            hasher.update(blake3::hash(delta.signed_bytes()).as_bytes());
            bytes += delta.file(Tree::Person).bytes;
        }
        // And how the changes are laid out, by this version of the program on this box: another layout is another thing.
        hasher.update(&OVERLAY_FORM.to_be_bytes());
        hasher.update(&self.box_id().0);
        hasher.update(&blocks_for(bytes).to_be_bytes());
        let chain = *hasher.finalize().as_bytes();
        let secrets = [self.deltas.eligibility.expose(), &chain];
        let secret = SymmetricKey::derive("sonae overlay v1", &secrets);
        let entries = bytes / RECORD_BYTES * size_of::<IndexEntry>() as u64;
        let mut name = [0; 16];
        name.copy_from_slice(chain.split_at(16).0);
        let seal = |tree, buckets| TreeSeal::new(&secret, ReleaseId(name), tree, buckets);
        OverlayKeys {
            person: seal(Tree::Person, blocks_for(bytes)),
            birth: seal(Tree::Birth, blocks_for(entries)),
            kana: seal(Tree::Kana, blocks_for(entries)),
        }
    }

    /// What a birth date is called in this release.
    #[must_use]
    pub fn birth(&self, day: Date) -> Blind {
        self.blinds.birth(day)
    }

    /// What a person's whole readings are called in this release.
    #[must_use]
    pub fn readings(&self, person: &PersonRecord) -> Vec<Blind> {
        names_index::readings(person).into_iter().map(|own| self.blinds.reading(own)).collect()
    }

    /// The records that came with a change.
    pub fn records(
        &self,
        words: &Words,
        change: &Change,
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        let words = words.of(self.words_key())?;
        let bodies = change.put.iter();
        let records: Option<Vec<_>> = bodies.map(|body| record::read_person(words, body)).collect();
        records.ok_or(SnapshotError::Malformed("a record of a delta"))
    }

    /// A change and then a newer one.
    pub fn joined(
        &self,
        words: &Words,
        older: Change,
        newer: Change,
    ) -> Result<Change, SnapshotError> {
        let words = words.of(self.words_key())?;
        let mark_of = |body: &[u8]| Some(self.deltas.mark(&record::read_person(words, body)?));
        older.then(newer, mark_of).ok_or(SnapshotError::Malformed("a record of a delta"))
    }

    /// A family as the root has it, changed. A mark that hits nothing is damage: somebody would be there twice.
    pub fn changed(
        &self,
        words: &Words,
        mut members: Vec<PersonRecord>,
        change: &Change,
    ) -> Result<Vec<PersonRecord>, SnapshotError> {
        for mark in &change.taken {
            let at = members.iter().position(|member| self.deltas.mark(member) == *mark);
            members.remove(at.ok_or(SnapshotError::Malformed("a delta takes away nobody"))?);
        }
        members.extend(self.records(words, change)?);
        Ok(members)
    }
}

/// Seals and opens what this box made of a chain of deltas. Made by [`RegionKeys::overlay`] only.
#[derive(Clone, Debug)]
pub struct OverlayKeys {
    person: TreeSeal,
    birth: TreeSeal,
    kana: TreeSeal,
}

/// Where an index points: the start of a blinded day or reading, and a family.
pub type IndexEntry = [u8; INDEX_BLIND_BYTES + 16];

/// Enough blocks for as many bytes; what deltas undo of one another leaves some empty.
fn blocks_for(bytes: u64) -> u32 {
    u32::try_from(bytes / limits::OVERLAY_BLOCK_BYTES_AIM + 1).unwrap_or(u32::MAX)
}

impl OverlayKeys {
    /// Blocks of changed families.
    #[must_use]
    pub fn family_buckets(&self) -> u32 {
        self.person.buckets
    }

    /// The seal of one of its indexes: by birth date, or else by whole reading.
    fn index(&self, tree: Tree) -> &TreeSeal {
        if tree == Tree::Birth { &self.birth } else { &self.kana }
    }

    /// Blocks of the index by birth date ([`Tree::Birth`]) or by whole reading ([`Tree::Kana`]).
    #[must_use]
    pub fn index_buckets(&self, tree: Tree) -> u32 {
        self.index(tree).buckets
    }

    /// Which block holds a family's change.
    #[must_use]
    pub fn family_bucket(&self, family: &Blind) -> u32 {
        bucket_of(family, self.person.buckets)
    }

    /// Which block of an index holds a blinded day or reading.
    #[must_use]
    pub fn index_bucket(&self, tree: Tree, key: &Blind) -> u32 {
        bucket_of(key, self.index(tree).buckets)
    }

    /// Seals a block of families in the order of their blinds.
    pub fn seal_families(
        &self,
        bucket: u32,
        families: &[Family],
    ) -> Result<Vec<u8>, SnapshotError> {
        let mut plain = vec![];
        families.iter().for_each(|family| family.write(&mut plain));
        self.person.seal(bucket, &plain)
    }

    /// Opens a block of families.
    pub fn open_families(&self, bucket: u32, sealed: &[u8]) -> Result<Vec<Family>, SnapshotError> {
        let plain = self.person.open(bucket, sealed)?;
        change::families(&plain).ok_or_else(|| self.person.damaged(bucket))
    }

    /// The entry that leads from a day or a reading to a family.
    #[must_use]
    pub fn index_entry(key: &Blind, family: &Blind) -> IndexEntry {
        let mut entry = [0; INDEX_BLIND_BYTES + 16];
        let (head, tail) = entry.split_at_mut(INDEX_BLIND_BYTES);
        head.copy_from_slice(key.split_at(INDEX_BLIND_BYTES).0);
        tail.copy_from_slice(family);
        entry
    }

    /// Seals a block of an index.
    pub fn seal_index(
        &self,
        tree: Tree,
        bucket: u32,
        entries: &[IndexEntry],
    ) -> Result<Vec<u8>, SnapshotError> {
        self.index(tree).seal(bucket, entries.as_flattened())
    }

    /// Opens a block of an index and reads the families with somebody born on one day, or of one whole reading.
    pub fn open_index(
        &self,
        tree: Tree,
        bucket: u32,
        sealed: &[u8],
        key: &Blind,
    ) -> Result<Vec<Blind>, SnapshotError> {
        let plain = self.index(tree).open(bucket, sealed)?;
        let (entries, rest) = plain.as_chunks::<{ INDEX_BLIND_BYTES + 16 }>();
        if !rest.is_empty() {
            return Err(self.index(tree).damaged(bucket));
        }
        let head = key.split_at(INDEX_BLIND_BYTES).0;
        let found = entries.iter().filter_map(|entry| {
            let (start, family) = entry.split_at(INDEX_BLIND_BYTES);
            (start == head).then(|| family.try_into().ok())?
        });
        Ok(found.collect())
    }
}

/// Where in a chain of deltas a medical block lies.
#[derive(Clone, Copy, Debug)]
pub struct DeltaBlock<'a> {
    /// Whose block it is.
    pub delta: &'a Manifest,
    /// Which one of its tree.
    pub bucket: u32,
    /// The block as it was sealed.
    pub sealed: &'a [u8],
}

impl DrugKey {
    fn delta_seal(&self, delta: &Manifest, tree: Tree) -> Result<TreeSeal, SnapshotError> {
        if delta.base().is_none_or(|base| base.root() != self.release_id()) {
            return Err(SnapshotError::DrugKeyOfOtherRelease);
        }
        let secret = medical_key(&self.secret, delta.release_id());
        Ok(TreeSeal::new(&secret, delta.release_id(), tree, delta.buckets(tree)))
    }

    /// Which block of a delta's medical tree would hold a person.
    #[must_use]
    pub fn delta_bucket(delta: &Manifest, tree: Tree, person: &Blind) -> u32 {
        bucket_of(person, delta.buckets(tree))
    }

    fn open_delta<R: MedicalRow>(
        &self,
        tree: Tree,
        words: &Words,
        block: DeltaBlock<'_>,
        person: &Blind,
    ) -> Result<Option<Vec<R>>, SnapshotError> {
        let seal = self.delta_seal(block.delta, tree)?;
        let words = words.of(self.words_key())?;
        let plain = seal.open(block.bucket, block.sealed)?;
        let damaged = || seal.damaged(block.bucket);
        let found = block::find(Fragment::Long, &plain, person).ok_or_else(damaged)?;
        let Some(body) = found else { return Ok(None) };
        history::read_history(words, body).map(Some).ok_or_else(damaged)
    }

    /// Opens a block of a delta's [`Tree::Drug`]: all the person's drugs now, newest first; `None` if the delta says nothing
    /// about them. None at all says that there are none any more.
    pub fn open_delta_drugs(
        &self,
        words: &Words,
        block: DeltaBlock<'_>,
        person: &Blind,
    ) -> Result<Option<Vec<Dispensing>>, SnapshotError> {
        self.open_delta(Tree::Drug, words, block, person)
    }

    /// The same of [`Tree::Checkup`].
    pub fn open_delta_checkups(
        &self,
        words: &Words,
        block: DeltaBlock<'_>,
        person: &Blind,
    ) -> Result<Option<Vec<Checkup>>, SnapshotError> {
        self.open_delta(Tree::Checkup, words, block, person)
    }

    /// The same of [`Tree::Visit`].
    pub fn open_delta_visits(
        &self,
        words: &Words,
        block: DeltaBlock<'_>,
        person: &Blind,
    ) -> Result<Option<Vec<Visit>>, SnapshotError> {
        self.open_delta(Tree::Visit, words, block, person)
    }
}
