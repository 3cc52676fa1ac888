//! Deltas: on another base, out of turn, bent, and sealed by a publisher who errs.

use crate::{
    publisher::Base,
    releases::publisher_is,
    stage::{GOOD, HELD, OFFERED, Stage, stranger},
    table::{Attack, attack},
};
use sonae::{snapshot::MANIFEST_NAME, trust::KeyStatus};
use std::fs;

fn based(stage: &mut Stage, change: fn(&mut Base)) {
    stage.offer_delta("delta").sign(|manifest| change(manifest.base.as_mut().unwrap()));
}

pub const ATTACKS: &[Attack] = &[
    attack(
        "delta",
        "delta of another root",
        "on another release of the version held; signed",
        "delta_other_root",
        |stage| {
            based(stage, |base| (base.follows, base.root) = ([9; 16], [9; 16]));
        },
    ),
    attack(
        "delta",
        "delta with two roots",
        "follows another release than its root, under the root's version; signed",
        "release_malformed",
        |stage| {
            based(stage, |base| base.follows = [9; 16]);
        },
    ),
    attack(
        "delta",
        "delta out of turn",
        "follows a version that is not held yet; signed",
        "delta_out_of_order",
        |stage| {
            stage.offer_delta("delta").sign(|manifest| {
                manifest.version = GOOD;
                let base = manifest.base.as_mut().unwrap();
                (base.follows, base.follows_version) = ([9; 16], OFFERED);
            });
        },
    ),
    attack(
        "delta",
        "delta that leads back",
        "version 9 on version 10; signed",
        "release_malformed",
        |stage| {
            stage.offer_delta("delta").sign(|manifest| manifest.version = HELD - 1);
        },
    ),
    attack(
        "delta",
        "delta of the last number",
        "version 2⁶⁴−1, which nothing could follow; signed",
        "release_malformed",
        |stage| {
            stage.offer_delta("delta").sign(|manifest| manifest.version = u64::MAX);
        },
    ),
    attack(
        "delta",
        "delta by an unknown publisher",
        "signed by a key on no list",
        "signer_unknown",
        |stage| {
            stage.offer_delta("delta").sign_by(&stranger(1), |_| {});
        },
    ),
    attack(
        "delta",
        "delta for another region",
        "Toyama (16), signed by the publisher of Ishikawa (17)",
        "publisher_out_of_area",
        |stage| {
            stage.offer_delta("delta").sign(|manifest| manifest.region = 16);
        },
    ),
    attack(
        "delta",
        "delta altered",
        "one bit of its last block of people",
        "release_altered",
        |stage| {
            stage.offer_delta("delta").bend("person.blk", |bytes| *bytes.last_mut().unwrap() ^= 1);
        },
    ),
    attack(
        "delta",
        "delta cut off",
        "the last byte of its people is gone",
        "release_truncated",
        |stage| {
            stage.offer_delta("delta").bend("person.blk", |bytes| bytes.truncate(bytes.len() - 1));
        },
    ),
    attack(
        "delta",
        "delta too long",
        "a byte behind the last signed one",
        "release_too_long",
        |stage| {
            stage.offer_delta("delta").bend("person.blk", |bytes| bytes.push(0));
        },
    ),
    attack(
        "delta",
        "delta without its people",
        "the file is left out of the folder",
        "file_missing",
        |stage| {
            fs::remove_file(stage.offer_delta("delta").path("person.blk")).unwrap();
        },
    ),
    attack(
        "delta",
        "delta by a retired key",
        "signed with a key that the trust list on the same stick calls retired",
        "key_retired",
        |stage| {
            publisher_is(stage, |key| key.status = KeyStatus::Retired);
            stage.offer_delta("delta");
        },
    ),
    attack("delta", "delta unsigned", "one bit of the signature", "signature_forged", |stage| {
        stage.offer_delta("delta").bend(MANIFEST_NAME, |bytes| *bytes.last_mut().unwrap() ^= 1);
    }),
    attack(
        "delta",
        "delta under another name",
        "its blocks, sealed under the name of another delta; signed",
        "snapshot_block_damaged",
        |stage| {
            stage.offer_delta("delta").sign(|manifest| manifest.release = [9; 16]);
        },
    ),
    attack(
        "delta",
        "delta of nobody",
        "takes away somebody who was never there; sealed and signed",
        "delta_wrong_base",
        |stage| {
            stage.offer_delta("delta-of-nobody");
        },
    ),
];
