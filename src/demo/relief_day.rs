//! The disaster's part of the scripted day: order, search, consent, drugs, paper.

use crate::{
    app::Appliance,
    demo::{
        script::{Broken, Script, expect, refused_as},
        world::World,
    },
    disaster::recent::recent,
    disaster::search::{BirthClue, Difference, SearchQuery, SecondFact, SecondFactKind},
    domain::{
        area::Area,
        medication::Dispensing,
        person::{PersonRecord, Sex},
    },
    journal::{ConsentKind, Viewer, ViewerRole},
    notebook, scan,
};
use std::collections::BTreeSet;

fn doctor() -> Viewer {
    Viewer { name: "架空 医師".into(), role: ViewerRole::Doctor }
}

/// The name as somebody without the register would write it: with the common forms of the characters.
fn plainly_written(record: &PersonRecord) -> String {
    let common = |c| match c {
        '髙' => '高',
        '﨑' => '崎',
        '邉' | '邊' => '辺',
        '德' => '徳',
        '𠮷' => '吉',
        other => other,
    };
    record.name.chars().map(common).collect()
}

fn query(record: &PersonRecord, name: String) -> SearchQuery {
    SearchQuery { name, birth: BirthClue::Day(record.birth), sex: record.sex, address: None }
}

/// From a shut box to a printed drug sheet.
pub fn open_and_read(script: &mut Script, world: &World, house: &Appliance) {
    let (record, history) = world.region.cast().variant;
    script.step("search_shut_without_order", || {
        refused_as(
            "disaster_not_open",
            house.search(&doctor(), &query(&record, record.name.clone())),
        )
    });
    script.step("order_for_elsewhere_refused", || {
        let paper = world.order(7, Area::Prefecture(13), "東京都")?;
        refused_as("order_other_area", house.take_order(&paper.digits))
    });
    script.step("disaster_order_opens", || {
        let paper = world.order(1, Area::Prefecture(17), "石川県")?;
        let picture = scan::page_picture(&paper.pdf, 1, 200)?;
        let code =
            scan::read_upload(&picture)?.into_iter().next().ok_or(Broken("no code".into()))?;
        let status = house.take_order(&code.text)?;
        expect(status.order.is_some().into(), || format!("{status:?}"))
    });
    let handle = script.step("search_by_variant_kanji", || {
        let found = house.search(&doctor(), &query(&record, plainly_written(&record)))?.candidates;
        let first = found.into_iter().next().ok_or(Broken("nobody found".into()))?;
        let as_promised =
            first.name == record.name && first.differences == [Difference::VariantKanji];
        expect(as_promised.into(), || format!("{:?}", first.differences))?;
        Ok(first.handle)
    });
    script.step("another_sex_is_shown_as_a_difference", || {
        let other = if record.sex == Sex::Male { Sex::Female } else { Sex::Male };
        let found = house
            .search(&doctor(), &SearchQuery { sex: other, ..query(&record, record.name.clone()) })?
            .candidates;
        let told = found.first().is_some_and(|first| first.differences.contains(&Difference::Sex));
        expect(told.into(), || "not told".into())
    });
    let handle = handle.unwrap_or_default();
    script.step("drugs_shut_without_consent", || {
        refused_as("consent_missing", house.drugs(&doctor(), &handle))
    });
    script.step("second_fact_must_fit", || {
        let fact =
            SecondFact { kind: SecondFactKind::Address, value: "東京都千代田区".into() };
        refused_as(
            "second_fact_differs",
            house.consent(&doctor(), &handle, &fact, ConsentKind::Oral),
        )
    });
    script.step("oral_consent_recorded", || {
        Ok(house.consent(&doctor(), &handle, &second_fact(&record), ConsentKind::Oral)?)
    });
    script.step("drug_view", || {
        let view = house.drugs(&doctor(), &handle)?;
        let whole = view.dispensings.len() == history.len() && !history.is_empty();
        expect(whole.into(), || format!("{} of {} records", view.dispensings.len(), history.len()))
    });
    script.step("drug_sheet_read_by_any_pharmacy", || drug_sheet(house, &handle, &history));
}

fn second_fact(record: &PersonRecord) -> SecondFact {
    SecondFact { kind: SecondFactKind::Address, value: record.address.clone() }
}

/// The sheet's symbols, read off its picture, hold every drug.
fn drug_sheet(house: &Appliance, handle: &str, history: &[Dispensing]) -> Result<(), Broken> {
    let printed = house.drug_sheet(handle)?;
    let parts: Vec<Vec<u8>> =
        scan::read_upload(&printed.pdf)?.into_iter().map(|code| code.raw).collect();
    let read = notebook::read(&parts)?;
    let prescriptions = read.visits.iter().flat_map(|visit| &visit.prescriptions);
    let codes: BTreeSet<_> =
        prescriptions.flat_map(|p| &p.drugs).filter_map(|drug| drug.code.clone()).collect();
    let (_, recent) = recent(history).unwrap_or_default();
    let expected: BTreeSet<_> = recent.iter().map(|row| row.drug.code.to_string()).collect();
    expect((codes == expected && !codes.is_empty()).into(), || {
        format!("{} of {} drugs in {} symbols", codes.len(), expected.len(), parts.len())
    })
}

/// After a restart the window is open, the consent lives, the handle does not.
pub fn read_after_restart(script: &mut Script, world: &World, house: &Appliance) {
    let (record, history) = world.region.cast().variant;
    script.step("drugs_readable_after_restart", || {
        let found = house.search(&doctor(), &query(&record, record.name.clone()))?.candidates;
        let first = found.first().ok_or(Broken("nobody found".into()))?;
        let view = house.drugs(&doctor(), &first.handle)?;
        expect((view.dispensings.len() == history.len()).into(), || {
            format!("{} records", view.dispensings.len())
        })
    });
}
