//! The cast: named people the scripted day needs, each with a story.

use super::{
    drugs::{Health, Pharmacy},
    enrol::{Clerk, Ending, Entry, Home, Policy, Seat, record},
    household::Person,
    insurers::Scheme,
    lists::Municipality,
    lot::Lot,
};
use crate::domain::{
    burden::Percent,
    insured::Branch,
    person::{Alias, LossReason, PersonRecord, Relation, Sex, Standing},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

const WAJIMA: Municipality =
    Municipality { code: 172_049, prefecture: "石川県", name: "輪島市", weight: 1 };
const HOME_ADDRESS: &str = "石川県輪島市はまなす台2丁目14番地3";

/// The named parts. Every one but [`Cast::suspended`], [`Cast::lost`] and [`Cast::changed_from`] is in force.
#[derive(Clone, Debug)]
pub struct Cast {
    /// An ordinary employee (協会けんぽ).
    pub employee: Entry,
    /// A child of seven, insured through an employee.
    pub child: Entry,
    /// Somebody of 72 (高齢受給者).
    pub early_elder: Entry,
    /// Somebody of 83 (後期高齢) with seven regular drugs.
    pub late_elder: Entry,
    /// A family sharing symbol and number: father, mother and twins who share even the birth date.
    pub family: Vec<Entry>,
    /// Somebody whose insurance ended two months ago.
    pub lost: Entry,
    /// Somebody who changed insurance last month: the record that ended.
    pub changed_from: Entry,
    /// The same person: the record in force.
    pub changed_to: Entry,
    /// Somebody whose record the insurer has suspended.
    pub suspended: Entry,
    /// 髙﨑　德江, the only person of the region with her birth date.
    pub variant: Entry,
    /// Somebody with a long Latin name and a 通称.
    pub foreign: Entry,
}

/// The birth date that only the person with the variant name has.
fn reserved_birth(on: Date) -> Date {
    date(on.year() - 68, 2, 3)
}

/// Moves a birth date off the one kept for the cast.
pub(super) fn keep_clear(birth: &mut Date, on: Date) {
    if *birth == reserved_birth(on) {
        *birth = birth.saturating_sub(1.days());
    }
}

/// Draws up one part after the other.
struct Director<'a> {
    on: Date,
    seed: u64,
    pharmacy: &'a Pharmacy,
}

/// A part before casting.
struct Part {
    name: &'static str,
    kana: &'static str,
    birth: Date,
    sex: Sex,
    health: Health,
}

impl Part {
    fn new(name: &'static str, kana: &'static str, birth: Date, sex: Sex, drugs: usize) -> Self {
        Self { name, kana, birth, sex, health: Health::Regular(drugs) }
    }
}

impl Director<'_> {
    fn born(&self, age: i16, days: i64) -> Date {
        self.on.saturating_sub(age.years()).saturating_sub(days.days())
    }

    fn policy(&self, index: u64, scheme: Scheme, years: i16) -> Policy {
        let mut lot = Lot::new(self.seed, index);
        let from = self.on.saturating_sub(years.years());
        Clerk::new(self.on, index, self.pharmacy).policy(scheme, WAJIMA, from, &mut lot)
    }

    fn entry(&self, index: u64, part: &Part, policy: &Policy, seat: Seat) -> Entry {
        let mut lot = Lot::new(self.seed, index);
        let person = Person {
            name: part.name.into(),
            kana: part.kana.into(),
            alias: None,
            birth: part.birth,
            sex: part.sex,
        };
        let home = Home { place: WAJIMA, address: HOME_ADDRESS };
        let record = record(&person, home, policy, seat, self.on, &mut lot);
        let history = self.pharmacy.history((part.birth, part.health), WAJIMA, self.on, &mut lot);
        (record, history)
    }

    fn alone(&self, index: u64, scheme: Scheme, part: &Part) -> Entry {
        let branch = if scheme == Scheme::LateElderly { None } else { Some(0) };
        self.entry(index, part, &self.policy(index, scheme, 5), seat(Relation::Insured, branch))
    }

    fn family(&self) -> Vec<Entry> {
        let policy = self.policy(8, Scheme::Association, 9);
        let twins = self.born(9, 40);
        let parts = [
            Part::new("中村　祐樹", "ナカムラ　ユウキ", self.born(39, 77), Sex::Male, 0),
            Part::new("中村　千尋", "ナカムラ　チヒロ", self.born(37, 210), Sex::Female, 1),
            Part::new("中村　湊斗", "ナカムラ　ミナト", twins, Sex::Male, 0),
            Part::new("中村　琴葉", "ナカムラ　コトハ", twins, Sex::Female, 1),
        ];
        (0..)
            .zip(&parts)
            .map(|(at, part)| {
                let relation = if at == 0 { Relation::Insured } else { Relation::Family };
                self.entry(8 + u64::from(at), part, &policy, seat(relation, Some(at)))
            })
            .collect()
    }

    fn changed(&self) -> (Entry, Entry) {
        let changed_on = self.on.saturating_sub(30.days());
        let part = Part::new("西出　理恵", "ニシデ　リエ", self.born(47, 150), Sex::Female, 2);
        let mut from = self.policy(20, Scheme::Society, 6);
        from.ending = Ending::Lost(changed_on, LossReason::OtherInsurance);
        let mut to = self.policy(21, Scheme::NationalHealth, 0);
        to.from = changed_on;
        let older = self.entry(20, &part, &from, seat(Relation::Insured, Some(0)));
        let newer = self.entry(21, &part, &to, seat(Relation::Insured, Some(1)));
        ((older.0, vec![]), newer)
    }

    fn lost(&self) -> Entry {
        let mut policy = self.policy(22, Scheme::Society, 4);
        policy.ending = Ending::Lost(self.on.saturating_sub(60.days()), LossReason::Other);
        let part = Part::new("角　貴志", "スミ　タカシ", self.born(52, 12), Sex::Male, 2);
        self.entry(22, &part, &policy, seat(Relation::Insured, Some(0)))
    }
}

fn seat(relation: Relation, branch: Option<u8>) -> Seat {
    Seat { relation, branch: branch.and_then(Branch::from_value) }
}

/// Gives a part the share the script counts on.
fn with_share(mut entry: Entry, percent: u8) -> Entry {
    entry.0.burden = Percent::new(percent);
    entry
}

impl Cast {
    /// 全国地方公共団体コード of the town where the whole cast lives: 輪島市.
    pub const MUNICIPALITY: u32 = WAJIMA.code;

    /// Draws up the cast for a day.
    pub(super) fn call(on: Date, seed: u64, pharmacy: &Pharmacy) -> Self {
        let stage = Director { on, seed, pharmacy };
        let employee =
            Part::new("佐藤　健太郎", "サトウ　ケンタロウ", stage.born(44, 100), Sex::Male, 2);
        let child = Part::new("前田　陽葵", "マエダ　ヒマリ", stage.born(7, 20), Sex::Female, 1);
        let early = Part::new("坂下　和夫", "サカシタ　カズオ", stage.born(72, 200), Sex::Male, 4);
        let late = Part::new("谷内　千代子", "ヤチ　チヨコ", stage.born(83, 90), Sex::Female, 7);
        let suspended =
            Part::new("道下　直樹", "ミチシタ　ナオキ", stage.born(58, 33), Sex::Male, 3);
        let variant =
            Part::new("髙﨑　德江", "タカサキ　トクエ", reserved_birth(on), Sex::Female, 5);
        let foreign = Part::new(
            "SILVA DE OLIVEIRA　MARIA CRISTINA",
            "シルヴァ　デ　オリヴェイラ　マリア　クリスティーナ",
            stage.born(50, 61),
            Sex::Female,
            2,
        );
        let parent = stage.policy(2, Scheme::MutualAid, 12);
        let (changed_from, changed_to) = stage.changed();
        let mut cast = Self {
            employee: with_share(stage.alone(1, Scheme::Association, &employee), 30),
            child: stage.entry(2, &child, &parent, seat(Relation::Family, Some(2))),
            early_elder: with_share(stage.alone(3, Scheme::NationalHealth, &early), 20),
            late_elder: with_share(stage.alone(4, Scheme::LateElderly, &late), 10),
            family: stage.family(),
            lost: stage.lost(),
            changed_from,
            changed_to,
            suspended: stage.alone(24, Scheme::Society, &suspended),
            variant: stage.alone(25, Scheme::NationalHealth, &variant),
            foreign: stage.alone(26, Scheme::Association, &foreign),
        };
        cast.suspended.0.standing = Standing::Suspended;
        cast.foreign.0.alias = Some(Alias {
            name: "大城　マリア".into(),
            kana: "オオシロ　マリア".into(),
        });
        for record in [&mut cast.early_elder.0, &mut cast.variant.0] {
            record.identity.branch = Branch::from_value(1); // 国保 counts its branches from 01
        }
        cast
    }

    /// How many people the cast is; the changed one has two records.
    pub(super) fn people(&self) -> usize {
        self.entries().len() - 1
    }

    fn entries(&self) -> Vec<&Entry> {
        let mut entries = vec![&self.employee, &self.child, &self.early_elder, &self.late_elder];
        entries.extend(&self.family);
        entries.extend([&self.lost, &self.changed_from, &self.changed_to]);
        entries.extend([&self.suspended, &self.variant, &self.foreign]);
        entries
    }

    /// Every record, in the order of the parts.
    pub fn records(&self) -> impl Iterator<Item = &PersonRecord> {
        self.entries().into_iter().map(|(record, _)| record)
    }

    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        let entries: Vec<_> = self.entries().into_iter().cloned().collect();
        entries.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_is_born_on_the_day_kept_for_the_variant_name() {
        let on = date(2026, 11, 22);
        let mut birth = reserved_birth(on);
        keep_clear(&mut birth, on);
        assert_ne!(birth, reserved_birth(on));
        let untouched = date(1960, 5, 5);
        let mut birth = untouched;
        keep_clear(&mut birth, on);
        assert_eq!(birth, untouched);
    }

    #[test]
    fn the_parts_hold_on_any_day() {
        let pharmacy = Pharmacy::open();
        for on in [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31), date(2031, 3, 31)] {
            let cast = Cast::call(on, 1, &pharmacy);
            let in_force = cast.records().filter(|record| record.in_force(on)).count();
            assert_eq!(in_force, cast.people() - 1, "{on}"); // all but the lost one
            assert_eq!(cast.early_elder.0.burden, Percent::new(20));
            assert_eq!(cast.late_elder.0.burden, Percent::new(10));
            assert!(cast.records().all(|record| record.municipality == Cast::MUNICIPALITY));
        }
    }
}
