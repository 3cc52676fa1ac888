//! `docs/release-format.md` held against the code: its tables of keys, trees, words and flags, its contexts, its sizes.
//! Whoever changes the format changes the page, and whoever mistypes the page is told.

use super::{
    MANIFEST_NAME, Tree, delta_samples,
    manifest::FORMAT,
    record::{self, FLAGS_END},
    samples,
    words::Kind,
};
use crate::{
    limits,
    sys::{Disk, RealDisk},
};
use minicbor::{Decoder, data::Type};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

const PAGE: &str = include_str!("../../docs/release-format.md");
/// Sources of tests.
const TESTS: [&str; 4] = ["page.rs", "received_tests.rs", "samples.rs", "tests.rs"];
/// Contexts of what never leaves the box.
const LOCAL: [&str; 3] = ["sonae overlay v1", "sonae received records v1", "sonae spill v1"];

/// A part of the page, from its heading to the next.
fn section(heading: &str) -> &'static str {
    let (_, behind) = PAGE.split_once(&format!("\n{heading}\n")).expect(heading);
    behind.split("\n#").next().unwrap()
}

/// The cells of a table's rows, found by its first heading.
fn table(section: &'static str, heading: &str) -> Vec<Vec<&'static str>> {
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect();
    let rows = section.lines().skip_while(|line| !line.starts_with(&format!("| {heading} |")));
    rows.skip(2).take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn numbers(cell: &str) -> Vec<u64> {
    cell.split(", ").map(|number| number.parse().unwrap()).collect()
}

/// Single digits that stand alone in a cell: the keys of an inner map.
fn inner_keys(cell: &str) -> BTreeSet<u64> {
    cell.split(' ').filter(|word| word.len() == 1).filter_map(|word| word.parse().ok()).collect()
}

/// The keys of a CBOR map, and those of the maps right inside it or inside its arrays.
fn keys_of(decoder: &mut Decoder<'_>) -> BTreeMap<u64, BTreeSet<u64>> {
    let mut keys = BTreeMap::new();
    for _ in 0..decoder.map().unwrap().unwrap() {
        let key = decoder.u64().unwrap();
        let maps = match decoder.datatype().unwrap() {
            Type::Array => decoder.array().unwrap().unwrap(),
            Type::Map => 1,
            _ => {
                decoder.skip().unwrap();
                keys.insert(key, BTreeSet::new());
                continue;
            }
        };
        let inner = (0..maps).flat_map(|_| keys_of(decoder).into_keys());
        keys.insert(key, inner.collect());
    }
    keys
}

/// The keys of a manifest as it is signed today.
fn signed_keys(release: &samples::MapSource) -> BTreeMap<u64, BTreeSet<u64>> {
    let mut signed = Decoder::new(&release.0[MANIFEST_NAME]);
    assert_eq!(signed.array().unwrap(), Some(4));
    signed.skip().unwrap();
    signed.skip().unwrap();
    keys_of(&mut Decoder::new(signed.bytes().unwrap()))
}

#[test]
fn the_page_names_every_key_of_a_manifest_and_no_other() {
    let people = samples::region(20);
    let root = delta_samples::root(1, 1, &people);
    let whole = root.release.manifest();
    let delta = delta_samples::delta(&root, &whole, 2, &people, &samples::region(21));
    let mut signed = signed_keys(&root.release);
    assert!(!signed.contains_key(&17), "a whole release has no base");
    signed.extend(signed_keys(&delta).into_iter().filter(|(key, _)| *key == 17));

    let rows = table(section("## The manifest"), "key");
    let told = rows.iter().flat_map(|row| {
        let inner = if row[2].contains("map") || row[1] == "base" { row[2] } else { "" };
        numbers(row[0]).into_iter().map(move |key| (key, inner_keys(inner)))
    });
    assert_eq!(told.collect::<BTreeMap<_, _>>(), signed);

    let base = table(section("## A delta"), "key");
    let told: Vec<u64> = base.iter().flat_map(|row| numbers(row[0])).collect();
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), signed[&17]);
}

#[test]
fn the_page_names_every_tree_with_its_number_file_and_key() {
    let rows = table(section("## Trees"), "tree");
    let told: Vec<_> = rows.iter().map(|row| row[..3].to_vec()).collect();
    let trees = Tree::ALL.map(|tree| {
        let key = if tree.is_medical() { "medical" } else { "eligibility" };
        [tree.number().to_string(), format!("`{}`", tree.file_name()), key.to_owned()]
    });
    assert_eq!(told, trees);
    let of_a_delta = Tree::DELTA.map(|tree| tree.number().to_string());
    let [most @ .., last] = &of_a_delta;
    let told = format!("It has the files of trees {} and {last}", most.join(", "));
    assert!(PAGE.contains(&told), "{told}");
}

#[test]
fn the_page_names_every_kind_of_word() {
    let rows = table(section("## Words"), "kind");
    let letters = |text: &str| text.to_lowercase().replace([' ', '-'], "");
    let told: Vec<_> = rows.iter().map(|row| (row[0].to_owned(), letters(row[1]))).collect();
    let kinds = Kind::ALL.map(|kind| {
        (kind.number().to_string(), letters(&format!("{kind:?}").replace("Name", " name")))
    });
    assert_eq!(told, kinds);
    let shared = Kind::ALL.into_iter().filter(|kind| kind.tree() == Tree::PersonWords).count();
    let trees = [Tree::PersonWords, Tree::MedicalWords].map(Tree::number);
    let told =
        format!("Kinds 1–{shared} stand in tree {}, the others in tree {}.", trees[0], trees[1]);
    assert!(PAGE.contains(&told), "{told}");
}

#[test]
fn the_page_names_every_flag_of_a_record_by_its_bit() {
    let bit = |flag: u64| flag.trailing_zeros().to_string();
    let two = |shift: u32| format!("{shift}–{}", shift + 1);
    let flags = [
        (
            format!("{}, {}", bit(record::HAS_BRANCH), bit(record::HAS_LIMIT_CLASS)),
            "has a branch, a limit class",
        ),
        (bit(record::IS_FAMILY), "family member"),
        (two(record::SEX_SHIFT), "sex: 1 male, 2 female, 3 not stated"),
        (two(record::BURDEN_SHIFT), "share: 0 not stated, 1 is 30 %, 2 is 20 %, 3 is written out"),
        (
            format!("{}, {}", bit(record::HAS_LOST_ON), bit(record::HAS_LOSS_REASON)),
            "lost on a day; with a reason",
        ),
        (
            two(record::REASON_SHIFT),
            "reason, if flag 8: 0 death, 1 public assistance, 2 other insurance, 3 other",
        ),
        (bit(record::IS_SUSPENDED), "suspended"),
        (bit(record::HAS_ALIAS), "has an alias"),
        (bit(record::NAME_WHOLE), "name or kana has no full-width space"),
        (bit(record::ADDRESS_PLAIN), "the address holds"),
        (bit(record::HAS_ORIGIN), "a facility's own record"),
    ];
    let rows = table(section("### A family: its members back to back"), "flag");
    assert_eq!(rows.len(), flags.len());
    for (row, (bits, meaning)) in rows.iter().zip(&flags) {
        assert!(row[0] == bits && row[1].starts_with(meaning), "{row:?}: {bits}, {meaning}");
    }
    let last = FLAGS_END.trailing_zeros() - 1;
    assert!(PAGE.contains(&format!("a higher bit than {last} is malformed")));
}

/// Every context and purpose in a source text.
fn contexts_in(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).filter(|piece| piece.starts_with("sonae ") && piece.contains(" v1"))
}

/// What ships of the sources below a directory.
fn sources_below(dir: &Path) -> Vec<String> {
    let is_test = |path: &Path| TESTS.iter().any(|name| path.ends_with(name));
    let read = |path: &Path| {
        let text = String::from_utf8(RealDisk.read(path, 1 << 20).unwrap()).unwrap();
        text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
    };
    let listed = RealDisk.list(dir).unwrap();
    let shipped = listed.iter().filter(|path| !is_test(path));
    shipped.flat_map(|p| if p.is_dir() { sources_below(p) } else { vec![read(p)] }).collect()
}

#[test]
fn the_page_names_every_context_and_purpose_of_a_release_and_no_other() {
    let names = section("## Trees").split_once("NAME being ").unwrap().1;
    let names: Vec<_> = names.split_once(". ").unwrap().0.split(", ").collect();
    let trees = Tree::ALL.map(|tree| tree.key_context());
    let told = names.iter().map(|name| format!("sonae release v1 tree {}", name.trim_matches('`')));
    assert_eq!(told.collect::<Vec<_>>(), trees);

    let mut told: BTreeSet<&str> = contexts_in(PAGE, '`').collect();
    assert!(told.remove("sonae release v1 tree NAME"));
    told.extend(trees);
    let sources = sources_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshot"));
    let used = sources.iter().flat_map(|text| contexts_in(text, '"'));
    let used: BTreeSet<&str> = used.filter(|context| !LOCAL.contains(context)).collect();
    assert_eq!(told, used);
}

#[test]
fn the_page_names_the_sizes_that_the_code_lives_by() {
    assert_eq!(limits::CHUNK_BYTES, 1 << 20, "the page speaks of each MiB");
    let page = PAGE.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        format!("# A region's release: file format {FORMAT}"),
        format!("| 0 | format | {FORMAT}; read first"),
        format!("lost on the way. At most {} MiB.", limits::MANIFEST_BYTES_MAX >> 20),
        format!("A sealed block is at most {} KiB;", limits::BLOCK_BYTES_MAX >> 10),
        format!("At most {} rows of one kind for one person.", limits::DISPENSINGS_MAX),
        format!("A reading of more than {} families", limits::READING_FAMILIES_MAX),
    ] {
        assert!(page.contains(&told), "{told}");
    }
}
