//! What the configuration promises.

use super::*;
use crate::sys::sim::SimDisk;

fn load(text: &str) -> Result<Config, ConfigError> {
    let disk = SimDisk::new();
    let path = PathBuf::from("/box/sonae.toml");
    disk.replace(&path, text.as_bytes()).unwrap();
    Config::load(&disk, &Options { data_dir: Some("/box".into()), ..Options::default() })
}

const FULL: &str = r#"
listen = "127.0.0.1:9000"
hub = "https://hub.example.jp/"
profile = "raspberry-pi-5"

[facility]
code = "1710112345"
name = "のと町立あおぞら診療所（架空）"
municipality = 174637
"#;

#[test]
fn a_box_without_a_file_lives_by_the_built_in_values() {
    let config = Config::load(&SimDisk::new(), &Options::default()).unwrap();
    assert_eq!(config.listen.to_string(), DEFAULT_LISTEN);
    assert_eq!(config.data_dir, Path::new(DEFAULT_DATA_DIR));
    assert_eq!(config.profile.name, "generic");
    assert!(config.facility.is_none() && config.hub.is_none() && config.stick.is_none());
}

#[test]
fn a_full_file_is_settled_whole() {
    let config = load(FULL).unwrap();
    assert_eq!(config.listen.port(), 9000);
    assert_eq!(config.hub.unwrap().as_str(), "https://hub.example.jp");
    assert_eq!(config.profile.model, "Raspberry Pi 5");
    let facility = config.facility.unwrap();
    assert_eq!(facility.code.to_string(), "1710112345");
    assert_eq!(facility.municipality, 174_637);
}

#[test]
fn the_command_line_outranks_the_environment_and_that_the_file() {
    let environment = |name: &str| match name {
        "SONAE_LISTEN" => Some("127.0.0.1:2".to_owned()),
        "SONAE_DATA_DIR" => Some("/from-environment".to_owned()),
        _ => None,
    };
    let said = Options { listen: Some("127.0.0.1:1".into()), ..Options::default() };
    let options = said.or_environment(environment);
    let file = ConfigFile::parse(Path::new("x"), FULL.as_bytes()).unwrap();
    let config = file.settle(&options).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.data_dir, Path::new("/from-environment"));
}

#[test]
fn an_entry_nobody_knows_is_refused_not_ignored() {
    assert!(matches!(load("lisen = \"127.0.0.1:1\""), Err(ConfigError::Unreadable { .. })));
    assert!(matches!(load(&FULL.replace("name =", "nmae =")), Err(ConfigError::Unreadable { .. })));
    assert!(matches!(load("listen = "), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn a_file_that_was_named_must_exist() {
    let options = Options { config_path: Some("/nowhere.toml".into()), ..Options::default() };
    let refusal = Config::load(&SimDisk::new(), &options);
    assert!(matches!(refusal, Err(ConfigError::Disk(DiskError::Missing(_)))));
}

#[test]
fn pages_are_never_served_to_other_machines() {
    for open in ["0.0.0.0:8790", "192.168.1.5:8790", "[::]:8790"] {
        let refusal = load(&format!("listen = \"{open}\"")).unwrap_err();
        assert!(matches!(refusal, ConfigError::ListenNotLocal(_)), "{open}");
        assert_eq!(refusal.message().code, "config_listen_not_local");
    }
    assert!(load("listen = \"[::1]:8790\"").is_ok());
    assert!(matches!(load("listen = \"8790\""), Err(ConfigError::ListenUnreadable(_))));
}

#[test]
fn a_hub_is_reached_encrypted_or_on_this_box() {
    for fine in ["https://hub.example.jp", "http://127.0.0.1:8791", "http://[::1]:1/x"] {
        assert!(HubUrl::parse(fine).is_ok(), "{fine}");
    }
    for refused in [
        "http://hub.example.jp",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user:secret@hub.example.jp",
        "https://",
        "https://:443",
        "ftp://127.0.0.1",
        "hub.example.jp",
        "https://hub.example.jp/a b",
        "http://localhost#@evil.example",
    ] {
        assert!(HubUrl::parse(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_stick_shows_in_an_absolute_folder() {
    let config = load("stick = \"/media/sonae\"").unwrap();
    assert_eq!(config.stick.as_deref(), Some(Path::new("/media/sonae")));
    for relative in ["media/sonae", "../sonae", ""] {
        let refusal = load(&format!("stick = \"{relative}\"")).unwrap_err();
        assert_eq!(refusal.message().code, "config_stick", "{relative:?}");
    }
}

#[test]
fn a_mistyped_facility_is_refused_by_the_entry_at_fault() {
    let with = |from: &str, to: &str| load(&FULL.replace(from, to)).unwrap_err();
    assert!(matches!(with("1710112345", "171011234"), ConfigError::FacilityCode));
    assert!(matches!(with("1710112345", "4810112345"), ConfigError::FacilityCode));
    assert!(matches!(with("1710112345", "171011234５"), ConfigError::FacilityCode));
    assert!(matches!(with("174637", "174638"), ConfigError::Municipality(174_638)));
    assert!(matches!(with("のと町立あおぞら診療所（架空）", " "), ConfigError::FacilityName));
    assert!(matches!(with("raspberry-pi-5", "toaster"), ConfigError::ProfileUnknown(_)));
}

#[test]
fn a_file_too_large_to_be_a_configuration_is_not_read() {
    let refusal = load(&"#".repeat(70_000)).unwrap_err();
    assert!(matches!(refusal, ConfigError::Disk(DiskError::TooLarge { .. })));
}
