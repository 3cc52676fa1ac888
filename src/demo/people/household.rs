//! Households: who lives together, with names, births and an address.

use super::{
    lists::{ForeignName, Lists, Municipality, Surname},
    lot::Lot,
};
use crate::domain::person::{Alias, Sex};
use jiff::{ToSpan, civil::Date};

/// A person before any insurance.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) kana: String,
    pub(super) alias: Option<Alias>,
    pub(super) birth: Date,
    pub(super) sex: Sex,
}

/// A person's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Head,
    Spouse,
    Child,
    Parent,
}

/// People at one address.
#[derive(Debug)]
pub(super) struct Household {
    pub(super) home: Municipality,
    pub(super) address: String,
    pub(super) members: Vec<(Role, Person)>,
}

const DISTRICTS: &[&str] = &[
    "青葉台",
    "あさひ町",
    "泉が丘",
    "潮見町",
    "大浜",
    "上野町",
    "川尻",
    "北浜町",
    "桜町",
    "栄町",
    "新町",
    "千鳥台",
    "鶴見が丘",
    "中浜",
    "西山町",
    "はまなす台",
    "東雲町",
    "日の出町",
    "松風町",
    "みどり野",
    "港町",
    "南が丘",
    "宮前",
    "山手町",
    "若葉町",
];

/// Weights of the age groups of heads, from 20, in steps of five years; tuned to the national pyramid of 2025.
const HEAD_AGES: &[(i16, u32)] = &[
    (20, 26),
    (25, 34),
    (30, 38),
    (35, 44),
    (40, 54),
    (45, 64),
    (50, 70),
    (55, 60),
    (60, 56),
    (65, 56),
    (70, 62),
    (75, 62),
    (80, 50),
    (85, 34),
    (90, 17),
    (95, 5),
    (100, 1),
];

/// Every hundredth household came from elsewhere.
const FOREIGN_PER_MILLE: u32 = 12;

impl Household {
    /// One household, drawn from its own lots.
    pub(super) fn draw(lists: &Lists, on: Date, lot: &mut Lot) -> Self {
        let home =
            lot.weighted(lists.municipalities.iter(), |place| place.weight).copied().unwrap_or(
                Municipality {
                    code: 172_014, prefecture: "石川県", name: "金沢市", weight: 1
                },
            );
        let address = address(home, lot);
        let ages = ages(lot);
        let members = if lot.happens(FOREIGN_PER_MILLE) {
            let newcomers = ages.iter().filter(|(role, ..)| *role != Role::Parent);
            newcomers
                .map(|(role, age, sex)| (*role, foreign(lists, (*age, *sex), on, lot)))
                .collect()
        } else {
            let family = lot.weighted(lists.surnames.iter(), |name| name.weight);
            ages.iter()
                .map(|(role, age, sex)| (*role, native(lists, family, (*age, *sex), on, lot)))
                .collect()
        };
        Self { home, address, members }
    }
}

/// An invented street in a real municipality.
pub(super) fn address(home: Municipality, lot: &mut Lot) -> String {
    let block = lot.below(9) + 1;
    let district = lot.pick(DISTRICTS);
    format!(
        "{}{}{district}{block}丁目{}番地{}",
        home.prefecture,
        home.name,
        lot.below(40) + 1,
        lot.below(30) + 1
    )
}

/// Who lives there, and how old.
fn ages(lot: &mut Lot) -> Vec<(Role, i16, Sex)> {
    let within = |lot: &mut Lot, spread: u32| i16::try_from(lot.below(spread)).unwrap_or(0);
    let group = lot.weighted(HEAD_AGES.iter(), |group| group.1).map_or(40, |group| group.0);
    let head = (group + within(lot, 5)).min(104);
    let sex = if lot.happens(if head < 60 { 650 } else { 560 }) { Sex::Male } else { Sex::Female };
    let mut ages = vec![(Role::Head, head, sex)];
    let married_per_mille = match head {
        ..25 => 60,
        25..35 => 420,
        35..75 => 640,
        75..85 => 500,
        _ => 220,
    };
    if lot.happens(married_per_mille) {
        let spouse = (head - 5 + within(lot, 9)).clamp(20, 104);
        ages.push((Role::Spouse, spouse, if sex == Sex::Male { Sex::Female } else { Sex::Male }));
        let children = *lot.pick(&[0_i16, 0, 1, 1, 2, 2, 2, 3]);
        let eldest = head.min(spouse) - 24 - within(lot, 11);
        for younger in 0..children {
            let age = eldest - younger * 2 - within(lot, 2);
            let sex = if lot.happens(512) { Sex::Male } else { Sex::Female };
            if (0..=24).contains(&age) {
                ages.push((Role::Child, age, sex));
            }
        }
    }
    if (40..66).contains(&head) && lot.happens(130) {
        let sex = if lot.happens(280) { Sex::Male } else { Sex::Female };
        ages.push((Role::Parent, (head + 23 + within(lot, 10)).min(104), sex));
    }
    ages
}

/// A birth date that makes somebody `age` years old on the day, never after it.
pub(super) fn born(age: i16, on: Date, lot: &mut Lot) -> Date {
    let days = i64::from(lot.below(364));
    on.saturating_sub(age.years()).saturating_sub(days.days())
}

fn native(
    lists: &Lists,
    family: Option<&Surname>,
    (age, sex): (i16, Sex),
    on: Date,
    lot: &mut Lot,
) -> Person {
    let birth = born(age, on, lot);
    let year = birth.year();
    let in_fashion = lists
        .given_names
        .iter()
        .filter(|name| name.sex == sex && (name.born_from..=name.born_to).contains(&year));
    let given = lot
        .weighted(in_fashion, |name| name.weight)
        .map_or(("薫", "カオル"), |n| (n.kanji, n.kana));
    let family = family.map_or(("佐藤", "サトウ"), |name| (name.kanji, name.kana));
    Person {
        name: format!("{}　{}", family.0, given.0),
        kana: format!("{}　{}", family.1, given.1),
        alias: None,
        birth,
        sex,
    }
}

fn foreign(lists: &Lists, (age, sex): (i16, Sex), on: Date, lot: &mut Lot) -> Person {
    let birth = born(age, on, lot);
    let fits = |name: &&ForeignName| {
        name.sex == sex
            && (name.born_from..=name.born_to.saturating_add(25)).contains(&birth.year())
    };
    let Some(chosen) = lot.weighted(lists.foreign_names.iter().filter(fits), |_| 1) else {
        return native(lists, None, (age, sex), on, lot);
    };
    let alias = chosen.alias.map(|(name, kana)| Alias { name: name.into(), kana: kana.into() });
    Person { name: chosen.name.clone(), kana: chosen.kana.clone(), alias, birth, sex }
}
