//! What the pages ask of the appliance: the seam where tests put another.

use crate::{
    app::{
        AppError, Appliance, CandidateView, Checked, ConsentView, DisasterStatus, DrugView,
        Question, Status,
    },
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
    /// The sheet of a drug history read lately, as PDF.
    fn drug_sheet(&self, handle: &str) -> Result<Vec<u8>, AppError>;
}

impl Desk for Appliance {
    fn verify(&self, question: &Question) -> Result<Checked, AppError> {
        self.verify(question)
    }

    fn answer_slip(&self, entry: u64) -> Result<Vec<u8>, AppError> {
        Ok(self.answer_slip(entry)?.pdf)
    }

    fn status(&self) -> Status {
        self.status()
    }

    fn disaster_status(&self) -> DisasterStatus {
        self.disaster_status()
    }

    fn take_order(&self, text: &str) -> Result<DisasterStatus, AppError> {
        self.take_order(text)
    }

    fn close_disaster(&self, by: &str) -> Result<DisasterStatus, AppError> {
        self.close_disaster(by)
    }

    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Vec<CandidateView>, AppError> {
        self.search(viewer, query)
    }

    fn consent(
        &self,
        viewer: &Viewer,
        handle: &str,
        fact: &SecondFact,
        kind: ConsentKind,
    ) -> Result<ConsentView, AppError> {
        self.consent(viewer, handle, fact, kind)
    }

    fn drugs(&self, viewer: &Viewer, handle: &str) -> Result<DrugView, AppError> {
        self.drugs(viewer, handle)
    }

    fn drug_sheet(&self, handle: &str) -> Result<Vec<u8>, AppError> {
        Ok(self.drug_sheet(handle)?.pdf)
    }
}
