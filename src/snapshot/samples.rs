//! An invented region for tests: families with the same number, some with drugs. Nobody in it exists.

use super::{
    EnrolledBox, MANIFEST_NAME, Manifest, OpeningId, OpeningSecret, Progress, RegionKeys,
    ReleaseBuilder, ReleaseSource, ReleaseSpec, ReleaseSummary, Scope, SnapshotError, Tree, build,
};
use crate::{
    domain::{
        area::Area,
        burden::Percent,
        checkup::Checkup,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        keys::BoxId,
        medication::{Dispensing, Drug, Setting},
        person::{PersonRecord, Relation, Sex, Standing},
        time::Stamp,
        visit::{CareSetting, Visit},
    },
    limits,
    seal::{SealingKey, SigningKeypair, SymmetricKey},
    sys::{
        Disk,
        sim::{SeedDice, SimDisk},
    },
};
use jiff::{ToSpan, civil::date};
use smol_str::format_smolstr;
use std::{collections::BTreeMap, io::Read, path::Path};

pub(crate) const BOX: BoxId = BoxId([0xb0; 16]);
pub(crate) const STRANGER: BoxId = BoxId([0x57; 16]);
pub(crate) const MADE: Stamp = Stamp(1_795_316_400);

pub(crate) fn publisher() -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(100))
}

pub(crate) fn box_key() -> SealingKey {
    SealingKey::random(&SeedDice::new(101))
}

pub(crate) fn opening() -> OpeningSecret {
    OpeningSecret::new(OpeningId([9; 8]), SymmetricKey::random(&SeedDice::new(102)))
}

/// Person `n`: four to a family, born on one of 90 days.
pub(crate) fn person(n: u32) -> PersonRecord {
    let member = (n % 4) as u8;
    PersonRecord {
        identity: Identity {
            insurer: InsurerNumber::from_value(170_010 + n / 40).unwrap(),
            symbol: format!("備{}", n / 40),
            number: format!("{:05}", n / 4),
            branch: Branch::from_value(member + 1),
        },
        insurer_name: format!("架空市{}国民健康保険", n / 40),
        name: format!("能登谷{}　花子{n}", n / 4),
        kana: format!("ノトヤ{}　ハナコ{n}", n / 4),
        alias: None,
        birth: date(1940, 1, 1).saturating_add(i64::from(n % 90 * 300).days()),
        sex: if n.is_multiple_of(2) { Sex::Female } else { Sex::Male },
        address: format!("石川県架空市海辺町{}丁目{}番地", n / 8, n % 30),
        municipality: 172_049,
        relation: if member == 0 { Relation::Insured } else { Relation::Family },
        burden: Percent::new(30),
        limit_class: n.is_multiple_of(3).then(|| "B04".into()),
        valid_from: date(2020, 4, 1),
        lost_on: None,
        loss_reason: None,
        standing: Standing::Usable,
        origin: None,
    }
}

pub(crate) fn history(n: u32) -> Vec<Dispensing> {
    (0..n % 5)
        .map(|k| Dispensing {
            on: date(2026, 11, 20).saturating_sub(i64::from(k * 28).days()),
            drug: Drug {
                code: format_smolstr!("2171022F{k:04}"),
                name: format_smolstr!("ソナエジピン錠{k}mg"),
                ingredient: "架空ジピンベシル酸塩".into(),
                unit: "錠".into(),
            }
            .into(),
            dose: "1".into(),
            usage: "分1 朝食後".into(),
            days: 28,
            facility: "架空海辺薬局".into(),
            setting: Setting::Pharmacy,
        })
        .collect()
}

pub(crate) fn region(people: u32) -> Vec<(PersonRecord, Vec<Dispensing>)> {
    (0..people).map(|n| (person(n), history(n))).collect()
}

/// Builds a region into `dir`, different for each version and seed.
pub(crate) fn publish(
    disk: &dyn Disk,
    dir: &Path,
    version: u64,
    seed: u64,
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
) -> Result<ReleaseSummary, SnapshotError> {
    with_spec(version, seed, |spec| build(disk, dir, spec, people, &mut quiet))
}

pub(super) fn with_spec<T>(version: u64, seed: u64, work: impl FnOnce(&ReleaseSpec<'_>) -> T) -> T {
    let boxes = [EnrolledBox { id: BOX, sealing: box_key().public().unwrap() }];
    work(&ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県",
        scope: Scope::Prefecture,
        publisher_name: "架空センター",
        version,
        made_at: MADE,
        as_of: MADE,
        next_due: MADE.plus_days(1),
        boxes: &boxes,
        opening: &opening(),
        publisher: &publisher(),
        dice: &SeedDice::new(1_000 * version + seed),
    })
}

pub(crate) fn checkup(n: u8) -> Checkup {
    Checkup {
        on: date(2025, 6, 1 + (n % 3) as i8),
        item_code: format_smolstr!("9A75{n:013}"),
        item_name: "収縮期血圧".into(),
        value: ["128", "+", "5.60", "012", ""][usize::from(n % 5)].into(),
        unit: "mmHg".into(),
        facility: format_smolstr!("架空健診センター{}", n % 2),
    }
}

pub(crate) fn visit(n: u8) -> Visit {
    Visit {
        on: date(2026, 1, 1 + (n % 28) as i8),
        facility: "架空病院".into(),
        setting: if n.is_multiple_of(2) { CareSetting::Inpatient } else { CareSetting::Outpatient },
        act_code: "140000610".into(),
        act_name: "創傷処置".into(),
        count: n.into(),
    }
}

/// Builds a release of these people and throws it away.
pub(crate) fn publish_people(
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
) -> Result<ReleaseSummary, SnapshotError> {
    publish(&SimDisk::new(), Path::new("/release"), 1, 0, people)
}

pub(crate) fn open_manifest(bytes: &[u8]) -> Manifest {
    Manifest::open(bytes, |_| vec![publisher().public()]).unwrap()
}

/// A release in memory whose files a test may bend.
#[derive(Debug)]
pub(crate) struct MapSource(pub(crate) BTreeMap<String, Vec<u8>>);

impl ReleaseSource for MapSource {
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, SnapshotError> {
        let missing = || crate::sys::DiskError::Missing(name.into());
        Ok(Box::new(&self.0.get(name).ok_or_else(missing)?[..]))
    }
}

impl MapSource {
    pub(crate) fn file(&mut self, name: &str) -> &mut Vec<u8> {
        self.0.get_mut(name).unwrap()
    }

    pub(crate) fn manifest(&self) -> Manifest {
        open_manifest(&self.0[MANIFEST_NAME])
    }

    pub(crate) fn keys(&self) -> RegionKeys {
        self.manifest().unseal_for(&BOX, &box_key()).unwrap()
    }

    /// Signs the release anew as another prefecture's.
    pub(crate) fn sign_for_region(&mut self, prefecture: u32) {
        self.sign_anew(|wire| wire.region = prefecture);
    }

    /// Signs the release anew after its files were bent, as a faulty publisher would: every hash fits again.
    pub(crate) fn sign_again(&mut self) {
        self.sign_anew(|_| {});
    }

    fn wire(&self) -> super::manifest::Wire {
        let signed = &self.0[MANIFEST_NAME];
        let opened =
            crate::seal::open(super::manifest::PURPOSE, signed, |_| vec![publisher().public()]);
        minicbor::decode(opened.unwrap().payload()).unwrap()
    }

    /// The two secrets the box holds without any opening: the release's eligibility key and the box's drug share.
    pub(crate) fn secrets_of_the_box(&self) -> [SymmetricKey; 2] {
        let wire = self.wire();
        let wrap = &wire.wraps[0];
        [
            (super::wraps::ELIGIBILITY_WRAP, &wrap.eligibility),
            (super::wraps::SHARE_WRAP, &wrap.share),
        ]
        .map(|(purpose, sealed)| {
            let secret = box_key().open(purpose, &wire.release, sealed).unwrap();
            SymmetricKey::from_bytes(secret.try_into().unwrap())
        })
    }

    pub(in crate::snapshot) fn sign_anew(
        &mut self,
        change: impl FnOnce(&mut super::manifest::Wire),
    ) {
        let mut wire = self.wire();
        for file in &mut wire.files {
            let Some(tree) = Tree::ALL.into_iter().find(|tree| tree.number() == file.tree) else {
                continue;
            };
            let bytes = &self.0[tree.file_name()];
            let hash = |chunk| *blake3::hash(chunk).as_bytes();
            file.bytes = bytes.len() as u64;
            file.chunk_hashes = bytes.chunks(limits::CHUNK_BYTES).flat_map(hash).collect();
        }
        change(&mut wire);
        let signed =
            super::manifest::sign(super::SignedBy::Publisher, &wire, &publisher()).unwrap();
        self.0.insert(MANIFEST_NAME.into(), signed);
    }
}

/// A region of 200, held in memory.
pub(crate) fn release(version: u64, seed: u64) -> MapSource {
    release_of(200, version, seed)
}

/// A region of so many.
pub(crate) fn release_of(people: u32, version: u64, seed: u64) -> MapSource {
    let disk = SimDisk::new();
    publish(&disk, Path::new(DIR), version, seed, region(people).into_iter()).unwrap();
    held(&disk)
}

/// A release of these people, held in memory.
pub(crate) fn release_of_people(
    people: impl Iterator<Item = (PersonRecord, Vec<Dispensing>)>,
) -> MapSource {
    let disk = SimDisk::new();
    publish(&disk, Path::new(DIR), 1, 0, people).unwrap();
    held(&disk)
}

/// The region of 200; person 4 has a check-up and a visit, and nobody has another.
pub(crate) fn release_with(checkup: &Checkup, visit: &Visit) -> MapSource {
    let disk = SimDisk::new();
    with_spec(1, 0, |spec| {
        let mut builder = ReleaseBuilder::new(&disk, Path::new(DIR), spec).unwrap();
        let (four, stranger) = (person(4), person(999));
        builder.checkup(&four.identity, four.birth, checkup).unwrap();
        builder.visit(&four.identity, four.birth, visit).unwrap();
        builder.visit(&stranger.identity, stranger.birth, visit).unwrap();
        (0..200).for_each(|n| builder.person(&person(n)).unwrap());
        assert_eq!(builder.finish(&mut quiet).unwrap().rows_of_nobody, 1);
    });
    held(&disk)
}

const DIR: &str = "/release";

fn held(disk: &SimDisk) -> MapSource {
    from_disk(disk, Path::new(DIR))
}

/// The release in a directory, taken into memory.
pub(crate) fn from_disk(disk: &dyn Disk, dir: &Path) -> MapSource {
    let mut files = BTreeMap::new();
    for path in disk.list(dir).unwrap() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        files.insert(name, disk.read(&path, u64::MAX).unwrap());
    }
    MapSource(files)
}

/// The sealed blocks of a file, to be put together anew.
pub(crate) fn split_blocks(mut file: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = vec![];
    while let Some((length, rest)) = file.split_first_chunk::<4>() {
        let (block, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        blocks.push(block.to_vec());
        file = rest;
    }
    blocks
}

pub(crate) fn join_blocks(blocks: &[Vec<u8>]) -> Vec<u8> {
    blocks.iter().flat_map(|b| [&(b.len() as u32).to_be_bytes()[..], b].concat()).collect()
}

pub(crate) fn quiet(_: Progress) {}
