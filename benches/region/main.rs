//! `cargo bench --bench region`: a whole region in the box, beside SQLite, SQLCipher, LMDB and a flat file.
//!
//! Method, settings and what is not apples to apples are in `docs/performance.md`.

// A bench that cannot run has nothing to say: every failure here ends it, with its place.

mod engine;
mod files;
mod lmdb;
mod people;
mod report;
mod rows;
mod sonae_side;
mod sqlite;

use clap::Parser;
use engine::{Asked, Engine, Question, Questions};
use people::Invented;
use report::{Bound, Figure};
use rows::{Client, RowFiles};
use sonae::{cache::Delivered, limits, snapshot::ReleaseSecrets};
use sonae_side::Sonae;
use sqlite::{Kind, PageCache, Search, Sqlite};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

const QUESTIONS: usize = 20_000;
/// Rounds of questions for each round of imports: they are short, and one disturbance must not decide the median.
const ASKED_PER_ROUND: usize = 5;
/// Two blocks each, six hundred bytes or more: twice what may lie at hand.
const ASKED_FOR_MEMORY: usize = 200_000;
const FIVE_MILLION: usize = 5_000_000;
const FOURTEEN_MILLION: usize = 14_000_000;
const MIB: f64 = (1 << 20) as f64;
/// As `assets/sonae.service` sets the service's heap.
const SERVICE_HEAP: [(&str, &str); 2] =
    [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "131072")];

/// Measures a region in the box beside SQLite, SQLCipher, LMDB and a flat file.
#[derive(Parser)]
struct Options {
    /// People in the region; ten times as many dispensings.
    #[arg(long, default_value_t = 1_000_000)]
    people: usize,
    /// Measures five million people, too.
    #[arg(long)]
    five: bool,
    /// Rounds, of which the median is told.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only Sonae: no peers, nothing written for them.
    #[arg(long)]
    sonae_only: bool,
    /// For a process of its own: takes the release in the first directory into the second and tells time and memory.
    #[arg(long, hide = true, num_args = 2)]
    alone_import: Option<Vec<PathBuf>>,
    /// For a process of its own: builds a release of so many people in the directory and tells time and memory.
    #[arg(long, hide = true, num_args = 2)]
    alone_publish: Option<Vec<String>>,
    /// For a process of its own: opens the cache and tells time and memory.
    #[arg(long, hide = true)]
    alone_reopen: Option<PathBuf>,
    /// For a process of its own: asks the cache in the directory, which holds so many people, and tells what memory that took.
    #[arg(long, hide = true, num_args = 2)]
    alone_ask: Option<Vec<String>>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    if let Some(dirs) = &options.alone_import {
        let (took, _) = Sonae::import(&dirs[0], &dirs[1]);
        return alone(took);
    }
    if let Some([people, dir]) = options.alone_publish.as_deref() {
        let (everybody, count) = (Invented::new(), people.parse().unwrap());
        let (published, _) = sonae_side::publish(Path::new(dir), 1, everybody.people(count));
        eprintln!(
            "At the publisher: {} people, {} dispensings, {:.0} MB",
            published.people,
            published.dispensings,
            published.bytes as f64 / 1e6
        );
        return alone(published.took);
    }
    if let Some(dir) = &options.alone_reopen {
        let (took, _) = Sonae::reopen(dir);
        return alone(took);
    }
    if let Some([people, dir]) = options.alone_ask.as_deref() {
        return ask_many(people.parse().unwrap(), Path::new(dir));
    }
    let target = target_dir();
    fs::create_dir_all(&target).unwrap();
    let work = tempfile::tempdir_in(&target).unwrap();
    let mut figures = vec![];
    let mut absent = vec![];
    let sizes = [Some(options.people), options.five.then_some(FIVE_MILLION)];
    for people in sizes.into_iter().flatten() {
        let dir = work.path().join(people.to_string());
        fs::create_dir_all(&dir).unwrap();
        let mut run = Run { people, dir: &dir, options: &options, figures: &mut figures };
        run.whole();
        fs::remove_dir_all(&dir).unwrap();
    }
    if std::env::var_os("SONAE_BENCH_14M").is_some() {
        fourteen_million(work.path(), &mut figures);
    } else {
        absent.push("14 M people: set SONAE_BENCH_14M=1");
    }
    report::tell(&figures, &absent, &target, work.path());
}

/// Where cargo builds, so that measured files lie on the disk of the project and not in memory.
fn target_dir() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(beside, PathBuf::from).join("bench")
}

/// Tells a parent process how long it took and how much memory at most.
fn alone(took: Duration) {
    println!("{} {}", took.as_secs_f64(), memory_kib("VmHWM:"));
}

fn memory_kib(which: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(which)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Asks for more people than the cache may hold at hand, and tells what that took beyond the open cache.
fn ask_many(people: usize, cache: &Path) {
    let everybody = Invented::new();
    let (_, sonae) = Sonae::reopen(cache);
    let before = memory_kib("VmRSS:");
    let began = Instant::now();
    for (person, _) in everybody.people(people).step_by((people / ASKED_FOR_MEMORY).max(1)) {
        drop((sonae.family(&person.identity), sonae.history(&person)));
    }
    println!("{} {}", began.elapsed().as_secs_f64(), memory_kib("VmRSS:") - before);
}

/// Seconds and MiB of a process of its own.
fn in_a_process(arguments: &[&str]) -> (f64, f64) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(arguments).envs(SERVICE_HEAP).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    print!("{words}");
    let told = String::from_utf8(output.stdout).unwrap();
    let (seconds, kib) = told.trim().split_once(' ').unwrap();
    (seconds.parse().unwrap(), kib.parse::<f64>().unwrap() / 1024.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn millions(people: usize) -> String {
    format!("{} M", people as f64 / 1e6)
}

/// One size of region, measured whole.
struct Run<'a> {
    people: usize,
    dir: &'a Path,
    options: &'a Options,
    figures: &'a mut Vec<Figure>,
}

impl Run<'_> {
    fn whole(&mut self) {
        let release = self.dir.join("release");
        let mut questions = Questions::new(QUESTIONS, self.people);
        let rows = self.draw(&mut questions);
        let everybody = Invented::new();
        let (published, secrets) = sonae_side::publish(&release, 1, everybody.people(self.people));
        println!(
            "At the publisher, once for all boxes: {} people, {} dispensings in {:.1} s (inventing them included), {:.1} MB",
            published.people,
            published.dispensings,
            published.took.as_secs_f64(),
            published.bytes as f64 / 1e6,
        );
        self.imports(&release, &rows);
        self.alone(&release);
        self.disk();
        self.delta(&release, &secrets, &everybody);
        self.lookups(rows, &questions);
    }

    /// Draws the people once for the peers' rows and the questions.
    fn draw(&self, questions: &mut Questions) -> RowFiles {
        let began = Instant::now();
        let invented = Invented::new();
        let people = invented.people(self.people).inspect(|entry| questions.see(entry));
        let rows = if self.options.sonae_only {
            people.for_each(drop);
            RowFiles::write(self.dir, std::iter::empty())
        } else {
            RowFiles::write(self.dir, people)
        };
        questions.settle();
        let took = began.elapsed().as_secs_f64();
        println!("{} people and {} questions drawn in {took:.1} s", self.people, questions.count());
        rows
    }

    fn fresh(&self, name: &str) -> PathBuf {
        let path = self.dir.join(name);
        let _ = fs::remove_dir_all(&path); // of the round before
        let _ = fs::remove_file(&path);
        path
    }

    /// Every engine once a round, so that noise meets all alike.
    fn imports(&mut self, release: &Path, rows: &RowFiles) {
        let mut took: [Vec<f64>; 5] = Default::default();
        let mut keeping = vec![];
        for round in 0..self.options.rounds {
            took[0].push(Sonae::import(release, &self.fresh("sonae")).0.as_secs_f64());
            let kept = Sonae::import_as(Delivered::Keep, release, &self.fresh("sonae-keeping")).0;
            keeping.push(kept.as_secs_f64());
            took[1].push(files::copy_flat(release, &self.fresh("flat")).as_secs_f64());
            if self.options.sonae_only {
                continue;
            }
            let path = self.fresh("sqlite.db");
            took[2].push(sqlite::import(Kind::Plain, &path, rows).as_secs_f64());
            took[3].push(lmdb::import(&self.fresh("lmdb"), rows).as_secs_f64());
            if round == 0 {
                let path = self.fresh("sqlcipher.db");
                took[4].push(sqlite::import(Kind::Cipher, &path, rows).as_secs_f64());
            }
        }
        println!("Import seconds (Sonae, flat file, SQLite, LMDB, SQLCipher): {took:.2?}");
        println!("Import seconds, delivered files kept: {keeping:.2?}");
        let bounds = [
            ("flat file", Bound::AtMost { most: 10.0, aim: 4.0 }),
            ("SQLite", Bound::TimesFaster { least: 7.0, aim: 12.0 }),
            ("LMDB", Bound::None),
            ("SQLCipher", Bound::None),
        ];
        let sonae = median(took[0].clone());
        let keeping = median(keeping);
        for (times, (name, bound)) in took.into_iter().skip(1).zip(bounds) {
            if !times.is_empty() {
                let peer = median(times);
                self.push("import", "s", sonae, Some((name, peer)), bound);
                if name != "SQLCipher" {
                    let peer = Some((name, peer));
                    self.push("import, delivered files kept", "s", keeping, peer, Bound::None);
                }
            }
        }
    }

    fn push(
        &mut self,
        figure: &str,
        unit: &'static str,
        sonae: f64,
        peer: Option<(&str, f64)>,
        bound: Bound,
    ) {
        self.figures.push(Figure {
            figure: format!("{}: {figure}", millions(self.people)),
            unit,
            sonae,
            peer: peer.map(|(name, value)| (name.to_owned(), value)),
            bound,
        });
    }

    /// Memory is only told by a process that does nothing else.
    fn alone(&mut self, release: &Path) {
        let cache = self.fresh("alone");
        let (release, cache) = (release.display().to_string(), cache.display().to_string());
        let (_, memory) = in_a_process(&["--alone-import", &release, &cache]);
        let (reopen, open) = in_a_process(&["--alone-reopen", &cache]);
        self.push("memory of an import", "MiB", memory, None, Bound::None);
        let beyond = memory - limits::SLED_CACHE_BYTES as f64 / MIB;
        let most = limits::IMPORT_MEMORY_BYTES_MAX as f64 / MIB;
        let bound = Bound::Below { most, aim: most };
        self.push("memory of an import beyond sled's cache", "MiB", beyond, None, bound);
        self.push("memory once open", "MiB", open, None, Bound::None);
        let (_, asked) = in_a_process(&["--alone-ask", &self.people.to_string(), &cache]);
        let most = limits::READ_CACHE_BYTES as f64 / MIB;
        let bound = Bound::Below { most, aim: most };
        self.push("memory for 200,000 people asked", "MiB", asked, None, bound);
        self.push("reopen", "s", reopen, None, Bound::None);
        self.fresh("alone");
    }

    /// One person in two hundred has another share and one drug more.
    fn delta(&mut self, release: &Path, secrets: &ReleaseSecrets, everybody: &Invented) {
        let (dir, cache) = (self.fresh("delta"), self.fresh("delta-cache"));
        let changed = everybody.people(self.people).step_by(200).map(|(person, history)| {
            let (mut later, mut grown) = (person.clone(), history.clone());
            later.limit_class = Some("区分エ".into());
            if let Some(mut row) = history.first().cloned() {
                row.on = people::ON;
                grown.insert(0, row);
            }
            ((person, history), (later, grown))
        });
        let bytes = sonae_side::publish_delta(release, &dir, secrets, changed);
        let mut took = vec![];
        for _ in 0..self.options.rounds {
            Sonae::import(release, &self.fresh("delta-cache"));
            took.push(Sonae::import_delta(&dir, &cache).as_secs_f64());
        }
        self.fresh("delta-cache");
        let per_million = bytes as f64 / self.people as f64;
        let size = Bound::Below { most: 1.0, aim: 0.7 };
        self.push("delta of 0.5 %, per million people", "MB", per_million, None, size);
        let time = Bound::Below { most: 1.0, aim: 0.2 };
        self.push("delta of 0.5 %, taken in", "s", median(took), None, time);
    }

    fn disk(&mut self) {
        let size = |name: &str| files::on_disk(&self.dir.join(name)) as f64 / MIB;
        let (figure, sonae) = ("disk of the cache", size("sonae"));
        self.push(figure, "MiB", sonae, Some(("flat file", size("flat"))), Bound::None);
        if !self.options.sonae_only {
            let bound = Bound::AtMost { most: 0.27, aim: 0.20 };
            let (sqlite, lmdb) = (size("sqlite.db"), size("lmdb"));
            self.push(figure, "MiB", sonae, Some(("SQLite", sqlite)), bound);
            self.push(figure, "MiB", sonae, Some(("LMDB", lmdb)), Bound::None);
            let (figure, keeping) = ("disk, delivered files kept", size("sonae-keeping"));
            self.push(figure, "MiB", keeping, Some(("SQLite", sqlite)), Bound::None);
        }
    }

    fn lookups(&mut self, rows: RowFiles, questions: &Questions) {
        let client = Rc::new(Client::of(rows.tables));
        let (_, sonae) = Sonae::reopen(&self.dir.join("sonae"));
        let mut engines: Vec<Box<dyn Asked>> = vec![Box::new(sonae)];
        if !self.options.sonae_only {
            let open = |kind, search, cache, name: &str| {
                Box::new(Sqlite::open(kind, search, cache, &self.dir.join(name), client.clone()))
            };
            engines.push(open(Kind::Plain, Search::Day, PageCache::AsOurs, "sqlite.db"));
            engines.push(open(Kind::Cipher, Search::Day, PageCache::Default, "sqlcipher.db"));
            engines.push(open(Kind::Cipher, Search::Day, PageCache::AsOurs, "sqlcipher.db"));
            engines.push(Box::new(lmdb::Lmdb::open(&self.dir.join("lmdb"), client.clone())));
            engines.push(open(Kind::Plain, Search::Spelling, PageCache::AsOurs, "sqlite.db"));
        }
        for question in Question::ALL {
            self.compare(question, &engines, questions);
        }
        for question in Question::ALL {
            self.time(question, &engines, questions);
        }
    }

    /// No figure without the same answers.
    fn compare(&self, question: Question, engines: &[Box<dyn Asked>], questions: &Questions) {
        let sonae = engines[0].digest(question, questions);
        println!("{}: {} answers", question.label(), sonae.0);
        for engine in &engines[1..] {
            let told = engine.digest(question, questions);
            assert_eq!(
                told,
                sonae,
                "{} answers differently: {}",
                engine.called(),
                question.label()
            );
        }
    }

    fn time(&mut self, question: Question, engines: &[Box<dyn Asked>], questions: &Questions) {
        let mut middle = vec![vec![]; engines.len()];
        let mut slow = middle.clone();
        for _ in 0..self.options.rounds * ASKED_PER_ROUND {
            for (at, engine) in engines.iter().enumerate() {
                let latencies = engine.time(question, questions);
                middle[at].push(latencies.within(0.5));
                slow[at].push(latencies.within(0.99));
            }
        }
        let middle: Vec<_> = middle.into_iter().map(median).collect();
        for (engine, (p50, p99)) in
            engines.iter().zip(middle.iter().zip(slow.into_iter().map(median)))
        {
            println!("{}, {}: p50 {p50:.2} us, p99 {p99:.2} us", question.label(), engine.called());
        }
        if engines.len() == 1 {
            self.push(question.label(), "us", middle[0], None, Bound::None);
        }
        for (engine, peer) in engines.iter().zip(&middle).skip(1) {
            let bound = lookup_bound(question, engine.called());
            let peer = Some((engine.called(), *peer));
            if question == Question::Name || !engine.called().contains("spelling") {
                self.push(question.label(), "us", middle[0], peer, bound);
            }
        }
    }
}

fn lookup_bound(question: Question, peer: &str) -> Bound {
    match (question, peer) {
        (Question::Exact, "SQLite") => Bound::AtMost { most: 0.65, aim: 0.5 },
        (Question::Exact, "SQLCipher") => Bound::AtMost { most: 0.27, aim: 0.2 },
        (Question::Exact, "LMDB") => Bound::AtMost { most: 2.0, aim: 1.5 },
        (Question::Drugs, "SQLite") => Bound::AtMost { most: 0.6, aim: 0.25 },
        (Question::Name, "SQLite") => Bound::AtMost { most: 0.9, aim: 0.5 },
        _ => Bound::None,
    }
}

/// A tenth of the country, Sonae alone.
fn fourteen_million(work: &Path, figures: &mut Vec<Figure>) {
    let release = work.join("release-14m");
    let people = FOURTEEN_MILLION.to_string();
    let (build, building) =
        in_a_process(&["--alone-publish", &people, &release.display().to_string()]);
    let cache = work.join("cache-14m");
    let (from, to) = (release.display().to_string(), cache.display().to_string());
    let (import, memory) = in_a_process(&["--alone-import", &from, &to]);
    let (reopen, _) = in_a_process(&["--alone-reopen", &to]);
    let rows = [
        ("14 M: building, inventing included", "s", build, Bound::None),
        ("14 M: memory of building", "MiB", building, Bound::Below { most: 1024.0, aim: 512.0 }),
        ("14 M: import", "s", import, Bound::Below { most: 120.0, aim: 60.0 }),
        ("14 M: memory of an import", "MiB", memory, Bound::Below { most: 512.0, aim: 256.0 }),
        ("14 M: reopen", "s", reopen, Bound::Below { most: 2.0, aim: 0.5 }),
    ];
    for (figure, unit, sonae, bound) in rows {
        figures.push(Figure { figure: figure.into(), unit, sonae, peer: None, bound });
    }
}
