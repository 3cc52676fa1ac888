//! Disaster orders (災害時モード開設の指示): signed by an authority for its own area and a period, on paper or as a file.
//!
//! An order is judged twice: [`open_order`] asks whether it is genuine, [`judge`] whether it counts here and today.

use crate::{
    credential::frame::{self, FrameError, Magic},
    domain::{
        area::Area,
        time::{Reading, Stamp},
    },
    limits::{ORDER_AREAS_MAX, ORDER_DAYS_MAX, ORDER_REASON_CHARS_MAX, QR_BODY_BYTES_MAX},
    messages::{self, Message, Trouble},
    seal::{self, Kid, Purpose, SealError, SigningKeypair},
    trust::{
        KeyProblem, Role, TrustList,
        compact::{area, area_number, day, day_number},
    },
};
use jiff::civil::Date;
use minicbor::{Decoder, Encoder};
use std::{convert::Infallible, fmt};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const PURPOSE: Purpose = Purpose("sonae disaster order v1");
/// How every COSE_Sign1 begins; no text in UTF-8 begins so.
const COSE_HEAD: u8 = 0x84;
const OPENING_ID_BYTES: usize = 8;
const OPENING_BYTES: usize = 40;

/// Whether the order opens disaster mode or ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// 開設.
    Open,
    /// 終了.
    Close,
}

/// The authority's share of the drug key. Wiped when dropped, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct OpeningSecretBytes {
    id: [u8; OPENING_ID_BYTES],
    secret: [u8; 32],
}

impl OpeningSecretBytes {
    /// A secret and the id of the lock it is for.
    #[must_use]
    pub fn new(id: [u8; OPENING_ID_BYTES], secret: [u8; 32]) -> Self {
        Self { id, secret }
    }

    /// Which lock it is for. Not secret.
    #[must_use]
    pub fn id(&self) -> [u8; OPENING_ID_BYTES] {
        self.id
    }

    /// The secret, for the lock and nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.secret
    }
}

impl fmt::Debug for OpeningSecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningSecretBytes(…)")
    }
}

/// What an authority orders.
#[derive(Clone, Debug)]
pub struct OrderFacts {
    /// The authority's own number of the order.
    pub number: u32,
    /// Counts up when an order is changed or prolonged.
    pub revision: u16,
    /// Open or close.
    pub kind: OrderKind,
    /// Where; 1 to 16 areas.
    pub areas: Vec<Area>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// When it was signed.
    pub issued_at: Stamp,
    /// Why, as shown to people; up to 30 characters.
    pub reason: String,
    /// The authority's share of the drug key, if the order opens drug histories.
    pub opening: Option<OpeningSecretBytes>,
}

/// A genuine order. [`open_order`] is its only door.
#[derive(Clone, Debug)]
pub struct Order {
    facts: OrderFacts,
    authority: Kid,
    authority_name: String,
}

/// Why an order is not taken, or not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The digits themselves.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Well read, but a certificate.
    #[error("not an order but another code of ours")]
    OtherKind,
    /// Well read, but not an order.
    #[error("not an order: {0}")]
    Malformed(&'static str),
    /// No authority on the trust list has this key.
    #[error("no authority with key id {0}")]
    SignerUnknown(Kid),
    /// The authority is known, the signature is wrong.
    #[error("signature by {0} does not verify")]
    Forged(Kid),
    /// Truly signed, but the key cannot vouch.
    #[error("authority {authority}")]
    AuthorityKey {
        /// The signer.
        authority: Kid,
        /// Why not.
        #[source]
        source: KeyProblem,
    },
    /// An area the authority does not answer for.
    #[error("{0} does not answer for this area")]
    OutOfScope(Kid),
    /// A period nobody can mean.
    #[error("dates: {0}")]
    Dates(&'static str),
    /// Nothing was issued: the format cannot say this.
    #[error("cannot be issued: {0}")]
    Unfit(&'static str),
    /// Genuine, but for elsewhere.
    #[error("the order is for another area")]
    OtherArea,
    /// Genuine, but over.
    #[error("the order ended on {last_day}")]
    Ended {
        /// Its last day.
        last_day: Date,
    },
    /// Genuine, but still to come.
    #[error("the order begins on {from}")]
    NotYet {
        /// Its first day.
        from: Date,
    },
    /// Genuine, but a newer revision is held.
    #[error("revision {offered} is older than {held}")]
    Older {
        /// The revision this box holds.
        held: u16,
        /// The revision offered.
        offered: u16,
    },
}

impl Trouble for OrderError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Frame(error) => error.message(),
            Self::OtherKind => &messages::ORDER_OTHER_KIND,
            Self::Malformed(_) => &messages::ORDER_MALFORMED,
            Self::SignerUnknown(_) => &messages::ORDER_SIGNER_UNKNOWN,
            Self::Forged(_) => &messages::ORDER_FORGED,
            Self::AuthorityKey { source, .. } => match source {
                KeyProblem::NotYetValid { .. } => &messages::ORDER_KEY_NOT_YET,
                KeyProblem::Ended { .. } => &messages::ORDER_KEY_ENDED,
                KeyProblem::Compromised { .. } => &messages::ORDER_SIGNER_COMPROMISED,
            },
            Self::OutOfScope(_) => &messages::ORDER_OUT_OF_SCOPE,
            Self::Dates(_) => &messages::ORDER_DATES_WRONG,
            Self::Unfit(_) => &messages::ORDER_UNFIT,
            Self::OtherArea => &messages::ORDER_OTHER_AREA,
            Self::Ended { .. } => &messages::ORDER_ENDED,
            Self::NotYet { .. } => &messages::ORDER_NOT_YET,
            Self::Older { .. } => &messages::ORDER_OLDER,
        }
    }
}

impl From<SealError> for OrderError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Malformed(what) | SealError::Unseal(what) => Self::Malformed(what),
            SealError::UnknownKey(kid) => Self::SignerUnknown(kid),
            SealError::Forged(kid) => Self::Forged(kid),
            SealError::WeakKey | SealError::WrongPassphrase => Self::Malformed("key"),
        }
    }
}

impl Order {
    /// What is ordered.
    #[must_use]
    pub fn facts(&self) -> &OrderFacts {
        &self.facts
    }

    /// The authority's own number of the order.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.facts.number
    }

    /// Its revision.
    #[must_use]
    pub fn revision(&self) -> u16 {
        self.facts.revision
    }

    /// Open or close.
    #[must_use]
    pub fn kind(&self) -> OrderKind {
        self.facts.kind
    }

    /// Where.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.facts.areas
    }

    /// First day.
    #[must_use]
    pub fn from(&self) -> Date {
        self.facts.from
    }

    /// Last day.
    #[must_use]
    pub fn until(&self) -> Date {
        self.facts.until
    }

    /// When it was signed.
    #[must_use]
    pub fn issued_at(&self) -> Stamp {
        self.facts.issued_at
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.facts.reason
    }

    /// The authority's share of the drug key.
    #[must_use]
    pub fn opening(&self) -> Option<&OpeningSecretBytes> {
        self.facts.opening.as_ref()
    }

    /// The authority's key.
    #[must_use]
    pub fn authority(&self) -> Kid {
        self.authority
    }

    /// The authority's name on the trust list.
    #[must_use]
    pub fn authority_name(&self) -> &str {
        &self.authority_name
    }
}

/// The digits of a signed order, for one QR code.
pub fn issue_order(facts: &OrderFacts, authority: &SigningKeypair) -> Result<String, OrderError> {
    fit(facts).map_err(OrderError::Unfit)?;
    dates_can_be_meant(facts)?;
    let signed = Zeroizing::new(seal::sign(PURPOSE, authority, &encode(facts)));
    frame::encode(Magic::DisasterOrder, &signed).map_err(|_| OrderError::Unfit("too long"))
}

/// A genuine order from the digits a reader typed, or from the bytes of a file.
pub fn open_order(
    text_or_bytes: &[u8],
    trust: &TrustList,
    now: Reading,
) -> Result<Order, OrderError> {
    let body = body_of(text_or_bytes)?;
    let opened = seal::open(PURPOSE, &body, |kid| trust.keys_for(Role::Authority, kid))?;
    let facts = decode(opened.payload()).map_err(OrderError::Malformed)?;
    let signer = opened.signer();
    let authority = signer.kid();
    let entry =
        trust.entry(Role::Authority, &signer).ok_or(OrderError::SignerUnknown(authority))?;
    trust
        .vouches(entry, facts.issued_at.day(), now)
        .map_err(|source| OrderError::AuthorityKey { authority, source })?;
    if !facts.areas.iter().all(|area| entry.covers(*area)) {
        return Err(OrderError::OutOfScope(authority));
    }
    dates_can_be_meant(&facts)?;
    Ok(Order { facts, authority, authority_name: entry.name.clone() })
}

/// Whether a genuine order counts in the municipality `here` today. `held` is number and revision of the order held.
pub fn judge(
    order: &Order,
    here: u32,
    now: Date,
    held: Option<(u32, u16)>,
) -> Result<(), OrderError> {
    if !order.areas().iter().any(|area| area.covers(here)) {
        return Err(OrderError::OtherArea);
    }
    let offered = order.revision();
    match held {
        Some((number, held)) if number == order.number() && offered < held => {
            Err(OrderError::Older { held, offered })
        }
        _ if now < order.from() => Err(OrderError::NotYet { from: order.from() }),
        _ if now > order.until() => Err(OrderError::Ended { last_day: order.until() }),
        _ => Ok(()),
    }
}

fn body_of(text_or_bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, OrderError> {
    if text_or_bytes.first() == Some(&COSE_HEAD) {
        if text_or_bytes.len() > QR_BODY_BYTES_MAX {
            return Err(OrderError::Malformed("too long"));
        }
        return Ok(Zeroizing::new(text_or_bytes.to_vec()));
    }
    let text = std::str::from_utf8(text_or_bytes).map_err(|_| OrderError::Malformed("no text"))?;
    match frame::decode(text)? {
        (Magic::DisasterOrder, body) => Ok(Zeroizing::new(body)),
        (Magic::Credential | Magic::Share, _) => Err(OrderError::OtherKind),
    }
}

/// No comparison with the clock: in a disaster an order may well be the newest moment a box has ever seen.
fn dates_can_be_meant(facts: &OrderFacts) -> Result<(), OrderError> {
    let days = i64::from(day_number(facts.until)) - i64::from(day_number(facts.from));
    if days < 0 {
        return Err(OrderError::Dates("ends before it begins"));
    }
    if days >= ORDER_DAYS_MAX {
        return Err(OrderError::Dates("too long"));
    }
    if facts.issued_at.day() > facts.until {
        return Err(OrderError::Dates("signed after its last day"));
    }
    Ok(())
}

fn fit(facts: &OrderFacts) -> Result<(), &'static str> {
    if !(1..=ORDER_AREAS_MAX).contains(&facts.areas.len()) {
        return Err("number of areas");
    }
    let long = facts.reason.chars().count() > ORDER_REASON_CHARS_MAX;
    if long || facts.reason.chars().any(char::is_control) {
        return Err("reason");
    }
    Ok(())
}

fn encode(facts: &OrderFacts) -> Zeroizing<Vec<u8>> {
    // Room for all of it at once: a vector that grows leaves copies of the secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(QR_BODY_BYTES_MAX));
    // Writing into a `Vec` cannot fail.
    let _ = write(facts, &mut Encoder::new(&mut bytes));
    bytes
}

fn write(
    facts: &OrderFacts,
    e: &mut Encoder<&mut Vec<u8>>,
) -> Result<(), minicbor::encode::Error<Infallible>> {
    let kind = match facts.kind {
        OrderKind::Open => 1,
        OrderKind::Close => 2,
    };
    e.map(8 + u64::from(facts.opening.is_some()))?;
    e.u8(0)?.u32(facts.number)?.u8(1)?.u16(facts.revision)?.u8(2)?.u8(kind)?;
    e.u8(3)?.array(facts.areas.len() as u64)?;
    for area in &facts.areas {
        e.u32(area_number(*area))?;
    }
    e.u8(4)?.i32(day_number(facts.from))?.u8(5)?.i32(day_number(facts.until))?;
    e.u8(6)?.i64(facts.issued_at.0)?.u8(7)?.str(&facts.reason)?;
    if let Some(opening) = &facts.opening {
        let mut joined = Zeroizing::new([0; OPENING_BYTES]);
        let (id, secret) = joined.split_at_mut(OPENING_ID_BYTES);
        id.copy_from_slice(&opening.id);
        secret.copy_from_slice(&opening.secret);
        e.u8(8)?.bytes(&*joined)?;
    }
    Ok(())
}

/// One spelling only, as with certificates: what was read is written again and compared.
fn decode(payload: &[u8]) -> Result<OrderFacts, &'static str> {
    let facts = read(payload)?;
    fit(&facts)?;
    if *encode(&facts) == payload { Ok(facts) } else { Err("not the one spelling") }
}

fn read(payload: &[u8]) -> Result<OrderFacts, &'static str> {
    let d = &mut Decoder::new(payload);
    let pairs = d.map().ok().flatten().ok_or("not a map of known length")?;
    Ok(OrderFacts {
        number: field(d, 0, |d| d.u32())?,
        revision: field(d, 1, |d| d.u16())?,
        kind: match field(d, 2, |d| d.u8())? {
            1 => OrderKind::Open,
            2 => OrderKind::Close,
            _ => return Err("kind"),
        },
        areas: read_areas(d)?,
        from: day(field(d, 4, |d| d.i32())?).ok_or("date")?,
        until: day(field(d, 5, |d| d.i32())?).ok_or("date")?,
        issued_at: Stamp(field(d, 6, |d| d.i64())?),
        reason: field(d, 7, |d| d.str())?.into(),
        opening: (pairs == 9).then(|| read_opening(d)).transpose()?,
    })
}

/// The next field, if it has this key.
fn field<'b, T>(
    d: &mut Decoder<'b>,
    key: u8,
    read: fn(&mut Decoder<'b>) -> Result<T, minicbor::decode::Error>,
) -> Result<T, &'static str> {
    if d.u8().ok() != Some(key) {
        return Err("key");
    }
    read(d).map_err(|_| "field")
}

fn read_areas(d: &mut Decoder<'_>) -> Result<Vec<Area>, &'static str> {
    let count = field(d, 3, |d| d.array())?.filter(|count| *count <= ORDER_AREAS_MAX as u64);
    let number = |_| d.u32().ok().and_then(area).ok_or("area");
    (0..count.ok_or("number of areas")?).map(number).collect()
}

fn read_opening(d: &mut Decoder<'_>) -> Result<OpeningSecretBytes, &'static str> {
    let joined = field(d, 8, |d| d.bytes())?;
    let joined: &[u8; OPENING_BYTES] = joined.try_into().map_err(|_| "opening")?;
    let (id, secret) = joined.split_first_chunk().ok_or("opening")?;
    Ok(OpeningSecretBytes { id: *id, secret: secret.try_into().map_err(|_| "opening")? })
}

/// For the fuzz target: what is handed in, and what an authority may have signed, as it is read after its signature was verified.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8]) {
    let _ = body_of(bytes).map(|body| seal::peek_kid(&body));
    let _ = decode(bytes).map(|facts| (dates_can_be_meant(&facts), format!("{facts:?}")));
}

#[cfg(test)]
mod tests;
