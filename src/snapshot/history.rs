//! A person's medical rows as bytes: drugs, check-ups, visits, newest first, each day told by its distance from the one before.

use super::{
    shelf::Shelf,
    wire::{Reader, put_day, put_digits, put_number, put_text},
    words::{Kind, Tables},
};
use crate::{
    domain::{
        checkup::Checkup,
        medication::{Dispensing, Drug, Setting},
        visit::{CareSetting, Visit},
    },
    limits,
    trust::compact::{day, day_number},
};
use jiff::civil::Date;
use smol_str::SmolStr;

/// What the three kinds of medical rows have in common: a day, a facility, and the rest.
pub(super) trait MedicalRow: Sized {
    /// The day.
    fn on(&self) -> Date;
    /// The facility's name and a letter for the setting there.
    fn place(&self) -> [&str; 2];
    /// The rest.
    fn put(&self, out: &mut Vec<u8>, shelf: &mut Shelf);
    /// Reads the rest.
    fn read(r: &mut Reader<'_>, words: &Tables, on: Date, place: &[SmolStr; 2]) -> Option<Self>;
}

impl MedicalRow for Dispensing {
    fn on(&self) -> Date {
        self.on
    }

    fn place(&self) -> [&str; 2] {
        match self.setting {
            Setting::InHouse => [&self.facility, "h"],
            Setting::Pharmacy => [&self.facility, "p"],
        }
    }

    fn put(&self, out: &mut Vec<u8>, shelf: &mut Shelf) {
        let Drug { code, name, ingredient, unit } = &*self.drug;
        shelf.put(out, Kind::Drug, [code, name, ingredient, unit].map(SmolStr::as_str));
        shelf.put(out, Kind::Intake, [&self.dose, &self.usage].map(SmolStr::as_str));
        put_number(out, self.days.into());
    }

    fn read(r: &mut Reader<'_>, words: &Tables, on: Date, place: &[SmolStr; 2]) -> Option<Self> {
        let drug = words.share_drug(r)?;
        let [dose, usage] = words.share(r, Kind::Intake)?;
        let setting = match place[1].as_str() {
            "h" => Setting::InHouse,
            "p" => Setting::Pharmacy,
            _ => return None,
        };
        let (days, facility) = (r.small()?, place[0].clone());
        Some(Self { on, drug, dose, usage, days, facility, setting })
    }
}

impl MedicalRow for Checkup {
    fn on(&self) -> Date {
        self.on
    }

    fn place(&self) -> [&str; 2] {
        [&self.facility, ""]
    }

    fn put(&self, out: &mut Vec<u8>, shelf: &mut Shelf) {
        let item = [&self.item_code, &self.item_name, &self.unit];
        shelf.put(out, Kind::CheckupItem, item.map(SmolStr::as_str));
        if !put_digits(out, &self.value) {
            put_number(out, 0);
            put_text(out, &self.value);
        }
    }

    fn read(r: &mut Reader<'_>, words: &Tables, on: Date, place: &[SmolStr; 2]) -> Option<Self> {
        let [item_code, item_name, unit] = words.share(r, Kind::CheckupItem)?;
        let mut digits = String::new();
        let value = if r.digits(&mut digits)? { digits.into() } else { r.text()?.into() };
        let facility = place[0].clone();
        Some(Self { on, item_code, item_name, value, unit, facility })
    }
}

impl MedicalRow for Visit {
    fn on(&self) -> Date {
        self.on
    }

    fn place(&self) -> [&str; 2] {
        match self.setting {
            CareSetting::Inpatient => [&self.facility, "i"],
            CareSetting::Outpatient => [&self.facility, "o"],
        }
    }

    fn put(&self, out: &mut Vec<u8>, shelf: &mut Shelf) {
        shelf.put(out, Kind::Act, [&self.act_code, &self.act_name].map(SmolStr::as_str));
        put_number(out, self.count.into());
    }

    fn read(r: &mut Reader<'_>, words: &Tables, on: Date, place: &[SmolStr; 2]) -> Option<Self> {
        let [act_code, act_name] = words.share(r, Kind::Act)?;
        let setting = match place[1].as_str() {
            "i" => CareSetting::Inpatient,
            "o" => CareSetting::Outpatient,
            _ => return None,
        };
        let (count, facility) = (r.small()?, place[0].clone());
        Some(Self { on, facility, setting, act_code, act_name, count })
    }
}

/// One row by itself, as a builder sets it aside until its person's others have come: the day first, in order of days.
pub(super) fn write_row<R: MedicalRow>(shelf: &mut Shelf, row: &R) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    let sortable = day_number(row.on()).cast_unsigned() ^ (1 << 31);
    out.extend_from_slice(&sortable.to_be_bytes());
    let mut place = vec![];
    shelf.put(&mut place, Kind::Facility, row.place());
    put_number(&mut out, place.len() as u64);
    out.extend_from_slice(&place);
    row.put(&mut out, shelf);
    out
}

/// The rows of one person, each as [`write_row`] left it, as one body: newest first, at most
/// [`limits::DISPENSINGS_MAX`]. Tells how many rows went in.
pub(super) fn gather_rows<'a>(rows: &mut [&'a [u8]]) -> Option<(Vec<u8>, usize)> {
    rows.sort_by(|a, b| b.get(..4).cmp(&a.get(..4))); // stable: rows of one day stay in the publisher's order
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.len()).sum());
    let mut before: Option<(i32, &'a [u8])> = None;
    let kept = rows.len().min(limits::DISPENSINGS_MAX);
    for row in rows.iter().take(kept) {
        let mut reader = Reader::new(row);
        let number = (u32::from_be_bytes(reader.array()?) ^ (1 << 31)).cast_signed();
        let place = reader.bytes()?;
        let same_place = before.is_some_and(|(_, former)| former == place);
        match before {
            None => {
                put_day(&mut out, day(number)?);
                out.extend_from_slice(place);
            }
            Some((former, _)) => {
                let back = u64::try_from(former - number).ok()?;
                put_number(&mut out, back << 1 | u64::from(!same_place));
                if !same_place {
                    out.extend_from_slice(place);
                }
            }
        }
        out.extend_from_slice(reader.rest());
        before = Some((number, place));
    }
    Some((out, kept))
}

/// One person's rows as one body.
#[cfg(test)]
pub(super) fn write_history<R: MedicalRow>(shelf: &mut Shelf, history: &[R]) -> Vec<u8> {
    let rows: Vec<_> = history.iter().map(|row| write_row(shelf, row)).collect();
    let mut rows: Vec<_> = rows.iter().map(Vec::as_slice).collect();
    // Rows that were just written are whole.
    gather_rows(&mut rows).map_or_else(Vec::new, |(body, _)| body)
}

/// One person's rows out of bytes, newest first.
pub(super) fn read_history<R: MedicalRow>(words: &Tables, body: &[u8]) -> Option<Vec<R>> {
    let r = &mut Reader::new(body);
    // Most rows take six bytes or more; growing would move all that was read.
    let mut history = Vec::with_capacity((body.len() / 6 + 1).min(limits::DISPENSINGS_MAX));
    let mut before: Option<(Date, [SmolStr; 2])> = None;
    while !r.is_empty() {
        let (on, place) = match before {
            None => (r.day()?, words.share(r, Kind::Facility)?),
            Some((former, place)) => {
                let head = r.number()?;
                let on = match i32::try_from(head >> 1).ok()? {
                    0 => former, // most rows are of the visit of the row above
                    back => day(day_number(former).checked_sub(back)?)?,
                };
                (on, if head & 1 == 0 { place } else { words.share(r, Kind::Facility)? })
            }
        };
        history.push(R::read(r, words, on, &place)?);
        before = Some((on, place));
        if history.len() > limits::DISPENSINGS_MAX {
            return None;
        }
    }
    Some(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Tree, samples, words};
    use proptest::prelude::*;
    use std::{collections::BTreeSet, sync::Arc};

    fn newest_first<R: MedicalRow + Clone>(rows: &[R]) -> Vec<R> {
        let mut sorted = rows.to_vec();
        sorted.sort_by_key(|row| std::cmp::Reverse(row.on()));
        sorted
    }

    #[test]
    fn rows_of_every_kind_read_back_newest_first() {
        let mut shelf = Shelf::default();
        for (_, drugs) in samples::region(40) {
            let body = write_history(&mut shelf, &drugs);
            assert_eq!(read_history(shelf.tables(), &body), Some(newest_first(&drugs)));
        }
        let (checkups, visits): (Vec<_>, Vec<_>) =
            (0..30).map(|n| (samples::checkup(n), samples::visit(n))).unzip();
        let body = write_history(&mut shelf, &checkups);
        assert_eq!(read_history(shelf.tables(), &body), Some(newest_first(&checkups)));
        let body = write_history(&mut shelf, &visits);
        assert_eq!(read_history(shelf.tables(), &body), Some(newest_first(&visits)));
    }

    #[test]
    fn a_drug_seen_often_takes_a_few_bytes() {
        let mut shelf = Shelf::default();
        let many: Vec<_> = (0..90).flat_map(|_| samples::history(4)).collect();
        let body = (0..3).map(|_| write_history(&mut shelf, &many)).last().unwrap();
        assert!(body.len() < many.len() * 7, "{} bytes for {} drugs", body.len(), many.len());
    }

    #[test]
    fn rows_share_the_texts_of_their_words() {
        let mut shelf = Shelf::default();
        let row = samples::history(1).remove(0);
        let usage = "１日１回朝食後に服用".into(); // longer than stands in a row
        let many = vec![Dispensing { usage, ..row }; 20];
        let body = (0..3).map(|_| write_history(&mut shelf, &many)).last().unwrap();
        let blocks = shelf.blocks(Tree::MedicalWords);
        let blocks = blocks.iter().map(Vec::as_slice);
        let words = words::loaded(Tree::MedicalWords, blocks).unwrap();
        let read: Vec<Dispensing> = read_history(&words, &body).unwrap();
        assert_eq!(read, many);
        let places = |row: &Dispensing| (Arc::as_ptr(&row.drug), row.usage.as_ptr());
        assert_eq!(read.iter().map(places).collect::<BTreeSet<_>>().len(), 1);
    }

    #[test]
    fn of_more_rows_than_are_shown_the_oldest_are_left_out() {
        let mut shelf = Shelf::default();
        let many: Vec<_> =
            (0..limits::DISPENSINGS_MAX + 9).map(|n| samples::visit((n % 200) as u8)).collect();
        let body = write_history(&mut shelf, &many);
        let read: Vec<Visit> = read_history(shelf.tables(), &body).unwrap();
        assert_eq!(read, newest_first(&many)[..limits::DISPENSINGS_MAX]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let words = Tables::default();
            let _ = read_history::<Dispensing>(&words, &bytes);
            let _ = read_history::<Checkup>(&words, &bytes);
            let _ = read_history::<Visit>(&words, &bytes);
            let _ = gather_rows(&mut [&bytes[..]]);
        }

        #[test]
        fn a_history_with_a_changed_or_missing_byte_never_panics(at in 0_usize..200, with: u8) {
            let mut shelf = Shelf::default();
            let mut body = write_history(&mut shelf, &samples::history(4));
            if let Some(byte) = body.get_mut(at) { *byte = with; }
            let _ = read_history::<Dispensing>(shelf.tables(), &body);
            body.truncate(at);
            let _ = read_history::<Dispensing>(shelf.tables(), &body);
        }
    }
}
