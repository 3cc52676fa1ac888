//! The two ways to a person without a number: by birth date and name, and by the whole kana alone.
//!
//! Neither holds a name. An entry points to a block of people, with two bytes each of keyed hashes of the kana's parts;
//! whoever is found there is held against the question again.

use super::{
    Blind, block,
    wire::{Reader, put_number, unzigzag, zigzag},
};
use crate::{
    domain::{
        kana::{self, is_kana},
        person::PersonRecord,
    },
    limits::READING_FAMILIES_MAX,
    trust::compact::day_number,
};
use jiff::civil::Date;

/// Two bytes of the keyed hash of one part of a reading, in its loose form.
pub(super) type PartMark = [u8; 2];
/// Bytes of a blinded whole reading that stand in a block.
const READING_BYTES: usize = 3;

/// Where a family lies: its block of people and one byte of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer {
    /// The block of people.
    pub bucket: u32,
    /// The first byte of its fragment there.
    pub(super) hint: u8,
}

impl Pointer {
    pub(super) fn to(family: &Blind, people_buckets: u32) -> Self {
        let bucket = super::layout::bucket_of(family, people_buckets);
        Self { bucket, hint: block::hint(family) }
    }
}

/// One person in the birth index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BirthEntry {
    pub(super) day: i32,
    pub(super) marks: [PartMark; 2],
    pub(super) pointer: Pointer,
}

/// Writes a block of the birth index.
pub(super) fn write_births(mut entries: Vec<BirthEntry>) -> Vec<u8> {
    entries.sort_by_key(|entry| (entry.day, entry.pointer, entry.marks));
    let mut block = vec![];
    for day in entries.chunk_by(|a, b| a.day == b.day) {
        put_number(&mut block, day.first().map_or(0, |entry| zigzag(entry.day)));
        put_number(&mut block, day.len() as u64);
        let mut before = 0;
        for entry in day {
            entry.marks.iter().for_each(|mark| block.extend_from_slice(mark));
            put_number(&mut block, u64::from(entry.pointer.bucket - before));
            block.push(entry.pointer.hint);
            before = entry.pointer.bucket;
        }
    }
    block
}

/// Where those born on a day lie whose name may fit; `None` if the block is malformed.
pub(super) fn find_births(plain: &[u8], day: Date, filter: &NameFilter) -> Option<Vec<Pointer>> {
    let (mut found, wanted) = (vec![], day_number(day));
    let mut reader = Reader::new(plain);
    while !reader.is_empty() {
        let day = unzigzag(reader.number()?)?;
        let mut bucket = 0_u32;
        for _ in 0..reader.number()? {
            let marks = [reader.array()?, reader.array()?];
            bucket = bucket.checked_add(reader.small()?)?;
            let [hint] = reader.array()?;
            if day == wanted && filter.may_be(&marks) {
                found.push(Pointer { bucket, hint });
            }
        }
    }
    found.dedup();
    Some(found)
}

/// Stands in place of the pointers of a reading that too many families bear.
const TOO_MANY: Pointer = Pointer { bucket: u32::MAX, hint: 0 };

/// Where those with one whole reading lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// There.
    Families(Vec<Pointer>),
    /// More families bear it than anybody could choose from: they are only found with a birth date or year.
    TooMany,
}

/// Writes a block of the index of whole readings.
pub(super) fn write_readings(mut entries: Vec<(Blind, Pointer)>) -> Vec<u8> {
    entries.sort();
    entries.dedup();
    let mut block = vec![];
    for families in entries.chunk_by(|(one, _), (other, _)| one == other) {
        let crowd = families.len() > READING_FAMILIES_MAX;
        for (reading, pointer) in families.iter().take(if crowd { 1 } else { families.len() }) {
            let pointer = if crowd { TOO_MANY } else { *pointer };
            block.extend_from_slice(fragment(reading));
            put_number(&mut block, pointer.bucket.into());
            block.push(pointer.hint);
        }
    }
    block
}

fn fragment(reading: &Blind) -> &[u8] {
    reading.get(8..8 + READING_BYTES).unwrap_or_default()
}

/// Where those with one whole reading lie; `None` if the block is malformed.
pub(super) fn find_readings(plain: &[u8], reading: &Blind) -> Option<ReadAs> {
    let (mut found, mut crowd) = (vec![], false);
    let mut reader = Reader::new(plain);
    while !reader.is_empty() {
        let key = reader.take(READING_BYTES)?;
        let bucket = reader.small()?;
        let [hint] = reader.array()?;
        if key == fragment(reading) {
            found.push(Pointer { bucket, hint });
            crowd |= bucket == TOO_MANY.bucket;
        }
    }
    found.dedup();
    Some(if crowd { ReadAs::TooMany } else { ReadAs::Families(found) })
}

/// Which names to open a block for.
#[derive(Clone, Debug)]
pub struct NameFilter(Option<Vec<PartMark>>);

impl NameFilter {
    /// Every name.
    pub const ANY: Self = Self(None);

    /// Names that agree with the one asked for in a part of their kana. Kanji cannot be told from kana: any name.
    pub(super) fn of(asked: &str, mark: impl Fn(&str) -> PartMark) -> Self {
        if !is_kana(asked) {
            return Self::ANY;
        }
        let parts: Vec<&str> = asked.split_whitespace().collect();
        let mut forms: Vec<String> = parts.iter().map(|part| kana::loose(part)).collect();
        forms.push(kana::loose(&parts.concat()));
        match forms.as_slice() {
            [whole, _] => forms.extend(splits(whole)), // written in one, it may be divided anywhere
            _ => forms.push(kana::loose(&parts.get(1..).unwrap_or_default().concat())),
        }
        let mut marks: Vec<_> = forms.iter().map(|form| mark(form)).collect();
        marks.sort_unstable();
        marks.dedup();
        Self(Some(marks))
    }

    fn may_be(&self, entry: &[PartMark; 2]) -> bool {
        let Some(marks) = &self.0 else { return true };
        entry.iter().any(|mark| marks.contains(mark))
    }
}

fn splits(whole: &str) -> Vec<String> {
    let ends = whole.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    ends.flat_map(|at| [&whole[..at], &whole[at..]]).map(str::to_owned).collect()
}

/// The readings a person may be asked by: kana of name and alias, and names that are kana themselves.
pub(super) fn readings(person: &PersonRecord) -> Vec<&str> {
    let alias = person.alias.iter().flat_map(|alias| [&alias.kana, &alias.name]);
    let mut readings: Vec<&str> = [&person.kana, &person.name]
        .into_iter()
        .chain(alias)
        .map(String::as_str)
        .filter(|reading| is_kana(reading))
        .collect();
    readings.dedup();
    readings
}

/// The loose form of a whole reading, however it is divided.
pub(super) fn whole(reading: &str) -> String {
    kana::loose(&reading.split_whitespace().collect::<String>())
}

/// What the birth index says of one reading: its first part and the rest; of more parts, each by itself too.
pub(super) fn marks(reading: &str, mark: impl Fn(&str) -> PartMark) -> Vec<[PartMark; 2]> {
    let parts: Vec<&str> = reading.split_whitespace().collect();
    let of = |part: &str| mark(&kana::loose(part));
    let rest = parts.get(1..).unwrap_or_default();
    let mut marks = vec![[of(parts.first().unwrap_or(&"")), of(&rest.concat())]];
    if rest.len() > 1 {
        marks.extend(rest.iter().map(|part| [of(part), of(part)]));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn mark(part: &str) -> PartMark {
        let [a, b, ..] = *blake3::hash(part.as_bytes()).as_bytes();
        [a, b]
    }

    fn fits(reading: &str, asked: &str) -> bool {
        let filter = NameFilter::of(asked, mark);
        marks(reading, mark).iter().any(|entry| filter.may_be(entry))
    }

    #[test]
    fn a_name_is_found_by_any_part_in_any_spelling_and_written_in_one() {
        for asked in [
            "ノトヤ　ハナコ",
            "のとや はなこ",
            "ﾉﾄﾔ ﾊﾅｺ",
            "ノトヤハナコ",
            "ハナコ",
            "ノドヤ",
            "能登谷　花子",
        ] {
            assert!(fits("ノトヤ　ハナコ", asked), "{asked}");
        }
        assert!(!fits("ノトヤ　ハナコ", "タカサキ　トクエ"));
        assert!(fits("グエン　ヴァン　アン", "ヴァン"));
        assert!(fits("ノトヤハナコ", "ノトヤ ハナコ"));
    }

    #[test]
    fn those_of_other_days_and_other_names_are_not_pointed_to() {
        let entry = |day, name: &str, bucket| BirthEntry {
            day: day_number(day),
            marks: marks(name, mark)[0],
            pointer: Pointer { bucket, hint: 7 },
        };
        let (one, two) = (date(1950, 1, 1), date(1890, 2, 2));
        let block = write_births(vec![
            entry(one, "ノトヤ　ハナコ", 900),
            entry(two, "ノトヤ　ハナコ", 3),
            entry(one, "タカサキ　トクエ", 5),
        ]);
        let buckets = |day, asked: &str| {
            let found = find_births(&block, day, &NameFilter::of(asked, mark)).unwrap();
            found.iter().map(|pointer| pointer.bucket).collect::<Vec<_>>()
        };
        assert_eq!(buckets(one, "ノトヤ"), [900]);
        assert_eq!(buckets(one, "髙﨑"), [5, 900]);
        assert_eq!(buckets(two, "ノトヤ"), [3]);
        assert!(buckets(date(1950, 1, 2), "ノトヤ").is_empty());
    }

    #[test]
    fn a_reading_of_a_crowd_takes_one_entry_and_says_so() {
        let family = |n: usize| Pointer { bucket: n as u32, hint: 7 };
        let of = |reading: u8, count: usize| (0..count).map(move |n| ([reading; 16], family(n)));
        let entries =
            of(1, READING_FAMILIES_MAX).chain(of(2, READING_FAMILIES_MAX + 1)).chain(of(3, 1));
        let block = write_readings(entries.collect());
        let found = |reading: u8| find_readings(&block, &[reading; 16]).unwrap();
        assert!(matches!(found(1), ReadAs::Families(all) if all.len() == READING_FAMILIES_MAX));
        assert_eq!(found(2), ReadAs::TooMany);
        assert_eq!(found(3), ReadAs::Families(vec![family(0)]));
        assert_eq!(found(4), ReadAs::Families(vec![]));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_indexes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), key: Blind) {
            let _ = find_births(&bytes, date(1950, 1, 1), &NameFilter::ANY);
            let _ = find_readings(&bytes, &key);
        }

        #[test]
        fn no_question_makes_the_filter_panic(asked in "\\PC{0,30}|[ァ-ヶー　 ]{0,20}") {
            let _ = NameFilter::of(&asked, mark);
            let _ = marks(&asked, mark);
        }
    }
}
