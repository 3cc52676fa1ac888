//! The hub over HTTP: the same names as on a stick. TLS is the reverse proxy's work in front of it.

use super::{
    Hub, HubError,
    publish::{Part, next_piece},
};
use crate::{
    limits::BATCH_BYTES_MAX,
    messages::{self, Kind, Message, Trouble},
};
use bytes::Bytes;
use futures_util::stream;
use std::{
    convert::Infallible,
    future::Future,
    io::{self, Read},
    sync::Arc,
};
use warp::{
    Filter, Rejection, Reply,
    http::{StatusCode, header},
    reply::Response,
};

/// Pieces read ahead of a slow connection.
const PIECES_AHEAD: usize = 2;

/// Serves until `shutdown`; requests under way are finished. Bind the listener before: port 0 works.
pub async fn serve(
    hub: Arc<Hub>,
    listener: tokio::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    warp::serve(routes(hub)).incoming(listener).graceful(shutdown).run().await;
}

fn routes(hub: Arc<Hub>) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone {
    let hub = warp::any().map(move || Arc::clone(&hub));
    let health = warp::path!("healthz").and(warp::get()).map(|| "ok\n".into_response());
    let put = warp::path!("inbox" / String / String)
        .and(warp::put())
        .and(warp::body::content_length_limit(BATCH_BYTES_MAX))
        .and(warp::body::bytes())
        .and(hub.clone())
        .then(|box_hex: String, file: String, body: Bytes, hub: Arc<Hub>| async move {
            blocking(move || receipt(&hub, &box_hex, &file, &body)).await
        });
    let range = warp::header::optional::<String>("range");
    let get = warp::path::full().and(warp::get()).and(range).and(hub).then(
        |path: warp::path::FullPath, range: Option<String>, hub: Arc<Hub>| async move {
            let name = path.as_str().trim_start_matches('/').to_owned();
            let offset = range.as_deref().and_then(offset_of);
            blocking(move || match offset {
                Some(offset_bytes) => rest(&hub, &name, offset_bytes),
                None => item(&hub, &name),
            })
            .await
        },
    );
    health.or(put).unify().or(get).unify().recover(refused).unify()
}

/// The disk and the keys block; the connections must not wait for them.
async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| telling(&messages::HUB_BUSY))
}

fn receipt(hub: &Hub, box_hex: &str, file: &str, body: &[u8]) -> Response {
    let Some(digest_hex) = file.strip_suffix(".batch") else {
        return telling(&messages::HUB_NOTHING_HERE);
    };
    match hub.take_in_named(box_hex, digest_hex, body) {
        Ok(bytes) => binary(bytes),
        Err(e) => told(&e),
    }
}

fn item(hub: &Hub, name: &str) -> Response {
    match hub.offered(name) {
        Ok(Some(reader)) => flowing(reader),
        Ok(None) => telling(&messages::HUB_NOTHING_HERE),
        Err(e) => told(&e),
    }
}

/// "From this byte on" is the only range a box asks for. Any other is answered with the whole, as the standard allows.
fn offset_of(range: &str) -> Option<u64> {
    let digits = range.strip_prefix("bytes=")?.strip_suffix('-')?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn rest(hub: &Hub, name: &str, offset_bytes: u64) -> Response {
    let Part { reader, whole_bytes } = match hub.offered_from(name, offset_bytes) {
        Ok(Some(part)) => part,
        Ok(None) => return item(hub, name),
        Err(e) => return told(&e),
    };
    let (mut response, range) = match whole_bytes.checked_sub(1) {
        Some(last) if offset_bytes <= last => {
            let mut part = flowing(reader);
            *part.status_mut() = StatusCode::PARTIAL_CONTENT;
            (part, format!("bytes {offset_bytes}-{last}/{whole_bytes}"))
        }
        _ => {
            let mut nothing = binary(vec![]);
            *nothing.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            (nothing, format!("bytes */{whole_bytes}"))
        }
    };
    if let Ok(range) = header::HeaderValue::try_from(range) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

fn binary(bytes: Vec<u8>) -> Response {
    octets(warp::reply::Response::new(bytes.into()))
}

/// A file of any size, read as fast as the box takes it. A read error breaks the connection off, so that the box does
/// not take a part for the whole.
fn flowing(mut reader: Box<dyn Read + Send>) -> Response {
    let (pieces, mut taken) = tokio::sync::mpsc::channel::<io::Result<Vec<u8>>>(PIECES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut failed = None;
        while let Some(piece) = next_piece(&mut *reader, &mut failed) {
            if pieces.blocking_send(Ok(piece)).is_err() {
                return; // the box hung up
            }
        }
        if let Some(e) = failed {
            let _ = pieces.blocking_send(Err(e));
        }
    });
    let body = stream::poll_fn(move |waker| taken.poll_recv(waker));
    octets(warp::reply::stream(body).into_response())
}

fn octets(mut response: Response) -> Response {
    let octets = header::HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, octets);
    response
}

fn told(error: &HubError) -> Response {
    let message = error.message();
    tracing::warn!(code = message.code, %error, "request refused");
    telling(message)
}

fn telling(message: &Message) -> Response {
    let body = serde_json::json!({ "error": {
        "code": message.code,
        "message": { "ja": message.ja, "en": message.en },
        "advice": { "ja": message.next_ja, "en": message.next_en },
    }});
    warp::reply::with_status(warp::reply::json(&body), status(message.kind)).into_response()
}

fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::BadInput => StatusCode::BAD_REQUEST,
        Kind::Refused => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Locked => StatusCode::LOCKED,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn refused(rejection: Rejection) -> Result<Response, Infallible> {
    let too_large = rejection.find::<warp::reject::PayloadTooLarge>().is_some();
    let message =
        if too_large { &messages::HUB_BODY_TOO_LARGE } else { &messages::HUB_NOTHING_HERE };
    Ok(telling(message))
}
