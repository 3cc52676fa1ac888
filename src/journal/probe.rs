//! The journal as it lies on the disk, and its entries as they come out of it or arrive at the hub, for the fuzz targets and
//! the replay of their corpus. Not in any shipped program.

use super::{Entry, Event, Projection, decode_event, encode_event, genesis, verify_bytes, walk};
use crate::domain::time::Stamp;
use jiff::civil::Date;

/// Whose journal it is.
const BOX: [u8; 16] = [1; 16];
const NOW: Stamp = Stamp(1_795_316_400);

/// A journal's frames.
pub fn frames(bytes: &[u8]) {
    let whole = walk(bytes, genesis(&BOX)).frames.len() as u64;
    assert_eq!(verify_bytes(bytes, &BOX).entries, whole);
}

/// An entry: what it comes down to, as JSON too, and written once more.
pub fn event(bytes: &[u8]) {
    let Some((reading, event)) = decode_event(bytes) else { return };
    let again = encode_event(reading, &event);
    assert_eq!(decode_event(&again).as_ref(), Some(&(reading, event.clone())));
    let mut projection = Projection::default();
    let entry = Entry { sequence: u64::MAX, at: reading.at, clock: reading.clock, event };
    projection.take(&entry);
    projection.take(&entry);
    let _ = (projection.open_window(Date::constant(2026, 11, 22)), projection.outbox());
    if let Event::Consented { person, order, .. } = &entry.event {
        let _ = projection.live_consent(person, *order, NOW);
    }
    let _ = serde_json::to_string(&entry);
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};
    use crate::{
        domain::time::{ClockState, Reading},
        journal::chain::frame_bytes,
        sys::corpus::replay,
    };

    fn journal() -> Vec<u8> {
        let mut head = genesis(&BOX);
        let mut bytes = vec![];
        for sealed in [&b"first entry"[..], b"second entry", b"third entry"] {
            head = head.next(sealed);
            bytes.extend(frame_bytes(&head, sealed));
        }
        bytes
    }

    #[test]
    fn no_seed_of_a_journal_and_nothing_near_it_makes_walking_panic() {
        let (whole, mut torn) = (journal(), journal());
        torn.truncate(torn.len() - 4);
        replay("frames", &[("whole", whole), ("torn", torn)], frames);
    }

    #[test]
    fn no_seed_of_an_entry_and_nothing_near_it_makes_reading_panic() {
        let person = PersonRef {
            insurer: 6_170_018,
            symbol: "備".into(),
            number: "00123".into(),
            branch: Some(1),
            birth: "1950-01-31".into(),
        };
        let viewer = Viewer { name: "架空 一郎".into(), role: ViewerRole::Pharmacist };
        let note = ReceiptNote {
            batch: [4; 32],
            from: 3,
            to: 9,
            received_at: 1_795_316_400,
            rejected: vec![(4, "entry_unreadable".into())],
        };
        let (kind, second_fact) = (ConsentKind::Oral, "address".into());
        let consented = Event::Consented { person, kind, viewer, second_fact, order: 7 };
        let never = Reading { at: Stamp(i64::MIN), clock: ClockState::Sure };
        let before_all_time = encode_event(never, &consented);
        let seeds = [
            ("started", Event::Started { version: "1.0.0".into() }),
            ("consented", consented),
            ("receipt", Event::ReceiptRecorded { note }),
        ];
        let reading = Reading { at: NOW, clock: ClockState::Sure };
        let written = seeds.map(|(name, event)| (name, encode_event(reading, &event)));
        replay("event", &[&written[..], &[("before-all-time", before_all_time)]].concat(), event);
    }
}
