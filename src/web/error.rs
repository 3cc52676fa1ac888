//! What a request may end in, and its HTTP status.

use crate::{
    app::AppError,
    domain::check::CheckError,
    messages::{self, Kind, Message, Trouble},
};
use warp::http::StatusCode;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// A `Host` that is not this listener's loopback address: DNS rebinding, or a wrong address.
    #[error("foreign host")]
    ForeignHost,
    /// Sent by a page of another site.
    #[error("foreign origin")]
    ForeignOrigin,
    /// No such page.
    #[error("no such page")]
    NoSuchPage,
    /// The page exists, but not for this method.
    #[error("wrong method")]
    WrongMethod,
    /// A rule of this room; the catalogue says which.
    #[error("{}", .0.code)]
    Rule(&'static Message),
    /// The JSON cannot be read. The parser's own words may hold what was sent, so they are dropped.
    #[error("unreadable JSON")]
    Json,
    /// A number or date cannot be read.
    #[error("check")]
    Check(#[from] CheckError),
    /// The appliance refused or failed.
    #[error("appliance")]
    App(#[from] AppError),
    /// The template engine failed.
    #[error("page")]
    Page(#[from] askama::Error),
    /// The thread that worked on it is gone.
    #[error("work lost")]
    Lost,
    /// The listener.
    #[error("listener")]
    Listener(#[source] std::io::Error),
}

impl Trouble for WebError {
    fn message(&self) -> &'static Message {
        match self {
            Self::ForeignHost => &messages::FOREIGN_HOST,
            Self::ForeignOrigin => &messages::FOREIGN_ORIGIN,
            Self::NoSuchPage => &messages::NO_SUCH_PAGE,
            Self::WrongMethod => &messages::WRONG_METHOD,
            Self::Rule(message) => message,
            Self::Json => &messages::JSON_UNREADABLE,
            Self::Check(e) => e.message(),
            Self::App(e) => e.message(),
            Self::Page(_) | Self::Lost => &messages::PAGE_FAILED,
            Self::Listener(_) => &messages::LISTENER_FAILED,
        }
    }
}

impl WebError {
    /// The status. Two are HTTP's own affair and no kind of the catalogue's.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            other => status_of(other.message().kind),
        }
    }
}

/// The one place where a kind becomes a status; a new kind must find its answer here before it compiles.
pub(super) fn status_of(kind: Kind) -> StatusCode {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_catalogue_ends_in_an_error_status() {
        for message in messages::all() {
            assert!(status_of(message.kind).as_u16() >= 400, "{}", message.code);
        }
    }
}
