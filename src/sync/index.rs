//! The index of what a hub or a stick offers. Unsigned, so it is a hint and never a proof: a lie in it costs one vain
//! request, because every item carries its own signature and number.

#[cfg(any(test, feature = "fuzzing"))]
use super::{Held, plan};
use super::{SyncError, names};
use crate::{limits::INDEX_ITEMS_MAX, seal::Kid};
use minicbor::{Decode, Encode};

/// One issuer's revocation list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferedRevocations {
    /// Whose.
    pub issuer: Kid,
    /// The list's number.
    pub sequence: u64,
}

/// One revision of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct OfferedOrder {
    /// The authority's number.
    #[n(0)]
    pub number: u32,
    /// Its revision.
    #[n(1)]
    pub revision: u16,
}

/// The newest release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OfferedRelease {
    /// Its version.
    #[n(0)]
    pub version: u64,
    /// Its name.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub release_id: [u8; 16],
    /// Bytes of its files; 0 where an older hub does not tell.
    #[cbor(n(2), default)]
    pub bytes: u64,
}

/// One delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct OfferedDelta {
    /// Its version.
    #[n(0)]
    pub version: u64,
    /// The version it follows directly.
    #[n(1)]
    pub follows: u64,
    /// The version of the whole release at the root of its chain.
    #[n(2)]
    pub root: u64,
    /// Bytes of its files.
    #[n(3)]
    pub bytes: u64,
}

/// What is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Newest root document.
    pub root_version: Option<u64>,
    /// The root version under which the trust list is signed.
    pub trust_root: Option<u64>,
    /// Number of the trust list under that root.
    pub trust_sequence: Option<u64>,
    /// One for each issuer.
    pub revocations: Vec<OfferedRevocations>,
    /// Orders, any revisions.
    pub orders: Vec<OfferedOrder>,
    /// The newest whole release.
    pub release: Option<OfferedRelease>,
    /// Deltas, of any chain.
    pub deltas: Vec<OfferedDelta>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct RevocationsWire {
    #[n(0)]
    issuer: String,
    #[n(1)]
    sequence: u64,
}

/// As written. Keys unknown to this program are passed over: an older box reads a newer hub's index.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    trust_sequence: Option<u64>,
    #[cbor(n(1), default)]
    revocations: Vec<RevocationsWire>,
    #[cbor(n(2), default)]
    orders: Vec<OfferedOrder>,
    #[n(3)]
    release: Option<OfferedRelease>,
    #[n(4)]
    root_version: Option<u64>,
    #[n(5)]
    trust_root: Option<u64>,
    #[cbor(n(6), default)]
    deltas: Vec<OfferedDelta>,
}

impl Index {
    /// The bytes of `index.cbor`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let revocations = self.revocations.iter().map(|offered| RevocationsWire {
            issuer: offered.issuer.to_string(),
            sequence: offered.sequence,
        });
        let wire = Wire {
            trust_sequence: self.trust_sequence,
            revocations: revocations.collect(),
            orders: self.orders.clone(),
            release: self.release,
            root_version: self.root_version,
            trust_root: self.trust_root,
            deltas: self.deltas.clone(),
        };
        let mut bytes = vec![];
        let _ = minicbor::encode(wire, &mut bytes); // writing into a `Vec` cannot fail
        bytes
    }

    /// Reads an index. An issuer whose name is no key id is left out: one bad line never blocks the rest.
    pub fn parse(bytes: &[u8]) -> Result<Self, SyncError> {
        let wire: Wire = minicbor::decode(bytes).map_err(|_| SyncError::IndexMalformed("cbor"))?;
        let longest = wire.revocations.len().max(wire.orders.len()).max(wire.deltas.len());
        if longest > INDEX_ITEMS_MAX {
            return Err(SyncError::IndexMalformed("too many items"));
        }
        let revocations = wire.revocations.iter().filter_map(|offered| {
            let issuer = Kid(names::from_hex(&offered.issuer)?);
            Some(OfferedRevocations { issuer, sequence: offered.sequence })
        });
        Ok(Self {
            root_version: wire.root_version,
            trust_root: wire.trust_root,
            trust_sequence: wire.trust_sequence,
            revocations: revocations.collect(),
            orders: wire.orders,
            release: wire.release,
            deltas: wire.deltas,
        })
    }
}

/// For the fuzz target: an index, what a bare box and one that holds something plan by it, and the same without its first step.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn probe(bytes: &[u8]) {
    let Ok(mut index) = Index::parse(bytes) else { return };
    let holding = Held {
        root_version: Some(1),
        trust: Some((1, 2)),
        release_version: Some(12),
        whole_release: Some(12),
        ..Held::default()
    };
    for held in [Held::default(), holding] {
        if let Some(step) = plan(&held, &index, &[], &[]).last() {
            index = index.without(step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minicbor::Encoder;
    use proptest::prelude::*;

    fn full() -> Index {
        Index {
            root_version: Some(2),
            trust_root: Some(2),
            trust_sequence: Some(3),
            revocations: vec![OfferedRevocations { issuer: Kid([1, 2, 3, 0xff]), sequence: 9 }],
            orders: vec![OfferedOrder { number: 7, revision: 2 }],
            release: Some(OfferedRelease { version: 12, release_id: [5; 16], bytes: 9 }),
            deltas: vec![OfferedDelta { version: 13, follows: 12, root: 12, bytes: 1 }],
        }
    }

    #[test]
    fn an_index_reads_back_as_written_and_an_empty_one_too() {
        for index in [full(), Index::default()] {
            assert_eq!(Index::parse(&index.to_bytes()).unwrap(), index);
        }
        assert_eq!(Index::parse(&[0xa0]).unwrap(), Index::default());
    }

    #[test]
    fn what_a_newer_hub_adds_is_passed_over() {
        let mut bytes = vec![];
        let mut e = Encoder::new(&mut bytes);
        e.map(2).unwrap().u8(0).unwrap().u64(3).unwrap();
        e.u8(99).unwrap().array(1).unwrap().str("new").unwrap();
        assert_eq!(Index::parse(&bytes).unwrap().trust_sequence, Some(3));
    }

    #[test]
    fn a_line_that_is_no_key_id_does_not_hide_the_others() {
        let mut bytes = vec![];
        let mut e = Encoder::new(&mut bytes);
        e.map(1).unwrap().u8(1).unwrap().array(2).unwrap();
        for issuer in ["../../x", "010203ff"] {
            e.map(2).unwrap().u8(0).unwrap().str(issuer).unwrap().u8(1).unwrap().u64(9).unwrap();
        }
        assert_eq!(Index::parse(&bytes).unwrap().revocations, full().revocations);
    }

    #[test]
    fn more_lines_than_there_can_be_issuers_are_refused() {
        let many = Index {
            orders: vec![OfferedOrder { number: 1, revision: 1 }; INDEX_ITEMS_MAX + 1],
            ..full()
        };
        assert!(matches!(Index::parse(&many.to_bytes()), Err(SyncError::IndexMalformed(_))));
    }

    #[test]
    fn no_seed_of_an_index_and_nothing_near_it_makes_planning_panic() {
        let seeds = [("full", full().to_bytes()), ("empty", Index::default().to_bytes())];
        crate::sys::corpus::replay("index", &seeds, probe);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Index::parse(&bytes);
        }
    }
}
