//! Chains of symbols, codes of others beside them, and pictures made of nothing but corners.

use super::*;
use crate::notebook::{Flaw, Notebook};

const TEXT: &str =
    "JAHISTC08,1\r\n1,備江花子,2,S330303\r\n5,R081101,1\r\n201,1,例示錠Ａ,1,錠,1\r\n";
/// Inside the letters 江 and 示: each symbol holds 23 bytes at most.
const CUTS: [usize; 3] = [18, 38, 57];

fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

fn place(index: u8, count: u8, parity: u8) -> StructuredAppend {
    StructuredAppend { index, count, parity }
}

/// The text over four symbols, cut inside letters.
fn symbols(text: &str, parity: u8) -> Vec<(StructuredAppend, Vec<u8>)> {
    let bytes = cp932(text);
    let ends = CUTS.into_iter().chain([bytes.len()]);
    let starts = [0].into_iter().chain(CUTS);
    let parts = starts.zip(ends).map(|(from, to)| bytes[from..to].to_vec());
    (0..).zip(parts).map(|(index, part)| (place(index, 4, parity), part)).collect()
}

fn picture(symbols: &[(StructuredAppend, Vec<u8>)]) -> Vec<u8> {
    let symbols: Vec<_> = symbols.iter().map(|(place, part)| (*place, part.as_slice())).collect();
    png(&chain_picture(&symbols))
}

fn read(pictures: &[Vec<u8>]) -> Result<Notebook, ScanError> {
    let codes = pictures.iter().flat_map(|picture| read_upload(picture).unwrap()).collect();
    Ok(notebook_texts(vec![], codes)?.read().unwrap())
}

fn flaws(notebook: &Notebook) -> Vec<(Flaw, &str)> {
    notebook.warnings.iter().map(|told| (told.flaw, told.place.as_str())).collect()
}

#[test]
fn a_text_cut_inside_its_letters_is_whole_again_in_whatever_order_the_symbols_lie() {
    let whole = crate::notebook::read(&[cp932(TEXT)]).unwrap();
    assert_eq!(whole.patient.as_ref().unwrap().name, "備江花子");
    let mut symbols = symbols(TEXT, 0x5a);
    assert_eq!(read(&[picture(&symbols)]).unwrap(), whole);
    symbols.rotate_left(1);
    symbols.swap(0, 1);
    symbols.push(symbols[0].clone());
    assert_eq!(read(&[picture(&symbols)]).unwrap(), whole);
    let (front, back) = symbols.split_at(2);
    assert_eq!(read(&[picture(back), picture(front)]).unwrap(), whole, "over two photos");
}

#[test]
fn a_missing_symbol_is_told_by_its_number_and_what_lies_behind_it_is_kept_raw() {
    let mut symbols = symbols(TEXT, 0x5a);
    symbols.remove(2);
    let notebook = read(&[picture(&symbols)]).unwrap();
    assert!(flaws(&notebook).contains(&(Flaw::MissingPart, "3/4")), "{:?}", notebook.warnings);
    assert_eq!(notebook.patient.unwrap().name, "備江花子");
    assert!(notebook.visits.iter().all(|visit| visit.prescriptions.is_empty()));
    assert!(notebook.raw.iter().any(|raw| raw.text.ends_with(",1,錠,1␍␊")), "{:?}", notebook.raw);
}

/// What is read where the second of two symbols is not there.
fn torn(text: &[u8], at: usize) -> Result<Notebook, ScanError> {
    let front = Scanned {
        text: String::new(),
        raw: text[..at].to_vec(),
        page: 1,
        structured_append: Some(place(0, 2, 0x5a)),
    };
    Ok(notebook_texts(vec![], vec![front])?.read().unwrap())
}

#[test]
fn a_record_torn_by_a_missing_symbol_is_kept_raw_and_never_read_as_a_whole_one() {
    let visit = "JAHISTC08,1\r\n1,備江花子,2,S330303\r\n5,R081101,1\r\n";
    let drug = "201,1,例示錠,2.5,錠,1\r\n";
    for (whole, left, doses) in [
        (visit.to_owned(), "201,1,例示錠,2", vec![]),
        (format!("{visit}{drug}"), "301,1,朝,1", vec!["2.5"]),
    ] {
        let text = format!("{whole}{left}");
        for bytes in [cp932(&text), text.into_bytes()] {
            let notebook = torn(&bytes, bytes.len()).unwrap();
            let rps: Vec<_> =
                notebook.visits.iter().flat_map(|visit| &visit.prescriptions).collect();
            assert!(rps.iter().all(|rp| rp.days.is_none()), "{left}");
            let told = rps.iter().flat_map(|rp| &rp.drugs).map(|drug| drug.dose.as_str());
            assert_eq!(told.collect::<Vec<_>>(), doses, "{left}");
            assert!(notebook.raw.iter().any(|raw| raw.at.part == 0 && raw.text == left), "{left}");
        }
    }
}

#[test]
fn a_letter_torn_by_a_missing_symbol_changes_no_letter_before_it() {
    let text = "JAHISTC08,1\r\n1,備江花子,2,S330303\r\n5,R081101,1\r\n201,1,例示錠".as_bytes();
    let notebook = torn(text, text.len() - 1).unwrap();
    assert_eq!(notebook.patient.unwrap().name, "備江花子");
    let raw: Vec<_> = notebook.raw.iter().map(|raw| raw.text.as_str()).collect();
    assert_eq!(raw, ["201,1,例示\u{FFFD}"]);
}

#[test]
fn what_lies_behind_a_missing_symbol_is_kept_to_its_last_letter() {
    let symbol = |index, raw: &str| Scanned {
        text: String::new(),
        raw: raw.into(),
        page: 1,
        structured_append: Some(place(index, 3, 0x5a)),
    };
    let behind = "備".repeat(1_000);
    let codes = vec![symbol(0, "JAHISTC08,1\r\n1,備江花子,2,S330303\r\n"), symbol(2, &behind)];
    let notebook = notebook_texts(vec![], codes).unwrap().read().unwrap();
    assert_eq!(notebook.raw[0].text, behind);
}

#[test]
fn a_chain_of_which_no_whole_record_is_left_is_refused() {
    assert_eq!(torn(b"JAHISTC08,1", 9), Err(ScanError::ChainWithoutFirst));
}

#[test]
fn a_chain_without_its_first_symbol_is_refused() {
    let symbols = symbols(TEXT, 0x5a);
    assert_eq!(read(&[picture(&symbols[1..])]), Err(ScanError::ChainWithoutFirst));
    assert_eq!(ScanError::ChainWithoutFirst.message().code, "chain_without_first");
}

#[test]
fn two_chains_on_one_page_are_told_apart_by_their_parity_or_refused() {
    let other = TEXT.replace("R081101", "R081001").replace("Ａ", "Ｂ");
    let both = [symbols(TEXT, 0x5a), symbols(&other, 0xa5)].concat();
    let notebook = read(&[picture(&both)]).unwrap();
    let names = notebook.visits.iter().flat_map(|visit| &visit.prescriptions);
    let names: Vec<_> = names.flat_map(|rp| &rp.drugs).map(|drug| drug.name.as_str()).collect();
    assert_eq!(names, ["例示錠Ａ", "例示錠Ｂ"]);
    let alike = [symbols(TEXT, 0x5a), symbols(&other, 0x5a)].concat();
    assert_eq!(read(&[picture(&alike)]), Err(ScanError::ChainsMixed));
}

#[test]
fn a_strange_code_beside_a_notebook_is_shown_and_spoils_nothing() {
    let texts: [&[u8]; 2] =
        [b"JAHISTC08,1\r\n1,x,2,S330303\r\n5,R081101,1\r\n", b"https://example.jp/a\x1b[2J"];
    let notebook = read(&[png(&picture_of(&texts, 4))]).unwrap();
    assert_eq!(flaws(&notebook), [(Flaw::ForeignCode, "")]);
    let raw: Vec<_> = notebook.raw.iter().map(|raw| raw.text.as_str()).collect();
    assert_eq!(raw, ["https://example.jp/a␛[2J"]);
}

#[test]
fn a_personal_number_beside_a_notebook_is_kept_nowhere() {
    let texts: [&[u8]; 2] = [b"JAHISTC08,1\r\n1,x,2,S330303\r\n", b"123456789018"];
    let notebook = read(&[png(&picture_of(&texts, 4))]).unwrap();
    let told = serde_json::to_string(&notebook).unwrap();
    assert!(!told.contains("123456789018") && told.contains("foreign_code"), "{told}");
}

#[test]
fn a_picture_of_somebody_elses_code_alone_is_refused_by_its_name() {
    let url = read(&[png(&picture_of(&[b"https://example.jp"], 4))]);
    assert_eq!(url, Err(ScanError::Foreign(Foreign::Url)));
    let digits = read(&[png(&picture_of(&[b"PID=0001;X"], 4))]);
    assert_eq!(digits, Err(ScanError::Foreign(Foreign::Unknown)));
}

#[test]
fn what_is_shown_of_a_code_is_short_and_moves_no_cursor() {
    assert_eq!(shown("a\r\n\0\u{7f}\u{202e}b"), "a␍␊␀␡\u{FFFD}b");
    let long = shown(&"字".repeat(1_000));
    assert_eq!((long.chars().count(), long.chars().last()), (201, Some('…')));
}

#[test]
fn a_picture_of_nothing_but_corners_is_refused_before_it_costs_minutes() {
    // A finder pattern of seven modules, three pixels each, on a grid: ten thousand of them.
    let corner = |x: u32, y: u32| {
        let (x, y) = (x % 27 / 3, y % 27 / 3);
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        x < 7 && y < 7 && ring != 2
    };
    let picture =
        GrayImage::from_fn(2_400, 2_400, |x, y| Grey([if corner(x, y) { 0 } else { 255 }]));
    assert_eq!(read_upload(&png(&picture)), Err(ScanError::TooBusy));
    assert_eq!(ScanError::TooBusy.message().code, "picture_too_busy");
}
