//! Paper end to end: every page is drawn, read back by the scanner, looked at for its margins, and asked for its text.

#![allow(clippy::unwrap_used, reason = "a drill that cannot be set up has failed")]

#[path = "invented/programs.rs"]
mod programs;

use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings,
    hayro_syntax::Pdf, render, vello_cpu::color::palette::css::WHITE,
};
use jiff::civil::date;
use programs::found;
use sonae::{
    domain::{
        answer::{
            Answer, Basis, BurdenRatio, BurdenSource, Freshness, Level, NextStep, Reason, Verdict,
        },
        burden::Percent,
        claim::{ClaimField, ClaimHelp, Contact, Line, ReturnRisk},
        evidence::{DocumentClaims, DocumentKind, SnapshotSource},
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        medication::{Dispensing, Drug, Setting},
        person::{Relation, Sex},
        statement::{InsuranceKind, Statement},
        time::{ClockState, Stamp},
    },
    print::{
        AskedFor, DrugSheet, OrderFacts, PrintError, Printed, answer_slip, certificate_sheet,
        drug_sheet, notice_sheet, order_sheet, statement_sheet,
    },
    scan,
};
use std::{
    io::Write,
    process::{Command, Stdio},
};

const NOON: Stamp = Stamp(1_795_316_400); // 2026-11-22 12:00 in Japan

fn digits(length: usize) -> String {
    (0..length).map(|at| char::from(b'0' + (at * 7 % 10) as u8)).collect()
}

fn identity() -> Identity {
    Identity {
        insurer: InsurerNumber::from_value(1_130_012).unwrap(),
        symbol: "２１７０・能登".into(),
        number: "１２３４５６７".into(),
        branch: Branch::parse("01"),
    }
}

fn claims(kind: DocumentKind, name: &str) -> DocumentClaims {
    DocumentClaims {
        kind,
        identity: identity(),
        name: name.into(),
        kana: "タカサキ　トク".into(),
        birth: date(1951, 4, 29),
        sex: Sex::Female,
        relation: Relation::Insured,
        burden: Percent::new(20),
        limit_class: Some("B04".into()),
        valid_from: date(2019, 5, 1),
        issued_on: date(2026, 8, 1),
        valid_to: Some(date(2027, 7, 31)),
        serial: [1, 2, 3, 0xab, 0xcd, 0xef],
    }
}

fn certificate(name: &str) -> Printed {
    let claims = claims(DocumentKind::Certificate, name);
    certificate_sheet(&claims, &digits(409), "全国健康保険協会 東京支部", date(2026, 11, 22))
        .unwrap()
}

fn notice(name: &str) -> Printed {
    let claims = claims(DocumentKind::Notice, name);
    notice_sheet(&claims, &digits(399), "石川県後期高齢者医療広域連合", date(2026, 11, 22)).unwrap()
}

fn answer(verdict: Verdict) -> Answer {
    let (reasons, next_steps) = match verdict {
        Verdict::Eligible => (
            vec![Reason::InForceInSnapshot, Reason::SnapshotOld, Reason::BurdenByAgeRule],
            vec![NextStep::TreatAsInsured, NextStep::CompareIdentity, NextStep::ConfirmBurden],
        ),
        Verdict::NotEligible => (
            vec![Reason::CoverageEnded],
            vec![NextStep::AskForNewCertificate, NextStep::CallInsurer],
        ),
        Verdict::CannotTell => (Reason::ALL.to_vec(), NextStep::ALL.to_vec()),
    };
    Answer {
        verdict,
        basis: Basis::Snapshot,
        as_of: Some(NOON.plus_days(-40)),
        freshness: Freshness::Confirm,
        clock: ClockState::Sure,
        burden_ratio: BurdenRatio {
            percent: Percent::new(30),
            source: Some(BurdenSource::AgeRule),
            also: vec![],
        },
        level: Level::Snapshot,
        received: None,
        reasons,
        next_steps,
    }
}

fn slip(verdict: Verdict, name: &str) -> Printed {
    let who = AskedFor {
        identity: Some(identity()),
        birth: Some(date(1951, 4, 29)),
        name: Some(name.into()),
        claim: Some(ClaimHelp {
            transcribe: vec![Line {
                field: ClaimField::Kind,
                text: "2 本外".into(),
                source: "",
                confirmed: true,
            }],
            risks: vec![ReturnRisk::NotOnline],
        }),
    };
    answer_slip(&answer(verdict), &who, "輪島市立門前救護所", NOON, "000123-7f3a9c").unwrap()
}

fn dispensings(count: usize) -> Vec<Dispensing> {
    let drugs = [
        (
            "アムロジピンＯＤ錠５ｍｇ「トーワ」",
            "アムロジピンベシル酸塩",
            "1",
            "錠",
            "１日１回朝食後",
        ),
        ("ワーファリン錠１ｍｇ", "ワルファリンカリウム", "2.5", "錠", "１日１回夕食後"),
        (
            "ヒューマログ注ミリオペン　３００単位",
            "インスリン　リスプロ（遺伝子組換え）",
            "12",
            "単位",
            "１日３回毎食直前　朝４単位・昼４単位・夕４単位",
        ),
        (
            "ロキソニンテープ１００ｍｇ　１０ｃｍ×１４ｃｍ",
            "ロキソプロフェンナトリウム水和物",
            "14",
            "枚",
            "１日１回　腰に貼付",
        ),
    ];
    (0..count)
        .map(|at| {
            let (name, ingredient, dose, unit, usage) = drugs[at % drugs.len()];
            Dispensing {
                on: date(2026, 10, 20).saturating_sub(jiff::Span::new().days((at / 4 * 28) as i64)),
                drug: Drug {
                    code: "2171022F5029".into(),
                    name: name.into(),
                    ingredient: ingredient.into(),
                    unit: unit.into(),
                }
                .into(),
                dose: dose.into(),
                usage: usage.into(),
                days: 28,
                facility: "わじま中央調剤薬局".into(),
                setting: if at % 3 == 0 { Setting::InHouse } else { Setting::Pharmacy },
            }
        })
        .collect()
}

/// CP932 bytes as a notebook symbol holds them.
fn jahis_part(number: usize) -> Vec<u8> {
    let text = format!(
        "JAHISTC08,1\r\n1,備前　太郎,1,S260429\r\n5,20261020,1\r\n201,1,アムロジピンＯＤ錠５ｍｇ,1,錠,4,2171022F5029\r\n\
         301,1,１日１回朝食後,28,日分,1,1\r\n911,20261122000001,3,{number:03}\r\n"
    );
    encoding_rs::SHIFT_JIS.encode(&text).0.into_owned()
}

fn drugs(count: usize, name: &str) -> Printed {
    let source =
        SnapshotSource { region: "石川県".into(), version: 41, as_of: NOON.plus_days(-3) };
    let parts: Vec<_> = (1..=3).map(jahis_part).collect();
    let list = dispensings(count);
    drug_sheet(&DrugSheet {
        name,
        kana: "タカサキ　トク",
        sex: Sex::Female,
        birth: date(1951, 4, 29),
        dispensings: &list,
        since: date(2026, 7, 1),
        source: &source,
        order_number: "R8-NOTO-001",
        viewer: "薬剤師 備前花子",
        facility: "輪島市立門前救護所",
        read_at: NOON,
        qr_parts: &parts,
    })
    .unwrap()
}

fn statement(name: &str) -> Printed {
    let statement = Statement {
        name: name.into(),
        kana: String::new(),
        birth: Some(date(1950, 1, 31)),
        sex: Sex::Female,
        contact: Contact { address: "石川県輪島市架空町1-2".into(), ..Contact::default() },
        kind: Some(InsuranceKind::National),
        insurer_name: String::new(),
        share: None,
    };
    statement_sheet(&statement, "わじま架空診療所", NOON, 812).unwrap()
}

fn order() -> Printed {
    order_sheet(&order_facts(), &digits(520)).unwrap()
}

fn order_facts() -> OrderFacts {
    OrderFacts {
        number: "R8-NOTO-001".into(),
        revision: 2,
        authority: "厚生労働省 保険局".into(),
        areas: [
            ("172049", "輪島市"),
            ("172057", "珠洲市"),
            ("174637", "能登町"),
            ("174611", "穴水町"),
        ]
        .map(|(code, name)| (code.into(), name.into()))
        .into(),
        from: NOON,
        until: NOON.plus_days(30),
        issued_on: date(2026, 11, 22),
        reason: "令和8年11月22日に発生した地震により、停電と通信の途絶が続いているため。".into(),
    }
}

const HARD_NAME: &str = "髙﨑　邉𠮷德";

fn all_pages(name: &str) -> Vec<(&'static str, Printed)> {
    vec![
        ("certificate", certificate(name)),
        ("statement", statement(name)),
        ("notice", notice(name)),
        ("eligible", slip(Verdict::Eligible, name)),
        ("not_eligible", slip(Verdict::NotEligible, name)),
        ("cannot_tell", slip(Verdict::CannotTell, name)),
        ("drugs", drugs(30, name)),
        ("drugs_none", drugs(0, name)),
        ("order", order()),
    ]
}

#[test]
fn the_code_on_paper_reads_back_to_exactly_the_digits() {
    for (printed, expected) in
        [(certificate(HARD_NAME), 409), (notice(HARD_NAME), 399), (order(), 520)]
    {
        let codes = scan::read_upload(&printed.pdf).unwrap();
        let texts: Vec<_> = codes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(texts, [digits(expected)]);
        assert_eq!(codes[0].structured_append, None);
    }
}

#[test]
fn a_certificate_as_long_as_the_profile_allows_still_prints_and_reads() {
    let claims = claims(DocumentKind::Certificate, &"名".repeat(60));
    let made = date(2026, 11, 22);
    let printed = certificate_sheet(&claims, &digits(744), "保険者", made).unwrap();
    assert_eq!(scan::read_upload(&printed.pdf).unwrap()[0].text, digits(744));
    let refused = certificate_sheet(&claims, &digits(900), "保険者", made);
    assert_eq!(refused, Err(PrintError::QrTooLong { bytes: 900 }));
    let refused = certificate_sheet(&claims, "12 34", "保険者", made);
    assert_eq!(refused, Err(PrintError::NotDigits));
}

#[test]
fn drug_symbols_read_back_byte_for_byte_and_in_full() {
    let codes = scan::read_upload(&drugs(2, HARD_NAME).pdf).unwrap();
    let mut parts: Vec<_> = codes.iter().map(|code| code.raw.clone()).collect();
    parts.sort();
    assert_eq!(parts, (1..=3).map(jahis_part).collect::<Vec<_>>());
    assert!(codes.iter().all(|code| code.text.contains("アムロジピンＯＤ錠５ｍｇ")));
}

#[test]
fn the_same_input_makes_the_same_bytes() {
    for ((what, first), (_, again)) in all_pages(HARD_NAME).into_iter().zip(all_pages(HARD_NAME)) {
        assert!(first == again, "{what}");
    }
    assert_ne!(certificate("甲").pdf, certificate("乙").pdf);
}

#[test]
fn fonts_are_subsets_and_hard_names_are_drawn() {
    for (what, printed) in all_pages(HARD_NAME) {
        assert!(printed.pdf.len() < 200 << 10, "{what}: {} bytes", printed.pdf.len());
        assert_eq!(printed.missing_glyphs, [], "{what}");
        let file = String::from_utf8_lossy(&printed.pdf).into_owned();
        assert!(file.contains("/FontFile2") && file.contains("/ToUnicode"), "{what}");
    }
}

#[test]
fn a_character_no_font_has_is_reported_and_variation_selectors_are_not() {
    let printed = certificate("山\u{1F600}\u{e0100}本");
    assert_eq!(printed.missing_glyphs, ['\u{1F600}']);
    assert_eq!(certificate("邉\u{e0104}").missing_glyphs, []);
}

#[test]
fn no_name_however_long_runs_over_the_edge() {
    let wide = "鬱".repeat(60);
    let latin = "WOLFESCHLEGELSTEINHAUSENBERGERDORFF ".repeat(2);
    for name in [&wide, latin.trim_end()] {
        for (what, printed) in all_pages(name) {
            for (page, (left, right, bottom)) in ink_bounds_mm(&printed.pdf).into_iter().enumerate()
            {
                assert!(left >= 14.0 || what == "certificate", "{what} {page}: left {left}");
                assert!(left >= 11.0, "{what} {page}: left {left}");
                assert!(
                    right <= 196.0 || (what == "certificate" && right <= 198.0),
                    "{what} {page}: right {right}"
                );
                assert!(bottom <= 290.5, "{what} {page}: bottom {bottom}");
            }
        }
    }
}

#[test]
fn what_is_too_much_for_a_page_goes_on_over_the_next() {
    let mut list = dispensings(3);
    list[1].usage = "朝昼夕食後と就寝前　".repeat(200).into();
    let source = SnapshotSource { region: "石川県".into(), version: 41, as_of: NOON };
    let parts: Vec<_> = (1..=20).map(jahis_part).collect();
    let sheet = drug_sheet(&DrugSheet {
        name: "備前\n太郎",
        kana: "",
        sex: Sex::Male,
        birth: date(1951, 4, 29),
        dispensings: &list,
        since: date(2026, 7, 1),
        source: &source,
        order_number: "R8-NOTO-001",
        viewer: "薬剤師",
        facility: "救護所",
        read_at: NOON,
        qr_parts: &parts,
    });
    let mut facts = order_facts();
    facts.areas = (0..400).map(|at| (format!("{:06}", 172_000 + at), "某町".into())).collect();
    let order = order_sheet(&facts, &digits(520)).unwrap();
    assert_eq!(scan::read_upload(&order.pdf).unwrap()[0].text, digits(520));
    for printed in [sheet.unwrap(), order] {
        assert_eq!(printed.missing_glyphs, []);
        let pages = ink_bounds_mm(&printed.pdf);
        assert!(pages.len() > 1);
        assert!(pages.iter().all(|(_, right, bottom)| *right <= 196.0 && *bottom <= 290.5));
    }
}

/// Left, right and bottom of what is not white, page by page.
fn ink_bounds_mm(pdf: &[u8]) -> Vec<(f32, f32, f32)> {
    let pdf = Pdf::new(pdf.to_vec()).unwrap();
    let settings = PixmapSettings { bg_color: WHITE, ..Default::default() };
    let mm = |pixels: usize| pixels as f32 * 25.4 / 72.0;
    let bounds = |page| {
        let picture = render(
            page,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &settings,
        );
        let width = usize::from(picture.width());
        let inked = picture.data().iter().enumerate().filter(|(_, p)| p.r.min(p.b) < 200);
        let places: Vec<_> = inked.map(|(at, _)| (at % width, at / width)).collect();
        let left = places.iter().map(|p| p.0).min().unwrap();
        let right = places.iter().map(|p| p.0).max().unwrap();
        (mm(left), mm(right), mm(places.iter().map(|p| p.1).max().unwrap()))
    };
    pdf.pages().iter().map(bounds).collect()
}

#[test]
fn text_can_be_selected_and_says_what_the_page_says() {
    let promises = [
        (
            certificate(HARD_NAME),
            vec![HARD_NAME, "ABCDEF", "告知要求制限", "昭和26年4月29日", "1951-04-29", "B04"],
        ),
        (
            notice(HARD_NAME),
            vec!["このお知らせだけでは受診できません", HARD_NAME, "not valid alone"],
        ),
        (
            slip(Verdict::Eligible, HARD_NAME),
            vec!["資格あり", "Eligible", "000123-7f3a9c", "古い（要確認）"],
        ),
        (slip(Verdict::NotEligible, HARD_NAME), vec!["資格なし", "この保険の資格は終わっています"]),
        (slip(Verdict::CannotTell, HARD_NAME), vec!["確認できません", "Call the insurer."]),
        (
            drugs(30, HARD_NAME),
            vec![
                "ワーファリン",
                "11〜41日",
                "直近100日分の情報は含みません",
                "R8-NOTO-001",
                "3 / 3",
            ],
        ),
        (order(), vec!["災害時モード開設指示", "R8-NOTO-001", "172049", "令和8年12月22日"]),
    ];
    if !found("pdftotext") {
        return;
    }
    for (printed, words) in promises {
        let text = pdftotext(&printed.pdf);
        let squeezed: String = text.split_whitespace().collect();
        for word in words {
            let wanted: String = word.split_whitespace().collect();
            assert!(squeezed.contains(&wanted), "{word} is not in:\n{text}");
        }
    }
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
