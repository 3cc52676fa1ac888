//! Drills: the table in the binary, and tables that cannot be meant.

use super::*;
use crate::messages::Trouble;
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

fn table() -> &'static Rulebook {
    Rulebook::built_in()
}

/// The table in the binary with one thing changed in it; the change must be there to be made.
fn changed(from: &str, to: &str) -> Result<Rulebook, RulebookError> {
    assert!(BUILT_IN.contains(from), "{from} is not in the table");
    Rulebook::parse(&BUILT_IN.replacen(from, to, 1))
}

fn code(read: Result<Rulebook, RulebookError>) -> &'static str {
    read.err().map_or("ok", |e| e.message().code)
}

#[test]
fn the_table_in_the_binary_reads() {
    assert_eq!(Rulebook::parse(BUILT_IN).unwrap().rules(), table().rules());
    assert_ne!(*table(), Rulebook::default());
    assert_eq!(table().text(), None);
    assert_eq!(table().rules().edition, date(2026, 11, 22));
}

#[test]
fn a_table_of_defaults_lets_nothing_pass() {
    let empty = Rulebook::default();
    let today = date(2026, 6, 1);
    assert_eq!(empty.old_card_grace(today), Dated::Silent);
    assert_eq!(empty.shares(AgeClass::General, today), Dated::Silent);
    assert_eq!(empty.grades(), [Ages::NOTHING_IS_FRESH; 3]);
}

#[test]
fn a_day_is_answered_by_the_period_it_lies_in_with_its_words_and_source() {
    let Dated::Known { value, said } = table().old_card_grace(date(2026, 7, 31)) else {
        panic!("silent")
    };
    assert!(*value && said.confirmed && said.until == Some(date(2026, 7, 31)));
    assert!(said.source.contains("https://") && said.ja.contains("オンライン"));
    let Dated::Known { value, said } = table().old_card_grace(date(2026, 8, 1)) else {
        panic!("silent")
    };
    assert!(!*value && !said.confirmed, "that it was not prolonged again is not confirmed");
    assert_eq!(table().old_card_grace(date(2025, 12, 1)), Dated::Silent);
    let cards = &table().rules().insurance_card;
    assert_eq!(
        [1, 2].map(|day| cards.on(date(2025, 12, day)).value()),
        [Some(&true), Some(&false)]
    );
}

#[test]
fn an_announced_change_is_not_reckoned_with_and_the_former_value_is_shown_with_the_mark() {
    for (class, former) in [(LimitClass::A03, Some(80_100)), (LimitClass::B07, None)] {
        let limit = table().limit(class, date(2026, 8, 1));
        assert_eq!(limit.value(), None);
        let Dated::NotConfirmed { former: shown, said } = limit else { panic!("{limit:?}") };
        assert_eq!(shown.map(|limit| limit.base_yen), former);
        assert!(!said.confirmed);
    }
    assert_eq!(table().limit(LimitClass::B07, date(2026, 7, 31)), Dated::Silent);
    assert_eq!(table().limit(LimitClass::A03, date(2025, 9, 30)), Dated::Silent);
}

#[test]
fn the_shares_of_each_class_are_those_of_their_day() {
    let shares = |class, on| {
        let table = table();
        let shares = table.shares(class, on).value().unwrap();
        [0, 10, 20, 30]
            .map(|value| shares.allows(crate::domain::burden::Percent::new(value).unwrap()))
    };
    let on = date(2026, 11, 22);
    assert_eq!(shares(AgeClass::Preschool, on), [false, false, true, false]);
    assert_eq!(shares(AgeClass::General, on), [false, false, false, true]);
    assert_eq!(shares(AgeClass::Elderly70, on), [false, false, true, true]);
    assert_eq!(shares(AgeClass::LateStage75, on), [false, true, true, true]);
    let before = [false, true, false, true];
    assert_eq!(shares(AgeClass::LateStage75, date(2022, 9, 30)), before, "20 % since 2022-10-01");
    assert_eq!(shares(AgeClass::LateStage75, date(2022, 10, 1)), [false, true, true, true]);
    let relief = |on| table().rules().outpatient_relief_yen.on(on).value().copied();
    assert_eq!([date(2025, 9, 30), date(2025, 10, 1)].map(relief), [Some(3_000), None]);
}

#[test]
fn the_reason_chooses_the_code_of_an_unknown_insurer() {
    let (table, on) = (table(), date(2026, 11, 22));
    let disaster = table.unknown_insurer_code(InsurerUnknown::Disaster, on).value().unwrap();
    assert_eq!(
        (disaster.insurer.as_str(), disaster.number.as_deref()),
        ("99999999", Some("999999999"))
    );
    assert_eq!((disaster.remark.as_deref(), &disaster.if_refused), (Some("不詳"), &None));
    let fault = table.unknown_insurer_code(InsurerUnknown::SystemFault, on).value().unwrap();
    assert_eq!(
        (fault.insurer.as_str(), fault.if_refused.as_deref()),
        ("77777777", Some("77777779"))
    );
    let early = table.unknown_insurer_code(InsurerUnknown::SystemFault, date(2023, 8, 31));
    assert_eq!(early, Dated::Silent, "since claims of September 2023");
}

#[test]
fn the_late_stage_certificate_goes_to_85_from_august_2026() {
    let age = |on| table().rules().late_stage_certificate_age.on(on).value().copied();
    assert_eq!([date(2026, 7, 31), date(2026, 8, 1)].map(age), [Some(75), Some(85)]);
}

#[test]
fn a_table_that_came_with_a_list_keeps_its_text() {
    let later = changed("2026-07-31\"\nvalue = true", "2026-09-30\"\nvalue = true");
    assert_eq!(code(later), "rulebook_periods_overlap", "the next period begins before");
    let text = BUILT_IN
        .replace("until = \"2026-07-31\"\nvalue = true", "until = \"2026-06-30\"\nvalue = true");
    let shorter = Rulebook::parse(&text).unwrap();
    assert_eq!(shorter.old_card_grace(date(2026, 7, 1)), Dated::Silent);
    assert_eq!(shorter.text(), Some(text.as_str()));
}

#[test]
fn a_table_that_cannot_be_meant_is_refused_by_what_is_wrong_with_it() {
    let grace = "[[old_card_grace]]\nfrom = \"2025-12-02\"";
    for (from, to, refused) in [
        ("edition = ", "colour = 1\nedition = ", "rulebook_unreadable"),
        ("value = true\n", "value = true\ncolour = 1\n", "rulebook_unreadable"),
        ("value = true\n", "value = 7\n", "rulebook_unreadable"),
        ("[[drug_history]]", "[[drug_histories]]", "rulebook_unreadable"),
        ("[[drug_history]]", "drug_history = []\n[[drug_histories]]", "rulebook_unreadable"),
        ("A01 = ", "ウ = ", "rulebook_unreadable"),
        ("2025-12-02", "2025-12-32", "rulebook_unreadable"),
        ("source = \"https://hodanren", "sauce = \"https://hodanren", "rulebook_unreadable"),
        (
            "source = \"https://hodanren.doc-net.or.jp/info/news/2025-06-30\"\n",
            "",
            "rulebook_source_missing",
        ),
        (
            "source = \"年齢計算ニ関スル法律（明治35年法律第50号）、民法第143条\"",
            "source = \" \"",
            "rulebook_source_missing",
        ),
        (grace, "[[old_card_grace]]\nfrom = \"2026-07-31\"", "ok"),
        (grace, "[[old_card_grace]]\nfrom = \"2026-08-01\"", "rulebook_contradicts"),
        (
            "from = \"2026-08-01\"\nvalue = false",
            "from = \"2026-07-31\"\nvalue = false",
            "rulebook_periods_overlap",
        ),
        ("from = \"2026-08-01\"\nvalue = false", "value = false", "rulebook_periods_overlap"),
        ("value = [20]", "value = [20, 10]", "rulebook_contradicts"),
        ("value = [20]", "value = [101]", "rulebook_contradicts"),
        ("value = [20]", "value = []", "rulebook_contradicts"),
        ("value = [20]\n", "", "rulebook_contradicts"),
        ("month = 8", "month = 13", "rulebook_contradicts"),
        ("warn_days = 7", "warn_days = 99", "rulebook_contradicts"),
        (
            "[[grades_snapshot]]",
            "[[grades_snapshot]]\nfrom = \"2026-08-01\"",
            "rulebook_contradicts",
        ),
        ("insurer = \"77777777\"", "insurer = \"7777777\"", "rulebook_contradicts"),
        ("value = 85", "value = 185", "rulebook_contradicts"),
    ] {
        assert_eq!(code(changed(from, to)), refused, "{from} -> {to}");
    }
    let vast = format!("{BUILT_IN}#{}", "x".repeat(RULEBOOK_BYTES_MAX));
    assert_eq!(code(Rulebook::parse(&vast)), "rulebook_too_large");
}

#[test]
fn limit_classes_of_a_later_version_are_passed_over_and_the_known_ones_hold() {
    let later = changed("A01 = {", "A11 = { shape = [1], ").unwrap();
    let on = date(2026, 7, 31);
    assert_eq!(later.limit(LimitClass::A01, on), Dated::Silent);
    assert_eq!(later.limit(LimitClass::A02, on).value().unwrap().base_yen, 167_400);
    assert!(later.text().unwrap().contains("A11"), "handed on as it was written");
    let all_new = Rulebook::parse(&BUILT_IN.replace("\nA0", "\nC0").replace("\nB", "\nD")).unwrap();
    assert_eq!(all_new.limit(LimitClass::A02, on), Dated::Silent);
}

#[test]
fn the_engineer_reads_where_the_table_is_wrong() {
    let told = changed("value = [20]", "value = [101]").unwrap_err();
    assert_eq!(told.place, "share_preschool: shares that are not rising percentages");
    assert!(changed("month = 8", "mouth = 8").unwrap_err().place.contains("mouth"));
}

proptest! {
    #[test]
    fn a_day_has_at_most_one_period_of_a_rule(days in -4_000_i32..4_000) {
        let on = date(2025, 1, 1).saturating_add(days.days());
        let table = table();
        let graces = table.rules().old_card_grace.periods();
        let covering = graces.iter().filter(|period| {
            period.from.is_none_or(|from| from <= on) && period.until.is_none_or(|until| on <= until)
        });
        prop_assert_eq!(covering.count(), usize::from(table.old_card_grace(on) != Dated::Silent));
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,200}", at in 0_usize..20_000) {
        let _ = Rulebook::parse(&text);
        let at = BUILT_IN.floor_char_boundary(at.min(BUILT_IN.len()));
        let bent = format!("{}{text}{}", &BUILT_IN[..at], &BUILT_IN[at..]);
        let _ = Rulebook::parse(&bent);
    }
}
