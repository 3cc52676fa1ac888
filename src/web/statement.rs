//! 申立書 at the counter: the form's fields as sent, and as kept.

use super::error::WebError;
use crate::{
    domain::{
        burden::Percent,
        claim::Contact,
        person::Sex,
        statement::{InsuranceKind, Statement},
        wareki,
    },
    messages,
};
use serde::Deserialize;

/// `POST statement`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StatementFields {
    name: String,
    kana: String,
    birthdate: String,
    sex: String,
    address: String,
    phone: String,
    employer: String,
    union: String,
    kind: String,
    insurer_name: String,
    share: String,
    visit: String,
}

impl StatementFields {
    /// The statement, and the journal entry of the answer it belongs to.
    pub(super) fn settle(self) -> Result<(Statement, Option<u64>), WebError> {
        let unknown = || WebError::Rule(&messages::WORD_UNKNOWN);
        let sex = match self.sex.as_str() {
            "" | "unstated" => Sex::Unstated,
            "male" => Sex::Male,
            "female" => Sex::Female,
            _ => return Err(unknown()),
        };
        let birth = Some(self.birthdate.as_str()).filter(|text| !text.is_empty());
        let kind = Some(self.kind.as_str()).filter(|text| !text.is_empty());
        let share = Some(self.share.as_str()).filter(|text| !text.is_empty());
        let visit = Some(self.visit.as_str()).filter(|text| !text.is_empty());
        let statement = Statement {
            name: self.name.clone(),
            kana: self.kana.clone(),
            birth: birth.map(wareki::whole_day).transpose()?,
            sex,
            contact: Contact {
                address: self.address.clone(),
                employer: self.employer.clone(),
                union: self.union.clone(),
                phone: self.phone.clone(),
            },
            kind: kind
                .map(|code| InsuranceKind::from_code(code).ok_or_else(unknown))
                .transpose()?,
            insurer_name: self.insurer_name.clone(),
            share: share
                .map(|text| text.parse().ok().and_then(Percent::new).ok_or_else(unknown))
                .transpose()?,
        };
        let visit = visit.map(|text| text.parse().map_err(|_| unknown())).transpose()?;
        Ok((statement, visit))
    }
}

/// `POST statements/destroy`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DestroyFields {
    number: String,
    #[serde(default)]
    by: String,
}

impl DestroyFields {
    pub(super) fn number(&self) -> Result<u64, WebError> {
        self.number.parse().map_err(|_| WebError::Rule(&messages::STATEMENT_UNKNOWN))
    }

    pub(super) fn by(&self) -> &str {
        &self.by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::form;

    #[test]
    fn the_forms_fields_become_a_statement_and_odd_words_are_refused() {
        let fields = "name=%E6%9E%B6%E7%A9%BA&birthdate=1950-01-31&sex=female&kind=national&share=20&visit=7";
        let (statement, visit) =
            form::read::<StatementFields>(fields.as_bytes()).unwrap().settle().unwrap();
        assert_eq!((statement.name.as_str(), visit), ("架空", Some(7)));
        assert_eq!(statement.share.map(|share| share.value()), Some(20));
        for wrong in ["kind=other", "share=300", "sex=x", "visit=seven", "birthdate=yesterday"] {
            assert!(form::read::<StatementFields>(wrong.as_bytes()).unwrap().settle().is_err());
        }
    }
}
