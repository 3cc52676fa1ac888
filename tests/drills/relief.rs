//! Finding a person who carries nothing: every difference is shown, and a second fact must fit before consent counts.

use crate::house_fixture::{
    House, cast, code, consented, doctor, events, find, open_disaster, query_for, refusals,
    second_fact,
};
use sonae::{
    app::{Appliance, CandidateView},
    disaster::search::{BirthClue, Difference, SearchQuery, SecondFact, SecondFactKind},
    domain::person::{PersonRecord, Sex},
    journal::{ConsentKind, Event},
};

fn in_disaster() -> (House, Appliance) {
    let house = House::ready();
    let appliance = house.open();
    open_disaster(&appliance);
    (house, appliance)
}

fn named(appliance: &Appliance, record: &PersonRecord, name: &str) -> Vec<CandidateView> {
    let query = SearchQuery { name: name.into(), ..query_for(record) };
    appliance.search(&doctor(), &query).unwrap().candidates
}

#[test]
fn variant_kanji_find_the_same_woman_and_the_difference_is_told() {
    let (_house, appliance) = in_disaster();
    let variant = cast().variant.0;
    let exact = named(&appliance, &variant, "髙﨑　德江");
    assert_eq!((exact.len(), exact[0].differences.len()), (1, 0));
    let plain = named(&appliance, &variant, "高崎　徳江");
    assert_eq!(plain.len(), 1);
    assert_eq!(plain[0].name, variant.name, "shown as registered");
    assert_eq!(plain[0].differences, [Difference::VariantKanji]);
}

#[test]
fn kana_find_her_in_any_width_and_with_either_space() {
    let (_house, appliance) = in_disaster();
    let variant = cast().variant.0;
    for kana in ["タカサキ　トクエ", "たかさき とくえ", "ﾀｶｻｷ ﾄｸｴ", "タカサキトクエ"]
    {
        let found = named(&appliance, &variant, kana);
        assert_eq!(found.len(), 1, "{kana}");
        assert!(found[0].differences.is_empty(), "{kana}: {:?}", found[0].differences);
    }
    let loose = named(&appliance, &variant, "タカザキ　トクエ");
    assert_eq!(loose[0].differences, [Difference::KanaLoose]);
}

#[test]
fn who_does_not_know_the_day_finds_by_the_year_and_who_knows_neither_by_the_whole_kana() {
    let (_house, appliance) = in_disaster();
    let variant = cast().variant.0;
    let search = |name: &str, birth| {
        let query = SearchQuery { name: name.into(), birth, ..query_for(&variant) };
        appliance.search(&doctor(), &query).map(|found| found.candidates)
    };
    let year = BirthClue::Year(variant.birth.year());
    for (name, birth) in
        [("髙﨑　德江", year), ("タカサキ", year), ("たかさき とくえ", BirthClue::Unknown)]
    {
        let found = search(name, birth).unwrap();
        assert!(found.iter().any(|candidate| candidate.name == variant.name), "{name} {birth:?}");
    }
    let other = BirthClue::Year(variant.birth.year() + 1);
    let found = search("タカサキ　トクエ", other).unwrap();
    assert!(found.iter().all(|candidate| candidate.name != variant.name));
    assert_eq!(code(search("髙﨑　德江", BirthClue::Unknown)), "kana_or_birth_needed");
}

#[test]
fn a_full_width_space_inside_the_name_does_not_matter() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    for name in ["谷内　千代子", "谷内 千代子", "谷内千代子"] {
        let found = named(&appliance, &elder, name);
        let hit = found.iter().find(|found| found.name == elder.name).unwrap();
        assert!(hit.differences.is_empty(), "{name}");
    }
}

#[test]
fn a_wrong_sex_and_a_wrong_address_are_shown_as_differences_and_hide_nobody() {
    let (_house, appliance) = in_disaster();
    let variant = cast().variant.0;
    let query =
        SearchQuery { sex: Sex::Male, address: Some("金沢市".into()), ..query_for(&variant) };
    let found = appliance.search(&doctor(), &query).unwrap().candidates;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].differences, [Difference::Sex, Difference::Address]);
}

#[test]
fn a_common_name_alone_or_a_stranger_to_the_day_finds_nobody() {
    let (_house, appliance) = in_disaster();
    let variant = cast().variant.0;
    assert!(named(&appliance, &variant, "木村　花子").is_empty());
    let query = SearchQuery {
        birth: BirthClue::Day(variant.birth.tomorrow().unwrap()),
        ..query_for(&variant)
    };
    let found = appliance.search(&doctor(), &query).unwrap().candidates;
    assert!(found.iter().all(|candidate| candidate.name != variant.name));
    let nameless = SearchQuery { name: "　".into(), ..query_for(&variant) };
    assert_eq!(code(appliance.search(&doctor(), &nameless)), "name_missing");
}

#[test]
fn a_suspended_record_is_never_a_candidate() {
    let (_house, appliance) = in_disaster();
    let suspended = cast().suspended.0;
    let found = named(&appliance, &suspended, &suspended.name);
    assert!(found.iter().all(|candidate| candidate.name != suspended.name));
}

#[test]
fn twins_are_told_apart_by_their_given_names() {
    let (_house, appliance) = in_disaster();
    let family = cast().family;
    let (boy, girl) = (&family[2].0, &family[3].0);
    let found = named(&appliance, boy, &boy.name);
    let differences =
        |name: &str| found.iter().find(|c| c.name == name).map(|c| c.differences.clone());
    assert_eq!(differences(&boy.name), Some(vec![]));
    assert_eq!(differences(&girl.name), Some(vec![Difference::PartOfName]));
}

#[test]
fn a_second_fact_that_does_not_fit_or_fits_everybody_is_refused() {
    use SecondFactKind::{Address, InsurerName, Number};
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let number = &elder.identity.number;
    let refused = [
        (Address, "金沢市"),
        (Address, "市"),
        (Address, "　市　"),
        (Address, ""),
        (InsurerName, "会"),
        (InsurerName, "架空電鉄健保"),
        (Number, &number[number.len() - 3..]),
        (Number, "0000"),
        (Number, ""),
    ];
    for (kind, value) in refused {
        let fact = SecondFact { kind, value: value.into() };
        let handle = find(&appliance, &elder);
        let outcome = appliance.consent(&doctor(), &handle, &fact, ConsentKind::Oral);
        assert_eq!(code(outcome), "second_fact_differs", "{value:?}");
    }
    let handle = find(&appliance, &elder);
    assert_eq!(code(appliance.drugs(&doctor(), &handle)), "consent_missing");
    let fits = SecondFact { kind: Address, value: "はまなす台２丁目".into() };
    appliance.consent(&doctor(), &handle, &fits, ConsentKind::Oral).unwrap();
    appliance.drugs(&doctor(), &handle).unwrap();
}

#[test]
fn a_second_fact_cannot_be_tried_out_and_every_miss_is_written_down() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let handle = find(&appliance, &elder);
    let guess = |n: u8| {
        let fact = SecondFact { kind: SecondFactKind::Number, value: format!("000{n}") };
        code(appliance.consent(&doctor(), &handle, &fact, ConsentKind::Oral))
    };
    let misses: Vec<_> = (0..6).map(guess).collect();
    assert_eq!(misses[..5], ["second_fact_differs"; 5]);
    assert_eq!(misses[5], "candidate_gone");
    let told = refusals(&appliance);
    assert_eq!(told.iter().filter(|(what, _)| what == "second_fact").count(), 5);
}

#[test]
fn who_cannot_say_yes_needs_a_reason_written_down() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let handle = find(&appliance, &elder);
    let unable = |reason: &str| ConsentKind::Unable { reason: reason.into() };
    let fact = second_fact(&elder);
    let blank = appliance.consent(&doctor(), &handle, &fact, unable("　"));
    assert_eq!(code(blank), "reason_missing");
    appliance.consent(&doctor(), &handle, &fact, unable("意識がない")).unwrap();
    let written = events(&appliance).into_iter().any(
        |event| matches!(event, Event::Consented { kind, .. } if kind == unable("意識がない")),
    );
    assert!(written);
}

#[test]
fn handles_of_a_former_life_are_gone_and_an_invented_one_never_was() {
    let (house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let handle = consented(&appliance, &elder);
    let appliance = house.restart(appliance);
    let fact = second_fact(&elder);
    for handle in [handle.as_str(), "0123456789abcdef0123456789abcdef", ""] {
        let consent = appliance.consent(&doctor(), handle, &fact, ConsentKind::Oral);
        assert_eq!(code(consent), "candidate_gone");
        assert_eq!(code(appliance.drugs(&doctor(), handle)), "candidate_gone");
        assert_eq!(code(appliance.drug_sheet(handle)), "sheet_gone");
    }
}

#[test]
fn what_a_search_shows_does_not_answer_its_own_second_question() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let shown = serde_json::to_string(&named(&appliance, &elder, &elder.name)).unwrap();
    assert!(!shown.contains("はまなす") && !shown.contains(&elder.insurer_name));
    assert!(!shown.contains(&elder.identity.number));
}

#[test]
fn every_search_is_in_the_journal_with_who_and_by_what_but_not_whom() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let query = SearchQuery { sex: Sex::Female, ..query_for(&elder) };
    let found = appliance.search(&doctor(), &query).unwrap().candidates;
    let expected = Event::Searched {
        viewer: doctor(),
        by: vec!["name".into(), "birth".into(), "sex".into()],
        candidates: u32::try_from(found.len()).unwrap(),
    };
    assert_eq!(events(&appliance).last(), Some(&expected));
}

#[test]
fn somebody_known_by_another_name_is_found_by_it() {
    let (_house, appliance) = in_disaster();
    let foreign = cast().foreign.0;
    for name in ["大城　マリア", "オオシロ　マリア"] {
        let found = named(&appliance, &foreign, name);
        assert_eq!(found[0].name, foreign.name);
        assert!(found[0].differences.contains(&Difference::Alias));
    }
    assert!(named(&appliance, &foreign, &foreign.name)[0].differences.is_empty());
}

#[test]
fn what_fits_everybody_of_the_town_or_prefecture_is_no_second_fact() {
    let (_house, appliance) = in_disaster();
    let elder = cast().late_elder.0;
    let handle = find(&appliance, &elder);
    for value in ["石川県", "石川県輪島市", "輪島市", "輪島"] {
        let fact = SecondFact { kind: SecondFactKind::Address, value: value.into() };
        let outcome = appliance.consent(&doctor(), &handle, &fact, ConsentKind::Oral);
        assert_eq!(code(outcome), "second_fact_differs", "{value}");
    }
}

#[test]
fn a_second_fact_is_measured_against_towns_of_any_name() {
    use sonae::disaster::search::second_fact_fits;
    let fits = |address: &str, told: &str| {
        let record = PersonRecord { address: address.into(), ..cast().late_elder.0 };
        let kind = SecondFactKind::Address;
        second_fact_fits(&record, &SecondFact { kind, value: told.into() })
    };
    for (address, town, beyond) in [
        ("京都府京都市北区紫野1", "京都府京都市", "紫野"),
        ("三重県津市丸之内5", "津市", "丸之内"),
        ("千葉県市川市八幡2", "市川市", "八幡"),
        ("石川県鳳珠郡能登町字宇出津8", "能登町", "宇出津"),
        ("輪島市河井町道下3", "輪島市", "河井町"),
        ("東京都千代田区霞が関1", "千代田区", "霞が関"),
    ] {
        assert!(!fits(address, town), "{town}");
        assert!(fits(address, beyond), "{beyond}");
        assert!(fits(address, address), "{address}");
    }
}
