//! Documents that the command line and HTTP give alike: made here once, so that the two cannot disagree.

use super::{
    Appliance,
    error::{AppError, rule},
};
use crate::{
    credential::Genuine,
    domain::{
        check::{self, AgeRatioReport},
        evidence::{DocumentClaims, Revocation},
        wareki,
    },
    journal::{Damage, Verification},
    messages,
    notebook::Notebook,
    scan,
    sync::names,
};
use serde::Serialize;

/// A signed paper as read, with nothing decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperReport {
    /// The signed fields.
    pub claims: DocumentClaims,
    /// Its serial, twelve hexadecimal digits.
    pub serial: String,
    /// The issuer's name on the trust list.
    pub issuer: String,
    /// The issuer's key.
    pub kid: String,
    /// Whether it was taken back.
    pub revocation: Revocation,
}

impl From<Genuine> for PaperReport {
    fn from(genuine: Genuine) -> Self {
        let claims = genuine.claims.get().clone();
        Self {
            serial: names::hex(&claims.serial),
            claims,
            issuer: genuine.issuer_name,
            kid: genuine.issuer.to_string(),
            revocation: genuine.revocation,
        }
    }
}

/// What a walk along the journal's chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JournalReport {
    /// The chain holds to its end.
    pub ok: bool,
    /// Whole entries.
    pub entries: u64,
    /// Hash of the last whole entry.
    pub head: String,
    /// What follows it, where it does not hold.
    pub damage: Option<JournalDamage>,
}

/// How a chain ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JournalDamage {
    /// The last append did not finish.
    TornTail {
        /// Length of the whole part.
        whole_bytes: usize,
    },
    /// A finished entry was changed or taken away.
    Altered {
        /// First entry that does not fit.
        entry: u64,
    },
}

impl From<Verification> for JournalReport {
    fn from(found: Verification) -> Self {
        let damage = found.damage.map(|damage| match damage {
            Damage::TornTail { whole_bytes } => JournalDamage::TornTail { whole_bytes },
            Damage::Altered { sequence } => JournalDamage::Altered { entry: sequence },
        });
        Self {
            ok: damage.is_none(),
            entries: found.entries,
            head: names::hex(&found.head.hash),
            damage,
        }
    }
}

/// The share by age on a day, both as written.
pub fn check_age_ratio(birthdate: &str, on: &str) -> Result<AgeRatioReport, AppError> {
    let on = wareki::parse(on).map_err(|_| rule(&messages::DATE_UNREADABLE))?.value;
    Ok(check::check_age_ratio(birthdate, on)?)
}

/// Reads one notebook (お薬手帳) or prescription from all files together: texts, pictures or PDF pages.
pub fn read_notebook(files: Vec<Vec<u8>>) -> Result<Notebook, AppError> {
    let (mut texts, mut codes) = (vec![], vec![]);
    for bytes in files {
        if is_text(&bytes) {
            texts.push(bytes);
        } else {
            codes.extend(scan::read_upload(&bytes)?);
        }
    }
    Ok(scan::notebook_texts(texts, codes)?.read()?)
}

/// A notebook text begins with its name; everything else is taken for a picture.
fn is_text(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    // Of nothing at all, the notebook says so itself.
    start.is_empty() || start.starts_with(b"JAHIS") || bytes.first().is_some_and(u8::is_ascii_digit)
}

impl Appliance {
    /// Reads a signed paper for a person to look at; decides nothing and writes nothing down.
    pub fn read_paper(&self, text: &str) -> Result<PaperReport, AppError> {
        Ok(self.read_document(text)?.into())
    }

    /// Walks the journal's chain while the box works.
    pub fn verify_journal(&self) -> Result<JournalReport, AppError> {
        Ok(self.journal().verify()?.into())
    }
}
