//! Format 1 of a release, pinned: a whole release lies in `tests/data/release-v1`, and what it tells beside it.
//!
//! `SONAE_BLESS=1 cargo test --test release_format` makes it anew; do that only while no release of the format is in use, and
//! `SONAE_BLESS=delta` the delta on top of it.
//! The keys in it are made from seeds and open nothing else. `reader.py` there reads the same from the page alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a vector that cannot be read has broken its promise, and writing it need not survive a power cut"
)]

mod delta;
mod people;

use minicbor::Decode;
use people::{Told, everybody};
use serde_json::{Value, json};
use sonae::{
    domain::{
        area::Area,
        keys::BoxId,
        medication::Setting,
        person::{LossReason, PersonRecord, Relation, Sex, Standing},
        time::Stamp,
        visit::CareSetting,
    },
    seal::{SealingKey, SigningKeypair, SymmetricKey, VerifyingKey},
    snapshot::{
        BlockStream, DirSource, DrugKey, EnrolledBox, Manifest, OpeningSecret, Pointer, ReadAs,
        RegionKeys, ReleaseBuilder, ReleaseSpec, Scope, Tree, Words, WordsLoader, read_manifest,
        verify,
    },
    sys::{RealDisk, sim::SeedDice},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const BOX: BoxId = BoxId([0xb0; 16]);
const MADE: Stamp = Stamp(1_795_316_400);

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/release-v1")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &Value) -> [u8; N] {
    let text = text.as_str().unwrap();
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
}

fn document(name: &str) -> Value {
    serde_json::from_slice(&fs::read(dir().join(name)).unwrap()).unwrap()
}

fn write_document(name: &str, document: &Value) {
    fs::write(dir().join(name), format!("{document:#}\n")).unwrap();
}

fn blessed() -> bool {
    std::env::var_os("SONAE_BLESS").is_some_and(|what| what == "1")
}

/// Makes the release anew. Block files follow from the seeds; the wrapped keys do not, for HPKE takes the kernel's dice.
fn bless() {
    let publisher = SigningKeypair::random(&SeedDice::new(100));
    let sealing = SealingKey::random(&SeedDice::new(101));
    let opening = OpeningSecret::random(&SeedDice::new(102));
    let spec = ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県",
        scope: Scope::Prefecture,
        publisher_name: "架空センター",
        version: 7,
        made_at: MADE,
        as_of: MADE.plus_days(-1),
        next_due: MADE.plus_days(1),
        boxes: &[EnrolledBox { id: BOX, sealing: sealing.public().unwrap() }],
        opening: &opening,
        publisher: &publisher,
        dice: &SeedDice::new(103),
    };
    let mut builder = ReleaseBuilder::new(&RealDisk, &dir(), &spec).unwrap();
    for Told { person, drugs, checkups, visits } in everybody() {
        let (identity, birth) = (&person.identity, person.birth);
        builder.person(&person).unwrap();
        drugs.iter().for_each(|row| builder.dispensing(identity, birth, row).unwrap());
        checkups.iter().for_each(|row| builder.checkup(identity, birth, row).unwrap());
        visits.iter().for_each(|row| builder.visit(identity, birth, row).unwrap());
    }
    builder.finish(&mut |_| {}).unwrap();
    let keys = json!({
        "note": "synthetic: made from seeds by a test, they open this invented release and nothing else",
        "publisher_public_key": hex(publisher.public().as_bytes()),
        "box_id": hex(&BOX.0),
        "box_sealing_secret": hex(sealing.expose()),
        "opening_secret": hex(opening.expose()),
    });
    write_document("keys.json", &keys);
    write_document("expected.json", &Reader::open().tell());
}

/// Today's library, with the committed release and its keys.
struct Reader {
    manifest: Manifest,
    keys: RegionKeys,
    medical: DrugKey,
    person_words: Words,
    medical_words: Words,
    stages: Stages,
}

fn sealed_blocks(manifest: &Manifest, tree: Tree) -> Vec<Vec<u8>> {
    sealed_blocks_in(&dir(), manifest, tree)
}

fn sealed_blocks_in(dir: &Path, manifest: &Manifest, tree: Tree) -> Vec<Vec<u8>> {
    let source = DirSource::new(&RealDisk, dir);
    let mut stream = BlockStream::open(&source, manifest, tree).unwrap();
    std::iter::from_fn(|| stream.next_block().unwrap().map(|(_, block)| block)).collect()
}

fn words(manifest: &Manifest, mut loader: WordsLoader<'_>) -> Words {
    for block in sealed_blocks(manifest, loader.tree()) {
        loader.take(&block).unwrap();
    }
    loader.finish().unwrap()
}

fn sort(people: &mut [Told]) {
    people.sort_by_cached_key(|told| {
        let PersonRecord { identity, birth, .. } = &told.person;
        let branch = identity.branch.map(|branch| format!("{:02}", branch.value()));
        let insurer = format!("{:08}", identity.insurer.value());
        (insurer, identity.symbol.clone(), identity.number.clone(), branch, *birth)
    });
}

impl Reader {
    fn open() -> Self {
        let document = document("keys.json");
        let publisher =
            VerifyingKey::from_bytes(&unhex(&document["publisher_public_key"])).unwrap();
        let dir = dir();
        let source = DirSource::new(&RealDisk, &dir);
        let signed = read_manifest(&source).unwrap();
        let manifest = Manifest::open(&signed, |_| vec![publisher]).unwrap();
        verify(&source, &manifest, &mut |_| {}).unwrap();

        let sealing = SealingKey::from_bytes(unhex(&document["box_sealing_secret"]));
        let box_id = BoxId(unhex(&document["box_id"]));
        let secret = SymmetricKey::from_bytes(unhex(&document["opening_secret"]));
        let opening = OpeningSecret::new(manifest.opening_id(), secret);
        let keys = manifest.unseal_for(&box_id, &sealing).unwrap();
        let medical = keys.unlock_drugs(&manifest, &opening).unwrap();
        Self {
            person_words: words(&manifest, keys.words()),
            medical_words: words(&manifest, medical.words()),
            stages: Stages::open(&signed, &sealing, &opening),
            manifest,
            keys,
            medical,
        }
    }

    fn block(&self, tree: Tree, bucket: u32) -> Vec<u8> {
        sealed_blocks(&self.manifest, tree).swap_remove(bucket as usize)
    }

    fn person(&self, wanted: &PersonRecord) -> Told {
        let (family, bucket) = self.keys.family(&wanted.identity);
        let sealed = self.block(Tree::Person, bucket);
        let members =
            self.keys.open_family(&self.person_words, bucket, &sealed, (&family, None)).unwrap();
        let same = |member: &PersonRecord| {
            member.identity.branch == wanted.identity.branch && member.birth == wanted.birth
        };
        let person = members.into_iter().find(same).expect("everybody put in is found");
        let (medical, blind) = (&self.medical, self.medical.person(&person));
        let block = |tree| self.block(tree, medical.bucket(tree, &blind));
        let words = &self.medical_words;
        Told {
            drugs: medical.open_drugs(words, &block(Tree::Drug), &blind).unwrap(),
            checkups: medical.open_checkups(words, &block(Tree::Checkup), &blind).unwrap(),
            visits: medical.open_visits(words, &block(Tree::Visit), &blind).unwrap(),
            person,
        }
    }

    fn tell(&self) -> Value {
        let mut people: Vec<Told> =
            everybody().iter().map(|told| self.person(&told.person)).collect();
        sort(&mut people);
        let first = |symbol: &str| {
            &people.iter().find(|told| told.person.identity.symbol == symbol).unwrap().person
        };
        let lookups = [
            self.lookup(Tree::Person, first("備前")),
            self.lookup(Tree::Person, first("１２３４ー５６\u{1f}")),
            self.lookup(Tree::Drug, first("備後")),
        ];
        json!({
            "manifest": self.claims(),
            "people": people.iter().map(person_json).collect::<Vec<_>>(),
            "lookups": lookups,
        })
    }

    fn claims(&self) -> Value {
        let manifest = &self.manifest;
        json!({
            "release_id": hex(&manifest.release_id().0),
            "region": 17,
            "region_name": manifest.region_name(),
            "version": manifest.version(),
            "made_at": manifest.made_at().0,
            "as_of": manifest.as_of().0,
            "next_due": manifest.next_due().0,
            "people": manifest.people(),
            "drug_rows": manifest.dispensings(),
            "checkup_rows": manifest.checkups(),
            "visit_rows": manifest.visits(),
            "opening_id": hex(&manifest.opening_id().0),
            "scope": 2,
            "publisher": manifest.publisher_name(),
        })
    }

    /// Each step of one lookup, so that another reader sees where it leaves the way.
    fn lookup(&self, tree: Tree, person: &PersonRecord) -> Value {
        let identity = &person.identity;
        let (blind, bucket, fragment) = match tree {
            Tree::Person => {
                let (blind, bucket) = self.keys.family(identity);
                (blind, bucket, 8..14)
            }
            _ => {
                let blind = self.medical.person(person);
                (blind, self.medical.bucket(tree, &blind), 8..16)
            }
        };
        let buckets = self.manifest.buckets(tree);
        let (number, secret) = match tree {
            Tree::Person => (1, &self.stages.person),
            _ => (3, &self.stages.drug),
        };
        let mut nonce = [0; 12];
        nonce[0] = number;
        nonce[8..].copy_from_slice(&bucket.to_be_bytes());
        let release = self.manifest.release_id().0;
        let place =
            [&release[..], &[number], &bucket.to_be_bytes(), &buckets.to_be_bytes()].concat();
        let plain = secret.open(nonce, &place, &self.block(tree, bucket)).unwrap();
        json!({
            "asked": {
                "file": tree.file_name(),
                "insurer_number": format!("{:08}", identity.insurer.value()),
                "symbol": identity.symbol,
                "number": identity.number,
                "branch": identity.branch.map(|branch| format!("{:02}", branch.value())),
                "birth_date": person.birth.to_string(),
            },
            "family_key": identity.family_key(),
            "blinded_key": hex(&blind),
            "bucket": bucket,
            "fragment": hex(&blind[fragment]),
            "nonce": hex(&nonce),
            "associated_data": hex(&place),
            "plain_block": hex(&plain),
        })
    }
}

/// The part of a manifest that the library keeps to itself.
#[derive(Decode)]
#[cbor(map)]
struct Wraps {
    #[cbor(n(1), with = "minicbor::bytes")]
    release: [u8; 16],
    #[n(12)]
    wraps: Vec<Wrap>,
}

#[derive(Decode)]
#[cbor(map)]
struct Wrap {
    #[cbor(n(1), with = "minicbor::bytes")]
    eligibility: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    share: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    medical: Vec<u8>,
}

/// The keys of two trees, derived here word for word as the page says, not by the library's rooms.
struct Stages {
    /// The eligibility key and the medical key.
    secrets: [SymmetricKey; 2],
    person: SymmetricKey,
    drug: SymmetricKey,
}

impl Stages {
    fn open(signed: &[u8], sealing: &SealingKey, opening: &OpeningSecret) -> Self {
        let mut decoder = minicbor::Decoder::new(signed);
        assert_eq!(decoder.array().unwrap(), Some(4));
        decoder.skip().unwrap();
        decoder.skip().unwrap();
        let claims: Wraps = minicbor::decode(decoder.bytes().unwrap()).unwrap();
        let wrap = &claims.wraps[0];
        let key = |bytes: Vec<u8>| SymmetricKey::from_bytes(bytes.try_into().unwrap());
        let hpke =
            |purpose, sealed: &[u8]| key(sealing.open(purpose, &claims.release, sealed).unwrap());
        let eligibility = hpke("sonae release v1 eligibility key", &wrap.eligibility);
        let share = hpke("sonae release v1 drug share", &wrap.share);
        let kek = SymmetricKey::derive("sonae drug kek v1", &[share.expose(), opening.expose()]);
        let (nonce, sealed) = wrap.medical.split_first_chunk().unwrap();
        let medical = key(kek.open(*nonce, &[claims.release, BOX.0].concat(), sealed).unwrap());
        Self {
            person: SymmetricKey::derive("sonae release v1 tree person", &[eligibility.expose()]),
            drug: SymmetricKey::derive("sonae release v1 tree drug", &[medical.expose()]),
            secrets: [eligibility, medical],
        }
    }
}

fn person_json(told: &Told) -> Value {
    let PersonRecord { identity, alias, .. } = &told.person;
    let person = &told.person;
    let reason = |reason| match reason {
        LossReason::Death => "death",
        LossReason::PublicAssistance => "public_assistance",
        LossReason::OtherInsurance => "other_insurance",
        LossReason::Other => "other",
    };
    json!({
        "insurer_number": format!("{:08}", identity.insurer.value()),
        "insurer_name": person.insurer_name,
        "symbol": identity.symbol,
        "number": identity.number,
        "branch": identity.branch.map(|branch| format!("{:02}", branch.value())),
        "birth_date": person.birth.to_string(),
        "name": person.name,
        "kana": person.kana,
        "alias": alias.as_ref().map(|alias| json!({"name": alias.name, "kana": alias.kana})),
        "municipality": format!("{:06}", person.municipality),
        "address": person.address,
        "relation": match person.relation {
            Relation::Insured => "insured",
            Relation::Family => "family",
        },
        "sex": match person.sex {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Unstated => "not_stated",
        },
        "share_percent": person.burden.map(sonae::domain::burden::Percent::value),
        "limit_class": person.limit_class,
        "valid_from": person.valid_from.to_string(),
        "lost_on": person.lost_on.map(|day| day.to_string()),
        "lost_reason": person.loss_reason.map(reason),
        "suspended": person.standing == Standing::Suspended,
        "drugs": told.drugs.iter().map(|row| json!({
            "on": row.on.to_string(),
            "facility": row.facility,
            "setting": match row.setting { Setting::InHouse => "h", Setting::Pharmacy => "p" },
            "code": row.drug.code, "name": row.drug.name, "ingredient": row.drug.ingredient,
            "unit": row.drug.unit, "dose": row.dose, "usage": row.usage, "count": row.days,
        })).collect::<Vec<_>>(),
        "checkups": told.checkups.iter().map(|row| json!({
            "on": row.on.to_string(), "facility": row.facility, "setting": "",
            "code": row.item_code, "name": row.item_name, "unit": row.unit, "value": row.value,
        })).collect::<Vec<_>>(),
        "visits": told.visits.iter().map(|row| json!({
            "on": row.on.to_string(),
            "facility": row.facility,
            "setting": match row.setting {
                CareSetting::Inpatient => "i",
                CareSetting::Outpatient => "o",
            },
            "code": row.act_code, "name": row.act_name, "count": row.count,
        })).collect::<Vec<_>>(),
    })
}

#[test]
fn the_committed_release_of_format_1_is_read_to_the_last_field() {
    if blessed() {
        bless();
    }
    let (told, expected) = (Reader::open().tell(), document("expected.json"));
    for (told, expected) in
        told["people"].as_array().unwrap().iter().zip(expected["people"].as_array().unwrap())
    {
        assert_eq!(told, expected);
    }
    assert_eq!(told, expected);
}

#[test]
fn the_committed_release_tells_what_was_put_into_it() {
    if blessed() {
        return; // it is being written
    }
    let reader = Reader::open();
    for put in everybody() {
        assert_eq!(person_json(&reader.person(&put.person)), person_json(&put));
    }
    assert_eq!(reader.manifest.people(), everybody().len() as u64);
}

#[test]
fn everybody_is_found_by_birth_date_and_name_in_the_committed_indexes() {
    if blessed() {
        return; // they are being written
    }
    let reader = Reader::open();
    let leads_to = |pointers: Vec<Pointer>, person: &PersonRecord| {
        pointers.into_iter().any(|pointer| {
            let sealed = reader.block(Tree::Person, pointer.bucket);
            let found =
                reader.keys.open_pointed(&reader.person_words, (pointer, None), &sealed).unwrap();
            found.contains(person)
        })
    };
    let mut readings = 0;
    for Told { person, .. } in everybody() {
        let alias = person.alias.iter().flat_map(|alias| [&alias.name, &alias.kana]);
        for text in [&person.name, &person.kana].into_iter().chain(alias) {
            let bucket = reader.keys.birth_bucket(person.birth);
            let (sealed, filter) =
                (reader.block(Tree::Birth, bucket), reader.keys.name_filter(text));
            let born = reader.keys.open_birth(bucket, &sealed, person.birth, &filter).unwrap();
            assert!(text.is_empty() || leads_to(born, &person), "birth date and {text}");

            let (blind, bucket) = reader.keys.reading(text);
            if reader.keys.reads_as(&person, &blind) {
                readings += 1;
                let sealed = reader.block(Tree::Kana, bucket);
                let named = reader.keys.open_reading(bucket, &sealed, &blind).unwrap();
                let ReadAs::Families(named) = named else { panic!("{text}: too many") };
                assert!(leads_to(named, &person), "{text}");
            }
        }
    }
    assert!(readings > everybody().len(), "{readings}");
}
