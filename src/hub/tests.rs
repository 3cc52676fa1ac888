//! The same exchange over a stick and over HTTP. What must never pass on either is in `intake` and `offers`.

mod intake;
mod offers;

use super::*;
use crate::{
    domain::time::{ClockState, Reading, Stamp},
    journal::{Event, Journal, OutboxItem, ReceiptNote, encode_event},
    limits::{INDEX_BYTES_MAX, RECEIPT_BYTES_MAX},
    seal::{
        Purpose, SealingKey, SealingPublicKey, SigningKeypair, SymmetricKey, VerifyingKey, sign,
    },
    sync::{
        DirLink, Held, HttpLink, Index, Link, Receipt, SealedBatch, SentBatch, Step, names,
        open_receipt, plan, seal_batch, sign_receipt,
    },
    sys::{
        RealDisk,
        sim::{SeedDice, SetClock, SimDisk},
    },
};

const NOW: i64 = 1_795_316_400;
const BOX: BoxIdBytes = [7; 16];
const OTHER: BoxIdBytes = [8; 16];
const SENT_FROM: &str = "stick";

fn hub_keys() -> HubKeys {
    HubKeys::new(SigningKeypair::random(&SeedDice::new(1)), SealingKey::random(&SeedDice::new(2)))
}

fn hub_verifying() -> VerifyingKey {
    hub_keys().public().unwrap().verifying
}

fn box_key(id: &BoxIdBytes) -> SigningKeypair {
    SigningKeypair::random(&SeedDice::new(u64::from(id[0]) + 100))
}

fn card(id: BoxIdBytes) -> BoxCard {
    let (verifying, sealing) = (box_key(&id).public(), SealingPublicKey([9; 32]));
    BoxCard { id, verifying, sealing, facility: "浜町診療所".into() }
}

fn hub_at(disk: Arc<dyn Disk>, root: &Path) -> Hub {
    let hub = Hub::open(disk, Arc::new(SetClock::at(NOW)), root, hub_keys()).unwrap();
    hub.enrol(card(BOX)).unwrap();
    hub.enrol(card(OTHER)).unwrap();
    hub
}

fn hub() -> (Arc<SimDisk>, Hub) {
    let disk = Arc::new(SimDisk::new());
    (Arc::clone(&disk), hub_at(disk, Path::new("hub")))
}

fn reading() -> Reading {
    Reading { at: Stamp(NOW), clock: ClockState::Sure }
}

fn entry(n: u64) -> Vec<u8> {
    encode_event(reading(), &Event::Refused { what: "release".into(), code: format!("c{n}") })
}

fn item(sequence: u64, entry: Vec<u8>) -> OutboxItem {
    OutboxItem { sequence, entry }
}

fn batch_of(id: &BoxIdBytes, head: u64, items: &[OutboxItem]) -> SealedBatch {
    let head = crate::journal::ChainHead { sequence: head, hash: [head as u8; 32] };
    let sealing = hub_keys().public().unwrap().sealing;
    seal_batch(id, &box_key(id), &sealing, &head, items).unwrap()
}

fn plain_batch(from: u64, to: u64) -> SealedBatch {
    let items: Vec<_> = (from..=to).map(|n| item(n, entry(n))).collect();
    batch_of(&BOX, to, &items)
}

fn sent(batch: &SealedBatch) -> SentBatch {
    SentBatch { batch: batch.digest, from: batch.from, to: batch.to }
}

fn note(receipt: &[u8], batch: &SealedBatch) -> ReceiptNote {
    open_receipt(receipt, |_| vec![hub_verifying()], &BOX, &sent(batch)).unwrap()
}

fn code<T>(found: Result<T, HubError>) -> &'static str {
    found.err().expect("refused").message().code
}

/// Something signed whose payload is `{key: number, …}`, as every publication is.
fn publication(entries: &[(u64, u64)]) -> Vec<u8> {
    let mut payload = vec![];
    let mut e = minicbor::Encoder::new(&mut payload);
    e.map(entries.len() as u64).unwrap();
    for (key, value) in entries {
        e.u64(*key).unwrap().u64(*value).unwrap();
    }
    sign(Purpose("test publication"), &box_key(&BOX), &payload)
}

fn manifest(version: u64, id: u8) -> Vec<u8> {
    let mut payload = vec![];
    let mut e = minicbor::Encoder::new(&mut payload);
    e.map(3).unwrap().u8(0).unwrap().u8(1).unwrap();
    e.u8(1).unwrap().bytes(&[id; 16]).unwrap().u8(4).unwrap().u64(version).unwrap();
    sign(Purpose("test manifest"), &box_key(&BOX), &payload)
}

/// A release directory of two files beside the hub.
fn release(disk: &dyn Disk, dir: &Path, version: u64, id: u8) {
    disk.make_dir(dir).unwrap();
    disk.replace(&dir.join("person.blk"), &vec![id; 200_000]).unwrap();
    disk.replace(&dir.join("secret.key"), b"not public").unwrap();
    disk.replace(&dir.join(names::MANIFEST), &manifest(version, id)).unwrap();
}

fn publish_all(hub: &Hub, disk: &dyn Disk, release_dir: &Path) {
    hub.publish(names::TRUST_LIST, &publication(&[(0, 3)])).unwrap();
    hub.publish("revocations/0a0b0c0d.cose", &publication(&[(0, 5), (1, 1)])).unwrap();
    hub.publish("orders/7-2.cose", &publication(&[])).unwrap();
    release(disk, release_dir, 12, 5);
    hub.publish_release(release_dir).unwrap();
}

/// One box's side of an exchange. `carry` is what happens between leaving a batch and asking for its receipt.
fn exchange(link: &dyn Link, carry: &dyn Fn()) -> (Vec<Step>, Vec<u8>, ReceiptNote) {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let key = SymmetricKey::from_bytes([1; 32]);
    let (journal, _) =
        Journal::open(disk, Arc::new(SeedDice::new(3)), Path::new("journal"), BOX, key).unwrap();
    for n in 0..3 {
        let event = Event::Refused { what: "release".into(), code: format!("c{n}") };
        journal.append(reading(), &event).unwrap();
    }
    let offered = Index::parse(&link.read(names::INDEX, INDEX_BYTES_MAX).unwrap()).unwrap();
    let waiting = journal.ask(|p| p.waiting());
    let steps = plan(&Held::default(), &offered, &waiting, &[]);
    let items: Vec<_> = journal
        .read(1, 3)
        .unwrap()
        .iter()
        .map(|e| item(e.sequence, encode_event(reading(), &e.event)))
        .collect();
    let sealing = hub_keys().public().unwrap().sealing;
    let batch = seal_batch(&BOX, &box_key(&BOX), &sealing, &journal.head(), &items).unwrap();
    link.write(&names::batch(&BOX, &batch.digest), &batch.bytes).unwrap();
    assert_eq!(journal.ask(|p| p.waiting().len()), 3, "handing over is not delivery");
    carry();
    let receipt =
        link.read(&names::receipt(&BOX, &batch.digest), RECEIPT_BYTES_MAX).expect("receipt");
    let note = note(&receipt, &batch);
    journal.append(reading(), &Event::ReceiptRecorded { note: note.clone() }).unwrap();
    assert_eq!(journal.ask(|p| p.waiting()), Vec::<u64>::new());
    let mut blocks = vec![];
    let mut stream = link.open(&names::release_file(12, "person.blk")).unwrap();
    std::io::Read::read_to_end(&mut stream, &mut blocks).unwrap();
    (steps, blocks, note)
}

fn check_exchange((steps, blocks, note): (Vec<Step>, Vec<u8>, ReceiptNote), hub: &Hub) {
    assert_eq!(
        steps,
        [
            Step::FetchTrustList,
            Step::FetchRevocations { issuer: crate::seal::Kid([10, 11, 12, 13]) },
            Step::FetchOrder { number: 7, revision: 2 },
            Step::SendBatch { sequences: vec![1, 2, 3] },
            Step::FetchRelease { version: 12 },
        ]
    );
    assert_eq!(blocks, vec![5; 200_000]);
    assert_eq!((note.from, note.to, note.received_at, note.rejected.len()), (1, 3, NOW, 0));
    let delivered: Vec<_> = hub.entries(&BOX).unwrap().iter().map(|e| e.sequence).collect();
    assert_eq!(delivered, [1, 2, 3]);
    assert_eq!(hub.warnings(), []);
}

fn exchange_by_stick(disk: Arc<dyn Disk>, root: &Path) {
    let hub = hub_at(Arc::clone(&disk), &root.join("hub"));
    publish_all(&hub, disk.as_ref(), &root.join("build"));
    let stick = root.join(SENT_FROM);
    disk.make_dir(&stick).unwrap();
    disk.replace(&stick.join("holiday.jpg"), b"somebody's picture").unwrap();
    hub.take_stick(&stick).unwrap();
    let link = DirLink::new(disk, &stick).unwrap();
    let carry = || {
        let report = hub.take_stick(&stick).unwrap();
        assert_eq!((report.taken, report.refused.len(), report.laid), (1, 0, 0));
    };
    check_exchange(exchange(&link, &carry), &hub);
}

#[test]
fn an_exchange_by_stick_delivers_and_settles() {
    exchange_by_stick(Arc::new(SimDisk::new()), Path::new("site"));
}

#[test]
fn an_exchange_by_a_real_directory_gives_the_same_result() {
    let dir = tempfile::tempdir().unwrap();
    exchange_by_stick(Arc::new(RealDisk), dir.path());
}

/// Serves a hub on a port of the system's choice while `work` runs beside it.
async fn served<T: Send + 'static>(
    hub: Arc<Hub>,
    work: impl FnOnce(String) -> T + Send + 'static,
) -> T {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async move {
        let _ = stopped.await;
    };
    let server = tokio::spawn(serve(hub, listener, shutdown));
    let result = tokio::task::spawn_blocking(move || work(url)).await.unwrap();
    stop.send(()).unwrap();
    server.await.unwrap();
    result
}

#[tokio::test]
async fn an_exchange_over_http_gives_the_same_result() {
    let (disk, hub) = hub();
    publish_all(&hub, disk.as_ref(), Path::new("build"));
    let hub = Arc::new(hub);
    let done =
        served(Arc::clone(&hub), |url| exchange(&HttpLink::new(&url).unwrap(), &|| ())).await;
    check_exchange(done, &hub);
}

#[tokio::test]
async fn what_the_hub_refuses_over_http_has_a_code_and_words() {
    let (disk, hub) = hub();
    disk.replace(Path::new("hub/public/trust/list.cose.draft"), b"half").unwrap();
    let work = |url: String| {
        let link = HttpLink::new(&url).unwrap();
        let stranger = batch_of(&[9; 16], 1, &[item(1, entry(1))]);
        let refused = link.write(&names::batch(&[9; 16], &stranger.digest), &stranger.bytes);
        let raw = |path: &str| {
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
            let mut response = agent.new_agent().get(format!("{url}{path}")).call().unwrap();
            let status = response.status().as_u16();
            (status, response.body_mut().read_to_string().unwrap())
        };
        let tricks = ["/..%2fkeys", "/%2e%2e/boxes", "/trust/list.cose.draft", "/boxes/x", "/"];
        (refused, raw("/healthz"), tricks.map(raw))
    };
    let (refused, health, tricks) = served(Arc::new(hub), work).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, LinkError::Refused { status: 403, code } if code == "box_not_enrolled"),
        "{refused:?}"
    );
    assert_eq!(health, (200, "ok\n".into()));
    for (status, body) in tricks {
        assert!((400..=404).contains(&status), "{status}");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert!(body["error"]["code"].as_str().unwrap().starts_with("hub_"), "{body}");
        assert!(!body["error"]["advice"]["ja"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_release_file_is_given_from_where_the_link_broke_and_anything_else_whole() {
    let (disk, hub) = hub();
    publish_all(&hub, disk.as_ref(), Path::new("build"));
    let version = hub.index().unwrap().release.unwrap().version;
    let name = names::release_file(version, "person.blk");
    let mut whole = vec![];
    hub.offered(&name).unwrap().unwrap().read_to_end(&mut whole).unwrap();
    let (length, asked) = (whole.len() as u64, name.clone());
    let work = move |url: String| {
        let raw = |path: &str, range: &str| {
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
            let get = agent.new_agent().get(format!("{url}/{path}")).header("range", range);
            let mut response = get.call().unwrap();
            let told = response.headers().get("content-range").cloned();
            let told = told.map(|range| range.to_str().unwrap().to_owned());
            (response.status().as_u16(), told, response.body_mut().read_to_vec().unwrap())
        };
        let link = HttpLink::new(&url).unwrap();
        let mut rest = vec![];
        link.open_at(&asked, 3).unwrap().read_to_end(&mut rest).unwrap();
        let past = format!("bytes={length}-");
        let ranges = ["bytes=3-", &past, "bytes=1-2", "bytes=-3", "bytes=+3-", "lines=3-"];
        let answers = ranges.map(|range| raw(&asked, range));
        (rest, answers, raw("index.cbor", "bytes=3-").0)
    };
    let (rest, [part, past, others @ ..], index) = served(Arc::new(hub), work).await;
    assert_eq!(rest, whole[3..]);
    let range = format!("bytes 3-{}/{length}", length - 1);
    assert_eq!(part, (206, Some(range), whole[3..].to_vec()));
    assert_eq!(past, (416, Some(format!("bytes */{length}")), vec![]));
    for other in others {
        assert_eq!(other, (200, None, whole.clone()), "a range no box asks for");
    }
    assert_eq!(index, 200);
}
