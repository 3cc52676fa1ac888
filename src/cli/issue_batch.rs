//! `sonae credential issue-batch` and `sonae credential profiles`: papers for an insurer's own printer.

use super::{
    appliance,
    args::{IssueBatchArgs, ProfilesArgs},
    bad_rows::BadRows,
    output::{CliError, Reply},
    region_build::BAD_ROWS_NAME,
    sheets::{Watch, Writing, column_file},
};
use crate::{
    app::{BulkIssue, IssueOrder, Issued, KeyRole, REGISTER_NAME},
    domain::{
        insurer_number::InsurerNumber,
        paper::{Borne, Item, LayoutProfile, LayoutProfiles, Part, PartLayout},
        time::Stamp,
    },
    limits::PAPER_PROFILES_BYTES_MAX,
    messages,
    snapshot::csv::PaperRow,
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock},
};
use serde_json::{Map, Value, json};
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    path::Path,
};

/// Issues a paper for every row that allows it.
pub fn issue_batch(args: &IssueBatchArgs) -> Result<Reply, CliError> {
    let profiles = profiles_of(args.layouts.as_deref())?;
    let profile = profiles.named(&args.profile);
    let profile = profile.ok_or(CliError::rule(&messages::PAPER_PROFILE_UNKNOWN))?;
    let today = Stamp(WallClock.unix_seconds()).day();
    let watch = Watch::over_file(&args.people)?;
    let writing = Writing::of(args.columns.as_deref(), args.encoding)?;
    let file = column_file::<PaperRow>(&args.people, &writing, &watch)?;
    let key = appliance::signing_key(KeyRole::Issuer, &args.key)?;
    let list = args.bad_rows.clone().unwrap_or_else(|| args.out.with_file_name(BAD_ROWS_NAME));
    let bad_rows = RefCell::new(BadRows::at(&list)?);
    let order = IssueOrder {
        kind: args.kind.into(),
        profile,
        issuer_name: &args.issuer_name,
        issued_on: args.issued_on.as_deref().map_or(Ok(today), appliance::date_to_sign)?,
        per_file: usize::from(args.per_file),
        key: &key,
    };
    let mut issue = BulkIssue::begin(&RealDisk, &KernelDice, order, &args.out)?;
    let refused = Cell::new(0_u64);
    let refuse = |line, column, reason| {
        refused.set(refused.get() + 1);
        bad_rows.borrow_mut().add_named(&args.people, line, column, reason)
    };
    let read = file.read::<CliError>(
        |row| {
            let line = row.line;
            match issue.add(row)? {
                Ok(()) => Ok(()),
                Err(row) => refuse(line, row.column, row.reason),
            }
        },
        |row| refuse(row.line, row.column, row.reason.code()),
    );
    // The list first: once the papers are in place nothing may fail any more.
    let list = match read.and(bad_rows.into_inner().finish()) {
        Ok(list) => list,
        Err(e) => return issue.abandon().map_err(CliError::from).and(Err(e)),
    };
    let Issued { papers, files, missing_glyphs } = issue.finish()?;
    Reply::done(&json!({
        "issued": papers,
        "refused": { "rows": refused.get(), "list": list },
        "files": files,
        "register": args.out.join(REGISTER_NAME),
        "missing_glyphs": missing_glyphs,
        "kid": key.public().kid().to_string(),
    }))
}

/// The program's own profiles, or those of a file.
fn profiles_of(path: Option<&Path>) -> Result<Cow<'static, LayoutProfiles>, CliError> {
    let Some(path) = path else { return Ok(Cow::Borrowed(LayoutProfiles::built_in()?)) };
    let bytes = RealDisk.read(path, PAPER_PROFILES_BYTES_MAX)?;
    Ok(Cow::Owned(LayoutProfiles::parse(&String::from_utf8_lossy(&bytes))?))
}

/// Tells the profiles, or those an insurer may follow.
pub fn profiles(args: &ProfilesArgs) -> Result<Reply, CliError> {
    let profiles = profiles_of(args.layouts.as_deref())?;
    let told: Vec<_> = match &args.insurer {
        None => profiles.all().map(profile_document).collect(),
        Some(text) => {
            let insurer = InsurerNumber::parse(text).map_err(|e| CliError::App(e.into()))?.value;
            profiles.candidates(insurer).into_iter().map(profile_document).collect()
        }
    };
    Reply::done(&json!({ "profiles": told }))
}

fn profile_document(profile: &LayoutProfile) -> Value {
    let part = |part| profile.layout(part).map(part_document);
    json!({
        "id": profile.id,
        "ja": profile.ja,
        "en": profile.en,
        "certificate": part(Part::Certificate),
        "notice": part(Part::Notice),
        "cut_out": part(Part::CutOut),
        "corner": profile.corner(),
    })
}

fn part_document(layout: &PartLayout) -> Value {
    let known = Item::ALL.iter().map(|item| (item, layout.bears(*item)));
    let known = known.filter(|(_, borne)| *borne != Borne::Unknown);
    let items: Map<String, Value> =
        known.map(|(item, borne)| (item.code().to_owned(), json!(borne))).collect();
    json!({
        "size": layout.size,
        "items": items,
        "source": layout.source,
        "confirmed": layout.confirmed,
        "note": layout.note,
    })
}
