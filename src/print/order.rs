//! 災害時モード開設指示: an order on paper, for a box that no network reaches.

use super::{
    PrintError, Printed,
    qr::Payload,
    sheet::{Area, BOTTOM_MM, MARGIN_MM, PAGE_WIDTH_MM, RIGHT_MM, Sheet, Stroke, bold, plain},
    table::Fields,
    words,
};
use crate::domain::time::Stamp;
use jiff::civil::Date;

/// What an order says; exactly the signed facts, with names for the areas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// The order's number.
    pub number: String,
    /// Its revision; a later one replaces it.
    pub revision: u32,
    /// Who ordered.
    pub authority: String,
    /// Codes and names of prefectures and municipalities.
    pub areas: Vec<(String, String)>,
    /// Open from.
    pub from: Stamp,
    /// Open until.
    pub until: Stamp,
    /// 発出日.
    pub issued_on: Date,
    /// Why.
    pub reason: String,
}

const STEPS: &[(&str, &str)] = &[
    (
        "Sonae の画面で「災害時モード」を選び、下のコードを読み取る。",
        "Choose \"disaster mode\" on the box and scan the code below.",
    ),
    (
        "署名・地域・期間を箱が確かめる。合わなければ開かない。",
        "The box checks signature, area and period. It stays shut if they do not fit.",
    ),
    (
        "期間が過ぎると自動で閉じる。閲覧はすべて記録される。",
        "It closes by itself at the end. Every reading is recorded.",
    ),
];

/// Areas in one row of the table; a row never outgrows a page.
const AREAS_PER_ROW: usize = 40;

/// Dots of a module: the sheet is held up to a camera, perhaps copied and faxed before.
const QR_DOTS: u8 = 6;

/// The order as one page, or more where the areas are many.
pub fn order_sheet(order: &OrderFacts, digits: &str) -> Result<Printed, PrintError> {
    let footer = format!("災害時モード開設指示　{}　第{}版", order.number, order.revision);
    let mut sheet = Sheet::new("災害時モード開設指示", order.issued_on, footer);
    let width = RIGHT_MM - MARGIN_MM;
    sheet.text(MARGIN_MM, 15.0, "災害時モード開設指示", bold(24.0))?;
    sheet.text(MARGIN_MM, 27.0, "Order to open disaster mode", plain(11.0))?;
    let look = Fields { x: MARGIN_MM, width, name_width: 42.0, name_size: 9.0, value: plain(11.0) };
    let y = sheet.fields(36.0, &look, &rows(order))?;
    let mut y = y + 4.0;
    let payload = Payload::Digits(digits);
    let side = Sheet::qr_side_mm(payload, QR_DOTS)?;
    if y + side + 38.0 > BOTTOM_MM {
        sheet.new_page()?;
        y = MARGIN_MM;
    }
    for (index, (ja, en)) in STEPS.iter().enumerate() {
        let text = format!("{}　{ja}", index + 1);
        y = sheet.paragraph(MARGIN_MM, y, width, &text, bold(11.0))?;
        y = sheet.paragraph(MARGIN_MM + 6.5, y - 0.5, width, en, plain(8.5))? + 1.2;
    }
    y += 3.0;
    let area =
        Area { x: (PAGE_WIDTH_MM - side) / 2.0 - 3.0, y, width: side + 6.0, height: side + 6.0 };
    sheet.frame(area, Stroke::Hair);
    sheet.qr(payload, (PAGE_WIDTH_MM / 2.0, y + 3.0 + side / 2.0), QR_DOTS)?;
    sheet.finish()
}

fn rows(order: &OrderFacts) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (
            "番号 Number",
            format!("{}　第{}版 revision {}", order.number, order.revision, order.revision),
        ),
        ("発出者 Authority", order.authority.clone()),
    ];
    for (part, areas) in order.areas.chunks(AREAS_PER_ROW).enumerate() {
        let names: Vec<_> = areas.iter().map(|(code, name)| format!("{name}（{code}）")).collect();
        let title = if part == 0 { "対象地域 Area" } else { "対象地域（つづき）" };
        rows.push((title, names.join("、")));
    }
    rows.extend([
        ("開始 From", words::moment(order.from)),
        ("終了 Until", words::moment(order.until)),
        ("発出日 Issued", words::day(order.issued_on)),
        ("理由 Reason", order.reason.clone()),
    ]);
    rows
}
