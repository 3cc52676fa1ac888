//! `sonae check`: numbers, dates and names, with warnings instead of refusals.

use super::{
    args::{CheckArgs, CheckTask},
    output::{CliError, Reply},
};
use crate::{
    app::{AppError, check_age_ratio},
    domain::{
        check::{CheckKind, check},
        names::same_name,
    },
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
        CheckTask::Insured { value } => (CheckKind::Insured, value),
        CheckTask::Name { value } => (CheckKind::Name, value),
        CheckTask::Sex { value } => (CheckKind::Sex, value),
        CheckTask::Municipality { value } => (CheckKind::Municipality, value),
        CheckTask::Expiry { value } => (CheckKind::Expiry, value),
        CheckTask::Ratio { value } => (CheckKind::Ratio, value),
        CheckTask::SameName { a, b, alias } => {
            let found = same_name(&a, &b, alias.as_deref()).map_err(AppError::from)?;
            return Reply::done(&found);
        }
        CheckTask::AgeRatio { birthdate, on } => {
            return Reply::done(&check_age_ratio(&birthdate, &on)?);
        }
    };
    Reply::done(&check(kind, &value).map_err(AppError::from)?)
}

#[cfg(test)]
mod tests {
    use crate::{domain::check::probe, sys::corpus::replay};

    #[test]
    fn no_seed_of_the_check_corpus_panics() {
        let seeds = [
            ("insurer", "０６１３－０４８８"),
            ("facility", "01,1,0113719"),
            ("telephone", "TEL 03-1234-5678"),
            ("insured", "00012345:あいう:１８７:05"),
            ("labels", "記号 １２－３４ 番号 ５６７８ （枝番）０１"),
            ("wareki", "㋿6年1月2日"),
            ("end", "R99.99.99"),
            ("name", "●橋一郎髙橋一郎"),
            ("kana", "ｳﾞｨｸﾄﾘｱ"),
            ("drug", "2649735SCZZZ"),
            ("ratio", "給付7割"),
            ("sex", "女性"),
        ];
        let seeds = seeds.map(|(name, text)| (name, text.as_bytes().to_vec()));
        replay("check", &seeds, probe::values);
    }
}
