//! Which path means what. One table instead of a tower of filters: each path has one method and one meaning.

use super::{body::Ceiling, error::WebError};
use warp::http::Method;

/// Everything that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Counter,
    Check,
    CheckPicture,
    Slip(u64),
    Statement,
    KeptStatement(u64),
    DestroyStatement,
    Disaster,
    Order,
    Close,
    Search,
    Consent,
    Sheet,
    Status,
    Sync,
    Asset(Asset),
    Api(Api),
}

/// What machines ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    Verify,
    VerifyPicture,
    Status,
    Disaster,
    Order,
    Close,
    Search,
    Consent,
    Drugs,
    CheckValue,
    AgeRatio,
    Notebook,
    Credential,
    JournalWalk,
    Doctor,
    Sync,
    Health,
    Metrics,
}

/// What is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asset {
    Style,
    Script,
    Sign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
}

impl Route {
    /// The meaning of a request line.
    pub(super) fn find(method: &Method, path: &str) -> Result<Self, WebError> {
        let (verb, route) = by_path(path).ok_or(WebError::NoSuchPage)?;
        let fits = match verb {
            Verb::Get => method == Method::GET || method == Method::HEAD,
            Verb::Post => method == Method::POST,
        };
        if fits { Ok(route) } else { Err(WebError::WrongMethod) }
    }

    pub(super) fn ceiling(self) -> Ceiling {
        match self {
            Self::CheckPicture | Self::Api(Api::VerifyPicture | Api::Notebook) => Ceiling::Picture,
            _ => Ceiling::Form,
        }
    }
}

fn by_path(path: &str) -> Option<(Verb, Route)> {
    use Verb::{Get, Post};
    Some(match path {
        "/" => (Get, Route::Counter),
        "/check" => (Post, Route::Check),
        "/check/picture" => (Post, Route::CheckPicture),
        "/statement" => (Post, Route::Statement),
        "/statements/destroy" => (Post, Route::DestroyStatement),
        "/disaster" => (Get, Route::Disaster),
        "/disaster/order" => (Post, Route::Order),
        "/disaster/close" => (Post, Route::Close),
        "/disaster/search" => (Post, Route::Search),
        "/disaster/consent" => (Post, Route::Consent),
        "/disaster/sheet" => (Post, Route::Sheet),
        "/status" => (Get, Route::Status),
        "/sync" => (Post, Route::Sync),
        "/assets/sonae.css" => (Get, Route::Asset(Asset::Style)),
        "/assets/counter.js" => (Get, Route::Asset(Asset::Script)),
        "/assets/sonae.svg" | "/favicon.ico" => (Get, Route::Asset(Asset::Sign)),
        "/healthz" => (Get, Route::Api(Api::Health)),
        "/metrics" => (Get, Route::Api(Api::Metrics)),
        "/api/v1/verify" => (Post, Route::Api(Api::Verify)),
        "/api/v1/verify/picture" => (Post, Route::Api(Api::VerifyPicture)),
        "/api/v1/check" => (Post, Route::Api(Api::CheckValue)), // a value in the path or query would be a person in a URL
        "/api/v1/check/age-ratio" => (Post, Route::Api(Api::AgeRatio)),
        "/api/v1/notebook/read" => (Post, Route::Api(Api::Notebook)),
        "/api/v1/credential/read" => (Post, Route::Api(Api::Credential)),
        "/api/v1/journal/verify" => (Get, Route::Api(Api::JournalWalk)),
        "/api/v1/doctor" => (Get, Route::Api(Api::Doctor)),
        "/api/v1/sync" => (Post, Route::Api(Api::Sync)),
        "/api/v1/status" => (Get, Route::Api(Api::Status)),
        "/api/v1/disaster" => (Get, Route::Api(Api::Disaster)),
        "/api/v1/disaster/order" => (Post, Route::Api(Api::Order)),
        "/api/v1/disaster/close" => (Post, Route::Api(Api::Close)),
        "/api/v1/disaster/search" => (Post, Route::Api(Api::Search)),
        "/api/v1/disaster/consent" => (Post, Route::Api(Api::Consent)),
        "/api/v1/disaster/drugs" => (Post, Route::Api(Api::Drugs)),
        other => {
            let slip = numbered(other, "/slips/").map(Route::Slip);
            (Get, slip.or(numbered(other, "/statements/").map(Route::KeptStatement))?)
        }
    })
}

/// `/slips/812.pdf`: a journal entry's number, nothing personal.
fn numbered(path: &str, folder: &str) -> Option<u64> {
    let number = path.strip_prefix(folder)?.strip_suffix(".pdf")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

/// Whether a refusal is answered as JSON.
pub(super) fn for_machines(path: &str) -> bool {
    path.starts_with("/api/") || path == "/healthz" || path == "/metrics"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_path_under_another_method_is_told_apart_from_an_unknown_one() {
        assert_eq!(Route::find(&Method::HEAD, "/").ok(), Some(Route::Counter));
        assert_eq!(Route::find(&Method::GET, "/slips/812.pdf").ok(), Some(Route::Slip(812)));
        assert!(matches!(Route::find(&Method::GET, "/check"), Err(WebError::WrongMethod)));
        for path in [
            "/slips/+1.pdf",
            "/slips/.pdf",
            "/slips/99999999999999999999.pdf",
            "/disaster/",
            "//",
            "",
        ] {
            assert!(matches!(Route::find(&Method::GET, path), Err(WebError::NoSuchPage)), "{path}");
        }
    }
}
