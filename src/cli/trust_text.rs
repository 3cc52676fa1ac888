//! A trust list as a publisher writes it: TOML that a person can read and compare. What it means is checked where lists are.

use crate::{
    domain::{
        area::Area,
        evidence::DocumentKind,
        policy::{Ages, Policy},
        rulebook::Rulebook,
        time::Stamp,
    },
    seal::{SealingPublicKey, VerifyingKey},
    sync::names,
    trust::{KeyStatus, Role, TrustDraft, TrustedKey},
};
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListText {
    root_version: u64,
    sequence: u64,
    next_due: Date,
    #[serde(default)]
    policy: PolicyText,
    #[serde(default)]
    key: Vec<KeyText>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    snapshot: Option<[u16; 3]>,
    revocation: Option<[u16; 3]>,
    trust_list: Option<[u16; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    role: RoleText,
    name: String,
    public: String,
    #[serde(default)]
    insurers: Vec<String>,
    #[serde(default)]
    documents: Vec<PaperText>,
    #[serde(default)]
    areas: Vec<String>,
    from: Date,
    until: Date,
    #[serde(default)]
    status: StatusText,
    compromised_since: Option<Date>,
    sealing: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoleText {
    Publisher,
    Issuer,
    Authority,
    Hub,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaperText {
    Certificate,
    Notice,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusText {
    #[default]
    Active,
    Retired,
    Compromised,
}

/// Reads a list's text; it is made now, and carries these rules where they came from a file. The error names the line, or
/// the key's name and the entry.
pub fn read(bytes: &[u8], made_at: Stamp, rules: Arc<Rulebook>) -> Result<TrustDraft, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    let list: ListText = toml::from_str(text).map_err(|e| e.to_string())?;
    let usual = Policy::of(rules);
    let ages = |said: Option<[u16; 3]>, usual| match said {
        Some([warn_days, confirm_days, refuse_days]) => {
            Ages { warn_days, confirm_days, refuse_days }
        }
        None => usual,
    };
    let policy = Policy {
        snapshot: ages(list.policy.snapshot, usual.snapshot),
        revocation: ages(list.policy.revocation, usual.revocation),
        trust_list: ages(list.policy.trust_list, usual.trust_list),
        rules: usual.rules,
    };
    let keys = list.key.into_iter().map(|key| {
        let name = key.name.clone();
        key.settle().map_err(|entry| format!("{name}: {entry}"))
    });
    Ok(TrustDraft {
        root_version: list.root_version,
        sequence: list.sequence,
        made_at,
        next_due: Stamp::start_of(list.next_due),
        policy,
        keys: keys.collect::<Result<_, _>>()?,
    })
}

impl KeyText {
    fn settle(self) -> Result<TrustedKey, &'static str> {
        let public = names::from_hex(&self.public).ok_or("public: not 64 hexadecimal digits")?;
        let insurers = self.insurers.iter().map(|text| range(text)).collect::<Option<_>>();
        let areas = self.areas.iter().map(|text| Area::parse(text)).collect::<Option<_>>();
        let sealing = self.sealing.as_deref().map(|text| names::from_hex(text).ok_or("sealing"));
        Ok(TrustedKey {
            role: match self.role {
                RoleText::Publisher => Role::Publisher,
                RoleText::Issuer => Role::Issuer,
                RoleText::Authority => Role::Authority,
                RoleText::Hub => Role::Hub,
            },
            key: VerifyingKey::from_bytes(&public).map_err(|_| "public: a weak key")?,
            insurers: insurers.ok_or("insurers: not FIRST-LAST of eight digits each")?,
            documents: self.documents.iter().map(|paper| (*paper).into()).collect(),
            areas: areas.ok_or("areas: no such prefecture or municipality")?,
            not_before: self.from,
            not_after: self.until,
            status: match (self.status, self.compromised_since) {
                (StatusText::Active, None) => KeyStatus::Active,
                (StatusText::Retired, None) => KeyStatus::Retired,
                (StatusText::Compromised, Some(day)) => {
                    KeyStatus::CompromisedSince(Stamp::start_of(day))
                }
                _ => return Err("compromised_since: goes with status \"compromised\""),
            },
            sealing: sealing.transpose()?.map(SealingPublicKey),
            name: self.name,
        })
    }
}

/// `01000000-01999999`, or one number alone.
fn range(text: &str) -> Option<(u32, u32)> {
    let number = |digits: &str| {
        let plain = digits.len() == 8 && digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((number(first)?, number(last)?))
}

impl From<PaperText> for DocumentKind {
    fn from(paper: PaperText) -> Self {
        match paper {
            PaperText::Certificate => Self::Certificate,
            PaperText::Notice => Self::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn text(entries: &str) -> String {
        format!(
            "root_version = 2\nsequence = 7\nnext_due = \"2026-11-29\"\n[[key]]\nname = \"架空\"\n\
             public = \"{PUBLIC}\"\nfrom = \"2026-04-01\"\nuntil = \"2031-03-31\"\n{entries}"
        )
    }

    fn own_rules() -> Arc<Rulebook> {
        Arc::clone(Rulebook::built_in())
    }

    fn refused(entries: &str) -> String {
        read(text(entries).as_bytes(), Stamp(0), own_rules()).unwrap_err()
    }

    #[test]
    fn what_is_written_is_what_is_drafted() {
        let written = text(
            "role = \"issuer\"\ninsurers = [\"01000000-01999999\", \"39171234\"]\n\
             documents = [\"notice\"]\nareas = [\"17\", \"172049\"]\n\
             status = \"compromised\"\ncompromised_since = \"2026-11-20\"\n",
        );
        let draft = read(written.as_bytes(), Stamp(9), own_rules()).unwrap();
        assert_eq!((draft.root_version, draft.sequence, draft.made_at), (2, 7, Stamp(9)));
        assert_eq!(draft.policy, Policy::default());
        let [key] = &draft.keys[..] else { panic!("{draft:?}") };
        assert_eq!(key.insurers, [(1_000_000, 1_999_999), (39_171_234, 39_171_234)]);
        assert_eq!(key.areas, [Area::Prefecture(17), Area::Municipality(172_049)]);
        assert_eq!(key.documents, [DocumentKind::Notice]);
        let since = Stamp::start_of(jiff::civil::date(2026, 11, 20));
        assert_eq!(key.status, KeyStatus::CompromisedSince(since));
    }

    #[test]
    fn what_cannot_be_meant_names_key_and_entry() {
        for (entries, named) in [
            ("role = \"king\"\n", "king"),
            ("role = \"hub\"\ncolour = 1\n", "colour"),
            ("role = \"hub\"\nsealing = \"00\"\n", "架空: sealing"),
            ("role = \"hub\"\nareas = [\"48\"]\n", "架空: areas"),
            ("role = \"hub\"\ninsurers = [\"1-2\"]\n", "架空: insurers"),
            ("role = \"hub\"\nstatus = \"compromised\"\n", "架空: compromised_since"),
            ("role = \"hub\"\ncompromised_since = \"2026-11-20\"\n", "架空: compromised_since"),
        ] {
            let told = refused(entries);
            assert!(told.contains(named), "{told}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, Stamp(0), own_rules());
        }
    }
}
