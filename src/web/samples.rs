//! Synthetic people and answers for the tests of this room.

use crate::{
    app::{
        CandidateView, Checked, DisasterState, DisasterStatus, DrugView, ExchangeStatus,
        OrderSummary, SnapshotStatus, StatementsStatus, Status, Subject, TrustStatus,
    },
    cache::{CacheState, Delivered},
    disaster::search::Difference,
    domain::{
        answer::{
            Answer, Basis, BurdenRatio, BurdenSource, Freshness, Level, NextStep, Reason, Verdict,
        },
        burden::Percent,
        evidence::{DocumentKind, SnapshotSource},
        medication::{Dispensing, Drug, Setting},
        person::{Relation, Sex},
        policy::Policy,
        time::{ClockState, Reading, Stamp},
    },
    health::{self, CacheFacts, DirAccess, HouseFacts, Outbox, Probe, Rtc, Thresholds},
    journal::{Viewer, ViewerRole},
};
use jiff::civil::date;

pub(super) const NOON: Stamp = Stamp(1_795_316_400); // 2026-11-22 12:00 in Japan

pub(super) fn source() -> SnapshotSource {
    SnapshotSource { region: "練習県".into(), version: 41, as_of: NOON.plus_days(-2) }
}

pub(super) fn closed() -> DisasterStatus {
    DisasterStatus { state: DisasterState::Closed, order: None }
}

pub(super) fn open() -> DisasterStatus {
    let order = OrderSummary {
        number: 7,
        revision: 2,
        authority: "練習県災害対策本部".into(),
        from: date(2026, 11, 20),
        until: date(2026, 12, 4),
    };
    DisasterStatus { state: DisasterState::Open, order: Some(order) }
}

pub(super) fn subject() -> Subject {
    Subject {
        name: "練習　花子".into(),
        kana: "レンシュウ　ハナコ".into(),
        birth: date(1956, 11, 1),
        sex: Sex::Female,
        insurer_number: "06139992".into(),
        insurer_name: Some("練習健康保険組合".into()),
        symbol: "12-34".into(),
        number: "5678".into(),
        branch: Some("01".into()),
        relation: Relation::Insured,
        limit_class: None,
        valid_from: date(2020, 4, 1),
        valid_to: None,
    }
}

pub(super) fn eligible() -> Checked {
    Checked {
        answer: Answer {
            verdict: Verdict::Eligible,
            basis: Basis::Certificate,
            as_of: Some(NOON.plus_days(-2)),
            freshness: Freshness::Fresh,
            clock: ClockState::Sure,
            burden_ratio: BurdenRatio {
                percent: Percent::new(30),
                source: Some(BurdenSource::Document),
                also: vec![],
            },
            level: Level::Certificate,
            received: None,
            reasons: vec![Reason::CertificateInForce, Reason::InForceInSnapshot],
            next_steps: vec![NextStep::TreatAsInsured, NextStep::CompareIdentity],
        },
        on: date(2026, 11, 22),
        answered_at: NOON,
        claim: None,
        statement: None,
        code: None,
        ask_next: None,
        subject: Some(subject()),
        document: Some(DocumentKind::Certificate),
        journal_entry: 812,
        journal_mark: "3f9a-02c7".into(),
    }
}

pub(super) fn not_eligible() -> Checked {
    let mut checked = eligible();
    checked.answer.verdict = Verdict::NotEligible;
    checked.answer.basis = Basis::Snapshot;
    checked.answer.level = Level::Snapshot;
    checked.answer.reasons = vec![Reason::CoverageEnded];
    checked.answer.next_steps =
        vec![NextStep::AskForNewCertificate, NextStep::CallInsurer, NextStep::TakeStatement];
    checked
}

pub(super) fn cannot_tell() -> Checked {
    let mut checked = eligible();
    checked.answer = Answer {
        verdict: Verdict::CannotTell,
        basis: Basis::Nothing,
        as_of: None,
        freshness: Freshness::Unknown,
        clock: ClockState::BehindRecords,
        burden_ratio: BurdenRatio::default(),
        level: Level::Nothing,
        received: None,
        reasons: vec![Reason::NoticeNeedsCard, Reason::ClockUnsure],
        next_steps: vec![
            NextStep::AskForCard,
            NextStep::AskForPortalScreen,
            NextStep::TakeStatement,
        ],
    };
    checked.subject = None;
    checked.document = Some(DocumentKind::Notice);
    checked
}

pub(super) fn viewer() -> Viewer {
    Viewer { name: "架空　医子".into(), role: ViewerRole::Pharmacist }
}

pub(super) fn candidate(handle: &str, name: &str, differences: Vec<Difference>) -> CandidateView {
    CandidateView {
        handle: handle.into(),
        name: name.into(),
        kana: "タカハシ　レンシュウ".into(),
        alias: None,
        birth: date(1956, 11, 1),
        sex: Sex::Female,
        differences,
    }
}

pub(super) fn drug_view() -> DrugView {
    let drug = |day, name: &str, setting| Dispensing {
        on: day,
        drug: Drug {
            code: "2149032F1021".into(),
            name: name.into(),
            ingredient: "練習成分".into(),
            unit: "錠".into(),
        }
        .into(),
        dose: "1".into(),
        usage: "1日1回朝食後".into(),
        days: 28,
        facility: "練習調剤薬局".into(),
        setting,
    };
    DrugView {
        name: "練習　花子".into(),
        kana: "レンシュウ　ハナコ".into(),
        birth: date(1956, 11, 1),
        sex: Sex::Female,
        dispensings: vec![
            drug(date(2026, 10, 20), "練習錠5mg", Setting::Pharmacy),
            drug(date(2026, 9, 18), "架空カプセル100mg", Setting::InHouse),
        ],
        source: source(),
        order: 7,
        viewer: viewer(),
        read_at: NOON,
    }
}

pub(super) fn probe() -> Probe {
    Probe {
        machine: health::Machine {
            free_disk_bytes: Some(20 << 30),
            memory_available_bytes: Some(1 << 30),
            temperature_celsius: Some(48.5),
            dir: DirAccess::Writable,
        },
        house: HouseFacts {
            own: None,
            own_lost: false,
            clock: Reading { at: NOON, clock: ClockState::Sure },
            snapshot_age_days: Some(2),
            trust_list: Some(health::TrustListAge { age_days: 3, freshness: Freshness::Fresh }),
            cache: CacheFacts {
                state: CacheState::Healthy,
                kept: Delivered::Keep,
                delivered_bytes: 4 << 20,
            },
            outbox: Outbox { entries: 12, oldest_days: 4 },
            journal: health::Journal::Verified { entries: 812 },
        },
        thresholds: Thresholds {
            free_disk_warn_bytes: 1 << 30,
            memory_warn_bytes: 128 << 20,
            temperature_warn_celsius: 80,
            rtc: Rtc::Missing,
            snapshot: Policy::default().snapshot,
        },
    }
}

pub(super) fn status() -> Status {
    Status {
        version: "0.1.0".into(),
        facility: "練習診療所".into(),
        now: NOON,
        clock: ClockState::Sure,
        snapshot: Some(SnapshotStatus {
            source: source(),
            age_days: 2,
            freshness: Freshness::Fresh,
            people: 12_345,
            dispensings: 67_890,
        }),
        own: None,
        own_lost: false,
        cache: CacheState::Healthy,
        trust: Some(TrustStatus {
            root_version: 2,
            sequence: 9,
            made_at: NOON.plus_days(-3),
            next_due: NOON.plus_days(-1),
            freshness: Freshness::Fresh,
        }),
        disaster: open(),
        journal_entries: 812,
        outbox_waiting: 12,
        outbox_oldest: Some(NOON.plus_days(-4)),
        outbox_rejected: 0,
        exchanges: vec![
            ExchangeStatus {
                via: "https://hub.example.jp".into(),
                at: NOON,
                reached_at: Some(NOON.plus_days(-2)),
                running: true,
                done: 0,
                failed: 0,
                code: None,
            },
            ExchangeStatus {
                via: "https://away.example.jp".into(),
                at: NOON,
                reached_at: Some(NOON.plus_days(-3)),
                running: false,
                done: 0,
                failed: 0,
                code: Some("hub_away"),
            },
            ExchangeStatus {
                via: "/media/sonae".into(),
                at: NOON,
                reached_at: Some(NOON),
                running: false,
                done: 3,
                failed: 0,
                code: None,
            },
        ],
        statements: StatementsStatus::default(),
    }
}
