//! Paper: A4 pages as PDF with selectable Japanese text, an embedded subset font and QR codes as vectors.
//!
//! What a page says comes in as parameters; the same input makes the same bytes. A character no font here has is printed
//! as 〓 and handed back to the caller: never an empty box in somebody's name.

mod answer;
mod card;
mod certificate;
mod drugs;
mod envelope;
mod face;
mod marks;
mod notice;
mod order;
mod papers;
mod qr;
mod shapes;
mod sheet;
mod statement;
mod table;
mod words;
mod wrap;

pub use answer::{AskedFor, answer_slip};
pub use certificate::certificate_sheet;
pub use drugs::{DrugSheet, drug_sheet};
pub use envelope::{EnvelopeSet, EnvelopeSheet, envelope_register, envelope_sheet};
pub use notice::notice_sheet;
pub use order::{OrderFacts, order_sheet};
pub use papers::{PaperFace, PaperRun, without_glyph};
pub use statement::statement_sheet;

use crate::messages::{self, Message, Trouble};

/// A finished document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Characters no font here has, printed as 〓: tell the person at the counter, who can write them by hand.
    pub missing_glyphs: Vec<char>,
}

/// Why a page could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// A QR payload that fits no symbol we print.
    #[error("a QR payload of {bytes} bytes fits no printable symbol")]
    QrTooLong {
        /// Its length.
        bytes: usize,
    },
    /// Something else than digits where a code of digits is printed.
    #[error("the code to print is not made of digits")]
    NotDigits,
    /// More pages than a person will carry: something is wrong with what was asked for.
    #[error("more than {pages_max} pages")]
    TooManyPages {
        /// The ceiling.
        pages_max: usize,
    },
    /// An embedded font cannot be read or cut; the program file itself is damaged.
    #[error("font: {0}")]
    Font(&'static str),
}

impl Trouble for PrintError {
    fn message(&self) -> &'static Message {
        match self {
            Self::QrTooLong { .. } => &messages::PRINT_QR_TOO_LONG,
            Self::NotDigits => &messages::PRINT_NOT_DIGITS,
            Self::TooManyPages { .. } => &messages::PRINT_TOO_MANY_PAGES,
            Self::Font(_) => &messages::PRINT_FONT_BROKEN,
        }
    }
}
