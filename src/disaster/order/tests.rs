//! Drills: orders genuine, forged, foreign, early, late and superseded.

use super::*;
use crate::{
    domain::time::ClockState,
    trust::{KeyStatus, TrustedKey, drill},
};
use jiff::civil::date;
use proptest::prelude::*;

const NOW: Reading = Reading { at: drill::NOW, clock: ClockState::Sure };
const NOTO: u32 = 174_637;
const KANAZAWA: u32 = 172_014;
const SECRET: [u8; 32] = [0xd7; 32];

fn facts() -> OrderFacts {
    OrderFacts {
        number: 7,
        revision: 2,
        kind: OrderKind::Open,
        areas: vec![Area::Municipality(NOTO), Area::Municipality(172_049)],
        from: date(2026, 11, 20),
        until: date(2026, 12, 19),
        issued_at: Stamp(drill::NOW.0 - 3_600),
        reason: "令和8年11月 能登半島地震（訓練）".into(),
        opening: Some(OpeningSecretBytes::new([3; 8], SECRET)),
    }
}

fn authority() -> SigningKeypair {
    drill::keypair(5)
}

fn trust_with(change: impl FnOnce(&mut TrustedKey)) -> TrustList {
    let mut entry = drill::authority(&authority());
    change(&mut entry);
    drill::list(vec![entry])
}

fn read_order(text: &str, trust: &TrustList) -> Result<Order, OrderError> {
    open_order(text.as_bytes(), trust, NOW)
}

fn code(text: &str, trust: &TrustList) -> &'static str {
    read_order(text, trust).unwrap_err().message().code
}

fn order(change: impl FnOnce(&mut OrderFacts)) -> Order {
    let mut facts = facts();
    change(&mut facts);
    read_order(&issue_order(&facts, &authority()).unwrap(), &trust_with(|_| ())).unwrap()
}

/// What a careless authority may sign, past the checks of [`issue_order`].
fn signed(facts: &OrderFacts) -> Vec<u8> {
    seal::sign(PURPOSE, &authority(), &encode(facts))
}

#[test]
fn what_the_authority_ordered_is_what_the_box_reads_from_paper_and_from_a_file() {
    let digits = issue_order(&facts(), &authority()).unwrap();
    let (_, file) = frame::decode(&digits).unwrap();
    for given in [digits.as_bytes(), &file] {
        let order = open_order(given, &trust_with(|_| ()), NOW).unwrap();
        let ours = facts();
        assert_eq!((order.number(), order.revision(), order.kind()), (7, 2, OrderKind::Open));
        assert_eq!(order.areas(), ours.areas);
        assert_eq!((order.from(), order.until()), (ours.from, ours.until));
        assert_eq!((order.issued_at(), order.reason()), (ours.issued_at, &*ours.reason));
        assert_eq!(order.authority(), authority().public().kid());
        assert_eq!(order.authority_name(), "石川県（架空）");
        let opening = order.opening().unwrap();
        assert_eq!((opening.id(), opening.expose()), ([3; 8], &SECRET));
        assert_eq!(order.facts().number, 7);
    }
    assert!(order(|facts| facts.opening = None).opening().is_none());
    assert_eq!(order(|facts| facts.kind = OrderKind::Close).kind(), OrderKind::Close);
}

#[test]
fn the_opening_secret_is_never_shown() {
    let shown = format!("{:?} {:?}", facts(), order(|_| ()));
    assert!(!shown.contains("215") && !shown.contains("d7"), "{shown}");
}

#[test]
fn the_largest_order_fits_one_code() {
    let mut largest = facts();
    largest.areas = vec![Area::Municipality(NOTO); ORDER_AREAS_MAX];
    largest.reason = "震".repeat(ORDER_REASON_CHARS_MAX);
    (largest.number, largest.revision) = (u32::MAX, u16::MAX);
    let digits = issue_order(&largest, &authority()).unwrap();
    assert!(read_order(&digits, &trust_with(|_| ())).is_ok());
}

#[test]
fn orders_that_cannot_be_meant_are_neither_given_nor_taken() {
    let refused = |change: fn(&mut OrderFacts)| {
        let mut facts = facts();
        change(&mut facts);
        let given = issue_order(&facts, &authority()).unwrap_err();
        let taken = open_order(&signed(&facts), &trust_with(|_| ()), NOW).unwrap_err();
        (given.message().code, taken.message().code)
    };
    let unfit = ("order_unfit", "order_malformed");
    assert_eq!(refused(|f| f.areas = vec![]), unfit);
    assert_eq!(refused(|f| f.areas = vec![Area::Municipality(NOTO); 17]), unfit);
    assert_eq!(refused(|f| f.reason = "あ".repeat(31)), unfit);
    assert_eq!(refused(|f| f.reason = "地震\u{1b}[2J".into()), unfit);
    let dates = ("order_dates_wrong", "order_dates_wrong");
    assert_eq!(refused(|f| f.until = f.from.yesterday().unwrap()), dates);
    assert_eq!(refused(|f| f.until = date(2099, 12, 19)), dates);
    assert_eq!(refused(|f| (f.from, f.until) = (date(2026, 11, 1), date(2026, 11, 2))), dates);
}

#[test]
fn an_authority_orders_only_for_its_own_area() {
    let digits = issue_order(&facts(), &authority()).unwrap();
    let with_areas = |areas| trust_with(|key| key.areas = areas);
    let noto_only = with_areas(vec![Area::Municipality(NOTO)]);
    assert_eq!(code(&digits, &noto_only), "order_out_of_scope");
    assert_eq!(code(&digits, &with_areas(vec![Area::Prefecture(18)])), "order_out_of_scope");
    assert_eq!(code(&digits, &with_areas(vec![])), "order_out_of_scope");
    let mut whole = facts();
    whole.areas = vec![Area::Prefecture(17)];
    let whole = issue_order(&whole, &authority()).unwrap();
    assert_eq!(code(&whole, &noto_only), "order_out_of_scope");
    assert!(read_order(&whole, &trust_with(|_| ())).is_ok());
}

#[test]
fn an_order_by_an_unknown_a_wrong_or_a_stolen_key_is_refused() {
    let digits = issue_order(&facts(), &authority()).unwrap();
    assert_eq!(code(&digits, &drill::list(vec![])), "order_signer_unknown");
    assert_eq!(
        code(&digits, &drill::list(vec![drill::issuer(&authority())])),
        "order_signer_unknown"
    );
    let stolen = trust_with(|key| key.status = KeyStatus::CompromisedSince(drill::NOW));
    assert_eq!(code(&digits, &stolen), "order_signer_compromised");
    assert_eq!(
        code(&digits, &trust_with(|key| key.not_after = date(2026, 11, 21))),
        "order_key_ended"
    );
    let over = Reading { at: drill::NOW.plus_days(200), clock: ClockState::Sure };
    let refused = open_order(digits.as_bytes(), &trust_with(|_| ()), over).unwrap_err();
    assert_eq!(refused.message().code, "order_key_ended");
    assert_eq!(
        code(&digits, &trust_with(|key| key.not_before = date(2026, 11, 23))),
        "order_key_not_yet"
    );
    assert!(read_order(&digits, &trust_with(|key| key.status = KeyStatus::Retired)).is_ok());
}

#[test]
fn a_wrong_clock_does_not_make_an_order_ungenuine() {
    let digits = issue_order(&facts(), &authority()).unwrap();
    for now in [
        Reading { at: Stamp(0), clock: ClockState::BehindRecords },
        Reading { at: drill::NOW.plus_days(9_999), clock: ClockState::FarAhead },
    ] {
        assert!(open_order(digits.as_bytes(), &trust_with(|_| ()), now).is_ok());
    }
}

#[test]
fn an_altered_order_and_a_certificate_signed_by_the_authority_are_refused() {
    let trust = trust_with(|_| ());
    let mut bent = signed(&facts());
    let at = bent.windows(3).position(|w| w == "能".as_bytes()).unwrap();
    bent[at + 2] ^= 1;
    let refused = open_order(&bent, &trust, NOW).unwrap_err();
    assert_eq!(refused.message().code, "order_forged");
    let other = seal::sign(Purpose("jp-elig-qr/1"), &authority(), &encode(&facts()));
    let refused = open_order(&other, &trust, NOW).unwrap_err();
    assert_eq!(refused.message().code, "order_forged");
}

#[test]
fn a_misread_code_and_another_code_have_their_own_names() {
    let (digits, trust) = (issue_order(&facts(), &authority()).unwrap(), trust_with(|_| ()));
    assert_eq!(code(&digits.replacen("5174", "5173", 1), &trust), "order_other_kind");
    assert_eq!(code(&digits[..40], &trust), "code_truncated");
    assert_eq!(code("HC1:6BF", &trust), "code_not_ours");
    for bytes in [&b"\x84"[..], b"\xff\xfe", &[0x84; 481]] {
        let refused = open_order(bytes, &trust, NOW).unwrap_err();
        assert_eq!(refused.message().code, "order_malformed");
    }
}

#[test]
fn an_order_has_one_spelling() {
    let trust = trust_with(|_| ());
    let good = encode(&facts()).to_vec();
    let refused = |payload: &[u8]| {
        let signed = seal::sign(PURPOSE, &authority(), payload);
        open_order(&signed, &trust, NOW).unwrap_err().message().code
    };
    let long_number = [&good[..2], &[0x18, 0x07], &good[3..]].concat();
    let trailing = [&good[..], &[0]].concat();
    let ninth_pair_cut = [&[0xa8], &good[1..]].concat();
    let unknown = [&[0xaa], &good[1..], &[0x09, 0x00]].concat();
    let keys_bent = [&good[..1], &[0x01], &good[2..]].concat();
    for payload in [&long_number, &trailing, &ninth_pair_cut, &unknown, &keys_bent] {
        assert_eq!(refused(payload), "order_malformed");
    }
}

#[test]
fn an_order_counts_only_here_and_only_in_its_days() {
    let (order, today) = (order(|_| ()), date(2026, 11, 22));
    let code = |here, now| judge(&order, here, now, None).map_err(|error| error.message().code);
    assert_eq!(code(NOTO, today), Ok(()));
    assert_eq!(code(KANAZAWA, today), Err("order_other_area"));
    assert_eq!(code(NOTO, date(2026, 11, 19)), Err("order_not_yet"));
    assert_eq!(code(NOTO, date(2026, 11, 20)), Ok(()));
    assert_eq!(code(NOTO, date(2026, 12, 19)), Ok(()));
    assert_eq!(code(NOTO, date(2026, 12, 20)), Err("order_ended"));
}

#[test]
fn a_revision_older_than_the_one_held_is_refused() {
    let (order, today) = (order(|_| ()), date(2026, 11, 22));
    let code = |held| judge(&order, NOTO, today, held).map_err(|error| error.message().code);
    assert_eq!(code(Some((7, 3))), Err("order_older"));
    assert_eq!(code(Some((7, 2))), Ok(()));
    assert_eq!(code(Some((7, 1))), Ok(()));
    assert_eq!(code(Some((8, 3))), Ok(()));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(payload in proptest::collection::vec(any::<u8>(), 0..120)) {
        let (trust, signed) = (trust_with(|_| ()), seal::sign(PURPOSE, &authority(), &payload));
        prop_assert!(open_order(&payload, &trust, NOW).is_err());
        prop_assert!(open_order(&signed, &trust, NOW).is_err());
    }

    #[test]
    fn no_bent_order_makes_the_reader_fall(at in 0_usize..130, byte: u8) {
        let mut payload = encode(&facts()).to_vec();
        if let Some(place) = payload.get_mut(at) {
            *place = byte;
        }
        let signed = seal::sign(PURPOSE, &authority(), &payload);
        if let Ok(order) = open_order(&signed, &trust_with(|_| ()), NOW) {
            prop_assert_eq!(encode(order.facts()).to_vec(), payload);
        }
    }
}

#[test]
fn no_seed_of_an_order_and_nothing_near_it_makes_reading_panic() {
    let close = OrderFacts { kind: OrderKind::Close, opening: None, ..facts() };
    let digits = issue_order(&facts(), &authority()).unwrap().into_bytes();
    let seeds = [
        ("open", encode(&facts()).to_vec()),
        ("close", encode(&close).to_vec()),
        ("cose", signed(&facts())),
        ("digits", digits),
    ];
    crate::sys::corpus::replay("order", &seeds, probe);
}
