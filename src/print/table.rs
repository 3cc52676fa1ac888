//! Tables: names beside values, and rows of cells that grow with their text and go on over the page's end.

use super::{
    PrintError,
    sheet::{Area, BOTTOM_MM, Ink, MARGIN_MM, Sheet, Stroke, Style, bold, plain},
};

/// Air around the text of a cell.
const PADDING_MM: f32 = 1.4;
/// Lines of a row that surely fit on a page, at the largest size a table uses.
const ROW_LINES_MAX: usize = 40;

/// A name and a value, with the look of both.
pub(super) struct Fields {
    /// Left edge.
    pub x: f32,
    /// Whole width.
    pub width: f32,
    /// Width of the names.
    pub name_width: f32,
    /// Size of the names, in points.
    pub name_size: f32,
    /// Look of the values.
    pub value: Style,
}

impl Fields {
    /// Heights of a row's name, of its value, and of the row.
    fn heights_mm(&self, name: &str, value: &str) -> Result<(f32, f32, f32), PrintError> {
        let name_style = plain(self.name_size);
        let names = Sheet::lines(name, self.name_width - 2.0 * PADDING_MM, name_style)?.len();
        let value_width = self.width - self.name_width - 2.0 * PADDING_MM;
        let values = Sheet::lines(value, value_width, self.value)?.len();
        let (name_mm, value_mm) =
            (names as f32 * name_style.line_mm(), values as f32 * self.value.line_mm());
        Ok((name_mm, value_mm, name_mm.max(value_mm) + PADDING_MM))
    }

    /// What all rows take.
    pub(super) fn height_mm(&self, rows: &[(&str, String)]) -> Result<f32, PrintError> {
        rows.iter().try_fold(0.0, |sum, (name, value)| Ok(sum + self.heights_mm(name, value)?.2))
    }
}

impl Sheet {
    /// Names on a grey ground, values beside them, one row each, over the page's end where need be; returns where the next thing may begin.
    pub(super) fn fields(
        &mut self,
        y: f32,
        look: &Fields,
        rows: &[(&str, String)],
    ) -> Result<f32, PrintError> {
        let name_style = plain(look.name_size);
        let value_x = look.x + look.name_width + PADDING_MM;
        let value_width = look.width - look.name_width - 2.0 * PADDING_MM;
        let name_width = look.name_width - 2.0 * PADDING_MM;
        let mut y = y;
        for (name, value) in rows {
            let (name_mm, value_mm, height) = look.heights_mm(name, value)?;
            if y + height > BOTTOM_MM {
                self.new_page()?;
                y = MARGIN_MM;
            }
            self.fill(Area { x: look.x, y, width: look.name_width, height }, Ink::PaleGrey);
            let name_y = y + (height - name_mm) / 2.0;
            self.paragraph(look.x + PADDING_MM, name_y, name_width, name, name_style)?;
            let value_y = y + (height - value_mm) / 2.0;
            self.paragraph(value_x, value_y, value_width, value, look.value)?;
            self.frame(Area { x: look.x, y, width: look.width, height }, Stroke::Hair);
            y += height;
        }
        Ok(y)
    }
}

/// One column.
pub(super) struct Column {
    /// Heading.
    pub title: &'static str,
    /// Heading in English, below.
    pub title_en: &'static str,
    /// Width in millimetres.
    pub width: f32,
    /// Look of the cells.
    pub style: Style,
}

/// Whether a row belongs to the one above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// It goes on with the same group: a hair line above.
    Row,
    /// Another group: a firm line above.
    Group,
}

/// One row.
pub(super) struct Row {
    /// How it stands to the one above.
    pub begins: Begins,
    /// Text of the cells, one a column.
    pub cells: Vec<String>,
}

/// Rows under a heading that is repeated on every page.
pub(super) struct Grid<'a> {
    /// The columns; together not wider than the page between its margins.
    pub columns: &'a [Column],
    /// Where rows begin on a page that is not the first.
    pub next_top_mm: f32,
}

impl Grid<'_> {
    /// Draws all rows; `on_new_page` draws what stands above the table there. Returns where the next thing may begin.
    pub(super) fn draw(
        &self,
        sheet: &mut Sheet,
        y: f32,
        rows: &[Row],
        mut on_new_page: impl FnMut(&mut Sheet) -> Result<(), PrintError>,
    ) -> Result<f32, PrintError> {
        let mut y = self.heading(sheet, y)?;
        for row in self.no_taller_than_a_page(rows)? {
            let height = self.height(&row.cells)?;
            if y + height > BOTTOM_MM {
                sheet.new_page()?;
                on_new_page(sheet)?;
                y = self.heading(sheet, self.next_top_mm)?;
            }
            self.row(sheet, y, height, &row)?;
            y += height;
        }
        Ok(y)
    }

    /// Rows as they are, but a row of more lines than a page holds goes on in rows of its own.
    fn no_taller_than_a_page(&self, rows: &[Row]) -> Result<Vec<Row>, PrintError> {
        let mut all = vec![];
        for row in rows {
            let mut cells = vec![];
            for (column, cell) in self.columns.iter().zip(&row.cells) {
                cells.push(Sheet::lines(cell, column.width - 2.0 * PADDING_MM, column.style)?);
            }
            let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
            for (part, from) in (0..lines).step_by(ROW_LINES_MAX).enumerate() {
                let lines_of = |cell: &Vec<String>| {
                    let some: Vec<_> =
                        cell.iter().skip(from).take(ROW_LINES_MAX).cloned().collect();
                    some.join("\n")
                };
                let begins = if part == 0 { row.begins } else { Begins::Row };
                all.push(Row { begins, cells: cells.iter().map(lines_of).collect() });
            }
        }
        Ok(all)
    }

    fn heading(&self, sheet: &mut Sheet, y: f32) -> Result<f32, PrintError> {
        let (style, small) = (bold(8.5), plain(7.0));
        let height = style.line_mm() + small.line_mm() + PADDING_MM;
        let width = self.columns.iter().map(|column| column.width).sum();
        sheet.fill(Area { x: MARGIN_MM, y, width, height }, Ink::PaleGrey);
        let mut x = MARGIN_MM + PADDING_MM;
        for column in self.columns {
            sheet.text(x, y + PADDING_MM / 2.0, column.title, style)?;
            sheet.text(x, y + PADDING_MM / 2.0 + style.line_mm(), column.title_en, small)?;
            x += column.width;
        }
        Ok(y + height)
    }

    fn height(&self, row: &[String]) -> Result<f32, PrintError> {
        let mut height: f32 = 0.0;
        for (column, cell) in self.columns.iter().zip(row) {
            let lines = Sheet::lines(cell, column.width - 2.0 * PADDING_MM, column.style)?;
            height = height.max(lines.len() as f32 * column.style.line_mm());
        }
        Ok(height + PADDING_MM)
    }

    fn row(&self, sheet: &mut Sheet, y: f32, height: f32, row: &Row) -> Result<(), PrintError> {
        let mut x = MARGIN_MM;
        for (column, cell) in self.columns.iter().zip(&row.cells) {
            let width = column.width - 2.0 * PADDING_MM;
            sheet.paragraph(x + PADDING_MM, y + PADDING_MM / 2.0, width, cell, column.style)?;
            x += column.width;
        }
        let stroke = match row.begins {
            Begins::Row => Stroke::Hair,
            Begins::Group => Stroke::Firm,
        };
        sheet.line((MARGIN_MM, y), (x, y), stroke);
        sheet.line((MARGIN_MM, y + height), (x, y + height), Stroke::Hair);
        Ok(())
    }
}
