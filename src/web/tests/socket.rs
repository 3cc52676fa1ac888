//! What only a real line shows: chunked bodies, and stopping.

use super::{HOST, Stand, premises};
use crate::web::{Purpose, samples, serve};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

struct Served {
    stand: Arc<Stand>,
    here: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn served() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let stand = Arc::new(Stand::new(samples::eligible(), samples::closed(), None));
    let (stop, stopped) = oneshot::channel();
    let desk = stand.clone();
    let server = tokio::spawn(async move {
        let until = async { stopped.await.unwrap_or_default() };
        serve(desk, listener, premises(Purpose::Service), until).await.unwrap();
    });
    Served { stand, here, stop, server }
}

async fn say(here: SocketAddr, head: &str, body: &[&[u8]]) -> String {
    let mut line = TcpStream::connect(here).await.unwrap();
    let head = head.replace(HOST, &here.to_string());
    line.write_all(head.as_bytes()).await.unwrap();
    for piece in body {
        line.write_all(piece).await.unwrap();
    }
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_upload_in_chunks_without_an_announced_length_meets_the_same_ceiling() {
    let house = served().await;
    let head = format!(
        "POST /api/v1/verify/picture HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n"
    );
    let chunk = [b"100000\r\n".as_slice(), &vec![7; 1 << 20], b"\r\n"].concat();
    let mut body = vec![chunk.as_slice(); 40];
    body.push(b"0\r\n\r\n");
    let answer = say(house.here, &head, &body).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("upload_too_large"), "{answer}");
    assert!(house.stand.asked().is_empty());
    let body = vec![chunk.as_slice(), b"0\r\n\r\n"];
    assert!(say(house.here, &head, &body).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(house.stand.asked(), ["picture 1048576, card not seen"]);
}

#[tokio::test]
async fn a_body_that_is_cut_off_changes_nothing() {
    let house = served().await;
    let mut line = TcpStream::connect(house.here).await.unwrap();
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: {}\r\ncontent-length: 100\r\n\r\ntext=5",
        house.here
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer).await;
    assert!(house.stand.asked().is_empty());
}

#[tokio::test]
async fn the_house_stops_when_told_also_while_a_browser_keeps_its_line() {
    let house = served().await;
    let mut idle = TcpStream::connect(house.here).await.unwrap();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", house.here);
    idle.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    house.stop.send(()).unwrap();
    house.server.await.unwrap();
    assert!(TcpStream::connect(house.here).await.is_err());
}
