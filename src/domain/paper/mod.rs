//! Papers as insurers really print them: which items they bear, what those items may say, and what must be asked where
//! they say nothing. Data and rules only; nothing identifies a paper by colour or position (field D-2).

mod draft;
mod expiry;
mod item;
mod profile;
mod question;
mod typed;
mod values;

pub use draft::{PaperDraft, PaperToIssue, PrintedValues, Unfit, UnfitWhy};
pub use expiry::ExpiryHabit;
pub use item::{Borne, Item, Part};
pub use profile::{Corner, LayoutProfile, LayoutProfiles, PaperSize, PartLayout, ProfileError};
pub use question::{Ask, Question};
pub use typed::{Reading, TypedItems, TypedPaper};
pub use values::{PrintedLimitClass, PrintedRatio, parse_printed_relation, parse_printed_sex};

#[cfg(test)]
mod tests;
