//! At the counter: a scan, a picture or typed numbers come in, an answer goes out, the journal stands between.

use super::{
    Appliance, claims,
    error::{AppError, rule},
    ladder::Told,
    typed,
    views::{Checked, DisasterState, Subject},
};
use crate::{
    credential::{self, Axis, CredentialError, frame::Magic},
    domain::{
        answer::{Answer, Basis, Freshness, Reason, Verdict},
        claim,
        decide::decide,
        evidence::{
            CardSeen, DocumentClaims, DocumentFinding, DocumentKind, Evidence, OwnFinding,
            Revocation, SnapshotFinding,
        },
        insured::Identity,
        insurer_number::Scheme,
        ladder::{self, LadderQuestion, Reply, Setting},
        person::PersonRecord,
        shown::{Shown, TypedPaper},
        time::Reading,
        verified::Verified,
    },
    journal::{Event, PersonRef},
    messages::{self, Trouble},
    scan,
};
use jiff::civil::Date;
use serde::Serialize;

/// What is asked by.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Typed numbers.
    Numbers {
        /// Insurer, symbol, number, branch.
        identity: Identity,
        /// Birth date, where given.
        birth: Option<Date>,
    },
    /// Text of a scanner or of the one field: a code's digits, or numbers divided by spaces.
    Text(String),
    /// A picture or PDF page with a code on it.
    Picture(Vec<u8>),
    /// By nothing: the patient has no paper and knows no number.
    Nothing,
}

/// One question at the counter.
#[derive(Clone, Debug)]
pub struct Question {
    /// By what.
    pub ask: Ask,
    /// Whether the マイナ保険証 was seen.
    pub card: CardSeen,
    /// For which day; today where not given.
    pub on: Option<Date>,
    /// What the ladder's questions brought so far, in order.
    pub told: Vec<Told>,
    /// Whether the patient comes from a disaster. With disaster mode open here everybody may.
    pub setting: Setting,
}

impl Question {
    /// A first question, before anything else was seen or heard.
    #[must_use]
    pub fn first(ask: Ask) -> Self {
        let (card, setting) = (CardSeen::NotSeen, Setting::Ordinary);
        Self { ask, card, on: None, told: vec![], setting }
    }
}

impl Appliance {
    /// Answers one question. The journal entry is on the disk before this returns.
    pub fn verify(&self, question: &Question) -> Result<Checked, AppError> {
        self.only_in_a_disaster(question)?;
        match (&question.ask, typed_paper(question)) {
            // What stands on a paper that was typed in is newer than what was asked by before.
            (Ask::Numbers { .. } | Ask::Nothing, Some(paper)) => {
                self.verify_numbers(&paper.identity, paper.birth, question)
            }
            (Ask::Numbers { identity, birth }, None) => {
                self.verify_numbers(identity, *birth, question)
            }
            (Ask::Text(text), _) => self.verify_text(text, question),
            (Ask::Picture(bytes), _) => {
                let found = scan::read_upload(bytes)?;
                let ours = found.iter().find(|code| credential::frame::decode(&code.text).is_ok());
                let code = ours.or(found.first()).ok_or(rule(&messages::PICTURE_WITHOUT_CODE))?;
                let checked = self.verify_text(&code.text, question)?;
                Ok(Checked { code: Some(code.text.clone()), ..checked })
            }
            (Ask::Nothing, None) => {
                let (snapshot, own) = (SnapshotFinding::NotAsked, OwnFinding::NothingKept);
                self.conclude(evidence(snapshot, own, None, question), None, question, self.now())
            }
        }
    }

    /// The four items receive a patient who fled; on an ordinary day the statement does.
    fn only_in_a_disaster(&self, question: &Question) -> Result<(), AppError> {
        let taken = question.told.iter().any(|told| told.reply == Reply::ItemsGiven);
        if taken && self.setting(question) == Setting::Ordinary {
            return Err(rule(&messages::FOUR_ITEMS_NO_DISASTER));
        }
        Ok(())
    }

    /// While disaster mode is open here, everybody may come from the disaster.
    fn setting(&self, question: &Question) -> Setting {
        match self.disaster_status().state {
            DisasterState::Open => Setting::Disaster,
            DisasterState::Closed => question.setting,
        }
    }

    fn verify_numbers(
        &self,
        identity: &Identity,
        birth: Option<Date>,
        question: &Question,
    ) -> Result<Checked, AppError> {
        let now = self.now();
        let snapshot = self.look_up(identity, birth);
        let own = self.look_up_own(identity, birth);
        let person = Some(PersonRef::new(identity, birth));
        self.conclude(evidence(snapshot, own, None, question), person, question, now)
    }

    fn verify_text(&self, text: &str, question: &Question) -> Result<Checked, AppError> {
        let now = self.now();
        let text = scan::normalise_keyboard(text);
        if let Some((identity, birth)) = typed::numbers_in(&text)? {
            return match typed_paper(question) {
                Some(paper) => self.verify_numbers(&paper.identity, paper.birth, question),
                None => self.verify_numbers(&identity, birth, question),
            };
        }
        let magics = [Magic::Credential.digits(), Magic::DisasterOrder.digits()];
        let code = scan::recognise(&text, &magics).ours()?;
        if code.starts_with(Magic::DisasterOrder.digits()) {
            return Err(rule(&messages::ORDER_AT_COUNTER));
        }
        let genuine = self.open_document(&code, now)?;
        let claims = genuine.claims.get().clone();
        // Without a branch it may be any member of the family: another birth date is no contradiction. In the late-stage
        // scheme the number is one person's.
        let anybody = claims.identity.branch.is_none()
            && claims.identity.insurer.scheme() != Scheme::LateStage;
        let snapshot = match self.look_up(&claims.identity, Some(claims.birth)) {
            SnapshotFinding::BirthDateDiffers(source) if anybody => {
                SnapshotFinding::NotInSnapshot(source)
            }
            other => other,
        };
        let own = match self.look_up_own(&claims.identity, Some(claims.birth)) {
            OwnFinding::BirthDateDiffers if anybody => OwnFinding::NotReceived,
            other => other,
        };
        let person = Some(PersonRef::new(&claims.identity, Some(claims.birth)));
        let document = Some(DocumentFinding::from(genuine));
        self.conclude(evidence(snapshot, own, document, question), person, question, now)
    }

    fn open_document(&self, text: &str, now: Reading) -> Result<credential::Genuine, AppError> {
        let trust = self.trust()?;
        let revocations = self.revocations();
        credential::open(text, &trust, &revocations, now).map_err(|refusal: CredentialError| {
            // A refused paper is worth a line in the journal; a misread code is not.
            if matches!(refusal.axis(), Axis::Transport | Axis::Format) {
                return refusal.into();
            }
            match self.note_refusal(now, "document", refusal.message().code) {
                Ok(()) => refusal.into(),
                Err(journal) => journal,
            }
        })
    }

    /// A list long overdue stops nothing, but whoever reads the answer is told: a paper's key may have been reported stolen
    /// since. The first grade is the doctor's matter alone.
    fn trust_list_old(&self, now: Reading) -> Option<Reason> {
        let freshness = self.held_trust()?.freshness(now.at);
        (freshness >= Freshness::Confirm).then_some(Reason::TrustListOld)
    }

    /// Every way of not finding is its own finding.
    fn look_up(&self, identity: &Identity, birth: Option<Date>) -> SnapshotFinding {
        let Some(release) = self.release() else { return SnapshotFinding::NoSnapshot };
        let source = release.source();
        match release.family(identity) {
            Err(_) => SnapshotFinding::Damaged(source),
            Ok(family) => match choose(family, identity, birth) {
                Fit::One(record) => SnapshotFinding::Found { record, source },
                Fit::None => SnapshotFinding::NotInSnapshot(source),
                Fit::Several => SnapshotFinding::SeveralMatch(source),
                Fit::OtherBirth => SnapshotFinding::BirthDateDiffers(source),
            },
        }
    }

    /// The same among what this facility received; nobody else vouches for it.
    fn look_up_own(&self, identity: &Identity, birth: Option<Date>) -> OwnFinding {
        let Some(release) = self.own.release() else { return OwnFinding::NothingKept };
        match release.family(identity) {
            Err(_) => {
                self.own.note_damage();
                OwnFinding::Damaged
            }
            Ok(family) => match choose_own(family, identity, birth) {
                Fit::One(record) => OwnFinding::Found(record),
                Fit::None => OwnFinding::NotReceived,
                Fit::Several => OwnFinding::SeveralMatch,
                Fit::OtherBirth => OwnFinding::BirthDateDiffers,
            },
        }
    }

    fn conclude(
        &self,
        evidence: Evidence,
        person: Option<PersonRef>,
        question: &Question,
        now: Reading,
    ) -> Result<Checked, AppError> {
        let on = question.on.unwrap_or_else(|| self.today());
        let mut answer = decide(&evidence, on, now, &self.policy());
        answer.reasons.extend(self.trust_list_old(now));
        let ask_next = self.climb(&mut answer, question);
        let (entry, mark) = self.journal.append_marked(
            now,
            &Event::Answered {
                person,
                verdict: json_word(&answer.verdict),
                basis: json_word(&answer.basis),
                reasons: answer.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
                as_of: answer.as_of.map(|stamp| stamp.0),
                on: on.to_string(),
                level: Some(answer.level.code().to_owned()),
                told: question.told.iter().map(Told::codes).collect(),
            },
        )?;
        let checked = Checked {
            statement: self.keep_four_items(question, entry.sequence, now)?,
            code: None,
            subject: subject(&evidence, &answer),
            claim: claims::claimant(&evidence, &answer).map(|who| claim::help(&who, &answer, on)),
            ask_next,
            document: evidence.document.as_ref().map(|d| d.claims.get().kind),
            on,
            answered_at: now.at,
            journal_entry: entry.sequence,
            journal_mark: mark,
            answer,
        };
        self.remember_answer(&checked);
        Ok(checked)
    }

    /// The next question; what was asked already is no next step any more.
    fn climb(&self, answer: &mut Answer, question: &Question) -> Option<LadderQuestion> {
        let setting = self.setting(question);
        let asked: Vec<_> = question.told.iter().map(|told| told.rung).collect();
        let next = ladder::next(answer, &asked, setting);
        ladder::leave_unasked(answer, &asked, setting);
        next
    }
}

/// The paper whose text was typed in last.
fn typed_paper(question: &Question) -> Option<&TypedPaper> {
    question.told.iter().rev().find_map(|told| match &told.shown {
        Some(Shown::TypedPaper(paper)) => Some(paper),
        _ => None,
    })
}

/// Everything gathered, what the ladder brought included.
fn evidence(
    snapshot: SnapshotFinding,
    own: OwnFinding,
    document: Option<DocumentFinding>,
    question: &Question,
) -> Evidence {
    let card = question.card;
    let mut evidence = Evidence { snapshot, own, document, card, live: None, shown: vec![] };
    for told in &question.told {
        ladder::add(&mut evidence, told.reply, told.shown.clone());
    }
    evidence
}

/// The enum's own JSON spelling, so that journal and page use one word.
fn json_word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Who of a family is meant.
enum Fit {
    One(Box<Verified<PersonRecord>>),
    None,
    Several,
    OtherBirth,
}

fn choose(family: Vec<Verified<PersonRecord>>, identity: &Identity, birth: Option<Date>) -> Fit {
    let of_branch = |record: &PersonRecord| match (identity.branch, record.identity.branch) {
        (Some(asked), Some(held)) => asked == held,
        _ => true, // a paper without branch, or a scheme without branches
    };
    let branch: Vec<_> = family.into_iter().filter(|record| of_branch(record.get())).collect();
    if branch.is_empty() {
        return Fit::None;
    }
    let mut fitting: Vec<_> = branch
        .into_iter()
        .filter(|record| birth.is_none_or(|day| day == record.get().birth))
        .collect();
    match (fitting.pop(), fitting.is_empty()) {
        (None, _) => Fit::OtherBirth,
        (Some(record), true) => Fit::One(Box::new(record)),
        (Some(_), false) => Fit::Several,
    }
}

/// The same among the few of a family whom this facility has seen: that there is one says nothing of the others, so only the
/// birth date or the very branch names anybody. A late-stage number is one person's.
fn choose_own(
    family: Vec<Verified<PersonRecord>>,
    identity: &Identity,
    birth: Option<Date>,
) -> Fit {
    if identity.insurer.scheme() == Scheme::LateStage {
        return choose(family, identity, birth);
    }
    let (exact, branchless): (Vec<_>, Vec<_>) = family
        .into_iter()
        .filter(|record| {
            let held = record.get().identity.branch;
            identity.branch.is_none() || held.is_none() || held == identity.branch
        })
        .partition(|record| {
            identity.branch.is_some() && record.get().identity.branch == identity.branch
        });
    let Some(day) = birth else {
        return match (exact.is_empty(), branchless.is_empty()) {
            (false, _) => choose(exact, identity, None),
            (true, false) => Fit::Several,
            (true, true) => Fit::None,
        };
    };
    // Without an asked branch every member may be meant, so another birth date is a contradiction.
    let contradicts = !exact.is_empty() || (identity.branch.is_none() && !branchless.is_empty());
    let born = exact.into_iter().chain(branchless).filter(|record| record.get().birth == day);
    let mut fitting = one_of_each(born);
    match (fitting.pop(), fitting.is_empty()) {
        (None, _) if contradicts => Fit::OtherBirth,
        (None, _) => Fit::None,
        (Some(record), true) => Fit::One(Box::new(record)),
        (Some(_), false) => Fit::Several,
    }
}

/// Who was received without a branch and with one is the same person, if the name is (all are born on one day): the record
/// received last speaks, and of one moment that with the branch.
fn one_of_each(born: impl Iterator<Item = Verified<PersonRecord>>) -> Vec<Verified<PersonRecord>> {
    let rank = |record: &PersonRecord| {
        (record.origin.as_ref().map(|origin| origin.received_at), record.identity.branch)
    };
    let mut kept: Vec<Verified<PersonRecord>> = Vec::new();
    for record in born {
        let is_same = |other: &Verified<PersonRecord>| {
            let (one, other) = (record.get(), other.get());
            let branches = (one.identity.branch, other.identity.branch);
            one.name == other.name && matches!(branches, (None, Some(_)) | (Some(_), None))
        };
        match kept.iter_mut().find(|other| is_same(other)) {
            Some(other) if rank(record.get()) > rank(other.get()) => *other = record,
            Some(_) => {}
            None => kept.push(record),
        }
    }
    kept
}

/// Whether it is the signed notice that waits, and nothing speaks against it.
fn waits_for_card(evidence: &Evidence, answer: &Answer) -> bool {
    let stands = evidence.document.as_ref().is_some_and(|document| {
        document.claims.get().kind == DocumentKind::Notice
            && !matches!(document.revocation, Revocation::Listed { .. })
    });
    stands
        && answer.reasons.contains(&Reason::NoticeNeedsCard)
        && !answer.reasons.contains(&Reason::RecordSuspended)
}

/// Only what was verified is shown, and nothing where the record is suspended or the paper is refused.
fn subject(evidence: &Evidence, answer: &Answer) -> Option<Subject> {
    let region = match &evidence.snapshot {
        SnapshotFinding::Found { record, .. } => Some(record.get()),
        _ => None,
    };
    let own = match &evidence.own {
        OwnFinding::Found(record) => Some(record.get()),
        _ => None,
    };
    let live = evidence.live.as_ref().and_then(|live| live.get().record());
    let record = match answer.basis {
        Basis::OwnRecord => own,
        Basis::Live => live,
        _ => region,
    };
    let claims = evidence.document.as_ref().map(|document| document.claims.get());
    match (answer.verdict, answer.basis, claims, record) {
        // A genuine notice that waits for the card: the counter compares its name with the card's.
        (Verdict::CannotTell, _, Some(claims), _) if waits_for_card(evidence, answer) => {
            Some(of_claims(claims, None))
        }
        (Verdict::CannotTell, ..) => None,
        (_, Basis::Live | Basis::Snapshot | Basis::OwnRecord, _, Some(record)) => {
            Some(of_record(record))
        }
        (_, _, Some(claims), record) => Some(of_claims(claims, record)),
        (_, _, None, record) => record.map(of_record),
    }
}

fn of_claims(claims: &DocumentClaims, record: Option<&PersonRecord>) -> Subject {
    Subject {
        name: claims.name.clone(),
        kana: claims.kana.clone(),
        birth: claims.birth,
        sex: claims.sex,
        insurer_number: claims.identity.insurer.display_form(),
        insurer_name: record.map(|r| r.insurer_name.clone()),
        symbol: claims.identity.symbol.clone(),
        number: claims.identity.number.clone(),
        branch: claims.identity.branch.map(|b| b.to_string()),
        relation: claims.relation,
        limit_class: claims.limit_class.clone(),
        valid_from: claims.valid_from,
        valid_to: claims.valid_to,
    }
}

fn of_record(record: &PersonRecord) -> Subject {
    Subject {
        name: record.name.clone(),
        kana: record.kana.clone(),
        birth: record.birth,
        sex: record.sex,
        insurer_number: record.identity.insurer.display_form(),
        insurer_name: Some(record.insurer_name.clone()),
        symbol: record.identity.symbol.clone(),
        number: record.identity.number.clone(),
        branch: record.identity.branch.map(|b| b.to_string()),
        relation: record.relation,
        limit_class: record.limit_class.clone(),
        valid_from: record.valid_from,
        valid_to: record.lost_on.and_then(|lost| lost.yesterday().ok()),
    }
}
