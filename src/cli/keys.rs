//! `sonae keys`: make, split and look at key files. Nothing secret is ever printed.

use super::{
    appliance,
    args::{KeyRoleArg, KeysArgs, KeysTask},
    output::{CliError, Reply},
};
use crate::{
    app::{BoxKeys, KeyRole, inspect_key_file, split_signing_key, write_signing_key},
    messages,
    seal::SigningKeypair,
    sync::names,
    sys::{Disk, KernelDice, RealDisk},
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Does one task.
pub fn run(args: &KeysArgs) -> Result<Reply, CliError> {
    match &args.task {
        KeysTask::New { role, out } => new(*role, out),
        KeysTask::Split { file, threshold, shares, out } => split(file, (*threshold, *shares), out),
        KeysTask::Inspect { file } => Reply::done(&inspect_key_file(&RealDisk, file)?),
    }
}

fn new(role: KeyRoleArg, out: &Path) -> Result<Reply, CliError> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".pub");
    let public_file = PathBuf::from(beside);
    if RealDisk.length(&public_file)?.is_some() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    let passphrase = appliance::passphrase()?;
    BoxKeys::accept(&passphrase)?;
    let key = SigningKeypair::random(&KernelDice);
    let public = names::hex(key.public().as_bytes());
    write_signing_key(&RealDisk, &KernelDice, out, &key, role.into(), &passphrase)?;
    appliance::write_new(&public_file, format!("{public}\n").as_bytes())?;
    Reply::done(&json!({
        "kid": key.public().kid().to_string(),
        "public": public,
        "role": KeyRole::from(role),
        "written": [out, &public_file],
    }))
}

fn split(file: &Path, sizes: (u8, u8), out: &Path) -> Result<Reply, CliError> {
    let mut passphrase_of = |share: Option<u8>| {
        let passphrase = appliance::passphrase_of(share)?;
        if share.is_some() {
            BoxKeys::accept(&passphrase)?;
        }
        Ok(passphrase)
    };
    let written =
        split_signing_key(&RealDisk, &KernelDice, (file, out), sizes, &mut passphrase_of)?;
    Reply::done(&json!({ "threshold": sizes.0, "shares": sizes.1, "written": written }))
}

impl From<KeyRoleArg> for KeyRole {
    fn from(arg: KeyRoleArg) -> Self {
        match arg {
            KeyRoleArg::Root => Self::Root,
            KeyRoleArg::Publisher => Self::Publisher,
            KeyRoleArg::Issuer => Self::Issuer,
            KeyRoleArg::Authority => Self::Authority,
        }
    }
}
