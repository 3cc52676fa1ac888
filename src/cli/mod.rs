//! Words on the command line → a typed [`Command`] → one JSON document. One file per command.

mod appliance;
mod args;
mod bad_rows;
mod cache;
mod check;
mod credential;
mod demo;
mod disaster;
mod doctor;
mod envelopes;
mod exchanges;
mod hub;
mod issue_batch;
mod journal;
mod keys;
mod log;
mod moments;
mod notebook;
mod output;
mod own;
mod progress;
mod region;
mod region_build;
mod region_delta;
mod rules;
mod rules_page;
mod serve;
mod sheets;
mod statement;
mod sync;
mod trust;
mod trust_text;
mod verify;

pub use args::{Cli, Command};
pub use output::{AsJson, CliError, Reply, print_error, print_reply, say};

/// Does what was asked.
pub fn run(command: Command) -> Result<Reply, CliError> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Hub(args) => hub::run(&args),
        Command::Region(args) => region::run(args),
        Command::Cache(args) => cache::run(args),
        Command::Own(args) => own::run(args),
        Command::Trust(args) => trust::run(args),
        Command::Rules(args) => rules::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Envelopes(args) => envelopes::run(args),
        Command::Verify(args) => verify::run(&args),
        Command::Credential(args) => credential::run(args),
        Command::Statement(args) => statement::run(args),
        Command::StandIn(args) => statement::stand_in(&args),
        Command::Check(args) => check::run(args),
        Command::Notebook(args) => notebook::run(args),
        Command::Disaster(args) => disaster::run(args),
        Command::Sync(args) => sync::run(&args),
        Command::Journal(args) => journal::run(args),
        Command::Doctor(args) => doctor::run(&args),
    }
}
