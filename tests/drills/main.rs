//! The worst days, end to end: one box, its hub and its institutions, and everything that can go wrong at once.
//!
//! Each module holds drills for one or two of the house's ten promises, by number.

#![allow(missing_docs, reason = "a drill's name is its promise")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a drill that cannot be set up has failed")]
#![allow(clippy::disallowed_methods, reason = "a thief and a dying card ask no `Disk`")]

mod bent;
mod house_fixture;

mod answers;
mod clear_text;
mod counter;
mod deltas;
mod disaster;
mod envelopes;
mod intake;
mod keys;
mod ladder;
mod lost;
mod own;
mod region;
mod relief;
mod rollback;
mod roots;
mod settle;
mod statements;
mod stick;
mod stolen;
mod tending;
