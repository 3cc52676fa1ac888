//! Answers on their way out: one place for content types and for the headers every answer bears.

use crate::print::Printed;
use serde::Serialize;
use warp::{
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    reply::{Reply, Response},
};

use super::error::WebError;

/// Nothing from elsewhere, no script but ours, no frame around us.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                           form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Browsers show a PDF in a page of their own making, which has its styles inside.
const PDF_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// What an answer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Html,
    Json,
    Pdf,
    Css,
    Script,
    Svg,
    Metrics,
}

impl Content {
    fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
            Self::Css => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Metrics => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// How many characters of a printed page no font here has; the characters themselves are somebody's name.
const MISSING_GLYPHS: HeaderName = HeaderName::from_static("x-sonae-missing-glyphs");

/// One answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) content: Content,
    pub(super) body: Vec<u8>,
    /// Of a printed page.
    pub(super) missing_glyphs: Option<usize>,
}

impl Answered {
    pub(super) fn ok(content: Content, body: impl Into<Vec<u8>>) -> Self {
        Self { status: StatusCode::OK, content, body: body.into(), missing_glyphs: None }
    }

    pub(super) fn printed(printed: Printed) -> Self {
        let missing_glyphs = Some(printed.missing_glyphs.len());
        Self { missing_glyphs, ..Self::ok(Content::Pdf, printed.pdf) }
    }

    pub(super) fn html(page: &impl askama::Template) -> Result<Self, WebError> {
        Ok(Self::ok(Content::Html, page.render()?))
    }

    pub(super) fn json(value: &impl Serialize) -> Result<Self, WebError> {
        let body = serde_json::to_vec(value).map_err(|_| WebError::Lost)?;
        Ok(Self::ok(Content::Json, body))
    }

    pub(super) fn into_response(self) -> Response {
        let policy = if self.content == Content::Pdf { PDF_POLICY } else { PAGE_POLICY };
        let mut response = warp::http::Response::new(self.body).into_response();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content.content_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Not `no-referrer`: with that, browsers send `Origin: null` from our own forms (Fetch, "append a request
        // Origin header"), and ours could not be told from a foreign page's. Other sites get no referrer either way.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if let Some(count) = self.missing_glyphs {
            headers.insert(MISSING_GLYPHS, HeaderValue::from(count));
        }
        response
    }
}
