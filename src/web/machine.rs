//! The same answers for machines: JSON under `/api/v1/`, the health line and the metrics.

use super::{
    ask::{CloseFields, ConsentFields, DrugsFields, OrderFields, SearchFields, VerifyFields},
    body::{Body, Upload},
    error::WebError,
    form,
    reply::{Answered, Content},
    route::Api,
    site::Site,
};
use crate::{
    app::{Ask, Question, Status},
    domain::{evidence::CardSeen, time::Stamp},
    health::{Numbers, metrics},
    messages,
};
use serde::de::DeserializeOwned;
use serde_json::json;

impl Site {
    pub(super) fn serve_machine(&self, api: Api, body: &Body) -> Result<Answered, WebError> {
        let desk = self.desk.as_ref();
        match api {
            Api::Verify => Answered::json(&self.verify(&read::<VerifyFields>(body)?.settle()?)?),
            Api::VerifyPicture => Answered::json(&self.verify(&picture(body)?)?),
            Api::Status => Answered::json(&desk.status()),
            Api::Disaster => Answered::json(&desk.disaster_status()),
            Api::Order => Answered::json(&desk.take_order(&read::<OrderFields>(body)?.text)?),
            Api::Close => Answered::json(&desk.close_disaster(read::<CloseFields>(body)?.by()?)?),
            Api::Search => {
                let (viewer, query) = read::<SearchFields>(body)?.settle()?;
                Answered::json(&json!({ "candidates": desk.search(&viewer, &query)? }))
            }
            Api::Consent => {
                let asked = read::<ConsentFields>(body)?.settle()?;
                Answered::json(&desk.consent(
                    &asked.viewer,
                    &asked.handle,
                    &asked.fact,
                    asked.kind,
                )?)
            }
            Api::Drugs => {
                let (viewer, handle) = read::<DrugsFields>(body)?.settle()?;
                Answered::json(&desk.drugs(&viewer, &handle)?)
            }
            Api::Health => Answered::json(&json!({ "ok": true })),
            Api::Metrics => Ok(Answered::ok(
                Content::Metrics,
                metrics(&numbers(&desk.status(), self.answers())),
            )),
        }
    }
}

fn read<T: DeserializeOwned>(body: &Body) -> Result<T, WebError> {
    match body {
        Body::Plain(bytes) => form::read_json(bytes),
        Body::Upload(_) => Err(WebError::Json),
    }
}

/// A picture as a form's file or as the body itself.
fn picture(body: &Body) -> Result<Question, WebError> {
    let (bytes, card) = match body {
        Body::Upload(Upload { picture, card }) => (picture, *card),
        Body::Plain(bytes) => (bytes, CardSeen::NotSeen),
    };
    if bytes.is_empty() {
        return Err(WebError::Rule(&messages::PICTURE_MISSING));
    }
    Ok(Question { ask: Ask::Picture(bytes.clone()), card, on: None })
}

/// Counts and ages from the same struct as the status page. What the pages do not know is left out.
fn numbers(status: &Status, answers: [u64; 3]) -> Numbers {
    let seconds_since = |stamp: Stamp| status.now.0.saturating_sub(stamp.0);
    let oldest = status.outbox_oldest.map_or(0, seconds_since);
    Numbers {
        version: env!("CARGO_PKG_VERSION"),
        answers,
        journal_entries: status.journal_entries,
        outbox_entries: u64::try_from(status.outbox_waiting).unwrap_or(u64::MAX),
        outbox_oldest_seconds: u64::try_from(oldest).unwrap_or(0),
        snapshot_version: status.snapshot.as_ref().map(|held| held.source.version),
        snapshot_age_seconds: status.snapshot.as_ref().map(|held| seconds_since(held.source.as_of)),
        ..Numbers::default()
    }
}
