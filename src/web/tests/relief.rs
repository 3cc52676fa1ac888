//! Disaster mode on the pages and as JSON.

use super::{CONSENT, House, SEARCH, text, value};
use crate::web::samples;
use serde_json::json;

#[tokio::test]
async fn in_a_disaster_search_second_fact_and_consent_come_before_the_drugs() {
    let house = House::in_disaster();
    let found = text(&house.form("/disaster/search", SEARCH).await);
    assert!(
        found.contains("異体字") && found.contains("another address") && found.contains("0a1b")
    );
    let drugs = text(&house.form("/disaster/consent", CONSENT).await);
    for words in [
        "練習錠5mg",
        "11〜41日遅れ",
        "直近100日分の情報は含みません",
        "令和8年9月18日〜令和8年10月20日",
        "架空　医子（薬剤師）",
        "院内",
        "第41版",
    ] {
        assert!(drugs.contains(words), "{words}: {drugs}");
    }
    let newest = (drugs.find("2026-10-20"), drugs.find("2026-09-18"));
    assert!(newest.0 < newest.1, "newest first");
    assert_eq!(
        house.form("/disaster/sheet", "handle=0a1b").await.headers()["content-type"],
        "application/pdf"
    );
    assert_eq!(
        house.asked(),
        ["search 高橋 by 架空医子", "consent 0a1b 練習市 Oral", "drugs 0a1b", "sheet 0a1b"]
    );
}

#[tokio::test]
async fn machines_walk_the_same_way_through_a_disaster() {
    let house = House::in_disaster();
    let viewer = json!({"name": "架空医子", "role": "named"});
    let search = json!({"viewer": viewer, "name": "高橋", "birthdate": "19561101"});
    let found = value(&house.json("/api/v1/disaster/search", &search).await);
    assert_eq!(found["candidates"][0]["differences"], json!(["variant_kanji", "address"]));
    assert_eq!(found["unreadable"], 1, "damage never reads as absence");
    let fact = json!({"kind": "number", "value": "5678"});
    let consent = json!({"kind": "unable", "reason": "意識がない"});
    let body = json!({"viewer": viewer, "handle": "0a1b", "second_fact": fact, "consent": consent});
    assert_eq!(value(&house.json("/api/v1/disaster/consent", &body).await)["handle"], "0a1b");
    let drugs =
        house.json("/api/v1/disaster/drugs", &json!({"viewer": viewer, "handle": "0a1b"})).await;
    assert_eq!(value(&drugs), serde_json::to_value(samples::drug_view()).unwrap());
    assert_eq!(value(&house.get("/api/v1/disaster").await)["state"], "open");
    assert_eq!(
        value(&house.json("/api/v1/disaster/close", &json!({"by": "架空"})).await)["state"],
        "closed"
    );
}

#[tokio::test]
async fn every_page_says_that_disaster_mode_is_open_and_that_it_is_practice() {
    let house = House::in_disaster();
    for path in ["/", "/disaster", "/status", "/nowhere"] {
        let page = text(&house.get(path).await);
        assert!(page.contains("災害時モード 開設中"), "{path}");
        assert!(page.contains("令和8年12月4日") && page.contains("2026-12-04"), "{path}");
        assert!(page.contains("架空の人だけの練習用です"), "{path}");
    }
    let closed = text(&House::answering(samples::eligible()).get("/disaster").await);
    assert!(
        closed.contains("開設されていません")
            && closed.contains("data-scan")
            && !closed.contains("開設中")
    );
}
