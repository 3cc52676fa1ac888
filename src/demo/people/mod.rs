//! An invented region: people who do not exist, in real municipalities, with real drugs and valid numbers.
//!
//! Every household is drawn from its own lots ([`lot::Lot`]), so that the same seed gives the same people, and a region
//! of any size is streamed, never held.

mod cast;
mod drugs;
mod enrol;
mod household;
mod insurers;
mod lists;
mod lot;
mod rules;

#[cfg(test)]
mod tests;

pub use cast::Cast;
pub use enrol::Entry;

use crate::domain::person::{PersonRecord, Standing};
use drugs::Pharmacy;
use enrol::{Clerk, Enrolled};
use household::Household;
use jiff::civil::Date;
use lists::Lists;
use lot::Lot;

/// Households below this index belong to the [`Cast`] and to those whom no register knows.
const FIRST_DRAWN_HOUSEHOLD: u64 = 64;

/// An invented region as its insurers' registers know it on one day.
#[derive(Debug)]
pub struct Region {
    seed: u64,
    people: u32,
    on: Date,
    lists: Lists,
    pharmacy: Pharmacy,
}

impl Region {
    /// A region of `people` inhabitants as of a day. The same seed, size and day give the same region.
    #[must_use]
    pub fn invent(seed: u64, people: u32, on: Date) -> Self {
        Self { seed, people, on, lists: Lists::read(), pharmacy: Pharmacy::open() }
    }

    /// The region's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        "石川県（架空の住民）"
    }

    /// The day the registers describe.
    #[must_use]
    pub fn on(&self) -> Date {
        self.on
    }

    /// The register, record by record: the cast first, then everybody else. Whoever changed insurance has two records, the
    /// older one first and without drugs; about one person in a hundred has none.
    pub fn people(&self) -> impl Iterator<Item = Entry> + '_ {
        let cast = self.cast();
        let others = (self.people as usize).saturating_sub(cast.people());
        let drawn = self.drawn().take(others).filter(|person| person.registered);
        cast.into_entries().chain(drawn.flat_map(|person| person.entries))
    }

    /// Everybody outside the cast, household by household, whether registered or not.
    fn drawn(&self) -> impl Iterator<Item = Enrolled> + '_ {
        (FIRST_DRAWN_HOUSEHOLD..).flat_map(|index| self.household(index))
    }

    fn household(&self, index: u64) -> Vec<Enrolled> {
        let mut lot = Lot::new(self.seed, index);
        let mut household = Household::draw(&self.lists, self.on, &mut lot);
        for (_, person) in &mut household.members {
            cast::keep_clear(&mut person.birth, self.on);
        }
        Clerk::new(self.on, index, &self.pharmacy).enrol(&household, &mut lot)
    }

    /// People who exist and are insured, and whom the register does not know: "not in the snapshot" is not "not insured".
    #[must_use]
    pub fn unregistered(&self) -> Vec<PersonRecord> {
        let households = FIRST_DRAWN_HOUSEHOLD - 8..FIRST_DRAWN_HOUSEHOLD;
        let people = households.filter_map(|index| self.household(index).into_iter().next());
        let newest = people.filter_map(|mut person| person.entries.pop()).map(|(record, _)| record);
        newest.filter(|r| r.in_force(self.on) && r.standing == Standing::Usable).collect()
    }

    /// The named parts of the scripted day.
    #[must_use]
    pub fn cast(&self) -> Cast {
        Cast::call(self.on, self.seed, &self.pharmacy)
    }
}
