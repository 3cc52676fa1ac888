//! Publishing: nothing older, nothing changed, nothing outside the public tree.

use super::*;

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
    assert_eq!(hub.offered("keys.cose").unwrap().map(drop), None);
}

#[test]
fn a_root_document_lies_under_its_own_version_and_never_changes() {
    let (_, hub) = hub();
    hub.publish(&names::root(2), &publication(&[(0, 2)])).unwrap();
    hub.publish(&names::root(2), &publication(&[(0, 2)])).unwrap();
    let changed = hub.publish(&names::root(2), &publication(&[(0, 2), (1, 9)]));
    assert_eq!(code(changed), "hub_root_changed");
    let misnamed = hub.publish(&names::root(3), &publication(&[(0, 2)]));
    assert_eq!(code(misnamed), "hub_publication_malformed");
    let misspelled = hub.publish("trust/roots/02.cose", &publication(&[(0, 2)]));
    assert_eq!(code(misspelled), "hub_name_not_public");
    assert_eq!(hub.index().unwrap().root_version, Some(2));
}

#[test]
fn a_list_under_a_newer_root_replaces_one_with_any_number_and_never_the_other_way() {
    let (_, hub) = hub();
    let list = |root, sequence| publication(&[(0, sequence), (5, root)]);
    hub.publish(names::TRUST_LIST, &list(1, u64::MAX - 1)).unwrap();
    hub.publish(names::TRUST_LIST, &list(2, 1)).unwrap();
    let back = hub.publish(names::TRUST_LIST, &list(1, u64::MAX - 1));
    assert_eq!(code(back), "hub_publication_older");
}

#[test]
fn a_published_order_never_changes() {
    let (_, hub) = hub();
    let name = names::order(7, 1);
    hub.publish(&name, &publication(&[(0, 1)])).unwrap();
    hub.publish(&name, &publication(&[(0, 1)])).unwrap();
    assert_eq!(code(hub.publish(&name, &publication(&[(0, 2)]))), "hub_order_changed");
    hub.publish(&names::order(7, 2), &publication(&[(0, 2)])).unwrap();
}

#[test]
fn a_published_release_never_changes_and_only_blocks_and_manifest_are_offered() {
    let (disk, hub) = hub();
    release(disk.as_ref(), Path::new("build"), 12, 5);
    hub.publish_release(Path::new("build")).unwrap();
    hub.publish_release(Path::new("build")).unwrap();
    assert_eq!(hub.offered("releases/12/secret.key").unwrap().map(drop), None);
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

#[test]
fn the_index_tells_the_true_numbers_of_what_publishers_and_issuers_really_sign() {
    use crate::{credential::RevocationDraft, snapshot::samples, trust::drill};
    let (disk, hub) = hub();
    let list = drill::sign(&drill::draft(42, vec![]));
    hub.publish(&names::root(1), &drill::sign_root(&drill::root_draft(1, 1, &[1]), &[1])).unwrap();
    hub.publish(names::TRUST_LIST, &list).unwrap();
    let issuer = drill::keypair(5);
    let revoked = RevocationDraft { sequence: 17, made_at: Stamp(NOW), serials: vec![[1; 6]] };
    let kid = issuer.public().kid();
    hub.publish(&names::revocations(kid), &revoked.sign(&issuer)).unwrap();
    samples::publish(
        disk.as_ref(),
        Path::new("build"),
        31,
        1,
        (1..9).map(|n| (samples::person(n), vec![])),
    )
    .unwrap();
    let release = hub.publish_release(Path::new("build")).unwrap();
    let bytes = disk.read(Path::new("hub/public/index.cbor"), INDEX_BYTES_MAX).unwrap();
    let index = Index::parse(&bytes).unwrap();
    assert_eq!((index.root_version, index.trust_root), (Some(1), Some(1)));
    assert_eq!(index.trust_sequence, Some(42));
    assert_eq!(index.revocations.first().map(|r| (r.issuer, r.sequence)), Some((kid, 17)));
    assert_eq!(index.release, Some(release));
    let manifest = disk.read(&Path::new("build").join(names::MANIFEST), 1 << 20).unwrap();
    let manifest = samples::open_manifest(&manifest);
    assert_eq!(release.version, manifest.version());
    assert_eq!(release.release_id, manifest.release_id().0);
    let built = disk.list(Path::new("build")).unwrap().len();
    let offered = disk.list(Path::new("hub/public/releases/31")).unwrap().len();
    assert_eq!(offered, built, "every file of a release is offered");
}
