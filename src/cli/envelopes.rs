//! `sonae envelopes`: sheets for the printer, and sheets tried out on a box. No share is ever printed on the screen or taken
//! from the command line, where others see it.

use super::{
    appliance,
    args::{EnvelopesArgs, EnvelopesPrintArgs, EnvelopesTask},
    output::{CliError, Reply},
};
use crate::{
    app::{
        AppError, EnvelopeOrder, PrintedSet, make_envelopes, note_printed_set, read_opening,
        read_share_text,
    },
    domain::time::Stamp,
    limits::{CONFIG_BYTES_MAX, SHARES_MAX, UPLOAD_BYTES_MAX},
    messages, scan,
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock},
};
use serde_json::json;
use std::{
    io::Read,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Does one task.
pub fn run(args: EnvelopesArgs) -> Result<Reply, CliError> {
    match args.task {
        EnvelopesTask::Print(args) => print(args),
        EnvelopesTask::Check { data, by, shares } => check(&data, &by, &shares),
    }
}

fn print(args: EnvelopesPrintArgs) -> Result<Reply, CliError> {
    if !RealDisk.list(&args.out)?.is_empty() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let made_on = Stamp(WallClock.unix_seconds()).day();
    let opening = read_opening(&RealDisk, &args.opening, &appliance::passphrase()?)?;
    let order = EnvelopeOrder {
        region: args.region,
        publisher: args.publisher,
        holders: args.holders,
        threshold: args.threshold,
        made_on,
    };
    let made = make_envelopes(&opening, &order, &KernelDice)?;
    let set = PrintedSet {
        set: made.set.clone(),
        made_on: made_on.to_string(),
        threshold: args.threshold,
        count: u8::try_from(made.sheets.len()).unwrap_or(SHARES_MAX),
        reason: args.again.unwrap_or_default(),
    };
    note_printed_set(&RealDisk, &args.opening, set)?;
    RealDisk.make_dir(&args.out)?;
    let mut written = vec![];
    for (at, sheet) in made.sheets.iter().enumerate() {
        let path = args.out.join(format!("envelope-{}.pdf", at + 1));
        RealDisk.replace_private(&path, sheet)?;
        written.push(path);
    }
    let register = args.out.join("register.pdf");
    RealDisk.replace_private(&register, &made.register)?;
    written.push(register);
    Reply::done(&json!({
        "set": made.set,
        "opening": opening.id().to_string(),
        "threshold": args.threshold,
        "fingerprints": made.fingerprints,
        "missing_glyphs": made.missing_glyphs,
        "written": written,
    }))
}

fn check(data: &Path, by: &str, shares: &[PathBuf]) -> Result<Reply, CliError> {
    let mut texts = vec![];
    for share in shares {
        texts.extend(texts_of(share)?);
    }
    let report = appliance::open_box(data)?.check_envelopes(by, &texts)?;
    if report.opens { Reply::done(&report) } else { Reply::found_wanting(&report) }
}

/// The share's digits: a line each of standard input, the codes of a picture or PDF, or the text of a file.
fn texts_of(share: &Path) -> Result<Vec<Zeroizing<String>>, CliError> {
    if share == Path::new("-") {
        let mut typed = Zeroizing::new(String::with_capacity(CONFIG_BYTES_MAX as usize));
        let mut input = std::io::stdin().lock().take(CONFIG_BYTES_MAX);
        input
            .read_to_string(&mut typed)
            .map_err(|_| CliError::rule(&messages::VALUE_UNREADABLE))?;
        let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
        return Ok(lines.map(|line| Zeroizing::new(line.to_owned())).collect());
    }
    let bytes = Zeroizing::new(RealDisk.read(share, UPLOAD_BYTES_MAX)?);
    if let Ok(text) = std::str::from_utf8(&bytes)
        && text.trim_start().starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
    {
        return Ok(vec![Zeroizing::new(text.to_owned())]);
    }
    let codes = scan::read_upload(&bytes).map_err(AppError::from)?;
    let texts: Vec<_> = codes.into_iter().map(|code| Zeroizing::new(code.text)).collect();
    // A page may show other codes too; where none is a share, all are told as what they are.
    let ours: Vec<_> = texts.iter().filter(|text| read_share_text(text).is_ok()).cloned().collect();
    Ok(if ours.is_empty() { texts } else { ours })
}
