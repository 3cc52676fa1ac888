//! The real disk: every change is followed by the sync that makes it last.

use super::{Disk, DiskError};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Files of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

/// Read and write for the owner, nothing for anybody else.
const OWNER_ONLY: u32 = 0o600;

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn replace(
    path: &Path,
    bytes: &[u8],
    create: impl FnOnce(&Path) -> std::io::Result<File>,
) -> Result<(), DiskError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".draft");
    let draft = PathBuf::from(draft);
    let written = create(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all() // the bytes, before the name that promises them
    });
    if let Err(e) = written.and_then(|()| fs::rename(&draft, path)) {
        let _ = fs::remove_file(&draft); // a draft is nobody's truth
        return Err(DiskError::from_io(path, e));
    }
    sync_dir(parent(path)) // the name
}

fn sync_dir(dir: &Path) -> Result<(), DiskError> {
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(|e| DiskError::from_io(dir, e))
}

impl Disk for RealDisk {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, DiskError> {
        let mut bytes = vec![];
        File::open(path)
            .and_then(|file| file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes))
            .map_err(|e| DiskError::from_io(path, e))?;
        if bytes.len() as u64 > bytes_max {
            return Err(DiskError::TooLarge { path: path.into(), bytes_max });
        }
        Ok(bytes)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        replace(path, bytes, |draft| File::create(draft))
    }

    fn replace_private(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        replace(path, bytes, |draft| {
            let _ = fs::remove_file(draft); // one left behind by a power cut would keep its own permissions
            OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(draft)
        })
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let is_new = !path.exists();
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_data()
            })
            .map_err(|e| DiskError::from_io(path, e))?;
        if is_new { sync_dir(parent(path)) } else { Ok(()) }
    }

    fn append_scratch(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|e| DiskError::from_io(path, e))
    }

    fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| {
                file.set_len(length)?;
                file.sync_all()
            })
            .map_err(|e| DiskError::from_io(path, e))
    }

    fn length(&self, path: &Path) -> Result<Option<u64>, DiskError> {
        match fs::metadata(path) {
            Ok(found) => Ok(Some(found.len())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(DiskError::from_io(path, e)),
        }
    }

    fn list(&self, dir: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
            Err(e) => return Err(DiskError::from_io(dir, e)),
        };
        let mut names = entries
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| DiskError::from_io(dir, e))?;
        names.sort();
        Ok(names)
    }

    fn make_dir(&self, dir: &Path) -> Result<(), DiskError> {
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let made = dir.ancestors().take_while(is_missing).count();
        fs::create_dir_all(dir).map_err(|e| DiskError::from_io(dir, e))?;
        sync_dir(dir)?;
        // A folder is as good as lost while one of those above it has no lasting name.
        dir.ancestors().take(made.max(1)).try_for_each(|folder| sync_dir(parent(folder)))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        fs::rename(from, to).map_err(|e| DiskError::from_io(to, e))?;
        sync_dir(parent(to))?;
        sync_dir(parent(from))
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Ok(()) => sync_dir(parent(path)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(DiskError::from_io(path, e)),
        }
    }

    fn sync_tree(&self, dir: &Path) -> Result<(), DiskError> {
        for path in self.list(dir)? {
            if path.is_dir() {
                self.sync_tree(&path)?;
            } else {
                sync_dir(&path)?; // opening and syncing a file is the same call
            }
        }
        sync_dir(dir)
    }

    fn lies_within(&self, root: &Path, name: &Path) -> Result<(), DiskError> {
        let mut path = root.to_path_buf();
        for part in name.components() {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_file() || found.is_dir() => {}
                Ok(_) => return Err(DiskError::LeadsElsewhere(path)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
                Err(e) => return Err(DiskError::from_io(&path, e)),
            }
        }
        Ok(())
    }

    fn free_bytes(&self, path: &Path) -> Result<u64, DiskError> {
        let path = fs::canonicalize(path).map_err(|e| DiskError::from_io(path, e))?;
        let disks = sysinfo::Disks::new_with_refreshed_list().map_err(|e| DiskError::Io {
            path: path.clone(),
            source: std::io::Error::other(e.to_string()),
        })?;
        let home = disks.iter().filter(|d| path.starts_with(d.mount_point()));
        let nearest = home.max_by_key(|d| d.mount_point().as_os_str().len());
        // A file system that sysinfo does not list (a container's overlay) cannot be judged: never block on it.
        Ok(nearest.map_or(u64::MAX, sysinfo::Disk::available_space))
    }

    fn write_new(
        &self,
        path: &Path,
        pieces: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<(), DiskError> {
        File::create(path)
            .and_then(|mut file| {
                for piece in pieces {
                    file.write_all(&piece)?;
                }
                file.sync_all()
            })
            .map_err(|e| DiskError::from_io(path, e))?;
        sync_dir(parent(path))
    }

    fn open_read(&self, path: &Path) -> Result<Box<dyn Read + Send>, DiskError> {
        let file = File::open(path).map_err(|e| DiskError::from_io(path, e))?;
        Ok(Box::new(file))
    }

    fn open_read_at(
        &self,
        path: &Path,
        offset_bytes: u64,
    ) -> Result<Box<dyn Read + Send>, DiskError> {
        File::open(path)
            .and_then(|mut file| file.seek(SeekFrom::Start(offset_bytes)).map(|_| file))
            .map(|file| Box::new(file) as Box<dyn Read + Send>)
            .map_err(|e| DiskError::from_io(path, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_one_byte_too_long_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stick");
        RealDisk.replace(&path, &[0; 8]).unwrap();
        assert_eq!(RealDisk.read(&path, 8).unwrap(), [0; 8]);
        assert!(matches!(RealDisk.read(&path, 7), Err(DiskError::TooLarge { .. })));
    }

    #[test]
    fn a_private_file_is_its_owners_alone_whatever_lay_there_before() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("opening.key");
        RealDisk.replace(&path, b"old").unwrap();
        RealDisk.replace(&dir.path().join("opening.key.draft"), b"left").unwrap();
        RealDisk.replace_private(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(RealDisk.read(&path, 3).unwrap(), b"new");
        assert_eq!(RealDisk.list(dir.path()).unwrap(), [path]);
    }

    #[test]
    fn a_replaced_file_holds_the_new_bytes_and_leaves_no_draft() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pointer");
        RealDisk.replace(&path, b"old").unwrap();
        RealDisk.replace(&path, b"new").unwrap();
        assert_eq!(RealDisk.read(&path, 3).unwrap(), b"new");
        assert_eq!(RealDisk.list(dir.path()).unwrap(), [path]);
    }

    #[test]
    fn appended_bytes_follow_one_another_and_can_be_cut_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        RealDisk.append(&path, b"one").unwrap();
        RealDisk.append_scratch(&path, b"two").unwrap();
        assert_eq!(RealDisk.read(&path, 99).unwrap(), b"onetwo");
        RealDisk.truncate(&path, 3).unwrap();
        assert_eq!(RealDisk.length(&path).unwrap(), Some(3));
    }

    #[test]
    fn a_file_written_anew_in_pieces_holds_them_in_order_and_nothing_older() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("person.blk");
        for disk in [&RealDisk as &dyn Disk, &crate::sys::sim::SimDisk::new()] {
            disk.write_new(&path, &mut [b"older and longer".to_vec()].into_iter()).unwrap();
            disk.write_new(&path, &mut [b"one".to_vec(), b"two".to_vec()].into_iter()).unwrap();
            let mut bytes = vec![];
            disk.open_read(&path).unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, b"onetwo");
            for (offset, rest) in [(0, "onetwo"), (4, "wo"), (6, ""), (99, "")] {
                let mut text = String::new();
                disk.open_read_at(&path, offset).unwrap().read_to_string(&mut text).unwrap();
                assert_eq!(text, rest);
            }
        }
        let nowhere = dir.path().join("nowhere");
        assert!(matches!(RealDisk.open_read(&nowhere), Err(DiskError::Missing(_))));
    }

    #[test]
    fn what_is_not_there_is_told_as_missing_not_as_damage() {
        let nowhere = Path::new("/nonexistent/sonae");
        assert!(matches!(RealDisk.read(nowhere, 1), Err(DiskError::Missing(_))));
        assert_eq!(RealDisk.length(nowhere).unwrap(), None);
        assert_eq!(RealDisk.list(nowhere).unwrap(), Vec::<PathBuf>::new());
        RealDisk.remove(nowhere).unwrap();
    }
}
