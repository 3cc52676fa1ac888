//! PNG and JPEG to grey pixels, with the ceilings checked from the header before a pixel is decoded.

use super::ScanError;
use crate::limits::PICTURE_DECODE_BYTES_MAX;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Longest side at which a picture is looked at first: A4 at 200 dpi.
const COARSE_SIDE: u32 = 2_400;

/// Grey pixels, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Luma {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

/// Decodes a picture of a known format.
pub(super) fn decode(
    bytes: &[u8],
    format: ImageFormat,
    pixels_max: u64,
) -> Result<Luma, ScanError> {
    // A decoder's panic is a damaged picture, not the end of the appliance.
    catch_unwind(AssertUnwindSafe(|| decode_inside(bytes, format, pixels_max)))
        .unwrap_or(Err(ScanError::Damaged("picture")))
}

fn decode_inside(bytes: &[u8], format: ImageFormat, pixels_max: u64) -> Result<Luma, ScanError> {
    let damaged = |_| ScanError::Damaged("picture");
    let header = ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = header.into_dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > pixels_max {
        return Err(ScanError::TooManyPixels { width, height });
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(width), Some(height));
    limits.max_alloc = Some(PICTURE_DECODE_BYTES_MAX);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => ScanError::TooManyPixels { width, height },
        _ => ScanError::Damaged("picture"),
    })?;
    Ok(grey(picture))
}

/// Grey pixels as a PNG.
pub(super) fn encode_png(luma: Luma) -> Result<Vec<u8>, ScanError> {
    let buffer = image::GrayImage::from_raw(luma.width, luma.height, luma.pixels);
    let mut png = Cursor::new(vec![]);
    let written = buffer.map(|grey| grey.write_to(&mut png, ImageFormat::Png));
    match written {
        Some(Ok(())) => Ok(png.into_inner()),
        _ => Err(ScanError::Damaged("picture")),
    }
}

/// Grey on white paper: a code drawn black on a transparent ground would be black on black otherwise.
fn grey(picture: DynamicImage) -> Luma {
    let (width, height) = (picture.width(), picture.height());
    if !picture.color().has_alpha() {
        return Luma { width, height, pixels: picture.into_luma8().into_raw() };
    }
    let over_white = |pixel: &image::LumaA<u8>| {
        let [value, alpha] = pixel.0.map(u16::from);
        u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let pixels = picture.into_luma_alpha8().pixels().map(over_white).collect();
    Luma { width, height, pixels }
}

/// The picture at a coarse size first, if it is large, then as it is.
pub(super) fn coarse_to_fine(luma: Luma) -> impl Iterator<Item = Luma> {
    let factor = luma.width.max(luma.height).div_ceil(COARSE_SIDE);
    let coarse = (factor > 1).then(|| shrunk(&luma, factor));
    coarse.into_iter().chain([luma])
}

/// Averages squares of `factor` pixels. Rows are added up whole: many pixels at a time.
fn shrunk(luma: &Luma, factor: u32) -> Luma {
    let (width, height) = (luma.width / factor, luma.height / factor);
    let row_bytes = luma.width as usize;
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    let mut sums = vec![0_u32; row_bytes];
    for rows in luma.pixels.chunks_exact(row_bytes * factor as usize) {
        sums.fill(0);
        for row in rows.chunks_exact(row_bytes) {
            sums.iter_mut().zip(row).for_each(|(sum, pixel)| *sum += u32::from(*pixel));
        }
        let averages = |square: &[u32]| square.iter().sum::<u32>() / (factor * factor);
        let squares = sums.chunks_exact(factor as usize);
        pixels.extend(squares.map(|square| averages(square) as u8)); // at most 255
    }
    Luma { width, height, pixels }
}
