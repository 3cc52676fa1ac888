//! Making a delta, at the publisher's: the region as it was and as it is, in any order, sorted on the way and held against
//! each other family by family and person by person, so that two states of a region fit into a small machine.

use super::{
    Base, DeltaRoot,
    change::{Change, Mark},
    keys::medical_key,
};
use crate::{
    domain::{
        checkup::Checkup, insured::Identity, medication::Dispensing, person::PersonRecord,
        time::Stamp, visit::Visit,
    },
    limits,
    seal::{SigningKeypair, SymmetricKey},
    snapshot::{
        Blind, BlockStream, MANIFEST_NAME, Manifest, Progress, ReleaseId, ReleaseSource,
        SnapshotError, Tree, Words, WordsLoader,
        block::{self, Fragment},
        build::{
            first_half,
            pack::{Blocks, Entry, Written, blocks_of, buckets_for, concatenated, write_file},
        },
        drug_key::DrugBlinds,
        history::{self, MedicalRow},
        keys::{EligibilityBlinds, WordsKey},
        layout::TreeSeal,
        manifest::{self, FORMAT, SignedBy, Wire, WireFile},
        record,
        shelf::Shelf,
        spill::{Partition, Spill},
    },
    sys::{Dice, Disk, roll},
    trust::compact::area_number,
};
use jiff::civil::Date;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
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
    /// People whose drugs, check-ups and visits came, went or changed, in this order.
    pub histories: [u64; 3],
    /// Eligibility records in the region afterwards.
    pub people: u64,
    /// Drug, check-up and visit rows in the region afterwards.
    pub rows: [u64; 3],
    /// Bytes of its block files.
    pub bytes: u64,
}

/// Which of the two states of the region a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it was: in the release the delta follows.
    Before,
    /// As it is.
    After,
}

/// Takes both states of a region in any order and makes of them what changed.
pub struct DeltaBuilder<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
    spec: &'a DeltaSpec<'a>,
    base: Base,
    release: ReleaseId,
    secrets: ReleaseSecrets,
    root: DeltaRoot,
    families: EligibilityBlinds,
    persons: DrugBlinds,
    person_words: Shelf,
    medical_words: Shelf,
    /// By family: the state, the record's mark, and of a record as it is the record itself.
    records: Spill<'a>,
    /// By person, for each medical tree: the state and the row.
    rows: [Spill<'a>; 3],
    /// The first half of everybody's blinded medical key, before and after: rows of nobody are in no release.
    known: [Vec<u64>; 2],
    people: u64,
    scratch: SymmetricKey,
}

impl<'a> DeltaBuilder<'a> {
    /// A delta to be written into `dir`. The root's files lie in `source`: its words are needed.
    pub fn new(
        disk: &'a dyn Disk,
        dir: &Path,
        spec: &'a DeltaSpec<'a>,
        secrets: &ReleaseSecrets,
        source: &dyn ReleaseSource,
    ) -> Result<Self, SnapshotError> {
        let base = fitting_base(spec, secrets)?;
        let words = |secret, tree| {
            let key = WordsKey(TreeSeal::new(
                secret,
                spec.root.release_id(),
                tree,
                spec.root.buckets(tree),
            ));
            root_words(&key, spec.root, source).and_then(|words| Ok(Shelf::fixed(words.of(&key)?)))
        };
        let person_words = words(&secrets.eligibility, Tree::PersonWords)?;
        let medical_words = words(&secrets.medical, Tree::MedicalWords)?;
        disk.make_dir(dir)?;
        disk.remove(&dir.join(MANIFEST_NAME))?; // an older manifest must not promise these files
        let scratch = SymmetricKey::random(spec.dice);
        let spill = |name: &str| Spill::new(disk, dir.join(name), &scratch);
        Ok(Self {
            disk,
            dir: dir.to_path_buf(),
            spec,
            base,
            release: ReleaseId(roll(spec.dice)),
            root: DeltaRoot::new(secrets.release, &secrets.eligibility),
            families: EligibilityBlinds::new(&secrets.eligibility),
            persons: DrugBlinds::new(&secrets.medical),
            secrets: secrets.clone(),
            person_words,
            medical_words,
            records: spill("records.sort"),
            rows: [spill("drugs.sort"), spill("checkups.sort"), spill("visits.sort")],
            known: [vec![], vec![]],
            people: 0,
            scratch: scratch.clone(),
        })
    }

    /// Takes one record.
    pub fn person(&mut self, state: State, person: &PersonRecord) -> Result<(), SnapshotError> {
        let mut entry = vec![state as u8];
        entry.extend_from_slice(&self.root.mark(person));
        if state == State::After {
            entry.extend_from_slice(&record::write_person(&mut self.person_words, person));
            self.people += 1;
        }
        let known = first_half(&self.persons.person(&person.identity, person.birth));
        self.known[state as usize].push(known);
        self.records.push(&self.families.family(&person.identity), &entry)
    }

    fn row<R: MedicalRow>(
        &mut self,
        place: usize,
        state: State,
        (identity, birth): (&Identity, Date),
        row: &R,
    ) -> Result<(), SnapshotError> {
        let mut entry = vec![state as u8];
        entry.extend_from_slice(&history::write_row(&mut self.medical_words, row));
        self.rows[place].push(&self.persons.person(identity, birth), &entry)
    }

    /// Takes one drug record of whoever has this identity and birth date.
    pub fn dispensing(
        &mut self,
        state: State,
        identity: &Identity,
        birth: Date,
        row: &Dispensing,
    ) -> Result<(), SnapshotError> {
        self.row(0, state, (identity, birth), row)
    }

    /// Takes one check-up item.
    pub fn checkup(
        &mut self,
        state: State,
        identity: &Identity,
        birth: Date,
        row: &Checkup,
    ) -> Result<(), SnapshotError> {
        self.row(1, state, (identity, birth), row)
    }

    /// Takes one act of a visit.
    pub fn visit(
        &mut self,
        state: State,
        identity: &Identity,
        birth: Date,
        row: &Visit,
    ) -> Result<(), SnapshotError> {
        self.row(2, state, (identity, birth), row)
    }

    /// Writes the delta: the block files, then the manifest that promises them.
    pub fn finish(
        mut self,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<DeltaSummary, SnapshotError> {
        self.known.iter_mut().for_each(|known| known.sort_unstable());
        let families = self.changed_families()?;
        let [drugs, checkups, visits] = [0, 1, 2].map(|place| self.changed_rows(place));
        let mut files = vec![];
        let (drugs, checkups, visits) = (drugs?, checkups?, visits?);
        let trees = [
            (Tree::Person, &families, family_blocks(&families)),
            (Tree::Drug, &drugs.changed, row_blocks(&drugs.changed)),
            (Tree::Checkup, &checkups.changed, row_blocks(&checkups.changed)),
            (Tree::Visit, &visits.changed, row_blocks(&visits.changed)),
        ];
        let all = trees.iter().map(|(_, changed, _)| changed.entries()).sum();
        let mut written = Written::of(all, on_progress);
        for (tree, changed, (buckets, blocks)) in trees {
            let secret = self.secret(tree);
            let seal = TreeSeal::new(&secret, self.release, tree, buckets);
            let blocks = (changed.entries(), blocks);
            files.push(write_file(self.disk, &self.dir, seal, blocks, &mut written)?);
        }
        let histories = [&drugs, &checkups, &visits].map(|changes| changes.changed.entries());
        let rows = [drugs, checkups, visits].map(|changes| changes.rows_after);
        self.sign(files, families.entries(), histories, rows)
    }

    fn secret(&self, tree: Tree) -> SymmetricKey {
        if tree.is_medical() {
            medical_key(&self.secrets.medical, self.release)
        } else {
            self.root.eligibility_key(self.release)
        }
    }

    /// A place for changes, named so that it is no other spill's.
    fn changes(&self, name: &str) -> Spill<'a> {
        Spill::new(self.disk, self.dir.join(name), &self.scratch)
    }

    fn changed_families(&self) -> Result<Spill<'a>, SnapshotError> {
        let mut changed = self.changes("records.changed");
        each_key(&self.records, |family, entries| {
            let change = change_of(entries).ok_or(SET_ASIDE)?;
            if !change.is_empty() {
                let mut body = vec![];
                change.write(&mut body);
                changed.push(family, &body)?;
            }
            Ok(())
        })?;
        Ok(changed)
    }

    fn changed_rows(&self, place: usize) -> Result<ChangedRows<'a>, SnapshotError> {
        let mut changed = self.changes(&format!("rows-{place}.changed"));
        if self.rows[place].entries() == 0 {
            // Not a word of this kind, then or now: it stays as it is, and so does its count.
            let follows = self.spec.follows;
            let counts = [follows.dispensings(), follows.checkups(), follows.visits()];
            return Ok(ChangedRows { changed, rows_after: counts[place] });
        }
        let mut rows_after = 0;
        each_key(&self.rows[place], |person, entries| {
            let body = |state: State| {
                let mut rows: Vec<&[u8]> = of_state(entries, state).collect();
                let known = self.known[state as usize].binary_search(&first_half(person)).is_ok();
                if known { history::gather_rows(&mut rows) } else { Some((vec![], 0)) }
            };
            let (before, _) = body(State::Before).ok_or(SET_ASIDE)?;
            let (after, kept) = body(State::After).ok_or(SET_ASIDE)?;
            rows_after += kept as u64;
            if before == after { Ok(()) } else { changed.push(person, &after) }
        })?;
        Ok(ChangedRows { changed, rows_after })
    }

    fn sign(
        &self,
        files: Vec<WireFile>,
        families: u64,
        histories: [u64; 3],
        rows: [u64; 3],
    ) -> Result<DeltaSummary, SnapshotError> {
        let (spec, root) = (self.spec, self.spec.root);
        let bytes = files.iter().map(|file| file.bytes).sum();
        let [dispensings, checkups, visits] = rows;
        let wire = Wire {
            format: FORMAT,
            release: self.release.0,
            region: area_number(root.region()),
            region_name: root.region_name().to_owned(),
            version: spec.version,
            made_at: spec.made_at.0,
            as_of: spec.as_of.0,
            next_due: spec.next_due.0,
            people: self.people,
            dispensings,
            files,
            opening: root.opening_id().0,
            wraps: vec![],
            scope: root.scope().number(),
            publisher_name: root.publisher_name().to_owned(),
            checkups,
            visits,
            base: Some(self.base),
        };
        let signed = manifest::sign(SignedBy::Publisher, &wire, spec.publisher)?;
        self.disk.replace(&self.dir.join(MANIFEST_NAME), &signed)?;
        Ok(DeltaSummary {
            release_id: self.release,
            version: spec.version,
            families,
            histories,
            people: self.people,
            rows,
            bytes,
        })
    }
}

/// Changed histories of one medical tree, and how many rows there are afterwards.
struct ChangedRows<'a> {
    changed: Spill<'a>,
    rows_after: u64,
}

const SET_ASIDE: SnapshotError = SnapshotError::Malformed("a row that was set aside");

fn fitting_base(spec: &DeltaSpec<'_>, secrets: &ReleaseSecrets) -> Result<Base, SnapshotError> {
    let base = Base::on(spec.follows);
    let root = spec.root.release_id();
    if root != secrets.release
        || root != base.root()
        || spec.root.base().is_some()
        || spec.follows.region() != spec.root.region()
    {
        return Err(SnapshotError::DeltaOtherRoot);
    }
    if !base.fits(spec.version) {
        return Err(SnapshotError::Malformed("a delta's version is not above the one before"));
    }
    Ok(base)
}

/// Hands over the entries of one key after the other, keys ascending.
fn each_key(
    spill: &Spill<'_>,
    mut take: impl FnMut(&Blind, &[&[u8]]) -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    for partition in spill.partitions() {
        let partition: Partition = partition?;
        let mut entries = partition.entries().peekable();
        while let Some((blind, first)) = entries.next() {
            let mut own = vec![first];
            while let Some((_, next)) = entries.next_if(|(other, _)| *other == blind) {
                own.push(next);
            }
            take(blind, &own)?;
        }
    }
    Ok(())
}

fn of_state<'e>(entries: &[&'e [u8]], state: State) -> impl Iterator<Item = &'e [u8]> {
    entries.iter().filter_map(move |entry| entry.strip_prefix(&[state as u8]))
}

/// Of one family's records: those that were and are not, and those that are and were not.
fn change_of(entries: &[&[u8]]) -> Option<Change> {
    let mut before: HashMap<Mark, usize> = HashMap::new();
    for entry in of_state(entries, State::Before) {
        *before.entry(entry.try_into().ok()?).or_default() += 1;
    }
    let mut change = Change::default();
    for entry in of_state(entries, State::After) {
        let (mark, body) = entry.split_first_chunk::<{ size_of::<Mark>() }>()?;
        match before.get_mut(mark).filter(|times| **times > 0) {
            Some(times) => *times -= 1,
            None => change.put.push(body.into()),
        }
    }
    let gone = before.into_iter().flat_map(|(mark, times)| std::iter::repeat_n(mark, times));
    change.taken.extend(gone);
    change.taken.sort_unstable();
    Some(change)
}

fn family_blocks<'s>(changed: &'s Spill<'_>) -> (u32, Blocks<'s>) {
    let bytes = changed.entry_bytes() + changed.entries() * size_of::<Blind>() as u64;
    let buckets = bytes.div_ceil(limits::DELTA_BLOCK_BYTES_AIM).max(1);
    let buckets = u32::try_from(buckets).unwrap_or(u32::MAX);
    let pack = |entries: Vec<Entry>| {
        entries.into_iter().flat_map(|(family, body)| [&family[..], &body].concat()).collect()
    };
    (buckets, blocks_of(changed, buckets, concatenated(), pack))
}

fn row_blocks<'s>(changed: &'s Spill<'_>) -> (u32, Blocks<'s>) {
    let (people, bytes) = (changed.entries(), changed.entry_bytes());
    let buckets = buckets_for(people, limits::BLOCK_RECORDS_AIM as u64, bytes);
    let pack = |entries: Vec<Entry>| block::write(Fragment::Long, &entries);
    (buckets, blocks_of(changed, buckets, concatenated(), pack))
}

fn root_words(
    key: &WordsKey,
    root: &Manifest,
    source: &dyn ReleaseSource,
) -> Result<Words, SnapshotError> {
    let mut loader = WordsLoader::new(key);
    let mut blocks = BlockStream::open(source, root, key.0.tree)?;
    while let Some((_, block)) = blocks.next_block()? {
        loader.take(&block)?;
    }
    loader.finish()
}
