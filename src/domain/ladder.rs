//! The ladder: which one thing the counter asks next where nobody can tell, and what each reply is worth.
//!
//! It asks what the answer's own next steps name, in their order, so that the table alone decides and the ladder ends where the
//! table has nothing more to ask. Where nothing special is known the order is that of 日本歯科医師会「オンライン資格確認」(<https://www.jda.or.jp/dentist/mynumber-online>): certificate, portal page and card,
//! notice and card, past visit, statement and card; in a disaster the four items of somebody who has nothing with them take the
//! statement's place.

use crate::domain::{
    answer::{Answer, NextStep, Verdict, worded},
    evidence::{CardSeen, Evidence},
    shown::Shown,
};
use serde::Serialize;

worded! {
    /// One question at a time.
    Rung {
        Certificate = "certificate" "資格確認書を持っていますか。" "Does the patient have a certificate?"
        Portal = "portal" "マイナ保険証と、マイナポータルの資格情報画面（または保存したPDF）を見せられますか。" "Can they show the card and the portal's eligibility page, or a PDF of it?"
        Notice = "notice" "マイナ保険証と「資格情報のお知らせ」を見せられますか。" "Can they show the card and the notice?"
        Card = "card" "マイナ保険証を見せられますか。" "Can they show the My Number card?"
        PastVisit = "past_visit" "以前にここを受診したことがありますか。保険はその時と同じですか。" "Did they come here before? Is the insurance the same as then?"
        Statement = "statement" "被保険者資格申立書を書き、マイナ保険証を見せられますか。" "Can they fill in the statement of eligibility and show the card?"
        FourItems = "four_items" "氏名・生年月日・連絡先と、勤め先（国保・後期高齢は住所、国保組合は組合名も）を聞いてください。" "Ask for name, birth date, contact, and the employer (the address for National Health and late-stage insurance, also the union's name)."
    }
}

worded! {
    /// A reply to a question.
    Reply {
        No = "no" "いいえ・ない" "no, or none"
        ScanCertificate = "scan_certificate" "コードを読み取る" "scan its code"
        TypeCertificate = "type_certificate" "コードがないので手で入れる" "no code: type it in"
        PortalAndCard = "portal_and_card" "両方見た" "both seen"
        PortalOnly = "portal_only" "画面だけ見た" "only the page seen"
        ScanNotice = "scan_notice" "両方見た。お知らせのコードを読み取る" "both seen: scan the notice's code"
        TypeNotice = "type_notice" "両方見た。コードがないので手で入れる" "both seen, no code: type it in"
        NoticeOnly = "notice_only" "お知らせだけ見た" "only the notice seen"
        CardSeen = "card_seen" "見た" "seen"
        OldCard = "old_card" "従来の健康保険証だけ持っている" "only an old insurance card"
        Unchanged = "unchanged" "受診したことがあり、保険は同じ" "came before, same insurance"
        Changed = "changed" "受診したことがあるが、保険が変わった・分からない" "came before, changed or not known"
        StatementAndCard = "statement_and_card" "書いてもらい、カードも見た" "filled in, and the card seen"
        StatementOnly = "statement_only" "書いてもらったが、カードはない" "filled in, no card"
        ItemsGiven = "items_given" "聞き取った" "taken down"
    }
}

/// Where the counter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// An ordinary day.
    Ordinary,
    /// Disaster mode is open, or the patient fled from a disaster elsewhere.
    Disaster,
}

/// What must be filled in or done for a reply to become evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nothing: go on.
    Nothing,
    /// A scan: it becomes the signed document.
    Scan,
    /// [`Shown::TypedPaper`].
    TypedPaper,
    /// [`Shown::PortalScreen`].
    PortalScreen,
    /// [`Shown::OldCard`].
    OldCard,
    /// [`Shown::PastVisit`].
    PastVisit,
    /// [`Shown::Declaration`].
    Declaration,
    /// [`Shown::DisasterOral`].
    DisasterOral,
}

/// One question with its replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LadderQuestion {
    /// Which question; its words are the question's.
    pub rung: Rung,
    /// The replies there are.
    pub replies: &'static [Reply],
}

/// The next question, given the answer so far and what was asked already; nothing where the ladder is at its end.
#[must_use]
pub fn next(answer: &Answer, asked: &[Rung], setting: Setting) -> Option<LadderQuestion> {
    if answer.verdict == Verdict::Eligible {
        return None;
    }
    let mut rungs = answer.next_steps.iter().filter_map(|step| Rung::of(*step, setting));
    let rung = rungs.find(|rung| !asked.contains(rung))?;
    Some(LadderQuestion { rung, replies: rung.replies() })
}

/// Takes the steps away whose questions were asked: nobody asks twice. Where none is left, the insurer is asked.
pub fn leave_unasked(answer: &mut Answer, asked: &[Rung], setting: Setting) {
    let was_asked =
        |step: &NextStep| Rung::of(*step, setting).is_some_and(|rung| asked.contains(&rung));
    answer.next_steps.retain(|step| !was_asked(step));
    if answer.next_steps.is_empty() {
        answer.next_steps.push(NextStep::CallInsurer);
    }
}

/// Adds what a reply brought. `shown` is what [`Reply::needs`] asked to fill in; a scan is added as a document by its own way.
pub fn add(evidence: &mut Evidence, reply: Reply, shown: Option<Shown>) {
    if reply.card() == CardSeen::Seen {
        evidence.card = CardSeen::Seen;
    }
    evidence.shown.extend(shown);
}

impl Rung {
    /// The question that carries out a step, if one does.
    fn of(step: NextStep, setting: Setting) -> Option<Self> {
        match (step, setting) {
            (NextStep::AskForCertificate | NextStep::AskForNewCertificate, _) => {
                Some(Self::Certificate)
            }
            (NextStep::AskForPortalScreen, _) => Some(Self::Portal),
            (NextStep::AskForNoticeAndCard, _) => Some(Self::Notice),
            (NextStep::AskForCard, _) => Some(Self::Card),
            (NextStep::AskPastVisit, _) => Some(Self::PastVisit),
            (NextStep::TakeStatement, Setting::Ordinary) => Some(Self::Statement),
            (NextStep::TakeStatement, Setting::Disaster) => Some(Self::FourItems),
            _ => None,
        }
    }

    /// The replies there are; "no" is always one.
    #[must_use]
    pub fn replies(self) -> &'static [Reply] {
        use Reply::{
            CardSeen, Changed, ItemsGiven, No, NoticeOnly, OldCard, PortalAndCard, PortalOnly,
            ScanCertificate, ScanNotice, StatementAndCard, StatementOnly, TypeCertificate,
            TypeNotice, Unchanged,
        };
        match self {
            Self::Certificate => &[ScanCertificate, TypeCertificate, OldCard, No],
            Self::Portal => &[PortalAndCard, PortalOnly, No],
            Self::Notice => &[ScanNotice, TypeNotice, NoticeOnly, No],
            Self::Card => &[CardSeen, No],
            Self::PastVisit => &[Unchanged, Changed, No],
            Self::Statement => &[StatementAndCard, StatementOnly, No],
            Self::FourItems => &[ItemsGiven, No],
        }
    }
}

impl Reply {
    /// Whether the マイナ保険証 was seen with it.
    #[must_use]
    pub fn card(self) -> CardSeen {
        match self {
            Self::PortalAndCard
            | Self::ScanNotice
            | Self::TypeNotice
            | Self::CardSeen
            | Self::StatementAndCard => CardSeen::Seen,
            Self::No
            | Self::ScanCertificate
            | Self::TypeCertificate
            | Self::PortalOnly
            | Self::NoticeOnly
            | Self::OldCard
            | Self::Unchanged
            | Self::Changed
            | Self::StatementOnly
            | Self::ItemsGiven => CardSeen::NotSeen,
        }
    }

    /// What must be filled in or done.
    #[must_use]
    pub fn needs(self) -> Needs {
        match self {
            Self::No | Self::CardSeen => Needs::Nothing,
            Self::ScanCertificate | Self::ScanNotice => Needs::Scan,
            Self::TypeCertificate | Self::TypeNotice | Self::NoticeOnly => Needs::TypedPaper,
            Self::PortalAndCard | Self::PortalOnly => Needs::PortalScreen,
            Self::OldCard => Needs::OldCard,
            Self::Unchanged | Self::Changed => Needs::PastVisit,
            Self::StatementAndCard | Self::StatementOnly => Needs::Declaration,
            Self::ItemsGiven => Needs::DisasterOral,
        }
    }
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
mod tests;
