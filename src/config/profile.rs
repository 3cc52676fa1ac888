//! What machine the box is; one TOML file a model, compiled in.

use super::ConfigError;
use crate::limits;
use serde::Deserialize;
use std::path::Path;

const PROFILES: &[(&str, &str)] = &[
    ("generic", include_str!("../../firmware-profiles/generic.toml")),
    ("raspberry-pi-5", include_str!("../../firmware-profiles/raspberry-pi-5.toml")),
];

/// What becomes of a release's files once they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveredRelease {
    /// They stay: a damaged store is rebuilt from them without any link.
    Keep,
    /// They go: space and writes are dearer.
    Drop,
}

/// What a model of box can do and stand. The files in `firmware-profiles/` explain each value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// What the doctor calls the machine.
    pub model: String,
    /// Free disk space below which the doctor warns.
    pub free_disk_warn_bytes: u64,
    /// Free memory below which the doctor warns.
    pub memory_warn_bytes: u64,
    /// Temperature from which the doctor warns.
    pub temperature_warn_celsius: u16,
    /// Whether the clock survives a power cut.
    pub has_rtc: bool,
    /// What becomes of a release's files once they are stored.
    pub delivered: DeliveredRelease,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    model: String,
    free_disk_warn_bytes: u64,
    memory_warn_bytes: u64,
    temperature_warn_celsius: u16,
    has_rtc: bool,
    delivered: DeliveredRelease,
}

impl Profile {
    /// Names of the profiles compiled in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROFILES.iter().map(|(name, _)| *name)
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// [`ConfigError::ProfileUnknown`].
    pub fn named(name: &str) -> Result<Self, ConfigError> {
        let (name, text) = PROFILES
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| ConfigError::ProfileUnknown(name.into()))?;
        Self::parse(name, text)
    }

    fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let file: ProfileFile = toml::from_str(text).map_err(|e| ConfigError::Unreadable {
            path: Path::new("firmware-profiles").join(name),
            reason: e.to_string(),
        })?;
        let in_range = |entry, fits: bool| {
            if fits { Ok(()) } else { Err(ConfigError::OutOfRange { entry }) }
        };
        let disk = file.free_disk_warn_bytes >= limits::FREE_DISK_BYTES_MIN;
        in_range("free_disk_warn_bytes", disk)?;
        let heat = (40..=110).contains(&file.temperature_warn_celsius);
        in_range("temperature_warn_celsius", heat)?;
        Ok(Self {
            name: name.into(),
            model: file.model,
            free_disk_warn_bytes: file.free_disk_warn_bytes,
            memory_warn_bytes: file.memory_warn_bytes,
            temperature_warn_celsius: file.temperature_warn_celsius,
            has_rtc: file.has_rtc,
            delivered: file.delivered,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_compiled_in_can_be_lived_by() {
        for name in Profile::names() {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
    }

    #[test]
    fn a_card_is_spared_and_a_machine_with_a_disk_keeps_what_it_would_rebuild_from() {
        let delivered = |name| Profile::named(name).unwrap().delivered;
        assert_eq!(delivered("generic"), DeliveredRelease::Keep);
        assert_eq!(delivered("raspberry-pi-5"), DeliveredRelease::Drop);
    }

    #[test]
    fn a_profile_with_an_absurd_value_is_refused_by_name() {
        let heat = "temperature_warn_celsius";
        let text = PROFILES[0].1.replace(&format!("{heat} = 80"), &format!("{heat} = 400"));
        let refusal = Profile::parse("generic", &text);
        assert!(matches!(refusal, Err(ConfigError::OutOfRange { entry }) if entry == heat));
    }
}
