//! Taking in: replays, damage, forgeries, power cuts.

use super::*;

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
fn what_bears_its_receipt_on_the_stick_is_not_taken_again_and_scrap_shuts_no_box_out() {
    let (disk, hub) = hub();
    let at = |name: &str| Path::new(SENT_FROM).join(name);
    let first = plain_batch(1, 2);
    disk.replace(&at(&names::batch(&BOX, &first.digest)), &first.bytes).unwrap();
    assert_eq!(hub.take_stick(Path::new(SENT_FROM)).unwrap().taken, 1);
    disk.tamper(&at(&names::batch(&BOX, &first.digest)), |bytes| bytes.clear());
    let again = hub.take_stick(Path::new(SENT_FROM)).unwrap();
    assert_eq!((again.taken, again.refused), (1, vec![]), "it was not even read");

    let of_a_box_max = crate::limits::STICK_BATCHES_OF_A_BOX_MAX as u64;
    for n in 0..of_a_box_max + 9 {
        let digest = *blake3::hash(&n.to_be_bytes()).as_bytes();
        disk.replace(&at(&names::batch(&[0; 16], &digest)), b"scrap").unwrap();
    }
    let second = plain_batch(3, 4);
    disk.replace(&at(&names::batch(&BOX, &second.digest)), &second.bytes).unwrap();
    let report = hub.take_stick(Path::new(SENT_FROM)).unwrap();
    assert_eq!((report.taken, report.refused.len() as u64), (2, of_a_box_max));
    assert_eq!(hub.entries(&BOX).unwrap().len(), 4);
}

#[test]
fn a_stick_without_room_for_the_public_tree_still_gives_its_report() {
    let (disk, hub) = hub();
    let batch = plain_batch(1, 2);
    let place = Path::new(SENT_FROM).join(names::batch(&BOX, &batch.digest));
    disk.replace(&place, &batch.bytes).unwrap();
    hub.publish(names::TRUST_LIST, &publication(&[(0, 3)])).unwrap();
    hub.take_stick(Path::new(SENT_FROM)).unwrap();
    hub.publish(names::TRUST_LIST, &publication(&[(0, 4)])).unwrap();
    disk.fill_up_after(0);
    let report = hub.take_stick(Path::new(SENT_FROM)).unwrap();
    assert_eq!((report.taken, report.laid), (1, 0));
    assert_eq!(
        report.refused.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["public"]
    );
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
