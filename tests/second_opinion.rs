//! Our papers, read by other people's programs: what we print must not be readable by ourselves alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a drill that cannot be set up has failed, and what it lays out need not survive a power cut"
)]

mod invented;

use invented::{Invented, doctor, found, output, text_of};
use sonae::{
    app::{Ask, Checked, Question},
    demo::papers::CertificateState,
    disaster::search::{BirthClue, SearchQuery, SecondFact, SecondFactKind},
    domain::{area::Area, evidence::CardSeen},
    journal::ConsentKind,
    notebook, scan,
};
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

const PROGRAMS: [&str; 4] = ["pdftoppm", "zbarimg", "pdftotext", "pdffonts"];
/// What an ordinary office scanner delivers.
const DPI: &str = "200";

struct Papers {
    invented: Invented,
    dir: PathBuf,
    certificate: String,
    notice: String,
    order: String,
    slip: Checked,
}

/// All papers of one world, drawn once.
fn papers() -> &'static Papers {
    static PAPERS: OnceLock<Papers> = OnceLock::new();
    PAPERS.get_or_init(|| {
        let invented = Invented::of(60);
        let dir = invented.place("papers");
        fs::create_dir_all(&dir).unwrap();
        let cast = invented.world.region.cast();
        let keep = |name: &str, pdf: &[u8]| fs::write(dir.join(name), pdf).unwrap();
        let certificate =
            invented.world.certificate(&cast.employee.0, CertificateState::Good).unwrap();
        let notice = invented.world.notice(&cast.late_elder.0).unwrap();
        let order = invented.world.order(1, Area::Prefecture(17), "石川県").unwrap();
        keep("certificate.pdf", &certificate.pdf);
        keep("notice.pdf", &notice.pdf);
        keep("order.pdf", &order.pdf);
        let ask = Ask::Text(certificate.digits.clone());
        let question = Question { card: CardSeen::Seen, ..Question::first(ask) };
        let slip = invented.house.verify(&question).unwrap();
        keep("slip.pdf", &invented.house.answer_slip(slip.journal_entry).unwrap().pdf);
        invented.open_disaster();
        keep("sheet.pdf", &drug_sheet(&invented));
        let (certificate, notice, order) = (certificate.digits, notice.digits, order.digits);
        Papers { invented, dir, certificate, notice, order, slip }
    })
}

fn drug_sheet(invented: &Invented) -> Vec<u8> {
    let (record, _) = invented.patient();
    let query = SearchQuery {
        name: record.name.clone(),
        birth: BirthClue::Day(record.birth),
        sex: record.sex,
        address: None,
    };
    let house = &invented.house;
    let handle = house.search(&doctor(), &query).unwrap().candidates.remove(0).handle;
    let fact = SecondFact { kind: SecondFactKind::Address, value: record.address };
    house.consent(&doctor(), &handle, &fact, ConsentKind::Oral).unwrap();
    house.drugs(&doctor(), &handle).unwrap();
    house.drug_sheet(&handle).unwrap().pdf
}

/// What zbar reads on every page, byte for byte, one code after the other.
fn bytes_by_zbar(pdf: &Path) -> Vec<u8> {
    let stem = pdf.with_extension("page");
    output("pdftoppm", &["-r", DPI, "-gray", "-png", text_of(pdf), text_of(&stem)]);
    let name = stem.file_name().unwrap().to_str().unwrap().to_owned();
    let mut pages: Vec<_> = fs::read_dir(pdf.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let file = path.file_name().unwrap().to_str().unwrap();
            file.starts_with(&format!("{name}-")) && file.ends_with(".png")
        })
        .collect();
    pages.sort();
    pages.iter().flat_map(|page| codes_on(page)).collect()
}

fn codes_on(page: &Path) -> Vec<u8> {
    let words = ["--quiet", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", "-Sbinary"];
    // A page without a code ends with status 4 and says nothing.
    Command::new("zbarimg").args(words).arg(page).stdin(Stdio::null()).output().unwrap().stdout
}

#[test]
fn zbar_reads_exactly_our_digits_off_certificate_notice_and_order() {
    if !(found("pdftoppm") & found("zbarimg")) {
        return;
    }
    let papers = papers();
    for (name, digits) in
        [("certificate", &papers.certificate), ("notice", &papers.notice), ("order", &papers.order)]
    {
        let code = bytes_by_zbar(&papers.dir.join(format!("{name}.pdf")));
        assert_eq!(String::from_utf8(code).unwrap().trim_end(), digits, "{name}");
    }
}

#[test]
fn zbar_reads_every_drug_off_the_symbols_of_a_drug_sheet() {
    if !(found("pdftoppm") & found("zbarimg")) {
        return;
    }
    let papers = papers();
    let path = papers.dir.join("sheet.pdf");
    let parts = symbols(&bytes_by_zbar(&path));
    let ours = scan::read_upload(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(parts.len(), ours.len(), "as many symbols as our own reader finds");
    let ours: Vec<_> = ours.into_iter().map(|code| code.raw).collect();
    let (theirs, ours) = (drug_codes(&parts), drug_codes(&ours));
    assert_eq!(theirs, ours);
    let (_, history) = papers.invented.patient();
    let newest = history.iter().map(|drug| drug.on).max().unwrap();
    let newest = history.iter().filter(|drug| drug.on == newest);
    let newest: BTreeSet<_> = newest.map(|row| row.drug.code.to_string()).collect();
    assert!(theirs.is_superset(&newest) && !newest.is_empty(), "{newest:?} not in {theirs:?}");
}

fn drug_codes(parts: &[Vec<u8>]) -> BTreeSet<String> {
    let read = notebook::read(parts).unwrap();
    let prescriptions = read.visits.iter().flat_map(|visit| &visit.prescriptions);
    prescriptions.flat_map(|p| &p.drugs).filter_map(|drug| drug.code.clone()).collect()
}

/// Every symbol begins with the name and version of its standard.
fn symbols(bytes: &[u8]) -> Vec<Vec<u8>> {
    const BEGIN: &[u8] = b"JAHISTC";
    let starts = bytes.windows(BEGIN.len()).enumerate().filter(|(_, window)| *window == BEGIN);
    let starts: Vec<_> = starts.map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| bytes[*start..end].to_vec()).collect()
}

#[test]
fn poppler_finds_names_numbers_and_words_as_text() {
    if !found("pdftotext") {
        return;
    }
    let papers = papers();
    let cast = papers.invented.world.region.cast();
    let (employee, elder, patient) =
        (&cast.employee.0, &cast.late_elder.0, papers.invented.patient().0);
    let answer = &papers.slip.answer;
    let first_drug = papers.invented.patient().1[0].drug.name.clone();
    let cases: [(&str, Vec<&str>); 5] = [
        ("certificate", vec!["資格確認書", &employee.name, &employee.identity.number, "01170018"]),
        ("notice", vec!["資格情報のお知らせ", &elder.name, &elder.identity.number]),
        ("order", vec!["架空省 災害対策室", "石川県"]),
        ("slip", vec![answer.verdict.ja(), answer.verdict.en(), &employee.name]),
        ("sheet", vec![&patient.name, &first_drug, "11"]),
    ];
    for (name, words) in cases {
        let path = papers.dir.join(format!("{name}.pdf"));
        let text = output("pdftotext", &["-enc", "UTF-8", text_of(&path), "-"]);
        let text: String = bare(&String::from_utf8(text).unwrap());
        for word in words {
            assert!(text.contains(&bare(word)), "{name} lacks {word}: {text}");
        }
    }
}

/// Without spaces and line ends, which layout adds and takes.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn poppler_sees_every_font_embedded_and_cut_down() {
    if !found("pdffonts") {
        return;
    }
    let papers = papers();
    for name in ["certificate", "notice", "order", "slip", "sheet"] {
        let path = papers.dir.join(format!("{name}.pdf"));
        let table = String::from_utf8(output("pdffonts", &[text_of(&path)])).unwrap();
        let fonts: Vec<_> = table.lines().skip(2).collect();
        assert!(!fonts.is_empty(), "{name}: {table}");
        for font in fonts {
            let words: Vec<_> = font.split_whitespace().collect();
            // From the right: object and generation, then ToUnicode, subset, embedded.
            let marks = &words[words.len() - 5..words.len() - 2];
            assert_eq!(marks, ["yes", "yes", "yes"], "{name}: {font}");
            assert_eq!(font.find('+'), Some(6), "{name}: {font}");
        }
        assert!(fs::metadata(&path).unwrap().len() < 600_000, "{name} is a small file");
    }
}

#[test]
fn what_was_skipped_is_counted() {
    let missing = PROGRAMS.iter().filter(|program| !found(program)).count();
    let told = format!("{} programs of others found, {missing} not\n", PROGRAMS.len() - missing);
    std::io::stderr().write_all(told.as_bytes()).unwrap(); // past the macros, whose output is swallowed
}
