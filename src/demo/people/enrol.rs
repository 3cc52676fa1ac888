//! From households to the register: who is insured where, since when, and what went wrong with it.

use super::{
    drugs::{Health, Pharmacy},
    household::{Household, Person, Role},
    insurers::{Cover, Scheme},
    lists::Municipality,
    lot::Lot,
    rules,
};
use crate::domain::{
    insured::Branch,
    medication::Dispensing,
    person::{LossReason, PersonRecord, Relation, Standing},
};
use jiff::{ToSpan, civil::Date};

/// A record of the register and the drug history kept with it.
pub type Entry = (PersonRecord, Vec<Dispensing>);

/// Numbers of families and people that one household may use up.
const FAMILIES_PER_HOUSEHOLD: u64 = 16;

/// How a cover ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    InForce,
    Lost(Date, LossReason),
}

/// One family's insurance over time.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) cover: Cover,
    pub(super) from: Date,
    pub(super) ending: Ending,
}

/// One person's place in one policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) relation: Relation,
    pub(super) branch: Option<Branch>,
}

/// Where the person lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home<'a> {
    pub(super) place: Municipality,
    pub(super) address: &'a str,
}

/// Writes the register's record of a person in a policy.
pub(super) fn record(
    person: &Person,
    home: Home<'_>,
    policy: &Policy,
    seat: Seat,
    on: Date,
    lot: &mut Lot,
) -> PersonRecord {
    let (burden, limit_class) = rules::share(person.birth, on, lot);
    let (lost_on, loss_reason) = match policy.ending {
        Ending::InForce => (None, None),
        Ending::Lost(day, reason) => (Some(day), Some(reason)),
    };
    PersonRecord {
        identity: policy.cover.identity(seat.branch),
        insurer_name: policy.cover.insurer_name.clone(),
        name: person.name.clone(),
        kana: person.kana.clone(),
        alias: person.alias.clone(),
        birth: person.birth,
        sex: person.sex,
        address: home.address.into(),
        municipality: home.place.code,
        relation: seat.relation,
        burden,
        limit_class,
        valid_from: policy.from.max(person.birth),
        lost_on,
        loss_reason,
        standing: Standing::Usable,
        origin: None,
    }
}

/// One household being entered into the register.
pub(super) struct Clerk<'a> {
    pub(super) on: Date,
    pub(super) index: u64,
    pub(super) pharmacy: &'a Pharmacy,
    next_family: u64,
}

/// One person with everything the register holds about them.
#[derive(Debug)]
pub(super) struct Enrolled {
    pub(super) entries: Vec<Entry>,
    pub(super) registered: bool,
}

impl<'a> Clerk<'a> {
    /// A clerk for household `index` as of a day.
    pub(super) fn new(on: Date, index: u64, pharmacy: &'a Pharmacy) -> Self {
        Self { on, index, pharmacy, next_family: 0 }
    }

    /// A number for the next family, never used elsewhere in the region.
    fn family(&mut self) -> u64 {
        self.next_family += 1;
        self.index * FAMILIES_PER_HOUSEHOLD + self.next_family % FAMILIES_PER_HOUSEHOLD
    }

    /// A policy in force.
    pub(super) fn policy(
        &mut self,
        scheme: Scheme,
        home: Municipality,
        from: Date,
        lot: &mut Lot,
    ) -> Policy {
        let cover = Cover::choose(scheme, home, self.family(), lot);
        Policy { cover, from, ending: Ending::InForce }
    }

    /// Enters every member of a household, in order.
    pub(super) fn enrol(mut self, household: &Household, lot: &mut Lot) -> Vec<Enrolled> {
        let head_scheme = household.members.first().map_or(Scheme::NationalHealth, |(_, head)| {
            scheme_for(rules::age(head.birth, self.on), lot)
        });
        let mut shared: Option<Vec<Policy>> = None;
        let mut seats_taken = 0;
        let mut enrolled = vec![];
        for (role, person) in &household.members {
            let age = rules::age(person.birth, self.on);
            let stays = joins_head(*role, age, head_scheme, lot);
            let (policies, place_in_family) = if age >= 75 {
                (self.late_elderly(person, household.home, lot), 1)
            } else if *role == Role::Head || (stays && shared.is_some()) {
                let policies = match &shared {
                    Some(policies) => policies.clone(),
                    None => self.history(head_scheme, household.home, age, lot),
                };
                shared = Some(policies.clone());
                seats_taken += 1;
                (policies, seats_taken)
            } else {
                let own = match role {
                    Role::Parent => Scheme::NationalHealth,
                    _ => scheme_for(age, lot),
                };
                (self.history(own, household.home, age, lot), 1)
            };
            enrolled.push(self.enter(person, household, &policies, place_in_family, lot));
        }
        enrolled
    }

    fn enter(
        &self,
        person: &Person,
        household: &Household,
        policies: &[Policy],
        place_in_family: u8,
        lot: &mut Lot,
    ) -> Enrolled {
        let home = Home { place: household.home, address: &household.address };
        let dispensings =
            self.pharmacy.history((person.birth, Health::ByAge), household.home, self.on, lot);
        // Somebody born after an earlier insurance ended was never in it.
        let lived = policies.iter().filter(|policy| match policy.ending {
            Ending::InForce => true,
            Ending::Lost(day, _) => person.birth < day,
        });
        let mut entries: Vec<Entry> = lived
            .map(|policy| {
                let seat = seat(policy.cover.scheme, place_in_family);
                (record(person, home, policy, seat, self.on, lot), vec![])
            })
            .collect();
        if let Some((newest, history)) = entries.last_mut() {
            *history = dispensings; // the history follows the person into the newest insurance
            if lot.happens(1) {
                newest.standing = Standing::Suspended;
            }
        }
        Enrolled { registered: !lot.happens(10), entries }
    }

    /// The insurances of somebody under 75, oldest first: mostly one, sometimes a changed one, sometimes a lost one.
    fn history(
        &mut self,
        scheme: Scheme,
        home: Municipality,
        age: i16,
        lot: &mut Lot,
    ) -> Vec<Policy> {
        let years_max = u32::try_from(age - 18).unwrap_or(1).clamp(1, 30);
        let from = self.days_ago(400 + lot.below(years_max * 365));
        let mut policy = self.policy(scheme, home, from, lot);
        match lot.below(1000) {
            0..30 => {
                let changed = self.days_ago(lot.below(300));
                policy.ending = Ending::Lost(changed, LossReason::OtherInsurance);
                let next = match scheme {
                    Scheme::NationalHealth => Scheme::Association,
                    _ => Scheme::NationalHealth,
                };
                let newer = self.policy(next, home, changed, lot);
                vec![policy, newer]
            }
            30..42 => {
                let reason = match lot.below(10) {
                    0..2 => LossReason::PublicAssistance,
                    2..5 => LossReason::OtherInsurance,
                    _ => LossReason::Other,
                };
                policy.ending = Ending::Lost(self.days_ago(lot.below(300)), reason);
                vec![policy]
            }
            _ => vec![policy],
        }
    }

    /// 後期高齢 from the 75th birthday; whoever turned 75 within the year still has the earlier record beside it.
    fn late_elderly(&mut self, person: &Person, home: Municipality, lot: &mut Lot) -> Vec<Policy> {
        let since = rules::birthday(person.birth, 75);
        let newest = self.policy(Scheme::LateElderly, home, since, lot);
        if since < self.days_ago(365) {
            return vec![newest];
        }
        let mut earlier = self.policy(Scheme::NationalHealth, home, self.days_ago(4000), lot);
        earlier.ending = Ending::Lost(since, LossReason::OtherInsurance);
        vec![earlier, newest]
    }

    fn days_ago(&self, days: u32) -> Date {
        self.on.saturating_sub(i64::from(days).days())
    }
}

/// 本人 comes first (branch 00 with an employer, 01 in 国保), the family follows.
fn seat(scheme: Scheme, place_in_family: u8) -> Seat {
    let relation = if place_in_family == 1 { Relation::Insured } else { Relation::Family };
    let branch = match scheme {
        Scheme::LateElderly => None,
        Scheme::NationalHealth => Branch::from_value(place_in_family),
        _ => Branch::from_value(place_in_family - 1),
    };
    Seat { relation, branch }
}

/// Which scheme insures somebody of an age who works or keeps a household.
fn scheme_for(age: i16, lot: &mut Lot) -> Scheme {
    let [association, society, mutual] = match age {
        ..25 => [480, 300, 90],
        25..60 => [415, 305, 120],
        60..65 => [380, 230, 90],
        65..70 => [230, 100, 30],
        70..75 => [110, 40, 10],
        _ => return Scheme::LateElderly,
    };
    match lot.below(1000) {
        drawn if drawn < association => Scheme::Association,
        drawn if drawn < association + society => Scheme::Society,
        drawn if drawn < association + society + mutual => Scheme::MutualAid,
        _ => Scheme::NationalHealth,
    }
}

/// Whether a member shares the head's insurance rather than having their own.
fn joins_head(role: Role, age: i16, head_scheme: Scheme, lot: &mut Lot) -> bool {
    match role {
        Role::Head => true,
        Role::Spouse => lot.happens(if head_scheme == Scheme::NationalHealth { 800 } else { 480 }),
        Role::Child => age < 22 || lot.happens(300),
        Role::Parent => lot.happens(300),
    }
}
