//! The folder itself: shortcuts, devices, folders for files, an index that lies.

use crate::{
    stage::{Stage, ask, code, published, refusals, world},
    table::{Attack, attack},
};
use sonae::{
    limits::{INDEX_BYTES_MAX, INDEX_ITEMS_MAX},
    snapshot::{DirSource, MANIFEST_NAME},
    sync::{DirLink, Index, OfferedOrder, names},
    sys::RealDisk,
};
use std::{fs, io::Read, os::unix::fs::symlink, sync::Arc};

/// Puts a shortcut in the place of one file of the release.
fn shortcut(stage: &mut Stage, file: &str, to: &std::path::Path) {
    let path = stage.offer("offered").path(file);
    fs::remove_file(&path).unwrap();
    symlink(to, path).unwrap();
}

pub const ATTACKS: &[Attack] = &[
    attack(
        "release",
        "shortcut out of the folder",
        "a file of the release is a symbolic link to the box's own keys",
        "file_leads_elsewhere",
        |stage| {
            let keys = stage.beside().join("box/box.cbor");
            shortcut(stage, "person.blk", &keys);
        },
    ),
    attack(
        "release",
        "shortcut to a true copy",
        "a symbolic link to the very bytes that were signed, beside the stick",
        "file_leads_elsewhere",
        |stage| {
            let beside = stage.beside().join("true-copy.blk");
            fs::copy(stage.offer("offered").path("drug.blk"), &beside).unwrap();
            fs::remove_dir_all(stage.stick().join(names::RELEASES)).unwrap();
            shortcut(stage, "drug.blk", &beside);
        },
    ),
    attack(
        "release",
        "endless device",
        "the manifest is a symbolic link to /dev/zero",
        "file_leads_elsewhere",
        |stage| {
            shortcut(stage, MANIFEST_NAME, "/dev/zero".as_ref());
        },
    ),
    attack(
        "release",
        "pipe that never answers",
        "a file of the release is a named pipe nobody writes into",
        "file_leads_elsewhere",
        |stage| {
            let path = stage.offer("offered").path("visit.blk");
            fs::remove_file(&path).unwrap();
            fs::hard_link(published("pipe"), path).unwrap();
        },
    ),
    attack(
        "release",
        "folder in the place of the manifest",
        "a directory of that name",
        "release_read_failed",
        |stage| {
            let path = stage.offer("offered").path(MANIFEST_NAME);
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        },
    ),
    attack(
        "index",
        "garbage in the index's place",
        "a picture of a cat",
        "index_malformed",
        |stage| stage.lay(names::INDEX, b"\xff\xd8\xff\xe0 cat"),
    )
    .silent(),
    attack(
        "index",
        "endless index",
        "more than the ceiling of 256 KiB",
        "link_item_too_large",
        |stage| {
            stage.lay(names::INDEX, &vec![0; INDEX_BYTES_MAX as usize + 1]);
        },
    )
    .silent(),
    attack(
        "index",
        "index of thousands",
        "more orders than there can be",
        "index_malformed",
        |stage| {
            let orders = vec![OfferedOrder { number: 1, revision: 1 }; INDEX_ITEMS_MAX + 1];
            stage.lay(names::INDEX, &Index { orders, ..Index::default() }.to_bytes());
        },
    )
    .silent(),
];

#[test]
fn a_batch_is_not_left_where_a_shortcut_on_the_stick_leads() {
    let stage = Stage::new();
    let beside = stage.beside().join("home");
    fs::create_dir(&beside).unwrap();
    symlink(&beside, stage.stick().join(names::INBOX)).unwrap();
    let appliance = stage.open();
    assert_eq!(ask(&appliance).answer.verdict, sonae::domain::answer::Verdict::Eligible);
    assert_eq!(stage.settle(&appliance), [("batch", "file_leads_elsewhere")]);
    assert_eq!(fs::read_dir(beside).unwrap().count(), 0);
}

#[test]
fn a_stick_that_is_itself_reached_by_a_shortcut_is_the_operators_own_choice() {
    let mut stage = Stage::new();
    stage.offer("offered");
    stage.lay(names::INDEX, &stage.index.to_bytes());
    let named = stage.beside().join("usb");
    symlink(stage.stick(), &named).unwrap();
    let appliance = stage.open();
    let link = DirLink::new(Arc::new(RealDisk), &named).unwrap();
    assert!(appliance.settle(&link, &mut |_| {}).unwrap().all_done());
}

/// A reader that goes on for ever, as a hostile hub's download does.
struct Endless<'a>(DirSource<'a>, &'static str);

impl sonae::snapshot::ReleaseSource for Endless<'_> {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, sonae::snapshot::SnapshotError> {
        let file = self.0.open(name)?;
        if name == self.1 { Ok(Box::new(file.chain(std::io::repeat(0)))) } else { Ok(file) }
    }
}

#[test]
fn a_download_that_never_ends_is_cut_where_it_should_have_ended() {
    for (file, expected) in
        [(MANIFEST_NAME, "release_too_long"), ("person.blk", "release_too_long")]
    {
        let mut stage = Stage::new();
        let dir = stage.offer("offered").dir;
        let appliance = stage.open();
        let endless = Endless(DirSource::new(&RealDisk, &dir), file);
        assert_eq!(code(appliance.import_release(&endless, &mut |_| {})), expected, "{file}");
        assert_eq!(refusals(&appliance).len(), 1);
        assert_eq!(ask(&appliance).answer.verdict, sonae::domain::answer::Verdict::Eligible);
    }
    assert!(world().summary.version > 0);
}
