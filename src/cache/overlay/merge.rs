//! Former overlay and new delta, merged family by family as they stream by: memory does not grow with either.

use super::{INDEXES, Overlay, draft::Draft};
use crate::{
    cache::{
        CacheError,
        release::{BaseRelease, stored_block},
        store::BATCH_BLOCKS,
    },
    limits,
    snapshot::{
        Blind, BlockStream, Change, DeltaKeys, Family, IndexEntry, OverlayKeys, SnapshotError, Tree,
    },
};
use std::{
    iter::Peekable,
    ops::Range,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    vec,
};

type Stream<'a> = Box<dyn Iterator<Item = Result<Family, CacheError>> + 'a>;

/// The changes held so far, in the order of their blinds.
fn held_so_far(former: Option<&Overlay>) -> Stream<'_> {
    let Some(former) = former else { return Box::new(std::iter::empty()) };
    let blocks = (0..former.keys.family_buckets()).map(|bucket| former.next_families(bucket));
    Box::new(blocks.flat_map(|block| match block {
        Ok(families) => families.into_iter().map(Ok).collect(),
        Err(e) => vec![Err(CacheError::ChangesDamaged(Box::new(e)))], // no fault of the delta
    }))
}

/// The delta's own changes, in the order of their blinds: anything else is malformed.
struct Offered<'a> {
    blocks: BlockStream<'a>,
    keys: DeltaKeys<'a>,
    base: &'a BaseRelease,
    ready: vec::IntoIter<Family>,
    last: Option<Blind>,
}

impl Offered<'_> {
    fn step(&mut self) -> Result<Option<Family>, CacheError> {
        loop {
            if let Some(family) = self.ready.next() {
                if self.last.is_some_and(|last| last >= family.blind) {
                    return Err(SnapshotError::Malformed("families out of order").into());
                }
                self.last = Some(family.blind);
                return Ok(Some(family));
            }
            let Some((bucket, sealed)) = self.blocks.next_block()? else { return Ok(None) };
            let families = self.keys.open_families(self.base.words(), bucket, &sealed)?;
            self.ready = families.into_iter();
        }
    }
}

impl Iterator for Offered<'_> {
    type Item = Result<Family, CacheError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// A family after both, and whether the delta that comes speaks of it.
struct Joined {
    family: Family,
    is_offered: bool,
}

/// The two in one order, joined where both speak of a family.
struct Merged<'a> {
    base: &'a BaseRelease,
    held: Peekable<Stream<'a>>,
    offered: Peekable<Stream<'a>>,
}

impl Merged<'_> {
    fn step(&mut self) -> Result<Option<Joined>, CacheError> {
        let blind = |found: Option<&Result<Family, CacheError>>| {
            found.and_then(|found| found.as_ref().ok()).map(|family| family.blind)
        };
        // An error on either side counts as the lowest blind: it comes out at once.
        let waits = |found: Option<&Result<Family, CacheError>>, other: Option<Blind>| match found {
            None => false,
            Some(found) => {
                found.as_ref().map_or(true, |f| other.is_none_or(|other| f.blind <= other))
            }
        };
        let (one, two) = (blind(self.held.peek()), blind(self.offered.peek()));
        let from_held = waits(self.held.peek(), two);
        let from_offered = waits(self.offered.peek(), one);
        let older = if from_held { self.held.next().transpose()? } else { None };
        let newer = if from_offered { self.offered.next().transpose()? } else { None };
        match (older, newer) {
            (older, Some(newer)) => self.joined(older, newer).map(Some),
            (older, None) => Ok(older.map(|family| Joined { family, is_offered: false })),
        }
    }

    fn joined(&self, older: Option<Family>, newer: Family) -> Result<Joined, CacheError> {
        let older = older.map_or_else(Change::default, |family| family.change);
        let change = self.base.keys().joined(self.base.words(), older, newer.change)?;
        Ok(Joined { family: Family { blind: newer.blind, change }, is_offered: true })
    }
}

impl Iterator for Merged<'_> {
    type Item = Result<Joined, CacheError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// Families with what is taken away from them, on their way to a lane.
type Batch = Vec<(Blind, Change)>;

/// What a delta takes away must be in the base. Reading that from the disk is most of a merge: lanes do it while `work`
/// goes on. Their refusal comes before one of `work`, for it is about what came earlier. After it nobody is given more:
/// sending fails, and `work` may stop.
pub(super) fn with_lanes(
    base: &BaseRelease,
    work: impl FnOnce(&SyncSender<Batch>) -> Result<(), CacheError>,
) -> Result<(), CacheError> {
    std::thread::scope(|scope| {
        let (give, given) = sync_channel(limits::FILL_LANES);
        // Only the lanes hold it: once all have ended, however, sending fails instead of waiting.
        let given = Arc::new(Mutex::new(Some(given)));
        let begin = |_| {
            let given = given.clone();
            scope.spawn(move || lane_agrees(base, &given))
        };
        let lanes: Vec<_> = (0..limits::FILL_LANES).map(begin).collect();
        drop(given);
        let worked = work(&give);
        drop(give);
        let fallen = || CacheError::damaged(Path::new("overlay"), "a lane of the merge fell");
        let ended = lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err(fallen())));
        ended.fold(Ok(()), Result::and).and(worked)
    })
}

fn lane_agrees(
    base: &BaseRelease,
    given: &Mutex<Option<Receiver<Batch>>>,
) -> Result<(), CacheError> {
    let given = || given.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || given().as_ref()?.recv().ok();
    while let Some(batch) = next() {
        agree(base, batch).inspect_err(|_| drop(given().take()))?;
    }
    Ok(())
}

fn agree(base: &BaseRelease, batch: Batch) -> Result<(), CacheError> {
    for (family, taken) in batch {
        // A base block damaged on this box is no fault of the delta.
        if let Ok(members) = base.members(&family, None) {
            let changed = base.keys().changed(base.words(), members, &taken);
            changed.map_err(|_| CacheError::DeltaWrongBase)?;
        }
    }
    Ok(())
}

/// Fills blocks of families in bucket order, also those nobody falls into.
struct Writer<'a> {
    store: &'a Draft,
    keys: &'a OverlayKeys,
    bucket: u32,
    families: Vec<Family>,
    batch: Vec<(u32, Vec<u8>)>,
}

impl Writer<'_> {
    fn push(&mut self, family: Family) -> Result<(), CacheError> {
        let bucket = self.keys.family_bucket(&family.blind);
        self.close_until(bucket)?;
        self.families.push(family);
        Ok(())
    }

    fn close_until(&mut self, bucket: u32) -> Result<(), CacheError> {
        while self.bucket < bucket {
            let families = std::mem::take(&mut self.families);
            self.batch.push((self.bucket, self.keys.seal_families(self.bucket, &families)?));
            self.bucket += 1;
            if self.batch.len() == BATCH_BLOCKS {
                self.store.put(Tree::Person, std::mem::take(&mut self.batch))?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), CacheError> {
        self.close_until(self.keys.family_buckets())?;
        self.store.put(Tree::Person, self.batch)
    }
}

/// Writes the changed families of both into `store`; how many records came.
pub(super) fn families<'a>(
    base: &'a BaseRelease,
    former: Option<&'a Overlay>,
    (blocks, keys): (BlockStream<'a>, DeltaKeys<'a>),
    store: &Draft,
    overlay: &OverlayKeys,
) -> Result<u64, CacheError> {
    let offered = Offered { blocks, keys, base, ready: vec![].into_iter(), last: None };
    let offered: Stream<'a> = Box::new(offered);
    let held = held_so_far(former).peekable();
    let merged = Merged { base, held, offered: offered.peekable() };
    let mut writer = Writer { store, keys: overlay, bucket: 0, families: vec![], batch: vec![] };
    let mut records = 0;
    with_lanes(base, |lanes| {
        let (mut batch, mut marks) = (Batch::new(), 0);
        for joined in merged {
            let Joined { family, is_offered } = joined?;
            if let Some(taken) = is_offered.then(|| family.change.taken_alone()).flatten() {
                marks += taken.marks();
                batch.push((family.blind, taken));
            }
            if marks >= limits::MARKS_TOGETHER {
                marks = 0;
                if lanes.send(std::mem::take(&mut batch)).is_err() {
                    return Ok(()); // refused: the lanes say why
                }
            }
            records += family.change.records() as u64;
            if !family.change.is_empty() {
                writer.push(family)?;
            }
        }
        if lanes.send(batch).is_err() {
            return Ok(());
        }
        writer.finish()
    })?;
    Ok(records)
}

/// Writes the indexes over the families in `store`, as many entries at a time as may lie in memory.
pub(super) fn indexes(
    base: &BaseRelease,
    store: &Draft,
    overlay: &OverlayKeys,
    records: u64,
) -> Result<(), CacheError> {
    // A person has one birth date, and seldom more than two readings.
    let passes = (3 * records).div_ceil(limits::OVERLAY_SORT_ENTRIES_MAX).max(1);
    for pass in 0..passes {
        let mut parts = INDEXES.map(|tree| {
            let buckets = u64::from(overlay.index_buckets(tree));
            let edge = |pass| u32::try_from(buckets * pass / passes).unwrap_or(u32::MAX);
            IndexPart { tree, buckets: edge(pass)..edge(pass + 1), entries: vec![] }
        });
        gather(&mut parts, base, store, overlay)?;
        for part in parts {
            part.write(store, overlay)?;
        }
    }
    Ok(())
}

/// One pass's share of an index: some of its buckets, and the entries that belong into them.
struct IndexPart {
    tree: Tree,
    buckets: Range<u32>,
    entries: Vec<(u32, IndexEntry)>,
}

impl IndexPart {
    /// Keeps the entry if its bucket is one of these.
    fn take(&mut self, overlay: &OverlayKeys, key: &Blind, family: &Blind) {
        let at = overlay.index_bucket(self.tree, key);
        if self.buckets.contains(&at) {
            self.entries.push((at, OverlayKeys::index_entry(key, family)));
        }
    }

    fn write(mut self, store: &Draft, overlay: &OverlayKeys) -> Result<(), CacheError> {
        self.entries.sort_unstable();
        self.entries.dedup();
        let mut entries = self.entries.into_iter().peekable();
        let mut batch = vec![];
        for bucket in self.buckets {
            let mut here: Vec<IndexEntry> = vec![];
            while let Some((_, entry)) = entries.next_if(|(at, _)| *at == bucket) {
                here.push(entry);
            }
            batch.push((bucket, overlay.seal_index(self.tree, bucket, &here)?));
            if batch.len() == BATCH_BLOCKS {
                store.put(self.tree, std::mem::take(&mut batch))?;
            }
        }
        store.put(self.tree, batch)
    }
}

/// Reads every family once, for both indexes.
fn gather(
    parts: &mut [IndexPart],
    base: &BaseRelease,
    store: &Draft,
    overlay: &OverlayKeys,
) -> Result<(), CacheError> {
    for bucket in 0..overlay.family_buckets() {
        let sealed = stored_block(store.store(), Tree::Person, bucket)?;
        for family in overlay.open_families(bucket, &sealed)? {
            for record in base.keys().records(base.words(), &family.change)? {
                for part in &mut *parts {
                    let keys = match part.tree {
                        Tree::Birth => vec![base.keys().birth(record.birth)],
                        _ => base.keys().readings(&record),
                    };
                    keys.iter().for_each(|key| part.take(overlay, key, &family.blind));
                }
            }
        }
    }
    Ok(())
}
