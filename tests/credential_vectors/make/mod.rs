//! Makes the cases anew: from fixed seeds, with the expected result of each written down by hand.

#![allow(clippy::too_many_lines, reason = "tables, one case after another")]

mod claims;
mod cose;
mod expect;
mod good;
mod lists;
mod text;
mod world;

use crate::case::dir;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};
use world::Context;

/// One case before it is written down.
pub struct Made {
    pub name: String,
    pub about: String,
    /// Where reading ends: text, frame, checksum, cose, signature, claims, scope, key, or judged.
    pub stage: &'static str,
    pub text: String,
    pub stages: Value,
    pub context: Context,
    pub expected: Value,
}

impl Made {
    fn document(&self) -> Value {
        json!({
            "case": self.name,
            "about": self.about,
            "stage": self.stage,
            "text": self.text,
            "stages": self.stages,
            "context": self.context.document(),
            "expected": self.expected,
        })
    }
}

pub fn bless() {
    fs::create_dir_all(dir()).unwrap();
    for entry in fs::read_dir(dir()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "json") {
            fs::remove_file(path).unwrap();
        }
    }
    let groups = [good::cases(), text::cases(), cose::cases(), claims::cases(), lists::cases()];
    let mut names = BTreeSet::new();
    for made in groups.into_iter().flatten() {
        assert!(names.insert(made.name.clone()), "{} is used twice", made.name);
        let path = dir().join(format!("{}.json", made.name));
        fs::write(path, format!("{:#}\n", made.document())).unwrap();
    }
}
