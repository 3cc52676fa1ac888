//! Questions as written, by a form or as JSON, and as meant. Behind this file nobody reads a raw field again.

use super::error::WebError;
use crate::{
    app::{AppError, Ask, Question, ToldFields, settle_told},
    disaster::search::{BirthClue, SearchQuery, SecondFact, SecondFactKind},
    domain::{
        check::CheckKind,
        evidence::CardSeen,
        insured::{Branch, Identity},
        insurer_number::InsurerNumber,
        ladder::Setting,
        person::Sex,
        wareki,
    },
    journal::{ConsentKind, Viewer, ViewerRole},
    messages,
};
use jiff::civil::Date;
use serde::Deserialize;

/// Characters of one typed field; the longest printed 記号・番号 have 20.
const FIELD_CHARS_MAX: usize = 40;
/// Characters of a name, an address part or a reason.
const LINE_CHARS_MAX: usize = 100;

/// `POST verify`, and the counter's forms.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VerifyFields {
    insurer: Option<String>,
    symbol: Option<String>,
    number: Option<String>,
    branch: Option<String>,
    birthdate: Option<String>,
    #[serde(alias = "text")]
    qr: Option<String>,
    card_seen: Option<String>,
    on: Option<String>,
    /// What the ladder brought so far: a list, or as text where it travels in a hidden field.
    told: Option<ToldSoFar>,
    /// The reply just given on the page.
    reply: Option<ToldFields>,
    /// `disaster`: the patient comes from one.
    setting: Option<String>,
    /// `nothing`: there is no paper and no number.
    by: Option<String>,
}

/// What was told before.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum ToldSoFar {
    List(Vec<ToldFields>),
    Hidden(String),
}

impl VerifyFields {
    /// The question, or what is missing.
    pub(super) fn settle(&self) -> Result<Question, WebError> {
        let typed = [&self.insurer, &self.symbol, &self.number, &self.branch, &self.birthdate];
        let any_typed = typed.iter().any(|field| filled(field).is_some());
        let ask = match (filled(&self.qr), filled(&self.by)) {
            (Some(_), _) if any_typed => return Err(WebError::Rule(&messages::ASKED_TWICE)),
            (Some(_), Some(_)) => return Err(WebError::Rule(&messages::ASKED_TWICE)),
            (Some(text), None) => Ask::Text(text.to_owned()),
            (None, Some("nothing")) if !any_typed => Ask::Nothing,
            (None, Some(_)) => return Err(WebError::Rule(&messages::WORD_UNKNOWN)),
            (None, None) => self.numbers()?,
        };
        Ok(Question {
            ask,
            card: card_seen(filled(&self.card_seen))?,
            on: date(filled(&self.on))?,
            told: settle_told(&self.told()?)?,
            setting: match filled(&self.setting) {
                None => Setting::Ordinary,
                Some("disaster") => Setting::Disaster,
                Some(_) => return Err(WebError::Rule(&messages::WORD_UNKNOWN)),
            },
        })
    }

    /// Everything told so far, the reply just given last.
    fn told(&self) -> Result<Vec<ToldFields>, WebError> {
        let mut told = match &self.told {
            None => vec![],
            Some(ToldSoFar::List(list)) => list.clone(),
            Some(ToldSoFar::Hidden(text)) => serde_json::from_str(text)
                .map_err(|_| WebError::Rule(&messages::FORM_UNREADABLE))?,
        };
        told.extend(self.reply.clone());
        Ok(told)
    }

    fn numbers(&self) -> Result<Ask, WebError> {
        let (Some(insurer), Some(number)) = (filled(&self.insurer), filled(&self.number)) else {
            return Err(AppError::Rule(&messages::QUESTION_INCOMPLETE).into());
        };
        let symbol = filled(&self.symbol).unwrap_or_default();
        within(number, FIELD_CHARS_MAX)?;
        within(symbol, FIELD_CHARS_MAX)?;
        let branch = match filled(&self.branch) {
            None => None,
            Some(text) => {
                Some(Branch::parse(text).ok_or(WebError::Rule(&messages::BRANCH_UNREADABLE))?)
            }
        };
        let insurer = InsurerNumber::parse(insurer)?.value;
        let identity =
            Identity { insurer, symbol: symbol.to_owned(), number: number.to_owned(), branch };
        Ok(Ask::Numbers { identity, birth: date(filled(&self.birthdate))? })
    }

    /// The same question without the reply that could not be read; nothing where no reply was given.
    pub(super) fn without_reply(&self) -> Option<Self> {
        self.reply.as_ref().map(|_| Self { reply: None, ..self.clone() })
    }

    /// What travels in hidden fields, so that the same question can be asked again with more.
    pub(super) fn again(&self) -> Vec<(&'static str, String)> {
        let fields = [
            ("text", &self.qr),
            ("insurer", &self.insurer),
            ("symbol", &self.symbol),
            ("number", &self.number),
            ("branch", &self.branch),
            ("birthdate", &self.birthdate),
            ("setting", &self.setting),
            ("by", &self.by),
            ("card_seen", &self.card_seen),
        ];
        let given = |(name, field): (_, &Option<String>)| Some((name, filled(field)?.to_owned()));
        let told = self.told().ok().filter(|told| !told.is_empty());
        let told = told.and_then(|told| serde_json::to_string(&told).ok());
        fields.into_iter().filter_map(given).chain(told.map(|told| ("told", told))).collect()
    }
}

/// `POST disaster/order`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderFields {
    pub(super) text: String,
}

/// `POST disaster/close`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CloseFields {
    #[serde(default)]
    by: String,
}

impl CloseFields {
    pub(super) fn by(&self) -> Result<&str, WebError> {
        within(&self.by, LINE_CHARS_MAX)
    }
}

/// Who looks.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ViewerFields {
    name: String,
    role: String,
}

impl ViewerFields {
    fn settle(&self) -> Result<Viewer, WebError> {
        let role = match self.role.as_str() {
            "doctor" => ViewerRole::Doctor,
            "dentist" => ViewerRole::Dentist,
            "pharmacist" => ViewerRole::Pharmacist,
            "named" => ViewerRole::Named,
            _ => return Err(WebError::Rule(&messages::WORD_UNKNOWN)),
        };
        Ok(Viewer { name: within(&self.name, LINE_CHARS_MAX)?.to_owned(), role })
    }
}

/// `POST disaster/search`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchFields {
    viewer: ViewerFields,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    birthdate: Option<String>,
    #[serde(default)]
    sex: Option<String>,
    #[serde(default)]
    address: Option<String>,
}

impl SearchFields {
    pub(super) fn settle(&self) -> Result<(Viewer, SearchQuery), WebError> {
        let incomplete = WebError::App(AppError::Rule(&messages::NAME_MISSING));
        let name = filled(&self.name).ok_or(incomplete)?;
        let birth = BirthClue::parse(filled(&self.birthdate).unwrap_or_default())?;
        let sex = match filled(&self.sex) {
            None | Some("unstated") => Sex::Unstated,
            Some("male") => Sex::Male,
            Some("female") => Sex::Female,
            Some(_) => return Err(WebError::Rule(&messages::WORD_UNKNOWN)),
        };
        let address = filled(&self.address).map(|part| within(part, LINE_CHARS_MAX)).transpose()?;
        let name = within(name, LINE_CHARS_MAX)?.to_owned();
        Ok((
            self.viewer.settle()?,
            SearchQuery { name, birth, sex, address: address.map(str::to_owned) },
        ))
    }
}

/// A second fact as told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactFields {
    kind: String,
    #[serde(default)]
    value: String,
}

impl FactFields {
    fn settle(&self) -> Result<SecondFact, WebError> {
        let kind = match self.kind.as_str() {
            "address" => SecondFactKind::Address,
            "insurer_name" => SecondFactKind::InsurerName,
            "number" => SecondFactKind::Number,
            _ => return Err(WebError::Rule(&messages::WORD_UNKNOWN)),
        };
        Ok(SecondFact { kind, value: within(&self.value, LINE_CHARS_MAX)?.to_owned() })
    }
}

/// Consent as given or not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentWords {
    kind: String,
    #[serde(default)]
    reason: Option<String>,
}

impl ConsentWords {
    fn settle(&self) -> Result<ConsentKind, WebError> {
        match self.kind.as_str() {
            "oral" => Ok(ConsentKind::Oral),
            "unable" => {
                let reason = within(filled(&self.reason).unwrap_or_default(), LINE_CHARS_MAX)?;
                Ok(ConsentKind::Unable { reason: reason.to_owned() })
            }
            _ => Err(WebError::Rule(&messages::WORD_UNKNOWN)),
        }
    }
}

/// `POST disaster/consent`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentFields {
    viewer: ViewerFields,
    handle: String,
    second_fact: FactFields,
    consent: ConsentWords,
}

/// A consent as meant.
pub(super) struct ConsentAsked {
    pub(super) viewer: Viewer,
    pub(super) handle: String,
    pub(super) fact: SecondFact,
    pub(super) kind: ConsentKind,
}

impl ConsentFields {
    pub(super) fn settle(&self) -> Result<ConsentAsked, WebError> {
        Ok(ConsentAsked {
            viewer: self.viewer.settle()?,
            handle: within(&self.handle, FIELD_CHARS_MAX)?.to_owned(),
            fact: self.second_fact.settle()?,
            kind: self.consent.settle()?,
        })
    }
}

/// `POST disaster/sheet`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SheetFields {
    pub(super) handle: String,
}

/// `POST disaster/drugs`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrugsFields {
    viewer: ViewerFields,
    handle: String,
}

impl DrugsFields {
    pub(super) fn settle(&self) -> Result<(Viewer, String), WebError> {
        Ok((self.viewer.settle()?, within(&self.handle, FIELD_CHARS_MAX)?.to_owned()))
    }
}

/// `POST check`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckFields {
    kind: String,
    value: String,
}

impl CheckFields {
    pub(super) fn settle(self) -> Result<(CheckKind, String), WebError> {
        let kind = CheckKind::from_name(&self.kind);
        Ok((kind.ok_or(WebError::Rule(&messages::WORD_UNKNOWN))?, self.value))
    }
}

/// `POST check/age-ratio`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgeRatioFields {
    pub(super) birthdate: String,
    pub(super) on: String,
}

/// `POST credential/read`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaperFields {
    pub(super) text: String,
}

/// `POST sync`: nothing can be said. A path or URL from a request would let a page send the journal anywhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SyncFields {}

/// The one tick of the forms; absent means not seen.
pub(super) fn card_seen(word: Option<&str>) -> Result<CardSeen, WebError> {
    match word {
        Some("seen") => Ok(CardSeen::Seen),
        None | Some("not_seen") => Ok(CardSeen::NotSeen),
        Some(_) => Err(WebError::Rule(&messages::WORD_UNKNOWN)),
    }
}

fn filled(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn date(text: Option<&str>) -> Result<Option<Date>, WebError> {
    Ok(text.map(wareki::whole_day).transpose()?)
}

fn within(text: &str, chars_max: usize) -> Result<&str, WebError> {
    if text.chars().count() > chars_max {
        Err(WebError::Rule(&messages::REQUEST_TOO_LARGE))
    } else {
        Ok(text.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{messages::Trouble, web::form};

    fn asked(body: &str) -> Result<Question, WebError> {
        form::read_json::<VerifyFields>(body.as_bytes())?.settle()
    }

    #[test]
    fn form_and_json_ask_the_same_question() {
        let json = asked(r#"{"qr": "５１７３", "card_seen": "seen"}"#).unwrap();
        let form = form::read::<VerifyFields>("text=５１７３&card_seen=seen".as_bytes())
            .unwrap()
            .settle()
            .unwrap();
        assert_eq!(format!("{json:?}"), format!("{form:?}"));
        assert_eq!(json.card, CardSeen::Seen);
    }

    #[test]
    fn each_way_of_asking_wrongly_has_its_own_words() {
        let wrong = [
            ("{}", "question_incomplete"),
            (r#"{"insurer": "06139992"}"#, "question_incomplete"),
            (r#"{"qr": "1", "number": "2"}"#, "asked_twice"),
            (r#"{"qr": "1", "card_seen": "yes"}"#, "word_unknown"),
            (r#"{"qr": "1", "colour": "red"}"#, "json_unreadable"),
            (r#"{"qr": "1", "on": "yesterday"}"#, "not_a_date"),
        ];
        for (body, code) in wrong {
            assert_eq!(asked(body).unwrap_err().message().code, code, "{body}");
        }
    }

    #[test]
    fn what_is_asked_again_carries_every_field() {
        let fields: VerifyFields =
            form::read(b"insurer=06139992&number=5678&card_seen=seen").unwrap();
        assert_eq!(
            fields.again(),
            [
                ("insurer", "06139992".to_owned()),
                ("number", "5678".to_owned()),
                ("card_seen", "seen".to_owned()),
            ]
        );
    }
}
