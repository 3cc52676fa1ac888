//! Promises of the release format.

use super::{
    DrugKey, Manifest, OpeningId, OpeningSecret, SnapshotError, Tree,
    samples::{self, BOX, STRANGER, box_key, opening, publisher, quiet},
    verify,
};
use crate::{
    messages::Trouble,
    seal::{self, Purpose, SealingKey, SigningKeypair, SymmetricKey},
    sys::sim::SeedDice,
};
use proptest::prelude::*;

fn code(error: &SnapshotError) -> &'static str {
    error.message().code
}

#[test]
fn a_release_as_published_verifies_and_tells_what_it_is() {
    let release = samples::release(7, 0);
    let manifest = release.manifest();
    let mut last = None;
    verify(&release, &manifest, &mut |progress| last = Some(progress.done)).unwrap();
    assert_eq!(last, Some(manifest.bytes()));
    assert_eq!((manifest.people(), manifest.dispensings(), manifest.version()), (200, 400, 7));
    assert_eq!(manifest.source().region, "石川県");
    assert_eq!(manifest.buckets(Tree::Person), 25);
    assert_eq!(manifest.opening_id(), opening().id());
    assert_eq!(manifest.signer(), publisher().public());
}

#[test]
fn a_truncated_an_altered_and_a_lengthened_file_are_told_apart() {
    for tree in Tree::ALL {
        let fault = |bend: fn(&mut Vec<u8>)| {
            let mut release = samples::release(1, 0);
            bend(release.file(tree.file_name()));
            let manifest = release.manifest();
            code(&verify(&release, &manifest, &mut quiet).unwrap_err())
        };
        assert_eq!(fault(|file| file.truncate(file.len() - 1)), "release_truncated");
        assert_eq!(fault(|file| file.clear()), "release_truncated");
        assert_eq!(fault(|file| file.push(0)), "release_too_long");
        assert_eq!(fault(|file| *file.last_mut().unwrap() ^= 1), "release_altered");
        assert_eq!(fault(|file| file[0] ^= 1), "release_altered");
    }
}

#[test]
fn a_manifest_that_is_forged_foreign_or_for_another_purpose_is_refused_before_it_is_read() {
    let release = samples::release(1, 0);
    let signed = &release.0[super::MANIFEST_NAME];
    let refused = |bytes: &[u8], keys| code(&Manifest::open(bytes, |_| keys).unwrap_err());
    let ours = vec![publisher().public()];
    let mut bent = signed.clone();
    bent[60] ^= 1;
    assert_eq!(refused(&bent, ours.clone()), "signature_forged");
    assert_eq!(refused(signed, vec![]), "signer_unknown");
    let stranger = SigningKeypair::random(&SeedDice::new(5)).public();
    assert_eq!(refused(signed, vec![stranger]), "signature_forged");
    let order = seal::sign(Purpose("sonae order v1"), &publisher(), b"\xa0");
    assert_eq!(refused(&order, ours.clone()), "signature_forged");
    assert_eq!(refused(&signed[..signed.len() - 1], ours), "signature_malformed");
}

#[test]
fn a_newer_format_is_called_newer_even_when_nothing_else_can_be_read() {
    let mut payload = vec![];
    minicbor::Encoder::new(&mut payload).map(2).unwrap().u8(0).unwrap().u32(2).unwrap();
    minicbor::Encoder::new(&mut payload).u8(4).unwrap().str("seven").unwrap();
    let signed = seal::sign(super::manifest::PURPOSE, &publisher(), &payload);
    let refused = Manifest::open(&signed, |_| vec![publisher().public()]).unwrap_err();
    assert_eq!(code(&refused), "release_newer_format");
}

#[test]
fn looking_at_a_manifest_of_a_newer_format_calls_it_newer_too() {
    let mut release = samples::release(1, 0);
    let claims = super::claims(&release.0[super::MANIFEST_NAME]).unwrap();
    assert_eq!((claims.format, claims.scope), (1, Some(super::Scope::Prefecture)));
    release.sign_anew(|wire| wire.format = 2);
    let refused = super::claims(&release.0[super::MANIFEST_NAME]).unwrap_err();
    assert_eq!(code(&refused), "release_newer_format");
    let unreadable = seal::sign(super::manifest::PURPOSE, &publisher(), b"\xa2\x00\x02\x04\x61s");
    assert_eq!(code(&super::claims(&unreadable).unwrap_err()), "release_newer_format");
}

#[test]
fn records_of_a_later_day_than_they_were_gathered_on_are_no_publishers_release() {
    let refusal = |seconds: i64| {
        let mut release = samples::release(1, 0);
        release.sign_anew(|wire| wire.as_of = wire.made_at.saturating_add(seconds));
        let keys = |_| vec![publisher().public()];
        Manifest::open(&release.0[super::MANIFEST_NAME], keys).err().map(|e| code(&e))
    };
    let day = 86_400;
    for seconds in [-400 * day, 0, day] {
        assert_eq!(refusal(seconds), None, "{seconds}: two clocks may differ by a day");
    }
    for seconds in [day + 1, 365 * day, i64::MAX] {
        assert_eq!(refusal(seconds), Some("release_as_of_after_made"), "{seconds}");
    }
}

#[test]
fn a_facilitys_own_release_is_not_lost_to_a_clock_that_went_back() {
    let signed = &samples::release(1, 0).0[super::MANIFEST_NAME];
    let payload = super::manifest::payload_of(signed);
    let mut wire: super::manifest::Wire = minicbor::decode(&payload).unwrap();
    (wire.scope, wire.as_of) = (super::Scope::Facility.number(), wire.made_at + 90 * 86_400);
    let own = super::SignedBy::ThisBox;
    let signed = super::manifest::sign(own, &wire, &publisher()).unwrap();
    let opened = Manifest::open_as(own, &signed, |_| vec![publisher().public()]).unwrap();
    assert!(opened.as_of() > opened.made_at());
}

#[test]
fn writing_a_release_tells_how_far_it_is_from_the_first_block_to_the_last() {
    let (disk, mut told) = (crate::sys::sim::SimDisk::new(), vec![]);
    let people = samples::region(200).into_iter();
    samples::with_spec(1, 0, |spec| {
        let dir = std::path::Path::new("/release");
        super::build(&disk, dir, spec, people, &mut |progress| told.push(progress)).unwrap();
    });
    let writing: Vec<_> = told.iter().filter(|p| p.step == super::Step::Writing).collect();
    let all = writing[0].total.unwrap();
    assert!(all > 200 && writing.iter().all(|progress| progress.total == Some(all)));
    assert!(writing.len() >= 6 && writing.is_sorted_by_key(|progress| progress.done));
    assert!(writing[0].done < all && writing.last().unwrap().done == all, "{writing:?}");
}

#[test]
fn a_key_this_program_does_not_know_is_passed_over() {
    let release = samples::release(1, 0);
    let opened = seal::open(super::manifest::PURPOSE, &release.0[super::MANIFEST_NAME], |_| {
        vec![publisher().public()]
    })
    .unwrap();
    let mut payload = opened.payload().to_vec();
    assert_eq!(payload[0], 0xa0 + 17, "a map of seventeen");
    payload[0] += 1;
    minicbor::Encoder::new(&mut payload).u8(23).unwrap().str("later").unwrap();
    let signed = seal::sign(super::manifest::PURPOSE, &publisher(), &payload);
    assert_eq!(samples::open_manifest(&signed).people(), 200);
}

#[test]
fn a_manifest_whose_parts_do_not_fit_one_another_is_malformed() {
    let changes: [fn(&mut super::manifest::Wire); 6] = [
        |wire| wire.region = 48,
        |wire| wire.files[0].buckets = u32::MAX,
        |wire| wire.files[0].buckets = 0,
        |wire| wire.files[0].bytes = u64::MAX,
        |wire| wire.files[1].tree = 1,
        |wire| wire.files[2].chunk_hashes.truncate(31),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut release = samples::release(1, 0);
        release.sign_anew(change);
        let keys = |_| vec![publisher().public()];
        let refused = Manifest::open(&release.0[super::MANIFEST_NAME], keys).unwrap_err();
        assert_eq!(code(&refused), "release_malformed", "change {n}");
    }
}

#[test]
fn blocks_that_do_not_fill_their_file_are_malformed_though_signed() {
    let bend = |bend: fn(&mut Vec<Vec<u8>>)| {
        let mut release = samples::release(1, 0);
        let mut blocks = samples::split_blocks(release.file("person.blk"));
        bend(&mut blocks);
        *release.file("person.blk") = samples::join_blocks(&blocks);
        release.sign_anew(|_| {});
        code(&verify(&release, &release.manifest(), &mut quiet).unwrap_err())
    };
    assert_eq!(bend(|blocks| drop(blocks.pop())), "release_malformed");
    assert_eq!(bend(|blocks| blocks.push(vec![0; 40])), "release_malformed");
    assert_eq!(bend(|blocks| blocks[3] = vec![0; 15]), "release_malformed");
    assert_eq!(bend(|blocks| blocks[3] = vec![0; 97 << 10]), "release_malformed");
}

#[test]
fn a_box_that_is_not_enrolled_and_a_box_with_another_key_get_nothing() {
    let manifest = samples::release(1, 0).manifest();
    let refused = manifest.unseal_for(&STRANGER, &box_key()).unwrap_err();
    assert_eq!(code(&refused), "release_not_for_this_box");
    let other = SealingKey::random(&SeedDice::new(55));
    assert_eq!(code(&manifest.unseal_for(&BOX, &other).unwrap_err()), "unseal_failed");
}

#[test]
fn drugs_stay_shut_without_the_right_opening_secret() {
    let release = samples::release(1, 0);
    let (manifest, keys) = (release.manifest(), release.keys());
    keys.unlock_drugs(&manifest, &opening()).unwrap();

    let guess = OpeningSecret::new(opening().id(), SymmetricKey::random(&SeedDice::new(66)));
    assert_eq!(code(&keys.unlock_drugs(&manifest, &guess).unwrap_err()), "opening_wrong");
    let other = OpeningSecret::new(OpeningId([1; 8]), SymmetricKey::from_bytes([1; 32]));
    assert_eq!(code(&keys.unlock_drugs(&manifest, &other).unwrap_err()), "opening_other");
    let next = samples::release(2, 0).manifest();
    assert!(keys.unlock_drugs(&next, &opening()).is_err());
}

#[test]
fn what_the_box_holds_without_an_opening_opens_no_drug_block() {
    let release = samples::release(1, 0);
    let (manifest, opened) = (release.manifest(), release.keys());
    let words = samples::split_blocks(&release.0["medical-words.blk"]);
    let load = |key: &DrugKey| key.words().take(&words[0]);
    load(&opened.unlock_drugs(&manifest, &opening()).unwrap()).unwrap();
    for secret in release.secrets_of_the_box() {
        let guess = DrugKey::new(&manifest, &secret);
        assert_eq!(code(&load(&guess).unwrap_err()), "snapshot_block_damaged");
    }
}

#[test]
fn the_opening_secret_is_never_printed() {
    let printed = format!("{:?}", opening());
    assert_eq!(printed, "OpeningSecret(0909090909090909)");
}

#[test]
fn too_many_records_under_one_number_are_refused_at_the_publisher() {
    let crowd = (0..9_000).map(|n| {
        let mut person = samples::person(0);
        person.name = format!("群衆　{n}");
        (person, vec![])
    });
    let refused = samples::publish_people(crowd).unwrap_err();
    assert_eq!(code(&refused), "release_block_too_large");
}

#[test]
fn a_day_on_which_thousands_were_born_still_fits() {
    let people = (0..3_000).map(|n| {
        let mut person = samples::person(n);
        person.identity.number = n.to_string();
        person.birth = jiff::civil::date(1950, 1, 1 + (n % 3) as i8);
        (person, vec![])
    });
    assert_eq!(samples::publish_people(people).unwrap().people, 3_000);
}

#[test]
fn the_same_people_look_entirely_different_in_the_next_release() {
    let (one, two) = (samples::release(1, 0), samples::release(2, 0));
    let identity = samples::person(9).identity;
    assert_ne!(one.keys().family(&identity).0, two.keys().family(&identity).0);
    assert_eq!(one.keys().family(&identity), one.keys().family(&samples::person(10).identity));
}

proptest! {
    #[test]
    fn no_signed_payload_makes_the_manifest_panic(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let signed = seal::sign(super::manifest::PURPOSE, &publisher(), &payload);
        prop_assert!(Manifest::open(&signed, |_| vec![publisher().public()]).is_err());
    }
}
