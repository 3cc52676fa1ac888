//! What `install.sh` promises: it says what it does, does it, and takes away no data.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
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
    let script = fs::read_to_string(place.at("opt/sonae/bin/sonae-box")).unwrap();
    assert!(!script.contains("@BINDIR@"), "{script}");
    assert_eq!(fs::read_dir(place.at("opt/sonae/bin")).unwrap().count(), 2, "no draft stays");
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
        "ReadWritePaths=-/media/sonae",
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
    assert!(!place.at("usr/local/bin/sonae-box").exists());
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
    let scripts = ["install.sh", "assets/sonae-box", ".ci/run"];
    let scripts = scripts.map(|s| Path::new(env!("CARGO_MANIFEST_DIR")).join(s));
    if !found("shellcheck") {
        return;
    }
    let output = Command::new("shellcheck").args(scripts).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Programs that only write down how they were called, first on the path.
struct Pretence {
    folder: tempfile::TempDir,
}

impl Pretence {
    fn new(programs: &[(&str, &str)]) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for (name, does) in programs {
            let path = folder.path().join(name);
            let log = folder.path().join("called");
            let text = format!("#!/bin/sh\necho {name} \"$@\" >>{}\n{does}\n", log.display());
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    fn run(&self, script: &Path, words: &[&str]) -> Option<i32> {
        let path = format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap());
        Command::new("sh").arg(script).args(words).env("PATH", path).output().unwrap().status.code()
    }

    fn called(&self) -> Vec<String> {
        let told = fs::read_to_string(self.folder.path().join("called")).unwrap_or_default();
        told.lines().filter(|line| !line.starts_with("id ")).map(str::to_owned).collect()
    }
}

#[test]
fn a_command_on_the_installed_box_runs_as_the_service_does_and_the_service_starts_again() {
    let place = Bench::new();
    said(&place.install(&["--prefix", "/opt/sonae"]));
    let script = place.at("opt/sonae/bin/sonae-box");
    for (runs, found) in [("exit 0", 0), ("exit 1", 1)] {
        let service = Pretence::new(&[("id", "echo 0"), ("systemctl", ""), ("systemd-run", runs)]);
        assert_eq!(service.run(&script, &["doctor", "--json"]), Some(found));
        let called = service.called();
        let [asked, stopped, ran, started] = &called[..] else { panic!("{called:?}") };
        assert_eq!(asked, "systemctl is-active --quiet sonae");
        assert_eq!([stopped, started], ["systemctl stop sonae", "systemctl start sonae"]);
        assert!(ran.ends_with("/opt/sonae/bin/sonae doctor --json --data /var/lib/sonae"), "{ran}");
        // What opens the data is the unit's own; what it adds keeps secrets off the disk.
        let unit = include_str!("../assets/sonae.service");
        let properties: Vec<_> =
            ran.split(' ').filter_map(|word| word.strip_prefix("--property=")).collect();
        for property in &properties {
            let property = property.split(":/").next().unwrap();
            assert!(unit.lines().any(|line| line == property), "{property} is not in the unit");
        }
        assert_eq!(properties.len(), 9, "{properties:?}");
    }
    let stopped = Pretence::new(&[("id", "echo 0"), ("systemctl", "exit 3"), ("systemd-run", "")]);
    assert_eq!(stopped.run(&script, &["doctor"]), Some(0));
    assert_eq!(stopped.called().len(), 2, "who was not running is not started");
    let nobody = Pretence::new(&[("id", "echo 1000"), ("systemctl", ""), ("systemd-run", "")]);
    assert_eq!((nobody.run(&script, &["doctor"]), nobody.called()), (Some(2), vec![]));
}

#[test]
fn the_command_line_on_the_box_and_the_bench_have_the_services_heap() {
    let unit = include_str!("../assets/sonae.service");
    let heap = unit.lines().find_map(|line| line.strip_prefix("Environment=")).unwrap();
    assert!(heap.contains("MALLOC_ARENA_MAX"));
    let (script, bench) =
        (include_str!("../assets/sonae-box"), include_str!("../benches/region/main.rs"));
    for setting in heap.split(' ') {
        assert!(script.contains(&format!("--setenv={setting} ")), "{setting}");
        let (name, value) = setting.split_once('=').unwrap();
        assert!(bench.contains(&format!("(\"{name}\", \"{value}\")")), "{setting}");
    }
}
