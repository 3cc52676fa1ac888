//! The drug sheet: what a person takes, for the pharmacist in the shelter, with JAHIS symbols any pharmacy's reader takes.

use super::{
    PrintError, Printed,
    qr::Payload,
    sheet::{Area, BOTTOM_MM, Ink, MARGIN_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::{Begins, Column, Fields, Grid, Row},
    words,
};
use crate::domain::{
    evidence::SnapshotSource,
    medication::{Dispensing, Setting},
    person::Sex,
    time::Stamp,
};
use jiff::civil::Date;
use std::cmp::Reverse;

/// What a drug sheet says.
#[derive(Clone, Debug)]
pub struct DrugSheet<'a> {
    /// 氏名.
    pub name: &'a str,
    /// フリガナ; empty if unknown.
    pub kana: &'a str,
    /// 性別.
    pub sex: Sex,
    /// 生年月日.
    pub birth: Date,
    /// What was handed out since `since`; printed newest first.
    pub dispensings: &'a [Dispensing],
    /// First day that the sheet covers: it holds what the patient takes now, not five years of history.
    pub since: Date,
    /// Which snapshot says so, and as of when.
    pub source: &'a SnapshotSource,
    /// Number of the order or of the break-glass opening under which the records were read.
    pub order_number: &'a str,
    /// Who read them.
    pub viewer: &'a str,
    /// Where.
    pub facility: &'a str,
    /// When they were read.
    pub read_at: Stamp,
    /// JAHIS お薬手帳 symbols, one element a symbol, as bytes (CP932).
    pub qr_parts: &'a [Vec<u8>],
}

/// Data from claims lag behind what the patient takes (field A28).
const LAG_JA: &str = "この一覧は診療報酬の請求から作られ、調剤からおよそ11〜41日遅れます。電子処方箋の直近100日分の情報は含みません。\
    最近の処方・市販薬・飲み残しは載っていません。\
    必ず本人に確かめてください。";
const LAG_EN: &str = "Made from claims: 11 to 41 days behind. Recent e-prescription data (100 days) are not included. Ask the patient.";

/// Dots of a module; larger than on a certificate, for it is scanned in bad light.
const QR_DOTS: u8 = 5;

/// The sheet, as long as the list needs.
pub fn drug_sheet(drugs: &DrugSheet<'_>) -> Result<Printed, PrintError> {
    let read_at = words::moment(drugs.read_at);
    let footer = format!(
        "薬剤情報　指示 {}　閲覧 {read_at}　{}生　{}",
        drugs.order_number, drugs.birth, drugs.name
    );
    let mut sheet = Sheet::new("薬剤情報（災害時閲覧）", drugs.read_at.day(), footer);
    sheet.text(MARGIN_MM, 13.0, "薬剤情報（災害時閲覧）", bold(17.0))?;
    sheet.text(MARGIN_MM, 21.0, "Drug history, disaster access", plain(9.0))?;
    sheet.text_right(RIGHT_MM, 21.0, &format!("閲覧 {read_at}"), plain(9.0))?;
    let width = RIGHT_MM - MARGIN_MM;
    let mut y = person(&mut sheet, 27.0, drugs)?;
    y = lag_box(&mut sheet, y + 3.0, width, drugs.since)?;
    y = table(&mut sheet, y + 3.0, drugs)?;
    y = codes(&mut sheet, y + 4.0, drugs.qr_parts)?;
    origin(&mut sheet, y + 3.0, drugs)?;
    sheet.finish()
}

fn person(sheet: &mut Sheet, y: f32, drugs: &DrugSheet<'_>) -> Result<f32, PrintError> {
    let width = RIGHT_MM - MARGIN_MM;
    let name = Sheet::fitted(drugs.name, width, bold(20.0), (1, 11.0))?;
    let y = sheet.paragraph(MARGIN_MM, y, width, drugs.kana, plain(8.5))?;
    let y = sheet.paragraph(MARGIN_MM, y - 0.5, width, drugs.name, name)?;
    let facts = format!("{}生　　{}", words::day(drugs.birth), words::sex(drugs.sex));
    sheet.paragraph(MARGIN_MM, y, width, &facts, plain(11.5))
}

fn lag_box(sheet: &mut Sheet, y: f32, width: f32, since: Date) -> Result<f32, PrintError> {
    let (x, inner) = (MARGIN_MM + 3.0, width - 6.0);
    let covers = format!("{}以降の分を載せています。{LAG_JA}", words::day(since));
    let end = sheet.paragraph(x, y + 1.5, inner, &covers, bold(9.5))?;
    let covers = format!("Dispensed since {since}. {LAG_EN}");
    let end = sheet.paragraph(x, end, inner, &covers, plain(8.5))?;
    sheet.frame(Area { x: MARGIN_MM, y, width, height: end + 1.5 - y }, Stroke::Firm);
    Ok(end + 1.5)
}

const COLUMNS: &[Column] = &[
    Column { title: "調剤日", title_en: "Date", width: 24.0, style: plain(8.5) },
    Column {
        title: "薬の名前（成分）",
        title_en: "Drug (ingredient)",
        width: 62.0,
        style: plain(10.0),
    },
    Column {
        title: "用量×日数(回数)",
        title_en: "Dose × days (times)",
        width: 30.0,
        style: bold(10.0),
    },
    Column { title: "用法", title_en: "Usage", width: 34.0, style: plain(9.0) },
    Column { title: "施設", title_en: "Facility", width: 30.0, style: plain(8.0) },
];

fn table(sheet: &mut Sheet, y: f32, drugs: &DrugSheet<'_>) -> Result<f32, PrintError> {
    if drugs.dispensings.is_empty() {
        let none = "この期間の薬剤情報はありません。薬を飲んでいないとは限りません。";
        let y = sheet.paragraph(MARGIN_MM, y, RIGHT_MM - MARGIN_MM, none, bold(12.0))?;
        let none_en = "No records in this period. The person may well take drugs.";
        return sheet.paragraph(MARGIN_MM, y, RIGHT_MM - MARGIN_MM, none_en, plain(9.0));
    }
    let mut newest_first: Vec<&Dispensing> = drugs.dispensings.iter().collect();
    newest_first.sort_by_key(|d| Reverse(d.on));
    let mut above = None;
    let rows: Vec<Row> = newest_first
        .into_iter()
        .map(|drug| {
            let begins = if above == Some(drug.on) { Begins::Row } else { Begins::Group };
            above = Some(drug.on);
            Row { begins, cells: cells(drug) }
        })
        .collect();
    let grid = Grid { columns: COLUMNS, next_top_mm: 22.0 };
    let birth = format!("{}生（{}）　つづき", words::wareki(drugs.birth), drugs.birth);
    grid.draw(sheet, y, &rows, |sheet| {
        let birth_mm = Sheet::width_mm(&birth, bold(11.0))?;
        let room = RIGHT_MM - MARGIN_MM - birth_mm - 4.0;
        let style = Sheet::fitted(drugs.name, room, bold(11.0), (1, 8.0))?;
        let name = Sheet::one_line(drugs.name, room, style)?;
        sheet.text(MARGIN_MM, 14.0, &name, style)?;
        sheet.text_right(RIGHT_MM, 14.0, &birth, bold(11.0))
    })
}

fn cells(row: &Dispensing) -> Vec<String> {
    let setting = match row.setting {
        Setting::InHouse => "院内",
        Setting::Pharmacy => "薬局",
    };
    let ingredient = match row.drug.ingredient.as_str() {
        "" => String::new(),
        name if name == row.drug.name => String::new(),
        name => format!("\n（{name}）"),
    };
    vec![
        format!("{}\n{}", short_wareki(row.on), row.on),
        format!("{}{ingredient}", row.drug.name),
        format!("{}{} × {}", row.dose, row.drug.unit, row.days),
        row.usage.to_string(),
        format!("{}\n［{setting}］", row.facility),
    ]
}

/// `令和8.11.2`: the column is narrow.
fn short_wareki(date: Date) -> String {
    words::wareki(date).replace(['年', '月'], ".").replace('日', "")
}

fn codes(sheet: &mut Sheet, y: f32, parts: &[Vec<u8>]) -> Result<f32, PrintError> {
    let mut y = y;
    let mut x = MARGIN_MM;
    let mut row_height: f32 = 0.0;
    for (index, part) in parts.iter().enumerate() {
        let payload = Payload::Bytes(part);
        let side = Sheet::qr_side_mm(payload, QR_DOTS)?;
        if x + side > RIGHT_MM {
            (x, y, row_height) = (MARGIN_MM, y + row_height + 4.0, 0.0);
        }
        let room = side + 8.0 + if index == 0 { 12.0 } else { 0.0 };
        if y + room > BOTTOM_MM {
            sheet.new_page()?;
            (x, y, row_height) = (MARGIN_MM, MARGIN_MM, 0.0);
        }
        if index == 0 {
            y = codes_heading(sheet, y)?;
        }
        let label = format!("{} / {}", index + 1, parts.len());
        sheet.text(x + 4.0, y, &label, bold(9.0))?;
        sheet.qr(payload, (x + side / 2.0, y + 4.0 + side / 2.0), QR_DOTS)?;
        x += side + 4.0;
        row_height = row_height.max(side + 4.0);
    }
    Ok(y + row_height)
}

fn codes_heading(sheet: &mut Sheet, y: f32) -> Result<f32, PrintError> {
    sheet.text(MARGIN_MM, y, "電子版お薬手帳コード（JAHIS）", bold(10.5))?;
    let hint =
        "薬局のリーダーやお薬手帳アプリで、番号順に全部読み取ってください。Scan all, in order.";
    sheet.text(MARGIN_MM, y + 5.2, hint, plain(8.0).ink(Ink::Grey))?;
    Ok(y + 10.5)
}

fn origin(sheet: &mut Sheet, y: f32, drugs: &DrugSheet<'_>) -> Result<(), PrintError> {
    let rows = [
        (
            "情報の出どころ Source",
            format!(
                "{} 地域データ 第{}版　{} 時点",
                drugs.source.region,
                drugs.source.version,
                words::moment(drugs.source.as_of)
            ),
        ),
        ("開設の指示 Order", drugs.order_number.to_owned()),
        ("閲覧した人 Read by", format!("{}　{}", drugs.viewer, drugs.facility)),
        ("閲覧した時刻 Read at", words::moment(drugs.read_at)),
    ];
    let mut y = y;
    if y + 32.0 > BOTTOM_MM {
        sheet.new_page()?;
        y = MARGIN_MM;
    }
    let width = RIGHT_MM - MARGIN_MM;
    let look = Fields { x: MARGIN_MM, width, name_width: 42.0, name_size: 8.0, value: plain(8.5) };
    sheet.fields(y, &look, &rows)?;
    Ok(())
}
