//! What the ladder's questions brought, as written by form, JSON or command line, and as meant.

use super::error::{AppError, rule};
use crate::{
    domain::{
        burden::Percent,
        evidence::DocumentKind,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        ladder::{Needs, Reply, Rung},
        shown::{
            Declaration, DisasterOral, InsurerClue, PortalForm, SaidInsurance, Shown, StatedShare,
            TypedPaper,
        },
        wareki,
    },
    limits::STATEMENT_FIELD_CHARS_MAX,
    messages,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One question asked and its reply, settled.
#[derive(Clone, Debug)]
pub struct Told {
    /// Which question.
    pub rung: Rung,
    /// Which reply.
    pub reply: Reply,
    /// What was seen or heard with it.
    pub shown: Option<Shown>,
}

impl Told {
    /// What the journal keeps of it: `portal:no`; nothing that was said.
    #[must_use]
    pub fn codes(&self) -> String {
        format!("{}:{}", self.rung.code(), self.reply.code())
    }
}

/// One question asked and its reply, as written. Empty and absent are the same.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToldFields {
    /// The question's code.
    pub rung: String,
    /// The reply's code.
    pub reply: String,
    /// 負担割合 in percent as seen or declared, or `statutory` for 「法定負担割合のとおり」.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub share: String,
    /// `live` or `pdf`: how the portal's page was shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// Day of the visit before.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub last_visit: String,
    /// 保険者番号 of a typed paper.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub insurer: String,
    /// 記号.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    /// 番号.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// 枝番.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// 有効期限.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub valid_to: String,
    /// 生年月日.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub birthdate: String,
    /// 氏名.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// 連絡先.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// What leads to the insurer: `employees`, `national`, `late_stage`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clue: String,
    /// 勤務先.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub employer: String,
    /// 住所.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// 国保組合の名称.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub union: String,
}

/// All that was told, in order; each question once.
pub fn settle(told: &[ToldFields]) -> Result<Vec<Told>, AppError> {
    let settled = told.iter().map(ToldFields::settle).collect::<Result<Vec<_>, _>>()?;
    let twice = settled
        .iter()
        .enumerate()
        .any(|(at, one)| settled.iter().take(at).any(|other| other.rung == one.rung));
    if twice { Err(rule(&messages::TOLD_UNREADABLE)) } else { Ok(settled) }
}

impl ToldFields {
    fn settle(&self) -> Result<Told, AppError> {
        let unreadable = || rule(&messages::TOLD_UNREADABLE);
        if self.texts().iter().any(|text| text.chars().count() > STATEMENT_FIELD_CHARS_MAX) {
            return Err(unreadable());
        }
        let rung = Rung::ALL.iter().copied().find(|rung| rung.code() == self.rung);
        let rung = rung.ok_or_else(unreadable)?;
        let reply = rung.replies().iter().copied().find(|reply| reply.code() == self.reply);
        let reply = reply.ok_or_else(unreadable)?;
        Ok(Told { rung, reply, shown: self.shown(rung, reply)? })
    }

    fn texts(&self) -> [&String; 17] {
        [
            &self.rung,
            &self.reply,
            &self.share,
            &self.form,
            &self.last_visit,
            &self.insurer,
            &self.symbol,
            &self.number,
            &self.branch,
            &self.valid_to,
            &self.birthdate,
            &self.name,
            &self.contact,
            &self.clue,
            &self.employer,
            &self.address,
            &self.union,
        ]
    }

    fn shown(&self, rung: Rung, reply: Reply) -> Result<Option<Shown>, AppError> {
        Ok(match reply.needs() {
            Needs::Nothing | Needs::Scan => None,
            Needs::OldCard => Some(Shown::OldCard),
            Needs::PortalScreen => {
                Some(Shown::PortalScreen { form: self.portal_form()?, burden: self.percent()? })
            }
            Needs::PastVisit => Some(Shown::PastVisit {
                last_visit: date(&self.last_visit)?,
                insurance: match reply {
                    Reply::Unchanged => SaidInsurance::Unchanged,
                    _ => SaidInsurance::Changed,
                },
            }),
            Needs::TypedPaper => Some(Shown::TypedPaper(self.paper(rung)?)),
            Needs::Declaration => Some(Shown::Declaration(Declaration {
                burden: self.percent()?,
                birth: date(&self.birthdate)?,
                insurer: self.clue().ok(),
            })),
            Needs::DisasterOral => Some(Shown::DisasterOral(self.four_items()?)),
        })
    }

    fn portal_form(&self) -> Result<PortalForm, AppError> {
        match self.form.as_str() {
            "" | "live" => Ok(PortalForm::LiveScreen),
            "pdf" => Ok(PortalForm::SavedPdf),
            _ => Err(rule(&messages::TOLD_UNREADABLE)),
        }
    }

    fn percent(&self) -> Result<Option<Percent>, AppError> {
        match self.stated()? {
            Some(StatedShare::Percent(percent)) => Ok(Some(percent)),
            None => Ok(None),
            Some(StatedShare::Statutory) => Err(rule(&messages::TOLD_UNREADABLE)),
        }
    }

    fn stated(&self) -> Result<Option<StatedShare>, AppError> {
        match self.share.trim() {
            "" => Ok(None),
            "statutory" => Ok(Some(StatedShare::Statutory)),
            text => {
                let percent = text.parse().ok().and_then(Percent::new);
                let percent = percent.ok_or(rule(&messages::TOLD_UNREADABLE))?;
                Ok(Some(StatedShare::Percent(percent)))
            }
        }
    }

    fn paper(&self, rung: Rung) -> Result<TypedPaper, AppError> {
        if self.insurer.trim().is_empty() || self.number.trim().is_empty() {
            return Err(rule(&messages::QUESTION_INCOMPLETE));
        }
        let branch = match self.branch.trim() {
            "" => None,
            text => Some(Branch::parse(text).ok_or(rule(&messages::TOLD_UNREADABLE))?),
        };
        Ok(TypedPaper {
            kind: match rung {
                Rung::Notice => DocumentKind::Notice,
                _ => DocumentKind::Certificate,
            },
            identity: Identity {
                insurer: InsurerNumber::parse(&self.insurer)?.value,
                symbol: self.symbol.trim().to_owned(),
                number: self.number.trim().to_owned(),
                branch,
            },
            birth: date(&self.birthdate)?,
            burden: self.stated()?,
            valid_to: match self.valid_to.trim() {
                "" => None,
                text => wareki::parse_end(text)?.value.day(),
            },
        })
    }

    fn clue(&self) -> Result<InsurerClue, AppError> {
        let missing = || rule(&messages::FOUR_ITEMS_INCOMPLETE);
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let address = given(&self.address);
        match self.clue.as_str() {
            // Address or employer leads to the insurer; who fled may know only one of them.
            "employees" if address.is_some() || given(&self.employer).is_some() => {
                let employer = given(&self.employer).unwrap_or_default();
                Ok(InsurerClue::Employees { employer, address })
            }
            "national" => Ok(InsurerClue::National {
                address: address.ok_or_else(missing)?,
                union: given(&self.union),
            }),
            "late_stage" => Ok(InsurerClue::LateStage { address: address.ok_or_else(missing)? }),
            _ => Err(missing()),
        }
    }

    fn four_items(&self) -> Result<DisasterOral, AppError> {
        let missing = || rule(&messages::FOUR_ITEMS_INCOMPLETE);
        if self.name.trim().is_empty() || self.contact.trim().is_empty() {
            return Err(missing());
        }
        Ok(DisasterOral {
            name: self.name.trim().to_owned(),
            birth: date(&self.birthdate)?.ok_or_else(missing)?,
            contact: self.contact.trim().to_owned(),
            insurer: self.clue()?,
        })
    }
}

fn date(text: &str) -> Result<Option<Date>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => Ok(Some(wareki::whole_day(text)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Trouble;
    use proptest::prelude::*;

    fn told(json: &str) -> Result<Vec<Told>, AppError> {
        settle(&serde_json::from_str::<Vec<ToldFields>>(json).unwrap())
    }

    fn code(json: &str) -> &'static str {
        told(json).map_or_else(|refusal| refusal.message().code, |_| "ok")
    }

    #[test]
    fn each_reply_becomes_what_it_needs() {
        let one = |json: &str| told(json).unwrap().remove(0).shown.unwrap().kind();
        let typed = r#"[{"rung":"certificate","reply":"type_certificate","insurer":"06130488","number":"1","share":"statutory"}]"#;
        assert_eq!(one(typed), "typed_certificate");
        let notice =
            r#"[{"rung":"notice","reply":"notice_only","insurer":"06130488","number":"1"}]"#;
        assert_eq!(one(notice), "typed_notice");
        assert_eq!(
            one(r#"[{"rung":"portal","reply":"portal_and_card","form":"pdf","share":"30"}]"#),
            "portal_pdf"
        );
        assert_eq!(one(r#"[{"rung":"certificate","reply":"old_card"}]"#), "old_card");
        assert_eq!(
            one(r#"[{"rung":"past_visit","reply":"unchanged","last_visit":"令和8年10月1日"}]"#),
            "past_visit"
        );
        assert_eq!(
            one(r#"[{"rung":"statement","reply":"statement_and_card","share":"30"}]"#),
            "declaration"
        );
        let items = r#"[{"rung":"four_items","reply":"items_given","name":"架空","birthdate":"1950-01-31","contact":"000","clue":"late_stage","address":"輪島市"}]"#;
        assert_eq!(one(items), "disaster_oral");
        assert!(told(r#"[{"rung":"portal","reply":"no"}]"#).unwrap().remove(0).shown.is_none());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (json, expected) in [
            (r#"[{"rung":"roof","reply":"no"}]"#, "told_unreadable"),
            (r#"[{"rung":"portal","reply":"old_card"}]"#, "told_unreadable"),
            (
                r#"[{"rung":"portal","reply":"no"},{"rung":"portal","reply":"no"}]"#,
                "told_unreadable",
            ),
            (r#"[{"rung":"portal","reply":"portal_only","share":"300"}]"#, "told_unreadable"),
            (r#"[{"rung":"certificate","reply":"type_certificate"}]"#, "question_incomplete"),
            (
                r#"[{"rung":"four_items","reply":"items_given","name":"架空"}]"#,
                "four_items_incomplete",
            ),
            (r#"[{"rung":"past_visit","reply":"unchanged","last_visit":"昨日"}]"#, "not_a_date"),
            (
                r#"[{"rung":"statement","reply":"statement_only","birthdate":"昭和31年"}]"#,
                "date_incomplete",
            ),
        ] {
            assert_eq!(code(json), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_words_make_the_ladder_panic(
            rung in "[a-z_]{0,12}|portal|statement|four_items|certificate", reply in "[a-z_]{0,20}|items_given|type_certificate",
            text in "\\PC{0,120}",
        ) {
            let fields = ToldFields {
                rung, reply, share: text.clone(), number: text.clone(), insurer: text.clone(), birthdate: text, ..ToldFields::default()
            };
            let _ = settle(&[fields]);
        }
    }
}
