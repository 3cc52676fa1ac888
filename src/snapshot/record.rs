//! One person as bytes inside a block: flags, small numbers, shared words, and nothing the reader would trust unseen.

use super::{
    shelf::Shelf,
    wire::{Reader, put_day, put_digits, put_number, put_text},
    words::{Kind, Tables},
};
use crate::domain::{
    burden::Percent,
    digits::push_digits,
    insured::{Branch, Identity},
    insurer_number::InsurerNumber,
    person::{Alias, LossReason, Origin, PersonRecord, Relation, Sex, Standing},
    time::Stamp,
};
use jiff::civil::Date;

pub(super) const HAS_BRANCH: u64 = 1;
pub(super) const HAS_LIMIT_CLASS: u64 = 1 << 1;
pub(super) const IS_FAMILY: u64 = 1 << 2;
pub(super) const SEX_SHIFT: u32 = 3;
pub(super) const BURDEN_SHIFT: u32 = 5;
pub(super) const HAS_LOST_ON: u64 = 1 << 7;
pub(super) const HAS_LOSS_REASON: u64 = 1 << 8;
pub(super) const REASON_SHIFT: u32 = 9;
pub(super) const IS_SUSPENDED: u64 = 1 << 11;
pub(super) const HAS_ALIAS: u64 = 1 << 12;
/// The name or the kana has no full-width space to be divided at.
pub(super) const NAME_WHOLE: u64 = 1 << 13;
/// The address bears a character that stands for a number here.
pub(super) const ADDRESS_PLAIN: u64 = 1 << 14;
/// Where and when a facility's own record was received stands at its end.
pub(super) const HAS_ORIGIN: u64 = 1 << 15;
pub(super) const FLAGS_END: u64 = 1 << 16;

/// Burden: 0 is not stated.
const BURDEN_30: u64 = 1;
const BURDEN_20: u64 = 2;
const BURDEN_OTHER: u64 = 3;

/// Divides family and given name.
const FULL_WIDTH_SPACE: char = '\u{3000}';
/// Stands for a number taken out of an address.
const NUMBER_HERE: char = '\u{1}';
/// Stands for one in full-width digits.
const WIDE_NUMBER_HERE: char = '\u{2}';
/// Longer rows of digits, and those with a leading zero, stay text.
const HOUSE_DIGITS_MAX: usize = 9;

/// A name and its kana, divided the same way; `None` if one of them is not divided.
fn halves<'a>(name: &'a str, kana: &'a str) -> Option<([&'a str; 2], [&'a str; 2])> {
    let (name, kana) = (name.split_once(FULL_WIDTH_SPACE)?, kana.split_once(FULL_WIDTH_SPACE)?);
    Some(([name.0, kana.0], [name.1, kana.1]))
}

fn put_name(out: &mut Vec<u8>, shelf: &mut Shelf, name: &str, kana: &str) {
    match halves(name, kana) {
        Some((family, given)) => {
            shelf.put(out, Kind::FamilyName, family);
            shelf.put(out, Kind::GivenName, given);
        }
        None => shelf.put(out, Kind::FamilyName, [name, kana]),
    }
}

fn is_wide_digit(c: char) -> bool {
    ('０'..='９').contains(&c)
}

fn is_house_digit(c: char) -> bool {
    c.is_ascii_digit() || is_wide_digit(c)
}

/// A row of digits as a number, if writing the number gives the same row again.
fn house_number(digits: &str) -> Option<(char, u64)> {
    let mark = if digits.starts_with(is_wide_digit) { WIDE_NUMBER_HERE } else { NUMBER_HERE };
    let value = |c: char| u64::from(u32::from(c) & 0xf); // the last digit of either code point
    let short = digits.chars().count() <= HOUSE_DIGITS_MAX;
    let number = digits.chars().take(HOUSE_DIGITS_MAX).fold(0, |sum, c| sum * 10 + value(c));
    let mut again = String::with_capacity(digits.len());
    push_house_number(&mut again, mark, number);
    (short && again == digits).then_some((mark, number))
}

fn push_house_number(address: &mut String, mark: char, number: u64) {
    let start = address.len();
    push_digits(address, number, 1);
    if mark == WIDE_NUMBER_HERE {
        let digits = address.split_off(start);
        let widened = digits.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10));
        address.extend(widened);
    }
}

/// The house's part of an address: its form, and the numbers taken out of it.
fn house_form(house: &str) -> (String, Vec<u64>) {
    let (mut form, mut numbers) = (String::with_capacity(house.len()), vec![]);
    let mut rest = house;
    while let Some(start) = rest.find(is_house_digit) {
        let (before, digits) = rest.split_at(start);
        let wide = digits.starts_with(is_wide_digit);
        let other = |c: char| !is_house_digit(c) || is_wide_digit(c) != wide;
        let (digits, after) = digits.split_at(digits.find(other).unwrap_or(digits.len()));
        form.push_str(before);
        match house_number(digits) {
            Some((mark, number)) => {
                form.push(mark);
                numbers.push(number);
            }
            None => form.push_str(digits),
        }
        rest = after;
    }
    form.push_str(rest);
    (form, numbers)
}

/// Whether an address bears a character that stands for a number in a form.
fn is_plain(address: &str) -> bool {
    address.contains([NUMBER_HERE, WIDE_NUMBER_HERE])
}

/// The town is shared by many, the form of a house's number too; only its numbers are this person's.
fn put_address(out: &mut Vec<u8>, shelf: &mut Shelf, person: &PersonRecord) {
    let municipality = person.municipality.to_string();
    if is_plain(&person.address) {
        shelf.put(out, Kind::Town, [municipality.as_str(), ""]);
        put_text(out, &person.address);
        return;
    }
    let house = person.address.find(is_house_digit).unwrap_or(person.address.len());
    let (town, house) = person.address.split_at(house);
    let (form, numbers) = house_form(house);
    shelf.put(out, Kind::Town, [municipality.as_str(), town]);
    shelf.put(out, Kind::HouseForm, [form.as_str()]);
    numbers.into_iter().for_each(|number| put_number(out, number));
}

fn flags_of(person: &PersonRecord) -> u64 {
    let has = |present: bool, flag: u64| if present { flag } else { 0 };
    let sex = match person.sex {
        Sex::Male => 1,
        Sex::Female => 2,
        Sex::Unstated => 3,
    };
    let burden = match person.burden.map(Percent::value) {
        None => 0,
        Some(30) => BURDEN_30,
        Some(20) => BURDEN_20,
        Some(_) => BURDEN_OTHER,
    };
    let reason = match person.loss_reason {
        None | Some(LossReason::Death) => 0,
        Some(LossReason::PublicAssistance) => 1,
        Some(LossReason::OtherInsurance) => 2,
        Some(LossReason::Other) => 3,
    };
    has(person.identity.branch.is_some(), HAS_BRANCH)
        | has(person.limit_class.is_some(), HAS_LIMIT_CLASS)
        | has(person.relation == Relation::Family, IS_FAMILY)
        | sex << SEX_SHIFT
        | burden << BURDEN_SHIFT
        | has(person.lost_on.is_some(), HAS_LOST_ON)
        | has(person.loss_reason.is_some(), HAS_LOSS_REASON)
        | reason << REASON_SHIFT
        | has(person.standing == Standing::Suspended, IS_SUSPENDED)
        | has(person.alias.is_some(), HAS_ALIAS)
        | has(halves(&person.name, &person.kana).is_none(), NAME_WHOLE)
        | has(is_plain(&person.address), ADDRESS_PLAIN)
        | has(person.origin.is_some(), HAS_ORIGIN)
}

/// One person as bytes. They tell their own end, so that a family is its members in a row.
pub(super) fn write_person(shelf: &mut Shelf, person: &PersonRecord) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    put_number(&mut out, flags_of(person));
    let insurer = person.identity.insurer.value().to_string();
    shelf.put(&mut out, Kind::Insurer, [insurer.as_str(), &person.insurer_name]);
    if !put_digits(&mut out, &person.identity.symbol) {
        put_number(&mut out, 0);
        shelf.put(&mut out, Kind::Symbol, [person.identity.symbol.as_str()]);
    }
    if !put_digits(&mut out, &person.identity.number) {
        put_number(&mut out, 0);
        put_text(&mut out, &person.identity.number);
    }
    if let Some(branch) = person.identity.branch {
        put_number(&mut out, u64::from(branch.value()));
    }
    put_day(&mut out, person.birth);
    put_name(&mut out, shelf, &person.name, &person.kana);
    if let Some(alias) = &person.alias {
        put_text(&mut out, &alias.name);
        put_text(&mut out, &alias.kana);
    }
    put_address(&mut out, shelf, person);
    if flags_of(person) >> BURDEN_SHIFT & 3 == BURDEN_OTHER {
        put_number(&mut out, person.burden.map_or(0, |burden| burden.value().into()));
    }
    if let Some(class) = &person.limit_class {
        shelf.put(&mut out, Kind::LimitClass, [class.as_str()]);
    }
    put_day(&mut out, person.valid_from);
    if let Some(lost_on) = person.lost_on {
        put_day(&mut out, lost_on);
    }
    if let Some(origin) = &person.origin {
        shelf.put(&mut out, Kind::Origin, [origin.source.as_str()]);
        put_number(&mut out, origin.received_at.0.max(0).cast_unsigned());
    }
    out
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

fn burden_of(r: &mut Reader<'_>, flags: u64) -> Option<Option<Percent>> {
    match flags >> BURDEN_SHIFT & 3 {
        0 => Some(None),
        BURDEN_30 => Percent::new(30).map(Some),
        BURDEN_20 => Percent::new(20).map(Some),
        _ => Percent::new(r.small()?).map(Some),
    }
}

fn joined(first: &str, second: &str) -> String {
    let mut name = String::with_capacity(first.len() + second.len() + FULL_WIDTH_SPACE.len_utf8());
    name.push_str(first);
    name.push(FULL_WIDTH_SPACE);
    name.push_str(second);
    name
}

fn read_name<'w>(r: &mut Reader<'w>, words: &'w Tables, flags: u64) -> Option<(String, String)> {
    let [name, kana] = words.read(r, Kind::FamilyName)?;
    if flags & NAME_WHOLE != 0 {
        return Some((name.into(), kana.into()));
    }
    let [given, given_kana] = words.read(r, Kind::GivenName)?;
    Some((joined(name, given), joined(kana, given_kana)))
}

fn read_address<'w>(r: &mut Reader<'w>, words: &'w Tables, flags: u64) -> Option<(u32, String)> {
    let [municipality, town] = words.read(r, Kind::Town)?;
    let municipality = municipality.parse().ok()?;
    if flags & ADDRESS_PLAIN != 0 {
        return Some((municipality, r.text()?.into()));
    }
    let [form] = words.read(r, Kind::HouseForm)?;
    let mut address = String::with_capacity(town.len() + form.len() + 8);
    address.push_str(town);
    for c in form.chars() {
        match c {
            NUMBER_HERE | WIDE_NUMBER_HERE => push_house_number(&mut address, c, r.number()?),
            other => address.push(other),
        }
    }
    Some((municipality, address))
}

fn read_identity<'w>(
    r: &mut Reader<'w>,
    words: &'w Tables,
    flags: u64,
) -> Option<(Identity, &'w str)> {
    let [insurer, insurer_name] = words.read(r, Kind::Insurer)?;
    let (mut symbol, mut number) = (String::new(), String::new());
    if !r.digits(&mut symbol)? {
        let [text] = words.read(r, Kind::Symbol)?;
        symbol.push_str(text);
    }
    if !r.digits(&mut number)? {
        number.push_str(r.text()?);
    }
    let insurer = InsurerNumber::from_value(insurer.parse().ok()?)?;
    let branch = present(flags, HAS_BRANCH, || Branch::from_value(r.small()?))?;
    Some((Identity { insurer, symbol, number, branch }, insurer_name))
}

fn origin_of<'w>(r: &mut Reader<'w>, words: &'w Tables) -> Option<Origin> {
    let [source] = words.read(r, Kind::Origin)?;
    Some(Origin { source: source.into(), received_at: Stamp(r.small()?) })
}

/// The next person out of bytes, if of this birth date where one is given. Whoever is not is passed over: no text is made of them.
fn next_born<'w>(
    r: &mut Reader<'w>,
    words: &'w Tables,
    day: Option<Date>,
) -> Option<Option<PersonRecord>> {
    let flags = r.number().filter(|flags| *flags < FLAGS_END)?;
    let (identity, insurer_name) = read_identity(r, words, flags)?;
    let birth = r.day()?;
    if day.is_some_and(|day| day != birth) {
        return pass_over(r, words, flags).map(|()| None);
    }
    let (name, kana) = read_name(r, words, flags)?;
    let alias = present(flags, HAS_ALIAS, || {
        Some(Alias { name: r.text()?.into(), kana: r.text()?.into() })
    })?;
    let (municipality, address) = read_address(r, words, flags)?;
    Some(Some(PersonRecord {
        identity,
        insurer_name: insurer_name.into(),
        name,
        kana,
        alias,
        birth,
        sex: sex_of(flags)?,
        address,
        municipality,
        relation: if flags & IS_FAMILY == 0 { Relation::Insured } else { Relation::Family },
        burden: burden_of(r, flags)?,
        limit_class: present(flags, HAS_LIMIT_CLASS, || {
            words.read(r, Kind::LimitClass).map(|[class]| class.into())
        })?,
        valid_from: r.day()?,
        lost_on: present(flags, HAS_LOST_ON, || r.day())?,
        loss_reason: reason_of(flags),
        standing: if flags & IS_SUSPENDED == 0 { Standing::Usable } else { Standing::Suspended },
        origin: present(flags, HAS_ORIGIN, || origin_of(r, words))?,
    }))
}

/// What stands behind a birth date, unread.
fn pass_over<'w>(r: &mut Reader<'w>, words: &'w Tables, flags: u64) -> Option<()> {
    let [_, _] = words.read(r, Kind::FamilyName)?;
    if flags & NAME_WHOLE == 0 {
        let [_, _] = words.read(r, Kind::GivenName)?;
    }
    present(flags, HAS_ALIAS, || r.text().and(r.text()))?;
    let [_, _] = words.read(r, Kind::Town)?;
    if flags & ADDRESS_PLAIN != 0 {
        r.text()?;
    } else {
        let [form] = words.read(r, Kind::HouseForm)?;
        let mut numbers = form.chars().filter(|c| matches!(*c, NUMBER_HERE | WIDE_NUMBER_HERE));
        numbers.try_for_each(|_| r.number().map(drop))?;
    }
    burden_of(r, flags)?;
    present(flags, HAS_LIMIT_CLASS, || words.read(r, Kind::LimitClass).map(|[_]| ()))?;
    r.day()?;
    present(flags, HAS_LOST_ON, || r.day())?;
    present(flags, HAS_ORIGIN, || origin_of(r, words))?;
    sex_of(flags).map(drop)
}

/// One person out of bytes that hold nothing else.
pub(super) fn read_person(words: &Tables, body: &[u8]) -> Option<PersonRecord> {
    let mut members = read_members(words, body)?;
    (members.len() == 1).then(|| members.pop()).flatten()
}

/// The members of one family, back to back.
pub(super) fn read_members(words: &Tables, body: &[u8]) -> Option<Vec<PersonRecord>> {
    read_born(words, body, None)
}

/// The members of one family who were born on this day, if one is given.
pub(super) fn read_born(
    words: &Tables,
    body: &[u8],
    day: Option<Date>,
) -> Option<Vec<PersonRecord>> {
    let mut reader = Reader::new(body);
    let mut members = Vec::with_capacity(2);
    while !reader.is_empty() {
        members.extend(next_born(&mut reader, words, day)?);
    }
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::samples;
    use proptest::prelude::*;

    fn reads_back(shelf: &mut Shelf, person: PersonRecord) {
        let body = write_person(shelf, &person);
        assert_eq!(read_person(shelf.tables(), &body), Some(person));
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let mut shelf = Shelf::default();
        for (mut person, _) in samples::region(40) {
            reads_back(&mut shelf, person.clone());
            person.alias = Some(Alias { name: "通称　花子".into(), kana: String::new() });
            person.name.push_str(&"　連なる名".repeat(20));
            reads_back(&mut shelf, person.clone());
            person.kana = "ワカチナシ".into();
            reads_back(&mut shelf, person);
        }
    }

    #[test]
    fn members_of_other_birth_dates_are_passed_over_whole() {
        let mut shelf = Shelf::default();
        let mut people: Vec<_> =
            samples::region(40).into_iter().map(|(person, _)| person).collect();
        for (number, person) in (0_u8..).zip(&mut people) {
            person.alias = (number % 3 == 0)
                .then(|| Alias {
                    name: "通称　花子".into(), kana: "ツウショウ　ハナコ".into()
                });
            person.burden = Percent::new(10 * (number % 4));
            person.limit_class = (number % 2 == 0).then(|| "ウ".into());
            person.origin = (number % 5 == 0)
                .then(|| Origin { source: "架空".into(), received_at: Stamp(1_795_316_400) });
            if number % 7 == 0 {
                (person.kana, person.address) = ("ワカチナシ".into(), "\u{1}町2-３".into());
            }
        }
        let body: Vec<u8> = people.iter().flat_map(|p| write_person(&mut shelf, p)).collect();
        for day in people.iter().map(|person| person.birth).chain([Date::ZERO]) {
            let born: Vec<_> = people.iter().filter(|p| p.birth == day).cloned().collect();
            assert_eq!(read_born(shelf.tables(), &body, Some(day)), Some(born));
        }
    }

    #[test]
    fn a_record_seen_often_takes_half_a_line() {
        let mut shelf = Shelf::default();
        let (person, _) = samples::region(1).remove(0);
        let lengths: Vec<_> = (0..9).map(|_| write_person(&mut shelf, &person).len()).collect();
        assert!(lengths[0] > 100 && lengths[8] < 30, "{lengths:?}");
    }

    #[test]
    fn a_number_of_a_word_that_is_not_there_is_malformed() {
        let mut shelf = Shelf::default();
        let (person, _) = samples::region(1).remove(0);
        let body = (0..9).map(|_| write_person(&mut shelf, &person)).last().unwrap();
        assert_eq!(read_person(&Tables::default(), &body), None);
    }

    proptest! {
        #[test]
        fn any_address_reads_back(address in "[0-9０-９一二三丁目番地-]{0,24}|\\PC{0,24}|[\u{0}-\u{3}0-9町]{0,9}") {
            let (mut person, _) = samples::region(1).remove(0);
            person.address = address;
            reads_back(&mut Shelf::default(), person);
        }

        #[test]
        fn any_names_and_numbers_read_back(
            name in "\\PC{0,12}", kana in "\\PC{0,12}", symbol in "\\PC{0,8}|[0-9]{0,9}", number in "[0-9]{0,17}|\\PC{0,8}",
        ) {
            let (mut person, _) = samples::region(1).remove(0);
            (person.name, person.kana) = (name, kana);
            (person.identity.symbol, person.identity.number) = (symbol, number);
            reads_back(&mut Shelf::default(), person);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_members(&Tables::default(), &bytes);
        }

        #[test]
        fn a_record_with_a_changed_or_missing_byte_never_panics(at in 0_usize..120, with: u8) {
            let mut shelf = Shelf::default();
            let (person, _) = samples::region(1).remove(0);
            let mut body = write_person(&mut shelf, &person);
            if let Some(byte) = body.get_mut(at) { *byte = with; }
            let _ = read_person(shelf.tables(), &body);
            body.truncate(at);
            let _ = read_person(shelf.tables(), &body);
        }
    }
}
