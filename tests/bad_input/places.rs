//! Ports, directories, configuration and links that cannot be used.

use super::columns::{GOOD_ROW, HEADER};
use super::ground::{Ground, PASSPHRASE, copy_tree, document, sonae, world};
use std::{fs, net::TcpListener};

const FACILITY: &str =
    "[facility]\ncode = \"1711012341\"\nname = \"練習診療所\"\nmunicipality = 172049\n";

#[test]
fn a_taken_port_makes_no_box_no_hub_and_no_world() {
    let ground = Ground::with_box();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = ground.file("sonae.toml", FACILITY.as_bytes());
    let hub = ground.path("hub");
    copy_tree(&world().dir.join("hub"), &hub);
    let (fresh, demo) = (ground.path("fresh"), ground.path("demo"));
    let (hub, fresh, demo) =
        (hub.to_str().unwrap(), fresh.to_str().unwrap(), demo.to_str().unwrap());
    for words in [
        vec!["serve", "--data", ground.data(), "--listen", &address],
        vec!["serve", "--data", fresh, "--config", &config, "--listen", &address],
        vec!["hub", "--data", hub, "--listen", &address],
        vec!["hub", "--data", fresh, "--listen", &address],
        vec!["demo", "--people", "5", "--no-browser", "--dir", demo, "--listen", &address],
    ] {
        ground.refuses("port_taken", &words);
    }
}

#[test]
fn an_address_that_others_can_reach_is_never_listened_on() {
    let ground = Ground::with_box();
    let (fresh, demo) = (ground.path("fresh"), ground.path("demo"));
    let (fresh, demo) = (fresh.to_str().unwrap(), demo.to_str().unwrap());
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8790"] {
        for words in [
            vec!["serve", "--data", ground.data(), "--listen", address],
            vec!["hub", "--data", fresh, "--listen", address],
            vec!["demo", "--people", "5", "--no-browser", "--dir", demo, "--listen", address],
        ] {
            ground.refuses("config_listen_not_local", &words);
        }
    }
}

#[test]
fn a_directory_that_is_no_box_is_not_made_one() {
    let ground = Ground::empty();
    let data = ground.data();
    for words in [
        vec!["verify", "--data", data, "--qr", "1"],
        vec!["doctor", "--data", data],
        vec!["journal", "verify", "--data", data],
        vec!["journal", "export", "--data", data],
        vec!["disaster", "status", "--data", data],
        vec!["sync", "--once", "--data", data, "--via", "/"],
        vec!["region", "import", "/", "--data", data],
    ] {
        ground.refuses("data_absent", &words);
    }
    ground.refuses("facility_missing", &["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    let config = ground.file("sonae.toml", FACILITY.as_bytes());
    let words = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--config", &config];
    ground.refuses_under("short", "passphrase_short", &words);
    let file = ground.file("file", b"");
    ground.refuses("file_other_kind", &["verify", "--data", &file, "--qr", "1"]);
}

#[test]
fn a_directory_of_a_newer_version_is_left_alone() {
    let ground = Ground::with_box();
    let data = ground.data();
    fs::write(ground.data.join("version"), "2").unwrap();
    let journal = fs::read(ground.data.join("journal/journal.log")).unwrap();
    for words in [
        vec!["verify", "--data", data, "--qr", "1"],
        vec!["serve", "--data", data, "--listen", "127.0.0.1:0"],
        vec!["doctor", "--data", data],
        vec!["journal", "verify", "--data", data],
        vec!["sync", "--once", "--data", data, "--via", "/"],
    ] {
        ground.refuses("data_newer_version", &words);
    }
    assert_eq!(fs::read(ground.data.join("journal/journal.log")).unwrap(), journal);
}

#[test]
fn a_second_process_on_one_directory_is_turned_away() {
    let ground = Ground::with_box();
    let data = ground.data();
    let machine = super::ground::machine();
    let first = sonae::app::Appliance::open(&machine, &ground.data, PASSPHRASE).unwrap();
    for words in [
        vec!["verify", "--data", data, "--qr", "1"],
        vec!["serve", "--data", data, "--listen", "127.0.0.1:0"],
        vec!["doctor", "--data", data],
        vec!["disaster", "close", "--data", data, "--by", "架空"],
    ] {
        ground.refuses("data_in_use", &words);
    }
    let file = ground.data.with_file_name("received.csv");
    fs::write(&file, format!("{HEADER}\n{GOOD_ROW}\n")).unwrap();
    let file = file.to_str().unwrap();
    let source = ["--source", "窓口", "--received-at", "2026-11-20"];
    let add = [&["own", "add", "--data", data, file][..], &source].concat();
    ground.refuses("own_while_running", &add);
    assert!(first.own_status().is_none(), "nothing was taken in");
    drop(first);
    let told = sonae(PASSPHRASE, &["--json", "disaster", "status", "--data", data]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
}

#[test]
fn a_configuration_that_cannot_be_lived_by_names_the_entry() {
    let ground = Ground::with_box();
    for (text, code) in [
        ("nonsense = 1\n", "config_unreadable"),
        ("listen = ", "config_unreadable"),
        ("listen = \"0.0.0.0:8790\"\n", "config_listen_not_local"),
        ("listen = \"here\"\n", "config_listen_unreadable"),
        ("hub = \"http://hub.example.jp/\"\n", "config_hub_url"),
        ("hub = \"ftp://127.0.0.1/\"\n", "config_hub_url"),
        ("profile = \"toaster\"\n", "config_profile_unknown"),
        ("roots = [\"00\"]\n", "config_unreadable"),
        ("[facility]\ncode = \"1\"\nname = \"x\"\nmunicipality = 172049\n", "config_facility_code"),
        (
            "[facility]\ncode = \"1711012341\"\nname = \"x\"\nmunicipality = 1\n",
            "config_municipality",
        ),
    ] {
        fs::write(ground.data.join("sonae.toml"), text).unwrap();
        ground.refuses(code, &["doctor", "--data", ground.data()]);
        if !text.starts_with("listen") {
            // What the command says about the address wins over the file.
            ground.refuses(code, &["serve", "--data", ground.data(), "--listen", "127.0.0.1:0"]);
        }
        ground.refuses(code, &["sync", "--once", "--data", ground.data()]);
    }
}

#[test]
fn the_line_that_is_wrong_is_shown() {
    let ground = Ground::with_box();
    fs::write(ground.data.join("sonae.toml"), "listen = \"127.0.0.1:8790\"\nnonsense = 1\n")
        .unwrap();
    let told = sonae(PASSPHRASE, &["--json", "doctor", "--data", ground.data()]);
    let document = document(&told);
    let detail = document["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("line 2") && detail.contains("nonsense"), "{detail}");
    let told = sonae(PASSPHRASE, &["doctor", "--data", ground.data()]);
    assert!(String::from_utf8(told.stderr).unwrap().contains("line 2"));
}

#[test]
fn a_hub_over_plain_http_or_nowhere_is_refused() {
    let ground = Ground::with_box();
    let data = ground.data();
    for (via, code) in [
        ("http://hub.example.jp/", "link_url_not_allowed"),
        ("http://192.0.2.1/", "link_url_not_allowed"),
        ("http://127.0.0.1.example.jp/", "link_url_not_allowed"),
        ("http://127.0.0.1@example.jp/", "link_url_not_allowed"),
        ("/nowhere/at/all", "link_folder_missing"),
    ] {
        ground.refuses(code, &["sync", "--once", "--data", data, "--via", via]);
    }
    ground.refuses("no_link", &["sync", "--once", "--data", data]);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let via = format!("http://{}/", nobody.local_addr().unwrap());
    drop(nobody); // nobody listens there now
    ground.refuses("hub_away", &["sync", "--once", "--data", data, "--via", &via]);
}
