//! Blocks: cut, swapped, mixed, missing; and what a publisher who errs may seal into one.

use crate::{
    publisher::{
        BIRTH, KANA, PERSON, Release, WORDS, block_of, families, number, with_insurer_word,
    },
    stage::{Stage, published},
    table::{Attack, attack},
};
use std::fs;

/// A block that says how long it is.
fn first_length(bytes: &mut [u8], length: u32) {
    bytes[..4].copy_from_slice(&length.to_be_bytes());
}

macro_rules! file {
    ($name:literal, missing) => {
        attack(
            "release",
            concat!("no ", $name),
            "the file is left out of the folder",
            "file_missing",
            |stage| {
                fs::remove_file(stage.offer("offered").path($name)).unwrap();
            },
        )
    };
    ($name:literal, altered) => {
        attack(
            "release",
            concat!("altered ", $name),
            "one bit of its last block",
            "release_altered",
            |stage| {
                stage.offer("offered").bend($name, |bytes| *bytes.last_mut().unwrap() ^= 1);
            },
        )
    };
}

/// One file changed and the release signed again by its publisher.
macro_rules! vouched {
    ($file:expr, $bytes:ident => $change:expr) => {
        |stage: &mut Stage| {
            let release = stage.offer("offered");
            release.bend($file, |$bytes| $change);
            release.vouch();
        }
    };
}

/// One block opened, changed, sealed in its place and signed by its publisher.
macro_rules! resealed {
    ($tree:expr, $plain:ident => $change:expr) => {
        |stage: &mut Stage| stage.offer("offered").reseal($tree, 0, |$plain| $change)
    };
}

fn swap(release: &Release, file: &str) {
    let mut blocks = release.blocks(file);
    let last = blocks.len() - 1;
    assert_ne!(last, 0, "{file} has one block only");
    blocks.swap(0, last);
    release.set_blocks(file, &blocks);
}

fn families_bent(plain: &mut Vec<u8>, bend: impl Fn(&mut Vec<u8>)) {
    let mut all = families(plain);
    all.iter_mut().for_each(|(_, body)| bend(body));
    *plain = block_of(&all);
}

pub const ATTACKS: &[Attack] = &[
    file!("person.blk", missing),
    file!("birth.blk", missing),
    file!("drug.blk", missing),
    file!("person-words.blk", missing),
    file!("medical-words.blk", missing),
    file!("kana.blk", missing),
    file!("checkup.blk", missing),
    file!("visit.blk", missing),
    file!("person.blk", altered),
    file!("birth.blk", altered),
    file!("drug.blk", altered),
    file!("person-words.blk", altered),
    file!("medical-words.blk", altered),
    file!("kana.blk", altered),
    file!("checkup.blk", altered),
    file!("visit.blk", altered),
    attack(
        "release",
        "file cut off",
        "the last byte of the people is gone",
        "release_truncated",
        |stage| {
            stage.offer("offered").bend("person.blk", |bytes| bytes.truncate(bytes.len() - 1));
        },
    ),
    attack(
        "release",
        "empty file",
        "the people are a file of no bytes",
        "release_truncated",
        |stage| {
            stage.offer("offered").bend("person.blk", Vec::clear);
        },
    ),
    attack(
        "release",
        "file too long",
        "a byte behind the last signed one",
        "release_too_long",
        |stage| {
            stage.offer("offered").bend("drug.blk", |bytes| bytes.push(0));
        },
    ),
    attack(
        "release",
        "endless file",
        "64 GiB of nothing behind the signed bytes",
        "release_too_long",
        |stage| {
            let path = stage.offer("offered").path("kana.blk");
            fs::OpenOptions::new().append(true).open(path).unwrap().set_len(64 << 30).unwrap();
        },
    ),
    attack(
        "release",
        "blocks swapped in transit",
        "two blocks of people changed places, lengths and all",
        "release_altered",
        |stage| {
            let release = stage.offer("offered");
            let signed = release.read("manifest.cose");
            swap(&release, "person.blk");
            release.write("manifest.cose", &signed);
        },
    ),
    attack(
        "release",
        "block between buckets",
        "two blocks of people changed places; signed",
        "snapshot_block_damaged",
        |stage| {
            swap(&stage.offer("offered"), "person.blk");
        },
    ),
    attack(
        "release",
        "birth block between buckets",
        "two blocks of birth dates changed places; signed",
        "snapshot_block_damaged",
        |stage| {
            swap(&stage.offer("offered"), "birth.blk");
        },
    ),
    attack(
        "release",
        "block between releases",
        "one block of people out of another release; signed",
        "snapshot_block_damaged",
        |stage| {
            let release = stage.offer("offered");
            let mut blocks = release.blocks("person.blk");
            blocks[0] = Release::at(&published("other")).blocks("person.blk").swap_remove(0);
            release.set_blocks("person.blk", &blocks);
        },
    ),
    attack(
        "release",
        "file between releases",
        "the birth dates of another release; signed",
        "snapshot_block_damaged",
        |stage| {
            let release = stage.offer("offered");
            let other = Release::at(&published("other")).blocks("birth.blk");
            release.sign(|manifest| manifest.files[1].buckets = other.len() as u32);
            release.set_blocks("birth.blk", &other);
        },
    ),
    attack(
        "release",
        "block between trees",
        "the words in the place of a kana block; signed",
        "snapshot_block_damaged",
        |stage| {
            let release = stage.offer("offered");
            let mut blocks = release.blocks("kana.blk");
            blocks[0] = release.blocks("person-words.blk").swap_remove(0);
            release.set_blocks("kana.blk", &blocks);
        },
    ),
    attack(
        "release",
        "one bucket fewer",
        "the last block of people left out, and the count with it; signed",
        "snapshot_block_damaged",
        |stage| {
            let release = stage.offer("offered");
            let mut blocks = release.blocks("person.blk");
            blocks.pop();
            release.sign(|manifest| manifest.files[0].buckets -= 1);
            release.set_blocks("person.blk", &blocks);
        },
    ),
    attack(
        "release",
        "one block fewer",
        "the last block left out, not the count; signed",
        "release_malformed",
        |stage| {
            let release = stage.offer("offered");
            let mut blocks = release.blocks("person.blk");
            blocks.pop();
            release.set_blocks("person.blk", &blocks);
        },
    ),
    attack(
        "release",
        "one block more",
        "an extra block behind the last; signed",
        "release_malformed",
        |stage| {
            let release = stage.offer("offered");
            let mut blocks = release.blocks("person.blk");
            blocks.push(blocks[0].clone());
            release.set_blocks("person.blk", &blocks);
        },
    ),
    attack(
        "release",
        "block of 2 GiB",
        "a length of 2³¹−1 in front of a block; signed",
        "release_malformed",
        vouched!("person.blk", b => first_length(b, i32::MAX as u32)),
    ),
    attack(
        "release",
        "block of no bytes",
        "a length of 0, shorter than any seal; signed",
        "release_malformed",
        vouched!("person.blk", b => first_length(b, 0)),
    ),
    attack(
        "release",
        "block over the ceiling",
        "96 KiB and a byte; signed",
        "release_malformed",
        vouched!("person.blk", b => {
            b.resize(200 << 10, 0);
            first_length(b, (96 << 10) + 1);
        }),
    ),
    attack(
        "release",
        "block that runs past its file",
        "a length that the file cannot fill; signed",
        "release_malformed",
        vouched!("kana.blk", b => first_length(b, 90_000)),
    ),
    attack(
        "release",
        "count of entries overflows",
        "2⁶³−1 families in a block; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => *p = number(u64::MAX >> 1)),
    ),
    attack(
        "release",
        "number that never ends",
        "ten bytes that all say \"more follows\"; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => *p = vec![0xff; 10]),
    ),
    attack(
        "release",
        "body longer than its block",
        "a family of 2⁶³−1 bytes; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => {
            *p = [number(1), vec![0; 6], number(u64::MAX >> 1)].concat();
        }),
    ),
    attack(
        "release",
        "bytes after the last family",
        "a block does not end where it should; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => p.push(0)),
    ),
    attack(
        "release",
        "table index out of range",
        "an insurer that is no word of the table; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => {
            families_bent(p, |body| *body = with_insurer_word(body, 9_000_000));
        }),
    ),
    attack(
        "release",
        "table index over 64 bits",
        "a word's number that overflows; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => {
            families_bent(p, |body| body.splice(1..3, [0xff; 9]).for_each(drop));
        }),
    ),
    attack(
        "release",
        "flags of no meaning",
        "a flag of a record beyond the known ones; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => {
            families_bent(p, |body| *body = [number(1 << 20), body.clone()].concat());
        }),
    ),
    attack(
        "release",
        "record cut off",
        "the last byte of each family is gone; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => {
            families_bent(p, |body| body.truncate(body.len() - 1));
        }),
    ),
    attack(
        "release",
        "empty block of people",
        "no bytes at all, not even a count; sealed and signed",
        "snapshot_block_damaged",
        resealed!(PERSON, p => p.clear()),
    ),
    attack(
        "release",
        "birth entries overflow",
        "2⁶³−1 births on a day; sealed and signed",
        "snapshot_block_damaged",
        resealed!(BIRTH, p => {
            *p = [number(0), number(u64::MAX >> 1)].concat();
        }),
    ),
    attack(
        "release",
        "birth day over 32 bits",
        "a day that no number of days names; sealed and signed",
        "snapshot_block_damaged",
        resealed!(BIRTH, p => {
            *p = [number(1 << 32), number(0)].concat();
        }),
    ),
    attack(
        "release",
        "kana entries cut off",
        "a byte of the last entry is gone; sealed and signed",
        "snapshot_block_damaged",
        resealed!(KANA, p => p.push(1)),
    ),
    attack(
        "release",
        "words of an unknown kind",
        "kind 255; sealed and signed",
        "snapshot_block_damaged",
        resealed!(WORDS, p => p[0] = 255),
    ),
    attack(
        "release",
        "word longer than its block",
        "a text of 2⁶³−1 bytes; sealed and signed",
        "snapshot_block_damaged",
        resealed!(WORDS, p => {
            *p = [vec![2], number(u64::MAX >> 1)].concat();
        }),
    ),
];
