//! Stands in for the push builder until it is there: holds everything and hands it to `snapshot::build`.

use crate::{
    domain::{
        checkup::Checkup, insured::Identity, medication::Dispensing, person::PersonRecord,
        visit::Visit,
    },
    snapshot::{self, Progress, ReleaseSpec, SnapshotError},
    sys::Disk,
};
use jiff::civil::Date;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// A release in the making.
pub struct ReleaseBuilder<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
    spec: &'a ReleaseSpec<'a>,
    people: Vec<PersonRecord>,
    histories: HashMap<String, Vec<Dispensing>>,
}

/// What came of it.
pub struct Summary {
    pub version: u64,
    pub people: u64,
    pub dispensings: u64,
    pub checkups: u64,
    pub visits: u64,
    pub medical_rows_of_nobody: u64,
    pub bytes: u64,
}

fn key(identity: &Identity, birth: Date) -> String {
    format!("{}/{:?}/{birth}", identity.family_key(), identity.branch)
}

impl<'a> ReleaseBuilder<'a> {
    pub fn new(
        disk: &'a dyn Disk,
        dir: &Path,
        spec: &'a ReleaseSpec<'a>,
    ) -> Result<Self, SnapshotError> {
        Ok(Self { disk, dir: dir.into(), spec, people: vec![], histories: HashMap::new() })
    }

    pub fn person(&mut self, person: &PersonRecord) -> Result<(), SnapshotError> {
        self.people.push(person.clone());
        Ok(())
    }

    pub fn dispensing(
        &mut self,
        identity: &Identity,
        birth: Date,
        dispensing: &Dispensing,
    ) -> Result<(), SnapshotError> {
        self.histories.entry(key(identity, birth)).or_default().push(dispensing.clone());
        Ok(())
    }

    pub fn checkup(&mut self, _: &Identity, _: Date, _: &Checkup) -> Result<(), SnapshotError> {
        Err(SnapshotError::Malformed("no room for check-ups in this format"))
    }

    pub fn visit(&mut self, _: &Identity, _: Date, _: &Visit) -> Result<(), SnapshotError> {
        Err(SnapshotError::Malformed("no room for visits in this format"))
    }

    pub fn finish(
        mut self,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SnapshotError> {
        let join = |person: PersonRecord| {
            let history = self.histories.remove(&key(&person.identity, person.birth));
            (person, history.unwrap_or_default())
        };
        let rows: Vec<_> = self.people.into_iter().map(join).collect();
        let medical_rows_of_nobody = self.histories.values().map(|rows| rows.len() as u64).sum();
        let summary =
            snapshot::build(self.disk, &self.dir, self.spec, rows.into_iter(), on_progress)?;
        Ok(Summary {
            version: summary.version,
            people: summary.people,
            dispensings: summary.dispensings,
            checkups: 0,
            visits: 0,
            medical_rows_of_nobody,
            bytes: summary.bytes,
        })
    }
}
