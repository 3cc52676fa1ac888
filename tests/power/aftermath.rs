//! What must be true after a cut besides the journal and the release: what was delivered, and the facility's own records.

use super::{
    ready_box::{PASSPHRASE, question},
    scenes::Heard,
};
use sonae::{
    app::{Appliance, BoxKeys, Layout},
    config::{DeliveredRelease, Profile},
    demo::{people::Region, world::RELEASE_VERSION},
    domain::{
        answer::{Basis, Verdict},
        person::PersonRecord,
    },
    snapshot::ReceivedLog,
    sys::RealDisk,
};
use std::{collections::BTreeSet, path::Path};

/// A box that opened after a cut.
pub struct After<'a> {
    pub appliance: &'a Appliance,
    pub box_dir: &'a Path,
    /// What was said before it.
    pub heard: &'a Heard,
}

/// The journal and the release are all there is.
pub fn nothing(_: &After<'_>) -> Result<u64, String> {
    Ok(0)
}

pub fn keep_deliveries(appliance: &Appliance) {
    let mut profile = Profile::named("generic").unwrap();
    profile.delivered = DeliveredRelease::Keep;
    appliance.suit_disk(&profile);
}

/// Whatever answers can be made anew from what lies beside it, and is the same afterwards.
pub fn kept_deliveries(after: &After<'_>) -> Result<u64, String> {
    keep_deliveries(after.appliance);
    let version = || after.appliance.status().snapshot.map(|held| held.source.version);
    let before = version();
    if before == Some(RELEASE_VERSION) {
        return Ok(0); // the world's own came to the box before it kept anything
    }
    let rebuilt = after.appliance.rebuild_cache(&mut |_| {});
    rebuilt
        .map_err(|e| format!("{before:?} answers, and what was delivered of it is gone: {e:?}"))?;
    if version() == before { Ok(0) } else { Err(format!("{before:?} became {:?}", version())) }
}

/// Record `number` of the facility's own: somebody in no release.
pub fn own_record(like: &PersonRecord, number: u64) -> PersonRecord {
    let mut person = like.clone();
    person.identity.symbol = "自施設".into();
    person.identity.number = number.to_string();
    person
}

/// Every record that was acknowledged is in the file and in the release made of it, and the newest answers.
pub fn own_records(after: &After<'_>) -> Result<u64, String> {
    let told = |e: &dyn std::fmt::Debug| format!("{e:?}");
    let layout = Layout::at(after.box_dir);
    let keys = BoxKeys::open(&RealDisk, &layout, PASSPHRASE).map_err(|e| told(&e))?;
    let log = ReceivedLog::new(&layout.own_received(), keys.received.clone());
    let state = log.read(&RealDisk).map_err(|e| told(&e))?;
    let there: BTreeSet<u64> =
        state.people.iter().filter_map(|person| person.identity.number.parse().ok()).collect();
    let newest = after.heard.own.iter().max().copied();
    let lost = (0..newest.map_or(0, |newest| newest + 1))
        .filter(|number| !there.contains(number))
        .count() as u64;
    let in_release = after.appliance.own_status().map_or(0, |own| own.people);
    let is_lost_told = after.appliance.journal().ask(|past| past.own_lost());
    let noted = after.appliance.journal().ask(|past| past.own_sequence());
    if state.lost > 0 || is_lost_told || noted != state.sequence || in_release != there.len() as u64
    {
        return Err(format!(
            "{} places unreadable, told: {is_lost_told}; frame {noted} in the journal, {} in the file; {in_release} of {} \
             answer",
            state.lost,
            state.sequence,
            there.len()
        ));
    }
    let Some(newest) = newest.filter(|_| lost == 0) else { return Ok(lost) };
    let like = Region::invent(7, 1, after.appliance.now().at.day()).people().next();
    let asked = own_record(&like.ok_or("nobody")?.0, newest);
    let answer = after.appliance.verify(&question(&asked)).map_err(|e| told(&e))?.answer;
    match (answer.verdict, answer.basis) {
        (Verdict::Eligible, Basis::OwnRecord) => Ok(0),
        other => Err(format!("record {newest} was acknowledged, and the answer is {other:?}")),
    }
}
