//! The hub over HTTPS. It may hang, lie or die: every wait ends, every body is capped, no redirect is followed.

use super::{Link, LinkError, link::passed_over, names};
use crate::limits::{
    LINK_CONNECT_SECONDS, LINK_ITEM_SECONDS, LINK_RELEASE_SECONDS, LINK_SILENCE_SECONDS,
};
use crate::snapshot::Distance;
use std::{io::Read, net::IpAddr, time::Duration};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, Uri},
};

/// A refusal's JSON body is short; more is not read.
const REFUSAL_BYTES_MAX: u64 = 4 << 10;
const CODE_CHARS_MAX: usize = 64;

/// How long each wait may last.
#[derive(Clone, Copy, Debug)]
pub struct LinkTimes {
    /// Until the connection stands.
    pub connect: Duration,
    /// Without a single byte.
    pub silence: Duration,
    /// One small item, whole.
    pub item: Duration,
    /// One release file, whole.
    pub release: Duration,
}

impl Default for LinkTimes {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(LINK_CONNECT_SECONDS),
            silence: Duration::from_secs(LINK_SILENCE_SECONDS),
            item: Duration::from_secs(LINK_ITEM_SECONDS),
            release: Duration::from_secs(LINK_RELEASE_SECONDS),
        }
    }
}

/// The hub at an address.
pub struct HttpLink {
    items: Agent,
    streams: Agent,
    base: String,
}

impl HttpLink {
    /// Takes `https://` anywhere and `http://` on this machine.
    pub fn new(url: &str) -> Result<Self, LinkError> {
        Self::with_times(url, LinkTimes::default())
    }

    /// The same with other waits.
    pub fn with_times(url: &str, times: LinkTimes) -> Result<Self, LinkError> {
        let base = allowed(url)?;
        let reach = if base.starts_with("https") { Reach::Anywhere } else { Reach::ThisMachine };
        let agent = |whole| agent(reach, times, whole);
        Ok(Self { items: agent(times.item), streams: agent(times.release), base })
    }

    fn url(&self, name: &str) -> Result<String, LinkError> {
        names::check(name)?;
        Ok(format!("{}/{name}", self.base))
    }
}

#[derive(Clone, Copy)]
enum Reach {
    Anywhere,
    ThisMachine,
}

fn agent(reach: Reach, times: LinkTimes, whole: Duration) -> Agent {
    let config = match reach {
        Reach::Anywhere => Agent::config_builder(),
        Reach::ThisMachine => Agent::config_builder().proxy(None), // or plain http would leave the machine
    };
    config
        .timeout_resolve(Some(times.connect))
        .timeout_connect(Some(times.connect))
        .timeout_per_read(Some(times.silence))
        .timeout_per_write(Some(times.silence))
        .timeout_global(Some(whole))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("sonae/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Journals are sealed to the hub, yet plain http would show who syncs when, and lets anyone starve the box.
fn allowed(url: &str) -> Result<String, LinkError> {
    let no = LinkError::NotAllowedUrl;
    let uri: Uri = url.parse().map_err(|_| no("not an address"))?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(no("no host"))?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(no("names a user"));
    }
    if uri.query().is_some() || url.contains('#') {
        return Err(no("has a query or fragment"));
    }
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_this_machine(host) => {}
        Some("http") => return Err(no("plain http to another machine")),
        _ => return Err(no("neither http nor https")),
    }
    Ok(url.trim_end_matches('/').to_owned())
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn away(error: ureq::Error) -> LinkError {
    match error {
        ureq::Error::Io(e) => LinkError::Unreachable(Box::new(e)),
        other => LinkError::Unreachable(Box::new(other)),
    }
}

fn accepted(response: Response<Body>, bytes_max: u64) -> Result<Body, LinkError> {
    let status = response.status();
    let body = response.into_body();
    match status.as_u16() {
        200..=299 if body.content_length().is_some_and(|length| length > bytes_max) => {
            Err(LinkError::TooLarge { bytes_max })
        }
        200..=299 => Ok(body),
        404 => Err(LinkError::Missing),
        status => Err(LinkError::Refused { status, code: refusal_code(body) }),
    }
}

/// The hub's own code, if it gave one that looks like a code: this ends in logs, so nothing else gets in.
fn refusal_code(body: Body) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        error: Cause,
    }
    #[derive(serde::Deserialize)]
    struct Cause {
        code: String,
    }
    let mut bytes = vec![];
    if body.into_reader().take(REFUSAL_BYTES_MAX).read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    let code =
        serde_json::from_slice::<Refusal>(&bytes).map_or_else(|_| String::new(), |r| r.error.code);
    let sound = code.len() <= CODE_CHARS_MAX
        && code.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if sound { code } else { String::new() }
}

/// Whether a part was sent that begins where it should; `None` where the whole was sent.
fn begins_at(response: &Response<Body>, offset_bytes: u64) -> Option<bool> {
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return None;
    }
    let range = response.headers().get("content-range").and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next());
    Some(first.and_then(|first| first.parse().ok()) == Some(offset_bytes))
}

impl Link for HttpLink {
    fn read(&self, name: &str, bytes_max: u64) -> Result<Vec<u8>, LinkError> {
        let response = self.items.get(self.url(name)?).call().map_err(away)?;
        let body = accepted(response, bytes_max)?;
        let mut bytes = vec![];
        body.into_reader()
            .take(bytes_max.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| LinkError::Unreachable(Box::new(e)))?;
        if bytes.len() as u64 > bytes_max {
            return Err(LinkError::TooLarge { bytes_max });
        }
        Ok(bytes)
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>, LinkError> {
        let response = self.streams.get(self.url(name)?).call().map_err(away)?;
        Ok(Box::new(accepted(response, u64::MAX)?.into_reader()))
    }

    fn open_at(&self, name: &str, offset_bytes: u64) -> Result<Box<dyn Read + '_>, LinkError> {
        let range = format!("bytes={offset_bytes}-");
        let asked = self.streams.get(self.url(name)?).header("range", range);
        let response = asked.call().map_err(away)?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(Box::new(std::io::empty())); // the item ends there, or before
        }
        let starts_there = begins_at(&response, offset_bytes);
        let reader = Box::new(accepted(response, u64::MAX)?.into_reader());
        // A hub, or a proxy before it, that knows no ranges sends the whole; any other part is of no use.
        match starts_there {
            Some(true) => Ok(reader),
            Some(false) => Err(LinkError::Unreachable("another range than asked for".into())),
            None => passed_over(reader, offset_bytes),
        }
    }

    fn distance(&self) -> Distance {
        Distance::Far
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), LinkError> {
        let response = self.items.put(self.url(name)?).send(bytes).map_err(away)?;
        // The body is the receipt; the sync fetches and checks it by its own name, as it would from a stick.
        accepted(response, u64::MAX).map(|_| ())
    }

    fn describe(&self) -> String {
        self.base.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Trouble;
    use std::{
        io::Write,
        net::{TcpListener, TcpStream},
        thread,
    };

    fn short() -> LinkTimes {
        let soon = Duration::from_millis(60);
        LinkTimes { connect: soon, silence: soon, item: soon, release: soon }
    }

    /// A hub that answers the first request with these bytes and closes.
    fn hub_saying(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            if let Ok((mut stream, _)) = listener.accept() {
                let _ = stream.read(&mut [0; 2048]);
                let _ = stream.write_all(answer);
            }
        });
        url
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for fine in
            ["https://hub.example", "http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost"]
        {
            assert!(HttpLink::new(fine).is_ok(), "{fine}");
        }
        for bad in [
            "http://hub.example",
            "http://127.0.0.1.example",
            "http://127.0.0.1@hub.example/",
            "ftp://127.0.0.1",
            "https://",
            "https://a@hub.example",
            "https://hub.example?x=1",
            "file:///etc/passwd",
            "https://hub.example/#a",
        ] {
            let code = HttpLink::new(bad).err().map(|e| e.message().code);
            assert_eq!(code, Some("link_url_not_allowed"), "{bad}");
        }
    }

    #[test]
    fn a_hub_that_never_answers_counts_as_away_and_does_not_hold_the_box() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let held: thread::JoinHandle<Vec<TcpStream>> =
            thread::spawn(move || listener.incoming().take(3).filter_map(Result::ok).collect());
        let link = HttpLink::with_times(&url, short()).unwrap();
        assert!(matches!(link.read("index.cbor", 9), Err(LinkError::Unreachable(_))));
        assert!(matches!(link.write("index.cbor", b"x"), Err(LinkError::Unreachable(_))));
        assert!(matches!(link.open("index.cbor").err(), Some(LinkError::Unreachable(_))));
        held.join().unwrap();
    }

    #[test]
    fn nobody_there_is_normal_life() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let refused = HttpLink::new(&url).unwrap().read("index.cbor", 9).unwrap_err();
        assert_eq!(refused.message().code, "hub_away");
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let url = hub_saying(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        );
        let refused = HttpLink::new(&url).unwrap().read("index.cbor", 9).unwrap_err();
        assert!(matches!(refused, LinkError::Refused { status: 302, .. }), "{refused:?}");
    }

    #[test]
    fn a_body_over_the_ceiling_is_not_taken_whether_announced_or_not() {
        let announced = hub_saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
        let silent = hub_saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde");
        for url in [announced, silent] {
            let refused = HttpLink::new(&url).unwrap().read("index.cbor", 4).unwrap_err();
            assert!(matches!(refused, LinkError::TooLarge { bytes_max: 4 }), "{refused:?}");
        }
    }

    #[test]
    fn a_truncated_body_is_not_taken_for_the_whole() {
        let url = hub_saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
        let refused = HttpLink::new(&url).unwrap().read("index.cbor", 99).unwrap_err();
        assert!(matches!(refused, LinkError::Unreachable(_)), "{refused:?}");
    }

    /// What comes from the third byte of `abcde` on, from a hub that gives this answer.
    fn from_third(answer: &'static [u8]) -> Result<String, LinkError> {
        let link = HttpLink::new(&hub_saying(answer)).unwrap();
        let mut text = String::new();
        link.open_at("index.cbor", 2)?.read_to_string(&mut text).unwrap();
        Ok(text)
    }

    #[test]
    fn the_rest_of_an_item_comes_from_a_hub_that_knows_ranges_and_from_one_that_does_not() {
        let part = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/5\r\nContent-Length: 3\r\n\r\ncde";
        assert_eq!(from_third(part).unwrap(), "cde");
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
        assert_eq!(from_third(whole).unwrap(), "cde", "the bytes before are passed over");
        let short = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
        assert_eq!(from_third(short).unwrap(), "");
        let past = b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 1\r\n\r\nx";
        assert_eq!(from_third(past).unwrap(), "", "nothing there: whoever reads says truncated");
    }

    #[test]
    fn a_part_that_begins_elsewhere_than_asked_is_not_taken() {
        for range in ["bytes 0-4/5", "bytes 3-4/5", "bytes x-4/5", "2-4/5", ""] {
            let answer = format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: {range}\r\nContent-Length: 1\r\n\r\nc"
            );
            let refused = from_third(answer.into_bytes().leak()).unwrap_err();
            assert!(matches!(refused, LinkError::Unreachable(_)), "{range}: {refused:?}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_hubs_code_and_nothing_that_is_not_a_code() {
        let url = hub_saying(
            b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n{\"error\":{\"code\":\"box_not_enrolled\",\"message\":\"\"}}",
        );
        let refused = HttpLink::new(&url).unwrap().write("index.cbor", b"x").unwrap_err();
        assert!(
            matches!(&refused, LinkError::Refused { status: 403, code } if code == "box_not_enrolled"),
            "{refused:?}"
        );
        let url = hub_saying(
            b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n{\"error\":{\"code\":\"<b>\\n\"}}",
        );
        let refused = HttpLink::new(&url).unwrap().write("index.cbor", b"x").unwrap_err();
        assert!(matches!(&refused, LinkError::Refused { code, .. } if code.is_empty()));
    }
}
