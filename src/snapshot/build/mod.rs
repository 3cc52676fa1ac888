//! Building a release, at the publisher's: people and medical rows are taken as they come, in any order, and sorted on the
//! way, so that a region fits into a small machine.

pub(super) mod pack;

use super::{
    Blind, MANIFEST_NAME, OpeningSecret, Progress, ReleaseId, ReleaseSecrets, SnapshotError, Step,
    Tree,
    block::{self, Fragment},
    drug_key::DrugBlinds,
    history,
    keys::EligibilityBlinds,
    layout::TreeSeal,
    manifest::{self, FORMAT, Scope, SignedBy, Wire, WireFile},
    names_index::{self, BirthEntry, Pointer},
    record,
    shelf::Shelf,
    spill::Spill,
    wraps::{ReleaseKeys, WireWrap},
};
use crate::{
    domain::{
        area::Area, checkup::Checkup, insured::Identity, keys::BoxId, medication::Dispensing,
        person::PersonRecord, time::Stamp, visit::Visit,
    },
    limits,
    seal::{SealingPublicKey, SigningKeypair, SymmetricKey},
    sys::{Dice, Disk, roll},
    trust::compact::{area_number, day_number},
};
use jiff::civil::Date;
use pack::{
    Blocks, Entry, Written, blocks_of, buckets_for, concatenated, distinct_keys, word_blocks,
};
use std::path::{Path, PathBuf};

/// People between two reports of progress.
const PROGRESS_EVERY: u64 = 10_000;
/// The part of a family's blinded key that a pointer is made of.
const POINTED_BYTES: usize = 9;

/// A box that may open the release.
#[derive(Clone, Copy, Debug)]
pub struct EnrolledBox {
    /// Its name.
    pub id: BoxId,
    /// Where it receives sealed keys.
    pub sealing: SealingPublicKey,
}

/// What a release is to be.
pub struct ReleaseSpec<'a> {
    /// The region covered.
    pub region: Area,
    /// Its name, such as "石川県".
    pub region_name: &'a str,
    /// How much of it.
    pub scope: Scope,
    /// Who publishes, in words.
    pub publisher_name: &'a str,
    /// Higher than every release before.
    pub version: u64,
    /// Now.
    pub made_at: Stamp,
    /// The moment the records describe.
    pub as_of: Stamp,
    /// When the next one is promised.
    pub next_due: Stamp,
    /// Who may open it.
    pub boxes: &'a [EnrolledBox],
    /// What opens the medical records, with each box's share.
    pub opening: &'a OpeningSecret,
    /// Who signs.
    pub publisher: &'a SigningKeypair,
    /// For fresh keys.
    pub dice: &'a dyn Dice,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseSummary {
    /// The release's name.
    pub release_id: ReleaseId,
    /// Its version.
    pub version: u64,
    /// Eligibility records in it.
    pub people: u64,
    /// Drug records in it.
    pub dispensings: u64,
    /// Check-up items in it.
    pub checkups: u64,
    /// Acts of visits in it.
    pub visits: u64,
    /// Medical rows left out, the oldest of people with more than [`limits::DISPENSINGS_MAX`] of one kind.
    pub rows_left_out: u64,
    /// Medical rows that belong to nobody among the people, left out too.
    pub rows_of_nobody: u64,
    /// Bytes of its block files.
    pub bytes: u64,
}

/// How many rows of one medical tree went in, and how many did not.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    rows: u64,
    left_out: u64,
    of_nobody: u64,
}

/// Takes people and medical rows in any order and makes a release of them.
pub struct ReleaseBuilder<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
    spec: &'a ReleaseSpec<'a>,
    release: ReleaseId,
    keys: ReleaseKeys,
    blinds: EligibilityBlinds,
    drug_blinds: DrugBlinds,
    person_words: Shelf,
    medical_words: Shelf,
    people: Spill<'a>,
    births: Spill<'a>,
    readings: Spill<'a>,
    drugs: Spill<'a>,
    checkups: Spill<'a>,
    visits: Spill<'a>,
    /// The first half of everybody's blinded medical key: whose rows belong to somebody.
    known: Vec<u64>,
}

impl<'a> ReleaseBuilder<'a> {
    /// A release to be written into `dir`, under fresh keys.
    pub fn new(
        disk: &'a dyn Disk,
        dir: &Path,
        spec: &'a ReleaseSpec<'a>,
    ) -> Result<Self, SnapshotError> {
        let release = ReleaseId(roll(spec.dice));
        let keys = ReleaseKeys {
            eligibility: SymmetricKey::random(spec.dice),
            drug: SymmetricKey::random(spec.dice),
        };
        disk.make_dir(dir)?;
        disk.remove(&dir.join(MANIFEST_NAME))?; // an older manifest must not promise these files
        let scratch = SymmetricKey::random(spec.dice);
        let spill = |name| Spill::new(disk, dir.join(name), &scratch);
        Ok(Self {
            disk,
            dir: dir.to_path_buf(),
            spec,
            release,
            blinds: EligibilityBlinds::new(&keys.eligibility),
            drug_blinds: DrugBlinds::new(&keys.drug),
            keys,
            person_words: Shelf::default(),
            medical_words: Shelf::default(),
            people: spill("people.sort"),
            births: spill("births.sort"),
            readings: spill("readings.sort"),
            drugs: spill("drugs.sort"),
            checkups: spill("checkups.sort"),
            visits: spill("visits.sort"),
            known: vec![],
        })
    }

    /// The keys of the release, for deltas on top of it.
    #[must_use]
    pub fn secrets(&self) -> ReleaseSecrets {
        ReleaseSecrets::new(self.release, self.keys.eligibility.clone(), self.keys.drug.clone())
    }

    /// People taken so far.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people.entries()
    }

    /// Takes people who each bring their drug history along.
    pub fn take(
        &mut self,
        people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<(), SnapshotError> {
        for (person, history) in people {
            self.person(&person)?;
            for row in &history {
                self.dispensing(&person.identity, person.birth, row)?;
            }
            let done = self.people();
            if done.is_multiple_of(PROGRESS_EVERY) {
                on_progress(Progress { step: Step::Encoding, done, total: None });
            }
        }
        Ok(())
    }

    /// Takes one person.
    pub fn person(&mut self, person: &PersonRecord) -> Result<(), SnapshotError> {
        let family = self.blinds.family(&person.identity);
        self.people.push(&family, &record::write_person(&mut self.person_words, person))?;
        let pointed = family.get(..POINTED_BYTES).unwrap_or_default();

        let day = self.blinds.birth(person.birth);
        let readings = names_index::readings(person);
        // Somebody without a reading is still born on a day.
        let named = if readings.is_empty() { &[""][..] } else { &readings };
        for reading in named {
            for marks in names_index::marks(reading, |part| self.blinds.part(part)) {
                let day_number = day_number(person.birth).to_be_bytes();
                let entry = [&day_number[..], marks.as_flattened(), pointed].concat();
                self.births.push(&day, &entry)?;
            }
        }
        for reading in readings {
            self.readings.push(&self.blinds.reading(reading), pointed)?;
        }
        self.known.push(first_half(&self.drug_blinds.person(&person.identity, person.birth)));
        Ok(())
    }

    /// Takes one drug record of whoever has this identity and birth date.
    pub fn dispensing(
        &mut self,
        identity: &Identity,
        birth: Date,
        row: &Dispensing,
    ) -> Result<(), SnapshotError> {
        let row = history::write_row(&mut self.medical_words, row);
        self.drugs.push(&self.drug_blinds.person(identity, birth), &row)
    }

    /// Takes one check-up item.
    pub fn checkup(
        &mut self,
        identity: &Identity,
        birth: Date,
        row: &Checkup,
    ) -> Result<(), SnapshotError> {
        let row = history::write_row(&mut self.medical_words, row);
        self.checkups.push(&self.drug_blinds.person(identity, birth), &row)
    }

    /// Takes one act of a visit.
    pub fn visit(
        &mut self,
        identity: &Identity,
        birth: Date,
        row: &Visit,
    ) -> Result<(), SnapshotError> {
        let row = history::write_row(&mut self.medical_words, row);
        self.visits.push(&self.drug_blinds.person(identity, birth), &row)
    }

    /// Writes the block files, then the manifest that promises them.
    pub fn finish(
        self,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<ReleaseSummary, SnapshotError> {
        self.finish_as(SignedBy::Publisher, on_progress)
    }

    /// As [`ReleaseBuilder::finish`], signed as a publisher's release or as a box's own.
    pub fn finish_as(
        mut self,
        signed_by: SignedBy,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<ReleaseSummary, SnapshotError> {
        let people = self.people();
        on_progress(Progress { step: Step::Encoding, done: people, total: Some(people) });
        self.known.sort_unstable();
        let mut kept = [Kept::default(); 3];
        let mut files = vec![];
        let all = Tree::ALL.into_iter().map(|tree| self.entries(tree)).sum();
        let mut written = Written::of(all, on_progress);
        for tree in Tree::ALL {
            let (secret, buckets, blocks) = self.tree(tree, &mut kept)?;
            let seal = TreeSeal::new(secret, self.release, tree, buckets);
            let blocks = (self.entries(tree), blocks);
            files.push(pack::write_file(self.disk, &self.dir, seal, blocks, &mut written)?);
        }
        self.sign(signed_by, files, kept)
    }

    /// What was set aside for a tree; words are few beside it.
    fn entries(&self, tree: Tree) -> u64 {
        match tree {
            Tree::Person => self.people.entries(),
            Tree::Birth => self.births.entries(),
            Tree::Kana => self.readings.entries(),
            Tree::Drug => self.drugs.entries(),
            Tree::Checkup => self.checkups.entries(),
            Tree::Visit => self.visits.entries(),
            Tree::PersonWords | Tree::MedicalWords => 0,
        }
    }

    /// One tree's key, number of buckets and plain blocks.
    fn tree<'s>(
        &'s self,
        tree: Tree,
        kept: &'s mut [Kept; 3],
    ) -> Result<(&'s SymmetricKey, u32, Blocks<'s>), SnapshotError> {
        let secret = if tree.is_medical() { &self.keys.drug } else { &self.keys.eligibility };
        let [drugs, checkups, visits] = kept;
        let (buckets, blocks) = match tree {
            Tree::Person => self.person_blocks(),
            Tree::Birth => self.birth_blocks(),
            Tree::Kana => self.kana_blocks(),
            Tree::PersonWords => word_blocks(&self.person_words, tree),
            Tree::MedicalWords => word_blocks(&self.medical_words, tree),
            Tree::Drug => self.medical_blocks(&self.drugs, drugs)?,
            Tree::Checkup => self.medical_blocks(&self.checkups, checkups)?,
            Tree::Visit => self.medical_blocks(&self.visits, visits)?,
        };
        Ok((secret, buckets, blocks))
    }

    fn person_buckets(&self) -> u32 {
        let aim = limits::BLOCK_RECORDS_AIM as u64;
        buckets_for(self.people.entries(), aim, self.people.entry_bytes())
    }

    fn person_blocks(&self) -> (u32, Blocks<'_>) {
        let pack = |entries: Vec<Entry>| block::write(Fragment::Short, &entries);
        let buckets = self.person_buckets();
        (buckets, blocks_of(&self.people, buckets, concatenated(), pack))
    }

    fn birth_blocks(&self) -> (u32, Blocks<'_>) {
        let people = self.person_buckets();
        let aim = limits::BIRTH_BLOCK_RECORDS_AIM;
        // More buckets than days would only be empty ones.
        let buckets = buckets_for(self.births.entries(), aim, 0).min(limits::BIRTH_BUCKETS_MAX);
        let pack = move |entries: Vec<Entry>| {
            let rows =
                entries.iter().flat_map(|(_, rows)| rows.as_chunks::<{ 8 + POINTED_BYTES }>().0);
            names_index::write_births(rows.map(|row| birth_entry(row, people)).collect())
        };
        (buckets, blocks_of(&self.births, buckets, concatenated(), pack))
    }

    fn kana_blocks(&self) -> (u32, Blocks<'_>) {
        let people = self.person_buckets();
        let buckets = buckets_for(self.readings.entries(), limits::KANA_BLOCK_RECORDS_AIM, 0);
        let pack = move |entries: Vec<Entry>| {
            let pointers = entries.iter().flat_map(|(reading, rows)| {
                let rows = rows.as_chunks::<POINTED_BYTES>().0;
                rows.iter().map(|pointed| (*reading, pointer(pointed, people)))
            });
            names_index::write_readings(pointers.collect())
        };
        (buckets, blocks_of(&self.readings, buckets, concatenated(), pack))
    }

    fn medical_blocks<'s>(
        &'s self,
        rows: &'s Spill<'_>,
        kept: &'s mut Kept,
    ) -> Result<(u32, Blocks<'s>), SnapshotError> {
        let people = distinct_keys(rows)?;
        let buckets = buckets_for(people, limits::BLOCK_RECORDS_AIM as u64, rows.entry_bytes());
        let join = Box::new(|person: &Blind, mut rows: Vec<&[u8]>| {
            if self.known.binary_search(&first_half(person)).is_err() {
                kept.of_nobody += rows.len() as u64;
                return Ok(None);
            }
            let malformed = SnapshotError::Malformed("a row that was set aside");
            let (body, taken) = history::gather_rows(&mut rows).ok_or(malformed)?;
            kept.rows += taken as u64;
            kept.left_out += (rows.len() - taken) as u64;
            Ok(Some(body))
        });
        let pack = |entries: Vec<Entry>| block::write(Fragment::Long, &entries);
        Ok((buckets, blocks_of(rows, buckets, join, pack)))
    }

    fn sign(
        &self,
        signed_by: SignedBy,
        files: Vec<WireFile>,
        kept: [Kept; 3],
    ) -> Result<ReleaseSummary, SnapshotError> {
        let spec = self.spec;
        let [drugs, checkups, visits] = kept;
        let bytes = files.iter().map(|file| file.bytes).sum();
        let wrap = |enrolled| {
            WireWrap::for_box(self.release, &self.keys, enrolled, spec.opening, spec.dice)
        };
        let wire = Wire {
            format: FORMAT,
            release: self.release.0,
            region: area_number(spec.region),
            region_name: spec.region_name.to_owned(),
            version: spec.version,
            made_at: spec.made_at.0,
            as_of: spec.as_of.0,
            next_due: spec.next_due.0,
            people: self.people(),
            dispensings: drugs.rows,
            files,
            opening: spec.opening.id().0,
            wraps: spec.boxes.iter().map(wrap).collect::<Result<_, _>>()?,
            scope: spec.scope.number(),
            publisher_name: spec.publisher_name.to_owned(),
            checkups: checkups.rows,
            visits: visits.rows,
            base: None,
        };
        let manifest = manifest::sign(signed_by, &wire, spec.publisher)?;
        self.disk.replace(&self.dir.join(MANIFEST_NAME), &manifest)?;
        let all = |count: fn(&Kept) -> u64| kept.iter().map(count).sum();
        Ok(ReleaseSummary {
            release_id: self.release,
            version: spec.version,
            people: self.people(),
            dispensings: drugs.rows,
            checkups: checkups.rows,
            visits: visits.rows,
            rows_left_out: all(|kept| kept.left_out),
            rows_of_nobody: all(|kept| kept.of_nobody),
            bytes,
        })
    }
}

/// Writes a release of people who each bring their drug history along. See [`ReleaseBuilder::take`].
pub fn build(
    disk: &dyn Disk,
    dir: &Path,
    spec: &ReleaseSpec<'_>,
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<ReleaseSummary, SnapshotError> {
    let mut builder = ReleaseBuilder::new(disk, dir, spec)?;
    builder.take(people, on_progress)?;
    builder.finish(on_progress)
}

pub(super) fn first_half(blind: &Blind) -> u64 {
    let [half, _] = blind.as_chunks::<8>().0 else { return 0 };
    u64::from_be_bytes(*half)
}

fn pointer(pointed: &[u8; POINTED_BYTES], people_buckets: u32) -> Pointer {
    let mut family = [0; 16];
    family[..POINTED_BYTES].copy_from_slice(pointed);
    Pointer::to(&family, people_buckets)
}

fn birth_entry(row: &[u8; 8 + POINTED_BYTES], people_buckets: u32) -> BirthEntry {
    let [d0, d1, d2, d3, f0, f1, g0, g1, pointed @ ..] = *row;
    BirthEntry {
        day: i32::from_be_bytes([d0, d1, d2, d3]),
        marks: [[f0, f1], [g0, g1]],
        pointer: pointer(&pointed, people_buckets),
    }
}
