//! `sonae trust`: draft, sign, join, look at and check root documents and trust lists. No box and no network is needed.

use super::{
    appliance,
    args::{HoldersArgs, ListTask, RootTask, SignArgs, TrustArgs, TrustTask},
    output::{CliError, Reply},
    rules, trust_text,
};
use crate::{
    app::{AppError, KeyRole},
    domain::{area::Area, evidence::DocumentKind, time::Stamp},
    limits::{CONFIG_BYTES_MAX, ROOT_BYTES_MAX, TRUST_LIST_BYTES_MAX, TRUST_TEXT_BYTES_MAX},
    messages,
    seal::{Cosigned, Kid, VerifyingKey},
    sync::names,
    sys::{Clock, Disk, RealDisk, WallClock},
    trust::{
        Held, KeyStatus, Role, RootDraft, RootError, RootHolder, Roots, TrustDraft, TrustError,
        TrustList, TrustedKey,
    },
};
use serde_json::{Value, json};
use std::path::Path;

/// Does one task.
pub fn run(args: TrustArgs) -> Result<Reply, CliError> {
    match args.task {
        TrustTask::Root { task: RootTask::New(holders) } => draft_root(1, &holders),
        TrustTask::Root { task: RootTask::Rotate { from, holders } } => {
            let former = RootDraft::read(&read_root(&from)?)?;
            draft_root(former.version.saturating_add(1), &holders)
        }
        TrustTask::Root { task: RootTask::Sign(args) } => sign_root(&args),
        TrustTask::List { task: ListTask::Draft { file, rules, out } } => {
            draft_list(&file, rules.as_deref(), &out)
        }
        TrustTask::List { task: ListTask::Sign(args) } => sign_list(&args),
        TrustTask::Join { files, out } => join(&files, &out),
        TrustTask::Inspect { file } => inspect(&file),
        TrustTask::Verify { roots, list } => verify(&roots, list.as_deref()),
    }
}

fn now() -> Stamp {
    Stamp(WallClock.unix_seconds())
}

fn read_root(path: &Path) -> Result<Vec<u8>, CliError> {
    Ok(RealDisk.read(path, ROOT_BYTES_MAX)?)
}

fn read_list(path: &Path) -> Result<Vec<u8>, CliError> {
    Ok(RealDisk.read(path, TRUST_LIST_BYTES_MAX)?)
}

/// `NAME=FILE`, or a file whose name is the holder's. The file holds 64 hexadecimal digits.
fn holder(text: &str) -> Result<RootHolder, CliError> {
    let (name, path) = match text.split_once('=') {
        Some((name, path)) => (name.to_owned(), Path::new(path)),
        None => {
            let path = Path::new(text);
            let stem = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            (stem.split('.').next().unwrap_or_default().to_owned(), path)
        }
    };
    let bytes = RealDisk.read(path, CONFIG_BYTES_MAX)?;
    let hex = std::str::from_utf8(&bytes).ok().and_then(|text| names::from_hex(text.trim()));
    let hex = hex.ok_or(CliError::rule(&messages::PUBLIC_KEY_UNREADABLE))?;
    Ok(RootHolder { key: VerifyingKey::from_bytes(&hex)?, name })
}

fn draft_root(version: u64, args: &HoldersArgs) -> Result<Reply, CliError> {
    let holders = args.keys.iter().map(|text| holder(text)).collect::<Result<_, _>>()?;
    let draft = RootDraft { version, made_at: now(), threshold: args.threshold, holders };
    let bytes = draft.unsigned();
    RootDraft::read(&bytes)?; // what no box would take is not written
    appliance::write_new(&args.out, &bytes)?;
    Reply::done(&root_document(&bytes)?)
}

fn sign_root(args: &SignArgs) -> Result<Reply, CliError> {
    let bytes = read_root(&args.file)?;
    RootDraft::read(&bytes)?; // before asking for a passphrase that would not help
    let key = appliance::signing_key(KeyRole::Root, &args.key)?;
    let signed = RootDraft::add_signature(&bytes, &key)?;
    appliance::write_new(&args.out, &signed)?;
    Reply::done(&root_document(&signed)?)
}

fn draft_list(file: &Path, rules: Option<&Path>, out: &Path) -> Result<Reply, CliError> {
    let bytes = RealDisk.read(file, TRUST_TEXT_BYTES_MAX)?;
    let rules = rules::read(rules)?;
    let draft = trust_text::read(&bytes, now(), rules).map_err(CliError::TrustText)?.unsigned();
    TrustDraft::read(&draft)?;
    appliance::write_new(out, &draft)?;
    Reply::done(&list_document(&draft)?)
}

fn sign_list(args: &SignArgs) -> Result<Reply, CliError> {
    let bytes = read_list(&args.file)?;
    TrustDraft::read(&bytes)?;
    let key = appliance::signing_key(KeyRole::Root, &args.key)?;
    let signed = TrustDraft::add_signature(&bytes, &key)?;
    appliance::write_new(&args.out, &signed)?;
    Reply::done(&list_document(&signed)?)
}

fn join(files: &[std::path::PathBuf], out: &Path) -> Result<Reply, CliError> {
    let copies = files.iter().map(|path| Ok(Cosigned::parse(&read_list(path)?)?));
    let copies = copies.collect::<Result<Vec<_>, CliError>>()?;
    let mut copies = copies.into_iter();
    let mut joined = copies.next().ok_or(CliError::rule(&messages::VALUE_UNREADABLE))?;
    copies.try_for_each(|copy| joined.join(&copy))?;
    let bytes = joined.to_bytes();
    let document = document(&bytes)?;
    appliance::write_new(out, &bytes)?;
    Reply::done(&document)
}

fn inspect(file: &Path) -> Result<Reply, CliError> {
    Reply::done(&document(&read_list(file)?)?)
}

/// A root document or a list, whichever it is.
fn document(bytes: &[u8]) -> Result<Value, CliError> {
    match root_document(bytes) {
        Err(_) => list_document(bytes),
        found => found,
    }
}

fn kids_of(bytes: &[u8]) -> Result<Vec<String>, CliError> {
    Ok(Cosigned::parse(bytes)?.kids().map(|kid: Kid| kid.to_string()).collect())
}

fn root_document(bytes: &[u8]) -> Result<Value, CliError> {
    let root = RootDraft::read(bytes)?;
    let signed = RootDraft::signed_by(bytes, &root.keys());
    let holders: Vec<_> = root
        .holders
        .iter()
        .map(|holder| {
            json!({
                "kid": holder.key.kid().to_string(),
                "public": names::hex(holder.key.as_bytes()),
                "name": holder.name,
                "signed": signed.contains(&holder.key),
            })
        })
        .collect();
    Ok(json!({
        "kind": "root",
        "version": root.version,
        "made_at": root.made_at,
        "threshold": root.threshold,
        "holders": holders,
        "signed": signed.len(),
        "signatures": kids_of(bytes)?,
    }))
}

fn list_document(bytes: &[u8]) -> Result<Value, CliError> {
    let list = TrustDraft::read(bytes)?;
    Ok(json!({
        "kind": "trust_list",
        "root_version": list.root_version,
        "sequence": list.sequence,
        "made_at": list.made_at,
        "next_due": list.next_due,
        "rules": list.policy.rules.text().map(|_| list.policy.rules.rules().edition.to_string()),
        "keys": list.keys.iter().map(key_facts).collect::<Vec<_>>(),
        "signatures": kids_of(bytes)?,
    }))
}

fn key_facts(key: &TrustedKey) -> Value {
    let role = match key.role {
        Role::Publisher => "publisher",
        Role::Issuer => "issuer",
        Role::Authority => "authority",
        Role::Hub => "hub",
    };
    let (status, since) = match key.status {
        KeyStatus::Active => ("active", None),
        KeyStatus::Retired => ("retired", None),
        KeyStatus::CompromisedSince(since) => ("compromised", Some(since)),
    };
    let paper = |kind: &DocumentKind| match kind {
        DocumentKind::Certificate => "certificate",
        DocumentKind::Notice => "notice",
    };
    let area = |area: &Area| match area {
        Area::Prefecture(number) => format!("{number:02}"),
        Area::Municipality(code) => format!("{code:06}"),
    };
    let range = |(first, last): &(u32, u32)| format!("{first:08}-{last:08}");
    json!({
        "role": role,
        "kid": key.key.kid().to_string(),
        "public": names::hex(key.key.as_bytes()),
        "name": key.name,
        "insurers": key.insurers.iter().map(range).collect::<Vec<_>>(),
        "documents": key.documents.iter().map(paper).collect::<Vec<_>>(),
        "areas": key.areas.iter().map(area).collect::<Vec<_>>(),
        "from": key.not_before.to_string(),
        "until": key.not_after.to_string(),
        "status": status,
        "compromised_since": since,
    })
}

fn verify(files: &[std::path::PathBuf], list: Option<&Path>) -> Result<Reply, CliError> {
    let documents = files.iter().map(|path| read_root(path)).collect::<Result<Vec<_>, _>>()?;
    let mut documents = documents.iter();
    let first = documents.next().ok_or(CliError::rule(&messages::VALUE_UNREADABLE))?;
    let mut roots = Roots::born_with(first)?;
    documents.try_for_each(|document| roots.take(document))?;
    let list = list.map(|path| {
        TrustList::open(&read_list(path)?, &roots, &Held::default()).map_err(CliError::from)
    });
    let list = list.transpose()?.map(|list| {
        json!({
            "root_version": list.root_version(),
            "sequence": list.sequence(),
            "made_at": list.made_at(),
            "next_due": list.next_due(),
            "freshness": list.freshness(now()),
            "keys": list.keys().len(),
        })
    });
    Reply::done(&json!({
        "ok": true,
        "root_version": roots.version(),
        "threshold": roots.newest().threshold,
        "list": list,
    }))
}

impl From<RootError> for CliError {
    fn from(e: RootError) -> Self {
        Self::App(AppError::from(e))
    }
}

impl From<TrustError> for CliError {
    fn from(e: TrustError) -> Self {
        Self::App(AppError::from(e))
    }
}
