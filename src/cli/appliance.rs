//! What most commands begin with: this machine, the passphrase, the box in a data directory.

use super::output::CliError;
use crate::{
    app::{AppError, Appliance, Machine, read_signing_keys},
    config::{Config, Options},
    domain::{
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::Sex,
        wareki,
    },
    limits::CONFIG_BYTES_MAX,
    messages,
    seal::SigningKeypair,
    sys::{Disk, DiskError, KernelDice, RealDisk, WallClock},
};
use jiff::civil::Date;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

const PASSPHRASE_VARIABLE: &str = "SONAE_PASSPHRASE";
/// systemd hands credentials over as files below this directory (`LoadCredential=`).
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
const CREDENTIAL_NAME: &str = "sonae-passphrase";

/// This machine.
pub fn machine() -> Machine {
    Machine { disk: Arc::new(RealDisk), clock: Arc::new(WallClock), dice: Arc::new(KernelDice) }
}

/// The passphrase from systemd's credential or from the environment; never from the command line, where others see it.
pub fn passphrase() -> Result<Zeroizing<String>, CliError> {
    Ok(passphrase_of(None)?)
}

/// The passphrase of a whole key or, by its number, of one share: `SONAE_PASSPHRASE_2`, or the credential
/// `sonae-passphrase-2`.
pub fn passphrase_of(share: Option<u8>) -> Result<Zeroizing<String>, AppError> {
    let variable =
        share.map_or(PASSPHRASE_VARIABLE.into(), |n| format!("{PASSPHRASE_VARIABLE}_{n}"));
    let credential = share.map_or(CREDENTIAL_NAME.into(), |n| format!("{CREDENTIAL_NAME}-{n}"));
    if let Some(text) = std::env::var(variable).ok().filter(|text| !text.is_empty()) {
        return Ok(Zeroizing::new(text));
    }
    let missing = || AppError::Rule(&messages::PASSPHRASE_MISSING);
    let dir = std::env::var_os(CREDENTIALS_VARIABLE).ok_or_else(missing)?;
    let bytes = match RealDisk.read(&PathBuf::from(dir).join(credential), CONFIG_BYTES_MAX) {
        Err(DiskError::Missing(_)) => return Err(missing()),
        other => Zeroizing::new(other?),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| missing())?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A signing key out of its file, or out of as many share files as it needs; it is whole in memory only.
pub fn signing_key(paths: &[PathBuf]) -> Result<SigningKeypair, CliError> {
    Ok(read_signing_keys(&RealDisk, paths, &mut passphrase_of)?)
}

/// Opens the box in a data directory, to live by the profile that its own configuration names.
pub fn open_box(data: &Path) -> Result<Appliance, CliError> {
    crate::app::Layout::at(data).check(&RealDisk)?; // before asking for a passphrase that would not help
    let house = Appliance::open(&machine(), data, &passphrase()?)?;
    let options = Options { data_dir: Some(data.into()), ..Options::default() };
    // A configuration that cannot be read is told by the commands that live by it; this one needs the profile alone.
    if let Ok(config) = Config::load(&RealDisk, &options) {
        house.suit_disk(&config.profile);
    }
    Ok(house)
}

/// Reads a date in any written form.
pub fn date(text: &str) -> Result<Date, CliError> {
    match wareki::parse(text) {
        Ok(parsed) => Ok(parsed.value),
        Err(_) => Err(CliError::rule(&messages::DATE_UNREADABLE)),
    }
}

/// Reads an identity from its four parts.
pub fn identity(
    insurer: &str,
    symbol: &str,
    number: &str,
    branch: Option<&str>,
) -> Result<Identity, CliError> {
    let insurer = InsurerNumber::parse(insurer).map_err(|e| CliError::App(e.into()))?.value;
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let branch = branch.map(|text| Branch::parse(text).ok_or_else(unreadable)).transpose()?;
    Ok(Identity { insurer, symbol: symbol.into(), number: number.into(), branch })
}

impl From<super::args::SexArg> for Sex {
    fn from(arg: super::args::SexArg) -> Self {
        match arg {
            super::args::SexArg::Male => Self::Male,
            super::args::SexArg::Female => Self::Female,
            super::args::SexArg::Unstated => Self::Unstated,
        }
    }
}

/// Writes a file that must not exist yet: nothing of the user's is overwritten.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    if RealDisk.length(path)?.is_some() {
        return Err(CliError::rule(&messages::OUTPUT_EXISTS));
    }
    Ok(RealDisk.replace(path, bytes)?)
}
