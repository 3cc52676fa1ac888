//! `cargo bench --bench counter`: what happens between a scan and its answer, each beside what it cannot do without.
//!
//! Figures and method are in `docs/performance.md`. Everybody in here is invented.

// A bench that cannot run has nothing to say: every failure here ends it, with its place.

mod paper;
mod report;
mod rows;

use report::{Bound, Figure};
use std::{hint::black_box, time::Instant};

/// Rounds, of which the median is told; both sides take turns within one.
const ROUNDS: usize = 31;
/// Calls of each side in a round.
const CALLS: usize = 200;

fn main() {
    let figures = [paper_read(), paper_at_the_counter(), decision(), notebook(), page()];
    report::tell(&figures);
}

/// Microseconds of one call.
fn time<T>(calls: usize, mut call: impl FnMut() -> T) -> f64 {
    let began = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    began.elapsed().as_secs_f64() * 1e6 / calls as f64
}

fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

/// Medians of two sides that take turns, so that a busy neighbour is a neighbour of both.
fn in_turns<A, B>(mut ours: impl FnMut() -> A, mut theirs: impl FnMut() -> B) -> (f64, f64) {
    let (mut one, mut other) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        one.push(time(CALLS, &mut ours));
        other.push(time(CALLS, &mut theirs));
    }
    (at(&mut one, 0.5), at(&mut other, 0.5))
}

fn paper_read() -> Figure {
    let scene = paper::Scene::new();
    scene.check();
    let (ours, bare) = in_turns(|| scene.open(), || scene.verify_bare());
    Figure {
        figure: "text to verified credential",
        unit: "µs",
        sonae: ours,
        peer: Some(("verify_strict alone", bare)),
        bound: Bound::AtMost { most: 1.25, aim: 1.15 },
    }
}

fn paper_at_the_counter() -> Figure {
    let scene = paper::Scene::new();
    let (ours, bare) = in_turns(|| scene.at_the_counter(), || scene.verify_bare());
    Figure {
        figure: "the same with recognising, axes and light",
        unit: "µs",
        sonae: ours,
        peer: Some(("verify_strict alone", bare)),
        bound: Bound::None,
    }
}

fn decision() -> Figure {
    let scene = rows::Decision::new();
    scene.check();
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| time(CALLS * 10, || scene.decide())).collect();
    Figure {
        figure: "decision, paper and snapshot together",
        unit: "µs",
        sonae: at(&mut rounds, 0.5),
        peer: None,
        bound: Bound::Below { most: 5.0, aim: 3.0 },
    }
}

fn notebook() -> Figure {
    let parts = rows::notebook_of_twenty();
    let mut rounds: Vec<f64> =
        (0..ROUNDS).map(|_| time(CALLS, || sonae::notebook::read(&parts).unwrap())).collect();
    Figure {
        figure: "notebook text of 20 drugs",
        unit: "µs",
        sonae: at(&mut rounds, 0.5),
        peer: None,
        bound: Bound::Below { most: 50.0, aim: 35.0 },
    }
}

fn page() -> Figure {
    let (picture, digits) = rows::page_picture();
    let read = || {
        let codes = sonae::scan::read_upload(&picture).unwrap();
        assert!(codes.iter().any(|code| code.text == digits));
    };
    let mut pages: Vec<f64> = (0..60).map(|_| time(1, read) / 1e3).collect();
    Figure {
        figure: "300 dpi page to payload, p95",
        unit: "ms",
        sonae: at(&mut pages, 0.95),
        peer: None,
        bound: Bound::Below { most: 60.0, aim: 40.0 },
    }
}
