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
