//! Nothing that was written is lost: every field of every line is in the typed result, or its line is in `raw`.

use super::*;
use crate::domain::wareki;

const OWN_TC: &str = include_str!("../../../tests/data/jahis/own-tc-every-record.txt");
const OWN_RX: &str = include_str!("../../../tests/data/jahis/own-rx-every-record.txt");

fn all_texts() -> Vec<(&'static str, &'static str)> {
    let own = [("own tc", OWN_TC), ("own rx", OWN_RX), ("split", SPLIT[0])];
    SAMPLES.iter().copied().chain(own).collect()
}

/// Every string and number of a result, without the names of its fields.
fn told(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Number(number) => into.push(number.to_string()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| told(item, into)),
        serde_json::Value::Object(fields) => fields.values().for_each(|item| told(item, into)),
        _ => {}
    }
}

fn all_told(notebook: &Notebook) -> Vec<String> {
    let mut value = serde_json::to_value(notebook).unwrap();
    value.as_object_mut().unwrap().remove("warnings");
    let mut all = vec![];
    told(&value, &mut all);
    all
}

/// Places whose digits become a word: record, place. Tested by their words in `records`.
const WORDS: &[(Format, &str, usize)] = &[
    (Format::JahisTc, "1", 2),
    (Format::JahisTc, "2", 1),
    (Format::JahisTc, "2", 3),
    (Format::JahisTc, "3", 4),
    (Format::JahisTc, "31", 3),
    (Format::JahisTc, "31", 5),
    (Format::JahisTc, "4", 3),
    (Format::JahisTc, "5", 2),
    (Format::JahisTc, "11", 3),
    (Format::JahisTc, "11", 8),
    (Format::JahisTc, "15", 3),
    (Format::JahisTc, "51", 3),
    (Format::JahisTc, "51", 5),
    (Format::JahisTc, "55", 3),
    (Format::JahisTc, "201", 5),
    (Format::JahisTc, "201", 7),
    (Format::JahisTc, "201", 9),
    (Format::JahisTc, "301", 5),
    (Format::JahisTc, "301", 6),
    (Format::JahisTc, "301", 8),
    (Format::JahisTc, "411", 2),
    (Format::JahisTc, "411", 3),
    (Format::JahisTc, "701", 6),
    (Format::JahisRx, "1", 1),
    (Format::JahisRx, "12", 1),
    (Format::JahisRx, "14", 1),
    (Format::JahisRx, "21", 1),
    (Format::JahisRx, "23", 3),
    (Format::JahisRx, "62", 1),
    (Format::JahisRx, "81", 2),
    (Format::JahisRx, "82", 1),
    (Format::JahisRx, "101", 2),
    (Format::JahisRx, "111", 2),
    (Format::JahisRx, "181", 3),
    (Format::JahisRx, "201", 3),
    (Format::JahisRx, "201", 4),
    (Format::JahisRx, "201", 8),
    (Format::JahisRx, "281", 4),
];
/// Remarks with their author at the third and second place.
const AUTHORS: &[(&str, usize)] =
    &[("281", 3), ("291", 3), ("311", 3), ("391", 3), ("401", 2), ("421", 2), ("501", 2)];

fn is_word(format: Format, record: &str, place: usize) -> bool {
    WORDS.contains(&(format, record, place))
        || format == Format::JahisTc && AUTHORS.contains(&(record, place))
}

#[test]
fn every_field_of_every_line_is_typed_or_its_line_is_kept() {
    let mut fields_seen = 0;
    for (name, text) in all_texts() {
        let notebook = read_texts(&[text]);
        let all = all_told(&notebook);
        for line in text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty()) {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            if fields[0] == "911" || notebook.raw.iter().any(|raw| raw.text == line) {
                continue;
            }
            for (place, field) in fields.iter().enumerate().skip(1) {
                if field.is_empty() || is_word(notebook.format, fields[0], place) {
                    continue;
                }
                fields_seen += 1;
                let day = wareki::parse(field).map(|day| day.value.to_string());
                let number = field.parse::<u16>().map(|number| number.to_string());
                let typed = all.iter().any(|told| {
                    told == field || day.as_ref() == Ok(told) || number.as_ref() == Ok(told)
                });
                assert!(typed, "{name}: {line}: field {place}");
            }
        }
        let drug_lines = text.lines().filter(|line| line.starts_with("201,")).count();
        assert_eq!(drugs(&notebook).len(), drug_lines, "{name}");
    }
    assert!(fields_seen > 400, "{fields_seen}");
}

/// Whatever stands in a field, also where a digit or a day belongs, comes out again.
#[test]
fn a_strange_word_in_any_field_of_any_line_is_found_in_the_result() {
    for (name, text) in all_texts() {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            // The number of a split is for putting parts together, and says nothing.
            let first = if fields[0] == "911" { 2 } else { 1 };
            for place in first..=fields.len() {
                let mut bent = fields.clone();
                if place == fields.len() {
                    bent.push("印")
                } else {
                    bent[place] = "印"
                }
                let mut bent_lines = lines.clone();
                let bent = bent.join(",");
                bent_lines[at] = &bent;
                let Ok(notebook) = read(&[bent_lines.join("\n").into_bytes()]) else {
                    panic!("{name}: {bent}: refused")
                };
                let found = all_told(&notebook).iter().any(|told| told.contains('印'));
                assert!(found, "{name}: {bent}");
            }
        }
    }
}

#[test]
fn our_own_samples_of_every_record_leave_nothing_raw() {
    for text in [OWN_TC, OWN_RX] {
        let notebook = read_texts(&[text]);
        assert_eq!((notebook.raw, notebook.warnings), (vec![], vec![]));
    }
    let numbers = |text: &str| -> BTreeSet<String> {
        text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    let tc = "1 2 3 31 4 5 11 15 51 55 201 281 291 301 311 391 401 411 421 501 601 701";
    let rx = "1 2 3 4 5 11 12 13 14 21 22 23 24 25 27 28 29 30 31 51 52 61 62 63 64 81 82 \
              101 102 111 181 201 211 221 231 241 281";
    for (text, expected) in [(OWN_TC, tc), (OWN_RX, rx)] {
        let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
        assert_eq!(numbers(text), expected);
    }
}

#[test]
fn what_is_kept_raw_says_where_it_stood() {
    let text = "JAHISTC08,1,odd\r\n1,備江　花子,2,S330303\r\n\r\n999,neu\r\n5,R081101,1\r\n701,a,,,,,1,,x\r\n";
    let notebook = read_texts(&[text]);
    let raw: Vec<_> =
        notebook.raw.iter().map(|raw| (raw.at.part, raw.at.line, raw.text.as_str())).collect();
    assert_eq!(raw, [(1, 1, "JAHISTC08,1,odd"), (1, 4, "999,neu"), (1, 6, "701,a,,,,,1,,x")]);
    let told: Vec<_> =
        notebook.warnings.iter().map(|w| (w.flaw.code(), w.at.map(|at| at.line))).collect();
    assert_eq!(told, [("unknown_record", Some(4)), ("malformed_record", Some(6))]);
}
