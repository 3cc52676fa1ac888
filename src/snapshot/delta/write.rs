//! Making a delta, at the publisher's: people and histories are compared as they stream by, before and after.
//!
//! Of each record one fingerprint of 24 bytes is held; the records themselves only where they changed.

use super::{
    Base, DeltaRoot,
    change::{Family, Mark},
    keys::medical_key,
};
use crate::{
    domain::{medication::Dispensing, person::PersonRecord, time::Stamp},
    limits,
    seal::{SigningKeypair, SymmetricKey},
    snapshot::{
        Blind, BlockStream, MANIFEST_NAME, Manifest, ReleaseId, ReleaseSource, SnapshotError, Tree,
        Words, WordsLoader,
        build::{Entries, Pieces, blocks_of},
        keys::{DrugBlinds, EligibilityBlinds, WordsKey, blinded},
        layout::TreeSeal,
        manifest::{self, FORMAT, Wire, WireFile},
        record,
        words::Shelf,
    },
    sys::{Dice, Disk, roll},
    trust::compact::area_number,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The keys of a whole release, which its publisher keeps as long as deltas on top of it shall come.
#[derive(Clone)]
pub struct ReleaseSecrets {
    release: ReleaseId,
    eligibility: SymmetricKey,
    medical: SymmetricKey,
}

impl std::fmt::Debug for ReleaseSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReleaseSecrets({})", self.release)
    }
}

impl ReleaseSecrets {
    /// As a key file kept them.
    #[must_use]
    pub fn new(release: ReleaseId, eligibility: SymmetricKey, medical: SymmetricKey) -> Self {
        Self { release, eligibility, medical }
    }

    /// Whose they are.
    #[must_use]
    pub fn release_id(&self) -> ReleaseId {
        self.release
    }

    /// The eligibility key and the medical key themselves, for a key file.
    #[must_use]
    pub fn expose(&self) -> [&SymmetricKey; 2] {
        [&self.eligibility, &self.medical]
    }
}

/// What a delta is to be.
pub struct DeltaSpec<'a> {
    /// The whole release at the root of the chain.
    pub root: &'a Manifest,
    /// The release it follows directly: the root, or the newest delta of its chain.
    pub follows: &'a Manifest,
    /// Higher than every release before.
    pub version: u64,
    /// Now.
    pub made_at: Stamp,
    /// The moment the records describe.
    pub as_of: Stamp,
    /// When the next one is promised.
    pub next_due: Stamp,
    /// Who signs.
    pub publisher: &'a SigningKeypair,
    /// For its name.
    pub dice: &'a dyn Dice,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaSummary {
    /// The delta's name.
    pub release_id: ReleaseId,
    /// Its version.
    pub version: u64,
    /// Families with a record that came, went or changed.
    pub families: u64,
    /// People whose history came, went or changed.
    pub histories: u64,
    /// Eligibility records in the region afterwards.
    pub people: u64,
    /// Drug records in the region afterwards.
    pub dispensings: u64,
    /// Bytes of its block files.
    pub bytes: u64,
}

/// One record, or one history, as a fingerprint.
type Fingerprint = (Blind, Mark);

/// What turns records into fingerprints and bytes.
struct Lens {
    secrets: ReleaseSecrets,
    root: DeltaRoot,
    families: EligibilityBlinds,
    persons: DrugBlinds,
    person_words: Shelf,
    medical_words: Shelf,
}

impl Lens {
    fn record(&self, person: &PersonRecord) -> Fingerprint {
        (self.families.family(&person.identity), self.root.mark(person))
    }

    /// The history as a release would hold it, and its fingerprint; `None` if there is none.
    fn history(
        &self,
        person: &PersonRecord,
        history: &[Dispensing],
    ) -> Option<(Fingerprint, Vec<Dispensing>)> {
        let mut history = history.to_vec();
        history.sort_by_key(|dispensing| std::cmp::Reverse(dispensing.on));
        history.truncate(limits::DISPENSINGS_MAX);
        if history.is_empty() {
            return None;
        }
        // Only ever compared with another of the same run, so the coding may be any.
        let written = record::write_history(&mut Shelf::default(), &history);
        let mut mark = Mark::default();
        let hash = blinded(&self.secrets.medical, &[b"history", &written]);
        mark.copy_from_slice(hash.split_at(size_of::<Mark>()).0);
        let blind = self.persons.person(&person.identity, person.birth);
        Some(((blind, mark), history))
    }
}

/// Takes in the region as it was: first step of a delta.
pub struct DeltaBuilder {
    lens: Lens,
    people: Vec<Fingerprint>,
    histories: Vec<Fingerprint>,
}

impl DeltaBuilder {
    /// A delta on top of `root`, whose files lie in `source`: its words are needed.
    pub fn new(
        secrets: &ReleaseSecrets,
        root: &Manifest,
        source: &dyn ReleaseSource,
    ) -> Result<Self, SnapshotError> {
        if root.release_id() != secrets.release || root.base().is_some() {
            return Err(SnapshotError::DeltaOtherRoot);
        }
        let words = |secret, tree| root_words(secret, root, source, tree);
        let lens = Lens {
            secrets: secrets.clone(),
            root: DeltaRoot::new(root.release_id(), &secrets.eligibility),
            families: EligibilityBlinds::new(&secrets.eligibility),
            persons: DrugBlinds::new(&secrets.medical),
            person_words: Shelf::fixed(&words(&secrets.eligibility, Tree::PersonWords)?),
            medical_words: Shelf::fixed(&words(&secrets.medical, Tree::DrugWords)?),
        };
        Ok(Self { lens, people: vec![], histories: vec![] })
    }

    /// A record as it was.
    pub fn before(&mut self, person: &PersonRecord) {
        self.people.push(self.lens.record(person));
    }

    /// A person's whole history as it was; none is as good as not calling this.
    pub fn before_history(&mut self, person: &PersonRecord, history: &[Dispensing]) {
        self.histories.extend(self.lens.history(person, history).map(|(print, _)| print));
    }

    /// All that was has been taken in; what is comes next.
    #[must_use]
    pub fn then(mut self) -> DeltaChanges {
        self.people.sort_unstable();
        self.histories.sort_unstable();
        DeltaChanges {
            seen: vec![false; self.people.len()],
            lens: self.lens,
            before: self.people,
            histories_before: self.histories,
            families: BTreeMap::new(),
            histories: BTreeMap::new(),
            histories_seen: vec![],
            people: 0,
            dispensings: 0,
        }
    }
}

/// Takes in the region as it is and keeps what differs: second step of a delta.
pub struct DeltaChanges {
    lens: Lens,
    before: Vec<Fingerprint>,
    /// Which of them were met again.
    seen: Vec<bool>,
    histories_before: Vec<Fingerprint>,
    histories_seen: Vec<Blind>,
    families: BTreeMap<Blind, Family>,
    histories: BTreeMap<Blind, Box<[u8]>>,
    people: u64,
    dispensings: u64,
}

impl DeltaChanges {
    fn family(&mut self, blind: Blind) -> &mut Family {
        let fresh = || Family { blind, change: super::Change::default() };
        self.families.entry(blind).or_insert_with(fresh)
    }

    /// A record as it is.
    pub fn after(&mut self, person: &PersonRecord) {
        self.people += 1;
        let print = self.lens.record(person);
        let from = self.before.partition_point(|before| *before < print);
        let until = self.before.partition_point(|before| *before <= print);
        let same = self.seen.get_mut(from..until).unwrap_or_default();
        if let Some(unmet) = same.iter_mut().find(|seen| !**seen) {
            *unmet = true;
            return;
        }
        let body = record::write_person(&mut self.lens.person_words, person);
        self.family(print.0).change.put.push(body.into());
    }

    /// A person's whole history as it is; none is as good as not calling this.
    pub fn after_history(&mut self, person: &PersonRecord, history: &[Dispensing]) {
        let Some((print, history)) = self.lens.history(person, history) else { return };
        self.dispensings += history.len() as u64;
        self.histories_seen.push(print.0);
        if self.histories_before.binary_search(&print).is_err() {
            let body = record::write_history(&mut self.lens.medical_words, &history);
            self.histories.insert(print.0, body.into());
        }
    }

    /// Writes the delta into `dir`: the block files, then the manifest that promises them.
    pub fn write(
        mut self,
        disk: &dyn Disk,
        dir: &Path,
        spec: &DeltaSpec<'_>,
    ) -> Result<DeltaSummary, SnapshotError> {
        let base = Base::on(spec.follows);
        if base.root() != self.lens.secrets.release
            || spec.root.release_id() != base.root()
            || spec.follows.region() != spec.root.region()
        {
            return Err(SnapshotError::DeltaOtherRoot);
        }
        if !base.fits(spec.version) {
            return Err(SnapshotError::Malformed("a delta's version is not above the one before"));
        }
        self.take_away()?;
        let (families, histories) = (self.families.len() as u64, self.histories.len() as u64);
        let (people, dispensings) = (self.people, self.dispensings);
        let release = ReleaseId(roll(spec.dice));
        disk.make_dir(dir)?;
        disk.remove(&dir.join(MANIFEST_NAME))?; // an older manifest must not promise these files
        let files = self.write_files(disk, dir, release)?;
        let bytes = files.iter().map(|file| file.bytes).sum();
        let wire = wire(spec, base, release, files, [people, dispensings]);
        disk.replace(&dir.join(MANIFEST_NAME), &manifest::sign(&wire, spec.publisher)?)?;
        Ok(DeltaSummary {
            release_id: release,
            version: spec.version,
            families,
            histories,
            people,
            dispensings,
            bytes,
        })
    }

    /// What was and was not met again is gone.
    fn take_away(&mut self) -> Result<(), SnapshotError> {
        let gone = self.before.iter().zip(&self.seen).filter(|(_, seen)| !**seen);
        let gone: Vec<Fingerprint> = gone.map(|(print, _)| *print).collect();
        for (blind, mark) in gone {
            self.family(blind).change.taken.push(mark);
        }
        let seen: BTreeSet<Blind> = self.histories_seen.iter().copied().collect();
        if seen.len() != self.histories_seen.len() {
            return Err(SnapshotError::Malformed("one person's history came twice"));
        }
        for (blind, _) in self.histories_before.iter().filter(|(blind, _)| !seen.contains(blind)) {
            self.histories.insert(*blind, Box::default());
        }
        Ok(())
    }

    fn write_files(
        self,
        disk: &dyn Disk,
        dir: &Path,
        release: ReleaseId,
    ) -> Result<Vec<WireFile>, SnapshotError> {
        let eligibility = self.lens.root.eligibility_key(release);
        let medical = medical_key(&self.lens.secrets.medical, release);
        let histories: Entries = self.histories.into_iter().collect();
        let parts = [
            (Tree::Person, eligibility, family_blocks(self.families.into_values())),
            (Tree::Drug, medical, blocks_of(histories)),
        ];
        let mut files = vec![];
        for (tree, secret, blocks) in parts {
            let buckets = u32::try_from(blocks.len())
                .map_err(|_| SnapshotError::BlockTooLarge { tree, bucket: u32::MAX })?;
            let seal = TreeSeal::new(&secret, release, tree, buckets);
            let mut pieces = Pieces::new(seal, blocks);
            disk.write_new(&dir.join(tree.file_name()), &mut pieces)?;
            files.push(pieces.finish()?);
        }
        Ok(files)
    }
}

fn wire(
    spec: &DeltaSpec<'_>,
    base: Base,
    release: ReleaseId,
    files: Vec<WireFile>,
    [people, dispensings]: [u64; 2],
) -> Wire {
    Wire {
        format: FORMAT,
        release: release.0,
        region: area_number(spec.root.region()),
        region_name: spec.root.region_name().to_owned(),
        version: spec.version,
        made_at: spec.made_at.0,
        as_of: spec.as_of.0,
        next_due: spec.next_due.0,
        people,
        dispensings,
        files,
        opening: spec.root.opening_id().0,
        wraps: vec![],
        base: Some(base),
    }
}

/// Families one after the other, about as many a block as fit; at least one block.
fn family_blocks(families: impl Iterator<Item = Family>) -> Vec<Vec<u8>> {
    let mut blocks = vec![vec![]];
    for family in families {
        let full = |block: &Vec<u8>| {
            !block.is_empty() && block.len() + family.bytes_max() > limits::BLOCK_BYTES_AIM
        };
        if blocks.last().is_none_or(full) {
            blocks.push(vec![]);
        }
        if let Some(block) = blocks.last_mut() {
            family.write(block);
        }
    }
    blocks
}

fn root_words(
    secret: &SymmetricKey,
    root: &Manifest,
    source: &dyn ReleaseSource,
    tree: Tree,
) -> Result<Words, SnapshotError> {
    let key = WordsKey(TreeSeal::new(secret, root.release_id(), tree, root.buckets(tree)));
    let mut loader = WordsLoader::new(&key);
    let mut blocks = BlockStream::open(source, root, tree)?;
    while let Some((_, block)) = blocks.next_block()? {
        loader.take(&block)?;
    }
    loader.finish()
}
