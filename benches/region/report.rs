//! The table, the machine it was measured on, and `target/bench/region.json`.

use crate::sqlite;
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

/// What a figure is held against.
#[derive(Clone, Copy)]
pub enum Bound {
    /// The peer takes at least so many times as long.
    TimesFaster { least: f64, aim: f64 },
    /// Sonae takes at most this times the peer's figure.
    AtMost { most: f64, aim: f64 },
    /// Sonae's own figure stays below this; there is no peer.
    Below { most: f64, aim: f64 },
    /// Told for completeness.
    None,
}

pub struct Figure {
    pub figure: String,
    pub unit: &'static str,
    pub sonae: f64,
    pub peer: Option<(String, f64)>,
    pub bound: Bound,
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, peer)| self.sonae / peer)
    }

    /// The figure as the target speaks of it, the target, the aim, and whether they hold.
    fn judged(&self) -> (String, String, String, &'static str) {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        let mark = |holds: bool, aimed: bool| match (holds, aimed) {
            (true, true) => "aim",
            (true, false) => "pass",
            (false, _) => "FAIL",
        };
        let unit = self.unit;
        match self.bound {
            Bound::TimesFaster { least, aim } => {
                let faster = 1.0 / ratio;
                let told =
                    (format!("{faster:.1}x faster"), format!(">= {least}x"), format!("{aim}x"));
                (told.0, told.1, told.2, mark(faster >= least, faster >= aim))
            }
            Bound::AtMost { most, aim } => {
                let told = (format!("{ratio:.2}x"), format!("<= {most}x"), format!("{aim}x"));
                (told.0, told.1, told.2, mark(ratio <= most, ratio <= aim))
            }
            Bound::Below { most, aim } => {
                let told = (String::new(), format!("<= {most} {unit}"), format!("{aim} {unit}"));
                (told.0, told.1, told.2, mark(self.sonae <= most, self.sonae <= aim))
            }
            Bound::None => (
                self.ratio().map_or(String::new(), |r| format!("{r:.2}x")),
                String::new(),
                String::new(),
                "",
            ),
        }
    }

    fn row(&self) -> String {
        let (told, target, aim, mark) = self.judged();
        let (name, peer) = match &self.peer {
            Some((name, peer)) => (name.as_str(), format!("{peer:.2} {}", self.unit)),
            None => ("", String::new()),
        };
        let sonae = format!("{:.2} {}", self.sonae, self.unit);
        format!(
            "| {} | {sonae} | {peer} | {name} | {told} | {target} | {aim} | {mark} |",
            self.figure
        )
    }

    fn json(&self) -> Value {
        let (name, peer) = self.peer.clone().unzip();
        json!({ "figure": self.figure, "unit": self.unit, "sonae": self.sonae, "peer": peer,
            "peer_name": name, "ratio": self.ratio(), "judged": self.judged().3 })
    }
}

/// Prints the table and writes the same figures for machines. `ratio` is Sonae's figure over the peer's.
pub fn tell(figures: &[Figure], absent: &[&str], target: &Path, work: &Path) {
    let machine = machine(work);
    println!(
        "\n| figure | Sonae | peer | which | told | at least | aim | |\n|---|---|---|---|---|---|---|---|"
    );
    figures.iter().for_each(|figure| println!("{}", figure.row()));
    absent.iter().for_each(|why| println!("\nNot measured: {why}"));
    println!("\n{machine}");
    let rows: Vec<_> = figures.iter().map(Figure::json).collect();
    let told = json!({ "machine": machine, "rows": rows, "not_measured": absent });
    let path = target.join("region.json");
    fs::write(&path, serde_json::to_vec_pretty(&told).unwrap()).unwrap();
    println!("Written to {}", path.display());
}

fn machine(work: &Path) -> String {
    let cpu = field("/proc/cpuinfo", "model name");
    let memory = field("/proc/meminfo", "MemTotal");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = told_by("uname", &["-r"]);
    let fs = told_by("stat", &["-f", "-c", "%T", &work.display().to_string()]);
    let rustc = told_by("rustc", &["--version"]);
    format!(
        "Machine: {cpu}, {cores} cores, {memory} memory, {fs}, Linux {kernel}; {rustc}; {}; LMDB {}",
        sqlite::version(),
        crate::lmdb::version(),
    )
}

fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(':').map_or("?", |(_, value)| value.trim()).to_owned()
}

fn told_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or("?".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
