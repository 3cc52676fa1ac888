//! The private decoders of the format, for the fuzz targets and the replay of their corpus. Not in any shipped program.

use super::{
    Tree,
    block::{self, Fragment},
    csv::{ColumnFile, ColumnMap, Entry, Of, PaperRow, ReceivedRow},
    delta, history, manifest,
    names_index::{self, NameFilter},
    received, record, words,
};
use crate::domain::{checkup::Checkup, medication::Dispensing, person::PersonRecord, visit::Visit};
use jiff::civil::Date;

/// A manifest's payload, as it is read after its signature was verified.
pub fn manifest(bytes: &[u8]) {
    manifest::probe(bytes);
}

/// A block of people and the words they are written with: `u16` length of the words, words, block.
pub fn person(bytes: &[u8]) {
    let Some((tables, plain)) = with_words(Tree::PersonWords, bytes) else { return };
    for (_, body) in block::entries(Fragment::Short, plain).into_iter().flatten() {
        let _ = record::read_members(&tables, body);
    }
}

/// A delta's block of changed families with its root's words, as in [`person`]. The box's overlay is made of the same.
pub fn delta(bytes: &[u8]) {
    let Some((tables, plain)) = with_words(Tree::PersonWords, bytes) else { return };
    delta::probe(&tables, plain);
}

/// A block of words.
pub fn words(bytes: &[u8]) {
    for tree in [Tree::PersonWords, Tree::MedicalWords] {
        let _ = words::loaded(tree, [bytes]);
    }
}

/// A block of the index of birth dates.
pub fn birth(bytes: &[u8]) {
    let _ = names_index::find_births(bytes, Date::constant(1950, 1, 31), &NameFilter::ANY);
}

/// A block of the index of readings.
pub fn kana(bytes: &[u8]) {
    let _ = names_index::find_readings(bytes, &[0; 16]);
}

/// A block of drugs with its words, as in [`person`].
pub fn drug(bytes: &[u8]) {
    rows::<Dispensing>(bytes);
}

/// A block of check-ups.
pub fn checkup(bytes: &[u8]) {
    rows::<Checkup>(bytes);
}

/// A block of visits.
pub fn visit(bytes: &[u8]) {
    rows::<Visit>(bytes);
}

/// A publisher's column file, read as each kind there is.
pub fn csv(bytes: &[u8]) {
    columns::<PersonRecord>(bytes);
    columns::<Of<Dispensing>>(bytes);
    columns::<Of<Checkup>>(bytes);
    columns::<Of<Visit>>(bytes);
    columns::<ReceivedRow>(bytes);
    columns::<PaperRow>(bytes);
}

/// What the facility received about its own patients.
pub fn received(bytes: &[u8]) {
    received::probe(bytes);
}

/// A publisher's headings.
pub fn headings(bytes: &[u8]) {
    let _ = std::str::from_utf8(bytes).map(ColumnMap::parse);
}

fn columns<T: Entry>(bytes: &[u8]) {
    if let Ok(file) = ColumnFile::<T, _>::open(bytes, &ColumnMap::default(), None) {
        let _ = file.read::<super::SnapshotError>(|_| Ok(()), |_| Ok(()));
    }
}

fn rows<R: history::MedicalRow>(bytes: &[u8]) {
    let Some((tables, plain)) = with_words(Tree::MedicalWords, bytes) else { return };
    for (_, body) in block::entries(Fragment::Long, plain).into_iter().flatten() {
        let _ = history::read_history::<R>(&tables, body);
    }
}

fn with_words(tree: Tree, bytes: &[u8]) -> Option<(words::Tables, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (head, block) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((words::loaded(tree, [head])?, block))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{delta_samples, samples},
        *,
    };
    use crate::{snapshot::shelf::Shelf, sys::corpus::replay};

    type Seeds = Vec<(&'static str, Vec<u8>)>;

    /// Words of one kind in front of a block that uses them.
    fn seeds(shelf: &Shelf, tree: Tree, block: &[u8]) -> Seeds {
        let with =
            |words: Vec<u8>| [&(words.len() as u16).to_be_bytes()[..], &words, block].concat();
        let names = ["words-0", "words-1", "words-2", "words-3"];
        names.into_iter().zip(shelf.blocks(tree).into_iter().map(with)).collect()
    }

    fn people() -> (Shelf, Vec<u8>) {
        let mut shelf = Shelf::default();
        let mut write = |n| record::write_person(&mut shelf, &samples::person(n));
        (0..8).for_each(|n| drop(write(n)));
        let bodies: Vec<_> = (0..3).map(|n| ([n as u8; 16], write(n))).collect();
        let block = block::write(Fragment::Short, &bodies);
        (shelf, block)
    }

    /// One family of which somebody went and two came, and one of which all went.
    fn changes() -> Seeds {
        let mut shelf = Shelf::default();
        let mut write = |n| record::write_person(&mut shelf, &samples::person(n));
        (0..8).for_each(|n| drop(write(n)));
        let block = delta_samples::block_of_changes([write(0), write(1)]);
        seeds(&shelf, Tree::PersonWords, &block)
    }

    fn medical<R: history::MedicalRow>(rows: &[R]) -> Seeds {
        let mut shelf = Shelf::default();
        (0..4).for_each(|_| drop(history::write_history(&mut shelf, rows)));
        let body = history::write_history(&mut shelf, rows);
        let block = block::write(Fragment::Long, &[([3; 16], body)]);
        seeds(&shelf, Tree::MedicalWords, &block)
    }

    #[test]
    fn no_seed_of_a_manifest_and_nothing_near_it_makes_reading_panic() {
        let payload = samples::release_of(4, 1, 0).manifest().signed_bytes().to_vec();
        let payload = manifest::payload_of(&payload);
        let people = samples::region(40);
        let root = delta_samples::root(1, 1, &people);
        let on_top = delta_samples::delta(&root, &root.release.manifest(), 2, &people, &people);
        let on_top = manifest::payload_of(on_top.manifest().signed_bytes());
        replay("manifest", &[("whole", payload), ("delta", on_top)], manifest);
    }

    #[test]
    fn no_seed_of_a_block_and_nothing_near_it_makes_reading_panic() {
        let (shelf, block) = people();
        replay("person", &seeds(&shelf, Tree::PersonWords, &block), person);
        replay("delta", &changes(), delta);
        let blocks = shelf.blocks(Tree::PersonWords).into_iter();
        let named: Seeds =
            ["insurer", "symbol", "family", "given"].into_iter().zip(blocks).collect();
        replay("words", &named, words);
        replay("drug", &medical(&samples::history(4)), drug);
        replay("checkup", &medical(&[samples::checkup(2), samples::checkup(1)]), checkup);
        replay("visit", &medical(&[samples::visit(9), samples::visit(4)]), visit);
    }

    #[test]
    fn no_seed_of_an_index_and_nothing_near_it_makes_reading_panic() {
        let pointer = |n: u8| names_index::Pointer::to(&[n; 16], 90);
        let entry = |n: u8| names_index::BirthEntry {
            day: i32::from(n % 3) * 9_000,
            marks: [[n, 1], [n, 2]],
            pointer: pointer(n),
        };
        let births = names_index::write_births((0..20).map(entry).collect());
        replay("birth", &[("days", births)], birth);
        let readings = (0..20).map(|n| ([n; 16], pointer(n))).collect();
        replay("kana", &[("readings", names_index::write_readings(readings))], kana);
    }

    #[test]
    fn no_seed_of_a_column_file_and_nothing_near_it_makes_reading_panic() {
        let people = "insurer_number,symbol,number,branch,insurer_name,name,kana,alias_name,alias_kana,birth_date,sex,address,municipality,relation,burden_percent,limit_class,valid_from,lost_on,loss_reason,suspended\n\
            06170018,備,00123,01,架空組合,\"能登　花子\",ノト　ハナコ,,,1950-01-31,2,石川県架空市１丁目,172049,1,30,,2020-04-01,,,0\n";
        let drugs = "insurer_number,symbol,number,branch,birth_date,dispensed_on,drug_code,drug_name,ingredient,dose,unit,usage,days,facility,setting\n\
            06170018,備,00123,01,19500131,20261101,2171022F1029,架空錠,架空成分,1,錠,分1 朝食後,28,架空薬局,2\n";
        let checkups = "insurer_number,number,birth_date,examined_on,item_code,item_name,value,unit\n\
            39171234,00123456,1940-01-31,2026-06-01,9A751000000000001,収縮期血圧,132,mmHg\n";
        let visits = "insurer_number,number,birth_date,treated_on,facility,setting,act_code,act_name,count\n\
            39171234,00123456,1940-01-31,2026-11-01,架空医院,2,112007410,再診料,1\n";
        let received = "insurer_number,symbol,number,insurer_name,name,kana,birth_date,address,municipality,relation,valid_from,received_at\n\
            06170018,備,00123,架空組合,能登　花子,ノト　ハナコ,1950-01-31,石川県架空市１丁目,172049,1,2020-04-01,2026-11-20 09:30\n";
        let papers = "insurer_number,symbol,number,name,birth_date,sex,relation,ratio,limit_class,valid_from,valid_to\n\
            06170018,備,00123,能登　花子,1950-01-31,女,本人,2割,ウ,2020-04-01,2027-09-30\n";
        let files =
            [("people", people), ("drugs", drugs), ("checkups", checkups), ("visits", visits)];
        let others = [("received", received), ("papers", papers)];
        let seeds: Seeds =
            files.into_iter().chain(others).map(|(name, file)| (name, file.into())).collect();
        replay("csv", &seeds, csv);
        let map = "[people]\ninsurer_number = \"保険者番号\"\nalias_name = \"\"\n";
        replay("headings", &[("people", map.into())], headings);
    }
}
