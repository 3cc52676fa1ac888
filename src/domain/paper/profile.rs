//! Layout profiles as data: which insurer's paper bears which items (field D-2). Read strictly, or not at all.

use super::{
    expiry::ExpiryHabit,
    item::{Borne, Item, Part},
};
use crate::{
    domain::insurer_number::InsurerNumber,
    messages::{self, Message, Trouble},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::LazyLock};

/// The profiles of the program itself.
const BUILT_IN: &str = include_str!("../../../assets/papers.toml");
/// The one that fits every insurer.
const GENERIC: &str = "generic";

/// Every profile there is, [`GENERIC`] among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutProfiles(Vec<LayoutProfile>);

/// One insurer's way of printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutProfile {
    /// Stable name for machines.
    pub id: String,
    /// Japanese name.
    pub ja: String,
    /// English name.
    pub en: String,
    /// 法別番号 of insurers that may print like this, 0 for 国保; empty: any.
    pub laws: Vec<u8>,
    certificate: Option<PartLayout>,
    notice: Option<PartLayout>,
    cut_out: Option<(Corner, PartLayout)>,
}

/// One paper, or one part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartLayout {
    /// Its size.
    pub size: PaperSize,
    /// The insurer's habit with the last valid day.
    pub expiry: ExpiryHabit,
    /// Rows of the reference that say so.
    pub source: String,
    /// Read on a page about this insurer; otherwise from the national model.
    pub confirmed: bool,
    /// What the lists cannot say, Japanese; may be empty.
    pub note: String,
    yes: Vec<Item>,
    no: Vec<Item>,
    on_request: Vec<Item>,
}

impl PartLayout {
    /// Whether the item is on the paper.
    #[must_use]
    pub fn bears(&self, item: Item) -> Borne {
        let lists =
            [(&self.yes, Borne::Yes), (&self.no, Borne::No), (&self.on_request, Borne::OnRequest)];
        let found = lists.into_iter().find(|(items, _)| items.contains(&item));
        found.map_or(Borne::Unknown, |(_, borne)| borne)
    }
}

/// The size of a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// ISO/IEC 7810 ID-1, 85.6 × 54 mm.
    Card,
    /// はがき, 100 × 148 mm.
    Postcard,
    /// 210 × 297 mm.
    A4,
}

/// Where the cut-out lies on an A4 notice. For printing; no paper is told by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// 左下.
    BottomLeft,
    /// 右下.
    BottomRight,
}

/// Why a file of profiles is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML of this shape: an unknown entry, item, size or corner, or one that is missing.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// An id that is not lower-case letters, digits and `_`.
    #[error("{0}: not an id")]
    Id(String),
    /// Two profiles with one id.
    #[error("{0}: there twice")]
    Twice(String),
    /// An item in two lists, or twice in one.
    #[error("{0}: {item} is listed twice", item = .1.code())]
    ItemTwice(String, Item),
    /// A habit that is none of [`ExpiryHabit::parse`].
    #[error("{0}: no such expiry: {1}")]
    Expiry(String, String),
    /// A last day that is `no` and wanted, or a habit of none and a last day on every paper.
    #[error("{0}: expiry and items contradict each other")]
    ExpiryContradicts(String),
    /// A law code above 99.
    #[error("{0}: no law code: {1}")]
    Law(String, u8),
    /// A cut-out without an A4 notice, an A4 notice without its cut-out, or an A4 certificate.
    #[error("{0}: an A4 notice has a cut-out of card size, and nothing else has")]
    CutOut(String),
    /// No row of the reference named.
    #[error("{0}: no source")]
    NoSource(String),
    /// No profile for insurers without one of their own.
    #[error("no profile {GENERIC} for every insurer")]
    NoGeneric,
}

impl Trouble for ProfileError {
    fn message(&self) -> &'static Message {
        &messages::PAPER_PROFILES_UNREADABLE
    }
}

impl LayoutProfiles {
    /// The profiles this program comes with.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn built_in() -> Result<&'static Self, ProfileError> {
        static READ: LazyLock<Result<LayoutProfiles, ProfileError>> =
            LazyLock::new(|| LayoutProfiles::parse(BUILT_IN));
        READ.as_ref().map_err(Clone::clone)
    }

    /// Reads profiles; the form is that of `assets/papers.toml`.
    ///
    /// # Errors
    /// The first thing that cannot be meant, by profile.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let file: File =
            toml::from_str(text).map_err(|e| ProfileError::Unreadable(e.message().to_owned()))?;
        let mut ids = BTreeSet::new();
        let mut profiles = vec![];
        for entry in file.profile {
            if !ids.insert(entry.id.clone()) {
                return Err(ProfileError::Twice(entry.id));
            }
            profiles.push(entry.settle()?);
        }
        let generic =
            profiles.iter().any(|profile| profile.id == GENERIC && profile.laws.is_empty());
        if generic { Ok(Self(profiles)) } else { Err(ProfileError::NoGeneric) }
    }

    /// Every profile.
    pub fn all(&self) -> impl Iterator<Item = &LayoutProfile> {
        self.0.iter()
    }

    /// The profile with this id.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<&LayoutProfile> {
        self.all().find(|profile| profile.id == id)
    }

    /// The profiles that an insurer's papers may follow, its scheme's first. The counter chooses among them.
    #[must_use]
    pub fn candidates(&self, insurer: InsurerNumber) -> Vec<&LayoutProfile> {
        let law = insurer.law_code().unwrap_or_default();
        let own = self.all().filter(|profile| profile.laws.contains(&law));
        own.chain(self.all().filter(|profile| profile.laws.is_empty())).collect()
    }
}

impl LayoutProfile {
    /// The layout of a part; `None` where this insurer has no such paper that we know of.
    #[must_use]
    pub fn layout(&self, part: Part) -> Option<&PartLayout> {
        match part {
            Part::Certificate => self.certificate.as_ref(),
            Part::Notice => self.notice.as_ref(),
            Part::CutOut => self.cut_out.as_ref().map(|(_, layout)| layout),
        }
    }

    /// Where the notice's cut-out lies.
    #[must_use]
    pub fn corner(&self) -> Option<Corner> {
        self.cut_out.as_ref().map(|(corner, _)| *corner)
    }
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    profile: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    ja: String,
    en: String,
    laws: Vec<u8>,
    certificate: Option<PartEntry>,
    notice: Option<PartEntry>,
    cut_out: Option<PartEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartEntry {
    size: PaperSize,
    corner: Option<Corner>,
    expiry: String,
    #[serde(default)]
    yes: Vec<Item>,
    #[serde(default)]
    no: Vec<Item>,
    #[serde(default)]
    on_request: Vec<Item>,
    source: String,
    confirmed: bool,
    #[serde(default)]
    note: String,
}

impl Entry {
    fn settle(self) -> Result<LayoutProfile, ProfileError> {
        let id = self.id;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if id.is_empty() || !id.chars().all(plain) {
            return Err(ProfileError::Id(id));
        }
        if let Some(law) = self.laws.iter().find(|law| **law > 99) {
            return Err(ProfileError::Law(id, *law));
        }
        let cut_out = || ProfileError::CutOut(id.clone());
        let whole = |entry: Option<PartEntry>| match entry {
            Some(entry) if entry.corner.is_some() => Err(cut_out()),
            other => other.map(|entry| entry.settle(&id)).transpose(),
        };
        let (certificate, notice) = (whole(self.certificate)?, whole(self.notice)?);
        let corner = self.cut_out.as_ref().and_then(|entry| entry.corner);
        let part = self.cut_out.map(|entry| entry.settle(&id)).transpose()?;
        let is = |part: &Option<PartLayout>, size| part.as_ref().is_some_and(|p| p.size == size);
        let fits = is(&notice, PaperSize::A4) == part.is_some()
            && (part.is_none() || (is(&part, PaperSize::Card) && corner.is_some()))
            && !is(&certificate, PaperSize::A4);
        if !fits {
            return Err(cut_out());
        }
        Ok(LayoutProfile {
            ja: self.ja,
            en: self.en,
            laws: self.laws,
            certificate,
            notice,
            cut_out: corner.zip(part),
            id,
        })
    }
}

impl PartEntry {
    fn settle(self, id: &str) -> Result<PartLayout, ProfileError> {
        let id = || id.to_owned();
        let mut seen = BTreeSet::new();
        let all = [&self.yes, &self.no, &self.on_request].into_iter().flatten();
        if let Some(item) = all.copied().find(|item| !seen.insert(*item)) {
            return Err(ProfileError::ItemTwice(id(), item));
        }
        if self.source.trim().is_empty() {
            return Err(ProfileError::NoSource(id()));
        }
        let expiry = ExpiryHabit::parse(&self.expiry);
        let expiry = expiry.ok_or_else(|| ProfileError::Expiry(id(), self.expiry.clone()))?;
        let (never, always) = (self.no.contains(&Item::ValidTo), self.yes.contains(&Item::ValidTo));
        let none = matches!(expiry, ExpiryHabit::None | ExpiryHabit::Unknown);
        if (never && !none) || (always && expiry == ExpiryHabit::None) {
            return Err(ProfileError::ExpiryContradicts(id()));
        }
        Ok(PartLayout {
            size: self.size,
            expiry,
            source: self.source,
            confirmed: self.confirmed,
            note: self.note,
            yes: self.yes,
            no: self.no,
            on_request: self.on_request,
        })
    }
}
