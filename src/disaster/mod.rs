//! Orders, the open window, candidate search, consent and the drug view.

pub mod order;
pub mod recent;
pub mod search;
