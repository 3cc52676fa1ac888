//! Drills: every question apart, one light, and ages that mark without stopping.

use super::{
    finding::*,
    tests::{claims, issuer, trust_with},
    *,
};
use crate::{
    domain::{
        answer::{Freshness, NextStep, Reason},
        evidence::{CardSeen, DocumentKind},
        person::Sex,
        time::{ClockState, Stamp},
    },
    trust::{KeyStatus, drill},
};
use jiff::civil::date;

/// The newest list there can be at that moment, so that only the trust list ages.
fn fresh_list(made_at: Stamp, serials: Vec<[u8; 6]>) -> Revocations {
    let mut held = Revocations::new();
    let list = RevocationDraft { sequence: 1, made_at, serials }.sign(&issuer());
    held.accept(&list, &trust_with(|_| {})).unwrap();
    held
}

fn sure(days: i64) -> Reading {
    Reading { at: drill::NOW.plus_days(days), clock: ClockState::Sure }
}

fn found(claims: &DocumentClaims, trust: &TrustList, held: &Revocations, now: Reading) -> Finding {
    let text = issue(claims, &issuer()).unwrap();
    let at = Circumstances::of(trust, now, CardSeen::NotSeen);
    match open(&text, trust, held, now) {
        Ok(genuine) => judge(Outcome::Read(&genuine), &at),
        Err(refusal) => judge(Outcome::Refused(&refusal), &at),
    }
}

#[test]
fn a_paper_in_order_is_green_and_says_what_to_compare() {
    let trust = trust_with(|_| {});
    let told = found(&claims(), &trust, &fresh_list(drill::NOW, vec![]), sure(0));
    assert_eq!((told.light, told.time), (Light::Green, TimeFound::InForce));
    assert_eq!((told.reasons.as_slice(), told.refusal), (&[][..], None));
    assert_eq!(told.next_steps, [NextStep::CompareIdentity]);
    assert_eq!(told.compare, [Compare::Name, Compare::BirthDate, Compare::Sex, Compare::Photo]);
    let retired = trust_with(|key| key.status = KeyStatus::Retired);
    let told = found(&claims(), &retired, &fresh_list(drill::NOW, vec![]), sure(0));
    assert_eq!((told.light, told.issuer), (Light::Green, IssuerFound::Retired));
    let mut plain = claims();
    (plain.sex, plain.valid_to) = (Sex::Unstated, None);
    let told = found(&plain, &trust, &fresh_list(drill::NOW, vec![]), sure(0));
    assert_eq!((told.light, told.time), (Light::Green, TimeFound::OpenEnded));
    assert!(!told.compare.contains(&Compare::Sex));
}

#[test]
fn a_notice_is_amber_until_the_card_was_seen() {
    let (trust, held) = (trust_with(|_| {}), fresh_list(drill::NOW, vec![]));
    let mut notice = claims();
    notice.kind = DocumentKind::Notice;
    let told = found(&notice, &trust, &held, sure(0));
    assert_eq!((told.light, told.sufficiency), (Light::Amber, SufficiencyFound::NeedsMyNumberCard));
    assert_eq!(told.reasons, [Reason::NoticeNeedsCard]);
    assert_eq!(told.next_steps, [NextStep::CompareIdentity, NextStep::AskForCard]);
    let genuine = open(&issue(&notice, &issuer()).unwrap(), &trust, &held, sure(0)).unwrap();
    let seen = Circumstances::of(&trust, sure(0), CardSeen::Seen);
    assert_eq!(judge(Outcome::Read(&genuine), &seen).light, Light::Green);
}

#[test]
fn a_revoked_and_an_ended_paper_are_red_and_nothing_of_them_is_compared() {
    let trust = trust_with(|_| {});
    let listed = fresh_list(drill::NOW, vec![claims().serial]);
    let told = found(&claims(), &trust, &listed, sure(0));
    assert_eq!((told.light, told.revocation), (Light::Red, RevocationFound::Listed));
    assert_eq!(told.signature, SignatureFound::Valid, "genuine, and taken back");
    assert_eq!(told.reasons.first(), Some(&Reason::CertificateRevoked));
    assert!(told.compare.is_empty());
    let mut ended = claims();
    ended.valid_to = Some(date(2026, 11, 21));
    let told = found(&ended, &trust, &fresh_list(drill::NOW, vec![]), sure(0));
    assert_eq!((told.light, told.time), (Light::Red, TimeFound::Ended));
    ended.valid_to = Some(date(2026, 11, 22));
    let told = found(&ended, &trust, &fresh_list(drill::NOW, vec![]), sure(0));
    assert_eq!(told.light, Light::Green, "the last day is a valid day");
}

#[test]
fn what_lies_ahead_and_what_a_doubtful_clock_says_is_amber_and_never_expired() {
    let (trust, held) = (trust_with(|_| {}), fresh_list(drill::NOW, vec![]));
    let told = |change: fn(&mut DocumentClaims), now| {
        let mut claims = claims();
        change(&mut claims);
        let told = found(&claims, &trust, &held, now);
        (told.light, told.time, told.reasons)
    };
    let ahead = told(|c| c.valid_from = date(2026, 12, 1), sure(0));
    assert_eq!(ahead, (Light::Amber, TimeFound::NotYet, vec![Reason::CoverageNotBegun]));
    let ahead = told(|c| c.issued_on = date(2026, 12, 1), sure(0));
    assert_eq!(ahead, (Light::Amber, TimeFound::NotYet, vec![Reason::IssuedAhead]));
    let behind = Reading { clock: ClockState::BehindRecords, ..sure(0) };
    let unsure = told(|c| c.valid_to = Some(date(2026, 11, 1)), behind);
    assert_eq!(unsure, (Light::Amber, TimeFound::ClockUntrusted, vec![Reason::ClockUnsure]));
    let far = Reading { clock: ClockState::FarAhead, ..sure(4_000) };
    assert_eq!(told(|_| {}, far).1, TimeFound::ClockUntrusted);
}

/// Credentials 7.2: lists age in grades, and no age alone turns a paper away.
#[test]
fn a_revocation_list_ages_in_grades_and_the_signature_is_still_told() {
    let trust = trust_with(|key| key.not_after = date(2099, 12, 31));
    let mut open_ended = claims();
    open_ended.valid_to = None;
    let held = fresh_list(drill::NOW, vec![]);
    let grade = |days| {
        let mut told = found(&open_ended, &trust, &held, sure(days));
        told.trust_list_age = Freshness::Fresh; // another test's matter
        assert_eq!(told.signature, SignatureFound::Valid, "day {days}");
        (told.revocation, told.revocation_list_age)
    };
    assert_eq!(grade(6), (RevocationFound::Clear, Freshness::Fresh));
    assert_eq!(grade(7), (RevocationFound::Stale, Freshness::Warn));
    assert_eq!(grade(29), (RevocationFound::Stale, Freshness::Warn));
    assert_eq!(grade(30), (RevocationFound::Stale, Freshness::Confirm));
    assert_eq!(grade(399), (RevocationFound::Stale, Freshness::Confirm));
    let none = found(&open_ended, &trust, &Revocations::new(), sure(0));
    assert_eq!((none.light, none.revocation), (Light::Amber, RevocationFound::NoList));
    assert_eq!(none.reasons, [Reason::RevocationUnknown]);
}

#[test]
fn a_revoked_paper_stays_red_however_old_the_list_is() {
    let trust = trust_with(|key| key.not_after = date(2099, 12, 31));
    let listed = fresh_list(drill::NOW, vec![claims().serial]);
    assert_eq!(found(&claims(), &trust, &listed, sure(200)).light, Light::Red);
}

/// The list of the drills was due six days after [`drill::NOW`].
#[test]
fn a_trust_list_ages_in_grades_and_only_a_key_past_its_last_day_stops_trust() {
    let mut open_ended = claims();
    open_ended.valid_to = None;
    let last_day = drill::NOW.plus_days(90).day();
    let trust = trust_with(|key| key.not_after = last_day);
    let told = |days| {
        let held = fresh_list(drill::NOW.plus_days(days), vec![]);
        found(&open_ended, &trust, &held, sure(days))
    };
    for (days, light, grade) in [
        (0, Light::Green, Freshness::Fresh),
        (12, Light::Green, Freshness::Fresh),
        (13, Light::Amber, Freshness::Warn),
        (35, Light::Amber, Freshness::Warn),
        (36, Light::Amber, Freshness::Confirm),
        (90, Light::Amber, Freshness::Confirm),
    ] {
        let told = told(days);
        assert_eq!((told.light, told.trust_list_age), (light, grade), "day {days}");
        assert_eq!(
            (told.issuer, told.signature),
            (IssuerFound::Known, SignatureFound::Valid),
            "day {days}"
        );
        let remarked = told.reasons.contains(&Reason::TrustListOld);
        assert_eq!(remarked, light == Light::Amber, "day {days}");
    }
    let over = told(91);
    assert_eq!((over.light, over.issuer), (Light::Amber, IssuerFound::Ended));
    assert_eq!(over.signature, SignatureFound::Valid, "whose it is can still be told");
    assert_eq!(over.refusal, Some("issuer_key_ended"));
}

#[test]
fn a_refusal_answers_the_questions_it_came_to_and_leaves_the_others_open() {
    let held = Revocations::new();
    let told = |trust: &TrustList| found(&claims(), trust, &held, sure(0));
    let stolen = told(&trust_with(|key| key.status = KeyStatus::CompromisedSince(Stamp(0))));
    assert_eq!((stolen.light, stolen.issuer), (Light::Red, IssuerFound::Compromised));
    assert_eq!(stolen.signature, SignatureFound::Valid);
    let scope = told(&trust_with(|key| key.documents = vec![]));
    assert_eq!((scope.light, scope.issuer), (Light::Red, IssuerFound::OutOfScope));
    let unknown = told(&drill::list(vec![]));
    assert_eq!((unknown.light, unknown.issuer), (Light::Amber, IssuerFound::UnknownKid));
    assert_eq!(unknown.signature, SignatureFound::NotChecked);
    for told in [stolen, scope, unknown] {
        assert_eq!(told.time, TimeFound::NotChecked);
        assert_eq!(told.revocation, RevocationFound::NotChecked);
        assert!(told.compare.is_empty() && told.refusal.is_some());
    }
}

#[test]
fn what_to_do_next_is_said_once_in_the_order_of_its_reasons() {
    let mut ahead = claims();
    (ahead.kind, ahead.valid_from) = (DocumentKind::Notice, date(2026, 12, 1));
    let told = found(&ahead, &trust_with(|_| {}), &Revocations::new(), sure(0));
    let reasons = [Reason::CoverageNotBegun, Reason::NoticeNeedsCard, Reason::RevocationUnknown];
    assert_eq!(told.reasons, reasons);
    let once = [NextStep::CompareIdentity, NextStep::AskForPortalScreen, NextStep::AskForCard];
    assert_eq!(told.next_steps, once);
}

/// "Known" says in its time and within its scope; neither was asked.
#[test]
fn the_issuer_of_what_it_did_not_sign_or_nobody_can_read_is_not_judged() {
    let (issuer, trust) = (issuer().public().kid(), trust_with(|_| {}));
    let at = Circumstances::of(&trust, sure(0), CardSeen::NotSeen);
    let told = |refusal| judge(Outcome::Refused(&refusal), &at);
    let forged = told(CredentialError::Forged(issuer));
    assert_eq!((forged.light, forged.issuer), (Light::Red, IssuerFound::NotChecked));
    let malformed = told(CredentialError::ClaimsMalformed { issuer, what: "kind" });
    assert_eq!((malformed.light, malformed.issuer), (Light::Grey, IssuerFound::NotChecked));
    assert_eq!(malformed.signature, SignatureFound::Valid);
}

#[test]
fn no_light_but_red_or_amber_is_given_to_what_was_read_and_is_not_clean() {
    let trust = trust_with(|_| {});
    let forged = judge(
        Outcome::Refused(&CredentialError::Forged(issuer().public().kid())),
        &Circumstances::of(&trust, sure(0), CardSeen::NotSeen),
    );
    assert_eq!((forged.light, forged.signature), (Light::Red, SignatureFound::Invalid));
    let empty = judge(
        Outcome::NotOurs(&messages::CODE_EMPTY),
        &Circumstances::of(&trust, sure(0), CardSeen::NotSeen),
    );
    assert_eq!((empty.light, empty.transport), (Light::Grey, TransportFound::Truncated));
    let foreign = judge(
        Outcome::NotOurs(&messages::FOREIGN_HC1),
        &Circumstances::of(&trust, sure(0), CardSeen::NotSeen),
    );
    assert_eq!((foreign.light, foreign.transport), (Light::Grey, TransportFound::NotOurs));
    assert_eq!(foreign.refusal, Some("foreign_hc1"));
}
