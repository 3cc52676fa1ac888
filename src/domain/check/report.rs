//! The report on one value.

use super::{CheckError, CheckKind};
use crate::domain::{
    area::{MunicipalityCode, prefecture_name},
    drug_code::{DrugCode, Route},
    facility_code::FacilityCode,
    insured::InsuredText,
    insurer_number::InsurerNumber,
    kana,
    names::{Variant, WrittenName},
    person::Sex,
    public_payer::{PublicPayerNumber, RecipientNumber},
    ratio_text::RatioText,
    wareki,
    warning::{Parsed, Warning},
};
use jiff::civil::Date;
use serde::Serialize;

/// What was found about a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// The value as handed in.
    pub input: String,
    /// What it was claimed to be.
    pub kind: CheckKind,
    /// The one way to write it.
    pub canonical: String,
    /// Read, and nothing looked wrong.
    pub ok: bool,
    /// What looked wrong.
    pub warnings: Vec<Warning>,
    /// What the kind tells besides.
    #[serde(flatten)]
    pub extras: Extras,
}

/// What a kind tells besides its canonical form; flattened into the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Extras {
    /// Of an insurer number.
    Insurer {
        /// What payers' numbers tell as well.
        #[serde(flatten)]
        scheme: SchemeExtras,
        /// As the insurer prints it: six digits for 国保, four for old 政管健保, else eight.
        display: String,
    },
    /// Of a public payer's number.
    Payer {
        /// What insurers' numbers tell as well.
        #[serde(flatten)]
        scheme: SchemeExtras,
        /// What the prefecture calls its own scheme, where that is known.
        local_name: Option<&'static str>,
    },
    /// Of a facility code.
    Facility {
        /// Over which digits the check digit was taken.
        check_family: &'static str,
        /// 都道府県番号; `None` in a stand-in made of a telephone number.
        prefecture: Option<u8>,
        /// Its name, for 1–47.
        prefecture_name: Option<&'static str>,
        /// 点数表番号, or 2 for a check-up facility; `None` as above.
        fee_table: Option<u8>,
        /// What the code stands for.
        form: &'static str,
    },
    /// Of a drug code.
    Drug {
        /// Which numbering it belongs to.
        code_kind: &'static str,
        /// How it is given, where the code tells.
        route: Option<&'static str>,
        /// The seven characters of class, route and ingredient.
        ingredient_key: Option<String>,
        /// The nine characters of ingredient, form and strength.
        strength_key: Option<String>,
        /// An exception (例外コード) among the generic codes.
        generic_exception: bool,
    },
    /// Of a day.
    Day {
        /// The same day in Japanese eras.
        wareki: String,
    },
    /// Of a reading.
    Reading {
        /// The key that keeps long vowels and voicing.
        strict: String,
        /// The key that drops both.
        loose: String,
    },
    /// Of symbol, number and branch.
    Insured {
        /// 保険者番号, eight digits, where the line names one.
        insurer_number: Option<InsurerNumber>,
        /// 記号 as written.
        symbol: String,
        /// 番号 as written.
        number: String,
        /// 枝番.
        branch: Option<String>,
        /// How symbol and number are compared.
        match_key: String,
        /// The weaker form, for candidates only.
        weak_key: String,
    },
    /// Of a name.
    Name {
        /// How names in kanji are compared.
        key: String,
        /// Letters behind ● or ■.
        hidden: usize,
        /// Letters with a more common form.
        variants: Vec<Variant>,
    },
    /// Of a sex.
    Sex {
        /// 性別コード (OQSCD007).
        sex_code: u8,
        /// Japanese word.
        sex_name: &'static str,
    },
    /// Of a municipality.
    Municipality {
        /// 都道府県番号.
        prefecture: u8,
        /// Its name, for 1–47.
        prefecture_name: Option<&'static str>,
        /// The municipality's name, on the list of July 2026.
        municipality_name: Option<&'static str>,
    },
    /// Of a period's end.
    Expiry {
        /// The last day; `None` without an end.
        until: Option<Date>,
        /// The same day in Japanese eras.
        wareki: Option<String>,
    },
    /// Of a share.
    Ratio {
        /// The patient's share; `None` where the age decides.
        percent: Option<u8>,
    },
    /// Nothing more to tell.
    Nothing {},
}

/// What the numbers of insurers and public payers tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeExtras {
    /// 法別番号, two digits; `None` for 国保.
    pub law_code: Option<String>,
    /// Machine name of the scheme.
    pub scheme: &'static str,
    /// Japanese name of the scheme.
    pub scheme_name: &'static str,
    /// 都道府県番号.
    pub prefecture: u8,
    /// Its name, for 1–47.
    pub prefecture_name: Option<&'static str>,
}

/// Canonical form, warnings, and what the kind tells besides.
type Found = (String, Vec<Warning>, Extras);

/// Checks a value as what it is claimed to be.
///
/// # Errors
/// When the value is nothing of the kind; what merely looks wrong is a warning in the report.
pub fn check(kind: CheckKind, value: &str) -> Result<CheckReport, CheckError> {
    let (canonical, warnings, extras) = match kind {
        CheckKind::InsurerNumber => insurer(InsurerNumber::parse(value)?),
        CheckKind::FacilityCode => facility(FacilityCode::parse(value)?),
        CheckKind::PublicPayer => payer(PublicPayerNumber::parse(value)?),
        CheckKind::Recipient => {
            let Parsed { value, warnings } = RecipientNumber::parse(value)?;
            (value.as_str().to_owned(), warnings, Extras::Nothing {})
        }
        CheckKind::DrugCode => drug(DrugCode::parse(value)?),
        CheckKind::Wareki => {
            let Parsed { value, warnings } = wareki::parse(value)?;
            (value.to_string(), warnings, Extras::Day { wareki: wareki::format(value) })
        }
        CheckKind::Kana => {
            let Parsed { value: canonical, warnings } = kana::parse(value)?;
            let extras = Extras::Reading { strict: kana::strict(value), loose: kana::loose(value) };
            (canonical, warnings, extras)
        }
        CheckKind::Insured => insured(InsuredText::parse(value)?),
        CheckKind::Name => name(WrittenName::parse(value)?),
        CheckKind::Sex => {
            let sex = Sex::parse(value)?;
            let extras = Extras::Sex { sex_code: sex.code(), sex_name: sex.ja() };
            (sex.name().to_owned(), vec![], extras)
        }
        CheckKind::Municipality => municipality(MunicipalityCode::parse(value)?),
        CheckKind::Expiry => {
            let Parsed { value, warnings } = wareki::parse_end(value)?;
            let wareki = value.day().map(wareki::format);
            (value.to_string(), warnings, Extras::Expiry { until: value.day(), wareki })
        }
        CheckKind::Ratio => {
            let Parsed { value, warnings } = RatioText::parse(value)?;
            (value.to_string(), warnings, Extras::Ratio { percent: value.percent() })
        }
    };
    let ok = warnings.is_empty();
    Ok(CheckReport { input: value.to_owned(), kind, canonical, ok, warnings, extras })
}

fn insurer(Parsed { value, warnings }: Parsed<InsurerNumber>) -> Found {
    let scheme = SchemeExtras {
        law_code: value.law_code().map(|law| format!("{law:02}")),
        scheme: value.scheme().code(),
        scheme_name: value.scheme().ja(),
        prefecture: value.prefecture(),
        prefecture_name: prefecture_name(value.prefecture()),
    };
    let extras = Extras::Insurer { scheme, display: value.display_form() };
    (value.to_string(), warnings, extras)
}

fn payer(Parsed { value, warnings }: Parsed<PublicPayerNumber>) -> Found {
    let scheme = SchemeExtras {
        law_code: Some(format!("{:02}", value.law_code())),
        scheme: value.scheme().code(),
        scheme_name: value.scheme().ja(),
        prefecture: value.prefecture(),
        prefecture_name: prefecture_name(value.prefecture()),
    };
    (value.to_string(), warnings, Extras::Payer { scheme, local_name: value.local_name() })
}

fn facility(Parsed { value, warnings }: Parsed<FacilityCode>) -> Found {
    let extras = Extras::Facility {
        check_family: value.check_family().code(),
        prefecture: value.prefecture(),
        prefecture_name: value.prefecture().and_then(prefecture_name),
        fee_table: value.prefecture().map(|_| value.fee_table()),
        form: value.form().code(),
    };
    (value.to_string(), warnings, extras)
}

fn drug(Parsed { value, warnings }: Parsed<DrugCode>) -> Found {
    let extras = Extras::Drug {
        code_kind: value.kind().code(),
        route: value.route().map(Route::code),
        ingredient_key: value.ingredient_key().map(str::to_owned),
        strength_key: value.strength_key().map(str::to_owned),
        generic_exception: value.is_generic_exception(),
    };
    (value.as_str().to_owned(), warnings, extras)
}

fn insured(Parsed { value, warnings }: Parsed<InsuredText>) -> Found {
    let canonical = value.canonical();
    let extras = Extras::Insured {
        insurer_number: value.insurer,
        branch: value.branch.map(|branch| branch.to_string()),
        match_key: value.match_key(),
        weak_key: value.weak_key(),
        symbol: value.symbol,
        number: value.number,
    };
    (canonical, warnings, extras)
}

fn name(Parsed { value, warnings }: Parsed<WrittenName>) -> Found {
    let extras =
        Extras::Name { key: value.key(), hidden: value.hidden(), variants: value.variants() };
    (value.as_str().to_owned(), warnings, extras)
}

fn municipality(Parsed { value, warnings }: Parsed<MunicipalityCode>) -> Found {
    let extras = Extras::Municipality {
        prefecture: value.prefecture(),
        prefecture_name: prefecture_name(value.prefecture()),
        municipality_name: value.name(),
    };
    (value.to_string(), warnings, extras)
}
