//! A delta on the committed release, pinned beside it: what it tells by itself, and what the two tell together.

use super::{
    MADE, Reader, dir, document, hex, people, person_json, sealed_blocks_in, unhex, write_document,
};
use people::{Told, a_day_later, everybody};
use serde_json::{Value, json};
use sonae::{
    cache::Cache,
    domain::person::PersonRecord,
    seal::{SigningKeypair, SymmetricKey, VerifyingKey},
    snapshot::{
        DeltaBuilder, DeltaSpec, DirSource, Manifest, ReleaseSecrets, State, Tree, read_manifest,
        verify,
    },
    sys::{RealDisk, sim::SeedDice},
};
use std::{path::PathBuf, sync::Arc};

fn delta_dir() -> PathBuf {
    dir().join("delta")
}

/// Makes the delta anew, on the release that lies there.
fn bless() {
    let root = Reader::open();
    let [eligibility, medical] = &root.stages.secrets;
    let secrets =
        ReleaseSecrets::new(root.manifest.release_id(), eligibility.clone(), medical.clone());
    let spec = DeltaSpec {
        root: &root.manifest,
        follows: &root.manifest,
        version: 8,
        made_at: MADE.plus_days(1),
        as_of: MADE,
        next_due: MADE.plus_days(2),
        publisher: &SigningKeypair::random(&SeedDice::new(100)),
        dice: &SeedDice::new(104),
    };
    let (dir, root_dir) = (delta_dir(), dir());
    let source = DirSource::new(&RealDisk, &root_dir);
    let mut builder = DeltaBuilder::new(&RealDisk, &dir, &spec, &secrets, &source).unwrap();
    for (state, region) in [(State::Before, everybody()), (State::After, a_day_later())] {
        for Told { person, drugs, checkups, visits } in region {
            let (identity, birth) = (&person.identity, person.birth);
            builder.person(state, &person).unwrap();
            drugs.iter().for_each(|row| builder.dispensing(state, identity, birth, row).unwrap());
            checkups.iter().for_each(|row| builder.checkup(state, identity, birth, row).unwrap());
            visits.iter().for_each(|row| builder.visit(state, identity, birth, row).unwrap());
        }
    }
    builder.finish(&mut |_| {}).unwrap();
    write_document("expected-delta.json", &tell());
}

fn blessed() -> bool {
    let asked = std::env::var_os("SONAE_BLESS");
    asked.is_some_and(|what| what == "delta")
}

fn signed_delta() -> Manifest {
    let publisher = unhex(&document("keys.json")["publisher_public_key"]);
    let dir = delta_dir();
    let source = DirSource::new(&RealDisk, &dir);
    let signed = read_manifest(&source).unwrap();
    let publisher = VerifyingKey::from_bytes(&publisher).unwrap();
    let manifest = Manifest::open(&signed, |_| vec![publisher]).unwrap();
    verify(&source, &manifest, &mut |_| {}).unwrap();
    manifest
}

fn tell() -> Value {
    let delta = signed_delta();
    let base = delta.base().unwrap();
    json!({
        "manifest": {
            "release_id": hex(&delta.release_id().0),
            "version": delta.version(),
            "made_at": delta.made_at().0,
            "as_of": delta.as_of().0,
            "next_due": delta.next_due().0,
            "people": delta.people(),
            "drug_rows": delta.dispensings(),
            "checkup_rows": delta.checkups(),
            "visit_rows": delta.visits(),
            "follows": [hex(&base.follows().0), base.follows_version()],
            "root": [hex(&base.root().0), base.root_version()],
        },
        "families": changed_families(&delta),
        "mark": mark_json(&gone()),
        "people": people_afterwards(),
    })
}

/// The child, who is in the root and not in the delta's region.
fn gone() -> PersonRecord {
    let found = everybody().into_iter().find(|told| told.person.name == "能登谷花子");
    found.unwrap().person
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (piece, rest) = self.0.split_at(count);
        self.0 = rest;
        piece
    }

    fn number(&mut self) -> usize {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.take(1)[0];
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }
}

/// The changed families as the page says that they lie in `person.blk`, read by none of the library's rooms.
fn changed_families(delta: &Manifest) -> Vec<Value> {
    let named = [&delta.release_id().0[..], &[0; 16]].concat();
    let [root, _] = Reader::open().stages.secrets;
    let secret = SymmetricKey::derive(
        "sonae delta v1 eligibility",
        &[root.expose(), &named.try_into().unwrap()],
    );
    let key = SymmetricKey::derive("sonae release v1 tree person", &[secret.expose()]);
    let blocks = sealed_blocks_in(&delta_dir(), delta, Tree::Person);
    let count = u32::try_from(blocks.len()).unwrap().to_be_bytes();
    let mut families = vec![];
    for (bucket, sealed) in (0_u32..).zip(&blocks) {
        let mut nonce = [0; 12];
        nonce[0] = 1;
        nonce[8..].copy_from_slice(&bucket.to_be_bytes());
        let place = [&delta.release_id().0[..], &[1], &bucket.to_be_bytes(), &count].concat();
        let plain = key.open(nonce, &place, sealed).unwrap();
        let mut bytes = Bytes(&plain);
        while !bytes.0.is_empty() {
            let blinded = hex(bytes.take(16));
            let marks: Vec<_> = (0..bytes.number()).map(|_| hex(bytes.take(8))).collect();
            let record = |bytes: &mut Bytes<'_>| {
                let length = bytes.number();
                hex(bytes.take(length))
            };
            let records: Vec<_> = (0..bytes.number()).map(|_| record(&mut bytes)).collect();
            families.push(json!({
                "bucket": bucket, "blinded_key": blinded, "marks": marks, "records": records,
            }));
        }
    }
    families
}

/// What a mark is made of, and the mark, word for word as the page says.
fn mark_json(person: &PersonRecord) -> Value {
    let parts = [
        format!("{:08}", person.identity.insurer.value()),
        person.identity.symbol.clone(),
        person.identity.number.clone(),
        person.identity.branch.map_or(String::new(), |branch| format!("{:02}", branch.value())),
        person.insurer_name.clone(),
        person.name.clone(),
        person.kana.clone(),
        String::new(), // no alias
        String::new(),
        person.birth.to_string(),
        "1".into(), // female
        person.address.clone(),
        person.municipality.to_string(),
        "1".into(), // family
        "30".into(),
        String::new(), // no limit class
        person.valid_from.to_string(),
        String::new(), // not lost
        String::new(),
        "0".into(), // usable
    ];
    let [eligibility, _] = Reader::open().stages.secrets;
    let key = SymmetricKey::derive("sonae delta v1 marks", &[eligibility.expose()]);
    let mut hasher = blake3::Hasher::new_keyed(key.expose());
    for part in &parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    json!({ "parts": parts, "mark": hex(&hasher.finalize().as_bytes()[..8]) })
}

/// A box that takes both in, and tells of everybody of the day after.
fn people_afterwards() -> Vec<Value> {
    let (root, place) = (Reader::open(), tempfile::tempdir().unwrap());
    let cache = Cache::open(Arc::new(RealDisk), place.path().into()).unwrap();
    let (root_dir, delta_dir) = (dir(), delta_dir());
    let source = DirSource::new(&RealDisk, &root_dir);
    cache.import(&source, &root.manifest, &root.keys, &mut |_| {}).unwrap();
    let source = DirSource::new(&RealDisk, &delta_dir);
    let release = cache.import_delta(&source, &signed_delta(), &mut |_| {}).unwrap();
    let tell = |told: Told| {
        let family = release.family(&told.person.identity).unwrap();
        let found = family.iter().find(|found| *found.get() == told.person);
        let person = found.expect("everybody of the day after").get().clone();
        Told {
            drugs: release.dispensings(&person, &root.medical).unwrap(),
            checkups: release.checkups(&person, &root.medical).unwrap(),
            visits: release.visits(&person, &root.medical).unwrap(),
            person,
        }
    };
    let child = gone();
    let left = release.family(&child.identity).unwrap();
    assert!(left.len() == 2 && left.iter().all(|found| *found.get() != child), "she is gone");
    let mut people: Vec<_> = a_day_later().into_iter().map(tell).collect();
    super::sort(&mut people);
    people.iter().map(person_json).collect()
}

#[test]
fn the_committed_delta_is_read_to_the_last_field() {
    if blessed() {
        bless();
    }
    let (told, expected) = (tell(), document("expected-delta.json"));
    for part in ["manifest", "families", "mark", "people"] {
        assert_eq!(told[part], expected[part], "{part}");
    }
}

#[test]
fn the_committed_delta_and_its_root_tell_of_the_region_a_day_later() {
    if blessed() {
        return; // it is being written
    }
    let mut put = a_day_later();
    super::sort(&mut put);
    assert_eq!(people_afterwards(), put.iter().map(person_json).collect::<Vec<_>>());
    assert_eq!(signed_delta().people(), put.len() as u64);
}

#[test]
fn a_mark_in_the_committed_delta_is_what_the_page_says_it_is() {
    if blessed() {
        return; // it is being written
    }
    let mark = mark_json(&gone())["mark"].clone();
    let families = changed_families(&signed_delta());
    let marks = families.iter().flat_map(|family| family["marks"].as_array().unwrap());
    assert_eq!(marks.filter(|made| **made == mark).count(), 1);
}
