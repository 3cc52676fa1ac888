//! What `install.sh` promises: it says what it does, does it, and takes away no data.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench in a temporary folder need not survive a power cut"
)]

#[path = "invented/programs.rs"]
mod programs;

use programs::found;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("built"), "#!/bin/sh\necho sonae\n").unwrap();
        Self { root }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join("dest").join(path)
    }

    fn run(&self, options: &[&str]) -> Output {
        Command::new("sh")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh"))
            .args(options)
            .env("DESTDIR", self.root.path().join("dest"))
            .output()
            .unwrap()
    }

    fn install(&self, more: &[&str]) -> Output {
        let binary = self.root.path().join("built").display().to_string();
        self.run(&[&["--binary", &binary], more].concat())
    }
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_rehearsal_says_everything_and_changes_nothing() {
    let place = Bench::new();
    let text = said(&place.install(&["--dry-run"]));
    assert!(text.contains("usr/local/bin/sonae") && text.contains("nothing was changed"), "{text}");
    assert!(!place.at("").exists());
    said(&place.run(&["--dry-run"])); // even the build is only announced
    assert!(!place.at("").exists());
}

#[test]
fn an_installed_box_has_the_program_and_a_unit_that_names_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Bench::new();
    let text = said(&place.install(&["--prefix", "/opt/sonae"]));
    // What has to be done by hand, in order: passphrase, whose box, start, look.
    let steps = ["systemd-creds encrypt", "/sonae.toml", "systemctl enable", "/api/v1/doctor"];
    let places: Vec<_> = steps.iter().map(|step| text.find(step)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {text}");
    assert!(text.contains("does not start") && text.contains("--with-key=host"), "{text}");
    let program = place.at("opt/sonae/bin/sonae");
    assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    let unit = fs::read_to_string(place.at("etc/systemd/system/sonae.service")).unwrap();
    assert!(unit.contains("ExecStart=/opt/sonae/bin/sonae serve"), "{unit}");
    assert!(!unit.contains("@BINDIR@"), "{unit}");
    assert_eq!(fs::read_dir(place.at("etc/systemd/system")).unwrap().count(), 1, "no draft stays");
}

#[test]
fn the_unit_leaves_the_service_nothing_it_does_not_need() {
    let unit = include_str!("../assets/sonae.service");
    for line in [
        "DynamicUser=yes",
        "StateDirectory=sonae",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "LimitCORE=0",
        "CapabilityBoundingSet=",
        "LoadCredentialEncrypted=sonae-passphrase",
    ] {
        assert!(unit.lines().any(|have| have.starts_with(line)), "{line}");
    }
    for line in ["DeviceAllow", "SupplementaryGroups"] {
        assert!(!unit.contains(line), "{line}: no device is read");
    }
}

#[test]
fn taking_sonae_away_leaves_the_data_and_says_where_they_are() {
    let place = Bench::new();
    said(&place.install(&[]));
    let journal = place.at("var/lib/sonae/journal");
    fs::create_dir_all(journal.parent().unwrap()).unwrap();
    fs::write(&journal, "kept").unwrap();

    let text = said(&place.run(&["--uninstall"]));

    assert!(text.contains("var/lib/sonae") && text.contains("The data stay"), "{text}");
    assert_eq!(fs::read_to_string(&journal).unwrap(), "kept");
    assert!(!place.at("usr/local/bin/sonae").exists());
    assert!(!place.at("etc/systemd/system/sonae.service").exists());
    said(&place.run(&["--uninstall"])); // and once more is no error
}

#[test]
fn a_mistake_is_refused_with_the_next_step() {
    let place = Bench::new();
    for wrong in [
        &["--frobnicate"][..],
        &["--binary"],
        &["--binary", "/nowhere/sonae"],
        &["--prefix", "relative"],
    ] {
        let output = place.run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(String::from_utf8_lossy(&output.stderr).lines().count() >= 2, "{wrong:?}");
        assert!(!place.at("").exists());
    }
}

#[test]
fn the_script_is_clean_where_shellcheck_is_at_hand() {
    let scripts = ["install.sh", ".ci/run"].map(|s| Path::new(env!("CARGO_MANIFEST_DIR")).join(s));
    if !found("shellcheck") {
        return;
    }
    let output = Command::new("shellcheck").args(scripts).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
