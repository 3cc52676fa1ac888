//! Revocation lists and disaster orders.

use crate::{
    stage::{DAY, NOON, Stage, stranger, world, world_list},
    table::{Attack, attack},
};
use sonae::{
    credential::RevocationDraft,
    disaster::order::{self, OpeningSecretBytes, OrderFacts, OrderKind},
    domain::{area::Area, time::Stamp},
    limits::{ORDER_BYTES_MAX, REVOCATION_BYTES_MAX},
    seal::{self, Kid, Purpose, SigningKeypair},
    sync::{OfferedOrder, OfferedRevocations, names},
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};

fn list(sequence: u64, made_at: i64, issuer: &SigningKeypair) -> Vec<u8> {
    RevocationDraft { sequence, made_at: Stamp(made_at), serials: vec![] }.sign(issuer)
}

/// Lays a list in the place of 協会けんぽ's next one.
fn offer(stage: &mut Stage, bytes: &[u8]) {
    let issuer: Kid = world().keys.kyokai.public().kid();
    stage.lay(&names::revocations(issuer), bytes);
    stage.index.revocations = vec![OfferedRevocations { issuer, sequence: 2 }];
}

fn facts() -> OrderFacts {
    let today = world().now.day();
    let opening = &world().keys.opening;
    OrderFacts {
        number: 1,
        revision: 1,
        kind: OrderKind::Open,
        areas: vec![Area::Prefecture(17)],
        from: today,
        until: today.saturating_add(jiff::Span::new().days(6)),
        issued_at: Stamp(NOON),
        reason: "架空地震の訓練".into(),
        opening: Some(OpeningSecretBytes::new(opening.id().0, *opening.expose())),
    }
}

fn signed(facts: &OrderFacts, key: &SigningKeypair) -> Vec<u8> {
    let digits = order::issue_order(facts, key).unwrap();
    sonae::credential::frame::decode(&digits).unwrap().1
}

/// Lays an order in the place of the newest revision of number 1.
fn offer_order(stage: &mut Stage, bytes: &[u8]) {
    stage.lay(&names::order(1, 9), bytes);
    stage.index.orders = vec![OfferedOrder { number: 1, revision: 9 }];
}

/// An order of this authority, after a trust list that says something else about it.
fn authority_is(stage: &mut Stage, change: fn(&mut TrustedKey)) {
    let mut list = TrustDraft::read(&world_list()).unwrap();
    list.sequence = 2;
    list.keys.iter_mut().filter(|key| key.role == Role::Authority).for_each(change);
    stage.offer_list(&world().keys.sign_list(&list), 1, 2);
    offer_order(stage, &signed(&facts(), &world().keys.authority));
}

pub const ATTACKS: &[Attack] = &[
    attack(
        "revocations",
        "revocations rolled back",
        "list 0 without the paper that list 1 revokes",
        "revocation_list_older",
        |stage| {
            offer(stage, &list(0, NOON, &world().keys.kyokai));
        },
    ),
    attack(
        "revocations",
        "unknown issuer",
        "signed by a key on no list",
        "revocation_list_untrusted",
        |stage| {
            offer(stage, &list(2, NOON, &stranger(1)));
        },
    ),
    attack(
        "revocations",
        "another role's revocations",
        "signed by the publisher of releases",
        "revocation_list_untrusted",
        |stage| {
            offer(stage, &list(2, NOON, &world().keys.publisher));
        },
    ),
    attack(
        "revocations",
        "revocations altered",
        "one bit of the signature",
        "revocation_list_untrusted",
        |stage| {
            let mut bytes = list(2, NOON, &world().keys.kyokai);
            *bytes.last_mut().unwrap() ^= 1;
            offer(stage, &bytes);
        },
    ),
    attack(
        "revocations",
        "stolen issuer's key",
        "an empty list by a key the trust list on the same stick calls stolen",
        "revocation_list_untrusted",
        |stage| {
            let mut trust = TrustDraft::read(&world_list()).unwrap();
            trust.sequence = 2;
            let issuers = trust.keys.iter_mut().filter(|key| key.role == Role::Issuer);
            issuers.for_each(|key| key.status = KeyStatus::CompromisedSince(Stamp(NOON + DAY)));
            stage.offer_list(&world().keys.sign_list(&trust), 1, 2);
            offer(stage, &list(2, NOON, &world().keys.kyokai));
        },
    ),
    attack(
        "revocations",
        "revocations dated in 2100",
        "made 74 years from now; signed",
        "revocations_from_the_future",
        |stage| {
            offer(stage, &list(2, NOON + 74 * 365 * DAY, &world().keys.kyokai));
        },
    ),
    attack(
        "revocations",
        "hashes out of order",
        "serials that no search would find; signed",
        "revocation_list_malformed",
        |stage| {
            let mut payload = vec![];
            let mut e = minicbor::Encoder::new(&mut payload);
            e.map(3).unwrap().u8(0).unwrap().u64(2).unwrap().u8(1).unwrap().i64(NOON).unwrap();
            e.u8(2).unwrap().bytes(&[9; 16]).unwrap();
            let purpose = Purpose("sonae revocations v1");
            offer(stage, &seal::sign(purpose, &world().keys.kyokai, &payload));
        },
    ),
    attack(
        "revocations",
        "endless revocations",
        "more than the ceiling of 9 MiB",
        "link_item_too_large",
        |stage| {
            offer(stage, &vec![0; REVOCATION_BYTES_MAX as usize + 1]);
        },
    )
    .silent(),
    attack(
        "revocations",
        "revocations promised and missing",
        "the index promises list 2 of an issuer, the stick has none",
        "link_item_missing",
        |stage| {
            offer(stage, &[]);
            let issuer = world().keys.kyokai.public().kid();
            std::fs::remove_file(stage.stick().join(names::revocations(issuer))).unwrap();
        },
    )
    .silent(),
    attack(
        "order",
        "unknown authority",
        "signed by a key on no list",
        "order_signer_unknown",
        |stage| {
            offer_order(stage, &signed(&facts(), &stranger(1)));
        },
    ),
    attack("order", "order altered", "one bit of the signature", "order_forged", |stage| {
        let mut bytes = signed(&facts(), &world().keys.authority);
        *bytes.last_mut().unwrap() ^= 1;
        offer_order(stage, &bytes);
    }),
    attack(
        "order",
        "authority out of its area",
        "Ishikawa, by an authority that answers for Toyama alone",
        "order_out_of_scope",
        |stage| {
            authority_is(stage, |key| key.areas = vec![Area::Prefecture(16)]);
        },
    ),
    attack(
        "order",
        "stolen authority's key",
        "signed by a key the trust list on the same stick calls stolen",
        "order_signer_compromised",
        |stage| {
            authority_is(stage, |key| key.status = KeyStatus::CompromisedSince(Stamp(NOON - DAY)));
        },
    ),
    attack(
        "order",
        "authority's key ended",
        "signed after the key's last day",
        "order_key_ended",
        |stage| {
            authority_is(stage, |key| key.not_after = Stamp(NOON).plus_days(-2).day());
        },
    ),
    attack(
        "order",
        "authority's key not yet valid",
        "signed before the key's first day",
        "order_key_not_yet",
        |stage| {
            authority_is(stage, |key| key.not_before = Stamp(NOON).plus_days(9).day());
        },
    ),
    attack(
        "order",
        "garbage in the order's place",
        "a picture of a cat",
        "order_malformed",
        |stage| offer_order(stage, b"\x84\xff\xd8\xff\xe0 cat"),
    ),
    attack(
        "order",
        "endless order",
        "more than the ceiling of 1 MiB",
        "link_item_too_large",
        |stage| {
            offer_order(stage, &vec![0; ORDER_BYTES_MAX as usize + 1]);
        },
    )
    .silent(),
    attack(
        "order",
        "order promised and missing",
        "the index promises revision 9, the stick has none",
        "link_item_missing",
        |stage| stage.index.orders = vec![OfferedOrder { number: 1, revision: 9 }],
    )
    .silent(),
];

#[test]
fn an_older_revision_on_a_stick_opens_nothing_that_a_newer_closed() {
    let mut stage = Stage::new();
    let appliance = stage.open();
    for (revision, kind) in [(1, OrderKind::Open), (2, OrderKind::Close)] {
        let facts = OrderFacts { revision, kind, ..facts() };
        appliance.take_order_file(&signed(&facts, &world().keys.authority)).unwrap();
    }
    let closed = appliance.disaster_status().state;
    offer_order(&mut stage, &signed(&facts(), &world().keys.authority));
    assert_eq!(stage.settle(&appliance), [("order", "order_older")]);
    assert_eq!(appliance.disaster_status().state, closed);
    let told = crate::stage::refusals(&appliance);
    assert_eq!(told, [("order".to_owned(), "order_older".to_owned())]);
}
