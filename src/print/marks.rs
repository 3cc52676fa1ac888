//! Marks around a paper: where to cut, and that a paper of an invented insurer is a sample.

use super::{
    PrintError,
    shapes::Shape,
    sheet::{Area, Ink, Sheet, Stroke, bold},
};

/// On every paper whose issuer says of itself that it does not exist.
pub(super) const SAMPLE: &str = "見本 SAMPLE（架空）";
/// Between a card's edge and its crop mark, so that nothing of the mark stays on the card.
const GAP_MM: f32 = 2.0;
const CROP_MM: f32 = 5.0;

/// Whether the issuer is an invented one: no printout of it may pass for a real paper.
pub(super) fn is_sample(issuer_name: &str) -> bool {
    issuer_name.contains("架空") || issuer_name.contains("見本")
}

/// 「見本」 in pale grey behind the text, centred on a place.
pub(super) fn sample_ground(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    size: f32,
) -> Result<(), PrintError> {
    let style = bold(size).ink(Ink::PaleGrey);
    let width = Sheet::width_mm("見本", style)?;
    sheet.text(x - width / 2.0, y - style.line_mm() / 2.0, "見本", style)
}

/// A dashed frame to be cut along, with scissors on its upper edge.
pub(super) fn cut_out(sheet: &mut Sheet, area: Area) {
    sheet.frame(area, Stroke::Cut);
    scissors(sheet, (area.x + 6.0, area.y));
}

/// Scissors that cut to the right along `y`, drawn: no font of ours has the sign.
fn scissors(sheet: &mut Sheet, (x, y): (f32, f32)) {
    const RING_MM: f32 = 1.6;
    for (handle, blade) in [(1.2, -1.0), (-1.2, 1.0)] {
        sheet.line((x - 1.4, y + handle), (x + 3.0, y + blade), Stroke::Firm);
        let corner = |side: f32| (x - 2.2 - side / 2.0, y + handle - side / 2.0);
        sheet.shape(Shape::Circle, corner(RING_MM), RING_MM, Ink::Black);
        let hole = RING_MM * 0.5;
        sheet.shape(Shape::Circle, corner(hole), hole, Ink::White);
    }
}

/// Crop marks around a grid of `columns` × `rows` cells that touch one another.
pub(super) fn crop_marks(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    (width, height): (f32, f32),
    (columns, rows): (u8, u8),
) {
    let right = x + width * f32::from(columns);
    let bottom = y + height * f32::from(rows);
    for column in 0..=columns {
        let at = x + width * f32::from(column);
        sheet.line((at, y - GAP_MM - CROP_MM), (at, y - GAP_MM), Stroke::Hair);
        sheet.line((at, bottom + GAP_MM), (at, bottom + GAP_MM + CROP_MM), Stroke::Hair);
    }
    for row in 0..=rows {
        let at = y + height * f32::from(row);
        sheet.line((x - GAP_MM - CROP_MM, at), (x - GAP_MM, at), Stroke::Hair);
        sheet.line((right + GAP_MM, at), (right + GAP_MM + CROP_MM, at), Stroke::Hair);
    }
}
