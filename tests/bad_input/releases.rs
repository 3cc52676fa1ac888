//! Releases that are not for this box, do not fit on it, or replace what is damaged.

use super::ground::{Ground, PASSPHRASE, copy_tree, document, make_world, sonae, world};
use sonae::{
    domain::{area::Area, keys::BoxId},
    seal::SealingKey,
    snapshot::{EnrolledBox, ReleaseSpec, build},
    sys::{KernelDice, RealDisk},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn import(ground: &Ground, release: &Path, code: &str) {
    let release = release.to_str().unwrap();
    ground.refuses(code, &["region", "import", release, "--data", ground.data()]);
}

/// A release by the right publisher, enrolling these boxes.
fn release(dir: PathBuf, version: u64, region: Area, boxes: &[EnrolledBox]) -> PathBuf {
    let world = world();
    let spec = ReleaseSpec {
        scope: sonae::snapshot::Scope::of(region),
        publisher_name: "架空センター",
        region,
        region_name: "石川県",
        version,
        made_at: world.now,
        as_of: world.now.plus_days(-1),
        next_due: world.now.plus_days(1),
        boxes,
        opening: &world.keys.opening,
        publisher: &world.keys.publisher,
        dice: &KernelDice,
    };
    build(&RealDisk, &dir, &spec, world.region.people(), &mut |_| {}).unwrap();
    dir
}

fn this_box() -> EnrolledBox {
    EnrolledBox { id: BoxId(world().card.id), sealing: world().card.sealing }
}

#[test]
fn a_release_of_another_world_is_of_an_unknown_signer() {
    let ground = Ground::with_box();
    import(&ground, &make_world("publisher-elsewhere", 4).dir.join("release"), "signer_unknown");
}

#[test]
fn a_release_by_the_right_publisher_for_other_boxes_says_so() {
    let ground = Ground::with_box();
    let sealing = SealingKey::random(&KernelDice).public().unwrap();
    let stranger = EnrolledBox { id: BoxId([9; 16]), sealing };
    let dir = release(ground.path("stranger"), 11, Area::Prefecture(17), &[stranger]);
    import(&ground, &dir, "release_not_for_this_box");
}

#[test]
fn a_release_for_a_region_the_publisher_may_not_speak_for_is_refused() {
    let ground = Ground::with_box();
    let dir = release(ground.path("elsewhere"), 11, Area::Prefecture(13), &[this_box()]);
    import(&ground, &dir, "publisher_out_of_area");
}

#[test]
fn a_release_held_or_older_or_damaged_or_not_there_is_refused_by_name() {
    let ground = Ground::with_box();
    let held = world().dir.join("release");
    import(&ground, &held, "release_already_held");
    let older = release(ground.path("older"), 9, Area::Prefecture(17), &[this_box()]);
    import(&ground, &older, "release_older");
    let twin = release(ground.path("twin"), 10, Area::Prefecture(17), &[this_box()]);
    import(&ground, &twin, "release_conflicts");
    import(&ground, &ground.path("nowhere"), "file_missing");
    for (name, change, code) in [
        ("cut", Change::Cut, "release_truncated"),
        ("bent", Change::Bend, "release_altered"),
        ("long", Change::Lengthen, "release_too_long"),
    ] {
        let dir = release(ground.path(name), 11, Area::Prefecture(17), &[this_box()]);
        change.apply(&dir.join("person.blk"));
        import(&ground, &dir, code);
        let verify = ["region", "verify", dir.to_str().unwrap(), "--data", ground.data()];
        ground.refuses(code, &verify);
    }
}

#[derive(Clone, Copy)]
enum Change {
    Cut,
    Bend,
    Lengthen,
}

impl Change {
    fn apply(self, path: &Path) {
        let mut bytes = fs::read(path).unwrap();
        match self {
            Self::Cut => bytes.truncate(bytes.len() - 100),
            Self::Bend => bytes[1000] ^= 1,
            Self::Lengthen => bytes.push(0),
        }
        fs::write(path, bytes).unwrap();
    }
}

fn ask(ground: &Ground) -> serde_json::Value {
    let (record, _) = world().region.cast().employee;
    let insurer = record.identity.insurer.display_form();
    let number = record.identity.number.as_str();
    let symbol = record.identity.symbol.as_str();
    let words =
        ["--json", "verify", "--data", ground.data(), "--insurer", &insurer, "--symbol", symbol];
    let told = sonae(PASSPHRASE, &[words.as_slice(), &["--number", number]].concat());
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    document(&told)
}

#[test]
fn a_box_whose_store_is_damaged_still_starts_tells_and_takes_its_release_again() {
    let store = fs::read_dir(world().box_dir().join("cache/releases")).unwrap().next().unwrap();
    let store = PathBuf::from("cache/releases").join(store.unwrap().file_name());
    for damage in ["pointer", "manifest", "store"] {
        let ground = Ground::with_box();
        match damage {
            "pointer" => fs::write(ground.data.join("cache/current"), "garbage").unwrap(),
            "manifest" => fs::remove_file(ground.data.join(&store).join("manifest.cose")).unwrap(),
            _ => fs::remove_dir_all(ground.data.join(&store)).unwrap(),
        }
        let answer = ask(&ground);
        assert_eq!(answer["verdict"], "cannot_tell", "{damage}");
        let doctor = document(&sonae(PASSPHRASE, &["--json", "doctor", "--data", ground.data()]));
        let checks = doctor["checks"].as_array().unwrap();
        let snapshot = checks.iter().find(|check| check["name"] == "snapshot").unwrap();
        assert!(snapshot["grade"] != "ok", "{damage}: {snapshot}");

        let release = world().dir.join("release");
        let words =
            ["--json", "region", "import", release.to_str().unwrap(), "--data", ground.data()];
        let told = sonae(PASSPHRASE, &words);
        assert_eq!(told.status.code(), Some(0), "{damage}: {told:?}");
        assert_eq!(ask(&ground)["verdict"], "eligible", "{damage}");
        assert!(ground.data.join("cache/damaged/1").is_dir(), "{damage}: kept aside, not deleted");
    }
}

#[test]
fn sync_fetches_a_damaged_store_again() {
    let ground = Ground::with_box();
    fs::write(ground.data.join("cache/current"), "garbage").unwrap();
    let stick = ground.path("stick");
    copy_tree(&world().dir.join("hub/public"), &stick);
    let words =
        ["--json", "sync", "--once", "--data", ground.data(), "--via", stick.to_str().unwrap()];
    let told = sonae(PASSPHRASE, &words);
    assert_eq!(ask(&ground)["verdict"], "eligible", "{told:?}");
}

/// A small disk that goes away with the drill.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf, kilobytes: u32) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let options = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "sonae-drill"])
            .arg(&at)
            .output();
        mounted.is_ok_and(|told| told.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_keeps_the_release_out_and_the_box_alive() {
    let ground = Ground::with_box_without_release();
    let small = ground.path("small");
    let Some(disk) = SmallDisk::mount(small.clone(), 400) else {
        println!("skipped: a small disk cannot be mounted here (needs root)");
        return;
    };
    let data = small.join("box");
    copy_tree(&ground.data, &data);
    let ground = Ground { data: data.clone(), ..ground };
    import(&ground, &world().dir.join("release"), "disk_full");
    let verify = ["--json", "disaster", "status", "--data", ground.data()];
    assert_eq!(sonae(PASSPHRASE, &verify).status.code(), Some(0), "the box still works");
    drop(disk);
}
