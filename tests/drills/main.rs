//! The worst days, end to end: one box, its hub and its institutions, and everything that can go wrong at once.
//!
//! Each module is one promise of the house; the numbers are those of the ten invariants in `docs/architecture.md`.

#![allow(missing_docs, reason = "a drill's name is its promise")]

mod bent;
mod house_fixture;

mod answers;
mod counter;
mod disaster;
mod keys;
mod lost;
mod region;
mod relief;
mod rollback;
mod settle;
mod stolen;
