//! Promise 8: nobody at the counter notices the hub. Promise 9: one bad item never blocks the rest, and nothing leaves the
//! outbox without the hub's signed receipt.

use crate::{
    bent::{DeadLine, Line},
    house_fixture::{
        House, ask_for, cast, code, consented, doctor, events, open_disaster, refusals, world,
    },
    rollback::order,
};
use sonae::{
    app::{Appliance, DisasterState, Settled},
    config::HubUrl,
    disaster::order::OrderKind,
    domain::answer::Verdict,
    hub::Hub,
    journal::Event,
    seal::SigningKeypair,
    sync::{DirLink, Link, LinkError, Receipt, names, sign_receipt},
    sys::{RealDisk, sim::SeedDice},
};
use std::{
    fs,
    io::Read,
    path::Path,
    sync::{Arc, Mutex},
};

fn settle(appliance: &Appliance, link: &dyn Link) -> Settled {
    appliance.settle(link, &mut |_| {}).unwrap()
}

fn failed(settled: &Settled) -> Vec<(&'static str, Option<&'static str>)> {
    let failed = settled.steps.iter().filter(|step| !step.ok);
    failed.map(|step| (step.what, step.code)).collect()
}

fn done(settled: &Settled) -> Vec<&'static str> {
    settled.steps.iter().filter(|step| step.ok).map(|step| step.what).collect()
}

fn publish_order(hub: &Hub, number: u32, digits: &str) {
    let (_, body) = sonae::credential::frame::decode(digits).unwrap();
    hub.publish(&names::order(number, 1), &body).unwrap();
}

#[test]
fn one_exchange_brings_a_bare_box_everything_and_a_second_empties_the_outbox() {
    let house = House::new();
    let hub = house.hub();
    publish_order(&hub, 1, &order(1, OrderKind::Open, |_| {}));
    let appliance = house.open();
    let first = settle(&appliance, &Line::straight(&hub));
    assert_eq!(failed(&first), []);
    let order_of_things = ["trust_list", "revocations", "revocations", "order", "release"];
    let brought: Vec<_> = done(&first).into_iter().filter(|what| *what != "batch").collect();
    assert_eq!(brought, order_of_things);
    assert_eq!(appliance.disaster_status().state, DisasterState::Open);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    let second = settle(&appliance, &Line::straight(&hub));
    assert_eq!((failed(&second), second.outbox_waiting), (vec![], 0));
    let third = settle(&appliance, &Line::straight(&hub));
    assert!(third.steps.is_empty(), "nothing is left to do: {:?}", third.steps);
}

#[test]
fn with_the_hub_away_the_exchange_says_so_and_the_counter_answers() {
    let house = House::ready();
    let appliance = house.open();
    let before = appliance.status().outbox_waiting;
    assert_eq!(code(appliance.settle(&DeadLine, &mut |_| {})), "hub_away");
    assert_eq!(appliance.status().outbox_waiting, before);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    open_disaster(&appliance);
    let handle = consented(&appliance, &cast().late_elder.0);
    appliance.drugs(&doctor(), &handle).unwrap();
}

/// A hub that has taken the call and says nothing, until somebody lets it go.
pub struct HangingLine {
    pub called: std::sync::Barrier,
    pub released: std::sync::Barrier,
}

impl HangingLine {
    /// For one caller and one who lets it go.
    pub fn new() -> Self {
        Self { called: std::sync::Barrier::new(2), released: std::sync::Barrier::new(2) }
    }
}

impl Link for HangingLine {
    fn read(&self, _name: &str, _bytes_max: u64) -> Result<Vec<u8>, LinkError> {
        self.called.wait();
        self.released.wait();
        DeadLine.read("", 0)
    }
    fn open(&self, name: &str) -> Result<Box<dyn std::io::Read + '_>, LinkError> {
        self.read(name, 0).map(|_| Box::new(std::io::empty()) as Box<dyn std::io::Read>)
    }
    fn write(&self, name: &str, _bytes: &[u8]) -> Result<(), LinkError> {
        self.read(name, 0).map(drop)
    }
    fn describe(&self) -> String {
        "a hanging line".into()
    }
}

#[test]
fn while_the_hub_hangs_the_counter_answers_and_disaster_mode_opens() {
    let house = House::ready();
    let appliance = house.open();
    let line = HangingLine::new();
    std::thread::scope(|scope| {
        let exchange = scope.spawn(|| code(appliance.settle(&line, &mut |_| {})));
        line.called.wait();
        let answered = ask_for(&appliance, &cast().employee.0).answer.verdict;
        open_disaster(&appliance);
        let handle = consented(&appliance, &cast().late_elder.0);
        let read = appliance.drugs(&doctor(), &handle).is_ok();
        line.released.wait();
        assert_eq!(exchange.join().unwrap(), "hub_away");
        assert_eq!((answered, read), (Verdict::Eligible, true));
    });
}

#[test]
fn a_garbage_order_and_a_garbage_revocation_list_keep_nothing_else_out() {
    let house = House::new();
    let hub = house.hub();
    publish_order(&hub, 1, &order(1, OrderKind::Open, |_| {}));
    publish_order(&hub, 2, &order(1, OrderKind::Open, |facts| facts.number = 2));
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let line = Line::garbling(&hub, &["orders/1-", "revocations/"]);
    let settled = settle(&appliance, &line);
    let expected = [
        ("revocations", Some("revocation_list_malformed")),
        ("revocations", Some("revocation_list_malformed")),
        ("order", Some("order_malformed")),
    ];
    assert_eq!(failed(&settled), expected);
    assert_eq!(done(&settled), ["trust_list", "order", "batch", "release"]);
    assert!(settled.receipts > 0);
    assert_eq!(appliance.disaster_status().order.unwrap().number, 2);
    let again = settle(&appliance, &Line::straight(&hub));
    assert_eq!(failed(&again), []);
}

#[test]
fn a_garbage_release_keeps_neither_lists_nor_receipts_back() {
    let house = House::new();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let settled = settle(&appliance, &Line::garbling(&hub, &["releases/"]));
    assert_eq!(failed(&settled).len(), 1);
    assert_eq!(done(&settled), ["trust_list", "revocations", "revocations", "batch"]);
    assert!(appliance.status().snapshot.is_none());
    assert_eq!(failed(&settle(&appliance, &Line::straight(&hub))), []);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
}

#[test]
fn a_garbage_trust_list_keeps_the_outbox_from_nothing_when_an_older_one_is_held() {
    let house = House::ready();
    let hub = house.hub();
    hub.publish(names::TRUST_LIST, &crate::rollback::trust_list(2)).unwrap();
    let appliance = house.open();
    let settled = settle(&appliance, &Line::garbling(&hub, &["trust/"]));
    assert_eq!(failed(&settled), [("trust_list", Some("trust_list_malformed"))]);
    assert_eq!(done(&settled), ["batch"]);
    assert_eq!(appliance.status().trust.unwrap().sequence, 1);
}

#[test]
fn a_forged_receipt_lets_nothing_out_of_the_outbox() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let waiting = appliance.journal().ask(|past| past.waiting());
    let forger = SigningKeypair::random(&SeedDice::new(666));
    let line = Line {
        hub: &hub,
        bend: Box::new(move |name, bytes| {
            if !name.starts_with("receipts/") {
                return Ok(bytes);
            }
            let digest = name.rsplit('/').next().and_then(|file| file.strip_suffix(".cose"));
            let receipt = Receipt {
                box_id: names::from_hex(name.split('/').nth(1).unwrap()).unwrap(),
                batch: names::from_hex(digest.unwrap()).unwrap(),
                from: 1,
                to: 9_999,
                received_at: 0,
                rejected: vec![],
            };
            Ok(sign_receipt(&receipt, &forger))
        }),
    };
    let settled = settle(&appliance, &line);
    assert_eq!(failed(&settled), [("batch", Some("signer_unknown"))]);
    let still = appliance.journal().ask(|past| past.waiting());
    assert!(waiting.iter().all(|entry| still.contains(entry)));
    assert_eq!(refusals(&appliance), [("receipt".into(), "signer_unknown".into())]);
    let honest = settle(&appliance, &Line::straight(&hub));
    assert_eq!((failed(&honest), honest.outbox_waiting), (vec![], 0));
}

#[test]
fn a_batch_handed_over_is_not_a_batch_received() {
    let house = House::ready();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let stick = house.stick();
    let link = DirLink::new(Arc::new(RealDisk), &stick).unwrap();
    let waiting = appliance.status().outbox_waiting;
    let settled = settle(&appliance, &link);
    assert_eq!((settled.outbox_waiting, settled.receipts), (waiting, 0));
    let sent = events(&appliance).iter().any(|event| matches!(event, Event::BatchSent { .. }));
    assert!(sent && fs::read_dir(stick.join("inbox")).unwrap().next().is_some());
}

fn carry(hub: &Hub, stick: &Path) {
    let report = hub.take_stick(stick).unwrap();
    assert_eq!(report.refused, []);
}

#[test]
fn a_stick_carried_to_the_hub_and_back_settles_everything() {
    let house = House::new();
    let hub = house.hub();
    let stick = house.stick();
    carry(&hub, &stick);
    let appliance = house.open();
    let link = DirLink::new(Arc::new(RealDisk), &stick).unwrap();
    assert_eq!(failed(&settle(&appliance, &link)), []);
    assert_eq!(ask_for(&appliance, &cast().employee.0).answer.verdict, Verdict::Eligible);
    let appliance = house.restart(appliance); // what was sent is remembered
    assert!(settle(&appliance, &link).outbox_waiting > 0);
    carry(&hub, &stick);
    let back = settle(&appliance, &link);
    assert_eq!((failed(&back), back.outbox_waiting), (vec![], 0));
    assert!(back.receipts > 0);
    let id = appliance.identity().id;
    let told = hub.entries(&id).unwrap();
    assert!(told.iter().any(|entry| matches!(entry.event, Event::Answered { .. })));
    assert_eq!(hub.warnings(), []);
}

#[test]
fn an_entry_sent_twice_reaches_the_hub_once() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let stick = house.stick();
    let link = DirLink::new(Arc::new(RealDisk), &stick).unwrap();
    settle(&appliance, &link);
    settle(&appliance, &link); // the stick lay in a drawer
    assert_eq!(settle(&appliance, &Line::straight(&hub)).outbox_waiting, 0);
    carry(&hub, &stick);
    settle(&appliance, &link);
    let entries = hub.entries(&appliance.identity().id).unwrap();
    let answers = entries.iter().filter(|e| matches!(e.event, Event::Answered { .. })).count();
    assert_eq!(answers, 1);
}

#[test]
fn orders_for_elsewhere_come_over_the_link_every_day_and_are_no_event() {
    use sonae::domain::area::Area;
    let house = House::ready();
    let hub = house.hub();
    publish_order(&hub, 3, &world().order(3, Area::Prefecture(16), "富山県").unwrap().digits);
    let appliance = house.open();
    let settled = settle(&appliance, &Line::straight(&hub));
    assert_eq!(failed(&settled), []);
    assert_eq!(appliance.disaster_status().state, DisasterState::Closed);
    assert_eq!(refusals(&appliance), []);
}

#[test]
fn a_garbage_index_does_not_keep_the_outbox_from_being_sent() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    ask_for(&appliance, &cast().employee.0);
    let settled = settle(&appliance, &Line::garbling(&hub, &["index"]));
    assert_eq!(failed(&settled), [("index", Some("index_malformed"))]);
    assert_eq!((done(&settled), settled.outbox_waiting), (vec!["batch"], 0));
}

#[test]
fn a_box_that_lost_its_trust_list_fetches_it_again_and_answers_without_a_restart() {
    use sonae::demo::papers::CertificateState;
    let house = House::ready();
    let hub = house.hub();
    fs::remove_file(house.box_dir().join("trust/list.cose")).unwrap();
    let appliance = house.open();
    let employee = cast().employee.0;
    assert_eq!(ask_for(&appliance, &employee).answer.verdict, Verdict::CannotTell);
    let settled = settle(&appliance, &Line::straight(&hub));
    assert_eq!(failed(&settled), []);
    assert_eq!(ask_for(&appliance, &employee).answer.verdict, Verdict::Eligible);
    let revoked = world().certificate(&employee, CertificateState::Revoked).unwrap();
    let ask = crate::house_fixture::ask_text(&revoked.digits);
    let checked = appliance.verify(&ask).unwrap();
    assert_eq!(crate::house_fixture::reasons(&checked), ["certificate_revoked"]);
}

/// A line on which somebody asks for another exchange while the first one runs.
struct Impatient<'a> {
    appliance: &'a Appliance,
    told: Mutex<Option<&'static str>>,
}

impl Link for Impatient<'_> {
    fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, LinkError> {
        let hub = HubUrl::parse("http://127.0.0.1:1").unwrap();
        *self.told.lock().unwrap() = Some(code(self.appliance.settle_with_hub(&hub)));
        Err(LinkError::Missing)
    }

    fn open(&self, _: &str) -> Result<Box<dyn Read + '_>, LinkError> {
        Err(LinkError::Missing)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), LinkError> {
        Ok(())
    }

    fn describe(&self) -> String {
        "impatient".into()
    }
}

#[test]
fn whoever_asks_while_an_exchange_runs_is_told_so_and_not_kept_waiting() {
    let house = House::new();
    let appliance = house.open();
    let line = Impatient { appliance: &appliance, told: Mutex::default() };
    settle(&appliance, &line);
    assert_eq!(*line.told.lock().unwrap(), Some("sync_running"));
    let hub = HubUrl::parse("http://127.0.0.1:1").unwrap();
    assert_eq!(code(appliance.settle_with_hub(&hub)), "hub_away", "the turn is free again");
}
