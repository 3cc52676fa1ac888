//! 資格確認書: a certificate on A4 with a card-size part to cut out.

use super::{
    PrintError, Printed,
    card::{self, Card},
    qr::{Payload, Symbol},
    sheet::{Area, MARGIN_MM, PAGE_WIDTH_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::Fields,
    words,
};
use crate::domain::{evidence::DocumentClaims, paper::PrintedValues};
use jiff::civil::Date;

/// A certificate: the folded card with text and code, and every signed field in words below.
pub fn certificate_sheet(
    claims: &DocumentClaims,
    digits: &str,
    issuer_name: &str,
    made_on: Date,
) -> Result<Printed, PrintError> {
    let (title_ja, title_en) = card::title(claims.kind);
    let footer = format!("{title_ja}　控え番号 …{}", words::serial_tail(&claims.serial));
    let mut sheet = Sheet::new(title_ja, made_on, footer);
    let width = RIGHT_MM - MARGIN_MM;
    sheet.text(MARGIN_MM, 16.0, title_ja, bold(24.0))?;
    sheet.text(MARGIN_MM, 28.0, title_en, plain(11.0))?;
    sheet.text_right(RIGHT_MM, 28.0, &format!("作成 {}", words::day(made_on)), plain(9.0))?;
    let y = sheet.paragraph(MARGIN_MM, 37.0, width, HOW_TO_USE, plain(10.0))?;
    let x = (PAGE_WIDTH_MM - 2.0 * card::CARD_WIDTH_MM) / 2.0;
    let y = y + 3.0;
    sheet.text(
        x,
        y,
        "破線で切り、中央の点線で山折りにすると、カードの大きさになります。Cut, then fold.",
        plain(8.0),
    )?;
    let values = PrintedValues::of(claims);
    let symbol = Symbol::of(Payload::Digits(digits))?;
    let card = Card { claims, values: &values, symbol: &symbol, issuer_name, layout: None };
    card::folded_across(&mut sheet, (x, y + 5.5), &card)?;
    let y = y + 5.5 + card::CARD_HEIGHT_MM + 6.0;
    sheet.text(
        MARGIN_MM,
        y,
        "コードに署名されている内容　What is signed in the code",
        bold(11.0),
    )?;
    let rows = card::all_fields(claims, &values, issuer_name, None);
    let look = Fields { x: MARGIN_MM, width, name_width: 48.0, name_size: 8.5, value: plain(10.5) };
    let y = sheet.fields(y + 6.5, &look, &rows)?;
    masking_box(&mut sheet, (MARGIN_MM, y + 4.0), width)?;
    sheet.finish()
}

const HOW_TO_USE: &str = "医療機関・薬局の窓口で、この書類（または切り取ったカード）を見せてください。窓口の係は、氏名・生年月日・顔を\
    見比べてからコードを読み取ります。\nShow this paper, or the card cut from it, at the counter.";

/// The warning about copies, in a firm frame.
pub(super) fn masking_box(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    width: f32,
) -> Result<f32, PrintError> {
    let inner = width - 8.0;
    let mut end = sheet.paragraph(x + 4.0, y + 2.0, inner, card::MASKING, bold(9.0))?;
    end = sheet.paragraph(x + 4.0, end, inner, card::MASKING_EN, plain(8.5))?;
    sheet.frame(Area { x, y, width, height: end + 2.0 - y }, Stroke::Firm);
    Ok(end + 2.0)
}
