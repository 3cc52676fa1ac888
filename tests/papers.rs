//! Papers issued in bulk: every form is read back, every row ends in a paper or in the list, and nothing is half there.

#![allow(clippy::unwrap_used, reason = "a drill that cannot be set up has failed")]

#[path = "invented/programs.rs"]
mod programs;

use jiff::civil::{Date, date};
use programs::found;
use sonae::{
    app::{AppError, BulkIssue, IssueOrder, Issued, REGISTER_NAME, RowRefused},
    domain::{
        evidence::DocumentKind,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        paper::{
            LayoutProfile, LayoutProfiles, PaperDraft, PrintedLimitClass, PrintedRatio,
            PrintedValues,
        },
        person::{Relation, Sex},
    },
    scan,
    seal::SigningKeypair,
    snapshot::csv::{ColumnFile, ColumnMap, Encoding, PaperRow},
    sys::{
        Disk, RealDisk,
        sim::{SeedDice, SimDisk, Stop},
    },
};
use std::{
    collections::BTreeSet,
    io::{Cursor, Write},
    path::Path,
    process::{Command, Stdio},
};

const TODAY: Date = date(2026, 11, 22);
const OUT: &str = "/insurer/papers";
const ISSUER: &str = "架空健康保険組合";
use DocumentKind::{Certificate, Notice};

fn draft(number: u32) -> PaperDraft {
    PaperDraft {
        identity: Identity {
            insurer: InsurerNumber::from_value(6_175_019).unwrap(),
            symbol: "架空・１２".into(),
            number: format!("{number:07}"),
            branch: Branch::from_value(1),
        },
        name: "髙﨑　德子".into(),
        kana: "タカサキ　トクコ".into(),
        birth: date(1981, 4, 1),
        sex: Sex::Female,
        relation: Relation::Insured,
        values: PrintedValues {
            ratio: PrintedRatio::parse("3割").unwrap(),
            ratio_from: None,
            limit_class: PrintedLimitClass::parse("ウ").unwrap(),
            limit_from: Some(date(2026, 8, 1)),
        },
        valid_from: date(2020, 4, 1),
        valid_to: Some(date(2027, 7, 31)),
    }
}

fn rows(count: u32) -> Vec<PaperRow> {
    (1..=count).map(|n| PaperRow { line: u64::from(n) + 1, draft: draft(n) }).collect()
}

fn issue(
    disk: &SimDisk,
    (profile, kind): (&str, DocumentKind),
    per_file: usize,
    rows: Vec<PaperRow>,
) -> Result<(Issued, Vec<RowRefused>), AppError> {
    let profile = LayoutProfiles::built_in().unwrap().named(profile).unwrap();
    issue_by(disk, (profile, kind), per_file, rows)
}

fn issue_by(
    disk: &SimDisk,
    (profile, kind): (&LayoutProfile, DocumentKind),
    per_file: usize,
    rows: Vec<PaperRow>,
) -> Result<(Issued, Vec<RowRefused>), AppError> {
    let (key, dice) = (SigningKeypair::random(&SeedDice::new(7)), SeedDice::new(1));
    let order =
        IssueOrder { kind, profile, issuer_name: ISSUER, issued_on: TODAY, per_file, key: &key };
    let mut issue = BulkIssue::begin(disk, &dice, order, Path::new(OUT))?;
    let mut refused = vec![];
    for row in rows {
        refused.extend(issue.add(row)?.err());
    }
    Ok((issue.finish()?, refused))
}

fn pdf(disk: &SimDisk, number: usize) -> Vec<u8> {
    disk.read(&Path::new(OUT).join(format!("papers-{number:04}.pdf")), 64 << 20).unwrap()
}

/// The register's rows by column.
fn register(disk: &SimDisk) -> Vec<Vec<String>> {
    let bytes = disk.read(&Path::new(OUT).join(REGISTER_NAME), 1 << 20).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn digest(digits: &str) -> String {
    let hash = blake3::hash(digits.as_bytes()).to_hex();
    hash[..32].to_owned()
}

/// Each form there is, and a profile that has it.
const FORMS: [(&str, DocumentKind); 5] = [
    ("generic", Certificate),
    ("kenpo_b", Certificate),
    ("shigaku", Notice),
    ("kyokai", Notice),
    ("kokuho_kumiai", Notice),
];

#[test]
fn every_form_reads_back_to_exactly_the_codes_in_the_register() {
    for form in FORMS {
        let disk = SimDisk::new();
        let mut rows = rows(4);
        for row in &mut rows {
            row.draft.valid_to = (form.1 == Certificate).then_some(date(2027, 11, 30));
        }
        let (issued, refused) = issue(&disk, form, 200, rows).unwrap();
        assert_eq!((issued.papers, issued.files.len(), refused), (4, 1, vec![]), "{form:?}");
        assert_eq!(issued.missing_glyphs, []);
        let codes = scan::read_upload(&pdf(&disk, 1)).unwrap();
        let read: Vec<String> = codes.iter().map(|code| digest(&code.text)).collect();
        let known: BTreeSet<String> =
            register(&disk).into_iter().map(|row| row[2].clone()).collect();
        assert_eq!(read.len(), 4, "{form:?}");
        assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), known, "{form:?}");
    }
}

#[test]
fn what_a_form_says_is_what_its_profile_bears() {
    if !found("pdftotext") {
        return;
    }
    let text = |form, change: fn(&mut PaperDraft)| {
        let disk = SimDisk::new();
        let mut rows = rows(1);
        change(&mut rows[0].draft);
        issue(&disk, form, 200, rows).unwrap();
        let text = pdftotext(&pdf(&disk, 1));
        text.chars().filter(|c| !c.is_whitespace()).collect::<String>()
    };
    let card = text(("generic", Certificate), |_| {});
    for word in [
        "資格確認書",
        "髙﨑德子",
        "性別女",
        "3割",
        "限度額区分",
        "ウ発効期日令和8年8月1日",
        "見本",
        "告知要求制限",
        "原寸",
    ] {
        assert!(card.contains(word), "{word}: {card}");
    }
    let notice = text(("shigaku", Notice), |draft| draft.valid_to = None);
    assert!(!notice.contains('女') && notice.contains("資格情報のお知らせ"), "{notice}");
    let sheet = text(("kyokai", Notice), |draft| draft.valid_to = None);
    assert_eq!(sheet.matches("3割").count(), 1, "the sheet says it, the cut-out does not: {sheet}");
    assert!(
        sheet.contains("このお知らせだけでは受診できません") && sheet.contains("左の破線で切り")
    );
    let postcard = text(("kokuho_kumiai", Certificate), |draft| {
        draft.values = PrintedValues {
            ratio: PrintedRatio::Statutory,
            limit_class: PrintedLimitClass::Star,
            ..PrintedValues::default()
        };
    });
    assert!(postcard.contains("法定負担割合のとおり") && postcard.contains('*'), "{postcard}");
}

/// The text of one notice in a form of its own, without spaces.
fn notice_text(size: &str, items: &str) -> String {
    let text = format!(
        "[[profile]]\nid = \"generic\"\nja = \"型\"\nen = \"model\"\nlaws = []\n[profile.notice]\n\
         size = \"{size}\"\nexpiry = \"unknown\"\nsource = \"D1\"\nconfirmed = true\n{items}"
    );
    let profiles = LayoutProfiles::parse(&text).unwrap();
    let (disk, profile) = (SimDisk::new(), profiles.named("generic").unwrap());
    issue_by(&disk, (profile, Notice), 200, rows(1)).unwrap();
    squeezed(&pdf(&disk, 1))
}

fn squeezed(pdf: &[u8]) -> String {
    pdftotext(pdf).chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn each_face_of_a_notice_says_that_it_is_not_valid_alone() {
    if !found("pdftotext") {
        return;
    }
    let count = |text: &str| {
        let (ja, en) = ("このお知らせだけでは受診できません", "notvalidalone");
        (text.matches(ja).count(), text.matches(en).count())
    };
    assert_eq!(count(&notice_text("card", "")), (2, 2), "front and back");
    assert_eq!(count(&notice_text("postcard", "")), (1, 1), "text and code on one side");
    let disk = SimDisk::new();
    let mut one = rows(1);
    one[0].draft.valid_to = None;
    issue(&disk, ("kyokai", Notice), 1, one).unwrap();
    assert_eq!(count(&squeezed(&pdf(&disk, 1))), (3, 3), "the sheet and both faces of its cut-out");
    let disk = SimDisk::new();
    issue(&disk, ("generic", Certificate), 1, rows(1)).unwrap();
    assert_eq!(count(&squeezed(&pdf(&disk, 1))), (0, 0));
}

#[test]
fn a_notice_of_card_size_prints_all_that_its_layout_bears_and_its_code_holds() {
    if !found("pdftotext") {
        return;
    }
    let (share, limit) = ("負担割合3割", "限度額区分ウ発効期日令和8年8月1日");
    let borne = |items| {
        let text = notice_text("card", items);
        [share, limit, "本人"].map(|words| text.contains(words))
    };
    assert_eq!(borne(""), [true, true, true]);
    assert_eq!(
        borne("no = [\"ratio\"]"),
        [false, true, true],
        "the class stands without the share"
    );
    assert_eq!(borne("no = [\"limit_class\"]"), [true, false, true]);
    assert_eq!(borne("no = [\"relation\"]"), [true, true, false]);
    let dayless = notice_text("card", "no = [\"limit_from\"]");
    assert!(dayless.contains("3割限度額区分ウ") && !dayless.contains("発効期日"), "{dayless}");
}

#[test]
fn a_row_that_cannot_be_printed_is_named_and_the_rest_goes_on() {
    let disk = SimDisk::new();
    let mut rows = rows(6);
    rows[0].draft.name = "見本\u{1F600}".into();
    rows[1].draft.valid_to = None;
    rows[2].draft.valid_to = Some(date(2027, 8, 1));
    rows[3].draft.name = "鬱".repeat(60);
    rows[3].draft.identity.symbol = "鬱".repeat(60);
    rows[4].draft.name = "鬱".repeat(61);
    let (issued, refused) = issue(&disk, ("shi_kokuho", Certificate), 200, rows).unwrap();
    let named: Vec<_> = refused.iter().map(|row| (row.column, row.reason)).collect();
    let expected = [
        (Some("name"), "character_not_in_fonts"),
        (Some("valid_to"), "item_missing"),
        (Some("valid_to"), "valid_too_long"),
        (None, "code_too_long"),
        (None, "not_as_described"),
    ];
    assert_eq!((issued.papers, named.as_slice()), (1, expected.as_slice()));
    let kept = register(&disk);
    assert_eq!((kept.len(), kept[0][0].as_str(), kept[0][5].as_str()), (1, "7", "0000006"));
}

#[test]
fn serials_are_drawn_and_the_register_tells_where_each_paper_is() {
    let disk = SimDisk::new();
    let (issued, _) = issue(&disk, ("generic", Certificate), 2, rows(5)).unwrap();
    assert_eq!(issued.files, ["papers-0001.pdf", "papers-0002.pdf", "papers-0003.pdf"]);
    let kept = register(&disk);
    let serials: BTreeSet<_> = kept.iter().map(|row| row[1].clone()).collect();
    assert!(serials.len() == 5 && serials.iter().all(|serial| serial.len() == 12));
    let places: Vec<_> = kept.iter().map(|row| (row[9].as_str(), row[10].as_str())).collect();
    let [one, two, three] = ["papers-0001.pdf", "papers-0002.pdf", "papers-0003.pdf"];
    assert_eq!(places, [(one, "1"), (one, "2"), (two, "1"), (two, "2"), (three, "1")]);
    let second = issue(&disk, ("generic", Certificate), 2, rows(1)).unwrap_err();
    assert_eq!(code(&second), "output_exists");
}

fn code(error: &AppError) -> &'static str {
    use sonae::messages::Trouble;
    error.message().code
}

#[test]
fn nothing_is_there_until_all_of_it_is() {
    let whole = SimDisk::new();
    let before = whole.steps();
    issue(&whole, ("generic", Certificate), 1, rows(2)).unwrap();
    let steps = whole.steps() - before;
    assert!(steps > 10);
    for at in (0..steps).step_by(3) {
        let disk = SimDisk::with_seed(at);
        disk.stop_at_step(at, Stop::PowerCut);
        let result = issue(&disk, ("generic", Certificate), 1, rows(2));
        disk.power_back();
        if disk.list(Path::new(OUT)).unwrap().is_empty() {
            assert!(result.is_err(), "step {at}: told as done, and nothing there");
            continue;
        }
        assert_eq!(register(&disk).len(), 2, "step {at}");
        assert!(!pdf(&disk, 1).is_empty() && !pdf(&disk, 2).is_empty(), "step {at}");
    }
    let full = SimDisk::new();
    full.fill_up_after(10_000);
    assert!(issue(&full, ("generic", Certificate), 1, rows(2)).is_err());
    full.make_room();
    assert_eq!(full.list(Path::new(OUT)).unwrap(), Vec::<std::path::PathBuf>::new());
    let again = issue(&full, ("generic", Certificate), 1, rows(2)).unwrap_err();
    assert_eq!(code(&again), "papers_draft_left");
}

#[test]
fn an_issue_that_fails_at_its_very_end_leaves_nothing_and_may_be_tried_again() {
    let folder = Path::new("/insurer");
    let form = ("generic", Certificate);
    let full = SimDisk::new();
    full.fill_up_after(1_000);
    assert!(issue(&full, form, 200, rows(2)).is_err(), "no room for the last document");
    full.make_room();
    assert!(full.list(folder).unwrap().is_empty());
    let mut refused = 0;
    for syncs in 1.. {
        let disk = SimDisk::new();
        disk.refuse_sync_after(syncs);
        if issue(&disk, form, 200, rows(2)).is_ok() {
            break;
        }
        refused += 1;
        disk.power_back();
        assert!(disk.list(folder).unwrap().is_empty(), "sync {syncs}");
        issue(&disk, form, 200, rows(2)).unwrap();
    }
    assert!(refused > 4, "document, register, folder and rename: {refused}");
}

#[test]
fn an_issue_without_one_paper_leaves_nothing_and_a_profile_without_the_paper_is_refused() {
    let disk = SimDisk::new();
    let nobody = issue(&disk, ("generic", Certificate), 1, vec![]).unwrap_err();
    assert_eq!(code(&nobody), "papers_nobody");
    assert!(disk.list(Path::new("/insurer")).unwrap().is_empty());
    let absent = issue(&disk, ("kenpo_a", Notice), 1, rows(1)).unwrap_err();
    assert_eq!(code(&absent), "paper_not_in_profile");
}

#[test]
fn rows_come_in_both_encodings_and_with_the_words_that_insurers_write() {
    let text = "保険者,symbol,number,branch,name,kana,birth_date,sex,relation,ratio,ratio_from,limit_class,limit_from,valid_from,valid_to\r\n\
        00173039,石国,１２,1,髙﨑　德子,,19560401,女,被扶養者,法定負担割合のとおり,,＊,,20200401,\r\n\
        00173039,石国,13,,名,,1956-04-01,2,2,7割,,,,2020-04-01,\r\n";
    let map = ColumnMap::parse("[papers]\ninsurer_number = \"保険者\"").unwrap();
    let cp932 = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    for (bytes, encoding) in [(text.as_bytes().to_vec(), Encoding::Utf8), (cp932, Encoding::Cp932)]
    {
        let file =
            ColumnFile::<PaperRow, _>::open(Cursor::new(bytes), &map, Some(encoding)).unwrap();
        let (mut taken, mut bad) = (vec![], vec![]);
        let read = file.read::<AppError>(
            |row| {
                taken.push(row);
                Ok(())
            },
            |row| {
                bad.push(row);
                Ok(())
            },
        );
        read.unwrap();
        assert_eq!((taken.len(), taken[0].line), (1, 2));
        let draft = &taken[0].draft;
        assert_eq!((draft.sex, draft.relation), (Sex::Female, Relation::Family));
        assert_eq!(draft.values.ratio, PrintedRatio::Statutory);
        assert_eq!(draft.values.limit_class, PrintedLimitClass::Star);
        assert_eq!((bad[0].line, bad[0].column), (3, Some("ratio")));
    }
}

/// Told as failed, the papers must not be there: they would be issued a second time.
#[test]
fn an_issue_whose_list_of_bad_rows_cannot_be_written_leaves_no_papers() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let sonae = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sonae"));
        let command = command.args(args).env("SONAE_PASSPHRASE", "invented-for-the-papers");
        command.current_dir(folder.path()).output().unwrap().status.success()
    };
    assert!(sonae(&["keys", "new", "--role", "issuer", "--out", "issuer.key"]));
    let row = |birth: &str| {
        format!("01170018,1,18,00,見本　太郎,ミホン　タロウ,{birth},1,1,3割,,,,2025-04-01,\n")
    };
    let heading = "insurer_number,symbol,number,branch,name,kana,birth_date,sex,relation,ratio,\
        ratio_from,limit_class,limit_from,valid_from,valid_to\n";
    let people = [heading, &row("1982-08-14"), &row("1982-13-40")].concat();
    RealDisk.replace(&at("people.csv"), people.as_bytes()).unwrap();
    let issue = |list: &str| {
        let fixed = "credential issue-batch --key issuer.key --issuer-name 架空健康保険協会 --kind notice \
            --profile kyokai --people people.csv --out papers --bad-rows";
        sonae(&fixed.split(' ').filter(|word| !word.is_empty()).chain([list]).collect::<Vec<_>>())
    };
    assert!(!issue("no-such-folder/bad.csv"));
    assert!(!at("papers").exists() && !at("papers.draft").exists());
    assert!(issue("bad.csv"));
    assert!(at("papers/papers-0001.pdf").exists() && at("bad.csv").exists());
}

fn pdftotext(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}
