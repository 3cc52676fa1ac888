//! Other people's programs that a test looks with.

use std::{
    io::{Write, stderr},
    process::{Command, Stdio},
};

/// Whether another program is here. Where everything must be (`CI=true`), a missing one is a failure.
pub fn found(program: &str) -> bool {
    let probe = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let here = probe.is_ok();
    if !here {
        assert!(!everything_must_be_here(), "{program} is missing");
        // Written past the macros, whose output a passing test swallows.
        let _ = stderr().write_all(format!("skipped: {program} not found\n").as_bytes());
    }
    here
}

fn everything_must_be_here() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}
