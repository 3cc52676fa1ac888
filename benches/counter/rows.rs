//! What is decided, read and looked at: made by Sonae's own writers.

use crate::paper::{NOW, Scene, claims};
use jiff::civil::{Date, date};
use sonae::{
    cache::Cache,
    credential,
    domain::{
        answer::{Answer, Basis, Verdict},
        area::Area,
        decide::decide,
        evidence::{CardSeen, DocumentFinding, Evidence, OwnFinding, SnapshotFinding},
        keys::BoxId,
        medication::{Dispensing, Drug, Setting},
        person::{PersonRecord, Sex, Standing},
        policy::Policy,
        time::Reading,
        verified::Verified,
    },
    notebook::{SheetPatient, write_drug_sheet},
    print, scan,
    seal::{SealingKey, SigningKeypair},
    snapshot::{
        DirSource, EnrolledBox, Manifest, OpeningSecret, Progress, ReleaseBuilder, ReleaseSpec,
        Scope, read_manifest,
    },
    sys::{RealDisk, sim::SeedDice},
};
use std::sync::Arc;

const BOX: BoxId = BoxId([0xb0; 16]);
const DPI: u16 = 300;

/// The dearest way through the table: a paper and the snapshot's record of the same person, compared by kana.
pub struct Decision {
    evidence: Evidence,
    on: Date,
    now: Reading,
    policy: Policy,
}

impl Decision {
    pub fn new() -> Self {
        let (record, source) = looked_up();
        let evidence = Evidence {
            snapshot: SnapshotFinding::Found { record: Box::new(record), source },
            own: OwnFinding::NothingKept,
            document: Some(DocumentFinding::from(Scene::new().open())),
            card: CardSeen::NotSeen,
            live: None,
            shown: vec![],
        };
        Self { evidence, on: NOW.at.day(), now: NOW, policy: Policy::default() }
    }

    pub fn check(&self) {
        let answer = self.decide();
        assert_eq!((answer.verdict, answer.basis), (Verdict::Eligible, Basis::Certificate));
    }

    pub fn decide(&self) -> Answer {
        decide(&self.evidence, self.on, self.now, &self.policy)
    }
}

fn record() -> PersonRecord {
    let claims = claims();
    PersonRecord {
        identity: claims.identity,
        insurer_name: "架空健康保険組合".into(),
        name: claims.name,
        kana: claims.kana,
        alias: None,
        birth: claims.birth,
        sex: claims.sex,
        address: "鳳珠郡能登町字宇出津1".into(),
        municipality: 174_637,
        relation: claims.relation,
        burden: claims.burden,
        limit_class: None,
        valid_from: claims.valid_from,
        lost_on: None,
        loss_reason: None,
        standing: Standing::Usable,
        origin: None,
    }
}

/// The record as a box finds it: only a lookup makes a verified one.
fn looked_up() -> (Verified<PersonRecord>, sonae::domain::evidence::SnapshotSource) {
    let dice = SeedDice::new(1);
    let (publisher, sealing) = (SigningKeypair::random(&dice), SealingKey::random(&dice));
    let dir = tempfile::tempdir().unwrap();
    let spec = ReleaseSpec {
        region: Area::Prefecture(17),
        region_name: "石川県（架空の住民）",
        scope: Scope::Prefecture,
        publisher_name: "架空広域連合",
        version: 1,
        made_at: NOW.at,
        as_of: NOW.at,
        next_due: NOW.at.plus_days(1),
        boxes: &[EnrolledBox { id: BOX, sealing: sealing.public().unwrap() }],
        opening: &OpeningSecret::random(&dice),
        publisher: &publisher,
        dice: &dice,
    };
    let release = dir.path().join("release");
    let mut builder = ReleaseBuilder::new(&RealDisk, &release, &spec).unwrap();
    builder.person(&record()).unwrap();
    builder.finish(&mut |_: Progress| {}).unwrap();
    let source = DirSource::new(&RealDisk, &release);
    let manifest =
        Manifest::open(&read_manifest(&source).unwrap(), |_| vec![publisher.public()]).unwrap();
    let keys = manifest.unseal_for(&BOX, &sealing).unwrap();
    let cache = Cache::open(Arc::new(RealDisk), dir.path().join("cache")).unwrap();
    let open = cache.import(&source, &manifest, &keys, &mut |_: Progress| {}).unwrap();
    let found = open.family(&record().identity).unwrap().remove(0);
    (found, open.source())
}

/// One text of twenty drugs on five days, in the parts that symbols carry.
pub fn notebook_of_twenty() -> Vec<Vec<u8>> {
    let patient = SheetPatient {
        name: "能登　花子",
        kana: "ノト　ハナコ",
        sex: Sex::Female,
        birth: date(1958, 3, 14),
    };
    let dispensings: Vec<Dispensing> = (0..20_i8)
        .map(|number| Dispensing {
            on: date(2026, 6 + number / 4, 10),
            drug: Drug {
                code: "2171022F1029".into(),
                name: format!("架空錠{number}　５ｍｇ").into(),
                ingredient: "アムロジピンベシル酸塩".into(),
                unit: "錠".into(),
            }
            .into(),
            dose: "1".into(),
            usage: "分１　朝食後".into(),
            days: 28,
            facility: "架空薬局".into(),
            setting: Setting::Pharmacy,
        })
        .collect();
    let parts = write_drug_sheet(&patient, &dispensings, usize::MAX).unwrap().parts;
    let read = sonae::notebook::read(&parts).unwrap();
    assert_eq!(read.visits.len(), 5);
    parts
}

/// A certificate's sheet as a scanner hands it in, and the digits on it.
pub fn page_picture() -> (Vec<u8>, String) {
    let issuer = SigningKeypair::random(&SeedDice::new(7));
    let digits = credential::issue(&claims(), &issuer).unwrap();
    let sheet =
        print::certificate_sheet(&claims(), &digits, "架空健康保険組合", claims().issued_on)
            .unwrap();
    (scan::page_picture(&sheet.pdf, 1, DPI).unwrap(), digits)
}
