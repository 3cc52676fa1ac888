//! Numbers for a monitoring system, in the Prometheus text format. Counts, moments, and the configured links by their addresses; nobody's data.

use super::{Check, Grade};
use std::fmt::Write;

/// What the house counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// Program version.
    pub version: &'static str,
    /// Answers given since the start: eligible, not eligible, cannot tell.
    pub answers: [u64; 3],
    /// Journal entries.
    pub journal_entries: u64,
    /// Entries that wait to be sent.
    pub outbox_entries: u64,
    /// Age of the oldest of them.
    pub outbox_oldest_seconds: u64,
    /// Version of the release that answers; `None` if there is none.
    pub snapshot_version: Option<u64>,
    /// Age of its data.
    pub snapshot_age_seconds: Option<i64>,
    /// Free disk space.
    pub free_disk_bytes: Option<u64>,
    /// Memory to be had.
    pub memory_available_bytes: Option<u64>,
    /// Hottest sensor.
    pub temperature_celsius: Option<f32>,
    /// Over which link, and the Unix time of the last exchange over it that found what a hub offers.
    pub last_syncs: Vec<(String, i64)>,
    /// What the doctor found.
    pub checks: Vec<Check>,
}

/// The page a Prometheus server reads. What is not known is left out, never reported as zero.
#[must_use]
pub fn metrics(numbers: &Numbers) -> String {
    let mut page = Page::default();
    page.head("sonae_info", "gauge", "The program's version.");
    page.line("sonae_info", &format!("{{version=\"{}\"}}", escaped(numbers.version)), 1);
    page.head("sonae_answers_total", "counter", "Answers given since the start.");
    for (verdict, count) in ["eligible", "not_eligible", "cannot_tell"].iter().zip(numbers.answers)
    {
        page.line("sonae_answers_total", &format!("{{verdict=\"{verdict}\"}}"), count);
    }
    page.gauge("sonae_journal_entries", "Entries in the journal.", Some(numbers.journal_entries));
    page.gauge("sonae_outbox_entries", "Entries waiting to be sent.", Some(numbers.outbox_entries));
    let oldest = Some(numbers.outbox_oldest_seconds);
    page.gauge("sonae_outbox_oldest_seconds", "Age of the oldest entry waiting.", oldest);
    let version = numbers.snapshot_version;
    page.gauge("sonae_snapshot_version", "Version of the release that answers.", version);
    let age = numbers.snapshot_age_seconds;
    page.gauge("sonae_snapshot_age_seconds", "Age of the data that answer.", age);
    page.gauge("sonae_free_disk_bytes", "Disk space left.", numbers.free_disk_bytes);
    let memory = numbers.memory_available_bytes;
    page.gauge("sonae_memory_available_bytes", "Memory to be had.", memory);
    let heat = numbers.temperature_celsius.filter(|celsius| celsius.is_finite());
    page.gauge("sonae_temperature_celsius", "Hottest sensor.", heat);
    let (name, help) =
        ("sonae_last_sync_timestamp_seconds", "Last exchange since the start that reached a hub.");
    if !numbers.last_syncs.is_empty() {
        page.head(name, "gauge", help);
    }
    for (via, at) in &numbers.last_syncs {
        page.line(name, &format!("{{via=\"{}\"}}", escaped(via)), at);
    }
    if !numbers.checks.is_empty() {
        page.head("sonae_check_grade", "gauge", "The doctor's findings: 0 ok, 1 warn, 2 bad.");
    }
    for check in &numbers.checks {
        let grade = match check.grade {
            Grade::Ok => 0,
            Grade::Warn => 1,
            Grade::Bad => 2,
        };
        page.line("sonae_check_grade", &format!("{{check=\"{}\"}}", check.name), grade);
    }
    page.text
}

/// A label's value: backslash, quote and line feed are the three characters the format reserves.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[derive(Default)]
struct Page {
    text: String,
}

// Writing to a String cannot fail; the results are dropped for that reason.
impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.line(name, "", value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_name_and_a_number() {
        let check = Check {
            name: "clock",
            grade: Grade::Bad,
            ja: "あ".into(),
            en: "a".into(),
            fix_ja: "",
            fix_en: "",
        };
        let page = metrics(&Numbers {
            version: "0.1 \"x\"\n",
            answers: [3, 1, 2],
            temperature_celsius: Some(51.5),
            snapshot_age_seconds: Some(-5),
            last_syncs: vec![("https://hub.example.jp".into(), 1_795_000_000)],
            checks: vec![check],
            ..Numbers::default()
        });
        for line in page.lines().filter(|line| !line.starts_with("# ")) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok() && name.starts_with("sonae_"), "{line}");
        }
        assert!(page.contains("sonae_answers_total{verdict=\"cannot_tell\"} 2\n"), "{page}");
        let sync = "sonae_last_sync_timestamp_seconds{via=\"https://hub.example.jp\"} 1795000000\n";
        assert!(page.contains(sync), "{page}");
        assert!(page.contains("sonae_check_grade{check=\"clock\"} 2\n"), "{page}");
        assert!(page.contains("version=\"0.1 \\\"x\\\"\\n\""), "{page}");
    }

    #[test]
    fn what_is_not_known_is_left_out_not_told_as_zero() {
        let page = metrics(&Numbers::default());
        assert!(!page.contains("sonae_snapshot") && !page.contains("sonae_temperature"), "{page}");
        let broken = Numbers { temperature_celsius: Some(f32::NAN), ..Numbers::default() };
        assert!(!metrics(&broken).contains("NaN"));
    }

    #[test]
    fn each_metric_is_introduced_once() {
        let last_syncs = vec![("https://hub.example.jp".into(), 1), ("/media/a\"b\\c".into(), 2)];
        let page = metrics(&Numbers { free_disk_bytes: Some(1), last_syncs, ..Numbers::default() });
        assert!(page.contains(r#"{via="/media/a\"b\\c"} 2"#), "{page}");
        let mut heads: Vec<_> = page.lines().filter(|line| line.starts_with("# TYPE")).collect();
        let all = heads.len();
        heads.sort_unstable();
        heads.dedup();
        assert_eq!(heads.len(), all);
    }
}
