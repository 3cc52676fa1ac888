//! Everything that may be handed in wrong, against the real program: each refusal has its own code and a next step in
//! both languages, one JSON document, the right exit code, and changes nothing but what is written down on purpose.

#![allow(clippy::unwrap_used, reason = "a drill that cannot be set up has failed")]

mod codes;
mod files;
mod ground;
mod pictures;
mod places;
mod releases;
mod uploads;
