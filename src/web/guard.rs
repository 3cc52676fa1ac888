//! Who may ask: only pages of this listener itself, by its own loopback address.

use super::error::WebError;
use std::net::SocketAddr;
use warp::http::{
    HeaderMap,
    header::{HOST, HeaderName, ORIGIN},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The addresses by which this listener may be called.
#[derive(Clone, Debug)]
pub(super) struct Doors {
    hosts: Vec<String>,
}

impl Doors {
    pub(super) fn of(here: SocketAddr) -> Self {
        let port = here.port();
        let mut hosts: Vec<String> = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .map(|name| format!("{name}:{port}"))
            .collect();
        if port == 80 {
            // Browsers leave out the default port.
            hosts.extend(["127.0.0.1", "localhost", "[::1]"].map(String::from));
        }
        Self { hosts }
    }

    /// Refuses another name for this address (DNS rebinding) and what another site's page sends.
    pub(super) fn admit(&self, headers: &HeaderMap) -> Result<(), WebError> {
        let host = single(headers, &HOST)?.ok_or(WebError::ForeignHost)?;
        let host = self
            .hosts
            .iter()
            .find(|own| own.eq_ignore_ascii_case(host))
            .ok_or(WebError::ForeignHost)?;
        if let Some(origin) = single(headers, &ORIGIN).map_err(|_| WebError::ForeignOrigin)? {
            let own =
                origin.strip_prefix("http://").is_some_and(|from| from.eq_ignore_ascii_case(host));
            if !own {
                return Err(WebError::ForeignOrigin);
            }
        }
        match single(headers, &SEC_FETCH_SITE).map_err(|_| WebError::ForeignOrigin)? {
            // `none`: typed by hand or a bookmark. `same-site` is another port of this machine, hence another program.
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) => Err(WebError::ForeignOrigin),
        }
    }
}

/// The header's one value; twice the same header is somebody's trick.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, WebError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| WebError::ForeignHost),
        (Some(_), Some(_)) => Err(WebError::ForeignHost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warp::http::HeaderValue;

    fn asked(pairs: &[(&'static str, &'static str)]) -> Result<(), WebError> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        Doors::of(([127, 0, 0, 1], 8470).into()).admit(&headers)
    }

    #[test]
    fn every_loopback_name_of_the_listener_is_answered() {
        for host in ["127.0.0.1:8470", "localhost:8470", "LOCALHOST:8470", "[::1]:8470"] {
            assert!(asked(&[("host", host)]).is_ok(), "{host}");
        }
    }

    #[test]
    fn another_name_port_or_none_at_all_is_misdirected() {
        for host in
            ["clinic.example:8470", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8470", ""]
        {
            assert!(matches!(asked(&[("host", host)]), Err(WebError::ForeignHost)), "{host}");
        }
        assert!(matches!(asked(&[]), Err(WebError::ForeignHost)));
        let twice = [("host", "127.0.0.1:8470"), ("host", "127.0.0.1:8470")];
        assert!(matches!(asked(&twice), Err(WebError::ForeignHost)));
    }

    #[test]
    fn only_the_page_itself_may_send() {
        let here = ("host", "127.0.0.1:8470");
        for own in [
            ("origin", "http://127.0.0.1:8470"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
        ] {
            assert!(asked(&[here, own]).is_ok(), "{own:?}");
        }
        for foreign in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "https://127.0.0.1:8470"),
            ("origin", "http://127.0.0.1:9999"),
            ("origin", "http://localhost:8470"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(matches!(asked(&[here, foreign]), Err(WebError::ForeignOrigin)), "{foreign:?}");
        }
    }
}
