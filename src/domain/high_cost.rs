//! 高額療養費: what one person pays in a month at most. Amounts come from the dated table; here is how they are reckoned.

use crate::domain::{
    burden,
    oqs_codes::{LimitClass, SpecifiedDisease},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Of what a month's care cost above the threshold, one part in a hundred is added (健康保険法施行令42条).
const PART_ABOVE: u64 = 100;

/// The monthly limit of one class, in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyLimit {
    /// The limit, or its fixed part.
    pub base_yen: u32,
    /// Care above this much adds one per cent of the rest; `None` where the limit is fixed.
    pub over_yen: Option<u32>,
    /// From the fourth month within twelve (多数回該当); `None` where the class has none.
    pub many_times_yen: Option<u32>,
    /// Outpatient care alone (外来、個人ごと), from 70.
    pub outpatient_yen: Option<u32>,
    /// Outpatient care of one year (8/1 to 7/31).
    pub outpatient_year_yen: Option<u32>,
}

/// How often the limit was reached within the last twelve months, this one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// At most the third month.
    UpToThree,
    /// 多数回該当.
    FourOrMore,
}

impl MonthlyLimit {
    /// The limit in yen for a month whose care cost `care_yen` in all (医療費, ten tenths, without meals).
    #[must_use]
    pub fn yen(&self, care_yen: u64, times: Times) -> u64 {
        if let (Times::FourOrMore, Some(many_times)) = (times, self.many_times_yen) {
            return many_times.into();
        }
        let above = self.over_yen.map_or(0, |over| care_yen.saturating_sub(over.into()));
        // Below half a yen dropped, from half a yen up: the Order says so for this one per cent.
        let added = above.saturating_add(PART_ABOVE / 2) / PART_ABOVE;
        u64::from(self.base_yen).saturating_add(added)
    }

    /// The same in the month of the 75th birthday: every amount half, the year's outpatient limit as it is.
    #[must_use]
    pub fn halved(&self) -> Self {
        let half = |yen: u32| yen / 2;
        Self {
            base_yen: half(self.base_yen),
            over_yen: self.over_yen.map(half),
            many_times_yen: self.many_times_yen.map(half),
            outpatient_yen: self.outpatient_yen.map(half),
            outpatient_year_yen: self.outpatient_year_yen,
        }
    }
}

/// Whether the limits of the month of `on` are halved: the person changes to the late-stage scheme in it, and not on its first.
#[must_use]
pub fn halves_in_month_of(birth: Date, on: Date) -> bool {
    let first_day = burden::late_stage_from(birth);
    first_day.day() != 1 && first_day.first_of_month() == on.first_of_month()
}

/// What one facility may ask in a month for a specified disease (特定疾病療養, マル長), in yen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecifiedDiseaseCaps {
    /// For everybody else.
    pub general_yen: u32,
    /// On dialysis, below 70, with a high income (classes ア and イ).
    pub dialysis_high_income_yen: u32,
}

impl SpecifiedDiseaseCaps {
    /// The cap for a disease and limit class.
    #[must_use]
    pub fn yen(&self, disease: SpecifiedDisease, class: LimitClass) -> u32 {
        match (disease, class) {
            (SpecifiedDisease::Dialysis, LimitClass::A01 | LimitClass::A02) => {
                self.dialysis_high_income_yen
            }
            _ => self.general_yen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rulebook::Rulebook;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn limit(class: LimitClass) -> MonthlyLimit {
        *Rulebook::built_in().limit(class, date(2026, 7, 31)).value().unwrap()
    }

    #[test]
    fn a_month_that_cost_a_million_yen_is_limited_by_class() {
        for (class, first, fourth) in [
            (LimitClass::A01, 254_180, 140_100),
            (LimitClass::A02, 171_820, 93_000),
            (LimitClass::A03, 87_430, 44_400),
            (LimitClass::A04, 57_600, 44_400),
            (LimitClass::A05, 35_400, 24_600),
            (LimitClass::B01, 254_180, 140_100),
            (LimitClass::B02, 171_820, 93_000),
            (LimitClass::B03, 87_430, 44_400),
            (LimitClass::B04, 57_600, 44_400),
            (LimitClass::B05, 24_600, 24_600),
            (LimitClass::B06, 15_000, 15_000),
            (LimitClass::B09, 57_600, 44_400),
            (LimitClass::B10, 57_600, 44_400),
        ] {
            let limit = limit(class);
            assert_eq!(limit.yen(1_000_000, Times::UpToThree), first, "{class:?}");
            assert_eq!(limit.yen(1_000_000, Times::FourOrMore), fourth, "{class:?}");
        }
    }

    #[test]
    fn outpatient_limits_are_those_of_the_table() {
        let outpatient = |class| {
            let limit = limit(class);
            (limit.outpatient_yen, limit.outpatient_year_yen)
        };
        for class in [LimitClass::B04, LimitClass::B09, LimitClass::B10] {
            assert_eq!(outpatient(class), (Some(18_000), Some(144_000)));
        }
        for class in [LimitClass::B05, LimitClass::B06] {
            assert_eq!(outpatient(class), (Some(8_000), None));
        }
        assert_eq!(outpatient(LimitClass::B03), (None, None));
    }

    #[test]
    fn below_the_threshold_nothing_is_added_and_half_a_yen_is_rounded_up() {
        let limit = limit(LimitClass::A03);
        for (care_yen, yen) in [
            (0, 80_100),
            (267_000, 80_100),
            (267_049, 80_100),
            (267_050, 80_101),
            (267_149, 80_101),
            (267_150, 80_102),
        ] {
            assert_eq!(limit.yen(care_yen, Times::UpToThree), yen, "{care_yen}");
        }
        assert!(limit.yen(u64::MAX, Times::UpToThree) > 80_100);
    }

    /// The halves as 協会けんぽ and an insurer's page print them.
    #[test]
    fn in_the_month_of_the_75th_birthday_base_and_threshold_are_half() {
        let half = limit(LimitClass::B01).halved();
        assert_eq!((half.base_yen, half.over_yen), (126_300, Some(421_000)));
        assert_eq!(half.many_times_yen, Some(70_050));
        let half = limit(LimitClass::B02).halved();
        assert_eq!(
            (half.base_yen, half.over_yen, half.many_times_yen),
            (83_700, Some(279_000), Some(46_500))
        );
        let half = limit(LimitClass::B03).halved();
        assert_eq!((half.base_yen, half.over_yen), (40_050, Some(133_500)));
        assert_eq!(half.yen(1_000_000, Times::UpToThree), 40_050 + 8_665);
        let half = limit(LimitClass::B04).halved();
        assert_eq!(
            (half.base_yen, half.outpatient_yen, half.outpatient_year_yen),
            (28_800, Some(9_000), Some(144_000))
        );
    }

    #[test]
    fn the_month_is_halved_unless_the_birthday_is_its_first() {
        let halves = |birth, on| halves_in_month_of(birth, on);
        assert!(halves(date(1951, 11, 22), date(2026, 11, 1)));
        assert!(halves(date(1951, 11, 22), date(2026, 11, 30)));
        assert!(!halves(date(1951, 11, 22), date(2026, 10, 31)));
        assert!(!halves(date(1951, 11, 22), date(2026, 12, 1)));
        assert!(!halves(date(1951, 11, 1), date(2026, 11, 1)), "born on the 1st");
        // Unconfirmed: without a 29th the scheme begins on 1 March, and no month is split.
        assert!(!halves(date(1952, 2, 29), date(2027, 2, 28)));
        assert!(!halves(date(1952, 2, 29), date(2027, 3, 1)));
    }

    #[test]
    fn only_dialysis_with_a_high_income_below_70_has_the_higher_cap() {
        let rules = Rulebook::built_in();
        let caps = rules.specified_disease_caps(date(2026, 11, 22)).value().unwrap();
        assert_eq!(caps.yen(SpecifiedDisease::Dialysis, LimitClass::A01), 20_000);
        assert_eq!(caps.yen(SpecifiedDisease::Dialysis, LimitClass::A02), 20_000);
        assert_eq!(caps.yen(SpecifiedDisease::Dialysis, LimitClass::A03), 10_000);
        assert_eq!(caps.yen(SpecifiedDisease::Dialysis, LimitClass::B01), 10_000);
        assert_eq!(caps.yen(SpecifiedDisease::Haemophilia, LimitClass::A01), 10_000);
    }

    proptest! {
        #[test]
        fn care_that_costs_more_never_lowers_the_limit(a in 0_u64..20_000_000, b in 0_u64..20_000_000) {
            let (less, more) = (a.min(b), a.max(b));
            let limit = limit(LimitClass::A02);
            prop_assert!(limit.yen(less, Times::UpToThree) <= limit.yen(more, Times::UpToThree));
            prop_assert!(limit.halved().yen(less, Times::UpToThree) <= limit.yen(less, Times::UpToThree));
        }
    }
}
