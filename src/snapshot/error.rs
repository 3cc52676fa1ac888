//! Why a release, a block or a key was refused.

use super::{OpeningId, Tree};
use crate::{
    domain::time::Stamp,
    messages::{self, Message, Trouble},
    seal::SealError,
    sys::DiskError,
};

/// Why a release was refused, or why one of its blocks does not open.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Signature or wrap.
    #[error("the release's seal does not hold")]
    Seal(#[from] SealError),
    /// The publisher's or the receiver's disk.
    #[error("the release cannot be read or written")]
    Disk(#[from] DiskError),
    /// Made by a newer Sonae.
    #[error("release format {found} is newer than {known}")]
    NewerFormat {
        /// The manifest's format.
        found: u32,
        /// The newest this program reads.
        known: u32,
    },
    /// Records of a later moment than the release was made.
    #[error("made at {made_at:?} of records as of {as_of:?}")]
    AsOfAfterMade {
        /// What the records are said to describe.
        as_of: Stamp,
        /// When the release is said to be made.
        made_at: Stamp,
    },
    /// Signed, but not as the format says.
    #[error("malformed release: {0}")]
    Malformed(&'static str),
    /// A file ends before its manifest's length.
    #[error("{file} ends inside chunk {chunk}")]
    Truncated {
        /// The file.
        file: &'static str,
        /// The chunk it breaks off in.
        chunk: usize,
    },
    /// A file goes on after its manifest's length.
    #[error("{file} is longer than its manifest says")]
    TooLong {
        /// The file.
        file: &'static str,
    },
    /// A chunk is not the one that was hashed.
    #[error("chunk {chunk} of {file} was altered")]
    Altered {
        /// The file.
        file: &'static str,
        /// Which chunk.
        chunk: usize,
    },
    /// The source broke off for another reason than its end.
    #[error("reading {file} failed")]
    Read {
        /// The file.
        file: &'static str,
        /// The system's or the link's word.
        source: std::io::Error,
    },
    /// No wrap for this box.
    #[error("the release holds no key for this box")]
    NotForThisBox,
    /// A box's own release where a publisher's is meant, or the other way round.
    #[error("the release is signed for another use")]
    SignedForAnother,
    /// The opening secret bears another id than the release asks for.
    #[error("opening secret {offered} was offered, the release asks for {asked}")]
    OpeningOther {
        /// What the release asks for.
        asked: OpeningId,
        /// What was offered.
        offered: OpeningId,
    },
    /// The id fits, the secret does not.
    #[error("the opening secret does not open the drug key")]
    OpeningWrong,
    /// The drug key was unlocked for another release.
    #[error("the drug key belongs to another release")]
    DrugKeyOfOtherRelease,
    /// A delta of another whole release's chain.
    #[error("the delta belongs to another root release")]
    DeltaOtherRoot,
    /// A block does not open in its place, or does not read.
    #[error("block {bucket} of tree {tree:?} is damaged")]
    BlockDamaged {
        /// Which tree.
        tree: Tree,
        /// Which block.
        bucket: u32,
    },
    /// More records under one blinded key than a block may hold.
    #[error("block {bucket} of tree {tree:?} would be too large")]
    BlockTooLarge {
        /// Which tree.
        tree: Tree,
        /// Which block.
        bucket: u32,
    },
    /// So many records under one blinded key that they outgrow the publisher's memory.
    #[error("too many records under one blinded key")]
    Crowded,
    /// A column file without a column it needs.
    #[error("the column file lacks the column {0}")]
    CsvColumnMissing(&'static str),
    /// A column file that cannot be read on.
    #[error("the column file cannot be read")]
    CsvUnreadable(#[source] std::io::Error),
    /// A column file with a column twice: which of them counts, nobody can know.
    #[error("the column file has the column {0} twice")]
    CsvColumnTwice(&'static str),
    /// The publisher's file of headings.
    #[error("the file of headings cannot be used: {0}")]
    ColumnMapUnreadable(String),
}

impl Trouble for SnapshotError {
    fn message(&self) -> &'static Message {
        match self {
            Self::Seal(e) => e.message(),
            Self::Disk(e) => e.message(),
            Self::NewerFormat { .. } => &messages::RELEASE_NEWER_FORMAT,
            Self::AsOfAfterMade { .. } => &messages::RELEASE_AS_OF_AFTER_MADE,
            Self::Malformed(_) => &messages::RELEASE_MALFORMED,
            Self::Truncated { .. } => &messages::RELEASE_TRUNCATED,
            Self::TooLong { .. } => &messages::RELEASE_TOO_LONG,
            Self::Altered { .. } => &messages::RELEASE_ALTERED,
            Self::Read { .. } => &messages::RELEASE_READ_FAILED,
            Self::NotForThisBox => &messages::RELEASE_NOT_FOR_THIS_BOX,
            Self::SignedForAnother => &messages::RELEASE_SIGNED_FOR_ANOTHER,
            Self::OpeningOther { .. } => &messages::OPENING_OTHER,
            Self::OpeningWrong => &messages::OPENING_WRONG,
            Self::DrugKeyOfOtherRelease => &messages::DRUG_KEY_OTHER_RELEASE,
            Self::DeltaOtherRoot => &messages::DELTA_OTHER_ROOT,
            Self::BlockDamaged { .. } => &messages::SNAPSHOT_BLOCK_DAMAGED,
            Self::BlockTooLarge { .. } | Self::Crowded => &messages::RELEASE_BLOCK_TOO_LARGE,
            Self::CsvColumnMissing(_) => &messages::CSV_HEADER_WRONG,
            Self::CsvUnreadable(e) if e.kind() == std::io::ErrorKind::IsADirectory => {
                &messages::FILE_OTHER_KIND
            }
            Self::CsvUnreadable(_) => &messages::CSV_UNREADABLE,
            Self::CsvColumnTwice(_) => &messages::CSV_COLUMN_TWICE,
            Self::ColumnMapUnreadable(_) => &messages::CSV_COLUMNS_UNREADABLE,
        }
    }
}
