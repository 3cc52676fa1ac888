//! The pages: one struct each, made from the same views that go out as JSON.

use super::{
    html::Said,
    told::{self, Fact},
};
use crate::{
    app::{CandidateView, Checked, DisasterStatus, DrugView, OrderSummary, Status},
    config::{HubUrl, Profile},
    domain::{
        answer::{Level, NextStep, Reason, Verdict},
        ladder::{Needs, Reply, Rung},
        medication::{Dispensing, Setting},
        statement::{InsuranceKind, KeptStatement},
    },
    health::Examination,
    journal::{Viewer, ViewerRole},
    messages::{
        Kind, Message,
        words::{self, Phrase},
    },
};
use askama::Template;
use std::path::PathBuf;

/// What the appliance is used for; practice is said on every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Fictional people only.
    Practice,
    /// Real people.
    Service,
}

/// What the pages know of the house besides the appliance.
#[derive(Clone, Debug)]
pub struct Premises {
    /// What for.
    pub purpose: Purpose,
    /// What machine it is, for the doctor.
    pub profile: Profile,
    /// The hub that `POST /api/v1/sync` exchanges with; never one that a request names.
    pub hub: Option<HubUrl>,
    /// The folder in which a USB stick shows; never one that a request names.
    pub stick: Option<PathBuf>,
}

/// What surrounds every page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) purpose: Purpose,
    pub(super) disaster: DisasterStatus,
}

impl Frame {
    fn practice(&self) -> bool {
        self.purpose == Purpose::Practice
    }

    fn order(&self) -> Option<&OrderSummary> {
        self.disaster.order.as_ref()
    }
}

/// GET /: the one field.
#[derive(Template)]
#[template(path = "counter.html")]
pub(super) struct CounterPage {
    pub(super) frame: Frame,
}

/// By what the answer was asked, so that it can be asked again with the card seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AskedBy {
    /// The fields of the form, to travel again in hidden fields; never in a URL.
    Fields(Vec<(&'static str, String)>),
    /// A picture: browsers do not keep it, it must be chosen again.
    Picture,
}

/// POST /check and /check/picture: one big answer, one next step.
#[derive(Template)]
#[template(path = "answer.html")]
pub(super) struct AnswerPage {
    pub(super) frame: Frame,
    pub(super) checked: Checked,
    pub(super) asked: AskedBy,
    /// Why the reply just given was not taken.
    pub(super) refused: Option<&'static Message>,
}

impl AnswerPage {
    fn class(&self) -> &'static str {
        told::verdict_class(self.checked.answer.verdict)
    }

    fn verdict(&self) -> Said {
        let verdict = self.checked.answer.verdict;
        Said::new(verdict.ja(), verdict.en())
    }

    fn share(&self) -> Option<Said> {
        let eligible = self.checked.answer.verdict == Verdict::Eligible;
        eligible.then(|| told::burden(&self.checked.answer))
    }

    fn name(&self) -> Option<Said> {
        self.checked.subject.as_ref().map(|subject| Said::new(&subject.name, &subject.kana))
    }

    fn steps(&self) -> Vec<Said> {
        self.checked.answer.next_steps.iter().map(|step| told::step(*step)).collect()
    }

    /// The question's words, where one is asked.
    fn question(&self) -> Option<Said> {
        let asked = self.checked.ask_next?;
        Some(Said::new(asked.rung.ja(), asked.rung.en()))
    }

    /// The replies that can be given on the page; a code is scanned into the field above.
    fn replies(&self) -> Vec<Choosable> {
        let Some(asked) = self.checked.ask_next else { return vec![] };
        let choosable = |reply: &Reply| Choosable { rung: asked.rung, reply: *reply };
        asked.replies.iter().map(choosable).collect()
    }

    /// A patient who comes from a disaster has nothing to show: the four items take the statement's place.
    fn may_come_from_a_disaster(&self) -> bool {
        self.checked.ask_next.is_some_and(|asked| asked.rung == Rung::Statement)
    }

    /// Whether a statement of eligibility is the step, or was given.
    fn takes_statement(&self) -> bool {
        let answer = &self.checked.answer;
        let step = NextStep::TakeStatement;
        answer.next_steps.contains(&step) || answer.level == Level::Declaration
    }

    /// Only beside a notice does a card that was seen change the answer.
    fn asks_for_card(&self) -> bool {
        self.checked.answer.reasons.contains(&Reason::NoticeNeedsCard)
    }

    fn reasons(&self) -> Vec<Said> {
        self.checked
            .answer
            .reasons
            .iter()
            .map(|reason| Said::new(reason.ja(), reason.en()))
            .collect()
    }

    fn facts(&self) -> Vec<Fact> {
        told::answer_facts(&self.checked)
    }

    fn person(&self) -> Vec<Fact> {
        told::subject_facts(&self.checked)
    }

    fn answered_at(&self) -> String {
        told::moment(self.checked.answered_at)
    }
}

/// One reply and what it asks to fill in.
pub(super) struct Choosable {
    rung: Rung,
    reply: Reply,
}

impl Choosable {
    fn words(&self) -> Said {
        Said::new(self.reply.ja(), self.reply.en())
    }

    fn needs(&self) -> Needs {
        self.reply.needs()
    }
}

/// GET /disaster: the order's field while closed, the search while open.
#[derive(Template)]
#[template(path = "disaster.html")]
pub(super) struct DisasterPage {
    pub(super) frame: Frame,
}

/// The roles in the order offered: word on the wire, words for people.
const ROLES: [(ViewerRole, &str); 4] = [
    (ViewerRole::Doctor, "doctor"),
    (ViewerRole::Dentist, "dentist"),
    (ViewerRole::Pharmacist, "pharmacist"),
    (ViewerRole::Named, "named"),
];

/// One option of a choice.
struct Choice {
    value: &'static str,
    words: Phrase,
    chosen: bool,
}

fn roles(viewer: Option<&Viewer>) -> Vec<Choice> {
    let chosen = viewer.map_or(ViewerRole::Doctor, |viewer| viewer.role);
    let offer = |(role, value)| Choice { value, words: told::role(role), chosen: role == chosen };
    ROLES.into_iter().map(offer).collect()
}

fn role_word(viewer: &Viewer) -> &'static str {
    ROLES.iter().find(|(role, _)| *role == viewer.role).map_or("", |(_, word)| word)
}

impl DisasterPage {
    fn roles(&self) -> Vec<Choice> {
        roles(None)
    }
}

/// POST /disaster/search: everybody who may be meant, nobody chosen.
#[derive(Template)]
#[template(path = "candidates.html")]
pub(super) struct CandidatesPage {
    pub(super) frame: Frame,
    pub(super) viewer: Viewer,
    pub(super) candidates: Vec<CandidateView>,
    pub(super) unreadable: usize,
}

impl CandidatesPage {
    fn role_word(&self) -> &'static str {
        role_word(&self.viewer)
    }

    /// The viewer's name and role are typed once.
    fn roles(&self) -> Vec<Choice> {
        roles(Some(&self.viewer))
    }
}

impl KeptStatement {
    /// When it was taken, behind its number.
    fn taken(&self) -> String {
        self.taken_at.map(|at| format!(" · {}", told::moment(at))).unwrap_or_default()
    }
}

impl OrderSummary {
    fn until_day(&self) -> Said {
        told::day(self.until)
    }

    fn period(&self) -> Said {
        told::period(self.from, self.until)
    }

    fn revision_words(&self) -> Said {
        Said::new(format!("第{}版", self.revision), format!("revision {}", self.revision))
    }
}

impl CandidateView {
    fn born(&self) -> Said {
        told::day(self.birth)
    }

    fn sex_words(&self) -> Phrase {
        told::sex(self.sex)
    }

    fn difference_words(&self) -> Vec<Phrase> {
        self.differences.iter().map(|d| told::difference(*d)).collect()
    }
}

/// POST /disaster/consent: the drug history, after it was journalled.
#[derive(Template)]
#[template(path = "drugs.html")]
pub(super) struct DrugsPage {
    pub(super) frame: Frame,
    pub(super) handle: String,
    pub(super) view: DrugView,
}

impl DrugsPage {
    fn facts(&self) -> Vec<Fact> {
        let view = &self.view;
        let role = told::role(view.viewer.role);
        let viewer = Said::new(format!("{}（{}）", view.viewer.name, role.ja), role.en);
        let mut facts = vec![
            Fact::new(words::BIRTH, told::day(view.birth), told::Grade::Plain),
            Fact::new(words::SEX, told::sex(view.sex), told::Grade::Plain),
            Fact::new(words::SOURCE, told::source(&view.source, view.read_at), told::Grade::Plain),
            Fact::new(words::VIEWER, viewer, told::Grade::Plain),
            Fact::new(words::READ_AT, Said::plain(told::moment(view.read_at)), told::Grade::Plain),
            Fact::new(words::ORDER_NUMBER, Said::plain(view.order.to_string()), told::Grade::Plain),
        ];
        let days = || view.dispensings.iter().map(|drug| drug.on);
        if let (Some(oldest), Some(newest)) = (days().min(), days().max()) {
            let covered = told::period(oldest, newest);
            facts.insert(0, Fact::new(words::COVERED, covered, told::Grade::Plain));
        }
        facts
    }

    fn roles(&self) -> Vec<Choice> {
        roles(Some(&self.view.viewer))
    }
}

impl Dispensing {
    fn place(&self) -> Phrase {
        match self.setting {
            Setting::InHouse => words::IN_HOUSE,
            Setting::Pharmacy => words::PHARMACY,
        }
    }
}

/// GET /status: plain facts, each with a word.
#[derive(Template)]
#[template(path = "status.html")]
pub(super) struct StatusPage {
    pub(super) frame: Frame,
    pub(super) status: Status,
    pub(super) statements: Vec<KeptStatement>,
    pub(super) examined: Examination,
    /// Whether there is anybody to exchange with, and whether it was just asked for.
    pub(super) sync: SyncOffer,
}

/// The button for an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncOffer {
    /// Neither hub nor stick is configured.
    Nobody,
    /// It can be asked for.
    Possible,
    /// It was, just now.
    Asked,
}

impl StatusPage {
    fn may_sync(&self) -> bool {
        self.sync != SyncOffer::Nobody
    }

    fn sync_asked(&self) -> bool {
        self.sync == SyncOffer::Asked
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = told::examination(&self.examined);
        facts.extend(told::status_facts(&self.status));
        facts
    }
}

/// Where a person stood when something was refused, so that they can go on there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// At the counter's field.
    Counter,
    /// In disaster mode.
    Disaster,
}

/// A refusal or failure: what happened, what to do next, and the field again. Nothing that was typed.
#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage {
    pub(super) frame: Frame,
    pub(super) side: Side,
    pub(super) message: &'static Message,
}

impl ProblemPage {
    fn class(&self) -> &'static str {
        match self.message.kind {
            Kind::Unavailable => "not-now",
            Kind::BadInput
            | Kind::Refused
            | Kind::NotFound
            | Kind::Conflict
            | Kind::TooLarge
            | Kind::Locked => "cannot-tell",
        }
    }

    fn word(&self) -> Phrase {
        match self.message.kind {
            Kind::Unavailable => words::NOT_NOW,
            Kind::BadInput
            | Kind::Refused
            | Kind::NotFound
            | Kind::Conflict
            | Kind::TooLarge
            | Kind::Locked => words::NOT_TAKEN,
        }
    }

    fn what(&self) -> Said {
        Said::new(self.message.ja, self.message.en)
    }

    fn next(&self) -> Said {
        Said::new(self.message.next_ja, self.message.next_en)
    }

    fn at_disaster(&self) -> bool {
        self.side == Side::Disaster
    }
}
