//! The real server on a port of its own: bodies that are too large, cut, or sent by another site.

use super::ground::{Ground, PASSPHRASE, machine};
use sonae::{
    app::Appliance,
    config::Profile,
    limits::UPLOAD_BYTES_MAX,
    web::{Premises, Purpose, serve},
};
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::Arc,
};
use tokio::{net::TcpListener, runtime::Runtime};

const MEBIBYTE: usize = 1 << 20;
const UPLOAD_MEBIBYTES: usize = 40;

struct Server {
    here: SocketAddr,
    _runtime: Runtime,
}

impl Server {
    fn of(ground: &Ground) -> Self {
        let runtime = Runtime::new().unwrap();
        let house = Arc::new(Appliance::open(&machine(), &ground.data, PASSPHRASE).unwrap());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let here = listener.local_addr().unwrap();
        let profile = Profile::named("generic").unwrap();
        let premises = Premises { purpose: Purpose::Practice, profile, hub: None, stick: None };
        runtime.spawn(serve(house, listener, premises, std::future::pending()));
        Self { here, _runtime: runtime }
    }

    /// Sends head and pieces; a server that answers early may close the line before the last piece.
    fn say(&self, head: &str, pieces: &[&[u8]]) -> (u16, String) {
        let mut line = TcpStream::connect(self.here).unwrap();
        let head = format!("POST {head}\r\nhost: {}\r\nconnection: close\r\n", self.here);
        let head = head.replacen("\r\n", " HTTP/1.1\r\n", 1);
        line.write_all(head.as_bytes()).unwrap();
        for piece in pieces {
            if line.write_all(piece).is_err() {
                break;
            }
        }
        let mut answer = vec![];
        let _ = line.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        (status.unwrap_or_else(|| panic!("no status in {answer:?}")), answer)
    }
}

const FORM: &[u8] =
    b"--cut\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"p.png\"\r\n\
    Content-Type: image/png\r\n\r\n";
const FORM_END: &[u8] = b"\r\n--cut--\r\n";

#[test]
fn forty_megabytes_are_refused_with_our_words_however_they_are_sent() {
    let ground = Ground::with_box();
    let server = Server::of(&ground);
    let mebibyte = vec![7; MEBIBYTE];
    let length = UPLOAD_MEBIBYTES * MEBIBYTE + FORM.len() + FORM_END.len();
    let announced = format!(
        "content-type: multipart/form-data; boundary=cut\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut body = vec![announced.as_bytes(), FORM];
    body.extend(vec![mebibyte.as_slice(); UPLOAD_MEBIBYTES]);
    body.push(FORM_END);
    refused_on_both_pages(&server, &body);

    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let chunked =
        b"content-type: multipart/form-data; boundary=cut\r\ntransfer-encoding: chunked\r\n\r\n";
    let (first, middle, last) = (chunk(FORM), chunk(&mebibyte), chunk(FORM_END));
    let mut body = vec![chunked.as_slice(), &first];
    body.extend(vec![middle.as_slice(); UPLOAD_MEBIBYTES]);
    body.extend([last.as_slice(), b"0\r\n\r\n"]);
    refused_on_both_pages(&server, &body);
}

fn refused_on_both_pages(server: &Server, body: &[&[u8]]) {
    let (status, answer) = server.say("/api/v1/verify/picture", body);
    assert_eq!(status, 413, "{answer}");
    let json = answer.split_once("\r\n\r\n").unwrap().1;
    assert!(json.contains("\"code\":\"upload_too_large\"") && json.contains("advice"), "{answer}");
    let (status, answer) = server.say("/check/picture", body);
    assert_eq!(status, 413, "{answer}");
    let message = sonae::messages::UPLOAD_TOO_LARGE;
    assert!(answer.contains("<!doctype html>") || answer.contains("<!DOCTYPE html>"), "{answer}");
    for sentence in [message.ja, message.en, message.next_ja, message.next_en] {
        assert!(answer.contains(sentence), "{answer}");
    }
}

#[test]
fn forms_and_json_of_any_length_meet_a_small_ceiling() {
    let ground = Ground::with_box();
    let server = Server::of(&ground);
    let body = vec![b'x'; 1 << 17];
    for (path, kind) in
        [("/check", "application/x-www-form-urlencoded"), ("/api/v1/verify", "application/json")]
    {
        let head = format!("content-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        let (status, answer) = server.say(path, &[head.as_bytes(), &body]);
        assert_eq!(status, 413, "{answer}");
        assert!(answer.contains("request_too_large"), "{answer}");
    }
}

#[test]
fn noise_sent_as_a_picture_is_refused_and_the_server_goes_on() {
    let ground = Ground::with_box();
    let server = Server::of(&ground);
    assert!(MEBIBYTE as u64 <= UPLOAD_BYTES_MAX);
    let noise = vec![0xa5; MEBIBYTE];
    let length = noise.len() + FORM.len() + FORM_END.len();
    let head = format!(
        "content-type: multipart/form-data; boundary=cut\r\ncontent-length: {length}\r\n\r\n"
    );
    for _ in 0..2 {
        let (status, answer) =
            server.say("/api/v1/verify/picture", &[head.as_bytes(), FORM, &noise, FORM_END]);
        assert_eq!(status, 400, "{answer}");
        assert!(answer.contains("picture_unknown_kind"), "{answer}");
    }
}

#[test]
fn a_line_that_breaks_off_in_the_middle_harms_nobody_else() {
    let ground = Ground::with_box();
    let server = Server::of(&ground);
    let mut cut = TcpStream::connect(server.here).unwrap();
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 1000\r\n\r\ntext=5173",
        server.here
    );
    cut.write_all(head.as_bytes()).unwrap();
    cut.shutdown(Shutdown::Both).unwrap();
    let head = "content-type: application/json\r\ncontent-length: 2\r\n\r\n{]";
    let (status, answer) = server.say("/api/v1/verify", &[head.as_bytes()]);
    assert_eq!(status, 400, "{answer}");
    assert!(answer.contains("json_unreadable"), "{answer}");
}

#[test]
fn what_another_sites_page_sends_is_refused() {
    let ground = Ground::with_box();
    let server = Server::of(&ground);
    let body = "text=5173";
    for origin in ["origin: null", "origin: https://example.jp", "sec-fetch-site: cross-site"] {
        let head = format!(
            "{origin}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, answer) = server.say("/check", &[head.as_bytes()]);
        assert_eq!(status, 403, "{origin}: {answer}");
        assert!(answer.contains("foreign_origin"), "{origin}: {answer}");
    }
}
