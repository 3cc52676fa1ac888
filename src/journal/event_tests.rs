//! Promises of entries: what was written is read back, by older and newer versions too.

use super::*;
use proptest::prelude::*;

const NOW: Reading = Reading { at: Stamp(1_795_316_400), clock: ClockState::FarAhead };

#[test]
fn an_entry_reads_back_as_written() {
    let event = Event::Refused { what: "release".into(), code: "release_older".into() };
    assert_eq!(decode_event(&encode_event(NOW, &event)), Some((NOW, event)));
}

#[test]
fn a_trust_list_noted_before_there_were_root_versions_is_still_read() {
    let mut bytes = vec![];
    minicbor::encode((NOW.at.0, 2_u8, (2_u16, (7_u64, 99_i64))), &mut bytes).unwrap();
    let event =
        Event::TrustUpdated { sequence: 7, made_at: 99, root_version: None, payload_hash: None };
    assert_eq!(decode_event(&bytes), Some((NOW, event)));
}

#[test]
fn a_release_noted_before_roots_were_is_still_read() {
    let mut bytes = vec![];
    minicbor::encode((NOW.at.0, 2_u8, (4_u16, ("石川県", 12_u64, 99_i64))), &mut bytes).unwrap();
    let event =
        Event::ReleaseImported { region: "石川県".into(), version: 12, as_of: 99, root: None };
    assert_eq!(decode_event(&bytes), Some((NOW, event)));
}

#[test]
fn an_entry_of_a_newer_version_keeps_its_time_and_is_called_unknown() {
    let mut bytes = vec![];
    minicbor::encode((NOW.at.0, 2_u8, (777_u16, ("new thing",))), &mut bytes).unwrap();
    assert_eq!(decode_event(&bytes), Some((NOW, Event::Unknown)));
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_event(&bytes);
    }
}
