//! Promise 7: a stolen box is a brick. Whatever it did, nothing personal lies on its disk in the clear.

use crate::{
    bent::Line,
    house_fixture::{
        House, ask_for, ask_text, cast, code, consented, doctor, files_below, open_disaster, world,
    },
};
use sonae::{
    demo::papers::CertificateState,
    domain::{kana, person::PersonRecord},
};
use std::{collections::BTreeSet, path::Path};

/// Everything that tells who somebody is, in every spelling a thief may look for.
fn traces_of(record: &PersonRecord) -> BTreeSet<Vec<u8>> {
    let mut words = vec![record.name.clone(), record.kana.clone(), record.address.clone()];
    words.extend(record.name.split('　').map(str::to_owned));
    words.extend(record.kana.split('　').map(str::to_owned));
    words.extend(record.alias.iter().flat_map(|a| [a.name.clone(), a.kana.clone()]));
    words.push("はまなす台".into());
    words.extend([record.birth.to_string(), record.birth.to_string().replace('-', "")]);
    let (symbol, number) = (&record.identity.symbol, &record.identity.number);
    words.extend([symbol, number].into_iter().filter(|text| text.chars().count() >= 6).cloned());
    let mut traces = BTreeSet::new();
    for word in words.iter().filter(|word| word.chars().count() >= 3 || word.len() >= 6) {
        traces.insert(word.clone().into_bytes());
        traces.insert(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
        let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(word);
        if !lossy {
            traces.insert(cp932.into_owned());
        }
        traces.extend(kana::to_half_width_jis_x_0201(word).filter(|bytes| bytes.len() >= 5));
    }
    traces.retain(|trace| trace.len() >= 5);
    traces
}

fn find_any(dir: &Path, traces: &BTreeSet<Vec<u8>>) -> Vec<String> {
    let mut by_head: Vec<Vec<&Vec<u8>>> = vec![vec![]; 1 << 16];
    for trace in traces {
        by_head[usize::from(u16::from_be_bytes([trace[0], trace[1]]))].push(trace);
    }
    let mut found = vec![];
    for path in files_below(dir) {
        let mut hay = path.to_string_lossy().into_owned().into_bytes();
        hay.extend(std::fs::read(&path).unwrap());
        for at in 1..hay.len() {
            let head = usize::from(u16::from_be_bytes([hay[at - 1], hay[at]]));
            for trace in &by_head[head] {
                if hay[at - 1..].starts_with(trace) {
                    found.push(format!("{}: {}", path.display(), String::from_utf8_lossy(trace)));
                }
            }
        }
    }
    found
}

#[test]
fn after_a_full_day_nothing_on_the_disk_tells_who_anybody_is() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    let people = cast();
    for record in people.records() {
        ask_for(&appliance, record);
    }
    let paper = world().certificate(&people.employee.0, CertificateState::Good).unwrap();
    let checked = appliance.verify(&ask_text(&paper.digits)).unwrap();
    appliance.answer_slip(checked.journal_entry).unwrap();
    open_disaster(&appliance);
    for record in [&people.late_elder.0, &people.variant.0, &people.foreign.0] {
        let handle = consented(&appliance, record);
        assert!(!appliance.drugs(&doctor(), &handle).unwrap().dispensings.is_empty());
        appliance.drug_sheet(&handle).unwrap();
    }
    appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();

    let mut traces = BTreeSet::new();
    for record in people.records() {
        traces.extend(traces_of(record));
    }
    for (_, history) in [&people.late_elder, &people.variant] {
        traces.extend(history.iter().map(|row| row.drug.name.as_bytes().to_vec()));
    }
    let key = *world().keys.opening.expose();
    traces.insert(key.to_vec());
    let planted = house.root().join("planted");
    std::fs::create_dir(&planted).unwrap();
    std::fs::write(planted.join("x"), traces.last().unwrap()).unwrap();
    assert_eq!(find_any(&planted, &traces).len(), 1, "the search itself sees");
    assert!(files_below(&house.box_dir()).len() > 10);
    assert_eq!(find_any(&house.box_dir(), &traces), Vec::<String>::new(), "open");
    drop(appliance);
    assert_eq!(find_any(&house.box_dir(), &traces), Vec::<String>::new(), "closed");
    assert_eq!(find_any(&house.root().join("hub"), &traces), Vec::<String>::new(), "hub");
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_changes_nothing() {
    let house = House::ready();
    let before = files_below(&house.box_dir());
    let journal = std::fs::read(house.box_dir().join("journal/journal.log")).unwrap();
    for wrong in ["kumo no ue no mori 2025", "", "Kumo no ue no mori 2026"] {
        assert_eq!(code(house.try_open(wrong)), "passphrase_wrong");
    }
    let after = files_below(&house.box_dir());
    assert_eq!(
        after.len() - usize::from(!before.iter().any(|p| p.ends_with("lock"))),
        before.len()
    );
    assert_eq!(std::fs::read(house.box_dir().join("journal/journal.log")).unwrap(), journal);
}

#[test]
fn another_boxes_keys_open_neither_journal_nor_release() {
    let (house, other) = (House::ready(), House::new());
    let identity = sonae::app::BoxIdentity {
        id: [0; 16],
        facility_code: "1711012341".into(),
        facility_name: "別の診療所".into(),
        municipality: 172_049,
        root: Some(world().keys.root_document(world().now).into()),
    };
    let thief = other.root().join("thief");
    let pass = crate::house_fixture::PASSPHRASE;
    sonae::app::Appliance::create(&other.machine(), &thief, pass, identity).unwrap();
    std::fs::copy(thief.join("box.cbor"), house.box_dir().join("box.cbor")).unwrap();
    assert_eq!(code(house.try_open(pass)), "data_of_another_box");
    std::fs::copy(thief.join("box-card.cbor"), house.box_dir().join("box-card.cbor")).unwrap();
    let refused = code(house.try_open(pass));
    assert!(refused.starts_with("journal_"), "{refused}");
    std::fs::remove_file(house.box_dir().join("journal/journal.log")).unwrap();
    let appliance = house.open();
    assert!(appliance.status().snapshot.is_none(), "the release is sealed to the other box");
}
