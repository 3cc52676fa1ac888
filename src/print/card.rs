//! The part of a certificate or notice that has card size: text on one face, the code on the other.

use super::{
    PrintError,
    marks::{self, is_sample},
    qr::Symbol,
    sheet::{Area, Ink, Sheet, Stroke, Style, bold, plain, symbol_side_mm},
    words,
};
use crate::domain::{
    evidence::{DocumentClaims, DocumentKind},
    paper::{Borne, Item, PartLayout, PrintedLimitClass, PrintedValues},
};
use jiff::civil::Date;

/// Card size (ISO/IEC 7810 ID-1), rounded up to whole tenths.
pub(super) const CARD_WIDTH_MM: f32 = 85.6;
/// Height of a card.
pub(super) const CARD_HEIGHT_MM: f32 = 54.0;
const EDGE_MM: f32 = 4.0;
/// What the symbol keeps from edge and fold (credentials 7.4).
pub(super) const CODE_EDGE_MM: f32 = 10.0;
/// Air under each row.
const ROW_AIR_MM: f32 = 0.35;
/// Below this nobody reads a row.
const SIZE_MIN: f32 = 4.0;

/// What the code's owner must know before showing it to anyone outside health care (告知要求制限: 健康保険法 第194条の2 and
/// the parallel rules; field D18).
pub(super) const MASKING: &str = "このQRコードには記号・番号等が入っています。医療保険以外の目的で記号・番号を求めることは法律で\
    制限されています（告知要求制限）。写しを渡すときは、記号・番号とQRコードを必ず隠してください。";

/// The same, in English.
pub(super) const MASKING_EN: &str =
    "The code contains the insurance symbol and number. Mask both on every copy.";

/// What a notice says wherever it may be shown without its sheet.
const ALONE: &str = "このお知らせだけでは受診できません。マイナ保険証と一緒に見せてください。";
const ALONE_EN: &str = "This notice is not valid alone: show it with the My Number card.";

/// What is printed of one paper.
pub(super) struct Card<'a> {
    /// What is signed.
    pub claims: &'a DocumentClaims,
    /// What is printed besides.
    pub values: &'a PrintedValues,
    /// The code.
    pub symbol: &'a Symbol,
    /// 保険者名.
    pub issuer_name: &'a str,
    /// The layout of the part printed, which alone decides; without one, everything signed is printed, but on a notice's cut-out
    /// neither sex, relation, share nor limit class (field D5).
    pub layout: Option<&'a PartLayout>,
}

impl Card<'_> {
    /// Whether this part bears the item.
    fn bears(&self, item: Item) -> bool {
        match self.layout {
            Some(layout) => layout.bears(item) != Borne::No,
            None => {
                let not_cut_out = [Item::Sex, Item::Relation, Item::Ratio, Item::LimitClass];
                self.claims.kind == DocumentKind::Certificate || !not_cut_out.contains(&item)
            }
        }
    }

    fn is_notice(&self) -> bool {
        self.claims.kind == DocumentKind::Notice
    }
}

/// The paper's own name.
pub(super) fn title(kind: DocumentKind) -> (&'static str, &'static str) {
    match kind {
        DocumentKind::Certificate => ("資格確認書", "Certificate of insurance eligibility"),
        DocumentKind::Notice => ("資格情報のお知らせ", "Notice of insurance eligibility"),
    }
}

/// 番号 with the branch as papers print it.
fn number_with_branch(claims: &DocumentClaims) -> String {
    match claims.identity.branch {
        Some(branch) => format!("{}（枝番 {branch}）", claims.identity.number),
        None => claims.identity.number.clone(),
    }
}

/// A symbol, or the sign that the paper bears none.
pub(super) fn symbol_or_none(symbol: &str) -> String {
    if symbol.is_empty() { "（なし）".into() } else { symbol.into() }
}

/// A value, and the day from which it holds, where the paper says one.
fn with_first_day(value: &str, from: Option<Date>) -> String {
    match from {
        Some(day) => format!("{value}　発効期日 {}", words::wareki(day)),
        None => value.to_owned(),
    }
}

/// Every field in words, for the table beside the code: what is signed, `*` and 「法定負担割合のとおり」 as they are, and
/// first days, which the code does not carry. `layout` leaves out what the whole paper does not bear.
pub(super) fn all_fields(
    claims: &DocumentClaims,
    values: &PrintedValues,
    issuer_name: &str,
    layout: Option<&PartLayout>,
) -> Vec<(&'static str, String)> {
    let not_stated = "記載なし not stated";
    let ratio = match values.ratio.percent() {
        Some(percent) => words::share(percent),
        None => values.ratio.to_string(),
    };
    let limit = match (&claims.limit_class, values.limit_class) {
        (Some(code), PrintedLimitClass::Class(class)) => format!("{}（{code}）", class.printed()),
        (Some(text), _) => text.clone(),
        (None, printed) => printed.to_string(),
    };
    let or_not_stated = |text: String| if text.is_empty() { not_stated.into() } else { text };
    let rows = [
        (Item::InsurerNumber, "保険者番号 Insurer no.", claims.identity.insurer.to_string()),
        (Item::InsurerName, "保険者名 Insurer", issuer_name.to_owned()),
        (Item::Symbol, "記号 Symbol", symbol_or_none(&claims.identity.symbol)),
        (Item::Number, "番号（枝番） Number", number_with_branch(claims)),
        (Item::Name, "氏名 Name", claims.name.clone()),
        (Item::Kana, "フリガナ Kana", claims.kana.clone()),
        (Item::Birth, "生年月日 Birth date", words::day(claims.birth)),
        (Item::Sex, "性別 Sex", words::sex(claims.sex).into()),
        (Item::Relation, "本人・家族 Relation", words::relation(claims.relation).into()),
        (Item::Ratio, "負担割合 Share", with_first_day(&or_not_stated(ratio), values.ratio_from)),
        (
            Item::LimitClass,
            "限度額適用区分 Limit class",
            with_first_day(&or_not_stated(limit), values.limit_from),
        ),
        (Item::ValidFrom, "資格取得日 Insured from", words::day(claims.valid_from)),
        (Item::IssuedOn, "交付日 Issued", words::day(claims.issued_on)),
        (
            Item::ValidTo,
            "有効期限 Valid to",
            claims.valid_to.map_or_else(|| "定めなし none".into(), words::day),
        ),
    ];
    let borne = |item| layout.is_none_or(|layout| layout.bears(item) != Borne::No);
    let mut rows: Vec<_> = rows
        .into_iter()
        .filter(|(item, ..)| borne(*item))
        .map(|(_, name, value)| (name, value))
        .collect();
    let tail = words::serial_tail(&claims.serial);
    rows.push(("書類の控え番号 Serial", format!("…{tail}（末尾6桁）")));
    rows
}

/// The face with the text.
pub(super) fn text_face(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    card: &Card<'_>,
) -> Result<(), PrintError> {
    let claims = card.claims;
    let (name_ja, _) = title(claims.kind);
    let (left, right) = (x + EDGE_MM, x + CARD_WIDTH_MM - EDGE_MM);
    if is_sample(card.issuer_name) {
        marks::sample_ground(sheet, (x + CARD_WIDTH_MM * 0.72, y + CARD_HEIGHT_MM * 0.68), 44.0)?;
    }
    sheet.text(left, y + 3.2, name_ja, bold(10.5))?;
    let valid = claims.valid_to.map_or_else(
        || format!("交付 {}", words::wareki(claims.issued_on)),
        |day| format!("有効期限 {}", words::wareki(day)),
    );
    sheet.text_right(right, y + 4.2, &valid, bold(7.0))?;
    sheet.line((left, y + 9.2), (right, y + 9.2), Stroke::Hair);
    let mut at = y + 10.2;
    if card.is_notice() {
        at = alone(sheet, (left, at - 0.4), right - left, 6.0)? + 0.4;
    }
    let room = y + CARD_HEIGHT_MM - 1.0 - at;
    let rows = rows_in(card_rows(card), right - left, room)?;
    for (name, value, style) in rows {
        at = card_row(sheet, (left, at), right - left, (name, &value, style))?;
    }
    Ok(())
}

/// That a notice is not valid alone, in both languages.
fn alone(sheet: &mut Sheet, (x, y): (f32, f32), width: f32, size: f32) -> Result<f32, PrintError> {
    let at = sheet.paragraph(x, y, width, ALONE, bold(size))?;
    sheet.paragraph(x, at, width, ALONE_EN, plain(size * 0.9))
}

type CardRow = (&'static str, String, Style);

fn card_rows(card: &Card<'_>) -> Vec<CardRow> {
    let claims = card.claims;
    let mut rows = vec![];
    if card.bears(Item::Symbol) {
        rows.push(("記号", symbol_or_none(&claims.identity.symbol), bold(9.5)));
    }
    rows.push(("番号(枝番)", number_with_branch(claims), bold(9.5)));
    rows.push(("氏名", claims.name.clone(), bold(12.0)));
    if card.bears(Item::Kana) {
        rows.push(("フリガナ", claims.kana.clone(), plain(7.5)));
    }
    let first = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
    let mut birth = words::wareki(claims.birth);
    if card.bears(Item::Sex) {
        birth = format!("{birth}　性別 {}", first(words::sex(claims.sex)));
    }
    if card.bears(Item::Relation) {
        birth = format!("{birth}　{}", first(words::relation(claims.relation)));
    }
    rows.push(("生年月日", birth, plain(8.0)));
    rows.extend(share_rows(card));
    let dates = (words::wareki(claims.valid_from), words::wareki(claims.issued_on));
    rows.push(("資格取得日", format!("{}　交付 {}", dates.0, dates.1), plain(8.0)));
    rows.push(("保険者", format!("{}　{}", claims.identity.insurer, card.issuer_name), plain(8.0)));
    rows
}

/// Share and limit class, each where the part bears it; in one row where neither has a first day.
fn share_rows(card: &Card<'_>) -> Vec<CardRow> {
    let (claims, values) = (card.claims, card.values);
    let limit = match values.limit_class {
        PrintedLimitClass::Absent => claims.limit_class.clone().unwrap_or_default(),
        printed => printed.to_string(),
    };
    let row = |name, item, text: String, (from_item, from): (Item, Option<Date>)| {
        let text = if text.is_empty() { "―".into() } else { text };
        let from = from.filter(|_| card.bears(from_item));
        card.bears(item).then(|| (name, with_first_day(&text, from), plain(8.0), from))
    };
    let from = (Item::RatioFrom, values.ratio_from);
    let share = row("負担割合", Item::Ratio, values.ratio.to_string(), from);
    let limit = row("限度額区分", Item::LimitClass, limit, (Item::LimitFrom, values.limit_from));
    match (share, limit) {
        (Some((name, share, style, None)), Some((limit_name, limit, _, None))) => {
            vec![(name, format!("{share}　{limit_name} {limit}"), style)]
        }
        (share, limit) => {
            let rows = [share, limit].into_iter().flatten();
            rows.map(|(name, text, style, _)| (name, text, style)).collect()
        }
    }
}

const NAME_MM: f32 = 15.0;

/// The rows, each as large as its line lets it be and all of them so small that they stay on the card.
fn rows_in(rows: Vec<CardRow>, width: f32, room: f32) -> Result<Vec<CardRow>, PrintError> {
    let value_width = width - NAME_MM;
    let mut fitted = vec![];
    for (name, value, style) in rows {
        let style = Sheet::fitted(&value, value_width, style, (1, 6.0))?;
        let style = Sheet::fitted(&value, value_width, style, (2, 4.5))?;
        fitted.push((name, value, style));
    }
    loop {
        let mut height = 0.0;
        for (_, value, style) in &fitted {
            let lines = Sheet::lines(value, value_width, *style)?.len();
            height += lines as f32 * style.line_mm() + ROW_AIR_MM;
        }
        let largest = fitted.iter().map(|(_, _, style)| style.size).fold(0.0, f32::max);
        if height <= room || largest <= SIZE_MIN {
            return Ok(fitted);
        }
        for (_, _, style) in &mut fitted {
            style.size = (style.size * 0.95).max(SIZE_MIN);
        }
    }
}

fn card_row(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    width: f32,
    (name, value, style): (&str, &str, Style),
) -> Result<f32, PrintError> {
    let end = sheet.paragraph(x + NAME_MM, y, width - NAME_MM, value, style)?;
    let name_style = plain(6.0).ink(Ink::Grey);
    let drop = (style.line_mm() - name_style.line_mm()) / 2.0;
    sheet.text(x, y + drop.max(0.0), name, name_style)?;
    Ok(end + ROW_AIR_MM)
}

/// The face with the code, as large as the card lets it be.
pub(super) fn code_face(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    card: &Card<'_>,
) -> Result<(), PrintError> {
    let roomy = symbol_side_mm(card.symbol, 5) <= CARD_HEIGHT_MM - 2.0 * CODE_EDGE_MM;
    let dots = if roomy { 5 } else { 4 };
    let side = symbol_side_mm(card.symbol, dots);
    let text_width = CARD_WIDTH_MM - side - CODE_EDGE_MM - EDGE_MM - 1.0;
    let centre = (x + CARD_WIDTH_MM - CODE_EDGE_MM - side / 2.0, y + CARD_HEIGHT_MM / 2.0);
    sheet.symbol(card.symbol, centre, dots);
    let (top, low) = (y + EDGE_MM, y + CARD_HEIGHT_MM - 7.5);
    beside_the_code(sheet, (x + EDGE_MM, top), (text_width, low - 0.5 - top), card)?;
    let serial = format!("控え番号 …{}", words::serial_tail(&card.claims.serial));
    sheet.text(x + EDGE_MM, low, &serial, bold(7.5))
}

/// What the code is for, and what it holds, as large as the room lets it be.
pub(super) fn beside_the_code(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    (width, room): (f32, f32),
    card: &Card<'_>,
) -> Result<(), PrintError> {
    let mut at = y;
    for (air, text, style) in words_in(card, width, room)? {
        at = sheet.paragraph(x, at + air, width, text, style)?;
    }
    Ok(())
}

/// Air above, text and look.
type Words = (f32, &'static str, Style);

fn words_in(card: &Card<'_>, width: f32, room: f32) -> Result<Vec<Words>, PrintError> {
    let mut size = 5.8;
    loop {
        let words = code_words(card, size);
        let height = words.iter().try_fold(0.0, |sum, (air, text, style)| {
            let lines = Sheet::lines(text, width, *style)?.len();
            Ok::<_, PrintError>(sum + air + lines as f32 * style.line_mm())
        })?;
        if height <= room || size <= SIZE_MIN {
            return Ok(words);
        }
        size = (size - 0.2).max(SIZE_MIN);
    }
}

fn code_words(card: &Card<'_>, size: f32) -> Vec<Words> {
    let mut words = vec![(0.0, "医療機関・薬局で読み取るコード", bold(size * 1.4))];
    if card.is_notice() {
        words.extend([(0.6, ALONE, bold(size)), (0.0, ALONE_EN, plain(size * 0.9))]);
    }
    words.extend([(1.0, MASKING, plain(size)), (0.6, MASKING_EN, plain(size * 0.95))]);
    if is_sample(card.issuer_name) {
        words.push((0.6, marks::SAMPLE, bold(size * 1.1).ink(Ink::Red)));
    }
    words
}

/// Two faces side by side, to be cut along the dashes and folded in the middle.
pub(super) fn folded_across(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    card: &Card<'_>,
) -> Result<(), PrintError> {
    let area = Area { x, y, width: 2.0 * CARD_WIDTH_MM, height: CARD_HEIGHT_MM };
    marks::cut_out(sheet, area);
    let middle = x + CARD_WIDTH_MM;
    sheet.line((middle, y), (middle, y + CARD_HEIGHT_MM), Stroke::Fold);
    text_face(sheet, (x, y), card)?;
    code_face(sheet, (middle, y), card)
}

/// Two faces one above the other, to be cut along the dashes and folded in the middle.
pub(super) fn folded_down(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    card: &Card<'_>,
) -> Result<(), PrintError> {
    let area = Area { x, y, width: CARD_WIDTH_MM, height: 2.0 * CARD_HEIGHT_MM };
    marks::cut_out(sheet, area);
    let middle = y + CARD_HEIGHT_MM;
    sheet.line((x, middle), (x + CARD_WIDTH_MM, middle), Stroke::Fold);
    text_face(sheet, (x, y), card)?;
    code_face(sheet, (x, middle), card)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            burden::Percent,
            insured::Identity,
            insurer_number::InsurerNumber,
            paper::{LayoutProfiles, Part, PrintedRatio},
            person::{Relation, Sex},
        },
        print::qr::Payload,
    };
    use jiff::civil::date;

    fn long(kind: DocumentKind) -> (DocumentClaims, PrintedValues, Symbol) {
        let day = date(2026, 12, 31);
        let claims = DocumentClaims {
            kind,
            identity: Identity {
                insurer: InsurerNumber::from_value(6_175_019).unwrap(),
                symbol: "鬱".repeat(20),
                number: "鬱".repeat(20),
                branch: None,
            },
            name: "鬱".repeat(60),
            kana: "ヴ".repeat(60),
            birth: day,
            sex: Sex::Female,
            relation: Relation::Insured,
            burden: Percent::new(30),
            limit_class: None,
            valid_from: day,
            issued_on: day,
            valid_to: Some(day),
            serial: [0; 6],
        };
        let values = PrintedValues {
            ratio: PrintedRatio::Statutory,
            ratio_from: Some(day),
            limit_class: PrintedLimitClass::Star,
            limit_from: Some(day),
        };
        (claims, values, Symbol::of(Payload::Digits("0")).unwrap())
    }

    /// The largest code keeps its distance from both edges, and is drawn with five dots up to that.
    #[test]
    fn the_words_beside_the_largest_code_stay_on_the_card() {
        let code = CARD_HEIGHT_MM - 2.0 * CODE_EDGE_MM;
        let width = CARD_WIDTH_MM - code - CODE_EDGE_MM - EDGE_MM - 1.0;
        let room = CARD_HEIGHT_MM - EDGE_MM - 8.0;
        for kind in [DocumentKind::Certificate, DocumentKind::Notice] {
            let (claims, values, symbol) = long(kind);
            let card = Card {
                claims: &claims,
                values: &values,
                symbol: &symbol,
                issuer_name: "架空健康保険組合",
                layout: None,
            };
            let words = words_in(&card, width, room).unwrap();
            let height = |(air, text, style): &Words| {
                air + Sheet::lines(text, width, *style).unwrap().len() as f32 * style.line_mm()
            };
            assert!(words.iter().map(height).sum::<f32>() <= room, "{kind:?}");
            assert!(words.iter().all(|(_, _, style)| style.size > SIZE_MIN), "{kind:?}");
        }
    }

    #[test]
    fn no_text_however_long_leaves_its_card() {
        let (claims, values, symbol) = long(DocumentKind::Certificate);
        let issuer_name = &claims.name;
        let profile = LayoutProfiles::built_in().unwrap().named("generic").unwrap();
        let layout = profile.layout(Part::Certificate);
        let card = Card { claims: &claims, values: &values, symbol: &symbol, issuer_name, layout };
        let (width, room) = (CARD_WIDTH_MM - 2.0 * EDGE_MM, 42.8);
        let rows = rows_in(card_rows(&card), width, room).unwrap();
        let height = |(_, value, style): &CardRow| {
            let lines = Sheet::lines(value, width - NAME_MM, *style).unwrap().len();
            lines as f32 * style.line_mm() + ROW_AIR_MM
        };
        assert_eq!(rows.len(), 9);
        assert!(rows.iter().map(height).sum::<f32>() <= room);
    }
}
