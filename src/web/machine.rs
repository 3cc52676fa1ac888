//! The same answers for machines: JSON under `/api/v1/`, the health line and the metrics.

use super::{
    ask::{
        AgeRatioFields, CheckFields, CloseFields, ConsentFields, DrugsFields, OrderFields,
        PaperFields, SearchFields, SyncFields, VerifyFields,
    },
    body::{Body, Upload},
    error::WebError,
    form,
    reply::{Answered, Content},
    route::Api,
    site::Site,
};
use crate::{
    app::{Ask, ExchangeStatus, Question, Status, check_age_ratio, read_notebook},
    domain::{check::check, evidence::CardSeen, time::Stamp},
    health::{self, Numbers, Probe, metrics},
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
                Answered::json(&desk.search(&viewer, &query)?)
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
            Api::CheckValue => {
                let (kind, value) = read::<CheckFields>(body)?.settle()?;
                Answered::json(&check(kind, &value)?)
            }
            Api::AgeRatio => {
                let asked = read::<AgeRatioFields>(body)?;
                Answered::json(&check_age_ratio(&asked.birthdate, &asked.on)?)
            }
            Api::Notebook => Answered::json(&read_notebook(files(body)?)?),
            Api::Credential => Answered::json(&desk.read_paper(&read::<PaperFields>(body)?.text)?),
            Api::JournalWalk => Answered::json(&desk.verify_journal()?),
            Api::Doctor => Answered::json(&health::examine(&self.probe_now())),
            Api::Sync => {
                read::<SyncFields>(body)?;
                Answered::json(&self.sync()?)
            }
            Api::Health => Answered::json(&json!({ "ok": true })),
            Api::Metrics => {
                let status = desk.status();
                let probe = self.probe_lately(&status);
                let page = metrics(&numbers(&status, &probe, self.answers()));
                Ok(Answered::ok(Content::Metrics, page))
            }
        }
    }
}

fn read<T: DeserializeOwned>(body: &Body) -> Result<T, WebError> {
    match body {
        Body::Plain(bytes) => form::read_json(bytes),
        Body::Upload(_) | Body::Files(_) => Err(WebError::Json),
    }
}

/// A picture as a form's file or as the body itself.
fn picture(body: &Body) -> Result<Question, WebError> {
    let (bytes, card) = match body {
        Body::Upload(Upload { picture, card }) => (picture, *card),
        Body::Plain(bytes) => (bytes, CardSeen::NotSeen),
        Body::Files(_) => return Err(WebError::Rule(&messages::FORM_UNREADABLE)),
    };
    if bytes.is_empty() {
        return Err(WebError::Rule(&messages::PICTURE_MISSING));
    }
    Ok(Question { card, ..Question::first(Ask::Picture(bytes.clone())) })
}

/// A notebook's files, or the one file that is the body itself.
fn files(body: &Body) -> Result<Vec<Vec<u8>>, WebError> {
    match body {
        Body::Plain(bytes) => Ok(vec![bytes.clone()]),
        Body::Files(files) => Ok(files.clone()),
        Body::Upload(_) => Err(WebError::Rule(&messages::FORM_UNREADABLE)),
    }
}

fn last_sync(last: &ExchangeStatus) -> Option<(String, i64)> {
    last.reached_at.map(|at| (last.via.clone(), at.0))
}

/// Counts and ages from the same structs as the status page. What nobody knows is left out.
fn numbers(status: &Status, probe: &Probe, answers: [u64; 3]) -> Numbers {
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
        free_disk_bytes: probe.machine.free_disk_bytes,
        memory_available_bytes: probe.machine.memory_available_bytes,
        temperature_celsius: probe.machine.temperature_celsius,
        last_syncs: status.exchanges.iter().filter_map(last_sync).collect(),
        checks: health::doctor(probe),
    }
}
