//! A whole box without a release: trust list, revocation list, disaster orders and their opening secrets, answers and
//! the outbox, in any order.

use super::{
    play::Play,
    ready_box::{NOON, PASSPHRASE, cheapen, machine},
};
use sonae::{
    app::{AppError, Appliance, DisasterState},
    credential::RevocationDraft,
    demo::world::World,
    domain::{area::Area, evidence::DocumentKind, policy::Policy, time::Stamp},
    journal::Event,
    seal::SigningKeypair,
    sync::DirLink,
    sys::{
        Disk,
        sim::{SeedDice, SimDisk},
    },
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};
use tempfile::TempDir;

const NOW: Stamp = Stamp(NOON);
const FILE_BYTES_MAX: u64 = 1 << 20;

/// An invented world on a disk of its own, and an order from it: made once, then only copied.
pub struct Template {
    disk: Arc<SimDisk>,
    pub world: World,
    order: String,
    /// The lock is a real file whatever the disk is.
    _dir: TempDir,
}

pub static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(SimDisk::new());
    let root = dir.path().join("world");
    let world =
        World::make(machine(disk.clone(), 1), &root, PASSPHRASE, (7, 20), &mut |_| {}).unwrap();
    cheapen(disk.as_ref(), &world.box_dir());
    let order = world.order(1, Area::Prefecture(17), "石川県").unwrap().digits;
    Template { disk, world, order, _dir: dir }
});

struct House {
    disk: Arc<SimDisk>,
    root: TempDir,
    seed: u64,
    starts: u64,
    /// Sequence acknowledged and sequence tried.
    trust: (u64, u64),
    revoked: (u64, u64),
    /// States the window may be in: the last one acknowledged first, then those begun since.
    windows: Vec<DisasterState>,
    /// A closing that was cut off took the opening secret first; the paper brings it again.
    is_secret_gone: bool,
    entries: Vec<u64>,
    count: u64,
}

pub fn set(seed: u64) -> Box<dyn Play> {
    Box::new(house(seed))
}

fn house(seed: u64) -> House {
    let template = &*TEMPLATE;
    let root = tempfile::tempdir().unwrap();
    let disk = Arc::new(template.disk.copied(seed));
    disk.make_dir(root.path()).unwrap();
    disk.rename(&template.world.box_dir(), &root.path().join("box")).unwrap();
    // The lock asks the machine itself for a folder to lie in.
    std::fs::create_dir_all(root.path().join("box")).unwrap();
    House {
        disk,
        root,
        seed,
        starts: 0,
        trust: (0, 0),
        revoked: (0, 0),
        windows: vec![DisasterState::Closed],
        is_secret_gone: false,
        entries: vec![],
        count: 0,
    }
}

fn trust_list(sequence: u64) -> Vec<u8> {
    let keys = &TEMPLATE.world.keys;
    let key = |role, key: &SigningKeypair| TrustedKey {
        role,
        key: key.public(),
        name: "架空".into(),
        insurers: vec![(0, 99_999_999)],
        documents: vec![DocumentKind::Certificate],
        areas: vec![Area::Prefecture(17)],
        not_before: jiff::civil::date(2024, 1, 1),
        not_after: jiff::civil::date(2031, 1, 1),
        status: KeyStatus::Active,
        sealing: None,
    };
    let keys_listed = vec![key(Role::Issuer, &keys.kyokai), key(Role::Authority, &keys.authority)];
    keys.sign_list(&TrustDraft {
        root_version: 1,
        sequence,
        made_at: NOW,
        next_due: NOW.plus_days(7),
        policy: Policy::default(),
        keys: keys_listed,
    })
}

fn revocations(sequence: u64) -> Vec<u8> {
    let serials = (0..sequence as u8 % 40).map(|n| [n; 6]).collect();
    RevocationDraft { sequence, made_at: NOW, serials }.sign(&TEMPLATE.world.keys.kyokai)
}

impl House {
    fn dir(&self) -> PathBuf {
        self.root.path().join("box")
    }

    fn open(&mut self) -> Result<Appliance, AppError> {
        self.starts += 1;
        let machine = machine(self.disk.clone(), self.seed * 1_000 + self.starts);
        Appliance::open(&machine, &self.dir(), PASSPHRASE)
    }

    fn act(&mut self, appliance: &Appliance, dice: &SeedDice) -> Result<(), AppError> {
        match dice.below(6) {
            0 | 1 => {
                self.trust.1 += 1;
                appliance.take_trust_list(&trust_list(self.trust.1))?;
                self.trust.0 = self.trust.1;
            }
            2 if self.trust.0 > 0 => {
                self.revoked.1 += 1;
                appliance.take_revocations(&revocations(self.revoked.1))?;
                self.revoked.0 = self.revoked.1;
            }
            3 | 4 if self.trust.0 > 0 => {
                let open = appliance.disaster_status().state == DisasterState::Open;
                let state = if open { DisasterState::Closed } else { DisasterState::Open };
                self.windows.push(state);
                if open {
                    appliance.close_disaster("能登　太郎")?;
                } else {
                    appliance.take_order(&TEMPLATE.order)?;
                }
                self.windows = vec![state];
            }
            _ => {
                let asked = TEMPLATE.world.region.people().next().unwrap().0;
                let checked = appliance.verify(&super::ready_box::question(&asked))?;
                self.entries.push(checked.journal_entry);
            }
        }
        self.count += 1;
        Ok(())
    }

    /// Hands the outbox to a stick; without a hub's receipt nothing may leave it.
    fn settle(&self, appliance: &Appliance) {
        let stick = Path::new("/stick");
        if self.disk.replace(&stick.join("label"), b"stick").is_ok()
            && let Ok(link) = DirLink::new(self.disk.clone(), stick)
        {
            let _ = appliance.settle(&link, &mut |_| {});
        }
    }

    fn compare(&mut self, appliance: &Appliance) -> Result<(), String> {
        let told = |e: &dyn std::fmt::Debug| format!("{e:?}");
        let journal = appliance.journal();
        let chain = journal.verify().map_err(|e| told(&e))?;
        let there = journal.read(1, u64::MAX).map_err(|e| told(&e))?;
        if chain.damage.is_some() {
            return Err(told(&chain));
        }
        let answered = there.iter().filter(|entry| matches!(entry.event, Event::Answered { .. }));
        let answered: Vec<_> = answered.map(|entry| entry.sequence).collect();
        if !self.entries.iter().all(|said| answered.contains(said)) {
            return Err(format!("answers {:?} acknowledged, {answered:?} there", self.entries));
        }
        let waiting = appliance.status().outbox_waiting;
        if waiting < self.entries.len() {
            return Err(format!("{waiting} wait, {} were promised", self.entries.len()));
        }
        let trust = appliance.status().trust.map_or(0, |held| held.sequence);
        let issuer = TEMPLATE.world.keys.kyokai.public().kid().to_string();
        let revoked = journal.ask(|past| past.revocation_sequence(&issuer)).unwrap_or(0);
        for (what, found, (said, tried)) in
            [("trust list", trust, self.trust), ("revocations", revoked, self.revoked)]
        {
            if found < said || found > tried {
                return Err(format!("{what} {said} acknowledged, {tried} tried, {found} held"));
            }
        }
        let own_start = there.iter().rposition(|e| matches!(e.event, Event::Started { .. }));
        let since = there.get(own_start.unwrap_or(0)..).unwrap_or_default();
        if let Some(refused) = since.iter().find(|e| matches!(e.event, Event::Refused { .. })) {
            return Err(format!("the start refused what it held: {refused:?}"));
        }
        self.compare_window(appliance)
    }

    fn compare_window(&mut self, appliance: &Appliance) -> Result<(), String> {
        let state = appliance.disaster_status().state;
        let secrets = self.disk.list(&self.dir().join("openings")).map_err(|e| format!("{e:?}"))?;
        let whole = secrets.iter().filter(|path| path.extension().is_none_or(|e| e != "draft"));
        let held = whole.count();
        if !self.windows.contains(&state) {
            return Err(format!("{:?} acknowledged, {state:?} found", self.windows));
        }
        let is_open = state == DisasterState::Open;
        self.is_secret_gone &= is_open;
        self.is_secret_gone |= is_open && self.windows.contains(&DisasterState::Closed);
        if is_open && held != 1 && !self.is_secret_gone {
            return Err(format!("{held} secrets for one open window"));
        }
        self.windows = vec![state];
        Ok(())
    }
}

impl Play for House {
    fn disk(&self) -> &Arc<SimDisk> {
        &self.disk
    }

    fn work(&mut self, dice: &SeedDice) {
        let Ok(appliance) = self.open() else { return };
        for _ in 0..9 {
            if self.act(&appliance, dice).is_err() {
                return;
            }
        }
        self.settle(&appliance);
    }

    fn look(&mut self) -> Result<(), String> {
        let appliance = self.open().map_err(|e| format!("does not open: {e:?}"))?;
        self.compare(&appliance)
    }

    fn acknowledged(&self) -> u64 {
        self.count
    }
}

/// Turns one bit of one of the box's small files. Returns how many were turned and how many were told of.
pub fn turn_a_bit(seed: u64) -> (u32, u32) {
    let dice = SeedDice::new(seed);
    let mut house = house(seed);
    let appliance = house.open().unwrap();
    appliance.take_trust_list(&trust_list(1)).unwrap();
    appliance.take_revocations(&revocations(3)).unwrap();
    appliance.take_order(&TEMPLATE.order).unwrap();
    drop(appliance);
    let revocation_file = house.disk.list(&house.dir().join("revocations")).unwrap().remove(0);
    let names = ["version", "box.cbor", "trust/list.cose"].map(|name| house.dir().join(name));
    let files = [&names[..], &[revocation_file]].concat();
    let file = files[dice.below(files.len() as u64) as usize].clone();
    house.disk.tamper(&file, |bytes| {
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
    });
    assert!(house.disk.read(&file, FILE_BYTES_MAX).is_ok());
    let told = match house.open() {
        Err(_) => true,
        Ok(appliance) => {
            let events = appliance.journal().read(1, u64::MAX).unwrap();
            events.iter().any(|entry| matches!(entry.event, Event::Refused { .. }))
        }
    };
    if !told {
        super::say(&format!("not told: {}, seed {seed}", file.display()));
    }
    (1, u32::from(told))
}
