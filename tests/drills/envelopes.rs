//! Envelopes: what is printed can be scanned and typed, two sheets fit the release held, and a check opens nothing.

use crate::house_fixture::{House, code, events, world};
use jiff::civil::date;
use sonae::{
    app::{EnvelopeOrder, Envelopes, ShareFault, make_envelopes, read_share_text},
    credential::groups,
    journal::Event,
    scan,
    snapshot::OpeningSecret,
    sys::sim::SeedDice,
};
use zeroize::Zeroizing;

fn order() -> EnvelopeOrder {
    EnvelopeOrder {
        region: "石川県".into(),
        publisher: "架空広域連合 情報センター".into(),
        holders: ["院長 輪島 花子", "事務長 能登 一郎", "薬剤師会 金沢 次郎"]
            .map(Into::into)
            .into(),
        threshold: 2,
        made_on: date(2026, 11, 22),
    }
}

fn made(opening: &OpeningSecret, seed: u64) -> Envelopes {
    make_envelopes(opening, &order(), &SeedDice::new(seed)).unwrap()
}

/// The digits in a sheet's symbol, as a camera sees them.
fn scanned(pdf: &[u8]) -> Zeroizing<String> {
    let codes = scan::read_upload(pdf).unwrap();
    assert_eq!(codes.len(), 1);
    codes.into_iter().next().unwrap().text.into()
}

fn typed(digits: &str) -> String {
    let groups = groups::grouped(digits);
    groups.iter().map(|group| group.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn any_two_sheets_scanned_or_typed_fit_the_release_held_and_nothing_is_opened() {
    let (house, opening) = (House::ready(), &world().keys.opening);
    let set = made(opening, 1);
    let texts: Vec<_> = set.sheets.iter().map(|pdf| scanned(pdf)).collect();
    let appliance = house.open();
    for (one, other) in [(0, 1), (0, 2), (2, 1)] {
        let by_hand = Zeroizing::new(typed(&texts[other]));
        let report = appliance.check_envelopes("院長", &[texts[one].clone(), by_hand]).unwrap();
        assert!(report.opens, "{report:?}");
        assert_eq!(report.opening, opening.id().to_string());
        let told: Vec<_> = report.shares.iter().map(|s| s.fingerprint.clone().unwrap()).collect();
        assert_eq!(told, [set.fingerprints[one].clone(), set.fingerprints[other].clone()]);
    }
    assert_eq!(appliance.disaster_status().order, None);
    assert!(house.box_dir().join("openings").read_dir().is_ok_and(|mut dir| dir.next().is_none()));
    let noted = events(&appliance).into_iter().filter(
        |event| matches!(event, Event::EnvelopesChecked { by, code, .. } if by == "院長" && code == "ok"),
    );
    assert_eq!(noted.count(), 3);
}

#[test]
fn each_way_of_not_fitting_is_told_by_its_name() {
    let (house, opening) = (House::ready(), &world().keys.opening);
    let (set, again) = (made(opening, 1), made(opening, 2));
    let other = made(&OpeningSecret::random(&SeedDice::new(3)), 3);
    let of = |set: &Envelopes, at: usize| scanned(&set.sheets[at]);
    let appliance = house.open();
    let told = |texts: &[Zeroizing<String>]| {
        let report = appliance.check_envelopes("院長", texts).unwrap();
        assert!(!report.opens && report.message.is_some());
        report.code.unwrap()
    };
    assert_eq!(told(&[of(&set, 0)]), "shares_too_few");
    assert_eq!(told(&[of(&set, 0), of(&set, 0)]), "share_twice");
    assert_eq!(told(&[of(&set, 0), of(&again, 1)]), "shares_of_different_sets");
    assert_eq!(told(&[of(&other, 0), of(&other, 1)]), "envelopes_other_set");
    let order = world().order(1, sonae::domain::area::Area::Prefecture(17), "石川県").unwrap();
    assert_eq!(told(&[order.digits.clone().into(), of(&set, 0)]), "share_unreadable");
    assert_eq!(code(appliance.check_envelopes(" ", &[])), "viewer_missing");
}

#[test]
fn a_mistyped_sheet_is_told_by_its_group() {
    let (house, opening) = (House::ready(), &world().keys.opening);
    let set = made(opening, 1);
    let digits = scanned(&set.sheets[0]);
    let mut groups: Vec<String> = typed(&digits).split(' ').map(str::to_owned).collect();
    assert_eq!(groups.len(), 26);
    let wrong = if groups[3].starts_with('1') { "2" } else { "1" };
    groups[3].replace_range(..1, wrong);
    let text = groups.join("　");
    assert_eq!(read_share_text(&text), Err(ShareFault::Mistyped { group: 4 }));
    let texts = [Zeroizing::new(text), scanned(&set.sheets[1])];
    let report = house.open().check_envelopes("院長", &texts).unwrap();
    assert_eq!((report.code, report.shares[0].group), (Some("share_mistyped"), Some(4)));
    assert_eq!(report.shares[1].code, None);
}

#[test]
fn a_false_sheet_among_three_is_told_by_its_place() {
    let (house, opening) = (House::ready(), &world().keys.opening);
    let set = made(opening, 1);
    let mut texts: Vec<_> = set.sheets.iter().map(|pdf| scanned(pdf)).collect();
    let mut bytes = read_share_text(&texts[1]).unwrap().to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let magic = sonae::credential::frame::Magic::Share;
    texts[1] = sonae::credential::frame::encode(magic, &bytes).unwrap().into();
    let report = house.open().check_envelopes("院長", &texts).unwrap();
    let codes: Vec<_> = report.shares.iter().map(|share| share.code).collect();
    assert_eq!(codes, [None, Some("shares_false"), None]);
    assert!(!report.opens);
}

#[test]
fn a_register_holds_no_share_and_holders_must_differ() {
    let set = made(&world().keys.opening, 1);
    assert!(scan::read_upload(&set.register).is_err(), "no code on it");
    let twice = EnvelopeOrder { holders: vec!["院長".into(), "院長 ".into()], ..order() };
    let refused = make_envelopes(&world().keys.opening, &twice, &SeedDice::new(1));
    assert_eq!(code(refused.map(|_| ())), "holders_unfit");
}
