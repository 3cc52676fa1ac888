//! What an attack is, how each is run, and the page that lists them.

use crate::stage::{GOOD, HELD, Stage, ask, refusals};
use sonae::{app::Appliance, domain::answer::Verdict};
use std::{collections::BTreeMap, fmt::Write};

/// Whether the refusal must be in the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    /// The box read it and refused it.
    Noted,
    /// It never came off the stick: the step says so, and there is nothing to hold against anybody.
    Silent,
}

impl Journal {
    fn word(self) -> &'static str {
        match self {
            Self::Noted => "journal",
            Self::Silent => "exchange",
        }
    }
}

/// One folder that must be refused.
pub struct Attack {
    pub name: &'static str,
    /// What is bent.
    pub bent: &'static str,
    /// Which step of the exchange refuses: "root", "trust_list", "revocations", "order", "release", "index".
    pub what: &'static str,
    pub code: &'static str,
    pub journal: Journal,
    pub bend: fn(&mut Stage),
}

pub const fn attack(
    what: &'static str,
    name: &'static str,
    bent: &'static str,
    code: &'static str,
    bend: fn(&mut Stage),
) -> Attack {
    Attack { name, bent, what, code, journal: Journal::Noted, bend }
}

impl Attack {
    pub const fn silent(mut self) -> Self {
        self.journal = Journal::Silent;
        self
    }

    /// Hands the folder to a box that holds version 10, twice, with a restart between; then a sound one.
    pub fn run(&self) -> Result<(), String> {
        let mut stage = Stage::new();
        (self.bend)(&mut stage);
        let appliance = stage.open();
        let told = stage.settle(&appliance);
        self.expect("from the stick", &told, &[(self.what, self.code)])?;
        if self.what == "release" {
            self.expect("from the folder", &[stage.import(&appliance)], &[self.code])?;
        }
        self.unmoved(&appliance)?;
        drop(appliance);
        let appliance = stage.open();
        self.unmoved(&appliance)?;
        let told = stage.settle(&appliance);
        self.expect("after the restart", &told, &[(self.what, self.code)])?;
        self.unmoved(&appliance)?;
        stage.mend();
        self.expect("the sound stick", &stage.settle(&appliance), &[])?;
        self.expect("the sound release", &[version(&appliance)], &[Some(GOOD)])?;
        self.expect("its answer", &[ask(&appliance).answer.verdict], &[Verdict::Eligible])
    }

    fn unmoved(&self, appliance: &Appliance) -> Result<(), String> {
        self.expect("the version held", &[version(appliance)], &[Some(HELD)])?;
        self.expect("the answer", &[ask(appliance).answer.verdict], &[Verdict::Eligible])?;
        let what = if self.what == "delta" { "release" } else { self.what }; // one word for both in the journal
        let noted = refusals(appliance).contains(&(what.into(), self.code.into()));
        self.expect("noted in the journal", &[noted], &[self.journal == Journal::Noted])
    }

    fn expect<T: PartialEq + std::fmt::Debug>(
        &self,
        where_at: &str,
        found: &[T],
        expected: &[T],
    ) -> Result<(), String> {
        if found == expected {
            return Ok(());
        }
        Err(format!("{}: {where_at}: {found:?} instead of {expected:?}", self.name))
    }
}

fn version(appliance: &Appliance) -> Option<u64> {
    appliance.status().snapshot.map(|snapshot| snapshot.source.version)
}

/// Why several attacks end in one code: the person's next step is the same.
pub const SHARED: &[(&str, &str)] = &[
    ("publisher_out_of_area", "what is signed outside the area is not used, whole or in part"),
    ("file_missing", "whatever is missing, the folder is copied again whole"),
    ("file_leads_elsewhere", "what is no file is not opened, whatever it leads to"),
    (
        "release_altered",
        "bytes that are not the signed ones: fetched again another way, whoever changed them",
    ),
    ("release_malformed", "signed and impossible: only the publisher can mend it, and is told"),
    ("release_not_for_this_box", "no key for this box: the enrolment is asked about"),
    ("key_retired", "a clean key that signs no more: what the next key signed is asked for"),
    ("release_older", "an old version is old on any day the clock shows"),
    ("release_too_long", "more bytes than signed: fetched again"),
    ("release_truncated", "bytes are missing: copied again"),
    ("signature_forged", "a known key did not sign this as what it claims to be"),
    ("signature_malformed", "nothing signed is there to be judged"),
    ("signer_unknown", "nobody who may publish signed it: the trust list is updated first"),
    (
        "snapshot_block_damaged",
        "a block that was signed does not read in its place: fetched again, and the publisher is told",
    ),
    ("unseal_failed", "the keys wrapped for this box do not open: asked for anew"),
    (
        "link_item_missing",
        "named and not there: the stick was not written to its end, and is brought again",
    ),
    ("link_item_too_large", "more than the box can take: the hub's administrator is told"),
    ("trust_list_malformed", "no list: fetched again"),
    (
        "key_ended",
        "after a key's last day nothing new counts, whenever that is: the trust list is updated first",
    ),
    ("index_malformed", "only hints are lost with it: read again at the next exchange"),
    (
        "trust_list_threshold",
        "too few distinct holders, whatever else stands on it: the list that enough have signed is asked for",
    ),
    ("trust_list_stranger", "no holder this box knows signed it, whatever else the signers are"),
    ("root_malformed", "no root document: fetched again"),
    ("revocation_list_untrusted", "none whose papers they are signed it: the issuer is told"),
    ("root_misplaced", "the walk asks for one number and gets another"),
];

/// Holds the table against its own promises, and returns its page.
pub fn page(attacks: &[&Attack]) -> String {
    let mut codes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for attack in attacks {
        codes.entry(attack.code).or_default().push(attack.name);
        assert_eq!(names.insert(attack.name, ()), None, "{} stands twice", attack.name);
    }
    let why: BTreeMap<_, _> = SHARED.iter().copied().collect();
    for (code, named) in &codes {
        let told = why.contains_key(code);
        assert_eq!(
            named.len() > 1,
            told,
            "{code}: {named:?}: shared codes and only they have a reason"
        );
    }
    let idle: Vec<_> = why.keys().filter(|code| !codes.contains_key(*code)).collect();
    assert!(idle.is_empty(), "reasons nobody needs: {idle:?}");
    write_page(attacks, &codes)
}

const HEAD: &str = "# Attacks a box refuses

Each row is a folder on a real disk, as a stick brings it: index, root documents, trust list, revocation lists, orders, release. It is handed to a box that
holds version 10 and answers. The box refuses under the code named, and version 10 goes on answering, before and after a restart;
handed over again, the folder is refused again; and a sound folder afterwards is taken. *Signed* below means: signed with the right key, by a publisher
(or root holders, an issuer, an authority) that errs, is hostile, or was robbed.

Whoever brought the stick is told the code in either case. *Journal*: the box read what was offered, refused it and wrote that into its journal.
*Exchange*: a root document, list or order never came off the stick, because it is missing or too large, or it is the index, a hint that nobody signs.
There is nothing to hold against anybody, and the journal says nothing.

This page is written by `tests/attacks/` (`SONAE_BLESS=1 cargo test --test attacks`) and checked by it.

";

const ON_DISK: &str = "## The box's own disk

Here files of the box that held version 10 are bent, with checksums that hold, and version 9 is handed to it, as signed by its publisher. What the journal knows counts
more than what lies in the cache: version 9 is refused, before and after a restart, and a sound newer release is taken.

| attack | what is bent | code |
|---|---|---|
";

const TAIL: &str = "
## What is taken, and why it harms nothing

| what | what happens |
|---|---|
| files beside those the format names | never opened, never copied, never imported |
| a release under another number than its own | its own, signed number counts; the name of a folder is a hint like the index |
| an index that lies | one vain request; everything it names is signed and numbered itself |
| a replay of what is held | nothing happens |
| a stick that brings nothing new, for ever (freeze) | no refusal is due: data, trust list and revocation lists age in the grades of the policy, and the answer says so |
| trust lists numbered up to the last number by stolen root keys (fast-forward) | taken, for they are signed; after the handover to new root keys their list counts from 1 again, whatever the number before |
| medical blocks that do not open | not seen at import, for the box has no key to them; told as damaged when they are asked for in a disaster |
";

fn write_page(attacks: &[&Attack], codes: &BTreeMap<&str, Vec<&str>>) -> String {
    let mut page = HEAD.to_owned();
    for (what, title) in [
        ("root", "Root documents"),
        ("trust_list", "Trust lists"),
        ("revocations", "Revocation lists"),
        ("order", "Disaster orders"),
        ("index", "The index"),
        ("release", "Releases"),
        ("delta", "Deltas"),
    ] {
        let _ = write!(
            page,
            "## {title}\n\n| attack | what is bent | code | told in |\n|---|---|---|---|\n"
        );
        for Attack { name, bent, code, journal, .. } in
            attacks.iter().filter(|attack| attack.what == what)
        {
            let _ = writeln!(page, "| {name} | {bent} | `{code}` | {} |", journal.word());
        }
        page.push('\n');
    }
    page.push_str(ON_DISK);
    for attack in crate::disk::ATTACKS {
        let _ = writeln!(page, "| {} | {} | `release_older` |", attack.name, attack.bent);
    }
    page.push('\n');
    page.push_str("## Codes that several attacks share\n\n| code | attacks | why one is enough |\n|---|---|---|\n");
    for (code, why) in SHARED {
        let count = codes.get(code).map_or(0, Vec::len);
        let _ = writeln!(page, "| `{code}` | {count} | {why} |");
    }
    page + TAIL
}
