//! What a publisher can do, faulty or hostile: a second writer of the format, so that the first is not asked about itself.

use crate::stage::{BENCH_BOX, bench_key, world};
use minicbor::{Decode, Encode};
use sonae::{
    limits::CHUNK_BYTES,
    seal::{self, Purpose, SigningKeypair, SymmetricKey},
    snapshot::MANIFEST_NAME,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub const PURPOSE: Purpose = Purpose("sonae release manifest v1");
pub const ELIGIBILITY: &str = "sonae release v1 eligibility key";

/// The manifest as `docs/release-format.md` has it.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    #[n(0)]
    pub format: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub release: [u8; 16],
    #[n(2)]
    pub region: u32,
    #[n(3)]
    pub region_name: String,
    #[n(4)]
    pub version: u64,
    #[n(5)]
    pub made_at: i64,
    #[n(6)]
    pub as_of: i64,
    #[n(7)]
    pub next_due: i64,
    #[n(8)]
    pub people: u64,
    #[n(9)]
    pub dispensings: u64,
    #[n(10)]
    pub files: Vec<FileRow>,
    #[cbor(n(11), with = "minicbor::bytes")]
    pub opening: [u8; 8],
    #[n(12)]
    pub wraps: Vec<Wrap>,
    #[n(13)]
    pub scope: u8,
    #[n(14)]
    pub publisher_name: String,
    #[n(15)]
    pub checkups: u64,
    #[n(16)]
    pub visits: u64,
    #[n(17)]
    pub base: Option<Base>,
}

/// What a delta says it builds on.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct Base {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub follows: [u8; 16],
    #[n(1)]
    pub follows_version: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub root: [u8; 16],
    #[n(3)]
    pub root_version: u64,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct FileRow {
    #[n(0)]
    pub tree: u8,
    #[n(1)]
    pub buckets: u32,
    #[n(2)]
    pub bytes: u64,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub hashes: Vec<u8>,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct Wrap {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub box_id: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    pub eligibility: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub share: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub medical: Vec<u8>,
}

/// A tree by its number and file.
pub type TreeName = (u8, &'static str);
pub const PERSON: TreeName = (1, "person.blk");
pub const BIRTH: TreeName = (2, "birth.blk");
pub const WORDS: TreeName = (4, "person-words.blk");
pub const KANA: TreeName = (6, "kana.blk");
pub const TREES: [TreeName; 8] = [
    PERSON,
    BIRTH,
    (3, "drug.blk"),
    WORDS,
    (5, "medical-words.blk"),
    KANA,
    (7, "checkup.blk"),
    (8, "visit.blk"),
];

fn context(tree: u8) -> &'static str {
    match tree {
        1 => "sonae release v1 tree person",
        2 => "sonae release v1 tree birth",
        4 => "sonae release v1 tree person words",
        _ => "sonae release v1 tree kana",
    }
}

/// One release's folder in the hands of whoever bends it.
pub struct Release {
    pub dir: PathBuf,
}

impl Release {
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.into() }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    pub fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).unwrap()
    }

    pub fn write(&self, file: &str, bytes: &[u8]) {
        fs::write(self.path(file), bytes).unwrap();
    }

    /// Changes a file behind the publisher's back.
    pub fn bend(&self, file: &str, bend: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.read(file);
        bend(&mut bytes);
        self.write(file, &bytes);
    }

    pub fn manifest(&self) -> Manifest {
        let payload = sonae::sync::peek::payload(&self.read(MANIFEST_NAME)).unwrap().to_vec();
        minicbor::decode(&payload).unwrap()
    }

    /// Changes the manifest and signs it as the publisher.
    pub fn sign(&self, change: impl FnOnce(&mut Manifest)) {
        self.sign_by(&world().keys.publisher, change);
    }

    pub fn sign_by(&self, key: &SigningKeypair, change: impl FnOnce(&mut Manifest)) {
        let mut manifest = self.manifest();
        change(&mut manifest);
        self.sign_payload(PURPOSE, key, &minicbor::to_vec(manifest).unwrap());
    }

    pub fn sign_payload(&self, purpose: Purpose, key: &SigningKeypair, payload: &[u8]) {
        self.write(MANIFEST_NAME, &seal::sign(purpose, key, payload));
    }

    /// Signs the files as they lie here now: lengths and hashes fit, whatever is in them.
    pub fn vouch(&self) {
        self.sign(|manifest| {
            for row in &mut manifest.files {
                let (_, name) = TREES[usize::from(row.tree) - 1];
                let bytes = self.read(name);
                row.bytes = bytes.len() as u64;
                row.hashes = hashes(&bytes);
            }
        });
    }

    pub fn blocks(&self, file: &str) -> Vec<Vec<u8>> {
        let bytes = self.read(file);
        let (mut rest, mut blocks) = (&bytes[..], vec![]);
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let (block, tail) = tail.split_at(u32::from_be_bytes(*length) as usize);
            blocks.push(block.to_vec());
            rest = tail;
        }
        blocks
    }

    /// Puts a file together anew and signs it.
    pub fn set_blocks(&self, file: &str, blocks: &[Vec<u8>]) {
        let row = |block: &Vec<u8>| [&(block.len() as u32).to_be_bytes()[..], block].concat();
        self.write(file, &blocks.iter().flat_map(row).collect::<Vec<u8>>());
        self.vouch();
    }

    fn key(&self, tree: u8) -> SymmetricKey {
        let manifest = self.manifest();
        let wrap = manifest.wraps.iter().find(|wrap| wrap.box_id == BENCH_BOX).unwrap();
        let secret = bench_key().open(ELIGIBILITY, &manifest.release, &wrap.eligibility).unwrap();
        SymmetricKey::derive(context(tree), &[&secret.try_into().unwrap()])
    }

    /// Opens one block, bends what is in it, seals it in its place and signs the release.
    pub fn reseal(&self, (tree, file): TreeName, bucket: usize, bend: impl FnOnce(&mut Vec<u8>)) {
        let key = self.key(tree);
        let mut blocks = self.blocks(file);
        let [number, count] = [bucket, blocks.len()].map(|n| (n as u32).to_be_bytes());
        let nonce = [&[tree, 0, 0, 0, 0, 0, 0, 0], &number[..]].concat().try_into().unwrap();
        let place = [&self.manifest().release[..], &[tree], &number, &count].concat();
        let mut plain = key.open(nonce, &place, &blocks[bucket]).unwrap();
        bend(&mut plain);
        blocks[bucket] = key.seal(nonce, &place, &plain).unwrap();
        self.set_blocks(file, &blocks);
    }
}

pub fn hashes(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(CHUNK_BYTES).flat_map(|chunk| *blake3::hash(chunk).as_bytes()).collect()
}

/// LEB128.
pub fn number(mut value: u64) -> Vec<u8> {
    let mut out = vec![];
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn take_number(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// A person block taken apart: fragments and bodies.
pub fn families(plain: &[u8]) -> Vec<([u8; 6], Vec<u8>)> {
    let mut rest = plain;
    let count = take_number(&mut rest) as usize;
    let (fragments, mut rest) = rest.split_at(6 * count);
    let lengths: Vec<_> = (0..count).map(|_| take_number(&mut rest) as usize).collect();
    let bodies = lengths.into_iter().map(|length| {
        let (body, tail) = rest.split_at(length);
        rest = tail;
        body.to_vec()
    });
    fragments.as_chunks::<6>().0.iter().copied().zip(bodies).collect()
}

pub fn block_of(families: &[([u8; 6], Vec<u8>)]) -> Vec<u8> {
    let mut block = number(families.len() as u64);
    families.iter().for_each(|(fragment, _)| block.extend_from_slice(fragment));
    families.iter().for_each(|(_, body)| block.extend(number(body.len() as u64)));
    families.iter().for_each(|(_, body)| block.extend_from_slice(body));
    block
}

/// The same body with the number of its insurer's word changed.
pub fn with_insurer_word(body: &[u8], word: u64) -> Vec<u8> {
    let mut rest = body;
    let flags = take_number(&mut rest);
    take_number(&mut rest);
    [number(flags), number(word), rest.to_vec()].concat()
}
