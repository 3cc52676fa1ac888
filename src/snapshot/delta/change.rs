//! What changed in one family, as bytes and joined with what changed before. Malformed bytes are `None`, never a panic.

use crate::snapshot::{
    Blind,
    wire::{Reader, put_bytes, put_number},
};

/// What tells one record of a family from every other: a keyed hash of all it says.
pub(super) type Mark = [u8; 8];

/// Records of one family that went and that came since the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub(super) taken: Vec<Mark>,
    pub(super) put: Vec<Box<[u8]>>,
}

/// One family's change, under the family's blind in the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The root's blind.
    pub blind: Blind,
    /// What changed.
    pub change: Change,
}

impl Change {
    /// Whether nothing is left of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.put.is_empty()
    }

    /// Records that came.
    #[must_use]
    pub fn records(&self) -> usize {
        self.put.len()
    }

    /// Records that went.
    #[must_use]
    pub fn marks(&self) -> usize {
        self.taken.len()
    }

    /// What went, without what came; `None` if nothing went.
    #[must_use]
    pub fn taken_alone(&self) -> Option<Self> {
        let taken = (!self.taken.is_empty()).then(|| self.taken.clone())?;
        Some(Self { taken, put: vec![] })
    }

    /// This change and then a newer one: what the newer takes away may be what this one put.
    pub(super) fn then(
        mut self,
        newer: Self,
        mark_of: impl Fn(&[u8]) -> Option<Mark>,
    ) -> Option<Self> {
        let mut marks = self.put.iter().map(|body| mark_of(body)).collect::<Option<Vec<Mark>>>()?;
        for mark in newer.taken {
            match marks.iter().position(|put| *put == mark) {
                Some(at) => {
                    marks.remove(at);
                    self.put.remove(at);
                }
                None => self.taken.push(mark),
            }
        }
        self.put.extend(newer.put);
        Some(self)
    }
}

impl Change {
    /// Adds it to its family's blind.
    pub(super) fn write(&self, block: &mut Vec<u8>) {
        put_number(block, self.taken.len() as u64);
        self.taken.iter().for_each(|mark| block.extend_from_slice(mark));
        put_number(block, self.put.len() as u64);
        self.put.iter().for_each(|body| put_bytes(block, body));
    }
}

impl Family {
    /// Adds it to a plain block.
    pub(super) fn write(&self, block: &mut Vec<u8>) {
        block.extend_from_slice(&self.blind);
        self.change.write(block);
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let blind = reader.array()?;
        let mut change = Change::default();
        for _ in 0..reader.number()? {
            change.taken.push(reader.array()?);
        }
        for _ in 0..reader.number()? {
            change.put.push(reader.bytes()?.into());
        }
        (!change.is_empty()).then_some(Self { blind, change })
    }
}

/// The families of a plain block; `None` unless it reads to its very end and each blind is higher than the one before.
pub(super) fn families(plain: &[u8]) -> Option<Vec<Family>> {
    let mut reader = Reader::new(plain);
    let mut families: Vec<Family> = vec![];
    while !reader.is_empty() {
        let family = Family::read(&mut reader)?;
        if families.last().is_some_and(|last| last.blind >= family.blind) {
            return None;
        }
        families.push(family);
    }
    Some(families)
}

/// For the fuzz target: reads a plain block and every record in it, joins each change with itself, and asserts that what was
/// read is written and read back the same.
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::snapshot) fn probe(tables: &crate::snapshot::words::Tables, plain: &[u8]) {
    use crate::snapshot::record::read_person;
    let Some(read) = families(plain) else { return };
    let mut written = vec![];
    read.iter().for_each(|family| family.write(&mut written));
    assert_eq!(families(&written).as_ref(), Some(&read), "written anew it is another");
    for Family { change, .. } in read {
        let mark_of = |body: &[u8]| {
            read_person(tables, body)?;
            Some(body.first_chunk().copied().unwrap_or_default())
        };
        let _ = change.clone().then(change, mark_of);
    }
}
