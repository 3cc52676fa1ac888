//! The pages as browsers and machines meet them, without a socket.

use super::{Desk, Purpose, routes, samples};
use crate::{
    app::{
        AppError, Ask, CandidateView, Checked, ConsentView, DisasterStatus, DrugView, Question,
        Status,
    },
    disaster::search::{Difference, SearchQuery, SecondFact},
    domain::evidence::CardSeen,
    journal::{ConsentKind, Viewer},
    messages,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use warp::{
    filters::BoxedFilter,
    http::{Response, StatusCode},
    hyper::body::Bytes,
    test::RequestBuilder,
};

const HOST: &str = "127.0.0.1:8470";

/// An appliance of paper: says what the test put into it, and remembers what it was asked.
struct Stand {
    checked: Checked,
    disaster: DisasterStatus,
    refuse: Option<&'static messages::Message>,
    asked: Mutex<Vec<String>>,
}

impl Stand {
    fn note(&self, what: String) -> Result<(), AppError> {
        self.asked.lock().unwrap().push(what);
        self.refuse.map_or(Ok(()), |message| Err(AppError::Rule(message)))
    }
}

impl Desk for Stand {
    fn verify(&self, question: &Question) -> Result<Checked, AppError> {
        let by = match &question.ask {
            Ask::Numbers { identity, .. } => format!("numbers {}", identity.number),
            Ask::Text(text) => format!("text {text}"),
            Ask::Picture(bytes) => format!("picture {}", bytes.len()),
        };
        let card = if question.card == CardSeen::Seen { "seen" } else { "not seen" };
        self.note(format!("{by}, card {card}"))?;
        Ok(self.checked.clone())
    }

    fn answer_slip(&self, entry: u64) -> Result<Vec<u8>, AppError> {
        self.note(format!("slip {entry}"))?;
        Ok(b"%PDF-".to_vec())
    }

    fn status(&self) -> Status {
        samples::status()
    }

    fn disaster_status(&self) -> DisasterStatus {
        self.disaster.clone()
    }

    fn take_order(&self, text: &str) -> Result<DisasterStatus, AppError> {
        self.note(format!("order {text}"))?;
        Ok(samples::open())
    }

    fn close_disaster(&self, by: &str) -> Result<DisasterStatus, AppError> {
        self.note(format!("close {by}"))?;
        Ok(samples::closed())
    }

    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Vec<CandidateView>, AppError> {
        self.note(format!("search {} by {}", query.name, viewer.name))?;
        let differences = vec![Difference::VariantKanji, Difference::Address];
        Ok(vec![samples::candidate("0a1b", "<script>高橋</script>", differences)])
    }

    fn consent(
        &self,
        _: &Viewer,
        handle: &str,
        fact: &SecondFact,
        kind: ConsentKind,
    ) -> Result<ConsentView, AppError> {
        self.note(format!("consent {handle} {} {kind:?}", fact.value))?;
        Ok(ConsentView { handle: handle.into(), until: samples::NOON })
    }

    fn drugs(&self, _: &Viewer, handle: &str) -> Result<DrugView, AppError> {
        self.note(format!("drugs {handle}"))?;
        Ok(samples::drug_view())
    }

    fn drug_sheet(&self, handle: &str) -> Result<Vec<u8>, AppError> {
        self.note(format!("sheet {handle}"))?;
        Ok(b"%PDF-".to_vec())
    }
}

struct House {
    stand: Arc<Stand>,
    routes: BoxedFilter<(warp::reply::Response,)>,
}

impl House {
    fn with(
        checked: Checked,
        disaster: DisasterStatus,
        refuse: Option<&'static messages::Message>,
    ) -> Self {
        let stand = Arc::new(Stand { checked, disaster, refuse, asked: Mutex::default() });
        let routes = routes(stand.clone(), ([127, 0, 0, 1], 8470).into(), Purpose::Practice);
        Self { stand, routes }
    }

    fn answering(checked: Checked) -> Self {
        Self::with(checked, samples::closed(), None)
    }

    fn in_disaster() -> Self {
        Self::with(samples::eligible(), samples::open(), None)
    }

    fn refusing(message: &'static messages::Message) -> Self {
        Self::with(samples::eligible(), samples::closed(), Some(message))
    }

    async fn reply(&self, request: RequestBuilder) -> Response<Bytes> {
        request.reply(&self.routes).await
    }

    async fn get(&self, path: &str) -> Response<Bytes> {
        self.reply(warp::test::request().path(path).header("host", HOST)).await
    }

    async fn form(&self, path: &str, body: &str) -> Response<Bytes> {
        let request = warp::test::request().method("POST").path(path).header("host", HOST);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.reply(request.header("origin", format!("http://{HOST}")).body(body)).await
    }

    async fn json(&self, path: &str, body: &Value) -> Response<Bytes> {
        self.reply(warp::test::request().method("POST").path(path).header("host", HOST).json(body))
            .await
    }

    async fn upload(&self, path: &str, file: &[u8], card: &str) -> Response<Bytes> {
        let mut body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"card_seen\"\r\n\r\n{card}\r\n--cut\r\n\
             Content-Disposition: form-data; name=\"picture\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let request = warp::test::request().method("POST").path(path).header("host", HOST);
        self.reply(request.header("content-type", "multipart/form-data; boundary=cut").body(body))
            .await
    }

    fn asked(&self) -> Vec<String> {
        self.stand.asked.lock().unwrap().clone()
    }
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8_lossy(response.body()).into_owned()
}

fn value(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

const SEARCH: &str =
    "viewer.name=架空医子&viewer.role=doctor&name=高橋&birthdate=S31.11.1&sex=female&address=";
const CONSENT: &str = "viewer.name=架空医子&viewer.role=doctor&handle=0a1b&second_fact.kind=address&\
                       second_fact.value=練習市&consent.kind=oral&consent.reason=";

#[tokio::test]
async fn people_and_machines_are_told_the_same() {
    for checked in [samples::eligible(), samples::not_eligible(), samples::cannot_tell()] {
        let house = House::answering(checked.clone());
        let html = text(&house.form("/check", "text=51731").await);
        let json = value(&house.json("/api/v1/verify", &json!({"qr": "51731"})).await);
        assert_eq!(json, serde_json::to_value(&checked).unwrap());
        assert!(
            html.contains(checked.answer.verdict.ja()) && html.contains(checked.answer.basis.ja())
        );
        for reason in
            json["reasons"].as_array().unwrap().iter().chain(json["next_steps"].as_array().unwrap())
        {
            let (ja, en) = (reason["ja"].as_str().unwrap(), reason["en"].as_str().unwrap());
            assert!(
                html.contains(ja)
                    && html.contains(&en.replace('"', "&#34;").replace('\'', "&#39;")),
                "{reason}: {html}"
            );
        }
        assert!(html.contains(&format!("/slips/{}.pdf", json["journal_entry"])));
        assert_eq!(house.asked(), ["text 51731, card not seen"; 2]);
    }
}

#[tokio::test]
async fn an_answer_is_one_colour_one_word_one_shape_with_its_share_and_source() {
    let yes = text(&House::answering(samples::eligible()).form("/check", "text=1").await);
    assert!(
        yes.contains("answer eligible")
            && yes.contains("<circle")
            && yes.contains("3割 30%（書類に記載）")
    );
    assert!(yes.contains("2026-11-20 12:00（2日前）") && !yes.contains("答えられません"));
    let no = text(&House::answering(samples::not_eligible()).form("/check", "text=1").await);
    assert!(no.contains("answer not-eligible") && no.contains("M14 14") && !no.contains("<circle"));
    let unsure = text(&House::answering(samples::cannot_tell()).form("/check", "text=1").await);
    assert!(
        unsure.contains("answer cannot-tell")
            && unsure.contains("M50 8")
            && unsure.contains("遅れている")
    );
}

#[tokio::test]
async fn the_same_question_is_asked_again_with_the_card_seen() {
    let house = House::answering(samples::cannot_tell());
    let page = text(&house.form("/check", "text=51731").await);
    assert!(
        page.contains("<input type=\"hidden\" name=\"text\" value=\"51731\">")
            && page.contains("カードを見た")
    );
    house.form("/check", "text=51731&card_seen=seen").await;
    assert_eq!(house.asked(), ["text 51731, card not seen", "text 51731, card seen"]);
}

#[tokio::test]
async fn a_picture_is_taken_from_a_form_and_by_machines_as_it_is() {
    let house = House::answering(samples::cannot_tell());
    let page = house.upload("/check/picture", b"0123456789", "seen").await;
    assert_eq!(page.status(), StatusCode::OK, "{}", text(&page));
    assert!(text(&page).contains("multipart/form-data"), "to be chosen again with the card seen");
    assert_eq!(house.upload("/api/v1/verify/picture", b"0123", "").await.status(), StatusCode::OK);
    let raw =
        warp::test::request().method("POST").path("/api/v1/verify/picture").header("host", HOST);
    assert_eq!(
        house.reply(raw.header("content-type", "image/png").body(b"01")).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        house.asked(),
        ["picture 10, card seen", "picture 4, card not seen", "picture 2, card not seen"]
    );
}

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
async fn in_a_disaster_search_second_fact_and_consent_come_before_the_drugs() {
    let house = House::in_disaster();
    let found = text(&house.form("/disaster/search", SEARCH).await);
    assert!(
        found.contains("異体字") && found.contains("another address") && found.contains("0a1b")
    );
    let drugs = text(&house.form("/disaster/consent", CONSENT).await);
    for words in ["練習錠5mg", "11〜41日遅れ", "架空　医子（薬剤師）", "院内", "第41版"]
    {
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
        assert!(page.contains("災害時モード 開設中") && page.contains("2026-12-04"), "{path}");
        assert!(page.contains("架空の人だけの練習用です"), "{path}");
    }
    let closed = text(&House::answering(samples::eligible()).get("/disaster").await);
    assert!(
        closed.contains("開設されていません")
            && closed.contains("data-scan")
            && !closed.contains("開設中")
    );
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
            let fixed =
                ["/", "/status", "/check", "/check/picture", "/slips/812.pdf"].contains(&target);
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

#[tokio::test]
async fn one_field_has_the_focus() {
    let house = House::in_disaster();
    let mut pages =
        vec![house.get("/").await, house.get("/disaster").await, house.get("/nowhere").await];
    pages.push(house.form("/check", "text=1").await);
    pages.push(house.form("/disaster/search", SEARCH).await);
    pages.push(house.form("/disaster/consent", CONSENT).await);
    pages.push(House::answering(samples::eligible()).get("/disaster").await);
    for page in pages.iter().map(text) {
        assert_eq!(page.matches(" autofocus").count(), 1, "{page}");
    }
}

#[tokio::test]
async fn a_known_path_under_another_method_and_an_unknown_path_are_told_apart() {
    let house = House::answering(samples::eligible());
    assert_eq!(house.get("/check").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(house.get("/nowhere").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(value(&house.get("/api/v1/nowhere").await)["error"]["code"], "no_such_page");
    assert_eq!(text(&house.get("/healthz").await), r#"{"ok":true}"#);
}

#[tokio::test]
async fn the_status_page_has_a_word_for_every_line_and_the_metrics_count_the_answers() {
    let house = House::answering(samples::eligible());
    house.form("/check", "text=1").await;
    let page = text(&house.get("/status").await);
    assert_eq!(page.matches("<tr class=").count(), page.matches("class=\"word\"").count());
    assert!(page.contains("期限切れ") && page.contains("練習診療所"));
    assert_eq!(value(&house.get("/api/v1/status").await)["outbox_waiting"], 12);
    let metrics = text(&house.get("/metrics").await);
    assert!(metrics.contains("sonae_answers_total{verdict=\"eligible\"} 1"), "{metrics}");
    assert!(!metrics.contains("練習"));
}
