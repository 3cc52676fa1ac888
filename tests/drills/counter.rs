//! Promise 1: nothing unverified is ever "eligible". Promise 2: three values, and every "cannot tell" says why.

use crate::house_fixture::{
    House, ask_by, ask_for, ask_text, cast, code, reasons, refusals, world,
};
use sonae::{
    app::Ask,
    credential,
    demo::papers::CertificateState,
    domain::{
        answer::{Basis, Verdict},
        evidence::{CardSeen, DocumentClaims, DocumentKind},
        person::PersonRecord,
    },
    seal::SigningKeypair,
    sys::sim::SeedDice,
};

fn certificate(record: &PersonRecord, state: CertificateState) -> String {
    world().certificate(record, state).unwrap().digits
}

fn stranger() -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(66))
}

fn claims(record: &PersonRecord) -> DocumentClaims {
    DocumentClaims {
        kind: DocumentKind::Certificate,
        identity: record.identity.clone(),
        name: record.name.clone(),
        kana: record.kana.clone(),
        birth: record.birth,
        sex: record.sex,
        relation: record.relation,
        burden: record.burden,
        limit_class: record.limit_class.clone(),
        valid_from: record.valid_from,
        issued_on: world().now.day(),
        valid_to: None,
        serial: *b"forged",
    }
}

#[test]
fn a_certificate_of_an_issuer_not_on_the_list_is_not_verified() {
    let house = House::ready();
    let appliance = house.open();
    let unregistered = world().region.unregistered().remove(0);
    let digits = credential::issue(&claims(&unregistered), &stranger()).unwrap();
    assert_eq!(code(appliance.verify(&ask_text(&digits))), "issuer_unknown");
    assert_eq!(refusals(&appliance).last().unwrap().1, "issuer_unknown");
}

#[test]
fn a_certificate_whose_issuer_speaks_for_other_insurers_is_not_verified() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0; // 協会けんぽ
    let digits = credential::issue(&claims(&employee), &world().keys.others).unwrap();
    assert_eq!(code(appliance.verify(&ask_text(&digits))), "issuer_out_of_scope");
}

#[test]
fn no_altered_digit_of_a_certificate_makes_anybody_eligible() {
    let house = House::ready();
    let appliance = house.open();
    let unregistered = world().region.unregistered().remove(0);
    let digits = certificate(&unregistered, CertificateState::Good);
    let good = appliance.verify(&ask_text(&digits)).unwrap();
    assert_eq!(good.answer.verdict, Verdict::Eligible);
    for at in (0..digits.len()).step_by(digits.len() / 40) {
        let mut altered = digits.clone().into_bytes();
        altered[at] = b'0' + (altered[at] - b'0' + 1) % 10;
        let altered = String::from_utf8(altered).unwrap();
        assert!(appliance.verify(&ask_text(&altered)).is_err(), "digit {at}");
    }
}

#[test]
fn a_good_checksum_over_an_altered_certificate_is_a_forgery() {
    use credential::frame::{Magic, decode, encode};
    let house = House::ready();
    let appliance = house.open();
    let digits = certificate(&cast().employee.0, CertificateState::Good);
    let (magic, body) = decode(&digits).unwrap();
    assert_eq!(magic, Magic::Credential);
    for from_end in [1, 70, 100] {
        let mut bent = body.clone();
        let at = bent.len() - from_end;
        bent[at] ^= 1;
        let forged = encode(Magic::Credential, &bent).unwrap();
        assert_eq!(code(appliance.verify(&ask_text(&forged))), "certificate_forged");
    }
}

#[test]
fn a_box_without_a_trust_list_verifies_no_paper() {
    let house = House::new();
    let appliance = house.open();
    let digits = certificate(&cast().employee.0, CertificateState::Good);
    assert_eq!(code(appliance.verify(&ask_text(&digits))), "no_trust_list");
}

#[test]
fn a_revoked_and_an_expired_paper_do_not_vouch_and_say_so() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0;
    let revoked =
        appliance.verify(&ask_text(&certificate(&employee, CertificateState::Revoked))).unwrap();
    assert_eq!(revoked.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&revoked), ["certificate_revoked"]);
    let unknown = world().region.unregistered().remove(0);
    let expired =
        appliance.verify(&ask_text(&certificate(&unknown, CertificateState::Expired))).unwrap();
    assert_eq!(expired.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&expired), ["certificate_expired"]);
}

#[test]
fn a_notice_vouches_only_together_with_the_card() {
    let house = House::ready();
    let appliance = house.open();
    let digits = world().notice(&cast().late_elder.0).unwrap().digits;
    let mut question = ask_text(&digits);
    let alone = appliance.verify(&question).unwrap();
    assert_eq!(alone.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&alone), ["notice_needs_card"]);
    question.card = CardSeen::Seen;
    let with_card = appliance.verify(&question).unwrap();
    assert_eq!(with_card.answer.verdict, Verdict::Eligible);
    assert_eq!(with_card.answer.basis, Basis::NoticeWithCard);
}

#[test]
fn somebody_the_register_does_not_know_is_never_called_not_eligible() {
    let house = House::ready();
    let appliance = house.open();
    for person in world().region.unregistered() {
        let checked = ask_for(&appliance, &person);
        assert_eq!(checked.answer.verdict, Verdict::CannotTell);
        assert_eq!(reasons(&checked), ["not_in_snapshot"]);
        assert!(checked.subject.is_none());
    }
}

#[test]
fn insurance_that_ended_is_not_eligible_and_the_one_after_it_is() {
    let house = House::ready();
    let appliance = house.open();
    let cast = cast();
    let ended = ask_for(&appliance, &cast.changed_from.0);
    assert_eq!(ended.answer.verdict, Verdict::NotEligible);
    assert_eq!(reasons(&ended), ["coverage_ended"]);
    assert_eq!(ask_for(&appliance, &cast.changed_to.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn twins_asked_for_without_a_branch_are_several_until_the_branch_is_told() {
    let house = House::ready();
    let appliance = house.open();
    let twin = cast().family[2].0.clone();
    let mut identity = twin.identity.clone();
    identity.branch = None;
    let both = appliance.verify(&ask_by(&identity, Some(twin.birth))).unwrap();
    assert_eq!(both.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&both), ["several_match"]);
    assert!(both.subject.is_none(), "nobody is shown while several match");
    let one = ask_for(&appliance, &twin);
    assert_eq!(one.answer.verdict, Verdict::Eligible);
    assert_eq!(one.subject.unwrap().name, twin.name);
}

#[test]
fn a_birth_date_that_differs_is_its_own_reason_and_shows_nobody() {
    let house = House::ready();
    let appliance = house.open();
    let employee = cast().employee.0;
    let day = employee.birth.tomorrow().unwrap();
    let checked = appliance.verify(&ask_by(&employee.identity, Some(day))).unwrap();
    assert_eq!(checked.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&checked), ["birth_date_differs"]);
    assert!(checked.subject.is_none());
}

#[test]
fn a_box_without_a_snapshot_says_that_and_nothing_else() {
    let house = House::new();
    let appliance = house.open();
    let checked = ask_for(&appliance, &cast().employee.0);
    assert_eq!(checked.answer.verdict, Verdict::CannotTell);
    assert_eq!(reasons(&checked), ["no_snapshot"]);
}

#[test]
fn a_suspended_record_is_named_as_suspended_and_nothing_of_it_is_in_the_answer() {
    let house = House::ready();
    let appliance = house.open();
    let record = cast().suspended.0;
    let typed = ask_for(&appliance, &record);
    let scanned =
        appliance.verify(&ask_text(&certificate(&record, CertificateState::Good))).unwrap();
    for checked in [typed, scanned] {
        assert_eq!(checked.answer.verdict, Verdict::CannotTell);
        assert_eq!(reasons(&checked), ["record_suspended"]);
        let json = serde_json::to_string(&checked).unwrap();
        let birth = record.birth.to_string();
        for secret in [&record.name, &record.kana, &record.insurer_name, &record.address, &birth] {
            assert!(!json.contains(secret.as_str()), "{secret} is in {json}");
        }
        assert!(json.contains("\"subject\":null"), "{json}"); // so the numbers are not there either
        let slip = appliance.answer_slip(checked.journal_entry).unwrap();
        assert!(slip.pdf.starts_with(b"%PDF"));
    }
    assert_eq!(code(appliance.answer_slip(999_999)), "slip_gone");
}

#[test]
fn an_order_at_the_counter_is_no_answer_and_a_certificate_opens_no_disaster() {
    let house = House::ready();
    let appliance = house.open();
    let order = world().order(1, sonae::domain::area::Area::Prefecture(17), "石川県").unwrap();
    assert_eq!(code(appliance.verify(&ask_text(&order.digits))), "order_at_counter");
    let paper = certificate(&cast().employee.0, CertificateState::Good);
    assert_eq!(code(appliance.take_order(&paper)), "order_other_kind");
}

#[test]
fn typed_numbers_in_one_field_find_the_same_person_as_the_form() {
    let house = House::ready();
    let appliance = house.open();
    let elder = cast().late_elder.0;
    let insurer = elder.identity.insurer.display_form();
    let birth = elder.birth.to_string().replace('-', "");
    let text = format!("{insurer} {} {birth}", elder.identity.number);
    let checked = appliance.verify(&ask_text(&text)).unwrap();
    assert_eq!(checked.answer.verdict, Verdict::Eligible);
    assert_eq!(checked.subject, ask_for(&appliance, &elder).subject);
}

#[test]
fn a_picture_without_a_code_is_told_apart_from_a_broken_picture() {
    let house = House::ready();
    let appliance = house.open();
    let mut question = ask_text("");
    question.ask = Ask::Picture(b"no picture at all".to_vec());
    let broken = code(appliance.verify(&question));
    let blank = world().order(9, sonae::domain::area::Area::Prefecture(17), "石川県").unwrap();
    question.ask = Ask::Picture(blank.pdf);
    assert_eq!(code(appliance.verify(&question)), "order_at_counter");
    assert!(broken != "ok" && broken != "order_at_counter", "{broken}");
}
