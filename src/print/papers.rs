//! Many papers in one document, for an insurer's own printer: cards ten to a sheet, postcards, A4 notices.

use super::{
    PrintError, Printed,
    card::{self, CARD_HEIGHT_MM, CARD_WIDTH_MM, CODE_EDGE_MM, Card},
    face::FaceName,
    marks::{self, is_sample},
    notice,
    qr::{Payload, Symbol},
    shapes::PAGE_HEIGHT_MM,
    sheet::{Ink, PAGE_WIDTH_MM, Sheet, bold, plain, symbol_side_mm},
    table::Fields,
    words, wrap,
};
use crate::domain::{
    evidence::DocumentKind,
    paper::{Corner, LayoutProfile, PaperSize, PaperToIssue, Part, PartLayout},
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Cards on a sheet.
const COLUMNS: u8 = 2;
const ROWS: u8 = 5;
const UP: usize = COLUMNS as usize * ROWS as usize;
const GRID_X_MM: f32 = (PAGE_WIDTH_MM - CARD_WIDTH_MM * COLUMNS as f32) / 2.0;
const GRID_Y_MM: f32 = (PAGE_HEIGHT_MM - CARD_HEIGHT_MM * ROWS as f32) / 2.0;
/// はがき.
const POSTCARD_MM: (f32, f32) = (100.0, 148.0);
const POSTCARD_EDGE_MM: f32 = 6.0;
/// What printers leave white of a postcard.
const POSTCARD_WHITE_MM: f32 = 4.0;

/// A signed paper with its code drawn, waiting for its sheet.
pub struct PaperFace {
    paper: PaperToIssue,
    symbol: Symbol,
}

impl PaperFace {
    /// Draws the code.
    ///
    /// # Errors
    /// A code larger than a paper can carry, or one that is not made of digits.
    pub fn of(paper: PaperToIssue, digits: &str) -> Result<Self, PrintError> {
        Ok(Self { symbol: Symbol::of(Payload::Digits(digits))?, paper })
    }
}

/// The first character that no font here has, and that would be printed as 〓.
///
/// # Errors
/// An embedded font that cannot be read.
pub fn without_glyph(text: &str) -> Result<Option<char>, PrintError> {
    let mut missing = BTreeSet::new();
    wrap::runs(&wrap::clean(text), FaceName::Regular, &mut missing)?;
    Ok(missing.pop_first())
}

/// What all papers of a document have in common.
pub struct PaperRun<'a> {
    kind: DocumentKind,
    whole: &'a PartLayout,
    cut_out: Option<(Corner, &'a PartLayout)>,
    issuer_name: &'a str,
    made_on: Date,
}

impl<'a> PaperRun<'a> {
    /// Papers of one kind in the form of a profile; `None` where the profile has no such paper.
    #[must_use]
    pub fn new(
        profile: &'a LayoutProfile,
        kind: DocumentKind,
        issuer_name: &'a str,
        made_on: Date,
    ) -> Option<Self> {
        let whole = profile.layout(kind.into())?;
        let cut_out = profile.corner().zip(profile.layout(Part::CutOut));
        Some(Self { kind, whole, cut_out, issuer_name, made_on })
    }

    /// One document of all these papers.
    ///
    /// # Errors
    /// As every page's; nothing of what one person's row says can bring one about.
    pub fn print(&self, papers: &[PaperFace]) -> Result<Printed, PrintError> {
        let (title, _) = card::title(self.kind);
        match (self.whole.size, self.cut_out) {
            (PaperSize::A4, Some(cut_out)) => self.notices(papers, cut_out),
            (PaperSize::Postcard, _) => {
                let mut sheet = Sheet::bare(title, self.made_on, POSTCARD_MM);
                each_on_its_page(&mut sheet, papers, |sheet, face| self.postcard(sheet, face))?;
                sheet.finish()
            }
            (PaperSize::Card | PaperSize::A4, _) => self.cards(papers),
        }
    }

    fn card<'b>(&'b self, face: &'b PaperFace, layout: &'b PartLayout) -> Card<'b> {
        Card {
            claims: &face.paper.claims,
            values: &face.paper.values,
            symbol: &face.symbol,
            issuer_name: self.issuer_name,
            layout: Some(layout),
        }
    }

    fn notices(
        &self,
        papers: &[PaperFace],
        (corner, part): (Corner, &PartLayout),
    ) -> Result<Printed, PrintError> {
        let (title, _) = card::title(self.kind);
        let mut sheet = Sheet::bare(title, self.made_on, (PAGE_WIDTH_MM, PAGE_HEIGHT_MM));
        each_on_its_page(&mut sheet, papers, |sheet, face| {
            if is_sample(self.issuer_name) {
                marks::sample_ground(sheet, (128.0, 95.0), 185.0)?;
            }
            let card = self.card(face, part);
            notice::page(sheet, &card, (corner, Some(self.whole)), self.made_on)
        })?;
        sheet.finish()
    }

    /// Ten to a sheet, text on the front and code on the back, to be printed on both sides and turned on the long edge.
    fn cards(&self, papers: &[PaperFace]) -> Result<Printed, PrintError> {
        let (title, _) = card::title(self.kind);
        let mut sheet = Sheet::bare(title, self.made_on, (PAGE_WIDTH_MM, PAGE_HEIGHT_MM));
        let of = papers.chunks(UP).len();
        for (at, ten) in papers.chunks(UP).enumerate() {
            if at > 0 {
                sheet.new_page()?;
            }
            for (face, place) in ten.iter().zip(places(Side::Front)) {
                card::text_face(&mut sheet, place, &self.card(face, self.whole))?;
            }
            self.around(&mut sheet, &format!("{title}　表 front　{} / {of}", at + 1))?;
            sheet.new_page()?;
            for (face, place) in ten.iter().zip(places(Side::Back)) {
                card::code_face(&mut sheet, place, &self.card(face, self.whole))?;
            }
            self.around(&mut sheet, &format!("{title}　裏 back　{} / {of}", at + 1))?;
        }
        sheet.finish()
    }

    fn around(&self, sheet: &mut Sheet, which: &str) -> Result<(), PrintError> {
        let size = (CARD_WIDTH_MM, CARD_HEIGHT_MM);
        marks::crop_marks(sheet, (GRID_X_MM, GRID_Y_MM), size, (COLUMNS, ROWS));
        let style = plain(6.5).ink(Ink::Grey);
        let y = GRID_Y_MM + CARD_HEIGHT_MM * f32::from(ROWS) + 3.0;
        sheet.text(GRID_X_MM + 4.0, y, which, style)?;
        let how = "原寸（100%）・両面（長辺とじ） full size, both sides, long edge";
        sheet.text(PAGE_WIDTH_MM / 2.0 + 4.0, y, how, style)
    }

    /// Text and code on one side; the other is the address side.
    fn postcard(&self, sheet: &mut Sheet, face: &PaperFace) -> Result<(), PrintError> {
        let (page_width, page_height) = POSTCARD_MM;
        let card = self.card(face, self.whole);
        let (left, width) = (POSTCARD_EDGE_MM, page_width - 2.0 * POSTCARD_EDGE_MM);
        if is_sample(self.issuer_name) {
            marks::sample_ground(sheet, (65.0, 60.0), 80.0)?;
        }
        let (title_ja, title_en) = card::title(self.kind);
        sheet.text(left, 6.0, title_ja, bold(16.0))?;
        sheet.text(left, 14.0, title_en, plain(7.0))?;
        let dots = if symbol_side_mm(card.symbol, 5) <= 32.0 { 5 } else { 4 };
        let side = symbol_side_mm(card.symbol, dots);
        let code_top = page_height - CODE_EDGE_MM - side;
        let rows = card::all_fields(card.claims, card.values, self.issuer_name, Some(self.whole));
        let look = Self::fitting(&rows, (left, width), code_top - 3.0 - TABLE_TOP_MM)?;
        sheet.fields(TABLE_TOP_MM, &look, &rows)?;
        let centre = (page_width - CODE_EDGE_MM - side / 2.0, code_top + side / 2.0);
        sheet.symbol(card.symbol, centre, dots);
        let text_width = page_width - CODE_EDGE_MM - side - 2.0 - left;
        let room = page_height - POSTCARD_WHITE_MM - code_top;
        card::beside_the_code(sheet, (left, code_top), (text_width, room), &card)?;
        let serial = format!("控え番号 …{}", words::serial_tail(&card.claims.serial));
        sheet.text_right(page_width - CODE_EDGE_MM, page_height - 8.0, &serial, bold(7.5))
    }

    /// The largest table that stays above the code.
    fn fitting(
        rows: &[(&'static str, String)],
        (x, width): (f32, f32),
        room: f32,
    ) -> Result<Fields, PrintError> {
        let mut look = Fields { x, width, name_width: 31.0, name_size: 6.5, value: plain(9.0) };
        while look.height_mm(rows)? > room && look.value.size > 4.0 {
            look.value.size -= 0.5;
            look.name_size = look.name_size.min(look.value.size);
        }
        Ok(look)
    }
}

const TABLE_TOP_MM: f32 = 19.0;

fn each_on_its_page(
    sheet: &mut Sheet,
    papers: &[PaperFace],
    mut draw: impl FnMut(&mut Sheet, &PaperFace) -> Result<(), PrintError>,
) -> Result<(), PrintError> {
    for (at, face) in papers.iter().enumerate() {
        if at > 0 {
            sheet.new_page()?;
        }
        draw(sheet, face)?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Front,
    Back,
}

/// Where the cards lie, in the order of the front; on the back the columns change places, as in a mirror.
fn places(side: Side) -> impl Iterator<Item = (f32, f32)> {
    let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (column, row)));
    cells.map(move |(column, row)| {
        let column = if side == Side::Back { COLUMNS - 1 - column } else { column };
        let x = GRID_X_MM + CARD_WIDTH_MM * f32::from(column);
        (x, GRID_Y_MM + CARD_HEIGHT_MM * f32::from(row))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_back_lies_behind_its_front_when_the_sheet_is_turned_on_its_long_edge() {
        assert_eq!(places(Side::Front).count(), UP);
        for (front, back) in places(Side::Front).zip(places(Side::Back)) {
            assert!((front.0 + CARD_WIDTH_MM + back.0 - PAGE_WIDTH_MM).abs() < 0.01);
            assert!((front.1 - back.1).abs() < 0.01);
        }
    }
}
