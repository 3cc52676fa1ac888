//! The same exchange over a stick and over HTTP, and what must never pass on either.

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

#[test]
fn a_replayed_batch_gives_the_same_receipt_even_after_a_restart() {
    let (disk, hub) = hub();
    let batch = plain_batch(1, 3);
    let first = hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap();
    assert_eq!(hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap(), first);
    let later: Arc<dyn Clock> = Arc::new(SetClock::at(NOW + 999));
    let hub = Hub::open(disk, later, Path::new("hub"), hub_keys()).unwrap();
    assert_eq!(hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap(), first);
    assert_eq!(hub.entries(&BOX).unwrap().len(), 3);
    assert_eq!(hub.warnings(), []);
}

#[test]
fn an_entry_sent_again_in_another_batch_counts_once() {
    let (_, hub) = hub();
    hub.take_in(&names::hex(&BOX), &plain_batch(1, 3).bytes).unwrap();
    let again = plain_batch(2, 5);
    let receipt = hub.take_in(&names::hex(&BOX), &again.bytes).unwrap();
    assert_eq!(note(&receipt, &again).rejected, []);
    let delivered: Vec<_> = hub.entries(&BOX).unwrap().iter().map(|e| e.sequence).collect();
    assert_eq!(delivered, [1, 2, 3, 4, 5]);
}

#[test]
fn one_unreadable_entry_is_named_in_the_receipt_and_the_rest_is_delivered() {
    let (_, hub) = hub();
    let items = [item(1, entry(1)), item(2, b"rubbish".to_vec()), item(3, entry(3))];
    let batch = batch_of(&BOX, 3, &items);
    let receipt = hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap();
    assert_eq!(note(&receipt, &batch).rejected, [(2, "entry_unreadable".to_owned())]);
    let delivered: Vec<_> = hub.entries(&BOX).unwrap().iter().map(|e| e.sequence).collect();
    assert_eq!(delivered, [1, 3]);
}

#[test]
fn an_entry_of_a_newer_version_is_delivered_not_rejected() {
    let (_, hub) = hub();
    let mut newer = vec![];
    minicbor::encode((NOW, 0_u8, (777_u16, ("new thing",))), &mut newer).unwrap();
    let batch = batch_of(&BOX, 1, &[item(1, newer)]);
    let receipt = hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap();
    assert_eq!(note(&receipt, &batch).rejected, []);
    assert_eq!(hub.entries(&BOX).unwrap()[0].event, Event::Unknown);
}

#[test]
fn a_box_whose_journal_went_back_is_noticed_and_the_first_entry_stands() {
    let (disk, hub) = hub();
    let hex = names::hex(&BOX);
    hub.take_in(&hex, &plain_batch(1, 5).bytes).unwrap();
    let rewritten = batch_of(&BOX, 4, &[item(4, entry(44))]);
    let receipt = hub.take_in(&hex, &rewritten.bytes).unwrap();
    assert_eq!(note(&receipt, &rewritten).rejected, [(4, "entry_conflicts".to_owned())]);
    let kinds = [
        WarningKind::JournalWentBack { seen: 5, came: 4 },
        WarningKind::EntryConflicts { sequence: 4 },
    ];
    let expected = kinds.map(|kind| Warning { box_id: BOX, kind });
    assert_eq!(hub.warnings(), expected);
    let reopened =
        Hub::open(disk, Arc::new(SetClock::at(NOW)), Path::new("hub"), hub_keys()).unwrap();
    assert_eq!(reopened.warnings(), expected);
    assert_eq!(reopened.entries(&BOX).unwrap()[3].event, {
        Event::Refused { what: "release".into(), code: "c4".into() }
    });
}

#[test]
fn two_journals_under_one_name_are_noticed() {
    let (_, hub) = hub();
    let sealing = hub_keys().public().unwrap().sealing;
    for hash in [[1; 32], [2; 32]] {
        let head = crate::journal::ChainHead { sequence: 5, hash };
        let items = [item(5, entry(5))];
        let batch = seal_batch(&BOX, &box_key(&BOX), &sealing, &head, &items).unwrap();
        hub.take_in(&names::hex(&BOX), &batch.bytes).unwrap();
    }
    let kind = WarningKind::JournalForked { sequence: 5 };
    assert_eq!(hub.warnings(), [Warning { box_id: BOX, kind }]);
}

#[test]
fn strangers_forgers_and_misplaced_batches_are_refused_each_by_name() {
    let (_, hub) = hub();
    let ours = plain_batch(1, 1);
    let place = names::hex(&BOX);
    let stranger = batch_of(&[9; 16], 1, &[item(1, entry(1))]);
    assert_eq!(code(hub.take_in(&names::hex(&[9; 16]), &stranger.bytes)), "box_not_enrolled");
    assert_eq!(code(hub.take_in("../keys", &ours.bytes)), "box_not_enrolled");
    assert_eq!(code(hub.take_in(&names::hex(&OTHER), &ours.bytes)), "hub_batch_elsewhere");
    let sealing = hub_keys().public().unwrap().sealing;
    let head = crate::journal::ChainHead { sequence: 1, hash: [0; 32] };
    let forged = seal_batch(&BOX, &box_key(&OTHER), &sealing, &head, &[item(1, entry(1))]).unwrap();
    assert_eq!(code(hub.take_in(&place, &forged.bytes)), "signature_forged");
    assert_eq!(code(hub.take_in(&place, b"rubbish")), "batch_malformed");
    let misnamed = hub.take_in_named(&place, &names::hex(&[0; 32]), &ours.bytes);
    assert_eq!(code(misnamed), "hub_batch_misnamed");
    assert_eq!(hub.entries(&BOX).unwrap(), []);
}

#[test]
fn no_receipt_is_signed_for_a_batch_that_is_not_on_the_disk() {
    let batch = plain_batch(1, 3);
    let place = names::hex(&BOX);
    for cut in 0..8 {
        let (disk, hub) = hub();
        disk.cut_power_after(cut, 0);
        let answer = hub.take_in(&place, &batch.bytes);
        disk.power_back();
        let reopened =
            Hub::open(disk, Arc::new(SetClock::at(NOW)), Path::new("hub"), hub_keys()).unwrap();
        if answer.is_ok() {
            assert_eq!(reopened.entries(&BOX).unwrap().len(), 3, "cut at {cut}");
        }
        reopened.take_in(&place, &batch.bytes).unwrap();
        assert_eq!(reopened.entries(&BOX).unwrap().len(), 3, "cut at {cut}");
    }
}

#[test]
fn a_bad_file_on_a_stick_does_not_keep_the_others_from_arriving() {
    let (disk, hub) = hub();
    let (good, bad) = (plain_batch(1, 2), plain_batch(3, 4));
    let at = |name: &str| Path::new(SENT_FROM).join(name);
    disk.replace(&at(&names::batch(&BOX, &[0; 32])), &bad.bytes).unwrap(); // sorts before the good one
    disk.replace(&at(&names::batch(&[1; 16], &bad.digest)), b"rubbish").unwrap();
    disk.replace(&at("inbox/zz/x.batch"), b"rubbish").unwrap();
    disk.replace(&at(&names::batch(&BOX, &good.digest)), &good.bytes).unwrap();
    let report = hub.take_stick(Path::new(SENT_FROM)).unwrap();
    assert_eq!(report.taken, 1);
    let codes: Vec<_> = report.refused.iter().map(|(_, message)| message.code).collect();
    assert_eq!(codes, ["hub_batch_misnamed", "hub_batch_misnamed"]);
    let receipt = disk.read(&at(&names::receipt(&BOX, &good.digest)), 9999).unwrap();
    assert_eq!(note(&receipt, &good).to, 2);
    assert!(disk.read(&at(&names::receipt(&BOX, &bad.digest)), 9999).is_err());
    assert_eq!(code(hub.take_stick(Path::new("nowhere"))), "link_folder_missing");
}

#[test]
fn receipts_that_are_forged_or_meant_for_others_settle_nothing() {
    let (_, hub) = hub();
    let (ours, next) = (plain_batch(1, 2), plain_batch(3, 4));
    let theirs = batch_of(&OTHER, 2, &[item(1, entry(1)), item(2, entry(2))]);
    let true_receipt = hub.take_in(&names::hex(&BOX), &ours.bytes).unwrap();
    let their_receipt = hub.take_in(&names::hex(&OTHER), &theirs.bytes).unwrap();
    let open = |bytes: &[u8], batch: &SealedBatch| {
        let opened = open_receipt(bytes, |_| vec![hub_verifying()], &BOX, &sent(batch));
        opened.unwrap_err().message().code
    };
    assert_eq!(open(&true_receipt, &next), "receipt_for_other_batch");
    assert_eq!(open(&their_receipt, &ours), "receipt_for_other_box");
    let forged = Receipt {
        box_id: BOX,
        batch: next.digest,
        from: 3,
        to: 4,
        received_at: NOW,
        rejected: vec![],
    };
    assert_eq!(open(&sign_receipt(&forged, &box_key(&OTHER)), &next), "signature_forged");
}

#[test]
fn a_stored_batch_that_rots_is_told_and_hides_nothing_else() {
    let (disk, hub) = hub();
    let place = names::hex(&BOX);
    for (from, to) in [(1, 2), (3, 4)] {
        hub.take_in(&place, &plain_batch(from, to).bytes).unwrap();
    }
    let stored = disk.list(&Path::new("hub/batches").join(&place)).unwrap();
    disk.tamper(&stored[0], |bytes| bytes[200] ^= 1);
    let hub = Hub::open(disk, Arc::new(SetClock::at(NOW)), Path::new("hub"), hub_keys()).unwrap();
    let delivered: Vec<_> = hub.entries(&BOX).unwrap().iter().map(|e| e.sequence).collect();
    assert_eq!(delivered, [3, 4]);
    let kind = WarningKind::StoredBatchDamaged;
    assert_eq!(hub.warnings(), [Warning { box_id: BOX, kind }]);
}

#[test]
fn a_box_of_the_same_name_with_other_keys_is_not_enrolled() {
    let (disk, hub) = hub();
    hub.enrol(card(BOX)).unwrap();
    assert_eq!(code(hub.enrol(BoxCard { id: BOX, ..card(OTHER) })), "hub_box_taken");
    let nameless = BoxCard { facility: "a\nb".into(), ..card([3; 16]) };
    assert_eq!(code(hub.enrol(nameless)), "hub_card_malformed");
    disk.tamper(&Path::new("hub/boxes").join(format!("{}.card", names::hex(&OTHER))), Vec::clear);
    let hub = Hub::open(disk, Arc::new(SetClock::at(NOW)), Path::new("hub"), hub_keys()).unwrap();
    assert_eq!(hub.enrolled(), [card(BOX)]);
    assert_eq!(hub.warnings(), [Warning { box_id: OTHER, kind: WarningKind::CardDamaged }]);
}

#[test]
fn nothing_older_and_nothing_outside_the_public_tree_is_published() {
    let (disk, hub) = hub();
    hub.publish(names::TRUST_LIST, &publication(&[(0, 3)])).unwrap();
    let older = hub.publish(names::TRUST_LIST, &publication(&[(0, 2)]));
    assert_eq!(code(older), "hub_publication_older");
    let unsigned = hub.publish(names::TRUST_LIST, b"list");
    assert_eq!(code(unsigned), "hub_publication_malformed");
    for name in [
        "index.cbor",
        "../keys",
        "trust/other.cose",
        "orders/07-1.cose",
        "orders/7.cose",
        "orders/+7-1.cose",
        "revocations/0A0B0C0D.cose",
        "releases/1/manifest.cose",
        "boxes/x.card",
        "",
    ] {
        assert_eq!(
            code(hub.publish(name, &publication(&[(0, 9)]))),
            "hub_name_not_public",
            "{name}"
        );
    }
    assert_eq!(hub.index().unwrap().trust_sequence, Some(3));
    for trick in ["../keys", "/etc/passwd", "trust/../../keys"] {
        assert_eq!(code(hub.offered(trick)), "hub_name_not_public");
    }
    disk.replace(Path::new("hub/keys.cose"), b"secret").unwrap();
    assert_eq!(hub.offered("keys.cose").unwrap(), None);
}

#[test]
fn a_published_release_never_changes_and_only_blocks_and_manifest_are_offered() {
    let (disk, hub) = hub();
    release(disk.as_ref(), Path::new("build"), 12, 5);
    hub.publish_release(Path::new("build")).unwrap();
    hub.publish_release(Path::new("build")).unwrap();
    assert_eq!(hub.offered("releases/12/secret.key").unwrap(), None);
    assert!(disk.length(Path::new("hub/public/releases/12/secret.key")).unwrap().is_none());
    release(disk.as_ref(), Path::new("other"), 12, 6);
    assert_eq!(code(hub.publish_release(Path::new("other"))), "hub_release_changed");
    release(disk.as_ref(), Path::new("older"), 9, 4);
    hub.publish_release(Path::new("older")).unwrap();
    assert_eq!(
        hub.index().unwrap().release.map(|r| (r.version, r.release_id)),
        Some((12, [5; 16]))
    );
}
