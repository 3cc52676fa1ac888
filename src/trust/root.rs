//! Root documents: which keys, and how many of them together, may sign the trust list; and how one set hands over to the next.
//!
//! A box is born with one and walks from version to version, each signed by enough holders of the one before and of its own.
//! No document on the way expires, so that a box which slept for years walks the same way (the lesson of TUF's root chain).

use crate::{
    domain::time::Stamp,
    limits::{KEY_NAME_CHARS_MAX, ROOT_BYTES_MAX, ROOT_KEYS_MAX, ROOT_VERSIONS_MAX},
    messages::{self, Message, Trouble},
    seal::{Cosigned, Kid, Purpose, SealError, SigningKeypair, VerifyingKey},
};
use minicbor::{Decode, Encode, bytes::ByteArray};
use std::collections::BTreeMap;

const PURPOSE: Purpose = Purpose("sonae root v1");

/// Why a root document was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// Over the ceiling; not even read.
    #[error("root document of {bytes} bytes")]
    TooLarge {
        /// What was offered.
        bytes: usize,
    },
    /// No root document, or one that contradicts itself.
    #[error("not a root document: {0}")]
    Malformed(&'static str),
    /// One holder would count as two.
    #[error("root key {0} stands on the document twice")]
    KeyTwice(Kid),
    /// No signature at all would do, or not all together.
    #[error("{threshold} of {keys} root keys can never sign")]
    Threshold {
        /// How many must sign.
        threshold: u8,
        /// How many there are.
        keys: usize,
    },
    /// A small-order key.
    #[error("a weak root key")]
    WeakKey,
    /// A version between the one held and this one is missing.
    #[error("root {offered} does not follow {held}")]
    Gap {
        /// The version held.
        held: u64,
        /// The version offered.
        offered: u64,
    },
    /// Older than all this box knows.
    #[error("root {offered} is older than {held}")]
    Older {
        /// The version held.
        held: u64,
        /// The version offered.
        offered: u64,
    },
    /// The version is known with other content.
    #[error("root {version} is known with other content")]
    Changed {
        /// The version.
        version: u64,
    },
    /// Another version than its name or place says.
    #[error("root {found} lies in the place of {asked}")]
    Misplaced {
        /// The version asked for.
        asked: u64,
        /// The version found.
        found: u64,
    },
    /// Past the highest version there is.
    #[error("root version {version} is past the last")]
    TooMany {
        /// The version.
        version: u64,
    },
    /// Too few holders of the former version hand over.
    #[error("{have} of {need} holders of the former root signed")]
    FormerHolders {
        /// Good signatures of distinct keys.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// Too few of its own holders signed.
    #[error("{have} of {need} holders of this root signed")]
    OwnHolders {
        /// Good signatures of distinct keys.
        have: usize,
        /// How many it takes.
        need: usize,
    },
}

impl Trouble for RootError {
    fn message(&self) -> &'static Message {
        match self {
            Self::TooLarge { .. } => &messages::ROOT_TOO_LARGE,
            Self::Malformed(_) => &messages::ROOT_MALFORMED,
            Self::KeyTwice(_) => &messages::ROOT_KEY_TWICE,
            Self::Threshold { .. } => &messages::ROOT_THRESHOLD_IMPOSSIBLE,
            Self::WeakKey => &messages::KEY_WEAK,
            Self::Gap { .. } => &messages::ROOT_GAP,
            Self::Older { .. } => &messages::ROOT_OLDER,
            Self::Changed { .. } => &messages::ROOT_CHANGED,
            Self::Misplaced { .. } => &messages::ROOT_MISPLACED,
            Self::TooMany { .. } => &messages::ROOT_TOO_MANY,
            Self::FormerHolders { .. } => &messages::ROOT_FORMER_HOLDERS,
            Self::OwnHolders { .. } => &messages::ROOT_OWN_HOLDERS,
        }
    }
}

impl From<SealError> for RootError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Malformed(what) => Self::Malformed(what),
            _ => Self::Malformed("signatures"),
        }
    }
}

/// One root key and who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootHolder {
    /// The public half.
    pub key: VerifyingKey,
    /// Whoever keeps the other half, as shown to people.
    pub name: String,
}

/// One version, as its holders are about to sign it or as it was read. Not yet trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootDraft {
    /// One more than the version before; the first is 1.
    pub version: u64,
    /// When it was made.
    pub made_at: Stamp,
    /// How many holders must sign a trust list, or the next version.
    pub threshold: u8,
    /// All holders.
    pub holders: Vec<RootHolder>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct RootWire {
    #[n(0)]
    version: u64,
    #[n(1)]
    made_at: i64,
    #[n(2)]
    threshold: u8,
    #[n(3)]
    holders: Vec<HolderWire>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct HolderWire {
    #[n(0)]
    key: ByteArray<32>,
    #[n(1)]
    name: String,
}

impl RootDraft {
    /// The document without signatures; each holder adds theirs with [`RootDraft::add_signature`].
    #[must_use]
    pub fn unsigned(&self) -> Vec<u8> {
        let holders = self.holders.iter().map(|holder| HolderWire {
            key: (*holder.key.as_bytes()).into(),
            name: holder.name.clone(),
        });
        let wire = RootWire {
            version: self.version,
            made_at: self.made_at.0,
            threshold: self.threshold,
            holders: holders.collect(),
        };
        let mut payload = vec![];
        let _ = minicbor::encode(wire, &mut payload); // writing into a `Vec` cannot fail
        Cosigned::draft(payload).to_bytes()
    }

    /// One more holder's signature on a document or draft.
    ///
    /// # Errors
    /// What is no root document is not signed.
    pub fn add_signature(bytes: &[u8], key: &SigningKeypair) -> Result<Vec<u8>, RootError> {
        Self::read(bytes)?;
        let mut document = Cosigned::parse(bytes)?;
        document.sign(PURPOSE, key)?;
        Ok(document.to_bytes())
    }

    /// What a document says, whoever signed it: to show it, never to trust it.
    ///
    /// # Errors
    /// Not a root document, or one that contradicts itself.
    pub fn read(bytes: &[u8]) -> Result<Self, RootError> {
        if bytes.len() as u64 > ROOT_BYTES_MAX {
            return Err(RootError::TooLarge { bytes: bytes.len() });
        }
        Self::of_payload(Cosigned::parse(bytes)?.payload())
    }

    /// Which of these keys signed a document.
    #[must_use]
    pub fn signed_by(bytes: &[u8], keys: &[VerifyingKey]) -> Vec<VerifyingKey> {
        Cosigned::parse(bytes).map(|read| read.signers(PURPOSE, keys)).unwrap_or_default()
    }

    /// The holders' keys.
    #[must_use]
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.holders.iter().map(|holder| holder.key).collect()
    }

    fn of_payload(payload: &[u8]) -> Result<Self, RootError> {
        let mut decoder = minicbor::Decoder::new(payload);
        let wire: RootWire =
            decoder.decode().map_err(|_| RootError::Malformed("not the document's CBOR"))?;
        if decoder.position() != payload.len() {
            return Err(RootError::Malformed("bytes after the end"));
        }
        wire.settle()
    }
}

impl RootWire {
    fn settle(self) -> Result<RootDraft, RootError> {
        match self.version {
            0 => return Err(RootError::Malformed("versions begin at 1")),
            version if version > ROOT_VERSIONS_MAX => return Err(RootError::TooMany { version }),
            _ => {}
        }
        if self.holders.len() > ROOT_KEYS_MAX {
            return Err(RootError::Malformed("too many root keys"));
        }
        let (threshold, keys) = (self.threshold, self.holders.len());
        if threshold == 0 || usize::from(threshold) > keys {
            return Err(RootError::Threshold { threshold, keys });
        }
        let mut holders: Vec<RootHolder> = vec![];
        for wire in self.holders {
            let holder = wire.settle()?;
            if holders.iter().any(|other| other.key == holder.key) {
                return Err(RootError::KeyTwice(holder.key.kid()));
            }
            holders.push(holder);
        }
        let (version, made_at) = (self.version, Stamp(self.made_at));
        Ok(RootDraft { version, made_at, threshold, holders })
    }
}

impl HolderWire {
    fn settle(self) -> Result<RootHolder, RootError> {
        let long = self.name.chars().count() > KEY_NAME_CHARS_MAX;
        if self.name.is_empty() || long || self.name.chars().any(char::is_control) {
            return Err(RootError::Malformed("a root key without a usable name"));
        }
        let key = VerifyingKey::from_bytes(&self.key).map_err(|_| RootError::WeakKey)?;
        Ok(RootHolder { key, name: self.name })
    }
}

#[derive(Clone, Debug)]
struct Link {
    root: RootDraft,
    payload_hash: [u8; 32],
}

impl Link {
    fn hash(&self) -> String {
        blake3::Hash::from_bytes(self.payload_hash).to_hex().to_string()
    }
}

/// The root documents this box trusts, from the one it was born with to the newest. [`Roots::born_with`] and
/// [`Roots::take`] are the only doors.
#[derive(Clone, Debug)]
pub struct Roots {
    first: Link,
    later: Vec<Link>,
}

impl Roots {
    /// The document a box is made with: whoever makes the box vouches for it; enough of its own holders must have signed,
    /// so that a mistyped file makes no box that trusts nobody.
    pub fn born_with(bytes: &[u8]) -> Result<Self, RootError> {
        let (document, link) = read(bytes)?;
        own_holders(&document, &link.root)?;
        Ok(Self { first: link, later: vec![] })
    }

    /// Goes one version on. Signed by enough holders of the version held *and* of its own; the very document held may come
    /// again. Anything else is refused by its own name, and nothing changes.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), RootError> {
        let (document, link) = read(bytes)?;
        let (held, offered) = (self.version(), link.root.version);
        if offered <= held {
            return match self.link(offered) {
                Some(known) if known.payload_hash == link.payload_hash => Ok(()),
                Some(_) => Err(RootError::Changed { version: offered }),
                None => Err(RootError::Older { held, offered }),
            };
        }
        if offered != held + 1 {
            return Err(RootError::Gap { held, offered });
        }
        let (have, need) = count(&document, self.newest());
        if have < need {
            return Err(RootError::FormerHolders { have, need });
        }
        own_holders(&document, &link.root)?;
        self.later.push(link);
        Ok(())
    }

    /// As [`Roots::take`], for a document that was asked for by its version, by a box that remembers what that version was.
    ///
    /// # Errors
    /// As there; a document of another version, so that whoever walks a chain gets on or stops; and one other than the box
    /// remembers: keys that were stolen after they were replaced must not begin the chain anew where its files are lost.
    pub fn take_version(
        &mut self,
        asked: u64,
        bytes: &[u8],
        remembered: &BTreeMap<u64, String>,
    ) -> Result<(), RootError> {
        let (_, link) = read(bytes)?;
        let found = link.root.version;
        if found != asked {
            return Err(RootError::Misplaced { asked, found });
        }
        if remembered.get(&asked).is_some_and(|known| *known != link.hash()) {
            return Err(RootError::Changed { version: asked });
        }
        self.take(bytes)
    }

    /// BLAKE3 of what was signed as one version of the chain, hexadecimal.
    #[must_use]
    pub fn payload_hash(&self, version: u64) -> Option<String> {
        self.link(version).map(Link::hash)
    }

    /// The newest version's number.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.newest().version
    }

    /// The number of the version the box was born with.
    #[must_use]
    pub fn first_version(&self) -> u64 {
        self.first.root.version
    }

    /// The newest version.
    #[must_use]
    pub fn newest(&self) -> &RootDraft {
        &self.later.last().unwrap_or(&self.first).root
    }

    /// One version of the chain.
    #[must_use]
    pub fn at(&self, version: u64) -> Option<&RootDraft> {
        self.link(version).map(|link| &link.root)
    }

    fn link(&self, version: u64) -> Option<&Link> {
        let steps = version.checked_sub(self.first_version())?;
        match steps.checked_sub(1) {
            None => Some(&self.first),
            Some(place) => self.later.get(usize::try_from(place).ok()?),
        }
    }
}

fn read(bytes: &[u8]) -> Result<(Cosigned, Link), RootError> {
    let root = RootDraft::read(bytes)?;
    let document = Cosigned::parse(bytes)?;
    let payload_hash = *blake3::hash(document.payload()).as_bytes();
    Ok((document, Link { root, payload_hash }))
}

fn count(document: &Cosigned, root: &RootDraft) -> (usize, usize) {
    (document.signers(PURPOSE, &root.keys()).len(), root.threshold.into())
}

fn own_holders(document: &Cosigned, root: &RootDraft) -> Result<(), RootError> {
    let (have, need) = count(document, root);
    if have < need { Err(RootError::OwnHolders { have, need }) } else { Ok(()) }
}
