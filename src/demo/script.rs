//! A scripted day: steps with a name, each either as promised or not, and how long it took.

use crate::{app::AppError, messages::Trouble};
use serde::Serialize;
use std::time::Instant;

/// One step of the day.
#[derive(Clone, Debug, Serialize)]
pub struct ScriptStep {
    /// What was promised, as a name.
    pub name: &'static str,
    /// Whether it was kept.
    pub ok: bool,
    /// How long it took.
    pub ms: f64,
    /// What was found instead, or a figure worth telling.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Why a step failed: what was found instead of what was promised.
#[derive(Debug)]
pub struct Broken(pub String);

impl<E: Trouble> From<E> for Broken {
    fn from(e: E) -> Self {
        Self(format!("{}: {e}", e.message().code))
    }
}

/// All steps so far. A step that breaks does not keep the next from being tried.
#[derive(Default)]
pub struct Script {
    steps: Vec<ScriptStep>,
}

impl Script {
    /// Runs one step and writes down how it went.
    pub fn step<T>(
        &mut self,
        name: &'static str,
        act: impl FnOnce() -> Result<T, Broken>,
    ) -> Option<T> {
        let start = Instant::now();
        let outcome = act();
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        let ms = (ms * 100.0).round() / 100.0;
        let (found, note) = match outcome {
            Ok(found) => (Some(found), String::new()),
            Err(Broken(note)) => (None, note),
        };
        eprintln!("{} {name}  {ms} ms  {note}", if found.is_some() { "ok  " } else { "FAIL" });
        self.steps.push(ScriptStep { name, ok: found.is_some(), ms, note });
        found
    }

    /// The steps.
    #[must_use]
    pub fn steps(&self) -> &[ScriptStep] {
        &self.steps
    }

    /// Whether every step was as promised.
    #[must_use]
    pub fn all_kept(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.ok)
    }
}

/// Breaks the step unless the condition holds.
pub fn expect(holds: Holds, found: impl FnOnce() -> String) -> Result<(), Broken> {
    match holds {
        Holds::Yes => Ok(()),
        Holds::No => Err(Broken(found())),
    }
}

/// Whether what was promised holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// As promised.
    Yes,
    /// Not so.
    No,
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// The refusal must bear this code; being accepted, or refused for another reason, breaks the step.
pub fn refused_as<T>(code: &str, outcome: Result<T, AppError>) -> Result<(), Broken> {
    match outcome {
        Ok(_) => Err(Broken(format!("accepted, not refused as {code}"))),
        Err(refusal) if refusal.message().code == code => Ok(()),
        Err(refusal) => Err(Broken(format!("refused as {}, not {code}", refusal.message().code))),
    }
}
