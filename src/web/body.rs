//! Bodies, read up to their ceiling. What is over it is read and dropped for a while, so that the browser gets the
//! answer instead of a cut line.

use super::{ask::card_seen, error::WebError};
use crate::{
    domain::evidence::CardSeen,
    limits::{
        DRAIN_BYTES_MAX, FORM_BYTES_MAX, NOTEBOOK_FILES_MAX, NOTEBOOK_UPLOAD_BYTES_MAX,
        UPLOAD_BYTES_MAX,
    },
    messages,
};
use bytes::Buf;
use futures_util::{Stream, StreamExt};
use std::pin::pin;
use warp::multipart::FormData;

/// A body as it came.
#[derive(Debug)]
pub(super) enum Body {
    /// A form, JSON or a picture as it is.
    Plain(Vec<u8>),
    /// A form with a file.
    Upload(Upload),
    /// A form with files alone.
    Files(Vec<Vec<u8>>),
}

/// What the upload form holds.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) picture: Vec<u8>,
    pub(super) card: CardSeen,
}

/// How much of a body is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceiling {
    /// Forms and small JSON.
    Form,
    /// A picture or PDF.
    Picture,
}

impl Ceiling {
    fn bytes_max(self) -> u64 {
        match self {
            Self::Form => FORM_BYTES_MAX,
            Self::Picture => UPLOAD_BYTES_MAX,
        }
    }

    fn refusal(self) -> WebError {
        match self {
            Self::Form => WebError::Rule(&messages::REQUEST_TOO_LARGE),
            Self::Picture => WebError::Rule(&messages::UPLOAD_TOO_LARGE),
        }
    }
}

fn cut<E>(_: E) -> WebError {
    WebError::Rule(&messages::REQUEST_CUT)
}

/// Reads a stream up to a ceiling; counts everything that came into `seen`, also what was dropped.
async fn read_up_to<B: Buf>(
    stream: impl Stream<Item = Result<B, warp::Error>>,
    ceiling: Ceiling,
    seen: &mut u64,
) -> Result<Vec<u8>, WebError> {
    let mut stream = pin!(stream);
    let mut kept = Vec::new();
    let mut came = 0_u64;
    while let Some(piece) = stream.next().await {
        let mut piece = piece.map_err(cut)?;
        let length = u64::try_from(piece.remaining()).unwrap_or(u64::MAX);
        (came, *seen) = (came.saturating_add(length), seen.saturating_add(length));
        if *seen > DRAIN_BYTES_MAX {
            return Err(ceiling.refusal());
        }
        if came > ceiling.bytes_max() {
            kept = Vec::new(); // given back at once
            continue;
        }
        while piece.has_remaining() {
            let chunk = piece.chunk();
            kept.extend_from_slice(chunk);
            piece.advance(chunk.len());
        }
    }
    if came > ceiling.bytes_max() { Err(ceiling.refusal()) } else { Ok(kept) }
}

/// A body without parts.
pub(super) async fn plain<B: Buf>(
    stream: impl Stream<Item = Result<B, warp::Error>>,
    ceiling: Ceiling,
) -> Result<Body, WebError> {
    Ok(Body::Plain(read_up_to(stream, ceiling, &mut 0).await?))
}

/// A form with a file. Reads to the end also when it refuses, for the same reason as above.
pub(super) async fn upload(mut form: FormData) -> Result<Body, WebError> {
    let (mut picture, mut card) = (None, None);
    let (mut seen, mut refusal) = (0, None);
    while let Some(part) = form.next().await {
        let part = part.map_err(cut)?;
        let name = part.name().to_owned();
        let outcome = match name.as_str() {
            "picture" if picture.is_none() => {
                read_up_to(part.stream(), Ceiling::Picture, &mut seen)
                    .await
                    .map(|bytes| picture = Some(bytes))
            }
            "card_seen" if card.is_none() => read_up_to(part.stream(), Ceiling::Form, &mut seen)
                .await
                .map(|bytes| card = Some(bytes)),
            _ => Err(WebError::Rule(&messages::FORM_UNREADABLE)),
        };
        if seen > DRAIN_BYTES_MAX {
            return Err(Ceiling::Picture.refusal());
        }
        refusal = refusal.or(outcome.err());
    }
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    let word = card
        .map(String::from_utf8)
        .transpose()
        .map_err(|_| WebError::Rule(&messages::FORM_UNREADABLE))?;
    let card = card_seen(word.as_deref().filter(|word| !word.is_empty()))?;
    let picture = picture
        .filter(|bytes| !bytes.is_empty())
        .ok_or(WebError::Rule(&messages::PICTURE_MISSING))?;
    Ok(Body::Upload(Upload { picture, card }))
}

/// A form with the files of one notebook, each part named `file`.
pub(super) async fn files(mut form: FormData) -> Result<Body, WebError> {
    let too_much = || WebError::Rule(&messages::NOTEBOOK_TOO_LARGE);
    let (mut files, mut seen, mut refusal) = (vec![], 0, None);
    while let Some(part) = form.next().await {
        let part = part.map_err(cut)?;
        let outcome = if part.name() != "file" {
            Err(WebError::Rule(&messages::FORM_UNREADABLE))
        } else if files.len() >= NOTEBOOK_FILES_MAX {
            Err(too_much())
        } else {
            read_up_to(part.stream(), Ceiling::Picture, &mut seen).await.and_then(|bytes| {
                files.push(bytes);
                if seen > NOTEBOOK_UPLOAD_BYTES_MAX { Err(too_much()) } else { Ok(()) }
            })
        };
        if seen > DRAIN_BYTES_MAX {
            return Err(too_much());
        }
        if let Err(e) = outcome {
            files = vec![]; // given back at once; the rest is read and dropped
            refusal = refusal.or(Some(e));
        }
    }
    refusal.map_or(Ok(Body::Files(files)), Err)
}
