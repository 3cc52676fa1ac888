//! Building a release, at the publisher's: people are encoded as they come, so that a region fits into a small machine.

use super::{
    Blind, MANIFEST_NAME, OpeningSecret, Progress, ReleaseId, ReleaseSecrets, SnapshotError, Step,
    Tree,
    block::put_entry,
    keys::{DrugBlinds, EligibilityBlinds},
    layout::{TreeSeal, bucket_of},
    manifest::{self, FORMAT, ReleaseKeys, Wire, WireFile, WireWrap},
    record,
    words::Shelf,
};
use crate::{
    domain::{area::Area, keys::BoxId, medication::Dispensing, person::PersonRecord, time::Stamp},
    limits,
    seal::{SealingPublicKey, SigningKeypair, SymmetricKey, TAG_BYTES},
    sys::{Dice, Disk, roll},
    trust::compact::area_number,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// People between two reports of progress.
const PROGRESS_EVERY: u64 = 10_000;
/// Bytes the length of an entry takes at most: three groups of seven bits reach past a block's ceiling.
const LENGTH_BYTES_MAX: usize = 3;
/// Sixteen times as many buckets part any crowd that can be parted.
const DOUBLINGS_MAX: u32 = 4;

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
    /// What opens the drug records, with each box's share.
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
    /// Drug records left out, the oldest of people with more than [`limits::DISPENSINGS_MAX`].
    pub dispensings_left_out: u64,
    /// Bytes of its block files.
    pub bytes: u64,
}

pub(super) type Entries = Vec<(Blind, Box<[u8]>)>;

/// The region, encoded; no record is held in the clear longer than its turn.
struct Gathered {
    person: Entries,
    birth: BTreeMap<Blind, BTreeSet<Blind>>,
    drug: Entries,
    person_words: Shelf,
    drug_words: Shelf,
    people: u64,
    dispensings: u64,
    left_out: u64,
}

/// Writes a release into `dir`: the block files, then the manifest that promises them.
pub fn build(
    disk: &dyn Disk,
    dir: &Path,
    spec: &ReleaseSpec<'_>,
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<ReleaseSummary, SnapshotError> {
    build_keeping_secrets(disk, dir, spec, people, on_progress).map(|(summary, _)| summary)
}

/// The same, and hands out the secrets that deltas on top of it will need.
pub fn build_keeping_secrets(
    disk: &dyn Disk,
    dir: &Path,
    spec: &ReleaseSpec<'_>,
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(ReleaseSummary, ReleaseSecrets), SnapshotError> {
    let release = ReleaseId(roll(spec.dice));
    let keys = ReleaseKeys {
        eligibility: SymmetricKey::random(spec.dice),
        drug: SymmetricKey::random(spec.dice),
    };
    let gathered = gather(&keys, people, on_progress);
    let (people, dispensings) = (gathered.people, gathered.dispensings);
    let dispensings_left_out = gathered.left_out;

    disk.make_dir(dir)?;
    disk.remove(&dir.join(MANIFEST_NAME))?; // an older manifest must not promise these files
    let files = write_files(disk, dir, release, &keys, gathered, on_progress)?;
    let bytes = files.iter().map(|file| file.bytes).sum();

    let wrap = |enrolled| WireWrap::for_box(release, &keys, enrolled, spec.opening, spec.dice);
    let wire = Wire {
        format: FORMAT,
        release: release.0,
        region: area_number(spec.region),
        region_name: spec.region_name.to_owned(),
        version: spec.version,
        made_at: spec.made_at.0,
        as_of: spec.as_of.0,
        next_due: spec.next_due.0,
        people,
        dispensings,
        files,
        opening: spec.opening.id().0,
        wraps: spec.boxes.iter().map(wrap).collect::<Result<_, _>>()?,
        base: None,
    };
    disk.replace(&dir.join(MANIFEST_NAME), &manifest::sign(&wire, spec.publisher)?)?;
    let summary = ReleaseSummary {
        release_id: release,
        version: spec.version,
        people,
        dispensings,
        dispensings_left_out,
        bytes,
    };
    Ok((summary, ReleaseSecrets::new(release, keys.eligibility, keys.drug)))
}

fn gather(
    keys: &ReleaseKeys,
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
    on_progress: &mut dyn FnMut(Progress),
) -> Gathered {
    let blinds = EligibilityBlinds::new(&keys.eligibility);
    let drug_blinds = DrugBlinds::new(&keys.drug);
    let mut all = Gathered {
        person: vec![],
        birth: BTreeMap::new(),
        drug: vec![],
        person_words: Shelf::default(),
        drug_words: Shelf::default(),
        people: 0,
        dispensings: 0,
        left_out: 0,
    };
    for (person, mut history) in people {
        let family = blinds.family(&person.identity);
        let body = record::write_person(&mut all.person_words, &person);
        all.person.push((family, body.into()));
        all.birth.entry(blinds.birth(person.birth)).or_default().insert(family);
        all.people += 1;
        if !history.is_empty() {
            history.sort_by_key(|dispensing| std::cmp::Reverse(dispensing.on));
            all.left_out += history.len().saturating_sub(limits::DISPENSINGS_MAX) as u64;
            history.truncate(limits::DISPENSINGS_MAX);
            all.dispensings += history.len() as u64;
            let body = record::write_history(&mut all.drug_words, &history);
            let blind = drug_blinds.person(&person.identity, person.birth);
            all.drug.push((blind, body.into()));
        }
        if all.people.is_multiple_of(PROGRESS_EVERY) {
            on_progress(Progress { step: Step::Encoding, done: all.people, total: None });
        }
    }
    on_progress(Progress { step: Step::Encoding, done: all.people, total: Some(all.people) });
    all
}

fn write_files(
    disk: &dyn Disk,
    dir: &Path,
    release: ReleaseId,
    keys: &ReleaseKeys,
    gathered: Gathered,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Vec<WireFile>, SnapshotError> {
    let birth = gathered.birth.into_iter();
    let birth: Entries = birth
        .map(|(day, families)| (day, families.into_iter().collect::<Vec<_>>().concat().into()))
        .collect();
    let parts = [
        (Tree::Person, &keys.eligibility, blocks_of(gathered.person)),
        (Tree::Birth, &keys.eligibility, blocks_of(birth)),
        (Tree::Drug, &keys.drug, blocks_of(gathered.drug)),
        (Tree::PersonWords, &keys.eligibility, gathered.person_words.into_blocks()),
        (Tree::DrugWords, &keys.drug, gathered.drug_words.into_blocks()),
    ];
    let mut written = 0;
    let mut files = vec![];
    for (tree, secret, blocks) in parts {
        let buckets = u32::try_from(blocks.len())
            .map_err(|_| SnapshotError::BlockTooLarge { tree, bucket: u32::MAX })?;
        let mut pieces = Pieces::new(TreeSeal::new(secret, release, tree, buckets), blocks);
        disk.write_new(&dir.join(tree.file_name()), &mut pieces)?;
        let file = pieces.finish()?;
        written += file.bytes;
        on_progress(Progress { step: Step::Writing, done: written, total: None });
        files.push(file);
    }
    Ok(files)
}

/// Packs entries into plain blocks, one a bucket: about eight records each, fewer where records are long.
pub(super) fn blocks_of(mut entries: Entries) -> Vec<Vec<u8>> {
    entries.sort_by_key(|entry| entry.0); // stable: records of one family stay in the publisher's order
    let buckets = buckets_for(&entries);
    let mut blocks = vec![vec![]; buckets as usize];
    for (blind, body) in entries {
        if let Some(block) = blocks.get_mut(bucket_of(&blind, buckets) as usize) {
            put_entry(block, &blind, &body);
        }
    }
    blocks
}

/// Where chance crowds long records into one bucket, twice as many buckets part them; those of one key stay together.
fn buckets_for(entries: &Entries) -> u32 {
    let size = |body: &[u8]| body.len() + size_of::<Blind>() + LENGTH_BYTES_MAX;
    let bytes: usize = entries.iter().map(|(_, body)| size(body)).sum();
    let by_count = entries.len().div_ceil(limits::BLOCK_RECORDS_AIM);
    let aim = by_count.max(bytes.div_ceil(limits::BLOCK_BYTES_AIM)).max(1);
    let mut buckets = u32::try_from(aim).unwrap_or(u32::MAX);
    for _ in 0..DOUBLINGS_MAX {
        let crowded = entries
            .chunk_by(|one, next| bucket_of(&one.0, buckets) == bucket_of(&next.0, buckets))
            .any(|bucket| {
                let bytes: usize = bucket.iter().map(|(_, body)| size(body)).sum();
                bytes + TAG_BYTES > limits::BLOCK_BYTES_MAX
            });
        if !crowded {
            break;
        }
        buckets = buckets.saturating_mul(2);
    }
    buckets
}

/// A block file in chunk-sized pieces, sealed and hashed as it is drawn.
pub(super) struct Pieces {
    seal: TreeSeal,
    blocks: std::iter::Enumerate<std::vec::IntoIter<Vec<u8>>>,
    ready: Vec<u8>,
    file: WireFile,
    trouble: Option<SnapshotError>,
}

impl Pieces {
    pub(super) fn new(seal: TreeSeal, blocks: Vec<Vec<u8>>) -> Self {
        let file = WireFile {
            tree: seal.tree.number(),
            buckets: seal.buckets,
            bytes: 0,
            chunk_hashes: vec![],
        };
        Self { seal, blocks: blocks.into_iter().enumerate(), ready: vec![], file, trouble: None }
    }

    fn seal_next(&mut self, bucket: usize, plain: &[u8]) -> Result<(), SnapshotError> {
        let bucket = u32::try_from(bucket).unwrap_or(u32::MAX);
        let length = plain.len() + TAG_BYTES;
        if length > limits::BLOCK_BYTES_MAX {
            return Err(SnapshotError::BlockTooLarge { tree: self.seal.tree, bucket });
        }
        let sealed = self.seal.seal(bucket, plain)?;
        self.ready.extend_from_slice(&(length as u32).to_be_bytes());
        self.ready.extend_from_slice(&sealed);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<WireFile, SnapshotError> {
        self.trouble.map_or(Ok(self.file), Err)
    }
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        while self.ready.len() < limits::CHUNK_BYTES && self.trouble.is_none() {
            let Some((bucket, plain)) = self.blocks.next() else { break };
            self.trouble = self.seal_next(bucket, &plain).err();
        }
        if self.ready.is_empty() || self.trouble.is_some() {
            return None;
        }
        let rest = self.ready.split_off(self.ready.len().min(limits::CHUNK_BYTES));
        let piece = std::mem::replace(&mut self.ready, rest);
        self.file.bytes += piece.len() as u64;
        self.file.chunk_hashes.extend_from_slice(blake3::hash(&piece).as_bytes());
        Some(piece)
    }
}
