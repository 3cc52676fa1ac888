//! Files and directories: copies that last, and what they take on the disk.

use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    time::{Duration, Instant},
};

/// Bytes that a directory's files take on the disk, in blocks.
pub fn on_disk(path: &Path) -> u64 {
    let metadata = fs::symlink_metadata(path).unwrap();
    if !metadata.is_dir() {
        return metadata.blocks() * 512;
    }
    fs::read_dir(path).unwrap().map(|entry| on_disk(&entry.unwrap().path())).sum()
}

/// Makes a file and its name last.
pub fn sync_file(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
    File::open(path.parent().unwrap()).unwrap().sync_all().unwrap();
}

/// The limit: the release's own files copied and synced, nothing checked, nothing sorted.
pub fn copy_flat(from: &Path, to: &Path) -> Duration {
    let began = Instant::now();
    fs::create_dir_all(to).unwrap();
    let mut buffer = vec![0; 1 << 20];
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        let (mut input, mut output) = (File::open(&path).unwrap(), File::create(&copy).unwrap());
        loop {
            let read = input.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            output.write_all(&buffer[..read]).unwrap();
        }
        output.sync_all().unwrap();
    }
    File::open(to).unwrap().sync_all().unwrap();
    began.elapsed()
}
