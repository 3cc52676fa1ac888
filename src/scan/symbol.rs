//! QR symbols on grey pixels: all of them, with their bytes.

use super::{Scanned, StructuredAppend, picture::Luma};
use encoding_rs::SHIFT_JIS;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult,
    RXingResultMetadataType as Key, RXingResultMetadataValue as Value, Reader,
    common::{GlobalHistogramBinarizer, HybridBinarizer},
    qrcode::{QRCodeReader, cpp_port::QrReader},
};
use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// White put over a code already read, so that the next look finds the next one.
const WHITE: u8 = 255;

/// Reads up to `codes_max` codes. The reader shows one at a time; each is then painted over.
pub(super) fn read_all(mut luma: Luma, page: usize, codes_max: usize) -> Vec<Scanned> {
    let mut found = vec![];
    while found.len() < codes_max {
        let Some(hit) = first(&luma) else { break };
        paint_over(&mut luma, &hit.corners, hit.reach);
        found.extend(scanned(&hit.result, page));
    }
    found
}

struct Hit {
    result: RXingResult,
    corners: Vec<(f32, f32)>,
    /// How far the symbol reaches past its reported points, in parts of their extent.
    reach: f32,
}

fn first(luma: &Luma) -> Option<Hit> {
    // rxing is safe Rust, but index slips in reader libraries happen (credentials 5.2): a panic means "not read".
    catch_unwind(AssertUnwindSafe(|| find(luma))).ok().flatten()
}

fn find(luma: &Luma) -> Option<Hit> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let source = Luma8Source::new_with_slice(&luma.pixels, luma.width, luma.height).ok()?;
    let mut local = BinaryBitmap::new(HybridBinarizer::new(source.clone()));
    if let Ok(result) = QrReader.decode_with_hints(&mut local, &hints) {
        return Some(hit(result, 0.02));
    }
    if let Ok(result) = QRCodeReader.decode_with_hints(&mut local, &hints) {
        return Some(hit(result, 0.2)); // reports centres of the finder patterns, not corners
    }
    let mut global = BinaryBitmap::new(GlobalHistogramBinarizer::new(source));
    let result = QrReader.decode_with_hints(&mut global, &hints).ok()?;
    Some(hit(result, 0.02))
}

fn hit(result: RXingResult, reach: f32) -> Hit {
    let corners = result.getPoints().iter().map(|point| (point.x, point.y)).collect();
    Hit { result, corners, reach }
}

fn paint_over(luma: &mut Luma, corners: &[(f32, f32)], reach: f32) {
    let bounds = |values: &dyn Fn(&(f32, f32)) -> f32, end: u32| {
        let low = corners.iter().map(values).fold(f32::INFINITY, f32::min);
        let high = corners.iter().map(values).fold(f32::NEG_INFINITY, f32::max);
        let margin = (high - low) * reach + 1.0;
        let last = end as usize;
        let clamp = |value: f32| (value.max(0.0) as usize).min(last);
        (clamp(low - margin), clamp(high + margin))
    };
    let (left, right) = bounds(&|corner| corner.0, luma.width);
    let (top, bottom) = bounds(&|corner| corner.1, luma.height);
    let whole = corners.len() < 3 || left >= right || top >= bottom;
    let width = luma.width as usize;
    if whole || width == 0 {
        luma.pixels.fill(WHITE); // no place reported: nothing more to look for here
        return;
    }
    for row in luma.pixels.chunks_exact_mut(width).take(bottom).skip(top) {
        if let Some(part) = row.get_mut(left..right) {
            part.fill(WHITE);
        }
    }
}

fn scanned(result: &RXingResult, page: usize) -> Option<Scanned> {
    let meta = result.getRXingResultMetadata();
    let raw = match meta.get(&Key::BYTE_SEGMENTS) {
        // The older reader reports code words as raw bytes and the payload of byte mode apart.
        Some(Value::ByteSegments(segments)) => segments.concat(),
        _ if meta.contains_key(&Key::STRUCTURED_APPEND_SEQUENCE) => result.getRawBytes().to_vec(),
        _ => result.getText().as_bytes().to_vec(),
    };
    if raw.is_empty() {
        return None;
    }
    Some(Scanned { text: text_of(&raw), structured_append: append_of(result), page, raw })
}

/// UTF-8 if it is that, else CP932: what Japanese symbols without ECI hold.
fn text_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => SHIFT_JIS.decode_without_bom_handling(raw).0.into_owned(),
    }
}

fn append_of(result: &RXingResult) -> Option<StructuredAppend> {
    let meta = result.getRXingResultMetadata();
    let index = match meta.get(&Key::STRUCTURED_APPEND_SEQUENCE)? {
        Value::StructuredAppendSequence(index) => *index,
        _ => return None,
    };
    // In rxing 0.9.3 this key holds the count, not the parity (credentials 5.2).
    let count = match meta.get(&Key::STRUCTURED_APPEND_PARITY)? {
        Value::StructuredAppendParity(count) => *count,
        _ => return None,
    };
    let (index, count) = (u8::try_from(index).ok()?, u8::try_from(count).ok()?);
    (count > 1 && index < count).then_some(StructuredAppend { index, count })
}
