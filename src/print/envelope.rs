//! 非常用開封紙: one share of an opening secret on a sheet for its envelope, and the register of the set, without a secret.

use super::{
    PrintError, Printed,
    qr::Payload,
    sheet::{Area, Ink, MARGIN_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::{Begins, Column, Fields, Grid, Row},
    words,
};
use jiff::civil::Date;

/// What all sheets of one set have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeSet {
    /// The region's name.
    pub region: String,
    /// Who made the set, keeps its register and is told when it was opened.
    pub publisher: String,
    /// The set: id of the opening secret and of the deal.
    pub set: String,
    /// How many sheets are needed.
    pub threshold: u8,
    /// How many there are.
    pub count: u8,
    /// When it was made.
    pub made_on: Date,
}

/// One sheet of a set.
#[derive(Clone, Copy, Debug)]
pub struct EnvelopeSheet<'a> {
    /// Its number, from 1.
    pub index: u8,
    /// Who keeps it.
    pub holder: &'a str,
    /// Its fingerprint, as in the register.
    pub fingerprint: &'a str,
    /// The share as digits for the symbol.
    pub digits: &'a str,
    /// The same as groups for the keyboard.
    pub groups: &'a [&'a str],
}

const TITLE: &str = "非常用開封紙";
/// Dots of a module: read by any camera, also after years in an envelope.
const QR_DOTS: u8 = 9;
const GROUP_COLUMNS: usize = 4;
const WIDTH_MM: f32 = RIGHT_MM - MARGIN_MM;

/// Words that hold for every set, Japanese and English.
const WHEN: &[(&str, &str)] = &[
    (
        "先に、箱の Sonae が封筒で開けられる版か確かめる。0.1 は組を調べるだけで、まだ開けない。",
        "First see that the box's Sonae can open with envelopes: 0.1 only checks a set.",
    ),
    (
        "災害で開設指示が届かず、薬の記録がどうしても要るときだけ開封する。",
        "Open only in a disaster, when no order arrives and drug records are needed.",
    ),
    (
        "二人で決め、二人で開ける。封筒の保管者どうし、別々の封筒を持ち寄る。",
        "Two named people decide and open together, each bringing another envelope.",
    ),
    (
        "この紙の写しを取らない。撮影しない。読み上げて電話で伝えない。",
        "Do not copy it, do not photograph it, do not read it out over a telephone.",
    ),
];

const AFTERWARDS: &[(&str, &str)] = &[
    (
        "下の欄に日時・氏名・理由を書き、発行元に知らせる。一度開けた組は使い終わり。",
        "Fill in the record below and tell the publisher. A set once opened is spent.",
    ),
    (
        "新しい組が届いたら、開けていなくても、この紙は裁断して捨てる。",
        "When the next set arrives, shred this sheet, opened or not.",
    ),
];

/// The sheet that goes into one envelope. It holds a secret: whoever writes it owes a file nobody else may read.
pub fn envelope_sheet(
    set: &EnvelopeSet,
    envelope: &EnvelopeSheet<'_>,
) -> Result<Printed, PrintError> {
    let footer = format!("{TITLE}　{}　組 {}", set.region, set.set);
    let mut sheet = Sheet::new(TITLE, set.made_on, footer);
    let number = format!("{} / {}", envelope.index, set.count);
    sheet.text(MARGIN_MM, 12.0, TITLE, bold(22.0))?;
    sheet.text_right(RIGHT_MM, 12.0, &number, bold(22.0))?;
    let english = "Break-glass sheet: to be kept in its sealed envelope";
    sheet.text(MARGIN_MM, 22.5, english, plain(10.0))?;
    let look = Fields {
        x: MARGIN_MM,
        width: WIDTH_MM,
        name_width: 42.0,
        name_size: 9.0,
        value: plain(10.5),
    };
    let mut rows = set_rows(set);
    rows.push(("保管者 Holder", envelope.holder.to_owned()));
    rows.push(("確認番号 Fingerprint", envelope.fingerprint.to_owned()));
    let y = sheet.fields(29.0, &look, &rows)? + 2.5;
    let y = needed(&mut sheet, y, set)? + 2.0;
    let y = steps(&mut sheet, y, "いつ開けるか　When to open", WHEN)? + 1.0;
    let y = steps(&mut sheet, y, "開けたあと　Afterwards", AFTERWARDS)? + 2.0;
    let y = share(&mut sheet, y, envelope)? + 3.0;
    opened(&mut sheet, y)?;
    sheet.finish()
}

fn set_rows(set: &EnvelopeSet) -> Vec<(&'static str, String)> {
    vec![
        ("地域 Region", set.region.clone()),
        ("発行元 Publisher", set.publisher.clone()),
        ("組番号 Set", set.set.clone()),
        ("作成日 Made", words::day(set.made_on)),
    ]
}

/// How many are needed, on a dark ground: the one thing to know about the sheet.
fn needed(sheet: &mut Sheet, y: f32, set: &EnvelopeSet) -> Result<f32, PrintError> {
    let (needed, count) = (set.threshold, set.count);
    let height = 13.0;
    sheet.fill(Area { x: MARGIN_MM, y, width: WIDTH_MM, height }, Ink::Black);
    let ja = format!("{count}枚のうち{needed}枚そろうと開きます。足りないうちは何も分かりません。");
    let en = format!("Any {needed} of the {count} sheets open; fewer tell nothing.");
    sheet.text(MARGIN_MM + 3.0, y + 0.8, &ja, bold(12.0).ink(Ink::White))?;
    sheet.text(MARGIN_MM + 3.0, y + 7.2, &en, plain(9.0).ink(Ink::White))?;
    Ok(y + height)
}

fn steps(
    sheet: &mut Sheet,
    y: f32,
    heading: &str,
    steps: &[(&str, &str)],
) -> Result<f32, PrintError> {
    sheet.text(MARGIN_MM, y, heading, bold(10.5))?;
    let mut y = y + bold(10.5).line_mm() + 0.3;
    let width = WIDTH_MM - 6.5;
    for (index, (ja, en)) in steps.iter().enumerate() {
        sheet.text(MARGIN_MM, y, &format!("{}", index + 1), bold(10.0))?;
        y = sheet.paragraph(MARGIN_MM + 6.5, y, width, ja, plain(10.0))?;
        y = sheet.paragraph(MARGIN_MM + 6.5, y - 0.6, width, en, plain(8.0).ink(Ink::Grey))? + 0.6;
    }
    Ok(y)
}

/// The symbol for a scanner, and beside it the groups for the keyboard.
fn share(sheet: &mut Sheet, y: f32, envelope: &EnvelopeSheet<'_>) -> Result<f32, PrintError> {
    let payload = Payload::Digits(envelope.digits);
    let side = Sheet::qr_side_mm(payload, QR_DOTS)?;
    let rows = envelope.groups.len().div_ceil(GROUP_COLUMNS) as f32;
    let row_mm = 6.6;
    let height = side.max(rows * row_mm + 13.0) + 4.0;
    sheet.frame(Area { x: MARGIN_MM, y, width: WIDTH_MM, height }, Stroke::Firm);
    sheet.qr(payload, (MARGIN_MM + 3.0 + side / 2.0, y + height / 2.0), QR_DOTS)?;
    let left = MARGIN_MM + side + 7.0;
    let ja = "読み取れないときは、小さい番号の順に、数字だけを入れる。";
    let en = "If the code cannot be scanned, type the groups in the order of the small numbers.";
    sheet.text(left, y + 2.0, ja, plain(8.5))?;
    sheet.text(left, y + 6.2, en, plain(7.0).ink(Ink::Grey))?;
    let column_mm = (RIGHT_MM - left - 2.0) / GROUP_COLUMNS as f32;
    for (at, group) in envelope.groups.iter().enumerate() {
        let x = left + (at % GROUP_COLUMNS) as f32 * column_mm;
        let top = y + 12.0 + (at / GROUP_COLUMNS) as f32 * row_mm;
        sheet.text(x, top + 1.7, &format!("{:2}", at + 1), plain(7.0).ink(Ink::Grey))?;
        sheet.text(x + 4.5, top, group, bold(14.0))?;
    }
    Ok(y + height)
}

/// To be filled in by hand when the envelope was opened.
fn opened(sheet: &mut Sheet, y: f32) -> Result<(), PrintError> {
    sheet.text(MARGIN_MM, y, "開封の記録　Record of opening", bold(10.5))?;
    let y = y + bold(10.5).line_mm() + 0.5;
    let half = WIDTH_MM / 2.0;
    let places = [
        (0.0, 0.0, half, "開封した日時　Opened at"),
        (half, 0.0, half, "理由　Reason"),
        (0.0, 14.0, half, "開封者1　署名・印　First opener, signature or seal"),
        (half, 14.0, half, "開封者2　署名・印　Second opener, signature or seal"),
    ];
    for (dx, dy, width, name) in places {
        let area = Area { x: MARGIN_MM + dx, y: y + dy, width, height: 14.0 };
        sheet.frame(area, Stroke::Hair);
        sheet.text(area.x + 1.5, area.y + 0.5, name, plain(7.5).ink(Ink::Grey))?;
    }
    Ok(())
}

const SMALL: super::sheet::Style = plain(10.0);
const REGISTER: &[Column] = &[
    Column { title: "番号", title_en: "no.", width: 14.0, style: SMALL },
    Column { title: "保管者", title_en: "holder", width: 52.0, style: SMALL },
    Column { title: "確認番号", title_en: "fingerprint", width: 30.0, style: SMALL },
    Column { title: "受領　日付・印", title_en: "received", width: 42.0, style: SMALL },
    Column { title: "廃棄　日付・印", title_en: "destroyed", width: 42.0, style: SMALL },
];

/// The register of a set, for the publisher's file: who holds which sheet. It holds no secret.
pub fn envelope_register(
    set: &EnvelopeSet,
    holders: &[(&str, String)],
) -> Result<Printed, PrintError> {
    let title = format!("{TITLE}　台帳");
    let footer = format!("{title}　{}　組 {}", set.region, set.set);
    let mut sheet = Sheet::new(&title, set.made_on, footer);
    sheet.text(MARGIN_MM, 15.0, &title, bold(22.0))?;
    let english = "Register of a break-glass set; it holds no secret";
    sheet.text(MARGIN_MM, 26.0, english, plain(10.0))?;
    let look = Fields {
        x: MARGIN_MM,
        width: WIDTH_MM,
        name_width: 42.0,
        name_size: 9.0,
        value: plain(10.5),
    };
    let y = sheet.fields(34.0, &look, &set_rows(set))? + 4.0;
    let y = needed(&mut sheet, y, set)? + 5.0;
    let row = |(at, (holder, fingerprint)): (usize, &(&str, String))| Row {
        begins: Begins::Group,
        cells: vec![
            format!("{}\n ", at + 1), // two lines high: a seal needs room
            (*holder).to_owned(),
            fingerprint.clone(),
            String::new(),
            String::new(),
        ],
    };
    let rows: Vec<Row> = holders.iter().enumerate().map(row).collect();
    let grid = Grid { columns: REGISTER, next_top_mm: MARGIN_MM };
    let y = grid.draw(&mut sheet, y, &rows, |_| Ok(()))? + 6.0;
    let y = steps(&mut sheet, y, "この組について　About this set", KEEPING)?;
    opened(&mut sheet, y + 5.0)?;
    sheet.finish()
}

const KEEPING: &[(&str, &str)] = &[
    (
        "同じ人・同じ場所に2枚を置かない。封をして、封の上に日付と署名を書く。",
        "Never two sheets with one person or in one place. Seal each envelope; date and sign across the flap.",
    ),
    (
        "封筒が破れた・無くなった・開けられたら、新しい開封の鍵で地域データと組を作り直す。",
        "If an envelope is torn, lost or opened, make the next release and set with a new opening secret.",
    ),
    (
        "新しい組を渡すときに古い組を回収し、廃棄の欄に書く。",
        "Collect the old set when the new one is handed out, and note it as destroyed.",
    ),
];
