//! Documents that the command line and HTTP give alike: made here once, so that the two cannot disagree.

use super::{
    Appliance,
    error::{AppError, rule},
};
use crate::{
    credential::{
        self, CredentialError, Genuine, Revocations,
        finding::{Circumstances, Finding, Light, Outcome, judge},
        frame::Magic,
    },
    domain::{
        check::{self, AgeRatioReport},
        evidence::{CardSeen, DocumentClaims, Revocation},
        time::Reading,
        wareki,
    },
    journal::{Damage, Verification},
    messages::{self, Trouble},
    notebook::Notebook,
    scan,
    sync::names,
    trust::TrustList,
};
use serde::Serialize;

/// A signed paper as read, with nothing decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperReport {
    /// The signed fields; none where the light is red, for then they are not to be relied on.
    pub claims: Option<DocumentClaims>,
    /// Its serial, twelve hexadecimal digits.
    pub serial: String,
    /// The issuer's name on the trust list.
    pub issuer: String,
    /// The issuer's key.
    pub kid: String,
    /// Whether it was taken back.
    pub revocation: Revocation,
    /// Each question with its own answer.
    pub finding: Finding,
}

impl PaperReport {
    fn of(genuine: Genuine, finding: Finding) -> Self {
        let claims = genuine.claims.get();
        Self {
            serial: names::hex(&claims.serial),
            claims: (finding.light != Light::Red).then(|| claims.clone()),
            issuer: genuine.issuer_name,
            kid: genuine.issuer.to_string(),
            revocation: genuine.revocation,
            finding,
        }
    }
}

/// Reads one text the way the counter does, by these lists and at this moment. Pure: decides nothing, writes nothing down.
///
/// # Errors
/// [`AppError::Unread`], with the same questions answered as far as it came.
pub fn read_paper(
    text: &str,
    trust: &TrustList,
    revocations: &Revocations,
    now: Reading,
) -> Result<PaperReport, AppError> {
    let at = Circumstances::of(trust, now, CardSeen::NotSeen);
    let unread = |finding, why| AppError::Unread { finding: Box::new(finding), why: Box::new(why) };
    let magics = [Magic::Credential.digits(), Magic::DisasterOrder.digits()];
    let code = scan::recognise(text, &magics).ours().map_err(|foreign| {
        unread(judge(Outcome::NotOurs(foreign.message()), &at), foreign.into())
    })?;
    let opened = credential::open(&code, trust, revocations, now);
    let genuine = opened.map_err(|refusal: CredentialError| {
        unread(judge(Outcome::Refused(&refusal), &at), refusal.into())
    })?;
    let finding = judge(Outcome::Read(&genuine), &at);
    Ok(PaperReport::of(genuine, finding))
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
        read_paper(text, &*self.trust()?, &self.revocations(), self.now())
    }

    /// Walks the journal's chain while the box works.
    pub fn verify_journal(&self) -> Result<JournalReport, AppError> {
        Ok(self.journal().verify()?.into())
    }
}
