//! What machines may ask besides the counter: checks, papers, the box itself.

use super::{HOST, House, premises, text, value};
use crate::{
    app::{self, check_age_ratio},
    domain::check::{CheckKind, check},
    web::{Premises, Purpose, routes, samples},
};
use serde_json::json;
use warp::http::StatusCode;

const FULL: &[u8] = include_bytes!("../../../tests/data/jahis/tc-supported-records-full.txt");
const SPLIT: [&[u8]; 3] = [
    include_bytes!("../../../tests/data/jahis/own-split-1.txt"),
    include_bytes!("../../../tests/data/jahis/own-split-2.txt"),
    include_bytes!("../../../tests/data/jahis/own-split-3.txt"),
];

impl House {
    async fn files(
        &self,
        name: &str,
        files: &[&[u8]],
    ) -> warp::http::Response<warp::hyper::body::Bytes> {
        let mut body = vec![];
        for file in files {
            let head = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n"
            );
            body.extend([head.as_bytes(), file, b"\r\n"].concat());
        }
        body.extend(b"--cut--\r\n");
        let request = warp::test::request().method("POST").path("/api/v1/notebook/read");
        let request = request.header("content-type", "multipart/form-data; boundary=cut");
        self.reply(request.header("host", HOST).body(body)).await
    }
}

#[tokio::test]
async fn every_kind_of_value_is_checked_and_none_goes_into_a_url() {
    let house = House::answering(samples::eligible());
    let values = [
        "06139992",
        "1711012342",
        "54016027",
        "1234566",
        "2171022F1029",
        "S31.11.1",
        "ｷｮｳｺ",
        "12-34 56",
        "髙橋",
        "女",
        "13101",
        "99999999",
        "3割",
    ];
    assert_eq!(values.len(), CheckKind::ALL.len());
    for (&kind, typed) in CheckKind::ALL.iter().zip(values) {
        let asked = json!({"kind": kind.name(), "value": typed});
        let told = value(&house.json("/api/v1/check", &asked).await);
        assert_eq!(told, serde_json::to_value(check(kind, typed).unwrap()).unwrap());
    }
    let asked = json!({"birthdate": "S31.11.1", "on": "令和8年11月22日"});
    let told = value(&house.json("/api/v1/check/age-ratio", &asked).await);
    let report = check_age_ratio("S31.11.1", "2026-11-22").unwrap();
    assert_eq!(told, serde_json::to_value(report).unwrap());
    for path in ["/api/v1/check", "/api/v1/check?kind=kana&value=x", "/api/v1/check/kana?value=x"] {
        assert_ne!(house.get(path).await.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn each_way_of_checking_wrongly_has_its_own_words() {
    let house = House::answering(samples::eligible());
    for (path, asked, code) in [
        ("/api/v1/check", json!({"kind": "shoe-size", "value": "27"}), "word_unknown"),
        ("/api/v1/check", json!({"kind": "kana"}), "json_unreadable"),
        ("/api/v1/check", json!({"kind": "kana", "value": "山田"}), "no_kana_at_all"),
        ("/api/v1/check", json!({"kind": "kana", "value": "ア".repeat(201)}), "value_too_long"),
        ("/api/v1/check/age-ratio", json!({"birthdate": "1956"}), "json_unreadable"),
        (
            "/api/v1/check/age-ratio",
            json!({"birthdate": "S31.11.1", "on": "soon"}),
            "date_unreadable",
        ),
        ("/api/v1/check/age-ratio", json!({"birthdate": "soon", "on": "R8.11.22"}), "not_a_date"),
    ] {
        let told = house.json(path, &asked).await;
        assert_eq!(value(&told)["error"]["code"], code, "{asked}");
        assert!(told.status().is_client_error());
    }
}

#[tokio::test]
async fn a_notebook_is_read_from_a_body_or_from_several_files() {
    let house = House::answering(samples::eligible());
    let raw = |body: &[u8]| {
        let request = warp::test::request().method("POST").path("/api/v1/notebook/read");
        request.header("host", HOST).body(body)
    };
    let read = |files: &[&[u8]]| {
        let files = files.iter().map(|file| file.to_vec()).collect();
        serde_json::to_value(app::read_notebook(files).unwrap()).unwrap()
    };
    assert_eq!(value(&house.reply(raw(FULL)).await), read(&[FULL]));
    assert_eq!(value(&house.files("file", &SPLIT).await), read(&SPLIT));
    for (told, code) in [
        (house.reply(raw(b"")).await, "notebook_empty"),
        (house.reply(raw(b"hello")).await, "picture_unknown_kind"),
        (house.files("file", &[]).await, "notebook_empty"),
        (house.files("himitsu", &SPLIT).await, "form_unreadable"),
        (house.files("file", &[b"1".as_slice(); 17]).await, "notebook_too_large"),
        (house.files("file", &[vec![b'1'; 7 << 20].as_slice(); 5]).await, "notebook_too_large"),
        (house.files("file", &[&vec![b'1'; 9 << 20]]).await, "upload_too_large"),
        (house.reply(raw(&vec![b'1'; 9 << 20])).await, "upload_too_large"),
    ] {
        assert_eq!(value(&told)["error"]["code"], code);
    }
}

#[tokio::test]
async fn sync_goes_to_the_configured_hub_whatever_a_request_says() {
    let house = House::answering(samples::eligible());
    let told = value(&house.json("/api/v1/sync", &json!({})).await);
    assert_eq!(told["via"], "https://hub.example.jp");
    for asked in [
        json!({"via": "/tmp"}),
        json!({"via": "https://evil.example"}),
        json!(["https://evil.example"]),
    ] {
        let told = house.json("/api/v1/sync", &asked).await;
        assert_eq!(value(&told)["error"]["code"], "json_unreadable", "{asked}");
    }
    assert_eq!(house.asked(), ["sync https://hub.example.jp"]);

    let alone = Premises { hub: None, ..premises(Purpose::Service) };
    let routes = routes(house.stand.clone(), ([127, 0, 0, 1], 8470).into(), alone);
    let house = House { stand: house.stand, routes };
    let told = house.json("/api/v1/sync", &json!({})).await;
    assert_eq!(value(&told)["error"]["code"], "no_link");
}

#[tokio::test]
async fn without_a_hub_sync_goes_to_the_stick_and_with_both_the_sticks_turn_comes_after() {
    let stick = || Some("/media/sonae".into());
    let told = |premises: Premises| async {
        let stand = House::answering(samples::eligible()).stand;
        let routes = routes(stand.clone(), ([127, 0, 0, 1], 8470).into(), premises);
        let house = House { stand, routes };
        let told = value(&house.json("/api/v1/sync", &json!({})).await);
        (told["via"].as_str().unwrap_or_default().to_owned(), house.asked())
    };
    let alone = Premises { hub: None, stick: stick(), ..premises(Purpose::Service) };
    let expected = ("/media/sonae".to_owned(), vec!["stick /media/sonae".to_owned()]);
    assert_eq!(told(alone).await, expected);
    let both = Premises { stick: stick(), ..premises(Purpose::Service) };
    let asked = ["sync https://hub.example.jp", "ask false true"].map(str::to_owned).to_vec();
    assert_eq!(told(both).await, ("https://hub.example.jp".to_owned(), asked));
}

#[tokio::test]
async fn the_doctor_examines_anew_and_pages_and_metrics_repeat_it() {
    let house = House::answering(samples::eligible());
    let told = value(&house.get("/api/v1/doctor").await);
    let found = crate::health::examine(&samples::probe());
    assert_eq!(told, serde_json::to_value(&found).unwrap());
    let page = text(&house.get("/status").await);
    assert!(page.contains("点検") && page.contains("電池式の時計がありません"), "{page}");
    let amiss = found.checks.iter().filter(|check| !check.fix_ja.is_empty());
    let mut count = 0;
    for check in amiss {
        assert!(page.contains(check.fix_ja) && page.contains(check.fix_en), "{}", check.name);
        count += 1;
    }
    assert_eq!(page.matches("点検").count(), count, "one line a finding: {page}");
    let metrics = text(&house.get("/metrics").await);
    for line in [
        "sonae_free_disk_bytes 21474836480",
        "sonae_memory_available_bytes 1073741824",
        "sonae_temperature_celsius 48.5",
        "sonae_check_grade{check=\"rtc\"} 1",
        "sonae_check_grade{check=\"journal\"} 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert_eq!(house.asked(), ["probe raspberry-pi-5"], "one examination for all three");
    house.get("/api/v1/doctor").await;
    assert_eq!(house.asked().len(), 2, "asked for, it is made anew");
}

#[tokio::test]
async fn a_paper_and_the_journal_are_the_desks_to_read() {
    let house = House::answering(samples::eligible());
    let told = house.json("/api/v1/credential/read", &json!({"text": "51731"})).await;
    assert_eq!(
        (told.status(), &value(&told)["error"]["code"]),
        (StatusCode::LOCKED, &json!("no_trust_list"))
    );
    let told = value(&house.get("/api/v1/journal/verify").await);
    assert_eq!(
        (&told["ok"], &told["entries"], &told["damage"]),
        (&json!(true), &json!(0), &json!(null))
    );
    assert_eq!(house.asked(), ["paper 51731", "journal"]);
}

#[tokio::test]
async fn a_printed_page_says_how_many_characters_are_missing_but_not_which() {
    let house = House::in_disaster();
    let slip = house.get("/slips/812.pdf").await;
    assert_eq!(slip.headers()["x-sonae-missing-glyphs"], "2");
    let sheet = house.form("/disaster/sheet", "handle=0a1b").await;
    assert_eq!(sheet.headers()["x-sonae-missing-glyphs"], "0");
    assert!(!house.get("/").await.headers().contains_key("x-sonae-missing-glyphs"));
}

#[tokio::test]
async fn what_publishers_and_operators_do_is_not_offered_over_http() {
    let house = House::answering(samples::eligible());
    for path in [
        "region/build",
        "region/verify",
        "region/import",
        "credential/issue",
        "credential/revoke",
        "journal/export",
        "hub",
        "demo",
        "serve",
    ] {
        let told = house.json(&format!("/api/v1/{path}"), &json!({})).await;
        assert_eq!(told.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
