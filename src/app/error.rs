//! Everything an order to the appliance may end in, gathered from the rooms.

use super::key_file::KeyRole;
use crate::{
    cache::CacheError,
    credential::{CredentialError, RevocationError, finding::Finding},
    disaster::order::OrderError,
    domain::check::CheckError,
    hub::HubError,
    journal::JournalError,
    messages::{self, Message, Trouble},
    notebook::NotebookError,
    print::PrintError,
    scan::ScanError,
    seal::{SealError, ShareError},
    snapshot::SnapshotError,
    sync::{LinkError, SyncError},
    sys::DiskError,
    trust::{KeyProblem, RootError, TrustError},
};

/// Why the appliance could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A rule of the appliance itself; the catalogue says which.
    #[error("{}", .0.code)]
    Rule(&'static Message),
    /// The passphrase of one share of a key was not given.
    #[error("{variable} is not set")]
    SharePassphraseMissing {
        /// The environment variable that was looked for.
        variable: String,
    },
    /// The disk.
    #[error("disk")]
    Disk(#[from] DiskError),
    /// A key or signature.
    #[error("seal")]
    Seal(#[from] SealError),
    /// Shares of a secret.
    #[error("shares")]
    Share(#[from] ShareError),
    /// The journal.
    #[error("journal")]
    Journal(#[from] JournalError),
    /// The trust list.
    #[error("trust list")]
    Trust(#[from] TrustError),
    /// A root document.
    #[error("root document")]
    Root(#[from] RootError),
    /// A key that is not in its time.
    #[error("key")]
    Key(#[from] KeyProblem),
    /// A key file of another role than the one that signs here.
    #[error("needed: {}, given: {}", .wanted.label(), .given.label())]
    KeyOfOtherRole {
        /// Which role signs here.
        wanted: KeyRole,
        /// What the key was made for.
        given: KeyRole,
    },
    /// A medicine notebook.
    #[error("notebook")]
    Notebook(#[from] NotebookError),
    /// A credential.
    #[error("credential")]
    Credential(#[from] CredentialError),
    /// A paper's code that gave no claims, and how far it came.
    #[error("paper")]
    Unread {
        /// Each question with its own answer.
        finding: Box<Finding>,
        /// The refusal.
        #[source]
        why: Box<AppError>,
    },
    /// A revocation list.
    #[error("revocation list")]
    Revocation(#[from] RevocationError),
    /// A release.
    #[error("release")]
    Snapshot(#[from] SnapshotError),
    /// The cache.
    #[error("cache")]
    Cache(#[from] CacheError),
    /// A disaster order.
    #[error("order")]
    Order(#[from] OrderError),
    /// A typed number or date.
    #[error("check")]
    Check(#[from] CheckError),
    /// A picture or PDF handed in.
    #[error("scan")]
    Scan(#[from] ScanError),
    /// A page to print.
    #[error("print")]
    Print(#[from] PrintError),
    /// A link.
    #[error("link")]
    Link(#[from] LinkError),
    /// The hub.
    #[error("hub")]
    Hub(#[from] HubError),
    /// A batch or receipt.
    #[error("sync")]
    Sync(#[from] SyncError),
}

impl Trouble for AppError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Rule(message) => message,
            Self::SharePassphraseMissing { .. } => &messages::SHARE_PASSPHRASE_MISSING,
            Self::Disk(e) => e.message(),
            Self::Seal(e) => e.message(),
            Self::Share(e) => e.message(),
            Self::Journal(e) => e.message(),
            Self::Trust(e) => e.message(),
            Self::Root(e) => e.message(),
            Self::Key(e) => e.message(),
            Self::KeyOfOtherRole { .. } => &messages::KEY_FILE_OTHER_ROLE,
            Self::Notebook(e) => e.message(),
            Self::Credential(e) => e.message(),
            Self::Unread { why, .. } => why.message(),
            Self::Revocation(e) => e.message(),
            Self::Snapshot(e) => e.message(),
            Self::Cache(e) => e.message(),
            Self::Order(e) => e.message(),
            Self::Check(e) => e.message(),
            Self::Scan(e) => e.message(),
            Self::Print(e) => e.message(),
            Self::Link(e) => e.message(),
            Self::Hub(e) => e.message(),
            Self::Sync(e) => e.message(),
        }
    }
}

impl AppError {
    /// How far a paper's code came, where this is about one.
    #[must_use]
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Unread { finding, .. } => Some(finding),
            _ => None,
        }
    }
}

/// Shorthand for a rule of the catalogue.
pub(crate) fn rule(message: &'static Message) -> AppError {
    AppError::Rule(message)
}
