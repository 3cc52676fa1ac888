//! Promise 5: no going back. What is older than the thing held is refused by its own name, and the held thing stays.

use crate::house_fixture::{
    House, NOON, ask_for, ask_text, cast, code, import, open_disaster, reasons, refusals,
    trust_list_bytes, world,
};
use sonae::{
    app::DisasterState,
    credential::RevocationDraft,
    demo::papers::CertificateState,
    disaster::order::{self, OpeningSecretBytes, OrderFacts, OrderKind},
    domain::{answer::Verdict, area::Area, policy::Policy, rulebook::Rulebook, time::Stamp},
    hub::Hub,
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};
use std::{fs, sync::Arc};

/// A trust list that names one publisher only.
pub fn trust_list(sequence: u64) -> Vec<u8> {
    trust_list_with(sequence, Policy::default())
}

fn trust_list_with(sequence: u64, policy: Policy) -> Vec<u8> {
    let today = world().now.day();
    let publisher = TrustedKey {
        role: Role::Publisher,
        key: world().keys.publisher.public(),
        name: "架空広域連合".into(),
        insurers: vec![],
        documents: vec![],
        areas: vec![Area::Prefecture(17)],
        not_before: today,
        not_after: today,
        status: KeyStatus::Active,
        sealing: None,
    };
    let draft = TrustDraft {
        root_version: 1,
        sequence,
        made_at: Stamp(NOON),
        next_due: Stamp(NOON).plus_days(7),
        policy,
        keys: vec![publisher],
    };
    world().keys.sign_list(&draft)
}

/// An order of one number, as the authority signs it.
pub fn order(revision: u16, kind: OrderKind, bend: impl FnOnce(&mut OrderFacts)) -> String {
    let today = world().now.day();
    let opening = &world().keys.opening;
    let mut facts = OrderFacts {
        number: 1,
        revision,
        kind,
        areas: vec![Area::Prefecture(17)],
        from: today,
        until: today.saturating_add(jiff::Span::new().days(6)),
        issued_at: Stamp(NOON),
        reason: "架空地震の訓練".into(),
        opening: Some(OpeningSecretBytes::new(opening.id().0, *opening.expose())),
    };
    bend(&mut facts);
    order::issue_order(&facts, &world().keys.authority).unwrap()
}

#[test]
fn an_older_trust_list_is_refused_and_the_one_held_stays() {
    let house = House::ready();
    let appliance = house.open();
    assert_eq!(code(appliance.take_trust_list(&trust_list(0))), "trust_list_older");
    assert_eq!(refusals(&appliance), [("trust_list".into(), "trust_list_older".into())]);
    assert_eq!(appliance.status().trust.unwrap().sequence, 1);
    let paper = world().certificate(&cast().employee.0, CertificateState::Good).unwrap();
    let checked = appliance.verify(&ask_text(&paper.digits)).unwrap();
    assert_eq!(checked.answer.verdict, Verdict::Eligible);
}

#[test]
fn a_list_whose_table_of_rules_does_not_hold_is_refused_by_its_own_code_and_the_former_rules_go_on()
{
    let house = House::ready();
    let appliance = house.open();
    let (before, today) = (jiff::civil::date(2026, 7, 31), world().now.day());
    let graces = |policy: Policy| [before, today].map(|on| policy.old_card_grace(on));
    assert_eq!(graces(appliance.policy()), [true, false], "the table in the binary");
    let prolonged = include_str!("../../assets/rules.toml")
        .replace("2026-08-01\"\nvalue = false", "2026-08-01\"\nvalue = true");
    let policy = Policy::of(Arc::new(Rulebook::parse(&prolonged).unwrap()));
    appliance.take_trust_list(&trust_list_with(2, policy.clone())).unwrap();
    assert_eq!(graces(appliance.policy()), [true, true]);
    let mut other_grades = policy;
    other_grades.snapshot.warn_days += 1;
    let broken = appliance.take_trust_list(&trust_list_with(3, other_grades));
    assert_eq!(code(broken), "rulebook_contradicts");
    let refused = ("trust_list".into(), "rulebook_contradicts".into());
    assert_eq!(refusals(&appliance).pop(), Some(refused));
    assert_eq!(appliance.status().trust.unwrap().sequence, 2);
    assert_eq!(graces(appliance.policy()), [true, true]);
    drop(appliance);
    assert_eq!(graces(house.open().policy()), [true, true], "and after a restart");
}

#[test]
fn an_older_trust_list_stays_refused_when_the_file_of_the_newer_was_removed() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_trust_list(&trust_list(2)).unwrap();
    drop(appliance);
    fs::remove_file(house.box_dir().join("trust/list.cose")).unwrap();
    let appliance = house.open();
    assert_eq!(code(appliance.take_trust_list(&trust_list_bytes())), "trust_list_older");
    appliance.take_trust_list(&trust_list(2)).unwrap();
}

#[test]
fn a_trust_list_signed_by_another_root_is_refused() {
    let house = House::ready();
    let appliance = house.open();
    let mut forged = trust_list(5);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(code(appliance.take_trust_list(&forged)), "trust_list_forged");
    assert_eq!(appliance.status().trust.unwrap().sequence, 1);
}

fn revocations(sequence: u64, serials: Vec<[u8; 6]>) -> Vec<u8> {
    RevocationDraft { sequence, made_at: Stamp(NOON), serials }.sign(&world().keys.kyokai)
}

#[test]
fn an_older_revocation_list_brings_no_revoked_paper_back() {
    let house = House::ready();
    let appliance = house.open();
    let revoked = world().certificate(&cast().employee.0, CertificateState::Revoked).unwrap();
    assert_eq!(code(appliance.take_revocations(&revocations(0, vec![]))), "revocation_list_older");
    let checked = appliance.verify(&ask_text(&revoked.digits)).unwrap();
    assert_eq!(reasons(&checked), ["certificate_revoked"]);

    drop(appliance);
    fs::remove_dir_all(house.box_dir().join("revocations")).unwrap();
    fs::create_dir(house.box_dir().join("revocations")).unwrap();
    let appliance = house.open();
    let late = code(appliance.take_revocations(&revocations(0, vec![])));
    assert_eq!(late, "revocation_list_older", "the journal remembers");
}

#[test]
fn an_older_release_is_refused_and_the_newer_goes_on_answering() {
    let house = House::ready();
    let appliance = house.open();
    let older = world().small_release("release-9", 9).unwrap();
    assert_eq!(code(import(&appliance, &older)), "release_older");
    assert_eq!(appliance.status().snapshot.unwrap().source.version, 10);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    assert_eq!(refusals(&appliance), [("release".into(), "release_older".into())]);
}

#[test]
fn an_older_release_stays_refused_when_the_cache_was_emptied() {
    let house = House::ready();
    fs::remove_dir_all(house.box_dir().join("cache")).unwrap();
    let appliance = house.open();
    assert_eq!(reasons(&ask_for(&appliance, &cast().employee.0)), ["no_snapshot"]);
    let older = world().small_release("release-9-emptied", 9).unwrap();
    assert_eq!(code(import(&appliance, &older)), "release_older");
    import(&appliance, &world().dir.join("release")).unwrap();
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn an_older_revision_of_an_order_is_refused_and_does_not_open_what_a_newer_closed() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_order(&order(2, OrderKind::Open, |_| {})).unwrap();
    let older = appliance.take_order(&order(1, OrderKind::Open, |_| {}));
    assert_eq!(code(older), "order_older");
    assert_eq!(appliance.disaster_status().state, DisasterState::Open);
    appliance.take_order(&order(3, OrderKind::Close, |_| {})).unwrap();
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
    let again = appliance.take_order(&order(2, OrderKind::Open, |_| {}));
    assert_eq!(code(again), "order_older");
    let appliance = house.restart(appliance);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
}

#[test]
fn the_hub_does_not_go_back_either() {
    let house = House::ready();
    let hub: Hub = house.hub();
    let path = sonae::sync::names::TRUST_LIST;
    hub.publish(path, &trust_list(4)).unwrap();
    let older = hub.publish(path, &trust_list(3)).unwrap_err();
    assert_eq!(sonae::messages::Trouble::message(&older).code, "hub_publication_older");
}

#[test]
fn a_newer_revision_without_a_drug_secret_prolongs_the_window_and_shuts_the_drugs() {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    let longer = order(2, OrderKind::Open, |facts| {
        facts.opening = None;
        facts.until = facts.until.tomorrow().unwrap();
    });
    let status = appliance.take_order(&longer).unwrap();
    assert_eq!(status.state, DisasterState::Open, "an order to open never closes");
    assert_eq!(status.order.unwrap().revision, 2);
    let elder = cast().late_elder.0;
    let handle = crate::house_fixture::consented(&appliance, &elder);
    let refused = appliance.drugs(&crate::house_fixture::doctor(), &handle);
    assert_eq!(code(refused), "opening_secret_absent");
}

#[test]
fn a_trust_list_file_put_back_to_an_older_one_does_not_count_and_the_box_still_wakes() {
    let house = House::ready();
    let appliance = house.open();
    appliance.take_trust_list(&trust_list(2)).unwrap();
    drop(appliance);
    fs::write(house.box_dir().join("trust/list.cose"), trust_list_bytes()).unwrap();
    let appliance = house.open();
    assert!(appliance.status().trust.is_none(), "the old list speaks no more");
    assert_eq!(refusals(&appliance).last().unwrap().1, "trust_list_older");
    let paper = world().certificate(&cast().employee.0, CertificateState::Good).unwrap();
    assert_eq!(code(appliance.verify(&ask_text(&paper.digits))), "no_trust_list");
}
