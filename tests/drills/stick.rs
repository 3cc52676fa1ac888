//! A box in service and the stick that somebody brings: it is taken in by the running box, and nobody at the counter waits.

use crate::{
    bent::Line,
    deltas::published,
    house_fixture::{HOUR, House, ask_for, cast, code, files_below},
    settle::HangingLine,
};
use sonae::{
    app::Appliance,
    domain::answer::Verdict,
    hub::Hub,
    sync::{LinkError, StickWatch, names},
};
use std::{fs, io, path::Path};

/// What one look at the folder led to: the steps done, or the code of the refusal.
fn look(appliance: &Appliance, stick: &Path, watch: &mut StickWatch) -> Option<Vec<&'static str>> {
    let settled = match appliance.attend_stick(stick, watch)? {
        Ok(settled) => settled,
        refusal => return Some(vec![code(refusal)]),
    };
    Some(settled.steps.iter().map(|step| step.code.unwrap_or(step.what)).collect())
}

fn prepared(house: &House, hub: &Hub) -> std::path::PathBuf {
    let stick = house.stick();
    assert!(hub.take_stick(&stick).unwrap().refused.is_empty());
    stick
}

#[test]
fn a_stick_brought_to_a_running_box_is_taken_in_and_the_way_back_empties_the_outbox() {
    let house = House::ready();
    let hub = house.hub();
    published(&house, &hub);
    let appliance = house.open();
    let mut watch = StickWatch::default();
    let stick = house.root().join("stick");
    assert_eq!(look(&appliance, &stick, &mut watch), None, "no stick is normal life");
    assert!(appliance.status().exchanges.is_empty() && !stick.exists());

    prepared(&house, &hub);
    let brought = look(&appliance, &stick, &mut watch).unwrap();
    let regional: Vec<_> =
        brought.iter().filter(|what| ["release", "delta"].contains(what)).collect();
    assert_eq!(regional, [&"release", &"delta", &"delta"]);
    let status = appliance.status();
    assert_eq!(status.snapshot.unwrap().source.version, 13);
    let told = status.exchanges.last().unwrap();
    let via = stick.display().to_string();
    assert_eq!((&told.via, told.running, told.failed, told.code), (&via, false, 0, None));
    assert_eq!((told.done, told.at), (brought.len(), status.now));
    assert_eq!(look(&appliance, &stick, &mut watch), None, "once is enough");

    fs::rename(&stick, house.root().join("carried")).unwrap();
    assert_eq!(look(&appliance, &stick, &mut watch), None);
    let report = hub.take_stick(&house.root().join("carried")).unwrap();
    assert!(report.taken > 0);
    let waiting = appliance.status().outbox_waiting;
    fs::rename(house.root().join("carried"), &stick).unwrap();
    assert!(look(&appliance, &stick, &mut watch).unwrap().contains(&"receipt"));
    assert!(appliance.status().outbox_waiting < waiting, "the same index, and yet receipts");
}

#[test]
fn while_the_hub_has_the_turn_a_stick_waits_for_its_own_and_the_counter_answers() {
    let house = House::ready();
    let hub = house.hub();
    published(&house, &hub);
    let stick = prepared(&house, &hub);
    let appliance = house.open();
    let mut watch = StickWatch::default();
    let line = HangingLine::new();
    std::thread::scope(|scope| {
        let exchange = scope.spawn(|| code(appliance.settle(&line, &mut |_| {})));
        line.called.wait();
        let refused = look(&appliance, &stick, &mut watch);
        let answered = ask_for(&appliance, &cast().employee.0).answer.verdict;
        let told = appliance.status().exchanges;
        line.released.wait();
        assert_eq!(exchange.join().unwrap(), "hub_away");
        assert_eq!(refused, Some(vec!["sync_running"]));
        assert_eq!(answered, Verdict::Eligible);
        assert!(told.iter().all(|one| one.running && one.via == "a hanging line"), "{told:?}");
    });
    let brought = look(&appliance, &stick, &mut watch).unwrap();
    assert!(brought.contains(&"release"), "its turn came: {brought:?}");
    let told = appliance.status().exchanges;
    let codes: Vec<_> = told.iter().map(|one| (one.running, one.code)).collect();
    assert_eq!(codes, [(false, Some("hub_away")), (false, None)], "one line a link");
}

#[test]
fn a_hub_that_is_away_leaves_told_when_it_was_last_reached() {
    let house = House::ready();
    let (hub, appliance) = (house.hub(), house.open());
    let away = |_: &str, _| {
        Err(LinkError::Unreachable(Box::new(io::Error::from(io::ErrorKind::TimedOut))))
    };
    let told = || appliance.status().exchanges.remove(0);

    appliance.settle(&Line { hub: &hub, bend: Box::new(away) }, &mut |_| {}).unwrap_err();
    assert_eq!((told().code, told().reached_at), (Some("hub_away"), None));
    appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    let reached = told().reached_at;
    assert_eq!(reached, Some(told().at));
    house.advance(HOUR);
    appliance.settle(&Line { hub: &hub, bend: Box::new(away) }, &mut |_| {}).unwrap_err();
    assert_eq!((told().code, told().reached_at), (Some("hub_away"), reached));
    assert_ne!(reached, Some(told().at));
    // Something answers, and it is no hub.
    let nothing = |_: &str, _| Err(LinkError::Missing);
    let nothing = Line { hub: &hub, bend: Box::new(nothing) };
    for line in [nothing, Line::garbling(&hub, &[names::INDEX])] {
        appliance.settle(&line, &mut |_| {}).unwrap();
        assert_eq!(told().reached_at, reached);
    }
}

#[test]
fn whoever_asks_without_a_stick_hears_so_and_nothing_is_left_in_the_empty_mount_point() {
    let house = House::ready();
    let appliance = house.open();
    let mount_point = house.stick();
    assert_eq!(code(appliance.ask_exchange(None, None)), "no_link");
    assert_eq!(code(appliance.ask_exchange(None, Some(&mount_point))), "link_folder_missing");
    assert_eq!(code(appliance.settle_with_stick(&mount_point)), "link_folder_missing");
    let mut watch = StickWatch::default();
    let hub_url = sonae::config::HubUrl::parse("https://hub.example.jp").unwrap();
    appliance.ask_exchange(Some(&hub_url), Some(&mount_point)).unwrap();
    assert_eq!(look(&appliance, &mount_point, &mut watch), None);
    assert!(files_below(&mount_point).is_empty() && appliance.hub_asked() == 1);

    fs::write(mount_point.join("label.txt"), "").unwrap();
    assert_eq!(look(&appliance, &mount_point, &mut watch), None, "asked when nothing was there");
    appliance.ask_exchange(None, Some(&mount_point)).unwrap();
    assert_eq!(look(&appliance, &mount_point, &mut watch), Some(vec!["batch"]));
}

#[test]
fn an_exchange_that_was_offered_nothing_says_so_and_a_bare_release_names_its_command() {
    let house = House::ready();
    let hub = house.hub();
    let appliance = house.open();
    let hint = |folder: &Path| {
        let link = sonae::sync::link_for(
            folder.to_str().unwrap(),
            std::sync::Arc::new(sonae::sys::RealDisk),
        );
        let settled = appliance.settle(link.unwrap().as_ref(), &mut |_| {}).unwrap();
        assert!(settled.all_done());
        settled.hint.map(|hint| hint.code)
    };
    assert_eq!(hint(&house.stick()), Some("link_offers_nothing"));
    let bare = house.root().join("bare");
    fs::create_dir(&bare).unwrap();
    fs::write(bare.join(names::MANIFEST), b"any").unwrap();
    assert_eq!(hint(&bare), Some("link_bare_release"));
    assert_eq!(appliance.status().exchanges.last().unwrap().code, Some("link_bare_release"));
    assert_eq!(hint(&prepared(&house, &hub)), None);
    let over_the_line = appliance.settle(&Line::straight(&hub), &mut |_| {}).unwrap();
    assert_eq!(over_the_line.hint, None);
}
