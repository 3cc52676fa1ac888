//! 資格情報のお知らせ: a notice on A4 with a part to cut out at a lower corner. Never enough alone.

use super::{
    PrintError, Printed,
    card::{self, Card},
    certificate::masking_box,
    qr::{Payload, Symbol},
    sheet::{Area, BOTTOM_MM, MARGIN_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::Fields,
    words,
};
use crate::domain::{
    evidence::DocumentClaims,
    paper::{Corner, PartLayout, PrintedValues},
};
use jiff::civil::Date;

const ALONE_JA: &str = "このお知らせだけでは受診できません。マイナ保険証（マイナンバーカード）と一緒に見せてください。";
const ALONE_EN: &str = "This notice is not valid alone: show it together with the My Number card.";
const STEPS: &[&str] = &[
    "1　マイナ保険証を読み取れない医療機関・薬局では、カードとこのお知らせを一緒に見せてください。",
    "2　切り取ってカードと一緒に持ち歩けます。切り取った部分だけでも、カードと一緒なら使えます。",
    "3　保険が変わったら、このお知らせは捨てて、新しいものを使ってください。",
    "Keep the cut-out with your My Number card. When your insurance changes, throw it away and use the new one.",
];

/// A notice: the fields in words, that it is not valid alone, and the folded part with the code at the bottom right.
pub fn notice_sheet(
    claims: &DocumentClaims,
    digits: &str,
    issuer_name: &str,
    made_on: Date,
) -> Result<Printed, PrintError> {
    let (title_ja, _) = card::title(claims.kind);
    let footer = format!("{title_ja}　控え番号 …{}", words::serial_tail(&claims.serial));
    let mut sheet = Sheet::new(title_ja, made_on, footer);
    let values = PrintedValues::of(claims);
    let symbol = Symbol::of(Payload::Digits(digits))?;
    let card = Card { claims, values: &values, symbol: &symbol, issuer_name, layout: None };
    page(&mut sheet, &card, (Corner::BottomRight, None), made_on)?;
    sheet.finish()
}

/// Draws one notice on the present page. `whole` is the layout of the sheet, that of `card` the cut-out's.
pub(super) fn page(
    sheet: &mut Sheet,
    card: &Card<'_>,
    (corner, whole): (Corner, Option<&PartLayout>),
    made_on: Date,
) -> Result<(), PrintError> {
    let (title_ja, title_en) = card::title(card.claims.kind);
    let width = RIGHT_MM - MARGIN_MM;
    sheet.text(MARGIN_MM, 14.0, title_ja, bold(20.0))?;
    sheet.text(MARGIN_MM, 24.5, title_en, plain(10.0))?;
    sheet.text_right(RIGHT_MM, 24.5, &format!("作成 {}", words::day(made_on)), plain(9.0))?;
    let y = alone_box(sheet, 31.0, width)?;
    let rows = card::all_fields(card.claims, card.values, card.issuer_name, whole);
    let look = Fields { x: MARGIN_MM, width, name_width: 46.0, name_size: 8.0, value: plain(9.5) };
    let y = sheet.fields(y + 3.0, &look, &rows)?;
    let top = BOTTOM_MM + 2.0 - 2.0 * card::CARD_HEIGHT_MM;
    const GAP_MM: f32 = 6.0;
    let (card_x, text_x, hint) = match corner {
        Corner::BottomRight => (RIGHT_MM - card::CARD_WIDTH_MM, MARGIN_MM, RIGHT_HINT),
        Corner::BottomLeft => (MARGIN_MM, MARGIN_MM + card::CARD_WIDTH_MM + GAP_MM, LEFT_HINT),
    };
    card::folded_down(sheet, (card_x, top), card)?;
    let text_width = width - card::CARD_WIDTH_MM - GAP_MM;
    beside_the_card(sheet, (text_x, (y + 3.0).max(top)), text_width, hint)
}

const RIGHT_HINT: &str = "右の破線で切り、点線で折ると、カードの大きさになります。";
const LEFT_HINT: &str = "左の破線で切り、点線で折ると、カードの大きさになります。";

fn alone_box(sheet: &mut Sheet, y: f32, width: f32) -> Result<f32, PrintError> {
    let end = sheet.paragraph(MARGIN_MM + 4.0, y + 2.0, width - 8.0, ALONE_JA, bold(12.0))?;
    let end = sheet.paragraph(MARGIN_MM + 4.0, end, width - 8.0, ALONE_EN, plain(9.5))?;
    sheet.frame(Area { x: MARGIN_MM, y, width, height: end + 2.0 - y }, Stroke::Firm);
    Ok(end + 2.0)
}

fn beside_the_card(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    width: f32,
    hint: &str,
) -> Result<(), PrintError> {
    let mut y = sheet.paragraph(x, y, width, "使い方　How to use", bold(10.0))? + 1.0;
    for step in STEPS {
        y = sheet.paragraph(x, y, width, step, plain(8.5))? + 1.2;
    }
    y = masking_box(sheet, (x, y + 1.0), width)?;
    sheet.paragraph(x, y + 2.0, width, hint, plain(8.0))?;
    Ok(())
}
