//! warp: routes, pages, JSON, status codes.
//!
//! One page, one struct, two readers: HTML for the person at the counter, JSON for machines. Only this listener's own
//! pages may ask, by its own loopback address; nothing personal is ever in a URL.

mod ask;
mod body;
mod desk;
mod error;
mod form;
mod guard;
mod html;
mod lately;
mod machine;
mod pages;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod probe;
mod reply;
mod route;
mod site;
mod statement;
mod told;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use desk::Desk;
pub use error::WebError;
pub use pages::{Premises, Purpose};

use crate::limits::{BODY_SECONDS_MAX, PICTURES_AT_ONCE, STOP_SECONDS_MAX};
use body::{Body, Ceiling};
use bytes::Buf;
use futures_util::Stream;
use guard::Doors;
use route::{Api, Route};
use site::Site;
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use warp::{
    Filter,
    filters::{BoxedFilter, multipart::FormData, path::FullPath},
    http::{HeaderMap, Method},
    reply::Response,
};

/// Serves the pages until `shutdown`, then gives open connections a moment to end.
pub async fn serve<D: Desk>(
    appliance: Arc<D>,
    listener: TcpListener,
    premises: Premises,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    let here = listener.local_addr().map_err(WebError::Listener)?;
    let (told, heard) = tokio::sync::oneshot::channel();
    let signal = async move {
        shutdown.await;
        let _ = told.send(()); // nobody listens any more if the server has already ended
    };
    let server =
        warp::serve(routes(appliance, here, premises)).incoming(listener).graceful(signal).run();
    let patience = async {
        let _ = heard.await;
        tokio::time::sleep(Duration::from_secs(STOP_SECONDS_MAX)).await;
    };
    tokio::select! {
        () = server => {}
        () = patience => {} // a browser that holds its line must not hold the box
    }
    Ok(())
}

/// All routes of an appliance that listens `here`. Two filters only: uploads, and everything else by one table.
pub fn routes<D: Desk>(
    appliance: Arc<D>,
    here: SocketAddr,
    premises: Premises,
) -> BoxedFilter<(Response,)> {
    let door = Arc::new(Door {
        doors: Doors::of(here),
        site: Arc::new(Site::new(appliance, premises)),
        pictures: Semaphore::new(PICTURES_AT_ONCE),
    });
    let (uploads, others) = (door.clone(), door);
    let upload_path = warp::path!("check" / "picture")
        .or(warp::path!("api" / "v1" / "verify" / "picture"))
        .unify()
        .or(warp::path!("api" / "v1" / "notebook" / "read"))
        .unify();
    let upload = warp::post()
        .and(upload_path)
        .and(head())
        .and(warp::multipart::form().max_length(None)) // counted in `body`, where chunked uploads are counted too
        .then(move |method, path, headers, form| {
            let door = uploads.clone();
            async move { door.upload(method, path, headers, form).await }
        });
    let other = head().and(warp::body::stream()).then(move |method, path, headers, stream| {
        let door = others.clone();
        async move { door.other(method, path, headers, stream).await }
    });
    upload.or(other).unify().boxed()
}

fn head()
-> impl Filter<Extract = (Method, FullPath, HeaderMap), Error = std::convert::Infallible> + Clone {
    warp::method().and(warp::path::full()).and(warp::header::headers_cloned())
}

/// Lets in who may ask, reads the body, and hands both to a thread that may wait for the disk.
struct Door {
    doors: Doors,
    site: Arc<Site>,
    pictures: Semaphore,
}

impl Door {
    fn admit(
        &self,
        method: &Method,
        path: &FullPath,
        headers: &HeaderMap,
    ) -> Result<Route, WebError> {
        self.doors.admit(headers)?;
        Route::find(method, path.as_str())
    }

    async fn upload(
        &self,
        method: Method,
        path: FullPath,
        headers: HeaderMap,
        form: FormData,
    ) -> Response {
        let asked = match self.admit(&method, &path, &headers) {
            Ok(route @ Route::Api(Api::Notebook)) => {
                in_time(body::files(form)).await.map(|body| (route, body))
            }
            Ok(route) => in_time(body::upload(form)).await.map(|body| (route, body)),
            Err(refusal) => Err(refusal),
        };
        self.answer(path, asked).await
    }

    async fn other<B: Buf>(
        &self,
        method: Method,
        path: FullPath,
        headers: HeaderMap,
        stream: impl Stream<Item = Result<B, warp::Error>>,
    ) -> Response {
        let asked = match self.admit(&method, &path, &headers) {
            Ok(route) => {
                in_time(body::plain(stream, route.ceiling())).await.map(|body| (route, body))
            }
            Err(refusal) => Err(refusal),
        };
        self.answer(path, asked).await
    }

    async fn answer(&self, path: FullPath, asked: Result<(Route, Body), WebError>) -> Response {
        let picture = matches!(&asked, Ok((route, _)) if route.ceiling() == Ceiling::Picture);
        // A closed semaphore would be the only error; it is never closed.
        let _turn = if picture { self.pictures.acquire().await.ok() } else { None };
        let site = self.site.clone();
        let work = tokio::task::spawn_blocking(move || site.answer(path.as_str(), asked));
        work.await.unwrap_or_else(|_| site::lost()).into_response()
    }
}

async fn in_time(body: impl Future<Output = Result<Body, WebError>>) -> Result<Body, WebError> {
    let patience = Duration::from_secs(BODY_SECONDS_MAX);
    timeout(patience, body).await.unwrap_or(Err(WebError::Rule(&crate::messages::REQUEST_CUT)))
}
