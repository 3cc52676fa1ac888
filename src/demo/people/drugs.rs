//! Drug histories from the real price list: what is prescribed when, to whom, and where it was handed out.

use super::{lists::Municipality, lot::Lot, rules};
use crate::domain::medication::{Dispensing, Drug, Setting};
use jiff::{ToSpan, civil::Date};
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

const DRUGS: &str = include_str!("../../../assets/drugs.csv");

/// Claims reach the register 11 to 41 days after the dispensing (field A28).
const CLAIM_DELAY_DAYS: (u32, u32) = (11, 30);
/// How far back the register's histories go here; longer ones only weigh more.
const HISTORY_DAYS: u32 = 340;

/// How an ingredient is usually prescribed.
#[derive(Debug)]
struct Habit {
    ingredient: &'static str,
    route: Route,
    /// 用量, with the unit where only one form of the drug will do ("50ｇ").
    dose: &'static str,
    usage: &'static str,
    /// Age from which people take it at all.
    age_from: i16,
    weight: u32,
}

/// 内用, 注射, 外用: digits 5–7 of the code (codes-and-formats 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Oral,
    Injection,
    External,
}

impl Route {
    fn of(code: &str) -> Option<Self> {
        match code.get(4..7)?.parse().ok()? {
            0..=399 => Some(Self::Oral),
            400..=699 => Some(Self::Injection),
            700..=999_u16 => Some(Self::External),
            _ => None,
        }
    }
}

impl Habit {
    /// Amount and, where it is fixed, the unit.
    fn dose(&self) -> (&'static str, &'static str) {
        let amount = |c: char| c.is_ascii_digit() || c == '.';
        self.dose.split_at(self.dose.find(|c| !amount(c)).unwrap_or(self.dose.len()))
    }

    fn fits(&self, drug: &Drug) -> bool {
        let (_, unit) = self.dose();
        drug.ingredient == self.ingredient
            && Route::of(&drug.code) == Some(self.route)
            && (unit.is_empty() || unit == drug.unit)
    }
}

/// Children below this age get powders and syrups, where there are any; everybody else tablets and capsules.
const TABLET_AGE: i16 = 10;

macro_rules! habits {
    ($($ingredient:literal $route:ident $dose:literal $usage:literal $age_from:literal $weight:literal)*) => {
        &[$(Habit {
            ingredient: $ingredient, route: Route::$route, dose: $dose, usage: $usage,
            age_from: $age_from, weight: $weight,
        }),*]
    };
}

/// What people take month after month.
const CHRONIC: &[Habit] = habits! {
    "アムロジピンベシル酸塩" Oral "1" "１日１回朝食後" 35 90
    "ニフェジピン" Oral "1" "１日１回朝食後" 40 20
    "アジルサルタン" Oral "1" "１日１回朝食後" 40 35
    "オルメサルタンメドキソミル" Oral "1" "１日１回朝食後" 40 30
    "カンデサルタンシレキセチル" Oral "1" "１日１回朝食後" 40 25
    "テルミサルタン" Oral "1" "１日１回朝食後" 40 25
    "ビソプロロールフマル酸塩" Oral "1" "１日１回朝食後" 50 25
    "カルベジロール" Oral "1" "１日１回朝食後" 50 15
    "フロセミド" Oral "1" "１日１回朝食後" 65 25
    "スピロノラクトン" Oral "1" "１日１回朝食後" 65 12
    "アトルバスタチンカルシウム水和物" Oral "1" "１日１回夕食後" 40 40
    "ロスバスタチンカルシウム" Oral "1" "１日１回夕食後" 40 50
    "ピタバスタチンカルシウム" Oral "1" "１日１回夕食後" 40 20
    "エゼチミブ" Oral "1" "１日１回朝食後" 45 18
    "ワルファリンカリウム" Oral "2" "１日１回夕食後" 60 14
    "アピキサバン" Oral "2" "１日２回朝夕食後" 65 18
    "エドキサバントシル酸塩水和物" Oral "1" "１日１回朝食後" 65 16
    "クロピドグレル硫酸塩" Oral "1" "１日１回朝食後" 55 22
    "アスピリン" Oral "1" "１日１回朝食後" 55 22
    "メトホルミン塩酸塩" Oral "2" "１日２回朝夕食後" 40 30
    "シタグリプチンリン酸塩水和物" Oral "1" "１日１回朝食後" 45 25
    "リナグリプチン" Oral "1" "１日１回朝食後" 50 18
    "エンパグリフロジン" Oral "1" "１日１回朝食後" 45 18
    "グリメピリド" Oral "1" "１日１回朝食前" 50 12
    "インスリングラルギン（遺伝子組換え）" Injection "1キット" "１日１回就寝前８単位" 30 8
    "インスリンアスパルト（遺伝子組換え）" Injection "2キット" "１日３回毎食直前６単位" 15 8
    "ランソプラゾール" Oral "1" "１日１回朝食後" 40 35
    "ボノプラザンフマル酸塩" Oral "1" "１日１回朝食後" 40 25
    "レバミピド" Oral "3" "１日３回毎食後" 50 35
    "酸化マグネシウム" Oral "3" "１日３回毎食後" 60 45
    "フェブキソスタット" Oral "1" "１日１回朝食後" 35 18
    "アルファカルシドール" Oral "1" "１日１回朝食後" 65 12
    "エルデカルシトール" Oral "1" "１日１回朝食後" 65 18
    "アレンドロン酸ナトリウム水和物" Oral "1" "週１回起床時" 65 10
    "メコバラミン" Oral "3" "１日３回毎食後" 55 20
    "ドネペジル塩酸塩" Oral "1" "１日１回朝食後" 74 18
    "メマンチン塩酸塩" Oral "1" "１日１回朝食後" 74 14
    "ブロチゾラム" Oral "1" "１日１回就寝前" 35 18
    "ゾルピデム酒石酸塩" Oral "1" "１日１回就寝前" 35 15
    "スボレキサント" Oral "1" "１日１回就寝前" 50 15
    "エチゾラム" Oral "1" "１日１回就寝前" 35 12
    "レベチラセタム" Oral "2" "１日２回朝夕食後" 5 6
    "バルプロ酸ナトリウム" Oral "2" "１日２回朝夕食後" 5 6
    "プレガバリン" Oral "2" "１日２回朝夕食後" 50 14
    "モンテルカストナトリウム" Oral "1" "１日１回就寝前" 1 20
    "プレドニゾロン" Oral "1" "１日１回朝食後" 20 8
    "メトトレキサート" Oral "2" "週１回朝食後" 30 5
    "タムスロシン塩酸塩" Oral "1" "１日１回朝食後" 65 12
    "ミラベグロン" Oral "1" "１日１回朝食後" 65 14
    "レボドパ・カルビドパ水和物" Oral "3" "１日３回毎食後" 65 4
    "ラタノプロスト" External "2.5ｍＬ" "１日１回両眼に点眼" 55 14
    "精製ヒアルロン酸ナトリウム" External "2瓶" "１日４回両眼に点眼" 40 18
    "ブデソニド・ホルモテロールフマル酸塩水和物" External "1キット" "１日２回吸入" 12 14
    "ヘパリン類似物質" External "50ｇ" "１日２回塗布" 0 25
};

/// What people take for a week and are done.
const ACUTE: &[Habit] = habits! {
    "アセトアミノフェン" Oral "3" "１日３回毎食後" 1 50
    "ロキソプロフェンナトリウム水和物" Oral "3" "１日３回毎食後" 15 50
    "Ｌ－カルボシステイン" Oral "3" "１日３回毎食後" 0 45
    "アンブロキソール塩酸塩" Oral "3" "１日３回毎食後" 0 25
    "デキストロメトルファン臭化水素酸塩水和物" Oral "3" "１日３回毎食後" 5 25
    "トラネキサム酸" Oral "3" "１日３回毎食後" 5 30
    "アモキシシリン水和物" Oral "3" "１日３回毎食後" 1 25
    "クラリスロマイシン" Oral "2" "１日２回朝夕食後" 5 20
    "セフカペン　ピボキシル塩酸塩水和物" Oral "3" "１日３回毎食後" 5 15
    "アジスロマイシン水和物" Oral "1" "１日１回朝食後" 18 18
    "オセルタミビルリン酸塩" Oral "2" "１日２回朝夕食後" 1 12
    "フェキソフェナジン塩酸塩" Oral "2" "１日２回朝夕食後" 7 35
    "ビラスチン" Oral "1" "１日１回空腹時" 15 20
    "レボセチリジン塩酸塩" Oral "1" "１日１回就寝前" 7 18
    "葛根湯エキス" Oral "7.5ｇ" "１日３回毎食前" 12 18
    "芍薬甘草湯エキス" Oral "2.5ｇ" "１日１回就寝前" 30 15
    "ドンペリドン" Oral "3" "１日３回毎食前" 5 15
    "耐性乳酸菌" Oral "3" "１日３回毎食後" 0 18
    "ロキソプロフェンナトリウム水和物" External "35枚" "１日１回貼付" 20 35
    "ツロブテロール" External "7枚" "１日１回貼付" 0 15
    "ヒドロコルチゾン酪酸エステル" External "10ｇ" "１日２回塗布" 0 15
    "ジフルプレドナート" External "10ｇ" "１日２回塗布" 10 12
};

const CLINICS: &[&str] = &[
    "あおぞら診療所",
    "うみかぜ内科医院",
    "さくらクリニック",
    "みなとファミリークリニック",
    "なぎさ整形外科医院",
    "ひまわり小児科",
    "はまなす病院",
    "しらかば診療所",
];
const PHARMACIES: &[&str] =
    &["あおば薬局", "かもめ薬局", "つばめ調剤薬局", "すずらん薬局", "ほたる薬局", "なでしこ薬局"];

/// Habits with the products of the price list that serve them.
#[derive(Debug)]
pub(super) struct Pharmacy {
    chronic: Vec<(&'static Habit, Vec<Arc<Drug>>)>,
    acute: Vec<(&'static Habit, Vec<Arc<Drug>>)>,
}

/// How ill a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// As people of that age are.
    ByAge,
    /// Takes this many drugs regularly, so that the scripted day has something to show.
    Regular(usize),
}

/// Products, read row by row; a test counts that no row is lost.
fn read_drugs() -> Vec<Arc<Drug>> {
    let mut reader = csv::Reader::from_reader(DRUGS.as_bytes());
    reader.records().filter_map(Result::ok).filter_map(|row| drug(&row)).map(Arc::new).collect()
}

fn drug(row: &csv::StringRecord) -> Option<Drug> {
    Some(Drug {
        code: row.get(0)?.into(),
        ingredient: row.get(1)?.into(),
        unit: unit(row.get(2)?)?,
        name: row.get(3)?.into(),
    })
}

/// 単位: what follows the last digit of the strength ("５ｍｇ１錠" → "錠").
fn unit(strength: &str) -> Option<SmolStr> {
    let unit =
        strength.rsplit(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)).next()?;
    (!unit.is_empty()).then(|| unit.into())
}

impl Pharmacy {
    /// Finds the products for every habit.
    pub(super) fn open() -> Self {
        let drugs = read_drugs();
        let serve = |habits: &'static [Habit]| {
            let with_products = habits.iter().map(|habit| {
                let fits = |drug: &&Arc<Drug>| habit.fits(drug);
                (habit, drugs.iter().filter(fits).cloned().collect::<Vec<_>>())
            });
            with_products.filter(|(_, products)| !products.is_empty()).collect()
        };
        Self { chronic: serve(CHRONIC), acute: serve(ACUTE) }
    }

    /// A year of dispensings up to the day the register knows, newest first.
    pub(super) fn history(
        &self,
        person: (Date, Health),
        home: Municipality,
        on: Date,
        lot: &mut Lot,
    ) -> Vec<Dispensing> {
        let (birth, health) = person;
        let age = rules::age(birth, on);
        let place = Place::near(home, lot);
        let mut lines = self.chronic_lines(age, health, on, &place, lot);
        for _ in 0..acute_episodes(age, lot) {
            let day = days_before(on, CLAIM_DELAY_DAYS.0 + lot.below(HISTORY_DAYS));
            for _ in 0..=lot.below(3) {
                if let Some((habit, drug)) = choose(&self.acute, age, lot) {
                    let days = u16::try_from(3 + lot.below(5)).unwrap_or(3);
                    lines.push(place.line(habit, drug, day, days));
                }
            }
        }
        lines.retain(|line| line.on >= birth);
        lines.sort_by(|a, b| (b.on, &a.drug.code).cmp(&(a.on, &b.drug.code)));
        lines.dedup_by(|a, b| a.on == b.on && a.drug.code.get(..7) == b.drug.code.get(..7));
        lines
    }

    fn chronic_lines(
        &self,
        age: i16,
        health: Health,
        on: Date,
        place: &Place,
        lot: &mut Lot,
    ) -> Vec<Dispensing> {
        let wanted = match health {
            Health::ByAge => chronic_drugs(age, lot),
            Health::Regular(count) => count,
        };
        let mut taken: Vec<(&Habit, &Arc<Drug>)> = vec![];
        for _ in 0..wanted * 3 {
            if let Some((habit, drug)) = choose(&self.chronic, age, lot)
                && taken.len() < wanted
                && taken.iter().all(|(other, _)| other.ingredient != habit.ingredient)
            {
                taken.push((habit, drug));
            }
        }
        let every_days = *lot.pick(&[28_u32, 28, 56, 56, 84]);
        let (delay_min, delay_spread) = CLAIM_DELAY_DAYS;
        let newest = delay_min + lot.below(delay_spread);
        let visits = (newest..HISTORY_DAYS).step_by(every_days as usize);
        visits
            .map(|back| days_before(on, back))
            .flat_map(|day| taken.iter().map(move |(habit, drug)| (day, *habit, *drug)))
            .map(|(day, habit, drug)| {
                place.line(habit, drug, day, u16::try_from(every_days).unwrap_or(28))
            })
            .collect()
    }

    /// Every code a history may name.
    #[cfg(test)]
    pub(super) fn codes() -> std::collections::BTreeSet<SmolStr> {
        read_drugs().into_iter().map(|drug| drug.code.clone()).collect()
    }
}

fn days_before(on: Date, days: u32) -> Date {
    on.saturating_sub(i64::from(days).days())
}

fn choose<'a>(
    shelf: &'a [(&'static Habit, Vec<Arc<Drug>>)],
    age: i16,
    lot: &mut Lot,
) -> Option<(&'a Habit, &'a Arc<Drug>)> {
    let suitable = shelf.iter().filter(|(habit, _)| habit.age_from <= age);
    let (habit, products) = lot.weighted(suitable, |(habit, _)| habit.weight)?;
    let solid = |drug: &&Arc<Drug>| matches!(drug.unit.as_str(), "錠" | "カプセル");
    let suits: Vec<_> = products.iter().filter(|d| solid(d) == (age >= TABLET_AGE)).collect();
    if suits.is_empty() {
        Some((habit, lot.pick(products)))
    } else {
        Some((habit, *lot.pick(&suits)))
    }
}

/// How many drugs somebody of this age takes regularly.
fn chronic_drugs(age: i16, lot: &mut Lot) -> usize {
    let (per_mille, min, spread) = match age {
        ..20 => (40, 1, 1),
        20..40 => (80, 1, 2),
        40..65 => (310, 1, 3),
        65..75 => (620, 1, 5),
        _ => (860, 2, 6),
    };
    if lot.happens(per_mille) { (min + lot.below(spread)) as usize } else { 0 }
}

fn acute_episodes(age: i16, lot: &mut Lot) -> u32 {
    match age {
        ..15 => lot.below(4),
        15..75 => lot.below(3),
        _ => lot.below(2),
    }
}

/// Where one person gets treated and fetches drugs.
struct Place {
    facility: SmolStr,
    setting: Setting,
}

impl Place {
    fn near(home: Municipality, lot: &mut Lot) -> Self {
        let town = home.name.trim_end_matches(['市', '町']);
        if lot.happens(250) {
            let facility = format_smolstr!("{town}{}（架空）", lot.pick(CLINICS));
            Self { facility, setting: Setting::InHouse }
        } else {
            let facility = format_smolstr!("{town}{}（架空）", lot.pick(PHARMACIES));
            Self { facility, setting: Setting::Pharmacy }
        }
    }

    fn line(&self, habit: &Habit, drug: &Arc<Drug>, on: Date, days: u16) -> Dispensing {
        // An external drug or an injection is handed out once, in all.
        let days = if habit.route == Route::Oral { days } else { 1 };
        Dispensing {
            on,
            drug: drug.clone(),
            dose: habit.dose().0.into(),
            usage: habit.usage.into(),
            days,
            facility: self.facility.clone(),
            setting: self.setting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_of_the_drug_list_is_lost() {
        let drugs = read_drugs();
        assert_eq!(drugs.len(), DRUGS.lines().count() - 1);
        assert!(drugs.len() >= 1_500);
    }

    #[test]
    fn every_habit_finds_a_product() {
        let open = Pharmacy::open();
        let served: Vec<_> =
            open.chronic.iter().chain(&open.acute).map(|(h, _)| (h.ingredient, h.route)).collect();
        for habit in CHRONIC.iter().chain(ACUTE) {
            assert!(served.contains(&(habit.ingredient, habit.route)), "{habit:?}");
        }
    }

    #[test]
    fn a_unit_is_what_follows_the_last_digit() {
        assert_eq!(unit("５ｍｇ１錠").as_deref(), Some("錠"));
        assert_eq!(unit("０．１％１ｇ").as_deref(), Some("ｇ"));
        assert_eq!(unit("５").as_deref(), None);
    }
}
