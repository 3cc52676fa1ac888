//! `sonae statement` and `sonae stand-in`: claims of which something is not known.

use super::{
    appliance,
    args::{CauseArg, ContactArgs, StandInArgs, StatementArgs, StatementNewArgs, StatementTask},
    output::{CliError, Reply},
};
use crate::{
    domain::{
        burden::Percent,
        claim::{Contact, Known, stand_in as stands_in},
        insurer_number::InsurerNumber,
        rulebook::{InsurerUnknown, Rulebook},
        statement::{InsuranceKind, Statement},
        time::Stamp,
    },
    messages,
    sys::{Clock, Disk, RealDisk, WallClock},
};
use serde_json::json;

/// Does one task.
pub fn run(args: StatementArgs) -> Result<Reply, CliError> {
    match args.task {
        StatementTask::New(args) => new(&args),
        StatementTask::List(args) => {
            let house = appliance::open_box(&args.data)?;
            Reply::done(&json!({ "kept": house.kept_statements()? }))
        }
        StatementTask::Form { data, number, pdf } => {
            let form = appliance::open_box(&data)?.statement_form(number)?;
            appliance::write_new(&pdf, &form.pdf)?;
            Reply::done(&json!({ "number": number, "pdf": pdf }))
        }
        StatementTask::Destroy { data, number, by } => {
            appliance::open_box(&data)?.destroy_statement(number, &by)?;
            Reply::done(&json!({ "destroyed": number }))
        }
    }
}

/// Everything handed in is read before the box is opened.
fn new(args: &StatementNewArgs) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let kind = args.kind.as_deref();
    let statement = Statement {
        name: args.name.clone(),
        kana: args.kana.clone(),
        birth: args.birthdate.as_deref().map(appliance::date).transpose()?,
        sex: args.sex.into(),
        contact: contact(&args.contact),
        kind: kind.map(|code| InsuranceKind::from_code(code).ok_or_else(unreadable)).transpose()?,
        insurer_name: args.insurer_name.clone(),
        share: args.share.map(|share| Percent::new(share).ok_or_else(unreadable)).transpose()?,
    };
    if RealDisk.length(&args.pdf)?.is_some() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS)); // before anything is kept
    }
    let taken = appliance::open_box(&args.data)?.take_statement(&statement, args.visit)?;
    appliance::write_new(&args.pdf, &taken.form.pdf)?;
    Reply::done(&json!({
        "number": taken.number,
        "pdf": args.pdf,
        "missing_glyphs": taken.form.missing_glyphs,
    }))
}

fn contact(args: &ContactArgs) -> Contact {
    Contact {
        address: args.address.clone(),
        employer: args.employer.clone(),
        union: args.union.clone(),
        phone: args.phone.clone(),
    }
}

/// Numbers and remarks for a claim, by the rules of the box where one is named, else by those of this program.
pub fn stand_in(args: &StandInArgs) -> Result<Reply, CliError> {
    let known = match (&args.insurer, &args.number) {
        (Some(insurer), Some(number)) => {
            let identity = appliance::identity(insurer, &args.symbol, number, None)?;
            if args.former { Known::Former(identity) } else { Known::Present(identity) }
        }
        (Some(insurer), None) => Known::InsurerOnly(
            InsurerNumber::parse(insurer).map_err(crate::app::AppError::from)?.value,
        ),
        (None, _) => Known::Nothing,
    };
    let cause = match args.cause {
        CauseArg::Disaster => InsurerUnknown::Disaster,
        CauseArg::SystemFault => InsurerUnknown::SystemFault,
    };
    let today = Stamp(WallClock.unix_seconds()).day();
    let on = args.on.as_deref().map_or(Ok(today), appliance::date)?;
    let rules = match &args.data {
        Some(data) => appliance::open_box(data)?.policy().rules,
        None => Rulebook::built_in().clone(),
    };
    let told = stands_in(cause, &known, &contact(&args.contact), (&rules, on));
    Reply::done(&told.ok_or(CliError::rule(&messages::RULE_SILENT))?)
}
