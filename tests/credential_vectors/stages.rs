//! The stages of a case, each made from the one before by means of this file alone: digits, CRC, COSE, claims.

use super::case::Case;
use jiff::civil::date;
use minicbor::{Decoder, data::Type};
use serde_json::{Value, json};
use sonae::{
    credential,
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
    },
    seal::SigningKeypair,
};

const AAD: &[u8] = b"jp-elig-qr/1";
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

/// Every stage that a case names follows from the one before.
pub fn follow(case: &Case) {
    let name = &case.name;
    if let (Some(cose), Some(crc)) = (case.hex("cose"), case.hex("crc")) {
        let body = [&cose[..], &crc].concat();
        assert_eq!(json!(digits(&body)), case.stages()["digits"], "{name}");
        assert_eq!(crc32fast::hash(&cose).to_be_bytes()[..], crc[..], "{name}");
    }
    let (Some(protected), Some(cbor), Some(signature)) =
        (case.hex("protected"), case.hex("cbor"), case.hex("signature"))
    else {
        return;
    };
    let signed = to_be_signed(&protected, &cbor);
    assert_eq!(case.hex("to_be_signed").unwrap(), signed, "{name}");
    let shaped = case.expected()["signature"] != "not_checked";
    if shaped {
        let plain = [&[0x84][..], &bytes(&protected), &[0xa0], &bytes(&cbor), &bytes(&signature)];
        assert_eq!(case.hex("cose").unwrap(), plain.concat(), "{name}");
        assert_eq!(protected, [&[0xa2, 1, 0x27, 4, 0x44][..], &case.hex("kid").unwrap()].concat());
        let key = public_key(case);
        assert_eq!(
            blake3::hash(key.as_bytes()).as_bytes()[..4],
            case.hex("kid").unwrap(),
            "{name}"
        );
        let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
        let valid = key.verify_strict(&signed, &signature).is_ok();
        assert_eq!(valid, case.expected()["signature"] == "valid", "{name}");
    }
    if case.claims().is_some() {
        assert_eq!(claims_in(&cbor), numbered(case), "{name}");
    }
}

fn public_key(case: &Case) -> ed25519_dalek::VerifyingKey {
    let bytes = case.hex("public_key").unwrap().try_into().unwrap();
    ed25519_dalek::VerifyingKey::from_bytes(&bytes).unwrap()
}

fn digits(body: &[u8]) -> String {
    let mut text = format!("51731{:03}", body.len());
    for block in body.chunks(7) {
        let value = block.iter().fold(0_u64, |value, byte| value * 256 + u64::from(*byte));
        text += &format!("{value:0width$}", width = DIGITS[block.len()]);
    }
    text
}

fn bytes(held: &[u8]) -> Vec<u8> {
    let head = match held.len() {
        0..24 => vec![0x40 + held.len() as u8],
        24..256 => vec![0x58, held.len() as u8],
        _ => vec![0x59, (held.len() >> 8) as u8, held.len() as u8],
    };
    [head, held.to_vec()].concat()
}

fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let parts = [&[0x84, 0x6a][..], b"Signature1", &bytes(protected), &bytes(AAD), &bytes(payload)];
    parts.concat()
}

/// A claims map as `[[key, value]]`, texts as text, byte strings as hexadecimal.
fn claims_in(cbor: &[u8]) -> Value {
    let mut d = Decoder::new(cbor);
    let pairs = (0..d.map().unwrap().unwrap()).map(|_| {
        let key = d.u8().unwrap();
        let value = match d.datatype().unwrap() {
            Type::String => json!(d.str().unwrap()),
            Type::Bytes => {
                let bytes = d.bytes().unwrap().iter().map(|byte| format!("{byte:02x}"));
                json!({ "hex": bytes.collect::<String>() })
            }
            _ => json!(i64::try_from(d.int().unwrap()).unwrap()),
        };
        json!([key, value])
    });
    pairs.collect()
}

/// The same from the claims as people read them.
fn numbered(case: &Case) -> Value {
    let claims = claims(case);
    let day = |day: jiff::civil::Date| {
        day.since(date(1900, 1, 1)).unwrap().get_days() // `since` counts whole days by default
    };
    let identity = &claims.identity;
    let number = &identity.number;
    let as_integer = number.len() <= 17 && number.bytes().all(|byte| byte.is_ascii_digit());
    let kana = case.stages().get("kana_bytes");
    let text = |text: &str| (!text.is_empty()).then(|| json!(text));
    let sex = match claims.sex {
        Sex::Unstated => 0,
        Sex::Male => 1,
        Sex::Female => 2,
    };
    let relation = match claims.relation {
        Relation::Insured => 1,
        Relation::Family => 2,
    };
    let all = [
        Some(json!(if claims.kind == DocumentKind::Certificate { 1 } else { 2 })),
        Some(json!(identity.insurer.value())),
        text(&identity.symbol),
        Some(if as_integer {
            json!(format!("1{number}").parse::<i64>().unwrap())
        } else {
            json!(number)
        }),
        identity.branch.map(|branch| json!(branch.value())),
        Some(json!(claims.name)),
        kana.map(|bytes| json!({ "hex": bytes })).or(text(&claims.kana)),
        Some(json!(day(claims.birth))),
        Some(json!(sex * 4 + relation)),
        claims.burden.map(|percent| json!(percent.value() / 10)),
        claims.limit_class.as_ref().map(|class| json!(class)),
        Some(json!(day(claims.valid_from))),
        Some(json!(day(claims.issued_on))),
        claims.valid_to.map(|last_day| json!(day(last_day))),
        Some(json!({ "hex": case.stages()["serial"] })),
    ];
    let pairs = all.into_iter().enumerate().filter_map(|(key, value)| Some(json!([key, value?])));
    pairs.collect()
}

/// The digits that Sonae issues for these claims with the case's key.
pub fn issued_again(case: &Case) -> Value {
    let secret: [u8; 32] = case.hex("secret_key").unwrap().try_into().unwrap();
    let digits = credential::issue(&claims(case), &SigningKeypair::from_bytes(&secret));
    json!(digits.unwrap_or_else(|refusal| panic!("{}: {refusal}", case.name)))
}

fn claims(case: &Case) -> DocumentClaims {
    let said = case.claims().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let day = |value: &Value| value.as_str().map(|day| day.parse().unwrap());
    let identity = &said["identity"];
    DocumentClaims {
        kind: match said["kind"].as_str().unwrap() {
            "certificate" => DocumentKind::Certificate,
            _ => DocumentKind::Notice,
        },
        identity: Identity {
            insurer: InsurerNumber::from_value(text(&identity["insurer"]).parse().unwrap())
                .unwrap(),
            symbol: text(&identity["symbol"]),
            number: text(&identity["number"]),
            branch: Branch::parse(&text(&identity["branch"])),
        },
        name: text(&said["name"]),
        kana: text(&said["kana"]),
        birth: day(&said["birth"]).unwrap(),
        sex: match said["sex"].as_str().unwrap() {
            "male" => Sex::Male,
            "female" => Sex::Female,
            _ => Sex::Unstated,
        },
        relation: match said["relation"].as_str().unwrap() {
            "insured" => Relation::Insured,
            _ => Relation::Family,
        },
        burden: said["burden"].as_u64().map(|value| Percent::new(value as u8).unwrap()),
        limit_class: said["limit_class"].as_str().map(Into::into),
        valid_from: day(&said["valid_from"]).unwrap(),
        issued_on: day(&said["issued_on"]).unwrap(),
        valid_to: day(&said["valid_to"]),
        serial: case.hex("serial").unwrap().try_into().unwrap(),
    }
}
