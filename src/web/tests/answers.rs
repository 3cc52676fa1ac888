//! One answer, told alike to people and machines.

use super::{CONSENT, HOST, House, Premises, Purpose, SEARCH, premises, routes, text, value};
use crate::{
    domain::{
        answer::{NextStep, Reason},
        ladder::{LadderQuestion, Rung},
    },
    messages,
    web::samples,
};
use serde_json::json;
use warp::http::StatusCode;

#[tokio::test]
async fn an_exchange_is_asked_for_on_the_status_page_and_what_it_did_stands_there() {
    let house = House::answering(samples::eligible());
    let page = text(&house.get("/status").await);
    assert!(page.contains("action=\"/sync\"") && !page.contains("頼みました"), "{page}");
    for said in [
        "最後のやり取り",
        "/media/sonae 2026-11-22 12:00",
        "hub.example.jp 2026-11-22 12:00から続いています",
        "済んだもの3件・できなかったもの0件",
        "under way since 2026-11-22 12:00",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let page = text(&house.form("/sync", "").await);
    assert!(page.contains("頼みました"), "{page}");
    assert!(house.asked().contains(&"ask true false".to_owned()), "{:?}", house.asked());

    let refusing = House::refusing(&messages::NO_LINK);
    let page = text(&refusing.form("/sync", "").await);
    assert!(page.contains(messages::NO_LINK.ja), "{page}");

    let nobody = Premises { hub: None, ..premises(Purpose::Service) };
    let routes = routes(house.stand.clone(), ([127, 0, 0, 1], 8470).into(), nobody);
    let alone = House { stand: house.stand, routes };
    assert!(!text(&alone.get("/status").await).contains("action=\"/sync\""));
}

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
async fn no_button_is_offered_where_a_card_seen_would_change_nothing() {
    let mut checked = samples::cannot_tell();
    checked.answer.reasons = vec![Reason::NotInSnapshot];
    let house = House::answering(checked);
    let page = text(&house.form("/check", "text=51731").await);
    assert!(page.contains(NextStep::AskForCard.ja()), "the step stays: {page}");
    assert!(!page.contains("card_seen"), "{page}");
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
    for last in ["最後につながったのは2026-11-19 12:00（3日前）。", "Last reached 3 days ago."]
    {
        assert!(page.contains(last), "{last}: {page}");
    }
    assert!(page.contains("期限切れ") && page.contains("練習診療所"));
    assert_eq!(value(&house.get("/api/v1/status").await)["outbox_waiting"], 12);
    let metrics = text(&house.get("/metrics").await);
    assert!(metrics.contains("sonae_answers_total{verdict=\"eligible\"} 1"), "{metrics}");
    let sync = "sonae_last_sync_timestamp_seconds{via=\"/media/sonae\"}";
    assert!(metrics.contains(&format!("{sync} {}", samples::NOON.0)), "{metrics}");
    assert!(!metrics.contains("練習"));
}

#[tokio::test]
async fn a_reply_travels_with_all_that_was_told_before_and_a_bad_one_loses_nothing() {
    let mut checked = samples::cannot_tell();
    checked.ask_next = Some(LadderQuestion { rung: Rung::Portal, replies: Rung::Portal.replies() });
    let house = House::answering(checked);
    // `[{"rung":"certificate","reply":"no"}]`, as a browser sends it.
    let told = "%5B%7B%22rung%22%3A%22certificate%22%2C%22reply%22%3A%22no%22%7D%5D";
    let form = |share: &str| {
        let reply = format!("reply.rung=portal&reply.reply=portal_and_card&reply.share={share}");
        format!("text=1234&card_seen=seen&told={told}&{reply}")
    };
    let page = text(&house.form("/check", &form("20")).await);
    let all = "text 1234, card seen, certificate:no portal:portal_and_card";
    assert_eq!(house.asked(), [all]);
    assert!(page.contains("portal_and_card") && page.contains("name=\"told\""));
    let page = text(&house.form("/check", &form("many")).await);
    assert_eq!(house.asked().last().unwrap(), "text 1234, card seen, certificate:no");
    assert!(page.contains("聞き取った内容を読めません"), "{page}");
    assert!(page.contains("&#34;certificate&#34;"), "what was told before travels on");
}

#[tokio::test]
async fn somebody_without_paper_and_number_can_be_asked_about() {
    let house = House::answering(samples::cannot_tell());
    text(&house.form("/check", "by=nothing&setting=disaster").await);
    assert_eq!(house.asked(), ["nothing, card not seen"]);
    let refused = house.form("/check", "by=everything").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_statement_is_made_and_printed_again() {
    let house = House::answering(samples::cannot_tell());
    house.form("/statement", "name=%E6%9E%B6%E7%A9%BA&visit=7").await;
    house.get("/statements/7.pdf").await;
    let page = text(&house.get("/status").await);
    assert!(page.contains("/statements/7.pdf") && page.contains("支払いを確かめて破棄"), "{page}");
    house.form("/statements/destroy", "number=7&by=%E9%99%A2%E9%95%B7").await;
    let asked: Vec<_> = house.asked().into_iter().filter(|a| !a.starts_with("probe")).collect();
    assert_eq!(asked, ["statement 架空 Some(7)", "statement form 7", "destroy 7 by 院長"]);
}
