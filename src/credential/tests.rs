//! Drills: papers genuine, misread, bent, forged, out of scope, too old and taken back.

use super::*;
use crate::{
    domain::{
        burden::Percent,
        evidence::DocumentKind,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
        time::{ClockState, Stamp},
    },
    trust::{KeyStatus, drill},
};
use jiff::civil::date;
use minicbor::Encoder;
use proptest::prelude::*;

const NOW: Reading = Reading { at: drill::NOW, clock: ClockState::Sure };

pub(super) fn claims() -> DocumentClaims {
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
        serial: [0x10, 0x32, 0x54, 0x76, 0x98, 0xba],
    }
}

pub(super) fn issuer() -> SigningKeypair {
    drill::keypair(1)
}

pub(super) fn trust_with(change: impl FnOnce(&mut TrustedKey)) -> TrustList {
    let mut entry = drill::issuer(&issuer());
    change(&mut entry);
    drill::list(vec![entry])
}

fn read(text: &str, trust: &TrustList) -> Result<Genuine, CredentialError> {
    open(text, trust, &Revocations::new(), NOW)
}

fn code(text: &str, trust: &TrustList) -> &'static str {
    read(text, trust).unwrap_err().message().code
}

fn framed(signed: &[u8]) -> String {
    frame::encode(Magic::Credential, signed).unwrap()
}

/// A code whose signature is right, whatever the payload.
fn signed(payload: &[u8]) -> String {
    framed(&seal::sign(PURPOSE, &issuer(), payload))
}

#[test]
fn what_the_insurer_signed_is_what_the_counter_reads() {
    let genuine = read(&issue(&claims(), &issuer()).unwrap(), &trust_with(|_| {})).unwrap();
    assert_eq!(genuine.claims.get(), &claims());
    assert_eq!(genuine.revocation, Revocation::NoList);
    assert_eq!(genuine.issuer_name, "全国健康保険協会 石川支部（架空）");
    assert_eq!(genuine.issuer, issuer().public().kid());
    assert_eq!(DocumentFinding::from(genuine.clone()).revocation, genuine.revocation);
}

#[test]
fn rare_papers_travel_whole_too() {
    let mut rare = claims();
    rare.kind = DocumentKind::Notice;
    rare.identity.symbol = "石川・あ１２".into();
    rare.identity.number = "００１２".into();
    rare.identity.branch = None;
    rare.name = "葛\u{e0100}城　\u{c5}nna".into();
    rare.kana = "ヰノウエ　アンナ".into();
    (rare.sex, rare.relation) = (Sex::Unstated, Relation::Family);
    (rare.burden, rare.limit_class) = (None, Some("限Ⅰ".into()));
    (rare.birth, rare.valid_to) = (date(1899, 12, 31), None);
    let trust = trust_with(|_| {});
    for number in ["００１２", "0", "00000000000000000", "123456789012345678", "12-3"] {
        rare.identity.number = number.into();
        let genuine = read(&issue(&rare, &issuer()).unwrap(), &trust).unwrap();
        assert_eq!(genuine.claims.get(), &rare);
    }
    rare.kana = String::new();
    assert_eq!(read(&issue(&rare, &issuer()).unwrap(), &trust).unwrap().claims.get(), &rare);
}

#[test]
fn an_ordinary_paper_fits_a_small_code_and_the_longest_is_refused_before_printing() {
    let digits = issue(&claims(), &issuer()).unwrap();
    assert!(digits.len() <= 432, "{}: no longer fits version 9 at level M", digits.len());
    let mut long = claims();
    long.name = "漢".repeat(60);
    assert!(issue(&long, &issuer()).is_ok());
    long.name = "漢".repeat(61);
    assert_eq!(issue(&long, &issuer()).unwrap_err().message().code, "claims_unfit");
    (long.name, long.kana) = ("漢".repeat(60), "ヰ".repeat(60));
    assert_eq!(issue(&long, &issuer()).unwrap_err(), CredentialError::TooLong);
    assert_eq!(CredentialError::TooLong.message().code, "claims_too_long");
}

#[test]
fn claims_that_cannot_be_meant_are_not_issued() {
    let unfit = |change: fn(&mut DocumentClaims)| {
        let mut claims = claims();
        change(&mut claims);
        issue(&claims, &issuer()).unwrap_err().message().code
    };
    for code in [
        unfit(|c| c.name = String::new()),
        unfit(|c| c.name = "能登\n花子".into()),
        unfit(|c| c.identity.number = String::new()),
        unfit(|c| c.identity.symbol = "1\u{1f}2".into()),
        unfit(|c| c.burden = Percent::new(35)),
        unfit(|c| c.limit_class = Some(String::new())),
        unfit(|c| c.limit_class = Some("ア".repeat(9))),
        unfit(|c| c.valid_to = Some(date(2019, 1, 1))),
        unfit(|c| c.birth = date(2027, 1, 1)),
    ] {
        assert_eq!(code, "claims_unfit");
    }
}

#[test]
fn a_misread_code_is_never_called_forged() {
    let (text, trust) = (issue(&claims(), &issuer()).unwrap(), trust_with(|_| {}));
    for at in 0..text.len() {
        for digit in b'0'..=b'9' {
            let mut bent = text.clone().into_bytes();
            if std::mem::replace(&mut bent[at], digit) == digit {
                continue;
            }
            let axis = read(std::str::from_utf8(&bent).unwrap(), &trust).unwrap_err().axis();
            assert!(matches!(axis, Axis::Transport | Axis::Format), "digit {at} as {digit}");
        }
        let mut swapped = text.clone().into_bytes();
        if at + 1 < text.len() && swapped[at] != swapped[at + 1] {
            swapped.swap(at, at + 1);
            let axis = read(std::str::from_utf8(&swapped).unwrap(), &trust).unwrap_err().axis();
            assert!(matches!(axis, Axis::Transport | Axis::Format), "swap at {at}");
        }
        let axis = read(&text[..at], &trust).unwrap_err().axis();
        assert_eq!(axis, Axis::Transport, "cut at {at}");
    }
}

#[test]
fn each_way_of_being_another_code_has_its_own_name() {
    let (text, trust) = (issue(&claims(), &issuer()).unwrap(), trust_with(|_| {}));
    assert_eq!(code(&text.replacen("5173", "9173", 1), &trust), "code_not_ours");
    assert_eq!(code(&text.replacen("5173", "5174", 1), &trust), "code_other_kind");
    assert_eq!(code(&text.replacen("51731", "51733", 1), &trust), "code_newer_version");
    assert_eq!(code("HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH", &trust), "code_not_ours");
    assert_eq!(code(&text[..50], &trust), "code_truncated");
}

#[test]
fn only_one_shape_of_cose_is_read() {
    let trust = trust_with(|_| {});
    let good = seal::sign(PURPOSE, &issuer(), b"\xa0");
    let tagged = [&[0xd2][..], &good].concat();
    let indefinite = [&[0x9f][..], &good[1..], &[0xff]].concat();
    let trailing = [&good[..], &[0]].concat();
    let mut algorithm = good.clone();
    algorithm[4] = 0x26; // ES256
    for shape in [&tagged[..], &indefinite, &trailing, &algorithm, &good[..20], b"\x84"] {
        assert_eq!(code(&framed(shape), &trust), "certificate_malformed", "{shape:x?}");
    }
}

#[test]
fn an_unknown_issuer_is_not_called_a_forger() {
    let text = issue(&claims(), &issuer()).unwrap();
    let refused = read(&text, &drill::list(vec![])).unwrap_err();
    assert_eq!((refused.message().code, refused.axis()), ("issuer_unknown", Axis::Issuer));
    // An authority is no issuer, though it is on the list.
    assert_eq!(code(&text, &drill::list(vec![drill::authority(&issuer())])), "issuer_unknown");
}

#[test]
fn altered_claims_under_a_good_checksum_are_called_forged() {
    let mut body = seal::sign(PURPOSE, &issuer(), &claims::encode(&claims()).unwrap());
    let at = body.windows(3).position(|w| w == "花".as_bytes()).unwrap();
    body[at..at + 3].copy_from_slice("太".as_bytes());
    let refused = read(&framed(&body), &trust_with(|_| {})).unwrap_err();
    assert_eq!((refused.message().code, refused.axis()), ("certificate_forged", Axis::Signature));
}

#[test]
fn what_an_issuer_signed_for_another_purpose_is_no_certificate() {
    let payload = claims::encode(&claims()).unwrap();
    let order = seal::sign(Purpose("sonae disaster order v1"), &issuer(), &payload);
    assert_eq!(code(&framed(&order), &trust_with(|_| {})), "certificate_forged");
}

#[test]
fn claims_have_one_spelling() {
    let trust = trust_with(|_| {});
    let good = claims::encode(&claims()).unwrap();
    assert!(read(&signed(&good), &trust).is_ok());
    let pairs = good[0] & 0x1f;
    let with_pair = |pair: &[u8]| [&[0xa0 | (pairs + 1)][..], &good[1..], pair].concat();
    let mut swapped = good.clone(); // keys 0 and 1: {0: 1, 1: …} as {1: …, 0: 1}
    let insurer = good[3..9].to_vec();
    swapped[1..7].copy_from_slice(&insurer);
    swapped[7..9].copy_from_slice(&[0, 1]);
    for (what, payload) in [
        ("unknown key", with_pair(&[0x0f, 0x00])),
        ("doubled key", with_pair(&[0x00, 0x01])),
        ("long number", [&good[..2], &[0x18, 0x01], &good[3..]].concat()),
        ("long map head", [&[0xb8, pairs], &good[1..]].concat()),
        ("indefinite map", [&[0xbf], &good[1..], &[0xff]].concat()),
        ("trailing byte", [&good[..], &[0]].concat()),
        ("order of keys", swapped),
        ("field missing", [&[0xa0 | (pairs - 1)], &good[3..]].concat()),
        ("kind of paper", [&good[..2], &[0x03], &good[3..]].concat()),
        ("empty", vec![]),
    ] {
        assert_eq!(code(&signed(&payload), &trust), "claims_malformed", "{what}");
    }
}

#[test]
fn a_field_written_the_long_way_round_is_refused() {
    let trust = trust_with(|_| {});
    let with = |number: Vec<u8>, kana: &[u8], name: &str| {
        let mut bytes = vec![];
        let mut e = Encoder::new(&mut bytes);
        e.map(10).unwrap().u8(0).unwrap().u8(1).unwrap().u8(1).unwrap().u32(1_170_018).unwrap();
        e.u8(3).unwrap();
        e.writer_mut().extend_from_slice(&number);
        e.u8(5).unwrap().str(name).unwrap();
        e.u8(6).unwrap();
        e.writer_mut().extend_from_slice(kana);
        for (key, value) in [(7, 21_000_u16), (8, 9), (11, 44_000), (12, 46_294)] {
            e.u8(key).unwrap().u16(value).unwrap();
        }
        e.u8(14).unwrap().bytes(&[0; 6]).unwrap();
        read(&signed(&bytes), &trust).map(drop).map_err(|error| error.message().code)
    };
    let number = |value: u64| minicbor::to_vec(value).unwrap();
    let digits = || number(1_012);
    let no = b"\x42\xc9\xc4".as_slice(); // ノト
    let bad = Err("claims_malformed");
    assert_eq!(with(digits(), no, "花"), Ok(()));
    assert_eq!(with(minicbor::to_vec("012").unwrap(), no, "花"), bad);
    assert_eq!(with(number(2_012), no, "花"), bad);
    assert_eq!(with(number(1), no, "花"), bad);
    assert_eq!(with(number(1_999_999_999_999_999_999), no, "花"), bad);
    assert_eq!(with(digits(), b"\x66\xe3\x83\x8e\xe3\x83\x88", "花"), bad);
    assert_eq!(with(digits(), b"\x40", "花"), bad);
    assert_eq!(with(digits(), b"\x41\xde", "花"), bad);
    assert_eq!(with(digits(), no, "か\u{3099}"), bad);
    assert_eq!(with(digits(), no, "花\u{7}"), bad);
}

#[test]
fn an_issuer_signs_only_for_its_own_insurers_and_papers() {
    let text = issue(&claims(), &issuer()).unwrap();
    let other_range = trust_with(|key| key.insurers = vec![(1_170_019, 1_179_999), (1, 1_170_017)]);
    let refused = read(&text, &other_range).unwrap_err();
    assert_eq!((refused.message().code, refused.axis()), ("issuer_out_of_scope", Axis::Scope));
    assert!(read(&text, &trust_with(|key| key.insurers = vec![(1_170_018, 1_170_018)])).is_ok());
    let certificates_only = trust_with(|key| key.documents = vec![DocumentKind::Certificate]);
    let mut notice = claims();
    notice.kind = DocumentKind::Notice;
    assert_eq!(
        code(&issue(&notice, &issuer()).unwrap(), &certificates_only),
        "issuer_out_of_scope"
    );
    assert!(read(&text, &certificates_only).is_ok());
}

#[test]
fn a_stolen_key_vouches_for_nothing_whatever_date_the_paper_bears() {
    let text = issue(&claims(), &issuer()).unwrap();
    let since = Stamp::start_of(date(2026, 11, 1)); // a month after the date on the paper
    let stolen = trust_with(|key| key.status = KeyStatus::CompromisedSince(since));
    assert_eq!(code(&text, &stolen), "issuer_compromised");
    let flat_battery = Reading { at: Stamp(0), clock: ClockState::BehindRecords };
    let refused = open(&text, &stolen, &Revocations::new(), flat_battery).unwrap_err();
    assert_eq!(refused.message().code, "issuer_compromised");
}

#[test]
fn a_key_past_its_last_day_and_a_paper_older_than_its_key_are_refused() {
    let text = issue(&claims(), &issuer()).unwrap();
    assert_eq!(
        code(&text, &trust_with(|key| key.not_after = date(2026, 11, 21))),
        "issuer_key_ended"
    );
    assert!(read(&text, &trust_with(|key| key.not_after = date(2026, 11, 22))).is_ok());
    assert_eq!(
        code(&text, &trust_with(|key| key.not_before = date(2026, 10, 2))),
        "issuer_key_not_yet"
    );
    assert!(read(&text, &trust_with(|key| key.status = KeyStatus::Retired)).is_ok());
}

#[test]
fn a_wrong_clock_stops_no_paper() {
    let text = issue(&claims(), &issuer()).unwrap();
    let trust = trust_with(|_| {});
    let far_ahead = Reading { at: drill::NOW.plus_days(9_999), clock: ClockState::FarAhead };
    assert!(open(&text, &trust, &Revocations::new(), far_ahead).is_ok());
    let woke_in_1970 = Reading { at: Stamp(0), clock: ClockState::BehindRecords };
    assert!(open(&text, &trust, &Revocations::new(), woke_in_1970).is_ok());
    let ended = Reading { at: drill::NOW.plus_days(300), clock: ClockState::Sure };
    let refused = open(&text, &trust, &Revocations::new(), ended).unwrap_err();
    assert_eq!(refused.message().code, "issuer_key_ended");
}

#[test]
fn a_paper_taken_back_is_genuine_and_listed() {
    let (text, trust) = (issue(&claims(), &issuer()).unwrap(), trust_with(|_| {}));
    let mut revocations = Revocations::new();
    let list = |sequence, serials| {
        RevocationDraft { sequence, made_at: drill::NOW, serials }.sign(&issuer())
    };
    revocations.accept(&list(1, vec![[9; 6]]), &trust).unwrap();
    let state = |revocations: &_| open(&text, &trust, revocations, NOW).unwrap().revocation;
    assert_eq!(state(&revocations), Revocation::ClearAsOf { as_of: drill::NOW });
    revocations.accept(&list(2, vec![[9; 6], claims().serial]), &trust).unwrap();
    assert_eq!(state(&revocations), Revocation::Listed { as_of: drill::NOW });
}

/// The vector in the document, made from public drill keys. When it goes red, the format changed: raise the version.
#[test]
fn the_documented_vector_is_what_this_code_writes_and_reads() {
    let document = include_str!("../../docs/credential-format.md");
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let key = SigningKeypair::from_bytes(&[0x5a; 32]);
    let payload = claims::encode(&claims()).unwrap();
    let digits = issue(&claims(), &key).unwrap();
    let vector = [
        ("public key", hex(key.public().as_bytes())),
        ("key id", key.public().kid().to_string()),
        ("claims", hex(&payload)),
        ("COSE_Sign1", hex(&seal::sign(PURPOSE, &key, &payload))),
        ("digits", digits.clone()),
    ]
    .map(|(what, said)| format!("{what}: {said}\n"));
    let said = vector.iter().all(|line| document.contains(line));
    assert!(said, "docs/credential-format.md must say\n{}", vector.concat());
    let trust = drill::list(vec![drill::issuer(&key)]);
    assert_eq!(read(&digits, &trust).unwrap().claims.get(), &claims());
}

proptest! {
    #[test]
    fn no_signed_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..120)) {
        let trust = trust_with(|_| ());
        let (claims, cose) = (read(&signed(&payload), &trust), read(&framed(&payload), &trust));
        prop_assert!(claims.is_err() && cose.is_err());
    }

    #[test]
    fn no_bent_claims_make_the_reader_fall(at in 0_usize..90, byte: u8) {
        let mut payload = claims::encode(&claims()).unwrap();
        if let Some(place) = payload.get_mut(at) {
            *place = byte;
        }
        if let Ok(genuine) = read(&signed(&payload), &trust_with(|key| key.insurers = vec![(0, 99_999_999)])) {
            prop_assert_eq!(claims::encode(genuine.claims.get()).unwrap(), payload);
        }
    }
}

#[test]
fn no_seed_of_a_credential_and_nothing_near_it_makes_reading_panic() {
    let plain = claims::encode(&claims()).unwrap();
    let cose = seal::sign(PURPOSE, &drill::keypair(1), &plain);
    let digits = issue(&claims(), &drill::keypair(1)).unwrap();
    let seeds = [("claims", plain), ("cose", cose), ("digits", digits.into_bytes())];
    crate::sys::corpus::replay("credential", &seeds, claims::probe);
}
