//! Scanning: pictures, PDFs and keyboard-wedge text in; payloads out. What a payload means is others' business.
//!
//! Everything handed in is hostile: sizes are read from headers before anything is decoded, and decoders run where a panic
//! of theirs is an error of ours.

mod chain;
mod kind;
mod pdf;
mod picture;
mod symbol;

#[cfg(test)]
mod tests;

pub use chain::{NotebookTexts, notebook_texts};
pub use kind::{Foreign, Recognised, normalise_keyboard, recognise, shown};
pub use pdf::page_picture;

use crate::{
    limits::{PICTURE_PIXELS_MAX, UPLOAD_BYTES_MAX},
    messages::{self, Message, Trouble},
};
use image::ImageFormat;
use picture::Luma;
use symbol::Found;

/// Codes looked for on one page; a drug history of a year has about ten.
const CODES_PER_PAGE_MAX: usize = 24;

/// One code as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The payload as text: UTF-8 if it is that, else CP932. For Japanese drug symbols work on `raw`.
    pub text: String,
    /// The payload's bytes, as encoded.
    pub raw: Vec<u8>,
    /// Page it stands on, from 1; a picture has one.
    pub page: usize,
    /// Its place in a chain of symbols (構造的連接), if it is part of one.
    pub structured_append: Option<StructuredAppend>,
}

impl Scanned {
    /// Whether both are one symbol, seen twice. Two symbols of a chain may hold the same bytes.
    fn is_same_symbol(&self, other: &Self) -> bool {
        self.raw == other.raw && self.structured_append == other.structured_append
    }
}

/// A place in a chain of symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StructuredAppend {
    /// Position, from 0.
    pub index: u8,
    /// How many symbols there are.
    pub count: u8,
    /// One byte that all symbols of a chain share (the XOR of all its data, JIS X 0510).
    pub parity: u8,
}

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Neither PNG nor JPEG nor PDF.
    #[error("neither PNG nor JPEG nor PDF")]
    UnknownKind,
    /// More bytes than are taken.
    #[error("upload of {bytes} bytes")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The header promises more pixels than are decoded.
    #[error("picture of {width} x {height} pixels")]
    TooManyPixels {
        /// Width from the header.
        width: u32,
        /// Height from the header.
        height: u32,
    },
    /// The file is cut off or damaged.
    #[error("damaged {0}")]
    Damaged(&'static str),
    /// A PDF with a password.
    #[error("the PDF is locked")]
    Locked,
    /// Readable, but no code was found.
    #[error("no code found")]
    NoCode,
    /// No code was read, and there is more on the picture that looks like one than is looked at.
    #[error("too many shapes like a code")]
    TooBusy,
    /// The first symbol of a chain is not there: without it nobody knows what the others are.
    #[error("a chain of symbols lacks its first")]
    ChainWithoutFirst,
    /// Two chains that claim to be one.
    #[error("symbols of two chains with one number")]
    ChainsMixed,
    /// A code, but not one of ours.
    #[error("foreign code: {0:?}")]
    Foreign(Foreign),
}

impl Trouble for ScanError {
    fn message(&self) -> &'static Message {
        match self {
            Self::UnknownKind => &messages::PICTURE_UNKNOWN_KIND,
            Self::TooLarge { .. } => &messages::PICTURE_TOO_LARGE,
            Self::TooManyPixels { .. } => &messages::PICTURE_TOO_MANY_PIXELS,
            Self::Damaged(_) => &messages::PICTURE_DAMAGED,
            Self::Locked => &messages::PICTURE_LOCKED,
            Self::NoCode => &messages::PICTURE_WITHOUT_CODE,
            Self::TooBusy => &messages::PICTURE_TOO_BUSY,
            Self::ChainWithoutFirst => &messages::CHAIN_WITHOUT_FIRST,
            Self::ChainsMixed => &messages::CHAINS_MIXED,
            Self::Foreign(foreign) => foreign.message(),
        }
    }
}

/// What a file is, by its first bytes; names and declared types are not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Png,
    Jpeg,
    Pdf,
}

impl FileKind {
    fn of(bytes: &[u8]) -> Option<Self> {
        // Some scanners write a few bytes before "%PDF-"; readers accept it within the first kilobyte (ISO 32000-1, H.3).
        let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if head.windows(5).any(|window| window == b"%PDF-") {
            Some(Self::Pdf)
        } else {
            None
        }
    }
}

/// Reads every QR code on a picture or a PDF, each payload once.
pub fn read_upload(bytes: &[u8]) -> Result<Vec<Scanned>, ScanError> {
    read_within(bytes, PICTURE_PIXELS_MAX)
}

/// The same with so many pixels a picture or page.
fn read_within(bytes: &[u8], pixels_max: u64) -> Result<Vec<Scanned>, ScanError> {
    if bytes.len() as u64 > UPLOAD_BYTES_MAX {
        return Err(ScanError::TooLarge { bytes: bytes.len() });
    }
    let found = match FileKind::of(bytes).ok_or(ScanError::UnknownKind)? {
        FileKind::Png => read_picture(picture::decode(bytes, ImageFormat::Png, pixels_max)?),
        FileKind::Jpeg => read_picture(picture::decode(bytes, ImageFormat::Jpeg, pixels_max)?),
        FileKind::Pdf => pdf::read(bytes, pixels_max)?,
    };
    let mut once: Vec<Scanned> = vec![];
    for code in found.codes {
        if once.iter().all(|seen| !seen.is_same_symbol(&code)) {
            once.push(code);
        }
    }
    match once.is_empty() {
        false => Ok(once),
        true if found.too_busy => Err(ScanError::TooBusy),
        true => Err(ScanError::NoCode),
    }
}

/// For the fuzz target: a small picture or PDF, so that many are read in a moment.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    const PIXELS_MAX: u64 = 200 * 200;
    let _ = read_within(bytes, PIXELS_MAX);
}

/// Coarse first: a scan is read faster and no worse at half its size.
fn read_picture(luma: Luma) -> Found {
    let mut too_busy = false;
    for step in picture::coarse_to_fine(luma) {
        let found = symbol::read_all(&step, 1, CODES_PER_PAGE_MAX);
        if !found.codes.is_empty() {
            return found;
        }
        too_busy |= found.too_busy;
    }
    Found { codes: vec![], too_busy }
}
