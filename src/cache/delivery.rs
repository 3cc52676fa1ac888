//! The delivered release: its files as the publisher signed them, laid down chunk by chunk before the store is filled.
//!
//! Over a thin link a release takes hours and the link breaks. What came over lies in `delivered/VERSION-ID.part`, and the
//! next attempt goes on behind the last chunk that proves to be the signed one. Kept afterwards, the delivered release is
//! what a damaged store is rebuilt from, without any link.

use super::{Cache, CacheError, Held};
use crate::snapshot::{
    ChunkStream, DirSource, Distance, MANIFEST_NAME, Manifest, Progress, ReleaseSource,
    SnapshotError, Step, Tree,
};
use std::{
    path::{Path, PathBuf},
    sync::atomic::Ordering::SeqCst,
};

const DELIVERED: &str = "delivered";

/// What becomes of a release's files once the store is filled from them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivered {
    /// They stay until the next release answers: a damaged store is rebuilt without a link.
    Keep,
    /// They go: on a small or mortal card space and writes are dearer than another delivery.
    #[default]
    Drop,
}

impl Cache {
    /// Decides what becomes of delivered releases from now on.
    pub fn keep_delivered(&self, kept: Delivered) {
        self.keeps_delivered.store(kept == Delivered::Keep, SeqCst);
    }

    /// What becomes of them now.
    #[must_use]
    pub fn delivered(&self) -> Delivered {
        if self.keeps_delivered.load(SeqCst) { Delivered::Keep } else { Delivered::Drop }
    }

    /// Bytes that delivered releases take, whole or half; what cannot be measured is not counted.
    #[must_use]
    pub fn delivered_bytes(&self) -> u64 {
        let dirs = self.disk.list(&self.root.join(DELIVERED)).unwrap_or_default();
        let files = dirs.iter().flat_map(|dir| self.disk.list(dir).unwrap_or_default());
        files.filter_map(|file| self.disk.length(&file).ok()?).sum()
    }

    pub(super) fn delivered_dir(&self, held: &Held) -> PathBuf {
        self.root.join(DELIVERED).join(held.dir_name())
    }

    fn half_delivered_dir(&self, held: &Held) -> PathBuf {
        self.delivered_dir(held).with_extension("part")
    }

    /// Whether the whole release lies here.
    pub(super) fn is_delivered(&self, held: &Held) -> Result<bool, CacheError> {
        Ok(self.disk.length(&self.delivered_dir(held).join(MANIFEST_NAME))?.is_some())
    }

    /// Every release and delta whose files all lie here.
    pub(super) fn delivered_whole(&self) -> Result<Vec<Held>, CacheError> {
        let dirs = self.disk.list(&self.root.join(DELIVERED))?;
        let mut whole = vec![];
        for held in dirs.iter().filter_map(|dir| Held::from_dir_name(dir.file_name()?.to_str()?)) {
            if self.is_delivered(&held)? {
                whole.push(held);
            }
        }
        Ok(whole)
    }

    /// What was delivered of what is held, or of what was lost and is to come back: the whole release and its deltas.
    pub(super) fn held_deliveries(&self) -> Vec<Held> {
        let versions = match (self.pointer(), self.floor()) {
            (Ok(Some(held)), Ok(floor)) => {
                held.base.version..=held.tip().version.max(floor.version)
            }
            (Ok(Some(held)), _) => held.base.version..=held.tip().version,
            (_, Ok(floor)) => floor.root.map_or(floor.version, |root| root.version)..=floor.version,
            (_, Err(_)) => return vec![],
        };
        let delivered = self.delivered_whole().unwrap_or_default();
        delivered.into_iter().filter(|held| versions.contains(&held.version)).collect()
    }

    /// Bytes that a delivery still has to lay down; 0 where none is due.
    pub(super) fn undelivered_bytes(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
    ) -> Result<u64, CacheError> {
        let offered = Held::of(manifest);
        if !self.delivery_is_due(source) || self.is_delivered(&offered)? {
            return Ok(0);
        }
        let mut missing = manifest.bytes();
        for file in self.disk.list(&self.half_delivered_dir(&offered))? {
            missing = missing.saturating_sub(self.disk.length(&file)?.unwrap_or(0));
        }
        Ok(missing)
    }

    fn delivery_is_due(&self, source: &dyn ReleaseSource) -> bool {
        source.distance() == Distance::Far || self.delivered() == Delivered::Keep
    }

    /// Takes a release in, from what was laid down of it where that is due, else from the source itself.
    pub(super) fn delivered_first<T>(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
        take_in: impl FnOnce(&dyn ReleaseSource, &mut dyn FnMut(Progress)) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let offered = Held::of(manifest);
        let resumes = source.distance() == Distance::Far || self.is_delivered(&offered)?;
        let taken = self.deliver(source, manifest, on_progress).and_then(|delivered| {
            let here = delivered.as_deref().map(|dir| DirSource::new(&*self.disk, dir));
            let taken = take_in(here.as_ref().map_or(source, |here| here), on_progress);
            taken.inspect_err(|why| self.distrust_delivered(&offered, why))
        });
        taken.inspect_err(|_| {
            // What came far is worth keeping for the next try; a stick is still there, and what it brought is in the way.
            if !resumes {
                self.clear(&[&self.delivered_dir(&offered), &self.half_delivered_dir(&offered)]);
                let all = self.root.join(DELIVERED);
                if self.disk.list(&all).is_ok_and(|left| left.is_empty()) {
                    self.clear(&[&all]);
                }
            }
        })
    }

    /// Lays the release's files down where the way to them is far, or where they are to stay. `None` where the store may
    /// be filled from the source itself.
    pub(super) fn deliver(
        &self,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<PathBuf>, CacheError> {
        let offered = Held::of(manifest);
        let whole = self.delivered_dir(&offered);
        if self.is_delivered(&offered)? {
            return Ok(Some(whole));
        }
        if !self.delivery_is_due(source) {
            return Ok(None);
        }
        let part = self.half_delivered_dir(&offered);
        self.disk.make_dir(&part)?;
        let total = Some(manifest.bytes());
        let mut before = 0;
        for &tree in manifest.trees() {
            let on_bytes = &mut |bytes| {
                on_progress(Progress { step: Step::Delivering, done: before + bytes, total });
            };
            self.deliver_file(&part, source, manifest, tree, on_bytes)?;
            before += manifest.file_bytes(tree);
        }
        self.disk.replace(&part.join(MANIFEST_NAME), manifest.signed_bytes())?;
        self.disk.sync_tree(&part)?;
        self.disk.remove(&whole)?; // rubble of a sweep that was cut short: it promises nothing
        self.disk.rename(&part, &whole)?;
        Ok(Some(whole))
    }

    fn deliver_file(
        &self,
        part: &Path,
        source: &dyn ReleaseSource,
        manifest: &Manifest,
        tree: Tree,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<(), CacheError> {
        let path = part.join(tree.file_name());
        let sound = self.sound_chunks(part, &path, manifest, tree)?;
        on_bytes(sound.bytes);
        if sound.whole {
            return Ok(());
        }
        let mut chunks = ChunkStream::open_at(source, manifest, tree, sound.chunks)?;
        let mut chunk = vec![];
        while chunks.append_next(&mut chunk)? {
            self.disk.append_scratch(&path, &chunk)?;
            chunk.clear();
            on_bytes(chunks.bytes_before());
        }
        chunks.finish()?;
        Ok(self.disk.sync_tree(part)?) // once a file: an hour's download must not be lost to a power cut
    }

    /// How much of a file that was begun is as it was signed; the rest is cut off.
    fn sound_chunks(
        &self,
        part: &Path,
        path: &Path,
        manifest: &Manifest,
        tree: Tree,
    ) -> Result<Sound, CacheError> {
        let Some(length) = self.disk.length(path)? else { return Ok(Sound::default()) };
        let here = DirSource::new(&*self.disk, part);
        let mut chunks = ChunkStream::open_at(&here, manifest, tree, 0)?;
        let mut chunk = vec![];
        // Cut short, altered or unreadable: it is fetched anew from there on.
        while matches!(chunks.append_next(&mut chunk), Ok(true)) {
            chunk.clear();
        }
        let bytes = chunks.bytes_before();
        if length != bytes {
            self.disk.truncate(path, bytes)?;
        }
        Ok(Sound { chunks: chunks.next_number(), bytes, whole: chunks.is_at_end() })
    }

    /// Removes what was delivered of every release but these. What cannot be removed now is swept the next time.
    pub(super) fn sweep_delivered(&self, keep: &[Held]) {
        let kept: Vec<PathBuf> = keep
            .iter()
            .flat_map(|held| [self.delivered_dir(held), self.half_delivered_dir(held)])
            .collect();
        let present = self.disk.list(&self.root.join(DELIVERED)).unwrap_or_default();
        let garbage: Vec<&Path> =
            present.iter().filter(|dir| !kept.contains(dir)).map(PathBuf::as_path).collect();
        self.clear(&garbage);
    }

    /// A delivered release that is no longer as signed counts as half delivered: the next delivery keeps what is sound
    /// of it and fetches the rest.
    pub(super) fn distrust_delivered(&self, held: &Held, why: &CacheError) {
        let altered = matches!(
            why,
            CacheError::Damaged { .. }
                | CacheError::Snapshot(
                    SnapshotError::Altered { .. }
                        | SnapshotError::Truncated { .. }
                        | SnapshotError::TooLong { .. }
                        | SnapshotError::Read { .. }
                )
        );
        if altered {
            let half = self.half_delivered_dir(held);
            let _ = self.disk.remove(&half);
            let _ = self.disk.rename(&self.delivered_dir(held), &half);
        }
    }
}

/// What is left of a file that was begun.
#[derive(Clone, Copy, Default)]
struct Sound {
    chunks: usize,
    bytes: u64,
    whole: bool,
}
