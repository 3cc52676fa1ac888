//! Promises of the claim help, and its rule tables tried as a whole.

use super::*;
use crate::domain::{
    answer::{Basis, BurdenRatio, BurdenSource, Freshness, Level, Reason},
    burden::Percent,
    insured::Branch,
    insurer_number::InsurerNumber,
    rulebook::{InsurerUnknown, Rulebook},
    time::{ClockState, Stamp},
};
use jiff::civil::date;
use proptest::prelude::*;

const ON: Date = date(2026, 11, 22);

fn insurer(number: &str) -> InsurerNumber {
    InsurerNumber::parse(number).unwrap().value
}

fn claimant(number: &str, birth: Date) -> Claimant {
    Claimant {
        identity: Identity {
            insurer: insurer(number),
            symbol: "1060708".into(),
            number: "123".into(),
            branch: Branch::from_value(1),
        },
        name: "架空　花子".into(),
        birth,
        sex: Sex::Female,
        relation: Relation::Insured,
        limit_class: None,
        valid_from: date(2020, 4, 1),
        valid_to: None,
    }
}

fn answer(percent: Option<u8>) -> Answer {
    Answer {
        verdict: Verdict::Eligible,
        basis: Basis::Snapshot,
        as_of: Some(Stamp::start_of(ON)),
        freshness: Freshness::Fresh,
        clock: ClockState::Sure,
        burden_ratio: BurdenRatio {
            percent: percent.and_then(Percent::new),
            source: percent.map(|_| BurdenSource::Snapshot),
            also: vec![],
        },
        level: Level::Snapshot,
        received: None,
        reasons: vec![],
        next_steps: vec![],
    }
}

fn written(who: &Claimant, percent: Option<u8>, field: ClaimField) -> Option<String> {
    let lines = help(who, &answer(percent), ON).transcribe;
    lines.into_iter().find(|line| line.field == field).map(|line| line.text)
}

#[test]
fn the_kind_of_claim_follows_age_relation_and_share() {
    let kind = |birth, relation, percent| {
        let who = Claimant { relation, ..claimant("06130488", birth) };
        written(&who, percent, ClaimField::Kind).unwrap()
    };
    assert_eq!(kind(date(1980, 1, 1), Relation::Insured, Some(30)), "2 本外");
    assert_eq!(kind(date(1980, 1, 1), Relation::Family, Some(30)), "6 家外");
    assert_eq!(kind(date(2022, 1, 1), Relation::Family, Some(20)), "4 六外");
    assert_eq!(kind(date(1954, 1, 1), Relation::Insured, Some(20)), "8 高外一");
    assert_eq!(kind(date(1954, 1, 1), Relation::Insured, Some(30)), "0 高外7");
    assert_eq!(kind(date(1940, 1, 1), Relation::Insured, Some(10)), "8 高外一");
    assert_eq!(kind(date(1940, 1, 1), Relation::Insured, None), "8 高外一（3割なら 0 高外7）");
}

#[test]
fn in_the_late_stage_scheme_by_disability_the_claim_is_one_of_that_scheme() {
    let who = claimant("39131008", date(1958, 1, 1));
    for (percent, kind, note) in
        [(10, "8 高外一", "42区キ"), (20, "8 高外一", "41区カ"), (30, "0 高外7", "26区ア")]
    {
        assert_eq!(written(&who, Some(percent), ClaimField::Kind).unwrap(), kind);
        assert_eq!(written(&who, Some(percent), ClaimField::SpecialNote).unwrap(), note);
    }
    let turning_75 = claimant("39131008", date(1951, 11, 23));
    assert!(
        !help(&turning_75, &answer(Some(10)), ON).risks.contains(&ReturnRisk::ChangesThisMonth)
    );
}

#[test]
fn a_number_that_must_not_be_claimed_is_not_written_out() {
    let who = claimant("06130488", date(1980, 1, 1));
    let ended = Answer { verdict: Verdict::NotEligible, ..answer(Some(30)) };
    let help = help(&who, &ended, ON);
    assert_eq!(help.transcribe, []);
    assert_eq!(help.risks[0], ReturnRisk::Ended);
}

#[test]
fn a_limit_class_is_read_as_printed_and_an_unknown_one_is_left_to_the_hand() {
    let note = |birth, shown: &str, percent| {
        let who = Claimant { limit_class: Some(shown.into()), ..claimant("06130488", birth) };
        let lines = help(&who, &answer(Some(percent)), ON).transcribe;
        let note = lines.into_iter().find(|line| line.field == ClaimField::SpecialNote);
        note.map(|line| (line.text, line.confirmed))
    };
    let (seventy, young) = (date(1954, 1, 1), date(1980, 1, 1));
    for (birth, shown, percent, text, confirmed) in [
        (seventy, "現役並みⅡ", 30, "27区イ", true),
        (seventy, "B02", 30, "27区イ", true),
        (seventy, "低所得Ⅱ", 20, "30区オ", true),
        (seventy, "一般", 20, "29区エ", true),
        (seventy, "＊", 20, "29区エ", true),
        (young, "区分ウ", 30, "28区ウ", false),
        (seventy, "現役並みⅣ", 30, "区分を見て記入", false),
        (young, "C01", 30, "区分を見て記入", false),
    ] {
        assert_eq!(note(birth, shown, percent), Some((text.into(), confirmed)), "{shown}");
    }
    assert_eq!(note(young, "＊", 30), None);
}

#[test]
fn the_benefit_ratio_is_what_the_share_leaves() {
    let who = claimant("39131008", date(1940, 1, 1));
    for (share, benefit) in [(10, "9割"), (20, "8割"), (30, "7割（空欄でもよい）"), (0, "10割")]
    {
        assert_eq!(written(&who, Some(share), ClaimField::Benefit).unwrap(), benefit);
    }
    assert_eq!(written(&who, None, ClaimField::Benefit).unwrap(), "負担割合を確かめてから");
}

#[test]
fn symbol_and_number_are_parted_and_circled_letters_bracketed() {
    let mut who = claimant("06130488", date(1980, 1, 1));
    assert_eq!(
        written(&who, Some(30), ClaimField::SymbolAndNumber).unwrap(),
        "1060708・123（枝番）01"
    );
    who.identity.symbol = "㋕７".into();
    who.identity.branch = None;
    assert_eq!(written(&who, Some(30), ClaimField::SymbolAndNumber).unwrap(), "（カ）７・123");
    who.identity.symbol = String::new();
    assert_eq!(written(&who, Some(30), ClaimField::SymbolAndNumber).unwrap(), "123");
}

#[test]
fn the_birth_date_bears_the_digit_of_its_era() {
    let birth = |day| written(&claimant("06130488", day), Some(30), ClaimField::Birth).unwrap();
    assert_eq!(birth(date(1956, 11, 1)), "3昭 31・11・1生");
    assert_eq!(birth(date(1989, 1, 8)), "4平 1・1・8生");
    assert_eq!(birth(date(2019, 5, 1)), "5令 1・5・1生");
    assert_eq!(birth(date(1912, 7, 29)), "1明 45・7・29生");
}

#[test]
fn from_seventy_there_is_always_a_special_note_and_below_only_where_a_class_was_shown() {
    let note = |birth, shown: Option<&str>, percent| {
        let who = Claimant { limit_class: shown.map(Into::into), ..claimant("06130488", birth) };
        written(&who, percent, ClaimField::SpecialNote)
    };
    let (seventy, late, young) = (date(1954, 1, 1), date(1940, 1, 1), date(1980, 1, 1));
    assert_eq!(note(young, None, Some(30)), None);
    assert_eq!(note(young, Some("A03"), Some(30)).unwrap(), "28区ウ");
    assert_eq!(note(seventy, None, Some(20)).unwrap(), "29区エ");
    assert_eq!(note(seventy, None, Some(30)).unwrap(), "26区ア");
    assert_eq!(note(seventy, Some("B02"), Some(30)).unwrap(), "27区イ");
    assert_eq!(note(late, Some("B06"), Some(10)).unwrap(), "30区オ");
    assert_eq!(note(late, None, Some(20)).unwrap(), "41区カ");
    assert!(note(late, None, None).is_some());
}

#[test]
fn every_cause_of_a_return_that_shows_at_the_counter_is_named() {
    let sound = claimant("06130488", date(1980, 1, 1));
    let risks = |who: &Claimant, answer: &Answer| help(who, answer, ON).risks;
    assert_eq!(risks(&sound, &answer(Some(30))), [ReturnRisk::NotOnline]);
    let mut seen = vec![ReturnRisk::NotOnline];
    let mut with = |expected, change: &dyn Fn(&mut Claimant, &mut Answer)| {
        let (mut who, mut told) = (sound.clone(), answer(Some(30)));
        change(&mut who, &mut told);
        assert!(risks(&who, &told).contains(&expected), "{expected:?}");
        seen.push(expected);
    };
    with(ReturnRisk::Ended, &|_, told| told.verdict = Verdict::NotEligible);
    with(ReturnRisk::NotConfirmed, &|_, told| told.verdict = Verdict::CannotTell);
    with(ReturnRisk::CheckDigit, &|who, _| who.identity.insurer = insurer("06130489"));
    with(ReturnRisk::BranchMissing, &|who, _| who.identity.branch = None);
    with(ReturnRisk::RelationDiffers, &|who, _| {
        who.identity.insurer = insurer("39131008");
        who.relation = Relation::Family;
    });
    with(ReturnRisk::SexMissing, &|who, _| who.sex = Sex::Unstated);
    with(ReturnRisk::NameUnreadable, &|who, _| who.name = "●橋　花子".into());
    with(ReturnRisk::NameVariant, &|who, _| who.name = "髙橋　花子".into());
    with(ReturnRisk::ShareNotStated, &|_, told| {
        told.burden_ratio.source = Some(BurdenSource::AgeRule);
    });
    with(ReturnRisk::SharesDiffer, &|_, told| told.reasons.push(Reason::BurdensDiffer));
    with(ReturnRisk::ShareMayHaveChanged, &|_, told| {
        told.reasons.push(Reason::BurdenMayHaveChanged);
    });
    with(ReturnRisk::ChangesThisMonth, &|who, _| who.valid_to = Some(date(2026, 11, 25)));
    with(ReturnRisk::OneSheet, &|who, _| who.limit_class = Some("A03".into()));
    seen.sort();
    assert_eq!(seen, ReturnRisk::ALL, "each can be reached");
}

#[test]
fn a_month_in_which_the_75th_birthday_falls_is_told() {
    let told = |birth| help(&claimant("06130488", birth), &answer(Some(20)), ON).risks;
    assert!(told(date(1951, 11, 23)).contains(&ReturnRisk::ChangesThisMonth));
    assert!(!told(date(1951, 12, 23)).contains(&ReturnRisk::ChangesThisMonth));
}

fn known(number: &str) -> Identity {
    claimant(number, date(1980, 1, 1)).identity
}

#[test]
fn nines_stand_in_after_a_disaster_and_sevens_where_the_system_failed() {
    let contact = Contact {
        address: "石川県輪島市架空町1".into(),
        employer: "架空漁業".into(),
        phone: "000-0000-0000".into(),
        ..Contact::default()
    };
    let rules = Rulebook::built_in();
    let told = |cause, known: Known| stand_in(cause, &known, &contact, (rules, ON)).unwrap();
    let half = told(InsurerUnknown::Disaster, Known::InsurerOnly(insurer("06130488")));
    assert_eq!((half.insurer_number.as_str(), half.number.as_str()), ("06130488", "999999999"));
    assert_eq!(
        half.remarks,
        "不詳　住所：石川県輪島市架空町1　勤務先：架空漁業　連絡先：000-0000-0000"
    );
    let none = told(InsurerUnknown::Disaster, Known::Nothing);
    assert_eq!((none.insurer_number.as_str(), none.number.as_str()), ("99999999", ""));
    assert_eq!((none.desk, none.needs_statement), (Desk::PaymentFund, false));
    let fault = told(InsurerUnknown::SystemFault, Known::Nothing);
    assert_eq!(fault.insurer_number, "77777777");
    assert_eq!(fault.if_refused.as_deref(), Some("77777779"));
    assert!(fault.needs_statement && fault.remarks.starts_with("住所："));
    let former = told(InsurerUnknown::SystemFault, Known::Former(known("138016")));
    assert_eq!((former.insurer_number.as_str(), former.desk), ("138016", Desk::Federation));
    assert!(former.remarks.starts_with("旧資格の番号"));
}

#[test]
fn before_a_rule_began_no_code_stands_in() {
    let early = (Rulebook::built_in().as_ref(), date(2023, 8, 31));
    let contact = Contact::default();
    assert_eq!(stand_in(InsurerUnknown::SystemFault, &Known::Nothing, &contact, early), None);
}

proptest! {
    /// The two families never mix, whatever is known.
    #[test]
    fn the_reason_alone_chooses_the_family_of_codes(
        disaster: bool, which in 0..4, address in "\\PC{0,20}", employer in "\\PC{0,20}",
    ) {
        let cause = if disaster { InsurerUnknown::Disaster } else { InsurerUnknown::SystemFault };
        let known = match which {
            0 => Known::Present(known("06130488")),
            1 => Known::Former(known("06130488")),
            2 => Known::InsurerOnly(insurer("06130488")),
            _ => Known::Nothing,
        };
        let contact = Contact { address, employer, ..Contact::default() };
        let told = stand_in(cause, &known, &contact, (Rulebook::built_in(), ON)).unwrap();
        let numbers = format!("{} {} {:?}", told.insurer_number, told.number, told.if_refused);
        let others = if disaster { "7777" } else { "9999" };
        prop_assert!(!numbers.contains(others));
        if which == 0 {
            prop_assert_eq!((told.insurer_number.as_str(), told.remarks.as_str()), ("06130488", ""));
        }
    }

    #[test]
    fn every_claim_can_be_transcribed(
        year in 1900_i16..2027, month in 1_i8..=12, day in 1_i8..=28,
        percent in proptest::option::of(0_u8..=100), symbol in "\\PC{0,20}", class in "[AB][01][0-9]",
    ) {
        let mut who = claimant("06130488", date(year, month, day));
        who.identity.symbol = symbol;
        who.limit_class = Some(class);
        let help = help(&who, &answer(percent), ON);
        prop_assert!(help.transcribe.iter().all(|line| !line.text.is_empty() && !line.source.is_empty()));
        prop_assert!(!help.risks.is_empty());
    }
}
