//! Files that cannot be read, keys that do not fit, files of the box that are damaged, and words nobody knows.

use super::ground::{Ground, PASSPHRASE, changes, document, photograph, says, sonae, world};
use std::{fs, os::unix::fs::PermissionsExt};

fn key(name: &str) -> String {
    world().dir.join("keys").join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_file_that_is_missing_or_a_folder_is_told_apart() {
    let ground = Ground::with_box();
    let (nowhere, folder) = (ground.path("nowhere"), ground.path("folder"));
    fs::create_dir(&folder).unwrap();
    for (path, code) in [(&nowhere, "file_missing"), (&folder, "file_other_kind")] {
        let path = path.to_str().unwrap();
        ground.refuses(code, &["verify", "--data", ground.data(), "--image", path]);
        ground.refuses(code, &["credential", "read", "--data", ground.data(), "--image", path]);
        ground.refuses(code, &["disaster", "open", "--data", ground.data(), "--image", path]);
        ground.refuses(code, &["notebook", "read", path]);
        ground.refuses(code, &["journal", "verify", "--data", ground.data(), "--file", path]);
        let out = ground.path("list");
        let revoke =
            ["credential", "revoke", "0011223344ff", "--sequence", "2", "--key", path, "--out"];
        ground.refuses(code, &[revoke.as_slice(), &[out.to_str().unwrap()]].concat());
    }
}

#[test]
fn a_file_nobody_may_read_is_told_as_not_permitted() {
    let ground = Ground::with_box();
    let shut = ground.file("shut.png", b"x");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&shut).is_ok() {
        println!("skipped: file modes bind nobody here (root)");
        return;
    }
    let told = sonae(PASSPHRASE, &["--json", "verify", "--data", ground.data(), "--image", &shut]);
    says(&told, "not_permitted", &[]);
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_a_missing_one_is_asked_for() {
    let ground = Ground::with_box();
    let data = ground.data();
    for (passphrase, code) in
        [("wrong-wrong-wrong", "passphrase_wrong"), ("", "passphrase_missing")]
    {
        for words in [
            vec!["verify", "--data", data, "--qr", "1"],
            vec!["doctor", "--data", data],
            vec!["disaster", "status", "--data", data],
            vec!["journal", "export", "--data", data],
            vec!["sync", "--once", "--data", data, "--via", "/"],
            vec!["serve", "--data", data, "--listen", "127.0.0.1:0"],
        ] {
            ground.refuses_under(passphrase, code, &words);
        }
    }
    let hub = ground.path("hub");
    super::ground::copy_tree(&world().dir.join("hub"), &hub);
    let words = ["hub", "--data", hub.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    ground.refuses_under("wrong-wrong-wrong", "passphrase_wrong", &words);
}

#[test]
fn a_key_file_of_another_kind_signs_nothing() {
    let ground = Ground::with_box();
    let out = ground.path("list");
    let box_file = ground.data.join("box.cbor");
    for (wrong, code) in [
        (&*key("opening.key"), "key_file_other_kind"),
        (box_file.to_str().unwrap(), "key_file_unreadable"),
        (&*ground.file("noise", &[7; 300]), "key_file_unreadable"),
    ] {
        let revoke =
            ["credential", "revoke", "0011223344ff", "--sequence", "2", "--key", wrong, "--out"];
        ground.refuses(code, &[revoke.as_slice(), &[out.to_str().unwrap()]].concat());
    }
}

#[test]
fn a_box_with_another_boxs_keys_is_not_opened() {
    let ground = Ground::with_box();
    let other = super::ground::make_world("other-box", 3);
    fs::copy(other.box_dir().join("box.cbor"), ground.data.join("box.cbor")).unwrap();
    ground.refuses("data_of_another_box", &["doctor", "--data", ground.data()]);
    ground.refuses("data_of_another_box", &["verify", "--data", ground.data(), "--qr", "1"]);
}

#[test]
fn a_damaged_box_file_is_told_as_damage_not_as_a_wrong_passphrase() {
    let ground = Ground::with_box();
    ground.bend("box.cbor", |length| length - 5);
    ground.refuses("data_damaged", &["doctor", "--data", ground.data()]);
    let half = fs::read(world().box_dir().join("box.cbor")).unwrap();
    fs::write(ground.data.join("box.cbor"), &half[..half.len() / 2]).unwrap();
    ground.refuses("data_damaged", &["doctor", "--data", ground.data()]);
    ground.refuses("data_damaged", &["journal", "verify", "--data", ground.data()]);
    fs::write(ground.data.join("version"), "one").unwrap();
    ground.refuses("data_damaged", &["verify", "--data", ground.data(), "--qr", "1"]);
}

#[test]
fn a_journal_damaged_in_the_middle_is_not_written_on_and_names_the_entry() {
    let ground = Ground::with_box();
    ground.bend("journal/journal.log", |length| length / 2);
    let journal = fs::read(ground.data.join("journal/journal.log")).unwrap();
    for words in [
        vec!["verify", "--data", ground.data(), "--qr", "1"],
        vec!["doctor", "--data", ground.data()],
        vec!["serve", "--data", ground.data(), "--listen", "127.0.0.1:0"],
    ] {
        ground.refuses("journal_damaged", &words);
    }
    let told = sonae(PASSPHRASE, &["--json", "journal", "verify", "--data", ground.data()]);
    assert_eq!(told.status.code(), Some(1));
    let document = document(&told);
    assert_eq!((&document["ok"], &document["damage"]["kind"]), (&false.into(), &"altered".into()));
    assert_eq!(fs::read(ground.data.join("journal/journal.log")).unwrap(), journal);
}

#[test]
fn words_nobody_knows_end_with_usage_and_code_two() {
    let ground = Ground::with_box();
    let before = photograph(ground.dir.path());
    for words in [
        vec!["frobnicate"],
        vec![],
        vec!["verify", "--data", ground.data()],
        vec!["verify", "--data", ground.data(), "--qr", "1", "--image", "x"],
        vec!["demo", "--people", "many"],
        vec!["serve", "--data", ground.data(), "--listen", "everywhere"],
        vec!["hub", "--data", ground.data()],
    ] {
        let told = sonae(PASSPHRASE, &[&["--json"], words.as_slice()].concat());
        assert_eq!(told.status.code(), Some(2), "{words:?}");
        says(&told, "usage", &words);
        assert!(!document(&told)["error"]["detail"].as_str().unwrap().is_empty());
        assert_eq!(sonae(PASSPHRASE, &words).status.code(), Some(2));
    }
    assert!(changes(&before, &photograph(ground.dir.path())).is_empty());
}
