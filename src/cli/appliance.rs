//! What most commands begin with: this machine, the passphrase, the box in a data directory.

use super::output::CliError;
use crate::{
    app::{AppError, Appliance, KeyRole, Machine, read_signing_keys},
    config::{Config, Options},
    domain::{
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        person::Sex,
        wareki,
        warning::Warning,
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
    if let Some(text) = std::env::var(&variable).ok().filter(|text| !text.is_empty()) {
        return Ok(Zeroizing::new(text));
    }
    // Of a share the very variable: the one without a number may be set, and rightly so.
    let missing = || match share {
        None => AppError::Rule(&messages::PASSPHRASE_MISSING),
        Some(_) => AppError::SharePassphraseMissing { variable: variable.clone() },
    };
    let dir = std::env::var_os(CREDENTIALS_VARIABLE).ok_or_else(missing)?;
    let bytes = match RealDisk.read(&PathBuf::from(dir).join(credential), CONFIG_BYTES_MAX) {
        Err(DiskError::Missing(_)) => return Err(missing()),
        other => Zeroizing::new(other?),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| missing())?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A signing key of this role out of its file, or out of as many share files as it needs; it is whole in memory only.
pub fn signing_key(role: KeyRole, paths: &[PathBuf]) -> Result<SigningKeypair, CliError> {
    Ok(read_signing_keys(&RealDisk, (role, paths), &mut passphrase_of)?)
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

/// Reads a whole day in any written form. The first of a month or year that was left out would be a guess.
pub fn date(text: &str) -> Result<Date, CliError> {
    let guessed = [Warning::PartialDate, Warning::FirstYearAssumed];
    date_without(text, |warning| guessed.contains(warning))
}

/// As [`date`], for what will be signed: nothing about it may be in doubt, not even its era (平成32年).
pub fn date_to_sign(text: &str) -> Result<Date, CliError> {
    date_without(text, |_| true)
}

fn date_without(text: &str, refused: impl Fn(&Warning) -> bool) -> Result<Date, CliError> {
    let unreadable = |_| CliError::rule(&messages::DATE_UNREADABLE);
    let read = wareki::parse(text).map_err(unreadable)?;
    if read.warnings.iter().any(refused) {
        return Err(CliError::rule(&messages::DATE_NOT_WHOLE));
    }
    Ok(read.value)
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    fn refusal(read: Result<Date, CliError>) -> Option<&'static str> {
        read.err().map(|error| error.message().code)
    }

    #[test]
    fn a_day_that_would_be_a_guess_is_not_read() {
        for text in ["1958", "2027-09", "昭和33年", "令和9年9月", "令和年5月1日"] {
            assert_eq!(refusal(date(text)), Some("date_not_whole"), "{text}");
            assert_eq!(refusal(date_to_sign(text)), Some("date_not_whole"), "{text}");
        }
        assert_eq!(refusal(date("soon")), Some("date_unreadable"));
        for text in ["1958-02-03", "19580203", "昭和33年2月3日", "S33.2.3"] {
            assert_eq!(date(text).ok(), Some(day(1958, 2, 3)), "{text}");
            assert_eq!(date_to_sign(text).ok(), Some(day(1958, 2, 3)), "{text}");
        }
    }

    #[test]
    fn a_day_of_an_era_that_had_ended_is_asked_about_and_never_signed() {
        for text in ["平成32年7月31日", "昭和100年1月1日", "令和1年4月1日"] {
            assert_eq!(refusal(date(text)), None, "{text}");
            assert_eq!(refusal(date_to_sign(text)), Some("date_not_whole"), "{text}");
        }
    }
}
