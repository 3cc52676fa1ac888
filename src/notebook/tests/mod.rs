//! Promises of the reader and the writer.

mod apart;
mod losses;
mod records;

use super::*;
use crate::{
    domain::medication::{self, Dispensing, Setting},
    limits::NOTEBOOK_BYTES_MAX,
};
use encoding_rs::SHIFT_JIS;
use jiff::civil::date;
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

const SAMPLES: &[(&str, &str)] = &[
    ("normalization-full", include_str!("../../../tests/data/jahis/normalization-full.txt")),
    (
        "normalization-spec-fields",
        include_str!("../../../tests/data/jahis/normalization-spec-fields.txt"),
    ),
    ("qr-decoded-anonymized", include_str!("../../../tests/data/jahis/qr-decoded-anonymized.txt")),
    ("rx_sample", include_str!("../../../tests/data/jahis/rx_sample.txt")),
    ("rx_sample2", include_str!("../../../tests/data/jahis/rx_sample2.txt")),
    ("tc-minimal-valid", include_str!("../../../tests/data/jahis/tc-minimal-valid.txt")),
    ("tc-multi-dispensing", include_str!("../../../tests/data/jahis/tc-multi-dispensing.txt")),
    (
        "tc-output-category-2-full",
        include_str!("../../../tests/data/jahis/tc-output-category-2-full.txt"),
    ),
    (
        "tc-split-output-part-2",
        include_str!("../../../tests/data/jahis/tc-split-output-part-2.txt"),
    ),
    (
        "tc-supported-records-full",
        include_str!("../../../tests/data/jahis/tc-supported-records-full.txt"),
    ),
    (
        "tc-with-otc-components",
        include_str!("../../../tests/data/jahis/tc-with-otc-components-and-remaining-medicine.txt"),
    ),
];
const SPLIT: [&str; 3] = [
    include_str!("../../../tests/data/jahis/own-split-1.txt"),
    include_str!("../../../tests/data/jahis/own-split-2.txt"),
    include_str!("../../../tests/data/jahis/own-split-3.txt"),
];

fn sample(name: &str) -> &'static str {
    SAMPLES.iter().find(|(known, _)| *known == name).unwrap().1
}

fn read_texts(texts: &[&str]) -> Notebook {
    let parts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    read(&parts).unwrap()
}

fn cp932(text: &str) -> Vec<u8> {
    SHIFT_JIS.encode(text).0.into_owned()
}

fn drugs(notebook: &Notebook) -> Vec<&Drug> {
    notebook.visits.iter().flat_map(|v| &v.prescriptions).flat_map(|rp| &rp.drugs).collect()
}

fn codes(notebook: &Notebook) -> Vec<&'static str> {
    notebook.warnings.iter().map(|warning| warning.flaw.code()).collect()
}

#[test]
fn a_notebook_is_told_by_visit_and_rp() {
    let notebook = read_texts(&[sample("tc-multi-dispensing")]);
    let told: Vec<_> = notebook
        .visits
        .iter()
        .map(|visit| {
            let rp = &visit.prescriptions[0];
            let drug = &rp.drugs[0];
            (
                visit.date.unwrap().to_string(),
                visit.facility.as_deref().unwrap(),
                visit.prescriber.as_deref().unwrap(),
                (drug.name.as_str(), drug.code.as_deref().unwrap(), drug.code_kind),
                (drug.dose.as_str(), drug.unit.as_str()),
                (rp.usage.as_deref().unwrap(), rp.days),
            )
        })
        .collect();
    let expected = [
        (
            "2026-03-12".to_owned(),
            "株式会社 工業会薬局 本店",
            "医療法人 工業会病院",
            ("ノルバスク錠２．５ｍｇ", "612170709", CodeKind::Receipt),
            ("1", "錠"),
            ("毎食後服用", Some(3)),
        ),
        (
            "2026-02-20".to_owned(),
            "株式会社 工業会薬局 南店",
            "医療法人 中央病院",
            ("ロキソニン錠６０ｍｇ", "610406001", CodeKind::Receipt),
            ("2", "錠"),
            ("朝夕食後服用", Some(14)),
        ),
    ];
    assert_eq!(told, expected);
    assert_eq!((notebook.raw, notebook.warnings), (vec![], vec![]));
    let patient = notebook.patient.unwrap();
    assert_eq!((patient.name.as_str(), patient.sex), ("山田 太郎", Sex::Male));
}

#[test]
fn a_prescription_is_told_as_one_visit() {
    let notebook = read_texts(&[sample("rx_sample2")]);
    let visit = &notebook.visits[0];
    assert_eq!((notebook.format, notebook.visits.len()), (Format::JahisRx, 1));
    assert_eq!(
        (visit.date, visit.facility.as_deref()),
        (Some(date(2026, 1, 30)), Some("例示第二病院"))
    );
    let patient = notebook.patient.clone().unwrap();
    assert_eq!((patient.birth, patient.sex), (Some(date(1923, 4, 6)), Sex::Female));
    let rp = &visit.prescriptions[0];
    assert_eq!((rp.usage.as_deref(), rp.days), (Some("１日２回朝夕食後"), Some(7)));
    let drug = &rp.drugs[0];
    assert_eq!((drug.code.as_deref(), drug.code_kind), (Some("1149037F1ZZZ"), CodeKind::Generic));
    assert_eq!((drug.dose.as_str(), drug.unit.as_str()), ("2", "錠"));
}

#[test]
fn fields_left_out_in_the_field_are_found_and_flagged() {
    let notebook = read_texts(&[sample("qr-decoded-anonymized")]);
    let drug = drugs(&notebook)[0];
    assert_eq!(drug.name, "ソグルーヤ皮下注１５ｍｇ　１．５ｍＬ");
    assert_eq!((drug.code.as_deref(), drug.code_kind), (Some("2412403G3022"), CodeKind::Yj));
    assert_eq!((drug.dose.as_str(), drug.unit.as_str()), ("1", "キット"));
    assert_eq!(notebook.visits[0].facility.as_deref(), Some("テスト医療センター"));
    assert!(codes(&notebook).contains(&"shifted_fields"));
}

#[test]
fn a_split_is_merged_in_any_order_and_copies_do_not_count() {
    let whole = read_texts(&SPLIT);
    assert_eq!(whole.warnings, []);
    assert_eq!(drugs(&whole).len(), 3);
    assert_eq!(whole.visits.len(), 1);
    let [rp1, rp2] = &whole.visits[0].prescriptions[..] else { panic!("two RP") };
    assert_eq!((rp1.drugs.len(), rp1.days), (2, Some(14)));
    assert_eq!((rp2.drugs.len(), rp2.usage.as_deref()), (1, Some("【腰に貼付】")));
    let orders: [&[usize]; 4] = [&[2, 1, 0], &[1, 2, 0], &[0, 0, 1, 2, 1], &[2, 0, 2, 1]];
    for order in orders {
        let texts: Vec<&str> = order.iter().map(|&at| SPLIT[at]).collect();
        assert_eq!(read_texts(&texts), whole, "{order:?}");
    }
    assert_eq!(read_texts(&[&SPLIT.concat()]), whole);
}

#[test]
fn a_missing_part_is_told_by_its_number() {
    let notebook = read_texts(&[SPLIT[2], SPLIT[0]]);
    let missing = notebook.warnings.iter().find(|w| w.flaw == Flaw::MissingPart).unwrap();
    assert_eq!(missing.place, "2/3");
    let notebook = read_texts(&[sample("tc-split-output-part-2")]);
    assert_eq!(notebook.warnings, [Flaw::MissingPart.at("1,3/3")]);
}

#[test]
fn parts_that_repeat_what_came_before_are_taken_once() {
    let with_mark =
        |body: &str, place: u8| format!("JAHISTC08,1\n{body}911,20261101000002,2,{place}\n");
    let head =
        "1,備江　花子,2,S330303\n5,R081101,1\n11,例示調剤薬局,,,,,,,1\n201,1,例示錠Ａ,1,錠,1,,1\n";
    let more = "201,1,例示錠Ｂ,1,錠,1,,1\n301,1,朝,7,日分,1,1,,1\n";
    let cumulative = [with_mark(head, 1), with_mark(&format!("{head}{more}"), 2)];
    let head_repeated =
        [with_mark(&format!("2,1,そば,1\n{head}"), 1), with_mark(&format!("{head}{more}"), 2)];
    for parts in [cumulative, head_repeated] {
        let notebook = read_texts(&[&parts[0], &parts[1]]);
        assert_eq!((notebook.visits.len(), drugs(&notebook).len()), (1, 2), "{parts:?}");
    }
}

#[test]
fn a_part_that_repeats_several_visits_adds_none_of_them() {
    let visits = "5,R081101,1\n201,1,例示錠Ａ,1,錠,1,,1\n5,R081001,1\n201,1,例示錠Ｂ,1,錠,1,,1\n";
    let more = "5,R080901,1\n201,1,例示錠Ｃ,1,錠,1,,1\n";
    let first = format!("JAHISTC08,1\n{visits}911,20261101000003,2,1\n");
    let second = format!("JAHISTC08,1\n{visits}{more}911,20261101000003,2,2\n");
    let notebook = read_texts(&[&second, &first]);
    assert_eq!((notebook.visits.len(), drugs(&notebook).len()), (3, 3));
}

#[test]
fn two_facilities_on_one_day_stay_two_visits_across_parts() {
    let visit =
        |facility: &str| format!("5,R081101,1\n11,{facility},,,,,,,1\n201,1,例示錠Ａ,1,錠,1,,1\n");
    let part = |facility: &str, place: u8| {
        format!("JAHISTC08,1\n{}911,20261101000004,2,{place}\n", visit(facility))
    };
    let notebook = read_texts(&[&part("例示薬局", 1), &part("見本薬局", 2)]);
    assert_eq!((notebook.visits.len(), drugs(&notebook).len()), (2, 2));
}

#[test]
fn a_flaw_in_every_line_is_told_once() {
    let notebook = read_texts(&[&format!("JAHISTC08,1\n{}", "5,x\n".repeat(5_000))]);
    assert_eq!(codes(&notebook), ["unreadable_date", "no_patient"]);
}

#[test]
fn the_same_drug_twice_in_one_part_is_two_lines() {
    let text = "JAHISTC08,1\n1,備江　花子,2,S330303\n5,R081101,1\n201,1,例示錠Ａ,1,錠,1,,1\n201,1,例示錠Ａ,1,錠,1,,1\n";
    assert_eq!(drugs(&read_texts(&[text])).len(), 2);
}

#[test]
fn symbols_cut_inside_a_letter_are_rejoined_before_decoding() {
    let bytes = cp932(SPLIT[0]);
    let expected = read_texts(&[SPLIT[0]]);
    for at in [30, 31, 32, 60, 61] {
        let (front, back) = bytes.split_at(at);
        assert_eq!(read(&[front.to_vec(), back.to_vec()]).unwrap(), expected, "cut at {at}");
    }
}

#[test]
fn every_line_end_and_encoding_reads_the_same() {
    let plain = sample("tc-supported-records-full").replace("\r\n", "\n");
    let expected = read_texts(&[&plain]);
    let shapes: [Vec<u8>; 5] = [
        cp932(&plain),
        cp932(&format!("{}\u{1A}", plain.replace('\n', "\r\n"))),
        plain.replace('\n', "\r").into_bytes(),
        format!("\u{FEFF}{plain}").into_bytes(),
        plain.replace(',', " , ").into_bytes(),
    ];
    for shape in shapes {
        assert_eq!(read(&[shape]).unwrap(), expected);
    }
}

#[test]
fn half_width_kana_pairs_are_not_taken_for_utf8() {
    let text = "JAHISTC08,1\r\n1,ﾃｱ,1,S330303\r\n";
    assert_eq!(read(&[cp932(text)]).unwrap().patient.unwrap().name, "ﾃｱ");
}

#[test]
fn two_people_are_never_merged() {
    let other = SPLIT[1].replace("JAHISTC08,1", "JAHISTC08,1\r\n1,備江　太郎,1,S330303");
    let parts = [SPLIT[0].as_bytes().to_vec(), other.into_bytes()];
    assert_eq!(read(&parts), Err(NotebookError::MixedPatients));
}

#[test]
fn texts_that_do_not_belong_together_are_refused() {
    let bytes = |texts: &[&str]| texts.iter().map(|t| t.as_bytes().to_vec()).collect::<Vec<_>>();
    let other_split = SPLIT[1].replace("20261101000001", "20261101000009");
    let mixed = Err(NotebookError::MixedParts);
    assert_eq!(read(&bytes(&[SPLIT[0], &other_split])), mixed);
    assert_eq!(read(&bytes(&[SPLIT[0], sample("tc-minimal-valid")])), mixed);
    assert_eq!(read(&bytes(&[sample("tc-minimal-valid"), sample("rx_sample")])), mixed);
}

#[test]
fn what_is_no_notebook_is_refused_with_its_reason() {
    assert_eq!(read(&[]), Err(NotebookError::Empty));
    assert_eq!(read(&[b" \r\n".to_vec()]), Err(NotebookError::Empty));
    assert_eq!(read(&[b"hello".to_vec()]), Err(NotebookError::NotJahis));
    assert_eq!(read(&[b"JAHISTCxx,1\r\n1,x".to_vec()]), Err(NotebookError::NotJahis));
    let long = vec![b'J'; usize::try_from(NOTEBOOK_BYTES_MAX).unwrap() + 1];
    assert_eq!(read(&[long]), Err(NotebookError::TooLarge));
    let headers = "JAHISTC08\n".repeat(1_000).into_bytes();
    assert_eq!(read(&[headers]), Err(NotebookError::TooLarge));
}

#[test]
fn flaws_are_named_and_cost_no_drug() {
    let text = "JAHISTC99,1\n201,1,例示錠Ａ,1,錠,1,,1\n5,R081399,1\n201,abc,例示錠Ｂ,1,錠,1,,1\n911,x,y,z\n";
    let notebook = read_texts(&[text]);
    let found: BTreeSet<&str> = codes(&notebook).into_iter().collect();
    let expected = [
        "malformed_record",
        "no_patient",
        "no_visit",
        "split_malformed",
        "unknown_version",
        "unreadable_date",
    ];
    assert_eq!(found, BTreeSet::from(expected));
    let raw: Vec<_> = notebook.raw.iter().map(|raw| (raw.at.line, raw.text.as_str())).collect();
    let kept = [(3, "5,R081399,1"), (4, "201,abc,例示錠Ｂ,1,錠,1,,1"), (5, "911,x,y,z")];
    assert_eq!(raw, kept);
    assert_eq!(drugs(&notebook).len(), 1);
}

fn dispensing(on: jiff::civil::Date, name: &str) -> Dispensing {
    Dispensing {
        on,
        drug: medication::Drug {
            code: "2171022F1029".into(),
            name: name.into(),
            ingredient: "例示成分".into(),
            unit: "錠".into(),
        }
        .into(),
        dose: "1".into(),
        usage: "1日1回朝食後".into(),
        days: 14,
        facility: "例示薬局".into(),
        setting: Setting::Pharmacy,
    }
}

const HANAKO: SheetPatient<'static> = SheetPatient {
    name: "備江　花子",
    kana: "ソナエ　ハナコ",
    sex: Sex::Female,
    birth: date(1958, 3, 3),
};

#[test]
fn a_sheet_reads_back_with_its_patient() {
    let history =
        [dispensing(date(2026, 10, 1), "例示錠Ａ"), dispensing(date(2026, 11, 1), "例示錠Ｂ")];
    let sheet = write_drug_sheet(&HANAKO, &history, 1_800).unwrap();
    assert_eq!((sheet.parts.len(), sheet.shortened), (1, 0));
    let notebook = read(&sheet.parts).unwrap();
    assert_eq!(notebook.warnings, []);
    assert_eq!(notebook.raw, []);
    let patient = notebook.patient.clone().unwrap();
    assert_eq!((patient.name.as_str(), patient.birth), (HANAKO.name, Some(HANAKO.birth)));
    let dates: Vec<_> = notebook.visits.iter().map(|visit| visit.date.unwrap()).collect();
    assert_eq!(dates, [date(2026, 11, 1), date(2026, 10, 1)]);
    assert_eq!(drugs(&notebook)[0].code_kind, CodeKind::PriceList);
}

#[test]
fn letters_outside_cp932_are_replaced_and_told() {
    let mut odd = dispensing(date(2026, 11, 1), "𠮷田,散〜１%\r\n911,x");
    odd.facility = " 髙﨑薬局 ".into();
    let sheet = write_drug_sheet(&HANAKO, &[odd], 1_800).unwrap();
    assert_eq!(sheet.replaced, BTreeSet::from(['𠮷']));
    let notebook = read(&sheet.parts).unwrap();
    assert_eq!(drugs(&notebook)[0].name, "■田，散～１%  911，x");
    assert_eq!(notebook.visits[0].facility.as_deref(), Some("髙﨑薬局"));
}

#[test]
fn a_field_over_its_length_is_cut_between_letters_and_counted() {
    let long = dispensing(date(2026, 11, 1), &format!("a{}", "錠".repeat(80)));
    let sheet = write_drug_sheet(&HANAKO, &[long], 1_800).unwrap();
    assert_eq!(sheet.shortened, 1);
    assert_eq!(drugs(&read(&sheet.parts).unwrap())[0].name, format!("a{}", "錠".repeat(59)));
}

#[test]
fn a_drug_without_a_name_is_not_lost() {
    let sheet = write_drug_sheet(&HANAKO, &[dispensing(date(2026, 11, 1), " ")], 1_800).unwrap();
    assert_eq!(drugs(&read(&sheet.parts).unwrap())[0].name, "例示成分");
}

#[test]
fn a_drug_on_demand_is_written_in_doses_whatever_its_code() {
    let on_demand = (DosageForm::AsNeeded, "回分");
    for (code, expected) in [
        ("2171022F1029", on_demand),
        ("612170709", on_demand),
        ("1000016", on_demand),
        ("", on_demand),
        ("2412403G3022", (DosageForm::Injection, "調剤")),
        ("2649729S2ZZZ", (DosageForm::External, "調剤")),
    ] {
        let mut drug = dispensing(date(2026, 11, 1), "例示錠");
        Arc::make_mut(&mut drug.drug).code = code.into();
        drug.usage = "頭痛時頓服".into();
        let notebook = read(&write_drug_sheet(&HANAKO, &[drug], 1_800).unwrap().parts).unwrap();
        let rp = &notebook.visits[0].prescriptions[0];
        assert_eq!((rp.form.unwrap(), rp.amount_unit.as_deref().unwrap()), expected, "{code}");
    }
}

#[test]
fn a_symbol_too_small_for_a_record_is_refused() {
    let history = [dispensing(date(2026, 11, 1), "例示錠Ａ")];
    for bytes_max in [0, 40, 80] {
        let refused = write_drug_sheet(&HANAKO, &history, bytes_max).err();
        assert_eq!(refused, Some(NotebookError::PartTooSmall { bytes_max }));
    }
}

prop_compose! {
    fn any_dispensing()(
        days_ago in 0_i32..3,
        name in "[錠剤散髙﨑アムロジピンﾃｱﾞ㎎％ＯＤ5mg]{1,30}",
        code in "[0-9]{4}[0-9]{3}[A-Z][0-9]{4}|",
        dose in "[0-9.]{1,6}",
        unit in "錠|枚|mL|",
        usage in "[朝夕食後頓服1-3]{0,8}",
        days in 1_u16..100,
        facility in "[例示薬局一二]{0,3}",
    ) -> Dispensing {
        let on = date(2026, 11, 22).saturating_sub(jiff::ToSpan::days(days_ago));
        Dispensing {
            on,
            drug: medication::Drug { code: code.into(), name: name.into(), ingredient: "".into(), unit: unit.into() }.into(),
            dose: dose.into(), usage: usage.into(), days, facility: facility.into(), setting: Setting::InHouse,
        }
    }
}

proptest! {
    #[test]
    fn every_drug_written_is_read_back_whatever_the_order_of_the_parts(
        history in prop::collection::vec(any_dispensing(), 0..20),
        bytes_max in 250_usize..2_000,
        turn in 0_usize..20,
    ) {
        let sheet = write_drug_sheet(&HANAKO, &history, bytes_max).unwrap();
        prop_assert!(sheet.parts.iter().all(|part| part.len() <= bytes_max));
        let mut parts = sheet.parts;
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let notebook = read(&parts).unwrap();
        let of_codes = |flaw| matches!(flaw, Flaw::DrugCodeShape | Flaw::DrugCodeKind | Flaw::DrugCodeCheck);
        prop_assert!(notebook.warnings.iter().all(|warning| of_codes(warning.flaw)));
        prop_assert_eq!(&notebook.raw, &vec![]);
        let mut told = vec![];
        for visit in &notebook.visits {
            for rp in &visit.prescriptions {
                for drug in &rp.drugs {
                    told.push(format!("{:?}", (
                        visit.date.unwrap(), visit.facility.clone().unwrap_or_default(), &drug.name,
                        drug.code.clone().unwrap_or_default(), &drug.dose, &drug.unit,
                        rp.usage.clone().unwrap_or_default(), rp.days.unwrap(),
                    )));
                }
            }
        }
        let mut written: Vec<String> = history.iter().map(|d| format!("{:?}", (
            d.on, &d.facility, &d.drug.name, &d.drug.code, &d.dose, &d.drug.unit, &d.usage, d.days,
        ))).collect();
        told.sort();
        written.sort();
        prop_assert_eq!(told, written);
    }

    #[test]
    fn any_bytes_are_answered(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..4)) {
        let _ = read(&parts);
    }

    #[test]
    fn anything_behind_a_header_is_answered(
        header in "JAHIS(TC)?[0-9]{1,2}(,[12])?\r\n",
        lines in prop::collection::vec("(1|2|3|31|4|5|11|12|13|14|15|21|23|24|27|51|52|55|61|63|81|82|101|102|111|181|201|211|221|231|241|281|291|301|311|391|401|411|601|701|911),[0-9A-Zア-ン,]{0,30}", 0..12),
        tail in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let bytes = [header.into_bytes(), cp932(&lines.join("\r\n")), tail].concat();
        if let Ok(notebook) = read(&[bytes]) {
            prop_assert!(serde_json::to_string(&notebook).is_ok());
        }
    }
}

#[test]
fn no_seed_of_a_notebook_and_nothing_near_it_makes_reading_panic() {
    let mut seeds: Vec<_> =
        SAMPLES.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
    seeds.push(("own-split", SPLIT.join("\0").into_bytes()));
    crate::sys::corpus::replay("notebook", &seeds, probe);
}
