//! The hub over HTTP: the same names as on a stick. TLS is the reverse proxy's work in front of it.

use super::{Hub, HubError};
use crate::{
    limits::BATCH_BYTES_MAX,
    messages::{self, Kind, Message, Trouble},
};
use bytes::Bytes;
use futures_util::stream;
use std::{convert::Infallible, future::Future, sync::Arc};
use warp::{
    Filter, Rejection, Reply,
    http::{StatusCode, header},
    reply::Response,
};

/// Bytes handed to the connection at once, so that a slow box does not hold a second copy of a large file.
const PIECE_BYTES: usize = 64 << 10;

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
    let get = warp::path::full().and(warp::get()).and(hub).then(
        |path: warp::path::FullPath, hub: Arc<Hub>| async move {
            let name = path.as_str().trim_start_matches('/').to_owned();
            blocking(move || item(&hub, &name)).await
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
        Ok(Some(bytes)) => binary(bytes),
        Ok(None) => telling(&messages::HUB_NOTHING_HERE),
        Err(e) => told(&e),
    }
}

fn binary(bytes: Vec<u8>) -> Response {
    let length = bytes.len();
    let bytes = Bytes::from(bytes);
    let pieces = (0..length)
        .step_by(PIECE_BYTES)
        .map(move |at| Ok::<_, Infallible>(bytes.slice(at..length.min(at + PIECE_BYTES))));
    let mut response = warp::reply::stream(stream::iter(pieces)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(length));
    let octets = header::HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, octets);
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
