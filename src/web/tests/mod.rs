//! The pages as browsers and machines meet them: a stand-in for the appliance, and how to ask it.

mod answers;
mod machines;
mod relief;
mod safety;
mod socket;

use super::{Desk, Premises, Purpose, routes, samples};
use crate::{
    app::{
        AppError, Ask, Checked, ConsentView, DisasterStatus, DrugView, Found, JournalReport,
        PaperReport, Question, Settled, Status, TakenStatement,
    },
    config::{HubUrl, Profile},
    disaster::search::{Difference, SearchQuery, SecondFact},
    domain::evidence::CardSeen,
    domain::statement::{KeptStatement, Statement},
    health::Probe,
    journal::{ConsentKind, Viewer, verify_bytes},
    messages,
    print::Printed,
};
use serde_json::Value;
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use warp::{filters::BoxedFilter, http::Response, hyper::body::Bytes, test::RequestBuilder};

const HOST: &str = "127.0.0.1:8470";

/// An appliance of paper: says what the test put into it, and remembers what it was asked.
struct Stand {
    checked: Checked,
    disaster: DisasterStatus,
    refuse: Option<&'static messages::Message>,
    asked: Mutex<Vec<String>>,
}

impl Stand {
    fn new(
        checked: Checked,
        disaster: DisasterStatus,
        refuse: Option<&'static messages::Message>,
    ) -> Self {
        Self { checked, disaster, refuse, asked: Mutex::default() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

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
            Ask::Nothing => "nothing".into(),
        };
        let card = if question.card == CardSeen::Seen { "seen" } else { "not seen" };
        let told: Vec<_> = question.told.iter().map(|told| told.codes()).collect();
        let told = if told.is_empty() { String::new() } else { format!(", {}", told.join(" ")) };
        self.note(format!("{by}, card {card}{told}"))?;
        Ok(self.checked.clone())
    }

    fn answer_slip(&self, entry: u64) -> Result<Printed, AppError> {
        self.note(format!("slip {entry}"))?;
        Ok(Printed { pdf: b"%PDF-".to_vec(), missing_glyphs: vec!['𠮷', '𩸽'] })
    }

    fn take_statement(
        &self,
        statement: &Statement,
        visit: Option<u64>,
    ) -> Result<TakenStatement, AppError> {
        self.note(format!("statement {} {visit:?}", statement.name))?;
        let form = Printed { pdf: b"%PDF-".to_vec(), missing_glyphs: vec![] };
        Ok(TakenStatement { number: 9, form })
    }

    fn statement_form(&self, number: u64) -> Result<Printed, AppError> {
        self.note(format!("statement form {number}"))?;
        Ok(Printed { pdf: b"%PDF-".to_vec(), missing_glyphs: vec![] })
    }

    fn kept_statements(&self) -> Result<Vec<KeptStatement>, AppError> {
        Ok(vec![KeptStatement { number: 7, taken_at: Some(samples::NOON), due: true }])
    }

    fn destroy_statement(&self, number: u64, by: &str) -> Result<(), AppError> {
        self.note(format!("destroy {number} by {by}"))
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

    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Found, AppError> {
        self.note(format!("search {} by {}", query.name, viewer.name))?;
        let differences = vec![Difference::VariantKanji, Difference::Address];
        let candidates = vec![samples::candidate("0a1b", "<script>高橋</script>", differences)];
        Ok(Found { candidates, unreadable: 1 })
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

    fn drug_sheet(&self, handle: &str) -> Result<Printed, AppError> {
        self.note(format!("sheet {handle}"))?;
        Ok(Printed { pdf: b"%PDF-".to_vec(), missing_glyphs: vec![] })
    }

    fn read_paper(&self, text: &str) -> Result<PaperReport, AppError> {
        self.note(format!("paper {text}"))?;
        Err(AppError::Rule(&messages::NO_TRUST_LIST))
    }

    fn verify_journal(&self) -> Result<JournalReport, AppError> {
        self.note("journal".into())?;
        Ok(verify_bytes(&[], &[7; 16]).into())
    }

    fn probe(&self, profile: &Profile) -> Probe {
        let _ = self.note(format!("probe {}", profile.name));
        samples::probe()
    }

    fn sync(&self, hub: &HubUrl) -> Result<Settled, AppError> {
        self.note(format!("sync {hub}"))?;
        Ok(settled(hub.to_string()))
    }

    fn sync_stick(&self, folder: &Path) -> Result<Settled, AppError> {
        self.note(format!("stick {}", folder.display()))?;
        Ok(settled(folder.display().to_string()))
    }

    fn ask_exchange(&self, hub: Option<&HubUrl>, stick: Option<&Path>) -> Result<(), AppError> {
        self.note(format!("ask {} {}", hub.is_some(), stick.is_some()))
    }
}

fn premises(purpose: Purpose) -> Premises {
    Premises {
        purpose,
        profile: Profile::named("raspberry-pi-5").unwrap(),
        hub: HubUrl::parse("https://hub.example.jp").ok(),
        stick: None,
    }
}

fn settled(via: String) -> Settled {
    Settled { via, steps: vec![], outbox_waiting: 0, receipts: 3, hint: None }
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
        let stand = Arc::new(Stand::new(checked, disaster, refuse));
        let routes =
            routes(stand.clone(), ([127, 0, 0, 1], 8470).into(), premises(Purpose::Practice));
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
        self.stand.asked()
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
