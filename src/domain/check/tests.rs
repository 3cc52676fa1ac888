//! Reports of every kind, and what holds for any text.

use super::*;
use crate::{domain::warning::Warning, messages::Trouble};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

fn told(kind: &str, value: &str) -> serde_json::Value {
    serde_json::to_value(check(CheckKind::from_name(kind).unwrap(), value).unwrap()).unwrap()
}

#[test]
fn a_sound_insurer_number_is_reported_with_its_scheme() {
    let expected = json!({
        "input": "０６１３－０４８８", "kind": "insurer-number", "canonical": "06130488", "ok": true, "warnings": [],
        "law_code": "06", "scheme": "health_society", "scheme_name": "組合管掌健康保険", "prefecture": 13,
        "prefecture_name": "東京都", "display": "06130488"
    });
    assert_eq!(told("insurer-number", "０６１３－０４８８"), expected);
    let kokuho = told("insurer-number", "138016");
    assert_eq!((&kokuho["law_code"], &kokuho["canonical"]), (&json!(null), &json!("00138016")));
}

#[test]
fn a_warning_says_what_is_wrong_in_two_languages_and_by_which_rule() {
    let report = told("insurer-number", "06012345");
    assert_eq!(report["ok"], false);
    let warning = &report["warnings"][0];
    assert_eq!(warning["code"], "check_digit");
    for key in ["ja", "en", "source"] {
        assert!(!warning[key].as_str().unwrap().is_empty());
    }
}

#[test]
fn every_kind_reports_its_own_extras() {
    assert_eq!(told("facility-code", "0110113719")["check_family"], "ten_digits");
    assert_eq!(told("public-payer", "54016027")["scheme_name"], "難病法 特定医療(指定難病)");
    assert_eq!(told("recipient", "1234566")["canonical"], "1234566");
    assert_eq!(told("drug-code", "2171022F1029")["code_kind"], "yj");
    assert_eq!(told("wareki", "平成元年1月8日")["canonical"], "1989-01-08");
    assert_eq!(told("sex", "")["canonical"], "unstated");
    assert_eq!(told("municipality", "13101")["municipality_name"], "千代田区");
    assert_eq!(told("expiry", "99999999")["until"], json!(null));
    assert_eq!(told("expiry", "R8.3.99")["wareki"], "令和8年3月31日");
    assert_eq!(told("ratio", "7割")["percent"], 30);
    assert_eq!(told("facility-code", "9312345678")["prefecture"], json!(null));
    assert_eq!(told("public-payer", "80137003")["scheme"], "local");
    let name = told("name", "髙橋 一郎");
    assert_eq!(
        (&name["key"], &name["variants"][0]["stands_for"]),
        (&json!("高橋一郎"), &json!("高"))
    );
    let card = told("insured", "06139992:０１－２３:０４５６:1");
    let expected =
        json!(["06139992:０１－２３:0456:01", "01-23:456", "01", "０４５６", "06139992"]);
    let keys = ["canonical", "match_key", "branch", "number", "insurer_number"];
    assert_eq!(json!(keys.map(|key| &card[key])), expected);
    let kana = told("kana", "ｷｮｳｺ");
    assert_eq!((&kana["canonical"], &kana["strict"]), (&json!("キョウコ"), &json!("キヨウコ")));
}

#[test]
fn names_of_kinds_agree_with_their_serialised_form() {
    for &kind in CheckKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        assert_eq!(CheckKind::from_name(kind.name()), Some(kind));
    }
}

#[test]
fn each_cause_has_its_own_words() {
    let causes = [
        (CheckKind::InsurerNumber, "", "empty"),
        (CheckKind::InsurerNumber, "abc", "not_digits"),
        (CheckKind::FacilityCode, "123", "wrong_length"),
        (CheckKind::Wareki, "令和8年13月1日", "not_a_date"),
        (CheckKind::DrugCode, "ASPIRIN", "not_a_drug_code"),
        (CheckKind::Kana, "山田", "no_kana_at_all"),
        (CheckKind::Name, "●", "not_a_name"),
        (CheckKind::Insured, "12:", "not_insured_number"),
        (CheckKind::Sex, "X", "not_a_sex"),
        (CheckKind::Ratio, "多い", "not_a_ratio"),
    ];
    for (kind, value, code) in causes {
        assert_eq!(check(kind, value).unwrap_err().message().code, code);
    }
    let long = "1".repeat(CHECK_CHARS_MAX + 1);
    for &kind in CheckKind::ALL {
        assert_eq!(check(kind, &long), Err(CheckError::TooLong));
    }
}

#[test]
fn the_share_by_age_is_told_with_its_window() {
    let report = check_age_ratio("昭和31年11月1日", date(2026, 11, 22)).unwrap();
    let expected = json!({
        "input": "昭和31年11月1日", "on": "2026-11-22", "class": "elderly_70", "percent": null,
        "from": "2026-11-01", "until": "2031-10-31"
    });
    assert_eq!(serde_json::to_value(report).unwrap(), expected);
    let late = check_age_ratio("1951-11-22", date(2026, 11, 22)).unwrap();
    assert_eq!(serde_json::to_value(late).unwrap()["class"], "late_stage_75");
}

#[test]
fn an_incomplete_or_future_birth_gets_no_share() {
    let on = date(2026, 11, 22);
    assert_eq!(check_age_ratio("196006", on), Err(CheckError::DateIncomplete));
    assert_eq!(check_age_ratio("R8.11.23", on), Err(CheckError::BornLater));
}

#[test]
fn every_warning_can_be_reached_and_says_what_it_must() {
    let examples = [
        (Warning::CheckDigit, CheckKind::InsurerNumber, "06012345"),
        (Warning::FacilityCheckDigit, CheckKind::FacilityCode, "0110113718"),
        (Warning::DrugCheckDigit, CheckKind::DrugCode, "2171022F1028"),
        (Warning::HotCheckDigit, CheckKind::DrugCode, "1000017"),
        (Warning::MunicipalityCheckDigit, CheckKind::Municipality, "131017"),
        (Warning::UnknownScheme, CheckKind::PublicPayer, "60130000"),
        (Warning::AbolishedScheme, CheckKind::InsurerNumber, "67012345"),
        (Warning::Prefecture, CheckKind::InsurerNumber, "06990000"),
        (Warning::LegacyFourDigits, CheckKind::InsurerNumber, "0123"),
        (Warning::FeeTable, CheckKind::FacilityCode, "0150113719"),
        (Warning::TelephoneCode, CheckKind::FacilityCode, "TEL 03-1234-5678"),
        (Warning::WorkplaceClinic, CheckKind::FacilityCode, "1319999999"),
        (Warning::MunicipalRecipient, CheckKind::Recipient, "12345678"),
        (Warning::UnknownMunicipality, CheckKind::Municipality, "13199"),
        (Warning::PlaceholderCode, CheckKind::DrugCode, "666666666"),
        (Warning::WidthMixed, CheckKind::Insured, "あ1 2"),
        (
            Warning::TooLongForClaim,
            CheckKind::Insured,
            "ああああああああああああああああああああ 1",
        ),
        (Warning::LateStageNumber, CheckKind::Insured, "39131008::1:"),
        (Warning::KyokaiSymbol, CheckKind::Insured, "01130012:あ:1:"),
        (Warning::DividerGuessed, CheckKind::Insured, "あ・1"),
        (Warning::HiddenLetter, CheckKind::Name, "●橋"),
        (Warning::OutsideJisX0208, CheckKind::Name, "髙橋"),
        (Warning::OutsideCp932, CheckKind::Name, "𠮷田"),
        (Warning::PrivateLetter, CheckKind::Name, "\u{E000}田"),
        (Warning::BenefitShare, CheckKind::Ratio, "7割"),
        (Warning::EraOverflow, CheckKind::Wareki, "昭和100年1月1日"),
        (Warning::EraNotBegun, CheckKind::Wareki, "R1.4.30"),
        (Warning::FirstYearAssumed, CheckKind::Wareki, "令和年5月1日"),
        (Warning::EraMisread, CheckKind::Wareki, "合和6年1月2日"),
        (Warning::PartialDate, CheckKind::Wareki, "196006"),
        (Warning::MonthEnd, CheckKind::Expiry, "20260399"),
        (Warning::BeforeGregorian, CheckKind::Wareki, "M5.12.1"),
        (Warning::NotKana, CheckKind::Kana, "ヤマダ太郎"),
    ];
    assert_eq!(examples.map(|(warning, ..)| warning), Warning::ALL);
    for (warning, kind, value) in examples {
        let report = check(kind, value).unwrap();
        assert!(report.warnings.contains(&warning) && !report.ok, "{warning:?}");
        let code = warning.code();
        assert!(
            !code.is_empty()
                && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()),
            "{code}"
        );
        assert!(!warning.ja().is_ascii() && !warning.source().is_empty(), "{code}");
        assert!(warning.en().ends_with('.'), "{code}");
    }
}

/// The same text in full-width letters and digits.
fn widened(text: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap();
    text.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect()
}

proptest! {
    #[test]
    fn any_text_is_answered_and_a_canonical_form_is_its_own(text in ".{0,20}|[0-9A-Z.年月日令和昭平ア-ン]{1,13}|[0-9割%:,・枝番記号●髙 ]{1,12}") {
        for &kind in CheckKind::ALL {
            if let Ok(report) = check(kind, &text) {
                let again = check(kind, &report.canonical).unwrap();
                prop_assert_eq!(again.canonical, report.canonical, "{:?}", kind);
            }
        }
    }

    #[test]
    fn width_changes_no_canonical_form(text in "[0-9A-Za-z.:/ -]{1,14}|[0-9]{6,13}|[0-9]{7}[A-Z][0-9]{4}|[MTSHR][0-9]{6}|[A-Za-z ]{1,10}") {
        for &kind in CheckKind::ALL {
            if let (Ok(half), Ok(full)) = (check(kind, &text), check(kind, &widened(&text))) {
                prop_assert_eq!(half.canonical, full.canonical, "{:?}", kind);
            }
        }
        let readable = |kind, text: &str| check(kind, text).is_ok();
        for kind in [CheckKind::InsurerNumber, CheckKind::FacilityCode, CheckKind::DrugCode, CheckKind::Wareki, CheckKind::Name] {
            prop_assert_eq!(readable(kind, &text), readable(kind, &widened(&text)), "{:?}", kind);
        }
    }

    #[test]
    fn capitals_change_no_code_and_no_day(text in "[0-9]{7}[A-Z][0-9]{4}|[0-9]{7}[A-Z][0-9A-Z]ZZZ|[MTSHR][0-9]{6}|[MTSHR][0-9]{1,2}[.][0-9]{1,2}[.][0-9]{1,2}") {
        let lower = text.to_lowercase();
        for kind in [CheckKind::DrugCode, CheckKind::Wareki, CheckKind::Expiry] {
            let canonical = |text: &str| check(kind, text).map(|report| report.canonical);
            prop_assert_eq!(canonical(&text), canonical(&lower), "{:?}", kind);
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        probe::values(&bytes);
    }
}
