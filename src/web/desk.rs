//! What the pages ask of the appliance: the seam where tests put another.

use crate::{
    app::{AppError, CandidateView, Checked, ConsentView, DisasterStatus, DrugView, Question, Status},
    disaster::search::{SearchQuery, SecondFact},
    journal::{ConsentKind, Viewer},
};

/// Everything the pages need; each method answers only after the journal is on the disk.
pub trait Desk: Send + Sync + 'static {
    /// Answers one question at the counter.
    fn verify(&self, question: &Question) -> Result<Checked, AppError>;
    /// The slip of an answer given lately, as PDF.
    fn answer_slip(&self, entry: u64) -> Result<Vec<u8>, AppError>;
    /// What the box says of itself.
    fn status(&self) -> Status;
    /// Whether disaster mode is open.
    fn disaster_status(&self) -> DisasterStatus;
    /// Takes a scanned order.
    fn take_order(&self, text: &str) -> Result<DisasterStatus, AppError>;
    /// Closes disaster mode by hand.
    fn close_disaster(&self, by: &str) -> Result<DisasterStatus, AppError>;
    /// Searches a person.
    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Vec<CandidateView>, AppError>;
    /// Records a consent.
    fn consent(
        &self,
        viewer: &Viewer,
        handle: &str,
        fact: &SecondFact,
        kind: ConsentKind,
    ) -> Result<ConsentView, AppError>;
    /// Reads a drug history.
    fn drugs(&self, viewer: &Viewer, handle: &str) -> Result<DrugView, AppError>;
    /// A drug history read lately, for printing.
    fn drug_view(&self, handle: &str) -> Option<DrugView>;
    /// The sheet of a drug history, as PDF.
    fn drug_sheet(&self, view: &DrugView) -> Result<Vec<u8>, AppError>;
}
