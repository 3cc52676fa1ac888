//! What can happen on a box, and how it is written down.
//!
//! CBOR with fixed integer keys: a key or number once given never gets another meaning. An entry that a newer version
//! wrote reads as [`Event::Unknown`] and stays in the chain untouched.

use crate::domain::{
    insured::Identity,
    person::PersonRecord,
    time::{ClockState, Reading, Stamp},
};
use minicbor::{Decode, Encode};
use serde::Serialize;

/// Whom an entry is about: enough for the hub to reconcile, nothing medical.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct PersonRef {
    /// 保険者番号 as a value.
    #[n(0)]
    pub insurer: u32,
    /// 記号.
    #[n(1)]
    pub symbol: String,
    /// 番号.
    #[n(2)]
    pub number: String,
    /// 枝番.
    #[n(3)]
    pub branch: Option<u8>,
    /// 生年月日, ISO; empty where unknown.
    #[n(4)]
    pub birth: String,
}

impl PersonRef {
    /// A reference to a typed or scanned identity.
    #[must_use]
    pub fn new(identity: &Identity, birth: Option<jiff::civil::Date>) -> Self {
        Self {
            insurer: identity.insurer.value(),
            symbol: identity.symbol.clone(),
            number: identity.number.clone(),
            branch: identity.branch.map(crate::domain::insured::Branch::value),
            birth: birth.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

impl From<&PersonRecord> for PersonRef {
    fn from(record: &PersonRecord) -> Self {
        Self::new(&record.identity, Some(record.birth))
    }
}

/// Who may look at drug records (field.md A24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewerRole {
    /// 医師.
    #[n(0)]
    Doctor,
    /// 歯科医師.
    #[n(1)]
    Dentist,
    /// 薬剤師.
    #[n(2)]
    Pharmacist,
    /// 被選定者: a person the facility's head has named.
    #[n(3)]
    Named,
}

/// Who looks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Viewer {
    /// Their name.
    #[n(0)]
    pub name: String,
    /// Their licence or appointment.
    #[n(1)]
    pub role: ViewerRole,
}

/// How consent was given (field.md A23).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ConsentKind {
    /// Asked and given by word of mouth.
    #[n(0)]
    Oral,
    /// Unconscious or unable to say; the reason is written down.
    #[n(1)]
    Unable {
        /// Why it could not be asked.
        #[n(0)]
        reason: String,
    },
}

/// What the hub's signed receipt said of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct ReceiptNote {
    /// BLAKE3 of the sealed batch.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub batch: [u8; 32],
    /// First entry it covered.
    #[n(1)]
    pub from: u64,
    /// Last entry it covered.
    #[n(2)]
    pub to: u64,
    /// When the hub took it in.
    #[n(3)]
    pub received_at: i64,
    /// Entries the hub could not use, with the reason's code; they count as delivered and wait for a person.
    #[n(4)]
    pub rejected: Vec<(u64, String)>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The box was started.
    #[n(0)]
    Started {
        /// Version of the program.
        #[n(0)]
        version: String,
    },
    /// An unfinished last append was cut off and kept aside.
    #[n(1)]
    TailCut {
        /// Bytes cut.
        #[n(0)]
        bytes: u64,
    },
    /// A newer trust list was taken over.
    #[n(2)]
    TrustUpdated {
        /// Its sequence number.
        #[n(0)]
        sequence: u64,
        /// When it was made.
        #[n(1)]
        made_at: i64,
        /// The root version whose holders signed it; entries of the first lists have none.
        #[n(2)]
        root_version: Option<u64>,
        /// BLAKE3 of what was signed, hexadecimal.
        #[n(3)]
        payload_hash: Option<String>,
    },
    /// A newer revocation list was taken over.
    #[n(3)]
    RevocationsUpdated {
        /// The issuer's key id, hexadecimal.
        #[n(0)]
        issuer: String,
        /// Its sequence number.
        #[n(1)]
        sequence: u64,
        /// When it was made.
        #[n(2)]
        made_at: i64,
    },
    /// A release was imported and answers now.
    #[n(4)]
    ReleaseImported {
        /// Region's name.
        #[n(0)]
        region: String,
        /// Version.
        #[n(1)]
        version: u64,
        /// The moment it describes.
        #[n(2)]
        as_of: i64,
        /// The whole release it is, or that it builds on, as `<version>-<release id>`: the only one that may come back below
        /// it. The first entries have none.
        #[n(3)]
        root: Option<String>,
    },
    /// Something offered was refused; the former state stays.
    #[n(5)]
    Refused {
        /// What was offered: "release", "trust_list", "revocations", "document", "order", "receipt".
        #[n(0)]
        what: String,
        /// The catalogue's code.
        #[n(1)]
        code: String,
    },
    /// An answer was given at the counter.
    #[n(6)]
    Answered {
        /// Whom it was about, where known.
        #[n(0)]
        person: Option<PersonRef>,
        /// Verdict, as in JSON.
        #[n(1)]
        verdict: String,
        /// Basis, as in JSON.
        #[n(2)]
        basis: String,
        /// Reasons' codes.
        #[n(3)]
        reasons: Vec<String>,
        /// As of when.
        #[n(4)]
        as_of: Option<i64>,
        /// For which day, ISO.
        #[n(5)]
        on: String,
        /// How well it was checked, by code; the first entries have none.
        #[n(6)]
        level: Option<String>,
        /// What was asked at the counter and how it was replied, by codes: `portal:no`.
        #[n(7)]
        #[cbor(default)]
        told: Vec<String>,
    },
    /// A disaster order was accepted.
    #[n(7)]
    OrderAccepted {
        /// The authority's number.
        #[n(0)]
        number: u32,
        /// Its revision.
        #[n(1)]
        revision: u16,
        /// Who ordered it.
        #[n(2)]
        authority: String,
        /// First day, ISO.
        #[n(3)]
        from: String,
        /// Last day, ISO.
        #[n(4)]
        until: String,
        /// Key id of the authority, hexadecimal: numbers are each authority's own.
        #[n(5)]
        authority_key: String,
        /// When it was signed.
        #[n(6)]
        issued_at: i64,
        /// Whether it brought the secret that opens the drug records.
        #[n(7)]
        opens_drugs: bool,
    },
    /// Disaster mode was closed.
    #[n(8)]
    DisasterClosed {
        /// The order's number.
        #[n(0)]
        number: u32,
        /// Its revision that closed it, or the one that was open when a person closed it.
        #[n(1)]
        revision: u16,
        /// Who or what closed it: "order" or the person's name.
        #[n(2)]
        by: String,
        /// Key id of the authority, hexadecimal.
        #[n(3)]
        authority_key: String,
    },
    /// Somebody searched for a person.
    #[n(9)]
    Searched {
        /// Who.
        #[n(0)]
        viewer: Viewer,
        /// By what kinds of fact: "name", "kana", "birth", "sex", "address".
        #[n(1)]
        by: Vec<String>,
        /// How many candidates were shown.
        #[n(2)]
        candidates: u32,
    },
    /// Consent to look at drug records.
    #[n(10)]
    Consented {
        /// The patient.
        #[n(0)]
        person: PersonRef,
        /// Oral, or unable with a reason.
        #[n(1)]
        kind: ConsentKind,
        /// Who asked.
        #[n(2)]
        viewer: Viewer,
        /// The second fact by which the patient was told from the other candidates.
        #[n(3)]
        second_fact: String,
        /// Under which order.
        #[n(4)]
        order: u32,
    },
    /// Drug records were read. Written before they are shown.
    #[n(11)]
    DrugsRead {
        /// The patient.
        #[n(0)]
        person: PersonRef,
        /// Who looks.
        #[n(1)]
        viewer: Viewer,
        /// How many records.
        #[n(2)]
        records: u32,
        /// Under which order.
        #[n(3)]
        order: u32,
    },
    /// A paper was printed.
    #[n(12)]
    Printed {
        /// "answer_slip" or "drug_sheet".
        #[n(0)]
        what: String,
        /// The patient, where known.
        #[n(1)]
        person: Option<PersonRef>,
    },
    /// A batch was handed to a link. Says nothing about arrival.
    #[n(13)]
    BatchSent {
        /// BLAKE3 of the sealed batch.
        #[cbor(n(0), with = "minicbor::bytes")]
        batch: [u8; 32],
        /// First entry in it.
        #[n(1)]
        from: u64,
        /// Last entry in it.
        #[n(2)]
        to: u64,
    },
    /// The hub's signed receipt was verified.
    #[n(14)]
    ReceiptRecorded {
        /// What it said.
        #[n(0)]
        note: ReceiptNote,
    },
    /// The root keys were handed over: from here on the trust list is signed by the holders of this version.
    #[n(20)]
    RootTaken {
        /// The version.
        #[n(0)]
        version: u64,
        /// BLAKE3 of what was signed, hexadecimal: the version stays this document, also where its file is lost.
        #[n(1)]
        payload_hash: Option<String>,
    },
    /// Envelopes were tried out against the release held. Nothing was opened.
    #[n(30)]
    EnvelopesChecked {
        /// Who tried them.
        #[n(0)]
        by: String,
        /// Id of the opening secret that the release held asks for, hexadecimal.
        #[n(1)]
        opening: String,
        /// "ok", or the catalogue's code for why they would not open it.
        #[n(2)]
        code: String,
    },
    /// Eligibility results that this facility received were taken into its own records.
    #[n(40)]
    OwnReceived {
        /// From whom.
        #[n(0)]
        source: String,
        /// How many.
        #[n(1)]
        records: u64,
        /// Sequence number of the last frame then.
        #[n(2)]
        sequence: u64,
    },
    /// The file of received records was written anew from what is known: without what is forgotten, and with what it had lost.
    #[n(41)]
    OwnRewritten {
        /// Records in it now.
        #[n(0)]
        records: u64,
        /// Sequence number of the last frame now.
        #[n(1)]
        sequence: u64,
    },
    /// A statement of eligibility (申立書) was taken; the entry's number is its number. What it says is not told here.
    #[n(50)]
    StatementTaken {
        /// The entry of the answer it belongs to, where there was one.
        #[n(0)]
        visit: Option<u64>,
    },
    /// A kept statement was destroyed.
    #[n(51)]
    StatementDestroyed {
        /// Its number.
        #[n(0)]
        number: u64,
        /// Who did it.
        #[n(1)]
        by: String,
    },
    /// Written by a newer version: kept, passed on, not understood here.
    #[n(9999)]
    Unknown,
}

impl Event {
    /// Whether the hub is to be told. What only speaks of deliveries is not, or no outbox would ever be empty; nor what the
    /// facility received from others or keeps on paper, which is its own matter.
    #[must_use]
    pub fn for_hub(&self) -> bool {
        !matches!(
            self,
            Self::Started { .. }
                | Self::BatchSent { .. }
                | Self::ReceiptRecorded { .. }
                | Self::OwnReceived { .. }
                | Self::StatementTaken { .. }
                | Self::StatementDestroyed { .. }
                | Self::OwnRewritten { .. }
        )
    }
}

/// One entry as read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Place in the chain, from 1. Written as `entry`: some events have a sequence number of their own.
    #[serde(rename = "entry")]
    pub sequence: u64,
    /// When.
    pub at: Stamp,
    /// Whether the clock was sure.
    pub clock: ClockState,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// An entry on its way to the hub: sequence and the CBOR that [`decode_event`] reads.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OutboxItem {
    /// Place in the chain.
    #[n(0)]
    pub sequence: u64,
    /// The entry as written.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub entry: Vec<u8>,
}

/// The bytes of an entry, before sealing: `[at, clock, event]`.
#[must_use]
pub fn encode_event(reading: Reading, event: &Event) -> Vec<u8> {
    let clock: u8 = match reading.clock {
        ClockState::Sure => 0,
        ClockState::BehindRecords => 1,
        ClockState::FarAhead => 2,
    };
    let mut bytes = vec![];
    // Writing into a `Vec` cannot fail.
    let _ = minicbor::encode((reading.at.0, clock, event), &mut bytes);
    bytes
}

/// Reads an entry back; `None` if not even its time can be read.
#[must_use]
pub fn decode_event(bytes: &[u8]) -> Option<(Reading, Event)> {
    let mut decoder = minicbor::Decoder::new(bytes);
    if decoder.array().ok()?? != 3 {
        return None;
    }
    let at = Stamp(decoder.i64().ok()?);
    let clock = match decoder.u8().ok()? {
        0 => ClockState::Sure,
        1 => ClockState::BehindRecords,
        2 => ClockState::FarAhead,
        _ => return None,
    };
    let event = decoder.decode().unwrap_or(Event::Unknown);
    Some((Reading { at, clock }, event))
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
