//! What reading a paper's code found, each question apart: "cannot be verified here" is not "forged".
//!
//! One pure function, [`judge`], for papers that were read and for those that were refused. The light follows from the axes
//! alone (reference credentials 7.3); ages are grades of the signed policy and never turn a signature's result (7.2).

use super::{CredentialError, Genuine, frame::FrameError};
use crate::{
    domain::{
        answer::{Freshness, NextStep, Reason},
        evidence::{CardSeen, DocumentClaims, DocumentKind, Revocation},
        person::Sex,
        policy::Policy,
        time::{ClockState, Reading},
    },
    messages::{self, Message, Trouble},
    trust::{KeyProblem, KeyStatus, TrustList},
};
use serde::Serialize;

/// Declares one axis: its values, written in JSON as they are named here.
macro_rules! axis {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
    };
}

axis! {
    /// Did the text arrive whole, and is it one of ours?
    TransportFound {
        /// Whole.
        Ok,
        /// A digit was misread, doubled or swapped.
        Garbled,
        /// The end is missing, or everything.
        Truncated,
        /// Another system's code, or another kind of ours; the code of the refusal names it.
        NotOurs,
    }
}

axis! {
    /// Is it in the agreed form?
    FormatFound {
        /// It is.
        Ok,
        /// Of a later version than this reader.
        NewerVersion,
        /// It is not.
        Malformed,
        /// The text did not arrive.
        NotChecked,
    }
}

axis! {
    /// May this key sign this paper?
    IssuerFound {
        /// On the trust list, in its time, within its scope.
        Known,
        /// As known; signs no more, and stands by what it signed.
        Retired,
        /// Nobody on the trust list has such a key.
        UnknownKid,
        /// Another insurer's number, or a kind of paper it may not issue.
        OutOfScope,
        /// Reported as stolen.
        Compromised,
        /// The paper is older than its key.
        NotYet,
        /// The key's last day is over.
        Ended,
        /// Never came to it.
        NotChecked,
    }
}

axis! {
    /// Does the signature fit?
    SignatureFound {
        /// It fits, whatever is said of its key.
        Valid,
        /// The key is known and did not sign this.
        Invalid,
        /// Never came to it.
        NotChecked,
    }
}

axis! {
    /// Is the paper in its time?
    TimeFound {
        /// Between its first and last day.
        InForce,
        /// Begun, and bears no last day.
        OpenEnded,
        /// Coverage or issue lies ahead.
        NotYet,
        /// Its last day is over.
        Ended,
        /// The clock is not sure: nobody can say "expired".
        ClockUntrusted,
        /// Never came to it.
        NotChecked,
    }
}

axis! {
    /// Was it taken back?
    RevocationFound {
        /// Not on a list that is fresh.
        Clear,
        /// Not on the list, but the list is old.
        Stale,
        /// Taken back.
        Listed,
        /// This box has no list of this issuer.
        NoList,
        /// Never came to it.
        NotChecked,
    }
}

axis! {
    /// Is the paper enough by itself?
    SufficiencyFound {
        /// A certificate, or a notice beside the card.
        Alone,
        /// A notice (資格情報のお知らせ) counts only with the マイナ保険証.
        NeedsMyNumberCard,
        /// Never came to it.
        NotChecked,
    }
}

axis! {
    /// What the person at the counter compares: a copied code verifies as well as its original.
    Compare {
        /// 氏名.
        Name,
        /// 生年月日.
        BirthDate,
        /// 性別, where the paper states it.
        Sex,
        /// The face with a photo ID.
        Photo,
    }
}

axis! {
    /// All axes in one light.
    Light {
        /// Every axis is clean.
        Green,
        /// Genuine as far as can be told, or nobody here can tell.
        Amber,
        /// Not read: scan again, or another code.
        Grey,
        /// Not to be relied on; nothing of it is shown.
        Red,
    }
}

/// Every question with its own answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// All of it in one light.
    pub light: Light,
    /// Did the text arrive?
    pub transport: TransportFound,
    /// Is it in the agreed form?
    pub format: FormatFound,
    /// May its issuer sign it?
    pub issuer: IssuerFound,
    /// Does the signature fit?
    pub signature: SignatureFound,
    /// Is it in its time?
    pub time: TimeFound,
    /// Was it taken back?
    pub revocation: RevocationFound,
    /// Is it enough alone?
    pub sufficiency: SufficiencyFound,
    /// Age of the revocation list by the policy; unknown where there is none or nothing was looked up.
    pub revocation_list_age: Freshness,
    /// How overdue the trust list is by its policy.
    pub trust_list_age: Freshness,
    /// What to compare; nothing where nothing is shown.
    pub compare: Vec<Compare>,
    /// The refusal's code; none where the paper was read.
    pub refusal: Option<&'static str>,
    /// Why the light of a paper that was read is not green, most important first.
    pub reasons: Vec<Reason>,
    /// What to do next with a paper that was read; a refusal has its own advice.
    pub next_steps: Vec<NextStep>,
}

/// What came of a text.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// Another system's code, as whoever recognises codes names it.
    NotOurs(&'static Message),
    /// Refused.
    Refused(&'a CredentialError),
    /// Verified claims.
    Read(&'a Genuine),
}

/// Under what a paper is judged.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The moment, and whether the clock is sure.
    pub now: Reading,
    /// Whether the マイナ保険証 was seen with it.
    pub card: CardSeen,
    /// Grades of age.
    pub policy: Policy,
    /// How overdue the trust list is.
    pub trust_list: Freshness,
}

impl Circumstances {
    /// Policy and age of the list that vouches.
    #[must_use]
    pub fn of(trust: &TrustList, now: Reading, card: CardSeen) -> Self {
        Self { now, card, policy: trust.policy(), trust_list: trust.freshness(now.at) }
    }
}

/// The axes of one reading, and the light that follows from them. Looks at nothing else, and at no clock of its own.
#[must_use]
pub fn judge(outcome: Outcome<'_>, at: &Circumstances) -> Finding {
    let mut finding = Finding::unread(at.trust_list);
    match outcome {
        Outcome::NotOurs(message) => {
            finding.refusal = Some(message.code);
            // An empty field is no other system's code.
            finding.transport = if message == &messages::CODE_EMPTY {
                TransportFound::Truncated
            } else {
                TransportFound::NotOurs
            };
        }
        Outcome::Refused(error) => finding.refuse(error),
        Outcome::Read(genuine) => finding.read(genuine, at),
    }
    finding.light = finding.light();
    finding.compare_and_explain(outcome, at);
    finding
}

impl Finding {
    fn unread(trust_list_age: Freshness) -> Self {
        Self {
            light: Light::Grey,
            transport: TransportFound::Ok,
            format: FormatFound::NotChecked,
            issuer: IssuerFound::NotChecked,
            signature: SignatureFound::NotChecked,
            time: TimeFound::NotChecked,
            revocation: RevocationFound::NotChecked,
            sufficiency: SufficiencyFound::NotChecked,
            revocation_list_age: Freshness::Unknown,
            trust_list_age,
            compare: vec![],
            refusal: None,
            reasons: vec![],
            next_steps: vec![],
        }
    }

    fn refuse(&mut self, error: &CredentialError) {
        use {FormatFound as F, IssuerFound as I, SignatureFound as S, TransportFound as T};
        self.refusal = Some(error.message().code);
        let (transport, format, issuer, signature) = match error {
            CredentialError::Frame(frame) => match frame {
                FrameError::NewerVersion(_) => {
                    (T::Ok, F::NewerVersion, I::NotChecked, S::NotChecked)
                }
                FrameError::NotOurs => (T::NotOurs, F::NotChecked, I::NotChecked, S::NotChecked),
                FrameError::NotDigits { .. } | FrameError::Truncated { .. } => {
                    (T::Truncated, F::NotChecked, I::NotChecked, S::NotChecked)
                }
                FrameError::TooLong | FrameError::Garbled(_) => {
                    (T::Garbled, F::NotChecked, I::NotChecked, S::NotChecked)
                }
            },
            CredentialError::OtherKind => (T::NotOurs, F::NotChecked, I::NotChecked, S::NotChecked),
            CredentialError::Malformed(_)
            | CredentialError::Unfit(_)
            | CredentialError::TooLong => (T::Ok, F::Malformed, I::NotChecked, S::NotChecked),
            CredentialError::IssuerUnknown(_) => (T::Ok, F::Ok, I::UnknownKid, S::NotChecked),
            CredentialError::Forged(_) => (T::Ok, F::Ok, I::NotChecked, S::Invalid),
            CredentialError::ClaimsMalformed { .. } => {
                (T::Ok, F::Malformed, I::NotChecked, S::Valid)
            }
            CredentialError::OutOfScope { .. } => (T::Ok, F::Ok, I::OutOfScope, S::Valid),
            CredentialError::IssuerKey { source, .. } => {
                let issuer = match source {
                    KeyProblem::NotYetValid { .. } => I::NotYet,
                    KeyProblem::Ended { .. } => I::Ended,
                    KeyProblem::Compromised { .. } => I::Compromised,
                };
                (T::Ok, F::Ok, issuer, S::Valid)
            }
        };
        (self.transport, self.format) = (transport, format);
        (self.issuer, self.signature) = (issuer, signature);
    }

    fn read(&mut self, genuine: &Genuine, at: &Circumstances) {
        let claims = genuine.claims.get();
        self.format = FormatFound::Ok;
        self.issuer = match genuine.issuer_status {
            KeyStatus::Retired => IssuerFound::Retired,
            KeyStatus::Active | KeyStatus::CompromisedSince(_) => IssuerFound::Known,
        };
        self.signature = SignatureFound::Valid;
        self.time = time_of(claims, at.now);
        (self.revocation, self.revocation_list_age) = match genuine.revocation {
            Revocation::NoList => (RevocationFound::NoList, Freshness::Unknown),
            Revocation::Listed { as_of } => {
                (RevocationFound::Listed, at.policy.revocation.grade(at.now.at.days_since(as_of)))
            }
            Revocation::ClearAsOf { as_of } => {
                let grade = at.policy.revocation.grade(at.now.at.days_since(as_of));
                let fresh = grade == Freshness::Fresh;
                (if fresh { RevocationFound::Clear } else { RevocationFound::Stale }, grade)
            }
        };
        self.sufficiency = match (claims.kind, at.card) {
            (DocumentKind::Certificate, _) | (DocumentKind::Notice, CardSeen::Seen) => {
                SufficiencyFound::Alone
            }
            (DocumentKind::Notice, CardSeen::NotSeen) => SufficiencyFound::NeedsMyNumberCard,
        };
    }

    /// Red is for what is wrong, amber for what cannot be told, grey for what did not arrive.
    fn light(&self) -> Light {
        let wrong = self.signature == SignatureFound::Invalid
            || self.revocation == RevocationFound::Listed
            || self.time == TimeFound::Ended
            || matches!(self.issuer, IssuerFound::Compromised | IssuerFound::OutOfScope);
        let unread = self.transport != TransportFound::Ok || self.format != FormatFound::Ok;
        let clean = matches!(self.issuer, IssuerFound::Known | IssuerFound::Retired)
            && matches!(self.time, TimeFound::InForce | TimeFound::OpenEnded)
            && self.revocation == RevocationFound::Clear
            && self.sufficiency == SufficiencyFound::Alone
            && self.trust_list_age == Freshness::Fresh;
        match (unread, wrong, clean) {
            (true, ..) => Light::Grey,
            (_, true, _) => Light::Red,
            (_, _, true) => Light::Green,
            (..) => Light::Amber,
        }
    }

    fn compare_and_explain(&mut self, outcome: Outcome<'_>, at: &Circumstances) {
        let Outcome::Read(genuine) = outcome else { return };
        let claims = genuine.claims.get();
        self.reasons = self.remarks(claims, at);
        if self.light == Light::Red {
            self.next_steps = vec![NextStep::AskForNewCertificate, NextStep::AskForPortalScreen];
            if self.revocation == RevocationFound::Listed {
                self.next_steps.push(NextStep::CallInsurer);
            }
            return;
        }
        self.compare = vec![Compare::Name, Compare::BirthDate];
        if claims.sex != Sex::Unstated {
            self.compare.push(Compare::Sex);
        }
        self.compare.push(Compare::Photo);
        self.next_steps = vec![NextStep::CompareIdentity];
        for reason in &self.reasons {
            let step = match reason {
                Reason::ClockUnsure => NextStep::SetClock,
                Reason::NoticeNeedsCard => NextStep::AskForCard,
                _ => NextStep::AskForPortalScreen,
            };
            if !self.next_steps.contains(&step) {
                self.next_steps.push(step);
            }
        }
    }

    fn remarks(&self, claims: &DocumentClaims, at: &Circumstances) -> Vec<Reason> {
        let time = match self.time {
            TimeFound::Ended => Some(Reason::CertificateExpired),
            TimeFound::ClockUntrusted => Some(Reason::ClockUnsure),
            TimeFound::NotYet if at.now.at.day() < claims.valid_from => {
                Some(Reason::CoverageNotBegun)
            }
            TimeFound::NotYet => Some(Reason::IssuedAhead),
            TimeFound::InForce | TimeFound::OpenEnded | TimeFound::NotChecked => None,
        };
        let listed = self.revocation == RevocationFound::Listed;
        let list = match self.revocation {
            RevocationFound::Stale => Some(Reason::RevocationStale),
            RevocationFound::NoList => Some(Reason::RevocationUnknown),
            RevocationFound::Clear | RevocationFound::Listed | RevocationFound::NotChecked => None,
        };
        let needs_card = self.sufficiency == SufficiencyFound::NeedsMyNumberCard;
        [
            listed.then_some(Reason::CertificateRevoked),
            time,
            needs_card.then_some(Reason::NoticeNeedsCard),
            list,
            (self.trust_list_age != Freshness::Fresh).then_some(Reason::TrustListOld),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A clock that is not sure says neither "expired" nor "not yet": it would turn good papers away.
fn time_of(claims: &DocumentClaims, now: Reading) -> TimeFound {
    let today = now.at.day();
    match claims.valid_to {
        _ if now.clock != ClockState::Sure => TimeFound::ClockUntrusted,
        Some(last_day) if last_day < today => TimeFound::Ended,
        _ if today < claims.valid_from || today < claims.issued_on => TimeFound::NotYet,
        Some(_) => TimeFound::InForce,
        None => TimeFound::OpenEnded,
    }
}
