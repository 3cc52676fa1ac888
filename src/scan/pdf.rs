//! PDF pages to grey pixels: 200 dpi first, 300 dpi where nothing was found, less where a page is too large for that.

use super::{
    CODES_PER_PAGE_MAX, ScanError,
    picture::{self, Luma},
    symbol::{self, Found},
};
use crate::limits::{PDF_PAGES_MAX, PICTURE_PIXELS_MAX};
use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{DecryptionError, LoadPdfError, Pdf, page::Page},
    render,
    vello_cpu::color::palette::css::WHITE,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

const RESOLUTIONS_DPI: [f32; 2] = [200.0, 300.0];
const POINTS_PER_INCH: f32 = 72.0;
/// The longest side of a page (ISO 32000-1, Annex C.2). A photo saved at a point to the pixel stays below.
const PAGE_SIDE_POINTS_MAX: f32 = 14_400.0;

/// Reads the codes of the first pages.
pub(super) fn read(bytes: &[u8], pixels_max: u64) -> Result<Found, ScanError> {
    catch_unwind(AssertUnwindSafe(|| read_inside(bytes, pixels_max)))
        .unwrap_or(Err(ScanError::Damaged("PDF")))
}

fn read_inside(bytes: &[u8], pixels_max: u64) -> Result<Found, ScanError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ScanError::Locked,
        _ => ScanError::Damaged("PDF"),
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(ScanError::Damaged("PDF without pages"));
    }
    let mut found = Found { codes: vec![], too_busy: false };
    let mut refused = None;
    for (index, page) in pages.iter().take(PDF_PAGES_MAX).enumerate() {
        match read_page(page, index + 1, pixels_max) {
            Ok(on_page) => {
                found.codes.extend(on_page.codes);
                found.too_busy |= on_page.too_busy;
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match refused {
        Some(error) if found.codes.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// One page of a PDF as a grey PNG: what a person with a camera or a scanner would hand in. Pages count from 1.
pub fn page_picture(bytes: &[u8], page: usize, dpi: u16) -> Result<Vec<u8>, ScanError> {
    let draw = || {
        let pdf = Pdf::new(bytes.to_vec()).map_err(|_| ScanError::Damaged("PDF"))?;
        let pages = pdf.pages();
        let index = page.checked_sub(1).ok_or(ScanError::Damaged("page"))?;
        let page = pages.get(index).ok_or(ScanError::Damaged("page"))?;
        let luma = pixels(page, f32::from(dpi), PICTURE_PIXELS_MAX)?;
        picture::encode_png(luma)
    };
    catch_unwind(AssertUnwindSafe(draw)).unwrap_or(Err(ScanError::Damaged("PDF")))
}

fn read_page(page: &Page<'_>, number: usize, pixels_max: u64) -> Result<Found, ScanError> {
    let mut found = Found { codes: vec![], too_busy: false };
    let dpi_max = dpi_max(page, pixels_max);
    for dpi in RESOLUTIONS_DPI.map(|dpi| dpi.min(dpi_max)) {
        found = symbol::read_all(&pixels(page, dpi, pixels_max)?, number, CODES_PER_PAGE_MAX);
        if !found.codes.is_empty() || dpi >= dpi_max {
            break;
        }
    }
    Ok(found)
}

/// The resolution at which a page has as many pixels as are looked at; endless where it is larger than a page can be.
fn dpi_max(page: &Page<'_>, pixels_max: u64) -> f32 {
    let (width, height) = page.render_dimensions();
    if width.max(height) > PAGE_SIDE_POINTS_MAX {
        return f32::INFINITY;
    }
    // Whole, so that no rounding leads over the ceiling.
    (POINTS_PER_INCH * (pixels_max as f32 / (width * height)).sqrt()).floor()
}

fn pixels(page: &Page<'_>, dpi: f32, pixels_max: u64) -> Result<Luma, ScanError> {
    let scale = dpi / POINTS_PER_INCH;
    let (width, height) = page.render_dimensions();
    let (width, height) = (width * scale, height * scale);
    let fits = width >= 1.0
        && height >= 1.0
        && width <= f32::from(u16::MAX)
        && height <= f32::from(u16::MAX)
        && f64::from(width) * f64::from(height) <= pixels_max as f64;
    if !fits {
        return Err(ScanError::TooManyPixels { width: width as u32, height: height as u32 });
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap = render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let grey = pixmap.data().iter().map(|pixel| {
        let sum = 3 * u16::from(pixel.r) + 6 * u16::from(pixel.g) + u16::from(pixel.b);
        u8::try_from(sum / 10).unwrap_or(u8::MAX)
    });
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    Ok(Luma { width, height, pixels: grey.collect() })
}
