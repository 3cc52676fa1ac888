//! The doctor: judges a [`Probe`], touches nothing.

use super::{DirAccess, Journal, Machine, Probe, Rtc};
use crate::{
    domain::{answer::Freshness, time::ClockState},
    limits,
};
use serde::Serialize;

/// Days after which something that was not sent is asked about.
const OUTBOX_WARN_DAYS: u32 = 7;
/// From here on the claims of a whole month (due on the 10th) are at risk.
const OUTBOX_BAD_DAYS: u32 = 30;
/// Hotter than the profile's warning by this much, processors switch off.
const HEAT_MARGIN_CELSIUS: f32 = 10.0;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// As it should be.
    Ok,
    /// To be seen to soon; the counter works.
    Warn,
    /// To be seen to now.
    Bad,
}

/// One finding, with what to do about it. The fixes are empty where nothing is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name for machines.
    pub name: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// What was found, Japanese.
    pub ja: String,
    /// What was found, English.
    pub en: String,
    /// What to do, Japanese.
    pub fix_ja: &'static str,
    /// What to do, English.
    pub fix_en: &'static str,
}

impl Check {
    pub(super) fn found(name: &'static str, grade: Grade, ja: String, en: String) -> Self {
        Self { name, grade, ja, en, fix_ja: "", fix_en: "" }
    }

    /// Adds what to do, unless all is well.
    pub(super) fn fix(mut self, ja: &'static str, en: &'static str) -> Self {
        if self.grade != Grade::Ok {
            (self.fix_ja, self.fix_en) = (ja, en);
        }
        self
    }
}

/// The worst grade of all findings: `doctor`'s exit code.
#[must_use]
pub fn worst(checks: &[Check]) -> Grade {
    checks.iter().map(|check| check.grade).max().unwrap_or(Grade::Ok)
}

/// The doctor's whole finding, as told on the command line, over HTTP and on the status page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The worst grade of all.
    pub worst: Grade,
    /// Every check, in a fixed order.
    pub checks: Vec<Check>,
}

/// Judges every fact and sums up.
#[must_use]
pub fn examine(probe: &Probe) -> Examination {
    let checks = doctor(probe);
    Examination { worst: worst(&checks), checks }
}

/// Judges every fact, always in the same order and never leaving one out.
#[must_use]
pub fn doctor(probe: &Probe) -> Vec<Check> {
    vec![
        data_dir(&probe.machine),
        free_disk(probe),
        memory(probe),
        temperature(probe),
        clock(probe),
        rtc(probe),
        snapshot(probe),
        super::cache::own(&probe.house),
        super::cache::store(probe.house.cache),
        trust_list(probe),
        outbox(probe),
        journal(probe),
    ]
}

pub(super) fn mebibytes(bytes: u64) -> u64 {
    bytes >> 20
}

fn data_dir(machine: &Machine) -> Check {
    let (grade, ja, en) = match machine.dir {
        DirAccess::Writable => {
            (Grade::Ok, "データの場所に書き込めます。", "The data directory takes writes.")
        }
        DirAccess::Forbidden => (
            Grade::Bad,
            "データの場所に書き込む権限がありません。",
            "There is no permission to write to the data directory.",
        ),
        DirAccess::Failing => {
            (Grade::Bad, "データの場所に書き込めません。", "The data directory cannot be written.")
        }
    };
    Check::found("data_dir", grade, ja.into(), en.into()).fix(
        "データの場所の持ち主と権限、ディスクの状態を確かめてください。",
        "Check owner and permissions of the data directory, and the disk.",
    )
}

fn free_disk(probe: &Probe) -> Check {
    let Some(bytes) = probe.machine.free_disk_bytes else {
        return unknown(
            "free_disk",
            "ディスクの空きを測れません。",
            "Free disk space cannot be measured.",
        );
    };
    let grade = if bytes < limits::FREE_DISK_BYTES_MIN {
        Grade::Bad
    } else if bytes < probe.thresholds.free_disk_warn_bytes {
        Grade::Warn
    } else {
        Grade::Ok
    };
    let free = mebibytes(bytes);
    let ja = format!("ディスクの空きは {free} MiB です。");
    Check::found("free_disk", grade, ja, format!("{free} MiB of disk are free.")).fix(
        "不要なファイルを消すか大きなディスクに替えてください。足りないと取り込みができません。",
        "Free some space or use a larger disk; without it nothing new can be imported.",
    )
}

fn memory(probe: &Probe) -> Check {
    let Some(bytes) = probe.machine.memory_available_bytes else {
        return unknown(
            "memory",
            "メモリーの空きを測れません。",
            "Free memory cannot be measured.",
        );
    };
    let warn = probe.thresholds.memory_warn_bytes;
    let grade = if bytes < warn / 4 {
        Grade::Bad
    } else if bytes < warn {
        Grade::Warn
    } else {
        Grade::Ok
    };
    let free = mebibytes(bytes);
    let ja = format!("使えるメモリーは {free} MiB です。");
    Check::found("memory", grade, ja, format!("{free} MiB of memory can be had.")).fix(
        "ほかのプログラムを閉じるか、箱を再起動してください。",
        "Close other programs or restart the box.",
    )
}

fn temperature(probe: &Probe) -> Check {
    let Some(celsius) = probe.machine.temperature_celsius else {
        // Virtual machines and many small PCs have no sensor: nothing to worry about, nothing to fix.
        let (ja, en) = ("温度計がありません。", "There is no temperature sensor.");
        return Check::found("temperature", Grade::Ok, ja.into(), en.into());
    };
    let warn = f32::from(probe.thresholds.temperature_warn_celsius);
    let grade = if celsius >= warn + HEAT_MARGIN_CELSIUS {
        Grade::Bad
    } else if celsius >= warn {
        Grade::Warn
    } else {
        Grade::Ok
    };
    let ja = format!("温度は {celsius:.0} ℃です。");
    Check::found("temperature", grade, ja, format!("The temperature is {celsius:.0} degrees.")).fix(
        "風通しのよい場所に移し、通風口のほこりを取ってください。",
        "Move the box to an airy place and clear its vents.",
    )
}

fn clock(probe: &Probe) -> Check {
    let reading = probe.house.clock;
    let (grade, ja, en) = match reading.clock {
        ClockState::Sure => (Grade::Ok, "時計は確かです", "The clock is sure"),
        ClockState::BehindRecords => {
            (Grade::Bad, "時計が記録より遅れています", "The clock is behind the records")
        }
        ClockState::FarAhead => (Grade::Bad, "時計が大きく進んでいます", "The clock is far ahead"),
    };
    let at = reading.at;
    Check::found("clock", grade, format!("{ja}（{at}）。"), format!("{en} ({at}).")).fix(
        "時計を合わせてください。それまで回答には「時計が不確か」と付きます。",
        "Set the clock; until then answers are marked as given by an unsure clock.",
    )
}

fn rtc(probe: &Probe) -> Check {
    let (grade, ja, en) = match probe.thresholds.rtc {
        Rtc::Fitted => (Grade::Ok, "電池式の時計があります。", "A battery keeps the clock."),
        Rtc::Missing => (
            Grade::Warn,
            "電池式の時計がありません。停電のあと時刻がずれます。",
            "No battery keeps the clock: after a power cut the time is wrong.",
        ),
    };
    Check::found("rtc", grade, ja.into(), en.into()).fix(
        "時計用の電池を付けるか、停電のあと時計を合わせてください。",
        "Fit a clock battery, or set the clock after each power cut.",
    )
}

fn snapshot(probe: &Probe) -> Check {
    let Some(days) = probe.house.snapshot_age_days else {
        let (ja, en) = ("地域データがまだありません。", "There is no snapshot yet.");
        // Where a region publishes nothing, what the facility received still answers for its own patients.
        let grade = if probe.house.own.is_some() { Grade::Warn } else { Grade::Bad };
        return Check::found("snapshot", grade, ja.into(), en.into()).fix(
            "配信された USB メモリーかハブから取り込んでください。",
            "Import one from the publisher's USB stick or from the hub.",
        );
    };
    let grade = match probe.thresholds.snapshot.grade(days) {
        Freshness::Fresh => Grade::Ok,
        Freshness::Warn | Freshness::Confirm => Grade::Warn,
        Freshness::Refuse | Freshness::Unknown => Grade::Bad,
    };
    let ja = format!("地域データは {days} 日前のものです。");
    Check::found("snapshot", grade, ja, format!("The snapshot is {} old.", in_days(days)))
        .fix("新しい地域データを取り込んでください。", "Import a newer snapshot.")
}

fn trust_list(probe: &Probe) -> Check {
    let Some(list) = probe.house.trust_list else {
        let (ja, en) = ("信頼リスト（発行元の一覧）がありません。", "There is no trust list.");
        return Check::found("trust_list", Grade::Bad, ja.into(), en.into()).fix(
            "登録用のファイルから信頼リストを取り込んでください。",
            "Import the trust list from the enrolment file.",
        );
    };
    let grade = match list.freshness {
        Freshness::Fresh => Grade::Ok,
        Freshness::Warn | Freshness::Confirm => Grade::Warn,
        Freshness::Refuse | Freshness::Unknown => Grade::Bad, // new issuers are certainly missing; the counter goes on
    };
    let days = list.age_days;
    let ja = format!("信頼リスト（発行元の一覧）は {days} 日前のものです。");
    Check::found("trust_list", grade, ja, format!("The trust list is {} old.", in_days(days))).fix(
        "ハブにつなぐか、新しい USB メモリーを取り込んでください。新しい保険者の書類を読めないことがあります。",
        "Connect to the hub or import a newer stick; papers of new issuers may be refused.",
    )
}

fn outbox(probe: &Probe) -> Check {
    let waiting = probe.house.outbox;
    let grade = match (waiting.entries, waiting.oldest_days) {
        (0, _) | (_, ..OUTBOX_WARN_DAYS) => Grade::Ok,
        (_, OUTBOX_WARN_DAYS..OUTBOX_BAD_DAYS) => Grade::Warn,
        _ => Grade::Bad,
    };
    let (ja, en) = if waiting.entries == 0 {
        ("送信待ちはありません。".into(), "Nothing waits to be sent.".into())
    } else {
        let (entries, days) = (waiting.entries, waiting.oldest_days);
        (
            format!("送信待ちは {entries} 件、最も古いものは {days} 日前です。"),
            format!("{entries} entries wait to be sent, the oldest for {days} days."),
        )
    };
    Check::found("outbox", grade, ja, en).fix(
        "回線をつなぐか、USB メモリーでハブに届けてください。",
        "Connect the line, or carry the entries to the hub on a USB stick.",
    )
}

fn journal(probe: &Probe) -> Check {
    let (grade, ja, en) = match probe.house.journal {
        Journal::Verified { entries } => (
            Grade::Ok,
            format!("記録 {entries} 件を最初から確かめました。"),
            format!("All {entries} journal entries were verified from the first."),
        ),
        Journal::Broken { entry } => (
            Grade::Bad,
            format!("記録の鎖が {entry} 件目で切れています。"),
            format!("The journal's chain breaks at entry {entry}."),
        ),
        Journal::Unread => (
            Grade::Warn,
            "記録を確かめられませんでした。".into(),
            "The journal could not be verified.".into(),
        ),
    };
    Check::found("journal", grade, ja, en).fix(
        "合言葉を入れて確かめ直し、切れているときは何も消さずに管理者に連絡してください。",
        "Verify again with the passphrase; if the chain is broken, delete nothing and call your administrator.",
    )
}

fn unknown(name: &'static str, ja: &str, en: &str) -> Check {
    Check::found(name, Grade::Warn, ja.into(), en.into()).fix(
        "ディスクとシステムの状態を管理者に見てもらってください。",
        "Have an administrator look at the disk and the system.",
    )
}

/// `1 day`, `2 days`.
fn in_days(days: impl std::fmt::Display) -> String {
    let days = days.to_string();
    let unit = if days == "1" { "day" } else { "days" };
    format!("{days} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            policy::Policy,
            time::{Reading, Stamp},
        },
        health::{HouseFacts, Outbox, Thresholds, TrustListAge},
    };

    fn listed(freshness: Freshness) -> TrustListAge {
        TrustListAge { age_days: 3, freshness }
    }

    fn healthy() -> Probe {
        Probe {
            machine: Machine {
                free_disk_bytes: Some(20 << 30),
                memory_available_bytes: Some(1 << 30),
                temperature_celsius: Some(48.0),
                dir: DirAccess::Writable,
            },
            house: HouseFacts {
                clock: Reading { at: Stamp(1_795_316_400), clock: ClockState::Sure },
                snapshot_age_days: Some(1),
                trust_list: Some(listed(Freshness::Fresh)),
                outbox: Outbox::default(),
                journal: Journal::Verified { entries: 12 },
                cache: crate::health::cache::samples::sound(),
                own: None,
                own_lost: false,
            },
            thresholds: Thresholds {
                free_disk_warn_bytes: 1 << 30,
                memory_warn_bytes: 128 << 20,
                temperature_warn_celsius: 80,
                rtc: Rtc::Fitted,
                snapshot: Policy::default().snapshot,
            },
        }
    }

    /// The grade of the one check that is not well after `spoil`.
    fn after(spoil: impl FnOnce(&mut Probe)) -> (&'static str, Grade) {
        let mut probe = healthy();
        spoil(&mut probe);
        let checks = doctor(&probe);
        let unwell: Vec<_> = checks.iter().filter(|check| check.grade != Grade::Ok).collect();
        assert_eq!(unwell.len(), 1, "{unwell:?}");
        assert!(!unwell[0].fix_ja.is_empty() && !unwell[0].fix_en.is_empty());
        assert_eq!(worst(&checks), unwell[0].grade);
        (unwell[0].name, unwell[0].grade)
    }

    #[test]
    fn a_healthy_box_has_nothing_to_fix() {
        let checks = doctor(&healthy());
        assert_eq!(checks.len(), 12);
        assert!(checks.iter().all(|check| check.grade == Grade::Ok && check.fix_ja.is_empty()));
        assert!(checks.iter().all(|check| check.en.is_ascii() && !check.ja.is_ascii()));
    }

    #[test]
    fn each_fault_is_found_alone_and_by_name() {
        use Grade::{Bad, Warn};
        assert_eq!(after(|p| p.machine.free_disk_bytes = Some(500 << 20)), ("free_disk", Warn));
        assert_eq!(after(|p| p.machine.free_disk_bytes = Some(63 << 20)), ("free_disk", Bad));
        assert_eq!(after(|p| p.machine.free_disk_bytes = None), ("free_disk", Warn));
        assert_eq!(after(|p| p.machine.memory_available_bytes = Some(1 << 20)), ("memory", Bad));
        assert_eq!(after(|p| p.machine.temperature_celsius = Some(80.0)), ("temperature", Warn));
        assert_eq!(after(|p| p.machine.temperature_celsius = Some(95.0)), ("temperature", Bad));
        assert_eq!(after(|p| p.machine.dir = DirAccess::Forbidden), ("data_dir", Bad));
        assert_eq!(after(|p| p.house.clock.clock = ClockState::BehindRecords), ("clock", Bad));
        assert_eq!(after(|p| p.thresholds.rtc = Rtc::Missing), ("rtc", Warn));
        assert_eq!(after(|p| p.house.snapshot_age_days = Some(31)), ("snapshot", Warn));
        assert_eq!(after(|p| p.house.snapshot_age_days = Some(180)), ("snapshot", Bad));
        assert_eq!(after(|p| p.house.snapshot_age_days = None), ("snapshot", Bad));
        for (freshness, grade) in
            [(Freshness::Warn, Warn), (Freshness::Confirm, Warn), (Freshness::Refuse, Bad)]
        {
            let overdue = after(|p| p.house.trust_list = Some(listed(freshness)));
            assert_eq!(overdue, ("trust_list", grade));
        }
        assert_eq!(after(|p| p.house.trust_list = None), ("trust_list", Bad));
        assert_eq!(after(|p| p.house.journal = Journal::Broken { entry: 3 }), ("journal", Bad));
        assert_eq!(after(|p| p.house.journal = Journal::Unread), ("journal", Warn));
    }

    #[test]
    fn what_waits_long_to_be_sent_is_asked_about_and_an_empty_outbox_never() {
        let waiting = |entries, oldest_days| {
            move |p: &mut Probe| p.house.outbox = Outbox { entries, oldest_days }
        };
        assert_eq!(after(waiting(1, 7)), ("outbox", Grade::Warn));
        assert_eq!(after(waiting(1, 30)), ("outbox", Grade::Bad));
        let mut probe = healthy();
        waiting(0, 99)(&mut probe);
        assert_eq!(worst(&doctor(&probe)), Grade::Ok);
        waiting(900, 6)(&mut probe);
        assert_eq!(worst(&doctor(&probe)), Grade::Ok);
    }

    #[test]
    fn a_box_without_a_sensor_is_not_ill() {
        let mut probe = healthy();
        probe.machine.temperature_celsius = None;
        assert_eq!(worst(&doctor(&probe)), Grade::Ok);
    }
}
