//! `sonae disaster`: orders, search and drug histories from the command line, under the same rules as on the page.

use super::{
    appliance,
    args::{DisasterArgs, DisasterTask, RoleArg, SearchArgs},
    output::{CliError, Reply},
};
use crate::{
    app::{AppError, Appliance, Found},
    disaster::search::{BirthClue, SearchQuery, SecondFact, SecondFactKind},
    journal::{ConsentKind, Viewer, ViewerRole},
    limits::UPLOAD_BYTES_MAX,
    messages, scan,
    sys::{Disk, RealDisk},
};
use std::path::Path;

/// Does one task.
pub fn run(args: DisasterArgs) -> Result<Reply, CliError> {
    match args.task {
        DisasterTask::Open { data, order, image } => open(&data, order, image.as_deref()),
        DisasterTask::Close { data, by } => {
            Reply::done(&appliance::open_box(&data)?.close_disaster(&by)?)
        }
        DisasterTask::Status { data } => {
            Reply::done(&appliance::open_box(&data)?.disaster_status())
        }
        DisasterTask::Search(search) => {
            let (_, found) = find(&appliance::open_box(&search.data)?, &search)?;
            Reply::done(&found)
        }
        DisasterTask::Drugs { search, pick, second_fact, consent, pdf } => {
            drugs(&search, pick, &second_fact, &consent, pdf.as_deref())
        }
    }
}

fn open(data: &Path, order: Option<String>, image: Option<&Path>) -> Result<Reply, CliError> {
    let text = match (order, image) {
        (Some(text), _) => text,
        (None, Some(path)) => {
            let codes = scan::read_upload(&RealDisk.read(path, UPLOAD_BYTES_MAX)?)
                .map_err(AppError::from)?;
            codes.into_iter().next().map(|code| code.text).unwrap_or_default()
        }
        (None, None) => return Err(CliError::rule(&messages::VALUE_UNREADABLE)),
    };
    Reply::done(&appliance::open_box(data)?.take_order(&text)?)
}

fn find(house: &Appliance, args: &SearchArgs) -> Result<(Viewer, Found), CliError> {
    let viewer = Viewer { name: args.viewer.clone(), role: args.role.into() };
    let query = SearchQuery {
        name: args.name.clone(),
        birth: BirthClue::parse(args.birthdate.as_deref().unwrap_or_default())
            .map_err(AppError::from)?,
        sex: args.sex.into(),
        address: args.address.clone(),
    };
    let found = house.search(&viewer, &query)?;
    Ok((viewer, found))
}

fn drugs(
    search: &SearchArgs,
    pick: usize,
    second_fact: &str,
    consent: &str,
    pdf: Option<&Path>,
) -> Result<Reply, CliError> {
    let (fact, consent) = (parse_fact(second_fact)?, parse_consent(consent)?);
    let house = appliance::open_box(&search.data)?;
    let (viewer, found) = find(&house, search)?;
    let gone = CliError::rule(&messages::CANDIDATE_GONE);
    let handle =
        &pick.checked_sub(1).and_then(|index| found.candidates.get(index)).ok_or(gone)?.handle;
    house.consent(&viewer, handle, &fact, consent)?;
    let view = house.drugs(&viewer, handle)?;
    if let Some(path) = pdf {
        appliance::write_new(path, &house.drug_sheet(handle)?.pdf)?;
    }
    Reply::done(&view)
}

fn parse_fact(text: &str) -> Result<SecondFact, CliError> {
    let unreadable = || CliError::rule(&messages::VALUE_UNREADABLE);
    let (kind, value) = text.split_once('=').ok_or_else(unreadable)?;
    let kinds = [SecondFactKind::Address, SecondFactKind::InsurerName, SecondFactKind::Number];
    let kind = kinds.into_iter().find(|known| known.code() == kind).ok_or_else(unreadable)?;
    Ok(SecondFact { kind, value: value.into() })
}

fn parse_consent(text: &str) -> Result<ConsentKind, CliError> {
    match text.split_once('=') {
        None if text == "oral" => Ok(ConsentKind::Oral),
        Some(("unable", reason)) => Ok(ConsentKind::Unable { reason: reason.into() }),
        _ => Err(CliError::rule(&messages::VALUE_UNREADABLE)),
    }
}

impl From<RoleArg> for ViewerRole {
    fn from(arg: RoleArg) -> Self {
        match arg {
            RoleArg::Doctor => Self::Doctor,
            RoleArg::Dentist => Self::Dentist,
            RoleArg::Pharmacist => Self::Pharmacist,
            RoleArg::Named => Self::Named,
        }
    }
}
