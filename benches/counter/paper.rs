//! A paper, the lists of a box that has been in use, and the bare verification of the same signature.

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::civil::date;
use sonae::{
    app,
    credential::{self, Genuine, RevocationDraft, Revocations, frame},
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
        policy::Policy,
        time::{ClockState, Reading, Stamp},
    },
    seal::SigningKeypair,
    sys::sim::SeedDice,
    trust::{
        Held, KeyStatus, Role, RootDraft, RootHolder, Roots, TrustDraft, TrustList, TrustedKey,
    },
};

/// 2026-11-22 12:00 in Japan.
pub const NOW: Reading = Reading { at: Stamp(1_795_316_400), clock: ClockState::Sure };
/// Insurers whose keys a box holds.
const ISSUERS: u64 = 64;
/// Papers that the issuer has taken back.
const REVOKED: u64 = 100_000;

/// The typical paper: a name of four kanji, 164 bytes.
pub fn claims() -> DocumentClaims {
    DocumentClaims {
        kind: DocumentKind::Certificate,
        identity: Identity {
            insurer: InsurerNumber::from_value(1_170_018).unwrap(),
            symbol: "17010203".into(),
            number: "0123456".into(),
            branch: Branch::from_value(1),
        },
        name: "能登　花子".into(),
        kana: "ノト　ハナコ".into(),
        birth: date(1958, 3, 14),
        sex: Sex::Female,
        relation: Relation::Insured,
        burden: Percent::new(30),
        limit_class: None,
        valid_from: date(2020, 4, 1),
        issued_on: date(2026, 10, 1),
        valid_to: Some(date(2027, 9, 30)),
        serial: *b"\x10\x32\x54\x76\x98\xba",
    }
}

pub struct Scene {
    text: String,
    trust: TrustList,
    revocations: Revocations,
    key: VerifyingKey,
    signature: Signature,
    message: Vec<u8>,
}

impl Scene {
    pub fn new() -> Self {
        let issuer = issuer(7);
        let text = credential::issue(&claims(), &issuer).unwrap();
        let (_, cose) = frame::decode(&text).unwrap();
        // [h'…9 bytes…', {}, h'…', h'…64 bytes…']
        let (rest, signature) = cose.split_last_chunk::<64>().unwrap();
        let (protected, payload) = (&rest[1..11], &rest[12..rest.len() - 2]);
        let message = [b"\x84\x6aSignature1", protected, b"\x4cjp-elig-qr/1", payload].concat();
        let trust = trust();
        let mut revocations = Revocations::new();
        let serial = |n: u64| n.to_be_bytes().last_chunk::<6>().copied().unwrap();
        let serials = (0..REVOKED).map(serial).collect();
        let list = RevocationDraft { sequence: 1, made_at: NOW.at, serials }.sign(&issuer);
        revocations.accept(&list, &trust).unwrap();
        let key = VerifyingKey::from_bytes(issuer.public().as_bytes()).unwrap();
        Self { text, trust, revocations, key, signature: Signature::from_bytes(signature), message }
    }

    /// Both sides verify the same signature.
    pub fn check(&self) {
        assert!(self.verify_bare());
        assert_eq!(self.open().claims.get(), &claims());
    }

    pub fn open(&self) -> Genuine {
        credential::open(&self.text, &self.trust, &self.revocations, NOW).unwrap()
    }

    pub fn at_the_counter(&self) -> app::PaperReport {
        app::read_paper(&self.text, &self.trust, &self.revocations, NOW).unwrap()
    }

    pub fn verify_bare(&self) -> bool {
        self.key.verify_strict(&self.message, &self.signature).is_ok()
    }
}

fn issuer(number: u64) -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(number))
}

fn trust() -> TrustList {
    let root = SigningKeypair::random(&SeedDice::new(1_000));
    let holders = vec![RootHolder { key: root.public(), name: "架空".into() }];
    let document = RootDraft { version: 1, made_at: Stamp(0), threshold: 1, holders };
    let document = RootDraft::add_signature(&document.unsigned(), &root).unwrap();
    let key = |number| TrustedKey {
        role: Role::Issuer,
        key: issuer(number).public(),
        name: format!("架空健康保険組合 {number}"),
        insurers: vec![(1_000_000, 1_999_999)],
        documents: vec![DocumentKind::Certificate, DocumentKind::Notice],
        areas: vec![],
        not_before: date(2026, 4, 1),
        not_after: date(2027, 3, 31),
        status: KeyStatus::Active,
        sealing: None,
    };
    let draft = TrustDraft {
        root_version: 1,
        sequence: 1,
        made_at: NOW.at.plus_days(-1),
        next_due: NOW.at.plus_days(6),
        policy: Policy::default(),
        keys: (0..ISSUERS).map(key).collect(),
    };
    let roots = Roots::born_with(&document).unwrap();
    TrustList::open(&draft.sign(&[&root]), &roots, &Held::default()).unwrap()
}
