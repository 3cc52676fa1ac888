//! The part of a certificate or notice that is cut out and folded to card size: text on one face, the code on the other.

use super::{
    PrintError,
    qr::Payload,
    sheet::{Area, Ink, Sheet, Stroke, Style, bold, plain},
    words,
};
use crate::domain::evidence::{DocumentClaims, DocumentKind};

/// Card size (ISO/IEC 7810 ID-1), rounded up to whole tenths.
pub(super) const CARD_WIDTH_MM: f32 = 85.6;
/// Height of a card.
pub(super) const CARD_HEIGHT_MM: f32 = 54.0;
const EDGE_MM: f32 = 4.0;
/// What the symbol keeps from edge and fold (credentials 7.4).
const CODE_EDGE_MM: f32 = 10.0;

/// What the code's owner must know before showing it to anyone outside health care (告知要求制限: 健康保険法 第194条の2 and
/// the parallel rules; field D18).
pub(super) const MASKING: &str = "このQRコードには記号・番号等が入っています。医療保険以外の目的で記号・番号を求めることは法律で\
    制限されています（告知要求制限）。写しを渡すときは、記号・番号とQRコードを必ず隠してください。";

/// The same, in English.
pub(super) const MASKING_EN: &str =
    "The code contains the insurance symbol and number. Mask both on every copy.";

/// The paper's own name.
pub(super) fn title(kind: DocumentKind) -> (&'static str, &'static str) {
    match kind {
        DocumentKind::Certificate => ("資格確認書", "Certificate of insurance eligibility"),
        DocumentKind::Notice => ("資格情報のお知らせ", "Notice of insurance eligibility"),
    }
}

/// 番号 with the branch as papers print it.
pub(super) fn number_with_branch(claims: &DocumentClaims) -> String {
    match claims.identity.branch {
        Some(branch) => format!("{}（枝番 {branch}）", claims.identity.number),
        None => claims.identity.number.clone(),
    }
}

/// A symbol, or the sign that the paper bears none.
pub(super) fn symbol_or_none(symbol: &str) -> String {
    if symbol.is_empty() { "（なし）".into() } else { symbol.into() }
}

/// Every signed field in words, for the table beside the code.
pub(super) fn all_fields(claims: &DocumentClaims) -> Vec<(&'static str, String)> {
    let not_stated = || "記載なし not stated".to_owned();
    vec![
        ("保険者番号 Insurer no.", claims.identity.insurer.to_string()),
        ("記号 Symbol", symbol_or_none(&claims.identity.symbol)),
        ("番号（枝番） Number", number_with_branch(claims)),
        ("氏名 Name", claims.name.clone()),
        ("フリガナ Kana", claims.kana.clone()),
        ("生年月日 Birth date", words::day(claims.birth)),
        ("性別 Sex", words::sex(claims.sex).into()),
        ("本人・家族 Relation", words::relation(claims.relation).into()),
        ("負担割合 Share", claims.burden.map_or_else(not_stated, words::share)),
        ("限度額適用区分 Limit class", claims.limit_class.clone().unwrap_or_else(not_stated)),
        ("資格取得日 Insured from", words::day(claims.valid_from)),
        ("交付日 Issued", words::day(claims.issued_on)),
        ("有効期限 Valid to", claims.valid_to.map_or_else(|| "定めなし none".into(), words::day)),
        ("書類の控え番号 Serial", format!("…{}（末尾6桁）", words::serial_tail(&claims.serial))),
    ]
}

/// The face with the text.
pub(super) fn text_face(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    claims: &DocumentClaims,
    issuer_name: &str,
) -> Result<(), PrintError> {
    let (name_ja, _) = title(claims.kind);
    let (left, right) = (x + EDGE_MM, x + CARD_WIDTH_MM - EDGE_MM);
    sheet.text(left, y + 3.2, name_ja, bold(10.5))?;
    let valid = claims.valid_to.map_or_else(
        || format!("交付 {}", words::wareki(claims.issued_on)),
        |day| format!("有効期限 {}", words::wareki(day)),
    );
    sheet.text_right(right, y + 4.2, &valid, bold(7.0))?;
    sheet.line((left, y + 9.2), (right, y + 9.2), Stroke::Hair);
    let mut at = y + 10.2;
    for (name, value, style) in card_rows(claims, issuer_name) {
        at = card_row(sheet, (left, at), right - left, (name, &value, style))?;
    }
    Ok(())
}

fn card_rows(claims: &DocumentClaims, issuer_name: &str) -> Vec<(&'static str, String, Style)> {
    let certificate = claims.kind == DocumentKind::Certificate;
    let mut rows = vec![
        ("記号", symbol_or_none(&claims.identity.symbol), bold(9.5)),
        ("番号(枝番)", number_with_branch(claims), bold(9.5)),
        ("氏名", claims.name.clone(), bold(12.0)),
        ("フリガナ", claims.kana.clone(), plain(7.5)),
    ];
    let birth = words::wareki(claims.birth);
    if certificate {
        let sex = words::sex(claims.sex).split(' ').next().unwrap_or_default();
        let relation = words::relation(claims.relation).split(' ').next().unwrap_or_default();
        rows.push(("生年月日", format!("{birth}　性別 {sex}　{relation}"), plain(8.0)));
        let share = claims.burden.map_or_else(|| "―".into(), words::share);
        let limit = claims.limit_class.as_deref().unwrap_or("―");
        rows.push(("負担割合", format!("{share}　限度額区分 {limit}"), plain(8.0)));
    } else {
        // The cut-out part of a notice bears neither sex nor share (field D5).
        rows.push(("生年月日", birth, plain(8.0)));
    }
    let dates = (words::wareki(claims.valid_from), words::wareki(claims.issued_on));
    rows.push(("資格取得日", format!("{}　交付 {}", dates.0, dates.1), plain(8.0)));
    rows.push(("保険者", format!("{}　{issuer_name}", claims.identity.insurer), plain(8.0)));
    rows
}

fn card_row(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    width: f32,
    (name, value, style): (&str, &str, Style),
) -> Result<f32, PrintError> {
    const NAME_MM: f32 = 15.0;
    let fitted = Sheet::fitted(value, width - NAME_MM, style, (1, 6.0))?;
    let fitted = Sheet::fitted(value, width - NAME_MM, fitted, (2, 4.5))?;
    let end = sheet.paragraph(x + NAME_MM, y, width - NAME_MM, value, fitted)?;
    let name_style = plain(6.0).ink(Ink::Grey);
    let drop = (fitted.line_mm() - name_style.line_mm()) / 2.0;
    sheet.text(x, y + drop.max(0.0), name, name_style)?;
    Ok(end + 0.35)
}

/// The face with the code, as large as the card lets it be.
pub(super) fn code_face(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    claims: &DocumentClaims,
    digits: &str,
) -> Result<(), PrintError> {
    let payload = Payload::Digits(digits);
    let roomy = Sheet::qr_side_mm(payload, 5)? <= CARD_HEIGHT_MM - 2.0 * CODE_EDGE_MM;
    let dots = if roomy { 5 } else { 4 };
    let side = Sheet::qr_side_mm(payload, dots)?;
    let text_width = CARD_WIDTH_MM - side - CODE_EDGE_MM - EDGE_MM - 1.0;
    let centre = (x + CARD_WIDTH_MM - CODE_EDGE_MM - side / 2.0, y + CARD_HEIGHT_MM / 2.0);
    sheet.qr(payload, centre, dots)?;
    let left = x + EDGE_MM;
    let mut at =
        sheet.paragraph(left, y + 4.0, text_width, "医療機関・薬局で読み取るコード", bold(8.0))?;
    at = sheet.paragraph(left, at + 1.0, text_width, MASKING, plain(5.8))?;
    at = sheet.paragraph(left, at + 0.6, text_width, MASKING_EN, plain(5.5))?;
    let serial = format!("控え番号 …{}", words::serial_tail(&claims.serial));
    let low = (y + CARD_HEIGHT_MM - 7.5).max(at + 0.5);
    sheet.text(left, low, &serial, bold(7.5))
}

/// Two faces side by side, to be cut along the dashes and folded in the middle.
pub(super) fn folded_across(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    claims: &DocumentClaims,
    (digits, issuer_name): (&str, &str),
) -> Result<(), PrintError> {
    let area = Area { x, y, width: 2.0 * CARD_WIDTH_MM, height: CARD_HEIGHT_MM };
    sheet.frame(area, Stroke::Cut);
    let middle = x + CARD_WIDTH_MM;
    sheet.line((middle, y), (middle, y + CARD_HEIGHT_MM), Stroke::Fold);
    text_face(sheet, (x, y), claims, issuer_name)?;
    code_face(sheet, (middle, y), claims, digits)
}

/// Two faces one above the other, to be cut along the dashes and folded in the middle.
pub(super) fn folded_down(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    claims: &DocumentClaims,
    (digits, issuer_name): (&str, &str),
) -> Result<(), PrintError> {
    let area = Area { x, y, width: CARD_WIDTH_MM, height: 2.0 * CARD_HEIGHT_MM };
    sheet.frame(area, Stroke::Cut);
    let middle = y + CARD_HEIGHT_MM;
    sheet.line((x, middle), (x + CARD_WIDTH_MM, middle), Stroke::Fold);
    text_face(sheet, (x, y), claims, issuer_name)?;
    code_face(sheet, (x, middle), claims, digits)
}
