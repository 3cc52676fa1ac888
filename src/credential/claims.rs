//! The claims of a signed paper as CBOR with one spelling: integer keys in order, nothing empty, nothing extra.
//!
//! Reading ends with writing: what was read is encoded again and must give the same bytes. That one comparison refuses
//! doubled keys, keys out of order, longer spellings of a number and anything after the end.

use super::kana_bytes;
use crate::{
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::{Relation, Sex},
    },
    limits::NAME_CHARS_MAX,
    trust::compact::{day, day_number},
};
use jiff::civil::Date;
use minicbor::{Decoder, Encoder, data::Type};
use std::convert::Infallible;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// With a 1 in front of it a number of 17 digits still fits 64 bits.
const NUMBER_DIGITS_MAX: usize = 17;
/// 限度額適用区分: the longest code in use has three characters.
const LIMIT_CLASS_CHARS_MAX: usize = 8;

/// The CBOR, or what cannot be said in it.
pub(super) fn encode(claims: &DocumentClaims) -> Result<Vec<u8>, &'static str> {
    dates_in_order(claims)?;
    let fields = Fields::of(claims)?;
    let mut bytes = vec![];
    // Writing into a `Vec` cannot fail.
    let _ = fields.write(&mut Encoder::new(&mut bytes));
    Ok(bytes)
}

/// The claims, if the bytes are their one spelling.
pub(super) fn decode(bytes: &[u8]) -> Result<DocumentClaims, &'static str> {
    let claims = Fields::read(bytes)?.settle()?;
    if encode(&claims)? == bytes { Ok(claims) } else { Err("not the one spelling") }
}

/// The claims as written: small numbers and text.
#[derive(Default)]
struct Fields {
    kind: Option<u8>,
    insurer: Option<u32>,
    symbol: Option<String>,
    number: Option<Number>,
    branch: Option<u8>,
    name: Option<String>,
    kana: Option<Kana>,
    birth: Option<i32>,
    sex_and_relation: Option<u8>,
    burden_tenths: Option<u8>,
    limit_class: Option<String>,
    valid_from: Option<i32>,
    issued_on: Option<i32>,
    valid_to: Option<i32>,
    serial: Option<[u8; 6]>,
}

enum Number {
    /// A 1, then the digits: the leading zeros stay.
    Digits(u64),
    Text(String),
}

enum Kana {
    Bytes(Vec<u8>),
    Text(String),
}

impl Number {
    fn of(number: &str) -> Self {
        let plain = number.len() <= NUMBER_DIGITS_MAX && number.bytes().all(|b| b.is_ascii_digit());
        let value = plain.then(|| format!("1{number}").parse().ok()).flatten();
        value.map_or_else(|| Self::Text(number.into()), Self::Digits)
    }

    fn settle(self) -> Result<String, &'static str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Digits(value) => {
                value.to_string().strip_prefix('1').map(Into::into).ok_or("number")
            }
        }
    }
}

impl Fields {
    fn of(claims: &DocumentClaims) -> Result<Self, &'static str> {
        let Identity { insurer, symbol, number, branch } = &claims.identity;
        let (name, kana) = (text(&claims.name, "name")?, text(&claims.kana, "kana")?);
        if name.is_empty() || number.is_empty() {
            return Err("a name or number is missing");
        }
        if [&name, &kana].into_iter().any(|text| text.chars().count() > NAME_CHARS_MAX) {
            return Err("a name that is too long");
        }
        let kana = (!kana.is_empty())
            .then(|| kana_bytes::to_bytes(&kana).map_or(Kana::Text(kana), Kana::Bytes));
        Ok(Self {
            kind: Some(kind_number(claims.kind)),
            insurer: Some(insurer.value()),
            symbol: Some(text(symbol, "symbol")?).filter(|symbol| !symbol.is_empty()),
            number: Some(Number::of(&text(number, "number")?)),
            branch: branch.map(Branch::value),
            name: Some(name),
            kana,
            birth: Some(day_number(claims.birth)),
            sex_and_relation: Some(sex_number(claims.sex) * 4 + relation_number(claims.relation)),
            burden_tenths: claims.burden.map(tenths).transpose()?,
            limit_class: claims.limit_class.as_deref().map(limit_class).transpose()?,
            valid_from: Some(day_number(claims.valid_from)),
            issued_on: Some(day_number(claims.issued_on)),
            valid_to: claims.valid_to.map(day_number),
            serial: Some(claims.serial),
        })
    }

    fn settle(self) -> Result<DocumentClaims, &'static str> {
        let date = |number: Option<i32>| number.and_then(day).ok_or("date");
        let sex_and_relation = self.sex_and_relation.ok_or("sex and relation")?;
        let identity = Identity {
            insurer: self.insurer.and_then(InsurerNumber::from_value).ok_or("insurer number")?,
            symbol: self.symbol.unwrap_or_default(),
            number: self.number.ok_or("number")?.settle()?,
            branch: optional(self.branch, Branch::from_value, "branch")?,
        };
        Ok(DocumentClaims {
            kind: self.kind.and_then(kind).ok_or("kind of paper")?,
            identity,
            name: self.name.ok_or("name")?,
            kana: match self.kana {
                None => String::new(),
                Some(Kana::Text(text)) => text,
                Some(Kana::Bytes(bytes)) => kana_bytes::from_bytes(&bytes).ok_or("kana")?,
            },
            birth: date(self.birth)?,
            sex: sex(sex_and_relation / 4).ok_or("sex")?,
            relation: relation(sex_and_relation % 4).ok_or("relation")?,
            burden: optional(self.burden_tenths, percent, "burden")?,
            limit_class: self.limit_class,
            valid_from: date(self.valid_from)?,
            issued_on: date(self.issued_on)?,
            valid_to: self.valid_to.map(|number| day(number).ok_or("date")).transpose()?,
            serial: self.serial.ok_or("serial")?,
        })
    }

    fn count(&self) -> u64 {
        let optional = [
            self.symbol.is_some(),
            self.branch.is_some(),
            self.kana.is_some(),
            self.burden_tenths.is_some(),
            self.limit_class.is_some(),
            self.valid_to.is_some(),
        ];
        9 + optional.into_iter().filter(|there| *there).count() as u64
    }

    fn write(&self, e: &mut Encoder<&mut Vec<u8>>) -> Written {
        e.map(self.count())?;
        put(e, 0, &self.kind)?;
        put(e, 1, &self.insurer)?;
        put(e, 2, &self.symbol)?;
        match &self.number {
            Some(Number::Digits(value)) => e.u8(3)?.u64(*value)?,
            Some(Number::Text(text)) => e.u8(3)?.str(text)?,
            None => e,
        };
        put(e, 4, &self.branch)?;
        put(e, 5, &self.name)?;
        match &self.kana {
            Some(Kana::Bytes(bytes)) => e.u8(6)?.bytes(bytes)?,
            Some(Kana::Text(text)) => e.u8(6)?.str(text)?,
            None => e,
        };
        put(e, 7, &self.birth)?;
        put(e, 8, &self.sex_and_relation)?;
        put(e, 9, &self.burden_tenths)?;
        put(e, 10, &self.limit_class)?;
        put(e, 11, &self.valid_from)?;
        put(e, 12, &self.issued_on)?;
        put(e, 13, &self.valid_to)?;
        if let Some(serial) = &self.serial {
            e.u8(14)?.bytes(serial)?;
        }
        Ok(())
    }

    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut d = Decoder::new(bytes);
        let pairs = d.map().ok().flatten().ok_or("not a map of known length")?;
        let mut fields = Self::default();
        // A map of a later version is refused too: a field nobody reads is a field nobody judged.
        for _ in 0..pairs {
            let key = d.u8().map_err(|_| "key")?;
            fields.read_field(key, &mut d).map_err(|_| "field")?;
        }
        Ok(fields)
    }

    fn read_field(&mut self, key: u8, d: &mut Decoder<'_>) -> Result<(), minicbor::decode::Error> {
        let unknown = || minicbor::decode::Error::message("unknown key");
        match key {
            0 => self.kind = Some(d.u8()?),
            1 => self.insurer = Some(d.u32()?),
            2 => self.symbol = Some(d.str()?.into()),
            3 if d.datatype()? == Type::String => {
                self.number = Some(Number::Text(d.str()?.into()));
            }
            3 => self.number = Some(Number::Digits(d.u64()?)),
            4 => self.branch = Some(d.u8()?),
            5 => self.name = Some(d.str()?.into()),
            6 if d.datatype()? == Type::String => self.kana = Some(Kana::Text(d.str()?.into())),
            6 => self.kana = Some(Kana::Bytes(d.bytes()?.into())),
            7 => self.birth = Some(d.i32()?),
            8 => self.sex_and_relation = Some(d.u8()?),
            9 => self.burden_tenths = Some(d.u8()?),
            10 => self.limit_class = Some(d.str()?.into()),
            11 => self.valid_from = Some(d.i32()?),
            12 => self.issued_on = Some(d.i32()?),
            13 => self.valid_to = Some(d.i32()?),
            14 => self.serial = Some(d.bytes()?.try_into().map_err(|_| unknown())?),
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

type Written = Result<(), minicbor::encode::Error<Infallible>>;

fn put<T: minicbor::Encode<()>>(
    e: &mut Encoder<&mut Vec<u8>>,
    key: u8,
    value: &Option<T>,
) -> Written {
    if let Some(value) = value {
        e.u8(key)?.encode(value)?;
    }
    Ok(())
}

fn optional<N, T>(
    value: Option<N>,
    read: fn(N) -> Option<T>,
    what: &'static str,
) -> Result<Option<T>, &'static str> {
    value.map(|value| read(value).ok_or(what)).transpose()
}

/// Composed form, so that the same name has the same bytes.
fn text(text: &str, what: &'static str) -> Result<String, &'static str> {
    let composed = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    if composed.chars().any(has_no_place) { Err(what) } else { Ok(composed) }
}

/// Characters that bend screens and prints (controls, line and paragraph separators, marks of direction, no-width ones), and
/// those that look different in every house: private use (外字) and noncharacters.
fn has_no_place(c: char) -> bool {
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control()
        || noncharacter
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

fn limit_class(class: &str) -> Result<String, &'static str> {
    let length = class.chars().count();
    if !(1..=LIMIT_CLASS_CHARS_MAX).contains(&length) {
        return Err("limit class");
    }
    text(class, "limit class")
}

fn tenths(share: Percent) -> Result<u8, &'static str> {
    if share.value().is_multiple_of(10) { Ok(share.value() / 10) } else { Err("burden") }
}

fn percent(tenths: u8) -> Option<Percent> {
    Percent::new(tenths.checked_mul(10)?)
}

fn kind_number(kind: DocumentKind) -> u8 {
    match kind {
        DocumentKind::Certificate => 1,
        DocumentKind::Notice => 2,
    }
}

fn kind(number: u8) -> Option<DocumentKind> {
    match number {
        1 => Some(DocumentKind::Certificate),
        2 => Some(DocumentKind::Notice),
        _ => None,
    }
}

fn sex_number(sex: Sex) -> u8 {
    match sex {
        Sex::Unstated => 0,
        Sex::Male => 1,
        Sex::Female => 2,
    }
}

fn sex(number: u8) -> Option<Sex> {
    [Sex::Unstated, Sex::Male, Sex::Female].get(usize::from(number)).copied()
}

fn relation_number(relation: Relation) -> u8 {
    match relation {
        Relation::Insured => 1,
        Relation::Family => 2,
    }
}

fn relation(number: u8) -> Option<Relation> {
    match number {
        1 => Some(Relation::Insured),
        2 => Some(Relation::Family),
        _ => None,
    }
}

/// Whether the dates of a paper can be meant. A first day of coverage after the day of issue can: papers are sent ahead.
fn dates_in_order(claims: &DocumentClaims) -> Result<(), &'static str> {
    let ends_early = |day: Date| claims.valid_to.is_some_and(|last| last < day);
    if claims.birth > claims.issued_on
        || ends_early(claims.valid_from)
        || ends_early(claims.issued_on)
    {
        return Err("dates out of order");
    }
    Ok(())
}

/// For the fuzz target: digits of a code, the signed structure, and claims as they are read after the signature was verified.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let _ = (decode(bytes), crate::seal::peek_kid(bytes));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = super::frame::decode(text);
    }
}
