//! One record's fields while they are typed. Nothing is lost: what nobody took is noticed at the end.

use super::{
    Flaw, Note, NotebookWarning, Position,
    words::{Author, CodeKind, Word},
};
use crate::domain::{
    drug_code::{DrugCode, DrugCodeKind},
    wareki,
};
use jiff::civil::Date;

/// More fields than any record has.
const PLACES: usize = 16;

/// A record as it was written, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'t> {
    pub at: Position,
    /// The line without spaces at its ends.
    pub line: &'t str,
}

impl<'t> Record<'t> {
    /// The record number.
    pub fn number(&self) -> &'t str {
        self.line.split(',').next().unwrap_or_default().trim()
    }

    /// Its fields, none of them taken yet.
    pub fn fields(&self) -> Fields<'t> {
        let mut fields = Fields { values: [""; PLACES], len: 0, untaken: 0, flaws: vec![] };
        for (place, value) in self.line.split(',').enumerate() {
            let value = value.trim();
            // A field behind the last place can only be kept raw.
            let bit = place.min(PLACES);
            if place > 0 && !value.is_empty() {
                fields.untaken |= 1 << bit;
            }
            if let Some(slot) = fields.values.get_mut(place) {
                *slot = value;
            }
            fields.len = place + 1;
        }
        fields
    }
}

/// The fields of one record. Place 0 is the record number.
pub(super) struct Fields<'t> {
    values: [&'t str; PLACES],
    len: usize,
    /// One bit for each field that holds something nobody has typed.
    untaken: u32,
    flaws: Vec<Flaw>,
}

impl<'t> Fields<'t> {
    /// How many fields were written, the record number among them.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Looks without taking.
    pub fn peek(&self, place: usize) -> &'t str {
        self.values.get(place).copied().unwrap_or_default()
    }

    /// Notes a flaw.
    pub fn flaw(&mut self, flaw: Flaw) {
        self.flaws.push(flaw);
    }

    /// Whether something that was written is in no type.
    pub fn is_lossy(&self) -> bool {
        self.untaken != 0
    }

    /// Notes a flaw if none was noted before: a record that is kept raw says why.
    pub fn explain(&mut self, flaw: Flaw) {
        if self.flaws.is_empty() {
            self.flaw(flaw);
        }
    }

    /// The flaws noted, with their place.
    pub fn warnings(self, record: &Record<'t>) -> impl Iterator<Item = NotebookWarning> + use<'t> {
        let record = *record;
        let told = move |flaw| NotebookWarning {
            flaw,
            place: record.number().to_owned(),
            at: Some(record.at),
        };
        self.flaws.into_iter().map(told)
    }

    /// Takes a text of at most so many bytes in CP932; an empty one for a field left out.
    pub fn text(&mut self, place: usize, bytes_max: usize) -> String {
        let value = self.take(place);
        if cp932_bytes(value) > bytes_max {
            self.flaw(Flaw::FieldTooLong);
        }
        value.to_owned()
    }

    /// Takes a text that may be left out.
    pub fn maybe(&mut self, place: usize, bytes_max: usize) -> Option<String> {
        let text = self.text(place, bytes_max);
        (!text.is_empty()).then_some(text)
    }

    /// Takes a word of the tables; an unknown one stays.
    pub fn word<W: Word>(&mut self, place: usize) -> Option<W> {
        let word = W::of(self.peek(place));
        if word.is_some() {
            self.take(place);
        }
        word
    }

    /// Takes a number of plain or full-width digits; anything else stays.
    pub fn number(&mut self, place: usize) -> Option<u16> {
        let value = self.peek(place);
        let number = digits(value)?;
        self.take(place);
        Some(number)
    }

    /// Takes a day in any form; one that cannot be read stays and is told.
    pub fn day(&mut self, place: usize) -> Option<Date> {
        let value = self.peek(place);
        if value.is_empty() {
            return None;
        }
        match wareki::parse(value) {
            Ok(parsed) => {
                if !parsed.warnings.is_empty() {
                    self.flaw(Flaw::OddDate);
                }
                self.take(place);
                Some(parsed.value)
            }
            Err(_) => {
                self.flaw(Flaw::UnreadableDate);
                None
            }
        }
    }

    /// Takes a day that the record cannot do without.
    pub fn needed_day(&mut self, place: usize) -> Option<Date> {
        if self.peek(place).is_empty() {
            self.flaw(Flaw::UnreadableDate);
        }
        self.day(place)
    }

    /// Takes the text and the author of a plain remark.
    pub fn note(&mut self, text: usize, bytes_max: usize, by: usize) -> Note {
        Note { text: self.text(text, bytes_max), by: self.word::<Author>(by), ..Note::default() }
    }

    /// Takes a drug code of the numbering declared at `kind`, and warns where it is none.
    pub fn drug_code(&mut self, kind: Option<usize>, code: usize) -> (CodeKind, Option<String>) {
        let declared = kind.and_then(|place| self.word(place)).unwrap_or(CodeKind::Unknown);
        let code = self.maybe(code, 13);
        if let Some(flaw) = code.as_deref().and_then(|code| code_flaw(declared, code)) {
            self.flaw(flaw);
        }
        (declared, code)
    }

    fn take(&mut self, place: usize) -> &'t str {
        self.untaken &= !(1 << place.min(PLACES));
        self.peek(place)
    }
}

fn code_flaw(declared: CodeKind, code: &str) -> Option<Flaw> {
    let Ok(parsed) = DrugCode::parse(code) else { return Some(Flaw::DrugCodeShape) };
    let fits = match (declared, parsed.value.kind()) {
        (CodeKind::Unknown, _)
        | (CodeKind::Receipt, DrugCodeKind::Receipt)
        | (CodeKind::PriceList | CodeKind::Yj, DrugCodeKind::Yj)
        | (CodeKind::Generic, DrugCodeKind::Generic) => true,
        (CodeKind::Hot, found) => {
            use DrugCodeKind::{Hot7, Hot9, Hot11, Hot13, Receipt};
            // Nine digits from 6 or 7 on look like a receipt code.
            matches!(found, Hot7 | Hot9 | Hot11 | Hot13 | Receipt)
        }
        _ => false,
    };
    if !fits {
        return Some(Flaw::DrugCodeKind);
    }
    (!parsed.warnings.is_empty()).then_some(Flaw::DrugCodeCheck)
}

fn digits(text: &str) -> Option<u16> {
    let mut number: Option<u16> = None;
    for c in text.chars() {
        let digit = match c {
            '0'..='9' => u32::from(c) - u32::from('0'),
            '０'..='９' => u32::from(c) - u32::from('０'),
            _ => return None,
        };
        let digit = u16::try_from(digit).ok()?;
        number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
    }
    number
}

/// Bytes of a text in CP932: one for ASCII and half-width kana, two for the rest.
fn cp932_bytes(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    let width = |c: char| if c.is_ascii() || matches!(c, '｡'..='ﾟ') { 1 } else { 2 };
    text.chars().map(width).sum()
}
