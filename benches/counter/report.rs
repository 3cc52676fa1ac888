//! The table, the machine it was measured on, and `target/bench/counter.json`.

use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a figure is held against.
#[derive(Clone, Copy)]
pub enum Bound {
    /// At most this times the peer's figure.
    AtMost { most: f64, aim: f64 },
    /// The figure itself stays below this.
    Below { most: f64, aim: f64 },
    /// Told for completeness.
    None,
}

pub struct Figure {
    pub figure: &'static str,
    pub unit: &'static str,
    pub sonae: f64,
    pub peer: Option<(&'static str, f64)>,
    pub bound: Bound,
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        self.peer.map(|(_, peer)| self.sonae / peer)
    }

    /// Target, aim, and whether they hold.
    fn judged(&self) -> (String, String, &'static str) {
        let (value, most, aim, unit) = match self.bound {
            Bound::AtMost { most, aim } => (self.ratio().unwrap_or(f64::NAN), most, aim, "x"),
            Bound::Below { most, aim } => (self.sonae, most, aim, self.unit),
            Bound::None => return (String::new(), String::new(), ""),
        };
        let mark = match (value <= most, value <= aim) {
            (true, true) => "aim",
            (true, false) => "pass",
            (false, _) => "FAIL",
        };
        (format!("<= {most} {unit}"), format!("{aim} {unit}"), mark)
    }

    fn row(&self) -> String {
        let (target, aim, mark) = self.judged();
        let (name, peer) = self.peer.unzip();
        let peer = peer.map_or(String::new(), |peer| format!("{peer:.2} {}", self.unit));
        let ratio = self.ratio().map_or(String::new(), |ratio| format!("{ratio:.2}x"));
        format!(
            "| {} | {:.2} {} | {peer} | {} | {ratio} | {target} | {aim} | {mark} |",
            self.figure,
            self.sonae,
            self.unit,
            name.unwrap_or_default(),
        )
    }

    fn json(&self) -> Value {
        let (name, peer) = self.peer.unzip();
        json!({ "figure": self.figure, "unit": self.unit, "sonae": self.sonae, "peer": peer,
            "peer_name": name, "ratio": self.ratio(), "judged": self.judged().2 })
    }
}

/// Prints the table and writes the same figures for machines. `ratio` is Sonae's figure over the peer's.
pub fn tell(figures: &[Figure]) {
    println!(
        "\n| figure | Sonae | peer | which | ratio | at least | aim | |\n|---|---|---|---|---|---|---|---|"
    );
    figures.iter().for_each(|figure| println!("{}", figure.row()));
    let machine = machine();
    println!("\n{machine}");
    let rows: Vec<_> = figures.iter().map(Figure::json).collect();
    let dir = target_dir();
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("counter.json");
    let told = json!({ "machine": machine, "rows": rows });
    fs::write(&path, serde_json::to_vec_pretty(&told).unwrap()).unwrap();
    println!("Written to {}", path.display());
}

fn target_dir() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(beside, PathBuf::from).join("bench")
}

fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name")).unwrap_or_default();
    let cpu = line.split_once(':').map_or("?", |(_, value)| value.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    format!("Machine: {cpu}, {cores} cores, load {load} at the end")
}
