//! The configuration file as written: anything may be missing, nothing unknown is let in.

use super::{
    Config, ConfigError, DEFAULT_DATA_DIR, DEFAULT_LISTEN, DEFAULT_PROFILE, Facility, HubUrl,
    Options, Profile,
};
use crate::{limits, sys::Disk};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Where the box keeps what it holds.
    pub data_dir: Option<PathBuf>,
    /// Address and port of the counter's pages.
    pub listen: Option<String>,
    /// URL of the hub.
    pub hub: Option<String>,
    /// Folder in which a USB stick shows, absolute.
    pub stick: Option<PathBuf>,
    /// Name of a built-in profile.
    pub profile: Option<String>,
    /// Whose box it is.
    pub facility: Option<FacilityFile>,
    /// The signed root document whose trust lists a new box accepts: a file. Read once, when the box is made.
    pub root: Option<PathBuf>,
}

/// The facility as written: all or nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityFile {
    /// 医療機関コード, ten digits.
    pub code: String,
    /// 医療機関名.
    pub name: String,
    /// 全国地方公共団体コード, six digits.
    pub municipality: u32,
}

impl ConfigFile {
    /// Understands a file's text.
    ///
    /// # Errors
    /// Not TOML, or an entry nobody knows.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ConfigError> {
        let unreadable = |reason: String| ConfigError::Unreadable { path: path.into(), reason };
        let text = std::str::from_utf8(bytes).map_err(|e| unreadable(e.to_string()))?;
        toml::from_str(text).map_err(|e| unreadable(e.to_string()))
    }

    /// Reads and understands a file.
    ///
    /// # Errors
    /// As [`ConfigFile::parse`], or the disk's refusal.
    pub fn read(disk: &dyn Disk, path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &disk.read(path, limits::CONFIG_BYTES_MAX)?)
    }

    /// Decides every value, the only place that may say no.
    ///
    /// # Errors
    /// A value the house cannot live by.
    pub fn settle(self, options: &Options) -> Result<Config, ConfigError> {
        let data_dir = options.data_dir.clone().or(self.data_dir);
        let listen = options.listen.as_deref().or(self.listen.as_deref()).unwrap_or(DEFAULT_LISTEN);
        Ok(Config {
            data_dir: data_dir.unwrap_or_else(|| DEFAULT_DATA_DIR.into()),
            listen: local_address(listen)?,
            facility: self.facility.map(Facility::settle).transpose()?,
            hub: self.hub.as_deref().map(HubUrl::parse).transpose()?,
            stick: self.stick.map(stick_folder).transpose()?,
            root: self.root,
            profile: Profile::named(self.profile.as_deref().unwrap_or(DEFAULT_PROFILE))?,
        })
    }
}

/// A service has no place of its own from which a relative path could lead anywhere.
fn stick_folder(folder: PathBuf) -> Result<PathBuf, ConfigError> {
    if folder.is_absolute() { Ok(folder) } else { Err(ConfigError::StickFolder(folder)) }
}

/// Pages with personal data are served to this box alone until there are per-device certificates for others.
fn local_address(text: &str) -> Result<SocketAddr, ConfigError> {
    let address: SocketAddr =
        text.parse().map_err(|_| ConfigError::ListenUnreadable(text.into()))?;
    if address.ip().is_loopback() { Ok(address) } else { Err(ConfigError::ListenNotLocal(address)) }
}
