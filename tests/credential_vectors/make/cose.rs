//! Structures that are not ours, and signatures that are not their key's.

use super::{
    Made, expect,
    world::{
        AUTHORITY, Context, ISSUER, Paper, STRANGER, bstr, digits, header, hex, kid, listed_key,
        map, public, to_be_signed, tstr, typical,
    },
};
use serde_json::{Value, json};
use sonae::{seal::SigningKeypair, sys::sim::SeedDice};

const AAD: &str = "jp-elig-qr/1";
/// By the holder of `ISSUER`: R is the identity, so S is k·a alone. Lax verification takes it, strict verification does not.
const SMALL_ORDER_R: &str = "0100000000000000000000000000000000000000000000000000000000000000ece445ed9134acf4bfa32c2aa4a03d0878a545615426820fee436916ab43b40f";
/// The good signature with S + L, the order of the group, in place of S.
const S_PLUS_ORDER: &str = "129765044354907ee62afd3a9a698e291c17719dda76306d532358efc4a40e8679f7e4e68430fb614a79f4d3c3e89e25cf1fe3b83cf14f0b1240b3c297a45314";

pub fn cases() -> Vec<Made> {
    [shapes(), headers(), signatures(), signers(), lists()].into_iter().flatten().collect()
}

fn made(name: &str, about: &str, stage: &'static str, paper: &Paper, expected: Value) -> Made {
    Made {
        name: name.into(),
        about: about.into(),
        stage,
        text: paper.text(),
        stages: paper.stages(),
        context: Context::usual(),
        expected,
    }
}

/// A structure of another shape around the parts of the typical paper.
fn shaped(name: &str, about: &str, cose: Vec<u8>) -> Made {
    let mut made = made(&format!("cose-{name}"), about, "cose", &Paper::typical(), expect::cose());
    made.text = digits(&cose);
    made.stages = Paper::typical().stages_with(&cose);
    made
}

fn shapes() -> Vec<Made> {
    let Paper { protected, cbor, signature, .. } = Paper::typical();
    let (p, c, s) = (bstr(&protected), bstr(&cbor), bstr(&signature));
    let empty = || vec![0xa0];
    let array = |head: &[u8], parts: &[Vec<u8>]| [head.to_vec(), parts.concat()].concat();
    let four = |parts: [Vec<u8>; 4]| array(&[0x84], &parts);
    let good = four([p.clone(), empty(), c.clone(), s.clone()]);
    let der: Vec<u8> =
        [&[0x30, 0x44, 0x02, 0x20][..], &signature[..32], &[0x02, 0x20], &signature[32..]].concat();
    let longer = |bytes: &[u8]| [&[0x59][..], &(bytes.len() as u16).to_be_bytes(), bytes].concat();
    let pieces = |bytes: &[u8]| [&[0x5f][..], &bstr(bytes), &[0xff]].concat();
    vec![
        shaped("tagged", "Tag 18 in front.", [&[0xd2][..], &good].concat()),
        shaped(
            "tagged-twice",
            "Tags 61 and 18 in front.",
            [&[0xd8, 0x3d, 0xd2][..], &good].concat(),
        ),
        shaped(
            "indefinite-array",
            "An array without its length.",
            [&[0x9f][..], &good[1..], &[0xff]].concat(),
        ),
        shaped(
            "array-head-longer",
            "The array's length in two bytes.",
            [&[0x98, 4][..], &good[1..]].concat(),
        ),
        shaped("three-items", "No signature.", array(&[0x83], &[p.clone(), empty(), c.clone()])),
        shaped(
            "five-items",
            "Something behind the signature.",
            array(&[0x85], &[p.clone(), empty(), c.clone(), s.clone(), vec![0]]),
        ),
        shaped("trailing-byte", "A byte behind the end.", [&good[..], &[0]].concat()),
        shaped("cut", "The structure ends in the signature.", good[..good.len() - 1].to_vec()),
        shaped("empty-map", "A map and no array.", vec![0xa0; 8]),
        shaped("claims-alone", "Claims without any signature.", cbor.clone()),
        shaped(
            "payload-in-pieces",
            "The payload without its length.",
            four([p.clone(), empty(), pieces(&cbor), s.clone()]),
        ),
        shaped(
            "payload-head-longer",
            "The payload's length in two bytes.",
            four([p.clone(), empty(), longer(&cbor), s.clone()]),
        ),
        shaped(
            "payload-detached",
            "No payload, as for a detached signature.",
            four([p.clone(), empty(), vec![0xf6], s.clone()]),
        ),
        shaped(
            "payload-text",
            "The payload as text.",
            four([p.clone(), empty(), tstr("claims"), s.clone()]),
        ),
        shaped(
            "protected-in-pieces",
            "The protected header without its length.",
            four([pieces(&protected), empty(), c.clone(), s.clone()]),
        ),
        shaped(
            "protected-as-map",
            "The protected header not wrapped.",
            four([protected.clone(), empty(), c.clone(), s.clone()]),
        ),
        shaped(
            "unprotected-kid",
            "The key id again in the unprotected header.",
            four([
                p.clone(),
                [&[0xa1, 4][..], &bstr(&kid(&ISSUER))].concat(),
                c.clone(),
                s.clone(),
            ]),
        ),
        shaped(
            "unprotected-algorithm",
            "The algorithm in the unprotected header.",
            four([
                bstr(&[&[0xa1, 4][..], &bstr(&kid(&ISSUER))].concat()),
                vec![0xa1, 1, 0x27],
                c.clone(),
                s.clone(),
            ]),
        ),
        shaped(
            "unprotected-indefinite",
            "An empty unprotected header without its length.",
            four([p.clone(), vec![0xbf, 0xff], c.clone(), s.clone()]),
        ),
        shaped(
            "signature-der",
            "The signature in DER, as other libraries write it.",
            four([p.clone(), empty(), c.clone(), bstr(&der)]),
        ),
        shaped(
            "signature-63-bytes",
            "A signature of odd length.",
            four([p.clone(), empty(), c.clone(), bstr(&signature[..63])]),
        ),
        shaped(
            "signature-65-bytes",
            "A byte more in the signature.",
            four([p.clone(), empty(), c.clone(), bstr(&[&signature[..], &[0]].concat())]),
        ),
        shaped("signature-empty", "An empty signature.", four([p, empty(), c, bstr(&[])])),
    ]
}

/// Truly signed over another protected header.
fn headers() -> Vec<Made> {
    let id = bstr(&kid(&ISSUER));
    let with = |name: &str, about: &str, protected: Vec<u8>| {
        let paper = Paper::by(&ISSUER, protected, AAD, map(&typical()));
        made(&format!("header-{name}"), about, "cose", &paper, expect::cose())
    };
    vec![
        with("empty", "No protected header.", vec![]),
        with("empty-map", "An empty protected header.", vec![0xa0]),
        with("algorithm-missing", "Only the key id.", [&[0xa1, 4][..], &id].concat()),
        with(
            "algorithm-es256",
            "Another algorithm's number (ES256).",
            [&[0xa2, 1, 0x26, 4][..], &id].concat(),
        ),
        with(
            "algorithm-as-text",
            "The algorithm by its name.",
            [&[0xa2, 1][..], &tstr("EdDSA"), &[4], &id].concat(),
        ),
        with(
            "order",
            "The key id before the algorithm.",
            [&[0xa2, 4][..], &id, &[1, 0x27]].concat(),
        ),
        with(
            "algorithm-longer",
            "The algorithm's number in two bytes.",
            [&[0xa2, 1, 0x38, 7, 4][..], &id].concat(),
        ),
        with("more", "A content type too.", [&[0xa3, 1, 0x27, 3, 0, 4][..], &id].concat()),
        with(
            "algorithm-twice",
            "The algorithm twice.",
            [&[0xa3, 1, 0x27, 1, 0x27, 4][..], &id].concat(),
        ),
        with("kid-missing", "No key id.", vec![0xa1, 1, 0x27]),
        with("kid-3-bytes", "A key id of three bytes.", header(&kid(&ISSUER)[..3])),
        with(
            "kid-8-bytes",
            "A key id of eight bytes, as in other systems.",
            header(&[kid(&ISSUER), [0; 4]].concat()),
        ),
        with("kid-as-text", "A key id as text.", [&[0xa2, 1, 0x27, 4][..], &tstr("5a5a")].concat()),
        with(
            "trailing",
            "A byte behind the header's map.",
            [&header(&kid(&ISSUER))[..], &[0]].concat(),
        ),
    ]
}

fn forged(name: &str, about: &str, paper: &Paper) -> Made {
    made(&format!("signature-{name}"), about, "signature", paper, expect::forged())
}

fn signatures() -> Vec<Made> {
    let with = |signature: Vec<u8>| Paper { signature, ..Paper::typical() };
    let unhex = crate::case::unhex;
    let mut other = typical();
    other[5].1 = tstr("能登　太郎");
    let tampered = Paper { cbor: map(&other), ..Paper::typical() };
    let mut flipped = Paper::typical().signature;
    flipped[10] ^= 4;
    let elsewhere = |aad: &str| Paper::by(&ISSUER, header(&kid(&ISSUER)), aad, map(&typical()));
    let swapped = with(Paper::signed(map(&other)).signature);
    vec![
        forged("claims-altered", "Another name under the old signature.", &tampered),
        forged("bit-flipped", "One bit of the signature.", &with(flipped)),
        forged("all-zero", "Sixty-four zeros.", &with(vec![0; 64])),
        forged("of-another-paper", "The same issuer's signature of another paper.", &swapped),
        forged(
            "scalar-not-reduced",
            "S + L in place of S: a second form of a good signature.",
            &with(unhex(S_PLUS_ORDER)),
        ),
        forged(
            "small-order-r",
            "R of small order: lax verification takes it (RFC 8032 and its traps).",
            &with(unhex(SMALL_ORDER_R)),
        ),
        forged(
            "for-an-order",
            "Signed as a disaster order.",
            &elsewhere("sonae disaster order v1"),
        ),
        forged(
            "for-revocations",
            "Signed as a revocation list.",
            &elsewhere("sonae revocations v1"),
        ),
        forged("for-no-purpose", "Signed without any purpose.", &elsewhere("")),
        forged("of-the-payload-alone", "Signed over the bare claims.", &bare()),
    ]
}

/// As somebody signs who has not read RFC 9052.
fn bare() -> Paper {
    use ed25519_dalek::Signer;
    let paper = Paper::typical();
    assert_ne!(paper.cbor, to_be_signed(&paper.protected, AAD, &paper.cbor));
    let signature =
        ed25519_dalek::SigningKey::from_bytes(&ISSUER).sign(&paper.cbor).to_bytes().to_vec();
    Paper { signature, ..paper }
}

fn signers() -> Vec<Made> {
    let by = |secret: &[u8; 32], id: [u8; 4]| Paper::by(secret, header(&id), AAD, map(&typical()));
    let unknown = |name: &str, about: &str, paper: &Paper| {
        made(&format!("issuer-{name}"), about, "issuer", paper, expect::unknown())
    };
    let mut no_keys = unknown("list-empty", "A trust list without keys.", &Paper::typical());
    no_keys.context.keys.clear();
    no_keys.context.lists.clear();
    // Two keys with one id, found by search.
    let [listed, other] = [4759, 98_695].map(|seed| SigningKeypair::random(&SeedDice::new(seed)));
    let mut colliding = forged(
        "by-a-colliding-key",
        "A stranger's key with the id of an issuer: the id is a hint, the signature decides.",
        &by(other.expose(), other.public().kid().0),
    );
    colliding.context.keys[0] =
        listed_key("issuer", listed.public().as_bytes(), "架空健康保険協会");
    colliding.context.lists.clear();
    colliding.stages["public_key"] = json!(hex(listed.public().as_bytes()));
    let mut pretended = forged(
        "by-a-stranger-under-the-issuers-id",
        "A stranger's signature under the issuer's key id.",
        &by(&STRANGER, kid(&ISSUER)),
    );
    pretended.stages["public_key"] = json!(hex(&public(&ISSUER)));
    vec![
        unknown("unknown", "Nobody on the list has this key.", &by(&STRANGER, kid(&STRANGER))),
        unknown(
            "is-an-authority",
            "Signed by a disaster authority, who is on the list and no issuer.",
            &by(&AUTHORITY, kid(&AUTHORITY)),
        ),
        unknown(
            "kid-altered",
            "A key id of nobody over a good signature's bytes.",
            &by(&ISSUER, [0; 4]),
        ),
        no_keys,
        colliding,
        pretended,
    ]
}

/// Keys that must never come onto a list.
fn lists() -> Vec<Made> {
    let refused = |name: &str, about: &str, code: &str, public: &[u8]| {
        let mut made = made(name, about, "trust_list", &Paper::typical(), expect::no_list(code));
        made.context.keys.push(listed_key("issuer", public, "架空健康保険協会"));
        made.context.lists.clear();
        made.stages = json!({});
        made
    };
    let identity: [u8; 32] = std::array::from_fn(|at| u8::from(at == 0));
    let order_eight =
        crate::case::unhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    let mut one_id = refused(
        "list-two-issuers-with-one-id",
        "Two issuers' keys with one id: revocations are held by it.",
        "trust_list_malformed",
        SigningKeypair::random(&SeedDice::new(4759)).public().as_bytes(),
    );
    let twin = SigningKeypair::random(&SeedDice::new(98_695));
    one_id.context.keys.push(listed_key("issuer", twin.public().as_bytes(), "架空保険者連合会"));
    vec![
        refused(
            "list-small-order-key",
            "The identity point as a key: one signature fits everything.",
            "key_weak",
            &identity,
        ),
        refused(
            "list-order-eight-key",
            "A point of order eight as a key.",
            "key_weak",
            &order_eight,
        ),
        refused("list-no-point", "Bytes that are no point.", "key_weak", &[0x02; 32]),
        one_id,
    ]
}
