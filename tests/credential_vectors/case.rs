//! One case as it lies in its JSON file, and what Sonae says of it.

use jiff::civil::Date;
use serde_json::{Value, json};
use sonae::{
    app::{AppError, PaperReport, read_paper},
    credential::Revocations,
    domain::{
        area::Area,
        evidence::DocumentKind,
        policy::{Ages, Policy},
        time::{ClockFloors, Reading, Stamp, judge_clock},
    },
    messages::Trouble,
    seal::{SigningKeypair, VerifyingKey},
    trust::{
        Held, KeyStatus, Role, RootDraft, RootHolder, Roots, TrustDraft, TrustList, TrustedKey,
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/credential-v1")
}

pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// Every case, by name.
pub fn all() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|path| Case::read_from(path)).collect()
}

pub struct Case {
    pub name: String,
    whole: Value,
}

impl Case {
    fn read_from(path: &Path) -> Self {
        let whole: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(whole["case"], json!(name));
        Self { name, whole }
    }

    pub fn stages(&self) -> &Value {
        &self.whole["stages"]
    }

    pub fn stage(&self) -> &str {
        self.whole["stage"].as_str().unwrap()
    }

    pub fn text(&self) -> &str {
        self.whole["text"].as_str().unwrap()
    }

    pub fn expected(&self) -> &Value {
        &self.whole["expected"]
    }

    pub fn claims(&self) -> Option<&Value> {
        self.stages().get("claims")
    }

    pub fn hex(&self, stage: &str) -> Option<Vec<u8>> {
        Some(unhex(self.stages().get(stage)?.as_str().unwrap()))
    }

    /// What must not show in a refusal: the names, numbers and serial of everybody in these cases, and the digits.
    pub fn private(&self) -> Vec<String> {
        let mut pieces: Vec<String> =
            ["能登", "ノト", "17010203", "0123456", "103254", "1958-03-14", "1958"]
                .map(Into::into)
                .into();
        pieces.extend(self.text().get(8..48).map(Into::into));
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    pub fn now(&self) -> Reading {
        let clock = &self.whole["context"]["clock"];
        let at = |name: &str| Stamp(clock[name].as_i64().unwrap());
        judge_clock(at("machine"), ClockFloors { signed: at("signed"), recorded: at("recorded") })
    }

    /// Sonae's answer, through the door of the counter.
    pub fn read(&self) -> Result<PaperReport, AppError> {
        let trust = self.trust_list().expect("a list that can be held");
        let mut revocations = Revocations::new();
        for list in self.whole["context"]["revocation_lists"].as_array().unwrap() {
            revocations.accept(&unhex(list.as_str().unwrap()), &trust).unwrap();
        }
        read_paper(self.text(), &trust, &revocations, self.now())
    }

    /// The axes as Sonae tells them, reasons as codes; or only why the trust list was refused.
    pub fn told(&self) -> Value {
        if let Err(code) = self.trust_list() {
            return json!({ "trust_list": code });
        }
        let finding = match self.read() {
            Ok(report) => json!(report.finding),
            Err(error) => json!(error.finding().expect("a paper's refusal tells how far it came")),
        };
        let mut told = finding.clone();
        let codes = |list: &Value| -> Vec<Value> {
            list.as_array().unwrap().iter().map(|reason| reason["code"].clone()).collect()
        };
        told["reasons"] = codes(&finding["reasons"]).into();
        told["next_steps"] = codes(&finding["next_steps"]).into();
        told
    }

    fn trust_list(&self) -> Result<TrustList, &'static str> {
        let said = &self.whole["context"]["trust_list"];
        let keys = said["keys"].as_array().unwrap().iter().map(key).collect::<Result<_, _>>()?;
        let draft = TrustDraft {
            root_version: 1,
            sequence: 1,
            made_at: Stamp(said["made_at"].as_i64().unwrap()),
            next_due: Stamp(said["next_due"].as_i64().unwrap()),
            policy: policy(&said["policy"]),
            keys,
        };
        let root = SigningKeypair::from_bytes(&[0x11; 32]);
        let holders = vec![RootHolder { key: root.public(), name: "試験".into() }];
        let document = RootDraft { version: 1, made_at: Stamp(0), threshold: 1, holders };
        let document = RootDraft::add_signature(&document.unsigned(), &root).unwrap();
        let roots = Roots::born_with(&document).unwrap();
        TrustList::open(&draft.sign(&[&root]), &roots, &Held::default())
            .map_err(|refusal| refusal.message().code)
    }
}

fn policy(said: &Value) -> Policy {
    let ages = |name: &str| {
        let days = |at: usize| u16::try_from(said[name][at].as_u64().unwrap()).unwrap();
        Ages { warn_days: days(0), confirm_days: days(1), refuse_days: days(2) }
    };
    Policy { revocation: ages("revocation"), trust_list: ages("trust_list"), ..Policy::default() }
}

fn day(value: &Value) -> Date {
    value.as_str().unwrap().parse().unwrap()
}

fn key(said: &Value) -> Result<TrustedKey, &'static str> {
    let public: [u8; 32] = unhex(said["public_key"].as_str().unwrap()).try_into().unwrap();
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let ranges = said["insurers"].as_array().unwrap().iter();
    let documents = said["documents"].as_array().unwrap().iter();
    Ok(TrustedKey {
        role: match said["role"].as_str().unwrap() {
            "issuer" => Role::Issuer,
            "authority" => Role::Authority,
            other => panic!("role {other}"),
        },
        key: VerifyingKey::from_bytes(&public).map_err(|refusal| refusal.message().code)?,
        name: said["name"].as_str().unwrap().into(),
        insurers: ranges.map(|range| (number(&range[0]), number(&range[1]))).collect(),
        documents: documents
            .map(|kind| match kind.as_str().unwrap() {
                "certificate" => DocumentKind::Certificate,
                "notice" => DocumentKind::Notice,
                other => panic!("paper {other}"),
            })
            .collect(),
        areas: vec![Area::Prefecture(17)],
        not_before: day(&said["not_before"]),
        not_after: day(&said["not_after"]),
        status: match said["status"].as_str().unwrap() {
            "active" => KeyStatus::Active,
            "retired" => KeyStatus::Retired,
            "compromised" => {
                KeyStatus::CompromisedSince(Stamp(said["compromised_since"].as_i64().unwrap()))
            }
            other => panic!("status {other}"),
        },
        sealing: None,
    })
}
