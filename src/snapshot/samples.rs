//! An invented region for tests: families with the same number, some with drugs. Nobody in it exists.

use super::{EnrolledBox, Manifest, OpeningId, OpeningSecret, ReleaseSpec, ReleaseSummary, build};
use crate::{
    domain::{
        area::Area,
        burden::Percent,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        keys::BoxId,
        medication::{Dispensing, Setting},
        person::{PersonRecord, Relation, Sex, Standing},
        time::Stamp,
    },
    seal::{SealingKey, SigningKeypair, SymmetricKey},
    sys::{Disk, sim::SeedDice},
};
use jiff::{ToSpan, civil::date};
use std::path::Path;

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
        sex: if n % 2 == 0 { Sex::Female } else { Sex::Male },
        address: format!("石川県架空市海辺町{}丁目{}番地", n / 8, n % 30),
        municipality: 172_049,
        relation: if member == 0 { Relation::Insured } else { Relation::Family },
        burden: Percent::new(30),
        limit_class: (n % 3 == 0).then(|| "B04".into()),
        valid_from: date(2020, 4, 1),
        lost_on: None,
        loss_reason: None,
        standing: Standing::Usable,
    }
}

pub(crate) fn history(n: u32) -> Vec<Dispensing> {
    (0..n % 5)
        .map(|k| Dispensing {
            on: date(2026, 11, 20).saturating_sub(i64::from(k * 28).days()),
            drug_code: format!("2171022F{k:04}"),
            drug_name: format!("ソナエジピン錠{k}mg"),
            ingredient: "架空ジピンベシル酸塩".into(),
            dose: "1".into(),
            unit: "錠".into(),
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

/// Builds a region of 200 into `dir`, different for each version and seed.
pub(crate) fn publish(disk: &dyn Disk, dir: &Path, version: u64, seed: u64) -> ReleaseSummary {
    let boxes = [EnrolledBox { id: BOX, sealing: box_key().public().unwrap() }];
    let spec = ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県",
        version,
        made_at: MADE,
        as_of: MADE,
        next_due: MADE.plus_days(1),
        boxes: &boxes,
        opening: &opening(),
        publisher: &publisher(),
        dice: &SeedDice::new(1_000 * version + seed),
    };
    build(disk, dir, &spec, region(200).into_iter(), &mut |_| {}).unwrap()
}

pub(crate) fn open_manifest(bytes: &[u8]) -> Manifest {
    Manifest::open(bytes, |_| vec![publisher().public()]).unwrap()
}
