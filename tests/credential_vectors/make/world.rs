//! Who signs, who vouches, and when: the world of the cases. Everybody in it is invented.

use ed25519_dalek::{Signer, SigningKey};
use jiff::civil::date;
use serde_json::{Value, json};
use sonae::{
    credential::{self, RevocationDraft, frame},
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
        time::Stamp,
    },
    seal::SigningKeypair,
};

/// 2026-11-22 12:00 in Japan.
pub const NOW: i64 = 1_795_316_400;
pub const DAY: i64 = 86_400;
/// The issuer of nearly every paper here.
pub const ISSUER: [u8; 32] = [0x5a; 32];
/// A disaster authority on the same list.
pub const AUTHORITY: [u8; 32] = [0x5c; 32];
/// On no list.
pub const STRANGER: [u8; 32] = [0x5d; 32];

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn kid(secret: &[u8; 32]) -> [u8; 4] {
    SigningKeypair::from_bytes(secret).public().kid().0
}

// CBOR by hand, so that it can also be written wrongly.

pub fn head(major: u8, value: u64) -> Vec<u8> {
    let major = major << 5;
    match value {
        0..24 => vec![major | value as u8],
        24..0x100 => vec![major | 24, value as u8],
        0x100..0x1_0000 => [&[major | 25][..], &(value as u16).to_be_bytes()].concat(),
        0x1_0000..0x1_0000_0000 => [&[major | 26][..], &(value as u32).to_be_bytes()].concat(),
        _ => [&[major | 27][..], &value.to_be_bytes()].concat(),
    }
}

pub fn uint(value: u64) -> Vec<u8> {
    head(0, value)
}

pub fn bstr(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len() as u64), bytes.to_vec()].concat()
}

pub fn tstr(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64), text.as_bytes().to_vec()].concat()
}

pub type Pairs = Vec<(u8, Vec<u8>)>;

pub fn map(pairs: &Pairs) -> Vec<u8> {
    let body = pairs.iter().flat_map(|(key, value)| [uint((*key).into()), value.clone()].concat());
    [head(5, pairs.len() as u64), body.collect()].concat()
}

/// The typical paper, pair by pair.
pub fn typical() -> Pairs {
    vec![
        (0, uint(1)),
        (1, uint(1_170_018)),
        (2, tstr("17010203")),
        (3, uint(10_123_456)),
        (4, uint(1)),
        (5, tstr("能登　花子")),
        (6, bstr(&[0xc9, 0xc4, 0x20, 0xca, 0xc5, 0xba])),
        (7, uint(21_256)),
        (8, uint(9)),
        (9, uint(3)),
        (11, uint(43_920)),
        (12, uint(46_294)),
        (13, uint(46_658)),
        (14, bstr(&SERIAL)),
    ]
}

pub const SERIAL: [u8; 6] = [0x10, 0x32, 0x54, 0x76, 0x98, 0xba];

pub fn typical_claims() -> DocumentClaims {
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
        serial: SERIAL,
    }
}

/// One code, stage by stage; any of them may be bent before the next is made.
#[derive(Clone)]
pub struct Paper {
    pub secret: [u8; 32],
    pub protected: Vec<u8>,
    pub cbor: Vec<u8>,
    pub signature: Vec<u8>,
    pub claims: Option<DocumentClaims>,
}

pub fn header(kid: &[u8]) -> Vec<u8> {
    [&[0xa2, 1, 0x27, 4][..], &bstr(kid)].concat()
}

pub fn to_be_signed(protected: &[u8], aad: &str, payload: &[u8]) -> Vec<u8> {
    let parts =
        [&[0x84][..], &tstr("Signature1"), &bstr(protected), &bstr(aad.as_bytes()), &bstr(payload)];
    parts.concat()
}

impl Paper {
    pub fn typical() -> Self {
        Self::signed(map(&typical()))
    }

    /// Truly signed by the issuer, whatever the payload.
    pub fn signed(cbor: Vec<u8>) -> Self {
        Self::by(&ISSUER, header(&kid(&ISSUER)), "jp-elig-qr/1", cbor)
    }

    pub fn by(secret: &[u8; 32], protected: Vec<u8>, aad: &str, cbor: Vec<u8>) -> Self {
        let message = to_be_signed(&protected, aad, &cbor);
        let signature = SigningKey::from_bytes(secret).sign(&message).to_bytes().to_vec();
        Self { secret: *secret, protected, cbor, signature, claims: None }
    }

    /// As Sonae itself issues it; with its claims among the stages.
    pub fn issued(claims: &DocumentClaims) -> Self {
        Self::issued_by(claims, &ISSUER)
    }

    pub fn issued_by(claims: &DocumentClaims, secret: &[u8; 32]) -> Self {
        let key = SigningKeypair::from_bytes(secret);
        let (_, cose) = frame::decode(&credential::issue(claims, &key).unwrap()).unwrap();
        let mut d = minicbor::Decoder::new(&cose);
        d.array().unwrap();
        let protected = d.bytes().unwrap().to_vec();
        d.map().unwrap();
        let cbor = d.bytes().unwrap().to_vec();
        let signature = d.bytes().unwrap().to_vec();
        Self { secret: *secret, protected, cbor, signature, claims: Some(claims.clone()) }
    }

    pub fn cose(&self) -> Vec<u8> {
        let parts = [
            &[0x84][..],
            &bstr(&self.protected),
            &[0xa0],
            &bstr(&self.cbor),
            &bstr(&self.signature),
        ];
        parts.concat()
    }

    pub fn text(&self) -> String {
        digits(&self.cose())
    }

    pub fn stages(&self) -> Value {
        self.stages_with(&self.cose())
    }

    /// The stages around a COSE structure that is not the one its parts make.
    pub fn stages_with(&self, cose: &[u8]) -> Value {
        let crc = crc32fast::hash(cose).to_be_bytes();
        let mut stages = json!({
            "cbor": hex(&self.cbor),
            "protected": hex(&self.protected),
            "to_be_signed": hex(&to_be_signed(&self.protected, "jp-elig-qr/1", &self.cbor)),
            "signature": hex(&self.signature),
            "public_key": hex(SigningKeypair::from_bytes(&self.secret).public().as_bytes()),
            "cose": hex(cose),
            "crc": hex(&crc),
            "digits": digits(cose),
        });
        if let [0xa2, 1, 0x27, 4, 0x44, kid @ ..] = &self.protected[..]
            && kid.len() == 4
        {
            stages["kid"] = json!(hex(kid));
        }
        if let Some(claims) = &self.claims {
            stages["claims"] = serde_json::to_value(claims).unwrap();
            stages["serial"] = json!(hex(&claims.serial));
            stages["secret_key"] = json!(hex(&self.secret));
            if let Some(kana) = kana_bytes(&self.cbor) {
                stages["kana_bytes"] = json!(hex(&kana));
            }
        }
        stages
    }
}

fn kana_bytes(cbor: &[u8]) -> Option<Vec<u8>> {
    let mut d = minicbor::Decoder::new(cbor);
    for _ in 0..d.map().ok()?? {
        if d.u8().ok()? == 6 {
            return d.bytes().ok().map(<[u8]>::to_vec);
        }
        d.skip().ok()?;
    }
    None
}

/// A body of these bytes and their checksum.
pub fn digits(cose: &[u8]) -> String {
    framed(&[cose, &crc32fast::hash(cose).to_be_bytes()].concat())
}

/// A body as it is, with whatever checksum.
pub fn framed(body: &[u8]) -> String {
    let blocks = body.chunks(7).map(|block| {
        let value = block.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        format!("{value:0width$}", width = [0, 3, 5, 8, 10, 13, 15, 17][block.len()])
    });
    format!("51731{:03}{}", body.len(), blocks.collect::<String>())
}

/// Trust list, revocation lists and clock of one case.
#[derive(Clone)]
pub struct Context {
    pub machine: i64,
    pub signed: i64,
    pub recorded: i64,
    pub next_due: i64,
    pub keys: Vec<Value>,
    pub lists: Vec<Vec<u8>>,
}

pub fn listed_key(role: &str, public: &[u8], name: &str) -> Value {
    json!({
        "role": role, "public_key": hex(public), "name": name,
        "insurers": [[1_170_000, 1_179_999]], "documents": ["certificate", "notice"],
        "not_before": "2026-04-01", "not_after": "2027-03-31", "status": "active",
    })
}

pub fn public(secret: &[u8; 32]) -> [u8; 32] {
    *SigningKeypair::from_bytes(secret).public().as_bytes()
}

pub fn revocations(made_at: i64, serials: Vec<[u8; 6]>) -> Vec<u8> {
    let key = SigningKeypair::from_bytes(&ISSUER);
    RevocationDraft { sequence: 7, made_at: Stamp(made_at), serials }.sign(&key)
}

impl Context {
    /// Everything fresh, the issuer in use, nothing revoked but somebody else's paper.
    pub fn usual() -> Self {
        Self {
            machine: NOW,
            signed: NOW - DAY,
            recorded: NOW - 3_600,
            next_due: NOW + 6 * DAY,
            keys: vec![
                listed_key("issuer", &public(&ISSUER), "全国健康保険協会 石川支部（架空）"),
                listed_key("authority", &public(&AUTHORITY), "石川県（架空）"),
            ],
            lists: vec![revocations(NOW - 3_600, vec![[9; 6]])],
        }
    }

    /// The same with another entry for the issuer.
    pub fn with_issuer(changes: Value) -> Self {
        let mut context = Self::usual();
        for (name, value) in changes.as_object().unwrap() {
            context.keys[0][name] = value.clone();
        }
        if context.keys[0]["status"] == "compromised" {
            context.lists.clear(); // such a list would be a thief's
        }
        context
    }

    pub fn document(&self) -> Value {
        json!({
            "clock": { "machine": self.machine, "signed": self.signed, "recorded": self.recorded },
            "card_seen": false,
            "trust_list": {
                "made_at": NOW - DAY, "next_due": self.next_due,
                "policy": { "revocation": [7, 30, 65_535], "trust_list": [7, 30, 180] },
                "keys": self.keys,
            },
            "revocation_lists": self.lists.iter().map(|list| hex(list)).collect::<Vec<_>>(),
        })
    }
}
