//! `sonae rules`: the rules answers go by, as one document or as the page `docs/rules.md`. No box and no network is needed.

use super::{
    args::RulesArgs,
    output::{CliError, Reply},
    rules_page,
};
use crate::{
    domain::{
        rulebook::{Rulebook, RulebookError, RulebookFault, TOLD_ONLY},
        table::{self, Condition, REMARKS, Remark, Row},
    },
    limits::RULEBOOK_BYTES_MAX,
    sys::{Disk, RealDisk},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// Tells the rules.
pub fn run(args: &RulesArgs) -> Result<Reply, CliError> {
    let rulebook = read(args.file.as_deref())?;
    let document = document(&rulebook)?;
    if args.markdown {
        return Reply::done(&rules_page::page(&document));
    }
    Reply::done(&document)
}

/// The decision table, what may be told beside its rows, the dated rules, and which of them nothing goes by: all that
/// `sonae rules` tells.
pub(super) fn document(rulebook: &Rulebook) -> Result<Value, CliError> {
    let mut document = serde_json::to_value(rulebook.rules()).map_err(|_| CliError::Unprintable)?;
    if let Some(entries) = document.as_object_mut() {
        entries.insert("decision".into(), table::rows().map(decision).collect());
        entries.insert("remarks".into(), REMARKS.iter().map(remark).collect());
        entries.insert("told_only".into(), json!(TOLD_ONLY));
    }
    Ok(document)
}

fn decision(row: &Row) -> Value {
    let when = match row.condition {
        Condition::Verified { live, paper, register } => json!({
            "live": words(live.ja(), live.en()),
            "paper": words(paper.ja(), paper.en()),
            "register": words(register.ja(), register.en()),
        }),
        Condition::Shown(case) => json!({ "shown": case }),
    };
    json!({
        "code": row.code, "when": when,
        "verdict": coded(&row.verdict, row.verdict.ja(), row.verdict.en()),
        "basis": coded(&row.basis, row.basis.ja(), row.basis.en()), "level": row.level,
        "reception": row.reception, "reasons": row.reasons, "next_steps": row.next_steps, "source": row.source,
    })
}

/// A code with its words, as all the others have them.
fn coded(code: &impl Serialize, ja: &str, en: &str) -> Value {
    json!({ "code": code, "ja": ja, "en": en })
}

/// Null where anything goes.
fn words(ja: Option<String>, en: Option<String>) -> Value {
    ja.zip(en).map_or(Value::Null, |(ja, en)| json!({ "ja": ja, "en": en }))
}

fn remark(remark: &Remark) -> Value {
    json!({ "reason": remark.reason, "next_step": remark.next_step })
}

/// The table of a file, or the one in the binary.
pub(super) fn read(file: Option<&Path>) -> Result<Arc<Rulebook>, CliError> {
    let Some(file) = file else { return Ok(Arc::clone(Rulebook::built_in())) };
    let bytes = RealDisk.read(file, RULEBOOK_BYTES_MAX as u64)?;
    let text = String::from_utf8(bytes)
        .map_err(|e| RulebookError { fault: RulebookFault::Unreadable, place: e.to_string() })?;
    Ok(Arc::new(Rulebook::parse(&text)?))
}
