//! `sonae credential`: issue, read and revoke signed papers.

use super::{
    appliance,
    args::{CredentialArgs, CredentialIssueArgs, CredentialTask, PaperKind},
    issue_batch,
    output::{CliError, Reply},
};
use crate::{
    app::{AppError, KeyRole},
    credential::{self, RevocationDraft},
    domain::{
        burden::Percent,
        evidence::{DocumentClaims, DocumentKind},
        person::Relation,
        time::Stamp,
    },
    limits::UPLOAD_BYTES_MAX,
    messages, print, scan,
    sync::names,
    sys::{Clock, Disk, KernelDice, RealDisk, WallClock, roll},
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Does one task.
pub fn run(args: CredentialArgs) -> Result<Reply, CliError> {
    match args.task {
        CredentialTask::Issue(args) => issue(&args),
        CredentialTask::IssueBatch(args) => issue_batch::issue_batch(&args),
        CredentialTask::Profiles(args) => issue_batch::profiles(&args),
        CredentialTask::Read { data, text, image } => read(&data, text, image.as_deref()),
        CredentialTask::Revoke { key, serials, sequence, out } => {
            revoke(&key, &serials, sequence, &out)
        }
    }
}

fn issue(args: &CredentialIssueArgs) -> Result<Reply, CliError> {
    let claims = claims(args)?;
    let key = appliance::signing_key(KeyRole::Issuer, &args.key)?;
    let digits = credential::issue(&claims, &key).map_err(AppError::from)?;
    if let Some(path) = &args.pdf {
        let sheet = match claims.kind {
            DocumentKind::Certificate => print::certificate_sheet,
            DocumentKind::Notice => print::notice_sheet,
        };
        let printed =
            sheet(&claims, &digits, &args.issuer_name, claims.issued_on).map_err(AppError::from)?;
        appliance::write_new(path, &printed.pdf)?;
    }
    Reply::done(
        &json!({ "digits": digits, "serial": names::hex(&claims.serial), "kid": key.public().kid().to_string() }),
    )
}

fn claims(args: &CredentialIssueArgs) -> Result<DocumentClaims, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let today = Stamp(WallClock.unix_seconds()).day();
    Ok(DocumentClaims {
        kind: args.kind.into(),
        identity: appliance::identity(
            &args.insurer,
            &args.symbol,
            &args.number,
            args.branch.as_deref(),
        )?,
        name: args.name.clone(),
        kana: args.kana.clone(),
        birth: appliance::date_to_sign(&args.birthdate)?,
        sex: args.sex.into(),
        relation: if args.family { Relation::Family } else { Relation::Insured },
        burden: args
            .burden
            .map(|percent| Percent::new(percent).ok_or_else(unreadable))
            .transpose()?,
        limit_class: args.limit_class.clone(),
        valid_from: appliance::date_to_sign(&args.valid_from)?,
        issued_on: today,
        valid_to: args.valid_to.as_deref().map(appliance::date_to_sign).transpose()?,
        serial: roll(&KernelDice),
    })
}

fn read(data: &Path, text: Option<String>, image: Option<&Path>) -> Result<Reply, CliError> {
    let text = match (text, image) {
        (Some(text), _) => text,
        (None, Some(path)) => {
            let bytes = RealDisk.read(path, UPLOAD_BYTES_MAX)?;
            let codes = scan::read_upload(&bytes).map_err(AppError::from)?;
            codes.into_iter().next().map(|code| code.text).unwrap_or_default()
        }
        (None, None) => return Err(CliError::rule(&messages::VALUE_UNREADABLE)),
    };
    Reply::done(&appliance::open_box(data)?.read_paper(&text)?)
}

fn revoke(
    keys: &[PathBuf],
    serials: &[String],
    sequence: u64,
    out: &Path,
) -> Result<Reply, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let serial = |text: &String| {
        let value = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 12)?;
        value.to_be_bytes().last_chunk::<6>().copied()
    };
    let serials: Option<Vec<[u8; 6]>> = serials.iter().map(serial).collect();
    let serials = serials.ok_or_else(unreadable)?;
    let key = appliance::signing_key(KeyRole::Issuer, keys)?;
    let made_at = Stamp(WallClock.unix_seconds());
    let (count, kid) = (serials.len(), key.public().kid().to_string());
    appliance::write_new(out, &RevocationDraft { sequence, made_at, serials }.sign(&key))?;
    Reply::done(&json!({ "revoked": count, "sequence": sequence, "kid": kid }))
}

impl From<PaperKind> for DocumentKind {
    fn from(kind: PaperKind) -> Self {
        match kind {
            PaperKind::Certificate => Self::Certificate,
            PaperKind::Notice => Self::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Cli, Command};
    use clap::Parser;

    fn issued(birth: &str, from: &str, to: &str) -> Option<&'static str> {
        let fixed = "sonae credential issue --key k --issuer-name n --kind certificate --insurer 01170018 --number 18 --name n";
        let days = ["--birthdate", birth, "--valid-from", from, "--valid-to", to];
        let cli = Cli::try_parse_from(fixed.split(' ').chain(days)).unwrap();
        let Command::Credential(CredentialArgs { task: CredentialTask::Issue(args) }) = cli.command
        else {
            return Some("another command");
        };
        claims(&args).err().map(|error| error.message().code)
    }

    #[test]
    fn no_day_of_a_signed_paper_is_a_guess() {
        let (birth, from, to) = ("1958-02-03", "2025-04-01", "2027-07-31");
        assert_eq!(issued(birth, from, to), None);
        for days in [["1958", from, to], [birth, "令和年4月1日", to], [birth, from, "2027-09"]]
        {
            assert_eq!(issued(days[0], days[1], days[2]), Some("date_not_whole"), "{days:?}");
        }
    }
}
