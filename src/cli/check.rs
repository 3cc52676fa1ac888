//! `sonae check`: numbers, dates and names, with warnings instead of refusals.

use super::{
    args::{CheckArgs, CheckTask},
    output::{CliError, Reply},
};
use crate::{
    app::{AppError, check_age_ratio},
    domain::check::{CheckKind, check},
};

/// Checks one value. Exit code 0 even with warnings: they are an answer; 1 if the value is no such thing at all.
pub fn run(args: CheckArgs) -> Result<Reply, CliError> {
    let (kind, value) = match args.task {
        CheckTask::InsurerNumber { value } => (CheckKind::InsurerNumber, value),
        CheckTask::FacilityCode { value } => (CheckKind::FacilityCode, value),
        CheckTask::PublicPayer { value } => (CheckKind::PublicPayer, value),
        CheckTask::Recipient { value } => (CheckKind::Recipient, value),
        CheckTask::DrugCode { value } => (CheckKind::DrugCode, value),
        CheckTask::Wareki { value } => (CheckKind::Wareki, value),
        CheckTask::Kana { value } => (CheckKind::Kana, value),
        CheckTask::AgeRatio { birthdate, on } => {
            return Reply::done(&check_age_ratio(&birthdate, &on)?);
        }
    };
    Reply::done(&check(kind, &value).map_err(AppError::from)?)
}
