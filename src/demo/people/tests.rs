//! What an invented region promises.

use super::*;
use crate::domain::{
    area::Area,
    person::{LossReason, Relation},
};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

const ON: Date = date(2026, 11, 22);

fn region() -> Region {
    Region::invent(7, 6_000, ON)
}

fn luhn_holds(number: u32) -> bool {
    let digits = number.to_string();
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The two digits of the 法別番号; 00 for 国保.
fn law(record: &PersonRecord) -> u32 {
    record.identity.insurer.value() / 1_000_000
}

fn age(record: &PersonRecord) -> i16 {
    rules::age(record.birth, ON)
}

fn person(record: &PersonRecord) -> (String, Date, String) {
    (record.name.clone(), record.birth, record.address.clone())
}

#[test]
fn the_same_seed_gives_the_same_people_and_another_seed_others() {
    let first: Vec<_> = Region::invent(7, 300, ON).people().collect();
    assert_eq!(first, Region::invent(7, 300, ON).people().collect::<Vec<_>>());
    let other: Vec<_> = Region::invent(8, 300, ON).people().collect();
    assert_ne!(first, other);
    // A larger region begins with the same people.
    assert_eq!(first[..200], Region::invent(7, 900, ON).people().take(200).collect::<Vec<_>>());
}

#[test]
fn every_insurer_number_passes_the_check_digit() {
    for (record, _) in region().people() {
        assert!(luhn_holds(record.identity.insurer.value()), "{}", record.identity.insurer);
    }
}

#[test]
fn schemes_have_plausible_shares() {
    let mut counts = BTreeMap::new();
    let mut all = 0;
    for (record, _) in region().people().filter(|(record, _)| record.in_force(ON)) {
        let scheme = match law(&record) {
            31..=34 => 31,
            other => other,
        };
        *counts.entry(scheme).or_insert(0) += 100;
        all += 1;
    }
    let percent = |law| counts.get(&law).copied().unwrap_or(0) / all;
    for (law, low, high) in [(1, 25, 35), (6, 17, 26), (0, 17, 27), (31, 5, 11), (39, 12, 22)] {
        assert!((low..=high).contains(&percent(law)), "法別 {law}: {} %", percent(law));
    }
    assert_eq!(counts.len(), 5);
}

#[test]
fn ages_are_like_japans_and_nobody_is_born_in_the_future() {
    let (mut children, mut elders, mut all) = (0, 0, 0);
    for (record, _) in region().people().filter(|(record, _)| record.in_force(ON)) {
        assert!(record.birth <= ON && record.birth.year() >= 1920, "{}", record.birth);
        assert!(record.valid_from >= record.birth, "{record:?}");
        children += i32::from(age(&record) < 15) * 100;
        elders += i32::from(age(&record) >= 65) * 100;
        all += 1;
    }
    assert!((8..=14).contains(&(children / all)), "{} % under 15", children / all);
    assert!((25..=34).contains(&(elders / all)), "{} % from 65", elders / all);
}

#[test]
fn from_75_everybody_is_in_the_late_elderly_scheme_and_nobody_younger() {
    for (record, _) in region().people().filter(|(record, _)| record.in_force(ON)) {
        assert_eq!(age(&record) >= 75, law(&record) == 39, "{record:?}");
        if law(&record) == 39 {
            assert!(record.identity.symbol.is_empty() && record.identity.branch.is_none());
            assert_eq!(record.identity.number.len(), 8);
        }
    }
}

#[test]
fn one_identity_belongs_to_one_person() {
    let mut holders = BTreeMap::new();
    for (record, _) in region().people() {
        let key = (record.identity.family_key(), record.identity.branch);
        let holder = holders.entry(key).or_insert_with(|| person(&record));
        assert_eq!(*holder, person(&record));
    }
}

#[test]
fn families_share_a_number_and_differ_in_the_branch() {
    let mut families: BTreeMap<String, Vec<PersonRecord>> = BTreeMap::new();
    for (record, _) in region().people() {
        families.entry(record.identity.family_key()).or_default().push(record);
    }
    let large = families.values().filter(|members| members.len() > 2).count();
    assert!(large > 200, "{large}");
    for members in families.values() {
        let insured = members.iter().filter(|r| r.relation == Relation::Insured).count();
        assert!(insured <= 1, "{members:?}");
    }
}

#[test]
fn ten_drugs_a_head_all_of_them_in_the_price_list_and_none_after_today() {
    let codes = drugs::Pharmacy::codes();
    let (mut lines, mut people, mut youngest) = (0, 0, date(1900, 1, 1));
    for (record, history) in region().people() {
        people += i32::from(record.lost_on.is_none());
        lines += history.len();
        for line in history {
            assert!(codes.contains(&line.drug.code), "{line:?}");
            assert!(line.on < ON && line.on >= record.birth, "{line:?}");
            assert!(line.facility.ends_with("（架空）") && line.days > 0);
            youngest = youngest.max(line.on);
        }
    }
    let a_head = lines as f64 / f64::from(people);
    assert!((8.0..13.0).contains(&a_head), "{a_head}");
    assert_eq!(youngest, date(2026, 11, 11)); // claims come 11 days late at best
}

#[test]
fn kana_are_full_width_katakana_and_names_have_two_parts() {
    for (record, _) in region().people() {
        let katakana = |c: char| ('ァ'..='ヺ').contains(&c) || c == 'ー' || c == '　';
        assert!(record.kana.chars().all(katakana), "{}", record.kana);
        assert!(record.kana.contains('　') && record.name.contains('　'), "{}", record.name);
        assert!(record.name.chars().count() <= crate::limits::NAME_CHARS_MAX);
    }
}

#[test]
fn everybody_lives_in_a_real_municipality_of_the_region() {
    let mut places = BTreeSet::new();
    for (record, _) in region().people() {
        assert!(Area::municipality(record.municipality).is_some());
        assert!(Area::Prefecture(17).covers(record.municipality));
        assert!(record.address.starts_with("石川県"));
        places.insert(record.municipality);
    }
    assert_eq!(places.len(), 19);
}

#[test]
fn shares_follow_age() {
    for (record, _) in region().people() {
        let percent = record.burden.unwrap().value();
        let allowed: &[u8] = match age(&record) {
            ..6 => &[20],
            6..7 => &[20, 30],
            7..70 => &[30],
            70..75 => &[20, 30],
            _ => &[10, 20, 30],
        };
        assert!(allowed.contains(&percent), "{percent} at {}", age(&record));
    }
}

#[test]
fn some_lost_or_changed_their_insurance_and_a_few_are_suspended() {
    let (mut changed, mut gone, mut suspended, mut all) = (0, 0, 0, 0);
    let mut in_force = BTreeSet::new();
    let register: Vec<_> = region().people().map(|(record, _)| record).collect();
    in_force.extend(register.iter().filter(|r| r.in_force(ON)).map(person));
    for record in &register {
        all += 1;
        suspended += i32::from(record.standing == Standing::Suspended);
        if let Some(lost) = record.lost_on {
            assert!(lost <= ON && lost >= record.valid_from && record.loss_reason.is_some());
            let still_insured = in_force.contains(&person(record));
            changed += i32::from(still_insured);
            gone += i32::from(!still_insured);
        }
    }
    assert!((100..=400).contains(&changed), "{changed}");
    assert!((20..=150).contains(&gone), "{gone}");
    assert!((1..=30).contains(&suspended) && all > 5_900, "{suspended} of {all}");
}

#[test]
fn the_unregistered_are_insured_but_in_no_register() {
    let region = region();
    let missing = region.unregistered();
    assert!(missing.len() >= 3);
    let known: BTreeSet<_> = region.people().map(|(r, _)| r.identity.family_key()).collect();
    for record in missing {
        assert!(record.in_force(ON) && !known.contains(&record.identity.family_key()));
    }
}

#[test]
fn the_cast_is_what_it_claims() {
    let region = region();
    let cast = region.cast();
    let is = |entry: &Entry, law_wanted: u32, ages: std::ops::RangeInclusive<i16>| {
        assert!(law(&entry.0) == law_wanted && ages.contains(&age(&entry.0)), "{entry:?}");
    };
    is(&cast.employee, 1, 40..=50);
    assert!(age(&cast.child.0) == 7 && cast.child.0.relation == Relation::Family);
    is(&cast.early_elder, 0, 70..=74);
    is(&cast.late_elder, 39, 75..=99);
    let kinds: BTreeSet<_> = cast.late_elder.1.iter().map(|line| &line.drug.ingredient).collect();
    assert!(kinds.len() >= 5, "{kinds:?}");
    assert!(!cast.lost.0.in_force(ON) && cast.lost.0.loss_reason == Some(LossReason::Other));
    assert!(!cast.changed_from.0.in_force(ON) && cast.changed_to.0.in_force(ON));
    assert_eq!(person(&cast.changed_from.0), person(&cast.changed_to.0));
    assert_ne!(cast.changed_from.0.identity, cast.changed_to.0.identity);
    assert_eq!(cast.suspended.0.standing, Standing::Suspended);
    assert!(cast.foreign.0.name.is_ascii() || cast.foreign.0.name.contains("SILVA"));
    assert!(cast.foreign.0.alias.is_some());
}

#[test]
fn the_casts_family_shares_a_number_and_the_twins_a_birth_date() {
    let family = region().cast().family;
    let keys: BTreeSet<_> = family.iter().map(|(r, _)| r.identity.family_key()).collect();
    let branches: Vec<_> =
        family.iter().map(|(r, _)| r.identity.branch.unwrap().to_string()).collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(branches, ["00", "01", "02", "03"]);
    assert_eq!(family[2].0.birth, family[3].0.birth);
}

#[test]
fn the_variant_name_is_unique_by_birth_date() {
    let region = region();
    let variant = region.cast().variant.0;
    assert!(variant.name.contains('髙') && variant.name.contains('德'));
    let same_birth = region.people().filter(|(record, _)| record.birth == variant.birth);
    assert_eq!(same_birth.count(), 1);
}

#[test]
fn the_cast_is_in_the_register() {
    let region = region();
    let register: BTreeSet<_> = region.people().map(|(r, _)| r.identity.family_key()).collect();
    for record in region.cast().records() {
        assert!(register.contains(&record.identity.family_key()), "{record:?}");
    }
}
