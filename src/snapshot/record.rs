//! Records as bytes inside a block: small numbers, shared words, and nothing the reader would trust unseen.
//!
//! Reading is total: every malformed body is `None`. A number is LEB128; a word is 0 and its text, or its number plus 1.

use super::words::Shelf;
use crate::{
    domain::{
        burden::Percent,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        medication::{Dispensing, Setting},
        person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
    },
    limits,
};
use jiff::civil::Date;

const HAS_BRANCH: u64 = 1;
const HAS_ALIAS: u64 = 1 << 1;
const HAS_BURDEN: u64 = 1 << 2;
const HAS_LIMIT_CLASS: u64 = 1 << 3;
const HAS_LOST_ON: u64 = 1 << 4;
const HAS_LOSS_REASON: u64 = 1 << 5;
const IS_FAMILY: u64 = 1 << 6;
const IS_SUSPENDED: u64 = 1 << 7;
const SEX_SHIFT: u32 = 8;
const REASON_SHIFT: u32 = 10;
const FLAGS_END: u64 = 1 << 12;

/// Divides family and given name; each half is a word of its own.
const FULL_WIDTH_SPACE: char = '\u{3000}';
const NAME_PARTS_MAX: u64 = 16;

pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

fn put_word(out: &mut Vec<u8>, shelf: &mut Shelf, word: &str) {
    match shelf.number(word) {
        Some(number) => put_number(out, u64::from(number) + 1),
        None => {
            put_number(out, 0);
            put_text(out, word);
        }
    }
}

fn put_name(out: &mut Vec<u8>, shelf: &mut Shelf, name: &str) {
    // More halves than a name has are one word; the reader joins what was divided, so nothing is lost either way.
    let limit = NAME_PARTS_MAX as usize;
    let parts: Vec<_> = name.splitn(limit, FULL_WIDTH_SPACE).collect();
    put_number(out, parts.len() as u64);
    parts.iter().for_each(|part| put_word(out, shelf, part));
}

/// The town is shared by many, the house number by few: divided before the first digit.
fn put_address(out: &mut Vec<u8>, shelf: &mut Shelf, address: &str) {
    let house = address.find(char::is_numeric).unwrap_or(address.len());
    let (town, house) = address.split_at(house);
    put_word(out, shelf, town);
    put_text(out, house);
}

fn put_date(out: &mut Vec<u8>, date: Date) {
    let year = i32::from(date.year());
    let folded = ((year << 1) ^ (year >> 31)).unsigned_abs(); // small for years near zero, of either sign
    let packed = u64::from(folded) << 9
        | u64::from(date.month().unsigned_abs()) << 5
        | u64::from(date.day().unsigned_abs());
    put_number(out, packed);
}

fn flags_of(person: &PersonRecord) -> u64 {
    let has = |present: bool, flag: u64| if present { flag } else { 0 };
    let sex = match person.sex {
        Sex::Male => 1,
        Sex::Female => 2,
        Sex::Unstated => 3,
    };
    let reason = match person.loss_reason {
        None | Some(LossReason::Death) => 0,
        Some(LossReason::PublicAssistance) => 1,
        Some(LossReason::OtherInsurance) => 2,
        Some(LossReason::Other) => 3,
    };
    has(person.identity.branch.is_some(), HAS_BRANCH)
        | has(person.alias.is_some(), HAS_ALIAS)
        | has(person.burden.is_some(), HAS_BURDEN)
        | has(person.limit_class.is_some(), HAS_LIMIT_CLASS)
        | has(person.lost_on.is_some(), HAS_LOST_ON)
        | has(person.loss_reason.is_some(), HAS_LOSS_REASON)
        | has(person.relation == Relation::Family, IS_FAMILY)
        | has(person.standing == Standing::Suspended, IS_SUSPENDED)
        | sex << SEX_SHIFT
        | reason << REASON_SHIFT
}

/// One person as bytes.
pub(super) fn write_person(shelf: &mut Shelf, person: &PersonRecord) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    put_number(&mut out, flags_of(person));
    put_number(&mut out, u64::from(person.identity.insurer.value()));
    put_word(&mut out, shelf, &person.identity.symbol);
    put_text(&mut out, &person.identity.number);
    if let Some(branch) = person.identity.branch {
        put_number(&mut out, u64::from(branch.value()));
    }
    put_word(&mut out, shelf, &person.insurer_name);
    put_name(&mut out, shelf, &person.name);
    put_name(&mut out, shelf, &person.kana);
    if let Some(alias) = &person.alias {
        put_name(&mut out, shelf, &alias.name);
        put_name(&mut out, shelf, &alias.kana);
    }
    put_date(&mut out, person.birth);
    put_address(&mut out, shelf, &person.address);
    put_number(&mut out, u64::from(person.municipality));
    if let Some(burden) = person.burden {
        put_number(&mut out, u64::from(burden.value()));
    }
    if let Some(class) = &person.limit_class {
        put_word(&mut out, shelf, class);
    }
    put_date(&mut out, person.valid_from);
    if let Some(lost_on) = person.lost_on {
        put_date(&mut out, lost_on);
    }
    out
}

/// One person's drugs as bytes.
pub(super) fn write_history(shelf: &mut Shelf, history: &[Dispensing]) -> Vec<u8> {
    let mut out = Vec::with_capacity(history.len() * 20);
    history.iter().for_each(|dispensing| put_dispensing(&mut out, shelf, dispensing));
    out
}

/// Adds one drug to a history.
pub(super) fn put_dispensing(out: &mut Vec<u8>, shelf: &mut Shelf, drug: &Dispensing) {
    put_date(out, drug.on);
    for word in
        [&drug.drug_code, &drug.drug_name, &drug.ingredient, &drug.dose, &drug.unit, &drug.usage]
    {
        put_word(out, shelf, word);
    }
    put_word(out, shelf, &drug.facility);
    let setting = match drug.setting {
        Setting::InHouse => 0,
        Setting::Pharmacy => 1,
    };
    put_number(out, u64::from(drug.days) << 1 | setting);
}

/// Bytes read from the front, never past the end.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.number()?).ok()
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.small::<usize>()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn word<'w>(&mut self, words: &'w [Box<str>]) -> Option<&'w str>
    where
        'a: 'w,
    {
        match self.small::<usize>()? {
            0 => self.text(),
            number => words.get(number - 1).map(AsRef::as_ref),
        }
    }

    fn name(&mut self, words: &[Box<str>]) -> Option<String> {
        let parts = self.number().filter(|parts| (1..=NAME_PARTS_MAX).contains(parts))?;
        let mut name = self.word(words)?.to_owned();
        for _ in 1..parts {
            name.push(FULL_WIDTH_SPACE);
            name.push_str(self.word(words)?);
        }
        Some(name)
    }

    fn address(&mut self, words: &[Box<str>]) -> Option<String> {
        let town = self.word(words)?.to_owned();
        Some(town + self.text()?)
    }

    fn date(&mut self) -> Option<Date> {
        let packed = self.number()?;
        let folded = i32::try_from(packed >> 9).ok()?;
        let year = (folded >> 1) ^ -(folded & 1);
        let (month, day) = ((packed >> 5 & 0xf) as i8, (packed & 0x1f) as i8);
        Date::new(i16::try_from(year).ok()?, month, day).ok()
    }
}

fn present<T>(flags: u64, flag: u64, read: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
    if flags & flag == 0 { Some(None) } else { read().map(Some) }
}

fn sex_of(flags: u64) -> Option<Sex> {
    match flags >> SEX_SHIFT & 3 {
        1 => Some(Sex::Male),
        2 => Some(Sex::Female),
        3 => Some(Sex::Unstated),
        _ => None,
    }
}

fn reason_of(flags: u64) -> Option<LossReason> {
    let reason = match flags >> REASON_SHIFT & 3 {
        0 => LossReason::Death,
        1 => LossReason::PublicAssistance,
        2 => LossReason::OtherInsurance,
        _ => LossReason::Other,
    };
    (flags & HAS_LOSS_REASON != 0).then_some(reason)
}

fn read_identity(r: &mut Reader<'_>, words: &[Box<str>], flags: u64) -> Option<Identity> {
    Some(Identity {
        insurer: InsurerNumber::from_value(r.small()?)?,
        symbol: r.word(words)?.into(),
        number: r.text()?.into(),
        branch: present(flags, HAS_BRANCH, || Branch::from_value(r.small()?))?,
    })
}

/// One person out of bytes.
pub(super) fn read_person(words: &[Box<str>], body: &[u8]) -> Option<PersonRecord> {
    let r = &mut Reader::new(body);
    let flags = r.number().filter(|flags| *flags < FLAGS_END)?;
    let person = PersonRecord {
        identity: read_identity(r, words, flags)?,
        insurer_name: r.word(words)?.into(),
        name: r.name(words)?,
        kana: r.name(words)?,
        alias: present(flags, HAS_ALIAS, || {
            Some(Alias { name: r.name(words)?, kana: r.name(words)? })
        })?,
        birth: r.date()?,
        sex: sex_of(flags)?,
        address: r.address(words)?,
        municipality: r.small()?,
        relation: if flags & IS_FAMILY == 0 { Relation::Insured } else { Relation::Family },
        burden: present(flags, HAS_BURDEN, || Percent::new(r.small()?))?,
        limit_class: present(flags, HAS_LIMIT_CLASS, || r.word(words).map(Into::into))?,
        valid_from: r.date()?,
        lost_on: present(flags, HAS_LOST_ON, || r.date())?,
        loss_reason: reason_of(flags),
        standing: if flags & IS_SUSPENDED == 0 { Standing::Usable } else { Standing::Suspended },
    };
    r.is_empty().then_some(person)
}

fn read_dispensing(r: &mut Reader<'_>, words: &[Box<str>]) -> Option<Dispensing> {
    let on = r.date()?;
    let drug_code = r.word(words)?.into();
    let drug_name = r.word(words)?.into();
    let ingredient = r.word(words)?.into();
    let dose = r.word(words)?.into();
    let unit = r.word(words)?.into();
    let usage = r.word(words)?.into();
    let facility = r.word(words)?.into();
    let last = r.number()?;
    let days = u16::try_from(last >> 1).ok()?;
    let setting = if last & 1 == 0 { Setting::InHouse } else { Setting::Pharmacy };
    Some(Dispensing {
        on,
        drug_code,
        drug_name,
        ingredient,
        dose,
        unit,
        usage,
        days,
        facility,
        setting,
    })
}

/// One person's drugs out of bytes.
pub(super) fn read_history(words: &[Box<str>], body: &[u8]) -> Option<Vec<Dispensing>> {
    let mut reader = Reader::new(body);
    let mut history = vec![];
    while !reader.is_empty() {
        history.push(read_dispensing(&mut reader, words)?);
        if history.len() > limits::DISPENSINGS_MAX {
            return None;
        }
    }
    Some(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::samples;
    use proptest::prelude::*;

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let mut shelf = Shelf::default();
        for (mut person, drugs) in samples::region(40) {
            person.alias = Some(Alias { name: "通称　花子".into(), kana: String::new() });
            person.name.push_str(&"　連なる名".repeat(20));
            let body = write_person(&mut shelf, &person);
            assert_eq!(read_person(shelf.so_far(), &body), Some(person));
            let history = write_history(&mut shelf, &drugs);
            assert_eq!(read_history(shelf.so_far(), &history), Some(drugs));
        }
    }

    #[test]
    fn a_number_of_a_word_that_is_not_there_is_malformed() {
        let mut shelf = Shelf::default();
        let (person, _) = samples::region(1).remove(0);
        let body = write_person(&mut shelf, &person);
        assert_eq!(read_person(&[], &body), None);
    }

    #[test]
    fn a_date_of_any_year_reads_back() {
        for date in [Date::MIN, Date::MAX, Date::ZERO, jiff::civil::date(2026, 2, 28)] {
            let mut out = vec![];
            put_date(&mut out, date);
            assert_eq!(Reader::new(&out).date(), Some(date));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let words = ["佐藤".into(), "花子".into()];
            let _ = read_person(&words, &bytes);
            let _ = read_history(&words, &bytes);
            let _ = crate::snapshot::block::entries(&bytes);
        }

        #[test]
        fn a_record_with_a_changed_or_missing_byte_never_panics(at in 0_usize..120, with: u8) {
            let mut shelf = Shelf::default();
            let (person, drugs) = samples::region(1).remove(0);
            for mut body in [write_person(&mut shelf, &person), write_history(&mut shelf, &drugs)] {
                if let Some(byte) = body.get_mut(at) { *byte = with; }
                let _ = read_person(shelf.so_far(), &body);
                let _ = read_history(shelf.so_far(), &body);
                body.truncate(at);
                let _ = read_person(shelf.so_far(), &body);
                let _ = read_history(shelf.so_far(), &body);
            }
        }
    }
}
