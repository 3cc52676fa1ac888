//! Everything a region needs, made at once in one directory: keys, trust list, hub, release, one enrolled box.

use crate::{
    app::{AppError, Appliance, BoxIdentity, KeyRole, Machine, write_opening, write_signing_key},
    credential::RevocationDraft,
    demo::people::{Cast, Region},
    domain::{area::Area, evidence::DocumentKind, keys::BoxId, policy::Policy, time::Stamp},
    hub::{BoxCard, Hub, HubKeys},
    limits::CONFIG_BYTES_MAX,
    seal::{SigningKeypair, VerifyingKey},
    snapshot::{
        self, DeltaBuilder, DeltaSpec, DirSource, EnrolledBox, Manifest, OpeningSecret, Progress,
        ReleaseBuilder, ReleaseSecrets, ReleaseSpec, ReleaseSummary, Scope, State, read_manifest,
    },
    sync::names,
    trust::{KeyStatus, Role, RootDraft, RootHolder, TrustDraft, TrustedKey},
};
use jiff::{ToSpan, civil::Date};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The version of the release the box starts with; older ones must be possible.
pub const RELEASE_VERSION: u64 = 10;
/// Ishikawa (石川県), the prefecture of the Noto earthquake of 2024.
const PREFECTURE: u8 = 17;
const PUBLISHER: &str = "架空広域連合 情報センター";
const SMALL_RELEASE_PEOPLE: usize = 40;
/// 協会けんぽ: 法別 01.
const KYOKAI_RANGE: (u32, u32) = (1_000_000, 1_999_999);
const ALL_OTHERS: [(u32, u32); 2] = [(0, 999_999), (2_000_000, 99_999_999)];
/// The serial on the certificate that is revoked from the start.
pub const REVOKED_SERIAL: [u8; 6] = *b"revokd";

/// The secrets of the invented institutions.
pub struct Keyring {
    /// Two of these three sign the trust list.
    pub roots: [SigningKeypair; 3],
    /// Signs releases.
    pub publisher: SigningKeypair,
    /// 協会けんぽ.
    pub kyokai: SigningKeypair,
    /// Everybody else who issues.
    pub others: SigningKeypair,
    /// Signs disaster orders.
    pub authority: SigningKeypair,
    /// Opens the drug records, together with each box's share.
    pub opening: OpeningSecret,
}

/// One invented world in one directory.
pub struct World {
    /// The machine it lives on.
    pub machine: Machine,
    /// Its directory.
    pub dir: PathBuf,
    /// Opens the box and every key file.
    pub passphrase: String,
    /// The institutions' keys.
    pub keys: Keyring,
    /// The people.
    pub region: Region,
    /// The hub, not yet serving.
    pub hub: Arc<Hub>,
    /// The box as enrolled.
    pub card: BoxCard,
    /// The release on the hub.
    pub summary: ReleaseSummary,
    /// Its keys, for deltas on top of it.
    pub secrets: ReleaseSecrets,
    /// Now, as the world was made.
    pub now: Stamp,
}

impl World {
    /// Makes a world. `people` many, the same for the same seed.
    pub fn make(
        machine: Machine,
        dir: &Path,
        passphrase: &str,
        (seed, people): (u64, u32),
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, AppError> {
        let now = Stamp(machine.clock.unix_seconds());
        let region = Region::invent(seed, people, now.day());
        let keys = Keyring::roll(&machine);
        machine.disk.make_dir(dir)?;
        keys.store(&machine, &dir.join("keys"), passphrase)?;
        let card = create_box(&machine, &dir.join("box"), passphrase, keys.root_document(now))?;
        let hub = create_hub(&machine, &dir.join("hub"), passphrase)?;
        hub.enrol(card.clone())?;
        let (summary, secrets) =
            build_release(&machine, &keys, &card, &region, now, &dir.join("release"), on_progress)?;
        publish(&hub, &keys, now, &dir.join("release"))?;
        let hub = Arc::new(hub);
        Ok(Self {
            machine,
            dir: dir.into(),
            passphrase: passphrase.into(),
            keys,
            region,
            hub,
            card,
            summary,
            secrets,
            now,
        })
    }

    /// Where the box's data lie.
    #[must_use]
    pub fn box_dir(&self) -> PathBuf {
        self.dir.join("box")
    }

    /// Opens the box.
    pub fn open_box(&self) -> Result<Appliance, AppError> {
        Appliance::open(&self.machine, &self.box_dir(), &self.passphrase)
    }

    /// Builds another release, of a few people, for what must be refused or taken.
    pub fn small_release(&self, name: &str, version: u64) -> Result<PathBuf, AppError> {
        self.release_of(name, version, SMALL_RELEASE_PEOPLE)
    }

    /// Builds another release, of the region's first `people`.
    pub fn release_of(&self, name: &str, version: u64, people: usize) -> Result<PathBuf, AppError> {
        let dir = self.dir.join(name);
        let spec = release_spec(&self.machine, &self.keys, version, self.now);
        let boxes = [enrolled(&self.card)];
        let spec = ReleaseSpec { boxes: &boxes, ..spec };
        let people = self.region.people().take(people); // the cast comes first
        snapshot::build(self.machine.disk.as_ref(), &dir, &spec, people, &mut |_| {})?;
        Ok(dir)
    }

    /// Builds a delta on top of the world's release: `follows` is that or the newest delta, and the region's first so many
    /// `people` before and after make the difference.
    pub fn delta_of(
        &self,
        name: &str,
        version: u64,
        follows: &Path,
        people: [usize; 2],
    ) -> Result<PathBuf, AppError> {
        let (disk, dir) = (self.machine.disk.as_ref(), self.dir.join(name));
        let source = DirSource::new(disk, &self.dir.join("release"));
        let spec = DeltaSpec {
            root: &self.manifest(&self.dir.join("release"))?,
            follows: &self.manifest(follows)?,
            version,
            made_at: self.now,
            as_of: self.now,
            next_due: self.now.plus_days(1),
            publisher: &self.keys.publisher,
            dice: self.machine.dice.as_ref(),
        };
        let mut builder = DeltaBuilder::new(disk, &dir, &spec, &self.secrets, &source)?;
        for (state, people) in [State::Before, State::After].into_iter().zip(people) {
            for (person, history) in self.region.people().take(people) {
                builder.person(state, &person)?;
                for row in &history {
                    builder.dispensing(state, &person.identity, person.birth, row)?;
                }
            }
        }
        builder.finish(&mut |_| {})?;
        Ok(dir)
    }

    fn manifest(&self, dir: &Path) -> Result<Manifest, AppError> {
        let signed = read_manifest(&DirSource::new(self.machine.disk.as_ref(), dir))?;
        Ok(Manifest::open(&signed, |_| vec![self.keys.publisher.public()])?)
    }
}

impl Keyring {
    /// The root document that boxes are born with.
    #[must_use]
    pub fn root_document(&self, made_at: Stamp) -> Vec<u8> {
        let names = ["架空県 国保課", "架空保険者連合会", "架空大学 災害医療センター"];
        let holders = self.roots.iter().zip(names);
        let holders =
            holders.map(|(key, name)| RootHolder { key: key.public(), name: name.into() });
        let draft = RootDraft { version: 1, made_at, threshold: 2, holders: holders.collect() };
        let [first, second, _] = &self.roots;
        [first, second].into_iter().fold(draft.unsigned(), |document, key| {
            RootDraft::add_signature(&document, key).unwrap_or(document)
        })
    }

    /// A trust list as two of the three root holders sign it.
    #[must_use]
    pub fn sign_list(&self, draft: &TrustDraft) -> Vec<u8> {
        let [first, _, third] = &self.roots;
        draft.sign(&[first, third])
    }

    fn roll(machine: &Machine) -> Self {
        let key = || SigningKeypair::random(machine.dice.as_ref());
        Self {
            roots: [key(), key(), key()],
            publisher: key(),
            kyokai: key(),
            others: key(),
            authority: key(),
            opening: OpeningSecret::random(machine.dice.as_ref()),
        }
    }

    fn store(&self, machine: &Machine, dir: &Path, passphrase: &str) -> Result<(), AppError> {
        let (disk, dice) = (machine.disk.as_ref(), machine.dice.as_ref());
        disk.make_dir(dir)?;
        let [first, second, third] = &self.roots;
        for (name, role, key) in [
            ("root-1", KeyRole::Root, first),
            ("root-2", KeyRole::Root, second),
            ("root-3", KeyRole::Root, third),
            ("publisher", KeyRole::Publisher, &self.publisher),
            ("issuer-kyokai", KeyRole::Issuer, &self.kyokai),
            ("issuer-others", KeyRole::Issuer, &self.others),
            ("authority", KeyRole::Authority, &self.authority),
        ] {
            let path = dir.join(format!("{name}.key"));
            write_signing_key(disk, dice, &path, key, role, passphrase)?;
        }
        for (key, number) in self.roots.iter().zip(1..) {
            let public = format!("{}\n", names::hex(key.public().as_bytes()));
            disk.replace(&dir.join(format!("root-{number}.key.pub")), public.as_bytes())?;
        }
        write_opening(disk, dice, &dir.join("opening.key"), &self.opening, passphrase)
    }
}

fn create_box(
    machine: &Machine,
    dir: &Path,
    passphrase: &str,
    root: Vec<u8>,
) -> Result<BoxCard, AppError> {
    let identity = BoxIdentity {
        id: [0; 16], // drawn when the box is made
        facility_code: "1711012342".into(),
        facility_name: "わじま架空診療所".into(),
        municipality: Cast::MUNICIPALITY,
        root: Some(root.into()),
    };
    Appliance::create(machine, dir, passphrase, identity)?;
    let bytes = machine.disk.read(&dir.join("box-card.cbor"), CONFIG_BYTES_MAX)?;
    Ok(BoxCard::parse(&bytes)?)
}

fn create_hub(machine: &Machine, dir: &Path, passphrase: &str) -> Result<Hub, AppError> {
    let disk = machine.disk.as_ref();
    disk.make_dir(dir)?;
    let keys = HubKeys::create(disk, &dir.join("hub.keys"), passphrase, machine.dice.as_ref())?;
    Ok(Hub::open(machine.disk.clone(), machine.clock.clone(), dir, keys)?)
}

fn enrolled(card: &BoxCard) -> EnrolledBox {
    EnrolledBox { id: BoxId(card.id), sealing: card.sealing }
}

fn release_spec<'a>(
    machine: &'a Machine,
    keys: &'a Keyring,
    version: u64,
    now: Stamp,
) -> ReleaseSpec<'a> {
    ReleaseSpec {
        region: Area::Prefecture(PREFECTURE),
        region_name: "石川県",
        scope: Scope::Prefecture,
        publisher_name: PUBLISHER,
        version,
        made_at: now,
        as_of: now.plus_days(-1),
        next_due: now.plus_days(1),
        boxes: &[],
        opening: &keys.opening,
        publisher: &keys.publisher,
        dice: machine.dice.as_ref(),
    }
}

fn build_release(
    machine: &Machine,
    keys: &Keyring,
    card: &BoxCard,
    region: &Region,
    now: Stamp,
    dir: &Path,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(ReleaseSummary, ReleaseSecrets), AppError> {
    let boxes = [enrolled(card)];
    let spec = ReleaseSpec { boxes: &boxes, ..release_spec(machine, keys, RELEASE_VERSION, now) };
    let mut builder = ReleaseBuilder::new(machine.disk.as_ref(), dir, &spec)?;
    builder.take(region.people(), on_progress)?;
    let secrets = builder.secrets();
    Ok((builder.finish(on_progress)?, secrets))
}

fn publish(hub: &Hub, keys: &Keyring, now: Stamp, release: &Path) -> Result<(), AppError> {
    hub.publish(&names::root(1), &keys.root_document(now))?;
    hub.publish(names::TRUST_LIST, &trust_list(hub, keys, now)?)?;
    for (issuer, serials) in [(&keys.kyokai, vec![REVOKED_SERIAL]), (&keys.others, vec![])] {
        let list = RevocationDraft { sequence: 1, made_at: now, serials }.sign(issuer);
        hub.publish(&names::revocations(issuer.public().kid()), &list)?;
    }
    hub.publish_release(release)?;
    Ok(())
}

fn trust_list(hub: &Hub, keys: &Keyring, now: Stamp) -> Result<Vec<u8>, AppError> {
    let hub_keys = hub.public_keys()?;
    let today = now.day();
    let key = |role, key: &SigningKeypair, name: &str| blank_key(role, key.public(), name, today);
    let papers = vec![DocumentKind::Certificate, DocumentKind::Notice];
    let ishikawa = vec![Area::Prefecture(PREFECTURE)];
    let kyokai = key(Role::Issuer, &keys.kyokai, "架空健康保険協会 石川支部");
    let others = key(Role::Issuer, &keys.others, "架空保険者連合会");
    let publisher = key(Role::Publisher, &keys.publisher, PUBLISHER);
    // Many prefectures: an order for elsewhere is a true order, and is refused for its area alone.
    let everywhere = (1..=47).filter_map(Area::prefecture).collect();
    let authority = key(Role::Authority, &keys.authority, "架空省 災害対策室");
    let draft = TrustDraft {
        root_version: 1,
        sequence: 1,
        made_at: now,
        next_due: now.plus_days(7),
        policy: Policy::default(),
        keys: vec![
            TrustedKey { areas: ishikawa, ..publisher },
            TrustedKey { insurers: vec![KYOKAI_RANGE], documents: papers.clone(), ..kyokai },
            TrustedKey { insurers: ALL_OTHERS.to_vec(), documents: papers, ..others },
            TrustedKey { areas: everywhere, ..authority },
            TrustedKey {
                sealing: Some(hub_keys.sealing),
                ..blank_key(Role::Hub, hub_keys.verifying, "架空ハブ", today)
            },
        ],
    };
    Ok(keys.sign_list(&draft))
}

fn blank_key(role: Role, key: VerifyingKey, name: &str, today: Date) -> TrustedKey {
    TrustedKey {
        role,
        key,
        name: name.into(),
        insurers: vec![],
        documents: vec![],
        areas: vec![],
        not_before: today.saturating_sub(2.years()),
        not_after: today.saturating_add(5.years()),
        status: KeyStatus::Active,
        sealing: None,
    }
}
