//! Promises of the ladder.

use super::*;
use crate::domain::{
    answer::{Level, NextStep},
    decide::{
        evidence_samples::{
            any_evidence, came_before, four_items, portal, statement, told, typed_paper, worth,
        },
        tests::{TODAY, claims, clear, paper, source},
    },
    evidence::{DocumentClaims, DocumentKind, OwnFinding, SnapshotFinding},
    shown::SaidInsurance,
};
use proptest::prelude::*;

/// What a reply brings, filled in.
fn shown(reply: Reply) -> Option<Shown> {
    match reply {
        Reply::TypeCertificate => Some(typed_paper(DocumentKind::Certificate)),
        Reply::TypeNotice | Reply::NoticeOnly => Some(typed_paper(DocumentKind::Notice)),
        Reply::PortalAndCard | Reply::PortalOnly => Some(portal()),
        Reply::OldCard => Some(Shown::OldCard),
        Reply::Unchanged => Some(came_before(SaidInsurance::Unchanged)),
        Reply::Changed => Some(came_before(SaidInsurance::Changed)),
        Reply::StatementAndCard | Reply::StatementOnly => Some(statement()),
        Reply::ItemsGiven => Some(four_items()),
        Reply::No | Reply::CardSeen | Reply::ScanCertificate | Reply::ScanNotice => None,
    }
}

fn take(evidence: &mut Evidence, reply: Reply) {
    let kind = match reply {
        Reply::ScanCertificate => Some(DocumentKind::Certificate),
        Reply::ScanNotice => Some(DocumentKind::Notice),
        _ => None,
    };
    if let Some(kind) = kind {
        evidence.document = paper(DocumentClaims { issued_on: TODAY, ..claims(kind) }, clear());
    }
    add(evidence, reply, shown(reply));
}

fn unknown() -> Evidence {
    Evidence {
        snapshot: SnapshotFinding::NotInSnapshot(source(1)),
        own: OwnFinding::NothingKept,
        document: None,
        card: CardSeen::NotSeen,
        live: None,
        shown: vec![],
    }
}

fn asked_in_vain(setting: Setting) -> Vec<Rung> {
    let mut asked = vec![];
    while let Some(question) = next(&told(&unknown()), &asked, setting) {
        asked.push(question.rung);
    }
    asked
}

#[test]
fn the_questions_come_one_by_one_in_their_order() {
    use Rung::{Certificate, FourItems, Notice, PastVisit, Portal, Statement};
    let ordinary = [Certificate, Portal, Notice, PastVisit, Statement];
    assert_eq!(asked_in_vain(Setting::Ordinary), ordinary);
    let disaster = [Certificate, Portal, Notice, PastVisit, FourItems];
    assert_eq!(asked_in_vain(Setting::Disaster), disaster);
}

#[test]
fn each_reply_is_worth_what_the_table_says() {
    let worths = [
        (Reply::No, Level::Nothing),
        (Reply::ScanCertificate, Level::Certificate),
        (Reply::TypeCertificate, Level::TypedCertificate),
        (Reply::PortalAndCard, Level::PortalWithCard),
        (Reply::PortalOnly, Level::Nothing),
        (Reply::ScanNotice, Level::NoticeWithCard),
        (Reply::TypeNotice, Level::TypedNoticeWithCard),
        (Reply::NoticeOnly, Level::Nothing),
        (Reply::CardSeen, Level::Nothing),
        (Reply::OldCard, Level::Nothing),
        (Reply::Unchanged, Level::PastVisit),
        (Reply::Changed, Level::Nothing),
        (Reply::StatementAndCard, Level::Declaration),
        (Reply::StatementOnly, Level::Nothing),
        (Reply::ItemsGiven, Level::DisasterOral),
    ];
    assert_eq!(worths.len(), Reply::ALL.len());
    for (reply, level) in worths {
        let mut evidence = unknown();
        take(&mut evidence, reply);
        let answer = told(&evidence);
        assert_eq!(answer.level, level, "{}", reply.code());
        let received = answer.next_steps.contains(&NextStep::TreatAsInsured);
        assert_eq!(received, level > Level::Nothing, "{}", reply.code());
    }
}

#[test]
fn the_card_fetched_after_the_portals_page_is_enough() {
    let mut evidence = unknown();
    take(&mut evidence, Reply::PortalOnly);
    let question = next(&told(&evidence), &[Rung::Certificate, Rung::Portal], Setting::Ordinary);
    assert_eq!(question.map(|question| question.rung), Some(Rung::Card));
    take(&mut evidence, Reply::CardSeen);
    assert_eq!(told(&evidence).level, Level::PortalWithCard);
}

#[test]
fn every_reply_belongs_to_a_question_and_says_what_it_needs() {
    let offered: Vec<Reply> = Rung::ALL.iter().flat_map(|rung| rung.replies()).copied().collect();
    assert!(Reply::ALL.iter().all(|reply| offered.contains(reply)));
    for reply in Reply::ALL {
        let fills_in = !matches!(reply.needs(), Needs::Nothing | Needs::Scan);
        assert_eq!(fills_in, shown(*reply).is_some(), "{}", reply.code());
    }
}

proptest! {
    #[test]
    fn the_ladder_ends_asks_nothing_twice_and_no_reply_makes_it_worse(
        evidence in any_evidence(), disaster in any::<bool>(), picks in prop::collection::vec(0_usize..4, 10),
    ) {
        let setting = if disaster { Setting::Disaster } else { Setting::Ordinary };
        let (mut evidence, mut asked) = (evidence, vec![]);
        let mut answer = told(&evidence);
        while let Some(question) = next(&answer, &asked, setting) {
            prop_assert!(!asked.contains(&question.rung));
            asked.push(question.rung);
            prop_assert!(asked.len() <= Rung::ALL.len());
            let reply = question.replies[picks[asked.len()] % question.replies.len()];
            take(&mut evidence, reply);
            let after = told(&evidence);
            prop_assert!(worth(&after) >= worth(&answer), "{}: {:?} from {:?}", reply.code(), after, answer);
            answer = after;
        }
    }

    #[test]
    fn whoever_cannot_be_told_is_received_at_the_ladders_end(evidence in any_evidence(), disaster in any::<bool>()) {
        let (setting, last) = match disaster {
            true => (Setting::Disaster, Reply::ItemsGiven),
            false => (Setting::Ordinary, Reply::StatementAndCard),
        };
        let (mut evidence, mut asked) = (evidence, vec![]);
        while let Some(question) = next(&told(&evidence), &asked, setting) {
            asked.push(question.rung);
            if question.replies.contains(&last) {
                take(&mut evidence, last);
            }
        }
        prop_assert!(told(&evidence).next_steps.contains(&NextStep::TreatAsInsured));
    }
}
