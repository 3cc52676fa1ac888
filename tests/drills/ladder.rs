//! Where nobody can tell, the counter is asked one thing at a time; each reply counts, and the level reached is written down.

use crate::house_fixture::{House, ask_by, cast, code, events};
use sonae::{
    app::{Appliance, Ask, Checked, Question, ToldFields, settle_told},
    domain::{
        answer::{Level, NextStep, Verdict},
        ladder::{Rung, Setting},
    },
    journal::Event,
};

fn told(json: &str) -> Vec<ToldFields> {
    serde_json::from_str(json).unwrap()
}

/// Somebody whom neither region nor facility knows, with what the ladder brought so far.
fn ask(appliance: &Appliance, json: &str) -> Checked {
    let mut stranger = cast().employee.0.identity;
    stranger.number = "000".into();
    let told = settle_told(&told(json)).unwrap();
    appliance.verify(&Question { told, ..ask_by(&stranger, None) }).unwrap()
}

fn asks(checked: &Checked) -> Option<Rung> {
    checked.ask_next.map(|question| question.rung)
}

#[test]
fn a_stranger_is_asked_one_question_after_another_until_the_statement() {
    let house = House::ready();
    let appliance = house.open();
    let mut so_far = vec![];
    let mut rungs = vec![];
    while let Some(rung) = asks(&ask(&appliance, &format!("[{}]", so_far.join(",")))) {
        rungs.push(rung);
        so_far.push(format!(r#"{{"rung":"{}","reply":"no"}}"#, rung.code()));
    }
    let at_the_end = ask(&appliance, &format!("[{}]", so_far.join(","))).answer.next_steps;
    assert_eq!(at_the_end, [NextStep::CallInsurer], "nothing is asked twice");
    assert_eq!(
        rungs,
        [Rung::Certificate, Rung::Portal, Rung::Notice, Rung::PastVisit, Rung::Statement]
    );
}

#[test]
fn what_was_seen_or_heard_raises_the_level_and_never_makes_eligible() {
    let house = House::ready();
    let appliance = house.open();
    let before = ask(&appliance, "[]");
    assert_eq!((before.answer.verdict, before.answer.level), (Verdict::CannotTell, Level::Nothing));
    for (json, level) in [
        (r#"[{"rung":"portal","reply":"portal_and_card","share":"30"}]"#, Level::PortalWithCard),
        (r#"[{"rung":"past_visit","reply":"unchanged"}]"#, Level::PastVisit),
        (r#"[{"rung":"statement","reply":"statement_and_card","share":"30"}]"#, Level::Declaration),
    ] {
        let told = ask(&appliance, json);
        assert_eq!(
            (told.answer.verdict, told.answer.level),
            (Verdict::CannotTell, level),
            "{json}"
        );
        assert!(told.subject.is_none(), "nothing verified is there to be shown");
    }
}

#[test]
fn the_level_reached_is_written_down_with_the_visit_and_nothing_that_was_said() {
    let house = House::ready();
    let appliance = house.open();
    let json = r#"[{"rung":"four_items","reply":"items_given","name":"架空　避難子","birthdate":"1950-01-31","contact":"000-0000-0000","clue":"late_stage","address":"輪島市架空町"}]"#;
    let question = Question {
        told: settle_told(&told(json)).unwrap(),
        setting: Setting::Disaster,
        ..Question::first(Ask::Nothing)
    };
    let answered = appliance.verify(&question).unwrap();
    assert_eq!(answered.answer.level, Level::DisasterOral);
    let Some(Event::Answered { person, level, told, .. }) = events(&appliance).pop() else {
        panic!("the answer is the last entry")
    };
    assert_eq!((person, level.as_deref()), (None, Some("disaster_oral")));
    assert_eq!(told, ["four_items:items_given"]);
    let kept = answered.statement.unwrap();
    assert!(appliance.statement_form(kept).unwrap().missing_glyphs.is_empty());
    let ordinary = Question { setting: Setting::Ordinary, ..question };
    assert_eq!(code(appliance.verify(&ordinary)), "four_items_no_disaster");
}

#[test]
fn the_number_of_a_typed_paper_is_looked_up_whatever_was_asked_by_before() {
    let house = House::ready();
    let appliance = house.open();
    let known = cast().employee.0.identity;
    let typed = format!(
        r#"[{{"rung":"certificate","reply":"type_certificate","insurer":"{}","symbol":"{}","number":"{}","branch":"{}"}}]"#,
        known.insurer.display_form(),
        known.symbol,
        known.number,
        known.branch.unwrap(),
    );
    let answered = ask(&appliance, &typed);
    assert_eq!(answered.answer.verdict, Verdict::Eligible);
    let Some(Event::Answered { person, .. }) = events(&appliance).pop() else {
        panic!("the answer is the last entry")
    };
    assert_eq!(person.unwrap().number, known.number);
}

#[test]
fn a_reply_that_belongs_to_no_question_is_refused_and_nothing_is_written_down() {
    let house = House::ready();
    let appliance = house.open();
    let before = appliance.journal().ask(|past| past.entries());
    let wrong = told(r#"[{"rung":"portal","reply":"old_card"}]"#);
    assert_eq!(code(settle_told(&wrong)), "told_unreadable");
    assert_eq!(appliance.journal().ask(|past| past.entries()), before);
}
