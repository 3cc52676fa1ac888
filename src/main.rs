//! The front door: what was asked, which command answers, how it ends.

use clap::Parser;
use sonae::cli::{self, AsJson, Cli, CliError};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (as_json, outcome) = match Cli::try_parse() {
        Ok(cli) => (AsJson::from(&cli), cli::run(cli.command)),
        // Help and version are answers, not errors.
        Err(usage) if !usage.use_stderr() => {
            cli::say(&usage.to_string());
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            (AsJson::of_words(std::env::args_os()), Err(CliError::Usage(usage.to_string())))
        }
    };
    ExitCode::from(match outcome {
        Ok(reply) => cli::print_reply(&reply, as_json),
        Err(error) => cli::print_error(&error, as_json),
    })
}
