//! Wire format 1 of a paper's code, pinned: every case lies in `tests/data/credential-v1` with all its stages, and is judged here
//! by the JSON alone.
//!
//! `SONAE_BLESS=1 cargo test --test credential_vectors` makes the cases anew (`make/`); do that only where the format may
//! change, or a case was added. Nothing of `make/` takes part in the tests below. The shape of a case is told in
//! `docs/credential-format.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a vector that cannot be read has broken its promise, and writing it need not survive a power cut"
)]

mod case;
mod make;
mod stages;

use case::{Case, all};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn bless_if_asked() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    if std::env::var_os("SONAE_BLESS").is_some() {
        ONCE.call_once(make::bless);
    }
}

fn cases() -> Vec<Case> {
    bless_if_asked();
    all()
}

#[test]
fn every_case_ends_as_it_says_on_every_axis() {
    let mut wrong = vec![];
    for case in cases() {
        let told = case.told();
        let expected = case.expected();
        for (axis, value) in expected.as_object().unwrap() {
            if &told[axis] != value {
                wrong.push(format!("{}: {axis} is {}, not {value}", case.name, told[axis]));
            }
        }
        // A case that names no refusal is another system's code: what it is called may grow more exact.
        if expected.get("refusal").is_none() && expected.get("trust_list").is_none() {
            let refusal = told["refusal"].as_str().unwrap_or_default();
            if !refusal.starts_with("foreign_") {
                wrong.push(format!("{}: {refusal} names no foreign code", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_stage_of_every_case_follows_from_the_one_before() {
    cases().iter().for_each(stages::follow);
}

#[test]
fn what_was_read_is_what_was_claimed_and_issuing_it_again_gives_the_same_digits() {
    let mut read = 0;
    for case in cases().iter().filter(|case| case.expected()["signature"] == "valid") {
        let Some(claims) = case.claims() else { continue };
        let report = case.read().unwrap_or_else(|_| panic!("{} is refused", case.name));
        let red = case.expected()["light"] == "red";
        let shown = report.claims.as_ref().map(|claims| serde_json::to_value(claims).unwrap());
        assert_eq!(shown, (!red).then(|| claims.clone()), "{}", case.name);
        assert_eq!(json!(report.serial), case.stages()["serial"], "{}", case.name);
        assert_eq!(stages::issued_again(case), case.stages()["digits"], "{}", case.name);
        read += 1;
    }
    assert!(read >= 25, "only {read} papers were read");
}

#[test]
fn bad_codes_are_many_and_each_is_told_at_its_stage() {
    let cases = cases();
    let bad: Vec<_> = cases.iter().filter(|case| case.expected()["light"] != "green").collect();
    assert!(bad.len() >= 60, "{}", bad.len());
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len(), "a name is used twice");
    // One code a stage and cause: two stages never share one, lest the counter do the wrong thing about it.
    let mut stage_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in &bad {
        if let Some(code) = case.expected()["refusal"].as_str() {
            stage_of.entry(code.into()).or_default().insert(case.stage().into());
        }
    }
    for (code, stages) in stage_of {
        assert_eq!(stages.len(), 1, "{code} is told at {stages:?}");
    }
}

#[test]
fn every_refusal_has_its_words_and_its_next_step_in_both_languages() {
    for case in cases() {
        let Some(code) = case.told()["refusal"].as_str().map(str::to_owned) else { continue };
        let message = sonae::messages::all().find(|message| message.code == code);
        let message = message.unwrap_or_else(|| panic!("{code} is not in the catalogue"));
        for words in [message.ja, message.en, message.next_ja, message.next_en] {
            assert!(!words.is_empty(), "{code}");
        }
    }
}

/// What an engineer or a log may see of a refusal: code, message, cause chain, axes. None of it repeats the paper.
#[test]
fn nothing_of_a_papers_content_is_in_its_refusal() {
    let mut refused = 0;
    for case in cases().iter().filter(|case| case.expected().get("trust_list").is_none()) {
        let Err(error) = case.read() else { continue };
        let mut said = format!("{error:?} {}", json!(error.finding()));
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(inner) = cause {
            said.push_str(&inner.to_string());
            cause = inner.source();
        }
        for piece in case.private() {
            assert!(!said.contains(&piece), "{}: {piece:?} in {said}", case.name);
        }
        refused += 1;
    }
    assert!(refused >= 60, "{refused}");
}

/// The page and the cases are one: the vector printed there is the case of that name.
#[test]
fn the_vector_on_the_page_is_the_first_case() {
    let page = include_str!("../../docs/credential-format.md");
    let cases = cases();
    let first = cases.iter().find(|case| case.name == "certificate-typical").unwrap();
    for (label, stage) in [("claims", "cbor"), ("COSE_Sign1", "cose"), ("digits", "digits")] {
        let line = format!("{label}: {}\n", first.stages()[stage].as_str().unwrap());
        assert!(page.contains(&line), "{line}");
    }
}
