//! The public tree: what publishers, issuers and authorities signed. The hub only lays it out; it cannot vouch for it and
//! need not, since every box checks each item itself.

use super::{Hub, HubError};
use crate::{
    limits::{
        INDEX_ITEMS_MAX, MANIFEST_BYTES_MAX, ORDER_BYTES_MAX, REVOCATION_BYTES_MAX, ROOT_BYTES_MAX,
        TRUST_LIST_BYTES_MAX,
    },
    seal::Kid,
    snapshot::Base,
    sync::{Index, OfferedDelta, OfferedOrder, OfferedRelease, OfferedRevocations, names, peek},
    sys::DiskError,
};
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Key of a list's sequence in its payload (trust list, revocation list).
const SEQUENCE: u64 = 0;
/// Key of the root version in a trust list's payload; numbers begin anew under each root.
const TRUST_ROOT: u64 = 5;
/// Key of a root document's version in its payload.
const ROOT_VERSION: u64 = 0;
/// Keys of a manifest's release id and version in its payload.
const RELEASE_ID: u64 = 1;
const RELEASE_VERSION: u64 = 4;
const RELEASE_BASE: u64 = 17;
/// Read and handed on at once: large files never lie in memory whole.
const PIECE_BYTES: usize = 256 << 10;

/// A name of the public tree, by what lies there.
enum Place {
    Root(u64),
    TrustList,
    Revocations(Kid),
    Order(OfferedOrder),
}

fn place_of(name: &str) -> Option<Place> {
    if name == names::TRUST_LIST {
        return Some(Place::TrustList);
    }
    let (folder, file) = name.rsplit_once('/')?;
    let stem = file.strip_suffix(".cose")?;
    let place = match folder {
        names::ROOTS => Place::Root(stem.parse().ok()?),
        names::REVOCATIONS => Place::Revocations(Kid(names::from_hex(stem)?)),
        names::ORDERS => {
            let (number, revision) = stem.split_once('-')?;
            let order =
                OfferedOrder { number: number.parse().ok()?, revision: revision.parse().ok()? };
            Place::Order(order)
        }
        _ => return None,
    };
    Some(place)
}

/// The one spelling of a name that means this place: "orders/+7-01.cose" is not order 7-1.
fn spelled(place: &Place) -> String {
    match place {
        Place::Root(version) => names::root(*version),
        Place::TrustList => names::TRUST_LIST.to_owned(),
        Place::Revocations(issuer) => names::revocations(*issuer),
        Place::Order(order) => names::order(order.number, order.revision),
    }
}

/// The rest of a release file.
pub struct Part {
    /// Gives the bytes from the one asked for on.
    pub reader: Box<dyn Read + Send>,
    /// Length of the whole file.
    pub whole_bytes: u64,
}

impl Hub {
    /// Publishes a signed root document, trust list, revocation list or order under its name. Never replaces a newer list by
    /// an older one, and never a root document or order by another of its number.
    pub fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), HubError> {
        let place = place_of(name).filter(|place| spelled(place) == name);
        let place = place.ok_or(HubError::NameNotPublic)?;
        let bytes_max = match place {
            Place::Root(_) => ROOT_BYTES_MAX,
            Place::TrustList => TRUST_LIST_BYTES_MAX,
            Place::Revocations(_) => REVOCATION_BYTES_MAX,
            Place::Order(_) => ORDER_BYTES_MAX,
        };
        if bytes.len() as u64 > bytes_max {
            return Err(HubError::PublicationMalformed("too large"));
        }
        if peek::payload(bytes).is_none() {
            return Err(HubError::PublicationMalformed("not signed"));
        }
        let _alone = self.publishing();
        let path = self.public_dir().join(name);
        match place {
            Place::TrustList | Place::Revocations(_) => {
                self.no_older_list(&path, bytes_max, bytes)?
            }
            Place::Root(version) if peek::number(bytes, ROOT_VERSION) != Some(version) => {
                return Err(HubError::PublicationMalformed("another version than its name"));
            }
            Place::Root(_) if self.differs(&path, bytes_max, bytes)? => {
                return Err(HubError::RootChanged);
            }
            Place::Order(_) if self.differs(&path, bytes_max, bytes)? => {
                return Err(HubError::OrderChanged);
            }
            Place::Root(_) | Place::Order(_) => {}
        }
        self.place(&path, bytes)?;
        self.write_index()
    }

    /// A list never replaces one that is newer: by root first, then by its number.
    fn no_older_list(&self, path: &Path, bytes_max: u64, bytes: &[u8]) -> Result<(), HubError> {
        let number = |bytes: &[u8]| {
            let root = peek::number(bytes, TRUST_ROOT).unwrap_or(0); // revocation lists name none
            Some((root, peek::number(bytes, SEQUENCE)?))
        };
        let offered = number(bytes).ok_or(HubError::PublicationMalformed("sequence"))?;
        let published = self.read_if_any(path, bytes_max)?;
        match published.as_deref().and_then(number) {
            Some(published) if offered < published => {
                Err(HubError::PublicationOlder { published: published.1, offered: offered.1 })
            }
            _ => Ok(()),
        }
    }

    /// Whether something else is published there: boxes that took the first one would never look at the second.
    fn differs(&self, path: &Path, bytes_max: u64, bytes: &[u8]) -> Result<bool, HubError> {
        let published = self.read_if_any(path, bytes_max)?;
        Ok(published.is_some_and(|published| published != bytes))
    }

    /// Publishes a release directory: blocks first, the manifest that promises them last. A published version never changes.
    pub fn publish_release(&self, dir: &Path) -> Result<OfferedRelease, HubError> {
        let manifest = self.disk.read(&dir.join(names::MANIFEST), MANIFEST_BYTES_MAX)?;
        let release =
            release_of(&manifest).ok_or(HubError::PublicationMalformed("release manifest"))?;
        let _alone = self.publishing();
        let target = self.public_dir().join(folder_of(&manifest, release.version));
        let published = self.read_if_any(&target.join(names::MANIFEST), MANIFEST_BYTES_MAX)?;
        if published.is_some_and(|published| published != manifest) {
            return Err(HubError::ReleaseChanged { version: release.version });
        }
        for file in self.disk.list(dir)? {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(".blk") && names::check(name).is_ok() {
                self.disk.make_dir(&target)?;
                self.copy(&file, &target.join(name))?;
            }
        }
        self.place(&target.join(names::MANIFEST), &manifest)?;
        self.write_index()?;
        Ok(OfferedRelease { bytes: self.block_bytes(&target)?, ..release })
    }

    /// Writes the index anew from what lies in the public tree.
    pub fn refresh_index(&self) -> Result<(), HubError> {
        let _alone = self.publishing();
        self.write_index()
    }

    /// What is offered now, read off the public tree.
    pub fn index(&self) -> Result<Index, HubError> {
        let public = self.public_dir();
        let trust = public.join(names::TRUST_LIST);
        let mut index = Index {
            root_version: self.newest_root()?,
            trust_root: self.peek_file(&trust, TRUST_LIST_BYTES_MAX, TRUST_ROOT)?,
            trust_sequence: self.peek_file(&trust, TRUST_LIST_BYTES_MAX, SEQUENCE)?,
            release: self.newest_release()?,
            deltas: self.deltas()?,
            ..Index::default()
        };
        for (path, place) in self.places(names::REVOCATIONS)? {
            let Place::Revocations(issuer) = place else { continue };
            let sequence = self.peek_file(&path, REVOCATION_BYTES_MAX, SEQUENCE)?;
            let offered = sequence.map(|sequence| OfferedRevocations { issuer, sequence });
            index.revocations.extend(offered);
        }
        for (_, place) in self.places(names::ORDERS)? {
            let Place::Order(order) = place else { continue };
            index.orders.push(order);
        }
        // Boxes refuse a longer one whole; the highest numbers are the newest.
        index.orders.sort();
        let surplus = index.orders.len().saturating_sub(INDEX_ITEMS_MAX);
        index.orders.drain(..surplus);
        index.revocations.truncate(INDEX_ITEMS_MAX);
        Ok(index)
    }

    /// Opens what lies under a name of the public tree or of the receipts; `None` if there is nothing.
    pub fn offered(&self, name: &str) -> Result<Option<Box<dyn Read + Send>>, HubError> {
        let Some(path) = self.locate(name)? else { return Ok(None) };
        match self.disk.open_read(&path) {
            Ok(reader) => Ok(Some(reader)),
            Err(DiskError::Missing(_)) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Opens a release file from its `offset_bytes`th byte on, for a box whose link broke there. `None` if there is no such
    /// file, or if what lies there is small and always given whole.
    pub fn offered_from(&self, name: &str, offset_bytes: u64) -> Result<Option<Part>, HubError> {
        let Some(path) = self.locate(name)?.filter(|_| name.ends_with(".blk")) else {
            return Ok(None);
        };
        let Some(whole_bytes) = self.disk.length(&path)? else { return Ok(None) };
        match self.disk.open_read_at(&path, offset_bytes) {
            Ok(reader) => Ok(Some(Part { reader, whole_bytes })),
            Err(DiskError::Missing(_)) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Where a name would lie; `None` for folders, and for drafts that a power cut left behind.
    pub(super) fn locate(&self, name: &str) -> Result<Option<PathBuf>, HubError> {
        names::check(name).map_err(|_| HubError::NameNotPublic)?;
        let path = match name.split_once('/') {
            Some((names::RECEIPTS, _)) => self.root.join(name),
            _ => self.public_dir().join(name),
        };
        let file = [".cose", ".cbor", ".blk"].iter().any(|ending| name.ends_with(ending));
        Ok(file.then_some(path))
    }

    /// Copies a file of any size; it has its name only when it is whole.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> Result<(), HubError> {
        let mut reader = self.disk.open_read(from)?;
        let mut draft = to.as_os_str().to_owned();
        draft.push(".draft");
        let draft = PathBuf::from(draft);
        let mut failed = None;
        let mut pieces = std::iter::from_fn(|| next_piece(&mut *reader, &mut failed));
        let written = self.disk.write_new(&draft, &mut pieces);
        let read = failed.map_or(Ok(()), |e| Err(DiskError::from_io(from, e)));
        if let Err(e) = written.and(read).and_then(|()| self.disk.rename(&draft, to)) {
            let _ = self.disk.remove(&draft); // a draft is nobody's truth
            return Err(e.into());
        }
        Ok(())
    }

    fn newest_root(&self) -> Result<Option<u64>, HubError> {
        let version = |(_, place)| match place {
            Place::Root(version) => Some(version),
            _ => None,
        };
        Ok(self.places(names::ROOTS)?.into_iter().filter_map(version).max())
    }

    /// The newest whole release.
    pub(super) fn newest_release(&self) -> Result<Option<OfferedRelease>, HubError> {
        let folders = self.disk.list(&self.public_dir().join(names::RELEASES))?;
        let mut newest: Option<OfferedRelease> = None;
        for folder in folders {
            let manifest = self.read_if_any(&folder.join(names::MANIFEST), MANIFEST_BYTES_MAX)?;
            let mut found = manifest.as_deref().and_then(release_of);
            if let Some(found) = &mut found {
                found.bytes = self.block_bytes(&folder)?;
            }
            newest = [newest, found].into_iter().flatten().max_by_key(|release| release.version);
        }
        Ok(newest)
    }

    /// The deltas, newest versions only where there are more than an index may name.
    pub(super) fn deltas(&self) -> Result<Vec<OfferedDelta>, HubError> {
        let mut deltas = vec![];
        for folder in self.disk.list(&self.public_dir().join(names::DELTAS))? {
            let manifest = self.read_if_any(&folder.join(names::MANIFEST), MANIFEST_BYTES_MAX)?;
            let Some(manifest) = manifest else { continue };
            let version = peek::number(&manifest, RELEASE_VERSION);
            let base: Option<Base> = peek::decoded(&manifest, RELEASE_BASE);
            let Some((version, base)) = version.zip(base) else { continue };
            deltas.push(OfferedDelta {
                version,
                follows: base.follows_version(),
                root: base.root_version(),
                bytes: self.block_bytes(&folder)?,
            });
        }
        deltas.sort();
        let surplus = deltas.len().saturating_sub(INDEX_ITEMS_MAX);
        deltas.drain(..surplus);
        Ok(deltas)
    }

    fn block_bytes(&self, folder: &Path) -> Result<u64, HubError> {
        let mut bytes = 0;
        for file in self.disk.list(folder)? {
            if file.extension().is_some_and(|ending| ending == "blk") {
                bytes += self.disk.length(&file)?.unwrap_or(0);
            }
        }
        Ok(bytes)
    }

    fn publishing(&self) -> std::sync::MutexGuard<'_, ()> {
        self.publishing.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write_index(&self) -> Result<(), HubError> {
        let bytes = self.index()?.to_bytes();
        self.place(&self.public_dir().join(names::INDEX), &bytes)
    }

    fn place(&self, path: &Path, bytes: &[u8]) -> Result<(), HubError> {
        if let Some(folder) = path.parent() {
            self.disk.make_dir(folder)?;
        }
        Ok(self.disk.replace(path, bytes)?)
    }

    pub(super) fn read_if_any(
        &self,
        path: &Path,
        bytes_max: u64,
    ) -> Result<Option<Vec<u8>>, HubError> {
        match self.disk.read(path, bytes_max) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(DiskError::Missing(_)) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    fn peek_file(&self, path: &Path, bytes_max: u64, key: u64) -> Result<Option<u64>, HubError> {
        let bytes = self.read_if_any(path, bytes_max)?;
        Ok(bytes.and_then(|bytes| peek::number(&bytes, key)))
    }

    fn places(&self, folder: &str) -> Result<Vec<(PathBuf, Place)>, HubError> {
        let files = self.disk.list(&self.public_dir().join(folder))?;
        let placed = files.into_iter().filter_map(|path| {
            let name = format!("{folder}/{}", path.file_name()?.to_str()?);
            Some((path, place_of(&name)?))
        });
        Ok(placed.collect())
    }
}

/// The next piece of a file; `None` at its end, or when reading `failed`.
pub(super) fn next_piece(reader: &mut dyn Read, failed: &mut Option<io::Error>) -> Option<Vec<u8>> {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    match reader.take(PIECE_BYTES as u64).read_to_end(&mut piece) {
        Ok(0) => None,
        Ok(_) => Some(piece),
        Err(e) => {
            *failed = Some(e);
            None
        }
    }
}

fn release_of(manifest: &[u8]) -> Option<OfferedRelease> {
    let version = peek::number(manifest, RELEASE_VERSION)?;
    Some(OfferedRelease { version, release_id: peek::array(manifest, RELEASE_ID)?, bytes: 0 })
}

/// Where a release lies below the public tree: a whole one by its version, a delta by its root's and its own.
fn folder_of(manifest: &[u8], version: u64) -> String {
    match peek::decoded::<Base>(manifest, RELEASE_BASE) {
        Some(base) => format!("{}/{}-{version}", names::DELTAS, base.root_version()),
        None => format!("{}/{version}", names::RELEASES),
    }
}
