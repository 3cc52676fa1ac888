//! `sonae rules`: the rules answers go by, as one document or as the page `docs/rules.md`. No box and no network is needed.

use super::{
    args::RulesArgs,
    output::{CliError, Reply},
    rules_page,
};
use crate::{
    domain::rulebook::{Rulebook, RulebookError, RulebookFault},
    limits::RULEBOOK_BYTES_MAX,
    sys::{Disk, RealDisk},
};
use std::{path::Path, sync::Arc};

/// Tells the rules.
pub fn run(args: &RulesArgs) -> Result<Reply, CliError> {
    let rulebook = read(args.file.as_deref())?;
    let document = serde_json::to_value(rulebook.rules()).map_err(|_| CliError::Unprintable)?;
    if args.markdown {
        return Reply::done(&rules_page::page(&document));
    }
    Reply::done(&document)
}

/// The table of a file, or the one in the binary.
pub(super) fn read(file: Option<&Path>) -> Result<Arc<Rulebook>, CliError> {
    let Some(file) = file else { return Ok(Arc::clone(Rulebook::built_in())) };
    let bytes = RealDisk.read(file, RULEBOOK_BYTES_MAX as u64)?;
    let text = String::from_utf8(bytes)
        .map_err(|e| RulebookError { fault: RulebookFault::Unreadable, place: e.to_string() })?;
    Ok(Arc::new(Rulebook::parse(&text)?))
}
