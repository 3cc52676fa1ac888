//! Releases: who signed them, what the manifest says, for whom they are, when they are from.

use crate::{
    publisher::{PURPOSE, Release, TREES},
    stage::{DAY, HELD, NOON, OFFERED, Stage, published, stranger, world, world_list},
    table::{Attack, attack},
};
use sonae::{
    domain::time::Stamp,
    limits::MANIFEST_BYTES_MAX,
    seal::{Purpose, SealingKey},
    snapshot::MANIFEST_NAME,
    sys::sim::SeedDice,
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};
use std::fs;

const GIBIBYTE: u64 = 1 << 30;

/// The release on the stick, its manifest changed and signed anew by the publisher.
macro_rules! signed {
    ($manifest:ident => $change:expr) => {
        |stage: &mut Stage| stage.offer("offered").sign(|$manifest| $change)
    };
}

/// The release on the stick, one file of it changed behind the publisher's back.
macro_rules! bent {
    ($file:expr, $bytes:ident => $change:expr) => {
        |stage: &mut Stage| stage.offer("offered").bend($file, |$bytes| $change)
    };
}

/// A trust list of number 2 that says something else about the publisher.
pub fn publisher_is(stage: &mut Stage, change: fn(&mut TrustedKey)) {
    let mut list = TrustDraft::read(&world_list()).unwrap();
    list.sequence = 2;
    list.keys.iter_mut().filter(|key| key.role == Role::Publisher).for_each(change);
    stage.offer_list(&world().keys.sign_list(&list), 1, 2);
}

fn other_wrap(release: &Release) -> crate::publisher::Wrap {
    let manifest = release.manifest();
    manifest.wraps.into_iter().find(|wrap| wrap.box_id != world().card.id).unwrap()
}

fn own_wrap(manifest: &mut crate::publisher::Manifest) -> &mut crate::publisher::Wrap {
    manifest.wraps.iter_mut().find(|wrap| wrap.box_id == world().card.id).unwrap()
}

/// A trust list that says something else about the publisher, and a release that he signed an hour from now.
fn by_publisher_who_is(stage: &mut Stage, change: fn(&mut TrustedKey)) {
    publisher_is(stage, change);
    stage.offer("offered").sign(|manifest| manifest.made_at = NOON + 3_600);
}

pub const ATTACKS: &[Attack] = &[
    attack("release", "rollback", "version 9 in the place of 11", "release_older", |stage| {
        stage.offer("older");
    }),
    attack(
        "release",
        "rollback, clock in 1970",
        "version 9, on a box whose battery died",
        "release_older",
        |stage| {
            stage.clock.set(0);
            stage.offer("older");
        },
    ),
    attack(
        "release",
        "rollback, clock in 2100",
        "version 9, on a box whose clock was set forward",
        "release_older",
        |stage| {
            stage.clock.set(NOON + 74 * 365 * DAY);
            stage.offer("older");
        },
    ),
    attack(
        "release",
        "one version, two contents",
        "another release under the number held",
        "release_conflicts",
        |stage| {
            stage.offer("conflicting");
        },
    ),
    attack(
        "release",
        "dated in 2029",
        "made three years from now, in the key's time; signed",
        "release_from_the_future",
        signed!(m => m.made_at += 3 * 365 * DAY),
    ),
    attack(
        "release",
        "dated in 2100",
        "made 74 years from now, long after the key's last day; signed",
        "key_ended",
        signed!(m => m.made_at += 74 * 365 * DAY),
    ),
    attack(
        "release",
        "as of next year",
        "describes a day three hundred days after it was made, fresh until then; signed",
        "release_as_of_after_made",
        signed!(m => m.as_of = m.made_at + 300 * DAY),
    ),
    attack(
        "release",
        "last number",
        "version 2⁶⁴−1, which nothing could follow; signed",
        "release_malformed",
        signed!(m => m.version = u64::MAX),
    ),
    attack(
        "release",
        "newer format",
        "format 2; signed",
        "release_newer_format",
        signed!(m => m.format = 2),
    ),
    attack(
        "release",
        "unsigned",
        "the bare manifest without signature",
        "signature_malformed",
        |stage| {
            let release = stage.offer("offered");
            release.write(MANIFEST_NAME, &minicbor::to_vec(release.manifest()).unwrap());
        },
    ),
    attack(
        "release",
        "empty manifest",
        "a file of no bytes",
        "signature_malformed",
        bent!(MANIFEST_NAME, b => b.clear()),
    ),
    attack(
        "release",
        "manifest cut off",
        "its last byte is gone",
        "signature_malformed",
        bent!(MANIFEST_NAME, b => b.truncate(b.len() - 1)),
    ),
    attack(
        "release",
        "forged signature",
        "one bit of the signature",
        "signature_forged",
        bent!(MANIFEST_NAME, b => *b.last_mut().unwrap() ^= 1),
    ),
    attack(
        "release",
        "forged content",
        "one bit of the signed manifest",
        "signature_forged",
        bent!(MANIFEST_NAME, b => { let middle = b.len() / 2; b[middle] ^= 1 }),
    ),
    attack(
        "release",
        "signed as something else",
        "the publisher's signature on it is one for trust lists",
        "signature_forged",
        |stage| {
            let release = stage.offer("offered");
            let payload = minicbor::to_vec(release.manifest()).unwrap();
            release.sign_payload(Purpose("sonae trust list v1"), &world().keys.publisher, &payload);
        },
    ),
    attack(
        "release",
        "unknown publisher",
        "signed by a key on no list",
        "signer_unknown",
        |stage| {
            stage.offer("offered").sign_by(&stranger(1), |_| {});
        },
    ),
    attack(
        "release",
        "another role's key",
        "signed by the authority that signs disaster orders",
        "signer_unknown",
        |stage| {
            stage.offer("offered").sign_by(&world().keys.authority, |_| {});
        },
    ),
    attack(
        "release",
        "publisher out of its area",
        "Toyama (16), signed by the publisher of Ishikawa (17)",
        "publisher_out_of_area",
        signed!(m => m.region = 16),
    ),
    attack(
        "release",
        "another region",
        "a town of the prefecture, on a box that holds the prefecture",
        "release_other_region",
        |stage| {
            stage.offer("town");
        },
    ),
    attack(
        "release",
        "stolen publisher's key",
        "signed after the trust list on the same stick calls the key stolen",
        "key_compromised",
        |stage| {
            by_publisher_who_is(stage, |key| {
                key.status = KeyStatus::CompromisedSince(Stamp(NOON + 1_800))
            });
        },
    ),
    attack(
        "release",
        "retired publisher's key",
        "signed with a key that the trust list on the same stick calls retired",
        "key_retired",
        |stage| by_publisher_who_is(stage, |key| key.status = KeyStatus::Retired),
    ),
    attack(
        "release",
        "publisher's key ended",
        "signed after the key's last day",
        "key_ended",
        |stage| {
            by_publisher_who_is(stage, |key| key.not_after = Stamp(NOON).plus_days(-2).day());
        },
    ),
    attack(
        "release",
        "publisher's key not yet valid",
        "signed before the key's first day",
        "key_not_yet_valid",
        |stage| {
            by_publisher_who_is(stage, |key| key.not_before = Stamp(NOON).plus_days(9).day());
        },
    ),
    attack(
        "release",
        "region that does not exist",
        "prefecture 48; signed",
        "release_malformed",
        signed!(m => m.region = 48),
    ),
    attack(
        "release",
        "scope and region differ",
        "one town, said to be a prefecture; signed",
        "release_malformed",
        signed!(m => m.scope = 1),
    ),
    attack(
        "release",
        "bytes after the manifest",
        "a second item behind the map; signed",
        "release_malformed",
        |stage| {
            let release = stage.offer("offered");
            let mut payload = minicbor::to_vec(release.manifest()).unwrap();
            payload.push(0);
            release.sign_payload(PURPOSE, &world().keys.publisher, &payload);
        },
    ),
    attack(
        "release",
        "array of 2⁶⁴−1 files",
        "a count in the manifest that no memory holds; signed",
        "release_malformed",
        |stage| {
            let payload = [&[0xa2, 0, 1, 10, 0x9b][..], &[0xff; 8]].concat();
            stage.offer("offered").sign_payload(PURPOSE, &world().keys.publisher, &payload);
        },
    ),
    attack(
        "release",
        "a tree twice",
        "two rows for the people; signed",
        "release_malformed",
        signed!(m => { let row = m.files[0].clone(); m.files.push(row) }),
    ),
    attack(
        "release",
        "a tree left out",
        "no row for the people; signed",
        "release_malformed",
        signed!(m => drop(m.files.remove(0))),
    ),
    attack(
        "release",
        "count overflow",
        "2³²−1 buckets in a file of some kilobytes; signed",
        "release_malformed",
        signed!(m => m.files[0].buckets = u32::MAX),
    ),
    attack(
        "release",
        "no buckets",
        "a tree of none; signed",
        "release_malformed",
        signed!(m => m.files[0].buckets = 0),
    ),
    attack(
        "release",
        "hashes left out",
        "a file of more MiB than hashes; signed",
        "release_malformed",
        signed!(m => m.files[0].hashes.clear()),
    ),
    attack(
        "release",
        "endless length",
        "a file of 2⁶⁴−1 bytes; signed",
        "release_malformed",
        signed!(m => m.files[0].bytes = u64::MAX),
    ),
    attack(
        "release",
        "2 GiB declared",
        "a file of 2 GiB with all its hashes, and some kilobytes on the stick; signed",
        "release_truncated",
        signed!(m => {
            m.files[0].bytes = 2 * GIBIBYTE;
            let first = m.files[0].hashes.clone();
            m.files[0].hashes = first.repeat(2048);
        }),
    ),
    attack(
        "release",
        "endless manifest",
        "a manifest of 64 GiB of nothing",
        "release_too_long",
        |stage| {
            let file = fs::File::create(stage.offer("offered").path(MANIFEST_NAME)).unwrap();
            file.set_len(64 * GIBIBYTE).unwrap();
        },
    ),
    attack(
        "release",
        "manifest one byte too long",
        "over the ceiling of 4 MiB, well signed",
        "release_too_long",
        |stage| {
            let release = stage.offer("offered");
            let mut payload = minicbor::to_vec(release.manifest()).unwrap();
            payload.resize(MANIFEST_BYTES_MAX as usize, 0);
            release.sign_payload(PURPOSE, &world().keys.publisher, &payload);
        },
    ),
    attack(
        "release",
        "not for this box",
        "the wrap for this box is left out; signed",
        "release_not_for_this_box",
        signed!(m => m.wraps.retain(|w| w.box_id != world().card.id)),
    ),
    attack(
        "release",
        "for nobody",
        "no wraps at all; signed",
        "release_not_for_this_box",
        signed!(m => m.wraps.clear()),
    ),
    attack(
        "release",
        "key wrapped for another box",
        "another box's wrap under this box's name; signed",
        "unseal_failed",
        |stage| {
            let release = stage.offer("offered");
            let other = other_wrap(&release);
            release.sign(|manifest| {
                let own = own_wrap(manifest);
                (own.eligibility, own.share, own.medical) =
                    (other.eligibility, other.share, other.medical);
            });
        },
    ),
    attack(
        "release",
        "key of another release",
        "this box's wrap out of another release; signed",
        "unseal_failed",
        |stage| {
            let mut other = Release::at(&published("other")).manifest();
            stage
                .offer("offered")
                .sign(|manifest| *own_wrap(manifest) = own_wrap(&mut other).clone());
        },
    ),
    attack(
        "release",
        "weak wrap",
        "an encapsulated key of small order, under which anybody knows the secret; signed",
        "unseal_failed",
        signed!(m => {
            own_wrap(m).eligibility[..32].fill(0);
        }),
    ),
    attack(
        "release",
        "wrapped key of five bytes",
        "sealed to this box, and no key; signed",
        "release_malformed",
        signed!(m => {
            let sealed = world().card.sealing.seal(crate::publisher::ELIGIBILITY, &m.release, b"short").unwrap();
            own_wrap(m).eligibility = sealed;
        }),
    ),
    attack(
        "release",
        "another key wrapped",
        "a well-formed key that opens none of the blocks; signed",
        "snapshot_block_damaged",
        signed!(m => {
            let key = SealingKey::random(&SeedDice::new(3)).expose().to_owned();
            let sealed = world().card.sealing.seal(crate::publisher::ELIGIBILITY, &m.release, &key).unwrap();
            own_wrap(m).eligibility = sealed;
        }),
    ),
    attack(
        "release",
        "manifest of one, files of another",
        "every file out of another release",
        "release_altered",
        |stage| {
            let release = stage.offer("offered");
            TREES.iter().for_each(|(_, file)| {
                release.write(file, &Release::at(&published("other")).read(file))
            });
            // As long as the signed ones, so that it is the content that tells.
            release.bend("person.blk", |bytes| bytes.fill(0));
        },
    ),
    attack("release", "no manifest", "the folder has none", "file_missing", |stage| {
        fs::remove_file(stage.offer("offered").path(MANIFEST_NAME)).unwrap();
    }),
    attack(
        "release",
        "no folder",
        "the index promises a release that is not there",
        "file_missing",
        |stage| {
            let dir = stage.offer_as("offered", OFFERED).dir;
            fs::remove_dir_all(dir).unwrap();
        },
    ),
];

/// Told in the answer, not refused: see the page's last table.
#[test]
fn a_release_under_another_number_than_its_own_counts_by_its_own() {
    let mut stage = Stage::new();
    stage.offer_as("offered", 500);
    let appliance = stage.open();
    assert_eq!(stage.settle(&appliance), []);
    assert_eq!(appliance.status().snapshot.unwrap().source.version, HELD + 1);
    stage.mend();
    assert_eq!(stage.settle(&appliance), [], "nothing is barred by the name of a folder");
}

#[test]
fn files_nobody_declared_are_never_opened_and_never_imported() {
    let mut stage = Stage::new();
    let release = stage.offer("offered");
    let secret = stage.beside().join("beside.txt");
    fs::write(&secret, "beside").unwrap();
    for odd in
        ["autorun.inf", "extra.blk", "person.blk.draft", "..blk", "名簿 ' \" ; $(x).csv", "a\nb"]
    {
        fs::write(release.path(odd), b"undeclared").unwrap();
    }
    std::os::unix::fs::symlink(&secret, release.path("shortcut")).unwrap();
    std::os::unix::fs::symlink("/", stage.stick().join("everything")).unwrap();
    let appliance = stage.open();
    assert_eq!(stage.settle(&appliance), []);
    assert_eq!(appliance.status().snapshot.unwrap().source.version, OFFERED);
    drop(appliance);
    let found = crate::files_below(&stage.beside().join("box"));
    let odd: Vec<_> = found
        .iter()
        .filter(|path| fs::read(path).unwrap().windows(10).any(|w| w == b"undeclared"))
        .collect();
    assert_eq!(odd, [""; 0].map(std::path::PathBuf::from).iter().collect::<Vec<_>>());
}
