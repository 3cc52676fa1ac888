//! The scripted day itself: the main job end to end, each step asserted.

use crate::{
    app::{AppError, Appliance, Ask, Checked, Question},
    demo::{
        hub_server::HubServer,
        papers::CertificateState,
        relief_day,
        script::{Broken, Script, expect, refused_as},
        world::{RELEASE_VERSION, World},
    },
    domain::{
        answer::{Basis, Reason, Verdict},
        evidence::CardSeen,
        person::PersonRecord,
    },
    journal::verify_bytes,
    limits::JOURNAL_BYTES_MAX,
    scan,
    snapshot::{DirSource, Progress},
    sync::{HttpLink, LinkError},
};

const PICTURE_DPI: u16 = 200;

/// Runs the whole day. The hub must be serving; it is killed and brought back on the way.
pub fn run(world: &World, mut hub: HubServer, on_progress: &mut dyn FnMut(Progress)) -> Script {
    let mut script = Script::default();
    let Some(house) = script.step("open_box", || Ok(world.open_box()?)) else { return script };
    script.step("import_release_from_hub", || import(&house, &hub, on_progress));
    let before = counter(&mut script, world, &house);
    script.step("hub_killed", || {
        hub.kill();
        match HttpLink::new(&hub.url()).map(|link| house.settle(&link, &mut |_| {})) {
            Ok(Err(AppError::Link(LinkError::Unreachable { .. }))) => Ok(()),
            other => Err(Broken(format!("the link still answers: {:?}", other.map(|o| o.is_ok())))),
        }
    });
    script.step("same_answers_without_hub", || {
        let after = ask_all(world, &house)?;
        expect((before.as_ref() == Some(&after)).into(), || format!("{before:?} became {after:?}"))
    });
    refusals(&mut script, world, &house);
    relief_day::open_and_read(&mut script, world, &house);
    drop(house);
    let Some(house) = script.step("state_dropped_and_reopened", || reopen(world)) else {
        return script;
    };
    relief_day::read_after_restart(&mut script, world, &house);
    script.step("hub_back_batches_delivered", || {
        hub.revive()?;
        deliver(world, &house, &hub)
    });
    drop(house);
    script.step("journal_verified", || verify_journal(world));
    script.step("flipped_byte_found", || flip_a_byte(world));
    script
}

fn ask(house: &Appliance, ask: Ask, card: CardSeen) -> Result<Checked, Broken> {
    Ok(house.verify(&Question { card, ..Question::first(ask) })?)
}

fn by_number(record: &PersonRecord) -> Ask {
    Ask::Numbers { identity: record.identity.clone(), birth: Some(record.birth) }
}

fn import(
    house: &Appliance,
    hub: &HubServer,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(), Broken> {
    let link = HttpLink::new(&hub.url())?;
    let settled = house.settle(&link, on_progress)?;
    let held = house.status().snapshot.map(|snapshot| snapshot.source.version);
    expect((held == Some(RELEASE_VERSION)).into(), || format!("{:?}", settled.steps))
}

fn verdict(checked: &Checked, verdict: Verdict, reason: Reason) -> Result<(), Broken> {
    let answer = &checked.answer;
    let holds = answer.verdict == verdict && answer.reasons.contains(&reason);
    expect(holds.into(), || format!("{:?} {:?}", answer.verdict, answer.reasons))
}

/// The counter's part: every kind of question once.
fn counter(script: &mut Script, world: &World, house: &Appliance) -> Option<Vec<Verdict>> {
    let cast = world.region.cast();
    let employee = &cast.employee.0;
    script.step("eligible_by_number", || {
        let told = ask(house, by_number(employee), CardSeen::NotSeen)?;
        let complete = told.answer.basis == Basis::Snapshot && told.answer.as_of.is_some();
        expect(complete.into(), || format!("{:?}", told.answer))?;
        verdict(&told, Verdict::Eligible, Reason::InForceInSnapshot)
    });
    script.step("eligible_by_printed_certificate", || {
        let paper = world.certificate(employee, CertificateState::Good)?;
        let picture = scan::page_picture(&paper.pdf, 1, PICTURE_DPI)?;
        let told = ask(house, Ask::Picture(picture), CardSeen::NotSeen)?;
        expect((told.answer.basis == Basis::Certificate).into(), || format!("{:?}", told.answer))?;
        verdict(&told, Verdict::Eligible, Reason::CertificateInForce)
    });
    script.step("revoked_certificate_refused", || {
        let paper = world.certificate(employee, CertificateState::Revoked)?;
        let told = ask(house, Ask::Text(paper.digits), CardSeen::NotSeen)?;
        verdict(&told, Verdict::CannotTell, Reason::CertificateRevoked)
    });
    script.step("notice_alone_cannot_tell", || {
        let paper = world.notice(&cast.late_elder.0)?;
        let alone = ask(house, Ask::Text(paper.digits), CardSeen::NotSeen)?;
        verdict(&alone, Verdict::CannotTell, Reason::NoticeNeedsCard)
    });
    script.step("notice_with_card_eligible", || {
        let paper = world.notice(&cast.late_elder.0)?;
        let told = ask(house, Ask::Text(paper.digits), CardSeen::Seen)?;
        verdict(&told, Verdict::Eligible, Reason::NoticeWithCard)
    });
    script.step("not_in_snapshot_cannot_tell", || {
        let unregistered = world.region.unregistered();
        let stranger = unregistered.first().ok_or(Broken("no unregistered person".into()))?;
        let told = ask(house, by_number(stranger), CardSeen::NotSeen)?;
        verdict(&told, Verdict::CannotTell, Reason::NotInSnapshot)
    });
    script.step("every_kind_of_person_answered", || ask_all(world, house))
}

/// One question about each of the cast.
fn ask_all(world: &World, house: &Appliance) -> Result<Vec<Verdict>, Broken> {
    let cast = world.region.cast();
    let people = [
        &cast.employee,
        &cast.child,
        &cast.early_elder,
        &cast.late_elder,
        &cast.lost,
        &cast.suspended,
    ];
    let answers =
        people.into_iter().map(|(record, _)| ask(house, by_number(record), CardSeen::NotSeen));
    let verdicts: Vec<Verdict> =
        answers.map(|told| told.map(|t| t.answer.verdict)).collect::<Result<_, _>>()?;
    let expected = [
        Verdict::Eligible,
        Verdict::Eligible,
        Verdict::Eligible,
        Verdict::Eligible,
        Verdict::NotEligible,
        Verdict::CannotTell,
    ];
    expect((verdicts == expected).into(), || format!("{verdicts:?}"))?;
    Ok(verdicts)
}

/// Every hostile or stale release by its own reason; the one held goes on answering.
fn refusals(script: &mut Script, world: &World, house: &Appliance) {
    let disk = world.machine.disk.as_ref();
    let offer =
        |dir: &std::path::Path| house.import_release(&DirSource::new(disk, dir), &mut |_| {});
    script.step("forged_release_refused", || {
        let dir = world.small_release("release-forged", RELEASE_VERSION + 1)?;
        let path = dir.join("manifest.cose");
        let mut manifest = disk.read(&path, JOURNAL_BYTES_MAX)?;
        let middle = manifest.len() / 2;
        flip(&mut manifest, middle);
        disk.replace(&path, &manifest)?;
        refused_as("signature_forged", offer(&dir))
    });
    script.step("older_release_refused", || {
        refused_as(
            "release_older",
            offer(&world.small_release("release-older", RELEASE_VERSION - 1)?),
        )
    });
    script.step("truncated_release_refused", || {
        let dir = world.small_release("release-truncated", RELEASE_VERSION + 2)?;
        let path = dir.join("person.blk");
        let length = disk.length(&path)?.unwrap_or(0);
        disk.truncate(&path, length / 2)?;
        refused_as("release_truncated", offer(&dir))
    });
    script.step("held_release_still_answers", || {
        ask_all(world, house)?;
        let held = house.status().snapshot.map(|snapshot| snapshot.source.version);
        expect((held == Some(RELEASE_VERSION)).into(), || format!("{held:?}"))
    });
}

/// Drops nothing by hand: everything is read back from the disk.
fn reopen(world: &World) -> Result<Appliance, Broken> {
    let house = world.open_box()?;
    let status = house.status();
    let whole = status.snapshot.is_some() && status.trust.is_some() && status.outbox_waiting > 0;
    expect(whole.into(), || format!("{status:?}"))?;
    ask_all(world, &house)?;
    Ok(house)
}

fn deliver(world: &World, house: &Appliance, hub: &HubServer) -> Result<(), Broken> {
    let waiting = house.status().outbox_waiting;
    let link = HttpLink::new(&hub.url())?;
    let settled = house.settle(&link, &mut |_| {})?;
    let delivered = world.hub.entries(&world.card.id)?;
    let whole = settled.outbox_waiting == 0
        && settled.receipts > 0
        && delivered.len() >= waiting
        && waiting > 0;
    expect(whole.into(), || format!("{settled:?}, {} of {waiting} delivered", delivered.len()))
}

fn flip(bytes: &mut [u8], at: usize) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
}

fn verify_journal(world: &World) -> Result<(), Broken> {
    let bytes =
        world.machine.disk.read(&world.box_dir().join("journal/journal.log"), JOURNAL_BYTES_MAX)?;
    let found = verify_bytes(&bytes, &world.card.id);
    expect((found.damage.is_none() && found.entries > 0).into(), || format!("{found:?}"))
}

fn flip_a_byte(world: &World) -> Result<(), Broken> {
    let disk = world.machine.disk.as_ref();
    let mut copy = disk.read(&world.box_dir().join("journal/journal.log"), JOURNAL_BYTES_MAX)?;
    let middle = copy.len() / 2;
    flip(&mut copy, middle);
    disk.replace(&world.dir.join("journal-with-a-flipped-byte.log"), &copy)?;
    let found = verify_bytes(&copy, &world.card.id);
    expect(found.damage.is_some().into(), || "not found".into())
}
