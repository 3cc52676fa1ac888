//! Envelopes: an opening secret printed over sheets, and sheets tried out against the release held. Nothing is opened here.

use super::{
    Appliance,
    error::{AppError, rule},
};
use crate::{
    credential::{
        frame::{self, Magic},
        groups::{self, WrongGroup},
    },
    journal::Event,
    limits::SHARES_MAX,
    messages::{self, Message, Trouble},
    print::{EnvelopeSet, EnvelopeSheet, PrintError, Printed, envelope_register, envelope_sheet},
    seal::{Share, ShareError, ShareSet},
    snapshot::{OpeningId, OpeningSecret},
    sync::names,
    sys::Dice,
};
use jiff::civil::Date;
use serde::Serialize;
use zeroize::Zeroizing;

/// Whose envelopes, for which region, opened by how many.
#[derive(Clone, Debug)]
pub struct EnvelopeOrder {
    /// The region's name.
    pub region: String,
    /// Who makes and registers them.
    pub publisher: String,
    /// Who keeps them, one each.
    pub holders: Vec<String>,
    /// How many are needed.
    pub threshold: u8,
    /// The day they are made.
    pub made_on: Date,
}

/// A set as it goes to the printer.
pub struct Envelopes {
    /// The set's name, as on its sheets.
    pub set: String,
    /// One document an envelope, each with a secret in it.
    pub sheets: Vec<Zeroizing<Vec<u8>>>,
    /// Fingerprint of each sheet's share.
    pub fingerprints: Vec<String>,
    /// The register, without a secret.
    pub register: Vec<u8>,
    /// Characters of the names that no font here has.
    pub missing_glyphs: Vec<char>,
}

fn set_name(set: &ShareSet) -> String {
    format!("{}-{}", names::hex(&set.commitment), names::hex(&set.deal))
}

/// Deals the secret out and lays the sheets out. Writes nothing.
pub fn make_envelopes(
    opening: &OpeningSecret,
    order: &EnvelopeOrder,
    dice: &dyn Dice,
) -> Result<Envelopes, AppError> {
    let holders: Vec<&str> = order.holders.iter().map(|holder| holder.trim()).collect();
    let count = u8::try_from(holders.len()).unwrap_or(u8::MAX);
    if holders
        .iter()
        .enumerate()
        .any(|(at, one)| one.is_empty() || holders.iter().skip(at + 1).any(|o| o == one))
    {
        return Err(rule(&messages::HOLDERS_UNFIT));
    }
    let shares = opening.deal((order.threshold, count), dice)?;
    let set_of = shares.first().map(Share::set).ok_or(rule(&messages::HOLDERS_UNFIT))?;
    let set = EnvelopeSet {
        region: order.region.clone(),
        publisher: order.publisher.clone(),
        set: set_name(&set_of),
        threshold: order.threshold,
        count,
        made_on: order.made_on,
    };
    let fingerprints: Vec<String> = shares.iter().map(Share::fingerprint).collect();
    let named: Vec<_> = holders.iter().copied().zip(fingerprints.iter().cloned()).collect();
    let register = envelope_register(&set, &named)?;
    let mut missing_glyphs = register.missing_glyphs;
    let mut sheets = vec![];
    for (share, (holder, fingerprint)) in shares.iter().zip(&named) {
        let printed = sheet(&set, share, holder, fingerprint)?;
        missing_glyphs.extend(printed.missing_glyphs);
        sheets.push(Zeroizing::new(printed.pdf));
    }
    missing_glyphs.sort_unstable();
    missing_glyphs.dedup();
    Ok(Envelopes { set: set.set, sheets, fingerprints, register: register.pdf, missing_glyphs })
}

fn sheet(
    set: &EnvelopeSet,
    share: &Share,
    holder: &str,
    fingerprint: &str,
) -> Result<Printed, AppError> {
    let digits = share_digits(share)?;
    let groups = groups::grouped(&digits);
    let groups: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
    let (digits, index) = (digits.as_str(), share.index());
    Ok(envelope_sheet(set, &EnvelopeSheet { index, holder, fingerprint, digits, groups: &groups })?)
}

/// The digits of a share, as its symbol holds them.
fn share_digits(share: &Share) -> Result<Zeroizing<String>, AppError> {
    let digits = frame::encode(Magic::Share, &share.to_bytes());
    Ok(Zeroizing::new(digits.map_err(|_| PrintError::NotDigits)?))
}

/// Why a typed or scanned text is no share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareFault {
    /// This group, from 1, is mistyped or missing.
    Mistyped {
        /// The group.
        group: usize,
    },
    /// Not the digits of a share.
    Unreadable(&'static Message),
}

impl ShareFault {
    fn message(&self) -> &'static Message {
        match self {
            Self::Mistyped { .. } => &messages::SHARE_MISTYPED,
            Self::Unreadable(message) => message,
        }
    }

    fn group(&self) -> Option<usize> {
        match self {
            Self::Mistyped { group } => Some(*group),
            Self::Unreadable(_) => None,
        }
    }
}

/// Reads a share as scanned, or as typed in its groups.
pub fn read_share_text(text: &str) -> Result<Share, ShareFault> {
    let unreadable = |trouble: &dyn Trouble| ShareFault::Unreadable(trouble.message());
    let scanned = frame::decode(text);
    let (magic, body) = match scanned {
        Ok(read) => read,
        Err(_) => {
            let digits = groups::ungrouped(text)
                .map_err(|WrongGroup(group)| ShareFault::Mistyped { group })?;
            frame::decode(&digits).map_err(|e| unreadable(&e))?
        }
    };
    let body = Zeroizing::new(body);
    if magic != Magic::Share {
        return Err(ShareFault::Unreadable(&messages::SHARE_UNREADABLE));
    }
    Share::from_bytes(&body).map_err(|e| unreadable(&e))
}

/// What one text handed in turned out to be.
#[derive(Clone, Debug, Serialize)]
pub struct ShareReport {
    /// Why it is not in order, the catalogue's code; null where nothing is known against it.
    pub code: Option<&'static str>,
    /// The group that is mistyped, from 1.
    pub group: Option<usize>,
    /// Its number in its set.
    pub index: Option<u8>,
    /// The set's name, as on the sheet.
    pub set: Option<String>,
    /// To be compared with the register.
    pub fingerprint: Option<String>,
}

/// Whether envelopes would open the release held.
#[derive(Clone, Debug, Serialize)]
pub struct EnvelopeReport {
    /// Whether they would.
    pub opens: bool,
    /// Why not, the catalogue's code; null if they would.
    pub code: Option<&'static str>,
    /// The same in words.
    pub message: Option<&'static str>,
    /// The same in English.
    pub message_en: Option<&'static str>,
    /// What to do next.
    pub advice: Option<&'static str>,
    /// The same in English.
    pub advice_en: Option<&'static str>,
    /// Each text handed in, in order.
    pub shares: Vec<ShareReport>,
    /// Id of the opening secret that the release held asks for.
    pub opening: String,
    /// The region held.
    pub region: String,
    /// The version held.
    pub version: u64,
}

/// What the envelopes come to, against the opening that is asked for; with the numbers of false ones.
fn judge(shares: &[Share], asked: OpeningId) -> (Option<&'static Message>, Vec<u8>) {
    match OpeningSecret::join(shares) {
        Err(why) => (Some(why.message()), vec![]),
        Ok(joined) if joined.secret.id() != asked => (Some(&messages::ENVELOPES_OTHER_SET), vec![]),
        Ok(joined) if !joined.false_shares.is_empty() => {
            (Some(&messages::SHARES_FALSE), joined.false_shares)
        }
        Ok(_) => (None, vec![]),
    }
}

fn report_share(read: &Result<Share, ShareFault>, false_shares: &[u8]) -> ShareReport {
    match read {
        Err(fault) => ShareReport {
            code: Some(fault.message().code),
            group: fault.group(),
            index: None,
            set: None,
            fingerprint: None,
        },
        Ok(share) => ShareReport {
            code: false_shares.contains(&share.index()).then_some(messages::SHARES_FALSE.code),
            group: None,
            index: Some(share.index()),
            set: Some(set_name(&share.set())),
            fingerprint: Some(share.fingerprint()),
        },
    }
}

impl Appliance {
    /// Tells whether these envelopes would open the drug records of the release held, and which one is at fault. Opens
    /// nothing, keeps nothing, and writes down that it was asked.
    pub fn check_envelopes(
        &self,
        by: &str,
        texts: &[Zeroizing<String>],
    ) -> Result<EnvelopeReport, AppError> {
        let by = by.trim();
        if by.is_empty() {
            return Err(rule(&messages::VIEWER_MISSING));
        }
        if texts.len() > usize::from(SHARES_MAX) {
            return Err(ShareError::Malformed("more than a set holds").into());
        }
        let release = self.release().ok_or(rule(&messages::NO_SNAPSHOT))?;
        let (manifest, source) = (release.manifest(), release.source());
        let asked = manifest.opening_id();
        let read: Vec<Result<Share, ShareFault>> =
            texts.iter().map(|text| read_share_text(text)).collect();
        let shares: Vec<Share> = read.iter().filter_map(|r| r.as_ref().ok().cloned()).collect();
        let (mut why, false_shares) = judge(&shares, asked);
        if let Some(fault) = read.iter().find_map(|r| r.as_ref().err()) {
            why = Some(fault.message()); // what is mistyped comes first: the rest follows from it
        }
        let code = why.map(|message| message.code);
        let event = Event::EnvelopesChecked {
            by: by.into(),
            opening: asked.to_string(),
            code: code.unwrap_or("ok").into(),
        };
        self.journal.append(self.now(), &event)?;
        Ok(EnvelopeReport {
            opens: why.is_none(),
            code,
            message: why.map(|m| m.ja),
            message_en: why.map(|m| m.en),
            advice: why.map(|m| m.next_ja),
            advice_en: why.map(|m| m.next_en),
            shares: read.iter().map(|read| report_share(read, &false_shares)).collect(),
            opening: asked.to_string(),
            region: source.region,
            version: source.version,
        })
    }
}
