//! Replays the seeds of the fuzz targets, and a fixed number of mutations of each: what a fuzzer does for hours, for a moment.

#![allow(clippy::disallowed_methods, reason = "seeds are part of the source, not of a box")]

use super::{Dice, roll, sim::SeedDice};
use std::{fs, path::PathBuf};

/// Mutations of each seed in an ordinary test run.
const MUTATIONS: u64 = 400;

/// Reads `fuzz/corpus/TARGET`; `SONAE_BLESS=1` writes `seeds` there first. No input may make `decode` panic.
pub(crate) fn replay(target: &str, seeds: &[(&str, Vec<u8>)], decode: fn(&[u8])) {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    if std::env::var_os("SONAE_BLESS").is_some() {
        fs::create_dir_all(&dir).unwrap();
        seeds.iter().for_each(|(name, bytes)| fs::write(dir.join(name), bytes).unwrap());
    }
    let mut files: Vec<_> =
        fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= seeds.len(), "{target}: seeds are missing");
    for (number, file) in (1..).zip(files) {
        let seed = fs::read(file).unwrap();
        decode(&seed);
        for step in 0..MUTATIONS {
            decode(&mutated(&seed, &SeedDice::new(number * 1_000_000 + step)));
        }
    }
}

/// Cut, flipped, overwritten with an extreme, doubled in part: up to four times over.
fn mutated(seed: &[u8], dice: &dyn Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let [rounds] = roll(dice);
    for _ in 0..=rounds % 4 {
        let [kind, value, a, b, c, d] = roll(dice);
        let place = |x: u8, y: u8| usize::from(u16::from_be_bytes([x, y])) % (bytes.len() + 1);
        let (at, other) = (place(a, b), place(c, d));
        let (first, last) = (at.min(other), at.max(other));
        match kind % 6 {
            0 => bytes.truncate(at),
            1 => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << (value % 8)),
            2 => bytes
                .get_mut(at)
                .into_iter()
                .for_each(|byte| *byte = [0, 0x7f, 0x80, 0xff][usize::from(value % 4)]),
            3 => bytes.insert(at, value),
            4 => drop(bytes.drain(first..last)),
            _ => {
                let piece = bytes[first..last].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}
