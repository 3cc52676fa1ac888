//! What is refused, and what never leaves.

use super::{CONSENT, HOST, House, SEARCH, text, value};
use crate::{messages, web::samples};
use serde_json::json;
use warp::http::StatusCode;

#[tokio::test]
async fn an_upload_over_the_ceiling_gets_its_own_words() {
    let house = House::answering(samples::eligible());
    let large = vec![0_u8; 40 << 20];
    let page = house.upload("/check/picture", &large, "").await;
    assert_eq!(page.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text(&page).contains("画像が大きすぎます"), "{}", text(&page));
    let json = house.upload("/api/v1/verify/picture", &large, "").await;
    assert_eq!(
        (json.status().as_u16(), value(&json)["error"]["code"].as_str()),
        (413, Some("upload_too_large"))
    );
    let raw = warp::test::request()
        .method("POST")
        .path("/api/v1/verify/picture")
        .header("host", HOST)
        .body(&large);
    assert_eq!(value(&house.reply(raw).await)["error"]["code"], "upload_too_large");
    let form = house.form("/check", &"1".repeat(20 << 10)).await;
    assert_eq!(form.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(house.asked().is_empty());
}

#[tokio::test]
async fn a_form_without_its_picture_or_with_a_strange_part_is_refused() {
    let house = House::answering(samples::eligible());
    assert!(
        text(&house.upload("/check/picture", b"", "").await).contains("画像が選ばれていません")
    );
    assert_eq!(
        house.upload("/check/picture", b"1", "perhaps").await.status(),
        StatusCode::BAD_REQUEST
    );
    let request = warp::test::request().method("POST").path("/check/picture").header("host", HOST);
    let cut = request
        .header("content-type", "multipart/form-data; boundary=cut")
        .body("--cut\r\nContent-Dispo");
    assert_eq!(house.reply(cut).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(house.form("/check/picture", "picture=1").await.status(), StatusCode::BAD_REQUEST);
    assert!(house.asked().is_empty());
}

#[tokio::test]
async fn markup_in_a_name_stays_text() {
    let mut checked = samples::eligible();
    if let Some(subject) = &mut checked.subject {
        subject.name = "<script>alert(1)</script>".into();
    }
    let house = House::with(checked, samples::open(), None);
    let pages = [
        house.form("/check", "text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await,
        house.form("/disaster/search", SEARCH).await,
    ];
    for page in pages.iter().map(text) {
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
    }
}

#[tokio::test]
async fn a_foreign_site_and_a_wrong_host_are_refused_before_anything_is_asked() {
    let house = House::answering(samples::eligible());
    let post =
        || warp::test::request().method("POST").path("/api/v1/verify").body(r#"{"qr": "1"}"#);
    let foreign =
        house.reply(post().header("host", HOST).header("origin", "http://evil.example")).await;
    assert_eq!(
        (foreign.status().as_u16(), &value(&foreign)["error"]["code"]),
        (403, &json!("foreign_origin"))
    );
    let cross =
        house.reply(post().header("host", HOST).header("sec-fetch-site", "cross-site")).await;
    assert_eq!(cross.status(), StatusCode::FORBIDDEN);
    let rebound = house.reply(post().header("host", "evil.example:8470")).await;
    assert_eq!(
        (rebound.status().as_u16(), &value(&rebound)["error"]["code"]),
        (421, &json!("foreign_host"))
    );
    let upload =
        warp::test::request().method("POST").path("/check/picture").header("host", "evil.example");
    let upload = upload.header("content-type", "multipart/form-data; boundary=cut").body("--cut--");
    assert_eq!(house.reply(upload).await.status(), StatusCode::MISDIRECTED_REQUEST);
    assert!(house.asked().is_empty());
}

#[tokio::test]
async fn an_unknown_field_is_refused_by_name_of_the_rule_not_of_the_field() {
    let house = House::answering(samples::eligible());
    let bodies = [
        json!({"qr": "1", "himitsu": "x"}),
        json!({"viewer": {"name": "a", "role": "doctor", "himitsu": 1}}),
        json!("himitsu"),
    ];
    for (path, body) in
        ["/api/v1/verify", "/api/v1/disaster/search", "/api/v1/verify"].iter().zip(&bodies)
    {
        let reply = house.json(path, body).await;
        assert_eq!(
            (reply.status().as_u16(), &value(&reply)["error"]["code"]),
            (400, &json!("json_unreadable"))
        );
        assert!(!text(&reply).contains("himitsu"));
    }
    assert_eq!(house.form("/check", "text=1&himitsu=2").await.status(), StatusCode::BAD_REQUEST);
    assert!(house.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_says_what_and_what_next_but_never_what_was_typed() {
    let house = House::refusing(&messages::NO_TRUST_LIST);
    let page = house.form("/check", "text=51731234567890").await;
    assert_eq!(page.status(), StatusCode::LOCKED);
    let page = text(&page);
    assert!(
        page.contains(messages::NO_TRUST_LIST.ja) && page.contains(messages::NO_TRUST_LIST.next_ja)
    );
    assert!(
        page.contains("no_trust_list")
            && page.contains("data-scan")
            && !page.contains("51731234567890")
    );
    let json = value(&house.json("/api/v1/verify", &json!({"qr": "51731"})).await);
    assert_eq!(json["error"]["advice"], messages::NO_TRUST_LIST.next_ja);
    assert_eq!(json["error"]["message_en"], messages::NO_TRUST_LIST.en);
}

#[tokio::test]
async fn every_answer_bears_the_headers_that_keep_it_here() {
    let house = House::answering(samples::eligible());
    for path in [
        "/",
        "/status",
        "/nowhere",
        "/assets/sonae.css",
        "/api/v1/status",
        "/slips/812.pdf",
        "/healthz",
    ] {
        let reply = house.get(path).await;
        let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert!(header("content-security-policy").starts_with("default-src 'none'; "), "{path}");
    }
}

#[tokio::test]
async fn no_page_reaches_elsewhere_or_puts_a_person_into_a_url() {
    let house = House::in_disaster();
    let mut pages = vec![
        house.form("/check", "text=51731").await,
        house.form("/disaster/search", SEARCH).await,
    ];
    pages.push(house.form("/disaster/consent", CONSENT).await);
    for path in ["/", "/disaster", "/status", "/nowhere", "/assets/sonae.css", "/assets/counter.js"]
    {
        pages.push(house.get(path).await);
    }
    for page in pages.iter().map(text) {
        assert!(
            !page.contains("http://") && !page.contains("https://") && !page.contains("url("),
            "{page}"
        );
        assert!(
            !page.contains("method=\"get\"")
                && !page.contains(" style=\"")
                && !page.contains(" onclick=")
        );
        for target in page.split(" href=\"").skip(1).chain(page.split(" action=\"").skip(1)) {
            let target = target.split('"').next().unwrap_or_default();
            let fixed = [
                "/",
                "/status",
                "/check",
                "/check/picture",
                "/slips/812.pdf",
                "/statements/7.pdf",
                "/statements/destroy",
                "/sync",
            ]
            .contains(&target);
            assert!(
                fixed || target.starts_with("/disaster") || target.starts_with("/assets/"),
                "{target}"
            );
            assert!(!target.contains('?'), "{target}");
        }
        for form in page.split("<form ").skip(1) {
            assert!(
                form.split('>').next().unwrap_or_default().contains("method=\"post\""),
                "{form}"
            );
        }
    }
}
