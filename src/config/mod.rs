//! Profile, file and environment, settled once into [`Config`]: nothing optional behind it that the house could need.
//!
//! What is said nearer to the command wins: option, environment (`SONAE_LISTEN`, `SONAE_DATA_DIR`), file, built-in value.

mod facility;
mod file;
mod hub_url;
mod profile;

pub use facility::{Facility, FacilityCode};
pub use file::{ConfigFile, FacilityFile};
pub use hub_url::HubUrl;
pub use profile::{DeliveredRelease, Profile};

use crate::{
    limits,
    messages::{self, Message, Trouble},
    sys::{Disk, DiskError},
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Where the box listens unless told otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8790";
/// Where the box keeps what it holds, unless told otherwise; the systemd unit's StateDirectory.
pub const DEFAULT_DATA_DIR: &str = "/var/lib/sonae";
/// The configuration file inside the data directory, read when none is named.
pub const CONFIG_FILE_NAME: &str = "sonae.toml";
const DEFAULT_PROFILE: &str = "generic";

/// What the house lives by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where everything this box holds lies.
    pub data_dir: PathBuf,
    /// Where the counter's pages are served; loopback only.
    pub listen: SocketAddr,
    /// Whose box it is; `None` until somebody has set it up.
    pub facility: Option<Facility>,
    /// The hub; `None` for a box that is fed by USB stick alone.
    pub hub: Option<HubUrl>,
    /// The folder in which a USB stick shows; exchanged with while the service runs, as often as a stick comes.
    pub stick: Option<PathBuf>,
    /// File of the root document that a new box is born with.
    pub root: Option<PathBuf>,
    /// What machine it is.
    pub profile: Profile,
}

/// What the command line and the environment say. Empty fields leave the word to the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--data`.
    pub data_dir: Option<PathBuf>,
    /// `--config`; must exist if named.
    pub config_path: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
}

impl Options {
    /// Fills what was not said from environment variables, handed in so that a test can say them.
    #[must_use]
    pub fn or_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        self.data_dir = self.data_dir.or_else(|| said("SONAE_DATA_DIR").map(PathBuf::from));
        self.config_path = self.config_path.or_else(|| said("SONAE_CONFIG").map(PathBuf::from));
        self.listen = self.listen.or_else(|| said("SONAE_LISTEN"));
        self
    }
}

/// Why a configuration cannot be lived by.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file")]
    Disk(#[from] DiskError),
    /// The file is not TOML, or holds an entry nobody knows. The text names line and entry, never a value's neighbours.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        reason: String,
    },
    /// Not an address and port.
    #[error("not an address and port: {0}")]
    ListenUnreadable(String),
    /// An address that other machines reach.
    #[error("{0} is not a loopback address")]
    ListenNotLocal(SocketAddr),
    /// Not ten digits.
    #[error("facility.code is not ten digits with a known fee table")]
    FacilityCode,
    /// Empty or too long.
    #[error("facility.name is empty or longer than {} characters", limits::NAME_CHARS_MAX)]
    FacilityName,
    /// Check digit wrong or a prefecture.
    #[error("facility.municipality {0} is no municipality code")]
    Municipality(u32),
    /// Not HTTPS, and not loopback either.
    #[error("hub is neither https:// nor http:// on this box")]
    HubUrl,
    /// Not absolute.
    #[error("stick {} is no absolute path", .0.display())]
    StickFolder(PathBuf),
    /// No such profile.
    #[error("no profile named {0}")]
    ProfileUnknown(String),
    /// A number no box can live by.
    #[error("{entry} is out of range")]
    OutOfRange {
        /// Which entry.
        entry: &'static str,
    },
}

impl Trouble for ConfigError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Disk(cause) => cause.message(),
            Self::Unreadable { .. } => &messages::CONFIG_UNREADABLE,
            Self::ListenUnreadable(_) => &messages::CONFIG_LISTEN_UNREADABLE,
            Self::ListenNotLocal(_) => &messages::CONFIG_LISTEN_NOT_LOCAL,
            Self::FacilityCode => &messages::CONFIG_FACILITY_CODE,
            Self::FacilityName => &messages::CONFIG_FACILITY_NAME,
            Self::Municipality(_) => &messages::CONFIG_MUNICIPALITY,
            Self::HubUrl => &messages::CONFIG_HUB_URL,
            Self::StickFolder(_) => &messages::CONFIG_STICK,
            Self::ProfileUnknown(_) => &messages::CONFIG_PROFILE_UNKNOWN,
            Self::OutOfRange { .. } => &messages::CONFIG_VALUE_OUT_OF_RANGE,
        }
    }
}

impl Config {
    /// Reads the file, if there is one, and settles everything.
    ///
    /// # Errors
    /// A file that was named and is missing, one that cannot be understood, or a value the house cannot live by.
    pub fn load(disk: &dyn Disk, options: &Options) -> Result<Self, ConfigError> {
        let file = match &options.config_path {
            Some(path) => ConfigFile::read(disk, path)?,
            None => {
                let dir = options.data_dir.as_deref().unwrap_or(Path::new(DEFAULT_DATA_DIR));
                match ConfigFile::read(disk, &dir.join(CONFIG_FILE_NAME)) {
                    Err(ConfigError::Disk(DiskError::Missing(_))) => ConfigFile::default(),
                    read => read?,
                }
            }
        };
        file.settle(options)
    }
}

#[cfg(test)]
mod tests;
