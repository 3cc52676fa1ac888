//! Words on the command line → a typed [`Command`] → one JSON document. One file per command.
mod args;
pub use args::{Cli, Command};
