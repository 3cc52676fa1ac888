//! What the pages ask of the appliance: the seam where tests put another.

use crate::{
    app::{
        AppError, Appliance, Checked, ConsentView, DisasterStatus, DrugView, Found, JournalReport,
        PaperReport, Question, Settled, Status, TakenStatement,
    },
    config::{HubUrl, Profile},
    disaster::search::{SearchQuery, SecondFact},
    domain::statement::{KeptStatement, Statement},
    health::Probe,
    journal::{ConsentKind, Viewer},
    print::Printed,
};
use std::path::Path;

/// Everything the pages need; each method answers only after the journal is on the disk.
pub trait Desk: Send + Sync + 'static {
    /// Answers one question at the counter.
    fn verify(&self, question: &Question) -> Result<Checked, AppError>;
    /// The slip of an answer given lately.
    fn answer_slip(&self, entry: u64) -> Result<Printed, AppError>;
    /// Keeps a statement of eligibility (申立書) and prints its form.
    fn take_statement(
        &self,
        statement: &Statement,
        visit: Option<u64>,
    ) -> Result<TakenStatement, AppError>;
    /// The form of a kept statement.
    fn statement_form(&self, number: u64) -> Result<Printed, AppError>;
    /// The statements that are kept.
    fn kept_statements(&self) -> Result<Vec<KeptStatement>, AppError>;
    /// Destroys one whose claim was paid.
    fn destroy_statement(&self, number: u64, by: &str) -> Result<(), AppError>;
    /// What the box says of itself.
    fn status(&self) -> Status;
    /// Whether disaster mode is open.
    fn disaster_status(&self) -> DisasterStatus;
    /// Takes a scanned order.
    fn take_order(&self, text: &str) -> Result<DisasterStatus, AppError>;
    /// Closes disaster mode by hand.
    fn close_disaster(&self, by: &str) -> Result<DisasterStatus, AppError>;
    /// Searches a person.
    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Found, AppError>;
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
    /// The sheet of a drug history read lately.
    fn drug_sheet(&self, handle: &str) -> Result<Printed, AppError>;
    /// Reads a signed paper without deciding anything.
    fn read_paper(&self, text: &str) -> Result<PaperReport, AppError>;
    /// Walks the journal's chain.
    fn verify_journal(&self) -> Result<JournalReport, AppError>;
    /// The doctor's facts. Reads the journal through.
    fn probe(&self, profile: &Profile) -> Probe;
    /// One exchange with the configured hub.
    fn sync(&self, hub: &HubUrl) -> Result<Settled, AppError>;
    /// One exchange with the stick in the configured folder.
    fn sync_stick(&self, folder: &Path) -> Result<Settled, AppError>;
    /// Has exchanges made in the background.
    fn ask_exchange(&self, hub: Option<&HubUrl>, stick: Option<&Path>) -> Result<(), AppError>;
}

impl Desk for Appliance {
    fn verify(&self, question: &Question) -> Result<Checked, AppError> {
        self.verify(question)
    }

    fn answer_slip(&self, entry: u64) -> Result<Printed, AppError> {
        self.answer_slip(entry)
    }

    fn take_statement(
        &self,
        statement: &Statement,
        visit: Option<u64>,
    ) -> Result<TakenStatement, AppError> {
        self.take_statement(statement, visit)
    }

    fn statement_form(&self, number: u64) -> Result<Printed, AppError> {
        self.statement_form(number)
    }

    fn kept_statements(&self) -> Result<Vec<KeptStatement>, AppError> {
        self.kept_statements()
    }

    fn destroy_statement(&self, number: u64, by: &str) -> Result<(), AppError> {
        self.destroy_statement(number, by)
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

    fn search(&self, viewer: &Viewer, query: &SearchQuery) -> Result<Found, AppError> {
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

    fn drug_sheet(&self, handle: &str) -> Result<Printed, AppError> {
        self.drug_sheet(handle)
    }

    fn read_paper(&self, text: &str) -> Result<PaperReport, AppError> {
        self.read_paper(text)
    }

    fn verify_journal(&self) -> Result<JournalReport, AppError> {
        self.verify_journal()
    }

    fn probe(&self, profile: &Profile) -> Probe {
        self.probe(profile)
    }

    fn sync(&self, hub: &HubUrl) -> Result<Settled, AppError> {
        self.settle_with_hub(hub)
    }

    fn sync_stick(&self, folder: &Path) -> Result<Settled, AppError> {
        self.settle_with_stick(folder)
    }

    fn ask_exchange(&self, hub: Option<&HubUrl>, stick: Option<&Path>) -> Result<(), AppError> {
        self.ask_exchange(hub, stick)
    }
}
