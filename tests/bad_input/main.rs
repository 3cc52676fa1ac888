//! Everything that may be handed in wrong, against the real program: each refusal has its own code and a next step in
//! both languages, one JSON document, the right exit code, and changes nothing but what is written down on purpose.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a drill that cannot be set up has failed, and what it lays out need not survive a power cut"
)]

mod codes;
mod columns;
mod files;
mod ground;
mod pictures;
mod places;
mod publishing;
mod releases;
mod uploads;
