//! The layout layer: A4 pages in millimetres from the top left. Nothing here knows what a page is about.

use super::{
    PrintError, Printed,
    face::{FaceName, face},
    qr::{Payload, Symbol},
    shapes::{self, Shape, place, points},
    wrap,
};
use crate::limits::PAPERS_PER_FILE_MAX;
use jiff::civil::Date;
use printpdf::{
    Color, CurTransMat, FontId, Greyscale, Line, LineDashPattern, LinePoint, Mm, Op, PdfDocument,
    PdfFontHandle, PdfPage, PdfSaveOptions, Pt, Rgb, TextItem, TextMatrix, TextRenderingMode,
};
use std::collections::{BTreeMap, BTreeSet};

/// Free edge on every side; printers do not reach the rim.
pub(super) const MARGIN_MM: f32 = 15.0;
/// Width of A4.
pub(super) const PAGE_WIDTH_MM: f32 = 210.0;
/// Right end of the printed area.
pub(super) const RIGHT_MM: f32 = PAGE_WIDTH_MM - MARGIN_MM;
/// Below this only the footer.
pub(super) const BOTTOM_MM: f32 = 280.0;
const FOOTER_MM: f32 = 284.5;
/// One printer dot at 300 dpi; modules are whole dots, so that no printer blurs them (credentials 7.4).
const DOT_MM: f32 = 25.4 / 300.0;
/// More pages than this nobody carries: 500 drugs take about 40.
const PAGES_MAX: usize = 80;
/// Pages of a document of many people's papers: one or two for each.
const BARE_PAGES_MAX: usize = 2 * PAPERS_PER_FILE_MAX;
/// Where the baseline lies below the top of a line, in parts of the size.
const ASCENT: f32 = 0.88;
/// Distance of lines, in parts of the size.
const LEADING: f32 = 1.4;

/// Colours that stay apart also as grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Grey,
    PaleGrey,
    White,
    Green,
    Red,
    Amber,
}

impl Ink {
    fn color(self) -> Color {
        let rgb = |r, g, b| Color::Rgb(Rgb { r, g, b, icc_profile: None });
        let grey = |percent| Color::Greyscale(Greyscale { percent, icc_profile: None });
        match self {
            Self::Black => grey(0.0),
            Self::Grey => grey(0.38),
            Self::PaleGrey => grey(0.93),
            Self::White => grey(1.0),
            Self::Green => rgb(0.0, 0.42, 0.25),
            Self::Red => rgb(0.72, 0.07, 0.10),
            Self::Amber => rgb(0.76, 0.42, 0.0),
        }
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Size in points.
    pub size: f32,
    /// Regular or bold.
    pub face: FaceName,
    /// Colour.
    pub ink: Ink,
}

/// Plain text of a size.
pub(super) const fn plain(size: f32) -> Style {
    Style { size, face: FaceName::Regular, ink: Ink::Black }
}

/// Bold text of a size.
pub(super) const fn bold(size: f32) -> Style {
    Style { size, face: FaceName::Bold, ink: Ink::Black }
}

impl Style {
    /// The same in another colour.
    pub(super) const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// Height of one line.
    pub(super) fn line_mm(self) -> f32 {
        self.size * LEADING / points(1.0)
    }

    fn limit_em(self, width_mm: f32) -> f32 {
        points(width_mm) / self.size
    }
}

/// A line's stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    /// 0.2 mm grey.
    Hair,
    /// 0.5 mm black.
    Firm,
    /// Where to cut.
    Cut,
    /// Where to fold.
    Fold,
}

/// A rectangle in millimetres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A document being laid out.
pub(super) struct Sheet {
    title: String,
    made_on: Date,
    /// Width and height in millimetres.
    size: (f32, f32),
    /// `None`: the pages belong to different people and are not numbered.
    footer: Option<String>,
    pages: Vec<Vec<Op>>,
    used: BTreeMap<FaceName, BTreeSet<char>>,
    missing: BTreeSet<char>,
}

impl Sheet {
    /// An A4 document with its first page. `footer` stands at the bottom left of every page.
    pub(super) fn new(title: &str, made_on: Date, footer: String) -> Self {
        let size = (PAGE_WIDTH_MM, shapes::PAGE_HEIGHT_MM);
        Self { footer: Some(footer), ..Self::bare(title, made_on, size) }
    }

    /// A document of any size, in millimetres, whose pages bear nothing that is not drawn on them.
    pub(super) fn bare(title: &str, made_on: Date, size: (f32, f32)) -> Self {
        let (used, missing) = (BTreeMap::new(), BTreeSet::new());
        let (title, pages) = (title.into(), vec![vec![]]);
        Self { title, made_on, size, footer: None, pages, used, missing }
    }

    /// Starts another page.
    pub(super) fn new_page(&mut self) -> Result<(), PrintError> {
        let pages_max = if self.footer.is_some() { PAGES_MAX } else { BARE_PAGES_MAX };
        if self.pages.len() >= pages_max {
            return Err(PrintError::TooManyPages { pages_max });
        }
        self.pages.push(vec![]);
        Ok(())
    }

    fn draw(&mut self, ops: impl IntoIterator<Item = Op>) {
        if let Some(page) = self.pages.last_mut() {
            page.extend(ops);
        }
    }

    /// The text's width in one line.
    pub(super) fn width_mm(text: &str, style: Style) -> Result<f32, PrintError> {
        Ok(wrap::width_em(&wrap::clean(text), style.face)? * style.size / points(1.0))
    }

    /// One line, its top at `y`; never broken, whoever calls it knows it fits.
    pub(super) fn text(
        &mut self,
        x: f32,
        y: f32,
        text: &str,
        style: Style,
    ) -> Result<(), PrintError> {
        let baseline = y + style.size * (ASCENT + (LEADING - 1.0) / 2.0) / points(1.0);
        let mut at = place(x, baseline);
        let mut ops = vec![Op::SetFillColor { col: style.ink.color() }, Op::StartTextSection];
        let cleaned = wrap::clean(text).replace('\n', " ");
        for run in wrap::runs(&cleaned, style.face, &mut self.missing)? {
            self.used.entry(run.face).or_default().extend(run.text.chars());
            let advance = run.text.chars().try_fold(0.0, |sum: f32, c| {
                Ok::<f32, PrintError>(sum + face(run.face)?.width_em(c))
            })?;
            ops.push(Op::SetFont { font: handle(run.face), size: Pt(style.size) });
            ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(at.x, at.y) });
            let bolder = run.face == FaceName::Rare && style.face == FaceName::Bold;
            ops.extend(bolder.then(|| fattened(style)).into_iter().flatten());
            ops.push(Op::ShowText { items: vec![TextItem::Text(run.text)] });
            ops.extend(
                bolder.then_some(Op::SetTextRenderingMode { mode: TextRenderingMode::Fill }),
            );
            at.x = Pt(at.x.0 + advance * style.size);
        }
        ops.push(Op::EndTextSection);
        self.draw(ops);
        Ok(())
    }

    /// One line that ends at `right`.
    pub(super) fn text_right(
        &mut self,
        right: f32,
        y: f32,
        text: &str,
        style: Style,
    ) -> Result<(), PrintError> {
        self.text(right - Self::width_mm(text, style)?, y, text, style)
    }

    /// How the text breaks in a width.
    pub(super) fn lines(
        text: &str,
        width_mm: f32,
        style: Style,
    ) -> Result<Vec<String>, PrintError> {
        wrap::lines(&wrap::clean(text), style.face, style.limit_em(width_mm))
    }

    /// Text broken to a width; returns where the next thing may begin.
    pub(super) fn paragraph(
        &mut self,
        x: f32,
        y: f32,
        width_mm: f32,
        text: &str,
        style: Style,
    ) -> Result<f32, PrintError> {
        let mut y = y;
        for line in Self::lines(text, width_mm, style)? {
            self.text(x, y, &line, style)?;
            y += style.line_mm();
        }
        Ok(y)
    }

    /// The first line of the text, with 「…」 where something was left out. For headers and footers, whose words stand in
    /// full elsewhere on the sheet.
    pub(super) fn one_line(text: &str, width_mm: f32, style: Style) -> Result<String, PrintError> {
        let lines = Self::lines(text, width_mm - style.size / points(1.0), style)?;
        let first = lines.first().cloned().unwrap_or_default();
        Ok(if lines.len() > 1 { format!("{first}…") } else { first })
    }

    /// The largest size, from `style.size` down to `size_min`, at which the text needs at most `lines_max` lines.
    pub(super) fn fitted(
        text: &str,
        width_mm: f32,
        style: Style,
        (lines_max, size_min): (usize, f32),
    ) -> Result<Style, PrintError> {
        let mut style = style;
        while style.size > size_min && Self::lines(text, width_mm, style)?.len() > lines_max {
            style.size = (style.size - 0.5).max(size_min);
        }
        Ok(style)
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f32, f32), to: (f32, f32), stroke: Stroke) {
        let ends = [from, to].map(|(x, y)| LinePoint { p: place(x, y), bezier: false });
        self.stroke(ends.into(), stroke);
    }

    /// A box's outline.
    pub(super) fn frame(&mut self, area: Area, stroke: Stroke) {
        let (right, bottom) = (area.x + area.width, area.y + area.height);
        let corners = [
            (area.x, area.y),
            (right, area.y),
            (right, bottom),
            (area.x, bottom),
            (area.x, area.y),
        ];
        self.stroke(
            corners.map(|(x, y)| LinePoint { p: place(x, y), bezier: false }).into(),
            stroke,
        );
    }

    fn stroke(&mut self, points_: Vec<LinePoint>, stroke: Stroke) {
        let (ink, width_mm, dash) = match stroke {
            Stroke::Hair => (Ink::Grey, 0.15, LineDashPattern::solid()),
            Stroke::Firm => (Ink::Black, 0.5, LineDashPattern::solid()),
            Stroke::Cut => (Ink::Black, 0.25, LineDashPattern::new(0.0, &[6.0, 4.0])),
            Stroke::Fold => (Ink::Grey, 0.2, LineDashPattern::new(0.0, &[1.0, 3.0])),
        };
        self.draw([
            Op::SetOutlineColor { col: ink.color() },
            Op::SetOutlineThickness { pt: Pt(points(width_mm)) },
            Op::SetLineDashPattern { dash },
            Op::DrawLine { line: Line { points: points_, is_closed: false } },
        ]);
    }

    /// A filled box.
    pub(super) fn fill(&mut self, area: Area, ink: Ink) {
        let (right, bottom) = (area.x + area.width, area.y + area.height);
        let corners = [(area.x, area.y), (right, area.y), (right, bottom), (area.x, bottom)];
        let ring = corners.map(|(x, y)| (x, y, false)).into();
        self.draw([
            Op::SetFillColor { col: ink.color() },
            Op::DrawPolygon { polygon: shapes::filled(vec![ring]) },
        ]);
    }

    /// A filled shape in the square with this corner and side.
    pub(super) fn shape(&mut self, shape: Shape, (x, y): (f32, f32), side_mm: f32, ink: Ink) {
        let polygon = shapes::shape(shape, x, y, side_mm);
        self.draw([Op::SetFillColor { col: ink.color() }, Op::DrawPolygon { polygon }]);
    }

    /// A QR symbol with its quiet zone, centred on a place; returns its side in millimetres.
    pub(super) fn qr(
        &mut self,
        payload: Payload<'_>,
        centre: (f32, f32),
        dots_per_module: u8,
    ) -> Result<f32, PrintError> {
        let symbol = Symbol::of(payload)?;
        self.symbol(&symbol, centre, dots_per_module);
        Ok(symbol_side_mm(&symbol, dots_per_module))
    }

    /// A symbol that is drawn already, centred on a place.
    pub(super) fn symbol(
        &mut self,
        symbol: &Symbol,
        (centre_x, centre_y): (f32, f32),
        dots_per_module: u8,
    ) {
        let module = DOT_MM * f32::from(dots_per_module);
        let side = symbol_side_mm(symbol, dots_per_module);
        // Start on a whole dot, so that every module edge falls on one.
        let snapped = |centre: f32| ((centre - side / 2.0) / DOT_MM).round() * DOT_MM;
        let (left, top) = (snapped(centre_x), snapped(centre_y));
        let rings = symbol.runs().into_iter().map(|run| {
            let (x0, y0) = (left + run.from as f32 * module, top + run.row as f32 * module);
            let (x1, y1) = (x0 + run.length as f32 * module, y0 + module);
            vec![(x0, y0, false), (x1, y0, false), (x1, y1, false), (x0, y1, false)]
        });
        let polygon = shapes::filled(rings.collect());
        self.draw([Op::SetFillColor { col: Ink::Black.color() }, Op::DrawPolygon { polygon }]);
    }

    /// The side a payload's symbol will take, quiet zone included.
    pub(super) fn qr_side_mm(payload: Payload<'_>, dots_per_module: u8) -> Result<f32, PrintError> {
        Ok(symbol_side_mm(&Symbol::of(payload)?, dots_per_module))
    }

    fn footers(&mut self) -> Result<(), PrintError> {
        let Some(footer) = self.footer.clone() else { return Ok(()) };
        let of = self.pages.len();
        let style = plain(7.5).ink(Ink::Grey);
        let numbers = |page: usize| format!("{page} / {of} ページ　page {page} of {of}");
        let pages = std::mem::take(&mut self.pages);
        for (index, page) in pages.into_iter().enumerate() {
            self.pages.push(page);
            self.line((MARGIN_MM, FOOTER_MM), (RIGHT_MM, FOOTER_MM), Stroke::Hair);
            let room = RIGHT_MM - MARGIN_MM - 45.0;
            let left = Self::one_line(&footer, room, style)?;
            self.text(MARGIN_MM, FOOTER_MM + 0.8, &left, style)?;
            self.text_right(RIGHT_MM, FOOTER_MM + 0.8, &numbers(index + 1), style)?;
        }
        Ok(())
    }

    /// Cuts the fonts, numbers the pages and writes the document.
    pub(super) fn finish(mut self) -> Result<Printed, PrintError> {
        self.footers()?;
        let mut document = PdfDocument::new(&self.title);
        for (name, characters) in &self.used {
            let font = printpdf::PdfFont::new(face(*name)?.cut(characters)?);
            document.resources.fonts.map.insert(font_id(*name), font);
        }
        let facts = &mut document.metadata.info;
        facts.document_title = self.title;
        facts.creator = "Sonae".into();
        facts.producer = "Sonae".into();
        let seconds = crate::domain::time::Stamp::start_of(self.made_on).0;
        if let Ok(date) = printpdf::OffsetDateTime::from_unix_timestamp(seconds) {
            (facts.creation_date, facts.modification_date, facts.metadata_date) =
                (date, date, date);
        }
        let (width, height) = self.size;
        let page = |ops| PdfPage::new(Mm(width), Mm(height), from_the_top(ops, height));
        let pages = self.pages.into_iter().map(page).collect();
        document.with_pages(pages);
        let options = PdfSaveOptions { optimize: true, subset_fonts: false, ..Default::default() };
        let pdf = with_own_id(document.save(&options, &mut vec![]));
        Ok(Printed { pdf, missing_glyphs: self.missing.into_iter().collect() })
    }
}

/// Everything is placed as on A4, from its top; a lower page is moved under it.
fn from_the_top(mut ops: Vec<Op>, height_mm: f32) -> Vec<Op> {
    if height_mm < shapes::PAGE_HEIGHT_MM {
        let up = Pt(points(height_mm - shapes::PAGE_HEIGHT_MM));
        let matrix = CurTransMat::Translate(Pt(0.0), up);
        ops.insert(0, Op::SetTransformationMatrix { matrix });
    }
    ops
}

/// The side a symbol takes, quiet zone included.
pub(super) fn symbol_side_mm(symbol: &Symbol, dots_per_module: u8) -> f32 {
    symbol.modules() as f32 * DOT_MM * f32::from(dots_per_module)
}

/// The rare face has one weight; inside bold text its outlines are drawn along, so that no character of a name looks faint.
fn fattened(style: Style) -> [Op; 4] {
    [
        Op::SetOutlineColor { col: style.ink.color() },
        Op::SetOutlineThickness { pt: Pt(style.size * 0.035) },
        Op::SetLineDashPattern { dash: LineDashPattern::solid() },
        Op::SetTextRenderingMode { mode: TextRenderingMode::FillStroke },
    ]
}

/// Six capitals and a plus sign mark a subset (ISO 32000-1, 9.6.4).
fn font_id(name: FaceName) -> FontId {
    FontId(
        match name {
            FaceName::Regular => "SONAEA+BIZUDPGothic-Regular",
            FaceName::Bold => "SONAEB+BIZUDPGothic-Bold",
            FaceName::Rare => "SONAEC+SonaeFallback-Regular",
        }
        .into(),
    )
}

fn handle(name: FaceName) -> PdfFontHandle {
    PdfFontHandle::External(font_id(name))
}

/// Puts a hash of the document in place of printpdf's `/ID`, which is a counter of the process: same input, same bytes,
/// and two documents never share an identifier. Both are 32 letters, so that no offset in the file moves.
fn with_own_id(mut pdf: Vec<u8>) -> Vec<u8> {
    const OPENING: &[u8] = b"/ID[(";
    const LETTERS: usize = 32;
    let Some(at) = pdf.windows(OPENING.len()).rposition(|window| window == OPENING) else {
        return pdf;
    };
    let first = at + OPENING.len();
    let second = first + LETTERS + 2; // ")("
    let Some(body) = pdf.get(..at) else { return pdf };
    let hash = blake3::hash(body);
    let letters: Vec<u8> = hash.as_bytes().iter().map(|byte| b'A' + byte % 16).collect();
    for start in [first, second] {
        if let Some(place) = pdf.get_mut(start..start + LETTERS) {
            place.copy_from_slice(&letters);
        }
    }
    pdf
}
