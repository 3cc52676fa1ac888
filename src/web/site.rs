//! From a request understood to an answer for people: asks the appliance, fills the page.

use super::{
    ask::{CloseFields, ConsentFields, OrderFields, SearchFields, SheetFields, VerifyFields},
    body::{Body, Upload},
    desk::Desk,
    error::WebError,
    form,
    lately::Lately,
    pages::{
        AnswerPage, AskedBy, CandidatesPage, CounterPage, DisasterPage, DrugsPage, Frame, Premises,
        ProblemPage, Side, StatusPage, SyncOffer,
    },
    reply::{Answered, Content},
    route::{Asset, Route, for_machines},
    statement::{DestroyFields, StatementFields},
};
use crate::{
    app::{Ask, Checked, DisasterState, DisasterStatus, Found, Question, Settled, Status},
    domain::{answer::Verdict, evidence::CardSeen},
    health::{self, Probe},
    messages::{self, Message, Trouble},
};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use warp::http::StatusCode;

/// The pages of one appliance.
pub(super) struct Site {
    pub(super) desk: Arc<dyn Desk>,
    premises: Premises,
    /// Answers since the start, for the metrics: eligible, not eligible, cannot tell.
    answers: [AtomicU64; 3],
    examined: Lately,
}

impl Site {
    pub(super) fn new(desk: Arc<dyn Desk>, premises: Premises) -> Self {
        Self { desk, premises, answers: Default::default(), examined: Lately::default() }
    }

    pub(super) fn verify(&self, question: &Question) -> Result<Checked, WebError> {
        let checked = self.desk.verify(question)?;
        let [eligible, not_eligible, cannot_tell] = &self.answers;
        let counter = match checked.answer.verdict {
            Verdict::Eligible => eligible,
            Verdict::NotEligible => not_eligible,
            Verdict::CannotTell => cannot_tell,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(checked)
    }

    pub(super) fn answers(&self) -> [u64; 3] {
        self.answers.each_ref().map(|counter| counter.load(Ordering::Relaxed))
    }

    /// Answers one request. Writes to the disk; never call it on an async thread.
    pub(super) fn answer(&self, path: &str, asked: Result<(Route, Body), WebError>) -> Answered {
        let outcome = asked.and_then(|(route, body)| self.serve(route, &body));
        outcome.unwrap_or_else(|trouble| self.problem(path, &trouble))
    }

    fn serve(&self, route: Route, body: &Body) -> Result<Answered, WebError> {
        match route {
            Route::Counter => Answered::html(&CounterPage { frame: self.frame() }),
            Route::Check => self.check(&read(body)?),
            Route::CheckPicture => self.check_picture(body),
            Route::Slip(entry) => Ok(Answered::printed(self.desk.answer_slip(entry)?)),
            Route::KeptStatement(number) => {
                Ok(Answered::printed(self.desk.statement_form(number)?))
            }
            Route::Statement => {
                let (statement, visit) = read::<StatementFields>(body)?.settle()?;
                Ok(Answered::printed(self.desk.take_statement(&statement, visit)?.form))
            }
            Route::Disaster => self.disaster(self.desk.disaster_status()),
            Route::Order => self.disaster(self.desk.take_order(&read::<OrderFields>(body)?.text)?),
            Route::Close => {
                self.disaster(self.desk.close_disaster(read::<CloseFields>(body)?.by()?)?)
            }
            Route::Search => self.search(&read(body)?),
            Route::Consent => self.consent(&read(body)?),
            Route::Sheet => {
                let handle = read::<SheetFields>(body)?.handle;
                Ok(Answered::printed(self.desk.drug_sheet(&handle)?))
            }
            Route::DestroyStatement => {
                let fields = read::<DestroyFields>(body)?;
                self.desk.destroy_statement(fields.number()?, fields.by())?;
                self.status_page(self.sync_offer())
            }
            Route::Status => self.status_page(self.sync_offer()),
            Route::Sync => {
                let Premises { hub, stick, .. } = &self.premises;
                self.desk.ask_exchange(hub.as_ref(), stick.as_deref())?;
                self.status_page(SyncOffer::Asked)
            }
            Route::Asset(asset) => Ok(compiled_in(asset)),
            Route::Api(api) => self.serve_machine(api, body),
        }
    }

    fn sync_offer(&self) -> SyncOffer {
        let nobody = self.premises.hub.is_none() && self.premises.stick.is_none();
        if nobody { SyncOffer::Nobody } else { SyncOffer::Possible }
    }

    fn status_page(&self, sync: SyncOffer) -> Result<Answered, WebError> {
        let status = self.desk.status();
        let statements = self.desk.kept_statements()?;
        let examined = health::examine(&self.probe_lately(&status));
        Answered::html(&StatusPage { frame: self.frame(), status, statements, examined, sync })
    }

    /// The one hub there is, and the one stick: nothing in a request can name another. Where there are both the answer is
    /// the hub's, and the stick's turn comes after it, in the background.
    pub(super) fn sync(&self) -> Result<Settled, WebError> {
        match (&self.premises.hub, &self.premises.stick) {
            (Some(hub), stick) => {
                let told = self.desk.sync(hub);
                if stick.is_some() {
                    self.desk.ask_exchange(None, stick.as_deref()).ok(); // no stick is normal life
                }
                Ok(told?)
            }
            (None, Some(stick)) => Ok(self.desk.sync_stick(stick)?),
            (None, None) => Err(WebError::Rule(&messages::NO_LINK)),
        }
    }

    /// The doctor's facts, found now.
    pub(super) fn probe_now(&self) -> Probe {
        let probe = self.desk.probe(&self.premises.profile);
        self.examined.keep(&self.desk.status(), probe);
        probe
    }

    /// The doctor's facts, found lately: a page or a scrape must not cost a walk through the whole journal.
    pub(super) fn probe_lately(&self, status: &Status) -> Probe {
        self.examined.get(status).unwrap_or_else(|| self.probe_now())
    }

    fn frame(&self) -> Frame {
        self.frame_with(self.desk.disaster_status())
    }

    fn frame_with(&self, disaster: DisasterStatus) -> Frame {
        Frame { purpose: self.premises.purpose, disaster }
    }

    fn check(&self, fields: &VerifyFields) -> Result<Answered, WebError> {
        match fields.settle().and_then(|question| self.verify(&question)) {
            Ok(checked) => self.answered(checked, fields.again(), None),
            // A reply that cannot be read costs nothing of what was told before: the question is put once more.
            Err(trouble) => {
                let Some(before) = fields.without_reply() else { return Err(trouble) };
                let checked = self.verify(&before.settle()?)?;
                self.answered(checked, before.again(), Some(trouble.message()))
            }
        }
    }

    fn answered(
        &self,
        checked: Checked,
        fields: Vec<(&'static str, String)>,
        refused: Option<&'static Message>,
    ) -> Result<Answered, WebError> {
        let frame = self.frame();
        Answered::html(&AnswerPage { frame, checked, asked: AskedBy::Fields(fields), refused })
    }

    fn check_picture(&self, body: &Body) -> Result<Answered, WebError> {
        let Body::Upload(Upload { picture, card }) = body else {
            return Err(WebError::Rule(&messages::FORM_UNREADABLE));
        };
        let question = Question { card: *card, ..Question::first(Ask::Picture(picture.clone())) };
        let checked = self.verify(&question)?;
        // The code was read: from here on it is asked by it, and nobody takes the photo again.
        if let Some(code) = checked.code.clone() {
            let seen = (*card == CardSeen::Seen).then(|| ("card_seen", "seen".to_owned()));
            let fields = std::iter::once(("text", code)).chain(seen).collect();
            return self.answered(checked, fields, None);
        }
        let frame = self.frame();
        let asked = AskedBy::Picture;
        Answered::html(&AnswerPage { frame, checked, asked, refused: None })
    }

    fn disaster(&self, status: DisasterStatus) -> Result<Answered, WebError> {
        Answered::html(&DisasterPage { frame: self.frame_with(status) })
    }

    fn search(&self, fields: &SearchFields) -> Result<Answered, WebError> {
        let (viewer, query) = fields.settle()?;
        let Found { candidates, unreadable } = self.desk.search(&viewer, &query)?;
        Answered::html(&CandidatesPage { frame: self.frame(), viewer, candidates, unreadable })
    }

    /// One form for people: the consent is recorded first, then the record is read.
    fn consent(&self, fields: &ConsentFields) -> Result<Answered, WebError> {
        let asked = fields.settle()?;
        self.desk.consent(&asked.viewer, &asked.handle, &asked.fact, asked.kind)?;
        let view = self.desk.drugs(&asked.viewer, &asked.handle)?;
        Answered::html(&DrugsPage { frame: self.frame(), handle: asked.handle, view })
    }

    /// A refusal in the reader's own form. Nothing that was sent is repeated, neither here nor in the log.
    fn problem(&self, path: &str, trouble: &WebError) -> Answered {
        let status = trouble.status();
        tracing::info!(code = trouble.message().code, status = status.as_u16(), "request refused");
        if for_machines(path) {
            return problem_json(trouble);
        }
        let stranger = matches!(trouble, WebError::ForeignHost | WebError::ForeignOrigin);
        // A stranger is not told whether disaster mode is open.
        let nothing = DisasterStatus { state: DisasterState::Closed, order: None };
        let frame = if stranger { self.frame_with(nothing) } else { self.frame() };
        let side = if path.starts_with("/disaster") { Side::Disaster } else { Side::Counter };
        match Answered::html(&ProblemPage { frame, side, message: trouble.message() }) {
            Ok(page) => Answered { status, ..page },
            Err(_) => problem_json(trouble),
        }
    }
}

/// A refusal for machines, and the last resort for people.
pub(super) fn problem_json(trouble: &WebError) -> Answered {
    let message = trouble.message();
    let mut error = json!({
        "error": {
            "code": message.code,
            "message": message.ja,
            "message_en": message.en,
            "advice": message.next_ja,
            "advice_en": message.next_en,
        }
    });
    if let WebError::App(app) = trouble
        && let Some(finding) = app.finding()
        && let Some(document) = error.as_object_mut()
    {
        document.insert("finding".into(), json!(finding));
    }
    Answered {
        status: trouble.status(),
        content: Content::Json,
        body: error.to_string().into_bytes(),
        missing_glyphs: None,
    }
}

/// What went wrong where not even the appliance could be asked.
pub(super) fn lost() -> Answered {
    let trouble = WebError::Lost;
    Answered { status: StatusCode::INTERNAL_SERVER_ERROR, ..problem_json(&trouble) }
}

fn read<T: DeserializeOwned>(body: &Body) -> Result<T, WebError> {
    match body {
        Body::Plain(bytes) => form::read(bytes),
        Body::Upload(_) | Body::Files(_) => Err(WebError::Rule(&messages::FORM_UNREADABLE)),
    }
}

fn compiled_in(asset: Asset) -> Answered {
    match asset {
        Asset::Style => Answered::ok(Content::Css, include_str!("../../assets/web/sonae.css")),
        Asset::Script => Answered::ok(Content::Script, include_str!("../../assets/web/counter.js")),
        Asset::Sign => Answered::ok(Content::Svg, include_str!("../../assets/web/sonae.svg")),
    }
}
