//! Statements of eligibility (申立書): kept sealed with the visit, printed again, destroyed once the claim is paid; and what
//! helps with the claim of an answer.

use crate::house_fixture::{House, ask_for, cast, code, events, files_below};
use sonae::{
    domain::{
        burden::Percent,
        claim::{ClaimField, Contact, ReturnRisk},
        person::Sex,
        statement::{InsuranceKind, Statement},
    },
    journal::Event,
    limits::STATEMENT_REMIND_DAYS,
};
use std::fs;

const DAY_SECONDS: i64 = 86_400;

fn statement() -> Statement {
    Statement {
        name: "架空　申立子".into(),
        kana: "カクウ　モウシタテコ".into(),
        birth: jiff::civil::Date::new(1950, 1, 31).ok(),
        sex: Sex::Female,
        contact: Contact { address: "石川県輪島市架空町1".into(), ..Contact::default() },
        kind: Some(InsuranceKind::LateStage),
        insurer_name: String::new(),
        share: Percent::new(10),
    }
}

#[test]
fn a_statement_is_kept_sealed_and_its_form_can_be_printed_again_after_a_restart() {
    let house = House::new();
    let appliance = house.open();
    let taken = appliance.take_statement(&statement(), Some(3)).unwrap();
    assert!(events(&appliance).contains(&Event::StatementTaken { visit: Some(3) }));
    let appliance = house.restart(appliance);
    assert_eq!(appliance.statement_form(taken.number).unwrap(), taken.form);
    assert_eq!(appliance.statements_status().kept, 1);
    for file in files_below(&house.box_dir()) {
        let bytes = fs::read(&file).unwrap();
        let name = "申立子".as_bytes();
        assert!(!bytes.windows(name.len()).any(|window| window == name), "{}", file.display());
    }
}

#[test]
fn a_statement_is_asked_about_when_the_claim_must_be_paid_and_destroyed_by_name() {
    let house = House::new();
    let appliance = house.open();
    let number = appliance.take_statement(&statement(), None).unwrap().number;
    assert_eq!(appliance.statements_status().due, 0);
    house.advance(STATEMENT_REMIND_DAYS * DAY_SECONDS);
    assert_eq!(appliance.statements_status().due, 1);
    assert_eq!(code(appliance.destroy_statement(number, " ")), "statement_nameless");
    assert_eq!(code(appliance.destroy_statement(number + 1, "院長")), "statement_unknown");
    appliance.destroy_statement(number, "院長").unwrap();
    assert!(appliance.kept_statements().unwrap().is_empty());
    assert_eq!(code(appliance.statement_form(number)), "statement_unknown");
    let destroyed = Event::StatementDestroyed { number, by: "院長".into() };
    assert!(events(&appliance).contains(&destroyed));
}

#[test]
fn a_damaged_statement_hides_no_other_and_can_be_destroyed() {
    let house = House::new();
    let appliance = house.open();
    let damaged = appliance.take_statement(&statement(), None).unwrap().number;
    let sound = appliance.take_statement(&statement(), None).unwrap().number;
    let path = house.box_dir().join("statements").join(format!("{damaged}.sealed"));
    fs::write(&path, b"scrap").unwrap();
    assert_eq!(code(appliance.statement_form(damaged)), "statement_damaged");
    let kept = appliance.kept_statements().unwrap();
    let numbers: Vec<_> = kept.iter().map(|statement| (statement.number, statement.due)).collect();
    assert_eq!(numbers, [(damaged, true), (sound, false)], "what cannot be read is due at once");
    appliance.destroy_statement(damaged, "院長").unwrap();
    assert!(!path.exists());
}

#[test]
fn one_statement_put_in_place_of_another_does_not_open() {
    let house = House::new();
    let appliance = house.open();
    let one = appliance.take_statement(&statement(), None).unwrap().number;
    let other = appliance.take_statement(&statement(), None).unwrap().number;
    let dir = house.box_dir().join("statements");
    fs::copy(dir.join(format!("{one}.sealed")), dir.join(format!("{other}.sealed"))).unwrap();
    assert_eq!(code(appliance.statement_form(other)), "statement_damaged");
}

#[test]
fn nobody_and_too_much_are_refused_before_anything_is_kept() {
    let house = House::new();
    let appliance = house.open();
    let nobody = Statement { name: " ".into(), kana: String::new(), ..statement() };
    assert_eq!(code(appliance.take_statement(&nobody, None)), "statement_nameless");
    let long = Statement { insurer_name: "長".repeat(101), ..statement() };
    assert_eq!(code(appliance.take_statement(&long, None)), "value_unreadable");
    assert_eq!(appliance.statements_status().kept, 0);
    assert!(!house.box_dir().join("statements").exists());
}

#[test]
fn an_answer_brings_what_to_write_onto_a_paper_claim_and_only_where_it_names_somebody() {
    let house = House::ready();
    let appliance = house.open();
    let person = cast().employee.0;
    let told = ask_for(&appliance, &person);
    let claim = told.claim.unwrap();
    let insurer =
        claim.transcribe.iter().find(|line| line.field == ClaimField::InsurerNumber).unwrap();
    assert_eq!(insurer.text, person.identity.insurer.display_form());
    assert!(claim.risks.contains(&ReturnRisk::NotOnline));
    let mut stranger = person;
    stranger.identity.number = "000".into();
    assert_eq!(ask_for(&appliance, &stranger).claim, None);
}
