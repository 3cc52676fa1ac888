//! The region measured: invented people with invented drug histories, the same for every engine and every run.
//!
//! Households, insurers and addresses come from the demo's generator. Its short lists of names would flatter a store that
//! writes a name once, so a quarter of the families and nearly half of the given names are random pairs of kanji instead.

use jiff::{ToSpan, civil::Date};
use smol_str::{SmolStr, format_smolstr};
use sonae::{
    demo::people::Region,
    domain::{
        medication::{Dispensing, Drug, Setting},
        person::PersonRecord,
    },
};
use std::sync::Arc;

/// A record and the drugs handed out to that person, newest first.
pub type Entry = (PersonRecord, Vec<Dispensing>);

/// The day the registers describe.
pub const ON: Date = jiff::civil::date(2026, 11, 22);

const SEED: u64 = 20_261_122;
const DRUGS: &str = include_str!("../../assets/drugs.csv");
const RANDOM_FAMILY_PERCENT: u32 = 25;
const RANDOM_GIVEN_PERCENT: u32 = 45;
/// Visits from none to eight, of one to four drugs: ten dispensings a person on average.
const VISITS_MAX: u32 = 8;
const DRUGS_A_VISIT_MAX: u32 = 4;
/// Visits that bring the same drugs as the one before.
const REPEAT_PERCENT: u32 = 60;
const FACILITIES: u32 = 1_500;
const KANJI: u32 = 2_500;

const KANA: [&str; 44] = [
    "ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ", "サ", "シ", "ス", "セ", "ソ", "タ",
    "チ", "ツ", "テ", "ト", "ナ", "ニ", "ヌ", "ネ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ", "マ", "ミ",
    "ム", "メ", "モ", "ヤ", "ユ", "ヨ", "ラ", "リ", "ル", "レ", "ロ", "ワ",
];

const USAGES: [&str; 24] = [
    "１日１回朝食後",
    "１日１回夕食後",
    "１日２回朝夕食後",
    "１日３回毎食後",
    "１日１回就寝前",
    "１日３回毎食前",
    "１日１回朝食前",
    "１日２回朝食後と就寝前",
    "１日３回毎食間",
    "１日４回毎食後と就寝前",
    "疼痛時",
    "発熱時",
    "不眠時",
    "便秘時",
    "頭痛時",
    "１日１回塗布",
    "１日２回塗布",
    "１日数回塗布",
    "１日１回貼付",
    "１日４回両眼に点眼",
    "１日２回吸入",
    "週１回起床時",
    "１日１回昼食後",
    "１日２回朝食前と夕食前",
];

const DOSES: [&str; 8] = ["1", "2", "3", "0.5", "1.5", "6", "4", "7.5"];
const DAYS: [u16; 8] = [28, 28, 14, 30, 56, 7, 5, 84];

/// Numbers that follow from a seed and an index; SplitMix64.
struct Draws(u64);

impl Draws {
    fn of(index: u64, purpose: u64) -> Self {
        let mut draws = Self(SEED ^ index.wrapping_mul(0xA24B_AED4_963E_E407) ^ purpose << 56);
        draws.next();
        draws
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((self.next() >> 32) * u64::from(bound) >> 32) as u32
    }

    /// The first ones far more often than the last, as drugs and pharmacies are.
    fn skewed(&mut self, bound: u32) -> u32 {
        let unit = f64::from(self.below(1 << 30)) / f64::from(1 << 30);
        (unit * unit * unit * f64::from(bound)) as u32
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }
}

/// The generator with its lists.
pub struct Invented {
    drugs: Vec<Arc<Drug>>,
    facilities: Vec<SmolStr>,
}

impl Invented {
    pub fn new() -> Self {
        let stems = ["あおば", "かもめ", "つばめ", "すずらん", "ほたる", "なでしこ", "わかば"];
        let facility = |n: u32| {
            let kind = if n.is_multiple_of(4) { "医院" } else { "薬局" };
            format_smolstr!("{}{kind}第{n}（架空）", stems[n as usize % stems.len()])
        };
        Self { drugs: read_drugs(), facilities: (0..FACILITIES).map(facility).collect() }
    }

    /// The first `people` records of the register with their histories, one after the other.
    pub fn people(&self, people: usize) -> impl Iterator<Item = Entry> + '_ {
        let enough = (people + people / 10 + 1_000) as u32; // a few in a hundred are in no register
        let region = Region::invent(SEED, enough, ON);
        let drawn: Box<dyn Iterator<Item = PersonRecord>> = Box::new(RegionRecords::new(region));
        (0..).zip(drawn.take(people)).map(|(index, mut person)| {
            rename(&mut person, index);
            let history = self.history(index, &person);
            (person, history)
        })
    }

    fn history(&self, index: u64, person: &PersonRecord) -> Vec<Dispensing> {
        let mut draws = Draws::of(index, 3);
        let at = &self.facilities[draws.skewed(FACILITIES) as usize];
        let mut day = ON.saturating_sub(i64::from(11 + draws.below(30)).days());
        let mut lines: Vec<(usize, usize, usize)> = vec![];
        let mut history = vec![];
        for _ in 0..draws.below(VISITS_MAX + 1) {
            if lines.is_empty() || draws.below(100) >= REPEAT_PERCENT {
                lines =
                    (0..=draws.below(DRUGS_A_VISIT_MAX)).map(|_| self.line(&mut draws)).collect();
            }
            let days = draws.pick(&DAYS);
            history.extend(lines.iter().map(|line| self.dispensing(*line, day, days, at)));
            day = day.saturating_sub(i64::from(7 + draws.below(60)).days());
        }
        history.retain(|line| line.on >= person.birth);
        history
    }

    fn line(&self, draws: &mut Draws) -> (usize, usize, usize) {
        let drug = draws.skewed(self.drugs.len() as u32) as usize;
        (drug, draws.below(DOSES.len() as u32) as usize, draws.skewed(USAGES.len() as u32) as usize)
    }

    fn dispensing(
        &self,
        line: (usize, usize, usize),
        on: Date,
        days: u16,
        at: &SmolStr,
    ) -> Dispensing {
        let drug = &self.drugs[line.0];
        let in_house = at.contains("医院");
        Dispensing {
            on,
            drug: drug.clone(),
            dose: DOSES[line.1].into(),
            usage: USAGES[line.2].into(),
            days,
            facility: at.clone(),
            setting: if in_house { Setting::InHouse } else { Setting::Pharmacy },
        }
    }
}

/// The demo's register without its histories, owning the region it is drawn from.
struct RegionRecords {
    chunk: std::vec::IntoIter<PersonRecord>,
    rest: std::sync::mpsc::Receiver<Vec<PersonRecord>>,
}

impl RegionRecords {
    fn new(region: Region) -> Self {
        let (send, rest) = std::sync::mpsc::sync_channel(4);
        std::thread::spawn(move || {
            let mut people = region.people().map(|(person, _)| person);
            loop {
                let chunk: Vec<_> = people.by_ref().take(4_096).collect();
                if chunk.is_empty() || send.send(chunk).is_err() {
                    return; // nobody wants more
                }
            }
        });
        Self { chunk: vec![].into_iter(), rest }
    }
}

impl Iterator for RegionRecords {
    type Item = PersonRecord;

    fn next(&mut self) -> Option<PersonRecord> {
        loop {
            if let Some(person) = self.chunk.next() {
                return Some(person);
            }
            self.chunk = self.rest.recv().ok()?.into_iter();
        }
    }
}

/// The family name follows from the family, the given name from the person.
fn rename(person: &mut PersonRecord, index: u64) {
    let family = blake3::hash(person.identity.family_key().as_bytes());
    let family = u64::from_le_bytes(family.as_bytes()[..8].try_into().unwrap());
    let halves = [
        (Draws::of(family, 1), RANDOM_FAMILY_PERCENT),
        (Draws::of(index, 2), RANDOM_GIVEN_PERCENT),
    ];
    let mut name: Vec<String> = person.name.splitn(2, '　').map(str::to_owned).collect();
    let mut kana: Vec<String> = person.kana.splitn(2, '　').map(str::to_owned).collect();
    for (at, (mut draws, percent)) in halves.into_iter().enumerate() {
        if draws.below(100) < percent && at < name.len() && at < kana.len() {
            let kanji = |draws: &mut Draws| char::from_u32(0x4E00 + draws.below(KANJI)).unwrap();
            name[at] = [kanji(&mut draws), kanji(&mut draws)].iter().collect();
            kana[at] = (0..2 + draws.below(3)).map(|_| draws.pick(&KANA)).collect();
        }
    }
    person.name = name.join("　");
    person.kana = kana.join("　");
}

fn read_drugs() -> Vec<Arc<Drug>> {
    let fields = |line: &str| line.split(',').map(SmolStr::new).collect::<Vec<_>>();
    let drug = |fields: Vec<SmolStr>| {
        let [code, ingredient, strength, name] = fields.first_chunk().unwrap().clone();
        Arc::new(Drug { code, name, ingredient, unit: unit(&strength) })
    };
    DRUGS.lines().skip(1).map(fields).filter(|fields| fields.len() >= 4).map(drug).collect()
}

/// What follows the last digit of the strength ("５ｍｇ１錠": "錠").
fn unit(strength: &str) -> SmolStr {
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    strength.rsplit(digit).next().unwrap_or_default().into()
}
