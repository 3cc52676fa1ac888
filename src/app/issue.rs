//! Papers issued in bulk: rows in, documents for the printer and a register out; all of it or nothing.

use super::error::{AppError, rule};
use crate::{
    credential::{self, CredentialError},
    domain::{
        evidence::{DocumentClaims, DocumentKind},
        paper::{LayoutProfile, PartLayout},
    },
    messages,
    print::{self, PaperFace, PaperRun, PrintError},
    seal::SigningKeypair,
    snapshot::csv::PaperRow,
    sync::names,
    sys::{Dice, Disk, roll},
};
use jiff::civil::Date;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What was signed, for the insurer's own records: with it a paper is found again, and revoked.
pub const REGISTER_NAME: &str = "register.csv";
const REGISTER_HEADING: [&str; 11] = [
    "line",
    "serial",
    "digest",
    "insurer_number",
    "symbol",
    "number",
    "branch",
    "issued_on",
    "valid_to",
    "file",
    "place",
];
/// Bytes of the digest of a code's digits: enough to find it among all papers of the country.
const DIGEST_BYTES: usize = 16;

/// What is to be issued.
#[derive(Clone, Copy)]
pub struct IssueOrder<'a> {
    /// Certificate or notice.
    pub kind: DocumentKind,
    /// Which items it bears, and its form.
    pub profile: &'a LayoutProfile,
    /// 保険者名, as printed.
    pub issuer_name: &'a str,
    /// 交付日.
    pub issued_on: Date,
    /// Papers in one document.
    pub per_file: usize,
    /// The insurer's key.
    pub key: &'a SigningKeypair,
}

/// Why a row got no paper. Never what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRefused {
    /// The column; `None` where it is the row as a whole.
    pub column: Option<&'static str>,
    /// Stable name for machines.
    pub reason: &'static str,
}

/// What was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// How many papers.
    pub papers: u64,
    /// The documents, by name.
    pub files: Vec<String>,
    /// Characters printed as 〓; only the issuer's name can bring one about.
    pub missing_glyphs: Vec<char>,
}

/// An issue under way. It lies beside its place until it is finished.
pub struct BulkIssue<'a> {
    disk: &'a dyn Disk,
    dice: &'a dyn Dice,
    order: IssueOrder<'a>,
    layout: &'a PartLayout,
    run: PaperRun<'a>,
    out: PathBuf,
    draft: PathBuf,
    waiting: Vec<PaperFace>,
    register: csv::Writer<Vec<u8>>,
    files: Vec<String>,
    papers: u64,
    missing_glyphs: BTreeSet<char>,
}

impl<'a> BulkIssue<'a> {
    /// Prepares the place.
    ///
    /// # Errors
    /// A profile without such a paper, a place that is taken, an earlier issue that was cut off, a disk that refuses.
    pub fn begin(
        disk: &'a dyn Disk,
        dice: &'a dyn Dice,
        order: IssueOrder<'a>,
        out: &Path,
    ) -> Result<Self, AppError> {
        let absent = || rule(&messages::PAPER_NOT_IN_PROFILE);
        let layout = order.profile.layout(order.kind.into()).ok_or_else(absent)?;
        let run = PaperRun::new(order.profile, order.kind, order.issuer_name, order.issued_on);
        let run = run.ok_or_else(absent)?;
        if is_taken(disk, out)? {
            return Err(rule(&messages::OUTPUT_EXISTS));
        }
        let mut draft = out.as_os_str().to_owned();
        draft.push(".draft");
        let draft = PathBuf::from(draft);
        if is_taken(disk, &draft)? {
            return Err(rule(&messages::PAPERS_DRAFT_LEFT));
        }
        let mut heading = csv::Writer::from_writer(vec![]);
        let _ = heading.write_record(REGISTER_HEADING); // writing into a Vec cannot fail
        let register = heading.into_inner().unwrap_or_default();
        let begun = disk.make_dir(&draft);
        let begun =
            begun.and_then(|()| disk.replace_private(&draft.join(REGISTER_NAME), &register));
        if let Err(e) = begun {
            let _ = disk.remove(&draft); // the first trouble is the one to tell
            return Err(e.into());
        }
        Ok(Self {
            disk,
            dice,
            order,
            layout,
            run,
            out: out.to_owned(),
            draft,
            waiting: vec![],
            register: csv::Writer::from_writer(vec![]),
            files: vec![],
            papers: 0,
            missing_glyphs: BTreeSet::new(),
        })
    }

    /// Signs one row's paper; it is printed with its document.
    ///
    /// # Errors
    /// The disk or the printer; the row's own faults are the inner result.
    pub fn add(&mut self, row: PaperRow) -> Result<Result<(), RowRefused>, AppError> {
        let line = row.line;
        let serial = roll(self.dice);
        let paper =
            match row.draft.settle(self.order.kind, self.layout, self.order.issued_on, serial) {
                Ok(paper) => paper,
                Err(unfit) => {
                    let (column, reason) = (Some(unfit.item.code()), unfit.why.code());
                    return Ok(Err(RowRefused { column, reason }));
                }
            };
        if let Some(column) = unprintable(&paper.claims)? {
            let reason = "character_not_in_fonts";
            return Ok(Err(RowRefused { column: Some(column), reason }));
        }
        let whole_row = |reason| Ok(Err(RowRefused { column: None, reason }));
        let digits = match credential::issue(&paper.claims, self.order.key) {
            Ok(digits) => digits,
            Err(CredentialError::TooLong) => return whole_row("code_too_long"),
            Err(CredentialError::Unfit(_)) => return whole_row("not_as_described"),
            Err(other) => return Err(other.into()),
        };
        let claims = paper.claims.clone();
        match PaperFace::of(paper, &digits) {
            Ok(face) => self.waiting.push(face),
            Err(PrintError::QrTooLong { .. }) => return whole_row("code_too_long"),
            Err(other) => return Err(other.into()),
        }
        self.note(line, &claims, &digits);
        self.papers += 1;
        if self.waiting.len() >= self.order.per_file {
            self.write_document()?;
        }
        Ok(Ok(()))
    }

    fn note(&mut self, line: u64, claims: &DocumentClaims, digits: &str) {
        let digest = blake3::hash(digits.as_bytes());
        let digest = digest.as_bytes().get(..DIGEST_BYTES).unwrap_or_default();
        let identity = &claims.identity;
        let fields = [
            line.to_string(),
            names::hex(&claims.serial),
            names::hex(digest),
            identity.insurer.to_string(),
            identity.symbol.clone(),
            identity.number.clone(),
            identity.branch.map_or_else(String::new, |branch| branch.to_string()),
            claims.issued_on.to_string(),
            claims.valid_to.map_or_else(String::new, |day| day.to_string()),
            document_name(self.files.len() + 1),
            self.waiting.len().to_string(),
        ];
        let _ = self.register.write_record(fields); // writing into a Vec cannot fail
    }

    fn write_document(&mut self) -> Result<(), AppError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let printed = self.run.print(&self.waiting)?;
        let name = document_name(self.files.len() + 1);
        self.disk.replace_private(&self.draft.join(&name), &printed.pdf)?;
        let lines = std::mem::replace(&mut self.register, csv::Writer::from_writer(vec![]));
        let lines = lines.into_inner().unwrap_or_default();
        self.disk.append_scratch(&self.draft.join(REGISTER_NAME), &lines)?;
        self.missing_glyphs.extend(printed.missing_glyphs);
        self.files.push(name);
        self.waiting.clear();
        Ok(())
    }

    /// Writes the last document and puts everything into its place at once.
    ///
    /// # Errors
    /// Not one paper, or a disk that refuses; then there is nothing, unless the disk refuses that, too.
    pub fn finish(mut self) -> Result<Issued, AppError> {
        if let Err(e) = self.put_in_place() {
            let _ = self.abandon(); // the first trouble is the one to tell
            return Err(e);
        }
        let missing_glyphs = self.missing_glyphs.into_iter().collect();
        Ok(Issued { papers: self.papers, files: self.files, missing_glyphs })
    }

    fn put_in_place(&mut self) -> Result<(), AppError> {
        if self.papers == 0 {
            return Err(rule(&messages::PAPERS_NOBODY));
        }
        self.write_document()?;
        self.disk.sync_tree(&self.draft)?;
        let renamed = self.disk.rename(&self.draft, &self.out);
        if renamed.is_err() && !is_taken(self.disk, &self.draft)? {
            // Renamed, and not surely kept. Told as failed it must not be there: it would be issued a second time.
            self.disk.remove(&self.out)?;
        }
        Ok(renamed?)
    }

    /// Takes away what was written so far: no paper of it was ever printed.
    ///
    /// # Errors
    /// A disk that refuses.
    pub fn abandon(&self) -> Result<(), AppError> {
        Ok(self.disk.remove(&self.draft)?)
    }
}

fn is_taken(disk: &dyn Disk, path: &Path) -> Result<bool, AppError> {
    Ok(disk.length(path)?.is_some() || !disk.list(path)?.is_empty())
}

fn document_name(number: usize) -> String {
    format!("papers-{number:04}.pdf")
}

/// The first column with a character that would be printed as 〓. In bulk nobody looks at each paper: the row is named, and
/// the insurer writes it another way, as their systems do (codes-and-formats 5.1).
fn unprintable(claims: &DocumentClaims) -> Result<Option<&'static str>, AppError> {
    let identity = &claims.identity;
    for (column, text) in [
        ("symbol", &identity.symbol),
        ("number", &identity.number),
        ("name", &claims.name),
        ("kana", &claims.kana),
    ] {
        if print::without_glyph(text)?.is_some() {
            return Ok(Some(column));
        }
    }
    Ok(None)
}
