//! How a command answers: one JSON document, or the same read aloud.

use crate::{
    app::AppError,
    config::ConfigError,
    domain::paper::ProfileError,
    domain::rulebook::RulebookError,
    messages::{Message, Trouble, words},
    sys::DiskError,
    web::WebError,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::Write;

/// What a command found. The exit code is 1 where something was asked and is not in order.
#[derive(Debug)]
pub struct Reply {
    /// The one document.
    pub document: Value,
    /// 0 or 1.
    pub exit_code: u8,
}

impl Reply {
    /// Done.
    pub fn done(document: &impl Serialize) -> Result<Self, CliError> {
        Ok(Self {
            document: serde_json::to_value(document).map_err(|_| CliError::Unprintable)?,
            exit_code: 0,
        })
    }

    /// Looked at, and found not in order.
    pub fn found_wanting(document: &impl Serialize) -> Result<Self, CliError> {
        Ok(Self { exit_code: 1, ..Self::done(document)? })
    }
}

/// Why a command could not answer.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The words were not understood; the text is clap's own.
    #[error("usage: {0}")]
    Usage(String),
    /// A rule or room said no.
    #[error(transparent)]
    App(#[from] AppError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The page.
    #[error(transparent)]
    Web(WebError),
    /// A trust list's text that cannot be meant; names line or entry.
    #[error("{0}")]
    TrustText(String),
    /// A table of rules that cannot be meant; names line or rule.
    #[error(transparent)]
    Rules(#[from] RulebookError),
    /// Layout profiles that cannot be meant; names the profile.
    #[error(transparent)]
    Profiles(#[from] ProfileError),
    /// A document that JSON cannot hold; does not happen with our own types.
    #[error("unprintable")]
    Unprintable,
}

impl CliError {
    /// A rule of the catalogue.
    #[must_use]
    pub fn rule(message: &'static Message) -> Self {
        Self::App(AppError::Rule(message))
    }

    /// 2 for wrong usage, 1 for everything refused or failed.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::App(_)
            | Self::Config(_)
            | Self::Web(_)
            | Self::TrustText(_)
            | Self::Rules(_)
            | Self::Profiles(_)
            | Self::Unprintable => 1,
        }
    }

    /// What the message's words alone do not tell: clap's text, or the line of the configuration file.
    fn detail(&self) -> String {
        match self {
            Self::Usage(text) | Self::TrustText(text) => text.clone(),
            Self::Config(e) => e.to_string(),
            Self::Rules(e) => e.place.clone(),
            Self::Profiles(e) => e.to_string(),
            Self::App(AppError::SharePassphraseMissing { variable }) => variable.clone(),
            Self::App(e @ AppError::KeyOfOtherRole { .. }) => e.to_string(),
            Self::App(_) | Self::Web(_) | Self::Unprintable => String::new(),
        }
    }

    /// What is said about it.
    pub(super) fn message(&self) -> &'static Message {
        match self {
            Self::Usage(_) => &crate::messages::USAGE,
            Self::App(e) => e.message(),
            Self::Config(e) => e.message(),
            Self::Web(e) => e.message(),
            Self::Rules(e) => e.message(),
            Self::Profiles(e) => e.message(),
            Self::TrustText(_) => &crate::messages::TRUST_TEXT_UNREADABLE,
            Self::Unprintable => &crate::messages::UNPRINTABLE,
        }
    }
}

impl From<DiskError> for CliError {
    fn from(e: DiskError) -> Self {
        Self::App(e.into())
    }
}

/// Prints a reply; returns the exit code.
pub fn print_reply(reply: &Reply, as_json: AsJson) -> u8 {
    match as_json {
        AsJson::Yes => say(&format!("{:#}\n", reply.document)),
        AsJson::No => say(&aloud(&reply.document, 0)),
    }
    reply.exit_code
}

/// A reader that stops reading (`| head`) has what it wanted; `println!` would die of it.
pub fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Whether to print JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsJson {
    /// One JSON document.
    Yes,
    /// Lines for a person.
    No,
}

impl From<&super::Cli> for AsJson {
    fn from(cli: &super::Cli) -> Self {
        if cli.json { Self::Yes } else { Self::No }
    }
}

impl AsJson {
    /// For words that were not understood: whether `--json` was among them.
    pub fn of_words(mut words: impl Iterator<Item = std::ffi::OsString>) -> Self {
        if words.any(|word| word == "--json") { Self::Yes } else { Self::No }
    }
}

/// Prints an error; returns the exit code. The cause chain goes to standard error, the words to the person.
pub fn print_error(error: &CliError, as_json: AsJson) -> u8 {
    let message = error.message();
    let detail = error.detail();
    match as_json {
        AsJson::Yes => {
            let mut document = json!({ "error": {
                "code": message.code,
                "message": message.ja, "message_en": message.en,
                "advice": message.next_ja, "advice_en": message.next_en,
            }});
            if !detail.is_empty()
                && let Some(inner) = document.get_mut("error").and_then(Value::as_object_mut)
            {
                inner.insert("detail".into(), detail.into());
            }
            if let CliError::App(app) = error
                && let Some(finding) = app.finding()
                && let Some(outer) = document.as_object_mut()
            {
                outer.insert("finding".into(), json!(finding));
            }
            say(&format!("{document:#}\n"));
        }
        AsJson::No => {
            eprintln!(
                "{}\n→ {}\n{}\n→ {}",
                message.ja, message.next_ja, message.en, message.next_en
            );
            eprintln!("{}", if detail.is_empty() { message.code } else { &detail });
        }
    }
    eprint_causes(error);
    error.exit_code()
}

fn eprint_causes(error: &CliError) {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        eprintln!("  caused by: {inner}");
        cause = inner.source();
    }
}

/// The document as indented lines, for a person at a terminal.
fn aloud(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, inner)| line(&pad, key, inner, depth)).collect()
        }
        Value::Array(items) => items.iter().map(|inner| line(&pad, "-", inner, depth)).collect(),
        plain => format!("{pad}{}\n", spoken(plain)),
    }
}

fn line(pad: &str, key: &str, inner: &Value, depth: usize) -> String {
    match inner {
        Value::Object(fields) if fields.contains_key("ja") && fields.contains_key("en") => {
            finding(pad, key, fields)
        }
        Value::Object(fields) if fields.is_empty() => String::new(),
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(_) | Value::Array(_) => format!("{pad}{key}:\n{}", aloud(inner, depth + 1)),
        Value::Null => String::new(),
        plain if key == "-" => format!("{pad}- {}\n", spoken(plain)),
        plain => format!("{pad}{key}: {}\n", spoken(plain)),
    }
}

/// Something said in both languages; of a check also how bad it is, and what to do about it.
fn finding(pad: &str, key: &str, fields: &Map<String, Value>) -> String {
    let word = |name| fields.get(name).map(spoken).unwrap_or_default();
    let grade = match word("grade").as_str() {
        "ok" => Some(words::WORD_GOOD),
        "warn" => Some(words::WORD_WATCH),
        "bad" => Some(words::WORD_BAD),
        _ => None,
    };
    let grade = grade.map(|grade| format!("[{} {}] ", grade.ja, grade.en)).unwrap_or_default();
    let mut said = format!("{pad}{key} {grade}{} ({})\n", word("ja"), word("en"));
    if !word("fix_ja").is_empty() {
        said += &format!("{pad}  → {} ({})\n", word("fix_ja"), word("fix_en"));
    }
    said
}

fn spoken(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doctor_says_how_bad_it_is_and_what_to_do_also_in_plain_text() {
        let check = |grade, fix_ja, fix_en| {
            json!({ "name": "rtc", "grade": grade, "ja": "電池式の時計がありません。", "en": "No battery clock.",
                    "fix_ja": fix_ja, "fix_en": fix_en })
        };
        let checks = [check("ok", "", ""), check("warn", "付けてください。", "Fit one.")];
        let said = aloud(&json!({ "checks": checks }), 0);
        assert_eq!(
            said,
            "checks:\n  - [良好 good] 電池式の時計がありません。 (No battery clock.)\n  \
             - [注意 watch] 電池式の時計がありません。 (No battery clock.)\n    \
             → 付けてください。 (Fit one.)\n"
        );
        assert_eq!(
            aloud(&json!({ "said": { "ja": "はい", "en": "yes" } }), 0),
            "said はい (yes)\n"
        );
    }
}
