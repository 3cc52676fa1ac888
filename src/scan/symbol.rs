//! QR symbols on grey pixels: all of them, with their bytes.

use super::{Scanned, StructuredAppend, picture::Luma};
use encoding_rs::SHIFT_JIS;
use rxing::{
    Binarizer, Luma8Source,
    common::{
        BitMatrix, DetectorRXingResult, GlobalHistogramBinarizer, HybridBinarizer,
        cpp_essentials::{ConcentricPattern, DecoderResult},
    },
    qrcode::{
        cpp_port::{
            decoder::Decode,
            detector::{FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR},
        },
        detector::Detector,
    },
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows from one look for a finder pattern to the next, as the detector itself goes.
const ROW_STEP: u32 = 3;
/// Runs on a page that look like a finder pattern (a page of small print has some thousands): the detector's work grows
/// with their square, and a hostile picture is made of nothing else.
const FINDER_RUNS_MAX: usize = 20_000;
/// The same for the slower detector, whose work grows with their cube.
const FINDER_RUNS_SLOW_MAX: usize = 300;
/// Sets of three finder patterns that are tried, the most plausible first.
const SETS_MAX: usize = 1_000;

/// What one picture showed.
pub(super) struct Found {
    pub codes: Vec<Scanned>,
    /// It shows more of what looks like a code than is worth looking at; not all of it was.
    pub too_busy: bool,
}

/// Reads up to `codes_max` codes. Another threshold is tried only where the first showed nothing, or a code unread.
pub(super) fn read_all(luma: &Luma, page: usize, codes_max: usize) -> Found {
    let look = |threshold| attempt(|| look(luma, threshold, codes_max)).unwrap_or_default();
    let mut seen = look(Threshold::Local);
    if seen.codes.is_empty() || seen.unread {
        let other = look(Threshold::OfThePage);
        seen.too_busy |= other.too_busy;
        seen.codes.extend(other.codes);
    }
    let mut codes: Vec<Scanned> = vec![];
    for code in seen.codes.iter().filter_map(|code| scanned(code, page)) {
        if codes.len() < codes_max && codes.iter().all(|known| !known.is_same_symbol(&code)) {
            codes.push(code);
        }
    }
    Found { codes, too_busy: seen.too_busy }
}

/// rxing is safe Rust, but index slips in reader libraries happen (credentials 5.2): a panic means "not read".
fn attempt<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// Where black ends.
#[derive(Clone, Copy)]
enum Threshold {
    /// By what lies around: shadows do no harm.
    Local,
    /// One for all: better on low contrast and on tiny pictures.
    OfThePage,
}

#[derive(Default)]
struct Look {
    codes: Vec<DecoderResult<bool>>,
    /// Three corners of a code, and no code read between them.
    unread: bool,
    too_busy: bool,
}

fn look(luma: &Luma, threshold: Threshold, codes_max: usize) -> Option<Look> {
    let source = Luma8Source::new_with_slice(&luma.pixels, luma.width, luma.height).ok()?;
    match threshold {
        Threshold::Local => {
            let binarizer = HybridBinarizer::new(source);
            let matrix = binarizer.get_black_matrix().ok()?;
            let mut look = all_codes(matrix, codes_max);
            if look.codes.is_empty() && !look.too_busy {
                look.codes.extend(attempt(|| by_slower_detector(matrix)));
            }
            Some(look)
        }
        Threshold::OfThePage => {
            let binarizer = GlobalHistogramBinarizer::new(source);
            Some(all_codes(binarizer.get_black_matrix().ok()?, codes_max))
        }
    }
}

/// Every code in one look: the corners are found once, then each plausible three of them are read.
fn all_codes(matrix: &BitMatrix, codes_max: usize) -> Look {
    if finder_runs(matrix, FINDER_RUNS_MAX) >= FINDER_RUNS_MAX {
        return Look { too_busy: true, ..Look::default() };
    }
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    let mut used: Vec<ConcentricPattern> = vec![];
    let mut look = Look::default();
    let sets = GenerateFinderPatternSets(&mut patterns);
    look.too_busy = sets.len() > SETS_MAX;
    let mut unread = vec![];
    for set in sets.into_iter().take(SETS_MAX) {
        if look.codes.len() == codes_max {
            break;
        }
        let corners = [set.tl, set.tr, set.bl];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let decoded = attempt(|| Decode(SampleQR(matrix, &set).ok()?.getBits()).ok());
        match decoded.filter(DecoderResult::isValid) {
            Some(code) => {
                used.extend(corners);
                look.codes.push(code);
            }
            None if is_square(&set) => unread.push(corners),
            None => {}
        }
    }
    look.unread = unread.iter().any(|corners| corners.iter().all(|corner| !used.contains(corner)));
    look
}

/// Whether three patterns lie like the corners of one code, and not by chance in some print.
fn is_square(set: &FinderPatternSet) -> bool {
    const TOLERANCE: f32 = 0.15;
    let sizes = [set.tl.size, set.tr.size, set.bl.size];
    let (least, most) = (sizes.iter().min(), sizes.iter().max());
    let alike = least.zip(most).is_some_and(|(least, most)| most * 3 <= least * 4);
    let (ax, ay) = (set.tr.p.x - set.tl.p.x, set.tr.p.y - set.tl.p.y);
    let (bx, by) = (set.bl.p.x - set.tl.p.x, set.bl.p.y - set.tl.p.y);
    let (across, down) = (ax.hypot(ay), bx.hypot(by));
    let right_angle = (ax * bx + ay * by).abs() <= TOLERANCE * across * down;
    alike && right_angle && (across - down).abs() <= TOLERANCE * across.max(down)
}

/// A different way to find the corners, for what the first one missed.
fn by_slower_detector(matrix: &BitMatrix) -> Option<DecoderResult<bool>> {
    if finder_runs(matrix, FINDER_RUNS_SLOW_MAX) >= FINDER_RUNS_SLOW_MAX {
        return None;
    }
    let hints = rxing::DecodeHints { TryHarder: Some(true), ..rxing::DecodeHints::default() };
    let sampled = Detector::new(matrix).detect_with_hints(&hints).ok()?;
    Decode(sampled.getBits()).ok().filter(DecoderResult::isValid)
}

/// Counts runs of dark, light, three times dark, light, dark, up to `enough`.
fn finder_runs(matrix: &BitMatrix, enough: usize) -> usize {
    let width = matrix.width() as usize;
    let mut count = 0;
    for y in (ROW_STEP - 1..matrix.height()).step_by(ROW_STEP as usize) {
        let row = matrix.getRow(y);
        let mut runs = [0_usize; 5];
        let mut at = row.getNextSet(0);
        while at < width && count < enough {
            let light = row.getNextUnset(at);
            let dark = row.getNextSet(light);
            runs = [runs[2], runs[3], light - at, dark.min(width) - light, 0];
            let next = if dark < width { row.getNextUnset(dark) - dark } else { 0 };
            // The middle is the run just measured; before it stand a dark and a light one, behind it the same.
            let [before, gap, middle, gap_behind, _] = runs;
            let thin = before.max(gap).max(gap_behind).max(next);
            count += usize::from(middle >= 3 && next > 0 && before > 0 && middle >= 2 * thin);
            at = dark;
        }
        if count >= enough {
            break;
        }
    }
    count
}

fn scanned(code: &DecoderResult<bool>, page: usize) -> Option<Scanned> {
    let raw = code.content().bytes().to_vec();
    if raw.is_empty() {
        return None;
    }
    Some(Scanned { text: text_of(&raw), structured_append: append_of(code), page, raw })
}

/// UTF-8 if it is that, else CP932: what Japanese symbols without ECI hold.
pub(super) fn text_of(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => SHIFT_JIS.decode_without_bom_handling(raw).0.into_owned(),
    }
}

fn append_of(code: &DecoderResult<bool>) -> Option<StructuredAppend> {
    let told = code.structuredAppend();
    let (index, count) = (u8::try_from(told.index).ok()?, u8::try_from(told.count).ok()?);
    let parity = told.id.parse().ok()?;
    (count > 1 && index < count).then_some(StructuredAppend { index, count, parity })
}
